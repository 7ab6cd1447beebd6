#include "collect/run.h"
#include "collect/say.h"

#include <stdio.h>
#include <string.h>

static const char *
indent(struct collect_arena *a, const char *member)
{
	return collect_text(a, "  %-12s", member);
}

/* All that will be touched, before any of it is. */
static void
say_what(const struct collect *c)
{
	collect_say("This will be read, and nothing of it changed:\n");
	for (const struct collect_reader *r = collect_readers(); r->member != NULL; r++)
		collect_say("%s%s\n", indent(c->arena, r->member), r->what);
	for (size_t i = 0; c->o->others[i] != NULL; i++)
		collect_say("%sanother boot mode's settings below %s\n", indent(c->arena, "offline"), c->o->others[i]);
	collect_say("Never read or kept: names of patients, runs and files, user names beyond service accounts, passwords, "
		    "command lines.\n");
	collect_say("This will be written: %s, and on first use the key %s.\n", c->o->out, c->o->key);
}

static bool
go_on(void)
{
	char answer[16];

	collect_say("Go on? [Y/n] ");
	(void)fflush(stdout);
	if (fgets(answer, sizeof(answer), stdin) == NULL)
		return false;
	return answer[0] == 'y' || answer[0] == 'Y' || answer[0] == '\n' || answer[0] == '\r';
}

static void
read_others(struct collect *c)
{
	struct collect_value *list = collect_list(c->arena);

	for (size_t i = 0; c->o->others[i] != NULL; i++) {
		struct collect_value *facts = collect_offline(c, c->o->others[i]);

		if (facts != NULL)
			collect_add(list, facts);
	}
	if (c->o->others[0] != NULL) {
		collect_sort(list);
		collect_put(c->facts, "offline", list);
	}
}

static void
say_end(const struct collect *c)
{
	size_t n = collect_count(c->unknown);

	for (size_t i = 0; i < n; i++) {
		const struct collect_value *one = collect_at(c->unknown, i);

		collect_say("%s%s: %s\n", i == 0 ? "Could not be read, and is marked as unknown:\n  " : "  ",
		    collect_as_text(collect_get(one, "fact")), collect_as_text(collect_get(one, "why")));
	}
	if (n > 0 && !collect_elevated())
		collect_say("With administrator rights more can be read.\n");
	collect_say("Written: %s\n", c->o->out);
}

static int
collect(const struct collect_options *o, struct collect_arena *a)
{
	struct collect c = { .o = o, .arena = a, .facts = collect_object(a), .unknown = collect_list(a) };
	int status;

	if (!o->quiet)
		say_what(&c);
	if (!o->yes && collect_on_terminal() && !go_on()) {
		collect_say("Nothing was read.\n");
		return 1;
	}
#ifdef _WIN32
	collect_head(&c, "windows", "running");
#else
	collect_head(&c, "linux", "running");
#endif
	for (const struct collect_reader *r = collect_readers(); r->member != NULL; r++)
		r->read(&c);
	read_others(&c);
	status = collect_write(&c);
	if (status == 0 && !o->quiet)
		say_end(&c);
	return status;
}

int
collect_main(int argc, char **argv)
{
	struct collect_arena *a = collect_arena_new();
	struct collect_options o;
	int status = 0;

	switch (collect_options_read(&o, argc, argv, a)) {
	case COLLECT_WRONG:
		status = 2;
		break;
	case COLLECT_HELP:
		collect_say("%s", collect_help);
		break;
	case COLLECT_VERSION:
		collect_say("fieldproof-collect %s\n", FP_VERSION);
		break;
	case COLLECT_RUN:
		collect_options_places(&o, collect_time_text(a, collect_now()), a);
		status = collect(&o, a);
		break;
	}
	collect_arena_free(a);
	return status;
}
