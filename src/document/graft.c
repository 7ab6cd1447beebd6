/* One document inside another. */
#include "document/tree.h"

/* Make n and all below it nodes of d, under a parent of the given depth. FALSE when they would stand too deep. */
static bool
adopt(struct doc_node *n, struct doc *d, unsigned depth, unsigned deeper)
{
	if (depth > DOC_MAX_DEPTH)
		return false;
	n->doc = d;
	n->depth = (uint8_t)depth;
	if (n->kind == DOC_HEADING)
		n->style = (uint8_t)(n->style + deeper > 6 ? 6 : n->style + deeper);
	if (n->kind == DOC_SECTION && n->style == DOC_ROLE_MAIN)
		n->style = DOC_ROLE_PLAIN;
	for (struct doc_node *c = n->first; c != NULL; c = c->next) {
		if (!adopt(c, d, depth + 1, deeper))
			return false;
	}
	return true;
}

static void
append(struct doc_node *parent, struct doc_node *from)
{
	for (struct doc_node *c = from->first; c != NULL; c = c->next)
		c->parent = parent;
	if (parent->last != NULL)
		parent->last->next = from->first;
	else
		parent->first = from->first;
	if (from->last != NULL)
		parent->last = from->last;
	from->first = from->last = NULL;
}

void
doc_graft(struct doc_node *parent, struct doc **from, unsigned deeper)
{
	struct doc *to = parent->doc, *src = *from;

	if (src == NULL || src == to)
		return;
	if (src->mem.fail.status != FP_OK) {
		doc_failed(to, src->mem.fail.status, "%s", src->mem.fail.msg);
	} else if (to->mem.fail.status == FP_OK && to->nodes + src->nodes > DOC_MAX_NODES) {
		doc_failed(to, FP_ELIMIT, "the document has more than its limit of %u parts", DOC_MAX_NODES);
	} else if (to->mem.fail.status == FP_OK) {
		/* The memory first: whatever happens then, no node points to what is freed. */
		doc_arena_join(&to->mem, &src->mem);
		to->nodes += src->nodes;
		for (struct doc_node *c = src->root->first; c != NULL; c = c->next) {
			if (!adopt(c, to, parent->depth + 1u, deeper))
				doc_failed(to, FP_ELIMIT, "the document is nested deeper than its limit of %u", DOC_MAX_DEPTH);
		}
		append(parent, src->root);
	}
	doc_free(src);
	*from = NULL;
}
