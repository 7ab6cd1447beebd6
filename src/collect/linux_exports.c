#include "collect/linux.h"

#include <errno.h>
#include <string.h>

#define FILE_MAX ((size_t)1 << 20)
#define EXPORTS_MAX 5000
#define CLIENTS_MAX 1000
#define FLAVOURS_MAX 20

/* What exports(5) says of a client that states nothing. */
static const char default_sec[] = "sys", default_xprtsec[] = "none:tls:mtls";

/*
 * The next word of a line: up to white space; quotes hold blanks together, \ooo is a byte, and a word that begins with # begins a comment. NULL at the end; *bad: a
 * quote without its end.
 */
static char *
next_word(char **p, bool *bad)
{
	char *from = *p, *word, *to;
	bool quoted = false;

	from += strspn(from, " \t\r");
	if (*from == '\0' || *from == '#')
		return NULL;
	for (word = to = from; *from != '\0' && (quoted || strchr(" \t\r", *from) == NULL); from++) {
		if (*from == '"') {
			quoted = !quoted;
		} else if (from[0] == '\\' && strspn(from + 1, "01234567") >= 3 && from[1] <= '3' &&
			   (from[1] | from[2] | from[3]) != '0') {
			*to++ = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + from[3] - '0');
			from += 3;
		} else {
			*to++ = *from;
		}
	}
	*bad = *bad || quoted;
	*p = *from == '\0' ? from : from + 1;
	*to = '\0';
	return word;
}

static bool
holds(const struct collect_value *list, const char *text)
{
	for (size_t i = 0; i < collect_count(list); i++)
		if (strcmp(collect_as_text(collect_at(list, i)), text) == 0)
			return true;
	return false;
}

static void
add_parts(struct collect_value *list, char *text)
{
	char *rest = NULL;

	for (char *w = strtok_r(text, ":", &rest); w != NULL && collect_count(list) < FLAVOURS_MAX;
	     w = strtok_r(NULL, ":", &rest))
		if (!holds(list, w))
			collect_add_text(list, w);
}

/* Each sec= adds flavours (with rules of their own) to the earlier ones, those of the defaults too: all of them are accepted. */
static void
take_options(char *text, struct collect_value *sec, struct collect_value *xprtsec)
{
	char *rest = NULL;

	for (char *w = strtok_r(text, ",", &rest); w != NULL; w = strtok_r(NULL, ",", &rest)) {
		if (strncmp(w, "sec=", 4) == 0)
			add_parts(sec, w + 4);
		else if (strncmp(w, "xprtsec=", 8) == 0)
			add_parts(xprtsec, w + 8);
	}
}

/* "client(options)", "client" or "(options)", which means everybody. false: the parentheses do not fit. */
static bool
take_client(struct collect *c, struct collect_value *clients, char *word, const char *defaults)
{
	struct collect_value *client = collect_object(c->arena), *sec = collect_list(c->arena);
	char *open = strchr(word, '('), *close = open == NULL ? NULL : strchr(open, ')');
	struct collect_value *xprtsec = collect_list(c->arena);

	if (open != NULL && (close == NULL || close[1] != '\0'))
		return false;
	take_options(collect_text(c->arena, "%s", defaults), sec, xprtsec);
	if (open != NULL) {
		*open = '\0';
		*close = '\0';
		take_options(open + 1, sec, xprtsec);
	}
	if (collect_count(sec) == 0)
		add_parts(sec, collect_text(c->arena, default_sec));
	if (collect_count(xprtsec) == 0)
		add_parts(xprtsec, collect_text(c->arena, default_xprtsec));
	collect_put_text(client, "client", *word == '\0' ? "*" : word);
	collect_put(client, "sec", sec);
	collect_put(client, "xprtsec", xprtsec);
	collect_add(clients, client);
	return true;
}

/* Default options ("-ro,sec=krb5") stand between the path and the clients that they are meant for. */
static bool
take_export(struct collect *c, struct collect_value *list, char *line)
{
	struct collect_value *entry = collect_object(c->arena), *clients = collect_list(c->arena);
	const char *defaults = "";
	bool bad = false;
	char *path = next_word(&line, &bad), *word;

	if (path == NULL)
		return true;
	if (path[0] != '/')
		return false;
	while ((word = next_word(&line, &bad)) != NULL) {
		if (word[0] == '-')
			defaults = word + 1;
		else if (collect_count(clients) == CLIENTS_MAX || !take_client(c, clients, word, defaults))
			return false;
	}
	if (bad)
		return false;
	if (collect_count(clients) == 0 && !take_client(c, clients, collect_text(c->arena, "*"), defaults))
		return false;
	collect_sort(clients);
	collect_put_text(entry, "path", path);
	collect_put(entry, "clients", clients);
	collect_add(list, entry);
	return true;
}

bool
linux_exports(struct collect *c, struct collect_value *list, char *text)
{
	bool ok = true;
	char *line;

	while ((line = linux_next_line(&text, true)) != NULL)
		ok = take_export(c, list, line) && ok;
	return ok;
}

/* false when the file is there and could not be read or understood: then the list is not whole. */
static bool
take_file(struct collect *c, struct collect_value *list, const char *path)
{
	char *text = linux_read(c, path, FILE_MAX, NULL);

	if (text == NULL && errno != ENOENT && errno != ENOTDIR) {
		collect_unknown(c, "exports", "%s: %s", path, linux_why(errno));
		return false;
	}
	if (text != NULL && !linux_exports(c, list, text)) {
		collect_unknown(c, "exports", "%s: a line cannot be understood", path);
		return false;
	}
	return true;
}

static bool
ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n > m && strcmp(text + n - m, end) == 0;
}

void
linux_read_exports(struct collect *c)
{
	struct collect_value *list = collect_list(c->arena);
	bool ok = take_file(c, list, "/etc/exports");
	char **names;
	ssize_t n = linux_names(c, "/etc/exports.d", &names);

	for (ssize_t i = 0; i < n; i++)
		if (names[i][0] != '.' && ends_with(names[i], ".exports"))
			ok = take_file(c, list, collect_text(c->arena, "/etc/exports.d/%s", names[i])) && ok;
	if (!ok)
		return;
	collect_sort(list);
	if (collect_cut(list, EXPORTS_MAX))
		collect_unknown(c, "exports.*", "more than %d paths are exported; the rest is left out", EXPORTS_MAX);
	collect_put(c->facts, "exports", list);
}
