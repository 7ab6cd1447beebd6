/*
 * A foreign letter as it was read: blocks of text in reading order, each piece with its place. One model for text, Markdown with HTML, HTML, PDF and
 * scans; it knows no language and no facts. Readers are pure functions from bytes to this model: nothing is executed or fetched,
 * memory and depth are bounded by struct letter_limits.
 */
#ifndef FP_LETTER_LETTER_H
#define FP_LETTER_LETTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/status.h"

enum letter_format {
	LETTER_UNKNOWN, /* nothing that we read: the message says what it looks like */
	LETTER_EMPTY,
	LETTER_TEXT, /* plain, or Markdown with HTML in it: one reader takes both */
	LETTER_HTML,
	LETTER_PDF,
	LETTER_MAIL,    /* RFC 5322 with MIME */
	LETTER_PICTURE, /* PNG, JPEG, TIFF */
	LETTER_JSON,    /* CSAF, or one of our own */
	LETTER_FORMAT_COUNT
};

/* Where a piece of text stands. Text: line and column (characters, from 1) of the file. PDF and scans: page and box, in points from the top left. */
struct letter_place {
	int page;             /* from 1; 0: the letter shows no pages */
	int line, col;        /* 0 for PDF and scans */
	float x0, y0, x1, y1; /* all 0 where there is no box */
};

enum letter_kind { LETTER_HEADING, LETTER_PARAGRAPH, LETTER_ITEM, LETTER_CELL };
enum letter_zone { LETTER_BODY, LETTER_PAGE_HEADER, LETTER_PAGE_FOOTER };

/* From byte at of the block's text on (up to the next mark) the text stands at place. */
struct letter_mark {
	uint32_t at;
	struct letter_place place;
};

struct letter_link { /* bytes [from, to) of the block's text lead to url */
	uint32_t from, to;
	const char *url; /* as written: "#", "mailto:a@b", "https://..." */
};

/*
 * One heading, paragraph, list item or table cell. Text is UTF-8, NFC as found, one line: white space runs are one blank, a forced line break is U+2028, lines and
 * sentences cut by a page are joined. Check boxes stand as U+2610 (empty), U+2611 or U+2612 (ticked).
 */
struct letter_block {
	enum letter_kind kind;
	enum letter_zone zone;
	int level;                    /* heading 1-6; depth of a list item from 1 */
	int number;                   /* printed number of an item ("2." -> 2); 0: a bullet or none */
	int table, row, col, colspan; /* cells: table from 0, row and column from 0; table -1 for others */
	bool bold;                    /* all of it is strong: often a heading without the mark-up of one */
	bool continued;               /* goes on behind a page break inside the block */
	int page;                     /* of its first character; 0 unknown */
	const char *text;
	uint32_t len;
	struct letter_mark *marks; /* at least one, ascending, marks[0].at == 0 */
	uint32_t n_marks;
	struct letter_link *links;
	uint32_t n_links;
};

/* A page as it shows itself. */
struct letter_page {
	int printed;                /* the number printed on it ("Side 2 af 5" -> 2); 0: none */
	int stated;                 /* "of how many" it says; 0: none */
	uint32_t first_block;       /* index of its first block */
	struct letter_place marker; /* where the number stands */
};

/* What the reader noticed. Codes are stable: "encoding", "cut-off", "encrypted", "image-only", "scripts-dropped", "hidden-text", "controls-dropped", "limit", "uncertain". */
struct letter_note {
	const char *code;
	const char *text; /* English, what and where */
	struct letter_place place;
};

struct letter {
	struct fp_arena *arena; /* owns everything below */
	const char *file;       /* as it shall be named in places */
	enum letter_format format;
	const char *title;         /* of the container (HTML <title>, mail subject); NULL */
	const char *declared_lang; /* <html lang>, Content-Language; NULL */
	struct letter_block *blocks;
	uint32_t n_blocks;
	struct letter_page *pages; /* none when the letter shows no pages */
	uint32_t n_pages;
	uint32_t n_tables;
	struct letter_note *notes;
	uint32_t n_notes;
};

struct letter_limits {
	size_t bytes;    /* of the input; 0: 64 MiB */
	uint32_t blocks; /* 0: 100,000 */
	uint32_t pages;  /* 0: 2,000 */
	uint32_t depth;  /* of nested mark-up; 0: 64 */
};

void letter_free(struct letter *l);
void letter_freep(struct letter **l);

/* By content first, then by the name's ending; never fails. */
enum letter_format letter_detect(const char *name, const char *data, size_t len);
/* What a file of LETTER_UNKNOWN seems to be and what to do with it, English: "a gzip archive: unpack it". */
const char *letter_looks_like(const char *data, size_t len);
const char *letter_format_name(enum letter_format f); /* "text", "html", "pdf", "mail", "picture", "json", "empty", "unknown" */

/*
 * Plain text and Markdown with HTML (<b>, <p>, <input type="checkbox">, TAB-separated tables, pipe tables, lists, links, page markers, form feeds). Any encoding
 * of text: UTF-8, UTF-16 with a mark, otherwise Windows-1252 with a note "encoding". Page headers and footers are those lines that come
 * back on the pages, found without knowing a language. Cut-off or broken mark-up is text with a note. FP_ELIMIT, FP_ENOMEM.
 */
enum fp_status letter_read_text(struct letter **out, const char *file, const char *data, size_t len,
    const struct letter_limits *o, struct fp_err *err) FP_MUST_CHECK;
/* HTML by a forgiving parser; scripts and hidden elements are dropped with a note, styles without; places are lines of the source (column 0). */
enum fp_status letter_read_html(struct letter **out, const char *file, const char *data, size_t len,
    const struct letter_limits *o, struct fp_err *err) FP_MUST_CHECK;
/* What "pdftotext -bbox-layout" wrote: words with boxes -> lines, paragraphs, tables (by the words' columns), headers and footers, reading order. */
enum fp_status letter_read_bbox(struct letter **out, const char *file, const char *xhtml, size_t len,
    const struct letter_limits *o, struct fp_err *err) FP_MUST_CHECK;
/* What "tesseract ... tsv" wrote, pages one behind the other; dpi scales to points. Words below 40 % certainty are noted. */
enum fp_status letter_read_tsv(struct letter **out, const char *file, const char *tsv, size_t len, int dpi,
    const struct letter_limits *o, struct fp_err *err) FP_MUST_CHECK;

/* One part of a mail: its text, or an attachment. Bytes are decoded (base64, quoted-printable) but not looked at. */
struct letter_part {
	char *name;          /* file name, "" for the mail's own text */
	char *type;          /* "application/pdf" */
	struct fp_buf bytes; /* text parts in UTF-8 */
};
struct letter_mail {
	char *subject, *from, *date, *lang; /* NULL where the mail has none */
	struct letter_part *parts;          /* at most 200; of text alternatives the richest that we read */
	size_t n_parts;
	bool limited; /* parts were left out: over a limit */
};
enum fp_status letter_read_mail(
    struct letter_mail *out, const char *data, size_t len, const struct letter_limits *o, struct fp_err *err) FP_MUST_CHECK;
void letter_mail_free(struct letter_mail *m);

/* Byte at of block b's text -> its place (columns counted in characters from the mark before it; boxes as of the mark). */
struct letter_place letter_place_at(const struct letter_block *b, size_t at);

/* The model as JSON and back ("fieldproof-letter-1"): how it leaves the process that read the foreign file. Reading checks every offset. */
json_t *letter_to_json(const struct letter *l);
enum fp_status letter_from_json(struct letter **out, const json_t *j, struct fp_err *err) FP_MUST_CHECK;

#endif
