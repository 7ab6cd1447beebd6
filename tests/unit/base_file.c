/* Files: limits, what stays inside a folder, and that a failing disk loses nothing. Memory that runs out. */

#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

static char dir[] = "/tmp/fp-file-XXXXXX";
static int dirfd_of_test = -1;

static char *
in_dir(const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static int
make_dir(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return 1;
	dirfd_of_test = open(dir, O_RDONLY | O_DIRECTORY);
	return dirfd_of_test < 0;
}

static int
remove_dir(void **state)
{
	static const char *const names[] = { "a", "in", "out", "many" };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(names); i++)
		(void)unlink(in_dir(names[i]));
	(void)close(dirfd_of_test);
	return rmdir(dir);
}

static int
entries(void)
{
	DIR *d = opendir(dir);
	int n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	(void)closedir(d);
	return n - 2;
}

static void
assert_content(const char *name, const char *want)
{
	struct fp_buf b = { .max = 0 };

	assert_int_equal(fp_file_read(&b, in_dir(name), NULL), FP_OK);
	assert_string_equal(b.data, want);
	fp_buf_free(&b);
}

static void
publish_and_read(void **state)
{
	struct fp_buf b = { .max = 3 };
	struct stat st;
	struct fp_err err;

	(void)state;
	assert_int_equal(fp_file_publish(in_dir("a"), "one", 3, 0640, &err), FP_OK);
	assert_int_equal(stat(in_dir("a"), &st), 0);
	assert_int_equal(st.st_mode & 0777 & ~0040U, 0600); /* the group's bit is the umask's affair */
	assert_int_equal(fp_file_read(&b, in_dir("a"), &err), FP_OK);
	assert_string_equal(b.data, "one");
	assert_int_equal(fp_file_publish(in_dir("a"), "four", 4, 0600, &err), FP_OK);
	fp_buf_clear(&b);
	assert_int_equal(fp_file_read(&b, in_dir("a"), &err), FP_ELIMIT);
	assert_non_null(strstr(err.msg, "/a is larger than its limit of 3 bytes"));
	assert_int_equal(fp_file_publish(in_dir("a"), "", 0, 0600, &err), FP_OK);
	fp_buf_clear(&b);
	assert_int_equal(fp_file_read(&b, in_dir("a"), &err), FP_OK);
	assert_string_equal(b.data, "");
	assert_int_equal(entries(), 1);
	fp_buf_free(&b);
}

/* Publishing is a write, an fsync, a rename and an fsync of the folder: whichever fails, the name holds the old or the new whole. */
static void
publish_fails_at_each_step(void **state)
{
	static const struct {
		enum fp_status status;
		const char *content, *says;
	} steps[] = { { FP_ENOSPC, "old", "cannot write 'a': No space left on device" },
		{ FP_EIO, "old", "cannot bring 'a' safely to disk: Input/output error" },
		{ FP_EIO, "new", "cannot bring 'a' safely to disk: Input/output error" }, { FP_OK, "new", "" } };

	(void)state;
	for (int n = 0; n < (int)FP_COUNT(steps); n++) {
		struct fp_err err = { .status = FP_OK };

		assert_int_equal(fp_file_publish(in_dir("a"), "old", 3, 0600, NULL), FP_OK);
		fp_file_fail_after(n);
		assert_int_equal(fp_file_publish(in_dir("a"), "new", 3, 0600, &err), steps[n].status);
		fp_file_fail_after(-1);
		assert_string_equal(err.msg, steps[n].says);
		assert_content("a", steps[n].content);
		assert_int_equal(entries(), 1);
	}
}

static void
publish_says_what_it_cannot(void **state)
{
	struct fp_err err;

	(void)state;
	assert_int_equal(fp_file_publish("/nowhere/at/all", "x", 1, 0600, &err), FP_ENOTFOUND);
	assert_string_equal(err.msg, "cannot open the folder '/nowhere/at': No such file or directory");
	assert_int_equal(fp_file_publish("/proc/fp-test", "x", 1, 0600, &err), FP_ENOTFOUND);
	assert_int_equal(fp_file_publish_at(dirfd_of_test, "no/such", "x", 1, 0600, &err), FP_ENOTFOUND);
	assert_string_equal(err.msg, "cannot create 'no/such': No such file or directory");
}

static void
read_says_what_it_cannot(void **state)
{
	struct fp_buf b = { .max = 0 };
	struct fp_err err;

	(void)state;
	assert_int_equal(fp_file_read(&b, "/nowhere", &err), FP_ENOTFOUND);
	assert_string_equal(err.msg, "cannot open '/nowhere': No such file or directory");
	assert_int_equal(fp_file_read(&b, dir, &err), FP_EIO);
	assert_non_null(strstr(err.msg, "Is a directory"));
	fp_buf_free(&b);
}

static void
standard_input_is_a_file(void **state)
{
	struct fp_buf b = { .max = 0 };
	int ends[2], was = dup(STDIN_FILENO);

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "typed", 5), 5);
	(void)close(ends[1]);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(fp_file_read(&b, "-", NULL), FP_OK);
	assert_string_equal(b.data, "typed");
	(void)close(ends[0]);
	(void)dup2(was, STDIN_FILENO);
	(void)close(was);
	fp_buf_free(&b);
}

static void
reading_stays_in_its_folder(void **state)
{
	struct fp_buf b = { .max = 0 };

	(void)state;
	assert_int_equal(fp_file_publish(in_dir("a"), "inside", 6, 0600, NULL), FP_OK);
	assert_int_equal(symlink("a", in_dir("in")), 0);
	assert_int_equal(symlink("/etc/passwd", in_dir("out")), 0);
	assert_int_equal(fp_file_read_at(&b, dirfd_of_test, "in", NULL), FP_OK);
	assert_string_equal(b.data, "inside");
	fp_buf_clear(&b);
	assert_int_not_equal(fp_file_read_at(&b, dirfd_of_test, "out", NULL), FP_OK);
	assert_int_not_equal(fp_file_read_at(&b, dirfd_of_test, "../../etc/passwd", NULL), FP_OK);
	assert_int_not_equal(fp_file_read_at(&b, dirfd_of_test, "/etc/passwd", NULL), FP_OK);
	assert_int_equal(b.len, 0);
	fp_buf_free(&b);
}

#define LONG_TEXT 200000

static atomic_int refused;

static void *
publish_many(void *letter)
{
	char *text = malloc(LONG_TEXT);

	assert_non_null(text);
	memset(text, *(const char *)letter, LONG_TEXT);
	for (int i = 0; i < 20; i++)
		if (fp_file_publish_at(dirfd_of_test, "many", text, LONG_TEXT, 0600, NULL) != FP_OK)
			atomic_fetch_add(&refused, 1);
	free(text);
	return NULL;
}

/* Two threads and one name: whoever wins, the file is whole and of one writer. */
static void
two_publish_one_name(void **state)
{
	struct fp_buf b = { .max = 0 };
	pthread_t a, c;

	(void)state;
	assert_int_equal(pthread_create(&a, NULL, publish_many, (void *)(uintptr_t) "a"), 0);
	assert_int_equal(pthread_create(&c, NULL, publish_many, (void *)(uintptr_t) "c"), 0);
	for (int i = 0; i < 200; i++) {
		fp_buf_clear(&b);
		if (fp_file_read_at(&b, dirfd_of_test, "many", NULL) != FP_OK)
			continue;
		assert_int_equal(b.len, LONG_TEXT);
		assert_memory_equal(b.data, b.data + 1, LONG_TEXT - 1);
	}
	(void)pthread_join(a, NULL);
	(void)pthread_join(c, NULL);
	assert_int_equal(refused, 0);
	fp_buf_free(&b);
}

static void
memory_that_runs_out(void **state)
{
	int *list = NULL;
	size_t cap = 0;
	char *s;

	(void)state;
	(void)fp_mem_fail_after(2);
	s = fp_strdup("x");
	assert_non_null(s);
	assert_int_equal(fp_grow(&list, &cap, 3, sizeof(*list)), 0);
	assert_true(cap >= 3);
	assert_int_equal(list[cap - 1], 0);
	list[0] = 7;
	assert_int_equal(fp_grow(&list, &cap, cap, sizeof(*list)), 0); /* enough already: asks for nothing */
	assert_int_equal(fp_grow(&list, &cap, cap + 1, sizeof(*list)), -1);
	assert_int_equal(list[0], 7);
	assert_null(fp_calloc(1, 1));
	assert_null(fp_asprintf("%d", 1));
	assert_null(fp_strndup("abc", 2));
	assert_int_equal(fp_mem_fail_after(-1), 6);
	assert_null(fp_strdup(NULL));
	assert_null(fp_reallocarray(NULL, SIZE_MAX / 2, 3));
	fp_freep(&s);
	assert_null(s);
	s = fp_strndup("abc", 2);
	assert_string_equal(s, "ab");
	free(s);
	free(list);
}

/* A publication that memory fails leaves nothing behind either. */
static void
publish_without_memory(void **state)
{
	enum fp_status st;
	int64_t n = 0;

	(void)state;
	assert_int_equal(fp_file_publish(in_dir("a"), "old", 3, 0600, NULL), FP_OK);
	do {
		(void)fp_mem_fail_after(n++);
		st = fp_file_publish(in_dir("a"), "new", 3, 0600, NULL);
		(void)fp_mem_fail_after(-1);
		if (st == FP_OK)
			break;
		assert_int_equal(st, FP_ENOMEM);
		assert_content("a", "old");
	} while (n < 100);
	assert_content("a", "new");
	assert_true(n > 1);
}

static void
folders_above_are_made(void **state)
{
	struct fp_err err = { .status = FP_OK };
	struct stat st;

	(void)state;
	assert_int_equal(fp_folder_make(in_dir("f/b/c/"), &err), FP_OK);
	assert_int_equal(stat(in_dir("f/b/c"), &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(fp_folder_make(in_dir("f/b"), &err), FP_OK);
	assert_int_equal(rmdir(in_dir("f/b/c")), 0);
	assert_int_equal(rmdir(in_dir("f/b")), 0);
	assert_int_equal(fp_file_publish(in_dir("f/file"), "x", 1, 0644, &err), FP_OK);
	assert_int_equal(fp_folder_make(in_dir("f/file"), &err), FP_EEXIST);
	assert_int_equal(fp_folder_make(in_dir("f/file/d"), &err), FP_EIO);
	assert_non_null(strstr(err.msg, "f/file/d"));
	assert_int_equal(unlink(in_dir("f/file")), 0);
	assert_int_equal(rmdir(in_dir("f")), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(publish_and_read), cmocka_unit_test(publish_fails_at_each_step),
		cmocka_unit_test(publish_says_what_it_cannot), cmocka_unit_test(read_says_what_it_cannot),
		cmocka_unit_test(standard_input_is_a_file), cmocka_unit_test(publish_without_memory),
		cmocka_unit_test(reading_stays_in_its_folder), cmocka_unit_test(two_publish_one_name),
		cmocka_unit_test(memory_that_runs_out), cmocka_unit_test(folders_above_are_made) };

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
