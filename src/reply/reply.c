#include "reply/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "i18n/i18n.h"

static const char *const answer_names[REPLY_ANSWER_COUNT] = {
	[REPLY_OPEN] = "open",
	[REPLY_DONE] = "done",
	[REPLY_NOT_DONE] = "not-done",
	[REPLY_NOT_APPLICABLE] = "not-applicable",
};

const char *
reply_answer_name(enum reply_answer a)
{
	return (unsigned)a < REPLY_ANSWER_COUNT ? answer_names[a] : "open";
}

enum fp_status
reply_set(char **member, const char *text, struct fp_err *err)
{
	char *copy = fp_strdup(text ? text : "");

	if (copy == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the reply");
	free(*member);
	*member = copy;
	return FP_OK;
}

static enum fp_status
set_all(char **const members[], const char *const texts[], size_t n, struct fp_err *err)
{
	for (size_t i = 0; i < n; i++)
		if (reply_set(members[i], texts[i], err) != FP_OK)
			return FP_ENOMEM;
	return FP_OK;
}

static enum fp_status
new_statements(struct reply *r, const struct notice_list *codes, struct fp_err *err)
{
	r->statements = fp_calloc(codes->n, sizeof(*r->statements));
	if (r->statements == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the reply");
	for (size_t i = 0; i < codes->n; i++) {
		r->n_statements = i + 1;
		r->statements[i].answer = -1;
		if (reply_set(&r->statements[i].code, codes->items[i], err) != FP_OK)
			return FP_ENOMEM;
	}
	return FP_OK;
}

enum fp_status
reply_new(struct reply **out, const struct notice *n, const char *lang, fp_time now, struct fp_err *err)
{
	FP_AUTO(reply_freep) struct reply *r = fp_calloc(1, sizeof(*r));

	if (r == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the reply");
	r->revision = n->revision;
	r->made = now;
	r->distributor = r->identified = r->informed = -1;
	char **const members[] = { &r->reference, &r->document_number, &r->notice_hash, &r->manufacturer, &r->lang, &r->tool,
		&r->link, &r->remark, &r->site.name, &r->site.department, &r->site.address, &r->site.country,
		&r->site.customer_number, &r->site.contact_name, &r->site.contact_title, &r->site.contact_email,
		&r->site.contact_phone };
	const char *const texts[FP_COUNT(members)] = { n->reference, n->document_number, n->content_hash, n->manufacturer, lang,
		"fieldproof " FP_VERSION };

	if (set_all(members, texts, FP_COUNT(members), err) != FP_OK)
		return FP_ENOMEM;
	if (new_statements(r, &n->reply_statements, err) != FP_OK)
		return FP_ENOMEM;
	*out = r;
	r = NULL;
	return FP_OK;
}

static void
row_free(struct reply_row *w)
{
	char *const texts[] = { w->serial, w->product, w->catalog_number, w->udi_di, w->mode, w->action, w->reason,
		w->reason_text, w->note, w->said_by };

	for (size_t i = 0; i < FP_COUNT(texts); i++)
		free(texts[i]);
}

void
reply_free(struct reply *r)
{
	if (r == NULL)
		return;
	char *const texts[] = { r->reference, r->document_number, r->notice_hash, r->manufacturer, r->lang, r->tool, r->link,
		r->remark, r->site.name, r->site.department, r->site.address, r->site.country, r->site.customer_number,
		r->site.contact_name, r->site.contact_title, r->site.contact_email, r->site.contact_phone, r->signed_by,
		r->function, r->meaning };

	for (size_t i = 0; i < FP_COUNT(texts); i++)
		free(texts[i]);
	for (size_t i = 0; i < r->n_statements; i++)
		free(r->statements[i].code);
	for (size_t i = 0; i < r->n_rows; i++)
		row_free(&r->rows[i]);
	free(r->statements);
	free(r->rows);
	free(r);
}

void
reply_freep(struct reply **r)
{
	reply_free(*r);
	*r = NULL;
}

/* What the person said of a cell. A verified cell without a claim stays open here: measuring is not saying. */
static enum reply_answer
answer_of(const struct case_cell *c)
{
	if (c->state == CASE_NOT_DONE)
		return REPLY_NOT_DONE;
	if (c->state == CASE_NOT_APPLICABLE)
		return REPLY_NOT_APPLICABLE;
	return c->claimed ? REPLY_DONE : REPLY_OPEN;
}

/* When it was said, where that is known: a later check moves the cell's own time, and what a check did nobody said. */
static fp_time
said_at(const struct case_cell *c, enum reply_answer answer)
{
	if (c->claimed)
		return c->claimed_at;
	return answer == REPLY_OPEN || c->verdict_at != 0 ? 0 : c->changed_at;
}

enum fp_status
reply_add_cell(struct reply *r, const struct device *d, const char *product_name, const struct case_cell *c, struct fp_err *err)
{
	struct reply_row *w;

	if (fp_grow(&r->rows, &r->cap_rows, r->n_rows + 1, sizeof(*r->rows)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory for the reply");
	w = &r->rows[r->n_rows++];
	memset(w, 0, sizeof(*w));
	w->answer = answer_of(c);
	w->planned = c->planned;
	w->said_at = said_at(c, w->answer);
	w->verdict = c->verdict;
	w->verdict_at = c->verdict_at;
	w->state = c->state;
	char **const members[] = { &w->serial, &w->product, &w->catalog_number, &w->udi_di, &w->mode, &w->action, &w->reason,
		&w->reason_text, &w->note, &w->said_by };
	const char *const texts[FP_COUNT(members)] = { d->serial, product_name ? product_name : d->product, d->catalog_number,
		d->udi_di, c->mode, c->action, c->reason, c->reason_text, c->claim_note, c->claimed_by };

	return set_all(members, texts, FP_COUNT(members), err);
}

enum fp_status
reply_answer_statement(struct reply *r, const char *code, int answer, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf known = { .max = 512 };

	for (size_t i = 0; i < r->n_statements; i++) {
		if (strcmp(r->statements[i].code, code) == 0) {
			r->statements[i].answer = answer;
			return FP_OK;
		}
		fp_buf_printf(&known, "%s%s", i ? ", " : "", r->statements[i].code);
	}
	return fp_fail(
	    err, FP_EUSAGE, "%s has no statement '%.60s'; it has: %s", r->reference, code, known.data ? known.data : "none");
}

static const char signature_meaning[] =
    N_("I have read the notice, my statements above are true to the best of my knowledge, and I answer for them on behalf of the "
       "site named above.");

const char *
reply_signature_meaning(void)
{
	return signature_meaning;
}

enum fp_status
reply_sign(struct reply *r, const char *name, const char *function, struct fp_date on, fp_time at, struct fp_err *err)
{
	if (name == NULL || *name == '\0' || function == NULL || *function == '\0')
		return fp_fail(err, FP_EUSAGE, "a signature needs the name and the function of the person who signs");
	if (!fp_date_valid(on))
		return fp_fail(err, FP_EUSAGE, "a signature needs a date");
	r->signed_on = on;
	r->signed_at = at;
	if (reply_set(&r->signed_by, name, err) != FP_OK || reply_set(&r->function, function, err) != FP_OK)
		return FP_ENOMEM;
	return reply_set(&r->meaning, signature_meaning, err);
}
