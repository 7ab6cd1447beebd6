/* Completeness: one row per item of the European Commission's template that a notice can lack. */
#include <string.h>

#include "notice/lint_int.h"

/* ---- whole notice ---- */

static bool
no_fsca(const struct notice *n)
{
	return n->fsca_reference == NULL;
}

static bool
no_date(const struct notice *n)
{
	return n->issue_date.year == 0;
}

static bool
no_attention(const struct notice *n)
{
	return n->attention.n == 0;
}

static bool
no_representative(const struct notice *n)
{
	return n->representative == NULL;
}

static bool
no_deadline(const struct notice *n)
{
	return n->reply_deadline.year == 0;
}

static bool
no_manufacturer_day(const struct notice *n)
{
	return n->manufacturer_actions.n > 0 && n->manufacturer_by.year == 0;
}

static bool
no_edition(const struct notice *n)
{
	return n->edition == NULL;
}

static bool
no_previous(const struct notice *n)
{
	return n->edition != NULL && strcmp(n->edition, "update") == 0 && n->previous_reference == NULL;
}

static bool
no_further(const struct notice *n)
{
	return n->further_notice == NULL;
}

static bool
no_address(const struct notice *n)
{
	return n->address == NULL;
}

static bool
no_srn(const struct notice *n)
{
	return n->srn == NULL;
}

static bool
no_authorities(const struct notice *n)
{
	return n->authorities == NULL;
}

static bool
no_signatory(const struct notice *n)
{
	return n->n_signatories == 0;
}

static bool
no_contact_fields(const struct notice *n)
{
	return !notice_list_has(&n->reply_fields, "address") || !notice_list_has(&n->reply_fields, "email") ||
	       !notice_list_has(&n->reply_fields, "phone");
}

static bool
distributor_short(const struct notice *n)
{
	return !notice_list_has(&n->reply_distributor, "stock-checked") ||
	       !notice_list_has(&n->reply_distributor, "customer-list") || !notice_list_has(&n->reply_distributor, "all-replied");
}

static const struct {
	const char *code;
	enum notice_severity severity;
	bool (*lacks)(const struct notice *n);
	const char *message;
} whole[] = {
	{ "EC-0.3", NOTICE_WARNING, no_fsca, "fsca_reference: the reference of the field safety corrective action is missing" },
	{ "EC-0.4", NOTICE_ERROR, no_date, "issue_date: the notice has no date" },
	{ "EC-0.6", NOTICE_WARNING, no_attention, "attention: not said to whom the notice is addressed" },
	{ "EC-0.7", NOTICE_WARNING, no_representative, "manufacturer.representative: no contact of a local representative" },
	{ "EC-3.4", NOTICE_WARNING, no_deadline, "reply.deadline: not said by when the customer must reply" },
	{ "EC-3.6", NOTICE_INFO, no_manufacturer_day, "manufacturer.actions_by: not said by when the manufacturer acts" },
	{ "EC-4.1", NOTICE_WARNING, no_edition, "edition: not said whether the notice is new or an update" },
	{ "EC-4.2", NOTICE_WARNING, no_previous, "previous: an update that does not name the notice it updates" },
	{ "EC-4.4", NOTICE_WARNING, no_further, "further_notice: not said whether more advice is to follow" },
	{ "EC-4.7", NOTICE_INFO, no_address, "manufacturer.address: no postal address" },
	{ "EC-4.8", NOTICE_WARNING, no_authorities, "authorities: not said whether the competent authorities are informed" },
	{ "EC-4.10", NOTICE_INFO, no_signatory, "manufacturer.signatories: nobody signs" },
	{ "EC-R.2", NOTICE_INFO, no_contact_fields, "reply.fields: the form does not ask for address, email and phone" },
	{ "EC-D.4", NOTICE_INFO, distributor_short, "reply.distributor: lacks stock-checked, customer-list or all-replied" },
	{ "IVDR-84.8", NOTICE_WARNING, no_srn, "manufacturer.srn: no single registration number of the manufacturer" },
};

/* ---- sections that some language lacks ---- */

static const struct {
	const char *code;
	enum notice_severity severity;
	const char *section, *message;
} sections[] = {
	{ "EC-1.4", NOTICE_WARNING, "purpose", "no section 'purpose': the primary clinical purpose is missing" },
	{ "EC-2.3", NOTICE_INFO, "risk", "no section 'risk': the probability of the problem is missing" },
	{ "EC-2.4", NOTICE_INFO, "risk", "no section 'risk': the predicted risk to patients and users is missing" },
	{ "EC-3.3", NOTICE_INFO, "earlier-results",
	    "no section 'earlier-results': not said whether earlier results need a review" },
	{ "EC-5", NOTICE_WARNING, "pass-on", "no section 'pass-on': nobody is asked to pass the notice on" },
};

static bool
nowhere(const struct notice *n, const char *key)
{
	for (size_t i = 0; i < n->n_texts; i++)
		if (notice_section_find(&n->texts[i], key) != NULL)
			return false;
	return true;
}

/* ---- products and actions ---- */

static void
product(struct lint *l, size_t i)
{
	const struct notice_product *p = &l->n->products[i];

	if (p->type == NULL)
		lint_add(l, "EC-1.1", NOTICE_WARNING, "notice.json", 0, "products[%zu].type: '%s' has no device type", i, p->id);
	if (p->udi_di == NULL && p->udi_di_stated == NULL)
		lint_add(l, "EC-1.3", NOTICE_WARNING, "notice.json", 0,
		    "products[%zu].udi_di: '%s' has no UDI-DI, and not said why", i, p->id);
	else if (p->udi_di == NULL)
		lint_add(l, "EC-1.3", NOTICE_INFO, "notice.json", 0,
		    "products[%zu].udi_di: stated to be %s; '%s' can be matched by catalogue number and name only", i,
		    p->udi_di_stated, p->id);
	if (p->catalog_numbers.n == 0)
		lint_add(l, "EC-1.5", NOTICE_WARNING, "notice.json", 0, "products[%zu].catalog_numbers: '%s' has none", i, p->id);
}

static bool
no_versions(const struct notice_product *p)
{
	return p->n_versions == 0;
}

static bool
no_serials(const struct notice_product *p)
{
	return p->serial_ranges.n == 0;
}

/* One finding for all products that lack it: a letter that gives versions for none is one gap, not six. */
static void
products_without(struct lint *l, const char *code, bool (*lacks)(const struct notice_product *p), const char *what)
{
	FP_AUTO(fp_buf_free) struct fp_buf ids = { .max = 300 };
	bool any = false;

	for (size_t i = 0; i < l->n->n_products; i++) {
		if (lacks(&l->n->products[i])) {
			fp_buf_printf(&ids, "%s%s", any ? ", " : "", l->n->products[i].id);
			any = true;
		}
	}
	if (any)
		lint_add(l, code, NOTICE_INFO, "notice.json", 0, "%s for %s", what, ids.data ? ids.data : "many products");
}

void
lint_ec(struct lint *l)
{
	for (size_t i = 0; i < FP_COUNT(whole); i++)
		if (whole[i].lacks(l->n))
			lint_add(l, whole[i].code, whole[i].severity, "notice.json", 0, "%s", whole[i].message);
	for (size_t i = 0; i < l->n->n_products; i++)
		product(l, i);
	products_without(l, "EC-1.6", no_versions, "products[].versions: no software versions");
	products_without(l, "EC-1.7", no_serials, "products[].serial_ranges: no serial number range");
	for (size_t i = 0; i < l->n->n_actions; i++)
		if (l->n->actions[i].by.year == 0 && l->n->actions[i].urgency == NULL)
			lint_add(l, "EC-3.2", NOTICE_INFO, "notice.json", 0,
			    "actions[%zu].by: not said by when '%s' must be done", i, l->n->actions[i].id);
	for (size_t i = 0; i < FP_COUNT(sections); i++)
		if (nowhere(l->n, sections[i].section))
			lint_add(l, sections[i].code, sections[i].severity, "*.md", 0, "%s", sections[i].message);
}
