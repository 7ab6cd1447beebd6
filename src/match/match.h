/*
 * Notice x device -> affected, not affected, or cannot tell; each with reason and confidence. UDI-DI outranks catalogue number,
 * that outranks an alias, that outranks a name; a name that is only alike is a suggestion, never an answer.
 */
#ifndef FP_MATCH_MATCH_H
#define FP_MATCH_MATCH_H

#include "base/buf.h"
#include "device/device.h"
#include "notice/notice.h"

enum match_answer { MATCH_NOT_AFFECTED, MATCH_CANNOT_TELL, MATCH_AFFECTED };

enum match_reason {
	MATCH_R_NONE,       /* nothing of the device is in the notice */
	MATCH_R_UDI,        /* UDI-DI equal */
	MATCH_R_CATALOG,    /* catalogue number equal after normalising */
	MATCH_R_ALIAS,      /* catalogue number known as an alias */
	MATCH_R_NAME,       /* product name equal after folding */
	MATCH_R_CONTAINS,   /* the device is an instrument that contains the affected part */
	MATCH_R_PART,       /* the device is the affected part itself, listed under its own name */
	MATCH_R_NAME_ALIKE, /* cannot tell: the name is only alike; a person must say */
	MATCH_R_UDI_CONTRADICTS, /* cannot tell: UDI-DI, catalogue number and name say different products, or one is not in the notice */
	MATCH_R_UDI_NOT_IN_CATALOG, /* not in the notice: a right check digit is not an identity; cannot tell when two digits changed places */
	MATCH_R_VERSION_OUTSIDE, /* not affected: the version of every mode lies outside the ranges */
	MATCH_R_VERSION_UNKNOWN, /* cannot tell: the notice depends on a version that the list does not give */
	MATCH_R_OTHER_MAKER, /* another manufacturer: not affected when only the number is equal, cannot tell when the name is too */
	MATCH_R_NO_IDENTITY, /* cannot tell: neither UDI-DI, catalogue number nor product name */
	MATCH_R_COUNT
};

struct match_mode {
	const char *mode; /* notice's own string */
	enum match_answer answer;
	enum match_reason reason;
};

#define MATCH_DETAIL_MAX 160
struct match_result {
	enum match_answer answer;
	enum match_reason reason;
	int confidence;                            /* 0-100; 100 only for UDI-DI or catalogue number without contradiction */
	const struct notice_product *product;      /* NULL when not affected at all; for a suggestion the product that is meant */
	const struct notice_part *part;            /* NULL, or the part that is affected */
	struct match_mode modes[DEVICE_MODES_MAX]; /* one entry per mode of the product */
	size_t n_modes;
	char detail[MATCH_DETAIL_MAX]; /* "catalogue number 20014053 is an alias of MiSeqDx (source ...)" in English */
};

/* A notice made ready for many questions (hash tables over its identifiers). Keeps a pointer to n: n must outlive it. */
struct match_index;
enum fp_status match_index_new(struct match_index **out, const struct notice *n, struct fp_err *err) FP_MUST_CHECK;
void match_index_free(struct match_index *m);
void match_index_freep(struct match_index **m);

/* Never fails: doubt is an answer. Reads only d's product, manufacturer, catalog_number, udi_di, modes, components. */
void match_device(struct match_result *out, const struct match_index *m, const struct device *d);

/* Does one vulnerability of the notice apply to a device: affected (it applies), not affected (it does not), or cannot tell. */
struct match_vulnerability {
	const struct notice_vulnerability *vulnerability;
	enum match_answer answer;
	enum match_reason reason;      /* of r for "affected"; version-outside, version-unknown, or of r */
	char detail[MATCH_DETAIL_MAX]; /* English: which version of what decided, or lacks */
};
/* r: what match_device said of d; index: of the notice's vulnerabilities. Never fails. */
void match_vulnerability(struct match_vulnerability *out, const struct match_index *m, const struct match_result *r,
    const struct device *d, size_t index);

const char *match_answer_name(enum match_answer a); /* "affected", "not-affected", "cannot-tell" */
const char *match_reason_name(enum match_reason r); /* "udi", "catalog", ... */
const char *match_reason_text(enum match_reason r); /* English sentence, key for i18n */

#endif
