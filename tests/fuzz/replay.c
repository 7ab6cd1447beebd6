/*
 * Runs a fuzz target over its corpus as an ordinary test: replay FOLDER feeds every file of FOLDER and, for small files, every
 * beginning of it. Prints TAP; a crash ends the program, and the line before it names the file.
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

#define SMALL 4096 /* bytes up to which every beginning is tried */
#define FILE_MAX ((size_t)16 << 20)

/* A copy of exactly the size, so that a sanitizer sees the first byte read too far. */
static bool
feed(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size != 0 ? size : 1);
	bool ok;

	if (copy == NULL)
		return false;
	memcpy(copy, data, size);
	ok = LLVMFuzzerTestOneInput(copy, size) == 0;
	free(copy);
	return ok;
}

static bool
feed_file(const char *path, size_t *inputs)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = malloc(FILE_MAX);
	size_t size = f != NULL && data != NULL ? fread(data, 1, FILE_MAX, f) : 0;
	bool ok = f != NULL && data != NULL && ferror(f) == 0;

	for (size_t n = size > SMALL ? size : 0; ok && n <= size; n++, (*inputs)++)
		ok = feed(data, n);
	free(data);
	if (f != NULL)
		(void)fclose(f);
	return ok;
}

static int
is_plain_file(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

int
main(int argc, char **argv)
{
	struct dirent **names = NULL;
	int n = argc == 2 ? scandir(argv[1], &names, is_plain_file, alphasort) : -1;
	int failed = 0;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (n <= 0) {
		printf("not ok 1 - the folder of the corpus '%s': %s\n1..1\n", argc == 2 ? argv[1] : "(none given)",
		    n < 0 ? strerror(errno) : "it is empty");
		return 1;
	}
	for (int i = 0; i < n; i++) {
		char path[4096];
		size_t inputs = 0;
		bool ok;

		(void)snprintf(path, sizeof(path), "%s/%s", argv[1], names[i]->d_name);
		printf("# %s\n", path);
		ok = feed_file(path, &inputs);
		failed += !ok;
		printf("%sok %d - %s (%zu inputs)\n", ok ? "" : "not ", i + 1, names[i]->d_name, inputs);
		free(names[i]);
	}
	free(names);
	printf("1..%d\n", n);
	return failed != 0;
}
