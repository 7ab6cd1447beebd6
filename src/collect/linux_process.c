#include "collect/linux.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATUS_MAX ((size_t)1 << 16)

/* Capabilities with which a process can make itself administrator or read every file (capabilities(7)). */
static const unsigned dangerous[] = {
	0,  /* CHOWN */
	1,  /* DAC_OVERRIDE */
	2,  /* DAC_READ_SEARCH */
	3,  /* FOWNER */
	6,  /* SETGID */
	7,  /* SETUID */
	16, /* SYS_MODULE */
	17, /* SYS_RAWIO */
	19, /* SYS_PTRACE */
	21, /* SYS_ADMIN */
	31, /* SETFCAP */
	33, /* MAC_ADMIN */
	39, /* BPF */
};

bool
linux_caps_dangerous(uint64_t caps)
{
	for (size_t i = 0; i < sizeof(dangerous) / sizeof(dangerous[0]); i++)
		if ((caps >> dangerous[i] & 1) != 0)
			return true;
	return false;
}

/* "Uid: real effective saved of-the-file-system": with a saved 0 it can go back to being root. */
static bool
take_uids(struct linux_process *p, const char *text)
{
	for (int k = 0; k < 4; k++) {
		char *end;
		unsigned long id = strtoul(text, &end, 10);

		if (end == text)
			return false;
		p->uid = k == 1 ? id : p->uid;
		p->root = p->root || id == 0;
		text = end;
	}
	return true;
}

bool
linux_process_status(struct collect *c, long pid, struct linux_process *p)
{
	char *text = linux_read(c, collect_text(c->arena, "/proc/%ld/status", pid), STATUS_MAX, NULL), *line;
	bool uid = false, caps = false;

	*p = (struct linux_process){ .uid = 0 };
	while (text != NULL && (line = linux_next_line(&text, false)) != NULL) {
		if (strncmp(line, "Uid:", 4) == 0) {
			uid = take_uids(p, line + 4);
		} else if (strncmp(line, "CapEff:", 7) == 0) {
			p->caps = strtoull(linux_trim(line + 7), NULL, 16);
			caps = true;
		}
	}
	return uid && caps;
}

char *
linux_public_path(struct collect *c, const char *path)
{
	size_t user;

	if (strncmp(path, "/home/", 6) != 0)
		return collect_text(c->arena, "%s", path);
	user = strcspn(path + 6, "/");
	return collect_text(c->arena, "/home/*%s", path + 6 + user);
}

/* The running file itself, also when another one has its name by now. */
static void
put_image(struct collect *c, struct collect_value *v, long pid)
{
	const char *exe = collect_text(c->arena, "/proc/%ld/exe", pid);
	char *image = linux_link(c, exe), hex[65];
	size_t n = image == NULL ? 0 : strlen(image);

	if (n > 10 && strcmp(image + n - 10, " (deleted)") == 0)
		image[n - 10] = '\0';
	collect_put_text(v, "image", image == NULL ? NULL : linux_public_path(c, image));
	collect_put_text(v, "image_sha256", image != NULL && linux_sha256(c, exe, hex) ? hex : NULL);
	if (image == NULL)
		collect_unknown(c, "processes.image", "no right to see the program of some processes");
}

void
linux_add_process(struct collect *c, struct collect_value *list, long pid)
{
	struct collect_value *v = collect_object(c->arena);
	struct linux_process p;

	for (size_t i = 0; i < collect_count(list); i++) {
		char number[24];

		(void)snprintf(number, sizeof(number), "%ld", pid);
		if (strcmp(collect_canonical(c->arena, collect_get(collect_at(list, i), "pid"), NULL), number) == 0)
			return;
	}
	collect_put_int(v, "pid", pid);
	put_image(c, v, pid);
	if (linux_process_status(c, pid, &p)) {
		collect_put_text(v, "sid", collect_text(c->arena, "uid:%lu", p.uid));
		collect_put_bool(v, "administrator", p.root || linux_caps_dangerous(p.caps));
		collect_put_text(v, "caps", collect_text(c->arena, "%016llx", (unsigned long long)p.caps));
	} else {
		collect_put(v, "sid", NULL);
		collect_put(v, "administrator", NULL);
		collect_put(v, "caps", NULL);
		collect_unknown(c, "processes.administrator", "of some processes it cannot be read whose they are");
	}
	collect_add(list, v);
}
