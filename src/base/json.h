/*
 * JSON by jansson, read strictly (no duplicate keys, no trailing data, depth and size bounded) and written canonically.
 * Inside the program a json_t is passed on only between a parser or writer and its own file: other code sees types.
 */
#ifndef FP_BASE_JSON_H
#define FP_BASE_JSON_H

#include <jansson.h>

#include "base/buf.h"
#include "base/clock.h"

#define FP_JSON __attribute__((cleanup(fp_json_freep)))
void fp_json_freep(json_t **j);

/* Parse len bytes; what names the source in messages ("notice.json"): "notice.json line 12 column 3: ...". Depth at most 64. */
enum fp_status fp_json_parse(json_t **out, const char *data, size_t len, const char *what, struct fp_err *err) FP_MUST_CHECK;

/* Read a file of at most max bytes and parse it. */
enum fp_status fp_json_load(json_t **out, const char *path, size_t max, struct fp_err *err) FP_MUST_CHECK;

/* Canonical bytes: keys sorted by code point, no white space, no escaping beyond what JSON needs, reals with 15 digits (RFC 8785 in spirit; our documents hold no reals). */
enum fp_status fp_json_canonical(struct fp_buf *out, const json_t *j, struct fp_err *err) FP_MUST_CHECK;

/* One line without a line end, keys in insertion order: four times as fast as jansson's own, for answers that come by the thousand. */
enum fp_status fp_json_line(struct fp_buf *out, const json_t *j, struct fp_err *err) FP_MUST_CHECK;

/* A string as it stands in that line, quoted and escaped. */
void fp_json_line_text(struct fp_buf *out, const char *s, size_t len);

/* For people and files: two spaces, keys in insertion order, final newline. */
enum fp_status fp_json_pretty(struct fp_buf *out, const json_t *j, struct fp_err *err) FP_MUST_CHECK;

/*
 * Members of an object. where names the place in messages ("products[2]"). The _opt forms give NULL, 0 or false when the member
 * is absent or null; a wrong type is FP_EINVAL in both. Strings are borrowed from obj.
 */
enum fp_status fp_json_str(
    const char **out, const json_t *obj, const char *key, const char *where, struct fp_err *err) FP_MUST_CHECK;
enum fp_status fp_json_str_opt(
    const char **out, const json_t *obj, const char *key, const char *where, struct fp_err *err) FP_MUST_CHECK;
enum fp_status fp_json_int(int64_t *out, const json_t *obj, const char *key, const char *where, struct fp_err *err) FP_MUST_CHECK;
enum fp_status fp_json_int_opt(
    int64_t *out, const json_t *obj, const char *key, const char *where, struct fp_err *err) FP_MUST_CHECK;
enum fp_status fp_json_bool_opt(
    bool *out, const json_t *obj, const char *key, const char *where, struct fp_err *err) FP_MUST_CHECK;
enum fp_status fp_json_arr_opt(
    const json_t **out, const json_t *obj, const char *key, const char *where, struct fp_err *err) FP_MUST_CHECK;
enum fp_status fp_json_obj_opt(
    const json_t **out, const json_t *obj, const char *key, const char *where, struct fp_err *err) FP_MUST_CHECK;
enum fp_status fp_json_time(
    fp_time *out, const json_t *obj, const char *key, const char *where, struct fp_err *err) FP_MUST_CHECK;

/* Refuse members that are not among the NULL-terminated names: "products[2]: unknown key 'udi'; known: ...". */
enum fp_status fp_json_only(const json_t *obj, const char *const *names, const char *where, struct fp_err *err) FP_MUST_CHECK;

/* obj[key] = text or time; a NULL text is not set. Out of memory shows when the whole is written (jansson keeps the object usable). */
void fp_json_set_str(json_t *obj, const char *key, const char *text);
void fp_json_set_int(json_t *obj, const char *key, int64_t v);
void fp_json_set_time(json_t *obj, const char *key, fp_time t);
void fp_json_set(json_t *obj, const char *key, json_t *owned); /* takes the reference */

/* Base64 (RFC 4648, with padding): how bytes stand in our JSON. */
void fp_base64_put(struct fp_buf *b, const void *data, size_t len);
enum fp_status fp_base64_get(struct fp_buf *out, const char *text, struct fp_err *err) FP_MUST_CHECK;

#endif
