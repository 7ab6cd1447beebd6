/*
 * A device: one unit at a site. Public record: filled by the CSV import or the store, read by everyone.
 */
#ifndef FP_DEVICE_DEVICE_H
#define FP_DEVICE_DEVICE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define DEVICE_MODES_MAX 4
#define DEVICE_COMPONENTS_MAX 8
#define DEVICE_FIELD_MAX 512 /* bytes of any one text field; longer input is a bad row */

enum device_connectivity { DEVICE_CONN_UNKNOWN, DEVICE_CONN_INTERNET, DEVICE_CONN_LOCAL, DEVICE_CONN_NONE };
enum device_status { DEVICE_IN_USE, DEVICE_STORED, DEVICE_TRANSFERRED, DEVICE_DECOMMISSIONED };

/* A boot mode and the software that is installed in it: version belongs to (device, mode), never to the device alone. */
struct device_mode {
	char *name;     /* "Dx", "RUO" */
	char *software; /* "MiSeqDx Operating Software"; NULL when not known */
	char *version;  /* "4.0.1"; NULL when not known */
};

/* Software that stands on the device beside the one that the mode runs, under its own name. */
struct device_component {
	char *name;    /* "UCS"; never NULL */
	char *version; /* "2.0"; NULL when not known */
	char *mode;    /* where it is installed; "" = whatever the mode */
};

/* All texts are owned, UTF-8, trimmed; NULL when the list does not say. Only serial is never NULL. */
struct device {
	int64_t id;    /* in the store; 0 for one not stored yet */
	char *serial;  /* as written on the device */
	char *product; /* trade name as the list has it */
	char *manufacturer;
	char *catalog_number; /* REF */
	char *udi_di;         /* as given, GTINs as 14 digits; check digit verified at import */
	char *lot;
	char *location;
	char *owner; /* department or person who answers for it */
	char *note;
	char *host;     /* the instrument's own address: "host" or "host:port", IPv6 in brackets */
	char *bmc;      /* its management controller's address */
	char *storage;  /* where its runs go: \\server\share, smb://server[:port]/share, nfs://..., sftp://... */
	char *mode_now; /* boot mode that is running, where the list says so */
	char *part_of;  /* serial of the instrument that this server belongs to */
	enum device_connectivity connectivity;
	enum device_status status;
	size_t n_modes;
	struct device_mode modes[DEVICE_MODES_MAX];
	size_t n_components;
	struct device_component components[DEVICE_COMPONENTS_MAX];
};

void device_free(struct device *d); /* frees the members, not d; safe on an all-zero one */
enum fp_status device_copy(struct device *out, const struct device *d, struct fp_err *err) FP_MUST_CHECK;

/* "internet", "local", "none", "unknown"; "in-use", "stored", "transferred", "decommissioned": as stored and as in JSON. NULL never. */
const char *device_connectivity_name(enum device_connectivity c);
const char *device_status_name(enum device_status s);
bool device_connectivity_of(enum device_connectivity *out, const char *name);
bool device_status_of(enum device_status *out, const char *name);

/*
 * Under what the store looks a device up: the folded serial number (as it stands, when nothing of it survives folding). Several devices may share it, for
 * two makers may give the same number: device_same then tells. Caller frees; NULL when out of memory.
 */
char *device_key(const struct device *d);

/*
 * Do two records with one serial number tell of the same device? Lists spell a product now one way, now another ("NextSeq 550Dx", "NextSeq(TM) 550Dx
 * Instrument"), and gain a REF or UDI-DI over time. An identifier that both have decides (UDI-DI, then catalogue number); two makers are two
 * devices; otherwise the folded names decide: equal, or one within the other. False when out of memory: then they stay two.
 */
bool device_same(const struct device *a, const struct device *b);

/* The record of that mode, or NULL. Names compare without case. */
const struct device_mode *device_mode_find(const struct device *d, const char *mode);

/* The record of that component for the mode ("" = for whatever mode), or NULL. Names compare folded, modes without case. */
const struct device_component *device_component_find(const struct device *d, const char *name, const char *mode);

/* What differs between two records of one device, as "field: 'old' -> 'new'" lines into out; returns how many. */
struct fp_buf;
size_t device_diff(struct fp_buf *out, const struct device *was, const struct device *is);

#endif
