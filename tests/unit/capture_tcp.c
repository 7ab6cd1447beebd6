/* Files, links and streams: everything that can be missing, doubled, out of order, cut or made up. None becomes a pass. */
#include "unit.h"

#include "base/mem.h"
#include "capture_help.h"

static struct capture *
taken(struct cap *c)
{
	struct fp_err err = { .status = FP_OK };
	struct capture *k = cap_read_bytes(c->file.data, c->file.len, NULL, &err);

	if (k == NULL)
		fail_msg("%s", err.msg);
	return k;
}

static const char *
reason(const struct capture *k, enum capture_question q)
{
	struct evidence_verdict v;

	capture_judge(&v, k, q, NULL);
	return capture_reason_of(q, v.reason)->code;
}

static void
expect(struct cap *c, const char *encrypted)
{
	struct capture *k = taken(c);

	assert_string_equal(reason(k, CAPTURE_SMB_ENCRYPTED), encrypted);
	capture_free(k);
	fp_buf_free(&c->file);
}

static void
good(struct cap *c)
{
	cap_greet(c, 4);
	cap_encrypted(c, UP, 70000);
	cap_encrypted(c, DOWN, 3000);
}

static void
test_links(void **state)
{
	static const uint32_t links[] = { 1, 101, 113, 276, 0, 228 };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(links); i++) {
		for (int how = 0; how < 8; how++) {
			struct cap c;
			if ((how & 1) != 0)
				cap_open_ng(&c, links[i]);
			else
				cap_open(&c, links[i]);
			c.six = (how & 2) != 0;
			c.vlan = (how & 4) != 0;
			good(&c);
			expect(&c, "encrypted-in-use");
		}
	}
}

static void
test_other_link(void **state)
{
	struct fp_err err;
	struct cap c;

	(void)state;
	cap_open(&c, 147);
	good(&c);
	assert_null(cap_read_bytes(c.file.data, c.file.len, NULL, &err));
	assert_int_equal(err.status, FP_EUNSUPPORTED);
	fp_buf_free(&c.file);
}

static void
test_no_capture(void **state)
{
	static const char *const texts[] = { "PK\x03\x04 not a capture, something else altogether", "\xD4\xC3\xB2\xA1", "x" };
	struct capture *k;
	struct fp_err err;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(texts); i++) {
		assert_null(cap_read_bytes(texts[i], strlen(texts[i]), NULL, &err));
		assert_int_equal(err.status, FP_EINVAL);
		assert_non_null(strstr(err.msg, "test.pcap"));
	}
	assert_int_equal(capture_read(&k, "/nonexistent/a.pcap", NULL, &err), FP_ENOTFOUND);
	assert_null(k);
}

/* Cut at every byte: never a pass but at the very end, or where a record ends and so much was seen. */
static void
test_cut_off(void **state)
{
	struct cap c;
	size_t cut = 0;

	(void)state;
	cap_open(&c, 1);
	good(&c);
	for (size_t n = c.file.len - 3200; n < c.file.len; n++) {
		struct fp_err err;
		struct capture *k = cap_read_bytes(c.file.data, n, NULL, &err);
		assert_non_null(k);
		if (k->cut_off) {
			cut++;
			assert_string_equal(reason(k, CAPTURE_SMB_ENCRYPTED), "capture-cut-off");
			assert_true(k->cut_off_why[0] != '\0');
		}
		capture_free(k);
	}
	assert_in_range(cut, 3195, 3199);
	fp_buf_free(&c.file);
}

static void
test_other_port(void **state)
{
	struct capture_options o = { .smb_ports = { 0, 4455 } };
	struct fp_err err;
	struct cap c;
	struct capture *k;

	(void)state;
	cap_open(&c, 1);
	c.port = 4455;
	good(&c);
	k = cap_read_bytes(c.file.data, c.file.len, &o, &err);
	assert_string_equal(reason(k, CAPTURE_SMB_ENCRYPTED), "encrypted-in-use");
	capture_free(k);
	expect(&c, "nothing-seen");
}

static void
test_both_ports(void **state)
{
	struct cap c;
	struct capture *k;

	(void)state;
	cap_open(&c, 1);
	c.client_port = 139;
	good(&c);
	k = taken(&c);
	assert_int_equal(k->n_convs, 1);
	assert_int_equal(k->convs[0].port, 445);
	capture_free(k);
	expect(&c, "encrypted-in-use");
}

static void
test_start_missing(void **state)
{
	struct cap c;
	struct capture *k;

	(void)state;
	cap_open(&c, 1); /* in the middle of a frame; found again at the third */
	cap_encrypted(&c, UP, 70000);
	c.file.len = 24; /* only the header of the file stays */
	cap_encrypted(&c, UP, 70000);
	cap_encrypted(&c, UP, 70000);
	cap_encrypted(&c, DOWN, 3000);
	cap_encrypted(&c, DOWN, 3000);
	k = taken(&c);
	assert_int_equal(k->convs[0].smb.transforms[UP], 1);
	capture_free(k);
	expect(&c, "start-missing");
	cap_open(&c, 1); /* in clear it refutes all the same */
	cap_write(&c, 0, TREE, 65536, 100);
	cap_write(&c, 0, TREE, 65536, 100);
	cap_write(&c, 0, TREE, 65536, 100);
	expect(&c, "clear-transfer");
}

/* A file that holds SMB messages, read behind a gap: its content is not taken for messages. */
static void
test_content_like_messages(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf m = { .data = NULL }, w = { .data = NULL };
	struct cap c;
	struct capture *k;

	(void)state;
	put_zeros(&w, 100);
	fp_buf_be32(&m, 164);
	put_smb2(&m, UP, 9, 0, 0, TREE, 0, &w);
	m.data[4 + 64 + 8] = 1; /* a place other than 0 */
	put_zeros(&m, 1000);
	cap_open(&c, 1);
	cap_handshake(&c);
	c.seq[UP] += 100000; /* lost */
	cap_segment(&c, UP, c.seq[UP], 16, m.data, m.len);
	k = taken(&c);
	assert_int_equal(k->convs[0].smb.writes.count, 0);
	assert_int_equal(k->convs[0].smb.undecided.count, 0);
	capture_free(k);
	expect(&c, "capture-gaps");
}

static void
test_one_direction(void **state)
{
	struct cap c;

	(void)state;
	cap_open(&c, 1);
	cap_segment(&c, UP, c.seq[UP]++, 2, "", 0);
	cap_encrypted(&c, UP, 70000);
	expect(&c, "one-direction");
}

static void
test_gap(void **state)
{
	struct cap c;
	struct capture *k;

	(void)state;
	cap_open(&c, 1); /* a whole frame is missing: what comes behind is read */
	good(&c);
	c.seq[UP] += 800;
	cap_encrypted(&c, UP, 500);
	cap_encrypted(&c, UP, 500);
	cap_encrypted(&c, UP, 500);
	k = taken(&c);
	assert_int_equal(k->convs[0].gaps.count, 1);
	assert_int_equal(k->convs[0].lost_bytes, 800);
	assert_int_equal(k->convs[0].smb.transforms[UP], 3);
	capture_free(k);
	expect(&c, "capture-gaps");
	cap_open(&c, 1); /* missing inside of bodies: no message is lost */
	c.snap = 260;
	good(&c);
	cap_encrypted(&c, UP, 500);
	k = taken(&c);
	assert_int_equal(k->convs[0].gaps.count, 0);
	assert_true(k->convs[0].body_bytes_lost > 60000);
	assert_int_equal(k->convs[0].smb.transforms[UP], 2);
	capture_free(k);
	expect(&c, "encrypted-in-use");
	cap_open(&c, 1); /* a head is cut, but not its frame's length: the next message is found at once */
	cap_greet(&c, 4);
	c.snap = 140;
	cap_encrypted(&c, UP, 5000);
	c.snap = 0;
	cap_encrypted(&c, UP, 300);
	k = taken(&c);
	assert_int_equal(k->convs[0].gaps.count, 1);
	assert_int_equal(k->convs[0].smb.transforms[UP], 1);
	capture_free(k);
	expect(&c, "capture-gaps");
	cap_open(&c, 1); /* headers cut away */
	c.snap = 70;
	good(&c);
	expect(&c, "capture-gaps");
}

/* The segments of a clear conversation in any order, and each twice: the same facts. */
static void
test_order(void **state)
{
	(void)state;
	for (unsigned turn = 0; turn < 4; turn++) {
		struct cap c, d;
		struct capture *k;
		size_t start, at[64], n = 0;
		cap_open(&c, 1);
		cap_greet(&c, 0);
		cap_tree(&c, TREE, 1, 0);
		start = c.file.len;
		cap_write(&c, 0, TREE, 0, 9000);
		for (size_t p = start; p < c.file.len; n++) {
			uint32_t len;
			at[n] = p;
			memcpy(&len, c.file.data + p + 8, 4);
			p += 16 + len;
		}
		at[n] = c.file.len;
		cap_open(&d, 1);
		fp_buf_clear(&d.file);
		fp_buf_add(&d.file, c.file.data, start);
		for (size_t i = 0; i < n; i++) {
			size_t from = turn == 0 ? n - 1 - i : turn == 1 ? (i * 3) % n : i ^ (turn == 2 && (i | 1) < n ? 1u : 0);
			if (turn == 1 && n % 3 == 0)
				from = n - 1 - i;
			for (unsigned twice = 0; twice < (turn == 3 ? 2u : 1u); twice++)
				fp_buf_add(&d.file, c.file.data + at[from], at[from + 1] - at[from]);
		}
		k = taken(&d);
		assert_int_equal(k->convs[0].smb.writes.count, 2);
		assert_int_equal(k->convs[0].gaps.count, 0);
		assert_int_equal(k->convs[0].lost_bytes, 0);
		assert_true(turn == 3 ? k->convs[0].resent > 0 : k->convs[0].reordered > 0);
		capture_free(k);
		fp_buf_free(&c.file);
		expect(&d, "clear-transfer");
	}
}

/* A segment that overlaps what was there with other bytes: the first ones stand. */
static void
test_overlap(void **state)
{
	uint8_t other[600];
	struct cap c;

	(void)state;
	memset(other, 0xEE, sizeof(other));
	cap_open(&c, 1);
	good(&c);
	cap_segment(&c, UP, c.seq[UP] - 600, 16, other, sizeof(other));
	cap_segment(&c, UP, c.seq[UP] - 1, 16, "", 1); /* keep-alive of TCP */
	cap_encrypted(&c, UP, 100);
	expect(&c, "encrypted-in-use");
}

static void
test_waits_in_bounds(void **state)
{
	uint8_t bytes[1400] = { 0 };
	struct cap c;
	struct capture *k;

	(void)state;
	cap_open(&c, 1);
	good(&c);
	c.seq[UP] += 1;
	for (int i = 0; i < 3000; i++) {
		cap_segment(&c, UP, c.seq[UP], 16, bytes, sizeof(bytes));
		c.seq[UP] += sizeof(bytes);
	}
	k = taken(&c);
	assert_in_range(k->peak_waiting, CAPTURE_WINDOW / 2, CAPTURE_WINDOW + 2000);
	assert_int_equal(k->convs[0].gaps.count, 1);
	capture_free(k);
	expect(&c, "capture-gaps");
}

static void
test_fragments(void **state)
{
	struct cap c;
	struct capture *k;

	(void)state;
	cap_open(&c, 1);
	good(&c);
	c.fragment = 0x2000; /* the first of several, with our port */
	cap_encrypted(&c, UP, 100);
	c.fragment = 0x0010; /* a later one */
	cap_segment(&c, UP, 0, 16, "....", 4);
	k = taken(&c);
	assert_int_equal(k->fragments, 2);
	assert_int_equal(k->convs[0].fragments, 1);
	capture_free(k);
	expect(&c, "capture-fragments");
}

static void
test_jumbo(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf m = { .data = NULL };
	struct cap c;
	struct capture *k;

	(void)state;
	fp_buf_be32(&m, 90000);
	fp_buf_add(&m, "\xFDSMB", 4);
	put_zeros(&m, 89996);
	for (int six = 0; six < 2; six++) { /* larger than the length field: left to the network card */
		cap_open(&c, 1);
		c.six = six;
		cap_greet(&c, 4);
		cap_send(&c, UP, &m, SIZE_MAX);
		cap_encrypted(&c, DOWN, 100);
		k = taken(&c);
		assert_int_equal(k->convs[0].smb.transforms[UP], 1);
		capture_free(k);
		expect(&c, "encrypted-in-use");
	}
}

static void
test_garbage_in_the_stream(void **state)
{
	static const char *const texts[] = { "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"\x00\x00\x00\x04"
		"abcd",
		"\x00\xFF\xFF\xFF\xFESMB\x40\x00", "\x00\x00\x00\x02\xFES",
		"\x99"
		"aaaaaaaaaaaaaaaaaaaaaaaaa" };
	static const size_t lengths[] = { 36, 8, 10, 6, 26 };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(texts); i++) {
		struct cap c;
		struct capture *k;
		cap_open(&c, 1);
		good(&c);
		cap_segment(&c, UP, c.seq[UP], 16, texts[i], lengths[i]);
		k = taken(&c);
		if (i != 2) { /* which may still become a message: 16 MB are announced */
			assert_int_equal(k->convs[0].not_understood.count, 1);
			assert_string_equal(reason(k, CAPTURE_SMB_ENCRYPTED), "not-understood");
		}
		capture_free(k);
		fp_buf_free(&c.file);
	}
}

/* Compounds that point outside, backward, at themselves. */
static void
test_hostile_compound(void **state)
{
	static const uint32_t nexts[] = { 1, 8, 56, 63, 65, 4096, 0x7FFFFFF8, 0xFFFFFFF8, 0xFFFFFFFF, 136 };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(nexts); i++) {
		FP_AUTO(fp_buf_free) struct fp_buf m = { .data = NULL }, body = { .data = NULL };
		struct cap c;
		put_zeros(&body, 100);
		put_smb2(&m, UP, 5, 0, SIGNED, TREE, nexts[i], &body);
		cap_open(&c, 1);
		good(&c);
		cap_frame(&c, UP, &m, 1400);
		expect(&c, "not-understood");
	}
}

static void
test_ports_used_again(void **state)
{
	struct cap c;
	struct capture *k;

	(void)state;
	cap_open(&c, 1);
	good(&c);
	c.seq[UP] += 5000;
	c.seq[DOWN] += 5000;
	good(&c);
	k = taken(&c);
	assert_int_equal(k->n_convs, 1);
	assert_int_equal(k->convs[0].connections, 2);
	assert_int_equal(k->convs[0].gaps.count, 0);
	capture_free(k);
	expect(&c, "encrypted-in-use");
}

static void
test_many_connections(void **state)
{
	struct cap c;
	struct capture *k;

	(void)state;
	cap_open(&c, 101);
	good(&c);
	c.port = 445;
	for (unsigned i = 0; i < CAPTURE_FLOWS_MAX + 100; i++) {
		c.client_port = (uint16_t)(1024 + i);
		cap_segment(&c, UP, 7, 2, "", 0);
	}
	k = taken(&c);
	assert_int_equal(k->flows_evicted, 101);
	assert_int_equal(k->n_convs, 1);
	capture_free(k);
	c.client_port = 50000; /* the first goes on, but it is forgotten: no pass */
	cap_encrypted(&c, UP, 3000);
	expect(&c, "start-missing");
}

/* Whatever allocation fails: an error or the same as ever, and nothing is lost. */
static void
test_no_memory(void **state)
{
	struct cap c;
	bool done = false;

	(void)state;
	cap_open(&c, 1);
	cap_greet(&c, 4);
	c.seq[UP] += 9;
	cap_encrypted(&c, UP, 4000);
	for (int64_t n = 0; !done && n < 200; n++) {
		struct fp_err err = { .status = FP_OK };
		struct capture *k;
		(void)fp_mem_fail_after(n);
		k = cap_read_bytes(c.file.data, c.file.len, NULL, &err);
		(void)fp_mem_fail_after(-1);
		done = k != NULL;
		assert_true(done || err.status == FP_ENOMEM);
		capture_free(k);
	}
	assert_true(done);
	fp_buf_free(&c.file);
}

static void
test_addresses(void **state)
{
	static const char *const texts[] = { "192.0.2.7", "2001:db8::1" };
	char out[CAPTURE_ADDRESS_MAX];
	struct capture_address a;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(texts); i++) {
		assert_true(capture_address_of(&a, texts[i]));
		assert_string_equal(capture_address_text(out, &a), texts[i]);
	}
	assert_false(capture_address_of(&a, "nas.example"));
}

static void
test_reasons(void **state)
{
	(void)state;
	for (int q = 0; q < CAPTURE_QUESTIONS; q++) {
		for (const struct evidence_reason *r = capture_reasons((enum capture_question)q); r->code != NULL; r++) {
			assert_ptr_equal(capture_reason_of((enum capture_question)q, r->code), r);
			assert_true((r->result == EVIDENCE_UNKNOWN) == (r->settle[0] != '\0'));
		}
		assert_null(capture_reason_of((enum capture_question)q, "no-such"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_links), cmocka_unit_test(test_other_link),
		cmocka_unit_test(test_no_capture), cmocka_unit_test(test_cut_off), cmocka_unit_test(test_other_port),
		cmocka_unit_test(test_both_ports), cmocka_unit_test(test_start_missing),
		cmocka_unit_test(test_content_like_messages), cmocka_unit_test(test_one_direction), cmocka_unit_test(test_gap),
		cmocka_unit_test(test_order), cmocka_unit_test(test_overlap), cmocka_unit_test(test_waits_in_bounds),
		cmocka_unit_test(test_fragments), cmocka_unit_test(test_jumbo), cmocka_unit_test(test_garbage_in_the_stream),
		cmocka_unit_test(test_hostile_compound), cmocka_unit_test(test_ports_used_again),
		cmocka_unit_test(test_many_connections), cmocka_unit_test(test_no_memory), cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_reasons) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
