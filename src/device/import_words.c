/*
 * Folding, and the words for values of device lists in English, Danish, German, Italian and Spanish, as data.
 */
#include <stdlib.h>
#include <string.h>

#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include "base/utf8.h"
#include "device/import_int.h"

/* Take the accents off folded text: "número" -> "numero", "ø" -> "o". */
static void
put_plain(struct fp_buf *out, uint32_t c)
{
	UErrorCode e = U_ZERO_ERROR;
	const UNormalizer2 *nfd = unorm2_getNFDInstance(&e);
	UChar parts[8];
	int32_t n;

	if (c == 0xF8 || c == 0xE6) {
		fp_buf_puts(out, c == 0xF8 ? "o" : "ae");
		return;
	}
	n = U_SUCCESS(e) ? unorm2_getDecomposition(nfd, (UChar32)c, parts, (int32_t)FP_COUNT(parts), &e) : -1;
	if (U_SUCCESS(e) && n > 0 && !U16_IS_SURROGATE(parts[0]))
		c = parts[0];
	if (c < 0x300 || c > 0x36F)
		fp_utf8_put(out, c);
}

void
device_import_fold(struct fp_buf *out, const char *text, size_t len)
{
	struct fp_buf copy = { .max = 0 }, folded = { .max = 0 };
	const char *p, *end;

	fp_buf_add(&copy, text, len);
	if (copy.data != NULL && copy.failed == FP_OK)
		fp_utf8_fold(&folded, copy.data);
	p = folded.data;
	end = p == NULL ? NULL : p + folded.len;
	while (p < end) {
		if ((unsigned char)*p < 0x80)
			fp_buf_putc(out, *p++);
		else
			put_plain(out, fp_utf8_next(&p, end));
	}
	fp_buf_free(&copy);
	fp_buf_free(&folded);
}

/* ---- values ---- */

enum { SAYS_YES = 100, SAYS_NO = 101 };

struct value_word {
	const char *word;
	int value;
};

static const struct value_word connectivity_words[] = {
	{ "yes", SAYS_YES },
	{ "ja", SAYS_YES },
	{ "si", SAYS_YES },
	{ "y", SAYS_YES },
	{ "j", SAYS_YES },
	{ "true", SAYS_YES },
	{ "1", SAYS_YES },
	{ "x", SAYS_YES },
	{ "connected", SAYS_YES },
	{ "verbunden", SAYS_YES },
	{ "forbundet", SAYS_YES },
	{ "connesso", SAYS_YES },
	{ "conectado", SAYS_YES },
	{ "no", SAYS_NO },
	{ "nein", SAYS_NO },
	{ "nej", SAYS_NO },
	{ "n", SAYS_NO },
	{ "false", SAYS_NO },
	{ "0", SAYS_NO },
	{ "internet", DEVICE_CONN_INTERNET },
	{ "internetconnected", DEVICE_CONN_INTERNET },
	{ "online", DEVICE_CONN_INTERNET },
	{ "internetja", DEVICE_CONN_INTERNET },
	{ "mitinternet", DEVICE_CONN_INTERNET },
	{ "withinternet", DEVICE_CONN_INTERNET },
	{ "medinternet", DEVICE_CONN_INTERNET },
	{ "coninternet", DEVICE_CONN_INTERNET },
	{ "local", DEVICE_CONN_LOCAL },
	{ "localnetwork", DEVICE_CONN_LOCAL },
	{ "localonly", DEVICE_CONN_LOCAL },
	{ "lan", DEVICE_CONN_LOCAL },
	{ "intranet", DEVICE_CONN_LOCAL },
	{ "network", DEVICE_CONN_LOCAL },
	{ "networkonly", DEVICE_CONN_LOCAL },
	{ "lokal", DEVICE_CONN_LOCAL },
	{ "lokalesnetz", DEVICE_CONN_LOCAL },
	{ "lokalesnetzwerk", DEVICE_CONN_LOCAL },
	{ "netzwerk", DEVICE_CONN_LOCAL },
	{ "nurnetzwerk", DEVICE_CONN_LOCAL },
	{ "lokalt", DEVICE_CONN_LOCAL },
	{ "lokaltnetvaerk", DEVICE_CONN_LOCAL },
	{ "netvaerk", DEVICE_CONN_LOCAL },
	{ "locale", DEVICE_CONN_LOCAL },
	{ "retelocale", DEVICE_CONN_LOCAL },
	{ "rete", DEVICE_CONN_LOCAL },
	{ "redlocal", DEVICE_CONN_LOCAL },
	{ "red", DEVICE_CONN_LOCAL },
	{ "none", DEVICE_CONN_NONE },
	{ "offline", DEVICE_CONN_NONE },
	{ "standalone", DEVICE_CONN_NONE },
	{ "notconnected", DEVICE_CONN_NONE },
	{ "notnetworked", DEVICE_CONN_NONE },
	{ "isolated", DEVICE_CONN_NONE },
	{ "airgapped", DEVICE_CONN_NONE },
	{ "keine", DEVICE_CONN_NONE },
	{ "nichtverbunden", DEVICE_CONN_NONE },
	{ "nichtvernetzt", DEVICE_CONN_NONE },
	{ "ingen", DEVICE_CONN_NONE },
	{ "ikkeforbundet", DEVICE_CONN_NONE },
	{ "nessuna", DEVICE_CONN_NONE },
	{ "nonconnesso", DEVICE_CONN_NONE },
	{ "ninguna", DEVICE_CONN_NONE },
	{ "noconectado", DEVICE_CONN_NONE },
	{ "sinconexion", DEVICE_CONN_NONE },
	{ "nonetwork", DEVICE_CONN_NONE },
	{ "withoutnetwork", DEVICE_CONN_NONE },
	{ "keinnetz", DEVICE_CONN_NONE },
	{ "keinnetzwerk", DEVICE_CONN_NONE },
	{ "ohnenetz", DEVICE_CONN_NONE },
	{ "ohnenetzwerk", DEVICE_CONN_NONE },
	{ "ingennetvaerk", DEVICE_CONN_NONE },
	{ "intetnetvaerk", DEVICE_CONN_NONE },
	{ "udennetvaerk", DEVICE_CONN_NONE },
	{ "nessunarete", DEVICE_CONN_NONE },
	{ "senzarete", DEVICE_CONN_NONE },
	{ "sinred", DEVICE_CONN_NONE },
	{ "ningunared", DEVICE_CONN_NONE },
	{ "unknown", DEVICE_CONN_UNKNOWN },
};

static const struct value_word status_words[] = {
	{ "inuse", DEVICE_IN_USE },
	{ "use", DEVICE_IN_USE },
	{ "active", DEVICE_IN_USE },
	{ "installed", DEVICE_IN_USE },
	{ "operational", DEVICE_IN_USE },
	{ "inservice", DEVICE_IN_USE },
	{ "inoperation", DEVICE_IN_USE },
	{ "ok", DEVICE_IN_USE },
	{ "aktiv", DEVICE_IN_USE },
	{ "inbetrieb", DEVICE_IN_USE },
	{ "ingebrauch", DEVICE_IN_USE },
	{ "imeinsatz", DEVICE_IN_USE },
	{ "ibrug", DEVICE_IN_USE },
	{ "idrift", DEVICE_IN_USE },
	{ "inuso", DEVICE_IN_USE },
	{ "attivo", DEVICE_IN_USE },
	{ "infunzione", DEVICE_IN_USE },
	{ "enuso", DEVICE_IN_USE },
	{ "activo", DEVICE_IN_USE },
	{ "enfuncionamiento", DEVICE_IN_USE },
	{ "stored", DEVICE_STORED },
	{ "storage", DEVICE_STORED },
	{ "instorage", DEVICE_STORED },
	{ "instock", DEVICE_STORED },
	{ "spare", DEVICE_STORED },
	{ "reserve", DEVICE_STORED },
	/* Out of service may be for a week: the device is still there, so it stays in scope. */
	{ "outofservice", DEVICE_STORED },
	{ "outofuse", DEVICE_STORED },
	{ "inactive", DEVICE_STORED },
	{ "lager", DEVICE_STORED },
	{ "imlager", DEVICE_STORED },
	{ "auflager", DEVICE_STORED },
	{ "eingelagert", DEVICE_STORED },
	{ "ausserbetrieb", DEVICE_STORED },
	{ "inaktiv", DEVICE_STORED },
	{ "palager", DEVICE_STORED },
	{ "opbevaret", DEVICE_STORED },
	{ "udeafdrift", DEVICE_STORED },
	{ "inmagazzino", DEVICE_STORED },
	{ "immagazzinato", DEVICE_STORED },
	{ "fuoriservizio", DEVICE_STORED },
	{ "almacenado", DEVICE_STORED },
	{ "enalmacen", DEVICE_STORED },
	{ "fueradeservicio", DEVICE_STORED },
	{ "transferred", DEVICE_TRANSFERRED },
	{ "sold", DEVICE_TRANSFERRED },
	{ "returned", DEVICE_TRANSFERRED },
	{ "abgegeben", DEVICE_TRANSFERRED },
	{ "verkauft", DEVICE_TRANSFERRED },
	{ "zuruckgegeben", DEVICE_TRANSFERRED },
	{ "ubertragen", DEVICE_TRANSFERRED },
	{ "overdraget", DEVICE_TRANSFERRED },
	{ "solgt", DEVICE_TRANSFERRED },
	{ "returneret", DEVICE_TRANSFERRED },
	{ "ceduto", DEVICE_TRANSFERRED },
	{ "venduto", DEVICE_TRANSFERRED },
	{ "trasferito", DEVICE_TRANSFERRED },
	{ "transferido", DEVICE_TRANSFERRED },
	{ "trasladado", DEVICE_TRANSFERRED },
	{ "vendido", DEVICE_TRANSFERRED },
	{ "decommissioned", DEVICE_DECOMMISSIONED },
	{ "retired", DEVICE_DECOMMISSIONED },
	{ "scrapped", DEVICE_DECOMMISSIONED },
	{ "disposed", DEVICE_DECOMMISSIONED },
	{ "ausgemustert", DEVICE_DECOMMISSIONED },
	{ "stillgelegt", DEVICE_DECOMMISSIONED },
	{ "verschrottet", DEVICE_DECOMMISSIONED },
	{ "entsorgt", DEVICE_DECOMMISSIONED },
	{ "kasseret", DEVICE_DECOMMISSIONED },
	{ "udfaset", DEVICE_DECOMMISSIONED },
	{ "skrottet", DEVICE_DECOMMISSIONED },
	{ "tagetudafbrug", DEVICE_DECOMMISSIONED },
	{ "dismesso", DEVICE_DECOMMISSIONED },
	{ "rottamato", DEVICE_DECOMMISSIONED },
	{ "smaltito", DEVICE_DECOMMISSIONED },
	{ "retirado", DEVICE_DECOMMISSIONED },
	{ "dadodebaja", DEVICE_DECOMMISSIONED },
	{ "desechado", DEVICE_DECOMMISSIONED },
};

static bool
value_of(int *out, const struct value_word *words, size_t n, const char *text, size_t len)
{
	struct fp_buf folded = { .max = 4096 };
	bool found = false;

	device_import_fold(&folded, text, len);
	for (size_t i = 0; folded.failed == FP_OK && folded.data != NULL && i < n && !found; i++)
		if (strcmp(words[i].word, folded.data) == 0) {
			*out = words[i].value;
			found = true;
		}
	fp_buf_free(&folded);
	return found;
}

bool
device_import_connectivity(enum device_connectivity *out, const char *text, size_t len, enum device_import_yes yes)
{
	int v;

	if (!value_of(&v, connectivity_words, FP_COUNT(connectivity_words), text, len))
		return false;
	/* "No" to the internet does not say that there is no network; "yes" to a network does not say how far it goes. */
	if (v == SAYS_YES)
		v = yes == IMPORT_YES_INTERNET  ? DEVICE_CONN_INTERNET
		    : yes == IMPORT_YES_NETWORK ? DEVICE_CONN_LOCAL
						: DEVICE_CONN_UNKNOWN;
	else if (v == SAYS_NO)
		v = yes == IMPORT_YES_INTERNET ? DEVICE_CONN_UNKNOWN : DEVICE_CONN_NONE;
	*out = (enum device_connectivity)v;
	return true;
}

bool
device_import_status(enum device_status *out, const char *text, size_t len)
{
	int v;

	if (!value_of(&v, status_words, FP_COUNT(status_words), text, len))
		return false;
	*out = (enum device_status)v;
	return true;
}

#define WORD(text)                                                                                                               \
	{                                                                                                                        \
		sizeof(text) - 1, text                                                                                           \
	}
static const struct {
	size_t len;
	const char *text;
} nothing_words[] = {
	/* Abbreviations in the languages: n/a, n/v, k. A., I/T, N. z., n/d. */
	WORD("na"),
	WORD("nv"),
	WORD("ka"),
	WORD("it"),
	WORD("nz"),
	WORD("nd"),
	WORD("null"),
	WORD("leer"),
	WORD("ukendt"),
	WORD("unknown"),
	WORD("unbekannt"),
	WORD("ikkeoplyst"),
	WORD("sconosciuto"),
	WORD("desconocido"),
	WORD("keineangabe"),
	WORD("ikkerelevant"),
	WORD("nichtbekannt"),
	WORD("notavailable"),
	WORD("notapplicable"),
	WORD("nichtzutreffend"),
};

/* Signs alone ("-", "?", an en dash), or one of the words. */
bool
device_import_nothing(const char *text, size_t len)
{
	char folded[24];
	size_t n = 0;

	if (len > 20)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= 0x80)
			return len == 3 && memcmp(text, "\xe2\x80\x93", 3) == 0;
		if ((unsigned)(c - '0') < 10)
			return false;
		folded[n] = (char)(c | 32);
		n += (unsigned)((c | 32) - 'a') < 26;
	}
	if (n == 0)
		return true;
	for (size_t i = 0; i < FP_COUNT(nothing_words); i++)
		if (nothing_words[i].len == n && memcmp(nothing_words[i].text, folded, n) == 0)
			/* Two letters without a sign are a name: the serial number "NA", the product "IT". */
			return n > 2 || n < len;
	return false;
}
