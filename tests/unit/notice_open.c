/* The three notices open with all their facts, and are the same after canonical bytes and back. */
#include "notice_help.h"

static const char *const refs[] = { "FSN2023-1338", "FSN2024-1562", "FSN2025-1682" };

static void
round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(refs); i++) {
		FP_AUTO(notice_freep) struct notice *n = opened(refs[i]), *again = NULL;
		FP_AUTO(fp_buf_free) struct fp_buf one = { .max = 0 }, two = { .max = 0 };
		struct fp_err err;

		assert_string_equal(n->reference, refs[i]);
		assert_int_equal(notice_canonical(&one, n, &err), FP_OK);
		if (notice_parse(&again, one.data, one.len, &err) != FP_OK)
			fail_msg("%s", err.msg);
		assert_int_equal(notice_canonical(&two, again, &err), FP_OK);
		assert_int_equal(one.len, two.len);
		assert_memory_equal(one.data, two.data, one.len);
		assert_string_equal(n->content_hash, again->content_hash);
		assert_int_equal(strlen(n->content_hash), 64);
		assert_int_equal(n->n_texts, 5);
	}
}

/* Notice, product, catalogue numbers, UDI-DI (NULL: stated not applicable), modes, part. */
static const struct {
	const char *ref, *id, *catalog[3], *udi;
	size_t modes;
	const char *part;
} products[] = {
	{ "FSN2023-1338", "miseqdx", { "DX-410-1001", "15036706" }, "00816270020002", 2, NULL },
	{ "FSN2023-1338", "nextseq550dx", { "20005715" }, "00816270020125", 2, NULL },
	{ "FSN2024-1562", "miseqdx", { "DX-410-1001", "15036706" }, "00816270020002", 2, NULL },
	{ "FSN2024-1562", "nextseq550dx", { "20005715" }, "00816270020125", 2, NULL },
	{ "FSN2024-1562", "novaseq6000dx", { "20068232" }, "00816270020637", 2, NULL },
	{ "FSN2024-1562", "dragen-nextseq550dx", { "20086130" }, NULL, 0, NULL },
	{ "FSN2024-1562", "dragen-v4", { "20051343" }, NULL, 0, NULL },
	{ "FSN2024-1562", "veriseq-onsite-v2", { "20047000" }, NULL, 0, NULL },
	{ "FSN2025-1682", "novaseq6000dx", { "20068232" }, "00816270020637", 0, "DRAGEN Server for NovaSeq 6000Dx" },
	{ "FSN2025-1682", "dragen-nextseq550dx", { "20086130" }, NULL, 0, NULL },
};

static void
products_of_the_letters(void **state)
{
	size_t seen = 0;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(products); i++) {
		FP_AUTO(notice_freep) struct notice *n = opened(products[i].ref);
		const struct notice_product *p = notice_product_find(n, products[i].id);

		if (i == 0 || strcmp(products[i].ref, products[i - 1].ref) != 0)
			seen += n->n_products;
		assert_non_null(p);
		for (size_t k = 0; products[i].catalog[k] != NULL; k++)
			assert_string_equal(p->catalog_numbers.items[k], products[i].catalog[k]);
		assert_int_equal(p->catalog_numbers.n, products[i].catalog[1] ? 2 : 1);
		if (products[i].udi != NULL) {
			assert_string_equal(p->udi_di, products[i].udi);
			assert_null(p->udi_di_stated);
		} else {
			assert_null(p->udi_di);
			assert_string_equal(p->udi_di_stated, "not applicable");
		}
		assert_int_equal(p->modes.n, products[i].modes);
		assert_int_equal(p->n_parts, products[i].part ? 1 : 0);
		if (products[i].part != NULL)
			assert_string_equal(p->parts[0].names.items[0], products[i].part);
		if (strcmp(products[i].id, "miseqdx") == 0) {
			assert_true(notice_list_has(&p->alias_catalog_numbers, "20014053"));
			assert_non_null(p->alias_source);
		}
		assert_int_equal(p->n_versions, 0);
	}
	assert_int_equal(seen, FP_COUNT(products));
}

static const struct {
	const char *ref, *document, *date, *weekday, *authorities;
	size_t actions;
	bool third_party;
} heads[] = {
	{ "FSN2023-1338", "M-AMR-00719", "2023-04-05", "wednesday", "informed", 2, false },
	{ "FSN2024-1562", "M-AMR-01357", "2024-05-08", "wednesday", "informed", 2, true },
	{ "FSN2025-1682", "M-AMR-01719", "", NULL, "being-informed", 1, true },
};

static void
heads_of_the_letters(void **state)
{
	char date[FP_DATE_MAX];

	(void)state;
	for (size_t i = 0; i < FP_COUNT(heads); i++) {
		FP_AUTO(notice_freep) struct notice *n = opened(heads[i].ref);

		assert_string_equal(n->document_number, heads[i].document);
		assert_string_equal(fp_date_text(date, n->issue_date), heads[i].date);
		assert_true((n->issue_weekday == NULL) == (heads[i].weekday == NULL));
		if (heads[i].weekday != NULL)
			assert_string_equal(n->issue_weekday, heads[i].weekday);
		assert_string_equal(n->authorities, heads[i].authorities);
		assert_int_equal(n->n_actions, heads[i].actions);
		assert_true(n->third_party_contact == heads[i].third_party);
		assert_string_equal(notice_contact_email(n, "technical"), "techsupport@illumina.com");
		assert_string_equal(notice_contact_email(n, "customer"), "customercare@illumina.com");
		assert_null(notice_contact_email(n, "nobody"));
		assert_string_equal(n->signatories[0].name, "Gary Workman");
		assert_string_equal(n->signatories[1].name, "Karen Gutekunst");
		assert_string_equal(n->vulnerabilities[0].exploitation, "none-reported");
		assert_int_equal(n->vulnerabilities[0].cves.n, 0); /* law 10 */
		assert_int_equal(n->emergency.n, 2);
		assert_int_equal(n->n_adverse, 2);
		assert_int_equal(n->reply_distributor.n, 3);
	}
}

/* "UCS-1s UCS-2r": s supporting, r required. */
static void
checks_text(struct fp_buf *b, const struct notice_action *a)
{
	for (size_t i = 0; i < a->n_checks; i++)
		fp_buf_printf(b, "%s%s%s", i ? " " : "", a->checks[i].id, a->checks[i].role == NOTICE_CHECK_REQUIRED ? "r" : "s");
	fp_buf_puts(b, "");
}

static const struct {
	const char *ref, *id;
	enum notice_mode_rule modes;
	const char *verbs[3], *only_when, *same, *checks;
} actions[] = {
	{ "FSN2023-1338", "patch", NOTICE_EACH_MODE, { "download", "install" }, NULL, NULL, "UCS-1r UCS-2r UCS-3s FW-1s FW-2s" },
	{ "FSN2023-1338", "standard-user", NOTICE_EACH_MODE, { "change-configuration" }, NULL, "patch", "UCS-4r UCS-5s" },
	{ "FSN2024-1562", "read-guidance", NOTICE_ONCE, { "download", "read" }, NULL, NULL, "" },
	{ "FSN2024-1562", "secure-protocol", NOTICE_ONCE, { "choose-protocol", "change-configuration" }, "networked", NULL,
	    "SMB-1r SMB-2s SMB-3s SMB-4r SMB-5r SMB-6s NFS-1r NFS-3r NFS-2s SSH-1r TLS-1r CLR-1s" },
	{ "FSN2025-1682", "bmc-instructions", NOTICE_ONCE, { "download", "follow" }, NULL, NULL,
	    "BMC-2r BMC-3r BMC-4r BMC-1s BMC-5s BMC-6s" },
};

static void
actions_of_the_letters(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(actions); i++) {
		FP_AUTO(notice_freep) struct notice *n = opened(actions[i].ref);
		FP_AUTO(fp_buf_free) struct fp_buf checks = { .max = 256 };
		const struct notice_action *a = notice_action_find(n, actions[i].id);

		assert_non_null(a);
		assert_int_equal(a->modes, actions[i].modes);
		for (size_t k = 0; actions[i].verbs[k] != NULL; k++)
			assert_string_equal(a->verbs.items[k], actions[i].verbs[k]);
		assert_int_equal(a->verbs.n, actions[i].verbs[1] ? 2 : 1);
		assert_true((a->only_when == NULL) == (actions[i].only_when == NULL));
		assert_true((a->same_devices_as == NULL) == (actions[i].same == NULL));
		checks_text(&checks, a);
		assert_string_equal(checks.data ? checks.data : "", actions[i].checks);
		assert_int_equal(a->not_done.n, 7);
		assert_true(notice_list_has(&a->not_done, "none-at-site") && notice_list_has(&a->not_done, "avoid-interruption"));
	}
}

static void
patch_has_two_ways_and_a_backup(void **state)
{
	FP_AUTO(notice_freep) struct notice *n = opened("FSN2023-1338");
	const struct notice_action *patch = notice_action_find(n, "patch"), *user = notice_action_find(n, "standard-user");

	(void)state;
	assert_string_equal(patch->requires.items[0], "backup");
	assert_string_equal(patch->urgency, "immediately");
	assert_int_equal(patch->n_links, 2);
	assert_string_equal(patch->links[0].condition, "internet-connected");
	assert_string_equal(patch->links[0].access, "affected-customers");
	assert_string_equal(patch->links[1].condition, "not-connected");
	assert_string_equal(patch->links[1].contact, "technical");
	assert_null(patch->links[0].url);
	assert_int_equal(user->side_effects.n, 3);
	assert_string_equal(user->links[0].condition, "");
	assert_string_equal(n->recommendations[0].id, "firewall");
	assert_string_equal(n->recommendations[0].checks[1].id, "FW-2");
	assert_int_equal(n->recommendations[0].checks[1].role, NOTICE_CHECK_SUPPORTING);
	assert_string_equal(notice_action_title(n, "en", "patch"), "Download and install the software patch");
	assert_string_equal(notice_action_title(n, "xx", "patch"), "patch");
}

/* Notice numbers that are equal, however they are printed. */
static void
references(void **state)
{
	static const char *const same[] = { "FSN2023-1338", "FSN2023 -1338", "FSN2023 -1338 DEU (M-AMR-00719)", " fsn2023-1338 ",
		"FSN2023\342\200\2231338", "FSN2023\xC2\xA0-1338 IT", "FSN2023 - 1338" };
	static const char *const wrong[] = { "", "DEU", "FSN2023-1338; rm", "(M-AMR-00719)", "1338\x01" };
	struct fp_err err;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(same); i++) {
		FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 256 };

		assert_int_equal(notice_reference_normal(&b, same[i], &err), FP_OK);
		assert_string_equal(b.data, "FSN2023-1338");
	}
	for (size_t i = 0; i < FP_COUNT(wrong); i++) {
		FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 256 };

		assert_int_equal(notice_reference_normal(&b, wrong[i], &err), FP_EINVAL);
	}
}

/* A maker's own keys are signed, otherwise not looked at. */
static void
own_keys_are_kept(void **state)
{
	FP_AUTO(notice_freep) struct notice *plain = opened("FSN2023-1338");
	FP_AUTO(notice_freep)
	struct notice *n = changed("FSN2023-1338", "facts.products[0].x_sap", "{\"number\": 7, \"list\": [true, null]}");
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

	(void)state;
	assert_int_equal(notice_canonical(&b, n, NULL), FP_OK);
	assert_non_null(strstr(b.data, "\"x_sap\":{\"list\":[true,null],\"number\":7}"));
	assert_string_not_equal(plain->content_hash, n->content_hash);
}

/* A file from Windows (byte order mark, CR LF) is the same notice. */
static void
windows_line_ends(void **state)
{
	FP_AUTO(notice_freep) struct notice *plain = opened("FSN2025-1682"), *n = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf unix_text = { .max = 0 }, b = { .max = 0 };
	struct fp_err err;
	char dir[64];

	(void)state;
	copy_folder(dir, "FSN2025-1682");
	assert_int_equal(fp_file_read(&unix_text, "notices/FSN2025-1682/da.md", NULL), FP_OK);
	fp_buf_puts(&b, "\xEF\xBB\xBF");
	for (size_t i = 0; i < unix_text.len; i++) {
		if (unix_text.data[i] == '\n')
			fp_buf_putc(&b, '\r');
		fp_buf_putc(&b, unix_text.data[i]);
	}
	write_file(dir, "da.md", b.data, b.len);
	if (notice_open(&n, dir, &err) != FP_OK)
		fail_msg("%s", err.msg);
	assert_string_equal(n->content_hash, plain->content_hash);
	remove_folder(dir);
}

static void
placeholders_are_replaced(void **state)
{
	FP_AUTO(notice_freep) struct notice *n = opened("FSN2024-1562");
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 }, table = { .max = 0 };
	struct fp_err err;

	(void)state;
	assert_int_equal(notice_section_text(&b, n, "de", "action.read-guidance", &err), FP_OK);
	assert_non_null(strstr(b.data, "<https://support.illumina.com/support-content/cyberguidance.html>"));
	assert_null(strstr(b.data, "{{"));
	assert_int_equal(notice_section_text(&table, n, "en", "products", &err), FP_OK);
	assert_non_null(strstr(table.data, "| MiSeqDx | DX-410-1001 / 15036706 | 00816270020002 |\n"));
	assert_non_null(strstr(table.data, "| VeriSeq Onsite Server v2 | 20047000 | not applicable |"));
	assert_null(strstr(table.data, "20014053")); /* an alias is not of the notice */
	assert_int_equal(notice_section_text(&b, n, "en", "nothing", &err), FP_ENOTFOUND);
	assert_string_equal(err.msg, "FSN2024-1562 has no section 'nothing' in 'en'");
	assert_int_equal(notice_section_text(&b, n, "fr", "title", &err), FP_ENOTFOUND);
	assert_string_equal(err.msg, "FSN2024-1562 has no text in 'fr'");
}

/* A fact never becomes Markdown. */
static void
facts_are_escaped(void **state)
{
	FP_AUTO(notice_freep)
	struct notice *n = changed("FSN2024-1562", "facts.products[0].names[0]", "\"A|B *c* <d> [e](f) `g` h_i_ &amp;\"");
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };

	(void)state;
	assert_int_equal(notice_section_text(&b, n, "en", "products", NULL), FP_OK);
	assert_non_null(strstr(b.data, "| A\\|B \\*c\\* \\<d\\> \\[e\\](f) \\`g\\` h\\_i\\_ \\&amp; |"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(products_of_the_letters),
		cmocka_unit_test(heads_of_the_letters),
		cmocka_unit_test(actions_of_the_letters),
		cmocka_unit_test(patch_has_two_ways_and_a_backup),
		cmocka_unit_test(references),
		cmocka_unit_test(own_keys_are_kept),
		cmocka_unit_test(windows_line_ends),
		cmocka_unit_test(placeholders_are_replaced),
		cmocka_unit_test(facts_are_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
