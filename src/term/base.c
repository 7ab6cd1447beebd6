/* Reading the files of the term base: concepts.json, then one file a language. */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>

#include "base/asset.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "term/term_int.h"

#define FILE_MAX_BYTES ((size_t)1 << 20)
#define TERMS_MAX 200000u

static const char *const groups[TERM_GROUP_COUNT] = {
	[TERM_LABEL] = "label",
	[TERM_SECTION] = "section",
	[TERM_KIND] = "kind",
	[TERM_OBLIGATION] = "obligation",
	[TERM_VERB] = "verb",
	[TERM_WORD] = "word",
	[TERM_CONCEPT] = "concept",
};

static enum fp_status
no_memory(struct fp_err *err)
{
	return fp_fail(err, FP_ENOMEM, "out of memory");
}

/* Greek capitals carry no accents, so none count. Romanian s and t are printed with a cedilla as often as with the comma that they should have. */
static uint32_t
without_tonos(uint32_t c)
{
	static const struct {
		uint16_t from, to;
	} map[] = { { 0x3AC, 0x3B1 }, { 0x3AD, 0x3B5 }, { 0x3AE, 0x3B7 }, { 0x3AF, 0x3B9 }, { 0x3CC, 0x3BF }, { 0x3CD, 0x3C5 },
		{ 0x3CE, 0x3C9 }, { 0x3CA, 0x3B9 }, { 0x3CB, 0x3C5 }, { 0x390, 0x3B9 }, { 0x3B0, 0x3C5 }, { 0x3C2, 0x3C3 },
		{ 0x15F, 0x219 }, { 0x163, 0x21B } };

	for (size_t i = 0; i < FP_COUNT(map); i++)
		if (map[i].from == c)
			return map[i].to;
	return c;
}

static void
make_fold(struct term_base *t)
{
	for (uint32_t c = 0; c < TERM_FOLD_END; c++) {
		bool in_word = c < 0x80 ? (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
					: u_isalnum((UChar32)c) || u_charType((UChar32)c) == U_NON_SPACING_MARK;
		uint32_t f = !in_word   ? 0
			     : c < 0x80 ? (c >= 'A' && c <= 'Z' ? c | 0x20u : c)
					: without_tonos((uint32_t)u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT));

		t->fold[c] = (uint16_t)(c == 0xDF ? 's' : f < 0x10000 ? f : c);
	}
}

/* ---- concepts.json ---- */

static const char *
kept(struct term_base *t, const char *s)
{
	return s != NULL ? fp_arena_text(t->arena, s, strlen(s)) : NULL;
}

static enum fp_status
read_key(struct term_base *t, struct term_key *out, enum term_group g, const json_t *j, const char *where, struct fp_err *err)
{
	static const char *const names[] = { "id", "gloss", "severity", "family", "one_word", NULL };
	const char *id, *gloss, *severity, *family;

	if (fp_json_only(j, names, where, err) != FP_OK || fp_json_str(&id, j, "id", where, err) != FP_OK ||
	    fp_json_str(&gloss, j, "gloss", where, err) != FP_OK ||
	    fp_json_str_opt(&severity, j, "severity", where, err) != FP_OK ||
	    fp_json_str_opt(&family, j, "family", where, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (severity != NULL && (severity[0] != 'S' || severity[1] < '1' || severity[1] > '3' || severity[2] != '\0'))
		return fp_fail(err, FP_EINVAL, "%s: severity is S1, S2 or S3, not '%.20s'", where, severity);
	*out = (struct term_key){
		.group = g, .id = kept(t, id), .gloss = kept(t, gloss), .severity = kept(t, severity), .family = kept(t, family)
	};
	if (out->id == NULL || out->gloss == NULL)
		return no_memory(err);
	return fp_json_bool_opt(&out->one_word, j, "one_word", where, err);
}

static enum fp_status
read_concepts(struct term_base *t, const json_t *j, const char *file, struct fp_err *err)
{
	for (int g = 0; g < TERM_GROUP_COUNT; g++) {
		const json_t *list;
		size_t n;

		if (fp_json_arr_opt(&list, j, groups[g], file, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
		n = json_array_size(list);
		t->keys[g] = fp_arena_alloc(t->arena, n + 1, sizeof(struct term_key));
		if (t->keys[g] == NULL)
			return no_memory(err);
		for (size_t i = 0; i < n; i++) {
			char where[160];

			(void)snprintf(where, sizeof(where), "%.80s: %s[%zu]", file, groups[g], i);
			if (read_key(t, &t->keys[g][i], (enum term_group)g, json_array_get(list, i), where, err) != FP_OK)
				return fp_failed(err, FP_EINVAL);
			for (size_t k = 0; k < i; k++)
				if (strcmp(t->keys[g][k].id, t->keys[g][i].id) == 0)
					return fp_fail(err, FP_EINVAL, "%s: '%s' stands twice", where, t->keys[g][i].id);
		}
		t->n_keys[g] = n;
	}
	return FP_OK;
}

/* ---- a term ---- */

/* "laden ... herunter", "katalog*": the words, which of them take any ending, and where a gap is. */
static enum fp_status
compile(struct term_base *t, struct term_pattern *p, const char *term, const char *where, struct fp_err *err)
{
	size_t len = strlen(term), at = 0, was = 0;
	struct term_word w;

	while (term_word_next(t, term, len, &at, &w, NULL, 0)) {
		if (p->n >= TERM_WORDS_MAX)
			return fp_fail(err, FP_EINVAL, "%s: '%.60s' has more than %u words", where, term, TERM_WORDS_MAX);
		p->hash[p->n] = w.hash;
		p->letters[p->n] = w.letters;
		p->prefix[p->n] = term[w.to] == '*';
		p->gap[p->n] = p->n > 0 && memmem(term + was, w.from - was, "...", 3) != NULL;
		was = w.to;
		p->n++;
	}
	if (p->n > 0 && p->prefix[0] && p->letters[0] < 2)
		return fp_fail(err, FP_EINVAL, "%s: '%.60s' would match nearly every word", where, term);
	return FP_OK;
}

static enum fp_status
add_term(struct term_base *t, struct term_pattern *p, const char *term, const char *where, struct fp_err *err)
{
	struct term_slot *slot;

	if (strlen(term) > 200 || t->n_patterns >= TERMS_MAX)
		return fp_fail(
		    err, FP_ELIMIT, "%s: a term has at most 200 bytes and the base at most %u terms", where, TERMS_MAX);
	if (compile(t, p, term, where, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	/* "/" of "1/5" is listed for people; a sign is found by nobody here. */
	if (p->n == 0)
		return FP_OK;
	if (fp_grow(&t->patterns, &t->cap_patterns, t->n_patterns + 1, sizeof(*p)) != 0)
		return no_memory(err);
	slot = term_slot_make(t, p->hash[0]);
	if (slot == NULL)
		return no_memory(err);
	if (fp_grow(&t->links, &t->cap_links, t->n_patterns + 1, sizeof(*t->links)) != 0)
		return no_memory(err);
	if (p->prefix[0]) {
		uint64_t bit = 1ull << (p->letters[0] < 63 ? p->letters[0] : 63);

		t->prefix_lengths[p->lang] |= bit;
		t->prefix_lengths[TERM_LANGS_MAX] |= bit;
		slot->prefix_langs |= 1u << p->lang;
	}
	slot->term_langs |= 1u << p->lang;
	t->links[t->n_patterns] = (struct term_link){
		.next = slot->first, .lang = (uint8_t)p->lang, .group = (uint8_t)p->key->group, .prefix = p->prefix[0]
	};
	slot->first = (int32_t)t->n_patterns;
	t->patterns[t->n_patterns++] = *p;
	return FP_OK;
}

/* ---- XX.json ---- */

static enum fp_status
read_terms(
    struct term_base *t, size_t lang, const struct term_key *key, const json_t *list, const char *where, struct fp_err *err)
{
	size_t index = (size_t)(key - t->keys[key->group]), n = json_array_size(list);
	const char **words = fp_arena_alloc(t->arena, n + 1, sizeof(*words));

	if (!json_is_array(list))
		return fp_fail(err, FP_EINVAL, "%s: must be a list of texts", where);
	if (words == NULL)
		return no_memory(err);
	for (size_t i = 0; i < n; i++) {
		const char *s = json_string_value(json_array_get(list, i));
		struct term_pattern p = { .key = key, .lang = (uint16_t)lang, .word = (uint16_t)i };

		if (s == NULL || n > 60000)
			return fp_fail(err, FP_EINVAL, "%s[%zu]: must be a text", where, i);
		words[i] = kept(t, s);
		if (words[i] == NULL)
			return no_memory(err);
		if (add_term(t, &p, s, where, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	}
	t->words[lang][key->group][index] = n > 0 ? words : NULL;
	return FP_OK;
}

static enum fp_status
read_group(struct term_base *t, size_t lang, enum term_group g, const json_t *obj, const char *file, struct fp_err *err)
{
	const char *id;
	json_t *list;

	t->words[lang][g] = fp_arena_alloc(t->arena, t->n_keys[g] + 1, sizeof(*t->words[lang][g]));
	if (t->words[lang][g] == NULL)
		return no_memory(err);
	json_object_foreach((json_t *)obj, id, list)
	{
		const struct term_key *key = term_key_find(t, g, id);
		char where[160];

		(void)snprintf(where, sizeof(where), "%.60s: %s.%.60s", file, groups[g], id);
		if (key == NULL)
			return fp_fail(err, FP_EINVAL, "%s: concepts.json has no such id", where);
		if (read_terms(t, lang, key, list, where, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	}
	return FP_OK;
}

static enum fp_status
read_friend(struct term_base *t, size_t lang, const json_t *j, const char *where, struct fp_err *err)
{
	static const char *const names[] = { "term", "said_for", "means", "note", NULL };
	const char *term, *said_for, *means, *note;
	struct term_pattern p = { .lang = (uint16_t)lang, .ambiguous = true };

	if (fp_json_only(j, names, where, err) != FP_OK || fp_json_str(&term, j, "term", where, err) != FP_OK ||
	    fp_json_str(&said_for, j, "said_for", where, err) != FP_OK || fp_json_str(&means, j, "means", where, err) != FP_OK ||
	    fp_json_str_opt(&note, j, "note", where, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	for (int g = 0; g < TERM_GROUP_COUNT && p.key == NULL; g++)
		p.key = term_key_find(t, (enum term_group)g, said_for);
	/* The group where both live: "title" is a label and a section. */
	for (int g = 0; g < TERM_GROUP_COUNT; g++)
		if (term_key_find(t, (enum term_group)g, said_for) != NULL && term_key_find(t, (enum term_group)g, means) != NULL)
			p.key = term_key_find(t, (enum term_group)g, said_for);
	if (p.key == NULL)
		return fp_fail(err, FP_EINVAL, "%s: concepts.json has no '%.60s'", where, said_for);
	p.means = kept(t, means);
	p.note = kept(t, note);
	return add_term(t, &p, term, where, err);
}

static enum fp_status
read_function_words(struct term_base *t, size_t lang, const json_t *list, const char *file, struct fp_err *err)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *s = json_string_value(json_array_get(list, i));
		struct term_word w[2];
		struct term_slot *slot;

		if (s == NULL || term_words_of(t, s, strlen(s), w, 2) != 1)
			return fp_fail(err, FP_EINVAL, "%s: function_words[%zu]: must be one word", file, i);
		slot = term_slot_make(t, w[0].hash);
		if (slot == NULL)
			return no_memory(err);
		slot->langs |= 1u << lang;
	}
	return FP_OK;
}

static void
read_letters(struct term_base *t, size_t lang, const char *s)
{
	const char *p = s, *end = s != NULL ? s + strlen(s) : NULL;
	size_t n = 0;

	while (p < end && n + 1 < FP_COUNT(t->letters[lang]))
		t->letters[lang][n++] = fp_utf8_next(&p, end);
}

static enum fp_status
read_language(struct term_base *t, const json_t *j, const char *file, struct fp_err *err)
{
	static const char *const names[] = { "format", "language", "name", "function_words", "letters", "months", "weekdays",
		"date_masks", "label", "section", "kind", "obligation", "verb", "word", "concept", "false_friends", NULL };
	size_t lang = t->n_langs;
	const char *tag, *name, *letters;
	const json_t *list, *months, *weekdays;

	if (lang >= TERM_LANGS_MAX)
		return fp_fail(err, FP_ELIMIT, "%s: more than %u languages", file, TERM_LANGS_MAX);
	if (fp_json_only(j, names, file, err) != FP_OK || fp_json_str(&tag, j, "language", file, err) != FP_OK ||
	    fp_json_str(&name, j, "name", file, err) != FP_OK || fp_json_str_opt(&letters, j, "letters", file, err) != FP_OK ||
	    fp_json_arr_opt(&list, j, "function_words", file, err) != FP_OK ||
	    fp_json_obj_opt(&months, j, "months", file, err) != FP_OK ||
	    fp_json_obj_opt(&weekdays, j, "weekdays", file, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (strlen(tag) > 11 || strspn(tag, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") != strlen(tag))
		return fp_fail(err, FP_EINVAL, "%s: '%.20s' is no language tag", file, tag);
	t->langs[lang] = (struct term_lang){ .tag = kept(t, tag), .name = kept(t, name) };
	if (t->langs[lang].tag == NULL || t->langs[lang].name == NULL)
		return no_memory(err);
	t->n_langs++;
	read_letters(t, lang, letters);
	t->month_words[lang] = json_incref((json_t *)months);
	t->weekday_words[lang] = json_incref((json_t *)weekdays);
	if (read_function_words(t, lang, list, file, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	for (int g = 0; g < TERM_GROUP_COUNT; g++) {
		const json_t *obj;

		if (fp_json_obj_opt(&obj, j, groups[g], file, err) != FP_OK ||
		    read_group(t, lang, (enum term_group)g, obj, file, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	}
	if (fp_json_arr_opt(&list, j, "false_friends", file, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	for (size_t i = 0; i < json_array_size(list); i++) {
		char where[160];

		(void)snprintf(where, sizeof(where), "%.80s: false_friends[%zu]", file, i);
		if (read_friend(t, lang, json_array_get(list, i), where, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	}
	return FP_OK;
}

/* ---- the whole ---- */

static enum fp_status
take_file(struct term_base *t, bool concepts, const char *file, const char *data, size_t len, struct fp_err *err)
{
	FP_JSON json_t *j = NULL;
	const char *format, *want = concepts ? "fieldproof-concepts-1" : "fieldproof-terms-1";

	if (fp_json_parse(&j, data, len, file, err) != FP_OK || fp_json_str(&format, j, "format", file, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (strcmp(format, want) != 0)
		return fp_fail(err, FP_EINVAL, "%s: format is '%.40s', expected %s", file, format, want);
	return concepts ? read_concepts(t, j, file, err) : read_language(t, j, file, err);
}

static enum fp_status
from_assets(struct term_base *t, struct fp_err *err)
{
	const struct fp_asset *a = fp_asset_find("terms/concepts.json");

	if (a == NULL)
		return fp_fail(err, FP_ENOTFOUND, "the program was built without its term base");
	if (take_file(t, true, a->name, a->data, a->len, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	for (a = fp_asset_all(); a->name != NULL; a++)
		if (strncmp(a->name, "terms/", 6) == 0 && strcmp(a->name, "terms/concepts.json") != 0 &&
		    take_file(t, false, a->name, a->data, a->len, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	return FP_OK;
}

static int
json_files(const struct dirent *e)
{
	size_t n = strlen(e->d_name);

	return n > 5 && strcmp(e->d_name + n - 5, ".json") == 0 && strcmp(e->d_name, "concepts.json") != 0;
}

static enum fp_status
from_folder(struct term_base *t, const char *dir, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = FILE_MAX_BYTES };
	struct dirent **list = NULL;
	char path[4096];
	enum fp_status status;
	int n;

	(void)snprintf(path, sizeof(path), "%s/concepts.json", dir);
	if (fp_file_read(&b, path, err) != FP_OK || take_file(t, true, path, b.data, b.len, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	n = scandir(dir, &list, json_files, alphasort);
	status = n < 0 ? fp_fail(err, FP_EIO, "cannot read the folder %s", dir) : FP_OK;
	for (int i = 0; i < n; i++) {
		fp_buf_clear(&b);
		(void)snprintf(path, sizeof(path), "%s/%s", dir, list[i]->d_name);
		if (status == FP_OK &&
		    (fp_file_read(&b, path, err) != FP_OK || take_file(t, false, path, b.data, b.len, err) != FP_OK))
			status = fp_failed(err, FP_EINVAL);
		free(list[i]);
	}
	free(list);
	return status;
}

enum fp_status
term_base_open(struct term_base **out, const char *dir, struct fp_err *err)
{
	FP_AUTO(term_base_freep) struct term_base *t = fp_calloc(1, sizeof(*t));

	*out = NULL;
	if (t == NULL || (t->arena = fp_arena_new()) == NULL)
		return no_memory(err);
	make_fold(t);
	if ((dir == NULL ? from_assets(t, err) : from_folder(t, dir, err)) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	/* A base without languages has no table yet; every look-up needs one. */
	if (t->cap_slots == 0) {
		struct term_slot *s = term_slot_make(t, 0);

		if (s == NULL)
			return no_memory(err);
	}
	*out = t;
	t = NULL;
	return FP_OK;
}

void
term_base_free(struct term_base *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < TERM_LANGS_MAX; i++) {
		json_decref(t->month_words[i]);
		json_decref(t->weekday_words[i]);
		free(t->months[i].names);
	}
	free(t->patterns);
	free(t->links);
	free(t->slots);
	fp_arena_free(t->arena);
	free(t);
}

void
term_base_freep(struct term_base **t)
{
	term_base_free(*t);
	*t = NULL;
}

const struct term_lang *
term_languages(const struct term_base *t, size_t *n)
{
	*n = t->n_langs;
	return t->langs;
}

const struct term_lang *
term_lang_find(const struct term_base *t, const char *tag)
{
	size_t n = tag != NULL ? strcspn(tag, "-_") : 0;

	/* Norwegian in lists is mostly just "no". */
	if (n == 2 && strncmp(tag, "no", 2) == 0)
		tag = "nb";
	for (size_t i = 0; i < t->n_langs; i++)
		if (n > 0 && strlen(t->langs[i].tag) == n && strncmp(t->langs[i].tag, tag, n) == 0)
			return &t->langs[i];
	return NULL;
}

const struct term_key *
term_key_find(const struct term_base *t, enum term_group g, const char *id)
{
	for (size_t i = 0; i < t->n_keys[g]; i++)
		if (strcmp(t->keys[g][i].id, id) == 0)
			return &t->keys[g][i];
	return NULL;
}

const struct term_key *
term_keys(const struct term_base *t, enum term_group g, size_t *n)
{
	*n = t->n_keys[g];
	return t->keys[g];
}

const char *const *
term_words(const struct term_base *t, const struct term_lang *lang, const struct term_key *key)
{
	return lang != NULL && key != NULL ? t->words[lang - t->langs][key->group][key - t->keys[key->group]] : NULL;
}
