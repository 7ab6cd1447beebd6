/* The linter's frame and its table of rules. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "notice/lint_int.h"

#define EC "European Commission FSN template Rev. 1 (2018), "

static const struct notice_rule_row rules[] = {
	{ "EC-0.3", EC "head: FSCA reference (required)", "The notice has no reference of the field safety corrective action." },
	{ "EC-0.4", EC "head: date (required)", "The notice has no date." },
	{ "EC-0.6", EC "head: for attention of (required)", "The notice does not say to whom it is addressed." },
	{ "EC-0.7", EC "head: contact of the local representative (required)", "The notice names no local representative." },
	{ "EC-1.1", EC "1.1 device type (required)", "A product has no type." },
	{ "EC-1.3", EC "1.3 UDI-DI", "A product has no UDI-DI." },
	{ "EC-1.4", EC "1.4 primary clinical purpose (required)",
	    "The texts do not give the clinical purpose (section 'purpose')." },
	{ "EC-1.5", EC "1.5 model, catalogue or part number (required)", "A product has no catalogue number." },
	{ "EC-1.6", EC "1.6 software version", "A product has no software versions." },
	{ "EC-1.7", EC "1.7 affected serial or lot range", "A product has no serial number range." },
	{ "EC-2.3", EC "2.3 probability of the problem", "The texts do not say how likely the problem is (section 'risk')." },
	{ "EC-2.4", EC "2.4 predicted risk to patient or user", "The texts do not give the predicted risk (section 'risk')." },
	{ "EC-3.2", EC "3.2 by when the user must act", "An action has neither a day nor an urgency." },
	{ "EC-3.3", EC "3.3 particular considerations",
	    "The texts do not say whether earlier results need a review (section 'earlier-results')." },
	{ "EC-3.4", EC "3.4 customer reply with deadline (required)", "The reply has no deadline." },
	{ "EC-3.6", EC "3.6 by when the manufacturer acts", "The manufacturer's actions have no day." },
	{ "EC-4.1", EC "4.1 new or update (required)", "The notice does not say whether it is new or an update." },
	{ "EC-4.2", EC "4.2 reference and date of the previous notice", "An update does not name the notice that it updates." },
	{ "EC-4.4", EC "4.4 further advice expected (required)", "The notice does not say whether more is to follow." },
	{ "EC-4.7", EC "4.7 manufacturer's name and address", "The notice gives no address of the manufacturer." },
	{ "EC-4.8", EC "4.8 competent authority informed (required)", "The notice does not say whether the authorities know." },
	{ "EC-4.10", EC "4.10 name and signature", "Nobody signs the notice." },
	{ "EC-5", EC "transmission of the notice", "The texts do not ask to pass the notice on (section 'pass-on')." },
	{ "EC-R.2", "European Commission customer reply form, (2) organisation and contact (required)",
	    "The reply form does not ask for address, e-mail or telephone." },
	{ "EC-D.4", "European Commission distributor reply form, (4)",
	    "The distributor's part lacks stock check, customer list, or that all customers have replied." },
	{ "IVDR-84.8", "Regulation (EU) 2017/746, Art. 84(8)",
	    "The notice does not give the manufacturer's registration number (SRN)." },
	{ "udi-check-digit", "GS1 General Specifications, 7.9", "The check digit of a UDI-DI is wrong." },
	{ "weekday", "fieldproof", "The printed day of the week is not that of the date." },
	{ "version-range", "fieldproof", "A software version range cannot be read." },
	{ "email", "RFC 5321, 4.1.2", "An e-mail address is broken." },
	{ "folder", "fieldproof", "The folder is not named after the reference." },
	{ "link-unprinted", "fieldproof", "A link has no address that could be printed, or a text does not print it." },
	{ "link-hidden", "fieldproof", "A text hides an address behind a word: on paper it is lost." },
	{ "mode-rule", "fieldproof", "An action is due in each boot mode, but no product has boot modes." },
	{ "cve-not-named", "fieldproof", "A text names a CVE that the facts do not name." },
	{ "typed-fact", "fieldproof", "A fact is typed into a text instead of standing once in notice.json." },
	{ "lang-missing", "IVDR Art. 84(8): languages of the Member States", "A language version is missing." },
	{ "lang-section", "IVDR Art. 84(8): same content in all languages", "A section is missing in one language." },
	{ "lang-heading", "IVDR Art. 84(8): same content in all languages", "A section has a heading in one language only." },
	{ "lang-placeholder", "IVDR Art. 84(8): same content in all languages", "The facts that a section names differ." },
	{ "lang-steps", "IVDR Art. 84(8): same content in all languages", "A list has another number of items." },
	{ "not-nfc", "Unicode Standard Annex 15", "A text is not in normal form C: searching and comparing it fails." },
};

const struct notice_rule_row *
notice_lint_rules(size_t *n)
{
	*n = FP_COUNT(rules);
	return rules;
}

const char *
notice_severity_name(enum notice_severity s)
{
	return s == NOTICE_ERROR ? "error" : s == NOTICE_WARNING ? "warning" : "info";
}

void
notice_findings_free(struct notice_findings *f)
{
	free(f->items);
	memset(f, 0, sizeof(*f));
}

size_t
notice_findings_count(const struct notice_findings *f, enum notice_severity s)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += f->items[i].severity == s;
	return n;
}

/* The code that lives in the table, so that a finding never outlives its text. */
static const char *
known_code(const char *code)
{
	for (size_t i = 0; i < FP_COUNT(rules); i++)
		if (strcmp(rules[i].code, code) == 0)
			return rules[i].code;
	return "unlisted";
}

void
lint_add(struct lint *l, const char *code, enum notice_severity s, const char *file, int line, const char *fmt, ...)
{
	struct notice_finding *f;
	va_list ap;

	if (fp_grow(&l->out->items, &l->out->cap, l->out->n + 1, sizeof(*l->out->items)) != 0) {
		l->no_memory = true;
		return;
	}
	f = &l->out->items[l->out->n++];
	memset(f, 0, sizeof(*f));
	f->code = known_code(code);
	f->severity = s;
	f->line = line;
	(void)snprintf(f->file, sizeof(f->file), "%s", file);
	va_start(ap, fmt);
	(void)vsnprintf(f->message, sizeof(f->message), fmt, ap);
	va_end(ap);
}

enum fp_status
notice_lint(struct notice_findings *out, const struct notice *n, const struct notice_lint_options *o, struct fp_err *err)
{
	static const struct notice_lint_options none;
	struct lint l = { .out = out, .n = n, .o = o ? o : &none };

	lint_facts(&l);
	lint_ec(&l);
	lint_texts(&l);
	if (l.no_memory) {
		notice_findings_free(out);
		return fp_fail(err, FP_ENOMEM, "out of memory for the findings");
	}
	return FP_OK;
}
