/* What pages say again and again: states, results, levels, times, counts, in plain words of the reader's language. */
#include "web/internal.h"

#include <string.h>

/* ---- times and numbers ---- */

const char *
web_time(struct web_req *r, fp_time t)
{
	const char *zone = r->web->o.zone;
	struct fp_buf b = { 0 };

	if (t == 0)
		return "";
	i18n_time(&b, r->lang, t, zone, I18N_MEDIUM);
	/* Two places compare times in UTC; people on site read their own clock. */
	if (zone != NULL && i18n_zone_known(zone) && strcmp(zone, "UTC") != 0 && strcmp(zone, "Etc/UTC") != 0) {
		fp_buf_puts(&b, " (");
		i18n_time(&b, r->lang, t, NULL, I18N_NUMERIC);
		fp_buf_puts(&b, ")");
	}
	return web_keep(r, fp_buf_take(&b));
}

const char *
web_date(struct web_req *r, struct fp_date d)
{
	struct fp_buf b = { 0 };

	if (d.year == 0)
		return "";
	i18n_date(&b, r->lang, d, I18N_LONG);
	return web_keep(r, fp_buf_take(&b));
}

const char *
web_count(struct web_req *r, size_t n)
{
	struct fp_buf b = { 0 };

	i18n_number(&b, r->lang, (int64_t)n);
	return web_keep(r, fp_buf_take(&b));
}

const char *
web_word(struct web_req *r, const char *english)
{
	return english != NULL && *english != '\0' ? i18n_t(r->lang, english) : "";
}

/* ---- states ---- */

const char *
web_state_word(struct web_req *r, enum case_state s)
{
	return i18n_t(r->lang, case_state_text(s));
}

const char *
web_result_word(struct web_req *r, enum evidence_result v)
{
	return i18n_t(r->lang, app_result_text(v));
}

const char *
web_level_words(struct web_req *r, enum evidence_level l)
{
	return i18n_t(r->lang, app_level_text(l));
}

const char *
web_mode_words(struct web_req *r, const char *mode)
{
	return *mode != '\0' ? mode : i18n_t(r->lang, "whole device");
}

const char *
web_cell_word(struct web_req *r, const struct case_cell *c)
{
	bool open = c->state == CASE_IN_SCOPE || c->state == CASE_PENDING;

	if (open && c->verdict.result == EVIDENCE_FAIL)
		return i18n_t(r->lang, "check failed");
	if (open && (c->verdict.result == EVIDENCE_UNKNOWN || c->verdict.result == EVIDENCE_ERROR))
		return i18n_t(r->lang, "cannot tell");
	return web_state_word(r, c->state);
}

enum doc_badge_style
web_cell_style(const struct case_cell *c)
{
	bool open = c->state == CASE_IN_SCOPE || c->state == CASE_PENDING;

	if (open && c->verdict.result == EVIDENCE_FAIL)
		return DOC_BADGE_FAIL;
	if (open && (c->verdict.result == EVIDENCE_UNKNOWN || c->verdict.result == EVIDENCE_ERROR))
		return DOC_BADGE_UNKNOWN;
	return app_state_style(c->state);
}

const char *
web_cell_next(struct web_req *r, const struct case_cell *c)
{
	static const char *const next[CASE_STATE_COUNT] = {
		[CASE_IN_SCOPE] = N_("Do this step on the device, then say so here; or check whether it holds already."),
		[CASE_PENDING] = N_("It is begun but not closed. Do the step, then say so here, and check it."),
		[CASE_CLAIMED] = N_("Somebody says that it is done. Run the check: only evidence makes it verified."),
		[CASE_VERIFIED] = N_("Nothing: it is done and proven."),
		[CASE_NOT_DONE] = N_("It is kept as not done, with its reason. When it is done after all, say so here."),
		[CASE_NOT_APPLICABLE] = N_("Nothing: this step does not apply, for the reason given."),
		[CASE_DISPUTED] = N_("The claim and the check say different things. Look at the evidence below; then correct the "
				     "device and check again, or "
				     "withdraw the claim."),
	};

	if ((c->state == CASE_IN_SCOPE || c->state == CASE_PENDING) && c->verdict.result == EVIDENCE_FAIL)
		return i18n_t(r->lang, "The check says that this step does not hold. Do it on the device, then check again.");
	if (c->state == CASE_CLAIMED && c->verdict.result == EVIDENCE_UNKNOWN)
		return i18n_t(
		    r->lang, "Somebody says that it is done, but the check could not tell. See below what would settle it.");
	return (unsigned)c->state < CASE_STATE_COUNT ? i18n_t(r->lang, next[c->state]) : "";
}

/* ---- a notice ---- */

static const struct {
	enum doc_badge_style style;
	const char *word;
} genuine_looks[] = {
	[APP_UNSIGNED] = { DOC_BADGE_WARNING, N_("not signed") },
	[APP_SIGNED_UNKNOWN_KEY] = { DOC_BADGE_WARNING, N_("signer not known here") },
	[APP_GENUINE] = { DOC_BADGE_VERIFIED, N_("genuine") },
	[APP_FORGED] = { DOC_BADGE_FAIL, N_("forged or damaged") },
};

const char *
web_notice_name(struct web_req *r, const struct app_notice_row *n)
{
	if (n->title[0] == '\0')
		return n->reference;
	return strstr(n->title, n->reference) != NULL ? web_fmt(r, "%s", n->title) : web_fmt(r, "%s: %s", n->reference, n->title);
}

enum doc_badge_style
web_genuine_style(enum app_genuine g)
{
	return (unsigned)g < FP_COUNT(genuine_looks) ? genuine_looks[g].style : DOC_BADGE_WARNING;
}

void
web_genuine_badge(struct web_req *r, struct doc_node *parent, enum app_genuine g)
{
	if ((unsigned)g < FP_COUNT(genuine_looks))
		doc_badge(parent, genuine_looks[g].style, i18n_t(r->lang, genuine_looks[g].word));
}

static const enum case_state bar_order[] = { CASE_VERIFIED, CASE_CLAIMED, CASE_DISPUTED, CASE_NOT_DONE, CASE_NOT_APPLICABLE,
	CASE_PENDING, CASE_IN_SCOPE };

void
web_counts(struct web_req *r, struct doc_node *parent, const struct case_counts *c)
{
	struct doc_bar_part parts[FP_COUNT(bar_order)];
	size_t n = 0;

	/* REQ law-5: the denominator first, and what nobody has accounted for is shown. */
	doc_class(doc_para(parent,
		      web_keep(r,
			  i18n_ntext(r->lang, "{verified} of {n} cell verified; {claimed} claimed only; {open} open or under way",
			      "{verified} of {n} cells verified; {claimed} claimed only; {open} open or under way",
			      (int64_t)c->cells, "verified", web_count(r, c->by_state[CASE_VERIFIED]), "claimed",
			      web_count(r, c->by_state[CASE_CLAIMED]), "open", web_count(r, c->unaccounted), NULL))),
	    DOC_CLASS_LEAD);
	if (c->cells == 0)
		return;
	if (c->unaccounted > 0)
		doc_class(
		    doc_para(parent,
			web_keep(r, i18n_ntext(r->lang,
					"Open or under way: {n} cell for which nobody has said or shown yet how it ended.",
					"Open or under way: {n} cells for which nobody has said or shown yet how they ended.",
					(int64_t)c->unaccounted, NULL))),
		    DOC_CLASS_MUTED);
	for (size_t i = 0; i < FP_COUNT(bar_order); i++) {
		if (c->by_state[bar_order[i]] == 0)
			continue;
		parts[n++] = (struct doc_bar_part){
			.style = app_state_style(bar_order[i]),
			.count = c->by_state[bar_order[i]],
			.label = web_state_word(r, bar_order[i]),
		};
	}
	doc_bar(parent,
	    web_keep(r, i18n_ntext(r->lang, "of {n} cell (one step on one device in one boot mode)",
			    "of {n} cells (one cell is one step on one device in one boot mode)", (int64_t)c->cells, NULL)),
	    parts, n);
}

const char *
web_notice_lang(struct web_req *r, const struct notice *n)
{
	if (notice_text_find(n, i18n_tag(r->lang)) != NULL)
		return i18n_tag(r->lang);
	if (notice_text_find(n, "en") != NULL)
		return "en";
	return n->n_texts > 0 ? n->texts[0].lang : "en";
}

/* ---- people and evidence ---- */

const char *
web_role_word(struct web_req *r, enum app_role role)
{
	static const char *const words[APP_ROLE_COUNT] = {
		[APP_VIEWER] = N_("Viewer: may read everything"),
		[APP_ENGINEER] = N_("Engineer: may import devices, check and claim"),
		[APP_SIGNER] = N_("Signer: may also sign replies"),
		[APP_ADMIN] = N_("Administrator: may also add notices, accounts and settings"),
	};

	return (unsigned)role < APP_ROLE_COUNT ? i18n_t(r->lang, words[role]) : "";
}

const char *
web_settle(struct web_req *r, const char *code)
{
	const char *text = *code != '\0' ? check_settle_text(code) : "";

	return text != NULL ? web_word(r, text) : code;
}

const char *
web_kind_words(struct web_req *r, enum evidence_kind k)
{
	static const char *const words[EVIDENCE_KIND_COUNT] = {
		[EVIDENCE_ATTESTATION] = N_("a person says so"),
		[EVIDENCE_REACHABILITY] = N_("something answers on the network, or nothing does"),
		[EVIDENCE_CLAIM] = N_("what a server says of itself before anybody logs on"),
		[EVIDENCE_CONFIGURATION] = N_("what is set on the device or server"),
		[EVIDENCE_EFFECT] = N_("what was seen to happen"),
	};

	return (unsigned)k < EVIDENCE_KIND_COUNT ? i18n_t(r->lang, words[k]) : "";
}

bool
web_probe_brought(const char *probe)
{
	return probe != NULL && (strcmp(probe, CHECK_PROBE_FACTS) == 0 || strcmp(probe, CHECK_PROBE_CAPTURE) == 0);
}

const char *
web_brought_text(const char *probe)
{
	return strcmp(probe, CHECK_PROBE_CAPTURE) == 0 ? N_("network capture") : N_("fact file of fieldproof-collect");
}

const struct check_set *
web_checks(struct web_req *r, const char *ref)
{
	struct notice *n = NULL;
	enum app_genuine genuine;
	char signer[128];

	if (r->checks != NULL && strcmp(r->checks_of, ref) == 0)
		return r->checks;
	check_set_freep(&r->checks);
	if (app_notice_get(r->app, ref, &n, &genuine, signer, NULL) != FP_OK || check_set_new(&r->checks, n, NULL) != FP_OK)
		r->checks = NULL;
	else
		(void)snprintf(r->checks_of, sizeof(r->checks_of), "%s", ref);
	notice_free(n);
	return r->checks;
}

const char *
web_check_title(struct web_req *r, const struct check_set *set, const char *id)
{
	const struct check *c = check_set_way(set, id, 0);

	return c != NULL ? i18n_t(r->lang, c->title) : id;
}

const char *
web_reason_text(struct web_req *r, const struct check_set *set, const struct evidence_verdict *v)
{
	const struct evidence_reason *reason = check_reason_find(check_set_way(set, v->check, 0), v->reason);

	return reason != NULL ? i18n_t(r->lang, reason->text) : v->reason;
}
