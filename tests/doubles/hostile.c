/*
 * A server that means harm: one program, many modes (--list). Its SMB, NFS, HTTP and IPMI answers are those of a strong, well-behaved
 * server with one thing spoiled, so a program that does not look closely gives a pass, and a program that trusts a length dies.
 * It ends by itself after --seconds.
 */

#include "double.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/prctl.h>

#include "base/file.h"
#include "hostile_udp.h"
#include "smb_answer.h"

/* ---- what every TCP mode does with its connection ---- */

__attribute__((noreturn)) static void
reset(struct conn *c)
{
	const struct linger now = { .l_onoff = 1 };

	(void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	_exit(0);
}

/* Until the client hangs up, or the program's life is over. */
static void
hold(struct conn *c)
{
	char rest[4096];

	while (read(c->fd, rest, sizeof(rest)) > 0)
		;
}

static void
put_all(struct conn *c, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = c->ssl != NULL ? SSL_write(c->ssl, data, (int)len) : write(c->fd, data, len);

		if (n <= 0)
			_exit(0); /* the client had enough */
		data += n;
		len -= (size_t)n;
	}
}

/* Bytes to the client, slowed by --drip and ended by --cut. */
static void
put(struct conn *c, const void *data, size_t len)
{
	const char *p = data;
	size_t most = len < c->left ? len : c->left;

	for (size_t i = 0; c->o->drip > 0 && i < most; i++) {
		put_all(c, p + i, 1);
		double_nap(c->o->drip);
	}
	if (c->o->drip == 0)
		put_all(c, p, most);
	c->left -= most;
	if (c->left == 0 && c->o->cut != NEVER)
		_exit(0);
}

static void
puts_to(struct conn *c, const char *text)
{
	put(c, text, strlen(text));
}

/* The first bytes that the client sends, whatever their protocol; SMB is read to its whole frame. */
static void
get(struct conn *c)
{
	static char in[REQUEST_MAX];
	ssize_t n;

	do {
		n = c->ssl != NULL ? SSL_read(c->ssl, in, sizeof(in)) : read(c->fd, in, sizeof(in));
		if (n <= 0)
			_exit(0);
		fp_buf_add(&c->request, in, (size_t)n);
	} while (smb_unfinished((const uint8_t *)c->request.data, c->request.len));
	double_log(c->o->log, "request", (const uint8_t *)c->request.data, c->request.len);
	double_nap(c->o->delay);
}

/* ---- TCP modes of any protocol ---- */

static void
tcp_silent(struct conn *c, const struct mode *m)
{
	(void)m;
	hold(c);
}

static void
tcp_close(struct conn *c, const struct mode *m)
{
	(void)c;
	(void)m;
}

static void
tcp_reset(struct conn *c, const struct mode *m)
{
	(void)m;
	reset(c);
}

static void
tcp_reset_late(struct conn *c, const struct mode *m)
{
	(void)m;
	get(c);
	reset(c);
}

static void
tcp_half_close(struct conn *c, const struct mode *m)
{
	(void)m;
	(void)shutdown(c->fd, SHUT_WR);
	hold(c);
}

static void
tcp_mirror(struct conn *c, const struct mode *m)
{
	(void)m;
	get(c);
	put(c, c->request.data, c->request.len);
	hold(c);
}

static void
tcp_text_first(struct conn *c, const struct mode *m)
{
	puts_to(c, m->text);
	hold(c);
}

static void
tcp_endless(struct conn *c, const struct mode *m)
{
	static char block[BLOCK];

	(void)m;
	get(c);
	for (;;)
		put(c, block, sizeof(block));
}

static void
tcp_random(struct conn *c, const struct mode *m)
{
	uint64_t state = (uint64_t)(unsigned)c->o->seed * 0x9E3779B97F4A7C15u + 1;

	(void)m;
	get(c);
	for (int i = 0; i < 512; i++) {
		uint64_t v = next_random(&state);

		put(c, &v, sizeof(v));
	}
}

static void
tcp_answer(struct conn *c, const struct mode *m)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 64 << 20 };
	struct fp_err err;

	if (c->o->answer == NULL)
		double_die("mode answer wants --answer FILE");
	if (fp_file_read(&b, c->o->answer, &err) != FP_OK)
		double_die("%s", err.msg);
	get(c);
	patch_all(&b, c->o, m);
	put(c, b.data, b.len);
	hold(c);
}

#include "hostile_nfs.h"

/* ---- SMB ---- */

static void
tcp_smb(struct conn *c, const struct mode *m)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 4096 };

	get(c);
	smb_answer(&b, (const uint8_t *)c->request.data, c->request.len);
	patch_all(&b, c->o, m);
	put(c, b.data, b.len);
	hold(c);
}

static void
tcp_smb_repeat(struct conn *c, const struct mode *m)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 4096 };

	get(c);
	smb_answer(&b, (const uint8_t *)c->request.data, c->request.len);
	patch_all(&b, c->o, m);
	for (;;)
		put(c, b.data, b.len);
}

static void
tcp_smb_v1_always(struct conn *c, const struct mode *m)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 4096 };

	(void)m;
	get(c);
	smb_answer(&b, (const uint8_t *)"\0\0\0\4\xFFSMB", 8);
	put(c, b.data, b.len);
	hold(c);
}

/* A frame of the length that it says, full of zeros behind a right header: as much as the 24 bits of RFC 1002 allow. */
static void
tcp_smb_16m(struct conn *c, const struct mode *m)
{
	static char block[BLOCK];

	(void)m;
	get(c);
	put(c, "\x00\xFF\xFF\xFF\xFESMB\x40\x00", 10);
	for (size_t sent = 6; sent < 0xFFFFFF; sent += sizeof(block))
		put(c, block, 0xFFFFFF - sent < sizeof(block) ? 0xFFFFFF - sent : sizeof(block));
	hold(c);
}

/* RFC 1002 4.3.5: "ask there instead", at 10.99.9.9 port 445. Whoever follows asks a host that nobody listed. */
static void
tcp_smb_retarget(struct conn *c, const struct mode *m)
{
	(void)m;
	get(c);
	put(c, "\x84\x00\x00\x06\x0A\x63\x09\x09\x01\xBD", 10);
	hold(c);
}

static void
tcp_smb_keepalives(struct conn *c, const struct mode *m)
{
	(void)m;
	get(c);
	for (;;)
		put(c, "\x85\x00\x00\x00", 4);
}

/* ---- HTTP ---- */

static void
tcp_http(struct conn *c, const struct mode *m)
{
	get(c);
	puts_to(c, m->text);
	if (m->hold)
		hold(c);
}

static void
tcp_http_repeat(struct conn *c, const struct mode *m) /* the text, then its last line (without hold: all of it) for ever */
{
	const char *last = m->text + strlen(m->text) - 1;

	while (last > m->text && (!m->hold || last[-1] != '\n'))
		last--;
	get(c);
	puts_to(c, m->text);
	for (;;)
		puts_to(c, last);
}

static void
tcp_http_nul(struct conn *c, const struct mode *m)
{
	static const char text[] = "HTTP/1.1 401 Un\0auth\r\nWWW-Authenticate: B\0asic\r\nContent-Length: 2\r\n\r\n{}";

	(void)m;
	get(c);
	put(c, text, sizeof(text) - 1);
}

static void
tcp_http_header_1g(struct conn *c, const struct mode *m)
{
	static char block[BLOCK];

	(void)m;
	memset(block, 'a', sizeof(block));
	get(c);
	puts_to(c, "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ");
	for (size_t sent = 0; sent < (size_t)1 << 30; sent += sizeof(block))
		put(c, block, sizeof(block));
	puts_to(c, "\r\nContent-Length: 2\r\n\r\n{}");
}

static void
tcp_http_deep(struct conn *c, const struct mode *m)
{
	static char block[1 << 20];

	(void)m;
	memset(block, '[', sizeof(block));
	get(c);
	puts_to(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1048576\r\n\r\n");
	put(c, block, sizeof(block));
	hold(c);
}

/* Every question is sent on: back to the same path, or with --to to another server, whose log must then stay empty. */
static void
tcp_http_redirect(struct conn *c, const struct mode *m)
{
	char text[1024];
	const char *to = m->text != NULL ? m->text : c->o->to != NULL ? c->o->to : "";

	if (m->text == NULL && c->o->to == NULL)
		double_die("mode %s wants --to URL", m->name);
	get(c);
	(void)snprintf(
	    text, sizeof(text), "HTTP/1.1 302 Found\r\nLocation: %.800s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", to);
	puts_to(c, text);
}

/* ---- the table ---- */

#define HEAD "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"bmc\"\r\nContent-Type: application/json\r\n"

static const struct mode modes[] = {
	{ "silent", tcp_silent, NULL, NULL, "accepts, never answers", false },
	{ "close", tcp_close, NULL, NULL, "accepts and closes", false },
	{ "rst", tcp_reset, NULL, NULL, "accepts and resets", false },
	{ "rst-late", tcp_reset_late, NULL, NULL, "resets when the question has come", false },
	{ "half-close", tcp_half_close, NULL, NULL, "closes its writing side and stays", false },
	{ "mirror", tcp_mirror, NULL, NULL, "sends the question back", false },
	{ "endless", tcp_endless, NULL, NULL, "zeros without end", false },
	{ "random", tcp_random, NULL, NULL, "4096 random bytes of --seed", false },
	{ "answer", tcp_answer, NULL, NULL, "the bytes of --answer FILE", false },
	{ "ssh", tcp_text_first, NULL, "SSH-2.0-OpenSSH_9.2p1 lab\r\n", "another protocol: SSH", true },
	{ "smtp", tcp_text_first, NULL, "220 lab ESMTP\r\n", "another protocol: SMTP", true },
	{ "smb-good", tcp_smb, NULL, NULL, "a strong server, nothing spoiled: the control of all smb modes", true },
	{ "smb-nb-huge", tcp_smb, NULL, "0:00FFFFFF", "NetBIOS length 16 MB, little follows", true },
	{ "smb-nb-16m", tcp_smb_16m, NULL, NULL, "NetBIOS length 16 MB, and all of it follows", true },
	{ "smb-nb-zero", tcp_smb, NULL, "0:00000000", "NetBIOS length 0", true },
	{ "smb-nb-short", tcp_smb, NULL, "0:00000046", "NetBIOS length ends within the fixed part", true },
	{ "smb-nb-type", tcp_smb, NULL, "0:83", "NetBIOS negative session response", true },
	{ "smb-keepalives", tcp_smb_keepalives, NULL, NULL, "NetBIOS keep-alives without end", true },
	{ "smb-retarget", tcp_smb_retarget, NULL, NULL, "NetBIOS retarget response: ask 10.99.9.9 instead", true },
	{ "smb-protocol", tcp_smb, NULL, "4:FD", "protocol id of an encrypted message", true },
	{ "smb-header-size", tcp_smb, NULL, "8:0000", "header structure size 0", true },
	{ "smb-pending", tcp_smb, NULL, "12:03010000 20:03", "STATUS_PENDING, and then nothing", true },
	{ "smb-status", tcp_smb, NULL, "12:0D0000C0", "an error status over a full answer", true },
	{ "smb-command", tcp_smb, NULL, "16:0100", "the answer to another command", true },
	{ "smb-request", tcp_smb, NULL, "20:00", "not marked as an answer", true },
	{ "smb-next", tcp_smb, NULL, "24:00FFFFFF", "next command far outside", true },
	{ "smb-message-id", tcp_smb, NULL, "28:0700000000000000", "the answer to another message", true },
	{ "smb-body-size", tcp_smb, NULL, "68:FFFF", "body structure size FFFFh", true },
	{ "smb-dialect", tcp_smb, NULL, "72:9909", "a dialect that there is not", true },
	{ "smb-wildcard", tcp_smb, NULL, "72:FF02", "dialect 02FFh, though SMB2 was spoken", true },
	{ "smb-ctx-count", tcp_smb, NULL, "74:FFFF", "65535 contexts announced", true },
	{ "smb-ctx-none", tcp_smb, NULL, "74:0000", "3.1.1 with no context", true },
	{ "smb-blob-outside", tcp_smb, NULL, "124:F0FFFFFF", "security blob outside", true },
	{ "smb-ctx-outside", tcp_smb, NULL, "128:F0FFFFFF", "contexts outside", true },
	{ "smb-ctx-wraps", tcp_smb, NULL, "128:FFFFFFFF", "context offset that wraps when added to", true },
	{ "smb-ctx-header", tcp_smb, NULL, "128:00000000", "contexts within the header", true },
	{ "smb-ctx-odd", tcp_smb, NULL, "128:D1000000", "contexts not aligned", true },
	{ "smb-ctx-length", tcp_smb, NULL, "214:FFFF", "first context longer than the frame", true },
	{ "smb-ctx-empty", tcp_smb, NULL, "262:0000", "encryption context without data", true },
	{ "smb-ciphers", tcp_smb, NULL, "268:FFFF", "65535 ciphers announced", true },
	{ "smb-ciphers-none", tcp_smb, NULL, "268:0000", "no cipher announced", true },
	{ "smb-cipher-zero", tcp_smb, NULL, "270:0000", "cipher 0: none in common", true },
	{ "smb-cipher-unknown", tcp_smb, NULL, "270:EEEE", "a cipher that there is not", true },
	{ "smb-ctx-twice", tcp_smb, NULL, "276:0200 286:0000", "two encryption contexts that disagree", true },
	{ "smb-salt", tcp_smb, NULL, "222:FFFF", "salt longer than its context", true },
	{ "smb-v1-always", tcp_smb_v1_always, NULL, NULL, "SMB1's refusal to every question, SMB2's too", true },
	{ "smb-repeat", tcp_smb_repeat, NULL, NULL, "the good answer without end", true },
	{ "nfs-good", tcp_nfs, NULL, NULL, "a strong NFS server that offers TLS, nothing spoiled: the control of all nfs modes",
	    true },
	{ "nfs-fragments", tcp_nfs_fragments, NULL, "5", "the good answers in five fragments, as the RFC allows", true },
	{ "nfs-fragments-endless", tcp_nfs_fragments, NULL, "0", "fragments of one byte without end", true },
	{ "nfs-mark-huge", tcp_nfs, NULL, "0:FFFFFFFF", "record mark of 2 GB", true },
	{ "nfs-mark-zero", tcp_nfs, NULL, "0:80000000", "record mark of no bytes", true },
	{ "nfs-mark-open", tcp_nfs, NULL, "0:00", "record mark that promises a further fragment", true },
	{ "nfs-xid", tcp_nfs, NULL, "4:00000000", "the reply to another call", true },
	{ "nfs-call", tcp_nfs, NULL, "8:00000000", "a call, no reply", true },
	{ "nfs-verifier", tcp_nfs, NULL, "20:FFFFFFFC", "verifier of 4 GB", true },
	{ "nfs-accept", tcp_nfs, NULL, "24:00000009", "an accept status that there is not", true },
	{ "nfs-twice", tcp_nfs_more, NULL, "twice", "every reply two times", true },
	{ "nfs-starttls-always", tcp_nfs_more, NULL, "every", "STARTTLS in every reply", true },
	{ "nfs-first-silent", tcp_nfs_first, NULL, NULL, "answers the first call, then nothing", true },
	{ "nfs-one-close", tcp_nfs_first, NULL, NULL, "answers one call and closes the connection", false },
	{ "nfs-c-status", tcp_nfs_compound, NULL, "28:00000000", "COMPOUND: success, though its last result is none", true },
	{ "nfs-c-tag", tcp_nfs_compound, NULL, "32:FFFFFFF0", "COMPOUND: tag of 4 GB", true },
	{ "nfs-c-results", tcp_nfs_compound, NULL, "48:FFFFFFFF", "COMPOUND: four billion results announced", true },
	{ "nfs-c-results-few", tcp_nfs_compound, NULL, "48:00000002", "COMPOUND: fewer results announced than follow", true },
	{ "nfs-c-mask", tcp_nfs_compound, NULL, "72:FFFFFFFF", "COMPOUND: attributes that nobody asked for", true },
	{ "nfs-c-attributes", tcp_nfs_compound, NULL, "76:FFFFFFF0", "COMPOUND: attributes of 4 GB", true },
	{ "nfs-c-order", tcp_nfs_compound, NULL, "104:00000020", "COMPOUND: results out of order", true },
	{ "nfs-c-flavours", tcp_nfs_compound, NULL, "112:FFFFFFFF", "COMPOUND: four billion flavours announced", true },
	{ "nfs-c-flavours-none", tcp_nfs_compound, NULL, "112:00000000", "COMPOUND: no flavours announced, one follows", true },
	{ "nfs-c-flavour", tcp_nfs_compound, NULL, "116:00000001", "COMPOUND: a flavour without data, and data", true },
	{ "nfs-c-mechanism", tcp_nfs_compound, NULL, "120:7FFFFFFF", "COMPOUND: name of a mechanism of 2 GB", true },
	{ "nfs-c-mechanism-other", tcp_nfs_compound, NULL, "124:55", "COMPOUND: a mechanism that there is not", true },
	{ "nfs-c-service", tcp_nfs_compound, NULL, "140:00000007", "COMPOUND: a service that there is not", true },
	{ "nfs-c-service-none", tcp_nfs_compound, NULL, "140:00000001", "COMPOUND: Kerberos without integrity", true },
	{ "nfs-c-let-in", tcp_nfs_compound, NULL, "28:00000002 156:00000002",
	    "COMPOUND: the list is good, but the path is not there", true },
	{ "http-good", tcp_http, NULL, HEAD "Content-Length: 2\r\n\r\n{}", "401 to everything: the control of all http modes",
	    false },
	{ "http-length-huge", tcp_http, NULL, HEAD "Content-Length: 18446744073709551615\r\n\r\n{}", "content length 2^64 - 1",
	    true },
	{ "http-length-over", tcp_http, NULL, HEAD "Content-Length: 99999999999999999999999\r\n\r\n{}",
	    "content length over 64 bits", true },
	{ "http-length-negative", tcp_http, NULL, HEAD "Content-Length: -1\r\n\r\n{}", "content length -1", true },
	{ "http-length-words", tcp_http, NULL, HEAD "Content-Length: two\r\n\r\n{}", "content length in words", true },
	{ "http-length-twice", tcp_http, NULL, HEAD "Content-Length: 2\r\nContent-Length: 200\r\n\r\n{}",
	    "two lengths that disagree", true },
	{ "http-length-short", tcp_http, NULL, HEAD "Content-Length: 2\r\n\r\n{}{}{}{}{}{}{}{}", "more than it says", false },
	{ "http-chunk-garbage", tcp_http, NULL, HEAD "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
	    "a chunk size that is no number", true },
	{ "http-chunk-huge", tcp_http, NULL, HEAD "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{}\r\n",
	    "a chunk size over 64 bits", true },
	{ "http-chunk-open", tcp_http, NULL, HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", "chunks without an end",
	    true },
	{ "http-chunks-endless", tcp_http_repeat, NULL, HEAD "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n1;\r\n",
	    "chunks for ever, soon in bad form", true },
	{ "http-header-1g", tcp_http_header_1g, NULL, NULL, "one header of 1 GB", false },
	{ "http-headers-endless", tcp_http_repeat, NULL, HEAD "X-Lab: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n",
	    "headers for ever", true },
	{ "http-100-endless", tcp_http_repeat, NULL, "HTTP/1.1 100 Continue\r\n\r\n", "100 Continue for ever", false },
	{ "http-body-endless", tcp_http_repeat, NULL, "HTTP/1.1 401 Unauthorized\r\n\r\nbody\n", "a body without length or end",
	    true },
	{ "http-body-deep", tcp_http_deep, NULL, NULL, "200 with a million opening brackets", true },
	{ "http-gzip", tcp_http, NULL, HEAD "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n{}{}", "says gzip, is not",
	    false },
	{ "http-status-none", tcp_http, NULL, "HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", "a status line without status", false },
	{ "http-status-huge", tcp_http, NULL, "HTTP/1.1 40199999999999 Unauthorized\r\nContent-Length: 2\r\n\r\n{}",
	    "a status of 14 digits", false },
	{ "http-nul", tcp_http_nul, NULL, NULL, "NUL bytes in the headers", false },
	{ "http-09", tcp_http, NULL, "{\"Members\":[]}\n", "HTTP 0.9: a body and nothing else", false },
	{ "http-no-realm", tcp_http, NULL, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}",
	    "401 without WWW-Authenticate", false },
	{ "http-redirect-loop", tcp_http_redirect, NULL, "/redfish/v1/", "sends every question to the service root", false },
	{ "http-redirect-file", tcp_http_redirect, NULL, "file:///etc/hostname", "sends every question to a file", false },
	{ "http-redirect-away", tcp_http_redirect, NULL, NULL, "sends every question to --to URL", false },
	{ "udp-silent", NULL, udp_silent, NULL, "never answers", false },
	{ "udp-mirror", NULL, udp_mirror, NULL, "sends the question back", false },
	{ "udp-other-port", NULL, udp_elsewhere, NULL, "a good answer from another port", false },
	{ "udp-other-address", NULL, udp_elsewhere, "127.0.0.99", "a good answer from another address", false },
	{ "udp-twice", NULL, udp_many, "3", "every answer three times", false },
	{ "udp-flood", NULL, udp_many, "5000", "every answer 5000 times", false },
	{ "udp-stale", NULL, udp_stale, NULL, "the answer to the question before", false },
	{ "udp-random", NULL, udp_random, NULL, "random datagrams of --seed", false },
	{ "udp-huge", NULL, udp_huge, NULL, "a good answer grown to 65507 bytes", false },
	{ "ipmi-good", NULL, udp_ipmi, NULL, "a strong controller, nothing spoiled: the control of all ipmi modes", false },
	{ "ipmi-length-long", NULL, udp_length, "0:FFFF", "length field larger than the datagram", false },
	{ "ipmi-length-zero", NULL, udp_length, "0:0000", "length field 0", false },
	{ "ipmi-length-short", NULL, udp_length, "0:0300", "length field that ends within the message", false },
	{ "ipmi-checksum", NULL, udp_bad_sums, NULL, "wrong last checksum (for the pong: a wrong last byte)", false },
	{ "ipmi-session", NULL, udp_raw, "9:01020304", "session id where there is none (1.5; shifted for 2.0)", false },
	{ "ipmi-auth-md5", NULL, udp_raw, "4:02", "says that an MD5 code follows", false },
	{ "ipmi-rmcp-class", NULL, udp_raw, "3:08", "RMCP class OEM", false },
	{ "ipmi-rmcp-version", NULL, udp_raw, "0:05", "RMCP version 5", false },
	{ "ipmi-function", NULL, udp_ipmi, "1:18", "marked as a question", false },
	{ "ipmi-sequence", NULL, udp_ipmi, "4:FC", "another sequence number", false },
	{ "ipmi-command", NULL, udp_ipmi, "5:01", "the answer to another command", false },
	{ "ipmi-completion", NULL, udp_ipmi, "6:C3", "completion code: time-out, over a full answer", false },
	{ "ipmi-channel", NULL, udp_ipmi, "7:0F", "the answer for another channel", false },
	{ "ipmi-suites-endless", NULL, udp_endless_suites, NULL, "the list of cipher suites never ends", false },
};

/* ---- running ---- */

static SSL_CTX *
tls_context(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();

	if (ctx == NULL || key == NULL || x == NULL || ASN1_INTEGER_set(X509_get_serialNumber(x), 1) != 1 ||
	    X509_gmtime_adj(X509_getm_notBefore(x), 0) == NULL || X509_gmtime_adj(X509_getm_notAfter(x), 86400) == NULL ||
	    X509_set_pubkey(x, key) != 1 ||
	    X509_NAME_add_entry_by_txt(
		X509_get_subject_name(x), "CN", MBSTRING_ASC, (const unsigned char *)"hostile", -1, -1, 0) != 1 ||
	    X509_set_issuer_name(x, X509_get_subject_name(x)) != 1 || X509_sign(x, key, EVP_sha256()) == 0 ||
	    SSL_CTX_use_certificate(ctx, x) != 1 || SSL_CTX_use_PrivateKey(ctx, key) != 1)
		double_die("cannot make a certificate");
	return ctx;
}

static void
child(int fd, const struct options *o, const struct mode *m, SSL_CTX *ctx, unsigned count)
{
	struct conn c = { .o = o,
		.fd = fd,
		.left = o->cut == NEVER ? SIZE_MAX : (size_t)o->cut + (size_t)o->cut_step * count,
		.request = { .max = REQUEST_MAX * 2 } };

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)alarm((unsigned)o->seconds);
	if (ctx != NULL) {
		c.ssl = SSL_new(ctx);
		if (c.ssl == NULL || SSL_set_fd(c.ssl, fd) != 1 || SSL_accept(c.ssl) != 1)
			_exit(0);
	}
	m->tcp(&c, m);
	if (c.ssl != NULL)
		(void)SSL_shutdown(c.ssl);
	_exit(0);
}

static void
serve_tcp(int fd, const struct options *o, const struct mode *m)
{
	SSL_CTX *ctx = o->tls ? tls_context() : NULL;
	struct sigaction reap = { .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT };

	(void)sigaction(SIGCHLD, &reap, NULL);
	for (unsigned count = 0;; count++) {
		int c = accept(fd, NULL, NULL);
		pid_t pid;

		if (c < 0)
			continue;
		double_log(o->log, "connection", NULL, 0);
		pid = fork();
		if (pid == 0)
			child(c, o, m, ctx, count);
		(void)close(c);
	}
}

static void
serve_udp(int fd, const struct options *o, const struct mode *m)
{
	static uint8_t p[REQUEST_MAX];

	for (;;) {
		struct double_peer from;
		ssize_t n = double_recv(fd, &from, p, sizeof(p));

		if (n < 0)
			continue;
		double_log(o->log, "request", p, (size_t)n);
		m->udp(fd, o, m, &from, p, (size_t)n);
	}
}

static void
list_modes(void)
{
	for (size_t i = 0; i < FP_COUNT(modes); i++)
		printf("%s\t%s\t%s\n", modes[i].name, modes[i].tcp != NULL ? "tcp" : "udp", modes[i].help);
}

int
main(int argc, char **argv)
{
	struct options o = { .bind = "127.0.0.1", .cut = NEVER, .seconds = 60 };
	const struct mode *m = NULL;
	const struct double_opt opts[] = {
		{ "mode", DOUBLE_TEXT, &o.mode, "what to do to the client; --list" },
		{ "list", DOUBLE_FLAG, &o.list, "print the modes: name, tcp or udp, what it does (tab-separated)" },
		{ "bind", DOUBLE_TEXT, &o.bind, "IPv4 address (127.0.0.1)" },
		{ "port", DOUBLE_INT, &o.port, "port; 0 lets the system choose (0)" },
		{ "tls", DOUBLE_FLAG, &o.tls, "speak the TCP mode inside TLS, with a certificate made on the spot" },
		{ "answer", DOUBLE_TEXT, &o.answer, "file with the bytes of mode answer" },
		{ "patch", DOUBLE_EACH, &o.patches, "OFFSET:HEX: put these bytes into the answer (answer, smb, ipmi modes)" },
		{ "cut", DOUBLE_INT, &o.cut, "close (TCP) or end the datagram (UDP) after so many bytes of the answer" },
		{ "cut-step", DOUBLE_INT, &o.cut_step, "with --cut: each further connection gets so many bytes more" },
		{ "drip", DOUBLE_INT, &o.drip, "TCP: milliseconds between single bytes" },
		{ "delay", DOUBLE_INT, &o.delay, "milliseconds before the answer" },
		{ "seed", DOUBLE_INT, &o.seed, "of the random modes" },
		{ "to", DOUBLE_TEXT, &o.to, "URL of mode http-redirect-away" },
		{ "log", DOUBLE_TEXT, &o.log, "append a line per connection and per question (hex)" },
		{ "seconds", DOUBLE_INT, &o.seconds, "end after so long (60)" },
		{ 0 },
	};
	int fd;

	double_parse(argc, argv, opts);
	if (o.list) {
		list_modes();
		return 0;
	}
	for (size_t i = 0; i < FP_COUNT(modes) && o.mode != NULL; i++)
		if (strcmp(modes[i].name, o.mode) == 0)
			m = &modes[i];
	if (m == NULL)
		double_die("--mode wants one of --list, not '%s'", o.mode != NULL ? o.mode : "");
	double_life(o.seconds > 0 ? o.seconds : 1);
	fd = double_bind(m->tcp != NULL ? SOCK_STREAM : SOCK_DGRAM, o.bind, o.port, 128);
	double_ready(fd, m->tcp != NULL ? "tcp" : "udp");
	if (m->tcp != NULL)
		serve_tcp(fd, &o, m);
	else
		serve_udp(fd, &o, m);
}
