#include "collect/collect.h"
#include "collect/say.h"

#include <stdio.h>
#include <string.h>

#define FILE_MAX ((size_t)400 << 10)
#define ENVELOPE_MAX 512 /* what stands around the facts */

/* The members that can be long, and are not needed to know whose file it is. */
static const char *const lists[] = { "software", "services", "processes", "accounts", "listeners", "http_urls", "mounts",
	"exports", "offline", "firewall", "smb_server", "smb_client", "bmc" };

static const char *
largest_list(const struct collect *c)
{
	const char *largest = NULL;
	size_t most = 0;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const struct collect_value *v = collect_get(c->facts, lists[i]);
		size_t len = 0;

		if (v != NULL)
			(void)collect_canonical(c->arena, v, &len);
		if (len > most) {
			most = len;
			largest = lists[i];
		}
	}
	return largest;
}

/* A file that is too long would not be read at all: better one list less, and said. */
static char *
facts_that_fit(struct collect *c, size_t *len)
{
	for (size_t tries = 0; tries <= sizeof(lists) / sizeof(lists[0]); tries++) {
		const char *largest;
		char *bytes;

		collect_sort(c->unknown);
		collect_put(c->facts, "unknown", c->unknown);
		bytes = collect_canonical(c->arena, c->facts, len);
		if (*len <= FILE_MAX - ENVELOPE_MAX)
			return bytes;
		largest = largest_list(c);
		if (largest == NULL)
			break;
		if (strcmp(largest, "offline") == 0)
			collect_put(c->facts, largest, collect_list(c->arena));
		collect_unknown(c, strcmp(largest, "offline") == 0 ? "offline.*" : largest,
		    "left out: with it the file would be longer than %zu KiB", FILE_MAX >> 10);
	}
	return NULL;
}

int
collect_write(struct collect *c)
{
	uint8_t key[65], signature[64];
	char why[256] = "";
	size_t len;
	char *facts = facts_that_fit(c, &len), *document;

	if (facts == NULL) {
		collect_complain("the facts do not fit into %zu KiB", FILE_MAX >> 10);
		return 1;
	}
	if (!collect_sign(c->o, facts, len, key, signature, why)) {
		collect_complain("cannot sign with the key '%s': %s", c->o->key, why);
		return 1;
	}
	document =
	    collect_text(c->arena, "{\"facts\":%s,\"format\":\"fieldproof-facts-1\",\"key\":\"%s\",\"signature\":\"%s\"}\n",
		facts, collect_base64(c->arena, key, sizeof(key)), collect_base64(c->arena, signature, sizeof(signature)));
	if (!collect_file_write(c->o->out, document, strlen(document), false, why)) {
		collect_complain(
		    "cannot write '%s': %s; say --out=FILE of a place that can be written, such as the stick", c->o->out, why);
		return 1;
	}
	return 0;
}
