/* A mail into its parts. The structure is gmime's work; headers and character sets are read by mail_words.c. */
#include <gmime/gmime.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "letter/letter.h"
#include "letter/mail_int.h"

#define PARTS_MAX 200
#define NAME_MAX_BYTES 200

struct unpack {
	struct letter_mail *out;
	size_t cap, bytes, max_bytes;
	uint32_t max_depth;
	unsigned seen; /* parts so far, for names of those that have none */
	bool no_memory;
};

static void
init_once(void)
{
	g_mime_init();
}

/* ---- one part ---- */

static const char *
raw_header(GMimeObject *part, const char *name)
{
	GMimeHeader *h = g_mime_header_list_get_header(g_mime_object_get_header_list(part), name);
	const char *raw = h != NULL ? g_mime_header_get_raw_value(h) : NULL;

	return raw;
}

/* Only the last component: a name from a mail is no path. */
static char *
part_name(GMimeObject *part, bool body, unsigned number)
{
	static const struct {
		const char *header, *param;
	} places[] = { { "Content-Disposition", "filename" }, { "Content-Type", "name" } };
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 65536 };
	const char *name, *slash;
	char cut[NAME_MAX_BYTES];

	for (size_t i = 0; i < FP_COUNT(places) && b.len == 0; i++) {
		const char *raw = raw_header(part, places[i].header);

		if (raw != NULL)
			(void)mail_param(&b, raw, places[i].param);
	}
	name = b.data != NULL ? b.data : "";
	while ((slash = strpbrk(name, "/\\")) != NULL)
		name = slash + 1;
	if (strcmp(name, "") == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return body ? fp_strdup("") : fp_asprintf("part-%u", number);
	fp_utf8_copy(cut, sizeof(cut), name);
	return fp_strdup(cut);
}

static char *
part_type(GMimeObject *part)
{
	GMimeContentType *t = g_mime_object_get_content_type(part);
	const char *type = t != NULL ? g_mime_content_type_get_media_type(t) : NULL;
	const char *sub = t != NULL ? g_mime_content_type_get_media_subtype(t) : NULL;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 200 };

	fp_buf_printf(&b, "%.60s/%.100s", type != NULL ? type : "application", sub != NULL ? sub : "octet-stream");
	for (size_t i = 0; i < b.len; i++)
		if (b.data[i] >= 'A' && b.data[i] <= 'Z')
			b.data[i] = (char)(b.data[i] + 'a' - 'A');
		else if ((unsigned char)b.data[i] < 0x21 || (unsigned char)b.data[i] > 0x7E)
			b.data[i] = '?';
	return fp_buf_take(&b);
}

/* Text in a set that the mail names, as UTF-8; otherwise as it is: the readers find out. */
static void
put_text(struct fp_buf *out, GMimeObject *part, const char *s, size_t len)
{
	FP_AUTO(fp_buf_free) struct fp_buf set = { .max = 256 };
	const char *raw = raw_header(part, "Content-Type");
	bool named = raw != NULL && mail_param(&set, raw, "charset") && set.len > 0;

	if (!named || strcasecmp(set.data, "us-ascii") == 0 || strcasecmp(set.data, "utf-8") == 0 ||
	    !mail_to_utf8(out, set.data, s, len))
		fp_buf_add(out, s, len);
}

static void
put_bytes(struct unpack *u, struct fp_buf *out, GMimeObject *part, GMimeStream *decoded, bool text)
{
	GByteArray *a = g_mime_stream_mem_get_byte_array((GMimeStreamMem *)decoded);
	size_t room = u->max_bytes - u->bytes;

	if (a == NULL)
		return;
	out->max = room > 0 ? room : 1;
	if (a->len > room)
		out->failed = FP_ELIMIT;
	else if (text)
		put_text(out, part, (const char *)a->data, a->len);
	else
		fp_buf_add(out, a->data, a->len);
	if (out->failed == FP_ELIMIT) {
		u->out->limited = true;
		fp_buf_free(out);
	}
	u->no_memory |= out->failed == FP_ENOMEM;
	u->bytes += out->len;
}

/* body: text of the mail itself, not an attached file. */
static void
add_part(struct unpack *u, GMimeObject *part, GMimeStream *decoded, bool text, bool body)
{
	struct letter_part p = { .bytes = { .max = 1 } };
	bool over = u->out->n_parts >= PARTS_MAX;

	u->seen++;
	u->out->limited |= over;
	if (over || u->no_memory)
		return;
	p.name = part_name(part, body, u->seen);
	p.type = part_type(part);
	put_bytes(u, &p.bytes, part, decoded, text);
	if (p.name == NULL || p.type == NULL || fp_grow(&u->out->parts, &u->cap, u->out->n_parts + 1, sizeof(p)) != 0) {
		free(p.name);
		free(p.type);
		fp_buf_free(&p.bytes);
		u->no_memory = true;
		return;
	}
	u->out->parts[u->out->n_parts++] = p;
}

/* ---- the tree ---- */

static bool
is_attachment(GMimeObject *part)
{
	GMimeContentDisposition *d = g_mime_object_get_content_disposition(part);
	const char *how = d != NULL ? g_mime_content_disposition_get_disposition(d) : NULL;

	return how != NULL && strcasecmp(how, "attachment") == 0;
}

static bool
is_type(GMimeObject *part, const char *type, const char *sub)
{
	GMimeContentType *t = g_mime_object_get_content_type(part);

	return t != NULL && g_mime_content_type_is_type(t, type, sub);
}

static void
walk_leaf(struct unpack *u, GMimePart *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *s = g_mime_stream_mem_new();
	bool text = is_type((GMimeObject *)part, "text", "*");

	if (s == NULL) {
		u->no_memory = true;
		return;
	}
	if (content != NULL)
		(void)g_mime_data_wrapper_write_to_stream(content, s);
	add_part(u, (GMimeObject *)part, s, text, text && !is_attachment((GMimeObject *)part));
	g_object_unref(s);
}

/* A mail in a mail stays whole: it is read like a file of its own. */
static void
walk_message(struct unpack *u, GMimeMessagePart *part)
{
	GMimeMessage *m = g_mime_message_part_get_message(part);
	GMimeStream *s = g_mime_stream_mem_new();

	if (s == NULL) {
		u->no_memory = true;
		return;
	}
	if (m != NULL)
		(void)g_mime_object_write_to_stream((GMimeObject *)m, NULL, s);
	add_part(u, (GMimeObject *)part, s, false, false);
	g_object_unref(s);
}

/* How much of the letter an alternative carries for us. */
static int
richness(GMimeObject *part, uint32_t depth)
{
	int best = 0;

	if (is_type(part, "text", "html"))
		return 3;
	if (is_type(part, "text", "plain"))
		return 2;
	if (!GMIME_IS_MULTIPART(part) || depth == 0)
		return is_type(part, "text", "*") ? 1 : 0;
	for (int i = 0; i < g_mime_multipart_get_count((GMimeMultipart *)part) && i < PARTS_MAX; i++) {
		int r = richness(g_mime_multipart_get_part((GMimeMultipart *)part, i), depth - 1);

		best = r > best ? r : best;
	}
	return best;
}

static int
richest(GMimeMultipart *m)
{
	int best = 0, most = -1;

	for (int i = 0; i < g_mime_multipart_get_count(m) && i < PARTS_MAX; i++) {
		int r = richness(g_mime_multipart_get_part(m, i), 4);

		if (r >= most) { /* RFC 2046 5.1.4: the last is the best */
			most = r;
			best = i;
		}
	}
	return best;
}

static void
walk(struct unpack *u, GMimeObject *part, uint32_t depth)
{
	if (part == NULL || u->no_memory || u->out->n_parts > PARTS_MAX)
		return;
	if (depth == 0) {
		u->out->limited = true;
	} else if (GMIME_IS_MULTIPART(part)) {
		GMimeMultipart *m = (GMimeMultipart *)part;
		bool one = is_type(part, "multipart", "alternative");
		int n = g_mime_multipart_get_count(m), from = one && n > 0 ? richest(m) : 0, to = one && n > 0 ? from + 1 : n;

		for (int i = from; i < to; i++)
			walk(u, g_mime_multipart_get_part(m, i), depth - 1);
	} else if (GMIME_IS_MESSAGE_PART(part)) {
		walk_message(u, (GMimeMessagePart *)part);
	} else if (GMIME_IS_PART(part)) {
		walk_leaf(u, (GMimePart *)part);
	}
}

/* ---- the mail ---- */

static char *
head_text(struct unpack *u, GMimeMessage *m, const char *name)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 65536 };
	GMimeObject *part = g_mime_message_get_mime_part(m);
	const char *raw = raw_header((GMimeObject *)m, name);
	char *text;

	/* gmime keeps the lines that begin with "Content-" with the first part */
	if (raw == NULL && part != NULL)
		raw = raw_header(part, name);
	if (raw == NULL)
		return NULL;
	mail_decode_words(&b, raw);
	while (b.len > 0 && b.data[b.len - 1] == ' ')
		b.data[--b.len] = '\0';
	text = fp_buf_take(&b);
	u->no_memory |= text == NULL;
	return text;
}

static GMimeMessage *
parse(const char *data, size_t len)
{
	GMimeStream *s = g_mime_stream_mem_new_with_buffer(data, len);
	GMimeParser *p = s != NULL ? g_mime_parser_new_with_stream(s) : NULL;
	GMimeMessage *m = NULL;

	if (p != NULL) {
		g_mime_parser_set_format(p, len > 5 && memcmp(data, "From ", 5) == 0 ? GMIME_FORMAT_MBOX : GMIME_FORMAT_MESSAGE);
		m = g_mime_parser_construct_message(p, NULL);
		g_object_unref(p);
	}
	if (s != NULL)
		g_object_unref(s);
	return m;
}

/* False: it has not one line of a mail's header. */
static bool
unpack(struct unpack *u, GMimeMessage *m)
{
	GMimeObject *part = g_mime_message_get_mime_part(m);
	struct letter_mail *out = u->out;

	out->subject = head_text(u, m, "Subject");
	out->from = head_text(u, m, "From");
	out->date = head_text(u, m, "Date");
	out->lang = head_text(u, m, "Content-Language");
	walk(u, part, u->max_depth);
	return out->subject != NULL || out->from != NULL || out->date != NULL ||
	       (part != NULL && raw_header(part, "Content-Type") != NULL);
}

enum fp_status
letter_read_mail(struct letter_mail *out, const char *data, size_t len, const struct letter_limits *o, struct fp_err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct unpack u = { .out = out,
		.max_bytes = o != NULL && o->bytes ? o->bytes : (size_t)64 << 20,
		.max_depth = o != NULL && o->depth ? o->depth : 64 };
	GMimeMessage *m;
	bool is_mail;

	*out = (struct letter_mail){ .subject = NULL };
	if (len > u.max_bytes)
		return fp_fail(err, FP_ELIMIT, "the mail has %zu bytes, more than the limit of %zu", len, u.max_bytes);
	(void)pthread_once(&once, init_once);
	m = parse(data, len);
	is_mail = m != NULL && unpack(&u, m);
	if (m != NULL)
		g_object_unref(m);
	if (!u.no_memory && is_mail)
		return FP_OK;
	letter_mail_free(out);
	return u.no_memory ? fp_fail(err, FP_ENOMEM, "out of memory for the parts of the mail")
			   : fp_fail(err, FP_EINVAL, "this is not a mail: no header lines at its beginning");
}

void
letter_mail_free(struct letter_mail *m)
{
	for (size_t i = 0; i < m->n_parts; i++) {
		free(m->parts[i].name);
		free(m->parts[i].type);
		fp_buf_free(&m->parts[i].bytes);
	}
	free(m->parts);
	free(m->subject);
	free(m->from);
	free(m->date);
	free(m->lang);
	*m = (struct letter_mail){ .subject = NULL };
}
