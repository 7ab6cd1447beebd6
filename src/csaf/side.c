/* The side file: what CSAF cannot say, as the notice's canonical bytes, found by a reference whose summary holds their SHA-256. */
#include <ctype.h>
#include <string.h>

#include "crypto/crypto.h"
#include "csaf/csaf_int.h"

static const char suffix[] = ".fieldproof.json";

/* 64 hexadecimal digits that stand alone in a text. */
static bool
hash_in(const char *text, char out[65])
{
	for (const char *p = text; *p != '\0';) {
		size_t n = strspn(p, "0123456789abcdefABCDEF");

		if (n == 64 && (p == text || !isalnum((unsigned char)p[-1])) && !isalnum((unsigned char)p[64])) {
			for (size_t i = 0; i < 64; i++)
				out[i] = (char)tolower((unsigned char)p[i]);
			out[64] = '\0';
			return true;
		}
		p += n > 0 ? n : 1;
	}
	return false;
}

/* The last part of an address, when it is a plain file name with our ending: it is opened beside the advisory. */
static bool
name_in(const char *url, char out[CSAF_NAME_MAX])
{
	const char *slash = strrchr(url, '/'), *name = slash == NULL ? url : slash + 1;
	size_t n = strlen(name), k = sizeof(suffix) - 1;

	if (n <= k || n >= CSAF_NAME_MAX || strcmp(name + n - k, suffix) != 0 || name[0] == '.')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)name[i]) && strchr("._+-", name[i]) == NULL)
			return false;
	memcpy(out, name, n + 1);
	return true;
}

bool
csaf_side_named(const struct draft *d, char name[CSAF_NAME_MAX], char sha256[65])
{
	const json_t *links = draft_get(d, "/links"), *link;
	size_t i;

	json_array_foreach(links, i, link)
	{
		const char *url = json_string_value(json_object_get(link, "url")),
			   *text = json_string_value(json_object_get(link, "text"));

		if (url != NULL && text != NULL && name_in(url, name) && hash_in(text, sha256))
			return true;
	}
	return false;
}

/* ---- taking it over ---- */

/* "/products/0/names/0" stands below "/products". */
static bool
stands_below(const char *pointer, const char *key)
{
	size_t n = strlen(key);

	return pointer[0] == '/' && strncmp(pointer + 1, key, n) == 0 && (pointer[1 + n] == '\0' || pointer[1 + n] == '/');
}

/* Facts under key come from elsewhere now: their places and gaps are void. */
static void
forget(struct draft *d, const char *key)
{
	const char *pointer;
	json_t *v;
	void *next;
	size_t i = 0;

	json_object_foreach_safe(d->places, next, pointer, v)
	{
		if (stands_below(pointer, key))
			(void)json_object_del(d->places, pointer);
	}
	while (i < json_array_size(d->missing)) {
		const char *at = json_string_value(json_array_get(d->missing, i));

		if (at != NULL && stands_below(at, key))
			(void)json_array_remove(d->missing, i);
		else
			i++;
	}
}

static void
take_fact(struct draft *d, const char *file, const char *key, json_t *value)
{
	char fact[128], pointer[128];
	json_t *place;

	forget(d, key);
	(void)snprintf(fact, sizeof(fact), "/%.100s", key);
	(void)snprintf(pointer, sizeof(pointer), "/facts/%.100s", key);
	place = json_pack("{s:s, s:s, s:i}", "file", file, "pointer", pointer, "confidence", 100);
	if (json_object_set(d->facts, key, value) != 0)
		d->no_memory = true;
	if (json_object_set_new(d->places, fact, place) != 0)
		d->no_memory = true;
}

static enum fp_status
take_over(struct draft *d, const char *file, const char *side, size_t len, struct fp_err *err)
{
	FP_JSON json_t *whole = NULL;
	json_t *facts, *v;
	const char *key;

	if (fp_json_parse(&whole, side, len, file, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	facts = json_object_get(whole, "facts");
	json_object_foreach(facts, key, v)
	{
		if (strcmp(key, "format") != 0 && key[0] != '$')
			take_fact(d, file, key, v);
	}
	/* A fact that the notice does not have is none of the draft's any more; what only CSAF has stays. */
	if (json_object_get(facts, "vulnerabilities") == NULL)
		(void)json_object_del(d->facts, "vulnerabilities");
	(void)json_object_del(d->facts, "components");
	d->no_memory = d->no_memory || json_object_set(d->facts, "texts", json_object_get(whole, "texts")) != 0;
	return d->no_memory ? fp_fail(err, FP_ENOMEM, "out of memory for %s", file) : FP_OK;
}

enum fp_status
csaf_side_apply(struct draft *d, const char *name, const char *side, size_t len, struct notice **notice, struct fp_err *err)
{
	FP_AUTO(notice_freep) struct notice *n = NULL;
	struct fp_err own = { 0 };
	char named[CSAF_NAME_MAX], wanted[65], is[65];
	const char *reference = json_string_value(draft_get(d, "/reference"));

	err = err ? err : &own;
	if (!csaf_side_named(d, named, wanted))
		return fp_fail(err, FP_ENOTFOUND, "the advisory names no side file");
	if (strcmp(crypto_sha256_hex(is, side, len), wanted) != 0)
		return fp_fail(err, FP_EINTEGRITY, "%s is not the file that the advisory names: its SHA-256 is %s, not %s", name,
		    is, wanted);
	if (notice_parse(&n, side, len, err) != FP_OK)
		return fp_ctx(err, "%s", name);
	if (reference == NULL || strcmp(reference, n->reference) != 0)
		return fp_fail(err, FP_ECONFLICT, "%s is notice %s, the advisory is %s", name, n->reference,
		    reference ? reference : "without reference");
	if (take_over(d, name, side, len, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (notice != NULL) {
		*notice = n;
		n = NULL;
	}
	return FP_OK;
}
