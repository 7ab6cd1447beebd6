/* SMB in captures: every posture, and every message that must not be taken for something else. */
#include "unit.h"

#include "capture_help.h"

static struct evidence_verdict
judged(struct cap *c, enum capture_question q)
{
	struct fp_err err = { .status = FP_OK };
	FP_AUTO(capture_freep) struct capture *k = cap_read_bytes(c->file.data, c->file.len, NULL, &err);
	struct evidence_verdict v;

	assert_non_null(k);
	capture_judge(&v, k, q, NULL);
	assert_int_equal(v.level, EVIDENCE_L0);
	return v;
}

static void
expect(struct cap *c, const char *encrypted, const char *with_signature)
{
	assert_string_equal(judged(c, CAPTURE_SMB_ENCRYPTED).reason, encrypted);
	assert_string_equal(judged(c, CAPTURE_SMB_SIGNED).reason, with_signature);
	assert_string_equal(judged(c, CAPTURE_NFS_PRIVATE).reason, "nothing-seen");
	fp_buf_free(&c->file);
}

static void
test_clear(void **state)
{
	struct cap c;
	struct evidence_verdict v;

	(void)state;
	cap_open(&c, 1);
	c.client_mode = 1;
	cap_greet(&c, 0);
	cap_tree(&c, TREE, 1, 0);
	cap_write(&c, 0, TREE, 0, 5000);
	v = judged(&c, CAPTURE_SMB_ENCRYPTED);
	assert_int_equal(v.result, EVIDENCE_FAIL);
	assert_string_equal(v.check, "SMB-5");
	assert_string_equal(v.detail, "dialect 3.1.1, 0 encrypted messages; in clear 0 reads, 2 writes, 2 unsigned, first at "
				      "frame 10; client demands signing: no; "
				      "multichannel: other paths may be missing");
	expect(&c, "clear-transfer", "unsigned-transfer");
}

static void
test_signed(void **state)
{
	struct cap c;

	(void)state;
	cap_open(&c, 1);
	cap_greet(&c, 0);
	cap_tree(&c, TREE, 1, 0);
	cap_write(&c, SIGNED, TREE, 0, 5000);
	cap_read(&c, SIGNED, SIGNED, TREE, 0, 5000);
	expect(&c, "clear-transfer", "signed-in-use");
	cap_open(&c, 1); /* one answer without a signature is enough */
	cap_greet(&c, 0);
	cap_tree(&c, TREE, 1, 0);
	cap_write(&c, SIGNED, TREE, 0, 5000);
	cap_read(&c, SIGNED, 0, TREE, 0, 5000);
	expect(&c, "clear-transfer", "unsigned-transfer");
}

/* SMB-6 asks for the client's own demand: that a server had its way is no setting of the client. */
static void
test_demand(void **state)
{
	struct cap c;

	(void)state;
	cap_open(&c, 1);
	c.client_mode = 1;
	cap_greet(&c, 0);
	cap_tree(&c, TREE, 1, 0);
	cap_write(&c, SIGNED, TREE, 0, 5000);
	cap_read(&c, SIGNED, SIGNED, TREE, 0, 5000);
	expect(&c, "clear-transfer", "client-demands-nothing");
	cap_open(&c, 1);
	c.client_mode = 1;
	cap_greet(&c, 4);
	cap_encrypted(&c, UP, 70000);
	cap_encrypted(&c, DOWN, 90);
	expect(&c, "encrypted-in-use", "client-demands-nothing");
	cap_open(&c, 1); /* once with and once without: not each time */
	cap_greet(&c, 4);
	cap_encrypted(&c, UP, 70000);
	cap_encrypted(&c, DOWN, 90);
	c.client_port++;
	c.client_mode = 1;
	cap_greet(&c, 4);
	expect(&c, "encrypted-in-use", "client-demands-nothing");
}

static void
test_encrypted(void **state)
{
	struct cap c;

	(void)state;
	cap_open(&c, 1);
	cap_greet(&c, 4);
	cap_encrypted(&c, UP, 70000);
	expect(&c, "one-direction", "one-direction");
	cap_open(&c, 1);
	cap_greet(&c, 4);
	cap_encrypted(&c, UP, 70000);
	cap_encrypted(&c, DOWN, 90);
	expect(&c, "encrypted-in-use", "encrypted-in-use");
	cap_open(&c, 1);
	cap_greet(&c, 4);
	cap_encrypted(&c, UP, 700);
	cap_encrypted(&c, DOWN, 90);
	expect(&c, "little-traffic", "little-traffic");
}

static void
test_share_encrypted_pipe_clear(void **state)
{
	struct cap c;

	(void)state;
	cap_open(&c, 1);
	cap_greet(&c, 0);
	cap_tree(&c, PIPE_TREE, 2, 0);
	cap_tree(&c, TREE, 1, 0x8000);
	cap_write(&c, 0, PIPE_TREE, 0, 100);
	cap_read(&c, 0, 0, PIPE_TREE, 0, 100);
	cap_encrypted(&c, UP, 70000);
	cap_encrypted(&c, DOWN, 90);
	expect(&c, "encrypted-in-use", "encrypted-in-use");
	cap_open(&c, 1); /* and one write of a file beside it refutes */
	cap_greet(&c, 0);
	cap_tree(&c, TREE, 1, 0x8000);
	cap_encrypted(&c, UP, 70000);
	cap_encrypted(&c, DOWN, 90);
	cap_write(&c, SIGNED, TREE, 0, 10);
	expect(&c, "clear-transfer", "signed-in-use");
}

static void
test_unknown_tree(void **state)
{
	struct cap c;

	(void)state;
	cap_open(&c, 1); /* at place 0: may be a pipe */
	cap_greet(&c, 0);
	cap_write(&c, 0, 77, 0, 100);
	expect(&c, "transfer-undecided", "transfer-undecided");
	cap_open(&c, 1); /* elsewhere: only files have that */
	cap_greet(&c, 0);
	cap_write(&c, 0, 77, 65536, 100);
	expect(&c, "clear-transfer", "unsigned-transfer");
}

static void
test_handshake_only(void **state)
{
	struct cap c;

	(void)state;
	cap_open(&c, 1);
	cap_greet(&c, 0);
	cap_tree(&c, TREE, 1, 0);
	expect(&c, "only-handshake", "only-handshake");
	cap_open(&c, 1);
	cap_handshake(&c);
	expect(&c, "only-handshake", "only-handshake");
	cap_open(&c, 1);
	expect(&c, "nothing-seen", "nothing-seen");
}

static void
test_refused_and_pending(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf body = { .data = NULL };
	struct cap c;

	(void)state;
	put_zeros(&body, 9);
	cap_open(&c, 1);
	cap_greet(&c, 0);
	cap_tree(&c, TREE, 1, 0);
	cap_write(&c, SIGNED, TREE, 0, 100);
	cap_smb2(&c, DOWN, 8, 0x103, 0x2, 1, &body);        /* "later", never signed */
	cap_smb2(&c, DOWN, 8, 0xC0000011u, 0, TREE, &body); /* end of file */
	expect(&c, "clear-transfer", "signed-in-use");
}

static void
test_signed_flag_without_signature(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf body = { .data = NULL }, m = { .data = NULL };
	struct cap c;

	(void)state;
	put_zeros(&body, 200);
	cap_open(&c, 1);
	cap_greet(&c, 0);
	cap_tree(&c, TREE, 1, 0);
	put_smb2(&m, UP, 9, 0, SIGNED, TREE, 0, &body);
	memset(m.data + 48, 0, 16);
	cap_frame(&c, UP, &m, 1400);
	expect(&c, "clear-transfer", "unsigned-transfer");
}

/* CREATE, WRITE, CLOSE in one frame, the last two related: the tree of the first holds. Small ones make the second begin within what was collected. */
static void
compound(struct cap *c, size_t first_body, size_t step)
{
	FP_AUTO(fp_buf_free) struct fp_buf m = { .data = NULL }, body = { .data = NULL }, write = { .data = NULL };

	put_zeros(&body, first_body);
	put_zeros(&write, 48);
	put_smb2(&m, UP, 5, 0, 0, TREE, (uint32_t)(64 + first_body), &body);
	put_smb2(&m, UP, 9, 0, 4, UINT32_MAX, 112, &write);
	put_smb2(&m, UP, 6, 0, 4, UINT32_MAX, 0, &write);
	cap_frame(c, UP, &m, step);
}

static void
test_compound(void **state)
{
	static const size_t steps[] = { 1400, 1, 7, 64, 97 };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(steps); i++) {
		for (size_t body = 0; body <= 560; body += 56) {
			struct fp_err err;
			struct cap c;
			cap_open(&c, 1);
			cap_greet(&c, 0);
			cap_tree(&c, TREE, 1, 0);
			compound(&c, body, steps[i]);
			cap_write(&c, 0, TREE, 0, 10);
			FP_AUTO(capture_freep) struct capture *k = cap_read_bytes(c.file.data, c.file.len, NULL, &err);
			assert_non_null(k);
			assert_int_equal(k->convs[0].smb.writes.count, 3);
			assert_int_equal(k->convs[0].not_understood.count, 0);
			assert_int_equal(k->convs[0].gaps.count, 0);
			fp_buf_free(&c.file);
		}
	}
}

static void
test_compressed(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf m = { .data = NULL }, body = { .data = NULL };
	struct cap c;

	(void)state;
	fp_buf_add(&m, "\xFCSMB", 4);
	fp_buf_le32(&m, 9000);
	fp_buf_le16(&m, 2);
	fp_buf_le16(&m, 0);
	fp_buf_le32(&m, 112);
	put_zeros(&body, 48);
	put_smb2(&m, UP, 9, 0, 0, TREE, 0, &body);
	put_zeros(&m, 300);
	cap_open(&c, 1);
	cap_greet(&c, 0);
	cap_tree(&c, TREE, 1, 0);
	cap_frame(&c, UP, &m, 1400);
	expect(&c, "clear-transfer", "unsigned-transfer");
	m.data[10] = 1; /* chained: what is inside cannot be read */
	cap_open(&c, 1);
	cap_greet(&c, 0);
	cap_frame(&c, UP, &m, 1400);
	expect(&c, "transfer-undecided", "transfer-undecided");
}

static void
put_smb1(struct fp_buf *m, enum capture_way way, uint8_t command, bool with_signature)
{
	fp_buf_add(m, "\xFFSMB", 4);
	fp_buf_u8(m, command);
	fp_buf_le32(m, 0);
	fp_buf_u8(m, way == DOWN ? 0x80 : 0);
	fp_buf_le16(m, with_signature ? 4 : 0);
	fp_buf_le16(m, 0);
	for (int i = 0; i < 8; i++)
		fp_buf_u8(m, with_signature ? 0x5A : 0);
	fp_buf_le16(m, 0);
	fp_buf_le16(m, 3); /* tree */
	put_zeros(m, 6);
}

static void
smb1(struct cap *c, bool with_signature, const char *service)
{
	FP_AUTO(fp_buf_free) struct fp_buf q = { .data = NULL }, a = { .data = NULL };

	cap_open(c, 1);
	c->port = 139;
	cap_handshake(c);
	put_smb1(&a, DOWN, 0x75, with_signature);
	fp_buf_u8(&a, 3);
	put_zeros(&a, 6 + 2);
	fp_buf_add(&a, service, strlen(service) + 1);
	cap_frame(c, DOWN, &a, 1400);
	put_smb1(&q, UP, 0x2F, with_signature);
	fp_buf_u8(&q, 14);
	put_zeros(&q, 500);
	cap_frame(c, UP, &q, 1400);
}

static void
test_smb1(void **state)
{
	struct cap c;

	(void)state;
	smb1(&c, false, "A:");
	expect(&c, "smb1-transfer", "unsigned-transfer");
	smb1(&c, true, "A:");
	expect(&c, "smb1-transfer", "smb1-signed");
	smb1(&c, false, "IPC");
	expect(&c, "only-handshake", "only-handshake");
}

static void
test_facts(void **state)
{
	struct fp_err err;
	struct cap c;
	struct capture *k;
	char text[CAPTURE_ADDRESS_MAX];

	(void)state;
	cap_open(&c, 1);
	cap_handshake(&c);
	cap_negotiate(&c, 3, 2, 0x0311);
	cap_session(&c, 1);
	cap_session(&c, 4);
	cap_tree(&c, TREE, 1, 0x8000);
	k = cap_read_bytes(c.file.data, c.file.len, NULL, &err);
	assert_non_null(k);
	assert_int_equal(k->n_convs, 1);
	assert_string_equal(capture_address_text(text, &k->convs[0].client), "10.0.0.1");
	assert_string_equal(capture_address_text(text, &k->convs[0].server), "10.0.0.2");
	assert_int_equal(k->convs[0].smb.dialects, CAPTURE_DIALECT_311);
	assert_int_equal(k->convs[0].smb.client_signing_demands, 1);
	assert_int_equal(k->convs[0].smb.server_signing_demands, 1);
	assert_int_equal(k->convs[0].smb.client_encryption_offers, 1);
	assert_int_equal(k->convs[0].smb.server_encryption_offers, 1);
	assert_int_equal(k->convs[0].smb.sessions, 2);
	assert_int_equal(k->convs[0].smb.guests, 1);
	assert_int_equal(k->convs[0].smb.encrypting, 1);
	assert_int_equal(k->convs[0].smb.encrypting_trees, 1);
	assert_int_equal(k->first / 1000, 1700000000);
	capture_free(k);
	fp_buf_free(&c.file);
}

/* The worst speaks for all; who only greeted is not counted beside who transferred. */
static void
test_several(void **state)
{
	struct cap c;
	struct capture *k;
	struct fp_err err;
	struct evidence_verdict v;
	struct capture_filter f = { .port = 139 };

	(void)state;
	cap_open(&c, 1);
	cap_greet(&c, 4);
	cap_encrypted(&c, UP, 70000);
	cap_encrypted(&c, DOWN, 90);
	c.port = 139;
	cap_greet(&c, 0);
	assert_string_equal(judged(&c, CAPTURE_SMB_ENCRYPTED).reason, "encrypted-in-use");
	cap_tree(&c, TREE, 1, 0);
	cap_write(&c, 0, TREE, 0, 10);
	k = cap_read_bytes(c.file.data, c.file.len, NULL, &err);
	capture_judge(&v, k, CAPTURE_SMB_ENCRYPTED, NULL);
	assert_string_equal(v.reason, "clear-transfer");
	f.port = 445;
	capture_judge(&v, k, CAPTURE_SMB_ENCRYPTED, &f);
	assert_string_equal(v.reason, "encrypted-in-use");
	f.port = 446;
	capture_judge(&v, k, CAPTURE_SMB_ENCRYPTED, &f);
	assert_string_equal(v.reason, "nothing-seen");
	capture_free(k);
	fp_buf_free(&c.file);
}

/* A second channel of the same session, from another port: SESSION_SETUP with SMB2_SESSION_FLAG_BINDING (MS-SMB2 2.2.5). */
static void
second_channel(struct cap *c)
{
	FP_AUTO(fp_buf_free) struct fp_buf q = { .max = 0 }, a = { .max = 0 };

	c->client_port++;
	cap_handshake(c);
	cap_negotiate(c, 3, 1, 0x0311);
	fp_buf_le16(&q, 25);
	fp_buf_le16(&q, 0x0101);
	put_zeros(&q, 60);
	cap_smb2(c, UP, 1, 0, SIGNED, 0, &q);
	fp_buf_le16(&a, 9);
	fp_buf_le16(&a, 0);
	put_zeros(&a, 20);
	cap_smb2(c, DOWN, 1, 0, SIGNED, 0, &a);
}

/* What went over the second path counts like the first; that there may be paths outside of the capture is said. */
static void
test_multichannel(void **state)
{
	(void)state;
	for (int clear = 0; clear < 2; clear++) {
		struct cap c;
		struct evidence_verdict v;
		struct capture *k;
		struct fp_err err;

		cap_open(&c, 1);
		cap_greet(&c, 4);
		cap_encrypted(&c, UP, 70000);
		cap_encrypted(&c, DOWN, 90);
		second_channel(&c);
		if (clear == 1)
			cap_write(&c, SIGNED, TREE, 0, 10);
		cap_encrypted(&c, UP, 70000);
		cap_encrypted(&c, DOWN, 90);
		k = cap_read_bytes(c.file.data, c.file.len, NULL, &err);
		assert_int_equal(k->n_convs, 1);
		assert_int_equal(k->convs[0].connections, 2);
		assert_int_equal(k->convs[0].smb.bindings, 1);
		assert_true(k->convs[0].smb.multichannel);
		capture_judge(&v, k, CAPTURE_SMB_ENCRYPTED, NULL);
		assert_int_equal(v.result == EVIDENCE_PASS, clear == 0);
		assert_non_null(strstr(v.detail, "multichannel: other paths may be missing"));
		capture_free(k);
		fp_buf_free(&c.file);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_clear), cmocka_unit_test(test_signed),
		cmocka_unit_test(test_demand), cmocka_unit_test(test_multichannel), cmocka_unit_test(test_encrypted),
		cmocka_unit_test(test_share_encrypted_pipe_clear), cmocka_unit_test(test_unknown_tree),
		cmocka_unit_test(test_handshake_only), cmocka_unit_test(test_refused_and_pending),
		cmocka_unit_test(test_signed_flag_without_signature), cmocka_unit_test(test_compound),
		cmocka_unit_test(test_compressed), cmocka_unit_test(test_smb1), cmocka_unit_test(test_facts),
		cmocka_unit_test(test_several) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
