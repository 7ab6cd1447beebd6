/*
 * A baseboard management controller as seen without a session: what the checks may ask, answered truthfully for a posture given
 * by options. No session is ever opened on it to the end. Without options it is a good one: named users only, no type "none",
 * no cipher suite 0, Kg set.
 */

#include "double.h"

#include "bmc.h"
#include "bmc_inband.h"

struct flags {
	bool no_cipher0, cipher0, anonymous, none_auth, kg_default, no_pong, silent, no_lan, v15_only, oem_suite;
	const char *suites;
};

static void
posture(struct bmc *b, const struct flags *f)
{
	*b = (struct bmc){ .pong = !f->no_pong,
		.answers = !f->silent,
		.lan = !f->no_lan,
		.v2 = !f->v15_only,
		.v15 = f->v15_only || f->none_auth,
		.auth_types = 0x04,
		.status = 0x24,
		.oem_suite = f->oem_suite };
	if (f->none_auth)
		b->auth_types |= 0x01;
	if (f->anonymous)
		b->status |= 0x03;
	if (f->kg_default)
		b->status &= 0xDF;
	if (f->cipher0 && f->no_cipher0)
		double_die("--cipher0 and --no-cipher0 exclude each other");
	if (!bmc_suites_parse(b, f->suites != NULL ? f->suites : f->cipher0 ? "0,1,2,3,8,12,17" : "3,8,12,17"))
		double_die("--suites wants ids of table 22-20 (0 to 19) with commas, not '%s'", f->suites);
}

static void
serve(int fd, const struct bmc *b, const char *log)
{
	uint8_t req[2048];

	for (;;) {
		FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 8192 };
		struct double_peer peer;
		ssize_t n = double_recv(fd, &peer, req, sizeof(req));

		if (n < 0 && errno != EINTR && errno != ECONNREFUSED)
			double_die("recvmsg: %s", strerror(errno));
		if (n < 0)
			continue;
		double_log(log, "request", req, (size_t)n);
		/* RMCP, 13.1.3: a message whose sequence number is not FFh asks for an acknowledge. */
		if (b->answers && n >= 4 && req[0] == 6 && req[2] != 0xFF && req[3] == BMC_ASF)
			double_send(fd, &peer, (const uint8_t[]){ 6, 0, req[2], BMC_ACK }, 4);
		if (bmc_answer(&out, b, req, (size_t)n) && fp_buf_check(&out, "answer", NULL) == FP_OK)
			double_send(fd, &peer, out.data, out.len);
	}
}

int
main(int argc, char **argv)
{
	const char *address = "127.0.0.1", *log = NULL;
	int port = 0, inband = 0, seconds = 0, fd;
	struct flags f = { 0 };
	struct bmc b;
	const struct double_opt opts[] = {
		{ "bind", DOUBLE_TEXT, &address, "IPv4 address to answer on (127.0.0.1)" },
		{ "port", DOUBLE_INT, &port, "UDP port; 0 lets the system choose (0)" },
		{ "inband", DOUBLE_INT, &inband,
		    "TCP port of the same controller as its own server reaches it (codec VM); 0 none (0)" },
		{ "no-cipher0", DOUBLE_FLAG, &f.no_cipher0, "list suites 3, 8, 12, 17 (this is the default)" },
		{ "cipher0", DOUBLE_FLAG, &f.cipher0, "list cipher suite 0 too, and take an Open Session request with it" },
		{ "suites", DOUBLE_TEXT, &f.suites, "list exactly these suites, for example 0,3,17" },
		{ "oem-suite", DOUBLE_FLAG, &f.oem_suite, "add an OEM suite record (8 bytes) behind them" },
		{ "anonymous", DOUBLE_FLAG, &f.anonymous, "null user names and anonymous login are enabled" },
		{ "none-auth", DOUBLE_FLAG, &f.none_auth, "authentication type none is supported" },
		{ "kg-default", DOUBLE_FLAG, &f.kg_default, "the key Kg is all zeros" },
		{ "no-pong", DOUBLE_FLAG, &f.no_pong, "no answer to the ASF presence ping" },
		{ "silent", DOUBLE_FLAG, &f.silent, "no answer to anything" },
		{ "no-lan", DOUBLE_FLAG, &f.no_lan,
		    "IPMI over LAN is off: pong without the IPMI bit, commands refused with D5h" },
		{ "v15-only", DOUBLE_FLAG, &f.v15_only,
		    "IPMI 1.5: no 2.0 bit, no RMCP+, Get Channel Cipher Suites is an unknown command" },
		{ "log", DOUBLE_TEXT, &log, "append each request as a line of hex" },
		{ "seconds", DOUBLE_INT, &seconds, "end after so long; 0 never (0)" },
		{ 0 },
	};

	double_parse(argc, argv, opts);
	posture(&b, &f);
	double_life(seconds);
	if (inband != 0)
		inband_serve(address, inband, &b);
	fd = double_bind(SOCK_DGRAM, address, port, 0);
	double_ready(fd, "udp");
	serve(fd, &b, log);
}
