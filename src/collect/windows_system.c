#include "collect/windows_text.h"

#include <string.h>

#include <winver.h>

#define SERVICES_STEP ((DWORD)256 << 10) /* the most that one call gives */
#define SERVICES_MAX 8192

static const char *
state_word(DWORD state)
{
	return state == SERVICE_RUNNING ? "running" : state == SERVICE_STOPPED ? "stopped" : "other";
}

static void
take(struct collect_run_state *out, size_t *n, const ENUM_SERVICE_STATUS_PROCESSW *rows, DWORD count, struct collect_arena *a)
{
	for (DWORD i = 0; i < count && *n < SERVICES_MAX; i++)
		out[(*n)++] = (struct collect_run_state){ .name = collect_narrow(a, rows[i].lpServiceName),
			.display = collect_narrow(a, rows[i].lpDisplayName),
			.state = state_word(rows[i].ServiceStatusProcess.dwCurrentState),
			.pid = rows[i].ServiceStatusProcess.dwProcessId };
}

static bool
live_services(void *ctx, struct collect_run_state **out, size_t *n, struct collect_arena *a, const char **why)
{
	SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT | SC_MANAGER_ENUMERATE_SERVICE);
	BYTE *buffer = collect_alloc(a, SERVICES_STEP);
	DWORD needed, count, resume = 0, error = ERROR_MORE_DATA;

	(void)ctx;
	*n = 0;
	*out = collect_alloc(a, SERVICES_MAX * sizeof(**out));
	if (manager == NULL) {
		*why = collect_windows_error(a, GetLastError());
		return false;
	}
	while (error == ERROR_MORE_DATA && *n < SERVICES_MAX) {
		BOOL done = EnumServicesStatusExW(manager, SC_ENUM_PROCESS_INFO, SERVICE_WIN32, SERVICE_STATE_ALL, buffer,
		    SERVICES_STEP, &needed, &count, &resume, NULL);

		error = done ? ERROR_SUCCESS : GetLastError();
		if (done || error == ERROR_MORE_DATA)
			take(*out, n, (ENUM_SERVICE_STATUS_PROCESSW *)(void *)buffer, count, a);
		if (error == ERROR_MORE_DATA && count == 0)
			break;
	}
	(void)CloseServiceHandle(manager);
	*why = collect_windows_error(a, error);
	return error == ERROR_SUCCESS;
}

static bool
live_version(void *ctx, const char *path, const char **version, struct collect_arena *a)
{
	wchar_t *wide = collect_wide(a, path);
	DWORD unused, size = GetFileVersionInfoSizeW(wide, &unused);
	VS_FIXEDFILEINFO *info = NULL;
	UINT len = 0;
	void *block;

	(void)ctx;
	if (size == 0 || size > (1 << 20))
		return false;
	block = collect_alloc(a, size);
	if (!GetFileVersionInfoW(wide, 0, size, block) || !VerQueryValueW(block, L"\\", (void **)&info, &len) ||
	    len < sizeof(*info) || info->dwSignature != 0xFEEF04BD)
		return false;
	*version = collect_text(a, "%lu.%lu.%lu.%lu", info->dwFileVersionMS >> 16, info->dwFileVersionMS & 0xFFFF,
	    info->dwFileVersionLS >> 16, info->dwFileVersionLS & 0xFFFF);
	return true;
}

const struct collect_windows *
collect_windows_live(void)
{
	static const struct collect_windows live = {
		.services = live_services,
		.account = collect_live_account,
		.groups = collect_live_groups,
		.administrators = collect_live_administrators,
		.token = collect_live_token,
		.image = collect_live_image,
		.sockets = collect_live_sockets,
		.version = live_version,
		.sha256 = collect_sha256_file,
	};

	return &live;
}
