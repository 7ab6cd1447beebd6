/* What is to be done: the real letters, and letters of our own for each rule. */
#include "draft_read.h"

/* ---- the real letters: facts only ---- */

struct wanted {
	const char *pointer, *want;
};

static const struct wanted of_1562[] = {
	{ "/manufacturer/actions/1", "-" },
	{ "/recommendations", "-" },
	{ "/actions/0/id", "read-guidance" },
	{ "/actions/0/number", "1" },
	{ "/actions/0/heading", "-" },
	{ "/actions/0/verbs", "download read" },
	{ "/actions/0/modes", "once" },
	{ "/actions/0/links/0/id", "guidance" },
	{ "/actions/0/links/0/url", "https://support.illumina.com/support-content/cyberguidance.html" },
	{ "/actions/0/links/0/access", "public" },
	{ "/actions/0/links/1/id", "-" },
	{ "/actions/1/id", "secure-protocol" },
	{ "/actions/1/number", "2" },
	{ "/actions/1/modes", "once" },
	{ "/actions/1/obligation", "please" },
	{ "/actions/1/only_when", "networked" },
	{ "/actions/1/involves", "local-it" },
	{ "/actions/1/links/0/id", "-" },
	{ "/actions/2/id", "-" },
	{ "/emergency", "unplug-network contact-technical" },
	{ "/adverse_events/0/where", "US" },
	{ "/adverse_events/0/to", "FDA MedWatch" },
	{ "/adverse_events/0/url", "https://www.fda.gov/medwatch/report.htm" },
	{ "/adverse_events/0/routes", "online post fax" },
	{ "/adverse_events/0/obligation", "must" },
	{ "/adverse_events/1/where", "elsewhere" },
	{ "/adverse_events/1/to", "competent-authority" },
	{ "/authorities", "informed" },
	{ "/third_party_contact", "true" },
	{ "/deadlines/0/date", "-" },
	{ NULL, NULL },
};

#define UCS_STEPS                                                                                                                \
	{ "/manufacturer/actions/2", "-" }, { "/recommendations/0/id", "firewall" }, { "/recommendations/0/links/0/url", "-" },  \
	    { "/actions/0/id", "patch" }, { "/actions/0/number", "1" }, { "/actions/0/verbs", "download install" },              \
	    { "/actions/0/heading_verbs", "download install" }, { "/actions/0/modes", "each" },                                  \
	    { "/actions/0/requires", "backup" }, { "/actions/0/urgency", "immediately" }, { "/actions/0/links/0/id", "online" }, \
	    { "/actions/0/links/0/condition", "internet-connected" }, { "/actions/0/links/0/url", "-" },                         \
	    { "/actions/0/links/0/access", "affected-customers" }, { "/actions/0/links/1/id", "offline" },                       \
	    { "/actions/0/links/1/condition", "not-connected" }, { "/actions/0/links/1/url", "-" },                              \
	    { "/actions/0/links/1/contact", "technical" }, { "/actions/0/links/2/id", "-" },                                     \
	    { "/actions/1/id", "standard-user" }, { "/actions/1/number", "2" },                                                  \
	    { "/actions/1/heading_verbs", "change-configuration" }, { "/actions/1/modes", "each" },                              \
	    { "/actions/1/side_effects", "network-permissions storage-access endpoint-locations" },                              \
	    { "/actions/1/involves", "local-it" }, { "/actions/1/links/0/id", "instructions" },                                  \
	    { "/actions/1/links/0/url", "-" }, { "/actions/1/links/0/access", "not-stated" }, { "/actions/2/id", "-" },          \
	    { "/emergency", "unplug-network contact-technical" },                                                                \
	    { "/adverse_events/0/url", "https://www.fda.gov/medwatch/report.htm" },                                              \
	    { "/adverse_events/0/routes", "online post fax" }, { "/adverse_events/1/to", "competent-authority" },                \
	    { "/authorities", "informed" }, { "/third_party_contact", "-" }, { "/not_affected/0", "-" },                         \
	{                                                                                                                        \
		"/deadlines/0/text", "-"                                                                                         \
	}

static const struct wanted of_1338_de[] = { UCS_STEPS, { "/actions/0/text_verbs", "download" },
	{ "/actions/0/obligation", "must" }, { "/adverse_events/0/obligation", "must" }, { NULL, NULL } };
static const struct wanted of_1338_it[] = { UCS_STEPS, { "/actions/0/text_verbs", "download install" },
	{ "/actions/0/obligation", "-" }, { "/adverse_events/0/obligation", "-" }, { NULL, NULL } };
static const struct wanted of_1338_es[] = { UCS_STEPS, { "/actions/0/text_verbs", "download install" },
	{ "/actions/0/obligation", "must" }, { "/adverse_events/0/obligation", "important" },
	{ "/adverse_events/0/urgency", "immediately" }, { NULL, NULL } };

static const struct wanted of_1682[] = {
	{ "/actions/0/verbs", "download follow" },
	{ "/actions/0/number", "1" },
	{ "/actions/0/modes", "-" },
	{ "/actions/0/heading", "-" },
	{ "/actions/0/obligation", "must" },
	{ "/actions/0/links/0/url", "https://support.illumina.com/support-content/bmc.html" },
	{ "/actions/0/links/0/access", "public" },
	{ "/actions/0/links/1/id", "-" },
	{ "/actions/1/id", "-" },
	{ "/emergency", "unplug-network contact-technical" },
	{ "/adverse_events/0/obligation", "please" },
	{ "/adverse_events/0/routes", "online post fax" },
	{ "/authorities", "being-informed" },
	{ "/third_party_contact", "true" },
	{ "/not_affected/1", "-" },
	{ NULL, NULL },
};

static const struct real {
	const char *file;
	const struct wanted *facts;
	int hidden, nested, ambiguous;
} reals[] = {
	{ "000-FSN2024-1562-da.txt", of_1562, 0, 0, 0 },
	{ "001-FSN2023-1338-de.txt", of_1338_de, 3, 1, 1 },
	{ "002-FSN2023-1338-it.txt", of_1338_it, 3, 1, 0 },
	{ "003-FSN2025-1682-de.txt", of_1682, 0, 0, 1 },
	{ "004-FSN2023-1338-es.txt", of_1338_es, 3, 1, 0 },
};

static void
the_real_letters(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(reals); i++) {
		FP_AUTO(draft_freep) struct draft *d = read_real(reals[i].file);

		if (d == NULL)
			skip();
		print_message("%s\n", reals[i].file);
		for (const struct wanted *w = reals[i].facts; w->pointer != NULL; w++)
			assert_fact(d, w->pointer, w->want);
		assert_findings(d, "link-hidden", reals[i].hidden);
		assert_findings(d, "nested-condition", reals[i].nested);
		assert_findings(d, "ambiguous-term", reals[i].ambiguous);
	}
}

/* ---- our own ---- */

#define STORY                                                                                                                    \
	"Dear customer,\n\n"                                                                                                     \
	"the analyser ReadLab 2 has a vulnerability in its update service that lets somebody on the network take control of "    \
	"it.\n\n"
#define STEPS STORY "Actions to be taken by the customer\n\n"

static void
heading_and_text_are_apart(void **state)
{
	FP_AUTO(draft_freep)
	struct draft *d = read_text(
	    STEPS "1. Download and install the software patch: download it from https://support.contoso.example/p immediately.\n"
		  "2. For each device connected to your network: you must change the default password.\n");

	(void)state;
	assert_fact(d, "/actions/0/heading", "Download and install the software patch");
	assert_fact(d, "/actions/0/verbs", "download install");
	assert_fact(d, "/actions/0/heading_verbs", "download install");
	assert_fact(d, "/actions/0/text_verbs", "download");
	assert_fact(d, "/actions/0/urgency", "immediately");
	assert_fact(d, "/actions/0/links/0/url", "https://support.contoso.example/p");
	assert_fact(d, "/actions/1/heading", "-");
	assert_fact(d, "/actions/1/only_when", "networked");
	assert_fact(d, "/actions/1/obligation", "must");
	assert_fact(d, "/actions/1/urgency", "-");
	assert_fact(d, "/actions/1/modes", "-");
}

static void
modes(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "Note: the steps must be carried out separately in both modes.", "each" },
		{ "Note: a change applies to both modes at the same time, so there is no need to do it separately.", "once" },
		{ "Note: please plan enough time.", "-" },
	};
	char text[2048];

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		FP_AUTO(draft_freep) struct draft *d = NULL;

		(void)snprintf(text, sizeof(text), STEPS "%s\n\n1. Install the patch.\n2. Restart the analyser.\n", rows[i].text);
		d = read_text(text);
		assert_fact(d, "/actions/0/modes", rows[i].want);
		assert_fact(d, "/actions/1/modes", rows[i].want);
		assert_fact(d, "/actions/2", "-");
	}
}

static void
branches_side_by_side_and_nested(void **state)
{
	FP_AUTO(draft_freep)
	struct draft *side =
	    read_text(STEPS "1. Install the software patch.\n"
			    "   - Devices connected to the internet: download it from https://support.contoso.example/p.\n"
			    "   - Devices not connected to the internet: write to help@contoso.example.\n");
	FP_AUTO(draft_freep)
	struct draft *nested =
	    read_text(STEPS "1. For devices connected to the internet: install the software patch from [here](#).\n"
			    "   - We give the address only to affected customers.\n"
			    "   - For devices not connected to the internet: write to help@contoso.example.\n");

	(void)state;
	assert_fact(side, "/actions/0/links/0/condition", "internet-connected");
	assert_fact(side, "/actions/0/links/0/access", "public");
	assert_fact(side, "/actions/0/links/1/condition", "not-connected");
	assert_fact(side, "/actions/0/links/1/url", "-");
	assert_findings(side, "nested-condition", 0);
	assert_findings(side, "link-hidden", 0);
	assert_fact(nested, "/actions/0/links/0/id", "online");
	assert_fact(nested, "/actions/0/links/0/access", "affected-customers");
	assert_fact(nested, "/actions/0/links/1/id", "offline");
	assert_findings(nested, "nested-condition", 1);
	assert_findings(nested, "link-hidden", 1);
}

static void
steps_as_headings_bullets_rows_ticks_and_sentences(void **state)
{
	static const struct {
		const char *text, *verbs;
	} rows[] = {
		{ STEPS "### Step 1: Install the patch\n\nThe patch is on the disc.\n\n### Step 2: Restart the analyser\n\nDo it "
			"twice.\n",
		    "install restart" },
		{ STEPS "- Install the patch.\n- Restart the analyser.\n", "install restart" },
		{ STEPS "1\tInstall the patch.\n2\tRestart the analyser.\n", "install restart" },
		{ STEPS "1) Install the patch.\n2) Restart the analyser.\n", "install restart" },
		{ STORY "Please do the following:\n\na) Install the patch.\n\nb) Restart the analyser.\n", "install restart" },
		{ STORY "What we ask you to do:\n\n- Install the patch.\n- Restart the analyser.\n", "install restart" },
		{ STEPS "3.\t1. Action\n3.\t☒ Quarantine device ☐ Return device ☒ Destroy device\n", "quarantine destroy" },
		{ STEPS "☒ Quarantine device ☐ Return device ☒ Destroy device\n", "quarantine destroy" },
		{ STEPS "Please do what follows:\n\nInstall the patch.\n\nThen restart the analyser.\n", "install restart" },
		{ STORY "All users must install the patch.\n\nYou should then restart the analyser.\n", "install restart" },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		FP_AUTO(draft_freep) struct draft *d = read_text(rows[i].text);
		char got[128];

		(void)snprintf(got, sizeof(got), "%s %s", fact(d, "/actions/0/verbs/0"), fact(d, "/actions/1/verbs/0"));
		if (strcmp(got, rows[i].verbs) != 0)
			fail_msg("steps of text %zu are '%s', expected '%s'", i, got, rows[i].verbs);
		assert_fact(d, "/actions/0/number", "1");
		assert_fact(d, "/actions/1/number", "2");
		assert_fact(d, "/actions/2/number", "-");
	}
}

/* Numbers typed into paragraphs are no part of the text, and a step may name no deed that we know. */
static void
typed_numbers(void **state)
{
	FP_AUTO(draft_freep)
	struct draft *d =
	    read_text(STEPS "<p>1) Install the patch.</p>\n<p>2) Have a cup of coffee.</p>\n<p>3) Restart the analyser.</p>\n");

	(void)state;
	assert_fact(d, "/actions/0/text", "Install the patch.");
	assert_fact(d, "/actions/1/text", "Have a cup of coffee.");
	assert_fact(d, "/actions/2/text", "Restart the analyser.");
	assert_fact(d, "/actions/2/number", "3");
}

static void
obligations(void **state)
{
	FP_AUTO(draft_freep)
	struct draft *d = read_text(STORY "What you should do\n\n1. You must install the patch.\n2. Please restart.\n"
					  "3. Scan the system.\n");

	(void)state;
	assert_fact(d, "/actions/0/obligation", "must");
	assert_fact(d, "/actions/1/obligation", "please");
	assert_fact(d, "/actions/2/obligation", "should");
}

static void
deadlines(void **state)
{
	FP_AUTO(draft_freep)
	struct draft *d =
	    read_text(STEPS "1. Install the patch by 15 May 2024.\n2. Restart the analyser within 10 working days.\n"
			    "3. Check all analysers that were made; date of manufacture before 1 March 2020.\n\n"
			    "Please complete and return the reply form no later than 30 April 2024 to forms@contoso.example.\n");

	(void)state;
	assert_fact(d, "/deadlines/0/date", "2024-05-15");
	assert_fact(d, "/deadlines/0/for", "actions");
	assert_fact(d, "/actions/0/by", "2024-05-15");
	assert_fact(d, "/deadlines/1/date", "-");
	assert_fact(d, "/deadlines/1/text", "within 10 working days");
	assert_fact(d, "/actions/1/by", "-");
	assert_fact(d, "/deadlines/2/date", "2024-04-30");
	assert_fact(d, "/deadlines/2/for", "reply");
	assert_fact(d, "/deadlines/3/for", "-");
}

/* The point of an ordinal ends no sentence; a range has no deadline; a word behind the day counts as one before it. */
static void
deadlines_of_other_languages(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "Sehr geehrte Damen und Herren,\n\nbitte beachten Sie die folgenden Maßnahmen, die wir Ihnen hiermit mitteilen "
		  "möchten.\n\n"
		  "Maßnahmen des Betreibers\n\n1. Senden Sie das Antwortformular bis zum 30. April 2031 zurück.\n",
		    "2031-04-30" },
		{ "Tisztelt Felhasználó!\n\nA készülék szoftvere hibás, ezért kérjük, hogy az alábbi intézkedéseket hajtsa végre "
		  "a kórházban.\n\n"
		  "A felhasználó teendői\n\n1. Küldje vissza a válaszlapot 2024. szeptember 6-ig.\n",
		    "2024-09-06" },
		{ STEPS "1. Check the devices delivered from 1 March 2020 to 30 April 2021.\n", "-" },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		FP_AUTO(draft_freep) struct draft *d = read_text(rows[i].text);

		assert_fact(d, "/deadlines/0/date", rows[i].want);
	}
}

static void
emergency(void **state)
{
	FP_AUTO(draft_freep)
	struct draft *net = read_text(STORY "If you suspect that an unauthorised person has had access, unplug the network cable "
					    "and contact help@contoso.example.\n");
	FP_AUTO(draft_freep)
	struct draft *mains =
	    read_text(STORY "If you suspect that an unauthorised person has had access, disconnect the power cable.\n");
	FP_AUTO(draft_freep) struct draft *none = read_text(STEPS "1. Install the patch.\n");

	(void)state;
	assert_fact(net, "/emergency/0", "unplug-network");
	assert_int_equal(strncmp(fact(net, "/emergency/1"), "contact-", 8), 0);
	assert_findings(net, "ambiguous-term", 0);
	assert_fact(mains, "/emergency", "unplug-mains");
	assert_findings(mains, "ambiguous-term", 1);
	assert_fact(none, "/emergency", "-");
}

static void
authorities_and_events(void **state)
{
	FP_AUTO(draft_freep)
	struct draft *past = read_text(STORY "The competent authorities have been informed of this problem.\n");
	FP_AUTO(draft_freep)
	struct draft *now = read_text(STORY "The competent authorities are being informed of this problem.\n");
	FP_AUTO(draft_freep)
	struct draft *in_passing = read_text(
	    STORY "Actions by the manufacturer\n\nContoso has changed the seal. The competent authorities have been informed.\n");
	FP_AUTO(draft_freep)
	struct draft *event =
	    read_text(STORY "You should report adverse events immediately to the competent authority of your country.\n\n"
			    "A third party may call you on our behalf.\n");

	(void)state;
	assert_fact(past, "/authorities", "informed");
	assert_fact(now, "/authorities", "being-informed");
	assert_fact(event, "/authorities", "-");
	assert_fact(event, "/adverse_events/0/where", "elsewhere");
	assert_fact(event, "/adverse_events/0/to", "competent-authority");
	assert_fact(event, "/adverse_events/1/to", "-");
	assert_fact(event, "/third_party_contact", "true");
	assert_fact(past, "/third_party_contact", "-");
	assert_fact(in_passing, "/authorities", "informed");
	assert_fact(in_passing, "/manufacturer/actions/1", "-");
}

static void
what_the_maker_does(void **state)
{
	FP_AUTO(draft_freep)
	struct draft *list = read_text(STORY
	    "Actions by the manufacturer\n\nContoso has two measures:\n\n1. A software patch.\n2. A change of the settings.\n\n"
	    "They are explained below.\n");
	FP_AUTO(draft_freep)
	struct draft *prose = read_text(STORY
	    "Actions by the manufacturer\n\nContoso will send a new disc to everybody who owns an analyser of this kind.\n");

	(void)state;
	assert_fact(list, "/manufacturer/actions", "A software patch. A change of the settings.");
	assert_fact(
	    prose, "/manufacturer/actions", "Contoso will send a new disc to everybody who owns an analyser of this kind.");
}

/* Letters of other makers in sixteen languages, in our own words: as many steps as they have, a form with its four fields and two questions. */
static void
sixteen_languages(void **state)
{
	static const char *const tags[] = { "bg", "cs", "el", "et", "fi", "ga", "hr", "hu", "is", "lt", "lv", "mt", "pl", "ro",
		"sk", "sl" };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(tags); i++) {
		FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 }, facts = { .max = 0 };
		FP_AUTO(draft_freep) struct draft *d = NULL;
		struct fp_err err = { .status = FP_OK };
		json_t *want = NULL;
		char path[100];

		(void)snprintf(path, sizeof(path), "tests/letters/terms/%s.txt", tags[i]);
		assert_int_equal(fp_file_read(&text, path, &err), FP_OK);
		(void)snprintf(path, sizeof(path), "tests/letters/terms/%s.json", tags[i]);
		assert_int_equal(fp_file_read(&facts, path, &err), FP_OK);
		assert_int_equal(fp_json_parse(&want, facts.data, facts.len, path, &err), FP_OK);
		d = read_bytes(tags[i], text.data, text.len);
		print_message("%s\n", tags[i]);
		assert_int_equal(json_array_size(draft_get(d, "/actions")), json_integer_value(json_object_get(want, "steps")));
		json_decref(want);
		assert_fact(d, "/reply/fields", "company name job-title date");
		assert_int_equal(strncmp(fact(d, "/reply/statements"), "received", 8), 0);
		assert_int_equal(json_array_size(draft_get(d, "/reply/form")), 6);
		assert_string_equal(fact(d, "/sections/1/key"), "greeting");
	}
}

/* What stands below a heading of its own inside a step goes with it, but is not what the step tells to do. */
static void
deeds_of_a_step_and_of_its_notes(void **state)
{
	FP_AUTO(draft_freep)
	struct draft *d = read_text(STORY "## What you must do\n\n### Step 1: The software patch\n\n"
					  "You must download the patch.\n\nThen install it on each analyser.\n\n"
					  "Data first\n\nYou should back up your data before that.\n\n"
					  "#### Analysers without the internet\n\nContact help@contoso.example.\n\n"
					  "### Step 2: The user\n\n**In detail**\n\nYou must change the configuration.\n");

	(void)state;
	assert_fact(d, "/actions/0/verbs", "download install");
	assert_fact(d, "/actions/0/text_verbs", "download install");
	assert_fact(d, "/actions/0/requires", "backup");
	assert_fact(d, "/actions/1/verbs", "change-configuration");
}

/* The authorities by their ranks, and when they were told. */
static void
authorities_by_rank(void **state)
{
	static const char *const rows[][3] = {
		{ "Dear customer,", "The responsible local and international authorities are being informed of this problem.",
		    "being-informed" },
		{ "Sehr geehrte Damen und Herren,",
		    "Die verantwortlichen lokalen und internationalen Behörden werden derzeit über dieses Problem informiert.",
		    "being-informed" },
		{ "Estimado cliente:\n\nEn esta carta se explica el problema y lo que debe hacer usted.",
		    "Se está informando de este problema a las autoridades locales e internacionales responsables.",
		    "being-informed" },
		{ "Kære kunde", "De ansvarlige lokale og internationale myndigheder er ved at blive underrettet om problemet.",
		    "being-informed" },
		{ "Kære kunde", "De lokale og internationale myndigheder er blevet underrettet om problemet.", "informed" },
		{ "Gentile Cliente,",
		    "Le autorità locali e internazionali responsabili vengono attualmente informate del problema.",
		    "being-informed" },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		FP_AUTO(draft_freep) struct draft *d = NULL;
		char text[1024];

		(void)snprintf(text, sizeof(text), "# Contoso\n\n%s\n\n%s\n", rows[i][0], rows[i][1]);
		d = read_text(text);
		print_message("%s\n", rows[i][1]);
		assert_fact(d, "/authorities", rows[i][2]);
	}
}

/* Every fact of a step has its place: line and column of the letter. */
static void
places(void **state)
{
	FP_AUTO(draft_freep) struct draft *d = read_text(STEPS "1. Install the patch.\n2. Restart the analyser.\n");
	const json_t *place = json_object_get(d->places, "/actions/1");

	(void)state;
	assert_int_equal(json_integer_value(json_object_get(place, "line")), 8);
	assert_int_equal(json_integer_value(json_object_get(place, "column")), 4);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_real_letters),
		cmocka_unit_test(heading_and_text_are_apart),
		cmocka_unit_test(modes),
		cmocka_unit_test(branches_side_by_side_and_nested),
		cmocka_unit_test(steps_as_headings_bullets_rows_ticks_and_sentences),
		cmocka_unit_test(typed_numbers),
		cmocka_unit_test(obligations),
		cmocka_unit_test(deadlines),
		cmocka_unit_test(emergency),
		cmocka_unit_test(authorities_and_events),
		cmocka_unit_test(what_the_maker_does),
		cmocka_unit_test(deadlines_of_other_languages),
		cmocka_unit_test(sixteen_languages),
		cmocka_unit_test(deeds_of_a_step_and_of_its_notes),
		cmocka_unit_test(authorities_by_rank),
		cmocka_unit_test(places),
	};

	return cmocka_run_group_tests_name("draft actions", tests, open_terms, close_terms);
}
