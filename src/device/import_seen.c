/* Which devices a list has named already: a hash table of their identities, 12 bytes a slot. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

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

/* Where a key belongs: its upper half, spread over the table. */
static size_t
home(uint64_t key, size_t cap)
{
	return (size_t)(((key >> 32) * (uint64_t)cap) >> 32);
}

static uint64_t
key_of(const struct device_import_slot *slot)
{
	return (uint64_t)slot->high << 32 | slot->low;
}

static void
keep(struct device_import_slot *slots, size_t cap, const struct device_import_slot *one)
{
	size_t i = home(key_of(one), cap);

	while (slots[i].line != 0)
		i = i + 1 < cap ? i + 1 : 0;
	slots[i] = *one;
}

/* A table far larger than the processor's caches: large pages spare half of each look. Advice only. */
static void
advise(void *p, size_t bytes)
{
	const uintptr_t large = (uintptr_t)2 << 20;
	uintptr_t from = ((uintptr_t)p + large - 1) & ~(large - 1), to = ((uintptr_t)p + bytes) & ~(large - 1);

	if (to > from)
		(void)madvise((void *)from, to - from, MADV_HUGEPAGE);
}

static bool
grow(struct device_import_seen *s)
{
	size_t cap = s->cap == 0 ? 32768 : s->cap * 2;
	struct device_import_slot *slots;

	if (s->expected < DEVICE_IMPORT_SEEN_MAX && s->expected / 2 * 3 > cap)
		cap = s->expected / 2 * 3;
	slots = fp_calloc(cap, sizeof(*slots));
	if (slots == NULL)
		return false;
	advise(slots, cap * sizeof(*slots));
	for (size_t i = 0; i < s->cap; i++)
		if (s->slots[i].line != 0)
			keep(slots, cap, &s->slots[i]);
	free(s->slots);
	s->slots = slots;
	s->cap = cap;
	return true;
}

bool
device_import_seen_full(const struct device_import_seen *s)
{
	return s->n >= s->cap / 4 * 3;
}

void
device_import_seen_soon(const struct device_import_seen *s, uint64_t key)
{
	if (s->cap != 0)
		__builtin_prefetch(&s->slots[home(key, s->cap)], 1);
}

/* As device_same, by the hashes; names by their beginning, for one is often the other with a word behind it. */
static bool
same(struct device_import_identity a, struct device_import_identity b)
{
	if (a.maker != 0 && b.maker != 0 && a.maker != b.maker)
		return false;
	if (a.udi != 0 && b.udi != 0)
		return a.udi == b.udi;
	if (a.ref != 0 && b.ref != 0)
		return a.ref == b.ref;
	return a.name == 0 || b.name == 0 || a.name == b.name;
}

size_t
device_import_seen(struct device_import_seen *s, uint64_t key, struct device_import_identity identity, size_t line)
{
	size_t i, namesakes = 0;

	if (device_import_seen_full(s) && (s->n >= DEVICE_IMPORT_SEEN_MAX || !grow(s)) && s->n + 1 >= s->cap)
		return 0;
	for (i = home(key, s->cap); s->slots[i].line != 0; i = i + 1 < s->cap ? i + 1 : 0) {
		if (key_of(&s->slots[i]) != key)
			continue;
		if (same(s->slots[i].identity, identity))
			return s->slots[i].line;
		if (++namesakes == DEVICE_IMPORT_NAMESAKES)
			return 0;
	}
	if (s->n >= DEVICE_IMPORT_SEEN_MAX)
		return 0;
	s->slots[i] = (struct device_import_slot){ (uint32_t)(key >> 32), (uint32_t)key, (uint32_t)line, identity };
	s->n++;
	return 0;
}
