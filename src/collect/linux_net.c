#include "collect/linux.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_MAX ((size_t)16 << 20)
#define LISTENERS_MAX 20000
#define STATE_LISTEN 0x0a
#define STATE_CLOSE 0x07 /* of a UDP socket: bound, not connected */

struct listener {
	const char *protocol;
	char address[INET6_ADDRSTRLEN];
	unsigned port;
	bool loopback;
	unsigned long inode;
	long pid; /* the lowest that holds it; 0: not known */
};

struct listeners {
	struct listener *all;
	size_t n, cap;
	bool cut;
};

/* Four bytes each in the order of the machine, as the kernel prints them: memory as it lies. */
static bool
address_of(const char *hex, size_t words, unsigned char out[16])
{
	for (size_t i = 0; i < words; i++) {
		char part[9];
		char *end;
		uint32_t word;

		(void)snprintf(part, sizeof(part), "%.8s", hex + 8 * i);
		word = (uint32_t)strtoul(part, &end, 16);
		if (end != part + 8)
			return false;
		memcpy(out + 4 * i, &word, 4);
	}
	return true;
}

static bool
is_loopback(const unsigned char *address, bool v6)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff }, one[16] = { [15] = 1 };

	if (!v6)
		return address[0] == 127;
	return memcmp(address, one, sizeof(one)) == 0 || (memcmp(address, mapped, sizeof(mapped)) == 0 && address[12] == 127);
}

/* "sl: LOCAL:PORT REMOTE:PORT STATE tx:rx tr:when retrnsmt uid timeout inode": the columns of proc(5). */
static bool
row_of(struct listener *l, char *line, const char *protocol, bool v6)
{
	char *rest = NULL, *field[10];
	unsigned char address[16];
	size_t n = 0, digits = v6 ? 32 : 8;
	unsigned long state;

	for (char *w = strtok_r(line, " ", &rest); w != NULL && n < 10; w = strtok_r(NULL, " ", &rest))
		field[n++] = w;
	if (n < 10 || strspn(field[1], "0123456789ABCDEFabcdef") != digits || field[1][digits] != ':' ||
	    !address_of(field[1], digits / 8, address))
		return false;
	state = strtoul(field[3], NULL, 16);
	if (state != (strcmp(protocol, "tcp") == 0 ? STATE_LISTEN : STATE_CLOSE))
		return false;
	*l = (struct listener){ .protocol = protocol, .port = (unsigned)strtoul(field[1] + digits + 1, NULL, 16) & 0xffff };
	(void)inet_ntop(v6 ? AF_INET6 : AF_INET, address, l->address, sizeof(l->address));
	l->loopback = is_loopback(address, v6);
	l->inode = strtoul(field[9], NULL, 10);
	return true;
}

static bool
read_table(struct collect *c, struct listeners *all, const char *protocol, bool v6)
{
	const char *path = collect_text(c->arena, "/proc/net/%s%s", protocol, v6 ? "6" : "");
	char *text = linux_read(c, path, TABLE_MAX, NULL), *line;
	struct listener one;

	if (text == NULL && v6 && errno == ENOENT)
		return true; /* a kernel without IPv6 */
	if (text == NULL) {
		collect_unknown(c, "listeners", "%s: %s", path, linux_why(errno));
		return false;
	}
	while ((line = linux_next_line(&text, false)) != NULL) {
		if (!row_of(&one, line, protocol, v6))
			continue;
		if (all->n == LISTENERS_MAX) {
			all->cut = true;
			break;
		}
		if (all->n == all->cap) {
			struct listener *more = collect_alloc(c->arena, (2 * all->cap + 64) * sizeof(*more));

			if (all->n > 0)
				memcpy(more, all->all, all->n * sizeof(*more));
			all->all = more;
			all->cap = 2 * all->cap + 64;
		}
		all->all[all->n++] = one;
	}
	return true;
}

/* ---- whose they are ---- */

static int
by_inode(const void *a, const void *b)
{
	const struct listener *x = a, *y = b;

	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

/* A process that was forked shares the socket with its parent: the lowest number stands for both, mostly the one with more rights. */
static void
claim(struct listeners *all, unsigned long inode, long pid)
{
	struct listener key = { .inode = inode };
	struct listener *l = all->n == 0 ? NULL : bsearch(&key, all->all, all->n, sizeof(key), by_inode);

	if (l == NULL)
		return;
	while (l > all->all && l[-1].inode == inode)
		l--;
	for (; l < all->all + all->n && l->inode == inode; l++)
		if (l->pid == 0 || pid < l->pid)
			l->pid = pid;
}

/* false when its open files may not be seen. */
static bool
claim_all(struct collect *c, struct listeners *all, const char *pid)
{
	struct collect_arena *whole = c->arena;
	char **fds, *folder;
	ssize_t n;

	/* Thousands of open files: their names need not be kept. */
	c->arena = collect_arena_new();
	folder = collect_text(c->arena, "/proc/%s/fd", pid);
	n = linux_names(c, folder, &fds);
	for (ssize_t i = 0; i < n; i++) {
		const char *to = linux_link(c, collect_text(c->arena, "%s/%s", folder, fds[i]));

		if (to != NULL && strncmp(to, "socket:[", 8) == 0)
			claim(all, strtoul(to + 8, NULL, 10), strtol(pid, NULL, 10));
	}
	collect_arena_free(c->arena);
	c->arena = whole;
	return n >= 0;
}

static void
find_owners(struct collect *c, struct listeners *all)
{
	char **pids;
	ssize_t n = linux_names(c, "/proc", &pids);
	size_t hidden = 0, unowned = 0;

	if (all->n > 0)
		qsort(all->all, all->n, sizeof(*all->all), by_inode);
	for (ssize_t i = 0; i < n; i++)
		if (strspn(pids[i], "0123456789") == strlen(pids[i]) && !claim_all(c, all, pids[i]))
			hidden++;
	for (size_t i = 0; i < all->n; i++)
		unowned += all->all[i].pid == 0;
	if (unowned > 0)
		collect_unknown(c, "listeners.pid", "of %zu of %zu ports the process is not known%s", unowned, all->n,
		    hidden > 0 ? ": no right to see the open files of other processes"
			       : ": they belong to the kernel or to a process elsewhere");
}

static struct collect_value *
value_of(struct collect *c, const struct listener *l)
{
	struct collect_value *v = collect_object(c->arena);

	collect_put_text(v, "protocol", l->protocol);
	collect_put_text(v, "address", l->address);
	collect_put_int(v, "port", l->port);
	if (l->pid == 0)
		collect_put(v, "pid", NULL);
	else
		collect_put_int(v, "pid", l->pid);
	collect_put_text(v, "scope", l->loopback ? "loopback" : "network");
	return v;
}

void
linux_read_listeners(struct collect *c)
{
	struct collect_value *list = collect_list(c->arena), *processes = collect_list(c->arena);
	struct listeners all = { .n = 0 };
	bool ok = read_table(c, &all, "tcp", false);

	ok = read_table(c, &all, "tcp", true) && ok;
	ok = read_table(c, &all, "udp", false) && ok;
	ok = read_table(c, &all, "udp", true) && ok;
	if (!ok) {
		collect_unknown(c, "processes", "they are found by their ports");
		return;
	}
	find_owners(c, &all);
	for (size_t i = 0; i < all.n; i++) {
		collect_add(list, value_of(c, &all.all[i]));
		if (all.all[i].pid != 0)
			linux_add_process(c, processes, all.all[i].pid);
	}
	if (all.cut)
		collect_unknown(c, "listeners.*", "there are more than %d; the rest is left out", LISTENERS_MAX);
	collect_sort(list);
	collect_sort(processes);
	collect_put(c->facts, "listeners", list);
	collect_put(c->facts, "processes", processes);
}
