/* Language versions: comparing letters and notices, answering for a difference, and no signature over an open one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sys/stat.h>

#include "app/app.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "draft/merge.h"
#include "parity/notice_side.h"

#define SIDES_MAX 40u
#define WAIVERS_BYTES ((size_t)1 << 20)

struct app_parity {
	struct draft *side[SIDES_MAX];
	size_t n;
	struct parity_report *report;
	struct term_base *terms;
};

void
app_parity_free(struct app_parity *p)
{
	if (p == NULL)
		return;
	parity_free(p->report);
	for (size_t i = 0; i < p->n; i++)
		draft_free(p->side[i]);
	term_base_free(p->terms);
	free(p);
}

void
app_parity_freep(struct app_parity **p)
{
	app_parity_free(*p);
	*p = NULL;
}

static bool
is_notice(const char *path)
{
	FP_AUTO(fp_freep) char *file = fp_asprintf("%s/notice.json", path);
	struct stat st;

	return file != NULL && stat(file, &st) == 0;
}

static enum fp_status
room(const struct app_parity *p, struct fp_err *err)
{
	return p->n < SIDES_MAX ? FP_OK : fp_fail(err, FP_ELIMIT, "more than %u language versions", SIDES_MAX);
}

static enum fp_status
add_notice(struct app_parity *p, const struct notice *n, struct fp_err *err)
{
	for (size_t i = 0; i < n->n_texts; i++) {
		if (room(p, err) != FP_OK || parity_notice_side(&p->side[p->n], n, n->texts[i].lang, p->terms, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
		p->n++;
	}
	return FP_OK;
}

static enum fp_status
add_path(struct app_parity *p, struct app_reader *reader, const char *path, struct fp_err *err)
{
	FP_AUTO(notice_freep) struct notice *n = NULL;

	if (is_notice(path))
		return notice_open(&n, path, err) == FP_OK ? add_notice(p, n, err) : fp_failed(err, FP_EINVAL);
	if (room(p, err) != FP_OK || app_letter_draft(reader, path, &p->side[p->n], err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	p->n++;
	return FP_OK;
}

/* ---- waivers ---- */

static enum fp_status
waivers_of(struct parity_waiver **out, size_t *n, const char *file, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = WAIVERS_BYTES };
	struct stat st;

	*out = NULL;
	*n = 0;
	if (file == NULL || stat(file, &st) != 0)
		return FP_OK;
	if (fp_file_read(&b, file, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return parity_waivers_read(out, n, b.data, b.len, file, err);
}

static enum fp_status
judge(struct app_parity *p, const char *waivers, fp_time now, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct parity_waiver *list = NULL;
	struct parity_options o = { .today = fp_date_of_time(now) };

	if (waivers_of(&list, &o.n_waivers, waivers, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	o.waivers = list;
	return parity_compare(&p->report, (const struct draft *const *)p->side, p->n, p->terms, &o, err);
}

enum fp_status
app_parity_new(struct app_parity **out, const char *const *paths, size_t n, const struct app_read_options *o, const char *waivers,
    fp_time now, struct fp_err *err)
{
	FP_AUTO(app_parity_freep) struct app_parity *p = fp_calloc(1, sizeof(*p));
	FP_AUTO(app_reader_freep) struct app_reader *reader = NULL;
	FP_AUTO(fp_freep) char *beside = NULL;
	struct app_read_options read = o != NULL ? *o : (struct app_read_options){ .max_bytes = 0 };

	*out = NULL;
	read.blocks = true;
	if (p == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (term_base_open(&p->terms, NULL, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	for (size_t i = 0; i < n; i++) {
		if (!is_notice(paths[i]) && reader == NULL && app_reader_new(&reader, &read, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
		if (add_path(p, reader, paths[i], err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	}
	if (waivers == NULL && n == 1 && is_notice(paths[0])) {
		beside = fp_asprintf("%s/waivers.json", paths[0]);
		waivers = beside;
	}
	if (judge(p, waivers, now, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	*out = p;
	p = NULL;
	return FP_OK;
}

enum fp_status
app_parity_document(const struct app_parity *p, const char *lang, bool side_by_side, struct doc **out, struct fp_err *err)
{
	return parity_document(out, p->report, (const struct draft *const *)p->side, i18n_get(lang), side_by_side, err);
}

json_t *
app_parity_json(const struct app_parity *p)
{
	return parity_to_json(p->report, (const struct draft *const *)p->side);
}

size_t
app_parity_open(const struct app_parity *p, int severity)
{
	return parity_open(p->report, (enum parity_severity)(severity - 1));
}

static const struct parity_finding *
finding_of(const struct app_parity *p, const char *id)
{
	for (uint32_t i = 0; i < p->report->n_findings; i++)
		if (strcmp(p->report->findings[i].id, id) == 0)
			return &p->report->findings[i];
	return NULL;
}

enum fp_status
app_notice_waive(const char *dir, const char *finding, const char *reason, const char *name, struct fp_date until, fp_time now,
    struct fp_err *err)
{
	FP_AUTO(app_parity_freep) struct app_parity *p = NULL;
	FP_AUTO(fp_freep) struct parity_waiver *list = NULL;
	FP_AUTO(fp_freep) char *file = fp_asprintf("%s/waivers.json", dir);
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = WAIVERS_BYTES };
	struct parity_waiver w = { .given = fp_date_of_time(now), .until = until };
	size_t n = 0, cap = 0, i = 0;

	if (file == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (!is_notice(dir))
		return fp_fail(err, FP_ENOTFOUND, "'%s' is no folder of a notice: there is no notice.json in it", dir);
	if (strlen(reason) < 10 || strlen(reason) >= sizeof(w.reason))
		return fp_fail(err, FP_EUSAGE, "a waiver needs a reason of 10 to %zu bytes that a reader understands later",
		    sizeof(w.reason) - 1);
	if (*name == '\0' || strlen(name) >= sizeof(w.name))
		return fp_fail(err, FP_EUSAGE, "a waiver needs the name of who answers for it");
	if (fp_date_compare(until, w.given) < 0)
		return fp_fail(err, FP_EUSAGE, "the waiver's end lies in the past");
	if (app_parity_new(&p, &dir, 1, NULL, NULL, now, err) != FP_OK || waivers_of(&list, &n, file, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (finding_of(p, finding) == NULL)
		return fp_fail(err, FP_ENOTFOUND, "there is no finding '%.40s' in %s ('fieldproof notice compare %s' lists them)",
		    finding, dir, dir);
	(void)snprintf(w.id, sizeof(w.id), "%.16s", finding);
	(void)snprintf(w.reason, sizeof(w.reason), "%s", reason);
	(void)snprintf(w.name, sizeof(w.name), "%s", name);
	/* A second waiver of the same finding takes the place of the first. */
	while (i < n && strcmp(list[i].id, w.id) != 0)
		i++;
	cap = n;
	if (i == n && fp_grow(&list, &cap, n + 1, sizeof(*list)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	list[i] = w;
	n += i == n;
	if (parity_waivers_write(&out, list, n, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	return fp_file_publish(file, out.data, out.len, 0644, err);
}

enum fp_status
app_parity_gate(const char *dir, fp_time now, struct fp_err *err)
{
	FP_AUTO(notice_freep) struct notice *n = NULL;
	FP_AUTO(app_parity_freep) struct app_parity *p = NULL;
	const struct parity_finding *first = NULL;
	size_t open;

	if (notice_open(&n, dir, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (n->n_texts < 2)
		return FP_OK;
	if (app_parity_new(&p, &dir, 1, NULL, NULL, now, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	open = parity_open(p->report, PARITY_S1);
	for (uint32_t i = 0; i < p->report->n_findings && first == NULL; i++)
		if (p->report->findings[i].severity == PARITY_S1 && !p->report->findings[i].waived)
			first = &p->report->findings[i];
	if (first == NULL)
		return FP_OK;
	return fp_fail(err, FP_ECONFLICT,
	    "the languages of %s do not say the same: %zu open differences of safety or legal meaning, the first is %s (%s): %s; "
	    "mend the texts, or 'fieldproof notice waive %s %s'",
	    dir, open, first->id, first->code, first->message, dir, first->id);
}

/* ---- letters into one notice ---- */

static enum fp_status
read_sides(
    struct draft **side, size_t *got, const char *const *paths, size_t n, const struct app_read_options *o, struct fp_err *err)
{
	FP_AUTO(app_reader_freep) struct app_reader *reader = NULL;
	struct app_read_options read = o != NULL ? *o : (struct app_read_options){ .max_bytes = 0 };

	read.blocks = true;
	if (n > SIDES_MAX)
		return fp_fail(err, FP_ELIMIT, "%zu letters; at most %u", n, SIDES_MAX);
	if (app_reader_new(&reader, &read, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	for (*got = 0; *got < n; (*got)++)
		if (app_letter_draft(reader, paths[*got], &side[*got], err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	return FP_OK;
}

static enum fp_status
put_file(const char *dir, const char *name, const char *data, size_t len, struct fp_err *err)
{
	FP_AUTO(fp_freep) char *path = fp_asprintf("%s/%s", dir, name);

	return path != NULL ? fp_file_publish(path, data, len, 0644, err) : fp_fail(err, FP_ENOMEM, "out of memory");
}

static enum fp_status
write_merge(const char *dir, const struct merge *m, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf json = { .max = 0 }, decisions = { .max = 0 };

	if (fp_json_pretty(&json, m->notice, err) != FP_OK || merge_decisions(&decisions, m, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	if (fp_folder_make(dir, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	/* The decisions first: they are what a person wrote. */
	if (put_file(dir, "decisions.txt", decisions.data, decisions.len, err) != FP_OK ||
	    put_file(dir, "notice.json", json.data, json.len, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = 0; i < m->n_texts; i++) {
		FP_AUTO(fp_freep) char *name = fp_asprintf("%s.md", m->texts[i].lang);

		if (name == NULL || put_file(dir, name, m->texts[i].markdown, strlen(m->texts[i].markdown), err) != FP_OK)
			return fp_failed(err, FP_EIO);
	}
	return FP_OK;
}

enum fp_status
app_notice_merge(struct app_merged *out, const char *const *paths, size_t n, const char *dir, const struct app_read_options *o,
    struct fp_err *err)
{
	struct draft *side[SIDES_MAX] = { NULL };
	FP_AUTO(merge_freep) struct merge *m = NULL;
	FP_AUTO(term_base_freep) struct term_base *terms = NULL;
	FP_AUTO(notice_freep) struct notice *notice = NULL;
	FP_AUTO(fp_freep) char *decisions = fp_asprintf("%s/decisions.txt", dir);
	FP_AUTO(fp_buf_free) struct fp_buf said = { .max = (size_t)1 << 20 };
	struct fp_err why = { .status = FP_OK };
	struct stat st;
	enum fp_status status = FP_OK;
	size_t got = 0;

	*out = (struct app_merged){ .questions = 0 };
	if (decisions == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (stat(decisions, &st) == 0)
		status = fp_file_read(&said, decisions, err);
	else if (is_notice(dir))
		status = fp_fail(err, FP_EEXIST,
		    "'%s' holds a notice that merging did not write (there is no decisions.txt): choose another folder", dir);
	if (status == FP_OK)
		status = term_base_open(&terms, NULL, err);
	if (status == FP_OK)
		status = read_sides(side, &got, paths, n, o, err);
	if (status == FP_OK)
		status = draft_merge(&m, (const struct draft *const *)side, got, terms, said.data, said.len, decisions, err);
	if (status == FP_OK)
		status = write_merge(dir, m, err);
	for (size_t i = 0; i < FP_COUNT(side); i++)
		draft_free(side[i]);
	if (status != FP_OK)
		return status;
	out->questions = m->n_questions;
	out->open = m->n_open;
	out->texts = m->n_texts;
	out->opens = notice_open(&notice, dir, &why) == FP_OK;
	fp_utf8_copy(out->why, sizeof(out->why), why.msg);
	return FP_OK;
}
