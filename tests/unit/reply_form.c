/* The form: everything that was said and measured stands on it, in every language, and 50 devices make a PDF in less than a second. */
#include "unit.h"

#include "reply_sample.h"

#include "document/html.h"
#include "document/pdf.h"
#include "document/text.h"
#include "i18n/i18n.h"

#include <time.h>

#if defined(__SANITIZE_ADDRESS__)
#define LIMIT_S 10
#else
#define LIMIT_S 1
#endif

#define HASH "3f786850e387550fdab836ed7e6dc881de23001b3f786850e387550fdab836ed"
static const struct reply_record record = { .number = 3, .ledger_seq = 117, .hash = HASH };

struct made {
	struct reply *r;
	struct notice *n;
	struct doc *d;
	struct fp_buf text;
};

static struct made
prepared(const char *reference, const char *lang, size_t site, size_t devices)
{
	struct made m = { .text = { .max = 0 } };
	struct fp_err err = { .status = FP_OK };

	if (sample_reply(&m.r, &m.n, reference, lang, site, devices, &err) != FP_OK)
		fail_msg("%s", err.msg);
	return m;
}

static void
render(struct made *m, const struct reply_record *rec)
{
	static const struct doc_text_options wide = { .width = 400 };
	struct fp_err err = { .status = FP_OK };

	doc_free(m->d);
	m->d = NULL;
	fp_buf_free(&m->text);
	if (reply_document(&m->d, m->r, m->n, rec, &err) != FP_OK || doc_write_text(m->d, &wide, &m->text, &err) != FP_OK)
		fail_msg("%s", err.msg);
}

static void
forget(struct made *m)
{
	fp_buf_free(&m->text);
	doc_free(m->d);
	reply_free(m->r);
	notice_free(m->n);
}

static void
holds(const struct made *m, const char *words)
{
	if (strstr(m->text.data, words) == NULL)
		fail_msg("'%s' is not on the form:\n%s", words, m->text.data);
}

static void
lacks(const struct made *m, const char *words)
{
	if (strstr(m->text.data, words) != NULL)
		fail_msg("'%s' is on the form:\n%s", words, m->text.data);
}

static size_t
count(const struct made *m, const char *words)
{
	size_t n = 0;

	for (const char *at = m->text.data; (at = strstr(at, words)) != NULL; at += strlen(words))
		n++;
	return n;
}

static void
a_draft_asks_and_a_signed_reply_says(void **state)
{
	struct made m = prepared("FSN2023-1338", "en", 0, 8);

	(void)state;
	m.r->devices_cannot_tell = 2;
	render(&m, NULL);
	holds(&m, "Draft");
	holds(&m, "M-AMR-00719");
	holds(&m, "techsupport@illumina.com");
	holds(&m, "Nordic Molecular Diagnostics A/S");
	holds(&m, "Forskerparken 10, 8200 Aarhus N, DK");
	holds(&m, "Step 2: Run UCS as a standard user");
	holds(&m, "Reasons that may be given: operation shall not be interrupted; planned (with the day);");
	holds(&m, "2 devices of the list still wait for a decision");
	holds(&m, reply_signature_meaning());
	lacks(&m, "Signed electronically");
	assert_int_equal(
	    reply_sign(m.r, "Mette Holm Sørensen", "Biomedical engineer", SAMPLE_DAY, SAMPLE_NOW + 3661000, NULL), FP_OK);
	render(&m, &record);
	/* 21 CFR 11.50: name, date and time, meaning. */
	holds(&m, "Signed electronically");
	holds(&m, "Mette Holm Sørensen");
	holds(&m, "10:31:01 UTC");
	holds(&m, reply_signature_meaning());
	holds(&m, HASH);
	holds(&m, "117");
	lacks(&m, "Draft");
	lacks(&m, "Reasons that may be given");
	forget(&m);
}

/* One row per cell, whatever the case: none is dropped, and each answer and result is counted once. */
static void
every_cell_is_on_the_form(void **state)
{
	(void)state;
	for (size_t k = 0; k < FP_COUNT(sample_notices); k++) {
		struct made m = prepared(sample_notices[k], "en", 1, 9);
		size_t done = 0, tried = 0;

		render(&m, NULL);
		for (size_t i = 0; i < m.r->n_rows; i++) {
			holds(&m, m.r->rows[i].serial);
			done += m.r->rows[i].answer == REPLY_DONE;
			tried += m.r->rows[i].verdict.result == EVIDENCE_UNKNOWN;
		}
		assert_int_equal(count(&m, "( ) not applicable") + count(&m, "(x) not applicable"), m.r->n_rows);
		assert_int_equal(count(&m, "(x) done"), done);
		assert_int_equal(count(&m, "[unknown]"), tried);
		forget(&m);
	}
}

/* The numbers of the summary, and a device that stands once for its two modes. */
static void
the_summary_counts(void **state)
{
	struct made m = prepared("FSN2023-1338", "en", 0, 9);

	(void)state;
	m.r->statements[1].answer = 0;
	m.r->statements[2].answer = -1;
	render(&m, NULL);
	holds(&m, "│ Questions │ done │ not done │ not applicable │ open │ proven");
	holds(&m, "1 Download and install the software patch │        18 │    8 │        4 │              2 │    4 │      6");
	assert_int_equal(count(&m, "M70075"), 2 + count(&m, "M70075 Dx, step") + count(&m, "M70075 RUO, step"));
	assert_int_equal(count(&m, "(x) Yes"), 2);
	assert_int_equal(count(&m, "(x) No"), 1);
	forget(&m);
}

/* A reply to another edition of the notice: its rows are shown, not cut. */
static void
rows_of_steps_that_the_notice_lacks_are_shown(void **state)
{
	struct made m = prepared("FSN2025-1682", "en", 0, 3);

	(void)state;
	render(&m, NULL);
	lacks(&m, "Other steps");
	assert_int_equal(reply_set(&m.r->rows[1].action, "older-step", NULL), FP_OK);
	render(&m, NULL);
	holds(&m, "Other steps");
	holds(&m, "Step \"older-step\"");
	holds(&m, m.r->rows[1].serial);
	forget(&m);
}

static void
what_was_said_stands_beside_what_was_measured(void **state)
{
	struct made m = prepared("FSN2024-1562", "en", 0, 8);

	(void)state;
	render(&m, NULL);
	holds(&m, "planned: 15 Jan 2027");
	holds(&m, "passed on to another organisation");
	holds(&m, "Rigshospitalet, Copenhagen, on 3 September 2026");
	holds(&m, "[failed]");
	holds(&m, "reachability from the network");
	holds(&m, "REF DX-410-1001");
	holds(&m, "UDI-DI 00816270020002");
	holds(&m, "said to be done, but the measurement says otherwise");
	lacks(&m, "Boot mode"); /* one answer for all modes: no column */
	forget(&m);
}

static void
the_distributor_part_says_its_day(void **state)
{
	struct made m = prepared("FSN2023-1338", "en", 0, 1);

	(void)state;
	render(&m, NULL);
	holds(&m, "[x] Not applicable: we only use the products ourselves.");
	m.r->distributor = m.r->identified = m.r->informed = 1;
	m.r->informed_on = (struct fp_date){ 2026, 10, 2 };
	render(&m, NULL);
	holds(&m, "[ ] Not applicable");
	holds(&m, "2 Oct 2026");
	forget(&m);
}

static void
contradictions_stand_in_a_box_of_their_own(void **state)
{
	struct made m = prepared("FSN2023-1338", "en", 0, 30);

	(void)state;
	for (size_t i = 0; i < m.r->n_rows; i++) {
		m.r->rows[i].answer = REPLY_NOT_DONE;
		assert_int_equal(reply_set(&m.r->rows[i].reason, "", NULL), FP_OK);
	}
	render(&m, NULL);
	holds(&m, "These answers contradict each other");
	assert_int_equal(count(&m, "the reason is missing"), 12);
	holds(&m, "and 108 more");
	forget(&m);
}

/* Long words, foreign letters, hostile names: the form is made, in all formats, in every language. */
static void
every_language_and_format(void **state)
{
	size_t n_langs;
	const struct i18n *const *langs = i18n_languages(&n_langs);

	(void)state;
	for (size_t l = 0; l < n_langs; l++)
		for (size_t s = 0; s < FP_COUNT(sample_sites); s++) {
			struct made m = prepared(sample_notices[s % 3], i18n_tag(langs[l]), s, 5);
			struct fp_buf html = { .max = 0 }, pdf = { .max = 0 };
			struct fp_err err = { .status = FP_OK };

			assert_int_equal(
			    reply_set(&m.r->rows[0].note, "<script>alert(1)</script> \xE2\x80\xAE evil", NULL), FP_OK);
			render(&m, s % 2 ? &record : NULL);
			holds(&m, sample_sites[s].name);
			holds(&m, sample_sites[s].contact);
			assert_int_equal(
			    doc_write_html(m.d, &(struct doc_html_options){ .mode = DOC_HTML_STANDALONE }, &html, &err), FP_OK);
			assert_null(strstr(html.data, "<script"));
			if (doc_write_pdf(m.d, NULL, &pdf, &err) != FP_OK)
				fail_msg("%s", err.msg);
			assert_memory_equal(pdf.data, "%PDF-1.", 7);
			fp_buf_free(&html);
			fp_buf_free(&pdf);
			forget(&m);
		}
}

static void
the_same_reply_gives_the_same_bytes(void **state)
{
	struct fp_buf pdf[2] = { { .max = 0 }, { .max = 0 } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct made m = prepared("FSN2023-1338", "da", 0, 6);

		assert_int_equal(reply_document(&m.d, m.r, m.n, &record, NULL), FP_OK);
		assert_int_equal(doc_write_pdf(m.d, NULL, &pdf[i], NULL), FP_OK);
		forget(&m);
	}
	assert_int_equal(pdf[0].len, pdf[1].len);
	assert_memory_equal(pdf[0].data, pdf[1].data, pdf[0].len);
	fp_buf_free(&pdf[0]);
	fp_buf_free(&pdf[1]);
}

/* 50 devices with two modes and two steps: 200 rows. The figure is one second, of processor time: the machine may be busy. */
static void
fifty_devices_in_a_second(void **state)
{
	struct made m = prepared("FSN2023-1338", "de", 1, 50);
	struct fp_buf pdf = { .max = 0 };
	clock_t begin = clock();
	double took;

	(void)state;
	assert_int_equal(m.r->n_rows, 200);
	assert_int_equal(reply_document(&m.d, m.r, m.n, &record, NULL), FP_OK);
	assert_int_equal(doc_write_pdf(m.d, NULL, &pdf, NULL), FP_OK);
	took = (double)(clock() - begin) / CLOCKS_PER_SEC;
	if (took >= LIMIT_S)
		fail_msg("200 rows took %.3f s", took);
	fp_buf_free(&pdf);
	forget(&m);
}

static void
memory_runs_out(void **state)
{
	struct made m = prepared("FSN2025-1682", "en", 0, 3);
	bool all = false;
	int64_t n = 0;

	(void)state;
	render(&m, NULL);
	for (; !all && n < 100000; n++) {
		struct doc *d = NULL;
		struct fp_buf text = { .max = 0 };
		enum fp_status got;

		(void)fp_mem_fail_after(n);
		got = reply_document(&d, m.r, m.n, NULL, NULL);
		all = fp_mem_fail_after(-1) <= n;
		if (got != FP_OK)
			assert_null(d);
		else if (all)
			assert_int_equal(doc_write_text(d, NULL, &text, NULL), FP_OK);
		fp_buf_free(&text);
		doc_free(d);
	}
	assert_true(all && n > 10);
	forget(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_draft_asks_and_a_signed_reply_says),
		cmocka_unit_test(every_cell_is_on_the_form),
		cmocka_unit_test(the_summary_counts),
		cmocka_unit_test(rows_of_steps_that_the_notice_lacks_are_shown),
		cmocka_unit_test(what_was_said_stands_beside_what_was_measured),
		cmocka_unit_test(the_distributor_part_says_its_day),
		cmocka_unit_test(contradictions_stand_in_a_box_of_their_own),
		cmocka_unit_test(every_language_and_format),
		cmocka_unit_test(the_same_reply_gives_the_same_bytes),
		cmocka_unit_test(fifty_devices_in_a_second),
		cmocka_unit_test(memory_runs_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
