/* The tables of notice.json. */
#include "notice/shape.h"

#define FIELD(type, key_, kind_, flags_, rule_, member)                                                                          \
	{                                                                                                                        \
		.key = key_, .kind = kind_, .flags = flags_, .rule = rule_, .off = offsetof(type, member)                        \
	}
#define WORDS(type, key_, kind_, flags_, words_, member)                                                                         \
	{                                                                                                                        \
		.key = key_, .kind = kind_, .flags = flags_, .rule = NOTICE_R_EMPTY_OK, .off = offsetof(type, member),           \
		.words = words_                                                                                                  \
	}
#define ARRAY(type, key_, flags_, member, count, sub_)                                                                           \
	{                                                                                                                        \
		.key = key_, .kind = NOTICE_K_ARRAY, .flags = flags_, .off = offsetof(type, member),                             \
		.count_off = offsetof(type, count), .sub_size = sizeof(*((type *)0)->member), .sub = sub_                        \
	}
#define OBJECT(key_, flags_, sub_)                                                                                               \
	{                                                                                                                        \
		.key = key_, .kind = NOTICE_K_OBJECT, .flags = flags_, .sub = sub_                                               \
	}
#define END                                                                                                                      \
	{                                                                                                                        \
		.key = NULL                                                                                                      \
	}

#define TEXT NOTICE_K_TEXT
#define LIST NOTICE_K_LIST
#define MUST NOTICE_REQUIRED
#define SOME (NOTICE_REQUIRED | NOTICE_NOT_EMPTY)
#define NULLABLE NOTICE_NULLABLE
#define R_FREE NOTICE_R_FREE
#define R_ID NOTICE_R_ID
#define R_MODE NOTICE_R_MODE
#define R_URL NOTICE_R_URL

static const char *const formats[] = { NOTICE_FORMAT, NULL };
static const char *const weekdays[] = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", NULL };
static const char *const editions[] = { "new", "update", NULL };
static const char *const authorities[] = { "informed", "being-informed", NULL };
static const char *const further[] = { "expected", "not-expected", NULL };
static const char *const mode_rules[] = { [NOTICE_EACH_MODE] = "each", [NOTICE_ONCE] = "once", NULL };
static const char *const storages[] = { "smb", "nfs", "sftp", "https", NULL };
static const char *const roles[] = { [NOTICE_CHECK_REQUIRED] = "required", [NOTICE_CHECK_SUPPORTING] = "supporting", NULL };
static const char *const conditions[] = { "internet-connected", "not-connected", "", NULL };
static const char *const accesses[] = { "public", "affected-customers", "not-stated", NULL };
static const char *const only_whens[] = { "networked", NULL };
static const char *const urgencies[] = { "immediately", NULL };
static const char *const exploitations[] = { "none-reported", "reported", NULL };
static const char *const udi_stated[] = { "not applicable", NULL };
static const char *const reasons[] = { "none-at-site", "avoid-interruption", "planned", "transferred", "decommissioned",
	"not-ours", "unreachable", NULL };
static const char *const emergencies[] = { "unplug-network", "contact-technical", NULL };
static const char *const statements[] = { "received", "understood", "users-informed", "guidance-read", "both-modes-understood",
	"all-servers-done", NULL };
static const char *const distributor[] = { "not-applicable", "identified", "informed", "stock-checked", "customer-list",
	"all-replied", NULL };
static const char *const form_fields[] = { "company", "address", "name", "job-title", "email", "phone", "date", "products",
	"serial-numbers", "signature", NULL };
static const char *const form_routes[] = { "form-by-email", "free-email", "form-by-post", "web", NULL };

static const struct notice_field version_fields[] = {
	FIELD(struct notice_versions, "mode", TEXT, MUST, NOTICE_R_EMPTY_OK, mode),
	FIELD(struct notice_versions, "software", TEXT, 0, R_FREE, software),
	FIELD(struct notice_versions, "range", TEXT, MUST, R_FREE, range),
	END,
};
static const struct notice_field part_fields[] = {
	FIELD(struct notice_part, "id", TEXT, MUST, R_ID, id),
	FIELD(struct notice_part, "names", LIST, SOME, R_FREE, names),
	FIELD(struct notice_part, "catalog_numbers", LIST, 0, R_FREE, catalog_numbers),
	END,
};
static const struct notice_field product_fields[] = {
	FIELD(struct notice_product, "id", TEXT, MUST, R_ID, id),
	FIELD(struct notice_product, "type", TEXT, 0, R_ID, type),
	FIELD(struct notice_product, "names", LIST, SOME, R_FREE, names),
	FIELD(struct notice_product, "catalog_numbers", LIST, MUST, R_FREE, catalog_numbers),
	FIELD(struct notice_product, "alias_catalog_numbers", LIST, 0, R_FREE, alias_catalog_numbers),
	FIELD(struct notice_product, "alias_source", TEXT, 0, R_FREE, alias_source),
	FIELD(struct notice_product, "udi_di", TEXT, MUST | NULLABLE, NOTICE_R_UDI, udi_di),
	WORDS(struct notice_product, "udi_di_stated", TEXT, 0, udi_stated, udi_di_stated),
	FIELD(struct notice_product, "modes", LIST, MUST, R_MODE, modes),
	ARRAY(struct notice_product, "versions", 0, versions, n_versions, version_fields),
	FIELD(struct notice_product, "serial_ranges", LIST, 0, R_FREE, serial_ranges),
	ARRAY(struct notice_product, "parts", 0, parts, n_parts, part_fields),
	END,
};
static const struct notice_field check_fields[] = {
	FIELD(struct notice_check, "id", TEXT, MUST, R_MODE, id),
	WORDS(struct notice_check, "role", NOTICE_K_WORD, MUST, roles, role),
	FIELD(struct notice_check, "group", TEXT, 0, R_ID, group),
	WORDS(struct notice_check, "storage", TEXT, 0, storages, storage),
	END,
};
static const struct notice_field link_fields[] = {
	FIELD(struct notice_link, "id", TEXT, MUST, R_ID, id),
	WORDS(struct notice_link, "condition", TEXT, 0, conditions, condition),
	FIELD(struct notice_link, "url", TEXT, MUST | NULLABLE, R_URL, url),
	WORDS(struct notice_link, "access", TEXT, MUST, accesses, access),
	FIELD(struct notice_link, "contact", TEXT, 0, R_ID, contact),
	END,
};
static const struct notice_field action_fields[] = {
	FIELD(struct notice_action, "id", TEXT, MUST, R_ID, id),
	FIELD(struct notice_action, "number", NOTICE_K_INT, MUST, R_FREE, number),
	WORDS(struct notice_action, "modes", NOTICE_K_WORD, MUST, mode_rules, modes),
	FIELD(struct notice_action, "verbs", LIST, SOME, R_ID, verbs),
	WORDS(struct notice_action, "urgency", TEXT, 0, urgencies, urgency),
	WORDS(struct notice_action, "only_when", TEXT, 0, only_whens, only_when),
	FIELD(struct notice_action, "by", NOTICE_K_DATE, 0, R_FREE, by),
	FIELD(struct notice_action, "requires", LIST, 0, R_ID, requires),
	FIELD(struct notice_action, "side_effects", LIST, 0, R_ID, side_effects),
	FIELD(struct notice_action, "involves", LIST, 0, R_ID, involves),
	FIELD(struct notice_action, "products", LIST, 0, R_ID, products),
	FIELD(struct notice_action, "same_devices_as", TEXT, 0, R_ID, same_devices_as),
	WORDS(struct notice_action, "not_done", LIST, MUST, reasons, not_done),
	ARRAY(struct notice_action, "links", 0, links, n_links, link_fields),
	ARRAY(struct notice_action, "checks", MUST, checks, n_checks, check_fields),
	END,
};
static const struct notice_field recommendation_fields[] = {
	FIELD(struct notice_recommendation, "id", TEXT, MUST, R_ID, id),
	ARRAY(struct notice_recommendation, "links", 0, links, n_links, link_fields),
	ARRAY(struct notice_recommendation, "checks", 0, checks, n_checks, check_fields),
	END,
};
static const struct notice_field affects_fields[] = {
	FIELD(struct notice_affects, "products", LIST, 0, R_ID, products),
	FIELD(struct notice_affects, "range", TEXT, 0, R_FREE, range),
	FIELD(struct notice_affects, "component", TEXT, 0, R_FREE, component),
	FIELD(struct notice_affects, "component_range", TEXT, 0, R_FREE, component_range),
	END,
};
static const struct notice_field vulnerability_fields[] = {
	FIELD(struct notice_vulnerability, "id", TEXT, MUST, R_ID, id),
	FIELD(struct notice_vulnerability, "component", TEXT, MUST, R_FREE, component),
	FIELD(struct notice_vulnerability, "effects", LIST, SOME, R_ID, effects),
	FIELD(struct notice_vulnerability, "preconditions", LIST, MUST, R_ID, preconditions),
	WORDS(struct notice_vulnerability, "exploitation", TEXT, MUST, exploitations, exploitation),
	FIELD(struct notice_vulnerability, "cves", LIST, MUST, NOTICE_R_CVE, cves),
	ARRAY(struct notice_vulnerability, "affects", NOTICE_NOT_EMPTY, affects, n_affects, affects_fields),
	END,
};
static const struct notice_field contact_fields[] = {
	FIELD(struct notice_contact, "id", TEXT, MUST, R_ID, id),
	FIELD(struct notice_contact, "email", TEXT, MUST, R_FREE, email),
	FIELD(struct notice_contact, "phone", TEXT, 0, R_FREE, phone),
	END,
};
static const struct notice_field adverse_fields[] = {
	FIELD(struct notice_adverse, "where", TEXT, MUST, R_MODE, where),
	FIELD(struct notice_adverse, "to", TEXT, MUST, R_FREE, to),
	FIELD(struct notice_adverse, "url", TEXT, 0, R_URL, url),
	FIELD(struct notice_adverse, "routes", LIST, 0, R_ID, routes),
	END,
};
static const struct notice_field signatory_fields[] = {
	FIELD(struct notice_signatory, "name", TEXT, MUST, R_FREE, name),
	FIELD(struct notice_signatory, "title", TEXT, MUST, R_FREE, title),
	END,
};
static const struct notice_field manufacturer_fields[] = {
	FIELD(struct notice, "name", TEXT, MUST, R_FREE, manufacturer),
	FIELD(struct notice, "brand", TEXT, 0, R_FREE, brand),
	FIELD(struct notice, "address", TEXT, 0, R_FREE, address),
	FIELD(struct notice, "srn", TEXT, 0, R_FREE, srn),
	FIELD(struct notice, "representative", TEXT, 0, R_FREE, representative),
	FIELD(struct notice, "legal_url", TEXT, 0, R_URL, legal_url),
	ARRAY(struct notice, "contacts", SOME, contacts, n_contacts, contact_fields),
	ARRAY(struct notice, "signatories", 0, signatories, n_signatories, signatory_fields),
	FIELD(struct notice, "actions", LIST, MUST, R_ID, manufacturer_actions),
	FIELD(struct notice, "actions_by", NOTICE_K_DATE, 0, R_FREE, manufacturer_by),
	END,
};
static const struct notice_field previous_fields[] = {
	FIELD(struct notice, "reference", TEXT, MUST, NOTICE_R_REFERENCE, previous_reference),
	FIELD(struct notice, "issue_date", NOTICE_K_DATE, MUST | NULLABLE, R_FREE, previous_date),
	END,
};
static const struct notice_field reply_fields[] = {
	FIELD(struct notice, "to", TEXT, MUST, R_ID, reply_to),
	WORDS(struct notice, "routes", LIST, SOME, form_routes, reply_routes),
	FIELD(struct notice, "deadline", NOTICE_K_DATE, 0, R_FREE, reply_deadline),
	WORDS(struct notice, "fields", LIST, MUST, form_fields, reply_fields),
	WORDS(struct notice, "statements", LIST, SOME, statements, reply_statements),
	WORDS(struct notice, "distributor", LIST, MUST, distributor, reply_distributor),
	END,
};

const struct notice_field notice_fields[] = {
	{ .key = "$schema", .kind = NOTICE_K_NONE },
	{ .key = "format", .kind = NOTICE_K_NONE, .flags = MUST, .words = formats },
	FIELD(struct notice, "reference", TEXT, MUST, NOTICE_R_REFERENCE, reference),
	FIELD(struct notice, "document_number", TEXT, MUST, R_FREE, document_number),
	FIELD(struct notice, "revision", NOTICE_K_INT, MUST, R_FREE, revision),
	FIELD(struct notice, "issue_date", NOTICE_K_DATE, MUST | NULLABLE, R_FREE, issue_date),
	WORDS(struct notice, "issue_weekday", TEXT, 0, weekdays, issue_weekday),
	FIELD(struct notice, "kinds", LIST, SOME, R_ID, kinds),
	FIELD(struct notice, "urgent", NOTICE_K_BOOL, 0, R_FREE, urgent),
	FIELD(struct notice, "reason_class", TEXT, MUST, R_ID, reason_class),
	WORDS(struct notice, "edition", TEXT, 0, editions, edition),
	OBJECT("previous", 0, previous_fields),
	FIELD(struct notice, "fsca_reference", TEXT, 0, R_FREE, fsca_reference),
	FIELD(struct notice, "attention", LIST, 0, R_FREE, attention),
	OBJECT("manufacturer", MUST, manufacturer_fields),
	WORDS(struct notice, "authorities", TEXT, 0, authorities, authorities),
	WORDS(struct notice, "further_notice", TEXT, 0, further, further_notice),
	ARRAY(struct notice, "products", SOME, products, n_products, product_fields),
	FIELD(struct notice, "not_affected", LIST, 0, R_ID, not_affected),
	ARRAY(struct notice, "vulnerabilities", 0, vulnerabilities, n_vulnerabilities, vulnerability_fields),
	ARRAY(struct notice, "recommendations", 0, recommendations, n_recommendations, recommendation_fields),
	ARRAY(struct notice, "actions", SOME, actions, n_actions, action_fields),
	WORDS(struct notice, "emergency", LIST, MUST, emergencies, emergency),
	ARRAY(struct notice, "adverse_events", MUST, adverse, n_adverse, adverse_fields),
	FIELD(struct notice, "third_party_contact", NOTICE_K_BOOL, 0, R_FREE, third_party_contact),
	OBJECT("reply", MUST, reply_fields),
	END,
};
