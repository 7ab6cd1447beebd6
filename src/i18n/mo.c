#include "i18n/mo.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define MAGIC 0x950412DEU
#define HEADER_BYTES 28
#define CONTEXT_END '\4'

struct text {
	const char *s; /* NUL-ended; may hold further NULs (plural forms) */
	size_t len;
};

static uint32_t
word_at(const struct i18n_mo *mo, size_t off)
{
	struct fp_cur c = fp_cur_make(mo->data, mo->len);

	fp_cur_seek(&c, off);
	return mo->big_endian ? fp_cur_be32(&c) : fp_cur_le32(&c);
}

/* Entry i of a table that i18n_mo_open has checked. */
static struct text
entry(const struct i18n_mo *mo, uint32_t table, uint32_t i)
{
	return (struct text){ .len = word_at(mo, table + (size_t)i * 8), .s = mo->data + word_at(mo, table + (size_t)i * 8 + 4) };
}

/* Catalogue texts hold NUL only between plural forms; each piece must be UTF-8. */
static bool
pieces_ok(struct text t)
{
	size_t off = 0;

	while (off < t.len) {
		off += fp_utf8_bad_at(t.s + off, t.len - off);
		if (off < t.len && t.s[off++] != '\0')
			return false;
	}
	return true;
}

static enum fp_status
check_table(const struct i18n_mo *mo, uint32_t table, const char *name, bool sorted, struct fp_err *err)
{
	const char *before = NULL;

	if (table > mo->len || mo->n > (mo->len - table) / 8)
		return fp_fail(err, FP_EINVAL, "catalogue: the table of %s lies outside the file", name);
	for (uint32_t i = 0; i < mo->n; i++) {
		uint32_t len = word_at(mo, table + (size_t)i * 8), off = word_at(mo, table + (size_t)i * 8 + 4);

		if (off >= mo->len || len >= mo->len - off || mo->data[off + len] != '\0')
			return fp_fail(err, FP_EINVAL, "catalogue: text %u of the %s lies outside the file", i, name);
		if (!pieces_ok((struct text){ mo->data + off, len }))
			return fp_fail(err, FP_EINVAL, "catalogue: text %u of the %s is not UTF-8", i, name);
		if (sorted && before != NULL && strcmp(before, mo->data + off) >= 0)
			return fp_fail(err, FP_EINVAL, "catalogue: text %u of the %s is out of order", i, name);
		before = mo->data + off;
	}
	return FP_OK;
}

/* "Plural-Forms: nplurals=2; plural=(n != 1);\n" of the header text. */
static enum fp_status
read_plural_rule(struct i18n_mo *mo, struct fp_err *err)
{
	const char *header = i18n_mo_find(mo, NULL, "", 0);
	const char *line = header ? strstr(header, "Plural-Forms:") : NULL;
	const char *count = line ? strstr(line, "nplurals=") : NULL;
	const char *rule = count ? strstr(count + strlen("nplurals="), "plural=") : NULL;
	uint64_t ignored;
	size_t n;

	mo->forms = 1;
	if (line == NULL)
		return FP_OK;
	if (rule == NULL)
		return fp_fail(err, FP_EINVAL, "catalogue: Plural-Forms needs nplurals= and plural=");
	mo->forms = (unsigned)strtoul(count + strlen("nplurals="), NULL, 10);
	rule += strlen("plural=");
	n = strcspn(rule, ";\n");
	if (mo->forms < 1 || mo->forms > I18N_FORMS_MAX || n >= sizeof(mo->plural))
		return fp_fail(err, FP_EINVAL, "catalogue: Plural-Forms allows 1 to %d forms in %d bytes; this has %u in %zu",
		    I18N_FORMS_MAX, I18N_PLURAL_MAX, mo->forms, n);
	memcpy(mo->plural, rule, n);
	mo->plural[n] = '\0';
	return i18n_plural_eval(&ignored, mo->plural, 1, err);
}

enum fp_status
i18n_mo_open(struct i18n_mo *out, const char *data, size_t len, struct fp_err *err)
{
	struct i18n_mo mo = { .data = data, .len = len };

	if (len > I18N_MO_MAX)
		return fp_fail(err, FP_ELIMIT, "catalogue of %zu bytes; the limit is %zu", len, I18N_MO_MAX);
	if (len < HEADER_BYTES)
		return fp_fail(err, FP_EINVAL, "catalogue of %zu bytes is cut short", len);
	mo.big_endian = word_at(&mo, 0) != MAGIC;
	if (word_at(&mo, 0) != MAGIC)
		return fp_fail(err, FP_EINVAL, "not a message catalogue (.mo)");
	if (word_at(&mo, 4) >> 16 != 0)
		return fp_fail(err, FP_EINVAL, "catalogue of an unknown format revision %u", word_at(&mo, 4));
	mo.n = word_at(&mo, 8);
	mo.originals = word_at(&mo, 12);
	mo.translations = word_at(&mo, 16);
	if (check_table(&mo, mo.originals, "keys", true, err) != FP_OK ||
	    check_table(&mo, mo.translations, "translations", false, err) != FP_OK || read_plural_rule(&mo, err) != FP_OK)
		return FP_EINVAL;
	*out = mo;
	return FP_OK;
}

/* strcmp of key, put together as "context\4text", against a stored one, without building it. */
static int
compare_key(const char *context, const char *key, const char *stored)
{
	size_t n = context ? strlen(context) : 0;
	int d;

	if (context == NULL)
		return strcmp(key, stored);
	d = strncmp(context, stored, n);
	if (d != 0)
		return d;
	if (stored[n] != CONTEXT_END)
		return CONTEXT_END - (unsigned char)stored[n];
	return strcmp(key, stored + n + 1);
}

static const char *
piece(struct text t, unsigned index)
{
	const char *p = t.s, *end = t.s + t.len;

	for (; index > 0 && p < end; index--)
		p += strlen(p) + 1;
	return p < end && *p != '\0' ? p : NULL;
}

const char *
i18n_mo_find(const struct i18n_mo *mo, const char *context, const char *key, unsigned form)
{
	uint32_t low = 0, high = mo->n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		int d = compare_key(context, key, entry(mo, mo->originals, mid).s);

		if (d == 0)
			return piece(entry(mo, mo->translations, mid), form);
		if (d < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

unsigned
i18n_mo_form(const struct i18n_mo *mo, uint64_t n)
{
	uint64_t form = 0;

	if (mo->plural[0] == '\0' || i18n_plural_eval(&form, mo->plural, n, NULL) != FP_OK || form >= mo->forms)
		return 0;
	return (unsigned)form;
}
