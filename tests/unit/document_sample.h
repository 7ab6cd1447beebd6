/* A document that holds every kind of node once: the golden files and the PDF tests are made of it. */
#ifndef FP_TESTS_DOCUMENT_SAMPLE_H
#define FP_TESTS_DOCUMENT_SAMPLE_H

#include "document/document.h"
#include "document/markdown.h"

#define SAMPLE_TIME INT64_C(1700000000000) /* 2023-11-14T22:13:20Z */

static void
sample_front(struct doc_node *main)
{
	struct doc_node *n, *item;

	(void)doc_heading(main, 1, "Reply to FSN2023-1338");
	(void)doc_class(doc_para(main, "Remote access through the Universal Copy Service."), DOC_CLASS_LEAD);
	n = doc_para(main, "The ");
	(void)doc_strong(n, "patch");
	(void)doc_text(n, " is installed ");
	(void)doc_em(n, "in each boot mode");
	(void)doc_text(n, "; see ");
	(void)doc_link(n, "https://example.com/guide?a=1&b=2", "the guide");
	(void)doc_text(n, ", run ");
	(void)doc_code(n, "sc query UCS");
	(void)doc_text(n, ". State: ");
	(void)doc_badge(n, DOC_BADGE_DISPUTED, "disputed");
	(void)doc_break(n);
	(void)doc_text(n, "A second line.");
	n = doc_callout(main, DOC_BADGE_WARNING, "Before you start");
	(void)doc_para(n, "Make a backup of the instrument computer.");
	n = doc_list(main, true);
	(void)doc_item(n, "Read the notice.");
	item = doc_item(n, "Install the patch:");
	n = doc_list(item, false);
	(void)doc_item(n, "boot mode Dx");
	(void)doc_item(n, "boot mode RUO");
	n = doc_terms(main);
	(void)doc_term(n, "Reference", "FSN2023-1338");
	(void)doc_term(n, "Site", "Αττικόν Νοσοκομείο, Αθήνα");
	(void)doc_term(n, "Address", "Университетска болница, София");
	n = doc_quote(main);
	(void)doc_para(n, "Quoted words.");
	(void)doc_pre(main, "line one\n  line <two>\n");
	(void)doc_rule(main);
}

static void
sample_pictures(struct doc_node *main)
{
	static const char *const rows[] = { "miseqdx-1 (M70001)", "nextseq-2 (NDX550002)" };
	static const char *const cols[] = { "Patch", "Standard user", "Patch", "Standard user" };
	static const char *const groups[] = { "Dx", "Dx", "RUO", "RUO" };
	static const struct doc_matrix_cell cells[] = {
		{ DOC_BADGE_VERIFIED, "verified", "/cells/1", NULL },
		{ DOC_BADGE_CLAIMED, "claimed", "/cells/2", NULL },
		{ DOC_BADGE_FAIL, "fail", "/cells/3", NULL },
		{ DOC_BADGE_UNKNOWN, "unknown", "/cells/4", NULL },
		{ DOC_BADGE_PENDING, "pending", "/cells/5", NULL },
		{ DOC_BADGE_NOT_DONE, "not done", "/cells/6", NULL },
		{ DOC_BADGE_NOT_APPLICABLE, "n/a", "/cells/7", NULL },
		{ DOC_BADGE_NEUTRAL, "", NULL, NULL },
	};
	static const struct doc_bar_part parts[] = {
		{ DOC_BADGE_VERIFIED, 41, "verified" },
		{ DOC_BADGE_CLAIMED, 12, "claimed" },
		{ DOC_BADGE_UNKNOWN, 9, "unknown" },
	};

	(void)doc_heading(main, 2, "Overview");
	(void)doc_matrix(main, &(struct doc_matrix){ "Devices, modes and actions", "Device", 2, 4, rows, cols, groups, cells });
	(void)doc_meter(main, 41, 62, "41 of 62 verified");
	(void)doc_bar(main, "Of 62 devices distributed", parts, 3);
	(void)doc_qr(main, "https://example.com/case/FSN2023-1338", 28, "Back to the case");
}

static void
sample_table(struct doc_node *main)
{
	static const char *const heads[] = { "Device", "Mode", "State" };
	struct doc_node *t = doc_table(main, "Devices of this site"), *row;

	(void)doc_table_widths(t, (const unsigned[]){ 3, 1, 2 }, 3);
	(void)doc_head_row(t, heads, 3);
	row = doc_row(t);
	(void)doc_cell_span(doc_head_cell(row, DOC_SCOPE_ROWGROUP, "MiSeqDx M70001"), 1, 2);
	(void)doc_cell(row, "Dx");
	(void)doc_badge(doc_cell(row, NULL), DOC_BADGE_VERIFIED, "verified");
	row = doc_row(t);
	(void)doc_cell(row, "RUO");
	(void)doc_badge(doc_cell(row, NULL), DOC_BADGE_FAIL, "fail");
	row = doc_row(t);
	(void)doc_cell_align(doc_cell_span(doc_cell(row, "2 devices in all"), 3, 1), DOC_ALIGN_END);
}

static void
sample_paper(struct doc_node *main)
{
	struct doc_node *keep = doc_keep(main), *cols;

	(void)doc_heading(keep, 2, "To be filled in");
	(void)doc_paper_check(keep, "received", "We received the notice.", true);
	(void)doc_paper_check(keep, "understood", "We read and understood it.", false);
	(void)doc_paper_radio(keep, "answer", "yes", "All devices are corrected", false);
	(void)doc_paper_radio(keep, "answer", "no", "Some are not", true);
	cols = doc_columns(keep);
	(void)doc_paper_line(cols, "name", "Name", "Ελένη Παπαδοπούλου", 50, 1);
	(void)doc_paper_line(cols, "place", "Place", "София", 50, 1);
	(void)doc_paper_line(keep, "remarks", "Remarks", "", 100, 3);
	(void)doc_signature(keep, "Date, signature");
	(void)doc_page_break(main);
}

static void
sample_form(struct doc_node *main)
{
	struct doc_node *f = doc_form(main, DOC_POST, "/devices/import"), *set, *select;

	(void)doc_hidden(f, "csrf", "t\"ok<en>");
	(void)doc_input(
	    f, &(struct doc_field){ .name = "file", .label = "List of devices", .type = DOC_INPUT_FILE, .accept = ".csv" });
	(void)doc_input(
	    f, &(struct doc_field){
		   .name = "user", .label = "User name", .value = "anna", .required = true, .autocomplete = "username" });
	(void)doc_input(f, &(struct doc_field){ .name = "password",
			       .label = "Password",
			       .value = "secret",
			       .type = DOC_INPUT_PASSWORD,
			       .hint = "at least 12 letters",
			       .error = "too short" });
	(void)doc_textarea(f, &(struct doc_field){ .name = "note", .label = "Note", .value = "\n<b>", .rows = 3 });
	select = doc_select(f, &(struct doc_field){ .name = "reason", .label = "Reason", .value = "planned" });
	(void)doc_option(select, "none", "None at this site");
	(void)doc_option(select, "planned", "Planned");
	set = doc_fieldset(f, "Mode");
	(void)doc_radio(set, "mode", "dx", "Dx", true);
	(void)doc_radio(set, "mode", "ruo", "RUO", false);
	(void)doc_checkbox(f, "sure", "1", "I am sure", false);
	(void)doc_submit(f, DOC_BUTTON_PRIMARY, NULL, NULL, "Import");
	(void)doc_submit(f, DOC_BUTTON_QUIET, "cancel", "1", "Cancel");
}

static enum fp_status
sample_make(struct doc **out, struct fp_err *err)
{
	static const char text[] = "## From Markdown\n\nA *short* text with a [link](https://example.com) and `code`.\n\n"
				   "1. one\n2. two\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n";
	FP_AUTO(doc_freep) struct doc *d = NULL;
	struct doc_node *nav, *main, *folded;

	if (doc_new(&d,
		&(struct doc_meta){ .title = "Reply & <sample>",
		    .lang = "en",
		    .author = "Fieldproof",
		    .created = SAMPLE_TIME,
		    .foot_left = "FSN2023-1338 · M-AMR-00719",
		    .foot_right = "page {page} of {pages}" },
		err) != FP_OK)
		return err != NULL ? err->status : FP_ENOMEM;
	nav = doc_label(doc_section(doc_root(d), DOC_ROLE_NAV), "Pages");
	(void)doc_current(doc_link(nav, "/", "Notices"));
	(void)doc_link(nav, "/devices", "Devices");
	main = doc_section(doc_root(d), DOC_ROLE_MAIN);
	sample_front(main);
	sample_pictures(main);
	sample_table(main);
	sample_paper(main);
	sample_form(main);
	if (doc_add_markdown(main, text, sizeof(text) - 1, 1, err) != FP_OK)
		return err != NULL ? err->status : FP_ENOMEM;
	folded = doc_details(main, "Evidence", false);
	(void)doc_lang(doc_para(folded, "Ein Satz auf Deutsch."), "de");
	(void)doc_only(doc_para(main, "Only on the web."), DOC_IN_HTML);
	(void)doc_live(doc_section(main, DOC_ROLE_CARD), "/runs/7", 2);
	(void)doc_button_link(doc_para(main, NULL), DOC_BUTTON_SECONDARY, "javascript:alert(1)", "Harmless");
	*out = d;
	d = NULL;
	return FP_OK;
}

#endif
