/*
 * facts_sign [--challenge CODE] [--serial SN] [--mode MODE] [--collected TIME] [--key 0|1] [FACTS.json]: reads a facts object, sets what is said, writes the
 * signed fact file to standard output. An empty CODE, SN or MODE sets null. What it writes is as true or false as what it read: for tests.
 */
#include <stdio.h>
#include <string.h>

#include "../unit/facts_help.h"
#include "base/file.h"

struct options {
	const char *challenge, *serial, *mode, *collected, *key, *path;
};

static bool
take(struct options *o, const char *name, const char *value)
{
	const struct {
		const char *name;
		const char **to;
	} known[] = {
		{ "--challenge", &o->challenge },
		{ "--serial", &o->serial },
		{ "--mode", &o->mode },
		{ "--collected", &o->collected },
		{ "--key", &o->key },
	};
	for (size_t i = 0; i < FP_COUNT(known); i++) {
		if (strcmp(name, known[i].name) == 0) {
			*known[i].to = value;
			return true;
		}
	}
	return false;
}

static void
set(json_t *object, const char *key, const char *value)
{
	if (value != NULL) {
		(void)json_object_set_new(object, key, value[0] != '\0' ? json_string(value) : json_null());
	}
}

int
main(int argc, char **argv)
{
	struct options o = { .key = "0", .path = "-" };
	FP_AUTO(fp_buf_free) struct fp_buf in = { .max = 4 << 20 }, out = { .max = 4 << 20 };
	FP_JSON json_t *facts = NULL;
	struct fp_err err = { .msg = "" };
	for (int i = 1; i < argc; i++) {
		if (i + 1 < argc && take(&o, argv[i], argv[i + 1])) {
			i++;
		} else if (argv[i][0] != '-') {
			o.path = argv[i];
		} else {
			(void)fprintf(stderr, "facts_sign: '%s' is no option, or lacks its value\n", argv[i]);
			return 2;
		}
	}
	if (fp_file_read(&in, o.path, &err) != FP_OK || fp_json_parse(&facts, in.data, in.len, o.path, &err) != FP_OK) {
		(void)fprintf(stderr, "facts_sign: %s\n", err.msg);
		return 1;
	}
	set(facts, "challenge", o.challenge);
	set(facts, "collected", o.collected);
	set(json_object_get(facts, "stated"), "serial", o.serial);
	set(json_object_get(facts, "stated"), "mode", o.mode);
	if (!facts_help_sign(&out, facts, strcmp(o.key, "1") == 0) || fwrite(out.data, 1, out.len, stdout) != out.len) {
		(void)fprintf(stderr, "facts_sign: cannot write\n");
		return 1;
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
