/* Captures: the file is read in the sandbox, which has it as descriptor 0 and nothing else; what comes back is checked as foreign. */
#define _GNU_SOURCE /* fopencookie */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "base/utf8.h"
#include "capture/capture.h"
#include "facts/facts.h"
#include "crypto/crypto.h"

#define SECONDS 600
#define MEMORY ((size_t)256 << 20)
#define FACTS_MAX ((size_t)16 << 20)
#define READ_AT_ONCE ((size_t)256 << 10)

/* ---- options ---- */

static enum fp_status
address_of(struct capture_address *out, const char *text, const char *what, struct fp_err *err)
{
	if (text == NULL || capture_address_of(out, text))
		return FP_OK;
	return fp_fail(err, FP_EUSAGE, "--%s is a numeric address (10.0.0.7, fe80::1), not '%.60s'", what, text);
}

/* Ports separated by commas, at most max. */
static enum fp_status
ports_of(uint16_t *out, size_t max, const char *text, const char *what, struct fp_err *err)
{
	size_t n = 0;

	for (const char *p = text; p != NULL && *p != '\0';) {
		char *end;
		unsigned long v = *p >= '1' && *p <= '9' ? strtoul(p, &end, 10) : 0;

		if (v == 0 || v > UINT16_MAX || n == max || (*end != '\0' && (*end != ',' || end[1] == '\0')))
			return fp_fail(err, FP_EUSAGE, "--%s is %s from 1 to 65535, not '%.60s'", what,
			    max == 1 ? "a port" : "at most 8 ports separated by commas", text);
		out[n++] = (uint16_t)v;
		p = *end == ',' ? end + 1 : end;
	}
	return text == NULL || n != 0 ? FP_OK : fp_fail(err, FP_EUSAGE, "--%s has no value", what);
}

static enum fp_status
filter_of(struct capture_filter *out, const struct app_capture_options *o, struct fp_err *err)
{
	*out = (struct capture_filter){ .port = 0 };
	if (address_of(&out->client, o->client, "client", err) != FP_OK ||
	    address_of(&out->server, o->server, "server", err) != FP_OK)
		return fp_failed(err, FP_EUSAGE);
	return ports_of(&out->port, 1, o->port, "port", err);
}

/* ---- in the sandbox ---- */

struct task {
	const char *name;
	struct capture_options options;
	struct capture_filter filter;
	size_t max_json;
	struct crypto_sha256 *hash; /* made before the fork, so that its memory is there */
	uint64_t bytes;
	int failed; /* errno of a read that failed */
};

/* What libpcap reads goes through the hash on its way: one pass over a file that may be larger than memory. */
static ssize_t
hashed_read(void *ctx, char *to, size_t len)
{
	struct task *t = ctx;
	ssize_t n;

	do
		n = read(STDIN_FILENO, to, len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		t->failed = errno;
	if (n > 0) {
		crypto_sha256_update(t->hash, to, (size_t)n);
		t->bytes += (uint64_t)n;
	}
	return n;
}

/* A file that is broken in the middle is hashed to its end all the same. */
static enum fp_status
hash_rest(struct task *t, struct capture *c, struct fp_err *err)
{
	char *chunk = fp_calloc(1, READ_AT_ONCE);
	uint8_t sum[CRYPTO_SHA256_BYTES];

	if (chunk == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for '%s'", t->name);
	while (t->failed == 0 && hashed_read(t, chunk, READ_AT_ONCE) > 0)
		;
	free(chunk);
	if (t->failed != 0)
		return fp_fail_errno(err, t->failed, "cannot read '%s'", t->name);
	if (crypto_sha256_final(sum, t->hash, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	(void)crypto_hex(c->sha256, sum, sizeof(sum));
	c->file_bytes = t->bytes;
	return FP_OK;
}

static enum fp_status
read_capture(void *ctx, const char *in, size_t len, struct fp_buf *out, struct fp_err *err)
{
	static const cookie_io_functions_t io = { .read = hashed_read };
	FP_AUTO(capture_freep) struct capture *c = NULL;
	struct task *t = ctx;
	FILE *f = fopencookie(t, "rb", io);

	(void)in;
	(void)len;
	if (f == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for '%s'", t->name);
	(void)setvbuf(f, NULL, _IOFBF, READ_AT_ONCE);
	if (capture_read_file(&c, f, t->name, &t->options, err) != FP_OK || hash_rest(t, c, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	return capture_json_write(out, c, &t->filter, t->max_json, err);
}

/* ---- outside ---- */

static enum fp_status
in_sandbox(int fd, struct task *t, const struct app_capture_options *o, struct fp_buf *json, struct fp_err *err)
{
	const struct fp_sandbox_limits limits = { .memory = o->max_memory != 0 ? o->max_memory : MEMORY,
		.seconds = o->max_seconds != 0 ? o->max_seconds : SECONDS,
		.output = t->max_json };
	FP_AUTO(fp_buf_free) struct fp_buf out = { .max = t->max_json };
	FP_AUTO(capture_freep) struct capture *c = NULL;

	if (fp_sandbox_call_fd(&out, read_capture, t, fd, &limits, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (capture_json_read(&c, out.data, out.len, err) != FP_OK)
		return fp_ctx(err, "the reader of '%s' gave no facts", t->name);
	fp_buf_add(json, out.data, out.len);
	return fp_buf_check(json, "the facts of the capture", err);
}

enum fp_status
app_capture_read(const char *path, const struct app_capture_options *o, struct fp_buf *json, struct fp_err *err)
{
	static const struct app_capture_options usual;
	bool standard = strcmp(path, "-") == 0;
	struct task t = { .name = standard ? "standard input" : path };
	FP_AUTO(fp_closep) int own = -1;
	enum fp_status status;

	o = o != NULL ? o : &usual;
	t.max_json = o->max_json != 0 ? o->max_json : CAPTURE_JSON_MAX;
	if (filter_of(&t.filter, o, err) != FP_OK ||
	    ports_of(t.options.smb_ports, CAPTURE_PORTS_MAX, o->smb_port, "smb-port", err) != FP_OK ||
	    ports_of(t.options.nfs_ports, CAPTURE_PORTS_MAX, o->nfs_port, "nfs-port", err) != FP_OK)
		return fp_failed(err, FP_EUSAGE);
	if (!standard)
		own = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (!standard && own < 0)
		return fp_fail_errno(err, errno, "cannot open the capture '%s'", path);
	if (crypto_sha256_new(&t.hash, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	status = in_sandbox(standard ? STDIN_FILENO : own, &t, o, json, err);
	crypto_sha256_free(t.hash);
	return status;
}

enum fp_status
app_capture_narrow(const char *json, size_t len, const struct app_capture_options *o, struct fp_buf *out, struct fp_err *err)
{
	FP_AUTO(capture_freep) struct capture *c = NULL;
	struct capture_filter f;

	if (filter_of(&f, o, err) != FP_OK || capture_json_read(&c, json, len, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	return capture_json_write(out, c, &f, o->max_json, err);
}

/* ---- showing ---- */

static void
row_of(struct app_capture_row *out, const struct capture *c, const struct capture_conv *v, enum capture_question nfs)
{
	const enum capture_question smb[] = { CAPTURE_SMB_ENCRYPTED, CAPTURE_SMB_SIGNED };

	out->protocol = v->protocol == CAPTURE_SMB ? "smb" : "nfs";
	(void)capture_address_text(out->client, &v->client);
	(void)capture_address_text(out->server, &v->server);
	out->port = v->port;
	out->first = v->first;
	out->last = v->last;
	out->connections = v->connections;
	out->to_server = v->bytes[CAPTURE_TO_SERVER];
	out->to_client = v->bytes[CAPTURE_TO_CLIENT];
	out->n_verdicts = v->protocol == CAPTURE_SMB ? FP_COUNT(smb) : 1;
	for (size_t i = 0; i < out->n_verdicts; i++)
		capture_judge_conv(&out->verdicts[i], c, v, v->protocol == CAPTURE_SMB ? smb[i] : nfs);
}

enum fp_status
app_capture_view_new(struct app_capture_view **out, const char *json, size_t len, const char *nfs_level, struct fp_err *err)
{
	FP_AUTO(capture_freep) struct capture *c = NULL;
	FP_AUTO(app_capture_view_freep) struct app_capture_view *v = fp_calloc(1, sizeof(*v));
	enum capture_question nfs =
	    nfs_level != NULL && strcmp(nfs_level, "integrity") == 0 ? CAPTURE_NFS_INTACT : CAPTURE_NFS_PRIVATE;
	const enum capture_question asked[APP_CAPTURE_CHECKS] = { CAPTURE_SMB_ENCRYPTED, CAPTURE_SMB_SIGNED, nfs };

	if (capture_json_read(&c, json, len, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (v != NULL)
		v->rows = fp_calloc(c->n_convs + 1, sizeof(*v->rows));
	if (v == NULL || v->rows == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the capture's facts");
	fp_utf8_copy(v->sha256, sizeof(v->sha256), c->sha256);
	fp_utf8_copy(v->cut_off, sizeof(v->cut_off), c->cut_off ? c->cut_off_why : "");
	v->file_bytes = c->file_bytes;
	v->frames = c->frames;
	v->elsewhere = c->elsewhere;
	v->left_out = c->left_out;
	v->first = c->first;
	v->last = c->last;
	for (size_t i = 0; i < APP_CAPTURE_CHECKS; i++)
		capture_judge(&v->verdicts[i], c, asked[i], &c->kept);
	for (; v->n_rows < c->n_convs; v->n_rows++)
		row_of(&v->rows[v->n_rows], c, &c->convs[v->n_rows], nfs);
	*out = v;
	v = NULL;
	return FP_OK;
}

void
app_capture_view_free(struct app_capture_view *v)
{
	if (v == NULL)
		return;
	free(v->rows);
	free(v);
}

void
app_capture_view_freep(struct app_capture_view **v)
{
	app_capture_view_free(*v);
	*v = NULL;
}

/* ---- files of evidence ---- */

enum fp_status
app_evidence_kind(const char **kind, const char *path, struct fp_err *err)
{
	char head[512];
	FP_AUTO(fp_closep) int fd = -1;
	struct stat st;
	ssize_t n;

	*kind = "capture";
	if (strcmp(path, "-") == 0)
		return FP_OK;
	/* Before it is opened: a pipe that is opened and closed again would end who writes to it. */
	if (stat(path, &st) != 0)
		return fp_fail_errno(err, errno, "cannot open '%s'", path);
	if (S_ISDIR(st.st_mode))
		return fp_fail(err, FP_EINVAL, "'%s' is a folder", path);
	if (!S_ISREG(st.st_mode))
		return FP_OK;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fp_fail_errno(err, errno, "cannot open '%s'", path);
	n = read(fd, head, sizeof(head));
	if (n < 0)
		return fp_fail_errno(err, errno, "cannot read '%s'", path);
	*kind = capture_file_is(head, (size_t)n)   ? "capture"
		: capture_json_is(head, (size_t)n) ? "capture-facts"
		: facts_is(head, (size_t)n)        ? "facts"
						   : "";
	return FP_OK;
}

enum fp_status
app_capture_facts(const char *path, const struct app_capture_options *o, struct fp_buf *out, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf in = { .max = FACTS_MAX };

	if (fp_file_read(&in, path, err) != FP_OK)
		return fp_failed(err, FP_EIO);
	return app_capture_narrow(in.data, in.len, o, out, err) == FP_OK ? FP_OK : fp_ctx(err, "'%s'", path);
}
