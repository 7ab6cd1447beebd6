/* smb.conf: a file that includes itself comes to an end, a broken one says why. */
#include <string.h>

#include "fuzz.h"

#include "collect/linux.h"
#include "collect/linux_smbconf.h"

struct whole {
	struct collect_arena *arena;
	const uint8_t *data;
	size_t size;
};

static char *text_of(struct collect_arena *a, const uint8_t *data, size_t size);

static char *
itself(void *ctx, const char *path, bool *denied)
{
	const struct whole *w = ctx;

	*denied = strcmp(path, "denied") == 0;
	return strcmp(path, "self") == 0 ? text_of(w->arena, w->data, w->size) : NULL;
}

static struct collect_options options = { .root = "/", .ipmi = "none" };

static char *
text_of(struct collect_arena *a, const uint8_t *data, size_t size)
{
	char *text = collect_alloc(a, size + 1);

	if (size > 0)
		memcpy(text, data, size);
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct collect_arena *a = collect_arena_new();
	struct collect c = { &options, a, collect_object(a), collect_list(a) };
	struct collect_value *list = collect_list(a);
	char *text = text_of(a, data, size);

	struct whole w = { a, data, size };
	struct smbconf s = { .arena = a, .include = itself, .ctx = &w };

	smbconf_parse(&s, text);
	for (size_t i = 0; i < s.n; i++)
		collect_add_text(list, s.shares[i].name);
	FUZZ_CHECK(s.n <= SMBCONF_SHARES_MAX && s.deep == 0 && s.at < (int)s.n);
	FUZZ_CHECK(s.broken == NULL || s.broken[0] != 0);
	(void)collect_canonical(a, list, NULL);
	(void)collect_canonical(a, c.unknown, NULL);
	collect_arena_free(a);
	return 0;
}
