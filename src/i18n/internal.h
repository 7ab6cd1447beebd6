/* What the files of i18n share. Private. */
#ifndef FP_I18N_INTERNAL_H
#define FP_I18N_INTERNAL_H

#include "i18n/i18n.h"

#define I18N_LANGUAGES_MAX 64

/* Position in i18n_languages(); 0 (English) for NULL. */
size_t i18n_index(const struct i18n *lang);
/* The ICU locale whose habits the language follows: its tag, but en_GB for English. */
const char *i18n_locale(const struct i18n *lang);
/* The language's name in itself, first letter large, into out (UTF-8, NUL-ended); the tag when ICU has none. */
void i18n_display_name(char *out, size_t size, const char *tag);

enum i18n_name_kind { I18N_MONTH, I18N_WEEKDAY };

/* One spelling of a month or weekday. value: 1-12, or ISO 1-7. */
struct i18n_name {
	enum i18n_name_kind kind;
	int value;
	char text[64];
	char folded[64]; /* fp_utf8_fold */
};

/* All spellings of a language (long and short, alone and within dates), made once. NULL with *n 0 when out of memory or without ICU data. */
const struct i18n_name *i18n_names(const struct i18n *lang, size_t *n);

#endif
