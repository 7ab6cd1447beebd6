/* Bundles verified: what a site with its own key could still do to them. The signature holds in all of these; the verdicts, ids and rules tell. */
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#include "app/exporting.h"
#include "base/file.h"
#include "evidence/bundle.h"
#include "rule_help.h"

#define OK(call)                                                                                                                 \
	do {                                                                                                                     \
		if ((call) != FP_OK)                                                                                             \
			fail_msg("%s: %s", #call, err.msg);                                                                      \
	} while (0)

enum deed {
	NONE,
	RESULT,
	LEVEL,
	REASON,
	DETAIL,
	FIXED_WITHOUT_FAIL,
	PASS_AFTER_FAIL,
	OTHER_CELL,
	RULE_MISSING,
	RULE_SWAPPED,
	RULE_RENAMED,
	RULE_REJUDGED,
	OBS_CHANGED,
	OBS_MISNAMED,
	OBS_MISSING,
	VERIFIED_WITHOUT_PROOF,
	OTHER_NOTICE,
	STRANGER,
	UNKNOWN_CHECK,
	NO_CELLS,
	OTHER_KEY
};

static struct fp_err err;
static char file[64];

static struct minisign_secret
key_of(uint8_t seed)
{
	struct minisign_secret k = { .id = { seed, 2, 3, 4, 5, 6, 7, 8 } };
	uint8_t pub[CRYPTO_ED25519_PUBLIC], bytes[32] = { seed };

	crypto_ed25519_keys(pub, k.key, bytes);
	return k;
}

static void
put(struct evidence_bundle *b, const char *folder, const char *name, const char *text, size_t len)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s%s.json", folder, name);
	OK(evidence_archive_add(b->archive, path, text, len, &err));
}

static struct evidence_obs *
facts_obs(const char *name)
{
	json_t *facts = rule_help_facts(name);
	struct rule_help_site site = rule_help_good;
	struct evidence_obs *o;

	site.mode = "Dx";
	o = rule_help_obs(facts, &site);
	json_decref(facts);
	OK(evidence_obs_seal(o, &err));
	return o;
}

static struct evidence_obs *
tcp_obs(void)
{
	struct evidence_obs *o = evidence_obs_new();

	o->probe = fp_strdup("tcp");
	o->target = fp_strdup("127.0.0.1:9000");
	o->vantage = fp_strdup("lab");
	o->tool = fp_strdup("fieldproof test");
	o->started = 1700000000000;
	OK(evidence_obs_add(o, EVIDENCE_CONNECTED, 0, 0, 5, 9000, NULL, 0, NULL, &err));
	OK(evidence_obs_seal(o, &err));
	return o;
}

static void
put_obs(struct evidence_bundle *b, const struct evidence_obs *o, enum deed deed)
{
	FP_AUTO(fp_buf_free) struct fp_buf json = { .max = 0 };
	const char *name = o->id;
	char other[65];

	OK(evidence_obs_write(&json, o, &err));
	if (deed == OBS_MISSING)
		return;
	if (deed == OBS_CHANGED) {
		char *at = strstr(json.data, "\"lab\"");

		assert_non_null(at);
		at[1] = 'L';
	}
	if (deed == OBS_MISNAMED) {
		memset(other, 'a', 64);
		other[64] = '\0';
		name = other;
	}
	put(b, "observations/", name, json.data, json.len);
}

/* The verdict that follows, told of a cell, with whatever the deed makes of it. */
static void
put_verdict(
    struct evidence_bundle *b, const struct check *way, const struct evidence_obs *o, int64_t cell, bool fixed, enum deed deed)
{
	struct evidence_bundle_verdict w = {
		.cell = cell, .device = (char *)"M1", .mode = "Dx", .action = "standard-user", .at = 1700000000000
	};

	OK(check_judge(&w.v, way, o, &err));
	if (way->rule != NULL)
		memcpy(w.rule, way->rule->hash, sizeof(w.rule));
	if (fixed)
		w.v.result = EVIDENCE_FIXED;
	if (deed == RESULT)
		w.v.result = EVIDENCE_PASS;
	if (deed == LEVEL)
		w.v.level = EVIDENCE_L0;
	if (deed == REASON)
		(void)snprintf(w.v.reason, sizeof(w.v.reason), "port-closed");
	if (deed == DETAIL)
		w.v.detail[0] ^= 1;
	if (deed == UNKNOWN_CHECK)
		(void)snprintf(w.v.check, sizeof(w.v.check), "XYZ-1");
	OK(evidence_bundle_verdict(b, &w, &err));
}

/* UCS-4 of another mind: being the system itself is fine. */
static struct rule *
lenient(const struct rule *r)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 };
	struct rule *out = NULL;
	json_t *j = json_deep_copy(r->json);

	json_t *reason = json_object_get(json_object_get(j, "reasons"), "runs-as-system");
	assert_non_null(reason);
	(void)json_object_set_new(reason, "result", json_string("pass"));
	(void)json_object_set_new(reason, "settle", json_string(""));
	OK(fp_json_canonical(&text, j, &err));
	OK(rule_parse(&out, text.data, text.len, "lenient", &err));
	json_decref(j);
	return out;
}

static void
put_rule(struct evidence_bundle *b, const struct rule *r, enum deed deed)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 };

	OK(fp_json_canonical(&text, r->json, &err));
	if (deed != RULE_MISSING)
		put(b, "rules/", deed == RULE_RENAMED ? "UCS-3" : r->id, text.data, text.len);
}

static void
put_rest(struct evidence_bundle *b, enum deed deed)
{
	FP_AUTO(notice_freep) struct notice *n = NULL, *other = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 }, verdicts = { .max = 0 };
	static const char cells[] = "{\"cells\":[{\"cell\":1,\"state\":\"verified\"},{\"cell\":2,\"state\":\"pending\"}]}";
	static const char more[] = "{\"cells\":[{\"cell\":1,\"state\":\"verified\"},{\"cell\":2,\"state\":\"verified\"}]}";

	OK(notice_open(&n, "notices/FSN2023-1338", &err));
	OK(notice_open(&other, "notices/FSN2025-1682", &err));
	OK(notice_canonical(&text, deed == OTHER_NOTICE ? other : n, &err));
	put(b, "", "notice", text.data, text.len);
	b->head.revision = n->revision;
	b->head.made = 1700000009000;
	fp_utf8_copy(b->head.reference, sizeof(b->head.reference), n->reference);
	fp_utf8_copy(b->head.notice_hash, sizeof(b->head.notice_hash), n->content_hash);
	fp_utf8_copy(b->head.tool, sizeof(b->head.tool), "fieldproof test");
	OK(evidence_bundle_verdicts_write(&verdicts, b, &err));
	put(b, "", "verdicts", verdicts.data, verdicts.len);
	if (deed != NO_CELLS)
		put(b, "", "cells", deed == VERIFIED_WITHOUT_PROOF ? more : cells,
		    sizeof(cells) - (deed == VERIFIED_WITHOUT_PROOF ? 0 : 1));
	if (deed == STRANGER)
		put(b, "notes/", "x", "{}", 2);
}

/* A cell whose copy service ran as the system, then as a standard user; and another whose port is open. */
static void
make(enum deed deed)
{
	FP_AUTO(evidence_bundle_freep) struct evidence_bundle *b = evidence_bundle_new();
	FP_AUTO(evidence_obs_freep) struct evidence_obs *bad = facts_obs("windows-miseqdx-dx-service-localsystem");
	FP_AUTO(evidence_obs_freep) struct evidence_obs *good = facts_obs("windows-miseqdx-dx-good");
	FP_AUTO(evidence_obs_freep) struct evidence_obs *tcp = tcp_obs();
	FP_AUTO(rule_freep) struct rule *own = rule_help_load("UCS-4"), *other = lenient(own);
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 };
	struct check way = check_of_rule(deed == RULE_REJUDGED ? other : own);
	struct minisign_secret key = key_of(deed == OTHER_KEY ? 9 : 7);

	put_obs(b, bad, NONE);
	put_obs(b, good, NONE);
	put_obs(b, tcp, deed);
	put_rule(b, deed == RULE_SWAPPED || deed == RULE_REJUDGED ? other : own, deed);
	if (deed != FIXED_WITHOUT_FAIL)
		put_verdict(b, &way, bad, deed == OTHER_CELL ? 3 : 1, false, NONE);
	put_verdict(b, &way, good, 1, deed != PASS_AFTER_FAIL && deed != RULE_REJUDGED, NONE);
	put_verdict(b, check_find("UCS-1"), tcp, 2, false, deed);
	put_rest(b, deed);
	OK(evidence_bundle_seal(b, &key, &err));
	OK(evidence_archive_write(&out, b->archive, b->head.made, &err));
	OK(fp_file_publish(file, out.data, out.len, 0600, &err));
}

static enum fp_status
verify(struct app_bundle_seen **out, bool with_key)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 };
	struct minisign_secret key = key_of(7);
	struct minisign_public pub;

	minisign_public_of(&pub, &key);
	minisign_public_write(&text, &pub, NULL);
	return app_bundle_verify(file, with_key ? text.data : NULL, out, &err);
}

static void
a_sound_bundle_holds(void **state)
{
	FP_AUTO(fp_freep) struct app_bundle_seen *s = NULL, *again = NULL;

	(void)state;
	make(NONE);
	OK(verify(&s, true));
	assert_int_equal(s->again.verdicts, 3);
	assert_int_equal(s->again.same, 3);
	assert_int_equal(s->again.observations, 3);
	assert_int_equal(s->rules, 1);
	assert_int_equal(s->cells, 2);
	assert_int_equal(s->rules_other, 0);
	assert_true(s->signed_by_key);
	/* REQ law-2: a key that nobody vouches for is not known, which is no pass. */
	assert_int_equal(verify(&again, false), FP_EUNKNOWN);
	assert_int_equal(again->n_faults, 0);
	assert_false(again->signed_by_key);
}

static void
every_deed_is_found(void **state)
{
	static const struct {
		enum deed deed;
		const char *where, *why; /* in one of the faults */
	} cases[] = {
		{ RESULT, "verdict 3 (UCS-1)", "comes out differently" },
		{ LEVEL, "verdict 3 (UCS-1)", "(level)" },
		{ REASON, "verdict 3 (UCS-1)", "(reason)" },
		{ DETAIL, "verdict 3 (UCS-1)", "(detail)" },
		{ FIXED_WITHOUT_FAIL, "verdict 1 (UCS-4)", "'pass', not 'fixed'" },
		{ PASS_AFTER_FAIL, "verdict 2 (UCS-4)", "'fixed', not 'pass'" },
		{ OTHER_CELL, "verdict 2 (UCS-4)", "'pass', not 'fixed'" },
		{ RULE_MISSING, "verdict 1 (UCS-4)", "is not in the bundle" },
		{ RULE_SWAPPED, "verdict 1 (UCS-4)", "is not the one that judged it" },
		{ RULE_RENAMED, "rules/UCS-3.json", "not the one of its name" },
		{ OBS_CHANGED, "observations/", "was changed after it was made" },
		{ OBS_MISNAMED, "observations/aaaa", "not the one of its name" },
		{ OBS_MISSING, "verdict 3 (UCS-1)", "is not there, or is damaged" },
		{ VERIFIED_WITHOUT_PROOF, "cells.json", "no verdict of the bundle proves it" },
		{ OTHER_NOTICE, "notice.json", "not the notice that the manifest names" },
		{ STRANGER, "notes/x.json", "of a kind that no bundle has" },
		{ UNKNOWN_CHECK, "verdict 3 (XYZ-1)", "cannot judge 'XYZ-1'" },
		{ NO_CELLS, "cells.json", "no bundle is without it" },
		{ OTHER_KEY, "manifest.minisig", "another key" },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(cases); i++) {
		FP_AUTO(fp_freep) struct app_bundle_seen *s = NULL;
		bool found = false;
		enum fp_status status;

		make(cases[i].deed);
		status = verify(&s, true);
		if (status != FP_EINTEGRITY || s == NULL || s->n_faults == 0)
			fail_msg("%s: status %d", cases[i].where, status);
		for (size_t k = 0; k < s->n_faults && k < APP_BUNDLE_FAULTS; k++)
			found = found || (strncmp(s->faults[k].where, cases[i].where, strlen(cases[i].where)) == 0 &&
					     strstr(s->faults[k].why, cases[i].why) != NULL);
		if (!found)
			fail_msg("%s %s: but %s: %s", cases[i].where, cases[i].why, s->faults[0].where, s->faults[0].why);
	}
}

/* A rule of another mind, with verdicts that follow from it: that is for the site to answer, and it is said. */
static void
rules_of_another_mind_are_told(void **state)
{
	FP_AUTO(fp_freep) struct app_bundle_seen *s = NULL;

	(void)state;
	make(RULE_REJUDGED);
	OK(verify(&s, true));
	assert_int_equal(s->again.same, 3);
	assert_int_equal(s->rules_other, 1);
	assert_string_equal(s->other, "UCS-4");
}

static void
no_bundle_is_told(void **state)
{
	FP_AUTO(fp_freep) struct app_bundle_seen *s = NULL;

	(void)state;
	OK(fp_file_publish(file, "{\"format\":\"fieldproof-evidence-1\"}", 33, 0600, &err));
	assert_int_equal(verify(&s, true), FP_EINVAL);
	assert_null(s);
	assert_non_null(strstr(err.msg, "a tar archive compressed by zstd was expected"));
	OK(fp_file_publish(file, "", 0, 0600, &err));
	assert_int_equal(verify(&s, true), FP_EINVAL);
	assert_int_equal(app_bundle_verify(file, "no key", &s, &err), FP_EINVAL);
	assert_int_equal(app_bundle_verify("/nonexistent/x", NULL, &s, &err), FP_ENOTFOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_bundle_holds),
		cmocka_unit_test(every_deed_is_found),
		cmocka_unit_test(rules_of_another_mind_are_told),
		cmocka_unit_test(no_bundle_is_told),
	};
	int failed;

	(void)snprintf(file, sizeof(file), "/tmp/fp-bundle-%d", (int)getpid());
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)unlink(file);
	return failed;
}
