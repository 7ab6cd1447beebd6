/*
 * Fact files of fieldproof-collect (docs/facts.md): read, verified, taken apart. Pure: no store, no clock.
 */
#ifndef FP_FACTS_FACTS_H
#define FP_FACTS_FACTS_H

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"

#define FACTS_FILE_MAX (400 << 10) /* bytes of a fact file */
#define FACTS_FORMAT "fieldproof-facts-1"
#define FACTS_PARTS_MAX 9 /* the running system and up to eight offline ones */

/* One system that the file tells of: the running one, or another boot mode read offline. Texts are borrowed from the file; "" when null. */
struct facts_part {
	const json_t *facts;
	const char *mode;       /* stated, or "" */
	const char *machine_id; /* MachineGuid, machine-id */
	const char *volume_serial;
	bool offline;
	/* SHA-256 (hex) of machine_id, a line end, volume_serial, in small letters: two files of one boot mode share it; "" when either is not known (of Linux the first is enough). */
	char identity[65];
};

struct facts_file {
	json_t *root;
	char key_id[65];       /* SHA-256 (hex) of the public key */
	const char *serial;    /* stated, or "" */
	const char *challenge; /* "" when none */
	fp_time collected;
	struct facts_part parts[FACTS_PARTS_MAX];
	size_t n_parts; /* part 0 is the running system */
};

/* ---- what a facts object may hold (docs/facts.md), as a table ---- */

enum facts_type {
	FACTS_TEXT,
	FACTS_WORD, /* one of .words */
	FACTS_TIME, /* "2026-11-21T09:30:00Z" */
	FACTS_BOOL,
	FACTS_INT,
	FACTS_LIST,   /* of elements .of */
	FACTS_OBJECT, /* members .of, ended by name NULL */
	FACTS_MAP     /* any name to a text: a name that is not there is not there, while a member that is null is not known */
};

struct facts_shape {
	const char *name; /* of the member; "" for an element */
	enum facts_type type;
	bool nullable; /* null, or left out, says: not known */
	bool required; /* must stand there, null or not */
	const struct facts_shape *of;
	const char *const *words; /* ends with NULL */
	size_t max;               /* elements, members of a map */
};

const struct facts_shape *facts_shape(void); /* of the facts object */
/* The member of that name (len bytes) of an object or map; NULL when there is none. */
const struct facts_shape *facts_shape_member(const struct facts_shape *object, const char *name, size_t len);

/* ---- reading ---- */

/*
 * Read a fact file: canonical form, schema (types and limits of docs/facts.md), signature. FP_EINVAL: no fact file, with the place; FP_EINTEGRITY: the
 * signature does not hold, or the bytes are not canonical; FP_EUNSUPPORTED: another format version, or a member that this program does not know (a newer
 * collector); FP_ELIMIT. name is for messages. A line end behind the object may be missing or "\r\n": files travel. The signature is looked at before the facts: a file
 * that was changed is said to be changed, whatever else is wrong with it.
 */
enum fp_status facts_read(
    struct facts_file **out, const void *bytes, size_t len, const char *name, struct fp_err *err) FP_MUST_CHECK;
void facts_free(struct facts_file *f);
void facts_freep(struct facts_file **f);

/* Does this look like a fact file at all (its first bytes)? */
bool facts_is(const void *bytes, size_t len);

/* Challenges: 80 bits as 16 letters of Crockford's base32 plus a check letter, in groups: "K7QF-2M9X-4RTB-0ZWD-5". */
#define FACTS_CHALLENGE_TEXT 24
void facts_challenge_make(char out[FACTS_CHALLENGE_TEXT], const uint8_t random[10]);
/* Small letters, missing hyphens, O for 0 and I or L for 1 are forgiven; out gets the normal form. FP_EINVAL when the check letter does not fit. */
enum fp_status facts_challenge_normal(char out[FACTS_CHALLENGE_TEXT], const char *text, struct fp_err *err) FP_MUST_CHECK;

#endif
