/* Device keys of an import, in memory: hash -> id. The database has the last word on which key it is. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/crypto.h"
#include "store/internal.h"

enum fp_status
store_keys_init(struct store_keys *k, size_t expected, struct fp_err *err)
{
	size_t cap = 1024;

	while (cap < expected * 2)
		cap *= 2;
	*k = (struct store_keys){ .slots = fp_calloc(cap, sizeof(*k->slots)), .cap = cap };
	/* A list made to collide would turn the table into a list: the hash depends on a secret. */
	crypto_random(k->seed, sizeof(k->seed));
	return k->slots ? FP_OK : store_no_memory(err);
}

void
store_keys_free(struct store_keys *k)
{
	free(k->slots);
	*k = (struct store_keys){ .slots = NULL };
}

__extension__ typedef unsigned __int128 wide;

static uint64_t
mix(uint64_t a, uint64_t b)
{
	wide m = (wide)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

uint64_t
store_keys_hash(const struct store_keys *k, const char *key)
{
	size_t len = strlen(key);
	uint64_t h = k->seed[0] ^ len, word;

	for (; len >= 8; key += 8, len -= 8) {
		memcpy(&word, key, 8);
		h = mix(h ^ word, k->seed[1] | 1);
	}
	word = 0;
	memcpy(&word, key, len);
	h = mix(h ^ word, k->seed[1] | 1);
	h = mix(h ^ k->seed[0], 0x9E3779B97F4A7C15u);
	return h ? h : 1;
}

static void
place(struct store_keys *k, uint64_t hash, int64_t id)
{
	size_t i = hash & (k->cap - 1);

	while (k->slots[i].hash != 0)
		i = (i + 1) & (k->cap - 1);
	k->slots[i] = (struct store_keys_slot){ hash, id };
	k->n++;
}

static enum fp_status
grow(struct store_keys *k, struct fp_err *err)
{
	struct store_keys bigger = *k;

	bigger.cap = k->cap * 2;
	bigger.n = 0;
	bigger.slots = fp_calloc(bigger.cap, sizeof(*bigger.slots));
	if (bigger.slots == NULL)
		return store_no_memory(err);
	for (size_t i = 0; i < k->cap; i++)
		if (k->slots[i].hash != 0)
			place(&bigger, k->slots[i].hash, k->slots[i].id);
	free(k->slots);
	*k = bigger;
	return FP_OK;
}

enum fp_status
store_keys_add(struct store_keys *k, uint64_t hash, int64_t id, struct fp_err *err)
{
	enum fp_status s;

	if ((k->n + 1) * 4 > k->cap * 3 && (s = grow(k, err)) != FP_OK)
		return s;
	place(k, hash, id);
	return FP_OK;
}

int64_t
store_keys_next(const struct store_keys *k, uint64_t hash, size_t *at)
{
	for (; *at < k->cap; *at += 1) {
		const struct store_keys_slot *slot = &k->slots[(hash + *at) & (k->cap - 1)];

		if (slot->hash == 0)
			return 0;
		if (slot->hash == hash) {
			*at += 1;
			return slot->id;
		}
	}
	return 0;
}
