/* What the tests of term/ share: the base that the program carries, opened once for a group of tests. */
#ifndef FP_TESTS_TERM_HELP_H
#define FP_TESTS_TERM_HELP_H

#include "unit.h"

#include "base/buf.h"
#include "term/term.h"

static struct term_base *base;

static int
open_base(void **state)
{
	struct fp_err err = { .msg = "" };

	(void)state;
	if (term_base_open(&base, NULL, &err) == FP_OK)
		return 0;
	print_error("%s\n", err.msg);
	return -1;
}

static int
close_base(void **state)
{
	(void)state;
	term_base_freep(&base);
	return 0;
}

#endif
