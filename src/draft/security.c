/* Vulnerabilities: what the letter names, and nothing that it does not. */
#include "draft/draft_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NUMBERS_MAX 100u

/* Terms that say that the letter is about cyber security. */
static const char *const about[] = { "cybersecurity", "vulnerability", "security-gap" };

static bool
is_about(const struct term_hit *h)
{
	for (size_t i = 0; h->group == TERM_CONCEPT && i < FP_COUNT(about); i++)
		if (draft_same(h->key->id, about[i]))
			return true;
	return false;
}

static const struct term_hit *
first_concept(const struct draft_work *w, bool (*is)(const struct term_hit *h), uint32_t *block)
{
	for (uint32_t i = 0; i < w->l->n_blocks; i++)
		for (uint32_t k = 0; k < w->span[i].n; k++)
			if (is(&w->hits[w->span[i].first + k])) {
				*block = i;
				return &w->hits[w->span[i].first + k];
			}
	return NULL;
}

static bool
is_none_reported(const struct term_hit *h)
{
	return h->group == TERM_CONCEPT && draft_same(h->key->id, "none-reported");
}

/* ---- CVE and CWE ---- */

static bool
has_text(const json_t *list, const char *text)
{
	size_t i;
	json_t *is;

	json_array_foreach(list, i, is)
	{
		if (strcmp(json_string_value(is), text) == 0)
			return true;
	}
	return false;
}

static bool
is_word(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '-' || c == '_';
}

/* "CVE-2023-1968", "CWE-250": upper case as printed in any case; the digits decide. */
static bool
number_at(const char *s, size_t len, const char *prefix, char *out, size_t size)
{
	size_t n = 4, digits = 0;

	if (len < 6 || strncasecmp(s, prefix, 4) != 0)
		return false;
	while (n < len && n < size - 1 && ((s[n] >= '0' && s[n] <= '9') || (s[n] == '-' && n == 8 && prefix[1] == 'V'))) {
		digits += s[n] != '-';
		n++;
	}
	if (prefix[1] == 'V' ? digits < 8 || s[8] != '-' : digits < 1 || digits > 5)
		return false;
	(void)snprintf(out, size, "%s%.*s", prefix, (int)(n - 4), s + 4);
	return true;
}

/* Every number of that kind in a block, by its first hyphen. */
static void
numbers_of_block(struct draft_work *w, uint32_t block, const char *prefix, const char *pointer, const char *all)
{
	const struct letter_block *b = &w->l->blocks[block];
	const char *end = b->text + b->len;

	for (const char *p = b->text; p < end && (p = memchr(p, '-', (size_t)(end - p))) != NULL; p++) {
		const char *s = p - 3;
		char number[32];
		struct draft_source src;

		if (p - b->text < 3 || (s > b->text && is_word(s[-1])) ||
		    !number_at(s, (size_t)(end - s), prefix, number, sizeof(number)))
			continue;
		src = draft_from(w, block, (size_t)(s - b->text), strlen(number), 90);
		if (!has_text(draft_get(w->d, pointer), number) && json_array_size(draft_get(w->d, pointer)) < NUMBERS_MAX)
			draft_put_str(w->d, all, number, &src);
	}
}

static void
find_numbers(struct draft_work *w, const char *prefix, const char *pointer)
{
	char all[64];

	(void)snprintf(all, sizeof(all), "%s/-", pointer);
	(void)draft_put(w->d, pointer, json_array(), NULL);
	for (uint32_t i = 0; i < w->l->n_blocks; i++)
		if ((w->holds[i] & DRAFT_HOLDS_DIGIT) != 0)
			numbers_of_block(w, i, prefix, pointer, all);
}

/* ---- CVSS ---- */

/* Bytes of a vector: metrics "XX:Y" with strokes between. */
static size_t
vector_length(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && ((s[n] >= 'A' && s[n] <= 'Z') || (s[n] >= 'a' && s[n] <= 'z') || (s[n] >= '0' && s[n] <= '9') ||
			      s[n] == ':' || s[n] == '/' || s[n] == '.'))
		n++;
	while (n > 0 && (s[n - 1] == '.' || s[n - 1] == '/' || s[n - 1] == ':'))
		n--;
	return n;
}

static const struct {
	const char *begins, *version;
} vectors[] = {
	{ "CVSS:4.0/", "4.0" },
	{ "CVSS:3.1/", "3.1" },
	{ "CVSS:3.0/", "3.0" },
	{ "AV:L/AC:", "2.0" },
	{ "AV:A/AC:", "2.0" },
	{ "AV:N/AC:", "2.0" },
};

/* "10.0", "7,4": from 0 to 10 with one place. */
static bool
score_of(const char *s, uint32_t from, uint32_t to, char out[8])
{
	uint32_t n = 0;

	while (from + n < to && s[from + n] >= '0' && s[from + n] <= '9')
		n++;
	if (n < 1 || n > 2 || from + n + 1 >= to || (s[from + n] != '.' && s[from + n] != ',') || s[from + n + 1] < '0' ||
	    s[from + n + 1] > '9')
		return false;
	if (from + n + 2 < to && s[from + n + 2] >= '0' && s[from + n + 2] <= '9')
		return false;
	if (n == 2 && memcmp(s + from, "10", 2) != 0)
		return false;
	(void)snprintf(out, 8, "%.*s.%c", (int)n, s + from, s[from + n + 1]);
	return true;
}

/* A score behind the word CVSS on its line; "CVSS 3.1" is a version, when another number follows. */
static bool
score_behind(const char *s, uint32_t from, uint32_t to, char out[8], uint32_t *at)
{
	char again[8];
	bool found = false;

	for (uint32_t i = from; i < to && i < from + 80; i++) {
		bool start =
		    i == 0 || !((s[i - 1] >= '0' && s[i - 1] <= '9') || s[i - 1] == '.' || s[i - 1] == 'v' || s[i - 1] == ':');

		if (!start || !score_of(s, i, to, again))
			continue;
		if (found && strcmp(out, "3.0") != 0 && strcmp(out, "3.1") != 0 && strcmp(out, "2.0") != 0 &&
		    strcmp(out, "4.0") != 0)
			break;
		(void)snprintf(out, 8, "%s", again);
		*at = i;
		found = true;
		i += 2;
	}
	return found;
}

static void
put_cvss(struct draft_work *w, uint32_t block, uint32_t from, uint32_t to, const char *version, const char *score)
{
	const char *s = w->l->blocks[block].text;
	struct draft_source src = draft_from(w, block, from, to - from, 90);
	json_t *j = json_object();

	fp_json_set(j, "version", version != NULL ? json_string(version) : json_null());
	fp_json_set(j, "vector", version != NULL ? json_stringn(s + from, to - from) : json_null());
	fp_json_set(j, "score", score != NULL ? json_string(score) : json_null());
	(void)draft_put(w->d, "/vulnerabilities/0/cvss/-", j, &src);
}

/* Bytes of a vector that begins at byte i; 0: none does. */
static uint32_t
vector_at(const struct letter_block *b, uint32_t i, const char **version)
{
	if ((b->text[i] != 'C' && b->text[i] != 'A') || b->text[i + 1] != 'V' ||
	    (i > 0 && (b->text[i - 1] == '/' || b->text[i - 1] == '#')))
		return 0;
	for (size_t k = 0; k < FP_COUNT(vectors); k++) {
		size_t n = strlen(vectors[k].begins);

		if (b->len - i < n || memcmp(b->text + i, vectors[k].begins, n) != 0)
			continue;
		*version = vectors[k].version;
		return (uint32_t)vector_length(b->text + i, b->len - i);
	}
	return 0;
}

/* The score stands behind the vector, or before it. */
static const char *
score_beside(const struct letter_block *b, uint32_t from, uint32_t to, char out[8])
{
	uint32_t at;

	if (score_behind(b->text, from > 60 ? from - 60 : 0, from, out, &at) || score_behind(b->text, to, b->len, out, &at))
		return out;
	return NULL;
}

static void
vectors_of_block(struct draft_work *w, uint32_t block)
{
	const struct letter_block *b = &w->l->blocks[block];
	bool any = false;
	char score[8];
	uint32_t at, len;

	for (uint32_t i = 0; i + 9 < b->len; i++) {
		const char *version;

		if ((len = vector_at(b, i, &version)) == 0)
			continue;
		put_cvss(w, block, i, i + len, version, score_beside(b, i, i + len, score));
		any = true;
		i += len;
	}
	for (uint32_t k = 0; !any && k < w->span[block].n; k++) {
		const struct term_hit *h = &w->hits[w->span[block].first + k];

		if (h->group != TERM_LABEL || !draft_same(h->key->id, "cvss") ||
		    !score_behind(b->text, h->to, b->len, score, &at))
			continue;
		put_cvss(w, block, at, at + (uint32_t)strlen(score), NULL, score);
		return;
	}
}

/* ---- the component ---- */

/* Words with capitals before a bracket with their first letters: "Universal Copy Service (UCS)". */
static bool
abbreviated(const char *s, uint32_t open, uint32_t len, uint32_t *from, uint32_t *to)
{
	uint32_t n = 0, i = open;

	while (open + 1 + n < len && s[open + 1 + n] >= 'A' && s[open + 1 + n] <= 'Z')
		n++;
	if (n < 2 || n > 6 || open + 1 + n >= len || s[open + 1 + n] != ')' || open < 4 || s[open - 1] != ' ')
		return false;
	*to = open + 2 + n;
	i = open - 1;
	for (uint32_t k = n; k > 0; k--) {
		uint32_t start = i;

		while (start > 0 && s[start - 1] != ' ' && s[start - 1] != '(')
			start--;
		if (start >= i || s[start] != s[open + k])
			return false;
		*from = start;
		i = start > 0 ? start - 1 : 0;
		if (i == 0 && k > 1)
			return false;
	}
	return true;
}

static void
put_component(struct draft_work *w)
{
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		const struct letter_block *b = &w->l->blocks[i];

		if (b->zone != LETTER_BODY || draft_in_form(w, i) || b->len < 60)
			continue;
		for (uint32_t k = 0; k < b->len; k++) {
			uint32_t from, to;
			struct draft_source s;

			if (b->text[k] != '(' || !abbreviated(b->text, k, b->len, &from, &to))
				continue;
			s = draft_from(w, i, from, to - from, 70);
			draft_put_str(w->d, "/vulnerabilities/0/component", draft_keep(w, b->text + from, to - from), &s);
			return;
		}
	}
	draft_lacks(w->d, "/vulnerabilities/0/component");
}

static void
put_exploitation(struct draft_work *w)
{
	uint32_t block;
	const struct term_hit *h = first_concept(w, is_none_reported, &block);
	struct draft_source s;

	if (h != NULL) {
		s = draft_from(w, block, h->from, h->to - h->from, 90);
		draft_put_str(w->d, "/vulnerabilities/0/exploitation", "none-reported", &s);
		return;
	}
	/* A section about it whose words are not in the list says something that a person must read. */
	for (uint32_t i = 0; i < w->l->n_blocks; i++)
		if (draft_same(w->section[i], "exploitation")) {
			s = draft_from(w, i, 0, 0, 50);
			draft_finding(w->d, "exploitation-unread", DRAFT_INFO, &s,
			    "whether the vulnerability was exploited is said here in words that are not known");
			break;
		}
	draft_lacks(w->d, "/vulnerabilities/0/exploitation");
}

static bool
any_number(const struct draft_work *w)
{
	for (uint32_t i = 0; i < w->l->n_blocks; i++) {
		const struct letter_block *b = &w->l->blocks[i];

		if ((w->holds[i] & DRAFT_HOLDS_DIGIT) != 0 &&
		    (draft_holds(b->text, b->len, "CVE-") || draft_holds(b->text, b->len, "CWE-") ||
			draft_holds(b->text, b->len, "CVSS:")))
			return true;
	}
	return false;
}

void
draft_stage_security(struct draft_work *w)
{
	uint32_t block = 0;
	const struct term_hit *h = first_concept(w, is_about, &block);
	struct draft_source s;

	if (h == NULL && !any_number(w)) {
		(void)draft_put(w->d, "/vulnerabilities", json_array(), NULL);
		draft_lacks(w->d, "/reason_class");
		return;
	}
	if (h != NULL) {
		s = draft_from(w, block, h->from, h->to - h->from, 70);
		draft_put_str(w->d, "/reason_class", "cybersecurity", &s);
	} else {
		draft_put_str(w->d, "/reason_class", "cybersecurity", NULL);
	}
	draft_put_str(w->d, "/vulnerabilities/0/id", "vulnerability-1", NULL);
	put_component(w);
	find_numbers(w, "CVE-", "/vulnerabilities/0/cves");
	find_numbers(w, "CWE-", "/vulnerabilities/0/cwes");
	(void)draft_put(w->d, "/vulnerabilities/0/cvss", json_array(), NULL);
	for (uint32_t i = 0; i < w->l->n_blocks; i++)
		if ((w->holds[i] & DRAFT_HOLDS_DIGIT) != 0)
			vectors_of_block(w, i);
	put_exploitation(w);
}
