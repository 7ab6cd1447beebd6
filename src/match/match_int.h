/* Shared by the matcher of one device and the streaming one; not for other modules. */
#ifndef FP_MATCH_MATCH_INT_H
#define FP_MATCH_MATCH_INT_H

#include "device/import.h"
#include "match/match.h"

#define MATCH_NAME_MAX 256 /* bytes of a canonical name; longer ones are compared by their beginning */
#define MATCH_TOKENS_MAX 24

/* What of a device is asked: borrowed texts, len 0 = not given. */
struct match_query {
	struct device_span product, manufacturer, catalog, udi;
	size_t n_modes;
	struct {
		const char *name; /* "" = the list does not say which mode */
		struct device_span software, version;
	} modes[DEVICE_MODES_MAX];
	size_t n_components;
	struct {
		const char *mode; /* "" = whatever the mode */
		struct device_span name, version;
	} components[DEVICE_COMPONENTS_MAX];
};
/* Does an answer of this notice depend on software versions? */
bool match_index_versions(const struct match_index *m);
void match_query_answer(struct match_result *out, const struct match_index *m, const struct match_query *q);

/* ---- versions, modes, vulnerabilities (modes.c) ---- */

/* The product is found: which of its modes are affected, and with that the device. */
void match_judge_modes(struct match_result *r, const struct notice *n, const struct match_query *q);
void match_judge_vulnerability(struct match_vulnerability *out, const struct match_result *r, const struct match_query *q,
    const struct notice_vulnerability *v);

/* ---- words (match.c) ---- */

void match_answer_set(struct match_result *out, enum match_answer a, enum match_reason r, int confidence,
    const struct notice_product *p, const struct notice_part *part);
/* A sentence, cut at a character. */
void match_say(char detail[MATCH_DETAIL_MAX], const char *fmt, ...) FP_PRINTF(2, 3);
const char *match_product_name(const struct notice_product *p);

/* ---- names (name.c) ---- */

/*
 * A trade name made comparable: letters and digits of its words, small, without the words that name no product ("instrument", "for", the
 * maker's); what comes behind "incl.", "with" is the accessory.
 */
struct match_name {
	char text[MATCH_NAME_MAX]; /* words joined */
	size_t len;
	char accessory[MATCH_NAME_MAX];
	size_t accessory_len;
	struct {
		uint16_t at, len;
	} token[MATCH_TOKENS_MAX]; /* in text */
	size_t n_tokens;
	unsigned kinds; /* bits: it is a server, a kit, ... */
	uint64_t pairs; /* bit set of neighbouring characters: two names without common bits are not alike */
};
void match_name_make(struct match_name *out, const char *p, size_t len, const char *maker);
/* 0 = not alike; to 50 weakly (part of the name, some words); above strongly (the whole name in it, or one letter off). */
int match_name_alike(const struct match_name *device, const struct match_name *notice);

/* Letters and digits, small; returns the length. Trademark signs and no-break spaces vanish, other letters are folded as base/utf8.h does. */
size_t match_fold(char *out, size_t cap, const char *p, size_t len);
bool match_contains(const char *text, size_t len, const char *part, size_t part_len);
/* Letters that must be changed, put in, taken out or swapped with a neighbour to make a into b; more than max gives max + 1. */
size_t match_distance(const char *a, size_t a_len, const char *b, size_t b_len, size_t max);

#endif
