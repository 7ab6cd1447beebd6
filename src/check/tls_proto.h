/*
 * TLS hellos: the ClientHello of each version that the probe sends, and a strict reading of what a server says to it, up to and including its
 * certificate. Sources: RFC 2246, 4346, 5246, 8446. All bytes are fixed: the client's random and its X25519 key are published
 * (docs/checks.md), so that a stored answer can be read again, the encrypted certificate of TLS 1.3 too. Nothing secret passes over such
 * a connection: it ends with the server's first words.
 */
#ifndef FP_CHECK_TLS_PROTO_H
#define FP_CHECK_TLS_PROTO_H

#include "base/buf.h"
#include "check/probe.h"

enum tls_version { TLS_SSL3 = 0x0300, TLS_10 = 0x0301, TLS_11 = 0x0302, TLS_12 = 0x0303, TLS_13 = 0x0304 };

#define TLS_ANSWER_MAX 65536 /* bytes of a server's first words; long certificate chains have 20 KB */
#define TLS_CERTIFICATE_MAX 32768
#define TLS_NO_ALERT (-1)

struct tls_answer {
	unsigned version; /* that the server chose; 0: no ServerHello */
	unsigned cipher;  /* cipher suite that it chose */
	bool retry;       /* TLS 1.3: it asks for another group first (HelloRetryRequest); then there is no certificate */
	int alert;        /* number of the fatal alert, or close_notify (0); TLS_NO_ALERT */
	struct fp_buf certificate; /* DER of the first one; empty: none was seen */
};
void tls_answer_free(struct tls_answer *a);

const char *tls_version_name(unsigned v); /* "TLS 1.2" */

/* The record with a ClientHello that offers version v as the highest; v TLS_13 offers nothing below. name: server name, or NULL. */
void tls_request(struct fp_buf *out, enum tls_version v, const char *name);

/*
 * Read the answer to that request (its bytes, as sent). WHOLE: an alert, or a ServerHello and the certificate or the place where it would
 * stand; MORE; BROKEN: not TLS, or a choice that was not offered. On BROKEN and MORE *out still tells what was read before.
 */
enum check_frame tls_answer_read(
    struct tls_answer *out, const uint8_t *request, size_t request_len, const uint8_t *p, size_t len);

/* ---- tls13.c ---- */

#define TLS_KEY_BYTES 32
extern const uint8_t tls_client_public[TLS_KEY_BYTES]; /* of the fixed X25519 key */

/* The keys that protect the server's handshake records; SHA-384 is the longest hash. */
struct tls13 {
	unsigned cipher;
	uint8_t key[32], iv[12];
	uint64_t records;
};

/* From ClientHello and ServerHello (handshake messages with their headers), the chosen suite and the server's share. False: not to be had. */
bool tls13_begin(struct tls13 *out, unsigned cipher, const uint8_t share[TLS_KEY_BYTES], const uint8_t *client, size_t client_len,
    const uint8_t *server, size_t server_len);
/* Open one record (header and body); appends its content to out and gives its type; -1 when it is not genuine. */
int tls13_open(struct tls13 *k, struct fp_buf *out, const uint8_t *record, size_t len);

#endif
