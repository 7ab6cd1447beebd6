/* fieldproof notice read: letters into drafts. */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"

#define WRITE_BYTES ((size_t)256 << 10)
#define SHOWN_MAX ((size_t)32 << 20) /* bytes of a draft that is taken apart for people */

/* ---- where drafts go ---- */

struct sink {
	FILE *f;          /* NULL: one file per letter into folder, or text for people */
	char *path, *tmp; /* of --output=FILE: written beside it, and there at the end */
	char *room;       /* of WRITE_BYTES, for f */
	const char *folder;
};

static enum fp_status
sink_open(struct sink *s, const struct cli *c, struct fp_err *err)
{
	const char *to = cli_opt(c, "output");
	struct stat st;

	if (to == NULL || strcmp(to, "-") == 0) {
		s->f = stdout;
		return FP_OK;
	}
	if (to[0] != '\0' && to[strlen(to) - 1] == '/' && fp_folder_make(to, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (stat(to, &st) == 0 && S_ISDIR(st.st_mode)) {
		s->folder = to;
		return FP_OK;
	}
	s->path = fp_strdup(to);
	s->tmp = fp_asprintf("%s.part", to);
	s->room = fp_calloc(1, WRITE_BYTES);
	if (s->path == NULL || s->tmp == NULL || s->room == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	s->f = fopen(s->tmp, "we");
	if (s->f == NULL)
		return fp_fail_errno(err, errno, "cannot write '%s'", s->tmp);
	/* Drafts come by the thousand: a few large writes instead of some for each. Without memory of ours the C library takes its own size. */
	(void)setvbuf(s->f, s->room, _IOFBF, WRITE_BYTES);
	return FP_OK;
}

/* "/a/b/letter.pdf" -> "FOLDER/letter.pdf.json" */
static enum fp_status
put_in_folder(const struct sink *s, const char *name, struct fp_buf *json, struct fp_err *err)
{
	const char *slash = strrchr(name, '/');
	FP_AUTO(fp_freep) char *path = NULL;

	path = fp_asprintf("%s%s%s.json", s->folder, s->folder[strlen(s->folder) - 1] == '/' ? "" : "/",
	    strcmp(name, "-") == 0 ? "stdin"
	    : slash != NULL        ? slash + 1
				   : name);
	if (path == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (access(path, F_OK) == 0)
		return fp_fail(err, FP_EEXIST, "'%s' is there already: two letters of one name, or an earlier reading", path);
	return fp_file_publish(path, json->data, json->len, 0644, err);
}

static enum fp_status
sink_put(const struct sink *s, const char *name, struct fp_buf *json, struct fp_err *err)
{
	fp_buf_putc(json, '\n');
	if (fp_buf_check(json, "the draft", err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	if (s->folder != NULL)
		return put_in_folder(s, name, json, err);
	/* Who reads a pipe wants each draft at once; a file is there when all are. */
	if (fwrite(json->data, 1, json->len, s->f) != json->len || (s->path == NULL && fflush(s->f) != 0))
		return fp_fail_errno(err, errno, "cannot write the result");
	return FP_OK;
}

/* What was written so far stays under its temporary name when something went wrong. */
static enum fp_status
sink_close(struct sink *s, enum fp_status status, const struct cli *c, struct fp_err *err)
{
	if (s->path != NULL && s->f != NULL) {
		int bad = fflush(s->f) != 0 || fsync(fileno(s->f)) != 0;

		bad |= fclose(s->f) != 0;
		if (status == FP_OK && (bad || rename(s->tmp, s->path) != 0))
			status = fp_fail_errno(err, errno, "cannot write '%s'", s->path);
		else if (status == FP_OK)
			cli_say(c, "wrote %s", s->path);
	}
	free(s->path);
	free(s->tmp);
	free(s->room);
	return status;
}

/* ---- a draft for people ---- */

static const json_t *
at(const json_t *draft, const char *pointer)
{
	const json_t *j = draft;

	while (j != NULL && *pointer == '/') {
		char key[64];
		size_t n = strcspn(pointer + 1, "/");

		if (n >= sizeof(key))
			return NULL;
		memcpy(key, pointer + 1, n);
		key[n] = '\0';
		j = json_is_array(j) ? json_array_get(j, strtoul(key, NULL, 10)) : json_object_get(j, key);
		pointer += n + 1;
	}
	return j;
}

/* A fact in one line: texts, numbers, lists of them; cut at 300 bytes. */
static void
put_value(struct fp_buf *out, const struct cli *c, const json_t *v)
{
	char cut[300];
	size_t i;
	const json_t *x;

	if (json_is_string(v)) {
		fp_utf8_copy(cut, sizeof(cut), json_string_value(v));
		fp_buf_printf(out, "%s%s", cut, strlen(json_string_value(v)) >= sizeof(cut) ? "…" : "");
	} else if (json_is_integer(v)) {
		fp_buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	} else if (json_is_boolean(v)) {
		fp_buf_puts(out, cli_t(c, json_is_true(v) ? N_("yes") : N_("no")));
	} else if (json_is_array(v)) {
		json_array_foreach(v, i, x)
		{
			if (i == 20) {
				fp_buf_printf(out, ", … (%zu)", json_array_size(v));
				break;
			}
			fp_buf_puts(out, i ? ", " : "");
			put_value(out, c, x);
		}
	} else if (json_is_object(v)) {
		/* what a thing is called, or what it says */
		static const char *const keys[] = { "heading", "text", "name", "email", "url", "version", "id", "do", "to",
			"date" };

		for (size_t k = 0; k < FP_COUNT(keys); k++)
			if ((x = json_object_get(v, keys[k])) != NULL && !json_is_null(x) && !json_is_object(x)) {
				put_value(out, c, x);
				break;
			}
	}
}

/* The place of a fact, or of the first thing in it. */
static const json_t *
place_of(const json_t *draft, const char *pointer)
{
	const json_t *places = json_object_get(draft, "places"), *p = json_object_get(places, pointer);
	size_t n = strlen(pointer);
	const char *key;
	json_t *v;

	if (p != NULL)
		return p;
	json_object_foreach((json_t *)places, key, v)
	{
		if (strncmp(key, pointer, n) == 0 && key[n] == '/')
			return v;
	}
	return NULL;
}

static void
put_place(struct fp_buf *out, const struct cli *c, const json_t *place)
{
	json_int_t page = json_integer_value(json_object_get(place, "page")),
		   line = json_integer_value(json_object_get(place, "line"));
	char p[24], l[24];

	(void)snprintf(p, sizeof(p), "%" JSON_INTEGER_FORMAT, page);
	(void)snprintf(l, sizeof(l), "%" JSON_INTEGER_FORMAT, line);
	if (page > 0 && line > 0)
		i18n_f(out, c->lang, "page {page}, line {line}", "page", p, "line", l, NULL);
	else if (page > 0)
		i18n_f(out, c->lang, "page {page}", "page", p, NULL);
	else if (line > 0)
		i18n_f(out, c->lang, "line {line}", "line", l, NULL);
}

/* A place is short: it shall not be torn over two lines. */
static void
keep_together(struct fp_buf *b)
{
	FP_AUTO(fp_buf_free) struct fp_buf old = *b;

	*b = (struct fp_buf){ .max = old.max };
	for (size_t i = 0; i < old.len; i++)
		if (old.data[i] == ' ')
			fp_buf_puts(b, "\u00a0");
		else
			fp_buf_putc(b, old.data[i]);
}

/* Nothing is printed of a fact that is not there: it is among the missing. Says whether there is one. */
static bool
add_fact(struct doc_node *table, const struct cli *c, const json_t *draft, const char *label, const char *pointer)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 16384 }, where = { .max = 256 };
	const json_t *v = at(draft, pointer), *place = place_of(draft, pointer), *sure;
	struct doc_node *row;

	if (v != NULL)
		put_value(&text, c, v);
	if (text.len == 0)
		return false;
	put_place(&where, c, place);
	keep_together(&where);
	sure = json_object_get(place, "confidence");
	row = doc_row(table);
	(void)doc_head_cell(row, DOC_SCOPE_ROW, label);
	(void)doc_cell(row, text.data);
	(void)doc_cell(row, where.data != NULL ? where.data : "");
	(void)doc_cell_align(
	    sure != NULL ? doc_textf(doc_cell(row, NULL), "%d", (int)json_integer_value(sure)) : doc_cell(row, ""),
	    DOC_ALIGN_END);
	return true;
}

struct fact {
	const char *pointer, *label;
};

static const struct fact head_facts[] = {
	{ "/language", N_("Language") },
	{ "/languages", N_("Languages") },
	{ "/reference", N_("Reference") },
	{ "/document_number", N_("Document number") },
	{ "/fsca_reference", N_("Reference of the action (FSCA)") },
	{ "/revision", N_("Revision") },
	{ "/issue_date", N_("Date of issue") },
	{ "/kinds", N_("Kind") },
	{ "/urgent", N_("Urgent") },
	{ "/reason_class", N_("Reason") },
	{ "/pages/stated", N_("Pages stated") },
	{ "/pages/present", N_("Pages present") },
	{ "/pages/missing", N_("Pages missing") },
	{ "/manufacturer/name", N_("Manufacturer") },
	{ "/manufacturer/srn", N_("SRN") },
	{ "/manufacturer/contacts", N_("Contacts") },
};
static const struct fact product_facts[] = {
	{ "names", N_("Product") },
	{ "catalog_numbers", N_("Catalogue numbers") },
	{ "udi_di", N_("UDI-DI") },
	{ "udi_di_stated", N_("UDI-DI, as stated") },
	{ "models", N_("Models") },
	{ "lots", N_("Lots") },
	{ "serial_numbers", N_("Serial numbers") },
	{ "serial_ranges", N_("Ranges of serial numbers") },
	{ "versions", N_("Versions") },
};
static const struct fact vulnerability_facts[] = {
	{ "component", N_("Vulnerable component") },
	{ "cves", N_("CVE") },
	{ "cwes", N_("CWE") },
	{ "cvss", N_("CVSS") },
};
static const struct fact action_facts[] = {
	{ "heading", N_("Step") },
	{ "text", N_("What to do") },
	{ "verbs", N_("Verbs") },
	{ "obligation", N_("Obligation") },
	{ "modes", N_("Boot modes") },
};
static const struct fact tail_facts[] = {
	{ "/deadlines", N_("Deadlines") },
	{ "/emergency", N_("In an emergency") },
	{ "/adverse_events", N_("Adverse events") },
	{ "/reply/to", N_("Reply to") },
	{ "/reply/form", N_("Form") },
};

static void
add_facts(struct doc_node *table, const struct cli *c, const json_t *draft, const struct fact *facts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)add_fact(table, c, draft, cli_t(c, facts[i].label), facts[i].pointer);
}

static void
add_each(struct doc_node *table, const struct cli *c, const json_t *draft, const char *list, const struct fact *facts, size_t n)
{
	size_t items = json_array_size(json_object_get(draft, list));

	/* The number stands in the first row of each thing, whichever fact that is. */
	for (size_t i = 0; i < items; i++) {
		bool begun = items < 2;

		for (size_t k = 0; k < n; k++) {
			char pointer[96], label[128];

			(void)snprintf(pointer, sizeof(pointer), "/%s/%zu/%s", list, i, facts[k].pointer);
			(void)snprintf(label, sizeof(label), begun ? "%s" : "%s %zu", cli_t(c, facts[k].label), i + 1);
			begun = add_fact(table, c, draft, label, pointer) || begun;
		}
	}
}

/* What may be missing, beyond the facts that have a row of their own. */
static const struct fact asked_facts[] = {
	{ "/edition", N_("Edition") },
	{ "/attention", N_("Addressed to") },
	{ "/manufacturer/address", N_("Address of the manufacturer") },
	{ "/manufacturer/representative", N_("Local representative") },
	{ "/manufacturer/legal_url", N_("Legal notice") },
	{ "/manufacturer/signatories", N_("Signatories") },
	{ "/manufacturer/actions", N_("Steps of the manufacturer") },
	{ "/products", N_("Products") },
	{ "/actions", N_("What to do") },
	{ "/reply", N_("Reply to") },
	{ "/further_notice", N_("Further notice") },
	{ "/authorities", N_("Authorities") },
	{ "/vulnerabilities/0/component", N_("Vulnerable component") },
	{ "/vulnerabilities/0/exploitation", N_("Exploitation") },
};

static const char *
label_of(const struct fact *facts, size_t n, const char *pointer)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(facts[i].pointer, pointer) == 0)
			return facts[i].label;
	return NULL;
}

/* The words for a pointer, as in the table; the pointer itself where there are none. */
static void
put_asked(struct fp_buf *out, const struct cli *c, const char *pointer)
{
	static const struct {
		const struct fact *facts;
		size_t n;
	} lists[] = {
		{ head_facts, FP_COUNT(head_facts) },
		{ asked_facts, FP_COUNT(asked_facts) },
		{ tail_facts, FP_COUNT(tail_facts) },
	};
	const char *label = NULL, *field = strrchr(pointer, '/');

	for (size_t i = 0; label == NULL && i < FP_COUNT(lists); i++)
		label = label_of(lists[i].facts, lists[i].n, pointer);
	if (label != NULL) {
		fp_buf_puts(out, cli_t(c, label));
		return;
	}
	if (field != NULL && strncmp(pointer, "/products/", 10) == 0)
		label = label_of(product_facts, FP_COUNT(product_facts), field + 1);
	if (label != NULL)
		fp_buf_printf(out, "%s %lu %s", cli_t(c, N_("Product")), strtoul(pointer + 10, NULL, 10) + 1, cli_t(c, label));
	else
		fp_buf_puts(out, pointer);
}

static void
add_missing(struct doc_node *root, const struct cli *c, const json_t *draft)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 65536 };
	size_t i;
	const json_t *x;

	json_array_foreach(json_object_get(draft, "missing"), i, x)
	{
		fp_buf_puts(&b, i ? ", " : "");
		put_asked(&b, c, json_string_value(x) ? json_string_value(x) : "");
	}
	if (b.len > 0)
		(void)doc_paraf(root, "%s %s", cli_t(c, N_("Not found in the letter:")), b.data);
}

/* "file:page:line: severity: message [code]", as compilers write it; a finding about the whole letter has no numbers. */
static void
put_finding(struct fp_buf *out, const json_t *f, const char *file)
{
	json_int_t page = json_integer_value(json_object_get(f, "page")), line = json_integer_value(json_object_get(f, "line"));
	const char *code = json_string_value(json_object_get(f, "code")),
		   *sev = json_string_value(json_object_get(f, "severity")),
		   *text = json_string_value(json_object_get(f, "message"));

	fp_buf_puts(out, file);
	if (page > 0)
		fp_buf_printf(out, ":%" JSON_INTEGER_FORMAT, page);
	if (line > 0)
		fp_buf_printf(out, ":%" JSON_INTEGER_FORMAT, line);
	fp_buf_printf(out, ": %s: %s [%s]\n", sev ? sev : "?", text ? text : "?", code ? code : "?");
}

static void
add_findings(struct doc_node *root, const json_t *draft, const char *file)
{
	FP_AUTO(fp_buf_free) struct fp_buf lines = { .max = (size_t)4 << 20 };
	size_t i;
	const json_t *f;

	json_array_foreach(json_object_get(draft, "findings"), i, f)
	{
		put_finding(&lines, f, file);
	}
	if (lines.len > 0)
		(void)doc_pre(root, lines.data);
}

/* Of a file that could not be read nothing is stated, and nothing is missing either: its findings say why. */
static bool
was_read(const json_t *draft)
{
	return json_object_size(json_object_get(draft, "places")) > 0 ||
	       json_array_size(json_object_get(draft, "sections")) > 0 || json_is_string(json_object_get(draft, "language"));
}

static void
add_draft(struct doc_node *root, const struct cli *c, const json_t *draft)
{
	const char *heads[] = { cli_t(c, N_("Fact")), cli_t(c, N_("As read")), cli_t(c, N_("Place")),
		cli_t(c, N_("Confidence")) };
	struct doc_node *table = doc_table(root, NULL);

	(void)doc_head_row(table, heads, FP_COUNT(heads));
	add_facts(table, c, draft, head_facts, FP_COUNT(head_facts));
	add_each(table, c, draft, "products", product_facts, FP_COUNT(product_facts));
	add_each(table, c, draft, "vulnerabilities", vulnerability_facts, FP_COUNT(vulnerability_facts));
	add_each(table, c, draft, "actions", action_facts, FP_COUNT(action_facts));
	add_facts(table, c, draft, tail_facts, FP_COUNT(tail_facts));
	add_missing(root, c, draft);
}

static enum fp_status
print_draft(const struct cli *c, const struct fp_buf *json, struct fp_err *err)
{
	FP_AUTO(doc_freep) struct doc *d = NULL;
	FP_JSON json_t *draft = NULL;
	struct doc_node *root;
	const char *file;

	if (json->len > SHOWN_MAX)
		return fp_fail(err, FP_ELIMIT, "a draft of %zu bytes is too large to show; --format=json writes it", json->len);
	if (fp_json_parse(&draft, json->data, json->len, "the draft", err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	file = json_string_value(json_object_get(draft, "file"));
	file = file != NULL ? file : "-";
	if (cli_doc(&d, c, file, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	root = doc_root(d);
	(void)doc_heading(root, 1, file);
	if (was_read(draft))
		add_draft(root, c, draft);
	add_findings(root, draft, file);
	return cli_print(c, d, err);
}

/* ---- the verb ---- */

/* "64M": bytes, with K, M or G for powers of 1024. */
static enum fp_status
size_option(size_t *out, const struct cli *c, const char *name, struct fp_err *err)
{
	const char *text = cli_opt(c, name);
	unsigned long long v, unit = 1;
	char *end;

	if (text == NULL)
		return FP_OK;
	errno = 0;
	v = strtoull(text, &end, 10);
	if (*end == 'K' || *end == 'M' || *end == 'G')
		unit = *end == 'K' ? 1024ULL : *end == 'M' ? 1024ULL * 1024 : 1024ULL * 1024 * 1024, end++;
	if (errno != 0 || end == text || *end != '\0' || *text == '-' || v == 0 || v > (1ULL << 40) / unit)
		return fp_fail(err, FP_EUSAGE, "--%s is a number of bytes, such as 200M, not '%.40s'", name, text);
	*out = (size_t)(v * unit);
	return FP_OK;
}

static enum fp_status
read_options(struct app_read_options *o, const struct cli *c, struct fp_err *err)
{
	int64_t seconds = 0;

	*o = (struct app_read_options){
		.lang = cli_opt(c, "lang-of"), .no_ocr = cli_opt(c, "no-ocr") != NULL, .blocks = cli_opt(c, "blocks") != NULL
	};
	if (cli_opt(c, "max-seconds") != NULL &&
	    cli_number(&seconds, cli_opt(c, "max-seconds"), 1, 86400, "--max-seconds", err) != FP_OK)
		return FP_EUSAGE;
	o->max_seconds = (unsigned)seconds;
	if (size_option(&o->max_bytes, c, "max-bytes", err) != FP_OK ||
	    size_option(&o->max_memory, c, "max-memory", err) != FP_OK)
		return FP_EUSAGE;
	return FP_OK;
}

static enum fp_status
read_all(struct cli *c, struct app_reader *r, const struct sink *s, bool people, size_t *bad, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf json = { .max = (size_t)1 << 30 };

	app_reader_ahead(r, c->args, (size_t)c->n_args);
	for (int i = 0; i < c->n_args; i++) {
		bool ok = false;
		enum fp_status status;

		cli_progress(c, (size_t)i, (size_t)c->n_args, c->args[i]);
		fp_buf_clear(&json);
		status = app_letter_read(r, c->args[i], &json, &ok, err);
		cli_progress_end(c);
		if (status == FP_OK)
			status = people ? print_draft(c, &json, err) : sink_put(s, c->args[i], &json, err);
		if (status != FP_OK)
			return status;
		*bad += !ok;
	}
	return FP_OK;
}

static enum fp_status
run_read(struct cli *c, struct fp_err *err)
{
	FP_AUTO(app_reader_freep) struct app_reader *r = NULL;
	struct sink s = { .f = NULL };
	struct app_read_options o;
	enum fp_status status;
	size_t bad = 0;

	if (read_options(&o, c, err) != FP_OK || app_reader_new(&r, &o, err) != FP_OK)
		return fp_failed(err, FP_EUSAGE);
	status = sink_open(&s, c, err);
	if (status == FP_OK)
		status = read_all(c, r, &s, !c->json && cli_opt(c, "output") == NULL, &bad, err);
	status = sink_close(&s, status, c, err);
	if (status == FP_OK && bad > 0)
		return fp_fail(err, FP_EINVAL, "%zu of %d files could not be read; their findings say why", bad, c->n_args);
	return status;
}

static const struct cli_option read_verb_options[] = {
	{ "output", "FILE|DIR",
	    "write the drafts as JSON: one a line into FILE, or one file for each letter into the folder DIR" },
	{ "blocks", NULL, "with the letter itself, block by block (\"letter\")" },
	{ "lang-of", "LANG", "language of the letters, when it need not be found out" },
	{ "no-ocr", NULL, "do not read scans and pictures (tesseract)" },
	{ "max-bytes", "N", "refuse larger files (64M)" },
	{ "max-seconds", "N", "give up on a file, or on a page of a scan, after so long (30)" },
	{ "max-memory", "N", "memory of the process that reads (1G)" },
	{ NULL, NULL, NULL },
};

const struct cli_verb cli_letter_verbs[] = {
	{ "notice", "read", "FILE...", 1, -1,
	    "read letters of any maker: text, Markdown, HTML, PDF, mail, scans, CSAF; what they state, where it stands, what is "
	    "missing",
	    "  fieldproof notice read letter.pdf\n"
	    "  fieldproof notice read --format=json letters/*.pdf mail.eml | jq -c '[.reference, .issue_date, .language]'\n"
	    "  fieldproof notice read advisory.json --output=drafts/\n"
	    "  cat letter.txt | fieldproof notice read - --lang-of=da\n",
	    run_read, read_verb_options },
	{ .noun = NULL },
};
