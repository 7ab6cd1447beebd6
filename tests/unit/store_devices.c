/* Devices: added, updated, found, filtered; lists of any length, short and long way alike. */
#include "store_help.h"

#include "base/mem.h"

static struct device
full(void)
{
	return (struct device){ .serial = (char *)"NB-501234",
		.product = (char *)"MiSeq™ Dx",
		.manufacturer = (char *)"Illumina, Inc.",
		.catalog_number = (char *)"DX-410-1001",
		.udi_di = (char *)"00816270020002",
		.lot = (char *)"L1",
		.location = (char *)"Λάρισα, αίθουσα 3",
		.owner = (char *)"Genetik",
		.note = (char *)"note: 5:a,-,",
		.host = (char *)"10.0.0.1",
		.bmc = (char *)"10.0.0.2:623",
		.storage = (char *)"\\\\server\\share",
		.mode_now = (char *)"Dx",
		.part_of = (char *)"NB9",
		.connectivity = DEVICE_CONN_LOCAL,
		.status = DEVICE_STORED,
		.n_modes = 3,
		.modes = { { (char *)"Dx", (char *)"MOS, 3:x,", (char *)"4.0.1" }, { (char *)"RUO", NULL, (char *)"" },
		    { (char *)"", (char *)"s", NULL } },
		.n_components = 2,
		.components = { { (char *)"UCS; 1:a,", (char *)"2.0", (char *)"" }, { (char *)"LRM", NULL, (char *)"RUO" } } };
}

static void
put(struct bench *b, const struct device *d, enum store_put expected, const char *diff_part, int64_t *id)
{
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf diff = { .max = 0 };
	enum store_put what;

	OK(store_begin(&tx, b->s, &b->err));
	OK(store_device_put(tx, d, &what, &diff, id, &b->err));
	assert_int_equal(what, expected);
	if (expected != STORE_UNCHANGED)
		bench_append(b, tx, "device-import");
	OK(store_commit(tx, &b->err));
	if (diff_part != NULL && strstr(diff.data ? diff.data : "", diff_part) == NULL)
		fail_msg("difference '%s' lacks '%s'", diff.data ? diff.data : "", diff_part);
	if (expected != STORE_CHANGED)
		assert_int_equal(diff.len, 0);
}

static void
device_comes_back_whole(void **state)
{
	struct bench *b = *state;
	FP_AUTO(device_free) struct device got = { .id = 0 };
	FP_AUTO(fp_buf_free) struct fp_buf diff = { .max = 0 };
	struct device d = full();
	int64_t id;

	put(b, &d, STORE_ADDED, NULL, &id);
	bench_reopen(b);
	OK(store_device_get(b->s, id, &got, &b->err));
	assert_int_equal(got.id, id);
	assert_int_equal(device_diff(&diff, &d, &got), 0);
	assert_int_equal(got.n_modes, 3);
	assert_string_equal(got.modes[0].software, "MOS, 3:x,");
	assert_null(got.modes[1].software);
	assert_string_equal(got.modes[1].version, "");
	assert_string_equal(got.modes[2].name, "");
	assert_string_equal(got.note, "note: 5:a,-,");
	assert_int_equal(got.n_components, 2);
	assert_string_equal(got.components[0].name, "UCS; 1:a,");
	assert_string_equal(got.components[1].mode, "RUO");
	assert_null(got.components[1].version);
	FAILS(store_device_get(b->s, 77, &got, &b->err), FP_ENOTFOUND, "77");
	put(b, &d, STORE_UNCHANGED, NULL, &id);
}

static void
second_list_updates_and_never_erases(void **state)
{
	struct bench *b = *state;
	FP_AUTO(device_free) struct device got = { .id = 0 };
	struct device d = full();
	/* Another spelling of serial and product, a new room, a new version of one mode; silent about all the rest. */
	struct device again = { .serial = (char *)"nb 501234",
		.product = (char *)"MiSeqDx",
		.location = (char *)"Lab 2",
		.status = DEVICE_STORED,
		.n_modes = 1,
		.modes = { { (char *)"dx", NULL, (char *)"4.1.0" } },
		.n_components = 1,
		.components = { { (char *)"LRM", (char *)"3.1", (char *)"RUO" } } };
	struct store_device_change *history = NULL;
	int64_t id, same;
	size_t n;

	put(b, &d, STORE_ADDED, NULL, &id);
	b->now += 5000;
	put(b, &again, STORE_CHANGED, "location: 'Λάρισα, αίθουσα 3' -> 'Lab 2'", &same);
	assert_int_equal(id, same);
	OK(store_device_get(b->s, id, &got, &b->err));
	assert_string_equal(got.serial, "nb 501234");
	assert_string_equal(got.owner, "Genetik");
	assert_string_equal(got.udi_di, "00816270020002");
	assert_int_equal(got.connectivity, DEVICE_CONN_LOCAL);
	assert_string_equal(device_mode_find(&got, "Dx")->version, "4.1.0");
	assert_string_equal(device_mode_find(&got, "Dx")->software, "MOS, 3:x,");
	assert_string_equal(device_component_find(&got, "lrm", "ruo")->version, "3.1");
	assert_int_equal(got.n_components, 2);
	assert_non_null(device_mode_find(&got, "RUO"));
	assert_null(device_mode_find(&got, "")); /* the list names modes now */

	OK(store_device_history(b->s, id, &history, &n, &b->err));
	assert_int_equal(n, 2);
	assert_int_equal(history[0].seq, 2);
	assert_int_equal(history[0].at, b->now);
	assert_non_null(strstr(history[0].diff, "version: '4.0.1' -> '4.1.0'"));
	assert_null(history[1].diff);
	assert_int_equal(history[1].seq, 1);
	store_device_history_free(history, n);
	OK(store_device_history(b->s, 77, &history, &n, &b->err));
	assert_int_equal(n, 0);
	store_device_history_free(history, n);
}

static void
same_serial_of_two_makers(void **state)
{
	struct bench *b = *state;
	struct device one = { .serial = (char *)"123", .product = (char *)"MiSeqDx" },
		      two = { .serial = (char *)"1-23", .product = (char *)"Sequel IIe" }, longer = { .serial = (char *)"1234" };
	struct device *list = NULL;
	size_t n;

	put(b, &one, STORE_ADDED, NULL, NULL);
	put(b, &two, STORE_ADDED, NULL, NULL);
	put(b, &longer, STORE_ADDED, NULL, NULL);
	OK(store_device_by_serial(b->s, " 123", &list, &n, &b->err));
	assert_int_equal(n, 2);
	store_devices_free(list, n);
	OK(store_device_by_serial(b->s, "12", &list, &n, &b->err));
	assert_int_equal(n, 0);
	store_devices_free(list, n);
}

static void
device_without_serial_is_refused(void **state)
{
	struct bench *b = *state;
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	struct device d = { .product = (char *)"MiSeqDx" };

	OK(store_begin(&tx, b->s, &b->err));
	FAILS(store_device_put(tx, &d, NULL, NULL, NULL, &b->err), FP_EINVAL, "without a serial number");
	OK(store_commit(tx, &b->err)); /* nothing was changed, and the index is in its place */
	OK(store_check(b->s, &b->err));
}

struct seen {
	char serials[512];
	size_t n;
};

static enum fp_status
take(void *ctx, const struct device *d, struct fp_err *err)
{
	struct seen *s = ctx;
	size_t len = strlen(s->serials);

	(void)err;
	(void)snprintf(s->serials + len, sizeof(s->serials) - len, "%s ", d->serial);
	s->n++;
	return FP_OK;
}

static enum fp_status
stop_at_two(void *ctx, const struct device *d, struct fp_err *err)
{
	(void)d;
	return ++*(size_t *)ctx == 2 ? fp_fail(err, FP_ETIMEOUT, "enough") : FP_OK;
}

static void
expect(struct bench *b, struct store_device_filter f, const char *serials, size_t total)
{
	struct seen s = { .n = 0 };
	size_t all;

	OK(store_device_each(b->s, &f, take, &s, &all, &b->err));
	assert_string_equal(s.serials, serials);
	assert_int_equal(all, total);
	s = (struct seen){ .n = 0 };
	OK(store_device_each(b->s, &f, take, &s, NULL, &b->err));
	assert_string_equal(s.serials, serials);
}

static void
filters_and_pages(void **state)
{
	static const struct device devices[] = {
		{ .serial = (char *)"A1", .product = (char *)"MiSeqDx", .location = (char *)"Λάρισα" },
		{ .serial = (char *)"A2", .product = (char *)"NextSeq 550Dx", .owner = (char *)"Größe" },
		{ .serial = (char *)"A3", .product = (char *)"NextSeq 550Dx", .location = (char *)"Lab 1" },
		{ .serial = (char *)"A4", .product = (char *)"NextSeq", .catalog_number = (char *)"DX-410" },
		{ .serial = (char *)"A5" },
	};
	struct bench *b = *state;
	size_t calls = 0, total;

	for (size_t i = 0; i < FP_COUNT(devices); i++)
		put(b, &devices[i], STORE_ADDED, NULL, NULL);
	expect(b, (struct store_device_filter){ .text = NULL }, "A1 A2 A3 A4 A5 ", 5);
	expect(b, (struct store_device_filter){ .text = "" }, "A1 A2 A3 A4 A5 ", 5);
	expect(b, (struct store_device_filter){ .text = "ΛΆΡΙΣΑ" }, "A1 ", 1);
	expect(b, (struct store_device_filter){ .text = "GRÖSSE" }, "A2 ", 1);
	expect(b, (struct store_device_filter){ .text = "nextseq-550" }, "A2 A3 ", 2);
	expect(b, (struct store_device_filter){ .text = "dx410" }, "A4 ", 1);
	expect(b, (struct store_device_filter){ .text = "a5" }, "A5 ", 1);
	expect(b, (struct store_device_filter){ .text = "lab1x" }, "", 0);
	expect(b, (struct store_device_filter){ .offset = 1, .limit = 2 }, "A2 A3 ", 5);
	expect(b, (struct store_device_filter){ .offset = 4, .limit = 2 }, "A5 ", 5);
	expect(b, (struct store_device_filter){ .offset = 9, .limit = 2 }, "", 5);
	expect(b, (struct store_device_filter){ .text = "nextseq", .offset = 2, .limit = 5 }, "A4 ", 3);
	OK(store_device_each(b->s, &(struct store_device_filter){ .text = "nextseq" }, NULL, NULL, &total, &b->err));
	assert_int_equal(total, 3);
	FAILS(store_device_each(b->s, &(struct store_device_filter){ .text = NULL }, stop_at_two, &calls, NULL, &b->err),
	    FP_ETIMEOUT, "enough");
	assert_int_equal(calls, 2);
}

/* ---- lists ---- */

struct row {
	char serial[24], location[24];
	struct device d;
};

static const struct device *
row(struct row *r, int i, const char *where)
{
	(void)snprintf(r->serial, sizeof(r->serial), "SN%06d", i);
	(void)snprintf(r->location, sizeof(r->location), "%s %d", where, i % 10);
	r->d = (struct device){ .serial = r->serial, .product = (char *)"MiSeqDx", .location = r->location };
	return &r->d;
}

/* Rows from..to-1; commit or not. */
static struct store_import_counts
list(struct bench *b, int from, int to, const char *where, bool commit)
{
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	FP_AUTO(store_import_freep) struct store_import *im = NULL;
	struct store_import_counts c;
	struct row r;

	OK(store_begin(&tx, b->s, &b->err));
	OK(store_import_begin(&im, tx, &b->err));
	for (int i = from; i < to; i++)
		OK(store_import_put(im, row(&r, i, where), NULL, NULL, NULL, &b->err));
	OK(store_import_end(im, &c, &b->err));
	bench_append(b, tx, "device-import");
	if (commit)
		OK(store_commit(tx, &b->err));
	return c;
}

static void
counts(struct store_import_counts c, size_t rows, size_t added, size_t changed, size_t unchanged, size_t absent)
{
	assert_int_equal(c.rows, rows);
	assert_int_equal(c.added, added);
	assert_int_equal(c.changed, changed);
	assert_int_equal(c.unchanged, unchanged);
	assert_int_equal(c.absent, absent);
}

/* 10000 rows go the long way (keys in memory, index put aside), 100 the short one; both must say the same. */
static void
long_and_short_lists(void **state)
{
	struct bench *b = *state;
	size_t total;

	counts(list(b, 0, 10000, "Lab", true), 10000, 10000, 0, 0, 0);
	OK(store_check(b->s, &b->err));
	counts(list(b, 0, 10000, "Lab", true), 10000, 0, 0, 10000, 0);
	counts(list(b, 5000, 12000, "Lab", true), 7000, 2000, 0, 5000, 5000);
	counts(list(b, 0, 10000, "Room", true), 10000, 0, 10000, 0, 2000);
	counts(list(b, 50, 150, "Room", true), 100, 0, 0, 100, 11900);
	counts(list(b, 11950, 12050, "Hall", true), 100, 50, 50, 0, 11950);
	OK(store_device_each(b->s, &(struct store_device_filter){ .text = NULL }, NULL, NULL, &total, &b->err));
	assert_int_equal(total, 12050);
	OK(store_device_each(b->s, &(struct store_device_filter){ .text = "hall" }, NULL, NULL, &total, &b->err));
	assert_int_equal(total, 100);
	OK(store_check(b->s, &b->err));
	{
		struct ledger_check c;

		OK(store_ledger_verify(b->s, &c, &b->err));
	}
}

static void
same_device_twice_in_a_list(void **state)
{
	struct bench *b = *state;
	struct store_import_counts c;
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	FP_AUTO(store_import_freep) struct store_import *im = NULL;
	struct row r;
	size_t total;

	OK(store_begin(&tx, b->s, &b->err));
	OK(store_import_begin(&im, tx, &b->err));
	for (int i = 0; i < 6000; i++) {
		OK(store_import_put(im, row(&r, i, "Lab"), NULL, NULL, NULL, &b->err));
		OK(store_import_put(im, row(&r, i, "Room"), NULL, NULL, NULL, &b->err));
	}
	OK(store_import_end(im, &c, &b->err));
	counts(c, 12000, 6000, 6000, 0, 0);
	bench_append(b, tx, "device-import");
	OK(store_commit(tx, &b->err));
	OK(store_device_each(b->s, &(struct store_device_filter){ .text = "room" }, NULL, NULL, &total, &b->err));
	assert_int_equal(total, 6000);
}

/* "N/A" as the serial number of a thousand different devices: said, instead of comparing each with each for ever. */
static void
placeholder_for_a_serial_is_said(void **state)
{
	struct bench *b = *state;
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	FP_AUTO(store_import_freep) struct store_import *im = NULL;
	char product[32];
	struct device d = { .serial = (char *)"N/A", .product = product };
	enum fp_status s = FP_OK;
	int i;

	OK(store_begin(&tx, b->s, &b->err));
	OK(store_import_begin(&im, tx, &b->err));
	for (i = 0; i < 5000 && s == FP_OK; i++) {
		(void)snprintf(product, sizeof(product), "pump model %c%c%c", 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676);
		s = store_import_put(im, &d, NULL, NULL, NULL, &b->err);
	}
	FAILS(s, FP_ELIMIT, "is it a placeholder?");
	assert_int_equal(i, 1002);
}

static void
dropped_list_leaves_all_as_it_was(void **state)
{
	struct bench *b = *state;
	struct device *found = NULL;
	size_t total, n;

	(void)list(b, 0, 100, "Lab", true);
	(void)list(b, 0, 10000, "Room", false);
	OK(store_device_each(b->s, &(struct store_device_filter){ .text = NULL }, NULL, NULL, &total, &b->err));
	assert_int_equal(total, 100);
	OK(store_device_each(b->s, &(struct store_device_filter){ .text = "room" }, NULL, NULL, &total, &b->err));
	assert_int_equal(total, 0);
	OK(store_device_by_serial(b->s, "SN000007", &found, &n, &b->err));
	assert_int_equal(n, 1);
	store_devices_free(found, n);
	OK(store_check(b->s, &b->err));
	counts(list(b, 0, 10000, "Lab", true), 10000, 9900, 0, 100, 0);
}

static void
list_that_was_not_ended_is_not_committed(void **state)
{
	struct bench *b = *state;
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	FP_AUTO(store_import_freep) struct store_import *im = NULL;
	FP_AUTO(store_import_freep) struct store_import *second = NULL;
	struct row r;

	OK(store_begin(&tx, b->s, &b->err));
	OK(store_import_begin(&im, tx, &b->err));
	FAILS(store_import_begin(&second, tx, &b->err), FP_ECONFLICT, "under way already");
	OK(store_import_put(im, row(&r, 1, "Lab"), NULL, NULL, NULL, &b->err));
	bench_append(b, tx, "device-import");
	FAILS(store_commit(tx, &b->err), FP_ECONFLICT, "was not ended");
	OK(store_import_end(im, NULL, &b->err));
	FAILS(store_import_end(im, NULL, &b->err), FP_ECONFLICT, "ended already");
	OK(store_commit(tx, &b->err));
}

/* A list without a status column must not bring what was taken out of use back into use. */
static void
status_is_kept_when_the_list_has_none(void **state)
{
	struct bench *b = *state;
	FP_AUTO(device_free) struct device got = { .id = 0 };
	struct device d = { .serial = (char *)"S1", .status = DEVICE_DECOMMISSIONED }, again = { .serial = (char *)"S1" };
	int64_t id;

	put(b, &d, STORE_ADDED, NULL, &id);
	for (int keep = 1; keep >= 0; keep--) {
		FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
		FP_AUTO(store_import_freep) struct store_import *im = NULL;
		enum store_put what;

		OK(store_begin(&tx, b->s, &b->err));
		OK(store_import_begin(&im, tx, &b->err));
		if (keep)
			store_import_keep_status(im);
		OK(store_import_put(im, &again, &what, NULL, NULL, &b->err));
		assert_int_equal(what, keep ? STORE_UNCHANGED : STORE_CHANGED);
		OK(store_import_end(im, NULL, &b->err));
		bench_append(b, tx, "device-import");
		OK(store_commit(tx, &b->err));
		device_free(&got);
		OK(store_device_get(b->s, id, &got, &b->err));
		assert_int_equal(got.status, keep ? DEVICE_DECOMMISSIONED : DEVICE_IN_USE);
	}
}

/* A walk may ask other things, even the same question, inside its callback. */
static enum fp_status
ask_inside(void *ctx, const struct device *d, struct fp_err *err)
{
	struct bench *b = ctx;
	FP_AUTO(device_free) struct device same = { .id = 0 };
	char before[24];
	size_t total;

	(void)snprintf(before, sizeof(before), "%s", d->serial);
	if (store_device_get(b->s, d->id, &same, err) != FP_OK ||
	    store_device_each(b->s, &(struct store_device_filter){ .text = NULL }, NULL, NULL, &total, err) != FP_OK)
		return err->status;
	assert_string_equal(same.serial, before);
	assert_string_equal(d->serial, before);
	assert_int_equal(total, 20);
	return FP_OK;
}

static void
walks_may_be_nested(void **state)
{
	struct bench *b = *state;

	(void)list(b, 0, 20, "Lab", true);
	OK(store_device_each(b->s, &(struct store_device_filter){ .text = NULL }, ask_inside, b, NULL, &b->err));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(device_comes_back_whole),
		TEST(second_list_updates_and_never_erases),
		TEST(same_serial_of_two_makers),
		TEST(device_without_serial_is_refused),
		TEST(filters_and_pages),
		TEST(long_and_short_lists),
		TEST(same_device_twice_in_a_list),
		TEST(placeholder_for_a_serial_is_said),
		TEST(dropped_list_leaves_all_as_it_was),
		TEST(list_that_was_not_ended_is_not_committed),
		TEST(status_is_kept_when_the_list_has_none),
		TEST(walks_may_be_nested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
