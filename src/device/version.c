#include "device/version.h"

#include <string.h>
#include <strings.h>

#define PARTS_MAX 16

struct span {
	const char *p;
	size_t n;
};

/* What stands behind the numbers, in the order of release: a pre-release, nothing, a later letter or revision. */
enum rank { RANK_DEV, RANK_ALPHA, RANK_BETA, RANK_PRE, RANK_RC, RANK_RELEASE, RANK_LETTER, RANK_REVISION, RANK_OTHER };

struct version {
	struct span prefix;          /* "B" of "B.06.18", "R" of "R8.0.3" */
	struct span part[PARTS_MAX]; /* digits without leading zeros */
	size_t n_parts;
	bool wildcard; /* "1.3.x": what follows the parts is not said */
	enum rank rank;
	struct span number; /* of the suffix: rc2, r2; or the letter; or the whole of another suffix */
	struct span build;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct span
trimmed(struct span s)
{
	while (s.n > 0 && (unsigned char)s.p[0] <= ' ') {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && (unsigned char)s.p[s.n - 1] <= ' ')
		s.n--;
	return s;
}

static void
skip(struct span *s, size_t n)
{
	s->p += n;
	s->n -= n;
}

static struct span
take_digits(struct span *s)
{
	struct span out = { s->p, 0 };

	while (s->n > 0 && is_digit(s->p[0])) {
		out.n++;
		skip(s, 1);
	}
	while (out.n > 1 && out.p[0] == '0')
		skip(&out, 1);
	return out;
}

/* Take off a word for "version"; it must be followed by a digit, or it is none. */
static void
skip_prefix(struct span *s)
{
	static const char *const words[] = { "versione", "versión", "version", "vers.", "ver.", "ver", "release", "rel.", "v.",
		"v" };

	for (size_t i = 0; i < FP_COUNT(words); i++) {
		size_t n = strlen(words[i]);

		if (s->n > n && strncasecmp(s->p, words[i], n) == 0) {
			struct span rest = trimmed((struct span){ s->p + n, s->n - n });

			if (rest.n > 0 && is_digit(rest.p[0])) {
				*s = rest;
				return;
			}
		}
	}
}

/* Up to three letters in front of the numbers belong to the version, with a dot or dash behind them. What they mean only their maker knows. */
static void
take_prefix(struct version *v, struct span *s)
{
	size_t n = 0;

	while (n < s->n && n < 4 && is_alpha(s->p[n]))
		n++;
	if (n == 0 || n > 3 || n == s->n)
		return;
	v->prefix = (struct span){ s->p, n };
	if ((s->p[n] == '.' || s->p[n] == '-') && n + 1 < s->n)
		n++;
	skip(s, n);
}

static bool
take_numbers(struct version *v, struct span *s)
{
	for (;;) {
		if (s->n == 0 || !is_digit(s->p[0]) || v->n_parts == PARTS_MAX)
			return false;
		v->part[v->n_parts++] = take_digits(s);
		if (s->n < 2 || s->p[0] != '.')
			return true;
		if ((s->p[1] == 'x' || s->p[1] == 'X' || s->p[1] == '*') && (s->n == 2 || !is_alpha(s->p[2]))) {
			v->wildcard = true;
			skip(s, 2);
			return s->n == 0 || (s->n == 2 && s->p[0] == '.' && strchr("xX*", s->p[1]) != NULL);
		}
		if (!is_digit(s->p[1]))
			return true;
		skip(s, 1);
	}
}

static const struct {
	const char *word;
	enum rank rank;
} suffixes[] = {
	{ "snapshot", RANK_DEV },
	{ "dev", RANK_DEV },
	{ "alpha", RANK_ALPHA },
	{ "beta", RANK_BETA },
	{ "preview", RANK_PRE },
	{ "pre", RANK_PRE },
	{ "rc", RANK_RC },
	{ "rev", RANK_REVISION },
	{ "r", RANK_REVISION },
	{ "sp", RANK_REVISION },
	{ "patch", RANK_REVISION },
	{ "p", RANK_REVISION },
};

/* A word of the table with nothing or a number behind it. */
static bool
take_word(struct version *v, struct span s)
{
	for (size_t i = 0; i < FP_COUNT(suffixes); i++) {
		size_t n = strlen(suffixes[i].word);
		struct span rest;

		if (s.n < n || strncasecmp(s.p, suffixes[i].word, n) != 0)
			continue;
		rest = (struct span){ s.p + n, s.n - n };
		if (rest.n > 1 && strchr(".-_ ", rest.p[0]) != NULL)
			skip(&rest, 1);
		v->number = take_digits(&rest);
		/* "r" and "p" alone are letters, not words. */
		if (rest.n == 0 && (n > 1 || v->number.n > 0)) {
			v->rank = suffixes[i].rank;
			return true;
		}
	}
	return false;
}

/* "+5", "-5", "_5", "(5)", "build 5", "(build 5)". */
static bool
take_build(struct version *v, struct span s)
{
	struct span digits;

	if (s.n > 2 && s.p[0] == '(' && s.p[s.n - 1] == ')')
		s = trimmed((struct span){ s.p + 1, s.n - 2 });
	else if (s.p[0] == '+' || s.p[0] == '-' || s.p[0] == '_')
		skip(&s, 1);
	else if (strncasecmp(s.p, "build", s.n < 5 ? s.n : 5) != 0)
		return false;
	if (s.n > 5 && strncasecmp(s.p, "build", 5) == 0)
		s = trimmed((struct span){ s.p + 5, s.n - 5 });
	if (s.n > 1 && (s.p[0] == '.' || s.p[0] == ':' || s.p[0] == '#'))
		skip(&s, 1);
	if (s.n == 0 || !is_digit(s.p[0]))
		return false;
	digits = take_digits(&s);
	if (s.n != 0)
		return false;
	v->build = digits;
	return true;
}

/* One word without spaces and without signs that join or compare versions: "-hotfix", "(patched)". */
static bool
take_other(struct version *v, struct span s)
{
	if (s.n > 1 && strchr("-._~", s.p[0]) != NULL && strchr("-._~", s.p[1]) != NULL)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || strchr(",;/&|<>=*", s.p[i]) != NULL)
			return false;
	v->rank = RANK_OTHER;
	v->number = s;
	return true;
}

static bool
take_suffix(struct version *v, struct span s)
{
	struct span word;

	s = trimmed(s);
	v->rank = RANK_RELEASE;
	if (s.n == 0 || take_build(v, s))
		return true;
	if (s.n == 1 && is_alpha(s.p[0])) {
		v->rank = RANK_LETTER;
		v->number = s;
		return true;
	}
	word = s;
	if (word.n > 1 && strchr("-._~", word.p[0]) != NULL)
		skip(&word, 1);
	return take_word(v, word) || take_other(v, s);
}

static bool
parse(struct version *v, struct span s)
{
	memset(v, 0, sizeof(*v));
	s = trimmed(s);
	skip_prefix(&s);
	take_prefix(v, &s);
	if (!take_numbers(v, &s))
		return false;
	return v->wildcard || take_suffix(v, s);
}

static int
compare_digits(struct span a, struct span b)
{
	static const struct span zero = { "0", 1 };
	int c;

	if (a.n == 0)
		a = zero;
	if (b.n == 0)
		b = zero;
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	c = memcmp(a.p, b.p, a.n);
	return (c > 0) - (c < 0);
}

static enum device_version_order
compare_suffix(const struct version *a, const struct version *b)
{
	if (a->rank == RANK_OTHER || b->rank == RANK_OTHER) {
		bool same =
		    a->rank == b->rank && a->number.n == b->number.n && strncasecmp(a->number.p, b->number.p, a->number.n) == 0;

		return same ? DEVICE_VERSION_EQUAL : DEVICE_VERSION_INCOMPARABLE;
	}
	if (a->rank != b->rank) {
		/* A letter and a revision behind one number: two habits that no one ordered. */
		if (a->rank > RANK_RELEASE && b->rank > RANK_RELEASE)
			return DEVICE_VERSION_INCOMPARABLE;
		return a->rank < b->rank ? DEVICE_VERSION_LESS : DEVICE_VERSION_GREATER;
	}
	if (a->rank == RANK_LETTER)
		return (enum device_version_order)((a->number.p[0] | 32) > (b->number.p[0] | 32)) -
		       ((a->number.p[0] | 32) < (b->number.p[0] | 32));
	if (compare_digits(a->number, b->number) != 0)
		return (enum device_version_order)compare_digits(a->number, b->number);
	if (a->build.n > 0 && b->build.n > 0)
		return (enum device_version_order)compare_digits(a->build, b->build);
	return DEVICE_VERSION_EQUAL;
}

static bool
same_prefix(const struct version *a, const struct version *b)
{
	return a->prefix.n == b->prefix.n && (a->prefix.n == 0 || strncasecmp(a->prefix.p, b->prefix.p, a->prefix.n) == 0);
}

static enum device_version_order
compare(const struct version *a, const struct version *b)
{
	static const struct span none = { "", 0 };
	size_t most = a->n_parts > b->n_parts ? a->n_parts : b->n_parts;

	if (!same_prefix(a, b))
		return DEVICE_VERSION_INCOMPARABLE;
	for (size_t i = 0; i < most; i++) {
		int c;

		if ((i >= a->n_parts && a->wildcard) || (i >= b->n_parts && b->wildcard))
			return DEVICE_VERSION_INCOMPARABLE;
		c = compare_digits(i < a->n_parts ? a->part[i] : none, i < b->n_parts ? b->part[i] : none);
		if (c != 0)
			return (enum device_version_order)c;
	}
	if (a->wildcard || b->wildcard)
		return DEVICE_VERSION_INCOMPARABLE;
	return compare_suffix(a, b);
}

enum device_version_order
device_version_compare_n(const char *a, size_t a_len, const char *b, size_t b_len)
{
	struct version va, vb;

	if (!parse(&va, (struct span){ a, a_len }) || !parse(&vb, (struct span){ b, b_len }))
		return DEVICE_VERSION_INCOMPARABLE;
	return compare(&va, &vb);
}

enum device_version_order
device_version_compare(const char *a, const char *b)
{
	return device_version_compare_n(a, strlen(a), b, strlen(b));
}

/* ---- ranges ---- */

enum { HAS_LESS = 1, HAS_EQUAL = 2, HAS_GREATER = 4 };

static const struct {
	const char *sign;
	int holds; /* for which orders of device version against the term's */
} operators[] = {
	{ ">=", HAS_EQUAL | HAS_GREATER },
	{ "<=", HAS_EQUAL | HAS_LESS },
	{ "!=", HAS_LESS | HAS_GREATER },
	{ "==", HAS_EQUAL },
	{ ">", HAS_GREATER },
	{ "<", HAS_LESS },
	{ "=", HAS_EQUAL },
	{ "", HAS_EQUAL },
};

struct term {
	int holds;
	struct version version;
};

static bool
parse_term(struct term *t, struct span s)
{
	s = trimmed(s);
	for (size_t i = 0; i < FP_COUNT(operators); i++) {
		size_t n = strlen(operators[i].sign);

		if (s.n >= n && strncmp(s.p, operators[i].sign, n) == 0) {
			t->holds = operators[i].holds;
			skip(&s, n);
			break;
		}
	}
	return parse(&t->version, s);
}

/* Every part that the wildcard's writer gave is equal. */
static bool
below_wildcard(const struct version *v, const struct version *wild)
{
	for (size_t i = 0; i < wild->n_parts; i++)
		if (i >= v->n_parts ? !v->wildcard && compare_digits(wild->part[i], (struct span){ "", 0 }) != 0
				    : compare_digits(v->part[i], wild->part[i]) != 0)
			return false;
	return v->n_parts >= wild->n_parts || !v->wildcard;
}

static enum device_version_in
term_holds(const struct term *t, const struct version *v)
{
	enum device_version_order order = compare(v, &t->version);
	int bit;

	if (order == DEVICE_VERSION_INCOMPARABLE) {
		if (!t->version.wildcard || !same_prefix(v, &t->version) || !below_wildcard(v, &t->version))
			return DEVICE_VERSION_UNDECIDABLE;
		/* "=1.3.x" means all of 1.3; ">1.3.x" means nothing of it. */
		return (t->holds & HAS_EQUAL) != 0 ? DEVICE_VERSION_IN : DEVICE_VERSION_OUT;
	}
	bit = order == DEVICE_VERSION_EQUAL ? HAS_EQUAL : order == DEVICE_VERSION_LESS ? HAS_LESS : HAS_GREATER;
	return (t->holds & bit) != 0 ? DEVICE_VERSION_IN : DEVICE_VERSION_OUT;
}

/* Cut the next piece off *rest: up to "||" (or) or to a single "|" or "," (and). False when nothing is left. */
static bool
next_piece(struct span *rest, bool is_or, struct span *piece)
{
	if (rest->p == NULL)
		return false;
	*piece = (struct span){ rest->p, 0 };
	while (piece->n < rest->n) {
		char c = rest->p[piece->n];
		bool doubled = c == '|' && piece->n + 1 < rest->n && rest->p[piece->n + 1] == '|';

		if (is_or ? doubled : c == '|' || c == ',') {
			skip(rest, piece->n + (is_or ? 2 : 1));
			return true;
		}
		piece->n++;
	}
	rest->p = NULL;
	rest->n = 0;
	return true;
}

/* v NULL: only look at the form; *bad is the first piece that is not well formed. */
static enum device_version_in
all_hold(struct span all, const struct version *v, struct span *bad)
{
	enum device_version_in result = DEVICE_VERSION_IN;
	struct span piece;

	while (next_piece(&all, false, &piece)) {
		struct term t;
		enum device_version_in one;

		if (!parse_term(&t, piece)) {
			*bad = piece;
			return DEVICE_VERSION_UNDECIDABLE;
		}
		one = v == NULL ? DEVICE_VERSION_UNDECIDABLE : term_holds(&t, v);
		if (one == DEVICE_VERSION_OUT)
			result = DEVICE_VERSION_OUT;
		else if (one == DEVICE_VERSION_UNDECIDABLE && result == DEVICE_VERSION_IN)
			result = one;
	}
	return result;
}

static enum device_version_in
any_holds(struct span range, const struct version *v, struct span *bad)
{
	enum device_version_in result = DEVICE_VERSION_OUT;
	struct span all;

	while (bad->p == NULL && next_piece(&range, true, &all)) {
		enum device_version_in one = all_hold(all, v, bad);

		if (one == DEVICE_VERSION_IN)
			result = DEVICE_VERSION_IN;
		else if (one == DEVICE_VERSION_UNDECIDABLE && result == DEVICE_VERSION_OUT)
			result = one;
	}
	return bad->p == NULL ? result : DEVICE_VERSION_UNDECIDABLE;
}

static bool
is_star(struct span range)
{
	range = trimmed(range);
	return range.n == 1 && range.p[0] == '*';
}

enum device_version_in
device_version_in_range_n(const char *range, const char *version, size_t version_len)
{
	struct span r = { range, strlen(range) }, bad = { NULL, 0 };
	struct version v;

	if (is_star(r))
		return DEVICE_VERSION_IN;
	if (version == NULL || !parse(&v, (struct span){ version, version_len }))
		return DEVICE_VERSION_UNDECIDABLE;
	return any_holds(r, &v, &bad);
}

enum device_version_in
device_version_in_range(const char *range, const char *version)
{
	return device_version_in_range_n(range, version, version == NULL ? 0 : strlen(version));
}

enum fp_status
device_version_range_check(const char *range, struct fp_err *err)
{
	struct span r = { range, strlen(range) }, bad = { NULL, 0 };

	if (is_star(r))
		return FP_OK;
	(void)any_holds(r, NULL, &bad);
	if (bad.p == NULL)
		return FP_OK;
	return fp_fail(err, FP_EINVAL,
	    "version range '%s', position %zu: '%.*s' is not a version with an optional >=, <=, >, <, = or != before it; write "
	    "'>=1.0|<=1.3 || >=2.0', or '*' for all",
	    range, (size_t)(bad.p - range) + 1, (int)bad.n, bad.p);
}
