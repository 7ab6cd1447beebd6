/* The only places where the collector speaks to a person or ends the program. */
#include "collect/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
collect_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vfprintf(stdout, fmt, ap);
	va_end(ap);
}

void
collect_complain(const char *fmt, ...)
{
	va_list ap;

	(void)fflush(stdout);
	(void)fputs("fieldproof-collect: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputs("\n", stderr);
}

_Noreturn void
collect_fatal(const char *what)
{
	collect_complain("%s", what);
	exit(2);
}
