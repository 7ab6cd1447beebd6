/* Reading the file of one language: its terms are taken apart into words, and each is put where its first word is looked up. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "term/term_int.h"

#define TERM_BYTES_MAX 200u
#define TERMS_MAX 200000u /* of all languages */
#define WORDS_PER_KEY 60000u
#define FRIENDS_MAX 30000u

struct load {
	struct term_base *t;
	struct term_scan s;
	size_t lang;
	const char **texts; /* of the list being read */
	size_t n_texts, cap_texts;
	size_t hint[TERM_GROUP_COUNT]; /* ids mostly come in the order of concepts.json */
	uint32_t seen;                 /* bits of the members that were there */
};

static enum fp_status
no_memory(struct fp_err *err)
{
	return fp_fail(err, FP_ENOMEM, "out of memory");
}

/* ---- a term ---- */

struct compiled {
	struct term_word w[TERM_WORDS_MAX];
	bool prefix[TERM_WORDS_MAX], gap[TERM_WORDS_MAX];
	uint64_t run[TERM_RUN_MAX]; /* of the first word */
	size_t n;
};

/* "laden ... herunter", "katalog*": the words, which of them take any ending, and where a gap is. */
static enum fp_status
compile(struct load *l, struct compiled *c, const char *term, struct fp_err *err)
{
	size_t len = strlen(term), at = 0, was = 0;
	struct term_word w;

	c->n = 0;
	c->run[1] = 0;
	if (len > TERM_BYTES_MAX)
		return term_scan_fail(&l->s, err, "'%.60s...' has more than %u bytes", term, TERM_BYTES_MAX);
	while (term_word_next(l->t, term, len, &at, &w, c->n == 0 ? c->run : NULL)) {
		if (c->n >= TERM_WORDS_MAX)
			return term_scan_fail(&l->s, err, "'%.60s' has more than %u words", term, TERM_WORDS_MAX);
		c->w[c->n] = w;
		c->prefix[c->n] = term[w.to] == '*';
		c->gap[c->n] = c->n > 0 && w.from - was >= 3 && memmem(term + was, w.from - was, "...", 3) != NULL;
		if (c->prefix[c->n] && (w.letters > TERM_RUN_MAX || strchr(" .,'*", term[w.to + 1]) == NULL))
			return term_scan_fail(&l->s, err, "'%.60s': a '*' ends a word of at most %u letters", term, TERM_RUN_MAX);
		was = w.to;
		c->n++;
	}
	if (c->n > 0 && c->prefix[0] && c->w[0].letters < 2)
		return term_scan_fail(&l->s, err, "'%.60s' would match nearly every word", term);
	return FP_OK;
}

static enum term_second
second_of(const struct compiled *c)
{
	if (c->n < 2 || c->gap[1])
		return TERM_SECOND_ANY;
	return c->prefix[1] ? TERM_SECOND_BEGINS : TERM_SECOND_EXACT;
}

static enum fp_status
add_rests(struct load *l, const struct compiled *c, struct fp_err *err)
{
	struct term_base *t = l->t;

	if (fp_grow(&t->rests, &t->cap_rests, t->n_rests + c->n, sizeof(*t->rests)) != 0)
		return no_memory(err);
	for (size_t i = 1; i < c->n; i++)
		t->rests[t->n_rests++] = (struct term_rest){ .hash = c->w[i].hash,
			.letters = (uint8_t)(c->w[i].letters < UINT8_MAX ? c->w[i].letters : UINT8_MAX),
			.prefix = c->prefix[i],
			.gap = c->gap[i] };
	return FP_OK;
}

static enum fp_status
add_term(struct load *l, const struct term_key *key, size_t word, int friend, const char *term, struct fp_err *err)
{
	struct term_base *t = l->t;
	struct compiled c;
	enum term_first how;
	struct term_slot *slot;
	enum term_second then;

	if (compile(l, &c, term, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	/* "/" of "1/5" is listed for people; a sign is found by nobody here. */
	if (c.n == 0)
		return FP_OK;
	if (t->n_patterns >= TERMS_MAX)
		return fp_fail(err, FP_ELIMIT, "%s: more than %u terms", l->s.file, TERMS_MAX);
	then = second_of(&c);
	how = c.prefix[0] ? TERM_FIRST_PREFIX : TERM_FIRST_EXACT;
	slot = term_slot_make(t, l->lang, how, c.w[0].hash);
	if (slot == NULL || fp_grow(&t->patterns, &t->cap_patterns, t->n_patterns + 1, sizeof(*t->patterns)) != 0)
		return no_memory(err);
	t->patterns[t->n_patterns] = (struct term_pattern){ .key = key,
		.next = slot->first,
		.rest = (uint32_t)t->n_rests,
		.word = (uint16_t)word,
		.friend = (int16_t) friend,
		.tag = then == TERM_SECOND_EXACT    ? (uint16_t)c.w[1].hash
		       : then == TERM_SECOND_BEGINS ? c.w[1].initial
						    : 0,
		.lang = (uint8_t)l->lang,
		.n = (uint8_t)c.n & 15u,
		.group = (uint8_t)key->group & 7u,
		.then = (uint8_t)then & 3u };
	slot->first = (int32_t)t->n_patterns++;
	term_sieve_add(t, l->lang, how, &c.w[0], c.run[1]);
	return c.n > 1 ? add_rests(l, &c, err) : FP_OK;
}

/* ---- lists ---- */

static enum fp_status
read_texts(struct load *l, struct fp_err *err)
{
	bool more;

	l->n_texts = 0;
	if (term_scan_enter(&l->s, '[', err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	for (;;) {
		char *text;

		if (term_scan_item(&l->s, &more, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
		if (!more)
			return FP_OK;
		if (term_scan_string(&l->s, &text, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
		if (l->n_texts >= WORDS_PER_KEY)
			return term_scan_fail(&l->s, err, "more than %u texts in one list", WORDS_PER_KEY);
		if (fp_grow(&l->texts, &l->cap_texts, l->n_texts + 1, sizeof(*l->texts)) != 0)
			return no_memory(err);
		l->texts[l->n_texts++] = text;
	}
}

static enum fp_status
read_key(struct load *l, const struct term_key *key, struct fp_err *err)
{
	const char *const **group = l->t->words[l->lang][key->group];
	size_t index = (size_t)(key - l->t->keys[key->group]);
	const char **words;

	if (group[index] != NULL)
		return term_scan_fail(&l->s, err, "'%s' stands twice", key->id);
	if (read_texts(l, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (l->n_texts == 0)
		return FP_OK;
	words = fp_arena_alloc(l->t->arena, l->n_texts + 1, sizeof(*words));
	if (words == NULL)
		return no_memory(err);
	memcpy(words, l->texts, l->n_texts * sizeof(*words));
	group[index] = words;
	for (size_t i = 0; i < l->n_texts; i++)
		if (add_term(l, key, i, -1, words[i], err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	return FP_OK;
}

static const struct term_key *
key_of(struct load *l, enum term_group g, const char *id)
{
	const struct term_key *k = l->hint[g] < l->t->n_keys[g] ? &l->t->keys[g][l->hint[g]] : NULL;

	if (k == NULL || strcmp(k->id, id) != 0)
		k = term_key_find(l->t, g, id);
	if (k != NULL)
		l->hint[g] = (size_t)(k - l->t->keys[g]) + 1;
	return k;
}

static enum fp_status
read_group(struct load *l, enum term_group g, struct fp_err *err)
{
	char *id;

	l->t->words[l->lang][g] = fp_arena_alloc(l->t->arena, l->t->n_keys[g] + 1, sizeof(*l->t->words[l->lang][g]));
	if (l->t->words[l->lang][g] == NULL)
		return no_memory(err);
	if (term_scan_enter(&l->s, '{', err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	for (;;) {
		const struct term_key *key;

		if (term_scan_member(&l->s, &id, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
		if (id == NULL)
			return FP_OK;
		key = key_of(l, g, id);
		if (key == NULL)
			return term_scan_fail(&l->s, err, "concepts.json has no %s '%.60s'", term_group_names[g], id);
		if (read_key(l, key, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	}
}

/* ---- false friends ---- */

/* The group where both live: "title" is a label and a section. */
static const struct term_key *
friend_key(const struct term_base *t, const char *said_for, const char *means)
{
	const struct term_key *any = NULL;

	for (int g = 0; g < TERM_GROUP_COUNT; g++) {
		const struct term_key *k = term_key_find(t, (enum term_group)g, said_for);

		any = any != NULL ? any : k;
		if (k != NULL && term_key_find(t, (enum term_group)g, means) != NULL)
			return k;
	}
	return any;
}

static enum fp_status
add_friend(struct load *l, char *const value[4], struct fp_err *err)
{
	struct term_base *t = l->t;
	const struct term_key *key;

	if (value[0] == NULL || value[1] == NULL || value[2] == NULL)
		return term_scan_fail(&l->s, err, "a false friend needs term, said_for and means");
	key = friend_key(t, value[1], value[2]);
	if (key == NULL)
		return term_scan_fail(&l->s, err, "concepts.json has no '%.60s'", value[1]);
	if (t->n_friends >= FRIENDS_MAX)
		return term_scan_fail(&l->s, err, "more than %u false friends", FRIENDS_MAX);
	if (fp_grow(&t->friends, &t->cap_friends, t->n_friends + 1, sizeof(*t->friends)) != 0)
		return no_memory(err);
	t->friends[t->n_friends] = (struct term_friend){ .means = value[2], .note = value[3] };
	return add_term(l, key, 0, (int)t->n_friends++, value[0], err);
}

static enum fp_status
read_friend(struct load *l, struct fp_err *err)
{
	static const char *const names[4] = { "term", "said_for", "means", "note" };
	char *value[4] = { NULL }, *member;

	if (term_scan_enter(&l->s, '{', err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	for (;;) {
		size_t i = 0;

		if (term_scan_member(&l->s, &member, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
		if (member == NULL)
			return add_friend(l, value, err);
		while (i < 4 && strcmp(names[i], member) != 0)
			i++;
		if (i == 4 || value[i] != NULL)
			return term_scan_fail(&l->s, err, "'%.40s' is unknown here or stands twice", member);
		if (term_scan_string(&l->s, &value[i], err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	}
}

static enum fp_status
read_friends(struct load *l, struct fp_err *err)
{
	bool more;

	if (term_scan_enter(&l->s, '[', err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	for (;;) {
		if (term_scan_item(&l->s, &more, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
		if (!more)
			return FP_OK;
		if (read_friend(l, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	}
}

/* ---- what tells the language, and the names of days ---- */

static enum fp_status
read_function_words(struct load *l, struct fp_err *err)
{
	if (read_texts(l, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	for (size_t i = 0; i < l->n_texts; i++) {
		struct term_word w[2];
		struct term_slot *slot;

		if (term_words_of(l->t, l->texts[i], strlen(l->texts[i]), w, 2) != 1)
			return term_scan_fail(&l->s, err, "'%.40s' is not one word", l->texts[i]);
		slot = term_slot_make(l->t, TERM_FUNCTION_WORDS, TERM_FIRST_EXACT, w[0].hash);
		if (slot == NULL)
			return no_memory(err);
		slot->langs |= 1u << l->lang;
		term_function_add(l->t, w[0].hash);
	}
	return FP_OK;
}

static void
keep_letters(struct load *l, const char *s)
{
	const char *p = s, *end = s + strlen(s);
	size_t n = 0;

	while (p < end && n + 1 < FP_COUNT(l->t->letters[l->lang]))
		l->t->letters[l->lang][n++] = fp_utf8_next(&p, end);
}

/* "5" in months, "friday" in weekdays; 0: neither. */
static int
name_value(const char *key, bool weekdays)
{
	static const char *const days[] = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" };
	long v;

	for (int d = 0; weekdays && d < 7; d++)
		if (strcmp(days[d], key) == 0)
			return TERM_WEEKDAY + d + 1;
	v = !weekdays && strlen(key) <= 2 && strspn(key, "0123456789") == strlen(key) ? strtol(key, NULL, 10) : 0;
	return v >= 1 && v <= 12 ? (int)v : 0;
}

static enum fp_status
read_names(struct load *l, bool weekdays, struct fp_err *err)
{
	char *key;

	if (term_scan_enter(&l->s, '{', err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	for (;;) {
		int value;

		if (term_scan_member(&l->s, &key, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
		if (key == NULL)
			return FP_OK;
		value = name_value(key, weekdays);
		if (value == 0)
			return term_scan_fail(&l->s, err, "'%.40s' is no %s", key, weekdays ? "day of the week" : "month");
		if (read_texts(l, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
		for (size_t i = 0; i < l->n_texts; i++)
			if (!term_name_add(l->t, &l->t->names[l->lang], l->texts[i], value))
				return no_memory(err);
	}
}

/* ---- the file ---- */

enum member { M_FORMAT, M_LANGUAGE, M_NAME, M_FUNCTION_WORDS, M_LETTERS, M_MONTHS, M_WEEKDAYS, M_DATE_MASKS, M_FRIENDS, M_OTHER };

static const char *const members[] = {
	[M_FORMAT] = "format",
	[M_LANGUAGE] = "language",
	[M_NAME] = "name",
	[M_FUNCTION_WORDS] = "function_words",
	[M_LETTERS] = "letters",
	[M_MONTHS] = "months",
	[M_WEEKDAYS] = "weekdays",
	[M_DATE_MASKS] = "date_masks",
	[M_FRIENDS] = "false_friends",
};

static enum fp_status
take_language(struct load *l, struct fp_err *err)
{
	char *tag;

	if (term_scan_string(&l->s, &tag, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (strlen(tag) < 2 || strlen(tag) > 11 ||
	    strspn(tag, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") != strlen(tag))
		return term_scan_fail(&l->s, err, "'%.20s' is no language tag", tag);
	for (size_t i = 0; i < l->lang; i++)
		if (strcmp(l->t->langs[i].tag, tag) == 0)
			return term_scan_fail(&l->s, err, "another file has the language '%s', too", tag);
	l->t->langs[l->lang].tag = tag;
	return FP_OK;
}

static enum fp_status
take_text(struct load *l, enum member m, struct fp_err *err)
{
	char *text;

	if (term_scan_string(&l->s, &text, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (m == M_FORMAT && strcmp(text, "fieldproof-terms-1") != 0)
		return term_scan_fail(&l->s, err, "format is '%.40s', expected fieldproof-terms-1", text);
	if (m == M_NAME)
		l->t->langs[l->lang].name = text;
	if (m == M_LETTERS)
		keep_letters(l, text);
	return FP_OK;
}

static enum fp_status
read_member(struct load *l, enum member m, struct fp_err *err)
{
	switch (m) {
	case M_LANGUAGE:
		return take_language(l, err);
	case M_FUNCTION_WORDS:
		return read_function_words(l, err);
	case M_MONTHS:
	case M_WEEKDAYS:
		return read_names(l, m == M_WEEKDAYS, err);
	case M_DATE_MASKS:
		return read_texts(l, err);
	case M_FRIENDS:
		return read_friends(l, err);
	default:
		return take_text(l, m, err);
	}
}

/* Index among the members and groups; M_OTHER + TERM_GROUP_COUNT: unknown. */
static unsigned
member_of(const char *name)
{
	unsigned m = 0;

	while (m < M_OTHER && strcmp(members[m], name) != 0)
		m++;
	for (unsigned g = 0; m == M_OTHER + g && g < TERM_GROUP_COUNT && strcmp(term_group_names[g], name) != 0; g++)
		m++;
	return m;
}

static enum fp_status
read_members(struct load *l, struct fp_err *err)
{
	const uint32_t needed = 1u << M_FORMAT | 1u << M_LANGUAGE | 1u << M_NAME;
	char *name;

	for (;;) {
		unsigned m;

		if (term_scan_member(&l->s, &name, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
		if (name == NULL)
			break;
		m = member_of(name);
		if (m >= M_OTHER + TERM_GROUP_COUNT || (l->seen >> m & 1u) != 0)
			return term_scan_fail(&l->s, err, "'%.40s' is unknown here or stands twice", name);
		l->seen |= 1u << m;
		if ((m < M_OTHER ? read_member(l, (enum member)m, err) : read_group(l, (enum term_group)(m - M_OTHER), err)) !=
		    FP_OK)
			return fp_failed(err, FP_EINVAL);
	}
	if ((l->seen & needed) != needed)
		return term_scan_fail(&l->s, err, "format, language and name must be there");
	return term_scan_close(&l->s, err);
}

enum fp_status
term_read_language(struct term_base *t, const char *data, size_t len, const char *file, struct fp_err *err)
{
	struct load l = { .t = t, .lang = t->n_langs };
	enum fp_status status;
	char *copy;

	if (t->n_langs >= TERM_LANGS_MAX)
		return fp_fail(err, FP_ELIMIT, "%s: more than %u languages", file, TERM_LANGS_MAX);
	/* The texts stay where they stand in this copy. */
	copy = fp_arena_text(t->arena, data, len);
	if (copy == NULL)
		return no_memory(err);
	if (term_scan_open(&l.s, copy, len, file, err) != FP_OK || term_scan_enter(&l.s, '{', err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	status = read_members(&l, err);
	free(l.texts);
	t->n_langs += status == FP_OK;
	return status;
}
