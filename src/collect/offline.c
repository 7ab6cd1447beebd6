/* The Windows of another boot mode, read from its registry hives where its volume is mounted. */
#include "collect/facts_windows.h"

/* All that the other system's facts need, apart from the running one's. The mode that a person stated is the running one's. */
static struct collect_value *
read_facts(struct collect *c, struct collect_from *from)
{
	struct collect_options o = *c->o;
	struct collect other = {
		.o = &o, .arena = c->arena, .facts = collect_object(c->arena), .unknown = collect_list(c->arena)
	};

	o.mode = NULL;
	collect_head(&other, "windows", "offline");
	collect_from_registry(&other, from);
	for (const struct collect_windows_reader *r = collect_windows_readers; r->member != NULL; r++)
		r->read(&other, from);
	collect_sort(other.unknown);
	collect_put(other.facts, "unknown", other.unknown);
	return other.facts;
}

static enum collect_reg_answer
root_of(struct collect *c, struct collect_registry *r, const char *hive)
{
	char **names;
	size_t n;

	return r->names(r, hive, "", false, &names, &n, c->arena);
}

struct collect_value *
collect_offline(struct collect *c, const char *dir)
{
	static const char *const below[] = { "Windows", "System32", "config", NULL };
	const char *config = collect_windows_below(c->arena, dir, below);
	struct collect_from from = { .running = NULL };
	struct collect_value *facts = NULL;

	if (!collect_is_folder(config)) {
		collect_unknown(c, "offline.*", "'%s': no Windows is there (no Windows\\System32\\config)", dir);
		return NULL;
	}
	from.registry = collect_registry_hives(c->arena, config);
	from.volume_serial = collect_volume_serial(c->arena, dir, &from.volume_why);
	/* One readable hive tells something; with none there is nothing to be said of that system. */
	if (root_of(c, from.registry, "SOFTWARE") == COLLECT_REG_FOUND ||
	    root_of(c, from.registry, "SYSTEM") == COLLECT_REG_FOUND)
		facts = read_facts(c, &from);
	else
		collect_unknown(c, "offline.*", "%s", collect_reg_why(from.registry, COLLECT_REG_BROKEN));
	collect_registry_close(from.registry);
	return facts;
}
