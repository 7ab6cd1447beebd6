/* An advisory as a draft: the document's head, and the stages in order. */
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "csaf/csaf_int.h"

/* ---- a draft in the making ---- */

/* Without memory the value is left lying rather than freed: callers go on with it. */
static void
handed_over(struct csaf_reader *r, json_t *value, bool taken)
{
	if (taken)
		json_decref(value);
	else
		r->d->no_memory = true;
}

void
csaf_set(struct csaf_reader *r, json_t *obj, const char *key, json_t *stolen)
{
	handed_over(r, stolen, json_object_set_nocheck(obj, key, stolen) == 0);
}

void
csaf_append(struct csaf_reader *r, json_t *array, json_t *stolen)
{
	handed_over(r, stolen, json_array_append(array, stolen) == 0);
}

json_t *
csaf_text_or_null(const char *text)
{
	return text != NULL && *text != '\0' ? json_string(text) : json_null();
}

void
csaf_place(struct csaf_reader *r, const char *pointer, int confidence, const char *text, const char *fmt, ...)
{
	char fact[CSAF_POINTER];
	json_t *place = json_object();
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(fact, sizeof(fact), fmt, ap);
	va_end(ap);
	if (place == NULL) {
		r->d->no_memory = true;
		return;
	}
	csaf_set(r, place, "pointer", json_string(pointer));
	csaf_set(r, place, "confidence", json_integer(confidence));
	if (text != NULL)
		csaf_set(r, place, "text", json_string(text));
	csaf_set(r, r->d->places, fact, place);
}

/* ---- head ---- */

static struct fp_date
day_of(const char *rfc3339)
{
	struct fp_date d = { .year = 0 };
	char day[11];

	if (rfc3339 == NULL || strlen(rfc3339) < 10)
		return d;
	memcpy(day, rfc3339, 10);
	day[10] = '\0';
	if (fp_date_parse(&d, day, NULL) != FP_OK)
		d.year = 0;
	return d;
}

/* A member of the document, cleaned, under another name in out. */
static void
copy_text(struct csaf_reader *r, json_t *out, const char *as, const json_t *from, const char *key, const char *pointer)
{
	const char *s = csaf_str(&r->doc, from, key, pointer);

	if (s != NULL)
		csaf_set(r, out, as, json_string(csaf_clean(&r->doc, s)));
}

/*
 * A translation that one issuer makes of his own advisory bears the original's id with the language behind it (9.1.9): both are one notice.
 */
static const char *
own_id(struct csaf_reader *r, const char *id, const char *lang)
{
	const char *category = json_string_value(json_object_get(json_object_get(r->doc.document, "publisher"), "category"));
	size_t n = strlen(id), k = lang ? strlen(lang) : 0;
	const char *cut;

	if (category == NULL || strcmp(category, "translator") != 0 || k == 0 || n <= k + 1 || id[n - k - 1] != '-' ||
	    strcmp(id + n - k, lang) != 0)
		return id;
	cut = fp_arena_text(r->doc.arena, id, n - k - 1);
	return cut ? cut : id;
}

static void
read_id(struct csaf_reader *r)
{
	const char *id = csaf_str(&r->doc, r->doc.tracking, "id", "/document/tracking"),
		   *lang = csaf_str(&r->doc, r->doc.document, "lang", "/document");
	FP_AUTO(fp_buf_free) struct fp_buf normal = { .max = 256 };

	draft_put_str(r->d, "/language", lang, NULL);
	if (lang == NULL)
		draft_lacks(r->d, "/language");
	else
		csaf_place(r, "/document/lang", 100, NULL, "/language");
	if (id == NULL) {
		draft_lacks(r->d, "/reference");
		return;
	}
	if (notice_reference_normal(&normal, own_id(r, id, lang), NULL) == FP_OK)
		draft_put_str(r->d, "/reference", normal.data, NULL);
	else
		draft_put_str(r->d, "/reference", csaf_clean(&r->doc, id), NULL);
	csaf_place(
	    r, "/document/tracking/id", 100, normal.data != NULL && strcmp(normal.data, id) == 0 ? NULL : id, "/reference");
}

static void
put_day(struct csaf_reader *r, json_t *dates, const char *key, const char *kind)
{
	const char *text = csaf_str(&r->doc, r->doc.tracking, key, "/document/tracking");
	struct fp_date d = day_of(text);
	char day[FP_DATE_MAX];
	json_t *j;

	if (text != NULL && d.year == 0)
		csaf_finding(&r->doc, "date", DRAFT_ERROR, "/document/tracking", "%s '%.40s' is no date", key, text);
	if (d.year == 0)
		return;
	j = json_object();
	csaf_set(r, j, "date", json_string(fp_date_text(day, d)));
	csaf_set(r, j, "kind", json_string(kind));
	csaf_set(r, j, "text", json_string(text));
	csaf_append(r, dates, j);
}

static void
read_dates(struct csaf_reader *r)
{
	const char *version = csaf_str(&r->doc, r->doc.tracking, "version", "/document/tracking"),
		   *first = csaf_str(&r->doc, r->doc.tracking, "initial_release_date", "/document/tracking");
	struct fp_date issued = day_of(first);
	json_t *dates = json_array();
	char day[FP_DATE_MAX], *end;
	long revision = version ? strtol(version, &end, 10) : 0;

	/* "2" is revision 2, and so is "2.1.0": a semantic version's patch is no new notice. */
	if (version != NULL && revision > 0 && revision < 1000000 && (*end == '\0' || *end == '.')) {
		draft_put_int(r->d, "/revision", revision, NULL);
		csaf_place(r, "/document/tracking/version", *end == '\0' ? 100 : 90, version, "/revision");
	} else {
		draft_lacks(r->d, "/revision");
	}
	if (issued.year != 0) {
		draft_put_str(r->d, "/issue_date", fp_date_text(day, issued), NULL);
		csaf_place(r, "/document/tracking/initial_release_date", 100, first, "/issue_date");
	} else {
		draft_lacks(r->d, "/issue_date");
	}
	put_day(r, dates, "initial_release_date", "issue");
	put_day(r, dates, "current_release_date", "other");
	(void)draft_put(r->d, "/dates", dates, NULL);
}

/* The vendor that all products have; several: none is the notice's maker. */
static void
read_maker(struct csaf_reader *r)
{
	const char *maker = NULL;
	bool several = false;
	json_t *j = json_object();

	for (size_t i = 0; i < r->doc.n_leaves; i++) {
		const char *v = r->doc.leaves[i].vendor;

		several = several || (v != NULL && maker != NULL && strcmp(v, maker) != 0);
		maker = maker ? maker : v;
	}
	(void)draft_put(r->d, "/manufacturer", j, NULL);
	if (maker != NULL && !several) {
		csaf_set(r, j, "name", json_string(maker));
		csaf_place(r, "/product_tree/branches/0/name", 90, NULL, "/manufacturer/name");
	} else {
		draft_lacks(r->d, "/manufacturer/name");
	}
	if (several)
		csaf_finding(&r->doc, "several-vendors", DRAFT_INFO, "/product_tree", "the products are of several vendors");
	csaf_set(r, j, "contacts", json_array());
}

/* What only CSAF has, under "csaf". */
static void
read_csaf_head(struct csaf_reader *r)
{
	static const char *const of_document[] = { "category", "title", "source_lang" };
	static const char *const of_tracking[] = { "id", "version", "status", "initial_release_date", "current_release_date" };
	static const char *const of_publisher[] = { "category", "name", "namespace", "contact_details", "issuing_authority" };
	const json_t *publisher = csaf_obj(&r->doc, r->doc.document, "publisher", "/document"),
		     *aliases = csaf_arr(&r->doc, r->doc.tracking, "aliases", "/document/tracking"),
		     *history = csaf_arr(&r->doc, r->doc.tracking, "revision_history", "/document/tracking"),
		     *severity = csaf_obj(&r->doc, r->doc.document, "aggregate_severity", "/document");
	json_t *j = json_object(), *t = json_object(), *p = json_object();

	csaf_set(r, j, "csaf_version", json_string("2.0"));
	for (size_t i = 0; i < FP_COUNT(of_document); i++)
		copy_text(r, j, of_document[i], r->doc.document, of_document[i], "/document");
	for (size_t i = 0; i < FP_COUNT(of_tracking); i++)
		copy_text(r, t, of_tracking[i], r->doc.tracking, of_tracking[i], "/document/tracking");
	for (size_t i = 0; i < FP_COUNT(of_publisher); i++)
		copy_text(r, p, of_publisher[i], publisher, of_publisher[i], "/document/publisher");
	if (aliases != NULL)
		csaf_set(r, t, "aliases", json_incref((json_t *)aliases));
	if (history != NULL)
		csaf_set(r, t, "revision_history", json_incref((json_t *)history));
	csaf_set(r, j, "tracking", t);
	csaf_set(r, j, "publisher", p);
	if (severity != NULL)
		csaf_set(r, j, "aggregate_severity", json_incref((json_t *)severity));
	(void)draft_put(r->d, "/csaf", j, NULL);
}

static void
read_notes(struct csaf_reader *r)
{
	static const char *const members[] = { "category", "title", "audience", "text" };
	const json_t *notes = csaf_arr(&r->doc, r->doc.document, "notes", "/document");
	json_t *out = json_array(), *note;
	size_t i;

	json_array_foreach(notes, i, note)
	{
		char at[CSAF_POINTER];
		json_t *j = json_object();

		(void)snprintf(at, sizeof(at), "/document/notes/%zu", i);
		for (size_t k = 0; k < FP_COUNT(members); k++) {
			const char *s = csaf_str(&r->doc, note, members[k], at);

			csaf_set(r, j, members[k], csaf_text_or_null(s));
		}
		csaf_append(r, out, j);
		csaf_place(r, at, 100, NULL, "/notes/%zu", i);
	}
	(void)draft_put(r->d, "/notes", out, NULL);
}

static void
read_references(struct csaf_reader *r)
{
	const json_t *refs = csaf_arr(&r->doc, r->doc.document, "references", "/document");
	json_t *links = json_array(), *ref;
	size_t i, n = 0;

	json_array_foreach(refs, i, ref)
	{
		char at[CSAF_POINTER];
		const char *url, *summary, *category;
		json_t *j;

		(void)snprintf(at, sizeof(at), "/document/references/%zu", i);
		url = csaf_str(&r->doc, ref, "url", at);
		summary = csaf_str(&r->doc, ref, "summary", at);
		category = csaf_str(&r->doc, ref, "category", at);
		if (url == NULL)
			continue;
		j = json_object();
		csaf_set(r, j, "text", csaf_text_or_null(summary));
		csaf_set(r, j, "url", json_string(url));
		csaf_set(r, j, "printed", json_true());
		csaf_set(r, j, "section", json_string(category != NULL && strcmp(category, "self") == 0 ? "self" : "references"));
		csaf_append(r, links, j);
		csaf_place(r, at, 100, NULL, "/links/%zu", n++);
	}
	(void)draft_put(r->d, "/links", links, NULL);
}

enum fp_status
csaf_read_document(struct csaf_reader *r, struct fp_err *err)
{
	static const char *const not_in_csaf[] = { "/document_number", "/kinds", "/emergency", "/adverse_events", "/reply" };

	(void)err;
	draft_put_str(r->d, "/source", "csaf", NULL);
	read_id(r);
	for (size_t i = 0; i < FP_COUNT(not_in_csaf); i++)
		draft_lacks(r->d, not_in_csaf[i]);
	read_dates(r);
	draft_put_str(r->d, "/reason_class", "cybersecurity", NULL);
	read_csaf_head(r);
	read_maker(r);
	read_notes(r);
	read_references(r);
	return FP_OK;
}

/* ---- what is wrong with the text as a whole ---- */

/* U+FFFD stands where a sign was lost on the way. */
static void
look_for_lost_signs(struct csaf_reader *r, const char *data, size_t len)
{
	size_t raw = 0, escaped = 0;

	for (const char *p = data; (p = memchr(p, 0xEF, len - (size_t)(p - data))) != NULL; p++)
		raw += len - (size_t)(p - data) >= 3 && memcmp(p, "\xEF\xBF\xBD", 3) == 0;
	for (const char *p = data; (p = memchr(p, '\\', len - (size_t)(p - data))) != NULL; p++)
		if (len - (size_t)(p - data) >= 6 && strncasecmp(p, "\\ufffd", 6) == 0)
			escaped++;
	if (raw + escaped > 0)
		csaf_finding(&r->doc, "lost-character", DRAFT_WARNING, "",
		    "%zu times a replacement character (U+FFFD) stands where a sign was lost", raw + escaped);
}

static void
reader_free(struct csaf_reader *r)
{
	for (size_t i = 0; i < r->n_items; i++)
		free(r->items[i].leaves);
	free(r->items);
	csaf_doc_free(&r->doc);
}

enum fp_status
csaf_read(struct draft **out, const char *file, const char *data, size_t len, struct fp_err *err)
{
	struct fp_err own = { 0 };
	FP_AUTO(draft_freep) struct draft *d = draft_new(file);
	FP_AUTO(reader_free) struct csaf_reader r = { .d = d };

	err = err ? err : &own;
	*out = NULL;
	if (d == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for %s", file);
	if (csaf_doc_load(&r.doc, file, data, len, d, err) != FP_OK || csaf_doc_vulnerabilities(&r.doc, err) != FP_OK ||
	    csaf_read_document(&r, err) != FP_OK || csaf_read_products(&r, err) != FP_OK ||
	    csaf_read_vulnerabilities(&r, err) != FP_OK || csaf_read_actions(&r, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	look_for_lost_signs(&r, data, len);
	if (d->no_memory || r.doc.no_memory)
		return fp_fail(err, FP_ENOMEM, "out of memory for %s", file);
	*out = d;
	d = NULL;
	return FP_OK;
}
