/* CSAF: notices written as advisories with their side file, advisories completed by it, editions compared. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/internal.h"
#include "base/file.h"
#include "base/mem.h"
#include "crypto/crypto.h"
#include "crypto/minisign.h"
#include "csaf/csaf.h"
#include "notice/sign.h"

#define SIDE_BYTES ((size_t)24 << 20)

/* ---- writing ---- */

static struct csaf_write_options
write_options(const struct app_csaf_options *o)
{
	return (struct csaf_write_options){ .source_lang = o->source_lang,
		.date = o->date,
		.earlier = o->earlier,
		.n_earlier = o->n_earlier,
		.base_url = o->base_url,
		.tlp = o->tlp,
		.tool = "fieldproof",
		.tool_version = FP_VERSION };
}

static enum fp_status
open_notice(struct app *a, const char *ref_or_dir, char **dir, struct notice **out, struct fp_err *err)
{
	enum fp_status s = app_notice_folder(a, ref_or_dir, dir, err);

	return s == FP_OK ? notice_open(out, *dir, err) : s;
}

enum fp_status
app_notice_csaf_one(
    struct app *a, const char *ref_or_dir, const struct app_csaf_options *o, struct fp_buf *out, struct fp_err *err)
{
	FP_AUTO(notice_freep) struct notice *n = NULL;
	FP_AUTO(fp_freep) char *dir = NULL;
	const struct csaf_write_options w = write_options(o);

	if (open_notice(a, ref_or_dir, &dir, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return csaf_write(out, n, o->lang, &w, err);
}

/* What is written: the folder, and the list of files. */
struct output {
	const char *dir;
	struct app_csaf_files *files;
	size_t cap;
};

static enum fp_status
put_file(struct output *o, const char *name, const char *what, const char *lang, const struct fp_buf *b, struct fp_err *err)
{
	FP_AUTO(fp_freep) char *path = fp_asprintf("%s/%s", o->dir, name);
	struct app_csaf_file *f;

	if (path == NULL || fp_grow(&o->files->items, &o->cap, o->files->n + 1, sizeof(*f)) != 0)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (fp_file_publish(path, b->data, b->len, 0644, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	f = &o->files->items[o->files->n++];
	memset(f, 0, sizeof(*f));
	fp_utf8_copy(f->name, sizeof(f->name), name);
	fp_utf8_copy(f->what, sizeof(f->what), what);
	fp_utf8_copy(f->lang, sizeof(f->lang), lang);
	f->bytes = b->len;
	return FP_OK;
}

static enum fp_status
sign_with(struct fp_buf *out, struct app *a, const struct notice *n, const struct app_csaf_options *o, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf file = { .max = MINISIGN_FILE_MAX };
	FP_AUTO(minisign_secret_wipe) struct minisign_secret sec = { .id = { 0 } };

	if (fp_file_read(&file, o->secret_key_file, err) != FP_OK ||
	    minisign_secret_parse(&sec, file.data, file.len, o->password, o->secret_key_file, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return notice_sign(out, n, &sec, app_now(a), err);
}

/* The side file has the bytes that notice.minisig covers: the notice's own signature holds for it, too. */
static enum fp_status
put_side(struct output *out, struct app *a, const struct notice *n, const char *dir, const struct app_csaf_options *o,
    char hash[65], struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf side = { .max = SIDE_BYTES }, signature = { .max = MINISIGN_FILE_MAX };
	char name[CSAF_NAME_MAX], signed_name[CSAF_NAME_MAX + 16];

	csaf_side_name(name, n);
	(void)snprintf(signed_name, sizeof(signed_name), "%s.minisig", name);
	if (notice_canonical(&side, n, err) != FP_OK || put_file(out, name, "side-file", "", &side, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	(void)crypto_sha256_hex(hash, side.data, side.len);
	if (o->secret_key_file != NULL ? sign_with(&signature, a, n, o, err) != FP_OK
				       : notice_signature_read(&signature, dir, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return signature.len == 0 ? FP_OK : put_file(out, signed_name, "signature", "", &signature, err);
}

static enum fp_status
put_languages(
    struct output *out, const struct notice *n, const struct csaf_write_options *w, const char *only, struct fp_err *err)
{
	bool any = false;

	for (size_t i = 0; i < n->n_texts; i++) {
		FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
		char name[CSAF_NAME_MAX];

		if (only != NULL && strcmp(only, n->texts[i].lang) != 0)
			continue;
		any = true;
		if (csaf_write(&b, n, n->texts[i].lang, w, err) != FP_OK ||
		    csaf_file_name(name, n, n->texts[i].lang, w, err) != FP_OK ||
		    put_file(out, name, "advisory", n->texts[i].lang, &b, err) != FP_OK)
			return fp_failed(err, FP_EIO);
	}
	return any ? FP_OK : fp_fail(err, FP_ENOTFOUND, "%s is not there in '%s'", n->reference, only ? only : "any language");
}

static enum fp_status
write_files(struct app *a, const struct notice *n, const char *dir, const struct app_csaf_options *o, struct output *out,
    struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf base = { .max = 4096 }, tried = { .max = 0 };
	struct csaf_write_options w = write_options(o);
	char hash[65];

	/* Nothing is written when a document cannot be: the first try finds what is missing. */
	if (csaf_base_url(&base, n, &w, err) != FP_OK ||
	    csaf_write(&tried, n, o->lang != NULL ? o->lang : csaf_source_lang(n, &w), &w, err) != FP_OK ||
	    fp_folder_make(out->dir, err) != FP_OK || put_side(out, a, n, dir, o, hash, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	fp_utf8_copy(out->files->base_url, sizeof(out->files->base_url), base.data);
	w.side_hash = hash;
	return put_languages(out, n, &w, o->lang, err);
}

enum fp_status
app_notice_csaf(struct app *a, const char *ref_or_dir, const struct app_csaf_options *o, const char *dir,
    struct app_csaf_files *out, struct fp_err *err)
{
	FP_AUTO(notice_freep) struct notice *n = NULL;
	FP_AUTO(fp_freep) char *folder = NULL;
	struct output to = { .dir = dir, .files = out };

	memset(out, 0, sizeof(*out));
	if (open_notice(a, ref_or_dir, &folder, &n, err) != FP_OK ||
	    (o->secret_key_file != NULL && app_parity_gate(folder, app_now(a), err) != FP_OK) ||
	    write_files(a, n, folder, o, &to, err) != FP_OK) {
		free(out->items);
		memset(out, 0, sizeof(*out));
		return fp_failed(err, FP_EIO);
	}
	return FP_OK;
}

/* ---- the side file of an advisory that was read ---- */

enum fp_status
app_csaf_complete(struct draft *d, const char *path, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf side = { .max = SIDE_BYTES };
	const char *slash = strrchr(path, '/');
	FP_AUTO(fp_freep) char *beside = NULL;
	char name[CSAF_NAME_MAX], hash[65];
	struct fp_err said = { .msg = "" };

	if (strcmp(path, "-") == 0 || !csaf_side_named(d, name, hash))
		return FP_OK;
	beside = fp_asprintf("%.*s%s", slash == NULL ? 0 : (int)(slash - path + 1), path, name);
	if (beside == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (access(beside, F_OK) != 0)
		draft_finding(d, "side-file", DRAFT_INFO, NULL,
		    "the whole notice stands in %s, which is not beside the advisory: the draft holds what CSAF says", name);
	else if (fp_file_read(&side, beside, &said) != FP_OK ||
		 csaf_side_apply(d, name, side.data ? side.data : "", side.len, NULL, &said) != FP_OK)
		draft_finding(d, "side-file", DRAFT_ERROR, NULL, "%s was not taken: %s", name, said.msg);
	else
		draft_finding(d, "side-file", DRAFT_INFO, NULL,
		    "the whole notice was taken from %s, whose SHA-256 is the one that the advisory names", name);
	return d->no_memory ? fp_fail(err, FP_ENOMEM, "out of memory") : FP_OK;
}

/* ---- two editions ---- */

enum fp_status
app_csaf_changes(const char *old_path, const char *new_path, json_t **report, size_t *n, bool *silent, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf was = { .max = CSAF_BYTES_MAX }, is = { .max = CSAF_BYTES_MAX };
	struct csaf_changes c;

	if (fp_file_read(&was, old_path, err) != FP_OK || fp_file_read(&is, new_path, err) != FP_OK ||
	    csaf_changes(&c, old_path, was.data ? was.data : "", was.len, new_path, is.data ? is.data : "", is.len, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*report = c.report;
	*n = c.n;
	*silent = c.silent;
	return FP_OK;
}
