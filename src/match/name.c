/* Names and numbers made comparable, and how alike two of them are. */
#include <string.h>

#include "base/utf8.h"
#include "match/match_int.h"

/* Signs that join what stands around them: TM, (R), soft hyphen; no-break spaces part it. Length in bytes, or 0. */
static size_t
vanishing(const char *p, size_t left)
{
	if (left >= 3 && memcmp(p, "\xe2\x84\xa2", 3) == 0)
		return 3;
	if (left >= 2 && (memcmp(p, "\xc2\xae", 2) == 0 || memcmp(p, "\xc2\xad", 2) == 0))
		return 2;
	return 0;
}

static size_t
fold_slowly(char *out, size_t cap, const char *p, size_t len)
{
	struct fp_buf copy = { .max = 0 }, folded = { .max = 0 };
	size_t n;

	fp_buf_add(&copy, p, len);
	if (copy.data != NULL)
		fp_utf8_fold(&folded, copy.data);
	n = folded.len < cap ? folded.len : cap;
	while (n > 0 && n < folded.len && ((unsigned char)folded.data[n] & 0xC0) == 0x80)
		n--;
	if (n > 0)
		memcpy(out, folded.data, n);
	fp_buf_free(&copy);
	fp_buf_free(&folded);
	return n;
}

size_t
match_fold(char *out, size_t cap, const char *p, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n < cap; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c >= 0x80) {
			size_t skip = vanishing(p + i, len - i);

			if (skip == 0)
				return fold_slowly(out, cap, p, len);
			i += skip - 1;
			continue;
		}
		out[n] = (char)((unsigned)(c - 'A') < 26 ? c + 32 : c);
		n += (unsigned)(c - '0') < 10 || (unsigned)((c | 32) - 'a') < 26;
	}
	return n;
}

/* ---- words ---- */

static bool
among(const char *const *words, size_t n, const char *p, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strncmp(words[i], p, len) == 0 && words[i][len] == '\0')
			return true;
	return false;
}

/* They name no product, in the languages that lists come in. */
static const char *const generic[] = { "instrument", "instruments", "instrumentet", "instrumente", "instrumento", "strumento",
	"gerat", "gerät", "geraet", "apparat", "equipo", "dispositivo", "device", "system", "systemet", "sistema", "sequencer",
	"sequenzierer", "sequencing", "sequenziergerät", "secuenciador", "sequenziatore", "sekvenator", "for", "für", "fuer",
	"til", "per", "para", "di", "de", "of", "von", "the", "der", "inc", "ltd", "gmbh", "ref" };
static const char *const joiners[] = { "incl", "inkl", "including", "inclusive", "inklusive", "with", "mit", "med", "con",
	"incluido", "incluye", "incluso", "inclusa", "compreso", "plus", "sowie", "samt" };

static size_t
word_end(const char *p, size_t at, size_t len)
{
	while (at < len) {
		unsigned char c = (unsigned char)p[at];
		size_t skip = c >= 0x80 ? vanishing(p + at, len - at) : 0;

		if (c == 0xC2 && at + 1 < len && (unsigned char)p[at + 1] == 0xA0)
			break;
		if (c < 0x80 && (unsigned)(c - '0') >= 10 && (unsigned)((c | 32) - 'a') >= 26)
			break;
		at += skip > 0 ? skip : 1;
	}
	return at;
}

static void
add_word(struct match_name *out, const char *word, size_t len, bool accessory)
{
	char *to = accessory ? out->accessory : out->text;
	size_t *n = accessory ? &out->accessory_len : &out->len;

	if (*n + len > MATCH_NAME_MAX)
		return;
	memcpy(to + *n, word, len);
	if (!accessory && out->n_tokens < MATCH_TOKENS_MAX) {
		out->token[out->n_tokens].at = (uint16_t)*n;
		out->token[out->n_tokens++].len = (uint16_t)len;
	}
	*n += len;
}

static void
read_words(struct match_name *out, const char *p, size_t len, const char *maker, bool all)
{
	char maker_word[32];
	size_t maker_len = 0;
	bool accessory = false;

	if (maker != NULL)
		maker_len = match_fold(maker_word, sizeof(maker_word), maker, word_end(maker, 0, strlen(maker)));
	for (size_t at = 0; at < len;) {
		size_t end = word_end(p, at, len), n;
		char word[64];

		n = match_fold(word, sizeof(word), p + at, end - at);
		at = end == at ? at + 1 : end;
		if (n == 0)
			continue;
		if (!all && out->len > 0 && among(joiners, FP_COUNT(joiners), word, n)) {
			accessory = true;
			continue;
		}
		if (!all && (among(generic, FP_COUNT(generic), word, n) || (n == maker_len && memcmp(word, maker_word, n) == 0)))
			continue;
		add_word(out, word, n, accessory);
	}
}

static uint64_t
pair_bits(const char *p, size_t len)
{
	uint64_t bits = 0;

	for (size_t i = 0; i + 1 < len; i++)
		bits |= (uint64_t)1 << (((unsigned char)p[i] * 31u + (unsigned char)p[i + 1]) % 61);
	return bits;
}

#define KIND_SOFTWARE 1u /* bit of the first word below */

/* Words that make another kind of thing of a product's name: a server or a kit for an instrument is no instrument. */
static unsigned
kinds(const struct match_name *n)
{
	static const char *const words[] = { "software", "server", "kit", "reagent", "reagents", "reagenz", "reagenzien",
		"reagens", "reactivos", "reagenti", "cartridge", "kartusche", "flowcell", "buffer", "consumable", "consumables" };
	unsigned bits = 0;

	for (size_t i = 0; i < n->n_tokens; i++)
		for (size_t k = 0; k < FP_COUNT(words); k++)
			if (strncmp(words[k], n->text + n->token[i].at, n->token[i].len) == 0 &&
			    words[k][n->token[i].len] == '\0')
				bits |= 1u << k;
	return bits;
}

void
match_name_make(struct match_name *out, const char *p, size_t len, const char *maker)
{
	out->len = out->accessory_len = out->n_tokens = 0;
	read_words(out, p, len, maker, false);
	/* "System" may be all that a list says. */
	if (out->len == 0) {
		out->accessory_len = out->n_tokens = 0;
		read_words(out, p, len, maker, true);
	}
	out->pairs = pair_bits(out->text, out->len);
	out->kinds = kinds(out);
}

/* ---- likeness ---- */

size_t
match_distance(const char *a, size_t a_len, const char *b, size_t b_len, size_t max)
{
	size_t rows[3][MATCH_NAME_MAX + 1];

	if (a_len > b_len + max || b_len > a_len + max)
		return max + 1;
	if (a_len > MATCH_NAME_MAX || b_len > MATCH_NAME_MAX)
		return max + 1;
	for (size_t k = 0; k <= b_len; k++)
		rows[0][k] = k;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3], least = i;

		now[0] = i;
		for (size_t k = 1; k <= b_len; k++) {
			size_t d = last[k - 1] + (a[i - 1] != b[k - 1]);

			d = last[k] + 1 < d ? last[k] + 1 : d;
			d = now[k - 1] + 1 < d ? now[k - 1] + 1 : d;
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] && before[k - 2] + 1 < d)
				d = before[k - 2] + 1;
			now[k] = d;
			least = d < least ? d : least;
		}
		if (least > max)
			return max + 1;
	}
	return rows[a_len % 3][b_len];
}

bool
match_contains(const char *text, size_t len, const char *part, size_t part_len)
{
	for (size_t i = 0; part_len > 0 && i + part_len <= len; i++)
		if (text[i] == part[0] && memcmp(text + i, part, part_len) == 0)
			return true;
	return false;
}

/* Digits tell products of one family apart: 500 from 550, v3 from v4. */
static bool
same_digits(const struct match_name *a, const struct match_name *b)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < a->len && (unsigned)(a->text[i] - '0') >= 10)
			i++;
		while (k < b->len && (unsigned)(b->text[k] - '0') >= 10)
			k++;
		if (i == a->len || k == b->len)
			return i == a->len && k == b->len;
		if (a->text[i++] != b->text[k++])
			return false;
	}
}

/* Hundredths of all letters that stand in words which both names have. */
static size_t
common_words(const struct match_name *device, const struct match_name *notice)
{
	size_t common = 0;

	for (size_t i = 0; i < notice->n_tokens; i++)
		for (size_t k = 0; k < device->n_tokens; k++)
			if (notice->token[i].len == device->token[k].len &&
			    memcmp(notice->text + notice->token[i].at, device->text + device->token[k].at,
				notice->token[i].len) == 0) {
				common += notice->token[i].len;
				break;
			}
	return notice->len + device->len == 0 ? 0 : common * 200 / (notice->len + device->len);
}

int
match_name_alike(const struct match_name *device, const struct match_name *notice)
{
	/* A notice's product that is software stands on an instrument, which a list calls by its own name. */
	unsigned kinds_differ = (device->kinds ^ notice->kinds) & ~(notice->kinds & KIND_SOFTWARE);
	size_t distance, words;

	if ((device->pairs & notice->pairs) == 0 || notice->len < 4 || device->len < 4)
		return 0;
	if (match_contains(device->accessory, device->accessory_len, notice->text, notice->len))
		return 70;
	if (kinds_differ != 0)
		return 0;
	if (match_contains(device->text, device->len, notice->text, notice->len))
		return 70;
	if (__builtin_popcountll(device->pairs & notice->pairs) * 2 < __builtin_popcountll(notice->pairs) &&
	    device->len >= notice->len)
		return 0;
	distance = match_distance(device->text, device->len, notice->text, notice->len, 2);
	if (distance <= 1 && notice->len >= 6 && same_digits(device, notice))
		return 65;
	if (distance <= 2 && notice->len >= 7)
		return 45;
	if (device->len >= 5 && match_contains(notice->text, notice->len, device->text, device->len))
		return 40;
	words = common_words(device, notice);
	return words >= 60 ? (int)(words * 40 / 100) : 0;
}
