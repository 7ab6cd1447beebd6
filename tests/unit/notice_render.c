/* The letter as a document: golden text, all languages in all forms, the banner, parts of it for pages. */
#include "notice_help.h"

#include "document/html.h"
#include "document/pdf.h"
#include "document/text.h"
#include "i18n/i18n.h"
#include "notice/render.h"

static const char *const refs[] = { "FSN2023-1338", "FSN2024-1562", "FSN2025-1682" };
static const char *const langs[] = { "en", "da", "de", "it", "es" };

static void
as_text(struct fp_buf *out, const struct notice *n, const char *lang, const struct notice_render_options *o)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	struct fp_err err;

	if (notice_render(&d, n, lang, o, &err) != FP_OK || doc_write_text(d, NULL, out, &err) != FP_OK) {
		fail_msg("%s", err.msg);
		return; /* fail_msg does not come back; the analyser cannot know */
	}
}

/* FP_GOLDEN=1 writes the file anew: look at the difference before committing it. */
static void
golden(void **state)
{
	static const char path[] = "tests/unit/notice_render.en.txt";
	FP_AUTO(notice_freep) struct notice *n = opened("FSN2023-1338");
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 }, want = { .max = 0 };

	(void)state;
	as_text(&text, n, "en", NULL);
	if (getenv("FP_GOLDEN") != NULL)
		assert_int_equal(fp_file_publish(path, text.data, text.len, 0644, NULL), FP_OK);
	assert_int_equal(fp_file_read(&want, path, NULL), FP_OK);
	assert_string_equal(text.data, want.data);
}

static void
every_language_in_every_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(refs); i++) {
		FP_AUTO(notice_freep) struct notice *n = opened(refs[i]);

		for (size_t k = 0; k < FP_COUNT(langs); k++) {
			FP_AUTO(doc_freep) struct doc *d = NULL;
			FP_AUTO(fp_buf_free)
			struct fp_buf html = { .max = 0 }, pdf = { .max = 0 }, text = { .max = 0 }, date = { .max = 0 };
			const struct doc_html_options alone = { .mode = DOC_HTML_STANDALONE };
			struct fp_err err;

			if (notice_render(&d, n, langs[k], NULL, &err) != FP_OK ||
			    doc_write_html(d, &alone, &html, &err) != FP_OK || doc_write_pdf(d, NULL, &pdf, &err) != FP_OK ||
			    doc_write_text(d, NULL, &text, &err) != FP_OK) {
				fail_msg("%s %s: %s", refs[i], langs[k], err.msg);
				return; /* fail_msg does not come back; the analyser cannot know */
			}
			assert_null(strstr(text.data, "{{"));
			assert_non_null(strstr(text.data, refs[i]));
			assert_non_null(strstr(text.data, n->products[0].catalog_numbers.items[0]));
			assert_memory_equal(pdf.data, "%PDF-", 5);
			i18n_date(&date, i18n_get(langs[k]), n->issue_date, I18N_FULL);
			if (n->issue_date.year != 0)
				assert_non_null(strstr(text.data, date.data));
			for (size_t a = 0; a < n->n_actions; a++)
				assert_non_null(strstr(html.data, notice_action_title(n, langs[k], n->actions[a].id)));
		}
	}
}

static void
same_bytes_twice(void **state)
{
	FP_AUTO(notice_freep) struct notice *n = opened("FSN2025-1682");
	const struct notice_render_options o = { .created = 1700000000000 };
	struct fp_buf pdf[2] = { { .max = 0 }, { .max = 0 } };

	(void)state;
	for (int i = 0; i < 2; i++) {
		FP_AUTO(doc_freep) struct doc *d = NULL;

		assert_int_equal(notice_render(&d, n, "da", &o, NULL), FP_OK);
		assert_int_equal(doc_write_pdf(d, NULL, &pdf[i], NULL), FP_OK);
	}
	assert_int_equal(pdf[0].len, pdf[1].len);
	assert_memory_equal(pdf[0].data, pdf[1].data, pdf[0].len);
	fp_buf_free(&pdf[0]);
	fp_buf_free(&pdf[1]);
}

static const struct {
	enum notice_genuine state;
	const char *says;
} banners[] = {
	{ NOTICE_UNSIGNED, "Not verified: this notice bears no signature." },
	{ NOTICE_MALFORMED, "Not verified: the signature of this notice cannot be read." },
	{ NOTICE_UNKNOWN_KEY, "Not verified: this notice is signed with a key that is not trusted here." },
	{ NOTICE_FILE_MISSING, "Not genuine: a part that was signed is missing." },
	{ NOTICE_CHANGED, "Not genuine: the content was changed after it was signed." },
	{ NOTICE_BAD_SIGNATURE, "Not genuine: the signature does not hold." },
	{ NOTICE_GENUINE, "Genuine: the signature of this notice holds." },
};

/* The banner comes before the title, and only one state says genuine. */
static void
banner_first(void **state)
{
	FP_AUTO(notice_freep) struct notice *n = opened("FSN2024-1562");

	(void)state;
	assert_int_equal(FP_COUNT(banners), NOTICE_GENUINE_COUNT);
	for (size_t i = 0; i < FP_COUNT(banners); i++) {
		struct notice_verdict v = { .state = banners[i].state, .key_id = "0123456789ABCDEF", .signer = "The maker" };
		FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 };
		const char *banner, *title, *shown;

		as_text(&text, n, "en", &(struct notice_render_options){ .verdict = &v });
		shown = text.data ? text.data : "";
		banner = strstr(shown, banners[i].says);
		title = strstr(shown, "Urgent medical device recall");
		assert_non_null(banner);
		assert_true(title > banner);
		assert_true((strstr(shown, "Signed by The maker (0123456789ABCDEF)") != NULL) == (v.state == NOTICE_GENUINE));
		assert_true((strstr(shown, "ask the manufacturer by a way") != NULL) == (v.state != NOTICE_GENUINE));
	}
}

static void
no_date_is_said(void **state)
{
	FP_AUTO(notice_freep) struct notice *n = opened("FSN2025-1682");
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 };

	(void)state;
	as_text(&text, n, "en", NULL);
	assert_non_null(text.data);
	if (text.data == NULL)
		return;
	assert_non_null(strstr(text.data, "not stated in the notice"));
	assert_null(strstr(text.data, "CVE"));
}

/* No silent fall-back to another language. */
static void
unknown_language(void **state)
{
	FP_AUTO(notice_freep) struct notice *n = opened("FSN2025-1682");
	struct doc *d = NULL;
	struct fp_err err;

	(void)state;
	assert_int_equal(notice_render(&d, n, "fr", NULL, &err), FP_ENOTFOUND);
	assert_string_equal(err.msg, "FSN2025-1682 is not there in 'fr'; there are: da, de, en, es, it");
	assert_null(d);
}

static void
action_text(struct fp_buf *out, const struct notice *n, const char *action, const char *connectivity)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;

	assert_int_equal(doc_new(&d, &(struct doc_meta){ .title = "x", .lang = "en" }, NULL), FP_OK);
	assert_int_equal(notice_render_action(doc_root(d), n, "en", action, connectivity, 2, NULL), FP_OK);
	assert_int_equal(doc_write_text(d, NULL, out, NULL), FP_OK);
}

/* A page for one device shows only the way that is open to it. */
static void
one_action_for_one_device(void **state)
{
	FP_AUTO(notice_freep) struct notice *n = opened("FSN2023-1338");
	FP_AUTO(fp_buf_free) struct fp_buf all = { .max = 0 }, off = { .max = 0 };
	struct fp_err err;

	(void)state;
	action_text(&all, n, "patch", NULL);
	assert_non_null(strstr(all.data, "Step 1: Download and install the software patch"));
	assert_non_null(strstr(all.data, "Instruments connected to the internet"));
	assert_non_null(strstr(all.data, "Instruments not connected to the internet"));
	assert_non_null(strstr(all.data, "Back up your data first"));
	action_text(&off, n, "patch", "not-connected");
	assert_null(strstr(off.data, "Instruments connected to the internet"));
	assert_non_null(strstr(off.data, "Instruments not connected to the internet"));
	assert_int_equal(notice_render_action(NULL, n, "en", "nothing", NULL, 2, &err), FP_ENOTFOUND);
	assert_int_equal(notice_render_section(NULL, n, "en", "nothing", 2, &err), FP_ENOTFOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden),
		cmocka_unit_test(every_language_in_every_form),
		cmocka_unit_test(same_bytes_twice),
		cmocka_unit_test(banner_first),
		cmocka_unit_test(no_date_is_said),
		cmocka_unit_test(unknown_language),
		cmocka_unit_test(one_action_for_one_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
