/* Words, codes and addresses in a text, told apart by their form. One pass, no language, no regular expressions. */
#include "draft/draft_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "device/udi.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_alpha(char c)
{
	return is_upper(c) || (c >= 'a' && c <= 'z');
}

/* By a table: it is asked of every byte. */
#define BOTH(c) [c] = true, [(c)-32] = true
static bool
is_alnum(char c)
{
	static const bool is[256] = { ['0'] = true,
		true,
		true,
		true,
		true,
		true,
		true,
		true,
		true,
		true,
		BOTH('a'),
		BOTH('b'),
		BOTH('c'),
		BOTH('d'),
		BOTH('e'),
		BOTH('f'),
		BOTH('g'),
		BOTH('h'),
		BOTH('i'),
		BOTH('j'),
		BOTH('k'),
		BOTH('l'),
		BOTH('m'),
		BOTH('n'),
		BOTH('o'),
		BOTH('p'),
		BOTH('q'),
		BOTH('r'),
		BOTH('s'),
		BOTH('t'),
		BOTH('u'),
		BOTH('v'),
		BOTH('w'),
		BOTH('x'),
		BOTH('y'),
		BOTH('z') };

	return is[(unsigned char)c];
}

/* Bytes of the letter beyond ASCII at s: Latin, Greek, Cyrillic; 0: none. */
static size_t
foreign_letter(const char *s, size_t len)
{
	unsigned char c = (unsigned char)s[0], d = len > 1 ? (unsigned char)s[1] : 0;

	if (c == 0xC3 && d != 0x97 && d != 0xB7)
		return 2;
	if (c >= 0xC4 && c <= 0xD4 && d != 0)
		return 2;
	return c == 0xE1 && d >= 0xB8 && d <= 0xBF && len > 2 ? 3 : 0;
}

/* Bytes of a hyphen that is not the one of keyboards. The en dash is none: it stands between the ends of a range. */
static size_t
odd_hyphen(const char *s, size_t len)
{
	if (len >= 3 && (memcmp(s, "\xE2\x80\x90", 3) == 0 || memcmp(s, "\xE2\x80\x91", 3) == 0 ||
			    memcmp(s, "\xE2\x80\x92", 3) == 0 || memcmp(s, "\xE2\x88\x92", 3) == 0))
		return 3;
	return len >= 2 && memcmp(s, "\xC2\xAD", 2) == 0 ? 2 : 0;
}

static bool
goes_on(const char *s, size_t len)
{
	return len > 0 && (is_alnum(s[0]) || s[0] == '*' || foreign_letter(s, len) != 0);
}

/* Letters and digits of ASCII at s, which most tokens are made of. */
static size_t
token_plain(struct draft_token *t, const char *s, size_t len)
{
	unsigned digits = 0, capitals = 0;
	size_t n = 0;

	for (; n < len && is_alnum(s[n]); n++) {
		digits += is_digit(s[n]);
		capitals += is_upper(s[n]);
	}
	t->digits = (uint16_t)(t->digits + digits);
	t->letters = (uint16_t)(t->letters + (n - digits));
	t->capitals = (uint16_t)(t->capitals + capitals);
	return n;
}

/* Bytes of something else that belong to the token at s; 0: it ends here. */
static size_t
token_step(struct draft_token *t, const char *s, size_t len)
{
	char c = s[0];
	size_t n;

	if (c == '*') {
		t->star = true;
		return 1;
	}
	if (c == '-' || c == '.' || c == '_') {
		if (c == '.')
			t->points++;
		return goes_on(s + 1, len - 1) ? 1 : 0;
	}
	if ((unsigned char)c < 0x80)
		return 0;
	n = foreign_letter(s, len);
	if (n != 0) {
		t->foreign++;
		return n;
	}
	n = odd_hyphen(s, len);
	if (n == 0 || !goes_on(s + n, len - n))
		return 0;
	t->odd++;
	return n;
}

bool
draft_token_next(const char *s, size_t len, size_t *at, struct draft_token *t)
{
	size_t i = *at;

	while (i < len && !is_alnum(s[i]) && foreign_letter(s + i, len - i) == 0)
		i++;
	if (i >= len) {
		*at = len;
		return false;
	}
	*t = (struct draft_token){ .from = (uint32_t)i };
	/* HIBC codes begin with a plus. */
	if (i > 0 && s[i - 1] == '+' && is_upper(s[i]) && (i == 1 || !is_alnum(s[i - 2])))
		t->from--;
	for (size_t n = 1; i < len && n != 0; i += n) {
		i += token_plain(t, s + i, len - i);
		n = i < len ? token_step(t, s + i, len - i) : 0;
	}
	t->to = (uint32_t)i;
	*at = i;
	return true;
}

static size_t
run_of(const char *s, size_t len, bool (*is)(char c))
{
	size_t n = 0;

	while (n < len && is(s[n]))
		n++;
	return n;
}

/* d..d sep d..d sep d..d with a year at one end. */
static bool
is_date(const char *s, size_t len)
{
	size_t a = run_of(s, len, is_digit), b, c, at = a;

	if (a == 0 || at >= len || strchr(".-/", s[at]) == NULL)
		return false;
	b = run_of(s + at + 1, len - at - 1, is_digit);
	if (b == 0 || b > 2 || at + 1 + b >= len || s[at + 1 + b] != s[at])
		return false;
	at += b + 2;
	c = run_of(s + at, len - at, is_digit);
	return at + c == len && ((a == 4 && c <= 2 && c > 0) || (a <= 2 && (c == 4 || c == 2)));
}

static bool
is_hash(const char *s, size_t len)
{
	size_t letters = 0;

	if (len < 32)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = (char)(s[i] | 32);

		if (!is_digit(s[i]) && !(c >= 'a' && c <= 'f'))
			return false;
		letters += !is_digit(s[i]);
	}
	return letters > 0;
}

/* ISO 13616: the check digits make the whole 1 modulo 97. */
static bool
is_iban(const char *s, size_t len)
{
	unsigned rest = 0;

	if (len < 15 || len > 34 || !is_upper(s[0]) || !is_upper(s[1]) || !is_digit(s[2]) || !is_digit(s[3]))
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = s[(i + 4) % len];

		if (is_digit(c))
			rest = (rest * 10 + (unsigned)(c - '0')) % 97;
		else if (is_upper(c))
			rest = (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
		else
			return false;
	}
	return rest == 1;
}

/* Commission Implementing Regulation (EU) 2021/2078: country, role, nine digits. */
static bool
is_srn(const char *s, size_t len)
{
	static const char *const roles[] = { "MF", "AR", "IM", "PR" };

	if (len != 15 || !is_upper(s[0]) || !is_upper(s[1]) || s[2] != '-' || s[5] != '-' || run_of(s + 6, 9, is_digit) != 9)
		return false;
	for (size_t i = 0; i < FP_COUNT(roles); i++)
		if (memcmp(s + 3, roles[i], 2) == 0)
			return true;
	return false;
}

/* How makers name their notices: a well-known word of letters, then digits. */
static const char *const reference_words[] = { "FSN", "FSCA", "FSIN", "FCA", "FCO", "FMI", "FA", "FAN", "FN", "UFSN", "UMDR",
	"MDR", "MDC", "RA", "RC", "RCL", "REC", "QN", "CAPA", "HHE", "PFA", "FSC", "TFS", "CAN", "SBN", "PI", "ISN", "IMC",
	"UFSCA" };

bool
draft_reference_word(const char *s, size_t len)
{
	for (size_t i = 0; i < FP_COUNT(reference_words); i++)
		if (reference_words[i][0] == s[0] && strlen(reference_words[i]) == len && memcmp(reference_words[i], s, len) == 0)
			return true;
	return false;
}

static bool
is_reference(const char *s, size_t len)
{
	size_t n = run_of(s, len, is_upper), digits = 0;
	bool known;

	if (n < 2 || n > 6 || n == len)
		return false;
	/* "PSN-2025-004": a word, a year, a number. */
	if (len >= n + 8 && len <= n + 12 && s[n] == '-' &&
	    (memcmp(s + n + 1, "19", 2) == 0 || memcmp(s + n + 1, "20", 2) == 0) && s[n + 5] == '-' &&
	    run_of(s + n + 3, 2, is_digit) == 2 && run_of(s + n + 6, len - n - 6, is_digit) == len - n - 6)
		return true;
	known = n <= 5 && draft_reference_word(s, n);
	for (size_t i = n; i < len; i++)
		digits += is_digit(s[i]);
	/* The two-letter words need a sign between or a year to be told from a catalogue number. */
	return known && digits >= 3 && (n > 2 || s[n] == '-' || (digits >= 6 && s[n] == '2' && s[n + 1] == '0'));
}

static bool
is_version(const char *s, size_t len)
{
	size_t i = len > 1 && (s[0] == 'v' || s[0] == 'V') && is_digit(s[1]) ? 1 : 0, points = 0, digits = 0;

	for (size_t k = i; k < len; k++) {
		if (s[k] == '.')
			points++;
		else if (is_digit(s[k]))
			digits++;
		else if (!is_alpha(s[k]) || k + 1 < len)
			return false;
	}
	return digits > 0 && digits <= 8 && (i == 1 || points > 0) && points <= 4;
}

enum draft_number
draft_number_of(const char *s, size_t len)
{
	char di[15];
	size_t digits = 0;

	for (size_t i = 0; i < len; i++)
		digits += is_digit(s[i]);
	if (digits == 0)
		return DRAFT_N_WORD;
	if (digits == len && len == 14 && device_gtin_ok(di, s, len))
		return DRAFT_N_GTIN14;
	if (len == 7 && s[0] == 'K' && digits == 6)
		return DRAFT_N_510K;
	if (len > 4 && memcmp(s, "CVE-", 4) == 0)
		return DRAFT_N_CVE;
	if (len > 4 && memcmp(s, "CWE-", 4) == 0)
		return DRAFT_N_CWE;
	if (is_srn(s, len))
		return DRAFT_N_SRN;
	if (is_date(s, len))
		return DRAFT_N_DATE;
	if (is_hash(s, len))
		return DRAFT_N_HASH;
	if (is_iban(s, len))
		return DRAFT_N_IBAN;
	if (is_reference(s, len))
		return DRAFT_N_REFERENCE;
	return is_version(s, len) ? DRAFT_N_VERSION : DRAFT_N_CODE;
}

/* Words that make the number behind them something else than a product's. They are names of registers and standards, the same in every language. */
static const char *const not_products[] = { "ISO", "IEC", "EN", "DIN", "EU", "EC", "EG", "UE", "CE", "CFR", "FEI", "ARTG",
	"SIREN", "SIRET", "RCS", "HRB", "VAT", "IBAN", "BIC", "SRN", "EUR", "USD", "CHF", "GBP", "DKK", "SEK", "NOK", "PLN",
	"CZK", "HUF", "RON", "BGN", "ISK", "DUNS", "CIF", "NIF", "NIP", "REGON", "MDR", "IVDR", "MDCG", "MEDDEV", "GLN", "EORI",
	"CVR", "ABN", "ACN", "TEL", "FAX", "SHA", "MD5", "UStId", "USt" };

static bool
is_one_of(const char *s, size_t len, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i][0] == s[0] && strlen(list[i]) == len && memcmp(list[i], s, len) == 0)
			return true;
	return false;
}

bool
draft_number_beside(const char *s, size_t len, const struct draft_token *t)
{
	size_t end = t->from, start;

	if (t->to < len && (s[t->to] == '@' || s[t->to] == '%'))
		return true;
	/* "2017/745": a year, a stroke, a short number. */
	if (t->to - t->from == 4 && t->digits == 4 && t->to + 1 < len && s[t->to] == '/' && is_digit(s[t->to + 1]) &&
	    run_of(s + t->to + 1, len - t->to - 1, is_digit) <= 4)
		return true;
	if (end > 0 && strchr("@+$=?&", s[end - 1]) != NULL)
		return true;
	if (end > 1 && s[end - 1] == '/' && s[end - 2] == '/')
		return true;
	if (end >= 3 && memcmp(s + end - 3, "\xE2\x82\xAC", 3) == 0)
		return true;
	while (end > 0 && strchr(" :.()-#", s[end - 1]) != NULL)
		end--;
	for (start = end; start > 0 && is_alnum(s[start - 1]);)
		start--;
	return end > start && is_one_of(s + start, end - start, not_products, FP_COUNT(not_products));
}

/* ---- addresses ---- */

static bool
is_local(char c)
{
	return is_alnum(c) || (c != '\0' && strchr("._%+-", c) != NULL);
}

static bool
is_host(char c)
{
	return is_alnum(c) || c == '.' || c == '-';
}

static bool
is_url_char(char c)
{
	return is_alnum(c) || (c != '\0' && strchr("-._~:/?#[]@!$&'()*+,;=%", c) != NULL);
}

/* The host has a point inside and ends in letters. */
static size_t
host_end(const char *s, size_t from, size_t len)
{
	size_t n = run_of(s + from, len - from, is_host), tld = 0;

	while (n > 0 && (s[from + n - 1] == '.' || s[from + n - 1] == '-'))
		n--;
	while (tld < n && is_alpha(s[from + n - 1 - tld]))
		tld++;
	return tld >= 2 && tld < n && s[from + n - 1 - tld] == '.' && n > tld + 1 ? from + n : 0;
}

static bool
mail_at(const char *s, size_t len, size_t sign, struct draft_address *a)
{
	size_t from = sign, to = host_end(s, sign + 1, len);

	while (from > 0 && is_local(s[from - 1]))
		from--;
	while (from < sign && (s[from] == '.' || s[from] == '-'))
		from++;
	if (to == 0 || from == sign)
		return false;
	*a = (struct draft_address){ DRAFT_A_MAIL, (uint32_t)from, (uint32_t)to };
	return true;
}

/* What ends a sentence or closes a bracket that was not opened inside does not belong to the address. */
static size_t
url_end(const char *s, size_t from, size_t len)
{
	size_t n = run_of(s + from, len - from, is_url_char), open = 0;

	for (size_t i = 0; i < n; i++)
		open += s[from + i] == '(';
	while (n > 0 &&
	       (strchr(".,;:!?'*", s[from + n - 1]) != NULL || (s[from + n - 1] == ')' && open == 0) || s[from + n - 1] == ']'))
		n--;
	return from + n;
}

static bool
url_at(const char *s, size_t len, size_t i, struct draft_address *a)
{
	static const char *const starts[] = { "https://", "http://", "www.", "ftp://", "sftp://" };

	if (i > 0 && (is_alnum(s[i - 1]) || s[i - 1] == '.' || s[i - 1] == '/' || s[i - 1] == '@'))
		return false;
	for (size_t k = 0; k < FP_COUNT(starts); k++) {
		size_t n = strlen(starts[k]), to;

		if (len - i <= n || memcmp(s + i, starts[k], n) != 0 || !is_alnum(s[i + n]))
			continue;
		to = url_end(s, i, len);
		if (to <= i + n)
			return false;
		*a = (struct draft_address){ DRAFT_A_URL, (uint32_t)i, (uint32_t)to };
		return true;
	}
	return false;
}

/* The address that a colon at i belongs to: it begins with one of the schemes. */
static bool
url_around(const char *s, size_t len, size_t begin, size_t i, struct draft_address *a)
{
	for (size_t scheme = 5; scheme >= 3 && s[i + 1] == '/'; scheme--)
		if (i >= begin + scheme && url_at(s, len, i - scheme, a))
			return true;
	return false;
}

/* An address has an "@", begins with "ww" or has a "/" behind its colon; the first byte of such from i on. */
static size_t
next_tell(const char *s, size_t len, size_t i)
{
	for (; len - i > FP_BYTES; i += FP_BYTES) {
		fp_bytes v = fp_bytes_at(s + i), next = fp_bytes_at(s + i + 1);

		if (fp_bytes_any(fp_bytes_are(v, '@') | (fp_bytes_are(v, ':') & fp_bytes_are(next, '/')) |
				 (fp_bytes_are(v, 'w') & fp_bytes_are(next, 'w'))))
			break;
	}
	while (i < len && s[i] != '@' && !(i + 1 < len && ((s[i] == ':' && s[i + 1] == '/') || (s[i] == 'w' && s[i + 1] == 'w'))))
		i++;
	return i;
}

bool
draft_address_next(const char *s, size_t len, size_t *at, struct draft_address *a)
{
	for (size_t i = next_tell(s, len, *at); i < len; i = next_tell(s, len, i + 1)) {
		char c = s[i];

		if ((c == '@' && mail_at(s, len, i, a) && a->from >= *at) ||
		    (c == ':' && i + 1 < len && url_around(s, len, *at, i, a)) ||
		    (c == 'w' && i + 1 < len && s[i + 1] == 'w' && url_at(s, len, i, a))) {
			*at = a->to;
			return true;
		}
	}
	*at = len;
	return false;
}

/* ---- lines and folded texts ---- */

bool
draft_holds(const char *s, size_t len, const char *piece)
{
	size_t n = strlen(piece);
	const char *end = s + len;

	while (n > 0 && (size_t)(end - s) >= n && (s = memchr(s, piece[0], (size_t)(end - s) - n + 1)) != NULL) {
		if (memcmp(s, piece, n) == 0)
			return true;
		s++;
	}
	return false;
}

static size_t
line_end(const char *s, size_t from, size_t len)
{
	const char *p = s + from, *end = s + len;

	for (; p < end && (p = memchr(p, 0xE2, (size_t)(end - p))) != NULL; p++)
		if (end - p > 2 && memcmp(p, "\xE2\x80\xA8", 3) == 0)
			return (size_t)(p - s);
	return len;
}

bool
draft_line_next(const char *s, size_t len, size_t *at, uint32_t *from, uint32_t *to)
{
	size_t i = *at, end;

	while (i < len) {
		end = line_end(s, i, len);
		*at = end < len ? end + 3 : len;
		while (i < end && s[i] == ' ')
			i++;
		*from = (uint32_t)i;
		*to = (uint32_t)end;
		while (*to > *from && s[*to - 1] == ' ')
			--*to;
		if (*to > *from)
			return true;
		i = *at;
	}
	return false;
}

/* Does the text go on in another line at that mark? */
static bool
is_new_row(const struct letter_mark *is, const struct letter_mark *was)
{
	return is->place.line != was->place.line || is->place.page != was->place.page || is->place.y0 > was->place.y0 + 3;
}

bool
draft_row_next(struct draft_rows *r, uint32_t *from, uint32_t *to)
{
	const struct letter_block *b = r->b;

	if (r->from >= r->to && !draft_line_next(b->text, b->len, &r->at, &r->from, &r->to))
		return false;
	*from = r->from;
	*to = r->to;
	for (; r->mark + 1 < b->n_marks && b->marks[r->mark + 1].at < r->to; r->mark++) {
		uint32_t cut = b->marks[r->mark + 1].at;

		if (cut <= r->from || !is_new_row(&b->marks[r->mark + 1], &b->marks[r->mark]))
			continue;
		*to = cut;
		break;
	}
	r->from = *to;
	while (r->from < r->to && b->text[r->from] == ' ')
		r->from++;
	while (*to > *from && b->text[*to - 1] == ' ')
		--*to;
	return true;
}

const char *
draft_keep(struct draft_work *w, const char *s, size_t len)
{
	const char *kept = fp_arena_text(w->arena, s, len);

	if (kept == NULL)
		w->d->no_memory = true;
	return kept != NULL ? kept : "";
}

const char *
draft_folded(struct draft_work *w, const char *s, size_t len)
{
	char *out = fp_arena_alloc(w->arena, len + 1, 1), *folded;
	size_t n = 0;
	bool plain = true;

	if (out == NULL) {
		w->d->no_memory = true;
		return "";
	}
	for (size_t i = 0; i < len && plain; i++) {
		unsigned char c = (unsigned char)s[i];

		if (is_alnum(s[i])) {
			out[n++] = (char)(is_upper(s[i]) ? s[i] + 32 : s[i]);
		} else if (len - i >= 3 && c == 0xE2 && ((unsigned char)s[i + 1] == 0x84 || (unsigned char)s[i + 1] == 0x80)) {
			i += 2; /* the trademark sign, dashes and quotation marks */
		} else if (len - i >= 2 && c == 0xC2) {
			i++; /* no-break space, the registered sign */
		} else {
			plain = c < 0x80;
		}
	}
	if (plain)
		return out;
	folded = fp_utf8_folded(draft_keep(w, s, len));
	if (folded == NULL) {
		w->d->no_memory = true;
		return "";
	}
	out[0] = '\0';
	s = draft_keep(w, folded, strlen(folded));
	free(folded);
	return s;
}
