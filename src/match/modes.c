/* The product is known; now versions: of its own software per boot mode, and of the components that a notice's vulnerabilities name. */
#include <string.h>
#include <strings.h>

#include "device/version.h"
#include "match/match_int.h"

#define NAME_MAX 96

static const struct device_span no_span = { "", 0 };

/* The version that the device has in a mode, and the software's name. */
static void
installed(const struct match_query *q, const char *mode, struct device_span *version, struct device_span *software)
{
	*version = *software = no_span;
	for (size_t i = 0; i < q->n_modes; i++)
		if (strcasecmp(q->modes[i].name, mode) == 0) {
			*version = q->modes[i].version;
			*software = q->modes[i].software;
		}
}

static bool
same_text(const char *a_text, size_t a_len, struct device_span b_text)
{
	char a[NAME_MAX], b[NAME_MAX];
	size_t n = match_fold(a, sizeof(a), a_text, a_len);

	return n > 0 && n == match_fold(b, sizeof(b), b_text.p, b_text.len) && memcmp(a, b, n) == 0;
}

static bool
same_software(const char *name, struct device_span s)
{
	return same_text(name, strlen(name), s);
}

static enum device_version_in
in_range(const char *range, struct device_span version)
{
	return device_version_in_range_n(range, version.len > 0 ? version.p : NULL, version.len);
}

/* One mode against the notice's ranges for it: every range that applies, for the software that is named. */
static enum device_version_in
in_ranges(const struct notice_product *p, const char *mode, const struct match_query *q, bool *has_range)
{
	struct device_span version, software;
	enum device_version_in result = DEVICE_VERSION_OUT;
	bool named = false, first = true, agree = true;

	installed(q, mode, &version, &software);
	*has_range = false;
	for (size_t i = 0; i < p->n_versions; i++)
		if (p->versions[i].software != NULL && software.len > 0 && same_software(p->versions[i].software, software))
			named = true;
	for (size_t i = 0; i < p->n_versions; i++) {
		const struct notice_versions *v = &p->versions[i];
		enum device_version_in one;

		if (v->mode != NULL && v->mode[0] != '\0' && strcasecmp(v->mode, mode) != 0)
			continue;
		if (named && v->software != NULL && !same_software(v->software, software))
			continue;
		*has_range = true;
		one = in_range(v->range, version);
		agree = agree && (first || one == result);
		result = one;
		first = false;
	}
	/* Ranges of different software, and the list does not say which is installed. */
	return agree ? result : DEVICE_VERSION_UNDECIDABLE;
}

/* ---- vulnerabilities in one mode ---- */

/* What a vulnerability hangs on, for words. */
struct cause {
	const char *component, *range; /* component NULL: the product's own software */
	struct device_span version;
	bool unsaid; /* the notice itself does not say which versions */
};

/* "Universal Copy Service (UCS)" in a notice is "UCS", "Universal Copy Service", or both, in a list. */
static bool
same_component(const char *notice, struct device_span list)
{
	const char *open = strchr(notice, '('), *close = open == NULL ? NULL : strchr(open, ')');

	return same_software(notice, list) || (close != NULL && (same_text(notice, (size_t)(open - notice), list) ||
								    same_text(open + 1, (size_t)(close - open - 1), list)));
}

/* AND and OR of three values: what is certain decides. */
static enum device_version_in
both(enum device_version_in a, enum device_version_in b)
{
	if (a == DEVICE_VERSION_OUT || b == DEVICE_VERSION_OUT)
		return DEVICE_VERSION_OUT;
	return a == DEVICE_VERSION_UNDECIDABLE ? a : b;
}

static enum device_version_in
either(enum device_version_in a, enum device_version_in b)
{
	if (a == DEVICE_VERSION_IN || b == DEVICE_VERSION_IN)
		return DEVICE_VERSION_IN;
	return a == DEVICE_VERSION_UNDECIDABLE ? a : b;
}

/* The component in a mode: listed for it, or for whatever mode; asked for no mode in particular, any that is listed. */
static enum device_version_in
component_in(const struct notice_affects *a, const struct match_query *q, const char *mode, struct cause *why)
{
	enum device_version_in result = DEVICE_VERSION_OUT;
	bool listed = false, exact = false;

	why->component = a->component;
	why->range = a->component_range;
	why->version = no_span;
	if (a->component_range == NULL)
		return DEVICE_VERSION_IN;
	for (size_t i = 0; i < q->n_components; i++) {
		const char *its = q->components[i].mode;
		bool same_mode = strcasecmp(its, mode) == 0;
		enum device_version_in one;

		if (!same_component(a->component, q->components[i].name) || (!same_mode && *its != '\0' && *mode != '\0') ||
		    (exact && !same_mode))
			continue;
		one = in_range(a->component_range, q->components[i].version);
		/* What is listed for this very mode outranks what is listed for all. */
		result = listed && (!same_mode || exact) ? either(result, one) : one;
		why->version = q->components[i].version;
		exact = exact || (same_mode && *mode != '\0');
		listed = true;
	}
	return listed ? result : DEVICE_VERSION_UNDECIDABLE;
}

static enum device_version_in
affects_in(
    const struct notice_affects *a, const struct match_query *q, const char *mode, enum device_version_in base, struct cause *why)
{
	struct device_span version, software;
	enum device_version_in own = base, result;

	installed(q, mode, &version, &software);
	*why = (struct cause){ .range = a->range, .version = version };
	if (a->range != NULL)
		own = in_range(a->range, version);
	result = own;
	if (a->component != NULL && own != DEVICE_VERSION_OUT) {
		struct cause of_component = *why;
		enum device_version_in component = component_in(a, q, mode, &of_component);

		result = both(own, component);
		/* What is told is what decides, or what lacks. */
		if (component == result)
			*why = of_component;
	}
	why->unsaid = a->undecidable;
	return a->undecidable ? both(DEVICE_VERSION_UNDECIDABLE, result) : result;
}

static bool
covers(const struct notice_affects *a, const struct notice_product *p)
{
	return a->products.n == 0 || notice_list_has(&a->products, p->id);
}

/* base: what the product's own ranges say of the mode. */
static enum device_version_in
vulnerability_in(const struct notice_vulnerability *v, const struct notice_product *p, const struct match_query *q,
    const char *mode, enum device_version_in base, struct cause *why)
{
	enum device_version_in result = DEVICE_VERSION_OUT;
	bool first = true;

	*why = (struct cause){ .range = NULL };
	if (v->n_affects == 0)
		return base;
	for (size_t i = 0; i < v->n_affects; i++) {
		struct cause one_why;
		enum device_version_in one;

		if (!covers(&v->affects[i], p))
			continue;
		one = affects_in(&v->affects[i], q, mode, base, &one_why);
		if (first || (one != result && either(one, result) == one))
			*why = one_why;
		result = either(result, one);
		first = false;
	}
	return result;
}

/* All vulnerabilities together; a notice that does not say where one is leaves it to base. */
static enum device_version_in
any_vulnerability(const struct notice *n, const struct notice_product *p, const struct match_query *q, const char *mode,
    enum device_version_in base, struct cause *why)
{
	enum device_version_in result = DEVICE_VERSION_OUT;

	*why = (struct cause){ .range = NULL };
	if (n->n_vulnerabilities == 0)
		return base;
	for (size_t i = 0; i < n->n_vulnerabilities; i++) {
		struct cause one_why;
		enum device_version_in one = vulnerability_in(&n->vulnerabilities[i], p, q, mode, base, &one_why);

		if (i == 0 || (one != result && either(one, result) == one))
			*why = one_why;
		result = either(result, one);
	}
	return result;
}

/* ---- modes ---- */

/*
 * The modes in which a product is looked at: its own; without any, those that the list gives (of them, when one runs the very software that
 * the product is, only that).
 */
static size_t
slots_of(const struct notice_product *p, const struct match_query *q, const char *out[DEVICE_MODES_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < p->modes.n && n < DEVICE_MODES_MAX; i++)
		out[n++] = p->modes.items[i];
	if (n > 0)
		return n;
	for (size_t i = 0; i < q->n_modes; i++)
		for (size_t k = 0; k < p->names.n; k++)
			if (same_software(p->names.items[k], q->modes[i].software)) {
				out[n++] = q->modes[i].name;
				break;
			}
	for (size_t i = 0; n == 0 && i < q->n_modes; i++)
		out[i] = q->modes[i].name;
	if (n == 0)
		n = q->n_modes;
	if (n == 0)
		out[n++] = "";
	return n;
}

static void
judge_mode(struct match_mode *out, const struct match_result *r, const struct notice *n, const struct match_query *q,
    const char *mode, struct cause *why)
{
	bool has_range = false;
	enum device_version_in in = r->product->n_versions > 0 ? in_ranges(r->product, mode, q, &has_range) : DEVICE_VERSION_IN;

	*why = (struct cause){ .range = NULL };
	if (!has_range)
		in = DEVICE_VERSION_IN;
	if (in != DEVICE_VERSION_OUT)
		in = any_vulnerability(n, r->product, q, mode, in, why);
	out->mode = mode;
	out->answer = r->answer;
	out->reason = r->reason;
	if (r->answer != MATCH_AFFECTED || in == DEVICE_VERSION_IN)
		return;
	out->answer = in == DEVICE_VERSION_OUT ? MATCH_NOT_AFFECTED : MATCH_CANNOT_TELL;
	out->reason = in == DEVICE_VERSION_OUT ? MATCH_R_VERSION_OUTSIDE : MATCH_R_VERSION_UNKNOWN;
}

static void
say_unknown(struct match_result *r, const struct cause *why, const char *mode)
{
	if (why->unsaid)
		match_say(r->detail, "%s is affected, but the notice does not say clearly in which versions",
		    match_product_name(r->product));
	else if (why->component != NULL)
		match_say(r->detail, "%s: it depends on the version of %.60s; the list gives none that can be compared%s%s",
		    match_product_name(r->product), why->component, mode[0] != '\0' ? " for mode " : "", mode);
	else
		match_say(r->detail, "%s is affected in some versions; the list gives none that can be compared%s%s",
		    match_product_name(r->product), mode[0] != '\0' ? " for mode " : "", mode);
}

/* The device is affected when one mode is; only when all lie outside it is not. */
static void
roll_up(struct match_result *r, const struct match_mode *modes, const struct cause *why, size_t n)
{
	size_t outside = 0, affected = 0, unknown = n;

	for (size_t i = 0; i < n; i++) {
		outside += modes[i].answer == MATCH_NOT_AFFECTED;
		affected += modes[i].answer == MATCH_AFFECTED;
		if (modes[i].answer == MATCH_CANNOT_TELL)
			unknown = i;
	}
	if (r->answer != MATCH_AFFECTED || affected > 0)
		return;
	if (outside == n) {
		match_answer_set(r, MATCH_NOT_AFFECTED, MATCH_R_VERSION_OUTSIDE, r->confidence, r->product, r->part);
		match_say(r->detail, "%s, but no installed version%s%.60s lies in the affected ranges",
		    match_product_name(r->product), why[0].component != NULL ? " of " : "",
		    why[0].component != NULL ? why[0].component : "");
	} else if (unknown < n) {
		match_answer_set(r, MATCH_CANNOT_TELL, MATCH_R_VERSION_UNKNOWN, r->confidence / 2, r->product, r->part);
		say_unknown(r, &why[unknown], modes[unknown].mode);
	}
}

void
match_judge_modes(struct match_result *r, const struct notice *n, const struct match_query *q)
{
	const struct notice_product *p = r->product;
	const char *slots[DEVICE_MODES_MAX];
	struct match_mode modes[DEVICE_MODES_MAX];
	struct cause why[DEVICE_MODES_MAX];
	size_t n_slots;

	r->n_modes = 0;
	if (p == NULL || r->answer == MATCH_NOT_AFFECTED)
		return;
	n_slots = slots_of(p, q, slots);
	for (size_t i = 0; i < n_slots; i++)
		judge_mode(&modes[i], r, n, q, slots[i], &why[i]);
	if (p->modes.n > 0) {
		memcpy(r->modes, modes, n_slots * sizeof(modes[0]));
		r->n_modes = n_slots;
	}
	roll_up(r, modes, why, n_slots);
}

/* ---- one vulnerability ---- */

static void
say_why(struct match_vulnerability *out, const struct cause *why, const struct notice_product *p)
{
	const char *what = why->component != NULL ? why->component : match_product_name(p);

	if (why->unsaid)
		match_say(out->detail, "the notice does not say clearly which versions of %.60s have it", what);
	else if (why->range == NULL)
		match_say(out->detail, "%.60s", what);
	else if (why->version.len == 0)
		match_say(out->detail, "the list gives no version of %.60s; affected: %.60s", what, why->range);
	else
		match_say(out->detail, "%.50s %.*s; affected: %.60s", what, (int)(why->version.len < 30 ? why->version.len : 30),
		    why->version.p, why->range);
}

/* Does the device's identity, rather than its versions, leave it open? */
static bool
identity_open(const struct match_result *r)
{
	return r->answer == MATCH_CANNOT_TELL && r->reason != MATCH_R_VERSION_UNKNOWN;
}

void
match_judge_vulnerability(struct match_vulnerability *out, const struct match_result *r, const struct match_query *q,
    const struct notice_vulnerability *v)
{
	const char *slots[DEVICE_MODES_MAX];
	enum device_version_in in = DEVICE_VERSION_OUT;
	struct cause why = { .range = NULL };
	size_t n;

	memset(out, 0, sizeof(*out));
	out->vulnerability = v;
	out->answer = MATCH_NOT_AFFECTED;
	out->reason = r->reason;
	if (r->product == NULL) {
		out->answer = r->answer;
		(void)snprintf(out->detail, sizeof(out->detail), "%s", r->detail);
		return;
	}
	n = slots_of(r->product, q, slots);
	for (size_t i = 0; i < n; i++) {
		bool has_range = false;
		enum device_version_in base = in_ranges(r->product, slots[i], q, &has_range), one;
		struct cause one_why;

		base = has_range ? base : DEVICE_VERSION_IN;
		one = base == DEVICE_VERSION_OUT ? base : vulnerability_in(v, r->product, q, slots[i], base, &one_why);
		if (base == DEVICE_VERSION_OUT)
			one_why = (struct cause){ .range = r->product->versions[0].range };
		if (i == 0 || (one != in && either(one, in) == one))
			why = one_why;
		in = either(in, one);
	}
	say_why(out, &why, r->product);
	if (in == DEVICE_VERSION_OUT) {
		out->reason = MATCH_R_VERSION_OUTSIDE;
	} else if (in == DEVICE_VERSION_UNDECIDABLE || identity_open(r)) {
		out->answer = MATCH_CANNOT_TELL;
		out->reason = identity_open(r) ? r->reason : MATCH_R_VERSION_UNKNOWN;
	} else {
		out->answer = MATCH_AFFECTED;
	}
}
