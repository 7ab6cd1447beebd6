#include "document/tree.h"

static const struct doc_look looks[DOC_BADGE_COUNT] = {
	[DOC_BADGE_NEUTRAL] = { "neutral", 0xeff0f4, 0x3b3e4f, 0xbfc2d0, "37" },
	[DOC_BADGE_PASS] = { "pass", 0xe3f4e6, 0x14532d, 0x7cc08c, "32" },
	[DOC_BADGE_FAIL] = { "fail", 0xfde4e1, 0x8b1a10, 0xe08a80, "1;31" },
	[DOC_BADGE_UNKNOWN] = { "unknown", 0xfff0cf, 0x6b4300, 0xdcae4e, "33" },
	[DOC_BADGE_CLAIMED] = { "claimed", 0xdfeafb, 0x1c3f7c, 0x86abe2, "34" },
	[DOC_BADGE_VERIFIED] = { "verified", 0xcdeedd, 0x0b4f36, 0x4fae85, "1;32" },
	[DOC_BADGE_DISPUTED] = { "disputed", 0xf9e0f1, 0x7a1458, 0xd987bd, "1;35" },
	[DOC_BADGE_PENDING] = { "pending", 0xf1f1ee, 0x4a4a46, 0xbdbdb5, "36" },
	[DOC_BADGE_NOT_DONE] = { "not-done", 0xfbe9d9, 0x7c3a06, 0xdfa270, "1;33" },
	[DOC_BADGE_NOT_APPLICABLE] = { "not-applicable", 0xf6f6f4, 0x5c5c58, 0xd2d2cc, "2" },
	[DOC_BADGE_INFO] = { "info", 0xe2f1f6, 0x0e4a5e, 0x84bccf, "36" },
	[DOC_BADGE_WARNING] = { "warning", 0xffedb8, 0x5f4200, 0xd9b13f, "33" },
};

const struct doc_look *
doc_look(unsigned style)
{
	return &looks[style < DOC_BADGE_COUNT ? style : DOC_BADGE_NEUTRAL];
}

const char *
doc_button_name(unsigned style)
{
	static const char *const names[DOC_BUTTON_COUNT] = { "primary", "secondary", "danger", "quiet" };

	return names[style < DOC_BUTTON_COUNT ? style : DOC_BUTTON_SECONDARY];
}
