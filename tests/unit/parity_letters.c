/*
 * The real case: the German, Italian and Spanish letters of FSN2023-1338. What differs between them must be found, what is the same must not be reported. Their texts do not
 * travel with the project: without them this says so and skips; parity_rules.c tests the same rules on texts of our own.
 */
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "parity/parity.h"

#define FOLDER "../shared/letters/"

static struct draft *side[3];
static struct term_base *terms;
static struct parity_report *report;

static struct draft *
read_letter(const char *name)
{
	char path[200];
	struct fp_buf b = { .max = 0 };
	struct letter *l = NULL;
	struct draft *d = NULL;
	struct fp_err err = { .status = FP_OK };

	(void)snprintf(path, sizeof(path), FOLDER "%s", name);
	if (fp_file_read(&b, path, &err) != FP_OK || letter_read_text(&l, name, b.data, b.len, NULL, &err) != FP_OK ||
	    draft_from_letter(&d, l, terms, &(struct draft_options){ .keep_letter = true }, &err) != FP_OK)
		fail_msg("%s: %s", path, err.msg);
	fp_buf_free(&b);
	return d;
}

static int
setup(void **state)
{
	struct fp_err err = { .status = FP_OK };

	(void)state;
	if (access(FOLDER "001-FSN2023-1338-de.txt", R_OK) != 0)
		return 0;
	if (term_base_open(&terms, NULL, &err) != FP_OK)
		return -1;
	side[0] = read_letter("001-FSN2023-1338-de.txt");
	side[1] = read_letter("002-FSN2023-1338-it.txt");
	side[2] = read_letter("004-FSN2023-1338-es.txt");
	if (parity_compare(&report, (const struct draft *const *)side, 3, terms, NULL, &err) != FP_OK)
		fail_msg("%s", err.msg);
	if (getenv("PARITY_SHOW") != NULL)
		for (uint32_t i = 0; i < report->n_findings; i++) {
			const struct parity_finding *f = &report->findings[i];

			printf("%s %s [%s] %s\n", parity_severity_name(f->severity), f->code, f->subject, f->message);
			for (uint32_t k = 0; k < f->n_spots; k++)
				printf("     %s: %s (block %d, p%d l%d c%d)\n", report->names[f->spots[k].side],
				    f->spots[k].value ? f->spots[k].value : "-", f->spots[k].block, f->spots[k].place.page,
				    f->spots[k].place.line, f->spots[k].place.col);
		}
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	parity_freep(&report);
	for (size_t i = 0; i < FP_COUNT(side); i++)
		draft_freep(&side[i]);
	term_base_freep(&terms);
	return 0;
}

/* The value that a side has in the finding; "" for nothing, NULL when the side is not in it. */
static const char *
value_of(const struct parity_finding *f, uint32_t which)
{
	for (uint32_t i = 0; i < f->n_spots; i++)
		if (f->spots[i].side == which)
			return f->spots[i].value != NULL ? f->spots[i].value : "";
	return NULL;
}

struct expected {
	const char *id; /* in the domain's list of differences */
	const char *code, *subject;
	enum parity_severity severity;
	const char *value[3]; /* parts of what German, Italian and Spanish say; NULL: whatever */
};

static const struct expected must_find[] = {
	/* by structure and tokens */
	{ "T01", "copy-incomplete", "step 2", PARITY_S1, { "fields", "", "" } },
	{ "T02", "copy-incomplete", "distributor", PARITY_S1, { "fields", "", "" } },
	{ "T16", "date-mask", "form", PARITY_S2, { "TT. MM JJJJ", "GG-MMM-AAAA", "DD-MMM-AAAA" } },
	{ "T19", "email-damaged", "es.txt", PARITY_S2, { NULL, NULL, NULL } },
	{ "T20", "page-id-lost", "page 6 of 001", PARITY_S2, { "", NULL, NULL } },
	{ "T20", "page-id-lost", "page 2 of 002", PARITY_S2, { NULL, "", NULL } },
	{ "T21", "block-one-language", "", PARITY_S2, { "", "there", "" } },
	{ "T24", "language-code", "es.txt", PARITY_S2, { NULL, NULL, "ESP" } },
	/* with the term base */
	{ "T03", "step-verb", "step 1", PARITY_S1, { "download", "download, install", "download, install" } },
	{ "T04", "false-friend", "cable", PARITY_S1, { "mains-cable", "network-cable", "network-cable" } },
	{ "T05", "term", "attestation", PARITY_S1, { "taken-note", "read-and-understood", "read-and-understood" } },
	{ "T06", "term", "form-name", PARITY_S1, { "verification-form", "verification-form", "acknowledgement-form" } },
	{ "T07", "obligation", "boot modes", PARITY_S1, { "must", "important", "important" } },
	{ "T10", "obligation", "heading", PARITY_S1, { "must", "no obligation", "must" } },
	{ "T11", "obligation", "adverse events", PARITY_S1, { "must", "no obligation", "important" } },
	{ "T14", "term", "security", PARITY_S2, { "security-gap", "cybersecurity", "cybersecurity" } },
	{ "T17", "term", "device-identification", PARITY_S2,
	    { "device-recognition", "device-identification", "device-identification" } },
	{ "T18", "term", "job-title", PARITY_S2, { "job-title", "courtesy-title", "job-title" } },
	{ "T28", "two-words", "es.txt", PARITY_S2, { NULL, NULL, "" } },
};

static bool
is_it(const struct parity_finding *f, const struct expected *e)
{
	if (strcmp(f->code, e->code) != 0 || strstr(f->subject, e->subject) == NULL || f->severity != e->severity)
		return false;
	for (uint32_t i = 0; i < 3; i++) {
		const char *v = value_of(f, i);

		if (e->value[i] != NULL && (v == NULL || strstr(v, e->value[i]) == NULL))
			return false;
	}
	return true;
}

static void
finds_what_differs(void **state)
{
	size_t missed = 0;

	(void)state;
	if (report == NULL) {
		print_message("the letters are not here (" FOLDER "): skipped\n");
		skip();
	}
	for (size_t i = 0; i < FP_COUNT(must_find); i++) {
		bool found = false;

		for (uint32_t k = 0; k < report->n_findings && !found; k++)
			found = is_it(&report->findings[k], &must_find[i]);
		if (!found) {
			print_message("%s (%s, %s) was not found\n", must_find[i].id, must_find[i].code, must_find[i].subject);
			missed++;
		}
	}
	assert_int_equal(missed, 0);
}

/* Identical in all three: a finding of one of these codes, or about one of these subjects, is a false alarm. */
static void
says_nothing_about_the_same(void **state)
{
	static const char *const codes[] = { "product", "action-missing", "link", "pages", "section-missing", "spelling" };
	static const char *const subjects[] = { "/reference", "/document_number", "/issue_date", "/manufacturer/signatories",
		"/adverse_events", "/manufacturer/actions", "reason", "number ", "form: customer product" };

	(void)state;
	if (report == NULL)
		skip();
	for (uint32_t i = 0; i < report->n_findings; i++) {
		const struct parity_finding *f = &report->findings[i];

		for (size_t k = 0; k < FP_COUNT(codes); k++)
			if (strcmp(f->code, codes[k]) == 0)
				fail_msg("false alarm: %s: %s", f->code, f->message);
		for (size_t k = 0; k < FP_COUNT(subjects); k++)
			if (strstr(f->subject, subjects[k]) != NULL)
				fail_msg("false alarm: %s: %s", f->subject, f->message);
	}
}

/* Missing pages are a damaged copy, not a translator's omission. */
static void
a_missing_page_is_a_damaged_copy(void **state)
{
	(void)state;
	if (report == NULL)
		skip();
	for (uint32_t i = 0; i < report->n_findings; i++) {
		assert_string_not_equal(report->findings[i].code, "form-part-missing");
		if (strcmp(report->findings[i].code, "copy-incomplete") == 0)
			assert_non_null(strstr(report->findings[i].message, "5 of 6 pages"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_differs),
		cmocka_unit_test(says_nothing_about_the_same),
		cmocka_unit_test(a_missing_page_is_a_damaged_copy),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
