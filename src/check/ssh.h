/* The first words of an SSH server: its version string and its KEXINIT, read strictly (RFC 4251, 5; RFC 4253, 4.2, 6 and 7.1). */
#ifndef FP_CHECK_SSH_H
#define FP_CHECK_SSH_H

#include "check/probe.h"

#define SSH_LINE_MAX 256     /* a version string has at most 255 bytes with its line end */
#define SSH_LINES_MAX 4096   /* all lines up to the version string; RFC 4253 sets no limit */
#define SSH_PACKET_MAX 35000 /* RFC 4253, 6.1 */

/* The name-lists of KEXINIT in their order. */
enum ssh_list {
	SSH_KEX,
	SSH_HOSTKEY,
	SSH_CIPHER_IN,
	SSH_CIPHER_OUT,
	SSH_MAC_IN,
	SSH_MAC_OUT,
	SSH_COMPRESSION_IN,
	SSH_COMPRESSION_OUT,
	SSH_LANGUAGE_IN,
	SSH_LANGUAGE_OUT,
	SSH_LISTS
};

struct ssh_names {
	const char *names; /* "a,b,c", not NUL-terminated; borrowed from the bytes that were read */
	size_t len;
};

struct ssh_hello {
	char version[SSH_LINE_MAX]; /* "SSH-2.0-OpenSSH_9.2p1", "" when it has not come */
	bool protocol1;             /* 1.x is offered, alone or beside 2.0 ("1.99"); then the lists may be empty */
	bool disconnected;          /* the server ended the connection by a message of its own; no lists */
	struct ssh_names lists[SSH_LISTS];
};

/* WHOLE: version and lists (or protocol 1 alone, or a disconnect message); MORE: more must come; BROKEN: not SSH. p may be NULL with len 0. */
enum check_frame ssh_hello_read(struct ssh_hello *out, const uint8_t *p, size_t len);

#endif
