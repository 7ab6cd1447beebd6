/* Pictures as SVG: shapes and classes only, the colours stand in the style sheet. */
#include "document/html_int.h"

#include <string.h>

#include "base/utf8.h"

/* Sizes in SVG units, one unit a CSS pixel; text is 13 px. */
enum { CELL_H = 26, GAP = 3, LETTER = 7, LINE_H = 16, LABEL_MAX = 36, CELL_MIN = 64, CELL_MAX = 168, HEAD_LINES = 4 };

struct grid {
	const struct doc_matrix *m;
	unsigned label_w, cell_w, head_h, group_h;
};

static unsigned
letters(const char *s)
{
	size_t w = fp_utf8_width(s);

	return (unsigned)(w > 1000 ? 1000 : w);
}

/* One line of words cut from *s that fits cols columns; moves *s behind it. A longer word is taken whole. */
static size_t
take_line(const char **s, unsigned cols)
{
	const char *start = *s + strspn(*s, " \n\t"), *best = NULL, *p = start;
	char word[512];

	while (*p != '\0') {
		const char *stop = p + strspn(p, " \n\t");

		stop += strcspn(stop, " \n\t");
		if ((size_t)(stop - start) >= sizeof(word))
			break;
		memcpy(word, start, (size_t)(stop - start));
		word[stop - start] = '\0';
		if (best != NULL && letters(word) > cols)
			break;
		best = p = stop;
		p += strspn(p, " \n\t");
		if (*p == '\0')
			break;
	}
	if (best == NULL)
		best = start + strcspn(start, " \n\t");
	*s = best;
	return (size_t)(best - start);
}

static unsigned
count_lines(const char *s, unsigned cols)
{
	unsigned n = 0;

	while (s[strspn(s, " \n\t")] != '\0' && n < HEAD_LINES) {
		(void)take_line(&s, cols);
		n++;
	}
	return n;
}

static unsigned
longest_word(const char *s)
{
	unsigned most = 0;

	while (*s != '\0') {
		size_t len = take_line(&s, 1);
		char word[256];

		if (len == 0)
			break;
		(void)snprintf(word, sizeof(word), "%.*s", (int)(len < 250 ? len : 250), s - len);
		if (letters(word) > most)
			most = letters(word);
	}
	return most;
}

static struct grid
measure(const struct doc_matrix *m)
{
	struct grid g = { .m = m, .group_h = m->col_groups != NULL ? LINE_H + 8 : 0 };
	unsigned label = letters(m->corner), cell = 0, lines = 1;

	for (size_t i = 0; i < m->rows; i++)
		label = letters(m->row_labels[i]) > label ? letters(m->row_labels[i]) : label;
	for (size_t i = 0; i < m->cols; i++)
		cell = longest_word(m->col_labels[i]) > cell ? longest_word(m->col_labels[i]) : cell;
	for (size_t i = 0; i < m->rows * m->cols; i++)
		cell = letters(m->cells[i].word) > cell ? letters(m->cells[i].word) : cell;
	g.label_w = (label > LABEL_MAX ? LABEL_MAX : label) * LETTER + 16;
	g.cell_w = cell * LETTER + 16;
	g.cell_w = g.cell_w < CELL_MIN ? CELL_MIN : g.cell_w > CELL_MAX ? CELL_MAX : g.cell_w;
	for (size_t i = 0; i < m->cols; i++) {
		unsigned n = count_lines(m->col_labels[i], g.cell_w / LETTER);

		lines = n > lines ? n : lines;
	}
	g.head_h = lines * LINE_H + 8;
	return g;
}

/* <text>, cut with an ellipsis when it is longer than cols columns; the whole then stands in its <title>. */
static void
svg_text(struct html *h, const char *class, unsigned x, unsigned y, unsigned cols, const char *s, size_t len)
{
	char cut[1024];
	size_t n = 0;
	const char *p = s, *end = s + len;
	bool whole = true;

	for (unsigned w = 0; p < end; w++) {
		const char *next = p;

		(void)fp_utf8_next(&next, end);
		if (w >= cols || n + 8 > sizeof(cut)) {
			whole = false;
			break;
		}
		memcpy(cut + n, p, (size_t)(next - p));
		n += (size_t)(next - p);
		p = next;
	}
	cut[n] = '\0';
	fp_buf_printf(h->out, "<text class=\"%s\" x=\"%u\" y=\"%u\">", class, x, y);
	if (!whole) {
		html_puts(h, "<title>");
		html_text(h, s);
		html_puts(h, "</title>");
	}
	html_text(h, cut);
	html_puts(h, whole ? "</text>\n" : "\u2026</text>\n");
}

static void
matrix_head(struct html *h, const struct grid *g)
{
	const struct doc_matrix *m = g->m;

	svg_text(h, "m-corner", 4, g->group_h + g->head_h - 9, LABEL_MAX, m->corner, strlen(m->corner));
	for (size_t i = 0, j; m->col_groups != NULL && i < m->cols; i = j) {
		unsigned x = g->label_w + (unsigned)i * (g->cell_w + GAP), w;

		for (j = i + 1; j < m->cols && strcmp(m->col_groups[j], m->col_groups[i]) == 0;)
			j++;
		w = (unsigned)(j - i) * (g->cell_w + GAP) - GAP;
		if (*m->col_groups[i] == '\0')
			continue;
		svg_text(h, "m-group", x + w / 2, LINE_H, w / LETTER, m->col_groups[i], strlen(m->col_groups[i]));
		fp_buf_printf(h->out, "<path class=\"m-line\" d=\"M%u %uh%u\"/>\n", x, g->group_h - 2, w);
	}
	for (size_t i = 0; i < m->cols; i++) {
		unsigned x = g->label_w + (unsigned)i * (g->cell_w + GAP) + g->cell_w / 2, cols = g->cell_w / LETTER;
		unsigned lines = count_lines(m->col_labels[i], cols);
		const char *s = m->col_labels[i];

		for (unsigned l = 0; l < lines; l++) {
			size_t len = take_line(&s, cols);

			svg_text(h, "m-col", x, g->group_h + g->head_h - 9 - (lines - 1 - l) * LINE_H, cols + 2, s - len, len);
		}
	}
}

static void
matrix_title(struct html *h, const struct doc_matrix *m, size_t row, size_t col)
{
	const struct doc_matrix_cell *c = &m->cells[row * m->cols + col];

	if (*c->title != '\0') {
		html_text(h, c->title);
		return;
	}
	html_text(h, m->row_labels[row]);
	html_puts(h, ", ");
	if (m->col_groups != NULL && *m->col_groups[col] != '\0') {
		html_text(h, m->col_groups[col]);
		html_puts(h, ", ");
	}
	html_text(h, m->col_labels[col]);
	html_puts(h, ": ");
	html_text(h, c->word);
}

static void
matrix_cell(struct html *h, const struct grid *g, size_t row, size_t col)
{
	const struct doc_matrix_cell *c = &g->m->cells[row * g->m->cols + col];
	unsigned x = g->label_w + (unsigned)col * (g->cell_w + GAP);
	unsigned y = g->group_h + g->head_h + (unsigned)row * (CELL_H + GAP);
	bool leads = c->href != NULL && (h->mode != DOC_HTML_STANDALONE || *c->href == '#');

	if (*c->word == '\0')
		return;
	if (leads) {
		html_puts(h, "<a");
		html_attr_always(h, "href", c->href);
		html_puts(h, ">");
	} else {
		html_puts(h, "<g>");
	}
	html_puts(h, "<title>");
	matrix_title(h, g->m, row, col);
	fp_buf_printf(h->out, "</title><rect class=\"m-cell m-%s\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"%d\" rx=\"4\"/>",
	    doc_look(c->style)->name, x, y, g->cell_w, CELL_H);
	fp_buf_printf(
	    h->out, "<text class=\"m-word m-ink-%s\" x=\"%u\" y=\"%u\">", doc_look(c->style)->name, x + g->cell_w / 2, y + 17);
	html_text(h, c->word);
	html_puts(h, leads ? "</text></a>\n" : "</text></g>\n");
}

static bool
has_links(const struct doc_matrix *m)
{
	for (size_t i = 0; i < m->rows * m->cols; i++) {
		if (m->cells[i].href != NULL)
			return true;
	}
	return false;
}

/* The same facts as a table that only screen readers see: a picture of a hundred states cannot be read aloud. */
static void
matrix_spoken(struct html *h, const struct doc_matrix *m)
{
	html_puts(h, "<div class=\"visually-hidden\"><table><caption>");
	html_text(h, m->caption);
	html_puts(h, "</caption>\n<thead><tr><th scope=\"col\">");
	html_text(h, m->corner);
	html_puts(h, "</th>");
	for (size_t i = 0; i < m->cols; i++) {
		html_puts(h, "<th scope=\"col\">");
		if (m->col_groups != NULL && *m->col_groups[i] != '\0') {
			html_text(h, m->col_groups[i]);
			html_puts(h, ", ");
		}
		html_text(h, m->col_labels[i]);
		html_puts(h, "</th>");
	}
	html_puts(h, "</tr></thead>\n<tbody>\n");
	for (size_t r = 0; r < m->rows; r++) {
		html_puts(h, "<tr><th scope=\"row\">");
		html_text(h, m->row_labels[r]);
		html_puts(h, "</th>");
		for (size_t c = 0; c < m->cols; c++) {
			html_puts(h, "<td>");
			html_text(h, m->cells[r * m->cols + c].word);
			html_puts(h, "</td>");
		}
		html_puts(h, "</tr>\n");
	}
	html_puts(h, "</tbody></table></div>\n");
}

void
html_matrix(struct html *h, const struct doc_node *n)
{
	const struct doc_matrix *m = n->extra;
	struct grid g;
	unsigned width, height;
	bool links;

	if (m == NULL)
		return;
	g = measure(m);
	links = h->mode != DOC_HTML_STANDALONE && has_links(m);
	width = g.label_w + (unsigned)m->cols * (g.cell_w + GAP);
	height = g.group_h + g.head_h + (unsigned)m->rows * (CELL_H + GAP);
	html_open(h, "figure", n, "matrix", NULL);
	html_puts(h, ">\n<figcaption>");
	html_text(h, n->text);
	/* With links each cell has its own name; without, the picture is silent and the table behind it speaks. */
	html_puts(h, "</figcaption>\n<div class=\"matrix-scroll\" tabindex=\"0\" role=\"group\"");
	html_attr(h, "aria-label", n->text);
	html_puts(h, ">\n<svg");
	html_puts(h, links ? " role=\"group\"" : " aria-hidden=\"true\"");
	if (links)
		html_attr(h, "aria-label", n->text);
	fp_buf_printf(h->out, " width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\">\n", width, height, width, height);
	matrix_head(h, &g);
	for (size_t r = 0; r < m->rows; r++) {
		unsigned y = g.group_h + g.head_h + (unsigned)r * (CELL_H + GAP);

		svg_text(h, "m-row", 4, y + 17, LABEL_MAX, m->row_labels[r], strlen(m->row_labels[r]));
		for (size_t c = 0; c < m->cols; c++)
			matrix_cell(h, &g, r, c);
	}
	html_puts(h, "</svg>\n</div>\n");
	if (!links)
		matrix_spoken(h, m);
	html_puts(h, "</figure>\n");
}

/* Two decimals at most, with a point in every locale. */
static void
number(struct html *h, double v)
{
	long long hundredths = (long long)(v * 100 + 0.5);

	fp_buf_printf(h->out, "%lld", hundredths / 100);
	if (hundredths % 100 != 0)
		fp_buf_printf(h->out, ".%02lld", hundredths % 100);
}

void
html_meter(struct html *h, const struct doc_node *n)
{
	const double *v = n->extra;

	if (v == NULL)
		return;
	html_open(h, "div", n, "meter", NULL);
	html_puts(h, "><label><span>");
	html_text(h, n->text);
	html_puts(h, "</span> <meter min=\"0\" max=\"");
	number(h, v[1]);
	html_puts(h, "\" value=\"");
	number(h, v[0]);
	html_puts(h, "\"></meter></label></div>\n");
}

void
html_bar(struct html *h, const struct doc_node *n)
{
	const struct doc_bar *bar = n->extra;
	uint64_t total = 0;
	double x = 0;

	if (bar == NULL)
		return;
	for (size_t i = 0; i < bar->n; i++)
		total += bar->parts[i].count;
	html_open(h, "figure", n, "bar", NULL);
	html_puts(h, ">\n<figcaption>");
	html_text(h, n->text);
	html_puts(
	    h, "</figcaption>\n<svg aria-hidden=\"true\" viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\" height=\"20\">\n");
	for (size_t i = 0; i < bar->n; i++) {
		double w = total != 0 ? (double)bar->parts[i].count * 1000.0 / (double)total : 0;

		if (bar->parts[i].count == 0)
			continue;
		fp_buf_printf(h->out, "<rect class=\"b-%s\" x=\"", doc_look(bar->parts[i].style)->name);
		number(h, x);
		html_puts(h, "\" y=\"0\" width=\"");
		number(h, w);
		html_puts(h, "\" height=\"20\"/>\n");
		x += w;
	}
	html_puts(h, "</svg>\n<ul role=\"list\">\n");
	for (size_t i = 0; i < bar->n; i++) {
		fp_buf_printf(h->out, "<li><span class=\"badge badge-%s\">", doc_look(bar->parts[i].style)->name);
		html_text(h, bar->parts[i].label);
		fp_buf_printf(h->out, "</span> %llu</li>\n", (unsigned long long)bar->parts[i].count);
	}
	html_puts(h, "</ul>\n</figure>\n");
}

void
html_qr(struct html *h, const struct doc_node *n)
{
	struct doc_qr_code qr;
	unsigned full;

	if (doc_qr_make(&qr, n->text, &h->err) != FP_OK) {
		h->failed = h->err.status;
		return;
	}
	full = qr.size + 8;
	fp_buf_printf(h->out, "<figure class=\"qr\">\n<svg role=\"img\"");
	html_attr_always(h, "aria-label", *doc_get(n)->label != '\0' ? doc_get(n)->label : n->text);
	fp_buf_printf(h->out, " width=\"%umm\" height=\"%umm\" viewBox=\"0 0 %u %u\">", n->cols, n->cols, full, full);
	fp_buf_printf(
	    h->out, "<rect class=\"qr-ground\" width=\"%u\" height=\"%u\" fill=\"#fff\"/><path fill=\"#000\" d=\"", full, full);
	for (unsigned y = 0; y < qr.size; y++) {
		for (unsigned x = 0, run; x < qr.size; x += run) {
			bool dark = qr.module[y * qr.size + x];

			for (run = 1; x + run < qr.size && qr.module[y * qr.size + x + run] == (uint8_t)dark;)
				run++;
			if (dark)
				fp_buf_printf(h->out, "M%u %uh%uv1h-%uz", x + 4, y + 4, run, run);
		}
	}
	html_puts(h, "\"/></svg>\n");
	if (*doc_get(n)->label != '\0') {
		html_puts(h, "<figcaption>");
		html_text(h, doc_get(n)->label);
		html_puts(h, "</figcaption>\n");
	}
	html_puts(h, "</figure>\n");
}
