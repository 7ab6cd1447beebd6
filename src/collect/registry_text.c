#include "collect/registry.h"

#include <string.h>

/* A recorded registry: a list of keys, each with its values; read once, then only looked through. */
struct value {
	const char *name;
	struct collect_reg_value v;
	struct value *next;
};

struct key {
	const char *path; /* "SYSTEM\\ControlSet001" */
	enum collect_reg_answer answer;
	struct value *values, **end;
	struct key *next;
};

struct recorded {
	struct collect_arena *arena;
	struct key *keys, **end;
};

/* One line of the text, with those that it is continued by; NULL at the end. */
static char *
next_line(struct recorded *r, const char **at, int *line)
{
	char *out = NULL;
	bool more = true;

	while (more && **at != '\0') {
		size_t n = strcspn(*at, "\n"), keep = n > 0 && (*at)[n - 1] == '\r' ? n - 1 : n;
		const char *begin = *at;

		*at += n + ((*at)[n] == '\n');
		(*line)++;
		more = keep > 0 && begin[keep - 1] == '\\';
		if (more)
			keep--;
		while (out != NULL && keep > 0 && *begin == ' ') {
			begin++;
			keep--;
		}
		out = collect_text(r->arena, "%s%.*s", out == NULL ? "" : out, (int)keep, begin);
	}
	return out;
}

static bool
add_key(struct recorded *r, const char *line)
{
	static const char *const roots[] = { "[HKEY_LOCAL_MACHINE\\", "[HKLM\\" };
	struct key *k = collect_alloc(r->arena, sizeof(*k));
	size_t n = strlen(line);

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (n > strlen(roots[i]) + 1 && line[n - 1] == ']' && collect_begins(line, roots[i]))
			k->path = collect_text(r->arena, "%.*s", (int)(n - 1 - strlen(roots[i])), line + strlen(roots[i]));
	k->end = &k->values;
	*r->end = k;
	r->end = &k->next;
	return k->path != NULL;
}

/* A quoted text with \\ and \" in it; at moves behind it. */
static char *
quoted(struct recorded *r, const char **at)
{
	char *out = collect_alloc(r->arena, strlen(*at) + 1);
	size_t n = 0;

	if (*(*at)++ != '"')
		return NULL;
	while (**at != '"' && **at != '\0') {
		if (**at == '\\' && (*at)[1] != '\0')
			(*at)++;
		out[n++] = *(*at)++;
	}
	return *(*at)++ == '"' ? out : NULL;
}

static bool
hex_digits(const char **at, size_t max, uint64_t *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (*out = 0; n < max && **at != '\0'; n++, (*at)++) {
		const char *d = strchr(digits, **at >= 'A' && **at <= 'F' ? **at + 32 : **at);

		if (d == NULL)
			break;
		*out = *out << 4 | (uint64_t)(d - digits);
	}
	return n > 0;
}

static bool
read_hex(struct recorded *r, uint32_t type, const char *p, struct collect_reg_value *v)
{
	uint8_t *bytes = collect_alloc(r->arena, strlen(p) + 1);
	size_t n = 0;

	while (*p != '\0') {
		uint64_t b;

		if (!hex_digits(&p, 2, &b))
			return false;
		bytes[n++] = (uint8_t)b;
		p += *p == ',';
	}
	return collect_reg_decode(r->arena, type, bytes, n, v);
}

static bool
read_data(struct recorded *r, const char *p, struct collect_reg_value *v)
{
	uint64_t type = 3;

	*v = (struct collect_reg_value){ .type = COLLECT_REG_TEXT, .text = "" };
	if (*p == '"')
		return (v->text = quoted(r, &p)) != NULL && *p == '\0';
	if (strncmp(p, "dword:", 6) == 0) {
		p += 6;
		v->type = COLLECT_REG_DWORD;
		return hex_digits(&p, 8, &v->number) && *p == '\0';
	}
	if (strncmp(p, "hex", 3) != 0)
		return false;
	p += 3;
	if (*p == '(') {
		p++;
		if (!hex_digits(&p, 4, &type) || *p++ != ')')
			return false;
	}
	return *p++ == ':' && read_hex(r, (uint32_t)type, p, v);
}

static bool
add_value(struct recorded *r, struct key *k, const char *line)
{
	struct value *v = collect_alloc(r->arena, sizeof(*v));
	const char *p = line;

	if (strcmp(line, "denied") == 0 || strcmp(line, "broken") == 0) {
		k->answer = line[0] == 'd' ? COLLECT_REG_DENIED : COLLECT_REG_BROKEN;
		return true;
	}
	v->name = *p == '@' ? (p++, "") : quoted(r, &p);
	if (v->name == NULL || *p != '=' || !read_data(r, p + 1, &v->v))
		return false;
	*k->end = v;
	k->end = &v->next;
	return true;
}

static struct key *
find_key(struct recorded *r, const char *hive, const char *key)
{
	const char *path = collect_text(r->arena, *key == '\0' ? "%s%s" : "%s\\%s", hive, key);

	for (struct key *k = r->keys; k != NULL; k = k->next)
		if (collect_same(k->path, path))
			return k;
	/* A key that only has subkeys need not stand in the text. */
	for (struct key *k = r->keys; k != NULL; k = k->next)
		if (collect_begins(k->path, path) && k->path[strlen(path)] == '\\') {
			struct key *made = collect_alloc(r->arena, sizeof(*made));

			made->path = path;
			return made;
		}
	return NULL;
}

static enum collect_reg_answer
recorded_value(struct collect_registry *reg, const char *hive, const char *key, const char *name, struct collect_reg_value *out,
    struct collect_arena *a)
{
	struct recorded *r = reg->ctx;
	struct key *k = find_key(r, hive, key);

	(void)a;
	if (k == NULL || k->answer != COLLECT_REG_FOUND)
		return k == NULL ? COLLECT_REG_ABSENT : k->answer;
	for (struct value *v = k->values; v != NULL; v = v->next)
		if (collect_same(v->name, name)) {
			*out = v->v;
			return COLLECT_REG_FOUND;
		}
	return COLLECT_REG_ABSENT;
}

static void
add_name(char **names, size_t *n, char *name)
{
	for (size_t i = 0; i < *n; i++)
		if (collect_same(names[i], name))
			return;
	names[(*n)++] = name;
}

static size_t
count_all(const struct recorded *r)
{
	size_t n = 0;

	for (struct key *k = r->keys; k != NULL; k = k->next, n++)
		for (struct value *v = k->values; v != NULL; v = v->next)
			n++;
	return n;
}

static enum collect_reg_answer
recorded_names(
    struct collect_registry *reg, const char *hive, const char *key, bool values, char ***out, size_t *n, struct collect_arena *a)
{
	struct recorded *r = reg->ctx;
	struct key *at = find_key(r, hive, key);
	size_t len = strlen(hive) + (*key != '\0' ? 1 + strlen(key) : 0);

	*n = 0;
	*out = collect_alloc(a, (count_all(r) + 1) * sizeof(**out));
	if (at == NULL || at->answer != COLLECT_REG_FOUND)
		return at == NULL ? COLLECT_REG_ABSENT : at->answer;
	for (struct value *v = at->values; values && v != NULL; v = v->next)
		add_name(*out, n, collect_text(a, "%s", v->name));
	for (struct key *k = r->keys; !values && k != NULL; k = k->next)
		if (strlen(k->path) > len && k->path[len] == '\\' && collect_begins(k->path, at->path))
			add_name(*out, n, collect_text(a, "%.*s", (int)strcspn(k->path + len + 1, "\\"), k->path + len + 1));
	return COLLECT_REG_FOUND;
}

struct collect_registry *
collect_registry_recorded(struct collect_arena *a, const char *text, int *line)
{
	struct recorded *r = collect_alloc(a, sizeof(*r));
	struct collect_registry *reg = collect_alloc(a, sizeof(*reg));
	struct key *k = NULL;
	char *one;

	*r = (struct recorded){ .arena = a, .end = &r->keys };
	*reg = (struct collect_registry){ .value = recorded_value, .names = recorded_names, .ctx = r };
	*line = 0;
	while ((one = next_line(r, &text, line)) != NULL) {
		bool ok = true;

		if (*one == '[') {
			struct key **place = r->end;

			ok = add_key(r, one);
			k = *place;
		} else if (*one != '\0' && *one != ';' && !collect_begins(one, "Windows Registry Editor")) {
			ok = k != NULL && add_value(r, k, one);
		}
		if (!ok)
			return NULL;
	}
	return reg;
}
