/* Evidence that people bring: fact files of the collector, the challenges that date them, and the events that end it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/bringing.h"
#include "base/mem.h"
#include "check/target.h"
#include "crypto/crypto.h"
#include "facts/facts.h"
#include "i18n/i18n.h"
#include "rule/rule.h"

#define CHALLENGE_DAYS 7
#define DAY_MS ((fp_time)86400000)
#define VANTAGE "on the device"

/* ---- challenges ---- */

enum fp_status
app_challenge_new(
    struct app *a, const struct app_actor *by, int days, char code[APP_CHALLENGE_MAX], fp_time *expires, struct fp_err *err)
{
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	struct store_challenge c = { .issued = app_now(a) };
	uint8_t random[10];
	json_t *body;

	if (app_may(by, APP_USE_CHECK, err) != FP_OK)
		return fp_failed(err, FP_EDENIED);
	if (days < 0 || days > 365)
		return fp_fail(err, FP_EUSAGE, "a challenge is valid for 1 to 365 days, not %d", days);
	crypto_random(random, sizeof(random));
	facts_challenge_make(c.code, random);
	c.expires = c.issued + (days > 0 ? days : CHALLENGE_DAYS) * DAY_MS;
	fp_utf8_copy(c.issued_by, sizeof(c.issued_by), by->name);
	if (store_begin(&tx, a->store, err) != FP_OK || store_challenge_add(tx, &c, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	body = json_object();
	fp_json_set_str(body, "code", c.code);
	fp_json_set_time(body, "expires", c.expires);
	if (app_tell(tx, by, "challenge", c.code, body, NULL, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	fp_utf8_copy(code, APP_CHALLENGE_MAX, c.code);
	*expires = c.expires;
	return store_commit(tx, err);
}

enum fp_status
app_challenge_get(
    struct app *a, const char *text, char code[APP_CHALLENGE_MAX], fp_time *issued, fp_time *expires, struct fp_err *err)
{
	struct store_challenge c;
	char normal[FACTS_CHALLENGE_TEXT];

	if (facts_challenge_normal(normal, text, err) != FP_OK || store_challenge_get(a->store, normal, &c, err) != FP_OK)
		return fp_failed(err, FP_ENOTFOUND);
	fp_utf8_copy(code, APP_CHALLENGE_MAX, c.code);
	*issued = c.issued;
	*expires = c.expires;
	return FP_OK;
}

/* ---- one import ---- */

struct bringing {
	struct bring_base b;
	const struct app_bring_options *o;
	const void *bytes;
	size_t len;
	char file_hash[65];
	struct facts_file *file;
	char subject[300]; /* of store_system */
	struct device device;
	struct app_param *params;
	size_t n_params;
	struct app_brought *out;
};

static void
bringing_free(struct bringing *g)
{
	bring_base_free(&g->b);
	facts_free(g->file);
	device_free(&g->device);
	free(g->params);
}

/* Two sayings of one thing must agree; the option fills in where the file is silent. */
static enum fp_status
agree(const char **out, const char *in_file, const char *said, const char *what, const char *name, struct fp_err *err)
{
	if (in_file[0] != '\0' && said != NULL && strcasecmp(in_file, said) != 0)
		return fp_fail(
		    err, FP_ECONFLICT, "%s says %s '%.80s', not '%.80s': is it the right file?", name, what, in_file, said);
	*out = in_file[0] != '\0' ? in_file : said != NULL ? said : "";
	return FP_OK;
}

static enum fp_status
find_subject(struct bringing *g, const char *name, struct fp_err *err)
{
	const char *serial = "";

	if (g->o->storage != NULL) {
		(void)snprintf(g->subject, sizeof(g->subject), "storage:%.250s", g->o->storage);
		fp_utf8_copy(g->out->subject, sizeof(g->out->subject), g->o->storage);
		return FP_OK;
	}
	if (agree(&serial, g->file->serial, g->o->serial, "the serial number is", name, err) != FP_OK)
		return fp_failed(err, FP_ECONFLICT);
	if (serial[0] == '\0')
		return fp_fail(
		    err, FP_EUSAGE, "%s does not say which device it was made on; give its serial number with --device", name);
	if (app_device_by_serial(g->b.a, serial, &g->device, err) != FP_OK)
		return fp_failed(err, FP_ENOTFOUND);
	(void)snprintf(g->subject, sizeof(g->subject), "device:%lld", (long long)g->device.id);
	fp_utf8_copy(g->out->subject, sizeof(g->out->subject), g->device.serial);
	return FP_OK;
}

static enum fp_status
refuse_replay(struct bringing *g, const char *name, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct store_system *seen = NULL;
	char at[FP_TIME_MAX];
	size_t n = 0;

	if (store_systems(g->b.a->store, g->subject, NULL, g->file_hash, &seen, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (n == 0)
		return FP_OK;
	return fp_fail(
	    err, FP_ECONFLICT, "%s was taken in before, on %s; collect anew on the device", name, fp_time_text(at, seen[0].at));
}

static enum fp_status
look_up_challenge(struct bringing *g, struct fp_err *err)
{
	struct fp_err local = { .status = FP_OK };
	struct store_challenge c;
	char code[FACTS_CHALLENGE_TEXT];
	enum fp_status status;

	if (g->file->challenge[0] == '\0' || facts_challenge_normal(code, g->file->challenge, &local) != FP_OK)
		return FP_OK;
	status = store_challenge_get(g->b.a->store, code, &c, &local);
	if (status != FP_OK)
		return status == FP_ENOTFOUND ? FP_OK : fp_fail(err, status, "%s", local.msg);
	if (app_now(g->b.a) <= c.expires) {
		g->out->challenged = true;
		g->out->challenge_issued = c.issued;
	}
	return FP_OK;
}

/* ---- whose system is it ---- */

/* A file that was brought under a wrong name is kept, but says nothing about whose system it is. */
static bool
accepted(const struct store_system *y)
{
	return strcmp(y->taken_as, "first") == 0 || strcmp(y->taken_as, "same") == 0 || strcmp(y->taken_as, "re-imaged") == 0;
}

/* Compare with every system that was read before; FP_ECONFLICT when this file is older than the last of the same mode. */
static enum fp_status
recognise(struct bringing *g, const struct facts_part *p, const char *mode, const char **identity, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct store_system *own = NULL, *elsewhere = NULL;
	size_t n = 0, m = 0;
	bool moved = false, changed = false, known = false, twice = false, seen = false;
	char at[FP_TIME_MAX];

	if (store_systems(g->b.a->store, g->subject, NULL, NULL, &own, &n, err) != FP_OK ||
	    store_systems(g->b.a->store, NULL, p->identity[0] ? p->identity : "-", NULL, &elsewhere, &m, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	/* A device may well be somebody's storage server, too. */
	for (size_t i = 0; i < m; i++)
		moved |= accepted(&elsewhere[i]) && elsewhere[i].subject[0] == g->subject[0] &&
			 strcmp(elsewhere[i].subject, g->subject) != 0;
	for (size_t i = 0; i < n; i++) {
		if (!accepted(&own[i]))
			continue;
		bool same_mode = strcasecmp(own[i].mode, mode) == 0, same = strcmp(own[i].identity, p->identity) == 0;

		if (same_mode && !p->offline && own[i].part == 0 && g->file->collected < own[i].collected)
			return fp_fail(err, FP_ECONFLICT, "the facts are older than those that are there (%s)",
			    fp_time_text(at, own[i].collected));
		twice |= !same_mode && same;
		/* Only the newest of the mode tells what the system is now: an earlier re-installation is history. */
		if (same_mode && !seen) {
			seen = true;
			known = same;
			changed = !same;
		}
	}
	*identity = p->identity[0] == '\0' ? "unknown"
		    : twice                ? "other-mode"
		    : moved || changed     ? "other-device"
		    : known                ? "same"
					   : "first";
	if (g->o->confirmed && (moved || changed) && !twice)
		*identity = "re-imaged";
	return FP_OK;
}

/* ---- the observation ---- */

static enum fp_status
put_params(struct bringing *g, struct evidence_obs *obs, struct fp_err *err)
{
	for (size_t i = 0; i < g->n_params; i++)
		if (g->params[i].value[0] != '\0' && evidence_obs_param(obs, g->params[i].name, g->params[i].value, err) != FP_OK)
			return fp_failed(err, FP_ELIMIT);
	return FP_OK;
}

/*
 * What the rules must know and the site does already: which server the person says that this is, or how the device reaches its storage. The operator's
 * own word, where there is one, was put before and stands.
 */
static enum fp_status
put_known(struct bringing *g, const struct facts_part *p, struct evidence_obs *obs, struct fp_err *err)
{
	const char *name = json_string_value(json_object_get(json_object_get(p->facts, "host"), "name"));
	FP_AUTO(fp_freep) char *path = NULL;
	struct check_target t;
	const char *share;

	if (g->o->storage != NULL)
		return name == NULL || evidence_obs_param_get(obs, "storage-host") != NULL
			   ? FP_OK
			   : evidence_obs_param(obs, "storage-host", name, err);
	if (g->device.storage == NULL || evidence_obs_param_get(obs, "smb-storage-path") != NULL ||
	    check_target_parse(&t, g->device.storage, NULL) != FP_OK || (t.scheme != CHECK_UNC && t.scheme != CHECK_SMB))
		return FP_OK;
	share = strncasecmp(g->device.storage, "smb:", 4) == 0 ? g->device.storage + 4 : g->device.storage;
	share += strspn(share, "/\\");
	share += strcspn(share, "/\\");
	path = fp_asprintf("\\\\%s\\%s", t.host, share + strspn(share, "/\\"));
	if (path == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (char *c = path; *c != '\0'; c++)
		*c = *c == '/' ? '\\' : *c;
	return evidence_obs_param(obs, "smb-storage-path", path, err);
}

/* The boot mode of a part as the file or the person says it; "" when nobody does. */
static const char *
mode_of(const struct bringing *g, size_t i)
{
	const struct facts_part *p = &g->file->parts[i];
	const char *said = p->offline ? g->o->other_mode : g->o->mode;

	return p->mode[0] != '\0' ? p->mode : said != NULL ? said : "";
}

/* The facts of the other boot mode, for rules that look at both: of this very file, or of the last one of that mode. */
static enum fp_status
put_other(struct bringing *g, size_t index, struct evidence_obs *obs, const char *mode, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct store_system *own = NULL;
	FP_AUTO(evidence_obs_freep) struct evidence_obs *other = NULL;
	size_t n = 0, i = 0;
	char part[24];

	for (size_t k = 0; k < g->file->n_parts; k++) {
		const char *its = k == index ? "" : mode_of(g, k);

		if (its[0] == '\0' || strcasecmp(its, mode) == 0)
			continue;
		(void)snprintf(part, sizeof(part), "%zu", k);
		return evidence_obs_param(obs, RULE_P_OTHER, part, err) != FP_OK ||
			       evidence_obs_param(obs, RULE_P_OTHER_MODE, its, err) != FP_OK
			   ? fp_failed(err, FP_ELIMIT)
			   : FP_OK;
	}
	if (store_systems(g->b.a->store, g->subject, NULL, NULL, &own, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	while (i < n && (!accepted(&own[i]) || strcasecmp(own[i].mode, mode) == 0))
		i++;
	if (i == n)
		return FP_OK;
	if (store_obs_get(g->b.a->store, own[i].obs, &other, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	(void)snprintf(part, sizeof(part), "%d", own[i].part);
	for (size_t k = 0; k < other->n_events; k++) {
		const struct evidence_event *e = &other->events[k];

		if (e->step == 1 && e->kind == EVIDENCE_RECEIVED)
			return evidence_obs_add(obs, EVIDENCE_RECEIVED, 0, 2, 0, 0, e->bytes, e->len, NULL, err) != FP_OK ||
				       evidence_obs_param(obs, RULE_P_OTHER, part, err) != FP_OK ||
				       evidence_obs_param(obs, RULE_P_OTHER_MODE, own[i].mode, err) != FP_OK
				   ? fp_failed(err, FP_ELIMIT)
				   : FP_OK;
	}
	return FP_OK;
}

static enum fp_status
observe(struct bringing *g, size_t index, const char *mode, const char *identity, struct evidence_obs **out, struct fp_err *err)
{
	FP_AUTO(evidence_obs_freep) struct evidence_obs *obs = evidence_obs_new();
	char part[24], issued[FP_TIME_MAX];

	if (obs == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	obs->probe = fp_strdup(CHECK_PROBE_FACTS);
	obs->target = fp_strdup(g->out->subject);
	obs->vantage = fp_strdup(VANTAGE);
	obs->mode = fp_strdup(mode);
	obs->tool = fp_strdup(APP_TOOL);
	obs->started = app_now(g->b.a);
	(void)snprintf(part, sizeof(part), "%zu", index);
	if (obs->probe == NULL || obs->target == NULL || obs->vantage == NULL || obs->mode == NULL || obs->tool == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (evidence_obs_add(obs, EVIDENCE_RECEIVED, 0, 1, 0, 0, g->bytes, g->len, NULL, err) != FP_OK ||
	    put_params(g, obs, err) != FP_OK || put_known(g, &g->file->parts[index], obs, err) != FP_OK ||
	    evidence_obs_param(obs, RULE_P_PART, part, err) != FP_OK ||
	    evidence_obs_param(obs, RULE_P_IDENTITY, identity, err) != FP_OK ||
	    (g->out->challenged &&
		evidence_obs_param(obs, RULE_P_CHALLENGED, fp_time_text(issued, g->out->challenge_issued), err) != FP_OK) ||
	    put_other(g, index, obs, mode, err) != FP_OK || evidence_obs_seal(obs, err) != FP_OK ||
	    store_obs_put(g->b.tx, obs, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*out = obs;
	obs = NULL;
	return FP_OK;
}

/* ---- its cells ---- */

struct concern {
	bool storage;
	const char *mode;
};

/* A rule about the storage server is judged from the server's facts, every other one from the device's. */
static bool
concerns(void *ctx, const struct check *way, const struct case_cell *cell)
{
	const struct concern *c = ctx;

	if (way->rule == NULL || way->rule->of_storage != c->storage)
		return false;
	return c->storage || way->rule->across_modes || cell->mode[0] == '\0' || strcasecmp(cell->mode, c->mode) == 0;
}

/* When it was collected, as far as that is certain: not before the challenge, not after now. */
static fp_time
seen_at(const struct bringing *g)
{
	fp_time now = app_now(g->b.a), at = g->file->collected;

	if (g->out->challenged && at < g->out->challenge_issued)
		at = g->out->challenge_issued;
	return at > now ? now : at;
}

static enum fp_status
judge_devices(struct bringing *g, const struct evidence_obs *obs, const char *mode, struct fp_err *err)
{
	const struct store_device_filter all = { .limit = 0 };
	struct concern c = { g->o->storage != NULL, mode };
	const struct bring_judging j = { .obs = obs, .at = seen_at(g), .concerns = concerns, .ctx = &c };
	struct device *devices = NULL;
	size_t n = 0;
	enum fp_status status = FP_OK;

	if (g->o->storage == NULL)
		return bring_judge(&g->b, &g->device, &j, err);
	if (app_all_devices(g->b.a, &all, &devices, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = 0; i < n && status == FP_OK; i++) {
		char host[300];

		app_storage_host(host, sizeof(host), &devices[i]);
		if (strcasecmp(host, g->o->storage) == 0)
			status = bring_judge(&g->b, &devices[i], &j, err);
	}
	store_devices_free(devices, n);
	return status;
}

/* ---- parts ---- */

/* The boot mode of a part; *skipped says why there is none to be had. */
static enum fp_status
mode_of_part(struct bringing *g, size_t i, const char *name, const char **mode, const char **skipped, struct fp_err *err)
{
	const struct facts_part *p = &g->file->parts[i];

	*skipped = NULL;
	if (agree(mode, p->mode, p->offline ? g->o->other_mode : g->o->mode, "the boot mode is", name, err) != FP_OK)
		return fp_failed(err, FP_ECONFLICT);
	if (g->o->storage != NULL) {
		*mode = "";
		*skipped = p->offline ? N_("another system beside the storage server's own") : NULL;
	} else if ((*mode)[0] == '\0' && g->device.n_modes > 0 && p->offline) {
		*skipped = N_("read offline, but nobody said which boot mode it is (--other-mode)");
	} else if ((*mode)[0] == '\0' && g->device.n_modes > 0) {
		return fp_fail(err, FP_EUSAGE, "%s does not say which boot mode of %.80s was running; give it with --mode", name,
		    g->device.serial);
	} else if ((*mode)[0] != '\0' && device_mode_find(&g->device, *mode) == NULL && g->device.n_modes > 0) {
		return fp_fail(err, FP_EUSAGE, "%.80s has no boot mode '%.40s'; it has %s%s%s", g->device.serial, *mode,
		    g->device.modes[0].name, g->device.n_modes > 1 ? ", " : "",
		    g->device.n_modes > 1 ? g->device.modes[1].name : "");
	}
	return FP_OK;
}

static enum fp_status
keep_system(struct bringing *g, size_t i, const char *mode, const struct evidence_obs *obs, struct fp_err *err)
{
	struct store_system y = { .part = (int)i, .collected = g->file->collected };

	fp_utf8_copy(y.subject, sizeof(y.subject), g->subject);
	fp_utf8_copy(y.mode, sizeof(y.mode), mode);
	fp_utf8_copy(y.identity, sizeof(y.identity), g->file->parts[i].identity);
	fp_utf8_copy(y.key_id, sizeof(y.key_id), g->file->key_id);
	fp_utf8_copy(y.file, sizeof(y.file), g->file_hash);
	fp_utf8_copy(y.obs, sizeof(y.obs), obs->id);
	fp_utf8_copy(y.taken_as, sizeof(y.taken_as), g->out->parts[i].identity);
	return store_system_add(g->b.tx, &y, err);
}

static enum fp_status
bring_part(struct bringing *g, size_t i, const char *name, struct fp_err *err)
{
	FP_AUTO(evidence_obs_freep) struct evidence_obs *obs = NULL;
	struct app_brought_part *out = &g->out->parts[i];
	const char *mode = "";

	out->offline = g->file->parts[i].offline;
	if (mode_of_part(g, i, name, &mode, &out->skipped, err) != FP_OK)
		return fp_failed(err, FP_EUSAGE);
	fp_utf8_copy(out->mode, sizeof(out->mode), mode);
	if (out->skipped != NULL)
		return FP_OK;
	if (recognise(g, &g->file->parts[i], mode, &out->identity, err) != FP_OK ||
	    observe(g, i, mode, out->identity, &obs, err) != FP_OK || keep_system(g, i, mode, obs, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	fp_utf8_copy(out->obs, sizeof(out->obs), obs->id);
	return judge_devices(g, obs, mode, err);
}

/* The system was installed anew: what was seen on the old one no longer holds. */
static enum fp_status
tell_reimage(struct bringing *g, struct fp_err *err)
{
	struct store_device_event e = { .device_id = g->device.id, .at = app_now(g->b.a) - 1 };
	bool re = false;

	for (size_t i = 0; i < g->out->n_parts; i++)
		re |= g->out->parts[i].identity != NULL && strcmp(g->out->parts[i].identity, "re-imaged") == 0;
	if (!re || g->o->storage != NULL)
		return FP_OK;
	fp_utf8_copy(e.kind, sizeof(e.kind), evidence_end_name(EVIDENCE_END_REIMAGE));
	fp_utf8_copy(e.actor, sizeof(e.actor), g->b.by->name);
	return store_device_event_add(g->b.tx, &e, err);
}

static enum fp_status
bring(struct bringing *g, const char *name, struct fp_err *err)
{
	json_t *body = NULL;

	if (store_begin(&g->b.tx, g->b.a->store, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	g->out->n_parts = g->file->n_parts;
	for (size_t i = 0; i < g->file->n_parts; i++)
		if (bring_part(g, i, name, err) != FP_OK)
			return fp_failed(err, FP_EIO);
	if (tell_reimage(g, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	body = json_object();
	fp_json_set_str(body, "file", g->file_hash);
	fp_json_set_str(body, "key", g->file->key_id);
	fp_json_set_time(body, "collected", g->file->collected);
	fp_json_set(body, "challenged", json_boolean(g->out->challenged));
	if (app_tell(g->b.tx, g->b.by, "facts", g->out->subject, body, NULL, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return store_commit(g->b.tx, err);
}

enum fp_status
app_facts_bring(struct app *a, const struct app_actor *by, const void *bytes, size_t len, const char *name,
    const struct app_bring_options *o, struct app_brought **out, struct fp_err *err)
{
	FP_AUTO(bringing_free) struct bringing g = { .b = { .a = a, .by = by }, .o = o, .bytes = bytes, .len = len };
	FP_AUTO(app_brought_freep) struct app_brought *b = fp_calloc(1, sizeof(*b));

	if (b == NULL || (b->result = fp_calloc(1, sizeof(*b->result))) == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	g.out = b;
	g.b.result = b->result;
	g.b.subject = b->subject;
	(void)crypto_sha256_hex(g.file_hash, bytes, len);
	if (app_may(by, APP_USE_CHECK, err) != FP_OK || facts_read(&g.file, bytes, len, name, err) != FP_OK ||
	    find_subject(&g, name, err) != FP_OK || refuse_replay(&g, name, err) != FP_OK || bring_load(&g.b, err) != FP_OK ||
	    app_params(a, &g.params, &g.n_params, err) != FP_OK || look_up_challenge(&g, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	b->collected = g.file->collected;
	if (bring(&g, name, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*out = b;
	b = NULL;
	return FP_OK;
}

void
app_brought_free(struct app_brought *b)
{
	if (b == NULL)
		return;
	app_check_result_free(b->result);
	free(b);
}

void
app_brought_freep(struct app_brought **b)
{
	app_brought_free(*b);
	*b = NULL;
}

/* ---- what ends evidence ---- */

enum fp_status
app_device_event_add(struct app *a, const struct app_actor *by, const char *serial, const char *kind, fp_time at,
    const char *note, struct fp_err *err)
{
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	FP_AUTO(device_free) struct device d = { .id = 0 };
	struct store_device_event e = { .at = at != 0 ? at : app_now(a) };
	enum evidence_end end;
	json_t *body;

	if (app_may(by, APP_USE_DEVICES, err) != FP_OK || app_device_by_serial(a, serial, &d, err) != FP_OK)
		return fp_failed(err, FP_EDENIED);
	if (!evidence_end_of(&end, kind))
		return fp_fail(err, FP_EUSAGE,
		    "'%.40s' is no such event; there are re-image, password-rotation, service-visit, network-change", kind);
	if (e.at > app_now(a))
		return fp_fail(err, FP_EUSAGE, "the event lies in the future; record it when it has happened");
	e.device_id = d.id;
	fp_utf8_copy(e.kind, sizeof(e.kind), kind);
	fp_utf8_copy(e.actor, sizeof(e.actor), by->name);
	fp_utf8_copy(e.note, sizeof(e.note), note);
	if (store_begin(&tx, a->store, err) != FP_OK || store_device_event_add(tx, &e, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	body = json_object();
	fp_json_set_str(body, "kind", e.kind);
	fp_json_set_time(body, "at", e.at);
	fp_json_set_str(body, "note", e.note);
	if (app_tell(tx, by, "device-event", d.serial, body, NULL, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return store_commit(tx, err);
}

enum fp_status
app_device_events(struct app *a, const char *serial, struct app_device_event **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct store_device_event *list = NULL;
	FP_AUTO(device_free) struct device d = { .id = 0 };
	size_t count = 0;

	*n = 0;
	if ((serial != NULL && app_device_by_serial(a, serial, &d, err) != FP_OK) ||
	    store_device_events(a->store, d.id, &list, &count, err) != FP_OK)
		return fp_failed(err, FP_ENOTFOUND);
	*out = fp_calloc(count, sizeof(**out));
	if (*out == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < count; i++) {
		struct app_device_event *e = &(*out)[(*n)++];
		FP_AUTO(device_free) struct device of = { .id = 0 };

		if (store_device_get(a->store, list[i].device_id, &of, err) != FP_OK)
			return fp_failed(err, FP_EIO);
		fp_utf8_copy(e->serial, sizeof(e->serial), of.serial);
		fp_utf8_copy(e->kind, sizeof(e->kind), list[i].kind);
		fp_utf8_copy(e->actor, sizeof(e->actor), list[i].actor);
		fp_utf8_copy(e->note, sizeof(e->note), list[i].note);
		e->at = list[i].at;
	}
	return FP_OK;
}
