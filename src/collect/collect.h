/*
 * The collector: reads settings of the machine that it runs on and writes one fact file (docs/facts.md). It is its own small program for Linux and Windows and uses nothing of
 * the other modules: no base, no jansson, so that it cross-builds static and small. It only reads; the fact file and, on first use, the key beside it are all that it writes.
 */
#ifndef FP_COLLECT_COLLECT_H
#define FP_COLLECT_COLLECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- a tree of facts, written as canonical JSON (json.c) ---- */

struct collect_value; /* null, bool, integer, text, list, object; all memory belongs to one arena, freed at once */
struct collect_arena;
struct collect_arena *collect_arena_new(void);
void collect_arena_free(struct collect_arena *a);
void *collect_alloc(struct collect_arena *a, size_t n)
    __attribute__((returns_nonnull)); /* zeroed; never NULL: out of memory ends the program (collect_fatal) */
char *collect_text(struct collect_arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

struct collect_value *collect_object(struct collect_arena *a);
struct collect_value *collect_list(struct collect_arena *a);
/* Set a member; a second value replaces the first. The text is copied; NULL gives null; bytes that are no UTF-8 are replaced by U+FFFD; cut at 1024 bytes. */
void collect_put(struct collect_value *object, const char *key, struct collect_value *v); /* v NULL: null */
void collect_put_text(struct collect_value *object, const char *key, const char *text);
void collect_put_int(struct collect_value *object, const char *key, int64_t v);
void collect_put_bool(struct collect_value *object, const char *key, bool v);
void collect_add(struct collect_value *list, struct collect_value *v);
void collect_add_text(struct collect_value *list, const char *text);
void collect_add_int(struct collect_value *list, int64_t v);
/* Same state, same bytes: sort a list by its elements' canonical bytes. */
void collect_sort(struct collect_value *list);
struct collect_value *collect_get(const struct collect_value *object, const char *key); /* NULL when absent */
size_t collect_count(const struct collect_value *list);
struct collect_value *collect_at(const struct collect_value *list, size_t i); /* NULL behind the end */
const char *collect_as_text(const struct collect_value *v);                   /* NULL when it is no text */
bool collect_as_int(const struct collect_value *v, int64_t *out);             /* false when it is no integer */
bool collect_is_object(const struct collect_value *v);
bool collect_cut(struct collect_value *list, size_t max); /* true when elements were dropped so that max remain */
/* Canonical bytes, zero-terminated, in the arena. */
char *collect_canonical(struct collect_arena *a, const struct collect_value *v, size_t *len);

/* ---- what is being collected ---- */

struct collect_options {
	const char *serial, *mode, *challenge; /* NULL when not said */
	const char *out;                       /* path of the fact file */
	const char *key;                       /* path of the key; made when it is not there */
	const char *root;                      /* Linux: "/" or a folder that stands for it (tests) */
	const char *ipmi;                      /* Linux: "/dev/ipmi0", or "tcp:127.0.0.1:PORT" of a simulated controller */
	const char *const *others; /* where other boot modes' systems are mounted: "D:\\", "/mnt/ruo"; ends with NULL */
	bool yes, quiet;           /* do not ask; do not list what is read either */
};

/* What a reader works on. */
struct collect {
	const struct collect_options *o;
	struct collect_arena *arena;
	struct collect_value *facts;
	struct collect_value *unknown; /* facts.unknown */
};
/* Note that a fact could not be read: its member becomes null and the reason stands in facts.unknown. fact is dotted: "firewall.profiles". */
void collect_unknown(struct collect *c, const char *fact, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* One thing that is read: printed before anything is read, then done. The platform's table ends with member NULL. */
struct collect_reader {
	const char *member; /* of the facts: "listeners" */
	const char *what;   /* said to the person: "open ports: GetExtendedTcpTable" */
	void (*read)(struct collect *c);
};
const struct collect_reader *collect_readers(void); /* linux.c, windows.c */

/*
 * Another boot mode's system, mounted at dir (a Windows folder, found by Windows/System32/config): its facts, source "offline", with an unknown list of
 * their own. NULL when there is none or it cannot be read, with the reason noted in c under "offline". offline.c
 */
struct collect_value *collect_offline(struct collect *c, const char *dir);

/* The members that every file has, and those of an offline system too: collector, platform, collected, challenge, stated, source ("running", "offline"). core.c */
void collect_head(struct collect *c, const char *platform, const char *source);
char *collect_time_text(struct collect_arena *a, int64_t seconds); /* "2026-11-21T15:00:00Z" */
/* {"value":...,"stated":...,"source":...}; value: 0 false, 1 true, -1 not known. core.c */
struct collect_value *collect_setting(struct collect_arena *a, int value, bool stated, const char *source);

/* ---- what a platform gives besides (linux_file.c, windows_*.c); paths are UTF-8 ---- */

enum collect_file { COLLECT_FILE_OK, COLLECT_FILE_ABSENT, COLLECT_FILE_DENIED, COLLECT_FILE_BROKEN };
/* A whole plain file of at most max bytes, zero-terminated behind its end; why says what failed. */
enum collect_file collect_file_read(
    struct collect_arena *a, const char *path, size_t max, char **bytes, size_t *len, char why[256]);
/* The file appears whole or not at all (new name, flushed, renamed); one that is there is replaced. private: for the owner only, where the file system can. */
bool collect_file_write(const char *path, const void *bytes, size_t len, bool private, char why[256]);
bool collect_is_folder(const char *path);
bool collect_elevated(void);    /* administrator rights, uid 0 */
int64_t collect_now(void);      /* seconds since 1970, by the clock of this machine */
bool collect_on_terminal(void); /* a person can answer a question */

/* ---- registry: live, offline hive, or recorded (tests) ---- */

enum collect_reg_type {
	COLLECT_REG_NONE,
	COLLECT_REG_TEXT,
	COLLECT_REG_EXPAND,
	COLLECT_REG_BINARY,
	COLLECT_REG_DWORD,
	COLLECT_REG_MULTI,
	COLLECT_REG_QWORD
};
enum collect_reg_answer { COLLECT_REG_FOUND, COLLECT_REG_ABSENT, COLLECT_REG_DENIED, COLLECT_REG_BROKEN };

/* A value: text is UTF-8 (MULTI: parts separated by zeros, ended by an empty one), number for DWORD and QWORD. */
struct collect_reg_value {
	enum collect_reg_type type;
	const char *text;
	uint64_t number;
	const uint8_t *bytes;
	size_t len;
};

/* Paths are below the hive, with backslashes: ("SYSTEM", "CurrentControlSet\\Services\\LanmanServer"). The offline kind resolves CurrentControlSet by Select\Current. */
struct collect_registry {
	enum collect_reg_answer (*value)(struct collect_registry *r, const char *hive, const char *key, const char *name,
	    struct collect_reg_value *out, struct collect_arena *a);
	/* Names of the subkeys, or with values true of the values, of a key. */
	enum collect_reg_answer (*names)(struct collect_registry *r, const char *hive, const char *key, bool values, char ***out,
	    size_t *n, struct collect_arena *a);
	void *ctx;
	const char *why; /* of the last answer DENIED or BROKEN; NULL: nothing more is known */
};

/* ---- the end of it ---- */

/* Sign facts and write the file whole (new name, then rename); 0 or an exit code with the message printed. */
int collect_write(struct collect *c);
/* P-256 (docs/facts.md): loads or makes the key at o->key. sign_openssl.c, sign_windows.c. false with why. */
bool collect_sign(
    const struct collect_options *o, const void *bytes, size_t len, uint8_t public_key[65], uint8_t signature[64], char why[256]);
/* The key's file, the same on every platform: "fieldproof-collect-key-1 BASE64\n" of 97 bytes: public key (04 x y), private scalar, big-endian. key.c */
#define COLLECT_KEY_BYTES 97
enum collect_file collect_key_load(const struct collect_options *o, uint8_t key[COLLECT_KEY_BYTES], char why[256]);
bool collect_key_save(const struct collect_options *o, const uint8_t key[COLLECT_KEY_BYTES], char why[256]);
/* RFC 4648 with padding. collect_unbase64 gives the number of bytes, or SIZE_MAX when it is no base64 or longer than max. key.c */
char *collect_base64(struct collect_arena *a, const void *bytes, size_t len);
size_t collect_unbase64(const char *text, uint8_t *out, size_t max);
/* The whole program: arguments in UTF-8; 0 a file was written, 1 it was not (or the person said no), 2 wrong use. run.c */
int collect_main(int argc, char **argv);
bool collect_sha256_file(const char *path, char hex[65]); /* false when it cannot be read or is larger than 256 MiB */
_Noreturn void collect_fatal(const char *what);

#endif
