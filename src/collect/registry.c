#include "collect/registry.h"

#include <string.h>

/* The types as Windows numbers them (winnt.h). */
enum {
	WIN_NONE = 0,
	WIN_SZ = 1,
	WIN_EXPAND_SZ = 2,
	WIN_BINARY = 3,
	WIN_DWORD = 4,
	WIN_DWORD_BIG_ENDIAN = 5,
	WIN_LINK = 6,
	WIN_MULTI_SZ = 7,
	WIN_QWORD = 11
};

static size_t
put_code_point(char *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xC0 | c >> 6);
		to[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xE0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 63));
		to[2] = (char)(0x80 | (c & 63));
		return 3;
	}
	to[0] = (char)(0xF0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 63));
	to[2] = (char)(0x80 | (c >> 6 & 63));
	to[3] = (char)(0x80 | (c & 63));
	return 4;
}

/* Zeros stay: the parts of a list are separated by them. Two zeros stand behind the end. */
static char *
from_utf16_all(struct collect_arena *a, const uint8_t *data, size_t units, size_t *len)
{
	char *out = collect_alloc(a, units * 3 + 2);
	size_t n = 0;

	for (size_t i = 0; i < units; i++) {
		uint32_t c = (uint32_t)(data[2 * i] | data[2 * i + 1] << 8);
		uint32_t next = i + 1 < units ? (uint32_t)(data[2 * i + 2] | data[2 * i + 3] << 8) : 0;

		if (c >= 0xD800 && c < 0xDC00 && next >= 0xDC00 && next < 0xE000) {
			c = 0x10000 + ((c - 0xD800) << 10) + (next - 0xDC00);
			i++;
		} else if (c >= 0xD800 && c < 0xE000) {
			c = 0xFFFD;
		}
		n += put_code_point(out + n, c);
	}
	*len = n;
	return out;
}

char *
collect_from_utf16(struct collect_arena *a, const uint8_t *data, size_t len)
{
	size_t units = 0, n;

	while (units < len / 2 && (data[2 * units] | data[2 * units + 1]) != 0)
		units++;
	return from_utf16_all(a, data, units, &n);
}

static uint64_t
little(const uint8_t *data, size_t n)
{
	uint64_t v = 0;

	for (size_t i = n; i > 0; i--)
		v = v << 8 | data[i - 1];
	return v;
}

bool
collect_reg_decode(struct collect_arena *a, uint32_t type, const uint8_t *data, size_t len, struct collect_reg_value *out)
{
	size_t n;

	*out = (struct collect_reg_value){ .type = COLLECT_REG_BINARY, .text = "", .bytes = data, .len = len };
	switch (type) {
	case WIN_NONE:
		out->type = COLLECT_REG_NONE;
		return true;
	case WIN_SZ:
	case WIN_EXPAND_SZ:
	case WIN_LINK:
		out->type = type == WIN_EXPAND_SZ ? COLLECT_REG_EXPAND : COLLECT_REG_TEXT;
		out->text = collect_from_utf16(a, data, len);
		return true;
	case WIN_MULTI_SZ:
		out->type = COLLECT_REG_MULTI;
		out->text = from_utf16_all(a, data, len / 2, &n);
		return true;
	case WIN_DWORD:
	case WIN_DWORD_BIG_ENDIAN:
		out->type = COLLECT_REG_DWORD;
		if (len == 4)
			out->number = type == WIN_DWORD
					  ? little(data, 4)
					  : (uint64_t)data[0] << 24 | (uint64_t)data[1] << 16 | (uint64_t)data[2] << 8 | data[3];
		return len == 4;
	case WIN_QWORD:
		out->type = COLLECT_REG_QWORD;
		if (len == 8)
			out->number = little(data, 8);
		return len == 8;
	default:
		return true;
	}
}

static int
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : (unsigned char)c;
}

bool
collect_same(const char *a, const char *b)
{
	while (*a != '\0' && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return *a == '\0' && *b == '\0';
}

bool
collect_begins(const char *text, const char *with)
{
	while (*with != '\0' && lower(*text) == lower(*with)) {
		text++;
		with++;
	}
	return *with == '\0';
}

const char *
collect_find(const char *text, const char *what)
{
	for (; *text != '\0'; text++)
		if (collect_begins(text, what))
			return text;
	return NULL;
}

enum collect_reg_answer
collect_reg_number(
    struct collect_registry *r, const char *hive, const char *key, const char *name, uint64_t *out, struct collect_arena *a)
{
	struct collect_reg_value v;
	enum collect_reg_answer got = r->value(r, hive, key, name, &v, a);

	*out = 0;
	if (got != COLLECT_REG_FOUND)
		return got;
	if (v.type != COLLECT_REG_DWORD && v.type != COLLECT_REG_QWORD) {
		r->why = collect_text(a, "%s\\%s, %s is no number", hive, key, name);
		return COLLECT_REG_BROKEN;
	}
	*out = v.number;
	return got;
}

enum collect_reg_answer
collect_reg_text(
    struct collect_registry *r, const char *hive, const char *key, const char *name, const char **out, struct collect_arena *a)
{
	struct collect_reg_value v;
	enum collect_reg_answer got = r->value(r, hive, key, name, &v, a);

	*out = NULL;
	if (got != COLLECT_REG_FOUND)
		return got;
	if (v.type != COLLECT_REG_TEXT && v.type != COLLECT_REG_EXPAND) {
		r->why = collect_text(a, "%s\\%s, %s is no text", hive, key, name);
		return COLLECT_REG_BROKEN;
	}
	*out = v.text;
	return got;
}

const char *
collect_reg_why(const struct collect_registry *r, enum collect_reg_answer answer)
{
	if (answer == COLLECT_REG_ABSENT)
		return "the registry does not have it";
	if (answer == COLLECT_REG_DENIED)
		return "access denied";
	return r->why != NULL ? r->why : "the registry could not be read";
}
