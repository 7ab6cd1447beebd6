#include "collect/linux.h"

#include <string.h>
#include <strings.h>

/* systemd.syntax(7): a line that ends with a backslash goes on, comment lines in between are passed over; the backslash becomes a blank. */
static char *
next_line(char **p)
{
	char *line = *p, *to = line, *from = line;

	if (*from == '\0')
		return NULL;
	for (;;) {
		char *end = from + strcspn(from, "\n"), *text = from + strspn(from, " \t");
		bool comment = *text == '#' || *text == ';', last = *end == '\0', goes_on;

		if (comment && to > line && !last) {
			from = end + 1;
			continue;
		}
		goes_on = !comment && end > from && end[-1] == '\\';
		memmove(to, from, (size_t)(end - from));
		to += end - from;
		if (goes_on)
			to[-1] = ' ';
		from = last ? end : end + 1;
		if (!goes_on || *from == '\0')
			break;
	}
	*to = '\0';
	*p = from;
	return line;
}

static bool
is_true(const char *value)
{
	static const char *const words[] = { "1", "yes", "y", "true", "t", "on" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(value, words[i]) == 0)
			return true;
	return false;
}

/* Program of a command line, without its arguments: prefixes off, quotes off (systemd.service(5)). */
static const char *
program_of(struct collect_arena *a, const char *command)
{
	const char *p = command + strspn(command, "@-:+!|");
	const char quote = *p == '"' || *p == '\'' ? *p : '\0';

	if (quote != '\0')
		return collect_text(a, "%.*s", (int)strcspn(p + 1, (char[]){ quote, '\0' }), p + 1);
	return collect_text(a, "%.*s", (int)strcspn(p, " \t"), p);
}

/* A list grows with each line; an empty one begins it anew. */
static const char *
appended(struct collect_arena *a, const char *old, const char *value)
{
	if (*value == '\0')
		return old == NULL ? NULL : "";
	return old == NULL || *old == '\0' ? collect_text(a, "%s", value) : collect_text(a, "%s %s", old, value);
}

static void
take(struct collect_arena *a, struct linux_unit *u, const char *key, const char *value)
{
	if (strcmp(key, "User") == 0)
		u->user = *value == '\0' ? NULL : collect_text(a, "%s", value);
	else if (strcmp(key, "DynamicUser") == 0)
		u->dynamic_user = is_true(value);
	else if (strcmp(key, "ExecStart") == 0)
		u->exec = *value == '\0' ? NULL : u->exec != NULL ? u->exec : program_of(a, value);
	else if (strcmp(key, "CapabilityBoundingSet") == 0)
		u->bounding = *value == '\0' ? "" : appended(a, u->bounding, value);
	else if (strcmp(key, "AmbientCapabilities") == 0)
		u->ambient = *value == '\0' ? "" : appended(a, u->ambient, value);
}

void
linux_unit_parse(struct collect_arena *a, struct linux_unit *u, char *text)
{
	enum { OTHER, UNIT, SERVICE } section = OTHER;
	char *line;

	while ((line = next_line(&text)) != NULL) {
		char *sign;

		line = linux_trim(line);
		if (*line == '#' || *line == ';' || *line == '\0')
			continue;
		if (*line == '[') {
			section = strcmp(line, "[Service]") == 0 ? SERVICE : strcmp(line, "[Unit]") == 0 ? UNIT : OTHER;
			u->service = u->service || section == SERVICE;
			continue;
		}
		sign = strchr(line, '=');
		if (sign == NULL)
			continue;
		*sign = '\0';
		if (section == SERVICE)
			take(a, u, linux_trim(line), linux_trim(sign + 1));
		else if (section == UNIT && strcmp(linux_trim(line), "Description") == 0)
			u->description = collect_text(a, "%s", linux_trim(sign + 1));
	}
}
