/*
 * A device list of any size, the same for the same seed: 15 columns as hospitals keep them, about one device in a hundred affected by one of the
 * three notices, the rest other devices of laboratories and wards by makers that do not exist (GTINs of the range for examples).
 *   match_gen [ROWS] [SEED] >devices.csv
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/status.h"

struct product {
	const char *name, *maker, *ref, *di;
	int modes; /* has Dx and RUO software */
	int versions;
};

/* The affected ones, as people write them. */
static const struct product affected[] = {
	{ "MiSeqDx", "Illumina", "15036706", "00816270020002", 1, 4 },
	{ "MiSeq Dx Instrument", "Illumina, Inc.", "DX-410-1001", "00816270020002", 1, 4 },
	{ "MiSeqDx", "Illumina", "20014053", "", 1, 4 },
	{ "NextSeq 550Dx", "Illumina", "20005715", "00816270020125", 1, 1 },
	{ "NextSeq 550Dx Instrument", "ILLUMINA", "", "", 1, 1 },
	{ "NovaSeq 6000Dx", "Illumina", "20068232", "00816270020637", 1, 1 },
	{ "DRAGEN Server for NextSeq 550Dx", "Illumina", "20086130", "", 0, 4 },
	{ "DRAGEN Server v4", "Illumina", "20051343", "", 0, 4 },
	{ "VeriSeq Onsite Server v2", "Illumina", "20047000", "", 0, 2 },
};

static const struct product others[] = {
	{ "MiSeq", "Illumina", "SY-410-1003", "", 0, 2 },
	{ "NextSeq 500", "Illumina", "SY-415-1001", "", 0, 2 },
	{ "iSeq 100", "Illumina", "20021532", "", 0, 1 },
	{ "Centrifuge 5400 R", "Nordlab SE", "54280-210", "09506000000015", 0, 0 },
	{ "Thermocycler X50", "Nordlab SE", "63110-010", "09506000000022", 0, 3 },
	{ "qPCR Station 5 Dx", "Alpina Diagnostics AG", "A47326", "09506000000039", 0, 1 },
	{ "Analyser 6800", "Rhein Diagnostik GmbH", "05524245001", "09506000000046", 0, 1 },
	{ "Analyser z 480", "Rhein Diagnostik GmbH", "05200881001", "09506000000053", 0, 1 },
	{ "Molecular m System", "Lakeside Molecular Inc.", "08N53-002", "09506000000060", 0, 1 },
	{ "RapidTest IV", "Malmo Cartridge AB", "GXIV-4-D", "09506000000077", 0, 5 },
	{ "NucleoPrep SP", "Elbe Life Science GmbH", "9001297", "09506000000084", 0, 5 },
	{ "NucleoCube MDx", "Elbe Life Science GmbH", "9003070", "09506000000091", 0, 1 },
	{ "Fragment Station 4200", "Oakhill Instruments", "G2991BA", "", 0, 5 },
	{ "Pipetting STARlight", "Bonaduz Robotics AG", "173020", "", 0, 2 },
	{ "Flow Lyric", "Franklin Biosciences", "659180", "09506000000121", 0, 2 },
	{ "Infusion pump Space", "Melsungen Pumps AG", "8713050", "09506000000138", 0, 12 },
	{ "Syringe pump Space", "Melsungen Pumps AG", "8713030", "09506000000145", 0, 12 },
	{ "Patient monitor MX45", "Delft Monitoring", "866062", "09506000000152", 0, 8 },
	{ "Ventilator V500", "Luebeck Medical AG & Co. KGaA", "8416400", "09506000000169", 0, 8 },
	{ "CT scanner go.Up", "Forchheim Imaging AG", "11061628", "09506000000176", 0, 1 },
};

static const char *const sites[] = { "Main building", "North wing", "South wing", "Laboratory house", "Children's clinic",
	"Outpatient centre" };
static const char *const departments[] = { "Human Genetics", "Pathology", "Microbiology", "Virology", "Intensive Care 1",
	"Intensive Care 2", "Biochemistry", "Haematology", "Radiology", "Oncology", "Research", "Medical Engineering" };
static const char *const connectivity[] = { "local", "local", "internet", "none", "" };
static const char *const status[] = { "in use", "in use", "in use", "in use", "in use", "stored", "decommissioned" };

static uint64_t state;

/* xorshift64*: the same list everywhere. */
static uint32_t
next(uint32_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 2685821657736338717u) >> 33) % below;
}

#define PICK(array) (array)[next(FP_COUNT(array))]

static void
put_row(size_t i)
{
	const struct product *p = next(100) == 0 ? &PICK(affected) : &PICK(others);
	uint32_t site = next(FP_COUNT(sites)), host = next(1u << 22);

	(void)printf("%c%c%07zu;%s;%s;%s;%s;", 'A' + (char)next(26), 'A' + (char)next(26), i, p->name, p->maker, p->ref, p->di);
	(void)printf("%s, level %u, room %u;%s;10.%u.%u.%u;", sites[site], next(8), 100 + next(80), PICK(departments), host >> 16,
	    host >> 8 & 255, host & 255);
	if (p->modes || p->versions == 4)
		(void)printf("10.200.%u.%u;\\\\nas%u\\runs\\%zu;", next(256), next(256), site + 1, i);
	else
		(void)printf(";;");
	(void)printf("%s;%s;", PICK(connectivity), PICK(status));
	if (p->modes)
		(void)printf("%d.%u.%u;%d.%u;", p->versions, next(4), next(4), p->versions, next(3));
	else if (p->versions > 0)
		(void)printf("%d.%u.%u;;", p->versions, next(3), next(4));
	else
		(void)printf(";;");
	(void)printf("%s\n", next(20) == 0 ? "\"service contract until 2027; see file \"\"M-12\"\"\"" : "");
}

int
main(int argc, char **argv)
{
	size_t rows = argc > 1 ? (size_t)strtoull(argv[1], NULL, 10) : 1000000;
	static char buffer[1 << 20];

	state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	state = state * 0x9E3779B97F4A7C15u + 1;
	(void)setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	(void)puts("Serial number;Product;Manufacturer;REF;UDI-DI;Location;Department;IP address;BMC;Storage "
		   "path;Connectivity;Status;Dx version;RUO version;Note");
	for (size_t i = 0; i < rows; i++)
		put_row(i);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
