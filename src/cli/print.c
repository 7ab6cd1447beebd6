/* How the command line speaks: document trees as text, JSON with a format name, progress on a terminal. */
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "document/text.h"

const char *
cli_t(const struct cli *c, const char *english)
{
	return i18n_t(c->lang, english);
}

enum fp_status
cli_doc(struct doc **out, const struct cli *c, const char *title, struct fp_err *err)
{
	const struct doc_meta meta = { .title = title, .lang = c->lang_tag, .created = fp_now(&c->clock) };

	return doc_new(out, &meta, err);
}

static enum fp_status
put_stdout(const struct fp_buf *b, struct fp_err *err)
{
	if (b->len > 0 && fwrite(b->data, 1, b->len, stdout) != b->len)
		return fp_fail_errno(err, errno, "cannot write the result");
	return FP_OK;
}

enum fp_status
cli_print(const struct cli *c, const struct doc *d, struct fp_err *err)
{
	const struct doc_text_options o = { .width = c->width, .colour = c->colour };
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 };

	if (doc_write_text(d, &o, &out, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	return put_stdout(&out, err);
}

enum fp_status
cli_print_json(const struct cli *c, const char *format, json_t *stolen, struct fp_err *err)
{
	FP_JSON json_t *body = stolen, *whole = json_object();
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 };

	(void)c;
	fp_json_set_str(whole, "format", format);
	if (whole == NULL || body == NULL || json_object_update(whole, body) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory for the answer");
	if (fp_json_pretty(&out, whole, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	return put_stdout(&out, err);
}

enum fp_status
cli_put(const struct cli *c, const struct fp_buf *b, struct fp_err *err)
{
	const char *path = cli_opt(c, "output");

	if (path == NULL || strcmp(path, "-") == 0)
		return put_stdout(b, err);
	if (fp_file_publish(path, b->data ? b->data : "", b->len, 0644, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	cli_say(c, "wrote %s (%zu bytes)", path, b->len);
	return FP_OK;
}

enum fp_status
cli_print_list(const struct cli *c, const char *format, const char *key, json_t *stolen, struct fp_err *err)
{
	json_t *j;

	if (!c->json) {
		json_decref(stolen);
		return FP_OK;
	}
	j = json_object();
	fp_json_set(j, key, stolen);
	return cli_print_json(c, format, j, err);
}

void
cli_say(const struct cli *c, const char *fmt, ...)
{
	va_list ap;

	if (c->quiet)
		return;
	cli_progress_end(c);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

void
cli_progress(const struct cli *c, size_t done, size_t total, const char *text)
{
	enum { WIDTH = 24 };
	char bar[WIDTH + 1];
	size_t filled = total ? done * WIDTH / total : 0;

	if (c->quiet || !c->tty_err)
		return;
	for (size_t i = 0; i < WIDTH; i++)
		bar[i] = i < filled ? '#' : '.';
	bar[WIDTH] = '\0';
	fprintf(stderr, "\r\033[K[%s] %zu/%zu %.60s", bar, done, total, text ? text : "");
	(void)fflush(stderr);
}

void
cli_progress_end(const struct cli *c)
{
	if (!c->quiet && c->tty_err)
		fputs("\r\033[K", stderr);
}

void
cli_add_time(struct doc_node *parent, const struct cli *c, fp_time t)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 256 };

	if (t == 0)
		return;
	i18n_time(&b, c->lang, t, NULL, I18N_MEDIUM);
	(void)doc_text(parent, b.data ? b.data : "");
}

enum fp_status
cli_number(int64_t *out, const char *text, int64_t least, int64_t most, const char *what, struct fp_err *err)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || v < least || v > most)
		return fp_fail(err, FP_EUSAGE, "%s must be a whole number from %lld to %lld, not '%.40s'", what, (long long)least,
		    (long long)most, text);
	*out = v;
	return FP_OK;
}

json_t *
cli_verdict_json(const struct evidence_verdict *v, fp_time at)
{
	json_t *j = json_object();

	fp_json_set_str(j, "result", evidence_result_name(v->result));
	fp_json_set_str(j, "level", evidence_level_name(v->level));
	fp_json_set_str(j, "check", v->check);
	fp_json_set_str(j, "reason", v->reason);
	fp_json_set_str(j, "settle", v->settle);
	fp_json_set_str(j, "detail", v->detail);
	fp_json_set_str(j, "observation", v->obs);
	if (at != 0)
		fp_json_set_time(j, "at", at);
	return j;
}

json_t *
cli_counts_json(const struct case_counts *n)
{
	json_t *j = json_object(), *states = json_object(), *measured = json_object();

	for (int i = 0; i < CASE_STATE_COUNT; i++)
		fp_json_set_int(states, case_state_name((enum case_state)i), (int64_t)n->by_state[i]);
	for (int i = 0; i < EVIDENCE_RESULT_COUNT; i++)
		fp_json_set_int(measured, evidence_result_name((enum evidence_result)i), (int64_t)n->by_result[i]);
	fp_json_set_int(j, "cells", (int64_t)n->cells);
	fp_json_set_int(j, "unaccounted", (int64_t)n->unaccounted);
	fp_json_set(j, "by_state", states);
	fp_json_set(j, "by_result", measured);
	return j;
}

json_t *
cli_device_json(const struct device *d)
{
	const struct {
		const char *key, *text;
	} members[] = { { "serial", d->serial }, { "product", d->product }, { "manufacturer", d->manufacturer },
		{ "catalog_number", d->catalog_number }, { "udi_di", d->udi_di }, { "lot", d->lot }, { "location", d->location },
		{ "owner", d->owner }, { "note", d->note }, { "host", d->host }, { "bmc", d->bmc }, { "storage", d->storage },
		{ "mode_now", d->mode_now }, { "part_of", d->part_of } };
	json_t *j = json_object(), *modes = json_array();

	fp_json_set_int(j, "id", d->id);
	for (size_t i = 0; i < FP_COUNT(members); i++)
		fp_json_set_str(j, members[i].key, members[i].text);
	fp_json_set_str(j, "connectivity", device_connectivity_name(d->connectivity));
	fp_json_set_str(j, "status", device_status_name(d->status));
	for (size_t i = 0; i < d->n_modes; i++) {
		json_t *m = json_object();

		fp_json_set_str(m, "name", d->modes[i].name);
		fp_json_set_str(m, "software", d->modes[i].software);
		fp_json_set_str(m, "version", d->modes[i].version);
		(void)json_array_append_new(modes, m);
	}
	fp_json_set(j, "modes", modes);
	if (d->n_components > 0) {
		json_t *components = json_array();

		for (size_t i = 0; i < d->n_components; i++) {
			json_t *m = json_object();

			fp_json_set_str(m, "name", d->components[i].name);
			fp_json_set_str(m, "version", d->components[i].version);
			fp_json_set_str(m, "mode", d->components[i].mode);
			(void)json_array_append_new(components, m);
		}
		fp_json_set(j, "components", components);
	}
	return j;
}

json_t *
cli_cell_json(const struct case_cell *cell)
{
	json_t *j = json_object();
	char day[FP_DATE_MAX];

	fp_json_set_int(j, "id", cell->id);
	fp_json_set_str(j, "mode", cell->mode);
	fp_json_set_str(j, "action", cell->action);
	fp_json_set_str(j, "state", case_state_name(cell->state));
	if (cell->reason[0] != '\0')
		fp_json_set_str(j, "reason", cell->reason);
	if (cell->reason_text[0] != '\0')
		fp_json_set_str(j, "reason_text", cell->reason_text);
	if (fp_date_valid(cell->planned))
		fp_json_set_str(j, "planned", fp_date_text(day, cell->planned));
	fp_json_set(j, "claimed", json_boolean(cell->claimed));
	if (cell->claimed) {
		fp_json_set_str(j, "claimed_by", cell->claimed_by);
		fp_json_set_time(j, "claimed_at", cell->claimed_at);
		fp_json_set_str(j, "claim_note", cell->claim_note);
	}
	fp_json_set(j, "measured", cli_verdict_json(&cell->verdict, cell->verdict_at));
	return j;
}
