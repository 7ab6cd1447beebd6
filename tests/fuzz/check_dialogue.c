/*
 * A whole dialogue with a server that answers what it likes. First byte: the probe. Then for each question that the probe asks: one byte,
 * how it ends, two bytes, how long the answer is, and the answer. Probes end within their questions, judges name a row of their table, and
 * where nothing was heard nothing passes.
 */
#include <errno.h>
#include <string.h>

#include "fuzz.h"

#include "base/mem.h"
#include "check/probe.h"

enum { ASKS_MAX = 40 };

static void
add(struct evidence_obs *o, enum evidence_event_kind kind, int step, int code, const uint8_t *p, size_t len)
{
	FUZZ_CHECK(evidence_obs_add(o, kind, 0, step, 0, code, p, len, NULL, NULL) == FP_OK);
}

/* The question's end by its code; answers come before it. */
static void
end(struct evidence_obs *o, int step, unsigned how)
{
	static const struct {
		enum evidence_event_kind kind;
		int code;
	} ends[] = {
		{ EVIDENCE_NOTE, 0 },
		{ EVIDENCE_CLOSED, 0 },
		{ EVIDENCE_RESET, 0 },
		{ EVIDENCE_TIMEOUT, 0 },
		{ EVIDENCE_REFUSED, 0 },
		{ EVIDENCE_LIMIT, 0 },
		{ EVIDENCE_FAILED, EHOSTUNREACH },
		{ EVIDENCE_FAILED, EPROTO },
		{ EVIDENCE_FAILED, EMFILE },
	};
	const size_t i = how % FP_COUNT(ends);
	add(o, ends[i].kind, step, ends[i].code, NULL, 0);
}

static void
judge_all(const struct evidence_obs *o, const char *probe, bool heard)
{
	size_t n = 0;
	const struct check *t = check_table(&n);
	for (size_t i = 0; i < n; i++) {
		struct evidence_verdict v, again;
		if (t[i].probe == NULL || strcmp(t[i].probe, probe) != 0) {
			continue;
		}
		FUZZ_CHECK(check_judge(&v, &t[i], o, NULL) == FP_OK);
		FUZZ_CHECK(check_judge(&again, &t[i], o, NULL) == FP_OK);
		FUZZ_CHECK(v.result == again.result && v.level == again.level && strcmp(v.reason, again.reason) == 0 &&
			   strcmp(v.detail, again.detail) == 0);
		FUZZ_CHECK(heard || v.result == EVIDENCE_UNKNOWN || v.result == EVIDENCE_ERROR || strcmp(t[i].id, "UCS-1") == 0 ||
			   (strcmp(probe, "bmc-ports") == 0 && v.result == EVIDENCE_FAIL) ||
			   /* what is open or refused speaks for itself, but never as more than reachability */
			   ((strcmp(probe, "ports") == 0 || strcmp(probe, "clear") == 0) && v.level <= EVIDENCE_L1));
		FUZZ_CHECK(v.result != EVIDENCE_PASS || strcmp(t[i].id, "SMB-4") != 0 || strcmp(probe, "smb-session") == 0);
		FUZZ_CHECK(v.result != EVIDENCE_FAIL || strcmp(probe, "smb-session") != 0);
		FUZZ_CHECK(v.result != EVIDENCE_PASS || strcmp(t[i].id, "BMC-6") != 0);
		FUZZ_CHECK(v.result != EVIDENCE_PASS || strcmp(t[i].id, "BMC-1") != 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = 0, at = 1;
	bool heard = false;
	const struct check_probe *probes = check_probe_table(&n);
	if (size == 0) {
		return 0;
	}
	const struct check_probe *p = &probes[data[0] % n];
	if (p->steps == NULL) { /* asks nothing */
		return 0;
	}
	struct evidence_obs *o = evidence_obs_new();
	FUZZ_CHECK(o != NULL);
	o->probe = fp_strdup(p->id);
	o->target = fp_strdup(strcmp(p->id, "redfish") == 0 ? "https://10.0.0.1:443" : "10.0.0.1:445");
	FUZZ_CHECK(evidence_obs_param(o, "nfs-path", "/a/b", NULL) == FP_OK);
	FUZZ_CHECK(evidence_obs_param(o, "nfs-v3-mnt", "yes", NULL) == FP_OK);
	for (int asked = 0; asked < ASKS_MAX && at + 3 <= size; asked++) {
		struct check_step s;
		int number = p->steps->next(o);
		if (number == 0) {
			break;
		}
		FUZZ_CHECK(!check_asked(o, number));
		FUZZ_CHECK(p->steps->make(&s, number, o, NULL) == FP_OK);
		FUZZ_CHECK(s.number == number && s.len <= CHECK_REQUEST_MAX &&
			   (s.len == 0 || s.wire == CHECK_WIRE_UDP || s.frame != NULL));
		size_t len = (size_t)data[at + 1] << 8 | data[at + 2];
		unsigned how = data[at];
		at += 3;
		len = len < size - at ? len : size - at;
		add(o, s.wire == CHECK_WIRE_UDP || s.same ? EVIDENCE_SENT : EVIDENCE_CONNECTED, number, 0, NULL, 0);
		if (len > 0) {
			add(o, EVIDENCE_RECEIVED, number, 0, data + at, len);
			heard = true;
		}
		at += len;
		end(o, number, how);
	}
	judge_all(o, p->id, heard);
	evidence_obs_free(o);
	return 0;
}
