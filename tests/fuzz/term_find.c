/* Any bytes as a text: what is found lies inside it, in order, the same whatever the room; days exist; shares are percents. */
#include <string.h>

#include "fuzz.h"

#include "base/mem.h"
#include "term/term.h"

static struct term_base *base;

static void
check_hits(const struct term_lang *lang, const char *text, size_t len)
{
	struct term_hit some[3], *all;
	size_t n = term_find(base, lang, TERM_ALL, text, len, some, 3);

	all = fp_calloc(n + 1, sizeof(*all));
	FUZZ_CHECK(all != NULL && term_find(base, lang, TERM_ALL, text, len, all, n) == n);
	for (size_t i = 0; i < n; i++) {
		FUZZ_CHECK(all[i].from < all[i].to && all[i].to <= len && all[i].key != NULL && all[i].lang != NULL);
		FUZZ_CHECK(i == 0 || all[i - 1].from <= all[i].from);
		FUZZ_CHECK(lang == NULL || all[i].lang == lang);
		FUZZ_CHECK(i >= 3 || (some[i].from == all[i].from && some[i].key == all[i].key));
	}
	free(all);
}

static void
check_dates(const struct term_lang *lang, const char *text, size_t len)
{
	struct term_date d[8];
	size_t n = term_dates(base, lang, text, len, d, 8);

	for (size_t i = 0; i < n && i < 8; i++) {
		FUZZ_CHECK(d[i].from < d[i].to && d[i].to <= len);
		FUZZ_CHECK(i == 0 || d[i - 1].to <= d[i].from);
		FUZZ_CHECK(d[i].date.year == 0 || fp_date_valid(d[i].date));
		FUZZ_CHECK(d[i].other.year == 0 || fp_date_valid(d[i].other));
		FUZZ_CHECK(d[i].weekday >= 0 && d[i].weekday <= 7);
	}
}

static void
check_guess(const char *text, size_t len)
{
	struct term_guess g[32];
	size_t n = term_guess(base, text, len, g, 32);
	int sum = 0;

	FUZZ_CHECK(n <= 20);
	for (size_t i = 0; i < n; i++) {
		FUZZ_CHECK(g[i].share > 5 && g[i].share <= 100 && (i == 0 || g[i].share <= g[i - 1].share));
		sum += g[i].share;
	}
	FUZZ_CHECK(sum <= 100);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct term_lang *langs;
	size_t n;

	if (base == NULL) {
		struct fp_err err = { .msg = "" };

		FUZZ_CHECK(term_base_open(&base, NULL, &err) == FP_OK);
	}
	if (size == 0)
		return 0;
	langs = term_languages(base, &n);
	check_hits(&langs[data[0] % n], (const char *)data + 1, size - 1);
	check_hits(NULL, (const char *)data + 1, size - 1);
	check_dates(&langs[data[0] % n], (const char *)data + 1, size - 1);
	check_guess((const char *)data + 1, size - 1);
	return 0;
}
