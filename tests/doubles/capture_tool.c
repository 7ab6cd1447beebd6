/*
 * What the flow tests need of captures:
 *   capture_tool record FILE PORT [INTERFACE]   what TCP says on loopback (or there) to and from PORT, until SIGTERM; prints "listening on lo" when it has begun
 *   capture_tool judge FILE PORT    "SMB-5 fail clear-transfer L0", a line for each question, then its detail and the counts
 */
#include <pcap/pcap.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/capture.h"

static pcap_t *live;

static void
on_signal(int number)
{
	(void)number;
	pcap_breakloop(live);
}

static int
complain(const char *what, const char *why)
{
	(void)fprintf(stderr, "capture_tool: %s: %s\n", what, why);
	return 1;
}

static bool
filtered(uint16_t port)
{
	struct bpf_program program;
	char text[40];
	bool ok;

	(void)snprintf(text, sizeof(text), "tcp port %u", port);
	if (pcap_compile(live, &program, text, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return false;
	ok = pcap_setfilter(live, &program) == 0;
	pcap_freecode(&program);
	return ok;
}

static int
record(const char *path, uint16_t port, const char *interface)
{
	struct sigaction act = { .sa_handler = on_signal };
	char why[PCAP_ERRBUF_SIZE] = "";
	struct pcap_stat told = { 0 };
	pcap_dumper_t *out;

	live = pcap_create(interface, why);
	if (live == NULL)
		return complain(interface, why);
	(void)pcap_set_snaplen(live, 262144);
	(void)pcap_set_buffer_size(live, 32 << 20);
	(void)pcap_set_immediate_mode(live, 1);
	if (pcap_activate(live) < 0 || !filtered(port))
		return complain(interface, pcap_geterr(live));
	out = pcap_dump_open(live, path);
	if (out == NULL)
		return complain(path, pcap_geterr(live));
	(void)sigaction(SIGTERM, &act, NULL);
	(void)sigaction(SIGINT, &act, NULL);
	(void)printf("listening on %s\n", interface);
	(void)fflush(stdout);
	(void)pcap_loop(live, -1, pcap_dump, (u_char *)out);
	(void)pcap_stats(live, &told);
	pcap_dump_close(out);
	pcap_close(live);
	(void)printf("dropped %u\n", told.ps_drop);
	return told.ps_drop != 0;
}

static void
print_conv(const struct capture_conv *v)
{
	(void)printf("conversation port %u connections %" PRIu64 " gaps %" PRIu64 " start-missing %" PRIu64
		     " not-understood %" PRIu64 " sessions %" PRIu64 " encrypting %" PRIu64 " trees %" PRIu64
		     " encrypting %" PRIu64 " pipes %" PRIu64 " reads %" PRIu64 " writes %" PRIu64 " unsigned %" PRIu64
		     " undecided %" PRIu64 " smb1 %" PRIu64 "\n",
	    v->port, v->connections, v->gaps.count, v->start_missing, v->not_understood.count, v->smb.sessions, v->smb.encrypting,
	    v->smb.trees, v->smb.encrypting_trees, v->smb.pipe_transfers, v->smb.reads.count, v->smb.writes.count,
	    v->smb.unsigned_transfers.count, v->smb.undecided.count, v->smb.smb1_transfers.count);
}

static int
judge(const char *path, uint16_t port)
{
	FP_AUTO(capture_freep) struct capture *c = NULL;
	struct capture_options o = { .smb_ports = { port } };
	struct fp_err err = { .status = FP_OK };

	if (capture_read(&c, path, &o, &err) != FP_OK)
		return complain(path, err.msg);
	for (int q = 0; q <= CAPTURE_SMB_SIGNED; q++) {
		struct evidence_verdict v;
		capture_judge(&v, c, (enum capture_question)q, NULL);
		(void)printf("%s %s %s %s\n# %s\n", v.check, evidence_result_name(v.result), v.reason,
		    evidence_level_name(v.level), v.detail);
	}
	for (size_t i = 0; i < c->n_convs; i++)
		print_conv(&c->convs[i]);
	return 0;
}

int
main(int argc, char **argv)
{
	unsigned long port = argc >= 4 ? strtoul(argv[3], NULL, 10) : 0;
	bool recording = argc >= 2 && strcmp(argv[1], "record") == 0;

	if (port == 0 || port > UINT16_MAX || argc > (recording ? 5 : 4) || (!recording && strcmp(argv[1], "judge") != 0)) {
		(void)fprintf(stderr, "usage: capture_tool record FILE PORT [INTERFACE] | judge FILE PORT\n");
		return 2;
	}
	return recording ? record(argv[2], (uint16_t)port, argc == 5 ? argv[4] : "lo") : judge(argv[2], (uint16_t)port);
}
