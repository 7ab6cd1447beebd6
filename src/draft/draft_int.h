/*
 * The stages of draft_from_letter share one workbench. Private to draft/. Each stage is one function in a file of its own and reads only what the stages
 * before it left here.
 */
#ifndef FP_DRAFT_DRAFT_INT_H
#define FP_DRAFT_DRAFT_INT_H

#include <string.h>

#include "draft/draft.h"

/* What a block's text holds; most blocks hold nothing, and are not looked at again. */
enum { DRAFT_HOLDS_DIGIT = 1, DRAFT_HOLDS_AT = 2, DRAFT_HOLDS_URL = 4, DRAFT_HOLDS_ODD = 8, DRAFT_HOLDS_HIGH = 16 };

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
	uint32_t n_hits;
	struct draft_span *span; /* per block */
	const struct term_lang *
	    *block_lang; /* per block: its own language where it is clear and another than lang, otherwise lang */
	const char *
	    *section;   /* per block: key of the section it belongs to ("problem", "customer-actions", "form", ...); never NULL */
	uint8_t *holds; /* per block: DRAFT_HOLDS_ bits */
	struct draft_sign_book *signs; /* see signs.h; NULL before the sections */
	struct fp_arena *arena;        /* for what lives as long as the work */
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
/* Ids and names of sections; most differ in their first letter. */
static inline bool
draft_same(const char *a, const char *b)
{
	return a[0] == b[0] && strcmp(a, b) == 0;
}
bool draft_hit_at(
    const struct draft_work *w, uint32_t block, enum term_group g, const char *id); /* does the block hold that term? */
const struct term_hit *draft_hit_first(const struct draft_work *w, uint32_t block, enum term_group g); /* NULL when none */
/* "/products/" 3 "/names/-": all three pieces together have less than DRAFT_POINTER bytes. */
#define DRAFT_POINTER 96
const char *draft_pointer(char out[DRAFT_POINTER], const char *list, size_t at, const char *key);
struct draft_source draft_from(const struct draft_work *w, uint32_t block, size_t from, size_t len, int confidence);
bool draft_in_form(const struct draft_work *w, uint32_t block); /* the block belongs to the reply form */
/* A copy of len bytes in the work's arena; "" when out of memory, which sticks in w->d. */
const char *draft_keep(struct draft_work *w, const char *s, size_t len);

/* ---- what stands in a text, whatever the language (numbers.c) ---- */

/* A run of letters and digits with hyphens, dots, underscores or stars inside: a word or a code. "DX-410-1001", "v2.x", "1401XX", "+M123ABC1". */
struct draft_token {
	uint32_t from, to;
	uint16_t digits, letters, capitals; /* ASCII */
	uint16_t foreign;                   /* letters beyond ASCII */
	uint16_t odd;                       /* hyphens that are none: U+2010, U+2011, U+2012, U+2212, U+00AD */
	uint16_t points;                    /* dots */
	bool star;
};
/* The next one from *at on, which moves behind it; false at the end. */
bool draft_token_next(const char *s, size_t len, size_t *at, struct draft_token *t);

enum draft_number {
	DRAFT_N_WORD,   /* no digit in it */
	DRAFT_N_CODE,   /* may be a catalogue, serial or lot number */
	DRAFT_N_GTIN14, /* 14 digits with a right check digit */
	DRAFT_N_510K,   /* K123456 */
	DRAFT_N_SRN,    /* XX-MF-000012345 */
	DRAFT_N_IBAN,
	DRAFT_N_HASH,      /* 32 hexadecimal digits and more */
	DRAFT_N_REFERENCE, /* FSN2023-1338, FSCA-2023-01, FA-0815 */
	DRAFT_N_CVE,
	DRAFT_N_CWE,
	DRAFT_N_DATE,   /* 2023-04-05, 05.04.2023 */
	DRAFT_N_VERSION /* v2.0, 4.0.1: dots and few digits */
};
/* By its form alone. Words around it may say otherwise: see draft_number_beside. */
enum draft_number draft_number_of(const char *s, size_t len);
/* The word before it makes it no product's: "ISO 13485", "(EU) 2017/745", "+49 89 1234", "EUR 300", "FEI 3001234567", "CE 0123". */
bool draft_number_beside(const char *s, size_t len, const struct draft_token *t);

/* Is it one of the words of capitals that makers begin the numbers of their notices with ("FSN")? */
bool draft_reference_word(const char *s, size_t len);

enum draft_address_kind { DRAFT_A_MAIL, DRAFT_A_URL };
struct draft_address {
	enum draft_address_kind kind;
	uint32_t from, to;
};
/* The next mail or web address from *at on. */
bool draft_address_next(const char *s, size_t len, size_t *at, struct draft_address *a);

/* Does the text hold that piece (not empty, ended by a NUL)? */
bool draft_holds(const char *s, size_t len, const char *piece);

/* The next line of a block from *at on: what U+2028 divides, without blanks at its ends. */
bool draft_line_next(const char *s, size_t len, size_t *at, uint32_t *from, uint32_t *to);

/* The next line of a block as it was printed: where its text goes on in another line of the file, or further down the page. Start with { .b = block }. */
struct draft_rows {
	const struct letter_block *b;
	size_t at;
	uint32_t from, to, mark;
};
bool draft_row_next(struct draft_rows *r, uint32_t *from, uint32_t *to);

/* Letters and digits, lower case, of s into the arena: "MiSeq(TM) Dx-Instrument" -> "miseqdxinstrument". */
const char *draft_folded(struct draft_work *w, const char *s, size_t len);

#endif
