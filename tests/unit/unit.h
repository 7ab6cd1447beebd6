/* cmocka with the headers that it wants before it. */
#ifndef FP_TESTS_UNIT_H
#define FP_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#endif
