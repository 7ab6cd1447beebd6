/* What runs in the sandbox: foreign bytes in, a draft as JSON out. No files, no network, no database. */
#define _GNU_SOURCE /* memmem */
#include "app/reading_int.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "csaf/csaf.h"
#include "letter/letter.h"

/* ---- the job on its way ---- */

static void
put_text(struct fp_buf *out, const char *s)
{
	size_t len = s != NULL ? strlen(s) : 0;

	fp_buf_le32(out, s != NULL ? (uint32_t)len + 1 : 0);
	fp_buf_add(out, s, len);
}

/* Into size bytes, cut to fit; false: there was none. */
static bool
take_text(struct fp_cur *c, char *out, size_t size)
{
	uint32_t len = fp_cur_le32(c);
	const uint8_t *p = len > 0 ? fp_cur_take(c, len - 1) : NULL;
	size_t n = p != NULL ? len - 1 : 0;

	n = n < size - 1 ? n : size - 1;
	if (p != NULL)
		memcpy(out, p, n);
	out[n] = '\0';
	return p != NULL;
}

void
reading_job_write(struct fp_buf *out, const struct reading_job *j)
{
	fp_buf_u8(out, (uint8_t)j->kind);
	fp_buf_u8(out, j->keep);
	fp_buf_le32(out, (uint32_t)j->dpi);
	put_text(out, j->name);
	put_text(out, j->lang);
	put_text(out, j->source);
	fp_buf_u8(out, (uint8_t)j->n_notes);
	for (size_t i = 0; i < j->n_notes; i++) {
		fp_buf_u8(out, (uint8_t)j->notes[i].severity);
		put_text(out, j->notes[i].code);
		put_text(out, j->notes[i].text);
	}
	fp_buf_add(out, j->data, j->len);
}

struct task {
	struct reading_job job;
	char name[1024], lang[32], source[32];
};

static void
job_read(struct task *t, const char *in, size_t len)
{
	struct fp_cur c = fp_cur_make(in, len);
	struct reading_job *j = &t->job;

	*j = (struct reading_job){ .kind = (enum reading_kind)fp_cur_u8(&c) };
	j->keep = fp_cur_u8(&c) != 0;
	j->dpi = (int)fp_cur_le32(&c);
	(void)take_text(&c, t->name, sizeof(t->name));
	j->name = t->name;
	j->lang = take_text(&c, t->lang, sizeof(t->lang)) ? t->lang : NULL;
	j->source = take_text(&c, t->source, sizeof(t->source)) ? t->source : NULL;
	j->n_notes = fp_cur_u8(&c);
	for (size_t i = 0; i < j->n_notes && i < READING_NOTES; i++) {
		j->notes[i].severity = (enum draft_severity)fp_cur_u8(&c);
		(void)take_text(&c, j->notes[i].code, sizeof(j->notes[i].code));
		(void)take_text(&c, j->notes[i].text, sizeof(j->notes[i].text));
	}
	j->len = fp_cur_left(&c);
	j->data = in + (len - j->len);
}

/* ---- readers by kind ---- */

static enum fp_status
text_letter(struct letter **out, const struct reading_job *j, const struct letter_limits *o, struct fp_err *err)
{
	return letter_read_text(out, j->name, j->data, j->len, o, err);
}

static enum fp_status
html_letter(struct letter **out, const struct reading_job *j, const struct letter_limits *o, struct fp_err *err)
{
	return letter_read_html(out, j->name, j->data, j->len, o, err);
}

static enum fp_status
bbox_letter(struct letter **out, const struct reading_job *j, const struct letter_limits *o, struct fp_err *err)
{
	return letter_read_bbox(out, j->name, j->data, j->len, o, err);
}

static enum fp_status
tsv_letter(struct letter **out, const struct reading_job *j, const struct letter_limits *o, struct fp_err *err)
{
	return letter_read_tsv(out, j->name, j->data, j->len, j->dpi, o, err);
}

static enum fp_status (*const letters[READING_KIND_COUNT])(
    struct letter **out, const struct reading_job *j, const struct letter_limits *o, struct fp_err *err) = {
	[READING_TEXT] = text_letter,
	[READING_HTML] = html_letter,
	[READING_BBOX] = bbox_letter,
	[READING_TSV] = tsv_letter,
};

static enum fp_status
from_letter(struct draft **out, const struct app_reader *r, const struct reading_job *j, struct fp_err *err)
{
	const struct letter_limits limits = { .bytes = j->kind == READING_BBOX || j->kind == READING_TSV ? r->limits.output
													 : r->max_bytes };
	const struct draft_options o = { .lang = j->lang, .keep_letter = j->keep, .to_write = true };
	FP_AUTO(letter_freep) struct letter *l = NULL;

	if (letters[j->kind](&l, j, &limits, err) != FP_OK || draft_from_letter(out, l, r->terms, &o, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (o.keep_letter)
		l = NULL; /* the draft has taken it over */
	return FP_OK;
}

/* One of our own notices: its facts are a draft's facts. */
static enum fp_status
from_notice(struct draft **out, const struct reading_job *j, json_t *notice, struct fp_err *err)
{
	FP_AUTO(draft_freep) struct draft *d = draft_new(j->name);

	if (d == NULL || json_object_update_missing(d->facts, notice) != 0 ||
	    json_object_set_new(d->facts, "source", json_string("notice")) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	*out = d;
	d = NULL;
	return FP_OK;
}

static bool
says(const json_t *j, const char *format)
{
	const char *f = json_string_value(json_object_get(j, "format"));

	return f != NULL && strcmp(f, format) == 0;
}

/* CSAF, a draft, or a notice of ours. */
static enum fp_status
from_json(struct draft **out, const struct reading_job *j, struct fp_err *err)
{
	static const char mark[] = "\"csaf_version\"";
	FP_JSON json_t *doc = NULL;

	if (memmem(j->data, j->len, mark, sizeof(mark) - 1) != NULL)
		return csaf_read(out, j->name, j->data, j->len, err);
	if (fp_json_parse(&doc, j->data, j->len, j->name, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (says(doc, "fieldproof-draft-1"))
		return draft_from_json(out, doc, err);
	/* The canonical bytes (the side file of an advisory) hold the facts one level below. */
	if (says(doc, "fieldproof-notice-1"))
		return from_notice(
		    out, j, json_is_object(json_object_get(doc, "facts")) ? json_object_get(doc, "facts") : doc, err);
	return fp_fail(
	    err, FP_EUNSUPPORTED, "%s is JSON, but neither a CSAF advisory nor a notice or draft of this program", j->name);
}

/* ---- the work ---- */

/* The answer is one line whatever happened: only trouble with the sandbox itself is an error of the call. */
static enum fp_status
answer_trouble(struct fp_buf *out, enum fp_status status, const struct fp_err *why, struct fp_err *err)
{
	struct reading_trouble t;

	if (status == FP_ENOMEM)
		return fp_fail(err, FP_ENOMEM, "%s", why->msg);
	reading_trouble_of(&t, status, why);
	fp_buf_putc(out, 'F');
	put_text(out, t.code);
	put_text(out, t.text);
	return fp_buf_check(out, "the answer", err);
}

static enum fp_status
work(const struct app_reader *r, const char *in, size_t len, struct fp_buf *out, struct fp_err *err)
{
	FP_AUTO(draft_freep) struct draft *d = NULL;
	struct fp_err why = { .status = FP_OK, .msg = "" };
	enum fp_status status;
	struct task t;

	job_read(&t, in, len);
	status = t.job.kind == READING_JSON ? from_json(&d, &t.job, &why) : from_letter(&d, r, &t.job, &why);
	if (status != FP_OK)
		return answer_trouble(out, status, &why, err);
	if (t.job.source != NULL)
		draft_put_str(d, "/source", t.job.source, NULL);
	for (size_t i = 0; i < t.job.n_notes && i < READING_NOTES; i++)
		draft_finding(d, t.job.notes[i].code, t.job.notes[i].severity, NULL, "%s", t.job.notes[i].text);
	if (d->no_memory)
		return fp_fail(err, FP_ENOMEM, "out of memory for the draft");
	fp_buf_putc(out, 'J');
	status = draft_write(out, d, err);
	/* Its trees go with the memory of this letter (reading_memory_end): walking them to free each piece takes as long as writing them. */
	d->facts = d->places = d->missing = d->findings = NULL;
	return status;
}

static enum fp_status
work_one(const struct app_reader *r, const char *in, size_t len, struct fp_buf *out, struct fp_err *err)
{
	enum fp_status status;

	reading_memory_begin();
	status = work(r, in, len, out, err);
	reading_memory_end();
	return status;
}

void
reading_many_add(struct fp_buf *many, const struct fp_buf *job)
{
	fp_buf_le32(many, (uint32_t)job->len);
	fp_buf_add(many, job->data, job->len);
	fp_buf_u8(many, 0);
}

static enum fp_status
work_many(const struct app_reader *r, struct fp_cur *c, struct fp_buf *out, struct fp_err *err)
{
	while (fp_cur_left(c) > 0) {
		size_t len = fp_cur_le32(c), from;
		const char *job = (const char *)fp_cur_take(c, len);

		if (job == NULL || fp_cur_u8(c) != 0 || c->bad)
			return fp_fail(err, FP_EINVAL, "jobs that are cut off");
		fp_buf_le32(out, 0); /* the length, once it is known */
		from = out->len;
		if (work_one(r, job, len, out, err) != FP_OK || fp_buf_check(out, "the answers", err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
		for (size_t i = 0; i < 4; i++)
			out->data[from - 4 + i] = (char)(uint8_t)((out->len - from) >> (8 * i));
	}
	return fp_buf_check(out, "the answers", err);
}

enum fp_status
reading_work(void *ctx, const char *in, size_t len, struct fp_buf *out, struct fp_err *err)
{
	struct fp_cur c = fp_cur_make(in, len);

	return fp_cur_u8(&c) == READING_MANY ? work_many(ctx, &c, out, err) : work_one(ctx, in, len, out, err);
}

void
reading_trouble_take(struct reading_trouble *t, const char *data, size_t len)
{
	struct fp_cur c = fp_cur_make(data, len);
	char code[sizeof(t->code)], text[sizeof(t->text)];

	(void)take_text(&c, code, sizeof(code));
	(void)take_text(&c, text, sizeof(text));
	reading_trouble_set(t, "invalid", "%s", text[0] ? text : "the reader failed and did not say why");
	for (const char *p = code; *p != '\0'; p++)
		if (!((*p >= 'a' && *p <= 'z') || *p == '-'))
			return;
	if (code[0] != '\0')
		fp_utf8_copy(t->code, sizeof(t->code), code);
}

/* ---- mail ---- */

enum fp_status
reading_unpack(void *ctx, const char *in, size_t len, struct fp_buf *out, struct fp_err *err)
{
	const struct app_reader *r = ctx;
	const struct letter_limits limits = { .bytes = r->max_bytes };
	struct fp_err why = { .status = FP_OK, .msg = "" };
	struct letter_mail m;
	enum fp_status status = letter_read_mail(&m, in, len, &limits, &why);

	if (status != FP_OK)
		return answer_trouble(out, status, &why, err);
	fp_buf_putc(out, 'P');
	put_text(out, m.subject);
	put_text(out, m.from);
	put_text(out, m.date);
	put_text(out, m.lang);
	fp_buf_u8(out, m.limited);
	fp_buf_le32(out, (uint32_t)m.n_parts);
	for (size_t i = 0; i < m.n_parts; i++) {
		put_text(out, m.parts[i].name);
		put_text(out, m.parts[i].type);
		fp_buf_le64(out, m.parts[i].bytes.len);
		fp_buf_add(out, m.parts[i].bytes.data, m.parts[i].bytes.len);
	}
	letter_mail_free(&m);
	return FP_OK;
}

/* The packer may have been under foreign control: what it wrote is read as carefully as a file. */
static bool
fair_text(const char *s)
{
	if (fp_utf8_bad_at(s, strlen(s)) != strlen(s))
		return false;
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7F)
			return false;
	return true;
}

static bool
fair(struct fp_cur *c, char *out, size_t size)
{
	size_t bad;

	(void)take_text(c, out, size);
	bad = fp_utf8_bad_at(out, strlen(out));
	if (strlen(out) == size - 1) /* cut inside a character, perhaps */
		out[bad] = '\0';
	return fair_text(out);
}

bool
reading_mail_head(struct fp_cur *c, struct reading_mail *out)
{
	bool ok = fair(c, out->subject, sizeof(out->subject)) && fair(c, out->from, sizeof(out->from)) &&
		  fair(c, out->date, sizeof(out->date)) && fair(c, out->lang, sizeof(out->lang));

	out->limited = fp_cur_u8(c) != 0;
	out->n_parts = fp_cur_le32(c);
	return ok && !c->bad && out->n_parts <= 200;
}

bool
reading_mail_part(struct fp_cur *c, struct reading_part *out)
{
	bool ok = fair(c, out->name, sizeof(out->name)) && fair(c, out->type, sizeof(out->type));

	out->len = (size_t)fp_cur_le64(c);
	out->data = (const char *)fp_cur_take(c, out->len);
	return ok && !c->bad && strpbrk(out->name, "/\\") == NULL;
}
