/*
 * A million devices, a few hundred different ones: what a list says of a device besides its serial number repeats, so the answer is worked out
 * once per different text and looked up after that.
 */
#include "match/stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "match/match_int.h"

#define CACHE_SLOTS 4096
#define CACHE_KEY 232
#define PROGRESS_EVERY 16384

struct slot {
	uint64_t hash; /* 0 = free */
	uint32_t len;
	char key[CACHE_KEY];
};

struct stream {
	const struct match_index *const *notices;
	size_t n;
	bool versions; /* a notice asks for them */
	struct slot *slots;
	uint8_t *answers; /* per slot and notice: answer, reason */
	struct match_result result;
};

static uint64_t
mix(uint64_t h, uint64_t v)
{
	__extension__ unsigned __int128 product = (unsigned __int128)(h ^ v) * 0x9E3779B97F4A7C15u;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Put a text with its length behind the key; false when it does not fit. */
static bool
put(char *key, size_t *len, struct device_span s)
{
	if (*len + 2 + s.len > CACHE_KEY)
		return false;
	key[*len] = (char)(s.len & 0xff);
	key[*len + 1] = (char)(s.len >> 8);
	if (s.len > 0)
		memcpy(key + *len + 2, s.p, s.len);
	*len += 2 + s.len;
	return true;
}

/* All that the answer hangs on, as one string; 0 when it is too long to be kept. */
static size_t
make_key(char key[CACHE_KEY + 8], const struct device_row *row, bool versions)
{
	size_t len = 0;

	for (enum device_column c = DEVICE_COL_PRODUCT; c <= DEVICE_COL_UDI; c++)
		if (!put(key, &len, row->text[c]))
			return 0;
	for (size_t i = 0; versions && i < row->n_modes; i++) {
		const char *name = row->modes[i].name;

		if (!put(key, &len, (struct device_span){ name, strlen(name) }) || !put(key, &len, row->modes[i].version) ||
		    !put(key, &len, row->modes[i].software))
			return 0;
	}
	for (size_t i = 0; versions && i < row->n_components; i++) {
		const char *name = row->components[i].name, *mode = row->components[i].mode;

		if (!put(key, &len, (struct device_span){ name, strlen(name) }) ||
		    !put(key, &len, (struct device_span){ mode, strlen(mode) }) || !put(key, &len, row->components[i].version))
			return 0;
	}
	memset(key + len, 0, 8);
	return len;
}

static uint64_t
hash_key(const char *key, size_t len)
{
	uint64_t h = len;

	for (size_t i = 0; i < len; i += 8) {
		uint64_t v;

		memcpy(&v, key + i, 8); /* make_key put eight zeros behind */
		h = mix(h, v);
	}
	return h | 1;
}

static void
query_of(struct match_query *q, const struct device_row *row)
{
	q->product = row->text[DEVICE_COL_PRODUCT];
	q->manufacturer = row->text[DEVICE_COL_MANUFACTURER];
	q->catalog = row->text[DEVICE_COL_CATALOG];
	q->udi = row->text[DEVICE_COL_UDI];
	q->n_modes = row->n_modes;
	for (size_t i = 0; i < row->n_modes; i++) {
		q->modes[i].name = row->modes[i].name;
		q->modes[i].software = row->modes[i].software;
		q->modes[i].version = row->modes[i].version;
	}
	q->n_components = row->n_components;
	for (size_t i = 0; i < row->n_components; i++) {
		q->components[i].name = (struct device_span){ row->components[i].name, strlen(row->components[i].name) };
		q->components[i].mode = row->components[i].mode;
		q->components[i].version = row->components[i].version;
	}
}

static void
answer_all(struct stream *s, uint8_t *answers, const struct device_row *row)
{
	struct match_query q;

	query_of(&q, row);
	for (size_t i = 0; i < s->n; i++) {
		match_query_answer(&s->result, s->notices[i], &q);
		answers[i * 2] = (uint8_t)s->result.answer;
		answers[i * 2 + 1] = (uint8_t)s->result.reason;
	}
}

/* The answers for a row, from the cache when its texts were met before. */
static const uint8_t *
answers_for(struct stream *s, const struct device_row *row)
{
	char key[CACHE_KEY + 8];
	size_t len = make_key(key, row, s->versions), i;
	uint64_t h;

	if (len == 0) {
		answer_all(s, s->answers + CACHE_SLOTS * s->n * 2, row);
		return s->answers + CACHE_SLOTS * s->n * 2;
	}
	h = hash_key(key, len);
	i = (size_t)(h >> 40) % CACHE_SLOTS;
	/* Two places each; what was not met again makes room. */
	if (s->slots[i].hash != h && (s->slots[i ^ 1].hash == h || s->slots[i].hash != 0))
		i ^= 1;
	if (s->slots[i].hash != h || s->slots[i].len != len || memcmp(s->slots[i].key, key, len) != 0) {
		s->slots[i].hash = h;
		s->slots[i].len = (uint32_t)len;
		memcpy(s->slots[i].key, key, len);
		answer_all(s, s->answers + i * s->n * 2, row);
	}
	return s->answers + i * s->n * 2;
}

/* The whole answer for the few that matter. */
static enum fp_status
tell(struct stream *s, struct device_import *im, const struct device_row *row, const uint8_t *answers,
    const struct match_stream_options *o, struct fp_err *err)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct device *d;
		enum fp_status status;

		if (answers[i * 2] == MATCH_NOT_AFFECTED)
			continue;
		status = device_import_device(im, &d, err);
		if (status != FP_OK)
			return status;
		match_device(&s->result, s->notices[i], d);
		status = o->hit(o->ctx, i, d, row->line, &s->result, err);
		if (status != FP_OK)
			return status;
	}
	return FP_OK;
}

static enum fp_status
run(struct stream *s, struct match_stream_counts *counts, struct device_import *im, const struct match_stream_options *o,
    struct fp_err *err)
{
	const struct device_row *row;
	size_t rows = 0;

	for (;;) {
		const uint8_t *answers;
		bool hit = false;
		enum fp_status status = device_import_next(im, &row, err);

		if (status != FP_OK || row == NULL)
			return status;
		answers = answers_for(s, row);
		for (size_t i = 0; i < s->n; i++) {
			counts[i].by_answer[answers[i * 2]]++;
			counts[i].by_reason[answers[i * 2 + 1]]++;
			hit = hit || answers[i * 2] != MATCH_NOT_AFFECTED;
		}
		if (hit && o != NULL && o->hit != NULL && (status = tell(s, im, row, answers, o, err)) != FP_OK)
			return status;
		if (++rows % PROGRESS_EVERY == 0 && o != NULL && o->progress != NULL)
			o->progress(o->ctx, rows);
	}
}

enum fp_status
match_stream(struct match_stream_counts *counts, struct device_import *im, const struct match_index *const *notices, size_t n,
    const struct match_stream_options *o, struct fp_err *err)
{
	struct stream s = { .notices = notices, .n = n };
	enum fp_status status;

	memset(counts, 0, n * sizeof(*counts));
	for (size_t i = 0; i < n; i++)
		s.versions = s.versions || match_index_versions(notices[i]);
	s.slots = fp_calloc(CACHE_SLOTS, sizeof(*s.slots));
	s.answers = fp_calloc(CACHE_SLOTS + 1, n * 2);
	if (s.slots == NULL || s.answers == NULL)
		status = fp_fail(err, FP_ENOMEM, "out of memory for matching");
	else
		status = run(&s, counts, im, o, err);
	free(s.slots);
	free(s.answers);
	return status;
}
