/* What a check saw: every byte, with its time. */
#include "web/internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_SHOWN ((size_t)16 << 10)
#define TEXT_SHOWN ((size_t)256 << 10)

static const char *const kinds[EVIDENCE_EVENT_KINDS] = {
	[EVIDENCE_CONNECTED] = N_("Connected"),
	[EVIDENCE_REFUSED] = N_("Refused: the device is there, nothing listens"),
	[EVIDENCE_SENT] = N_("Sent"),
	[EVIDENCE_RECEIVED] = N_("Received"),
	[EVIDENCE_CLOSED] = N_("The other side ended the connection"),
	[EVIDENCE_RESET] = N_("The other side broke the connection"),
	[EVIDENCE_TIMEOUT] = N_("No answer in time"),
	[EVIDENCE_FAILED] = N_("The network refused"),
	[EVIDENCE_LIMIT] = N_("Stopped here: the limit of this check was reached"),
	[EVIDENCE_NOTE] = N_("Noted"),
};

/* "0000  ff 53 4d 42 ...  .SMB" lines. */
static const char *
hex_dump(struct web_req *r, const uint8_t *p, size_t len)
{
	struct fp_buf b = { .max = BYTES_SHOWN * 6 };
	size_t n = len < BYTES_SHOWN ? len : BYTES_SHOWN;

	for (size_t at = 0; at < n; at += 16) {
		fp_buf_printf(&b, "%04zx ", at);
		for (size_t i = at; i < at + 16; i++) {
			if (i < n)
				fp_buf_printf(&b, " %02x", p[i]);
			else
				fp_buf_puts(&b, "   ");
		}
		fp_buf_puts(&b, "  ");
		for (size_t i = at; i < at + 16 && i < n; i++)
			fp_buf_putc(&b, isprint(p[i]) ? (char)p[i] : '.');
		fp_buf_putc(&b, '\n');
	}
	return web_keep(r, fp_buf_take(&b));
}

/* A fact file or the facts of a capture, as people can read them; NULL when the bytes are something else. */
static const char *
as_text(struct web_req *r, const struct evidence_event *e)
{
	FP_JSON json_t *j = json_loadb((const char *)e->bytes, e->len, JSON_REJECT_DUPLICATES, NULL);
	char *dumped = j != NULL ? json_dumps(j, JSON_INDENT(2) | JSON_SORT_KEYS) : NULL;
	const char *text = NULL;

	if (dumped != NULL)
		text = web_fmt(r, "%.*s%s", (int)TEXT_SHOWN, dumped, strlen(dumped) > TEXT_SHOWN ? "\n..." : "");
	free(dumped);
	return text;
}

static void
content(struct web_req *r, struct doc_node *item, const struct evidence_event *e, bool brought)
{
	const char *text = brought ? as_text(r, e) : NULL;

	doc_lang(doc_pre(item, text != NULL ? text : hex_dump(r, e->bytes, e->len)), text != NULL ? "en" : NULL);
	if (text == NULL ? e->len > BYTES_SHOWN : strlen(text) >= TEXT_SHOWN)
		doc_para(
		    item, web_keep(r, i18n_text(r->lang, "The first {n} bytes are shown; the evidence file holds all of them.",
					  "n", web_count(r, text == NULL ? BYTES_SHOWN : TEXT_SHOWN), NULL)));
}

static void
event(struct web_req *r, struct doc_node *list, const struct evidence_event *e, bool brought)
{
	struct doc_node *item = doc_item(list, NULL), *p = doc_para(item, NULL);
	struct fp_buf ms = { 0 };

	if (!brought) {
		i18n_decimal(&ms, r->lang, (double)e->at_us / 1000.0, 1);
		doc_class(doc_span(p, DOC_CLASS_MONO,
			      web_keep(r, i18n_text(r->lang, "{ms} ms", "ms", web_keep(r, fp_buf_take(&ms)), NULL))),
		    DOC_CLASS_MUTED);
		doc_text(p, " ");
	}
	doc_strong(p, (unsigned)e->kind < EVIDENCE_EVENT_KINDS ? i18n_t(r->lang, kinds[e->kind]) : "?");
	if (e->kind == EVIDENCE_CONNECTED && e->code != 0)
		doc_text(p, web_keep(r, i18n_text(r->lang, " (port {port})", "port", web_fmt(r, "%d", e->code), NULL)));
	if (e->kind == EVIDENCE_FAILED)
		doc_lang(doc_code(doc_text(p, " "), strerror(e->code)), "en");
	if (e->len > 0)
		doc_text(p, web_keep(r, i18n_ntext(r->lang, ", {n} byte", ", {n} bytes", (int64_t)e->len, NULL)));
	if (e->note != NULL && *e->note != '\0')
		doc_lang(doc_code(doc_text(p, " "), e->note), "en");
	if (e->len == 0)
		return;
	content(r, item, e, brought);
}

static void
facts(struct web_req *r, struct doc_node *main, const struct evidence_obs *o, bool brought)
{
	struct doc_node *terms = doc_terms(main);
	struct fp_buf took = { 0 };

	if (!brought)
		i18n_decimal(&took, r->lang, (double)o->took_us / 1000.0, 0);
	doc_code(doc_term(terms, i18n_t(r->lang, brought ? N_("Evidence of") : N_("Asked address")), NULL), o->target);
	if (brought)
		doc_term(terms, i18n_t(r->lang, "Kind of evidence"), i18n_t(r->lang, web_brought_text(o->probe)));
	else
		doc_term(terms, i18n_t(r->lang, "Protocol"), o->probe);
	doc_term(terms, i18n_t(r->lang, brought ? N_("Taken") : N_("Asked from")), o->vantage);
	if (o->mode != NULL && *o->mode != '\0')
		doc_term(terms, i18n_t(r->lang, "Boot mode that was said to run"), o->mode);
	doc_term(terms, i18n_t(r->lang, brought ? N_("Taken in") : N_("When")), web_time(r, o->started));
	if (!brought) {
		doc_term(terms, i18n_t(r->lang, "It took"),
		    web_keep(r, i18n_text(r->lang, "{ms} ms", "ms", web_keep(r, fp_buf_take(&took)), NULL)));
		doc_term(terms, i18n_t(r->lang, "Connections, packets sent"), web_fmt(r, "%d, %d", o->connections, o->packets));
	}
	for (size_t i = 0; i < o->n_params; i++)
		doc_term(terms, o->params[i].name, o->params[i].value);
	doc_term(terms, i18n_t(r->lang, "Program"), o->tool);
	doc_code(doc_term(terms, i18n_t(r->lang, "Fingerprint"), NULL), o->id);
}

enum fp_status
web_page_observation(struct web_req *r, struct fp_err *err)
{
	FP_AUTO(evidence_obs_freep) struct evidence_obs *o = NULL;
	struct doc_node *main, *list;
	bool brought;

	if (app_observation_get(r->app, r->args[0], &o, err) != FP_OK)
		return err->status;
	if (web_page_under(r, i18n_t(r->lang, "What the check saw"), &main, err, "/", i18n_t(r->lang, "My notices"), NULL) !=
	    FP_OK)
		return err->status;
	brought = web_probe_brought(o->probe);
	doc_para(main,
	    brought ? i18n_t(r->lang, "Only what the file says, without any opinion. The verdict follows from it and can be "
				      "worked out again by anybody who has it; the fingerprint shows that nothing was changed.")
		    : i18n_t(r->lang, "Only what was sent and received, without any opinion. The verdict follows from these "
				      "bytes and can be worked out again by "
				      "anybody who has them; the fingerprint shows that none was changed."));
	facts(r, main, o, brought);
	doc_heading(main, 2, brought ? i18n_t(r->lang, "What the file says") : i18n_t(r->lang, "Step by step"));
	list = doc_list(main, true);
	for (size_t i = 0; i < o->n_events; i++)
		event(r, list, &o->events[i], brought);
	if (o->n_events == 0)
		doc_para(main, i18n_t(r->lang, "Nothing was sent and nothing was received."));
	return web_page_done(r, 200, err);
}
