/* Addresses as people write them, and the plan that is made from them. */
#include "check_help.h"

#include "check/target.h"

static void
addresses_that_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *text, *host;
		enum check_scheme scheme;
		bool v6;
		int port, ipmi, https;
	} rows[] = {
		{ "nas", "nas", CHECK_PLAIN, false, 0, 0, 0 },
		{ " NAS-1.Lab.Example:1445 ", "nas-1.lab.example", CHECK_PLAIN, false, 1445, 0, 0 },
		{ "10.0.0.9", "10.0.0.9", CHECK_PLAIN, false, 0, 0, 0 },
		{ "[fd00::5]:445", "fd00::5", CHECK_PLAIN, true, 445, 0, 0 },
		{ "[fe80::5%eth0]", "fe80::5%eth0", CHECK_PLAIN, true, 0, 0, 0 },
		{ "fd00::5", "fd00::5", CHECK_PLAIN, true, 0, 0, 0 },
		{ "\\\\Server\\Runs", "server", CHECK_UNC, false, 0, 0, 0 },
		{ "//server/runs/2026", "server", CHECK_UNC, false, 0, 0, 0 },
		{ "smb://server:14453/runs", "server", CHECK_SMB, false, 14453, 0, 0 },
		{ "SMB://[fd00::5]/runs", "fd00::5", CHECK_SMB, true, 0, 0, 0 },
		{ "cifs://server/runs", "server", CHECK_SMB, false, 0, 0, 0 },
		{ "nfs://server/export", "server", CHECK_NFS, false, 0, 0, 0 },
		{ "server:/export/runs", "server", CHECK_NFS, false, 0, 0, 0 },
		{ "sftp://server", "server", CHECK_SFTP, false, 0, 0, 0 },
		{ "https://bmc/redfish/v1/?x#y", "bmc", CHECK_HTTPS, false, 0, 0, 0 },
		{ "s3://bucket/x", "bucket", CHECK_OTHER, false, 0, 0, 0 },
		{ "127.0.1.31;ipmi=24623;https=24443", "127.0.1.31", CHECK_PLAIN, false, 0, 24623, 24443 },
		{ "127.0.1.31 ; IPMI=24623 ; redfish=24443 ;", "127.0.1.31", CHECK_PLAIN, false, 0, 24623, 24443 },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct check_target t;
		struct fp_err err = { 0 };
		if (check_target_parse(&t, rows[i].text, &err) != FP_OK) {
			fail_msg("'%s': %s", rows[i].text, err.msg);
		}
		assert_string_equal(t.host, rows[i].host);
		assert_int_equal(t.scheme, rows[i].scheme);
		assert_int_equal(t.v6, rows[i].v6);
		assert_int_equal(t.port, rows[i].port);
		assert_int_equal(check_target_service(&t, "ipmi"), rows[i].ipmi);
		assert_int_equal(check_target_service(&t, "https"), rows[i].https);
	}
}

static void
addresses_that_are_refused(void **state)
{
	(void)state;
	static const char *const rows[] = { "", " ", "Z:\\runs", "Z:/runs", "/mnt/runs", "\\runs", "./runs", "user@server",
		"smb://user:pw@server/runs", "server:0", "server:65536", "server:445x", "server:", "ser ver", "sérver",
		"[fd00::5", "[fd00::5]x", "[server]:1", "10.1", "256.1.1.1", "0x7f.1", "127.0.0.1.5", "0.0.0.0",
		"255.255.255.255", "224.0.0.1", "[ff02::1]", "[::]", "::ffff:0.0.0.0", "smb://", "\\\\", "server;ftp=21",
		"server;ipmi", "server;ipmi=", "server;ipmi=0", "server;ipmi=99999",
		"a;ucs=1;ucs=1;ucs=1;ucs=1;ucs=1;ucs=1;ucs=1;ucs=1;ucs=1", "fd00::zz", "server/share", "a:b:c", "\\\\a b\\c" };
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct check_target t;
		struct fp_err err = { 0 };
		if (check_target_parse(&t, rows[i], &err) == FP_OK) {
			fail_msg("'%s' was read as host '%s' port %d", rows[i], t.host, t.port);
		}
		assert_true(strlen(err.msg) > 10);
	}
	char text[400];
	struct check_target t;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(check_target_parse(&t, text, NULL), FP_ELIMIT);
}

/* The export behind the server: mounts are taken as they are, URLs are decoded. */
static void
paths_of_exports(void **state)
{
	(void)state;
	static const struct {
		const char *text, *host, *path;
	} rows[] = {
		{ "server:/export/runs", "server", "/export/runs" },
		{ "server:/export//runs/ ;nfs=20490", "server", "/export/runs" },
		{ "server:/", "server", "/" },
		{ "[fd00::5]:/export", "fd00::5", "/export" },
		{ "10.0.0.5:/a b?c#d%20", "10.0.0.5", "/a b?c#d%20" },
		{ "server:/\xc3\xa5r", "server", "/\xc3\xa5r" },
		{ "nfs://server", "server", "" },
		{ "nfs://server:2050/", "server", "/" },
		{ "nfs://server:2050/export/a%20b/", "server", "/export/a b" },
		{ "nfs4://server/export?version=4#x", "server", "/export" },
		{ "nfs://server/%C3%A5r%3B", "server", "/\xc3\xa5r;" },
		{ "smb://server/share", "server", "" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct check_target t;
		enum fp_status st = check_target_parse(&t, rows[i].text, NULL);
		assert_int_equal(st == FP_OK, rows[i].path != NULL);
		if (rows[i].path != NULL) {
			assert_string_equal(t.host, rows[i].host);
			assert_string_equal(t.path, rows[i].path);
			assert_int_equal(t.scheme == CHECK_NFS, strncmp(rows[i].text, "smb", 3) != 0);
		}
	}
	static const char *const bad[] = { "server:/a/../b", "server:/.", "nfs://server/..", "nfs://server/%2e%2E/x",
		"nfs://server/a%2fb", "nfs://server/a%", "nfs://server/a%4", "nfs://server/a%zz", "nfs://server/a%00",
		"nfs://server/%0a", "nfs://server/%ff", "server:/a\nb", "server:/\xff", "server:/\x7f" };
	for (size_t i = 0; i < FP_COUNT(bad); i++) {
		struct check_target t;
		struct fp_err err = { 0 };
		if (check_target_parse(&t, bad[i], &err) == FP_OK) {
			fail_msg("'%s' was read as path '%s'", bad[i], t.path);
		}
		assert_true(strlen(err.msg) > 10);
	}
	char text[400] = "server:/";
	struct check_target t;
	memset(text + 8, 'a', CHECK_PATH_MAX - 1);
	assert_int_equal(check_target_parse(&t, text, NULL), FP_OK);
	assert_int_equal(strlen(t.path), CHECK_PATH_MAX);
	text[8 + CHECK_PATH_MAX - 1] = 'a';
	assert_int_equal(check_target_parse(&t, text, NULL), FP_ELIMIT);
}

static void
targets_split(void **state)
{
	(void)state;
	char host[64];
	int port = 0;
	assert_true(check_target_split(host, sizeof(host), &port, "https://[fd00::5]:443"));
	assert_string_equal(host, "fd00::5");
	assert_int_equal(port, 443);
	assert_false(check_target_split(host, sizeof(host), &port, "server"));
	assert_false(check_target_split(host, sizeof(host), &port, ":443"));
	assert_false(check_target_split(host, 3, &port, "server:443"));
	assert_false(check_target_split(host, sizeof(host), &port, NULL));
}

/* ---- planning ---- */

static struct check_plan *
new_plan(void)
{
	struct check_plan *p = NULL;
	assert_int_equal(check_plan_new(&p, NULL), FP_OK);
	return p;
}

static int
add(struct check_plan *p, const char *check, const struct device *d, const char *mode, const struct check_params *params,
    const char *why)
{
	int job = -2;
	const char *got = "unset";
	assert_int_equal(check_plan_add(p, check_find(check), d, mode, params, &job, &got, NULL), FP_OK);
	if (why == NULL) {
		assert_null(got);
		assert_true(job >= 0);
	} else {
		assert_int_equal(job, -1);
		assert_string_equal(got, why);
	}
	return job;
}

static struct evidence_param port_items[] = { { (char *)(uintptr_t) "ucs-port", (char *)(uintptr_t) "29644" } };
static const struct check_params ports = { port_items, 1 };

static void
one_server_is_asked_once(void **state)
{
	(void)state;
	FP_AUTO(check_plan_freep) struct check_plan *p = new_plan();
	struct device a = { .serial = (char *)(uintptr_t) "A", .storage = (char *)(uintptr_t) "\\\\NAS\\runs" };
	struct device b = { .serial = (char *)(uintptr_t) "B", .storage = (char *)(uintptr_t) "smb://nas/other" };
	int first = add(p, "SMB-1", &a, "Dx", NULL, NULL);
	for (int i = 2; i <= 4; i++) {
		char id[16];
		(void)snprintf(id, sizeof(id), "SMB-%d", i);
		assert_int_equal(add(p, id, &a, "Dx", NULL, NULL), first);
		assert_int_equal(add(p, id, &b, "RUO", NULL, NULL), first); /* storage is the same in every mode */
	}
	assert_int_equal(check_plan_jobs(p), 1);
	assert_string_equal(check_plan_job(p, 0)->target, "nas:445");
	assert_string_equal(check_plan_job(p, 0)->mode, "");
	assert_int_equal(check_plan_job(p, 0)->probe->budget.connections, 10);
	assert_null(check_plan_job(p, 1));
}

/* Two exports are two questions; level and version 3 belong to the question and to the observation. */
static void
exports_are_asked_one_by_one(void **state)
{
	(void)state;
	FP_AUTO(check_plan_freep) struct check_plan *p = NULL;
	assert_int_equal(check_plan_new(&p, NULL), FP_OK);
	static struct evidence_param items[] = { { (char *)(uintptr_t) "nfs-level", (char *)(uintptr_t) "integrity" },
		{ (char *)(uintptr_t) "nfs-v3-mnt", (char *)(uintptr_t) "yes" } };
	struct check_params params = { items, 2 };
	struct device a = { .serial = (char *)(uintptr_t) "A", .storage = (char *)(uintptr_t) "nas:/runs" };
	struct device b = { .serial = (char *)(uintptr_t) "B", .storage = (char *)(uintptr_t) "nfs://NAS/runs/" };
	struct device c = { .serial = (char *)(uintptr_t) "C", .storage = (char *)(uintptr_t) "nas:/other" };
	struct device smb = { .serial = (char *)(uintptr_t) "D", .storage = (char *)(uintptr_t) "\\\\nas\\runs" };
	int first = add(p, "NFS-1", &a, "Dx", NULL, NULL);
	assert_int_equal(add(p, "NFS-2", &b, "RUO", NULL, NULL), first);
	assert_int_not_equal(add(p, "NFS-1", &c, "Dx", NULL, NULL), first);
	int other = add(p, "NFS-1", &a, "Dx", &params, NULL);
	assert_int_not_equal(other, first);
	add(p, "NFS-1", &smb, "Dx", NULL, "other-protocol");
	const struct check_job *j = check_plan_job(p, (size_t)other);
	assert_string_equal(j->target, "nas:2049");
	assert_int_equal(j->n_params, 3);
	assert_string_equal(j->params[0].value, "integrity");
	assert_string_equal(j->params[1].value, "/runs");
	assert_string_equal(j->params[2].value, "yes");
	items[0].value = (char *)(uintptr_t) "none";
	add(p, "NFS-1", &a, "Dx", &params, "parameter-malformed");
	params.items++;
	params.n--;
	items[1].value = (char *)(uintptr_t) "YES";
	add(p, "NFS-1", &a, "Dx", &params, "parameter-malformed");
	items[1].value = (char *)(uintptr_t) "no";
	assert_int_equal(add(p, "NFS-1", &a, "Dx", &params, NULL), first);
	items[0].value = (char *)(uintptr_t) "integrity";
	items[1].value = (char *)(uintptr_t) "yes";
}

static void
ports_come_from_the_right_place(void **state)
{
	(void)state;
	static struct evidence_param items[] = { { (char *)(uintptr_t) "smb-port", (char *)(uintptr_t) "1445" },
		{ (char *)(uintptr_t) "ipmi-port", (char *)(uintptr_t) "1623" },
		{ (char *)(uintptr_t) "redfish-port", (char *)(uintptr_t) "1443" },
		{ (char *)(uintptr_t) "ucs-port", (char *)(uintptr_t) "29644" },
		{ (char *)(uintptr_t) "control-port", (char *)(uintptr_t) "3389" } };
	const struct check_params params = { items, FP_COUNT(items) };
	static const struct {
		const char *check, *address, *target;
		bool with;
	} rows[] = {
		{ "SMB-1", "nas", "nas:445", false },
		{ "SMB-1", "nas", "nas:1445", true },
		{ "SMB-1", "smb://nas:2445/x", "nas:2445", true },
		{ "SMB-1", "smb://nas:2445/x;smb=3445", "nas:3445", true },
		{ "BMC-1", "10.0.0.1", "10.0.0.1:623", false },
		{ "BMC-1", "10.0.0.1", "10.0.0.1:1623", true },
		{ "BMC-1", "10.0.0.1:24623", "10.0.0.1:24623", true },
		{ "BMC-1", "https://10.0.0.1:8443", "10.0.0.1:1623", true },
		{ "BMC-1", "10.0.0.1;ipmi=5;https=6", "10.0.0.1:5", true },
		{ "BMC-4", "10.0.0.1", "https://10.0.0.1:443", false },
		{ "BMC-4", "10.0.0.1;ipmi=5;https=6", "https://10.0.0.1:6", true },
		{ "BMC-4", "https://[fd00::1]:8443/", "https://[fd00::1]:8443", true },
		{ "UCS-1", "10.0.0.2", "10.0.0.2:29644", true },
		{ "UCS-1", "10.0.0.2;ucs=7", "10.0.0.2:7", false },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		FP_AUTO(check_plan_freep) struct check_plan *p = new_plan();
		struct device d = { .serial = (char *)(uintptr_t) "A" };
		d.host = d.bmc = d.storage = (char *)(uintptr_t)rows[i].address;
		add(p, rows[i].check, &d, "", rows[i].with ? &params : NULL, NULL);
		assert_string_equal(check_plan_job(p, 0)->target, rows[i].target);
	}
}

static void
why_there_is_no_job(void **state)
{
	(void)state;
	FP_AUTO(check_plan_freep) struct check_plan *p = new_plan();
	static struct evidence_param bad_items[] = { { (char *)(uintptr_t) "ucs-port", (char *)(uintptr_t) "http" } };
	const struct check_params bad = { bad_items, 1 };
	struct device d = { .serial = (char *)(uintptr_t) "A", .n_modes = 2 };
	add(p, "UCS-4", &d, "Dx", &ports, "needs-host-facts");
	add(p, "SMB-5", &d, "Dx", &ports, "needs-capture");
	add(p, "NFS-1", &d, "Dx", &ports, "no-address");
	add(p, "SMB-1", &d, "Dx", &ports, "no-address");
	d.storage = (char *)(uintptr_t) "nfs://server/x";
	add(p, "SMB-1", &d, "Dx", &ports, "other-protocol");
	d.storage = (char *)(uintptr_t) "Z:\\runs";
	add(p, "SMB-1", &d, "Dx", &ports, "address-malformed");
	d.host = (char *)(uintptr_t) "10.0.0.5";
	add(p, "UCS-1", &d, "Dx", NULL, "parameter-missing");
	add(p, "UCS-1", &d, "Dx", &bad, "parameter-malformed");
	add(p, "UCS-1", &d, "", &ports, "mode-not-stated");
	assert_int_equal(check_plan_jobs(p), 0);
	/* law 3: what was seen in one mode belongs to that mode */
	assert_int_not_equal(add(p, "UCS-1", &d, "Dx", &ports, NULL), add(p, "UCS-1", &d, "RUO", &ports, NULL));
	const char *reasons[] = { "needs-host-facts", "no-address", "other-protocol", "address-malformed", "parameter-missing",
		"parameter-malformed", "mode-not-stated" };
	for (size_t i = 0; i < FP_COUNT(reasons); i++) {
		assert_non_null(check_reason_find(check_find("UCS-4"), reasons[i]));
	}
}

static void
many_jobs(void **state)
{
	(void)state;
	FP_AUTO(check_plan_freep) struct check_plan *p = new_plan();
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 3000; i++) {
			char host[32];
			(void)snprintf(host, sizeof(host), "10.0.%d.%d", i / 250, i % 250 + 1);
			struct device d = { .serial = (char *)(uintptr_t) "A", .host = host };
			assert_int_equal(add(p, "UCS-1", &d, "Dx", &ports, NULL), i);
		}
	}
	assert_int_equal(check_plan_jobs(p), 3000);
}

static void
memory_may_end_at_any_point(void **state)
{
	(void)state;
	struct device d = { .serial = (char *)(uintptr_t) "A",
		.host = (char *)(uintptr_t) "10.0.0.5:3389",
		.storage = (char *)(uintptr_t) "nas" };
	bool all = false;
	for (int64_t n = 0; !all; n++) {
		struct check_plan *p = NULL;
		int job;
		const char *why;
		fp_mem_fail_after(n);
		all = check_plan_new(&p, NULL) == FP_OK &&
		      check_plan_add(p, check_find("UCS-1"), &d, "Dx", &ports, &job, &why, NULL) == FP_OK &&
		      check_plan_add(p, check_find("SMB-1"), &d, "Dx", &ports, &job, &why, NULL) == FP_OK;
		fp_mem_fail_after(-1);
		assert_true(all || p == NULL || check_plan_jobs(p) < 2);
		check_plan_freep(&p);
		assert_true(n < 100);
	}
}

static void
dry_run_prints_the_bytes(void **state)
{
	(void)state;
	FP_AUTO(check_plan_freep) struct check_plan *p = new_plan();
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	struct device d = { .serial = (char *)(uintptr_t) "A",
		.host = (char *)(uintptr_t) "10.0.0.5",
		.storage = (char *)(uintptr_t) "nas",
		.bmc = (char *)(uintptr_t) "10.0.0.6" };
	add(p, "UCS-1", &d, "Dx", &ports, NULL);
	add(p, "SMB-1", &d, "Dx", NULL, NULL);
	add(p, "SMB-3", &d, "Dx", NULL, NULL);
	add(p, "BMC-3", &d, "Dx", NULL, NULL);
	add(p, "BMC-4", &d, "Dx", NULL, NULL);
	assert_int_equal(check_plan_dry_run(&b, p, NULL), FP_OK);
	assert_non_null(strstr(b.data, "tcp 10.0.0.5:29644 in mode Dx for UCS-1: at most 2 connections"));
	assert_non_null(strstr(b.data, "smb nas:445 for SMB-1 SMB-3: at most 10 connections"));
	assert_non_null(strstr(b.data, ".SMBr"));
	assert_non_null(strstr(b.data, "GET /redfish/v1/"));
	assert_non_null(strstr(b.data, "ipmi 10.0.0.6:623 for BMC-3"));
	/* what the dry run prints is what is recorded as sent to a real server */
	struct evidence_obs *o = recorded("smb-secure");
	for (size_t i = 0; i < o->n_events; i++) {
		const struct evidence_event *e = &o->events[i];
		struct check_step s;
		if (e->kind == EVIDENCE_SENT) {
			assert_int_equal(check_smb_steps.make(&s, e->step, o, NULL), FP_OK);
			assert_int_equal(s.len, e->len);
			assert_memory_equal(s.bytes, e->bytes, e->len);
		}
	}
	evidence_obs_free(o);
}

/* Law 4: no probe ever holds a log-on, a name or a write: only the commands that the documents list. */
static void
requests_only_read(void **state)
{
	(void)state;
	size_t n = 0;
	const struct check_probe *t = check_probe_table(&n);
	for (size_t i = 0; i < n; i++) {
		if (t[i].steps == NULL) { /* nothing is asked */
			continue;
		}
		struct evidence_obs *o = blank(t[i].id, "10.0.0.1:5");
		assert_int_equal(evidence_obs_param(o, "nfs-path", "/export", NULL), FP_OK);
		for (const struct check_ask *a = t[i].steps->asks; a->number != 0; a++) {
			struct check_step s;
			assert_int_equal(t[i].steps->make(&s, a->number, o, NULL), FP_OK);
			if (strcmp(t[i].id, "smb") == 0) {
				bool one = memcmp(s.bytes + 4, "\xffSMB\x72", 5) == 0,
				     two = memcmp(s.bytes + 4, "\xfeSMB", 4) == 0;
				assert_true(
				    one || (two && s.bytes[16] == 0 && s.bytes[17] == 0)); /* NEGOTIATE and nothing else */
			} else if (strcmp(t[i].id, "ipmi") == 0 && s.len > 12) {
				assert_true(s.bytes[19] == 0x38 || s.bytes[19] == 0x54);
				assert_memory_equal(s.bytes + 4, "\0\0\0\0\0\0\0\0\0", 9); /* no authentication, no session */
			} else if (strcmp(t[i].id, "redfish") == 0) {
				assert_memory_equal(s.bytes, "GET ", 4);
				assert_null(strstr((const char *)s.bytes, "Authorization"));
			} else if (strcmp(t[i].id, "nfs") == 0 && a->number > 5) {
				assert_int_equal(s.port, 0); /* MNT only by the operator's word */
			} else if (strcmp(t[i].id, "nfs") == 0) {
				assert_memory_equal(s.bytes + 16, "\0\x01\x86\xa3\0\0\0\x04\0\0\0", 11); /* NFS 4 */
				assert_true(s.bytes[27] == 0 || (s.bytes[27] == 1 && s.len > 100));      /* NULL or COMPOUND */
			} else if (strcmp(t[i].id, "tcp") == 0) {
				assert_int_equal(s.len, 0);
			}
		}
		evidence_obs_free(o);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_that_are_read),
		cmocka_unit_test(addresses_that_are_refused),
		cmocka_unit_test(paths_of_exports),
		cmocka_unit_test(exports_are_asked_one_by_one),
		cmocka_unit_test(targets_split),
		cmocka_unit_test(one_server_is_asked_once),
		cmocka_unit_test(ports_come_from_the_right_place),
		cmocka_unit_test(why_there_is_no_job),
		cmocka_unit_test(many_jobs),
		cmocka_unit_test(memory_may_end_at_any_point),
		cmocka_unit_test(dry_run_prints_the_bytes),
		cmocka_unit_test(requests_only_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
