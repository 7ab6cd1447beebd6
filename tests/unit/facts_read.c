/* Fact files: what is whole is read, what was touched is said to be, what is hostile is refused with the place. */
#include "unit.h"

#include "base/asset.h"
#include "base/file.h"
#include "crypto/crypto.h"
#include "facts_help.h"

#define GOOD "tests/data/facts/windows-nextseq550dx-dx-offline-ruo-good.json"

static struct fp_err err;

static json_t *
recorded(const char *path)
{
	json_t *j = NULL;
	if (fp_json_load(&j, path, 1 << 20, &err) != FP_OK) {
		fail_msg("%s", err.msg);
	}
	return j;
}

static void
sign(struct fp_buf *out, const json_t *facts)
{
	fp_buf_clear(out);
	assert_true(facts_help_sign(out, facts, 0));
}

static enum fp_status
reading(const struct fp_buf *b)
{
	FP_AUTO(facts_freep) struct facts_file *f = NULL;
	err = (struct fp_err){ .msg = "" };
	enum fp_status st = facts_read(&f, b->data != NULL ? b->data : "", b->len, "stick.json", &err);
	assert_true((st == FP_OK) == (f != NULL));
	if (st != FP_OK) {
		assert_non_null(strstr(err.msg, "fact file 'stick.json': "));
		assert_int_equal(st, err.status);
	}
	return st;
}

static void
expect(const struct fp_buf *b, enum fp_status st, const char *words)
{
	enum fp_status got = reading(b);
	if (got != st || strstr(err.msg, words) == NULL) {
		fail_msg("expected %s with '%s', got %s: %s", fp_status_name(st), words, fp_status_name(got), err.msg);
	}
}

static void
a_whole_file_is_taken_apart(void **state)
{
	(void)state;
	FP_JSON json_t *j = recorded(GOOD);
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1 << 20 };
	FP_AUTO(facts_freep) struct facts_file *f = NULL, *again = NULL;
	sign(&b, j);
	assert_true(facts_is(b.data, b.len));
	assert_false(facts_is("{\"facts\":[", 10));
	assert_false(facts_is(b.data, 9));
	assert_int_equal(facts_read(&f, b.data, b.len, "x", &err), FP_OK);
	assert_int_equal(f->n_parts, 2);
	assert_string_equal(f->parts[0].mode, "dx");
	assert_false(f->parts[0].offline);
	assert_true(f->parts[1].offline);
	assert_string_equal(f->serial, json_string_value(json_object_get(json_object_get(j, "stated"), "serial")));
	assert_int_equal(strlen(f->key_id), 64);
	assert_int_equal(strlen(f->parts[0].identity), 64);
	assert_int_equal(strlen(f->parts[1].identity), 64);
	assert_string_not_equal(f->parts[0].identity, f->parts[1].identity);

	/* the identity is that of the two members, whatever the letters' size */
	char hex[65];
	FP_AUTO(fp_buf_free) struct fp_buf both = { .max = 4096 };
	fp_buf_printf(&both, "%s\n%s", f->parts[0].machine_id, f->parts[0].volume_serial);
	for (size_t i = 0; i < both.len; i++) {
		both.data[i] = both.data[i] >= 'A' && both.data[i] <= 'Z' ? (char)(both.data[i] + 32) : both.data[i];
	}
	assert_string_equal(f->parts[0].identity, crypto_sha256_hex(hex, both.data, both.len));

	/* another key: another stick; the system is the same */
	fp_buf_clear(&b);
	assert_true(facts_help_sign(&b, j, 1));
	assert_int_equal(facts_read(&again, b.data, b.len, "x", &err), FP_OK);
	assert_string_not_equal(f->key_id, again->key_id);
	assert_string_equal(f->parts[0].identity, again->parts[0].identity);
}

static void
a_part_without_its_ids_has_no_identity(void **state)
{
	(void)state;
	FP_JSON json_t *j = recorded(GOOD);
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1 << 20 };
	FP_AUTO(facts_freep) struct facts_file *f = NULL;
	(void)json_object_set_new(json_object_get(j, "host"), "volume_serial", json_null());
	sign(&b, j);
	assert_int_equal(facts_read(&f, b.data, b.len, "x", &err), FP_OK);
	assert_string_equal(f->parts[0].identity, "");
	assert_string_equal(f->parts[0].volume_serial, "");
}

static void
the_machine_id_of_a_linux_is_enough(void **state)
{
	(void)state;
	char hex[65];
	for (int known = 1; known >= 0; known--) {
		FP_JSON json_t *j = recorded("tests/data/facts/linux-dragen-good.json");
		FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1 << 20 };
		FP_AUTO(facts_freep) struct facts_file *f = NULL;
		json_t *host = json_object_get(j, "host");
		(void)json_object_set_new(host, "volume_serial", json_null());
		(void)json_object_set_new(host, "machine_id", known ? json_string("c0ffee") : json_null());
		sign(&b, j);
		assert_int_equal(facts_read(&f, b.data, b.len, "x", &err), FP_OK);
		assert_string_equal(f->parts[0].identity, known ? crypto_sha256_hex(hex, "c0ffee\n", 7) : "");
	}
}

static void
line_ends_may_change_on_the_way(void **state)
{
	(void)state;
	FP_JSON json_t *j = recorded(GOOD);
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1 << 20 };
	sign(&b, j);
	b.len--;
	assert_int_equal(reading(&b), FP_OK);
	fp_buf_puts(&b, "\r\n");
	assert_int_equal(reading(&b), FP_OK);
	fp_buf_puts(&b, "\n");
	expect(&b, FP_EINTEGRITY, "canonical");
}

/* The collector writes these escapes; the two must agree to the letter. */
static void
control_characters_have_one_form(void **state)
{
	(void)state;
	FP_JSON json_t *j = recorded(GOOD);
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1 << 20 };
	(void)json_object_set_new(json_object_get(j, "host"), "name", json_string("\b\f\n\r\t\x0b\x1f\x7f\"\\/\xc3\xa9"));
	sign(&b, j);
	assert_non_null(strstr(b.data, "\"\\b\\f\\n\\r\\t\\u000B\\u001F\x7f\\\"\\\\/\xc3\xa9\""));
	assert_int_equal(reading(&b), FP_OK);
	/* the same text in another spelling is another file */
	memcpy(strstr(b.data, "\\u000B"), "\\u000b", 6);
	expect(&b, FP_EINTEGRITY, "canonical");
}

static void
a_changed_byte_is_found(void **state)
{
	(void)state;
	FP_JSON json_t *j = recorded(GOOD);
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1 << 20 };
	sign(&b, j);
	size_t all = b.len - 1, refused = 0;
	for (size_t i = 0; i < all; i += 7) {
		b.data[i] = (char)(b.data[i] ^ 1);
		enum fp_status st = reading(&b);
		refused += st != FP_OK;
		if (st == FP_OK) {
			fail_msg("byte %zu was changed and nobody noticed", i);
		}
		b.data[i] = (char)(b.data[i] ^ 1);
	}
	assert_true(refused > 900);
	assert_int_equal(reading(&b), FP_OK);
	/* a value that reads well is still a forgery */
	char *at = strstr(b.data, "\"administrator\":false");
	assert_non_null(at);
	memcpy(at, "\"administrator\":true ", 21);
	expect(&b, FP_EINTEGRITY, "canonical");
	memcpy(at, "\"administrator\":false", 21);
	at = strstr(b.data, "S-1-5-21");
	assert_non_null(at);
	at[4] = '6';
	expect(&b, FP_EINTEGRITY, "the signature does not hold");
}

static void
every_cut_is_refused(void **state)
{
	(void)state;
	FP_JSON json_t *j = recorded(GOOD);
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1 << 20 };
	sign(&b, j);
	size_t all = b.len;
	for (b.len = 0; b.len < all - 1; b.len += 13) {
		assert_int_not_equal(reading(&b), FP_OK);
	}
}

/* ---- the envelope ---- */

static void
envelope(const char *member, json_t *value, enum fp_status st, const char *words)
{
	FP_JSON json_t *j = recorded(GOOD), *whole = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1 << 20 };
	sign(&b, j);
	assert_int_equal(fp_json_parse(&whole, b.data, b.len, "x", &err), FP_OK);
	if (value != NULL) {
		(void)json_object_set_new(whole, member, value);
	} else {
		(void)json_object_del(whole, member);
	}
	fp_buf_clear(&b);
	assert_int_equal(fp_json_canonical(&b, whole, &err), FP_OK);
	expect(&b, st, words);
}

static json_t *
base64(const uint8_t *bytes, size_t len)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 4096 };
	fp_base64_put(&b, bytes, len);
	return json_string(b.data);
}

static void
envelopes_are_refused(void **state)
{
	(void)state;
	uint8_t point[65] = { 4, 1, 2, 3 }, zero[65] = { 0 };
	envelope("format", json_string("fieldproof-facts-2"), FP_EUNSUPPORTED, "fieldproof-facts-2");
	envelope("format", NULL, FP_EINVAL, "no fact file");
	envelope("format", json_integer(1), FP_EINVAL, "no fact file");
	envelope("facts", NULL, FP_EINVAL, "'facts' is missing");
	envelope("facts", json_string("x"), FP_EINVAL, "an object");
	envelope("extra", json_true(), FP_EINVAL, "extra");
	envelope("key", NULL, FP_EINVAL, "key");
	envelope("key", json_string("!!!!"), FP_EINVAL, "base64");
	envelope("key", base64(point, 64), FP_EINVAL, "65 bytes");
	envelope("key", base64(point, 65), FP_EINTEGRITY, "no point of the curve");
	envelope("key", base64(zero, 65), FP_EINTEGRITY, "no point of the curve");
	envelope("signature", base64(zero, 64), FP_EINTEGRITY, "does not hold");
	envelope("signature", base64(zero, 63), FP_EINVAL, "64 bytes");
	envelope("signature", json_null(), FP_EINVAL, "signature");
}

/* ---- the facts ---- */

/* A facts object with one member set to a value, properly signed: only the tables can refuse it. Path with dots; a number is an index; "-" as the value takes the member away. */
static void
facts_with(const char *path, const char *value, enum fp_status st, const char *words)
{
	FP_JSON json_t *j = recorded(GOOD), *v = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 2 << 20 };
	char name[80];
	json_t *at = j;
	const char *p = path;
	for (const char *dot; (dot = strchr(p, '.')) != NULL; p = dot + 1) {
		(void)snprintf(name, sizeof(name), "%.*s", (int)(dot - p), p);
		at = json_is_array(at) ? json_array_get(at, strtoul(name, NULL, 10)) : json_object_get(at, name);
		assert_non_null(at);
	}
	if (strcmp(value, "-") == 0) {
		assert_int_equal(json_object_del(at, p), 0);
	} else {
		v = json_loads(value, JSON_DECODE_ANY, NULL);
		assert_non_null(v);
		assert_int_equal(json_object_set(at, p, v), 0);
	}
	sign(&b, j);
	if (st == FP_OK) {
		if (reading(&b) != FP_OK) {
			fail_msg("%s = %s: %s", path, value, err.msg);
		}
	} else {
		expect(&b, st, words);
	}
}

static void
wrong_facts_are_refused_with_their_place(void **state)
{
	(void)state;
	facts_with("host.name", "null", FP_OK, "");
	facts_with("host.name", "\"\xc3\xa9\"", FP_OK, "");
	facts_with("host.name", "1", FP_EINVAL, "host.name must be a text or null");
	facts_with("host.name", "-", FP_EINVAL, "host.name is missing");
	facts_with("host.owner", "\"x\"", FP_EUNSUPPORTED, "host.owner is a member that this program does not know");
	facts_with("patients", "[]", FP_EUNSUPPORTED, "patients");
	facts_with("services", "{}", FP_EINVAL, "services must be a list or null");
	facts_with("services", "null", FP_OK, "");
	facts_with("services", "-", FP_OK, "");
	facts_with("services", "[null]", FP_EINVAL, "services[0] must be an object");
	facts_with("services.0.state", "\"paused\"", FP_EUNSUPPORTED, "services[0].state says 'paused'");
	facts_with("services.0.pid", "1.5", FP_EINVAL, "services[0].pid must be a whole number or null");
	facts_with("services.0.pid", "true", FP_EINVAL, "services[0].pid");
	facts_with("listeners.0.port", "65536", FP_EINVAL, "listeners[0].port must be 0 to 65535");
	facts_with("listeners.0.port", "-1", FP_EINVAL, "listeners[0].port");
	facts_with("collected", "\"2026-11-21 09:30:00\"", FP_EINVAL, "collected must be a time");
	facts_with("collected", "\"2026-13-21T09:30:00Z\"", FP_EINVAL, "collected must be a time");
	facts_with("collected", "null", FP_EINVAL, "collected");
	facts_with("elevated", "null", FP_EINVAL, "elevated must be true or false");
	facts_with("platform", "\"macos\"", FP_EUNSUPPORTED, "macos");
	facts_with("source", "\"offline\"", FP_EINVAL, "source");
	facts_with("offline.0.source", "\"running\"", FP_EINVAL, "source");
	facts_with("offline.0.offline", "[]", FP_EINVAL, "offline[0]");
	facts_with("offline.0.host.name", "7", FP_EINVAL, "offline[0].host.name");
	facts_with("smb_client.signing_required", "true", FP_EINVAL, "smb_client.signing_required must be an object");
	facts_with("smb_client.signing_required.value", "null", FP_OK, "");
	facts_with("mounts", "[{\"type\":\"nfs4\",\"source\":\"a:/b\",\"options\":{\"sec\":\"krb5p\"}}]", FP_OK, "");
	facts_with(
	    "mounts", "[{\"type\":\"nfs4\",\"source\":\"a:/b\",\"options\":{\"sec\":1}}]", FP_EINVAL, "mounts[0].options.sec");
}

static void
limits_hold(void **state)
{
	(void)state;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 4 << 20 };
	fp_buf_putc(&b, '"');
	for (int i = 0; i < 1024; i++) {
		fp_buf_puts(&b, "\xc3\xa9");
	}
	fp_buf_putc(&b, '"');
	facts_with("host.name", b.data, FP_OK, "");
	b.data[b.len - 1] = 'x';
	fp_buf_putc(&b, '"');
	facts_with("host.name", b.data, FP_ELIMIT, "host.name has more than 1024 characters");

	fp_buf_clear(&b);
	for (int i = 0; i < 1001; i++) {
		fp_buf_puts(&b, i == 0 ? "[{\"fact\":\"x\",\"why\":\"y\"}" : ",{\"fact\":\"x\",\"why\":\"y\"}");
	}
	fp_buf_putc(&b, ']');
	facts_with("unknown", b.data, FP_ELIMIT, "unknown has 1001 elements; the limit is 1000");

	fp_buf_clear(&b);
	for (int i = 0; i < FACTS_FILE_MAX; i++) {
		fp_buf_putc(&b, ' ');
	}
	fp_buf_puts(&b, "{}");
	expect(&b, FP_ELIMIT, "the limit is");

	fp_buf_clear(&b);
	fp_buf_puts(&b, "{\"facts\":");
	for (int i = 0; i < 100000; i++) {
		fp_buf_putc(&b, '[');
	}
	expect(&b, FP_ELIMIT, "nested deeper");

	fp_buf_clear(&b);
	fp_buf_puts(&b, "{\"facts\":{},\"facts\":{},\"format\":\"fieldproof-facts-1\"}");
	expect(&b, FP_EINVAL, "duplicate");
	fp_buf_clear(&b);
	expect(&b, FP_EINVAL, "empty");
	fp_buf_puts(&b, "[1]");
	expect(&b, FP_EINVAL, "no fact file");
}

/* ---- the table and the published schema say the same ---- */

static const json_t *
resolved(const json_t *schema, const json_t *defs, bool *nullable)
{
	const json_t *any = json_object_get(schema, "anyOf");
	if (any != NULL) {
		assert_int_equal(json_array_size(any), 2);
		*nullable = true;
		schema = json_array_get(any, 0);
	}
	if (json_object_get(schema, "$ref") != NULL) {
		assert_string_equal(json_string_value(json_object_get(schema, "$ref")), "#/$defs/facts");
		schema = json_object_get(defs, "facts");
	}
	return schema;
}

static const char *
type_of(const json_t *schema, bool *nullable)
{
	const json_t *t = json_object_get(schema, "type"), *e = json_object_get(schema, "enum");
	if (e != NULL) {
		*nullable = *nullable || json_is_null(json_array_get(e, json_array_size(e) - 1));
		return "enum";
	}
	if (json_is_array(t)) {
		assert_string_equal(json_string_value(json_array_get(t, 1)), "null");
		*nullable = true;
		return json_string_value(json_array_get(t, 0));
	}
	return json_string_value(t);
}

static int compared;

static void
compare(const struct facts_shape *s, const json_t *schema, const json_t *defs, const char *place)
{
	static const char *const names[] = {
		[FACTS_TEXT] = "string",
		[FACTS_WORD] = "enum",
		[FACTS_TIME] = "string",
		[FACTS_BOOL] = "boolean",
		[FACTS_INT] = "integer",
		[FACTS_LIST] = "array",
		[FACTS_OBJECT] = "object",
		[FACTS_MAP] = "object",
	};
	bool nullable = false;
	char at[200];
	schema = resolved(schema, defs, &nullable);
	const char *type = type_of(schema, &nullable);
	compared++;
	if (strcmp(type, names[s->type]) != 0 || nullable != s->nullable) {
		fail_msg("%s: the schema says %s%s", place, type, nullable ? " or null" : "");
	}
	if (s->type == FACTS_WORD) {
		size_t n = 0;
		for (; s->words[n] != NULL; n++) {
			assert_string_equal(s->words[n], json_string_value(json_array_get(json_object_get(schema, "enum"), n)));
		}
		assert_int_equal(n + nullable, json_array_size(json_object_get(schema, "enum")));
	} else if (s->type == FACTS_LIST) {
		assert_int_equal(s->max, json_integer_value(json_object_get(schema, "maxItems")));
		if (s->of != facts_shape()) {
			(void)snprintf(at, sizeof(at), "%s[]", place);
			compare(s->of, json_object_get(schema, "items"), defs, at);
		}
	} else if (s->type == FACTS_OBJECT) {
		const json_t *properties = json_object_get(schema, "properties");
		size_t n = 0, required = 0;
		assert_true(json_is_false(json_object_get(schema, "additionalProperties")));
		for (const struct facts_shape *m = s->of; m->name != NULL; m++, n++) {
			(void)snprintf(at, sizeof(at), "%s.%s", place, m->name);
			if (json_object_get(properties, m->name) == NULL) {
				fail_msg("%s is not in the schema", at);
			}
			bool listed = false;
			for (size_t i = 0; i < json_array_size(json_object_get(schema, "required")); i++) {
				listed =
				    listed || strcmp(json_string_value(json_array_get(json_object_get(schema, "required"), i)),
						  m->name) == 0;
			}
			if (listed != m->required) {
				fail_msg("%s is%s required in the schema", at, listed ? "" : " not");
			}
			required += listed;
			compare(m, json_object_get(properties, m->name), defs, at);
		}
		assert_int_equal(n, json_object_size(properties));
		assert_int_equal(required, json_array_size(json_object_get(schema, "required")));
	}
}

static void
the_tables_are_the_schema(void **state)
{
	(void)state;
	FP_JSON json_t *schema = NULL;
	const struct fp_asset *a = fp_asset_find("schema/facts.schema.json");
	assert_non_null(a);
	assert_int_equal(fp_json_parse(&schema, a->data, a->len, "schema", &err), FP_OK);
	const json_t *defs = json_object_get(schema, "$defs");
	compare(facts_shape(), json_object_get(defs, "facts"), defs, "facts");
	assert_true(compared > 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_file_is_taken_apart),
		cmocka_unit_test(a_part_without_its_ids_has_no_identity),
		cmocka_unit_test(the_machine_id_of_a_linux_is_enough),
		cmocka_unit_test(line_ends_may_change_on_the_way),
		cmocka_unit_test(control_characters_have_one_form),
		cmocka_unit_test(a_changed_byte_is_found),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(envelopes_are_refused),
		cmocka_unit_test(wrong_facts_are_refused_with_their_place),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(the_tables_are_the_schema),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
