/*
 * SSH-1: which algorithms does the server offer? Version strings are exchanged and the server's KEXINIT is read (RFC 4253, 4.2 and 7.1); then
 * the connection is closed: no key exchange, no log-on, no name. What is weak is data: assets/policy/ssh.json.
 */
#include "check/ssh.h"

#include <string.h>

#include "base/asset.h"
#include "base/json.h"
#include "check/probe.h"
#include "check/target.h"

enum { Q_HELLO = 1 };
#define POLICY_SIZE 400 /* bytes of the setting ssh-policy, the policy's id included */

static const char identification[] = "SSH-2.0-fieldproof\r\n";

static const struct check_ask asks[] = {
	{ Q_HELLO, "our version string; the server's version string and KEXINIT are read", "always" },
	{ 0, NULL, NULL },
};

/* ---- the server's first words ---- */

static bool
starts(const uint8_t *p, size_t len, const char *word)
{
	size_t n = strlen(word);
	return len >= n && memcmp(p, word, n) == 0;
}

/* The line that begins with "SSH-"; others may stand before it (RFC 4253, 4.2). *at moves behind it. */
static enum check_frame
line_find(struct ssh_hello *out, const uint8_t *p, size_t len, size_t *at)
{
	for (size_t from = 0; from < len && from < SSH_LINES_MAX; from = *at) {
		const uint8_t *end = memchr(p + from, '\n', len - from);
		size_t n = end != NULL ? (size_t)(end - (p + from)) : len - from;
		if (n >= SSH_LINE_MAX || memchr(p + from, '\0', n) != NULL) {
			return CHECK_FRAME_BROKEN;
		}
		if (end == NULL) {
			return CHECK_FRAME_MORE;
		}
		*at = from + n + 1;
		if (starts(p + from, n, "SSH-")) {
			n -= p[from + n - 1] == '\r';
			memcpy(out->version, p + from, n);
			out->version[n] = '\0';
			return CHECK_FRAME_WHOLE;
		}
	}
	return len < SSH_LINES_MAX ? CHECK_FRAME_MORE : CHECK_FRAME_BROKEN;
}

/* RFC 4251, 5: names of 1 to 64 printable US-ASCII characters between commas. */
static bool
names_take(struct ssh_names *out, struct fp_cur *c)
{
	size_t n = fp_cur_be32(c);
	const uint8_t *p = fp_cur_take(c, n);
	size_t run = 0;
	if (p == NULL) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		run = p[i] == ',' ? 0 : run + 1;
		if (p[i] <= ' ' || p[i] > '~' || run > 64 || (p[i] == ',' && (i == 0 || p[i - 1] == ',' || i + 1 == n))) {
			return false;
		}
	}
	*out = (struct ssh_names){ (const char *)p, n };
	return true;
}

static enum check_frame
kexinit_read(struct ssh_hello *out, const uint8_t *p, size_t len)
{
	struct fp_cur c = fp_cur_make(p, len);
	(void)fp_cur_take(&c, 16);
	for (int i = 0; i < SSH_LISTS; i++) {
		if (!names_take(&out->lists[i], &c)) {
			return CHECK_FRAME_BROKEN;
		}
	}
	(void)fp_cur_u8(&c);
	(void)fp_cur_be32(&c);
	/* Without an algorithm of each of the first four kinds nobody could connect: then it is no offer. */
	for (int i = 0; i < 4; i++) {
		if (out->lists[i].len == 0) {
			return CHECK_FRAME_BROKEN;
		}
	}
	return c.bad || fp_cur_left(&c) != 0 ? CHECK_FRAME_BROKEN : CHECK_FRAME_WHOLE;
}

/* Packets before the first KEXINIT may only be those that say nothing. */
static enum check_frame
packets_read(struct ssh_hello *out, const uint8_t *p, size_t len)
{
	enum { DISCONNECT = 1, IGNORE = 2, DEBUG = 4, KEXINIT = 20 };
	struct fp_cur c = fp_cur_make(p, len);
	for (;;) {
		size_t n = fp_cur_be32(&c);
		if (c.bad) {
			return CHECK_FRAME_MORE;
		}
		if (n < 12 || n > SSH_PACKET_MAX || (n + 4) % 8 != 0) {
			return CHECK_FRAME_BROKEN;
		}
		const uint8_t *q = fp_cur_take(&c, n);
		if (q == NULL) {
			return CHECK_FRAME_MORE;
		}
		if (q[0] < 4 || (size_t)q[0] + 2 > n) {
			return CHECK_FRAME_BROKEN;
		}
		if (q[1] == KEXINIT) {
			return kexinit_read(out, q + 2, n - 2 - q[0]);
		}
		out->disconnected = q[1] == DISCONNECT;
		if (out->disconnected) {
			return CHECK_FRAME_WHOLE;
		}
		if (q[1] != IGNORE && q[1] != DEBUG) {
			return CHECK_FRAME_BROKEN;
		}
	}
}

enum check_frame
ssh_hello_read(struct ssh_hello *out, const uint8_t *p, size_t len)
{
	size_t at = 0;
	memset(out, 0, sizeof(*out));
	enum check_frame f = line_find(out, p, len, &at);
	if (f != CHECK_FRAME_WHOLE) {
		return f;
	}
	const uint8_t *v = (const uint8_t *)out->version;
	size_t n = strlen(out->version);
	bool both = starts(v, n, "SSH-1.99-");
	out->protocol1 = starts(v, n, "SSH-1.");
	if (!both && !starts(v, n, "SSH-2.0-")) {
		return out->protocol1 ? CHECK_FRAME_WHOLE : CHECK_FRAME_BROKEN;
	}
	return packets_read(out, p + at, len - at);
}

static enum check_frame
hello_frame(const uint8_t *p, size_t len)
{
	struct ssh_hello h;
	return ssh_hello_read(&h, p, len);
}

/* ---- the probe ---- */

static int
ssh_next(const struct evidence_obs *obs)
{
	return check_asked(obs, Q_HELLO) ? 0 : Q_HELLO;
}

static enum fp_status
ssh_make(struct check_step *out, int number, const struct evidence_obs *obs, struct fp_err *err)
{
	char host[CHECK_HOST_MAX];
	*out = (struct check_step){ .number = number, .wire = CHECK_WIRE_TCP, .connect_ms = 3000, .wait_ms = 3000 };
	out->max_reply = SSH_LINES_MAX + 2 * SSH_PACKET_MAX;
	out->frame = hello_frame;
	if (!check_target_split(host, sizeof(host), &out->port, obs->target)) {
		return fp_fail(err, FP_EINVAL, "'%s' is no address of an SSH server", obs->target);
	}
	out->len = sizeof(identification) - 1;
	memcpy(out->bytes, identification, out->len);
	return FP_OK;
}

const struct check_steps check_ssh_steps = { asks, ssh_next, ssh_make };

/* ---- the policy ---- */

static void
policies_read(json_t **out)
{
	const struct fp_asset *a = fp_asset_find("policy/ssh.json");
	if (a == NULL || fp_json_parse(out, a->data, a->len, "policy/ssh.json", NULL) != FP_OK) {
		*out = NULL;
	}
}

/* "+name" or "-name" between commas; nothing else. */
static bool
changes_fit(const char *s)
{
	while (*s != '\0') {
		size_t n = strcspn(s, ",");
		if (n < 2 || n > 65 || (*s != '+' && *s != '-') || (s[n] == ',' && s[n + 1] == '\0')) {
			return false;
		}
		for (size_t i = 1; i < n; i++) {
			if (s[i] <= ' ' || s[i] > '~') {
				return false;
			}
		}
		s += n + (s[n] == ',');
	}
	return true;
}

bool
check_ssh_policy_make(char *out, size_t size, const char *value)
{
	FP_AUTO(fp_json_freep) json_t *all = NULL;
	policies_read(&all);
	const char *id = json_string_value(json_object_get(json_array_get(json_object_get(all, "policies"), 0), "id"));
	if (id == NULL || (value != NULL && (!changes_fit(value) || strlen(id) + strlen(value) + 1 >= POLICY_SIZE))) {
		return false;
	}
	return (size_t)snprintf(out, size, "%s%s%s", id, value != NULL ? "," : "", value != NULL ? value : "") < size;
}

/* The policy that was in force when the server was asked, and what the site changed in it. */
struct policy {
	json_t *all; /* owner */
	const json_t *rules;
	char id[40];
	const char *changes; /* "" or "+name,-name" */
};

static void
policy_free(struct policy *p)
{
	fp_json_freep(&p->all);
}

static bool
policy_of(struct policy *out, const struct evidence_obs *obs)
{
	size_t i = 0;
	json_t *one = NULL;
	const char *setting = evidence_obs_param_get(obs, "ssh-policy");
	policies_read(&out->all);
	const json_t *list = json_object_get(out->all, "policies");
	const char *first = json_string_value(json_object_get(json_array_get(list, 0), "id"));
	setting = setting != NULL ? setting : first != NULL ? first : "";
	size_t n = strcspn(setting, ",");
	(void)snprintf(out->id, sizeof(out->id), "%.*s", (int)(n < 39 ? n : 39), setting);
	out->changes = setting[n] == ',' ? setting + n + 1 : "";
	json_array_foreach(list, i, one)
	{
		const char *id = json_string_value(json_object_get(one, "id"));
		if (id != NULL && strcmp(id, out->id) == 0) {
			out->rules = json_object_get(one, "rules");
		}
	}
	return out->rules != NULL && changes_fit(out->changes);
}

static bool
fits(const char *pattern, const char *name, size_t n)
{
	size_t m = strlen(pattern);
	if (m > 0 && pattern[0] == '*') {
		return n >= m - 1 && memcmp(name + n - (m - 1), pattern + 1, m - 1) == 0;
	}
	if (m > 0 && pattern[m - 1] == '*') {
		return n >= m - 1 && memcmp(name, pattern, m - 1) == 0;
	}
	return n == m && memcmp(name, pattern, n) == 0;
}

static bool
list_holds(const struct ssh_names *l, const char *name)
{
	for (size_t at = 0; at < l->len;) {
		const char *comma = memchr(l->names + at, ',', l->len - at);
		size_t n = comma != NULL ? (size_t)(comma - (l->names + at)) : l->len - at;
		if (fits(name, l->names + at, n)) {
			return true;
		}
		at += n + 1;
	}
	return false;
}

enum grade { ALLOWED, DISCOURAGED, BANNED };

static enum grade
grade_of(const struct policy *p, const struct ssh_hello *h, const char *kind, const char *name, size_t n)
{
	size_t i = 0, k = 0;
	json_t *rule = NULL, *pattern = NULL;
	for (const char *s = p->changes; *s != '\0';) {
		size_t len = strcspn(s, ",");
		if (len - 1 == n && memcmp(s + 1, name, n) == 0) {
			return *s == '+' ? ALLOWED : BANNED;
		}
		s += len + (s[len] == ',');
	}
	json_array_foreach(p->rules, i, rule)
	{
		const char *of = json_string_value(json_object_get(rule, "kind"));
		const char *grade = json_string_value(json_object_get(rule, "grade"));
		const char *unless = json_string_value(json_object_get(rule, "unless_kex"));
		if (of == NULL || grade == NULL || strcmp(of, kind) != 0 ||
		    (unless != NULL && list_holds(&h->lists[SSH_KEX], unless))) {
			continue;
		}
		json_array_foreach(json_object_get(rule, "names"), k, pattern)
		{
			if (fits(json_string_value(pattern), name, n)) {
				return strcmp(grade, "banned") == 0 ? BANNED : DISCOURAGED;
			}
		}
	}
	return ALLOWED;
}

/* ---- the judge ---- */

static const struct {
	const char *kind;       /* as the policy says */
	const char *said;       /* in the detail */
	enum ssh_list from, to; /* its one or two lists */
} kinds[] = {
	{ "kex", "key exchange", SSH_KEX, SSH_KEX },
	{ "hostkey", "host key", SSH_HOSTKEY, SSH_HOSTKEY },
	{ "cipher", "cipher", SSH_CIPHER_IN, SSH_CIPHER_OUT },
	{ "mac", "MAC", SSH_MAC_IN, SSH_MAC_OUT },
	{ "compression", "compression", SSH_COMPRESSION_IN, SSH_COMPRESSION_OUT },
};

struct found {
	char text[200]; /* "cipher 3des-cbc, MAC hmac-md5" */
	size_t n, left_out;
};

static void
found_add(struct found *f, const char *said, const char *name, size_t n)
{
	size_t used = strlen(f->text), room = sizeof(f->text) - used;
	f->n++;
	if (n + strlen(said) + 4 > room || f->left_out > 0) {
		f->left_out++;
		return;
	}
	(void)snprintf(f->text + used, room, "%s%s %.*s", used > 0 ? ", " : "", said, (int)n, name);
}

/* The algorithms of that grade; one that is offered in both directions counts once. */
static void
found_fill(struct found *out, const struct policy *p, const struct ssh_hello *h, enum grade grade)
{
	memset(out, 0, sizeof(*out));
	for (size_t k = 0; k < FP_COUNT(kinds); k++) {
		for (enum ssh_list l = kinds[k].from; l <= kinds[k].to; l++) {
			const struct ssh_names *names = &h->lists[l];
			for (size_t at = 0; at < names->len;) {
				const char *name = names->names + at;
				const char *comma = memchr(name, ',', names->len - at);
				size_t n = comma != NULL ? (size_t)(comma - name) : names->len - at;
				char word[80];
				(void)snprintf(word, sizeof(word), "%.*s", (int)n, name);
				bool again = l != kinds[k].from && list_holds(&h->lists[kinds[k].from], word);
				if (!again && grade_of(p, h, kinds[k].kind, name, n) == grade) {
					found_add(out, kinds[k].said, name, n);
				}
				at += n + 1;
			}
		}
	}
}

static void
say_found(struct evidence_verdict *out, const char *reason, const struct policy *p, const struct found *f)
{
	char more[32] = "";
	if (f->left_out > 0) {
		(void)snprintf(more, sizeof(more), " and %zu more", f->left_out);
	}
	check_say(
	    out, reason, "policy %s%s: %s%s", p->id, p->changes[0] != '\0' ? " with changes of the site" : "", f->text, more);
}

void
check_ssh1_judge(struct evidence_verdict *out, const struct evidence_obs *obs)
{
	char detail[200];
	size_t len = 0;
	struct ssh_hello h;
	struct found found;
	FP_AUTO(policy_free) struct policy p = { .all = NULL };
	const char *trouble = check_trouble(detail, sizeof(detail), obs, Q_HELLO);
	const uint8_t *bytes = check_reply(obs, Q_HELLO, &len);
	enum check_frame f = ssh_hello_read(&h, bytes, len);
	if (h.protocol1) {
		check_say(out, "protocol-1", "the server says %.100s", h.version);
	} else if (bytes == NULL || (f == CHECK_FRAME_MORE && trouble != NULL)) {
		check_say(out, trouble != NULL ? trouble : "not-the-protocol", "%s", detail);
	} else if (f != CHECK_FRAME_WHOLE || trouble != NULL) {
		check_say(out, "not-the-protocol", "no version string and list of algorithms as SSH has them");
	} else if (h.disconnected) {
		check_say(out, "closed-early", "%.100s ended the connection before it told its algorithms", h.version);
	} else if (!policy_of(&p, obs)) {
		check_say(out, "policy-unknown", "policy '%s' is not in this program", p.id);
	} else if (found_fill(&found, &p, &h, BANNED), found.n > 0) {
		say_found(out, "banned-offered", &p, &found);
	} else if (found_fill(&found, &p, &h, DISCOURAGED), found.n > 0) {
		say_found(out, "discouraged-offered", &p, &found);
	} else {
		(void)snprintf(found.text, sizeof(found.text), "nothing of it is offered by %.100s", h.version);
		say_found(out, "allowed-only", &p, &found);
	}
}

const struct evidence_reason check_ssh1_reasons[] = {
	{ "allowed-only", EVIDENCE_PASS, N_("The server offers only algorithms that the policy allows."), "" },
	{ "discouraged-offered", EVIDENCE_PASS,
	    N_("The server offers no banned algorithm. Some that it offers are on their way out."), "" },
	{ "banned-offered", EVIDENCE_FAIL, N_("The server offers algorithms that the policy bans."), "" },
	{ "protocol-1", EVIDENCE_FAIL, N_("The server offers version 1 of SSH, which is broken."), "" },
	{ "policy-unknown", EVIDENCE_UNKNOWN, N_("The policy that this answer was to be judged by is not in this program."),
	    "newer-program" },
	CHECK_TROUBLES,
	{ NULL, EVIDENCE_UNKNOWN, NULL, NULL },
};
