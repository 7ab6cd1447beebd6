/* What watching keeps in the database: mails that wait, and which stale evidence was told already. Each change with its ledger entry. */
#include <string.h>

#include "app/watch_int.h"
#include "crypto/crypto.h"

#define OUTBOX "watch.outbox"
#define STALE "watch.stale"
#define KEPT_MAX (16 << 20)

/* A setting that is a JSON array; an empty one when it was never made. */
static enum fp_status
list_get(struct app *a, const char *name, json_t **out, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = KEPT_MAX };
	struct fp_err local = { .status = FP_OK };
	enum fp_status status = store_setting_get(a->store, name, &text, &local);

	if (status == FP_ENOTFOUND) {
		*out = json_array();
		return *out != NULL ? FP_OK : fp_fail(err, FP_ENOMEM, "out of memory");
	}
	if (status != FP_OK)
		return fp_fail(err, status, "%s", local.msg);
	if (fp_json_parse(out, text.data, text.len, name, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (json_is_array(*out))
		return FP_OK;
	json_decref(*out);
	*out = NULL;
	return fp_fail(err, FP_EINTEGRITY, "the setting '%s' is no list", name);
}

static enum fp_status
list_set(struct store_tx *tx, const char *name, const json_t *list, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = KEPT_MAX };

	if (fp_json_canonical(&text, list, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	return store_setting_set(tx, name, json_array_size(list) > 0 ? text.data : NULL, err);
}

/* Watches of other notices, devices or checks know other evidence. */
static char *
stale_name(char out[256], const struct app_check_options *o)
{
	(void)snprintf(
	    out, 256, STALE ":%.80s:%.80s:%.24s", o->ref ? o->ref : "", o->serial ? o->serial : "", o->check ? o->check : "");
	return out;
}

enum fp_status
watch_stale_load(struct app *a, const struct app_check_options *o, struct app_watch_memory *m, struct fp_err *err)
{
	FP_JSON json_t *list = NULL;
	char name[256];

	if (list_get(a, stale_name(name, o), &list, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return watch_memory_stale_set(m, list, err);
}

/* ---- a round ---- */

static json_t *
mail_json(const struct app *a, const char *subject, const char *text)
{
	json_t *j = json_object();
	char id[33];

	fp_json_set_str(j, "id", crypto_token(id, 16));
	fp_json_set_time(j, "at", app_now(a));
	fp_json_set_str(j, "subject", subject);
	fp_json_set_str(j, "text", text);
	return j;
}

static json_t *
told_json(const struct app_watch_changes *c, const char *mail)
{
	json_t *j = json_object(), *list = json_array();

	for (size_t i = 0; i < c->n; i++)
		if (c->items[i].kind >= APP_WATCH_STALE)
			(void)json_array_append_new(list, watch_change_json(&c->items[i]));
	fp_json_set(j, "changes", list);
	fp_json_set_str(j, "mail", mail);
	return j;
}

static enum fp_status
put_mail(struct app *a, struct store_tx *tx, json_t *mail, struct fp_err *err)
{
	FP_JSON json_t *list = NULL;

	if (list_get(a, OUTBOX, &list, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (json_array_append(list, mail) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	return list_set(tx, OUTBOX, list, err);
}

enum fp_status
watch_keep_round(struct app *a, const struct app_actor *by, const struct app_check_options *o, const struct app_watch_memory *m,
    const struct app_watch_changes *c, const char *subject, const char *text, struct fp_err *err)
{
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	FP_JSON json_t *stale = watch_memory_stale(m), *before = NULL, *mail = NULL;
	const char *id = NULL;
	char name[256];

	/* In the transaction, so that another watch's mail is not lost in between. */
	if (store_begin(&tx, a->store, err) != FP_OK || list_get(a, stale_name(name, o), &before, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (c->by_kind[APP_WATCH_ALARM] + c->by_kind[APP_WATCH_STALE] == 0 && json_equal(stale, before))
		return FP_OK;
	if (!json_equal(stale, before) && list_set(tx, name, stale, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (subject != NULL) {
		mail = mail_json(a, subject, text);
		if (fp_json_str(&id, mail, "id", "mail", err) != FP_OK || put_mail(a, tx, mail, err) != FP_OK)
			return fp_failed(err, FP_EIO);
	}
	if (app_tell(tx, by, "watch", "watch", told_json(c, id), NULL, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return store_commit(tx, err);
}

enum fp_status
watch_outbox(struct app *a, json_t **out, struct fp_err *err)
{
	return list_get(a, OUTBOX, out, err);
}

enum fp_status
watch_mail_sent(struct app *a, const struct app_actor *by, const char *id, struct fp_err *err)
{
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	FP_JSON json_t *list = NULL;
	json_t *body;

	if (store_begin(&tx, a->store, err) != FP_OK || list_get(a, OUTBOX, &list, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = json_array_size(list); i-- > 0;) {
		const char *own = json_string_value(json_object_get(json_array_get(list, i), "id"));

		if (own != NULL && strcmp(own, id) == 0)
			(void)json_array_remove(list, i);
	}
	if (list_set(tx, OUTBOX, list, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	body = json_object();
	fp_json_set_str(body, "mail", id);
	if (app_tell(tx, by, "watch-mail", "watch", body, NULL, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return store_commit(tx, err);
}
