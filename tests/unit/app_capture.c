/* A capture through the sandbox: facts with the file's hash, narrowed without the file, judged for showing; what is wrong with options and files. */
#include "unit.h"

#include <stdio.h>

#include "app/app.h"
#include "base/file.h"
#include "crypto/crypto.h"

#define FILES "tests/fuzz/corpus/capture_read/"

static struct fp_buf
facts(const char *path, const struct app_capture_options *o, enum fp_status expected, const char *message)
{
	struct fp_buf json = { .max = 0 };
	struct fp_err err = { .msg = "" };
	enum fp_status status = app_capture_read(path, o, &json, &err);

	if (status != expected || (message != NULL && strstr(err.msg, message) == NULL))
		fail_msg("%s: %s: %s", path, fp_status_name(status), err.msg);
	assert_true(status == FP_OK || json.len == 0);
	return json;
}

static void
test_read(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf file = { .max = 0 }, json = facts(FILES "smb-signed.pcap", NULL, FP_OK, NULL);
	FP_AUTO(app_capture_view_freep) struct app_capture_view *v = NULL;
	char hash[CRYPTO_SHA256_HEX];
	struct fp_err err;

	(void)state;
	assert_int_equal(fp_file_read(&file, FILES "smb-signed.pcap", &err), FP_OK);
	assert_int_equal(app_capture_view_new(&v, json.data, json.len, NULL, &err), FP_OK);
	assert_string_equal(v->sha256, crypto_sha256_hex(hash, file.data, file.len));
	assert_int_equal(v->file_bytes, file.len);
	assert_int_equal(v->n_rows, 1);
	assert_string_equal(v->rows[0].client, "10.0.0.1");
	assert_string_equal(v->verdicts[0].check, "SMB-5");
	assert_string_equal(v->verdicts[0].reason, "clear-transfer");
	assert_string_equal(v->verdicts[1].check, "SMB-6");
	assert_string_equal(v->verdicts[2].reason, "nothing-seen");
	assert_memory_equal(&v->verdicts[0], &v->rows[0].verdicts[0], sizeof(v->verdicts[0]));
}

static void
test_narrow(void **state)
{
	const struct app_capture_options here = { .client = "10.0.0.1" }, there = { .client = "10.0.0.9" };
	FP_AUTO(fp_buf_free)
	struct fp_buf all = facts(FILES "smb-signed.pcap", NULL, FP_OK, NULL), one = { .max = 0 }, none = { .max = 0 },
		      asked = facts(FILES "smb-signed.pcap", &there, FP_OK, NULL);
	FP_AUTO(app_capture_view_freep) struct app_capture_view *v = NULL;
	struct fp_err err;

	(void)state;
	assert_int_equal(app_capture_narrow(all.data, all.len, &here, &one, &err), FP_OK);
	assert_int_equal(app_capture_view_new(&v, one.data, one.len, NULL, &err), FP_OK);
	assert_int_equal(v->n_rows, 1);
	app_capture_view_freep(&v);
	assert_int_equal(app_capture_narrow(all.data, all.len, &there, &none, &err), FP_OK);
	assert_int_equal(none.len, asked.len); /* the same whether narrowed at once or later */
	assert_memory_equal(none.data, asked.data, asked.len);
	assert_int_equal(app_capture_view_new(&v, none.data, none.len, NULL, &err), FP_OK);
	assert_int_equal(v->n_rows, 0);
	assert_int_equal(v->elsewhere, 1);
	assert_string_equal(v->verdicts[0].reason, "nothing-seen");
	fp_buf_clear(&one);
	assert_int_equal(app_capture_narrow(none.data, none.len, &here, &one, &err), FP_EINVAL);
}

static void
test_nfs_level(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf json = facts(FILES "nfs.pcap", NULL, FP_OK, NULL);
	static const char *const levels[] = { NULL, "privacy", "integrity" };
	static const char *const reasons[] = { "clear-transfer", "clear-transfer", "unsigned-transfer" };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(levels); i++) {
		FP_AUTO(app_capture_view_freep) struct app_capture_view *v = NULL;
		struct fp_err err;

		assert_int_equal(app_capture_view_new(&v, json.data, json.len, levels[i], &err), FP_OK);
		assert_string_equal(v->verdicts[2].reason, reasons[i]);
	}
}

static void
test_options(void **state)
{
	static const struct {
		struct app_capture_options o;
		const char *message;
	} bad[] = {
		{ { .client = "nas.example" }, "--client" },
		{ { .server = "" }, "--server" },
		{ { .port = "0" }, "--port" },
		{ { .port = "445,446" }, "--port" },
		{ { .port = "" }, "--port" },
		{ { .smb_port = "1445," }, "--smb-port" },
		{ { .smb_port = "1,2,3,4,5,6,7,8,9" }, "--smb-port" },
		{ { .nfs_port = "65536" }, "--nfs-port" },
		{ { .nfs_port = " 2049" }, "--nfs-port" },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(bad); i++)
		(void)facts(FILES "nfs.pcap", &bad[i].o, FP_EUSAGE, bad[i].message);
}

static void
test_files(void **state)
{
	const char *kind;
	struct fp_err err;

	(void)state;
	(void)facts("/nonexistent.pcap", NULL, FP_ENOTFOUND, "/nonexistent.pcap");
	(void)facts("/usr", NULL, FP_EINVAL, "/usr");
	(void)facts("README.md", NULL, FP_EINVAL, "no capture file");
	(void)facts("/dev/null", NULL, FP_EINVAL, "no capture file");
	(void)facts("/dev/zero", &(struct app_capture_options){ .max_seconds = 1 }, FP_EINVAL, "no capture file");
	assert_int_equal(app_evidence_kind(&kind, FILES "nfs.pcap", &err), FP_OK);
	assert_string_equal(kind, "capture");
	assert_int_equal(app_evidence_kind(&kind, "tests/fuzz/corpus/capture_json/clear.json", &err), FP_OK);
	assert_string_equal(kind, "capture-facts");
	assert_int_equal(app_evidence_kind(&kind, "README.md", &err), FP_OK);
	assert_string_equal(kind, "");
	assert_int_equal(app_evidence_kind(&kind, "/usr", &err), FP_EINVAL);
	assert_int_equal(app_evidence_kind(&kind, "/nonexistent.pcap", &err), FP_ENOTFOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_read), cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_nfs_level), cmocka_unit_test(test_options), cmocka_unit_test(test_files) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
