/* Every refusal says where and what: the reader of notice.json, of language files, of folders, of canonical bytes. */
#include "notice_help.h"

/* One change to FSN2023-1338's facts (value NULL: the key is taken away) and what is said of it. */
static const struct {
	const char *path, *value, *message;
} facts[] = {
	{ "facts.udi", "1", "facts: unknown key 'udi'; known: $schema, format, reference, " },
	{ "facts.products[1].udi", "\"1\"",
	    "facts: products[1]: unknown key 'udi'; known: id, type, names, catalog_numbers, alias_catalog_numbers, "
	    "alias_source, udi_di, "
	    "udi_di_stated, modes, versions, serial_ranges, parts" },
	{ "facts.reference", NULL, "facts: reference: is missing" },
	{ "facts.reference", "null", "facts: reference: must not be null" },
	{ "facts.reference", "\"FSN2023 -1338\"",
	    "facts: reference: must be a reference in its normal form, like FSN2023-1338 (capitals, no blanks, no brackets); it "
	    "is 'FSN2023 "
	    "-1338'" },
	{ "facts.format", "\"fieldproof-notice-2\"",
	    "facts: format: unknown word 'fieldproof-notice-2'; known: fieldproof-notice-1" },
	{ "facts.issue_date", NULL, "facts: issue_date: is missing; write null when the notice has none" },
	{ "facts.issue_date", "\"2023-02-29\"",
	    "facts: issue_date: must be a day like \"2023-04-05\", or null when the notice has none" },
	{ "facts.issue_weekday", "\"Mittwoch\"",
	    "facts: issue_weekday: unknown word 'Mittwoch'; known: monday, tuesday, wednesday, thursday, friday, saturday, "
	    "sunday" },
	{ "facts.revision", "0", "facts: revision: must be a whole number from 1 to 1000000" },
	{ "facts.revision", "\"1\"", "facts: revision: must be a whole number from 1 to 1000000" },
	{ "facts.urgent", "\"yes\"", "facts: urgent: must be true or false" },
	{ "facts.kinds", "[]", "facts: kinds: is empty; it must hold at least one item" },
	{ "facts.kinds", "\"recall\"", "facts: kinds: must be a list in [ ]" },
	{ "facts.kinds", "[\"recall\", \"recall\"]", "facts: kinds[1]: 'recall' stands twice in the list" },
	{ "facts.kinds[0]", "\"Recall\"", "facts: kinds[0]: must be 1 to 47 of a-z, 0-9 and -; it is 'Recall'" },
	{ "facts.kinds[0]", "7", "facts: kinds[0]: must be a text" },
	{ "facts.products", "[]", "facts: products: is empty; it must hold at least one item" },
	{ "facts.products[0]", "[]", "facts: products[0]: must be an object in { }" },
	{ "facts.products[0].udi_di", "\"0081627002000\"",
	    "facts: products[0].udi_di: must be 14 digits (a shorter GTIN is filled with zeros on the left); it is "
	    "'0081627002000'" },
	{ "facts.products[0].udi_di_stated", "\"not applicable\"",
	    "facts: products[0]: udi_di is given and yet stated to be 'not applicable'" },
	{ "facts.products[0].alias_source", NULL,
	    "facts: products[0]: alias_catalog_numbers needs alias_source: say where they are known from" },
	{ "facts.products[1].id", "\"miseqdx\"", "facts: products[1].id: 'miseqdx' is the id of products[0] already" },
	{ "facts.products[0].names[0]", "\" MiSeqDx\"",
	    "facts: products[0].names[0]: must be a text without control characters and without blanks at its ends; it is ' "
	    "MiSeqDx'" },
	{ "facts.products[0].names[0]", "\"Mi\\nSeq\"",
	    "facts: products[0].names[0]: must be a text without control characters and without blanks at its ends; it is" },
	{ "facts.products[0].versions", "[{\"mode\": \"XX\", \"range\": \"*\"}]",
	    "facts: products[0].versions[0].mode: 'XX' is not one of the product's modes" },
	{ "facts.actions[1].number", "3", "facts: actions[1].number: is 3; actions are numbered in order from 1" },
	{ "facts.actions[0].modes", "\"both\"", "facts: actions[0].modes: unknown word 'both'; known: each, once" },
	{ "facts.actions[0].not_done[0]", "\"lazy\"",
	    "facts: actions[0].not_done[0]: unknown word 'lazy'; known: none-at-site, avoid-interruption, planned, transferred, "
	    "decommissioned, not-ours, unreachable" },
	{ "facts.actions[0].products", "[\"miseq\"]", "facts: actions[0].products[0]: there is no product 'miseq'" },
	{ "facts.actions[1].same_devices_as", "\"standard-user\"",
	    "facts: actions[1].same_devices_as: there is no other action 'standard-user'" },
	{ "facts.actions[0].links[0].contact", "\"sales\"", "facts: actions[0].links[0].contact: there is no contact 'sales'" },
	{ "facts.actions[0].links[0].url", "\"javascript:alert(1)\"",
	    "facts: actions[0].links[0].url: must be an address that starts with https:// or http:// and holds no blanks; it is "
	    "'javascript:alert(1)'" },
	{ "facts.actions[0].links[1].id", "\"online\"",
	    "facts: actions[0].links[1].id: 'online' is the id of actions[0].links[0] already" },
	{ "facts.actions[0].checks[1].id", "\"UCS-1\"",
	    "facts: actions[0].checks[1].id: 'UCS-1' is the id of actions[0].checks[0] already" },
	{ "facts.actions[0].checks[0].role", "\"maybe\"",
	    "facts: actions[0].checks[0].role: unknown word 'maybe'; known: required, supporting" },
	{ "facts.vulnerabilities[0].cves", "[\"CVE-23-1\"]",
	    "facts: vulnerabilities[0].cves[0]: must be a CVE number like CVE-2023-1968; it is 'CVE-23-1'" },
	{ "facts.vulnerabilities[0].affects", "[]",
	    "facts: vulnerabilities[0].affects: is empty; it must hold at least one item" },
	{ "facts.vulnerabilities[0].affects", "[{\"products\": [\"none\"]}]",
	    "facts: vulnerabilities[0].affects[0].products[0]: there is no product 'none'" },
	{ "facts.vulnerabilities[0].affects", "[{\"component_range\": \">=2\"}]",
	    "facts: vulnerabilities[0].affects[0]: component_range needs component: say of what" },
	{ "facts.manufacturer.phone", "\"1\"", "facts: manufacturer: unknown key 'phone'; known: name, brand, address, " },
	{ "facts.reply.to", "\"sales\"", "facts: reply.to: there is no contact 'sales'" },
	{ "facts.reply.statements[0]", "\"recieved\"",
	    "facts: reply.statements[0]: unknown word 'recieved'; known: received, understood, " },
	{ "facts.x_price", "1.5",
	    "facts: holds a number with a fraction, whose signed bytes would not be certain; write it as a text" },
	{ "texts.english", "\"# A {#title}\\n\"", "facts: texts: 'english' is not a language tag with a text" },
	{ "texts.fr", "7", "facts: texts: 'fr' is not a language tag with a text" },
	{ "texts.fr", "\"\"", "texts.fr holds no section; begin with a line like '# Title {#title}'" },
	{ "format", "\"fieldproof-notice-9\"",
	    "the notice has format 'fieldproof-notice-9'; this program reads fieldproof-notice-1" },
	{ "facts", "[]", "the notice: 'facts' is an array; it must be an object" },
	{ "texts", NULL, "the notice: 'facts' and 'texts' must be objects" },
	{ "more", "1", "the notice: unknown key 'more'; known are: format, facts, texts" },
};

static void
facts_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(facts); i++) {
		FP_JSON json_t *whole = canonical_json("FSN2023-1338");
		struct notice *n = NULL;
		struct fp_err err = { .msg = "" };

		change(whole, facts[i].path, facts[i].value);
		if (parse_json(&n, whole, &err) == FP_OK)
			fail_msg("%s = %s was taken", facts[i].path, facts[i].value ? facts[i].value : "(away)");
		if (strncmp(err.msg, facts[i].message, strlen(facts[i].message)) != 0)
			fail_msg("%s: '%s' instead of '%s'", facts[i].path, err.msg, facts[i].message);
		assert_null(n);
	}
}

/* One change to en.md of FSN2023-1338. */
static const struct {
	const char *from, *to, *message;
} texts[] = {
	{ "{#summary}", "{#sumary}", "texts.en line 9: unknown section 'sumary'; known: title, greeting, summary, " },
	{ "{#problem}", "{#summary}", "texts.en line 17: section 'summary' is there twice; the first is at line 9" },
	{ "{#action.patch}", "{#action.patches}", "texts.en line 60: unknown section 'action.patches'; known: " },
	{ " {#problem}", "", "texts.en line 17: a heading of the first level opens a section and ends with its key, as in" },
	{ "# Urgent", "Hello\n# Urgent",
	    "texts.en line 1: text before the first section; begin with a line like '# Title {#title}'" },
	{ "Dear customer,", "Dear customer,\n====", "texts.en line 8: a line of '=' would make a heading without a key" },
	{ "Dear customer,", "Dear\tcustomer,", "texts.en line 7: control character 0x09 (a tab); write blanks" },
	{ "Dear customer,", "Dear {{customer}},",
	    "texts.en line 7: unknown placeholder {{customer}}; known: reference, document_number, " },
	{ "Dear customer,", "Dear {{contact.sales}},",
	    "texts.en line 7: placeholder {{contact.sales}}: manufacturer.contacts has no such id" },
	{ "Dear customer,", "\n\n\nDear\n{{contact.sales}},",
	    "texts.en line 11: placeholder {{contact.sales}}: manufacturer.contacts has" },
	{ "Dear customer,", "Dear {{brand,", "texts.en line 7: '{{' that no '}}' closes on the same line" },
	{ "Dear customer,", "Dear {{link.patch.online}},",
	    "texts.en line 7: placeholder {{link.patch.online}}: the notice gives no address for this link (url is null)" },
	{ "Dear customer,", "Dear {{link.patch.nowhere}},",
	    "texts.en line 7: placeholder {{link.patch.nowhere}}: there is no such link" },
	{ "Dear customer,", "Dear {{reply.deadline}},",
	    "texts.en line 7: placeholder {{reply.deadline}}: the notice sets no deadline" },
	{ "Dear customer,", "Dear {{products.table}},",
	    "texts.en line 7: placeholder {{products.table}} must stand alone on its line" },
	{ "Urgent medical", "{{products.table}} medical",
	    "texts.en line 1: placeholder {{products.table}} must stand alone on its line" },
	{ "Urgent medical", "{{nobody}} medical", "texts.en line 1: unknown placeholder {{nobody}}; known: " },
};

static void
texts_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(texts); i++) {
		FP_JSON json_t *whole = canonical_json("FSN2023-1338");
		struct notice *n = NULL;
		struct fp_err err = { .msg = "" };

		retext(whole, "en", texts[i].from, texts[i].to);
		assert_int_not_equal(parse_json(&n, whole, &err), FP_OK);
		if (strncmp(err.msg, texts[i].message, strlen(texts[i].message)) != 0)
			fail_msg("'%s' instead of '%s'", err.msg, texts[i].message);
	}
}

static void
expect_open(const char *dir, enum fp_status status, const char *message)
{
	struct notice *n = NULL;
	struct fp_err err = { .msg = "" };

	assert_int_equal(notice_open(&n, dir, &err), status);
	notice_free(n);
	if (strstr(err.msg, message) == NULL)
		fail_msg("'%s' instead of '%s'", err.msg, message);
}

/* Folder: the message names the file. One after the other in one folder; each is put right again. */
static void
folders_are_refused(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf big = { .max = 0 }, da = { .max = 0 };
	char dir[64], path[128];

	(void)state;
	copy_folder(dir, "FSN2023-1338");
	assert_int_equal(fp_file_read(&da, "notices/FSN2023-1338/da.md", NULL), FP_OK);
	write_file(dir, "english.md", "x", 1);
	expect_open(dir, FP_EINVAL, "/english.md: not the name of a language file (da.md, pt-BR.md); rename or remove it");
	(void)snprintf(path, sizeof(path), "%s/english.md", dir);
	assert_int_equal(unlink(path), 0);
	write_file(dir, "notes.txt", "not looked at", 13);
	expect_open("/tmp/fp-notice-nowhere", FP_ENOTFOUND, "cannot open the notice folder '/tmp/fp-notice-nowhere'");

	for (size_t i = 0; i < 257 * 1024; i++)
		fp_buf_putc(&big, 'x');
	write_file(dir, "da.md", big.data, big.len);
	expect_open(dir, FP_ELIMIT, "da.md");
	write_file(dir, "da.md", "# A {#title}\nk\xE6re\n", 19);
	expect_open(dir, FP_EINVAL, "/da.md line 2: not UTF-8; save the file as UTF-8");
	write_file(dir, "da.md", "# A {#title}\n\0\n", 15);
	expect_open(dir, FP_EINVAL, "/da.md line 2: ");
	fp_buf_clear(&big);
	fp_buf_puts(&big, "# A {#title}\n");
	for (size_t i = 0; i < 65 * 1024; i++)
		fp_buf_putc(&big, 'x');
	write_file(dir, "da.md", big.data, big.len);
	expect_open(dir, FP_ELIMIT, "/da.md line 1: section 'title' has 66560 bytes; the limit is 65536");
	write_file(dir, "da.md", da.data, da.len);
	expect_open(dir, FP_OK, "");

	write_file(dir, "notice.json", "{\n  \"format\": 1,\n  oops\n}\n", 26);
	expect_open(dir, FP_EINVAL, "/notice.json line 3 column ");
	write_file(dir, "notice.json", "{\"format\": 1, \"format\": 2}", 26);
	expect_open(dir, FP_EINVAL, "duplicate");
	write_file(dir, "notice.json", "", 0);
	expect_open(dir, FP_EINVAL, "/notice.json is empty");
	fp_buf_clear(&big);
	for (size_t i = 0; i < 1100 * 1024; i++)
		fp_buf_putc(&big, ' ');
	write_file(dir, "notice.json", big.data, big.len);
	expect_open(dir, FP_ELIMIT, "notice.json");
	(void)snprintf(path, sizeof(path), "%s/notice.json", dir);
	assert_int_equal(unlink(path), 0);
	expect_open(dir, FP_ENOTFOUND, "notice.json");
	remove_folder(dir);
}

static void
forty_languages_at_most(void **state)
{
	char dir[64], name[16];

	(void)state;
	copy_folder(dir, "FSN2023-1338");
	for (int i = 0; i < 36; i++) {
		(void)snprintf(name, sizeof(name), "x%c%c.md", 'a' + i / 26, 'a' + i % 26);
		write_file(dir, name, "# A {#title}\n", 13);
	}
	expect_open(dir, FP_ELIMIT, "more than 40 language files");
	remove_folder(dir);
}

/* A link out of the folder is not followed. */
static void
no_way_out_of_the_folder(void **state)
{
	char dir[64], path[128];

	(void)state;
	copy_folder(dir, "FSN2023-1338");
	(void)snprintf(path, sizeof(path), "%s/fr.md", dir);
	assert_int_equal(symlink("/etc/hostname", path), 0);
	expect_open(dir, FP_EIO, "fr.md");
	remove_folder(dir);
}

static void
only_canonical_bytes_are_parsed(void **state)
{
	FP_JSON json_t *whole = canonical_json("FSN2025-1682");
	FP_AUTO(fp_buf_free) struct fp_buf pretty = { .max = 0 };
	struct notice *n = NULL;
	struct fp_err err;

	(void)state;
	assert_int_equal(fp_json_pretty(&pretty, whole, NULL), FP_OK);
	assert_int_equal(notice_parse(&n, pretty.data, pretty.len, &err), FP_EINVAL);
	assert_string_equal(err.msg, "the notice is not in its canonical form: make it with 'fieldproof notice canonical'");
	assert_int_equal(notice_parse(&n, "", 0, &err), FP_EINVAL);
	assert_string_equal(err.msg, "the notice is empty");
	assert_int_equal(notice_parse(&n, "", (size_t)25 << 20, &err), FP_ELIMIT);
}

/* Out of memory anywhere: said, and nothing leaks (the sanitizer build looks). */
static void
memory_runs_out(void **state)
{
	FP_AUTO(notice_freep) struct notice *n = opened("FSN2025-1682");
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	int64_t refused = 0;

	(void)state;
	assert_int_equal(notice_canonical(&b, n, NULL), FP_OK);
	for (int64_t i = 0;; i++) {
		struct notice *again = NULL;
		struct fp_err err = { .msg = "" };
		enum fp_status s;

		(void)fp_mem_fail_after(i);
		s = notice_parse(&again, b.data, b.len, &err);
		(void)fp_mem_fail_after(-1);
		if (s == FP_OK) {
			assert_string_equal(again->content_hash, n->content_hash);
			notice_free(again);
			break;
		}
		assert_null(again);
		assert_true(err.msg[0] != '\0');
		refused++;
	}
	assert_true(refused > 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_are_refused),
		cmocka_unit_test(texts_are_refused),
		cmocka_unit_test(folders_are_refused),
		cmocka_unit_test(forty_languages_at_most),
		cmocka_unit_test(no_way_out_of_the_folder),
		cmocka_unit_test(only_canonical_bytes_are_parsed),
		cmocka_unit_test(memory_runs_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
