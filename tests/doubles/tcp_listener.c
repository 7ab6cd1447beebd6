/*
 * Stands for a service of an instrument (the Universal Copy Service, say): a port that is open on the addresses it is told, and
 * nothing more. Bound to a device's address it plays "bound to all addresses"; bound to 127.0.0.1 it plays "this machine only", and
 * the device's address then refuses.
 */

#include "double.h"

#include <poll.h>

#define HOLD_MAX 512

enum mode { HOLD, CLOSE, BANNER, DROP };

static const char *const modes[] = { [HOLD] = "hold", [CLOSE] = "close", [BANNER] = "banner", [DROP] = "drop" };

/*
 * A full accept queue makes Linux drop further SYNs: to a client the port is filtered, without a packet filter and without root.
 * Fills the queue with connections of our own, which stay open.
 */
static void
fill_queue(int fd)
{
	struct sockaddr_in in;
	socklen_t len = sizeof(in);

	if (getsockname(fd, (struct sockaddr *)&in, &len) != 0)
		double_die("getsockname: %s", strerror(errno));
	for (int i = 0; i < 4; i++) {
		struct pollfd p = { .fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), .events = POLLOUT };

		if (p.fd < 0 || (connect(p.fd, (struct sockaddr *)&in, sizeof(in)) != 0 && errno != EINPROGRESS))
			double_die("cannot fill the queue: %s", strerror(errno));
		if (poll(&p, 1, 100) == 0)
			return; /* this one was dropped, as the next will be */
	}
	double_die("the accept queue does not fill: is net.ipv4.tcp_abort_on_overflow or an unusual backlog set?");
}

static void
answer(int fd, enum mode mode, const char *banner, const char *log)
{
	static int held[HOLD_MAX];
	static size_t n;
	int c = accept(fd, NULL, NULL);

	if (c < 0)
		return;
	double_log(log, "connection", NULL, 0);
	if (mode == BANNER)
		(void)send(c, banner, strlen(banner), MSG_NOSIGNAL);
	if (mode == CLOSE) {
		(void)close(c);
		return;
	}
	/* The oldest goes first, so that descriptors never run out. */
	if (held[n % HOLD_MAX] > 0)
		(void)close(held[n % HOLD_MAX]);
	held[n++ % HOLD_MAX] = c;
}

static void
serve(const int *fds, size_t n, enum mode mode, const char *banner, const char *log)
{
	struct pollfd p[16];

	for (size_t i = 0; i < n; i++)
		p[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	for (;;) {
		if (mode == DROP) {
			(void)pause();
			continue;
		}
		if (poll(p, n, -1) < 0 && errno != EINTR)
			double_die("poll: %s", strerror(errno));
		for (size_t i = 0; i < n; i++)
			if ((p[i].revents & POLLIN) != 0)
				answer(fds[i], mode, banner, log);
	}
}

int
main(int argc, char **argv)
{
	const char *word = "hold", *banner = "220 ready\r\n", *log = NULL;
	struct double_list binds = { 0 };
	bool share = false;
	int port = 0, seconds = 0, fds[16];
	size_t mode = 0;
	const struct double_opt opts[] = {
		{ "bind", DOUBLE_EACH, &binds, "IPv4 address to listen on (127.0.0.1)" },
		{ "port", DOUBLE_INT, &port, "TCP port; 0 lets the system choose (0)" },
		{ "mode", DOUBLE_TEXT, &word,
		    "hold (accept and say nothing), close (accept and close), banner, drop (never answers a SYN)" },
		{ "banner", DOUBLE_TEXT, &banner, "what mode banner says" },
		{ "share", DOUBLE_FLAG, &share,
		    "other listeners of this user may have the same address and port (several devices' own 127.0.0.1)" },
		{ "log", DOUBLE_TEXT, &log, "append a line per connection" },
		{ "seconds", DOUBLE_INT, &seconds, "end after so long; 0 never (0)" },
		{ 0 },
	};

	double_parse(argc, argv, opts);
	while (mode < sizeof(modes) / sizeof(modes[0]) && strcmp(modes[mode], word) != 0)
		mode++;
	if (mode == sizeof(modes) / sizeof(modes[0]))
		double_die("--mode wants hold, close, banner or drop, not '%s'", word);
	if (binds.n == 0)
		binds.items[binds.n++] = "127.0.0.1";
	double_life(seconds);
	for (size_t i = 0; i < binds.n; i++) {
		fds[i] =
		    double_bind(share ? SOCK_STREAM | DOUBLE_SHARED : SOCK_STREAM, binds.items[i], port, mode == DROP ? 0 : 128);
		if (mode == DROP)
			fill_queue(fds[i]);
	}
	for (size_t i = 0; i < binds.n; i++)
		double_ready(fds[i], "tcp");
	serve(fds, binds.n, (enum mode)mode, banner, log);
}
