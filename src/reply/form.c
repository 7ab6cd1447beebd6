/* The reply as a form that a person would be glad to sign: built once as a document tree, for paper, screen and text alike. */
#include "reply/form.h"

#include <stdio.h>
#include <string.h>

#include "document/markdown.h"

const char *
form_say(const struct form *f, const char *english)
{
	return i18n_t(f->lang, english);
}

static const char *
or_empty(const char *s)
{
	return s ? s : "";
}

void
form_add_date(struct doc_node *parent, const struct form *f, struct fp_date d)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 256 };

	i18n_date(&b, f->lang, d, I18N_MEDIUM);
	(void)doc_text(parent, or_empty(b.data));
}

void
form_add_filled(struct doc_node *parent, const struct form *f, const char *english, const char *name, const char *value)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 16384 };

	i18n_f(&b, f->lang, english, name, value, NULL);
	(void)doc_text(parent, or_empty(b.data));
}

const char *
form_field(char out[32], struct form *f, const char *kind)
{
	(void)snprintf(out, 32, "%s-%u", kind, ++f->fields);
	return out;
}

static struct doc_node *
line(struct doc_node *parent, struct form *f, const char *label, const char *value, unsigned rows)
{
	char name[32];

	return doc_paper_line(parent, form_field(name, f, "line"), form_say(f, label), value, 100, rows);
}

/* ---- head ---- */

/* What the notice calls itself: its heading, and the sentence below it. */
static void
add_subject(struct doc_node *terms, const struct form *f)
{
	const struct notice_section *title = notice_section_find(notice_text_find(f->n, f->r->lang), "title");
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 16384 };
	struct doc_node *detail;

	if (title == NULL)
		return;
	detail = doc_term(terms, form_say(f, N_("About")), NULL);
	(void)doc_strong(doc_para(detail, NULL), title->heading);
	if (notice_section_text(&text, f->n, f->r->lang, "title", NULL) == FP_OK && text.len > 0)
		(void)!doc_add_markdown(detail, text.data, text.len, 2, NULL);
}

static void
add_head(struct doc_node *root, struct form *f)
{
	const char *email = f->n->reply_to ? notice_contact_email(f->n, f->n->reply_to) : NULL;
	struct doc_node *cols, *terms, *p;

	(void)doc_heading(root, 1, form_say(f, N_("Verification form")));
	cols = doc_columns(root);
	terms = doc_terms(doc_section(cols, DOC_ROLE_PLAIN));
	(void)doc_term(terms, form_say(f, N_("Notice")), f->r->reference);
	(void)doc_term(terms, form_say(f, N_("Document number")), f->r->document_number);
	add_subject(terms, f);
	(void)doc_term(terms, form_say(f, N_("Manufacturer")), f->r->manufacturer);
	if (email != NULL)
		(void)doc_term(terms, form_say(f, N_("Return to")), email);
	form_add_date(doc_term(terms, form_say(f, N_("Made on")), NULL), f, fp_date_of_time(f->r->made));
	if (f->rec != NULL)
		(void)doc_textf(doc_term(terms, form_say(f, N_("Reply number")), NULL), "%lld", (long long)f->rec->number);
	if (f->r->link[0] != '\0')
		(void)doc_qr(cols, f->r->link, 28, form_say(f, N_("Opens this case")));
	if (f->r->signed_by == NULL) {
		p = doc_callout(root, DOC_BADGE_INFO, form_say(f, N_("Draft")));
		(void)doc_para(p, form_say(f, N_("Filled from the records of the site. Check it, complete it, and sign it.")));
	}
}

static void
add_site(struct doc_node *root, struct form *f)
{
	const struct reply_site *s = &f->r->site;
	struct doc_node *sec = doc_section(root, DOC_ROLE_PLAIN), *cols, *left, *right;
	char address[1200];

	(void)snprintf(address, sizeof(address), "%s%s%s", s->address, s->address[0] && s->country[0] ? ", " : "", s->country);
	(void)doc_heading(sec, 2, form_say(f, N_("Who answers")));
	(void)line(sec, f, N_("Organisation"), s->name, 1);
	(void)line(sec, f, N_("Address"), address, 1);
	cols = doc_columns(sec);
	left = doc_section(cols, DOC_ROLE_PLAIN);
	right = doc_section(cols, DOC_ROLE_PLAIN);
	(void)line(left, f, N_("Department"), s->department, 1);
	(void)line(left, f, N_("Contact person"), s->contact_name, 1);
	(void)line(left, f, N_("Function (job title)"), s->contact_title, 1);
	(void)line(right, f, N_("Customer number"), s->customer_number, 1);
	(void)line(right, f, N_("E-mail"), s->contact_email, 1);
	(void)line(right, f, N_("Telephone"), s->contact_phone, 1);
}

/* ---- statements, distributor ---- */

static const unsigned yes_no_widths[] = { 78, 11, 11 };

/* A table of questions that are answered with yes or no. */
static struct doc_node *
yes_no_table(struct doc_node *parent, const char *label)
{
	return doc_label(doc_table_widths(doc_table(parent, NULL), yes_no_widths, FP_COUNT(yes_no_widths)), label);
}

static void
add_yes_no(struct doc_node *row, struct form *f, int answer)
{
	char name[32];

	(void)form_field(name, f, "choice");
	(void)doc_paper_radio(doc_cell(row, NULL), name, "yes", form_say(f, N_("Yes")), answer == 1);
	(void)doc_paper_radio(doc_cell(row, NULL), name, "no", form_say(f, N_("No")), answer == 0);
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
	const char *text = reply_statement_text(code);
	char key[80];

	(void)snprintf(key, sizeof(key), "statement.%s", code);
	if (notice_section_text(&own, f->n, f->r->lang, key, NULL) == FP_OK && own.len > 0)
		(void)!doc_add_markdown(cell, own.data, own.len, 2, NULL);
	else
		(void)doc_para(cell, text ? form_say(f, text) : code);
}

static void
add_statements(struct doc_node *root, struct form *f)
{
	struct doc_node *sec, *table;

	if (f->n->reply_statements.n == 0)
		return;
	sec = doc_section(doc_keep(root), DOC_ROLE_PLAIN);
	(void)doc_heading(sec, 2, form_say(f, N_("Statements")));
	table = yes_no_table(sec, form_say(f, N_("Statements")));
	for (size_t i = 0; i < f->n->reply_statements.n; i++) {
		const char *code = f->n->reply_statements.items[i];
		struct doc_node *row = doc_row(table);

		add_statement_text(doc_cell(row, NULL), f, code);
		add_yes_no(row, f, answer_to(f->r, code));
	}
}

static void
add_distributor(struct doc_node *root, struct form *f)
{
	FP_AUTO(fp_buf_free) struct fp_buf day = { .max = 256 };
	struct doc_node *sec, *table, *row;
	char name[32];

	if (f->n->reply_distributor.n == 0)
		return;
	sec = doc_section(doc_keep(root), DOC_ROLE_PLAIN);
	(void)doc_heading(sec, 2, form_say(f, N_("Distributor or importer")));
	(void)doc_paper_check(sec, form_field(name, f, "check"),
	    form_say(f, N_("Not applicable: we only use the products ourselves.")), f->r->distributor == 0);
	table = yes_no_table(sec, form_say(f, N_("Distributor or importer")));
	row = doc_row(table);
	(void)doc_cell(row, form_say(f, N_("We have identified the customers that have or may have received the product.")));
	add_yes_no(row, f, f->r->identified);
	row = doc_row(table);
	(void)doc_cell(row, form_say(f, N_("We have informed these customers of the notice.")));
	add_yes_no(row, f, f->r->informed);
	i18n_date(&day, f->lang, f->r->informed_on, I18N_MEDIUM);
	if (f->r->distributor != 0)
		(void)doc_paper_line(
		    sec, form_field(name, f, "line"), form_say(f, N_("Customers informed on (date)")), or_empty(day.data), 40, 1);
}

/* ---- what is open ---- */

#define PROBLEMS_MAX 64
#define PROBLEMS_SHOWN 12

/* A box with the first of n problems, of which so many are known by their text. */
static void
add_problem_box(struct doc_node *root, const struct form *f, enum doc_badge_style style, const char *title,
    const struct reply_problem *found, size_t known, size_t n)
{
	FP_AUTO(fp_buf_free) struct fp_buf more = { .max = 1024 };
	size_t shown = known < PROBLEMS_SHOWN ? known : PROBLEMS_SHOWN;
	struct doc_node *list;

	if (shown == 0)
		return;
	list = doc_list(doc_callout(doc_keep(root), style, form_say(f, title)), false);
	for (size_t i = 0; i < shown; i++)
		(void)doc_item(list, found[i].text);
	if (n <= shown)
		return;
	i18n_nf(&more, f->lang, "and {n} more", "and {n} more", (int64_t)(n - shown), NULL);
	(void)doc_item(list, or_empty(more.data));
}

static void
add_problems(struct doc_node *root, const struct form *f)
{
	struct reply_problem found[PROBLEMS_MAX];
	size_t all = reply_problems(found, PROBLEMS_MAX, f->r, f->n), bad = reply_contradictions(f->r, f->n);
	size_t known = all < PROBLEMS_MAX ? all : PROBLEMS_MAX, known_bad = bad < known ? bad : known;

	add_problem_box(root, f, DOC_BADGE_FAIL, N_("These answers contradict each other"), found, known_bad, bad);
	add_problem_box(root, f, DOC_BADGE_WARNING, N_("Still open"), found + known_bad, known - known_bad, all - bad);
}

/* ---- signature ---- */

static void
add_blank_signature(struct doc_node *box, struct form *f)
{
	struct doc_node *cols = doc_columns(box), *left = doc_section(cols, DOC_ROLE_PLAIN),
			*right = doc_section(cols, DOC_ROLE_PLAIN);

	(void)line(left, f, N_("Name"), "", 1);
	(void)line(left, f, N_("Function (job title)"), "", 1);
	(void)line(right, f, N_("Date"), "", 1);
	(void)doc_signature(right, form_say(f, N_("Signature")));
}

/* 21 CFR 11.50: the printed name, date and time, and meaning of a signature stand on every copy. */
static void
add_electronic_signature(struct doc_node *box, struct form *f)
{
	FP_AUTO(fp_buf_free) struct fp_buf day = { .max = 256 }, at = { .max = 256 };
	struct doc_node *seal = doc_callout(box, DOC_BADGE_VERIFIED, form_say(f, N_("Signed electronically"))),
			*terms = doc_terms(seal), *p;

	i18n_date(&day, f->lang, f->r->signed_on, I18N_LONG);
	i18n_time(&at, f->lang, f->r->signed_at, "UTC", I18N_LONG);
	(void)doc_strong(doc_term(terms, form_say(f, N_("Name")), NULL), f->r->signed_by);
	(void)doc_term(terms, form_say(f, N_("Function (job title)")), f->r->function);
	(void)doc_term(terms, form_say(f, N_("Date")), or_empty(day.data));
	(void)doc_term(terms, form_say(f, N_("Signed at")), or_empty(at.data));
	(void)doc_term(terms, form_say(f, N_("Meaning")), f->r->meaning ? form_say(f, f->r->meaning) : "");
	if (f->rec == NULL)
		return;
	(void)doc_textf(doc_term(terms, form_say(f, N_("Ledger entry")), NULL), "%lld", (long long)f->rec->ledger_seq);
	p = doc_class(doc_para(seal, NULL), DOC_CLASS_SMALL);
	(void)doc_textf(p, "%s: ", form_say(f, N_("SHA-256 of the reply")));
	(void)doc_span(p, DOC_CLASS_MONO, f->rec->hash);
}

static void
add_signature(struct doc_node *root, struct form *f)
{
	struct doc_node *box = doc_section(doc_keep(root), DOC_ROLE_PLAIN);

	(void)doc_heading(box, 2, form_say(f, N_("Signature")));
	if (f->r->signed_by == NULL || f->r->remark[0] != '\0')
		(void)line(box, f, N_("Remarks"), f->r->remark, 3);
	if (f->r->signed_by == NULL) {
		(void)doc_para(box, form_say(f, reply_signature_meaning()));
		add_blank_signature(box, f);
	} else {
		add_electronic_signature(box, f);
	}
}

/* Beside the figures that it explains; at the end it would stand alone on a page. */
static void
add_legend(struct doc_node *root, const struct form *f)
{
	struct doc_node *p = doc_para(
	    root, form_say(f,
		      N_("\"Stated\" is what a person says. \"Measured\" is what a read-only check saw; it changes no statement. "
			 "\"unknown\" and \"not checked\" are never a pass. \"Proven\" counts the questions that a measurement "
			 "has settled.")));

	(void)doc_class(doc_class(p, DOC_CLASS_SMALL), DOC_CLASS_MUTED);
}

/* ---- the whole ---- */

static enum fp_status
new_document(struct doc **d, const struct form *f, struct fp_err *err)
{
	char title[256], foot[256], number[64];
	const struct reply *r = f->r;

	(void)snprintf(title, sizeof(title), "%s %s", form_say(f, N_("Verification form")), r->reference);
	(void)snprintf(foot, sizeof(foot), "%s · %s", r->reference, r->document_number);
	(void)snprintf(
	    number, sizeof(number), "%s %lld", form_say(f, N_("Reply number")), f->rec ? (long long)f->rec->number : 0);
	const struct doc_meta meta = { .title = title,
		.lang = r->lang,
		.author = r->site.name,
		.subject = r->reference,
		.created = r->made,
		.head_left = r->site.name,
		.head_right = f->rec != NULL         ? number
			      : r->signed_by == NULL ? form_say(f, N_("Draft"))
						     : "",
		.foot_left = foot,
		.foot_right = form_say(f, N_("page {page} of {pages}")) };

	return doc_new(d, &meta, err);
}

enum fp_status
reply_document(
    struct doc **out, const struct reply *r, const struct notice *n, const struct reply_record *rec, struct fp_err *err)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	struct form f = { .r = r, .n = n, .lang = i18n_get(r->lang), .rec = rec };
	struct doc_node *root;

	if (new_document(&d, &f, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	root = doc_section(doc_root(d), DOC_ROLE_PLAIN);
	add_head(root, &f);
	add_site(root, &f);
	form_add_summary(root, &f);
	add_legend(root, &f);
	add_statements(root, &f);
	form_add_steps(root, &f);
	add_distributor(root, &f);
	add_problems(root, &f);
	add_signature(root, &f);
	if (doc_check(d, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	*out = d;
	d = NULL;
	return FP_OK;
}
