/*
 * What the settings of a Windows mean. All decisions stand here, portable: the registry (live, offline or recorded) and what only a running system can tell (struct
 * collect_windows) are asked through interfaces, so that the same code is tested with recorded answers where no Windows is.
 */
#ifndef FP_COLLECT_FACTS_WINDOWS_H
#define FP_COLLECT_FACTS_WINDOWS_H

#include "collect/registry.h"

/* ---- what only the running system tells; texts are UTF-8 in the arena ---- */

enum collect_tri { COLLECT_NO, COLLECT_YES, COLLECT_NOT_KNOWN = -1 };

struct collect_run_state { /* of a service, by the service control manager */
	const char *name;
	const char *state; /* "running", "stopped", "other" */
	const char *display;
	int64_t pid; /* 0: none */
};

struct collect_token {
	const char *sid;
	const char *const
	    *groups; /* SIDs in the token, those for denial only too: such a member becomes an administrator by consent */
	size_t n_groups;
	enum collect_tri elevated;
	uint32_t integrity; /* RID: 0x1000 low, 0x2000 medium, 0x3000 high, 0x4000 system; UINT32_MAX not known */
};

struct collect_socket {
	bool udp, v6;
	uint8_t address[16]; /* 4 or 16 bytes */
	uint16_t port;
	int64_t pid;
};

/*
 * Each function answers false with *why (never NULL then) when the fact cannot be had.
 * sids: a list of SIDs as texts.
 */
struct collect_windows {
	void *ctx;
	bool (*services)(void *ctx, struct collect_run_state **out, size_t *n, struct collect_arena *a, const char **why);
	/* "S-1-5-..." and the full name, "DEVICE\\sbsuser", of an account as a service names it. */
	bool (*account)(
	    void *ctx, const char *name, const char **sid, const char **full, struct collect_arena *a, const char **why);
	/* All local groups that an account is in, directly or through groups of the domain (NetUserGetLocalGroups, LG_INCLUDE_INDIRECT); false with sids: some of them. */
	bool (*groups)(void *ctx, const char *full, const char ***sids, size_t *n, struct collect_arena *a, const char **why);
	/* Direct members of S-1-5-32-544. */
	bool (*administrators)(void *ctx, const char ***sids, size_t *n, struct collect_arena *a, const char **why);
	bool (*token)(void *ctx, int64_t pid, struct collect_token *out, struct collect_arena *a, const char **why);
	bool (*image)(void *ctx, int64_t pid, const char **path, struct collect_arena *a, const char **why);
	bool (*sockets)(void *ctx, struct collect_socket **out, size_t *n, struct collect_arena *a, const char **why);
	/* "1.2.3.4" of a program's version resource; false: it has none, or cannot be read. */
	bool (*version)(void *ctx, const char *path, const char **version, struct collect_arena *a);
	bool (*sha256)(const char *path, char hex[65]);
};

/* What the facts are read from. */
struct collect_from {
	struct collect_registry *registry;
	const struct collect_windows *running; /* NULL: the system does not run */
	const char *volume_serial;             /* "XXXX-XXXX", NULL when it could not be had */
	const char *volume_why;                /* why not */
	/* Made by collect_from_registry. */
	const char *root;    /* "C:\\Windows", as that system names itself */
	uint32_t build;      /* 7601; 0 when not known */
	bool server;         /* Windows Server */
	const char *edition; /* "EnterpriseS"; "" when not known */
	struct collect_run_state *states;
	size_t n_states;
	const char *states_why; /* why there are none */
};

/* Fills the lower part of f. */
void collect_from_registry(struct collect *c, struct collect_from *f);

struct collect_windows_reader {
	const char *member, *what;
	void (*read)(struct collect *c, const struct collect_from *f);
};
/* In the order in which they must be read; ends with member NULL. */
extern const struct collect_windows_reader collect_windows_readers[];

/* ---- one decision each, in files of their own ---- */

void collect_windows_host(struct collect *c, const struct collect_from *f);
void collect_windows_software(struct collect *c, const struct collect_from *f);
void collect_windows_services(struct collect *c, const struct collect_from *f);
void collect_windows_accounts(struct collect *c, const struct collect_from *f); /* of facts.services */
void collect_windows_listeners(struct collect *c, const struct collect_from *f);
void collect_windows_processes(struct collect *c, const struct collect_from *f); /* of facts.services and facts.listeners */
void collect_windows_http(struct collect *c, const struct collect_from *f);
void collect_windows_firewall(struct collect *c, const struct collect_from *f);
void collect_windows_smb_client(struct collect *c, const struct collect_from *f);
void collect_windows_smb_server(struct collect *c, const struct collect_from *f);

/* The program of an ImagePath, without its arguments, as a full path: "\\SystemRoot\\x", "system32\\x", "%ProgramFiles%\\x", quotes. NULL when there is none. */
const char *collect_windows_program(struct collect_arena *a, const char *image_path, const char *root);
/* image, image_version and image_sha256 of a service or process; the last two only of programs outside the Windows folder, and of a running system. */
void collect_windows_put_image(struct collect *c, const struct collect_from *f, struct collect_value *one, const char *image);
/* "1.2.3.4" or "::1" (RFC 5952), and whether nothing but this machine reaches it: 127/8, ::1 and the former mapped. */
const char *collect_windows_address(struct collect_arena *a, const struct collect_socket *s, bool *loopback);
/* Is a URL of http.sys reachable from the network: its host is "+" or "*", a name, an address. */
bool collect_windows_url_is_loopback(const char *url);
/* One of HardenedPaths' texts: "RequireMutualAuthentication=1, RequireIntegrity=1". */
void collect_windows_hardened(const char *text, bool *mutual, bool *integrity, bool *privacy);
/* The state of a service as the system says; NULL when it does not run or has no such service. */
const struct collect_run_state *collect_windows_state(const struct collect_from *f, const char *name);

/* Why nothing can be said of a system that does not run. */
#define COLLECT_OFFLINE_WHY "read from the registry of a system that is not running"

#endif
