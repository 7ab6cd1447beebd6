/* What can be proven to others: evidence judged again, the ledger verified, receipts. */
#include "app/exporting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/minisign.h"
#include "i18n/i18n.h"
#include "ledger/ledger.h"
#include "rule/rule.h"

enum fp_status
app_observation_get(struct app *a, const char *id, struct evidence_obs **out, struct fp_err *err)
{
	return store_obs_get(a->store, id, out, err);
}

/* ---- judged again ---- */

/* "fixed" is a pass with a history: the bytes alone say pass. */
static enum evidence_result
plain(enum evidence_result r)
{
	return r == EVIDENCE_FIXED ? EVIDENCE_PASS : r;
}

bool
app_same_verdict(const struct evidence_verdict *x, const struct evidence_verdict *y)
{
	return plain(x->result) == plain(y->result) && x->level == y->level && strcmp(x->reason, y->reason) == 0 &&
	       strcmp(x->settle, y->settle) == 0 && strcmp(x->detail, y->detail) == 0 && strcmp(x->obs, y->obs) == 0;
}

static void
note_first(struct app_judged_again *out, const char *what, const char *name)
{
	if (out->first[0] == '\0')
		(void)snprintf(out->first, sizeof(out->first), "%.180s: %.60s", what, name);
}

/* Judge one stored verdict from its observation. obs NULL: it was damaged or is not there. check: the way that judged it; NULL: not known. */
static void
judge_one(
    struct app_judged_again *out, const struct check *check, const struct evidence_verdict *v, const struct evidence_obs *obs)
{
	struct evidence_verdict again;
	struct fp_err err = { .status = FP_OK, .msg = "" };

	out->verdicts++;
	if (obs == NULL || check == NULL || check_judge(&again, check, obs, &err) != FP_OK) {
		out->damaged++;
		note_first(out,
		    obs == NULL     ? "a verdict's observation is damaged or missing"
		    : check == NULL ? "a check that this program does not know"
				    : err.msg,
		    v->check);
		return;
	}
	if (app_same_verdict(v, &again)) {
		out->same++;
		return;
	}
	out->differ++;
	note_first(out, "judged again, a verdict comes out differently", v->obs);
}

static enum fp_status
outcome(const struct app_judged_again *out, struct fp_err *err)
{
	if (out->differ == 0 && out->damaged == 0)
		return FP_OK;
	return fp_fail(err, FP_EINTEGRITY, "%zu verdicts differ, %zu observations or verdicts are damaged; the first: %s",
	    out->differ, out->damaged, out->first);
}

struct rejudging {
	struct app *a;
	struct app_judged_again *out;
	struct store_verdict *verdicts;
	size_t n, cap;
	struct notice_checks { /* the checks that each notice knows */
		int64_t notice_id;
		struct check_set *set;
	} * sets;
	size_t n_sets, cap_sets;
	struct rule **rules; /* as they judged */
	size_t n_rules, cap_rules;
};

static void
rejudging_free(struct rejudging *g)
{
	for (size_t i = 0; i < g->n_sets; i++)
		check_set_free(g->sets[i].set);
	for (size_t i = 0; i < g->n_rules; i++)
		rule_free(g->rules[i]);
	free(g->rules);
	free(g->sets);
	free(g->verdicts);
}

/* The rule as it stands in the store; NULL when it is not there or cannot be read any more. */
static const struct rule *
rule_kept(struct rejudging *g, const char *hash)
{
	FP_AUTO(fp_buf_free) struct fp_buf json = { .max = RULE_FILE_MAX };
	struct rule *r = NULL;

	for (size_t i = 0; i < g->n_rules; i++)
		if (strcmp(g->rules[i]->hash, hash) == 0)
			return g->rules[i];
	if (store_rule_get(g->a->store, hash, &json, NULL) != FP_OK || rule_parse(&r, json.data, json.len, hash, NULL) != FP_OK ||
	    strcmp(r->hash, hash) != 0 || fp_grow(&g->rules, &g->cap_rules, g->n_rules + 1, sizeof(struct rule *)) != 0) {
		rule_free(r);
		return NULL;
	}
	g->rules[g->n_rules++] = r;
	return r;
}

/* The way that judged v: the rule as it was then, or the program's code. */
static const struct check *
way_then(struct rejudging *g, const struct store_verdict *v, const struct check_set *set, const struct evidence_obs *obs,
    struct check *room)
{
	const struct rule *r;

	if (v->rule[0] == '\0')
		return obs != NULL ? check_set_way_of(set, v->v.check, obs->probe) : NULL;
	if ((r = rule_kept(g, v->rule)) == NULL)
		return NULL;
	*room = check_of_rule(r);
	return room;
}

static enum fp_status
checks_of(struct rejudging *g, int64_t notice_id, const struct check_set **out, struct fp_err *err)
{
	FP_AUTO(notice_freep) struct notice *n = NULL;
	struct store_notice row;

	for (size_t i = 0; i < g->n_sets; i++)
		if (g->sets[i].notice_id == notice_id) {
			*out = g->sets[i].set;
			return FP_OK;
		}
	if (fp_grow(&g->sets, &g->cap_sets, g->n_sets + 1, sizeof(*g->sets)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	g->sets[g->n_sets] = (struct notice_checks){ .notice_id = notice_id };
	if (app_stored_id(g->a, notice_id, &row, &n, err) != FP_OK || check_set_new(&g->sets[g->n_sets].set, n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*out = g->sets[g->n_sets++].set;
	return FP_OK;
}

static enum fp_status
look_at_observation(void *ctx, const char *id, const char *json, size_t len, struct fp_err *err)
{
	struct rejudging *g = ctx;
	struct evidence_obs *o = NULL;
	struct fp_err local = { .status = FP_OK, .msg = "" };

	(void)err;
	g->out->observations++;
	if (evidence_obs_read(&o, json, len, &local) != FP_OK || strcmp(o->id, id) != 0) {
		g->out->damaged++;
		note_first(g->out, o ? "an observation bears another id than its content" : local.msg, id);
	}
	evidence_obs_free(o);
	return FP_OK;
}

static enum fp_status
collect_verdict(void *ctx, const struct store_verdict *v, struct fp_err *err)
{
	struct rejudging *g = ctx;

	if (fp_grow(&g->verdicts, &g->cap, g->n + 1, sizeof(*v)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	g->verdicts[g->n++] = *v;
	return FP_OK;
}

enum fp_status
app_evidence_verify(struct app *a, struct app_judged_again *out, struct fp_err *err)
{
	struct rejudging g = { .a = a, .out = out };
	enum fp_status status;

	memset(out, 0, sizeof(*out));
	status = store_obs_each(a->store, NULL, NULL, 0, look_at_observation, &g, err);
	if (status == FP_OK)
		status = store_verdict_each(a->store, 0, 0, collect_verdict, &g, err);
	for (size_t i = 0; i < g.n && status == FP_OK; i++) {
		const struct check_set *set = NULL;
		struct evidence_obs *o = NULL;
		struct check room;

		if (store_obs_get(a->store, g.verdicts[i].v.obs, &o, NULL) != FP_OK)
			o = NULL;
		status = checks_of(&g, g.verdicts[i].notice_id, &set, err);
		if (status == FP_OK)
			judge_one(out, way_then(&g, &g.verdicts[i], set, o, &room), &g.verdicts[i].v, o);
		evidence_obs_free(o);
	}
	rejudging_free(&g);
	return status == FP_OK ? outcome(out, err) : status;
}

/* ---- the site's key ---- */

/* The site's own key, made on first use and kept in the database: whoever can write there can forge anything anyway. */
enum fp_status
app_site_key(struct app *a, struct minisign_secret *sec, struct fp_err *err)
{
	static const struct app_actor self = { .name = "fieldproof", .role = APP_ADMIN };
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = MINISIGN_FILE_MAX };
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	struct fp_err local = { .status = FP_OK };
	char id[MINISIGN_ID_TEXT];
	struct minisign_public pub;
	json_t *body;
	enum fp_status status = store_setting_get(a->store, "site.key", &text, &local);

	if (status == FP_OK)
		return minisign_secret_parse(sec, text.data, text.len, NULL, "the site's key", err);
	if (status != FP_ENOTFOUND)
		return fp_fail(err, status, "%s", local.msg);
	minisign_keygen(&pub, sec);
	if (minisign_secret_write(&text, sec, NULL, MINISIGN_QUICK, err) != FP_OK || store_begin(&tx, a->store, err) != FP_OK ||
	    store_setting_set(tx, "site.key", text.data, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	body = json_object();
	fp_json_set_str(body, "key_id", minisign_id_text(id, pub.id));
	if (app_tell(tx, &self, "site-key", "site", body, NULL, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return store_commit(tx, err);
}

enum fp_status
app_site_public_key(struct app *a, struct fp_buf *out, struct fp_err *err)
{
	FP_AUTO(minisign_secret_wipe) struct minisign_secret sec = { .id = { 0 } };
	struct minisign_public pub;

	if (app_site_key(a, &sec, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	minisign_public_of(&pub, &sec);
	minisign_public_write(out, &pub, NULL);
	return fp_buf_check(out, "public key", err);
}

/* ---- ledger ---- */

enum fp_status
app_ledger_verify(struct app *a, struct app_ledger_state *out, struct fp_err *err)
{
	FP_AUTO(fp_freep) char(*hashes)[65] = NULL;
	struct ledger_check c = { .seq = 0 };
	size_t n = 0;

	memset(out, 0, sizeof(*out));
	if (store_ledger_verify(a->store, &c, err) != FP_OK || store_ledger_hashes(a->store, &hashes, &n, err) != FP_OK ||
	    ledger_tree_head(out->tree, (const char(*)[65])hashes, n, err) != FP_OK)
		return fp_failed(err, FP_EINTEGRITY);
	out->entries = c.count;
	fp_utf8_copy(out->head, sizeof(out->head), c.hash);
	return FP_OK;
}

enum fp_status
app_ledger_list(struct app *a, int64_t before_seq, size_t limit, struct app_history **out, size_t *n, struct fp_err *err)
{
	struct ledger_entry *list = NULL;
	size_t count = 0;
	enum fp_status status = store_ledger_list(a->store, before_seq, limit, NULL, &list, &count, err);

	*n = 0;
	if (status != FP_OK)
		return status;
	*out = fp_calloc(count, sizeof(**out));
	for (size_t i = 0; *out != NULL && i < count; i++) {
		struct app_history *h = &(*out)[i];

		h->seq = list[i].seq;
		h->at = list[i].at;
		fp_utf8_copy(h->actor, sizeof(h->actor), list[i].actor);
		fp_utf8_copy(h->kind, sizeof(h->kind), list[i].kind);
		h->text = fp_asprintf("%s %s", list[i].subject, list[i].body);
		if (h->text != NULL)
			*n = i + 1;
	}
	store_ledger_entries_free(list, count);
	if (*out == NULL || *n != count)
		return fp_fail(err, FP_ENOMEM, "out of memory for the ledger");
	return FP_OK;
}

/* ---- receipts ---- */

#define RECEIPT_FORMAT "fieldproof-receipt-1"

static json_t *
entry_json(const struct ledger_entry *e)
{
	json_t *j = json_object();

	fp_json_set_int(j, "seq", e->seq);
	fp_json_set_time(j, "at", e->at);
	fp_json_set_str(j, "actor", e->actor);
	fp_json_set_str(j, "kind", e->kind);
	fp_json_set_str(j, "subject", e->subject);
	fp_json_set_str(j, "body", e->body);
	fp_json_set_str(j, "prev", e->prev);
	fp_json_set_str(j, "hash", e->hash);
	return j;
}

/* What the site's key signs: the tree head and its size, nothing that could be moved to another tree. */
static enum fp_status
head_bytes(struct fp_buf *out, int64_t size, const char *head, struct fp_err *err)
{
	FP_JSON json_t *j = json_object();

	fp_json_set_int(j, "size", size);
	fp_json_set_str(j, "head", head);
	fp_json_set_str(j, "format", RECEIPT_FORMAT);
	return fp_json_canonical(out, j, err);
}

static json_t *
tree_json(const struct ledger_proof *p, const char *head)
{
	json_t *j = json_object(), *path = json_array();

	fp_json_set_int(j, "size", p->size);
	fp_json_set_int(j, "index", p->index);
	fp_json_set_str(j, "head", head);
	for (size_t i = 0; i < p->n; i++)
		(void)json_array_append_new(path, json_string(p->path[i]));
	fp_json_set(j, "path", path);
	return j;
}

/* One head of the ledger, signed, and what proofs against it need. */
struct head {
	char (*hashes)[65];
	size_t n;
	struct app_ledger_state state;
	struct app_site site;
	struct fp_buf signature, public_key;
};

static void
head_free(struct head *h)
{
	free(h->hashes);
	fp_buf_free(&h->signature);
	fp_buf_free(&h->public_key);
}

static enum fp_status
sign_head(struct app *a, struct head *h, struct fp_err *err)
{
	FP_AUTO(minisign_secret_wipe) struct minisign_secret sec = { .id = { 0 } };
	FP_AUTO(fp_buf_free) struct fp_buf signed_bytes = { .max = 4096 };
	struct minisign_public pub;
	char comment[128];

	/* The key first: making it is itself an entry, and the tree must hold still afterwards. */
	if (app_site_key(a, &sec, err) != FP_OK || app_ledger_verify(a, &h->state, err) != FP_OK ||
	    store_ledger_hashes(a->store, &h->hashes, &h->n, err) != FP_OK || app_site_get(a, &h->site, err) != FP_OK ||
	    head_bytes(&signed_bytes, (int64_t)h->n, h->state.tree, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	minisign_public_of(&pub, &sec);
	minisign_public_write(&h->public_key, &pub, NULL);
	(void)snprintf(comment, sizeof(comment), "ledger of %lld entries", (long long)h->n);
	return minisign_sign(&h->signature, &sec, signed_bytes.data, signed_bytes.len, comment, NULL, err);
}

static enum fp_status
write_receipt(struct fp_buf *json, struct app *a, const struct head *h, fp_time made, int64_t seq, struct fp_err *err)
{
	FP_AUTO(ledger_entry_free) struct ledger_entry e = { .seq = 0 };
	FP_JSON json_t *j = json_object();
	struct ledger_proof proof;

	if (store_ledger_get(a->store, seq, &e, err) != FP_OK ||
	    ledger_proof_make(&proof, (const char(*)[65])h->hashes, h->n, (size_t)(seq - 1), err) != FP_OK)
		return fp_failed(err, FP_EIO);
	fp_json_set_str(j, "format", RECEIPT_FORMAT);
	fp_json_set_str(j, "site", h->site.name);
	fp_json_set_time(j, "made", made);
	fp_json_set(j, "entry", entry_json(&e));
	fp_json_set(j, "tree", tree_json(&proof, h->state.tree));
	fp_json_set_str(j, "public_key", h->public_key.data);
	fp_json_set_str(j, "signature", h->signature.data);
	return fp_json_pretty(json, j, err);
}

enum fp_status
app_receipt(struct app *a, int64_t seq, struct fp_buf *json, struct fp_err *err)
{
	FP_AUTO(head_free) struct head h = { .signature = { .max = MINISIGN_FILE_MAX } };

	if (sign_head(a, &h, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return write_receipt(json, a, &h, app_now(a), seq, err);
}

enum fp_status
app_receipts(struct app *a, fp_time made, const int64_t *seqs, size_t n,
    enum fp_status (*add)(void *ctx, int64_t seq, const struct fp_buf *json, struct fp_err *err), void *ctx, struct fp_err *err)
{
	FP_AUTO(head_free) struct head h = { .signature = { .max = MINISIGN_FILE_MAX } };

	if (n > 0 && sign_head(a, &h, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = 0; i < n; i++) {
		FP_AUTO(fp_buf_free) struct fp_buf json = { .max = 0 };

		if (write_receipt(&json, a, &h, made, seqs[i], err) != FP_OK || add(ctx, seqs[i], &json, err) != FP_OK)
			return fp_failed(err, FP_EIO);
	}
	return FP_OK;
}

static enum fp_status
read_entry(struct ledger_entry *e, const json_t *root, struct fp_err *err)
{
	const json_t *j;
	const char *actor, *kind, *subject, *body, *prev, *hash;

	if (fp_json_obj_opt(&j, root, "entry", "receipt", err) != FP_OK)
		return FP_EINVAL;
	if (j == NULL)
		return fp_fail(err, FP_EINVAL, "receipt: 'entry' is missing");
	if (fp_json_int(&e->seq, j, "seq", "entry", err) != FP_OK || fp_json_time(&e->at, j, "at", "entry", err) != FP_OK ||
	    fp_json_str(&actor, j, "actor", "entry", err) != FP_OK || fp_json_str(&kind, j, "kind", "entry", err) != FP_OK ||
	    fp_json_str(&subject, j, "subject", "entry", err) != FP_OK || fp_json_str(&body, j, "body", "entry", err) != FP_OK ||
	    fp_json_str(&prev, j, "prev", "entry", err) != FP_OK || fp_json_str(&hash, j, "hash", "entry", err) != FP_OK)
		return FP_EINVAL;
	e->actor = fp_strdup(actor);
	e->kind = fp_strdup(kind);
	e->subject = fp_strdup(subject);
	e->body = fp_strdup(body);
	if (e->actor == NULL || e->kind == NULL || e->subject == NULL || e->body == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	fp_utf8_copy(e->prev, sizeof(e->prev), prev);
	if (ledger_entry_seal(e, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	if (strcmp(e->hash, hash) != 0)
		return fp_fail(
		    err, FP_EINTEGRITY, "the entry in the receipt was changed: its hash is %s, not %.64s", e->hash, hash);
	return FP_OK;
}

static enum fp_status
read_tree(struct ledger_proof *p, char head[65], const json_t *root, struct fp_err *err)
{
	const json_t *j, *path;
	const char *text;
	json_t *item;
	size_t i;

	if (fp_json_obj_opt(&j, root, "tree", "receipt", err) != FP_OK)
		return FP_EINVAL;
	if (j == NULL)
		return fp_fail(err, FP_EINVAL, "receipt: 'tree' is missing");
	if (fp_json_int(&p->size, j, "size", "tree", err) != FP_OK || fp_json_int(&p->index, j, "index", "tree", err) != FP_OK ||
	    fp_json_str(&text, j, "head", "tree", err) != FP_OK || fp_json_arr_opt(&path, j, "path", "tree", err) != FP_OK)
		return FP_EINVAL;
	fp_utf8_copy(head, 65, text);
	if (json_array_size(path) > FP_COUNT(p->path))
		return fp_fail(err, FP_EINVAL, "receipt: 'path' has more than %zu steps", FP_COUNT(p->path));
	json_array_foreach((json_t *)path, i, item)
	{
		if (!json_is_string(item) || strlen(json_string_value(item)) != 64)
			return fp_fail(err, FP_EINVAL, "receipt: path[%zu] is no hash", i);
		fp_utf8_copy(p->path[p->n++], 65, json_string_value(item));
	}
	return FP_OK;
}

static enum fp_status
check_head(const json_t *root, int64_t size, const char *head, char id[MINISIGN_ID_TEXT], struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf bytes = { .max = 4096 };
	FP_AUTO(fp_freep) struct minisign_signature *sig = fp_calloc(1, sizeof(*sig));
	struct minisign_public pub;
	const char *key, *signature;

	if (sig == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (fp_json_str(&key, root, "public_key", "receipt", err) != FP_OK ||
	    fp_json_str(&signature, root, "signature", "receipt", err) != FP_OK ||
	    minisign_public_parse(&pub, key, strlen(key), "public_key", err) != FP_OK ||
	    minisign_signature_parse(sig, signature, strlen(signature), "signature", err) != FP_OK ||
	    head_bytes(&bytes, size, head, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	(void)minisign_id_text(id, pub.id);
	return minisign_verify(&pub, sig, bytes.data, bytes.len, "the tree head", err);
}

static void
tell_receipt(
    struct fp_buf *out, const struct i18n *lang, const struct ledger_entry *e, int64_t size, const char *site, const char *key)
{
	FP_AUTO(fp_buf_free) struct fp_buf when = { .max = 256 };
	const char *kind = app_ledger_kind_text(e->kind);
	char number[24], all[24];

	(void)snprintf(number, sizeof(number), "%lld", (long long)e->seq);
	(void)snprintf(all, sizeof(all), "%lld", (long long)size);
	i18n_time(&when, lang, e->at, NULL, I18N_LONG);
	i18n_f(out, lang, "The receipt holds: entry {number} of {all} is in the ledger of this site: {site}.", "number", number,
	    "all", all, "site", site, NULL);
	fp_buf_printf(out, "\n%s: %s\n%s, %s\n", kind != NULL ? i18n_t(lang, kind) : e->kind, e->subject, e->actor,
	    when.data ? when.data : "");
	i18n_f(out, lang, "Signed with the key {key}.", "key", key, NULL);
}

enum fp_status
app_receipt_verify(const char *json, size_t len, const char *lang, struct fp_buf *what, struct fp_err *err)
{
	FP_AUTO(ledger_entry_free) struct ledger_entry e = { .seq = 0 };
	FP_JSON json_t *root = NULL;
	struct ledger_proof proof = { .n = 0 };
	char head[65], id[MINISIGN_ID_TEXT];
	const char *format, *site;

	if (fp_json_parse(&root, json, len, "receipt", err) != FP_OK ||
	    fp_json_str(&format, root, "format", "receipt", err) != FP_OK ||
	    fp_json_str_opt(&site, root, "site", "receipt", err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (strcmp(format, RECEIPT_FORMAT) != 0)
		return fp_fail(
		    err, FP_EUNSUPPORTED, "the receipt has format '%.60s'; this program reads '%s'", format, RECEIPT_FORMAT);
	if (read_entry(&e, root, err) != FP_OK || read_tree(&proof, head, root, err) != FP_OK ||
	    ledger_proof_check(&proof, e.hash, head, err) != FP_OK || check_head(root, proof.size, head, id, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (proof.index + 1 != e.seq)
		return fp_fail(err, FP_EINTEGRITY, "the receipt proves entry %lld, but shows entry %lld",
		    (long long)proof.index + 1, (long long)e.seq);
	tell_receipt(what, i18n_get(lang), &e, proof.size, site ? site : "", id);
	return fp_buf_check(what, "text", err);
}
