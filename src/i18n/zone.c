/* How far the clocks of a zone are ahead of UTC, by ICU's rules. */
#include <stdlib.h>
#include <string.h>

#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include "base/mem.h"
#include "i18n/i18n.h"

#define ZONE_MAX 64

struct i18n_zone {
	UCalendar *calendar;
};

enum fp_status
i18n_zone_new(struct i18n_zone **out, const char *name, struct fp_err *err)
{
	FP_AUTO(i18n_zone_freep) struct i18n_zone *z = fp_calloc(1, sizeof(*z));
	UErrorCode e = U_ZERO_ERROR;
	UChar id[ZONE_MAX];

	if (z == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (!i18n_zone_known(name))
		return fp_fail(
		    err, FP_EUSAGE, "there is no time zone '%.60s'; its name is like Europe/Copenhagen", name ? name : "");
	(void)u_uastrncpy(id, name, ZONE_MAX);
	z->calendar = ucal_open(id, -1, "en", UCAL_GREGORIAN, &e);
	if (U_FAILURE(e) || z->calendar == NULL)
		return fp_fail(err, FP_ENOMEM, "the time zone '%.60s' cannot be read: %s", name, u_errorName(e));
	*out = z;
	z = NULL;
	return FP_OK;
}

int64_t
i18n_zone_offset(struct i18n_zone *z, fp_time t)
{
	UErrorCode e = U_ZERO_ERROR;
	int32_t zone, summer;

	ucal_setMillis(z->calendar, (double)t, &e);
	zone = ucal_get(z->calendar, UCAL_ZONE_OFFSET, &e);
	summer = ucal_get(z->calendar, UCAL_DST_OFFSET, &e);
	return U_FAILURE(e) ? 0 : (int64_t)zone + summer;
}

void
i18n_zone_free(struct i18n_zone *z)
{
	if (z == NULL)
		return;
	if (z->calendar != NULL)
		ucal_close(z->calendar);
	free(z);
}

void
i18n_zone_freep(struct i18n_zone **z)
{
	i18n_zone_free(*z);
	*z = NULL;
}
