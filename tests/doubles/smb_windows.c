/*
 * A file server as MS-SMB2 describes it, to the end of the first leg of a log-on: NEGOTIATE (3.3.5.4), then SESSION_SETUP with its two
 * refusals (3.3.5.5 steps 1 and 2), else an NTLM challenge. Options set what Windows calls EncryptData and RejectUnencryptedAccess; others make
 * it answer as servers do that a check must not take for those. The third message of a log-on is never answered: the connection ends.
 */

#include "double.h"

#include "smb_answer.h"

enum { FRAME_MAX = 16384 };

static const char *const qualities[] = { "strict", "off", "encrypt", "reject", "deny-all", "deny-old", "deny-new",
	"no-encryption", "logon-failure", "half-challenge", "close", "no-session-id", "wrong-message" };
enum quality {
	STRICT,
	OFF,
	ENCRYPT,
	REJECT,
	DENY_ALL,
	DENY_OLD,
	DENY_NEW,
	NO_ENCRYPTION,
	LOGON_FAILURE,
	HALF_CHALLENGE,
	CLOSE,
	NO_SESSION_ID,
	WRONG_MESSAGE
};

struct posture {
	enum quality quality;
	int min, max; /* dialects */
	bool smb1;
};

struct talk { /* one connection */
	uint16_t dialect;
	bool can; /* the client's NEGOTIATE said that it can encrypt */
};

static uint16_t
le16_at(const uint8_t *p, size_t at)
{
	return (uint16_t)(p[at] | p[at + 1] << 8);
}

/* Which connections are refused at SESSION_SETUP. */
static bool
denied(const struct posture *s, const struct talk *t)
{
	bool newer = t->dialect >= 0x0300;

	switch (s->quality) {
	case STRICT: /* EncryptData and RejectUnencryptedAccess */
		return !newer || !t->can;
	case DENY_ALL:
		return true;
	case DENY_OLD: /* a server that bans old dialects at log-on, for another reason than encryption */
		return !newer;
	case DENY_NEW:
		return newer && !t->can;
	default: /* EncryptData alone, or RejectUnencryptedAccess alone, refuses nobody here */
		return false;
	}
}

static void
header(struct fp_buf *out, uint16_t command, uint32_t status, uint64_t message, uint64_t session)
{
	smb_zeros(out, 4);
	fp_buf_add(out, "\xFESMB\x40\x00\x00\x00", 8);
	fp_buf_le32(out, status);
	fp_buf_le16(out, command);
	fp_buf_le16(out, 1);
	fp_buf_le32(out, 1);
	fp_buf_le32(out, 0);
	fp_buf_le64(out, message);
	fp_buf_le64(out, 0);
	fp_buf_le64(out, session);
	smb_zeros(out, 16);
}

static void
error(struct fp_buf *out, uint16_t command, uint32_t status, uint64_t message)
{
	header(out, command, status, message, 0);
	fp_buf_le16(out, 9);
	smb_zeros(out, 7); /* no contexts, no data, and the byte that stands for it */
}

static void
negotiate(struct fp_buf *out, const struct posture *s, struct talk *t, const uint8_t *p, size_t n)
{
	uint16_t dialect = smb_dialect_offered(p, n);

	t->dialect = dialect;
	t->can = n >= 80 && (p[76] & 0x40) != 0; /* Capabilities of the request */
	if (dialect < s->min || dialect > s->max) {
		error(out, 0, 0xC00000BB, 0);
		return;
	}
	smb_answer_v2(out, p, n);
	if (fp_buf_check(out, "answer", NULL) != FP_OK)
		return;
	out->data[70] = 1; /* signing is not the question */
	if (dialect == 0x0311 && (!t->can || s->quality == NO_ENCRYPTION)) {
		out->data[74] = 1; /* pre-authentication alone */
		out->len = 258;
	} else if (dialect >= 0x0300 && (!t->can || s->quality == NO_ENCRYPTION)) {
		out->data[92] = 0x07;
	}
}

static void
challenge(struct fp_buf *out, const struct posture *s)
{
	static const char token[] = "NTLMSSP\0\2\0\0\0\0\0\0\0\x38\0\0\0\x01\x82\x08\x20\x11\x22\x33\x44\x55\x66\x77\x88\0\0\0\0"
				    "\0\0\0\0\0\0\0\0\x38\0\0\0";
	size_t len = sizeof(token) - 1;

	if (s->quality == HALF_CHALLENGE)
		len = 20;
	header(out, 1, 0xC0000016, s->quality == WRONG_MESSAGE ? 7 : 1, s->quality == NO_SESSION_ID ? 0 : 0x4100000001);
	fp_buf_le16(out, 9);
	fp_buf_le16(out, 0);
	fp_buf_le16(out, 72);
	fp_buf_le16(out, (uint16_t)len);
	fp_buf_add(out, token, len);
}

static void
session(struct fp_buf *out, const struct posture *s, const struct talk *t)
{
	if (denied(s, t))
		error(out, 1, 0xC0000022, 1);
	else if (s->quality == LOGON_FAILURE)
		error(out, 1, 0xC000006D, 1);
	else
		challenge(out, s);
}

/* One request; false when the connection shall end. */
static bool
answer(struct fp_buf *out, const struct posture *s, struct talk *t, const uint8_t *p, size_t n)
{
	bool v1 = n >= 8 && memcmp(p + 4, "\xFFSMB", 4) == 0, v2 = n >= 68 && memcmp(p + 4, "\xFESMB", 4) == 0;

	if (v1 && s->smb1) {
		smb_answer_v1(out);
		out->data[32 + 4] = 17; /* 17 words, the first dialect; security mode 3 */
		out->len = 37;
		fp_buf_add(out, "\x00\x00\x03", 3);
		smb_zeros(out, 31 + 2);
		memcpy(out->data + 30, p + 30, 2);
		memcpy(out->data + 34, p + 34, 2);
		return true;
	}
	if (!v2 || (t->dialect == 0) != (le16_at(p, 16) == 0) || (le16_at(p, 16) == 1 && s->quality == CLOSE))
		return false; /* SMB1 without SMB1 is answered by closing, as Windows does; so is a session before NEGOTIATE */
	if (le16_at(p, 16) == 0)
		negotiate(out, s, t, p, n);
	else if (le16_at(p, 16) == 1)
		session(out, s, t);
	else
		return false;
	return true;
}

static void
converse(int fd, const struct posture *s, const char *log)
{
	static uint8_t in[FRAME_MAX];
	struct talk t = { 0 };

	for (;;) {
		FP_AUTO(fp_buf_free) struct fp_buf out = { .max = FRAME_MAX };
		size_t n = 0;
		ssize_t r;

		do {
			r = read(fd, in + n, sizeof(in) - n);
			if (r <= 0)
				return;
			n += (size_t)r;
		} while (smb_unfinished(in, n) && n < sizeof(in));
		double_log(log, "request", in, n);
		if (!answer(&out, s, &t, in, n) || fp_buf_check(&out, "answer", NULL) != FP_OK)
			return;
		out.data[1] = 0;
		out.data[2] = (char)((out.len - 4) >> 8);
		out.data[3] = (char)(out.len - 4);
		if (write(fd, out.data, out.len) != (ssize_t)out.len)
			return;
	}
}

int
main(int argc, char **argv)
{
	const char *address = "127.0.0.1", *log = NULL, *word = "strict";
	int port = 0, seconds = 0, fd;
	struct posture s = { .min = 0x0202, .max = 0x0311 };
	const struct double_opt opts[] = {
		{ "bind", DOUBLE_TEXT, &address, "IPv4 address to listen on (127.0.0.1)" },
		{ "port", DOUBLE_INT, &port, "TCP port; 0 lets the system choose (0)" },
		{ "posture", DOUBLE_TEXT, &word,
		    "strict (EncryptData and RejectUnencryptedAccess), off, encrypt (only EncryptData), reject (only the other), "
		    "deny-all, deny-old "
		    "(dialects below 3.0), deny-new (3.x without encryption), no-encryption, logon-failure, half-challenge, "
		    "close, no-session-id, wrong-message" },
		{ "min", DOUBLE_INT, &s.min, "lowest dialect that is accepted (0x0202)" },
		{ "max", DOUBLE_INT, &s.max, "highest (0x0311)" },
		{ "smb1", DOUBLE_FLAG, &s.smb1, "accept SMB version 1 too" },
		{ "log", DOUBLE_TEXT, &log, "append each request as a line of hex" },
		{ "seconds", DOUBLE_INT, &seconds, "end after so long; 0 never (0)" },
		{ 0 },
	};
	size_t q = 0;

	double_parse(argc, argv, opts);
	while (q < FP_COUNT(qualities) && strcmp(qualities[q], word) != 0)
		q++;
	if (q == FP_COUNT(qualities))
		double_die("--posture does not know '%s'; --help lists them", word);
	s.quality = (enum quality)q;
	double_life(seconds);
	(void)signal(SIGCHLD, SIG_IGN);
	fd = double_bind(SOCK_STREAM, address, port, 64);
	double_ready(fd, "tcp");
	for (;;) {
		int c = accept(fd, NULL, NULL);

		if (c < 0)
			continue;
		double_log(log, "connection", NULL, 0);
		if (fork() == 0) {
			(void)alarm(30);
			converse(c, &s, log);
			_exit(0);
		}
		(void)close(c);
	}
}
