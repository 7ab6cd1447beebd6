/* Shared by the files that build the form. */
#ifndef FP_REPLY_FORM_H
#define FP_REPLY_FORM_H

#include "i18n/i18n.h"
#include "reply/reply.h"

/* What every piece of the form needs. */
struct form {
	const struct reply *r;
	const struct notice *n;
	const struct i18n *lang;
	const struct reply_record *rec; /* NULL for a draft */
	unsigned fields;                /* running number of form fields: their names are unique */
};

/* The text in the form's language. */
const char *form_say(const struct form *f, const char *english);
void form_add_date(struct doc_node *parent, const struct form *f, struct fp_date d);
/* A text with one placeholder. */
void form_add_filled(struct doc_node *parent, const struct form *f, const char *english, const char *name, const char *value);
/* A new name for a form field: "answer-12". */
const char *form_field(char out[32], struct form *f, const char *kind);

/* How the questions of each step were answered, in numbers. */
void form_add_summary(struct doc_node *root, struct form *f);
/* One table per step: what is said of each device and mode, and what was measured. */
void form_add_steps(struct doc_node *root, struct form *f);

#endif
