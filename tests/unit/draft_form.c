/* The reply form: every field, box and option of the real letters, and forms of other makers, layouts and languages in our own words. */
#include "draft_form_words.h"
#include "draft_read.h"

/* "id/part/kind" of each entry with its options in brackets, its mask in braces and its step behind @; one a line. */
static const char *
form_of(const struct draft *d)
{
	static char out[16384];
	const json_t *e, *o;
	size_t i, k, n = 0;

	out[0] = '\0';
	json_array_foreach(draft_get(d, "/reply/form"), i, e)
	{
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s/%s/%s", json_string_value(json_object_get(e, "id")),
		    json_string_value(json_object_get(e, "part")), json_string_value(json_object_get(e, "kind")));
		json_array_foreach(json_object_get(e, "options"), k, o) n += (size_t)snprintf(
		    out + n, sizeof(out) - n, "%s%s", k == 0 ? "[" : ",", json_string_value(json_object_get(o, "id")));
		if (json_array_size(json_object_get(e, "options")) > 0)
			n += (size_t)snprintf(out + n, sizeof(out) - n, "]");
		if (json_object_get(e, "date_mask") != NULL)
			n += (size_t)snprintf(
			    out + n, sizeof(out) - n, "{%s}", json_string_value(json_object_get(e, "date_mask")));
		if (json_object_get(e, "action") != NULL)
			n += (size_t)snprintf(
			    out + n, sizeof(out) - n, "@%d", (int)json_integer_value(json_object_get(e, "action")));
		n += (size_t)snprintf(out + n, sizeof(out) - n, "\n");
		assert_true(n < sizeof(out) - 400);
	}
	return out;
}

static int
boxes_of(const struct draft *d)
{
	const json_t *e;
	size_t i;
	int n = 0;

	json_array_foreach(draft_get(d, "/reply/form"), i, e) n += (int)json_array_size(json_object_get(e, "options"));
	return n;
}

static void
assert_form(const struct draft *d, const char *want)
{
	const char *got = form_of(d);

	if (strcmp(got, want) != 0)
		fail_msg("the form is\n%s\nexpected\n%s", got, want);
}

/* ---- the real letters: facts only ---- */

#define PERSON(mask) "company/customer/text\nname/customer/text\njob-title/customer/text\ndate/customer/date{" mask "}\n"
#define TRADE(mask)                                                                                                              \
	"not-applicable/distributor/choice[not-applicable]\nidentified/distributor/yes-no[yes,no]\n"                             \
	"informed/distributor/yes-no[yes,no]\ninformed-date/distributor/date{" mask "}\n"
#define RECEIVED "received/customer/yes-no[yes,no]\nusers-informed/customer/yes-no[yes,no]\n"
#define STEP_1                                                                                                                   \
	"both-modes-understood/actions/yes[yes]\nstep-1/actions/yes[yes]@1\nstep-1-serial-numbers/actions/serial-numbers@1\n"    \
	"step-1-reason/actions/choice[none-at-site,avoid-interruption]@1\nstep-1-reason-serial-numbers/actions/"                 \
	"serial-numbers@1\n"

static const struct real {
	const char *file;
	int boxes;
	const char *form, *fields, *statements, *distributor;
	int yes_only, contradictory, no_serials, not_asked, incomplete;
} reals[] = {
	{ "000-FSN2024-1562-da.txt", 11,
	    PERSON("DD-MMM-ÅÅÅÅ") RECEIVED "guidance-read/customer/yes-no[yes,no]\n" TRADE("DD-MMM-ÅÅÅÅ"),
	    "company name job-title date", "received understood users-informed guidance-read",
	    "not-applicable identified informed", 0, 0, 1, 1, 0 },
	{ "001-FSN2023-1338-de.txt", 19,
	    PERSON("TT. MM JJJJ") "products/customer/choice[*,*]\n" RECEIVED STEP_1
				  "step-2/actions/yes[yes]@2\nstep-2-serial-numbers/actions/serial-numbers@2\n"
				  "step-2-same-devices/actions/choice[same-instrument]@2\n"
				  "step-2-reason/actions/choice[none-at-site,avoid-interruption]@2\n"
				  "step-2-reason-serial-numbers/actions/serial-numbers@2\n" TRADE("TT. MM JJJJ"),
	    "company name job-title date products serial-numbers", "received taken-note users-informed both-modes-understood",
	    "not-applicable identified informed", 3, 2, 0, 0, 0 },
	{ "002-FSN2023-1338-it.txt", 10, PERSON("GG-MMM-AAAA") "products/customer/choice[*,*]\n" RECEIVED STEP_1,
	    "company name job-title date products serial-numbers", "received understood users-informed both-modes-understood",
	    "-", 2, 1, 0, 0, 1 },
	{ "003-FSN2025-1682-de.txt", 11,
	    PERSON(
		"TT. MMM. JJJJ") "serial-numbers-*/customer/serial-numbers\nserial-numbers-*/customer/serial-numbers\n" RECEIVED
				 "all-servers-done/customer/yes-no[yes,no]\n" TRADE("TT. MMM. JJJJ"),
	    "company name job-title date serial-numbers", "received taken-note users-informed all-servers-done",
	    "not-applicable identified informed", 0, 0, 0, 0, 0 },
	{ "004-FSN2023-1338-es.txt", 10, PERSON("DD-MMM-AAAA") "products/customer/choice[*,*]\n" RECEIVED STEP_1,
	    "company name job-title date products serial-numbers", "received understood users-informed both-modes-understood",
	    "-", 2, 1, 0, 0, 1 },
};

/* A star in what is expected stands for an id of a product. */
static bool
matches(const char *got, const char *want)
{
	while (*want != '\0') {
		if (*want == '*') {
			size_t n = strcspn(got, "/,]@\n");

			if (n == 0)
				return false;
			got += n;
			want++;
		} else if (*got++ != *want++) {
			return false;
		}
	}
	return *got == '\0';
}

static void
the_real_letters(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(reals); i++) {
		FP_AUTO(draft_freep) struct draft *d = read_real(reals[i].file);

		if (d == NULL)
			skip();
		if (!matches(form_of(d), reals[i].form))
			fail_msg("%s: the form is\n%s\nexpected\n%s", reals[i].file, form_of(d), reals[i].form);
		assert_int_equal(boxes_of(d), reals[i].boxes);
		assert_fact(d, "/reply/to", "technical");
		assert_fact(d, "/reply/routes", "form-by-email free-email");
		assert_fact(d, "/reply/fields", reals[i].fields);
		assert_fact(d, "/reply/statements", reals[i].statements);
		assert_fact(d, "/reply/distributor", reals[i].distributor);
		assert_fact(d, "/reply/deadline", "-");
		assert_findings(d, "form-yes-only", reals[i].yes_only);
		assert_findings(d, "form-contradictory-pair", reals[i].contradictory);
		assert_findings(d, "form-no-serials", reals[i].no_serials);
		assert_findings(d, "form-step-not-asked", reals[i].not_asked);
		assert_findings(d, "form-incomplete", reals[i].incomplete);
		assert_findings(d, "form-no-deadline", 1);
	}
}

/* A row that a page has cut: the end of the sentence comes behind its boxes, or was joined by the reader. */
static void
a_statement_cut_by_a_page(void **state)
{
	FP_AUTO(draft_freep) struct draft *d = read_real("003-FSN2025-1682-de.txt");
	const char *label;

	(void)state;
	if (d == NULL)
		skip();
	label = fact(d, "/reply/form/8/label");
	assert_non_null(strstr(label, "sind, durchgef"));
	assert_string_equal(label + strlen(label) - 7, "wurden.");
}

/* ---- the European Commission's reply forms, their boxes in our own words ---- */

#define EC_PERSON                                                                                                                \
	"account-number/customer/text\ncompany/customer/text\naddress/customer/text\ndepartment/customer/text\ncontact/"         \
	"customer/text\n"                                                                                                        \
	"job-title/customer/text\nphone/customer/text\nemail/customer/text\n"

static void
the_customer_form_of_the_template(void **state)
{
	static const char text[] =
	    "Field Safety Notice Customer Reply Form\n\n"
	    "1. Field Safety Notice (FSN) information\n"
	    "FSN Reference number*\tFSN-77-2024\nFSN Date*\t12 March 2024\nProduct/Device name*\tPumpLine 40\nBatch/Serial "
	    "Number(s)\t\n\n"
	    "2. Customer Details\n"
	    "Account Number\t\nHealthcare Organisation Name*\t\nOrganisation Address*\t\nDepartment/Unit\t\nContact Name*\t\n"
	    "Title or Function\t\nTelephone number*\t\nEmail*\t\n\n"
	    "3. Customer action undertaken on behalf of Healthcare Organisation\n"
	    "☐\tI have received this notice and have read and understood it.\n"
	    "☐\tI performed all actions requested by it.\n"
	    "☐\tIt was brought to the attention of all relevant users.\n"
	    "☐\tI have returned affected devices.\tQty:\tLot/Serial Number:\tDate Returned(DD/MM/YY):\n"
	    "☐\tI have destroyed affected devices.\tQty:\tLot/Serial Number:\tDate Destroyed (DD/MM/YY):\n"
	    "☐\tNo affected devices are available for return or destruction\n"
	    "☐\tOther Action (Define):\n"
	    "☐\tI do not have any affected devices.\n"
	    "☐\tI have a query, please contact me\n"
	    "Print Name*\t\nSignature*\t\nDate*\t\n\n"
	    "4. Return acknowledgement to sender\n"
	    "Email\treturns@pumpline.example\nDeadline for returning the customer reply form*\t30 April 2024\n";
	FP_AUTO(draft_freep) struct draft *d = read_text(text);

	(void)state;
	assert_form(d,
	    "serial-numbers/customer/serial-numbers\n" EC_PERSON
	    "received/customer/yes[yes]\nactions-performed/customer/yes[yes]\nusers-informed/customer/yes[yes]\n"
	    "returned/customer/yes[yes]\nreturned-quantity/customer/text\nreturned-serial-numbers/customer/serial-numbers\n"
	    "returned-date/customer/date{DD/MM/YY}\n"
	    "destroyed/customer/yes[yes]\ndestroyed-quantity/customer/text\ndestroyed-serial-numbers/customer/serial-numbers\n"
	    "destroyed-date/customer/date{DD/MM/YY}\n"
	    "none-available/customer/yes[yes]\nother-action/customer/yes[yes]\nno-affected-devices/customer/yes[yes]\n"
	    "query/customer/yes[yes]\nname/customer/text\nsignature/customer/text\ndate/customer/date\n");
	assert_fact(d, "/reply/deadline", "2024-04-30");
	assert_findings(d, "form-yes-only", 0);
	assert_findings(d, "form-no-deadline", 0);
}

static void
the_distributor_form_of_the_template(void **state)
{
	static const char text[] = "Field Safety Notice Distributor/Importer Reply Form\n\n"
				   "Distributor/Importer response\n"
				   "Company Name*\t\n\n"
				   "☐ I have received the notice and have read and understood it.\n"
				   "☐ I have checked my stock and quarantined the devices in it. Quantity: ____ Date: ____\n"
				   "☐ I have identified customers that received or may have received this device.\n"
				   "☐ I have attached a customer list.\n"
				   "☐ I have informed the identified customers. Date of communication: ____\n"
				   "☐ I have received confirmation of reply from all identified customers.\n"
				   "☐ I have returned affected devices.\n"
				   "☐ I have destroyed affected devices.\n"
				   "☐ Neither I nor any of my customers has affected devices.\n\n"
				   "Print Name: __________ Signature: __________ Date: __________\n";
	FP_AUTO(draft_freep) struct draft *d = read_text(text);

	(void)state;
	assert_fact(d, "/reply/distributor",
	    "received stock-checked identified customer-list informed all-replied returned destroyed no-affected-devices");
	assert_int_equal(boxes_of(d), 9);
}

/* ---- layouts ---- */

static void
lines_and_rules(void **state)
{
	static const char text[] =
	    "Customer Reply Form\n\n"
	    "Please return the completed form to returns@contoso.example or by fax to +44 20 7946 0001 until 30 April 2024.\n\n"
	    "Name of institution: ______________________\n\n"
	    "Address: ..................................\n\n"
	    "Name: ____________________ Title: ____________________\n\n"
	    "Signature: _______________ Date (DD-MM-YYYY): ____________\n\n"
	    "I have read and understood the notice: [ ] Yes [ ] No\n\n"
	    "The notice was made available to all relevant users. Yes ( ) No ( )\n\n"
	    "__ Yes __ No  We have no affected devices.\n\n"
	    "Have you quarantined all affected pumps? Yes / No\n\n"
	    "[ ] I have returned the affected devices. Quantity: ____\n\n"
	    "Serial numbers: __________________\n";
	FP_AUTO(draft_freep) struct draft *d = read_text(text);

	(void)state;
	assert_form(d,
	    "company/customer/text\naddress/customer/text\nname/customer/text\njob-title/customer/text\nsignature/customer/text\n"
	    "date/customer/date{DD-MM-YYYY}\nreceived/customer/yes-no[yes,no]\nusers-informed/customer/yes-no[yes,no]\n"
	    "no-affected-devices/customer/yes-no[yes,no]\nquarantined/customer/yes-no[yes,no]\nreturned/customer/yes[yes]\n"
	    "returned-quantity/customer/text\nserial-numbers/customer/serial-numbers\n");
	assert_fact(d, "/reply/form/2/label", "Name");
	assert_fact(d, "/reply/form/6/label", "I have read and understood the notice");
	assert_fact(d, "/reply/routes", "form-by-email form-by-fax");
	assert_findings(d, "form-no-serials", 0);
}

static void
boxes_below_their_question(void **state)
{
	static const char text[] =
	    "## Customer Reply Form\n\n"
	    "I have received the notice.\n\n- ☐ Yes\n- ☐ No\n\n"
	    "Company name: ______\n\n"
	    "If the patch was not installed, indicate the reason:\n\n"
	    "- ☐ No product at the site\n- ☐ The device was sold\n- ☐ The device was taken out of service\n"
	    "- ☐ The installation is planned for: ______\n\n"
	    "List the serial numbers:\n";
	FP_AUTO(draft_freep) struct draft *d = read_text(text);

	(void)state;
	assert_form(d, "received/customer/yes-no[yes,no]\ncompany/customer/text\n"
		       "reason/customer/choice[none-at-site,transferred,decommissioned,planned]\n"
		       "reason-serial-numbers/customer/serial-numbers\n");
	assert_findings(d, "form-contradictory-pair", 1);
}

static void
answers_as_heads_of_columns(void **state)
{
	static const char text[] = "## Customer Reply Form\n\n"
				   "| Statement | Yes | No |\n|---|---|---|\n"
				   "| I have received the notice. | ☐ | ☐ |\n"
				   "| All relevant users have been informed. | ☐ | ☐ |\n\n"
				   "Name: ______ Date: ______\n";
	FP_AUTO(draft_freep) struct draft *d = read_text(text);

	(void)state;
	assert_form(d,
	    "received/customer/yes-no[yes,no]\nusers-informed/customer/yes-no[yes,no]\nname/customer/text\ndate/customer/date\n");
}

static void
steps_and_devices(void **state)
{
	static const char text[] =
	    "Dear customer,\n\n"
	    "the software of the analyser has a vulnerability that must be closed on each and every analyser without any delay, "
	    "please.\n\n"
	    "Actions to be taken by the customer\n\n"
	    "1. Install the software patch.\n2. Change the default password.\n\n"
	    "Verification Form\n\n"
	    "Company name\t\nActions taken\t\n"
	    "Step 1. Install the patch\tPatch installed: ☐ Yes List the serial numbers:\n"
	    "\tIf not, indicate the reason: ☐ No product at the site ☐ To avoid interruption of operations\n";
	FP_AUTO(draft_freep) struct draft *d = read_text(text);

	(void)state;
	assert_form(d, "company/customer/text\nstep-1/actions/yes[yes]@1\nstep-1-serial-numbers/actions/serial-numbers@1\n"
		       "step-1-reason/actions/choice[none-at-site,avoid-interruption]@1\n");
	assert_fact(d, "/reply/form/1/label", "Patch installed");
	assert_findings(d, "form-step-not-asked", 1);
	assert_findings(d, "form-yes-only", 1);
	assert_findings(d, "form-contradictory-pair", 0);
}

static void
a_form_without_a_heading(void **state)
{
	static const char text[] =
	    "Dear customer,\n\n"
	    "the display of the monitor may freeze, and an alarm may then not be seen by anybody in the room for a while.\n\n"
	    "Yours sincerely,\n\nJane Doe\n\n"
	    "Company name: __________\n\nName: __________\n\nI have received the notice: ☐ Yes ☐ No\n\nDate: __________\n";
	FP_AUTO(draft_freep) struct draft *d = read_text(text);

	(void)state;
	assert_form(d, "company/customer/text\nname/customer/text\nreceived/customer/yes-no[yes,no]\ndate/customer/date\n");
}

static void
a_form_that_is_not_in_the_letter(void **state)
{
	FP_AUTO(draft_freep)
	struct draft *d =
	    read_text("Dear customer,\n\nthe display of the monitor may freeze, and an alarm may then not be seen by anybody in "
		      "the room for a while.\n\n"
		      "Please complete the attached reply form and return it to forms@contoso.example by 30 April 2024.\n");

	(void)state;
	assert_form(d, "");
	assert_findings(d, "form-not-here", 1);
	assert_fact(d, "/reply/deadline", "2024-04-30");
	assert_fact(d, "/reply/routes", "form-by-email");
}

/* Ticks of the template in the middle of a letter are no form, and a letter without one has none. */
static void
no_form_at_all(void **state)
{
	FP_AUTO(draft_freep)
	struct draft *d = read_text("Dear customer,\n\nthe display of the monitor may freeze, and an alarm may then not be seen "
				    "by anybody in the room for a while.\n\n"
				    "Action to be taken by the user\n\n☒ Identify device ☐ Return device ☐ Destroy "
				    "device\n\nYours sincerely,\n\nJane Doe\n");

	(void)state;
	assert_form(d, "");
	assert_findings(d, "form-no-serials", 0);
	assert_findings(d, "form-not-here", 0);
}

/* Product by product: what a lone box means stands at the head of its column. */
static void
boxes_under_heads(void **state)
{
	static const char text[] = "# Customer Reply Form\n\n"
				   "| Product | Lot | Return | Destroy |\n|---|---|---|---|\n"
				   "| Catheter 6 Fr | N6-7712 | ☐ | ☐ |\n| Catheter 8 Fr | N8-7713 | ☐ | ☐ |\n\n"
				   "Name: ______ Date: ______\n";
	FP_AUTO(draft_freep) struct draft *d = read_text(text);

	(void)state;
	assert_true(matches(form_of(d), "*/customer/choice[returned,destroyed]\n*/customer/choice[returned,destroyed]\nname/"
					"customer/text\ndate/customer/date\n"));
	assert_fact(d, "/reply/form/0/label", "Catheter 6 Fr");
}

static void
a_part_for_distributors(void **state)
{
	static const char text[] = "# Customer Reply Form\n\n**For customers**\n\nI have received the notice. ☐ Yes ☐ No\n\n"
				   "**For distributors only**\n\nWe have informed our customers. ☐ Yes ☐ No\n\nDate: ______\n";
	FP_AUTO(draft_freep) struct draft *d = read_text(text);

	(void)state;
	assert_form(d, "received/customer/yes-no[yes,no]\ninformed/distributor/yes-no[yes,no]\ndate/distributor/date\n");
	assert_fact(d, "/reply/distributor", "informed");
}

/* Heading, fields and the rest without a blank line between them; a salutation and words with a colon are no fields. */
static void
lines_close_together(void **state)
{
	static const char text[] =
	    "Dear customer,\n\nthe pump may stop.\n\nCustomer Reply Form\nDear customer:\nCompany name:\nName:\n"
	    "Date (DD.MM.YYYY):\n\nPlease note: one form for each site.\n\n"
	    "I have read and understood the notice.\t☐ Yes\t☐ No\n";
	FP_AUTO(draft_freep) struct draft *d = read_text(text);

	(void)state;
	assert_form(
	    d, "company/customer/text\nname/customer/text\ndate/customer/date{DD.MM.YYYY}\nreceived/customer/yes-no[yes,no]\n");
}

/* Questions and answers run together, words in brackets, a sentence cut behind its boxes, nothing to return. */
static void
lines_run_together(void **state)
{
	static const char text[] =
	    "# Customer Reply Form\n\n"
	    "I have received the notice: ☐ Yes ☐ No All relevant users have been informed: ☐ Yes ☐ No\n\n"
	    "☐ There is nothing that could be returned or destroyed.\n\n"
	    "☐ Other action (comments): ______\n\n"
	    "I confirm that the patch was installed on all of our analysers\t☐ Yes ☐ No\n\nwithout any exception.\n";
	FP_AUTO(draft_freep) struct draft *d = read_text(text);

	(void)state;
	assert_form(d,
	    "received/customer/yes-no[yes,no]\nusers-informed/customer/yes-no[yes,no]\nnone-available/customer/yes[yes]\n"
	    "other-action/customer/yes[yes]\ninstall/customer/yes-no[yes,no]\n");
	assert_fact(
	    d, "/reply/form/4/label", "I confirm that the patch was installed on all of our analysers without any exception.");
}

/* To return the form is no step that the form must ask about. */
static void
the_form_asks_for_the_steps(void **state)
{
	static const char text[] =
	    "Dear customer,\n\nthe software of the analyser has a vulnerability that must be closed on each and every analyser "
	    "without delay.\n\n"
	    "Actions to be taken by the customer\n\n1. Install the software patch.\n2. Complete and return the reply form.\n\n"
	    "# Customer Reply Form\n\n"
	    "Details of the person completing it for the whole hospital\t\nName:\t\nThe patch was installed.\t☐ Yes ☐ No\n";
	FP_AUTO(draft_freep) struct draft *d = read_text(text);

	(void)state;
	assert_findings(d, "form-step-not-asked", 0);
	assert_fact(d, "/sections/4/key", "form-person");
	assert_form(d, "name/customer/text\ninstall/customer/yes-no[yes,no]\n");
}

/* ---- every language ---- */

static void
letter_of(char *out, size_t size, const struct form_words *l)
{
	size_t n = (size_t)snprintf(out, size, "# %s\n\n", l->w[W_FORM]);

	for (int i = W_COMPANY; i <= W_DATE; i++)
		n += (size_t)snprintf(out + n, size - n, "%s: __________\n\n", l->w[i]);
	for (int i = W_RECEIVED; i <= W_USERS; i++)
		n += (size_t)snprintf(out + n, size - n, "%s\t☐ %s ☐ %s\n", l->w[i], l->w[W_YES], l->w[W_NO]);
	n += (size_t)snprintf(out + n, size - n, "\n");
	for (int i = W_PERFORMED; i <= W_QUERY; i++)
		n += (size_t)snprintf(out + n, size - n, "☐ %s\n\n", l->w[i]);
	n += (size_t)snprintf(out + n, size - n, "**%s**\t☐ %s\n\n", l->w[W_TRADE], l->w[W_NOT_APPLICABLE]);
	for (int i = W_STOCK; i <= W_REPLIED; i++)
		n += (size_t)snprintf(out + n, size - n, "☐ %s\n\n", l->w[i]);
	assert_true(n < size);
}

static void
one_form_in_every_language(void **state)
{
	static const char want[] =
	    "company/customer/text\nname/customer/text\njob-title/customer/text\ndate/customer/date\n"
	    "received/customer/yes-no[yes,no]\nusers-informed/customer/yes-no[yes,no]\nactions-performed/customer/yes[yes]\n"
	    "returned/customer/yes[yes]\ndestroyed/customer/yes[yes]\nnone-available/customer/yes[yes]\nother-action/customer/"
	    "yes[yes]\n"
	    "no-affected-devices/customer/yes[yes]\nquery/customer/yes[yes]\nnot-applicable/distributor/choice[not-applicable]\n"
	    "stock-checked/distributor/yes[yes]\nidentified/distributor/yes[yes]\ncustomer-list/distributor/yes[yes]\n"
	    "informed/distributor/yes[yes]\nall-replied/distributor/yes[yes]\n";
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(form_words); i++) {
		FP_AUTO(draft_freep) struct draft *d = NULL;
		char text[8192];

		letter_of(text, sizeof(text), &form_words[i]);
		d = read_text(text);
		if (strcmp(fact(d, "/language"), form_words[i].tag) == 0 && strcmp(form_of(d), want) == 0)
			continue;
		print_error("%s: read as %s:\n%s\n", form_words[i].tag, fact(d, "/language"), form_of(d));
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* Where adverse events are reported, and how, is no way for the reply: not even where the heading above it is taken for a form's. */
static void
ways_of_adverse_events(void **state)
{
	static const char *const heads[] = { "## Return the verification form", "## Verification form" };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(heads); i++) {
		FP_AUTO(draft_freep) struct draft *d = NULL;
		char text[2048];

		(void)snprintf(text, sizeof(text),
		    "# Field safety notice\n\nDear customer,\n\nThe seal of the analyser may leak, and a result may be wrong.\n\n"
		    "%s\n\nComplete the verification form and return it by e-mail to help@contoso.example.\n\n"
		    "Report adverse events to the MedWatch program of the US FDA online at "
		    "https://www.fda.gov/medwatch/report.htm, "
		    "by post or by fax 1-800-332-0178.\n",
		    heads[i]);
		d = read_text(text);
		assert_fact(d, "/reply/routes", "form-by-email");
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_real_letters),
		cmocka_unit_test(a_statement_cut_by_a_page),
		cmocka_unit_test(the_customer_form_of_the_template),
		cmocka_unit_test(the_distributor_form_of_the_template),
		cmocka_unit_test(lines_and_rules),
		cmocka_unit_test(boxes_below_their_question),
		cmocka_unit_test(answers_as_heads_of_columns),
		cmocka_unit_test(steps_and_devices),
		cmocka_unit_test(a_form_without_a_heading),
		cmocka_unit_test(a_form_that_is_not_in_the_letter),
		cmocka_unit_test(no_form_at_all),
		cmocka_unit_test(lines_run_together),
		cmocka_unit_test(the_form_asks_for_the_steps),
		cmocka_unit_test(boxes_under_heads),
		cmocka_unit_test(a_part_for_distributors),
		cmocka_unit_test(lines_close_together),
		cmocka_unit_test(one_form_in_every_language),
		cmocka_unit_test(ways_of_adverse_events),
	};

	return cmocka_run_group_tests_name("draft form", tests, open_terms, close_terms);
}
