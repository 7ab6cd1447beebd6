/* A rule file: its frame, its texts, its reasons; the expressions are read by expr.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/crypto.h"
#include "rule/rule_int.h"

#define PLACE 200
#define ID_MAX 23
#define CODE_MAX 47 /* of a reason, of what settles it: as evidence_verdict holds them */

/* Letters, digits, hyphens; small letters only unless capitals are said. */
static bool
is_code(const char *s, size_t max, bool capitals)
{
	size_t n = strspn(s, capitals ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"
				      : "abcdefghijklmnopqrstuvwxyz0123456789-");
	return n >= 1 && n <= max && s[n] == '\0';
}

static enum fp_status
get_text(const char **out, struct rule_reader *rd, const json_t *object, const char *key, const char *place)
{
	char where[420];
	(void)snprintf(where, sizeof(where), "%.200s: %s", rd->name, place[0] != '\0' ? place : "rule");
	if (fp_json_str(out, object, key, where, rd->err) != FP_OK) {
		return FP_EINVAL;
	}
	size_t len = strlen(*out);
	return len > 0 && len <= RULE_TEXT_MAX ? FP_OK
					       : rule_wrong(rd, place, "'%s' must have 1 to %d bytes", key, RULE_TEXT_MAX);
}

/* A list or object member with its limit; absent is empty. */
static enum fp_status
get_many(const json_t **out, struct rule_reader *rd, const json_t *object, const char *key, bool list, size_t max)
{
	*out = json_object_get(object, key);
	if (*out == NULL) {
		return FP_OK;
	}
	if (list ? !json_is_array(*out) : !json_is_object(*out)) {
		return rule_wrong(rd, key, "must be %s", list ? "a list" : "an object");
	}
	size_t n = list ? json_array_size(*out) : json_object_size(*out);
	return n <= max ? FP_OK : fp_fail(rd->err, FP_ELIMIT, "%.200s: %s: %zu entries; the limit is %zu", rd->name, key, n, max);
}

static enum fp_status
only(struct rule_reader *rd, const json_t *object, const char *const *names, const char *place)
{
	char where[420];
	(void)snprintf(where, sizeof(where), "%.200s: %s", rd->name, place[0] != '\0' ? place : "rule");
	return fp_json_only(object, names, where, rd->err);
}

/* ---- params ---- */

static enum fp_status
read_param(struct rule_param *out, struct rule_reader *rd, const json_t *j, size_t i)
{
	static const char *const known[] = { "name", "text", "required", "default", NULL };
	char place[PLACE];
	(void)snprintf(place, sizeof(place), "params[%zu]", i);
	enum fp_status st = only(rd, j, known, place);
	st = st == FP_OK ? get_text(&out->name, rd, j, "name", place) : st;
	st = st == FP_OK ? get_text(&out->text, rd, j, "text", place) : st;
	st = st == FP_OK ? fp_json_bool_opt(&out->required, j, "required", place, rd->err) : st;
	st = st == FP_OK ? fp_json_str_opt(&out->fallback, j, "default", place, rd->err) : st;
	if (st == FP_OK && !is_code(out->name, CODE_MAX, false)) {
		return rule_wrong(rd, place, "'%.60s' is no name: small letters, digits, hyphens", out->name);
	}
	for (size_t k = 0; st == FP_OK && k < i; k++) {
		if (strcmp(rd->r->params[k].name, out->name) == 0) {
			return rule_wrong(rd, place, "'%s' stands twice", out->name);
		}
	}
	return st;
}

static enum fp_status
read_params(struct rule_reader *rd, const json_t *j)
{
	const json_t *list;
	enum fp_status st = get_many(&list, rd, j, "params", true, RULE_LIST_MAX);
	struct rule_param *params = st == FP_OK ? rule_alloc(rd, json_array_size(list) + 1, sizeof(*params)) : NULL;
	if (params == NULL) {
		return fp_failed(rd->err, FP_ENOMEM);
	}
	rd->r->params = params;
	for (size_t i = 0; st == FP_OK && i < json_array_size(list); i++) {
		st = read_param(&params[i], rd, json_array_get(list, i), i);
		rd->r->n_params = i + 1;
	}
	return st;
}

/* ---- references ---- */

static enum fp_status
read_references(struct rule_reader *rd, const json_t *j)
{
	static const char *const known[] = { "source", "id", NULL };
	const json_t *list;
	char place[PLACE];
	enum fp_status st = get_many(&list, rd, j, "references", true, RULE_LIST_MAX);
	struct rule_reference *refs = st == FP_OK ? rule_alloc(rd, json_array_size(list) + 1, sizeof(*refs)) : NULL;
	if (refs == NULL) {
		return fp_failed(rd->err, FP_ENOMEM);
	}
	rd->r->references = refs;
	for (size_t i = 0; st == FP_OK && i < json_array_size(list); i++) {
		(void)snprintf(place, sizeof(place), "references[%zu]", i);
		st = only(rd, json_array_get(list, i), known, place);
		st = st == FP_OK ? get_text(&refs[i].source, rd, json_array_get(list, i), "source", place) : st;
		st = st == FP_OK ? get_text(&refs[i].id, rd, json_array_get(list, i), "id", place) : st;
		rd->r->n_references = i + 1;
	}
	return st;
}

/* ---- reasons ---- */

static enum fp_status
read_reason(struct evidence_reason *out, struct rule_reader *rd, const char *code, const json_t *j)
{
	static const char *const known[] = { "result", "text", "settle", NULL };
	char place[PLACE];
	const char *result = "", *settle = NULL;
	(void)snprintf(place, sizeof(place), "reasons.%.60s", code);
	if (!is_code(code, CODE_MAX, false) || rule_reason_find(NULL, code) != NULL) {
		return rule_wrong(
		    rd, place, "must be small letters, digits, hyphens, and none of the reasons that every rule shares");
	}
	enum fp_status st = only(rd, j, known, place);
	st = st == FP_OK ? get_text(&result, rd, j, "result", place) : st;
	st = st == FP_OK ? get_text(&out->text, rd, j, "text", place) : st;
	st = st == FP_OK ? fp_json_str_opt(&settle, j, "settle", place, rd->err) : st;
	if (st != FP_OK) {
		return st;
	}
	out->code = code;
	out->settle = settle != NULL ? settle : "";
	if (!evidence_result_of(&out->result, result) || out->result == EVIDENCE_FIXED || out->result == EVIDENCE_ERROR ||
	    out->result == EVIDENCE_NOTCHECKED) {
		return rule_wrong(
		    rd, place, "'%.40s' is no result; known: pass, fail, unknown, notapplicable, informational", result);
	}
	if (out->settle[0] != '\0' && !is_code(out->settle, CODE_MAX, false)) {
		return rule_wrong(rd, place, "'settle' must be a code: small letters, digits, hyphens");
	}
	return FP_OK;
}

static enum fp_status
read_reasons(struct rule_reader *rd, const json_t *j)
{
	const json_t *object;
	enum fp_status st = get_many(&object, rd, j, "reasons", false, RULE_REASONS_MAX);
	struct evidence_reason *reasons = st == FP_OK ? rule_alloc(rd, json_object_size(object) + 1, sizeof(*reasons)) : NULL;
	size_t n = 0;
	if (reasons == NULL) {
		return fp_failed(rd->err, FP_ENOMEM);
	}
	rd->r->reasons = reasons;
	for (void *i = json_object_iter((json_t *)object); i != NULL && st == FP_OK;
	     i = json_object_iter_next((json_t *)object, i)) {
		st = read_reason(&reasons[n++], rd, json_object_iter_key(i), json_object_iter_value(i));
	}
	return st;
}

static const struct evidence_reason *
own_reason(const struct rule *r, const char *code)
{
	for (const struct evidence_reason *e = r->reasons; e->code != NULL; e++) {
		if (strcmp(e->code, code) == 0) {
			return e;
		}
	}
	return NULL;
}

/* ---- let and rules ---- */

static enum fp_status
read_names(struct rule_reader *rd, const json_t *j)
{
	const json_t *object;
	enum fp_status st = get_many(&object, rd, j, "let", false, RULE_LETS_MAX);
	for (void *i = json_object_iter((json_t *)object); i != NULL && st == FP_OK;
	     i = json_object_iter_next((json_t *)object, i)) {
		const char *name = json_object_iter_key(i);
		if (!is_code(name, 40, false)) {
			return rule_wrong(rd, "let", "'%.60s' is no name: small letters, digits, hyphens", name);
		}
		rd->b->lets[rd->b->n_lets++] = (struct rule_let){ .name = name, .json = json_object_iter_value(i) };
	}
	return st == FP_OK ? rule_lets(rd) : st;
}

static enum fp_status
read_row(struct rule_row *out, struct rule_reader *rd, const json_t *j, size_t i)
{
	static const char *const known[] = { "when", "then", "detail", NULL };
	const char *then = "", *detail = NULL;
	char place[PLACE];
	(void)snprintf(place, sizeof(place), "rules[%zu]", i);
	enum fp_status st = only(rd, j, known, place);
	st = st == FP_OK ? get_text(&then, rd, j, "then", place) : st;
	st = st == FP_OK ? fp_json_str_opt(&detail, j, "detail", place, rd->err) : st;
	if (st != FP_OK) {
		return st;
	}
	if ((out->then = own_reason(rd->r, then)) == NULL) {
		return rule_wrong(rd, place, "'then' says '%.60s', which is not among the reasons", then);
	}
	if (json_object_get(j, "when") == NULL) {
		return rule_wrong(rd, place, "'when' is missing");
	}
	(void)snprintf(place, sizeof(place), "rules[%zu].when", i);
	rd->known = out->then->result == EVIDENCE_UNKNOWN ? 1 : 0;
	st = rule_expr(&out->when, rd, json_object_get(j, "when"), RULE_BOOL, NULL, place);
	rd->known = 0;
	(void)snprintf(place, sizeof(place), "rules[%zu].detail", i);
	return st == FP_OK && detail != NULL ? rule_detail(out, rd, detail, place) : st;
}

static enum fp_status
read_rows(struct rule_reader *rd, const json_t *j)
{
	const json_t *list;
	enum fp_status st = get_many(&list, rd, j, "rules", true, RULE_RULES_MAX);
	for (size_t i = 0; st == FP_OK && i < json_array_size(list); i++) {
		st = read_row(&rd->b->rows[i], rd, json_array_get(list, i), i);
		rd->b->n_rows = i + 1;
	}
	if (st == FP_OK && rd->b->n_rows == 0) {
		return rule_wrong(rd, "rules", "there must be at least one");
	}
	for (const struct evidence_reason *e = rd->r->reasons; st == FP_OK && e->code != NULL; e++) {
		size_t i = 0;
		while (i < rd->b->n_rows && rd->b->rows[i].then != e) {
			i++;
		}
		if (i == rd->b->n_rows) {
			return rule_wrong(rd, "reasons", "no rule gives '%s'", e->code);
		}
	}
	return st;
}

/* ---- needs: what it says that it reads is what it reads ---- */

static enum fp_status
read_needs(struct rule_reader *rd, const json_t *j)
{
	const json_t *list;
	const struct rule_body *b = rd->b;
	enum fp_status st = get_many(&list, rd, j, "needs", true, FP_COUNT(b->roots));
	size_t n = json_array_size(list);
	const char **needs = st == FP_OK ? rule_alloc(rd, n + 1, sizeof(*needs)) : NULL;
	if (needs == NULL) {
		return fp_failed(rd->err, FP_ENOMEM);
	}
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;
		needs[i] = json_string_value(json_array_get(list, i));
		while (needs[i] != NULL && k < b->n_roots && strcmp(b->roots[k], needs[i]) != 0) {
			k++;
		}
		if (needs[i] == NULL || k == b->n_roots) {
			return rule_wrong(rd, "needs", "'%.60s' is read nowhere in the rule", needs[i] != NULL ? needs[i] : "");
		}
	}
	for (size_t k = 0; k < b->n_roots; k++) {
		size_t i = 0;
		while (i < n && strcmp(needs[i], b->roots[k]) != 0) {
			i++;
		}
		if (i == n) {
			return rule_wrong(rd, "needs", "'%s' is read by the rule, but does not stand here", b->roots[k]);
		}
	}
	rd->r->needs = needs;
	return FP_OK;
}

/* ---- the head ---- */

static enum fp_status
read_ends(struct rule_reader *rd, const json_t *j)
{
	const json_t *list;
	enum fp_status st = get_many(&list, rd, j, "ends_with", true, EVIDENCE_END_COUNT);
	for (size_t i = 0; st == FP_OK && i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));
		enum evidence_end e;
		if (name == NULL || !evidence_end_of(&e, name)) {
			return rule_wrong(rd, "ends_with",
			    "'%.40s' is not known; known: re-image, password-rotation, service-visit, network-change",
			    name != NULL ? name : "");
		}
		rd->r->ends_with |= 1u << e;
	}
	return st;
}

static enum fp_status
read_head(struct rule_reader *rd, const json_t *j)
{
	struct rule *r = rd->r;
	const char *kind = "", *level = "";
	int64_t days = 0;
	const struct {
		const char *key, **to;
	} texts[] = { { "id", &r->id }, { "title", &r->title }, { "question", &r->question }, { "proves", &r->proves },
		{ "kind", &kind }, { "level", &level } };
	for (size_t i = 0; i < FP_COUNT(texts); i++) {
		if (get_text(texts[i].to, rd, j, texts[i].key, "") != FP_OK) {
			return FP_EINVAL;
		}
	}
	if (!is_code(r->id, ID_MAX, true)) {
		return rule_wrong(rd, "id", "must have 1 to %d letters, digits, hyphens", ID_MAX);
	}
	if (!evidence_kind_of(&r->kind, kind)) {
		return rule_wrong(
		    rd, "kind", "'%.40s' is not known; known: effect, configuration, claim, reachability, attestation", kind);
	}
	/* Facts are read on the host: a rule cannot call them more or less than that. */
	if (!evidence_level_of(&r->level, level) || r->level != EVIDENCE_L_H) {
		return rule_wrong(rd, "level", "must be \"H\", what the facts of a host are");
	}
	if (fp_json_int_opt(&days, j, "fresh_days", rd->name, rd->err) != FP_OK || days < 0 || days > 3650) {
		return rule_wrong(rd, "fresh_days", "must be 0 to 3650");
	}
	r->fresh_days = (int)days;
	const char *of = NULL;
	if (fp_json_str_opt(&of, j, "of", rd->name, rd->err) != FP_OK) {
		return FP_EINVAL;
	}
	if (of != NULL && strcmp(of, "device") != 0 && strcmp(of, "storage") != 0) {
		return rule_wrong(rd, "of", "must be \"device\" or \"storage\"");
	}
	r->of_storage = of != NULL && strcmp(of, "storage") == 0;
	return fp_json_bool_opt(&r->across_modes, j, "across_modes", rd->name, rd->err);
}

/* ---- the maker's translations ---- */

static enum fp_status
read_language(struct rule_reader *rd, const char *lang, const json_t *j)
{
	static const char *const known[] = { "title", "question", "proves", "reasons", "params", NULL };
	char place[PLACE];
	const char *text;
	(void)snprintf(place, sizeof(place), "texts.%.40s", lang);
	enum fp_status st = only(rd, j, known, place);
	for (size_t i = 0; st == FP_OK && known[i] != NULL; i++) {
		const json_t *v = json_object_get(j, known[i]);
		if (v != NULL && i < 3) {
			st = get_text(&text, rd, j, known[i], place);
		} else if (v != NULL && !json_is_object(v)) {
			st = rule_wrong(rd, place, "'%s' must be an object of texts", known[i]);
		}
		for (void *k = i < 3 ? NULL : json_object_iter((json_t *)v); k != NULL && st == FP_OK;
		     k = json_object_iter_next((json_t *)v, k)) {
			st = get_text(&text, rd, v, json_object_iter_key(k), place);
		}
	}
	return st;
}

static enum fp_status
read_texts(struct rule_reader *rd, const json_t *j)
{
	const json_t *object;
	enum fp_status st = get_many(&object, rd, j, "texts", false, 40);
	for (void *i = json_object_iter((json_t *)object); i != NULL && st == FP_OK;
	     i = json_object_iter_next((json_t *)object, i)) {
		st = read_language(rd, json_object_iter_key(i), json_object_iter_value(i));
	}
	return st;
}

const char *
rule_text(const struct rule *r, const char *lang, const char *english)
{
	const json_t *t = json_object_get(json_object_get(r->json, "texts"), lang);
	const struct {
		const char *key, *english;
	} heads[] = { { "title", r->title }, { "question", r->question }, { "proves", r->proves } };
	for (size_t i = 0; t != NULL && i < FP_COUNT(heads); i++) {
		if (strcmp(heads[i].english, english) == 0) {
			return json_string_value(json_object_get(t, heads[i].key));
		}
	}
	for (const struct evidence_reason *e = r->reasons; t != NULL && e->code != NULL; e++) {
		if (strcmp(e->text, english) == 0) {
			return json_string_value(json_object_get(json_object_get(t, "reasons"), e->code));
		}
	}
	for (size_t i = 0; t != NULL && i < r->n_params; i++) {
		if (strcmp(r->params[i].text, english) == 0) {
			return json_string_value(json_object_get(json_object_get(t, "params"), r->params[i].name));
		}
	}
	return NULL;
}

/* ---- the whole ---- */

static enum fp_status
hash_of(struct rule *r, const json_t *j, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 2 * RULE_FILE_MAX };
	if (fp_json_canonical(&b, j, err) != FP_OK) {
		return fp_failed(err, FP_ENOMEM);
	}
	(void)crypto_sha256_hex(r->hash, b.data, b.len);
	return FP_OK;
}

static enum fp_status
read_rule(struct rule_reader *rd, const json_t *j)
{
	static const char *const known[] = { "format", "id", "title", "question", "proves", "kind", "level", "fresh_days",
		"ends_with", "needs", "params", "let", "rules", "reasons", "references", "texts", "across_modes", "of", NULL };
	static enum fp_status (*const parts[])(struct rule_reader *, const json_t *) = { read_head, read_ends, read_params,
		read_references, read_reasons, read_names, read_rows, read_needs, read_texts };
	const char *format;
	if (!json_is_object(j)) {
		return rule_wrong(rd, "", "is no object");
	}
	if (get_text(&format, rd, j, "format", "") != FP_OK) {
		return FP_EINVAL;
	}
	if (strcmp(format, RULE_FORMAT) != 0) {
		return rule_wrong(rd, "format", "is '%.60s'; this program reads '" RULE_FORMAT "'", format);
	}
	enum fp_status st = only(rd, j, known, "");
	for (size_t i = 0; st == FP_OK && i < FP_COUNT(parts); i++) {
		st = parts[i](rd, j);
	}
	return st == FP_OK ? hash_of(rd->r, j, rd->err) : st;
}

enum fp_status
rule_parse(struct rule **out, const char *json, size_t len, const char *name, struct fp_err *err)
{
	struct fp_err local = { .status = FP_OK };
	err = err != NULL ? err : &local;
	if (len > RULE_FILE_MAX) {
		return fp_fail(err, FP_ELIMIT, "%.200s: it has %zu bytes; the limit is %d", name, len, RULE_FILE_MAX);
	}
	FP_AUTO(rule_freep) struct rule *r = fp_calloc(1, sizeof(*r));
	struct rule_body *b = r != NULL ? fp_calloc(1, sizeof(*b)) : NULL;
	if (b == NULL) {
		return fp_fail(err, FP_ENOMEM, "out of memory reading '%.200s'", name);
	}
	r->body = b;
	if ((b->arena = fp_arena_new()) == NULL) {
		return fp_fail(err, FP_ENOMEM, "out of memory reading '%.200s'", name);
	}
	enum fp_status st = fp_json_parse(&b->json, json, len, name, err);
	r->json = b->json;
	struct rule_reader rd = { .r = r, .b = b, .name = name, .err = err };
	if (st == FP_OK && (st = read_rule(&rd, b->json)) == FP_OK) {
		*out = r;
		r = NULL;
	}
	return st;
}

void
rule_free(struct rule *r)
{
	struct rule_body *b = r != NULL ? (struct rule_body *)r->body : NULL;
	if (b != NULL) {
		json_decref(b->json);
		fp_arena_free(b->arena);
		free(b);
	}
	free(r);
}

void
rule_freep(struct rule **r)
{
	rule_free(*r);
	*r = NULL;
}
