/* How states, results, levels and statements are said and look: shared by the form and the pages. */
#include "reply/reply.h"

#include <string.h>

#include "i18n/i18n.h"

static const struct {
	const char *code, *text;
} statement_texts[] = {
	{ "received", N_("We have received the notice.") },
	{ "understood", N_("We have read and understood the notice.") },
	{ "users-informed", N_("All relevant users have been informed.") },
	{ "guidance-read", N_("The guidance document has been downloaded and read.") },
	{ "both-modes-understood",
	    N_("We understand that each step must be carried out separately in each boot mode of every affected instrument.") },
	{ "all-servers-done", N_("The mitigation has been carried out on every affected server listed here.") },
};

static const enum doc_badge_style state_styles[CASE_STATE_COUNT] = {
	[CASE_IN_SCOPE] = DOC_BADGE_NEUTRAL,
	[CASE_PENDING] = DOC_BADGE_PENDING,
	[CASE_CLAIMED] = DOC_BADGE_CLAIMED,
	[CASE_VERIFIED] = DOC_BADGE_VERIFIED,
	[CASE_NOT_DONE] = DOC_BADGE_NOT_DONE,
	[CASE_NOT_APPLICABLE] = DOC_BADGE_NOT_APPLICABLE,
	[CASE_DISPUTED] = DOC_BADGE_DISPUTED,
};

static const struct {
	enum doc_badge_style style;
	const char *text;
} results[EVIDENCE_RESULT_COUNT] = {
	[EVIDENCE_NOTCHECKED] = { DOC_BADGE_NEUTRAL, N_("not checked") },
	[EVIDENCE_PASS] = { DOC_BADGE_PASS, N_("passed") },
	[EVIDENCE_FAIL] = { DOC_BADGE_FAIL, N_("failed") },
	[EVIDENCE_ERROR] = { DOC_BADGE_UNKNOWN, N_("error") },
	[EVIDENCE_UNKNOWN] = { DOC_BADGE_UNKNOWN, N_("unknown") },
	[EVIDENCE_NOTAPPLICABLE] = { DOC_BADGE_NOT_APPLICABLE, N_("not applicable") },
	[EVIDENCE_INFORMATIONAL] = { DOC_BADGE_INFO, N_("information") },
	[EVIDENCE_FIXED] = { DOC_BADGE_VERIFIED, N_("fixed") },
};

static const char *const level_texts[EVIDENCE_LEVEL_COUNT] = {
	[EVIDENCE_L_NONE] = N_("no evidence"),
	[EVIDENCE_L_D] = N_("a statement"),
	[EVIDENCE_L1] = N_("reachability from the network"),
	[EVIDENCE_L2] = N_("read from the network without logging on"),
	[EVIDENCE_L_H] = N_("facts from the device itself"),
	[EVIDENCE_L0] = N_("seen in captured traffic"),
};

enum doc_badge_style
reply_state_style(enum case_state s)
{
	return (unsigned)s < CASE_STATE_COUNT ? state_styles[s] : DOC_BADGE_NEUTRAL;
}

enum doc_badge_style
reply_result_style(enum evidence_result r)
{
	return (unsigned)r < EVIDENCE_RESULT_COUNT ? results[r].style : DOC_BADGE_UNKNOWN;
}

const char *
reply_result_text(enum evidence_result r)
{
	return (unsigned)r < EVIDENCE_RESULT_COUNT ? results[r].text : results[EVIDENCE_UNKNOWN].text;
}

const char *
reply_level_text(enum evidence_level l)
{
	return (unsigned)l < EVIDENCE_LEVEL_COUNT ? level_texts[l] : level_texts[EVIDENCE_L_NONE];
}

const char *
reply_statement_text(const char *code)
{
	for (size_t i = 0; i < FP_COUNT(statement_texts); i++)
		if (strcmp(statement_texts[i].code, code) == 0)
			return statement_texts[i].text;
	return NULL;
}
