/* What a fuzz target gives: libFuzzer calls it with clang, replay.c with gcc. */
#ifndef FP_TESTS_FUZZ_H
#define FP_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Must return 0. Stops the program (abort, sanitizer) when something is wrong. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold whatever the input. */
#define FUZZ_CHECK(condition) ((condition) ? (void)0 : abort())

#endif
