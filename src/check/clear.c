/*
 * CLR-1: does the storage's host offer a protocol that carries names, passwords or data in the clear? A fixed list of ports is asked, each with the
 * least that tells: connect, listen, or one standard question. No name is sent, no file that exists is asked for.
 */
#include "check/clear.h"

#include <stdlib.h>
#include <string.h>

#include "check/target.h"

enum {
	Q_FTP = 1,
	Q_FTP_TLS = 2,
	Q_TELNET = 3,
	Q_HTTP = 4,
	Q_EXEC = 5,
	Q_LOGIN = 6,
	Q_SHELL = 7,
	Q_RSYNC = 8,
	Q_VNC = 9,
	Q_VNC_TYPES = 10,
	Q_TFTP = 11
};

static const struct check_ask asks[] = {
	{ Q_FTP, "connect to FTP, send nothing, read the greeting", "always" },
	{ Q_FTP_TLS, "AUTH TLS over the same connection", "when FTP greeted" },
	{ Q_TELNET, "connect to Telnet, send nothing, read what it says", "when the name resolves" },
	{ Q_HTTP, "HEAD /", "when the name resolves" },
	{ Q_EXEC, "connect to rexec, send nothing, close", "when the name resolves" },
	{ Q_LOGIN, "connect to rlogin, send nothing, close", "when the name resolves" },
	{ Q_SHELL, "connect to rsh, send nothing, close", "when the name resolves" },
	{ Q_RSYNC, "connect to the rsync daemon, send nothing, read the greeting", "when the name resolves" },
	{ Q_VNC, "connect to VNC, send nothing, read the version", "when the name resolves" },
	{ Q_VNC_TYPES, "our version over the same connection; the security types are read", "when VNC said its version" },
	{ Q_TFTP, "TFTP read request for a file that does not exist", "when the name resolves" },
	{ 0, NULL, NULL },
};

/* The services, in the order of asking; the first question of each opens its port. */
static const struct service {
	const char *name; /* in the setting clear-ports, and in the detail */
	int port, question;
} services[] = {
	{ "ftp", 21, Q_FTP },
	{ "telnet", 23, Q_TELNET },
	{ "http", 80, Q_HTTP },
	{ "exec", 512, Q_EXEC },
	{ "login", 513, Q_LOGIN },
	{ "shell", 514, Q_SHELL },
	{ "rsync", 873, Q_RSYNC },
	{ "vnc", 5900, Q_VNC },
	{ "tftp", 69, Q_TFTP },
};
#define TFTP_SERVICE (FP_COUNT(services) - 1)

/* ---- the ports ---- */

/* Sets ports[] from "ftp=2121,vnc=5901"; each service at most once. */
static bool
ports_read(int ports[FP_COUNT(services)], const char *s)
{
	bool seen[FP_COUNT(services)] = { false };
	for (size_t i = 0; i < FP_COUNT(services); i++) {
		ports[i] = services[i].port;
	}
	while (s != NULL && *s != '\0') {
		size_t n = strcspn(s, ","), name = strcspn(s, "="), at = 0;
		char digits[8];
		while (
		    at < FP_COUNT(services) && (strlen(services[at].name) != name || strncmp(services[at].name, s, name) != 0)) {
			at++;
		}
		if (at == FP_COUNT(services) || name >= n || n - name - 1 >= sizeof(digits) || seen[at]) {
			return false;
		}
		(void)snprintf(digits, sizeof(digits), "%.*s", (int)(n - name - 1), s + name + 1);
		ports[at] = check_port_of(digits);
		seen[at] = true;
		if (ports[at] == 0 || (s[n] == ',' && s[n + 1] == '\0')) {
			return false;
		}
		s += n + (s[n] == ',');
	}
	return true;
}

bool
check_clear_ports_make(char *out, size_t size, const char *value)
{
	int ports[FP_COUNT(services)];
	size_t used = 0;
	if (!ports_read(ports, value)) {
		return false;
	}
	for (size_t i = 0; i < FP_COUNT(services) && used < size; i++) {
		used += (size_t)snprintf(out + used, size - used, "%s%s=%d", i > 0 ? "," : "", services[i].name, ports[i]);
	}
	return used < size;
}

static int
port_of(const struct evidence_obs *obs, size_t service)
{
	int ports[FP_COUNT(services)];
	return ports_read(ports, evidence_obs_param_get(obs, "clear-ports")) ? ports[service] : services[service].port;
}

static size_t
service_of(int question)
{
	int first = question == Q_FTP_TLS ? Q_FTP : question == Q_VNC_TYPES ? Q_VNC : question;
	for (size_t i = 0; i < FP_COUNT(services); i++) {
		if (services[i].question == first) {
			return i;
		}
	}
	return 0;
}

/* ---- the probe ---- */

static enum check_frame
frame_greeting(const uint8_t *p, size_t len)
{
	int code = 0;
	size_t used = 0;
	return clear_ftp_read(&code, &used, p, len);
}

static enum check_frame
frame_ftp(const uint8_t *p, size_t len)
{
	int code = 0;
	return clear_ftp_answer(&code, p, len);
}

static enum check_frame
frame_any(const uint8_t *p, size_t len)
{
	(void)p;
	return len > 0 ? CHECK_FRAME_WHOLE : CHECK_FRAME_MORE;
}

static enum check_frame
frame_http(const uint8_t *p, size_t len)
{
	int status = 0;
	bool away = false;
	return clear_http_read(&status, &away, p, len);
}

static enum check_frame
frame_line(const uint8_t *p, size_t len)
{
	return len > 0 && memchr(p, '\n', len) != NULL ? CHECK_FRAME_WHOLE : len < 1024 ? CHECK_FRAME_MORE : CHECK_FRAME_BROKEN;
}

static enum check_frame
frame_version(const uint8_t *p, size_t len)
{
	int minor = 0;
	return clear_rfb_version(&minor, p, len);
}

/* Our version stands in the request; the list's form hangs on it. */
static enum check_frame
frame_types(const struct check_step *s, const uint8_t *p, size_t len)
{
	bool clear = false, unclear = false;
	size_t n = 0;
	return clear_rfb_types(&clear, &unclear, &n, s->len == 12 ? s->bytes[10] - '0' : 8, p, len);
}

static bool
tftp_answers(const struct check_step *s, const uint8_t *p, size_t len)
{
	(void)s;
	return clear_tftp_answers(p, len);
}

static const struct question {
	int number;
	const char *bytes; /* NULL: none */
	size_t len;
	enum check_frame (*frame)(const uint8_t *p, size_t len); /* NULL without bytes: only connect */
	bool keep, again;
} questions[] = {
	{ Q_FTP, NULL, 0, frame_greeting, true, false },
	{ Q_FTP_TLS, "AUTH TLS\r\n", 10, frame_ftp, false, true },
	{ Q_TELNET, NULL, 0, frame_any, false, false },
	{ Q_HTTP, NULL, 0, frame_http, false, false }, /* its bytes hold the host's name */
	{ Q_EXEC, NULL, 0, NULL, false, false },
	{ Q_LOGIN, NULL, 0, NULL, false, false },
	{ Q_SHELL, NULL, 0, NULL, false, false },
	{ Q_RSYNC, NULL, 0, frame_line, false, false },
	{ Q_VNC, NULL, 0, frame_version, true, false },
	{ Q_VNC_TYPES, "RFB 003.008\n", 12, frame_any, false, true },
	/* No server has such a file; the name says who asks. */
	{ Q_TFTP, "\0\1fieldproof-no-such-file\0octet", 32, NULL, false, false },
};

static int
ftp_greeting(const struct evidence_obs *obs)
{
	size_t len = 0, used = 0;
	int code = 0;
	const uint8_t *p = check_reply(obs, Q_FTP, &len);
	return clear_ftp_read(&code, &used, p, len) == CHECK_FRAME_WHOLE && check_end_of(obs, Q_FTP) == CHECK_END_BYTES ? code
															: 0;
}

static int
vnc_minor(const struct evidence_obs *obs)
{
	size_t len = 0;
	int minor = 0;
	const uint8_t *p = check_reply(obs, Q_VNC, &len);
	return clear_rfb_version(&minor, p, len) == CHECK_FRAME_WHOLE && check_end_of(obs, Q_VNC) == CHECK_END_BYTES ? minor : 0;
}

/* Then every other question would end the same way. "Unreachable" may be a filter's word about this one port. */
static bool
hopeless(const struct evidence_obs *obs)
{
	enum check_end e = check_end_of(obs, Q_FTP);
	return e == CHECK_END_NO_NAME || e == CHECK_END_OWN;
}

static int
clear_next(const struct evidence_obs *obs)
{
	for (size_t i = 0; i < FP_COUNT(questions); i++) {
		int q = questions[i].number;
		if ((q == Q_FTP_TLS && ftp_greeting(obs) != 220) || (q == Q_VNC_TYPES && vnc_minor(obs) == 0)) {
			continue;
		}
		if (!check_asked(obs, q)) {
			return i > 0 && hopeless(obs) ? 0 : q;
		}
	}
	return 0;
}

/* The host as an HTTP client names it; a zone is this computer's own affair. */
static enum fp_status
http_make(struct check_step *out, const char *host, int port, struct fp_err *err)
{
	char authority[CHECK_HOST_MAX + 16], bare[CHECK_HOST_MAX];
	(void)snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(host, "%"), host);
	check_target_text(authority, sizeof(authority), bare, strchr(bare, ':') != NULL, port);
	int n = snprintf((char *)out->bytes, sizeof(out->bytes),
	    "HEAD / HTTP/1.1\r\nHost: %s\r\nUser-Agent: fieldproof\r\nConnection: close\r\n\r\n", authority);
	if (n < 0 || (size_t)n >= sizeof(out->bytes)) {
		return fp_fail(err, FP_ELIMIT, "request to '%s' of %d bytes; at most %zu", host, n, sizeof(out->bytes));
	}
	out->len = (size_t)n;
	return FP_OK;
}

static enum fp_status
clear_make(struct check_step *out, int number, const struct evidence_obs *obs, struct fp_err *err)
{
	char host[CHECK_HOST_MAX];
	*out = (struct check_step){ .number = number, .wire = CHECK_WIRE_TCP, .connect_ms = 1500, .wait_ms = 3000 };
	if (number < Q_FTP || number > Q_TFTP || !check_target_split(host, sizeof(host), &out->port, obs->target)) {
		return fp_fail(err, FP_EINVAL, "'%s' is no address of a host", obs->target);
	}
	const struct question *q = &questions[number - 1];
	out->port = port_of(obs, service_of(number));
	out->frame = q->frame;
	out->keep = q->keep;
	out->again = q->again;
	out->max_reply = CLEAR_REPLY_MAX;
	if (number == Q_HTTP) {
		return http_make(out, host, out->port, err);
	}
	if (q->len > 0) {
		memcpy(out->bytes, q->bytes, q->len);
		out->len = q->len;
	}
	if (number == Q_VNC_TYPES) {
		out->frame_of = frame_types;
		out->bytes[10] = (uint8_t)('0' + (vnc_minor(obs) != 0 ? vnc_minor(obs) : 8));
	} else if (number == Q_TFTP) {
		out->wire = CHECK_WIRE_UDP;
		out->any_port = true;
		out->tries = 2;
		out->wait_ms = 1000;
		out->answers = tftp_answers;
	}
	return FP_OK;
}

const struct check_steps check_clear_steps = { asks, clear_next, clear_make };

/* ---- what became of each service ---- */

enum state {
	CLOSED,    /* the host itself refuses */
	PROTECTED, /* it speaks, and only of protection */
	REDIRECTS, /* HTTP that says no more than: come by https */
	SILENT,    /* TFTP without an answer: decides nothing */
	FILTERED,  /* no word of the host about this port */
	UNCLEAR,   /* open, and not seen what for */
	FTP_TLS,   /* FTP that offers TLS; whether it asks for it does not show */
	CLEAR
};

struct found {
	enum state state;
	const char *why;    /* in the detail */
	const char *reason; /* FILTERED: what the network said */
};

static bool
is_ssh(const uint8_t *p, size_t len)
{
	return len >= 4 && memcmp(p, "SSH-", 4) == 0;
}

static struct found
found_ftp(const struct evidence_obs *obs)
{
	/* RFC 4217, 4 and RFC 2228: how a server says that it has no TLS, or not before log-on. */
	static const int no[] = { 500, 501, 502, 503, 504, 530, 534 };
	size_t len = 0;
	int code = 0;
	if (ftp_greeting(obs) != 220) {
		const uint8_t *first = check_reply(obs, Q_FTP, &len);
		return is_ssh(first, len) ? (struct found){ PROTECTED, "is SSH", NULL }
					  : (struct found){ UNCLEAR, "gave no greeting of FTP", NULL };
	}
	const uint8_t *p = check_reply(obs, Q_FTP_TLS, &len);
	if (p == NULL || clear_ftp_answer(&code, p, len) != CHECK_FRAME_WHOLE) {
		return (struct found){ UNCLEAR, "did not answer AUTH TLS", NULL };
	}
	for (size_t i = 0; i < FP_COUNT(no); i++) {
		if (code == no[i]) {
			return (struct found){ CLEAR, "has no TLS", NULL };
		}
	}
	return code == 234 ? (struct found){ FTP_TLS, "offers TLS", NULL }
			   : (struct found){ UNCLEAR, "did not say whether it has TLS", NULL };
}

static struct found
found_telnet(const struct evidence_obs *obs)
{
	size_t len = 0;
	const uint8_t *p = check_reply(obs, Q_TELNET, &len);
	if (p == NULL) {
		return (struct found){ UNCLEAR, "said nothing", NULL };
	}
	return is_ssh(p, len) ? (struct found){ PROTECTED, "is SSH", NULL } : (struct found){ CLEAR, "speaks", NULL };
}

static struct found
found_http(const struct evidence_obs *obs)
{
	size_t len = 0;
	int status = 0;
	bool away = false;
	const uint8_t *p = check_reply(obs, Q_HTTP, &len);
	if (p == NULL || clear_http_read(&status, &away, p, len) != CHECK_FRAME_WHOLE) {
		return (struct found){ UNCLEAR, "gave no answer of HTTP", NULL };
	}
	if (away) {
		return (struct found){ REDIRECTS, "only sends to https", NULL };
	}
	/* 400: also what a server says whose port wants TLS; the others mean that nothing is served now, or not to us. */
	bool odd = status < 200 || status == 400 || status == 421 || status == 426 || status >= 500;
	return odd ? (struct found){ UNCLEAR, "gave an error of HTTP", NULL } : (struct found){ CLEAR, "answers HTTP", NULL };
}

static struct found
found_rsync(const struct evidence_obs *obs)
{
	size_t len = 0;
	const uint8_t *p = check_reply(obs, Q_RSYNC, &len);
	bool greets = p != NULL && len >= 8 && memcmp(p, "@RSYNCD:", 8) == 0;
	return greets ? (struct found){ CLEAR, "greets", NULL } : (struct found){ UNCLEAR, "gave no greeting of rsync", NULL };
}

static struct found
found_vnc(const struct evidence_obs *obs)
{
	size_t len = 0, n = 0;
	bool clear = false, unclear = false;
	const struct evidence_event *sent = check_event(obs, Q_VNC_TYPES, EVIDENCE_SENT);
	const uint8_t *p = check_reply(obs, Q_VNC_TYPES, &len);
	int minor = sent != NULL && sent->len == 12 ? sent->bytes[10] - '0' : vnc_minor(obs);
	if (minor == 0 || p == NULL || clear_rfb_types(&clear, &unclear, &n, minor, p, len) != CHECK_FRAME_WHOLE || n == 0) {
		return (struct found){ UNCLEAR, "did not tell its security types", NULL };
	}
	return clear     ? (struct found){ CLEAR, "has a type without encryption", NULL }
	       : unclear ? (struct found){ UNCLEAR, "has a type that may be without encryption", NULL }
			 : (struct found){ PROTECTED, "has only types with encryption", NULL };
}

static struct found
found_rcommand(const struct evidence_obs *obs)
{
	(void)obs;
	return (struct found){ CLEAR, "is open", NULL };
}

static struct found
found_tftp(const struct evidence_obs *obs)
{
	size_t len = 0;
	const uint8_t *p = check_reply(obs, Q_TFTP, &len);
	bool answered = p != NULL && clear_tftp_answers(p, len);
	return answered ? (struct found){ CLEAR, "answers", NULL } : (struct found){ SILENT, "silent", NULL };
}

static struct found
found_of(const struct evidence_obs *obs, size_t service)
{
	static struct found (*const readers[])(const struct evidence_obs *) = { found_ftp, found_telnet, found_http,
		found_rcommand, found_rcommand, found_rcommand, found_rsync, found_vnc, found_tftp };
	char unused[200];
	int q = services[service].question;
	const char *trouble = check_trouble(unused, sizeof(unused), obs, q);
	switch (check_end_of(obs, q)) {
	case CHECK_END_REFUSED:
		return (struct found){ CLOSED, "closed", NULL };
	case CHECK_END_NO_ANSWER:
	case CHECK_END_REJECTED:
	case CHECK_END_UNREACHABLE:
	case CHECK_END_NO_NAME:
	case CHECK_END_OWN:
	case CHECK_END_NOT_ASKED:
	case CHECK_END_TLS:
		return (struct found){ service == TFTP_SERVICE ? SILENT : FILTERED, "not seen", trouble };
	case CHECK_END_LIMIT:
		if (check_event(obs, q, EVIDENCE_CONNECTED) == NULL && service != TFTP_SERVICE) {
			return (struct found){ FILTERED, "not asked to the end", trouble };
		}
		break;
	default:
		break;
	}
	return readers[service](obs);
}

/* ---- the judge ---- */

/* "ftp 21 has no TLS, telnet 23 speaks": the services in one of these states. */
static void
list_put(char *out, size_t size, const struct evidence_obs *obs, const struct found *found, unsigned states)
{
	size_t used = strlen(out);
	for (size_t i = 0; i < FP_COUNT(services) && used < size; i++) {
		if ((states >> found[i].state & 1u) != 0) {
			used += (size_t)snprintf(out + used, size - used, "%s%s %d %s", used > 0 ? ", " : "", services[i].name,
			    port_of(obs, i), found[i].why);
		}
	}
}

void
check_clr1_judge(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	/* In this order: what decides first. */
	static const struct {
		enum state state;
		const char *reason;
	} order[] = {
		{ CLEAR, "clear-text-offered" },
		{ UNCLEAR, "open-unclear" },
		{ FTP_TLS, "ftp-tls-offered" },
		{ FILTERED, "filtered" },
		{ REDIRECTS, "only-redirect" },
	};
	struct found found[FP_COUNT(services)];
	char detail[200] = "";
	unsigned seen = 0;
	for (size_t i = 0; i < FP_COUNT(services); i++) {
		found[i] = found_of(obs, i);
		seen |= 1u << found[i].state;
	}
	/* REQ law-2: a host that says nothing on any port shows nothing. */
	if ((seen & ~(1u << FILTERED | 1u << SILENT)) == 0) {
		check_say(out, found[0].reason, "nothing answered on any of %zu ports", FP_COUNT(services));
		return;
	}
	for (size_t i = 0; i < FP_COUNT(order); i++) {
		if ((seen >> order[i].state & 1u) != 0) {
			list_put(detail, sizeof(detail), obs, found, 1u << order[i].state);
			check_say(out, order[i].reason, "%s", detail);
			return;
		}
	}
	list_put(detail, sizeof(detail), obs, found, 1u << SILENT | 1u << PROTECTED);
	check_say(out, "nothing-clear", "%zu ports asked, closed by the host itself%s%s", FP_COUNT(services),
	    detail[0] != '\0' ? " but: " : "", detail);
}

const struct evidence_reason check_clr1_reasons[] = {
	{ "nothing-clear", EVIDENCE_PASS,
	    N_("The host closes the ports of the clear-text protocols, or speaks there only under protection. Silence of TFTP "
	       "decides "
	       "nothing."),
	    "" },
	{ "only-redirect", EVIDENCE_PASS, N_("Of the clear-text protocols only HTTP answers, and it only sends to https."), "" },
	{ "clear-text-offered", EVIDENCE_FAIL, N_("The host offers protocols that carry names, passwords or data in the clear."),
	    "" },
	{ "ftp-tls-offered", EVIDENCE_UNKNOWN,
	    N_("FTP offers TLS. Whether it refuses a log-on without TLS does not show without sending a name."), "ftp-settings" },
	{ "open-unclear", EVIDENCE_UNKNOWN, N_("A port of a clear-text protocol is open, but what is spoken there did not show."),
	    "server-settings" },
	{ "filtered", EVIDENCE_UNKNOWN,
	    N_("The host is there, but some of the ports stay silent: a filter drops the question, seen from here."),
	    "other-vantage" },
	CHECK_TROUBLES,
	{ NULL, EVIDENCE_UNKNOWN, NULL, NULL },
};
