/* Accounts, groups and tokens of the running Windows. */
#include "collect/windows_text.h"

#include <authz.h>
#include <lm.h>
#include <sddl.h>
#include <string.h>

#define MEMBERS_MAX 4096
#define IMAGE_MAX 4096 /* characters of a program's path */

const char *
collect_sid_text(struct collect_arena *a, PSID sid)
{
	wchar_t *wide = NULL;
	char *text;

	if (sid == NULL || !IsValidSid(sid) || !ConvertSidToStringSidW(sid, &wide))
		return NULL;
	text = collect_narrow(a, wide);
	(void)LocalFree(wide);
	return text;
}

/* SID and domain of a name; the SID lies in the arena. */
static PSID
look_up(struct collect_arena *a, const wchar_t *name, wchar_t **domain, DWORD *error)
{
	DWORD sid_len = 0, domain_len = 0;
	SID_NAME_USE use;
	PSID sid;

	(void)LookupAccountNameW(NULL, name, NULL, &sid_len, NULL, &domain_len, &use);
	*error = GetLastError();
	if (*error != ERROR_INSUFFICIENT_BUFFER)
		return NULL;
	sid = collect_alloc(a, sid_len);
	*domain = collect_alloc(a, ((size_t)domain_len + 1) * sizeof(wchar_t));
	if (LookupAccountNameW(NULL, name, sid, &sid_len, *domain, &domain_len, &use))
		return sid;
	*error = GetLastError();
	return NULL;
}

/* ".\\sbsuser" is an account of this machine; LookupAccountName wants the machine's name there. */
static const char *
without_dot(struct collect_arena *a, const char *name)
{
	wchar_t machine[MAX_COMPUTERNAME_LENGTH + 1] = L"";
	DWORD n = MAX_COMPUTERNAME_LENGTH + 1;

	if (strncmp(name, ".\\", 2) != 0 || !GetComputerNameW(machine, &n))
		return name;
	return collect_text(a, "%s\\%s", collect_narrow(a, machine), name + 2);
}

bool
collect_live_account(void *ctx, const char *name, const char **sid, const char **full, struct collect_arena *a, const char **why)
{
	const char *said = without_dot(a, name), *at = strrchr(said, '\\');
	wchar_t *domain = NULL;
	DWORD error;
	PSID found = look_up(a, collect_wide(a, said), &domain, &error);
	const char *text = collect_sid_text(a, found);

	(void)ctx;
	if (found == NULL || text == NULL) {
		*why = collect_windows_error(a, error);
		return false;
	}
	*sid = text;
	*full =
	    strchr(said, '@') != NULL ? said : collect_text(a, "%s\\%s", collect_narrow(a, domain), at == NULL ? said : at + 1);
	return true;
}

/* The name of a local group gives its SID: names differ by language. */
static bool
group_sids(
    struct collect_arena *a, const LOCALGROUP_USERS_INFO_0 *rows, DWORD count, const char ***sids, size_t *n, const char **why)
{
	*sids = collect_alloc(a, ((size_t)count + 1) * sizeof(**sids));
	for (DWORD i = 0; i < count; i++) {
		wchar_t *domain;
		DWORD error;
		const char *text = collect_sid_text(a, look_up(a, rows[i].lgrui0_name, &domain, &error));

		if (text == NULL) {
			*why = collect_text(a, "a local group has no SID: %s", collect_windows_error(a, error));
			return false;
		}
		(*sids)[(*n)++] = text;
	}
	return true;
}

/* 1 when it was not there yet. */
static size_t
add_once(const char **list, size_t n, const char *sid)
{
	for (size_t i = 0; i < n; i++)
		if (sid == NULL || strcmp(list[i], sid) == 0)
			return 0;
	list[n] = sid;
	return sid != NULL;
}

/* All groups that a token of this account would have, computed with the domain's help; a list that exists already grows. */
static bool
add_effective(struct collect_arena *a, const char *full, const char ***sids, size_t *n, const char **why)
{
	AUTHZ_RESOURCE_MANAGER_HANDLE manager = NULL;
	AUTHZ_CLIENT_CONTEXT_HANDLE client = NULL;
	const TOKEN_GROUPS *groups = NULL;
	wchar_t *domain;
	const char **all;
	DWORD error, len = 0;
	PSID sid = look_up(a, collect_wide(a, full), &domain, &error);

	if (sid != NULL && AuthzInitializeResourceManager(AUTHZ_RM_FLAG_NO_AUDIT, NULL, NULL, NULL, NULL, &manager) &&
	    AuthzInitializeContextFromSid(0, sid, manager, NULL, (LUID){ 0, 0 }, NULL, &client)) {
		(void)AuthzGetInformationFromContext(client, AuthzContextInfoGroupsSids, 0, &len, NULL);
		groups = len == 0 ? NULL : collect_alloc(a, len);
		if (groups != NULL &&
		    !AuthzGetInformationFromContext(client, AuthzContextInfoGroupsSids, len, &len, (void *)(uintptr_t)groups))
			groups = NULL;
	}
	if (groups == NULL)
		*why = collect_text(a, "groups that are nested in the domain: %s", collect_windows_error(a, GetLastError()));
	all = collect_alloc(a, (*n + (groups == NULL ? 0 : groups->GroupCount) + 1) * sizeof(*all));
	memcpy(all, *sids, *n * sizeof(*all));
	for (DWORD i = 0; groups != NULL && i < groups->GroupCount; i++)
		*n += add_once(all, *n, collect_sid_text(a, groups->Groups[i].Sid));
	*sids = all;
	if (client != NULL)
		(void)AuthzFreeContext(client);
	if (manager != NULL)
		(void)AuthzFreeResourceManager(manager);
	return groups != NULL;
}

bool
collect_live_groups(void *ctx, const char *full, const char ***sids, size_t *n, struct collect_arena *a, const char **why)
{
	const char *name = full;
	wchar_t machine[MAX_COMPUTERNAME_LENGTH + 1] = L"";
	DWORD len = MAX_COMPUTERNAME_LENGTH + 1, count = 0, total = 0;
	BYTE *rows = NULL;
	NET_API_STATUS status;
	bool ok;

	(void)ctx;
	*n = 0;
	/* An account of this machine is asked for by its name alone. */
	if (GetComputerNameW(machine, &len) && collect_begins(full, collect_narrow(a, machine)) && full[len] == '\\')
		name = full + len + 1;
	status = NetUserGetLocalGroups(
	    NULL, collect_wide(a, name), 0, LG_INCLUDE_INDIRECT, &rows, MAX_PREFERRED_LENGTH, &count, &total);
	if (status != NERR_Success) {
		*why = collect_windows_error(a, status);
		return false;
	}
	/* Every account is in one group at least; an answer without any is no answer (a system that only pretends to have the call gives it). */
	ok = count > 0 && count == total && group_sids(a, (const LOCALGROUP_USERS_INFO_0 *)(void *)rows, count, sids, n, why);
	if (count == 0 || count != total)
		*why = "Windows gave no complete list of its groups";
	/* The list follows groups of the domain one step only; a group in a group is found by what a log-on would give. Without that a "no" would be a guess. */
	if (ok && name == full)
		ok = add_effective(a, full, sids, n, why);
	if (rows != NULL)
		(void)NetApiBufferFree(rows);
	return ok;
}

/* The Administrators group under whatever name this Windows gives it. */
static wchar_t *
administrators_name(struct collect_arena *a)
{
	BYTE sid[SECURITY_MAX_SID_SIZE];
	DWORD len = sizeof(sid), name_len = 256, domain_len = 256;
	wchar_t *name = collect_alloc(a, name_len * sizeof(*name)), domain[256];
	SID_NAME_USE use;

	if (!CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, sid, &len) ||
	    !LookupAccountSidW(NULL, sid, name, &name_len, domain, &domain_len, &use))
		return NULL;
	return name;
}

bool
collect_live_administrators(void *ctx, const char ***sids, size_t *n, struct collect_arena *a, const char **why)
{
	wchar_t *name = administrators_name(a);
	DWORD count = 0, total = 0;
	BYTE *rows = NULL;
	NET_API_STATUS status = name == NULL
				    ? GetLastError()
				    : NetLocalGroupGetMembers(NULL, name, 0, &rows, MAX_PREFERRED_LENGTH, &count, &total, NULL);
	const LOCALGROUP_MEMBERS_INFO_0 *members = (const LOCALGROUP_MEMBERS_INFO_0 *)(void *)rows;

	(void)ctx;
	*n = 0;
	if (status != NERR_Success || count != total || count > MEMBERS_MAX) {
		*why = collect_text(a, "the members of Administrators: %s", collect_windows_error(a, status));
		return false;
	}
	*sids = collect_alloc(a, ((size_t)count + 1) * sizeof(**sids));
	for (DWORD i = 0; i < count; i++) {
		const char *text = collect_sid_text(a, members[i].lgrmi0_sid);

		if (text != NULL)
			(*sids)[(*n)++] = text;
	}
	if (rows != NULL)
		(void)NetApiBufferFree(rows);
	return true;
}

/* ---- tokens ---- */

static void *
token_part(struct collect_arena *a, HANDLE token, TOKEN_INFORMATION_CLASS which)
{
	DWORD len = 0;
	void *part;

	(void)GetTokenInformation(token, which, NULL, 0, &len);
	if (len == 0)
		return NULL;
	part = collect_alloc(a, len);
	return GetTokenInformation(token, which, part, len, &len) ? part : NULL;
}

static bool
token_read(HANDLE token, struct collect_token *out, struct collect_arena *a)
{
	const TOKEN_USER *user = token_part(a, token, TokenUser);
	const TOKEN_GROUPS *groups = token_part(a, token, TokenGroups);
	const TOKEN_ELEVATION *elevation = token_part(a, token, TokenElevation);
	const TOKEN_MANDATORY_LABEL *label = token_part(a, token, TokenIntegrityLevel);
	const char **sids;

	if (user == NULL || groups == NULL)
		return false;
	out->sid = collect_sid_text(a, user->User.Sid);
	sids = collect_alloc(a, ((size_t)groups->GroupCount + 1) * sizeof(*sids));
	for (DWORD i = 0; i < groups->GroupCount; i++)
		if ((sids[out->n_groups] = collect_sid_text(a, groups->Groups[i].Sid)) != NULL)
			out->n_groups++;
	out->groups = sids;
	if (elevation != NULL)
		out->elevated = elevation->TokenIsElevated != 0 ? COLLECT_YES : COLLECT_NO;
	if (label != NULL && label->Label.Sid != NULL)
		out->integrity = *GetSidSubAuthority(label->Label.Sid, (DWORD)(*GetSidSubAuthorityCount(label->Label.Sid) - 1));
	return out->sid != NULL;
}

bool
collect_live_token(void *ctx, int64_t pid, struct collect_token *out, struct collect_arena *a, const char **why)
{
	HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, (DWORD)pid), token = NULL;
	bool ok = process != NULL && OpenProcessToken(process, TOKEN_QUERY, &token) && token_read(token, out, a);

	(void)ctx;
	if (!ok)
		*why = collect_windows_error(a, GetLastError());
	if (token != NULL)
		(void)CloseHandle(token);
	if (process != NULL)
		(void)CloseHandle(process);
	return ok;
}

bool
collect_live_image(void *ctx, int64_t pid, const char **path, struct collect_arena *a, const char **why)
{
	wchar_t name[IMAGE_MAX + 1] = L"";
	DWORD n = IMAGE_MAX;
	HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, (DWORD)pid);
	bool ok = process != NULL && QueryFullProcessImageNameW(process, 0, name, &n);

	(void)ctx;
	if (ok)
		*path = collect_narrow(a, name);
	else
		*why = collect_windows_error(a, GetLastError());
	if (process != NULL)
		(void)CloseHandle(process);
	return ok;
}

bool
collect_elevated(void)
{
	TOKEN_ELEVATION elevation = { 0 };
	DWORD len;
	HANDLE token;
	bool ok;

	if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
		return false;
	ok = GetTokenInformation(token, TokenElevation, &elevation, sizeof(elevation), &len) && elevation.TokenIsElevated != 0;
	(void)CloseHandle(token);
	return ok;
}
