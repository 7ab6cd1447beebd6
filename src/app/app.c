/* The application's handle, permissions, the site and its parameters. */
#include "app/internal.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rule/rule.h"

enum fp_status
app_open(struct app **out, const struct app_options *o, struct fp_err *err)
{
	static const char *const nowhere[] = { NULL };
	FP_AUTO(app_freep) struct app *a = fp_calloc(1, sizeof(*a));

	if (a == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	a->clock = o->clock;
	a->log = o->log;
	a->notice_dirs = o->notice_dirs != NULL ? o->notice_dirs : nowhere;
	if (store_open(&a->store, o->db, &a->clock, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*out = a;
	a = NULL;
	return FP_OK;
}

void
app_free(struct app *a)
{
	if (a == NULL)
		return;
	store_free(a->store);
	free(a);
}

void
app_freep(struct app **a)
{
	app_free(*a);
	*a = NULL;
}

fp_time
app_now(const struct app *a)
{
	return fp_now(&a->clock);
}

static const struct {
	enum app_role least;
	const char *what;
} uses[APP_USE_COUNT] = {
	[APP_USE_SITE] = { APP_ADMIN, "change the site" },
	[APP_USE_PARAMS] = { APP_ADMIN, "set parameters" },
	[APP_USE_NOTICES] = { APP_ADMIN, "add notices" },
	[APP_USE_KEYS] = { APP_ADMIN, "trust keys" },
	[APP_USE_DEVICES] = { APP_ENGINEER, "import devices" },
	[APP_USE_MATCH] = { APP_ENGINEER, "match devices" },
	[APP_USE_SAY] = { APP_ENGINEER, "say what was done" },
	[APP_USE_CHECK] = { APP_ENGINEER, "run checks" },
	[APP_USE_SIGN] = { APP_SIGNER, "sign replies" },
	[APP_USE_ACCOUNTS] = { APP_ADMIN, "add accounts" },
};

enum fp_status
app_may(const struct app_actor *by, enum app_use use, struct fp_err *err)
{
	if (by == NULL || by->name[0] == '\0')
		return fp_fail(err, FP_EDENIED, "to %s, say who you are", uses[use].what);
	if (by->role < uses[use].least)
		return fp_fail(err, FP_EDENIED, "'%s' (%s) may not %s; the role '%s' may", by->name, app_role_name(by->role),
		    uses[use].what, app_role_name(uses[use].least));
	return FP_OK;
}

enum fp_status
app_tell(struct store_tx *tx, const struct app_actor *by, const char *kind, const char *subject, json_t *stolen, int64_t *seq,
    struct fp_err *err)
{
	FP_JSON json_t *body = stolen;
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 };

	if (body == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the ledger entry");
	if (fp_json_canonical(&text, body, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	return store_ledger_append(tx, by->name, kind, subject, text.data, seq, err);
}

/* ---- the site ---- */

static const struct {
	const char *key;
	size_t offset, size;
} site_fields[] = {
#define FIELD(member)                                                                                                            \
	{                                                                                                                        \
		"site." #member, offsetof(struct app_site, member), sizeof(((struct app_site *)0)->member)                       \
	}
	FIELD(name),
	FIELD(department),
	FIELD(address),
	FIELD(country),
	FIELD(customer_number),
	FIELD(contact_name),
	FIELD(contact_title),
	FIELD(contact_email),
	FIELD(contact_phone),
	FIELD(language),
	FIELD(public_url),
	FIELD(vantage),
#undef FIELD
};

enum fp_status
app_setting(struct app *a, const char *name, char *out, size_t size, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1 << 16 };
	struct fp_err local = { .status = FP_OK };
	enum fp_status status = store_setting_get(a->store, name, &b, &local);

	out[0] = '\0';
	if (status == FP_ENOTFOUND)
		return FP_OK;
	if (status != FP_OK)
		return fp_fail(err, status, "%s", local.msg);
	fp_utf8_copy(out, size, b.data);
	return FP_OK;
}

enum fp_status
app_site_get(struct app *a, struct app_site *out, struct fp_err *err)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < FP_COUNT(site_fields); i++)
		if (app_setting(a, site_fields[i].key, (char *)out + site_fields[i].offset, site_fields[i].size, err) != FP_OK)
			return fp_failed(err, FP_EIO);
	return FP_OK;
}

enum fp_status
app_site_set(struct app *a, const struct app_actor *by, const struct app_site *s, struct fp_err *err)
{
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	json_t *body;

	if (app_may(by, APP_USE_SITE, err) != FP_OK || store_begin(&tx, a->store, err) != FP_OK)
		return fp_failed(err, FP_EDENIED);
	body = json_object();
	for (size_t i = 0; i < FP_COUNT(site_fields); i++) {
		const char *value = (const char *)s + site_fields[i].offset;

		if (store_setting_set(tx, site_fields[i].key, value, err) != FP_OK) {
			json_decref(body);
			return fp_failed(err, FP_EIO);
		}
		fp_json_set_str(body, site_fields[i].key, value);
	}
	if (app_tell(tx, by, "site", "site", body, NULL, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return store_commit(tx, err);
}

/* ---- parameters ---- */

struct known_param {
	const char *name, *text;
};

/* The i-th parameter that a probe or a rule of the program knows; a name may come more than once. False when there are no more. */
static bool
param_at(size_t i, struct known_param *out)
{
	size_t n;
	const struct check_probe *probes = check_probe_table(&n);
	const struct check *ways;

	for (size_t k = 0; k < n; k++)
		for (const struct check_param *p = probes[k].params; p != NULL && p->name != NULL; p++)
			if (i-- == 0) {
				*out = (struct known_param){ p->name, p->text };
				return true;
			}
	ways = check_table(&n);
	for (size_t k = 0; k < n; k++)
		for (size_t m = 0; ways[k].rule != NULL && m < ways[k].rule->n_params; m++)
			if (i-- == 0) {
				*out = (struct known_param){ ways[k].rule->params[m].name, ways[k].rule->params[m].text };
				return true;
			}
	return false;
}

/* The text of the first that knows the name; NULL when none does. */
static const char *
param_text(const char *name)
{
	struct known_param p;

	for (size_t i = 0; param_at(i, &p); i++)
		if (strcmp(p.name, name) == 0)
			return p.text;
	return NULL;
}

static enum fp_status
param_add(struct app_param **list, size_t *n, size_t *cap, const char *name, struct fp_err *err)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp((*list)[i].name, name) == 0)
			return FP_OK;
	if (fp_grow(list, cap, *n + 1, sizeof(**list)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	memset(&(*list)[*n], 0, sizeof(**list));
	fp_utf8_copy((*list)[*n].name, sizeof((*list)[*n].name), name);
	(*list)[*n].text = param_text(name);
	(*n)++;
	return FP_OK;
}

enum fp_status
app_params(struct app *a, struct app_param **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct store_param *set = NULL;
	FP_AUTO(fp_freep) struct app_param *list = NULL;
	struct known_param p;
	size_t n_set = 0, cap = 0;

	*n = 0;
	if (store_params(a->store, &set, &n_set, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = 0; param_at(i, &p); i++)
		if (param_add(&list, n, &cap, p.name, err) != FP_OK)
			return FP_ENOMEM;
	for (size_t i = 0; i < n_set; i++) {
		if (param_add(&list, n, &cap, set[i].name, err) != FP_OK)
			return FP_ENOMEM;
		for (size_t k = 0; k < *n; k++)
			if (strcmp(list[k].name, set[i].name) == 0) {
				fp_utf8_copy(list[k].value, sizeof(list[k].value), set[i].value);
				fp_utf8_copy(list[k].set_by, sizeof(list[k].set_by), set[i].set_by);
				list[k].confirmed = set[i].confirmed;
				list[k].set_at = set[i].set_at;
			}
	}
	*out = list;
	list = NULL;
	return FP_OK;
}

static enum fp_status
param_known(const char *name, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf known = { .max = 4096 };
	struct known_param p, q;
	size_t before;

	if (param_text(name) != NULL)
		return FP_OK;
	for (size_t i = 0; param_at(i, &p); i++) {
		for (before = 0; before < i && param_at(before, &q) && strcmp(q.name, p.name) != 0;)
			before++;
		if (before == i)
			fp_buf_printf(&known, "%s%s", known.len ? ", " : "", p.name);
	}
	return fp_fail(
	    err, FP_EUSAGE, "no check needs a parameter '%.60s'; there are: %s", name, known.data ? known.data : "none");
}

/* Every parameter that exists so far is a port: a wrong one would ask the wrong service and call the silence an answer. */
static enum fp_status
param_value_fits(const char *name, const char *value, struct fp_err *err)
{
	size_t len = strlen(name);
	char *end;
	long v;

	if (len < 5 || strcmp(name + len - 5, "-port") != 0)
		return FP_OK;
	v = strtol(value, &end, 10);
	if (*value == '\0' || *end != '\0' || v < 1 || v > 65535)
		return fp_fail(err, FP_EUSAGE, "'%s' is a port from 1 to 65535, not '%.40s'", name, value);
	return FP_OK;
}

enum fp_status
app_param_set(struct app *a, const struct app_actor *by, const char *name, const char *value, bool confirmed, struct fp_err *err)
{
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	struct store_param p = { .confirmed = confirmed };
	json_t *body;

	if (app_may(by, APP_USE_PARAMS, err) != FP_OK || param_known(name, err) != FP_OK)
		return fp_failed(err, FP_EDENIED);
	if (value != NULL && *value != '\0' && param_value_fits(name, value, err) != FP_OK)
		return FP_EUSAGE;
	fp_utf8_copy(p.name, sizeof(p.name), name);
	fp_utf8_copy(p.value, sizeof(p.value), value);
	fp_utf8_copy(p.set_by, sizeof(p.set_by), by->name);
	if (store_begin(&tx, a->store, err) != FP_OK || store_param_set(tx, &p, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	body = json_object();
	fp_json_set_str(body, "name", name);
	fp_json_set_str(body, "value", value);
	fp_json_set(body, "confirmed", json_boolean(confirmed));
	if (app_tell(tx, by, "parameter", name, body, NULL, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return store_commit(tx, err);
}
