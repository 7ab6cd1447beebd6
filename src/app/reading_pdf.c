/* PDF by pdftotext, scans and pictures by tesseract: programs of the system, each in the sandbox. */
#define _GNU_SOURCE /* memmem */
#include "app/reading_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define OCR_DPI 300
#define OCR_PAGES 50
#define OCR_LANGS 4
#define LONGEST_PIXELS 4400 /* a page of another size than A4 is drawn coarser, never larger */

/* ---- pdftotext ---- */

/* What poppler says, and what it means for whoever has the file. */
static const struct {
	const char *said, *code, *text;
} complaints[] = {
	{ "Incorrect password", "encrypted",
	    "the PDF is encrypted and opens with a password only: save it without one and read that" },
	{ "Copying of text", "encrypted", "the PDF forbids that its text is read: ask its sender for one that can be read" },
	{ "nknown security handler", "encrypted",
	    "the PDF is encrypted in a way that is not known: save it without and read that" },
	{ "xref table", "cut-off", "the PDF is cut off or damaged: its table of contents (xref) cannot be read" },
	{ "trailer dictionary", "cut-off", "the PDF is cut off or damaged: its end is missing" },
	{ "Document stream is empty", "empty", "the file is empty" },
	{ "Couldn't read page catalog", "cut-off", "the PDF is cut off or damaged: its list of pages cannot be read" },
};

static void
complain(struct reading_trouble *why, int code, const char *said)
{
	for (size_t i = 0; i < FP_COUNT(complaints); i++)
		if (strstr(said, complaints[i].said) != NULL) {
			reading_trouble_set(why, complaints[i].code, "%s", complaints[i].text);
			return;
		}
	reading_trouble_set(why, "invalid", "the PDF cannot be read (pdftotext ends with %d: %.200s)", code, said);
}

/* First line of what a program said on standard error. */
static void
first_line(struct fp_buf *said)
{
	if (said->data != NULL)
		said->data[strcspn(said->data, "\r\n")] = '\0';
}

static size_t
count(const struct fp_buf *b, const char *mark)
{
	size_t n = 0, len = strlen(mark);
	const char *p = b->data, *end = b->data + b->len;

	while (p != NULL && (p = memmem(p, (size_t)(end - p), mark, len)) != NULL) {
		p += len;
		n++;
	}
	return n;
}

/* Width or height of the largest page, in points. */
static double
longest_side(const struct fp_buf *bbox)
{
	double longest = 0;

	for (const char *p = bbox->data; (p = strstr(p, "<page width=\"")) != NULL; p++) {
		char *end;
		double w = strtod(p + 13, &end), h = strncmp(end, "\" height=\"", 10) == 0 ? strtod(end + 10, NULL) : 0;

		longest = w > longest ? w : longest;
		longest = h > longest ? h : longest;
	}
	return longest;
}

/* A step that did not end well, in words; true when there was none. */
static bool
step_ended(enum fp_status status, const struct fp_err *said, const char *package, struct reading_trouble *why)
{
	if (status == FP_OK)
		return true;
	if (status == FP_ENOTFOUND) {
		reading_trouble_set(why, "not-installed", "%s: install the package %s", said->msg, package);
	} else {
		reading_trouble_of(why, status, said);
		if (status == FP_EINVAL)
			(void)snprintf(why->code, sizeof(why->code), "crashed");
	}
	return false;
}

static enum fp_status scan_pages(struct app_reader *r, struct reading_job *j, const struct fp_buf *bbox, struct fp_buf *json,
    struct reading_trouble *why, struct fp_err *err);

enum fp_status
reading_pdf(struct app_reader *r, struct reading_job *j, struct fp_buf *json, struct reading_trouble *why, struct fp_err *err)
{
	static const char *const argv[] = { "pdftotext", "-bbox-layout", "-enc", "UTF-8", "-", "-", NULL };
	FP_AUTO(fp_buf_free) struct fp_buf bbox = { .max = r->limits.output }, said = { .max = 8192 };
	struct fp_err ended = { .status = FP_OK, .msg = "" };
	struct reading_job text = *j;
	int code = 0;

	text.source = j->source != NULL ? j->source : "pdf"; /* also when it is read as a picture */
	if (!step_ended(fp_sandbox_run(&bbox, &code, &said, argv, j->data, j->len, NULL, &r->limits, &ended), &ended,
		"poppler-utils", why))
		return FP_OK;
	if (code != 0) {
		complain(why, code, said.data != NULL ? said.data : "");
		return FP_OK;
	}
	if (said.data != NULL && strstr(said.data, "Error") != NULL) {
		first_line(&said);
		reading_note_add(
		    &text, "damaged", DRAFT_WARNING, "the PDF is damaged and was read as far as possible: %.200s", said.data);
	}
	if (bbox.data == NULL || strstr(bbox.data, "<word ") == NULL)
		return scan_pages(r, &text, &bbox, json, why, err);
	text.kind = READING_BBOX;
	text.data = bbox.data;
	text.len = bbox.len;
	return reading_ask(r, &text, json, why, err);
}

/* ---- tesseract ---- */

/* ISO 639-1 and what tesseract calls it, in the order in which an unknown letter is tried. */
static const struct {
	const char *tag, *name;
} ocr_names[] = { { "en", "eng" }, { "de", "deu" }, { "fr", "fra" }, { "es", "spa" }, { "it", "ita" }, { "da", "dan" },
	{ "nl", "nld" }, { "pl", "pol" }, { "pt", "por" }, { "sv", "swe" }, { "fi", "fin" }, { "nb", "nor" }, { "no", "nor" },
	{ "nn", "nor" }, { "cs", "ces" }, { "el", "ell" }, { "hu", "hun" }, { "ro", "ron" }, { "bg", "bul" }, { "sk", "slk" },
	{ "sl", "slv" }, { "hr", "hrv" }, { "lt", "lit" }, { "lv", "lav" }, { "et", "est" }, { "ga", "gle" }, { "mt", "mlt" },
	{ "is", "isl" } };

static bool
in_list(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = list; (p = strstr(p, name)) != NULL; p += n)
		if ((p == list || p[-1] == '+') && (p[n] == '\0' || p[n] == '+'))
			return true;
	return false;
}

static void
append_name(char *list, size_t size, const char *name)
{
	size_t len = strlen(list);

	(void)snprintf(list + len, size - len, "%s%s", len > 0 ? "+" : "", name);
}

void
reading_ocr_langs(char *out, size_t size)
{
	static const char *const argv[] = { "tesseract", "--list-langs", NULL };
	static const struct fp_sandbox_limits limits = { .seconds = 10 };
	FP_AUTO(fp_buf_free) struct fp_buf said = { .max = 65536 };
	char *save = NULL;
	int code = -1;

	out[0] = '\0';
	if (fp_sandbox_run(&said, &code, NULL, argv, "", 0, NULL, &limits, NULL) != FP_OK || code != 0 || said.data == NULL)
		return;
	/* The first line tells where they lie; "osd" finds orientations and is no language. */
	for (char *line = strtok_r(said.data, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save))
		if (strchr(line, ' ') == NULL && strcmp(line, "osd") != 0 && strlen(line) < 40)
			append_name(out, size, line);
}

/* The languages to read with: the one that is known, otherwise the first few of those that are there. */
static bool
choose_langs(struct app_reader *r, const char *lang, char *out, size_t size)
{
	size_t n = 0;

	if (!r->ocr_looked)
		reading_ocr_langs(r->ocr_langs, sizeof(r->ocr_langs));
	r->ocr_looked = true;
	out[0] = '\0';
	for (size_t i = 0; i < FP_COUNT(ocr_names); i++) {
		bool wanted = lang == NULL ? n < OCR_LANGS : strncmp(lang, ocr_names[i].tag, 2) == 0;

		if (!wanted || !in_list(r->ocr_langs, ocr_names[i].name) || in_list(out, ocr_names[i].name))
			continue;
		append_name(out, size, ocr_names[i].name);
		n++;
	}
	if (n == 0 && lang != NULL)
		return choose_langs(r, NULL, out, size);
	return n > 0;
}

static void
no_ocr(const struct app_reader *r, const char *what, struct reading_trouble *why)
{
	if (r->o.no_ocr)
		reading_trouble_set(
		    why, "image-only", "%s holds a picture and no text; reading pictures was switched off (--no-ocr)", what);
	else
		reading_trouble_set(why, "image-only",
		    "%s holds a picture and no text; to read it install tesseract-ocr and its language, for example "
		    "tesseract-ocr-deu",
		    what);
}

/* One picture: the rows of tesseract's table with page as their page number, behind the others. */
static void
add_rows(struct fp_buf *out, const struct fp_buf *table, int page)
{
	const char *p = table->data != NULL ? table->data : "";
	bool first = out->len == 0;

	while (*p != '\0') {
		size_t n = strcspn(p, "\n");
		const char *tab = memchr(p, '\t', n),
			   *tab2 = tab != NULL ? memchr(tab + 1, '\t', n - (size_t)(tab + 1 - p)) : NULL;
		bool head = n > 5 && strncmp(p, "level", 5) == 0;

		if (page > 0 && !head && tab2 != NULL) {
			fp_buf_add(out, p, (size_t)(tab + 1 - p));
			fp_buf_printf(out, "%d", page);
			fp_buf_add(out, tab2, n - (size_t)(tab2 - p));
			fp_buf_putc(out, '\n');
		} else if (n > 0 && (!head || first)) {
			fp_buf_add(out, p, n);
			fp_buf_putc(out, '\n');
		}
		p += n + (p[n] == '\n');
	}
}

static bool
ocr(struct app_reader *r, const char *langs, int dpi, const char *data, size_t len, int page, struct fp_buf *rows,
    struct reading_trouble *why)
{
	char number[16];
	const char *with_dpi[] = { "tesseract", "-", "-", "-l", langs, "--dpi", number, "tsv", NULL };
	const char *without[] = { "tesseract", "-", "-", "-l", langs, "tsv", NULL };
	FP_AUTO(fp_buf_free) struct fp_buf table = { .max = r->limits.output }, said = { .max = 8192 };
	struct fp_err ended = { .status = FP_OK, .msg = "" };
	int code = 0;

	(void)snprintf(number, sizeof(number), "%d", dpi);
	if (!step_ended(fp_sandbox_run(&table, &code, &said, dpi > 0 ? with_dpi : without, data, len, NULL, &r->limits, &ended),
		&ended, "tesseract-ocr", why))
		return false;
	if (code != 0) {
		first_line(&said);
		reading_trouble_set(why, "invalid", "the picture cannot be read (tesseract ends with %d: %.200s)", code,
		    said.data != NULL ? said.data : "");
		return false;
	}
	add_rows(rows, &table, page);
	return true;
}

static enum fp_status
ask_rows(struct app_reader *r, struct reading_job *j, const struct fp_buf *rows, int dpi, const char *langs, struct fp_buf *json,
    struct reading_trouble *why, struct fp_err *err)
{
	if (fp_buf_check(rows, "what was read from the pictures", err) != FP_OK)
		return fp_failed(err, FP_ELIMIT);
	/* Rows of level 5 are words. */
	if (rows->data == NULL || strstr(rows->data, "\n5\t") == NULL) {
		reading_trouble_set(why, "image-only", "no text was recognised in the picture (tesseract, %s)", langs);
		return FP_OK;
	}
	reading_note_add(j, "ocr", DRAFT_WARNING,
	    "the text was read from pictures (tesseract, %s): compare every number with the letter", langs);
	j->kind = READING_TSV;
	j->dpi = dpi;
	j->data = rows->data != NULL ? rows->data : "";
	j->len = rows->len;
	return reading_ask(r, j, json, why, err);
}

/* Draw one page and read it. */
static bool
scan_page(struct app_reader *r, const struct reading_job *j, int page, int dpi, const char *langs, struct fp_buf *rows,
    struct reading_trouble *why)
{
	char number[16], resolution[16];
	const char *argv[] = { "pdftoppm", "-r", resolution, "-gray", "-f", number, "-l", number, "-", NULL };
	FP_AUTO(fp_buf_free) struct fp_buf picture = { .max = r->limits.output };
	struct fp_err ended = { .status = FP_OK, .msg = "" };
	int code = 0;

	(void)snprintf(number, sizeof(number), "%d", page);
	(void)snprintf(resolution, sizeof(resolution), "%d", dpi);
	if (!step_ended(fp_sandbox_run(&picture, &code, NULL, argv, j->data, j->len, NULL, &r->limits, &ended), &ended,
		"poppler-utils", why))
		return false;
	if (code != 0 || picture.len == 0) {
		reading_trouble_set(why, "invalid", "page %d cannot be drawn (pdftoppm ends with %d)", page, code);
		return false;
	}
	return ocr(r, langs, dpi, picture.data, picture.len, page, rows, why);
}

static enum fp_status
scan_pages(struct app_reader *r, struct reading_job *j, const struct fp_buf *bbox, struct fp_buf *json,
    struct reading_trouble *why, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf rows = { .max = r->limits.output };
	size_t pages = count(bbox, "<page "), last = pages < OCR_PAGES ? pages : OCR_PAGES;
	double side = bbox->data != NULL ? longest_side(bbox) : 0, fit = side > 0 ? LONGEST_PIXELS * 72.0 / side : OCR_DPI;
	int dpi = fit < OCR_DPI ? (int)fit : OCR_DPI;
	char langs[64];

	if (pages == 0) {
		reading_trouble_set(why, "empty", "the PDF has no pages");
		return FP_OK;
	}
	if (r->o.no_ocr || !choose_langs(r, j->lang, langs, sizeof(langs))) {
		no_ocr(r, "the PDF", why);
		return FP_OK;
	}
	for (size_t i = 1; i <= last; i++)
		if (!scan_page(r, j, (int)i, dpi > 10 ? dpi : 10, langs, &rows, why)) {
			if (rows.len == 0)
				return FP_OK;
			/* Some pages are better than none, when it is said. */
			reading_note_add(
			    j, "cut-off", DRAFT_ERROR, "page %zu and what follows could not be read: %.300s", i, why->text);
			why->code[0] = '\0';
			break;
		}
	if (last < pages)
		reading_note_add(j, "limit", DRAFT_ERROR, "only the first %zu of %zu pages were read", last, pages);
	return ask_rows(r, j, &rows, dpi, langs, json, why, err);
}

/* A picture counts as one page of A4: its resolution is seldom written in it, and places need points. Row 1 of the table holds its size. */
static int
guessed_dpi(const struct fp_buf *rows)
{
	enum { WIDTH = 8, HEIGHT = 9, COLUMNS };
	const char *p = rows->data != NULL ? strstr(rows->data, "\n1\t") : NULL;
	long v[COLUMNS] = { 0 }, longer;

	for (size_t i = 0; p != NULL && i < COLUMNS; i++) {
		char *end;

		v[i] = strtol(p, &end, 10);
		p = *end == '\t' ? end + 1 : NULL;
	}
	longer = v[WIDTH] > v[HEIGHT] ? v[WIDTH] : v[HEIGHT];
	return longer > 1000 ? (int)(longer * 100 / 1169) : 72;
}

enum fp_status
reading_picture(struct app_reader *r, struct reading_job *j, struct fp_buf *json, struct reading_trouble *why, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf rows = { .max = r->limits.output };
	char langs[64];

	if (r->o.no_ocr || !choose_langs(r, j->lang, langs, sizeof(langs))) {
		no_ocr(r, "the file", why);
		return FP_OK;
	}
	j->source = j->source != NULL ? j->source : "picture";
	if (!ocr(r, langs, 0, j->data, j->len, 0, &rows, why))
		return FP_OK;
	return ask_rows(r, j, &rows, guessed_dpi(&rows), langs, json, why, err);
}

/* ---- for doctor ---- */

bool
reading_program(const char *name, const char *option, char *version, size_t size)
{
	const char *const argv[] = { name, option, NULL };
	static const struct fp_sandbox_limits limits = { .seconds = 10 };
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 65536 }, said = { .max = 8192 };
	struct fp_err err = { .status = FP_OK, .msg = "" };
	int code = -1;
	enum fp_status status = fp_sandbox_run(&out, &code, &said, argv, "", 0, NULL, &limits, &err);

	first_line(&out);
	first_line(&said);
	(void)snprintf(version, size, "%.200s",
	    status != FP_OK                             ? err.msg
	    : out.data != NULL && out.data[0] != '\0'   ? out.data
	    : said.data != NULL && said.data[0] != '\0' ? said.data
							: "answers nothing");
	return status == FP_OK;
}
