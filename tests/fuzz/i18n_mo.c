/* A damaged catalogue is refused or read within its bounds; a plural rule ends; a typed date is a calendar day or an error. */
#include <string.h>

#include "fuzz.h"

#include "base/mem.h"
#include "i18n/i18n.h"
#include "i18n/mo.h"

static void
check_catalogue(const char *data, size_t size)
{
	static const char *const keys[] = { "", "one", "{n} device", "zzz" };
	struct i18n_mo mo;

	if (i18n_mo_open(&mo, data, size, NULL) != FP_OK)
		return;
	for (size_t i = 0; i < FP_COUNT(keys); i++)
		for (unsigned form = 0; form < I18N_FORMS_MAX; form++) {
			const char *plain = i18n_mo_find(&mo, NULL, keys[i], form);
			const char *with = i18n_mo_find(&mo, "ctx", keys[i], form);

			FUZZ_CHECK(plain == NULL || (plain >= data && plain + strlen(plain) < data + size));
			FUZZ_CHECK(with == NULL || (with >= data && with + strlen(with) < data + size));
		}
	for (uint64_t n = 0; n < 200; n++)
		FUZZ_CHECK(i18n_mo_form(&mo, n) < mo.forms);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FP_AUTO(fp_freep) char *text = fp_strndup((const char *)data, size);
	struct fp_date date, other;
	struct fp_err err;
	uint64_t v;

	FUZZ_CHECK(text != NULL);
	check_catalogue((const char *)data, size);
	if (strlen(text) < I18N_PLURAL_MAX)
		for (uint64_t n = 0; n < 3; n++)
			(void)!i18n_plural_eval(&v, text, n, NULL);
	switch (i18n_date_parse(&date, &other, NULL, text, &err)) {
	case FP_OK:
		FUZZ_CHECK(fp_date_valid(date) && other.year == 0);
		break;
	case FP_ECONFLICT:
		FUZZ_CHECK(fp_date_valid(date) && fp_date_valid(other) && fp_date_compare(date, other) != 0);
		break;
	default:
		FUZZ_CHECK(err.msg[0] != '\0');
		break;
	}
	return 0;
}
