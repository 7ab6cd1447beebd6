/*
 * Inside of check/: a probe is a pure generator of steps. Given what was seen so far it names the next question; it never touches
 * the network. So the same code runs against servers, prints a dry run, is tested from stored bytes, and is judged again later.
 */
#ifndef FP_CHECK_PROBE_H
#define FP_CHECK_PROBE_H

#include "check/check.h"

#define N_(s) s /* marks a text for the catalogues */

#define CHECK_REQUEST_MAX 1024

enum check_wire { CHECK_WIRE_TCP, CHECK_WIRE_TLS, CHECK_WIRE_UDP };

/* What the bytes so far are: more must come, the answer is whole, or it can never become one. */
enum check_frame { CHECK_FRAME_MORE, CHECK_FRAME_WHOLE, CHECK_FRAME_BROKEN };

/* One question: a TCP connection (len 0: only that), an exchange over it, or a UDP exchange. */
struct check_step {
	int number; /* the probe's own; every event of the step carries it */
	enum check_wire wire;
	int port;
	bool keep;        /* leave the connection open for a following step that says again */
	bool again;       /* ask over the connection that the step before left open; a new one when it is gone */
	bool same;        /* with again: never over a new one */
	bool any_port;    /* UDP: the answer may come from another port of the same host (TFTP, RFC 1350, 4) */
	int tries;        /* UDP: datagrams sent at most, each followed by wait_ms */
	int connect_ms;   /* TCP: limit for the connection, and for the TLS handshake */
	int wait_ms;      /* limit for the whole answer, not for each byte of it */
	size_t max_reply; /* bytes; the runner stops reading there */
	enum check_frame (*frame)(
	    const uint8_t *p, size_t len); /* NULL with len 0: only connect. With len 0 and a frame: only listen */
	/* As frame, where the request must be known to read the answer; then frame is not asked. */
	enum check_frame (*frame_of)(const struct check_step *s, const uint8_t *p, size_t len);
	/* UDP: does this datagram answer the request? */
	bool (*answers)(const struct check_step *s, const uint8_t *p, size_t len);
	size_t len;
	uint8_t bytes[CHECK_REQUEST_MAX];
};

struct check_ask {        /* a row of a probe's questions, for the dry run and the documents */
	int number;       /* 0 ends the list */
	const char *what; /* "SMB1 NEGOTIATE, dialect NT LM 0.12 only" */
	const char *when; /* "always", "when 3.1.1 was accepted with a cipher" */
};

struct check_steps {
	const struct check_ask *asks;
	/* The next question's number; 0 when there is none. Pure: from the events of obs only. Never a number that obs has events of. */
	int (*next)(const struct evidence_obs *obs);
	/* The bytes of question number. obs gives target, parameters and earlier answers (there may be none: dry run). */
	enum fp_status (*make)(struct check_step *out, int number, const struct evidence_obs *obs, struct fp_err *err);
};

/* ---- the parts of the table (table.c, ways.c) ---- */

const struct check *check_in_code(size_t *n); /* the rows that are code */
const struct evidence_reason *check_shared_reason(const char *code);

/* ---- reading an observation (observe.c) ---- */

const struct evidence_event *check_event(
    const struct evidence_obs *obs, int step, enum evidence_event_kind kind); /* first one; NULL */
bool check_asked(const struct evidence_obs *obs, int step);                   /* has any event of that step */

/* How a question ended. All but WHOLE are trouble with a reason code of CHECK_TROUBLES. */
enum check_end {
	CHECK_END_NOT_ASKED,
	CHECK_END_BYTES,       /* bytes came; whether they are a whole answer is the protocol's to say */
	CHECK_END_CUT,         /* bytes came, then the peer closed, broke off, fell silent or was stopped by a limit */
	CHECK_END_CLOSED,      /* connected, and closed or broken by the peer without a byte */
	CHECK_END_SILENT,      /* connected (or UDP sent), and nothing came in time */
	CHECK_END_NO_ANSWER,   /* no answer to the connection request */
	CHECK_END_REFUSED,     /* RST, or port unreachable for UDP: the host is there, the port is closed */
	CHECK_END_REJECTED,    /* ICMP: a filter says no */
	CHECK_END_UNREACHABLE, /* no route, host unreachable */
	CHECK_END_NO_NAME,     /* the name does not resolve */
	CHECK_END_TLS,         /* the TLS handshake failed */
	CHECK_END_LIMIT,       /* stopped by a budget before a byte came */
	CHECK_END_OWN,         /* our own system refused */
	CHECK_END_OPEN         /* connected, nothing was to be sent */
};
enum check_end check_end_of(const struct evidence_obs *obs, int step);

/* The received bytes of a step in one piece (the last datagram for UDP); NULL when there are none. Borrowed. */
const uint8_t *check_reply(const struct evidence_obs *obs, int step, size_t *len);

/* "no-answer", "cut-off", ... for an end that is trouble; NULL for CHECK_END_BYTES and CHECK_END_OPEN. detail gets the facts. */
const char *check_trouble(char *detail, size_t size, const struct evidence_obs *obs, int step);

/* The notes of FAILED events that errno cannot say. */
#define CHECK_NOTE_NAME "name does not resolve"
#define CHECK_NOTE_TLS "TLS handshake failed"
#define CHECK_NOTE_ICMP "refused by an ICMP message, not by the host"

/* Name the verdict's reason; the detail is printf-formatted. */
void check_say(struct evidence_verdict *out, const char *reason, const char *fmt, ...) FP_PRINTF(3, 4);

/* Rows of trouble that every check over a network shares. */
#define CHECK_TROUBLES                                                                                                           \
	{ "no-answer", EVIDENCE_UNKNOWN,                                                                                         \
		N_("Nothing answered at this address and port. That proves nothing: the device may be off, "                     \
		   "the address wrong, or a filter in between."),                                                                \
		"reach-it" },                                                                                                    \
	    { "no-reply", EVIDENCE_UNKNOWN, N_("The connection was accepted, but the question got no answer in time."),          \
		    "reach-it" },                                                                                                \
	    { "port-closed", EVIDENCE_UNKNOWN, N_("The host is there, but nothing listens on the port that was asked."),         \
		    "address" },                                                                                                 \
	    { "rejected", EVIDENCE_UNKNOWN, N_("A filter rejected the question before it reached the service."),                 \
		    "other-vantage" },                                                                                           \
	    { "unreachable", EVIDENCE_UNKNOWN, N_("There is no way to this address from here."), "reach-it" },                   \
	    { "name-unknown", EVIDENCE_UNKNOWN, N_("The name in the device list does not resolve to an address."), "address" },  \
	    { "closed-early", EVIDENCE_UNKNOWN, N_("The service closed the connection without an answer."), "reach-it" },        \
	    { "cut-off", EVIDENCE_UNKNOWN, N_("The answer broke off in the middle."), "reach-it" },                              \
	    { "not-the-protocol", EVIDENCE_UNKNOWN,                                                                              \
		    N_("What answered does not speak the protocol that was asked for, or breaks its rules."), "address" },       \
	    { "tls-failed", EVIDENCE_UNKNOWN, N_("No encrypted connection could be made."), "reach-it" },                        \
	    { "stopped-by-limit", EVIDENCE_UNKNOWN,                                                                              \
		    N_("The questions were stopped: the limit of bytes, packets, connections or time was "                       \
		       "used up."),                                                                                              \
		    "reach-it" },                                                                                                \
	    { "not-asked", EVIDENCE_UNKNOWN, N_("The questions ended before this one was asked."), "reach-it" },                 \
	{                                                                                                                        \
		"own-failure", EVIDENCE_ERROR, N_("This computer could not ask: its own system refused."), "reach-it"            \
	}

/* ---- the probes and judges, one file per protocol ---- */

extern const struct check_steps check_tcp_steps, check_smb_steps, check_ipmi_steps, check_redfish_steps, check_ssh_steps,
    check_nfs_steps, check_tls_steps, check_clear_steps, check_ports_steps;
extern const struct check_steps check_smb_session_steps, check_bmc_ports_steps;

extern const struct evidence_reason check_ucs1_reasons[];
extern const struct evidence_reason check_smb1_reasons[], check_smb2_reasons[], check_smb3_reasons[], check_smb4_reasons[];
extern const struct evidence_reason check_bmc1_reasons[], check_bmc2_reasons[], check_bmc3_reasons[], check_bmc4_reasons[];
extern const struct evidence_reason check_ssh1_reasons[], check_tls1_reasons[], check_clr1_reasons[], check_fw2_reasons[];
extern const struct evidence_reason check_smb_session_reasons[], check_bmc_ports_reasons[], check_bmc6_reasons[];
extern const struct evidence_reason check_nfs1_reasons[], check_nfs2_reasons[];

/* Ways by capture (capture.c); their reasons stand in capture/. */
void check_smb5_capture(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_smb6_capture(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_nfs3_capture(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_ucs1_judge(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_smb1_judge(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_smb2_judge(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_smb3_judge(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_smb4_judge(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_smb_session_judge(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_bmc1_judge(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_bmc2_judge(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_bmc3_judge(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_bmc4_judge(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_nfs1_judge(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_nfs2_judge(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_bmc6_judge(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_bmc_ports_judge(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_ssh1_judge(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_tls1_judge(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_clr1_judge(struct evidence_verdict *out, const struct evidence_obs *obs);
void check_fw2_judge(struct evidence_verdict *out, const struct evidence_obs *obs);

/*
 * Settings that are part of the question: value as the operator gave it (NULL: nothing) becomes what the job's parameter says ("": no
 * parameter). False when it cannot be read.
 */
bool check_ssh_policy_make(char *out, size_t size, const char *value);
bool check_clear_ports_make(char *out, size_t size, const char *value);
bool check_fw_ports_make(char *out, size_t size, const char *value);
bool check_nfs_level_make(char *out, size_t size, const char *value);
bool check_bmc_ports_make(char *out, size_t size, const char *value);
bool check_smb_session_make(char *out, size_t size, const char *value); /* only "yes" is a yes */

#endif
