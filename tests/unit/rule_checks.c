/* The checks of the program over recorded facts: every posture gives the reason that it must give. */
#include "rule_help.h"

#define SETTINGS_MAX (2 * RULE_HELP_PARAMS + 1)

struct row {
	const char *check, *facts;
	const char *reason, *detail; /* detail: a piece of it, or NULL */
	const char *params[5];
	const char *part, *sets;
};

#define DX "windows-nextseq550dx-dx-"
#define W7 "windows-miseqdx-dx-"
#define FIXED "ucs-fixed-versions", ">=2.6"
#define SERVER "storage-host", "NDX550123"
#define LINUX "storage-host", "dragen1"

static const struct row rows[] = {
	{ "UCS-2", DX "good", "no-network-listener", "2324", { NULL }, NULL, NULL },
	{ "UCS-2", W7 "good", "no-network-listener", NULL, { NULL }, NULL, NULL },
	{ "UCS-2", "windows-nextseq550dx-ruo-good", "no-network-listener", NULL, { NULL }, NULL, NULL },
	{ "UCS-2", DX "listener-ipv4-any", "listens-on-network", "0.0.0.0 port 29644", { NULL }, NULL, NULL },
	{ "UCS-2", DX "listener-ipv6-any", "listens-on-network", "::", { NULL }, NULL, NULL },
	{ "UCS-2", DX "listener-lan-address", "listens-on-network", "10.20.30.40", { NULL }, NULL, NULL },
	{ "UCS-2", DX "listener-http-sys", "system-listens", "29644", { NULL }, NULL, NULL },
	{ "UCS-2", DX "listener-http-sys", "port-listens-on-network", "29644", { "ucs-port", "29644" }, NULL, NULL },
	{ "UCS-2", DX "good", "no-network-listener", NULL, { "ucs-port", "29644" }, NULL, NULL },
	{ "UCS-2", DX "service-stopped", "service-stopped", NULL, { NULL }, NULL, NULL },
	{ "UCS-2", DX "service-disabled", "service-disabled", NULL, { NULL }, NULL, NULL },
	{ "UCS-2", DX "service-absent", "service-not-found", NULL, { NULL }, NULL, NULL },
	{ "UCS-2", DX "good", "service-not-found", NULL, { "ucs-service", "Other" }, NULL, NULL },
	{ "UCS-2", DX "good", "no-network-listener", NULL, { "ucs-service", "UNIVERSALCOPYSERVICE" }, NULL, NULL },
	{ "UCS-2", DX "offline-ruo-good", "not-running", "not running", { NULL }, "1", NULL },
	{ "UCS-2", DX "not-elevated", "no-network-listener", NULL, { NULL }, NULL, NULL },

	{ "UCS-3", DX "good", "list-missing", NULL, { NULL }, NULL, NULL },
	{ "UCS-3", DX "good", "version-listed", "2.6.0.14", { FIXED }, NULL, NULL },
	{ "UCS-3", DX "good", "version-listed", NULL, { "ucs-fixed-versions", "1.2.3, 2.6.0.14" }, NULL, NULL },
	{ "UCS-3", DX "good", "version-not-corrected", NULL, { "ucs-fixed-versions", "1.2.3, >=2.7" }, NULL, NULL },
	{ "UCS-3", DX "unpatched", "version-not-corrected", "2.4.1.7", { FIXED }, NULL, NULL },
	{ "UCS-3", DX "unpatched-file-under-patched-entry", "version-not-corrected", "2.4.1.7", { FIXED }, NULL, NULL },
	{ "UCS-3", DX "no-uninstall-entry", "version-listed", NULL, { FIXED }, NULL, NULL },
	{ "UCS-3", DX "good", "hash-listed", NULL,
	    { "ucs-fixed-hashes", "AA, 6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B" }, NULL, NULL },
	{ "UCS-3", DX "unpatched", "hash-not-listed", NULL,
	    { "ucs-fixed-hashes", "6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b" }, NULL, NULL },
	{ "UCS-3", DX "good", "parameter-unreadable", "ucs-fixed-versions", { "ucs-fixed-versions", ">=" }, NULL, NULL },
	{ "UCS-3", DX "service-absent", "service-not-found", NULL, { FIXED }, NULL, NULL },

	{ "UCS-4", DX "good", "standard-user", "sbsuser", { NULL }, NULL, NULL },
	{ "UCS-4", W7 "good", "standard-user", NULL, { NULL }, NULL, NULL },
	{ "UCS-4", DX "service-localsystem", "runs-as-system", NULL, { NULL }, NULL, NULL },
	{ "UCS-4", DX "service-networkservice", "service-account", NULL, { NULL }, NULL, NULL },
	{ "UCS-4", DX "admin-direct", "administrator", NULL, { NULL }, NULL, NULL },
	{ "UCS-4", DX "admin-nested", "administrator", NULL, { NULL }, NULL, NULL },
	{ "UCS-4", "windows-miseqdx-ruo-admin-nested", "administrator", NULL, { NULL }, NULL, NULL },
	{ "UCS-4", DX "admin-token-old", "old-token", NULL, { NULL }, NULL, NULL },
	{ "UCS-4", DX "admin-token-other-account", "old-token", "S-1-5-18", { NULL }, NULL, NULL },
	{ "UCS-4", DX "membership-unknown", "facts-missing", "the domain controller did not answer", { NULL }, NULL, NULL },
	{ "UCS-4", DX "not-elevated", "facts-missing", "access denied", { NULL }, NULL, NULL },
	{ "UCS-4", DX "service-stopped", "service-stopped", NULL, { NULL }, NULL, NULL },
	{ "UCS-4", DX "service-disabled", "service-disabled", NULL, { NULL }, NULL, NULL },
	{ "UCS-4", DX "service-absent", "service-not-found", NULL, { NULL }, NULL, NULL },
	{ "UCS-4", DX "offline-ruo-good", "not-running", NULL, { NULL }, "1", NULL },
	{ "UCS-4", DX "offline-ruo-localsystem", "runs-as-system", NULL, { NULL }, "1", NULL },
	{ "UCS-4", DX "offline-ruo-localsystem", "standard-user", NULL, { NULL }, "0", NULL },

	{ "FW-1", DX "good", "on-in-every-profile", NULL, { NULL }, NULL, NULL },
	{ "FW-1", W7 "good", "on-in-every-profile", NULL, { NULL }, NULL, NULL },
	{ "FW-1", DX "firewall-private-off", "profile-off", NULL, { NULL }, NULL, NULL },
	{ "FW-1", DX "firewall-public-off", "profile-off", NULL, { NULL }, NULL, NULL },
	{ "FW-1", W7 "firewall-public-off", "own-firewall-off", "public false", { NULL }, NULL, NULL },
	{ "FW-1", DX "firewall-inbound-allowed", "inbound-allowed", NULL, { NULL }, NULL, NULL },
	{ "FW-1", DX "firewall-policy-off", "profile-off", NULL, { NULL }, NULL, NULL },
	{ "FW-1", DX "firewall-policy-on", "on-in-every-profile", NULL, { NULL }, NULL, NULL },
	{ "FW-1", DX "firewall-service-stopped", "firewall-service-stopped", NULL, { NULL }, NULL, NULL },
	{ "FW-1", DX "firewall-third-party", "other-product", "Symantec", { NULL }, NULL, NULL },
	{ "FW-1", DX "firewall-unread", "facts-missing", "access denied", { NULL }, NULL, NULL },
	{ "FW-1", DX "offline-ruo-good", "not-running", NULL, { NULL }, "1", NULL },
	{ "FW-1", "linux-dragen-good", "drops-by-default", NULL, { NULL }, NULL, NULL },

	{ "SMB-6", DX "good", "storage-not-named", "labstore", { NULL }, NULL, NULL },
	{ "SMB-6", DX "good", "path-private", "labstore", { "smb-storage-path", "\\\\LABSTORE\\runs" }, NULL, NULL },
	{ "SMB-6", DX "good", "signing-only", NULL, { "smb-storage-path", "\\\\other\\runs" }, NULL, NULL },
	{ "SMB-6", DX "smb-plain", "nothing-demanded", NULL, { NULL }, NULL, NULL },
	{ "SMB-6", DX "smb-integrity-only", "signing-only", NULL, { NULL }, NULL, NULL },
	{ "SMB-6", DX "smb-build-unknown", "facts-missing", "signing_required", { "smb-storage-path", "\\\\other\\runs" }, NULL,
	    NULL },
	{ "SMB-6", W7 "good", "cannot-encrypt", "7601", { NULL }, NULL, NULL },
	{ "SMB-6", W7 "smb-plain", "nothing-demanded", NULL, { NULL }, NULL, NULL },
	{ "SMB-6", DX "offline-ruo-smb-plain", "nothing-demanded", NULL, { NULL }, "1", NULL },
	{ "SMB-6", "linux-dragen-good", "mounts-sealed", NULL, { NULL }, NULL, NULL },

	{ "SMB-1.facts", DX "good", "server-not-named", NULL, { NULL }, NULL, NULL },
	{ "SMB-1.facts", DX "good", "not-the-server", NULL, { "storage-host", "labstore" }, NULL, NULL },
	{ "SMB-1.facts", DX "good", "smb1-set-off", NULL, { "storage-host", "x, ndx550123" }, NULL, NULL },
	{ "SMB-1.facts", DX "smb-plain", "smb1-set-on", NULL, { SERVER }, NULL, NULL },
	{ "SMB-2.facts", DX "good", "signing-set", NULL, { SERVER }, NULL, NULL },
	{ "SMB-2.facts", DX "smb-plain", "signing-not-set", NULL, { SERVER }, NULL, NULL },
	{ "SMB-2.facts", DX "smb-build-unknown", "facts-missing", "signing_required", { SERVER }, NULL, NULL },
	{ "SMB-4.facts", DX "good", "encryption-set", "EncryptData", { SERVER }, NULL, NULL },
	{ "SMB-4.facts", DX "smb-plain", "encryption-not-set", NULL, { SERVER }, NULL, NULL },
	{ "SMB-4.facts", DX "smb-unencrypted-accepted", "unencrypted-accepted", NULL, { SERVER }, NULL, NULL },
	{ "SMB-4.facts", DX "smb-build-unknown", "facts-missing", "encryption_required", { SERVER }, NULL, NULL },
	{ "SMB-4.facts", "linux-dragen-good", "encryption-set", NULL, { "storage-host", "dragen1" }, NULL, NULL },

	{ "NFS-1.facts", "linux-dragen-good", "exports-private", NULL, { "storage-host", "dragen1" }, NULL, NULL },
	{ "NFS-1.facts", DX "good", "facts-missing", "exports", { SERVER }, NULL, NULL },
	{ "NFS-3", "linux-dragen-good", "mounts-private", "2 mounts", { NULL }, NULL, NULL },
	{ "NFS-3", DX "good", "facts-missing", "mounts", { NULL }, NULL, NULL },
	{ "BMC-2.facts", "linux-dragen-good", "names-and-authentication", NULL, { NULL }, NULL, NULL },
	{ "BMC-3.facts", "linux-dragen-good", "suite0-switched-off", NULL, { NULL }, NULL, NULL },
	{ "BMC-5", "linux-dragen-good", "list-missing", "12.61", { NULL }, NULL, NULL },
	{ "BMC-5", "linux-dragen-good", "firmware-listed", NULL, { "bmc-fixed-firmware", ">=12.61" }, NULL, NULL },
	{ "BMC-5", "linux-dragen-good", "firmware-not-listed", "15370", { "bmc-fixed-firmware", "12.62" }, NULL, NULL },
	{ "BMC-6", "linux-dragen-good", "lan-access-off", NULL, { NULL }, NULL, NULL },
	{ "BMC-6", DX "good", "facts-missing", "bmc", { NULL }, NULL, NULL },

	/* a good posture with something done to it */
	{ "UCS-2", DX "good", "several-services", "2", { NULL }, "0",
	    "services.+={\"name\":\"b\",\"display\":\"Illumina Universal Copy "
	    "Service\",\"state\":\"stopped\",\"start\":\"manual\",\"account\":\"LocalSystem\"}" },
	{ "UCS-2", DX "good", "program-listens-on-network", "9000", { NULL }, "0",
	    "processes.+={\"pid\":3000,\"image\":\"c:\\\\illumina\\\\UniversalCopyService\\\\UniversalCopyService.exe\"}; "
	    "listeners.+={\"protocol\":\"tcp\",\"address\":\"0.0.0.0\",\"port\":9000,\"pid\":3000,\"scope\":\"network\"}" },
	{ "UCS-2", DX "good", "no-network-listener", NULL, { NULL }, "0",
	    "processes.+={\"pid\":3000,\"image\":\"c:\\\\other.exe\"}; "
	    "listeners.+={\"protocol\":\"tcp\",\"address\":\"0.0.0.0\",\"port\":9000,\"pid\":3000,\"scope\":\"network\"}" },
	{ "UCS-2", DX "good", "facts-missing", "listeners.pid", { NULL }, "0",
	    "listeners.+={\"protocol\":\"tcp\",\"address\":\"0.0.0.0\",\"port\":9000,\"pid\":null,\"scope\":\"network\"}" },
	{ "UCS-2", DX "good", "udp-socket", "5000", { NULL }, "0",
	    "listeners.+={\"protocol\":\"udp\",\"address\":\"0.0.0.0\",\"port\":5000,\"pid\":2324,\"scope\":\"network\"}" },
	{ "UCS-3", DX "good", "several-services", NULL, { FIXED }, "0",
	    "services.+={\"name\":\"b\",\"display\":\"Illumina Universal Copy "
	    "Service\",\"state\":\"stopped\",\"start\":\"manual\",\"account\":\"LocalSystem\"}" },
	{ "UCS-3", DX "good", "versions-disagree", "2.4", { FIXED }, "0", "software.0.version=\"2.4\"" },
	{ "UCS-3", DX "good", "facts-missing", "image_version", { FIXED }, "0", "services.0.image_version=\"unknown build\"" },
	{ "UCS-4", DX "good", "several-services", NULL, { NULL }, "0",
	    "services.+={\"name\":\"b\",\"display\":\"Illumina Universal Copy "
	    "Service\",\"state\":\"stopped\",\"start\":\"manual\",\"account\":\"LocalSystem\"}" },
	{ "UCS-4", DX "good", "membership-incomplete", NULL, { NULL }, "0", "accounts.0.complete=false" },
	{ "UCS-4", DX "good", "process-not-found", "2324", { NULL }, "0", "processes=[]" },
	{ "UCS-4", DX "good", "administrator", NULL, { NULL }, "0", "accounts.0.groups.+=\"S-1-5-32-544\"" },
	{ "UCS-4", DX "good", "administrator", NULL, { NULL }, "0", "services.0.sid=\"S-1-5-21-1-2-3-500\"" },
	{ "UCS-4", DX "good", "service-account", NULL, { NULL }, "0", "services.0.sid=\"S-1-5-80-1-2-3-4-5\"" },
	{ "UCS-4", DX "good", "facts-missing", "accounts", { NULL }, "0", "accounts=[]" },
	{ "FW-1", "linux-dragen-good", "accepts-by-default", NULL, { NULL }, "0", "firewall.input_policy=\"accept\"" },
	{ "FW-1", DX "good", "firewall-service-stopped", NULL, { NULL }, "0", "firewall.service=\"absent\"" },
	{ "SMB-6", DX "smb-plain", "encryption-demanded", NULL, { NULL }, "0", "smb_client.encryption_required.value=true" },
	{ "SMB-6", "linux-dragen-good", "mount-not-sealed", "//storage", { NULL }, "0", "mounts.1.options={}" },
	{ "SMB-6", "linux-dragen-good", "no-smb-mount", NULL, { NULL }, "0", "mounts=[]" },
	{ "SMB-6", DX "smb-plain", "nothing-demanded", NULL, { "smb-storage-path", "\\\\s\\runs" }, "0",
	    "smb_client.hardened_paths.+={\"path\":\"\\\\\\\\other\\\\*\",\"mutual\":true,\"integrity\":true,\"privacy\":true}" },
	{ "SMB-6", DX "smb-plain", "path-private", NULL, { "smb-storage-path", "\\\\other\\runs" }, "0",
	    "smb_client.hardened_paths.+={\"path\":\"\\\\\\\\other\\\\*\",\"mutual\":true,\"integrity\":true,\"privacy\":true}" },
	{ "SMB-1.facts", DX "good", "server-stopped", NULL, { SERVER }, "0", "smb_server.running=false" },
	{ "SMB-1.facts", DX "good", "smb1-set-off", NULL, { "storage-host", "store" }, "0", "host.name=\"store.lab.example\"" },
	{ "SMB-2.facts", DX "good", "server-stopped", NULL, { SERVER }, "0", "smb_server.running=false" },
	{ "SMB-2.facts", DX "good", "encryption-covers-signing", NULL, { SERVER }, "0",
	    "smb_server.signing_required.value=false" },
	{ "SMB-2.facts", DX "good", "server-not-named", NULL, { NULL }, "0", NULL },
	{ "SMB-2.facts", DX "good", "not-the-server", NULL, { "storage-host", "NDX" }, "0", NULL },
	{ "SMB-4.facts", DX "good", "server-stopped", NULL, { SERVER }, "0", "smb_server.running=false" },
	{ "SMB-4.facts", DX "good", "server-not-named", NULL, { NULL }, "0", NULL },
	{ "SMB-4.facts", DX "good", "not-the-server", NULL, { "storage-host", "NDX" }, "0", NULL },
	{ "SMB-4.facts", DX "good", "share-encrypted", "runs", { SERVER, "storage-share", "RUNS" }, "0",
	    "smb_server.encryption_required.value=false; "
	    "smb_server.shares=[{\"name\":\"runs\",\"encryption_required\":true},{\"name\":\"x\",\"encryption_required\":false}"
	    "]" },
	{ "SMB-4.facts", DX "good", "encryption-not-set", "share x", { SERVER, "storage-share", "x" }, "0",
	    "smb_server.encryption_required.value=false; "
	    "smb_server.shares=[{\"name\":\"runs\",\"encryption_required\":true},{\"name\":\"x\",\"encryption_required\":false}"
	    "]" },
	{ "SMB-4.facts", DX "good", "share-not-found", NULL, { SERVER, "storage-share", "y" }, "0",
	    "smb_server.encryption_required.value=false; "
	    "smb_server.shares=[{\"name\":\"runs\",\"encryption_required\":true},{\"name\":\"x\",\"encryption_required\":false}"
	    "]" },
	{ "SMB-4.facts", DX "good", "some-shares", "x", { SERVER }, "0",
	    "smb_server.encryption_required.value=false; "
	    "smb_server.shares=[{\"name\":\"runs\",\"encryption_required\":true},{\"name\":\"x\",\"encryption_required\":false}"
	    "]" },
	{ "SMB-4.facts", DX "good", "every-share-encrypted", NULL, { SERVER }, "0",
	    "smb_server.encryption_required.value=false; smb_server.shares=[{\"name\":\"runs\",\"encryption_required\":true}]" },
	{ "SMB-4.facts", DX "good", "facts-missing", NULL, { SERVER }, "0",
	    "smb_server.encryption_required.value=false; smb_server.shares=null" },
	{ "NFS-1.facts", "linux-dragen-good", "server-not-named", NULL, { NULL }, "0", NULL },
	{ "NFS-1.facts", "linux-dragen-good", "not-the-server", NULL, { "storage-host", "x" }, "0", NULL },
	{ "NFS-1.facts", "linux-dragen-good", "nothing-exported", NULL, { LINUX }, "0", "exports=[]" },
	{ "NFS-1.facts", "linux-dragen-good", "nothing-exported", NULL, { LINUX }, "0", "exports.0.clients=[]" },
	{ "NFS-1.facts", "linux-dragen-good", "export-not-private", "/staging", { LINUX }, "0",
	    "exports.0.clients.0.sec=[\"krb5p\",\"sys\"]" },
	{ "NFS-1.facts", "linux-dragen-good", "export-not-private", NULL, { LINUX }, "0", "exports.0.clients.0.sec=[]" },
	{ "NFS-1.facts", "linux-dragen-good", "exports-private", NULL, { LINUX }, "0",
	    "exports.0.clients.0.sec=[\"sys\"]; exports.0.clients.0.xprtsec=[\"mtls\"]" },
	{ "NFS-1.facts", "linux-dragen-good", "export-not-private", NULL, { LINUX }, "0",
	    "exports.0.clients.0.sec=[\"sys\"]; exports.0.clients.0.xprtsec=[\"none\",\"tls\"]" },
	{ "NFS-3", "linux-dragen-good", "mount-not-private", "nfs4", { NULL }, "0", "mounts.0.options={\"vers\":\"4.2\"}" },
	{ "NFS-3", "linux-dragen-good", "mount-not-private", NULL, { NULL }, "0", "mounts.0.options.sec=\"krb5i\"" },
	{ "NFS-3", "linux-dragen-good", "mounts-private", NULL, { NULL }, "0", "mounts.0.options={\"xprtsec\":\"tls\"}" },
	{ "NFS-3", "linux-dragen-good", "mount-not-private", "cifs", { NULL }, "0", "mounts.1.options={\"sec\":\"krb5i\"}" },
	{ "NFS-3", "linux-dragen-good", "other-type", "9p", { NULL }, "0",
	    "mounts.+={\"type\":\"9p\",\"source\":\"x\",\"options\":{}}" },
	{ "NFS-3", "linux-dragen-good", "no-mounts", NULL, { NULL }, "0", "mounts=[]" },
	{ "BMC-2.facts", "linux-dragen-good", "nameless-user", "user 1", { NULL }, "0",
	    "bmc.users.0.enabled=true; bmc.users.0.privilege=4" },
	{ "BMC-2.facts", "linux-dragen-good", "names-and-authentication", NULL, { NULL }, "0", "bmc.users.0.enabled=true" },
	{ "BMC-2.facts", "linux-dragen-good", "none-enabled", NULL, { NULL }, "0", "bmc.lan.0.auth_enables=[20,20,20,21,0]" },
	{ "BMC-2.facts", "linux-dragen-good", "user-authentication-off", NULL, { NULL }, "0", "bmc.channels.0.user_auth=false" },
	{ "BMC-2.facts", "linux-dragen-good", "message-authentication-off", NULL, { NULL }, "0",
	    "bmc.channels.0.per_message_auth=false" },
	{ "BMC-2.facts", "linux-dragen-good", "no-lan-channel", NULL, { NULL }, "0", "bmc.lan=[]" },
	{ "BMC-2.facts", "linux-dragen-good", "no-lan-channel", NULL, { NULL }, "0", "bmc.users=[]" },
	{ "BMC-2.facts", "linux-dragen-good", "not-covered", NULL, { NULL }, "0", "bmc.lan.0.auth_enables=[]" },
	{ "BMC-2.facts", "linux-dragen-good", "no-controller", NULL, { NULL }, "0", "bmc.present=false" },
	{ "BMC-3.facts", "linux-dragen-good", "suite0-enabled", "channel 1", { NULL }, "0",
	    "bmc.lan.0.cipher_privileges=[4,4,4]" },
	{ "BMC-3.facts", "linux-dragen-good", "suite0-enabled", NULL, { NULL }, "0",
	    "bmc.lan.0.cipher_suites=[3,17,0]; bmc.lan.0.cipher_privileges=[4,4,2]" },
	{ "BMC-3.facts", "linux-dragen-good", "facts-missing", "cipher_privileges", { NULL }, "0",
	    "bmc.lan.0.cipher_suites=[3,17,0]; bmc.lan.0.cipher_privileges=[4,4]" },
	{ "BMC-3.facts", "linux-dragen-good", "lan-access-off", NULL, { NULL }, "0", "bmc.lan.0.cipher_suites=[3,17]" },
	{ "BMC-3.facts", "linux-dragen-good", "suite0-not-there", NULL, { NULL }, "0",
	    "bmc.lan.0.cipher_suites=[3,17]; bmc.channels.0.access=\"always\"" },
	{ "BMC-3.facts", "linux-dragen-good", "facts-missing", NULL, { NULL }, "0",
	    "bmc.lan.0.cipher_suites=[3,17]; bmc.channels.0.access=null" },
	{ "BMC-3.facts", "linux-dragen-good", "no-suites", NULL, { NULL }, "0", "bmc.lan.0.cipher_suites=[]" },
	{ "BMC-3.facts", "linux-dragen-good", "no-suites", NULL, { NULL }, "0", "bmc.lan=[]" },
	{ "BMC-3.facts", "linux-dragen-good", "no-controller", NULL, { NULL }, "0", "bmc.present=false" },
	{ "BMC-5", "linux-dragen-good", "no-controller", NULL, { NULL }, "0", "bmc.present=false" },
	{ "BMC-6", "linux-dragen-good", "lan-access-on", "always", { NULL }, "0", "bmc.channels.0.access=\"always\"" },
	{ "BMC-6", "linux-dragen-good", "lan-access-before-boot", NULL, { NULL }, "0", "bmc.channels.0.access=\"pre-boot\"" },
	{ "BMC-6", "linux-dragen-good", "no-lan-channel", NULL, { NULL }, "0", "bmc.channels=[]" },
	{ "BMC-6", "linux-dragen-good", "facts-missing", "bmc.channels.medium", { NULL }, "0", "bmc.channels.0.medium=null" },
	{ "BMC-6", "linux-dragen-good", "no-controller", NULL, { NULL }, "0", "bmc.present=false" },
};

static struct rule_help_site
site_of(const struct row *r)
{
	struct rule_help_site s = rule_help_good;
	memcpy(s.params, r->params, sizeof(r->params));
	s.part = r->part != NULL ? r->part : "0";
	return s;
}

static json_t *
facts_of(const struct row *r)
{
	json_t *j = rule_help_facts(r->facts);
	rule_help_set(j, r->sets != NULL ? r->sets : "");
	return j;
}

static void
postures_give_their_reasons(void **state)
{
	(void)state;
	int wrong = 0;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		FP_AUTO(rule_freep) struct rule *r = rule_help_load(rows[i].check);
		FP_JSON json_t *facts = facts_of(&rows[i]);
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

/* ---- whatever is taken away, no verdict comes of it ---- */

struct taking {
	const struct rule *r;
	const struct row *row;
	struct rule_help_site site;
	json_t *facts;
	struct evidence_verdict base;
	enum evidence_result result;
	long tries, changed;
};

/* The verdict without a member: the same reason, or unknown. */
static void
judge_without(struct taking *t, const char *place)
{
	struct evidence_verdict v;
	enum evidence_result got = rule_help_judge(&v, t->r, t->facts, &t->site);
	t->tries++;
	if (strcmp(v.reason, t->base.reason) == 0) {
		return;
	}
	t->changed++;
	if (got != EVIDENCE_UNKNOWN) {
		fail_msg("%s, %s without %s: %s became %s (%s)", t->row->check, t->row->facts, place, t->base.reason, v.reason,
		    v.detail);
	}
}

static void
take_each(struct taking *t, const struct facts_shape *s, json_t *j, const char *place)
{
	char at[200];
	for (size_t i = 0; s->type == FACTS_LIST && i < json_array_size(j); i++) {
		(void)snprintf(at, sizeof(at), "%.150s[%zu]", place, i);
		take_each(t, s->of, json_array_get(j, i), at);
	}
	for (const struct facts_shape *m = s->type == FACTS_OBJECT ? s->of : NULL; m != NULL && m->name != NULL; m++) {
		json_t *v = json_object_get(j, m->name);
		if (v == NULL || strcmp(m->name, "unknown") == 0 || strcmp(m->name, "offline") == 0) {
			continue;
		}
		(void)snprintf(at, sizeof(at), "%.150s.%s", place, m->name);
		json_t *kept = json_incref(v);
		if (m->nullable && !json_is_null(v)) {
			(void)json_object_set_new(j, m->name, json_null());
			judge_without(t, at);
		}
		if (!m->required) {
			(void)json_object_del(j, m->name);
			judge_without(t, at);
		}
		(void)json_object_set_new(j, m->name, kept);
		take_each(t, m, v, at);
	}
}

/* Only what the rule reads: the rest is not looked at. */
static void
take_from(struct taking *t)
{
	size_t n = 0;
	for (const char *const *need = t->r->needs; *need != NULL; need++) {
		const struct facts_shape *m = facts_shape_member(facts_shape(), *need, strlen(*need));
		json_t *v = json_object_get(t->facts, *need);
		assert_non_null(m);
		if (v == NULL) {
			continue;
		}
		json_t *kept = json_incref(v);
		if (m->nullable) {
			(void)json_object_set_new(t->facts, *need, json_null());
			judge_without(t, *need);
			(void)json_object_set_new(t->facts, *need, kept);
		} else {
			json_decref(kept);
		}
		take_each(t, m, v, *need);
	}
	for (const char *const *need = t->r->needs; *need != NULL; need++) {
		if (facts_shape_member(facts_shape(), *need, strlen(*need))->nullable) {
			(void)json_object_set_new(t->facts, *need, json_null());
			n++;
		}
	}
	if (n > 0) {
		struct evidence_verdict v;
		enum evidence_result got = rule_help_judge(&v, t->r, t->facts, &t->site);
		if (got == EVIDENCE_PASS || got == EVIDENCE_FAIL) {
			fail_msg("%s, %s without any fact: %s", t->row->check, t->row->facts, v.reason);
		}
	}
}

static void
missing_facts_never_make_a_verdict(void **state)
{
	(void)state;
	long tries = 0, changed = 0;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		FP_AUTO(rule_freep) struct rule *r = rule_help_load(rows[i].check);
		FP_JSON json_t *facts = facts_of(&rows[i]);
		struct taking t = { .r = r, .row = &rows[i], .site = site_of(&rows[i]), .facts = facts };
		if (strcmp(t.site.part, "0") != 0) {
			continue; /* the members of the part that is judged stand elsewhere */
		}
		t.result = rule_help_judge(&t.base, r, facts, &t.site);
		take_from(&t);
		tries += t.tries;
		changed += t.changed;
	}
	assert_true(tries > 3000);
	assert_true(changed > 500); /* taking away does matter: else nothing was tested */
}

/* ---- every check is tested whole ---- */

static void
every_reason_is_given_by_some_posture(void **state)
{
	(void)state;
	int missing = 0;
	for (const struct fp_asset *a = fp_asset_all(); a->name != NULL; a++) {
		if (strncmp(a->name, "checks/", 7) != 0) {
			continue;
		}
		FP_AUTO(fp_freep) char *name = fp_strndup(a->name + 7, strlen(a->name) - 7 - 5);
		FP_AUTO(rule_freep) struct rule *r = rule_help_load(name);
		assert_int_equal(strncmp(name, r->id, strlen(r->id)), 0);
		for (const struct evidence_reason *e = r->reasons; e->code != NULL; e++) {
			bool seen = strcmp(name, "UCS-5") == 0; /* rule_judge.c gives it its two files */
			for (size_t i = 0; i < FP_COUNT(rows); i++) {
				seen = seen || (strcmp(rows[i].check, name) == 0 && strcmp(rows[i].reason, e->code) == 0);
			}
			if (!seen) {
				print_error("%s: no posture gives %s\n", name, e->code);
				missing++;
			}
			/* what is open says what would settle it; what is decided leaves nothing open */
			if ((e->result == EVIDENCE_UNKNOWN) != (e->settle[0] != '\0')) {
				print_error("%s: %s settles '%s'\n", name, e->code, e->settle);
				missing++;
			}
		}
		assert_true(r->n_references > 0);
	}
	assert_int_equal(missing, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(postures_give_their_reasons),
		cmocka_unit_test(missing_facts_never_make_a_verdict),
		cmocka_unit_test(every_reason_is_given_by_some_posture),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
