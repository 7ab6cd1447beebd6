/* Reading an observation: how each question ended, told from its events alone. */
#include "check/probe.h"

#include <errno.h>
#include <string.h>

const struct evidence_event *
check_event(const struct evidence_obs *obs, int step, enum evidence_event_kind kind)
{
	for (size_t i = 0; i < obs->n_events; i++) {
		if (obs->events[i].step == step && obs->events[i].kind == kind) {
			return &obs->events[i];
		}
	}
	return NULL;
}

bool
check_asked(const struct evidence_obs *obs, int step)
{
	for (size_t i = 0; i < obs->n_events; i++) {
		if (obs->events[i].step == step) {
			return true;
		}
	}
	return false;
}

const uint8_t *
check_reply(const struct evidence_obs *obs, int step, size_t *len)
{
	const struct evidence_event *last = NULL;
	for (size_t i = 0; i < obs->n_events; i++) {
		const struct evidence_event *e = &obs->events[i];
		if (e->step == step && e->kind == EVIDENCE_RECEIVED && e->bytes != NULL && e->len > 0) {
			last = e;
		}
	}
	*len = last != NULL ? last->len : 0;
	return last != NULL ? last->bytes : NULL;
}

/* A failed system call: the network's no, or our own machine's. */
static enum check_end
end_of_failure(const struct evidence_event *e)
{
	static const struct {
		int code;
		enum check_end end;
	} network[] = {
		{ EHOSTUNREACH, CHECK_END_UNREACHABLE },
		{ ENETUNREACH, CHECK_END_UNREACHABLE },
		{ EHOSTDOWN, CHECK_END_UNREACHABLE },
		{ ENETDOWN, CHECK_END_UNREACHABLE },
		{ ENONET, CHECK_END_UNREACHABLE },
		{ ECONNREFUSED, CHECK_END_REJECTED },
		{ EACCES, CHECK_END_REJECTED },
		{ EPERM, CHECK_END_REJECTED },
		{ EPROTO, CHECK_END_TLS },
		{ ENXIO, CHECK_END_NO_NAME },
		{ ETIMEDOUT, CHECK_END_NO_ANSWER },
	};
	for (size_t i = 0; i < FP_COUNT(network); i++) {
		if (network[i].code == e->code) {
			return network[i].end;
		}
	}
	return CHECK_END_OWN;
}

enum check_end
check_end_of(const struct evidence_obs *obs, int step)
{
	bool connected = false, sent = false, bytes = false, closed = false, timeout = false, limit = false, any = false;
	for (size_t i = 0; i < obs->n_events; i++) {
		const struct evidence_event *e = &obs->events[i];
		if (e->step != step) {
			continue;
		}
		any = true;
		if (e->kind == EVIDENCE_REFUSED) {
			return CHECK_END_REFUSED;
		}
		if (e->kind == EVIDENCE_FAILED) {
			return end_of_failure(e);
		}
		connected |= e->kind == EVIDENCE_CONNECTED;
		sent |= e->kind == EVIDENCE_SENT;
		bytes |= e->kind == EVIDENCE_RECEIVED && e->len > 0;
		closed |= e->kind == EVIDENCE_CLOSED || e->kind == EVIDENCE_RESET;
		timeout |= e->kind == EVIDENCE_TIMEOUT;
		limit |= e->kind == EVIDENCE_LIMIT;
	}
	if (limit) {
		return CHECK_END_LIMIT;
	}
	if (bytes) {
		return closed || timeout ? CHECK_END_CUT : CHECK_END_BYTES;
	}
	if (closed) {
		return CHECK_END_CLOSED;
	}
	if (timeout) {
		return connected || sent ? CHECK_END_SILENT : CHECK_END_NO_ANSWER;
	}
	return connected ? CHECK_END_OPEN : any ? CHECK_END_LIMIT : CHECK_END_NOT_ASKED;
}

static const struct {
	const char *reason; /* NULL: no trouble */
	const char *detail;
} ends[] = {
	[CHECK_END_NOT_ASKED] = { "not-asked", "the question was not asked" },
	[CHECK_END_BYTES] = { NULL, "answered" },
	[CHECK_END_CUT] = { "cut-off", "the answer broke off" },
	[CHECK_END_CLOSED] = { "closed-early", "connection closed without an answer" },
	[CHECK_END_SILENT] = { "no-reply", "no answer in time" },
	[CHECK_END_NO_ANSWER] = { "no-answer", "no answer to the connection request" },
	[CHECK_END_REFUSED] = { "port-closed", "connection refused" },
	[CHECK_END_REJECTED] = { "rejected", "rejected" },
	[CHECK_END_UNREACHABLE] = { "unreachable", "host or network unreachable" },
	[CHECK_END_NO_NAME] = { "name-unknown", "no address" },
	[CHECK_END_TLS] = { "tls-failed", "no encrypted connection" },
	[CHECK_END_LIMIT] = { "stopped-by-limit", "stopped by a limit" },
	[CHECK_END_OWN] = { "own-failure", "the local system refused" },
	[CHECK_END_OPEN] = { NULL, "connected" },
};

const char *
check_trouble(char *detail, size_t size, const struct evidence_obs *obs, int step)
{
	enum check_end end = check_end_of(obs, step);
	const struct evidence_event *f = check_event(obs, step, EVIDENCE_FAILED);
	const char *note = f != NULL && f->note != NULL ? f->note : NULL;
	(void)snprintf(detail, size, "question %d: %s%s%s%s", step, ends[end].detail, note != NULL ? " (" : "",
	    note != NULL ? note : "", note != NULL ? ")" : "");
	return ends[end].reason;
}
