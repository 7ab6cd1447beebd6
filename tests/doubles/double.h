/*
 * What every test double shares: its command line as a table, sockets on loopback, a bounded life, a line when it is ready, a log
 * of who asked. The functions are static: each double is one program made of one file.
 */
#ifndef FP_TESTS_DOUBLE_H
#define FP_TESTS_DOUBLE_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum double_kind { DOUBLE_FLAG, DOUBLE_INT, DOUBLE_TEXT, DOUBLE_EACH };

struct double_list { /* an option that may be given several times */
	const char *items[16];
	size_t n;
};

struct double_opt {
	const char *name; /* without the two hyphens */
	enum double_kind kind;
	void *value; /* bool *, int *, const char ** or struct double_list * */
	const char *help;
};

__attribute__((format(printf, 1, 2), noreturn)) static inline void
double_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	exit(2);
}

static inline void
double_set(const struct double_opt *o, const char *text)
{
	char *end = NULL;
	long v;

	if (o->kind == DOUBLE_TEXT) {
		*(const char **)o->value = text;
		return;
	}
	if (o->kind == DOUBLE_EACH) {
		struct double_list *list = o->value;

		if (list->n == sizeof(list->items) / sizeof(list->items[0]))
			double_die("--%s may be given %zu times at most", o->name, list->n);
		list->items[list->n++] = text;
		return;
	}
	errno = 0;
	v = strtol(text, &end, 0);
	if (errno != 0 || *text == '\0' || *end != '\0' || v < 0 || v > INT32_MAX)
		double_die("--%s wants a number from 0 to %d, not '%s'", o->name, INT32_MAX, text);
	*(int *)o->value = (int)v;
}

__attribute__((noreturn)) static inline void
double_help(const char *program, const struct double_opt *opts)
{
	static const char *const words[] = { "", "=N", "=TEXT", "=TEXT..." };

	printf("usage: %s [--option[=value]]...\n", program);
	for (; opts->name != NULL; opts++)
		printf("  --%s%s\n        %s\n", opts->name, words[opts->kind], opts->help);
	exit(0);
}

/* Both "--name value" and "--name=value". Anything unknown ends the program with 2. */
static inline void
double_parse(int argc, char **argv, const struct double_opt *opts)
{
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i], *equals = strchr(word, '=');
		size_t len = equals != NULL ? (size_t)(equals - word) : strlen(word);
		const struct double_opt *o = opts;

		if (strcmp(word, "--help") == 0)
			double_help(argv[0], opts);
		while (o->name != NULL && !(len > 2 && strncmp(word, "--", 2) == 0 && strlen(o->name) == len - 2 &&
					      strncmp(word + 2, o->name, len - 2) == 0))
			o++;
		if (o->name == NULL)
			double_die("unknown option '%s'; --help lists them", word);
		if (o->kind == DOUBLE_FLAG && equals == NULL)
			*(bool *)o->value = true;
		else if (o->kind == DOUBLE_FLAG)
			double_die("--%s takes no value", o->name);
		else if (equals == NULL && i + 1 == argc)
			double_die("--%s wants a value", o->name);
		else
			double_set(o, equals != NULL ? equals + 1 : argv[++i]);
	}
}

#define DOUBLE_SHARED 0x40000000 /* or it to double_bind's type: SO_REUSEPORT */

/*
 * Every address (0.0.0.0) only where no way leads out, as in a network namespace that a test made: on a network with a default
 * route a double never listens.
 */
static inline void
double_refuse_any(void)
{
	FILE *f = fopen("/proc/net/route", "re");
	char line[256], dest[16];
	bool out = f == NULL;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		out = out || (sscanf(line, "%*s %15s", dest) == 1 && strcmp(dest, "00000000") == 0);
	if (f != NULL)
		(void)fclose(f);
	if (out)
		double_die("refusing to bind every address: this network has a default route. Name a loopback address, or run in "
			   "a network namespace");
}

/* A bound socket (type SOCK_STREAM: listening) on a loopback or private address; port 0 lets the system choose. Ends the program when it cannot. */
static inline int
double_bind(int type, const char *address, int port, int backlog)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	bool shared = (type & DOUBLE_SHARED) != 0;
	int on = 1, fd;

	type &= ~DOUBLE_SHARED;
	fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	if (fd < 0 || port > 65535 || inet_pton(AF_INET, address, &in.sin_addr) != 1)
		double_die("cannot use '%s' port %d as an IPv4 address and port", address, port);
	if (in.sin_addr.s_addr == htonl(INADDR_ANY))
		double_refuse_any();
	if (type == SOCK_STREAM && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0)
		double_die("SO_REUSEADDR: %s", strerror(errno));
	if (shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0)
		double_die("SO_REUSEPORT: %s", strerror(errno));
	if (type == SOCK_DGRAM && setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) != 0)
		double_die("IP_PKTINFO: %s", strerror(errno));
	if (bind(fd, (struct sockaddr *)&in, sizeof(in)) != 0)
		double_die("cannot bind %s port %d: %s", address, port, strerror(errno));
	if (type == SOCK_STREAM && listen(fd, backlog) != 0)
		double_die("cannot listen on %s port %d: %s", address, port, strerror(errno));
	return fd;
}

/* Says "listening tcp 127.0.1.11:24800" on standard output: whoever started the double waits for this line. */
static inline void
double_ready(int fd, const char *proto)
{
	struct sockaddr_in in;
	socklen_t len = sizeof(in);
	char text[INET_ADDRSTRLEN] = "";

	if (getsockname(fd, (struct sockaddr *)&in, &len) != 0 || inet_ntop(AF_INET, &in.sin_addr, text, sizeof(text)) == NULL)
		double_die("getsockname: %s", strerror(errno));
	printf("listening %s %s:%d\n", proto, text, ntohs(in.sin_port));
	(void)fflush(stdout);
}

struct double_peer { /* who asked, and at which of our addresses */
	struct sockaddr_in from;
	struct in_addr asked;
};

/* A datagram and its peer; negative when there was none. */
static inline ssize_t
double_recv(int fd, struct double_peer *peer, void *data, size_t max)
{
	char control[CMSG_SPACE(sizeof(struct in_pktinfo))] __attribute__((aligned(8)));
	struct iovec iov = { .iov_base = data, .iov_len = max };
	struct msghdr m = { .msg_name = &peer->from,
		.msg_namelen = sizeof(peer->from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(fd, &m, 0);

	peer->asked.s_addr = htonl(INADDR_ANY);
	for (struct cmsghdr *c = n < 0 ? NULL : CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c))
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			peer->asked = info.ipi_spec_dst;
		}
	return n;
}

/* The answer, from the address that was asked. What cannot be sent is lost, as datagrams are. */
static inline void
double_send(int fd, const struct double_peer *peer, const void *data, size_t len)
{
	char control[CMSG_SPACE(sizeof(struct in_pktinfo))] __attribute__((aligned(8))) = { 0 };
	struct in_pktinfo info = { .ipi_spec_dst = peer->asked };
	struct iovec iov = { .iov_base = (void *)(uintptr_t)data, .iov_len = len };
	struct msghdr m = { .msg_name = (void *)(uintptr_t)&peer->from,
		.msg_namelen = sizeof(peer->from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(c), &info, sizeof(info));
	if (peer->asked.s_addr == 0) { /* an empty address here would undo the socket's own */
		m.msg_control = NULL;
		m.msg_controllen = 0;
	}
	(void)sendmsg(fd, &m, MSG_NOSIGNAL);
}

/* seconds of life (0: no bound). SIGALRM's own action ends the program; a closed peer must not. */
static inline void
double_life(int seconds)
{
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGALRM, SIG_DFL);
	(void)alarm((unsigned)seconds);
}

/* One line per event, appended whole, so that tests can count what a program sent. path NULL: nothing. */
static inline void
double_log(const char *path, const char *what, const uint8_t *data, size_t len)
{
	char line[1200];
	size_t used = (size_t)snprintf(line, sizeof(line), "%.100s", what);
	int fd;

	if (path == NULL)
		return;
	for (size_t i = 0; i < len && used + 4 < sizeof(line); i++)
		used += (size_t)snprintf(line + used, sizeof(line) - used, "%s%02x", i == 0 ? " " : "", data[i]);
	line[used++] = '\n';
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, line, used) != (ssize_t)used)
		double_die("cannot write the log '%s': %s", path, strerror(errno));
	(void)close(fd);
}

static inline void
double_nap(int ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	(void)nanosleep(&t, NULL);
}

#endif
