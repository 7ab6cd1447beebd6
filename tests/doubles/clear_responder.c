/*
 * Services that speak in the clear and that Debian has no small server for: VNC (RFC 6143) with security types of one's choice, and TFTP
 * (RFC 1350), which answers from a port of its own. Good and bad ones; no file, no screen and no log-on behind them.
 */

#include "double.h"

#include <poll.h>

struct options {
	const char *mode, *bind, *types, *version, *log;
	int port, seconds;
};

static size_t
from_hex(uint8_t *out, size_t max, const char *hex)
{
	size_t n = 0;

	for (; hex[0] != '\0' && hex[1] != '\0' && n < max; hex += 2) {
		unsigned v = 0;

		if (sscanf(hex, "%2x", &v) != 1)
			double_die("'%s' is no pair of hexadecimal digits", hex);
		out[n++] = (uint8_t)v;
	}
	return n;
}

/* The server's version, the client's, and the list; one client after the other. */
static void
serve_vnc(int listener, const struct options *o)
{
	uint8_t list[256], got[64];
	size_t n = from_hex(list + 1, sizeof(list) - 1, o->types);

	list[0] = (uint8_t)n;
	for (;;) {
		int c = accept(listener, NULL, NULL);
		ssize_t r;

		if (c < 0)
			continue;
		(void)dprintf(c, "RFB %s\n", o->version);
		r = read(c, got, sizeof(got));
		if (r > 0)
			double_log(o->log, "version", got, (size_t)r);
		if (r == 12 && memcmp(got, "RFB 003.003\n", 12) == 0) {
			const uint8_t one[4] = { 0, 0, 0, list[1] };

			(void)!write(c, one, sizeof(one));
		} else if (r == 12) {
			(void)!write(c, list, n + 1);
		}
		(void)!read(c, got, sizeof(got)); /* until the client goes */
		(void)close(c);
	}
}

/* RFC 1350, 4: each transfer has a port of its own; --mode tftp-stranger answers from another address. */
static void
serve_tftp(int fd, const struct options *o)
{
	static const uint8_t error[] = "\0\5\0\1File not found", data[] = "\0\3\0\1secret", ack[] = "\0\4\0\1";
	bool stranger = strcmp(o->mode, "tftp-stranger") == 0;

	for (;;) {
		struct double_peer peer;
		uint8_t in[600];
		ssize_t n = double_recv(fd, &peer, in, sizeof(in));
		int own;

		if (n < 4)
			continue;
		double_log(o->log, "request", in, (size_t)n);
		own = double_bind(SOCK_DGRAM, stranger ? "127.0.0.98" : o->bind, 0, 0);
		if (strcmp(o->mode, "tftp-data") == 0)
			(void)sendto(own, data, sizeof(data) - 1, 0, (struct sockaddr *)&peer.from, sizeof(peer.from));
		else if (strcmp(o->mode, "tftp-odd") == 0)
			(void)sendto(own, ack, sizeof(ack) - 1, 0, (struct sockaddr *)&peer.from, sizeof(peer.from));
		else
			(void)sendto(own, error, sizeof(error), 0, (struct sockaddr *)&peer.from, sizeof(peer.from));
		(void)close(own);
	}
}

int
main(int argc, char **argv)
{
	struct options o = { .mode = "vnc", .bind = "127.0.0.1", .types = "02", .version = "003.008" };
	const struct double_opt opts[] = {
		{ "mode", DOUBLE_TEXT, &o.mode,
		    "vnc, tftp, tftp-data (sends a block), tftp-odd (no answer of TFTP), tftp-stranger (another host answers)" },
		{ "bind", DOUBLE_TEXT, &o.bind, "IPv4 address to listen on (127.0.0.1)" },
		{ "port", DOUBLE_INT, &o.port, "port; 0 lets the system choose (0)" },
		{ "types", DOUBLE_TEXT, &o.types, "vnc: security types in hexadecimal (02); 3.3 says the first" },
		{ "version", DOUBLE_TEXT, &o.version, "vnc: version (003.008)" },
		{ "log", DOUBLE_TEXT, &o.log, "append a line per question" },
		{ "seconds", DOUBLE_INT, &o.seconds, "end after so long; 0 never (0)" },
		{ 0 },
	};

	double_parse(argc, argv, opts);
	double_life(o.seconds);
	bool udp = strncmp(o.mode, "tftp", 4) == 0;
	if (!udp && strcmp(o.mode, "vnc") != 0)
		double_die("--mode wants vnc, tftp, tftp-data, tftp-odd or tftp-stranger, not '%s'", o.mode);
	int fd = double_bind(udp ? SOCK_DGRAM : SOCK_STREAM, o.bind, o.port, 16);
	double_ready(fd, udp ? "udp" : "tcp");
	if (udp)
		serve_tftp(fd, &o);
	serve_vnc(fd, &o);
}
