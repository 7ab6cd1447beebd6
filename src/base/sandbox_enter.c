/* What a child does to itself before it looks at foreign bytes: Landlock by system call (Debian 12 has no library for it), a seccomp deny list, rlimits. */
#define _GNU_SOURCE /* O_PATH */
#include "base/sandbox_int.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- Landlock: the numbers of the kernel's interface, because the headers of Debian 12 stop at version 2 ---- */

#define LL_EXECUTE (1ULL << 0)
#define LL_WRITE_FILE (1ULL << 1)
#define LL_READ_FILE (1ULL << 2)
#define LL_READ_DIR (1ULL << 3)
#define LL_REMOVE_DIR (1ULL << 4)
#define LL_REMOVE_FILE (1ULL << 5)
#define LL_MAKE_DIR (1ULL << 7)
#define LL_MAKE_REG (1ULL << 8)
#define LL_TRUNCATE (1ULL << 14)
#define LL_NET_BOTH 3ULL   /* bind and connect of TCP */
#define LL_SCOPE_BOTH 3ULL /* abstract sockets and signals */
#define LL_VERSION 1U
#define LL_PATH_BENEATH 1

struct ll_ruleset {
	uint64_t fs, net, scoped;
};
struct ll_path {
	uint64_t access;
	int32_t fd;
} __attribute__((packed));

/* By version: how much of struct ll_ruleset the kernel knows, and which rights over files. */
static const struct {
	uint64_t fs;
	size_t size;
} ll_versions[] = {
	{ 0, 0 },
	{ (1ULL << 13) - 1, 8 },
	{ (1ULL << 14) - 1, 8 },
	{ (1ULL << 15) - 1, 8 },
	{ (1ULL << 15) - 1, 16 },
	{ (1ULL << 16) - 1, 16 },
	{ (1ULL << 16) - 1, 24 },
};

int
sandbox_landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LL_VERSION);

	return abi > 0 ? (int)abi : 0;
}

/* A path that is not there needs no rule. */
static void
ll_allow(int ruleset, const char *path, uint64_t access, uint64_t known)
{
	struct ll_path rule = { .access = access & known, .fd = open(path, O_PATH | O_CLOEXEC) };

	if (rule.fd < 0)
		return;
	(void)syscall(SYS_landlock_add_rule, ruleset, LL_PATH_BENEATH, &rule, 0);
	(void)close(rule.fd);
}

/* What a program of the system reads to start and to draw letters; it executes itself and the loader. */
static void
ll_allow_program(int ruleset, const struct sandbox_wish *w, uint64_t known)
{
	static const struct {
		const char *path;
		uint64_t access;
	} readable[] = {
		{ "/usr", LL_READ_FILE | LL_READ_DIR },
		{ "/usr/lib", LL_EXECUTE },
		{ "/lib", LL_READ_FILE | LL_READ_DIR | LL_EXECUTE },
		{ "/lib64", LL_READ_FILE | LL_READ_DIR | LL_EXECUTE },
		{ "/etc/ld.so.cache", LL_READ_FILE },
		{ "/etc/fonts", LL_READ_FILE | LL_READ_DIR },
		{ "/var/cache/fontconfig", LL_READ_FILE | LL_READ_DIR },
		{ "/dev/null", LL_READ_FILE | LL_WRITE_FILE },
		{ "/dev/urandom", LL_READ_FILE },
	};

	for (size_t i = 0; i < FP_COUNT(readable); i++)
		ll_allow(ruleset, readable[i].path, readable[i].access, known);
	ll_allow(ruleset, w->program, LL_EXECUTE | LL_READ_FILE, known);
	if (w->scratch != NULL)
		ll_allow(ruleset, w->scratch,
		    LL_READ_FILE | LL_READ_DIR | LL_WRITE_FILE | LL_TRUNCATE | LL_MAKE_REG | LL_MAKE_DIR | LL_REMOVE_FILE |
			LL_REMOVE_DIR,
		    known);
}

/* Nothing is allowed that no rule names; a kernel without Landlock leaves the files to the seccomp filter. */
static void
enter_landlock(const struct sandbox_wish *w)
{
	int abi = sandbox_landlock_abi(), last = (int)FP_COUNT(ll_versions) - 1;
	struct ll_ruleset rules = { .fs = 0 };
	int v = abi > last ? last : abi;
	long fd;

	if (v <= 0)
		return;
	rules.fs = ll_versions[v].fs;
	rules.net = ll_versions[v].size >= 16 ? LL_NET_BOTH : 0;
	rules.scoped = ll_versions[v].size >= 24 ? LL_SCOPE_BOTH : 0;
	fd = syscall(SYS_landlock_create_ruleset, &rules, ll_versions[v].size, 0);
	if (fd < 0)
		return;
	if (w->kind == SANDBOX_RUN)
		ll_allow_program((int)fd, w, rules.fs);
	(void)syscall(SYS_landlock_restrict_self, (int)fd, 0);
	(void)close((int)fd);
}

/* ---- seccomp: a deny list ---- */

#define OF_ALL 3u  /* nobody in the sandbox */
#define OF_CALL 1u /* our own readers: they open nothing and start nothing; a program must be able to start */

static const struct {
	int nr;
	unsigned of;
} denied[] = {
#define NO(name, of)                                                                                                             \
	{                                                                                                                        \
		SCMP_SYS(name), of                                                                                               \
	}
	/* the network, and what could reach it past these calls */
	NO(socket, OF_ALL),
	NO(socketpair, OF_ALL),
	NO(connect, OF_ALL),
	NO(bind, OF_ALL),
	NO(listen, OF_ALL),
	NO(accept, OF_ALL),
	NO(accept4, OF_ALL),
	NO(io_uring_setup, OF_ALL),
	NO(io_uring_enter, OF_ALL),
	NO(io_uring_register, OF_ALL),
	/* other processes */
	NO(ptrace, OF_ALL),
	NO(process_vm_readv, OF_ALL),
	NO(process_vm_writev, OF_ALL),
	NO(process_madvise, OF_ALL),
	NO(pidfd_open, OF_ALL),
	NO(pidfd_getfd, OF_ALL),
	NO(pidfd_send_signal, OF_ALL),
	NO(kcmp, OF_ALL),
	NO(kill, OF_ALL),
	NO(tkill, OF_ALL),
	NO(rt_sigqueueinfo, OF_ALL),
	NO(rt_tgsigqueueinfo, OF_ALL),
	NO(setpriority, OF_ALL),
	NO(shmget, OF_ALL),
	NO(shmat, OF_ALL),
	NO(msgget, OF_ALL),
	NO(semget, OF_ALL),
	NO(mq_open, OF_ALL),
	/* the system */
	NO(mount, OF_ALL),
	NO(umount2, OF_ALL),
	NO(pivot_root, OF_ALL),
	NO(chroot, OF_ALL),
	NO(move_mount, OF_ALL),
	NO(open_tree, OF_ALL),
	NO(fsopen, OF_ALL),
	NO(fsconfig, OF_ALL),
	NO(fsmount, OF_ALL),
	NO(fspick, OF_ALL),
	NO(mount_setattr, OF_ALL),
	NO(swapon, OF_ALL),
	NO(swapoff, OF_ALL),
	NO(reboot, OF_ALL),
	NO(kexec_load, OF_ALL),
	NO(kexec_file_load, OF_ALL),
	NO(init_module, OF_ALL),
	NO(finit_module, OF_ALL),
	NO(delete_module, OF_ALL),
	NO(bpf, OF_ALL),
	NO(perf_event_open, OF_ALL),
	NO(userfaultfd, OF_ALL),
	NO(keyctl, OF_ALL),
	NO(add_key, OF_ALL),
	NO(request_key, OF_ALL),
	NO(unshare, OF_ALL),
	NO(setns, OF_ALL),
	NO(acct, OF_ALL),
	NO(quotactl, OF_ALL),
	NO(settimeofday, OF_ALL),
	NO(clock_settime, OF_ALL),
	NO(adjtimex, OF_ALL),
	NO(sethostname, OF_ALL),
	NO(setdomainname, OF_ALL),
	NO(syslog, OF_ALL),
	NO(fanotify_init, OF_ALL),
	NO(name_to_handle_at, OF_ALL),
	NO(open_by_handle_at, OF_ALL),
	/* what Landlock leaves: owners, modes, times, attributes */
	NO(chmod, OF_ALL),
	NO(fchmodat, OF_ALL),
	NO(chown, OF_ALL),
	NO(fchownat, OF_ALL),
	NO(lchown, OF_ALL),
	NO(setxattr, OF_ALL),
	NO(lsetxattr, OF_ALL),
	NO(removexattr, OF_ALL),
	NO(lremovexattr, OF_ALL),
	NO(utime, OF_ALL),
	NO(utimes, OF_ALL),
	NO(utimensat, OF_ALL),
	NO(futimesat, OF_ALL),
	/* files and programs, for our own readers */
	NO(fork, OF_ALL),
	NO(vfork, OF_ALL),
	NO(execve, OF_CALL),
	NO(execveat, OF_CALL),
	NO(clone, OF_CALL),
	NO(open, OF_CALL),
	NO(openat, OF_CALL),
	NO(openat2, OF_CALL),
	NO(creat, OF_CALL),
	NO(truncate, OF_CALL),
	NO(unlink, OF_CALL),
	NO(unlinkat, OF_CALL),
	NO(rename, OF_CALL),
	NO(renameat, OF_CALL),
	NO(renameat2, OF_CALL),
	NO(link, OF_CALL),
	NO(linkat, OF_CALL),
	NO(symlink, OF_CALL),
	NO(symlinkat, OF_CALL),
	NO(mkdir, OF_CALL),
	NO(mkdirat, OF_CALL),
	NO(rmdir, OF_CALL),
	NO(mknod, OF_CALL),
	NO(mknodat, OF_CALL),
	NO(chdir, OF_CALL),
	NO(fchdir, OF_CALL),
	NO(memfd_create, OF_CALL),
	NO(inotify_init1, OF_CALL),
#undef NO
};

#define FILTER_MAX 2048 /* instructions; ours have some 400 */

struct filter {
	struct sock_filter code[FILTER_MAX];
	unsigned short len;
};

static struct {
	pthread_mutex_t lock;
	bool ready;
	struct filter call, run;
} filters = { .lock = PTHREAD_MUTEX_INITIALIZER };

static bool
add_rules(scmp_filter_ctx c, unsigned of)
{
	static const unsigned long spaces[] = { CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC,
		CLONE_NEWUTS, CLONE_NEWCGROUP };
	bool ok = true;

	for (size_t i = 0; i < FP_COUNT(denied); i++)
		if ((denied[i].of & of) != 0) /* a number that this processor does not have is no rule */
			ok = ok && (denied[i].nr < 0 || seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), denied[i].nr, 0) == 0);
	/* The arguments of clone3 lie in memory, out of the filter's sight: glibc falls back on clone. */
	ok = ok && seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
	/* A program may start threads, no processes. */
	if (of != OF_CALL)
		ok = ok && seccomp_rule_add(
			       c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)) == 0;
	for (size_t i = 0; of != OF_CALL && i < FP_COUNT(spaces); i++)
		ok = ok && seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
			       SCMP_A0(SCMP_CMP_MASKED_EQ, spaces[i], spaces[i])) == 0;
	/* Where Landlock keeps signals inside, a reader may still abort by one. */
	if (sandbox_landlock_abi() < 6)
		ok = ok && seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tgkill), 0) == 0;
	return ok;
}

/* The program of the filter as the kernel wants it, through a file in memory: the library writes to descriptors only. */
static bool
export_filter(scmp_filter_ctx c, struct filter *out)
{
	int fd = (int)syscall(SYS_memfd_create, "filter", 1U /* MFD_CLOEXEC */);
	off_t size = fd >= 0 && seccomp_export_bpf(c, fd) == 0 ? lseek(fd, 0, SEEK_END) : 0;
	bool ok = size > 0 && (size_t)size <= sizeof(out->code) && pread(fd, out->code, (size_t)size, 0) == (ssize_t)size;

	if (fd >= 0)
		(void)close(fd);
	out->len = ok ? (unsigned short)((size_t)size / sizeof(out->code[0])) : 0;
	return ok;
}

static bool
make_filter(struct filter *out, unsigned of)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ALLOW);
	bool ok;

	if (c == NULL)
		return false;
	(void)seccomp_attr_set(c, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	(void)seccomp_attr_set(c, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	ok = add_rules(c, of) && export_filter(c, out);
	seccomp_release(c);
	return ok;
}

bool
sandbox_prepare(void)
{
	bool ready;

	(void)pthread_mutex_lock(&filters.lock);
	if (!filters.ready)
		filters.ready = make_filter(&filters.call, OF_CALL) && make_filter(&filters.run, OF_ALL & ~OF_CALL);
	ready = filters.ready;
	(void)pthread_mutex_unlock(&filters.lock);
	return ready;
}

/* A kernel that takes no filter leaves the rest in force; the probe tells. */
static void
enter_seccomp(enum sandbox_kind kind)
{
	struct filter *f = kind == SANDBOX_RUN ? &filters.run : &filters.call;
	const struct sock_fprog program = { .len = f->len, .filter = f->code };

	(void)prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

/* ---- limits ---- */

static bool
limit(int what, rlim_t soft, rlim_t hard)
{
	struct rlimit now, wish;

	if (getrlimit((__rlimit_resource_t)what, &now) != 0)
		return false;
	wish.rlim_max = now.rlim_max != RLIM_INFINITY && now.rlim_max < hard ? now.rlim_max : hard;
	wish.rlim_cur = soft < wish.rlim_max ? soft : wish.rlim_max;
	return setrlimit((__rlimit_resource_t)what, &wish) == 0;
}

/* What the program has mapped already does not count: a server with a full heap can still read a letter. */
static size_t
mapped_bytes(void)
{
	char text[64] = "";
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	size_t pages = 0;

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		pages = (size_t)131072; /* no /proc: half a GiB of 4 KiB pages */
	for (const char *p = text; *p >= '0' && *p <= '9'; p++)
		pages = pages * 10 + (size_t)(*p - '0');
	if (fd >= 0)
		(void)close(fd);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static bool
limit_memory(const struct sandbox_wish *w, size_t mapped)
{
	rlim_t bytes = w->limits.memory + (w->kind == SANDBOX_RUN ? 0 : mapped);

#ifdef SANDBOX_ASAN
	/* The sanitizer reserves terabytes of address space; a program that is executed does not. */
	if (w->kind != SANDBOX_RUN)
		return true;
#endif
	return limit(RLIMIT_AS, bytes, bytes);
}

static bool
enter_limits(const struct sandbox_wish *w, size_t mapped)
{
	const struct fp_sandbox_limits *l = &w->limits;
	rlim_t cpu = l->seconds, all = w->kind == SANDBOX_WORKER ? cpu * 256 : cpu;
	rlim_t files = w->scratch != NULL ? l->output : 0;
	bool run = w->kind == SANDBOX_RUN;

	return limit(RLIMIT_CORE, 0, 0) && limit(RLIMIT_FSIZE, files, files) && limit(RLIMIT_CPU, cpu, all + 1) &&
	       limit(RLIMIT_NOFILE, run ? 64 : SANDBOX_CHANNEL + 1, run ? 64 : SANDBOX_CHANNEL + 1) &&
	       (run || limit(RLIMIT_NPROC, 0, 0)) && limit_memory(w, mapped);
}

void
sandbox_more_time(unsigned seconds)
{
	struct rusage used;
	struct rlimit now;

	if (getrusage(RUSAGE_SELF, &used) != 0 || getrlimit(RLIMIT_CPU, &now) != 0)
		return;
	now.rlim_cur = (rlim_t)used.ru_utime.tv_sec + (rlim_t)used.ru_stime.tv_sec + seconds + 1;
	if (now.rlim_cur < now.rlim_max)
		(void)setrlimit(RLIMIT_CPU, &now);
}

/* Root without its capabilities: limits hold, owners and modes of files count. */
static bool
drop_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0, 0, 0 }, { 0, 0, 0 } };

	return syscall(SYS_capset, &head, none) == 0;
}

/* ---- descriptors ---- */

static void
forget_signals(void)
{
	const struct sigaction plain = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int s = 1; s < 65; s++)
		(void)sigaction(s, &plain, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
close_from(unsigned first)
{
	if (syscall(SYS_close_range, first, ~0U, 0U) == 0)
		return;
	for (unsigned fd = first; fd < 65536; fd++)
		(void)close((int)fd);
}

bool
sandbox_descriptors(int in, int out, int said, int *keep)
{
	/* Above everything first, so that none of them is overwritten before its turn. */
	int high[4] = { in, out, said, keep != NULL ? *keep : -1 }, null = open("/dev/null", O_RDWR);

	forget_signals();
	for (size_t i = 0; i < 4; i++) {
		int from = high[i] >= 0 || i == 3 ? high[i] : null;

		high[i] = from >= 0 ? fcntl(from, F_DUPFD, 16) : -1;
	}
	for (int i = 0; i < 4; i++)
		if (high[i] < 0)
			(void)close(i);
		else if (dup2(high[i], i) != i)
			return false;
	close_from(keep != NULL ? SANDBOX_CHANNEL + 1 : SANDBOX_CHANNEL);
	if (keep != NULL)
		*keep = SANDBOX_CHANNEL;
	return keep == NULL || high[3] >= 0;
}

bool
sandbox_enter(const struct sandbox_wish *w)
{
	size_t mapped = mapped_bytes();

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !drop_capabilities())
		return false;
	/* A worker learns from its closed channel that its parent is gone; its parent is a program, not the thread that happened to start it. */
	if (w->kind != SANDBOX_WORKER)
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	enter_landlock(w);
	if (!enter_limits(w, mapped))
		return false;
	enter_seccomp(w->kind);
	return true;
}
