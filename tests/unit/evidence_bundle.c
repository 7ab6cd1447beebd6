/* Bundles: written, read, signed; each damaged part is found and named, and the whole ones can still be used. */
#include "unit.h"

#include <stdio.h>

#include "base/json.h"
#include "base/mem.h"
#include "evidence/bundle.h"

#define OK(call)                                                                                                                 \
	do {                                                                                                                     \
		if ((call) != FP_OK)                                                                                             \
			fail_msg("%s: %s", #call, err.msg);                                                                      \
	} while (0)

static struct fp_err err;

static struct evidence_obs *
obs(int n)
{
	struct evidence_obs *o = evidence_obs_new();
	char target[64];

	(void)snprintf(target, sizeof(target), "127.0.1.%d:445", n);
	o->probe = fp_strdup("smb");
	o->target = fp_strdup(target);
	o->vantage = fp_strdup("lab");
	o->tool = fp_strdup("fieldproof 0.1.0");
	o->started = 1700000000000 + n;
	OK(evidence_obs_add(o, EVIDENCE_RECEIVED, 0, 1, 5, 0, "SMB", 3, NULL, &err));
	OK(evidence_obs_seal(o, &err));
	return o;
}

static struct evidence_bundle *
sample(void)
{
	struct evidence_bundle *b = evidence_bundle_new();

	b->tool = fp_strdup("fieldproof 0.1.0");
	b->made = 1700000009000;
	for (int i = 1; i <= 3; i++) {
		struct evidence_obs *o = obs(i);
		struct evidence_bundle_verdict v = { .notice = (char *)"FSN2024-1562",
			.device = (char *)"SN1",
			.action = (char *)"protocol",
			.at = 1700000001000,
			.v = { .result = i == 1 ? EVIDENCE_FAIL : EVIDENCE_PASS,
			    .level = EVIDENCE_L2,
			    .check = "SMB-2",
			    .reason = "signing-not-required",
			    .detail = "SecurityMode 0x01" } };

		memcpy(v.v.obs, o->id, sizeof(v.v.obs));
		OK(evidence_bundle_obs(b, &o, &err));
		assert_null(o);
		OK(evidence_bundle_verdict(b, &v, &err));
	}
	return b;
}

static void
written(struct fp_buf *out, const struct evidence_bundle *b)
{
	fp_buf_clear(out);
	OK(evidence_bundle_write(out, b, &err));
}

static void
round_trip(void **state)
{
	FP_AUTO(evidence_bundle_freep) struct evidence_bundle *b = sample(), *again = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf one = { .max = 0 }, two = { .max = 0 };

	(void)state;
	written(&one, b);
	OK(evidence_bundle_read(&again, one.data, one.len, &err));
	assert_int_equal(again->n_observations, 3);
	assert_int_equal(again->n_verdicts, 3);
	assert_int_equal(again->n_damage, 0);
	assert_int_equal(again->verdicts[0].v.result, EVIDENCE_FAIL);
	assert_int_equal(again->verdicts[0].v.level, EVIDENCE_L2);
	assert_string_equal(again->verdicts[2].v.detail, "SecurityMode 0x01");
	assert_string_equal(again->verdicts[2].mode, "");
	assert_non_null(evidence_bundle_find(again, again->verdicts[1].v.obs));
	written(&two, again);
	assert_string_equal(one.data, two.data);
}

static void
the_same_observation_is_kept_once(void **state)
{
	FP_AUTO(evidence_bundle_freep) struct evidence_bundle *b = sample();
	struct evidence_obs *o = obs(2);

	(void)state;
	OK(evidence_bundle_obs(b, &o, &err));
	assert_null(o);
	assert_int_equal(b->n_observations, 3);
}

static void
replace(struct fp_buf *text, const char *was, const char *is)
{
	char *at = strstr(text->data, was);

	assert_non_null(at);
	assert_int_equal(strlen(was), strlen(is));
	memcpy(at, is, strlen(is));
}

static void
damage_is_named_and_the_rest_is_usable(void **state)
{
	static const struct {
		const char *was, *is, *where, *why;
		size_t whole; /* observations that can still be used */
	} cases[] = {
		{ "127.0.1.2:445", "127.0.1.9:445", "observation 2", "was changed after it was made", 2 },
		{ "\"detail\": \"SecurityMode 0x01\"", "\"detail\": \"SecurityMode 0x03\"", "verdicts",
		    "does not fit the manifest", 3 },
		{ "\"result\": \"fail\"", "\"result\": \"pass\"", "verdicts", "fit the manifest", 3 },
		{ "\"result\": \"fail\"", "\"result\": \"good\"", "verdict 1", "unknown result", 3 },
		{ "\"made\": \"2023", "\"made\": \"2024", "made", "does not fit the manifest", 3 },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(cases); i++) {
		FP_AUTO(evidence_bundle_freep) struct evidence_bundle *b = sample(), *again = NULL;
		FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 };
		bool named = false;

		written(&text, b);
		replace(&text, cases[i].was, cases[i].is);
		assert_int_equal(evidence_bundle_read(&again, text.data, text.len, &err), FP_EINTEGRITY);
		assert_non_null(again);
		assert_int_equal(again->n_observations, cases[i].whole);
		for (size_t k = 0; k < again->n_damage; k++)
			named = named || (strcmp(again->damage[k].where, cases[i].where) == 0 &&
					     strstr(again->damage[k].why, cases[i].why) != NULL);
		if (!named)
			fail_msg("case %zu: first damage is %s: %s", i, again->damage[0].where, again->damage[0].why);
	}
}

/* An observation taken out, or its verdict's observation exchanged, shows too. */
static void
missing_parts_are_found(void **state)
{
	FP_AUTO(evidence_bundle_freep) struct evidence_bundle *b = sample(), *again = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 }, cut = { .max = 0 };
	FP_JSON json_t *j = NULL;

	(void)state;
	written(&text, b);
	OK(fp_json_parse(&j, text.data, text.len, "bundle", &err));
	assert_int_equal(json_array_remove(json_object_get(j, "observations"), 0), 0);
	OK(fp_json_canonical(&cut, j, &err));
	assert_int_equal(evidence_bundle_read(&again, cut.data, cut.len, &err), FP_EINTEGRITY);
	assert_non_null(strstr(err.msg, "its observation is not in the bundle"));
	assert_int_equal(again->n_damage, 2);
	assert_non_null(strstr(again->damage[1].why, "missing"));
}

static void
hostile_bundles_are_refused(void **state)
{
	static const struct {
		const char *json;
		enum fp_status status;
	} bad[] = {
		{ "", FP_EINVAL },
		{ "[]", FP_EINVAL },
		{ "{\"format\":\"other\"}", FP_EUNSUPPORTED },
		{ "{\"format\":\"fieldproof-evidence-1\",\"x\":1}", FP_EINVAL },
		{ "{\"format\":\"fieldproof-evidence-1\",\"tool\":\"t\",\"made\":\"2024-01-01T00:00:00Z\"}", FP_EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(bad); i++) {
		struct evidence_bundle *b = NULL;

		assert_int_equal(evidence_bundle_read(&b, bad[i].json, strlen(bad[i].json), &err), bad[i].status);
		assert_null(b);
	}
}

static void
signature_covers_all(void **state)
{
	FP_AUTO(evidence_bundle_freep) struct evidence_bundle *b = sample(), *again = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 };
	FP_AUTO(minisign_secret_wipe) struct minisign_secret key;
	struct minisign_public pub, other;
	struct minisign_secret other_key;

	(void)state;
	minisign_keygen(&pub, &key);
	minisign_keygen(&other, &other_key);
	assert_int_equal(evidence_bundle_verify(b, &pub, &err), FP_ENOTFOUND);
	OK(evidence_bundle_sign(b, &key, &err));
	written(&text, b);
	OK(evidence_bundle_read(&again, text.data, text.len, &err));
	OK(evidence_bundle_verify(again, &pub, &err));
	assert_int_equal(evidence_bundle_verify(again, &other, &err), FP_EINTEGRITY);
	again->verdicts[0].v.result = EVIDENCE_PASS;
	assert_int_equal(evidence_bundle_verify(again, &pub, &err), FP_EINTEGRITY);
	again->verdicts[0].v.result = EVIDENCE_FAIL;
	OK(evidence_bundle_verify(again, &pub, &err));
	evidence_obs_free(again->observations[2]);
	again->n_observations = 2;
	assert_int_equal(evidence_bundle_verify(again, &pub, &err), FP_EINTEGRITY);
}

static void
no_memory_is_said(void **state)
{
	FP_AUTO(evidence_bundle_freep) struct evidence_bundle *b = sample();
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 };

	(void)state;
	written(&text, b);
	for (int64_t n = 0; n < 200; n++) {
		FP_AUTO(evidence_bundle_freep) struct evidence_bundle *again = NULL;
		enum fp_status s;

		(void)fp_mem_fail_after(n);
		s = evidence_bundle_read(&again, text.data, text.len, &err);
		(void)fp_mem_fail_after(-1);
		if (s == FP_OK) {
			assert_int_equal(again->n_damage, 0);
			assert_true(n > 20);
			return;
		}
		assert_int_equal(s, FP_ENOMEM);
	}
	fail_msg("reading a small bundle took more than 200 allocations");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(the_same_observation_is_kept_once),
		cmocka_unit_test(damage_is_named_and_the_rest_is_usable),
		cmocka_unit_test(missing_parts_are_found),
		cmocka_unit_test(hostile_bundles_are_refused),
		cmocka_unit_test(signature_covers_all),
		cmocka_unit_test(no_memory_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
