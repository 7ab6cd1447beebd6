#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

void
fp_log(const struct fp_log *log, enum fp_level level, const char *fmt, ...)
{
	char line[2048];
	va_list ap;

	if (log == NULL || log->write == NULL || level < log->least)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	for (char *p = line; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7F)
			*p = '?';
	log->write(log->ctx, level, line);
}
