/* Vulnerabilities: only what the letter names. */
#include "draft_help.h"

static struct draft *
read_en(const char *text)
{
	char all[8192];

	(void)snprintf(all, sizeof(all), "Field Safety Notice\n\nDear customer,\n\n%s\n", text);
	return read_letter(all, "en");
}

static void
names_and_numbers(void **state)
{
	struct draft *d =
	    read_en("We found a cybersecurity vulnerability in the software Example Copy Service (ECS), which copies the results "
		    "of your instruments to your storage.\n\n"
		    "The numbers are CVE-2023-1968 and CVE-2023-1966 (CWE-250, CWE-1327). See CVE-2023-1968, too.\n\n"
		    "We have not received any reports that it was exploited.");

	(void)state;
	is_fact(d, "/reason_class", "cybersecurity");
	is_count(d, "/vulnerabilities", 1);
	is_fact(d, "/vulnerabilities/0/component", "Example Copy Service (ECS)");
	is_list(d, "/vulnerabilities/0/cves", "CVE-2023-1968|CVE-2023-1966");
	is_list(d, "/vulnerabilities/0/cwes", "CWE-250|CWE-1327");
	is_fact(d, "/vulnerabilities/0/exploitation", "none-reported");
	draft_free(d);
}

static void
scores_and_vectors(void **state)
{
	struct draft *d = read_en("We found a cybersecurity vulnerability in our software.\n\nCVSS v3.1 base score 10.0, "
				  "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H.\n\n"
				  "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N, score 9.3.\n\nCVSS v2: "
				  "AV:N/AC:L/Au:N/C:P/I:P/A:P.\n\nCVSS score: 7,4\n");

	(void)state;
	is_count(d, "/vulnerabilities/0/cvss", 4);
	is_fact(d, "/vulnerabilities/0/cvss/0/version", "3.1");
	is_fact(d, "/vulnerabilities/0/cvss/0/vector", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H");
	is_fact(d, "/vulnerabilities/0/cvss/0/score", "10.0");
	is_fact(d, "/vulnerabilities/0/cvss/1/version", "4.0");
	is_fact(d, "/vulnerabilities/0/cvss/1/score", "9.3");
	is_fact(d, "/vulnerabilities/0/cvss/2/version", "2.0");
	is_fact(d, "/vulnerabilities/0/cvss/2/vector", "AV:N/AC:L/Au:N/C:P/I:P/A:P");
	is_fact(d, "/vulnerabilities/0/cvss/2/score", NULL);
	is_fact(d, "/vulnerabilities/0/cvss/3/score", "7.4");
	is_fact(d, "/vulnerabilities/0/cvss/3/vector", NULL);
	draft_free(d);
}

/* "Neither reports nor ..." says it as well as "no reports" does; a report that there was says nothing of the kind. */
static void
nothing_reported_in_other_words(void **state)
{
	static const struct {
		const char *lang, *text, *want;
	} rows[] = {
		{ "en", "A vulnerability. We have neither a report nor evidence that it was exploited.", "none-reported" },
		{ "en", "A vulnerability. We have received no report of an attack.", "none-reported" },
		{ "en", "A vulnerability. We have received a report of an attack.", NULL },
		{ "de", "Eine Schwachstelle. Uns liegen weder Meldungen noch Belege vor.", "none-reported" },
		{ "de", "Eine Schwachstelle. Uns liegen Meldungen und Belege vor.", NULL },
		{ "es", "Una vulnerabilidad. Contoso no ha recibido notificaciones de ello.", "none-reported" },
		{ "es", "Una vulnerabilidad. Contoso no tiene notificaciones ni pruebas.", "none-reported" },
		{ "es", "Una vulnerabilidad. Contoso ha recibido notificaciones de ello.", NULL },
		{ "da", "En sårbarhed. Contoso har hverken indberetninger eller beviser.", "none-reported" },
		{ "da", "En sårbarhed. Contoso har hverken modtaget indberetninger eller set tegn.", "none-reported" },
		{ "da", "En sårbarhed. Contoso har modtaget indberetninger.", NULL },
		{ "it", "Una vulnerabilità. Contoso non dispone né di segnalazioni né di prove.", "none-reported" },
		{ "it", "Una vulnerabilità. Contoso dispone di segnalazioni.", NULL },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct draft *d = read_letter(rows[i].text, rows[i].lang);

		print_message("%s\n", rows[i].text);
		is_fact(d, "/vulnerabilities/0/exploitation", rows[i].want);
		draft_free(d);
	}
}

/* A letter about something else has no vulnerability, and none is made up. */
static void
none(void **state)
{
	struct draft *d = read_en(
	    "The display of our instruments may show a wrong temperature, in the second line of the first page of the menu.");

	(void)state;
	is_count(d, "/vulnerabilities", 0);
	is_fact(d, "/reason_class", NULL);
	draft_free(d);
	d = read_en("We found a cybersecurity vulnerability. It has no number yet: CVE-2023- will follow, as will CVE and CWE.");
	is_count(d, "/vulnerabilities", 1);
	is_list(d, "/vulnerabilities/0/cves", "");
	is_list(d, "/vulnerabilities/0/cwes", "");
	is_fact(d, "/vulnerabilities/0/exploitation", NULL);
	draft_free(d);
}

static void
odd_forms(void **state)
{
	struct draft *d = read_en(
	    "We found a cybersecurity vulnerability: cve-2024-12345678, CVE-2024-123 and XCVE-2024-0001 and CVE-20245-1.");

	(void)state;
	is_list(d, "/vulnerabilities/0/cves", "CVE-2024-12345678");
	draft_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_numbers),
		cmocka_unit_test(scores_and_vectors),
		cmocka_unit_test(nothing_reported_in_other_words),
		cmocka_unit_test(none),
		cmocka_unit_test(odd_forms),
	};

	return cmocka_run_group_tests(tests, open_terms, close_terms);
}
