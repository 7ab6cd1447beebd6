/* What the matrix, the page of several cells and the page of one cell share: filters, and the form of a reason. */
#include "web/internal.h"

#include <string.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

/* Beside the states of a cell: what its last check said while it is open. */
static const struct {
	const char *code, *text;
} sights[] = {
	{ "check-failed", N_("check failed") },
	{ "cannot-tell", N_("cannot tell") },
	{ "unaccounted", N_("open or under way") },
};

struct web_filter
web_filter_read(struct web_req *r)
{
	return (struct web_filter){
		.state = web_query(r, "state"),
		.product = web_query(r, "product"),
		.text = web_query(r, "q"),
		.mode = web_query(r, "mode"),
		.action = web_query(r, "action"),
	};
}

const char *
web_filter_query(struct web_req *r, const struct web_filter *f)
{
	const char *const pairs[][2] = { { "state", f->state }, { "product", f->product }, { "q", f->text }, { "mode", f->mode },
		{ "action", f->action } };
	struct fp_buf b = { .max = 8192 };

	for (size_t i = 0; i < FP_COUNT(pairs); i++) {
		if (*pairs[i][1] == '\0')
			continue;
		fp_buf_printf(&b, "%s=", pairs[i][0]);
		web_url_put(&b, pairs[i][1]);
		fp_buf_putc(&b, '&');
	}
	return web_keep(r, fp_buf_take(&b));
}

static bool
holds(const char *where, const char *folded)
{
	FP_AUTO(fp_freep) char *w = fp_utf8_folded(where);

	return w != NULL && strstr(w, folded) != NULL;
}

bool
web_filter_device(const struct web_filter *f, const struct app_case_device *d)
{
	FP_AUTO(fp_freep) char *text = fp_utf8_folded(f->text);

	if (*f->product != '\0' && strcmp(f->product, d->product_id) != 0)
		return false;
	if (text == NULL || *text == '\0')
		return true;
	return holds(d->serial, text) || holds(d->product, text) || holds(d->location, text) || holds(d->product_name, text);
}

bool
web_filter_cell(const struct web_filter *f, const struct case_cell *c)
{
	bool open = c->state == CASE_IN_SCOPE || c->state == CASE_PENDING;

	if (*f->mode != '\0' && strcmp(f->mode, c->mode) != 0)
		return false;
	if (*f->action != '\0' && strcmp(f->action, c->action) != 0)
		return false;
	if (*f->state == '\0')
		return true;
	if (strcmp(f->state, "check-failed") == 0)
		return open && c->verdict.result == EVIDENCE_FAIL;
	if (strcmp(f->state, "cannot-tell") == 0)
		return open && (c->verdict.result == EVIDENCE_UNKNOWN || c->verdict.result == EVIDENCE_ERROR);
	if (strcmp(f->state, "unaccounted") == 0)
		return open;
	return strcmp(f->state, case_state_name(c->state)) == 0;
}

static void
state_options(struct web_req *r, struct doc_node *form, const struct web_filter *f)
{
	struct doc_node *s =
	    doc_select(form, &(struct doc_field){ .name = "state", .label = i18n_t(r->lang, "State"), .value = f->state });

	doc_option(s, "", i18n_t(r->lang, "All"));
	for (int i = 0; i < CASE_STATE_COUNT; i++)
		doc_option(s, case_state_name((enum case_state)i), web_state_word(r, (enum case_state)i));
	for (size_t i = 0; i < FP_COUNT(sights); i++)
		doc_option(s, sights[i].code, i18n_t(r->lang, sights[i].text));
}

static void
mode_options(struct web_req *r, struct doc_node *form, const struct app_case *c, const struct web_filter *f)
{
	struct doc_node *s =
	    doc_select(form, &(struct doc_field){ .name = "mode", .label = i18n_t(r->lang, "Boot mode"), .value = f->mode });
	const char *seen[8];
	size_t n = 0;

	doc_option(s, "", i18n_t(r->lang, "All"));
	for (size_t p = 0; p < c->notice->n_products; p++) {
		for (size_t m = 0; m < c->notice->products[p].modes.n; m++) {
			const char *mode = c->notice->products[p].modes.items[m];
			bool again = false;

			for (size_t i = 0; i < n; i++)
				again = again || strcmp(seen[i], mode) == 0;
			if (again || n == FP_COUNT(seen))
				continue;
			seen[n++] = mode;
			doc_option(s, mode, mode);
		}
	}
}

void
web_filter_form(struct web_req *r, struct doc_node *parent, const char *action, const struct app_case *c,
    const struct web_filter *f, bool finer)
{
	struct doc_node *form = doc_class(doc_form(parent, DOC_GET, action), DOC_CLASS_CLUSTER), *s;
	const char *lang = web_notice_lang(r, c->notice);

	state_options(r, form, f);
	s = doc_select(form, &(struct doc_field){ .name = "product", .label = i18n_t(r->lang, "Product"), .value = f->product });
	doc_option(s, "", i18n_t(r->lang, "All"));
	for (size_t i = 0; i < c->notice->n_products; i++) {
		const struct notice_product *p = &c->notice->products[i];

		doc_option(s, p->id, p->names.n > 0 ? p->names.items[0] : p->id);
	}
	if (finer) {
		mode_options(r, form, c, f);
		s = doc_select(
		    form, &(struct doc_field){ .name = "action", .label = i18n_t(r->lang, "Step"), .value = f->action });
		doc_option(s, "", i18n_t(r->lang, "All"));
		for (size_t i = 0; i < c->notice->n_actions; i++)
			doc_option(s, c->notice->actions[i].id, notice_action_title(c->notice, lang, c->notice->actions[i].id));
	}
	doc_input(form, &(struct doc_field){ .name = "q",
			    .label = i18n_t(r->lang, "Device, location"),
			    .type = DOC_INPUT_SEARCH,
			    .value = f->text,
			    .max_length = 100 });
	doc_submit(form, DOC_BUTTON_SECONDARY, NULL, NULL, i18n_t(r->lang, "Show"));
	if (*web_filter_query(r, f) != '\0')
		doc_link(form, action, i18n_t(r->lang, "Show all"));
}

/* ---- not done ---- */

void
web_not_done_fields(struct web_req *r, struct doc_node *form, const struct notice_list *allowed, const struct web_not_done *v)
{
	struct doc_node *s = doc_select(form, &(struct doc_field){ .name = "reason",
						  .label = i18n_t(r->lang, "Why not?"),
						  .value = web_form(r, "reason"),
						  .error = v->reason_error });
	size_t n;
	const struct case_reason *reasons = case_reasons(&n);

	doc_option(s, "", i18n_t(r->lang, "Please choose"));
	for (size_t i = 0; i < n; i++) {
		if (allowed == NULL || allowed->n == 0 || notice_list_has(allowed, reasons[i].code))
			doc_option(s, reasons[i].code, i18n_t(r->lang, reasons[i].text));
	}
	doc_input(form, &(struct doc_field){ .name = "planned",
			    .label = i18n_t(r->lang, "Planned for"),
			    .type = DOC_INPUT_DATE,
			    .value = web_form(r, "planned"),
			    .error = v->date_error,
			    .hint = i18n_t(r->lang, "Only when it is planned: the day") });
	doc_textarea(form, &(struct doc_field){ .name = "text",
			       .label = i18n_t(r->lang, "In your own words"),
			       .rows = 2,
			       .max_length = 250,
			       .value = web_form(r, "text"),
			       .error = v->text_error,
			       .hint = i18n_t(r->lang, "For example to whom the device was given") });
}

bool
web_not_done_read(struct web_req *r, struct web_not_done *v)
{
	const struct case_reason *reason = case_reason_find(web_form(r, "reason"));
	const char *day = web_form(r, "planned");
	struct fp_err why;

	*v = (struct web_not_done){ .reason = web_form(r, "reason"), .text = web_form(r, "text") };
	if (reason == NULL)
		v->reason_error = i18n_t(r->lang, "Please choose a reason.");
	if (reason != NULL && reason->needs_text && *v->text == '\0')
		v->text_error = i18n_t(r->lang, "This reason needs some words of yours.");
	if (*day != '\0' && i18n_date_parse(&v->planned, NULL, r->lang, day, &why) != FP_OK)
		v->date_error = i18n_t(r->lang, "This is not a day of the calendar. Write it like 2026-12-31.");
	else if (reason != NULL && reason->needs_date && *day == '\0')
		v->date_error = i18n_t(r->lang, "Please give the day that it is planned for.");
	return v->reason_error == NULL && v->text_error == NULL && v->date_error == NULL;
}
