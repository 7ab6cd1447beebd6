/* Which section each block belongs to: the real letters, and letters of our own that show it by other means. */
#include "draft_read.h"

/* Keys in order, "+" behind those that a heading opened, "~" behind those that are a sentence of another one. */
static const char *
sections_of(const struct draft *d)
{
	static char out[4096];
	const json_t *e;
	size_t i, n = 0;

	out[0] = '\0';
	json_array_foreach(draft_get(d, "/sections"), i, e)
	{
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s%s%s", i > 0 ? " " : "",
		    json_string_value(json_object_get(e, "key")), json_is_string(json_object_get(e, "heading")) ? "+" : "",
		    json_object_get(e, "from") != NULL ? "~" : "");
		assert_true(n < sizeof(out) - 100);
	}
	return out;
}

static void
assert_sections(const struct draft *d, const char *want)
{
	const char *got = sections_of(d);

	if (strcmp(got, want) != 0)
		fail_msg("the sections are\n%s\nexpected\n%s", got, want);
}

#define HEAD "title greeting summary products+ problem+ "
#define FORM "why+ form+ form+ form-person+ "
#define TAIL "reply emergency adverse-events support closing "
#define UCS                                                                                                                      \
	HEAD "manufacturer-actions+ recommendations inaction authorities customer-actions+ modes customer-actions " TAIL FORM    \
	     "form-products+ form-customer+ form-actions+ "

static void
the_real_letters(void **state)
{
	static const char *const reals[][2] = {
		{ "000-FSN2024-1562-da.txt",
		    HEAD "exploitation manufacturer-actions+ inaction authorities customer-actions+ modes " TAIL FORM
			 "form-customer+ form-distributor+ third-party~" },
		{ "001-FSN2023-1338-de.txt", UCS "form-distributor+ exploitation~" },
		{ "002-FSN2023-1338-it.txt", UCS "exploitation~" },
		{ "003-FSN2025-1682-de.txt",
		    HEAD "exploitation manufacturer-actions+ inaction authorities customer-actions+ " TAIL FORM
			 "form-products+ form-customer+ form-distributor+ scope~ third-party~" },
		{ "004-FSN2023-1338-es.txt", UCS "exploitation~" },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(reals); i++) {
		FP_AUTO(draft_freep) struct draft *d = read_real(reals[i][0]);

		if (d == NULL)
			skip();
		print_message("%s\n", reals[i][0]);
		assert_sections(d, reals[i][1]);
	}
}

#define STORY                                                                                                                    \
	"the monitor VitalView 7 may lose its connection to the central station, and an alarm may then be heard in the room "    \
	"only."

static void
content_where_there_are_no_headings(void **state)
{
	FP_AUTO(draft_freep)
	struct draft *d = read_text(
	    "Contoso Medical GmbH\n\nField safety notice FSN-2024-11\n\nDear healthcare professional,\n\n" STORY
	    " There are no reports indicating that this was exploited. Version 3 and later are not affected.\n\n"
	    "Users must disconnect each monitor from the network within 10 working days and contact our technical support.\n\n"
	    "If you do not follow these steps, patient data may be exposed.\n\n"
	    "If you suspect that an attacker has reached a monitor, unplug the network cable at once and contact us.\n\n"
	    "Serious incidents must be reported to the national competent authority.\n\n"
	    "The competent authorities have been informed of this action.\n\n"
	    "Please pass this notice on to all those who need to be aware within your organisation.\n\n"
	    "For further questions contact security@contoso.example.\n\nKind regards,\n\nJane Doe\n");

	(void)state;
	assert_sections(d, "title greeting summary customer-actions inaction emergency adverse-events authorities pass-on "
			   "support closing exploitation~ "
			   "scope~");
}

static void
headings_in_every_manner(void **state)
{
	FP_AUTO(draft_freep)
	struct draft *d = read_text("# Security advisory\n\nDear customer,\n\n" STORY "\n\n"
				    "**Description of the problem**\n\nThe radio module restarts.\n\n"
				    "Risk to health: an alarm may not be heard.\n\n"
				    "## Actions to be taken by the customer\n\n### Step 1: install the update\n\nInstall it.\n\n"
				    "## Words that nobody knows\n\nSomething else.\n\n"
				    "Background\n\nThe module was changed.\n");

	(void)state;
	assert_sections(d, "title greeting summary problem+ risk+ customer-actions+ other+ background+");
}

/* Headings as our own notices print them. */
static void
headings_of_our_notices(void **state)
{
	static const char *const letters[][2] = {
		{ "# Contoso\n\nDear customer,\n\n" STORY
		  "\n\n## What can happen\n\nAn alarm is missed.\n\n## What Contoso has done\n\n"
		  "A patch is ready.\n\n## If you do not act\n\nNothing changes.\n\n## Return the verification form\n\nBy "
		  "post.\n\n"
		  "### Why you receive this letter\n\nYou are the person to ask.\n",
		    "title greeting summary impact+ manufacturer-actions+ inaction+ reply+ why+" },
		{ "# Contoso\n\nKære kunde\n\n## Problemet\n\nDer er en fejl i den software, som I bruger, og den skal "
		  "rettes.\n\n"
		  "## Hvad der kan ske\n\nEn alarm kan ikke høres af personalet.\n\n## Hvad Contoso har gjort\n\nVi har rettet "
		  "fejlen.\n\n"
		  "## Hvis du ikke gør noget\n\nFejlen bliver i systemet.\n\n## Returner verifikationsformularen\n\nSend den til "
		  "os.\n\n"
		  "### Hvorfor du modtager dette brev\n\nDu er den person, som vi skal spørge.\n",
		    "title greeting problem+ impact+ manufacturer-actions+ inaction+ reply+ why+" },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(letters); i++) {
		FP_AUTO(draft_freep) struct draft *d = read_text(letters[i][0]);

		assert_sections(d, letters[i][1]);
	}
}

static void
numbered_sections_of_the_template(void **state)
{
	FP_AUTO(draft_freep)
	struct draft *d = read_text("Field Safety Notice\n\nDear customer,\n\n" STORY "\n\n"
				    "1. Information on affected devices\n\nThe monitor.\n\n"
				    "2. Reason for Field Safety Corrective Action\n\nThe radio module restarts.\n\n"
				    "3. Type of action to mitigate the risk\n\n☒ Identify device ☐ Return device\n\n"
				    "4. General information\n\nThis is a new notice.\n");

	(void)state;
	assert_sections(d, "title greeting summary products+ problem+ customer-actions+ other+");
}

#define STEPS_BEHIND(note)                                                                                                       \
	"# Security advisory\n\nDear customer,\n\n" STORY "\n\n## Actions to be taken by the customer\n\n" note                  \
	"### Step 1: install the update\n\nInstall it.\n\n### Step 2: read the guide\n\nRead it.\n\n## Background\n\nChanged.\n"

/* A note about the modes before the first step does not take the steps with it, however its head is shown. */
static void
steps_behind_a_note(void **state)
{
	static const char *const letters[] = {
		STEPS_BEHIND("In each boot mode\n\nCarry out each step separately in both modes of every monitor.\n\n"),
		STEPS_BEHIND("**Boot modes**\n\nCarry out each step separately in both modes of every monitor.\n\n"),
		STEPS_BEHIND("### Boot modes\n\nCarry out each step separately in both modes of every monitor.\n\n"),
		STEPS_BEHIND("### If you suspect a compromise\n\nUnplug the network cable and contact us.\n\n"),
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(letters); i++) {
		FP_AUTO(draft_freep) struct draft *d = read_text(letters[i]);

		print_message("%zu: %s\n", i, sections_of(d));
		assert_int_equal(json_array_size(draft_get(d, "/actions")), 2);
		assert_string_equal(json_string_value(draft_get(d, "/actions/1/verbs/0")), "read");
		if (i < 3)
			assert_string_equal(json_string_value(draft_get(d, "/actions/0/modes")), "each");
	}
}

/* A step that speaks of the reply form, of the authorities or of the network cable stays a step. */
static void
steps_stay_steps(void **state)
{
	FP_AUTO(draft_freep)
	struct draft *d = read_text(
	    "Dear customer,\n\n" STORY "\n\nActions to be taken by the customer\n\n"
	    "1. Unplug the network cable of each monitor.\n2. Return the reply form.\n"
	    "3. Report serious incidents to the competent authority, which has been informed.\n\nYours sincerely,\n\nJane Doe\n");

	(void)state;
	assert_sections(d, "greeting summary customer-actions+ closing");
}

/* A table of products is one wherever it stands; what comes behind it goes on with what was before. */
static void
a_table_of_products(void **state)
{
	FP_AUTO(draft_freep)
	struct draft *d = read_text("Dear customer,\n\n" STORY "\n\nDescription of the problem\n\nIt restarts.\n\n"
				    "Product name\tCatalogue number\nVitalView 7\tVV-700\n\nIt restarts again.\n");

	(void)state;
	assert_sections(d, "greeting summary problem+ products problem");
}

/* A heading right above its text, in one block with it; a head of many short lines is the title, not the summary. */
static void
headings_as_first_lines(void **state)
{
	FP_AUTO(draft_freep)
	struct draft *d = read_text(
	    "Field safety notice\nContoso Medical GmbH, Hauptstrasse 1, 10115 Berlin\nNumber FSN-1\nto all users of the device\n"
	    "and to all distributors of the device in all countries\n\n"
	    "Dear customer,\n\n" STORY "\n\nDescription of the problem\nThe radio module restarts.\n\n"
	    "Customer reply form\nCompany name:\nName:\n");

	(void)state;
	assert_sections(d, "title greeting summary problem+ form+");
	assert_string_equal(json_string_value(draft_get(d, "/sections/3/heading")), "Description of the problem");
}

/* A form alone, as an attachment is read: its title is no greeting. */
static void
a_form_alone(void **state)
{
	FP_AUTO(draft_freep)
	struct draft *d =
	    read_text("Customer reply form\n\nPlease fill in this form and return it to forms@contoso.example as soon as all of "
		      "the devices at "
		      "your site have been looked at.\n\nCompany name:\n\nI have received the notice. ☐ Yes ☐ No\n");

	(void)state;
	assert_sections(d, "form+");
}

static void
a_letter_that_is_nothing(void **state)
{
	FP_AUTO(draft_freep) struct draft *none = read_text("");
	FP_AUTO(draft_freep) struct draft *line = read_text("x");

	(void)state;
	assert_sections(none, "");
	assert_sections(line, "title");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_real_letters),
		cmocka_unit_test(content_where_there_are_no_headings),
		cmocka_unit_test(headings_in_every_manner),
		cmocka_unit_test(headings_of_our_notices),
		cmocka_unit_test(numbered_sections_of_the_template),
		cmocka_unit_test(steps_behind_a_note),
		cmocka_unit_test(steps_stay_steps),
		cmocka_unit_test(a_table_of_products),
		cmocka_unit_test(headings_as_first_lines),
		cmocka_unit_test(a_form_alone),
		cmocka_unit_test(a_letter_that_is_nothing),
	};

	return cmocka_run_group_tests_name("draft sections", tests, open_terms, close_terms);
}
