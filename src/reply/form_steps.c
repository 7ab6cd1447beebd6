/* The questions of the form: for each step of the notice a table of devices and modes, and all of them in numbers. */
#include "reply/form.h"

#include <stdio.h>
#include <string.h>

/* In the order of the boxes. */
static const struct {
	enum reply_answer answer;
	const char *text;
} choices[] = {
	{ REPLY_DONE, N_("done") },
	{ REPLY_NOT_DONE, N_("not done") },
	{ REPLY_NOT_APPLICABLE, N_("not applicable") },
};

static struct doc_node *
small(struct doc_node *parent, const char *text)
{
	return doc_class(doc_para(parent, text), DOC_CLASS_SMALL);
}

static struct doc_node *
aside(struct doc_node *parent)
{
	return doc_class(small(parent, NULL), DOC_CLASS_MUTED);
}

/* ---- which rows a table shows ---- */

/* NULL: of all steps that the notice does not have (a reply to another edition is shown whole, never cut). */
static bool
row_of(const struct form *f, const struct reply_row *w, const struct notice_action *a)
{
	return a != NULL ? strcmp(w->action, a->id) == 0 : notice_action_find(f->n, w->action) == NULL;
}

/* The next row of the step behind row i, or n_rows. */
static size_t
next_row(const struct form *f, const struct notice_action *a, size_t i)
{
	while (i < f->r->n_rows && !row_of(f, &f->r->rows[i], a))
		i++;
	return i;
}

static bool
same_device(const struct reply_row *a, const struct reply_row *b)
{
	return strcmp(a->serial, b->serial) == 0 && strcmp(a->product, b->product) == 0 &&
	       strcmp(a->catalog_number, b->catalog_number) == 0;
}

/* How many rows of the step from i on are of one device, at most as many as a device has modes: they share its cell. */
static unsigned
device_rows(const struct form *f, const struct notice_action *a, size_t i)
{
	unsigned n = 1;

	for (size_t k = next_row(f, a, i + 1); k < f->r->n_rows && n < DEVICE_MODES_MAX; k = next_row(f, a, k + 1), n++)
		if (!same_device(&f->r->rows[i], &f->r->rows[k]))
			break;
	return n;
}

/* ---- the cells of a row ---- */

static void
add_device(struct doc_node *cell, const struct form *f, const struct reply_row *w, bool with_action)
{
	(void)doc_span(doc_para(cell, NULL), DOC_CLASS_MONO, w->serial);
	(void)small(cell, w->product);
	if (w->catalog_number[0] != '\0')
		(void)doc_textf(aside(cell), "REF %s", w->catalog_number);
	if (w->udi_di[0] != '\0')
		(void)doc_textf(aside(cell), "UDI-DI %s", w->udi_di);
	if (with_action)
		form_add_filled(aside(cell), f, N_("Step \"{id}\""), "id", w->action);
}

static void
add_answer(struct doc_node *cell, struct form *f, enum reply_answer answer)
{
	char name[32];

	(void)form_field(name, f, "answer");
	for (size_t i = 0; i < FP_COUNT(choices); i++)
		(void)doc_paper_radio(
		    cell, name, reply_answer_name(choices[i].answer), form_say(f, choices[i].text), answer == choices[i].answer);
}

/* Who said it and when, as far as the records know. */
static void
add_said(struct doc_node *cell, const struct form *f, const struct reply_row *w)
{
	struct doc_node *p;

	if (w->said_at == 0 || w->said_by[0] == '\0')
		return;
	p = aside(cell);
	(void)doc_text(p, w->said_by);
	(void)doc_break(p);
	form_add_date(p, f, fp_date_of_time(w->said_at));
}

static void
add_reason(struct doc_node *cell, struct form *f, const struct reply_row *w)
{
	const struct case_reason *reason = case_reason_find(w->reason);
	struct doc_node *p;
	char name[32];

	if (reason != NULL || w->reason[0] != '\0') {
		p = doc_para(cell, reason != NULL ? form_say(f, reason->text) : w->reason);
		if (fp_date_valid(w->planned)) {
			(void)doc_text(p, ": ");
			form_add_date(p, f, w->planned);
		}
	} else if (w->answer == REPLY_OPEN && f->r->signed_by == NULL) {
		(void)doc_label(
		    doc_paper_line(cell, form_field(name, f, "reason"), "", "", 100, 1), form_say(f, N_("Reason, note")));
	}
	if (w->reason_text[0] != '\0')
		(void)small(cell, w->reason_text);
	if (w->note[0] != '\0')
		(void)small(cell, w->note);
	add_said(cell, f, w);
}

static void
add_measured(struct doc_node *cell, const struct form *f, const struct reply_row *w)
{
	struct doc_node *p;

	(void)doc_badge(
	    doc_para(cell, NULL), reply_result_style(w->verdict.result), form_say(f, reply_result_text(w->verdict.result)));
	if (w->verdict_at == 0)
		return;
	p = aside(cell);
	if (w->verdict.check[0] != '\0')
		(void)doc_textf(p, "%s, ", w->verdict.check);
	form_add_date(p, f, fp_date_of_time(w->verdict_at));
	(void)doc_break(p);
	(void)doc_text(p, form_say(f, reply_level_text(w->verdict.level)));
}

/* ---- the table of a step ---- */

struct step {
	struct form *f;
	const struct notice_action *action; /* NULL: steps that the notice does not have */
	const char *title;
	bool modes; /* a column for the boot mode */
};

static void
add_row(struct doc_node *table, const struct step *s, const struct reply_row *w, unsigned device_rows_here)
{
	struct doc_node *row = doc_row(table);

	if (device_rows_here > 0)
		add_device(
		    doc_cell_span(doc_head_cell(row, DOC_SCOPE_ROW, NULL), 1, device_rows_here), s->f, w, s->action == NULL);
	if (s->modes)
		(void)doc_cell(row, w->mode[0] != '\0' ? w->mode : form_say(s->f, N_("all")));
	add_answer(doc_cell(row, NULL), s->f, w->answer);
	add_reason(doc_cell(row, NULL), s->f, w);
	add_measured(doc_cell(row, NULL), s->f, w);
}

static struct doc_node *
new_table(struct doc_node *parent, const struct step *s, const char *caption)
{
	static const unsigned widths[] = { 22, 9, 22, 25, 22 }, widths_once[] = { 28, 22, 27, 23 };
	const char *heads[5];
	size_t n = 0;
	struct doc_node *table = doc_table(parent, caption);

	heads[n++] = form_say(s->f, N_("Device"));
	if (s->modes)
		heads[n++] = form_say(s->f, N_("Boot mode"));
	heads[n++] = form_say(s->f, N_("Stated"));
	heads[n++] = form_say(s->f, N_("Reason, note"));
	heads[n++] = form_say(s->f, N_("Measured"));
	(void)doc_class(doc_table_widths(table, s->modes ? widths : widths_once, n), DOC_CLASS_COMPACT);
	(void)doc_label(table, s->title);
	(void)doc_head_row(table, heads, n);
	return table;
}

static void
add_rows(struct doc_node *table, const struct step *s)
{
	const struct reply *r = s->f->r;
	unsigned left = 0;

	for (size_t i = next_row(s->f, s->action, 0); i < r->n_rows; i = next_row(s->f, s->action, i + 1)) {
		unsigned begins = left == 0 && s->action != NULL ? device_rows(s->f, s->action, i) : left == 0;

		add_row(table, s, &r->rows[i], begins);
		left = (left == 0 ? begins : left) - 1;
	}
}

static bool
any_mode(const struct form *f, const struct notice_action *a)
{
	for (size_t i = next_row(f, a, 0); i < f->r->n_rows; i = next_row(f, a, i + 1))
		if (f->r->rows[i].mode[0] != '\0')
			return true;
	return false;
}

/* The reasons that the notice takes, for who fills in by pen. */
static void
add_reasons(struct doc_node *sec, const struct form *f, const struct notice_action *a)
{
	FP_AUTO(fp_buf_free) struct fp_buf list = { .max = 8192 };

	for (size_t i = 0; i < a->not_done.n; i++) {
		const struct case_reason *reason = case_reason_find(a->not_done.items[i]);

		if (reason == NULL || strcmp(reason->code, "none-at-site") == 0)
			continue;
		fp_buf_printf(&list, "%s%s", list.len ? "; " : "", form_say(f, reason->text));
		if (reason->needs_date)
			fp_buf_printf(&list, " (%s)", form_say(f, N_("with the day")));
		if (reason->needs_text)
			fp_buf_printf(&list, " (%s)", form_say(f, N_("say to whom, or why")));
	}
	if (list.len > 0)
		form_add_filled(aside(sec), f, N_("Reasons that may be given: {list}."), "list", list.data);
}

static struct doc_node *
add_heading(struct doc_node *sec, const struct form *f, const struct notice_action *a, const char *title)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 4096 };
	char number[16];

	(void)snprintf(number, sizeof(number), "%d", a->number);
	i18n_f(&text, f->lang, N_("Step {n}: {title}"), "n", number, "title", title, NULL);
	return doc_heading(sec, 2, text.data ? text.data : title);
}

/* Does the notice speak of boot modes at all? */
static bool
modes_known(const struct notice *n)
{
	for (size_t i = 0; i < n->n_products; i++)
		if (n->products[i].modes.n > 0)
			return true;
	return false;
}

static void
add_step(struct doc_node *root, struct form *f, const struct notice_action *a)
{
	static const char *const rules[] = { N_("One answer for each device."),
		N_("One answer for each device: it holds for all its boot modes."),
		N_("To be done in each boot mode separately: done in one does not close the other.") };
	struct step s = { .f = f, .action = a, .title = notice_action_title(f->n, f->r->lang, a->id), .modes = any_mode(f, a) };
	struct doc_node *sec = doc_section(root, DOC_ROLE_PLAIN);

	(void)add_heading(sec, f, a, s.title);
	if (next_row(f, a, 0) == f->r->n_rows) {
		(void)doc_para(sec, form_say(f, N_("No affected device at this site.")));
		return;
	}
	add_rows(new_table(sec, &s, form_say(f, rules[s.modes ? 2 : modes_known(f->n)])), &s);
	if (f->r->signed_by == NULL)
		add_reasons(sec, f, a);
}

void
form_add_steps(struct doc_node *root, struct form *f)
{
	struct step other = { .f = f, .title = form_say(f, N_("Other steps")), .modes = true };

	for (size_t i = 0; i < f->n->n_actions; i++)
		add_step(root, f, &f->n->actions[i]);
	if (next_row(f, NULL, 0) == f->r->n_rows)
		return;
	root = doc_section(root, DOC_ROLE_PLAIN);
	(void)doc_heading(root, 2, other.title);
	add_rows(new_table(root, &other, form_say(f, N_("Steps that this edition of the notice does not have."))), &other);
}

/* ---- in numbers ---- */

struct counts {
	size_t all, proven, answer[REPLY_ANSWER_COUNT];
};

static struct counts
count(const struct form *f, const struct notice_action *a)
{
	struct counts c = { .all = 0 };

	for (size_t i = next_row(f, a, 0); i < f->r->n_rows; i = next_row(f, a, i + 1)) {
		c.all++;
		c.answer[f->r->rows[i].answer]++;
		c.proven += f->r->rows[i].state == CASE_VERIFIED;
	}
	return c;
}

static void
add_number(struct doc_node *row, const struct form *f, size_t n)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 64 };

	i18n_number(&text, f->lang, (int64_t)n);
	(void)doc_cell_align(doc_cell(row, text.data), DOC_ALIGN_END);
}

static void
add_summary_row(struct doc_node *table, const struct form *f, const char *title, struct counts c)
{
	struct doc_node *row = doc_row(table);

	(void)doc_head_cell(row, DOC_SCOPE_ROW, title);
	add_number(row, f, c.all);
	for (size_t i = 0; i < FP_COUNT(choices); i++)
		add_number(row, f, c.answer[choices[i].answer]);
	add_number(row, f, c.answer[REPLY_OPEN]);
	add_number(row, f, c.proven);
}

void
form_add_summary(struct doc_node *root, struct form *f)
{
	static const unsigned widths[] = { 34, 11, 9, 11, 14, 9, 12 };
	const char *const heads[] = { N_("Questions"), choices[0].text, choices[1].text, choices[2].text, N_("open"),
		N_("proven") };
	struct doc_node *sec = doc_section(doc_keep(root), DOC_ROLE_PLAIN), *table, *row;
	struct counts rest = count(f, NULL);
	char title[512];

	(void)doc_heading(sec, 2, form_say(f, N_("Summary")));
	table = doc_class(doc_table_widths(doc_table(sec, NULL), widths, FP_COUNT(widths)), DOC_CLASS_COMPACT);
	(void)doc_label(table, form_say(f, N_("Summary")));
	row = doc_head_row(table, NULL, 0);
	(void)doc_head_cell(row, DOC_SCOPE_COL, form_say(f, N_("Step")));
	for (size_t i = 0; i < FP_COUNT(heads); i++)
		(void)doc_cell_align(doc_head_cell(row, DOC_SCOPE_COL, form_say(f, heads[i])), DOC_ALIGN_END);
	for (size_t i = 0; i < f->n->n_actions; i++) {
		const struct notice_action *a = &f->n->actions[i];

		(void)snprintf(title, sizeof(title), "%d  %s", a->number, notice_action_title(f->n, f->r->lang, a->id));
		add_summary_row(table, f, title, count(f, a));
	}
	if (rest.all > 0)
		add_summary_row(table, f, form_say(f, N_("Other steps")), rest);
}
