/*
 * A document tree as PDF: A4, fonts embedded as subsets, tagged, with bookmarks, links, header and footer on each page, and
 * real form fields for what stands on paper as boxes and lines. The same tree gives the same bytes.
 */
#ifndef FP_DOCUMENT_PDF_H
#define FP_DOCUMENT_PDF_H

#include "document/document.h"

/* All zero is right for a reply. */
struct doc_pdf_options {
	bool flat;        /* draw boxes and lines only, no form fields */
	bool landscape;   /* for wide matrices */
	double base_size; /* body text in points; 0: 9.5 */
};

/*
 * Append to out. The failure of the tree, FP_ENOMEM, FP_ELIMIT (more than 5,000 pages, QR text too long, matrix wider than 100
 * columns), FP_EINVAL when two fields have one name, FP_EUNSUPPORTED when the font is not installed. o NULL: all zero. May be
 * called from several threads; one PDF is made at a time. Nothing of Pango or fontconfig is touched before the first call.
 */
enum fp_status doc_write_pdf(
    const struct doc *d, const struct doc_pdf_options *o, struct fp_buf *out, struct fp_err *err) FP_MUST_CHECK;

#endif
