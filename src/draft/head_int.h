/* The parts of the stage that reads the head. Private to draft/. */
#ifndef FP_DRAFT_HEAD_INT_H
#define FP_DRAFT_HEAD_INT_H

#include "draft/draft_int.h"

struct head_slice {
	uint32_t block, from, to;
};

/* The value that belongs to a label which ends at byte after of the block: behind it, on the next line, in the next cell, or below. */
bool head_value(const struct draft_work *w, uint32_t block, uint32_t after, struct head_slice *out);

/* A name that ends in a company's form ("Therma Ltd."), in [from, to): from *a to *z. */
bool head_company(const char *s, uint32_t from, uint32_t to, uint32_t *a, uint32_t *z);

void head_dates(struct draft_work *w);       /* issue_date, issue_weekday, dates */
void head_maker(struct draft_work *w);       /* manufacturer: name, brand, address, srn, representative, legal_url */
void head_contacts(struct draft_work *w);    /* manufacturer.contacts */
void head_signatories(struct draft_work *w); /* manufacturer.signatories */
void head_links(struct draft_work *w);       /* links */

#endif
