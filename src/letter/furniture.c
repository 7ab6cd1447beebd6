/*
 * Page headers, footers and boundaries, found by what comes back. No language: a unit of text is known by its fingerprint, in which digits are
 * folded; what stands next to the page markers (or at the pages' edges) more than once is furniture.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "letter/build_int.h"

#define BEFORE 12     /* units looked at before a boundary */
#define AFTER 8       /* and behind it */
#define LOST_BYTES 30 /* furniture whose marker is lost must be at least that long to be known */

/* A set of fingerprints, sorted. */
struct prints {
	uint64_t *v;
	size_t n;
};

/* A fingerprint seen at one boundary. */
struct sighting {
	uint64_t print;
	uint32_t where;
};

struct sightings {
	struct sighting *v;
	size_t n;
};

/* The work of one letter. */
struct search {
	struct letter_build *b;
	struct units *us;
	uint32_t *markers; /* units with the page markers that count */
	size_t n_markers;
	struct sightings seen_before, seen_after;
	struct prints before, after; /* what comes back before (at the foot) and behind (at the top) */
	bool *mine;                  /* per unit: belongs to a group around a marker */
	bool at_top;                 /* markers stand at the top of their page */
};

static int
compare_sightings(const void *a, const void *b)
{
	const struct sighting *x = a, *y = b;

	if (x->print != y->print)
		return x->print < y->print ? -1 : 1;
	return (x->where > y->where) - (x->where < y->where);
}

/* What a unit is known by, 0: it cannot be furniture. */
static uint64_t
key(const struct unit *u)
{
	return u->data ? 0 : u->print;
}

static void
see(struct sightings *s, const struct unit *u, size_t where)
{
	if (key(u) != 0)
		s->v[s->n++] = (struct sighting){ u->print, (uint32_t)where };
}

/* On how many of n pages something must come back: two of few, more of many, so that two like headings are no header. */
static size_t
needed(size_t pages)
{
	size_t n = (2 * pages + 4) / 5;

	return n < 2 ? 2 : n > 4 ? 4 : n;
}

/* Fingerprints seen at need or more boundaries; s is used up. */
static bool
what_returns(struct prints *out, struct sightings *s, size_t need)
{
	out->v = fp_calloc(s->n + 1, sizeof(*out->v));
	if (out->v == NULL)
		return false;
	if (s->n > 1)
		qsort(s->v, s->n, sizeof(*s->v), compare_sightings);
	for (size_t i = 0, k; i < s->n; i = k) {
		size_t places = 1;

		for (k = i + 1; k < s->n && s->v[k].print == s->v[i].print; k++)
			places += s->v[k].where != s->v[k - 1].where;
		if (places >= need)
			out->v[out->n++] = s->v[i].print;
	}
	return true;
}

static bool
has(const struct prints *p, uint64_t print)
{
	size_t low = 0, high = p->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (p->v[mid] == print)
			return print != 0;
		if (p->v[mid] < print)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

/* Which of the markers count */

/* Do the candidates list[0..n), all of one fingerprint, count pages? Weak ones must go up by one and have a neighbour that comes back too. */
static bool
counts_up(const struct units *us, const struct sighting *list, size_t n, enum marker strength)
{
	size_t company = 0;

	for (size_t i = 0; i < n; i++) {
		const struct unit *u = &us->u[list[i].where];
		const struct unit *old = i > 0 ? &us->u[list[i - 1].where] : NULL;

		if (old == NULL)
			continue;
		if (u->printed <= old->printed || u->stated != old->stated)
			return false;
		if (strength == MARKER_WEAK && u->printed != old->printed + 1)
			return false;
		company += u > us->u && old > us->u && u[-1].print != 0 && u[-1].print == old[-1].print;
		company += u + 1 < us->u + us->n && u[1].print != 0 && u[1].print == old[1].print;
	}
	return n >= 2 && (strength == MARKER_PART || company >= n - 1);
}

static void
mark_group(struct search *s, const struct sighting *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		s->markers[i] = list[i].where;
	s->n_markers = n;
}

/* Without a marker that is one by itself: the largest group of like candidates that counts up. */
static bool
choose_group(struct search *s, enum marker strength)
{
	FP_AUTO(fp_freep) struct sighting *list = fp_calloc(s->us->n + 1, sizeof(*list));
	struct sightings found = { list, 0 };

	if (list == NULL)
		return false;
	for (size_t i = 0; i < s->us->n; i++) {
		if ((enum marker)s->us->u[i].marker == strength)
			see(&found, &s->us->u[i], i);
	}
	if (found.n > 1)
		qsort(list, found.n, sizeof(*list), compare_sightings);
	for (size_t i = 0, k; i < found.n; i = k) {
		for (k = i + 1; k < found.n && list[k].print == list[i].print; k++)
			;
		if (k - i > s->n_markers && counts_up(s->us, list + i, k - i, strength))
			mark_group(s, list + i, k - i);
	}
	return true;
}

static bool
choose_markers(struct search *s)
{
	for (size_t i = 0; i < s->us->n; i++) {
		if (s->us->u[i].marker == MARKER_SURE)
			s->markers[s->n_markers++] = (uint32_t)i;
	}
	if (s->n_markers == 0 && !choose_group(s, MARKER_PART))
		return false;
	return s->n_markers > 0 || choose_group(s, MARKER_WEAK);
}

/* A text with markers */

/* What stands around the markers; the beginning and the end of the text are boundaries too. */
static void
look_around(struct search *s)
{
	const struct unit *u = s->us->u;
	size_t n = s->us->n;

	for (size_t m = 0; m <= s->n_markers; m++) {
		size_t low = m > 0 ? s->markers[m - 1] + 1 : 0;
		size_t high = m < s->n_markers ? s->markers[m] : n;

		for (size_t i = high; i > low && high - i < BEFORE; i--)
			see(&s->seen_before, &u[i - 1], m);
		for (size_t i = low; i < high && i - low < AFTER; i++)
			see(&s->seen_after, &u[i], m);
	}
}

/* Markers at the top: nothing but short lines before page 1, or no page 1 and text behind the last page's marker. */
static bool
markers_at_top(const struct search *s)
{
	const struct unit *first = &s->us->u[s->markers[0]], *last = &s->us->u[s->markers[s->n_markers - 1]];
	size_t before = s->markers[0], behind = s->us->n - s->markers[s->n_markers - 1] - 1, short_ones = 0;

	for (size_t i = 0; i < before; i++)
		short_ones += s->us->u[i].size < 120;
	if (first->printed == 1)
		return before <= 2 && short_ones == before && behind > 0;
	return first->printed == 2 && last->stated > 0 && last->printed == last->stated && behind >= 2;
}

/* Is a unit like this among the first of the text: then it is a header where it stands behind a marker. */
static bool
opens_text(const struct search *s, uint64_t print)
{
	for (size_t i = 0; i < 4 && i < s->us->n; i++) {
		if (s->us->u[i].print == print)
			return true;
	}
	return false;
}

/* The group around marker m becomes furniture; returns the first unit of the next page. */
static size_t
settle_group(struct search *s, size_t at)
{
	struct unit *u = s->us->u;
	size_t from = at, to = at + 1, next;

	while (from > 0 && !s->mine[from - 1] && has(&s->before, key(&u[from - 1])))
		from--;
	while (to < s->us->n && has(&s->after, key(&u[to])) && u[to].marker != MARKER_SURE)
		to++;
	next = to;
	for (size_t i = from; i < to; i++) {
		bool top = i > at ? s->at_top || opens_text(s, u[i].print) : s->at_top && (i == at || opens_text(s, u[i].print));

		s->mine[i] = true;
		u[i].zone = top ? LETTER_PAGE_HEADER : LETTER_PAGE_FOOTER;
		next = top && i < next ? i : next;
	}
	return next;
}

/*
 * Furniture whose marker is lost: a run of units that come back, about as long as the others, is the end of a page (or the beginning).
 * Returns the unit behind the run, 0 when there is none at i.
 */
static size_t
lost_run(struct search *s, size_t i, size_t usual)
{
	struct unit *u = s->us->u;
	const struct prints *set = s->at_top ? &s->after : &s->before;
	size_t to = i, bytes = 0;

	while (to < s->us->n && !s->mine[to] && has(set, key(&u[to])))
		bytes += u[to++].size;
	if (2 * (to - i) < usual || bytes < LOST_BYTES)
		return 0;
	for (size_t k = i; k < to; k++) {
		s->mine[k] = true;
		u[k].zone = s->at_top ? LETTER_PAGE_HEADER : LETTER_PAGE_FOOTER;
	}
	return to;
}

static bool
begin_page(struct search *s)
{
	struct letter_build *b = s->b;

	letter_build_page(b, 0, 0, (struct letter_place){ 0 });
	return b->failed == FP_OK;
}

static void
name_page(struct letter_build *b, size_t page, const struct unit *u)
{
	struct letter_page *p = &b->pages[page];

	if (p->printed != 0)
		return;
	p->printed = u->printed;
	p->stated = u->stated;
	p->marker = b->marks[b->blocks[u->marked].mark_at].place;
	p->marker.page = (int)page + 1;
}

/* Longest group of furniture on the side where the markers stand. */
static size_t
usual_group(const struct search *s)
{
	size_t usual = 0;

	for (size_t m = 0; m < s->n_markers; m++) {
		size_t n = 0, at = s->markers[m];

		while (!s->at_top && at > n && has(&s->before, key(&s->us->u[at - n - 1])))
			n++;
		while (s->at_top && at + n + 1 < s->us->n && has(&s->after, key(&s->us->u[at + n + 1])))
			n++;
		usual = n > usual ? n : usual;
	}
	return usual;
}

/* begins[i]: a page begins with unit i. */
static void
find_boundaries(struct search *s, bool *begins)
{
	size_t usual = usual_group(s);

	for (size_t m = 0; m < s->n_markers; m++)
		begins[settle_group(s, s->markers[m])] = true;
	for (size_t i = 0; i < s->us->n; i++) {
		size_t to = s->mine[i] || usual == 0 ? 0 : lost_run(s, i, usual);

		if (to == 0)
			continue;
		begins[s->at_top ? i : to] = true;
		i = to - 1;
	}
	for (size_t i = 0; i < 4 && i < s->us->n && !s->mine[i] && has(&s->after, key(&s->us->u[i])); i++)
		s->us->u[i].zone = LETTER_PAGE_HEADER;
}

static bool
pages_by_markers(struct search *s, bool *begins)
{
	bool is_marker = false;

	find_boundaries(s, begins);
	begins[0] = true;
	for (size_t i = 0, m = 0; i < s->us->n; i++) {
		if (begins[i] && !begin_page(s))
			return false;
		s->us->u[i].page = (uint32_t)s->b->n_pages - 1;
		is_marker = m < s->n_markers && s->markers[m] == i;
		if (is_marker)
			name_page(s->b, s->us->u[i].page, &s->us->u[i]);
		m += is_marker;
	}
	return true;
}

static bool
by_markers(struct search *s)
{
	FP_AUTO(fp_freep) bool *begins = fp_calloc(s->us->n + 1, sizeof(*begins));

	if (begins == NULL)
		return false;
	s->at_top = markers_at_top(s);
	look_around(s);
	return what_returns(&s->before, &s->seen_before, needed(s->n_markers)) &&
	       what_returns(&s->after, &s->seen_after, needed(s->n_markers)) && pages_by_markers(s, begins);
}

/* A letter whose reader gave the pages */

struct span {
	size_t from, to;
};

/* Units of page p, which follow those of the page before. */
static struct span
units_of_page(const struct search *s, size_t p, size_t from)
{
	struct span a = { from, from };
	uint32_t end = p + 1 < s->b->n_pages ? s->b->pages[p + 1].first_block : UINT32_MAX;

	while (a.to < s->us->n && s->us->u[a.to].first < end)
		s->us->u[a.to++].page = (uint32_t)p;
	return a;
}

/* Numbers that are no markers by themselves count where they go up with the pages: the distance from the page's index that most have. */
static int
usual_offset(const struct search *s, const struct span *pages)
{
	int best = 0, best_votes = 1;

	for (int offset = -3; offset <= 3; offset++) {
		int votes = 0;

		for (size_t p = 0; p < s->b->n_pages; p++) {
			bool found = false;

			for (size_t i = pages[p].from; i < pages[p].to && !found; i++) {
				bool edge = i < pages[p].from + 3 || i + 4 >= pages[p].to;

				found = edge && s->us->u[i].marker != MARKER_NO && s->us->u[i].printed - (int)p - 1 == offset;
			}
			votes += found;
		}
		if (votes > best_votes || (votes == best_votes && votes > 1 && offset == 0))
			best_votes = votes, best = offset;
	}
	return best_votes >= 2 ? best : INT32_MAX;
}

static bool
counts_here(const struct unit *u, size_t page, int offset)
{
	if (u->marker == MARKER_SURE)
		return true;
	return u->marker != MARKER_NO && offset != INT32_MAX && u->printed - (int)page - 1 == offset;
}

/* Is unit i furniture of page p, going inwards from an edge? What the reader itself took for furniture is. */
static bool
take_unit(struct search *s, size_t i, size_t p, int offset, const struct prints *set, enum letter_zone zone)
{
	struct unit *u = &s->us->u[i];
	bool marker = counts_here(u, p, offset);

	if (!marker && u->zone == LETTER_BODY && !has(set, key(u)))
		return false;
	u->zone = u->zone == LETTER_BODY ? zone : u->zone;
	if (marker)
		name_page(s->b, p, u);
	return true;
}

static void
settle_page(struct search *s, size_t p, struct span a, int offset)
{
	size_t i = a.from;

	while (i < a.to && i < a.from + AFTER && take_unit(s, i, p, offset, &s->after, LETTER_PAGE_HEADER))
		i++;
	for (size_t k = a.to; k > i && a.to - k < BEFORE && take_unit(s, k - 1, p, offset, &s->before, LETTER_PAGE_FOOTER); k--)
		;
}

static bool
by_pages(struct search *s)
{
	FP_AUTO(fp_freep) struct span *pages = fp_calloc(s->b->n_pages, sizeof(*pages));
	int offset;

	if (pages == NULL)
		return false;
	for (size_t p = 0; p < s->b->n_pages; p++) {
		struct span a = units_of_page(s, p, p > 0 ? pages[p - 1].to : 0);

		pages[p] = a;
		for (size_t i = a.from; i < a.to && i < a.from + AFTER; i++)
			see(&s->seen_after, &s->us->u[i], p);
		for (size_t i = a.to; i > a.from && a.to - i < BEFORE; i--)
			see(&s->seen_before, &s->us->u[i - 1], p);
	}
	if (!what_returns(&s->after, &s->seen_after, needed(s->b->n_pages)) ||
	    !what_returns(&s->before, &s->seen_before, needed(s->b->n_pages)))
		return false;
	offset = usual_offset(s, pages);
	for (size_t p = 0; p < s->b->n_pages; p++)
		settle_page(s, p, pages[p], offset);
	return true;
}

/* A form feed at the end of a text begins no page. */
static void
drop_empty_last_page(struct letter_build *b, const struct units *us)
{
	uint32_t last = us->n > 0 ? us->u[us->n - 1].last : 0;

	while (b->format == LETTER_TEXT && b->n_pages > 1 && b->pages[b->n_pages - 1].first_block > last)
		b->n_pages--;
}

#define SMALL_TABLE 3 /* rows that a page header or footer may have */

/* Units from i on that are rows of one table. */
static size_t
rows_of_table(const struct search *s, size_t i)
{
	const struct letter_block *first = &s->b->blocks[s->us->u[i].first].b;
	size_t n = 1;

	while (first->table >= 0 && i + n < s->us->n && s->b->blocks[s->us->u[i + n].first].b.table == first->table)
		n++;
	return n;
}

static bool
has_small_table(const struct search *s)
{
	for (size_t i = 0, n; i < s->us->n; i += n) {
		n = rows_of_table(s, i);
		if (n > 1 && n <= SMALL_TABLE)
			return true;
	}
	return false;
}

/* Rows are furniture only in small tables all of whose rows come back: the head of a table that goes on over pages is none. */
static bool
find_data_rows(struct search *s)
{
	struct prints all = { 0 };
	bool small = has_small_table(s);

	for (size_t i = 0; i < s->us->n && small; i++)
		see(&s->seen_before, &s->us->u[i], i);
	if (!what_returns(&all, &s->seen_before, 2))
		return false;
	s->seen_before.n = 0;
	for (size_t i = 0, n; i < s->us->n; i += n) {
		bool data = false;

		n = rows_of_table(s, i);
		for (size_t k = i; k < i + n && n > 1; k++)
			data = data || n > SMALL_TABLE || !has(&all, s->us->u[k].print);
		for (size_t k = i; k < i + n; k++)
			s->us->u[k].data = data;
	}
	free(all.v);
	return true;
}

static bool
search_all(struct search *s)
{
	size_t n = s->us->n;

	s->markers = fp_calloc(n + 1, sizeof(*s->markers));
	s->mine = fp_calloc(n + 1, sizeof(*s->mine));
	s->seen_before.v = fp_calloc(n + 1, sizeof(*s->seen_before.v));
	s->seen_after.v = fp_calloc(n + 1, sizeof(*s->seen_after.v));
	if (s->markers == NULL || s->mine == NULL || s->seen_before.v == NULL || s->seen_after.v == NULL)
		return false;
	drop_empty_last_page(s->b, s->us);
	if (s->b->n_pages > 0)
		return find_data_rows(s) && by_pages(s);
	return choose_markers(s) && (s->n_markers == 0 || (find_data_rows(s) && by_markers(s)));
}

bool
letter_furniture(struct letter_build *b, struct units *us)
{
	struct search s = { .b = b, .us = us };
	bool ok = us->n == 0 || search_all(&s);

	free(s.markers);
	free(s.mine);
	free(s.seen_before.v);
	free(s.seen_after.v);
	free(s.before.v);
	free(s.after.v);
	return ok;
}
