/* Foreign letters: from a file to the worker that reads it, and back as a draft. One bad file never stops the others. */
#include "app/internal.h"
#include "app/reading_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"

#define DEFAULT_BYTES ((size_t)64 << 20)
#define DEFAULT_SECONDS 30
#define DEFAULT_MEMORY ((size_t)1 << 30)

void
reading_note_add(struct reading_job *j, const char *code, enum draft_severity severity, const char *fmt, ...)
{
	struct reading_note *n = &j->notes[j->n_notes];
	va_list ap;

	if (j->n_notes == READING_NOTES)
		return;
	j->n_notes++;
	n->severity = severity;
	fp_utf8_copy(n->code, sizeof(n->code), code);
	va_start(ap, fmt);
	(void)vsnprintf(n->text, sizeof(n->text), fmt, ap);
	va_end(ap);
}

void
reading_trouble_set(struct reading_trouble *t, const char *code, const char *fmt, ...)
{
	struct fp_err clean;
	char text[sizeof(t->text)];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)fp_fail(&clean, FP_EINVAL, "%s", text); /* it may quote foreign bytes */
	fp_utf8_copy(t->code, sizeof(t->code), code);
	fp_utf8_copy(t->text, sizeof(t->text), clean.msg);
}

void
reading_trouble_of(struct reading_trouble *t, enum fp_status status, const struct fp_err *why)
{
	static const struct {
		enum fp_status status;
		const char *code;
	} codes[] = { { FP_EINVAL, "invalid" }, { FP_ELIMIT, "limit" }, { FP_ETIMEOUT, "timeout" },
		{ FP_EUNSUPPORTED, "unsupported" }, { FP_ENOTFOUND, "not-found" }, { FP_EINTEGRITY, "integrity" } };
	const char *code = "system";

	for (size_t i = 0; i < FP_COUNT(codes); i++)
		if (codes[i].status == status)
			code = codes[i].code;
	reading_trouble_set(t, code, "%s", why->msg);
}

/* ---- the reader ---- */

enum fp_status
app_reader_new(struct app_reader **out, const struct app_read_options *o, struct fp_err *err)
{
	FP_AUTO(app_reader_freep) struct app_reader *r = fp_calloc(1, sizeof(*r));

	if (r == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	r->o = o != NULL ? *o : (struct app_read_options){ .max_bytes = 0 };
	if (r->o.lang != NULL) {
		fp_utf8_copy(r->lang, sizeof(r->lang), r->o.lang);
		r->o.lang = r->lang;
	}
	r->o.max_bytes = r->o.max_bytes ? r->o.max_bytes : DEFAULT_BYTES;
	r->max_bytes = r->o.max_bytes;
	r->limits = (struct fp_sandbox_limits){ .memory = r->o.max_memory ? r->o.max_memory : DEFAULT_MEMORY,
		.seconds = r->o.max_seconds ? r->o.max_seconds : DEFAULT_SECONDS };
	r->limits.output = r->limits.memory / 4 > DEFAULT_BYTES * 2 ? DEFAULT_BYTES * 2 : r->limits.memory / 4;
	/* Opened before the worker forks, which could not read a file any more. */
	if (term_base_open(&r->terms, NULL, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (r->o.lang != NULL && term_lang_find(r->terms, r->o.lang) == NULL)
		return fp_fail(err, FP_EUSAGE, "no words are known of the language '%s'", r->o.lang);
	if (fp_sandbox_worker_new(&r->worker, reading_work, r, &r->limits, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	*out = r;
	r = NULL;
	return FP_OK;
}

void
app_reader_free(struct app_reader *r)
{
	if (r == NULL)
		return;
	fp_sandbox_worker_free(r->worker);
	fp_buf_free(&r->ahead.in);
	fp_buf_free(&r->ahead.out);
	term_base_free(r->terms);
	free(r);
}

void
app_reader_freep(struct app_reader **r)
{
	app_reader_free(*r);
	*r = NULL;
}

/* ---- one step in the worker ---- */

bool
reading_is_fair_line(const char *s, size_t len)
{
	return len >= 2 && s[0] == '{' && s[len - 1] == '}' && fp_utf8_bad_at(s, len) == len && !fp_utf8_has_control(s, len);
}

enum fp_status
reading_ask(
    struct app_reader *r, const struct reading_job *j, struct fp_buf *json, struct reading_trouble *why, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf in = { .max = SIZE_MAX / 2 }, out = { .max = SIZE_MAX / 2 };
	struct fp_err said = { .status = FP_OK, .msg = "" };
	enum fp_status status;

	why->code[0] = '\0';
	reading_job_write(&in, j);
	if (fp_buf_check(&in, j->name, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	status = fp_sandbox_worker_call(r->worker, &out, in.data, in.len, &said);
	if (status != FP_OK) {
		reading_trouble_of(why, status, &said);
		if (status == FP_EINVAL) /* our readers answer in words: this was a process that died */
			fp_utf8_copy(why->code, sizeof(why->code), "crashed");
		return FP_OK;
	}
	if (out.len > 1 && out.data[0] == 'F') {
		reading_trouble_take(why, out.data + 1, out.len - 1);
		return FP_OK;
	}
	if (out.len < 1 || out.data[0] != 'J' || !reading_is_fair_line(out.data + 1, out.len - 1)) {
		reading_trouble_set(why, "crashed", "the reader stopped on this file: it answered with garbage");
		return FP_OK;
	}
	fp_buf_add(json, out.data + 1, out.len - 1);
	return fp_buf_check(json, "the draft", err);
}

/* ---- by format ---- */

static enum fp_status
read_plain(struct app_reader *r, struct reading_job *j, struct fp_buf *json, struct reading_trouble *why, struct fp_err *err)
{
	return reading_ask(r, j, json, why, err);
}

static const struct {
	enum reading_kind kind;
	enum fp_status (*read)(
	    struct app_reader *r, struct reading_job *j, struct fp_buf *json, struct reading_trouble *why, struct fp_err *err);
} formats[LETTER_FORMAT_COUNT] = {
	[LETTER_TEXT] = { READING_TEXT, read_plain },
	[LETTER_HTML] = { READING_HTML, read_plain },
	[LETTER_JSON] = { READING_JSON, read_plain },
	[LETTER_PDF] = { READING_BBOX, reading_pdf },
	[LETTER_PICTURE] = { READING_TSV, reading_picture },
};

enum fp_status
reading_bytes(
    struct app_reader *r, struct reading_job *j, int depth, struct fp_buf *json, struct reading_trouble *why, struct fp_err *err)
{
	enum letter_format f = letter_detect(j->name, j->data, j->len);

	why->source = letter_format_name(f);
	if (f == LETTER_EMPTY)
		reading_trouble_set(why, "empty", "the file is empty");
	else if (f == LETTER_MAIL)
		return reading_mail(r, j, depth, json, why, err);
	else if (f == LETTER_UNKNOWN || formats[f].read == NULL)
		reading_trouble_set(
		    why, "unknown-format", "this is no letter that can be read: %s", letter_looks_like(j->data, j->len));
	else {
		j->kind = formats[f].kind;
		return formats[f].read(r, j, json, why, err);
	}
	return FP_OK;
}

/* ---- files ---- */

/* Everything that a letter states, null and listed, and why. */
enum fp_status
reading_failed(struct app_reader *r, const char *name, const struct reading_trouble *why, struct fp_buf *json, struct fp_err *err)
{
	FP_AUTO(letter_freep) struct letter *l = NULL;
	FP_AUTO(draft_freep) struct draft *d = NULL;
	FP_JSON json_t *j = NULL;

	if (letter_read_text(&l, name, "", 0, NULL, err) != FP_OK || draft_from_letter(&d, l, r->terms, NULL, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	if (d->findings != NULL)
		(void)json_array_clear(d->findings); /* what is missing from no text is no finding */
	draft_put_str(d, "/source", why->source != NULL ? why->source : letter_format_name(LETTER_UNKNOWN), NULL);
	draft_finding(d, why->code, DRAFT_ERROR, NULL, "%s", why->text);
	j = d->no_memory ? NULL : draft_to_json(d);
	return fp_json_line(json, j, err);
}

static bool
too_large(const struct stat *st, size_t max, struct reading_trouble *why)
{
	if (!S_ISREG(st->st_mode) || (uintmax_t)st->st_size <= max)
		return false;
	reading_trouble_set(why, "too-large", "the file has %lld bytes, more than the limit of %zu; --max-bytes sets another",
	    (long long)st->st_size, max);
	return true;
}

/* A folder with notice.json is a notice of ours. */
static bool
notice_folder(const char *path, const struct stat *st, char *out, size_t size)
{
	return S_ISDIR(st->st_mode) && snprintf(out, size, "%s/notice.json", path) < (int)size && access(out, F_OK) == 0;
}

static enum fp_status
read_file(struct app_reader *r, const char *path, struct fp_buf *json, struct reading_trouble *why, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf data = { .max = r->o.max_bytes };
	struct fp_err said = { .status = FP_OK, .msg = "" }, shown;
	struct reading_job job = { .name = shown.msg, .keep = r->o.blocks, .lang = r->o.lang };
	char facts[4096];
	struct stat st;
	bool known = strcmp(path, "-") != 0 && stat(path, &st) == 0;
	enum fp_status status;

	(void)fp_fail(&shown, FP_OK, "%s", path); /* a file's name may be any bytes */
	if (known && notice_folder(path, &st, facts, sizeof(facts))) {
		path = facts;
		known = stat(path, &st) == 0;
	}
	if (known && too_large(&st, r->o.max_bytes, why))
		return FP_OK;
	status = fp_file_read(&data, path, &said);
	if (status == FP_ELIMIT) {
		reading_trouble_set(why, "too-large", "%s; --max-bytes sets another", said.msg);
		return FP_OK;
	}
	if (status != FP_OK) {
		reading_trouble_of(why, status, &said);
		return FP_OK;
	}
	job.data = data.data != NULL ? data.data : "";
	job.len = data.len;
	return reading_bytes(r, &job, 0, json, why, err);
}

/* An advisory may name a side file that lies beside it; other drafts stay as they are. */
static enum fp_status
complete_csaf(const char *path, struct fp_buf *json, size_t from, struct fp_err *err)
{
	static const char mark[] = ".fieldproof.json", source[] = "\"source\":\"csaf\"";
	FP_AUTO(draft_freep) struct draft *d = NULL;
	FP_JSON json_t *j = NULL, *whole = NULL;

	if (json->data == NULL || strstr(json->data + from, mark) == NULL || strstr(json->data + from, source) == NULL)
		return FP_OK;
	if (fp_json_parse(&j, json->data + from, json->len - from, path, err) != FP_OK || draft_from_json(&d, j, err) != FP_OK ||
	    app_csaf_complete(d, path, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	json->len = from;
	whole = draft_to_json(d);
	return fp_json_line(json, whole, err);
}

enum fp_status
app_letter_read(struct app_reader *r, const char *path, struct fp_buf *json, bool *read, struct fp_err *err)
{
	struct reading_trouble why = { .code = "", .text = "" };
	size_t before = json->len;
	struct fp_err shown;

	*read = reading_ahead_take(r, path, json);
	if (*read)
		return fp_buf_check(json, "the draft", err);
	if (read_file(r, path, json, &why, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	if (why.code[0] == '\0') {
		*read = true;
		return complete_csaf(path, json, before, err);
	}
	if (json->len != before)
		return fp_fail(err, FP_EIO, "'%s' was read twice", path);
	(void)fp_fail(&shown, FP_OK, "%s", path);
	return reading_failed(r, shown.msg, &why, json, err);
}

enum fp_status
app_letter_draft(struct app_reader *r, const char *path, struct draft **out, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf json = { .max = SIZE_MAX / 2 };
	struct reading_trouble why = { .code = "", .text = "" };
	FP_JSON json_t *j = NULL;

	if (read_file(r, path, &json, &why, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	if (why.code[0] != '\0')
		return fp_fail(err, FP_EINVAL, "%s: %s", path, why.text);
	if (fp_json_parse(&j, json.data, json.len, path, err) != FP_OK || draft_from_json(out, j, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	return app_csaf_complete(*out, path, err);
}
