/* fieldproof case report: one page that shows where a site stands, the matrix as a picture, honest numbers above it. */
#include "cli/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "document/html.h"
#include "document/pdf.h"

size_t
cli_case_columns(struct cli_column *cols, size_t max, const struct app_case *k)
{
	size_t n = 0;

	for (size_t a = 0; a < k->notice->n_actions; a++)
		for (size_t i = 0; i < k->n_cells; i++) {
			const struct case_cell *cell = &k->cells[i];
			size_t j = 0;

			if (strcmp(cell->action, k->notice->actions[a].id) != 0)
				continue;
			while (j < n && (strcmp(cols[j].action, cell->action) != 0 || strcmp(cols[j].mode, cell->mode) != 0))
				j++;
			if (j == n && n < max)
				cols[n++] = (struct cli_column){ cell->action, cell->mode };
		}
	return n;
}

const struct case_cell *
cli_case_cell(const struct app_case *k, const struct app_case_device *d, const struct cli_column *col)
{
	for (size_t i = 0; i < d->n_cells; i++) {
		const struct case_cell *cell = &k->cells[d->first_cell + i];

		if (strcmp(cell->action, col->action) == 0 && strcmp(cell->mode, col->mode) == 0)
			return cell;
	}
	return NULL;
}

/* What the picture of one case is made of; freed whole. */
struct picture {
	const char **rows, **cols, **groups;
	struct doc_matrix_cell *cells;
	char (*labels)[160];
	char steps[CLI_COLUMNS_MAX][CLI_STEP_LABEL_MAX];
};

static void
picture_free(struct picture *p)
{
	free(p->rows);
	free(p->cols);
	free(p->groups);
	free(p->cells);
	free(p->labels);
}

/* A state says what people did; where a check failed or could not tell, that is what the colour must show. */
static void
fill_cell(struct doc_matrix_cell *out, const struct cli *c, const struct case_cell *cell)
{
	bool seen = cell != NULL && (cell->state == CASE_IN_SCOPE || cell->state == CASE_PENDING) &&
		    cell->verdict.result != EVIDENCE_NOTCHECKED;

	if (cell == NULL)
		*out = (struct doc_matrix_cell){ .word = "" };
	else if (seen)
		*out = (struct doc_matrix_cell){ .style = app_result_style(cell->verdict.result),
			.word = cli_t(c, app_result_text(cell->verdict.result)) };
	else
		*out = (struct doc_matrix_cell){ .style = app_state_style(cell->state),
			.word = cli_t(c, case_state_text(cell->state)) };
}

void
cli_step_label(char out[CLI_STEP_LABEL_MAX], const struct cli *c, const struct notice_action *a)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 256 };
	char number[16];

	(void)snprintf(number, sizeof(number), "%d", a ? a->number : 0);
	i18n_f(&b, c->lang, "Step {n}", "n", number, NULL);
	(void)snprintf(out, CLI_STEP_LABEL_MAX, "%.60s", b.data ? b.data : number);
}

void
cli_add_steps(struct doc_node *parent, const struct cli *c, const struct notice *n)
{
	struct doc_node *terms = doc_terms(parent);
	char label[CLI_STEP_LABEL_MAX];

	for (size_t i = 0; i < n->n_actions; i++) {
		cli_step_label(label, c, &n->actions[i]);
		(void)doc_term(terms, label, notice_action_title(n, c->lang_tag, n->actions[i].id));
	}
}

static enum fp_status
fill_picture(
    struct picture *p, const struct cli *c, const struct app_case *k, const struct cli_column *cols, size_t n, struct fp_err *err)
{
	p->rows = fp_calloc(k->n_devices, sizeof(*p->rows));
	p->labels = fp_calloc(k->n_devices, sizeof(*p->labels));
	p->cells = fp_calloc(k->n_devices * n, sizeof(*p->cells));
	p->cols = fp_calloc(n, sizeof(*p->cols));
	p->groups = fp_calloc(n, sizeof(*p->groups));
	if (p->rows == NULL || p->labels == NULL || p->cells == NULL || p->cols == NULL || p->groups == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the report");
	for (size_t j = 0; j < n; j++) {
		cli_step_label(p->steps[j], c, notice_action_find(k->notice, cols[j].action));
		p->groups[j] = p->steps[j];
		p->cols[j] = cols[j].mode[0] != '\0' ? cols[j].mode : cli_t(c, N_("once"));
	}
	for (size_t i = 0; i < k->n_devices; i++) {
		(void)snprintf(
		    p->labels[i], sizeof(p->labels[i]), "%.60s · %.60s", k->devices[i].serial, k->devices[i].product_name);
		p->rows[i] = p->labels[i];
		for (size_t j = 0; j < n; j++)
			fill_cell(&p->cells[i * n + j], c, cli_case_cell(k, &k->devices[i], &cols[j]));
	}
	return FP_OK;
}

static void
add_bar(struct doc_node *root, const struct cli *c, const struct app_case *k)
{
	struct doc_bar_part parts[CASE_STATE_COUNT];
	FP_AUTO(fp_buf_free) struct fp_buf caption = { .max = 512 };

	for (int s = 0; s < CASE_STATE_COUNT; s++)
		parts[s] = (struct doc_bar_part){ .style = app_state_style((enum case_state)s),
			.count = k->counts.by_state[s],
			.label = cli_t(c, case_state_text((enum case_state)s)) };
	i18n_nf(&caption, c->lang, "of {n} cell (one step on one device in one boot mode)",
	    "of {n} cells (one cell is one step on one device in one boot mode)", (int64_t)k->counts.cells, NULL);
	(void)doc_bar(root, caption.data, parts, CASE_STATE_COUNT);
}

static enum fp_status
add_case(struct doc_node *root, const struct cli *c, const struct app_case *k, struct fp_err *err)
{
	struct cli_column cols[CLI_COLUMNS_MAX];
	size_t n = cli_case_columns(cols, CLI_COLUMNS_MAX, k);
	FP_AUTO(picture_free) struct picture p = { .rows = NULL };
	struct doc_node *sec = doc_section(root, DOC_ROLE_PLAIN);

	(void)doc_heading(sec, 2, k->notice->reference);
	(void)doc_class(
	    doc_paraf(sec, "%s · %s", k->notice->manufacturer, cli_t(c, app_genuine_text(k->genuine))), DOC_CLASS_MUTED);
	if (k->n_devices == 0) {
		(void)doc_para(sec, cli_t(c, N_("No affected device at this site.")));
		return FP_OK;
	}
	if (fill_picture(&p, c, k, cols, n, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	add_bar(sec, c, k);
	cli_add_steps(sec, c, k->notice);
	const struct doc_matrix m = { .caption = k->notice->reference,
		.corner = cli_t(c, N_("Device")),
		.rows = k->n_devices,
		.cols = n,
		.row_labels = p.rows,
		.col_labels = p.cols,
		.col_groups = p.groups,
		.cells = p.cells };

	(void)doc_matrix(sec, &m);
	return FP_OK;
}

static enum fp_status
write_report(const struct cli *c, const struct doc *d, struct fp_err *err)
{
	const struct doc_html_options html = { .mode = DOC_HTML_STANDALONE };
	const struct doc_pdf_options pdf = { .landscape = true };
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 0 };
	const char *to = cli_opt(c, "to") ? cli_opt(c, "to") : "html";
	enum fp_status status;

	if (strcmp(to, "html") == 0)
		status = doc_write_html(d, &html, &out, err);
	else if (strcmp(to, "pdf") == 0)
		status = doc_write_pdf(d, &pdf, &out, err);
	else
		return fp_fail(err, FP_EUSAGE, "--to is html or pdf, not '%.40s'", to);
	return status == FP_OK ? cli_put(c, &out, err) : status;
}

enum fp_status
cli_run_report(struct cli *c, struct fp_err *err)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	struct doc_node *root, *p;
	struct app_site site;

	if (cli_app(c, err) != FP_OK || app_site_get(c->app, &site, err) != FP_OK ||
	    cli_doc(&d, c, cli_t(c, N_("Where the site stands")), err) != FP_OK)
		return fp_failed(err, FP_EIO);
	root = doc_section(doc_root(d), DOC_ROLE_MAIN);
	(void)doc_heading(root, 1, cli_t(c, N_("Where the site stands")));
	p = doc_class(doc_para(root, NULL), DOC_CLASS_LEAD);
	if (site.name[0] != '\0')
		(void)doc_textf(p, "%s · ", site.name);
	cli_add_time(p, c, fp_now(&c->clock));
	for (int i = 0; i < c->n_args; i++) {
		FP_AUTO(app_case_freep) struct app_case *k = NULL;

		if (app_case_get(c->app, c->args[i], &k, err) != FP_OK || add_case(root, c, k, err) != FP_OK)
			return fp_failed(err, FP_EIO);
	}
	return write_report(c, d, err);
}
