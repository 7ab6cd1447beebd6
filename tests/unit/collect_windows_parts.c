/* The small decisions about Windows: programs of services, addresses, URLs, hardened paths; and the text form of a registry. */
#include "unit.h"

#include "collect/facts_windows.h"

static void
programs(void **state)
{
	static const struct {
		const char *image, *program;
	} rows[] = {
		{ "\"C:\\Program Files\\A b\\x.exe\" -secret", "C:\\Program Files\\A b\\x.exe" },
		{ "C:\\Program Files\\A b\\x.exe -secret", "C:\\Program Files\\A b\\x.exe" },
		{ "%SystemRoot%\\system32\\svchost.exe -k netsvcs", "D:\\Win\\system32\\svchost.exe" },
		{ "\\SystemRoot\\System32\\drivers\\x.sys", "D:\\Win\\System32\\drivers\\x.sys" },
		{ "\\??\\C:\\x\\y.exe", "C:\\x\\y.exe" },
		{ "system32\\DRIVERS\\srv.sys", "D:\\Win\\system32\\DRIVERS\\srv.sys" },
		{ "%ProgramFiles%\\Illumina\\a.EXE /s", "D:\\Program Files\\Illumina\\a.EXE" },
		{ "C:\\a.exe.old\\run.exe -x", "C:\\a.exe.old\\run.exe" },
		{ "C:\\tools\\run.bat -x", "C:\\tools\\run.bat" },
	};
	struct collect_arena *a = collect_arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(collect_windows_program(a, rows[i].image, "D:\\Win"), rows[i].program);
	assert_null(collect_windows_program(a, "  ", "D:\\Win"));
	assert_null(collect_windows_program(a, "\"\"", "D:\\Win"));
	collect_arena_free(a);
}

static void
addresses(void **state)
{
	static const struct {
		bool v6;
		uint8_t address[16];
		const char *text;
		bool loopback;
	} rows[] = {
		{ false, { 0 }, "0.0.0.0", false },
		{ false, { 127, 8, 0, 1 }, "127.8.0.1", true },
		{ false, { 10, 20, 30, 40 }, "10.20.30.40", false },
		{ true, { 0 }, "::", false },
		{ true, { [15] = 1 }, "::1", true },
		{ true, { [10] = 0xFF, [11] = 0xFF, 127, 0, 0, 1 }, "::ffff:127.0.0.1", true },
		{ true, { [10] = 0xFF, [11] = 0xFF, 10, 0, 0, 1 }, "::ffff:10.0.0.1", false },
		{ true, { 0xFE, 0x80, [15] = 0x12 }, "fe80::12", false },
		{ true, { 0x20, 0x01, 0x0D, 0xB8, [7] = 1, [9] = 1, [15] = 1 }, "2001:db8:0:1:1::1", false },
		{ true, { 0, 1, 0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7 }, "1:0:2:3:4:5:6:7", false },
		{ true, { [15] = 2 }, "::2", false },
	};
	struct collect_arena *a = collect_arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct collect_socket s = { .v6 = rows[i].v6 };
		bool loopback;

		memcpy(s.address, rows[i].address, sizeof(s.address));
		assert_string_equal(collect_windows_address(a, &s, &loopback), rows[i].text);
		assert_int_equal(loopback, rows[i].loopback);
	}
	collect_arena_free(a);
}

static void
urls(void **state)
{
	static const char *const inside[] = { "http://localhost:29644/ucs/", "https://LOCALHOST/", "http://127.0.0.1:80/",
		"http://[::1]:80/" };
	static const char *const outside[] = { "http://+:80/", "https://*:443/", "http://m70123:80/", "http://10.0.0.1:80/",
		"http://localhost.example:80/", "http://[fe80::1]:80/", "net.tcp://localhost/" };

	(void)state;
	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++)
		assert_true(collect_windows_url_is_loopback(inside[i]));
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++)
		assert_false(collect_windows_url_is_loopback(outside[i]));
}

static void
hardened_paths(void **state)
{
	static const struct {
		const char *text;
		bool mutual, integrity, privacy;
	} rows[] = {
		{ "RequireMutualAuthentication=1, RequireIntegrity=1, RequirePrivacy=1", true, true, true },
		{ "RequireMutualAuthentication=1,RequireIntegrity=1", true, true, false },
		{ "requireprivacy = 1", false, false, true },
		{ "RequirePrivacy=0, RequireIntegrity=1", false, true, false },
		{ "NotRequirePrivacy=1", false, false, false },
		{ "RequirePrivacyX=1, RequirePrivacy=1", false, false, true },
		{ "", false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool m, g, p;

		collect_windows_hardened(rows[i].text, &m, &g, &p);
		assert_int_equal(m, rows[i].mutual);
		assert_int_equal(g, rows[i].integrity);
		assert_int_equal(p, rows[i].privacy);
	}
}

static void
a_recorded_registry_with_a_fault_is_refused(void **state)
{
	struct collect_arena *a = collect_arena_new();
	int line;

	(void)state;
	assert_null(collect_registry_recorded(a, "[HKLM\\SYSTEM\\A]\n\"x\"=dword:1\n\"y\"=nonsense\n", &line));
	assert_int_equal(line, 3);
	assert_null(collect_registry_recorded(a, "\"x\"=dword:1\n", &line));
	assert_int_equal(line, 1);
	collect_arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs),
		cmocka_unit_test(addresses),
		cmocka_unit_test(urls),
		cmocka_unit_test(hardened_paths),
		cmocka_unit_test(a_recorded_registry_with_a_fault_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
