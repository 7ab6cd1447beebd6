/* Any bytes as a registry hive: refused with words, or every key and value down to a depth has an answer. The sequence numbers and the checksum are set right, so that the rest is reached. */
#include <string.h>

#include "fuzz.h"

#include "collect/regf.h"

#define DEPTH 4
#define KEYS_MAX 64
#define HEADER 4096
#define SUMMED 508

struct memory {
	const uint8_t *bytes;
	size_t len;
};

static bool
memory_read(void *ctx, uint64_t off, void *buf, size_t n)
{
	const struct memory *m = ctx;

	if (off > m->len || n > m->len - off)
		return false;
	memcpy(buf, m->bytes + off, n);
	return true;
}

static void
use(struct collect_arena *a, struct regf *h, const char *path, int depth, int *left)
{
	struct collect_reg_value v;
	char **names;
	size_t n;
	uint32_t key;

	if ((*left)-- <= 0 || regf_key(h, path, &key) != COLLECT_REG_FOUND)
		return;
	if (regf_names(h, key, true, &names, &n, a) == COLLECT_REG_FOUND)
		for (size_t i = 0; i < n && i < KEYS_MAX; i++) {
			enum collect_reg_answer got = regf_value(h, key, names[i], &v, a);

			FUZZ_CHECK(got != COLLECT_REG_DENIED && (got != COLLECT_REG_BROKEN || regf_why(h)[0] != '\0'));
			FUZZ_CHECK(got != COLLECT_REG_FOUND || v.type != COLLECT_REG_TEXT || v.text != NULL);
		}
	if (depth > 0 && regf_names(h, key, false, &names, &n, a) == COLLECT_REG_FOUND)
		for (size_t i = 0; i < n && i < KEYS_MAX; i++)
			use(a, h, collect_text(a, "%s%s%s", path, path[0] == '\0' ? "" : "\\", names[i]), depth - 1, left);
}

static void
make_whole(uint8_t *bytes)
{
	uint32_t sum = 0;

	memcpy(bytes + 8, bytes + 4, 4);
	for (size_t i = 0; i < SUMMED; i += 4)
		sum ^= (uint32_t)bytes[i] | (uint32_t)bytes[i + 1] << 8 | (uint32_t)bytes[i + 2] << 16 |
		       (uint32_t)bytes[i + 3] << 24;
	sum = sum == 0 ? 1 : sum == UINT32_MAX ? UINT32_MAX - 1 : sum;
	for (size_t i = 0; i < 4; i++)
		bytes[SUMMED + i] = (uint8_t)(sum >> 8 * i);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct collect_arena *a = collect_arena_new();
	uint8_t *bytes = collect_alloc(a, size + 1);
	struct memory m = { bytes, size };
	char why[REGF_WHY_MAX] = "";
	struct regf *h;
	int left = 256;

	memcpy(bytes, data, size);
	if (size > HEADER)
		make_whole(bytes);
	h = regf_open(a, &(struct regf_source){ memory_read, &m, size }, why);
	FUZZ_CHECK((h == NULL) == (why[0] != '\0'));
	if (h != NULL)
		use(a, h, "", DEPTH, &left);
	collect_arena_free(a);
	return 0;
}
