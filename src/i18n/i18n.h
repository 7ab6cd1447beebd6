/*
 * The languages of the people: texts, plurals, dates, times and numbers. The key of a text is its English sentence.
 *
 * A language is a file po/XX.po (made to po/XX.mo and carried inside the program); English needs none. Adding one needs no code.
 * A struct i18n is read-only, lives as long as the program and may be used from several threads; NULL stands for English
 * everywhere. Texts that these functions return are borrowed for ever, unless "caller frees" is said. ICU starts with the first date or
 * number, not before.
 *
 * Texts reach the catalogues when tools/po finds them as string literals behind these names, so pass literals or use N_ in tables.
 */
#ifndef FP_I18N_I18N_H
#define FP_I18N_I18N_H

#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"

struct i18n;

/* Marks a text in a table for the catalogues; translate it later with i18n_t or i18n_tc. */
#define N_(text) text
/* The same for both forms of a plural, as two arguments. */
#define NN_(one, many) one, many
#define NC_(context, text) text

#define I18N_SENTINEL __attribute__((sentinel))

/*
 * "da", "de-AT", "de_DE.UTF-8", "EN" -> the language, falling back from region to language. NULL when there is no catalogue for it
 * ("xx", "C", "", NULL); "en" is always there.
 */
const struct i18n *i18n_get(const char *bcp47);
/* The best language for an HTTP Accept-Language value ("da, en-GB;q=0.8"); NULL when none of its languages is there. */
const struct i18n *i18n_accept(const char *accept_language);
/* All languages, English first, then by tag; *n of them. */
const struct i18n *const *i18n_languages(size_t *n);
const char *i18n_tag(const struct i18n *lang);      /* "da": for lang="" and --lang */
const char *i18n_own_name(const struct i18n *lang); /* "Dansk" */

/* The text in the language; the English one when the catalogue lacks it (tools/lint-po finds that before a user does). */
const char *i18n_t(const struct i18n *lang, const char *english);
/* The same for an English text that means different things in different places: i18n_tc(lang, "role of a person", "Contact"). */
const char *i18n_tc(const struct i18n *lang, const char *context, const char *english);
/* The plural form for n, its {n} still in it: i18n_n(lang, "{n} device", "{n} devices", 3) -> "{n} Geräte". Use i18n_nf to fill it. */
const char *i18n_n(const struct i18n *lang, const char *one, const char *many, int64_t n);

/*
 * Formatting: only named placeholders {name}, never a printf format, so that no catalogue can crash the program. The arguments are
 * pairs of texts (name, value) ended by NULL; values are put in as they are, a placeholder without a pair stays visible.
 * Failure sticks to out (fp_buf_check).
 */
void i18n_f(struct fp_buf *out, const struct i18n *lang, const char *english, ...) I18N_SENTINEL;
/* As i18n_f with the plural form for n; {n} is n as a number of the language: i18n_nf(out, lang, "{n} device", "{n} devices", n, NULL). */
void i18n_nf(struct fp_buf *out, const struct i18n *lang, const char *one, const char *many, int64_t n, ...) I18N_SENTINEL;
/* As i18n_f and i18n_nf into fresh memory (caller frees); NULL when out of memory. */
char *i18n_text(const struct i18n *lang, const char *english, ...) I18N_SENTINEL;
char *i18n_ntext(const struct i18n *lang, const char *one, const char *many, int64_t n, ...) I18N_SENTINEL;
/* Fill a pattern that is translated already: pairs is name, value, name, value, ..., NULL. */
void i18n_fill(struct fp_buf *out, const char *pattern, const char *const *pairs);

/* How much of a date or time is written. English is written the European way (5 April 2023), never month first. */
enum i18n_style {
	I18N_NUMERIC, /* 05.04.2023, 05/04/2023 */
	I18N_MEDIUM,  /* 5. apr. 2023, 5 Apr 2023; with time: minutes */
	I18N_LONG,    /* 5. april 2023; with time: seconds */
	I18N_FULL,    /* onsdag den 5. april 2023; with time: seconds */
};

/* Append a day; nothing for no date (year 0). When ICU fails the ISO form stands instead. */
void i18n_date(struct fp_buf *out, const struct i18n *lang, struct fp_date date, enum i18n_style style);
/*
 * Append a moment with the zone's name: "21. november 2026 10.30.00 CET". zone is an IANA name ("Europe/Copenhagen"); NULL or an
 * unknown one means UTC. The zone is always a parameter: a report made again elsewhere has the same bytes.
 */
void i18n_time(struct fp_buf *out, const struct i18n *lang, fp_time t, const char *zone, enum i18n_style style);
bool i18n_zone_known(const char *zone);
/* A zone for reckoning: how many milliseconds its clocks are ahead of UTC at t (summer time included). One thread at a time. FP_EUSAGE: no such zone. */
struct i18n_zone;
enum fp_status i18n_zone_new(struct i18n_zone **out, const char *name, struct fp_err *err) FP_MUST_CHECK;
int64_t i18n_zone_offset(struct i18n_zone *z, fp_time t);
void i18n_zone_free(struct i18n_zone *z);
void i18n_zone_freep(struct i18n_zone **z);
/* Names of months 1-12 and ISO weekdays 1-7, long form, as they stand alone; "" out of range. Borrowed. */
const char *i18n_month_name(const struct i18n *lang, int month);
const char *i18n_weekday_name(const struct i18n *lang, int weekday);

/* Append 1.234.567, 12,5 (decimals digits behind the mark, 0-6), 94,5 % (of the ratio 0.945). */
void i18n_number(struct fp_buf *out, const struct i18n *lang, int64_t n);
void i18n_decimal(struct fp_buf *out, const struct i18n *lang, double v, int decimals);
void i18n_percent(struct fp_buf *out, const struct i18n *lang, double ratio, int decimals);
/* Append "a, b und c". */
void i18n_join(struct fp_buf *out, const struct i18n *lang, const char *const *items, size_t n);

/*
 * A day as people type it into forms: "05. 04 2023", "5.4.2023", "05-apr-2023", "05-ABR-2023", "5. april 2023", "5 de abril de 2023",
 * "April 5, 2023", "Mittwoch, 5. April 2023", "2023-04-05", "20230405", "5.4.23" (20xx). Month names of every language that has a catalogue are
 * understood; those of lang win. FP_EINVAL: no such calendar day (31.02.), weekday that is not that day's, or no date at all.
 * FP_ECONFLICT: it can be read in two ways (03/04/2023 with English or no language; the message gives both): *out is then the
 * day-first reading and *other the month-first one. other may be NULL. lang NULL here means "language not known".
 */
enum fp_status i18n_date_parse(
    struct fp_date *out, struct fp_date *other, const struct i18n *lang, const char *text, struct fp_err *err) FP_MUST_CHECK;

#endif
