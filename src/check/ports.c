/* FW-2: is the firewall effective, seen from here? A short list of ports is connected to, one after the other; nothing is sent. */
#include <stdlib.h>
#include <string.h>

#include "check/probe.h"
#include "check/target.h"

enum { Q_FIRST = 1, PORTS_MAX = 16, Q_CONTROL = 20 };

/*
 * What Windows offers to a network when nothing stops it (RPC 135, NetBIOS 139, SMB 445, Remote Desktop 3389, device discovery 5357,
 * WinRM 5985) and what is often put beside it (SSH 22, HTTP 80, VNC 5900).
 */
static const char default_ports[] = "135,139,445,3389,5357,5985,22,80,5900";

#define ASK(n)                                                                                                                   \
	{                                                                                                                        \
		n, "connect to the next port of the list, send nothing, close", "when the list has so many ports"                \
	}
static const struct check_ask asks[] = {
	{ Q_FIRST, "connect to the first port of the list, send nothing, close", "always" },
	ASK(2),
	ASK(3),
	ASK(4),
	ASK(5),
	ASK(6),
	ASK(7),
	ASK(8),
	ASK(9),
	ASK(10),
	ASK(11),
	ASK(12),
	ASK(13),
	ASK(14),
	ASK(15),
	ASK(16),
	{ Q_CONTROL, "connect to a port known to be open, send nothing, close",
	    "when the host did not answer on any port of the list and a control port is known" },
	{ 0, NULL, NULL },
};

/* Ports between commas, each once; their number, 0 when the list cannot be read. */
static size_t
ports_read(int ports[PORTS_MAX], const char *s)
{
	size_t n = 0;
	while (s != NULL && *s != '\0') {
		size_t len = strcspn(s, ",");
		char digits[8];
		(void)snprintf(digits, sizeof(digits), "%.*s", (int)(len < 7 ? len : 7), s);
		int port = check_port_of(digits);
		for (size_t i = 0; i < n; i++) {
			port = ports[i] == port ? 0 : port;
		}
		if (port == 0 || len > 5 || n == PORTS_MAX || (s[len] == ',' && s[len + 1] == '\0')) {
			return 0;
		}
		ports[n++] = port;
		s += len + (s[len] == ',');
	}
	return n;
}

bool
check_fw_ports_make(char *out, size_t size, const char *value)
{
	int ports[PORTS_MAX];
	const char *list = value != NULL ? value : default_ports;
	return ports_read(ports, list) > 0 && (size_t)snprintf(out, size, "%s", list) < size;
}

static size_t
ports_of(int ports[PORTS_MAX], const struct evidence_obs *obs)
{
	const char *list = evidence_obs_param_get(obs, "fw-ports");
	size_t n = ports_read(ports, list != NULL ? list : default_ports);
	return n > 0 ? n : ports_read(ports, default_ports);
}

static int
control_port(const struct evidence_obs *obs)
{
	return check_port_of(evidence_obs_param_get(obs, "control-port"));
}

/* A word of the host itself: it accepted, or it refused. */
static bool
spoke(const struct evidence_obs *obs, int question)
{
	enum check_end e = check_end_of(obs, question);
	return e == CHECK_END_OPEN || e == CHECK_END_CLOSED || e == CHECK_END_REFUSED;
}

static int
ports_next(const struct evidence_obs *obs)
{
	int ports[PORTS_MAX];
	size_t n = ports_of(ports, obs);
	bool there = false;
	enum check_end first = check_end_of(obs, Q_FIRST);
	if (first == CHECK_END_NO_NAME || first == CHECK_END_OWN) {
		return 0;
	}
	for (size_t i = 0; i < n; i++) {
		int q = Q_FIRST + (int)i;
		if (!check_asked(obs, q)) {
			return q;
		}
		there = there || spoke(obs, q);
	}
	return !there && control_port(obs) != 0 && !check_asked(obs, Q_CONTROL) ? Q_CONTROL : 0;
}

static enum fp_status
ports_make(struct check_step *out, int number, const struct evidence_obs *obs, struct fp_err *err)
{
	char host[CHECK_HOST_MAX];
	int ports[PORTS_MAX];
	size_t n = ports_of(ports, obs);
	*out = (struct check_step){ .number = number, .wire = CHECK_WIRE_TCP, .connect_ms = 1000 };
	if (!check_target_split(host, sizeof(host), &out->port, obs->target)) {
		return fp_fail(err, FP_EINVAL, "'%s' is no address of a host", obs->target);
	}
	out->port = number == Q_CONTROL ? control_port(obs) : number >= 1 && (size_t)number <= n ? ports[number - 1] : 0;
	return FP_OK;
}

const struct check_steps check_ports_steps = { asks, ports_next, ports_make };

/* ---- the judge ---- */

struct lists {
	char open[100], refused[100], silent[100];
	size_t n_open, n_refused, n_silent;
	const char *trouble; /* of the first question that no list takes */
	char detail[160];
};

static void
list_add(char list[100], size_t *n, int port)
{
	size_t used = strlen(list);
	(void)snprintf(list + used, 100 - used, "%s%d", used > 0 ? ", " : "", port);
	++*n;
}

static void
lists_make(struct lists *l, const struct evidence_obs *obs)
{
	int ports[PORTS_MAX];
	size_t n = ports_of(ports, obs);
	memset(l, 0, sizeof(*l));
	for (size_t i = 0; i < n; i++) {
		int q = Q_FIRST + (int)i;
		switch (check_end_of(obs, q)) {
		case CHECK_END_OPEN:
		case CHECK_END_CLOSED:
			list_add(l->open, &l->n_open, ports[i]);
			break;
		case CHECK_END_REFUSED:
			list_add(l->refused, &l->n_refused, ports[i]);
			break;
		case CHECK_END_NO_ANSWER:
		case CHECK_END_REJECTED: /* a filter's word; who filters does not show, as with silence */
		case CHECK_END_UNREACHABLE:
			list_add(l->silent, &l->n_silent, ports[i]);
			break;
		default:
			if (l->trouble == NULL) {
				l->trouble = check_trouble(l->detail, sizeof(l->detail), obs, q);
			}
			break;
		}
	}
}

void
check_fw2_judge(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	char detail[200];
	struct lists l;
	lists_make(&l, obs);
	bool control = spoke(obs, Q_CONTROL);
	if (l.n_open > 0) {
		check_say(out, "ports-open", "open: %s", l.open);
	} else if (l.trouble != NULL) {
		check_say(out, l.trouble, "%s", l.detail);
	} else if (l.n_silent == 0) {
		check_say(out, "ports-refused", "refused: %s", l.refused);
	} else if (l.n_refused > 0) {
		check_say(out, "ports-filtered", "filtered: %s; refused: %s", l.silent, l.refused);
	} else if (control) {
		check_say(out, "ports-filtered", "filtered: %s; port %d of the same host answered", l.silent, control_port(obs));
	} else {
		/* REQ law-2: a device that is off looks the same. */
		const char *trouble = check_trouble(detail, sizeof(detail), obs, Q_FIRST);
		check_say(out, trouble != NULL ? trouble : "no-answer", "silent: %s; no port of this host answered", l.silent);
	}
}

const struct evidence_reason check_fw2_reasons[] = {
	{ "ports-filtered", EVIDENCE_PASS,
	    N_("The host is there, and the ports of the list are filtered or closed, seen from here."), "host-facts-firewall" },
	{ "ports-refused", EVIDENCE_PASS,
	    N_("The host refuses connections to every port of the list. Whether a firewall does it, or nothing listens, does not "
	       "show."),
	    "host-facts-firewall" },
	{ "ports-open", EVIDENCE_FAIL, N_("Ports of the list can be reached from here."), "" },
	CHECK_TROUBLES,
	{ NULL, EVIDENCE_UNKNOWN, NULL, NULL },
};
