/* Every language's file held against concepts.json, against itself and against a letter of our own wording in that language. */
#include "term_help.h"

#include <stdio.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"

#define LETTERS "tests/letters/terms/"
#define LINE_MIN 60u /* bytes: a shorter line is too little to tell a language by */

static const char *const languages[] = { "bg", "cs", "el", "et", "fi", "ga", "hr", "hu", "is", "lt", "lv", "mt", "pl", "ro", "sk",
	"sl" };

static void
every_language_says_everything(void **state)
{
	int lacking = 0;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(languages); i++) {
		const struct term_lang *lang = term_lang_find(base, languages[i]);

		assert_non_null(lang);
		for (int g = 0; g < TERM_GROUP_COUNT; g++) {
			size_t n;
			const struct term_key *keys = term_keys(base, (enum term_group)g, &n);

			for (size_t k = 0; k < n; k++)
				if (term_words(base, lang, &keys[k]) == NULL) {
					print_error("%s does not say '%s'\n", lang->tag, keys[k].id);
					lacking++;
				}
		}
	}
	assert_int_equal(lacking, 0);
}

/* What a reader would print: no marks for endings and gaps. */
static void
as_printed(char *out, size_t size, const char *term)
{
	size_t n = 0;

	for (const char *p = term; *p != '\0' && n + 1 < size; p++) {
		if (strncmp(p, "...", 3) == 0)
			p += 2;
		else if (*p != '*')
			out[n++] = *p;
	}
	out[n] = '\0';
}

static bool
finds(const struct term_lang *lang, const struct term_key *key, const char *text)
{
	struct term_hit hits[64];
	size_t n = term_find(base, lang, TERM_GROUPS(key->group), text, strlen(text), hits, FP_COUNT(hits));

	for (size_t i = 0; i < n && i < FP_COUNT(hits); i++)
		if (hits[i].key == key || (hits[i].means != NULL && strcmp(hits[i].means, key->id) == 0))
			return true;
	return false;
}

/* A term that another one hides would never be found. */
static void
every_term_finds_itself(void **state)
{
	int hidden = 0;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(languages); i++)
		for (int g = 0; g < TERM_GROUP_COUNT; g++) {
			const struct term_lang *lang = term_lang_find(base, languages[i]);
			size_t n;
			const struct term_key *keys = term_keys(base, (enum term_group)g, &n);

			for (size_t k = 0; k < n; k++) {
				const char *const *w = term_words(base, lang, &keys[k]);
				char text[256];

				for (; w != NULL && *w != NULL; w++) {
					as_printed(text, sizeof(text), *w);
					if (finds(lang, &keys[k], text))
						continue;
					print_error("%s: '%s' is not found for '%s'\n", lang->tag, *w, keys[k].id);
					hidden++;
				}
			}
		}
	assert_int_equal(hidden, 0);
}

static void
load_letter(struct fp_buf *text, json_t **facts, const char *tag)
{
	struct fp_err err = { .msg = "" };
	char path[128];

	(void)snprintf(path, sizeof(path), LETTERS "%s.txt", tag);
	if (fp_file_read(text, path, &err) != FP_OK)
		fail_msg("%s", err.msg);
	(void)snprintf(path, sizeof(path), LETTERS "%s.json", tag);
	if (fp_json_load(facts, path, (size_t)1 << 16, &err) != FP_OK)
		fail_msg("%s", err.msg);
}

static void
letters_tell_language_and_day(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(languages); i++) {
		FP_AUTO(fp_buf_free) struct fp_buf text = { 0 };
		FP_JSON json_t *facts = NULL;
		struct term_guess g[4];
		struct term_date day[16];
		char iso[16];

		load_letter(&text, &facts, languages[i]);
		assert_true(term_guess(base, text.data, text.len, g, FP_COUNT(g)) >= 1);
		assert_string_equal(g[0].lang->tag, languages[i]);
		assert_in_range(g[0].share, 80, 100);
		assert_true(term_dates(base, g[0].lang, text.data, text.len, day, FP_COUNT(day)) >= 1);
		(void)snprintf(iso, sizeof(iso), "%04d-%02d-%02d", day[0].date.year, day[0].date.month, day[0].date.day);
		assert_string_equal(iso, json_string_value(json_object_get(facts, "issue_date")));
		/* All of them print the day of the week, and the right one. */
		if (day[0].weekday == 0 || day[0].weekday_wrong)
			fail_msg("%s: the day of the week is not read", languages[i]);
	}
}

/* Neighbours (hr/sl, cs/sk, et/fi, lt/lv) must not be taken for each other, line by line. */
static void
lines_are_told_apart(void **state)
{
	size_t told = 0, wrong = 0;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(languages); i++) {
		FP_AUTO(fp_buf_free) struct fp_buf text = { 0 };
		FP_JSON json_t *facts = NULL;

		load_letter(&text, &facts, languages[i]);
		for (const char *p = text.data, *end = text.data + text.len; p < end;) {
			const char *nl = memchr(p, '\n', (size_t)(end - p));
			size_t len = nl != NULL ? (size_t)(nl - p) : (size_t)(end - p);
			struct term_guess g[2];

			if (len >= LINE_MIN && term_guess(base, p, len, g, FP_COUNT(g)) > 0) {
				told++;
				if (strcmp(g[0].lang->tag, languages[i]) != 0) {
					print_message("%s taken for %s: %.*s\n", languages[i], g[0].lang->tag, (int)len, p);
					wrong++;
				}
			}
			p += len + 1;
		}
	}
	assert_true(told >= 80);
	assert_true(wrong * 100 <= told * 3);
}

/* Days as makers print them: month names beyond ICU, two words, inflected, the day of the week behind. */
static void
days_of_many_languages(void **state)
{
	static const struct {
		const char *lang, *text, *iso;
		int weekday;
	} rows[] = { { "hu", "2024. augusztus 23., péntek", "2024-08-23", 5 },
		{ "lt", "2025 m. balandžio 7 d., pirmadienis", "2025-04-07", 1 },
		{ "lv", "līdz 2025. gada 11. aprīlim", "2025-04-11", 0 },
		{ "lv", "Otrdien, 2025. gada 18. martā", "2025-03-18", 2 },
		{ "ga", "Dé hAoine, 5 Meán Fómhair 2025", "2025-09-05", 5 }, { "ga", "3 Deireadh Fómhair 2025", "2025-10-03", 0 },
		{ "hr", "Petak, 22. studenog 2024.", "2024-11-22", 5 }, { "el", "8ης ΜΑΪΟΥ 2024", "2024-05-08", 0 },
		{ "pl", "08-MAJ-2024", "2024-05-08", 0 }, { "bg", "Сряда, 12 февр. 2025 г.", "", 0 },
		{ "mt", "It-Tlieta, 1 ta' Lulju 2025", "2025-07-01", 2 },
		{ "fi", "keskiviikko 8. toukok. 2024", "2024-05-08", 3 },
		/* "po" is Monday, but first a preposition. */
		{ "cs", "po 13. červnu 2024", "2024-06-13", 0 }, { "sk", "3. septembra 2024 so žiadosťou", "2024-09-03", 0 } };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		const struct term_lang *lang = term_lang_find(base, rows[i].lang);
		struct term_date d[2];
		size_t n = term_dates(base, lang, rows[i].text, strlen(rows[i].text), d, FP_COUNT(d));
		char iso[16] = "";

		if (n > 0)
			(void)snprintf(iso, sizeof(iso), "%04d-%02d-%02d", d[0].date.year, d[0].date.month, d[0].date.day);
		if (n > 1 || strcmp(iso, rows[i].iso) != 0 || (n == 1 && d[0].weekday != rows[i].weekday))
			fail_msg("%s: '%s' is read as %s, day of the week %d", rows[i].lang, rows[i].text, iso,
			    n > 0 ? d[0].weekday : 0);
	}
}

/* A cable of the mains is no cable of the network; where one word means both, it is said. */
static void
cables_are_told_apart(void **state)
{
	static const struct {
		const char *lang, *text, *key;
		bool ambiguous;
	} rows[] = { { "cs", "odpojte síťový kabel", "network-cable", true },
		{ "cs", "odpojte napájecí kabel", "mains-cable", false },
		{ "cs", "odpojte ethernetový kabel", "network-cable", false },
		{ "hu", "húzza ki a hálózati kábelt", "network-cable", true },
		{ "sl", "odklopite omrežni kabel", "network-cable", true },
		{ "hr", "isključite mrežni kabel", "network-cable", true },
		{ "fi", "irrota verkkokaapeli", "network-cable", false }, { "fi", "irrota verkkojohto", "network-cable", true },
		{ "et", "eemaldage võrgukaabel", "network-cable", false },
		{ "pl", "odłączyć przewód zasilający", "mains-cable", false } };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct term_hit h[8];
		size_t n = term_find(base, term_lang_find(base, rows[i].lang), TERM_GROUPS(TERM_CONCEPT), rows[i].text,
		    strlen(rows[i].text), h, FP_COUNT(h));

		assert_true(n >= 1);
		assert_string_equal(h[n - 1].key->id, rows[i].key);
		assert_int_equal(h[n - 1].ambiguous, rows[i].ambiguous);
	}
}

/* Letters that print otherwise: capitals without accents in Greek, a cedilla for the comma in Romanian. */
static void
letters_of_another_form_are_the_same(void **state)
{
	static const struct {
		const char *lang, *text, *key;
	} rows[] = { { "el", "ΑΡΙΘΜΟΣ ΠΑΡΤΙΔΑΣ", "lot" }, { "ro", "FUNCŢIA", "job-title" }, { "ro", "Număr de şarjă", "lot" } };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		const struct term_lang *lang = term_lang_find(base, rows[i].lang);

		assert_true(finds(lang, term_key_find(base, TERM_LABEL, rows[i].key), rows[i].text));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_language_says_everything),
		cmocka_unit_test(every_term_finds_itself),
		cmocka_unit_test(letters_tell_language_and_day),
		cmocka_unit_test(lines_are_told_apart),
		cmocka_unit_test(days_of_many_languages),
		cmocka_unit_test(cables_are_told_apart),
		cmocka_unit_test(letters_of_another_form_are_the_same),
	};

	return cmocka_run_group_tests(tests, open_base, close_base);
}
