/* Observations: what is kept comes back the same, a changed byte is found, hostile input neither hangs nor passes. */
#include "unit.h"

#include <stdio.h>

#include "base/mem.h"
#include "evidence/evidence.h"

#define OK(call)                                                                                                                 \
	do {                                                                                                                     \
		struct fp_err *e_ = &err;                                                                                        \
		if ((call) != FP_OK)                                                                                             \
			fail_msg("%s: %s", #call, e_->msg);                                                                      \
	} while (0)

static struct fp_err err;

static struct evidence_obs *
sample(void)
{
	static const uint8_t asked[] = { 0x00, 0xFE, 'S', 'M', 'B', 0xFF };
	struct evidence_obs *o = evidence_obs_new();

	assert_non_null(o);
	o->probe = fp_strdup("smb");
	o->target = fp_strdup("127.0.1.11:445");
	o->vantage = fp_strdup("Labor Süd");
	o->mode = fp_strdup("Dx");
	o->tool = fp_strdup("fieldproof 0.1.0");
	o->started = 1700000000123;
	o->took_us = 4567;
	o->connections = 1;
	o->packets = 2;
	OK(evidence_obs_param(o, "ucs-port", "12345", &err));
	OK(evidence_obs_add(o, EVIDENCE_CONNECTED, 0, 1, 10, 445, NULL, 0, NULL, &err));
	OK(evidence_obs_add(o, EVIDENCE_SENT, 0, 1, 20, 0, asked, sizeof(asked), NULL, &err));
	OK(evidence_obs_add(o, EVIDENCE_NOTE, 0, -1, 30, 0, NULL, 0, "certificate of \"bmc\"", &err));
	OK(evidence_obs_add(o, EVIDENCE_FAILED, 1, 2, 40, 113, NULL, 0, "", &err));
	return o;
}

static void
written(struct fp_buf *out, struct evidence_obs *o)
{
	fp_buf_clear(out);
	OK(evidence_obs_seal(o, &err));
	OK(evidence_obs_write(out, o, &err));
}

/* The id and the bytes are a contract: evidence kept today must be readable, and have the same id, in ten years. */
static void
canonical_bytes_do_not_change(void **state)
{
	FP_AUTO(evidence_obs_freep) struct evidence_obs *o = sample();
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

	(void)state;
	written(&b, o);
	assert_string_equal(b.data,
	    "{\"connections\":1,\"events\":[{\"at_us\":10,\"code\":445,\"conn\":0,\"kind\":\"connected\",\"step\":1},"
	    "{\"at_us\":20,\"bytes\":\"AP5TTUL/\",\"conn\":0,\"kind\":\"sent\",\"step\":1},"
	    "{\"at_us\":30,\"conn\":0,\"kind\":\"note\",\"note\":\"certificate of \\\"bmc\\\"\",\"step\":-1},"
	    "{\"at_us\":40,\"code\":113,\"conn\":1,\"kind\":\"failed\",\"note\":\"\",\"step\":2}],"
	    "\"format\":\"fieldproof-observation-1\","
	    "\"id\":\"2adda453955542e24dfe5a08b47a42eeb37e33d66f2b5633e16c152e510393b3\","
	    "\"mode\":\"Dx\",\"packets\":2,\"params\":{\"ucs-port\":\"12345\"},\"probe\":\"smb\","
	    "\"started\":\"2023-11-14T22:13:20.123Z\",\"target\":\"127.0.1.11:445\",\"took_us\":4567,"
	    "\"tool\":\"fieldproof 0.1.0\",\"vantage\":\"Labor Süd\"}");
}

static void
reads_what_it_wrote(void **state)
{
	FP_AUTO(evidence_obs_freep) struct evidence_obs *o = sample(), *again = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf one = { .max = 0 }, two = { .max = 0 };

	(void)state;
	written(&one, o);
	OK(evidence_obs_read(&again, one.data, one.len, &err));
	assert_string_equal(again->id, o->id);
	assert_int_equal(again->n_events, 4);
	assert_int_equal(again->events[1].len, 6);
	assert_memory_equal(again->events[1].bytes, o->events[1].bytes, 6);
	assert_int_equal(again->events[2].step, -1);
	assert_int_equal(again->events[3].code, 113);
	assert_string_equal(again->events[3].note, "");
	assert_null(again->events[1].note);
	assert_int_equal(again->started, o->started);
	assert_string_equal(evidence_obs_param_get(again, "ucs-port"), "12345");
	assert_null(evidence_obs_param_get(again, "other"));
	written(&two, again);
	assert_string_equal(one.data, two.data);
}

/* Every single character of the document, changed: never read as sound evidence, unless the meaning is the same to the byte. */
static void
every_changed_byte_is_found(void **state)
{
	FP_AUTO(evidence_obs_freep) struct evidence_obs *o = sample();
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	size_t integrity = 0;

	(void)state;
	written(&b, o);
	for (size_t i = 0; i < b.len; i++) {
		FP_AUTO(evidence_obs_freep) struct evidence_obs *again = NULL;
		char was = b.data[i];
		enum fp_status s;

		b.data[i] = (char)(was == 'x' ? 'y' : was ^ 1);
		s = evidence_obs_read(&again, b.data, b.len, &err);
		if (s == FP_OK)
			fail_msg("changing character %zu ('%c') was not found", i, was);
		assert_null(again);
		assert_true(strlen(err.msg) > 0);
		integrity += s == FP_EINTEGRITY;
		b.data[i] = was;
	}
	assert_true(integrity > 100);
	{
		FP_AUTO(evidence_obs_freep) struct evidence_obs *again = NULL;

		OK(evidence_obs_read(&again, b.data, b.len, &err));
	}
}

static void
unsealed_and_changed_are_not_written(void **state)
{
	FP_AUTO(evidence_obs_freep) struct evidence_obs *o = sample();
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

	(void)state;
	assert_int_equal(evidence_obs_write(&b, o, &err), FP_ECONFLICT);
	assert_non_null(strstr(err.msg, "never sealed"));
	OK(evidence_obs_seal(o, &err));
	o->packets++;
	assert_int_equal(evidence_obs_write(&b, o, &err), FP_ECONFLICT);
	assert_non_null(strstr(err.msg, "changed after it was sealed"));
	assert_int_equal(b.len, 0);
}

static void
half_filled_is_not_sealed(void **state)
{
	static const size_t members[] = { offsetof(struct evidence_obs, probe), offsetof(struct evidence_obs, target),
		offsetof(struct evidence_obs, vantage), offsetof(struct evidence_obs, tool) };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(members); i++) {
		FP_AUTO(evidence_obs_freep) struct evidence_obs *o = sample();
		char **member = (char **)(void *)((char *)o + members[i]);

		free(*member);
		*member = NULL;
		assert_int_equal(evidence_obs_seal(o, &err), FP_EINVAL);
		*member = fp_strdup("bad \xC3");
		assert_int_equal(evidence_obs_seal(o, &err), FP_EINVAL);
		assert_non_null(strstr(err.msg, "not UTF-8"));
	}
}

/* A banner of a hostile server ends in a note: the note must stay text, the bytes stand beside it. */
static void
notes_are_made_printable(void **state)
{
	FP_AUTO(evidence_obs_freep) struct evidence_obs *o = sample(), *again = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	char endless[5000];

	(void)state;
	OK(evidence_obs_add(o, EVIDENCE_NOTE, 0, 0, 50, 0, NULL, 0, "\x1b[31mroot\xff\xc3\x28\nü\xc2\x9b", &err));
	assert_string_equal(o->events[4].note, "?[31mroot?"
					       "?(?ü?");
	memset(endless, 'a', sizeof(endless) - 1);
	endless[sizeof(endless) - 1] = '\0';
	OK(evidence_obs_add(o, EVIDENCE_NOTE, 0, 0, 60, 0, NULL, 0, endless, &err));
	assert_int_equal(strlen(o->events[5].note), EVIDENCE_NOTE_MAX);
	written(&b, o);
	OK(evidence_obs_read(&again, b.data, b.len, &err));
}

static void
one_mebibyte_and_no_more(void **state)
{
	FP_AUTO(evidence_obs_freep) struct evidence_obs *o = sample(), *again = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	uint8_t *big = calloc(1, EVIDENCE_OBS_MAX);
	size_t events;

	(void)state;
	assert_non_null(big);
	assert_int_equal(evidence_obs_add(o, EVIDENCE_RECEIVED, 0, 1, 50, 0, big, EVIDENCE_OBS_MAX, NULL, &err), FP_ELIMIT);
	assert_non_null(strstr(err.msg, "1048576"));
	while (evidence_obs_add(o, EVIDENCE_RECEIVED, 0, 1, 60, 0, big, 1, NULL, &err) == FP_OK)
		continue;
	events = o->n_events;
	assert_in_range(events, 15000, 17000);
	OK(evidence_obs_add(o, EVIDENCE_LIMIT, 0, 1, 70, 0, NULL, 0, "byte budget used up", &err));
	assert_int_equal(o->n_events, events + 1);
	written(&b, o);
	OK(evidence_obs_read(&again, b.data, b.len, &err));
	assert_int_equal(again->n_events, events + 1);
	free(big);
}

static void
hostile_documents_are_refused(void **state)
{
	static const struct {
		const char *json;
		enum fp_status status;
	} bad[] = {
		{ "", FP_EINVAL },
		{ "[]", FP_EINVAL },
		{ "{}", FP_EINVAL },
		{ "{\"format\":\"fieldproof-observation-9\"}", FP_EUNSUPPORTED },
		{ "{\"format\":\"fieldproof-observation-1\",\"evil\":1}", FP_EINVAL },
		{ "{\"format\":1}", FP_EINVAL },
		{ "{\"format\":\"fieldproof-observation-1\",\"format\":\"fieldproof-observation-1\"}", FP_EINVAL },
		{ "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", FP_ELIMIT },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(bad); i++) {
		struct evidence_obs *o = NULL;

		assert_int_equal(evidence_obs_read(&o, bad[i].json, strlen(bad[i].json), &err), bad[i].status);
		assert_null(o);
	}
}

static void
names_go_both_ways(void **state)
{
	enum evidence_event_kind k;
	enum evidence_result r;
	enum evidence_level l;

	(void)state;
	for (int i = 0; i < EVIDENCE_RESULT_COUNT; i++) {
		assert_true(evidence_result_of(&r, evidence_result_name((enum evidence_result)i)));
		assert_int_equal(r, i);
	}
	for (int i = 0; i < EVIDENCE_LEVEL_COUNT; i++) {
		assert_true(evidence_level_of(&l, evidence_level_name((enum evidence_level)i)));
		assert_int_equal(l, i);
	}
	for (int i = 0; i < EVIDENCE_EVENT_KINDS; i++) {
		assert_true(evidence_event_of(&k, evidence_event_name((enum evidence_event_kind)i)));
		assert_int_equal(k, i);
	}
	assert_false(evidence_result_of(&r, "Pass"));
	assert_false(evidence_level_of(&l, "L3"));
	assert_string_equal(evidence_result_name((enum evidence_result)99), "unknown");
}

/* REQ law-2: a name out of range, or no memory, is never a pass; nothing is lost on the way. */
static void
no_memory_loses_nothing(void **state)
{
	(void)state;
	for (int64_t n = 0; n < 40; n++) {
		FP_AUTO(evidence_obs_freep) struct evidence_obs *o = sample(), *again = NULL;
		FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
		size_t events = o->n_events;
		enum fp_status s;

		OK(evidence_obs_seal(o, &err));
		(void)fp_mem_fail_after(n);
		s = evidence_obs_write(&b, o, &err);
		if (s == FP_OK)
			s = evidence_obs_read(&again, b.data, b.len, &err);
		if (s == FP_OK)
			s = evidence_obs_add(o, EVIDENCE_SENT, 0, 0, 0, 0, "x", 1, "note", &err);
		(void)fp_mem_fail_after(-1);
		if (s != FP_OK) {
			assert_int_equal(s, FP_ENOMEM);
			assert_int_equal(o->n_events, events);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical_bytes_do_not_change),
		cmocka_unit_test(reads_what_it_wrote),
		cmocka_unit_test(every_changed_byte_is_found),
		cmocka_unit_test(unsealed_and_changed_are_not_written),
		cmocka_unit_test(half_filled_is_not_sealed),
		cmocka_unit_test(notes_are_made_printable),
		cmocka_unit_test(one_mebibyte_and_no_more),
		cmocka_unit_test(hostile_documents_are_refused),
		cmocka_unit_test(names_go_both_ways),
		cmocka_unit_test(no_memory_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
