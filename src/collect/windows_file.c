#include "collect/windows_text.h"

#include <bcrypt.h>
#include <io.h>
#include <stdio.h>
#include <string.h>

#define WHY_BYTES 256
#define HASH_FILE_MAX ((uint64_t)256 << 20)
#define HASH_STEP 65536u

wchar_t *
collect_wide(struct collect_arena *a, const char *text)
{
	int n = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
	wchar_t *out = collect_alloc(a, (size_t)(n + 1) * sizeof(*out));

	(void)MultiByteToWideChar(CP_UTF8, 0, text, -1, out, n);
	return out;
}

char *
collect_narrow(struct collect_arena *a, const wchar_t *text)
{
	return collect_from_utf16(a, (const uint8_t *)text, wcslen(text) * sizeof(*text));
}

const char *
collect_windows_error(struct collect_arena *a, DWORD n)
{
	static const struct {
		DWORD n;
		const char *text;
	} rows[] = { { ERROR_ACCESS_DENIED, "access denied" }, { ERROR_FILE_NOT_FOUND, "it is not there" },
		{ ERROR_PATH_NOT_FOUND, "it is not there" }, { ERROR_SHARING_VIOLATION, "another program has it open" },
		{ ERROR_INVALID_PARAMETER, "it has ended, or Windows does not know it" },
		{ ERROR_NONE_MAPPED, "no such account" }, { ERROR_NO_SUCH_DOMAIN, "the domain does not answer" },
		{ ERROR_DISK_FULL, "the disk is full" }, { ERROR_WRITE_PROTECT, "it is write protected" },
		{ RPC_S_SERVER_UNAVAILABLE, "the server does not answer" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].n == n)
			return collect_text(a, "%s (%lu)", rows[i].text, n);
	return collect_text(a, "Windows' error %lu", n);
}

static enum collect_file
answer(DWORD error, char why[WHY_BYTES])
{
	struct collect_arena *a = collect_arena_new();

	(void)snprintf(why, WHY_BYTES, "%s", collect_windows_error(a, error));
	collect_arena_free(a);
	if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND)
		return COLLECT_FILE_ABSENT;
	return error == ERROR_ACCESS_DENIED ? COLLECT_FILE_DENIED : COLLECT_FILE_BROKEN;
}

static HANDLE
open_read(struct collect_arena *a, const char *path, uint64_t *size)
{
	LARGE_INTEGER large;
	HANDLE h = CreateFileW(collect_wide(a, path), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
	    OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, NULL);

	if (h != INVALID_HANDLE_VALUE && !GetFileSizeEx(h, &large)) {
		DWORD error = GetLastError();

		(void)CloseHandle(h);
		SetLastError(error);
		return INVALID_HANDLE_VALUE;
	}
	*size = h == INVALID_HANDLE_VALUE ? 0 : (uint64_t)large.QuadPart;
	return h;
}

enum collect_file
collect_file_read(struct collect_arena *a, const char *path, size_t max, char **bytes, size_t *len, char why[256])
{
	uint64_t size;
	HANDLE h = open_read(a, path, &size);
	DWORD got = 0, error;
	bool ok;

	if (h == INVALID_HANDLE_VALUE)
		return answer(GetLastError(), why);
	if (size > max) {
		(void)CloseHandle(h);
		(void)snprintf(why, WHY_BYTES, "it is too long");
		return COLLECT_FILE_BROKEN;
	}
	*bytes = collect_alloc(a, (size_t)size + 1);
	ok = ReadFile(h, *bytes, (DWORD)size, &got, NULL) && got == size;
	error = GetLastError();
	(void)CloseHandle(h);
	*len = got;
	return ok ? COLLECT_FILE_OK : answer(error, why);
}

/* Private: what lies on a FAT stick is open to everybody who holds it; on NTFS the folder's rights are inherited. */
bool
collect_file_write(const char *path, const void *bytes, size_t len, bool private, char why[256])
{
	struct collect_arena *a = collect_arena_new();
	wchar_t *name = collect_wide(a, path), *fresh = collect_wide(a, collect_text(a, "%s.new", path));
	HANDLE h = CreateFileW(fresh, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
	DWORD put = 0, error = GetLastError();
	bool ok = h != INVALID_HANDLE_VALUE;

	(void)private;
	if (ok) {
		ok = WriteFile(h, bytes, (DWORD)len, &put, NULL) && put == len && FlushFileBuffers(h);
		error = GetLastError();
		(void)CloseHandle(h);
		if (ok && !MoveFileExW(fresh, name, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) {
			ok = false;
			error = GetLastError();
		}
		if (!ok)
			(void)DeleteFileW(fresh);
	}
	if (!ok)
		(void)answer(error, why);
	collect_arena_free(a);
	return ok;
}

bool
collect_is_folder(const char *path)
{
	struct collect_arena *a = collect_arena_new();
	DWORD attributes = GetFileAttributesW(collect_wide(a, path));

	collect_arena_free(a);
	return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

const char *
collect_volume_serial(struct collect_arena *a, const char *dir, const char **why)
{
	wchar_t root[MAX_PATH + 2];
	DWORD serial;

	if (!GetVolumePathNameW(collect_wide(a, dir), root, MAX_PATH) ||
	    !GetVolumeInformationW(root, NULL, 0, &serial, NULL, NULL, NULL, 0)) {
		*why = collect_windows_error(a, GetLastError());
		return NULL;
	}
	return collect_text(a, "%04lX-%04lX", serial >> 16, serial & 0xFFFF);
}

int64_t
collect_now(void)
{
	FILETIME t;

	/* 100 ns since 1601 */
	GetSystemTimeAsFileTime(&t);
	return (int64_t)(((uint64_t)t.dwHighDateTime << 32 | t.dwLowDateTime) / 10000000 - 11644473600);
}

bool
collect_on_terminal(void)
{
	return _isatty(_fileno(stdin)) != 0;
}

/* ---- SHA-256 of a file, by Windows' own cryptography ---- */

static bool
hash_handle(BCRYPT_HASH_HANDLE hash, HANDLE file, uint8_t *buffer)
{
	DWORD got;

	for (;;) {
		if (!ReadFile(file, buffer, HASH_STEP, &got, NULL))
			return false;
		if (got == 0)
			return true;
		if (BCryptHashData(hash, buffer, got, 0) != 0)
			return false;
	}
}

bool
collect_sha256_file(const char *path, char hex[65])
{
	struct collect_arena *a = collect_arena_new();
	uint64_t size;
	uint8_t digest[32];
	HANDLE file = open_read(a, path, &size);
	BCRYPT_ALG_HANDLE algorithm = NULL;
	BCRYPT_HASH_HANDLE hash = NULL;
	bool ok = file != INVALID_HANDLE_VALUE && size <= HASH_FILE_MAX &&
		  BCryptOpenAlgorithmProvider(&algorithm, BCRYPT_SHA256_ALGORITHM, NULL, 0) == 0 &&
		  BCryptCreateHash(algorithm, &hash, NULL, 0, NULL, 0, 0) == 0 &&
		  hash_handle(hash, file, collect_alloc(a, HASH_STEP)) && BCryptFinishHash(hash, digest, sizeof(digest), 0) == 0;

	for (size_t i = 0; ok && i < sizeof(digest); i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	if (hash != NULL)
		(void)BCryptDestroyHash(hash);
	if (algorithm != NULL)
		(void)BCryptCloseAlgorithmProvider(algorithm, 0);
	if (file != INVALID_HANDLE_VALUE)
		(void)CloseHandle(file);
	collect_arena_free(a);
	return ok;
}
