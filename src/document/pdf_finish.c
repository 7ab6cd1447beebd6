/* What cairo does not write: language, title bar, XMP, attributes of the structure, form fields. qpdf does, and makes the bytes the same every time. */
#include "document/pdf_finish_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
finish_number(struct fp_buf *b, double v)
{
	long hundredths = lround(v * 100);

	fp_buf_printf(b, "%s%ld.%02ld ", hundredths < 0 ? "-" : "", labs(hundredths) / 100, labs(hundredths) % 100);
}

bool
finish_good(struct finish *f, const struct fp_buf *b)
{
	f->no_memory = f->no_memory || b->failed != FP_OK;
	return b->failed == FP_OK;
}

qpdf_oh
finish_object(struct finish *f, const struct fp_buf *text, bool indirect)
{
	qpdf_oh oh = finish_good(f, text) ? qpdf_oh_parse(f->q, text->data) : qpdf_oh_new_null(f->q);

	return indirect ? qpdf_make_indirect_object(f->q, oh) : oh;
}

qpdf_oh
finish_stream(struct finish *f, const char *dict, const void *data, size_t len)
{
	qpdf_oh stream = qpdf_oh_new_stream(f->q), to = qpdf_oh_get_dict(f->q, stream), from = qpdf_oh_parse(f->q, dict);

	qpdf_oh_begin_dict_key_iter(f->q, from);
	while (qpdf_oh_dict_more_keys(f->q)) {
		const char *key = qpdf_oh_dict_next_key(f->q);

		qpdf_oh_replace_key(f->q, to, key, qpdf_oh_get_key(f->q, from, key));
	}
	qpdf_oh_replace_stream_data(f->q, stream, data, len, qpdf_oh_new_null(f->q), qpdf_oh_new_null(f->q));
	return stream;
}

void
finish_text(struct finish *f, qpdf_oh dict, const char *key, const char *text)
{
	if (text != NULL && *text != '\0')
		qpdf_oh_replace_key(f->q, dict, key, qpdf_oh_new_unicode_string(f->q, text));
}

/* ---- Catalogue and metadata ---- */

static void
xml_text(struct fp_buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '&' || *s == '<' || *s == '>')
			fp_buf_puts(b, *s == '&' ? "&amp;" : *s == '<' ? "&lt;" : "&gt;");
		else
			fp_buf_putc(b, *s);
	}
}

static void
xmp_entry(struct fp_buf *b, const char *before, const char *text, const char *after)
{
	if (*text == '\0')
		return;
	fp_buf_puts(b, before);
	xml_text(b, text);
	fp_buf_puts(b, after);
}

static void
make_xmp(struct fp_buf *b, const struct doc_meta *m)
{
	char when[FP_TIME_MAX];

	fp_buf_puts(b,
	    "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
	    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
	    "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
	    "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">\n"
	    "<dc:format>application/pdf</dc:format>\n");
	xmp_entry(b, "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">", m->title, "</rdf:li></rdf:Alt></dc:title>\n");
	xmp_entry(b, "<dc:creator><rdf:Seq><rdf:li>", m->author, "</rdf:li></rdf:Seq></dc:creator>\n");
	xmp_entry(
	    b, "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">", m->subject, "</rdf:li></rdf:Alt></dc:description>\n");
	xmp_entry(b, "<dc:language><rdf:Bag><rdf:li>", m->lang, "</rdf:li></rdf:Bag></dc:language>\n");
	xmp_entry(b, "<xmp:CreateDate>", fp_time_text(when, m->created), "</xmp:CreateDate>\n");
	fp_buf_puts(
	    b, "<xmp:CreatorTool>Fieldproof</xmp:CreatorTool>\n</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>");
}

static void
set_catalogue(struct finish *f)
{
	FP_AUTO(fp_buf_free) struct fp_buf xmp = { 0 };
	const struct doc_meta *m = &f->p->d->meta;
	qpdf_oh root = qpdf_get_root(f->q);

	make_xmp(&xmp, m);
	finish_text(f, root, "/Lang", m->lang);
	qpdf_oh_replace_key(f->q, root, "/ViewerPreferences", qpdf_oh_parse(f->q, "<< /DisplayDocTitle true >>"));
	if (finish_good(f, &xmp))
		qpdf_oh_replace_key(
		    f->q, root, "/Metadata", finish_stream(f, "<< /Type /Metadata /Subtype /XML >>", xmp.data, xmp.len));
	for (int i = 0; i < qpdf_get_num_pages(f->q); i++)
		qpdf_oh_replace_key(f->q, qpdf_get_page_n(f->q, (size_t)i), "/Tabs", qpdf_oh_new_name(f->q, "/S"));
}

/* ---- Structure ---- */

/* Elements in the order in which they were opened are the tree read from above. */
static void
collect(struct finish *f, qpdf_oh kid, unsigned depth)
{
	if (depth > 4 * DOC_MAX_DEPTH || f->n_elements > f->p->n_opened)
		return;
	if (qpdf_oh_is_array(f->q, kid)) {
		int n = qpdf_oh_get_array_n_items(f->q, kid);

		for (int i = 0; i < n; i++)
			collect(f, qpdf_oh_get_array_item(f->q, kid, i), depth + 1);
		return;
	}
	if (!qpdf_oh_is_dictionary(f->q, kid) || !qpdf_oh_has_key(f->q, kid, "/S"))
		return;
	if (f->n_elements < f->p->n_opened)
		f->element[f->n_elements] = kid;
	f->n_elements++;
	if (qpdf_oh_has_key(f->q, kid, "/K"))
		collect(f, qpdf_oh_get_key(f->q, kid, "/K"), depth + 1);
}

static void
set_attributes(struct finish *f, qpdf_oh element, const struct tag *t)
{
	FP_AUTO(fp_buf_free) struct fp_buf a = { 0 };

	finish_text(f, element, "/Alt", t->alt);
	finish_text(f, element, "/Lang", t->lang);
	if (t->scope == NULL && t->cols <= 1 && t->rows <= 1)
		return;
	fp_buf_puts(&a, "<< /O /Table");
	if (t->scope != NULL)
		fp_buf_printf(&a, " /Scope /%s", t->scope);
	if (t->cols > 1)
		fp_buf_printf(&a, " /ColSpan %u", t->cols);
	if (t->rows > 1)
		fp_buf_printf(&a, " /RowSpan %u", t->rows);
	fp_buf_puts(&a, " >>");
	qpdf_oh_replace_key(f->q, element, "/A", finish_object(f, &a, false));
}

static enum fp_status
set_structure(struct finish *f, struct fp_err *err)
{
	struct pdf *p = f->p;
	qpdf_oh tree = qpdf_oh_get_key(f->q, qpdf_get_root(f->q), "/StructTreeRoot");
	qpdf_oh parents;

	if (!qpdf_oh_is_dictionary(f->q, tree))
		return p->n_opened == 0 ? FP_OK : fp_fail(err, FP_EIO, "the PDF has lost its structure");
	collect(f, qpdf_oh_get_key(f->q, tree, "/K"), 0);
	if (f->n_elements != p->n_opened)
		return fp_fail(err, FP_EIO, "the PDF has %zu structure elements, not %zu", f->n_elements, p->n_opened);
	for (size_t i = 0; i < p->n_opened; i++) {
		const char *name = qpdf_oh_get_name(f->q, qpdf_oh_get_key(f->q, f->element[i], "/S"));

		if (strcmp(name + 1, p->opened[i].name) != 0)
			return fp_fail(
			    err, FP_EIO, "structure element %zu of the PDF is a %s, not a %s", i, name + 1, p->opened[i].name);
		if (p->opened[i].tag != NULL)
			set_attributes(f, f->element[i], p->opened[i].tag);
		if (p->opened[i].field >= 0)
			p->fields[p->opened[i].field].opened = i;
	}
	parents = qpdf_oh_get_key(f->q, tree, "/ParentTree");
	f->parent_nums = qpdf_oh_get_key(f->q, parents, "/Nums");
	if (qpdf_oh_is_array(f->q, f->parent_nums) && qpdf_oh_get_array_n_items(f->q, f->parent_nums) >= 2) {
		int n = qpdf_oh_get_array_n_items(f->q, f->parent_nums);

		f->next_parent = qpdf_oh_get_int_value(f->q, qpdf_oh_get_array_item(f->q, f->parent_nums, n - 2)) + 1;
	}
	return FP_OK;
}

static enum fp_status
failed(struct finish *f, const char *doing, struct fp_err *err)
{
	qpdf_error e = qpdf_get_error(f->q);

	return fp_fail(
	    err, FP_EIO, "%s the PDF: %s", doing, e != NULL ? qpdf_get_error_message_detail(f->q, e) : "unknown reason");
}

static enum fp_status
write_out(struct finish *f, struct fp_buf *out, struct fp_err *err)
{
	if (f->no_memory)
		return fp_fail(err, FP_ENOMEM, "out of memory for a PDF");
	if (qpdf_has_error(f->q))
		return failed(f, "completing", err);
	(void)qpdf_init_write_memory(f->q);
	qpdf_set_deterministic_ID(f->q, QPDF_TRUE);
	qpdf_set_object_stream_mode(f->q, qpdf_o_generate);
	qpdf_set_suppress_original_object_IDs(f->q, QPDF_TRUE);
	if ((qpdf_write(f->q) & QPDF_ERRORS) != 0)
		return failed(f, "writing", err);
	fp_buf_add(out, qpdf_get_buffer(f->q), qpdf_get_buffer_length(f->q));
	return fp_buf_check(out, "the PDF document", err);
}

static void
free_finish(struct finish *f)
{
	free(f->element);
	if (f->q != NULL)
		qpdf_cleanup(&f->q);
}

enum fp_status
pdf_finish(struct pdf *p, const struct fp_buf *from, struct fp_buf *out, struct fp_err *err)
{
	FP_AUTO(free_finish) struct finish f = { .p = p, .q = qpdf_init() };

	f.element = fp_calloc(p->n_opened + 1, sizeof(*f.element));
	if (f.element == NULL || f.q == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for a PDF");
	qpdf_silence_errors(f.q);
	qpdf_set_suppress_warnings(f.q, QPDF_TRUE);
	if ((qpdf_read_memory(f.q, "document", from->data, from->len, NULL) & QPDF_ERRORS) != 0)
		return failed(&f, "completing", err);
	if (set_structure(&f, err) != FP_OK || finish_fields(&f, err) != FP_OK)
		return err != NULL ? err->status : FP_EIO;
	set_catalogue(&f);
	return write_out(&f, out, err);
}
