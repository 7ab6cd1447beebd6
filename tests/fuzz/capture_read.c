/* A whole capture file. Whatever it holds: bounded counts, and no pass unless everything was seen. */
#include <stdio.h>

#include "fuzz.h"

#include "capture/capture.h"

static void
check_conv(const struct capture *c, const struct capture_conv *v)
{
	for (int q = 0; q < CAPTURE_QUESTIONS; q++) {
		struct evidence_verdict out;
		capture_judge_conv(&out, c, v, (enum capture_question)q);
		FUZZ_CHECK(capture_reason_of((enum capture_question)q, out.reason) != NULL);
		if (out.result != EVIDENCE_PASS)
			continue;
		FUZZ_CHECK(!c->cut_off && v->gaps.count == 0 && v->start_missing == 0 && v->not_understood.count == 0);
		FUZZ_CHECK(
		    q != CAPTURE_SMB_ENCRYPTED || v->smb.reads.count + v->smb.writes.count + v->smb.smb1_transfers.count == 0);
		FUZZ_CHECK(q != CAPTURE_SMB_SIGNED || v->smb.unsigned_transfers.count == 0);
		FUZZ_CHECK(q < CAPTURE_NFS_PRIVATE || v->nfs.transfers[CAPTURE_RPC_CLEAR].count == 0);
	}
	FUZZ_CHECK(v->bytes[0] + v->bytes[1] <= c->frame_bytes);
	FUZZ_CHECK(v->gaps.count <= c->frames && v->smb.reads.count <= c->frame_bytes);
	FUZZ_CHECK(v->gaps.frame <= c->frames);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct capture *c = NULL;
	struct fp_err err = { .status = FP_OK };
	FILE *f = size != 0 ? fmemopen((void *)(uintptr_t)data, size, "rb") : NULL;

	if (f == NULL)
		return 0;
	if (capture_read_file(&c, f, "input", NULL, &err) != FP_OK) {
		FUZZ_CHECK(c == NULL && err.status != FP_OK && err.msg[0] != '\0');
		return 0;
	}
	FUZZ_CHECK(c->n_convs <= CAPTURE_CONVS_MAX && c->peak_waiting <= (size_t)CAPTURE_WAITING_MAX + 65536 * 8);
	for (size_t i = 0; i < c->n_convs; i++)
		check_conv(c, &c->convs[i]);
	capture_free(c);
	return 0;
}
