/* UCS-1: is the port of the copy service open, and if it is silent, is anybody there at all? */
#include "check/probe.h"

#include <string.h>

#include "check/target.h"

enum { Q_PORT = 1, Q_CONTROL = 2 };

static const struct check_ask asks[] = {
	{ Q_PORT, "connect to the copy service's port, send nothing, close", "always" },
	{ Q_CONTROL, "connect to a port known to be open, send nothing, close",
	    "when the first stays silent and a control port is known" },
	{ 0, NULL, NULL },
};

static int
control_port(const struct evidence_obs *obs)
{
	for (size_t i = 0; i < obs->n_params; i++) {
		if (strcmp(obs->params[i].name, "control-port") == 0) {
			return check_port_of(obs->params[i].value);
		}
	}
	return 0;
}

/* A closed port is its own positive control: only a host that is there refuses. */
static int
tcp_next(const struct evidence_obs *obs)
{
	if (!check_asked(obs, Q_PORT)) {
		return Q_PORT;
	}
	enum check_end e = check_end_of(obs, Q_PORT);
	bool quiet = e == CHECK_END_NO_ANSWER || e == CHECK_END_REJECTED || e == CHECK_END_UNREACHABLE;
	return quiet && control_port(obs) != 0 && !check_asked(obs, Q_CONTROL) ? Q_CONTROL : 0;
}

static enum fp_status
tcp_make(struct check_step *out, int number, const struct evidence_obs *obs, struct fp_err *err)
{
	char host[CHECK_HOST_MAX];
	*out = (struct check_step){ .number = number, .wire = CHECK_WIRE_TCP, .connect_ms = number == Q_PORT ? 3000 : 1000 };
	if (!check_target_split(host, sizeof(host), &out->port, obs->target)) {
		return fp_fail(err, FP_EINVAL, "'%s' is no address of a TCP port", obs->target);
	}
	if (number == Q_CONTROL) {
		out->port = control_port(obs);
	}
	return FP_OK;
}

const struct check_steps check_tcp_steps = { asks, tcp_next, tcp_make };

void
check_ucs1_judge(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	char detail[200];
	const char *trouble = check_trouble(detail, sizeof(detail), obs, Q_PORT);
	enum check_end end = check_end_of(obs, Q_PORT), control = check_end_of(obs, Q_CONTROL);
	switch (end) {
	case CHECK_END_OPEN:
	case CHECK_END_CLOSED: /* accepted, and hung up at once: somebody listens */
		check_say(out, "port-open", "%s accepted a connection", obs->target);
		break;
	case CHECK_END_REFUSED:
		check_say(out, "port-refused", "%s refused the connection: the host is there, the port is closed", obs->target);
		break;
	case CHECK_END_NO_ANSWER:
		if (control == CHECK_END_OPEN || control == CHECK_END_CLOSED || control == CHECK_END_REFUSED) {
			check_say(out, "filtered", "%s stayed silent, port %d of the same host answered", obs->target,
			    control_port(obs));
			break;
		}
		check_say(out, trouble, "%s", detail);
		break;
	default:
		/* REQ law-2: nothing else is a word of the host about this port. */
		check_say(out, trouble != NULL ? trouble : "not-the-protocol", "%s", detail);
		break;
	}
}

const struct evidence_reason check_ucs1_reasons[] = {
	{ "port-refused", EVIDENCE_PASS,
	    N_("The host refuses connections to the copy service's port. Installed patch, stopped service and a rejecting filter "
	       "look the same."),
	    "host-facts-listener" },
	{ "port-open", EVIDENCE_FAIL, N_("Something accepts connections on the copy service's port."), "" },
	{ "filtered", EVIDENCE_UNKNOWN,
	    N_("The host is there, but the port stays silent: a filter drops the question. Whether the device itself is "
	       "corrected does not show."),
	    "host-facts-listener" },
	CHECK_TROUBLES,
	{ NULL, EVIDENCE_UNKNOWN, NULL, NULL },
};
