/* Contradictions inside notice.json. */
#include <ctype.h>
#include <string.h>

#include "device/udi.h"
#include "device/version.h"
#include "notice/lint_int.h"

static void
weekday(struct lint *l)
{
	static const char *const names[] = { "", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" };
	const struct notice *n = l->n;
	char date[FP_DATE_MAX];

	if (n->issue_weekday == NULL)
		return;
	if (n->issue_date.year == 0)
		lint_add(l, "weekday", NOTICE_ERROR, "notice.json", 0, "issue_weekday: %s, but the notice has no date",
		    n->issue_weekday);
	else if (strcmp(n->issue_weekday, names[fp_date_weekday(n->issue_date)]) != 0)
		lint_add(l, "weekday", NOTICE_ERROR, "notice.json", 0, "issue_weekday: says %s, but %s is a %s", n->issue_weekday,
		    fp_date_text(date, n->issue_date), names[fp_date_weekday(n->issue_date)]);
}

static void
products(struct lint *l)
{
	char gtin[15];

	for (size_t i = 0; i < l->n->n_products; i++) {
		const struct notice_product *p = &l->n->products[i];
		struct fp_err err;

		if (p->udi_di != NULL && device_gtin_normal(gtin, p->udi_di, strlen(p->udi_di), &err) != FP_OK)
			lint_add(l, "udi-check-digit", NOTICE_ERROR, "notice.json", 0, "products[%zu].udi_di: %s", i, err.msg);
		for (size_t k = 0; k < p->n_versions; k++)
			if (device_version_range_check(p->versions[k].range, &err) != FP_OK)
				lint_add(l, "version-range", NOTICE_ERROR, "notice.json", 0,
				    "products[%zu].versions[%zu].range: %s", i, k, err.msg);
	}
}

static void
vulnerabilities(struct lint *l)
{
	struct fp_err err;

	for (size_t i = 0; i < l->n->n_vulnerabilities; i++)
		for (size_t k = 0; k < l->n->vulnerabilities[i].n_affects; k++) {
			const struct notice_affects *a = &l->n->vulnerabilities[i].affects[k];

			if (a->range != NULL && device_version_range_check(a->range, &err) != FP_OK)
				lint_add(l, "version-range", NOTICE_ERROR, "notice.json", 0,
				    "vulnerabilities[%zu].affects[%zu].range: %s", i, k, err.msg);
			if (a->component_range != NULL && device_version_range_check(a->component_range, &err) != FP_OK)
				lint_add(l, "version-range", NOTICE_ERROR, "notice.json", 0,
				    "vulnerabilities[%zu].affects[%zu].component_range: %s", i, k, err.msg);
		}
}

/* One @, a local part without blanks, a host with a dot: what mail programs accept, not all that RFC 5321 allows. */
static bool
email_ok(const char *s)
{
	const char *at = strchr(s, '@'), *dot;

	if (at == NULL || at == s || strchr(at + 1, '@') != NULL)
		return false;
	for (const char *p = s; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && strchr(p < at ? ".!#$%&'*+/=?^_`{|}~-" : ".-@", *p) == NULL)
			return false;
	dot = strrchr(at, '.');
	return dot != NULL && dot > at + 1 && strlen(dot) >= 3 && strstr(s, "..") == NULL && at[-1] != '.' && at[1] != '-' &&
	       *s != '.';
}

static void
link(struct lint *l, const char *place, size_t i, const struct notice_link *k)
{
	/* Who is not connected writes to a contact: there is nothing to print. */
	if (k->url != NULL || (k->contact != NULL && strcmp(k->condition, "not-connected") == 0))
		return;
	if (k->contact != NULL)
		lint_add(l, "link-unprinted", NOTICE_INFO, "notice.json", 0,
		    "%s.links[%zu].url: '%s' has no printed address; readers must ask %s", place, i, k->id,
		    notice_contact_email(l->n, k->contact));
	else
		lint_add(l, "link-unprinted", NOTICE_WARNING, "notice.json", 0,
		    "%s.links[%zu].url: '%s' has no printed address, and no contact who gives it", place, i, k->id);
}

static bool
any_modes(const struct notice *n)
{
	for (size_t i = 0; i < n->n_products; i++)
		if (n->products[i].modes.n > 0)
			return true;
	return false;
}

static void
actions(struct lint *l)
{
	char place[64];

	for (size_t i = 0; i < l->n->n_actions; i++) {
		const struct notice_action *a = &l->n->actions[i];

		(void)snprintf(place, sizeof(place), "actions[%zu]", i);
		for (size_t k = 0; k < a->n_links; k++)
			link(l, place, k, &a->links[k]);
		if (a->modes == NOTICE_EACH_MODE && !any_modes(l->n))
			lint_add(l, "mode-rule", NOTICE_WARNING, "notice.json", 0,
			    "%s.modes: 'each', but no product has boot modes", place);
	}
	for (size_t i = 0; i < l->n->n_recommendations; i++) {
		(void)snprintf(place, sizeof(place), "recommendations[%zu]", i);
		for (size_t k = 0; k < l->n->recommendations[i].n_links; k++)
			link(l, place, k, &l->n->recommendations[i].links[k]);
	}
}

void
lint_facts(struct lint *l)
{
	if (l->o->folder != NULL && strcmp(l->o->folder, l->n->reference) != 0)
		lint_add(l, "folder", NOTICE_ERROR, ".", 0, "the folder is called '%.80s', but the reference is %s", l->o->folder,
		    l->n->reference);
	weekday(l);
	products(l);
	vulnerabilities(l);
	for (size_t i = 0; i < l->n->n_contacts; i++)
		if (!email_ok(l->n->contacts[i].email))
			lint_add(l, "email", NOTICE_ERROR, "notice.json", 0,
			    "manufacturer.contacts[%zu].email: '%s' is not an e-mail address", i, l->n->contacts[i].email);
	actions(l);
}
