/*
 * A language of a notice in our own format as a side of the comparison: its sections are known by their keys and its facts stand once, so nothing has to be found out. Lines are
 * those of the language file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "parity/notice_side.h"

#define MARK "\xEE\x80\x80" /* U+E000, private: no notice holds it, for texts are checked */

struct chunk { /* where a section stands in the text that is read as a letter */
	const struct notice_section *section;
	int line; /* of its body's first line */
};

struct maker {
	const struct notice *n;
	const struct notice_text *text;
	const struct term_base *t;
	const struct term_lang *lang;
	struct fp_buf md;
	struct chunk *chunks;
	size_t n_chunks;
	struct letter *l;
	size_t *chunk_of; /* per block */
	struct draft *d;
};

static int
lines(const char *s, size_t len)
{
	int n = 0;

	for (size_t i = 0; i < len; i++)
		n += s[i] == '\n';
	return n;
}

/* Each section behind a line that only says its number, so that the blocks are known by it afterwards. */
static enum fp_status
write_sections(struct maker *m, struct fp_err *err)
{
	m->chunks = fp_calloc(m->text->n_sections + 1, sizeof(*m->chunks));
	if (m->chunks == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < m->text->n_sections; i++) {
		const struct notice_section *s = &m->text->sections[i];

		m->chunks[i].section = s;
		fp_buf_printf(&m->md, MARK "%zu\n\n", i);
		if (*s->heading != '\0')
			fp_buf_printf(&m->md, "# %s\n\n", s->heading);
		m->chunks[i].line = lines(m->md.data, m->md.len) + 1;
		if (notice_section_text(&m->md, m->n, m->text->lang, s->key, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
		fp_buf_puts(&m->md, "\n\n");
	}
	m->n_chunks = m->text->n_sections;
	return fp_buf_check(&m->md, "the text of a notice", err);
}

/* Take the lines with the numbers out again and give every block its section and the line of the language file. */
static void
sort_blocks(struct maker *m)
{
	uint32_t n = 0;
	size_t now = 0;

	for (uint32_t b = 0; b < m->l->n_blocks; b++) {
		struct letter_block *k = &m->l->blocks[b];
		const struct chunk *c;

		if (k->len >= 3 && memcmp(k->text, MARK, 3) == 0) {
			now = (size_t)strtoul(k->text + 3, NULL, 10);
			now = now < m->n_chunks ? now : 0;
			continue;
		}
		c = &m->chunks[now];
		for (uint32_t i = 0; i < k->n_marks; i++)
			k->marks[i].place.line = k->marks[i].place.line < c->line
						     ? c->section->line
						     : c->section->body_line + k->marks[i].place.line - c->line;
		m->chunk_of[n] = now;
		m->l->blocks[n++] = *k;
	}
	m->l->n_blocks = n;
}

/* "action.patch.link.online" -> the action; NULL for other sections. */
static const struct notice_action *
action_of(const struct notice *n, const char *key)
{
	for (size_t i = 0; i < n->n_actions && strncmp(key, "action.", 7) == 0; i++) {
		size_t len = strlen(n->actions[i].id);

		if (strncmp(key + 7, n->actions[i].id, len) == 0 && (key[7 + len] == '\0' || key[7 + len] == '.'))
			return &n->actions[i];
	}
	return NULL;
}

static void
put_sections(struct maker *m)
{
	for (uint32_t b = 0, last; b < m->l->n_blocks; b = last + 1) {
		const struct notice_section *s = m->chunks[m->chunk_of[b]].section;
		json_t *j = json_object();

		for (last = b; last + 1 < m->l->n_blocks && m->chunk_of[last + 1] == m->chunk_of[b];)
			last++;
		fp_json_set_str(j, "key", action_of(m->n, s->key) != NULL ? "customer-actions" : s->key);
		fp_json_set_str(j, "heading", s->heading);
		fp_json_set_int(j, "first_block", b);
		fp_json_set_int(j, "last_block", last);
		(void)draft_put(m->d, "/sections/-", j, NULL);
	}
}

static void
add_verbs(struct maker *m, json_t *list, const struct letter_block *b)
{
	struct term_hit hits[64];
	size_t n = term_find(m->t, m->lang, TERM_GROUPS(TERM_VERB), b->text, b->len, hits, FP_COUNT(hits));

	for (size_t i = 0; i < n && i < FP_COUNT(hits); i++) {
		bool known = false;

		for (size_t k = 0; k < json_array_size(list); k++)
			known = known || strcmp(json_string_value(json_array_get(list, k)), hits[i].key->id) == 0;
		if (!known)
			(void)json_array_append_new(list, json_string(hits[i].key->id));
	}
}

static void
put_action(struct maker *m, const struct notice_action *a)
{
	json_t *j = json_object(), *heading = json_array(), *text = json_array();
	int64_t first = -1, last = -1;
	size_t index;
	char pointer[64];

	for (uint32_t b = 0; b < m->l->n_blocks; b++) {
		const char *key = m->chunks[m->chunk_of[b]].section->key;

		if (action_of(m->n, key) != a)
			continue;
		first = first < 0 ? b : first;
		last = b;
		if (m->lang != NULL)
			add_verbs(m, m->l->blocks[b].kind == LETTER_HEADING ? heading : text, &m->l->blocks[b]);
	}
	fp_json_set_int(j, "number", a->number);
	fp_json_set_str(j, "id", a->id);
	fp_json_set(j, "heading_verbs", heading);
	fp_json_set(j, "text_verbs", text);
	if (first >= 0) {
		fp_json_set_int(j, "first_block", first);
		fp_json_set_int(j, "last_block", last);
	}
	index = draft_put(m->d, "/actions/-", j, NULL);
	if (first >= 0) {
		const struct draft_source s = { .block = &m->l->blocks[first], .confidence = 100 };

		(void)snprintf(pointer, sizeof(pointer), "/actions/%zu/text", index);
		draft_put_str(m->d, pointer, m->l->blocks[first].text, &s);
	}
}

static void
put_facts(struct maker *m)
{
	draft_put_str(m->d, "/source", "notice", NULL);
	draft_put_str(m->d, "/language", m->text->lang, NULL);
	draft_put_str(m->d, "/reference", m->n->reference, NULL);
	draft_put_str(m->d, "/document_number", m->n->document_number, NULL);
	put_sections(m);
	for (size_t i = 0; i < m->n->n_actions; i++)
		put_action(m, &m->n->actions[i]);
}

static enum fp_status
make(struct maker *m, const char *file, struct fp_err *err)
{
	if (write_sections(m, err) != FP_OK || letter_read_text(&m->l, file, m->md.data, m->md.len, NULL, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	m->chunk_of = fp_calloc(m->l->n_blocks + 1u, sizeof(*m->chunk_of));
	m->d = draft_new(file);
	if (m->chunk_of == NULL || m->d == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	sort_blocks(m);
	put_facts(m);
	return m->d->no_memory ? fp_fail(err, FP_ENOMEM, "out of memory") : FP_OK;
}

enum fp_status
parity_notice_side(struct draft **out, const struct notice *n, const char *lang, const struct term_base *t, struct fp_err *err)
{
	struct maker m = { .n = n,
		.text = notice_text_find(n, lang),
		.t = t,
		.lang = term_lang_find(t, lang),
		.md = { .max = (size_t)4 << 20 } };
	char file[128];
	enum fp_status status;

	*out = NULL;
	if (m.text == NULL)
		return fp_fail(err, FP_ENOTFOUND, "%s has no text in the language '%.20s'", n->reference, lang);
	(void)snprintf(file, sizeof(file), "%.80s/%.20s.md", n->reference, lang);
	status = make(&m, file, err);
	if (status == FP_OK) {
		m.d->letter = m.l;
		*out = m.d;
	} else {
		draft_free(m.d);
		letter_free(m.l);
	}
	free(m.chunk_of);
	free(m.chunks);
	fp_buf_free(&m.md);
	return status;
}
