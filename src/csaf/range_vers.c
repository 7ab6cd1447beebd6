/* Bounds put together, and vers (package-url/vers-spec) both ways. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "csaf/csaf.h"
#include "csaf/range_int.h"
#include "device/version.h"

static const char *const op_signs[] = {
	[OP_NONE] = "", [OP_LT] = "<", [OP_LE] = "<=", [OP_EQ] = "=", [OP_NE] = "!=", [OP_GE] = ">=", [OP_GT] = ">"
};

/* ---- bounds to our grammar ---- */

struct assembly {
	struct fp_buf *out;
	struct fp_buf not_these; /* "|!=2" to stand behind each stretch */
	enum range_op lower_op;  /* a lower bound that waits */
	const char *lower;
	size_t stretches;
	const char *why;
};

static bool
is_lower(enum range_op op)
{
	return op == OP_GE || op == OP_GT;
}

static void
put_stretch(struct assembly *a, enum range_op op1, const char *v1, enum range_op op2, const char *v2)
{
	if (v2 != NULL) {
		enum device_version_order order = device_version_compare(v1, v2);

		/* Bounds that no one can order bound nothing; ">=1.x|<=1.3" is meant well. */
		if (order == DEVICE_VERSION_INCOMPARABLE && strpbrk(v1, "xX*") == NULL && strpbrk(v2, "xX*") == NULL)
			a->why = "order";
		if ((order == DEVICE_VERSION_INCOMPARABLE && (isalpha((unsigned char)*v1) || isalpha((unsigned char)*v2))) ||
		    order == DEVICE_VERSION_GREATER || (order == DEVICE_VERSION_EQUAL && (op1 == OP_GT || op2 == OP_LT)))
			a->why = "order";
	}
	fp_buf_printf(a->out, "%s%s%s", a->stretches > 0 ? " || " : "", op_signs[op1], v1);
	if (v2 != NULL)
		fp_buf_printf(a->out, "|%s%s", op_signs[op2], v2);
	fp_buf_puts(a->out, a->not_these.data);
	a->stretches++;
}

static void
put_bound(struct assembly *a, enum range_op op, const char *version)
{
	if (is_lower(op)) {
		if (a->lower != NULL)
			a->why = "order";
		a->lower_op = op;
		a->lower = version;
	} else if (op == OP_EQ) {
		/* ">=1|3": is 3 a bound or one more version? */
		if (a->lower != NULL)
			a->why = "order";
		put_stretch(a, op, version, OP_NONE, NULL);
	} else if (a->lower != NULL) {
		put_stretch(a, a->lower_op, a->lower, op, version);
		a->lower = NULL;
	} else {
		put_stretch(a, op, version, OP_NONE, NULL);
	}
}

const char *
range_assemble(char *out, size_t size, const struct range_items *items)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = size - 1 };
	struct assembly a = { .out = &b, .not_these = { .max = size } };

	for (size_t i = 0; i < items->n; i++)
		if (items->item[i].op[0] == OP_NE)
			fp_buf_printf(&a.not_these, "|!=%s", items->item[i].version[0]);
	for (size_t i = 0; i < items->n; i++) {
		const struct range_item *it = &items->item[i];

		if (it->op[1] != OP_NONE && a.lower != NULL)
			a.why = "order";
		else if (it->op[1] != OP_NONE)
			put_stretch(&a, it->op[0], it->version[0], it->op[1], it->version[1]);
		else if (it->op[0] != OP_NE)
			put_bound(&a, it->op[0], it->version[0]);
	}
	if (a.lower != NULL)
		put_stretch(&a, a.lower_op, a.lower, OP_NONE, NULL);
	if (a.stretches == 0 && a.not_these.len > 0)
		fp_buf_puts(&b, a.not_these.data + 1);
	fp_buf_free(&a.not_these);
	if (a.why != NULL)
		return a.why;
	if (b.failed != FP_OK || b.len == 0 || device_version_range_check(b.data, NULL) != FP_OK)
		return "form";
	memcpy(out, b.data, b.len + 1);
	return NULL;
}

/* ---- vers in ---- */

/* Schemes whose order is that of numbers and dots; of others only plain numbers are understood alike. */
static bool
scheme_known(const char *scheme, size_t n)
{
	static const char *const known[] = { "generic", "intdot", "semver", "npm", "none", "all" };

	for (size_t i = 0; i < FP_COUNT(known); i++)
		if (strlen(known[i]) == n && strncasecmp(known[i], scheme, n) == 0)
			return true;
	return false;
}

static bool
all_dotted(const struct range_items *items)
{
	for (size_t i = 0; i < items->n; i++)
		if (strspn(items->item[i].version[0], "0123456789.") != strlen(items->item[i].version[0]))
			return false;
	return true;
}

static int
hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at = c != '\0' ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at == NULL ? -1 : (int)(at - digits);
}

/* "%3E" undone, blanks dropped. False when broken. */
static bool
decode(char *out, size_t size, const char *p, size_t n)
{
	size_t to = 0;

	for (size_t i = 0; i < n; i++) {
		int c = (unsigned char)p[i];

		if (c == ' ')
			continue;
		if (c == '%') {
			int high = i + 2 < n ? hex_digit(p[i + 1]) : -1, low = i + 2 < n ? hex_digit(p[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			c = high * 16 + low;
			i += 2;
		}
		if (to + 1 >= size || c < 0x20 || c >= 0x7f)
			return false;
		out[to++] = (char)c;
	}
	out[to] = '\0';
	return to > 0;
}

static bool
read_constraint(struct range_item *it, const char *p, size_t n)
{
	static const enum range_op ops[] = { OP_LE, OP_GE, OP_NE, OP_LT, OP_GT, OP_EQ };
	char text[RANGE_VERSION];
	size_t skip = 0;

	memset(it, 0, sizeof(*it));
	it->op[0] = OP_EQ;
	if (!decode(text, sizeof(text), p, n))
		return false;
	for (size_t i = 0; i < FP_COUNT(ops); i++)
		if (strncmp(text, op_signs[ops[i]], strlen(op_signs[ops[i]])) == 0) {
			it->op[0] = ops[i];
			skip = strlen(op_signs[ops[i]]);
			break;
		}
	memcpy(it->version[0], text + skip, strlen(text + skip) + 1);
	return it->version[0][0] != '\0';
}

const char *
range_vers_read(char *out, size_t size, const char *text)
{
	const char *slash = strchr(text, '/');
	struct range_items items = { .n = 0 };

	if (slash == NULL || slash == text)
		return "form";
	if (strcmp(slash + 1, "*") == 0) {
		memcpy(out, "*", 2);
		return NULL;
	}
	for (const char *p = slash + 1; *p != '\0';) {
		size_t n = strcspn(p, "|");

		if (items.n == RANGE_ITEMS || !read_constraint(&items.item[items.n], p, n))
			return "form";
		items.n++;
		p += n + (p[n] == '|');
	}
	if (!scheme_known(text, (size_t)(slash - text)) && !all_dotted(&items))
		return "scheme";
	return range_assemble(out, size, &items);
}

/* ---- vers out ---- */

/* Copy one version; what vers gives a meaning to is percent-encoded. */
static void
put_version(struct fp_buf *out, const char *p, size_t n, bool *dotted)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == ' ')
			continue;
		*dotted = *dotted && strchr("0123456789.", p[i]) != NULL;
		if (isalnum((unsigned char)p[i]) || strchr(".-_~+", p[i]) != NULL)
			fp_buf_putc(out, p[i]);
		else
			fp_buf_printf(out, "%%%02X", (unsigned char)p[i]);
	}
}

enum fp_status
csaf_range_vers(struct fp_buf *out, const char *range, struct fp_err *err)
{
	FP_AUTO(fp_buf_free) struct fp_buf body = { .max = 2 * RANGE_TEXT };
	char again[RANGE_TEXT];
	bool dotted = true;

	if (device_version_range_check(range, err) != FP_OK)
		return fp_failed(err, FP_EINVAL);
	if (strcmp(range, "*") == 0) {
		fp_buf_puts(out, "vers:all/*");
		return FP_OK;
	}
	for (const char *p = range; *p != '\0';) {
		size_t n = strcspn(p, "|,"), op, end;

		while (n > 0 && *p == ' ') {
			p++;
			n--;
		}
		op = strspn(p, "<>=!");
		op = op < n ? op : n;
		for (end = n; end > op && p[end - 1] == ' '; end--)
			;
		fp_buf_puts(&body, body.len > 0 ? "|" : "");
		/* vers writes a single version without a sign. */
		if (!(op <= 2 && p[0] == '='))
			fp_buf_add(&body, p, op);
		put_version(&body, p + op, end - op, &dotted);
		p += n;
		p += strspn(p, "|,");
	}
	if (fp_buf_check(&body, "the version range", err) != FP_OK)
		return fp_failed(err, FP_ELIMIT);
	/* What vers makes of it must be the same again: ">=1 || >=3" or "<2 || !=1" would not be. */
	{
		FP_AUTO(fp_buf_free) struct fp_buf whole = { .max = 4 * RANGE_TEXT };
		const char *why;

		fp_buf_printf(&whole, "%s/%s", dotted ? "intdot" : "generic", body.data);
		why = whole.failed != FP_OK ? "form" : range_vers_read(again, sizeof(again), whole.data);
		if (why != NULL)
			return fp_fail(err, FP_EUNSUPPORTED, "version range '%.100s' cannot be written as vers: %s", range,
			    csaf_range_why(why));
		fp_buf_printf(out, "vers:%s", whole.data);
	}
	return fp_buf_check(out, "the version range", err);
}
