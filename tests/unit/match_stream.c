/* A list against several notices at once: the same answers as one by one, counted, with the devices that matter told. */

#include "unit.h"

#include <stdio.h>

#include "base/mem.h"
#include "match/stream.h"
#include "match_notices.h"

struct source {
	const char *p;
	size_t len, at;
};

static enum fp_status
give(void *ctx, void *buf, size_t len, size_t *got, struct fp_err *err)
{
	struct source *s = ctx;

	(void)err;
	*got = s->len - s->at < len ? s->len - s->at : len;
	memcpy(buf, s->p + s->at, *got);
	s->at += *got;
	return FP_OK;
}

#define NOTICES 4

struct run {
	struct match_index *index[NOTICES];
	struct match_stream_counts counts[NOTICES];
	struct fp_buf told;
	size_t progress;
	size_t stop_after; /* hits; 0 = never */
};

static enum fp_status
hit(void *ctx, size_t notice, const struct device *d, size_t line, const struct match_result *r, struct fp_err *err)
{
	struct run *run = ctx;

	if (run->stop_after > 0 && --run->stop_after == 0)
		return fp_fail(err, FP_ECONFLICT, "enough");
	fp_buf_printf(&run->told, "%zu %zu %s %s %s\n", notice, line, d->serial, match_answer_name(r->answer),
	    match_reason_name(r->reason));
	return FP_OK;
}

static void
progress(void *ctx, size_t rows)
{
	((struct run *)ctx)->progress = rows;
}

static enum fp_status
stream(struct run *run, const char *list, bool told, struct fp_err *err)
{
	static const struct notice *const notices[] = { &notice_2023, &notice_2024, &notice_2025, &notice_versions };
	struct source s = { list, strlen(list), 0 };
	struct device_import_options o = { .name = "list.csv", .year = 2026 };
	struct match_stream_options so = { .hit = hit, .progress = progress, .ctx = run };
	struct device_import *im = NULL;
	enum fp_status status = FP_OK;

	for (size_t i = 0; i < NOTICES; i++)
		assert_int_equal(match_index_new(&run->index[i], notices[i], NULL), FP_OK);
	assert_int_equal(device_import_open(&im, give, &s, &o, NULL), FP_OK);
	status = match_stream(run->counts, im, (const struct match_index *const *)run->index, NOTICES, told ? &so : NULL, err);
	for (size_t i = 0; i < NOTICES; i++) {
		size_t answers = 0, reasons = 0;

		for (size_t k = 0; k < FP_COUNT(run->counts[i].by_answer); k++)
			answers += run->counts[i].by_answer[k];
		for (size_t k = 0; k < MATCH_R_COUNT; k++)
			reasons += run->counts[i].by_reason[k];
		if (status == FP_OK) {
			assert_int_equal(answers, device_import_counts(im).good);
			assert_int_equal(reasons, device_import_counts(im).good);
		}
	}
	device_import_free(im);
	for (size_t i = 0; i < NOTICES; i++)
		match_index_free(run->index[i]);
	return status;
}

static void
counts_and_hits(void **state)
{
	struct run run = { .progress = 0 };

	(void)state;
	assert_int_equal(stream(&run,
			     "SN;Product;REF;UDI;Dx version;RUO version\n"
			     "A1;MiSeqDx;15036706;00816270020002;4.0;4.0\n"
			     "A2;NextSeq 550Dx;;;1.3.2;4.1\n"
			     "A3;NextSeq 550Dx;;;1.3.3;4.1\n"
			     "A4;Centrifuge;77;;;\n"
			     "A5;DRAGEN Server for NovaSeq 6000Dx;;;;\n"
			     "A6;MiSekDx;;;;\n"
			     ";no serial;;;;\n"
			     "A7;;;;;\n",
			     true, NULL),
	    FP_OK);
	assert_string_equal(run.told.data, "0 2 A1 affected udi\n1 2 A1 affected udi\n"
					   "0 3 A2 affected name\n1 3 A2 affected name\n"
					   "0 4 A3 affected name\n1 4 A3 affected name\n3 4 A3 affected name\n"
					   "1 6 A5 cannot-tell name-alike\n2 6 A5 affected part\n3 6 A5 cannot-tell name-alike\n"
					   "0 7 A6 cannot-tell name-alike\n1 7 A6 cannot-tell name-alike\n"
					   "0 9 A7 cannot-tell no-identity\n1 9 A7 cannot-tell no-identity\n2 9 A7 cannot-tell "
					   "no-identity\n3 9 A7 cannot-tell no-identity\n");
	fp_buf_free(&run.told);
}

/* The cache gives what the question gives, for lists that fill it many times over. */
static void
cache_changes_nothing(void **state)
{
	static const char *const products[] = { "MiSeqDx", "NextSeq 550Dx", "NextSeq 550", "DRAGEN Server v4", "Pump", "" };
	struct run run = { .progress = 0 };
	struct fp_buf list = { .max = 0 };
	size_t want[NOTICES][3] = { { 0 } };
	static const struct notice *const notices[] = { &notice_2023, &notice_2024, &notice_2025, &notice_versions };
	struct match_index *index[NOTICES];

	(void)state;
	for (size_t i = 0; i < NOTICES; i++)
		assert_int_equal(match_index_new(&index[i], notices[i], NULL), FP_OK);
	fp_buf_puts(&list, "SN,Product,REF,Version,Dx version\n");
	for (unsigned i = 0; i < 40000; i++) {
		char ref[32], dx[32], v[32];
		unsigned k = i * 2654435761u >> 12;
		struct device d = { .product = (char *)products[k % 6],
			.catalog_number = ref,
			.n_modes = 2,
			.modes = { { "Dx", NULL, dx }, { "", NULL, v } } };

		(void)snprintf(ref, sizeof(ref), "%s", k % 7 == 0 ? "20005715" : "");
		if (k % 7 == 1)
			(void)snprintf(ref, sizeof(ref), "R-%u", k % 5000);
		(void)snprintf(dx, sizeof(dx), "1.%u.%u", k % 4, k % 90);
		(void)snprintf(v, sizeof(v), "4.%u.%u", k % 5, k % 80);
		fp_buf_printf(&list, "S%u,%s,%s,%s,%s\n", i, d.product, ref, v, dx);
		for (size_t n = 0; n < NOTICES; n++) {
			struct match_result r;

			match_device(&r, index[n], &d);
			want[n][r.answer]++;
		}
	}
	assert_int_equal(stream(&run, list.data, false, NULL), FP_OK);
	for (size_t n = 0; n < NOTICES; n++)
		for (size_t a = 0; a < 3; a++)
			assert_int_equal(run.counts[n].by_answer[a], want[n][a]);
	for (size_t i = 0; i < NOTICES; i++)
		match_index_free(index[i]);
	assert_int_equal(stream(&run, list.data, true, NULL), FP_OK);
	assert_true(run.progress >= 32768);
	fp_buf_free(&run.told);
	fp_buf_free(&list);
}

static void
stops_when_told(void **state)
{
	struct run run = { .stop_after = 2 };
	struct fp_err err;

	(void)state;
	assert_int_equal(stream(&run, "SN;Product\nA1;MiSeqDx\nA2;MiSeqDx\n", true, &err), FP_ECONFLICT);
	assert_string_equal(err.msg, "enough");
	assert_string_equal(run.told.data, "0 2 A1 affected name\n");
	fp_buf_free(&run.told);
}

static void
out_of_memory(void **state)
{
	struct match_index *m = NULL;
	struct match_stream_counts counts[1];

	(void)state;
	for (int64_t n = 0; n < 12; n++) {
		(void)fp_mem_fail_after(n);
		if (match_index_new(&m, &notice_2024, NULL) == FP_OK) {
			(void)fp_mem_fail_after(-1);
			match_index_free(m);
			continue;
		}
		(void)fp_mem_fail_after(-1);
		assert_null(m);
	}
	for (int64_t n = 0; n < 2; n++) {
		struct source s = { "SN\nA\n", 5, 0 };
		struct device_import_options o = { .name = "x" };
		struct device_import *im = NULL;
		enum fp_status status;

		assert_int_equal(match_index_new(&m, &notice_2024, NULL), FP_OK);
		assert_int_equal(device_import_open(&im, give, &s, &o, NULL), FP_OK);
		(void)fp_mem_fail_after(n);
		status = match_stream(counts, im, (const struct match_index *const *)&m, 1, NULL, NULL);
		(void)fp_mem_fail_after(-1);
		assert_int_equal(status, FP_ENOMEM);
		device_import_free(im);
		match_index_free(m);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_and_hits),
		cmocka_unit_test(cache_changes_nothing),
		cmocka_unit_test(stops_when_told),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
