/* The letter as a document tree. */
#include "notice/render.h"

#include <string.h>

#include "document/markdown.h"
#include "i18n/i18n.h"
#include "notice/text.h"

struct letter {
	const struct notice *n;
	const struct notice_text *t;
	const struct i18n *lang;
	const struct notice_verdict *verdict;
	struct doc_node *main;
};

static const struct notice_verdict unsigned_verdict; /* all zero: NOTICE_UNSIGNED */

static const char *
say(const struct letter *l, const char *english)
{
	return i18n_t(l->lang, english);
}

/* ---- sections ---- */

static enum fp_status
add_body(struct doc_node *parent, const struct notice *n, const char *lang, const struct notice_section *s, unsigned level,
    struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf md = { .max = DOC_MARKDOWN_MAX };

	if (*s->markdown == '\0')
		return FP_OK;
	if (notice_section_text(&md, n, lang, s->key, err) != FP_OK ||
	    doc_add_markdown(parent, md.data, md.len, level, err) != FP_OK)
		return fp_ctx(err, "section '%s' of %s.md", s->key, lang);
	return FP_OK;
}

static enum fp_status
add_section(struct letter *l, struct doc_node *parent, const char *key, unsigned level, struct fp_err *err)
{
	const struct notice_section *s = notice_section_find(l->t, key);

	if (s == NULL)
		return FP_OK;
	if (*s->heading != '\0' && level > 0)
		(void)doc_heading(parent, level, s->heading);
	return add_body(parent, l->n, l->t->lang, s, level > 0 ? level : 2, err);
}

/* A section as a box whose title is the section's heading. */
static enum fp_status
add_box(
    struct letter *l, struct doc_node *parent, const char *key, enum doc_badge_style style, unsigned level, struct fp_err *err)
{
	const struct notice_section *s = notice_section_find(l->t, key);

	if (s == NULL)
		return FP_OK;
	return add_body(doc_callout(parent, style, s->heading), l->n, l->t->lang, s, level, err);
}

static enum fp_status
find(struct letter *l, const struct notice *n, const char *lang, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf have = { .max = 512 };

	l->n = n;
	l->t = notice_text_find(n, lang);
	l->lang = i18n_get(lang);
	if (l->t != NULL)
		return FP_OK;
	for (size_t i = 0; i < n->n_texts; i++)
		fp_buf_printf(&have, "%s%s", i ? ", " : "", n->texts[i].lang);
	return fp_fail(err, FP_ENOTFOUND, "%s is not there in '%.20s'; there are: %s", n->reference, lang,
	    have.len ? have.data : "no texts");
}

enum fp_status
notice_render_section(
    struct doc_node *parent, const struct notice *n, const char *lang, const char *key, unsigned level, struct fp_err *err)
{
	struct letter l = { 0 };

	if (find(&l, n, lang, err) != FP_OK)
		return FP_ENOTFOUND;
	if (notice_section_find(l.t, key) == NULL)
		return fp_fail(err, FP_ENOTFOUND, "%s has no section '%.80s' in '%s'", n->reference, key, lang);
	return add_section(&l, parent, key, level, err);
}

/* ---- actions ---- */

static bool
way_wanted(const struct notice_link *k, const char *connectivity)
{
	return connectivity == NULL || *k->condition == '\0' || strcmp(k->condition, connectivity) == 0;
}

static enum fp_status
add_action_parts(struct letter *l, struct doc_node *parent, const struct notice_action *a, const char *connectivity,
    unsigned level, struct fp_err *err)
{
	char key[200];

	(void)snprintf(key, sizeof(key), "action.%s.requires", a->id);
	if (add_box(l, parent, key, DOC_BADGE_INFO, level, err) != FP_OK)
		return err->status;
	for (size_t i = 0; i < a->n_links; i++) {
		(void)snprintf(key, sizeof(key), "action.%s.link.%s", a->id, a->links[i].id);
		if (way_wanted(&a->links[i], connectivity) && add_section(l, parent, key, level, err) != FP_OK)
			return err->status;
	}
	(void)snprintf(key, sizeof(key), "action.%s.side-effects", a->id);
	return add_box(l, parent, key, DOC_BADGE_INFO, level, err);
}

static enum fp_status
add_action(struct letter *l, struct doc_node *parent, const struct notice_action *a, const char *connectivity, unsigned level,
    struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf title = { .max = 4096 };
	char number[16], key[64];
	const struct notice_section *s;

	(void)snprintf(number, sizeof(number), "%d", a->number);
	(void)snprintf(key, sizeof(key), "action.%s", a->id);
	i18n_f(&title, l->lang, N_("Step {number}: {title}"), "number", number, "title",
	    notice_action_title(l->n, l->t->lang, a->id), NULL);
	if (fp_buf_check(&title, "the action's title", err) != FP_OK)
		return err->status;
	(void)doc_id(doc_heading(parent, level, title.data), key);
	s = notice_section_find(l->t, key);
	if (s != NULL && add_body(parent, l->n, l->t->lang, s, level, err) != FP_OK)
		return err->status;
	return add_action_parts(l, parent, a, connectivity, level + 1, err);
}

enum fp_status
notice_render_action(struct doc_node *parent, const struct notice *n, const char *lang, const char *action,
    const char *connectivity, unsigned level, struct fp_err *err)
{
	struct fp_err own = { 0 };
	struct letter l = { 0 };
	const struct notice_action *a = notice_action_find(n, action);

	err = err ? err : &own;
	if (find(&l, n, lang, err) != FP_OK)
		return FP_ENOTFOUND;
	if (a == NULL)
		return fp_fail(err, FP_ENOTFOUND, "%s has no action '%.60s'", n->reference, action);
	return add_action(&l, parent, a, connectivity, level, err);
}

/* ---- the letter's order ---- */

static enum fp_status
put_plain(struct letter *l, const char *key, struct fp_err *err)
{
	return add_section(l, l->main, key, 2, err);
}

static enum fp_status
put_modes(struct letter *l, const char *key, struct fp_err *err)
{
	return add_box(l, l->main, key, DOC_BADGE_WARNING, 3, err);
}

static enum fp_status
put_emergency(struct letter *l, const char *key, struct fp_err *err)
{
	return add_box(l, l->main, key, DOC_BADGE_FAIL, 3, err);
}

static enum fp_status
put_recommendations(struct letter *l, const char *key, struct fp_err *err)
{
	char name[80];

	(void)key;
	for (size_t i = 0; i < l->n->n_recommendations; i++) {
		(void)snprintf(name, sizeof(name), "recommendation.%s", l->n->recommendations[i].id);
		if (add_section(l, l->main, name, 3, err) != FP_OK)
			return err->status;
	}
	return FP_OK;
}

static enum fp_status
put_actions(struct letter *l, const char *key, struct fp_err *err)
{
	(void)key;
	for (size_t i = 0; i < l->n->n_actions; i++)
		if (add_action(l, l->main, &l->n->actions[i], NULL, 3, err) != FP_OK)
			return err->status;
	return FP_OK;
}

static enum fp_status
put_small(struct letter *l, const char *key, struct fp_err *err)
{
	return add_section(l, doc_section(l->main, DOC_ROLE_ASIDE), key, 3, err);
}

static const struct {
	const char *key;
	enum fp_status (*put)(struct letter *l, const char *key, struct fp_err *err);
} order[] = {
	{ "greeting", put_plain },
	{ "summary", put_plain },
	{ "products", put_plain },
	{ "scope", put_plain },
	{ "purpose", put_plain },
	{ "problem", put_plain },
	{ "impact", put_plain },
	{ "risk", put_plain },
	{ "exploitation", put_plain },
	{ "background", put_plain },
	{ "manufacturer-actions", put_plain },
	{ "recommendation", put_recommendations },
	{ "inaction", put_plain },
	{ "authorities", put_plain },
	{ "customer-actions", put_plain },
	{ "modes", put_modes },
	{ "action", put_actions },
	{ "earlier-results", put_plain },
	{ "emergency", put_emergency },
	{ "reply", put_plain },
	{ "adverse-events", put_plain },
	{ "pass-on", put_plain },
	{ "further-notice", put_plain },
	{ "support", put_plain },
	{ "third-party", put_plain },
	{ "closing", put_plain },
	{ "why", put_small },
};

/* ---- head ---- */

static void
add_date(struct letter *l, struct doc_node *terms)
{
	FP_AUTO(fp_buf_free) struct fp_buf date = { .max = 256 };

	i18n_date(&date, l->lang, l->n->issue_date, I18N_FULL);
	(void)doc_term(terms, say(l, N_("Date")), date.len ? date.data : say(l, N_("not stated in the notice")));
}

static void
add_head(struct letter *l, struct doc *d)
{
	struct doc_node *head = doc_section(doc_root(d), DOC_ROLE_HEADER), *cols = doc_columns(head), *left, *terms;
	char revision[16];

	(void)snprintf(revision, sizeof(revision), "%d", l->n->revision);
	left = doc_section(cols, DOC_ROLE_PLAIN);
	(void)doc_strong(doc_para(left, NULL), l->n->manufacturer);
	if (l->n->address != NULL)
		(void)doc_para(left, l->n->address);
	terms = doc_terms(doc_section(cols, DOC_ROLE_PLAIN));
	(void)doc_term(terms, say(l, N_("Reference")), l->n->reference);
	(void)doc_term(terms, say(l, N_("Document number")), l->n->document_number);
	(void)doc_term(terms, say(l, N_("Revision")), revision);
	add_date(l, terms);
}

static const enum doc_badge_style banner_styles[NOTICE_GENUINE_COUNT] = {
	[NOTICE_UNSIGNED] = DOC_BADGE_WARNING,
	[NOTICE_MALFORMED] = DOC_BADGE_WARNING,
	[NOTICE_UNKNOWN_KEY] = DOC_BADGE_WARNING,
	[NOTICE_FILE_MISSING] = DOC_BADGE_FAIL,
	[NOTICE_CHANGED] = DOC_BADGE_FAIL,
	[NOTICE_BAD_SIGNATURE] = DOC_BADGE_FAIL,
	[NOTICE_GENUINE] = DOC_BADGE_VERIFIED,
};

/* A letter that asks to install something is what a phisher would send: the banner stands before the first word of it. */
static void
add_banner(struct letter *l)
{
	enum notice_genuine g = (unsigned)l->verdict->state < NOTICE_GENUINE_COUNT ? l->verdict->state : NOTICE_MALFORMED;
	struct doc_node *box = doc_callout(l->main, banner_styles[g], say(l, notice_genuine_text(g))), *p;

	if (g == NOTICE_GENUINE) {
		p = doc_para(box, NULL);
		(void)doc_text(p, say(l, N_("Signed by")));
		(void)doc_textf(p, " %s (", l->verdict->signer);
		(void)doc_span(p, DOC_CLASS_MONO, l->verdict->key_id);
		(void)doc_text(p, ")");
	} else {
		(void)doc_para(
		    box, say(l, N_("Before you follow this letter, ask the manufacturer by a way that you know already.")));
	}
}

static void
add_foot(struct letter *l, struct doc *d)
{
	struct doc_node *foot, *p;

	if (l->n->legal_url == NULL)
		return;
	foot = doc_section(doc_root(d), DOC_ROLE_FOOTER);
	p = doc_class(doc_para(foot, NULL), DOC_CLASS_SMALL);
	(void)doc_text(p, say(l, N_("Trademarks:")));
	(void)doc_text(p, " ");
	(void)doc_link(p, l->n->legal_url, l->n->legal_url);
}

static enum fp_status
new_document(struct doc **out, struct letter *l, const char *title, fp_time created, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf foot = { .max = 512 };
	char revision[16];

	(void)snprintf(revision, sizeof(revision), "%d", l->n->revision);
	fp_buf_printf(&foot, "%s · %s · ", l->n->reference, l->n->document_number);
	i18n_f(&foot, l->lang, N_("revision {number}"), "number", revision, NULL);
	if (fp_buf_check(&foot, "the footer", err) != FP_OK)
		return err->status;
	return doc_new(out,
	    &(struct doc_meta){ .title = title,
		.lang = l->t->lang,
		.author = l->n->manufacturer,
		.subject = l->n->reference,
		.created = created,
		.head_left = l->n->manufacturer,
		.head_right = l->n->reference,
		.foot_left = foot.data,
		.foot_right = say(l, N_("page {page} of {pages}")) },
	    err);
}

enum fp_status
notice_render(
    struct doc **out, const struct notice *n, const char *lang, const struct notice_render_options *o, struct fp_err *err)
{
	struct fp_err own = { 0 };
	struct letter l = { .verdict = o && o->verdict ? o->verdict : &unsigned_verdict };
	FP_AUTO(doc_freep) struct doc *d = NULL;
	const struct notice_section *title;
	const char *heading;

	err = err ? err : &own;
	if (find(&l, n, lang, err) != FP_OK)
		return err->status;
	title = notice_section_find(l.t, "title");
	heading = title != NULL && *title->heading != '\0' ? title->heading : n->reference;
	if (new_document(&d, &l, heading, o ? o->created : 0, err) != FP_OK)
		return err->status;
	add_head(&l, d);
	l.main = doc_section(doc_root(d), DOC_ROLE_MAIN);
	add_banner(&l);
	(void)doc_heading(l.main, 1, heading);
	if (title != NULL && add_body(l.main, n, lang, title, 1, err) != FP_OK)
		return err->status;
	for (size_t i = 0; i < FP_COUNT(order); i++)
		if (order[i].put(&l, order[i].key, err) != FP_OK)
			return err->status;
	add_foot(&l, d);
	if (doc_check(d, err) != FP_OK)
		return err->status;
	*out = d;
	d = NULL;
	return FP_OK;
}
