/* Accounts and sessions of the pages; the doctor. */
#include "app/internal.h"
#include "app/reading_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "crypto/crypto.h"
#include "i18n/i18n.h"

#define PASSWORD_LEAST 10
#define SESSION_MS ((fp_time)12 * 3600 * 1000)
#define TRIES_MAX 10
#define TRIES_MS ((fp_time)15 * 60 * 1000)

static void
fill_account(struct app_account *out, const struct store_account *s)
{
	memset(out, 0, sizeof(*out));
	fp_utf8_copy(out->name, sizeof(out->name), s->name);
	fp_utf8_copy(out->display, sizeof(out->display), s->display);
	fp_utf8_copy(out->language, sizeof(out->language), s->language);
	if (!app_role_of(&out->role, s->role))
		out->role = APP_VIEWER;
	out->created = s->created;
}

enum fp_status
app_accounts(struct app *a, struct app_account **out, size_t *n, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct store_account *list = NULL;

	*n = 0;
	if (store_accounts(a->store, &list, n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	*out = fp_calloc(*n, sizeof(**out));
	if (*out == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	for (size_t i = 0; i < *n; i++)
		fill_account(&(*out)[i], &list[i]);
	return FP_OK;
}

static enum fp_status
name_fits(const char *name, struct fp_err *err)
{
	size_t len = strlen(name);

	if (len == 0 || len > 60)
		return fp_fail(err, FP_EUSAGE, "an account's name has 1 to 60 characters");
	for (const char *p = name; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7F || strchr("/\\\"'<>&|", *p) != NULL)
			return fp_fail(err, FP_EUSAGE, "an account's name holds no blanks and none of / \\ \" ' < > & |");
	return FP_OK;
}

/* by NULL is the very first account: it becomes admin, and only while there is none. */
static enum fp_status
may_add(struct app *a, const struct app_actor *by, struct fp_err *err)
{
	FP_AUTO(fp_freep) struct store_account *list = NULL;
	size_t n = 0;

	if (by != NULL)
		return app_may(by, APP_USE_ACCOUNTS, err);
	if (store_accounts(a->store, &list, &n, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return n == 0 ? FP_OK : fp_fail(err, FP_EDENIED, "there is an account already: sign in with it");
}

enum fp_status
app_account_add(
    struct app *a, const struct app_actor *by, const struct app_account *account, const char *password, struct fp_err *err)
{
	FP_AUTO(store_tx_freep) struct store_tx *tx = NULL;
	struct store_account s = { .created = app_now(a) };
	struct app_actor self = { .role = APP_ADMIN };
	json_t *body;

	if (may_add(a, by, err) != FP_OK || name_fits(account->name, err) != FP_OK)
		return fp_failed(err, FP_EDENIED);
	if (strlen(password) < PASSWORD_LEAST)
		return fp_fail(
		    err, FP_EUSAGE, "the password has %zu characters; it needs at least %d", strlen(password), PASSWORD_LEAST);
	if (crypto_password_hash(s.password_hash, password, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	fp_utf8_copy(self.name, sizeof(self.name), account->name);
	fp_utf8_copy(s.name, sizeof(s.name), account->name);
	fp_utf8_copy(s.display, sizeof(s.display), account->display[0] ? account->display : account->name);
	fp_utf8_copy(s.language, sizeof(s.language), account->language[0] ? account->language : "en");
	fp_utf8_copy(s.role, sizeof(s.role), app_role_name(by ? account->role : APP_ADMIN));
	if (store_begin(&tx, a->store, err) != FP_OK || store_account_add(tx, &s, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	body = json_object();
	fp_json_set_str(body, "name", s.name);
	fp_json_set_str(body, "role", s.role);
	if (app_tell(tx, by ? by : &self, "account-added", s.name, body, NULL, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return store_commit(tx, err);
}

static void
fill_session(struct app_session *out, const struct store_account *s)
{
	fill_account(&out->account, s);
	fp_utf8_copy(out->actor.name, sizeof(out->actor.name), s->name);
	out->actor.role = out->account.role;
}

static void
hash_token(char out[65], const char *token)
{
	(void)crypto_sha256_hex(out, token, strlen(token));
}

static enum fp_status
new_session(struct app *a, const struct store_account *s, struct app_session *out, struct fp_err *err)
{
	struct store_session x = { .expires = app_now(a) + SESSION_MS };
	size_t expired = 0;

	(void)crypto_token(out->token, 32);
	(void)crypto_token(out->csrf, 32);
	hash_token(x.token_hash, out->token);
	fp_utf8_copy(x.account, sizeof(x.account), s->name);
	fp_utf8_copy(x.csrf, sizeof(x.csrf), out->csrf);
	fill_session(out, s);
	if (store_sessions_expire(a->store, &expired, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return store_session_put(a->store, &x, err);
}

/* A name that does not exist costs the same time and gives the same words as a wrong password. */
static enum fp_status
check_password(struct app *a, const char *name, const char *password, struct store_account *s, struct fp_err *err)
{
	struct fp_err local = { .status = FP_OK };
	enum fp_status status = store_account_get(a->store, name, s, &local);

	if (status != FP_OK && status != FP_ENOTFOUND)
		return fp_fail(err, status, "%s", local.msg);
	if (status == FP_ENOTFOUND) {
		crypto_password_waste(password);
		return fp_fail(err, FP_EDENIED, "wrong name or password");
	}
	status = crypto_password_verify(s->password_hash, password, &local);
	if (status == FP_EDENIED)
		return fp_fail(err, FP_EDENIED, "wrong name or password");
	return status == FP_OK ? FP_OK : fp_fail(err, status, "%s", local.msg);
}

enum fp_status
app_login(struct app *a, const char *name, const char *password, struct app_session *out, struct fp_err *err)
{
	struct fp_err local = { .status = FP_OK };
	struct store_account s;
	size_t failures = 0;
	enum fp_status status;

	memset(out, 0, sizeof(*out));
	if (strlen(name) >= sizeof(s.name) || strlen(password) > CRYPTO_PASSWORD_MAX || *password == '\0')
		return fp_fail(err, FP_EDENIED, "wrong name or password");
	if (store_login_failures(a->store, name, app_now(a) - TRIES_MS, &failures, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (failures >= TRIES_MAX)
		return fp_fail(err, FP_EDENIED, "too many wrong passwords; try again in 15 minutes");
	status = check_password(a, name, password, &s, &local);
	if (status == FP_EDENIED && store_login_failed(a->store, name, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	if (status != FP_OK)
		return fp_fail(err, status, "%s", local.msg);
	if (store_login_forget(a->store, name, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return new_session(a, &s, out, err);
}

enum fp_status
app_session_get(struct app *a, const char *token, struct app_session *out, struct fp_err *err)
{
	struct fp_err local = { .status = FP_OK };
	struct store_session x;
	struct store_account s;
	char hash[65];
	enum fp_status status;

	memset(out, 0, sizeof(*out));
	hash_token(hash, token);
	status = store_session_get(a->store, hash, &x, &local);
	if (status == FP_OK)
		status = store_account_get(a->store, x.account, &s, &local);
	if (status == FP_ENOTFOUND)
		return fp_fail(err, FP_EDENIED, "not signed in, or signed in too long ago");
	if (status != FP_OK)
		return fp_fail(err, status, "%s", local.msg);
	fp_utf8_copy(out->token, sizeof(out->token), token);
	fp_utf8_copy(out->csrf, sizeof(out->csrf), x.csrf);
	fill_session(out, &s);
	return FP_OK;
}

enum fp_status
app_logout(struct app *a, const char *token, struct fp_err *err)
{
	char hash[65];

	hash_token(hash, token);
	return store_session_end(a->store, hash, err);
}

enum fp_status
app_account_language(struct app *a, const char *name, const char *lang, struct fp_err *err)
{
	if (i18n_get(lang) == NULL)
		return fp_fail(err, FP_EUSAGE, "no texts in language '%.20s'", lang);
	return store_account_language(a->store, name, lang, err);
}

/* ---- doctor ---- */

struct findings {
	struct app_finding *items;
	size_t n, cap;
};

static struct app_finding *
finding(struct findings *f, const char *what, bool ok)
{
	static struct app_finding spare; /* out of memory: the words go nowhere */
	struct app_finding *x;

	if (fp_grow(&f->items, &f->cap, f->n + 1, sizeof(*f->items)) != 0)
		return &spare;
	x = &f->items[f->n++];
	fp_utf8_copy(x->what, sizeof(x->what), what);
	x->ok = ok;
	return x;
}

static void
look_at_database(struct app *a, struct findings *f)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 4096 };
	struct fp_err err = { .status = FP_OK, .msg = "" };
	struct app_ledger_state ledger;
	struct app_finding *x;
	enum fp_status status = store_describe(a->store, &b, &err);

	x = finding(f, "database", status == FP_OK);
	fp_utf8_copy(x->text, sizeof(x->text), status == FP_OK ? b.data : err.msg);
	status = store_check(a->store, &err);
	x = finding(f, "database consistent", status == FP_OK);
	fp_utf8_copy(x->text, sizeof(x->text), status == FP_OK ? "every page and index holds" : err.msg);
	status = app_ledger_verify(a, &ledger, &err);
	x = finding(f, "ledger", status == FP_OK);
	if (status == FP_OK)
		(void)snprintf(x->text, sizeof(x->text), "%lld entries, unbroken", (long long)ledger.entries);
	else
		fp_utf8_copy(x->text, sizeof(x->text), err.msg);
}

static void
look_at_notices(struct app *a, struct findings *f)
{
	struct app_finding *x;
	struct stat st;

	for (size_t i = 0; a->notice_dirs[i] != NULL; i++) {
		if (stat(a->notice_dirs[i], &st) != 0 || !S_ISDIR(st.st_mode))
			continue;
		x = finding(f, "notices", true);
		fp_utf8_copy(x->text, sizeof(x->text), a->notice_dirs[i]);
		return;
	}
	x = finding(f, "notices", false);
	fp_utf8_copy(x->text, sizeof(x->text), "no folder with notices is found; name one with --notices=DIR");
}

static void
look_at_params(struct app *a, struct findings *f)
{
	FP_AUTO(fp_freep) struct app_param *list = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf open = { .max = 512 };
	struct app_finding *x;
	size_t n = 0;

	if (app_params(a, &list, &n, NULL) != FP_OK)
		return;
	for (size_t i = 0; i < n; i++)
		if (list[i].value[0] != '\0' && !list[i].confirmed)
			fp_buf_printf(&open, "%s%s", open.len ? ", " : "", list[i].name);
	x = finding(f, "parameters", true);
	(void)snprintf(x->text, sizeof(x->text), "%s%s",
	    open.len ? "set but not confirmed by the manufacturer: " : "none is set without confirmation",
	    open.len ? open.data : "");
}

static void
look_at_languages(struct findings *f)
{
	FP_AUTO(fp_buf_free) struct fp_buf list = { .max = 512 };
	size_t n;
	const struct i18n *const *all = i18n_languages(&n);
	struct app_finding *x;

	for (size_t i = 0; i < n; i++)
		fp_buf_printf(&list, "%s%s", i ? ", " : "", i18n_tag(all[i]));
	x = finding(f, "languages", n > 1);
	fp_utf8_copy(x->text, sizeof(x->text), list.data);
}

static void
say(struct findings *f, const char *what, bool ok, const char *good, const char *bad)
{
	fp_utf8_copy(finding(f, what, ok)->text, sizeof(f->items->text), ok ? good : bad);
}

/* Tried out in a child, not asked for: a kernel may offer what a container takes away. */
static void
look_at_sandbox(struct findings *f)
{
	struct fp_sandbox_report r;
	struct fp_err err = { .status = FP_OK, .msg = "" };
	struct app_finding *x;

	if (fp_sandbox_probe(&r, &err) != FP_OK) {
		fp_utf8_copy(finding(f, "sandbox", false)->text, sizeof(x->text), err.msg);
		return;
	}
	/* Without Landlock the filter of system calls keeps our own readers from files; only pdftotext and tesseract are less confined. */
	x = finding(f, "sandbox: Landlock", true);
	if (r.landlock_abi > 0)
		(void)snprintf(x->text, sizeof(x->text), "version %d", r.landlock_abi);
	else
		fp_utf8_copy(x->text, sizeof(x->text),
		    "this kernel offers none: pdftotext and tesseract could read other files of this account");
	say(f, "sandbox: files", r.files_denied, "a reader of letters cannot open any", "a reader of letters could open files");
	say(f, "sandbox: network", r.network_denied, "a reader of letters cannot reach it",
	    "a reader of letters could reach the network: this kernel or container allows no seccomp filter");
	say(f, "sandbox: memory", r.memory_bounded, "bounded", "not bounded");
	say(f, "sandbox: time", r.time_bounded, "bounded", "not bounded");
}

/* What reads PDF and scans. Tesseract is for those who get scanned letters; everything else works without. */
static void
look_at_readers(struct findings *f)
{
	static const struct {
		const char *name, *option, *lacks;
		bool needed;
	} programs[] = {
		{ "pdftotext", "-v", "not installed: PDF letters cannot be read; install poppler-utils", true },
		{ "pdftoppm", "-v", "not installed: scanned PDF letters cannot be read; install poppler-utils", true },
		{ "tesseract", "--version", "not installed: scanned letters cannot be read; install tesseract-ocr", false },
	};
	char version[256], langs[256];
	bool there = false;

	for (size_t i = 0; i < FP_COUNT(programs); i++) {
		there = reading_program(programs[i].name, programs[i].option, version, sizeof(version));
		fp_utf8_copy(finding(f, programs[i].name, there || !programs[i].needed)->text, sizeof(f->items->text),
		    there ? version : programs[i].lacks);
	}
	if (!there)
		return;
	reading_ocr_langs(langs, sizeof(langs));
	fp_utf8_copy(finding(f, "languages of scans", true)->text, sizeof(f->items->text),
	    langs[0] != '\0' ? langs : "none is installed; for German, for example, install tesseract-ocr-deu");
}

enum fp_status
app_doctor(struct app *a, struct app_finding **out, size_t *n, struct fp_err *err)
{
	struct findings f = { .items = NULL };
	struct app_finding *x = finding(&f, "program", true);

	fp_utf8_copy(x->text, sizeof(x->text), APP_TOOL);
	look_at_database(a, &f);
	look_at_notices(a, &f);
	look_at_params(a, &f);
	look_at_languages(&f);
	look_at_sandbox(&f);
	look_at_readers(&f);
	if (f.items == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory");
	*out = f.items;
	*n = f.n;
	return FP_OK;
}
