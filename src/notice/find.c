/* Looking things up in a notice, and its reference as people write it. */
#include <ctype.h>
#include <string.h>

#include "notice/text.h"

bool
notice_list_has(const struct notice_list *l, const char *item)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->items[i], item) == 0)
			return true;
	return false;
}

const struct notice_product *
notice_product_find(const struct notice *n, const char *id)
{
	for (size_t i = 0; i < n->n_products; i++)
		if (strcmp(n->products[i].id, id) == 0)
			return &n->products[i];
	return NULL;
}

const struct notice_action *
notice_action_find(const struct notice *n, const char *id)
{
	for (size_t i = 0; i < n->n_actions; i++)
		if (strcmp(n->actions[i].id, id) == 0)
			return &n->actions[i];
	return NULL;
}

const struct notice_text *
notice_text_find(const struct notice *n, const char *lang)
{
	for (size_t i = 0; i < n->n_texts; i++)
		if (strcmp(n->texts[i].lang, lang) == 0)
			return &n->texts[i];
	return NULL;
}

const struct notice_section *
notice_section_find(const struct notice_text *t, const char *key)
{
	for (size_t i = 0; t != NULL && i < t->n_sections; i++)
		if (strcmp(t->sections[i].key, key) == 0)
			return &t->sections[i];
	return NULL;
}

const char *
notice_contact_email(const struct notice *n, const char *id)
{
	for (size_t i = 0; i < n->n_contacts; i++)
		if (strcmp(n->contacts[i].id, id) == 0)
			return n->contacts[i].email;
	return NULL;
}

enum fp_status
notice_section_text(struct fp_buf *out, const struct notice *n, const char *lang, const char *key, struct fp_err *err)
{
	const struct notice_text *t = notice_text_find(n, lang);
	const struct notice_section *s = notice_section_find(t, key);

	if (t == NULL)
		return fp_fail(err, FP_ENOTFOUND, "%s has no text in '%.20s'", n->reference, lang);
	if (s == NULL)
		return fp_fail(err, FP_ENOTFOUND, "%s has no section '%.80s' in '%s'", n->reference, key, lang);
	return notice_fill(out, n, lang, s->markdown, NOTICE_FILL_MARKDOWN, key, s->body_line, err);
}

const char *
notice_action_title(const struct notice *n, const char *lang, const char *action)
{
	char key[64];
	const struct notice_section *s;

	(void)snprintf(key, sizeof(key), "action.%s", action);
	s = notice_section_find(notice_text_find(n, lang), key);
	if (s != NULL && *s->heading != '\0')
		return s->heading;
	const struct notice_action *a = notice_action_find(n, action);
	return a ? a->id : action;
}

/* What stands behind the number is a language code and brackets; white space and dashes of any kind inside it are the typesetter's. */
enum fp_status
notice_reference_normal(struct fp_buf *out, const char *ref, struct fp_err *err)
{
	size_t start = out->len, end;

	for (const char *p = ref; *p != '\0' && *p != '('; p++) {
		if (strncmp(p, "\xE2\x80\x90", 3) == 0 || strncmp(p, "\xE2\x80\x91", 3) == 0 ||
		    strncmp(p, "\xE2\x80\x93", 3) == 0) {
			fp_buf_putc(out, '-');
			p += 2;
		} else if (strncmp(p, "\xC2\xA0", 2) == 0) {
			fp_buf_putc(out, ' ');
			p++;
		} else if (isalnum((unsigned char)*p) || strchr("-./_ \t\r\n", *p) != NULL) {
			fp_buf_putc(out, (char)toupper((unsigned char)*p));
		} else {
			return fp_fail(err, FP_EINVAL, "'%.80s' is not a notice reference like FSN2023-1338", ref);
		}
	}
	if (fp_buf_check(out, "the reference", err) != FP_OK)
		return fp_failed(err, FP_ELIMIT);
	end = out->len;
	while (end > start && strchr(" \t\r\n", out->data[end - 1]) != NULL)
		end--;
	/* " DEU" at the end: two or three letters apart from the number. */
	size_t letters = end;
	while (letters > start && isalpha((unsigned char)out->data[letters - 1]))
		letters--;
	if (letters > start && end - letters >= 2 && end - letters <= 3 && strchr(" \t\r\n", out->data[letters - 1]) != NULL)
		end = letters;
	size_t to = start;
	bool digit = false;
	for (size_t i = start; i < end; i++) {
		if (strchr(" \t\r\n", out->data[i]) != NULL)
			continue;
		digit = digit || isdigit((unsigned char)out->data[i]);
		out->data[to++] = out->data[i];
	}
	out->len = to;
	if (out->data != NULL)
		out->data[to] = '\0';
	if (!digit || to - start > 63)
		return fp_fail(err, FP_EINVAL, "'%.80s' is not a notice reference like FSN2023-1338", ref);
	return FP_OK;
}
