/* Fact files over time: the clock stands still until the test moves it. */
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#include "app/app.h"
#include "base/file.h"
#include "facts_help.h"

#define DAY ((fp_time)86400000)

struct site {
	char dir[64], db[96];
	fp_time now;
	struct app *a;
};
static const struct app_actor by = { .name = "test", .role = APP_ADMIN };

static const char list[] = "Serial number;Product;REF;Connectivity;Dx version;RUO version;Current mode;UCS version\n"
			   "N1;NextSeq 550Dx;20005715;local;1.3.1;4.0;Dx;2.0\n";

static int
setup(void **state)
{
	static const char *const dirs[] = { "notices", NULL };
	struct site *s = calloc(1, sizeof(*s));
	const struct app_import_options io = { .name = "list" };
	struct app_import_result imported = { .rows = 0 };
	struct app_matches matches;
	struct app_options o = { .notice_dirs = dirs };
	char csv[96];
	struct fp_err err;

	assert_non_null(s);
	(void)snprintf(s->dir, sizeof(s->dir), "/tmp/fp-bring-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	(void)snprintf(s->db, sizeof(s->db), "%s/site.db", s->dir);
	(void)snprintf(csv, sizeof(csv), "%s/list.csv", s->dir);
	s->now = 1800000000000;
	o.db = s->db;
	o.clock = fp_clock_fixed(&s->now);
	if (fp_file_publish(csv, list, strlen(list), 0600, &err) != FP_OK || app_open(&s->a, &o, &err) != FP_OK ||
	    app_notice_add(s->a, &by, "FSN2023-1338", &err) != FP_OK ||
	    app_device_import(s->a, &by, csv, &io, &imported, &err) != FP_OK ||
	    app_match_run(s->a, &by, NULL, &matches, &err) != FP_OK)
		fail_msg("%s", err.msg);
	app_import_result_free(&imported);
	app_matches_free(&matches);
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	struct site *s = *state;
	char command[160];

	app_free(s->a);
	(void)snprintf(command, sizeof(command), "rm -rf %s", s->dir);
	assert_int_equal(system(command), 0);
	free(s);
	return 0;
}

/* The recorded facts, made at when, with that challenge, taken in now. */
static struct app_brought *
bring(struct site *s, const char *facts, const char *mode, fp_time when, const char *code)
{
	FP_AUTO(fp_buf_free) struct fp_buf file = { .max = 1 << 20 };
	FP_JSON json_t *j = NULL;
	const struct app_bring_options o = { .serial = NULL };
	struct app_brought *out = NULL;
	char path[128], at[FP_TIME_MAX];
	struct fp_err err = { .msg = "" };

	(void)snprintf(path, sizeof(path), "tests/data/facts/%s.json", facts);
	(void)fp_time_text(at, when);
	(void)snprintf(at + 19, sizeof(at) - 19, "Z"); /* whole seconds */
	assert_int_equal(fp_json_load(&j, path, 1 << 20, &err), FP_OK);
	(void)json_object_set_new(j, "collected", json_string(at));
	(void)json_object_set_new(j, "challenge", json_string(code));
	(void)json_object_set_new(json_object_get(j, "stated"), "serial", json_string("N1"));
	(void)json_object_set_new(json_object_get(j, "stated"), "mode", json_string(mode));
	assert_true(facts_help_sign(&file, j, 0));
	if (app_facts_bring(s->a, &by, file.data, file.len, "facts.json", &o, &out, &err) != FP_OK)
		fail_msg("%s", err.msg);
	return out;
}

static const struct evidence_verdict *
said(const struct app_brought *b, const char *check)
{
	for (size_t i = 0; i < b->result->n; i++)
		if (strcmp(b->result->rows[i].verdict.check, check) == 0)
			return &b->result->rows[i].verdict;
	fail_msg("%s was not judged", check);
	return NULL;
}

static size_t
stale(struct site *s, const char *check, const char *why)
{
	FP_AUTO(app_case_freep) struct app_case *k = NULL;
	struct fp_err err = { .msg = "" };
	size_t n = 0;

	assert_int_equal(app_case_get(s->a, "FSN2023-1338", &k, &err), FP_OK);
	assert_int_equal(app_case_findings(s->a, k, &err), FP_OK);
	for (size_t i = 0; i < k->n_findings; i++)
		n += k->findings[i].kind == APP_STALE && strcmp(k->findings[i].check, check) == 0 &&
		     strcmp(k->findings[i].stale, why) == 0;
	return n;
}

static void
a_challenge_runs_out(void **state)
{
	struct site *s = *state;
	char code[APP_CHALLENGE_MAX];
	fp_time expires = 0;
	struct fp_err err;

	assert_int_equal(app_challenge_new(s->a, &by, 2, code, &expires, &err), FP_OK);
	assert_true(expires == s->now + 2 * DAY);
	assert_int_equal(app_challenge_new(s->a, &by, 400, code, &expires, &err), FP_EUSAGE);
	s->now += 2 * DAY;
	{
		FP_AUTO(app_brought_freep)
		struct app_brought *b = bring(s, "windows-nextseq550dx-dx-good", "Dx", s->now - DAY, code);

		assert_true(b->challenged);
		assert_int_equal(said(b, "UCS-4")->result, EVIDENCE_PASS);
	}
	s->now += 1;
	{
		FP_AUTO(app_brought_freep) struct app_brought *b = bring(s, "windows-nextseq550dx-dx-good", "Dx", s->now, code);

		assert_false(b->challenged);
		assert_string_equal(said(b, "UCS-4")->reason, "facts-undated");
	}
}

/* A device's clock may be wrong: what counts lies between the challenge and the import. */
static void
evidence_is_as_old_as_can_be_shown(void **state)
{
	static const struct {
		fp_time off; /* of the device's clock from now */
		int fresh;   /* days from the import on that the evidence of UCS-4 lasts: 180 from when it was seen */
	} clocks[] = { { -1 * DAY, 179 }, { -400 * DAY, 175 }, { 30 * DAY, 180 } };
	struct site *s = *state;

	for (size_t i = 0; i < FP_COUNT(clocks); i++) {
		char code[APP_CHALLENGE_MAX];
		fp_time expires, import;
		struct fp_err err;

		s->now += 1000 * DAY;
		assert_int_equal(app_challenge_new(s->a, &by, 0, code, &expires, &err), FP_OK);
		s->now += 5 * DAY;
		import = s->now;
		FP_AUTO(app_brought_freep)
		struct app_brought *b = bring(s, "windows-nextseq550dx-dx-good", "Dx", s->now + clocks[i].off, code);

		assert_int_equal(said(b, "UCS-4")->result, EVIDENCE_PASS);
		s->now = import + clocks[i].fresh * DAY - 2000;
		assert_int_equal(stale(s, "UCS-4", "age"), 0);
		s->now = import + clocks[i].fresh * DAY;
		assert_int_equal(stale(s, "UCS-4", "age"), 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_challenge_runs_out, setup, teardown),
		cmocka_unit_test_setup_teardown(evidence_is_as_old_as_can_be_shown, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
