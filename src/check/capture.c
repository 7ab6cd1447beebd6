/*
 * Judging a capture (SMB-5, SMB-6, NFS-3): an observation of probe "capture" holds the facts of one capture file as JSON in step 1 (capture/capture.h), and says
 * by its parameters whose traffic counts: "client", "server" (addresses), "port"; absent: any. "nfs-level" is "privacy" (as when absent) or "integrity".
 */
#include <stdlib.h>
#include <string.h>

#include "capture/capture.h"
#include "check/probe.h"

static bool
address(struct capture_address *out, const struct evidence_obs *obs, const char *name)
{
	const char *text = evidence_obs_param_get(obs, name);

	return text == NULL || capture_address_of(out, text);
}

static bool
port(uint16_t *out, const struct evidence_obs *obs)
{
	const char *text = evidence_obs_param_get(obs, "port");
	char *end = NULL;
	unsigned long n = text != NULL ? strtoul(text, &end, 10) : 0;

	if (text == NULL)
		return true;
	*out = (uint16_t)n;
	return text[0] >= '1' && text[0] <= '9' && *end == '\0' && n <= UINT16_MAX;
}

static const struct evidence_event *
facts_of(const struct evidence_obs *obs)
{
	for (size_t i = 0; i < obs->n_events; i++) {
		if (obs->events[i].kind == EVIDENCE_RECEIVED && obs->events[i].step == 1)
			return &obs->events[i];
	}
	return NULL;
}

static void
judge(struct evidence_verdict *out, const struct evidence_obs *obs, enum capture_question q)
{
	FP_AUTO(capture_freep) struct capture *c = NULL;
	const struct evidence_event *facts = facts_of(obs);
	struct capture_filter f = { .port = 0 };
	struct fp_err err = { .status = FP_OK, .msg = "" };

	if (!address(&f.client, obs, "client") || !address(&f.server, obs, "server") || !port(&f.port, obs)) {
		/* REQ law-2: a filter that cannot be read is not "any". */
		check_say(out, "capture-filter", "client, server or port of the observation");
		return;
	}
	if (facts == NULL) {
		check_say(out, "capture-damaged", "the observation holds no facts");
		return;
	}
	if (capture_json_read(&c, (const char *)facts->bytes, facts->len, &err) != FP_OK) {
		check_say(out, "capture-damaged", "%.200s", err.msg);
		return;
	}
	capture_judge(out, c, q, &f);
}

void
check_smb5_capture(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	judge(out, obs, CAPTURE_SMB_ENCRYPTED);
}

void
check_smb6_capture(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	judge(out, obs, CAPTURE_SMB_SIGNED);
}

void
check_nfs3_capture(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	const char *level = evidence_obs_param_get(obs, "nfs-level");

	/* Anything but the word itself asks for more. */
	judge(out, obs, level != NULL && strcmp(level, "integrity") == 0 ? CAPTURE_NFS_INTACT : CAPTURE_NFS_PRIVATE);
}
