/* A capture is taken in: for each device the facts of its own traffic with its own storage, and nothing of anybody else's. */
#include "app/bringing.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "check/target.h"

#define JSON_MAX ((size_t)64 << 20) /* of all the traffic in the capture */

struct capturing {
	struct bring_base b;
	const struct app_capture_bring_options *o;
	struct fp_buf all; /* facts of the whole capture */
	char vantage[128];
	struct app_brought *out;
	size_t found;
};

static void
capturing_free(struct capturing *g)
{
	bring_base_free(&g->b);
	fp_buf_free(&g->all);
}

/* A numeric address out of what the device list says; "" when it is a name or nothing. */
static void
numeric(char out[INET6_ADDRSTRLEN + 1], const char *text)
{
	struct check_target t;
	uint8_t bytes[16];

	out[0] = '\0';
	if (text == NULL || check_target_parse(&t, text, NULL) != FP_OK)
		return;
	if (inet_pton(AF_INET, t.host, bytes) == 1 || inet_pton(AF_INET6, t.host, bytes) == 1)
		fp_utf8_copy(out, INET6_ADDRSTRLEN + 1, t.host);
}

struct capture_concern {
	const char *mode;
};

/* Where a step is done per boot mode, traffic speaks for the mode that was running. */
static bool
concerns(void *ctx, const struct check *way, const struct case_cell *cell)
{
	const struct capture_concern *c = ctx;

	(void)way;
	return cell->mode[0] == '\0' || strcasecmp(cell->mode, c->mode) == 0;
}

static enum fp_status
observe(struct capturing *g, const struct app_capture_options *who, const struct fp_buf *facts, const char *mode,
    struct evidence_obs **out, struct fp_err *err)
{
	FP_AUTO(evidence_obs_freep) struct evidence_obs *obs = evidence_obs_new();

	if (obs == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	obs->probe = fp_strdup(CHECK_PROBE_CAPTURE);
	obs->target = fp_asprintf("%s > %s", who->client, who->server);
	obs->vantage = fp_strdup(g->vantage);
	obs->mode = fp_strdup(mode);
	obs->tool = fp_strdup(APP_TOOL);
	obs->started = app_now(g->b.a);
	if (obs->probe == NULL || obs->target == NULL || obs->vantage == NULL || obs->mode == NULL || obs->tool == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (evidence_obs_add(obs, EVIDENCE_RECEIVED, 0, 1, 0, 0, facts->data, facts->len, NULL, err) != FP_OK ||
	    evidence_obs_param(obs, "client", who->client, err) != FP_OK ||
	    evidence_obs_param(obs, "server", who->server, err) != FP_OK ||
	    (g->o->nfs_level != NULL && evidence_obs_param(obs, "nfs-level", g->o->nfs_level, err) != FP_OK) ||
	    evidence_obs_seal(obs, err) != FP_OK || store_obs_put(g->b.tx, obs, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*out = obs;
	obs = NULL;
	return FP_OK;
}

static enum fp_status
bring_device(struct capturing *g, const struct device *d, struct fp_err *err)
{
	FP_AUTO(app_capture_view_freep) struct app_capture_view *view = NULL;
	FP_AUTO(evidence_obs_freep) struct evidence_obs *obs = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf facts = { .max = JSON_MAX };
	struct app_capture_options who = { .port = g->o->read->port };
	char client[INET6_ADDRSTRLEN + 1], server[INET6_ADDRSTRLEN + 1];
	const char *mode = g->o->mode != NULL ? g->o->mode : d->mode_now != NULL ? d->mode_now : "";
	struct capture_concern c = { mode };
	struct bring_judging j = { .concerns = concerns, .ctx = &c };

	numeric(client, g->o->read->client != NULL ? g->o->read->client : d->host);
	numeric(server, g->o->read->server != NULL ? g->o->read->server : d->storage);
	if (client[0] == '\0' || server[0] == '\0')
		return FP_OK;
	who.client = client;
	who.server = server;
	if (app_capture_narrow(g->all.data, g->all.len, &who, &facts, err) != FP_OK ||
	    app_capture_view_new(&view, facts.data, facts.len, g->o->nfs_level, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (view->n_rows == 0)
		return FP_OK;
	g->found++;
	g->b.subject = d->serial;
	g->out->collected = view->last;
	j.at = view->last < app_now(g->b.a) ? view->last : app_now(g->b.a);
	if (observe(g, &who, &facts, mode, &obs, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	j.obs = obs;
	return bring_judge(&g->b, d, &j, err);
}

static enum fp_status
bring_devices(struct capturing *g, struct fp_err *err)
{
	const struct store_device_filter all = { .limit = 0 };
	FP_AUTO(device_free) struct device one = { .id = 0 };
	struct device *devices = NULL;
	size_t n = 0;
	enum fp_status status = FP_OK;

	if (g->o->serial != NULL)
		return app_device_by_serial(g->b.a, g->o->serial, &one, err) == FP_OK ? bring_device(g, &one, err)
										      : fp_failed(err, FP_ENOTFOUND);
	if (app_all_devices(g->b.a, &all, &devices, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	for (size_t i = 0; i < n && status == FP_OK; i++)
		status = bring_device(g, &devices[i], err);
	store_devices_free(devices, n);
	return status;
}

static enum fp_status
read_capture(struct capturing *g, const char *path, struct fp_err *err)
{
	struct app_capture_options o = *g->o->read;
	const char *kind = "";

	/* Every address at first: which device is whose follows from the list. */
	o.client = NULL;
	o.server = NULL;
	o.max_json = JSON_MAX;
	g->all.max = JSON_MAX;
	if (app_evidence_kind(&kind, path, err) != FP_OK)
		return fp_failed(err, FP_ENOTFOUND);
	if (strcmp(kind, "capture-facts") == 0)
		return app_capture_facts(path, &o, &g->all, err);
	return app_capture_read(path, &o, &g->all, err);
}

static enum fp_status
bring(struct capturing *g, const char *path, struct fp_err *err)
{
	FP_AUTO(app_capture_view_freep) struct app_capture_view *view = NULL;
	json_t *body;

	if (app_capture_view_new(&view, g->all.data, g->all.len, g->o->nfs_level, err) != FP_OK ||
	    store_begin(&g->b.tx, g->b.a->store, err) != FP_OK || bring_devices(g, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (g->found == 0)
		return fp_fail(err, FP_ENOTFOUND,
		    "%s holds no traffic between a device of the list and its storage; are both in the list with numeric "
		    "addresses, or given with --client "
		    "and --server?",
		    path);
	fp_utf8_copy(g->out->subject, sizeof(g->out->subject), view->sha256);
	body = json_object();
	fp_json_set_str(body, "file", view->sha256);
	fp_json_set_int(body, "devices", (int64_t)g->found);
	if (app_tell(g->b.tx, g->b.by, "capture", view->sha256, body, NULL, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return store_commit(g->b.tx, err);
}

enum fp_status
app_capture_bring(struct app *a, const struct app_actor *by, const char *path, const struct app_capture_bring_options *o,
    struct app_brought **out, struct fp_err *err)
{
	FP_AUTO(capturing_free) struct capturing g = { .b = { .a = a, .by = by }, .o = o };
	FP_AUTO(app_brought_freep) struct app_brought *b = fp_calloc(1, sizeof(*b));

	if (b == NULL || (b->result = fp_calloc(1, sizeof(*b->result))) == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	g.out = b;
	g.b.result = b->result;
	if (o->serial == NULL && (o->read->client != NULL || o->read->server != NULL))
		return fp_fail(
		    err, FP_EUSAGE, "--client and --server say whose addresses these are: give the device, too (--device)");
	if (app_may(by, APP_USE_CHECK, err) != FP_OK ||
	    app_setting(a, "site.vantage", g.vantage, sizeof(g.vantage), err) != FP_OK || read_capture(&g, path, err) != FP_OK ||
	    bring_load(&g.b, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (o->vantage != NULL || g.vantage[0] == '\0')
		fp_utf8_copy(g.vantage, sizeof(g.vantage), o->vantage != NULL ? o->vantage : "capture");
	if (bring(&g, path, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*out = b;
	b = NULL;
	return FP_OK;
}
