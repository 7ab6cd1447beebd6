/* smb.conf as Samba's own loader takes it (order counts, later lines win, names without regard to case and blanks); testparm is the referee of the tests. */
#ifndef FP_COLLECT_LINUX_SMBCONF_H
#define FP_COLLECT_LINUX_SMBCONF_H

#include "collect/collect.h"

#define SMBCONF_SHARES_MAX 5000

enum smbconf_level { SMBCONF_DEFAULT, SMBCONF_OFF, SMBCONF_IF_REQUIRED, SMBCONF_DESIRED, SMBCONF_REQUIRED };
enum smbconf_protocol { SMBCONF_PROTOCOL_DEFAULT, SMBCONF_SMB1, SMBCONF_SMB2, SMBCONF_SMB3 };

struct smbconf_share {
	const char *name;
	enum smbconf_level encrypt;
	bool encrypt_stated; /* a copy does not overwrite it */
};

struct smbconf {
	struct collect_arena *arena;
	enum smbconf_level encrypt, signing;
	enum smbconf_protocol min, max;
	bool domain_controller; /* server role = active directory domain controller: signing is required by default */
	struct smbconf_share *shares;
	size_t n, cap;
	const char *broken;         /* NULL, or why it cannot be said what Samba takes */
	const char *shares_unknown; /* NULL, or why there may be more shares than are listed */
	/* Text of an included file (zero-terminated, may be changed), NULL when it is not there; *denied: there, but not readable. */
	char *(*include)(void *ctx, const char *path, bool *denied);
	void *ctx;

	int at;        /* section that lines belong to: -1 global, otherwise a share */
	unsigned deep; /* includes inside each other */
	size_t included;
};

/* Take one text (and what it includes). s is zeroed but for arena, include and ctx. */
void smbconf_parse(struct smbconf *s, char *text);

#endif
