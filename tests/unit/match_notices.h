/* The products of the three notices, and one made up with version ranges, built by hand: tests of matching need no notice reader. */
#ifndef FP_TESTS_MATCH_NOTICES_H
#define FP_TESTS_MATCH_NOTICES_H

#include "notice/notice.h"

#define TEXTS(a) .items = (a), .n = sizeof(a) / sizeof((a)[0])

#define TM "\xe2\x84\xa2"

static const char miseq_trademark[] = "MiSeq" TM "Dx Instrument";
static const char *miseq_names[] = { "MiSeqDx", miseq_trademark, "MiSeq" TM " Dx" };
static const char *miseq_refs[] = { "DX-410-1001", "15036706" };
static const char *miseq_aliases[] = { "20014053" };
static const char *nextseq_names[] = { "NextSeq 550Dx", "NextSeq\xe2\x84\xa2 550Dx Instrument" };
static const char *nextseq_refs[] = { "20005715" };
static const char *novaseq_names[] = { "NovaSeq 6000Dx", "NovaSeq\xe2\x84\xa2 6000Dx Instrument" };
static const char *novaseq_bundle_names[] = { "NovaSeq 6000Dx Instrument incl. DRAGEN Server", "NovaSeq 6000Dx" };
static const char *novaseq_refs[] = { "20068232" };
static const char *novaseq_server_names[] = { "DRAGEN Server for NovaSeq 6000Dx" };
static const char *nextseq_server_names[] = { "Illumina DRAGEN Server for NextSeq 550Dx", "DRAGEN Server for NextSeq 550Dx" };
static const char *nextseq_server_refs[] = { "20086130" };
static const char *v4_names[] = { "Illumina DRAGEN Server v4", "DRAGEN Server v4" };
static const char *v4_refs[] = { "20051343" };
static const char *veriseq_names[] = { "VeriSeq Onsite Server v2" };
static const char *veriseq_refs[] = { "20047000" };
static const char *both_modes[] = { "Dx", "RUO" };

#define MISEQ                                                                                                                    \
	{                                                                                                                        \
		.id = "miseqdx", .names = { TEXTS(miseq_names) }, .catalog_numbers = { TEXTS(miseq_refs) },                      \
		.alias_catalog_numbers = { TEXTS(miseq_aliases) }, .alias_source = "reports of the 2022 recall",                 \
		.udi_di = "00816270020002", .modes = {                                                                           \
			TEXTS(both_modes)                                                                                        \
		}                                                                                                                \
	}
#define NEXTSEQ                                                                                                                  \
	{                                                                                                                        \
		.id = "nextseq550dx", .names = { TEXTS(nextseq_names) }, .catalog_numbers = { TEXTS(nextseq_refs) },             \
		.udi_di = "00816270020125", .modes = {                                                                           \
			TEXTS(both_modes)                                                                                        \
		}                                                                                                                \
	}
#define SERVER(ID, NAMES, REFS)                                                                                                  \
	{                                                                                                                        \
		.id = ID, .names = { TEXTS(NAMES) }, .catalog_numbers = { TEXTS(REFS) }, .udi_di_stated = "not applicable"       \
	}

static struct notice_product products_2023[] = { MISEQ, NEXTSEQ };
static struct notice_product products_2024[] = {
	MISEQ,
	NEXTSEQ,
	{ .id = "novaseq6000dx",
	    .names = { TEXTS(novaseq_names) },
	    .catalog_numbers = { TEXTS(novaseq_refs) },
	    .udi_di = "00816270020637",
	    .modes = { TEXTS(both_modes) } },
	SERVER("dragen-nextseq550dx", nextseq_server_names, nextseq_server_refs),
	SERVER("dragen-v4", v4_names, v4_refs),
	SERVER("veriseq-onsite-v2", veriseq_names, veriseq_refs),
};
static struct notice_part novaseq_parts[] = { { .id = "dragen-novaseq6000dx", .names = { TEXTS(novaseq_server_names) } } };
static struct notice_product products_2025[] = {
	{ .id = "novaseq6000dx",
	    .names = { TEXTS(novaseq_bundle_names) },
	    .catalog_numbers = { TEXTS(novaseq_refs) },
	    .udi_di = "00816270020637",
	    .parts = novaseq_parts,
	    .n_parts = 1 },
	SERVER("dragen-nextseq550dx", nextseq_server_names, nextseq_server_refs),
};

/* The affected versions that were published for 2023, per mode (CISA ICSMA-23-117-01). */
static struct notice_versions nextseq_versions[] = {
	{ "Dx", "NextSeq 550Dx Operating Software", ">=1.0.0|<=1.3.1 || >=1.3.3" },
	{ "RUO", NULL, "=4.0" },
};
static struct notice_versions server_versions[] = { { "", NULL, "<4.2" } };
static struct notice_product products_versions[] = {
	{ .id = "nextseq550dx",
	    .names = { TEXTS(nextseq_names) },
	    .catalog_numbers = { TEXTS(nextseq_refs) },
	    .udi_di = "00816270020125",
	    .modes = { TEXTS(both_modes) },
	    .versions = nextseq_versions,
	    .n_versions = 2 },
	{ .id = "dragen-v4",
	    .names = { TEXTS(v4_names) },
	    .catalog_numbers = { TEXTS(v4_refs) },
	    .versions = server_versions,
	    .n_versions = 1 },
};

static struct notice notice_2023 = {
	.reference = "FSN2023-1338", .manufacturer = "Illumina, Inc.", .products = products_2023, .n_products = 2
};
static struct notice notice_2024 = {
	.reference = "FSN2024-1562", .manufacturer = "Illumina, Inc.", .products = products_2024, .n_products = 6
};
static struct notice notice_2025 = {
	.reference = "FSN2025-1682", .manufacturer = "Illumina, Inc.", .products = products_2025, .n_products = 2
};
static struct notice notice_versions = {
	.reference = "FSN2023-1338", .manufacturer = "Illumina, Inc.", .products = products_versions, .n_products = 2
};

#endif
