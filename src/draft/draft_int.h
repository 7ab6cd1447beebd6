/*
 * The stages of draft_from_letter share one workbench. Private to draft/. Each stage is one function in a file of its own and reads only what the stages
 * before it left here.
 */
#ifndef FP_DRAFT_INT_H
#define FP_DRAFT_INT_H

#include "draft/draft.h"

/* Hits of one block: work->hits[first .. first + n). */
struct draft_span {
	uint32_t first, n;
};

struct draft_work {
	struct draft *d;
	const struct letter *l;
	const struct term_base *t;
	const struct draft_options *o;
	const struct term_lang *lang; /* main language; NULL: could not be told */
	struct term_hit *hits;        /* of all blocks, all groups */
	struct draft_span *span;      /* per block */
	const struct term_lang *
	    *block_lang; /* per block: its own language where it is clear and another than lang, otherwise lang */
	const char *
	    *section; /* per block: key of the section it belongs to ("problem", "customer-actions", "form", ...); never NULL */
	struct fp_arena *arena; /* for what lives as long as the work */
};

/* In this order: */
void draft_stage_language(struct draft_work *w); /* language, languages; w->lang, w->hits */
void draft_stage_sections(struct draft_work *w); /* w->section; sections[] with heading, first and last block */
void draft_stage_pages(struct draft_work *w);    /* pages: stated, present, missing; printed ids per page */
void draft_stage_head(
    struct draft_work *w); /* reference, document number, revision, dates, kinds, urgent, maker, contacts, signatories, links */
void draft_stage_products(struct draft_work *w); /* products with every identifier; numbers that are none */
void draft_stage_security(struct draft_work *w); /* vulnerabilities: CVE, CWE, CVSS, component, exploitation */
void draft_stage_actions(struct draft_work
	*w); /* manufacturer.actions, actions[] in order, emergency, adverse_events, authorities, deadlines, recommendations */
void draft_stage_form(struct draft_work *w);    /* reply: every field, box and option, customer and distributor part */
void draft_stage_broken(struct draft_work *w);  /* broken addresses, hyphens, lost commas, wildcards: findings, never mended */
void draft_stage_missing(struct draft_work *w); /* what a notice should state and this one does not: null, listed */

/* Helpers of the stages. */
bool draft_hit_at(
    const struct draft_work *w, uint32_t block, enum term_group g, const char *id); /* does the block hold that term? */
const struct term_hit *draft_hit_first(const struct draft_work *w, uint32_t block, enum term_group g); /* NULL when none */
struct draft_source draft_from(const struct draft_work *w, uint32_t block, size_t from, size_t len, int confidence);

#endif
