/* The registry of the running Windows. Keys are opened for reading only, in the 64-bit view. */
#include "collect/windows_text.h"

#include <string.h>

#define NAME_MAX_WIDE 16384 /* characters of a value's name */
#define DATA_MAX ((DWORD)1 << 20)
#define TRIES 8 /* a value may grow between asking for its size and reading it */

static enum collect_reg_answer
answer(struct collect_registry *r, LONG error, struct collect_arena *a)
{
	r->why = NULL;
	if (error == ERROR_SUCCESS)
		return COLLECT_REG_FOUND;
	if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND)
		return COLLECT_REG_ABSENT;
	r->why = collect_windows_error(a, (DWORD)error);
	return error == ERROR_ACCESS_DENIED ? COLLECT_REG_DENIED : COLLECT_REG_BROKEN;
}

static LONG
key_open(struct collect_arena *a, const char *hive, const char *key, HKEY *out)
{
	const char *path = *key == '\0' ? hive : collect_text(a, "%s\\%s", hive, key);

	return RegOpenKeyExW(HKEY_LOCAL_MACHINE, collect_wide(a, path), 0, KEY_READ | KEY_WOW64_64KEY, out);
}

static LONG
value_read(struct collect_arena *a, HKEY key, const wchar_t *name, DWORD *type, uint8_t **data, DWORD *len)
{
	LONG error = ERROR_MORE_DATA;

	*len = 256;
	for (int i = 0; i < TRIES && error == ERROR_MORE_DATA && *len <= DATA_MAX; i++) {
		*data = collect_alloc(a, *len + 2);
		error = RegQueryValueExW(key, name, NULL, type, *data, len);
	}
	return error;
}

static enum collect_reg_answer
live_value(struct collect_registry *r, const char *hive, const char *key, const char *name, struct collect_reg_value *out,
    struct collect_arena *a)
{
	HKEY h;
	DWORD type, len;
	uint8_t *data;
	LONG error = key_open(a, hive, key, &h);

	if (error != ERROR_SUCCESS)
		return answer(r, error, a);
	error = value_read(a, h, collect_wide(a, name), &type, &data, &len);
	(void)RegCloseKey(h);
	if (error != ERROR_SUCCESS)
		return answer(r, error, a);
	r->why = NULL;
	if (!collect_reg_decode(a, type, data, len, out)) {
		r->why = collect_text(a, "%s\\%s, %s: its data does not fit its type", hive, key, name);
		return COLLECT_REG_BROKEN;
	}
	return COLLECT_REG_FOUND;
}

static LONG
name_at(HKEY key, bool values, DWORD i, wchar_t *name)
{
	DWORD n = NAME_MAX_WIDE;

	return values ? RegEnumValueW(key, i, name, &n, NULL, NULL, NULL, NULL)
		      : RegEnumKeyExW(key, i, name, &n, NULL, NULL, NULL, NULL);
}

static enum collect_reg_answer
live_names(
    struct collect_registry *r, const char *hive, const char *key, bool values, char ***out, size_t *n, struct collect_arena *a)
{
	wchar_t *name;
	HKEY h;
	DWORD keys = 0, entries = 0;
	LONG error = key_open(a, hive, key, &h);
	size_t room;

	*n = 0;
	*out = NULL;
	if (error != ERROR_SUCCESS)
		return answer(r, error, a);
	error = RegQueryInfoKeyW(h, NULL, NULL, NULL, &keys, NULL, NULL, &entries, NULL, NULL, NULL, NULL);
	room = (size_t)(values ? entries : keys) + 64;
	*out = collect_alloc(a, room * sizeof(**out));
	name = collect_alloc(a, NAME_MAX_WIDE * sizeof(*name));
	while (error == ERROR_SUCCESS && *n < room) {
		error = name_at(h, values, (DWORD)*n, name);
		if (error == ERROR_SUCCESS)
			(*out)[(*n)++] = collect_narrow(a, name);
	}
	(void)RegCloseKey(h);
	return answer(r, error == ERROR_NO_MORE_ITEMS ? ERROR_SUCCESS : error, a);
}

struct collect_registry *
collect_registry_live(struct collect_arena *a)
{
	struct collect_registry *r = collect_alloc(a, sizeof(*r));

	*r = (struct collect_registry){ .value = live_value, .names = live_names };
	return r;
}
