/* Reading foreign letters: what the steps share. The parent knows files and processes; the worker sees bytes and gives back JSON. Private to app/reading*.c. */
#ifndef FP_APP_READING_INT_H
#define FP_APP_READING_INT_H

#include "app/app.h"
#include "base/sandbox.h"
#include "draft/draft.h"

/* How the worker shall take the bytes. */
enum reading_kind {
	READING_TEXT,
	READING_HTML,
	READING_BBOX,
	READING_TSV,
	READING_JSON,
	READING_KIND_COUNT,
	READING_MANY /* several jobs */
};

/* A finding that the parent has for the draft. */
struct reading_note {
	enum draft_severity severity;
	char code[32], text[480];
};
#define READING_NOTES 8

struct reading_job {
	enum reading_kind kind;
	bool keep;          /* the letter's blocks in the draft */
	int dpi;            /* TSV */
	const char *name;   /* of the file, as places name it */
	const char *lang;   /* NULL: to be found out */
	const char *source; /* what the draft says of its source; NULL: as the reader says */
	struct reading_note notes[READING_NOTES];
	size_t n_notes;
	const char *data;
	size_t len;
};

/* Why a file could not be read; code "" when it could. */
struct reading_trouble {
	char code[32], text[480];
	const char *source; /* what the file is, as far as it is known: "pdf"; NULL */
};

#define READING_AHEAD 16u /* letters that go together */

/* Files that will be asked for in this order, and the answers for [begin, end) of them; NULL: none, to be read by itself. */
struct reading_ahead {
	const char *const *paths;
	size_t n, at, begin, end;
	struct fp_buf in, out; /* both keep their memory from call to call */
	const char *answer[READING_AHEAD];
	size_t len[READING_AHEAD];
};

struct app_reader {
	struct app_read_options o; /* defaults filled in; lang is owned below */
	char lang[32];
	struct term_base *terms;
	struct fp_sandbox_worker *worker;
	struct fp_sandbox_limits limits;
	size_t max_bytes; /* for the worker's readers */
	char ocr_langs[256];
	bool ocr_looked;
	struct reading_ahead ahead;
	size_t batched; /* letters that this worker got together with others */
};

/* ---- in the worker ---- */

void reading_job_write(struct fp_buf *out, const struct reading_job *j);
/* Append a job to those of a READING_MANY, which begins with that byte. */
void reading_many_add(struct fp_buf *many, const struct fp_buf *job);
/* fp_sandbox_work, ctx is a struct app_reader. Its answer: 'J' and a draft as JSON in one line, or 'F' and a reading_trouble; to many jobs that of each behind its length. */
enum fp_status reading_work(void *ctx, const char *in, size_t len, struct fp_buf *out, struct fp_err *err) FP_MUST_CHECK;
/* fp_sandbox_work: a mail's parts, packed for reading_parts_next. */
enum fp_status reading_unpack(void *ctx, const char *in, size_t len, struct fp_buf *out, struct fp_err *err) FP_MUST_CHECK;
/* From begin to end all JSON lives in memory that goes at once. Only in the process that reads: nothing of before may be freed after begin, nothing of between after end. */
void reading_memory_begin(void);
void reading_memory_end(void);
/* What follows the 'F' of an answer. */
void reading_trouble_take(struct reading_trouble *t, const char *data, size_t len);
struct reading_part {
	char name[256], type[200];
	const char *data;
	size_t len;
};
struct reading_mail {
	char subject[512], from[256], date[128], lang[32];
	bool limited;
	size_t n_parts; /* at most 200 */
};
bool reading_mail_head(struct fp_cur *c, struct reading_mail *out);
bool reading_mail_part(struct fp_cur *c, struct reading_part *out);

/* ---- in the parent ---- */

void reading_note_add(struct reading_job *j, const char *code, enum draft_severity severity, const char *fmt, ...)
    FP_PRINTF(4, 5);
void reading_trouble_set(struct reading_trouble *t, const char *code, const char *fmt, ...) FP_PRINTF(3, 4);
/* What a sandboxed step that failed means for the file; FP_ENOMEM and other trouble of ours becomes "system". */
void reading_trouble_of(struct reading_trouble *t, enum fp_status status, const struct fp_err *why);
/* One line that may be printed: what the worker says is foreign until this holds. */
bool reading_is_fair_line(const char *s, size_t len);
/* The next of the files of app_reader_ahead, when it could be read together with others: its draft is appended to json. False: read it by itself. */
bool reading_ahead_take(struct app_reader *r, const char *path, struct fp_buf *json);
/* One step in the worker: json gets the draft, or why gets the trouble. */
enum fp_status reading_ask(struct app_reader *r, const struct reading_job *j, struct fp_buf *json, struct reading_trouble *why,
    struct fp_err *err) FP_MUST_CHECK;
/* Bytes of any format, named name. depth: mails inside mails. Same answers as reading_ask. */
enum fp_status reading_bytes(struct app_reader *r, struct reading_job *j, int depth, struct fp_buf *json,
    struct reading_trouble *why, struct fp_err *err) FP_MUST_CHECK;
enum fp_status reading_pdf(struct app_reader *r, struct reading_job *j, struct fp_buf *json, struct reading_trouble *why,
    struct fp_err *err) FP_MUST_CHECK;
enum fp_status reading_picture(struct app_reader *r, struct reading_job *j, struct fp_buf *json, struct reading_trouble *why,
    struct fp_err *err) FP_MUST_CHECK;
enum fp_status reading_mail(struct app_reader *r, struct reading_job *j, int depth, struct fp_buf *json,
    struct reading_trouble *why, struct fp_err *err) FP_MUST_CHECK;
/* A draft that says only why the file could not be read. */
enum fp_status reading_failed(struct app_reader *r, const char *name, const struct reading_trouble *why, struct fp_buf *json,
    struct fp_err *err) FP_MUST_CHECK;

/* For doctor: name and version of a program that reading uses; false: not installed. */
bool reading_program(const char *name, const char *option, char *version, size_t size);
/* Languages that tesseract knows: "deu+eng"; "" when there is none. */
void reading_ocr_langs(char *out, size_t size);

#endif
