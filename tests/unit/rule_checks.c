/* The checks of the program over recorded facts: every posture gives the reason that it must give. */
#include "rule_help.h"

#define SETTINGS_MAX (2 * RULE_HELP_PARAMS + 1)

struct row {
	const char *check, *facts;
	const char *reason, *detail; /* detail: a piece of it, or NULL */
	const char *params[5];
	const char *part;
};

#define DX "windows-nextseq550dx-dx-"
#define W7 "windows-miseqdx-dx-"
#define FIXED "ucs-fixed-versions", ">=2.6"
#define SERVER "storage-host", "NDX550123"

static const struct row rows[] = {
	{ "UCS-2", DX "good", "no-network-listener", "2324", { NULL }, NULL },
	{ "UCS-2", W7 "good", "no-network-listener", NULL, { NULL }, NULL },
	{ "UCS-2", "windows-nextseq550dx-ruo-good", "no-network-listener", NULL, { NULL }, NULL },
	{ "UCS-2", DX "listener-ipv4-any", "listens-on-network", "0.0.0.0 port 29644", { NULL }, NULL },
	{ "UCS-2", DX "listener-ipv6-any", "listens-on-network", "::", { NULL }, NULL },
	{ "UCS-2", DX "listener-lan-address", "listens-on-network", "10.20.30.40", { NULL }, NULL },
	{ "UCS-2", DX "listener-http-sys", "system-listens", "29644", { NULL }, NULL },
	{ "UCS-2", DX "listener-http-sys", "port-listens-on-network", "29644", { "ucs-port", "29644" }, NULL },
	{ "UCS-2", DX "good", "no-network-listener", NULL, { "ucs-port", "29644" }, NULL },
	{ "UCS-2", DX "service-stopped", "service-stopped", NULL, { NULL }, NULL },
	{ "UCS-2", DX "service-disabled", "service-disabled", NULL, { NULL }, NULL },
	{ "UCS-2", DX "service-absent", "service-not-found", NULL, { NULL }, NULL },
	{ "UCS-2", DX "good", "service-not-found", NULL, { "ucs-service", "Other" }, NULL },
	{ "UCS-2", DX "good", "no-network-listener", NULL, { "ucs-service", "UNIVERSALCOPYSERVICE" }, NULL },
	{ "UCS-2", DX "offline-ruo-good", "not-running", "not running", { NULL }, "1" },
	{ "UCS-2", DX "not-elevated", "no-network-listener", NULL, { NULL }, NULL },

	{ "UCS-3", DX "good", "list-missing", NULL, { NULL }, NULL },
	{ "UCS-3", DX "good", "version-listed", "2.6.0.14", { FIXED }, NULL },
	{ "UCS-3", DX "good", "version-listed", NULL, { "ucs-fixed-versions", "1.2.3, 2.6.0.14" }, NULL },
	{ "UCS-3", DX "good", "version-not-corrected", NULL, { "ucs-fixed-versions", "1.2.3, >=2.7" }, NULL },
	{ "UCS-3", DX "unpatched", "version-not-corrected", "2.4.1.7", { FIXED }, NULL },
	{ "UCS-3", DX "unpatched-file-under-patched-entry", "version-not-corrected", "2.4.1.7", { FIXED }, NULL },
	{ "UCS-3", DX "no-uninstall-entry", "version-listed", NULL, { FIXED }, NULL },
	{ "UCS-3", DX "good", "hash-listed", NULL,
	    { "ucs-fixed-hashes", "AA, 6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B" }, NULL },
	{ "UCS-3", DX "unpatched", "hash-not-listed", NULL,
	    { "ucs-fixed-hashes", "6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b" }, NULL },
	{ "UCS-3", DX "good", "parameter-unreadable", "ucs-fixed-versions", { "ucs-fixed-versions", ">=" }, NULL },
	{ "UCS-3", DX "service-absent", "service-not-found", NULL, { FIXED }, NULL },

	{ "UCS-4", DX "good", "standard-user", "sbsuser", { NULL }, NULL },
	{ "UCS-4", W7 "good", "standard-user", NULL, { NULL }, NULL },
	{ "UCS-4", DX "service-localsystem", "runs-as-system", NULL, { NULL }, NULL },
	{ "UCS-4", DX "service-networkservice", "service-account", NULL, { NULL }, NULL },
	{ "UCS-4", DX "admin-direct", "administrator", NULL, { NULL }, NULL },
	{ "UCS-4", DX "admin-nested", "administrator", NULL, { NULL }, NULL },
	{ "UCS-4", "windows-miseqdx-ruo-admin-nested", "administrator", NULL, { NULL }, NULL },
	{ "UCS-4", DX "admin-token-old", "old-token", NULL, { NULL }, NULL },
	{ "UCS-4", DX "admin-token-other-account", "old-token", "S-1-5-18", { NULL }, NULL },
	{ "UCS-4", DX "membership-unknown", "facts-missing", "the domain controller did not answer", { NULL }, NULL },
	{ "UCS-4", DX "not-elevated", "facts-missing", "access denied", { NULL }, NULL },
	{ "UCS-4", DX "service-stopped", "service-stopped", NULL, { NULL }, NULL },
	{ "UCS-4", DX "service-disabled", "service-disabled", NULL, { NULL }, NULL },
	{ "UCS-4", DX "service-absent", "service-not-found", NULL, { NULL }, NULL },
	{ "UCS-4", DX "offline-ruo-good", "not-running", NULL, { NULL }, "1" },
	{ "UCS-4", DX "offline-ruo-localsystem", "runs-as-system", NULL, { NULL }, "1" },
	{ "UCS-4", DX "offline-ruo-localsystem", "standard-user", NULL, { NULL }, "0" },

	{ "FW-1", DX "good", "on-in-every-profile", NULL, { NULL }, NULL },
	{ "FW-1", W7 "good", "on-in-every-profile", NULL, { NULL }, NULL },
	{ "FW-1", DX "firewall-private-off", "profile-off", NULL, { NULL }, NULL },
	{ "FW-1", DX "firewall-public-off", "profile-off", NULL, { NULL }, NULL },
	{ "FW-1", W7 "firewall-public-off", "own-firewall-off", "public false", { NULL }, NULL },
	{ "FW-1", DX "firewall-inbound-allowed", "inbound-allowed", NULL, { NULL }, NULL },
	{ "FW-1", DX "firewall-policy-off", "profile-off", NULL, { NULL }, NULL },
	{ "FW-1", DX "firewall-policy-on", "on-in-every-profile", NULL, { NULL }, NULL },
	{ "FW-1", DX "firewall-service-stopped", "firewall-service-stopped", NULL, { NULL }, NULL },
	{ "FW-1", DX "firewall-third-party", "other-product", "Symantec", { NULL }, NULL },
	{ "FW-1", DX "firewall-unread", "facts-missing", "access denied", { NULL }, NULL },
	{ "FW-1", DX "offline-ruo-good", "not-running", NULL, { NULL }, "1" },
	{ "FW-1", "linux-dragen-good", "drops-by-default", NULL, { NULL }, NULL },

	{ "SMB-6", DX "good", "storage-not-named", "labstore", { NULL }, NULL },
	{ "SMB-6", DX "good", "path-private", "labstore", { "smb-storage-path", "\\\\LABSTORE\\runs" }, NULL },
	{ "SMB-6", DX "good", "signing-only", NULL, { "smb-storage-path", "\\\\other\\runs" }, NULL },
	{ "SMB-6", DX "smb-plain", "nothing-demanded", NULL, { NULL }, NULL },
	{ "SMB-6", DX "smb-integrity-only", "signing-only", NULL, { NULL }, NULL },
	{ "SMB-6", DX "smb-build-unknown", "facts-missing", "signing_required", { "smb-storage-path", "\\\\other\\runs" }, NULL },
	{ "SMB-6", W7 "good", "cannot-encrypt", "7601", { NULL }, NULL },
	{ "SMB-6", W7 "smb-plain", "nothing-demanded", NULL, { NULL }, NULL },
	{ "SMB-6", DX "offline-ruo-smb-plain", "nothing-demanded", NULL, { NULL }, "1" },
	{ "SMB-6", "linux-dragen-good", "mounts-sealed", NULL, { NULL }, NULL },

	{ "SMB-1.facts", DX "good", "server-not-named", NULL, { NULL }, NULL },
	{ "SMB-1.facts", DX "good", "not-the-server", NULL, { "storage-host", "labstore" }, NULL },
	{ "SMB-1.facts", DX "good", "smb1-set-off", NULL, { "storage-host", "x, ndx550123" }, NULL },
	{ "SMB-1.facts", DX "smb-plain", "smb1-set-on", NULL, { SERVER }, NULL },
	{ "SMB-2.facts", DX "good", "signing-set", NULL, { SERVER }, NULL },
	{ "SMB-2.facts", DX "smb-plain", "signing-not-set", NULL, { SERVER }, NULL },
	{ "SMB-2.facts", DX "smb-build-unknown", "facts-missing", "signing_required", { SERVER }, NULL },
	{ "SMB-4.facts", DX "good", "encryption-set", "EncryptData", { SERVER }, NULL },
	{ "SMB-4.facts", DX "smb-plain", "encryption-not-set", NULL, { SERVER }, NULL },
	{ "SMB-4.facts", DX "smb-unencrypted-accepted", "unencrypted-accepted", NULL, { SERVER }, NULL },
	{ "SMB-4.facts", DX "smb-build-unknown", "facts-missing", "encryption_required", { SERVER }, NULL },
	{ "SMB-4.facts", "linux-dragen-good", "encryption-set", NULL, { "storage-host", "dragen1" }, NULL },

	{ "NFS-1.facts", "linux-dragen-good", "exports-private", NULL, { "storage-host", "dragen1" }, NULL },
	{ "NFS-1.facts", DX "good", "facts-missing", "exports", { SERVER }, NULL },
	{ "NFS-3", "linux-dragen-good", "mounts-private", "2 mounts", { NULL }, NULL },
	{ "NFS-3", DX "good", "facts-missing", "mounts", { NULL }, NULL },
	{ "BMC-2.facts", "linux-dragen-good", "names-and-authentication", NULL, { NULL }, NULL },
	{ "BMC-3.facts", "linux-dragen-good", "suite0-switched-off", NULL, { NULL }, NULL },
	{ "BMC-5", "linux-dragen-good", "list-missing", "12.61", { NULL }, NULL },
	{ "BMC-5", "linux-dragen-good", "firmware-listed", NULL, { "bmc-fixed-firmware", ">=12.61" }, NULL },
	{ "BMC-5", "linux-dragen-good", "firmware-not-listed", "15370", { "bmc-fixed-firmware", "12.62" }, NULL },
	{ "BMC-6", "linux-dragen-good", "lan-access-off", NULL, { NULL }, NULL },
	{ "BMC-6", DX "good", "facts-missing", "bmc", { NULL }, NULL },
};

static struct rule_help_site
site_of(const struct row *r)
{
	struct rule_help_site s = rule_help_good;
	memcpy(s.params, r->params, sizeof(r->params));
	s.part = r->part != NULL ? r->part : "0";
	return s;
}

static void
postures_give_their_reasons(void **state)
{
	(void)state;
	int wrong = 0;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		FP_AUTO(rule_freep) struct rule *r = rule_help_load(rows[i].check);
		FP_JSON json_t *facts = rule_help_facts(rows[i].facts);
		struct rule_help_site s = site_of(&rows[i]);
		struct evidence_verdict v;
		(void)rule_help_judge(&v, r, facts, &s);
		if (strcmp(v.reason, rows[i].reason) != 0 ||
		    (rows[i].detail != NULL && strstr(v.detail, rows[i].detail) == NULL)) {
			print_error("%s, %s: expected %s (%s), got %s (%s)\n", rows[i].check, rows[i].facts, rows[i].reason,
			    rows[i].detail != NULL ? rows[i].detail : "", v.reason, v.detail);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(postures_give_their_reasons),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
