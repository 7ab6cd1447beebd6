/* Findings: exactly these for the three notices, and for each rule a notice that breaks it. */
#include "notice_help.h"

#include "notice/lint.h"

static void
codes_of(struct fp_buf *b, const struct notice_findings *f)
{
	for (size_t i = 0; i < f->n; i++)
		fp_buf_printf(b, "%s%s%s", i ? " " : "",
		    f->items[i].severity == NOTICE_ERROR     ? "E:"
		    : f->items[i].severity == NOTICE_WARNING ? "W:"
							     : "",
		    f->items[i].code);
	assert_int_equal(fp_buf_check(b, "codes", NULL), FP_OK);
}

/* Common to all three: what the letters of this series do not say. */
#define HEAD "W:EC-0.3 "
#define AFTER_DATE "W:EC-0.6 W:EC-0.7 W:EC-3.4 EC-3.6 W:EC-4.1 W:EC-4.4 EC-4.7 EC-R.2 EC-D.4 W:IVDR-84.8 "
#define TAIL "W:EC-1.4 EC-2.3 EC-2.4 EC-3.3 W:EC-5"

static const struct {
	const char *ref, *codes;
} expected[] = {
	{ "FSN2023-1338", "link-unprinted link-unprinted link-unprinted " HEAD AFTER_DATE "EC-1.6 EC-1.7 EC-3.2 " TAIL },
	{ "FSN2024-1562", HEAD AFTER_DATE "EC-1.3 EC-1.3 EC-1.3 EC-1.6 EC-1.7 EC-3.2 EC-3.2 " TAIL },
	{ "FSN2025-1682", HEAD "E:EC-0.4 " AFTER_DATE "EC-1.3 EC-1.6 EC-1.7 EC-3.2 " TAIL },
};

static void
the_three_notices(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(expected); i++) {
		FP_AUTO(notice_freep) struct notice *n = opened(expected[i].ref);
		FP_AUTO(fp_buf_free) struct fp_buf codes = { .max = 0 };
		struct notice_findings f = { 0 };

		assert_int_equal(notice_lint(&f, n, &(struct notice_lint_options){ .folder = expected[i].ref }, NULL), FP_OK);
		codes_of(&codes, &f);
		assert_string_equal(codes.data, expected[i].codes);
		notice_findings_free(&f);
	}
}

/* The finding that a change brings; message is its beginning. */
static void
finds(const struct notice *n, const char *code, enum notice_severity severity, const char *file, int line, const char *message)
{
	struct notice_findings f = { 0 };
	bool found = false;

	assert_int_equal(notice_lint(&f, n, NULL, NULL), FP_OK);
	for (size_t i = 0; i < f.n; i++) {
		const struct notice_finding *x = &f.items[i];

		assert_string_not_equal(x->code, "unlisted");
		if (strcmp(x->code, code) != 0 || strcmp(x->file, file) != 0 ||
		    strncmp(x->message, message, strlen(message)) != 0)
			continue;
		assert_int_equal(x->severity, severity);
		assert_int_equal(x->line, line);
		found = true;
	}
	if (!found) {
		for (size_t i = 0; i < f.n; i++)
			print_message("%s:%d: %s [%s]\n", f.items[i].file, f.items[i].line, f.items[i].message, f.items[i].code);
		fail_msg("no %s '%s'", code, message);
	}
	notice_findings_free(&f);
}

static const struct {
	const char *path, *value, *code;
	enum notice_severity severity;
	const char *message;
} facts[] = {
	{ "facts.products[0].udi_di", "\"00816270020003\"", "udi-check-digit", NOTICE_ERROR, "products[0].udi_di: " },
	{ "facts.issue_weekday", "\"tuesday\"", "weekday", NOTICE_ERROR,
	    "issue_weekday: says tuesday, but 2023-04-05 is a wednesday" },
	{ "facts.issue_date", "null", "weekday", NOTICE_ERROR, "issue_weekday: wednesday, but the notice has no date" },
	{ "facts.issue_date", "null", "EC-0.4", NOTICE_ERROR, "issue_date: the notice has no date" },
	{ "facts.manufacturer.contacts[1].email", "\"customer care@illumina.com\"", "email", NOTICE_ERROR,
	    "manufacturer.contacts[1].email: 'customer care@illumina.com' is not an e-mail address" },
	{ "facts.manufacturer.contacts[1].email", "\"a@b@illumina.com\"", "email", NOTICE_ERROR,
	    "manufacturer.contacts[1].email: " },
	{ "facts.manufacturer.contacts[1].email", "\"care@illumina\"", "email", NOTICE_ERROR,
	    "manufacturer.contacts[1].email: " },
	{ "facts.products[0].versions", "[{\"mode\": \"Dx\", \"range\": \">=\"}]", "version-range", NOTICE_ERROR,
	    "products[0].versions[0].range: " },
	{ "facts.recommendations[0].links[0].contact", NULL, "link-unprinted", NOTICE_WARNING,
	    "recommendations[0].links[0].url: 'instructions' has no printed address, and no contact who gives it" },
	{ "facts.products[0].catalog_numbers", "[]", "EC-1.5", NOTICE_WARNING,
	    "products[0].catalog_numbers: 'miseqdx' has none" },
	{ "facts.products[0].udi_di", "null", "EC-1.3", NOTICE_WARNING,
	    "products[0].udi_di: 'miseqdx' has no UDI-DI, and not said why" },
	{ "facts.products[0].type", NULL, "EC-1.1", NOTICE_WARNING, "products[0].type: 'miseqdx' has no device type" },
	{ "facts.edition", "\"update\"", "EC-4.2", NOTICE_WARNING,
	    "previous: an update that does not name the notice it updates" },
};

static void
facts_that_contradict(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(facts); i++) {
		FP_AUTO(notice_freep) struct notice *n = changed("FSN2023-1338", facts[i].path, facts[i].value);

		finds(n, facts[i].code, facts[i].severity, "notice.json", 0, facts[i].message);
	}
}

static void
each_mode_without_modes(void **state)
{
	FP_AUTO(notice_freep) struct notice *n = changed("FSN2025-1682", "facts.actions[0].modes", "\"each\"");

	(void)state;
	finds(n, "mode-rule", NOTICE_WARNING, "notice.json", 0, "actions[0].modes: 'each', but no product has boot modes");
}

/* A complete head leaves no finding of the template's head. */
static void
what_is_there_is_not_missed(void **state)
{
	FP_JSON json_t *whole = canonical_json("FSN2023-1338");
	FP_AUTO(notice_freep) struct notice *n = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf codes = { .max = 0 };
	struct notice_findings f = { 0 };
	struct fp_err err;

	(void)state;
	change(whole, "facts.fsca_reference", "\"FSCA-1\"");
	change(whole, "facts.attention", "[\"laboratory management\"]");
	change(whole, "facts.manufacturer.representative", "\"Somebody, Somewhere\"");
	change(whole, "facts.manufacturer.address", "\"5200 Street\"");
	change(whole, "facts.manufacturer.srn", "\"US-MF-000000000\"");
	change(whole, "facts.manufacturer.actions_by", "\"2023-05-05\"");
	change(whole, "facts.reply.deadline", "\"2023-05-05\"");
	change(whole, "facts.edition", "\"new\"");
	change(whole, "facts.further_notice", "\"not-expected\"");
	change(whole, "facts.actions[1].by", "\"2023-05-05\"");
	if (parse_json(&n, whole, &err) != FP_OK)
		fail_msg("%s", err.msg);
	assert_int_equal(notice_lint(&f, n, NULL, NULL), FP_OK);
	codes_of(&codes, &f);
	assert_string_equal(codes.data, "link-unprinted link-unprinted link-unprinted EC-R.2 EC-D.4 EC-1.6 EC-1.7 " TAIL);
	notice_findings_free(&f);
}

/* One change to da.md of FSN2024-1562, compared with en.md. */
static const struct {
	const char *from, *to, *code;
	enum notice_severity severity;
	int line;
	const char *message;
} texts[] = {
	{ "- filer p\xC3\xA5 en netv\xC3\xA6rksenhed, som kunden stiller til r\xC3\xA5"
	  "dighed, bliver beskadiget,\n",
	    "", "lang-steps", NOTICE_ERROR, 21, "section 'impact' has 2 list items; en.md line 21 has 3" },
	{ "Du skal downloade", "1. Du skal downloade", "lang-steps", NOTICE_ERROR, 53,
	    "section 'action.read-guidance' has 1 numbered steps; en.md line 53 has 0" },
	{ "k omg\xC3\xA5"
	  "ende",
	    "k med {{contact.customer}} omg\xC3\xA5"
	    "ende",
	    "lang-placeholder", NOTICE_ERROR, 67,
	    "section 'emergency' names {{contact.customer}} {{contact.technical}}; en.md line 67 names {{contact.technical}}" },
	{ "# Myndigheder {#authorities}", "# {#authorities}", "lang-heading", NOTICE_WARNING, 41,
	    "section 'authorities' has no heading, unlike en.md line 41" },
	{ "K\xC3\xA6re kunde", "K\xC3\xA6re kunde, CVE-2023-1968", "cve-not-named", NOTICE_ERROR, 7,
	    "'CVE-2023-1968' is not named by the notice's facts" },
	{ "K\xC3\xA6re kunde", "\nK\xC3\xA6re\n00816270020002", "typed-fact", NOTICE_WARNING, 9,
	    "'00816270020002' is typed into section 'greeting'; write {{products.table}}" },
	{ "K\xC3\xA6re kunde", "K\xC3\xA6re techsupport@illumina.com", "typed-fact", NOTICE_WARNING, 7,
	    "'techsupport@illumina.com' is typed into section 'greeting'; write {{contact.technical}}" },
	{ "K\xC3\xA6re kunde", "K\xC3\xA6re [her](https://example.org/)", "link-hidden", NOTICE_WARNING, 7,
	    "section 'greeting' hides an address behind a word" },
	{ "K\xC3\xA6re kunde", "Ka\xCC\x8Ar", "not-nfc", NOTICE_WARNING, 5, "section 'greeting' is not in normal form C" },
	{ " {{link.read-guidance.guidance}}", "", "link-unprinted", NOTICE_ERROR, 0,
	    "the text does not print the address of 'guidance': write {{link.read-guidance.guidance}}" },
	{ "# Myndigheder {#authorities}\n", "", "lang-section", NOTICE_ERROR, 0, "section 'authorities' is missing" },
	{ "# {#third-party}", "# Videre {#pass-on}\n\nSig det videre.\n\n# {#third-party}", "lang-section", NOTICE_ERROR, 81,
	    "section 'pass-on' is not in en.md" },
};

static void
languages_that_differ(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(texts); i++) {
		FP_JSON json_t *whole = canonical_json("FSN2024-1562");
		FP_AUTO(notice_freep) struct notice *n = NULL;
		struct fp_err err;

		retext(whole, "da", texts[i].from, texts[i].to);
		if (parse_json(&n, whole, &err) != FP_OK)
			fail_msg("%s", err.msg);
		finds(n, texts[i].code, texts[i].severity, "da.md", texts[i].line, texts[i].message);
	}
}

static void
a_language_is_missing(void **state)
{
	static const char *const wanted[] = { "en", "fr", NULL };
	FP_AUTO(notice_freep) struct notice *n = changed("FSN2023-1338", "texts.de", NULL), *full = opened("FSN2023-1338");
	struct notice_findings f = { 0 };

	(void)state;
	finds(n, "lang-missing", NOTICE_WARNING, "de.md", 0, "there is no text in 'de'");
	assert_int_equal(
	    notice_lint(&f, full, &(struct notice_lint_options){ .languages = wanted, .folder = "FSN2023" }, NULL), FP_OK);
	assert_string_equal(f.items[0].code, "folder");
	assert_string_equal(f.items[0].message, "the folder is called 'FSN2023', but the reference is FSN2023-1338");
	assert_int_equal(notice_findings_count(&f, NOTICE_ERROR), 1);
	assert_string_equal(f.items[f.n - 1].message, "there is no text in 'fr'");
	notice_findings_free(&f);
}

/* A notice that is there in one language only is compared with nothing, and its whole text with the needs of its facts. */
static void
one_language_alone(void **state)
{
	FP_JSON json_t *whole = canonical_json("FSN2023-1338");
	FP_AUTO(notice_freep) struct notice *n = NULL;
	struct notice_findings f = { 0 };
	struct fp_err err;

	(void)state;
	for (const char *const *l = (const char *const[]){ "en", "da", "it", "es", NULL }; *l != NULL; l++)
		assert_int_equal(json_object_del(json_object_get(whole, "texts"), *l), 0);
	if (parse_json(&n, whole, &err) != FP_OK)
		fail_msg("%s", err.msg);
	assert_int_equal(notice_lint(&f, n, NULL, NULL), FP_OK);
	assert_int_equal(notice_findings_count(&f, NOTICE_ERROR), 0);
	notice_findings_free(&f);
}

/* The same sections and the same facts in all five languages: what law 6 asks of our own texts. */
static void
five_languages_say_the_same(void **state)
{
	static const char *const langs[] = { "da", "de", "en", "es", "it" };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(expected); i++) {
		FP_AUTO(notice_freep) struct notice *n = opened(expected[i].ref);

		assert_int_equal(n->n_texts, FP_COUNT(langs));
		for (size_t k = 0; k < n->n_texts; k++) {
			assert_string_equal(n->texts[k].lang, langs[k]);
			assert_int_equal(n->texts[k].n_sections, n->texts[0].n_sections);
			for (size_t s = 0; s < n->texts[k].n_sections; s++)
				assert_string_equal(n->texts[k].sections[s].key, n->texts[0].sections[s].key);
		}
	}
}

/* The drift of the printed letters is not repeated: which cable, both verbs, must, each and every instrument. */
static void
drift_is_repaired(void **state)
{
	static const struct {
		const char *lang, *cable, *verbs[2], *must, *each;
	} words[] = {
		{ "en", "network cable", { "download", "install" }, "must", "each and every" },
		{ "da", "netv\xC3\xA6rkskablet", { "downloade", "installere" }, "skal", "hvert eneste" },
		{ "de", "Netzwerkkabel", { "herunterladen", "installieren" }, "m\xC3\xBCssen", "jedem einzelnen" },
		{ "it", "cavo di rete", { "scaricare", "installarla" }, "Deve", "ogni singolo" },
		{ "es", "cable de red", { "descargar", "instalarlo" }, "Debe", "todos y cada uno" },
	};
	FP_AUTO(notice_freep) struct notice *n = opened("FSN2023-1338");

	(void)state;
	for (size_t i = 0; i < FP_COUNT(words); i++) {
		const struct notice_text *t = notice_text_find(n, words[i].lang);

		assert_non_null(strstr(notice_section_find(t, "emergency")->markdown, words[i].cable));
		assert_non_null(strstr(notice_section_find(t, "action.patch")->markdown, words[i].verbs[0]));
		assert_non_null(strstr(notice_section_find(t, "action.patch")->markdown, words[i].verbs[1]));
		assert_non_null(strstr(notice_section_find(t, "modes")->markdown, words[i].must));
		assert_non_null(strstr(notice_section_find(t, "action.standard-user")->markdown, words[i].must));
		assert_non_null(strstr(notice_section_find(t, "modes")->markdown, words[i].each));
	}
}

static void
every_rule_has_words(void **state)
{
	size_t n;
	const struct notice_rule_row *r = notice_lint_rules(&n);

	(void)state;
	assert_true(n > 40);
	for (size_t i = 0; i < n; i++) {
		assert_true(r[i].source[0] != '\0' && r[i].text[strlen(r[i].text) - 1] == '.');
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(r[i].code, r[k].code);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_three_notices),
		cmocka_unit_test(facts_that_contradict),
		cmocka_unit_test(each_mode_without_modes),
		cmocka_unit_test(what_is_there_is_not_missed),
		cmocka_unit_test(languages_that_differ),
		cmocka_unit_test(a_language_is_missing),
		cmocka_unit_test(one_language_alone),
		cmocka_unit_test(five_languages_say_the_same),
		cmocka_unit_test(drift_is_repaired),
		cmocka_unit_test(every_rule_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
