/* A mail: every part is read like a file; what is printed is the part that states most, with all parts listed. */
#include "app/reading_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

#define MAILS_IN_MAILS 3
#define DRAFTS_MAX ((size_t)32 << 20) /* bytes of all drafts of a mail: they are held at once */
#define STEPS_MAX 10                  /* a mail may take as long as so many files */
#define SMALL_PICTURE ((size_t)8192)  /* signatures and logos of mail bodies are no letters */

struct mail {
	struct app_reader *r;
	struct reading_job *job;
	int depth;
	json_t *parts; /* what is printed of them, in order */
	json_t *best;  /* draft of the part that states most; borrowed from parts */
	size_t most;
	size_t bytes;     /* of the drafts so far */
	int64_t deadline; /* no part is begun behind it */
};

/* How much a draft states: its facts have places. */
static size_t
states(const json_t *draft)
{
	return json_object_size(json_object_get(draft, "places"));
}

/* For the kinds of text a mail's own body is named after its type, so that it is told apart as a file is. */
static void
name_part(char *out, size_t size, const struct mail *m, const struct reading_part *p)
{
	const char *name = p->name[0] != '\0' ? p->name : strcmp(p->type, "text/html") == 0 ? "body.html" : "body.txt";

	(void)snprintf(out, size, "%s/%s", m->job->name, name);
}

static enum fp_status
draft_of_part(
    json_t **out, struct mail *m, const struct reading_part *p, const char *name, struct reading_trouble *why, struct fp_err *err)
{
	struct reading_job job = { .name = name, .keep = m->job->keep, .lang = m->job->lang, .data = p->data, .len = p->len };
	FP_AUTO(fp_buf_free) struct fp_buf json = { .max = SIZE_MAX / 2 };
	struct fp_err said;

	if (p->name[0] == '\0')
		job.source = "mail";
	if (fp_monotonic_ms() > m->deadline)
		reading_trouble_set(why, "timeout", "the parts before it took too long");
	else if (strncmp(p->type, "image/", 6) == 0 && p->len < SMALL_PICTURE)
		reading_trouble_set(why, "small-picture", "a picture of %zu bytes is no letter and was not read", p->len);
	else if (reading_bytes(m->r, &job, m->depth + 1, &json, why, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	m->bytes += json.len;
	if (why->code[0] == '\0' && m->bytes > DRAFTS_MAX)
		reading_trouble_set(why, "limit", "the drafts of the mail's parts are larger than %zu MiB", DRAFTS_MAX >> 20);
	if (why->code[0] == '\0' && fp_json_parse(out, json.data, json.len, name, &said) != FP_OK)
		reading_trouble_set(why, "crashed", "the reader stopped on this part: it answered with garbage");
	return FP_OK;
}

static enum fp_status
add_part(struct mail *m, const struct reading_part *p, struct fp_err *err)
{
	struct reading_trouble why = { .code = "", .text = "" };
	json_t *draft = NULL, *entry = json_object();
	char name[1400];

	name_part(name, sizeof(name), m, p);
	if (draft_of_part(&draft, m, p, name, &why, err) != FP_OK) {
		json_decref(entry);
		return fp_failed(err, FP_ENOMEM);
	}
	fp_json_set_str(entry, "name", p->name);
	fp_json_set_str(entry, "type", p->type);
	fp_json_set(entry, "read", json_boolean(draft != NULL));
	if (draft == NULL) {
		fp_json_set_str(entry, "code", why.code);
		fp_json_set_str(entry, "message", why.text);
	} else {
		if (m->best == NULL || states(draft) > m->most) {
			m->best = draft;
			m->most = states(draft);
		}
		fp_json_set(entry, "draft", draft);
	}
	return json_array_append_new(m->parts, entry) == 0 ? FP_OK : fp_fail(err, FP_ENOMEM, "out of memory");
}

static void
add_finding(json_t *draft, const char *code, const char *severity, const char *message)
{
	json_t *f = json_object();

	fp_json_set_str(f, "code", code);
	fp_json_set_str(f, "severity", severity);
	fp_json_set_str(f, "message", message);
	(void)json_array_append_new(json_object_get(draft, "findings"), f);
}

/* What was not read of the mail is a finding of the letter, too. */
static void
tell_unread(json_t *main, const json_t *parts, bool limited)
{
	size_t i;
	json_t *entry;

	json_array_foreach(parts, i, entry)
	{
		FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 2048 };
		const char *code = json_string_value(json_object_get(entry, "code"));

		if (code == NULL)
			continue;
		fp_buf_printf(&text, "the part '%s' (%s) was not read: %s", json_string_value(json_object_get(entry, "name")),
		    json_string_value(json_object_get(entry, "type")), json_string_value(json_object_get(entry, "message")));
		add_finding(main, "part-not-read", strcmp(code, "small-picture") == 0 ? "info" : "warning", text.data);
	}
	if (limited)
		add_finding(main, "limit", "warning", "the mail has more parts or bytes than are read; some were left out");
}

static json_t *
head(const struct reading_mail *m)
{
	json_t *j = json_object();

	fp_json_set_str(j, "subject", m->subject[0] ? m->subject : NULL);
	fp_json_set_str(j, "from", m->from[0] ? m->from : NULL);
	fp_json_set_str(j, "date", m->date[0] ? m->date : NULL);
	return j;
}

/* The best part's draft with "mail" and "parts"; there, the part itself is marked and not printed twice. */
static enum fp_status
write_mail(struct mail *m, const struct reading_mail *top, struct fp_buf *json, struct fp_err *err)
{
	FP_JSON json_t *main = json_copy(m->best);
	size_t i;
	json_t *entry;

	json_array_foreach(m->parts, i, entry)
	{
		bool best = json_object_get(entry, "draft") == m->best;

		fp_json_set(entry, "main", json_boolean(best));
		if (best)
			(void)json_object_del(entry, "draft");
	}
	fp_json_set(main, "mail", head(top));
	fp_json_set(main, "parts", json_incref(m->parts));
	tell_unread(main, m->parts, top->limited);
	return fp_json_line(json, main, err);
}

static enum fp_status
read_parts(struct mail *m, struct fp_cur *c, struct fp_buf *json, struct reading_trouble *why, struct fp_err *err)
{
	struct reading_mail top;

	if (!reading_mail_head(c, &top)) {
		reading_trouble_set(why, "crashed", "the reader stopped on this mail: it answered with garbage");
		return FP_OK;
	}
	for (size_t i = 0; i < top.n_parts; i++) {
		struct reading_part p;

		if (!reading_mail_part(c, &p)) {
			reading_trouble_set(why, "crashed", "the reader stopped on this mail: it answered with garbage");
			return FP_OK;
		}
		if (add_part(m, &p, err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
	}
	if (m->best != NULL)
		return write_mail(m, &top, json, err);
	if (json_array_size(m->parts) == 1)
		reading_trouble_set(why, json_string_value(json_object_get(json_array_get(m->parts, 0), "code")), "%s",
		    json_string_value(json_object_get(json_array_get(m->parts, 0), "message")));
	else
		reading_trouble_set(why, "unknown-format", "none of the %zu parts of the mail can be read", top.n_parts);
	return FP_OK;
}

enum fp_status
reading_mail(
    struct app_reader *r, struct reading_job *j, int depth, struct fp_buf *json, struct reading_trouble *why, struct fp_err *err)
{
	const struct fp_sandbox_limits limits = {
		.memory = r->limits.memory, .seconds = r->limits.seconds, .output = r->max_bytes + ((size_t)1 << 20)
	};
	FP_AUTO(fp_buf_free) struct fp_buf packed = { .max = limits.output };
	FP_JSON json_t *parts = json_array();
	struct mail m = { .r = r,
		.job = j,
		.depth = depth,
		.parts = parts,
		.deadline = fp_monotonic_ms() + (int64_t)r->limits.seconds * 1000 * STEPS_MAX };
	struct fp_err said = { .status = FP_OK, .msg = "" };
	enum fp_status status;
	struct fp_cur c;

	if (depth >= MAILS_IN_MAILS) {
		reading_trouble_set(why, "limit", "mails are nested deeper than %d", MAILS_IN_MAILS);
		return FP_OK;
	}
	status = fp_sandbox_call(&packed, reading_unpack, r, j->data, j->len, &limits, &said);
	if (status != FP_OK) {
		reading_trouble_of(why, status, &said);
		if (status == FP_EINVAL)
			(void)snprintf(why->code, sizeof(why->code), "crashed");
		return FP_OK;
	}
	if (packed.len > 1 && packed.data[0] == 'F') {
		reading_trouble_take(why, packed.data + 1, packed.len - 1);
		return FP_OK;
	}
	c = fp_cur_make(packed.data + 1, packed.len > 0 ? packed.len - 1 : 0);
	if (packed.len < 1 || packed.data[0] != 'P') {
		reading_trouble_set(why, "crashed", "the reader stopped on this mail: it answered with garbage");
		return FP_OK;
	}
	return read_parts(&m, &c, json, why, err);
}
