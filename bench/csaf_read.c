/*
 * CSAF advisories into drafts, one core: csaf_read [ROUNDS] FILE.json... (default: 5 rounds over the advisories beside the project, or those of
 * the tests). Files are read before the clock starts; a draft is made and written as JSON. Prints documents, bytes, the best round's seconds and documents per second.
 *   --read leaves the JSON of the draft out; --changes compares each with itself
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "csaf/csaf.h"

#define FILES_MAX 4096

struct set {
	struct fp_buf data[FILES_MAX];
	size_t n, bytes;
};

static enum fp_status
add(struct set *s, const char *path, struct fp_err *err)
{
	if (s->n == FILES_MAX)
		return fp_fail(err, FP_ELIMIT, "more than %d files", FILES_MAX);
	s->data[s->n].max = CSAF_BYTES_MAX;
	if (fp_file_read(&s->data[s->n], path, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	s->bytes += s->data[s->n++].len;
	return FP_OK;
}

static enum fp_status
add_folder(struct set *s, const char *folder, struct fp_err *err)
{
	DIR *dir = opendir(folder);
	enum fp_status status = FP_OK;
	struct dirent *e;
	char path[1024];

	while (dir != NULL && status == FP_OK && (e = readdir(dir)) != NULL) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		if (strstr(e->d_name, ".json") != NULL)
			status = add(s, path, err);
	}
	if (dir != NULL)
		(void)closedir(dir);
	return status;
}

enum what { READ_ONLY, READ_AND_WRITE, CHANGES };

static enum fp_status
one(const struct fp_buf *b, enum what what, struct fp_err *err)
{
	FP_AUTO(draft_freep) struct draft *d = NULL;
	struct csaf_changes c;
	json_t *j;
	char *text;

	if (what == CHANGES) {
		if (csaf_changes(&c, "a", b->data, b->len, "b", b->data, b->len, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
		csaf_changes_free(&c);
		return FP_OK;
	}
	if (csaf_read(&d, "advisory.json", b->data, b->len, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (what == READ_ONLY)
		return FP_OK;
	j = draft_to_json(d);
	text = json_dumps(j, JSON_COMPACT);
	json_decref(j);
	free(text);
	return text != NULL ? FP_OK : fp_fail(err, FP_ENOMEM, "out of memory");
}

static enum fp_status
run(struct set *s, int rounds, enum what what, struct fp_err *err)
{
	int64_t best = INT64_MAX;

	for (int r = 0; r < rounds; r++) {
		int64_t start = fp_monotonic_us(), took;

		for (size_t i = 0; i < s->n; i++)
			if (one(&s->data[i], what, err) != FP_OK)
				return fp_failed(err, FP_EINVAL);
		took = fp_monotonic_us() - start;
		best = took < best ? took : best;
	}
	(void)printf("documents %zu\nbytes %zu\nseconds %.6f\nper_second %.0f\n", s->n, s->bytes, (double)best / 1e6,
	    (double)s->n * 1e6 / (double)(best > 0 ? best : 1));
	return FP_OK;
}

int
main(int argc, char **argv)
{
	static struct set s;
	struct fp_err err = { .status = FP_OK };
	enum fp_status status = FP_OK;
	enum what what = READ_AND_WRITE;
	int rounds = 5, i = 1;

	for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++)
		what = strcmp(argv[i], "--read") == 0 ? READ_ONLY : CHANGES;
	if (i < argc && strspn(argv[i], "0123456789") == strlen(argv[i]))
		rounds = atoi(argv[i++]);
	for (; i < argc && status == FP_OK; i++)
		status = add(&s, argv[i], &err);
	if (s.n == 0 && status == FP_OK)
		status = add_folder(&s, "../shared/data/cisa-icsma", &err);
	if (s.n == 0 && status == FP_OK)
		status = add_folder(&s, "tests/csaf/data", &err);
	if (status == FP_OK)
		status = run(&s, rounds, what, &err);
	if (status != FP_OK)
		(void)fprintf(stderr, "csaf_read: %s\n", err.msg);
	for (size_t k = 0; k < s.n; k++)
		fp_buf_free(&s.data[k]);
	return fp_status_exit(status);
}
