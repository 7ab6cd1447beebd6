/*
 * A reply as a site would give it: the devices of one notice in every state that a cell can have, long words, notes, foreign letters.
 * Tests, pictures and figures are made of it.
 */
#ifndef FP_TESTS_REPLY_SAMPLE_H
#define FP_TESTS_REPLY_SAMPLE_H

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "reply/reply.h"

#define SAMPLE_NOW INT64_C(1795253400000) /* 2026-11-21T09:30:00Z */
#define SAMPLE_DAY ((struct fp_date){ 2026, 11, 21 })

static const char *const sample_notices[] = { "FSN2023-1338", "FSN2024-1562", "FSN2025-1682" };

struct sample_site {
	const char *name, *department, *address, *country, *customer_number, *contact, *title, *email, *phone;
};

static const struct sample_site sample_sites[] = {
	{ "Nordic Molecular Diagnostics A/S", "Department of Clinical Genetics", "Forskerparken 10, 8200 Aarhus N", "DK",
	    "DK-4471823", "Mette Holm Sørensen", "Biomedical engineer", "mhs@nmd.example", "+45 70 12 34 56" },
	{ "Universitätsklinikum Musterstadt, Institut für Humangenetik und Molekulare Pathologie",
	    "Zentrales Sequenzierlabor, Haus 7", "Straße der Wissenschaft 112a, 01307 Musterstadt", "DE", "0004711",
	    "Dr. rer. nat. Jörg Müller-Lüdenscheidt", "Leiter Medizintechnik", "joerg.mueller@ukm.example", "+49 351 000 1234" },
	{ "Αττικόν Πανεπιστημιακό Νοσοκομείο", "Εργαστήριο Ιατρικής Γενετικής", "Ρίμινι 1, Χαϊδάρι, 124 62 Αθήνα", "GR",
	    "GR-88120", "Ελένη Παπαδοπούλου", "Βιοϊατρική μηχανικός", "epapad@attikon.example", "+30 210 000 0000" },
	{ "Университетска болница „Света Екатерина“", "Лаборатория по геномна диагностика",
	    "бул. „Пенчо Славейков“ 52А, 1431 София", "BG", "BG-20155", "Иван Георгиев Димитров", "Ръководител на лабораторията",
	    "igd@uhe.example", "+359 2 000 0000" },
};

/* What happened to a cell, by turns. */
struct sample_turn {
	const char *claim_note;      /* NULL: not claimed */
	const char *reason, *text;   /* NULL: nothing */
	enum evidence_result result; /* NOTCHECKED: never checked */
	enum evidence_level level;
	const char *check, *code;
};

static const struct sample_turn sample_turns[] = {
	{ "", NULL, NULL, EVIDENCE_PASS, EVIDENCE_L2, "SMB-2", "signing-required" },
	{ "Ticket 20931", NULL, NULL, EVIDENCE_UNKNOWN, EVIDENCE_L1, "UCS-1", "silent" },
	{ NULL, "planned", "", EVIDENCE_FAIL, EVIDENCE_L2, "SMB-1", "smb1-accepted" },
	{ "Done with the service engineer during the half-yearly maintenance", NULL, NULL, EVIDENCE_FAIL, EVIDENCE_L2, "BMC-2",
	    "user-zero" },
	{ NULL, "transferred", "Rigshospitalet, Copenhagen, on 3 September 2026", EVIDENCE_NOTCHECKED, EVIDENCE_L_NONE, "", "" },
	{ NULL, NULL, NULL, EVIDENCE_NOTCHECKED, EVIDENCE_L_NONE, "", "" },
	{ NULL, "avoid-interruption", "", EVIDENCE_NOTCHECKED, EVIDENCE_L_NONE, "", "" },
	{ "", NULL, NULL, EVIDENCE_FIXED, EVIDENCE_L_H, "UCS-4", "standard-user" },
	{ NULL, NULL, NULL, EVIDENCE_PASS, EVIDENCE_L2, "BMC-4", "auth-required" },
};

static inline enum fp_status
sample_turn_cell(struct case_cell *c, const struct sample_turn *t, const char *person, struct fp_err *err)
{
	struct evidence_verdict v = { .result = t->result, .level = t->level };
	const struct case_event claim = {
		.kind = CASE_CLAIM, .at = SAMPLE_NOW - 864000000, .actor = person, .text = t->claim_note
	};
	const struct case_event not_done = { .kind = CASE_SAY_NOT_DONE,
		.at = SAMPLE_NOW - 432000000,
		.actor = person,
		.reason = t->reason,
		.text = t->text,
		.planned = { 2027, 1, 15 } };
	const struct case_event see = { .kind = CASE_SEE, .at = SAMPLE_NOW - 3600000, .verdict = &v };

	(void)snprintf(v.check, sizeof(v.check), "%s", t->check);
	(void)snprintf(v.reason, sizeof(v.reason), "%s", t->code);
	(void)snprintf(v.settle, sizeof(v.settle), "%s", t->result == EVIDENCE_UNKNOWN ? "host-facts-listener" : "");
	(void)snprintf(v.detail, sizeof(v.detail), "what was seen of %s", t->check);
	(void)snprintf(v.obs, sizeof(v.obs), "%064d", 7);
	if (t->claim_note != NULL && case_apply(c, &claim, err) != FP_OK)
		return FP_EINVAL;
	if (t->reason != NULL && case_apply(c, &not_done, err) != FP_OK)
		return FP_EINVAL;
	if (t->result != EVIDENCE_NOTCHECKED && case_apply(c, &see, err) != FP_OK)
		return FP_EINVAL;
	return FP_OK;
}

static inline enum fp_status
sample_add_device(struct reply *r, const struct notice *n, size_t i, const char *person, size_t *turn, struct fp_err *err)
{
	const struct notice_product *p = &n->products[i % n->n_products];
	char serial[32];
	struct device d = { .id = (int64_t)i + 1, .serial = serial, .connectivity = DEVICE_CONN_LOCAL };
	struct case_cell cells[16];
	size_t count;
	FP_AUTO(fp_freep) char *ref = fp_strdup(p->catalog_numbers.n ? p->catalog_numbers.items[0] : "");
	FP_AUTO(fp_freep) char *udi = fp_strdup(p->udi_di ? p->udi_di : "");

	if (ref == NULL || udi == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	(void)snprintf(
	    serial, sizeof(serial), p->type && strcmp(p->type, "server") == 0 ? "DRG%010zu" : "M%05zu", 70001 + i * 37);
	d.catalog_number = ref;
	d.udi_di = udi;
	count = case_cells_of(cells, FP_COUNT(cells), n, p, &d, p->modes.items, p->modes.n);
	for (size_t c = 0; c < count; c++) {
		if (sample_turn_cell(&cells[c], &sample_turns[(*turn)++ % FP_COUNT(sample_turns)], person, err) != FP_OK ||
		    reply_add_cell(r, &d, p->names.items[0], &cells[c], err) != FP_OK)
			return FP_EINVAL;
	}
	return FP_OK;
}

static inline enum fp_status
sample_site_fill(struct reply *r, const struct sample_site *s, struct fp_err *err)
{
	char **const members[] = { &r->site.name, &r->site.department, &r->site.address, &r->site.country,
		&r->site.customer_number, &r->site.contact_name, &r->site.contact_title, &r->site.contact_email,
		&r->site.contact_phone, &r->link };
	char link[128];
	const char *const texts[FP_COUNT(members)] = { s->name, s->department, s->address, s->country, s->customer_number,
		s->contact, s->title, s->email, s->phone, link };

	(void)snprintf(link, sizeof(link), "http://127.0.0.1:8480/notice/%s", r->reference);
	for (size_t i = 0; i < FP_COUNT(members); i++)
		if (reply_set(members[i], texts[i], err) != FP_OK)
			return FP_ENOMEM;
	return FP_OK;
}

/* The reply of one of the sites with so many devices; the caller frees both. Run from the root of the repository. */
static inline enum fp_status
sample_reply(struct reply **out, struct notice **n, const char *reference, const char *lang, size_t site, size_t devices,
    struct fp_err *err)
{
	char dir[80];
	FP_AUTO(reply_freep) struct reply *r = NULL;
	size_t turn = 0;

	(void)snprintf(dir, sizeof(dir), "notices/%s", reference);
	if (notice_open(n, dir, err) != FP_OK || reply_new(&r, *n, lang, SAMPLE_NOW, err) != FP_OK ||
	    sample_site_fill(r, &sample_sites[site], err) != FP_OK)
		return FP_EINVAL;
	for (size_t i = 0; i < devices; i++)
		if (sample_add_device(r, *n, i, sample_sites[site].contact, &turn, err) != FP_OK)
			return FP_EINVAL;
	for (size_t i = 0; i < r->n_statements; i++)
		r->statements[i].answer = strcmp(r->statements[i].code, "all-servers-done") == 0 ? 0 : 1;
	r->distributor = 0;
	*out = r;
	r = NULL;
	return FP_OK;
}

#endif
