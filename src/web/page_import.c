/* Importing a list of devices: choose, see what would happen, do it. */
#include "web/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

static struct doc_node *
import_frame(struct web_req *r, struct fp_err *err)
{
	struct doc_node *main;

	if (web_page_under(r, i18n_t(r->lang, "Import a list of devices"), &main, err, "/devices", i18n_t(r->lang, "Devices"),
		NULL) != FP_OK)
		return NULL;
	return main;
}

static void
choose_form(struct web_req *r, struct doc_node *main, const char *error)
{
	struct doc_node *form;

	doc_para(main, i18n_t(r->lang, "A CSV file as your spreadsheet or inventory saves it. Separator, character encoding and "
				       "column names (in five languages) are recognised; "
				       "nothing is changed before you have seen what would happen."));
	form = web_post(r, main, "/devices/import");
	doc_input(form, &(struct doc_field){ .name = "file",
			    .label = i18n_t(r->lang, "File"),
			    .type = DOC_INPUT_FILE,
			    .required = true,
			    .accept = ".csv,.txt,.tsv,text/csv",
			    .error = error });
	doc_input(form, &(struct doc_field){ .name = "map",
			    .label = i18n_t(r->lang, "Columns that are not found by themselves"),
			    .value = web_form(r, "map"),
			    .max_length = 500,
			    .hint = i18n_t(r->lang, "Usually empty. Example: serial=Inventory no, location=3") });
	doc_submit(form, DOC_BUTTON_PRIMARY, NULL, NULL, i18n_t(r->lang, "See what would happen"));
}

enum fp_status
web_page_device_import(struct web_req *r, struct fp_err *err)
{
	struct doc_node *main = import_frame(r, err);

	if (main == NULL)
		return err->status;
	choose_form(r, main, NULL);
	return web_page_done(r, 200, err);
}

/* ---- what was understood ---- */

static void
sum(struct web_req *r, struct doc_node *main, const struct app_import_result *x, bool dry)
{
	const struct {
		const char *label;
		size_t n;
	} rows[] = {
		{ i18n_t(r->lang, "Rows in the file"), x->rows },
		{ dry ? i18n_t(r->lang, "New devices that would come in") : i18n_t(r->lang, "New devices"), x->added },
		{ dry ? i18n_t(r->lang, "Devices that would change") : i18n_t(r->lang, "Devices changed"), x->changed },
		{ i18n_t(r->lang, "Devices that stay as they are"), x->unchanged },
		{ i18n_t(r->lang, "Rows that cannot be taken"), x->bad },
	};
	struct doc_node *terms = doc_terms(main);

	for (size_t i = 0; i < FP_COUNT(rows); i++)
		doc_strong(doc_term(terms, rows[i].label, NULL), web_count(r, rows[i].n));
	if (x->understood[0] != '\0')
		doc_term(terms, i18n_t(r->lang, "How the columns were read"), x->understood);
}

static void
problems(struct web_req *r, struct doc_node *main, const struct app_import_result *x)
{
	const char *const head[] = { i18n_t(r->lang, "Line"), i18n_t(r->lang, "Column"), i18n_t(r->lang, "Field"),
		i18n_t(r->lang, "What is wrong") };
	struct doc_node *table;

	if (x->n_problems == 0)
		return;
	doc_heading(main, 2, i18n_t(r->lang, "Rows that cannot be taken"));
	table = doc_class(
	    doc_table(doc_class(doc_label(doc_section(main, DOC_ROLE_PLAIN), i18n_t(r->lang, "Rows that cannot be taken")),
			  DOC_CLASS_SCROLL),
		web_keep(r, i18n_text(r->lang, "{shown} of {all} are listed", "shown", web_count(r, x->n_problems), "all",
				web_count(r, x->bad > x->n_problems ? x->bad : x->n_problems), NULL))),
	    DOC_CLASS_COMPACT);
	doc_head_row(table, head, FP_COUNT(head));
	for (size_t i = 0; i < x->n_problems; i++) {
		const struct app_import_problem *p = &x->problems[i];
		struct doc_node *row = doc_row(table);

		doc_cell(row, web_count(r, p->line));
		doc_cell(row, p->column != 0 ? web_count(r, p->column) : "");
		doc_cell(row, p->field);
		doc_lang(doc_cell(row, p->message), "en");
	}
}

static void
changes(struct web_req *r, struct doc_node *main, const struct app_import_result *x)
{
	if (x->changes == NULL || *x->changes == '\0')
		return;
	doc_heading(main, 2, i18n_t(r->lang, "What changes"));
	doc_lang(doc_pre(main, x->changes), "en");
}

static enum fp_status
preview(struct web_req *r, const struct app_import_result *x, const char *name, struct fp_err *err)
{
	struct doc_node *main = import_frame(r, err), *form;

	if (main == NULL)
		return err->status;
	doc_callout(main, DOC_BADGE_INFO,
	    web_keep(r, i18n_text(r->lang, "This is only a look at {file}. Nothing has been changed yet.", "file", name, NULL)));
	sum(r, main, x, true);
	form = web_post(r, main, "/devices/import/apply");
	doc_hidden(form, "upload", r->upload);
	doc_hidden(form, "map", web_form(r, "map"));
	if (x->added + x->changed + x->unchanged > 0)
		doc_submit(form, DOC_BUTTON_PRIMARY, NULL, NULL,
		    x->bad > 0 ? i18n_t(r->lang, "Take the good rows") : i18n_t(r->lang, "Take them"));
	doc_link(doc_class(form, DOC_CLASS_CLUSTER), "/devices/import", i18n_t(r->lang, "Choose another file"));
	problems(r, main, x);
	changes(r, main, x);
	return web_page_done(r, 200, err);
}

static enum fp_status
refused(struct web_req *r, const char *error, const struct fp_err *why, struct fp_err *err)
{
	struct doc_node *main = import_frame(r, err);

	if (main == NULL)
		return err->status;
	if (why != NULL)
		web_problem(
		    r, main, i18n_t(r->lang, "The file could not be read as a list of devices. Nothing was changed."), why);
	choose_form(r, main, error);
	return web_page_done(r, 422, err);
}

enum fp_status
web_post_device_import(struct web_req *r, struct fp_err *err)
{
	const char *map = web_form(r, "map");
	struct app_import_options o = { .map = *map != '\0' ? map : NULL, .dry_run = true };
	FP_AUTO(fp_freep) struct app_import_result *x = fp_calloc(1, sizeof(*x));
	char path[160] = "", name[128] = "";
	struct fp_err why;
	enum fp_status st;

	if (x == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (r->upload[0] == '\0')
		return refused(r, i18n_t(r->lang, "Please choose a file that is not empty."), NULL, err);
	if (web_upload_path(r, r->upload, ".csv", path, name, err) != FP_OK)
		return err->status;
	if (app_device_import(r->app, &r->session.actor, path, &o, x, &why) != FP_OK) {
		web_speak_of(&why, path, name);
		return refused(r, NULL, &why, err);
	}
	st = preview(r, x, name, err);
	app_import_result_free(x);
	return st;
}

static enum fp_status
done_page(struct web_req *r, const struct app_import_result *x, const char *token, struct fp_err *err)
{
	struct doc_node *main = import_frame(r, err), *p;

	if (main == NULL)
		return err->status;
	doc_callout(main, DOC_BADGE_PASS, i18n_t(r->lang, "The list is in, and compared with your notices."));
	sum(r, main, x, false);
	p = doc_para(main, NULL);
	doc_button_link(p, DOC_BUTTON_PRIMARY, "/", i18n_t(r->lang, "To my notices"));
	doc_text(p, " ");
	doc_button_link(p, DOC_BUTTON_SECONDARY, "/devices", i18n_t(r->lang, "To my devices"));
	if (x->bad > 0) {
		p = doc_para(main,
		    i18n_t(r->lang, "The rows that were not taken are kept in a file: correct them and import that file again."));
		doc_text(p, " ");
		doc_button_link(p, DOC_BUTTON_SECONDARY, web_fmt(r, "/devices/rejected/%s", token),
		    i18n_t(r->lang, "Download the rows to correct"));
	}
	problems(r, main, x);
	changes(r, main, x);
	return web_page_done(r, 200, err);
}

/* Answers with the page itself and no redirect: the numbers of an import cannot be asked for a second time. */
enum fp_status
web_post_device_import_apply(struct web_req *r, struct fp_err *err)
{
	const char *map = web_form(r, "map"), *token = web_form(r, "upload");
	FP_AUTO(fp_freep) struct app_import_result *x = fp_calloc(1, sizeof(*x));
	char path[160] = "", rejects[160], name[128] = "";
	struct app_import_options o = { .map = *map != '\0' ? map : NULL, .rejects = rejects, .name = name };
	struct app_matches m = { 0 };
	struct fp_err why;
	enum fp_status st;

	if (x == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (web_upload_path(r, token, ".csv", path, name, &why) != FP_OK ||
	    web_upload_path(r, token, ".rejected.csv", rejects, name, &why) != FP_OK ||
	    app_device_import(r->app, &r->session.actor, path, &o, x, &why) != FP_OK) {
		web_speak_of(&why, path, name);
		return refused(r, NULL, &why, err);
	}
	st = app_match_run(r->app, &r->session.actor, NULL, &m, err);
	if (st == FP_OK)
		st = done_page(r, x, token, err);
	app_matches_free(&m);
	app_import_result_free(x);
	return st;
}

enum fp_status
web_get_device_rejected(struct web_req *r, struct fp_err *err)
{
	char path[160], name[128];

	if (web_upload_path(r, r->args[0], ".rejected.csv", path, name, err) != FP_OK ||
	    fp_file_read(&r->out, path, err) != FP_OK)
		return err->status;
	return web_download(r, "text/csv; charset=utf-8", web_fmt(r, "%s.rejected.csv", name[0] != '\0' ? name : "devices"));
}
