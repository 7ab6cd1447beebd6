/* From questions (check, device, mode) to jobs: each address is asked once per probe, whatever hangs on the answer. */
#include "check/check.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "check/probe.h"
#include "check/target.h"

#define TARGET_TEXT_MAX (CHECK_HOST_MAX + 24)

struct plan_job {
	struct check_job job;
	char *key;
	uint64_t checks; /* bit i: row i of the check table waits for this job */
	size_t next;     /* of the same hash bucket, +1; 0 ends */
};

struct check_plan {
	struct plan_job *jobs;
	size_t n, cap;
	size_t *buckets; /* first job of the bucket, +1; 0 is empty */
	size_t n_buckets;
};

/* Where a probe's port comes from, in this order: the address's ";service=", its ":port", the operator's parameter, the default. */
static const struct port_rule {
	const char *probe, *service, *param; /* param NULL: the ports are the setting's, the first one stands in the target */
	unsigned port_schemes; /* in which a ":port" is this service's: the port of a web address says nothing about IPMI */
	unsigned schemes;      /* that the probe can ask; ";service=" makes any of them one */
	const char *alias;     /* another word for the service in an address; NULL */
	/* A setting that is no port but part of the question: its name, and how it is checked and written into the job (the default, too). */
	const char *setting;
	bool (*setting_make)(char *out, size_t size, const char *value);
} port_rules[] = {
	{ "tcp", "ucs", "ucs-port", 0, 1u << CHECK_PLAIN, NULL, NULL, NULL },
	{ "smb", "smb", "smb-port", ~0u, 1u << CHECK_PLAIN | 1u << CHECK_UNC | 1u << CHECK_SMB, NULL, NULL, NULL },
	{ "ipmi", "ipmi", "ipmi-port", 1u << CHECK_PLAIN, 1u << CHECK_PLAIN | 1u << CHECK_HTTPS | 1u << CHECK_HTTP, NULL, NULL,
	    NULL },
	{ "redfish", "https", "redfish-port", ~0u, 1u << CHECK_PLAIN | 1u << CHECK_HTTPS, NULL, NULL, NULL },
	{ "ssh", "ssh", "ssh-port", 1u << CHECK_SFTP, 1u << CHECK_PLAIN | 1u << CHECK_SFTP, NULL, "ssh-policy",
	    check_ssh_policy_make },
	{ "clear", "", NULL, 0, ~0u, NULL, "clear-ports", check_clear_ports_make },
	{ "ports", "", NULL, 0, 1u << CHECK_PLAIN, NULL, "fw-ports", check_fw_ports_make },
	{ "tls", "tls", "tls-port", 1u << CHECK_HTTPS | 1u << CHECK_FTPS,
	    1u << CHECK_PLAIN | 1u << CHECK_HTTPS | 1u << CHECK_FTPS, "https", NULL, NULL },
	{ "nfs", "nfs", "nfs-port", 1u << CHECK_NFS, 1u << CHECK_NFS, NULL, "nfs-level", check_nfs_level_make },
	{ "smb-session", "smb", "smb-port", ~0u, 1u << CHECK_PLAIN | 1u << CHECK_UNC | 1u << CHECK_SMB, NULL, "smb-session",
	    check_smb_session_make },
	{ "bmc-ports", "https", "redfish-port", ~0u, 1u << CHECK_PLAIN | 1u << CHECK_HTTPS | 1u << CHECK_HTTP, NULL, "bmc-ports",
	    check_bmc_ports_make },
};

static const struct more {
	const char *probe;
	bool opt_in;        /* nothing is asked while port_rule.setting does not say yes */
	const char *passed; /* a setting that only the judge needs: it goes into the job as it is */
} more_rules[] = {
	{ "smb-session", true, NULL },
	{ "bmc-ports", false, "bmc-vantage" },
};

enum fp_status
check_plan_new(struct check_plan **out, struct fp_err *err)
{
	*out = fp_calloc(1, sizeof(**out));
	return *out != NULL ? FP_OK : fp_fail(err, FP_ENOMEM, "no memory for the plan of checks");
}

static void
job_free(struct plan_job *j)
{
	for (size_t i = 0; i < j->job.n_params; i++) {
		free(j->job.params[i].name);
		free(j->job.params[i].value);
	}
	free(j->job.params);
	free(j->job.target);
	free(j->job.mode);
	free(j->key);
}

void
check_plan_freep(struct check_plan **p)
{
	if (*p == NULL) {
		return;
	}
	for (size_t i = 0; i < (*p)->n; i++) {
		job_free(&(*p)->jobs[i]);
	}
	free((*p)->jobs);
	free((*p)->buckets);
	free(*p);
	*p = NULL;
}

size_t
check_plan_jobs(const struct check_plan *p)
{
	return p->n;
}

const struct check_job *
check_plan_job(const struct check_plan *p, size_t i)
{
	return i < p->n ? &p->jobs[i].job : NULL;
}

static uint64_t
key_hash(const char *s)
{
	uint64_t h = 1469598103934665603u;
	for (; *s != '\0'; s++) {
		h = (h ^ (uint8_t)*s) * 1099511628211u;
	}
	return h;
}

static enum fp_status
rehash(struct check_plan *p, struct fp_err *err)
{
	size_t n = p->n_buckets == 0 ? 64 : p->n_buckets * 2;
	size_t *b = fp_calloc(n, sizeof(*b));
	if (b == NULL) {
		return fp_fail(err, FP_ENOMEM, "no memory for the plan of checks");
	}
	free(p->buckets);
	p->buckets = b;
	p->n_buckets = n;
	for (size_t i = 0; i < p->n; i++) {
		size_t at = key_hash(p->jobs[i].key) % n;
		p->jobs[i].next = b[at];
		b[at] = i + 1;
	}
	return FP_OK;
}

static const char *
param_get(const struct check_params *params, const char *name)
{
	for (size_t i = 0; params != NULL && i < params->n; i++) {
		const struct evidence_param *q = &params->items[i];
		if (q->name != NULL && strcmp(q->name, name) == 0 && q->value != NULL && q->value[0] != '\0') {
			return q->value;
		}
	}
	return NULL;
}

/* What is being put together for one question. */
struct draft {
	const struct check_probe *probe;
	struct check_target address;
	int port, control;
	bool nfs_v3; /* the operator lets MNT be asked */
	const char *mode;
	char setting[EVIDENCE_TEXT_MAX]; /* of port_rule.setting */
	const char *passed;              /* value of more.passed; NULL */
	const char *why;                 /* not NULL: no job, and why */
};

static const struct port_rule *
rule_of(const struct check_probe *probe)
{
	for (size_t i = 0; i < FP_COUNT(port_rules); i++) {
		if (strcmp(port_rules[i].probe, probe->id) == 0) {
			return &port_rules[i];
		}
	}
	return NULL;
}

static struct more
more_of(const struct check_probe *probe)
{
	for (size_t i = 0; i < FP_COUNT(more_rules); i++) {
		if (strcmp(more_rules[i].probe, probe->id) == 0) {
			return more_rules[i];
		}
	}
	return (struct more){ .probe = probe->id };
}

/* *port stays as it is when the parameter is not set; false when it is set to something that is no port. */
static bool
param_port(int *port, const struct check_params *params, const char *name)
{
	const char *v = param_get(params, name);
	if (v == NULL) {
		return true;
	}
	*port = check_port_of(v);
	return *port != 0;
}

/* yes or no; *wanted stays false when it is not set. */
static bool
param_yes(bool *wanted, const struct check_params *params, const char *name)
{
	const char *v = param_get(params, name);
	*wanted = v != NULL && strcmp(v, "yes") == 0;
	return v == NULL || *wanted || strcmp(v, "no") == 0;
}

/* The port that the address gives for the probe's service, by either word; 0. */
static int
service_port(const struct draft *d, const struct port_rule *rule)
{
	int port = check_target_service(&d->address, rule->service);
	return port != 0 || rule->alias == NULL ? port : check_target_service(&d->address, rule->alias);
}

/* The first number of a list of ports: "ftp=21,telnet=23", "135,139". */
static int
first_port(const char *list)
{
	char digits[8];
	const char *p = list + strcspn(list, "0123456789");
	(void)snprintf(digits, sizeof(digits), "%.*s", (int)strspn(p, "0123456789"), p);
	return check_port_of(digits);
}

static const char *
port_find(struct draft *d, const struct port_rule *rule, const struct check_params *params)
{
	enum { FTPS_PORT = 990 };
	if (rule->param == NULL) {
		d->port = first_port(d->setting);
		return NULL;
	}
	d->port = service_port(d, rule);
	if (d->port == 0 && (rule->port_schemes >> d->address.scheme & 1u) != 0) {
		d->port = d->address.port;
	}
	if (d->port == 0) {
		d->port = d->address.scheme == CHECK_FTPS ? FTPS_PORT : d->probe->port;
		if (!param_port(&d->port, params, rule->param)) {
			return "parameter-malformed";
		}
	}
	return d->port == 0 ? "parameter-missing" : NULL;
}

/* A port that shows that the host is there: asked of the instrument only. */
static bool
control_find(struct draft *d, const struct check_params *params)
{
	d->control = check_target_service(&d->address, "control");
	d->control = d->control != 0 ? d->control : d->address.port;
	if (d->control == 0 && !param_port(&d->control, params, "control-port")) {
		return false;
	}
	d->control = d->control == d->port ? 0 : d->control;
	return true;
}

static const char *
ports_find(struct draft *d, const struct port_rule *rule, const struct check_params *params)
{
	const struct more more = more_of(d->probe);
	if (rule->setting != NULL && !rule->setting_make(d->setting, sizeof(d->setting), param_get(params, rule->setting))) {
		const char *v = param_get(params, rule->setting);
		return more.opt_in && (v == NULL || strcmp(v, "no") == 0) ? "parameter-missing" : "parameter-malformed";
	}
	const char *why = port_find(d, rule, params);
	if (why != NULL) {
		return why;
	}
	bool controlled = strcmp(d->probe->id, "tcp") == 0 || strcmp(d->probe->id, "ports") == 0;
	if (controlled && !control_find(d, params)) {
		return "parameter-malformed";
	}
	if (strcmp(d->probe->id, "nfs") == 0 && !param_yes(&d->nfs_v3, params, "nfs-v3-mnt")) {
		return "parameter-malformed";
	}
	d->passed = more.passed != NULL ? param_get(params, more.passed) : NULL;
	return NULL;
}

/* The boot mode matters to what is asked of the instrument itself; storage and management controllers are the same in every mode. */
static const char *
mode_find(struct draft *d, const struct device *dev, const char *mode)
{
	d->mode = d->probe->role == CHECK_AT_HOST && mode != NULL ? mode : "";
	return d->probe->role == CHECK_AT_HOST && d->mode[0] == '\0' && dev->n_modes > 0 ? "mode-not-stated" : NULL;
}

static void
draft_make(struct draft *d, const struct check *c, const struct device *dev, const char *mode, const struct check_params *params)
{
	d->probe = c->probe != NULL ? check_probe_find(c->probe) : NULL;
	const struct port_rule *rule = d->probe != NULL ? rule_of(d->probe) : NULL;
	if (rule == NULL) { /* nothing to ask: facts, a capture or the reply answer it */
		struct evidence_verdict v;
		check_verdict_without(&v, c, NULL, "");
		const struct evidence_reason *r = check_reason_find(c, v.reason);
		d->why = r != NULL ? r->code : "not-run";
		return;
	}
	const char *const at[] = { [CHECK_AT_HOST] = dev->host, [CHECK_AT_BMC] = dev->bmc, [CHECK_AT_STORAGE] = dev->storage };
	const char *text = at[d->probe->role];
	if (text == NULL || text[strspn(text, " \t")] == '\0') {
		d->why = "no-address";
	} else if (check_target_parse(&d->address, text, NULL) != FP_OK) {
		d->why = "address-malformed";
	} else if ((rule->schemes >> d->address.scheme & 1u) == 0 && service_port(d, rule) == 0) {
		d->why = "other-protocol";
	} else if ((d->why = ports_find(d, rule, params)) == NULL) {
		d->why = mode_find(d, dev, mode);
	}
}

static enum fp_status
job_param(struct check_job *j, const char *name, const char *value, struct fp_err *err)
{
	struct evidence_param *grown = fp_reallocarray(j->params, j->n_params + 1, sizeof(*grown));
	if (grown == NULL) {
		return fp_fail(err, FP_ENOMEM, "no memory for the plan of checks");
	}
	j->params = grown;
	grown[j->n_params] = (struct evidence_param){ fp_strdup(name), fp_strdup(value) };
	j->n_params++;
	const struct evidence_param *made = &grown[j->n_params - 1];
	return made->name != NULL && made->value != NULL ? FP_OK : fp_fail(err, FP_ENOMEM, "no memory for the plan of checks");
}

static const char *
port_text(char text[8], int port)
{
	(void)snprintf(text, 8, "%d", port);
	return text;
}

/* Elsewhere the share is no part of the question: two shares of a server are one job. */
static bool
asks_path(const struct draft *d)
{
	return strcmp(d->probe->id, "nfs") == 0 && d->address.path[0] != '\0';
}

static enum fp_status
job_fill(struct plan_job *pj, const struct draft *d, const char *target, char *key, struct fp_err *err)
{
	char text[8];
	pj->key = key;
	pj->job.probe = d->probe;
	pj->job.target = fp_strdup(target);
	pj->job.mode = fp_strdup(d->mode);
	if (pj->job.target == NULL || pj->job.mode == NULL) {
		return fp_fail(err, FP_ENOMEM, "no memory for the plan of checks");
	}
	enum fp_status st = FP_OK;
	if (strcmp(d->probe->id, "tcp") == 0) {
		st = job_param(&pj->job, "ucs-port", port_text(text, d->port), err);
	}
	if (st == FP_OK && d->control != 0) {
		st = job_param(&pj->job, "control-port", port_text(text, d->control), err);
	}
	if (st == FP_OK && d->setting[0] != '\0') {
		st = job_param(&pj->job, rule_of(d->probe)->setting, d->setting, err);
	}
	if (st == FP_OK && asks_path(d)) {
		st = job_param(&pj->job, "nfs-path", d->address.path, err);
	}
	if (st == FP_OK && d->nfs_v3) {
		st = job_param(&pj->job, "nfs-v3-mnt", "yes", err);
	}
	if (st == FP_OK && d->passed != NULL) {
		st = job_param(&pj->job, more_of(d->probe).passed, d->passed, err);
	}
	return st;
}

/* The job of that draft: the one that is there, or a new one. */
static enum fp_status
job_of(struct check_plan *p, const struct draft *d, size_t *out, struct fp_err *err)
{
	char target[TARGET_TEXT_MAX + 8], hostport[TARGET_TEXT_MAX];
	check_target_text(hostport, sizeof(hostport), d->address.host, d->address.v6, d->port);
	(void)snprintf(target, sizeof(target), "%s%s", strcmp(d->probe->id, "redfish") == 0 ? "https://" : "", hostport);
	char *key = fp_asprintf("%s\x1f%s\x1f%s\x1f%d\x1f%s\x1f%d\x1f%s", d->probe->id, target, d->mode, d->control, d->setting,
	    d->nfs_v3, asks_path(d) ? d->address.path : "");
	if (key == NULL) {
		return fp_fail(err, FP_ENOMEM, "no memory for the plan of checks");
	}
	for (size_t i = p->n_buckets > 0 ? p->buckets[key_hash(key) % p->n_buckets] : 0; i != 0; i = p->jobs[i - 1].next) {
		if (strcmp(p->jobs[i - 1].key, key) == 0) {
			free(key);
			*out = i - 1;
			return FP_OK;
		}
	}
	struct plan_job made = { 0 };
	enum fp_status st = job_fill(&made, d, target, key, err);
	if (st == FP_OK && fp_grow(&p->jobs, &p->cap, p->n + 1, sizeof(*p->jobs)) != 0) {
		st = fp_fail(err, FP_ENOMEM, "no memory for the plan of checks");
	}
	if (st == FP_OK && p->n + 1 > p->n_buckets / 2) {
		st = rehash(p, err);
	}
	if (st != FP_OK) {
		job_free(&made);
		return st;
	}
	size_t at = key_hash(key) % p->n_buckets;
	made.next = p->buckets[at];
	p->jobs[p->n] = made;
	p->buckets[at] = ++p->n;
	*out = p->n - 1;
	return FP_OK;
}

enum fp_status
check_plan_add(struct check_plan *p, const struct check *c, const struct device *d, const char *mode,
    const struct check_params *params, int *job, const char **why, struct fp_err *err)
{
	struct draft draft = { .probe = NULL };
	*job = -1;
	*why = NULL;
	draft_make(&draft, c, d, mode, params);
	if (draft.why != NULL) {
		*why = draft.why;
		return FP_OK;
	}
	size_t at = 0, n = 0;
	if (draft.probe == NULL) {
		return fp_fail(err, FP_EINVAL, "check '%s' has no probe", c->id);
	}
	enum fp_status st = job_of(p, &draft, &at, err);
	if (st == FP_OK) {
		p->jobs[at].checks |= (uint64_t)1 << (c - check_table(&n));
		*job = (int)at;
	}
	return st;
}

/* ---- dry run ---- */

static const char *const wire_names[] = { [CHECK_WIRE_TCP] = "tcp", [CHECK_WIRE_TLS] = "tls", [CHECK_WIRE_UDP] = "udp" };

static void
put_hex(struct fp_buf *out, const uint8_t *p, size_t len)
{
	for (size_t at = 0; at < len; at += 16) {
		size_t n = len - at < 16 ? len - at : 16;
		fp_buf_printf(out, "      %04zx ", at);
		for (size_t i = 0; i < 16; i++) {
			if (i < n) {
				fp_buf_printf(out, " %02x", p[at + i]);
			} else {
				fp_buf_puts(out, "   ");
			}
		}
		fp_buf_puts(out, "  |");
		for (size_t i = 0; i < n; i++) {
			fp_buf_putc(out, isprint(p[at + i]) ? (char)p[at + i] : '.');
		}
		fp_buf_puts(out, "|\n");
	}
}

static enum fp_status
dry_step(struct fp_buf *out, const struct check_job *j, const struct check_ask *ask, const struct evidence_obs *empty,
    struct fp_err *err)
{
	struct check_step s = { 0 };
	enum fp_status st = j->probe->steps->make(&s, ask->number, empty, err);
	if (st != FP_OK) {
		return fp_ctx(err, "question %d of '%s'", ask->number, j->target);
	}
	if (s.port == 0) {
		return FP_OK;
	}
	fp_buf_printf(out, "  %2d %s port %d, %s: %s", s.number, wire_names[s.wire], s.port, ask->when, ask->what);
	if (s.wire == CHECK_WIRE_UDP && s.tries > 1) {
		fp_buf_printf(out, "; up to %d times until answered", s.tries);
	}
	fp_buf_printf(out, "; %zu bytes\n", s.len);
	put_hex(out, s.bytes, s.len);
	return FP_OK;
}

static enum fp_status
dry_job(struct fp_buf *out, const struct plan_job *pj, struct fp_err *err)
{
	const struct check_job *j = &pj->job;
	const struct check_budget *b = &j->probe->budget;
	size_t n = 0;
	const struct check *table = check_table(&n);
	/* A transcript with nothing in it but who is asked: the generator is pure, so it cannot tell the difference. */
	struct evidence_obs empty = { .probe = NULL, .target = j->target, .params = j->params, .n_params = j->n_params };
	fp_buf_printf(out, "%s %s", j->probe->id, j->target);
	if (j->mode[0] != '\0') {
		fp_buf_printf(out, " in mode %s", j->mode);
	}
	fp_buf_puts(out, " for");
	for (size_t i = 0; i < n && i < 64; i++) {
		if (pj->checks >> i & 1u) {
			fp_buf_printf(out, " %s", table[i].id);
		}
	}
	fp_buf_printf(
	    out, ": at most %d connections, %d packets with content, %d s\n", b->connections, b->packets, b->deadline_ms / 1000);
	for (const struct check_ask *a = j->probe->steps->asks; a->number != 0; a++) {
		enum fp_status st = dry_step(out, j, a, &empty, err);
		if (st != FP_OK) {
			return st;
		}
	}
	return FP_OK;
}

enum fp_status
check_plan_dry_run(struct fp_buf *out, const struct check_plan *p, struct fp_err *err)
{
	for (size_t i = 0; i < p->n; i++) {
		enum fp_status st = dry_job(out, &p->jobs[i], err);
		if (st != FP_OK) {
			return st;
		}
	}
	return fp_buf_check(out, "the dry run", err);
}
