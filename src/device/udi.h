/*
 * Unique Device Identification: from what a scanner sends or a person types to one record. Three issuing agencies: GS1 (element
 * strings, brackets, Digital Link), HIBCC (primary, secondary, concatenated), ICCBBA (ISBT 128). Writes nothing on its own: pure functions.
 */
#ifndef FP_DEVICE_UDI_H
#define FP_DEVICE_UDI_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/status.h"

#define DEVICE_UDI_TEXT_MAX 1024   /* bytes of one UDI string */
#define DEVICE_UDI_VALUE_MAX 90    /* longest value of a GS1 application identifier */
#define DEVICE_UDI_ELEMENTS_MAX 24 /* elements in one string */

enum device_udi_agency { DEVICE_UDI_GS1, DEVICE_UDI_HIBCC, DEVICE_UDI_ICCBBA };
enum device_udi_form {
	DEVICE_UDI_FORM_DI,      /* the bare device identifier: a GTIN of 8, 12, 13 or 14 digits */
	DEVICE_UDI_FORM_SCAN,    /* element string, with or without symbology identifier and separators */
	DEVICE_UDI_FORM_BRACKET, /* human-readable: (01)...(21)... */
	DEVICE_UDI_FORM_LINK     /* GS1 Digital Link: https://id.gs1.org/01/.../21/... */
};

/* One element as it stood: GS1 application identifier ("01"), HIBCC flag ("$$3", "S", "14D"), ISBT 128 data identifier ("=/"). */
struct device_udi_element {
	char id[6];
	const char *title; /* "serial number"; English, static */
	size_t at;         /* position of the value in the text, from 1 */
	char value[DEVICE_UDI_VALUE_MAX + 1];
};

struct device_udi {
	enum device_udi_agency agency;
	enum device_udi_form form;
	char di[DEVICE_UDI_VALUE_MAX +
		1]; /* device identifier, GTINs as 14 digits; "" in a carrier that holds only production data */
	char lot[DEVICE_UDI_VALUE_MAX + 1]; /* "" where the string says nothing; so all that follow */
	char serial[DEVICE_UDI_VALUE_MAX + 1];
	char software[DEVICE_UDI_VALUE_MAX + 1]; /* (8012) */
	char link;                         /* HIBCC secondary carrier: check character of its primary; '\0' when there is none */
	struct fp_date production, expiry; /* year 0 where the string says nothing */
	struct device_udi_element elements[DEVICE_UDI_ELEMENTS_MAX];
	size_t n_elements;
	/*
	 * Doubt: a value of variable length that ends without a separator may hold the next element too ("10A213B1211234"). Position of
	 * the value, from 1; 0 = no doubt. Only set where accept_doubt let the string through: then the value is the longest reading.
	 */
	size_t doubt_at;
};

struct device_udi_options {
	int year;          /* the year now, for the century of YY (GS1 General Specifications 7.12); from the injected clock */
	bool accept_doubt; /* lot and serial that may have run together: give the longest reading and doubt_at; false: refuse */
};

/*
 * Read len bytes (no need of a NUL). Messages name the position, from 1, what stands there and what was expected: check digits (GTIN, SSCC, GLN,
 * modulo 43), dates that do not exist, unknown identifiers, characters outside the set, wrong lengths. FP_EINVAL, FP_ELIMIT.
 */
enum fp_status device_udi_parse(
    struct device_udi *out, const char *text, size_t len, const struct device_udi_options *o, struct fp_err *err) FP_MUST_CHECK;

/*
 * Put the production data of a second carrier into the first (u holds the DI, add none, or both the same). FP_EINVAL when they disagree,
 * when the agencies differ, or when the HIBCC link character is not the primary's check character.
 */
enum fp_status device_udi_merge(struct device_udi *u, const struct device_udi *add, struct fp_err *err) FP_MUST_CHECK;

/* A whole UDI: DI there, and what its elements require (serial needs a DI, a secondary serial needs a serial). FP_EINVAL names what lacks. */
enum fp_status device_udi_complete(const struct device_udi *u, struct fp_err *err) FP_MUST_CHECK;

/*
 * A GTIN of 8, 12, 13 or 14 digits -> 14 digits and NUL into out, check digit verified. A right check digit is not an identity: neighbours
 * that differ by 5 may change places unseen. FP_EINVAL says which digit was expected.
 */
enum fp_status device_gtin_normal(char out[15], const char *digits, size_t len, struct fp_err *err) FP_MUST_CHECK;
/* The same without a message: for a million rows. */
bool device_gtin_ok(char out[15], const char *digits, size_t len);

/*
 * A device identifier of any agency as lists hold it: GTIN -> 14 digits; HIBCC with or without "+" and ICCBBA with or without "=/" -> the bare DI
 * in upper case. FP_EINVAL for anything else.
 */
enum fp_status device_di_normal(
    char out[DEVICE_UDI_VALUE_MAX + 1], const char *text, size_t len, struct fp_err *err) FP_MUST_CHECK;

/* YY -> year, by the 51/49 window around now (GS1 General Specifications 7.12). */
int device_udi_century(int yy, int year_now);

/* The bracketed form of a GS1 record, elements in their order; other agencies: the elements joined as the standard joins them. */
void device_udi_text(struct fp_buf *out, const struct device_udi *u);

const char *device_udi_agency_name(enum device_udi_agency a); /* "GS1", "HIBCC", "ICCBBA" */

#endif
