#include "i18n/i18n.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/asset.h"
#include "i18n/internal.h"
#include "i18n/mo.h"

#define TAG_MAX 16
#define PAIRS_MAX 16

enum { NOT_OPENED, OPENED, BROKEN };

struct i18n {
	char tag[TAG_MAX];
	const struct fp_asset *asset; /* NULL for English */
	atomic_int state;
	struct i18n_mo mo;
	atomic_bool named;
	char own_name[64];
};

static struct i18n languages[I18N_LANGUAGES_MAX];
static const struct i18n *list[I18N_LANGUAGES_MAX];
static size_t n_languages;
static pthread_once_t found = PTHREAD_ONCE_INIT;
static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;

/* "po/pt_BR.mo" -> "pt-BR"; false for an asset that is no catalogue. */
static bool
tag_of_asset(char tag[TAG_MAX], const char *name)
{
	size_t n = strlen(name);

	if (n < 8 || strncmp(name, "po/", 3) != 0 || strcmp(name + n - 3, ".mo") != 0 || n - 6 >= TAG_MAX)
		return false;
	memcpy(tag, name + 3, n - 6);
	tag[n - 6] = '\0';
	for (char *p = tag; *p != '\0'; p++)
		if (*p == '_')
			*p = '-';
	return strcmp(tag, "en") != 0;
}

static int
by_tag(const void *a, const void *b)
{
	const struct i18n *const *x = a, *const *y = b;

	return strcmp((*x)->tag, (*y)->tag);
}

static void
find_languages(void)
{
	memcpy(languages[0].tag, "en", 3);
	n_languages = 1;
	for (const struct fp_asset *a = fp_asset_all(); a->name != NULL && n_languages < I18N_LANGUAGES_MAX; a++) {
		struct i18n *lang = &languages[n_languages];

		if (!tag_of_asset(lang->tag, a->name))
			continue;
		lang->asset = a;
		n_languages++;
	}
	for (size_t i = 0; i < n_languages; i++)
		list[i] = &languages[i];
	qsort(list + 1, n_languages - 1, sizeof(list[0]), by_tag);
}

const struct i18n *const *
i18n_languages(size_t *n)
{
	(void)pthread_once(&found, find_languages);
	*n = n_languages;
	return list;
}

size_t
i18n_index(const struct i18n *lang)
{
	return lang == NULL ? 0 : (size_t)(lang - languages);
}

const char *
i18n_tag(const struct i18n *lang)
{
	return lang == NULL ? "en" : lang->tag;
}

const char *
i18n_locale(const struct i18n *lang)
{
	return i18n_index(lang) == 0 ? "en_GB" : lang->tag;
}

const char *
i18n_own_name(const struct i18n *lang)
{
	struct i18n *own = &languages[i18n_index(lang)];

	if (!atomic_load(&own->named)) {
		(void)pthread_mutex_lock(&opening);
		if (!atomic_load(&own->named))
			i18n_display_name(own->own_name, sizeof(own->own_name), i18n_tag(lang));
		atomic_store(&own->named, true);
		(void)pthread_mutex_unlock(&opening);
	}
	return own->own_name;
}

static const struct i18n *
find_tag(const char *tag, size_t len)
{
	size_t n;
	const struct i18n *const *all = i18n_languages(&n);

	for (size_t i = 0; i < n; i++)
		if (strlen(all[i]->tag) == len && strncasecmp(all[i]->tag, tag, len) == 0)
			return all[i];
	return NULL;
}

/* The tag without what is behind '.' and '@', then with one part less at a time. */
static const struct i18n *
get_tag(const char *text, size_t len)
{
	char tag[64];
	const struct i18n *lang;
	size_t n = 0;

	for (size_t i = 0; i < len && n < sizeof(tag) && text[i] != '.' && text[i] != '@'; i++)
		tag[n++] = text[i] == '_' ? '-' : text[i];
	while (n > 0) {
		lang = find_tag(tag, n);
		if (lang != NULL)
			return lang;
		while (n > 0 && tag[n - 1] != '-')
			n--;
		if (n > 0)
			n--;
	}
	return NULL;
}

const struct i18n *
i18n_get(const char *bcp47)
{
	return bcp47 == NULL ? NULL : get_tag(bcp47, strlen(bcp47));
}

/* "q=0.85" anywhere behind the tag, in thousandths; 1000 without one. RFC 9110 12.4.2. */
static int
quality(const char *item, size_t len)
{
	const char *p = memchr(item, ';', len), *end = item + len;
	int q = 0, scale = 1000;

	for (; p != NULL && p < end && (*p == ';' || *p == ' ' || *p == '\t'); p++)
		;
	if (p == NULL || end - p < 3 || (*p != 'q' && *p != 'Q') || p[1] != '=')
		return 1000;
	for (p += 2; p < end && scale > 0; p++) {
		if (*p == '.')
			continue;
		if (*p < '0' || *p > '9')
			break;
		q += (*p - '0') * scale;
		scale /= 10;
	}
	return q;
}

const struct i18n *
i18n_accept(const char *accept_language)
{
	const struct i18n *best = NULL;
	int best_quality = 0;

	for (const char *p = accept_language; p != NULL && *p != '\0';) {
		size_t item, tag;
		const struct i18n *lang;

		p += strspn(p, " \t,");
		item = strcspn(p, ",");
		tag = strcspn(p, ";, \t");
		lang = get_tag(p, tag);
		if (lang != NULL && quality(p, item) > best_quality) {
			best = lang;
			best_quality = quality(p, item);
		}
		p += item;
	}
	return best;
}

/* The catalogue, opened at its first use; NULL for English and for a broken one. */
static const struct i18n_mo *
catalogue(const struct i18n *lang)
{
	struct i18n *own = &languages[i18n_index(lang)];
	struct i18n_mo mo;

	if (own->asset == NULL)
		return NULL;
	if (atomic_load_explicit(&own->state, memory_order_acquire) == NOT_OPENED) {
		(void)pthread_mutex_lock(&opening);
		if (atomic_load(&own->state) == NOT_OPENED) {
			int state = i18n_mo_open(&mo, own->asset->data, own->asset->len, NULL) == FP_OK ? OPENED : BROKEN;

			if (state == OPENED)
				own->mo = mo;
			atomic_store_explicit(&own->state, state, memory_order_release);
		}
		(void)pthread_mutex_unlock(&opening);
	}
	return atomic_load_explicit(&own->state, memory_order_acquire) == OPENED ? &own->mo : NULL;
}

const char *
i18n_tc(const struct i18n *lang, const char *context, const char *english)
{
	const struct i18n_mo *mo = catalogue(lang);
	/* The key "" is the catalogue's header. */
	const char *t = mo != NULL && english[0] != '\0' ? i18n_mo_find(mo, context, english, 0) : NULL;

	return t != NULL ? t : english;
}

const char *
i18n_t(const struct i18n *lang, const char *english)
{
	return i18n_tc(lang, NULL, english);
}

const char *
i18n_n(const struct i18n *lang, const char *one, const char *many, int64_t n)
{
	const struct i18n_mo *mo = catalogue(lang);
	uint64_t absolute = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	const char *t = mo != NULL && one[0] != '\0' ? i18n_mo_find(mo, NULL, one, i18n_mo_form(mo, absolute)) : NULL;

	if (t != NULL)
		return t;
	return absolute == 1 ? one : many;
}

static const char *
value_of(const char *name, size_t len, const char *const *pairs)
{
	for (size_t i = 0; pairs[i] != NULL && pairs[i + 1] != NULL; i += 2)
		if (strlen(pairs[i]) == len && memcmp(pairs[i], name, len) == 0)
			return pairs[i + 1];
	return NULL;
}

void
i18n_fill(struct fp_buf *out, const char *pattern, const char *const *pairs)
{
	const char *p = pattern;

	while (*p != '\0') {
		size_t plain = strcspn(p, "{"), name;
		const char *value;

		fp_buf_add(out, p, plain);
		p += plain;
		if (*p == '\0')
			break;
		name = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz0123456789_");
		value = p[1 + name] == '}' ? value_of(p + 1, name, pairs) : NULL;
		if (value != NULL) {
			fp_buf_puts(out, value);
			p += name + 2;
		} else {
			fp_buf_putc(out, *p++);
		}
	}
}

/* The pairs of ap behind the first ones that are there already; more than fit make the buffer fail. */
static void
fill_list(struct fp_buf *out, const char *pattern, const char *first_name, const char *first_value, va_list ap)
{
	const char *pairs[2 * PAIRS_MAX + 2] = { NULL };
	size_t n = 0;

	if (first_name != NULL) {
		pairs[n++] = first_name;
		pairs[n++] = first_value;
	}
	for (const char *name = va_arg(ap, const char *); name != NULL; name = va_arg(ap, const char *)) {
		if (n >= 2 * PAIRS_MAX) {
			out->failed = FP_ELIMIT;
			return;
		}
		pairs[n++] = name;
		pairs[n] = va_arg(ap, const char *);
		/* A NULL value is an empty one: it must not end the list for those behind it. */
		if (pairs[n] == NULL)
			pairs[n] = "";
		n++;
	}
	i18n_fill(out, pattern, pairs);
}

void
i18n_f(struct fp_buf *out, const struct i18n *lang, const char *english, ...)
{
	va_list ap;

	va_start(ap, english);
	fill_list(out, i18n_t(lang, english), NULL, NULL, ap);
	va_end(ap);
}

static void
fill_plural(struct fp_buf *out, const struct i18n *lang, const char *pattern, int64_t n, va_list ap)
{
	FP_AUTO(fp_buf_free) struct fp_buf number = { .max = 64 };

	i18n_number(&number, lang, n);
	fill_list(out, pattern, "n", number.data ? number.data : "", ap);
	if (number.failed != FP_OK)
		out->failed = number.failed;
}

void
i18n_nf(struct fp_buf *out, const struct i18n *lang, const char *one, const char *many, int64_t n, ...)
{
	va_list ap;

	va_start(ap, n);
	fill_plural(out, lang, i18n_n(lang, one, many, n), n, ap);
	va_end(ap);
}

char *
i18n_text(const struct i18n *lang, const char *english, ...)
{
	struct fp_buf b = { .max = 0 };
	va_list ap;

	va_start(ap, english);
	fill_list(&b, i18n_t(lang, english), NULL, NULL, ap);
	va_end(ap);
	return fp_buf_take(&b);
}

char *
i18n_ntext(const struct i18n *lang, const char *one, const char *many, int64_t n, ...)
{
	struct fp_buf b = { .max = 0 };
	va_list ap;

	va_start(ap, n);
	fill_plural(&b, lang, i18n_n(lang, one, many, n), n, ap);
	va_end(ap);
	return fp_buf_take(&b);
}
