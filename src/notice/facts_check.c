/* What holds between the facts: ids are unique, references lead somewhere, what is missing is filled with its default. */
#include <string.h>

#include "notice/shape.h"

/* One table per list that has ids: the id is always the first member. */
static enum fp_status
unique(const void *items, size_t n, size_t size, const char *place, const char *file, struct fp_err *err)
{
	const char *a, *b;

	for (size_t i = 0; i < n; i++) {
		memcpy(&a, (const char *)items + i * size, sizeof(a));
		for (size_t k = 0; k < i; k++) {
			memcpy(&b, (const char *)items + k * size, sizeof(b));
			if (strcmp(a, b) == 0)
				return fp_fail(err, FP_EINVAL, "%s: %s[%zu].id: '%s' is the id of %s[%zu] already", file, place,
				    i, a, place, k);
		}
	}
	return FP_OK;
}

static enum fp_status
check_ids(const struct notice *n, const char *file, struct fp_err *err)
{
	const struct {
		const void *items;
		size_t n, size;
		const char *place;
	} lists[] = {
		{ n->products, n->n_products, sizeof(*n->products), "products" },
		{ n->actions, n->n_actions, sizeof(*n->actions), "actions" },
		{ n->vulnerabilities, n->n_vulnerabilities, sizeof(*n->vulnerabilities), "vulnerabilities" },
		{ n->recommendations, n->n_recommendations, sizeof(*n->recommendations), "recommendations" },
		{ n->contacts, n->n_contacts, sizeof(*n->contacts), "manufacturer.contacts" },
		{ n->adverse, n->n_adverse, sizeof(*n->adverse), "adverse_events" },
	};

	for (size_t i = 0; i < FP_COUNT(lists); i++)
		if (unique(lists[i].items, lists[i].n, lists[i].size, lists[i].place, file, err) != FP_OK)
			return FP_EINVAL;
	return FP_OK;
}

static enum fp_status
check_product(const struct notice_product *p, size_t i, const char *file, struct fp_err *err)
{
	char place[80];

	if (p->alias_catalog_numbers.n > 0 && p->alias_source == NULL)
		return fp_fail(err, FP_EINVAL,
		    "%s: products[%zu]: alias_catalog_numbers needs alias_source: say where they are known from", file, i);
	if (p->udi_di != NULL && p->udi_di_stated != NULL)
		return fp_fail(
		    err, FP_EINVAL, "%s: products[%zu]: udi_di is given and yet stated to be '%s'", file, i, p->udi_di_stated);
	for (size_t k = 0; k < p->n_versions; k++)
		if (*p->versions[k].mode != '\0' && !notice_list_has(&p->modes, p->versions[k].mode))
			return fp_fail(err, FP_EINVAL,
			    "%s: products[%zu].versions[%zu].mode: '%s' is not one of the product's modes", file, i, k,
			    p->versions[k].mode);
	(void)snprintf(place, sizeof(place), "products[%zu].parts", i);
	return unique(p->parts, p->n_parts, sizeof(*p->parts), place, file, err);
}

static enum fp_status
check_links(
    const struct notice *n, const struct notice_link *l, size_t count, const char *place, const char *file, struct fp_err *err)
{
	char links[100];

	(void)snprintf(links, sizeof(links), "%s.links", place);
	if (unique(l, count, sizeof(*l), links, file, err) != FP_OK)
		return FP_EINVAL;
	for (size_t i = 0; i < count; i++)
		if (l[i].contact != NULL && notice_contact_email(n, l[i].contact) == NULL)
			return fp_fail(
			    err, FP_EINVAL, "%s: %s.links[%zu].contact: there is no contact '%s'", file, place, i, l[i].contact);
	return FP_OK;
}

static enum fp_status
check_action(const struct notice *n, size_t i, const char *file, struct fp_err *err)
{
	const struct notice_action *a = &n->actions[i];
	char place[80], checks[100];

	(void)snprintf(place, sizeof(place), "actions[%zu]", i);
	if (a->number != (int)i + 1)
		return fp_fail(
		    err, FP_EINVAL, "%s: %s.number: is %d; actions are numbered in order from 1", file, place, a->number);
	for (size_t k = 0; k < a->products.n; k++)
		if (notice_product_find(n, a->products.items[k]) == NULL)
			return fp_fail(err, FP_EINVAL, "%s: %s.products[%zu]: there is no product '%s'", file, place, k,
			    a->products.items[k]);
	if (a->same_devices_as != NULL &&
	    (strcmp(a->same_devices_as, a->id) == 0 || notice_action_find(n, a->same_devices_as) == NULL))
		return fp_fail(
		    err, FP_EINVAL, "%s: %s.same_devices_as: there is no other action '%s'", file, place, a->same_devices_as);
	(void)snprintf(checks, sizeof(checks), "%s.checks", place);
	if (unique(a->checks, a->n_checks, sizeof(*a->checks), checks, file, err) != FP_OK)
		return FP_EINVAL;
	return check_links(n, a->links, a->n_links, place, file, err);
}

static enum fp_status
check_affects(const struct notice *n, size_t i, const char *file, struct fp_err *err)
{
	for (size_t k = 0; k < n->vulnerabilities[i].n_affects; k++) {
		const struct notice_affects *a = &n->vulnerabilities[i].affects[k];

		for (size_t p = 0; p < a->products.n; p++)
			if (notice_product_find(n, a->products.items[p]) == NULL)
				return fp_fail(err, FP_EINVAL,
				    "%s: vulnerabilities[%zu].affects[%zu].products[%zu]: there is no product '%s'", file, i, k,
				    p, a->products.items[p]);
		if (a->component_range != NULL && a->component == NULL)
			return fp_fail(err, FP_EINVAL,
			    "%s: vulnerabilities[%zu].affects[%zu]: component_range needs component: say of what", file, i, k);
	}
	return FP_OK;
}

enum fp_status
notice_facts_check(const struct notice *n, const char *file, struct fp_err *err)
{
	char place[80];

	if (check_ids(n, file, err) != FP_OK)
		return FP_EINVAL;
	for (size_t i = 0; i < n->n_products; i++)
		if (check_product(&n->products[i], i, file, err) != FP_OK)
			return FP_EINVAL;
	for (size_t i = 0; i < n->n_actions; i++)
		if (check_action(n, i, file, err) != FP_OK)
			return FP_EINVAL;
	for (size_t i = 0; i < n->n_vulnerabilities; i++)
		if (check_affects(n, i, file, err) != FP_OK)
			return FP_EINVAL;
	for (size_t i = 0; i < n->n_recommendations; i++) {
		(void)snprintf(place, sizeof(place), "recommendations[%zu]", i);
		if (check_links(n, n->recommendations[i].links, n->recommendations[i].n_links, place, file, err) != FP_OK)
			return FP_EINVAL;
	}
	if (notice_contact_email(n, n->reply_to) == NULL)
		return fp_fail(err, FP_EINVAL, "%s: reply.to: there is no contact '%s'", file, n->reply_to);
	return FP_OK;
}
