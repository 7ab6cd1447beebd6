/* Every kind of row: what is put comes back, lists are ordered and filtered, what is not there is said. */
#include "store_help.h"

#include "base/mem.h"

struct world {
	struct store_tx *tx;
	int64_t notice, other_notice, device[3];
};

/* Two notices and three devices, in an open change. */
static void
world_make(struct bench *b, struct world *w)
{
	static const char *const serials[] = { "SN1", "SN2", "SN3" };
	struct store_notice n = { .reference = "FSN2023-1338",
		.revision = 1,
		.hash = "h1",
		.genuine = "unsigned",
		.canonical = (char *)"{\"a\":1}",
		.canonical_len = 7 };

	OK(store_begin(&w->tx, b->s, &b->err));
	OK(store_notice_put(w->tx, &n, &b->err));
	w->notice = n.id;
	(void)snprintf(n.reference, sizeof(n.reference), "FSN2024-1562");
	OK(store_notice_put(w->tx, &n, &b->err));
	w->other_notice = n.id;
	for (size_t i = 0; i < 3; i++) {
		const struct device d = { .serial = (char *)(uintptr_t)serials[i], .product = (char *)"MiSeqDx" };

		OK(store_device_put(w->tx, &d, NULL, NULL, &w->device[i], &b->err));
	}
	bench_append(b, w->tx, "world");
}

static void
world_commit(struct bench *b, struct world *w)
{
	bench_append(b, w->tx, "change");
	OK(store_commit(w->tx, &b->err));
	store_tx_freep(&w->tx);
	bench_reopen(b);
}

static void
settings_and_parameters(void **state)
{
	struct bench *b = *state;
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf value = { .max = 0 };
	struct store_param p = { .name = "ucs-port", .value = "8080", .set_by = "anna" }, *list = NULL;
	size_t n;

	OK(store_begin(&tx, b->s, &b->err));
	OK(store_setting_set(tx, "site.name", "Klinikum Süd", &b->err));
	OK(store_setting_set(tx, "site.name", "Klinikum Nord", &b->err));
	OK(store_param_set(tx, &p, &b->err));
	p.confirmed = true;
	(void)snprintf(p.value, sizeof(p.value), "9090");
	OK(store_param_set(tx, &p, &b->err));
	(void)snprintf(p.name, sizeof(p.name), "a-first");
	OK(store_param_set(tx, &p, &b->err));
	bench_append(b, tx, "site-set");
	OK(store_commit(tx, &b->err));
	store_tx_freep(&tx);

	OK(store_setting_get(b->s, "site.name", &value, &b->err));
	assert_string_equal(value.data, "Klinikum Nord");
	OK(store_params(b->s, &list, &n, &b->err));
	assert_int_equal(n, 2);
	assert_string_equal(list[0].name, "a-first");
	assert_string_equal(list[1].value, "9090");
	assert_string_equal(list[1].set_by, "anna");
	assert_true(list[1].confirmed);
	assert_int_equal(list[1].set_at, b->now);
	free(list);

	OK(store_begin(&tx, b->s, &b->err));
	p.value[0] = '\0';
	OK(store_param_set(tx, &p, &b->err));
	OK(store_setting_set(tx, "site.name", NULL, &b->err));
	bench_append(b, tx, "site-set");
	OK(store_commit(tx, &b->err));
	OK(store_params(b->s, &list, &n, &b->err));
	assert_int_equal(n, 1);
	free(list);
	FAILS(store_setting_get(b->s, "site.name", &value, &b->err), FP_ENOTFOUND, "never made");
}

static void
keys_are_trusted_and_withdrawn(void **state)
{
	struct bench *b = *state;
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	struct store_key k = { .key_id = "C241", .name = "maker", .public_key = "RWQ", .trusted_by = "anna" }, *list = NULL;
	size_t n;

	OK(store_begin(&tx, b->s, &b->err));
	OK(store_key_put(tx, &k, &b->err));
	(void)snprintf(k.name, sizeof(k.name), "Illumina");
	OK(store_key_put(tx, &k, &b->err));
	bench_append(b, tx, "key-trust");
	OK(store_keys(b->s, &list, &n, &b->err));
	assert_int_equal(n, 1);
	assert_string_equal(list[0].name, "Illumina");
	assert_int_equal(list[0].trusted_at, b->now);
	free(list);
	FAILS(store_key_withdraw(tx, "none", &b->err), FP_ENOTFOUND, "not among the trusted");
	OK(store_key_withdraw(tx, "C241", &b->err));
	FAILS(store_key_withdraw(tx, "C241", &b->err), FP_ENOTFOUND, "not among the trusted");
	OK(store_keys(b->s, &list, &n, &b->err));
	assert_int_equal(n, 0);
	free(list);
}

static void
notices_keep_every_revision(void **state)
{
	struct bench *b = *state;
	FP_AUTO(store_notice_clear) struct store_notice got = { .id = 0 };
	struct world w = { .tx = NULL };
	struct store_notice n = { .reference = "FSN2023-1338",
		.revision = 2,
		.hash = "h2",
		.genuine = "genuine",
		.signer = "Illumina",
		.imported_by = "anna",
		.canonical = (char *)"{\"a\":\"b\0c\"}",
		.canonical_len = 11,
		.signature = (char *)"untrusted" };
	struct store_notice *list = NULL;
	size_t count;

	world_make(b, &w);
	OK(store_notice_put(w.tx, &n, &b->err));
	assert_int_equal(n.id, w.notice);
	bench_append(b, w.tx, "notice-add");
	FAILS(store_notice_put(w.tx, &n, &b->err), FP_EEXIST, "stored already");
	OK(store_commit(w.tx, &b->err)); /* the refused one changed nothing */
	store_tx_freep(&w.tx);

	OK(store_notice_get(b->s, "FSN2023-1338", &got, &b->err));
	assert_int_equal(got.revision, 2);
	assert_int_equal(got.canonical_len, 11);
	assert_memory_equal(got.canonical, n.canonical, 11);
	assert_string_equal(got.signature, "untrusted");
	assert_string_equal(got.signer, "Illumina");
	assert_string_equal(got.imported_by, "anna");
	assert_int_equal(got.seq, 2);
	store_notice_clear(&got);
	OK(store_notice_get_id(b->s, w.other_notice, &got, &b->err));
	assert_string_equal(got.reference, "FSN2024-1562");
	assert_null(got.signature);
	store_notice_clear(&got);
	FAILS(store_notice_get(b->s, "FSN9", &got, &b->err), FP_ENOTFOUND, "there are: FSN2023-1338, FSN2024-1562");
	FAILS(store_notice_get_id(b->s, 77, &got, &b->err), FP_ENOTFOUND, "77");

	OK(store_notices(b->s, false, &list, &count, &b->err));
	assert_int_equal(count, 2);
	assert_int_equal(list[0].revision, 2);
	assert_null(list[0].canonical);
	free(list);
	OK(store_notices(b->s, true, &list, &count, &b->err));
	assert_int_equal(count, 3);
	assert_int_equal(list[0].revision, 2);
	assert_int_equal(list[1].revision, 1);
	free(list);

	OK(store_begin(&w.tx, b->s, &b->err));
	OK(store_notice_genuine(w.tx, w.other_notice, "genuine", "maker", &b->err));
	FAILS(store_notice_genuine(w.tx, 77, "genuine", "maker", &b->err), FP_ENOTFOUND, "no such notice");
	world_commit(b, &w);
	OK(store_notice_get(b->s, "FSN2024-1562", &got, &b->err));
	assert_string_equal(got.genuine, "genuine");
}

struct matches {
	struct store_match m[16];
	size_t n;
};

static enum fp_status
take_match(void *ctx, const struct store_match *m, struct fp_err *err)
{
	struct matches *l = ctx;

	(void)err;
	l->m[l->n++] = *m;
	return FP_OK;
}

static void
matches_and_what_people_decide(void **state)
{
	static const char *const answers[] = { "affected", "cannot-tell", "not-affected" };
	struct bench *b = *state;
	struct world w = { .tx = NULL };
	struct store_match_counts c;
	struct matches l = { .n = 0 };
	size_t total;
	bool changed;

	world_make(b, &w);
	for (size_t i = 0; i < 3; i++) {
		struct store_match m = { .notice_id = w.notice,
			.device_id = w.device[i],
			.reason = "catalog",
			.product_id = "miseqdx",
			.confidence = 100,
			.detail = "because" };

		(void)snprintf(m.answer, sizeof(m.answer), "%s", answers[i]);
		OK(store_match_put(w.tx, &m, &changed, &b->err));
		assert_true(changed);
		OK(store_match_put(w.tx, &m, &changed, &b->err));
		assert_false(changed);
	}
	OK(store_match_count(b->s, w.notice, &c, &b->err));
	assert_int_equal(c.affected, 1);
	assert_int_equal(c.cannot_tell, 1);
	assert_int_equal(c.not_affected, 1);

	OK(store_match_decide(w.tx,
	    &(struct store_match){ .notice_id = w.notice,
		.device_id = w.device[1],
		.person_answer = "affected",
		.person_product_id = "miseqdx",
		.decided_by = "anna",
		.decided_why = "type plate" },
	    &b->err));
	FAILS(store_match_decide(w.tx,
		  &(struct store_match){ .notice_id = w.other_notice, .device_id = 1, .person_answer = "affected" }, &b->err),
	    FP_ENOTFOUND, "not matched");
	/* The program thinks again: the person's word stays. */
	OK(store_match_put(w.tx,
	    &(struct store_match){ .notice_id = w.notice, .device_id = w.device[1], .answer = "not-affected", .reason = "none" },
	    &changed, &b->err));
	assert_true(changed);
	world_commit(b, &w);

	OK(store_match_count(b->s, w.notice, &c, &b->err));
	assert_int_equal(c.affected, 2);
	assert_int_equal(c.cannot_tell, 0);
	OK(store_match_each(b->s, w.notice, 0, "affected", take_match, &l, &b->err));
	assert_int_equal(l.n, 2);
	assert_int_equal(l.m[1].device_id, w.device[1]);
	assert_true(l.m[1].by_person);
	assert_string_equal(l.m[1].answer, "not-affected");
	assert_string_equal(l.m[1].person_answer, "affected");
	assert_string_equal(l.m[1].decided_why, "type plate");
	assert_int_equal(l.m[1].decided_at, b->now);
	assert_false(l.m[0].by_person);
	assert_int_equal(l.m[0].confidence, 100);

	l.n = 0;
	OK(store_match_each(b->s, 0, w.device[2], NULL, take_match, &l, &b->err));
	assert_int_equal(l.n, 1);
	l.n = 0;
	OK(store_match_each(b->s, 0, 0, NULL, take_match, &l, &b->err));
	assert_int_equal(l.n, 3);
	l.n = 0;
	OK(store_match_each(b->s, w.other_notice, w.device[2], NULL, take_match, &l, &b->err));
	assert_int_equal(l.n, 0);
	OK(store_device_each(b->s, &(struct store_device_filter){ .notice_id = w.notice }, NULL, NULL, &total, &b->err));
	assert_int_equal(total, 2);

	OK(store_begin(&w.tx, b->s, &b->err));
	OK(store_match_decide(
	    w.tx, &(struct store_match){ .notice_id = w.notice, .device_id = w.device[1], .decided_by = "anna" }, &b->err));
	world_commit(b, &w);
	OK(store_match_count(b->s, w.notice, &c, &b->err));
	assert_int_equal(c.affected, 1);
}

static struct case_cell
cell_of(int64_t device, const char *mode, const char *action)
{
	struct case_cell c = { .device_id = device };

	(void)snprintf(c.mode, sizeof(c.mode), "%s", mode);
	(void)snprintf(c.action, sizeof(c.action), "%s", action);
	return c;
}

static void
cells_come_back_whole(void **state)
{
	struct bench *b = *state;
	struct world w = { .tx = NULL };
	struct case_cell c, got;
	int64_t notice = 0;

	world_make(b, &w);
	c = cell_of(w.device[0], "Dx", "patch");
	c.state = CASE_NOT_DONE;
	(void)snprintf(c.reason, sizeof(c.reason), "planned");
	(void)snprintf(c.reason_text, sizeof(c.reason_text), "im Frühjahr");
	c.planned = (struct fp_date){ 2027, 3, 1 };
	c.claimed = true;
	(void)snprintf(c.claimed_by, sizeof(c.claimed_by), "Ångström");
	c.claimed_at = 5;
	(void)snprintf(c.claim_note, sizeof(c.claim_note), "note");
	c.verdict = (struct evidence_verdict){ .result = EVIDENCE_FIXED,
		.level = EVIDENCE_L_H,
		.check = "SMB-2",
		.reason = "r",
		.settle = "s",
		.detail = "d",
		.obs = "o" };
	c.verdict_at = 6;
	c.changed_at = 7;
	OK(store_cell_put(w.tx, w.notice, &c, NULL, &b->err));
	assert_int_not_equal(c.id, 0);
	got = cell_of(w.device[0], "Dx", "patch");
	FAILS(store_cell_put(w.tx, w.notice, &got, NULL, &b->err), FP_EEXIST, "mode 'Dx', action 'patch' already");
	got.id = 999;
	FAILS(store_cell_put(w.tx, w.notice, &got, NULL, &b->err), FP_ENOTFOUND, "999");
	got = cell_of(4711, "Dx", "patch");
	FAILS(store_cell_put(w.tx, w.notice, &got, NULL, &b->err), FP_ECONFLICT, "FOREIGN KEY");
	world_commit(b, &w);

	OK(store_cell_get(b->s, c.id, &got, &notice, &b->err));
	assert_int_equal(notice, w.notice);
	assert_int_equal(got.state, CASE_NOT_DONE);
	assert_string_equal(got.reason, "planned");
	assert_string_equal(got.reason_text, "im Frühjahr");
	assert_int_equal(fp_date_compare(got.planned, c.planned), 0);
	assert_true(got.claimed);
	assert_string_equal(got.claimed_by, "Ångström");
	assert_int_equal(got.claimed_at, 5);
	assert_string_equal(got.claim_note, "note");
	assert_int_equal(got.verdict.result, EVIDENCE_FIXED);
	assert_int_equal(got.verdict.level, EVIDENCE_L_H);
	assert_string_equal(got.verdict.check, "SMB-2");
	assert_string_equal(got.verdict.reason, "r");
	assert_string_equal(got.verdict.settle, "s");
	assert_string_equal(got.verdict.detail, "d");
	assert_string_equal(got.verdict.obs, "o");
	assert_int_equal(got.verdict_at, 6);
	assert_int_equal(got.changed_at, 7);
	FAILS(store_cell_get(b->s, 999, &got, NULL, &b->err), FP_ENOTFOUND, "999");
}

static size_t
count_cells(struct bench *b, struct store_cell_filter f)
{
	struct case_cell *list = NULL;
	struct case_counts c;
	size_t n;

	OK(store_cells(b->s, &f, &list, &n, &b->err));
	OK(store_cell_count(b->s, &f, &c, &b->err));
	assert_int_equal(c.cells, n);
	for (size_t i = 1; i < n; i++)
		assert_true(list[i - 1].device_id <= list[i].device_id || f.notice_id == 0);
	free(list);
	return n;
}

static void
cells_are_filtered(void **state)
{
	static const char *const modes[] = { "Dx", "RUO", CASE_ALL_MODES };
	struct bench *b = *state;
	struct world w = { .tx = NULL };

	world_make(b, &w);
	for (size_t i = 0; i < 3; i++)
		for (size_t m = 0; m < 3; m++) {
			struct case_cell c = cell_of(w.device[i], modes[m], m == 2 ? "guidance" : "patch");

			c.state = i == 0 ? CASE_CLAIMED : CASE_IN_SCOPE;
			OK(store_cell_put(w.tx, w.notice, &c, NULL, &b->err));
			c.id = 0;
			if (m == 2)
				OK(store_cell_put(w.tx, w.other_notice, &c, NULL, &b->err));
		}
	world_commit(b, &w);
	assert_int_equal(count_cells(b, (struct store_cell_filter){ .state = -1 }), 12);
	assert_int_equal(count_cells(b, (struct store_cell_filter){ .notice_id = w.notice, .state = -1 }), 9);
	assert_int_equal(count_cells(b, (struct store_cell_filter){ .device_id = w.device[1], .state = -1 }), 4);
	assert_int_equal(
	    count_cells(b, (struct store_cell_filter){ .notice_id = w.other_notice, .device_id = w.device[1], .state = -1 }), 1);
	assert_int_equal(count_cells(b, (struct store_cell_filter){ .notice_id = w.notice, .mode = "Dx", .state = -1 }), 3);
	assert_int_equal(
	    count_cells(b, (struct store_cell_filter){ .notice_id = w.notice, .mode = CASE_ALL_MODES, .state = -1 }), 3);
	assert_int_equal(count_cells(b, (struct store_cell_filter){ .action = "patch", .state = -1 }), 6);
	assert_int_equal(count_cells(b, (struct store_cell_filter){ .state = CASE_CLAIMED }), 4);
	assert_int_equal(count_cells(b, (struct store_cell_filter){ .state = CASE_IN_SCOPE, .mode = "RUO" }), 2);
	assert_int_equal(count_cells(b, (struct store_cell_filter){ .state = CASE_VERIFIED }), 0);
}

static void
cells_have_a_history(void **state)
{
	struct bench *b = *state;
	struct world w = { .tx = NULL };
	struct store_cell_event *list = NULL;
	struct case_cell c;
	size_t n;

	world_make(b, &w);
	c = cell_of(w.device[0], "Dx", "patch");
	OK(store_cell_put(w.tx, w.notice, &c, &(struct store_cell_event){ .kind = "open", .actor = "fieldproof" }, &b->err));
	bench_append(b, w.tx, "cell-open");
	b->now += 60000;
	c.state = CASE_CLAIMED;
	OK(store_cell_put(w.tx, w.notice, &c,
	    &(struct store_cell_event){ .kind = "claim",
		.actor = "anna",
		.from = CASE_IN_SCOPE,
		.to = CASE_CLAIMED,
		.text = "did it",
		.result = EVIDENCE_FAIL },
	    &b->err));
	world_commit(b, &w);
	OK(store_cell_history(b->s, c.id, &list, &n, &b->err));
	assert_int_equal(n, 2);
	assert_string_equal(list[0].kind, "claim");
	assert_string_equal(list[0].actor, "anna");
	assert_string_equal(list[0].text, "did it");
	assert_int_equal(list[0].from, CASE_IN_SCOPE);
	assert_int_equal(list[0].to, CASE_CLAIMED);
	assert_int_equal(list[0].result, EVIDENCE_FAIL);
	assert_int_equal(list[0].at, b->now);
	assert_int_equal(list[0].seq, 3);
	assert_int_equal(list[1].seq, 2);
	free(list);
}

static struct evidence_obs *
obs_of(struct bench *b, const char *target, int n)
{
	struct evidence_obs *o = evidence_obs_new();

	o->probe = fp_strdup("smb");
	o->target = fp_strdup(target);
	o->vantage = fp_strdup("lab");
	o->tool = fp_strdup("fieldproof 0.1.0");
	o->started = 1700000000000 + n;
	OK(evidence_obs_add(o, EVIDENCE_RECEIVED, 0, 1, 5, 0, "SMB", 3, NULL, &b->err));
	OK(evidence_obs_seal(o, &b->err));
	return o;
}

static enum fp_status
count_obs(void *ctx, const char *id, const char *json, size_t len, struct fp_err *err)
{
	(void)err;
	assert_int_equal(strlen(id), 64);
	assert_int_equal(strlen(json), len);
	*(size_t *)ctx += 1;
	return FP_OK;
}

static void
observations_are_kept_and_checked(void **state)
{
	struct bench *b = *state;
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	FP_AUTO(evidence_obs_freep)
	struct evidence_obs *o = obs_of(b, "127.0.1.11:445", 1), *p = obs_of(b, "127.0.1.12:445", 2), *got = NULL;
	char prefix[16];
	size_t n = 0;

	OK(store_begin(&tx, b->s, &b->err));
	OK(store_obs_put(tx, o, &b->err));
	OK(store_obs_put(tx, o, &b->err));
	OK(store_obs_put(tx, p, &b->err));
	o->packets = 9;
	FAILS(store_obs_put(tx, o, &b->err), FP_ECONFLICT, "changed after it was sealed");
	o->packets = 0;
	bench_append(b, tx, "observation");
	OK(store_commit(tx, &b->err));

	OK(store_obs_get(b->s, o->id, &got, &b->err));
	assert_string_equal(got->target, "127.0.1.11:445");
	assert_int_equal(got->events[0].len, 3);
	evidence_obs_freep(&got);
	(void)snprintf(prefix, sizeof(prefix), "%.10s", p->id);
	OK(store_obs_get(b->s, prefix, &got, &b->err));
	assert_string_equal(got->id, p->id);
	FAILS(store_obs_get(b->s, "ffffffff", &got, &b->err), FP_ENOTFOUND, "no observation");
	FAILS(store_obs_get(b->s, "abc", &got, &b->err), FP_EUSAGE, "at least its first 8 digits");
	FAILS(store_obs_get(b->s, "abcdefgh' OR 1=1", &got, &b->err), FP_EUSAGE, "names no observation");

	OK(store_obs_each(b->s, NULL, NULL, 0, count_obs, &n, &b->err));
	assert_int_equal(n, 2);
	n = 0;
	OK(store_obs_each(b->s, "smb", "127.0.1.12:445", 1700000000002, count_obs, &n, &b->err));
	assert_int_equal(n, 1);
	n = 0;
	OK(store_obs_each(b->s, NULL, NULL, 1700000000003, count_obs, &n, &b->err));
	assert_int_equal(n, 0);

	store_freep(&b->s);
	bench_sql(b, "DROP TRIGGER observation_keeps; UPDATE observation SET body = replace(body, '127.0.1.11', '127.0.1.19')");
	OK(store_open(&b->s, b->path, &b->clock, &b->err));
	evidence_obs_freep(&got);
	FAILS(store_obs_get(b->s, o->id, &got, &b->err), FP_EINTEGRITY, "was changed after it was made");
	assert_null(got);
}

static enum fp_status
count_verdict(void *ctx, const struct store_verdict *v, struct fp_err *err)
{
	(void)err;
	*(int64_t *)ctx = *(int64_t *)ctx * 100 + v->cell_id;
	return FP_OK;
}

static void
verdicts_latest_and_all(void **state)
{
	struct bench *b = *state;
	struct world w = { .tx = NULL };
	FP_AUTO(evidence_obs_freep) struct evidence_obs *o = obs_of(b, "127.0.1.11:445", 1);
	struct store_verdict v = { .v = { .check = "SMB-2", .result = EVIDENCE_FAIL, .level = EVIDENCE_L2, .reason = "r" } };
	struct store_verdict *list = NULL;
	struct case_cell c[2];
	int64_t walk = 0;
	bool failed;
	size_t n;

	world_make(b, &w);
	for (size_t i = 0; i < 2; i++) {
		c[i] = cell_of(w.device[0], i ? "RUO" : "Dx", "patch");
		OK(store_cell_put(w.tx, i ? w.other_notice : w.notice, &c[i], NULL, &b->err));
	}
	v.cell_id = c[0].id;
	memcpy(v.v.obs, o->id, sizeof(v.v.obs));
	FAILS(store_verdict_add(w.tx, &v, &b->err), FP_ECONFLICT, "FOREIGN KEY");
	OK(store_obs_put(w.tx, o, &b->err));
	OK(store_verdict_add(w.tx, &v, &b->err));
	v.v.result = EVIDENCE_PASS;
	v.at = 0;
	OK(store_verdict_add(w.tx, &v, &b->err));
	(void)snprintf(v.v.check, sizeof(v.v.check), "SMB-1");
	v.v.obs[0] = '\0';
	OK(store_verdict_add(w.tx, &v, &b->err));
	v.cell_id = c[1].id;
	OK(store_verdict_add(w.tx, &v, &b->err));
	world_commit(b, &w);

	OK(store_verdicts_latest(b->s, c[0].id, &list, &n, &b->err));
	assert_int_equal(n, 2);
	assert_string_equal(list[0].v.check, "SMB-1");
	assert_string_equal(list[0].v.obs, "");
	assert_string_equal(list[1].v.check, "SMB-2");
	assert_int_equal(list[1].v.result, EVIDENCE_PASS);
	assert_string_equal(list[1].v.obs, o->id);
	assert_int_equal(list[1].notice_id, w.notice);
	assert_int_equal(list[1].device_id, w.device[0]);
	assert_string_equal(list[1].mode, "Dx");
	assert_int_equal(list[1].at, b->now);
	free(list);
	OK(store_verdict_failed_before(b->s, c[0].id, "SMB-2", &failed, &b->err));
	assert_true(failed);
	OK(store_verdict_failed_before(b->s, c[0].id, "SMB-1", &failed, &b->err));
	assert_false(failed);
	OK(store_verdict_each(b->s, 0, 0, count_verdict, &walk, &b->err));
	assert_int_equal(walk, ((c[0].id * 100 + c[0].id) * 100 + c[0].id) * 100 + c[1].id);
	walk = 0;
	OK(store_verdict_each(b->s, w.other_notice, 0, count_verdict, &walk, &b->err));
	assert_int_equal(walk, c[1].id);
	walk = 0;
	OK(store_verdict_each(b->s, 0, c[1].id, count_verdict, &walk, &b->err));
	assert_int_equal(walk, c[1].id);
}

static void
replies_are_numbered(void **state)
{
	struct bench *b = *state;
	struct world w = { .tx = NULL };
	FP_AUTO(store_reply_clear) struct store_reply got = { .id = 0 };
	struct store_reply r = { .lang = "de",
		.signed_by = "Anna",
		.function = "IT",
		.hash = "h",
		.html_hash = "hh",
		.pdf_hash = "ph",
		.signed_at = 9,
		.json = (char *)"{\"x\":1}",
		.json_len = 7 };
	struct store_reply *list = NULL;
	size_t n;

	world_make(b, &w);
	r.notice_id = w.notice;
	OK(store_reply_put(w.tx, &r, &b->err));
	assert_int_equal(r.id, 1);
	r.notice_id = w.other_notice;
	OK(store_reply_put(w.tx, &r, &b->err));
	assert_int_equal(r.id, 2);
	world_commit(b, &w);
	OK(store_reply_get(b->s, 1, &got, &b->err));
	assert_string_equal(got.json, "{\"x\":1}");
	assert_string_equal(got.reference, "FSN2023-1338");
	assert_string_equal(got.signed_by, "Anna");
	assert_string_equal(got.pdf_hash, "ph");
	assert_int_equal(got.signed_at, 9);
	assert_int_equal(got.seq, 2);
	store_reply_clear(&got);
	FAILS(store_reply_get(b->s, 3, &got, &b->err), FP_ENOTFOUND, "number 3");
	OK(store_replies(b->s, 0, &list, &n, &b->err));
	assert_int_equal(n, 2);
	assert_int_equal(list[0].id, 2);
	free(list);
	OK(store_replies(b->s, w.notice, &list, &n, &b->err));
	assert_int_equal(n, 1);
	assert_null(list[0].json);
	free(list);
}

static void
accounts_and_sessions(void **state)
{
	struct bench *b = *state;
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	struct store_account a = {
		.name = "anna", .display = "Anna", .role = "admin", .language = "de", .password_hash = "$argon2id$x"
	};
	struct store_account got, *list = NULL;
	struct store_session x = { .token_hash = "th", .account = "anna", .csrf = "c" }, seen;
	size_t n;

	OK(store_begin(&tx, b->s, &b->err));
	OK(store_account_add(tx, &a, &b->err));
	FAILS(store_account_add(tx, &a, &b->err), FP_EEXIST, "account 'anna' already");
	(void)snprintf(a.role, sizeof(a.role), "viewer");
	OK(store_account_change(tx, &a, &b->err));
	(void)snprintf(a.name, sizeof(a.name), "bert");
	FAILS(store_account_change(tx, &a, &b->err), FP_ENOTFOUND, "no account 'bert'");
	bench_append(b, tx, "account-add");
	OK(store_commit(tx, &b->err));
	OK(store_account_get(b->s, "anna", &got, &b->err));
	assert_string_equal(got.role, "viewer");
	assert_string_equal(got.password_hash, "$argon2id$x");
	assert_int_equal(got.created, b->now);
	FAILS(store_account_get(b->s, "bert", &got, &b->err), FP_ENOTFOUND, "bert");
	OK(store_accounts(b->s, &list, &n, &b->err));
	assert_int_equal(n, 1);
	assert_string_equal(list[0].password_hash, "");
	free(list);
	OK(store_account_language(b->s, "anna", "da", &b->err));
	OK(store_account_rehash(b->s, "anna", "$argon2id$y", &b->err));
	FAILS(store_account_rehash(b->s, "bert", "x", &b->err), FP_ENOTFOUND, "bert");
	OK(store_account_get(b->s, "anna", &got, &b->err));
	assert_string_equal(got.language, "da");
	assert_string_equal(got.password_hash, "$argon2id$y");

	x.expires = b->now + 1000;
	OK(store_session_put(b->s, &x, &b->err));
	OK(store_session_get(b->s, "th", &seen, &b->err));
	assert_string_equal(seen.account, "anna");
	assert_string_equal(seen.csrf, "c");
	FAILS(store_session_get(b->s, "other", &seen, &b->err), FP_ENOTFOUND, "unknown or has expired");
	b->now += 1000;
	FAILS(store_session_get(b->s, "th", &seen, &b->err), FP_ENOTFOUND, "unknown or has expired");
	assert_string_equal(seen.account, "");
	OK(store_sessions_expire(b->s, &n, &b->err));
	assert_int_equal(n, 1);
	x.expires = b->now + 1000;
	OK(store_session_put(b->s, &x, &b->err));
	OK(store_session_end(b->s, "th", &b->err));
	FAILS(store_session_get(b->s, "th", &seen, &b->err), FP_ENOTFOUND, "unknown");
	(void)snprintf(x.account, sizeof(x.account), "nobody");
	FAILS(store_session_put(b->s, &x, &b->err), FP_ECONFLICT, "FOREIGN KEY");
}

static void
wrong_passwords_are_counted(void **state)
{
	struct bench *b = *state;
	fp_time first = b->now;
	size_t n;

	for (int i = 0; i < 3; i++) {
		OK(store_login_failed(b->s, "anna", &b->err));
		b->now += 60000;
	}
	OK(store_login_failed(b->s, "bert", &b->err));
	OK(store_login_failures(b->s, "anna", first, &n, &b->err));
	assert_int_equal(n, 3);
	OK(store_login_failures(b->s, "anna", first + 60000, &n, &b->err));
	assert_int_equal(n, 2);
	OK(store_login_failures(b->s, "", first, &n, &b->err));
	assert_int_equal(n, 4);
	OK(store_login_forget(b->s, "anna", &b->err));
	OK(store_login_failures(b->s, "", first, &n, &b->err));
	assert_int_equal(n, 1);
}

/* Whatever people and files write is data. */
static void
text_is_never_sql(void **state)
{
	static const char evil[] = "'; DROP TABLE ledger; --";
	struct bench *b = *state;
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf value = { .max = 0 };
	struct device d = { .serial = (char *)(uintptr_t)evil }, *list = NULL;
	size_t n;

	OK(store_begin(&tx, b->s, &b->err));
	OK(store_setting_set(tx, evil, evil, &b->err));
	OK(store_device_put(tx, &d, NULL, NULL, NULL, &b->err));
	OK(store_ledger_append(tx, evil, evil, evil, "{}", NULL, &b->err));
	OK(store_commit(tx, &b->err));
	OK(store_setting_get(b->s, evil, &value, &b->err));
	assert_string_equal(value.data, evil);
	OK(store_device_by_serial(b->s, evil, &list, &n, &b->err));
	assert_int_equal(n, 1);
	assert_string_equal(list[0].serial, evil);
	store_devices_free(list, n);
	OK(store_check(b->s, &b->err));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(settings_and_parameters),
		TEST(keys_are_trusted_and_withdrawn),
		TEST(notices_keep_every_revision),
		TEST(matches_and_what_people_decide),
		TEST(cells_come_back_whole),
		TEST(cells_are_filtered),
		TEST(cells_have_a_history),
		TEST(observations_are_kept_and_checked),
		TEST(verdicts_latest_and_all),
		TEST(replies_are_numbered),
		TEST(accounts_and_sessions),
		TEST(wrong_passwords_are_counted),
		TEST(text_is_never_sql),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
