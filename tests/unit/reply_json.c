/* The reply as JSON: nothing is lost on the way out and back, nothing foreign comes in, and memory that runs out loses no answer. */
#include "unit.h"

#include <jansson.h>

#include "reply_sample.h"

struct text {
	struct fp_buf buf;
	struct reply *r;
	struct notice *n;
};

static struct text
written(const char *reference, size_t site, size_t devices, bool sign)
{
	struct text t = { .buf = { .max = REPLY_MAX_BYTES } };
	struct fp_err err = { .status = FP_OK };

	if (sample_reply(&t.r, &t.n, reference, "de", site, devices, &err) != FP_OK)
		fail_msg("%s", err.msg);
	t.r->informed = 1;
	t.r->informed_on = SAMPLE_DAY;
	t.r->devices_cannot_tell = 2;
	t.r->statements[0].answer = -1;
	assert_int_equal(reply_set(&t.r->remark, "Zweite Zeile:\nSo.", NULL), FP_OK);
	if (sign && reply_sign(t.r, t.r->site.contact_name, t.r->site.contact_title, SAMPLE_DAY, SAMPLE_NOW, &err) != FP_OK)
		fail_msg("%s", err.msg);
	if (reply_write(&t.buf, t.r, &err) != FP_OK)
		fail_msg("%s", err.msg);
	return t;
}

static void
forget(struct text *t)
{
	fp_buf_free(&t->buf);
	reply_free(t->r);
	notice_free(t->n);
}

static void
same_row(const struct reply_row *a, const struct reply_row *b)
{
	assert_string_equal(a->serial, b->serial);
	assert_string_equal(a->product, b->product);
	assert_string_equal(a->catalog_number, b->catalog_number);
	assert_string_equal(a->udi_di, b->udi_di);
	assert_string_equal(a->mode, b->mode);
	assert_string_equal(a->action, b->action);
	assert_int_equal(a->answer, b->answer);
	assert_string_equal(a->reason, b->reason);
	assert_string_equal(a->reason_text, b->reason_text);
	assert_string_equal(a->note, b->note);
	assert_int_equal(fp_date_compare(a->planned, b->planned), 0);
	assert_string_equal(a->said_by, b->said_by);
	assert_int_equal(a->said_at, b->said_at);
	assert_int_equal(a->verdict_at, b->verdict_at);
	assert_int_equal(a->state, b->state);
	assert_int_equal(a->verdict.result, b->verdict.result);
	assert_int_equal(a->verdict.level, b->verdict.level);
	assert_string_equal(a->verdict.check, b->verdict.check);
	assert_string_equal(a->verdict.reason, b->verdict.reason);
	assert_string_equal(a->verdict.settle, b->verdict.settle);
	assert_string_equal(a->verdict.detail, b->verdict.detail);
	assert_string_equal(a->verdict.obs, b->verdict.obs);
}

static void
same_site(const struct reply_site *a, const struct reply_site *b)
{
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->department, b->department);
	assert_string_equal(a->address, b->address);
	assert_string_equal(a->country, b->country);
	assert_string_equal(a->customer_number, b->customer_number);
	assert_string_equal(a->contact_name, b->contact_name);
	assert_string_equal(a->contact_title, b->contact_title);
	assert_string_equal(a->contact_email, b->contact_email);
	assert_string_equal(a->contact_phone, b->contact_phone);
}

static void
what_is_written_is_read_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct text t = written(sample_notices[i % 3], i % FP_COUNT(sample_sites), 4, i % 2);
		struct fp_buf again = { .max = REPLY_MAX_BYTES };
		struct reply *r = NULL;
		struct fp_err err = { .status = FP_OK };

		if (reply_read(&r, t.buf.data, t.buf.len, &err) != FP_OK)
			fail_msg("%s", err.msg);
		assert_string_equal(r->reference, t.r->reference);
		assert_string_equal(r->document_number, t.r->document_number);
		assert_string_equal(r->notice_hash, t.r->notice_hash);
		assert_int_equal(strlen(r->notice_hash), 64);
		assert_string_equal(r->lang, "de");
		assert_string_equal(r->remark, "Zweite Zeile:\nSo.");
		assert_string_equal(r->link, t.r->link);
		assert_int_equal(r->revision, t.r->revision);
		assert_int_equal(r->made, SAMPLE_NOW);
		assert_int_equal(r->devices_cannot_tell, 2);
		assert_int_equal(r->distributor, 0);
		assert_int_equal(r->identified, -1);
		assert_int_equal(r->informed, 1);
		assert_int_equal(fp_date_compare(r->informed_on, SAMPLE_DAY), 0);
		same_site(&r->site, &t.r->site);
		assert_int_equal(r->n_statements, t.r->n_statements);
		assert_int_equal(r->n_rows, t.r->n_rows);
		for (size_t k = 0; k < r->n_rows; k++)
			same_row(&r->rows[k], &t.r->rows[k]);
		if (i % 2) {
			assert_string_equal(r->signed_by, t.r->signed_by);
			assert_string_equal(r->meaning, reply_signature_meaning());
			assert_int_equal(r->signed_at, SAMPLE_NOW);
		} else {
			assert_null(r->signed_by);
		}
		assert_int_equal(reply_write(&again, r, NULL), FP_OK);
		assert_int_equal(again.len, t.buf.len);
		assert_memory_equal(again.data, t.buf.data, again.len);
		fp_buf_free(&again);
		reply_free(r);
		forget(&t);
	}
}

/* Statements come back by name: their order in JSON is not that of the notice. */
static void
answers_stay_with_their_statement(void **state)
{
	struct text t = written("FSN2025-1682", 0, 1, false);
	struct reply *r = NULL;

	(void)state;
	assert_int_equal(reply_read(&r, t.buf.data, t.buf.len, NULL), FP_OK);
	for (size_t i = 0; i < r->n_statements; i++)
		for (size_t k = 0; k < t.r->n_statements; k++)
			if (strcmp(r->statements[i].code, t.r->statements[k].code) == 0)
				assert_int_equal(r->statements[i].answer, t.r->statements[k].answer);
	reply_free(r);
	forget(&t);
}

static void
no_beginning_of_a_reply_is_a_reply(void **state)
{
	struct text t = written("FSN2025-1682", 2, 2, true);

	(void)state;
	for (size_t len = 0; len < t.buf.len; len++) {
		char *part = malloc(len ? len : 1);
		struct reply *r = NULL;
		struct fp_err err = { .msg = "" };

		assert_non_null(part);
		memcpy(part, t.buf.data, len);
		assert_int_not_equal(reply_read(&r, part, len, &err), FP_OK);
		assert_null(r);
		assert_true(err.msg[0] != '\0');
		free(part);
	}
	forget(&t);
}

/* Every byte changed: refused, or a reply that is written and read again as the same. */
static void
a_changed_byte_breaks_nothing(void **state)
{
	struct text t = written("FSN2025-1682", 3, 1, true);
	static const char instead[] = { '0', '"', '{', '-', '\0', (char)0xFF };

	(void)state;
	for (size_t i = 0; i < t.buf.len; i++) {
		char was = t.buf.data[i];

		for (size_t k = 0; k < sizeof(instead); k++) {
			struct fp_buf one = { .max = 0 }, two = { .max = 0 };
			struct reply *r = NULL, *again = NULL;

			t.buf.data[i] = instead[k];
			if (reply_read(&r, t.buf.data, t.buf.len, NULL) == FP_OK) {
				assert_int_equal(reply_write(&one, r, NULL), FP_OK);
				assert_int_equal(reply_read(&again, one.data, one.len, NULL), FP_OK);
				assert_int_equal(reply_write(&two, again, NULL), FP_OK);
				assert_int_equal(one.len, two.len);
				assert_memory_equal(one.data, two.data, one.len);
				(void)reply_contradictions(r, t.n);
			}
			reply_free(r);
			reply_free(again);
			fp_buf_free(&one);
			fp_buf_free(&two);
		}
		t.buf.data[i] = was;
	}
	forget(&t);
}

/* ---- what is refused, by name ---- */

/* The written reply with one piece of text replaced. */
static char *
with(const struct text *t, const char *old, const char *new)
{
	const char *at = strstr(t->buf.data, old);
	char *out;

	if (at == NULL)
		fail_msg("'%s' is not in the reply", old);
	out = malloc(t->buf.len + strlen(new) + 1);
	assert_non_null(out);
	memcpy(out, t->buf.data, (size_t)(at - t->buf.data));
	(void)sprintf(out + (at - t->buf.data), "%s%s", new, at + strlen(old));
	return out;
}

static void
each_fault_has_its_own_words(void **state)
{
	static const struct {
		const char *old, *new;
		enum fp_status status;
		const char *words;
	} faults[] = {
		{ "fieldproof-reply-1", "fieldproof-reply-9", FP_EUNSUPPORTED, "reply has format 'fieldproof-reply-9'" },
		{ "\"format\"", "\"formats\"", FP_EINVAL, "'format' is missing" },
		{ "\"remark\"", "\"remarks\"", FP_EINVAL, "unknown key 'remarks'" },
		{ "\"customer_number\"", "\"number\"", FP_EINVAL, "site: unknown key 'number'" },
		{ "\"applies\"", "\"apply\"", FP_EINVAL, "distributor: unknown key 'apply'" },
		{ "\"planned\"", "\"plan\"", FP_EINVAL, "unknown key 'plan'" },
		{ "\"level\"", "\"levels\"", FP_EINVAL, "unknown key 'levels'" },
		{ "\"serial\":\"M70001\"", "\"serial\":\"\"", FP_EINVAL, "cells[0]: 'serial' is empty" },
		{ "\"serial\":\"M70001\",", "", FP_EINVAL, "cells[0]: 'serial' is missing" },
		{ "\"reference\":\"FSN2023-1338\"", "\"reference\":17", FP_EINVAL, "'reference' is a whole number" },
		{ "\"revision\":1", "\"revision\":-1", FP_EINVAL, "out of range" },
		{ "\"revision\":1", "\"revision\":1.5", FP_EINVAL, "'revision' is a number" },
		{ "\"devices_cannot_tell\":2", "\"devices_cannot_tell\":-2", FP_EINVAL, "out of range" },
		{ "\"answer\":\"done\"", "\"answer\":\"did\"", FP_EINVAL, "unknown answer 'did'" },
		{ "\"state\":\"claimed\"", "\"state\":\"proud\"", FP_EINVAL, "known 'state'" },
		{ "\"result\":\"pass\"", "\"result\":\"great\"", FP_EINVAL, "unknown result 'great'" },
		{ "\"level\":\"L2\"", "\"level\":\"L9\"", FP_EINVAL, "level 'L9'" },
		{ "\"planned\":\"2027-01-15\"", "\"planned\":\"2027-02-30\"", FP_EINVAL, "'planned'" },
		{ "\"made\":\"2026-", "\"made\":\"26-", FP_EINVAL, "'made'" },
		{ "\"applies\":false", "\"applies\":\"no\"", FP_EINVAL, "must be true, false or null" },
		{ "\"statements\":{", "\"statements\":{\"x\":3,", FP_EINVAL, "must be true, false or null" },
		{ "\"signature\":{\"at\":\"2026-11-21T09:30:00.000Z\",", "\"signature\":{", FP_EINVAL, "'at' is missing" },
		{ "\"signature\":{", "\"signature\":null,\"tail\":{", FP_EINVAL, "unknown key 'tail'" },
	};
	struct text t = written("FSN2023-1338", 0, 4, true);

	(void)state;
	for (size_t i = 0; i < FP_COUNT(faults); i++) {
		char *bad = with(&t, faults[i].old, faults[i].new);
		struct reply *r = NULL;
		struct fp_err err = { .msg = "" };
		enum fp_status got = reply_read(&r, bad, strlen(bad), &err);

		if (got != faults[i].status || strstr(err.msg, faults[i].words) == NULL || r != NULL)
			fail_msg("%s -> %s: status %d, %s", faults[i].old, faults[i].new, (int)got, err.msg);
		free(bad);
	}
	forget(&t);
}

static void
sizes_are_bounded(void **state)
{
	struct text t = written("FSN2025-1682", 0, 1, false);
	char detail[400] = "\"detail\":\"", *bad;
	struct reply *r = NULL;
	struct fp_err err;

	(void)state;
	assert_int_equal(reply_read(&r, "", REPLY_MAX_BYTES + 1, &err), FP_ELIMIT);
	memset(detail + strlen(detail), 'x', 300);
	bad = with(&t, "\"detail\":\"", detail);
	assert_int_equal(reply_read(&r, bad, strlen(bad), &err), FP_ELIMIT);
	assert_non_null(strstr(err.msg, "'detail' is longer than 255 bytes"));
	assert_null(r);
	free(bad);
	forget(&t);
}

/* ---- when memory runs out ---- */

/* Every allocation of the program fails once: an error, never half a reply. */
static void
our_memory_runs_out(void **state)
{
	struct text t = written("FSN2023-1338", 1, 2, true);
	int64_t n = 0;
	bool all = false;

	(void)state;
	for (; !all && n < 100000; n++) {
		struct reply *r = NULL;
		struct fp_err err = { .status = FP_OK };
		enum fp_status got;

		(void)fp_mem_fail_after(n);
		got = reply_read(&r, t.buf.data, t.buf.len, &err);
		(void)fp_mem_fail_after(-1);
		if (got == FP_OK)
			all = true;
		else if (got != FP_ENOMEM || r != NULL)
			fail_msg("allocation %d: status %d, %s", (int)n, (int)got, err.msg);
		reply_free(r);
	}
	assert_true(all && n > 20);
	for (all = false, n = 0; !all && n < 100000; n++) {
		struct reply *r = NULL;
		struct fp_err err = { .status = FP_OK };
		enum fp_status got;

		(void)fp_mem_fail_after(n);
		got = reply_new(&r, t.n, "da", SAMPLE_NOW, &err);
		if (got == FP_OK)
			got = reply_sign(r, "Ann", "engineer", SAMPLE_DAY, SAMPLE_NOW, &err);
		(void)fp_mem_fail_after(-1);
		all = got == FP_OK;
		assert_true(all || got == FP_ENOMEM);
		reply_free(r);
	}
	assert_true(all && n > 20);
	forget(&t);
}

static long jansson_left;

static void *
jansson_malloc(size_t size)
{
	return jansson_left-- == 0 ? NULL : malloc(size);
}

/* jansson loses a member silently when an allocation fails, and goes on: such a reply must not be signed or kept. */
static void
memory_of_the_json_library_runs_out(void **state)
{
	struct text t = written("FSN2025-1682", 0, 1, true);
	long n = 0;
	bool all = false;

	(void)state;
	json_set_alloc_funcs(jansson_malloc, free);
	for (; !all && n < 100000; n++) {
		struct fp_buf out = { .max = 0 };
		struct reply *r = NULL;
		enum fp_status wrote, got;

		jansson_left = n;
		wrote = reply_write(&out, t.r, NULL);
		all = jansson_left > 0;
		jansson_left = n;
		got = reply_read(&r, t.buf.data, t.buf.len, NULL);
		all = all && jansson_left > 0;
		if (wrote == FP_OK) {
			assert_int_equal(out.len, t.buf.len);
			assert_memory_equal(out.data, t.buf.data, out.len);
		}
		if (got == FP_OK)
			assert_int_equal(r->n_rows, t.r->n_rows);
		reply_free(r);
		fp_buf_free(&out);
	}
	json_set_alloc_funcs(malloc, free);
	assert_true(all && n > 100);
	forget(&t);
}

static void
a_text_that_is_no_text_is_refused_not_dropped(void **state)
{
	struct text t = written("FSN2025-1682", 0, 1, false);
	struct fp_buf out = { .max = 0 };
	struct fp_err err;

	(void)state;
	assert_int_equal(reply_set(&t.r->rows[0].note, "caf\xE9", NULL), FP_OK);
	assert_int_equal(reply_write(&out, t.r, &err), FP_EINVAL);
	assert_string_equal(err.msg, "reply: 'note' is not UTF-8 text");
	fp_buf_free(&out);
	forget(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(answers_stay_with_their_statement),
		cmocka_unit_test(no_beginning_of_a_reply_is_a_reply),
		cmocka_unit_test(a_changed_byte_breaks_nothing),
		cmocka_unit_test(each_fault_has_its_own_words),
		cmocka_unit_test(sizes_are_bounded),
		cmocka_unit_test(our_memory_runs_out),
		cmocka_unit_test(memory_of_the_json_library_runs_out),
		cmocka_unit_test(a_text_that_is_no_text_is_refused_not_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
