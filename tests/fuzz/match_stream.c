/* A hostile list against notices: the streaming answers are those of one device at a time, and each says why. First byte: options. */
#include <string.h>

#include "fuzz.h"

#include "base/utf8.h"
#include "match/stream.h"
#include "../unit/match_notices.h"

#define NOTICES 4

struct source {
	const uint8_t *p;
	size_t len, at;
};

static enum fp_status
give(void *ctx, void *buf, size_t len, size_t *got, struct fp_err *err)
{
	struct source *s = ctx;

	(void)err;
	*got = s->len - s->at < len ? s->len - s->at : len;
	if (*got > 0)
		memcpy(buf, s->p + s->at, *got);
	s->at += *got;
	return FP_OK;
}

static struct match_index *indexes[NOTICES];

static void
check_result(const struct match_result *r)
{
	size_t len = strnlen(r->detail, sizeof(r->detail));

	FUZZ_CHECK(len > 0 && len < sizeof(r->detail) && fp_utf8_bad_at(r->detail, len) == len);
	FUZZ_CHECK(r->confidence >= 0 && r->confidence <= 100 && r->n_modes <= DEVICE_MODES_MAX);
	FUZZ_CHECK(r->answer != MATCH_AFFECTED || r->product != NULL);
}

static enum fp_status
hit(void *ctx, size_t notice, const struct device *d, size_t line, const struct match_result *r, struct fp_err *err)
{
	size_t *n = ctx;

	(void)err;
	FUZZ_CHECK(notice < NOTICES && d->serial != NULL && line > 0);
	check_result(r);
	n[r->answer]++;
	return FP_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct notice *const notices[] = { &notice_2023, &notice_2024, &notice_2025, &notice_versions };
	struct source s = { data + (size > 0), size - (size > 0), 0 };
	struct device_import_options o = { .name = "fuzz", .year = 2026 };
	FP_AUTO(device_import_freep) struct device_import *im = NULL;
	struct match_stream_counts counts[NOTICES];
	size_t hits[3] = { 0 }, told[3] = { 0 };
	struct match_stream_options so = { .hit = hit, .ctx = hits };

	for (size_t i = 0; indexes[i % NOTICES] == NULL && i < NOTICES; i++)
		FUZZ_CHECK(match_index_new(&indexes[i], notices[i], NULL) == FP_OK);
	if (size == 0)
		return 0;
	o.identity_only = (data[0] & 1) != 0;
	o.map = (data[0] & 2) != 0 ? "serial=1,product=2,ref=3,udi=4,version:Dx=5" : NULL;
	if (device_import_open(&im, give, &s, &o, NULL) != FP_OK)
		return 0;
	if (match_stream(counts, im, (const struct match_index *const *)indexes, NOTICES, &so, NULL) != FP_OK)
		return 0;
	for (size_t i = 0; i < NOTICES; i++)
		for (size_t a = 0; a < 3; a++)
			told[a] += counts[i].by_answer[a];
	FUZZ_CHECK(told[MATCH_AFFECTED] == hits[MATCH_AFFECTED] && told[MATCH_CANNOT_TELL] == hits[MATCH_CANNOT_TELL]);
	FUZZ_CHECK(told[0] + told[1] + told[2] == NOTICES * device_import_counts(im).good);
	return 0;
}
