#include "collect/regf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "collect/registry.h"

#define HEADER 4096
#define HEADER_SUMMED 508
#define DATA_MAX ((uint32_t)1 << 20)
#define INLINE_DATA 0x80000000u
#define BIG_SEGMENT 16344u /* data above this is in segments, since version 1.4 */
#define LIST_DEPTH 3
#define NAMES_MAX 65536u
#define NAMES_BYTES_MAX ((size_t)8 << 20) /* of one listing: cells of a damaged hive may all lead to the same long name */
#define NONE UINT32_MAX
#define PATH_PARTS 64
#define PAGE 4096u
#define PAGES 64u

struct page {
	uint64_t number; /* plus one: 0 is empty */
	uint8_t bytes[PAGE];
};

struct regf {
	struct regf_source s;
	struct collect_arena *arena;
	uint32_t root, bins; /* offset of the root cell, bytes of all bins */
	uint32_t minor;
	uint32_t list_cells; /* cells of lists seen for the present question */
	struct page *pages;
	char why[REGF_WHY_MAX];
};

struct cell {
	uint32_t at;   /* offset in the file of its first byte behind the size */
	uint32_t size; /* bytes behind the size */
};

static uint16_t
u16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t
u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

__attribute__((format(printf, 2, 3))) static enum collect_reg_answer
broken(struct regf *h, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(h->why, sizeof(h->why), fmt, ap);
	va_end(ap);
	return COLLECT_REG_BROKEN;
}

/* ---- bytes ---- */

/* Keys and values lie close together: most reads are answered from a page that was read before. */
static const uint8_t *
page_of(struct regf *h, uint64_t number)
{
	struct page *p = &h->pages[number % PAGES];
	uint64_t off = number * PAGE;
	size_t n = h->s.size - off < PAGE ? (size_t)(h->s.size - off) : PAGE;

	if (p->number == number + 1)
		return p->bytes;
	p->number = 0;
	if (!h->s.read(h->s.ctx, off, p->bytes, n))
		return NULL;
	p->number = number + 1;
	return p->bytes;
}

static bool
bytes_at(struct regf *h, uint64_t off, void *to, size_t n)
{
	uint8_t *out = to;

	if (off > h->s.size || n > h->s.size - off)
		return false;
	while (n > 0) {
		const uint8_t *page = page_of(h, off / PAGE);
		size_t in = (size_t)(off % PAGE), part = PAGE - in < n ? PAGE - in : n;

		if (page == NULL)
			return false;
		memcpy(out, page + in, part);
		out += part;
		off += part;
		n -= part;
	}
	return true;
}

/* A cell in use; one that is free, or reaches out of the bins, means damage. */
static enum collect_reg_answer
cell_at(struct regf *h, uint32_t offset, struct cell *c)
{
	uint8_t raw[4];
	uint32_t size;

	if (offset % 8 != 0 || offset > h->bins || h->bins - offset < 8 ||
	    !bytes_at(h, (uint64_t)HEADER + offset, raw, sizeof(raw)))
		return broken(h, "a cell at 0x%x lies outside the hive", (unsigned)offset);
	size = u32(raw);
	if (size < 0x80000000u)
		return broken(h, "the cell at 0x%x is free", (unsigned)offset);
	size = 0u - size;
	if (size < 8 || size > h->bins - offset)
		return broken(h, "the cell at 0x%x has %u bytes", (unsigned)offset, (unsigned)size);
	*c = (struct cell){ HEADER + offset + 4, size - 4 };
	return COLLECT_REG_FOUND;
}

/* The first n bytes of a cell that must begin with a signature (NULL: none). */
static enum collect_reg_answer
cell_head(struct regf *h, uint32_t offset, const char *signature, uint8_t *to, size_t n, struct cell *c)
{
	enum collect_reg_answer got = cell_at(h, offset, c);

	if (got != COLLECT_REG_FOUND)
		return got;
	if (c->size < n || !bytes_at(h, c->at, to, n))
		return broken(h, "the cell at 0x%x is cut off", (unsigned)offset);
	if (signature != NULL && memcmp(to, signature, 2) != 0)
		return broken(h, "the cell at 0x%x is no '%s'", (unsigned)offset, signature);
	return COLLECT_REG_FOUND;
}

/* ---- header ---- */

static bool
is_summed(const uint8_t *header)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < HEADER_SUMMED; i += 4)
		sum ^= u32(header + i);
	sum = sum == 0 ? 1 : sum == UINT32_MAX ? UINT32_MAX - 1 : sum;
	return sum == u32(header + HEADER_SUMMED);
}

static const char *
header_fault(const uint8_t *header, uint64_t size)
{
	if (memcmp(header, "regf", 4) != 0)
		return "it is no registry hive";
	if (u32(header + 20) != 1 || u32(header + 24) < 3 || u32(header + 24) > 6)
		return "its version is not known (1.3 to 1.6 are)";
	if (u32(header + 28) != 0)
		return "it is no primary hive file";
	if (u32(header + 4) != u32(header + 8) || !is_summed(header))
		return "the hive was not closed cleanly and its log is not replayed: start that system once and shut it down";
	if (u32(header + 40) > size - HEADER)
		return "it is cut off";
	return NULL;
}

struct regf *
regf_open(struct collect_arena *a, const struct regf_source *s, char why[REGF_WHY_MAX])
{
	struct regf *h = collect_alloc(a, sizeof(*h));
	uint8_t header[HEADER_SUMMED + 4];
	const char *fault;

	h->s = *s;
	h->arena = a;
	h->pages = collect_alloc(a, PAGES * sizeof(*h->pages));
	if (s->size < HEADER + 32 || s->size > INT32_MAX)
		fault = s->size > INT32_MAX ? "it is larger than 2 GiB" : "it is shorter than the shortest hive";
	else
		fault = bytes_at(h, 0, header, sizeof(header)) ? header_fault(header, s->size) : "it cannot be read";
	if (fault != NULL) {
		(void)snprintf(why, REGF_WHY_MAX, "%s", fault);
		return NULL;
	}
	h->minor = u32(header + 24);
	h->root = u32(header + 36);
	h->bins = u32(header + 40);
	return h;
}

const char *
regf_why(const struct regf *h)
{
	return h->why;
}

/* ---- names ---- */

/* Compressed names are Latin-1, the others UTF-16. */
static char *
name_text(struct collect_arena *a, const uint8_t *raw, size_t len, bool compressed)
{
	uint8_t *wide;
	char *text;

	if (!compressed)
		return collect_from_utf16(a, raw, len);
	wide = collect_alloc(a, 2 * len + 2);
	for (size_t i = 0; i < len; i++)
		wide[2 * i] = raw[i];
	text = collect_from_utf16(a, wide, 2 * len);
	return text;
}

/* Compare without memory of the arena, since long lists are searched: only ASCII is folded, as collect_same does. */
static bool
is_name(const char *want, const uint8_t *raw, size_t len, bool compressed)
{
	size_t step = compressed ? 1 : 2, i = 0;

	for (; i + step <= len; i += step) {
		uint8_t have = raw[i], w = (uint8_t)want[i / step];

		if (w == 0 || w >= 0x80 || have >= 0x80 || (step == 2 && raw[i + 1] != 0))
			return false;
		if ((have >= 'A' && have <= 'Z' ? have + 32 : have) != (w >= 'A' && w <= 'Z' ? w + 32 : w))
			return false;
	}
	return want[i / step] == '\0';
}

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((uint8_t)*text >= 0x80)
			return false;
	return true;
}

/* ---- keys ---- */

#define NK_HEAD 76
#define NK_NAME_MAX 512
#define NK_COMPRESSED 0x20

struct node {
	uint32_t n_keys, keys, n_values, values;
	bool compressed;
	uint16_t name_len;
	uint8_t name[NK_NAME_MAX];
};

static enum collect_reg_answer
node_at(struct regf *h, uint32_t offset, struct node *k)
{
	uint8_t head[NK_HEAD];
	struct cell c;
	enum collect_reg_answer got = cell_head(h, offset, "nk", head, sizeof(head), &c);

	if (got != COLLECT_REG_FOUND)
		return got;
	*k = (struct node){
		.n_keys = u32(head + 20), .keys = u32(head + 28), .n_values = u32(head + 36), .values = u32(head + 40)
	};
	k->compressed = (u16(head + 2) & NK_COMPRESSED) != 0;
	k->name_len = u16(head + 72);
	if (k->name_len > NK_NAME_MAX || k->name_len > c.size - NK_HEAD || !bytes_at(h, c.at + NK_HEAD, k->name, k->name_len))
		return broken(h, "the name of the key at 0x%x is too long", (unsigned)offset);
	return COLLECT_REG_FOUND;
}

/* Called for each subkey's offset until it answers other than FOUND. */
struct visit {
	enum collect_reg_answer (*key)(struct regf *h, uint32_t offset, struct visit *v);
	const char *want; /* of a search */
	uint32_t found;
	char **names; /* of a listing */
	size_t n, room, bytes;
	struct collect_arena *arena;
};

static enum collect_reg_answer visit_list(struct regf *h, uint32_t offset, struct visit *v, int depth);

static enum collect_reg_answer
visit_elements(struct regf *h, const struct cell *c, uint16_t count, uint32_t step, bool lists, struct visit *v, int depth)
{
	for (uint32_t i = 0; i < count; i++) {
		uint8_t raw[4];
		enum collect_reg_answer got;

		if (!bytes_at(h, (uint64_t)c->at + 4 + (uint64_t)i * step, raw, sizeof(raw)))
			return broken(h, "a list of keys is cut off");
		got = lists ? visit_list(h, u32(raw), v, depth + 1) : v->key(h, u32(raw), v);
		if (got != COLLECT_REG_FOUND || v->found != NONE)
			return got;
	}
	return COLLECT_REG_FOUND;
}

/* 'lf' and 'lh' have a hash beside each offset, 'li' has none, 'ri' leads to more lists. A list that leads back to itself ends at the depth. */
static enum collect_reg_answer
visit_list(struct regf *h, uint32_t offset, struct visit *v, int depth)
{
	uint8_t head[4];
	struct cell c;
	enum collect_reg_answer got = cell_head(h, offset, NULL, head, sizeof(head), &c);
	bool hashed = memcmp(head, "lf", 2) == 0 || memcmp(head, "lh", 2) == 0, lists = memcmp(head, "ri", 2) == 0;
	uint32_t step = hashed ? 8 : 4;

	if (got != COLLECT_REG_FOUND)
		return got;
	if (!hashed && !lists && memcmp(head, "li", 2) != 0)
		return broken(h, "the cell at 0x%x is no list of keys", (unsigned)offset);
	if (depth >= LIST_DEPTH || h->list_cells++ > NAMES_MAX)
		return broken(h, "the list of keys at 0x%x leads in a circle", (unsigned)offset);
	if ((uint64_t)u16(head + 2) * step > c.size - 4)
		return broken(h, "the list of keys at 0x%x is cut off", (unsigned)offset);
	return visit_elements(h, &c, u16(head + 2), step, lists, v, depth);
}

static enum collect_reg_answer
visit_keys(struct regf *h, const struct node *k, struct visit *v)
{
	h->list_cells = 0;
	v->found = NONE;
	v->n = 0;
	return k->n_keys == 0 || k->keys == NONE ? COLLECT_REG_FOUND : visit_list(h, k->keys, v, 0);
}

static enum collect_reg_answer
visit_search(struct regf *h, uint32_t offset, struct visit *v)
{
	struct node k;
	enum collect_reg_answer got = node_at(h, offset, &k);

	if (got != COLLECT_REG_FOUND)
		return got;
	if (v->n++ >= NAMES_MAX)
		return broken(h, "a key has more than %u subkeys", NAMES_MAX);
	if (is_ascii(v->want) ? is_name(v->want, k.name, k.name_len, k.compressed)
			      : collect_same(v->want, name_text(h->arena, k.name, k.name_len, k.compressed)))
		v->found = offset;
	return COLLECT_REG_FOUND;
}

enum collect_reg_answer
regf_key(struct regf *h, const char *path, uint32_t *key)
{
	uint32_t at = h->root;

	for (int parts = 0; *path != '\0'; parts++) {
		size_t n = strcspn(path, "\\");
		struct visit v = { .key = visit_search, .want = collect_text(h->arena, "%.*s", (int)n, path) };
		struct node k;
		enum collect_reg_answer got = node_at(h, at, &k);

		if (got == COLLECT_REG_FOUND)
			got = visit_keys(h, &k, &v);
		if (got != COLLECT_REG_FOUND)
			return got;
		if (v.found == NONE || parts >= PATH_PARTS)
			return COLLECT_REG_ABSENT;
		at = v.found;
		path += n + (path[n] == '\\');
	}
	*key = at;
	return COLLECT_REG_FOUND;
}

static enum collect_reg_answer
add_name(struct regf *h, struct visit *v, char *name)
{
	v->bytes += strlen(name);
	if (v->bytes > NAMES_BYTES_MAX)
		return broken(h, "the names of one key are longer than 8 MiB");
	if (v->n == v->room) {
		char **grown = collect_alloc(v->arena, (v->room * 2 + 16) * sizeof(*grown));

		if (v->n > 0)
			memcpy(grown, v->names, v->n * sizeof(*grown));
		v->names = grown;
		v->room = v->room * 2 + 16;
	}
	v->names[v->n++] = name;
	return COLLECT_REG_FOUND;
}

static enum collect_reg_answer
visit_name(struct regf *h, uint32_t offset, struct visit *v)
{
	struct node k;
	enum collect_reg_answer got = node_at(h, offset, &k);

	if (got != COLLECT_REG_FOUND)
		return got;
	if (v->n >= NAMES_MAX)
		return broken(h, "a key has more than %u subkeys", NAMES_MAX);
	return add_name(h, v, name_text(v->arena, k.name, k.name_len, k.compressed));
}

/* ---- values ---- */

#define VK_HEAD 20
#define VK_NAME_MAX 32767
#define VK_COMPRESSED 1

struct entry {
	uint32_t size, data, type;
	const uint8_t *name;
	uint16_t name_len;
	bool compressed;
};

static enum collect_reg_answer
entry_at(struct regf *h, uint32_t offset, struct entry *e, uint8_t name[VK_NAME_MAX])
{
	uint8_t head[VK_HEAD];
	struct cell c;
	enum collect_reg_answer got = cell_head(h, offset, "vk", head, sizeof(head), &c);

	if (got != COLLECT_REG_FOUND)
		return got;
	*e = (struct entry){ .size = u32(head + 4), .data = u32(head + 8), .type = u32(head + 12), .name = name };
	e->name_len = u16(head + 2);
	e->compressed = (u16(head + 16) & VK_COMPRESSED) != 0;
	if (e->name_len > VK_NAME_MAX || e->name_len > c.size - VK_HEAD || !bytes_at(h, c.at + VK_HEAD, name, e->name_len))
		return broken(h, "the name of the value at 0x%x is too long", (unsigned)offset);
	return COLLECT_REG_FOUND;
}

static enum collect_reg_answer
values_list(struct regf *h, uint32_t key, struct node *k, struct cell *c)
{
	enum collect_reg_answer got = node_at(h, key, k);

	*c = (struct cell){ 0, 0 };
	if (got != COLLECT_REG_FOUND || k->n_values == 0)
		return got;
	got = cell_at(h, k->values, c);
	if (got == COLLECT_REG_FOUND && (k->n_values > NAMES_MAX || (uint64_t)k->n_values * 4 > c->size))
		return broken(h, "the list of values at 0x%x is cut off", (unsigned)k->values);
	return got;
}

/* Large data: a list of segments, all full but the last. */
static enum collect_reg_answer
big_data(struct regf *h, uint32_t offset, uint8_t *to, uint32_t size)
{
	uint8_t head[8], raw[4];
	struct cell big, list, part;
	enum collect_reg_answer got = cell_head(h, offset, "db", head, sizeof(head), &big);

	if (got == COLLECT_REG_FOUND)
		got = cell_at(h, u32(head + 4), &list);
	for (uint32_t i = 0, done = 0; got == COLLECT_REG_FOUND && done < size; i++) {
		uint32_t n = size - done < BIG_SEGMENT ? size - done : BIG_SEGMENT;

		if (i >= u16(head + 2) || list.size < 4 * (i + 1) || !bytes_at(h, (uint64_t)list.at + 4 * i, raw, sizeof(raw)))
			return broken(h, "the data at 0x%x has too few segments", (unsigned)offset);
		got = cell_at(h, u32(raw), &part);
		if (got == COLLECT_REG_FOUND && (part.size < n || !bytes_at(h, part.at, to + done, n)))
			return broken(h, "a segment of the data at 0x%x is cut off", (unsigned)offset);
		done += n;
	}
	return got;
}

static enum collect_reg_answer
entry_data(struct regf *h, const struct entry *e, uint8_t *to, uint32_t size)
{
	struct cell c;
	enum collect_reg_answer got;

	if ((e->size & INLINE_DATA) != 0) {
		for (uint32_t i = 0; i < size; i++)
			to[i] = (uint8_t)(e->data >> (8 * i));
		return COLLECT_REG_FOUND;
	}
	if (size == 0)
		return COLLECT_REG_FOUND;
	if (size > BIG_SEGMENT && h->minor >= 4)
		return big_data(h, e->data, to, size);
	got = cell_at(h, e->data, &c);
	if (got == COLLECT_REG_FOUND && (c.size < size || !bytes_at(h, c.at, to, size)))
		return broken(h, "the data at 0x%x is cut off", (unsigned)e->data);
	return got;
}

static enum collect_reg_answer
entry_value(struct regf *h, const struct entry *e, struct collect_reg_value *out, struct collect_arena *a)
{
	uint32_t size = e->size & ~INLINE_DATA;
	uint8_t *data;
	enum collect_reg_answer got;

	if (size > DATA_MAX || ((e->size & INLINE_DATA) != 0 && size > 4))
		return broken(h, "a value has %u bytes", (unsigned)size);
	data = collect_alloc(a, (size_t)size + 1);
	got = entry_data(h, e, data, size);
	if (got == COLLECT_REG_FOUND && !collect_reg_decode(a, e->type, data, size, out))
		return broken(h, "a value of type %u has %u bytes", (unsigned)e->type, (unsigned)size);
	return got;
}

/* The offset of value number i of a key. */
static enum collect_reg_answer
nth_entry(struct regf *h, const struct cell *list, uint32_t i, struct entry *e, uint8_t name[VK_NAME_MAX])
{
	uint8_t raw[4];

	if (!bytes_at(h, (uint64_t)list->at + 4 * (uint64_t)i, raw, sizeof(raw)))
		return broken(h, "a list of values is cut off");
	return entry_at(h, u32(raw), e, name);
}

enum collect_reg_answer
regf_value(struct regf *h, uint32_t key, const char *name, struct collect_reg_value *out, struct collect_arena *a)
{
	uint8_t raw[VK_NAME_MAX];
	struct node k;
	struct cell list;
	enum collect_reg_answer got = values_list(h, key, &k, &list);

	for (uint32_t i = 0; got == COLLECT_REG_FOUND && i < k.n_values; i++) {
		struct entry e;

		got = nth_entry(h, &list, i, &e, raw);
		if (got != COLLECT_REG_FOUND)
			return got;
		if (is_ascii(name) ? is_name(name, e.name, e.name_len, e.compressed)
				   : collect_same(name, name_text(a, e.name, e.name_len, e.compressed)))
			return entry_value(h, &e, out, a);
	}
	return got == COLLECT_REG_FOUND ? COLLECT_REG_ABSENT : got;
}

enum collect_reg_answer
regf_names(struct regf *h, uint32_t key, bool values, char ***out, size_t *n, struct collect_arena *a)
{
	uint8_t raw[VK_NAME_MAX];
	struct visit v = { .key = visit_name, .arena = a };
	struct node k;
	struct cell list;
	enum collect_reg_answer got = values ? values_list(h, key, &k, &list) : node_at(h, key, &k);

	if (got == COLLECT_REG_FOUND && !values)
		got = visit_keys(h, &k, &v);
	for (uint32_t i = 0; got == COLLECT_REG_FOUND && values && i < k.n_values; i++) {
		struct entry e;

		got = nth_entry(h, &list, i, &e, raw);
		if (got == COLLECT_REG_FOUND)
			got = add_name(h, &v, name_text(a, e.name, e.name_len, e.compressed));
	}
	*out = v.names;
	*n = v.n;
	return got;
}
