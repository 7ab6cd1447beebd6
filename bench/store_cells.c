/*
 * Reading and counting the cells of a large case: store_cells [DEVICES] [DB]. Each device has two modes and two actions; 1813 devices make the
 * 7252 cells of the requirement. One line per question, the best and the median of 20 times.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/store.h"

#define TIMES 20

static enum fp_status
fill_device(struct store_tx *tx, int64_t notice, int i, struct fp_err *err)
{
	static const char *const modes[] = { "Dx", "RUO" }, *const actions[] = { "patch", "standard-user" };
	char serial[32];
	struct device d = { .serial = serial, .product = (char *)"NextSeq 550Dx" };
	enum fp_status s;
	int64_t id;

	(void)snprintf(serial, sizeof(serial), "NB%06d", i);
	if ((s = store_device_put(tx, &d, NULL, NULL, &id, err)) != FP_OK)
		return s;
	for (int k = 0; k < 4 && s == FP_OK; k++) {
		struct case_cell c = { .device_id = id,
			.state = (enum case_state)((i + k) % CASE_STATE_COUNT),
			.verdict = { .result = (enum evidence_result)((i + k) % EVIDENCE_RESULT_COUNT),
			    .check = "UCS-1",
			    .detail = "port 8080 answered" } };
		const struct store_cell_event e = { .kind = "open", .actor = "bench" };

		memcpy(c.mode, modes[k / 2], strlen(modes[k / 2]));
		memcpy(c.action, actions[k % 2], strlen(actions[k % 2]));
		s = store_cell_put(tx, notice, &c, &e, err);
	}
	return s;
}

static enum fp_status
fill(struct store *s, int devices, int64_t *notice, struct fp_err *err)
{
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	struct store_notice n = { .reference = "FSN2023-1338", .hash = "x", .canonical = (char *)"{}", .canonical_len = 2 };
	enum fp_status st;

	if ((st = store_begin(&tx, s, err)) != FP_OK || (st = store_notice_put(tx, &n, err)) != FP_OK)
		return st;
	for (int i = 0; i < devices; i++)
		if ((st = fill_device(tx, n.id, i, err)) != FP_OK)
			return st;
	*notice = n.id;
	if ((st = store_ledger_append(tx, "bench", "bench", "bench", "{}", NULL, err)) != FP_OK)
		return st;
	return store_commit(tx, err);
}

static enum fp_status
list(struct store *s, int64_t notice, size_t *n, struct fp_err *err)
{
	struct case_cell *cells = NULL;
	struct case_counts c = { 0 };
	enum fp_status st = store_cells(s, &(struct store_cell_filter){ .notice_id = notice, .state = -1 }, &cells, n, err);

	for (size_t i = 0; st == FP_OK && i < *n; i++)
		case_count(&c, &cells[i]);
	free(cells);
	return st == FP_OK && c.cells != *n ? FP_EINTEGRITY : st;
}

static enum fp_status
count(struct store *s, int64_t notice, size_t *n, struct fp_err *err)
{
	struct case_counts c;
	enum fp_status st = store_cell_count(s, &(struct store_cell_filter){ .notice_id = notice, .state = -1 }, &c, err);

	*n = c.cells;
	return st;
}

static int
by_size(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static enum fp_status
measure(struct store *s, int64_t notice, const char *name,
    enum fp_status (*question)(struct store *, int64_t, size_t *, struct fp_err *), struct fp_err *err)
{
	int64_t took[TIMES];
	const size_t middle = TIMES / 2;
	enum fp_status st;
	size_t n = 0;

	for (int i = 0; i < TIMES; i++) {
		int64_t start = fp_monotonic_us();

		if ((st = question(s, notice, &n, err)) != FP_OK)
			return st;
		took[i] = fp_monotonic_us() - start;
	}
	qsort(took, TIMES, sizeof(took[0]), by_size);
	printf("%-22s %8zu cells, best %.2f ms, median %.2f ms\n", name, n, (double)took[0] / 1e3, (double)took[middle] / 1e3);
	return FP_OK;
}

int
main(int argc, char **argv)
{
	FP_AUTO(store_freep) struct store *s = NULL;
	struct fp_clock clock = fp_clock_real();
	struct fp_err err = { .status = FP_OK };
	int devices = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 1813;
	const char *path = argc > 2 ? argv[2] : "bench-cells.db";
	int64_t notice = 0;

	(void)unlink(path);
	if (store_open(&s, path, &clock, &err) != FP_OK || fill(s, devices, &notice, &err) != FP_OK ||
	    measure(s, notice, "cells read and counted", list, &err) != FP_OK ||
	    measure(s, notice, "cells counted", count, &err) != FP_OK) {
		(void)fprintf(stderr, "store_cells: %s\n", err.msg);
		return 1;
	}
	store_freep(&s);
	(void)unlink(path);
	return 0;
}
