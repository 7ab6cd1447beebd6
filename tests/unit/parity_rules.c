/*
 * Parity on our own notices: all their languages say the same, and one thing changed in one language is found as what it is. Waivers: what they cover, and when they end.
 */
#include "notice_help.h"

#include "base/utf8.h"
#include "parity/notice_side.h"

static struct term_base *terms;

static int
setup(void **state)
{
	struct fp_err err = { .status = FP_OK };

	(void)state;
	if (term_base_open(&terms, NULL, &err) != FP_OK)
		fail_msg("%s", err.msg);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	term_base_freep(&terms);
	return 0;
}

/* A language's section with one text in place of another; the notice keeps the result. */
struct change {
	const char *lang, *section, *from, *to;
};

static char *kept[8];
static size_t n_kept;

static void
apply(struct notice *n, const struct change *c)
{
	for (size_t t = 0; t < n->n_texts; t++)
		for (size_t s = 0; s < n->texts[t].n_sections; s++) {
			struct notice_section *x = &n->texts[t].sections[s];
			const char **text, *at;

			if (strcmp(n->texts[t].lang, c->lang) != 0 || strcmp(x->key, c->section) != 0)
				continue;
			text = strstr(x->markdown, c->from) != NULL ? &x->markdown : &x->heading;
			at = strstr(*text, c->from);
			if (at == NULL)
				fail_msg("%s/%s does not hold '%s'", c->lang, c->section, c->from);
			assert_true(n_kept < FP_COUNT(kept));
			kept[n_kept] = fp_asprintf("%.*s%s%s", (int)(at - *text), *text, c->to, at + strlen(c->from));
			*text = kept[n_kept++];
			return;
		}
	fail_msg("there is no %s/%s", c->lang, c->section);
}

static struct parity_report *
compared(const char *ref, const struct change *c, const struct parity_options *o)
{
	FP_AUTO(notice_freep) struct notice *n = opened(ref);
	struct draft *side[8] = { NULL };
	struct parity_report *r = NULL;
	struct fp_err err = { .status = FP_OK };
	size_t k = 0;

	if (c != NULL)
		apply(n, c);
	for (size_t i = 0; i < n->n_texts; i++)
		if (parity_notice_side(&side[k++], n, n->texts[i].lang, terms, &err) != FP_OK)
			fail_msg("%s", err.msg);
	if (parity_compare(&r, (const struct draft *const *)side, k, terms, o, &err) != FP_OK)
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < k; i++)
		draft_free(side[i]);
	while (n_kept > 0)
		free(kept[--n_kept]);
	return r;
}

static const struct parity_finding *
find(const struct parity_report *r, const char *code, const char *subject)
{
	for (uint32_t i = 0; i < r->n_findings; i++)
		if (strcmp(r->findings[i].code, code) == 0 && strstr(r->findings[i].subject, subject) != NULL)
			return &r->findings[i];
	return NULL;
}

static const char *const refs[] = { "FSN2023-1338", "FSN2024-1562", "FSN2025-1682" };

static void
our_languages_say_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(refs); i++) {
		FP_AUTO(parity_freep) struct parity_report *r = compared(refs[i], NULL, NULL);

		for (uint32_t k = 0; k < r->n_findings; k++)
			if (r->findings[k].severity == PARITY_S1)
				fail_msg("%s: false alarm %s: %s (%s)", refs[i], r->findings[k].code, r->findings[k].message,
				    r->findings[k].subject);
		assert_int_equal(r->n_sides, 5);
		assert_true(r->n_rows > 30);
	}
}

/* What a translator may get wrong, one at a time, and what must come of it. */
static const struct {
	const char *ref;
	struct change change;
	const char *code, *subject;
	enum parity_severity severity;
} mistakes[] = {
	{ "FSN2023-1338", { "de", "emergency", "Netzwerkkabel", "Netzkabel" }, "false-friend", "cable", PARITY_S1 },
	{ "FSN2023-1338", { "de", "emergency", "sofort ", "" }, "concept-missing", "immediately", PARITY_S1 },
	{ "FSN2023-1338", { "it", "modes", "Deve", "È importante" }, "obligation", "boot modes", PARITY_S1 },
	{ "FSN2023-1338", { "en", "adverse-events", "you must", "you can" }, "obligation", "adverse events", PARITY_S1 },
	{ "FSN2025-1682", { "de", "action.bmc-instructions", "Server befolgen", "Server aufbewahren" }, "step-verb", "step 1",
	    PARITY_S1 },
	{ "FSN2023-1338", { "es", "action.patch.requires", "copia de seguridad", "lista" }, "step-verb", "step 1", PARITY_S1 },
	{ "FSN2025-1682", { "da", "customer-actions", "skal", "bør" }, "obligation", "customer", PARITY_S1 },
	{ "FSN2023-1338", { "de", "problem", "Tabelle 1", "Tabelle 1 (Version 4711)" }, "number", "4711", PARITY_S2 },
};

static void
one_mistake_is_found(void **state)
{
	size_t missed = 0;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(mistakes); i++) {
		FP_AUTO(parity_freep) struct parity_report *clean = compared(mistakes[i].ref, NULL, NULL);
		FP_AUTO(parity_freep) struct parity_report *r = compared(mistakes[i].ref, &mistakes[i].change, NULL);
		const struct parity_finding *f = find(r, mistakes[i].code, mistakes[i].subject);

		assert_null(find(clean, mistakes[i].code, mistakes[i].subject));
		if (f == NULL || f->severity != mistakes[i].severity) {
			print_message("'%s' -> '%s' in %s/%s was not found as %s\n", mistakes[i].change.from,
			    mistakes[i].change.to, mistakes[i].change.lang, mistakes[i].change.section, mistakes[i].code);
			for (uint32_t k = 0; k < r->n_findings; k++)
				print_message(
				    "    %s [%s] %s\n", r->findings[k].code, r->findings[k].subject, r->findings[k].message);
			missed++;
			continue;
		}
		/* Every finding leads to lines of the language files. */
		for (uint32_t k = 0; k < f->n_spots; k++)
			if (f->spots[k].block >= 0)
				assert_true(f->spots[k].place.line > 0);
	}
	assert_int_equal(missed, 0);
}

static void
a_waiver_holds_until_its_day_and_for_its_text(void **state)
{
	const struct change c = { "de", "emergency", "Netzwerkkabel", "Netzkabel" },
			    other = { "de", "emergency", "**Netzwerkkabel** ab (", "**Netzkabel** ganz ab (" };
	FP_AUTO(parity_freep) struct parity_report *r = compared("FSN2023-1338", &c, NULL);
	const struct parity_finding *f = find(r, "false-friend", "cable");
	struct parity_waiver w = {
		.reason = "known in the field", .name = "A. Person", .given = { 2026, 1, 1 }, .until = { 2026, 12, 31 }
	};
	struct parity_options o = { .waivers = &w, .n_waivers = 1, .today = { 2026, 12, 31 } };

	(void)state;
	assert_non_null(f);
	assert_true(parity_open(r, PARITY_S1) > 0);
	fp_utf8_copy(w.id, sizeof(w.id), f->id);
	{
		FP_AUTO(parity_freep) struct parity_report *on_its_day = compared("FSN2023-1338", &c, &o);

		assert_true(find(on_its_day, "false-friend", "cable")->waived);
		assert_int_equal(parity_open(on_its_day, PARITY_S1), parity_open(r, PARITY_S1) - 1);
	}
	o.today = (struct fp_date){ 2027, 1, 1 };
	{
		FP_AUTO(parity_freep) struct parity_report *later = compared("FSN2023-1338", &c, &o);

		assert_false(find(later, "false-friend", "cable")->waived);
	}
	o.today = (struct fp_date){ 2026, 2, 1 };
	{
		FP_AUTO(parity_freep) struct parity_report *new_text = compared("FSN2023-1338", &other, &o);

		assert_non_null(find(new_text, "false-friend", "cable"));
		assert_false(find(new_text, "false-friend", "cable")->waived);
	}
}

static void
waivers_are_read_strictly(void **state)
{
	static const char *const bad[] = {
		"{\"format\":\"fieldproof-waivers-1\",\"waivers\":[{\"finding\":\"0123456789abcdef\",\"reason\":\"\",\"name\":"
		"\"A\",\"given\":\"2026-01-01\",\"until\":\"2026-02-01\"}]}",
		"{\"format\":\"fieldproof-waivers-1\",\"waivers\":[{\"finding\":\"xyz\",\"reason\":\"because\",\"name\":\"A\","
		"\"given\":\"2026-01-01\",\"until\":\"2026-02-01\"}]}",
		"{\"format\":\"fieldproof-waivers-1\",\"waivers\":[{\"finding\":\"0123456789abcdef\",\"reason\":\"because\","
		"\"name\":\"A\",\"given\":\"2026-01-01\",\"until\":\"2026-02-31\"}]}",
		"{\"format\":\"fieldproof-waivers-1\",\"waivers\":[{\"finding\":\"0123456789abcdef\",\"reason\":\"because\","
		"\"given\":\"2026-01-01\",\"until\":\"2026-02-01\"}]}",
		"{\"format\":\"fieldproof-waivers-2\",\"waivers\":[]}",
		"[1]",
	};
	const struct parity_waiver w = { .id = "0123456789abcdef",
		.reason = "because",
		.name = "A. Person",
		.given = { 2026, 1, 1 },
		.until = { 2026, 2, 1 } };
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	FP_AUTO(fp_freep) struct parity_waiver *back = NULL;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(bad); i++) {
		struct fp_err err = { .status = FP_OK };

		assert_int_equal(parity_waivers_read(&back, &n, bad[i], strlen(bad[i]), "waivers.json", &err), FP_EINVAL);
		assert_non_null(strstr(err.msg, "waivers.json"));
	}
	assert_int_equal(parity_waivers_write(&b, &w, 1, NULL), FP_OK);
	assert_int_equal(parity_waivers_read(&back, &n, b.data, b.len, "waivers.json", NULL), FP_OK);
	assert_int_equal(n, 1);
	assert_string_equal(back[0].reason, w.reason);
	assert_int_equal(fp_date_compare(back[0].until, w.until), 0);
}

static void
other_notices_are_not_compared(void **state)
{
	FP_AUTO(notice_freep) struct notice *a = opened(refs[0]);
	FP_AUTO(notice_freep) struct notice *b = opened(refs[1]);
	struct draft *side[2] = { NULL };
	struct parity_report *r = NULL;
	struct fp_err err = { .status = FP_OK };

	(void)state;
	assert_int_equal(parity_notice_side(&side[0], a, "de", terms, NULL), FP_OK);
	assert_int_equal(parity_notice_side(&side[1], b, "it", terms, NULL), FP_OK);
	assert_int_equal(parity_compare(&r, (const struct draft *const *)side, 2, terms, NULL, &err), FP_EINVAL);
	assert_non_null(strstr(err.msg, "FSN2024-1562"));
	assert_int_equal(parity_compare(&r, (const struct draft *const *)side, 1, terms, NULL, &err), FP_EINVAL);
	assert_int_equal(parity_notice_side(&side[1], b, "xx", terms, &err), FP_ENOTFOUND);
	draft_free(side[0]);
}

/* Every row shows a block at most once, every body block stands in a row, and what belongs together stands in the same one: our languages have the same blocks. */
static void
alignment_loses_nothing(void **state)
{
	FP_AUTO(notice_freep) struct notice *n = opened(refs[0]);
	struct draft *side[2] = { NULL };
	FP_AUTO(parity_freep) struct parity_report *r = NULL;
	uint32_t together = 0;

	(void)state;
	assert_int_equal(parity_notice_side(&side[0], n, "de", terms, NULL), FP_OK);
	assert_int_equal(parity_notice_side(&side[1], n, "es", terms, NULL), FP_OK);
	assert_int_equal(parity_compare(&r, (const struct draft *const *)side, 2, terms, NULL, NULL), FP_OK);
	for (uint32_t i = 0; i < r->n_rows; i++) {
		const int32_t *b = r->rows[i].block;

		together += b[0] >= 0 && b[1] >= 0 && side[0]->letter->blocks[b[0]].kind == side[1]->letter->blocks[b[1]].kind;
	}
	assert_true(together * 10 >= side[0]->letter->n_blocks * 9);
	for (uint32_t s = 0; s < 2; s++) {
		int32_t last = -1;
		uint32_t seen = 0;

		for (uint32_t i = 0; i < r->n_rows; i++)
			if (r->rows[i].block[s] >= 0) {
				assert_true(r->rows[i].block[s] > last);
				last = r->rows[i].block[s];
				seen++;
			}
		assert_int_equal(seen, side[s]->letter->n_blocks);
		draft_free(side[s]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_languages_say_the_same),
		cmocka_unit_test(one_mistake_is_found),
		cmocka_unit_test(a_waiver_holds_until_its_day_and_for_its_text),
		cmocka_unit_test(waivers_are_read_strictly),
		cmocka_unit_test(other_notices_are_not_compared),
		cmocka_unit_test(alignment_loses_nothing),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
