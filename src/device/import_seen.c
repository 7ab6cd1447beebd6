/* Which devices a list has named already: a hash table of their identities, 12 bytes a slot. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "device/import_int.h"

static uint64_t
mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t
device_import_hash(uint64_t seed, const char *p, size_t len)
{
	uint64_t h = seed ^ 0x9E3779B97F4A7C15u ^ len, a, b;

	for (; len > 16; p += 16, len -= 16) {
		memcpy(&a, p, 8);
		memcpy(&b, p + 8, 8);
		h = mix(a ^ 0xA0761D6478BD642Fu, b ^ h);
	}
	a = b = 0;
	if (len > 8) {
		memcpy(&a, p, 8);
		memcpy(&b, p + len - 8, 8);
	} else if (len >= 4) {
		uint32_t low, high;

		memcpy(&low, p, 4);
		memcpy(&high, p + len - 4, 4);
		a = (uint64_t)low << 32 | high;
	} else {
		for (size_t i = 0; i < len; i++)
			a = a << 8 | (unsigned char)p[i];
	}
	return mix(a ^ 0xA0761D6478BD642Fu, mix(b ^ h, 0xE7037ED1A0B428DBu));
}

uint64_t
device_import_hash_folded(uint64_t seed, const char *p, size_t len)
{
	struct fp_buf copy = { .max = 0 };
	char out[128];
	size_t n = 0;
	uint64_t h;

	for (size_t i = 0; i < len && n < sizeof(out); i++) {
		unsigned char c = (unsigned char)p[i];

		if (c >= 0x80) {
			n = sizeof(out);
			break;
		}
		out[n] = (char)((unsigned)(c - 'A') < 26 ? c + 32 : c);
		n += (unsigned)(c - '0') < 10 || (unsigned)((c | 32) - 'a') < 26;
	}
	if (n < sizeof(out))
		return device_import_hash(seed, out, n);
	fp_buf_add(&copy, p, len);
	h = copy.data == NULL || copy.failed != FP_OK ? 0 : 1;
	if (h != 0) {
		struct fp_buf folded = { .max = 0 };

		fp_utf8_fold(&folded, copy.data);
		h = device_import_hash(seed, folded.data == NULL ? "" : folded.data, folded.len);
		fp_buf_free(&folded);
	}
	fp_buf_free(&copy);
	return h;
}

static void
place(uint64_t *keys, uint32_t *lines, size_t cap, uint64_t key, uint32_t line)
{
	size_t i = (size_t)(key >> 20) & (cap - 1);

	while (keys[i] != 0)
		i = (i + 1) & (cap - 1);
	keys[i] = key;
	lines[i] = line;
}

static bool
grow(struct device_import_seen *s)
{
	size_t cap = s->cap == 0 ? 4096 : s->cap * 2;
	uint64_t *keys = fp_calloc(cap, sizeof(*keys));
	uint32_t *lines = fp_calloc(cap, sizeof(*lines));

	if (keys == NULL || lines == NULL) {
		free(keys);
		free(lines);
		return false;
	}
	for (size_t i = 0; i < s->cap; i++)
		if (s->keys[i] != 0)
			place(keys, lines, cap, s->keys[i], s->lines[i]);
	free(s->keys);
	free(s->lines);
	s->keys = keys;
	s->lines = lines;
	s->cap = cap;
	return true;
}

size_t
device_import_seen(struct device_import_seen *s, uint64_t key, size_t line)
{
	size_t i;

	if (key == 0)
		key = 1;
	/* At most three slots in four: the list of a million takes 2 million slots. */
	if (s->n >= s->cap / 4 * 3 && (s->n >= DEVICE_IMPORT_SEEN_MAX || !grow(s)) && s->n + 1 >= s->cap)
		return 0;
	for (i = (size_t)(key >> 20) & (s->cap - 1); s->keys[i] != 0; i = (i + 1) & (s->cap - 1))
		if (s->keys[i] == key)
			return s->lines[i];
	if (s->n >= DEVICE_IMPORT_SEEN_MAX)
		return 0;
	s->keys[i] = key;
	s->lines[i] = (uint32_t)line;
	s->n++;
	return 0;
}
