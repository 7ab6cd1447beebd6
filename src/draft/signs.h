/*
 * What a piece of text speaks of, as a set: the terms that sections, actions and the form decide by. Looking a term up in a set costs one bit; hits are
 * turned into bits once per letter. Private to draft/.
 */
#ifndef FP_DRAFT_SIGNS_H
#define FP_DRAFT_SIGNS_H

#include "draft/draft_int.h"

/* X(name, group, id): a row here is a term that some rule asks for. */
#define DRAFT_SIGNS(X)                                                                                                           \
	X(LABEL_CATALOG, LABEL, "catalog-number")                                                                                \
	X(LABEL_UDI, LABEL, "udi-di")                                                                                            \
	X(LABEL_DEVICE_ID, LABEL, "device-identification")                                                                       \
	X(LABEL_PRODUCT, LABEL, "product")                                                                                       \
	X(LABEL_LOT, LABEL, "lot")                                                                                               \
	X(LABEL_MODEL, LABEL, "model")                                                                                           \
	X(LABEL_VERSION, LABEL, "version")                                                                                       \
	X(LABEL_SERIAL, LABEL, "serial-number")                                                                                  \
	X(LABEL_DATE, LABEL, "date")                                                                                             \
	X(LABEL_DEADLINE, LABEL, "deadline")                                                                                     \
	X(LABEL_COMPANY, LABEL, "company")                                                                                       \
	X(LABEL_NAME, LABEL, "name")                                                                                             \
	X(LABEL_JOB, LABEL, "job-title")                                                                                         \
	X(LABEL_TITLE, LABEL, "courtesy-title")                                                                                  \
	X(LABEL_SIGNATURE, LABEL, "signature")                                                                                   \
	X(LABEL_EMAIL, LABEL, "email")                                                                                           \
	X(LABEL_FAX, LABEL, "fax")                                                                                               \
	X(LABEL_WEBSITE, LABEL, "website")                                                                                       \
	X(LABEL_TECHNICAL, LABEL, "technical-support")                                                                           \
	X(LABEL_CUSTOMER_SERVICE, LABEL, "customer-service")                                                                     \
	X(LABEL_DISTRIBUTOR, LABEL, "distributor")                                                                               \
	X(LABEL_IMPORTER, LABEL, "importer")                                                                                     \
	X(LABEL_SERVER, LABEL, "server-name")                                                                                    \
	X(LABEL_COMMENT, LABEL, "comment")                                                                                       \
	X(LABEL_MADE, LABEL, "manufacture-date")                                                                                 \
	X(LABEL_EXPIRY, LABEL, "expiry")                                                                                         \
	X(OB_MUST, OBLIGATION, "must")                                                                                           \
	X(OB_SHOULD, OBLIGATION, "should")                                                                                       \
	X(OB_MAY, OBLIGATION, "may")                                                                                             \
	X(OB_IMPORTANT, OBLIGATION, "important")                                                                                 \
	X(OB_PLEASE, OBLIGATION, "please")                                                                                       \
	X(OB_MUST_NOT, OBLIGATION, "must-not")                                                                                   \
	X(DO_DOWNLOAD, VERB, "download")                                                                                         \
	X(DO_INSTALL, VERB, "install")                                                                                           \
	X(DO_READ, VERB, "read")                                                                                                 \
	X(DO_FOLLOW, VERB, "follow")                                                                                             \
	X(DO_CONFIGURE, VERB, "change-configuration")                                                                            \
	X(DO_BACK_UP, VERB, "back-up")                                                                                           \
	X(DO_DISCONNECT, VERB, "disconnect")                                                                                     \
	X(DO_CONTACT, VERB, "contact")                                                                                           \
	X(DO_REPORT, VERB, "report")                                                                                             \
	X(DO_COMPLETE, VERB, "complete-form")                                                                                    \
	X(DO_RETURN, VERB, "return")                                                                                             \
	X(DO_INFORM, VERB, "inform")                                                                                             \
	X(DO_CHOOSE_PROTOCOL, VERB, "choose-protocol")                                                                           \
	X(DO_IMPLEMENT, VERB, "implement")                                                                                       \
	X(DO_CHECK, VERB, "check")                                                                                               \
	X(DO_IDENTIFY, VERB, "identify")                                                                                         \
	X(DO_QUARANTINE, VERB, "quarantine")                                                                                     \
	X(DO_STOP, VERB, "stop-using")                                                                                           \
	X(DO_DESTROY, VERB, "destroy")                                                                                           \
	X(YES, WORD, "yes")                                                                                                      \
	X(NO, WORD, "no")                                                                                                        \
	X(NOT_APPLICABLE, WORD, "not-applicable")                                                                                \
	X(ALL, WORD, "all")                                                                                                      \
	X(OR, WORD, "or")                                                                                                        \
	X(STEP, WORD, "step")                                                                                                    \
	X(TABLE, WORD, "table")                                                                                                  \
	X(BEFORE, WORD, "before")                                                                                                \
	X(UNTIL, WORD, "to")                                                                                                     \
	X(WITHIN, WORD, "within")                                                                                                \
	X(HOUR, WORD, "hour")                                                                                                    \
	X(DAY, WORD, "day")                                                                                                      \
	X(WORKING_DAY, WORD, "working-day")                                                                                      \
	X(WEEK, WORD, "week")                                                                                                    \
	X(MONTH, WORD, "month")                                                                                                  \
	X(REASON, WORD, "not-done-reason")                                                                                       \
	X(LIST_SERIALS, WORD, "list-serial-numbers")                                                                             \
	X(ALTERNATIVELY, WORD, "alternatively")                                                                                  \
	X(WERE_INFORMED, WORD, "were-informed")                                                                                  \
	X(BEING_INFORMED, WORD, "being-informed")                                                                                \
	X(NETWORK_CABLE, CONCEPT, "network-cable")                                                                               \
	X(MAINS_CABLE, CONCEPT, "mains-cable")                                                                                   \
	X(VERIFICATION_FORM, CONCEPT, "verification-form")                                                                       \
	X(ACKNOWLEDGEMENT_FORM, CONCEPT, "acknowledgement-form")                                                                 \
	X(REPLY_FORM, CONCEPT, "reply-form")                                                                                     \
	X(UNDERSTOOD, CONCEPT, "read-and-understood")                                                                            \
	X(TAKEN_NOTE, CONCEPT, "taken-note")                                                                                     \
	X(RECEIVED, CONCEPT, "received")                                                                                         \
	X(IMMEDIATELY, CONCEPT, "immediately")                                                                                   \
	X(SEPARATELY, CONCEPT, "separately")                                                                                     \
	X(BOTH_MODES, CONCEPT, "both-modes")                                                                                     \
	X(DUAL_BOOT, CONCEPT, "dual-boot")                                                                                       \
	X(SAME_TIME, CONCEPT, "same-time")                                                                                       \
	X(PATCH, CONCEPT, "software-patch")                                                                                      \
	X(BACKUP, CONCEPT, "backup")                                                                                             \
	X(STANDARD_USER, CONCEPT, "standard-user")                                                                               \
	X(SECURE_PROTOCOL, CONCEPT, "secure-protocol")                                                                           \
	X(PASSWORD, CONCEPT, "password")                                                                                         \
	X(FIREWALL, CONCEPT, "firewall")                                                                                         \
	X(INTERNET, CONCEPT, "internet-connected")                                                                               \
	X(NOT_CONNECTED, CONCEPT, "not-connected")                                                                               \
	X(NETWORKED, CONCEPT, "connected-to-network")                                                                            \
	X(LOCAL_IT, CONCEPT, "local-it")                                                                                         \
	X(UNAUTHORISED, CONCEPT, "unauthorised")                                                                                 \
	X(COMPETENT_AUTHORITY, CONCEPT, "competent-authority")                                                                   \
	X(HEALTH_AUTHORITY, CONCEPT, "health-authority")                                                                         \
	X(REGULATOR, CONCEPT, "regulator")                                                                                       \
	X(MEDWATCH, CONCEPT, "medwatch")                                                                                         \
	X(NONE_REPORTED, CONCEPT, "none-reported")                                                                               \
	X(THIRD_PARTY, CONCEPT, "third-party")                                                                                   \
	X(AFFECTED_ONLY, CONCEPT, "affected-customers-only")                                                                     \
	X(NONE_AT_SITE, CONCEPT, "none-at-site")                                                                                 \
	X(AVOID_INTERRUPTION, CONCEPT, "avoid-interruption")                                                                     \
	X(SAME_INSTRUMENT, CONCEPT, "same-instrument")                                                                           \
	X(USERS, CONCEPT, "relevant-users")                                                                                      \
	X(PASSED_ON, CONCEPT, "passed-on")                                                                                       \
	X(PERFORMED, CONCEPT, "actions-performed")                                                                               \
	X(NO_DEVICES, CONCEPT, "no-affected-devices")                                                                            \
	X(NONE_AVAILABLE, CONCEPT, "none-available")                                                                             \
	X(QUERY, CONCEPT, "query")                                                                                               \
	X(OTHER_ACTION, CONCEPT, "other-action")                                                                                 \
	X(CUSTOMER_LIST, CONCEPT, "customer-list")                                                                               \
	X(STOCK, CONCEPT, "stock")                                                                                               \
	X(ALL_REPLIED, CONCEPT, "all-replied")                                                                                   \
	X(MAY_HAVE_RECEIVED, CONCEPT, "may-have-received")                                                                       \
	X(GUIDANCE, CONCEPT, "guidance")                                                                                         \
	X(PLANNED, CONCEPT, "planned")                                                                                           \
	X(TRANSFERRED, CONCEPT, "transferred")                                                                                   \
	X(DECOMMISSIONED, CONCEPT, "decommissioned")                                                                             \
	X(NOT_OURS, CONCEPT, "not-ours")                                                                                         \
	X(UNREACHABLE, CONCEPT, "unreachable")                                                                                   \
	X(NOT_AFFECTED, CONCEPT, "not-affected")                                                                                 \
	X(NETWORK_PERMISSIONS, CONCEPT, "network-permissions")                                                                   \
	X(STORAGE_ACCESS, CONCEPT, "storage-access")                                                                             \
	X(ENDPOINTS, CONCEPT, "endpoint-locations")                                                                              \
	X(BY_POST, CONCEPT, "by-post")                                                                                           \
	X(BY_FAX, CONCEPT, "by-fax")                                                                                             \
	X(ONLINE, CONCEPT, "online")                                                                                             \
	X(ALL_DEVICES, CONCEPT, "all-devices")                                                                                   \
	X(SEC_ADVERSE, SECTION, "adverse-events")                                                                                \
	X(SEC_AUTHORITIES, SECTION, "authorities")                                                                               \
	X(SEC_EMERGENCY, SECTION, "emergency")                                                                                   \
	X(SEC_INACTION, SECTION, "inaction")                                                                                     \
	X(SEC_SUPPORT, SECTION, "support")                                                                                       \
	X(SEC_PASS_ON, SECTION, "pass-on")                                                                                       \
	X(SEC_IVD, SECTION, "ivd-statement")                                                                                     \
	X(SEC_CLOSING, SECTION, "closing")                                                                                       \
	X(SEC_GREETING, SECTION, "greeting")                                                                                     \
	X(SEC_MODES, SECTION, "modes")                                                                                           \
	X(SEC_REPLY, SECTION, "reply")                                                                                           \
	X(SEC_EXPLOITATION, SECTION, "exploitation")

enum draft_sign {
#define X(name, group, id) SIGN_##name,
	DRAFT_SIGNS(X)
#undef X
	    SIGN_COUNT
};

#define DRAFT_SIGN_WORDS ((SIGN_COUNT + 63) / 64)

struct draft_signs {
	uint64_t bits[DRAFT_SIGN_WORDS];
};

/* Every block's signs at once; false when out of memory. Later calls find them made. */
bool draft_signs_make(struct draft_work *w);
const struct draft_signs *draft_signs_of(const struct draft_work *w, uint32_t block);
/* Of bytes [from, to) of the block's text: the terms that begin there. */
struct draft_signs draft_signs_in(const struct draft_work *w, uint32_t block, size_t from, size_t to);
/* How many bytes of the block are the heading of a section, known once the sections are: 0: none, its first line, or all of it. */
uint32_t draft_head_end(const struct draft_work *w, uint32_t block);
void draft_set_head(struct draft_work *w, uint32_t block, uint32_t to);
/* The block is a heading and nothing else. */
bool draft_is_head(const struct draft_work *w, uint32_t block);
/* SIGN_COUNT when no rule asks for that term. */
enum draft_sign draft_sign_of(const struct draft_work *w, const struct term_key *key);

static inline bool
draft_has(const struct draft_signs *s, enum draft_sign a)
{
	return (s->bits[a / 64] >> (a % 64) & 1) != 0;
}

/* Lists end with SIGN_COUNT. */
bool draft_has_any(const struct draft_signs *s, const enum draft_sign *list);

/* First term of that sign that begins in [from, to); NULL. */
const struct term_hit *draft_sign_hit(const struct draft_work *w, uint32_t block, enum draft_sign a, size_t from, size_t to);

/* "1) ", "(2) ", "3. ", "b) " typed at byte from: the number, 1 for a; 0: none. */
int draft_typed_item(const struct letter_block *b, uint32_t from);
/* By post, and not "por correo electrónico": the word for post is part of that for e-mail. */
bool draft_by_post(const struct draft_work *w, uint32_t block);
/* The sentence that byte at of the block's text stands in: [*from, *to). */
void draft_sentence(const struct letter_block *b, size_t at, size_t *from, size_t *to);

#endif
