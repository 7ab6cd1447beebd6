/* Open ports of the running Windows, IPv4 and IPv6, with the process that opened each. */
#include <winsock2.h>

#include <ws2tcpip.h>

#include "collect/windows_text.h"

#include <iphlpapi.h>
#include <string.h>

#define TRIES 8 /* a table may grow between asking for its size and reading it */
#define TABLE_MAX ((DWORD)8 << 20)

static void *
table(struct collect_arena *a, bool udp, ULONG family, DWORD *error)
{
	DWORD len = 16384;

	*error = ERROR_INSUFFICIENT_BUFFER;
	for (int i = 0; i < TRIES && *error == ERROR_INSUFFICIENT_BUFFER && len <= TABLE_MAX; i++) {
		void *rows = collect_alloc(a, len);

		*error = udp ? GetExtendedUdpTable(rows, &len, FALSE, family, UDP_TABLE_OWNER_PID, 0)
			     : GetExtendedTcpTable(rows, &len, FALSE, family, TCP_TABLE_OWNER_PID_LISTENER, 0);
		if (*error == NO_ERROR)
			return rows;
	}
	return NULL;
}

/* A network order port stands in the lower half of a DWORD. */
static uint16_t
port_of(DWORD raw)
{
	return (uint16_t)((raw & 0xFF) << 8 | (raw >> 8 & 0xFF));
}

static struct collect_socket
socket_of(bool udp, bool v6, const void *address, DWORD port, DWORD pid)
{
	struct collect_socket s = { .udp = udp, .v6 = v6, .port = port_of(port), .pid = pid };

	memcpy(s.address, address, v6 ? 16 : 4);
	return s;
}

static DWORD
count_of(const void *rows)
{
	DWORD n = 0;

	if (rows != NULL)
		memcpy(&n, rows, sizeof(n)); /* the first member of all four tables */
	return n;
}

bool
collect_live_sockets(void *ctx, struct collect_socket **out, size_t *n, struct collect_arena *a, const char **why)
{
	DWORD error[4];
	const MIB_TCPTABLE_OWNER_PID *tcp4 = table(a, false, AF_INET, &error[0]);
	const MIB_TCP6TABLE_OWNER_PID *tcp6 = table(a, false, AF_INET6, &error[1]);
	const MIB_UDPTABLE_OWNER_PID *udp4 = table(a, true, AF_INET, &error[2]);
	const MIB_UDP6TABLE_OWNER_PID *udp6 = table(a, true, AF_INET6, &error[3]);

	(void)ctx;
	*n = 0;
	/* A port in a table that could not be read would look closed: then nothing is said. */
	for (size_t i = 0; i < 4; i++)
		if (error[i] != NO_ERROR) {
			*why = collect_windows_error(a, error[i]);
			return false;
		}
	*out = collect_alloc(a, ((size_t)count_of(tcp4) + count_of(tcp6) + count_of(udp4) + count_of(udp6) + 1) * sizeof(**out));
	for (DWORD i = 0; i < count_of(tcp4); i++)
		(*out)[(*n)++] =
		    socket_of(false, false, &tcp4->table[i].dwLocalAddr, tcp4->table[i].dwLocalPort, tcp4->table[i].dwOwningPid);
	for (DWORD i = 0; i < count_of(tcp6); i++)
		(*out)[(*n)++] =
		    socket_of(false, true, tcp6->table[i].ucLocalAddr, tcp6->table[i].dwLocalPort, tcp6->table[i].dwOwningPid);
	for (DWORD i = 0; i < count_of(udp4); i++)
		(*out)[(*n)++] =
		    socket_of(true, false, &udp4->table[i].dwLocalAddr, udp4->table[i].dwLocalPort, udp4->table[i].dwOwningPid);
	for (DWORD i = 0; i < count_of(udp6); i++)
		(*out)[(*n)++] =
		    socket_of(true, true, udp6->table[i].ucLocalAddr, udp6->table[i].dwLocalPort, udp6->table[i].dwOwningPid);
	return true;
}
