/*
 * Letters of one invented notice in three languages become one notice: what they share stands once, what differs or lacks is asked with its places, and what a letter says
 * never becomes mark-up.
 */
#include "unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "draft/merge.h"
#include "notice/notice.h"

static struct term_base *terms;

/* @1: day, @2: catalogue number, @3: address of the technical contact, @4: words of the problem. */
static const char english[] =
    "Norlab ApS\n\nFIELD SAFETY NOTICE\n\nReference: FSN2031-0042\nDocument number: D-77120\nDate: @1\n\n"
    "Dear customer,\n\n**The problem**\n\nThe software of the analysers below can show wrong results. @4\n\n"
    "**Affected products**\n\n| Product | Catalogue number | UDI-DI |\n|---|---|---|\n"
    "| Hemalux 300 | @2 | 05712345000014 |\n| Hemalux 500 | HX-500-01 | not applicable |\n\n"
    "**What you must do**\n\nYou must carry out the following steps.\n\n1. **Install the software update**\n\n"
    "   You must download the software update and install it on each affected analyser.\n\n"
    "2. **Check the settings**\n\n   You must check the configuration of each analyser.\n\n"
    "**Reply**\n\nComplete the verification form and return it by e-mail to @3.\n\n"
    "**Questions**\n\nTechnical support: @3\n\nCustomer care: care@norlab.example\n\n"
    "Yours sincerely,\n\nAnna Berg\nHead of Quality\n";
static const char german[] = "Norlab ApS\n\nSICHERHEITSANWEISUNG IM FELD\n\nReferenz: FSN2031-0042\nDokumentnummer: D-77120\n"
			     "Datum: @1\n\nSehr geehrte Damen und Herren,\n\n**Das Problem**\n\n"
			     "Die Software der unten genannten Analysengeräte kann falsche Ergebnisse anzeigen. @4\n\n"
			     "**Betroffene Produkte**\n\n| Produkt | Katalognummer | UDI-DI |\n|---|---|---|\n"
			     "| Hemalux 300 | @2 | 05712345000014 |\n| Hemalux 500 | HX-500-01 | nicht zutreffend |\n\n"
			     "**Was Sie tun müssen**\n\nSie müssen die folgenden Schritte durchführen.\n\n"
			     "1. **Software-Update installieren**\n\n"
			     "   Sie müssen das Software-Update herunterladen und auf jedem betroffenen Gerät installieren.\n\n"
			     "2. **Einstellungen prüfen**\n\n   Sie müssen die Konfiguration jedes Geräts prüfen.\n\n"
			     "**Antwort**\n\nFüllen Sie das Verifizierungsformular aus und senden Sie es per E-Mail an @3.\n\n"
			     "**Fragen**\n\nTechnischer Support: @3\n\nKundenservice: care@norlab.example\n\n"
			     "Mit freundlichen Grüßen\n\nAnna Berg\nLeiterin Qualität\n";
static const char danish[] = "Norlab ApS\n\nSIKKERHEDSMEDDELELSE\n\nReference: FSN2031-0042\nDokumentnummer: D-77120\n"
			     "Dato: @1\n\nKære kunde\n\n**Problemet**\n\n"
			     "Softwaren på de nævnte analyseapparater kan vise forkerte resultater. @4\n\n"
			     "**Berørte produkter**\n\n| Produkt | Katalognummer | UDI-DI |\n|---|---|---|\n"
			     "| Hemalux 300 | @2 | 05712345000014 |\n| Hemalux 500 | HX-500-01 | ikke relevant |\n\n"
			     "**Hvad du skal gøre**\n\nDu skal udføre følgende trin.\n\n"
			     "1. **Installer softwareopdateringen**\n\n"
			     "   Du skal downloade softwareopdateringen og installere den på hvert berørt apparat.\n\n"
			     "2. **Kontroller indstillingerne**\n\n   Du skal kontrollere konfigurationen på hvert apparat.\n\n"
			     "**Svar**\n\nUdfyld verifikationsformularen, og send den pr. e-mail til @3.\n\n"
			     "**Spørgsmål**\n\nTeknisk support: @3\n\nKundeservice: care@norlab.example\n\n"
			     "Med venlig hilsen\n\nAnna Berg\nKvalitetschef\n";

static const struct {
	const char *text, *file, *day;
} langs[] = { { english, "en.txt", "5 March 2031" }, { german, "de.txt", "5. März 2031" },
	{ danish, "da.txt", "5. marts 2031" } };
enum { EN, DE, DA };

static char *
filled(const char *text, const char *day, const char *number, const char *address, const char *words)
{
	const char *const with[] = { day, number, address, words };
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

	for (; *text != '\0'; text++)
		if (text[0] == '@' && text[1] >= '1' && text[1] <= '4')
			fp_buf_puts(&b, with[*++text - '1']);
		else
			fp_buf_putc(&b, *text);
	return fp_strdup(b.data);
}

static struct draft *
read_text(const char *file, const char *text)
{
	struct letter *l = NULL;
	struct draft *d = NULL;
	struct fp_err err = { .msg = "" };

	if (letter_read_text(&l, file, text, strlen(text), NULL, &err) != FP_OK ||
	    draft_from_letter(&d, l, terms, &(struct draft_options){ .keep_letter = true }, &err) != FP_OK)
		fail_msg("%s", err.msg);
	return d;
}

/* NULL: what all the letters say. */
static struct draft *
letter_of(int lang, const char *day, const char *number, const char *address, const char *words)
{
	FP_AUTO(fp_freep)
	char *text = filled(langs[lang].text, day != NULL ? day : langs[lang].day, number != NULL ? number : "HX-300-01",
	    address != NULL ? address : "support@norlab.example", words != NULL ? words : "");

	assert_non_null(text);
	return read_text(langs[lang].file, text);
}

static struct draft *
plain(int lang)
{
	return letter_of(lang, NULL, NULL, NULL, NULL);
}

/* Merges and gives the letters back. */
static enum fp_status
try_merge(struct merge **m, struct draft **side, size_t n, const char *decisions, size_t len, struct fp_err *err)
{
	enum fp_status status = draft_merge(m, (const struct draft *const *)side, n, terms, decisions, len, "decisions.txt", err);

	for (size_t i = 0; i < n; i++)
		draft_free(side[i]);
	return status;
}

static struct merge *
merged(struct draft *a, struct draft *b, const char *decisions)
{
	struct draft *side[2] = { a, b };
	struct merge *m = NULL;
	struct fp_err err = { .msg = "" };

	if (try_merge(&m, side, b != NULL ? 2 : 1, decisions, decisions != NULL ? strlen(decisions) : 0, &err) != FP_OK)
		fail_msg("%s", err.msg);
	return m;
}

static const struct merge_question *
question(const struct merge *m, const char *key)
{
	for (size_t i = 0; i < m->n_questions; i++)
		if (strcmp(m->questions[i].key, key) == 0)
			return &m->questions[i];
	return NULL;
}

static const char *
text_of(const struct merge *m, const char *lang)
{
	for (size_t i = 0; i < m->n_texts; i++)
		if (strcmp(m->texts[i].lang, lang) == 0)
			return m->texts[i].markdown;
	fail_msg("there is no text in %s", lang);
	return "";
}

static const json_t *
at(const json_t *j, const char *key, size_t index)
{
	return json_array_get(json_object_get(j, key), index);
}

static void
is_text(const json_t *j, const char *key, const char *expected)
{
	const char *s = json_string_value(json_object_get(j, key));

	if (s == NULL || strcmp(s, expected) != 0)
		fail_msg("%s: expected '%s', is '%s'", key, expected, s != NULL ? s : "(none)");
}

static void
is_list(const json_t *j, const char *key, const char *expected)
{
	const json_t *list = json_object_get(j, key);
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

	fp_buf_puts(&b, "");
	for (size_t i = 0; i < json_array_size(list); i++)
		fp_buf_printf(&b, "%s%s", i > 0 ? "|" : "", json_string_value(json_array_get(list, i)));
	if (strcmp(b.data != NULL ? b.data : "", expected) != 0)
		fail_msg("%s: expected '%s', is '%s'", key, expected, b.data);
}

static void
holds(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("'%s' is not in:\n%s", part, text);
}

static void
holds_not(const char *text, const char *part)
{
	if (strstr(text, part) != NULL)
		fail_msg("'%s' is in:\n%s", part, text);
}

#define NEEDED                                                                                                                   \
	"reason_class = software\nactions.1.modes = once\nactions.2.modes = once\nreply.statements = received, understood ,, "   \
	"users-informed\n"

static void
facts_stand_once(void **state)
{
	FP_AUTO(merge_freep) struct merge *m = merged(plain(EN), plain(DE), NULL);
	const json_t *n = m->notice;

	(void)state;
	is_text(n, "reference", "FSN2031-0042");
	is_text(n, "document_number", "D-77120");
	is_text(n, "issue_date", "2031-03-05");
	is_text(json_object_get(n, "manufacturer"), "name", "Norlab ApS");
	assert_int_equal(json_array_size(json_object_get(n, "products")), 2);
	is_list(at(n, "products", 0), "catalog_numbers", "HX-300-01");
	is_text(at(n, "products", 0), "udi_di", "05712345000014");
	is_list(at(n, "products", 0), "names", "Hemalux 300");
	is_text(at(n, "products", 1), "udi_di_stated", "not applicable");
	assert_true(json_is_null(json_object_get(at(n, "products", 1), "udi_di")));
	assert_int_equal(json_array_size(json_object_get(n, "actions")), 2);
	assert_int_equal(json_array_size(json_object_get(json_object_get(n, "manufacturer"), "contacts")), 2);
	assert_int_equal(m->n_texts, 2);
	assert_null(question(m, "issue_date"));
	assert_null(question(m, "actions.count"));
	/* What no letter says and the format needs is asked. */
	assert_int_equal(m->n_open, 4);
	assert_true(question(m, "reason_class") != NULL && question(m, "reason_class")->needed);
	assert_int_equal(question(m, "reason_class")->n_choices, 0);
	assert_null(json_object_get(n, "reason_class"));
}

/* Each letter says its own: a question with two choices, each with the line it stands on. */
static void
differs(struct draft *a, struct draft *b, const char *key, const char *first, const char *second, int line)
{
	FP_AUTO(merge_freep) struct merge *m = merged(a, b, NULL);
	const struct merge_question *q = question(m, key);
	char where[2][64];

	if (q == NULL)
		fail_msg("'%s' is not asked", key);
	(void)snprintf(where[0], sizeof(where[0]), line > 0 ? "en.txt line %d" : "en.txt", line);
	(void)snprintf(where[1], sizeof(where[1]), line > 0 ? "de.txt line %d" : "de.txt", line);
	assert_null(q->answer);
	assert_int_equal(q->n_choices, 2);
	assert_string_equal(q->choices[0].value, first);
	assert_string_equal(q->choices[1].value, second);
	holds(q->choices[0].where, where[0]);
	holds(q->choices[1].where, where[1]);
}

static void
differences_are_asked(void **state)
{
	(void)state;
	differs(plain(EN), letter_of(DE, "6. März 2031", NULL, NULL, NULL), "issue_date", "2031-03-05", "2031-03-06", 7);
	differs(plain(EN), letter_of(DE, NULL, "HX-300-02", NULL, NULL), "products.hemalux-300.catalog_numbers", "HX-300-01",
	    "HX-300-02", 0);
	differs(plain(EN), letter_of(DE, NULL, NULL, "hilfe@norlab.example", NULL), "contacts.technical.email",
	    "support@norlab.example", "hilfe@norlab.example", 0);
}

/* An open question leaves its fact out: it must not look decided. */
static void
open_facts_are_left_out(void **state)
{
	FP_AUTO(merge_freep) struct merge *m = merged(plain(EN), letter_of(DE, "6. März 2031", "HX-300-02", NULL, NULL), NULL);

	(void)state;
	assert_null(json_object_get(m->notice, "issue_date"));
	assert_int_equal(json_array_size(json_object_get(at(m->notice, "products", 0), "catalog_numbers")), 0);
}

static void
answers_are_applied(void **state)
{
	FP_AUTO(merge_freep)
	struct merge *m = merged(plain(EN), letter_of(DE, "6. März 2031", "HX-300-02", NULL, NULL),
	    "# a comment = no answer\r\n\r\n" NEEDED "issue_date = 2031-03-06\r\n"
	    "products.hemalux-300.catalog_numbers = HX-300-01, HX-300-02\nproducts.hemalux-300.udi_di=none");
	FP_AUTO(fp_buf_free) struct fp_buf file = { .max = 0 };

	(void)state;
	assert_int_equal(m->n_open, 0);
	is_text(m->notice, "issue_date", "2031-03-06");
	is_text(m->notice, "reason_class", "software");
	is_list(at(m->notice, "products", 0), "catalog_numbers", "HX-300-01|HX-300-02");
	assert_true(json_is_null(json_object_get(at(m->notice, "products", 0), "udi_di")));
	is_list(json_object_get(m->notice, "reply"), "statements", "received|understood|users-informed");
	/* The file that is written anew keeps them, and reads the same. */
	assert_int_equal(merge_decisions(&file, m, NULL), FP_OK);
	holds(file.data, "\nissue_date = 2031-03-06\n");
	holds(file.data, "#   2031-03-05\n#       en.txt line 7\n");
	{
		FP_AUTO(merge_freep)
		struct merge *again = merged(plain(EN), letter_of(DE, "6. März 2031", "HX-300-02", NULL, NULL), file.data);

		assert_true(json_equal(again->notice, m->notice));
	}
}

/* What holds for all products, and for one of them something else. */
static void
modes_of_one_product(void **state)
{
	FP_AUTO(merge_freep)
	struct merge *m = merged(plain(EN), plain(DE), "products.modes = Dx, RUO\nproducts.hemalux-500.modes = none\n");

	(void)state;
	is_list(at(m->notice, "products", 0), "modes", "Dx|RUO");
	is_list(at(m->notice, "products", 1), "modes", "");
}

static void
a_question_mark_stays_open(void **state)
{
	FP_AUTO(merge_freep) struct merge *m = merged(plain(EN), plain(DE), "reason_class = ?\nactions.1.modes =\n");

	(void)state;
	assert_int_equal(m->n_open, 4);
}

static void
bad_decisions_are_named(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		enum fp_status status;
		const char *says;
	} bad[] = {
		{ "\nproducts.mode = Dx\n", 0, FP_EINVAL, "decisions.txt line 2: nothing is called 'products.mode'" },
		{ "reason_class = software\n# x\nreason_class = other\n", 0, FP_EINVAL,
		    "line 3: 'reason_class' is answered in line 1" },
		{ "reason_class software\n", 0, FP_EINVAL, "line 1: expected 'key = answer'" },
		{ "= software\n", 0, FP_EINVAL, "line 1: expected 'key = answer'" },
		{ "reason class = x\n", 0, FP_EINVAL, "line 1: expected 'key = answer'" },
		{ "reason_class = a\tb\n", 0, FP_EINVAL, "line 1: the answer to 'reason_class' holds a control character" },
		{ "reason_class = \xFF\n", 0, FP_EINVAL, "decisions.txt is not UTF-8" },
		{ NEEDED "issue_date = tomorrow\n", 0, FP_EINVAL, "line 5: 'tomorrow' is no day" },
		{ NEEDED "issue_date = 2031-02-30\n", 0, FP_EINVAL, "line 5: '2031-02-30' is no day" },
		{ "actions.1.modes = both\n", 0, FP_EINVAL, "line 1: 'both' does not answer 'actions.1.modes'" },
		{ "actions.1.modes = on\n", 0, FP_EINVAL, "line 1: 'on' does not answer" },
		{ NULL, ((size_t)1 << 20) + 1, FP_ELIMIT, "the limit is" },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(bad); i++) {
		struct draft *side[2] = { plain(EN), plain(DE) };
		struct merge *m = NULL;
		struct fp_err err = { .msg = "" };
		size_t len = bad[i].len > 0 ? bad[i].len : strlen(bad[i].text);
		char *text = malloc(len + 1);

		memset(text, '#', len);
		if (bad[i].text != NULL)
			memcpy(text, bad[i].text, len);
		assert_int_equal(try_merge(&m, side, 2, text, len, &err), bad[i].status);
		assert_null(m);
		holds(err.msg, bad[i].says);
		free(text);
	}
}

static void
not_of_one_notice(void **state)
{
	FP_AUTO(fp_freep) char *other = filled(german, "5. März 2031", "HX-300-01", "a@norlab.example", "");
	struct draft *side[2] = { plain(EN), NULL }, *twice[2] = { plain(EN), plain(EN) }, *unknown[1];
	struct merge *m = NULL;
	struct fp_err err = { .msg = "" };

	(void)state;
	memcpy(strstr(other, "FSN2031-0042"), "FSN2031-0043", 12);
	side[1] = read_text("de.txt", other);
	assert_int_equal(try_merge(&m, side, 2, NULL, 0, &err), FP_EINVAL);
	holds(err.msg, "FSN2031-0042");
	holds(err.msg, "FSN2031-0043");
	assert_int_equal(try_merge(&m, twice, 2, NULL, 0, &err), FP_EINVAL);
	holds(err.msg, "both in the language 'en'");
	unknown[0] = read_text("x.txt", "4711 0815\n\n12 13\n");
	assert_int_equal(try_merge(&m, unknown, 1, NULL, 0, &err), FP_EINVAL);
	holds(err.msg, "the language of x.txt could not be told");
	assert_int_equal(draft_merge(&m, NULL, 0, terms, NULL, 0, NULL, &err), FP_EINVAL);
	assert_null(m);
}

static bool
has(const json_t *list, const char *text)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(json_string_value(json_array_get(list, i)), text) == 0)
			return true;
	return false;
}

/* Lists of words come in the letters' order; everything else is the same. */
static void
order_does_not_matter(void **state)
{
	FP_AUTO(merge_freep) struct merge *a = merged(plain(EN), plain(DE), NEEDED);
	FP_AUTO(merge_freep) struct merge *b = merged(plain(DE), plain(EN), NEEDED);

	(void)state;
	/* Titles are each letter's own words; the first one's is taken. */
	for (int i = 0; i < 2; i++)
		(void)json_object_del(json_object_get((i == 0 ? a : b)->notice, "manufacturer"), "signatories");
	for (size_t i = 0; i < 2; i++) {
		json_t *x = json_object_get(at(a->notice, "actions", i), "verbs"),
		       *y = json_object_get(at(b->notice, "actions", i), "verbs");

		assert_int_equal(json_array_size(x), json_array_size(y));
		for (size_t k = 0; k < json_array_size(x); k++)
			assert_true(has(y, json_string_value(json_array_get(x, k))));
		json_array_clear(x);
		json_array_clear(y);
	}
	if (!json_equal(a->notice, b->notice)) {
		char *x = json_dumps(a->notice, JSON_INDENT(1)), *y = json_dumps(b->notice, JSON_INDENT(1));

		print_error("%s\n%s\n", x, y);
		free(x);
		free(y);
		fail();
	}
	assert_string_equal(text_of(a, "de"), text_of(b, "de"));
	assert_string_equal(text_of(a, "en"), text_of(b, "en"));
}

/* Letters that do not agree how many steps there are: what most of them say, and a question; the text of the other stays whole. */
static void
steps_are_counted(void **state)
{
	FP_AUTO(fp_freep) char *one = filled(danish, "5. marts 2031", "HX-300-01", "support@norlab.example", "");
	struct draft *side[3] = { plain(EN), plain(DE), NULL };
	struct merge *m = NULL;
	struct fp_err err = { .msg = "" };
	char *from = strstr(one, "2. **Kontroller"), *to = strstr(one, "**Svar**");

	(void)state;
	memmove(from, to, strlen(to) + 1);
	side[2] = read_text("da.txt", one);
	assert_int_equal(json_array_size(draft_get(side[2], "/actions")), 1);
	assert_int_equal(try_merge(&m, side, 3, NULL, 0, &err), FP_OK);
	assert_non_null(question(m, "actions.count"));
	assert_int_equal(question(m, "actions.count")->n_choices, 2);
	assert_int_equal(json_array_size(json_object_get(m->notice, "actions")), 2);
	holds(text_of(m, "de"), "{#action.");
	holds_not(text_of(m, "da"), "{#action.");
	holds(text_of(m, "da"), "installere den");
	merge_free(m);
	side[0] = plain(EN);
	side[1] = read_text("da.txt", one);
	assert_int_equal(try_merge(&m, side, 2, "actions.count = 1\n", 18, &err), FP_OK);
	assert_int_equal(json_array_size(json_object_get(m->notice, "actions")), 1);
	holds(text_of(m, "da"), "{#action.");
	merge_free(m);
}

static void
facts_become_placeholders(void **state)
{
	FP_AUTO(merge_freep)
	struct merge *m = merged(
	    letter_of(EN, NULL, NULL, NULL, "See FSN2031-0042 and D-77120, write to support@norlab.example."), plain(DA), NULL);
	const char *en = text_of(m, "en"), *da = text_of(m, "da");

	(void)state;
	holds(en, "See {{reference}} and {{document_number}}, write to {{contact.technical}}.");
	holds(en, "# Affected products {#products}\n\n{{products.table}}\n");
	holds(en, "{#action.");
	holds(en, "Install the software update {#action.");
	holds(en, "\n\nYou must download the software update");
	holds(da, "\n\nDu skal downloade");
	holds(da, "Kundeservice: {{contact.customer}}");
	holds_not(da, "@norlab.example");
}

static void
what_a_letter_says_is_no_markup(void **state)
{
	static const struct {
		const char *in, *out;
	} words[] = {
		{ "Type {{reference}} now.", "Type \\{\\{reference\\}\\} now." },
		{ "A \\* star and a_b_c.", "star and a\\_b\\_c." },
		{ "See & tilde ~~no~~.", "See \\& tilde \\~\\~no\\~\\~." },
		{ "Take [this] | that.", "Take \\[this\\] \\| that." },
		{ "Heading {#risk}.", "Heading \\{\\#risk\\}." },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(words); i++) {
		FP_AUTO(merge_freep) struct merge *m = merged(letter_of(EN, NULL, NULL, NULL, words[i].in), NULL, NULL);

		holds(text_of(m, "en"), words[i].out);
	}
	{
		FP_AUTO(merge_freep)
		struct merge *m = merged(letter_of(EN, NULL, NULL, NULL,
					     "Press [x](javascript:go()) or <script>go()</script> or <b onclick=go()>b</b>."),
		    NULL, NULL);

		holds_not(text_of(m, "en"), "](");
		holds_not(text_of(m, "en"), "<");
	}
}

/* A paragraph behind a list is one of its own, and a line that looks like a list is none. */
static void
lines_keep_their_kind(void **state)
{
	FP_AUTO(merge_freep)
	struct merge *m = merged(letter_of(EN, NULL, NULL, NULL,
				     "Keep this:\n\n- one\n- two\n\nBehind the list.\n\n1\\. January is a day.\n\n"
				     "\\- 5 degrees are too cold.\n\nTwo lines<br>- of one text<br>=== end"),
	    NULL, NULL);
	const char *en = text_of(m, "en");

	(void)state;
	holds(en, "- one\n- two\n\nBehind the list.\n\n");
	holds(en, "\n\n1\\. January");
	holds(en, "\n\n\\- 5 degrees");
	holds(en, "Two lines\\\n\\- of one text\\\n\\=== end\n");
}

static void
the_result_is_a_notice(void **state)
{
	char dir[] = "/tmp/fp-merge-XXXXXX";
	struct draft *side[3] = { plain(EN), plain(DE), letter_of(DA, NULL, NULL, NULL, "Skriv {{aldrig}} <b>her</b>.") };
	FP_AUTO(merge_freep) struct merge *m = NULL;
	FP_AUTO(notice_freep) struct notice *n = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf json = { .max = 0 };
	struct fp_err err = { .msg = "" };
	char path[128];

	(void)state;
	assert_int_equal(try_merge(&m, side, 3, NEEDED, strlen(NEEDED), &err), FP_OK);
	assert_int_equal(m->n_open, 0);
	assert_non_null(mkdtemp(dir));
	assert_int_equal(fp_json_pretty(&json, m->notice, &err), FP_OK);
	(void)snprintf(path, sizeof(path), "%s/notice.json", dir);
	assert_int_equal(fp_file_publish(path, json.data, json.len, 0600, &err), FP_OK);
	for (size_t i = 0; i < m->n_texts; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s.md", dir, m->texts[i].lang);
		assert_int_equal(fp_file_publish(path, m->texts[i].markdown, strlen(m->texts[i].markdown), 0600, &err), FP_OK);
	}
	if (notice_open(&n, dir, &err) != FP_OK)
		fail_msg("%s", err.msg);
	assert_int_equal(n->n_texts, 3);
	for (size_t i = 0; i < m->n_texts; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s.md", dir, m->texts[i].lang);
		(void)unlink(path);
	}
	(void)snprintf(path, sizeof(path), "%s/notice.json", dir);
	(void)unlink(path);
	(void)rmdir(dir);
}

static void
no_allocation_is_taken_for_granted(void **state)
{
	struct draft *side[2] = { plain(EN), letter_of(DE, "6. März 2031", "HX-300-02", NULL, NULL) };
	enum fp_status status = FP_ENOMEM;
	bool file = false;
	int64_t asked;

	(void)state;
	(void)fp_mem_fail_after(-1);
	for (int64_t i = 0; status == FP_ENOMEM || !file; i++) {
		struct merge *m = NULL;
		FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
		struct fp_err err = { .msg = "" };

		(void)fp_mem_fail_after(i);
		status =
		    draft_merge(&m, (const struct draft *const *)side, 2, terms, NEEDED, strlen(NEEDED), "decisions.txt", &err);
		file = status == FP_OK && merge_decisions(&b, m, &err) == FP_OK;
		asked = fp_mem_fail_after(-1);
		if (status != FP_OK && (status != FP_ENOMEM || m != NULL || err.msg[0] == '\0'))
			fail_msg("allocation %lld of %lld: %s", (long long)i, (long long)asked, err.msg);
		if (status == FP_OK)
			assert_true(
			    json_array_size(json_object_get(m->notice, "actions")) == 2 && m->n_texts == 2 && m->n_open == 2);
		merge_free(m);
		assert_true(i < 200000);
	}
	draft_free(side[0]);
	draft_free(side[1]);
}

static int
setup(void **state)
{
	struct fp_err err = { .msg = "" };

	(void)state;
	return term_base_open(&terms, NULL, &err) == FP_OK ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	term_base_freep(&terms);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_stand_once),
		cmocka_unit_test(differences_are_asked),
		cmocka_unit_test(open_facts_are_left_out),
		cmocka_unit_test(answers_are_applied),
		cmocka_unit_test(modes_of_one_product),
		cmocka_unit_test(a_question_mark_stays_open),
		cmocka_unit_test(bad_decisions_are_named),
		cmocka_unit_test(not_of_one_notice),
		cmocka_unit_test(order_does_not_matter),
		cmocka_unit_test(steps_are_counted),
		cmocka_unit_test(facts_become_placeholders),
		cmocka_unit_test(what_a_letter_says_is_no_markup),
		cmocka_unit_test(lines_keep_their_kind),
		cmocka_unit_test(the_result_is_a_notice),
		cmocka_unit_test(no_allocation_is_taken_for_granted),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
