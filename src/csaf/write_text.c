/* The letter's sections as the plain text that CSAF wants. */
#include <string.h>

#include "base/utf8.h"
#include "csaf/write_int.h"
#include "document/text.h"
#include "notice/render.h"

#define WIDTH 400 /* the widest that the text writer knows */

const char *
csaf_section_heading(const struct csaf_writer *w, const char *key)
{
	const struct notice_section *s = notice_section_find(w->t, key);

	return s != NULL && *s->heading != '\0' ? s->heading : NULL;
}

static size_t
line_width(const char *p, size_t len)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1 << 16 };

	fp_buf_add(&b, p, len);
	return b.data != NULL ? fp_utf8_width(b.data) : 0;
}

/* A line was broken for width when the word that follows would not have fitted: CSAF's readers break lines themselves. */
static void
unbreak(struct fp_buf *out, const char *text)
{
	for (const char *p = text; *p != '\0';) {
		size_t n = strcspn(p, "\n"), next;
		const char *behind = p + n + (p[n] == '\n');

		fp_buf_add(out, p, n);
		if (*behind == '\0')
			break;
		behind += strspn(behind, " ");
		next = strcspn(behind, " \n");
		if (n > 0 && next > 0 && *behind != '\n' && line_width(p, n) + 1 + line_width(behind, next) > WIDTH) {
			fp_buf_putc(out, ' ');
			p = behind;
		} else {
			fp_buf_putc(out, '\n');
			p += n + 1;
		}
	}
}

enum fp_status
csaf_section_plain(struct fp_buf *out, const struct csaf_writer *w, const char *key, struct fp_err *err)
{
	static const struct doc_text_options o = { .width = WIDTH, .ascii = true, .links = true };
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 1 << 20 };

	if (notice_section_find(w->t, key) == NULL)
		return FP_OK;
	if (doc_new(&d, &(struct doc_meta){ .title = key, .lang = w->t->lang }, err) != FP_OK ||
	    notice_render_section(doc_root(d), w->n, w->t->lang, key, 0, err) != FP_OK ||
	    doc_write_text(d, &o, &text, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	if (text.data != NULL)
		unbreak(out, text.data);
	return fp_buf_check(out, "a section of the letter", err);
}
