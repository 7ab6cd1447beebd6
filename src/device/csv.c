#include "device/csv.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "device/csv_int.h"

#define CHUNK ((size_t)64 << 10)
#define FIELDS_FIRST 64

struct device_csv {
	struct device_csv_source source;
	char *name;
	char delimiter;
	size_t row_max, fields_max;
	char *buf;              /* cap bytes and 64 more, blank behind end */
	size_t cap, start, end; /* the rows from start on are not given yet */
	bool ended;
	uint32_t *marks; /* of buf[0] to buf[end] */
	uint8_t *flags;
	size_t n_marks, mark; /* the first mark at or behind start */
	struct device_csv_field *fields;
	size_t fields_cap;
	char *scratch; /* for fields with doubled quotes */
	size_t scratch_cap;
	size_t line; /* of the row at start */
	struct device_csv_row row;
};

/* ---- the buffer ---- */

static enum fp_status
no_memory(const struct device_csv *c, struct fp_err *err)
{
	return fp_fail(err, FP_ENOMEM, "out of memory while reading '%s'", c->name);
}

static enum fp_status
resize(struct device_csv *c, size_t cap, struct fp_err *err)
{
	char *buf = fp_reallocarray(c->buf, cap + 64, 1);
	uint32_t *marks;
	uint8_t *flags;

	if (buf == NULL)
		return no_memory(c, err);
	c->buf = buf;
	marks = fp_reallocarray(c->marks, cap + 1, sizeof(*marks));
	if (marks == NULL)
		return no_memory(c, err);
	c->marks = marks;
	flags = fp_reallocarray(c->flags, cap / 64 + 1, 1);
	if (flags == NULL)
		return no_memory(c, err);
	c->flags = flags;
	c->cap = cap;
	return FP_OK;
}

/* Behind the last mark stands the end, where no delimiter is: so a walk needs no count. */
static void
find_marks(struct device_csv *c)
{
	memset(c->buf + c->end, c->delimiter == ' ' ? '~' : ' ', 64);
	c->n_marks = device_csv_scan(c->marks, c->flags, c->buf, c->end, c->delimiter);
	c->marks[c->n_marks] = (uint32_t)c->end;
	c->mark = 0;
}

/* Keep the bytes from start on, read more behind them, find the marks anew. */
static enum fp_status
fill(struct device_csv *c, struct fp_err *err)
{
	memmove(c->buf, c->buf + c->start, c->end - c->start);
	c->end -= c->start;
	c->start = 0;
	if (c->end > c->cap / 2 && c->cap < c->row_max + CHUNK) {
		size_t cap = c->cap * 2 < c->row_max + CHUNK ? c->cap * 2 : c->row_max + CHUNK;

		if (resize(c, cap, err) != FP_OK)
			return FP_ENOMEM;
	}
	while (!c->ended && c->cap - c->end >= 16) {
		size_t got;

		if (device_csv_source_read(&c->source, c->buf + c->end, c->cap - c->end, &got, c->name, err) != FP_OK)
			return err != NULL ? err->status : FP_EIO;
		c->ended = got == 0;
		c->end += got;
	}
	find_marks(c);
	return FP_OK;
}

/* ---- one row ---- */

enum outcome { ROW_WHOLE, ROW_NEEDS_MORE, ROW_FAULT };

/* How far a row has been taken apart. */
struct walk {
	size_t at;       /* first byte of the field, with its quote */
	size_t mark;     /* next mark */
	size_t breaks;   /* line ends inside quotes */
	bool doubled;    /* a quote stands doubled somewhere */
	size_t from, to; /* the field without its quotes */
	size_t stop;     /* delimiter or line end behind it, or the end */
};

static enum outcome
fault(struct device_csv *c, enum device_csv_fault what, size_t breaks)
{
	c->row.fault = what;
	c->row.fault_field = c->row.n_fields + 1;
	c->row.fault_line = c->line + breaks;
	return ROW_FAULT;
}

/* From the opening quote at w->at to the closing one. */
static enum outcome
quoted_field(struct device_csv *c, struct walk *w)
{
	size_t breaks = w->breaks;

	w->from = w->at + 1;
	for (w->mark++; w->mark < c->n_marks; w->mark++) {
		size_t at = c->marks[w->mark];

		if (c->buf[at] == '\n' || (c->buf[at] == '\r' && c->buf[at + 1] != '\n'))
			w->breaks++;
		if (c->buf[at] != '"')
			continue;
		if (at + 1 == c->end && !c->ended)
			return ROW_NEEDS_MORE;
		if (c->buf[at + 1] == '"' && at + 1 < c->end) {
			w->doubled = true;
			w->mark++;
			continue;
		}
		w->to = at;
		w->mark++;
		w->stop = w->mark < c->n_marks ? c->marks[w->mark] : c->end;
		w->mark++;
		return w->stop == at + 1 ? ROW_WHOLE : fault(c, DEVICE_CSV_AFTER_QUOTE, w->breaks);
	}
	return c->ended ? fault(c, DEVICE_CSV_UNTERMINATED, breaks) : ROW_NEEDS_MORE;
}

/* Room for one more field; false at the limit. */
static bool
more_fields(struct device_csv *c)
{
	size_t want = c->fields_cap * 2 < c->fields_max ? c->fields_cap * 2 : c->fields_max;
	struct device_csv_field *grown;

	if (c->fields_cap >= c->fields_max)
		return false;
	grown = fp_reallocarray(c->fields, want, sizeof(*grown));
	if (grown == NULL)
		return false;
	c->fields = grown;
	c->fields_cap = want;
	return true;
}

/* Take the row at start apart; on ROW_WHOLE w->stop is its end. */
static enum outcome
walk_row(struct device_csv *c, struct walk *w)
{
	const char *buf = c->buf;
	size_t n = 0;

	for (;; w->at = w->stop + 1) {
		struct device_csv_field *f;

		if (buf[w->at] == '"' && w->at < c->end) {
			enum outcome got;

			c->row.n_fields = n;
			got = quoted_field(c, w);
			if (got != ROW_WHOLE)
				return got;
		} else {
			/* A quote inside a field that does not begin with one is a letter like others. */
			do
				w->stop = w->mark < c->n_marks ? c->marks[w->mark] : c->end;
			while (w->mark++ < c->n_marks && buf[w->stop] == '"');
			w->from = w->at;
			w->to = w->stop;
		}
		if (w->stop == c->end && !c->ended)
			return ROW_NEEDS_MORE;
		if (n == c->fields_cap && !more_fields(c)) {
			c->row.n_fields = n;
			return fault(c, DEVICE_CSV_TOO_MANY, w->breaks);
		}
		f = &c->fields[n++];
		*f = (struct device_csv_field){ buf + w->from, (uint32_t)(w->to - w->from), (uint32_t)(w->at - c->start) };
		if (buf[w->stop] != c->delimiter || w->stop == c->end) {
			c->row.n_fields = n;
			/* CRLF cut in two by the end of the buffer. */
			return buf[w->stop] == '\r' && w->stop + 1 == c->end && !c->ended ? ROW_NEEDS_MORE : ROW_WHOLE;
		}
	}
}

/* The common row: no quote, its end in the buffer. False: walk_row must look at it. */
static bool
plain_row(struct device_csv *c, struct walk *w)
{
	const char *buf = c->buf;
	const uint32_t *mark = c->marks + c->mark;
	struct device_csv_field *f = c->fields, *most = f + c->fields_cap;
	size_t start = c->start, at = start, stop;
	char delimiter = c->delimiter;

	for (stop = *mark++; buf[stop] == delimiter && f < most; stop = *mark++) {
		*f++ = (struct device_csv_field){ buf + at, (uint32_t)(stop - at), (uint32_t)(at - start) };
		at = stop + 1;
	}
	if (f == most || stop == c->end || buf[stop] == '"' || (buf[stop] == '\r' && stop + 1 == c->end))
		return false;
	*f++ = (struct device_csv_field){ buf + at, (uint32_t)(stop - at), (uint32_t)(at - start) };
	c->row.n_fields = (size_t)(f - c->fields);
	w->mark = (size_t)(mark - c->marks);
	w->stop = stop;
	return true;
}

/* Fields with doubled quotes move to the scratch buffer with single ones. */
static enum fp_status
undouble(struct device_csv *c, struct fp_err *err)
{
	char *to;

	if (fp_grow(&c->scratch, &c->scratch_cap, c->row.raw_len, 1) != 0)
		return no_memory(c, err);
	to = c->scratch;
	for (size_t i = 0; i < c->row.n_fields; i++) {
		struct device_csv_field *f = &c->fields[i];
		char *begin = to;

		if (c->row.raw[f->at] != '"' || memchr(f->p, '"', f->len) == NULL)
			continue;
		for (size_t k = 0; k < f->len; k++) {
			*to++ = f->p[k];
			k += f->p[k] == '"';
		}
		f->p = begin;
		f->len = (uint32_t)(to - begin);
	}
	return FP_OK;
}

/* The row from start to stop is done: what stands in it, and where the next begins. */
static void
leave_row(struct device_csv *c, size_t stop, size_t mark, size_t breaks)
{
	c->row.raw = c->buf + c->start;
	c->row.raw_len = stop - c->start;
	c->row.line = c->line;
	c->row.fields = c->fields;
	c->row.flags = breaks > 0 ? DEVICE_CSV_BREAKS : 0;
	for (size_t i = c->start / 64; i <= stop / 64 && i * 64 < c->end; i++)
		c->row.flags |= c->flags[i];
	c->line += breaks + 1;
	if (stop < c->end && c->buf[stop] == '\r' && c->buf[stop + 1] == '\n' && stop + 1 < c->end) {
		stop++;
		mark++;
	}
	c->mark = mark;
	c->start = stop < c->end ? stop + 1 : stop;
}

/* A row with a fault is given as its first line, split at every delimiter: what stands behind it is read on as rows of its own. */
static void
leave_broken(struct device_csv *c)
{
	size_t at = c->start, mark = c->mark, stop;

	c->row.n_fields = 0;
	do {
		do
			stop = mark < c->n_marks ? c->marks[mark] : c->end;
		while (mark++ < c->n_marks && c->buf[stop] == '"');
		if (c->row.n_fields < c->fields_cap || more_fields(c))
			c->fields[c->row.n_fields++] =
			    (struct device_csv_field){ c->buf + at, (uint32_t)(stop - at), (uint32_t)(at - c->start) };
		at = stop + 1;
	} while (stop < c->end && c->buf[stop] == c->delimiter);
	leave_row(c, stop, mark, 0);
}

static enum fp_status
too_long(const struct device_csv *c, struct fp_err *err)
{
	return fp_fail(err, FP_ELIMIT, "'%s' line %zu: the row is longer than %zu bytes: this is not a device list", c->name,
	    c->line, c->row_max);
}

/* Is a whole line there for leave_broken? */
static bool
line_is_there(const struct device_csv *c)
{
	for (size_t i = c->mark; i < c->n_marks; i++)
		if (c->buf[c->marks[i]] == '\n' || (c->buf[c->marks[i]] == '\r' && c->marks[i] + 1 < c->end))
			return true;
	return c->ended;
}

/* The row at start; *got is false when more bytes are needed. */
static enum fp_status
take_row(struct device_csv *c, bool *got, struct fp_err *err)
{
	struct walk w = { .at = c->start, .mark = c->mark };
	enum outcome outcome;

	c->row.fault = DEVICE_CSV_FINE;
	c->row.n_fields = 0;
	outcome = plain_row(c, &w) ? ROW_WHOLE : walk_row(c, &w);
	if (outcome == ROW_NEEDS_MORE && c->end - c->start > c->row_max && !line_is_there(c))
		return too_long(c, err);
	/* A quote that is not closed within the longest row is one that never is. */
	if ((outcome == ROW_NEEDS_MORE && c->end - c->start > c->row_max) ||
	    (outcome == ROW_WHOLE && w.stop - c->start > c->row_max && w.breaks > 0)) {
		c->row.n_fields = 0;
		outcome = fault(c, DEVICE_CSV_UNTERMINATED, 0);
	}
	*got = outcome == ROW_WHOLE || (outcome == ROW_FAULT && line_is_there(c));
	if (!*got)
		return FP_OK;
	if (outcome == ROW_FAULT)
		leave_broken(c);
	else
		leave_row(c, w.stop, w.mark, w.breaks);
	if (c->row.raw_len > c->row_max) {
		c->line = c->row.line;
		return too_long(c, err);
	}
	return w.doubled && outcome == ROW_WHOLE ? undouble(c, err) : FP_OK;
}

enum fp_status
device_csv_next(struct device_csv *c, const struct device_csv_row **row, struct fp_err *err)
{
	*row = NULL;
	for (;;) {
		bool got = false;

		if (c->start < c->end) {
			enum fp_status status = take_row(c, &got, err);

			if (status != FP_OK)
				return status;
		}
		if (got && c->row.raw_len > 0) {
			*row = &c->row;
			return FP_OK;
		}
		if (got)
			continue;
		if (c->ended && c->start == c->end)
			return FP_OK;
		if (fill(c, err) != FP_OK)
			return err != NULL ? err->status : FP_EIO;
	}
}

bool
device_csv_peek(const struct device_csv *c, size_t field, struct device_csv_field *out)
{
	size_t at = c->start, mark = c->mark;

	for (; mark < c->n_marks; mark++) {
		size_t stop = c->marks[mark];

		if (c->buf[stop] == '"' || (field > 0 && c->buf[stop] != c->delimiter))
			return false;
		if (field-- == 0) {
			*out = (struct device_csv_field){ c->buf + at, (uint32_t)(stop - at), (uint32_t)(at - c->start) };
			return true;
		}
		at = stop + 1;
	}
	return false;
}

/* ---- opening ---- */

/* Excel's own word for the delimiter stands alone in the first line. */
static bool
take_sep_line(struct device_csv *c)
{
	size_t n = 6;

	if (c->end < 5 || strncasecmp(c->buf, "sep=", 4) != 0)
		return false;
	if (c->end > 5 && c->buf[5] == '\r')
		n = c->end > 6 && c->buf[6] == '\n' ? 7 : 6;
	else if (c->end > 5 && c->buf[5] != '\n')
		return false;
	c->delimiter = c->buf[4];
	c->start = n < c->end ? n : c->end;
	c->line = 2;
	return true;
}

static enum fp_status
prepare(struct device_csv *c, const struct device_csv_options *o, struct fp_err *err)
{
	bool sep;

	c->row_max = o->row_max == 0 ? DEVICE_CSV_ROW_MAX : o->row_max;
	c->fields_max = o->fields_max == 0 ? DEVICE_CSV_FIELDS_MAX : o->fields_max;
	if (c->row_max > (size_t)64 << 20)
		c->row_max = (size_t)64 << 20;
	c->line = 1;
	c->delimiter = o->delimiter != '\0' ? o->delimiter : ',';
	c->name = fp_strdup(o->name == NULL ? "list" : o->name);
	c->fields_cap = c->fields_max < FIELDS_FIRST ? c->fields_max : FIELDS_FIRST;
	c->fields = fp_calloc(c->fields_cap, sizeof(*c->fields));
	if (c->name == NULL || c->fields == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for reading a list");
	if (strchr("\"\r\n", c->delimiter) != NULL)
		return fp_fail(err, FP_EUSAGE, "a quote or line end cannot be the delimiter");
	if (resize(c, CHUNK, err) != FP_OK)
		return FP_ENOMEM;
	if (fill(c, err) != FP_OK)
		return err != NULL ? err->status : FP_EIO;
	sep = take_sep_line(c);
	if (o->delimiter != '\0')
		c->delimiter = o->delimiter;
	else if (!sep)
		c->delimiter = device_csv_guess(c->buf, c->end < DEVICE_CSV_RAW ? c->end : DEVICE_CSV_RAW);
	if (strchr("\"\r\n", c->delimiter) != NULL)
		return fp_fail(err, FP_EINVAL, "'%s' line 1: a quote or line end cannot be the delimiter", c->name);
	find_marks(c);
	while (c->mark < c->n_marks && c->marks[c->mark] < c->start)
		c->mark++;
	return FP_OK;
}

enum fp_status
device_csv_open(
    struct device_csv **out, device_csv_read_fn read, void *ctx, const struct device_csv_options *o, struct fp_err *err)
{
	FP_AUTO(device_csv_freep) struct device_csv *c = fp_calloc(1, sizeof(*c));
	enum fp_status status;

	*out = NULL;
	if (c == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for reading a list");
	status = device_csv_source_open(&c->source, read, ctx, o->encoding, err);
	if (status == FP_OK)
		status = prepare(c, o, err);
	if (status != FP_OK)
		return status;
	*out = c;
	c = NULL;
	return FP_OK;
}

void
device_csv_free(struct device_csv *c)
{
	if (c == NULL)
		return;
	device_csv_source_close(&c->source);
	free(c->name);
	free(c->buf);
	free(c->marks);
	free(c->flags);
	free(c->fields);
	free(c->scratch);
	free(c);
}

void
device_csv_freep(struct device_csv **c)
{
	device_csv_free(*c);
	*c = NULL;
}

char
device_csv_delimiter(const struct device_csv *c)
{
	return c->delimiter;
}

const char *
device_csv_encoding(const struct device_csv *c)
{
	return c->source.encoding;
}

bool
device_csv_bom(const struct device_csv *c)
{
	return c->source.bom;
}

void
device_csv_place(const struct device_csv_row *row, size_t i, size_t *line, size_t *column)
{
	size_t at = i < row->n_fields ? row->fields[i].at : 0;

	*line = row->line;
	*column = 1;
	for (size_t k = 0; k < at; k++) {
		unsigned char ch = (unsigned char)row->raw[k];

		if (ch == '\n' || (ch == '\r' && row->raw[k + 1] != '\n')) {
			*line += 1;
			*column = 1;
		} else if ((ch & 0xC0) != 0x80) { /* not the rest of a UTF-8 sequence */
			*column += 1;
		}
	}
}

void
device_csv_put(struct fp_buf *out, const char *text, size_t len, char delimiter)
{
	bool quote = len > 0 && (text[0] == ' ' || text[len - 1] == ' ');

	for (size_t i = 0; i < len && !quote; i++)
		quote = text[i] == delimiter || text[i] == '"' || text[i] == '\r' || text[i] == '\n';
	if (!quote) {
		fp_buf_add(out, text, len);
		return;
	}
	fp_buf_putc(out, '"');
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			fp_buf_putc(out, '"');
		fp_buf_putc(out, text[i]);
	}
	fp_buf_putc(out, '"');
}
