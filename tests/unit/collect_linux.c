/* What files of Linux say, as the programs take it that they belong to; the management controller's allow-list. */

#include "unit.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collect/linux.h"
#include "collect/linux_ipmi.h"
#include "collect/linux_smbconf.h"

static struct collect_arena *arena;
static struct collect_options options;
static struct collect c;

static int
begin(void **state)
{
	(void)state;
	arena = collect_arena_new();
	options = (struct collect_options){ .root = "/", .ipmi = "none" };
	c = (struct collect){ &options, arena, collect_object(arena), collect_list(arena) };
	return 0;
}

static int
end(void **state)
{
	(void)state;
	collect_arena_free(arena);
	return 0;
}

static char *
text_of(const char *text)
{
	return collect_text(arena, "%s", text);
}

static void
expect(const struct collect_value *v, const char *want)
{
	assert_string_equal(collect_canonical(arena, v, NULL), want);
}

/* ---- mounts ---- */

static void
mounts_keep_what_protects(void **state)
{
	struct collect_value *list = collect_list(arena);

	(void)state;
	linux_mounts(&c, list,
	    text_of("sysfs /sys sysfs rw,nosuid 0 0\n"
		    "nas:/vol/runs\\040A\\134B /mnt/runs nfs4 rw,vers=4.2,sec=krb5p,xprtsec=mtls,hard 0 0\n"
		    "//nas/runs /mnt/c cifs "
		    "rw,vers=3.1.1,sec=ntlmssp,username=anna,user=anna,domain=LAB,password=a,b,credentials=/root/c,"
		    "prefixpath=Smith_John,uid=1000,seal,addr=10.0.0.5 0 0\n"
		    "anna@nas:/home/anna /mnt/s fuse.sshfs rw,user_id=1000 0 0\n"
		    "/dev/sda1 / ext4 rw 0 0\n"
		    "broken line\n\n"));
	expect(list, "[{\"options\":{\"hard\":\"\",\"rw\":\"\",\"sec\":\"krb5p\",\"vers\":\"4.2\",\"xprtsec\":\"mtls\"},"
		     "\"source\":\"nas:/vol/runs A\\\\B\",\"type\":\"nfs4\"},"
		     "{\"options\":{\"addr\":\"10.0.0.5\",\"rw\":\"\",\"seal\":\"\",\"sec\":\"ntlmssp\",\"vers\":\"3.1.1\"},"
		     "\"source\":\"//nas/runs\",\"type\":\"cifs\"},"
		     "{\"options\":{\"rw\":\"\"},\"source\":\"nas:/home/anna\",\"type\":\"fuse.sshfs\"}]");
}

/* ---- exports(5) ---- */

static void
exports_as_nfs_takes_them(void **state)
{
	static const struct {
		const char *text, *want;
		bool ok;
	} rows[] = {
		{ "", "[]", true },
		{ "# /a *(rw)\n\n", "[]", true },
		{ "/a h(rw,sec=krb5p)",
		    "[{\"clients\":[{\"client\":\"h\",\"sec\":[\"krb5p\"],\"xprtsec\":[\"none\",\"tls\",\"mtls\"]}],\"path\":\"/"
		    "a\"}]",
		    true },
		{ "/a -sec=krb5i h g(sec=krb5p) -xprtsec=mtls x",
		    "[{\"clients\":[{\"client\":\"g\",\"sec\":[\"krb5i\",\"krb5p\"],\"xprtsec\":[\"none\",\"tls\",\"mtls\"]},"
		    "{\"client\":\"h\",\"sec\":[\"krb5i\"],\"xprtsec\":[\"none\",\"tls\",\"mtls\"]},"
		    "{\"client\":\"x\",\"sec\":[\"sys\"],\"xprtsec\":[\"mtls\"]}],\"path\":\"/a\"}]",
		    true },
		/* The blank before the parenthesis opens it to everybody. */
		{ "/a h (rw,sec=krb5:krb5i:sys)",
		    "[{\"clients\":[{\"client\":\"*\",\"sec\":[\"krb5\",\"krb5i\",\"sys\"],\"xprtsec\":[\"none\",\"tls\","
		    "\"mtls\"]},"
		    "{\"client\":\"h\",\"sec\":[\"sys\"],\"xprtsec\":[\"none\",\"tls\",\"mtls\"]}],\"path\":\"/a\"}]",
		    true },
		{ "\"/a b\" h(ro,sec=krb5p,xprtsec=tls:mtls)\\\ng(sec=krb5p)\n/c\\040d h#x(ro) # sec=krb5p\n",
		    "[{\"clients\":[{\"client\":\"g\",\"sec\":[\"krb5p\"],\"xprtsec\":[\"none\",\"tls\",\"mtls\"]},"
		    "{\"client\":\"h\",\"sec\":[\"krb5p\"],\"xprtsec\":[\"tls\",\"mtls\"]}],\"path\":\"/a b\"},"
		    "{\"clients\":[{\"client\":\"h#x\",\"sec\":[\"sys\"],\"xprtsec\":[\"none\",\"tls\",\"mtls\"]}],\"path\":\"/c "
		    "d\"}]",
		    true },
		{ "/a",
		    "[{\"clients\":[{\"client\":\"*\",\"sec\":[\"sys\"],\"xprtsec\":[\"none\",\"tls\",\"mtls\"]}],\"path\":\"/"
		    "a\"}]",
		    true },
		{ "/a h(rw\n/b h",
		    "[{\"clients\":[{\"client\":\"h\",\"sec\":[\"sys\"],\"xprtsec\":[\"none\",\"tls\",\"mtls\"]}],\"path\":\"/"
		    "b\"}]",
		    false },
		{ "a h(rw)", "[]", false },
		{ "/a \"h", "[]", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct collect_value *list = collect_list(arena);
		bool ok = linux_exports(&c, list, text_of(rows[i].text));

		expect(list, rows[i].want);
		assert_int_equal(ok, rows[i].ok);
	}
}

/* ---- systemd.syntax(7) ---- */

static void
units_as_systemd_takes_them(void **state)
{
	struct linux_unit u = { .service = false };

	(void)state;
	linux_unit_parse(arena, &u,
	    text_of("[Unit]\nDescription = A thing\nUser=unit\n# c\\\n[Service]\nExecStart=-@\"/opt/a b/run\" --password=x\n"
		    "ExecStart=/second\nUser=one\n User = two \nCapabilityBoundingSet=CAP_A \\\n# between\n  "
		    "CAP_B\nCapabilityBoundingSet=~CAP_C\n"
		    "[Install]\nUser=three\n"));
	assert_string_equal(u.description, "A thing");
	assert_string_equal(u.exec, "/opt/a b/run");
	assert_string_equal(u.user, "two");
	assert_string_equal(u.bounding, "CAP_A    CAP_B ~CAP_C");
	assert_true(u.service);
	assert_false(u.dynamic_user);
	/* A drop-in: an empty value takes back what stood before. */
	linux_unit_parse(
	    arena, &u, text_of("[Service]\nUser=\nExecStart=\nExecStart=+/third x\nDynamicUser=yes\nCapabilityBoundingSet=\n"));
	assert_null(u.user);
	assert_string_equal(u.exec, "/third");
	assert_true(u.dynamic_user);
	assert_string_equal(u.bounding, "");
	linux_unit_parse(arena, &u, text_of("[Service]\nDynamicUser=off\nUser=last\\"));
	assert_false(u.dynamic_user);
	assert_string_equal(u.user, "last");
}

/* ---- nft ---- */

static void
rules_for_what_comes_in(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "", "{\"input_policy\":\"accept\",\"service\":\"absent\",\"tables\":[]}" },
		{ "table inet f {\n\tchain in {\n\t\ttype filter hook input priority filter; policy drop;\n\t\ttcp dport 22 "
		  "accept\n\t}\n}\n"
		  "table ip nat {\n\tchain x {\n\t\ttype nat hook output priority 0; policy accept;\n\t}\n}\n",
		    "{\"input_policy\":\"drop\",\"service\":\"running\",\"tables\":[\"inet f\",\"ip nat\"]}" },
		{ "table inet f {\n\tchain fw {\n\t\ttype filter hook forward priority filter; policy drop;\n\t}\n"
		  "\tchain in {\n\t\ttype filter hook input priority 0; policy accept;\n\t}\n}\n",
		    "{\"input_policy\":\"accept\",\"service\":\"running\",\"tables\":[\"inet f\"]}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct collect_value *firewall = collect_object(arena);

		linux_ruleset(&c, firewall, text_of(rows[i].text));
		expect(firewall, rows[i].want);
	}
}

/* ---- processes ---- */

static void
some_capabilities_make_an_administrator(void **state)
{
	(void)state;
	assert_false(linux_caps_dangerous(0));
	assert_false(linux_caps_dangerous(1ULL << 10)); /* NET_BIND_SERVICE */
	assert_true(linux_caps_dangerous(1ULL << 21));  /* SYS_ADMIN */
	assert_true(linux_caps_dangerous(1ULL << 2));   /* DAC_READ_SEARCH: every file */
	assert_string_equal(linux_public_path(&c, "/home/anna/bin/x"), "/home/*/bin/x");
	assert_string_equal(linux_public_path(&c, "/usr/sbin/smbd"), "/usr/sbin/smbd");
}

/* ---- the management controller ---- */

struct asked {
	size_t n;
	uint8_t netfn, cmd;
};
static struct asked asked;

static size_t
record(struct ipmi *i, uint8_t netfn, uint8_t cmd, const uint8_t *data, size_t len, uint8_t answer[IPMI_ANSWER_MAX])
{
	(void)i;
	(void)data;
	(void)len;
	asked.n++;
	asked.netfn = netfn;
	asked.cmd = cmd;
	answer[0] = 0;
	return 1;
}

/* Every command that there can be, with every length of request: six go through, the LAN one only with its six parameters. */
static void
only_reading_commands_are_sent(void **state)
{
	uint8_t data[8] = { 1 }, out[IPMI_ANSWER_MAX], code;
	struct ipmi i = { .exchange = record };
	size_t sent = 0;

	(void)state;
	for (unsigned netfn = 0; netfn < 256; netfn++)
		for (unsigned cmd = 0; cmd < 256; cmd++)
			for (size_t len = 0; len <= sizeof(data); len++) {
				asked.n = 0;
				data[1] = 3;
				if (ipmi_send(&i, (uint8_t)netfn, (uint8_t)cmd, data, len, out, &code) == -3) {
					assert_int_equal(asked.n, 0);
					continue;
				}
				sent++;
				assert_int_equal(asked.n, 1);
				assert_true(netfn == 0x06 || (netfn == 0x0c && cmd == 0x02));
				assert_true(
				    cmd == 0x01 || cmd == 0x41 || cmd == 0x42 || cmd == 0x44 || cmd == 0x46 || netfn == 0x0c);
			}
	assert_int_equal(sent, 6);
	sent = 0;
	for (unsigned parameter = 0; parameter < 256; parameter++) {
		data[1] = (uint8_t)parameter;
		sent += ipmi_send(&i, 0x0c, 0x02, data, 4, out, &code) != -3;
	}
	assert_int_equal(sent, 6);
	data[1] = 16; /* the community string */
	assert_false(ipmi_allowed(0x0c, 0x02, data, 4));
	assert_false(ipmi_allowed(0x0c, 0x01, data, 4));
	assert_false(ipmi_allowed(0x06, 0x40, data, 3));
	assert_false(ipmi_allowed(0x06, 0x47, data, 2));
}

static void
frames_survive_their_escapes(void **state)
{
	uint8_t bytes[] = { 0xa0, 0xa1, 0xaa, 0xb0, 0x00, 0xff }, frame[32];
	size_t n = ipmi_vm_frame(frame, bytes, sizeof(bytes));

	(void)state;
	assert_int_equal(frame[n - 1], 0xa0);
	for (size_t k = 0; k + 1 < n; k++)
		assert_true(frame[k] != 0xa0 && frame[k] != 0xa1);
	assert_int_equal(ipmi_vm_unframe(frame, n), sizeof(bytes));
	assert_memory_equal(frame, bytes, sizeof(bytes));
	n = ipmi_vm_frame(frame, bytes, sizeof(bytes));
	frame[n - 3] ^= 1;
	assert_int_equal(ipmi_vm_unframe(frame, n), 0);
	assert_int_equal(ipmi_vm_unframe(frame, 0), 0);
	assert_int_equal(ipmi_vm_unframe((uint8_t[]){ 0xaa, 0xa0 }, 2), 0);
}

/* Simulated controllers are on this machine, nowhere else. */
static void
no_other_machine_is_reached(void **state)
{
	static const char *const places[] = { "10.0.0.1:623", "192.168.1.1:80", "localhost:623", "::1:623", "127.0.0.1",
		"127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:1x", ":5", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		assert_int_equal(ipmi_connect(places[i]), -1);
}

/* A controller of which only the answers are given. */
static size_t
weak(struct ipmi *i, uint8_t netfn, uint8_t cmd, const uint8_t *data, size_t len, uint8_t answer[IPMI_ANSWER_MAX])
{
	static const struct {
		uint8_t cmd, first, second;
		size_t n;
		uint8_t bytes[20];
	} rows[] = {
		{ 0x01, 0, 0, 16, { 0, 0x20, 1, 0x0c, 0x07, 0x02, 0xbf, 0x7c, 0x2a, 0, 0x51, 0x12, 1, 2, 3, 4 } },
		{ 0x42, 1, 0, 10, { 0, 1, 4, 1, 0x80, 0xf2, 0x1b, 0, 0, 0 } },
		{ 0x42, 2, 0, 10, { 0, 2, 5, 1, 0x80, 0xf2, 0x1b, 0, 0, 0 } },
		{ 0x41, 1, 0x80, 3, { 0, 0x00, 0x04 } },
		{ 0x41, 1, 0x40, 3, { 0, 0x1a, 0x04 } },
		{ 0x02, 1, 2, 7, { 0, 0x11, 0x14, 0x14, 0x14, 0x14, 0x00 } },
		{ 0x02, 1, 3, 6, { 0, 0x11, 10, 1, 2, 3 } },
		{ 0x02, 1, 5, 8, { 0, 0x11, 0, 1, 2, 0xa0, 0xb0, 0xc0 } },
		{ 0x02, 1, 22, 3, { 0, 0x11, 3 } },
		{ 0x02, 1, 23, 19, { 0, 0x11, 0, 0, 3, 17 } },
		{ 0x02, 1, 24, 11, { 0, 0x11, 0, 0x4f, 0x04 } },
		{ 0x44, 1, 1, 5, { 0, 2, 0x41, 0, 0x14 } },
		{ 0x44, 1, 2, 5, { 0, 2, 0x81, 0, 0x02 } },
		{ 0x46, 1, 0, 17, { 0 } },
		{ 0x46, 2, 0, 17, { 0, 'x' } },
	};

	(void)i;
	(void)netfn;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
		if (rows[k].cmd == cmd && (len < 1 || rows[k].first == data[0]) && (len < 2 || rows[k].second == data[1])) {
			memcpy(answer, rows[k].bytes, rows[k].n);
			return rows[k].n;
		}
	answer[0] = 0xcc;
	return 1;
}

static void
controller_as_it_answers(void **state)
{
	struct collect_value *bmc = collect_object(arena);
	struct ipmi i = { .exchange = weak };

	(void)state;
	ipmi_facts(&c, bmc, &i);
	expect(bmc,
	    "{\"channels\":[{\"access\":\"always\",\"medium\":\"LAN\",\"number\":1,\"per_message_auth\":false,\"privilege_"
	    "limit\":4,"
	    "\"user_auth\":false},{\"access\":null,\"medium\":\"serial\",\"number\":2}],"
	    "\"device_id\":{\"aux\":\"01020304\",\"device\":32,\"firmware\":\"12.07\",\"ipmi\":\"2.0\",\"manufacturer\":10876,"
	    "\"product\":4689},"
	    "\"lan\":[{\"address\":\"10.1.2.3\",\"auth_enables\":[20,20,20,20,0],\"channel\":1,\"cipher_privileges\":[15,4,4],"
	    "\"cipher_suites\":[0,3,17],\"mac\":\"00:01:02:a0:b0:c0\"}],"
	    "\"users\":[{\"channel\":1,\"enabled\":true,\"id\":1,\"ipmi\":true,\"name_empty\":true,\"privilege\":4},"
	    "{\"channel\":1,\"enabled\":false,\"id\":2,\"ipmi\":false,\"name_empty\":false,\"privilege\":2}]}");
	expect(c.unknown,
	    "[{\"fact\":\"bmc.channels.access\",\"why\":\"channel 1: it is 'disabled' now and 'always' after a reset\"}]");
}

static size_t
mute(struct ipmi *i, uint8_t netfn, uint8_t cmd, const uint8_t *data, size_t len, uint8_t answer[IPMI_ANSWER_MAX])
{
	(void)netfn;
	return i->asked > 3 ? 0 : weak(i, 0, cmd, data, len, answer);
}

/* Once an answer fails to come nothing more is asked: the machine is in use. */
static void
silent_controller_is_left_alone(void **state)
{
	struct collect_value *bmc = collect_object(arena);
	struct ipmi i = { .exchange = mute };

	(void)state;
	ipmi_facts(&c, bmc, &i);
	assert_int_equal(i.asked, 4);
	assert_true(i.silent);
	assert_true(collect_count(c.unknown) > 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(mounts_keep_what_protects, begin, end),
		cmocka_unit_test_setup_teardown(exports_as_nfs_takes_them, begin, end),
		cmocka_unit_test_setup_teardown(units_as_systemd_takes_them, begin, end),
		cmocka_unit_test_setup_teardown(rules_for_what_comes_in, begin, end),
		cmocka_unit_test_setup_teardown(some_capabilities_make_an_administrator, begin, end),
		cmocka_unit_test_setup_teardown(only_reading_commands_are_sent, begin, end),
		cmocka_unit_test_setup_teardown(frames_survive_their_escapes, begin, end),
		cmocka_unit_test_setup_teardown(no_other_machine_is_reached, begin, end),
		cmocka_unit_test_setup_teardown(controller_as_it_answers, begin, end),
		cmocka_unit_test_setup_teardown(silent_controller_is_left_alone, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
