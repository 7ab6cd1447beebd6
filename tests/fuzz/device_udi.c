/* UDI strings: refused with a place, or a record whose own text reads back as the same record. First byte: options. */
#include <string.h>

#include "fuzz.h"

#include "base/utf8.h"
#include "device/udi.h"

static void
check_record(const struct device_udi *u, const struct device_udi_options *o)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 1 << 16 };
	struct device_udi again;
	struct fp_err err;

	FUZZ_CHECK(u->n_elements > 0 && u->n_elements <= DEVICE_UDI_ELEMENTS_MAX);
	FUZZ_CHECK(u->production.year == 0 || fp_date_valid(u->production));
	FUZZ_CHECK(u->expiry.year == 0 || fp_date_valid(u->expiry));
	for (size_t i = 0; i < u->n_elements; i++)
		FUZZ_CHECK(strlen(u->elements[i].value) <= DEVICE_UDI_VALUE_MAX && u->elements[i].title != NULL &&
			   u->elements[i].at > 0);
	if (u->doubt_at != 0)
		return;
	device_udi_text(&text, u);
	/* HIBCC pieces may stand in another order; a value may hold what looks like a bracketed identifier. */
	if (u->agency == DEVICE_UDI_HIBCC || text.len > DEVICE_UDI_TEXT_MAX)
		return;
	for (size_t i = 0; i < u->n_elements; i++)
		if (strchr(u->elements[i].value, '(') != NULL)
			return;
	if (device_udi_parse(&again, text.data, text.len, o, &err) != FP_OK)
		abort();
	FUZZ_CHECK(strcmp(again.di, u->di) == 0 && strcmp(again.lot, u->lot) == 0 && strcmp(again.serial, u->serial) == 0);
	FUZZ_CHECK(fp_date_compare(again.expiry, u->expiry) == 0 && fp_date_compare(again.production, u->production) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct device_udi_options o = { .year = 2026 };
	struct device_udi u, merged;
	struct fp_err err = { .msg = "" };
	char di[DEVICE_UDI_VALUE_MAX + 1];
	const char *text = (const char *)data + 1;

	if (size == 0)
		return 0;
	o.accept_doubt = (data[0] & 1) != 0;
	if (device_udi_parse(&u, text, size - 1, &o, &err) == FP_OK) {
		check_record(&u, &o);
		merged = u;
		FUZZ_CHECK(device_udi_merge(&merged, &u, NULL) == FP_OK || u.link != '\0');
		(void)!device_udi_complete(&u, NULL);
	} else {
		FUZZ_CHECK(err.msg[0] != '\0' && fp_utf8_bad_at(err.msg, strlen(err.msg)) == strlen(err.msg));
	}
	if (device_di_normal(di, text, size - 1, NULL) == FP_OK)
		FUZZ_CHECK(strlen(di) >= 6 && device_di_normal(di, di, strlen(di), NULL) == FP_OK);
	return 0;
}
