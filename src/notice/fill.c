/* Placeholders: where the facts come into the texts. */
#include <ctype.h>
#include <string.h>

#include "i18n/i18n.h"
#include "notice/shape.h"
#include "notice/text.h"

struct fill {
	struct fp_buf *out; /* NULL: only look */
	const struct notice *n;
	const struct i18n *lang;
	enum notice_fill how;
	const char *why; /* when a value says no: what is missing */
};

/* ---- writing values ---- */

static void
put(struct fill *f, const char *s)
{
	if (f->out == NULL)
		return;
	for (; *s != '\0'; s++) {
		if (f->how == NOTICE_FILL_MARKDOWN && strchr("\\`*_[]<>|~&", *s) != NULL)
			fp_buf_putc(f->out, '\\');
		fp_buf_putc(f->out, *s);
	}
}

static void
put_raw(struct fill *f, const char *s)
{
	if (f->out != NULL)
		fp_buf_puts(f->out, s);
}

static bool
put_or(struct fill *f, const char *s, const char *why)
{
	if (s == NULL || *s == '\0') {
		f->why = why;
		return false;
	}
	put(f, s);
	return true;
}

/* An address that CommonMark makes a link of. */
static void
put_address(struct fill *f, const char *s)
{
	if (f->how == NOTICE_FILL_PLAIN || strpbrk(s, " <>") != NULL) {
		put(f, s);
		return;
	}
	put_raw(f, "<");
	put_raw(f, s);
	put_raw(f, ">");
}

static void
put_joined(struct fill *f, const char *const *items, size_t n)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 65536 };

	if (f->out == NULL)
		return;
	i18n_join(&b, f->lang, items, n);
	put(f, b.data ? b.data : "");
}

/* ---- the values; each gives false and says why when the notice lacks it ---- */

static bool
v_reference(struct fill *f, const char *arg)
{
	(void)arg;
	return put_or(f, f->n->reference, "");
}

static bool
v_document_number(struct fill *f, const char *arg)
{
	(void)arg;
	return put_or(f, f->n->document_number, "");
}

static bool
v_revision(struct fill *f, const char *arg)
{
	(void)arg;
	if (f->out != NULL)
		i18n_number(f->out, f->lang, f->n->revision);
	return true;
}

static bool
put_date(struct fill *f, struct fp_date d, enum i18n_style style, const char *why)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 512 };

	if (d.year == 0) {
		f->why = why;
		return false;
	}
	if (f->out != NULL) {
		i18n_date(&b, f->lang, d, style);
		put(f, b.data ? b.data : "");
	}
	return true;
}

static bool
v_issue_date(struct fill *f, const char *arg)
{
	(void)arg;
	return put_date(f, f->n->issue_date, I18N_LONG, "the notice has no date (issue_date is null)");
}

static bool
v_issue_day(struct fill *f, const char *arg)
{
	(void)arg;
	return put_date(f, f->n->issue_date, I18N_FULL, "the notice has no date (issue_date is null)");
}

static bool
v_reply_deadline(struct fill *f, const char *arg)
{
	(void)arg;
	return put_date(f, f->n->reply_deadline, I18N_LONG, "the notice sets no deadline (reply.deadline)");
}

static bool
v_manufacturer(struct fill *f, const char *arg)
{
	(void)arg;
	return put_or(f, f->n->manufacturer, "");
}

static bool
v_brand(struct fill *f, const char *arg)
{
	(void)arg;
	return put_or(f, f->n->brand, "");
}

static bool
v_address(struct fill *f, const char *arg)
{
	(void)arg;
	return put_or(f, f->n->address, "the notice gives no manufacturer.address");
}

static bool
v_legal_url(struct fill *f, const char *arg)
{
	(void)arg;
	f->why = "the notice gives no manufacturer.legal_url";
	if (f->n->legal_url == NULL)
		return false;
	put_address(f, f->n->legal_url);
	return true;
}

static bool
v_contact(struct fill *f, const char *arg)
{
	const char *email = notice_contact_email(f->n, arg);

	f->why = "manufacturer.contacts has no such id";
	if (email == NULL)
		return false;
	put_address(f, email);
	return true;
}

static bool
v_reply_to(struct fill *f, const char *arg)
{
	(void)arg;
	return v_contact(f, f->n->reply_to);
}

static bool
v_phone(struct fill *f, const char *arg)
{
	for (size_t i = 0; i < f->n->n_contacts; i++)
		if (strcmp(f->n->contacts[i].id, arg) == 0)
			return put_or(f, f->n->contacts[i].phone, "this contact has no phone");
	f->why = "manufacturer.contacts has no such id";
	return false;
}

static bool
v_product(struct fill *f, const char *arg)
{
	const struct notice_product *p = notice_product_find(f->n, arg);

	return put_or(f, p ? p->names.items[0] : NULL, "products has no such id");
}

static bool
v_component(struct fill *f, const char *arg)
{
	for (size_t i = 0; i < f->n->n_vulnerabilities; i++)
		if (strcmp(f->n->vulnerabilities[i].id, arg) == 0)
			return put_or(f, f->n->vulnerabilities[i].component, "");
	f->why = "vulnerabilities has no such id";
	return false;
}

static bool
v_adverse(struct fill *f, const char *arg)
{
	f->why = "adverse_events has no such place, or no url for it";
	for (size_t i = 0; i < f->n->n_adverse; i++) {
		if (strcmp(f->n->adverse[i].where, arg) == 0 && f->n->adverse[i].url != NULL) {
			put_address(f, f->n->adverse[i].url);
			return true;
		}
	}
	return false;
}

static const struct notice_action *
action_of(const struct notice *n, const char *arg, size_t len)
{
	for (size_t i = 0; i < n->n_actions; i++)
		if (strlen(n->actions[i].id) == len && memcmp(n->actions[i].id, arg, len) == 0)
			return &n->actions[i];
	return NULL;
}

static bool
v_step(struct fill *f, const char *arg)
{
	const struct notice_action *a = action_of(f->n, arg, strlen(arg));

	f->why = "actions has no such id";
	if (a != NULL && f->out != NULL)
		i18n_number(f->out, f->lang, a->number);
	return a != NULL;
}

/* ACTION.LINK or RECOMMENDATION.LINK */
static bool
v_link(struct fill *f, const char *arg)
{
	const char *dot = strchr(arg, '.');
	const struct notice_action *a = dot ? action_of(f->n, arg, (size_t)(dot - arg)) : NULL;
	const struct notice_link *links = a ? a->links : NULL;
	size_t n = a ? a->n_links : 0;

	for (size_t i = 0; a == NULL && dot != NULL && i < f->n->n_recommendations; i++) {
		const struct notice_recommendation *r = &f->n->recommendations[i];

		if (strlen(r->id) == (size_t)(dot - arg) && memcmp(r->id, arg, (size_t)(dot - arg)) == 0) {
			links = r->links;
			n = r->n_links;
		}
	}
	f->why = "there is no such link (link.ACTION.LINK)";
	for (size_t i = 0; i < n; i++) {
		if (strcmp(links[i].id, dot + 1) != 0)
			continue;
		f->why = "the notice gives no address for this link (url is null): say how to get it instead";
		if (links[i].url == NULL)
			return false;
		put_address(f, links[i].url);
		return true;
	}
	return false;
}

static bool
v_modes(struct fill *f, const char *arg)
{
	const char *modes[16];
	size_t n = 0;

	(void)arg;
	for (size_t i = 0; i < f->n->n_products; i++) {
		const struct notice_list *l = &f->n->products[i].modes;

		for (size_t k = 0; k < l->n && n < FP_COUNT(modes); k++) {
			struct notice_list have = { modes, n };

			if (!notice_list_has(&have, l->items[k]))
				modes[n++] = l->items[k];
		}
	}
	f->why = "no product has boot modes";
	put_joined(f, modes, n);
	return n > 0;
}

static bool
v_products_list(struct fill *f, const char *arg)
{
	const char *names[NOTICE_ITEMS_MAX];
	size_t n = f->n->n_products < FP_COUNT(names) ? f->n->n_products : FP_COUNT(names);

	(void)arg;
	for (size_t i = 0; i < n; i++)
		names[i] = f->n->products[i].names.items[0];
	put_joined(f, names, n);
	return true;
}

/* The pipe table of GitHub's dialect; aliases are left out: they are not of the notice. */
static bool
v_products_table(struct fill *f, const char *arg)
{
	(void)arg;
	if (f->out == NULL)
		return true;
	fp_buf_printf(f->out, "| %s | %s | %s |\n|---|---|---|", i18n_t(f->lang, "Affected product"),
	    i18n_t(f->lang, "Catalogue number"), i18n_t(f->lang, "UDI-DI"));
	for (size_t i = 0; i < f->n->n_products; i++) {
		const struct notice_product *p = &f->n->products[i];

		put_raw(f, "\n| ");
		put(f, p->names.items[0]);
		put_raw(f, " | ");
		for (size_t k = 0; k < p->catalog_numbers.n; k++) {
			put_raw(f, k ? " / " : "");
			put(f, p->catalog_numbers.items[k]);
		}
		put_raw(f, " | ");
		put(f, p->udi_di                  ? p->udi_di
		       : p->udi_di_stated != NULL ? i18n_t(f->lang, "not applicable")
						  : i18n_t(f->lang, "not stated"));
		put_raw(f, " |");
	}
	return true;
}

static bool
v_contacts(struct fill *f, const char *arg)
{
	static const struct {
		const char *id, *label;
	} labels[] = { { "technical", N_("Technical support") }, { "customer", N_("Customer service") } };

	(void)arg;
	for (size_t i = 0; i < f->n->n_contacts; i++) {
		const struct notice_contact *c = &f->n->contacts[i];
		const char *label = c->id;

		for (size_t k = 0; k < FP_COUNT(labels); k++)
			if (strcmp(labels[k].id, c->id) == 0)
				label = i18n_t(f->lang, labels[k].label);
		put_raw(f, i ? "\n- " : "- ");
		put(f, label);
		put_raw(f, ": ");
		put_address(f, c->email);
		if (c->phone != NULL) {
			put_raw(f, ", ");
			put(f, c->phone);
		}
	}
	return true;
}

static bool
v_signatories(struct fill *f, const char *arg)
{
	(void)arg;
	f->why = "manufacturer.signatories is empty";
	for (size_t i = 0; i < f->n->n_signatories; i++) {
		put_raw(f, i ? "\n\n**" : "**");
		put(f, f->n->signatories[i].name);
		put_raw(f, "**\\\n");
		put(f, f->n->signatories[i].title);
	}
	return f->n->n_signatories > 0;
}

enum { BLOCK = 1, ARG = 2 }; /* alone on its line; the name goes on with an argument */

static const struct {
	const char *name;
	unsigned flags;
	bool (*value)(struct fill *f, const char *arg);
} placeholders[] = {
	{ "reference", 0, v_reference },
	{ "document_number", 0, v_document_number },
	{ "revision", 0, v_revision },
	{ "issue_date", 0, v_issue_date },
	{ "issue_day", 0, v_issue_day },
	{ "manufacturer", 0, v_manufacturer },
	{ "manufacturer.address", 0, v_address },
	{ "brand", 0, v_brand },
	{ "legal_url", 0, v_legal_url },
	{ "modes", 0, v_modes },
	{ "products.list", 0, v_products_list },
	{ "products.table", BLOCK, v_products_table },
	{ "contacts", BLOCK, v_contacts },
	{ "signatories", BLOCK, v_signatories },
	{ "reply.to", 0, v_reply_to },
	{ "reply.deadline", 0, v_reply_deadline },
	{ "contact.", ARG, v_contact },
	{ "phone.", ARG, v_phone },
	{ "product.", ARG, v_product },
	{ "component.", ARG, v_component },
	{ "adverse.", ARG, v_adverse },
	{ "step.", ARG, v_step },
	{ "link.", ARG, v_link },
};

size_t
notice_placeholder_next(const char **p, const char **name, bool *bad)
{
	const char *open = strstr(*p, "{{"), *close;

	*bad = false;
	if (open == NULL)
		return 0;
	close = open + 2 + strcspn(open + 2, "{}\n");
	*name = open + 2;
	*bad = close == open + 2 || close[0] != '}' || close[1] != '}' || close - open > 160;
	if (*bad)
		return 0;
	*p = close + 2;
	return (size_t)(close - open - 2);
}

static enum fp_status
unknown(const struct fill *f, const char *name, const char *file, int line, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf known = { .max = 600 };

	if (f->why != NULL)
		return fp_fail(err, FP_EINVAL, "%s line %d: placeholder {{%s}}: %s", file, line, name, f->why);
	for (size_t i = 0; i < FP_COUNT(placeholders); i++)
		fp_buf_printf(&known, "%s%s%s", i ? ", " : "", placeholders[i].name, placeholders[i].flags & ARG ? "ID" : "");
	return fp_fail(
	    err, FP_EINVAL, "%s line %d: unknown placeholder {{%s}}; known: %s", file, line, name, known.data ? known.data : "");
}

static bool
alone(const char *text, const char *open, const char *behind)
{
	return (open == text || open[-1] == '\n') && (*behind == '\0' || *behind == '\n');
}

static enum fp_status
fill_one(struct fill *f, const char *text, const char *open, const char *behind, const char *file, int line, struct fp_err *err)
{
	char name[200] = "";

	memcpy(name, open + 2, (size_t)(behind - open) - 4);
	f->why = NULL;
	for (size_t i = 0; i < FP_COUNT(placeholders); i++) {
		size_t len = strlen(placeholders[i].name);
		bool arg = (placeholders[i].flags & ARG) != 0;

		if (strncmp(placeholders[i].name, name, len) != 0 || (!arg && name[len] != '\0'))
			continue;
		if ((placeholders[i].flags & BLOCK) && (f->how == NOTICE_FILL_PLAIN || !alone(text, open, behind)))
			return fp_fail(
			    err, FP_EINVAL, "%s line %d: placeholder {{%s}} must stand alone on its line", file, line, name);
		return placeholders[i].value(f, name + (arg ? len : 0)) ? FP_OK : unknown(f, name, file, line, err);
	}
	return unknown(f, name, file, line, err);
}

enum fp_status
notice_fill(struct fp_buf *out, const struct notice *n, const char *lang, const char *text, enum notice_fill how,
    const char *file, int first_line, struct fp_err *err)
{
	struct fill f = { .out = out, .n = n, .lang = i18n_get(lang), .how = how };
	const char *p = text, *done = text, *name = NULL;
	int line = first_line;
	bool bad;

	for (;;) {
		size_t len = notice_placeholder_next(&p, &name, &bad);

		if (len == 0 && !bad)
			break;
		for (const char *q = done; q < name; q++)
			line += *q == '\n';
		if (bad)
			return fp_fail(err, FP_EINVAL, "%s line %d: '{{' that no '}}' closes on the same line", file, line);
		if (out != NULL)
			fp_buf_add(out, done, (size_t)(name - 2 - done));
		if (fill_one(&f, text, name - 2, p, file, line, err) != FP_OK)
			return FP_EINVAL;
		done = p;
	}
	if (out == NULL)
		return FP_OK;
	fp_buf_puts(out, done);
	return fp_buf_check(out, file, err);
}
