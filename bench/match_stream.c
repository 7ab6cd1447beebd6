/*
 * A device list against notices without storing anything: match_stream LIST.csv [NOTICE-FOLDER...] (default: the three that are shipped). Prints
 * counts per notice, then rows, seconds, rows per second and the greatest memory.
 *   --hits prints every affected and undecided device; --duplicates leaves the look-out for duplicates off
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "match/stream.h"

#define NOTICES_MAX 16

struct set {
	struct notice *notices[NOTICES_MAX];
	struct match_index *indexes[NOTICES_MAX];
	size_t n;
};

static void
set_free(struct set *s)
{
	for (size_t i = 0; i < s->n; i++) {
		match_index_free(s->indexes[i]);
		notice_free(s->notices[i]);
	}
}

static enum fp_status
set_add(struct set *s, const char *dir, struct fp_err *err)
{
	enum fp_status status;

	if (s->n == NOTICES_MAX)
		return fp_fail(err, FP_ELIMIT, "more than %d notices", NOTICES_MAX);
	status = notice_open(&s->notices[s->n], dir, err);
	if (status != FP_OK)
		return status;
	status = match_index_new(&s->indexes[s->n], s->notices[s->n], err);
	s->n++;
	return status;
}

static enum fp_status
print_hit(void *ctx, size_t notice, const struct device *d, size_t line, const struct match_result *r, struct fp_err *err)
{
	const struct set *s = ctx;

	(void)err;
	(void)printf("%s\t%zu\t%s\t%s\t%s\t%s\n", s->notices[notice]->reference, line, d->serial, match_answer_name(r->answer),
	    match_reason_name(r->reason), r->detail);
	return FP_OK;
}

static void
problem(void *ctx, const struct device_import_problem *p)
{
	size_t *shown = ctx;

	if ((*shown)++ < 10)
		(void)fprintf(stderr, "line %zu, column %zu: %s\n", p->line, p->column, p->message);
}

static enum fp_status
run(struct set *s, const char *path, bool hits, bool allow_duplicates, struct fp_err *err)
{
	FP_AUTO(device_import_freep) struct device_import *im = NULL;
	struct match_stream_counts counts[NOTICES_MAX];
	size_t shown = 0;
	struct device_import_options o = {
		.year = 2026, .identity_only = !hits, .allow_duplicates = allow_duplicates, .problem = problem, .ctx = &shown
	};
	struct match_stream_options told = { .hit = print_hit, .ctx = s };
	int64_t start = fp_monotonic_us();
	enum fp_status status = device_import_open_path(&im, path, &o, err);
	struct rusage use;
	double took;

	if (status == FP_OK)
		status = match_stream(counts, im, (const struct match_index *const *)s->indexes, s->n, hits ? &told : NULL, err);
	if (status != FP_OK)
		return status;
	took = (double)(fp_monotonic_us() - start) / 1e6;
	for (size_t i = 0; i < s->n; i++)
		(void)printf("%-14s affected %zu, cannot tell %zu, not affected %zu\n", s->notices[i]->reference,
		    counts[i].by_answer[MATCH_AFFECTED], counts[i].by_answer[MATCH_CANNOT_TELL],
		    counts[i].by_answer[MATCH_NOT_AFFECTED]);
	(void)getrusage(RUSAGE_SELF, &use);
	(void)printf("match-stream   %zu rows (%zu bad)  %.3f s  %.0f rows/s  %ld kB\n", device_import_counts(im).rows,
	    device_import_counts(im).bad, took, (double)device_import_counts(im).rows / took, use.ru_maxrss);
	return FP_OK;
}

int
main(int argc, char **argv)
{
	static const char *const shipped[] = { "notices/FSN2023-1338", "notices/FSN2024-1562", "notices/FSN2025-1682" };
	FP_AUTO(set_free) struct set s = { .n = 0 };
	const char *path = NULL;
	bool hits = false, allow_duplicates = false;
	struct fp_err err;
	enum fp_status status = FP_OK;

	for (int i = 1; i < argc && status == FP_OK; i++) {
		if (strcmp(argv[i], "--hits") == 0)
			hits = true;
		else if (strcmp(argv[i], "--duplicates") == 0)
			allow_duplicates = true;
		else if (path == NULL)
			path = argv[i];
		else
			status = set_add(&s, argv[i], &err);
	}
	if (path == NULL) {
		(void)fprintf(stderr, "usage: match_stream [--hits] [--duplicates] LIST.csv [NOTICE-FOLDER...]\n");
		return 2;
	}
	for (size_t i = 0, given = s.n; given == 0 && i < FP_COUNT(shipped) && status == FP_OK; i++)
		status = set_add(&s, shipped[i], &err);
	if (status == FP_OK)
		status = run(&s, path, hits, allow_duplicates, &err);
	if (status != FP_OK)
		(void)fprintf(stderr, "match_stream: %s\n", err.msg);
	return status == FP_OK ? 0 : 1;
}
