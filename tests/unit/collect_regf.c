/* Hives made byte by byte (tests/data/hives/make), read by our reader and by libhivex: both must say the same. Damaged ones are refused with words. */
#include "unit.h"

#include <spawn.h>
#include <stdio.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collect/regf.h"
#include "collect/registry.h"

#define FOLDER "tests/data/hives/"
#define DEPTH_MAX 12

struct memory {
	const uint8_t *bytes;
	size_t len;
};

static bool
memory_read(void *ctx, uint64_t off, void *buf, size_t n)
{
	const struct memory *m = ctx;

	if (off > m->len || n > m->len - off)
		return false;
	memcpy(buf, m->bytes + off, n);
	return true;
}

static struct regf *
open_hive(struct collect_arena *a, const char *name, char why[REGF_WHY_MAX])
{
	struct memory *m = collect_alloc(a, sizeof(*m));
	char *bytes;
	char cannot[256] = "";

	assert_int_equal(collect_file_read(a, collect_text(a, FOLDER "%s.hive", name), (size_t)1 << 20, &bytes, &m->len, cannot),
	    COLLECT_FILE_OK);
	m->bytes = (const uint8_t *)bytes;
	return regf_open(a, &(struct regf_source){ memory_read, m, m->len }, why);
}

/* ---- the referee ---- */

static void
print_hex(FILE *out, int type, const struct collect_reg_value *v)
{
	(void)fprintf(out, "hex(%d):", type);
	for (size_t i = 0; i < v->len; i++)
		(void)fprintf(out, "%s%02x", i == 0 ? "" : ",", v->bytes[i]);
}

static void
print_text(FILE *out, const char *text)
{
	(void)fputc('"', out);
	for (; *text != '\0'; text++)
		(void)fprintf(out, "%s%c", *text == '\\' || *text == '"' ? "\\" : "", *text);
	(void)fputc('"', out);
}

static void
print_value(FILE *out, const char *name, const struct collect_reg_value *v)
{
	(void)fprintf(out, "\"%s\"=", name[0] == '\0' ? "@" : name);
	if (v->type == COLLECT_REG_TEXT) {
		print_text(out, v->text);
	} else if (v->type == COLLECT_REG_EXPAND) {
		(void)fputs("str(2):", out);
		print_text(out, v->text);
	} else if (v->type == COLLECT_REG_DWORD) {
		(void)fprintf(out, "dword:%08x", (unsigned)v->number);
	} else {
		print_hex(out,
		    v->type == COLLECT_REG_NONE    ? 0
		    : v->type == COLLECT_REG_MULTI ? 7
		    : v->type == COLLECT_REG_QWORD ? 11
						   : 3,
		    v);
	}
	(void)fputc('\n', out);
}

static int
by_name(const void *a, const void *b)
{
	return strcasecmp(*(char *const *)a, *(char *const *)b); /* as hivexsh prints them */
}

/* One key as hivexsh's ls and lsval print it, and the commands that make it do so; then the keys below. */
static void
walk(struct collect_arena *a, struct regf *h, const char *path, FILE *said, FILE *script, int depth)
{
	char **names, **values;
	size_t n, n_values;
	uint32_t key;

	assert_int_equal(regf_key(h, path, &key), COLLECT_REG_FOUND);
	(void)fprintf(script, "cd \\%s \nls\nlsval\n", path);
	assert_int_equal(regf_names(h, key, false, &names, &n, a), COLLECT_REG_FOUND);
	if (n > 0)
		qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 0; i < n; i++)
		(void)fprintf(said, "%s\n", names[i]);
	assert_int_equal(regf_names(h, key, true, &values, &n_values, a), COLLECT_REG_FOUND);
	for (size_t i = 0; i < n_values; i++) {
		struct collect_reg_value v;

		assert_int_equal(regf_value(h, key, values[i], &v, a), COLLECT_REG_FOUND);
		print_value(said, values[i], &v);
	}
	for (size_t i = 0; i < n && depth < DEPTH_MAX; i++)
		walk(a, h, collect_text(a, "%s%s%s", path, path[0] == '\0' ? "" : "\\", names[i]), said, script, depth + 1);
}

static char *
all_of(FILE *f)
{
	char *text = calloc(1, (size_t)1 << 20);
	size_t n;

	assert_non_null(text);
	n = fread(text, 1, ((size_t)1 << 20) - 1, f);
	assert_true(n < ((size_t)1 << 20) - 1);
	return text;
}

static size_t
line_length(const char *line)
{
	size_t n = strcspn(line, "\n");

	return n < 80 ? n : 80;
}

/* Names the first line that differs: whole dumps are too long to be looked through. */
static void
same_lines(const char *name, const char *ours, const char *theirs)
{
	size_t i = 0, line = 0;

	while (ours[i] != '\0' && ours[i] == theirs[i])
		if (ours[i++] == '\n')
			line = i;
	if (ours[i] != theirs[i])
		fail_msg("%s: '%.*s', but hivexsh says '%.*s'", name, (int)line_length(ours + line), ours + line,
		    (int)line_length(theirs + line), theirs + line);
}

/* Runs hivexsh with its output in a file; false when it is not installed. */
static bool
run_hivexsh(const char *script, const char *hive, FILE *out)
{
	char *const argv[] = { "hivexsh", "-f", (char *)(uintptr_t)script, (char *)(uintptr_t)hive, NULL };
	static char locale[] = "LC_ALL=C.UTF-8", path[] = "PATH=/usr/bin:/bin";
	char *const environment[] = { locale, path, NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int status, error;

	assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
	assert_int_equal(posix_spawn_file_actions_adddup2(&actions, fileno(out), STDOUT_FILENO), 0);
	assert_int_equal(posix_spawn_file_actions_adddup2(&actions, fileno(out), STDERR_FILENO), 0);
	error = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environment);
	assert_int_equal(posix_spawn_file_actions_destroy(&actions), 0);
	if (error != 0)
		return false;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) != 127;
}

/* false: the referee is not installed. */
static bool
same_as_hivex(const char *name)
{
	struct collect_arena *a = collect_arena_new();
	char why[REGF_WHY_MAX] = "", path[] = "/tmp/fp-hivexsh.XXXXXX";
	struct regf *h = open_hive(a, name, why);
	int fd = mkstemp(path);
	FILE *script = fdopen(fd, "w"), *said = tmpfile(), *referee = tmpfile();
	char *ours, *theirs;
	bool there;

	assert_non_null(h);
	assert_non_null(script);
	assert_non_null(said);
	walk(a, h, "", said, script, 0);
	assert_int_equal(fclose(script), 0);
	assert_non_null(referee);
	there = run_hivexsh(path, collect_text(a, FOLDER "%s.hive", name), referee);
	rewind(referee);
	rewind(said);
	ours = all_of(said);
	theirs = all_of(referee);
	if (there)
		same_lines(name, ours, theirs);
	assert_true(strlen(ours) > 20);
	free(ours);
	free(theirs);
	(void)fclose(referee);
	(void)fclose(said);
	(void)unlink(path);
	collect_arena_free(a);
	return there;
}

static void
reads_what_hivex_reads(void **state)
{
	static const char *const names[] = { "everything", "old", "system", "software" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!same_as_hivex(names[i])) {
			print_message("# skipped: hivexsh is not installed (libhivex-bin)\n");
			skip();
		}
}

/* ---- single answers ---- */

static void
finds_keys_and_values(void **state)
{
	struct collect_arena *a = collect_arena_new();
	char why[REGF_WHY_MAX];
	struct regf *h = open_hive(a, "everything", why);
	struct collect_reg_value v;
	uint32_t key;

	(void)state;
	assert_int_equal(regf_key(h, "RI\\Ri-4", &key), COLLECT_REG_FOUND);
	assert_int_equal(regf_value(h, key, "I", &v, a), COLLECT_REG_FOUND);
	assert_int_equal(v.number, 4);
	assert_int_equal(regf_value(h, key, "j", &v, a), COLLECT_REG_ABSENT);
	assert_int_equal(regf_key(h, "ri\\ri-5", &key), COLLECT_REG_ABSENT);
	assert_int_equal(regf_key(h, "ri\\ri", &key), COLLECT_REG_ABSENT);
	assert_int_equal(regf_key(h, "日本", &key), COLLECT_REG_FOUND);
	assert_int_equal(regf_key(h, "Süd", &key), COLLECT_REG_FOUND);
	assert_int_equal(regf_key(h, "values", &key), COLLECT_REG_FOUND);
	assert_int_equal(regf_value(h, key, "Backwards", &v, a), COLLECT_REG_FOUND);
	assert_int_equal(v.number, 0x12345678);
	assert_int_equal(regf_value(h, key, "Large", &v, a), COLLECT_REG_FOUND);
	assert_true(v.number == 0x1122334455667788);
	assert_int_equal(regf_value(h, key, "List", &v, a), COLLECT_REG_FOUND);
	assert_memory_equal(v.text, "one\0two\0", 9);
	assert_int_equal(regf_value(h, key, "Ω", &v, a), COLLECT_REG_FOUND);
	assert_string_equal(v.text, "wide name");
	assert_int_equal(regf_key(h, "big", &key), COLLECT_REG_FOUND);
	assert_int_equal(regf_value(h, key, "Big", &v, a), COLLECT_REG_FOUND);
	assert_int_equal(v.len, 40000);
	for (size_t i = 0; i < v.len; i++)
		assert_int_equal(v.bytes[i], i * 7 % 251);
	collect_arena_free(a);
}

static void
refuses_what_is_no_clean_hive(void **state)
{
	static const struct {
		const char *name, *why;
	} rows[] = { { "damaged-dirty", "not closed cleanly" }, { "damaged-checksum", "not closed cleanly" },
		{ "damaged-cut", "cut off" }, { "damaged-log", "no primary hive" }, { "damaged-version", "version" } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct collect_arena *a = collect_arena_new();
		char why[REGF_WHY_MAX] = "";

		assert_null(open_hive(a, rows[i].name, why));
		if (strstr(why, rows[i].why) == NULL)
			fail_msg("%s: '%s'", rows[i].name, why);
		collect_arena_free(a);
	}
}

static void
says_where_a_hive_is_damaged(void **state)
{
	static const struct {
		const char *name, *value, *why; /* value NULL: the list of keys */
	} rows[] = { { "damaged-root-free", NULL, "is free" }, { "damaged-root-outside", NULL, "outside" },
		{ "damaged-list-in-itself", NULL, "circle" }, { "damaged-big-cut", "Big", "too few segments" },
		{ "damaged-value-size", "Huge", "2147483647 bytes" }, { "damaged-value-size", "Number", "type 4 has 2 bytes" } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct collect_arena *a = collect_arena_new();
		struct collect_reg_value v;
		char why[REGF_WHY_MAX] = "", **names;
		size_t n;
		uint32_t key = 0;
		struct regf *h = open_hive(a, rows[i].name, why);

		assert_non_null(h);
		assert_int_equal(regf_key(h, "", &key), COLLECT_REG_FOUND);
		assert_int_equal(
		    rows[i].value == NULL ? regf_names(h, key, false, &names, &n, a) : regf_value(h, key, rows[i].value, &v, a),
		    COLLECT_REG_BROKEN);
		if (strstr(regf_why(h), rows[i].why) == NULL)
			fail_msg("%s: '%s'", rows[i].name, regf_why(h));
		collect_arena_free(a);
	}
}

/* A key that contains itself: a path through it ends where the path does. */
static void
ends_in_a_key_that_contains_itself(void **state)
{
	struct collect_arena *a = collect_arena_new();
	char why[REGF_WHY_MAX];
	struct regf *h = open_hive(a, "damaged-key-in-itself", why);
	uint32_t key;

	(void)state;
	assert_int_equal(regf_key(h, "again\\root\\again\\root", &key), COLLECT_REG_FOUND);
	assert_int_equal(regf_key(h, "again\\root\\again\\other", &key), COLLECT_REG_ABSENT);
	collect_arena_free(a);
}

/* Every byte of a small hive, one after another, turned over: an answer each time, never a crash (the sanitizer build sees reads too far). */
static void
survives_every_flipped_byte(void **state)
{
	struct collect_arena *a = collect_arena_new();
	char *bytes, why[256];
	size_t len;

	(void)state;
	assert_int_equal(collect_file_read(a, FOLDER "system.hive", 1 << 20, &bytes, &len, why), COLLECT_FILE_OK);
	for (size_t i = 4096; i < len; i++) {
		struct collect_arena *mine = collect_arena_new();
		struct memory m = { (const uint8_t *)bytes, len };
		char **names, said[REGF_WHY_MAX];
		size_t n;
		struct collect_reg_value v;
		struct regf *h;
		uint32_t key;

		bytes[i] = (char)~bytes[i];
		h = regf_open(mine, &(struct regf_source){ memory_read, &m, m.len }, said);
		assert_non_null(h);
		if (regf_key(h, "ControlSet002\\Services\\UniversalCopyService", &key) == COLLECT_REG_FOUND) {
			(void)regf_value(h, key, "ObjectName", &v, mine);
			(void)regf_names(h, key, true, &names, &n, mine);
		}
		bytes[i] = (char)~bytes[i];
		collect_arena_free(mine);
	}
	collect_arena_free(a);
}

/* ---- the folder of a system ---- */

static void
put_hive(const char *from, const char *folder, const char *to)
{
	struct collect_arena *a = collect_arena_new();
	char *bytes, why[256];
	size_t len;

	assert_int_equal(
	    collect_file_read(a, collect_text(a, FOLDER "%s.hive", from), 1 << 20, &bytes, &len, why), COLLECT_FILE_OK);
	assert_true(collect_file_write(collect_text(a, "%s/%s", folder, to), bytes, len, false, why));
	collect_arena_free(a);
}

static void
finds_hives_and_the_current_control_set(void **state)
{
	struct collect_arena *a = collect_arena_new();
	char folder[] = "/tmp/fp-hives.XXXXXX";
	struct collect_registry *r;
	const char *text;
	struct collect_reg_value v;

	(void)state;
	assert_non_null(mkdtemp(folder));
	put_hive("system", folder, "System");
	put_hive("damaged-dirty", folder, "software");
	r = collect_registry_hives(a, folder);
	assert_int_equal(
	    collect_reg_text(r, "SYSTEM", "CurrentControlSet\\Services\\UniversalCopyService", "ObjectName", &text, a),
	    COLLECT_REG_FOUND);
	assert_string_equal(text, ".\\sbsuser"); /* ControlSet001 says LocalSystem */
	assert_int_equal(r->value(r, "SYSTEM", "CurrentControlSetX", "a", &v, a), COLLECT_REG_ABSENT);
	assert_int_equal(r->value(r, "SOFTWARE", "Microsoft", "a", &v, a), COLLECT_REG_BROKEN);
	assert_non_null(strstr(r->why, "not closed cleanly"));
	assert_int_equal(r->value(r, "SAM", "", "a", &v, a), COLLECT_REG_BROKEN);
	collect_registry_close(r);
	assert_int_equal(unlink(collect_text(a, "%s/System", folder)), 0);
	assert_int_equal(unlink(collect_text(a, "%s/software", folder)), 0);
	assert_int_equal(rmdir(folder), 0);
	collect_arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_hivex_reads),
		cmocka_unit_test(finds_keys_and_values),
		cmocka_unit_test(refuses_what_is_no_clean_hive),
		cmocka_unit_test(says_where_a_hive_is_damaged),
		cmocka_unit_test(ends_in_a_key_that_contains_itself),
		cmocka_unit_test(survives_every_flipped_byte),
		cmocka_unit_test(finds_hives_and_the_current_control_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
