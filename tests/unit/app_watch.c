/* Watching without a network: windows and slots over a year, what counts as a change, the mail, and rounds with a clock that the test moves. */
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#include "app/internal.h"
#include "app/mailing.h"
#include "app/watch_int.h"
#include "base/mem.h"

#define MINUTE ((fp_time)60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static fp_time
at(const char *text)
{
	fp_time t;

	assert_int_equal(fp_time_parse(&t, text, NULL), FP_OK);
	return t;
}

static struct app_watch_plan
plan(const char *window, const char *zone, int64_t every, int64_t jitter)
{
	struct app_watch_plan p = { .every = every, .jitter = jitter, .seed = 4711, .start = at("2026-01-01T00:00:00Z") };
	struct fp_err err;

	if (app_watch_window_parse(&p.window, window, &err) != FP_OK)
		fail_msg("%s: %s", window, err.msg);
	if (zone != NULL)
		assert_int_equal(i18n_zone_new(&p.zone, zone, &err), FP_OK);
	return p;
}

static void
is_time(fp_time got, const char *want)
{
	char text[FP_TIME_MAX];

	assert_string_equal(fp_time_text(text, got), want);
}

/* ---- windows ---- */

static void
windows_are_read(void **state)
{
	static const struct {
		const char *window, *when;
		bool open;
	} rows[] = {
		/* 2026-11-21 is a Saturday. */
		{ "Mon-Fri 22:00-05:00", "2026-11-20T21:59:59.999Z", false },
		{ "Mon-Fri 22:00-05:00", "2026-11-20T22:00:00Z", true },
		{ "Mon-Fri 22:00-05:00", "2026-11-21T04:59:59.999Z", true }, /* Friday's night */
		{ "Mon-Fri 22:00-05:00", "2026-11-21T05:00:00Z", false },
		{ "Mon-Fri 22:00-05:00", "2026-11-21T22:00:00Z", false }, /* Saturday's does not begin */
		{ "Mon-Fri 22:00-05:00", "2026-11-23T01:00:00Z", false }, /* nor does Sunday's */
		{ "Sun 22:00-05:00", "2026-11-23T01:00:00Z", true },      /* over the end of the week */
		{ "Sat-Mon 12:00-13:00", "2026-11-22T12:30:00Z", true },
		{ "Sat-Mon 12:00-13:00", "2026-11-24T12:30:00Z", false },
		{ "mon,wed 01:00-02:00", "2026-11-25T01:59:00Z", true },
		{ "mon,wed 01:00-02:00", "2026-11-24T01:59:00Z", false },
		{ " Sat 00:00-24:00 , 03:00-03:01", "2026-11-21T23:59:00Z", true },
		{ " Sat 00:00-24:00 , 03:00-03:01", "2026-11-22T03:00:59Z", true },
		{ " Sat 00:00-24:00 , 03:00-03:01", "2026-11-22T03:01:00Z", false },
		{ "", "2026-11-22T03:01:00Z", true },
		{ NULL, "2026-11-22T03:01:00Z", true },
	};
	static const char *const wrong[] = { "Mon", "Mon-", "Mon-Fry 01:00-02:00", "22:00", "22:00-", "22-05", "24:00-01:00",
		"22:60-23:00", "25:00-26:00", "22:00-22:00", "22:00-05:00,", "22:00-05:00 Mon", "Mon, Tue",
		"22:00-05:00;23:00-24:00", "x", "," };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		const struct app_watch_plan p = plan(rows[i].window, NULL, HOUR, 0);

		if (app_watch_open(&p, at(rows[i].when)) != rows[i].open)
			fail_msg("%s at %s", rows[i].window ? rows[i].window : "(always)", rows[i].when);
	}
	for (size_t i = 0; i < FP_COUNT(wrong); i++) {
		struct app_watch_window w;
		struct fp_err err = { .msg = "" };

		if (app_watch_window_parse(&w, wrong[i], &err) != FP_EUSAGE || strstr(err.msg, wrong[i]) == NULL)
			fail_msg("'%s' was taken, or not named: %s", wrong[i], err.msg);
	}
}

static void
windows_are_local(void **state)
{
	struct app_watch_plan p = plan("Mon-Fri 22:00-05:00", "Europe/Copenhagen", HOUR, 0);

	(void)state;
	is_time(app_watch_opening(&p, at("2026-01-05T12:00:30Z")), "2026-01-05T21:00:00.000Z"); /* winter, UTC+1 */
	is_time(app_watch_opening(&p, at("2026-07-06T12:00:30Z")), "2026-07-06T20:00:00.000Z"); /* summer, UTC+2 */
	is_time(app_watch_opening(&p, at("2026-07-06T20:00:30Z")), "2026-07-06T20:00:30.000Z"); /* is open: now */
	i18n_zone_freep(&p.zone);
	p = plan("22:00-23:00", "Asia/Kolkata", HOUR, 0); /* UTC+5:30 */
	is_time(app_watch_opening(&p, at("2026-07-06T12:00:00Z")), "2026-07-06T16:30:00.000Z");
	i18n_zone_freep(&p.zone);
	p = plan("22:00-23:00", "America/St_Johns", HOUR, 0); /* UTC-3:30, summer -2:30 */
	is_time(app_watch_opening(&p, at("2026-01-06T12:00:00Z")), "2026-01-07T01:30:00.000Z");
	i18n_zone_freep(&p.zone);
}

static void
clocks_are_changed(void **state)
{
	/* 29 March 2026: 02:00 -> 03:00 CEST at 01:00Z. 25 October 2026: 03:00 -> 02:00 CET at 01:00Z. */
	struct app_watch_plan p = plan("Sun 02:15-02:45", "Europe/Berlin", HOUR, 0);

	(void)state;
	is_time(app_watch_opening(&p, at("2026-03-27T00:00:00Z")), "2026-04-05T00:15:00.000Z"); /* that Sunday has no such hour */
	is_time(app_watch_opening(&p, at("2026-10-23T00:00:00Z")), "2026-10-25T00:15:00.000Z");
	is_time(app_watch_opening(&p, at("2026-10-25T00:50:00Z")), "2026-10-25T01:15:00.000Z"); /* and this one twice */
	i18n_zone_freep(&p.zone);
	p = plan("Sun 01:30-03:30", "Europe/Berlin", HOUR, 0);
	assert_true(app_watch_open(&p, at("2026-03-29T00:59:00Z")));
	assert_true(app_watch_open(&p, at("2026-03-29T01:29:00Z"))); /* 03:29 CEST */
	assert_false(app_watch_open(&p, at("2026-03-29T01:30:00Z")));
	i18n_zone_freep(&p.zone);
	p = plan("Sat 22:00-23:00", "Europe/Berlin", HOUR, 0);
	is_time(app_watch_opening(&p, at("2026-03-28T22:30:00Z")),
	    "2026-04-04T20:00:00.000Z"); /* over the change: an hour earlier in UTC */
	is_time(app_watch_opening(&p, at("2026-10-24T21:30:00Z")), "2026-10-31T21:00:00.000Z");
	i18n_zone_freep(&p.zone);
}

/* ---- slots ---- */

static void
a_year_of_slots(void **state)
{
	struct app_watch_plan p = plan("Mon-Fri 22:00-05:00, Sun 12:00-12:30", "Europe/Copenhagen", HOUR, 10 * MINUTE);
	const fp_time end = p.start + 365 * DAY;
	fp_time before = p.start;
	int rounds = 0, nights = 0;

	(void)state;
	for (fp_time t = app_watch_next(&p, p.start); t < end; t = app_watch_next(&p, t)) {
		char text[FP_TIME_MAX];

		if (t <= before || !app_watch_open(&p, t))
			fail_msg("%s is not after the one before, or outside of the window", fp_time_text(text, t));
		if (t - before < HOUR - 10 * MINUTE && t - before < 40 * MINUTE &&
		    app_watch_opening(&p, before + 20 * MINUTE) == before + 20 * MINUTE)
			fail_msg("%s comes %lld minutes after the one before", fp_time_text(text, t),
			    (long long)((t - before) / MINUTE));
		nights += t - before > 10 * HOUR;
		rounds++;
		before = t;
	}
	/* 261 nights of 7 hours and 52 Sundays of one round. */
	assert_in_range(rounds, 260 * 7, 262 * 8 + 53);
	assert_in_range(nights, 300, 320);
	i18n_zone_freep(&p.zone);
}

static void
jitter_is_kept_and_spread(void **state)
{
	struct app_watch_plan p = plan(NULL, NULL, HOUR, 600000), other = p;
	int64_t least = INT64_MAX, most = -1, sum = 0;
	int same = 0;

	(void)state;
	other.seed++;
	for (int64_t k = -500; k < 10000; k++) {
		int64_t j = app_watch_jitter(&p, k);

		assert_true(j >= 0 && j <= p.jitter && j == app_watch_jitter(&p, k));
		least = j < least ? j : least;
		most = j > most ? j : most;
		sum += j;
		same += j == app_watch_jitter(&other, k);
	}
	assert_true(least < 1000 && most > 599000);
	assert_in_range(sum / 10500, 290000, 310000);
	assert_in_range(same, 0, 5);
	/* A round that took three slots is followed by the next one, not by three. */
	is_time(app_watch_next(&p, p.start + 3 * HOUR + 30 * MINUTE) - app_watch_jitter(&p, 4), "2026-01-01T04:00:00.000Z");
	p.jitter = 0;
	is_time(app_watch_next(&p, p.start), "2026-01-01T01:00:00.000Z");
	is_time(app_watch_next(&p, p.start + HOUR - 1), "2026-01-01T01:00:00.000Z");
}

/* ---- changes ---- */

static struct app_check_row
row(int64_t cell, const char *check, const char *probe, enum evidence_result before, enum evidence_result after,
    enum case_state from, enum case_state to)
{
	struct app_check_row r = { .cell_id = cell,
		.serial = "A1",
		.action = "bmc-instructions",
		.reference = "FSN2025-1682",
		.state_before = from,
		.state_after = to };

	r.verdict.result = after;
	r.before.result = before;
	fp_utf8_copy(r.verdict.check, sizeof(r.verdict.check), check);
	fp_utf8_copy(r.verdict.reason, sizeof(r.verdict.reason), "anonymous-log-on");
	fp_utf8_copy(r.probe, sizeof(r.probe), probe);
	return r;
}

/* The kinds of what a round told, in order: "a" alarm, "d" doubt, "c" change; upper case: the state changed, too. */
static const char *
told(struct app_watch_memory *m, const struct app_check_row *rows, size_t n)
{
	static const char letters[] = "cdsa", state_letters[] = "CDSA";
	static char out[64];
	struct app_check_result r = { .rows = (struct app_check_row *)rows, .n = n };
	FP_AUTO(app_watch_changes_free) struct app_watch_changes c = { .n = 0 };
	size_t i;

	assert_int_equal(app_watch_compare(m, &r, 1, &c, NULL), FP_OK);
	for (i = 0; i < c.n && i + 1 < sizeof(out); i++)
		out[i] =
		    c.items[i].state_before != c.items[i].state_after ? state_letters[c.items[i].kind] : letters[c.items[i].kind];
	out[i] = '\0';
	return out;
}

#define PASS EVIDENCE_PASS
#define FAIL EVIDENCE_FAIL
#define UNKNOWN EVIDENCE_UNKNOWN
#define NONE EVIDENCE_NOTCHECKED
#define V CASE_VERIFIED
#define IN CASE_IN_SCOPE
#define ROUND(...)                                                                                                               \
	told(m, (struct app_check_row[]){ __VA_ARGS__ },                                                                         \
	    sizeof((struct app_check_row[]){ __VA_ARGS__ }) / sizeof(struct app_check_row))
#define SAYS(want, ...) assert_string_equal(ROUND(__VA_ARGS__), want)

static void
only_changes_are_told(void **state)
{
	FP_AUTO(app_watch_memory_freep) struct app_watch_memory *m = NULL;

	(void)state;
	assert_int_equal(app_watch_memory_new(&m, NULL), FP_OK);
	/* The first round is compared with what stood in the database. */
	SAYS("", row(1, "BMC-1", "ipmi", PASS, PASS, V, V), row(2, "BMC-1", "ipmi", FAIL, FAIL, IN, IN));
	SAYS("", row(1, "BMC-1", "ipmi", PASS, EVIDENCE_FIXED, V, V), row(2, "BMC-1", "ipmi", FAIL, FAIL, IN, IN));
	/* A verified cell fails: alarm, once. */
	SAYS("A", row(1, "BMC-1", "ipmi", PASS, FAIL, V, IN), row(2, "BMC-1", "ipmi", FAIL, FAIL, IN, IN));
	SAYS("", row(1, "BMC-1", "ipmi", FAIL, FAIL, IN, IN));
	/* Mended, and broken again: an alarm again. */
	SAYS("C", row(1, "BMC-1", "ipmi", FAIL, EVIDENCE_FIXED, IN, V));
	SAYS("A", row(1, "BMC-1", "ipmi", EVIDENCE_FIXED, FAIL, V, CASE_DISPUTED));
	/* What was never verified changes without alarm. */
	SAYS("C", row(2, "BMC-1", "ipmi", FAIL, UNKNOWN, IN, CASE_PENDING));
}

static void
silence_is_doubt_and_no_alarm(void **state)
{
	FP_AUTO(app_watch_memory_freep) struct app_watch_memory *m = NULL;

	(void)state;
	assert_int_equal(app_watch_memory_new(&m, NULL), FP_OK);
	SAYS("d", row(1, "BMC-1", "ipmi", PASS, UNKNOWN, V, V));
	SAYS("", row(1, "BMC-1", "ipmi", UNKNOWN, UNKNOWN, V, V));
	/* Not asked this time: nothing, and what was known is not forgotten. */
	SAYS("", row(1, "BMC-1", "ipmi", UNKNOWN, NONE, V, V));
	SAYS("c", row(1, "BMC-1", "ipmi", UNKNOWN, PASS, V, V));
	SAYS("", row(1, "BMC-1", "ipmi", PASS, NONE, V, V));
	/* Out of silence straight into failing: an alarm, because the cell was verified all the time. */
	SAYS("d", row(1, "BMC-1", "ipmi", PASS, EVIDENCE_ERROR, V, V));
	SAYS("A", row(1, "BMC-1", "ipmi", UNKNOWN, FAIL, V, IN));
	/* Two ways of one check do not stand in for each other. */
	SAYS("", row(3, "SMB-2", "smb", PASS, PASS, V, V), row(3, "SMB-2", "facts", UNKNOWN, UNKNOWN, V, V));
	SAYS("", row(3, "SMB-2", "facts", UNKNOWN, UNKNOWN, V, V), row(3, "SMB-2", "smb", PASS, PASS, V, V));
	/* A supporting check that fails and does not take the proof away is no alarm. */
	SAYS("c", row(3, "SMB-2", "smb", PASS, PASS, V, V), row(3, "CLR-1", "tcp", PASS, FAIL, V, V));
}

static void
states_that_others_change(void **state)
{
	FP_AUTO(app_watch_memory_freep) struct app_watch_memory *m = NULL;

	(void)state;
	assert_int_equal(app_watch_memory_new(&m, NULL), FP_OK);
	SAYS("", row(1, "BMC-1", "ipmi", PASS, PASS, V, V), row(2, "BMC-1", "ipmi", PASS, PASS, V, V),
	    row(4, "BMC-1", "ipmi", PASS, PASS, V, V));
	/* Someone checked by hand between the rounds: the fail is in the database before our round begins. The alarm is ours all the same. */
	SAYS("A", row(1, "BMC-1", "ipmi", FAIL, FAIL, IN, IN));
	/* Someone opened the cell again: told, no alarm. */
	SAYS("C", row(2, "BMC-1", "ipmi", PASS, PASS, IN, IN));
	/* The proof goes although no check failed: an alarm with the check that was asked. */
	SAYS("A", row(4, "BMC-1", "ipmi", PASS, PASS, V, CASE_PENDING));
}

static void
stale_is_told_once(void **state)
{
	struct app_watch_stale s[] = { { 1, "R", "A1", "Dx", "patch", "UCS-3", "age", V, PASS },
		{ 2, "R", "A2", "", "patch", "UCS-3", "age", IN, PASS } };
	FP_AUTO(app_watch_memory_freep) struct app_watch_memory *m = NULL, *later = NULL;
	FP_AUTO(app_watch_changes_free) struct app_watch_changes c = { .n = 0 };
	FP_JSON json_t *kept = NULL;

	(void)state;
	assert_int_equal(app_watch_memory_new(&m, NULL), FP_OK);
	assert_int_equal(app_watch_memory_new(&later, NULL), FP_OK);
	assert_int_equal(app_watch_compare_stale(m, s, 2, 1, &c, NULL), FP_OK);
	assert_int_equal(c.by_kind[APP_WATCH_STALE], 1);
	assert_int_equal(c.by_kind[APP_WATCH_CHANGE], 1); /* of a cell that is not verified */
	app_watch_changes_free(&c);
	assert_int_equal(app_watch_compare_stale(m, s, 2, 2, &c, NULL), FP_OK);
	assert_int_equal(c.n, 0);
	/* The next watch knows it, too. */
	kept = watch_memory_stale(m);
	assert_int_equal(watch_memory_stale_set(later, kept, NULL), FP_OK);
	assert_int_equal(app_watch_compare_stale(later, s, 2, 3, &c, NULL), FP_OK);
	assert_int_equal(c.n, 0);
	/* Collected anew, and old again after a year. */
	assert_int_equal(app_watch_compare_stale(m, s + 1, 1, 4, &c, NULL), FP_OK);
	assert_int_equal(c.n, 0);
	assert_int_equal(app_watch_compare_stale(m, s, 2, 5, &c, NULL), FP_OK);
	assert_int_equal(c.by_kind[APP_WATCH_STALE], 1);
}

static void
a_line_says_all(void **state)
{
	struct app_watch_change c = { .kind = APP_WATCH_ALARM,
		.serial = "A1",
		.reference = "FSN2025-1682",
		.action = "bmc-instructions",
		.check = "BMC-4",
		.target = "10.0.0.1:623",
		.before = PASS,
		.after = FAIL,
		.state_before = V,
		.state_after = IN,
		.reason = "no such code",
		.detail = "cipher suite 0" };
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 4096 };

	(void)state;
	app_watch_line(&out, NULL, &c);
	assert_string_equal(out.data,
	    "Alarm: A1, FSN2025-1682 bmc-instructions, BMC-4 10.0.0.1:623: passed → failed: no such code (cipher suite 0). "
	    "State: verified → open");
}

/* ---- mails ---- */

static void
a_mail_is_mime(void **state)
{
	const struct app_mail_server s = {
		.url = "smtp://[::1]:25", .from = "fp@lab.example", .to = "it@lab.example, chief@lab.example"
	};
	const struct app_mail m = {
		.id = "00ff", .subject = "Fieldproof: 1 alarm, Søndervig", .text = "Prøve → Gerät\n.\nlast", .at = 1795255800000
	};
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = 1 << 16 };

	(void)state;
	assert_int_equal(app_mail_write(&out, &s, &m, NULL), FP_OK);
	for (size_t i = 0; i < out.len; i++)
		assert_true((unsigned char)out.data[i] < 0x80 && (out.data[i] != '\n' || out.data[i - 1] == '\r'));
	assert_non_null(strstr(out.data, "From: Fieldproof <fp@lab.example>\r\n"));
	assert_non_null(strstr(out.data, "To: it@lab.example, chief@lab.example\r\n"));
	assert_non_null(strstr(out.data, "Message-Id: <00ff@lab.example>\r\n"));
	assert_non_null(strstr(out.data, "Date: Sat, 21 Nov 2026 10:10:00 +0000\r\n"));
	assert_non_null(strstr(out.data, "Auto-Submitted: auto-generated\r\n"));
	assert_non_null(strstr(out.data, "=?"));
	assert_non_null(strstr(out.data, "Pr=C3=B8ve =E2=86=92 Ger=C3=A4t\r\n"));
	assert_null(strstr(out.data, "Sønder"));
}

static void
bad_addresses_are_refused(void **state)
{
	static const struct app_mail_server wrong[] = {
		{ .url = "http://x", .from = "a@b", .to = "a@b" },
		{ .url = "smtp://", .from = "a@b", .to = "a@b" },
		{ .url = "smtp://user:word@host", .from = "a@b", .to = "a@b" },
		{ .url = "smtp://host/path", .from = "a@b", .to = "a@b" },
		{ .url = NULL, .from = "a@b", .to = "a@b" },
		{ .url = "smtp://h", .from = "a", .to = "a@b" },
		{ .url = "smtp://h", .from = "a@b\r\nBcc: c@d", .to = "a@b" },
		{ .url = "smtp://h", .from = "<a@b>", .to = "a@b" },
		{ .url = "smtp://h", .from = "a@b", .to = "" },
		{ .url = "smtp://h", .from = "a@b", .to = "a@b,b@c@d" },
		{ .url = "smtp://h", .from = "a@b", .to = "a@b c@d" },
		{ .url = "smtp://h", .from = "a@b", .to = "@b" },
		{ .url = "smtp://h", .from = "a@b", .to = "a@b", .user = "u" },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(wrong); i++)
		if (app_mail_check(&wrong[i], NULL) != FP_EUSAGE)
			fail_msg("row %zu was taken", i);
}

/* ---- rounds ---- */

struct year {
	fp_time now;
	struct fp_clock clock;
	int waits, reports, mails, says;
	bool mail_fails;
	fp_time last_try;
	char id[33];
};

static bool
move_clock(void *ctx, fp_time until)
{
	struct year *y = ctx;

	y->waits += until != 0;
	if (until > y->now)
		y->now = until;
	return y->waits < 100000;
}

static enum fp_status
count_report(void *ctx, const struct app_watch_changes *c, struct fp_err *err)
{
	(void)err;
	((struct year *)ctx)->reports += (int)c->n;
	return FP_OK;
}

static void
count_word(void *ctx, const char *text)
{
	assert_true(text[0] != '\0');
	((struct year *)ctx)->says++;
}

static enum fp_status
take_mail(void *ctx, const struct app_watch_mail *m, struct fp_err *err)
{
	struct year *y = ctx;

	assert_non_null(strstr(m->text, "M1"));
	/* The same mail at every try, ever more rarely. */
	if (y->id[0] != '\0')
		assert_string_equal(y->id, m->id);
	fp_utf8_copy(y->id, sizeof(y->id), m->id);
	y->last_try = y->now;
	if (y->mail_fails)
		return fp_fail(err, FP_EIO, "no server today");
	y->mails++;
	return FP_OK;
}

static struct app *
open_site(struct year *y, char dir[64])
{
	static const char *const dirs[] = { "notices", NULL };
	static const struct app_actor by = { .name = "test", .role = APP_ADMIN };
	struct app_options o = { .clock = y->clock, .notice_dirs = dirs };
	struct app_import_result imported = { .rows = 0 };
	struct app_matches matches;
	const struct app_import_options io = { .name = "list" };
	struct fp_err err = { .msg = "" };
	char db[96], list[96];
	struct app *a = NULL;
	FILE *f;

	(void)snprintf(dir, 64, "/tmp/fp-watch-%ld", (long)getpid());
	(void)snprintf(db, sizeof(db), "%s.db", dir);
	(void)snprintf(list, sizeof(list), "%s.csv", dir);
	(void)unlink(db);
	o.db = db;
	f = fopen(list, "w");
	assert_non_null(f);
	assert_true(fputs("Serial number;Product;REF;Current mode\nM1;MiSeqDx;DX-410-1001;Dx\n", f) >= 0);
	assert_int_equal(fclose(f), 0);
	if (app_open(&a, &o, &err) != FP_OK || app_notice_add(a, &by, "FSN2023-1338", &err) != FP_OK ||
	    app_device_import(a, &by, list, &io, &imported, &err) != FP_OK ||
	    app_match_run(a, &by, NULL, &matches, &err) != FP_OK)
		fail_msg("%s", err.msg);
	app_import_result_free(&imported);
	app_matches_free(&matches);
	(void)unlink(list);
	return a;
}

static void
close_site(struct app *a, const char *dir)
{
	static const char *const ends[] = { ".db", ".db-wal", ".db-shm" };
	char path[96];

	app_free(a);
	for (size_t i = 0; i < FP_COUNT(ends); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", dir, ends[i]);
		(void)unlink(path);
	}
}

static void
a_year_without_news(void **state)
{
	static const struct app_actor by = { .name = "test", .role = APP_ENGINEER }, viewer = { .name = "x", .role = APP_VIEWER };
	struct year y = { .now = at("2026-01-01T00:00:00Z") };
	struct app_watch_options o = { .plan = plan("Mon-Fri 22:00-05:00", "Europe/Copenhagen", 6 * HOUR, 10 * MINUTE),
		.wait = move_clock,
		.report = count_report,
		.say = count_word,
		.send = take_mail,
		.ctx = &y };
	struct app_ledger_state before, after;
	struct app_watch_outcome r;
	struct fp_err err;
	struct app *a;
	char dir[64];

	(void)state;
	y.clock = fp_clock_fixed(&y.now);
	a = open_site(&y, dir);
	assert_int_equal(app_ledger_verify(a, &before, NULL), FP_OK);
	assert_int_equal(app_watch(a, &viewer, &o, &r, &err), FP_EDENIED);
	o.rounds = 400;
	assert_int_equal(app_watch(a, &by, &o, &r, NULL), FP_OK);
	assert_int_equal(app_ledger_verify(a, &after, NULL), FP_OK);
	assert_int_equal(r.rounds, 400);
	assert_true(y.now - at("2026-01-01T00:00:00Z") > 200 * DAY);
	assert_int_equal(y.reports + y.mails + y.says, 0);
	assert_int_equal(before.entries, after.entries);
	o.check.ref = "FSN1999-0001";
	assert_int_equal(app_watch(a, &by, &o, &r, &err), FP_ENOTFOUND);
	i18n_zone_freep(&o.plan.zone);
	close_site(a, dir);
}

/* What someone brought proved a cell: the observation, its verdict, and the state, as they stand in the database. */
static void
prove(struct app *a, const char *action, const char *check)
{
	const struct store_cell_filter f = { .mode = "Dx", .action = action, .state = -1 };
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	FP_AUTO(fp_freep) struct case_cell *cells = NULL;
	FP_AUTO(evidence_obs_freep) struct evidence_obs *o = evidence_obs_new();
	struct store_verdict v = { .v = { .result = PASS, .level = EVIDENCE_L_H } };
	struct store_notice row_of;
	FP_AUTO(notice_freep) struct notice *n = NULL;
	size_t count = 0;
	struct fp_err err;

	assert_int_equal(app_stored(a, "FSN2023-1338", &row_of, &n, &err), FP_OK);
	assert_int_equal(store_cells(a->store, &f, &cells, &count, &err), FP_OK);
	assert_int_equal(count, 1);
	o->probe = fp_strdup(CHECK_PROBE_FACTS);
	o->target = fp_strdup("M1");
	o->vantage = fp_strdup("M1");
	o->tool = fp_strdup("test");
	o->started = app_now(a);
	assert_int_equal(evidence_obs_add(o, EVIDENCE_RECEIVED, 0, 0, 0, 0, "{}", 2, NULL, &err), FP_OK);
	assert_int_equal(evidence_obs_seal(o, &err), FP_OK);
	v.cell_id = cells[0].id;
	fp_utf8_copy(v.v.check, sizeof(v.v.check), check);
	fp_utf8_copy(v.v.obs, sizeof(v.v.obs), o->id);
	cells[0].state = V;
	cells[0].verdict = v.v;
	if (store_begin(&tx, a->store, &err) != FP_OK || store_obs_put(tx, o, &err) != FP_OK ||
	    store_verdict_add(tx, &v, &err) != FP_OK || store_cell_put(tx, row_of.id, &cells[0], NULL, &err) != FP_OK ||
	    store_ledger_append(tx, "test", "facts", "M1", "{}", NULL, &err) != FP_OK || store_commit(tx, &err) != FP_OK)
		fail_msg("%s", err.msg);
}

static void
evidence_comes_of_age(void **state)
{
	static const struct app_actor by = { .name = "test", .role = APP_ENGINEER };
	struct year y = { .now = at("2026-01-01T00:00:00Z") };
	struct app_watch_options o = { .plan = plan("03:00-04:00", NULL, DAY, HOUR),
		.rounds = 170,
		.wait = move_clock,
		.report = count_report,
		.say = count_word,
		.send = take_mail,
		.ctx = &y };
	struct app_watch_outcome r;
	struct app *a;
	char dir[64];

	(void)state;
	y.clock = fp_clock_fixed(&y.now);
	a = open_site(&y, dir);
	/* Accounts are good for 180 days. */
	prove(a, "standard-user", "UCS-4");
	assert_int_equal(app_watch(a, &by, &o, &r, NULL), FP_OK);
	assert_int_equal(r.by_kind[APP_WATCH_STALE] + (size_t)y.reports + (size_t)y.mails, 0);
	o.rounds = 60;
	o.plan.start = y.now;
	assert_int_equal(app_watch(a, &by, &o, &r, NULL), FP_OK);
	assert_int_equal(r.by_kind[APP_WATCH_STALE], 1);
	assert_int_equal(y.reports, 1);
	assert_int_equal(y.mails, 1);
	assert_in_range(y.last_try, at("2026-06-30T03:00:00Z"), at("2026-07-01T04:00:00Z"));
	/* The next watch does not tell it again. */
	assert_int_equal(app_watch(a, &by, &o, &r, NULL), FP_OK);
	assert_int_equal(y.reports + y.mails + y.says, 2);
	close_site(a, dir);
}

static void
a_mail_waits_for_its_server(void **state)
{
	static const struct app_actor by = { .name = "test", .role = APP_ENGINEER };
	struct year y = { .now = at("2026-01-01T00:00:00Z"), .mail_fails = true };
	struct app_watch_options o = { .plan = plan(NULL, NULL, HOUR, 0),
		.rounds = 1,
		.wait = move_clock,
		.report = count_report,
		.say = count_word,
		.send = take_mail,
		.ctx = &y };
	struct app_watch_change alarm = {
		.kind = APP_WATCH_ALARM, .serial = "M1", .reference = "FSN2023-1338", .check = "UCS-1", .state_before = V
	};
	const struct app_watch_changes c = { .items = &alarm, .n = 1, .by_kind = { [APP_WATCH_ALARM] = 1 } };
	FP_AUTO(app_watch_memory_freep) struct app_watch_memory *m = NULL;
	struct app_ledger_state ledger;
	struct app_watch_outcome r;
	char dir[64], *subject, *text;
	struct app *a;

	(void)state;
	y.clock = fp_clock_fixed(&y.now);
	a = open_site(&y, dir);
	assert_int_equal(app_watch_memory_new(&m, NULL), FP_OK);
	assert_int_equal(watch_mail_make(a, &c, NULL, &subject, &text, NULL), FP_OK);
	assert_string_equal(subject, "Fieldproof: 1 alarm, this site");
	assert_int_equal(watch_keep_round(a, &by, &o.check, m, &c, subject, text, NULL), FP_OK);
	free(subject);
	free(text);
	/* The server is down: said, kept, tried again at the start, in between, and at the end. */
	o.plan.start = y.now;
	o.rounds = 2;
	assert_int_equal(app_watch(a, &by, &o, &r, NULL), FP_OK);
	assert_int_equal(r.mails_unsent, 1);
	/* After 0, 1, 3, 7, 15, 31 minutes, then at the end. */
	assert_int_equal(y.says, 7);
	/* A day: 0, 1, 3, 7, 15, 31 and 63 minutes, then every hour 22 times more, and at the end. */
	y.says = 0;
	o.plan.every = DAY;
	o.plan.start = y.now;
	assert_int_equal(app_watch(a, &by, &o, &r, NULL), FP_OK);
	assert_int_equal(y.says, 30);
	y.says = 7;
	/* Without a server there is a word, and nothing is lost. */
	o.send = NULL;
	assert_int_equal(app_watch(a, &by, &o, &r, NULL), FP_OK);
	assert_int_equal(y.says, 8);
	/* It is there again: sent once, by the watch that finds it. */
	o.send = take_mail;
	y.mail_fails = false;
	assert_int_equal(app_watch(a, &by, &o, &r, NULL), FP_OK);
	assert_int_equal(r.mails_sent, 1);
	assert_int_equal(r.mails_unsent, 0);
	assert_int_equal(y.mails, 1);
	assert_int_equal(app_watch(a, &by, &o, &r, NULL), FP_OK);
	assert_int_equal(y.mails, 1);
	assert_int_equal(app_ledger_verify(a, &ledger, NULL), FP_OK);
	close_site(a, dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_are_read),
		cmocka_unit_test(windows_are_local),
		cmocka_unit_test(clocks_are_changed),
		cmocka_unit_test(a_year_of_slots),
		cmocka_unit_test(jitter_is_kept_and_spread),
		cmocka_unit_test(only_changes_are_told),
		cmocka_unit_test(silence_is_doubt_and_no_alarm),
		cmocka_unit_test(states_that_others_change),
		cmocka_unit_test(stale_is_told_once),
		cmocka_unit_test(a_line_says_all),
		cmocka_unit_test(a_mail_is_mime),
		cmocka_unit_test(bad_addresses_are_refused),
		cmocka_unit_test(a_year_without_news),
		cmocka_unit_test(evidence_comes_of_age),
		cmocka_unit_test(a_mail_waits_for_its_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
