/*
 * Version ranges as advisories write them. Three steps: the text made plain, words and signs into bounds, bounds into the grammar of
 * device/version.h. Whatever does not go through all three with certainty is undecidable.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "csaf/csaf.h"
#include "csaf/range_int.h"
#include "device/version.h"

/* ---- a text made plain ---- */

static const struct {
	const char *sign, *plain;
} signs[] = {
	{ "\xE2\x89\xA4", "<=" }, /* U+2264 */
	{ "\xE2\x89\xA5", ">=" }, /* U+2265 */
	{ "\xC2\xA0", " " },      /* no-break space */
	{ "\xE2\x80\x90", "-" },  /* hyphens and dashes */
	{ "\xE2\x80\x91", "-" },
	{ "\xE2\x80\x93", " - " },
	{ "\xE2\x80\x94", " - " },
};

/* Signs in ASCII, runs of white space one blank, trimmed. False when it does not fit. */
static bool
make_plain(char out[RANGE_TEXT], const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len;) {
		const char *put = NULL;
		char one[2] = { text[i], '\0' };
		size_t used = 1;

		for (size_t k = 0; k < FP_COUNT(signs); k++)
			if (len - i >= strlen(signs[k].sign) && memcmp(text + i, signs[k].sign, strlen(signs[k].sign)) == 0) {
				put = signs[k].plain;
				used = strlen(signs[k].sign);
			}
		put = put ? put : (unsigned char)text[i] <= ' ' ? " " : one;
		i += used;
		for (; *put != '\0'; put++) {
			if (*put == ' ' && (n == 0 || out[n - 1] == ' '))
				continue;
			if (n + 2 > RANGE_TEXT)
				return false;
			out[n++] = *put;
		}
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return true;
}

static bool
is_one_of(const char *s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(s, words[i]) == 0)
			return true;
	return false;
}

/* Does word stand in text, not within a longer one? */
static bool
holds_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = text; *p != '\0'; p++)
		if (tolower((unsigned char)*p) == word[0] && (p == text || !isalpha((unsigned char)p[-1])) &&
		    strncasecmp(p, word, n) == 0 && !isalpha((unsigned char)p[n]))
			return true;
	return false;
}

static bool
holds_one_of(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (holds_word(text, words[i]))
			return true;
	return false;
}

static const char *const all_words[] = { "*", "vers:all/*", "all", "all versions", "any", "any version", "every version",
	"all current versions" };
static const char *const date_words[] = { "january", "february", "march", "april", "may", "june", "july", "august", "september",
	"october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
	"distributed", "manufactured", "shipped", "produced", "released before" };
static const char *const remark_words[] = { "end-of-life", "end of life", "eol", "discontinued", "obsolete" };
static const char *const condition_words[] = { "on", "with", "without", "running", "integrated", "if", "when", "only", "model",
	"models", "option", "using" };

/* Digits at p, at most n of them, and then sign ('\0': no further digit); the length with the sign, or 0. */
static size_t
digits_then(const char *p, size_t n, char sign)
{
	size_t k = strspn(p, "0123456789");

	if (k == 0 || k > n || (sign != '\0' && p[k] != sign))
		return 0;
	return k + (sign != '\0');
}

/* "8/30/2024" or "2024-08-30" at p. */
static bool
is_day(const char *p)
{
	size_t a = digits_then(p, 2, '/'), b = a > 0 ? digits_then(p + a, 2, '/') : 0;

	if (b > 0 && strspn(p + a + b, "0123456789") == 4)
		return true;
	return digits_then(p, 4, '-') == 5 && (*p == '1' || *p == '2') && digits_then(p + 5, 2, '-') == 3 &&
	       digits_then(p + 8, 2, '\0') == 2;
}

static bool
holds_day(const char *t)
{
	for (const char *p = t; *p != '\0'; p++)
		if (isdigit((unsigned char)*p) && (p == t || !isdigit((unsigned char)p[-1])) && is_day(p))
			return true;
	return false;
}

/* Take a remark in brackets that limits nothing off the end. */
static bool
drop_remark(char *t)
{
	char *open = strchr(t, '(');

	if (open == NULL || open == t || t[strlen(t) - 1] != ')' || !holds_one_of(open, remark_words, FP_COUNT(remark_words)))
		return false;
	while (open > t && open[-1] == ' ')
		open--;
	*open = '\0';
	return true;
}

/* ---- words and signs ---- */

enum token_kind { T_END, T_OP, T_BAR, T_WORD };
struct token {
	enum token_kind kind;
	enum range_op op; /* of T_OP */
	char text[64];    /* of T_WORD */
};
struct tokens {
	struct token t[RANGE_TOKENS + 1];
	size_t n, at;
};

static const struct {
	const char *sign;
	enum range_op op;
} operators[] = { { "<=", OP_LE }, { ">=", OP_GE }, { "=<", OP_LE }, { "=>", OP_GE }, { "==", OP_EQ }, { "!=", OP_NE },
	{ "<", OP_LT }, { ">", OP_GT }, { "=", OP_EQ } };

static bool
add_word(struct tokens *all, const char *p, size_t n)
{
	struct token *k = &all->t[all->n];

	if (all->n == RANGE_TOKENS || n >= sizeof(k->text))
		return false;
	k->kind = T_WORD;
	memcpy(k->text, p, n);
	k->text[n] = '\0';
	all->n++;
	return true;
}

static bool
tokenise(struct tokens *all, const char *p)
{
	memset(all, 0, sizeof(*all));
	while (*p != '\0') {
		size_t n = 0, i = 0;

		if (*p == ' ') {
			p++;
			continue;
		}
		if (*p == '|' || *p == ',' || *p == ';') {
			if (all->n == RANGE_TOKENS)
				return false;
			all->t[all->n++].kind = T_BAR;
			p += 1 + (p[0] == '|' && p[1] == '|');
			continue;
		}
		while (i < FP_COUNT(operators) && strncmp(p, operators[i].sign, strlen(operators[i].sign)) != 0)
			i++;
		if (i < FP_COUNT(operators)) {
			if (all->n == RANGE_TOKENS)
				return false;
			all->t[all->n].kind = T_OP;
			all->t[all->n++].op = operators[i].op;
			p += strlen(operators[i].sign);
			continue;
		}
		n = strcspn(p, " |,;<>=");
		if (n == 0 || !add_word(all, p, n))
			return false;
		p += n;
	}
	return true;
}

static const struct token *
peek(const struct tokens *all, size_t ahead)
{
	static const struct token end = { .kind = T_END };

	return all->at + ahead < all->n ? &all->t[all->at + ahead] : &end;
}

static bool
peek_is(const struct tokens *all, size_t ahead, const char *word)
{
	const struct token *k = peek(all, ahead);

	return k->kind == T_WORD && strcasecmp(k->text, word) == 0;
}

/* Words of a phrase, separated by blanks, stand next: step over them. */
static bool
take_phrase(struct tokens *all, const char *phrase)
{
	size_t ahead = 0;

	for (const char *p = phrase; *p != '\0';) {
		size_t n = strcspn(p, " ");
		const struct token *k = peek(all, ahead++);

		if (k->kind != T_WORD || strlen(k->text) != n || strncasecmp(k->text, p, n) != 0)
			return false;
		p += n + (p[n] == ' ');
	}
	all->at += ahead;
	return true;
}

static bool
take_any(struct tokens *all, const char *const *phrases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (take_phrase(all, phrases[i]))
			return true;
	return false;
}

static const char *const lead_words[] = { "versions", "version", "software version", "software versions", "firmware version",
	"firmware versions", "software", "firmware", "ver.", "ver", "release", "releases", "rel.", "v", "the" };
static const char *const below_phrases[] = { "prior to", "earlier than", "before", "below", "lower than", "less than",
	"older than" };
static const char *const upto_phrases[] = { "up to and including", "through", "up through" };
static const char *const doubt_phrases[] = { "up to", "until", "til" };
static const char *const above_phrases[] = { "newer than", "later than", "higher than", "greater than", "above", "after" };
static const char *const and_below[] = { "and below", "and earlier", "and prior", "and older", "and lower", "and previous",
	"or below", "or earlier", "or prior", "or older", "or lower", "or previous", "and all prior", "and all earlier",
	"and all previous", "and before", "or before", "and under", "and prior versions", "and earlier versions" };
static const char *const and_above[] = { "and above", "and later", "and newer", "and higher", "and up", "or above", "or later",
	"or newer", "or higher", "onwards", "and greater", "or greater" };
static const char *const to_words[] = { "to", "through", "-", "up to and including" };
static const char *const joiners[] = { "and", "or", "&" };

static bool
has_digit(const char *s)
{
	return strpbrk(s, "0123456789") != NULL;
}

/* "012U000040": a number, a letter, a number, without a sign between. Which part counts only the maker knows. */
static bool
is_part_number(const char *w)
{
	size_t digits = strspn(w, "0123456789"), letters = 0;

	while (digits > 0 && isalpha((unsigned char)w[digits + letters]))
		letters++;
	return letters > 0 && isdigit((unsigned char)w[digits + letters]);
}

/* A version: one word with a digit, and what belongs to it behind: "Build 10", "SR1", "D15", "Service Pack 01". */
static bool
take_version(struct tokens *all, char out[RANGE_VERSION])
{
	const struct token *k, *more;

	while (take_any(all, lead_words, FP_COUNT(lead_words)))
		;
	k = peek(all, 0);
	if (k->kind != T_WORD || !has_digit(k->text))
		return false;
	/* "v2.x": the v is no part of it. */
	(void)snprintf(out, RANGE_VERSION, "%s", k->text + ((k->text[0] | 32) == 'v' && isdigit((unsigned char)k->text[1])));
	all->at++;
	more = peek(all, 0);
	if (take_phrase(all, "service pack") || take_phrase(all, "sp"))
		more = NULL;
	if (more == NULL || peek_is(all, 0, "build")) {
		const struct token *number = peek(all, more == NULL ? 0 : 1);

		if (number->kind != T_WORD || !isdigit((unsigned char)number->text[0]))
			return false;
		(void)snprintf(
		    out + strlen(out), RANGE_VERSION - strlen(out), " %s%.60s", more == NULL ? "SP" : "build ", number->text);
		all->at += more == NULL ? 1 : 2;
	} else if (more->kind == T_WORD && isalpha((unsigned char)more->text[0]) && has_digit(more->text) &&
		   strlen(more->text) <= 6 && device_version_compare(more->text, more->text) == DEVICE_VERSION_EQUAL) {
		(void)snprintf(out + strlen(out), RANGE_VERSION - strlen(out), " %.60s", more->text);
		all->at++;
	}
	return true;
}

/* One item: bounds for one stretch of versions. False: not understood; *why says more where it is known. */
static bool
take_item(struct tokens *all, struct range_item *it, const char **why)
{
	const struct token *k;

	memset(it, 0, sizeof(*it));
	while (take_any(all, lead_words, FP_COUNT(lead_words)))
		;
	if (take_any(all, below_phrases, FP_COUNT(below_phrases)))
		it->op[0] = OP_LT;
	else if (take_any(all, upto_phrases, FP_COUNT(upto_phrases)))
		it->op[0] = OP_LE;
	else if (take_any(all, above_phrases, FP_COUNT(above_phrases)))
		it->op[0] = OP_GT;
	else if (take_any(all, doubt_phrases, FP_COUNT(doubt_phrases))) {
		*why = "inclusive";
		return false;
	}
	if (it->op[0] == OP_NONE && (k = peek(all, 0))->kind == T_OP) {
		it->op[0] = k->op;
		all->at++;
	}
	(void)take_phrase(all, "from");
	if (!take_version(all, it->version[0]))
		return false;
	k = peek(all, 0);
	if (it->op[0] == OP_NONE && k->kind == T_OP && (k->op == OP_LT || k->op == OP_LE)) {
		it->op[0] = OP_GE;
		it->op[1] = k->op;
		all->at++;
		return take_version(all, it->version[1]);
	}
	if (it->op[0] == OP_NONE && take_any(all, to_words, FP_COUNT(to_words))) {
		it->op[0] = OP_GE;
		it->op[1] = OP_LE;
		it->words = true;
		return take_version(all, it->version[1]);
	}
	if (it->op[0] == OP_NONE && take_any(all, and_below, FP_COUNT(and_below))) {
		it->op[0] = OP_LE;
		it->words = true;
	} else if (it->op[0] == OP_NONE && take_any(all, and_above, FP_COUNT(and_above))) {
		it->op[0] = OP_GE;
		it->words = true;
	}
	(void)take_phrase(all, "versions");
	if (it->op[0] == OP_NONE)
		it->op[0] = OP_EQ;
	return true;
}

/* What separates two items: "|", ",", "and", ", and". */
static bool
take_joint(struct tokens *all)
{
	bool bar = peek(all, 0)->kind == T_BAR;

	all->at += bar;
	return take_any(all, joiners, FP_COUNT(joiners)) || bar;
}

static bool
take_items(struct tokens *all, struct range_items *items, const char **why)
{
	while (all->at < all->n) {
		if (items->n == RANGE_ITEMS)
			return false;
		/* "S4 A.07.107" is no list. */
		if (items->n > 0 && !take_joint(all) && peek(all, 0)->kind != T_OP)
			return false;
		if (!take_item(all, &items->item[items->n], why))
			return false;
		items->n++;
	}
	return items->n > 0;
}

/* ---- one field that holds a model, not a version ---- */

static bool
is_model_word(const char *w)
{
	size_t letters = 0, digits = 0, dots = 0;

	for (const char *p = w; *p != '\0'; p++) {
		letters += isalpha((unsigned char)*p) != 0;
		digits += isdigit((unsigned char)*p) != 0;
		dots += *p == '.';
	}
	/* "3120", "A51200", "MMT-522(K)", "VS30": a version of a product hardly ever counts so far without a dot. */
	return dots == 0 && digits > 0 && (digits >= 3 || letters >= 2);
}

/* A name, or numbers that look like models. "Build", "SP" and the like are words of versions. */
static bool
is_model(const struct tokens *all)
{
	static const char *const version_words[] = { "build", "service", "pack", "release", "version", "versions", "software",
		"firmware", "rev", "rev.", "revision", "and", "below", "prior", "earlier", "vers", "sr", "edition" };

	for (size_t i = 0; i < all->n; i++)
		if (strcasecmp(all->t[i].text, "edition") == 0)
			return false;
	for (size_t i = 0; i < all->n; i++) {
		const char *w = all->t[i].text;
		size_t letters = 0;

		if (all->t[i].kind != T_WORD)
			continue;
		for (const char *p = w; *p != '\0'; p++)
			letters += isalpha((unsigned char)*p) != 0;
		if (is_model_word(w) && !(i > 0 && all->t[i - 1].kind == T_WORD))
			return true;
		if (letters >= 3 && !has_digit(w) && !is_one_of(w, version_words, FP_COUNT(version_words)))
			return true;
	}
	return false;
}

/* ---- the whole ---- */

static void
refuse(struct csaf_range *out, const char *why)
{
	out->kind = CSAF_RANGE_UNDECIDABLE;
	out->range[0] = '\0';
	out->why = why;
}

static bool
no_version_has_digit(const struct tokens *all)
{
	bool any = false;

	for (size_t i = 0; i < all->n; i++)
		any = any || (all->t[i].kind == T_WORD && has_digit(all->t[i].text));
	return !any;
}

static bool
has_part_number(const struct tokens *all)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->t[i].kind == T_WORD && is_part_number(all->t[i].text))
			return true;
	return false;
}

/* "(Release 1.3.2 1.4.0 1.4.1)": a list in brackets. */
static void
unwrap(char *t)
{
	size_t n = strlen(t);

	if (n > 10 && strncasecmp(t, "(release ", 9) == 0 && t[n - 1] == ')') {
		memmove(t, t + 9, n - 10);
		t[n - 10] = '\0';
		for (char *p = t; *p != '\0'; p++)
			*p = *p == ' ' ? ',' : *p;
	}
}

static void
read_words(struct csaf_range *out, const char *t, bool exact)
{
	struct tokens all;
	struct range_items items = { .n = 0 };
	const char *why = NULL;
	bool fits = tokenise(&all, t);

	if (fits && exact && all.n > 0 && all.t[0].kind == T_WORD && is_model(&all))
		refuse(out, "model");
	else if (holds_one_of(t, condition_words, FP_COUNT(condition_words)) || strchr(t, '(') != NULL)
		refuse(out, "condition");
	else if (!fits)
		refuse(out, "form");
	else if (no_version_has_digit(&all) || has_part_number(&all))
		refuse(out, "letters");
	else if (!take_items(&all, &items, &why))
		refuse(out, why ? why : "form");
	else if ((why = range_assemble(out->range, sizeof(out->range), &items)) != NULL)
		refuse(out, why);
	else {
		out->kind = CSAF_RANGE_KNOWN;
		out->as_words = exact && (items.n > 1 || items.item[0].op[0] != OP_EQ);
	}
}

void
csaf_range_read(struct csaf_range *out, const char *text, size_t len, bool exact)
{
	char t[RANGE_TEXT];
	const char *why;

	memset(out, 0, sizeof(*out));
	if (!make_plain(t, text, len) || *t == '\0') {
		refuse(out, "form");
		return;
	}
	out->remark = drop_remark(t);
	if (is_one_of(t, all_words, FP_COUNT(all_words))) {
		out->kind = CSAF_RANGE_ALL;
		memcpy(out->range, "*", 2);
		return;
	}
	if (strncasecmp(t, "vers:", 5) == 0) {
		out->kind = CSAF_RANGE_KNOWN;
		why = range_vers_read(out->range, sizeof(out->range), t + 5);
		if (why != NULL)
			refuse(out, why);
		else if (strcmp(out->range, "*") == 0)
			out->kind = CSAF_RANGE_ALL;
		return;
	}
	if (holds_one_of(t, date_words, FP_COUNT(date_words)) || holds_day(t)) {
		refuse(out, "date");
		return;
	}
	unwrap(t);
	if (t[0] == '*')
		refuse(out, "condition");
	else
		read_words(out, t, exact);
}

const char *
csaf_range_why(const char *why)
{
	static const struct {
		const char *why, *text;
	} rows[] = {
		{ "date", "it names a day of making or sale, not a version" },
		{ "model", "it names a model, not a version" },
		{ "condition", "it holds a condition that a version does not tell" },
		{ "letters", "it orders letters, which no one said how" },
		{ "scheme", "its versions are of a scheme that is not known here" },
		{ "order", "its bounds contradict each other or stand in no order" },
		{ "inclusive", "it does not say whether the last version belongs to it" },
		{ "form", "it has a form that is not understood" },
	};

	for (size_t i = 0; i < FP_COUNT(rows); i++)
		if (why != NULL && strcmp(rows[i].why, why) == 0)
			return rows[i].text;
	return "it is not understood";
}
