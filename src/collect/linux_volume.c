/* The serial number of a Windows volume that is mounted here: udev's names of the block devices give it without any right to read the device. */
#include "collect/registry.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BY_UUID "/dev/disk/by-uuid"
#define FIELD_MAX 512

/* The device of the mount that a folder is in; false when no mount has one. NTFS comes through FUSE, so that the folder's own device number says nothing. */
static bool
device_of(const char *dir, char device[PATH_MAX])
{
	char real[PATH_MAX], source[FIELD_MAX + 1], target[FIELD_MAX + 1], best[FIELD_MAX + 1] = "";
	FILE *f = realpath(dir, real) == NULL ? NULL : fopen("/proc/self/mounts", "re");
	size_t longest = 0;

	while (f != NULL && fscanf(f, "%512s %512s%*[^\n]", source, target) == 2) {
		size_t n = strcmp(target, "/") == 0 ? 0 : strlen(target);

		if (strncmp(real, target, n) == 0 && (real[n] == '/' || real[n] == '\0') && n >= longest) {
			longest = n;
			(void)snprintf(best, sizeof(best), "%s", source);
		}
	}
	if (f != NULL)
		(void)fclose(f);
	return best[0] == '/' && realpath(best, device) != NULL;
}

static bool
is_hex(const char *text, size_t n)
{
	return strspn(text, "0123456789ABCDEFabcdef") == n && strlen(text) == n;
}

/* NTFS: 16 digits, of which Windows shows the lower eight; FAT: XXXX-XXXX as Windows shows it. Other systems have longer names. */
static const char *
serial_of_name(struct collect_arena *a, const char *name)
{
	if (is_hex(name, 16))
		return collect_text(a, "%.4s-%.4s", name + 8, name + 12);
	return strlen(name) == 9 && name[4] == '-' ? collect_text(a, "%s", name) : NULL;
}

const char *
collect_volume_serial(struct collect_arena *a, const char *dir, const char **why)
{
	char device[PATH_MAX], link[PATH_MAX + 64], real[PATH_MAX];
	const char *serial = NULL;
	struct dirent *e;
	DIR *d = NULL;

	*why = "the folder is not a mounted Windows volume of which the system knows the serial number";
	if (device_of(dir, device))
		d = opendir(BY_UUID);
	while (d != NULL && serial == NULL && (e = readdir(d)) != NULL) {
		(void)snprintf(link, sizeof(link), BY_UUID "/%s", e->d_name);
		if (realpath(link, real) != NULL && strcmp(real, device) == 0)
			serial = serial_of_name(a, e->d_name);
	}
	if (d != NULL)
		(void)closedir(d);
	return serial;
}
