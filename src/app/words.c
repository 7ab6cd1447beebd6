/* Words and looks that pages and command line share with the reply, and small things that need no database. */
#include "app/app.h"

#include <string.h>

#include "base/json.h"
#include "device/udi.h"
#include "i18n/i18n.h"
#include "reply/reply.h"

enum doc_badge_style
app_state_style(enum case_state s)
{
	return reply_state_style(s);
}

enum doc_badge_style
app_result_style(enum evidence_result r)
{
	return reply_result_style(r);
}

const char *
app_result_text(enum evidence_result r)
{
	return reply_result_text(r);
}

const char *
app_level_text(enum evidence_level l)
{
	return reply_level_text(l);
}

const char *
app_statement_text(const char *code)
{
	return reply_statement_text(code);
}

static const char *const role_names[APP_ROLE_COUNT] = {
	[APP_VIEWER] = "viewer", [APP_ENGINEER] = "engineer", [APP_SIGNER] = "signer", [APP_ADMIN] = "admin"
};

const char *
app_role_name(enum app_role r)
{
	return (unsigned)r < APP_ROLE_COUNT ? role_names[r] : "viewer";
}

bool
app_role_of(enum app_role *out, const char *name)
{
	for (unsigned i = 0; i < APP_ROLE_COUNT; i++)
		if (strcmp(role_names[i], name) == 0) {
			*out = (enum app_role)i;
			return true;
		}
	return false;
}

static const struct {
	const char *name, *text;
} genuine_words[] = {
	[APP_UNSIGNED] = { "unsigned", N_("not signed: nobody vouches for this notice") },
	[APP_SIGNED_UNKNOWN_KEY] = { "unknown-key", N_("signed with a key that this site does not trust yet") },
	[APP_GENUINE] = { "genuine", N_("genuine: the manufacturer's signature holds") },
	[APP_FORGED] = { "forged", N_("not genuine: the signature does not hold") },
};

const char *
app_genuine_name(enum app_genuine g)
{
	return (unsigned)g < FP_COUNT(genuine_words) ? genuine_words[g].name : "unsigned";
}

const char *
app_genuine_text(enum app_genuine g)
{
	return (unsigned)g < FP_COUNT(genuine_words) ? genuine_words[g].text : genuine_words[APP_UNSIGNED].text;
}

static const struct {
	const char *kind, *text;
} events[] = {
	{ "open", N_("affected: the cell was opened") },
	{ "claim", N_("said to be done") },
	{ "withdraw", N_("claim taken back") },
	{ "not-done", N_("answered") },
	{ "reopen", N_("opened again") },
	{ "see", N_("checked") },
};

void
app_history_write(struct fp_buf *out, const char *lang, const struct app_history *h)
{
	const struct i18n *l = i18n_get(lang);
	const struct case_reason *reason = h->of_cell ? case_reason_find(h->reason) : NULL;

	if (!h->of_cell) {
		fp_buf_puts(out, h->text);
		return;
	}
	for (size_t i = 0; i < FP_COUNT(events); i++)
		if (strcmp(events[i].kind, h->kind) == 0)
			fp_buf_puts(out, i18n_t(l, events[i].text));
	if (strcmp(h->kind, "see") == 0)
		fp_buf_printf(out, ": %s", i18n_t(l, reply_result_text(h->result)));
	else if (reason != NULL)
		fp_buf_printf(out, ": %s", i18n_t(l, reason->text));
	if (h->note[0] != '\0')
		fp_buf_printf(out, " (%s)", h->note);
	if (h->from != h->to)
		fp_buf_printf(out, " → %s", i18n_t(l, case_state_text(h->to)));
}

static const struct {
	const char *kind, *text;
} entry_kinds[] = {
	{ "site", N_("The site's name or address was changed") },
	{ "site-key", N_("The site's own key was made") },
	{ "parameter", N_("A fact that the notice does not state was set") },
	{ "account-added", N_("An account was made") },
	{ "key-trusted", N_("A manufacturer's key was trusted") },
	{ "notice-added", N_("A notice was added") },
	{ "device-import", N_("A list of devices was imported") },
	{ "match", N_("A notice was compared with the devices") },
	{ "match-decided", N_("A person decided whether a device is affected") },
	{ "cell-open", N_("A cell was opened") },
	{ "cell-claim", N_("A step was said to be done") },
	{ "cell-withdraw", N_("A claim was withdrawn") },
	{ "cell-not-done", N_("A step was said not to be done") },
	{ "cell-see", N_("A check was judged") },
	{ "cell-reopen", N_("A cell was opened again") },
	{ "check", N_("A device was checked") },
	{ "challenge", N_("A challenge for the collector was printed") },
	{ "facts", N_("Facts collected on a device were taken in") },
	{ "capture", N_("A capture of network traffic was taken in") },
	{ "device-event", N_("Something was recorded that ends the validity of evidence") },
	{ "reply-signed", N_("A reply was signed") },
	{ "watch", N_("Watching found a change that needs a person") },
	{ "watch-mail", N_("The mail about a change was sent") },
};

const char *
app_ledger_kind_text(const char *kind)
{
	for (size_t i = 0; i < FP_COUNT(entry_kinds); i++)
		if (strcmp(entry_kinds[i].kind, kind) == 0)
			return entry_kinds[i].text;
	return NULL;
}

static void
set_if(json_t *j, const char *key, const char *value)
{
	if (*value != '\0')
		fp_json_set_str(j, key, value);
}

enum fp_status
app_udi_read(const char *udi, int year_now, struct fp_buf *text, struct fp_buf *json, struct fp_err *err)
{
	const struct device_udi_options o = { .year = year_now };
	FP_JSON json_t *j = json_object(), *elements = json_array();
	char day[FP_DATE_MAX];
	struct device_udi u;

	if (device_udi_parse(&u, udi, strlen(udi), &o, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	fp_json_set_str(j, "agency", device_udi_agency_name(u.agency));
	set_if(j, "udi_di", u.di);
	set_if(j, "serial", u.serial);
	set_if(j, "lot", u.lot);
	set_if(j, "software_version", u.software);
	set_if(j, "production_date", fp_date_text(day, u.production));
	set_if(j, "expiry_date", fp_date_text(day, u.expiry));
	fp_buf_printf(text, "%s  %s\n", device_udi_agency_name(u.agency), u.di);
	for (size_t i = 0; i < u.n_elements; i++) {
		json_t *e = json_object();

		fp_buf_printf(text, "  (%s) %-24s %s\n", u.elements[i].id, u.elements[i].title, u.elements[i].value);
		fp_json_set_str(e, "id", u.elements[i].id);
		fp_json_set_str(e, "title", u.elements[i].title);
		fp_json_set_str(e, "value", u.elements[i].value);
		(void)json_array_append_new(elements, e);
	}
	fp_json_set(j, "elements", json_incref(elements));
	if (fp_json_canonical(json, j, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	return fp_buf_check(text, "UDI text", err);
}

const char *
app_stale_text(const char *stale)
{
	static const struct {
		const char *code, *text;
	} texts[] = {
		{ "age", N_("older than it may be") },
		{ "re-image", N_("the system was installed anew since") },
		{ "password-rotation", N_("passwords were changed since") },
		{ "service-visit", N_("there was a service visit since") },
		{ "network-change", N_("the network was changed since") },
	};

	for (size_t i = 0; i < FP_COUNT(texts); i++)
		if (strcmp(texts[i].code, stale) == 0)
			return texts[i].text;
	return NULL;
}
