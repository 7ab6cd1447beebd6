/* The three kinds of registry (live, hives of a system that is not running, recorded for tests) and what is asked of each alike. */
#ifndef FP_COLLECT_REGISTRY_H
#define FP_COLLECT_REGISTRY_H

#include "collect/collect.h"

/* The registry of the running Windows; 64-bit view. registry_live.c. */
struct collect_registry *collect_registry_live(struct collect_arena *a);
/* The hives in a folder (".../Windows/System32/config"): SYSTEM and SOFTWARE are found whatever their case. A hive that is missing or damaged answers BROKEN, with the reason. */
struct collect_registry *collect_registry_hives(struct collect_arena *a, const char *config);
/* A path below a folder, each part whatever its case; parts ends with NULL. A part that is not there is taken as written. */
const char *collect_windows_below(struct collect_arena *a, const char *folder, const char *const *parts);
/* End of its open files; nothing for the other kinds. */
void collect_registry_close(struct collect_registry *r);
/*
 * A registry recorded as text, as reg.exe exports it, in UTF-8: "[HKEY_LOCAL_MACHINE\\SYSTEM\\...]", "\"Name\"=dword:00000001", "=\"text\"", "=hex(7):...", lines continued by a
 * backslash. A line "denied" or "broken" below a key is what asking for it answers. NULL with the line's number when it cannot be read.
 */
struct collect_registry *collect_registry_recorded(struct collect_arena *a, const char *text, int *line);

/* "XXXX-XXXX" of the volume that dir is in, as Windows shows it; NULL with *why. linux_volume.c, windows_file.c. */
const char *collect_volume_serial(struct collect_arena *a, const char *dir, const char **why);

/* A value from its type as Windows numbers it and its raw data; false when the data does not fit the type. */
bool collect_reg_decode(struct collect_arena *a, uint32_t type, const uint8_t *data, size_t len, struct collect_reg_value *out);
/* UTF-16 (little endian bytes, up to len or its first zero) to UTF-8; halves of pairs become U+FFFD. */
char *collect_from_utf16(struct collect_arena *a, const uint8_t *data, size_t len);
/* Equal but for the case of ASCII letters. */
bool collect_same(const char *a, const char *b);
/* Does a text begin with, or contain, another but for the case of ASCII letters. */
bool collect_begins(const char *text, const char *with);
const char *collect_find(const char *text, const char *what);

/* The value as a number (DWORD or QWORD) or a text; another type answers BROKEN. */
enum collect_reg_answer collect_reg_number(
    struct collect_registry *r, const char *hive, const char *key, const char *name, uint64_t *out, struct collect_arena *a);
enum collect_reg_answer collect_reg_text(
    struct collect_registry *r, const char *hive, const char *key, const char *name, const char **out, struct collect_arena *a);
/* "access denied", "damaged: ...": for facts.unknown. */
const char *collect_reg_why(const struct collect_registry *r, enum collect_reg_answer answer);

#endif
