/*
 * What a check saw (observation) and what follows from it (verdict). An observation is bytes and times, never an opinion: a
 * verdict is recomputed from it, offline, with the same result (law 8).
 */
#ifndef FP_EVIDENCE_EVIDENCE_H
#define FP_EVIDENCE_EVIDENCE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/status.h"

/* XCCDF 1.2 result words. */
enum evidence_result {
	EVIDENCE_NOTCHECKED,
	EVIDENCE_PASS,
	EVIDENCE_FAIL,
	EVIDENCE_ERROR,
	EVIDENCE_UNKNOWN,
	EVIDENCE_NOTAPPLICABLE,
	EVIDENCE_INFORMATIONAL,
	EVIDENCE_FIXED, /* pass now, with a stored earlier fail of the same check and device */
	EVIDENCE_RESULT_COUNT
};

/* How strong evidence is; a larger one outranks a smaller one (checks.md, rule of precedence). Law 1 asks for EVIDENCE_L2 or better. */
enum evidence_level {
	EVIDENCE_L_NONE, /* none */
	EVIDENCE_L_D,    /* document, attestation */
	EVIDENCE_L1,     /* reachability */
	EVIDENCE_L2,     /* pre-log-on protocol read */
	EVIDENCE_L_H,    /* host facts */
	EVIDENCE_L0,     /* passive capture of effects */
	EVIDENCE_LEVEL_COUNT
};

const char *evidence_result_name(enum evidence_result r); /* "pass", "notapplicable" */
const char *evidence_level_name(enum evidence_level l);   /* "none", "D", "L1", "L2", "H", "L0" */
bool evidence_result_of(enum evidence_result *out, const char *name);
bool evidence_level_of(enum evidence_level *out, const char *name);

/* How a verdict is known, weakest first: the rule of precedence where several ways answer one check (docs/rules.md). */
enum evidence_kind {
	EVIDENCE_ATTESTATION,
	EVIDENCE_REACHABILITY,
	EVIDENCE_CLAIM,         /* what a server says before log-on */
	EVIDENCE_CONFIGURATION, /* what is set on the host */
	EVIDENCE_EFFECT,        /* what is seen to happen: listeners, traffic */
	EVIDENCE_KIND_COUNT
};
const char *evidence_kind_name(enum evidence_kind k); /* "effect" */
bool evidence_kind_of(enum evidence_kind *out, const char *name);

/* What ends the validity of a verdict, whatever its age. */
enum evidence_end { EVIDENCE_END_REIMAGE, EVIDENCE_END_PASSWORD, EVIDENCE_END_SERVICE, EVIDENCE_END_NETWORK, EVIDENCE_END_COUNT };
const char *evidence_end_name(enum evidence_end e); /* "re-image", "password-rotation", "service-visit", "network-change" */
bool evidence_end_of(enum evidence_end *out, const char *name);

/* A reason code with its text (English, key for i18n) and result. Every verdict's reason is one of its check's rows. */
struct evidence_reason {
	const char *code;
	enum evidence_result result;
	const char *text;
	const char *settle; /* code of what would settle it; "" when nothing is open */
};

#define EVIDENCE_OBS_MAX (1 << 20) /* bytes of all events of one observation, EVIDENCE_EVENT_COST counted for each */
#define EVIDENCE_EVENT_COST 64     /* so that a peer that sends single bytes cannot make endless lists */
#define EVIDENCE_NOTE_MAX 1024     /* bytes of a note; a longer one is cut */
#define EVIDENCE_TEXT_MAX 1024     /* bytes of probe, target, vantage, mode, tool, parameter */
#define EVIDENCE_PARAMS_MAX 64
#define EVIDENCE_JSON_MAX (8 << 20) /* bytes of one observation as JSON */

enum evidence_event_kind {
	EVIDENCE_CONNECTED, /* TCP handshake done */
	EVIDENCE_REFUSED,   /* RST to our SYN, or ICMP port unreachable: the host is there */
	EVIDENCE_SENT,
	EVIDENCE_RECEIVED,
	EVIDENCE_CLOSED,  /* the peer ended the connection in order */
	EVIDENCE_RESET,   /* the peer broke the connection */
	EVIDENCE_TIMEOUT, /* nothing came within the step's limit */
	EVIDENCE_FAILED,  /* the system refused: .code is errno (EHOSTUNREACH, ENETUNREACH, ...) */
	EVIDENCE_LIMIT,   /* we stopped: byte, packet or connection budget used up */
	EVIDENCE_NOTE,    /* a word from the prober, e.g. which certificate was seen */
	EVIDENCE_EVENT_KINDS
};
const char *evidence_event_name(enum evidence_event_kind k); /* "connected", "timeout" */
bool evidence_event_of(enum evidence_event_kind *out, const char *name);

struct evidence_event {
	enum evidence_event_kind kind;
	int conn;       /* 0, 1, 2...: which connection or UDP exchange of the observation */
	int step;       /* which question of the probe: the probe's own numbering */
	int64_t at_us;  /* since the observation's start */
	int code;       /* errno for EVIDENCE_FAILED, port for CONNECTED, otherwise 0 */
	char *note;     /* NULL or text */
	uint8_t *bytes; /* NULL or len bytes */
	size_t len;
};

/* A parameter that an operator set and that the notice does not state (law 10), e.g. ucs-port. */
struct evidence_param {
	char *name;
	char *value;
};

struct evidence_obs {
	char id[65];   /* SHA-256 (hex) of the canonical JSON without the id; set by evidence_obs_seal */
	char *probe;   /* "tcp", "smb", "ipmi", "redfish" */
	char *target;  /* "127.0.1.11:445": the address that was asked, exactly */
	char *vantage; /* name of the place it was asked from */
	char *mode;    /* boot mode that was said to run; "" when not stated */
	char *tool;    /* "fieldproof 0.1.0" */
	fp_time started;
	int64_t took_us;
	int connections; /* TCP connections opened */
	int packets;     /* datagrams or segments with payload that we sent */
	struct evidence_param *params;
	size_t n_params;
	struct evidence_event *events;
	size_t n_events, cap_events;
	size_t size; /* running total towards EVIDENCE_OBS_MAX */
};

struct evidence_obs *evidence_obs_new(void);
void evidence_obs_free(struct evidence_obs *o);
void evidence_obs_freep(struct evidence_obs **o);

/*
 * Append an event; bytes are copied; the note is made printable UTF-8 and cut at EVIDENCE_NOTE_MAX. FP_ENOMEM, or FP_ELIMIT when the
 * observation would hold more than 1 MiB: what was there stays, and there is always room for one EVIDENCE_LIMIT event that says so.
 */
enum fp_status evidence_obs_add(struct evidence_obs *o, enum evidence_event_kind kind, int conn, int step, int64_t at_us,
    int code, const void *bytes, size_t len, const char *note, struct fp_err *err) FP_MUST_CHECK;
/* Set a parameter; a second value replaces the first. FP_ENOMEM, FP_ELIMIT. */
enum fp_status evidence_obs_param(struct evidence_obs *o, const char *name, const char *value, struct fp_err *err) FP_MUST_CHECK;
const char *evidence_obs_param_get(const struct evidence_obs *o, const char *name); /* NULL when not set */

/*
 * Canonical JSON (schema evidence-observation.schema.json). seal computes .id over it and refuses an observation that cannot be written:
 * no probe, target, vantage or tool, text that is no UTF-8, negative counts (FP_EINVAL). write refuses one that was changed after it was sealed (FP_ECONFLICT).
 */
enum fp_status evidence_obs_seal(struct evidence_obs *o, struct fp_err *err) FP_MUST_CHECK;
enum fp_status evidence_obs_write(struct fp_buf *out, const struct evidence_obs *o, struct fp_err *err) FP_MUST_CHECK;
/* Reads what write wrote; FP_EINTEGRITY when the id does not fit the content, FP_EINVAL when it is no observation, FP_ELIMIT. */
enum fp_status evidence_obs_read(struct evidence_obs **out, const char *json, size_t len, struct fp_err *err) FP_MUST_CHECK;

/* What follows from an observation for one check. Codes are short stable words; their texts stand in the check's table. */
struct evidence_verdict {
	enum evidence_result result;
	enum evidence_level level;
	char check[24];   /* "SMB-2" */
	char reason[48];  /* "signing-not-required" */
	char settle[48];  /* what would settle it: "host-facts-listener", "capture"; "" when nothing is open */
	char detail[256]; /* the decisive facts in English: "dialect 3.1.1, SecurityMode 0x01" */
	char obs[65];     /* id of the observation; "" when there was none */
};

#endif
