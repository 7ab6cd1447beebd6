/* SSH-1: the first words of SSH servers, good, weak, old and hostile. */
#include "check_help.h"

#include "base/asset.h"
#include "base/json.h"
#include "check/ssh.h"

static const char *const sound[SSH_LISTS] = { "sntrup761x25519-sha512@openssh.com,curve25519-sha256,kex-strict-s-v00@openssh.com",
	"rsa-sha2-512,ssh-ed25519", "aes256-gcm@openssh.com,chacha20-poly1305@openssh.com",
	"aes256-gcm@openssh.com,chacha20-poly1305@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-512-etm@openssh.com",
	"none,zlib@openssh.com", "none,zlib@openssh.com", "", "" };

static void
packet(struct fp_buf *out, const void *payload, size_t len)
{
	size_t pad = 8 - (len + 5) % 8;
	pad += pad < 4 ? 8 : 0;
	fp_buf_be32(out, (uint32_t)(1 + len + pad));
	fp_buf_u8(out, (uint8_t)pad);
	fp_buf_add(out, payload, len);
	for (size_t i = 0; i < pad; i++) {
		fp_buf_u8(out, 0);
	}
}

static void
kexinit(struct fp_buf *out, const char *const *lists)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	fp_buf_u8(&b, 20);
	fp_buf_add(&b, "0123456789abcdef", 16);
	for (int i = 0; i < SSH_LISTS; i++) {
		fp_buf_be32(&b, (uint32_t)strlen(lists[i]));
		fp_buf_puts(&b, lists[i]);
	}
	fp_buf_u8(&b, 0);
	fp_buf_be32(&b, 0);
	packet(out, b.data, b.len);
}

/* What a server says whose list number which is these names instead. */
static void
hello(struct fp_buf *out, const char *version, int which, const char *names)
{
	const char *lists[SSH_LISTS];
	memcpy(lists, sound, sizeof(lists));
	if (names != NULL) {
		lists[which] = names;
	}
	fp_buf_puts(out, version);
	kexinit(out, lists);
}

static struct evidence_obs *
answered(const void *bytes, size_t len, enum evidence_event_kind end)
{
	struct evidence_obs *o = blank("ssh", "10.0.0.1:22");
	event(o, EVIDENCE_CONNECTED, 1, 22, NULL, 0);
	event(o, EVIDENCE_SENT, 1, 0, "SSH-2.0-fieldproof\r\n", 20);
	if (len > 0) {
		event(o, EVIDENCE_RECEIVED, 1, 0, bytes, len);
	}
	if (end != EVIDENCE_NOTE) {
		event(o, end, 1, 0, NULL, 0);
	}
	return o;
}

static void
expect_bytes(const void *bytes, size_t len, enum evidence_event_kind end, const char *result, const char *reason)
{
	struct evidence_obs *o = answered(bytes, len, end);
	expect(o, "SSH-1", result, reason);
	evidence_obs_free(o);
}

static void
expect_list(int which, const char *names, const char *result, const char *reason)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	hello(&b, "SSH-2.0-test\r\n", which, names);
	expect_bytes(b.data, b.len, EVIDENCE_NOTE, result, reason);
}

static void
lists_are_judged_by_the_policy(void **state)
{
	(void)state;
	expect_list(0, NULL, "pass", "allowed-only");
	expect_list(SSH_KEX, "curve25519-sha256,diffie-hellman-group1-sha1", "fail", "banned-offered");
	expect_list(SSH_KEX, "gss-group1-sha1-toWM5Slw5Ew8Mqkay+al2g==", "fail", "banned-offered");
	expect_list(
	    SSH_KEX, "diffie-hellman-group14-sha256", "pass", "discouraged-offered"); /* chacha20 without strict key exchange */
	expect_list(SSH_HOSTKEY, "ssh-ed25519,ssh-dss", "fail", "banned-offered");
	expect_list(SSH_HOSTKEY, "ssh-rsa", "fail", "banned-offered");
	expect_list(SSH_CIPHER_IN, "aes128-ctr,3des-cbc", "fail", "banned-offered");
	expect_list(SSH_CIPHER_OUT, "aes128-ctr,aes128-cbc", "fail", "banned-offered"); /* the other direction counts too */
	expect_list(SSH_CIPHER_OUT, "none", "fail", "banned-offered");
	expect_list(SSH_MAC_IN, "hmac-md5", "fail", "banned-offered");
	expect_list(SSH_MAC_OUT, "hmac-sha1", "pass", "discouraged-offered");
	expect_list(SSH_COMPRESSION_IN, "none,zlib", "pass", "discouraged-offered");
	/* a name is compared whole, and within its kind */
	expect_list(SSH_MAC_IN, "hmac-md5-but-better@example.com", "pass", "allowed-only");
	expect_list(SSH_COMPRESSION_IN, "none", "pass", "allowed-only");
}

static void
the_detail_names_policy_and_algorithms(void **state)
{
	(void)state;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	hello(&b, "SSH-2.0-test\r\n", SSH_CIPHER_IN, "3des-cbc,arcfour,aes128-cbc");
	struct evidence_obs *o = answered(b.data, b.len, EVIDENCE_NOTE);
	struct evidence_verdict v = verdict(o, "SSH-1");
	assert_string_equal(v.detail, "policy ssh-2026-1: cipher 3des-cbc, cipher arcfour, cipher aes128-cbc");
	assert_int_equal(v.level, EVIDENCE_L2);
	evidence_obs_free(o);
	/* hundreds of names do not overflow it */
	FP_AUTO(fp_buf_free) struct fp_buf names = { 0 }, many = { 0 };
	for (int i = 0; i < 300; i++) {
		fp_buf_printf(&names, "%sx%d-cbc", i > 0 ? "," : "", i);
	}
	hello(&many, "SSH-2.0-test\r\n", SSH_CIPHER_IN, names.data);
	o = answered(many.data, many.len, EVIDENCE_NOTE);
	v = verdict(o, "SSH-1");
	assert_string_equal(v.reason, "banned-offered");
	assert_non_null(strstr(v.detail, " and 28"));
	evidence_obs_free(o);
}

static void
a_site_changes_the_policy(void **state)
{
	(void)state;
	char made[500];
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	hello(&b, "SSH-2.0-test\r\n", SSH_MAC_IN, "hmac-md5,hmac-sha1");
	struct evidence_obs *o = answered(b.data, b.len, EVIDENCE_NOTE);
	assert_true(check_ssh_policy_make(made, sizeof(made), NULL));
	assert_string_equal(made, "ssh-2026-1");
	assert_true(check_ssh_policy_make(made, sizeof(made), "+hmac-md5,+hmac-sha1"));
	assert_string_equal(made, "ssh-2026-1,+hmac-md5,+hmac-sha1");
	assert_int_equal(evidence_obs_param(o, "ssh-policy", made, NULL), FP_OK);
	expect(o, "SSH-1", "pass", "allowed-only");
	assert_int_equal(evidence_obs_param(o, "ssh-policy", "ssh-2026-1,+hmac-md5,-hmac-sha1", NULL), FP_OK);
	expect(o, "SSH-1", "fail", "banned-offered");
	/* Judged by another program that does not hold the policy: no guess. */
	assert_int_equal(evidence_obs_param(o, "ssh-policy", "ssh-2031-4", NULL), FP_OK);
	expect(o, "SSH-1", "unknown", "policy-unknown");
	static const char *const bad[] = { "", "hmac-md5", "+", "+a,", ",+a", "+a,,+b", "+a b", "*x" };
	for (size_t i = 1; i < FP_COUNT(bad); i++) {
		if (check_ssh_policy_make(made, sizeof(made), bad[i])) {
			fail_msg("'%s' was taken", bad[i]);
		}
	}
	char text[500];
	memset(text, 'x', sizeof(text) - 1);
	text[0] = '+';
	text[499] = '\0';
	assert_false(check_ssh_policy_make(made, sizeof(made), text));
	evidence_obs_free(o);
}

static void
version_1_is_refused(void **state)
{
	(void)state;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	hello(&b, "SSH-1.99-old\r\n", 0, NULL);
	expect_bytes(b.data, b.len, EVIDENCE_NOTE, "fail", "protocol-1");
	expect_bytes("SSH-1.5-older\n", 14, EVIDENCE_CLOSED, "fail", "protocol-1");
	expect_bytes("SSH-3.0-newer\r\n", 15, EVIDENCE_NOTE, "unknown", "not-the-protocol");
}

static void
lines_may_stand_before_the_version(void **state)
{
	(void)state;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	fp_buf_puts(&b, "Welcome.\r\n\nThis is not SSH-1.5\r\n");
	hello(&b, "SSH-2.0-test\n", 0, NULL);
	expect_bytes(b.data, b.len, EVIDENCE_NOTE, "pass", "allowed-only");
}

static void
packets_that_say_nothing_are_skipped(void **state)
{
	(void)state;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	fp_buf_puts(&b, "SSH-2.0-test\r\n");
	packet(&b, "\2\0\0\0\0", 5);
	kexinit(&b, sound);
	expect_bytes(b.data, b.len, EVIDENCE_NOTE, "pass", "allowed-only");
	fp_buf_clear(&b);
	fp_buf_puts(&b, "SSH-2.0-test\r\n");
	packet(&b, "\1\0\0\0\2\0\0\0\0\0\0\0\0", 13);
	expect_bytes(b.data, b.len, EVIDENCE_NOTE, "unknown", "closed-early");
}

/* Every beginning, and every single byte spoiled: nothing short of the whole passes. */
static void
half_answers_never_pass(void **state)
{
	(void)state;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	hello(&b, "SSH-2.0-test\r\n", 0, NULL);
	for (size_t n = 0; n < b.len; n++) {
		struct ssh_hello h;
		assert_int_equal(ssh_hello_read(&h, (const uint8_t *)b.data, n), CHECK_FRAME_MORE);
		struct evidence_obs *o = answered(b.data, n, EVIDENCE_CLOSED);
		expect(o, "SSH-1", "unknown", n == 0 ? "closed-early" : "cut-off");
		evidence_obs_free(o);
	}
	for (size_t at = 14; at < 24; at++) { /* length, padding, message number */
		for (unsigned v = 0; v < 256; v++) {
			char old = b.data[at];
			if ((char)v != old && at < 20) {
				b.data[at] = (char)v;
				struct evidence_obs *o = answered(b.data, b.len, EVIDENCE_TIMEOUT);
				assert_false(passes(o, "SSH-1"));
				evidence_obs_free(o);
			}
			b.data[at] = old;
		}
	}
}

static void
hostile_answers(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {
		{ "HTTP/1.1 400 Bad Request\r\n\r\n", 28 },
		{ "220 lab ESMTP\r\n", 15 },
		{ "SSH-2.0-x\r\n\xff\xff\xff\xff\x04\x14", 17 },
		{ "SSH-2.0-x\r\n\0\0\0\0\0\0", 17 },
		{ "SSH-2.0-x\r\n\0\0\0\x0c\x0b\x14zzzzzzzzzzz", 28 }, /* padding leaves no payload */
		{ "SSH-2.0-x\r\n\0\0\0\x0c\x04\x14zzzzzzzzzzz", 28 }, /* KEXINIT without lists */
		{ "SSH-2.0-x\r\n\0\0\0\x0c\x04\x15zzzzzzzzzzz", 28 }, /* another message */
		{ "SSH-2.0-a\0b\r\n", 13 },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct evidence_obs *o = answered(rows[i].bytes, rows[i].len, EVIDENCE_NOTE);
		struct evidence_verdict v = verdict(o, "SSH-1");
		assert_int_equal(v.result, EVIDENCE_UNKNOWN);
		evidence_obs_free(o);
	}
	/* lists that break their rules */
	expect_list(SSH_KEX, "", "unknown", "not-the-protocol");
	expect_list(SSH_CIPHER_IN, "", "unknown", "not-the-protocol");
	expect_list(SSH_KEX, "a,,b", "unknown", "not-the-protocol");
	expect_list(SSH_KEX, ",a", "unknown", "not-the-protocol");
	expect_list(SSH_KEX, "a,", "unknown", "not-the-protocol");
	expect_list(SSH_KEX, "a b", "unknown", "not-the-protocol");
	expect_list(SSH_KEX, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "unknown",
	    "not-the-protocol");
	/* lines without an end, and lines without a version */
	char line[5000];
	struct ssh_hello h;
	memset(line, 'a', sizeof(line));
	assert_int_equal(ssh_hello_read(&h, (const uint8_t *)line, 200), CHECK_FRAME_MORE);
	assert_int_equal(ssh_hello_read(&h, (const uint8_t *)line, 300), CHECK_FRAME_BROKEN);
	memset(line, '\n', sizeof(line));
	assert_int_equal(ssh_hello_read(&h, (const uint8_t *)line, 4000), CHECK_FRAME_MORE);
	assert_int_equal(ssh_hello_read(&h, (const uint8_t *)line, 5000), CHECK_FRAME_BROKEN);
	expect_bytes(NULL, 0, EVIDENCE_TIMEOUT, "unknown", "no-reply");
	expect_bytes(NULL, 0, EVIDENCE_RESET, "unknown", "closed-early");
}

static void
nobody_there(void **state)
{
	(void)state;
	struct evidence_obs *o = blank("ssh", "10.0.0.1:22");
	expect(o, "SSH-1", "unknown", "not-asked");
	event(o, EVIDENCE_REFUSED, 1, 0, NULL, 0);
	expect(o, "SSH-1", "unknown", "port-closed");
	evidence_obs_free(o);
}

/* The data itself: kinds and grades that the program knows, a source for each, ids that are used once. */
static void
the_policy_is_whole(void **state)
{
	(void)state;
	FP_AUTO(fp_json_freep) json_t *all = NULL;
	const struct fp_asset *a = fp_asset_find("policy/ssh.json");
	assert_non_null(a);
	assert_int_equal(fp_json_parse(&all, a->data, a->len, "policy", NULL), FP_OK);
	const json_t *rules = json_object_get(json_array_get(json_object_get(all, "policies"), 0), "rules");
	assert_true(json_array_size(rules) > 10);
	for (size_t i = 0; i < json_array_size(rules); i++) {
		const json_t *r = json_array_get(rules, i);
		const char *kind = json_string_value(json_object_get(r, "kind"));
		const char *grade = json_string_value(json_object_get(r, "grade"));
		assert_non_null(strstr(" kex hostkey cipher mac compression ", kind));
		assert_true(strcmp(grade, "banned") == 0 || strcmp(grade, "discouraged") == 0);
		assert_true(json_string_length(json_object_get(r, "reason")) > 2);
		assert_true(json_string_length(json_object_get(r, "source")) > 2);
		assert_true(json_array_size(json_object_get(r, "names")) > 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_judged_by_the_policy),
		cmocka_unit_test(the_detail_names_policy_and_algorithms),
		cmocka_unit_test(a_site_changes_the_policy),
		cmocka_unit_test(version_1_is_refused),
		cmocka_unit_test(lines_may_stand_before_the_version),
		cmocka_unit_test(packets_that_say_nothing_are_skipped),
		cmocka_unit_test(half_answers_never_pass),
		cmocka_unit_test(hostile_answers),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(the_policy_is_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
