/* A notice as a whole: folder and canonical bytes in, struct notice out. */
#include "notice/notice.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "crypto/crypto.h"
#include "notice/shape.h"
#include "notice/text.h"

#define FACTS_BYTES ((size_t)1 << 20)
#define TEXT_BYTES ((size_t)256 << 10)
#define TEXTS_MAX 40u
#define RULES_MAX 64u
#define RULE_BYTES ((size_t)64 << 10)
#define LANG_BYTES 15u
/* 40 texts of 256 KiB, each byte escaped to two at worst, and the facts. */
#define CANONICAL_BYTES ((size_t)24 << 20)

/* What struct notice hides. */
struct hidden {
	struct fp_arena *arena;
	const char *canonical;
	size_t canonical_len;
};

/* Where a notice is read from, for messages: "DIR/da.md", or "texts.da" of canonical bytes. */
struct source {
	const char *facts;
	const char *text_prefix, *text_suffix;
};

void
notice_free(struct notice *n)
{
	if (n == NULL)
		return;
	if (n->arena != NULL)
		fp_arena_free(((struct hidden *)n->arena)->arena);
	free(n->arena);
	free(n);
}

void
notice_freep(struct notice **n)
{
	notice_free(*n);
	*n = NULL;
}

static struct notice *
notice_new(void)
{
	struct notice *n = fp_calloc(1, sizeof(*n));
	struct hidden *h = fp_calloc(1, sizeof(*h));
	struct fp_arena *a = fp_arena_new();

	if (n == NULL || h == NULL || a == NULL) {
		free(n);
		free(h);
		fp_arena_free(a);
		return NULL;
	}
	h->arena = a;
	n->arena = h;
	return n;
}

/* ---- language tags ---- */

/* BCP 47 as far as files need it: a language of two or three letters, then subtags of two to eight. */
static bool
lang_ok(const char *s, size_t len)
{
	size_t i = 0, part;

	while (i < len && s[i] >= 'a' && s[i] <= 'z')
		i++;
	if (i < 2 || i > 3 || len > LANG_BYTES)
		return false;
	while (i < len) {
		if (s[i++] != '-')
			return false;
		for (part = 0; i < len && s[i] != '-'; i++, part++)
			if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z') || (s[i] >= '0' && s[i] <= '9')))
				return false;
		if (part < 2 || part > 8)
			return false;
	}
	return true;
}

/* As the ids of checks: "ACME-1". */
static bool
rule_name_ok(const char *s, size_t len)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	return len >= 1 && len <= 23 && strspn(s, letters) >= len;
}

/* ---- facts and texts to a notice ---- */

static bool
holds_real(const json_t *j)
{
	const char *key;
	json_t *v;
	size_t i;

	if (json_is_real(j))
		return true;
	json_array_foreach(j, i, v)
	{
		if (holds_real(v))
			return true;
	}
	json_object_foreach((json_t *)j, key, v)
	{
		if (holds_real(v))
			return true;
	}
	return false;
}

/* Defaults are set once here, so that nobody else must know them. */
static void
fill_defaults(struct notice *n)
{
	if (n->brand == NULL)
		n->brand = n->manufacturer;
	for (size_t i = 0; i < n->n_actions; i++)
		for (size_t k = 0; k < n->actions[i].n_links; k++)
			if (n->actions[i].links[k].condition == NULL)
				n->actions[i].links[k].condition = "";
	for (size_t i = 0; i < n->n_recommendations; i++)
		for (size_t k = 0; k < n->recommendations[i].n_links; k++)
			if (n->recommendations[i].links[k].condition == NULL)
				n->recommendations[i].links[k].condition = "";
}

static int
by_lang(const void *a, const void *b)
{
	return strcmp(((const struct notice_text *)a)->lang, ((const struct notice_text *)b)->lang);
}

static enum fp_status
read_texts(struct notice *n, struct fp_arena *a, const json_t *texts, const struct source *src, struct fp_err *err)
{
	size_t count = json_object_size(texts), i = 0;
	const char *lang;
	json_t *v;

	if (count > TEXTS_MAX)
		return fp_fail(err, FP_ELIMIT, "%s: %zu language files; the limit is %u", src->facts, count, TEXTS_MAX);
	n->texts = fp_arena_alloc(a, count + 1, sizeof(*n->texts));
	if (n->texts == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	json_object_foreach((json_t *)texts, lang, v)
	{
		if (!lang_ok(lang, strlen(lang)) || !json_is_string(v))
			return fp_fail(err, FP_EINVAL, "%s: texts: '%.40s' is not a language tag with a text", src->facts, lang);
		if (json_string_length(v) > TEXT_BYTES)
			return fp_fail(err, FP_ELIMIT, "%s%s%s has %zu bytes; the limit is %zu", src->text_prefix, lang,
			    src->text_suffix, json_string_length(v), TEXT_BYTES);
		n->texts[i++].lang = fp_arena_text(a, lang, strlen(lang));
		if (n->texts[i - 1].lang == NULL)
			return fp_fail(err, FP_ENOMEM, "out of memory");
	}
	qsort(n->texts, count, sizeof(*n->texts), by_lang);
	n->n_texts = count;
	for (i = 0; i < count; i++) {
		FP_AUTO(fp_buf_free) struct fp_buf file = { .max = 8192 };

		v = json_object_get(texts, n->texts[i].lang);
		fp_buf_printf(&file, "%s%s%s", src->text_prefix, n->texts[i].lang, src->text_suffix);
		if (fp_buf_check(&file, "the path", err) != FP_OK)
			return FP_ELIMIT;
		if (notice_text_read(&n->texts[i], n, a, json_string_value(v), json_string_length(v), file.data, err) != FP_OK)
			return err->status;
	}
	return FP_OK;
}

static int
by_rule(const void *a, const void *b)
{
	return strcmp(((const struct notice_own_check *)a)->name, ((const struct notice_own_check *)b)->name);
}

/* The checks that it brings along stay bytes: what they mean is the business of rule/. */
static enum fp_status
keep_rules(struct notice *n, struct fp_arena *a, const json_t *rules, const char *file, struct fp_err *err)
{
	const char *name;
	json_t *v;

	n->own_checks = fp_arena_alloc(a, json_object_size(rules) + 1, sizeof(*n->own_checks));
	if (n->own_checks == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	json_object_foreach((json_t *)rules, name, v)
	{
		FP_AUTO(fp_buf_free) struct fp_buf b = { .max = RULE_BYTES };
		struct notice_own_check *r = &n->own_checks[n->n_own_checks++];

		if (!rule_name_ok(name, strlen(name)) || !json_is_object(v))
			return fp_fail(
			    err, FP_EINVAL, "%s: checks: '%.40s' is not the name of a check with its rules", file, name);
		if (fp_json_canonical(&b, v, err) != FP_OK)
			return fp_ctx(err, "%s: the check '%s'", file, name);
		*r = (struct notice_own_check){ fp_arena_text(a, name, strlen(name)), fp_arena_text(a, b.data, b.len), b.len };
		if (r->name == NULL || r->json == NULL)
			return fp_fail(err, FP_ENOMEM, "out of memory");
	}
	qsort(n->own_checks, n->n_own_checks, sizeof(*n->own_checks), by_rule);
	return FP_OK;
}

static enum fp_status
keep_canonical(struct notice *n, json_t *facts, json_t *texts, json_t *rules, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = CANONICAL_BYTES };
	FP_JSON json_t *whole = json_pack("{s:s, s:O, s:O}", "format", NOTICE_FORMAT, "facts", facts, "texts", texts);
	struct hidden *h = n->arena;

	/* Only where there are any: a notice without checks of its own keeps the hash that it had before there could be some. */
	if (whole != NULL && json_object_size(rules) > 0 && json_object_set(whole, "checks", rules) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (whole == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (fp_json_canonical(&b, whole, err) != FP_OK)
		return fp_ctx(err, "the notice");
	h->canonical = fp_arena_text(h->arena, b.data, b.len);
	h->canonical_len = b.len;
	if (h->canonical == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	(void)crypto_sha256_hex(n->content_hash, b.data, b.len);
	return FP_OK;
}

static enum fp_status
build(struct notice **out, json_t *facts, json_t *texts, json_t *rules, const struct source *src, struct fp_err *err)
{
	FP_AUTO(notice_freep) struct notice *n = notice_new();
	struct fp_arena *a;

	if (n == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	a = ((struct hidden *)n->arena)->arena;
	if (holds_real(facts) || holds_real(rules))
		return fp_fail(err, FP_EINVAL,
		    "%s: holds a number with a fraction, whose signed bytes would not be certain; write it as a text",
		    src->facts);
	if (notice_facts_read(n, a, facts, src->facts, err) != FP_OK || notice_facts_check(n, src->facts, err) != FP_OK)
		return err->status;
	fill_defaults(n);
	if (read_texts(n, a, texts, src, err) != FP_OK || keep_rules(n, a, rules, src->facts, err) != FP_OK ||
	    keep_canonical(n, facts, texts, rules, err) != FP_OK)
		return err->status;
	*out = n;
	n = NULL;
	return FP_OK;
}

/* ---- folder ---- */

/* Files come from Windows, too: a byte order mark and CR LF are not part of the text. */
static void
normalise(struct fp_buf *b)
{
	size_t to = 0, from = b->len >= 3 && memcmp(b->data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

	for (; from < b->len; from++)
		if (b->data[from] != '\r' || from + 1 >= b->len || b->data[from + 1] != '\n')
			b->data[to++] = b->data[from];
	b->len = to;
	if (b->data != NULL)
		b->data[to] = '\0';
}

static enum fp_status
read_language(json_t *texts, int dirfd, const char *dir, const char *name, size_t lang_len, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = TEXT_BYTES };
	char lang[LANG_BYTES + 1] = "";
	json_t *v;

	if (!lang_ok(name, lang_len))
		return fp_fail(err, FP_EINVAL, "%s/%.80s: not the name of a language file (da.md, pt-BR.md); rename or remove it",
		    dir, name);
	if (fp_file_read_at(&b, dirfd, name, err) != FP_OK)
		return fp_ctx(err, "%s", dir);
	normalise(&b);
	memcpy(lang, name, lang_len);
	v = json_stringn_nocheck(b.data ? b.data : "", b.len);
	/* Ill-formed bytes are found with their line by notice_text_read; a NUL or bad UTF-8 never reaches the canonical bytes. */
	if (v == NULL || json_object_set_new_nocheck(texts, lang, v) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	return FP_OK;
}

static void
closedirp(DIR **d)
{
	if (*d != NULL)
		(void)closedir(*d);
}

static enum fp_status
read_languages(json_t *texts, int dirfd, const char *dir, struct fp_err *err)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	FP_AUTO(closedirp) DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (d == NULL) {
		int saved = errno;

		if (fd >= 0)
			(void)close(fd);
		return fp_fail_errno(err, saved, "cannot list %s", dir);
	}
	while ((e = readdir(d)) != NULL) {
		size_t len = strlen(e->d_name);

		if (len < 4 || e->d_name[0] == '.' || strcmp(e->d_name + len - 3, ".md") != 0)
			continue;
		if (json_object_size(texts) >= TEXTS_MAX)
			return fp_fail(err, FP_ELIMIT, "%s: more than %u language files", dir, TEXTS_MAX);
		if (read_language(texts, dirfd, dir, e->d_name, len - 3, err) != FP_OK)
			return err->status;
	}
	return FP_OK;
}

static enum fp_status
read_rule(json_t *rules, int dirfd, const char *dir, const char *name, size_t len, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = RULE_BYTES };
	FP_AUTO(fp_freep) char *file = fp_asprintf("%s/checks/%s", dir, name);
	FP_AUTO(fp_freep) char *id = fp_strndup(name, len);
	FP_JSON json_t *j = NULL;

	if (file == NULL || id == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (!rule_name_ok(name, len))
		return fp_fail(err, FP_EINVAL, "%s: not the name of a check (ACME-1.json); rename or remove it", file);
	if (fp_file_read_at(&b, dirfd, name, err) != FP_OK)
		return fp_ctx(err, "%s/checks", dir);
	normalise(&b);
	if (fp_json_parse(&j, b.data, b.len, file, err) != FP_OK)
		return err->status;
	return json_object_set(rules, id, j) == 0 ? FP_OK : fp_fail(err, FP_ENOMEM, "out of memory");
}

/* checks/ is optional. */
static enum fp_status
read_rules(json_t *rules, int dirfd, const char *dir, struct fp_err *err)
{
	int fd = openat(dirfd, "checks", O_RDONLY | O_DIRECTORY | O_CLOEXEC), saved = errno;
	FP_AUTO(closedirp) DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (d == NULL)
		return fd < 0 && saved == ENOENT ? FP_OK : fp_fail_errno(err, saved, "cannot list %s/checks", dir);
	while ((e = readdir(d)) != NULL) {
		size_t len = strlen(e->d_name);

		if (len < 6 || e->d_name[0] == '.' || strcmp(e->d_name + len - 5, ".json") != 0)
			continue;
		if (json_object_size(rules) >= RULES_MAX)
			return fp_fail(err, FP_ELIMIT, "%s/checks: more than %u checks", dir, RULES_MAX);
		if (read_rule(rules, fd, dir, e->d_name, len - 5, err) != FP_OK)
			return err->status;
	}
	return FP_OK;
}

static enum fp_status
open_at(struct notice **out, int dirfd, const char *dir, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf json = { .max = FACTS_BYTES };
	FP_AUTO(fp_buf_free) struct fp_buf file = { .max = 8192 };
	FP_AUTO(fp_buf_free) struct fp_buf prefix = { .max = 8192 };
	FP_JSON json_t *facts = NULL, *texts = json_object(), *rules = json_object();

	fp_buf_printf(&file, "%s/notice.json", dir);
	fp_buf_printf(&prefix, "%s/", dir);
	if (texts == NULL || rules == NULL || fp_buf_check(&file, "the path", err) != FP_OK ||
	    fp_buf_check(&prefix, "the path", err) != FP_OK)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (fp_file_read_at(&json, dirfd, "notice.json", err) != FP_OK)
		return fp_ctx(err, "%s", dir);
	normalise(&json);
	if (fp_json_parse(&facts, json.data, json.len, file.data, err) != FP_OK ||
	    read_languages(texts, dirfd, dir, err) != FP_OK || read_rules(rules, dirfd, dir, err) != FP_OK)
		return err->status;
	return build(out, facts, texts, rules, &(struct source){ file.data, prefix.data, ".md" }, err);
}

enum fp_status
notice_open(struct notice **out, const char *dir, struct fp_err *err)
{
	struct fp_err own = { 0 };
	FP_AUTO(fp_closep) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t len = strlen(dir);
	FP_AUTO(fp_freep) char *plain = NULL;

	err = err ? err : &own;
	if (fd < 0)
		return fp_fail_errno(err, errno, "cannot open the notice folder '%s'", dir);
	while (len > 1 && dir[len - 1] == '/')
		len--;
	plain = fp_strndup(dir, len);
	if (plain == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	return open_at(out, fd, plain, err);
}

/* ---- canonical bytes ---- */

enum fp_status
notice_canonical(struct fp_buf *out, const struct notice *n, struct fp_err *err)
{
	const struct hidden *h = n->arena;

	fp_buf_add(out, h->canonical, h->canonical_len);
	return fp_buf_check(out, "the notice", err);
}

enum fp_status
notice_parse(struct notice **out, const char *canonical, size_t len, struct fp_err *err)
{
	static const char *const keys[] = { "format", "facts", "texts", "checks", NULL };
	struct fp_err own = { 0 };
	FP_AUTO(notice_freep) struct notice *n = NULL;
	FP_JSON json_t *whole = NULL;
	const json_t *facts, *texts, *rules;
	const struct hidden *h;
	const char *format;

	err = err ? err : &own;
	if (len > CANONICAL_BYTES)
		return fp_fail(err, FP_ELIMIT, "the notice has %zu bytes; the limit is %zu", len, CANONICAL_BYTES);
	if (fp_json_parse(&whole, canonical, len, "the notice", err) != FP_OK ||
	    fp_json_only(whole, keys, "the notice", err) != FP_OK ||
	    fp_json_str(&format, whole, "format", "the notice", err) != FP_OK)
		return err->status;
	if (strcmp(format, NOTICE_FORMAT) != 0)
		return fp_fail(err, FP_EUNSUPPORTED, "the notice has format '%.60s'; this program reads " NOTICE_FORMAT, format);
	if (fp_json_obj_opt(&facts, whole, "facts", "the notice", err) != FP_OK ||
	    fp_json_obj_opt(&texts, whole, "texts", "the notice", err) != FP_OK ||
	    fp_json_obj_opt(&rules, whole, "checks", "the notice", err) != FP_OK)
		return err->status;
	if (facts == NULL || texts == NULL)
		return fp_fail(err, FP_EINVAL, "the notice: 'facts' and 'texts' must be objects");
	if (build(&n, (json_t *)facts, (json_t *)texts, (json_t *)rules, &(struct source){ "facts", "texts.", "" }, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	h = n != NULL ? n->arena : NULL;
	if (h == NULL || h->canonical_len != len || memcmp(h->canonical, canonical, len) != 0)
		return fp_fail(
		    err, FP_EINVAL, "the notice is not in its canonical form: make it with 'fieldproof notice canonical'");
	*out = n;
	n = NULL;
	return FP_OK;
}
