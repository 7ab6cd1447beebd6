/* BMC-1 to BMC-4, judged from recordings of ipmi_sim, nginx and the laboratory's controllers, whole, cut and spoiled. */
#include "check_help.h"

#include "check/ipmi_proto.h"

static void
ipmi_postures(void **state)
{
	(void)state;
	static const struct {
		const char *name, *bmc2, *reason2, *bmc3, *reason3;
	} rows[] = {
		{ "ipmi-sim-weak", "fail", "anonymous-log-on", "unknown", "suite0-listed" },
		{ "ipmi-sim-hard", "pass", "log-on-required", "unknown", "suite0-listed" },
		{ "ipmi-good", "pass", "log-on-required", "pass", "suite0-absent" },
		{ "ipmi-anonymous", "fail", "anonymous-log-on", "pass", "suite0-absent" },
		{ "ipmi-none", "fail", "no-authentication", "pass", "suite0-absent" },
		{ "ipmi-v15", "pass", "log-on-required", "unknown", "command-refused" },
		{ "ipmi-manysuites", "pass", "log-on-required", "pass", "suite0-absent" },
		{ "ipmi-worst", "fail", "anonymous-log-on", "unknown", "suite0-listed" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct evidence_obs *o = recorded(rows[i].name);
		expect(o, "BMC-1", "informational", "answers-here");
		expect(o, "BMC-2", rows[i].bmc2, rows[i].reason2);
		expect(o, "BMC-3", rows[i].bmc3, rows[i].reason3);
		assert_int_equal(check_ipmi_steps.next(o), 0);
		evidence_obs_free(o);
	}
}

/* RMCP's reserved byte and sequence number carry nothing; all else is fixed or under a checksum. */
static bool
free_byte(size_t at)
{
	return at == 1 || at == 2;
}

static void
spoiled_datagrams_never_pass(void **state)
{
	(void)state;
	struct evidence_obs *o = recorded("ipmi-good");
	const struct evidence_event *e;
	for (size_t nth = 1; (e = received(o, nth)) != NULL; nth++) {
		const char *check = e->step < 10 ? "BMC-2" : "BMC-3";
		for (size_t at = 0; at < e->len; at++) {
			struct evidence_obs *cut = spoiled(o, nth, e->bytes, at, EVIDENCE_TIMEOUT);
			assert_false(passes(cut, check));
			evidence_obs_free(cut);
			for (unsigned change = 1; change < 256 && !free_byte(at); change++) {
				uint8_t copy[256];
				memcpy(copy, e->bytes, e->len);
				copy[at] = (uint8_t)(copy[at] ^ change);
				struct evidence_obs *s = spoiled(o, nth, copy, e->len, EVIDENCE_NOTE);
				if (passes(s, check)) {
					fail_msg("%s: answer %zu byte %zu ^ %02x passes", check, nth, at, change);
				}
				evidence_obs_free(s);
			}
		}
	}
	evidence_obs_free(o);
}

/* An answer as a controller sends it. */
static void
answer(struct fp_buf *b, int question, uint8_t command, uint8_t completion, const void *data, uint8_t len)
{
	uint8_t m[64] = { 0x81, 0x1C, 0x63, 0x20, (uint8_t)((unsigned)question << 2), command, completion };
	memcpy(m + 7, data, len);
	uint8_t sum = 0;
	for (size_t i = 3; i < (size_t)7 + len; i++) {
		sum = (uint8_t)(sum + m[i]);
	}
	m[7 + len] = (uint8_t)-sum;
	fp_buf_clear(b);
	fp_buf_add(b, "\x06\x00\xff\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00", 13);
	fp_buf_u8(b, (uint8_t)(8 + len));
	fp_buf_add(b, m, (size_t)8 + len);
}

static void
put_answer(struct evidence_obs *o, int question, uint8_t completion, const void *data, uint8_t len)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	answer(&b, question, question < 10 ? 0x38 : 0x54, completion, data, len);
	event(o, EVIDENCE_SENT, question, 0, "q", 1);
	event(o, EVIDENCE_RECEIVED, question, 0, b.data, b.len);
}

static struct evidence_obs *
controller(const void *auth, uint8_t len)
{
	struct evidence_obs *o = blank("ipmi", "10.0.0.6:623");
	event(o, EVIDENCE_SENT, 1, 0, "ping", 4);
	event(o, EVIDENCE_TIMEOUT, 1, 0, NULL, 0);
	assert_int_equal(check_ipmi_steps.next(o), 2);
	put_answer(o, 2, 0, auth, len);
	return o;
}

static void
each_weakness_has_its_reason(void **state)
{
	(void)state;
	static const struct {
		uint8_t types, status;
		const char *result, *reason;
	} rows[] = {
		{ 0x94, 0x04, "pass", "log-on-required" },
		{ 0x94, 0x24, "pass", "log-on-required" },
		{ 0x95, 0x04, "fail", "no-authentication" },
		{ 0x94, 0x05, "fail", "anonymous-log-on" },
		{ 0x94, 0x06, "fail", "null-user" },
		{ 0x94, 0x0C, "fail", "user-level-authentication-off" },
		{ 0x94, 0x14, "fail", "per-message-authentication-off" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		const uint8_t data[8] = { 1, rows[i].types, rows[i].status, 3, 0, 0, 0, 0 };
		struct evidence_obs *o = controller(data, 8);
		expect(o, "BMC-2", rows[i].result, rows[i].reason);
		expect(o, "BMC-1", "informational", "answers-here"); /* no pong, but it answers */
		assert_non_null(strstr(verdict(o, "BMC-2").detail, (rows[i].status & 0x20) != 0 ? "key set" : "at its default"));
		evidence_obs_free(o);
	}
	const uint8_t channels[] = { 0x0C, 0x0E, 0x0F, 0x81 };
	for (size_t i = 0; i < FP_COUNT(channels); i++) {
		const uint8_t data[8] = { channels[i], 0x94, 0x04, 3, 0, 0, 0, 0 };
		struct evidence_obs *o = controller(data, 8);
		expect(o, "BMC-2", "unknown", "not-the-protocol");
		evidence_obs_free(o);
	}
	struct evidence_obs *o = controller("\x01\x94\x04", 3);
	expect(o, "BMC-2", "unknown", "not-the-protocol");
	evidence_obs_free(o);
}

/* The right answer to another question: well formed, and no answer to this one. */
static void
answers_to_other_questions(void **state)
{
	(void)state;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	for (int q = 1; q <= 63; q++) {
		struct evidence_obs *o = blank("ipmi", "10.0.0.6:623");
		answer(&b, q, 0x38, 0, "\x01\x94\x04\x03\x00\x00\x00\x00", 8);
		event(o, EVIDENCE_SENT, 2, 0, "q", 1);
		event(o, EVIDENCE_RECEIVED, 2, 0, b.data, b.len);
		assert_int_equal(passes(o, "BMC-2"), q == 2);
		evidence_obs_free(o);
	}
}

static void
older_controllers_are_asked_again(void **state)
{
	(void)state;
	struct evidence_obs *o = blank("ipmi", "10.0.0.6:623");
	event(o, EVIDENCE_SENT, 1, 0, "ping", 4);
	event(o, EVIDENCE_TIMEOUT, 1, 0, NULL, 0);
	put_answer(o, 2, 0xCC, "", 0);
	expect(o, "BMC-2", "unknown", "not-asked");
	assert_int_equal(check_ipmi_steps.next(o), 3);
	put_answer(o, 3, 0, "\x01\x14\x04\x00\x00\x00\x00\x00", 8);
	expect(o, "BMC-2", "pass", "log-on-required");
	evidence_obs_free(o);
}

/* ---- cipher suites ---- */

static struct evidence_obs *
lists(const uint8_t *records, size_t len)
{
	struct evidence_obs *o = controller("\x01\x94\x04\x03\x00\x00\x00\x00", 8);
	for (int i = 0; (size_t)i * 16 <= len && i < 16; i++) {
		uint8_t block[17] = { 1 };
		size_t n = len - (size_t)i * 16 < 16 ? len - (size_t)i * 16 : 16;
		memcpy(block + 1, records + (size_t)i * 16, n);
		assert_int_equal(check_ipmi_steps.next(o), 10 + i);
		put_answer(o, 10 + i, 0, block, (uint8_t)(n + 1));
	}
	assert_int_equal(check_ipmi_steps.next(o), 0);
	return o;
}

static void
suites(void **state)
{
	(void)state;
	static const struct {
		const char *records;
		size_t len;
		const char *result, *reason;
	} rows[] = {
		{ "\xc0\x03\x01\x41\x81", 5, "pass", "suite0-absent" },
		{ "\xc0\x11\x03\x44\x81\xc0\x03\x01\x41\x81\xc0\x08\x02\x42\x81", 15, "pass", "suite0-absent" },
		{ "\xc0\x11\x03\x44\x81\xc0\x03\x01\x41\x81\xc0\x08\x02\x42\x81\xc0\x00\x00\x40\x80", 20, "unknown",
		    "suite0-listed" },
		/* exactly one block: the next one, empty, ends the list */
		{ "\xc0\x11\x03\x44\x81\xc0\x03\x01\x41\x81\xc0\x08\x02\x41\x42\x81", 16, "pass", "suite0-absent" },
		{ "\xc1\x80\x57\x01\x00\x00\x41\x81", 8, "unknown", "suite-without-authentication" },
		{ "\xc1\x80\x57\x01\x00\x02\x41\x81", 8, "pass", "suite0-absent" },
		{ "", 0, "unknown", "list-malformed" },
		{ "\xc0", 1, "unknown", "list-malformed" },
		{ "\xc0\x03", 2, "unknown", "list-malformed" },
		{ "\xc1\x03\x01\x41\x81", 5, "unknown", "list-malformed" },
		{ "\x03\x01\x41\x81", 4, "unknown", "list-malformed" },
		{ "\xc0\x03\x41\x81", 4, "unknown", "list-malformed" },
		{ "\xc0\x03\x01\x81\x41", 5, "unknown", "list-malformed" },
		{ "\xc2\x03\x01\x41\x81", 5, "unknown", "list-malformed" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct evidence_obs *o = lists((const uint8_t *)rows[i].records, rows[i].len);
		expect(o, "BMC-3", rows[i].result, rows[i].reason);
		evidence_obs_free(o);
	}
}

/* Suite 0 might stand in what was not read: a list without its end never passes. */
static void
unfinished_lists_never_pass(void **state)
{
	(void)state;
	uint8_t records[16 * 16];
	for (size_t i = 0; i < sizeof(records); i++) {
		records[i] = (uint8_t) "\xc0\x03\x01\x41"[i % 4];
	}
	struct evidence_obs *o = lists(records, sizeof(records));
	expect(o, "BMC-3", "unknown", "list-too-long");
	evidence_obs_free(o);
	o = controller("\x01\x94\x04\x03\x00\x00\x00\x00", 8);
	put_answer(o, 10, 0, "\x01\xc0\x11\x03\x44\x81\xc0\x03\x01\x41\x81\xc0\x08\x02\x41\x42\x81", 17);
	expect(o, "BMC-3", "unknown", "not-asked");
	event(o, EVIDENCE_SENT, 11, 0, "q", 1);
	event(o, EVIDENCE_TIMEOUT, 11, 0, NULL, 0);
	expect(o, "BMC-3", "unknown", "no-answer");
	evidence_obs_free(o);
	o = controller("\x01\x94\x04\x03\x00\x00\x00\x00", 8); /* the blocks are of two channels */
	put_answer(o, 10, 0, "\x01\xc0\x11\x03\x44\x81\xc0\x03\x01\x41\x81\xc0\x08\x02\x41\x42\x81", 17);
	put_answer(o, 11, 0, "\x02\xc0\x06\x02\x41\x81", 6);
	expect(o, "BMC-3", "unknown", "list-malformed");
	evidence_obs_free(o);
	o = controller("\x01\x94\x04\x03\x00\x00\x00\x00", 8);
	put_answer(o, 10, 0xC1, "", 0);
	expect(o, "BMC-3", "unknown", "command-refused");
	evidence_obs_free(o);
}

/* REQ law-2: no answer is not "out of reach", and a closed port is not "switched off". */
static void
silence_is_unknown(void **state)
{
	(void)state;
	struct evidence_obs *o = blank("ipmi", "10.0.0.6:623");
	for (int q = 1; q <= 2; q++) {
		assert_int_equal(check_ipmi_steps.next(o), q);
		event(o, EVIDENCE_SENT, q, 0, "q", 1);
		event(o, EVIDENCE_SENT, q, 0, "q", 1);
		event(o, EVIDENCE_TIMEOUT, q, 0, NULL, 0);
	}
	assert_int_equal(check_ipmi_steps.next(o), 0);
	for (int c = 1; c <= 3; c++) {
		char id[16];
		(void)snprintf(id, sizeof(id), "BMC-%d", c);
		expect(o, id, "unknown", "no-answer");
		assert_string_equal(verdict(o, id).detail, "no answer to 4 datagrams");
	}
	evidence_obs_free(o);
	o = blank("ipmi", "10.0.0.6:623");
	event(o, EVIDENCE_SENT, 1, 0, "q", 1);
	event(o, EVIDENCE_REFUSED, 1, 0, NULL, 0);
	assert_int_equal(check_ipmi_steps.next(o), 0);
	expect(o, "BMC-1", "unknown", "port-closed");
	expect(o, "BMC-3", "unknown", "port-closed");
	evidence_obs_free(o);
}

/* ---- Redfish ---- */

static void
redfish_postures(void **state)
{
	(void)state;
	static const char *const rows[][3] = { { "redfish-good", "pass", "log-on-required" },
		{ "redfish-forbidden", "pass", "log-on-required" }, { "redfish-open", "fail", "open-without-log-on" },
		{ "redfish-notfound", "unknown", "not-found" }, { "redfish-busy", "unknown", "busy" },
		{ "redfish-moved", "unknown", "redirected" }, { "redfish-webpage", "unknown", "not-redfish" } };
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct evidence_obs *o = recorded(rows[i][0]);
		expect(o, "BMC-4", rows[i][1], rows[i][2]);
		assert_int_equal(check_redfish_steps.next(o), 0);
		evidence_obs_free(o);
	}
}

static void
cut_http_never_passes(void **state)
{
	(void)state;
	static const enum evidence_event_kind ends[] = { EVIDENCE_CLOSED, EVIDENCE_RESET, EVIDENCE_TIMEOUT, EVIDENCE_LIMIT,
		EVIDENCE_NOTE };
	struct evidence_obs *o = recorded("redfish-good");
	for (size_t nth = 0; nth < 2; nth++) {
		const struct evidence_event *e = received(o, nth);
		for (size_t k = 0; k < e->len; k++) {
			for (size_t x = 0; x < FP_COUNT(ends); x++) {
				struct evidence_obs *s = spoiled(o, nth, e->bytes, k, ends[x]);
				assert_false(passes(s, "BMC-4"));
				evidence_obs_free(s);
			}
		}
	}
	evidence_obs_free(o);
}

static struct evidence_obs *
web(const char *root, enum evidence_event_kind root_end, const char *collection, enum evidence_event_kind end)
{
	struct evidence_obs *o = blank("redfish", "https://10.0.0.6:443");
	event(o, EVIDENCE_CONNECTED, 1, 443, NULL, 0);
	event(o, EVIDENCE_RECEIVED, 1, 0, root, strlen(root));
	if (root_end != EVIDENCE_NOTE) {
		event(o, root_end, 1, 0, NULL, 0);
	}
	if (collection != NULL) {
		event(o, EVIDENCE_SENT, 2, 0, "GET", 3);
		event(o, EVIDENCE_RECEIVED, 2, 0, collection, strlen(collection));
		if (end != EVIDENCE_NOTE) {
			event(o, end, 2, 0, NULL, 0);
		}
	}
	return o;
}

#define ROOT "HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\n{\"RedfishVersion\":\"1.8.0\"}"
#define UNSIZED "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"RedfishVersion\":\"1.8.0\"}"

static void
http_answers_of_all_kinds(void **state)
{
	(void)state;
	static const struct {
		const char *root, *collection;
		enum evidence_event_kind root_end, end;
		const char *result, *reason;
	} rows[] = {
		{ ROOT, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", EVIDENCE_NOTE, EVIDENCE_NOTE, "pass",
		    "log-on-required" },
		{ ROOT, "HTTP/1.1 401\r\nContent-Length: 0\r\n\r\n", EVIDENCE_NOTE, EVIDENCE_NOTE, "pass", "log-on-required" },
		{ UNSIZED, "HTTP/1.0 403 No\r\n\r\n", EVIDENCE_CLOSED, EVIDENCE_CLOSED, "pass", "log-on-required" },
		/* without a length only an orderly end says that it is whole */
		{ UNSIZED, NULL, EVIDENCE_NOTE, EVIDENCE_NOTE, "unknown", "not-the-protocol" },
		{ UNSIZED, NULL, EVIDENCE_RESET, EVIDENCE_NOTE, "unknown", "cut-off" },
		{ UNSIZED, "HTTP/1.0 403 No\r\n\r\n", EVIDENCE_CLOSED, EVIDENCE_RESET, "unknown", "cut-off" },
		{ UNSIZED, "HTTP/1.0 403 No\r\n\r\n", EVIDENCE_CLOSED, EVIDENCE_TIMEOUT, "unknown", "cut-off" },
		{ ROOT, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"Mem\r\na\r\nbers\":[1]}\r\n0\r\n\r\n",
		    EVIDENCE_NOTE, EVIDENCE_NOTE, "fail", "open-without-log-on" },
		{ ROOT, "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"Members\":[]}", EVIDENCE_NOTE, EVIDENCE_NOTE, "unknown",
		    "empty-collection" },
		{ ROOT, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", EVIDENCE_NOTE, EVIDENCE_NOTE, "unknown",
		    "odd-answer" },
		{ ROOT, "HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n", EVIDENCE_NOTE,
		    EVIDENCE_NOTE, "unknown", "redirected" },
		{ ROOT, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", EVIDENCE_NOTE, EVIDENCE_NOTE, "unknown", "busy" },
		{ ROOT, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", EVIDENCE_NOTE, EVIDENCE_NOTE, "unknown", "odd-answer" },
		{ ROOT, "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\nmore", EVIDENCE_NOTE, EVIDENCE_NOTE, "unknown",
		    "not-the-protocol" },
		{ ROOT, "HTTP/1.1 401 No\r\nContent-Length: 0\r\nContent-Length: 1\r\n\r\n", EVIDENCE_NOTE, EVIDENCE_NOTE,
		    "unknown", "not-the-protocol" },
		{ ROOT, "HTTP/1.1 401 No\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n", EVIDENCE_NOTE,
		    EVIDENCE_NOTE, "unknown", "not-the-protocol" },
		{ ROOT, "HTTP/2 401\r\n\r\n", EVIDENCE_NOTE, EVIDENCE_NOTE, "unknown", "not-the-protocol" },
		{ "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", NULL, EVIDENCE_NOTE, EVIDENCE_NOTE, "unknown", "root-refused" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", NULL, EVIDENCE_NOTE, EVIDENCE_NOTE, "unknown",
		    "not-redfish" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", EVIDENCE_NOTE,
		    EVIDENCE_NOTE, "unknown", "not-redfish" },
		{ "SSH-2.0-x\r\n", NULL, EVIDENCE_NOTE, EVIDENCE_NOTE, "unknown", "not-the-protocol" },
		{ ROOT, NULL, EVIDENCE_NOTE, EVIDENCE_NOTE, "unknown", "not-asked" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct evidence_obs *o = web(rows[i].root, rows[i].root_end, rows[i].collection, rows[i].end);
		expect(o, "BMC-4", rows[i].result, rows[i].reason);
		evidence_obs_free(o);
	}
}

/* The path comes from the server, so only a plain one of the same server is followed. */
static void
paths_from_the_root(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{ "/redfish/v1/Machines", "GET /redfish/v1/Machines HTTP/1.1\r\nHost: 10.0.0.6:443\r\n" },
		{ "/redfish/v1/Systems/", "GET /redfish/v1/Systems/ HTTP/1.1\r\n" },
		{ "http://other/redfish/v1/Systems", "GET /redfish/v1/Systems HTTP/1.1\r\n" },
		{ "//other/redfish/v1/Systems", "GET /redfish/v1/Systems HTTP/1.1\r\n" },
		{ "/redfish//other", "GET /redfish/v1/Systems HTTP/1.1\r\n" },
		{ "/redfish/../admin", "GET /redfish/v1/Systems HTTP/1.1\r\n" },
		{ "/redfish/v1/Systems HTTP/1.1\\r\\nAuthorization: x", "GET /redfish/v1/Systems HTTP/1.1\r\n" },
		{ "/redfish/v1/?x=1", "GET /redfish/v1/Systems HTTP/1.1\r\n" },
		{ "/reboot", "GET /redfish/v1/Systems HTTP/1.1\r\n" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		char body[256], root[512];
		struct check_step s;
		(void)snprintf(body, sizeof(body), "{\"RedfishVersion\":\"1\",\"Systems\":{\"@odata.id\":\"%s\"}}", rows[i][0]);
		(void)snprintf(root, sizeof(root), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
		struct evidence_obs *o = web(root, EVIDENCE_NOTE, NULL, EVIDENCE_NOTE);
		assert_int_equal(check_redfish_steps.next(o), 2);
		assert_int_equal(check_redfish_steps.make(&s, 2, o, NULL), FP_OK);
		if (strncmp((const char *)s.bytes, rows[i][1], strlen(rows[i][1])) != 0) {
			fail_msg("link '%s' gave: %s", rows[i][0], (const char *)s.bytes);
		}
		evidence_obs_free(o);
	}
}

static void
missing_collections_lead_to_the_next(void **state)
{
	(void)state;
	static const char gone[] = "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
			  no[] = "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n";
	struct evidence_obs *o = web(ROOT, EVIDENCE_NOTE, gone, EVIDENCE_NOTE);
	expect(o, "BMC-4", "unknown", "not-found");
	assert_int_equal(check_redfish_steps.next(o), 3);
	event(o, EVIDENCE_RECEIVED, 3, 0, no, strlen(no));
	assert_int_equal(check_redfish_steps.next(o), 0);
	expect(o, "BMC-4", "pass", "log-on-required");
	assert_non_null(strstr(verdict(o, "BMC-4").detail, "Managers"));
	evidence_obs_free(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipmi_postures),
		cmocka_unit_test(spoiled_datagrams_never_pass),
		cmocka_unit_test(each_weakness_has_its_reason),
		cmocka_unit_test(answers_to_other_questions),
		cmocka_unit_test(older_controllers_are_asked_again),
		cmocka_unit_test(suites),
		cmocka_unit_test(unfinished_lists_never_pass),
		cmocka_unit_test(silence_is_unknown),
		cmocka_unit_test(redfish_postures),
		cmocka_unit_test(cut_http_never_passes),
		cmocka_unit_test(http_answers_of_all_kinds),
		cmocka_unit_test(paths_from_the_root),
		cmocka_unit_test(missing_collections_lead_to_the_next),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
