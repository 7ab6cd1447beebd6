/* What a notice should state and this letter does not: the European Commission's template asks for it, or notice.json needs it. */
#include "draft/draft_int.h"

#include <string.h>

/* Each key stays where it stands in notice.json. The items of the template are named as in src/notice/lint_ec.c. */
static const char *const asked[] = {
	"/reference",                                                         /* FSN reference */
	"/fsca_reference",                                                    /* FSCA reference */
	"/issue_date",                                                        /* date */
	"/attention",                                                         /* for attention of */
	"/manufacturer/representative",                                       /* contact of the local representative */
	"/products",                                                          /* affected devices */
	"/reason_class",                                                      /* reason */
	"/actions",                                                           /* action by the user */
	"/reply",                                                             /* is a reply required */
	"/manufacturer/actions",                                              /* action by the manufacturer */
	"/edition",                                                           /* new or update */
	"/further_notice",                                                    /* is further advice expected */
	"/manufacturer/name",                                                 /* manufacturer */
	"/manufacturer/address", "/manufacturer/signatories", "/authorities", /* the competent authority is informed */
};

static bool
is_empty(const json_t *j)
{
	return j == NULL || json_is_null(j) || (json_is_array(j) && json_array_size(j) == 0) ||
	       (json_is_object(j) && json_object_size(j) == 0);
}

static bool
is_listed(const json_t *missing, const char *pointer)
{
	size_t i;
	json_t *is;

	json_array_foreach(missing, i, is)
	{
		if (strcmp(json_string_value(is), pointer) == 0)
			return true;
	}
	return false;
}

void
draft_stage_missing(struct draft_work *w)
{
	for (size_t i = 0; i < FP_COUNT(asked); i++) {
		const json_t *is = draft_get(w->d, asked[i]);

		if (!is_empty(is) || is_listed(w->d->missing, asked[i]))
			continue;
		/* An empty list stays one: its readers walk it. */
		if (is == NULL || json_is_null(is))
			draft_lacks(w->d, asked[i]);
		else if (json_array_append_new(w->d->missing, json_string(asked[i])) != 0)
			w->d->no_memory = true;
	}
	if (is_empty(draft_get(w->d, "/products")))
		draft_finding(w->d, "no-products", DRAFT_ERROR, NULL, "no affected product was found");
}
