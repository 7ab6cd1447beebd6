/* What a person must look at in a case: answers that contradict each other, evidence that no longer holds. Each leads to its cell. */
#include "web/internal.h"

#include <string.h>

#define SHOWN_OPEN 5 /* more are folded */
#define SHOWN_MOST 200

static const struct {
	enum app_finding_kind kind;
	enum doc_badge_style style;
	const char *id, *head, *text;
} kinds[] = {
	{ APP_CONTRADICTION, DOC_BADGE_DISPUTED, "contradictions", N_("Answers that contradict each other"),
	    N_("Two ways of the same check say the opposite. The stronger one counts; ask again, or find out why.") },
	{ APP_STALE, DOC_BADGE_WARNING, "stale", N_("Evidence that no longer holds"),
	    N_("It was good when it was taken. Check again.") },
};

static void
said(struct web_req *r, struct doc_node *item, const struct evidence_verdict *v, fp_time at)
{
	doc_badge(item, app_result_style(v->result), web_result_word(r, v->result));
	doc_text(item, web_fmt(r, " (%s, %s)", web_level_words(r, v->level), web_time(r, at)));
}

static void
one(struct web_req *r, struct doc_node *list, const struct app_case *c, const struct app_case_finding *f)
{
	const char *lang = web_notice_lang(r, c->notice);
	struct doc_node *item = doc_item(list, NULL);

	doc_link(item, web_fmt(r, "/cell/%lld", (long long)f->cell_id),
	    web_fmt(r, "%s, %s: %s", f->serial, web_mode_words(r, f->mode), notice_action_title(c->notice, lang, f->action)));
	doc_text(item, " \u00b7 ");
	doc_text(item, web_check_title(r, web_checks(r, c->notice->reference), f->check));
	if (f->kind == APP_STALE) {
		doc_text(item, web_fmt(r, ": %s (%s)", web_word(r, app_stale_text(f->stale)), web_time(r, f->at)));
		return;
	}
	doc_text(item, ": ");
	said(r, item, &f->verdict, f->at);
	doc_text(item, " / ");
	said(r, item, &f->against, f->against_at);
}

static void
all_of(struct web_req *r, struct doc_node *box, const struct app_case *c, enum app_finding_kind kind, size_t count)
{
	struct doc_node *list;
	size_t n = 0;

	if (count > SHOWN_OPEN)
		box = doc_details(
		    box, web_keep(r, i18n_ntext(r->lang, "Show all {n}", "Show all {n}", (int64_t)count, NULL)), false);
	list = doc_list(box, false);
	for (size_t i = 0; i < c->n_findings && n < SHOWN_MOST; i++) {
		if (c->findings[i].kind != kind)
			continue;
		one(r, list, c, &c->findings[i]);
		n++;
	}
	if (count > n)
		doc_para(box, web_keep(r, i18n_text(r->lang, "{shown} of {all} are listed", "shown", web_count(r, n), "all",
					      web_count(r, count), NULL)));
}

void
web_findings(struct web_req *r, struct doc_node *main, const struct app_case *c)
{
	for (size_t k = 0; k < FP_COUNT(kinds); k++) {
		struct doc_node *box;
		size_t count = 0;

		for (size_t i = 0; i < c->n_findings; i++)
			count += c->findings[i].kind == kinds[k].kind;
		if (count == 0)
			continue;
		box = doc_id(doc_callout(main, kinds[k].style, NULL), kinds[k].id);
		doc_heading(box, 2, web_fmt(r, "%s (%s)", i18n_t(r->lang, kinds[k].head), web_count(r, count)));
		doc_para(box, i18n_t(r->lang, kinds[k].text));
		all_of(r, box, c, kinds[k].kind, count);
	}
}

const char *
web_cell_doubt(struct web_req *r, const struct app_case_finding *f, size_t n, int64_t cell_id)
{
	const char *doubt = NULL;

	for (size_t i = 0; i < n; i++) {
		if (f[i].cell_id != cell_id)
			continue;
		if (f[i].kind == APP_CONTRADICTION)
			return i18n_t(r->lang, "contradicted");
		doubt = i18n_t(r->lang, "evidence has run out");
	}
	return doubt;
}
