/* Device lists as people have them: columns understood in five languages, each bad row told with its place and kept to be mended. */

#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "device/import.h"

struct source {
	const char *p;
	size_t len, at;
};

static enum fp_status
give(void *ctx, void *buf, size_t len, size_t *got, struct fp_err *err)
{
	struct source *s = ctx;

	(void)err;
	*got = s->len - s->at < len ? s->len - s->at : len;
	memcpy(buf, s->p + s->at, *got);
	s->at += *got;
	return FP_OK;
}

static void
keep_problem(void *ctx, const struct device_import_problem *p)
{
	struct fp_buf *out = ctx;

	fp_buf_printf(out, "%zu.%zu %s: %s\n", p->line, p->column, p->field, p->message);
}

static void
put_text(struct fp_buf *out, const char *name, const char *text)
{
	if (text != NULL)
		fp_buf_printf(out, " %s=%s", name, text);
}

static void
put_device(struct fp_buf *out, const struct device *d)
{
	fp_buf_printf(out, "%s", d->serial);
	put_text(out, "product", d->product);
	put_text(out, "maker", d->manufacturer);
	put_text(out, "ref", d->catalog_number);
	put_text(out, "di", d->udi_di);
	put_text(out, "lot", d->lot);
	put_text(out, "at", d->location);
	put_text(out, "owner", d->owner);
	put_text(out, "note", d->note);
	put_text(out, "host", d->host);
	put_text(out, "bmc", d->bmc);
	put_text(out, "storage", d->storage);
	put_text(out, "now", d->mode_now);
	put_text(out, "part", d->part_of);
	if (d->connectivity != DEVICE_CONN_UNKNOWN)
		put_text(out, "conn", device_connectivity_name(d->connectivity));
	if (d->status != DEVICE_IN_USE)
		put_text(out, "status", device_status_name(d->status));
	for (size_t i = 0; i < d->n_modes; i++) {
		fp_buf_printf(out, " {%s", d->modes[i].name);
		put_text(out, "v", d->modes[i].version);
		put_text(out, "sw", d->modes[i].software);
		fp_buf_puts(out, "}");
	}
	for (size_t i = 0; i < d->n_components; i++)
		fp_buf_printf(out, " [%s|%s|%s]", d->components[i].name, d->components[i].mode, d->components[i].version);
	fp_buf_putc(out, '\n');
}

struct result {
	enum fp_status status;
	struct fp_err err;
	struct fp_buf devices, problems, understood;
	struct device_import_counts counts;
};

static void
run(struct result *r, const char *text, size_t len, struct device_import_options o)
{
	struct source s = { text, len, 0 };
	struct device_import *im = NULL;
	const struct device_row *row = NULL;
	const struct device *d;

	memset(r, 0, sizeof(*r));
	o.name = o.name == NULL ? "list.csv" : o.name;
	o.year = 2026;
	o.problem = keep_problem;
	o.ctx = &r->problems;
	r->status = device_import_open(&im, give, &s, &o, &r->err);
	if (r->status == FP_OK)
		device_import_understood(im, &r->understood);
	while (r->status == FP_OK && (r->status = device_import_next(im, &row, &r->err)) == FP_OK && row != NULL) {
		assert_int_equal(device_import_device(im, &d, NULL), FP_OK);
		put_device(&r->devices, d);
	}
	if (r->status == FP_OK)
		r->status = device_import_finish(im, &r->err);
	if (im != NULL)
		r->counts = device_import_counts(im);
	assert_int_equal(r->counts.rows, r->counts.good + r->counts.bad);
	device_import_free(im);
}

static void
done(struct result *r)
{
	fp_buf_free(&r->devices);
	fp_buf_free(&r->problems);
	fp_buf_free(&r->understood);
}

static const char *
text_of(const struct fp_buf *b)
{
	return b->data == NULL ? "" : b->data;
}

static void
expect_with(const char *text, struct device_import_options o, const char *devices, const char *problems)
{
	struct result r;

	run(&r, text, strlen(text), o);
	if (r.status != FP_OK)
		fail_msg("%s", r.err.msg);
	assert_string_equal(text_of(&r.devices), devices);
	assert_string_equal(text_of(&r.problems), problems);
	done(&r);
}

static void
expect(const char *text, const char *devices, const char *problems)
{
	expect_with(text, (struct device_import_options){ .year = 0 }, devices, problems);
}

static void
headers_in_five_languages(void **state)
{
	static const char device[] = "A1 product=MiSeqDx ref=15036706 di=00816270020002 at=Lab 1 owner=Genetics host=10.1.2.3 "
				     "conn=internet {Dx v=4.0.1} {RUO v=4.0}\n";
	static const char values[] = "A1;MiSeqDx;15036706;00816270020002;Lab 1;Genetics;10.1.2.3;internet;4.0.1;4.0\n";
	static const char *const headers[] = {
		"Serial number;Product;REF;UDI-DI;Location;Department;IP address;Connectivity;Dx version;RUO Version",
		"Seriennummer;Ger\xc3\xa4t;Katalognummer;UDI-DI;Standort;Abteilung;IP-Adresse;Konnektivit\xc3\xa4t;Version "
		"(Dx);Softwareversion RUO",
		"Serienummer;Udstyr;Varenr.;UDI-DI;Placering;Afdeling;IP-adresse;Forbindelse;Version (Dx-tilstand);Version i RUO",
		"Numero di serie;Strumento;N. catalogo;UDI;Ubicazione;Reparto;Indirizzo IP;Connettivit\xc3\xa0;Versione "
		"Dx;Versione software (modalit\xc3\xa0 RUO)",
		"N\xc3\xbamero de serie;Equipo;N\xc2\xba de "
		"cat\xc3\xa1logo;UDI-DI;Ubicaci\xc3\xb3n;Departamento;Direcci\xc3\xb3n IP;Conexi\xc3\xb3n;Versi\xc3\xb3n "
		"Dx;Versi\xc3\xb3n de software RUO",
		"SN;Model;Cat. No.;GTIN;Room;Owner;IP;Internet;SW Dx;SW RUO",
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(headers); i++) {
		char *list = fp_asprintf("%s\n%s", headers[i], values);

		expect(list, device, "");
		free(list);
	}
}

/* Words that stand in the lists of one country only. */
static void
more_header_words(void **state)
{
	static const struct {
		const char *cell, *field;
	} rows[] = { { "Matricola", "serial" }, { "Fabriknummer", "serial" }, { "S/N", "serial" }, { "Serie", "serial" },
		{ "Device type", "product" }, { "Ger\xc3\xa4tebezeichnung", "product" }, { "Geraetetyp", "product" },
		{ "Apparattype", "product" }, { "Modello", "product" }, { "Nombre comercial", "product" },
		{ "Hersteller", "manufacturer" }, { "Producent", "manufacturer" }, { "Fabbricante", "manufacturer" },
		{ "Bestell-Nr.", "ref" }, { "Bestillingsnummer", "ref" }, { "Codice articolo", "ref" }, { "Referencia", "ref" },
		{ "UDI (DI+PI)", "udi" }, { "Ger\xc3\xa4tekennung", "udi" }, { "Charge", "lot" }, { "Lotto", "lot" },
		{ "Aufstellort", "location" }, { "Bygning", "location" }, { "Sala", "location" }, { "Ansprechpartner", "owner" },
		{ "Ansvarlig", "owner" }, { "Referente", "owner" }, { "Servicio", "owner" }, { "Bem\xc3\xa6rkninger", "note" },
		{ "Osservazioni", "note" }, { "Hostname", "host" }, { "Netv\xc3\xa6rksadresse", "host" }, { "iDRAC", "bmc" },
		{ "Indirizzo BMC", "bmc" }, { "Speicherpfad", "storage" }, { "Netv\xc3\xa6rksdrev", "storage" },
		{ "Cartella di rete", "storage" }, { "Ruta de almacenamiento", "storage" }, { "Betriebsart", "mode-now" },
		{ "Modalit\xc3\xa0", "mode-now" }, { "Geh\xc3\xb6rt zu", "part-of" }, { "Parte de", "part-of" },
		{ "Anbindung", "connectivity" }, { "Vernetzt", "connectivity" }, { "Zustand", "status" }, { "Stato", "status" },
		{ "Boot modes", "modes" }, { "Firmware", "version" }, { "Softwarestand", "version" },
		{ "Software version (RUO mode)", "version (RUO)" }, { "SW-Version Dx", "version (Dx)" },
		{ "Dx software", "software (Dx)" } };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		char *list = fp_asprintf("%s;UDI;x\nA1;00816270020002;\n", rows[i].cell);
		char *want = fp_asprintf(
		    "'%s' -> %s, 'UDI' -> udi, 'x' -> not used; utf-8, ';', header in line 1", rows[i].cell, rows[i].field);
		struct result r;

		run(&r, list, strlen(list), (struct device_import_options){ .year = 0 });
		assert_string_equal(text_of(&r.understood), want);
		done(&r);
		free(list);
		free(want);
	}
}

static void
all_columns(void **state)
{
	(void)state;
	expect("S/N,Name,Manufacturer,Ref,UDI,Lot,Room,Dept,Note,Host,BMC,Storage path,Mode now,Part "
	       "of,Connectivity,Status,Modes,Version\n"
	       "A1,NovaSeq 6000Dx,\"Illumina, Inc.\",20068232,(01)00816270020637(10)L7(21)A1,,\"B 1\nroom "
	       "2\",Lab,n/a,seq1.lab:8080,https://10.0.0.9/,"
	       "\\\\srv\\runs,RUO mode,B2,LAN,out of service,\"Dx, RUO\",1.2\n",
	    "A1 product=NovaSeq 6000Dx maker=Illumina, Inc. ref=20068232 di=00816270020637 lot=L7 at=B 1 room 2 owner=Lab "
	    "host=seq1.lab:8080 "
	    "bmc=10.0.0.9 storage=\\\\srv\\runs now=RUO part=B2 conn=local status=stored { v=1.2} {Dx} {RUO}\n",
	    "");
}

static void
title_lines_and_blank_rows(void **state)
{
	struct result r;
	const char *text = "Laboratory devices;;;\n\nas of 5 May;;;\nRoom;SN;Type;Price\n1;A1;MiSeqDx;9\n;;;\n2;A2;MiSeqDx;\n\n";

	(void)state;
	run(&r, text, strlen(text), (struct device_import_options){ .year = 0 });
	assert_string_equal(text_of(&r.devices), "A1 product=MiSeqDx at=1\nA2 product=MiSeqDx at=2\n");
	assert_string_equal(text_of(&r.understood),
	    "'Room' -> location, 'SN' -> serial, 'Type' -> product, 'Price' -> not used; utf-8, ';', header in line 4");
	assert_int_equal(r.counts.rows, 2);
	done(&r);
}

static void
map_option(void **state)
{
	struct result r;

	(void)state;
	expect_with("Inv;Art;X\nA1;MiSeqDx;4.0\n", (struct device_import_options){ .map = "serial=Inv,product=2,version:Dx=x" },
	    "A1 product=MiSeqDx {Dx v=4.0}\n", "");
	/* Numbers alone: there need be no header. */
	expect_with("A1;MiSeqDx;4.0\nA2;MiSeqDx;4.1\n",
	    (struct device_import_options){ .map = "serial=1,product=2,version:Service=3" },
	    "A1 product=MiSeqDx {Service v=4.0}\nA2 product=MiSeqDx {Service v=4.1}\n", "");
	expect_with("SN;Product\nA1;MiSeqDx\n", (struct device_import_options){ .map = "serial=1,product=2" },
	    "A1 product=MiSeqDx\n", "");
	/* It outranks the guess. */
	expect_with("Serial;Inventory;Product\nX;A1;MiSeqDx\n", (struct device_import_options){ .map = "serial=Inventory" },
	    "A1 product=MiSeqDx\n", "");
	run(&r, "SN;Product\nA1;M\n", 16, (struct device_import_options){ .map = "ref=Bestellcode" });
	assert_int_equal(r.status, FP_EUSAGE);
	assert_string_equal(r.err.msg, "--map: 'list.csv' has no column 'Bestellcode' (its header in line 1 has 2 columns)");
	done(&r);
	run(&r, "SN;Product\nA1;M\n", 16, (struct device_import_options){ .map = "colour=1" });
	assert_int_equal(r.status, FP_EUSAGE);
	assert_non_null(strstr(r.err.msg, "--map 'colour=1': no such field; fields are serial, product"));
	done(&r);
	run(&r, "SN;Product\nA1;M\n", 16, (struct device_import_options){ .map = "serial" });
	assert_int_equal(r.status, FP_EUSAGE);
	done(&r);
}

static void
no_header(void **state)
{
	struct result r;

	(void)state;
	run(&r, "A1;MiSeqDx\nA2;MiSeqDx\n", 22, (struct device_import_options){ .year = 0 });
	assert_int_equal(r.status, FP_EINVAL);
	assert_string_equal(r.err.msg, "'list.csv' has no header row with a serial number or UDI among its first 30 rows; its "
				       "columns are 1 'A1', 2 'MiSeqDx': say which is "
				       "which with --map serial=COLUMN,product=COLUMN (names or numbers)");
	done(&r);
	run(&r, "", 0, (struct device_import_options){ .year = 0 });
	assert_int_equal(r.status, FP_EINVAL);
	assert_string_equal(r.err.msg, "'list.csv' is empty: no header and no devices in it");
	done(&r);
}

static void
bad_rows(void **state)
{
	(void)state;
	expect("SN;Product;UDI;IP;BMC;Connectivity;Status;Modes\n"
	       "A1;M;00816270020003;;;;;\n"
	       ";M;;;;;;\n"
	       "A3;M;8.1627E+11;;;;;\n"
	       "1.2E+11;M;;;;;;\n"
	       "A5;M;;10.1.2.300;;;;\n"
	       "A6;M;;010.1.2.3;;;;\n"
	       "A7;M;;;host:99999;;;\n"
	       "A8;M;;;;sometimes;;\n"
	       "A9;M;;;;;lost?;\n"
	       "B1;M;;;;;;Dx and Blue\n"
	       "B2;M;;;;;;;surplus\n"
	       "B3;\"M;;;;;;\n"
	       "B4;M;123456789;;;;;\n"
	       "B5;M;;10.0.0.1, 10.0.0.2;;;;\n"
	       "ok;M;;;;;;\n",
	    "ok product=M\n",
	    "2.3 udi: position 14: check digit of GTIN 00816270020003 is 3, expected 2\n"
	    "3.1 serial: no serial number\n"
	    "4.3 udi: '8.1627E+11': the spreadsheet has rounded the number; make the column text and enter it again\n"
	    "5.1 serial: '1.2E+11': the spreadsheet has rounded the number; make the column text and enter it again\n"
	    "6.4 host: '10.1.2.300' is no address: expected one IPv4 address, IPv6 address or host name, with :port if need be\n"
	    "7.4 host: '010.1.2.3' is no address: expected one IPv4 address, IPv6 address or host name, with :port if need be\n"
	    "8.5 bmc: 'host:99999' has no port between 1 and 65535 behind the colon\n"
	    "9.6 connectivity: 'sometimes' is not understood: write internet, local, none or unknown\n"
	    "10.7 status: 'lost?' is not understood: write in use, stored, transferred or decommissioned\n"
	    "11.8 modes: 'Dx and Blue' is not understood: name boot modes such as Dx, RUO\n"
	    "12.9 : 9 columns, the header has 8: put quotes around a text that holds the delimiter ';'\n"
	    "13.2 : the quote that opens in line 13, column 2, is never closed\n"
	    "14.3 udi: GTIN has 9 digits, expected 8, 12, 13 or 14\n"
	    "15.4 host: '10.0.0.1, 10.0.0.2' is no address: expected one IPv4 address, IPv6 address or host name, with :port if "
	    "need be\n");
}

static void
udi_and_its_columns(void **state)
{
	(void)state;
	/* The UDI alone is enough; beside it the columns must agree. */
	expect("UDI;Product\n(01)00816270020002(21)A1;M\n]d20100816270020002"
	       "10L9\x1d"
	       "21A2;M\n",
	    "A1 product=M di=00816270020002\nA2 product=M di=00816270020002 lot=L9\n", "");
	expect(
	    "SN;UDI;Lot\nA1;(01)00816270020002(21)A2;\nA-1;(01)00816270020002(10)L(21)a1;l\nA3;(01)00816270020002(10)L(21)A3;K\n",
	    "A-1 di=00816270020002 lot=l\n",
	    "2.1 serial: the UDI says serial number 'A2', this column 'A1'\n"
	    "4.3 lot: the UDI says lot 'L', this column 'K'\n");
	expect("SN;UDI-DI;UDI\nA1;816270020002;(01)00816270020002(21)A1\nA2;00816270020125;(01)00816270020002(21)A2\n",
	    "A1 di=00816270020002\n", "3.3 udi: two UDI columns name two products: '00816270020125' and '00816270020002'\n");
	expect("UDI;SN\n(01)00816270020002(17)261301(21)A1;A1\n+A123BJC5D6E71G;A2\nA123BJC5D6E71;A3\n+A123BJC5D6E71X;A4\n(21)A5;"
	       "A5\n",
	    "A2 di=A123BJC5D6E71\nA3 di=A123BJC5D6E71\n",
	    "2.1 udi: (17): position 23: 261301 is no day for the expiry date, expected YYMMDD (day 00 for the end of the "
	    "month)\n"
	    "5.1 udi: position 15: check character of the HIBCC string is 'X', expected 'G'\n"
	    "6.1 udi: the UDI '(21)A5' holds no device identifier\n");
	/* Lot and serial number that run together are told apart by the serial column only. */
	expect(
	    "UDI;SN\n010081627002000210A213B1211234;1234\n010081627002000210A213B1211234;\n010081627002000210A213B1211234;77\n",
	    "1234 di=00816270020002 lot=A213B1\n",
	    "3.1 udi: 'A213B1211234' at the end of the UDI may be the batch or lot alone or hold a second element: write "
	    "brackets, (21)..., or fill in "
	    "the serial number too\n"
	    "4.1 udi: the UDI ends with 'A213B1211234', where serial number '77' is not found\n");
	expect("UDI;SN\n010081627002000210A213B1991234;1234\n", "",
	    "2.1 udi: the UDI ends with 'A213B1991234', where serial number '1234' is not found\n");
	/* What spreadsheets do to keep leading zeros. */
	expect("SN,UDI\n\"=\"\"007\"\"\",\"=\"\"00816270020002\"\"\"\n'008,00816270020002\n",
	    "007 di=00816270020002\n008 di=00816270020002\n", "");
}

static void
duplicates(void **state)
{
	(void)state;
	expect("SN;Product\nA-1;MiSeq Dx\na1;MiSeqDx Instrument\nA1;Other\nA1;\nB1;\nB1;M\n",
	    "A-1 product=MiSeq Dx\nA1 product=Other\nB1\n",
	    "3.1 serial: serial number 'a1' stands in line 2 already: keep one of the two rows\n"
	    "5.1 serial: serial number 'A1' stands in line 2 already: keep one of the two rows\n"
	    "7.1 serial: serial number 'B1' stands in line 6 already: keep one of the two rows\n");
	/* Two makers are two devices, so are two catalogue numbers or UDI-DIs; a UDI-DI outranks the catalogue number. */
	expect("SN;Product;REF;UDI;Manufacturer\n1;P;R1;;X\n1;P;R1;;Y\n1;P;R2;;X\n1;P;R-1;;X\n1;P;R9;00816270020002;X\n1;P;R8;"
	       "00816270020002;X\n",
	    "1 product=P maker=X ref=R1\n1 product=P maker=Y ref=R1\n1 product=P maker=X ref=R2\n1 product=P maker=X ref=R9 "
	    "di=00816270020002\n",
	    "5.1 serial: serial number '1' stands in line 2 already: keep one of the two rows\n"
	    "7.1 serial: serial number '1' stands in line 6 already: keep one of the two rows\n");
	expect_with("SN;Product\nA1;M\nA1;M\n", (struct device_import_options){ .allow_duplicates = true },
	    "A1 product=M\nA1 product=M\n", "");
}

/* One serial number for all: told apart up to a limit, and quickly. */
static void
one_serial_for_all(void **state)
{
	struct fp_buf list = { .max = 0 };
	struct result r;

	(void)state;
	fp_buf_puts(&list, "SN;REF;Manufacturer\n");
	for (int i = 0; i < 100000; i++)
		fp_buf_printf(&list, "0;R%d;M%d\n", i, i % 5000);
	run(&r, list.data, list.len, (struct device_import_options){ .year = 0 });
	assert_true(r.counts.good >= 1000);
	assert_int_equal(r.counts.rows, 100000);
	done(&r);
	fp_buf_free(&list);
}

/* Thousands of serials and none taken for another. */
static void
many_serials(void **state)
{
	struct fp_buf list = { .max = 0 };
	struct result r;

	(void)state;
	fp_buf_puts(&list, "SN;Product\n");
	for (int i = 0; i < 50000; i++)
		fp_buf_printf(&list, "N%05d;MiSeqDx\n", i);
	fp_buf_puts(&list, "N49999;MiSeqDx\nN00000;MiSeqDx\n");
	run(&r, list.data, list.len, (struct device_import_options){ .year = 0 });
	assert_int_equal(r.counts.good, 50000);
	assert_string_equal(text_of(&r.problems),
	    "50002.1 serial: serial number 'N49999' stands in line 50001 already: keep one of the two rows\n"
	    "50003.1 serial: serial number 'N00000' stands in line 2 already: keep one of the two rows\n");
	done(&r);
	fp_buf_free(&list);
}

static void
not_given(void **state)
{
	(void)state;
	expect(
	    "SN;Product;REF;IP;BMC;Note;Status\nA1;MiSeqDx;n/a;-;k. A.;unknown;N. z.\nNA;I/T;\xe2\x80\x93;?;--;nil;\n-;M;;;;;\n",
	    "A1 product=MiSeqDx\nNA note=nil\n", "4.1 serial: no serial number\n");
}

static void
connectivity_words(void **state)
{
	(void)state;
	expect("SN;Internet\nA;yes\nB;nein\n", "A conn=internet\nB\n", "");
	expect("SN;Netzwerk\nA;ja\nB;nein\n", "A conn=local\nB conn=none\n", "");
	expect("SN;Connectivity\nA;yes\nB;no\nC;Standalone\nD;red local\n", "A\nB conn=none\nC conn=none\nD conn=local\n", "");
}

static void
addresses(void **state)
{
	(void)state;
	expect("SN;IP\nA;fe80::1%eth0\nB;[2001:db8::1]:443\nC;seq-1\nD;\\\\SEQ2\\\nE;10.0.0.1:8080\n",
	    "A host=[fe80::1%eth0]\nB host=[2001:db8::1]:443\nC host=seq-1\nD host=SEQ2\nE host=10.0.0.1:8080\n", "");
	expect("SN\tIP\nA\t10.0.0.31;ipmi=6230;https=8443\nB\t[::1]:22;ucs=5\n",
	    "A host=10.0.0.31;ipmi=6230;https=8443\nB host=[::1]:22;ucs=5\n", "");
	expect("SN\tIP\nA\th;ipmi=0\nB\th;=5\nC\th;ipmi\nD\th;a b=5\nE\t;ipmi=5\nF\th;\n", "",
	    "2.2 host: 'h;ipmi=0' has something else than ;service=port behind the address\n"
	    "3.2 host: 'h;=5' has something else than ;service=port behind the address\n"
	    "4.2 host: 'h;ipmi' has something else than ;service=port behind the address\n"
	    "5.2 host: 'h;a b=5' has something else than ;service=port behind the address\n"
	    "6.2 host: '' is no address\n"
	    "7.2 host: 'h;' has something else than ;service=port behind the address\n");
	expect("SN;IP\nA;[::1\nB;::zz\nC;[::1]x\nD;-x\nE;a..b\nF;1.2.3\nG;a:0\nH;a b\nI;http://\n", "",
	    "2.2 host: '[::1' is no IPv6 address in brackets\n"
	    "3.2 host: '::zz' is no IPv6 address\n"
	    "4.2 host: '[::1]x' has text behind the bracket; expected a colon and a port\n"
	    "5.2 host: '-x' is no address: expected one IPv4 address, IPv6 address or host name, with :port if need be\n"
	    "6.2 host: 'a..b' is no address: expected one IPv4 address, IPv6 address or host name, with :port if need be\n"
	    "7.2 host: '1.2.3' is no address: expected one IPv4 address, IPv6 address or host name, with :port if need be\n"
	    "8.2 host: 'a:0' has no port between 1 and 65535 behind the colon\n"
	    "9.2 host: 'a b' is no address: expected one IPv4 address, IPv6 address or host name, with :port if need be\n"
	    "10.2 host: 'http://' has no port between 1 and 65535 behind the colon\n");
}

static void
bad_bytes(void **state)
{
	static const char nul[] = "SN;Product;Note\nA\0"
				  "1;M;\nA2;M;x\x01\nA\n3;M;\n\"A\n4\";M;\nA5;\"M\nx\";\n";
	struct result r;
	char *wide = fp_asprintf("SN;Product;Room\nA1;M;%0600d\nA2;M;\xc3\xbc\nA3;M;\xff\xc3\xbc\nA4\xff;M;\n", 7);

	(void)state;
	run(&r, nul, sizeof(nul) - 1, (struct device_import_options){ .year = 0 });
	assert_string_equal(text_of(&r.devices), "A\n3 product=M\nA5 product=M x\n");
	assert_string_equal(text_of(&r.problems), "2.1 serial: NUL byte (0x00)\n"
						  "3.3 note: control character 0x01\n"
						  "6.1 serial: line break in the field\n");
	done(&r);
	expect(wide, "A2 product=M at=\xc3\xbc\n",
	    "2.3 location: 600 bytes, at most 512 are kept\n"
	    "4.3 location: ill-formed UTF-8: save the whole list in one encoding, or name it (--encoding windows-1252)\n"
	    "5.1 serial: ill-formed UTF-8: save the whole list in one encoding, or name it (--encoding windows-1252)\n");
	free(wide);
	expect("SN;Room\nA1;Ger\xe4t\nA2;\x81\n", "A1 at=Ger\xc3\xa4t\n",
	    "3.2 location: a character that the encoding windows-1252 does not have: name the right one (--encoding)\n");
}

static void
identity_only(void **state)
{
	expect_with("SN;Product;REF;IP;Status;Dx version\nA1;M;R;not an address!;what;1.0\n",
	    (struct device_import_options){ .identity_only = true }, "A1 product=M ref=R {Dx v=1.0}\n", "");
	(void)state;
}

/* ---- the rejects file ---- */

static void
slurp(struct fp_buf *out, const char *path)
{
	struct fp_err err;

	fp_buf_clear(out);
	if (fp_file_read(out, path, &err) != FP_OK)
		fail_msg("%s", err.msg);
}

static void
rejects_are_kept_and_mended(void **state)
{
	char path[] = "/tmp/fp-rejects-XXXXXX";
	struct fp_buf kept = { .max = 0 };
	struct result r;
	const char *list = "My list\nSN;Product;Room\nA1;M;\"a;\"\"b\"\"\"\n;M\nA3;\"M;1\nA1;M;2\n";
	char *mended;

	(void)state;
	assert_true(close(mkstemp(path)) == 0);
	run(&r, list, strlen(list), (struct device_import_options){ .rejects = path });
	assert_int_equal(r.status, FP_OK);
	assert_int_equal(r.counts.bad, 3);
	done(&r);
	slurp(&kept, path);
	assert_string_equal(kept.data, "SN;Product;Room;rejected because\n"
				       ";M;;no serial number\n"
				       "A3;\"M;1;the quote that opens in line 5, column 2, is never closed\n"
				       "A1;M;2;serial number 'A1' stands in line 3 already: keep one of the two rows\n");
	/* Imported as it is, each row is refused again, and the reason does not grow. */
	run(&r, kept.data, kept.len, (struct device_import_options){ .rejects = path });
	assert_string_equal(text_of(&r.devices), "A1 product=M at=2\n");
	done(&r);
	slurp(&kept, path);
	assert_string_equal(kept.data, "SN;Product;Room;rejected because\n;M;;no serial number\n"
				       "A3;\"M;1;the quote that opens in line 3, column 2, is never closed\n");
	/* Mended, it is all good. */
	mended = fp_asprintf("%s", "SN;Product;Room;rejected because\nA2;M;;no serial number\nA3;\"M\";1;the quote ...\n");
	run(&r, mended, strlen(mended), (struct device_import_options){ .rejects = path });
	assert_string_equal(text_of(&r.devices), "A2 product=M\nA3 product=M at=1\n");
	assert_string_equal(text_of(&r.problems), "");
	done(&r);
	free(mended);
	fp_buf_free(&kept);
	unlink(path);
}

/* Nothing bad: no file. Not finished: no file either. */
static void
rejects_only_when_there_are_any(void **state)
{
	static const char path[] = "/tmp/fp-no-rejects.csv";
	struct result r;
	struct source s = { "SN\n1.0E+5\n", 10, 0 };
	struct device_import *im;
	const struct device_row *row;
	struct device_import_options o = { .rejects = path, .name = "x" };

	(void)state;
	unlink(path);
	run(&r, "SN\nA1\n", 6, (struct device_import_options){ .rejects = path });
	assert_int_equal(access(path, F_OK), -1);
	done(&r);
	assert_int_equal(device_import_open(&im, give, &s, &o, NULL), FP_OK);
	assert_int_equal(device_import_next(im, &row, NULL), FP_OK);
	assert_null(row);
	assert_int_equal(device_import_counts(im).bad, 1);
	device_import_free(im);
	assert_int_equal(access(path, F_OK), -1);
	run(&r, "SN\n1.0E+5\n", 10, (struct device_import_options){ .rejects = "/nonexistent/x.csv" });
	assert_int_equal(r.status, FP_ENOTFOUND);
	assert_non_null(
	    strstr(r.err.msg, "keeping the bad rows of 'list.csv': cannot write rejected rows to '/nonexistent/x.csv'"));
	done(&r);
}

/* Other encodings: what is kept is UTF-8 with its mark, and comes back the same. */
static void
rejects_in_utf8(void **state)
{
	static const char path[] = "/tmp/fp-rejects-utf8.csv";
	struct fp_buf kept = { .max = 0 };
	struct result r;

	(void)state;
	run(&r, "SN;Ger\xe4t\n;M\xfc\n", 13, (struct device_import_options){ .rejects = path });
	done(&r);
	slurp(&kept, path);
	assert_string_equal(kept.data, "\xef\xbb\xbfSN;Ger\xc3\xa4t;rejected because\n;M\xc3\xbc;no serial number\n");
	fp_buf_free(&kept);
	unlink(path);
}

static void
disk_full(void **state)
{
	static const char path[] = "/tmp/fp-rejects-full.csv";
	struct fp_buf list = { .max = 0 };
	struct result r;

	(void)state;
	unlink(path);
	fp_buf_puts(&list, "SN;Product\n");
	for (int i = 0; i < 20000; i++)
		fp_buf_puts(&list, ";MiSeqDx\n");
	for (int n = 0; n < 6; n++) {
		fp_file_fail_after(n);
		run(&r, list.data, list.len, (struct device_import_options){ .rejects = path });
		fp_file_fail_after(-1);
		assert_int_not_equal(r.status, FP_OK);
		assert_int_equal(access(path, F_OK), -1);
		done(&r);
	}
	fp_buf_free(&list);
}

/* Every allocation may fail: a clear status, nothing leaked, nothing crashed. */
static void
out_of_memory(void **state)
{
	static const char list[] =
	    "SN;Ger\xc3\xa4t;UDI;IP;Status;Modes;Dx version\nA1;\"M\"\"x\";(01)00816270020002(21)A1;10.0.0.1;in "
	    "use;Dx;1.0\n;;;;;;\nA1;M\xc3\xbc;;;;;\n";

	(void)state;
	for (int64_t n = 0; n < 200; n++) {
		struct source s = { list, sizeof(list) - 1, 0 };
		struct device_import_options o = { .name = "x", .map = "product=2" };
		struct device_import *im = NULL;
		const struct device_row *row = NULL;
		const struct device *d;
		enum fp_status status;

		(void)fp_mem_fail_after(n);
		status = device_import_open(&im, give, &s, &o, NULL);
		while (status == FP_OK && (status = device_import_next(im, &row, NULL)) == FP_OK && row != NULL)
			assert_int_equal(device_import_device(im, &d, NULL), FP_OK);
		device_import_free(im);
		(void)fp_mem_fail_after(-1);
	}
}

static void
files(void **state)
{
	char path[] = "/tmp/fp-list-XXXXXX";
	struct device_import_options o = { .year = 2026 };
	struct device_import *im = NULL;
	const struct device_row *row;
	const struct device *d;
	struct fp_err err;
	FILE *f = fdopen(mkstemp(path), "w");

	(void)state;
	/* Enough rows that the look-out for duplicates grows by the size of the file, and the buffer moves many times. */
	(void)fputs("SN;Product;Room\n", f);
	for (int i = 0; i < 90000; i++)
		(void)fprintf(f, "%s%d;MiSeqDx;Building %d\n", i % 3 == 0 ? "\"N\"" : "N", i, i % 7);
	(void)fputs("N89998;MiSeqDx;\n", f);
	(void)fclose(f);
	assert_int_equal(device_import_open_path(&im, path, &o, NULL), FP_OK);
	for (size_t i = 0;; i++) {
		char serial[16];

		assert_int_equal(device_import_next(im, &row, NULL), FP_OK);
		if (row == NULL)
			break;
		assert_int_equal(device_import_device(im, &d, NULL), FP_OK);
		(void)snprintf(serial, sizeof(serial), "N%zu", (size_t)row->line - 2);
		assert_string_equal(d->serial, serial);
	}
	assert_int_equal(device_import_counts(im).good, 60000);
	assert_int_equal(device_import_counts(im).bad, 30001);
	device_import_free(im);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(device_import_open_path(&im, path, &o, &err), FP_ENOTFOUND);
	assert_null(im);
	assert_non_null(strstr(err.msg, "cannot open '/tmp/fp-list-"));
	assert_int_equal(device_import_open_path(&im, "/tmp", &o, &err), FP_EIO);
	assert_string_equal(err.msg, "reading '/tmp': cannot read: Is a directory");
}

static void
run_text(struct result *r, const char *text, const char *map)
{
	run(r, text, strlen(text), (struct device_import_options){ .map = map });
}

static void
components(void **state)
{
	struct result r;

	(void)state;
	run_text(&r,
	    "Serial number;Product;Software version;UCS version;UCS version (RUO);Version of Local Run Manager;List "
	    "version;LRM_Ver\n"
	    "M1;MiSeqDx;4.0.1;v2.0;1.4;3.1;7;n/a\n"
	    "M2;MiSeqDx;;;;;;2\n",
	    NULL);
	assert_int_equal(r.status, FP_OK);
	assert_string_equal(r.devices.data, "M1 product=MiSeqDx { v=4.0.1} [UCS||v2.0] [UCS|RUO|1.4] [Local Run Manager||3.1]\n"
					    "M2 product=MiSeqDx [LRM||2]\n");
	assert_non_null(strstr(r.understood.data, "'UCS version (RUO)' -> component (UCS, RUO)"));
	assert_non_null(strstr(r.understood.data, "'List version' -> not used"));
	done(&r);
	run_text(&r, "SN;Produkt;Stand\nM1;MiSeqDx;2.x\n", "component:UCS=Stand");
	if (r.status != FP_OK)
		fail_msg("%s", r.err.msg);
	assert_string_equal(r.devices.data, "M1 product=MiSeqDx [UCS||2.x]\n");
	done(&r);
	/* More than there is room for: the rest is said to be unused. */
	run_text(&r,
	    "SN;Product;A1 version;A2 version;A3 version;A4 version;A5 version;A6 version;A7 version;A8 version;A9 "
	    "version\nM1;MiSeqDx;1;2;3;4;5;6;7;8;9\n",
	    NULL);
	assert_non_null(strstr(r.understood.data, "'A9 version' -> not used"));
	assert_null(strstr(r.devices.data, "A9"));
	done(&r);
}

static void
devices_differ_and_copy(void **state)
{
	struct device a = { .serial = "A-1",
		.product = "MiSeq\xe2\x84\xa2 Dx",
		.location = "Lab 1",
		.n_modes = 1,
		.modes = { { "Dx", NULL, "1.0" } },
		.n_components = 1,
		.components = { { "UCS", "1.4", "" } } };
	struct device b = { .serial = "A-1",
		.product = "MiSeq\xe2\x84\xa2 Dx",
		.location = "Lab 2",
		.status = DEVICE_STORED,
		.n_modes = 2,
		.modes = { { "dx", NULL, "1.1" }, { "RUO", NULL, NULL } },
		.n_components = 2,
		.components = { { "ucs", "2.0", "" }, { "UCS", "1.4", "RUO" } } };
	struct device copy;
	struct fp_buf out = { .max = 0 };
	char *key = device_key(&a);

	(void)state;
	assert_string_equal(key, "a1");
	free(key);
	assert_int_equal(device_diff(&out, &a, &b), 6);
	assert_string_equal(out.data,
	    "location: 'Lab 1' -> 'Lab 2'\nstatus: 'in-use' -> 'stored'\ndx version: '1.0' -> '1.1'\nmode: '' -> 'RUO'\n"
	    "ucs: '1.4' -> '2.0'\nRUO UCS: '' -> '1.4'\n");
	fp_buf_clear(&out);
	assert_int_equal(device_copy(&copy, &b, NULL), FP_OK);
	assert_int_equal(device_diff(&out, &b, &copy), 0);
	assert_string_equal(device_mode_find(&copy, "DX")->version, "1.1");
	assert_string_equal(device_component_find(&copy, "UCS", "ruo")->version, "1.4");
	assert_null(device_component_find(&copy, "UCS", "Dx"));
	device_free(&copy);
	assert_int_equal(device_diff(&out, &b, &a), 6);
	fp_buf_free(&out);
	for (int64_t n = 0; n < 12; n++) {
		(void)fp_mem_fail_after(n);
		assert_int_equal(device_copy(&copy, &b, NULL), FP_ENOMEM);
		(void)fp_mem_fail_after(-1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_in_five_languages),
		cmocka_unit_test(more_header_words),
		cmocka_unit_test(all_columns),
		cmocka_unit_test(title_lines_and_blank_rows),
		cmocka_unit_test(map_option),
		cmocka_unit_test(no_header),
		cmocka_unit_test(bad_rows),
		cmocka_unit_test(udi_and_its_columns),
		cmocka_unit_test(duplicates),
		cmocka_unit_test(one_serial_for_all),
		cmocka_unit_test(many_serials),
		cmocka_unit_test(not_given),
		cmocka_unit_test(connectivity_words),
		cmocka_unit_test(addresses),
		cmocka_unit_test(bad_bytes),
		cmocka_unit_test(identity_only),
		cmocka_unit_test(rejects_are_kept_and_mended),
		cmocka_unit_test(rejects_only_when_there_are_any),
		cmocka_unit_test(rejects_in_utf8),
		cmocka_unit_test(disk_full),
		cmocka_unit_test(out_of_memory),
		cmocka_unit_test(files),
		cmocka_unit_test(components),
		cmocka_unit_test(devices_differ_and_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
