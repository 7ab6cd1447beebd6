/* The reply as a form that a person would be glad to sign: built once as a document tree, for paper, screen and text alike. */
#include "reply/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "i18n/i18n.h"

static const struct {
	const char *code, *text;
} statement_texts[] = {
	{ "received", N_("We have received the notice.") },
	{ "understood", N_("We have read and understood the notice.") },
	{ "users-informed", N_("All relevant users have been informed.") },
	{ "guidance-read", N_("The guidance document has been downloaded and read.") },
	{ "both-modes-understood",
	    N_("We understand that each step must be carried out separately in each boot mode of every affected instrument.") },
	{ "all-servers-done", N_("The mitigation has been carried out on every affected server listed here.") },
};

static const enum doc_badge_style state_styles[CASE_STATE_COUNT] = {
	[CASE_IN_SCOPE] = DOC_BADGE_NEUTRAL,
	[CASE_PENDING] = DOC_BADGE_PENDING,
	[CASE_CLAIMED] = DOC_BADGE_CLAIMED,
	[CASE_VERIFIED] = DOC_BADGE_VERIFIED,
	[CASE_NOT_DONE] = DOC_BADGE_NOT_DONE,
	[CASE_NOT_APPLICABLE] = DOC_BADGE_NOT_APPLICABLE,
	[CASE_DISPUTED] = DOC_BADGE_DISPUTED,
};

static const struct {
	enum doc_badge_style style;
	const char *text;
} results[EVIDENCE_RESULT_COUNT] = {
	[EVIDENCE_NOTCHECKED] = { DOC_BADGE_NEUTRAL, N_("not checked") },
	[EVIDENCE_PASS] = { DOC_BADGE_PASS, N_("passed") },
	[EVIDENCE_FAIL] = { DOC_BADGE_FAIL, N_("failed") },
	[EVIDENCE_ERROR] = { DOC_BADGE_UNKNOWN, N_("error") },
	[EVIDENCE_UNKNOWN] = { DOC_BADGE_UNKNOWN, N_("unknown") },
	[EVIDENCE_NOTAPPLICABLE] = { DOC_BADGE_NOT_APPLICABLE, N_("not applicable") },
	[EVIDENCE_INFORMATIONAL] = { DOC_BADGE_INFO, N_("information") },
	[EVIDENCE_FIXED] = { DOC_BADGE_VERIFIED, N_("fixed") },
};

static const char *const level_texts[EVIDENCE_LEVEL_COUNT] = {
	[EVIDENCE_L_NONE] = N_("no evidence"),
	[EVIDENCE_L_D] = N_("a statement"),
	[EVIDENCE_L1] = N_("reachability from the network"),
	[EVIDENCE_L2] = N_("read from the network without logging on"),
	[EVIDENCE_L_H] = N_("facts from the device itself"),
	[EVIDENCE_L0] = N_("seen in captured traffic"),
};

enum doc_badge_style
reply_state_style(enum case_state s)
{
	return (unsigned)s < CASE_STATE_COUNT ? state_styles[s] : DOC_BADGE_NEUTRAL;
}

enum doc_badge_style
reply_result_style(enum evidence_result r)
{
	return (unsigned)r < EVIDENCE_RESULT_COUNT ? results[r].style : DOC_BADGE_UNKNOWN;
}

const char *
reply_result_text(enum evidence_result r)
{
	return (unsigned)r < EVIDENCE_RESULT_COUNT ? results[r].text : results[EVIDENCE_UNKNOWN].text;
}

const char *
reply_level_text(enum evidence_level l)
{
	return (unsigned)l < EVIDENCE_LEVEL_COUNT ? level_texts[l] : level_texts[EVIDENCE_L_NONE];
}

const char *
reply_statement_text(const char *code)
{
	for (size_t i = 0; i < FP_COUNT(statement_texts); i++)
		if (strcmp(statement_texts[i].code, code) == 0)
			return statement_texts[i].text;
	return NULL;
}

/* What every piece of the form needs. */
struct form {
	const struct reply *r;
	const struct notice *n;
	const struct i18n *lang;
	const struct reply_record *rec;
	unsigned fields; /* running number of form fields: their names are unique */
};

static const char *
say(const struct form *f, const char *english)
{
	return i18n_t(f->lang, english);
}

static const char *
or_empty(const char *s)
{
	return s ? s : "";
}

static void
add_date(struct doc_node *parent, const struct form *f, struct fp_date d)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 256 };

	i18n_date(&b, f->lang, d, I18N_MEDIUM);
	(void)doc_text(parent, or_empty(b.data));
}

static void
add_filled(struct doc_node *parent, const struct form *f, const char *english, const char *name, const char *value)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 4096 };

	i18n_f(&b, f->lang, english, name, value, NULL);
	(void)doc_text(parent, or_empty(b.data));
}

static struct doc_node *
line(struct doc_node *parent, struct form *f, const char *label, const char *value, unsigned rows)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "line-%u", ++f->fields);
	return doc_paper_line(parent, name, say(f, label), value, 100, rows);
}

static const char *
notice_title(const struct form *f)
{
	const struct notice_text *t = notice_text_find(f->n, f->r->lang);

	for (size_t i = 0; t != NULL && i < t->n_sections; i++)
		if (strcmp(t->sections[i].key, "title") == 0)
			return t->sections[i].heading;
	return "";
}

static void
add_head(struct doc_node *root, struct form *f)
{
	struct doc_node *cols, *left, *p;

	(void)doc_heading(root, 1, say(f, N_("Verification form")));
	cols = doc_columns(root);
	left = doc_terms(doc_section(cols, DOC_ROLE_PLAIN));
	(void)doc_term(left, say(f, N_("Notice")), f->r->reference);
	(void)doc_term(left, say(f, N_("Document number")), f->r->document_number);
	(void)doc_term(left, say(f, N_("About")), notice_title(f));
	(void)doc_term(left, say(f, N_("Manufacturer")), f->r->manufacturer);
	add_date(doc_term(left, say(f, N_("Made on")), ""), f, fp_date_of_time(f->r->made));
	if (f->rec != NULL) {
		char number[64];

		(void)snprintf(number, sizeof(number), "%lld", (long long)f->rec->number);
		(void)doc_term(left, say(f, N_("Reply number")), number);
	}
	if (f->r->link[0] != '\0')
		(void)doc_qr(doc_section(cols, DOC_ROLE_PLAIN), f->r->link, 26, say(f, N_("Opens this case")));
	if (f->r->signed_by == NULL) {
		p = doc_callout(root, DOC_BADGE_INFO, say(f, N_("Draft")));
		(void)doc_para(p, say(f, N_("Filled from the records of the site. Check it, complete it, and sign it.")));
	}
}

static void
add_site(struct doc_node *root, struct form *f)
{
	const struct reply_site *s = &f->r->site;
	struct doc_node *sec = doc_section(root, DOC_ROLE_PLAIN), *cols, *left, *right;

	(void)doc_heading(sec, 2, say(f, N_("Who answers")));
	cols = doc_columns(sec);
	left = doc_section(cols, DOC_ROLE_PLAIN);
	right = doc_section(cols, DOC_ROLE_PLAIN);
	(void)line(left, f, N_("Organisation"), s->name, 1);
	(void)line(left, f, N_("Department"), s->department, 1);
	(void)line(left, f, N_("Address"), s->address, 1);
	(void)line(left, f, N_("Customer number"), s->customer_number, 1);
	(void)line(right, f, N_("Contact person"), s->contact_name, 1);
	(void)line(right, f, N_("Function"), s->contact_title, 1);
	(void)line(right, f, N_("E-mail"), s->contact_email, 1);
	(void)line(right, f, N_("Telephone"), s->contact_phone, 1);
}

static void
add_yes_no(struct doc_node *row, struct form *f, int answer)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "choice-%u", ++f->fields);
	(void)doc_paper_radio(doc_cell(row, NULL), name, "yes", say(f, N_("Yes")), answer == 1);
	(void)doc_paper_radio(doc_cell(row, NULL), name, "no", say(f, N_("No")), answer == 0);
}

static int
answer_to(const struct reply *r, const char *code)
{
	for (size_t i = 0; i < r->n_statements; i++)
		if (strcmp(r->statements[i].code, code) == 0)
			return r->statements[i].answer;
	return -1;
}

/* The notice's own words for a statement (section "statement.CODE") go before the standard ones. */
static void
add_statement_text(struct doc_node *cell, const struct form *f, const char *code)
{
	FP_AUTO(fp_buf_free) struct fp_buf own = { .max = 16384 };
	char key[80];

	(void)snprintf(key, sizeof(key), "statement.%s", code);
	if (notice_section_text(&own, f->n, f->r->lang, key, NULL) == FP_OK && own.len > 0) {
		while (own.len > 0 && (own.data[own.len - 1] == '\n' || own.data[own.len - 1] == ' '))
			own.data[--own.len] = '\0';
		(void)doc_text(cell, own.data);
	} else {
		const char *text = reply_statement_text(code);

		(void)doc_text(cell, text ? say(f, text) : code);
	}
}

static void
add_statements(struct doc_node *root, struct form *f)
{
	static const unsigned widths[] = { 76, 12, 12 };
	struct doc_node *sec, *table;

	if (f->n->reply_statements.n == 0)
		return;
	sec = doc_section(root, DOC_ROLE_PLAIN);
	(void)doc_heading(sec, 2, say(f, N_("Statements")));
	table = doc_table_widths(doc_table(sec, NULL), widths, FP_COUNT(widths));
	(void)doc_label(table, say(f, N_("Statements")));
	for (size_t i = 0; i < f->n->reply_statements.n; i++) {
		const char *code = f->n->reply_statements.items[i];
		struct doc_node *row = doc_row(table);

		add_statement_text(doc_head_cell(row, DOC_SCOPE_ROW, NULL), f, code);
		add_yes_no(row, f, answer_to(f->r, code));
	}
}

static void
add_answer(struct doc_node *cell, struct form *f, enum reply_answer answer)
{
	static const struct {
		enum reply_answer answer;
		const char *text;
	} choices[] = {
		{ REPLY_DONE, N_("done") },
		{ REPLY_NOT_DONE, N_("not done") },
		{ REPLY_NOT_APPLICABLE, N_("not applicable") },
	};
	char name[32];

	(void)snprintf(name, sizeof(name), "answer-%u", ++f->fields);
	for (size_t i = 0; i < FP_COUNT(choices); i++)
		(void)doc_paper_radio(
		    cell, name, reply_answer_name(choices[i].answer), say(f, choices[i].text), answer == choices[i].answer);
}

static void
add_reason(struct doc_node *cell, const struct form *f, const struct reply_row *w)
{
	const struct case_reason *reason = case_reason_find(w->reason);
	struct doc_node *p = doc_para(cell, NULL);

	if (reason != NULL)
		(void)doc_text(p, say(f, reason->text));
	if (fp_date_valid(w->planned)) {
		(void)doc_text(p, ": ");
		add_date(p, f, w->planned);
	}
	if (w->reason_text[0] != '\0')
		(void)doc_class(doc_para(cell, w->reason_text), DOC_CLASS_SMALL);
	if (w->note[0] != '\0')
		(void)doc_class(doc_para(cell, w->note), DOC_CLASS_SMALL);
	if (w->said_at != 0 && w->said_by[0] != '\0') {
		p = doc_class(doc_class(doc_para(cell, NULL), DOC_CLASS_SMALL), DOC_CLASS_MUTED);
		(void)doc_textf(p, "%s, ", w->said_by);
		add_date(p, f, fp_date_of_time(w->said_at));
	}
}

static void
add_measured(struct doc_node *cell, const struct form *f, const struct reply_row *w)
{
	struct doc_node *p = doc_para(cell, NULL);

	(void)doc_badge(p, reply_result_style(w->verdict.result), say(f, reply_result_text(w->verdict.result)));
	if (w->verdict_at == 0)
		return;
	p = doc_class(doc_class(doc_para(cell, NULL), DOC_CLASS_SMALL), DOC_CLASS_MUTED);
	if (w->verdict.check[0] != '\0')
		(void)doc_textf(p, "%s, ", w->verdict.check);
	(void)doc_textf(p, "%s, ", say(f, reply_level_text(w->verdict.level)));
	add_date(p, f, fp_date_of_time(w->verdict_at));
}

static void
add_cell_row(struct doc_node *table, struct form *f, const struct reply_row *w)
{
	struct doc_node *row = doc_row(table), *cell = doc_head_cell(row, DOC_SCOPE_ROW, NULL);

	(void)doc_span(doc_para(cell, NULL), DOC_CLASS_MONO, w->serial);
	(void)doc_class(doc_class(doc_para(cell, w->product), DOC_CLASS_SMALL), DOC_CLASS_MUTED);
	(void)doc_cell(row, w->mode[0] != '\0' ? w->mode : say(f, N_("one for all")));
	add_answer(doc_cell(row, NULL), f, w->answer);
	add_reason(doc_cell(row, NULL), f, w);
	add_measured(doc_cell(row, NULL), f, w);
}

static void
add_action(struct doc_node *root, struct form *f, const struct notice_action *a)
{
	static const unsigned widths[] = { 26, 10, 20, 24, 20 };
	const char *heads[] = { say(f, N_("Device")), say(f, N_("Boot mode")), say(f, N_("Stated")), say(f, N_("Reason, note")),
		say(f, N_("Measured")) };
	struct doc_node *sec = doc_section(root, DOC_ROLE_PLAIN), *table, *head;
	char number[16];
	size_t rows = 0;

	(void)snprintf(number, sizeof(number), "%d", a->number);
	head = doc_heading(sec, 2, NULL);
	add_filled(head, f, N_("Step {n}: "), "n", number);
	(void)doc_text(head, notice_action_title(f->n, f->r->lang, a->id));
	(void)doc_class(
	    doc_para(sec, a->modes == NOTICE_EACH_MODE
			      ? say(f, N_("To be done in each boot mode separately: done in one does not close the other."))
			      : say(f, N_("One answer for each device: it holds for all its boot modes."))),
	    DOC_CLASS_MUTED);
	table = doc_class(doc_table_widths(doc_table(sec, NULL), widths, FP_COUNT(widths)), DOC_CLASS_COMPACT);
	(void)doc_label(table, notice_action_title(f->n, f->r->lang, a->id));
	(void)doc_head_row(table, heads, FP_COUNT(heads));
	for (size_t i = 0; i < f->r->n_rows; i++)
		if (strcmp(f->r->rows[i].action, a->id) == 0) {
			add_cell_row(table, f, &f->r->rows[i]);
			rows++;
		}
	if (rows == 0)
		(void)doc_cell_span(doc_cell(doc_row(table), say(f, N_("No affected device at this site."))), FP_COUNT(heads), 1);
}

static void
add_distributor(struct doc_node *root, struct form *f)
{
	static const unsigned widths[] = { 76, 12, 12 };
	struct doc_node *sec, *table, *row, *p;
	char name[32];

	if (f->n->reply_distributor.n == 0)
		return;
	sec = doc_section(doc_keep(root), DOC_ROLE_PLAIN);
	(void)doc_heading(sec, 2, say(f, N_("Distributor or importer")));
	(void)snprintf(name, sizeof(name), "check-%u", ++f->fields);
	(void)doc_paper_check(
	    sec, name, say(f, N_("Not applicable: we only use the products ourselves.")), f->r->distributor == 0);
	table = doc_table_widths(doc_table(sec, NULL), widths, FP_COUNT(widths));
	(void)doc_label(table, say(f, N_("Distributor or importer")));
	row = doc_row(table);
	(void)doc_head_cell(
	    row, DOC_SCOPE_ROW, say(f, N_("We have identified the customers that have or may have received the product.")));
	add_yes_no(row, f, f->r->identified);
	row = doc_row(table);
	p = doc_head_cell(row, DOC_SCOPE_ROW, say(f, N_("We have informed these customers of the notice.")));
	if (fp_date_valid(f->r->informed_on)) {
		(void)doc_text(p, " ");
		add_date(p, f, f->r->informed_on);
	}
	add_yes_no(row, f, f->r->informed);
}

#define PROBLEMS_SHOWN 12

static void
add_problems(struct doc_node *root, struct form *f)
{
	struct reply_problem found[PROBLEMS_SHOWN];
	size_t n = reply_problems(found, PROBLEMS_SHOWN, f->r, f->n);
	struct doc_node *box, *list;

	if (n == 0)
		return;
	box = doc_callout(root, DOC_BADGE_WARNING, say(f, N_("Still open")));
	list = doc_list(box, false);
	for (size_t i = 0; i < n && i < PROBLEMS_SHOWN; i++)
		(void)doc_item(list, found[i].text);
	if (n > PROBLEMS_SHOWN)
		(void)doc_item(list, "…");
}

static void
add_signature(struct doc_node *root, struct form *f)
{
	struct doc_node *box = doc_section(doc_keep(root), DOC_ROLE_PLAIN), *cols, *left, *right, *p;
	FP_AUTO(fp_buf_free) struct fp_buf date = { .max = 256 };

	(void)doc_heading(box, 2, say(f, N_("Signature")));
	(void)line(box, f, N_("Remarks"), f->r->remark, 2);
	if (f->r->meaning != NULL)
		(void)doc_para(box, say(f, f->r->meaning));
	i18n_date(&date, f->lang, f->r->signed_on, I18N_MEDIUM);
	cols = doc_columns(box);
	left = doc_section(cols, DOC_ROLE_PLAIN);
	right = doc_section(cols, DOC_ROLE_PLAIN);
	(void)line(left, f, N_("Name"), f->r->signed_by, 1);
	(void)line(left, f, N_("Function"), f->r->function, 1);
	(void)line(left, f, N_("Date"), or_empty(date.data), 1);
	(void)doc_signature(right, say(f, N_("Signature")));
	if (f->rec == NULL)
		return;
	p = doc_class(doc_class(doc_para(box, NULL), DOC_CLASS_SMALL), DOC_CLASS_MUTED);
	(void)doc_textf(p, "%s ", say(f, N_("Signed in Fieldproof; entry of the ledger and SHA-256 of the reply:")));
	(void)doc_textf(doc_span(p, DOC_CLASS_MONO, NULL), "%lld, %s", (long long)f->rec->ledger_seq, f->rec->hash);
}

static void
add_closing(struct doc_node *root, const struct form *f)
{
	const char *email = notice_contact_email(f->n, "technical");
	struct doc_node *p;

	if (email != NULL) {
		p = doc_para(root, NULL);
		add_filled(p, f, N_("Please return this form to {email}."), "email", email);
	}
	p = doc_para(root,
	    say(f, N_("\"Stated\" is what a person says. \"Measured\" is what a read-only check saw; it changes no statement. "
		      "\"unknown\" and \"not checked\" are never a pass.")));
	(void)doc_class(doc_class(p, DOC_CLASS_SMALL), DOC_CLASS_MUTED);
}

enum fp_status
reply_document(
    struct doc **out, const struct reply *r, const struct notice *n, const struct reply_record *rec, struct fp_err *err)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	struct form f = { .r = r, .n = n, .lang = i18n_get(r->lang), .rec = rec };
	char title[256], foot[256];
	struct doc_node *root;

	(void)snprintf(title, sizeof(title), "%s %s", i18n_t(f.lang, N_("Verification form")), r->reference);
	(void)snprintf(foot, sizeof(foot), "%s · %s", r->reference, r->document_number);
	const struct doc_meta meta = { .title = title,
		.lang = r->lang,
		.author = r->site.name,
		.subject = r->reference,
		.created = r->made,
		.foot_left = foot,
		.foot_right = i18n_t(f.lang, N_("page {page} of {pages}")) };

	if (doc_new(&d, &meta, err) != FP_OK)
		return err ? err->status : FP_ENOMEM;
	root = doc_section(doc_root(d), DOC_ROLE_PLAIN);
	add_head(root, &f);
	add_site(root, &f);
	add_statements(root, &f);
	for (size_t i = 0; i < n->n_actions; i++)
		add_action(root, &f, &n->actions[i]);
	add_distributor(root, &f);
	add_problems(root, &f);
	add_signature(root, &f);
	add_closing(root, &f);
	if (doc_check(d, err) != FP_OK)
		return err ? err->status : FP_ENOMEM;
	*out = d;
	d = NULL;
	return FP_OK;
}
