/* Notices: found, judged genuine or not, kept, linted, rendered, signed. */
#include "app/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "crypto/minisign.h"
#include "notice/lint.h"
#include "notice/render.h"
#include "notice/sign.h"

/* ---- keys ---- */

struct trusted {
	struct notice_key *keys;
	struct store_key *rows; /* the names live here */
	size_t n;
};

static void
trusted_free(struct trusted *t)
{
	free(t->keys);
	free(t->rows);
}

static enum fp_status
trusted_load(struct trusted *t, struct app *a, struct fp_err *err)
{
	if (store_keys(a->store, &t->rows, &t->n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	t->keys = fp_calloc(t->n, sizeof(*t->keys));
	if (t->keys == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < t->n; i++) {
		t->keys[i].name = t->rows[i].name;
		if (minisign_public_parse(
			&t->keys[i].key, t->rows[i].public_key, strlen(t->rows[i].public_key), t->rows[i].name, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	}
	return FP_OK;
}

enum fp_status
app_keys(struct app *a, struct app_key **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct store_key *rows = NULL;

	*n = 0;
	if (store_keys(a->store, &rows, n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*out = fp_calloc(*n, sizeof(**out));
	if (*out == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < *n; i++) {
		fp_utf8_copy((*out)[i].name, sizeof((*out)[i].name), rows[i].name);
		fp_utf8_copy((*out)[i].public_key, sizeof((*out)[i].public_key), rows[i].public_key);
		fp_utf8_copy((*out)[i].key_id, sizeof((*out)[i].key_id), rows[i].key_id);
		(*out)[i].trusted_at = rows[i].trusted_at;
	}
	return FP_OK;
}

/* The bare base64 line of a public key, from a whole .pub file or the line alone. */
static void
bare_key(char out[64], const char *text)
{
	const char *last = text, *p = text;
	size_t len;

	for (; *p != '\0'; p++)
		if (*p == '\n' && p[1] != '\0' && p[1] != '\n')
			last = p + 1;
	len = strcspn(last, "\r\n");
	(void)snprintf(out, 64, "%.*s", (int)(len > 63 ? 63 : len), last);
}

/* A key that is trusted now may make a stored notice genuine: judge what is stored again. */
static enum fp_status
judge_stored_again(struct app *a, struct store_tx *tx, const struct notice_key *key, struct fp_err *err)
{
	struct store_notice *rows = NULL;
	size_t n = 0;
	enum fp_status status = store_notices(a->store, false, &rows, &n, err);

	for (size_t i = 0; i < n && status == FP_OK; i++) {
		FP_AUTO(notice_freep) struct notice *notice = NULL;
		FP_AUTO(store_notice_clear) struct store_notice row = { .id = 0 };
		FP_AUTO(fp_freep) struct notice_verdict *v = fp_calloc(1, sizeof(*v));

		if (v == NULL)
			status = fp_fail(err, FP_ENOMEM, "out of memory");
		if (status == FP_OK)
			status = store_notice_get_id(a->store, rows[i].id, &row, err);
		if (status != FP_OK || row.signature == NULL)
			continue;
		status = notice_parse(&notice, row.canonical, row.canonical_len, err);
		if (status == FP_OK)
			status = notice_verify(v, notice, row.signature, strlen(row.signature), key, 1, err);
		if (status == FP_OK && v->state == NOTICE_GENUINE)
			status = store_notice_genuine(tx, row.id, app_genuine_name(APP_GENUINE), key->name, err);
	}
	free(rows);
	return status;
}

enum fp_status
app_key_trust(struct app *a, const struct app_actor *by, const char *name, const char *text, struct fp_err *err)
{
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	struct notice_key key = { .name = name };
	struct store_key row = { .trusted_at = app_now(a) };
	json_t *body;

	if (app_may(by, APP_USE_KEYS, err) != FP_OK)
		return FP_EDENIED;
	if (name == NULL || *name == '\0')
		return fp_fail(err, FP_EUSAGE, "a key needs the name of whose it is");
	if (minisign_public_parse(&key.key, text, strlen(text), "the public key", err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	(void)minisign_id_text(row.key_id, key.key.id);
	bare_key(row.public_key, text);
	fp_utf8_copy(row.name, sizeof(row.name), name);
	fp_utf8_copy(row.trusted_by, sizeof(row.trusted_by), by->name);
	if (store_begin(&tx, a->store, err) != FP_OK || store_key_put(tx, &row, err) != FP_OK ||
	    judge_stored_again(a, tx, &key, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	body = json_object();
	fp_json_set_str(body, "name", name);
	fp_json_set_str(body, "key_id", row.key_id);
	fp_json_set_str(body, "public_key", row.public_key);
	if (app_tell(tx, by, "key-trusted", row.key_id, body, NULL, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return store_commit(tx, err);
}

enum fp_status
app_key_generate(const char *prefix, const char *password, struct fp_err *err)
{
	FP_AUTO(minisign_secret_wipe) struct minisign_secret sec;
	FP_AUTO(fp_buf_free) struct fp_buf key = { .max = MINISIGN_FILE_MAX }, pub = { .max = MINISIGN_FILE_MAX };
	FP_AUTO(fp_freep) char *key_path = fp_asprintf("%s.key", prefix), *pub_path = fp_asprintf("%s.pub", prefix);
	struct minisign_public p;

	if (key_path == NULL || pub_path == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (access(key_path, F_OK) == 0 || access(pub_path, F_OK) == 0)
		return fp_fail(err, FP_EEXIST, "'%s' or '%s' is there already: a key is never overwritten", key_path, pub_path);
	minisign_keygen(&p, &sec);
	minisign_public_write(&pub, &p, NULL);
	if (minisign_secret_write(&key, &sec, password, MINISIGN_FULL, err) != FP_OK ||
	    fp_file_publish(key_path, key.data, key.len, 0600, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return fp_file_publish(pub_path, pub.data, pub.len, 0644, err);
}

/* ---- finding and judging ---- */

enum app_genuine
app_genuine_of(const char *name)
{
	for (int g = APP_UNSIGNED; g <= APP_FORGED; g++)
		if (strcmp(app_genuine_name((enum app_genuine)g), name) == 0)
			return (enum app_genuine)g;
	return APP_UNSIGNED;
}

static enum app_genuine
genuine_from(enum notice_genuine g)
{
	static const enum app_genuine map[NOTICE_GENUINE_COUNT] = {
		[NOTICE_UNSIGNED] = APP_UNSIGNED,
		[NOTICE_MALFORMED] = APP_FORGED,
		[NOTICE_UNKNOWN_KEY] = APP_SIGNED_UNKNOWN_KEY,
		[NOTICE_FILE_MISSING] = APP_FORGED,
		[NOTICE_CHANGED] = APP_FORGED,
		[NOTICE_BAD_SIGNATURE] = APP_FORGED,
		[NOTICE_GENUINE] = APP_GENUINE,
	};

	return map[g];
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

enum fp_status
app_notice_folder(struct app *a, const char *ref_or_dir, char **out, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf ref = { .max = 256 };

	if (is_folder(ref_or_dir)) {
		*out = fp_strdup(ref_or_dir);
		return *out ? FP_OK : fp_fail(err, FP_ENOMEM, "out of memory");
	}
	if (strchr(ref_or_dir, '/') != NULL)
		return fp_fail(err, FP_ENOTFOUND, "there is no folder '%s'", ref_or_dir);
	if (notice_reference_normal(&ref, ref_or_dir, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	for (size_t i = 0; a->notice_dirs[i] != NULL; i++) {
		FP_AUTO(fp_freep) char *path = fp_asprintf("%s/%s", a->notice_dirs[i], ref.data);

		if (path == NULL)
			return fp_fail(err, FP_ENOMEM, "out of memory");
		if (is_folder(path)) {
			*out = path;
			path = NULL;
			return FP_OK;
		}
	}
	return fp_fail(
	    err, FP_ENOTFOUND, "no notice '%s' in the notice folders; name its folder, or use --notices=DIR", ref.data);
}

/* What a load finds: the notice, its signature's bytes, the verdict. */
struct loaded {
	struct notice *n;
	struct fp_buf signature;
	struct notice_verdict v;
};

static void
loaded_free(struct loaded **l)
{
	if (*l == NULL)
		return;
	notice_free((*l)->n);
	fp_buf_free(&(*l)->signature);
	free(*l);
	*l = NULL;
}

static enum fp_status
load(struct app *a, const char *ref_or_dir, struct loaded **out, struct fp_err *err)
{
	FP_AUTO(trusted_free) struct trusted t = { .keys = NULL };
	FP_AUTO(loaded_free) struct loaded *l = fp_calloc(1, sizeof(*l));
	FP_AUTO(fp_freep) char *dir = NULL;

	if (l == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	l->signature.max = MINISIGN_FILE_MAX;
	if (app_notice_folder(a, ref_or_dir, &dir, err) != FP_OK || notice_open(&l->n, dir, err) != FP_OK ||
	    notice_signature_read(&l->signature, dir, err) != FP_OK || trusted_load(&t, a, err) != FP_OK ||
	    notice_verify(&l->v, l->n, l->signature.len ? l->signature.data : NULL, l->signature.len, t.keys, t.n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*out = l;
	l = NULL;
	return FP_OK;
}

enum fp_status
app_notice_load(
    struct app *a, const char *ref_or_dir, struct notice **out, enum app_genuine *genuine, char signer[128], struct fp_err *err)
{
	FP_AUTO(loaded_free) struct loaded *l = NULL;

	if (load(a, ref_or_dir, &l, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*genuine = genuine_from(l->v.state);
	fp_utf8_copy(signer, 128, l->v.signer);
	*out = l->n;
	l->n = NULL;
	return FP_OK;
}

/* The same revision with other words, or an older one, is not an update. */
static enum fp_status
may_replace(struct app *a, const struct notice *n, struct fp_err *err)
{
	FP_AUTO(store_notice_clear) struct store_notice old = { .id = 0 };
	struct fp_err local = { .status = FP_OK };
	enum fp_status status = store_notice_get(a->store, n->reference, &old, &local);

	if (status == FP_ENOTFOUND)
		return FP_OK;
	if (status != FP_OK)
		return fp_fail(err, status, "%s", local.msg);
	if (strcmp(old.hash, n->content_hash) == 0)
		return FP_OK;
	if (old.revision >= n->revision)
		return fp_fail(err, FP_ECONFLICT,
		    "%s revision %d is stored already with another content; a change needs a higher revision than %d",
		    n->reference, old.revision, old.revision);
	return FP_OK;
}

static enum fp_status
keep_notice(struct app *a, const struct app_actor *by, struct loaded *l, struct fp_err *err)
{
	FP_AUTO(store_notice_clear) struct store_notice row = { .revision = l->n->revision };
	FP_AUTO(fp_buf_free) struct fp_buf canonical = { .max = 0 };
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	enum fp_status status;
	json_t *body;

	if (notice_canonical(&canonical, l->n, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	fp_utf8_copy(row.reference, sizeof(row.reference), l->n->reference);
	fp_utf8_copy(row.hash, sizeof(row.hash), l->n->content_hash);
	fp_utf8_copy(row.genuine, sizeof(row.genuine), app_genuine_name(genuine_from(l->v.state)));
	fp_utf8_copy(row.signer, sizeof(row.signer), l->v.signer);
	fp_utf8_copy(row.imported_by, sizeof(row.imported_by), by->name);
	row.canonical_len = canonical.len;
	row.canonical = fp_buf_take(&canonical);
	row.signature = l->signature.len ? fp_strdup(l->signature.data) : NULL;
	if (row.canonical == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the notice");
	if (store_begin(&tx, a->store, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	status = store_notice_put(tx, &row, err);
	if (status == FP_EEXIST)
		return FP_OK; /* the very same is there: nothing to do, nothing wrong */
	if (status != FP_OK)
		return status;
	body = json_object();
	fp_json_set_int(body, "revision", l->n->revision);
	fp_json_set_str(body, "sha256", l->n->content_hash);
	fp_json_set_str(body, "genuine", row.genuine);
	fp_json_set_str(body, "signer", row.signer);
	fp_json_set_str(body, "key_id", l->v.key_id);
	if (app_tell(tx, by, "notice-added", l->n->reference, body, NULL, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return store_commit(tx, err);
}

enum fp_status
app_notice_add(struct app *a, const struct app_actor *by, const char *ref_or_dir, struct fp_err *err)
{
	FP_AUTO(loaded_free) struct loaded *l = NULL;

	if (app_may(by, APP_USE_NOTICES, err) != FP_OK || load(a, ref_or_dir, &l, err) != FP_OK)
		return fp_failed(err, FP_EDENIED);
	if (genuine_from(l->v.state) == APP_FORGED)
		return fp_fail(err, FP_EINTEGRITY, "%s is not taken over: %s", l->n->reference, l->v.message);
	if (check_set_lint(l->n, err) != FP_OK || may_replace(a, l->n, err) != FP_OK)
		return fp_failed(err, FP_ECONFLICT);
	return keep_notice(a, by, l, err);
}

/* ---- stored ones ---- */

enum fp_status
app_stored_rows(struct app *a, const char *ref, struct store_notice **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf normal = { .max = 256 }, known = { .max = 2048 };
	FP_AUTO(fp_freep) struct store_notice *rows = NULL;

	*n = 0;
	if (store_notices(a->store, false, &rows, n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (ref != NULL) {
		if (notice_reference_normal(&normal, ref, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
		for (size_t i = 0; i < *n; i++) {
			if (strcmp(rows[i].reference, normal.data) == 0) {
				rows[0] = rows[i];
				*n = 1;
				*out = rows;
				rows = NULL;
				return FP_OK;
			}
			fp_buf_printf(&known, "%s%s", i ? ", " : "", rows[i].reference);
		}
		return fp_fail(err, FP_ENOTFOUND, "no notice '%s' in the database; %s%s", normal.data,
		    *n ? "there are " : "add it first: fieldproof notice add ", *n ? known.data : normal.data);
	}
	*out = rows;
	rows = NULL;
	return FP_OK;
}

enum fp_status
app_stored_id(struct app *a, int64_t id, struct store_notice *row, struct notice **out, struct fp_err *err)
{
	FP_AUTO(store_notice_clear) struct store_notice r = { .id = 0 };

	if (store_notice_get_id(a->store, id, &r, err) != FP_OK || notice_parse(out, r.canonical, r.canonical_len, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*row = r;
	row->canonical = row->signature = NULL;
	row->canonical_len = 0;
	return FP_OK;
}

enum fp_status
app_stored(struct app *a, const char *ref, struct store_notice *row, struct notice **out, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct store_notice *rows = NULL;
	size_t n = 0;

	if (app_stored_rows(a, ref, &rows, &n, err) != FP_OK)
		return fp_failed(err, FP_ENOTFOUND);
	return app_stored_id(a, rows[0].id, row, out, err);
}

enum fp_status
app_notice_get(
    struct app *a, const char *ref, struct notice **out, enum app_genuine *genuine, char signer[128], struct fp_err *err)
{
	struct store_notice row;

	if (app_stored(a, ref, &row, out, err) != FP_OK)
		return fp_failed(err, FP_ENOTFOUND);
	*genuine = app_genuine_of(row.genuine);
	fp_utf8_copy(signer, 128, row.signer);
	return FP_OK;
}

/* What the letter is about, in one line: the first paragraph under the title, or the title itself where there is none. */
static void
title_in(char *out, size_t size, const struct notice *n, const char *lang)
{
	const struct notice_text *t = notice_text_find(n, lang);
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 65536 };

	if (t == NULL)
		t = notice_text_find(n, "en");
	out[0] = '\0';
	if (t == NULL)
		return;
	if (notice_section_text(&b, n, t->lang, "title", NULL) == FP_OK && b.len > 0) {
		b.data[strcspn(b.data, "\n")] = '\0';
		fp_utf8_copy(out, size, b.data);
	}
	for (size_t i = 0; out[0] == '\0' && i < t->n_sections; i++)
		if (strcmp(t->sections[i].key, "title") == 0)
			fp_utf8_copy(out, size, t->sections[i].heading);
}

static enum fp_status
fill_row(struct app_notice_row *out, struct app *a, int64_t id, const char *lang, struct fp_err *err)
{
	const struct store_cell_filter f = { .notice_id = id, .state = -1 };
	FP_AUTO(notice_freep) struct notice *n = NULL;
	struct store_match_counts m;
	struct store_notice row;

	if (app_stored_id(a, id, &row, &n, err) != FP_OK || store_match_count(a->store, id, &m, err) != FP_OK ||
	    store_cell_count(a->store, &f, &out->counts, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	fp_utf8_copy(out->reference, sizeof(out->reference), n->reference);
	fp_utf8_copy(out->document_number, sizeof(out->document_number), n->document_number);
	fp_utf8_copy(out->manufacturer, sizeof(out->manufacturer), n->manufacturer);
	title_in(out->title, sizeof(out->title), n, lang);
	fp_utf8_copy(out->signer, sizeof(out->signer), row.signer);
	out->genuine = app_genuine_of(row.genuine);
	out->issue_date = n->issue_date;
	out->affected = m.affected;
	out->cannot_tell = m.cannot_tell;
	out->not_affected = m.not_affected;
	return FP_OK;
}

enum fp_status
app_notices(struct app *a, const char *lang, struct app_notice_row **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct store_notice *rows = NULL;
	FP_AUTO(fp_freep) struct app_notice_row *list = NULL;

	if (app_stored_rows(a, NULL, &rows, n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	list = fp_calloc(*n, sizeof(*list));
	if (list == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < *n; i++)
		if (fill_row(&list[i], a, rows[i].id, lang, err) != FP_OK)
			return fp_failed(err, FP_EIO);
	*out = list;
	list = NULL;
	return FP_OK;
}

/* ---- one notice, from a folder or from the database ---- */

/* The folder when there is one, otherwise the stored notice: a person who edits a folder wants that one looked at. */
static enum fp_status
any_notice(struct app *a, const char *ref_or_dir, struct notice **out, struct notice_verdict *v, struct fp_err *err)
{
	FP_AUTO(loaded_free) struct loaded *l = NULL;
	FP_AUTO(trusted_free) struct trusted t = { .keys = NULL };
	FP_AUTO(store_notice_clear) struct store_notice row = { .id = 0 };
	FP_AUTO(fp_freep) struct store_notice *rows = NULL;
	struct fp_err local = { .status = FP_OK };
	size_t n = 0;

	if (!is_folder(ref_or_dir) && app_stored_rows(a, ref_or_dir, &rows, &n, &local) == FP_OK) {
		if (store_notice_get_id(a->store, rows[0].id, &row, err) != FP_OK || trusted_load(&t, a, err) != FP_OK ||
		    notice_parse(out, row.canonical, row.canonical_len, err) != FP_OK)
			return fp_failed(err, FP_EIO);
		return notice_verify(v, *out, row.signature, row.signature ? strlen(row.signature) : 0, t.keys, t.n, err);
	}
	if (load(a, ref_or_dir, &l, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*v = l->v;
	*out = l->n;
	l->n = NULL;
	return FP_OK;
}

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

enum fp_status
app_notice_lint(struct app *a, const char *ref_or_dir, struct app_lint **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(notice_freep) struct notice *notice = NULL;
	FP_AUTO(notice_findings_free) struct notice_findings found = { .items = NULL };
	FP_AUTO(fp_freep) struct notice_verdict *v = fp_calloc(1, sizeof(*v));
	const struct notice_lint_options o = { .folder = is_folder(ref_or_dir) ? last_part(ref_or_dir) : NULL };

	if (v == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (any_notice(a, ref_or_dir, &notice, v, err) != FP_OK || notice_lint(&found, notice, &o, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*n = found.n;
	*out = fp_calloc(found.n, sizeof(**out));
	if (*out == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < found.n; i++) {
		struct app_lint *l = &(*out)[i];

		fp_utf8_copy(l->code, sizeof(l->code), found.items[i].code);
		fp_utf8_copy(l->severity, sizeof(l->severity), notice_severity_name(found.items[i].severity));
		fp_utf8_copy(l->file, sizeof(l->file), found.items[i].file);
		fp_utf8_copy(l->message, sizeof(l->message), found.items[i].message);
		l->line = found.items[i].line;
	}
	return FP_OK;
}

enum fp_status
app_notice_document(struct app *a, const char *ref_or_dir, const char *lang, struct doc **out, struct fp_err *err)
{
	FP_AUTO(notice_freep) struct notice *n = NULL;
	FP_AUTO(fp_freep) struct notice_verdict *v = fp_calloc(1, sizeof(*v));

	if (v == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (any_notice(a, ref_or_dir, &n, v, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	/* The letter's own date, so that it is the same file whenever it is written. */
	const struct notice_render_options o = { .verdict = v,
		.created = fp_date_valid(n->issue_date) ? fp_date_days(n->issue_date) * 86400000 : app_now(a) };

	return notice_render(out, n, lang, &o, err);
}

enum fp_status
app_notice_canonical(struct app *a, const char *ref_or_dir, struct fp_buf *out, struct fp_err *err)
{
	FP_AUTO(notice_freep) struct notice *n = NULL;
	FP_AUTO(fp_freep) struct notice_verdict *v = fp_calloc(1, sizeof(*v));

	if (v == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	if (any_notice(a, ref_or_dir, &n, v, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return notice_canonical(out, n, err);
}

enum fp_status
app_notice_sign(struct app *a, const char *dir, const char *secret_key_file, const char *password, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf file = { .max = MINISIGN_FILE_MAX };
	FP_AUTO(minisign_secret_wipe) struct minisign_secret sec = { .id = { 0 } };

	if (app_parity_gate(dir, app_now(a), err) != FP_OK)
		return fp_failed(err, FP_ECONFLICT);
	if (fp_file_read(&file, secret_key_file, err) != FP_OK ||
	    minisign_secret_parse(&sec, file.data, file.len, password, secret_key_file, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return notice_sign_folder(dir, &sec, app_now(a), err);
}

/* One key given by hand instead of the trusted ones. */
static enum fp_status
verify_with(struct app *a, const char *ref_or_dir, const char *public_key, struct notice_verdict *v, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf file = { .max = MINISIGN_FILE_MAX };
	FP_AUTO(loaded_free) struct loaded *l = NULL;
	struct notice_key key = { .name = public_key };
	const char *text = public_key;

	if (access(public_key, R_OK) == 0) {
		if (fp_file_read(&file, public_key, err) != FP_OK)
			return fp_failed(err, FP_EIO);
		text = file.data;
	}
	if (minisign_public_parse(&key.key, text, strlen(text), public_key, err) != FP_OK ||
	    load(a, ref_or_dir, &l, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	return notice_verify(v, l->n, l->signature.len ? l->signature.data : NULL, l->signature.len, &key, 1, err);
}

enum fp_status
app_notice_verify(struct app *a, const char *ref_or_dir, const char *public_key, char signer[128], struct fp_err *err)
{
	FP_AUTO(notice_freep) struct notice *n = NULL;
	FP_AUTO(fp_freep) struct notice_verdict *v = fp_calloc(1, sizeof(*v));
	enum fp_status status;

	if (v == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	status = public_key != NULL ? verify_with(a, ref_or_dir, public_key, v, err) : any_notice(a, ref_or_dir, &n, v, err);
	if (status != FP_OK)
		return status;
	fp_utf8_copy(signer, 128, v->signer);
	return notice_verdict_status(v, err);
}
