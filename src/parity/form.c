/*
 * Rules about the reply form: the same fields, boxes and masks in every version. A field that a missing page took away is no translator's omission: then the copy is
 * incomplete, and that is what is said.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "parity/parity_int.h"

/* A field of the form by its part and id, or NULL. *index: where it stands in the version's list. */
static const json_t *
field_of(const struct side *s, const char *part, const char *id, size_t *index)
{
	const json_t *list = draft_get(s->d, "/reply/form");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *j = json_array_get(list, i);
		const char *jpart = json_string_value(json_object_get(j, "part")),
			   *jid = json_string_value(json_object_get(j, "id"));

		if (jpart != NULL && jid != NULL && strcmp(jpart, part) == 0 && strcmp(jid, id) == 0) {
			*index = i;
			return j;
		}
	}
	return NULL;
}

static bool
is_incomplete(const struct side *s)
{
	return json_array_size(draft_get(s->d, "/pages/missing")) > 0;
}

static bool
has_form(const struct side *s)
{
	return json_array_size(draft_get(s->d, "/reply/form")) > 0;
}

/* "step 2" of "step-2-installed"; the part otherwise: what is missing together is told together. */
static const char *
group_of(struct parity *p, const char *part, const json_t *field)
{
	const json_t *action = json_object_get(field, "action");

	if (json_is_integer(action))
		return parity_text(p, "answers to step %d", (int)json_integer_value(action));
	if (strcmp(part, "distributor") == 0)
		return "the distributor's and importer's part";
	return NULL;
}

/* All different fields of all versions, in the order they are first met. */
struct field {
	const char *part, *id;
	const json_t *at[PARITY_SIDES_MAX];
	size_t index[PARITY_SIDES_MAX];
	size_t there; /* in how many versions */
	const char *group;
	uint32_t first; /* version that has it */
};

#define FIELDS_MAX 400u

static size_t
fields_of(struct parity *p, struct field *out)
{
	size_t n = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		const json_t *list = draft_get(p->side[i].d, "/reply/form");

		for (size_t k = 0; k < json_array_size(list) && n < FIELDS_MAX; k++) {
			const json_t *j = json_array_get(list, k);
			const char *part = json_string_value(json_object_get(j, "part")),
				   *id = json_string_value(json_object_get(j, "id"));
			size_t known = 0;

			if (part == NULL || id == NULL)
				continue;
			while (known < n && (strcmp(out[known].part, part) != 0 || strcmp(out[known].id, id) != 0))
				known++;
			if (known < n)
				continue;
			out[n] = (struct field){ .part = part, .id = id, .first = i, .group = group_of(p, part, j) };
			for (uint32_t s = 0; s < p->n; s++) {
				out[n].at[s] = field_of(&p->side[s], part, id, &out[n].index[s]);
				out[n].there += out[n].at[s] != NULL;
			}
			n++;
		}
	}
	return n;
}

static const char *
pointer_of(struct parity *p, const struct field *f, uint32_t side, const char *member)
{
	return parity_text(p, "/reply/form/%zu/%s", f->index[side], member);
}

static const char *
label_of(const struct field *f, uint32_t side)
{
	const char *s = json_string_value(json_object_get(f->at[side], "label"));

	return s != NULL && *s != '\0' ? s : f->id;
}

/* Every field of the group is missing in the same versions? Then one finding names them all. */
static bool
whole_group_missing(const struct field *list, size_t n, size_t which, uint32_t side)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].group != NULL && strcmp(list[i].group, list[which].group) == 0 && list[i].at[side] != NULL)
			return false;
	return true;
}

static void
say_missing(struct parity *p, const struct field *list, size_t n, size_t which, bool part)
{
	const struct field *f = &list[which];
	struct parity_finding *finding;
	FP_AUTO(fp_buf_free) struct fp_buf copies = { .max = 2000 };

	for (uint32_t i = 0; i < p->n; i++)
		if (f->at[i] == NULL && has_form(&p->side[i]) && is_incomplete(&p->side[i]))
			fp_buf_printf(&copies, "%s%s has %d of %d pages", copies.len > 0 ? "; " : "", p->r->names[i],
			    (int)json_integer_value(draft_get(p->side[i].d, "/pages/present")),
			    (int)json_integer_value(draft_get(p->side[i].d, "/pages/stated")));
	if (part && copies.len > 0)
		finding = parity_add(p, "copy-incomplete", -1, PARITY_BY_STRUCTURE, parity_text(p, "form: %s", f->group),
		    "copy incomplete: %s; absent: %s", copies.data, f->group);
	else if (part)
		finding = parity_add(p, "form-part-missing", -1, PARITY_BY_STRUCTURE, parity_text(p, "form: %s", f->group),
		    "%s stand in some versions only", f->group);
	else
		finding = parity_add(p, "form-field", -1, PARITY_BY_STRUCTURE, parity_text(p, "form: %s %s", f->part, f->id),
		    "the field %s stands in some versions only%s%s", f->id, copies.len > 0 ? "; copy incomplete: " : "",
		    copies.len > 0 ? copies.data : "");
	for (uint32_t i = 0; i < p->n; i++) {
		size_t count = 0;

		for (size_t k = 0; part && k < n; k++)
			count += list[k].group != NULL && strcmp(list[k].group, f->group) == 0 && list[k].at[i] != NULL;
		if (f->at[i] != NULL)
			parity_spot_fact(p, finding, i, pointer_of(p, f, i, "label"),
			    part ? parity_text(p, "%zu fields", count) : label_of(f, i));
		else
			parity_spot(p, finding, i, -1, 0, 0, NULL);
	}
}

static void
missing_fields(struct parity *p, const struct field *list, size_t n)
{
	const char *told[64];
	size_t n_told = 0;

	for (size_t k = 0; k < n; k++) {
		bool part = list[k].group != NULL, known = false, any = false;

		for (uint32_t i = 0; i < p->n; i++) {
			/* A version without any form is another matter: the rule of sections tells it. */
			any = any || (list[k].at[i] == NULL && has_form(&p->side[i]));
			part = part && (list[k].at[i] != NULL || whole_group_missing(list, n, k, i));
		}
		if (!any)
			continue;
		for (size_t t = 0; part && t < n_told; t++)
			known = known || strcmp(told[t], list[k].group) == 0;
		if (known)
			continue;
		if (part && n_told < FP_COUNT(told))
			told[n_told++] = list[k].group;
		say_missing(p, list, n, k, part);
	}
}

/* "TT. MM JJJJ" -> "2 2 4", "GG-MMM-AAAA" -> "2 3 4": how many letters each part has. What the letters are is the language's business. */
static const char *
mask_shape(struct parity *p, const char *mask)
{
	char out[64] = "";
	size_t n = 0;

	while (mask != NULL && *mask != '\0' && n + 4 < sizeof(out)) {
		size_t letters = 0;

		/* A letter beyond ASCII (ÅÅÅÅ) is one letter: its further bytes do not count. */
		while ((unsigned char)*mask >= 0x80 || isalpha((unsigned char)*mask)) {
			letters += ((unsigned char)*mask & 0xC0u) != 0x80;
			mask++;
		}
		if (letters > 0)
			n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%zu", n > 0 ? " " : "", letters % 100);
		mask += *mask != '\0';
	}
	return parity_text(p, "%s", out);
}

static void
masks(struct parity *p, const struct field *f)
{
	const char *shape[PARITY_SIDES_MAX], *first = NULL;
	struct parity_finding *finding;
	bool differ = false;

	for (uint32_t i = 0; i < p->n; i++) {
		const char *mask = f->at[i] != NULL ? json_string_value(json_object_get(f->at[i], "date_mask")) : NULL;

		shape[i] = mask != NULL ? mask_shape(p, mask) : NULL;
		differ = differ || (first != NULL && shape[i] != NULL && strcmp(first, shape[i]) != 0);
		first = first != NULL ? first : shape[i];
	}
	if (!differ)
		return;
	finding = parity_add(p, "date-mask", -1, PARITY_BY_TOKEN, parity_text(p, "form: %s %s", f->part, f->id),
	    "the form asks for the date in different ways: a month of two digits, or of letters");
	for (uint32_t i = 0; i < p->n; i++)
		if (shape[i] != NULL)
			parity_spot_fact(p, finding, i, pointer_of(p, f, i, "date_mask"),
			    json_string_value(json_object_get(f->at[i], "date_mask")));
}

static void
options(struct parity *p, const struct field *f)
{
	struct parity_finding *finding;
	const json_t *first = f->at[f->first];
	bool differ = false;

	for (uint32_t i = 0; i < p->n; i++) {
		const char *a = json_string_value(json_object_get(first, "kind")),
			   *b = json_string_value(json_object_get(f->at[i], "kind"));

		if (f->at[i] == NULL)
			continue;
		differ =
		    differ ||
		    json_array_size(json_object_get(first, "options")) != json_array_size(json_object_get(f->at[i], "options")) ||
		    (a != NULL && b != NULL && strcmp(a, b) != 0);
	}
	if (!differ)
		return;
	finding = parity_add(p, "form-option", -1, PARITY_BY_STRUCTURE, parity_text(p, "form: %s %s", f->part, f->id),
	    "the field %s offers different answers", f->id);
	for (uint32_t i = 0; i < p->n; i++)
		if (f->at[i] != NULL)
			parity_spot_fact(p, finding, i, pointer_of(p, f, i, "label"),
			    parity_text(p, "%s, %zu options", json_string_value(json_object_get(f->at[i], "kind")),
				json_array_size(json_object_get(f->at[i], "options"))));
}

void
parity_rules_form(struct parity *p)
{
	struct field *list = fp_arena_alloc(p->arena, FIELDS_MAX, sizeof(*list));
	bool mask_told = false;
	size_t n;

	if (list == NULL) {
		p->no_memory = true;
		return;
	}
	n = fields_of(p, list);
	missing_fields(p, list, n);
	for (size_t k = 0; k < n; k++) {
		uint32_t before = p->r->n_findings;

		options(p, &list[k]);
		/* The mask is the same for all days of a form: once is enough. */
		if (!mask_told)
			masks(p, &list[k]);
		mask_told = mask_told ||
			    (p->r->n_findings > before && strcmp(p->r->findings[p->r->n_findings - 1].code, "date-mask") == 0);
	}
}
