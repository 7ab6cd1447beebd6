/*
 * Devices into SQLite: store_import ROWS DB [CSV]. Made-up devices with two boot modes each, first into an empty database, then the same list
 * again, then with every tenth one changed; with CSV (bench/match_gen makes one) also that list, read and judged on the way, into an empty
 * database. One line per run: name, rows, seconds, rows per second.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "device/import.h"
#include "store/store.h"

struct list {
	char serial[32], host[32], location[32];
	struct device d;
};

static void
fill(struct list *l, int i, int changed)
{
	(void)snprintf(l->serial, sizeof(l->serial), "NB5%07u", (unsigned)i * 2654435761u % 10000000u);
	(void)snprintf(l->serial + 10, sizeof(l->serial) - 10, "-%d", i % 7);
	(void)snprintf(l->host, sizeof(l->host), "10.%d.%d.%d", i >> 16 & 255, i >> 8 & 255, i & 255);
	(void)snprintf(l->location, sizeof(l->location), "Building %d, room %d", i % 50, changed && i % 10 == 0 ? 1000 : i % 400);
	l->d = (struct device){ .serial = l->serial,
		.product = (char *)(i % 2 ? "NextSeq 550Dx" : "MiSeqDx"),
		.manufacturer = (char *)"Illumina, Inc.",
		.catalog_number = (char *)(i % 2 ? "20005715" : "DX-410-1001"),
		.udi_di = (char *)"00816270020002",
		.location = l->location,
		.owner = (char *)"Genetics",
		.host = l->host,
		.connectivity = DEVICE_CONN_LOCAL,
		.n_modes = 2,
		.modes = {
		    { (char *)"Dx", (char *)"MOS", (char *)"4.0.1" }, { (char *)"RUO", (char *)"MCS", (char *)"4.1.0" } } };
}

static enum fp_status
run(struct store *s, const char *name, int rows, int changed, struct fp_err *err)
{
	FP_AUTO(store_import_freep) struct store_import *im = NULL;
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	struct store_import_counts c;
	int64_t start = fp_monotonic_us(), took;
	struct list l;
	enum fp_status st;

	if ((st = store_begin(&tx, s, err)) != FP_OK || (st = store_import_begin(&im, tx, err)) != FP_OK)
		return st;
	for (int i = 0; i < rows; i++) {
		fill(&l, i, changed);
		if ((st = store_import_put(im, &l.d, NULL, NULL, NULL, err)) != FP_OK)
			return st;
	}
	if ((st = store_import_end(im, &c, err)) != FP_OK ||
	    (st = store_ledger_append(tx, "bench", "device-import", "bench", "{}", NULL, err)) != FP_OK ||
	    (st = store_commit(tx, err)) != FP_OK)
		return st;
	took = fp_monotonic_us() - start;
	printf("%-22s %8d rows %7.2f s %9.0f rows/s   added %zu, changed %zu, unchanged %zu\n", name, rows, (double)took / 1e6,
	    rows / ((double)took / 1e6), c.added, c.changed, c.unchanged);
	return FP_OK;
}

static enum fp_status
read_rows(struct store_import *to, struct device_import *from, struct fp_err *err)
{
	const struct device_row *row;
	const struct device *d;
	enum fp_status st;

	for (;;) {
		if ((st = device_import_next(from, &row, err)) != FP_OK || row == NULL)
			return st;
		if ((st = device_import_device(from, &d, err)) != FP_OK ||
		    (st = store_import_put(to, d, NULL, NULL, NULL, err)) != FP_OK)
			return st;
	}
}

static enum fp_status
run_csv(const char *path, const char *csv, const struct fp_clock *clock, struct fp_err *err)
{
	const struct device_import_options o = { .year = 2026 };
	FP_AUTO(device_import_freep) struct device_import *from = NULL;
	FP_AUTO(store_freep) struct store *s = NULL;
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	FP_AUTO(store_import_freep) struct store_import *to = NULL;
	struct store_import_counts c;
	int64_t start, took;
	enum fp_status st;

	(void)unlink(path);
	start = fp_monotonic_us();
	if ((st = store_open(&s, path, clock, err)) != FP_OK || (st = store_begin(&tx, s, err)) != FP_OK ||
	    (st = store_import_begin(&to, tx, err)) != FP_OK || (st = device_import_open_path(&from, csv, &o, err)) != FP_OK ||
	    (st = read_rows(to, from, err)) != FP_OK || (st = store_import_end(to, &c, err)) != FP_OK ||
	    (st = store_ledger_append(tx, "bench", "device-import", "bench", "{}", NULL, err)) != FP_OK ||
	    (st = store_commit(tx, err)) != FP_OK)
		return st;
	took = fp_monotonic_us() - start;
	printf("%-22s %8zu rows %7.2f s %9.0f rows/s   added %zu, bad %zu\n", "CSV to empty store", c.rows, (double)took / 1e6,
	    (double)c.rows / ((double)took / 1e6), c.added, device_import_counts(from).bad);
	return FP_OK;
}

int
main(int argc, char **argv)
{
	FP_AUTO(store_freep) struct store *s = NULL;
	struct fp_clock clock = fp_clock_real();
	struct fp_err err = { .status = FP_OK };
	int rows = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 1000000;
	const char *path = argc > 2 ? argv[2] : "bench-import.db";
	struct rusage use;

	(void)unlink(path);
	if (store_open(&s, path, &clock, &err) != FP_OK || run(s, "import, empty store", rows, 0, &err) != FP_OK ||
	    run(s, "import again", rows, 0, &err) != FP_OK || run(s, "import, tenth changed", rows, 1, &err) != FP_OK) {
		(void)fprintf(stderr, "store_import: %s\n", err.msg);
		return 1;
	}
	store_freep(&s);
	if (argc > 3 && run_csv(path, argv[3], &clock, &err) != FP_OK) {
		(void)fprintf(stderr, "store_import: %s\n", err.msg);
		return 1;
	}
	(void)getrusage(RUSAGE_SELF, &use);
	printf("%-22s %8ld MB at most\n", "memory", use.ru_maxrss / 1024);
	(void)unlink(path);
	return 0;
}
