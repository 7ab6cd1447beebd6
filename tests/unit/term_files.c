/* The files of the languages: each loads and has the least that reading needs; sentences of makers through the ten that term_languages.c does not hold. */
#include "term_help.h"

#include <stdio.h>

#include "base/asset.h"
#include "base/json.h"

#define ALL_LANGUAGES 26u

static const char *const ten[] = { "da", "de", "en", "es", "fr", "it", "nb", "nl", "pt", "sv" };

/* ---- the least ---- */

static void
all_official_languages_are_there(void **state)
{
	static const char *const tags[] = { "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it",
		"lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv", "nb", "is" };
	size_t n;

	(void)state;
	(void)term_languages(base, &n);
	assert_int_equal(n, ALL_LANGUAGES);
	assert_int_equal(FP_COUNT(tags), ALL_LANGUAGES);
	for (size_t i = 0; i < FP_COUNT(tags); i++)
		assert_non_null(term_lang_find(base, tags[i]));
	/* Norwegian goes by three tags. */
	assert_ptr_equal(term_lang_find(base, "no"), term_lang_find(base, "nb"));
	assert_ptr_equal(term_lang_find(base, "nb-NO"), term_lang_find(base, "nb"));
	assert_ptr_equal(term_lang_find(base, "de-AT"), term_lang_find(base, "de"));
	assert_null(term_lang_find(base, "tlh"));
	assert_null(term_lang_find(base, ""));
	assert_null(term_lang_find(base, NULL));
}

struct least {
	enum term_group group;
	const char *id;
	size_t words;
};

static void
every_language_has_the_least(void **state)
{
	static const struct least least[] = { { TERM_LABEL, "reference", 4 }, { TERM_LABEL, "product", 6 },
		{ TERM_LABEL, "catalog-number", 8 }, { TERM_LABEL, "udi-di", 2 }, { TERM_LABEL, "lot", 3 },
		{ TERM_LABEL, "serial-number", 3 }, { TERM_LABEL, "issue-date", 3 }, { TERM_LABEL, "date", 1 },
		{ TERM_LABEL, "version", 2 }, { TERM_LABEL, "manufacturer", 1 }, { TERM_WORD, "yes", 1 }, { TERM_WORD, "no", 1 },
		{ TERM_WORD, "not-applicable", 2 }, { TERM_WORD, "page", 1 }, { TERM_WORD, "of", 1 }, { TERM_WORD, "within", 1 },
		{ TERM_WORD, "and-above", 3 }, { TERM_OBLIGATION, "must", 2 }, { TERM_OBLIGATION, "should", 1 },
		{ TERM_OBLIGATION, "may", 1 }, { TERM_OBLIGATION, "important", 1 }, { TERM_OBLIGATION, "please", 1 },
		{ TERM_OBLIGATION, "must-not", 1 }, { TERM_VERB, "download", 2 }, { TERM_VERB, "install", 2 },
		{ TERM_VERB, "read", 2 }, { TERM_VERB, "contact", 2 }, { TERM_VERB, "report", 2 }, { TERM_VERB, "return", 2 },
		{ TERM_VERB, "complete-form", 2 }, { TERM_VERB, "disconnect", 2 }, { TERM_VERB, "stop-using", 2 },
		{ TERM_VERB, "quarantine", 1 }, { TERM_SECTION, "customer-actions", 4 }, { TERM_SECTION, "problem", 4 },
		{ TERM_SECTION, "form", 3 }, { TERM_KIND, "recall", 1 }, { TERM_KIND, "safety-information", 2 } };
	size_t n;
	const struct term_lang *langs = term_languages(base, &n);

	(void)state;
	for (size_t l = 0; l < n; l++)
		for (size_t i = 0; i < FP_COUNT(least); i++) {
			const char *const *w = term_words(base, &langs[l], term_key_find(base, least[i].group, least[i].id));
			size_t has = 0;

			while (w != NULL && w[has] != NULL)
				has++;
			if (has < least[i].words)
				fail_msg("%s has %zu words for '%s', not %zu", langs[l].tag, has, least[i].id, least[i].words);
		}
}

/* A file that grows by hand: lists without doubles, function words that are enough to tell the language. */
static void
files_are_tidy(void **state)
{
	size_t files = 0;

	(void)state;
	for (const struct fp_asset *a = fp_asset_all(); a->name != NULL; a++) {
		FP_JSON json_t *j = NULL;
		struct fp_err err = { .msg = "" };
		size_t words;

		if (strncmp(a->name, "terms/", 6) != 0 || strcmp(a->name, "terms/concepts.json") == 0)
			continue;
		files++;
		if (fp_json_parse(&j, a->data, a->len, a->name, &err) != FP_OK)
			fail_msg("%s", err.msg);
		words = json_array_size(json_object_get(j, "function_words"));
		assert_in_range(words, 40, 100);
		assert_true(json_array_size(json_object_get(j, "date_masks")) >= 1);
		for (size_t i = 0; i < words; i++)
			for (size_t k = 0; k < i; k++)
				if (json_equal(json_array_get(json_object_get(j, "function_words"), i),
					json_array_get(json_object_get(j, "function_words"), k)))
					fail_msg("%s: function word %zu stands twice", a->name, i);
	}
	assert_int_equal(files, ALL_LANGUAGES);
}

/* ---- what the words find ---- */

static bool
finds(const struct term_lang *lang, const struct term_key *key, const char *text, const char *piece)
{
	struct term_hit h[64];
	size_t n = term_find(base, lang, TERM_GROUPS(key->group), text, strlen(text), h, FP_COUNT(h));

	for (size_t i = 0; i < n && i < FP_COUNT(h); i++)
		if ((h[i].key == key || (h[i].means != NULL && strcmp(h[i].means, key->id) == 0)) &&
		    (piece == NULL ||
			(h[i].to - h[i].from == strlen(piece) && memcmp(text + h[i].from, piece, strlen(piece)) == 0)))
			return true;
	return false;
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

/* A term that another one hides would never be found. */
static void
every_term_finds_itself(void **state)
{
	int hidden = 0;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(ten); i++)
		for (int g = 0; g < TERM_GROUP_COUNT; g++) {
			const struct term_lang *lang = term_lang_find(base, ten[i]);
			size_t n;
			const struct term_key *keys = term_keys(base, (enum term_group)g, &n);

			for (size_t k = 0; k < n; k++) {
				const char *const *w = term_words(base, lang, &keys[k]);
				char text[256];

				hidden += w == NULL;
				for (; w != NULL && *w != NULL; w++) {
					as_printed(text, sizeof(text), *w);
					if (strpbrk(text, "/") != NULL && strlen(text) == 1)
						continue;
					if (finds(lang, &keys[k], text, NULL))
						continue;
					print_error("%s: '%s' is not found for '%s'\n", ten[i], *w, keys[k].id);
					hidden++;
				}
			}
		}
	assert_int_equal(hidden, 0);
}

static const struct sentence {
	const char *lang;
	enum term_group group;
	const char *id, *text, *piece;
} sentences[] = {
	{ "da", TERM_LABEL, "product", "Berørt(e) produkt(er)", "Berørt(e) produkt(er)" },
	{ "da", TERM_LABEL, "lot", "Lotnr.: 4711", "Lotnr" },
	{ "da", TERM_VERB, "disconnect", "Træk straks netværkskablet ud", "Træk straks netværkskablet ud" },
	{ "da", TERM_CONCEPT, "network-cable", "frakoble netværkskablet", "netværkskablet" },
	{ "da", TERM_WORD, "not-applicable", "UDI-DI: I/T", "I/T" },
	{ "da", TERM_OBLIGATION, "please", "Du bedes udfylde formularen", "Du bedes" },
	{ "de", TERM_LABEL, "serial-number", "Seriennummer(n) der Geräte", "Seriennummer(n)" },
	{ "de", TERM_LABEL, "catalog-number", "Art.-Nr. 12345", "Art.-Nr" },
	{ "de", TERM_LABEL, "lot", "Ch.-B.: 220145", "Ch.-B" },
	{ "de", TERM_VERB, "download", "Laden Sie das Update von unserer Seite herunter.",
	    "Laden Sie das Update von unserer Seite herunter" },
	{ "de", TERM_VERB, "quarantine", "Sondern Sie die Ware umgehend aus", "Sondern Sie die Ware umgehend aus" },
	{ "de", TERM_VERB, "complete-form", "Füllen Sie den Bogen aus", "Füllen Sie den Bogen aus" },
	{ "de", TERM_OBLIGATION, "must", "Alle Pumpen müssen geprüft werden", "müssen" },
	{ "de", TERM_OBLIGATION, "must-not", "Die Pumpen dürfen nicht verwendet werden", "dürfen nicht verwendet werden" },
	{ "de", TERM_SECTION, "customer-actions", "Vom Anwender zu ergreifende Maßnahmen",
	    "Vom Anwender zu ergreifende Maßnahmen" },
	{ "de", TERM_CONCEPT, "device-recognition", "Geräteerkennung", "Geräteerkennung" },
	{ "en", TERM_LABEL, "catalog-number", "REF / Catalogue number(s)", "Catalogue number(s)" },
	{ "en", TERM_LABEL, "udi-di", "UDI-DI", "UDI-DI" },
	{ "en", TERM_LABEL, "510k", "510(k) number K123456", "510(k) number" },
	{ "en", TERM_LABEL, "catalog-number", "P/N 77-1", "P/N" },
	{ "en", TERM_VERB, "stop-using", "Immediately discontinue use of the lots", "discontinue use" },
	{ "en", TERM_VERB, "change-configuration", "Change the UCS user configuration", "Change the UCS user configuration" },
	{ "en", TERM_WORD, "and-above", "version 4.0 and higher", "and higher" },
	{ "en", TERM_KIND, "correction", "Field Safety Corrective Action", "Field Safety Corrective Action" },
	{ "es", TERM_LABEL, "product", "Producto(s) afectado(s)", "Producto(s) afectado(s)" },
	{ "es", TERM_LABEL, "catalog-number", "N.º de catálogo: 12", "N.º de catálogo" },
	{ "es", TERM_VERB, "disconnect", "Desenchufe el cable de red", "Desenchufe" },
	{ "es", TERM_CONCEPT, "software-patch", "instalar la revisión de software", "revisión de software" },
	{ "es", TERM_CONCEPT, "acknowledgement-form", "Formulario de acuse de recibo", "Formulario de acuse de recibo" },
	{ "es", TERM_OBLIGATION, "must", "Medidas que debe adoptar", "debe" },
	{ "fr", TERM_LABEL, "product", "Produit(s) concerné(s)", "Produit(s) concerné(s)" },
	{ "fr", TERM_LABEL, "lot", "N° de lot : AB12", "N° de lot" },
	{ "fr", TERM_LABEL, "tax-number", "SIREN 123 456 789", "SIREN" },
	{ "fr", TERM_WORD, "and-following", "lots 120 et les suivants", "et les suivants" },
	{ "fr", TERM_VERB, "stop-using", "Cessez immédiatement d'utiliser", NULL },
	{ "fr", TERM_VERB, "return", "Renvoyez le formulaire ci-joint", "Renvoyez" },
	{ "fr", TERM_CONCEPT, "read-and-understood", "j'ai lu et compris l'avis", "lu et compris" },
	{ "fr", TERM_OBLIGATION, "please", "Veuillez vérifier votre stock", "Veuillez" },
	{ "it", TERM_LABEL, "catalog-number", "Codice prodotto", "Codice prodotto" },
	{ "it", TERM_LABEL, "serial-number", "Numero/i di matricola", NULL },
	{ "it", TERM_LABEL, "courtesy-title", "Titolo:", "Titolo" },
	{ "it", TERM_VERB, "install", "Scarichi e installi la patch", "installi" },
	{ "it", TERM_VERB, "download", "Scarichi e installi la patch", "Scarichi" },
	{ "it", TERM_CONCEPT, "verification-form", "il Modulo di Verifica", "Modulo di Verifica" },
	{ "it", TERM_OBLIGATION, "important", "è importante applicare", "è importante" },
	{ "nb", TERM_LABEL, "lot", "Lotnr. og utløpsdato", "Lotnr" },
	{ "nb", TERM_VERB, "download", "Last ned veiledningen", "Last ned" },
	{ "nb", TERM_VERB, "complete-form", "Fyll ut skjemaet", "Fyll ut" },
	{ "nb", TERM_CONCEPT, "immediately", "Slutt umiddelbart å bruke", "umiddelbart" },
	{ "nl", TERM_LABEL, "catalog-number", "Artikelnummer(s)", "Artikelnummer(s)" },
	{ "nl", TERM_WORD, "not-applicable", "n.v.t.", "n.v.t" },
	{ "nl", TERM_VERB, "complete-form", "Vul het formulier volledig in", "Vul het formulier volledig in" },
	{ "nl", TERM_VERB, "inform", "Breng alle gebruikers op de hoogte", "Breng alle gebruikers op de hoogte" },
	{ "pt", TERM_LABEL, "lot", "N.º do lote", "N.º do lote" },
	{ "pt", TERM_LABEL, "serial-number", "Número(s) de série", "Número(s) de série" },
	{ "pt", TERM_VERB, "complete-form", "Preencha e devolva o formulário", "Preencha" },
	{ "pt", TERM_CONCEPT, "competent-authority", "as autoridades competentes", "autoridades competentes" },
	{ "sv", TERM_LABEL, "lot", "Lot-/batchnummer", "Lot-/batchnummer" },
	{ "sv", TERM_LABEL, "version", "Programvaruversion 2.1", "Programvaruversion" },
	{ "sv", TERM_VERB, "disconnect", "Dra ut nätverkskabeln", "Dra ut" },
	{ "sv", TERM_CONCEPT, "network-cable", "Dra ut nätverkskabeln", "nätverkskabeln" },
	{ "sv", TERM_OBLIGATION, "must-not", "Produkten får inte användas", "får inte" },
};

static void
sentences_of_makers(void **state)
{
	int missed = 0;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(sentences); i++) {
		const struct sentence *s = &sentences[i];
		const struct term_key *key = term_key_find(base, s->group, s->id);

		assert_non_null(key);
		if (finds(term_lang_find(base, s->lang), key, s->text, s->piece))
			continue;
		print_error("%s: '%s' is not found in '%s'\n", s->lang, s->id, s->text);
		missed++;
	}
	assert_int_equal(missed, 0);
}

/* Words that look like a term and are none. */
static void
what_is_no_term(void **state)
{
	static const struct sentence none[] = { { "de", TERM_CONCEPT, "taken-note", "Die Behörden wurden in Kenntnis gesetzt",
						    NULL },
		{ "de", TERM_CONCEPT, "network-cable", "das Stromkabel", NULL },
		{ "de", TERM_VERB, "download", "Laden Sie die Batterie. Fahren Sie das Gerät herunter.", NULL },
		{ "en", TERM_VERB, "identify", "instruments identified in Table 1", NULL },
		{ "en", TERM_OBLIGATION, "must-not", "results may not be correct", NULL },
		{ "it", TERM_OBLIGATION, "must", "Azioni da parte del cliente", NULL },
		{ "es", TERM_CONCEPT, "mains-cable", "desenchufe el cable de red", NULL },
		{ "da", TERM_CONCEPT, "mains-cable", "frakoble netværkskablet", NULL } };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(none); i++)
		if (finds(term_lang_find(base, none[i].lang), term_key_find(base, none[i].group, none[i].id), none[i].text, NULL))
			fail_msg("%s: '%s' is found in '%s'", none[i].lang, none[i].id, none[i].text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_official_languages_are_there),
		cmocka_unit_test(every_language_has_the_least),
		cmocka_unit_test(files_are_tidy),
		cmocka_unit_test(every_term_finds_itself),
		cmocka_unit_test(sentences_of_makers),
		cmocka_unit_test(what_is_no_term),
	};

	return cmocka_run_group_tests(tests, open_base, close_base);
}
