/* smb.conf: a file that includes itself comes to an end, a broken one says why. */
#include "collect_fuzz.h"

#include "collect/linux_smbconf.h"

struct whole {
	struct collect_arena *arena;
	const uint8_t *data;
	size_t size;
};

static char *
itself(void *ctx, const char *path, bool *denied)
{
	const struct whole *w = ctx;

	*denied = strcmp(path, "denied") == 0;
	return strcmp(path, "self") == 0 ? target_text(w->arena, w->data, w->size) : NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct target t;
	char *text = target_begin(&t, data, size);

	struct whole w = { t.arena, data, size };
	struct smbconf s = { .arena = t.arena, .include = itself, .ctx = &w };

	smbconf_parse(&s, text);
	for (size_t i = 0; i < s.n; i++)
		collect_add_text(t.list, s.shares[i].name);
	FUZZ_CHECK(s.n <= SMBCONF_SHARES_MAX && s.deep == 0 && s.at < (int)s.n);
	FUZZ_CHECK(s.broken == NULL || s.broken[0] != 0);
	return target_end(&t);
}
