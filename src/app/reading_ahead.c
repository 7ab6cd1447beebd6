/*
 * Small letters go to the worker several at a time: waking another process costs as much as a tenth of reading one, and each finds its tables again that the other has
 * pushed out of the cache. Only answers in good order are kept: a letter with trouble, and all of a call that failed, is read again by itself, which says what is wrong.
 */
#include "app/reading_int.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

#define SMALL ((off_t)64 << 10) /* bytes of a file that goes together with others */
#define RENEWED 1024u           /* letters; a new worker costs as much as reading ten, and what it holds does not grow */

void
app_reader_ahead(struct app_reader *r, const char *const *paths, size_t n)
{
	r->ahead.paths = paths;
	r->ahead.n = n;
	r->ahead.at = r->ahead.begin = r->ahead.end = 0;
}

/* A small regular file with text in it; false: it is read by itself, and whatever is wrong with it is said then. */
static bool
read_small(const struct app_reader *r, const char *path, struct fp_buf *data, enum reading_kind *kind)
{
	struct fp_err unsaid;
	struct stat st;
	enum letter_format f;

	fp_buf_clear(data);
	if (strcmp(path, "-") == 0 || stat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0 || st.st_size > SMALL ||
	    (uintmax_t)st.st_size > r->o.max_bytes || fp_file_read(data, path, &unsaid) != FP_OK || data->len == 0)
		return false;
	f = letter_detect(path, data->data, data->len);
	*kind = f == LETTER_HTML ? READING_HTML : READING_TEXT;
	return f == LETTER_HTML || f == LETTER_TEXT;
}

/* The files from begin on that may go together; a->end is behind the last one. */
static void
gather(struct app_reader *r, struct fp_buf *in)
{
	FP_AUTO(fp_buf_free) struct fp_buf data = { .max = r->o.max_bytes }, one = { .max = SIZE_MAX / 2 };
	struct reading_ahead *a = &r->ahead;

	for (a->end = a->begin; a->end < a->n && a->end - a->begin < READING_AHEAD; a->end++) {
		struct fp_err shown;
		struct reading_job job = { .name = shown.msg, .keep = r->o.blocks, .lang = r->o.lang };

		if (!read_small(r, a->paths[a->end], &data, &job.kind))
			return;
		(void)fp_fail(&shown, FP_OK, "%s", a->paths[a->end]); /* a file's name may be any bytes */
		job.data = data.data;
		job.len = data.len;
		fp_buf_clear(&one);
		reading_job_write(&one, &job);
		if (one.failed != FP_OK)
			return;
		reading_many_add(in, &one);
	}
}

/* Where each answer stands; the worker may be under foreign control. */
static void
take_answers(struct reading_ahead *a)
{
	struct fp_cur c = fp_cur_make(a->out.data, a->out.len);

	for (size_t i = 0; i < a->end - a->begin; i++) {
		size_t len = fp_cur_le32(&c);
		const char *p = (const char *)fp_cur_take(&c, len);
		bool good = p != NULL && len > 1 && p[0] == 'J' && reading_is_fair_line(p + 1, len - 1);

		a->answer[i] = good ? p + 1 : NULL;
		a->len[i] = good ? len - 1 : 0;
	}
}

static void
ask(struct app_reader *r)
{
	struct reading_ahead *a = &r->ahead;
	struct fp_err unsaid;

	memset(a->answer, 0, sizeof(a->answer));
	fp_buf_clear(&a->in);
	fp_buf_clear(&a->out);
	a->in.max = a->out.max = SIZE_MAX / 2;
	fp_buf_u8(&a->in, READING_MANY);
	gather(r, &a->in);
	if (a->end - a->begin < 2 || a->in.failed != FP_OK) {
		a->end = a->begin + 1;
		return;
	}
	r->batched += a->end - a->begin;
	if (r->batched > RENEWED) {
		fp_sandbox_worker_end(r->worker);
		r->batched = a->end - a->begin;
	}
	if (fp_sandbox_worker_call(r->worker, &a->out, a->in.data, a->in.len, &unsaid) == FP_OK)
		take_answers(a);
}

bool
reading_ahead_take(struct app_reader *r, const char *path, struct fp_buf *json)
{
	struct reading_ahead *a = &r->ahead;
	size_t i;

	if (a->at >= a->n || a->paths[a->at] != path)
		return false;
	i = a->at++;
	if (i >= a->end) {
		a->begin = i;
		ask(r);
	}
	if (a->answer[i - a->begin] == NULL)
		return false;
	fp_buf_add(json, a->answer[i - a->begin], a->len[i - a->begin]);
	return true;
}
