/* How terms are found, whatever the language: folding, endings, gaps, what wins where terms overlap; files that are refused with their place. */
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "term/term.h"

static const char concepts[] =
    "{\"format\":\"fieldproof-concepts-1\","
    "\"label\":[{\"id\":\"product\",\"gloss\":\"product\"},{\"id\":\"serial\",\"gloss\":\"serial number\"}],"
    "\"verb\":[{\"id\":\"download\",\"gloss\":\"download\",\"severity\":\"S1\"},{\"id\":\"load\",\"gloss\":\"load\"}],"
    "\"concept\":[{\"id\":\"net\",\"gloss\":\"net\",\"severity\":\"S1\",\"family\":\"cable\"},"
    "{\"id\":\"mains\",\"gloss\":\"mains\",\"family\":\"cable\"},{\"id\":\"patch\",\"gloss\":\"patch\",\"one_word\":true}]}";

static const char language[] =
    "{\"format\":\"fieldproof-terms-1\",\"language\":\"de\",\"name\":\"Deutsch\",\"function_words\":[\"der\",\"die\"],"
    "\"letters\":\"\\u00e4\","
    "\"months\":{\"1\":[\"J\\u00e4nner\"]},\"weekdays\":{\"saturday\":[\"Sonnabend\"]},\"date_masks\":[\"TT.MM.JJJJ\"],"
    "\"label\":{\"product\":[\"betroffene* "
    "Produkt*\",\"Produkt*\"],\"serial\":[\"Seriennummer*\",\"Ser.-Nr\",\"Offizin\",\"Stra\\u00dfe\"]},"
    "\"verb\":{\"download\":[\"laden ... herunter\",\"herunterladen\"],\"load\":[\"laden\"]},"
    "\"concept\":{\"net\":[\"Netzwerkkabel\"],\"mains\":[\"Stromkabel\",\"Netzkabel\"],\"patch\":[\"Software-Patch*\",\"Patch\"]}"
    ","
    "\"false_friends\":[{\"term\":\"Netzkabel\",\"said_for\":\"net\",\"means\":\"mains\",\"note\":\"first the mains lead\"}]}";

static struct term_base *base;

static int
open_base(void **state)
{
	struct fp_err err = { .msg = "" };

	(void)state;
	if (term_base_parse(&base, concepts, sizeof(concepts) - 1, language, sizeof(language) - 1, &err) == FP_OK)
		return 0;
	print_error("%s\n", err.msg);
	return -1;
}

static int
close_base(void **state)
{
	(void)state;
	term_base_freep(&base);
	return 0;
}

/* All hits as "id=text" with blanks between. */
static const char *
found(const char *text, unsigned groups)
{
	static char out[1000];
	struct term_hit h[32];
	size_t n = term_find(base, NULL, groups, text, strlen(text), h, FP_COUNT(h)), len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n && i < FP_COUNT(h); i++)
		len += (size_t)snprintf(out + len, sizeof(out) - len, "%s%s%s=%.*s", i > 0 ? " " : "", h[i].key->id,
		    h[i].ambiguous ? "?" : "", (int)(h[i].to - h[i].from), text + h[i].from);
	return out;
}

static void
letters_are_folded(void **state)
{
	static const struct {
		const char *text, *hits;
	} rows[] = { { "SERIENNUMMER", "serial=SERIENNUMMER" }, { "Serien\u00ADnummer:", "serial=Serien\u00ADnummer" },
		{ "Ser.\u2011Nr. 5", "serial=Ser.\u2011Nr" }, { "ser nr", "serial=ser nr" },
		{ "O\uFB03zin", "serial=O\uFB03zin" }, { "STRASSE", "serial=STRASSE" }, { "Stra\u1E9Ee", "serial=Stra\u1E9Ee" },
		{ "\uFF33er Nr", "serial=\uFF33er Nr" }, { "Produkt\u2122e", "product=Produkt\u2122e" }, { "Serien nummer", "" },
		{ "XSeriennummer", "" } };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++)
		assert_string_equal(found(rows[i].text, TERM_GROUPS(TERM_LABEL)), rows[i].hits);
}

static void
endings_in_brackets_belong_to_their_word(void **state)
{
	(void)state;
	assert_string_equal(found("Seriennummer(n): 5", TERM_ALL), "serial=Seriennummer(n)");
	assert_string_equal(found("Betroffene(s) Produkt(e)", TERM_ALL), "product=Betroffene(s) Produkt(e)");
	/* A word without any ending finds what stands in front of the brackets. */
	assert_string_equal(found("Patch(es)", TERM_ALL), "patch=Patch(es)");
	assert_string_equal(found("Ser.-Nr(n) 5", TERM_ALL), "serial=Ser.-Nr(n)");
	/* Names in brackets, open ones and numbers are none. */
	assert_string_equal(found("Patch(UDI)", TERM_ALL), "patch=Patch");
	assert_string_equal(found("Patch(es", TERM_ALL), "patch=Patch");
	assert_string_equal(found("Patch(warnung)", TERM_ALL), "patch=Patch");
}

static void
gaps_end_with_the_sentence(void **state)
{
	(void)state;
	assert_string_equal(
	    found("Laden Sie bitte den Patch herunter.", TERM_GROUPS(TERM_VERB)), "download=Laden Sie bitte den Patch herunter");
	assert_string_equal(found("Laden Sie ihn. Dann f\u00E4hrt er herunter.", TERM_GROUPS(TERM_VERB)), "load=Laden");
	assert_string_equal(
	    found("Laden Sie z. B. den Patch herunter", TERM_GROUPS(TERM_VERB)), "download=Laden Sie z. B. den Patch herunter");
	/* Twelve words fit, thirteen do not. */
	assert_string_equal(found("laden 1 2 3 4 5 6 7 8 9 10 11 12 herunter", TERM_GROUPS(TERM_VERB)),
	    "download=laden 1 2 3 4 5 6 7 8 9 10 11 12 herunter");
	assert_string_equal(found("laden 1 2 3 4 5 6 7 8 9 10 11 12 13 herunter", TERM_GROUPS(TERM_VERB)), "load=laden");
}

static void
the_longest_wins_inside_its_group(void **state)
{
	struct term_hit h[4];
	const char *text = "Betroffene Produkte: der Software-Patch";

	(void)state;
	assert_string_equal(found(text, TERM_ALL), "product=Betroffene Produkte patch=Software-Patch");
	/* As many as there are, though there is room for one. */
	assert_int_equal(term_find(base, NULL, TERM_ALL, text, strlen(text), h, 1), 2);
	assert_int_equal(h[0].from, 0);
	assert_int_equal(h[0].to, 19);
	assert_false(h[0].whole);
	assert_int_equal(term_find(base, NULL, TERM_ALL, "2. Produkte 3:", 14, h, 4), 1);
	assert_true(h[0].whole);
	assert_int_equal(term_find(base, NULL, 0, text, strlen(text), h, 4), 0);
}

static void
false_friends_are_said(void **state)
{
	struct term_hit h[4];
	const struct term_lang *lang = term_lang_find(base, "de-AT");

	(void)state;
	assert_string_equal(found("das Netzkabel", TERM_ALL), "net?=Netzkabel");
	assert_string_equal(found("das Netzwerkkabel", TERM_ALL), "net=Netzwerkkabel");
	assert_int_equal(term_find(base, lang, TERM_ALL, "Netzkabel", 9, h, 4), 1);
	assert_string_equal(h[0].means, "mains");
	assert_string_equal(h[0].note, "first the mains lead");
	assert_ptr_equal(h[0].lang, lang);
	assert_string_equal(h[0].key->family, "cable");
	assert_true(term_key_find(base, TERM_CONCEPT, "patch")->one_word);
	assert_null(term_key_find(base, TERM_LABEL, "patch"));
	assert_null(term_lang_find(base, "fr"));
	assert_string_equal(term_words(base, lang, term_key_find(base, TERM_VERB, "download"))[1], "herunterladen");
	assert_null(term_words(base, lang, term_key_find(base, TERM_VERB, "download"))[2]);
}

/* Long texts pass in windows: what is found does not depend on where a window ends. */
static void
windows_change_nothing(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	struct term_hit *h = fp_calloc(6000, sizeof(*h));
	size_t n;

	(void)state;
	assert_non_null(h);
	for (int i = 0; i < 1500; i++)
		fp_buf_printf(
		    &b, "Laden Sie die %d Dateien f\u00FCr betroffene Produkte herunter%s", i, i % 7 == 0 ? ". " : ", ");
	n = term_find(base, NULL, TERM_ALL, b.data, b.len, h, 6000);
	assert_int_equal(n, 3000);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(h[i].key->id, i % 2 == 0 ? "download" : "product");
		assert_memory_equal(b.data + h[i].from, i % 2 == 0 ? "Laden Sie die" : "betroffene Produkte", 13);
		assert_false(h[i].whole);
	}
	free(h);
}

/* ---- files ---- */

static void
refused(const char *what, const char *with, const char *message)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	struct term_base *t = NULL;
	struct fp_err err = { .msg = "" };
	const char *at = strstr(language, what);

	assert_non_null(at);
	fp_buf_add(&b, language, (size_t)(at - language));
	fp_buf_puts(&b, with);
	fp_buf_puts(&b, at + strlen(what));
	assert_int_equal(term_base_parse(&t, concepts, sizeof(concepts) - 1, b.data, b.len, &err), FP_EINVAL);
	assert_null(t);
	if (strstr(err.msg, message) == NULL || strncmp(err.msg, "language line ", 14) != 0)
		fail_msg("'%s' does not say '%s'", err.msg, message);
}

static void
bad_files_are_refused_with_their_place(void **state)
{
	(void)state;
	refused(
	    "fieldproof-terms-1", "fieldproof-terms-2", "line 1: format is 'fieldproof-terms-2', expected fieldproof-terms-1");
	refused("\"letters\"", "\n\n\"letter\"", "line 3: 'letter' is unknown here");
	refused("\"name\"", "\"language\"", "'language' is unknown here or stands twice");
	refused("\"language\":\"de\"", "\"language\":\"d\u00E4\"", "is no language tag");
	refused("\"name\":\"Deutsch\",", "", "must be there");
	refused("\"der\"", "\"der Patch\"", "'der Patch' is not one word");
	refused("\"1\":[", "\"13\":[", "'13' is no month");
	refused("\"saturday\"", "\"6\"", "'6' is no day of the week");
	refused("\"serial\":[", "\"serials\":[", "concepts.json has no label 'serials'");
	refused("\"serial\":[", "\"product\":[", "'product' stands twice");
	refused("\"herunterladen\"", "5", "expected a text");
	refused("\"herunterladen\"", "\"h*\"", "would match nearly every word");
	refused("\"herunterladen\"", "\"her*unter\"", "a '*' ends a word");
	refused("\"herunterladen\"", "\"a b c d e f g h i j k l m\"", "more than 12 words");
	refused("\"herunterladen\"", "\"x\\ud800\"", "an escape that cannot be read");
	refused("\"herunterladen\"", "\"x\ny\"", "a control character");
	refused("\"herunterladen\"", "\"x\xFF\"", "not valid UTF-8");
	refused("\"herunterladen\"]", "\"herunterladen\",]", "expected a text");
	refused("\"said_for\":\"net\"", "\"said_for\":\"web\"", "concepts.json has no 'web'");
	refused("\"means\":\"mains\",", "", "a false friend needs term, said_for and means");
	refused("\"}]}", "\"}]} x", "something follows");
	refused("\"}]}", "\"}]", "expected ','");
	refused("\"note\":\"first the mains lead\"}]}", "\"note\":\"first", "a text has no end");
}

static void
bad_concepts_are_refused(void **state)
{
	static const struct {
		const char *json, *message;
	} rows[] = { { "{\"format\":\"fieldproof-concepts-2\"}", "expected fieldproof-concepts-1" },
		{ "{\"format\":\"fieldproof-concepts-1\",\"label\":[{\"id\":\"a\"}]}", "label[0]" },
		{ "{\"format\":\"fieldproof-concepts-1\",\"label\":[{\"id\":\"a\",\"gloss\":\"a\",\"severity\":\"S4\"}]}",
		    "severity is" },
		{ "{\"format\":\"fieldproof-concepts-1\",\"verb\":[{\"id\":\"a\",\"gloss\":\"a\"},{\"id\":\"a\",\"gloss\":\"b\"}]"
		  "}",
		    "'a' stands twice" },
		{ "{", "concepts" } };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct term_base *t = NULL;
		struct fp_err err = { .msg = "" };

		assert_int_equal(term_base_parse(&t, rows[i].json, strlen(rows[i].json), NULL, 0, &err), FP_EINVAL);
		if (strstr(err.msg, rows[i].message) == NULL)
			fail_msg("'%s' does not say '%s'", err.msg, rows[i].message);
	}
}

static void
a_folder_is_read_instead(void **state)
{
	char dir[] = "/tmp/fp-terms-XXXXXX", path[64];
	struct term_base *t = NULL;
	struct fp_err err = { .msg = "" };
	size_t n;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(term_base_open(&t, dir, &err), FP_ENOTFOUND);
	(void)snprintf(path, sizeof(path), "%s/concepts.json", dir);
	assert_int_equal(fp_file_publish(path, concepts, sizeof(concepts) - 1, 0600, &err), FP_OK);
	(void)snprintf(path, sizeof(path), "%s/de.json", dir);
	assert_int_equal(fp_file_publish(path, language, sizeof(language) - 1, 0600, &err), FP_OK);
	assert_int_equal(term_base_open(&t, dir, &err), FP_OK);
	assert_string_equal(term_languages(t, &n)->name, "Deutsch");
	assert_int_equal(n, 1);
	term_base_freep(&t);
	/* The same language twice. */
	(void)snprintf(path, sizeof(path), "%s/zz.json", dir);
	assert_int_equal(fp_file_publish(path, language, sizeof(language) - 1, 0600, &err), FP_OK);
	assert_int_equal(term_base_open(&t, dir, &err), FP_EINVAL);
	assert_non_null(strstr(err.msg, "zz.json line 1: another file has the language 'de', too"));
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/de.json", dir);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/concepts.json", dir);
	(void)unlink(path);
	(void)rmdir(dir);
}

/* Every allocation may fail: nothing leaks, nothing breaks. */
static void
memory_may_end(void **state)
{
	struct term_base *t = NULL;

	(void)state;
	for (int64_t n = 0;; n++) {
		struct fp_err err = { .msg = "" };
		enum fp_status status;

		(void)fp_mem_fail_after(n);
		status = term_base_parse(&t, concepts, sizeof(concepts) - 1, language, sizeof(language) - 1, &err);
		(void)fp_mem_fail_after(-1);
		if (status == FP_OK)
			break;
		assert_int_equal(status, FP_ENOMEM);
		assert_null(t);
		assert_in_range(n, 0, 500);
	}
	term_base_freep(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_are_folded),
		cmocka_unit_test(endings_in_brackets_belong_to_their_word),
		cmocka_unit_test(gaps_end_with_the_sentence),
		cmocka_unit_test(the_longest_wins_inside_its_group),
		cmocka_unit_test(false_friends_are_said),
		cmocka_unit_test(windows_change_nothing),
		cmocka_unit_test(bad_files_are_refused_with_their_place),
		cmocka_unit_test(bad_concepts_are_refused),
		cmocka_unit_test(a_folder_is_read_instead),
		cmocka_unit_test(memory_may_end),
	};

	return cmocka_run_group_tests(tests, open_base, close_base);
}
