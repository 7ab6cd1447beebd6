/* A signed notice is genuine; changed, short of a language, or under another key it is not, and each is said in its own words. Debian's minisign agrees, both ways. */
#include "notice_help.h"

#include "notice/sign.h"

#define WHEN ((fp_time)1680696000123)

static struct minisign_public pub, other_pub;
static struct minisign_secret sec, other_sec;
static struct notice_key keys[1];

static int
make_keys(void **state)
{
	(void)state;
	minisign_keygen(&pub, &sec);
	minisign_keygen(&other_pub, &other_sec);
	keys[0] = (struct notice_key){ "The maker", pub };
	return 0;
}

static void
judge(struct notice_verdict *v, const struct notice *n, const struct fp_buf *sig)
{
	assert_int_equal(notice_verify(v, n, sig ? sig->data : NULL, sig ? sig->len : 0, keys, 1, NULL), FP_OK);
}

static void
expect(const struct notice_verdict *v, enum notice_genuine state, const char *message)
{
	struct fp_err err;

	if (v->state != state || strstr(v->message, message) == NULL)
		fail_msg("%s: '%s' instead of %s: '%s'", notice_genuine_name(v->state), v->message, notice_genuine_name(state),
		    message);
	assert_int_equal(notice_verdict_status(v, &err), state == NOTICE_GENUINE ? FP_OK : FP_EINTEGRITY);
	if (state != NOTICE_GENUINE)
		assert_string_equal(err.msg, v->message);
}

static void
signed_is_genuine(void **state)
{
	FP_AUTO(notice_freep) struct notice *n = opened("FSN2023-1338");
	FP_AUTO(fp_buf_free) struct fp_buf sig = { .max = 0 }, again = { .max = 0 };
	struct notice_verdict v;
	char comment[256];

	(void)state;
	assert_int_equal(notice_sign(&sig, n, &sec, WHEN, NULL), FP_OK);
	assert_int_equal(notice_sign(&again, n, &sec, WHEN, NULL), FP_OK);
	assert_string_equal(sig.data, again.data);
	judge(&v, n, &sig);
	expect(&v, NOTICE_GENUINE, "FSN2023-1338 is what key ");
	assert_string_equal(v.signer, "The maker");
	assert_int_equal(strlen(v.key_id), 16);
	(void)snprintf(comment, sizeof(comment),
	    "timestamp:1680696000\tnotice:FSN2023-1338 revision 1\tsha256:%s\tfiles:notice.json=", n->content_hash);
	assert_memory_equal(v.comment, comment, strlen(comment));
	assert_non_null(strstr(v.comment, " da.md="));
}

static void
one_changed_byte(void **state)
{
	FP_AUTO(notice_freep) struct notice *n = opened("FSN2023-1338");
	FP_AUTO(notice_freep) struct notice *facts = changed("FSN2023-1338", "facts.document_number", "\"M-AMR-00718\"");
	FP_AUTO(notice_freep) struct notice *text = NULL, *more = NULL;
	FP_JSON json_t *whole = canonical_json("FSN2023-1338");
	FP_AUTO(fp_buf_free) struct fp_buf sig = { .max = 0 };
	struct notice_verdict v;

	(void)state;
	assert_int_equal(notice_sign(&sig, n, &sec, WHEN, NULL), FP_OK);
	judge(&v, facts, &sig);
	expect(&v, NOTICE_CHANGED, "('The maker') signed: notice.json was changed after it was signed");
	retext(whole, "da", "straks", "engang");
	assert_int_equal(parse_json(&text, whole, NULL), FP_OK);
	judge(&v, text, &sig);
	expect(&v, NOTICE_CHANGED, "signed: da.md was changed after it was signed");
	assert_int_equal(json_object_set_new(json_object_get(whole, "texts"), "fr", json_string("# Titre {#title}\n")), 0);
	assert_int_equal(parse_json(&more, whole, NULL), FP_OK);
	judge(&v, more, &sig);
	expect(&v, NOTICE_CHANGED, "signed: da.md was changed after it was signed; fr.md was added after the signature was made");
}

static void
a_missing_language(void **state)
{
	FP_AUTO(notice_freep) struct notice *n = opened("FSN2023-1338"), *less = changed("FSN2023-1338", "texts.de", NULL);
	FP_AUTO(fp_buf_free) struct fp_buf sig = { .max = 0 };
	struct notice_verdict v;

	(void)state;
	assert_int_equal(notice_sign(&sig, n, &sec, WHEN, NULL), FP_OK);
	judge(&v, less, &sig);
	expect(&v, NOTICE_FILE_MISSING, "signed: de.md was signed but is missing");
}

static void
other_keys_and_no_key(void **state)
{
	FP_AUTO(notice_freep) struct notice *n = opened("FSN2023-1338");
	FP_AUTO(fp_buf_free) struct fp_buf sig = { .max = 0 }, forged = { .max = 0 };
	struct minisign_secret liar = other_sec;
	struct notice_verdict v;

	(void)state;
	judge(&v, n, NULL);
	expect(&v, NOTICE_UNSIGNED, "FSN2023-1338 bears no signature (notice.minisig)");
	assert_int_equal(notice_sign(&sig, n, &other_sec, WHEN, NULL), FP_OK);
	judge(&v, n, &sig);
	expect(&v, NOTICE_UNKNOWN_KEY, "which is not among the 1 trusted");
	assert_string_equal(v.signer, "");
	assert_string_equal(v.comment, ""); /* nothing of it is believed */
	/* Another key under the trusted one's id. */
	memcpy(liar.id, sec.id, sizeof(liar.id));
	assert_int_equal(notice_sign(&forged, n, &liar, WHEN, NULL), FP_OK);
	judge(&v, n, &forged);
	expect(&v, NOTICE_BAD_SIGNATURE, "does not hold for it: it was damaged or forged");
	assert_string_equal(v.comment, "");
}

/* Every single changed byte of the signature file loses the word genuine, and says something. */
static void
damaged_signatures(void **state)
{
	FP_AUTO(notice_freep) struct notice *n = opened("FSN2025-1682");
	FP_AUTO(fp_buf_free) struct fp_buf sig = { .max = 0 };
	struct notice_verdict v;
	size_t body, genuine = 0;

	(void)state;
	assert_int_equal(notice_sign(&sig, n, &sec, WHEN, NULL), FP_OK);
	body = strcspn(sig.data, "\n") + 1; /* the first line is the untrusted comment */
	for (size_t i = body; i < sig.len - 1; i++) {
		sig.data[i] ^= 1;
		judge(&v, n, &sig);
		assert_true(v.message[0] != '\0');
		genuine += v.state == NOTICE_GENUINE;
		sig.data[i] ^= 1;
	}
	assert_int_equal(genuine, 0);
	sig.len /= 2;
	judge(&v, n, &sig);
	expect(&v, NOTICE_MALFORMED, "the signature cannot be read: notice.minisig");
}

static void
run(const char *fmt, const char *dir, int status)
{
	char command[512];

	(void)snprintf(command, sizeof(command), fmt, dir, dir, dir);
	assert_int_equal(WEXITSTATUS(system(command)), status); /* NOLINT(cert-env33-c): a test runs minisign */
}

static void
publish_keys(const char *dir)
{
	FP_AUTO(fp_buf_free) struct fp_buf p = { .max = 0 }, s = { .max = 0 };

	minisign_public_write(&p, &pub, NULL);
	assert_int_equal(minisign_secret_write(&s, &sec, NULL, MINISIGN_QUICK, NULL), FP_OK);
	write_file(dir, "maker.pub", p.data, p.len);
	write_file(dir, "maker.key", s.data, s.len);
}

static void
write_canonical(const char *dir, const struct notice *n)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

	assert_int_equal(notice_canonical(&b, n, NULL), FP_OK);
	write_file(dir, "notice.canonical", b.data, b.len);
}

/* What we sign the minisign program accepts, and what it signs we accept. */
static void
minisign_agrees(void **state)
{
	FP_AUTO(notice_freep) struct notice *n = NULL, *other = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf sig = { .max = 0 }, theirs = { .max = 0 };
	struct notice_verdict v;
	char dir[64];

	(void)state;
	if (system("command -v minisign >/dev/null") != 0) /* NOLINT(cert-env33-c) */
		skip();
	copy_folder(dir, "FSN2024-1562");
	publish_keys(dir);
	assert_int_equal(notice_sign_folder(dir, &sec, WHEN, NULL), FP_OK);
	assert_int_equal(notice_open(&n, dir, NULL), FP_OK);
	write_canonical(dir, n);
	run("minisign -Vq -p %s/maker.pub -m %s/notice.canonical -x %s/notice.minisig", dir, 0);
	assert_int_equal(notice_signature_read(&sig, dir, NULL), FP_OK);
	judge(&v, n, &sig);
	expect(&v, NOTICE_GENUINE, "");

	run("minisign -S -W -s %s/maker.key -m %s/notice.canonical -x %s/notice.minisig </dev/null >/dev/null", dir, 0);
	assert_int_equal(notice_signature_read(&theirs, dir, NULL), FP_OK);
	judge(&v, n, &theirs);
	expect(&v, NOTICE_GENUINE, "");
	assert_non_null(strstr(v.comment, "timestamp:"));
	other = changed("FSN2024-1562", "texts.it", NULL);
	judge(&v, other, &theirs);
	expect(&v, NOTICE_CHANGED, "signed: its content was changed; the signature does not say which file");
	write_canonical(dir, other);
	run("minisign -Vq -p %s/maker.pub -m %s/notice.canonical -x %s/notice.minisig >/dev/null 2>&1", dir, 1);
	remove_folder(dir);
}

static void
folders(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf sig = { .max = 0 };
	struct fp_err err;
	char dir[64];

	(void)state;
	copy_folder(dir, "FSN2025-1682");
	assert_int_equal(notice_signature_read(&sig, dir, &err), FP_OK);
	assert_int_equal(sig.len, 0);
	assert_int_equal(notice_signature_read(&sig, "/tmp/fp-notice-nowhere", &err), FP_ENOTFOUND);
	fp_file_fail_after(0);
	assert_int_not_equal(notice_sign_folder(dir, &sec, WHEN, &err), FP_OK);
	fp_file_fail_after(-1);
	assert_int_equal(notice_signature_read(&sig, dir, &err), FP_OK);
	assert_int_equal(sig.len, 0); /* the failed write left nothing behind */
	write_file(dir, "notice.json", "{}", 2);
	assert_int_equal(notice_sign_folder(dir, &sec, WHEN, &err), FP_EINVAL);
	remove_folder(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signed_is_genuine),
		cmocka_unit_test(one_changed_byte),
		cmocka_unit_test(a_missing_language),
		cmocka_unit_test(other_keys_and_no_key),
		cmocka_unit_test(damaged_signatures),
		cmocka_unit_test(minisign_agrees),
		cmocka_unit_test(folders),
	};

	return cmocka_run_group_tests(tests, make_keys, NULL);
}
