/* Shared by pdf_finish.c and pdf_form.c: the document in qpdf's hands. */
#ifndef FP_DOCUMENT_PDF_FINISH_INT_H
#define FP_DOCUMENT_PDF_FINISH_INT_H

#include <qpdf/qpdf-c.h>

#include "document/pdf_int.h"

struct finish {
	struct pdf *p;
	qpdf_data q;
	qpdf_oh *element; /* of p->opened, in its order */
	size_t n_elements;
	qpdf_oh parent_nums; /* the array of the ParentTree */
	long long next_parent;
	bool no_memory; /* sticks */
};

/* A point length with two decimals, whatever the locale. */
void finish_number(struct fp_buf *b, double v);
/* False, noted in f, when b has failed. */
bool finish_good(struct finish *f, const struct fp_buf *b);
/* An object written as text; indirect: as an object of its own. */
qpdf_oh finish_object(struct finish *f, const struct fp_buf *text, bool indirect);
/* An indirect stream: dict as text, then its data. */
qpdf_oh finish_stream(struct finish *f, const char *dict, const void *data, size_t len);
/* dict[key] = text; nothing when text is empty. */
void finish_text(struct finish *f, qpdf_oh dict, const char *key, const char *text);

/* AcroForm, widgets with their appearances; takes the appearance pages away. FP_EINVAL for a field name that is used twice. */
enum fp_status finish_fields(struct finish *f, struct fp_err *err) FP_MUST_CHECK;

#endif
