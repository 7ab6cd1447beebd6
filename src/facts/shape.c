/* The members of a facts object as tables: what assets/schema/facts.schema.json says, which a test compares. */
#include <string.h>

#include "facts/facts.h"
#include "facts/facts_int.h"

#define WORDS(...)                                                                                                               \
	.words = (const char *const[])                                                                                           \
	{                                                                                                                        \
		__VA_ARGS__, NULL                                                                                                \
	}
#define END                                                                                                                      \
	{                                                                                                                        \
		.name = NULL                                                                                                     \
	}
/* Must stand there and may be null; must stand there and say something; may be left out or be null. */
#define MAY(n, t, ...)                                                                                                           \
	{                                                                                                                        \
		.name = (n), .type = (t), .nullable = true, .required = true, __VA_ARGS__                                        \
	}
#define MUST(n, t, ...)                                                                                                          \
	{                                                                                                                        \
		.name = (n), .type = (t), .required = true, __VA_ARGS__                                                          \
	}
#define OPT(n, t, ...)                                                                                                           \
	{                                                                                                                        \
		.name = (n), .type = (t), .nullable = true, __VA_ARGS__                                                          \
	}
#define LIST_OF(members, n) .of = &(const struct facts_shape)MUST("", FACTS_OBJECT, .of = (members)), .max = (n)
#define LIST_OF_PLAIN(type, n) .of = &(const struct facts_shape)MUST("", type, ), .max = (n)

static const struct facts_shape root;

static const struct facts_shape stated[] = {
	MAY("serial", FACTS_TEXT, ),
	MAY("mode", FACTS_TEXT, ),
	END,
};

static const struct facts_shape host[] = {
	MAY("name", FACTS_TEXT, ),
	MAY("os", FACTS_TEXT, ),
	MAY("build", FACTS_TEXT, ),
	MAY("machine_id", FACTS_TEXT, ),
	MAY("volume_serial", FACTS_TEXT, ),
	MAY("system_id", FACTS_TEXT, ),
	END,
};

static const struct facts_shape software[] = {
	MUST("name", FACTS_TEXT, ),
	MAY("version", FACTS_TEXT, ),
	OPT("publisher", FACTS_TEXT, ),
	OPT("arch", FACTS_TEXT, ),
	END,
};

static const struct facts_shape services[] = {
	MUST("name", FACTS_TEXT, ),
	OPT("display", FACTS_TEXT, ),
	MAY("state", FACTS_WORD, WORDS("running", "stopped", "other")),
	MAY("start", FACTS_WORD, WORDS("boot", "system", "auto", "manual", "disabled")),
	OPT("image", FACTS_TEXT, ),
	OPT("image_sha256", FACTS_TEXT, ),
	OPT("image_version", FACTS_TEXT, ),
	OPT("pid", FACTS_INT, ),
	MAY("account", FACTS_TEXT, ),
	OPT("sid", FACTS_TEXT, ),
	OPT("caps", FACTS_TEXT, ),
	END,
};

static const struct facts_shape accounts[] = {
	MAY("sid", FACTS_TEXT, ),
	MAY("name", FACTS_TEXT, ),
	MAY("groups", FACTS_LIST, LIST_OF_PLAIN(FACTS_TEXT, 1000)),
	MAY("administrator", FACTS_BOOL, ),
	MUST("complete", FACTS_BOOL, ),
	END,
};

static const struct facts_shape processes[] = {
	MUST("pid", FACTS_INT, ),
	MAY("image", FACTS_TEXT, ),
	OPT("image_sha256", FACTS_TEXT, ),
	OPT("image_version", FACTS_TEXT, ),
	OPT("sid", FACTS_TEXT, ),
	OPT("administrator", FACTS_BOOL, ),
	OPT("elevated", FACTS_BOOL, ),
	OPT("integrity", FACTS_WORD, WORDS("low", "medium", "high", "system")),
	OPT("caps", FACTS_TEXT, ),
	END,
};

static const struct facts_shape listeners[] = {
	MUST("protocol", FACTS_WORD, WORDS("tcp", "udp")),
	MUST("address", FACTS_TEXT, ),
	MUST("port", FACTS_INT, .max = 65535),
	MAY("pid", FACTS_INT, ),
	MUST("scope", FACTS_WORD, WORDS("loopback", "network")),
	END,
};

static const struct facts_shape http_urls[] = {
	MUST("url", FACTS_TEXT, ),
	MUST("scope", FACTS_WORD, WORDS("loopback", "network")),
	END,
};

static const struct facts_shape profile[] = {
	MAY("enabled", FACTS_BOOL, ),
	MAY("inbound", FACTS_WORD, WORDS("block", "allow")),
	MUST("source", FACTS_TEXT, ),
	END,
};

static const struct facts_shape profiles[] = {
	MAY("domain", FACTS_OBJECT, .of = profile),
	MAY("private", FACTS_OBJECT, .of = profile),
	MAY("public", FACTS_OBJECT, .of = profile),
	END,
};

static const struct facts_shape third_party[] = {
	MUST("name", FACTS_TEXT, ),
	MAY("enabled", FACTS_BOOL, ),
	END,
};

static const struct facts_shape firewall[] = {
	MAY("service", FACTS_WORD, WORDS("running", "stopped", "absent")),
	OPT("profiles", FACTS_OBJECT, .of = profiles),
	OPT("third_party", FACTS_LIST, LIST_OF(third_party, 100)),
	OPT("tables", FACTS_LIST, LIST_OF_PLAIN(FACTS_TEXT, 1000)),
	OPT("input_policy", FACTS_WORD, WORDS("accept", "drop")),
	END,
};

/* A setting as it is in force: stated, or the default of the build. */
static const struct facts_shape setting[] = {
	MAY("value", FACTS_BOOL, ),
	MUST("stated", FACTS_BOOL, ),
	MUST("source", FACTS_TEXT, ),
	END,
};
#define SETTING(n)                                                                                                               \
	{                                                                                                                        \
		.name = (n), .type = FACTS_OBJECT, .of = setting                                                                 \
	}

static const struct facts_shape hardened_paths[] = {
	MUST("path", FACTS_TEXT, ),
	MUST("mutual", FACTS_BOOL, ),
	MUST("integrity", FACTS_BOOL, ),
	MUST("privacy", FACTS_BOOL, ),
	END,
};

static const struct facts_shape smb_client[] = {
	SETTING("signing_required"),
	SETTING("encryption_required"),
	OPT("smb1_driver", FACTS_WORD, WORDS("absent", "disabled", "enabled")),
	OPT("hardened_paths", FACTS_LIST, LIST_OF(hardened_paths, 1000)),
	SETTING("insecure_guest"),
	SETTING("plain_text_password"),
	END,
};

static const struct facts_shape shares[] = {
	MUST("name", FACTS_TEXT, ),
	MAY("encryption_required", FACTS_BOOL, ),
	END,
};

static const struct facts_shape smb_server[] = {
	MAY("running", FACTS_BOOL, ),
	SETTING("smb1"),
	SETTING("signing_required"),
	SETTING("encryption_required"),
	SETTING("unencrypted_rejected"),
	OPT("shares", FACTS_LIST, LIST_OF(shares, 5000)),
	END,
};

static const struct facts_shape mounts[] = {
	MUST("type", FACTS_TEXT, ),
	MUST("source", FACTS_TEXT, ),
	MUST("options", FACTS_MAP, .max = 1000),
	END,
};

static const struct facts_shape clients[] = {
	MUST("client", FACTS_TEXT, ),
	MUST("sec", FACTS_LIST, LIST_OF_PLAIN(FACTS_TEXT, 20)),
	MUST("xprtsec", FACTS_LIST, LIST_OF_PLAIN(FACTS_TEXT, 20)),
	END,
};

static const struct facts_shape exports[] = {
	MUST("path", FACTS_TEXT, ),
	MUST("clients", FACTS_LIST, LIST_OF(clients, 1000)),
	END,
};

static const struct facts_shape device_id[] = {
	MUST("firmware", FACTS_TEXT, ),
	MUST("manufacturer", FACTS_INT, ),
	MUST("product", FACTS_INT, ),
	MUST("ipmi", FACTS_TEXT, ),
	{ .name = "device", .type = FACTS_INT },
	OPT("aux", FACTS_TEXT, ),
	END,
};

static const struct facts_shape channels[] = {
	MUST("number", FACTS_INT, ),
	MAY("medium", FACTS_TEXT, ),
	MAY("access", FACTS_WORD, WORDS("disabled", "pre-boot", "always", "shared")),
	OPT("privilege_limit", FACTS_INT, ),
	OPT("per_message_auth", FACTS_BOOL, ),
	OPT("user_auth", FACTS_BOOL, ),
	END,
};

static const struct facts_shape lan[] = {
	MUST("channel", FACTS_INT, ),
	OPT("auth_enables", FACTS_LIST, LIST_OF_PLAIN(FACTS_INT, 5)),
	OPT("cipher_suites", FACTS_LIST, LIST_OF_PLAIN(FACTS_INT, 16)),
	OPT("cipher_privileges", FACTS_LIST, LIST_OF_PLAIN(FACTS_INT, 16)),
	OPT("address", FACTS_TEXT, ),
	OPT("mac", FACTS_TEXT, ),
	END,
};

static const struct facts_shape users[] = {
	MUST("channel", FACTS_INT, ),
	MUST("id", FACTS_INT, ),
	OPT("name_empty", FACTS_BOOL, ),
	MAY("enabled", FACTS_BOOL, ),
	MAY("privilege", FACTS_INT, ),
	OPT("ipmi", FACTS_BOOL, ),
	END,
};

static const struct facts_shape bmc[] = {
	MAY("present", FACTS_BOOL, ),
	OPT("device_id", FACTS_OBJECT, .of = device_id),
	OPT("channels", FACTS_LIST, LIST_OF(channels, 16)),
	OPT("lan", FACTS_LIST, LIST_OF(lan, 16)),
	OPT("users", FACTS_LIST, LIST_OF(users, 64)),
	END,
};

static const struct facts_shape unknown[] = {
	MUST("fact", FACTS_TEXT, ),
	MUST("why", FACTS_TEXT, ),
	END,
};

static const struct facts_shape members[] = {
	MUST("collector", FACTS_TEXT, ),
	MUST("platform", FACTS_WORD, WORDS("windows", "linux")),
	MUST("collected", FACTS_TIME, ),
	MAY("challenge", FACTS_TEXT, ),
	MUST("stated", FACTS_OBJECT, .of = stated),
	MUST("source", FACTS_WORD, WORDS("running", "offline")),
	MUST("elevated", FACTS_BOOL, ),
	MUST("host", FACTS_OBJECT, .of = host),
	OPT("software", FACTS_LIST, LIST_OF(software, 20000)),
	OPT("services", FACTS_LIST, LIST_OF(services, 20000)),
	OPT("accounts", FACTS_LIST, LIST_OF(accounts, 20000)),
	OPT("processes", FACTS_LIST, LIST_OF(processes, 20000)),
	OPT("listeners", FACTS_LIST, LIST_OF(listeners, 20000)),
	OPT("http_urls", FACTS_LIST, LIST_OF(http_urls, 20000)),
	OPT("firewall", FACTS_OBJECT, .of = firewall),
	OPT("smb_client", FACTS_OBJECT, .of = smb_client),
	OPT("smb_server", FACTS_OBJECT, .of = smb_server),
	OPT("mounts", FACTS_LIST, LIST_OF(mounts, 5000)),
	OPT("exports", FACTS_LIST, LIST_OF(exports, 5000)),
	OPT("bmc", FACTS_OBJECT, .of = bmc),
	{ .name = "offline", .type = FACTS_LIST, .of = &root, .max = FACTS_PARTS_MAX - 1 },
	MUST("unknown", FACTS_LIST, LIST_OF(unknown, 1000)),
	END,
};

static const struct facts_shape root = MUST("", FACTS_OBJECT, .of = members);
static const struct facts_shape map_value = { .name = "", .type = FACTS_TEXT };

const struct facts_shape *
facts_shape(void)
{
	return &root;
}

const struct facts_shape *
facts_shape_member(const struct facts_shape *object, const char *name, size_t len)
{
	if (object->type == FACTS_MAP) {
		return &map_value;
	}
	for (const struct facts_shape *m = object->type == FACTS_OBJECT ? object->of : NULL; m != NULL && m->name != NULL; m++) {
		if (strlen(m->name) == len && memcmp(m->name, name, len) == 0) {
			return m;
		}
	}
	return NULL;
}

/* ---- does a value fit ---- */

#define TEXT_MAX 1024 /* characters, as the schema counts */
#define PLACE_MAX 160

static const char *const type_words[] = {
	[FACTS_TEXT] = "a text",
	[FACTS_WORD] = "a text",
	[FACTS_TIME] = "a time like 2026-11-21T09:30:00Z",
	[FACTS_BOOL] = "true or false",
	[FACTS_INT] = "a whole number",
	[FACTS_LIST] = "a list",
	[FACTS_OBJECT] = "an object",
	[FACTS_MAP] = "an object of texts",
};

static size_t
characters(const char *s, size_t len)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++) {
		n += ((unsigned char)s[i] & 0xC0) != 0x80;
	}
	return n;
}

static bool
is_time(const char *s)
{
	static const char like[] = "dddd-dd-ddTdd:dd:ddZ";
	fp_time t;
	for (size_t i = 0; i < sizeof(like); i++) {
		if (like[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != like[i]) {
			return false;
		}
	}
	return fp_time_parse(&t, s, NULL) == FP_OK;
}

static bool
is_word(const struct facts_shape *s, const char *text)
{
	size_t i = 0;
	while (s->words[i] != NULL && strcmp(s->words[i], text) != 0) {
		i++;
	}
	return s->words[i] != NULL;
}

static enum fp_status
text_fits(const struct facts_shape *s, const json_t *j, const char *place, struct fp_err *err)
{
	const char *text = json_string_value(j);
	if (characters(text, json_string_length(j)) > TEXT_MAX) {
		return fp_fail(err, FP_ELIMIT, "%s has more than %d characters", place, TEXT_MAX);
	}
	if (s->type == FACTS_TIME && !is_time(text)) {
		return fp_fail(err, FP_EINVAL, "%s must be %s", place, type_words[FACTS_TIME]);
	}
	if (s->type == FACTS_WORD && !is_word(s, text)) {
		return fp_fail(
		    err, FP_EUNSUPPORTED, "%s says '%.60s', which this program does not know; a newer one may", place, text);
	}
	return FP_OK;
}

static enum fp_status
list_fits(const struct facts_shape *s, const json_t *j, const char *place, struct fp_err *err)
{
	char at[PLACE_MAX];
	if (json_array_size(j) > s->max) {
		return fp_fail(err, FP_ELIMIT, "%s has %zu elements; the limit is %zu", place, json_array_size(j), s->max);
	}
	for (size_t i = 0; i < json_array_size(j); i++) {
		(void)snprintf(at, sizeof(at), "%.120s[%zu]", place, i);
		enum fp_status st = facts_fits(s->of, json_array_get(j, i), at, err);
		if (st != FP_OK) {
			return st;
		}
	}
	return FP_OK;
}

static enum fp_status
object_fits(const struct facts_shape *s, const json_t *j, const char *place, struct fp_err *err)
{
	const char *dot = place[0] != '\0' ? "." : "";
	char at[PLACE_MAX];
	if (s->type == FACTS_MAP && json_object_size(j) > s->max) {
		return fp_fail(err, FP_ELIMIT, "%s has %zu members; the limit is %zu", place, json_object_size(j), s->max);
	}
	for (const struct facts_shape *m = s->type == FACTS_OBJECT ? s->of : NULL; m != NULL && m->name != NULL; m++) {
		if (m->required && json_object_get(j, m->name) == NULL) {
			return fp_fail(err, FP_EINVAL, "%s%s%s is missing", place, dot, m->name);
		}
	}
	for (void *i = json_object_iter((json_t *)j); i != NULL; i = json_object_iter_next((json_t *)j, i)) {
		const char *key = json_object_iter_key(i);
		const struct facts_shape *m = facts_shape_member(s, key, strlen(key));
		(void)snprintf(at, sizeof(at), "%.100s%s%.50s", place, dot, key);
		if (m == NULL) {
			return fp_fail(
			    err, FP_EUNSUPPORTED, "%s is a member that this program does not know; a newer one may", at);
		}
		enum fp_status st = facts_fits(m, json_object_iter_value(i), at, err);
		if (st != FP_OK) {
			return st;
		}
	}
	return FP_OK;
}

static bool
type_fits(enum facts_type t, const json_t *j)
{
	switch (t) {
	case FACTS_BOOL:
		return json_is_boolean(j);
	case FACTS_INT:
		return json_is_integer(j);
	case FACTS_LIST:
		return json_is_array(j);
	case FACTS_OBJECT:
	case FACTS_MAP:
		return json_is_object(j);
	default:
		return json_is_string(j);
	}
}

enum fp_status
facts_fits(const struct facts_shape *s, const json_t *j, const char *place, struct fp_err *err)
{
	if (json_is_null(j) && s->nullable) {
		return FP_OK;
	}
	if (!type_fits(s->type, j)) {
		return fp_fail(err, FP_EINVAL, "%s must be %s%s", place[0] != '\0' ? place : "facts", type_words[s->type],
		    s->nullable ? " or null" : "");
	}
	switch (s->type) {
	case FACTS_LIST:
		return list_fits(s, j, place, err);
	case FACTS_OBJECT:
	case FACTS_MAP:
		return object_fits(s, j, place, err);
	case FACTS_INT:
		if (s->max != 0 && (json_integer_value(j) < 0 || json_integer_value(j) > (json_int_t)s->max)) {
			return fp_fail(err, FP_EINVAL, "%s must be 0 to %zu", place, s->max);
		}
		return FP_OK;
	case FACTS_BOOL:
		return FP_OK;
	default:
		return text_fits(s, j, place, err);
	}
}
