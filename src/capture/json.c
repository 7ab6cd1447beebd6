/* Facts of a capture as canonical JSON, both ways from one table: a member that is zero is not written, and absent means zero. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "capture/capture_int.h"

#define COUNT_MAX INT64_C(9007199254740991) /* 2^53 - 1: what every reader of JSON keeps exactly; sums of a few stay in 64 bits */
#define HEAD_ROOM 256 /* commas and digits of the head that are not known before the conversations are chosen */

enum kind { COUNTS, SEEN, FLAG, DIALECTS, TIME };

/* A member of a record: n values of kind at offset; several stand in an array. */
struct field {
	const char *key;
	size_t offset;
	enum kind kind;
	size_t n;
};

#define AT(type, member, kind, n)                                                                                                \
	{                                                                                                                        \
#member, offsetof(struct type, member), kind, n                                                                  \
	}
#define END                                                                                                                      \
	{                                                                                                                        \
		NULL, 0, COUNTS, 0                                                                                               \
	}

static const struct field head_fields[] = { AT(capture, frames, COUNTS, 1), AT(capture, frame_bytes, COUNTS, 1),
	AT(capture, first, TIME, 1), AT(capture, last, TIME, 1), AT(capture, fragments, COUNTS, 1), AT(capture, other, COUNTS, 1),
	AT(capture, convs_over, COUNTS, 1), AT(capture, flows_evicted, COUNTS, 1), AT(capture, elsewhere, COUNTS, 1),
	AT(capture, left_out, COUNTS, 1), END };

static const struct field conv_fields[] = { AT(capture_conv, first, TIME, 1), AT(capture_conv, last, TIME, 1),
	AT(capture_conv, connections, COUNTS, 1), AT(capture_conv, packets, COUNTS, 1), AT(capture_conv, bytes, COUNTS, 2),
	AT(capture_conv, start_missing, COUNTS, 1), AT(capture_conv, gaps, SEEN, 1), AT(capture_conv, lost_bytes, COUNTS, 1),
	AT(capture_conv, body_bytes_lost, COUNTS, 1), AT(capture_conv, fragments, COUNTS, 1),
	AT(capture_conv, not_understood, SEEN, 1), AT(capture_conv, resent, COUNTS, 1), AT(capture_conv, reordered, COUNTS, 1),
	END };

static const struct field smb_fields[] = { AT(capture_smb, dialects, DIALECTS, 1), AT(capture_smb, client_negotiates, COUNTS, 1),
	AT(capture_smb, client_signing_demands, COUNTS, 1), AT(capture_smb, client_encryption_offers, COUNTS, 1),
	AT(capture_smb, server_negotiates, COUNTS, 1), AT(capture_smb, server_signing_demands, COUNTS, 1),
	AT(capture_smb, server_encryption_offers, COUNTS, 1), AT(capture_smb, multichannel, FLAG, 1),
	AT(capture_smb, bindings, COUNTS, 1), AT(capture_smb, sessions, COUNTS, 1), AT(capture_smb, guests, COUNTS, 1),
	AT(capture_smb, nobodies, COUNTS, 1), AT(capture_smb, encrypting, COUNTS, 1), AT(capture_smb, trees, COUNTS, 1),
	AT(capture_smb, encrypting_trees, COUNTS, 1), AT(capture_smb, transforms, COUNTS, 2),
	AT(capture_smb, transform_bytes, COUNTS, 2), AT(capture_smb, compressed, COUNTS, 2), AT(capture_smb, clear, COUNTS, 2),
	AT(capture_smb, reads, SEEN, 1), AT(capture_smb, writes, SEEN, 1), AT(capture_smb, unsigned_transfers, SEEN, 1),
	AT(capture_smb, signed_to, COUNTS, 2), AT(capture_smb, pipe_transfers, COUNTS, 1), AT(capture_smb, undecided, SEEN, 1),
	AT(capture_smb, undecided_unsigned, SEEN, 1), AT(capture_smb, smb1, COUNTS, 1), AT(capture_smb, smb1_transfers, SEEN, 1),
	AT(capture_smb, smb1_unsigned, SEEN, 1), END };

static const struct field nfs_fields[] = { AT(capture_nfs, calls, COUNTS, CAPTURE_RPC_WAYS),
	AT(capture_nfs, bytes, COUNTS, CAPTURE_RPC_WAYS), AT(capture_nfs, transfers, SEEN, CAPTURE_RPC_WAYS),
	AT(capture_nfs, replies, COUNTS, 1), AT(capture_nfs, reply_bytes, COUNTS, 1), AT(capture_nfs, tls_asked, COUNTS, 1),
	AT(capture_nfs, tls_granted, COUNTS, 1), AT(capture_nfs, tls_bytes, COUNTS, 2), END };

static const struct {
	const char *name;
	const struct field *fields;
	size_t offset;
} protocols[] = {
	[CAPTURE_SMB] = { "smb", smb_fields, offsetof(struct capture_conv, smb) },
	[CAPTURE_NFS] = { "nfs", nfs_fields, offsetof(struct capture_conv, nfs) },
};

static size_t
size_of(enum kind kind)
{
	static const size_t sizes[] = { [COUNTS] = sizeof(uint64_t),
		[SEEN] = sizeof(struct capture_seen),
		[FLAG] = sizeof(bool),
		[DIALECTS] = sizeof(unsigned),
		[TIME] = sizeof(fp_time) };

	return sizes[kind];
}

/* ---- writing ---- */

static json_t *
seen_json(const struct capture_seen *s)
{
	json_t *o = json_object();

	fp_json_set_int(o, "count", (int64_t)s->count);
	fp_json_set_int(o, "frame", (int64_t)s->frame);
	if (s->at != 0)
		fp_json_set_time(o, "at", s->at);
	return o;
}

static json_t *
dialects_json(unsigned bits)
{
	json_t *list = json_array();

	for (const struct capture_dialect *d = capture_dialects; d->name != NULL; d++) {
		if ((bits & d->bit) != 0)
			(void)json_array_append_new(list, json_string(d->name));
	}
	return list;
}

/* One value; zero: *zero stays true. */
static json_t *
value_json(enum kind kind, const void *at, bool *zero)
{
	char text[FP_TIME_MAX];

	switch (kind) {
	case COUNTS:
		*zero = *zero && *(const uint64_t *)at == 0;
		return json_integer((json_int_t) * (const uint64_t *)at);
	case SEEN:
		*zero = *zero && ((const struct capture_seen *)at)->count == 0;
		return ((const struct capture_seen *)at)->count == 0 ? json_null() : seen_json(at);
	case FLAG:
		*zero = !*(const bool *)at;
		return json_boolean(*(const bool *)at);
	case DIALECTS:
		*zero = *(const unsigned *)at == 0;
		return dialects_json(*(const unsigned *)at);
	case TIME:
	default:
		*zero = *(const fp_time *)at == 0;
		return json_string(fp_time_text(text, *(const fp_time *)at));
	}
}

static void
put_fields(json_t *o, const struct field *fields, const void *record)
{
	for (const struct field *f = fields; f->key != NULL; f++) {
		const char *at = (const char *)record + f->offset;
		bool zero = true;
		json_t *v = f->n == 1 ? value_json(f->kind, at, &zero) : json_array();

		for (size_t i = 0; f->n > 1 && i < f->n; i++)
			(void)json_array_append_new(v, value_json(f->kind, at + i * size_of(f->kind), &zero));
		if (zero)
			json_decref(v);
		else
			fp_json_set(o, f->key, v);
	}
}

static void
put_address(json_t *o, const char *key, const struct capture_address *a)
{
	char text[CAPTURE_ADDRESS_MAX];

	if (a->family != 0)
		fp_json_set_str(o, key, capture_address_text(text, a));
}

static void
put_ends(json_t *o, const struct capture_address *client, const struct capture_address *server, uint16_t port)
{
	put_address(o, "client", client);
	put_address(o, "server", server);
	if (port != 0)
		fp_json_set_int(o, "port", port);
}

static json_t *
conv_json(const struct capture_conv *v)
{
	json_t *o = json_object(), *inner = json_object();

	put_ends(o, &v->client, &v->server, v->port);
	put_fields(o, conv_fields, v);
	put_fields(inner, protocols[v->protocol].fields, (const char *)v + protocols[v->protocol].offset);
	fp_json_set(o, protocols[v->protocol].name, inner);
	return o;
}

static json_t *
head_json(const struct capture *c)
{
	json_t *o = json_object(), *file = json_object(), *kept = json_object();

	fp_json_set_str(o, "format", CAPTURE_FORMAT);
	fp_json_set_int(file, "bytes", (int64_t)c->file_bytes);
	fp_json_set_str(file, "sha256", c->sha256);
	fp_json_set(o, "file", file);
	put_fields(o, head_fields, c);
	if (c->cut_off)
		fp_json_set_str(o, "cut_off", c->cut_off_why[0] != '\0' ? c->cut_off_why : "not told");
	put_ends(kept, &c->kept.client, &c->kept.server, c->kept.port);
	fp_json_set(o, "kept", kept);
	return o;
}

/* A conversation that may be written. */
struct choice {
	json_t *json;
	size_t index, len;
	int weight;
	bool kept;
};

struct choices {
	struct choice *items;
	size_t n;
};

static void
choices_done(struct choices *c)
{
	for (size_t i = 0; i < c->n; i++)
		json_decref(c->items[i].json);
	free(c->items);
}

static int
heavier_first(const void *a, const void *b)
{
	const struct choice *x = a, *y = b;

	return x->weight != y->weight ? y->weight - x->weight : x->index < y->index ? -1 : 1;
}

static int
earlier_first(const void *a, const void *b)
{
	const struct choice *x = a, *y = b;

	return x->index < y->index ? -1 : 1;
}

static int
heaviest(const struct capture *c, const struct capture_conv *v)
{
	int most = 0;

	for (int q = 0; q < CAPTURE_QUESTIONS; q++) {
		struct evidence_verdict verdict;

		capture_judge_conv(&verdict, c, v, (enum capture_question)q);
		if (strcmp(verdict.reason, "nothing-seen") != 0 && capture_weight(&verdict) > most)
			most = capture_weight(&verdict);
	}
	return most;
}

static enum fp_status
choose(struct choices *out, struct capture *head, const struct capture *c, size_t room, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 };
	size_t used = 0;

	out->items = fp_calloc(c->n_convs + 1, sizeof(*out->items));
	if (out->items == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the capture's facts");
	for (size_t i = 0; i < c->n_convs; i++) {
		struct choice *k = &out->items[out->n];

		if (!capture_let_through(&head->kept, &c->convs[i])) {
			head->elsewhere++;
			continue;
		}
		*k = (struct choice){ .json = conv_json(&c->convs[i]), .index = i, .weight = heaviest(c, &c->convs[i]) };
		out->n++;
		fp_buf_clear(&text);
		if (fp_json_canonical(&text, k->json, err) != FP_OK)
			return fp_failed(err, FP_ENOMEM);
		k->len = text.len + 1;
	}
	qsort(out->items, out->n, sizeof(*out->items), heavier_first);
	for (size_t i = 0; i < out->n; i++) {
		out->items[i].kept = used + out->items[i].len <= room;
		used += out->items[i].kept ? out->items[i].len : 0;
		head->left_out += !out->items[i].kept;
	}
	qsort(out->items, out->n, sizeof(*out->items), earlier_first);
	return FP_OK;
}

enum fp_status
capture_json_write(struct fp_buf *out, const struct capture *c, const struct capture_filter *f, size_t max, struct fp_err *err)
{
	FP_AUTO(choices_done) struct choices choices = { .items = NULL };
	FP_AUTO(fp_buf_free) struct fp_buf text = { .max = 0 };
	struct capture head = *c;
	size_t room = max != 0 ? max : CAPTURE_JSON_MAX;
	FP_JSON json_t *root = NULL;
	json_t *list;

	if (c->sha256[0] == '\0')
		return fp_fail(err, FP_EINVAL, "the capture file's SHA-256 is not known");
	if (f != NULL && c->elsewhere != 0 && !capture_within(f, &c->kept))
		return fp_fail(err, FP_EINVAL, "these facts hold only some conversations; read the capture file again");
	head.kept = f != NULL ? *f : c->kept;
	root = head_json(&head);
	if (fp_json_canonical(&text, root, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	if (text.len + HEAD_ROOM > room)
		return fp_fail(err, FP_ELIMIT, "the head of the facts alone is larger than %zu bytes", room);
	if (choose(&choices, &head, c, room - text.len - HEAD_ROOM, err) != FP_OK)
		return fp_failed(err, FP_ENOMEM);
	json_decref(root);
	root = head_json(&head);
	list = json_array();
	for (size_t i = 0; i < choices.n; i++) {
		if (choices.items[i].kept)
			(void)json_array_append(list, choices.items[i].json);
	}
	fp_json_set(root, "conversations", list);
	return fp_json_canonical(out, root, err);
}

/* ---- reading ---- */

/* Where we are, for messages, and the capture's frames as the bound of all frame numbers. */
struct place {
	char where[64];
	uint64_t frames;
};

static enum fp_status
get_count(uint64_t *out, const json_t *v, const char *key, int64_t least, const struct place *p, struct fp_err *err)
{
	if (!json_is_integer(v) || json_integer_value(v) < least || json_integer_value(v) > COUNT_MAX)
		return fp_fail(err, FP_EINVAL, "%s: '%s' must be a whole number from %" PRId64 " to %" PRId64, p->where, key,
		    least, COUNT_MAX);
	*out = (uint64_t)json_integer_value(v);
	return FP_OK;
}

static enum fp_status
get_time(fp_time *out, const json_t *v, const char *key, const struct place *p, struct fp_err *err)
{
	if (!json_is_string(v))
		return fp_fail(err, FP_EINVAL, "%s: '%s' must be a time", p->where, key);
	if (fp_time_parse(out, json_string_value(v), err) != FP_OK)
		return fp_ctx(err, "%s: '%s'", p->where, key);
	if (*out == 0)
		return fp_fail(err, FP_EINVAL, "%s: '%s' is left out when it is not known", p->where, key);
	return FP_OK;
}

static enum fp_status
get_seen(struct capture_seen *out, const json_t *v, const char *key, const struct place *p, struct fp_err *err)
{
	static const char *const names[] = { "count", "frame", "at", NULL };

	if (fp_json_only(v, names, p->where, err) != FP_OK ||
	    get_count(&out->count, json_object_get(v, "count"), key, 1, p, err) != FP_OK ||
	    get_count(&out->frame, json_object_get(v, "frame"), key, 1, p, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (out->frame > p->frames)
		return fp_fail(err, FP_EINVAL, "%s: '%s' names frame %" PRIu64 ", but the capture has %" PRIu64, p->where, key,
		    out->frame, p->frames);
	return json_object_get(v, "at") == NULL ? FP_OK : get_time(&out->at, json_object_get(v, "at"), key, p, err);
}

static enum fp_status
get_dialects(unsigned *out, const json_t *v, const char *key, const struct place *p, struct fp_err *err)
{
	for (size_t i = 0; i < json_array_size(v); i++) {
		const char *name = json_string_value(json_array_get(v, i));
		const struct capture_dialect *d = capture_dialects;

		while (d->name != NULL && (name == NULL || strcmp(d->name, name) != 0))
			d++;
		if (d->name == NULL ||
		    d->bit <= *out) /* weakest first, each once; the bit of SMB1 is the highest, but stands first */
			return fp_fail(err, FP_EINVAL, "%s: '%s' holds no dialect of SMB at place %zu", p->where, key, i + 1);
		*out |= d->bit;
	}
	if (*out == 0)
		return fp_fail(err, FP_EINVAL, "%s: '%s' must be a list of dialects", p->where, key);
	return FP_OK;
}

static enum fp_status
get_value(enum kind kind, void *at, const json_t *v, const char *key, const struct place *p, struct fp_err *err)
{
	switch (kind) {
	case COUNTS:
		return get_count(at, v, key, 0, p, err);
	case SEEN:
		return get_seen(at, v, key, p, err);
	case FLAG:
		*(bool *)at = json_is_true(v);
		return json_is_true(v) ? FP_OK : fp_fail(err, FP_EINVAL, "%s: '%s' is true or left out", p->where, key);
	case DIALECTS:
		return get_dialects(at, v, key, p, err);
	case TIME:
	default:
		return get_time(at, v, key, p, err);
	}
}

static enum fp_status
get_field(const struct field *f, char *at, const json_t *v, const struct place *p, struct fp_err *err)
{
	enum fp_status status = FP_OK;

	if (f->n == 1)
		return get_value(f->kind, at, v, f->key, p, err);
	if (json_array_size(v) != f->n)
		return fp_fail(err, FP_EINVAL, "%s: '%s' must be a list of %zu", p->where, f->key, f->n);
	for (size_t i = 0; i < f->n && status == FP_OK; i++) {
		const json_t *item = json_array_get(v, i);

		if (f->kind != SEEN || !json_is_null(item))
			status = get_value(f->kind, at + i * size_of(f->kind), item, f->key, p, err);
	}
	return status;
}

static bool
named(const char *key, const char *const *names)
{
	while (*names != NULL && strcmp(*names, key) != 0)
		names++;
	return *names != NULL;
}

/* All members of o: by the table, or one of the others, which are the caller's. */
static enum fp_status
get_fields(void *record, const struct field *fields, const json_t *o, const char *const *others, const struct place *p,
    struct fp_err *err)
{
	const char *key;
	json_t *v;

	if (!json_is_object(o))
		return fp_fail(err, FP_EINVAL, "%s: must be an object", p->where);
	json_object_foreach((json_t *)(uintptr_t)o, key, v)
	{
		const struct field *f = fields;

		while (f->key != NULL && strcmp(f->key, key) != 0)
			f++;
		if (f->key == NULL && !named(key, others))
			return fp_fail(err, FP_EINVAL, "%s: unknown key '%.60s'", p->where, key);
		if (f->key != NULL && get_field(f, (char *)record + f->offset, v, p, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	}
	return FP_OK;
}

static enum fp_status
get_address(struct capture_address *out, const json_t *o, const char *key, const struct place *p, struct fp_err *err)
{
	const char *text;
	char again[CAPTURE_ADDRESS_MAX];

	if (fp_json_str_opt(&text, o, key, p->where, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (text == NULL)
		return FP_OK;
	if (!capture_address_of(out, text) || strcmp(capture_address_text(again, out), text) != 0)
		return fp_fail(err, FP_EINVAL, "%s: '%s' is no address in its usual form", p->where, key);
	return FP_OK;
}

static enum fp_status
get_ends(struct capture_filter *out, const json_t *o, const struct place *p, struct fp_err *err)
{
	int64_t port;

	if (get_address(&out->client, o, "client", p, err) != FP_OK || get_address(&out->server, o, "server", p, err) != FP_OK ||
	    fp_json_int_opt(&port, o, "port", p->where, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (port < 0 || port > UINT16_MAX)
		return fp_fail(err, FP_EINVAL, "%s: 'port' must be from 1 to 65535", p->where);
	out->port = (uint16_t)port;
	return FP_OK;
}

static enum fp_status
get_conv(struct capture_conv *out, const json_t *o, struct place *p, const struct capture *c, struct fp_err *err)
{
	static const char *const others[] = { "client", "server", "port", "smb", "nfs", NULL };
	struct capture_filter ends = { .port = 0 };
	bool nfs = json_object_get(o, "nfs") != NULL;

	out->protocol = nfs ? CAPTURE_NFS : CAPTURE_SMB;
	if (get_fields(out, conv_fields, o, others, p, err) != FP_OK || get_ends(&ends, o, p, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (ends.client.family == 0 || ends.server.family == 0 || ends.port == 0)
		return fp_fail(err, FP_EINVAL, "%s: client, server and port are not all there", p->where);
	if (nfs == (json_object_get(o, "smb") != NULL))
		return fp_fail(err, FP_EINVAL, "%s: must hold either 'smb' or 'nfs'", p->where);
	out->client = ends.client;
	out->server = ends.server;
	out->port = ends.port;
	if (!capture_let_through(&c->kept, out))
		return fp_fail(err, FP_EINVAL, "%s: does not belong to what 'kept' says", p->where);
	return get_fields((char *)out + protocols[out->protocol].offset, protocols[out->protocol].fields,
	    json_object_get(o, protocols[out->protocol].name), others + 5, p, err);
}

static enum fp_status
get_file(struct capture *c, const json_t *root, const struct place *p, struct fp_err *err)
{
	static const char *const names[] = { "bytes", "sha256", NULL };
	const json_t *file = json_object_get(root, "file");
	const char *hash;

	if (fp_json_only(file, names, "file", err) != FP_OK ||
	    get_count(&c->file_bytes, json_object_get(file, "bytes"), "file", 0, p, err) != FP_OK ||
	    fp_json_str(&hash, file, "sha256", "file", err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (strlen(hash) != 64 || strspn(hash, "0123456789abcdef") != 64)
		return fp_fail(err, FP_EINVAL, "file: 'sha256' must be 64 hexadecimal digits");
	fp_utf8_copy(c->sha256, sizeof(c->sha256), hash);
	return FP_OK;
}

static enum fp_status
get_head(struct capture *c, const json_t *root, struct place *p, struct fp_err *err)
{
	static const char *const others[] = { "format", "file", "cut_off", "kept", "conversations", NULL }, *const ends[] = {
		"client", "server", "port", NULL
	};
	const char *cut_off, *format;

	if (fp_json_str(&format, root, "format", p->where, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (strcmp(format, CAPTURE_FORMAT) != 0)
		return fp_fail(err, FP_EUNSUPPORTED, "the format is '%.40s'; this program reads " CAPTURE_FORMAT, format);
	if (get_fields(c, head_fields, root, others, p, err) != FP_OK || get_file(c, root, p, err) != FP_OK ||
	    fp_json_str_opt(&cut_off, root, "cut_off", p->where, err) != FP_OK ||
	    fp_json_only(json_object_get(root, "kept"), ends, "kept", err) != FP_OK ||
	    get_ends(&c->kept, json_object_get(root, "kept"), p, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	c->cut_off = cut_off != NULL;
	fp_utf8_copy(c->cut_off_why, sizeof(c->cut_off_why), cut_off);
	p->frames = c->frames;
	return FP_OK;
}

static enum fp_status
get_capture(struct capture *c, const json_t *root, struct fp_err *err)
{
	struct place p = { .where = "capture facts" };
	const json_t *list = json_object_get(root, "conversations");

	if (get_head(c, root, &p, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (!json_is_array(list) || json_array_size(list) > CAPTURE_CONVS_MAX)
		return fp_fail(err, FP_EINVAL, "'conversations' must be a list of at most %d", CAPTURE_CONVS_MAX);
	c->convs = fp_calloc(json_array_size(list) + 1, sizeof(*c->convs));
	if (c->convs == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the capture's facts");
	c->cap_convs = json_array_size(list) + 1;
	for (; c->n_convs < json_array_size(list); c->n_convs++) {
		(void)snprintf(p.where, sizeof(p.where), "conversations[%zu]", c->n_convs);
		if (get_conv(&c->convs[c->n_convs], json_array_get(list, c->n_convs), &p, c, err) != FP_OK)
			return fp_failed(err, FP_EINVAL);
	}
	return FP_OK;
}

enum fp_status
capture_json_read(struct capture **out, const char *json, size_t len, struct fp_err *err)
{
	FP_AUTO(capture_freep) struct capture *c = fp_calloc(1, sizeof(*c));
	FP_JSON json_t *root = NULL;
	struct fp_err own = { .status = FP_OK };

	*out = NULL;
	if (err == NULL)
		err = &own;
	if (c == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the capture's facts");
	if (fp_json_parse(&root, json, len, "capture facts", err) != FP_OK || get_capture(c, root, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	*out = c;
	c = NULL;
	return FP_OK;
}

/* ---- what a file is ---- */

bool
capture_json_is(const void *bytes, size_t len)
{
	static const char mark[] = "{\"conversations\":";

	return len >= sizeof(mark) - 1 && memcmp(bytes, mark, sizeof(mark) - 1) == 0;
}

bool
capture_file_is(const void *bytes, size_t len)
{
	/* pcap with microseconds and nanoseconds, both orders of bytes, the form of modified tcpdumps, and pcapng */
	static const uint32_t magics[] = { 0xA1B2C3D4u, 0xD4C3B2A1u, 0xA1B23C4Du, 0x4D3CB2A1u, 0xA1B2CD34u, 0x34CDB2A1u,
		0x0A0D0D0Au };

	for (size_t i = 0; len >= 4 && i < FP_COUNT(magics); i++) {
		if (capture_be32(bytes) == magics[i])
			return true;
	}
	return false;
}
