/*
 * The ledger: an entry made of any bytes is sealed and checks, or is refused; with one byte changed it does not check. A proof with any
 * change leads nowhere. Input: place and value of the change, size of the tree, index, then four texts apart by line breaks.
 */
#include <string.h>

#include "fuzz.h"

#include "base/mem.h"
#include "crypto/crypto.h"
#include "ledger/ledger.h"

#define HEAD 4

static char *
part(const char **p, const char *end)
{
	const char *nl = memchr(*p, '\n', (size_t)(end - *p));
	const char *stop = nl ? nl : end;
	char *s = fp_strndup(*p, (size_t)(stop - *p));

	FUZZ_CHECK(s != NULL);
	*p = nl ? nl + 1 : end;
	return s;
}

static void
chain(const uint8_t *data, size_t size)
{
	FP_AUTO(ledger_entry_free) struct ledger_entry e = { .seq = 1, .at = (int64_t)size };
	const char *p = (const char *)data + HEAD, *end = (const char *)data + size;
	struct ledger_check c = { .seq = 0 };
	char *texts[4];

	texts[0] = e.actor = part(&p, end);
	texts[1] = e.kind = part(&p, end);
	texts[2] = e.subject = part(&p, end);
	texts[3] = e.body = part(&p, end);
	if (ledger_entry_seal(&e, NULL) != FP_OK) {
		FUZZ_CHECK(e.hash[0] == '\0');
		return;
	}
	FUZZ_CHECK(ledger_check_entry(&c, &e, NULL) == FP_OK && c.count == 1);
	for (size_t i = 0; i < 4; i++) {
		size_t len = strlen(texts[i]), at = len ? data[0] % len : 0;
		char was = texts[i][at];

		if (len == 0 || data[1] == 0)
			continue;
		texts[i][at] = (char)(was ^ data[1]);
		c = (struct ledger_check){ .seq = 0 };
		if (texts[i][at] != '\0')
			FUZZ_CHECK(ledger_check_entry(&c, &e, NULL) != FP_OK);
		texts[i][at] = was;
	}
}

static void
proof(const uint8_t *data)
{
	static char hashes[64][65];
	size_t n = data[2] % 64 + 1, index = data[3] % n;
	struct ledger_proof p;
	char head[65];

	for (size_t i = 0; i < n; i++)
		(void)crypto_sha256_hex(hashes[i], &i, sizeof(i));
	FUZZ_CHECK(ledger_tree_head(head, (const char(*)[65])hashes, n, NULL) == FP_OK);
	FUZZ_CHECK(ledger_proof_make(&p, (const char(*)[65])hashes, n, index, NULL) == FP_OK);
	FUZZ_CHECK(ledger_proof_check(&p, hashes[index], head, NULL) == FP_OK);
	if (p.n > 0 && data[1] != 0) {
		char *digit = &p.path[data[0] % p.n][data[1] % 64], was = *digit;

		*digit = *digit == '0' ? '1' : '0';
		FUZZ_CHECK(ledger_proof_check(&p, hashes[index], head, NULL) == FP_EINTEGRITY);
		*digit = (char)data[1];
		FUZZ_CHECK(ledger_proof_check(&p, hashes[index], head, NULL) != FP_OK || (*digit | 0x20) == (was | 0x20));
	}
	p.index = (int64_t)data[0] - 8;
	p.size = (int64_t)data[1] - 8;
	FUZZ_CHECK(ledger_proof_check(&p, hashes[index], head, NULL) < FP_STATUS_COUNT);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < HEAD)
		return 0;
	chain(data, size);
	proof(data);
	return 0;
}
