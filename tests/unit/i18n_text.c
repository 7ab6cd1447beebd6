/* Languages, catalogues, plural rules, named placeholders. */

#include "unit.h"

#include <stdio.h>

#include <unicode/upluralrules.h>
#include <unicode/ustring.h>

#include "base/asset.h"
#include "base/file.h"
#include "base/mem.h"
#include "i18n/i18n.h"
#include "i18n/mo.h"

static void
languages_come_from_the_catalogues(void **state)
{
	static const struct {
		const char *tag, *name;
	} want[] = { { "en", "English" }, { "da", "Dansk" }, { "de", "Deutsch" }, { "es", "Español" }, { "it", "Italiano" } };
	size_t n;
	const struct i18n *const *all = i18n_languages(&n);

	(void)state;
	assert_true(n >= FP_COUNT(want));
	assert_string_equal(i18n_tag(all[0]), "en");
	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(i18n_get(i18n_tag(all[i])), all[i]);
		assert_true(i < 2 || strcmp(i18n_tag(all[i - 1]), i18n_tag(all[i])) < 0);
	}
	for (size_t i = 0; i < FP_COUNT(want); i++)
		assert_string_equal(i18n_own_name(i18n_get(want[i].tag)), want[i].name);
	assert_string_equal(i18n_own_name(NULL), "English");
	assert_string_equal(i18n_tag(NULL), "en");
}

static const struct {
	const char *asked, *got;
} asked[] = { { "da", "da" }, { "DA", "da" }, { "de-AT", "de" }, { "de_DE.UTF-8", "de" }, { "it@euro", "it" }, { "es-419", "es" },
	{ "de-Latn-CH-1996", "de" }, { "en", "en" }, { "en-US", "en" }, { "xx", NULL }, { "d", NULL }, { "dan", NULL },
	{ "C", NULL }, { "C.UTF-8", NULL }, { "POSIX", NULL }, { "", NULL }, { "-", NULL }, { "-de", NULL }, { "/../de", NULL } };

static void
tags_fall_back_to_the_language(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(asked); i++) {
		const struct i18n *lang = i18n_get(asked[i].asked);

		if (asked[i].got == NULL)
			assert_null(lang);
		else
			assert_string_equal(i18n_tag(lang), asked[i].got);
	}
	assert_null(i18n_get(NULL));
}

static const struct {
	const char *header, *got;
} accepted[] = { { "da", "da" }, { "da, en-GB;q=0.8, en;q=0.7", "da" }, { "fr, de;q=0.5, it;q=0.9", "it" }, { "xx,yy", NULL },
	{ "", NULL }, { "*", NULL }, { "de;q=0", NULL }, { "de;q=0.0, es;q=0.001", "es" }, { " ,, es ;q=1", "es" },
	{ "de;q=bad,it;q=0.5", "it" }, { "en;q=0.5,de;q=0.5", "en" }, { "de-AT,en", "de" }, { ";q=1", NULL } };

static void
browsers_languages(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(accepted); i++) {
		const struct i18n *lang = i18n_accept(accepted[i].header);

		if (accepted[i].got == NULL)
			assert_null(lang);
		else
			assert_string_equal(i18n_tag(lang), accepted[i].got);
	}
	assert_null(i18n_accept(NULL));
}

/* Each text of each catalogue comes back by its key: the table of the file is walked here without the reader's search. */
static void
every_text_is_found(void **state)
{
	size_t n;
	const struct i18n *const *all = i18n_languages(&n);

	(void)state;
	for (size_t i = 1; i < n; i++) {
		char name[32];
		const struct fp_asset *a;
		struct fp_cur c;
		struct i18n_mo mo;

		(void)snprintf(name, sizeof(name), "po/%s.mo", i18n_tag(all[i]));
		a = fp_asset_find(name);
		assert_int_equal(i18n_mo_open(&mo, a->data, a->len, NULL), FP_OK);
		c = fp_cur_make(a->data, a->len);
		for (uint32_t k = 0; k < mo.n; k++) {
			const char *key, *text, *mark;

			fp_cur_seek(&c, mo.originals + 8 * k + 4);
			key = a->data + fp_cur_le32(&c);
			fp_cur_seek(&c, mo.translations + 8 * k + 4);
			text = a->data + fp_cur_le32(&c);
			mark = strchr(key, '\4');
			if (mark != NULL) {
				FP_AUTO(fp_freep) char *context = fp_strndup(key, (size_t)(mark - key));

				assert_string_equal(i18n_tc(all[i], context, mark + 1), text);
			} else if (key[0] != '\0') {
				assert_string_equal(i18n_t(all[i], key), text);
			}
		}
		assert_true(mo.n >= 1);
	}
}

static void
missing_texts_stay_english(void **state)
{
	static const char text[] = "No catalogue has this sentence.";
	const struct i18n *de = i18n_get("de");

	(void)state;
	assert_ptr_equal(i18n_t(de, text), text);
	assert_ptr_equal(i18n_t(NULL, text), text);
	assert_ptr_equal(i18n_tc(de, "nowhere", text), text);
	assert_string_equal(i18n_t(de, ""), ""); /* not the header of the catalogue */
	assert_string_equal(i18n_n(de, "one x", "{n} x", 1), "one x");
	assert_string_equal(i18n_n(de, "one x", "{n} x", 0), "{n} x");
	assert_string_equal(i18n_n(de, "one x", "{n} x", -1), "one x");
	assert_string_equal(i18n_n(de, "one x", "{n} x", INT64_MIN), "{n} x");
}

static void
read_catalogue(struct fp_buf *b, struct i18n_mo *mo, const char *path)
{
	fp_buf_clear(b);
	assert_int_equal(fp_file_read(b, path, NULL), FP_OK);
	assert_int_equal(i18n_mo_open(mo, b->data, b->len, NULL), FP_OK);
}

/* The same Polish catalogue in both byte orders, as msgfmt wrote it. */
static void
contexts_and_plurals(void **state)
{
	static const char *const files[] = { "tests/fuzz/corpus/i18n_mo/polish.mo",
		"tests/fuzz/corpus/i18n_mo/polish-big-endian.mo" };
	static const struct {
		uint64_t n;
		const char *text;
	} counts[] = { { 1, "{n} urządzenie" }, { 2, "{n} urządzenia" }, { 5, "{n} urządzeń" }, { 12, "{n} urządzeń" },
		{ 22, "{n} urządzenia" }, { 0, "{n} urządzeń" }, { 101, "{n} urządzeń" } };
	struct fp_buf b = { .max = 0 };
	struct i18n_mo mo;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(files); i++) {
		read_catalogue(&b, &mo, files[i]);
		assert_int_equal(mo.forms, 3);
		assert_string_equal(i18n_mo_find(&mo, NULL, "one", 0), "jeden");
		assert_string_equal(i18n_mo_find(&mo, "ctx", "one", 0), "jedna");
		assert_null(i18n_mo_find(&mo, "ct", "one", 0));
		assert_null(i18n_mo_find(&mo, "ctx2", "one", 0));
		assert_null(i18n_mo_find(&mo, NULL, "on", 0));
		assert_null(i18n_mo_find(&mo, NULL, "onee", 0));
		assert_null(i18n_mo_find(&mo, NULL, "{n} device", 3));
		for (size_t k = 0; k < FP_COUNT(counts); k++)
			assert_string_equal(
			    i18n_mo_find(&mo, NULL, "{n} device", i18n_mo_form(&mo, counts[k].n)), counts[k].text);
	}
	fp_buf_free(&b);
}

/* Contexts and keys that are beginnings of each other, among plain keys: each pair has its own translation. */
static void
contexts_are_not_mixed_up(void **state)
{
	static const char *const keys[] = { "a", "ab", "abc", "b", "Zoo", "ä", "{n} x" };
	static const char *const contexts[] = { NULL, "a", "ab", "abc", "ä", "z" };
	struct fp_buf b = { .max = 0 };
	struct i18n_mo mo;
	char want[32];

	(void)state;
	read_catalogue(&b, &mo, "tests/fuzz/corpus/i18n_mo/contexts.mo");
	for (size_t k = 0; k < FP_COUNT(keys); k++)
		for (size_t c = 0; c < FP_COUNT(contexts); c++) {
			(void)snprintf(want, sizeof(want), "<%s|%s>", contexts[c] ? contexts[c] : "", keys[k]);
			assert_string_equal(i18n_mo_find(&mo, contexts[c], keys[k], 0), want);
		}
	assert_null(i18n_mo_find(&mo, "abcd", "a", 0));
	assert_null(i18n_mo_find(&mo, "", "a", 0));
	fp_buf_free(&b);
}

/* Cut at any place it is refused or reads the same; with any byte changed it is refused or stays within its bounds (sanitizers watch). */
static void
damaged_catalogues(void **state)
{
	struct fp_buf b = { .max = 0 };
	struct i18n_mo mo;
	struct fp_err err;
	size_t refused = 0;

	(void)state;
	read_catalogue(&b, &mo, "tests/fuzz/corpus/i18n_mo/polish.mo");
	for (size_t n = 0; n < b.len; n++) {
		FP_AUTO(fp_freep) char *cut = fp_calloc(n + 1, 1);

		memcpy(cut, b.data, n);
		if (i18n_mo_open(&mo, cut, n, &err) == FP_OK)
			fail_msg("a catalogue cut at %zu of %zu was read", n, b.len);
		assert_memory_equal(err.msg, "catalogue", 9);
	}
	for (size_t i = 0; i < b.len; i++) {
		b.data[i] = (char)(b.data[i] ^ 0x55);
		if (i18n_mo_open(&mo, b.data, b.len, &err) == FP_OK)
			(void)i18n_mo_find(&mo, "ctx", "one", 2);
		else
			refused++;
		b.data[i] = (char)(b.data[i] ^ 0x55);
	}
	assert_true(refused > 60);
	/* The NUL behind the last text: without it that text would run out of the file. */
	b.data[b.len - 1] = 'x';
	assert_int_equal(i18n_mo_open(&mo, b.data, b.len, &err), FP_EINVAL);
	assert_string_equal(err.msg, "catalogue: text 3 of the translations lies outside the file");
	assert_int_equal(i18n_mo_open(&mo, "catalogue of nothing at all", 28, &err), FP_EINVAL);
	assert_string_equal(err.msg, "not a message catalogue (.mo)");
	fp_buf_free(&b);
}

static const struct {
	const char *expression;
	uint64_t n, value;
} values[] = { { "n", 7, 7 }, { "(n != 1)", 1, 0 }, { "n>1", 2, 1 }, { "1+2*3", 0, 7 }, { "(1+2)*3", 0, 9 }, { "10-3-2", 0, 5 },
	{ "7%4", 0, 3 }, { "20/3/2", 0, 3 }, { "!n", 0, 1 }, { "!!n", 5, 1 }, { "n<=3 && n>=2", 3, 1 }, { "n==1 || n==2", 2, 1 },
	{ "n==1||n==2&&0", 1, 1 }, { "n==1 ? 10 : n==2 ? 20 : 30", 2, 20 }, { "n==1 ? n==1 ? 5 : 6 : 7", 1, 5 },
	{ "n ? 1/n : 9", 0, 9 }, { "n==0 || 1/n", 0, 1 }, { "n!=0 && 1/n", 0, 0 }, { "1<2==1", 0, 1 }, { " ( n ) ", 3, 3 } };

static void
plural_expressions(void **state)
{
	static const char *const bad[] = { "", "(", "n)", "n n", "1 +", "n ? 1", "n ? 1 :", "x", "n=1", "1234567890", "n & 1",
		"--n", "n;" };
	struct fp_err err;
	enum fp_status st;
	uint64_t v;
	char deep[200];

	(void)state;
	for (size_t i = 0; i < FP_COUNT(values); i++) {
		assert_int_equal(i18n_plural_eval(&v, values[i].expression, values[i].n, NULL), FP_OK);
		assert_int_equal(v, values[i].value);
	}
	for (size_t i = 0; i < FP_COUNT(bad); i++)
		assert_int_equal(i18n_plural_eval(&v, bad[i], 1, &err), FP_EINVAL);
	assert_int_equal(i18n_plural_eval(&v, "1/n", 0, &err), FP_EINVAL);
	assert_string_equal(err.msg, "plural rule '1/n': division by zero");
	for (size_t depth = 1; depth <= 80; depth++) {
		memset(deep, '(', depth);
		deep[depth] = 'n';
		memset(deep + depth + 1, ')', depth);
		deep[2 * depth + 1] = '\0';
		st = i18n_plural_eval(&v, deep, 1, &err);
		assert_int_equal(st, depth <= 15 ? FP_OK : FP_EINVAL);
		memset(deep, '!', depth);
		st = i18n_plural_eval(&v, deep, 1, &err);
		assert_int_equal(st, FP_EINVAL);
	}
	assert_int_equal(i18n_mo_form(&(struct i18n_mo){ .plural = "n", .forms = 3 }, 2), 2);
	assert_int_equal(i18n_mo_form(&(struct i18n_mo){ .plural = "n", .forms = 3 }, 3), 0);
	assert_int_equal(i18n_mo_form(&(struct i18n_mo){ .plural = "1/n", .forms = 3 }, 0), 0);
}

/* The rules that gettext's manual gives for further languages of the Union, against ICU's own. */
static const struct {
	const char *locale, *expression;
} rules[] = {
	{ "en", "n != 1" },
	{ "el", "n != 1" },
	{ "bg", "n != 1" },
	{ "fr", "n > 1" },
	{ "pl", "n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2" },
	{ "cs", "(n==1) ? 0 : (n>=2 && n<=4) ? 1 : 2" },
	{ "sl", "n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3" },
	{ "lt", "n%10==1 && n%100!=11 ? 0 : n%10>=2 && (n%100<10 || n%100>=20) ? 1 : 2" },
	{ "ro", "n==1 ? 0 : (n==0 || (n%100 > 0 && n%100 < 20)) ? 1 : 2" },
	{ "hr", "n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2" },
	{ "ga", "n==1 ? 0 : n==2 ? 1 : (n>2 && n<7) ? 2 :(n>6 && n<11) ? 3 : 4" },
};

/* Two counts take the same form exactly when ICU puts them into one category. */
static void
assert_like_icu(const char *locale, const char *expression)
{
	UErrorCode e = U_ZERO_ERROR;
	UPluralRules *icu = uplrules_open(locale, &e);
	UChar category[210][16];
	uint64_t form[210];

	assert_true(U_SUCCESS(e));
	for (unsigned n = 0; n < 210; n++) {
		(void)uplrules_select(icu, n, category[n], 16, &e);
		assert_true(U_SUCCESS(e));
		assert_int_equal(i18n_plural_eval(&form[n], expression, n, NULL), FP_OK);
		for (unsigned k = 0; k < n; k++)
			if ((u_strcmp(category[k], category[n]) == 0) != (form[k] == form[n]))
				fail_msg("%s: %u and %u", locale, k, n);
	}
	uplrules_close(icu);
}

static void
plural_rules_agree_with_icu(void **state)
{
	size_t n;
	const struct i18n *const *all = i18n_languages(&n);

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rules); i++)
		assert_like_icu(rules[i].locale, rules[i].expression);
	for (size_t i = 1; i < n; i++) {
		char name[32];
		const struct fp_asset *a;
		struct i18n_mo mo;

		(void)snprintf(name, sizeof(name), "po/%s.mo", i18n_tag(all[i]));
		a = fp_asset_find(name);
		assert_int_equal(i18n_mo_open(&mo, a->data, a->len, NULL), FP_OK);
		assert_like_icu(i18n_tag(all[i]), mo.plural);
	}
}

static const struct {
	const char *pattern, *filled;
} patterns[] = { { "Page {page} of {pages}", "Page 1 of 9" }, { "{pages}{page}{page}", "911" },
	{ "{unknown} {page}", "{unknown} 1" }, { "no placeholders, 100 %s", "no placeholders, 100 %s" }, { "{", "{" },
	{ "{page", "{page" }, { "{}", "{}" }, { "{ page }", "{ page }" }, { "{{page}}", "{1}" }, { "{evil}", "{page}" },
	{ "", "" }, { "}{", "}{" } };

static void
placeholders_by_name(void **state)
{
	struct fp_buf b = { .max = 0 };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(patterns); i++) {
		fp_buf_clear(&b);
		i18n_f(&b, NULL, patterns[i].pattern, "page", "1", "pages", "9", "evil", "{page}", NULL);
		assert_int_equal(fp_buf_check(&b, "text", NULL), FP_OK);
		assert_string_equal(b.data ? b.data : "", patterns[i].filled);
	}
	fp_buf_clear(&b);
	i18n_f(&b, NULL, "{a}-{b}", "a", NULL, "b", "2", NULL);
	assert_string_equal(b.data, "-2");
	fp_buf_free(&b);
}

static void
counts_in_texts(void **state)
{
	char *s;

	(void)state;
	s = i18n_ntext(i18n_get("de"), "{n} x of {all}", "{n} xs of {all}", 1234567, "all", "7", NULL);
	assert_string_equal(s, "1.234.567 xs of 7");
	free(s);
	s = i18n_ntext(NULL, "{n} x of {all}", "{n} xs of {all}", 1, "all", "7", NULL);
	assert_string_equal(s, "1 x of 7");
	free(s);
	s = i18n_text(NULL, "Hello {who}", "who", "Ærø", NULL);
	assert_string_equal(s, "Hello Ærø");
	free(s);
	(void)fp_mem_fail_after(0);
	s = i18n_text(NULL, "Hello {who}", "who", "x", NULL);
	(void)fp_mem_fail_after(-1);
	assert_null(s);
}

static void
too_many_placeholders_are_said(void **state)
{
	struct fp_buf b = { .max = 0 };

	(void)state;
#define FOUR "a", "1", "b", "2", "c", "3", "d", "4"
	i18n_f(&b, NULL, "{a}", FOUR, FOUR, FOUR, FOUR, NULL);
	assert_int_equal(fp_buf_check(&b, "text", NULL), FP_OK);
	i18n_f(&b, NULL, "{a}", FOUR, FOUR, FOUR, FOUR, "e", "5", NULL);
	assert_int_equal(fp_buf_check(&b, "text", NULL), FP_ELIMIT);
	fp_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(languages_come_from_the_catalogues),
		cmocka_unit_test(tags_fall_back_to_the_language), cmocka_unit_test(browsers_languages),
		cmocka_unit_test(every_text_is_found), cmocka_unit_test(missing_texts_stay_english),
		cmocka_unit_test(contexts_and_plurals), cmocka_unit_test(contexts_are_not_mixed_up),
		cmocka_unit_test(damaged_catalogues), cmocka_unit_test(plural_expressions),
		cmocka_unit_test(plural_rules_agree_with_icu), cmocka_unit_test(placeholders_by_name),
		cmocka_unit_test(counts_in_texts), cmocka_unit_test(too_many_placeholders_are_said) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
