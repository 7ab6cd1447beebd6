/* Pieces onto pages. */
#include "document/pdf_int.h"

#include <string.h>

#include "base/mem.h"

struct pager {
	struct pdf *p;
	double y;
	bool at_top; /* nothing stands on this page but repeated heads */
};

struct dest *
pdf_dest(struct pdf *p, const char *id)
{
	for (size_t i = 0; i < p->n_dests; i++) {
		if (strcmp(p->dests[i].id, id) == 0)
			return &p->dests[i];
	}
	return NULL;
}

static void
touch_tag(struct tag *t, unsigned page)
{
	if (t == NULL)
		return;
	if (t->first_page == 0)
		t->first_page = page;
	t->last_page = page;
}

/* Tags learn on which pages they stand, links where they can lead. */
static void
touch(struct pdf *p, struct piece *piece)
{
	struct dest *d = piece->dest != NULL ? pdf_dest(p, piece->dest) : NULL;

	touch_tag(piece->tag, p->pages);
	if (piece->mark != NULL)
		touch_tag(piece->mark->tag, p->pages);
	/* Of several nodes with one id the first is meant, as in HTML. */
	if (d == NULL || d->found)
		piece->dest = NULL;
	else
		d->found = true;
	for (size_t i = 0; piece->row != NULL && i < piece->row->n; i++) {
		touch_tag(piece->row->cell[i].tag, p->pages);
		for (struct piece *c = piece->row->cell[i].flow.first; c != NULL; c = c->next)
			touch(p, c);
	}
}

static void
put(struct pager *g, struct piece *piece, bool again)
{
	struct pdf *p = g->p;

	if (fp_grow(&p->placed, &p->cap_placed, p->n_placed + 1, sizeof(*p->placed)) != 0) {
		fp_fail(&p->mem.fail, FP_ENOMEM, "out of memory for the pages of a PDF");
		return;
	}
	if (!g->at_top)
		g->y += piece->above;
	p->placed[p->n_placed++] = (struct placed){ piece, g->y, p->pages, again };
	if (!again)
		touch(p, piece);
	g->y += piece->h;
	g->at_top = g->at_top && again;
}

static double
heads_height(const struct piece *piece)
{
	return piece->kind == PIECE_ROW && piece->row->head != NULL ? pdf_flow_height(piece->row->head) : 0;
}

static void
next_page(struct pager *g, const struct piece *piece)
{
	struct pdf *p = g->p;

	if (p->pages >= PDF_MAX_PAGES)
		fp_fail(&p->mem.fail, FP_ELIMIT, "the PDF has more pages than the limit of %u", PDF_MAX_PAGES);
	p->pages++;
	g->y = p->top;
	g->at_top = true;
	if (piece->kind != PIECE_ROW || piece->row->head == NULL)
		return;
	for (struct piece *h = piece->row->head->first; h != NULL; h = h->next)
		put(g, h, true);
}

/* Height of piece and all that must stay with it; measuring stops above limit. */
static double
unit_height(const struct piece *piece, double limit)
{
	double h = piece->h;

	while (piece->next != NULL && h <= limit && piece->next->kind != PIECE_BREAK &&
	       (piece->glue || (piece->keep != 0 && piece->next->keep == piece->keep))) {
		piece = piece->next;
		h += piece->above + piece->h;
	}
	return h;
}

/* Cut a cell's pieces after height: the rest. */
static struct flow
cut_flow(struct flow *f, double height)
{
	struct flow rest = { NULL, NULL };
	struct piece *before = NULL;
	double h = 0;

	for (struct piece *p = f->first; p != NULL; before = p, p = p->next) {
		h += p->h + (before != NULL ? p->above : 0);
		if (h <= height)
			continue;
		rest = (struct flow){ p, f->last };
		f->last = before;
		if (before != NULL)
			before->next = NULL;
		else
			f->first = NULL;
		break;
	}
	return rest;
}

/* Divide a row that is too tall: what fits into height stays, the rest becomes a row behind it. False when nothing would stay. */
static bool
split_row(struct pdf *p, struct piece *piece, double height)
{
	struct piece *rest = doc_arena_alloc(&p->mem, 1, sizeof(*rest));
	struct row *row = doc_arena_alloc(&p->mem, 1, sizeof(*row));
	struct cell *cells = doc_arena_alloc(&p->mem, piece->row->n, sizeof(*cells));
	double tallest = 0;
	bool stays = false;

	if (rest == NULL || row == NULL || cells == NULL)
		return false;
	for (size_t i = 0; i < piece->row->n; i++) {
		const struct cell *c = &piece->row->cell[i];

		stays = stays || (c->flow.first != NULL && c->flow.first->h + 2 * c->pad <= height);
	}
	if (!stays)
		return false;
	*rest = *piece;
	*row = *piece->row;
	row->cell = cells;
	for (size_t i = 0; i < row->n; i++) {
		struct cell *c = &piece->row->cell[i];
		double h;

		cells[i] = *c;
		cells[i].h = 0;
		cells[i].flow = cut_flow(&c->flow, height - 2 * c->pad);
		c->h = 0;
		h = pdf_flow_height(&cells[i].flow) + 2 * c->pad;
		tallest = h > tallest ? h : tallest;
	}
	rest->row = row;
	rest->h = tallest;
	rest->dest = NULL;
	rest->above = 0;
	piece->h = height;
	piece->next = rest;
	piece->glue = false;
	return true;
}

static void
place(struct pager *g, struct piece *piece)
{
	struct pdf *p = g->p;
	double page = p->bottom - p->top - heads_height(piece);
	double gap = g->at_top ? 0 : piece->above, left = p->bottom - g->y - gap, unit;

	if (piece->kind == PIECE_BREAK) {
		if (!g->at_top && piece->next != NULL)
			next_page(g, piece->next);
		return;
	}
	/* A row taller than most of a page begins here when there is a good part of the page left, and is divided. */
	if (piece->kind == PIECE_ROW && piece->h > page * 0.6 && piece->h > left && (g->at_top || left > page * 0.25) &&
	    split_row(p, piece, left)) {
		put(g, piece, false);
		return;
	}
	unit = unit_height(piece, page);
	if (!g->at_top && (piece->h > left || (unit > left && unit <= page))) {
		next_page(g, piece);
		place(g, piece);
		return;
	}
	put(g, piece, false);
}

void
pdf_paginate(struct pdf *p, struct flow *f)
{
	struct pager g = { .p = p, .y = p->top, .at_top = true };

	p->pages = 1;
	for (struct piece *piece = f->first; piece != NULL && p->mem.fail.status == FP_OK; piece = piece->next)
		place(&g, piece);
}
