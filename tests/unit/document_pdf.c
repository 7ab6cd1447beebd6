/* PDF, judged by programs that did not write it: qpdf, poppler's tools, ZXing. */

#include "unit.h"

#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "document/pdf.h"
#include "document_sample.h"

extern char **environ;

static char folder[] = "/tmp/document_pdf.XXXXXX";

static struct doc *
new_doc(void)
{
	struct doc *d = NULL;

	assert_int_equal(doc_new(&d,
			     &(struct doc_meta){ .title = "Titel: Ä",
				 .lang = "de",
				 .author = "Κλινική",
				 .created = SAMPLE_TIME,
				 .foot_left = "FSN2023-1338 · M-AMR-00719",
				 .foot_right = "Seite {page} von {pages}" },
			     NULL),
	    FP_OK);
	return d;
}

/* Write the PDF into the folder of this test as NAME.pdf. */
static void
write_pdf(struct doc *d, const struct doc_pdf_options *o, const char *name)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	FP_AUTO(fp_freep) char *path = fp_asprintf("%s/%s.pdf", folder, name);
	struct fp_err err = { 0 };

	if (doc_write_pdf(d, o, &b, &err) != FP_OK)
		fail_msg("%s", err.msg);
	assert_int_equal(fp_file_publish(path, b.data, b.len, 0600, NULL), FP_OK);
}

/* What a command line says on its standard output; $D in it is the folder of this test. */
static char *
said(const char *command, int *exit_status)
{
	char *const argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, fp_strdup(command), NULL };
	posix_spawn_file_actions_t actions;
	struct fp_buf b = { 0 };
	char part[4096];
	int ends[2];
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
	assert_int_equal(posix_spawn_file_actions_adddup2(&actions, ends[1], 1), 0);
	assert_int_equal(posix_spawn_file_actions_addclose(&actions, ends[0]), 0);
	assert_int_equal(posix_spawn(&pid, "/bin/sh", &actions, NULL, argv, environ), 0);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)close(ends[1]);
	while ((n = read(ends[0], part, sizeof(part))) > 0)
		fp_buf_add(&b, part, (size_t)n);
	(void)close(ends[0]);
	assert_int_equal(waitpid(pid, exit_status, 0), pid);
	free(argv[2]);
	return fp_buf_take(&b);
}

static void
assert_says(const char *fmt, const char *const *words, size_t n)
{
	int status;
	FP_AUTO(fp_freep) char *text = said(fmt, &status);

	assert_int_equal(status, 0);
	for (size_t i = 0; i < n; i++) {
		if (strstr(text, words[i]) == NULL)
			fail_msg("'%s' does not say '%s' but:\n%s", fmt, words[i], text);
	}
}

#define SAYS(command, ...)                                                                                                       \
	assert_says(command, (const char *const[]){ __VA_ARGS__ }, FP_COUNT(((const char *const[]){ __VA_ARGS__ })))

static void
well_formed_and_tagged(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	int status;
	FP_AUTO(fp_freep) char *fonts = NULL;

	(void)state;
	assert_int_equal(sample_make(&d, NULL), FP_OK);
	write_pdf(d, NULL, "sample");
	SAYS("qpdf --check $D/sample.pdf 2>&1", "No syntax or stream encoding errors found");
	SAYS("pdfinfo $D/sample.pdf", "Title:           Reply & <sample>", "Author:          Fieldproof", "Tagged:          yes",
	    "CreationDate:    Tue Nov 14 22:13:20 2023", "Form:            AcroForm", "Metadata Stream: yes", "(A4)");
	SAYS("pdfinfo -struct-text $D/sample.pdf", "H1 (block)", "\"Reply to FSN2023-1338\"", "H2 (block)", "LBody (block)",
	    "Lbl (block)", "Table (block)", "Caption", "/Scope /Column", "/Scope /Row", "/RowSpan 2", "/ColSpan 3",
	    "Link (inline)", "Figure", "Form", "\"Αττικόν Νοσοκομείο, Αθήνα\"");
	SAYS("qpdf --json --json-key=qpdf $D/sample.pdf", "\"/Lang\": \"u:en\"", "\"/DisplayDocTitle\": true",
	    "\"/Alt\": \"u:Back to the case\"", "\"/URI\": \"u:https://example.com/guide?a=1&b=2\"", "\"/Lang\": \"u:de\"",
	    "\"/Type\": \"/Outlines\"");
	fonts = said("pdffonts $D/sample.pdf | tail -n +3 | awk '{ print $(NF-4) }' | sort -u", &status);
	assert_string_equal(fonts, "yes\n");
}

static void
text_is_read_in_order_in_every_script(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();
	struct doc_node *n;

	(void)state;
	(void)doc_heading(doc_root(d), 1, "Efficient fluffy office"); /* no ligature of the font swallows letters */
	(void)doc_para(doc_root(d), "Αττικόν Πανεπιστημιακό Νοσοκομείο, ΐΰ Ωμέγα");
	n = doc_para(doc_root(d), "Университетска болница „Света Марина“, ");
	(void)doc_strong(n, "Варна ъьщ");
	(void)doc_para(doc_root(d), "Ørsted Zażółć gęślą jaźń Ħamrun Šķēršļu");
	(void)doc_para(doc_root(d),
	    "one two three four five six seven eight nine ten eleven twelve one two three four five six seven eight "
	    "nine ten eleven twelve end");
	write_pdf(d, NULL, "scripts");
	SAYS("pdftotext -layout $D/scripts.pdf - | tr '\\n' '~'", "Efficient fluffy office",
	    "Αττικόν Πανεπιστημιακό Νοσοκομείο, ΐΰ Ωμέγα~", "Университетска болница „Света Марина“, Варна ъьщ~",
	    "Ørsted Zażółć gęślą jaźń Ħamrun Šķēršļu~", "Seite 1 von 1~");
	/* And whole in the structure, which readers for the blind use: no mark inside a mark cuts it off. */
	SAYS("pdfinfo -struct-text $D/scripts.pdf", "\"Efficient fluffy office\"", "Πανεπιστημιακό Νοσοκομείο, ΐΰ Ωμέγα\"",
	    "\"one two three four five six seven eight nine ten eleven twelve one two three four five six seven eight nine ten "
	    "eleven "
	    "twelve end\"");
}

static void
same_tree_same_bytes(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf first = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		FP_AUTO(doc_freep) struct doc *d = NULL;
		FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };

		assert_int_equal(sample_make(&d, NULL), FP_OK);
		assert_int_equal(doc_write_pdf(d, NULL, &b, NULL), FP_OK);
		if (i == 0)
			fp_buf_add(&first, b.data, b.len);
		assert_int_equal(b.len, first.len);
		assert_memory_equal(b.data, first.data, b.len);
	}
}

/* The members of a field as qpdf reads them. */
static const json_t *
field_of(const json_t *file, const char *name)
{
	const json_t *fields = json_object_get(json_object_get(file, "acroform"), "fields"), *f;
	size_t i;

	json_array_foreach(fields, i, f)
	{
		if (strcmp(json_string_value(json_object_get(f, "fullname")), name) == 0)
			return f;
	}
	fail_msg("no field '%s'", name);
	return NULL;
}

static const char *
value_of(const json_t *file, const char *name)
{
	return json_string_value(json_object_get(field_of(file, name), "value"));
}

static void
fields_hold_their_values(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_JSON json_t *j = NULL;
	int status;
	FP_AUTO(fp_freep) char *text = NULL;

	(void)state;
	assert_int_equal(sample_make(&d, NULL), FP_OK);
	write_pdf(d, NULL, "fields");
	text = said("qpdf --json --json-key=acroform $D/fields.pdf", &status);
	assert_int_equal(fp_json_parse(&j, text, strlen(text), "qpdf", NULL), FP_OK);
	assert_string_equal(value_of(j, "received"), "/Yes");
	assert_string_equal(value_of(j, "understood"), "/Off");
	assert_string_equal(value_of(j, "answer"), "/no");
	assert_string_equal(value_of(j, "name"), "u:Ελένη Παπαδοπούλου");
	assert_string_equal(value_of(j, "place"), "u:София");
	assert_string_equal(value_of(j, "remarks"), "u:");
	assert_string_equal(
	    json_string_value(json_object_get(field_of(j, "received"), "alternativename")), "We received the notice.");
	assert_true(json_is_true(json_object_get(field_of(j, "received"), "ischeckbox")));
	/* The appearances are drawn by the fonts in the file: Greek and Bulgarian stay what they are. */
	SAYS("pdftotext $D/fields.pdf -", "Ελένη Παπαδοπούλου", "София");
}

/* A box in a table has its words in the head; the field is told them by doc_label. */
static void
fields_without_words_are_named(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();

	(void)state;
	(void)doc_label(doc_paper_radio(doc_cell(doc_row(doc_table(doc_root(d), NULL)), NULL), "c1", "yes", "", true),
	    "M70001, Dx: erledigt");
	write_pdf(d, NULL, "named");
	SAYS("qpdf --json --json-key=qpdf $D/named.pdf", "\"/TU\": \"u:M70001, Dx: erledigt\"");
}

static void
flat_has_no_fields_but_the_same_marks(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	int status;
	FP_AUTO(fp_freep) char *info = NULL;

	(void)state;
	assert_int_equal(sample_make(&d, NULL), FP_OK);
	write_pdf(d, &(struct doc_pdf_options){ .flat = true }, "flat");
	info = said("pdfinfo $D/flat.pdf", &status);
	assert_non_null(strstr(info, "Form:            none"));
	SAYS("pdftotext $D/flat.pdf -", "Ελένη Παπαδοπούλου");
}

/* How many dark pixels a page has in a part of it. */
static long
dark_pixels(const char *name, unsigned left, unsigned top, unsigned side)
{
	FP_AUTO(fp_freep)
	char *command = fp_asprintf(
	    "pdftoppm -r 72 -x %u -y %u -W %u -H %u -gray $D/%s.pdf | tail -c %u | od -An -v -tu1 -w1 | awk '$1 < 90' | wc -l",
	    left, top, side, side, name, side * side);
	int status;
	FP_AUTO(fp_freep) char *text = said(command, &status);

	return strtol(text, NULL, 10);
}

/* A viewer draws our tick: the ticked box is darker inside than the empty one, as field and flat. */
static void
marks_are_drawn(void **state)
{
	(void)state;
	for (int flat = 0; flat < 2; flat++) {
		FP_AUTO(doc_freep) struct doc *d = new_doc();

		(void)doc_paper_check(doc_root(d), "a", "on", true);
		(void)doc_paper_check(doc_root(d), "b", "off", false);
		(void)doc_paper_radio(doc_root(d), "c", "x", "on", true);
		(void)doc_paper_radio(doc_root(d), "c", "y", "off", false);
		write_pdf(d, &(struct doc_pdf_options){ .flat = flat != 0 }, "marks");
		/* Boxes are 9.7 points wide and 18 apart; the frames are grey. */
		assert_true(dark_pixels("marks", 58, 51, 7) >= 4);
		assert_int_equal(dark_pixels("marks", 58, 68, 7), 0);
		assert_true(dark_pixels("marks", 58, 84, 7) >= 4);
		assert_int_equal(dark_pixels("marks", 58, 100, 7), 0);
	}
}

static void
qr_is_read_back(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();

	(void)state;
	(void)doc_para(doc_root(d), "Some text above.");
	(void)doc_qr(doc_root(d), "https://hub.example.org/case/FSN2023-1338/Ελλάδα?x=1", 26, "Zum Vorgang");
	write_pdf(d, NULL, "qr");
	SAYS("pdftoppm -r 150 -png -singlefile $D/qr.pdf $D/qr && echo made", "made");
	SAYS("ZXingReader $D/qr.png", "https://hub.example.org/case/FSN2023-1338/Ελλάδα?x=1", "QRCode");
}

static void
long_table(struct doc *d, unsigned rows)
{
	static const char *const heads[] = { "Gerät-Kopf", "Wert" };
	struct doc_node *t = doc_table(doc_root(d), "Eine lange Tabelle");

	(void)doc_head_row(t, heads, 2);
	for (unsigned i = 0; i < rows; i++) {
		char text[32];
		struct doc_node *row = doc_row(t);

		(void)snprintf(text, sizeof(text), "Zeile %u.", i);
		(void)doc_cell(row, text);
		(void)doc_cell(row, "w");
	}
}

static void
table_breaks_with_its_header(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();

	(void)state;
	long_table(d, 100);
	write_pdf(d, NULL, "table");
	SAYS("pdftotext -f 1 -l 1 $D/table.pdf -", "Gerät-Kopf", "Zeile 0.", "Seite 1 von 3");
	SAYS("pdftotext -f 2 -l 2 $D/table.pdf -", "Gerät-Kopf", "Seite 2 von 3");
	SAYS("pdftotext -f 3 -l 3 $D/table.pdf -", "Gerät-Kopf", "Zeile 99.", "Seite 3 von 3");
	/* The repeated heads are decoration: the structure has one table with one header row. */
	SAYS("pdfinfo -struct-text $D/table.pdf | grep -c Gerät-Kopf", "1\n");
	SAYS("pdfinfo -struct $D/table.pdf | grep -c '^ *Table'", "1\n");
	SAYS("pdfinfo -struct $D/table.pdf | grep -c '^ *TR'", "101\n");
	SAYS("pdfinfo -struct-text $D/table.pdf | grep -c Zeile", "100\n");
}

/* The line of pdftotext -bbox on which a word stands, as its page number. */
static long
page_of(const char *name, const char *word)
{
	FP_AUTO(fp_freep)
	char *command = fp_asprintf("n=0; while n=$((n + 1)); pdftotext -f $n -l $n $D/%s.pdf - 2>/dev/null | grep -q . ; do "
				    "pdftotext -f $n -l $n $D/%s.pdf - "
				    "| grep -q '%s' && echo $n && break; done",
	    name, name, word);
	int status;
	FP_AUTO(fp_freep) char *text = said(command, &status);

	return strtol(text, NULL, 10);
}

static void
kept_together_and_broken(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();
	struct doc_node *keep;

	(void)state;
	for (int i = 0; i < 36; i++)
		(void)doc_para(doc_root(d), "Füllzeile");
	keep = doc_keep(doc_root(d));
	(void)doc_heading(keep, 2, "Anfang");
	for (int i = 0; i < 5; i++)
		(void)doc_para(keep, "Zusammen");
	(void)doc_signature(keep, "Ende");
	(void)doc_page_break(doc_root(d));
	(void)doc_para(doc_root(d), "Danach");
	write_pdf(d, NULL, "keep");
	assert_int_equal(page_of("keep", "Füllzeile"), 1);
	assert_int_equal(page_of("keep", "Anfang"), 2);
	assert_int_equal(page_of("keep", "Ende"), 2);
	assert_int_equal(page_of("keep", "Danach"), 3);
}

static void
heading_stays_with_its_text(void **state)
{
	(void)state;
	for (int lines = 36; lines < 48; lines++) {
		FP_AUTO(doc_freep) struct doc *d = new_doc();

		for (int i = 0; i < lines; i++)
			(void)doc_para(doc_root(d), "Füllzeile");
		(void)doc_heading(doc_root(d), 2, "Kapitel");
		(void)doc_para(doc_root(d), "Inhalt");
		write_pdf(d, NULL, "heading");
		assert_int_equal(page_of("heading", "Kapitel"), page_of("heading", "Inhalt"));
	}
}

/* A row and a paragraph larger than a page lose nothing. */
static void
larger_than_a_page(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();
	struct doc_node *row = doc_row(doc_table(doc_root(d), NULL)), *cell;

	(void)state;
	(void)doc_cell(row, "links");
	cell = doc_cell(row, NULL);
	for (int i = 0; i < 150; i++)
		(void)doc_paraf(cell, "Absatz %d.", i);
	write_pdf(d, NULL, "tall");
	SAYS("qpdf --check $D/tall.pdf 2>&1", "No syntax");
	SAYS("pdftotext $D/tall.pdf - | grep -c Absatz", "150\n");
	SAYS("pdfinfo -struct-text $D/tall.pdf | grep -c Absatz", "150\n");
}

static void
hostile_texts(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();
	size_t size = 1000000;
	char *word = malloc(size + 1);
	struct doc_node *n = doc_root(d);
	int64_t start = fp_monotonic_ms();
	int status;
	FP_AUTO(fp_freep) char *count = NULL;

	(void)state;
	assert_non_null(word);
	memset(word, 'w', size);
	word[size] = '\0';
	(void)doc_para(n, word);
	(void)doc_para(n, "\x01\x1b[0m\u202Eabc\u2069\xff");
	(void)doc_cell(doc_row(doc_table(n, "')) Tj ET")), "\\(");
	(void)doc_link(doc_para(n, NULL), "https://example.com/a'b\\c') /JS (x", "quote");
	(void)doc_link(doc_para(n, NULL), "https://example.com/a'b()", "quote");
	(void)doc_link(doc_para(n, NULL), "#nowhere", "leads nowhere");
	(void)doc_id(doc_para(n, "a place"), "here'x");
	(void)doc_link(doc_para(n, NULL), "#here-x", "leads there");
	(void)doc_paper_line(n, "f)ld.with.dots", "l", "v)a\\l", 50, 1);
	for (unsigned i = 0; i + 5 < DOC_MAX_DEPTH; i += 3)
		n = doc_item(doc_list(doc_quote(n), true), NULL);
	(void)doc_para(n, "tief");
	free(word);
	write_pdf(d, NULL, "hostile");
	SAYS("qpdf --check $D/hostile.pdf 2>&1", "No syntax");
	count = said("pdftotext $D/hostile.pdf - | tr -cd w | wc -c", &status);
	assert_int_equal(strtol(count, NULL, 10), 1000001); /* "nowhere" has one, too */
	SAYS("pdftotext $D/hostile.pdf -", "tief", "\uFFFDabc\uFFFD\uFFFD", "leads nowhere");
	assert_true(fp_monotonic_ms() - start < 60000);
}

/* A remark longer than its line is on the paper in full. */
static void
long_values_are_not_cut(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();
	FP_AUTO(fp_buf_free) struct fp_buf text = { 0 };

	(void)state;
	for (int i = 0; i < 120; i++)
		fp_buf_puts(&text, "Wartung ");
	fp_buf_puts(&text, "Schlusswort");
	(void)doc_paper_line(doc_root(d), "a", "Bemerkung", text.data, 40, 1);
	(void)doc_paper_line(doc_root(d), "b", "Bemerkung", text.data, 40, 2);
	(void)doc_para(doc_root(d), "danach");
	write_pdf(d, NULL, "long");
	SAYS("pdftotext $D/long.pdf - | grep -c Schlusswort", "2\n");
	SAYS("qpdf --json --json-key=qpdf $D/long.pdf | grep -c Schlusswort", "2\n");
	/* Seen, not only there: the last word stands far below the one line that was asked for. */
	assert_true(dark_pixels("long", 58, 440, 14) >= 3);
}

static void
one_name_twice_is_refused(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	struct fp_err err;

	(void)state;
	(void)doc_paper_check(doc_root(d), "a", "one", true);
	(void)doc_paper_line(doc_root(d), "a", "two", "", 50, 1);
	assert_int_equal(doc_write_pdf(d, NULL, &b, &err), FP_EINVAL);
	assert_string_equal(err.msg, "two fields of the document have the name 'a'");
	assert_int_equal(b.len, 0);
}

static void
missing_font_is_said(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	struct fp_err err;

	(void)state;
	assert_int_equal(doc_new(&d, &(struct doc_meta){ .title = "T", .lang = "en", .font = "No Such Font" }, NULL), FP_OK);
	assert_int_equal(doc_write_pdf(d, NULL, &b, &err), FP_EUNSUPPORTED);
	assert_string_equal(err.msg, "no font 'No Such Font' is installed (Debian: package fonts-noto-core)");
}

static void
empty_document_is_a_page(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();

	(void)state;
	write_pdf(d, &(struct doc_pdf_options){ .landscape = true }, "empty");
	SAYS("qpdf --check $D/empty.pdf 2>&1", "No syntax");
	SAYS("pdfinfo $D/empty.pdf", "Pages:           1", "841.89 x 595.28 pts (A4)");
}

/* A reply for 50 devices: 200 rows with 400 radios and 200 lines. */
static void
large_reply_is_quick(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	struct doc_node *t = doc_table(doc_root(d), NULL);
	int64_t start;

	(void)state;
	for (int i = 0; i < 200; i++) {
		struct doc_node *row = doc_row(t);
		char name[32];

		(void)snprintf(name, sizeof(name), "cell-%d", i);
		if (i % 4 == 0)
			(void)doc_cell_span(doc_head_cell(row, DOC_SCOPE_ROWGROUP, name), 1, 4);
		(void)doc_cell(row, "Dx");
		(void)doc_badge(doc_cell(row, NULL), DOC_BADGE_UNKNOWN, "unbekannt");
		(void)doc_paper_radio(doc_cell(row, NULL), name, "yes", "", i % 2);
		(void)doc_paper_radio(doc_cell(row, NULL), name, "no", "", false);
		(void)snprintf(name, sizeof(name), "reason-%d", i);
		(void)doc_paper_line(doc_cell(row, NULL), name, "", i % 3 == 0 ? "geplant" : "", 100, 1);
	}
	start = fp_monotonic_ms();
	assert_int_equal(doc_write_pdf(d, NULL, &b, NULL), FP_OK);
	start = fp_monotonic_ms() - start;
#ifdef __SANITIZE_ADDRESS__
	start /= 10;
#endif
	assert_true(start < 1000);
}

static void
every_allocation_may_fail(void **state)
{
	FP_AUTO(doc_freep) struct doc *d = new_doc();
	FP_AUTO(fp_buf_free) struct fp_buf whole = { 0 };
	enum fp_status status = FP_ENOMEM;
	int n = 0;

	(void)state;
	(void)doc_badge(doc_link(doc_para(doc_root(d), "Text "), "https://example.com", "link"), DOC_BADGE_PASS, "x");
	(void)doc_item(doc_list(doc_root(d), true), "i");
	(void)doc_cell(doc_row(doc_table(doc_root(d), "c")), "cell");
	(void)doc_paper_check(doc_root(d), "a", "one", true);
	(void)doc_paper_line(doc_root(d), "b", "two", "Wert", 50, 1);
	(void)doc_paper_radio(doc_root(d), "c", "y", "three", true);
	(void)doc_qr(doc_root(d), "text", 20, "alt");
	assert_int_equal(doc_write_pdf(d, NULL, &whole, NULL), FP_OK);
	for (; status != FP_OK && n < 3000; n++) {
		FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
		struct fp_err err = { 0 };

		(void)fp_mem_fail_after(n);
		status = doc_write_pdf(d, NULL, &b, &err);
		(void)fp_mem_fail_after(-1);
		if (status != FP_OK && status != FP_ENOMEM)
			fail_msg("allocation %d: %s", n, err.msg);
		if (status != FP_OK)
			assert_int_equal(b.len, 0);
		else
			assert_memory_equal(b.data, whole.data, whole.len);
	}
	assert_int_equal(status, FP_OK);
	assert_true(n > 20);
}

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL && setenv("D", folder, 1) == 0 ? 0 : -1;
}

static int
remove_folder(void **state)
{
	int status;
	FP_AUTO(fp_freep) char *text = said("rm -r $D", &status);

	(void)state;
	return status;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(well_formed_and_tagged),
		cmocka_unit_test(text_is_read_in_order_in_every_script),
		cmocka_unit_test(same_tree_same_bytes),
		cmocka_unit_test(fields_hold_their_values),
		cmocka_unit_test(fields_without_words_are_named),
		cmocka_unit_test(flat_has_no_fields_but_the_same_marks),
		cmocka_unit_test(marks_are_drawn),
		cmocka_unit_test(qr_is_read_back),
		cmocka_unit_test(table_breaks_with_its_header),
		cmocka_unit_test(kept_together_and_broken),
		cmocka_unit_test(heading_stays_with_its_text),
		cmocka_unit_test(larger_than_a_page),
		cmocka_unit_test(hostile_texts),
		cmocka_unit_test(long_values_are_not_cut),
		cmocka_unit_test(one_name_twice_is_refused),
		cmocka_unit_test(missing_font_is_said),
		cmocka_unit_test(empty_document_is_a_page),
		cmocka_unit_test(large_reply_is_quick),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
