/* NFS-1 asked of version 3: MNT, and UMNT behind it always. */
#include "nfs_help.h"

static struct evidence_obs *
allowed(const char *path, const char *level)
{
	struct evidence_obs *o = dialogue(path, level);
	assert_int_equal(evidence_obs_param(o, "nfs-v3-mnt", "yes", NULL), FP_OK);
	return o;
}

static void
getport(struct evidence_obs *o, uint32_t port)
{
	struct fp_buf b = { 0 };
	begin(&b, 6);
	fp_buf_be32(&b, port);
	rpc_end(&b);
	exchange(o, 6, &b, EVIDENCE_NOTE);
}

/* MNT with these flavours (numbers, 0 ends; NULL: status 13), and the UMNT that must follow. */
static void
mount(struct evidence_obs *o, const uint32_t *list)
{
	struct fp_buf b = { 0 };
	uint32_t n = 0;
	begin(&b, 7);
	fp_buf_be32(&b, list == NULL ? 13 : 0);
	while (list != NULL && list[n] != 0) {
		n++;
	}
	if (list != NULL) {
		rpc_put_opaque(&b, "a handle", 8);
		fp_buf_be32(&b, n);
	}
	for (uint32_t i = 0; i < n; i++) {
		fp_buf_be32(&b, list[i]);
	}
	rpc_end(&b);
	exchange(o, 7, &b, EVIDENCE_NOTE);
	null_reply(&b, 8, "");
	exchange(o, 8, &b, EVIDENCE_NOTE);
	assert_int_equal(check_nfs_steps.next(o), 0);
}

static void
version3_refutes(void **state)
{
	(void)state;
	static const uint32_t sys[] = { 1, 0 }, krb5[] = { 390003, 390005, 0 }, krb5i[] = { 390004, 0 }, krb5p[] = { 390005, 0 },
			      other[] = { 3, 0 }, empty[] = { 0 };
	static const struct {
		const char *letters; /* of version 4; NULL: there is none */
		const uint32_t *list;
		bool tls;
		const char *level, *result, *reason;
	} rows[] = {
		{ "p", krb5p, false, NULL, "pass", "privacy-required" },
		{ "p", sys, false, NULL, "fail", "v3-unprotected" },
		{ "p", sys, true, NULL, "unknown", "tls-perhaps-required" },
		{ "p", krb5, false, "integrity", "fail", "authentication-only" },
		{ "p", krb5i, false, NULL, "fail", "integrity-only" },
		{ "p", krb5i, false, "integrity", "pass", "privacy-required" },
		{ "p", other, false, NULL, "unknown", "flavour-unknown" },
		{ "p", empty, false, NULL, "pass", "privacy-required" }, /* as NFS-Ganesha says it of krb5p */
		{ "p", NULL, false, NULL, "pass", "privacy-required" },
		{ "i", krb5p, false, NULL, "fail", "integrity-only" },
		{ "d", krb5p, false, NULL, "unknown", "flavour-unknown" }, /* never makes up for version 4 */
		{ NULL, krb5p, false, NULL, "pass", "v3-privacy-listed" },
		{ NULL, krb5i, false, "integrity", "pass", "v3-integrity-listed" },
		{ NULL, krb5i, false, NULL, "fail", "integrity-only" },
		{ NULL, sys, false, NULL, "fail", "v3-unprotected" },
		{ NULL, empty, false, NULL, "unknown", "list-empty" },
		{ NULL, NULL, false, NULL, "unknown", "path-not-found" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct fp_buf b = { 0 };
		struct evidence_obs *o = allowed("/export", rows[i].level);
		if (rows[i].letters != NULL) {
			control(o);
			compound(o, 2, 1, rows[i].letters, 5, WRONGSEC, 7);
			compound(o, 3, 1, rows[i].letters, 5, WRONGSEC, 7);
		} else {
			unavailable_reply(&b, 1, 2, 3, 3);
			exchange(o, 1, &b, EVIDENCE_NOTE);
		}
		tls(o, rows[i].tls);
		getport(o, 32767);
		mount(o, rows[i].list);
		expect(o, "NFS-1", rows[i].result, rows[i].reason);
		evidence_obs_free(o);
	}
}

/* UMNT follows MNT however MNT ended; without a port there is no MNT. */
static void
what_is_mounted_is_unmounted(void **state)
{
	(void)state;
	static const enum evidence_event_kind ends[] = { EVIDENCE_CLOSED, EVIDENCE_RESET, EVIDENCE_TIMEOUT };
	for (size_t i = 0; i < FP_COUNT(ends); i++) {
		struct check_step s;
		struct evidence_obs *o = allowed("/export", NULL);
		control(o);
		compound(o, 2, 1, "p", 5, WRONGSEC, 7);
		compound(o, 3, 1, "p", 5, WRONGSEC, 7);
		tls(o, false);
		getport(o, 635);
		assert_int_equal(check_nfs_steps.make(&s, 7, o, NULL), FP_OK);
		assert_int_equal(s.port, 635);
		exchange(o, 7, NULL, ends[i]);
		exchange(o, 8, NULL, EVIDENCE_TIMEOUT);
		assert_int_equal(check_nfs_steps.next(o), 0);
		expect(o, "NFS-1", "pass", "privacy-required"); /* by version 4 */
		evidence_obs_free(o);
	}
	static const uint32_t ports[] = { 0, 65536, 0xFFFFFFFF };
	for (size_t i = 0; i < FP_COUNT(ports); i++) {
		struct evidence_obs *o = allowed("/export", NULL);
		control(o);
		compound(o, 2, 1, "p", 5, WRONGSEC, 7);
		compound(o, 3, 1, "p", 5, WRONGSEC, 7);
		tls(o, false);
		getport(o, ports[i]);
		assert_int_equal(check_nfs_steps.next(o), 0);
		evidence_obs_free(o);
	}
}

/* UMNT is never cut off by a limit of the runner's: every question's longest wait fits into the deadline, and each may need a connection again. */
static void
budget_leaves_room_for_unmounting(void **state)
{
	(void)state;
	const struct check_probe *p = check_probe_find("nfs");
	struct evidence_obs *o = allowed("/export", NULL);
	int ms = 0, packets = 0, connections = 0;
	for (const struct check_ask *a = check_nfs_steps.asks; a->number != 0; a++) {
		struct check_step s;
		assert_int_equal(check_nfs_steps.make(&s, a->number, o, NULL), FP_OK);
		ms += s.connect_ms + s.wait_ms;
		packets += s.again ? 2 : 1;
		connections++;
	}
	assert_true(ms < p->budget.deadline_ms);
	assert_true(packets <= p->budget.packets);
	assert_true(connections <= p->budget.connections);
	evidence_obs_free(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version3_refutes),
		cmocka_unit_test(what_is_mounted_is_unmounted),
		cmocka_unit_test(budget_leaves_room_for_unmounting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
