/* Vulnerabilities of a notice with its actions as remediations: the same ones under each, word for word. */
#include <string.h>

#include "csaf/write_int.h"

/* ---- notes ---- */

/* A section as {category, text[, title]} into list; nothing when the language lacks it. member: "text" or "details". */
static enum fp_status
put_section(struct csaf_writer *w, json_t *list, const char *category, const char *key, const char *member, bool titled,
    struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 1 << 20 };
	json_t *note;

	if (csaf_section_plain(&text, w, key, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	if (text.len == 0)
		return FP_OK;
	note = json_object();
	csaf_push(w, list, note);
	csaf_put_text(w, note, "category", category);
	csaf_put_text(w, note, member, text.data);
	if (titled)
		csaf_put_text(w, note, "title", csaf_section_heading(w, key));
	return FP_OK;
}

static enum fp_status
put_notes(struct csaf_writer *w, json_t *v, struct fp_err *err)
{
	json_t *notes = json_array(), *threats = json_array();

	csaf_put(w, v, "notes", notes);
	csaf_put(w, v, "threats", threats);
	if (put_section(w, notes, "description", "problem", "text", true, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	/* 6.1.27.5 wants one. */
	if (json_array_size(notes) == 0) {
		json_t *note = json_object();

		csaf_push(w, notes, note);
		csaf_put_text(w, note, "category", "description");
		csaf_put_text(w, note, "text", json_string_value(json_object_get(v, "title")));
	}
	if (put_section(w, threats, "exploit_status", "exploitation", "details", false, err) != FP_OK ||
	    put_section(w, threats, "impact", "impact", "details", false, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	if (json_array_size(threats) == 0)
		(void)json_object_del(v, "threats");
	return FP_OK;
}

/* ---- actions ---- */

/* What puts other software in place is the maker's fix; everything else that a customer does only mitigates. */
static const char *
category_of(const struct notice_action *a)
{
	static const char *const fixes[] = { "install", "update", "upgrade", "replace" };

	for (size_t i = 0; i < FP_COUNT(fixes); i++)
		if (notice_list_has(&a->verbs, fixes[i]))
			return "vendor_fix";
	return "mitigation";
}

/* Title, text, what comes before, its ways, what it may cause; each piece under its heading. */
static enum fp_status
add_piece(struct csaf_writer *w, struct fp_buf *out, const char *key, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 1 << 20 };
	const char *heading = csaf_section_heading(w, key);

	if (csaf_section_plain(&text, w, key, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	if (heading == NULL && text.len == 0)
		return FP_OK;
	fp_buf_puts(out, out->len > 0 ? "\n\n" : "");
	if (heading != NULL)
		fp_buf_printf(out, "%s%s", heading, text.len > 0 ? "\n" : "");
	fp_buf_puts(out, text.data);
	return FP_OK;
}

static enum fp_status
action_details(struct csaf_writer *w, struct fp_buf *out, const struct notice_action *a, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 1 << 20 };
	char key[200], number[16];

	(void)snprintf(number, sizeof(number), "%d", a->number);
	i18n_f(out, w->lang, N_("Step {number}: {title}"), "number", number, "title",
	    notice_action_title(w->n, w->t->lang, a->id), NULL);
	(void)snprintf(key, sizeof(key), "action.%s", a->id);
	if (csaf_section_plain(&text, w, key, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	fp_buf_printf(out, "%s%s", text.len > 0 ? "\n" : "", text.len > 0 ? text.data : "");
	(void)snprintf(key, sizeof(key), "action.%s.requires", a->id);
	if (add_piece(w, out, key, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	for (size_t i = 0; i < a->n_links; i++) {
		(void)snprintf(key, sizeof(key), "action.%s.link.%s", a->id, a->links[i].id);
		if (add_piece(w, out, key, err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
	}
	(void)snprintf(key, sizeof(key), "action.%s.side-effects", a->id);
	return add_piece(w, out, key, err);
}

static void
put_links(struct csaf_writer *w, json_t *r, const struct notice_action *a)
{
	bool limited = false;
	json_t *list;

	for (size_t i = 0; i < a->n_links; i++) {
		if (a->links[i].url != NULL && json_object_get(r, "url") == NULL)
			csaf_put_text(w, r, "url", a->links[i].url);
		limited = limited || strcmp(a->links[i].access, "affected-customers") == 0;
	}
	if (!limited)
		return;
	csaf_put(w, r, "entitlements", list = json_array());
	csaf_push(w, list, json_string(i18n_t(w->lang, N_("Only for customers who have an affected product."))));
}

static enum fp_status
put_remediation(
    struct csaf_writer *w, json_t *list, const struct notice_vulnerability *v, const struct notice_action *a, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf details = { .max = 1 << 20 };
	json_t *r, *ids = json_array();

	if (csaf_write_targets(w, ids, v, &a->products, err) != FP_OK || action_details(w, &details, a, err) != FP_OK ||
	    fp_buf_check(&details, "an action's text", err) != FP_OK) {
		json_decref(ids);
		return fp_failed(err, FP_ENOMEM);
	}
	/* The action is for none of the products that have this vulnerability. */
	if (json_array_size(ids) == 0) {
		json_decref(ids);
		return FP_OK;
	}
	r = json_object();
	csaf_push(w, list, r);
	csaf_put_text(w, r, "category", category_of(a));
	csaf_put_text(w, r, "details", details.data);
	csaf_put(w, r, "product_ids", ids);
	put_links(w, r, a);
	return FP_OK;
}

/* ---- the list ---- */

static void
put_name(struct csaf_writer *w, json_t *v, const struct notice_vulnerability *n, const char *cve)
{
	FP_AUTO(fp_buf_free) struct fp_buf id = { .max = 512 };
	json_t *ids, *one;

	csaf_put_text(w, v, "title", n->component);
	if (cve != NULL) {
		csaf_put_text(w, v, "cve", cve);
		return;
	}
	/* No CVE is made up for a notice that names none: the maker's own reference identifies it. */
	fp_buf_printf(&id, "%s:%s", w->n->reference, n->id);
	csaf_put(w, v, "ids", ids = json_array());
	csaf_push(w, ids, one = json_object());
	csaf_put_text(w, one, "system_name", w->n->manufacturer);
	csaf_put_text(w, one, "text", id.data);
}

static enum fp_status
put_vulnerability(struct csaf_writer *w, json_t *list, const struct notice_vulnerability *n, const char *cve, struct fp_err *err)
{
	json_t *v = json_object(), *status = json_object(), *ids = json_array(), *remediations = json_array();

	csaf_push(w, list, v);
	put_name(w, v, n, cve);
	csaf_put(w, v, "product_status", status);
	csaf_put(w, status, "known_affected", ids);
	csaf_put(w, v, "remediations", remediations);
	if (put_notes(w, v, err) != FP_OK || csaf_write_targets(w, ids, n, NULL, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	for (size_t i = 0; i < w->n->n_actions; i++)
		if (put_remediation(w, remediations, n, &w->n->actions[i], err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
	if (json_array_size(remediations) == 0)
		(void)json_object_del(v, "remediations");
	return FP_OK;
}

enum fp_status
csaf_write_vulnerabilities(struct csaf_writer *w, struct fp_err *err)
{
	json_t *list = json_array();

	if (w->n->n_vulnerabilities == 0) {
		json_decref(list);
		return FP_OK;
	}
	csaf_put(w, w->root, "vulnerabilities", list);
	for (size_t i = 0; i < w->n->n_vulnerabilities; i++) {
		const struct notice_vulnerability *n = &w->n->vulnerabilities[i];

		if (n->cves.n == 0 && put_vulnerability(w, list, n, NULL, err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
		/* CSAF has one CVE per vulnerability. */
		for (size_t k = 0; k < n->cves.n; k++)
			if (put_vulnerability(w, list, n, n->cves.items[k], err) != FP_OK)
				return fp_failed(err, FP_ENOMEM);
	}
	return FP_OK;
}
