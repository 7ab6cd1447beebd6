/*
 * The letter: a notice in one language as a document tree, for HTML, PDF and text.
 */
#ifndef FP_NOTICE_RENDER_H
#define FP_NOTICE_RENDER_H

#include "document/document.h"
#include "notice/notice.h"
#include "notice/sign.h"

struct notice_render_options {
	const struct notice_verdict *verdict; /* what the banner says of the signature; NULL: unsigned */
	fp_time created;                      /* of the PDF; same notice, options and language give the same bytes */
};

/*
 * The whole letter with head, banner, numbered actions and boxes for boot modes and emergency; the caller frees with doc_free. Never falls back to
 * another language: FP_ENOTFOUND names those that are there. FP_ENOMEM, FP_ELIMIT. o NULL: all zero.
 */
enum fp_status notice_render(struct doc **out, const struct notice *n, const char *lang, const struct notice_render_options *o,
    struct fp_err *err) FP_MUST_CHECK;

/*
 * One section's heading (level 1-6; 0: none) and body under parent, for pages that show a part of the letter. FP_ENOTFOUND when the
 * language or the section is not there.
 */
enum fp_status notice_render_section(struct doc_node *parent, const struct notice *n, const char *lang, const char *key,
    unsigned level, struct fp_err *err) FP_MUST_CHECK;

/*
 * What one action asks: its text, what comes before, its ways (each with its condition), what it may cause; for the page of a cell.
 * connectivity of the device: "internet-connected" or "not-connected" leaves out the ways of the other; NULL: all.
 */
enum fp_status notice_render_action(struct doc_node *parent, const struct notice *n, const char *lang, const char *action,
    const char *connectivity, unsigned level, struct fp_err *err) FP_MUST_CHECK;

#endif
