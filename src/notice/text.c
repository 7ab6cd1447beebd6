/* Language files: the sections and what they may be called. */
#include "notice/text.h"

#include <string.h>

#include "base/utf8.h"

/* ---- which sections there are ---- */

static bool
has_modes(const struct notice *n)
{
	for (size_t i = 0; i < n->n_products; i++)
		if (n->products[i].modes.n > 0)
			return true;
	return false;
}

static bool
always(const struct notice *n)
{
	(void)n;
	return true;
}

static bool
never(const struct notice *n)
{
	(void)n;
	return false;
}

static bool
says_not_affected(const struct notice *n)
{
	return n->not_affected.n > 0;
}

static bool
has_vulnerability(const struct notice *n)
{
	return n->n_vulnerabilities > 0;
}

static bool
says_authorities(const struct notice *n)
{
	return n->authorities != NULL;
}

static bool
has_emergency(const struct notice *n)
{
	return n->emergency.n > 0;
}

static bool
has_adverse(const struct notice *n)
{
	return n->n_adverse > 0;
}

static bool
has_third_party(const struct notice *n)
{
	return n->third_party_contact;
}

/* In the order of a letter; "action" and "recommendation" stand for the sections of each of them. */
static const struct {
	const char *key;
	bool (*must)(const struct notice *n);
} sections[] = {
	{ "title", always },
	{ "greeting", always },
	{ "summary", always },
	{ "products", always },
	{ "scope", says_not_affected },
	{ "purpose", never },
	{ "problem", always },
	{ "impact", always },
	{ "risk", never },
	{ "exploitation", has_vulnerability },
	{ "background", never },
	{ "manufacturer-actions", always },
	{ "recommendation", always },
	{ "inaction", never },
	{ "authorities", says_authorities },
	{ "customer-actions", always },
	{ "modes", has_modes },
	{ "action", always },
	{ "earlier-results", never },
	{ "reply", always },
	{ "emergency", has_emergency },
	{ "adverse-events", has_adverse },
	{ "pass-on", never },
	{ "further-notice", never },
	{ "support", always },
	{ "third-party", has_third_party },
	{ "closing", always },
	{ "why", always },
};

struct each {
	void (*fn)(void *ctx, const char *key, enum notice_need need);
	void *ctx;
};

static void
tell(const struct each *e, enum notice_need need, const char *a, const char *b, const char *c, const char *d)
{
	char key[200];

	(void)snprintf(key, sizeof(key), "%s%s%s%s", a, b, c, d);
	e->fn(e->ctx, key, need);
}

static void
each_of_action(const struct each *e, const struct notice_action *a)
{
	tell(e, NOTICE_NEED_MUST, "action.", a->id, "", "");
	tell(e, a->requires.n > 0 ? NOTICE_NEED_MUST : NOTICE_NEED_MAY, "action.", a->id, ".requires", "");
	for (size_t i = 0; i < a->n_links; i++)
		tell(e, a->links[i].condition != NULL && *a->links[i].condition != '\0' ? NOTICE_NEED_MUST : NOTICE_NEED_MAY,
		    "action.", a->id, ".link.", a->links[i].id);
	tell(e, a->side_effects.n > 0 ? NOTICE_NEED_MUST : NOTICE_NEED_MAY, "action.", a->id, ".side-effects", "");
}

void
notice_section_each(const struct notice *n, void (*fn)(void *ctx, const char *key, enum notice_need need), void *ctx)
{
	const struct each e = { fn, ctx };

	for (size_t s = 0; s < FP_COUNT(sections); s++) {
		if (strcmp(sections[s].key, "action") == 0) {
			for (size_t i = 0; i < n->n_actions; i++)
				each_of_action(&e, &n->actions[i]);
		} else if (strcmp(sections[s].key, "recommendation") == 0) {
			for (size_t i = 0; i < n->n_recommendations; i++)
				tell(&e, NOTICE_NEED_MUST, "recommendation.", n->recommendations[i].id, "", "");
		} else {
			tell(&e, sections[s].must(n) ? NOTICE_NEED_MUST : NOTICE_NEED_MAY, sections[s].key, "", "", "");
		}
	}
}

struct lookup {
	const char *key;
	enum notice_need need;
	struct fp_buf *known;
};

static void
lookup_one(void *ctx, const char *key, enum notice_need need)
{
	struct lookup *l = ctx;

	if (l->key != NULL && strcmp(l->key, key) == 0)
		l->need = need;
	if (l->known != NULL)
		fp_buf_printf(l->known, "%s%s", l->known->len ? ", " : "", key);
}

enum notice_need
notice_section_need(const struct notice *n, const char *key)
{
	struct lookup l = { .key = key, .need = NOTICE_NEED_NOT };

	notice_section_each(n, lookup_one, &l);
	return l.need;
}

/* ---- splitting ---- */

struct splitter {
	struct notice_text *t;
	const struct notice *n;
	struct fp_arena *arena;
	const char *file;
	const char *body; /* of the section that is open */
	int line;
	struct fp_err *err;
};

static enum fp_status
close_section(struct splitter *s, const char *end)
{
	struct notice_section *sec;
	const char *p = s->body;

	if (s->t->n_sections == 0)
		return FP_OK;
	sec = &s->t->sections[s->t->n_sections - 1];
	while (p < end && *p == '\n')
		p++;
	while (end > p && (end[-1] == '\n' || end[-1] == ' '))
		end--;
	if ((size_t)(end - p) > NOTICE_SECTION_BYTES)
		return fp_fail(s->err, FP_ELIMIT, "%s line %d: section '%s' has %zu bytes; the limit is %zu", s->file, sec->line,
		    sec->key, (size_t)(end - p), NOTICE_SECTION_BYTES);
	sec->markdown = fp_arena_text(s->arena, p, (size_t)(end - p));
	if (sec->markdown == NULL)
		return fp_fail(s->err, FP_ENOMEM, "%s: out of memory", s->file);
	/* All that was skipped are line feeds. */
	sec->body_line = sec->line + 1 + (int)(p - s->body);
	return notice_fill(NULL, s->n, s->t->lang, sec->markdown, NOTICE_FILL_MARKDOWN, s->file, sec->body_line, s->err);
}

static enum fp_status
set_heading(struct splitter *s, struct notice_section *sec, const char *from, const char *to)
{
	FP_AUTO(fp_buf_free) struct fp_buf filled = { .max = 4096 };
	FP_AUTO(fp_buf_free) struct fp_buf raw = { .max = 2048 };

	while (from < to && *from == ' ')
		from++;
	while (to > from && to[-1] == ' ')
		to--;
	fp_buf_add(&raw, from, (size_t)(to - from));
	if (fp_buf_check(&raw, "the heading", s->err) != FP_OK)
		return fp_ctx(s->err, "%s line %d", s->file, s->line);
	if (raw.len > 0 && notice_fill(&filled, s->n, s->t->lang, raw.data, NOTICE_FILL_PLAIN, s->file, s->line, s->err) != FP_OK)
		return s->err->status;
	sec->heading = fp_arena_text(s->arena, filled.data, filled.len);
	return sec->heading ? FP_OK : fp_fail(s->err, FP_ENOMEM, "%s: out of memory", s->file);
}

static enum fp_status
check_key(struct splitter *s, const char *key)
{
	for (size_t i = 0; i < s->t->n_sections; i++)
		if (strcmp(s->t->sections[i].key, key) == 0)
			return fp_fail(s->err, FP_EINVAL, "%s line %d: section '%s' is there twice; the first is at line %d",
			    s->file, s->line, key, s->t->sections[i].line);
	if (notice_section_need(s->n, key) == NOTICE_NEED_NOT) {
		FP_AUTO(fp_buf_free) struct fp_buf known = { .max = 800 };
		struct lookup l = { .known = &known };

		notice_section_each(s->n, lookup_one, &l);
		return fp_fail(s->err, FP_EINVAL, "%s line %d: unknown section '%.80s'; known: %s", s->file, s->line, key,
		    known.data ? known.data : "none");
	}
	if (s->t->n_sections >= NOTICE_SECTIONS_MAX)
		return fp_fail(s->err, FP_ELIMIT, "%s line %d: more than %u sections", s->file, s->line, NOTICE_SECTIONS_MAX);
	return FP_OK;
}

/* "# Heading text {#key}" */
static enum fp_status
open_section(struct splitter *s, const char *line, const char *eol)
{
	struct notice_section *sec;
	const char *end = eol, *key;

	while (end > line && end[-1] == ' ')
		end--;
	key = end;
	while (key > line && key[-1] != '{')
		key--;
	if (end - line < 6 || end[-1] != '}' || key == line || *key != '#' || end - 1 - (key + 1) < 1 ||
	    end - 1 - (key + 1) > 150)
		return fp_fail(s->err, FP_EINVAL,
		    "%s line %d: a heading of the first level opens a section and ends with its key, as in '# Summary "
		    "{#summary}'",
		    s->file, s->line);
	char *copy = fp_arena_text(s->arena, key + 1, (size_t)(end - 1 - (key + 1)));
	if (copy == NULL)
		return fp_fail(s->err, FP_ENOMEM, "%s: out of memory", s->file);
	if (check_key(s, copy) != FP_OK)
		return s->err->status;
	sec = &s->t->sections[s->t->n_sections];
	sec->key = copy;
	sec->line = s->line;
	if (set_heading(s, sec, line + 1, key - 1) != FP_OK)
		return s->err->status;
	s->t->n_sections++;
	return FP_OK;
}

static enum fp_status
check_line(struct splitter *s, const char *line, const char *eol)
{
	const char *p = line;

	while (p < eol && (*p == ' ' || *p == '='))
		p++;
	if (p == eol && memchr(line, '=', (size_t)(eol - line)) != NULL)
		return fp_fail(s->err, FP_EINVAL,
		    "%s line %d: a line of '=' would make a heading without a key; write '# Heading {#key}'", s->file, s->line);
	if (s->t->n_sections == 0 && p < eol)
		return fp_fail(s->err, FP_EINVAL,
		    "%s line %d: text before the first section; begin with a line like '# Title {#title}'", s->file, s->line);
	return FP_OK;
}

/* Well-formed UTF-8, no control characters but line feeds: what is read is what is signed, byte by byte. */
static enum fp_status
check_bytes(const char *md, size_t len, const char *file, struct fp_err *err)
{
	size_t bad = fp_utf8_bad_at(md, len);
	int line = 1;

	for (size_t i = 0; i < len && i <= bad; i++) {
		if (i == bad)
			return fp_fail(err, FP_EINVAL, "%s line %d: not UTF-8; save the file as UTF-8", file, line);
		if (md[i] == '\n')
			line++;
		else if ((unsigned char)md[i] < 0x20 || md[i] == 0x7f)
			return fp_fail(err, FP_EINVAL, "%s line %d: control character 0x%02x%s", file, line, (unsigned)md[i],
			    md[i] == '\t' ? " (a tab); write blanks" : "");
	}
	return FP_OK;
}

static size_t
count_headings(const char *md, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i + 1 < len; i++)
		if (md[i] == '#' && md[i + 1] == ' ' && (i == 0 || md[i - 1] == '\n'))
			n++;
	return n > NOTICE_SECTIONS_MAX ? NOTICE_SECTIONS_MAX : n;
}

enum fp_status
notice_text_read(struct notice_text *t, const struct notice *n, struct fp_arena *a, const char *md, size_t len, const char *file,
    struct fp_err *err)
{
	struct fp_err own = { 0 };
	struct splitter s = { .t = t, .n = n, .arena = a, .file = file, .body = md, .err = err ? err : &own };
	const char *end = md + len;

	if (check_bytes(md, len, file, s.err) != FP_OK)
		return s.err->status;
	t->sections = fp_arena_alloc(a, count_headings(md, len) + 1, sizeof(*t->sections));
	if (t->sections == NULL)
		return fp_fail(s.err, FP_ENOMEM, "%s: out of memory", file);
	for (const char *line = md; line < end;) {
		const char *eol = memchr(line, '\n', (size_t)(end - line));
		const char *next = eol ? eol + 1 : end;

		eol = eol ? eol : end;
		s.line++;
		if (eol - line >= 2 && line[0] == '#' && line[1] == ' ') {
			if (close_section(&s, line) != FP_OK || open_section(&s, line, eol) != FP_OK)
				return s.err->status;
			s.body = next;
		} else if (check_line(&s, line, eol) != FP_OK) {
			return s.err->status;
		}
		line = next;
	}
	if (t->n_sections == 0)
		return fp_fail(s.err, FP_EINVAL, "%s holds no section; begin with a line like '# Title {#title}'", file);
	return close_section(&s, end);
}
