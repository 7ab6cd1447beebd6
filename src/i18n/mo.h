/*
 * The reader of compiled message catalogues (GNU .mo) and of their plural rule. Bounded: a damaged file is refused when it is
 * opened, never followed. Private to i18n (and to its tests and fuzz target).
 */
#ifndef FP_I18N_MO_H
#define FP_I18N_MO_H

#include "base/buf.h"

#define I18N_MO_MAX ((size_t)16 << 20)
#define I18N_PLURAL_MAX 512 /* bytes of a plural expression */
#define I18N_FORMS_MAX 8

struct i18n_mo {
	const char *data;
	size_t len;
	uint32_t n;         /* texts */
	uint32_t originals; /* offset of the table of keys, sorted by strcmp */
	uint32_t translations;
	bool big_endian;
	unsigned forms;               /* nplurals */
	char plural[I18N_PLURAL_MAX]; /* the C expression in n; "" when the header has none */
};

/* Check all of len bytes (tables inside, texts NUL-ended and UTF-8, keys in order, plural rule readable); data is borrowed. FP_EINVAL, FP_ELIMIT. */
enum fp_status i18n_mo_open(struct i18n_mo *out, const char *data, size_t len, struct fp_err *err) FP_MUST_CHECK;

/* The translation of key under context (NULL for none), of plural form number form; NULL when there is none or it is empty. Borrowed from data. */
const char *i18n_mo_find(const struct i18n_mo *mo, const char *context, const char *key, unsigned form);

/* Which form n takes; 0 when the rule fails (division by zero) or names a form that does not exist. */
unsigned i18n_mo_form(const struct i18n_mo *mo, uint64_t n);

/*
 * The value of a plural expression: C's ?: || && == != < > <= >= + - * / % ! and brackets over whole numbers and n. FP_EINVAL
 * names the place of a syntax error; nesting is limited to 32.
 */
enum fp_status i18n_plural_eval(uint64_t *out, const char *expression, uint64_t n, struct fp_err *err) FP_MUST_CHECK;

#endif
