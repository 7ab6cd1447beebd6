/* BMC-4: does the management controller's Redfish interface show a protected collection to somebody who did not log on? */
#include <string.h>

#include "base/json.h"
#include "check/http.h"
#include "check/probe.h"
#include "check/target.h"

enum { Q_ROOT = 1, Q_COLLECTION = 2, COLLECTIONS = 3 };
#define PATH_MAX_BYTES 200

/* Collections that DSP0266 does not let a client read without log-on, in the order of asking. */
static const struct collection {
	const char *member; /* of the service root */
	const char *path;   /* when the root does not link it */
} collections[COLLECTIONS] = {
	{ "Systems", "/redfish/v1/Systems" },
	{ "Managers", "/redfish/v1/Managers" },
	{ "Chassis", "/redfish/v1/Chassis" },
};

static const struct check_ask asks[] = {
	{ Q_ROOT, "GET the service root", "always" },
	{ Q_COLLECTION, "GET the collection Systems, at the path that the root names", "when the root is one of Redfish" },
	{ Q_COLLECTION + 1, "GET the collection Managers, at the path that the root names", "when Systems does not exist" },
	{ Q_COLLECTION + 2, "GET the collection Chassis, at the path that the root names", "when Managers does not exist" },
	{ 0, NULL, NULL },
};

/* What became of one GET. */
struct got {
	int status; /* 0: no usable answer */
	bool challenge;
	json_t *body;       /* an object, or NULL */
	const char *reason; /* with status 0 */
	char detail[160];
};

static void
got_freep(struct got *g)
{
	fp_json_freep(&g->body);
}

static void
got_read(struct got *g, const struct evidence_obs *obs, int question)
{
	struct http_answer a;
	size_t len = 0;
	const uint8_t *p = check_reply(obs, question, &len);
	enum check_end end = check_end_of(obs, question);
	*g = (struct got){ .status = 0 };
	g->reason = check_trouble(g->detail, sizeof(g->detail), obs, question);
	bool closed = end == CHECK_END_CUT && check_event(obs, question, EVIDENCE_CLOSED) != NULL &&
		      check_event(obs, question, EVIDENCE_TIMEOUT) == NULL && check_event(obs, question, EVIDENCE_LIMIT) == NULL;
	if (p == NULL || (end != CHECK_END_BYTES && !closed)) {
		g->reason = g->reason != NULL ? g->reason : "not-the-protocol";
		return;
	}
	if (http_read(&a, p, len, closed)) {
		g->status = a.status;
		g->challenge = a.challenge;
		if (a.body.len > 0 && fp_json_parse(&g->body, a.body.data, a.body.len, "answer", NULL) == FP_OK &&
		    !json_is_object(g->body)) {
			fp_json_freep(&g->body);
		}
	} else if (!closed || http_frame(p, len) == CHECK_FRAME_BROKEN) {
		g->reason = "not-the-protocol";
		(void)snprintf(g->detail, sizeof(g->detail), "question %d: no well-formed HTTP answer", question);
	}
	fp_buf_free(&a.body);
	g->reason = g->reason != NULL ? g->reason : "not-the-protocol";
}

/* DSP0266: the service root has RedfishVersion, or at least its type. */
static bool
is_root(const struct got *g)
{
	const char *version = json_string_value(json_object_get(g->body, "RedfishVersion"));
	const char *type = json_string_value(json_object_get(g->body, "@odata.type"));
	return g->status == 200 && (version != NULL || (type != NULL && strstr(type, "ServiceRoot") != NULL));
}

/* The path that the root names for a collection; only a plain path below /redfish/ of the same server is followed. */
static void
path_of(char out[PATH_MAX_BYTES], const struct evidence_obs *obs, int i)
{
	FP_AUTO(got_freep) struct got root = { .status = 0 };
	got_read(&root, obs, Q_ROOT);
	const char *link = json_string_value(json_object_get(json_object_get(root.body, collections[i].member), "@odata.id"));
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-~";
	bool usable = link != NULL && strncmp(link, "/redfish/", 9) == 0 && strlen(link) < PATH_MAX_BYTES &&
		      strspn(link, allowed) == strlen(link) && strstr(link, "..") == NULL && strstr(link, "//") == NULL;
	(void)snprintf(out, PATH_MAX_BYTES, "%s", usable && is_root(&root) ? link : collections[i].path);
}

/* ---- the probe ---- */

static int
redfish_next(const struct evidence_obs *obs)
{
	if (!check_asked(obs, Q_ROOT)) {
		return Q_ROOT;
	}
	FP_AUTO(got_freep) struct got root = { .status = 0 };
	got_read(&root, obs, Q_ROOT);
	if (!is_root(&root)) {
		return 0;
	}
	for (int i = 0; i < COLLECTIONS; i++) {
		if (!check_asked(obs, Q_COLLECTION + i)) {
			return Q_COLLECTION + i;
		}
		FP_AUTO(got_freep) struct got g = { .status = 0 };
		got_read(&g, obs, Q_COLLECTION + i);
		if (g.status != 404) {
			return 0;
		}
	}
	return 0;
}

static enum fp_status
redfish_make(struct check_step *out, int number, const struct evidence_obs *obs, struct fp_err *err)
{
	char host[CHECK_HOST_MAX], path[PATH_MAX_BYTES] = "/redfish/v1/";
	*out = (struct check_step){
		.number = number, .wire = CHECK_WIRE_TLS, .keep = true, .again = number != Q_ROOT, .connect_ms = 3000
	};
	out->wait_ms = 3000;
	out->max_reply = HTTP_ANSWER_MAX;
	out->frame = http_frame;
	if (!check_target_split(host, sizeof(host), &out->port, obs->target)) {
		return fp_fail(err, FP_EINVAL, "'%s' is no address of a management controller", obs->target);
	}
	if (number >= Q_COLLECTION && number < Q_COLLECTION + COLLECTIONS) {
		path_of(path, obs, number - Q_COLLECTION);
	}
	const char *authority = strstr(obs->target, "://");
	authority = authority != NULL ? authority + 3 : obs->target;
	int n = snprintf((char *)out->bytes, sizeof(out->bytes),
	    "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: fieldproof\r\nAccept: application/json\r\nOData-Version: 4.0\r\n\r\n",
	    path, authority);
	if (n < 0 || (size_t)n >= sizeof(out->bytes)) {
		return fp_fail(err, FP_ELIMIT, "request to '%s' of %d bytes; at most %zu", obs->target, n, sizeof(out->bytes));
	}
	out->len = (size_t)n;
	return FP_OK;
}

const struct check_steps check_redfish_steps = { asks, redfish_next, redfish_make };

/* ---- the judge ---- */

/* What a status means when it is not the one hoped for. */
static const char *
odd_status(int status)
{
	if (status >= 300 && status < 400) {
		return "redirected";
	}
	return status == 404 ? "not-found" : status == 429 || status >= 500 ? "busy" : "odd-answer";
}

static void
judge_collection(struct evidence_verdict *out, const struct got *g, const char *path)
{
	const json_t *members = json_object_get(g->body, "Members");
	if (g->status == 0) {
		check_say(out, g->reason, "%s", g->detail);
	} else if (g->status == 401 || g->status == 403) {
		check_say(out, "log-on-required", "%s: status %d%s", path, g->status, g->challenge ? ", with a challenge" : "");
	} else if (g->status == 200 && json_array_size(members) > 0) {
		check_say(out, "open-without-log-on", "%s: status 200 with %zu members", path, json_array_size(members));
	} else if (g->status == 200 && json_is_array(members)) {
		check_say(out, "empty-collection", "%s: status 200 without members", path);
	} else {
		check_say(out, odd_status(g->status), "%s: status %d", path, g->status);
	}
}

void
check_bmc4_judge(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	FP_AUTO(got_freep) struct got root = { .status = 0 };
	got_read(&root, obs, Q_ROOT);
	if (root.status == 0) {
		check_say(out, root.reason, "%s", root.detail);
		return;
	}
	/* REQ law-2: the readable root is the positive control; any web server can say 401. */
	if (!is_root(&root)) {
		bool refused = root.status == 401 || root.status == 403;
		check_say(out,
		    refused              ? "root-refused"
		    : root.status == 200 ? "not-redfish"
					 : odd_status(root.status),
		    "/redfish/v1/: status %d", root.status);
		return;
	}
	int last = 0;
	while (last + 1 < COLLECTIONS && check_asked(obs, Q_COLLECTION + last + 1)) {
		last++;
	}
	FP_AUTO(got_freep) struct got g = { .status = 0 };
	char path[PATH_MAX_BYTES];
	got_read(&g, obs, Q_COLLECTION + last);
	path_of(path, obs, last);
	judge_collection(out, &g, path);
}

const struct evidence_reason check_bmc4_reasons[] = {
	{ "log-on-required", EVIDENCE_PASS,
	    N_("The public root can be read, and the collection that was asked for is refused without log-on."), "" },
	{ "open-without-log-on", EVIDENCE_FAIL, N_("The management controller shows a protected collection to anybody."), "" },
	{ "empty-collection", EVIDENCE_UNKNOWN, N_("The collection was shown without log-on, but it is empty."),
	    "host-facts-bmc" },
	{ "root-refused", EVIDENCE_UNKNOWN, N_("Even the public root is refused, so it does not show that this is Redfish."),
	    "host-facts-bmc" },
	{ "not-redfish", EVIDENCE_UNKNOWN, N_("A web server answers, but not with a Redfish service root."), "address" },
	{ "not-found", EVIDENCE_UNKNOWN, N_("The resource does not exist: neither open nor refused."), "host-facts-bmc" },
	{ "redirected", EVIDENCE_UNKNOWN, N_("The server points to another address, which is not in the device list."),
	    "address" },
	{ "busy", EVIDENCE_UNKNOWN, N_("The management controller is busy or in trouble."), "reach-it" },
	{ "odd-answer", EVIDENCE_UNKNOWN, N_("The answer is neither a refusal nor the collection."), "host-facts-bmc" },
	CHECK_TROUBLES,
	{ NULL, EVIDENCE_UNKNOWN, NULL, NULL },
};
