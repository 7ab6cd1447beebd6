/* The two tables: what is asked of an address (probes), and which question is judged from which answers (checks). */
#include "check/check.h"

#include <string.h>
#include <strings.h>

#include "capture/capture.h"
#include "check/probe.h"

/* ---- probes ---- */

static const struct check_param tcp_params[] = {
	{ "ucs-port",
	    N_("TCP port of the Universal Copy Service. The notice does not state it: ask the manufacturer, or read it on an "
	       "instrument that was not corrected yet."),
	    true },
	{ "control-port",
	    N_("A TCP port that is known to be open on the instruments, asked when the service's port stays silent, to tell a "
	       "filtered port from a device that is off."),
	    false },
	{ NULL, NULL, false },
};

static const struct check_param smb_params[] = {
	{ "smb-port", N_("TCP port of the file servers, when it is not 445."), false },
	{ NULL, NULL, false },
};

static const struct check_param session_params[] = {
	{ "smb-session",
	    N_("yes: also begin a log-on without user and without end at the file servers, to see whether they refuse clients "
	       "that cannot "
	       "encrypt. Servers note it in their logs."),
	    false },
	{ NULL, NULL, false },
};

static const struct check_param bmc_ports_params[] = {
	{ "bmc-ports",
	    N_("TCP ports to try at the management controllers instead of the usual ones, for example 443,22,5120-5124 (16 at "
	       "most)."),
	    false },
	{ "bmc-vantage",
	    N_("Name of the place (vantage) that belongs to the management controllers' own network: there they may be reached."),
	    false },
	{ NULL, NULL, false },
};

static const struct check_param ipmi_params[] = {
	{ "ipmi-port", N_("UDP port of the management controllers, when it is not 623."), false },
	{ NULL, NULL, false },
};

static const struct check_param redfish_params[] = {
	{ "redfish-port", N_("HTTPS port of the management controllers, when it is not 443."), false },
	{ NULL, NULL, false },
};

static const struct check_param ssh_params[] = {
	{ "ssh-port", N_("TCP port of the SSH servers, when it is not 22."), false },
	{ "ssh-policy",
	    N_("Algorithms that this site judges otherwise than the policy: names with + (allowed) or - (banned) before them, "
	       "separated by commas."),
	    false },
	{ NULL, NULL, false },
};

static const struct check_param nfs_params[] = {
	{ "nfs-port", N_("TCP port of the NFS servers, when it is not 2049."), false },
	{ "nfs-level",
	    N_("What an NFS export must demand: privacy (krb5p; when nothing is set) or integrity (krb5i will do). Integrity "
	       "answers alteration, "
	       "not interception."),
	    false },
	{ "nfs-v3-mnt",
	    N_("yes: ask also NFS version 3 for the export's flavours. It tells them only to who mounts, so the server notes "
	       "this "
	       "computer as a client and is told at once to forget it."),
	    false },
	{ NULL, NULL, false },
};

static const struct check_param tls_params[] = {
	{ "tls-port", N_("TCP port of the TLS servers, when it is not 443 (or 990 for ftps)."), false },
	{ NULL, NULL, false },
};

static const struct check_param clear_params[] = {
	{ "clear-ports",
	    N_("Ports of the clear-text protocols, where they are not the usual ones: ftp=2121,telnet=2323 (ftp, telnet, http, "
	       "exec, "
	       "login, shell, rsync, vnc, tftp)."),
	    false },
	{ NULL, NULL, false },
};

static const struct check_param ports_params[] = {
	{ "fw-ports", N_("TCP ports that the instruments' firewall must keep closed, separated by commas, at most 16."), false },
	{ "control-port",
	    N_("A TCP port that is known to be open on the instruments, asked when the service's port stays silent, to tell a "
	       "filtered port from a device that is off."),
	    false },
	{ NULL, NULL, false },
};

/* The budgets are published in docs/checks.md; the runner enforces them whatever the probe asks for. */
static const struct check_probe probes[] = {
	{ "tcp", CHECK_AT_HOST, 0, { 2, 0, 3000, 5000 }, tcp_params, &check_tcp_steps },
	{ "smb", CHECK_AT_STORAGE, 445, { 10, 10, 3000, 15000 }, smb_params, &check_smb_steps },
	{ "ipmi", CHECK_AT_BMC, 623, { 0, 40, 3000, 15000 }, ipmi_params, &check_ipmi_steps },
	{ "redfish", CHECK_AT_BMC, 443, { 4, 24, 3000, 15000 }, redfish_params, &check_redfish_steps },
	{ "ssh", CHECK_AT_STORAGE, 22, { 1, 1, 3000, 8000 }, ssh_params, &check_ssh_steps },
	{ "nfs", CHECK_AT_STORAGE, 2049, { 8, 13, 3000, 36000 }, nfs_params, &check_nfs_steps },
	{ "tls", CHECK_AT_STORAGE, 443, { 6, 6, 3000, 20000 }, tls_params, &check_tls_steps },
	{ "clear", CHECK_AT_STORAGE, 21, { 10, 7, 3000, 40000 }, clear_params, &check_clear_steps },
	{ "ports", CHECK_AT_HOST, 0, { 17, 0, 1000, 20000 }, ports_params, &check_ports_steps },
	{ CHECK_PROBE_FACTS, CHECK_AT_HOST, 0, { 0, 0, 0, 0 }, NULL, NULL },
	{ CHECK_PROBE_CAPTURE, CHECK_AT_HOST, 0, { 0, 0, 0, 0 }, NULL, NULL },
	{ "smb-session", CHECK_AT_STORAGE, 445, { 7, 11, 3000, 15000 }, session_params, &check_smb_session_steps },
	{ "bmc-ports", CHECK_AT_BMC, 443, { 16, 0, 1000, 17000 }, bmc_ports_params, &check_bmc_ports_steps },
};

/* ---- checks that need more than a question over the network, or that come later ---- */

static const struct evidence_reason document_reasons[] = {
	{ "needs-document", EVIDENCE_NOTCHECKED, N_("This is answered by the filled reply, not by a measurement."),
	    "reply-form" },
	{ NULL, EVIDENCE_NOTCHECKED, NULL, NULL },
};

/* ---- checks ---- */

/* The end of a row that is code: how it knows; no rule; the usual freshness. */
#define BY_CODE(kind) kind, NULL, 0, 0

static const struct check in_code[] = {
	{ "UCS-1", N_("Copy service not reachable from the network"),
	    N_("Does anything accept a connection on the port of the Universal Copy Service?"),
	    N_("A pass shows that the host is there and its port is closed, from this place and in the boot mode that was "
	       "running. It does not show "
	       "that the patch is installed: the service may be stopped, or a filter may answer in the host's name."),
	    "tcp", EVIDENCE_L1, check_ucs1_reasons, check_ucs1_judge, BY_CODE(EVIDENCE_REACHABILITY) },
	{ "FW-2", N_("Firewall effective"), N_("Are the ports of a short list closed or filtered, seen from the network?"),
	    N_("A pass shows what could be reached from this place, on a fixed list of ports, while the host was there."),
	    "ports", EVIDENCE_L1, check_fw2_reasons, check_fw2_judge, BY_CODE(EVIDENCE_REACHABILITY) },
	{ "SMB-1", N_("SMB version 1 switched off"),
	    N_("Does the file server refuse the dialect NT LM 0.12 when it is the only one offered?"),
	    N_("A pass shows that the server answers SMB 2 or 3 on this port and refuses version 1."), "smb", EVIDENCE_L2,
	    check_smb1_reasons, check_smb1_judge, BY_CODE(EVIDENCE_CLAIM) },
	{ "SMB-2", N_("SMB signing required"), N_("Does the file server require signing in every dialect that it accepts?"),
	    N_("A pass shows the server's own statement, before any log-on, that unsigned sessions are not taken. Signing "
	       "answers alteration, not "
	       "interception."),
	    "smb", EVIDENCE_L2, check_smb2_reasons, check_smb2_judge, BY_CODE(EVIDENCE_CLAIM) },
	{ "SMB-3", N_("SMB encryption available"), N_("Does the file server offer encryption to a client that can encrypt?"),
	    N_("A pass shows that encryption is possible. It does not show that it is used or required."), "smb", EVIDENCE_L2,
	    check_smb3_reasons, check_smb3_judge, BY_CODE(EVIDENCE_CLAIM) },
	{ "SMB-4", N_("SMB encryption required"), N_("Does the file server refuse clients that do not encrypt?"),
	    N_("Before any log-on this can be refuted, but not proven: a server that offers encryption looks the same whether it "
	       "requires it or "
	       "not."),
	    "smb", EVIDENCE_L2, check_smb4_reasons, check_smb4_judge, BY_CODE(EVIDENCE_CLAIM) },
	{ "SMB-4", N_("SMB encryption required"), N_("Does the file server refuse clients that do not encrypt?"),
	    N_("A pass shows that the server refuses the log-on of a client that cannot encrypt, before it knows who that is, "
	       "and not of one "
	       "that can. Single shares may be set otherwise."),
	    "smb-session", EVIDENCE_L2, check_smb_session_reasons, check_smb_session_judge, BY_CODE(EVIDENCE_CLAIM) },
	{ "SMB-5", N_("SMB encryption in use"), N_("Is the traffic between the device and its storage encrypted?"),
	    N_("A pass shows it for the hosts and the time of the capture."), CHECK_PROBE_CAPTURE, EVIDENCE_L0,
	    capture_smb5_reasons, check_smb5_capture, BY_CODE(EVIDENCE_EFFECT) },
	{ "SMB-6", N_("SMB client requires protection"),
	    N_("Does the device itself demand signing, and are its transfers protected?"),
	    N_("A pass shows, for the hosts and the time of the capture, that the device demanded signing each time and that "
	       "every transfer was signed or encrypted."),
	    CHECK_PROBE_CAPTURE, EVIDENCE_L0, capture_smb6_reasons, check_smb6_capture, BY_CODE(EVIDENCE_EFFECT) },
	{ "NFS-1", N_("NFS export protected"), N_("Does the server demand Kerberos with privacy for the export?"),
	    N_("A pass shows the list of flavours that the server gives for the path by NFS version 4, before any log-on, and "
	       "that it turned away "
	       "questions without Kerberos. Version 3 is asked only when the operator has set it; folders further down are not."),
	    "nfs", EVIDENCE_L2, check_nfs1_reasons, check_nfs1_judge, BY_CODE(EVIDENCE_CLAIM) },
	{ "NFS-2", N_("NFS over TLS offered"), N_("Does the server offer RPC with TLS?"),
	    N_("A pass shows that TLS is offered, not that it is required: it supports another check, and proves nothing alone."),
	    "nfs", EVIDENCE_L2, check_nfs2_reasons, check_nfs2_judge, BY_CODE(EVIDENCE_CLAIM) },
	{ "NFS-3", N_("NFS mount protected"), N_("Is the NFS traffic between the device and its storage encrypted?"),
	    N_("A pass shows it for the hosts and the time of the capture."), CHECK_PROBE_CAPTURE, EVIDENCE_L0,
	    capture_nfs3_reasons, check_nfs3_capture, BY_CODE(EVIDENCE_EFFECT) },
	{ "CLR-1", N_("No clear-text protocol"),
	    N_("Are FTP, Telnet, TFTP, HTTP, the r-services, rsync and VNC closed, or protected?"),
	    N_("A pass shows it for a fixed list of ports. Other ports, and protocols that need a log-on to show themselves, "
	       "were not "
	       "asked."),
	    "clear", EVIDENCE_L2, check_clr1_reasons, check_clr1_judge, BY_CODE(EVIDENCE_CLAIM) },
	{ "SSH-1", N_("SFTP with sound algorithms"), N_("Does the server offer only algorithms that the policy allows?"),
	    N_("A pass shows the server's own list, before any log-on. Which of them a client will use does not show."), "ssh",
	    EVIDENCE_L2, check_ssh1_reasons, check_ssh1_judge, BY_CODE(EVIDENCE_CLAIM) },
	{ "TLS-1", N_("TLS 1.2 or newer"), N_("Does the server refuse TLS below 1.2, and is its certificate in date?"),
	    N_("A pass shows the versions that were refused, the one that was accepted, and the dates of the certificate. Who "
	       "issued it is not judged."),
	    "tls", EVIDENCE_L2, check_tls1_reasons, check_tls1_judge, BY_CODE(EVIDENCE_CLAIM) },
	{ "BMC-1", N_("Management controller out of reach"),
	    N_("Does the management controller answer from this place in the network?"),
	    N_("An answer shows that the controller can be reached from here: from the laboratory's network that is a finding. "
	       "Silence proves "
	       "nothing, so there is no pass."),
	    "ipmi", EVIDENCE_L1, check_bmc1_reasons, check_bmc1_judge, BY_CODE(EVIDENCE_REACHABILITY) },
	{ "BMC-1", N_("Management controller out of reach"),
	    N_("Does the management controller answer from this place in the network?"),
	    N_("An open port shows that the controller can be reached from here. Closed and silent ports prove nothing, so there "
	       "is no pass."),
	    "bmc-ports", EVIDENCE_L1, check_bmc_ports_reasons, check_bmc_ports_judge, BY_CODE(EVIDENCE_REACHABILITY) },
	{ "BMC-2", N_("No anonymous IPMI access"),
	    N_("Does the management controller say that it takes no log-on without a password, without a name, or without "
	       "authentication?"),
	    N_("A pass shows the controller's own statement for the channel that was asked. Single users may be set otherwise."),
	    "ipmi", EVIDENCE_L2, check_bmc2_reasons, check_bmc2_judge, BY_CODE(EVIDENCE_CLAIM) },
	{ "BMC-3", N_("IPMI cipher suite 0 absent"),
	    N_("Does the management controller list a cipher suite without authentication?"),
	    N_("A pass shows that the complete list holds no such suite. A listed suite may still be switched off: only the "
	       "controller's own "
	       "settings tell."),
	    "ipmi", EVIDENCE_L2, check_bmc3_reasons, check_bmc3_judge, BY_CODE(EVIDENCE_CLAIM) },
	{ "BMC-4", N_("Redfish refuses anonymous requests"),
	    N_("Does the management controller's web interface refuse to show a protected "
	       "collection without log-on?"),
	    N_("A pass shows that the public root can be read and one protected collection is refused. Other resources were not "
	       "asked for."),
	    "redfish", EVIDENCE_L2, check_bmc4_reasons, check_bmc4_judge, BY_CODE(EVIDENCE_CLAIM) },
	{ "BMC-6", N_("IPMI over the network switched off"), N_("Is IPMI over LAN disabled on the management controller?"),
	    N_("Over the network this can be refuted, but not proven: silence is also what a filter makes. A pass needs the "
	       "controller's "
	       "settings, read on the server itself."),
	    "ipmi", EVIDENCE_L2, check_bmc6_reasons, check_bmc6_judge, BY_CODE(EVIDENCE_CLAIM) },
	{ "DOC-1", N_("Reply complete"), N_("Does the reply account for every device, mode and step?"),
	    N_("A pass shows a complete reply; it "
	       "measures nothing."),
	    NULL, EVIDENCE_L_D, document_reasons, NULL, BY_CODE(EVIDENCE_ATTESTATION) },
};

/* ---- reasons without an observation, for every check ---- */

static const struct evidence_reason shared_reasons[] = {
	{ "no-address", EVIDENCE_NOTCHECKED, N_("The device list has no address for this question."), "address" },
	{ "address-malformed", EVIDENCE_NOTCHECKED, N_("The address in the device list cannot be read."), "address" },
	{ "other-protocol", EVIDENCE_NOTCHECKED,
	    N_("The address in the device list names another protocol than the one this check asks."), "other-check" },
	{ "parameter-missing", EVIDENCE_NOTCHECKED, N_("A setting that the operator must give is missing."), "parameter" },
	{ "parameter-malformed", EVIDENCE_NOTCHECKED, N_("A setting that the operator gave cannot be read."), "parameter" },
	{ "mode-not-stated", EVIDENCE_NOTCHECKED,
	    N_("It is not stated which boot mode is running, so the answer would belong to no mode."), "state-mode" },
	{ "other-mode-runs", EVIDENCE_NOTCHECKED, N_("The device is running in another boot mode."), "state-mode" },
	{ "no-check", EVIDENCE_NOTCHECKED, N_("The notice names no check that could prove this step."), "attestation" },
	{ "supporting-only", EVIDENCE_UNKNOWN, N_("What was seen fits, but is too weak to prove this step."), "host-facts" },
	{ "not-run", EVIDENCE_NOTCHECKED, N_("This question has not been asked yet."), "run" },
	{ "needs-host-facts", EVIDENCE_NOTCHECKED,
	    N_("Only facts read on the device itself can answer this. They have not been collected."), "host-facts" },
	{ "needs-capture", EVIDENCE_NOTCHECKED, N_("Only a capture of the traffic can answer this. There is none."), "capture" },
	{ "other-storage", EVIDENCE_NOTAPPLICABLE, N_("The device's storage is reached by another protocol."), "" },
};

static const struct settle {
	const char *code, *text;
} settles[] = {
	{ "reach-it", N_("Make sure that the device is on and its address right, and run the check again from a place that can "
			 "reach it.") },
	{ "address", N_("Correct the address in the device list and run the check again.") },
	{ "other-vantage", N_("Run the check from a place in the network without a filter in between.") },
	{ "other-check", N_("Use the checks of that protocol, or facts read on the device.") },
	{ "parameter", N_("Set the missing parameter and run the check again.") },
	{ "state-mode",
	    N_("State which boot mode is running, start the device in the mode in question, and run the check again.") },
	{ "run", N_("Run the check.") },
	{ "host-facts", N_("Facts collected on the device.") },
	{ "host-facts-listener",
	    N_("Facts collected on the instrument in this boot mode: the addresses on which the copy service listens.") },
	{ "host-facts-patch",
	    N_("Facts collected on the instrument in this boot mode: the installed version, compared with the manufacturer's "
	       "list.") },
	{ "host-facts-account",
	    N_("Facts collected on the instrument in this boot mode: the service's account and its effective rights.") },
	{ "host-facts-both-modes", N_("Facts collected once in each boot mode.") },
	{ "host-facts-firewall", N_("Facts collected on the instrument in this boot mode: the firewall's settings.") },
	{ "host-facts-smb-server",
	    N_("The file server's settings (is encryption required, is unencrypted access rejected), or a capture of a "
	       "transfer.") },
	{ "host-facts-smb-client", N_("Facts collected on the instrument: its settings as an SMB client.") },
	{ "host-facts-mounts", N_("Facts collected on the device: how its storage is mounted.") },
	{ "host-facts-exports",
	    N_("The file server's list of exports with their security flavours, or a capture of a transfer.") },
	{ "nfs-v3-mnt", N_("Set nfs-v3-mnt to yes and run the check again, or read the file server's list of exports.") },
	{ "export-path",
	    N_("Write the path of the export itself, as the server knows it, into the device list and run the check again.") },
	{ "host-facts-bmc",
	    N_("Facts read on the server itself: the controller's firmware version, compared with the manufacturer's list.") },
	{ "host-facts-ipmi",
	    N_("Facts read on the server itself: the controller's LAN settings (cipher suite privileges, channel access).") },
	{ "newer-program", N_("Judge it again with a version of the program that holds this policy.") },
	{ "ftp-settings", N_("The FTP server's settings: is a log-on without TLS refused?") },
	{ "server-settings", N_("The server's settings: which service listens on this port, and how it is protected.") },
	{ "challenge", N_("Facts collected with a challenge of this site: print one with 'fieldproof evidence challenge' and "
			  "type it at the device.") },
	{ "collect-again", N_("Facts collected anew on the device.") },
	{ "collect-running", N_("Facts collected while this boot mode is running.") },
	{ "right-device", N_("Facts of the right device; or a person who vouches that its system was installed anew (import with "
			     "--confirm).") },
	{ "the-other-mode", N_("Facts collected in the other boot mode of the device.") },
	{ "service-running", N_("Facts collected while the service is running.") },
	{ "other-vantage-ports", N_("The list of firewall ports asked from the network (FW-2).") },
	{ "capture", N_("A capture of a transfer between the device and its storage.") },
	{ "capture-whole",
	    N_("A capture of a transfer without losses: all packets, each in full length, and the file closed in order.") },
	{ "capture-from-start", N_("A capture that begins before the device connects to its storage.") },
	{ "capture-both-directions", N_("A capture at a place where both directions pass.") },
	{ "capture-during-transfer", N_("A capture that lasts while the device writes or reads files of its storage.") },
	{ "capture-filtered", N_("A capture of this device and its storage alone.") },
	{ "capture-without-smb1", N_("SMB version 1 switched off, and a new capture of a transfer.") },
	{ "reply-form", N_("The filled and signed reply.") },
	{ "attestation", N_("A signed statement of the person who did the work.") },
};

/* ---- finding rows ---- */

const struct check_probe *
check_probe_table(size_t *n)
{
	*n = FP_COUNT(probes);
	return probes;
}

const struct check_probe *
check_probe_find(const char *id)
{
	for (size_t i = 0; id != NULL && i < FP_COUNT(probes); i++) {
		if (strcmp(probes[i].id, id) == 0) {
			return &probes[i];
		}
	}
	return NULL;
}

const struct check *
check_in_code(size_t *n)
{
	*n = FP_COUNT(in_code);
	return in_code;
}

const struct evidence_reason *
check_shared_reason(const char *code)
{
	for (size_t i = 0; i < FP_COUNT(shared_reasons); i++) {
		if (strcmp(shared_reasons[i].code, code) == 0) {
			return &shared_reasons[i];
		}
	}
	return NULL;
}

const char *
check_settle_text(const char *code)
{
	for (size_t i = 0; code != NULL && i < FP_COUNT(settles); i++) {
		if (strcmp(settles[i].code, code) == 0) {
			return settles[i].text;
		}
	}
	return NULL;
}
