/* The bundle of one case: its members, gathered and sealed. */
#include <stdlib.h>
#include <string.h>

#include "app/exporting.h"
#include "base/mem.h"
#include "evidence/bundle.h"
#include "rule/rule.h"

#define RECEIPTS_MAX 200 /* the newest entries of cells; each costs a walk over the ledger's hashes */

static const char readme[] =
    "Evidence of one case\n"
    "====================\n"
    "\n"
    "This archive holds everything that the answer to one field safety notice rests on.\n"
    "\n"
    "  manifest.json      every other file with its size and SHA-256; the links of a chain over them\n"
    "  manifest.minisig   the signature of the site over manifest.json\n"
    "  site.pub           the key that made it; compare it with one that came to you another way\n"
    "  notice.json        the notice, with the checks that it brings along\n"
    "  cells.json         what was concluded for each device, boot mode and step\n"
    "  verdicts.json      every verdict, in order of time, with the observation that it rests on\n"
    "  observations/      what was seen: every byte sent and received (base64); the name is the SHA-256 of the content without "
    "its id\n"
    "  rules/             the rules that judged facts; the name is the check's\n"
    "  receipts/          proofs that the newest entries are in the site's ledger\n"
    "\n"
    "With the program, on any machine, without a database:\n"
    "\n"
    "  fieldproof evidence verify FILE --key=KEY-OF-THE-SITE\n"
    "\n"
    "By hand, with tar, zstd, minisign, jq and sha256sum:\n"
    "\n"
    "  tar --zstd -xf FILE\n"
    "  minisign -V -p KEY-OF-THE-SITE -m manifest.json -x manifest.minisig\n"
    "  jq -r '.members[] | \"\\(.sha256)  \\(.name)\"' manifest.json | sha256sum --check --quiet\n"
    "  link=$(printf '%064d' 0)\n"
    "  jq -r '.members[] | \"\\(.name) \\(.sha256) \\(.link)\"' manifest.json | while read -r name hash want; do\n"
    "      link=$(printf '%s %s %s\\n' \"$link\" \"$name\" \"$hash\" | sha256sum | cut -d' ' -f1)\n"
    "      [ \"$link\" = \"$want\" ] || echo \"the chain breaks at $name\"\n"
    "  done\n";

static enum fp_status
add(struct evidence_bundle *b, const char *folder, const char *name, const struct fp_buf *data, struct fp_err *err)
{
	FP_AUTO(fp_freep) char *path = fp_asprintf("%s%s.json", folder, name);

	if (path == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the bundle");
	return evidence_archive_add(b->archive, path, data->data, data->len, err);
}

static const struct export_cell *
cell_of(const struct export_case *k, const struct store_verdict *v)
{
	for (size_t i = 0; i < k->n_cells; i++)
		if (k->cells[i].id == v->cell_id)
			return &k->view[i];
	return NULL;
}

static enum fp_status
add_verdicts(struct evidence_bundle *b, const struct export_case *k, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf json = { .max = EVIDENCE_MEMBER_MAX };
	const struct export_cell *c = NULL;

	for (size_t i = 0; i < k->n_verdicts; i++) {
		const struct store_verdict *v = &k->verdicts[i];
		struct evidence_bundle_verdict w = { .cell = v->cell_id, .at = v->at, .v = v->v };

		if ((c == NULL || c->cell->id != v->cell_id) && (c = cell_of(k, v)) == NULL)
			return fp_fail(
			    err, FP_EINTEGRITY, "a verdict is of cell %lld, which the case does not have", (long long)v->cell_id);
		w.device = c->device->serial;
		fp_utf8_copy(w.mode, sizeof(w.mode), v->mode);
		fp_utf8_copy(w.action, sizeof(w.action), v->action);
		fp_utf8_copy(w.rule, sizeof(w.rule), v->rule);
		if (evidence_bundle_verdict(b, &w, err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
	}
	if (evidence_bundle_verdicts_write(&json, b, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	return add(b, "", "verdicts", &json, err);
}

static int
by_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* The different ones of n texts, sorted: an observation that many verdicts rest on is there once. */
static size_t
unique(const char **items, size_t n)
{
	size_t kept = 0;

	if (n > 1)
		qsort(items, n, sizeof(*items), by_text);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || strcmp(items[kept - 1], items[i]) != 0)
			items[kept++] = items[i];
	return kept;
}

static enum fp_status
add_observations(struct evidence_bundle *b, const struct export_case *k, struct fp_err *err)
{
	FP_AUTO(fp_freep) const char **ids = fp_calloc(k->n_verdicts + 1, sizeof(*ids));
	size_t n = 0;

	if (ids == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the bundle");
	for (size_t i = 0; i < k->n_verdicts; i++)
		if (k->verdicts[i].v.obs[0] != '\0')
			ids[n++] = k->verdicts[i].v.obs;
	n = unique(ids, n);
	for (size_t i = 0; i < n; i++) {
		FP_AUTO(evidence_obs_freep) struct evidence_obs *o = NULL;
		FP_AUTO(fp_buf_free) struct fp_buf json = { .max = EVIDENCE_JSON_MAX };

		if (store_obs_get(k->a->store, ids[i], &o, err) != FP_OK || evidence_obs_write(&json, o, err) != FP_OK ||
		    add(b, "observations/", o->id, &json, err) != FP_OK)
			return fp_failed(err, FP_EIO);
	}
	return FP_OK;
}

/* Under the check's id; where a check was judged by several wordings over time, the others have the beginning of their hash behind it. */
static enum fp_status
add_rule(struct evidence_bundle *b, const struct export_case *k, const char *hash, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf json = { .max = RULE_FILE_MAX };
	FP_AUTO(rule_freep) struct rule *r = NULL;
	FP_AUTO(fp_freep) char *name = NULL;
	const struct check *now;
	bool current;

	if (store_rule_get(k->a->store, hash, &json, err) != FP_OK || rule_parse(&r, json.data, json.len, hash, err) != FP_OK)
		return fp_failed(err, FP_EINTEGRITY);
	now = check_set_way_of(k->checks, r->id, CHECK_PROBE_FACTS);
	current = now != NULL && now->rule != NULL && strcmp(now->rule->hash, hash) == 0;
	name = current ? fp_strdup(r->id) : fp_asprintf("%s.%.12s", r->id, hash);
	return name == NULL ? fp_fail(err, FP_ENOMEM, "out of memory for the rules") : add(b, "rules/", name, &json, err);
}

static enum fp_status
add_rules(struct evidence_bundle *b, const struct export_case *k, struct fp_err *err)
{
	FP_AUTO(fp_freep) const char **hashes = fp_calloc(k->n_verdicts + 1, sizeof(*hashes));
	size_t n = 0;

	if (hashes == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the bundle");
	for (size_t i = 0; i < k->n_verdicts; i++)
		if (k->verdicts[i].rule[0] != '\0')
			hashes[n++] = k->verdicts[i].rule;
	n = unique(hashes, n);
	for (size_t i = 0; i < n; i++)
		if (add_rule(b, k, hashes[i], err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
	return FP_OK;
}

/* ---- cells, and the receipts of what last happened to them ---- */

static json_t *
cell_json(const struct export_cell *c, int64_t receipt)
{
	const struct case_cell *s = c->cell;
	json_t *j = json_object();

	fp_json_set_int(j, "cell", s->id);
	fp_json_set_str(j, "device", c->device->serial);
	fp_json_set_str(j, "product", c->device->product);
	fp_json_set_str(j, "mode", s->mode);
	fp_json_set_str(j, "action", s->action);
	fp_json_set_str(j, "state", case_state_name(s->state));
	fp_json_set_str(j, "reason", s->reason);
	fp_json_set_str(j, "reason_text", s->reason_text);
	if (s->claimed) {
		fp_json_set_str(j, "claimed_by", s->claimed_by);
		fp_json_set_time(j, "claimed_at", s->claimed_at);
		fp_json_set_str(j, "claim_note", s->claim_note);
	}
	fp_json_set(j, "verdict", app_verdict_json(&s->verdict));
	if (s->verdict_at != 0)
		fp_json_set_time(j, "verdict_at", s->verdict_at);
	fp_json_set_time(j, "changed_at", s->changed_at);
	if (receipt > 0)
		fp_json_set_int(j, "entry", receipt);
	return j;
}

/* The ledger entry that told of the cell last; 0 when there is none. */
static enum fp_status
last_entry(int64_t *seq, const struct export_case *k, int64_t cell_id, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct store_cell_event *list = NULL;
	size_t n = 0;

	*seq = 0;
	if (store_cell_history(k->a->store, cell_id, &list, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = 0; i < n; i++)
		if (list[i].seq > *seq)
			*seq = list[i].seq;
	return FP_OK;
}

static enum fp_status
add_cells(struct evidence_bundle *b, const struct export_case *k, int64_t *entries, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf json = { .max = EVIDENCE_MEMBER_MAX };
	FP_JSON json_t *j = json_object();
	json_t *list = json_array();

	fp_json_set_str(j, "format", "fieldproof-cells-1");
	fp_json_set_str(j, "reference", k->notice->reference);
	fp_json_set(j, "cells", list);
	for (size_t i = 0; i < k->n_cells; i++) {
		if (last_entry(&entries[i], k, k->cells[i].id, err) != FP_OK)
			return fp_failed(err, FP_EIO);
		if (json_array_append_new(list, cell_json(&k->view[i], entries[i])) != 0)
			return fp_fail(err, FP_ENOMEM, "out of memory for the cells");
	}
	if (fp_json_pretty(&json, j, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	return add(b, "", "cells", &json, err);
}

static int
newest_first(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

	return a < b ? 1 : a > b ? -1 : 0;
}

static enum fp_status
add_receipt(void *ctx, int64_t seq, const struct fp_buf *json, struct fp_err *err)
{
	char name[24];

	(void)snprintf(name, sizeof(name), "%lld", (long long)seq);
	return add(ctx, "receipts/", name, json, err);
}

static enum fp_status
add_receipts(struct evidence_bundle *b, const struct export_case *k, int64_t *entries, struct fp_err *err)
{
	size_t n = 0;

	if (k->n_cells > 1)
		qsort(entries, k->n_cells, sizeof(*entries), newest_first);
	for (size_t i = 0; i < k->n_cells && n < RECEIPTS_MAX; i++)
		if (entries[i] > 0 && (n == 0 || entries[n - 1] != entries[i]))
			entries[n++] = entries[i];
	return app_receipts(k->a, k->made, entries, n, add_receipt, b, err);
}

static enum fp_status
gather(struct evidence_bundle *b, const struct export_case *k, struct fp_err *err)
{
	FP_AUTO(fp_freep) int64_t *entries = fp_calloc(k->n_cells + 1, sizeof(*entries));

	if (entries == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the bundle");
	fp_utf8_copy(b->head.tool, sizeof(b->head.tool), APP_TOOL);
	fp_utf8_copy(b->head.reference, sizeof(b->head.reference), k->notice->reference);
	fp_utf8_copy(b->head.notice_hash, sizeof(b->head.notice_hash), k->notice->content_hash);
	b->head.revision = k->notice->revision;
	b->head.made = k->made;
	if (evidence_archive_add(b->archive, "README.txt", readme, sizeof(readme) - 1, err) != FP_OK ||
	    evidence_archive_add(b->archive, "notice.json", k->row.canonical, k->row.canonical_len, err) != FP_OK ||
	    add_verdicts(b, k, err) != FP_OK || add_observations(b, k, err) != FP_OK || add_rules(b, k, err) != FP_OK ||
	    add_cells(b, k, entries, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return add_receipts(b, k, entries, err);
}

enum fp_status
export_bundle(struct export_case *k, struct fp_buf *out, struct fp_err *err)
{
	FP_AUTO(evidence_bundle_freep) struct evidence_bundle *b = evidence_bundle_new();
	FP_AUTO(minisign_secret_wipe) struct minisign_secret sec = { .id = { 0 } };

	if (b == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the bundle");
	/* The key first: making it is itself a ledger entry, which the receipts must not miss. */
	if (app_site_key(k->a, &sec, err) != FP_OK || gather(b, k, err) != FP_OK || evidence_bundle_seal(b, &sec, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return evidence_archive_write(out, b->archive, k->made, err);
}
