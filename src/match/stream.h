/*
 * Match a device list against several notices without storing anything: what "is there anything of mine in it" needs for a
 * country's list as for a laboratory's. Constant memory but for the look-out for duplicates (about 24 bytes a device).
 */
#ifndef FP_MATCH_STREAM_H
#define FP_MATCH_STREAM_H

#include "device/import.h"
#include "match/match.h"

/* Devices by answer; their sum is the import's good rows. */
struct match_stream_counts {
	size_t by_answer[MATCH_AFFECTED + 1];
	size_t by_reason[MATCH_R_COUNT];
};

struct match_stream_options {
	/* Called for every affected or cannot-tell pair; d and r are valid during the call. A failure ends the run with that status. NULL = count only. */
	enum fp_status (*hit)(
	    void *ctx, size_t notice, const struct device *d, size_t line, const struct match_result *r, struct fp_err *err);
	void *ctx;
	/* Every now and then, with the rows so far; NULL = never. */
	void (*progress)(void *ctx, size_t rows);
};

/*
 * Run im to its end against n notices. counts has n entries. The answers are those of match_device, row by row. im should have been opened with
 * identity_only unless hit needs more of the device.
 */
enum fp_status match_stream(struct match_stream_counts *counts, struct device_import *im,
    const struct match_index *const *notices, size_t n, const struct match_stream_options *o, struct fp_err *err) FP_MUST_CHECK;

#endif
