/*
 * The header words of device lists in English, Danish, German, Italian and Spanish, as data: folded (letters and digits only, small,
 * accents off). A new word is a new row.
 */
#include <string.h>
#include <strings.h>

#include "device/import_int.h"

static const struct word {
	const char *word;
	enum device_column column;
} headers[] = {
	/* English */
	{ "serial", DEVICE_COL_SERIAL },
	{ "serialnumber", DEVICE_COL_SERIAL },
	{ "serialno", DEVICE_COL_SERIAL },
	{ "serialnr", DEVICE_COL_SERIAL },
	{ "serialnum", DEVICE_COL_SERIAL },
	{ "sn", DEVICE_COL_SERIAL },
	{ "sno", DEVICE_COL_SERIAL },
	{ "deviceserial", DEVICE_COL_SERIAL },
	{ "deviceserialnumber", DEVICE_COL_SERIAL },
	{ "instrumentserialnumber", DEVICE_COL_SERIAL },
	{ "product", DEVICE_COL_PRODUCT },
	{ "productname", DEVICE_COL_PRODUCT },
	{ "device", DEVICE_COL_PRODUCT },
	{ "devicename", DEVICE_COL_PRODUCT },
	{ "devicetype", DEVICE_COL_PRODUCT },
	{ "instrument", DEVICE_COL_PRODUCT },
	{ "instrumenttype", DEVICE_COL_PRODUCT },
	{ "model", DEVICE_COL_PRODUCT },
	{ "modelname", DEVICE_COL_PRODUCT },
	{ "tradename", DEVICE_COL_PRODUCT },
	{ "equipment", DEVICE_COL_PRODUCT },
	{ "name", DEVICE_COL_PRODUCT },
	{ "description", DEVICE_COL_PRODUCT },
	{ "manufacturer", DEVICE_COL_MANUFACTURER },
	{ "maker", DEVICE_COL_MANUFACTURER },
	{ "vendor", DEVICE_COL_MANUFACTURER },
	{ "brand", DEVICE_COL_MANUFACTURER },
	{ "mfr", DEVICE_COL_MANUFACTURER },
	{ "ref", DEVICE_COL_CATALOG },
	{ "refno", DEVICE_COL_CATALOG },
	{ "refnumber", DEVICE_COL_CATALOG },
	{ "catalog", DEVICE_COL_CATALOG },
	{ "catalogno", DEVICE_COL_CATALOG },
	{ "catalognumber", DEVICE_COL_CATALOG },
	{ "cataloguenumber", DEVICE_COL_CATALOG },
	{ "catalogueno", DEVICE_COL_CATALOG },
	{ "catno", DEVICE_COL_CATALOG },
	{ "catnumber", DEVICE_COL_CATALOG },
	{ "partnumber", DEVICE_COL_CATALOG },
	{ "partno", DEVICE_COL_CATALOG },
	{ "itemnumber", DEVICE_COL_CATALOG },
	{ "articlenumber", DEVICE_COL_CATALOG },
	{ "modelnumber", DEVICE_COL_CATALOG },
	{ "productnumber", DEVICE_COL_CATALOG },
	{ "productcode", DEVICE_COL_CATALOG },
	{ "udi", DEVICE_COL_UDI },
	{ "udidi", DEVICE_COL_UDI },
	{ "udidipi", DEVICE_COL_UDI },
	{ "fulludi", DEVICE_COL_UDI },
	{ "udicarrier", DEVICE_COL_UDI },
	{ "udicode", DEVICE_COL_UDI },
	{ "deviceidentifier", DEVICE_COL_UDI },
	{ "uniquedeviceidentifier", DEVICE_COL_UDI },
	{ "uniquedeviceidentification", DEVICE_COL_UDI },
	{ "gtin", DEVICE_COL_UDI },
	{ "di", DEVICE_COL_UDI },
	{ "lot", DEVICE_COL_LOT },
	{ "lotnumber", DEVICE_COL_LOT },
	{ "lotno", DEVICE_COL_LOT },
	{ "batch", DEVICE_COL_LOT },
	{ "batchnumber", DEVICE_COL_LOT },
	{ "location", DEVICE_COL_LOCATION },
	{ "room", DEVICE_COL_LOCATION },
	{ "place", DEVICE_COL_LOCATION },
	{ "site", DEVICE_COL_LOCATION },
	{ "building", DEVICE_COL_LOCATION },
	{ "department", DEVICE_COL_OWNER },
	{ "dept", DEVICE_COL_OWNER },
	{ "owner", DEVICE_COL_OWNER },
	{ "responsible", DEVICE_COL_OWNER },
	{ "responsibleperson", DEVICE_COL_OWNER },
	{ "contact", DEVICE_COL_OWNER },
	{ "costcenter", DEVICE_COL_OWNER },
	{ "costcentre", DEVICE_COL_OWNER },
	{ "note", DEVICE_COL_NOTE },
	{ "notes", DEVICE_COL_NOTE },
	{ "comment", DEVICE_COL_NOTE },
	{ "comments", DEVICE_COL_NOTE },
	{ "remark", DEVICE_COL_NOTE },
	{ "remarks", DEVICE_COL_NOTE },
	{ "ip", DEVICE_COL_HOST },
	{ "ipaddress", DEVICE_COL_HOST },
	{ "ipaddr", DEVICE_COL_HOST },
	{ "ipv4", DEVICE_COL_HOST },
	{ "ipv4address", DEVICE_COL_HOST },
	{ "address", DEVICE_COL_HOST },
	{ "networkaddress", DEVICE_COL_HOST },
	{ "host", DEVICE_COL_HOST },
	{ "hostname", DEVICE_COL_HOST },
	{ "dnsname", DEVICE_COL_HOST },
	{ "bmc", DEVICE_COL_BMC },
	{ "bmcip", DEVICE_COL_BMC },
	{ "bmcaddress", DEVICE_COL_BMC },
	{ "bmcipaddress", DEVICE_COL_BMC },
	{ "bmchost", DEVICE_COL_BMC },
	{ "ipmi", DEVICE_COL_BMC },
	{ "idrac", DEVICE_COL_BMC },
	{ "ilo", DEVICE_COL_BMC },
	{ "managementip", DEVICE_COL_BMC },
	{ "managementaddress", DEVICE_COL_BMC },
	{ "storage", DEVICE_COL_STORAGE },
	{ "storagepath", DEVICE_COL_STORAGE },
	{ "share", DEVICE_COL_STORAGE },
	{ "networkshare", DEVICE_COL_STORAGE },
	{ "fileshare", DEVICE_COL_STORAGE },
	{ "runfolder", DEVICE_COL_STORAGE },
	{ "outputfolder", DEVICE_COL_STORAGE },
	{ "outputpath", DEVICE_COL_STORAGE },
	{ "modenow", DEVICE_COL_MODE_NOW },
	{ "mode", DEVICE_COL_MODE_NOW },
	{ "currentmode", DEVICE_COL_MODE_NOW },
	{ "runningmode", DEVICE_COL_MODE_NOW },
	{ "bootmode", DEVICE_COL_MODE_NOW },
	{ "bootedin", DEVICE_COL_MODE_NOW },
	{ "partof", DEVICE_COL_PART_OF },
	{ "belongsto", DEVICE_COL_PART_OF },
	{ "parentserial", DEVICE_COL_PART_OF },
	{ "parentdevice", DEVICE_COL_PART_OF },
	{ "connectedinstrument", DEVICE_COL_PART_OF },
	{ "connectivity", DEVICE_COL_CONNECTIVITY },
	{ "connection", DEVICE_COL_CONNECTIVITY },
	{ "networkconnection", DEVICE_COL_CONNECTIVITY },
	{ "status", DEVICE_COL_STATUS },
	{ "state", DEVICE_COL_STATUS },
	{ "devicestatus", DEVICE_COL_STATUS },
	{ "modes", DEVICE_COL_MODES },
	{ "bootmodes", DEVICE_COL_MODES },
	/* German */
	{ "seriennummer", DEVICE_COL_SERIAL },
	{ "seriennr", DEVICE_COL_SERIAL },
	{ "seriennummern", DEVICE_COL_SERIAL },
	{ "serienno", DEVICE_COL_SERIAL },
	{ "snr", DEVICE_COL_SERIAL },
	{ "geratenummer", DEVICE_COL_SERIAL },
	{ "geraetenummer", DEVICE_COL_SERIAL },
	{ "fabriknummer", DEVICE_COL_SERIAL },
	{ "produkt", DEVICE_COL_PRODUCT },
	{ "produktname", DEVICE_COL_PRODUCT },
	{ "produktbezeichnung", DEVICE_COL_PRODUCT },
	{ "gerat", DEVICE_COL_PRODUCT },
	{ "geraet", DEVICE_COL_PRODUCT },
	{ "geratename", DEVICE_COL_PRODUCT },
	{ "geraetename", DEVICE_COL_PRODUCT },
	{ "geratetyp", DEVICE_COL_PRODUCT },
	{ "geraetetyp", DEVICE_COL_PRODUCT },
	{ "geratebezeichnung", DEVICE_COL_PRODUCT },
	{ "geraetebezeichnung", DEVICE_COL_PRODUCT },
	{ "bezeichnung", DEVICE_COL_PRODUCT },
	{ "modell", DEVICE_COL_PRODUCT },
	{ "typ", DEVICE_COL_PRODUCT },
	{ "handelsname", DEVICE_COL_PRODUCT },
	{ "hersteller", DEVICE_COL_MANUFACTURER },
	{ "marke", DEVICE_COL_MANUFACTURER },
	{ "katalognummer", DEVICE_COL_CATALOG },
	{ "katalognr", DEVICE_COL_CATALOG },
	{ "artikelnummer", DEVICE_COL_CATALOG },
	{ "artikelnr", DEVICE_COL_CATALOG },
	{ "artnr", DEVICE_COL_CATALOG },
	{ "bestellnummer", DEVICE_COL_CATALOG },
	{ "bestellnr", DEVICE_COL_CATALOG },
	{ "refnr", DEVICE_COL_CATALOG },
	{ "refnummer", DEVICE_COL_CATALOG },
	{ "produktnummer", DEVICE_COL_CATALOG },
	{ "geratekennung", DEVICE_COL_UDI },
	{ "geraetekennung", DEVICE_COL_UDI },
	{ "geraeteerkennung", DEVICE_COL_UDI },
	{ "gerateerkennung", DEVICE_COL_UDI },
	{ "udikennung", DEVICE_COL_UDI },
	{ "charge", DEVICE_COL_LOT },
	{ "chargennummer", DEVICE_COL_LOT },
	{ "los", DEVICE_COL_LOT },
	{ "losnummer", DEVICE_COL_LOT },
	{ "standort", DEVICE_COL_LOCATION },
	{ "raum", DEVICE_COL_LOCATION },
	{ "ort", DEVICE_COL_LOCATION },
	{ "aufstellort", DEVICE_COL_LOCATION },
	{ "gebaude", DEVICE_COL_LOCATION },
	{ "gebaeude", DEVICE_COL_LOCATION },
	{ "abteilung", DEVICE_COL_OWNER },
	{ "verantwortlich", DEVICE_COL_OWNER },
	{ "verantwortlicher", DEVICE_COL_OWNER },
	{ "ansprechpartner", DEVICE_COL_OWNER },
	{ "besitzer", DEVICE_COL_OWNER },
	{ "kostenstelle", DEVICE_COL_OWNER },
	{ "bemerkung", DEVICE_COL_NOTE },
	{ "bemerkungen", DEVICE_COL_NOTE },
	{ "notiz", DEVICE_COL_NOTE },
	{ "kommentar", DEVICE_COL_NOTE },
	{ "hinweis", DEVICE_COL_NOTE },
	{ "ipadresse", DEVICE_COL_HOST },
	{ "netzwerkadresse", DEVICE_COL_HOST },
	{ "rechnername", DEVICE_COL_HOST },
	{ "bmcadresse", DEVICE_COL_BMC },
	{ "bmcipadresse", DEVICE_COL_BMC },
	{ "speicherort", DEVICE_COL_STORAGE },
	{ "speicherpfad", DEVICE_COL_STORAGE },
	{ "ablage", DEVICE_COL_STORAGE },
	{ "ablagepfad", DEVICE_COL_STORAGE },
	{ "freigabe", DEVICE_COL_STORAGE },
	{ "netzlaufwerk", DEVICE_COL_STORAGE },
	{ "zielordner", DEVICE_COL_STORAGE },
	{ "modus", DEVICE_COL_MODE_NOW },
	{ "aktuellermodus", DEVICE_COL_MODE_NOW },
	{ "bootmodus", DEVICE_COL_MODE_NOW },
	{ "betriebsart", DEVICE_COL_MODE_NOW },
	{ "gehortzu", DEVICE_COL_PART_OF },
	{ "gehoertzu", DEVICE_COL_PART_OF },
	{ "teilvon", DEVICE_COL_PART_OF },
	{ "konnektivitat", DEVICE_COL_CONNECTIVITY },
	{ "konnektivitaet", DEVICE_COL_CONNECTIVITY },
	{ "anbindung", DEVICE_COL_CONNECTIVITY },
	{ "verbindung", DEVICE_COL_CONNECTIVITY },
	{ "netzwerkanbindung", DEVICE_COL_CONNECTIVITY },
	{ "zustand", DEVICE_COL_STATUS },
	{ "geratestatus", DEVICE_COL_STATUS },
	{ "geraetestatus", DEVICE_COL_STATUS },
	{ "modi", DEVICE_COL_MODES },
	{ "bootmodi", DEVICE_COL_MODES },
	/* Danish */
	{ "serienummer", DEVICE_COL_SERIAL },
	{ "serienr", DEVICE_COL_SERIAL },
	{ "apparatnummer", DEVICE_COL_SERIAL },
	{ "produktnavn", DEVICE_COL_PRODUCT },
	{ "udstyr", DEVICE_COL_PRODUCT },
	{ "udstyrsnavn", DEVICE_COL_PRODUCT },
	{ "apparat", DEVICE_COL_PRODUCT },
	{ "apparattype", DEVICE_COL_PRODUCT },
	{ "navn", DEVICE_COL_PRODUCT },
	{ "betegnelse", DEVICE_COL_PRODUCT },
	{ "type", DEVICE_COL_PRODUCT },
	{ "enhed", DEVICE_COL_PRODUCT },
	{ "fabrikant", DEVICE_COL_MANUFACTURER },
	{ "producent", DEVICE_COL_MANUFACTURER },
	{ "maerke", DEVICE_COL_MANUFACTURER },
	{ "varenummer", DEVICE_COL_CATALOG },
	{ "varenr", DEVICE_COL_CATALOG },
	{ "katalognr", DEVICE_COL_CATALOG },
	{ "bestillingsnummer", DEVICE_COL_CATALOG },
	{ "udikode", DEVICE_COL_UDI },
	{ "batchnummer", DEVICE_COL_LOT },
	{ "lotnummer", DEVICE_COL_LOT },
	{ "lokation", DEVICE_COL_LOCATION },
	{ "placering", DEVICE_COL_LOCATION },
	{ "lokale", DEVICE_COL_LOCATION },
	{ "rum", DEVICE_COL_LOCATION },
	{ "bygning", DEVICE_COL_LOCATION },
	{ "afdeling", DEVICE_COL_OWNER },
	{ "ansvarlig", DEVICE_COL_OWNER },
	{ "ejer", DEVICE_COL_OWNER },
	{ "kontaktperson", DEVICE_COL_OWNER },
	{ "bemaerkning", DEVICE_COL_NOTE },
	{ "bemaerkninger", DEVICE_COL_NOTE },
	{ "kommentarer", DEVICE_COL_NOTE },
	{ "netvaerksadresse", DEVICE_COL_HOST },
	{ "vaertsnavn", DEVICE_COL_HOST },
	{ "lagersti", DEVICE_COL_STORAGE },
	{ "lagring", DEVICE_COL_STORAGE },
	{ "netvaerksdrev", DEVICE_COL_STORAGE },
	{ "filsti", DEVICE_COL_STORAGE },
	{ "tilstand", DEVICE_COL_MODE_NOW },
	{ "nuvaerendetilstand", DEVICE_COL_MODE_NOW },
	{ "horertil", DEVICE_COL_PART_OF },
	{ "delaf", DEVICE_COL_PART_OF },
	{ "forbindelse", DEVICE_COL_CONNECTIVITY },
	{ "tilslutning", DEVICE_COL_CONNECTIVITY },
	{ "tilstande", DEVICE_COL_MODES },
	/* Italian */
	{ "numerodiserie", DEVICE_COL_SERIAL },
	{ "numeroseriale", DEVICE_COL_SERIAL },
	{ "nserie", DEVICE_COL_SERIAL },
	{ "ndiserie", DEVICE_COL_SERIAL },
	{ "matricola", DEVICE_COL_SERIAL },
	{ "numerodimatricola", DEVICE_COL_SERIAL },
	{ "seriale", DEVICE_COL_SERIAL },
	{ "prodotto", DEVICE_COL_PRODUCT },
	{ "nomeprodotto", DEVICE_COL_PRODUCT },
	{ "nomedelprodotto", DEVICE_COL_PRODUCT },
	{ "dispositivo", DEVICE_COL_PRODUCT },
	{ "strumento", DEVICE_COL_PRODUCT },
	{ "apparecchio", DEVICE_COL_PRODUCT },
	{ "modello", DEVICE_COL_PRODUCT },
	{ "descrizione", DEVICE_COL_PRODUCT },
	{ "nomecommerciale", DEVICE_COL_PRODUCT },
	{ "fabbricante", DEVICE_COL_MANUFACTURER },
	{ "produttore", DEVICE_COL_MANUFACTURER },
	{ "marca", DEVICE_COL_MANUFACTURER },
	{ "numerodicatalogo", DEVICE_COL_CATALOG },
	{ "numerocatalogo", DEVICE_COL_CATALOG },
	{ "ncatalogo", DEVICE_COL_CATALOG },
	{ "codicecatalogo", DEVICE_COL_CATALOG },
	{ "codicearticolo", DEVICE_COL_CATALOG },
	{ "codiceprodotto", DEVICE_COL_CATALOG },
	{ "codice", DEVICE_COL_CATALOG },
	{ "rif", DEVICE_COL_CATALOG },
	{ "codiceudi", DEVICE_COL_UDI },
	{ "lotto", DEVICE_COL_LOT },
	{ "numerodilotto", DEVICE_COL_LOT },
	{ "ubicazione", DEVICE_COL_LOCATION },
	{ "posizione", DEVICE_COL_LOCATION },
	{ "sede", DEVICE_COL_LOCATION },
	{ "stanza", DEVICE_COL_LOCATION },
	{ "edificio", DEVICE_COL_LOCATION },
	{ "reparto", DEVICE_COL_OWNER },
	{ "dipartimento", DEVICE_COL_OWNER },
	{ "responsabile", DEVICE_COL_OWNER },
	{ "referente", DEVICE_COL_OWNER },
	{ "nota", DEVICE_COL_NOTE },
	{ "commento", DEVICE_COL_NOTE },
	{ "osservazioni", DEVICE_COL_NOTE },
	{ "indirizzoip", DEVICE_COL_HOST },
	{ "indirizzodirete", DEVICE_COL_HOST },
	{ "nomehost", DEVICE_COL_HOST },
	{ "indirizzobmc", DEVICE_COL_BMC },
	{ "ipbmc", DEVICE_COL_BMC },
	{ "percorso", DEVICE_COL_STORAGE },
	{ "percorsodiarchiviazione", DEVICE_COL_STORAGE },
	{ "archiviazione", DEVICE_COL_STORAGE },
	{ "cartelladirete", DEVICE_COL_STORAGE },
	{ "condivisione", DEVICE_COL_STORAGE },
	{ "modalita", DEVICE_COL_MODE_NOW },
	{ "modalitaattuale", DEVICE_COL_MODE_NOW },
	{ "partedi", DEVICE_COL_PART_OF },
	{ "appartienea", DEVICE_COL_PART_OF },
	{ "connettivita", DEVICE_COL_CONNECTIVITY },
	{ "connessione", DEVICE_COL_CONNECTIVITY },
	{ "stato", DEVICE_COL_STATUS },
	/* Spanish */
	{ "numerodeserie", DEVICE_COL_SERIAL },
	{ "ndeserie", DEVICE_COL_SERIAL },
	{ "nodeserie", DEVICE_COL_SERIAL },
	{ "numserie", DEVICE_COL_SERIAL },
	{ "nrodeserie", DEVICE_COL_SERIAL },
	{ "serie", DEVICE_COL_SERIAL },
	{ "producto", DEVICE_COL_PRODUCT },
	{ "nombredelproducto", DEVICE_COL_PRODUCT },
	{ "equipo", DEVICE_COL_PRODUCT },
	{ "instrumento", DEVICE_COL_PRODUCT },
	{ "aparato", DEVICE_COL_PRODUCT },
	{ "modelo", DEVICE_COL_PRODUCT },
	{ "descripcion", DEVICE_COL_PRODUCT },
	{ "nombrecomercial", DEVICE_COL_PRODUCT },
	{ "nombre", DEVICE_COL_PRODUCT },
	{ "fabricante", DEVICE_COL_MANUFACTURER },
	{ "numerodecatalogo", DEVICE_COL_CATALOG },
	{ "ndecatalogo", DEVICE_COL_CATALOG },
	{ "nodecatalogo", DEVICE_COL_CATALOG },
	{ "referencia", DEVICE_COL_CATALOG },
	{ "codigodeproducto", DEVICE_COL_CATALOG },
	{ "codigo", DEVICE_COL_CATALOG },
	{ "codigoudi", DEVICE_COL_UDI },
	{ "identificadordedispositivo", DEVICE_COL_UDI },
	{ "lote", DEVICE_COL_LOT },
	{ "numerodelote", DEVICE_COL_LOT },
	{ "ubicacion", DEVICE_COL_LOCATION },
	{ "localizacion", DEVICE_COL_LOCATION },
	{ "sala", DEVICE_COL_LOCATION },
	{ "departamento", DEVICE_COL_OWNER },
	{ "servicio", DEVICE_COL_OWNER },
	{ "responsable", DEVICE_COL_OWNER },
	{ "propietario", DEVICE_COL_OWNER },
	{ "comentario", DEVICE_COL_NOTE },
	{ "comentarios", DEVICE_COL_NOTE },
	{ "observaciones", DEVICE_COL_NOTE },
	{ "notas", DEVICE_COL_NOTE },
	{ "direccionip", DEVICE_COL_HOST },
	{ "direcciondered", DEVICE_COL_HOST },
	{ "nombredehost", DEVICE_COL_HOST },
	{ "direccionbmc", DEVICE_COL_BMC },
	{ "ipdelbmc", DEVICE_COL_BMC },
	{ "almacenamiento", DEVICE_COL_STORAGE },
	{ "rutadealmacenamiento", DEVICE_COL_STORAGE },
	{ "ruta", DEVICE_COL_STORAGE },
	{ "carpetadered", DEVICE_COL_STORAGE },
	{ "modo", DEVICE_COL_MODE_NOW },
	{ "modoactual", DEVICE_COL_MODE_NOW },
	{ "modos", DEVICE_COL_MODES },
	{ "partede", DEVICE_COL_PART_OF },
	{ "pertenecea", DEVICE_COL_PART_OF },
	{ "conectividad", DEVICE_COL_CONNECTIVITY },
	{ "conexion", DEVICE_COL_CONNECTIVITY },
	{ "estado", DEVICE_COL_STATUS },
};

/* Columns that say yes or no to one kind of connection. */
static const struct {
	const char *word;
	enum device_import_yes yes;
} yes_headers[] = {
	{ "internet", IMPORT_YES_INTERNET },
	{ "internetconnection", IMPORT_YES_INTERNET },
	{ "internetconnected", IMPORT_YES_INTERNET },
	{ "internetaccess", IMPORT_YES_INTERNET },
	{ "internetanbindung", IMPORT_YES_INTERNET },
	{ "internetzugang", IMPORT_YES_INTERNET },
	{ "internetforbindelse", IMPORT_YES_INTERNET },
	{ "internetadgang", IMPORT_YES_INTERNET },
	{ "connessioneinternet", IMPORT_YES_INTERNET },
	{ "accessoainternet", IMPORT_YES_INTERNET },
	{ "conexionainternet", IMPORT_YES_INTERNET },
	{ "conexioninternet", IMPORT_YES_INTERNET },
	{ "network", IMPORT_YES_NETWORK },
	{ "networked", IMPORT_YES_NETWORK },
	{ "onnetwork", IMPORT_YES_NETWORK },
	{ "connected", IMPORT_YES_NETWORK },
	{ "netzwerk", IMPORT_YES_NETWORK },
	{ "imnetzwerk", IMPORT_YES_NETWORK },
	{ "imnetz", IMPORT_YES_NETWORK },
	{ "vernetzt", IMPORT_YES_NETWORK },
	{ "netvaerk", IMPORT_YES_NETWORK },
	{ "panetvaerk", IMPORT_YES_NETWORK },
	{ "rete", IMPORT_YES_NETWORK },
	{ "inrete", IMPORT_YES_NETWORK },
	{ "red", IMPORT_YES_NETWORK },
	{ "enred", IMPORT_YES_NETWORK },
};

static const char *const version_words[] = { "version", "softwareversion", "swversion", "versionsoftware", "versionsw",
	"versionofsoftware", "versionnumber", "osversion", "softwarestand", "swstand", "versionsnummer", "softwareversionsnummer",
	"versione", "versionesoftware", "versionedelsoftware", "versionesw", "versiondesoftware", "versiondelsoftware",
	"versiondesw", "sw", "softwarerelease", "release", "firmware", "firmwareversion" };
static const char *const software_words[] = { "software", "softwarename", "programm", "softwarenavn", "nomesoftware",
	"nombredelsoftware", "operatingsoftware", "controlsoftware" };
static const char *const mode_words[] = { "", "mode", "modus", "tilstand", "modalita", "modo", "bootmode", "bootmodus", "in",
	"im", "i" };

static const struct {
	const char *word, *mode;
} modes[] = { { "dx", "Dx" }, { "ruo", "RUO" } };

static bool
among(const char *const *words, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], text) == 0)
			return true;
	return false;
}

/* "dxversion", "versiondx", "softwareversionruomode": the mode and what may stand beside it taken out, a word for version is left. */
static bool
per_mode(struct device_import_column *out, const char *folded)
{
	for (size_t m = 0; m < FP_COUNT(modes); m++) {
		const char *at = strstr(folded, modes[m].word);

		for (size_t w = 0; at != NULL && w < FP_COUNT(mode_words); w++) {
			size_t n = strlen(modes[m].word), before = (size_t)(at - folded), extra = strlen(mode_words[w]);
			char rest[64];

			if (strlen(folded) - n >= sizeof(rest))
				continue;
			memcpy(rest, folded, before);
			memcpy(rest + before, at + n, strlen(at + n) + 1);
			/* The mode's word stands behind it or before it. */
			if (strncmp(rest + before, mode_words[w], extra) == 0)
				memmove(rest + before, rest + before + extra, strlen(rest + before + extra) + 1);
			else if (before >= extra && strncmp(rest + before - extra, mode_words[w], extra) == 0)
				memmove(rest + before - extra, rest + before, strlen(rest + before) + 1);
			else
				continue;
			*out = (struct device_import_column){ .what = DEVICE_COL_VERSION, .mode = modes[m].mode };
			if (among(version_words, FP_COUNT(version_words), rest))
				return true;
			out->what = DEVICE_COL_SOFTWARE;
			if (among(software_words, FP_COUNT(software_words), rest))
				return true;
		}
	}
	return false;
}

bool
device_import_header(struct device_import_column *out, const char *cell, size_t len)
{
	struct fp_buf folded = { .max = 4096 };
	const char *f;
	bool found = true;

	device_import_fold(&folded, cell, len);
	f = folded.failed == FP_OK && folded.data != NULL ? folded.data : "";
	*out = (struct device_import_column){ .what = DEVICE_COL_COUNT, .mode = "" };
	if (strcmp(f, "rejectedbecause") == 0)
		out->reason = true;
	for (size_t i = 0; i < FP_COUNT(headers) && out->what == DEVICE_COL_COUNT; i++)
		if (strcmp(headers[i].word, f) == 0)
			out->what = headers[i].column;
	for (size_t i = 0; i < FP_COUNT(yes_headers) && out->what == DEVICE_COL_COUNT; i++)
		if (strcmp(yes_headers[i].word, f) == 0)
			*out = (struct device_import_column){
				.what = DEVICE_COL_CONNECTIVITY, .yes = yes_headers[i].yes, .mode = ""
			};
	if (out->what == DEVICE_COL_COUNT && among(version_words, FP_COUNT(version_words), f))
		out->what = DEVICE_COL_VERSION;
	else if (out->what == DEVICE_COL_COUNT && among(software_words, FP_COUNT(software_words), f))
		out->what = DEVICE_COL_SOFTWARE;
	else if (out->what == DEVICE_COL_COUNT && !out->reason && !per_mode(out, f)) {
		*out = (struct device_import_column){ .what = DEVICE_COL_COUNT, .mode = "" };
		found = false;
	}
	fp_buf_free(&folded);
	return found;
}

/* ---- components ---- */

static const char *const component_version_words[] = { "version", "versions", "ver", "vers", "versionsnummer", "versionsnr",
	"versionsstand", "versione" };
/* What may stand beside a component's name without being part of it. */
static const char *const component_fillers[] = { "software", "sw", "mode", "modus", "tilstand", "modalita", "modo", "in", "im",
	"i", "di", "del", "de", "der", "of", "af", "von", "nr", "no", "number", "installed", "installierte", "installeret" };
static const char *const no_components[] = { "ip", "list", "document", "file", "form", "liste", "dokument" };

/* What a word of the header is to a component's version: one of the version words, a mode, a filler, or part of the name. */
static void
component_word(struct device_import_column *out, const char *p, size_t n, bool *version)
{
	struct fp_buf folded = { .max = 256 };
	size_t have = strlen(out->component);
	const char *f;

	device_import_fold(&folded, p, n);
	f = folded.failed == FP_OK && folded.data != NULL ? folded.data : "";
	if (among(component_version_words, FP_COUNT(component_version_words), f))
		*version = true;
	else if (device_import_mode(p, n) != NULL)
		out->mode = device_import_mode(p, n);
	else if (*f != '\0' && !among(component_fillers, FP_COUNT(component_fillers), f) &&
		 have + n + 2 < sizeof(out->component)) {
		if (have > 0)
			out->component[have++] = ' ';
		memcpy(out->component + have, p, n);
	}
	fp_buf_free(&folded);
}

bool
device_import_component(struct device_import_column *out, const char *cell, size_t len)
{
	bool version = false;

	*out = (struct device_import_column){ .what = DEVICE_COL_COMPONENT, .mode = "" };
	for (size_t i = 0, n; i < len; i += n + 1) {
		for (n = 0; i + n < len && strchr(" \t\r\n_-/:()", cell[i + n]) == NULL; n++)
			;
		if (n > 0)
			component_word(out, cell + i, n, &version);
	}
	if (version && strpbrk(out->component, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL &&
	    strlen(out->component) >= 2) {
		struct fp_buf folded = { .max = 256 };
		bool none;

		device_import_fold(&folded, out->component, strlen(out->component));
		none = folded.data == NULL || among(no_components, FP_COUNT(no_components), folded.data);
		fp_buf_free(&folded);
		if (!none)
			return true;
	}
	*out = (struct device_import_column){ .what = DEVICE_COL_COUNT, .mode = "" };
	return false;
}

/* ---- fields as --map names them ---- */

static const char *const column_names[] = {
	[DEVICE_COL_SERIAL] = "serial",
	[DEVICE_COL_PRODUCT] = "product",
	[DEVICE_COL_MANUFACTURER] = "manufacturer",
	[DEVICE_COL_CATALOG] = "ref",
	[DEVICE_COL_UDI] = "udi",
	[DEVICE_COL_LOT] = "lot",
	[DEVICE_COL_LOCATION] = "location",
	[DEVICE_COL_OWNER] = "owner",
	[DEVICE_COL_NOTE] = "note",
	[DEVICE_COL_HOST] = "host",
	[DEVICE_COL_BMC] = "bmc",
	[DEVICE_COL_STORAGE] = "storage",
	[DEVICE_COL_MODE_NOW] = "mode-now",
	[DEVICE_COL_PART_OF] = "part-of",
	[DEVICE_COL_CONNECTIVITY] = "connectivity",
	[DEVICE_COL_STATUS] = "status",
	[DEVICE_COL_MODES] = "modes",
	[DEVICE_COL_VERSION] = "version",
	[DEVICE_COL_SOFTWARE] = "software",
	[DEVICE_COL_COMPONENT] = "component",
};

const char *
device_column_name(enum device_column c)
{
	return (size_t)c < FP_COUNT(column_names) ? column_names[c] : "";
}

bool
device_import_field(struct device_import_column *out, const char *name, size_t len, const char **mode, size_t *mode_len)
{
	const char *colon = memchr(name, ':', len);
	size_t n = colon == NULL ? len : (size_t)(colon - name);

	*mode = colon == NULL ? "" : colon + 1;
	*mode_len = colon == NULL ? 0 : len - n - 1;
	*out = (struct device_import_column){ .what = DEVICE_COL_COUNT, .mode = "" };
	for (size_t i = 0; i < FP_COUNT(column_names); i++)
		if (strlen(column_names[i]) == n && strncmp(column_names[i], name, n) == 0)
			out->what = (enum device_column)i;
	/* Any header word does as well: "REF", "ip", "Seriennummer". */
	if (out->what == DEVICE_COL_COUNT && (!device_import_header(out, name, n) || out->what == DEVICE_COL_COUNT))
		return false;
	if (out->what == DEVICE_COL_COMPONENT)
		return *mode_len > 0;
	return colon == NULL || ((out->what == DEVICE_COL_VERSION || out->what == DEVICE_COL_SOFTWARE) && *mode_len > 0);
}

/* ---- boot modes ---- */

const char *
device_import_mode(const char *text, size_t len)
{
	struct fp_buf folded = { .max = 4096 };
	const char *found = NULL;

	if (len == 0)
		return NULL;
	for (size_t i = 0; i < FP_COUNT(modes); i++)
		if (strlen(modes[i].word) == len && strncasecmp(modes[i].word, text, len) == 0)
			return modes[i].mode;
	device_import_fold(&folded, text, len);
	for (size_t i = 0; folded.failed == FP_OK && folded.data != NULL && i < FP_COUNT(modes); i++) {
		size_t n = strlen(modes[i].word);

		if (strncmp(folded.data, modes[i].word, n) == 0 && among(mode_words, FP_COUNT(mode_words), folded.data + n))
			found = modes[i].mode;
	}
	fp_buf_free(&folded);
	return found;
}
