/* The term base: concepts.json and one file a language, from the program itself or from a folder; what is asked of it afterwards. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/file.h"
#include "base/mem.h"
#include "term/term_int.h"

#define FILE_MAX_BYTES ((size_t)1 << 20)

const char *const term_group_names[TERM_GROUP_COUNT] = {
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
read_keys(struct term_base *t, enum term_group g, const json_t *list, const char *file, struct fp_err *err)
{
	size_t n = json_array_size(list);

	t->keys[g] = fp_arena_alloc(t->arena, n + 1, sizeof(struct term_key));
	if (t->keys[g] == NULL)
		return no_memory(err);
	for (size_t i = 0; i < n; i++) {
		char where[160];

		(void)snprintf(where, sizeof(where), "%.80s: %s[%zu]", file, term_group_names[g], i);
		if (read_key(t, &t->keys[g][i], g, json_array_get(list, i), where, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
		if (term_key_find(t, g, t->keys[g][i].id) != NULL)
			return fp_fail(err, FP_EINVAL, "%s: '%.60s' stands twice", where, t->keys[g][i].id);
		t->n_keys[g] = i + 1;
	}
	return FP_OK;
}

static enum fp_status
read_concepts(struct term_base *t, const char *data, size_t len, const char *file, struct fp_err *err)
{
	FP_JSON json_t *j = NULL;
	const char *format;

	if (fp_json_parse(&j, data, len, file, err) != FP_OK || fp_json_str(&format, j, "format", file, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (strcmp(format, "fieldproof-concepts-1") != 0)
		return fp_fail(err, FP_EINVAL, "%s: format is '%.40s', expected fieldproof-concepts-1", file, format);
	for (int g = 0; g < TERM_GROUP_COUNT; g++) {
		const json_t *list;

		if (fp_json_arr_opt(&list, j, term_group_names[g], file, err) != FP_OK ||
		    read_keys(t, (enum term_group)g, list, file, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	}
	return FP_OK;
}

/* ---- the whole ---- */

static bool
is_language(const char *name)
{
	return strncmp(name, "terms/", 6) == 0 && strcmp(name, "terms/concepts.json") != 0;
}

static enum fp_status
from_assets(struct term_base *t, struct fp_err *err)
{
	const struct fp_asset *a = fp_asset_find("terms/concepts.json");

	if (a == NULL)
		return fp_fail(err, FP_ENOTFOUND, "the program was built without its term base");
	if (read_concepts(t, a->data, a->len, a->name, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	for (a = fp_asset_all(); a->name != NULL; a++)
		if (is_language(a->name) && term_read_language(t, a->data, a->len, a->name, err) != FP_OK)
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
read_file(struct fp_buf *b, const char *dir, const char *name, char path[4096], struct fp_err *err)
{
	fp_buf_clear(b);
	(void)snprintf(path, 4096, "%s/%s", dir, name);
	return fp_file_read(b, path, err);
}

static enum fp_status
from_folder(struct term_base *t, const char *dir, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = FILE_MAX_BYTES };
	struct dirent **list = NULL;
	char path[4096];
	enum fp_status status;
	int n;

	if (read_file(&b, dir, "concepts.json", path, err) != FP_OK || read_concepts(t, b.data, b.len, path, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	n = scandir(dir, &list, json_files, alphasort);
	status = n < 0 ? fp_fail(err, FP_EIO, "cannot read the folder %s", dir) : FP_OK;
	for (int i = 0; i < n; i++) {
		if (status == FP_OK && (read_file(&b, dir, list[i]->d_name, path, err) != FP_OK ||
					   term_read_language(t, b.data, b.len, path, err) != FP_OK))
			status = fp_failed(err, FP_EINVAL);
		free(list[i]);
	}
	free(list);
	return status;
}

static struct term_base *
base_new(void)
{
	FP_AUTO(term_base_freep) struct term_base *t = fp_calloc(1, sizeof(*t));
	struct term_base *made;

	if (t == NULL || (t->arena = fp_arena_new()) == NULL)
		return NULL;
	term_fold_make(t);
	made = t;
	t = NULL;
	return made;
}

enum fp_status
term_base_open(struct term_base **out, const char *dir, struct fp_err *err)
{
	FP_AUTO(term_base_freep) struct term_base *t = base_new();

	*out = NULL;
	if (t == NULL)
		return no_memory(err);
	if ((dir == NULL ? from_assets(t, err) : from_folder(t, dir, err)) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (!term_patterns_order(t))
		return no_memory(err);
	*out = t;
	t = NULL;
	return FP_OK;
}

enum fp_status
term_base_parse(
    struct term_base **out, const char *concepts, size_t n_concepts, const char *language, size_t n_language, struct fp_err *err)
{
	FP_AUTO(term_base_freep) struct term_base *t = base_new();

	*out = NULL;
	if (t == NULL)
		return no_memory(err);
	if (read_concepts(t, concepts, n_concepts, "concepts", err) != FP_OK ||
	    (language != NULL && term_read_language(t, language, n_language, "language", err) != FP_OK))
		return fp_failed(err, FP_EINVAL);
	if (!term_patterns_order(t))
		return no_memory(err);
	*out = t;
	t = NULL;
	return FP_OK;
}

void
term_base_free(struct term_base *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < TERM_LANGS_MAX; i++)
		free(t->names[i].name);
	for (size_t i = 0; i < FP_COUNT(t->tables); i++)
		free(t->tables[i].slots);
	free(t->patterns);
	free(t->glances);
	free(t->rests);
	free(t->friends);
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
	const char *const **group;

	if (lang == NULL || key == NULL)
		return NULL;
	group = t->words[lang - t->langs][key->group];
	return group != NULL ? group[key - t->keys[key->group]] : NULL;
}
