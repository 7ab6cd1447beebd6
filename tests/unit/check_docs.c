/* docs/checks.md is a promise to the people whose networks are asked: it must hold every request, budget and reason of the program. */
#include "check_help.h"

#include <ctype.h>

static struct fp_buf text;
static char *hex; /* all hexadecimal digits of the document's byte lines, without white space */

static int
setup(void **state)
{
	(void)state;
	FP_AUTO(fp_buf_free) struct fp_buf b = { 0 };
	text.max = 1 << 20;
	if (fp_file_read(&text, "docs/checks.md", NULL) != FP_OK) {
		return -1;
	}
	/* a byte is two digits that stand alone; anything else keeps two byte strings apart */
	for (const char *p = text.data; *p != '\0'; p++) {
		bool alone = isxdigit((unsigned char)p[0]) && isxdigit((unsigned char)p[1]) && !isalnum((unsigned char)p[2]) &&
			     strchr(" \n`", p[2]) != NULL;
		if (alone && (p == text.data || strchr(" \n`", p[-1]) != NULL)) {
			fp_buf_add(&b, p, 2);
			p++;
		} else if (!isspace((unsigned char)*p)) {
			fp_buf_putc(&b, '.');
		}
	}
	hex = fp_buf_take(&b);
	return hex != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	fp_buf_free(&text);
	free(hex);
	return 0;
}

static void
holds(const char *what)
{
	if (strstr(text.data, what) == NULL) {
		fail_msg("docs/checks.md does not hold: %s", what);
	}
}

static void
every_request_is_published(void **state)
{
	(void)state;
	size_t n = 0;
	const struct check_probe *t = check_probe_table(&n);
	for (size_t i = 0; i < n; i++) {
		if (t[i].steps == NULL) {
			continue;
		}
		struct evidence_obs *o =
		    blank(t[i].id, strcmp(t[i].id, "redfish") == 0 ? "https://192.0.2.1:443" : "192.0.2.1:445");
		/* parameters without which a probe has less to ask */
		assert_int_equal(evidence_obs_param(o, "nfs-path", "/export/runs", NULL), FP_OK);
		assert_int_equal(evidence_obs_param(o, "nfs-v3-mnt", "yes", NULL), FP_OK);
		for (const struct check_ask *a = t[i].steps->asks; a->number != 0; a++) {
			struct check_step s;
			FP_AUTO(fp_buf_free) struct fp_buf bytes = { 0 };
			assert_int_equal(t[i].steps->make(&s, a->number, o, NULL), FP_OK);
			for (size_t k = 0; k < s.len; k++) {
				fp_buf_printf(&bytes, "%02x", s.bytes[k]);
			}
			if (s.wire == CHECK_WIRE_TLS) {
				s.bytes[strcspn((const char *)s.bytes, "\r")] = '\0';
				holds((const char *)s.bytes);
			} else if (s.len == 0) {
				holds(a->what);
			} else if (strstr(hex, bytes.data) == NULL) {
				fail_msg("docs/checks.md does not hold the bytes of question %d of %s: %s", a->number, t[i].id,
				    bytes.data);
			}
		}
		evidence_obs_free(o);
	}
	holds("       User-Agent: fieldproof\n       Accept: application/json\n       OData-Version: 4.0\n");
}

static void
every_budget_is_published(void **state)
{
	(void)state;
	size_t n = 0;
	const struct check_probe *t = check_probe_table(&n);
	static const char *const at[] = { [CHECK_AT_HOST] = "the instrument (`host`)",
		[CHECK_AT_BMC] = "the management controller (`bmc`)",
		[CHECK_AT_STORAGE] = "the storage (`storage`)" };
	for (size_t i = 0; i < n; i++) {
		char row[200];
		if (t[i].steps == NULL) {
			continue;
		}
		const struct check_budget *b = &t[i].budget;
		(void)snprintf(row, sizeof(row), "| %s | %s | %d%s | %d%s | %d s | %d s |", t[i].id, at[t[i].role],
		    b->connections, b->connections == 0 ? " (UDP)" : "", b->packets,
		    strcmp(t[i].id, "redfish") == 0 ? ", TLS handshake included" : "", b->timeout_ms / 1000,
		    b->deadline_ms / 1000);
		holds(row);
		for (const struct check_param *p = t[i].params; p != NULL && p->name != NULL; p++) {
			holds(p->name);
		}
	}
}

static void
every_check_and_reason_is_published(void **state)
{
	(void)state;
	size_t n = 0;
	const struct check *t = check_table(&n);
	for (size_t i = 0; i < n; i++) {
		holds(t[i].id);
		if (t[i].rule != NULL) { /* the file is its own document */
			continue;
		}
		for (const struct evidence_reason *r = t[i].reasons; r->code != NULL; r++) {
			char code[80];
			(void)snprintf(code, sizeof(code), "`%s`", r->code);
			holds(code);
			(void)snprintf(code, sizeof(code), "`%s` | %s | ", r->code, evidence_result_name(r->result));
			if (t[i].probe != NULL) {
				holds(code);
				holds(r->text);
			}
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_request_is_published),
		cmocka_unit_test(every_budget_is_published),
		cmocka_unit_test(every_check_and_reason_is_published),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
