/* SMB-5, SMB-6, NFS-3 judged over an observation of probe "capture": from the facts alone, with the filter of its parameters; never a pass of what is damaged. */
#include "check_help.h"

#include "capture_help.h"

/* Two clients of one server; the second one, by another port, writes in clear. */
static struct fp_buf
facts(void)
{
	struct fp_buf json = { .max = 0 };
	struct fp_err err;
	struct cap c;
	struct capture *k;

	cap_open(&c, 1);
	cap_greet(&c, 4);
	cap_encrypted(&c, UP, 70000);
	cap_encrypted(&c, DOWN, 90);
	c.port = 139;
	cap_greet(&c, 0);
	cap_tree(&c, TREE, 1, 0);
	cap_write(&c, SIGNED, TREE, 0, 10);
	cap_read(&c, SIGNED, SIGNED, TREE, 0, 10);
	k = cap_read_bytes(c.file.data, c.file.len, NULL, &err);
	fp_buf_free(&c.file);
	assert_non_null(k);
	memset(k->sha256, 'a', 64);
	assert_int_equal(capture_json_write(&json, k, NULL, 0, &err), FP_OK);
	capture_free(k);
	return json;
}

static struct evidence_verdict
judged(const char *id, const void *bytes, size_t len, const char *const *params)
{
	struct evidence_obs *o = blank(CHECK_PROBE_CAPTURE, "transfer.pcap");
	const struct check *c = check_set_way_of(NULL, id, CHECK_PROBE_CAPTURE);
	struct evidence_verdict v;
	struct fp_err err;

	assert_non_null(c);
	assert_int_equal(c->kind, EVIDENCE_EFFECT);
	if (bytes != NULL)
		event(o, EVIDENCE_RECEIVED, 1, 0, bytes, len);
	for (size_t i = 0; params != NULL && params[i] != NULL; i += 2)
		assert_int_equal(evidence_obs_param(o, params[i], params[i + 1], &err), FP_OK);
	if (check_judge(&v, c, o, &err) != FP_OK)
		fail_msg("%s", err.msg);
	evidence_obs_free(o);
	return v;
}

static const struct {
	const char *id, *params[9], *reason;
} cases[] = {
	{ "SMB-5", { NULL }, "clear-transfer" },
	{ "SMB-5", { "port", "445", NULL }, "encrypted-in-use" },
	{ "SMB-5", { "client", "10.0.0.1", "server", "10.0.0.2", "port", "445", NULL }, "encrypted-in-use" },
	{ "SMB-5", { "client", "10.0.0.2", NULL }, "nothing-seen" },
	{ "SMB-5", { "server", "fe80::1", NULL }, "nothing-seen" },
	{ "SMB-6", { NULL }, "encrypted-in-use" },
	{ "SMB-6", { "port", "139", NULL }, "signed-in-use" },
	{ "SMB-6", { "port", "445", NULL }, "encrypted-in-use" },
	{ "NFS-3", { NULL }, "nothing-seen" },
	/* A filter that cannot be read is not "any". */
	{ "SMB-6", { "port", "0", NULL }, "capture-filter" },
	{ "SMB-6", { "port", "445x", NULL }, "capture-filter" },
	{ "SMB-6", { "port", "66000", NULL }, "capture-filter" },
	{ "SMB-6", { "port", "", NULL }, "capture-filter" },
	{ "SMB-6", { "client", "nas.example", NULL }, "capture-filter" },
	{ "SMB-6", { "server", "", NULL }, "capture-filter" },
};

static void
test_cases(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf json = facts();

	(void)state;
	for (size_t i = 0; i < FP_COUNT(cases); i++) {
		struct evidence_verdict v = judged(cases[i].id, json.data, json.len, cases[i].params);

		assert_string_equal(v.reason, cases[i].reason);
		assert_string_equal(v.check, cases[i].id);
		assert_int_equal(v.level, EVIDENCE_L0);
		assert_true(v.settle[0] == '\0' || check_settle_text(v.settle) != NULL);
	}
}

static void
test_damaged(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf json = facts();

	(void)state;
	assert_string_equal(judged("SMB-5", NULL, 0, NULL).reason, "capture-damaged");
	assert_int_equal(judged("SMB-5", NULL, 0, NULL).result, EVIDENCE_UNKNOWN);
	assert_string_equal(judged("SMB-6", json.data, json.len - 1, NULL).reason, "capture-damaged");
	assert_string_equal(judged("NFS-3", "", 0, NULL).reason, "capture-damaged");
	json.data[json.len / 2] = '\0';
	assert_string_equal(judged("SMB-6", json.data, json.len, NULL).reason, "capture-damaged");
}

static void
test_nfs_level(void **state)
{
	static const char text[] =
	    "{\"conversations\":[{\"bytes\":[90000,90000],\"client\":\"10.0.0.1\",\"nfs\":{\"bytes\":[0,0,90000,0],"
	    "\"calls\":[0,0,9,0],\"replies\":9,\"reply_bytes\":9000,\"transfers\":[null,null,{\"count\":1,\"frame\":4},null]},"
	    "\"port\":2049,\"server\":\"10.0.0.2\"}],\"file\":{\"bytes\":1,\"sha256\":"
	    "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"},\"format\":\"fieldproof-capture-1\","
	    "\"frames\":9,\"kept\":{}}";
	static const char *const levels[][3] = { { "nfs-level", "integrity", NULL }, { "nfs-level", "privacy", NULL },
		{ "nfs-level", "Integrity ", NULL }, { NULL } };
	static const char *const reasons[] = { "krb5i-in-use", "clear-transfer", "clear-transfer", "clear-transfer" };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(levels); i++)
		assert_string_equal(judged("NFS-3", text, strlen(text), levels[i]).reason, reasons[i]);
}

/* Every reason has its words, and what would settle it. */
static void
test_reasons(void **state)
{
	(void)state;
	for (int q = 0; q < CAPTURE_QUESTIONS; q++) {
		for (const struct evidence_reason *r = capture_reasons((enum capture_question)q); r->code != NULL; r++)
			assert_true(r->settle[0] == '\0' || check_settle_text(r->settle) != NULL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases), cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_nfs_level), cmocka_unit_test(test_reasons) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
