/*
 * XCCDF 1.2 (NIST IR 7275r4): one Benchmark for the notice, a Group per step, a Rule per way in which a check of the step was answered, a TestResult per device and boot mode. English,
 * as checklists are.
 */
#include <libxml/xmlwriter.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/exporting.h"
#include "base/mem.h"
#include "check/target.h"
#include "rule/rule.h"

#define NS "http://checklists.nist.gov/xccdf/1.2"
#define DC "http://purl.org/dc/elements/1.1/"
#define ID "xccdf_local.fieldproof_"
#define ID_MAX 200
#define CPE_ANY "cpe:2.3:h:*:*:*:*:*:*:*:*:*:*" /* the notice names products, not CPEs, and none is made up */
#define SYSTEM "urn:fieldproof:check" /* of every check element: how it is judged stands in docs/checks.md and the bundle */

struct xccdf_rule {
	const struct notice_action *action;
	const struct notice_check *check;
	const struct check *way; /* NULL: a check that the program does not know */
	bool first;              /* of the check's rules: the one that tells that nothing was asked */
	char id[ID_MAX];
};

struct xccdf {
	xmlTextWriterPtr w;
	bool bad; /* a call failed: only for want of memory */
	struct export_case *k;
	struct xccdf_rule *rules;
	size_t n, cap;
};

/* ---- writing ---- */

/* XML 1.0 has no place for most control characters, escaped or not. */
static char *
clean(const char *text)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	const char *p = text != NULL ? text : "", *end = p + strlen(p);

	while (p < end) {
		uint32_t c = fp_utf8_next(&p, end);
		bool fits = c == '\t' || c == '\n' || (c >= 0x20 && c != 0x7f && c != 0xfffe && c != 0xffff);

		fp_utf8_put(&b, fits ? c : 0xfffd);
	}
	return fp_buf_take(&b);
}

static void
start(struct xccdf *x, const char *element)
{
	x->bad |= xmlTextWriterStartElement(x->w, BAD_CAST element) < 0;
}

static void
end(struct xccdf *x)
{
	x->bad |= xmlTextWriterEndElement(x->w) < 0;
}

static void
attribute(struct xccdf *x, const char *name, const char *value)
{
	FP_AUTO(fp_freep) char *v = clean(value);

	x->bad |= v == NULL || xmlTextWriterWriteAttribute(x->w, BAD_CAST name, BAD_CAST v) < 0;
}

static void
text(struct xccdf *x, const char *value)
{
	FP_AUTO(fp_freep) char *v = clean(value);

	x->bad |= v == NULL || xmlTextWriterWriteString(x->w, BAD_CAST v) < 0;
}

/* <element NAME="value" ...>text</element>; pairs of attributes, ended by NULL. */
static void
leaf(struct xccdf *x, const char *element, const char *value, ...)
{
	const char *name;
	va_list ap;

	start(x, element);
	va_start(ap, value);
	while ((name = va_arg(ap, const char *)) != NULL)
		attribute(x, name, va_arg(ap, const char *));
	va_end(ap);
	if (value != NULL)
		text(x, value);
	end(x);
}

/* Ids are names of XML: what does not fit becomes a point. */
static void
make_id(char out[ID_MAX], const char *kind, const char *a, const char *b, const char *c)
{
	size_t at = strlen(ID) + strlen(kind) + 1;

	(void)snprintf(out, ID_MAX, ID "%s_%s%s%s%s%s", kind, a, b[0] != '\0' ? "." : "", b, c[0] != '\0' ? "." : "", c);
	for (char *p = out + at; *p != '\0'; p++)
		if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '-'))
			*p = '.';
}

/* ---- which rules there are ---- */

static bool
was_used(const struct export_case *k, const struct notice_action *action, const struct check *way)
{
	for (size_t i = 0; way->probe != NULL && i < k->n_latest; i++)
		if (strcasecmp(k->latest[i].v.check, way->id) == 0 && strcmp(k->latest[i].probe, way->probe) == 0 &&
		    strcmp(k->latest[i].action, action->id) == 0)
			return true;
	return false;
}

static enum fp_status
add_rule(struct xccdf *x, const struct notice_action *action, const struct notice_check *check, const struct check *way,
    bool first, struct fp_err *err)
{
	struct xccdf_rule r = { .action = action, .check = check, .way = way, .first = first };

	make_id(r.id, "rule", action->id, check->id, way != NULL && way->probe != NULL ? way->probe : "");
	if (fp_grow(&x->rules, &x->cap, x->n + 1, sizeof(r)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory for the rules");
	x->rules[x->n++] = r;
	return FP_OK;
}

static enum fp_status
add_check(struct xccdf *x, const struct notice_action *action, const struct notice_check *check, struct fp_err *err)
{
	const struct check *way;
	bool first = true;

	for (size_t i = 0; (way = check_set_way(x->k->checks, check->id, i)) != NULL; i++) {
		if (!was_used(x->k, action, way))
			continue;
		if (add_rule(x, action, check, way, first, err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
		first = false;
	}
	return first ? add_rule(x, action, check, check_set_way(x->k->checks, check->id, 0), true, err) : FP_OK;
}

static enum fp_status
list_rules(struct xccdf *x, struct fp_err *err)
{
	const struct notice *n = x->k->notice;

	for (size_t i = 0; i < n->n_actions; i++)
		for (size_t c = 0; c < n->actions[i].n_checks; c++)
			if (add_check(x, &n->actions[i], &n->actions[i].checks[c], err) != FP_OK)
				return fp_failed(err, FP_ENOMEM);
	return FP_OK;
}

/* ---- the benchmark ---- */

static void
write_metadata(struct xccdf *x)
{
	start(x, "metadata");
	leaf(x, "dc:publisher", x->k->notice->manufacturer, NULL);
	leaf(x, "dc:creator", x->k->notice->manufacturer, NULL);
	leaf(x, "dc:contributor", APP_TOOL, NULL);
	leaf(x, "dc:source", x->k->notice->reference, NULL);
	end(x);
}

static const char *
address_of_source(const char *source)
{
	return strcmp(source, "CCI") == 0 ? "https://public.cyber.mil/stigs/cci/"
					  : "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final";
}

static void
write_references(struct xccdf *x, const char *check)
{
	const struct rule_reference *r;

	for (size_t i = 0; (r = export_reference(x->k, check, i)) != NULL; i++) {
		if (strcmp(r->source, "CCI") == 0)
			continue;
		start(x, "reference");
		attribute(x, "href", address_of_source(r->source));
		text(x, r->source);
		text(x, " ");
		text(x, r->id);
		end(x);
	}
}

static void
write_idents(struct xccdf *x, const char *check)
{
	const struct rule_reference *r;

	for (size_t i = 0; (r = export_reference(x->k, check, i)) != NULL; i++)
		if (strcmp(r->source, "CCI") == 0)
			leaf(x, "ident", r->id, "system", "http://cyber.mil/cci", NULL);
}

/* Where the bundle holds what was seen, or else what is asked. */
static void
write_check(struct xccdf *x, const struct xccdf_rule *r, const char *obs)
{
	bool rule = r->way != NULL && r->way->rule != NULL;
	char file[96];

	if (obs[0] != '\0')
		(void)snprintf(file, sizeof(file), "observations/%s.json", obs);
	else
		(void)snprintf(file, sizeof(file), rule ? "rules/%s.json" : "notice.json", r->check->id);
	start(x, "check");
	attribute(x, "system", SYSTEM);
	leaf(x, "check-content-ref", NULL, "href", file, "name", obs[0] != '\0' ? obs : r->check->id, NULL);
	end(x);
}

/* Several ways of one check stand under each other: what tells them apart. */
static const char *
way_words(const struct check *way)
{
	if (way == NULL || way->probe == NULL)
		return "";
	return strcmp(way->probe, CHECK_PROBE_FACTS) == 0     ? " (facts read on the device)"
	       : strcmp(way->probe, CHECK_PROBE_CAPTURE) == 0 ? " (capture of the traffic)"
							      : "";
}

static void
write_rule(struct xccdf *x, const struct xccdf_rule *r)
{
	start(x, "Rule");
	attribute(x, "id", r->id);
	attribute(x, "selected", "true");
	attribute(x, "weight", "1.0");
	attribute(x, "role", r->check->role == NOTICE_CHECK_REQUIRED ? "full" : "unscored");
	start(x, "title");
	attribute(x, "xml:lang", "en");
	text(x, r->way != NULL ? r->way->title : r->check->id);
	text(x, way_words(r->way));
	end(x);
	leaf(x, "description",
	    r->way != NULL ? r->way->question : "The notice asks for this check; this program does not know it.", "xml:lang",
	    "en", NULL);
	write_references(x, r->check->id);
	if (r->way != NULL && r->way->proves != NULL)
		leaf(x, "rationale", r->way->proves, "xml:lang", "en", NULL);
	write_idents(x, r->check->id);
	write_check(x, r, "");
	end(x);
}

static void
write_group(struct xccdf *x, const struct notice_action *action)
{
	char id[ID_MAX];
	bool any = false;

	for (size_t i = 0; i < x->n; i++)
		any = any || x->rules[i].action == action;
	if (!any)
		return;
	make_id(id, "group", action->id, "", "");
	start(x, "Group");
	attribute(x, "id", id);
	leaf(x, "title", notice_action_title(x->k->notice, "en", action->id), "xml:lang", "en", NULL);
	leaf(x, "description", "A step that the notice asks for.", "xml:lang", "en", NULL);
	for (size_t i = 0; i < x->n; i++)
		if (x->rules[i].action == action)
			write_rule(x, &x->rules[i]);
	end(x);
}

static void
write_head(struct xccdf *x)
{
	const struct notice *n = x->k->notice;
	FP_AUTO(fp_buf_free) struct fp_buf description = { .max = 4096 };
	char id[ID_MAX], date[16], version[16];

	make_id(id, "benchmark", n->reference, "", "");
	(void)snprintf(version, sizeof(version), "%d", n->revision);
	start(x, "Benchmark");
	attribute(x, "xmlns", NS);
	attribute(x, "xmlns:dc", DC);
	attribute(x, "id", id);
	attribute(x, "resolved", "true");
	attribute(x, "xml:lang", "en");
	(void)snprintf(date, sizeof(date), "%04d-%02d-%02d", n->issue_date.year, n->issue_date.month, n->issue_date.day);
	if (n->issue_date.year != 0)
		leaf(x, "status", "accepted", "date", date, NULL);
	else
		leaf(x, "status", "accepted", NULL);
	fp_buf_printf(
	    &description, "The steps that field safety notice %s of %s asks for, as checks.", n->reference, n->manufacturer);
	leaf(x, "title", n->reference, "xml:lang", "en", NULL);
	leaf(x, "description", description.data, "xml:lang", "en", NULL);
	leaf(x, "notice", "The notice itself, signed by its manufacturer, is what holds; this is a way to say what was checked.",
	    "id", "what-holds", "xml:lang", "en", NULL);
	leaf(x, "front-matter",
	    "Unknown is never a pass: what could not be asked or read is 'unknown' or 'notchecked', and its message says why.",
	    "xml:lang", "en", NULL);
	leaf(x, "rear-matter", "Each result names the observation that it rests on, by its place in the bundle of evidence.",
	    "xml:lang", "en", NULL);
	leaf(x, "reference", n->document_number, "href", n->legal_url != NULL ? n->legal_url : "urn:fieldproof:notice", NULL);
	/* The older form of the same name draws one warning, and that is wanted: oscap 1.3.7 calls a document about which it has nothing to say invalid. */
	leaf(x, "platform", NULL, "idref", "cpe:/h", NULL);
	leaf(x, "version", version, NULL);
	write_metadata(x);
	for (size_t i = 0; i < n->n_actions; i++)
		write_group(x, &n->actions[i]);
}

/* ---- results ---- */

struct tally {
	size_t good, all;
	fp_time first, last;
};

static void
write_message(struct xccdf *x, const struct check *way, const struct evidence_verdict *v)
{
	const struct evidence_reason *r = check_reason_find(way, v->reason);
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 4096 };

	fp_buf_printf(&b, "%s: %s%s%s%s", v->reason, r != NULL && r->text != NULL ? r->text : "", v->detail[0] ? " (" : "",
	    v->detail, v->detail[0] ? ")" : "");
	if (v->settle[0] != '\0') {
		const char *settle = check_settle_text(v->settle);

		fp_buf_printf(&b, " What would settle it: %s", settle != NULL ? settle : v->settle);
	}
	fp_buf_printf(&b, " [level %s]", evidence_level_name(v->level));
	leaf(x, "message", b.data, "severity",
	    v->result == EVIDENCE_FAIL || v->result == EVIDENCE_ERROR ? "error"
	    : v->result == EVIDENCE_UNKNOWN                           ? "warning"
								      : "info",
	    NULL);
}

static void
write_stale(struct xccdf *x, const struct check *way, const struct export_cell *c, fp_time at)
{
	fp_time ended[EVIDENCE_END_COUNT];
	struct fp_err err = { .status = FP_OK };
	char line[160];
	const char *why;

	if (way == NULL || at == 0 || store_device_ended(x->k->a->store, c->device->id, ended, &err) != FP_OK ||
	    (why = check_stale(way, at, x->k->made, ended)) == NULL)
		return;
	(void)snprintf(line, sizeof(line), "stale: this evidence does not hold any more (%s); the check must be repeated", why);
	leaf(x, "message", line, "severity", "warning", NULL);
}

static void
write_result(struct xccdf *x, const struct xccdf_rule *r, const struct export_cell *c, const struct evidence_verdict *v,
    fp_time at, struct tally *t)
{
	char time[FP_TIME_MAX];

	start(x, "rule-result");
	attribute(x, "idref", r->id);
	attribute(x, "role", r->check->role == NOTICE_CHECK_REQUIRED ? "full" : "unscored");
	attribute(x, "time", fp_time_text(time, at != 0 ? at : x->k->made));
	attribute(x, "weight", "1.0");
	leaf(x, "result", evidence_result_name(v->result), NULL);
	write_idents(x, r->check->id);
	write_message(x, r->way, v);
	write_stale(x, r->way, c, at);
	write_check(x, r, v->obs);
	end(x);
	if (r->check->role != NOTICE_CHECK_REQUIRED || v->result == EVIDENCE_NOTAPPLICABLE || v->result == EVIDENCE_NOTCHECKED ||
	    v->result == EVIDENCE_INFORMATIONAL)
		return;
	t->all++;
	t->good += v->result == EVIDENCE_PASS || v->result == EVIDENCE_FIXED;
}

/* What was last said by the way of the rule; where no way said anything, the first of them tells why. */
static void
result_of_rule(struct xccdf *x, const struct xccdf_rule *r, const struct export_cell *c, struct tally *t)
{
	size_t n = 0;
	const struct store_verdict *latest = export_latest(x->k, c->cell->id, &n);
	struct app_check_now now;
	bool said = false;

	for (size_t i = 0; i < n; i++) {
		if (strcasecmp(latest[i].v.check, r->check->id) != 0)
			continue;
		said = true;
		if (r->way != NULL && r->way->probe != NULL && strcmp(latest[i].probe, r->way->probe) == 0)
			write_result(x, r, c, &latest[i].v, latest[i].at, t);
	}
	if (said || !r->first)
		return;
	app_check_look(&now, r->check, c->device, x->k->checks, NULL, 0, NULL, x->k->made);
	write_result(x, r, c, &now.verdict, 0, t);
}

static void
write_facts(struct xccdf *x, const struct device *d, const char *mode)
{
	const struct {
		const char *name, *value;
	} facts[] = {
		{ "urn:fieldproof:fact:serial", d->serial },
		{ "urn:fieldproof:fact:product", d->product },
		{ "urn:fieldproof:fact:manufacturer", d->manufacturer },
		{ "urn:fieldproof:fact:catalog-number", d->catalog_number },
		{ "urn:fieldproof:fact:udi-di", d->udi_di },
		{ "urn:fieldproof:fact:location", d->location },
		{ "urn:fieldproof:fact:boot-mode", mode[0] != '\0' ? mode : NULL },
	};

	start(x, "target-facts");
	for (size_t i = 0; i < FP_COUNT(facts); i++)
		if (facts[i].value != NULL && facts[i].value[0] != '\0')
			leaf(x, "fact", facts[i].value, "name", facts[i].name, "type", "string", NULL);
	end(x);
}

/* When the evidence of this device and mode was taken: what TestResult wants as its times. */
static void
find_times(struct tally *t, const struct export_case *k, const struct device *d, const char *mode)
{
	*t = (struct tally){ .first = k->made, .last = 0 };
	for (size_t i = 0; i < k->n_latest; i++) {
		const struct store_verdict *v = &k->latest[i];

		if (v->device_id != d->id || strcmp(v->mode, mode) != 0)
			continue;
		t->first = v->at < t->first ? v->at : t->first;
		t->last = v->at > t->last ? v->at : t->last;
	}
	if (t->last == 0)
		t->last = t->first;
}

/* Address or name alone: a port behind it is taken for IPv6 by those who read it. */
static void
write_address(struct xccdf *x, const char *address)
{
	struct check_target t;

	if (address != NULL && address[0] != '\0' && check_target_parse(&t, address, NULL) == FP_OK)
		leaf(x, "target-address", t.host, NULL);
}

static void
write_test_result(struct xccdf *x, const struct export_cell *cells, size_t n, const char *mode)
{
	const struct device *d = cells[0].device;
	char id[ID_MAX], number[24], href[ID_MAX + 1] = "#", time[FP_TIME_MAX], score[24], most[24];
	struct tally t;

	(void)snprintf(number, sizeof(number), "%lld", (long long)d->id);
	find_times(&t, x->k, d, mode);
	make_id(id, "testresult", x->k->notice->reference, number, mode);
	start(x, "TestResult");
	attribute(x, "id", id);
	attribute(x, "start-time", fp_time_text(time, t.first));
	attribute(x, "end-time", fp_time_text(time, t.last));
	attribute(x, "test-system", "cpe:/a:fieldproof:fieldproof:" FP_VERSION);
	(void)snprintf(number, sizeof(number), "%d", x->k->notice->revision);
	attribute(x, "version", number);
	make_id(href + 1, "benchmark", x->k->notice->reference, "", "");
	leaf(x, "benchmark", NULL, "href", href, "id", href + 1, NULL);
	start(x, "title");
	text(x, d->serial);
	text(x, mode[0] != '\0' ? ", boot mode " : "");
	text(x, mode);
	end(x);
	leaf(x, "identity", "none: no check logs on", "authenticated", "false", "privileged", "false", NULL);
	leaf(x, "target", d->serial, NULL);
	write_address(x, d->host);
	write_address(x, d->bmc);
	write_facts(x, d, mode);
	leaf(x, "platform", NULL, "idref", CPE_ANY, NULL);
	for (size_t i = 0; i < n; i++)
		for (size_t r = 0; strcmp(cells[i].cell->mode, mode) == 0 && r < x->n; r++)
			if (x->rules[r].action == cells[i].action)
				result_of_rule(x, &x->rules[r], &cells[i], &t);
	(void)snprintf(score, sizeof(score), "%zu", t.good);
	(void)snprintf(most, sizeof(most), "%zu", t.all);
	leaf(x, "score", score, "system", "urn:xccdf:scoring:flat-unweighted", "maximum", most, NULL);
	end(x);
}

/* The cells of one device stand together; each of its modes gets its own result. */
static void
write_device(struct xccdf *x, const struct export_cell *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool before = false;

		for (size_t k = 0; k < i; k++)
			before = before || strcmp(cells[k].cell->mode, cells[i].cell->mode) == 0;
		if (!before)
			write_test_result(x, cells, n, cells[i].cell->mode);
	}
}

static enum fp_status
write_all(struct xccdf *x, struct fp_err *err)
{
	const struct export_case *k = x->k;

	if (list_rules(x, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	(void)xmlTextWriterSetIndent(x->w, 1);
	x->bad |= xmlTextWriterStartDocument(x->w, NULL, "UTF-8", NULL) < 0;
	write_head(x);
	for (size_t i = 0, n; i < k->n_cells; i += n) {
		for (n = 1; i + n < k->n_cells && k->view[i + n].device == k->view[i].device; n++)
			;
		write_device(x, &k->view[i], n);
	}
	end(x);
	x->bad |= xmlTextWriterEndDocument(x->w) < 0;
	return x->bad ? fp_fail(err, FP_ENOMEM, "out of memory for the XCCDF document") : FP_OK;
}

enum fp_status
export_xccdf(struct export_case *k, struct fp_buf *out, struct fp_err *err)
{
	struct xccdf x = { .k = k };
	xmlBufferPtr b = xmlBufferCreate();
	enum fp_status s;

	x.w = b != NULL ? xmlNewTextWriterMemory(b, 0) : NULL;
	s = x.w != NULL ? write_all(&x, err) : fp_fail(err, FP_ENOMEM, "out of memory for the XCCDF document");
	if (x.w != NULL)
		xmlFreeTextWriter(x.w);
	if (s == FP_OK)
		fp_buf_add(out, xmlBufferContent(b), (size_t)xmlBufferLength(b));
	if (b != NULL)
		xmlBufferFree(b);
	free(x.rules);
	return s == FP_OK ? fp_buf_check(out, "the XCCDF document", err) : s;
}
