/* Killed at any moment, disk full, no memory, two writers: what was committed is there whole, what was not is not there at all. */
#define _GNU_SOURCE
#include "store_help.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/mem.h"

#define FEW 150   /* devices written in every round, the short way */
#define MANY 5000 /* and in each sixteenth one, the long way */

static enum fp_status
put_all(struct store_import *im, const char *product, int n, int round, struct fp_err *err)
{
	char serial[32], location[32];
	struct device d = { .serial = serial, .location = location, .product = (char *)(uintptr_t)product };
	enum fp_status s = FP_OK;

	for (int i = 0; i < n && s == FP_OK; i++) {
		(void)snprintf(serial, sizeof(serial), "SN%07d", i);
		(void)snprintf(location, sizeof(location), "round %d", round);
		s = store_import_put(im, &d, NULL, NULL, NULL, err);
	}
	return s;
}

/* One change of state in several tables: all devices written say "round N", the setting and the ledger's last entry too. */
static enum fp_status
one_round(struct store *s, int round, struct fp_err *err)
{
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	FP_AUTO(store_import_freep) struct store_import *im = NULL;
	char text[64], body[64];
	enum fp_status r;

	(void)snprintf(text, sizeof(text), "%d", round);
	(void)snprintf(body, sizeof(body), "{\"round\":%d}", round);
	if ((r = store_begin(&tx, s, err)) != FP_OK || (r = store_import_begin(&im, tx, err)) != FP_OK ||
	    (r = store_setting_set(tx, "round", text, err)) != FP_OK || (r = put_all(im, "few", FEW, round, err)) != FP_OK ||
	    (round % 16 == 0 && (r = put_all(im, "many", MANY, round, err)) != FP_OK) ||
	    (r = store_import_end(im, NULL, err)) != FP_OK ||
	    (r = store_ledger_append(tx, "anna", "device-import", text, body, NULL, err)) != FP_OK)
		return r;
	return store_commit(tx, err);
}

static int
round_of(struct bench *b)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 };

	if (store_setting_get(b->s, "round", &text, &b->err) == FP_ENOTFOUND)
		return 0;
	return (int)strtol(text.data, NULL, 10);
}

struct tally {
	size_t few, many;
	int round;
};

static enum fp_status
tally_device(void *ctx, const struct device *d, struct fp_err *err)
{
	struct tally *t = ctx;
	bool few = strcmp(d->product, "few") == 0;
	char where[32];

	(void)err;
	(void)snprintf(where, sizeof(where), "round %d", few ? t->round : t->round / 16 * 16);
	assert_string_equal(d->location, where);
	t->few += few;
	t->many += !few;
	return FP_OK;
}

/* Whole, and of one moment. Gives the round that it is of. */
static int
assert_whole(struct bench *b)
{
	struct tally t = { .round = round_of(b) };
	struct ledger_check c;

	OK(store_check(b->s, &b->err));
	OK(store_ledger_verify(b->s, &c, &b->err));
	assert_int_equal(c.count, t.round);
	OK(store_device_each(b->s, &(struct store_device_filter){ .text = NULL }, tally_device, &t, NULL, &b->err));
	assert_int_equal(t.few, t.round > 0 ? FEW : 0);
	assert_int_equal(t.many, t.round >= 16 ? MANY : 0);
	return t.round;
}

static void
sleep_us(long us)
{
	const struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	(void)nanosleep(&t, NULL);
}

static void
child_rounds(const char *path, const struct fp_clock *clock)
{
	struct fp_err err = { .status = FP_OK };
	struct bench child = { .clock = *clock };

	if (store_open(&child.s, path, clock, &err) != FP_OK)
		_exit(3);
	for (int round = round_of(&child) + 1;; round++)
		if (one_round(child.s, round, &err) != FP_OK)
			_exit(4);
}

static void
killed_at_any_moment(void **state)
{
	struct bench *b = *state;
	unsigned seed = (unsigned)time(NULL);
	int64_t start = fp_monotonic_ms();
	int rounds = 0, kills = 0, before = 0;

	store_freep(&b->s);
	for (; rounds < 50 && fp_monotonic_ms() - start < 9000; rounds++) {
		int status, now;
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			child_rounds(b->path, &b->clock);
		sleep_us(1000 + rand_r(&seed) % 60000);
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (!WIFSIGNALED(status))
			fail_msg("the child ended by itself with %d", WEXITSTATUS(status));
		kills++;
		OK(store_open(&b->s, b->path, &b->clock, &b->err));
		now = assert_whole(b);
		assert_true(now >= before);
		/* And the work can go on. */
		OK(one_round(b->s, now + 1, &b->err));
		assert_int_equal(round_of(b), now + 1);
		before = now + 1;
		store_freep(&b->s);
	}
	assert_true(kills >= 10 && before > kills);
	OK(store_open(&b->s, b->path, &b->clock, &b->err));
}

/* Nothing lost: the store reads on, and once there is room the same work succeeds. */
static enum fp_status
fill_until_full(struct bench *b, int *round)
{
	enum fp_status s;

	do
		s = one_round(b->s, ++*round, &b->err);
	while (s == FP_OK && *round < 64);
	*round -= 1;
	return s;
}

static void
file_limit_is_disk_full(void **state)
{
	struct bench *b = *state;
	struct rlimit was, small;
	int round = 0;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small = was;
	small.rlim_cur = 600 * 1024;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	FAILS(fill_until_full(b, &round), FP_ENOSPC, "make room and try again");
	assert_non_null(strstr(b->err.msg, b->path));
	assert_int_equal(round_of(b), round);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_true(round > 0);
	assert_int_equal(assert_whole(b), round);
	OK(one_round(b->s, round + 1, &b->err));
	bench_reopen(b);
	assert_int_equal(assert_whole(b), round + 1);
}

/* A real full disk: a small file system in memory, seen by this process only. */
static void
full_file_system(void **state)
{
	struct bench *b = *state;
	char was[96], mount_at[80], filler[96];
	int round = 0;
	FILE *f;

	(void)snprintf(mount_at, sizeof(mount_at), "%s/small", b->dir);
	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		skip();
	assert_int_equal(mkdir(mount_at, 0700), 0);
	if (mount("tmpfs", mount_at, "tmpfs", 0, "size=2m") != 0) {
		(void)rmdir(mount_at);
		skip();
	}
	store_freep(&b->s);
	(void)snprintf(was, sizeof(was), "%s", b->path);
	(void)snprintf(b->path, sizeof(b->path), "%s/site.db", mount_at);
	(void)snprintf(filler, sizeof(filler), "%s/filler", mount_at);
	OK(store_open(&b->s, b->path, &b->clock, &b->err));
	OK(one_round(b->s, ++round, &b->err));
	f = fopen(filler, "w");
	assert_non_null(f);
	while (fputs("x", f) >= 0 && fflush(f) == 0)
		continue;
	(void)fclose(f);
	FAILS(fill_until_full(b, &round), FP_ENOSPC, "make room and try again");
	assert_int_equal(assert_whole(b), round);
	assert_int_equal(unlink(filler), 0);
	OK(one_round(b->s, round + 1, &b->err));
	assert_int_equal(assert_whole(b), round + 1);
	store_freep(&b->s);
	assert_int_equal(umount(mount_at), 0);
	assert_int_equal(rmdir(mount_at), 0);
	(void)snprintf(b->path, sizeof(b->path), "%s", was);
}

/* Every allocation of a round fails once: an error or success, never half of it. */
static void
no_memory_at_any_moment(void **state)
{
	struct bench *b = *state;
	int round = 0, refused = 0;

	OK(one_round(b->s, ++round, &b->err));
	for (int64_t n = 0; n < 4000; n += n < 64 ? 1 : 61) {
		enum fp_status s;

		(void)fp_mem_fail_after(n);
		s = one_round(b->s, round + 1, &b->err);
		(void)fp_mem_fail_after(-1);
		round += s == FP_OK;
		if (s != FP_OK) {
			assert_int_equal(s, FP_ENOMEM);
			refused++;
		}
		assert_int_equal(round_of(b), round);
		if (round > 15)
			break;
	}
	assert_true(refused > 10);
	assert_int_equal(assert_whole(b), round);
	while (round < 15)
		OK(one_round(b->s, ++round, &b->err));
	for (int64_t n = 3000; round < 16; n += 4001) {
		(void)fp_mem_fail_after(n);
		round += one_round(b->s, round + 1, &b->err) == FP_OK;
		(void)fp_mem_fail_after(-1);
		assert_int_equal(round_of(b), round);
	}
	assert_int_equal(assert_whole(b), 16);
}

static void
no_memory_while_opening(void **state)
{
	struct bench *b = *state;

	for (int64_t n = 0; n < 100; n++) {
		struct store *s = NULL;
		enum fp_status r;

		(void)fp_mem_fail_after(n);
		r = store_open(&s, b->path, &b->clock, &b->err);
		(void)fp_mem_fail_after(-1);
		store_free(s);
		if (r == FP_OK) {
			assert_true(n > 1);
			return;
		}
		assert_int_equal(r, FP_ENOMEM);
	}
	fail_msg("opening took more than 100 allocations");
}

/* The command line and the server write at the same time: each waits for the other, none fails, no entry is lost. */
static void
two_writers(void **state)
{
	struct bench *b = *state;
	struct ledger_check c;
	pid_t pids[2];

	store_freep(&b->s);
	for (int w = 0; w < 2; w++) {
		pids[w] = fork();
		assert_true(pids[w] >= 0);
		if (pids[w] != 0)
			continue;
		for (int i = 0; i < 25; i++) {
			struct store *s = NULL;
			struct store_tx *tx = NULL;
			struct fp_err err;

			if (store_open(&s, b->path, &b->clock, &err) != FP_OK || store_begin(&tx, s, &err) != FP_OK ||
			    store_setting_set(tx, w ? "one" : "two", "x", &err) != FP_OK ||
			    store_ledger_append(tx, "anna", "site-set", "s", "{}", NULL, &err) != FP_OK ||
			    store_commit(tx, &err) != FP_OK)
				_exit(1);
			store_tx_freep(&tx);
			store_free(s);
		}
		_exit(0);
	}
	for (int w = 0; w < 2; w++) {
		int status;

		assert_int_equal(waitpid(pids[w], &status, 0), pids[w]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	OK(store_open(&b->s, b->path, &b->clock, &b->err));
	OK(store_ledger_verify(b->s, &c, &b->err));
	assert_int_equal(c.count, 50);
}

/* Several programs make the database at the same moment. */
static void
many_first_openers(void **state)
{
	struct bench *b = *state;
	pid_t pids[8];

	store_freep(&b->s);
	(void)unlink(b->path);
	for (size_t i = 0; i < FP_COUNT(pids); i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0) {
			struct store *s = NULL;
			struct fp_err err;

			_exit(store_open(&s, b->path, &b->clock, &err) == FP_OK && store_check(s, &err) == FP_OK ? 0 : 1);
		}
	}
	for (size_t i = 0; i < FP_COUNT(pids); i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	OK(store_open(&b->s, b->path, &b->clock, &b->err));
	OK(store_check(b->s, &b->err));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(killed_at_any_moment),
		TEST(file_limit_is_disk_full),
		TEST(full_file_system),
		TEST(no_memory_at_any_moment),
		TEST(no_memory_while_opening),
		TEST(two_writers),
		TEST(many_first_openers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
