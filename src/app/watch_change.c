/* What one round saw differently from the one before. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/watch_int.h"
#include "base/mem.h"

/* The state of a cell (check ""), or what a way of a check last said of it. */
struct known {
	int64_t cell;
	char check[24], probe[24];
	int value;
};

#define STALE_MAX 96
struct app_watch_memory {
	struct known *items; /* sorted but for those that the round under way adds */
	size_t n, sorted, cap;
	char (*stale)[STALE_MAX]; /* sorted */
	size_t n_stale, cap_stale;
};

enum fp_status
app_watch_memory_new(struct app_watch_memory **out, struct fp_err *err)
{
	*out = fp_calloc(1, sizeof(**out));
	return *out != NULL ? FP_OK : fp_fail(err, FP_ENOMEM, "out of memory");
}

void
app_watch_memory_free(struct app_watch_memory *m)
{
	if (m == NULL)
		return;
	free(m->items);
	free(m->stale);
	free(m);
}

void
app_watch_memory_freep(struct app_watch_memory **m)
{
	app_watch_memory_free(*m);
	*m = NULL;
}

void
app_watch_changes_free(struct app_watch_changes *c)
{
	free(c->items);
	memset(c, 0, sizeof(*c));
}

const char *
app_watch_kind_name(enum app_watch_kind k)
{
	static const char *const names[APP_WATCH_KINDS] = { "change", "doubt", "stale", "alarm" };

	return names[k];
}

/* ---- remembering ---- */

static int
by_key(const void *x, const void *y)
{
	const struct known *a = x, *b = y;
	int c = strcmp(a->check, b->check);

	if (a->cell != b->cell)
		return a->cell < b->cell ? -1 : 1;
	return c != 0 ? c : strcmp(a->probe, b->probe);
}

/* Keep value under the key; gives what was there, or unknown. */
static enum fp_status
swap(struct app_watch_memory *m, int64_t cell, const char *check, const char *probe, int value, int unknown, int *was,
    struct fp_err *err)
{
	struct known key = { .cell = cell, .value = value }, *k;

	fp_utf8_copy(key.check, sizeof(key.check), check);
	fp_utf8_copy(key.probe, sizeof(key.probe), probe);
	k = m->sorted > 0 ? bsearch(&key, m->items, m->sorted, sizeof(key), by_key) : NULL;
	*was = k != NULL ? k->value : unknown;
	if (k != NULL) {
		k->value = value;
		return FP_OK;
	}
	if (fp_grow(&m->items, &m->cap, m->n + 1, sizeof(key)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	m->items[m->n++] = key;
	return FP_OK;
}

/* ---- comparing ---- */

static enum fp_status
add_change(struct app_watch_changes *out, const struct app_watch_change *c, struct fp_err *err)
{
	if (fp_grow(&out->items, &out->cap, out->n + 1, sizeof(*c)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	out->items[out->n++] = *c;
	out->by_kind[c->kind]++;
	return FP_OK;
}

static bool
holds(enum evidence_result r)
{
	return r == EVIDENCE_PASS || r == EVIDENCE_FIXED;
}

/* "fixed" is a pass with a history: from the one to the other nothing has changed. */
static bool
same_result(enum evidence_result x, enum evidence_result y)
{
	return x == y || (holds(x) && holds(y));
}

struct cell_round { /* the rows of one cell */
	const struct app_check_row *rows;
	size_t n;
	enum case_state before, after;
	bool alarm, alarm_told, told;
	fp_time at;
};

static struct app_watch_change
change_of(const struct cell_round *k, const struct app_check_row *w, enum evidence_result before)
{
	struct app_watch_change c = { .kind = APP_WATCH_CHANGE,
		.cell_id = w->cell_id,
		.before = before,
		.after = w->verdict.result,
		.state_before = k->before,
		.state_after = k->after,
		.at = k->at };

	fp_utf8_copy(c.reference, sizeof(c.reference), w->reference);
	fp_utf8_copy(c.serial, sizeof(c.serial), w->serial);
	fp_utf8_copy(c.mode, sizeof(c.mode), w->mode);
	fp_utf8_copy(c.action, sizeof(c.action), w->action);
	fp_utf8_copy(c.check, sizeof(c.check), w->verdict.check);
	fp_utf8_copy(c.target, sizeof(c.target), w->target);
	fp_utf8_copy(c.reason, sizeof(c.reason), w->verdict.reason);
	fp_utf8_copy(c.detail, sizeof(c.detail), w->verdict.detail);
	return c;
}

static enum fp_status
compare_row(struct app_watch_memory *m, struct cell_round *k, const struct app_check_row *w, struct app_watch_changes *out,
    struct fp_err *err)
{
	enum evidence_result after = w->verdict.result;
	struct app_watch_change c;
	int before;

	/* What was not asked this time says nothing new, and must not be forgotten either. */
	if (after == EVIDENCE_NOTCHECKED)
		return FP_OK;
	if (swap(m, w->cell_id, w->verdict.check, w->probe, (int)after, (int)w->before.result, &before, err) != FP_OK)
		return FP_ENOMEM;
	if (same_result((enum evidence_result)before, after))
		return FP_OK;
	c = change_of(k, w, (enum evidence_result)before);
	if (k->alarm && after == EVIDENCE_FAIL)
		c.kind = APP_WATCH_ALARM;
	else if (k->before == CASE_VERIFIED && k->after == CASE_VERIFIED && holds((enum evidence_result)before) &&
		 (after == EVIDENCE_UNKNOWN || after == EVIDENCE_ERROR))
		c.kind = APP_WATCH_DOUBT;
	k->alarm_told |= c.kind == APP_WATCH_ALARM;
	k->told = true;
	return add_change(out, &c, err);
}

/* A state that changed without any answer that did: told with the answer that explains it best. */
static enum fp_status
tell_state(const struct cell_round *k, struct app_watch_changes *out, struct fp_err *err)
{
	const struct app_check_row *best = &k->rows[0];
	struct app_watch_change c;

	if (k->before == k->after || (k->alarm ? k->alarm_told : k->told))
		return FP_OK;
	for (size_t i = 0; i < k->n; i++)
		if (k->rows[i].verdict.result == EVIDENCE_FAIL ||
		    (best->verdict.result == EVIDENCE_NOTCHECKED && k->rows[i].verdict.result != EVIDENCE_NOTCHECKED)) {
			best = &k->rows[i];
			if (best->verdict.result == EVIDENCE_FAIL)
				break;
		}
	c = change_of(k, best, best->verdict.result);
	c.kind = k->alarm ? APP_WATCH_ALARM : APP_WATCH_CHANGE;
	return add_change(out, &c, err);
}

static enum fp_status
compare_cell(struct app_watch_memory *m, const struct app_check_row *rows, size_t n, fp_time at, struct app_watch_changes *out,
    struct fp_err *err)
{
	struct cell_round k = { .rows = rows, .n = n, .after = rows[0].state_after, .at = at };
	bool failed = false;
	int before;

	for (size_t i = 0; i < n; i++)
		failed |= rows[i].verdict.result == EVIDENCE_FAIL;
	if (swap(m, rows[0].cell_id, "", "", (int)k.after, (int)rows[0].state_before, &before, err) != FP_OK)
		return FP_ENOMEM;
	k.before = (enum case_state)before;
	/* Not when a person took the cell back between two rounds: that is no news to the site. */
	k.alarm = k.before == CASE_VERIFIED && k.after != CASE_VERIFIED && (failed || rows[0].state_before == CASE_VERIFIED);
	for (size_t i = 0; i < n; i++)
		if (compare_row(m, &k, &rows[i], out, err) != FP_OK)
			return FP_ENOMEM;
	return tell_state(&k, out, err);
}

enum fp_status
app_watch_compare(
    struct app_watch_memory *m, const struct app_check_result *r, fp_time at, struct app_watch_changes *out, struct fp_err *err)
{
	enum fp_status status = FP_OK;

	for (size_t first = 0, end; first < r->n && status == FP_OK; first = end) {
		for (end = first + 1; end < r->n && r->rows[end].cell_id == r->rows[first].cell_id;)
			end++;
		status = compare_cell(m, &r->rows[first], end - first, at, out, err);
	}
	if (m->n > m->sorted)
		qsort(m->items, m->n, sizeof(*m->items), by_key);
	m->sorted = m->n;
	return status;
}

/* ---- stale evidence ---- */

static int
by_text(const void *x, const void *y)
{
	return strcmp(x, y);
}

static bool
stale_known(const struct app_watch_memory *m, const char key[STALE_MAX])
{
	return m->n_stale > 0 && bsearch(key, m->stale, m->n_stale, STALE_MAX, by_text) != NULL;
}

static void
stale_key(char out[STALE_MAX], const struct app_watch_stale *s)
{
	(void)snprintf(out, STALE_MAX, "%lld %s %s", (long long)s->cell_id, s->check, s->stale);
}

static enum fp_status
tell_stale(const struct app_watch_stale *s, fp_time at, struct app_watch_changes *out, struct fp_err *err)
{
	struct app_watch_change c = { .kind = s->state == CASE_VERIFIED ? APP_WATCH_STALE : APP_WATCH_CHANGE,
		.cell_id = s->cell_id,
		.before = s->result,
		.after = s->result,
		.state_before = s->state,
		.state_after = s->state,
		.at = at };

	fp_utf8_copy(c.reference, sizeof(c.reference), s->reference);
	fp_utf8_copy(c.serial, sizeof(c.serial), s->serial);
	fp_utf8_copy(c.mode, sizeof(c.mode), s->mode);
	fp_utf8_copy(c.action, sizeof(c.action), s->action);
	fp_utf8_copy(c.check, sizeof(c.check), s->check);
	fp_utf8_copy(c.stale, sizeof(c.stale), s->stale);
	return add_change(out, &c, err);
}

enum fp_status
app_watch_compare_stale(struct app_watch_memory *m, const struct app_watch_stale *all, size_t n, fp_time at,
    struct app_watch_changes *out, struct fp_err *err)
{
	char(*now)[STALE_MAX] = fp_calloc(n + 1, STALE_MAX);
	enum fp_status status = now != NULL ? FP_OK : fp_fail(err, FP_ENOMEM, "out of memory");

	for (size_t i = 0; i < n && status == FP_OK; i++) {
		stale_key(now[i], &all[i]);
		if (!stale_known(m, now[i]))
			status = tell_stale(&all[i], at, out, err);
	}
	if (status != FP_OK) {
		free(now);
		return status;
	}
	qsort(now, n, STALE_MAX, by_text);
	free(m->stale);
	m->stale = now;
	m->n_stale = n;
	m->cap_stale = n + 1;
	return FP_OK;
}

json_t *
watch_memory_stale(const struct app_watch_memory *m)
{
	json_t *list = json_array();

	for (size_t i = 0; i < m->n_stale; i++)
		(void)json_array_append_new(list, json_string(m->stale[i]));
	return list;
}

enum fp_status
watch_memory_stale_set(struct app_watch_memory *m, const json_t *list, struct fp_err *err)
{
	m->n_stale = 0;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));

		if (text == NULL)
			continue;
		if (fp_grow(&m->stale, &m->cap_stale, m->n_stale + 1, STALE_MAX) != 0)
			return fp_fail(err, FP_ENOMEM, "out of memory");
		fp_utf8_copy(m->stale[m->n_stale++], STALE_MAX, text);
	}
	if (m->n_stale > 0)
		qsort(m->stale, m->n_stale, STALE_MAX, by_text);
	return FP_OK;
}
