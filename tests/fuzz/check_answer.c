/*
 * Answers of servers: SMB, IPMI, HTTP. First byte: which reader (SMB from 48 on: a session) and with what expectation; the rest is the answer. A whole answer has no
 * whole beginning, and none is accepted that its own framing would still wait for.
 */
#include <string.h>

#include "fuzz.h"

#include "check/http.h"
#include "check/ipmi_proto.h"
#include "check/smb_proto.h"

static void
smb(unsigned which, const uint8_t *p, size_t len)
{
	static const enum smb_dialect dialects[] = { SMB_1, SMB_202, SMB_210, SMB_300, SMB_302, SMB_311 };
	enum smb_dialect d = dialects[which % 6];
	int cipher = d == SMB_311 ? (int)(which / 6 % (SMB_CIPHERS + 1)) : 0;
	struct smb_answer a;
	smb_answer_read(&a, d, cipher, p, len);
	if (a.said == SMB_GARBAGE) {
		return;
	}
	FUZZ_CHECK(smb_frame(p, len) == CHECK_FRAME_WHOLE);
	FUZZ_CHECK(len == 0 || smb_frame(p, len - 1) == CHECK_FRAME_MORE);
	FUZZ_CHECK(a.cipher >= SMB_CIPHER_ABSENT && a.cipher <= SMB_CIPHERS);
	FUZZ_CHECK(cipher == 0 || a.cipher <= 0 || a.cipher == cipher);
	FUZZ_CHECK(smb_cipher_name(a.cipher) != NULL);
	/* Never half an answer: each beginning is no answer. */
	for (size_t k = 0; k < len && len < 1024; k++) {
		struct smb_answer b;
		smb_answer_read(&b, d, cipher, p, k);
		FUZZ_CHECK(b.said == SMB_GARBAGE);
	}
}

/* The first leg of a log-on: what is no garbage is one whole frame, and no beginning of it is taken for anything. */
static void
session(const uint8_t *p, size_t len)
{
	uint32_t status = 0;
	enum smb_session_said said = smb_session_read(&status, p, len);
	if (said == SMB_SESSION_GARBAGE) {
		return;
	}
	FUZZ_CHECK(smb_frame(p, len) == CHECK_FRAME_WHOLE);
	FUZZ_CHECK((said == SMB_SESSION_DENIED) == (status == 0xC0000022u));
	FUZZ_CHECK((said == SMB_SESSION_CHALLENGE) == (status == 0xC0000016u));
	for (size_t k = 0; k < len && len < 1024; k++) {
		FUZZ_CHECK(smb_session_read(&status, p, k) == SMB_SESSION_GARBAGE);
	}
}

static void
ipmi(unsigned which, const uint8_t *p, size_t len)
{
	struct ipmi_answer a;
	struct ipmi_auth auth;
	struct ipmi_suite suites[IPMI_SUITES_MAX];
	size_t n = 0;
	(void)ipmi_pong_read(p, len, 1);
	if (ipmi_answer_read(
		&a, p, len, (uint8_t)(which & 0x3F), which < 10 ? IPMI_CMD_AUTH_CAPABILITIES : IPMI_CMD_CIPHER_SUITES)) {
		FUZZ_CHECK(a.data >= p && a.data + a.len < p + len);
		(void)ipmi_auth_read(&auth, a.data, a.len);
		p = a.data;
		len = a.len;
	}
	if (ipmi_suites_read(suites, &n, p, len)) {
		FUZZ_CHECK(n <= IPMI_SUITES_MAX && n * 3 <= len);
	}
}

static void
http(bool closed, const uint8_t *p, size_t len)
{
	struct http_answer a;
	enum check_frame f = http_frame(p, len);
	if (http_read(&a, p, len, closed)) {
		FUZZ_CHECK(a.status >= 200 && a.status <= 599);
		FUZZ_CHECK(a.body.len <= len);
		FUZZ_CHECK(f == CHECK_FRAME_WHOLE || (closed && !a.sized));
	}
	fp_buf_free(&a.body);
	/* What is broken stays broken, and what is whole was not whole before: so reading may stop as soon as the frame says so. */
	enum check_frame last = CHECK_FRAME_MORE;
	for (size_t k = 0; k <= len && len < 2048; k++) {
		enum check_frame now = http_frame(p, k);
		FUZZ_CHECK(last == CHECK_FRAME_MORE || now == last);
		last = now;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0) {
		return 0;
	}
	unsigned which = data[0] & 0x3F;
	switch (data[0] >> 6) {
	case 0:
		if (which < 48) {
			smb(which, data + 1, size - 1);
		} else {
			session(data + 1, size - 1);
		}
		break;
	case 1:
		ipmi(which, data + 1, size - 1);
		break;
	default:
		http((which & 1) != 0, data + 1, size - 1);
		break;
	}
	return 0;
}
