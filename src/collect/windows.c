/* The running Windows: the registry and the system behind the decisions of facts_windows*.c. */
#include "collect/windows_text.h"

#include <stdio.h>

static struct collect_from live;

/* The registry and the list of services are asked for once, before the first fact. */
static const struct collect_from *
from(struct collect *c)
{
	wchar_t folder[MAX_PATH + 1] = L"C:\\";

	if (live.registry != NULL)
		return &live;
	live.registry = collect_registry_live(c->arena);
	live.running = collect_windows_live();
	(void)GetWindowsDirectoryW(folder, MAX_PATH);
	live.volume_serial = collect_volume_serial(c->arena, collect_narrow(c->arena, folder), &live.volume_why);
	collect_from_registry(c, &live);
	return &live;
}

/* One reader of facts_windows.c, with the running system behind it. */
#define READER(name)                                                                                                             \
	static void read_##name(struct collect *c)                                                                               \
	{                                                                                                                        \
		collect_windows_##name(c, from(c));                                                                              \
	}
READER(host)
READER(software)
READER(services)
READER(accounts)
READER(listeners)
READER(processes)
READER(http)
READER(firewall)
READER(smb_client)
READER(smb_server)

const struct collect_reader *
collect_readers(void)
{
	static void (*const reads[])(struct collect * c) = { read_host, read_software, read_services, read_accounts,
		read_listeners, read_processes, read_http, read_firewall, read_smb_client, read_smb_server };
	static struct collect_reader table[sizeof(reads) / sizeof(reads[0]) + 1];

	for (size_t i = 0; collect_windows_readers[i].member != NULL && i < sizeof(reads) / sizeof(reads[0]); i++)
		table[i] =
		    (struct collect_reader){ collect_windows_readers[i].member, collect_windows_readers[i].what, reads[i] };
	return table;
}

int wmain(int argc, wchar_t **argv);

/* Windows gives the arguments in UTF-16. */
int
wmain(int argc, wchar_t **argv)
{
	struct collect_arena *a = collect_arena_new();
	char **narrow = collect_alloc(a, ((size_t)argc + 1) * sizeof(*narrow));
	int status;

	for (int i = 0; i < argc; i++)
		narrow[i] = collect_narrow(a, argv[i]);
	(void)SetConsoleOutputCP(CP_UTF8);
	status = collect_main(argc, narrow);
	collect_arena_free(a);
	return status;
}
