/* BMC-1's second way: which of the ports that management controllers usually have open accept a connection from here? Nothing is sent. */
#include <string.h>

#include "check/probe.h"
#include "check/target.h"

/* HTTPS, HTTP, SSH, telnet, VNC, AMI's remote media (5120-5124) and AMI's remote console. The first is taken from the device's address. */
#define BMC_PORTS "443,80,22,23,5900,5120-5124,7578"
#define WAIT_MS 950

#define NEXT(i)                                                                                                                  \
	{                                                                                                                        \
		i, "connect to the next port of the list, send nothing, close", "when the list has so many"                      \
	}

static const struct check_ask asks[] = {
	{ 1, "connect to the first port of the list, send nothing, close", "always" },
	NEXT(2),
	NEXT(3),
	NEXT(4),
	NEXT(5),
	NEXT(6),
	NEXT(7),
	NEXT(8),
	NEXT(9),
	NEXT(10),
	NEXT(11),
	NEXT(12),
	NEXT(13),
	NEXT(14),
	NEXT(15),
	NEXT(16),
	{ 0, NULL, NULL },
};

bool
check_bmc_ports_make(char *out, size_t size, const char *value)
{
	int ports[CHECK_PORTS_MAX];
	int n = snprintf(out, size, "%s", value != NULL ? value : "");
	return value == NULL || (n >= 0 && (size_t)n < size && check_ports_parse(ports, value) > 0);
}

/* The ports of this job: the operator's list as it is, or ours with the address's own HTTPS port in the first place. */
static size_t
ports_of(int ports[CHECK_PORTS_MAX], const struct evidence_obs *obs)
{
	char host[CHECK_HOST_MAX];
	size_t n = 0;
	const char *own = evidence_obs_param_get(obs, "bmc-ports");
	if (own != NULL) {
		return check_ports_parse(ports, own);
	}
	n = check_ports_parse(ports, BMC_PORTS);
	if (!check_target_split(host, sizeof(host), &ports[0], obs->target)) {
		return 0;
	}
	for (size_t i = 1; i < n; i++) { /* named twice is asked once */
		if (ports[i] == ports[0]) {
			memmove(&ports[i], &ports[i + 1], (n - i - 1) * sizeof(*ports));
			n--;
		}
	}
	return n;
}

static int
bmc_ports_next(const struct evidence_obs *obs)
{
	int ports[CHECK_PORTS_MAX];
	size_t n = ports_of(ports, obs);
	for (int q = 1; q <= (int)n; q++) {
		if (!check_asked(obs, q)) {
			return q;
		}
		enum check_end e = check_end_of(obs, q);
		if (e == CHECK_END_NO_NAME || e == CHECK_END_OWN || e == CHECK_END_LIMIT) {
			return 0;
		}
	}
	return 0;
}

static enum fp_status
bmc_ports_make(struct check_step *out, int number, const struct evidence_obs *obs, struct fp_err *err)
{
	int ports[CHECK_PORTS_MAX] = { 0 };
	size_t n = ports_of(ports, obs);
	*out = (struct check_step){ .number = number, .wire = CHECK_WIRE_TCP, .connect_ms = WAIT_MS };
	if (n == 0) {
		return fp_fail(err, FP_EINVAL, "'%s' is no address of a management controller", obs->target);
	}
	out->port =
	    number >= 1 && (size_t)number <= n ? ports[number - 1] : 0; /* 0: the list is shorter, the question does not exist */
	return FP_OK;
}

const struct check_steps check_bmc_ports_steps = { asks, bmc_ports_next, bmc_ports_make };

/* ---- the judge ---- */

static const char *
param_of(const struct evidence_obs *obs, const char *name)
{
	const char *v = evidence_obs_param_get(obs, name);
	return v != NULL ? v : "";
}

/* There is no pass: what is closed or silent here may be open from elsewhere, on other ports, or over UDP. */
void
check_bmc_ports_judge(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	int ports[CHECK_PORTS_MAX];
	char open[120] = "", detail[200];
	size_t n = ports_of(ports, obs), at = 0, asked = 0, refused = 0;
	for (size_t i = 0; i < n; i++) {
		enum check_end e = check_end_of(obs, (int)i + 1);
		asked += e != CHECK_END_NOT_ASKED;
		refused += e == CHECK_END_REFUSED;
		if ((e == CHECK_END_OPEN || e == CHECK_END_CLOSED) && at < sizeof(open)) {
			int w = snprintf(open + at, sizeof(open) - at, "%s%d", at > 0 ? ", " : "", ports[i]);
			at += w > 0 ? (size_t)w : 0;
		}
	}
	const char *vantage = obs->vantage != NULL ? obs->vantage : "", *managed = param_of(obs, "bmc-vantage");
	const char *reason = check_trouble(detail, sizeof(detail), obs, 1);
	if (open[0] != '\0') {
		/* From the network that the controllers live in, an answer is as it should be; from a place that nobody named, who can tell? */
		bool own = strcmp(vantage, CHECK_VANTAGE_UNSTATED) == 0 || (managed[0] != '\0' && strcmp(managed, vantage) == 0);
		check_say(out, own ? "answers-here" : "reachable", "open from vantage '%.60s': %s", vantage, open);
	} else if (refused > 0) {
		check_say(
		    out, "host-there", "%zu of %zu ports refused, none open, from vantage '%.60s'", refused, asked, vantage);
	} else if (asked > 1) {
		check_say(
		    out, reason != NULL ? reason : "no-answer", "no answer in %zu tries from vantage '%.60s'", asked, vantage);
	} else {
		check_say(out, reason != NULL ? reason : "not-asked", "%s", detail);
	}
}

const struct evidence_reason check_bmc_ports_reasons[] = {
	{ "reachable", EVIDENCE_FAIL,
	    N_("The management controller accepts connections from this place. Only the management network should reach it; "
	       "where this "
	       "place is in that network, say so with the parameter bmc-vantage."),
	    "" },
	{ "answers-here", EVIDENCE_INFORMATIONAL,
	    N_("The management controller answers here. If this place belongs to the laboratory's network, that is a finding."),
	    "" },
	{ "host-there", EVIDENCE_UNKNOWN,
	    N_("Something at this address refuses connections on these ports. The controller can be reached from here; others of "
	       "its ports may "
	       "be open."),
	    "host-facts-ipmi" },
	CHECK_TROUBLES,
	{ NULL, EVIDENCE_UNKNOWN, NULL, NULL },
};
