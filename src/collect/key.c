#include "collect/collect.h"

#include <stdio.h>
#include <string.h>

#define KEY_FORMAT "fieldproof-collect-key-1 "
#define KEY_FILE_MAX 1024
#define WHY_BYTES 256

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *
collect_base64(struct collect_arena *a, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;
	char *out = collect_alloc(a, (len + 2) / 3 * 4 + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i += 3) {
		size_t have = len - i < 3 ? len - i : 3;
		unsigned long three = (unsigned long)p[i] << 16 | (have > 1 ? (unsigned long)p[i + 1] << 8 : 0) |
				      (have > 2 ? (unsigned long)p[i + 2] : 0);

		for (size_t k = 0; k < 4; k++)
			out[n++] = k <= have ? alphabet[three >> (18 - 6 * k) & 63] : '=';
	}
	return out;
}

size_t
collect_unbase64(const char *text, uint8_t *out, size_t max)
{
	size_t len = strlen(text), n = 0;

	if (len % 4 != 0)
		return SIZE_MAX;
	for (size_t i = 0; i < len; i += 4) {
		unsigned long three = 0;
		size_t pad = text[i + 3] != '=' ? 0 : text[i + 2] != '=' ? 1 : 2;

		for (size_t k = 0; k < 4; k++) {
			const char *at = k < 4 - pad ? strchr(alphabet, text[i + k]) : alphabet;

			if (at == NULL || *at == '\0')
				return SIZE_MAX;
			three = three << 6 | (unsigned long)(at - alphabet);
		}
		/* One spelling of each value: padding only at the end, no bits behind it. */
		if ((pad > 0 && i + 4 != len) || (three & ((1UL << 8 * pad) - 1)) != 0 || n + 3 - pad > max)
			return SIZE_MAX;
		for (size_t k = 0; k < 3 - pad; k++)
			out[n++] = (uint8_t)(three >> (16 - 8 * k));
	}
	return n;
}

enum collect_file
collect_key_load(const struct collect_options *o, uint8_t key[COLLECT_KEY_BYTES], char why[256])
{
	struct collect_arena *a = collect_arena_new();
	char *text = NULL;
	size_t len = 0;
	enum collect_file got = collect_file_read(a, o->key, KEY_FILE_MAX, &text, &len, why);

	if (got == COLLECT_FILE_OK) {
		text[strcspn(text, "\r\n")] = '\0';
		if (strncmp(text, KEY_FORMAT, strlen(KEY_FORMAT)) != 0 ||
		    collect_unbase64(text + strlen(KEY_FORMAT), key, COLLECT_KEY_BYTES) != COLLECT_KEY_BYTES || key[0] != 4) {
			got = COLLECT_FILE_BROKEN;
			(void)snprintf(why, WHY_BYTES, "it is no key of this program; move it away and a new one is made");
		}
		memset(text, 0, len);
	}
	collect_arena_free(a);
	return got;
}

bool
collect_key_save(const struct collect_options *o, const uint8_t key[COLLECT_KEY_BYTES], char why[256])
{
	struct collect_arena *a = collect_arena_new();
	char *secret = collect_base64(a, key, COLLECT_KEY_BYTES);
	char *text = collect_text(a, "%s%s\n", KEY_FORMAT, secret);
	bool ok = collect_file_write(o->key, text, strlen(text), true, why);

	memset(secret, 0, strlen(secret));
	memset(text, 0, strlen(text));
	collect_arena_free(a);
	return ok;
}
