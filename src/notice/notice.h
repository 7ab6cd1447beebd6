/*
 * A field safety notice: facts once (notice.json), text per language (da.md, de.md, ...), signature (notice.minisig).
 * Read-only records: made by notice_open, freed whole by notice_free. Lists are arrays with a count; texts are never NULL unless said.
 */
#ifndef FP_NOTICE_NOTICE_H
#define FP_NOTICE_NOTICE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/status.h"

struct notice_list { /* of texts */
	const char **items;
	size_t n;
};

/* Software version ranges per mode: "Dx" -> ">=4.0.1" or ">=1.0.0|<=1.3.1 || >=1.3.3"; grammar in device/version.h. */
struct notice_versions {
	const char *mode;     /* "" = whatever the mode */
	const char *software; /* NULL = any */
	const char *range;
};

/* A part that stands inside a product and may stand in a device list under its own name (a server delivered with an instrument). */
struct notice_part {
	const char *id;
	struct notice_list names;
	struct notice_list catalog_numbers;
};

struct notice_product {
	const char *id;                           /* "miseqdx": stable inside the notice */
	const char *type;                         /* "sequencing-instrument", "server"; NULL when not said */
	struct notice_list names;                 /* first is the name to print */
	struct notice_list catalog_numbers;       /* as the notice prints them */
	struct notice_list alias_catalog_numbers; /* known from elsewhere (the source is in catalog_alias_source) */
	const char *alias_source;                 /* NULL when there are none */
	const char *udi_di;                       /* 14 digits, or NULL */
	const char *udi_di_stated;                /* "not applicable" when the letter says so; NULL when it does not say */
	struct notice_list modes;                 /* "Dx", "RUO"; none for servers */
	struct notice_versions *versions;         /* none = every version */
	size_t n_versions;
	struct notice_part *parts; /* what the affected part is, when the product contains it */
	size_t n_parts;
	struct notice_list serial_ranges; /* as printed; none = not limited by the notice */
};

enum notice_mode_rule { NOTICE_EACH_MODE, NOTICE_ONCE }; /* done in Dx does not close RUO; or one change covers all (law 3) */
enum notice_check_role { NOTICE_CHECK_REQUIRED, NOTICE_CHECK_SUPPORTING };

struct notice_check {
	const char *id; /* key of the check table: "UCS-1" */
	enum notice_check_role role;
	const char
	    *group; /* required checks of one group are alternatives: one pass is enough, one fail fails; NULL: stands alone */
	const char *storage; /* "smb", "nfs", "sftp", "https": asked only of devices whose storage is reached so; NULL: of all */
};

/* A check that the notice brings along: checks/NAME.json of its folder (docs/rules.md), covered by the signature. rule/ reads it. */
struct notice_own_check {
	const char *name; /* "ACME-1" */
	const char *json; /* canonical bytes */
	size_t len;
};

struct notice_link {
	const char *id;
	const char *condition; /* "internet-connected", "not-connected", or "" */
	const char *url;       /* NULL when the notice prints none (law 10) */
	const char *access;    /* "public", "affected-customers", "not-stated" */
	const char *contact;   /* when the way is to write to a contact: "technical"; NULL */
};

struct notice_action {
	const char *id; /* "patch" */
	int number;     /* as the letter numbers it, from 1 */
	enum notice_mode_rule modes;
	struct notice_list verbs;        /* "download", "install" */
	struct notice_list requires;     /* "backup" */
	struct notice_list side_effects; /* "network-permissions" */
	struct notice_list products;     /* ids it applies to; none = all of the notice */
	struct notice_list not_done;     /* reasons a reply may give */
	const char *same_devices_as;     /* action id whose serial numbers may be taken over; NULL */
	const char *only_when;           /* "networked": not applicable to a device without network; NULL */
	const char *urgency;             /* "immediately"; NULL */
	struct notice_list involves;     /* who must take part: "local-it" */
	struct fp_date by;               /* year 0 when the notice sets no day */
	struct notice_check *checks;
	size_t n_checks;
	struct notice_link *links;
	size_t n_links;
};

/* What the maker advises beside the numbered actions: no cell, no reply; its checks only inform. */
struct notice_recommendation {
	const char *id; /* "firewall" */
	struct notice_check *checks;
	size_t n_checks;
	struct notice_link *links;
	size_t n_links;
};

/*
 * Where a vulnerability is: in products, in some versions of their own software, or in a component that stands on them. A notice without this says that all
 * its products have it, in all versions that it names.
 */
struct notice_affects {
	struct notice_list products; /* ids; none = all of the notice */
	const char *range;           /* of the product's own software; NULL = as the product's versions say */
	const char *component;       /* "Universal Copy Service (UCS)"; NULL = the product itself */
	const char *component_range; /* NULL = all versions of the component */
	bool undecidable;            /* an advisory that does not say which versions: never in a notice */
};

struct notice_vulnerability {
	const char *id;
	const char *component;      /* "Universal Copy Service (UCS)" */
	struct notice_list effects; /* codes */
	struct notice_list preconditions;
	const char *exploitation;       /* "none-reported" */
	struct notice_list cves;        /* only what the notice itself names (law 10) */
	struct notice_affects *affects; /* any of them; none = every product */
	size_t n_affects;
};

struct notice_contact {
	const char *id; /* "technical", "customer" */
	const char *email;
	const char *phone; /* NULL */
};

struct notice_adverse {
	const char *where;         /* "US", "elsewhere" */
	const char *to;            /* "FDA MedWatch", "competent-authority" */
	const char *url;           /* NULL */
	struct notice_list routes; /* "online", "post", "fax" */
};

struct notice_signatory {
	const char *name;
	const char *title;
};

/* One named section of a language's text: heading and CommonMark with {{placeholders}}. */
struct notice_section {
	const char *key;      /* "title", "problem", "action.patch", "emergency", ... */
	const char *heading;  /* plain text, placeholders replaced; "" for none */
	const char *markdown; /* placeholders not yet replaced: see notice_section_text */
	int line;             /* of the heading in the language file, from 1 */
	int body_line;        /* of the first line of markdown */
};

struct notice_text {
	const char *lang; /* BCP 47, the file's name without .md */
	struct notice_section *sections;
	size_t n_sections;
};

struct notice {
	const char *reference;       /* "FSN2023-1338", normalised */
	const char *document_number; /* "M-AMR-00719" */
	int revision;
	struct fp_date issue_date;      /* year 0 when the notice has none */
	const char *issue_weekday;      /* as printed: "wednesday"; NULL when not printed */
	struct notice_list kinds;       /* "recall", "safety-information" */
	bool urgent;                    /* the title says urgent or immediate */
	const char *reason_class;       /* "cybersecurity" */
	const char *edition;            /* "new", "update"; NULL when not said */
	const char *previous_reference; /* of an update; NULL */
	struct fp_date previous_date;
	const char *fsca_reference;   /* NULL when not said */
	struct notice_list attention; /* whom it is addressed to */
	const char *manufacturer;
	const char *brand;          /* "Illumina": how the texts call the maker; the manufacturer when not given */
	const char *address;        /* of the manufacturer; NULL */
	const char *srn;            /* single registration number; NULL */
	const char *representative; /* local representative with address; NULL */
	const char *legal_url;      /* NULL */
	const char *authorities;    /* "informed", "being-informed"; NULL when not said */
	const char *further_notice; /* "expected", "not-expected"; NULL when not said */
	struct notice_contact *contacts;
	size_t n_contacts;
	struct notice_signatory *signatories;
	size_t n_signatories;
	struct notice_product *products;
	size_t n_products;
	struct notice_vulnerability *vulnerabilities;
	size_t n_vulnerabilities;
	struct notice_list not_affected;         /* codes of what the notice says is not affected */
	struct notice_list manufacturer_actions; /* codes: "patch", "config-guidance" */
	struct fp_date manufacturer_by;          /* year 0 when the notice sets no day */
	struct notice_recommendation *recommendations;
	size_t n_recommendations;
	struct notice_action *actions;
	size_t n_actions;
	struct notice_list emergency; /* codes: "unplug-network", "contact-technical" */
	struct notice_adverse *adverse;
	size_t n_adverse;
	bool third_party_contact; /* a firm acting for the maker may call */
	/* codes: "received", "understood", "users-informed", "guidance-read", "both-modes-understood", "all-servers-done" */
	struct notice_list reply_statements;
	struct notice_list reply_distributor; /* codes: "not-applicable", "identified", "informed" */
	struct notice_list reply_fields;      /* what the paper form asks for: "company", "name", "job-title", "date", ... */
	struct notice_list reply_routes;      /* "form-by-email", "free-email" */
	const char *reply_to;                 /* contact id */
	struct fp_date reply_deadline;        /* year 0 when the notice sets none */
	struct notice_text *texts;
	size_t n_texts;
	struct notice_own_check *own_checks; /* by name */
	size_t n_own_checks;
	char content_hash[65]; /* SHA-256 hex of the canonical bytes of facts and texts */
	void *arena;           /* private */
};

/* Read a notice folder. Messages name file and line or JSON place. FP_ENOTFOUND, FP_EINVAL, FP_ELIMIT. */
enum fp_status notice_open(struct notice **out, const char *dir, struct fp_err *err) FP_MUST_CHECK;
/*
 * The whole notice as one byte string, and back: what the signature covers and what the store keeps. The canonical bytes are
 * canonical JSON {"format":"fieldproof-notice-1","facts":{...},"texts":{"da":"...",...}}, with "checks":{"ACME-1":{...}} when it brings checks along.
 */
enum fp_status notice_canonical(struct fp_buf *out, const struct notice *n, struct fp_err *err) FP_MUST_CHECK;
enum fp_status notice_parse(struct notice **out, const char *canonical, size_t len, struct fp_err *err) FP_MUST_CHECK;
void notice_free(struct notice *n);
void notice_freep(struct notice **n);

/* "FSN2023 -1338 DEU (M-AMR-00719)" -> "FSN2023-1338": white space, trailing language codes and brackets dropped, upper case. */
enum fp_status notice_reference_normal(struct fp_buf *out, const char *ref, struct fp_err *err) FP_MUST_CHECK;

const struct notice_product *notice_product_find(const struct notice *n, const char *id);
const struct notice_action *notice_action_find(const struct notice *n, const char *id);
const struct notice_text *notice_text_find(const struct notice *n, const char *lang);
const struct notice_section *notice_section_find(const struct notice_text *t, const char *key); /* NULL; t may be NULL */
const char *notice_contact_email(const struct notice *n, const char *id);                       /* NULL when there is none */
/* The section's text in lang with placeholders replaced and Markdown kept, into out; FP_ENOTFOUND when the section or language is not there. */
enum fp_status notice_section_text(
    struct fp_buf *out, const struct notice *n, const char *lang, const char *key, struct fp_err *err) FP_MUST_CHECK;
/* The action's short title in lang ("Install the patch"), its heading in the text; the id when the language lacks it. */
const char *notice_action_title(const struct notice *n, const char *lang, const char *action);
bool notice_list_has(const struct notice_list *l, const char *item);

#endif
