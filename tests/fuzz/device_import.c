/*
 * Device lists: every row is good or bad with a reason, every text of a device is sound UTF-8 of bounded length, and what is good survives being
 * written and read again. First byte: options.
 */
#include <string.h>

#include "fuzz.h"

#include "base/utf8.h"
#include "device/import.h"

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

static void
problem(void *ctx, const struct device_import_problem *p)
{
	size_t *n = ctx;

	FUZZ_CHECK(p->message[0] != '\0' && fp_utf8_bad_at(p->message, strlen(p->message)) == strlen(p->message) && p->line > 0 &&
		   p->field != NULL);
	++*n;
}

static void
check_text(const char *s)
{
	if (s == NULL)
		return;
	FUZZ_CHECK(s[0] != '\0' && strlen(s) <= DEVICE_FIELD_MAX && fp_utf8_bad_at(s, strlen(s)) == strlen(s));
	FUZZ_CHECK(strpbrk(s, "\r\n") == NULL);
}

static void
check_device(const struct device *d)
{
	const char *texts[] = { d->product, d->manufacturer, d->catalog_number, d->udi_di, d->lot, d->location, d->owner, d->note,
		d->host, d->bmc, d->storage, d->mode_now, d->part_of, d->serial };
	struct device copy;
	FP_AUTO(fp_buf_free) struct fp_buf diff = { .max = 0 };

	FUZZ_CHECK(d->serial != NULL && d->n_modes <= DEVICE_MODES_MAX);
	for (size_t i = 0; i < FP_COUNT(texts); i++)
		check_text(texts[i]);
	for (size_t i = 0; i < d->n_modes; i++) {
		FUZZ_CHECK(d->modes[i].name != NULL);
		check_text(d->modes[i].version);
		check_text(d->modes[i].software);
	}
	FUZZ_CHECK(device_copy(&copy, d, NULL) == FP_OK);
	FUZZ_CHECK(device_diff(&diff, d, &copy) == 0);
	device_free(&copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const maps[] = { NULL, "serial=1", "serial=1,product=2,version:Dx=3", "serial=SN,ref=Art",
		"udi=1,modes=2", "x", "serial=2,host=1", "status=2" };
	struct source s = { data + (size > 0), size - (size > 0), 0 };
	size_t problems = 0;
	struct device_import_options o = { .name = "fuzz", .year = 2026, .problem = problem, .ctx = &problems };
	FP_AUTO(device_import_freep) struct device_import *im = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf understood = { .max = 0 };
	const struct device_row *row = NULL;
	const struct device *d;
	struct fp_err err = { .msg = "" };

	if (size == 0)
		return 0;
	o.map = maps[data[0] & 7];
	o.identity_only = (data[0] & 8) != 0;
	o.allow_duplicates = (data[0] & 16) != 0;
	if (device_import_open(&im, give, &s, &o, &err) != FP_OK) {
		FUZZ_CHECK(im == NULL && err.msg[0] != '\0');
		return 0;
	}
	device_import_understood(im, &understood);
	while (device_import_next(im, &row, &err) == FP_OK && row != NULL) {
		FUZZ_CHECK(device_import_device(im, &d, NULL) == FP_OK);
		check_device(d);
	}
	FUZZ_CHECK(device_import_counts(im).bad == problems);
	FUZZ_CHECK(device_import_counts(im).rows == device_import_counts(im).good + problems);
	return 0;
}
