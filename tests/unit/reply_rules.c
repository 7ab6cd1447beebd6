/* What a reply says of a case, who may sign it, and which answers do not go together: each rule fires, and is silent when nothing is wrong. */
#include "unit.h"

#include "reply_sample.h"

#include "i18n/i18n.h"

static const char *const each_notice[] = { "FSN2023-1338", "FSN2024-1562", "FSN2025-1682" };

struct given {
	struct reply *r;
	struct notice *n;
};

/* A reply with two devices, all questions answered, that nothing is wrong with. */
static struct given
good(const char *reference)
{
	struct given g = { NULL, NULL };
	struct fp_err err = { .status = FP_OK };

	if (sample_reply(&g.r, &g.n, reference, "en", 0, 2, &err) != FP_OK)
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < g.r->n_rows; i++) {
		struct reply_row *w = &g.r->rows[i];

		w->answer = REPLY_DONE;
		w->state = CASE_CLAIMED;
		w->planned = (struct fp_date){ 0, 0, 0 };
		assert_int_equal(reply_set(&w->reason, "", NULL), FP_OK);
		assert_int_equal(reply_set(&w->reason_text, "", NULL), FP_OK);
	}
	for (size_t i = 0; i < g.r->n_statements; i++)
		g.r->statements[i].answer = 1;
	return g;
}

static void
done(struct given *g)
{
	reply_free(g->r);
	notice_free(g->n);
}

static struct reply_problem found[64];

static size_t
problems(const struct given *g)
{
	size_t n = reply_problems(found, FP_COUNT(found), g->r, g->n);
	size_t bad = 0;

	assert_true(n <= FP_COUNT(found));
	while (bad < n && found[bad].contradiction)
		bad++;
	for (size_t i = bad; i < n; i++)
		assert_false(found[i].contradiction); /* contradictions come first */
	assert_int_equal(reply_contradictions(g->r, g->n), bad);
	return n;
}

/* Exactly one problem, of this kind, with these words. */
static void
expect_one(const struct given *g, bool contradiction, const char *words)
{
	size_t n = problems(g);

	if (n != 1 || found[0].contradiction != contradiction || strstr(found[0].text, words) == NULL)
		fail_msg("%zu problems instead of '%s'; the first: %s%s", n, words,
		    n && found[0].contradiction ? "(contradiction) " : "", n ? found[0].text : "none");
}

static void
nothing_is_wrong_with_a_good_reply(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(each_notice); i++) {
		struct given g = good(each_notice[i]);

		if (problems(&g) != 0)
			fail_msg("%s: %s", each_notice[i], found[0].text);
		done(&g);
	}
}

/* ---- statements ---- */

static void
answer(struct given *g, const char *code, int value)
{
	struct fp_err err;

	if (reply_answer_statement(g->r, code, value, &err) != FP_OK)
		fail_msg("%s", err.msg);
}

static void
an_unknown_statement_names_the_known_ones(void **state)
{
	struct given g = good("FSN2023-1338");
	struct fp_err err;

	(void)state;
	assert_int_equal(reply_answer_statement(g.r, "guidance-read", 1, &err), FP_EUSAGE);
	assert_string_equal(err.msg,
	    "FSN2023-1338 has no statement 'guidance-read'; it has: received, understood, users-informed, both-modes-understood");
	done(&g);
}

static void
every_statement_of_the_notices_has_words(void **state)
{
	(void)state;
	for (size_t k = 0; k < FP_COUNT(each_notice); k++) {
		struct given g = good(each_notice[k]);

		assert_int_equal(g.r->n_statements, g.n->reply_statements.n);
		for (size_t i = 0; i < g.r->n_statements; i++)
			assert_non_null(reply_statement_text(g.r->statements[i].code));
		done(&g);
	}
	assert_null(reply_statement_text("no-such-statement"));
}

static void
an_open_statement_is_a_gap(void **state)
{
	struct given g = good("FSN2023-1338");

	(void)state;
	answer(&g, "users-informed", -1);
	expect_one(&g, false, "Not every statement");
	answer(&g, "users-informed", 0);
	assert_int_equal(problems(&g), 0); /* "no" is an answer */
	done(&g);
}

static void
not_received_contradicts_done_and_understood(void **state)
{
	struct given g = good("FSN2023-1338");

	(void)state;
	answer(&g, "received", 0);
	assert_int_equal(problems(&g), 2);
	assert_non_null(strstr(found[0].text, "not to be received, yet steps"));
	assert_non_null(strstr(found[1].text, "yet to be read and understood"));
	answer(&g, "understood", 0);
	assert_int_equal(problems(&g), 2);
	assert_non_null(strstr(found[1].text, "not to be read and understood, yet steps"));
	for (size_t i = 0; i < g.r->n_rows; i++)
		g.r->rows[i].answer = REPLY_OPEN;
	expect_one(&g, false, "8 questions on devices are still open");
	done(&g);
}

static void
guidance_and_its_step_go_together(void **state)
{
	struct given g = good("FSN2024-1562");

	(void)state;
	answer(&g, "guidance-read", 0);
	expect_one(&g, true, "guidance is said not to be read");
	answer(&g, "guidance-read", 1);
	for (size_t i = 0; i < g.r->n_rows; i++)
		if (strcmp(g.r->rows[i].action, "read-guidance") == 0) {
			g.r->rows[i].answer = REPLY_NOT_DONE;
			assert_int_equal(reply_set(&g.r->rows[i].reason, "unreachable", NULL), FP_OK);
		}
	expect_one(&g, false, "guidance is said to be read, yet");
	answer(&g, "guidance-read", 0);
	assert_int_equal(problems(&g), 0);
	done(&g);
}

static void
all_servers_done_means_each_of_them(void **state)
{
	struct given g = good("FSN2025-1682");

	(void)state;
	answer(&g, "all-servers-done", 0);
	expect_one(&g, true, "yet each single one is");
	g.r->rows[0].answer = REPLY_NOT_DONE;
	assert_int_equal(reply_set(&g.r->rows[0].reason, "unreachable", NULL), FP_OK);
	assert_int_equal(problems(&g), 0);
	answer(&g, "all-servers-done", 1);
	expect_one(&g, true, "yet at least one is said not to be done");
	done(&g);
}

/* ---- rows ---- */

static void
say(struct given *g, enum reply_answer a, const char *reason, const char *text, struct fp_date planned)
{
	struct reply_row *w = &g->r->rows[1];

	w->answer = a;
	w->planned = planned;
	assert_int_equal(reply_set(&w->reason, reason, NULL), FP_OK);
	assert_int_equal(reply_set(&w->reason_text, text, NULL), FP_OK);
}

static void
each_rule_of_a_row(void **state)
{
	static const struct {
		enum reply_answer answer;
		const char *reason, *text;
		struct fp_date planned;
		const char *words; /* NULL: nothing is wrong */
		bool gap;
	} cases[] = {
		{ REPLY_DONE, "", "", { 0, 0, 0 }, NULL, false },
		{ REPLY_NOT_DONE, "avoid-interruption", "", { 0, 0, 0 }, NULL, false },
		{ REPLY_NOT_DONE, "planned", "", { 2026, 11, 21 }, NULL, false },
		{ REPLY_NOT_APPLICABLE, "transferred", "Rigshospitalet", { 0, 0, 0 }, NULL, false },
		{ REPLY_NOT_APPLICABLE, "decommissioned", "", { 0, 0, 0 }, NULL, false },
		{ REPLY_NOT_DONE, "", "", { 0, 0, 0 }, "the reason is missing", false },
		{ REPLY_NOT_APPLICABLE, "", "", { 0, 0, 0 }, "the reason is missing", false },
		{ REPLY_NOT_DONE, "too-lazy", "", { 0, 0, 0 }, "none that this program knows", false },
		{ REPLY_NOT_APPLICABLE, "avoid-interruption", "", { 0, 0, 0 }, "belongs to another answer", false },
		{ REPLY_NOT_DONE, "decommissioned", "", { 0, 0, 0 }, "belongs to another answer", false },
		{ REPLY_DONE, "avoid-interruption", "", { 0, 0, 0 }, "yet a reason for not doing it", false },
		{ REPLY_NOT_DONE, "planned", "", { 0, 0, 0 }, "no date is given", false },
		{ REPLY_NOT_DONE, "planned", "", { 2026, 11, 20 }, "a day that is past", true },
		{ REPLY_NOT_APPLICABLE, "transferred", "", { 0, 0, 0 }, "needs a word of explanation", false },
		{ REPLY_NOT_APPLICABLE, "none-at-site", "", { 0, 0, 0 }, "no product at the site", false },
		{ REPLY_OPEN, "", "", { 0, 0, 0 }, "1 question on a device is still open.", true },
	};
	struct given g = good("FSN2023-1338");

	(void)state;
	for (size_t i = 0; i < FP_COUNT(cases); i++) {
		say(&g, cases[i].answer, cases[i].reason, cases[i].text, cases[i].planned);
		if (cases[i].words != NULL)
			expect_one(&g, !cases[i].gap, cases[i].words);
		else if (problems(&g) != 0)
			fail_msg("case %zu: %s", i, found[0].text);
	}
	done(&g);
}

static void
a_problem_names_device_mode_and_step(void **state)
{
	struct given g = good("FSN2023-1338");

	(void)state;
	g.r->rows[3].state = CASE_DISPUTED;
	assert_string_equal(g.r->rows[3].action, "standard-user");
	expect_one(&g, false, "M70001 RUO, step 2: said to be done, but the measurement says otherwise.");
	done(&g);
}

static void
undecided_devices_are_said(void **state)
{
	struct given g = good("FSN2024-1562");

	(void)state;
	g.r->devices_cannot_tell = 1;
	expect_one(&g, false, "1 device of the list still waits for a decision");
	g.r->devices_cannot_tell = 3;
	expect_one(&g, false, "3 devices of the list still wait for a decision");
	done(&g);
}

/* A full list must not push a contradiction out: nothing else stops a signature. */
static void
no_gap_hides_a_contradiction(void **state)
{
	struct given g = { NULL, NULL };
	struct reply_problem one[1];
	struct fp_err err = { .status = FP_OK };

	(void)state;
	if (sample_reply(&g.r, &g.n, "FSN2023-1338", "en", 0, 60, &err) != FP_OK)
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < g.r->n_rows; i++)
		g.r->rows[i].state = CASE_DISPUTED;
	say(&g, REPLY_NOT_DONE, "", "", (struct fp_date){ 0, 0, 0 });
	assert_true(reply_problems(one, 1, g.r, g.n) > 200);
	assert_true(one[0].contradiction);
	assert_true(reply_problems(NULL, 0, g.r, g.n) > 200);
	done(&g);
}

/* A serial number is at most 512 bytes long; what is too long for a message is cut at a letter. */
static void
a_long_name_is_cut_at_a_letter(void **state)
{
	struct given g = good("FSN2023-1338");
	char serial[601];

	(void)state;
	for (size_t i = 0; i < 600; i += 2)
		memcpy(&serial[i], "ø", 2);
	for (size_t lead = 0; lead < 2; lead++) {
		serial[600] = '\0';
		memset(serial, 'M', lead);
		if (lead == 1)
			memmove(serial + 1, serial + 2, 599);
		assert_int_equal(reply_set(&g.r->rows[1].serial, serial, NULL), FP_OK);
		g.r->rows[1].state = CASE_DISPUTED;
		assert_int_equal(problems(&g), 1);
		assert_true(strlen(found[0].text) >= 380);
		assert_int_equal((unsigned char)found[0].text[strlen(found[0].text) - 1], 0xB8);
	}
	done(&g);
}

/* ---- distributor ---- */

static void
each_rule_of_the_distributor(void **state)
{
	static const struct {
		int distributor, identified, informed;
		struct fp_date on;
		const char *words;
		bool gap;
	} cases[] = {
		{ 0, -1, -1, { 0, 0, 0 }, NULL, false },
		{ 1, 1, 1, { 2026, 11, 20 }, NULL, false },
		{ 1, 1, 1, { 2026, 11, 22 }, NULL, false }, /* still today somewhere */
		{ 1, 1, 0, { 0, 0, 0 }, NULL, false },
		{ 0, 1, -1, { 0, 0, 0 }, "\"not applicable\" stands together", false },
		{ 0, -1, 0, { 0, 0, 0 }, "\"not applicable\" stands together", false },
		{ 1, 1, 1, { 0, 0, 0 }, "but the date is missing", false },
		{ 1, 1, 0, { 2026, 11, 20 }, "there is a date", false },
		{ 1, 1, 1, { 2026, 11, 23 }, "lies ahead", false },
		{ 1, 0, 1, { 2026, 11, 20 }, "none were identified", false },
		{ 0, -1, -1, { 2026, 11, 20 }, "there is a date", false },
		{ 1, -1, 0, { 0, 0, 0 }, "an answer is missing", true },
		{ 1, 1, -1, { 0, 0, 0 }, "an answer is missing", true },
		{ -1, -1, -1, { 0, 0, 0 }, "an answer is missing", true },
	};
	struct given g = good("FSN2023-1338");

	(void)state;
	for (size_t i = 0; i < FP_COUNT(cases); i++) {
		g.r->distributor = cases[i].distributor;
		g.r->identified = cases[i].identified;
		g.r->informed = cases[i].informed;
		g.r->informed_on = cases[i].on;
		if (cases[i].words != NULL)
			expect_one(&g, !cases[i].gap, cases[i].words);
		else if (problems(&g) != 0)
			fail_msg("case %zu: %s", i, found[0].text);
	}
	g.n->reply_distributor.n = 0;
	assert_int_equal(problems(&g), 0); /* a notice that does not ask */
	done(&g);
}

/* ---- from a cell, and the signature ---- */

/* Measuring is not saying: a proven cell that nobody claimed stays open on the form. */
static void
what_is_measured_is_not_said(void **state)
{
	struct given g = { NULL, NULL };
	struct device d = { .serial = (char[]){ "X1" }, .product = (char[]){ "MiSeqDx of the list" } };
	struct case_cell c = { .state = CASE_VERIFIED,
		.action = "patch",
		.mode = "Dx",
		.verdict_at = 5,
		.changed_at = 5,
		.verdict = { .result = EVIDENCE_PASS, .level = EVIDENCE_L2 } };

	(void)state;
	assert_int_equal(notice_open(&g.n, "notices/FSN2023-1338", NULL), FP_OK);
	assert_int_equal(reply_new(&g.r, g.n, "en", SAMPLE_NOW, NULL), FP_OK);
	assert_int_equal(reply_add_cell(g.r, &d, NULL, &c, NULL), FP_OK);
	assert_int_equal(g.r->rows[0].answer, REPLY_OPEN);
	assert_int_equal(g.r->rows[0].said_at, 0);
	assert_int_equal(g.r->rows[0].verdict.result, EVIDENCE_PASS);
	assert_string_equal(g.r->rows[0].product, "MiSeqDx of the list");
	assert_string_equal(g.r->rows[0].udi_di, "");
	c.claimed = true;
	c.claimed_at = 7;
	memcpy(c.claimed_by, "Ann", 4);
	assert_int_equal(reply_add_cell(g.r, &d, "MiSeqDx", &c, NULL), FP_OK);
	assert_int_equal(g.r->rows[1].answer, REPLY_DONE);
	assert_int_equal(g.r->rows[1].said_at, 7);
	assert_string_equal(g.r->rows[1].said_by, "Ann");
	assert_string_equal(g.r->rows[1].product, "MiSeqDx");
	c.state = CASE_NOT_DONE;
	c.claimed = false;
	assert_int_equal(reply_add_cell(g.r, &d, NULL, &c, NULL), FP_OK);
	assert_int_equal(g.r->rows[2].answer, REPLY_NOT_DONE);
	assert_int_equal(g.r->rows[2].said_at, 0); /* the cell's time is that of the check */
	c.verdict_at = 0;
	c.state = CASE_NOT_APPLICABLE;
	assert_int_equal(reply_add_cell(g.r, &d, NULL, &c, NULL), FP_OK);
	assert_int_equal(g.r->rows[3].answer, REPLY_NOT_APPLICABLE);
	assert_int_equal(g.r->rows[3].said_at, 5);
	assert_int_equal(g.r->n_rows, 4);
	done(&g);
}

static void
a_signature_needs_name_function_and_day(void **state)
{
	static const struct fp_date none = { 0, 0, 0 }, never = { 2026, 2, 29 };
	struct given g = good("FSN2023-1338");
	struct fp_err err;

	(void)state;
	assert_int_equal(reply_sign(g.r, NULL, "engineer", SAMPLE_DAY, 1, &err), FP_EUSAGE);
	assert_int_equal(reply_sign(g.r, "", "engineer", SAMPLE_DAY, 1, &err), FP_EUSAGE);
	assert_int_equal(reply_sign(g.r, "Ann", NULL, SAMPLE_DAY, 1, &err), FP_EUSAGE);
	assert_int_equal(reply_sign(g.r, "Ann", "", SAMPLE_DAY, 1, &err), FP_EUSAGE);
	assert_int_equal(reply_sign(g.r, "Ann", "engineer", none, 1, &err), FP_EUSAGE);
	assert_int_equal(reply_sign(g.r, "Ann", "engineer", never, 1, &err), FP_EUSAGE);
	assert_null(g.r->signed_by);
	assert_int_equal(reply_sign(g.r, "Ann", "engineer", SAMPLE_DAY, SAMPLE_NOW, &err), FP_OK);
	assert_string_equal(g.r->signed_by, "Ann");
	assert_string_equal(g.r->function, "engineer");
	assert_string_equal(g.r->meaning, reply_signature_meaning());
	assert_int_equal(g.r->signed_at, SAMPLE_NOW);
	done(&g);
}

static void
names_and_words_of_every_value(void **state)
{
	(void)state;
	for (unsigned a = 0; a <= REPLY_ANSWER_COUNT; a++)
		assert_true(reply_answer_name((enum reply_answer)a)[0] != '\0');
	for (unsigned r = 0; r <= EVIDENCE_RESULT_COUNT; r++) {
		assert_true(reply_result_text((enum evidence_result)r)[0] != '\0');
		assert_true(reply_result_style((enum evidence_result)r) < DOC_BADGE_COUNT);
	}
	for (unsigned l = 0; l <= EVIDENCE_LEVEL_COUNT; l++)
		assert_true(reply_level_text((enum evidence_level)l)[0] != '\0');
	/* Only what was seen to hold looks like it. REQ law-2. */
	assert_int_equal(reply_result_style(EVIDENCE_UNKNOWN), DOC_BADGE_UNKNOWN);
	assert_int_equal(reply_result_style(EVIDENCE_RESULT_COUNT), DOC_BADGE_UNKNOWN);
	assert_int_equal(reply_state_style(CASE_VERIFIED), DOC_BADGE_VERIFIED);
	assert_int_equal(reply_state_style(CASE_CLAIMED), DOC_BADGE_CLAIMED);
	assert_int_equal(reply_state_style(CASE_STATE_COUNT), DOC_BADGE_NEUTRAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_wrong_with_a_good_reply),
		cmocka_unit_test(an_unknown_statement_names_the_known_ones),
		cmocka_unit_test(every_statement_of_the_notices_has_words),
		cmocka_unit_test(an_open_statement_is_a_gap),
		cmocka_unit_test(not_received_contradicts_done_and_understood),
		cmocka_unit_test(guidance_and_its_step_go_together),
		cmocka_unit_test(all_servers_done_means_each_of_them),
		cmocka_unit_test(each_rule_of_a_row),
		cmocka_unit_test(a_problem_names_device_mode_and_step),
		cmocka_unit_test(undecided_devices_are_said),
		cmocka_unit_test(no_gap_hides_a_contradiction),
		cmocka_unit_test(a_long_name_is_cut_at_a_letter),
		cmocka_unit_test(each_rule_of_the_distributor),
		cmocka_unit_test(what_is_measured_is_not_said),
		cmocka_unit_test(a_signature_needs_name_function_and_day),
		cmocka_unit_test(names_and_words_of_every_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
