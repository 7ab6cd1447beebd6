/* NFS in captures: flavours of every call, RPC with TLS, records in parts. */
#include "unit.h"

#include "capture_help.h"

enum flavor { SYS = 1, GSS = 6, TLS = 7 };

static void
put_opaque(struct fp_buf *b, size_t n)
{
	fp_buf_be32(b, (uint32_t)n);
	put_zeros(b, (n + 3) & ~(size_t)3);
}

/* A call up to its arguments; service as in RPCSEC_GSS (0: AUTH_SYS). */
static void
put_call(struct fp_buf *b, uint32_t version, uint32_t procedure, uint32_t service)
{
	fp_buf_be32(b, 0x1234);
	fp_buf_be32(b, 0);
	fp_buf_be32(b, 2);
	fp_buf_be32(b, 100003);
	fp_buf_be32(b, version);
	fp_buf_be32(b, procedure);
	if (service == 0) {
		fp_buf_be32(b, SYS);
		put_opaque(b, 57);
	} else {
		fp_buf_be32(b, GSS);
		fp_buf_be32(b, 24);
		fp_buf_be32(b, 1);
		fp_buf_be32(b, 0);
		fp_buf_be32(b, 17);
		fp_buf_be32(b, service);
		put_opaque(b, 4);
	}
	fp_buf_be32(b, service == 0 ? 0 : GSS);
	put_opaque(b, service == 0 ? 0 : 28);
}

/* SEQUENCE, PUTFH, GETATTR and then this operation. */
static void
put_compound(struct fp_buf *b, uint32_t op, size_t data)
{
	put_opaque(b, 3);
	fp_buf_be32(b, 1);
	fp_buf_be32(b, 4);
	fp_buf_be32(b, 53);
	put_zeros(b, 32);
	fp_buf_be32(b, 22);
	put_opaque(b, 27);
	fp_buf_be32(b, 9);
	fp_buf_be32(b, 2);
	put_zeros(b, 8);
	fp_buf_be32(b, op);
	put_zeros(b, data);
}

/* In parts records: 1 whole, otherwise so many fragments. */
static void
cap_rpc(struct cap *c, enum capture_way way, const struct fp_buf *m, size_t parts)
{
	size_t part = m->len / parts;

	for (size_t i = 0; i < parts; i++) {
		FP_AUTO(fp_buf_free) struct fp_buf f = { .data = NULL };
		size_t n = i + 1 == parts ? m->len - part * i : part;
		fp_buf_be32(&f, (uint32_t)n | (i + 1 == parts ? 0x80000000u : 0));
		fp_buf_add(&f, m->data + part * i, n);
		cap_send(c, way, &f, 1400);
	}
}

static void
cap_reply(struct cap *c, size_t data, const char *verifier)
{
	FP_AUTO(fp_buf_free) struct fp_buf m = { .data = NULL };

	fp_buf_be32(&m, 0x1234);
	fp_buf_be32(&m, 1);
	fp_buf_be32(&m, 0);
	fp_buf_be32(&m, 0);
	fp_buf_be32(&m, (uint32_t)strlen(verifier));
	fp_buf_add(&m, verifier, strlen(verifier));
	put_zeros(&m, 4 + data);
	cap_rpc(c, DOWN, &m, 1);
}

static void
nfs_open(struct cap *c)
{
	cap_open(c, 1);
	c->port = 2049;
	cap_handshake(c);
}

static void
expect(struct cap *c, const char *private, const char *intact)
{
	static const enum capture_question q[] = { CAPTURE_NFS_PRIVATE, CAPTURE_NFS_INTACT };
	const char *want[] = { private, intact };
	struct fp_err err = { .status = FP_OK };
	struct capture *k = cap_read_bytes(c->file.data, c->file.len, NULL, &err);

	assert_non_null(k);
	for (size_t i = 0; i < FP_COUNT(q); i++) {
		struct evidence_verdict v;
		capture_judge(&v, k, q[i], NULL);
		assert_string_equal(v.reason, want[i]);
		assert_string_equal(v.check, "NFS-3");
	}
	capture_free(k);
	fp_buf_free(&c->file);
}

/* One call and a reply. op: of version 4; otherwise procedure is what is called. */
static void
one_call(struct cap *c, uint32_t version, uint32_t procedure, uint32_t service, uint32_t op, size_t data, size_t parts)
{
	FP_AUTO(fp_buf_free) struct fp_buf m = { .data = NULL };

	nfs_open(c);
	put_call(&m, version, procedure, service);
	if (service == 2)
		put_zeros(&m, 8);
	if (version == 4 && service < 3)
		put_compound(&m, op, data);
	else
		put_zeros(&m, data);
	cap_rpc(c, UP, &m, parts);
	cap_reply(c, 200, "");
}

static void
test_flavors(void **state)
{
	static const struct {
		uint32_t version, procedure, service, op;
		size_t data, parts;
		const char *private, *intact;
	} rows[] = {
		{ 3, 7, 0, 0, 9000, 1, "clear-transfer", "unsigned-transfer" },
		{ 3, 6, 0, 0, 90, 1, "clear-transfer", "unsigned-transfer" },
		{ 2, 8, 0, 0, 90, 1, "clear-transfer", "unsigned-transfer" },
		{ 3, 1, 0, 0, 90, 1, "only-handshake", "only-handshake" },
		{ 4, 1, 0, 38, 9000, 1, "clear-transfer", "unsigned-transfer" },
		{ 4, 1, 0, 38, 9000, 3, "clear-transfer", "unsigned-transfer" },
		{ 4, 1, 0, 25, 24, 1, "clear-transfer", "unsigned-transfer" },
		{ 4, 1, 0, 10, 24, 1, "only-handshake", "only-handshake" },
		{ 4, 1, 0, 10, 90000, 1, "transfer-undecided", "transfer-undecided" },
		{ 4, 1, 1, 38, 9000, 1, "clear-transfer", "unsigned-transfer" },
		{ 4, 1, 2, 38, 9000, 1, "clear-transfer", "krb5i-in-use" },
		{ 3, 7, 2, 0, 9000, 2, "clear-transfer", "krb5i-in-use" },
		{ 3, 7, 3, 0, 9000, 1, "krb5p-in-use", "krb5p-in-use" },
		{ 4, 1, 3, 0, 90000, 1, "krb5p-in-use", "krb5p-in-use" },
		{ 4, 1, 3, 0, 900, 1, "little-traffic", "little-traffic" },
		{ 4, 0, 3, 0, 90000, 1, "only-handshake", "only-handshake" },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct cap c;
		one_call(&c, rows[i].version, rows[i].procedure, rows[i].service, rows[i].op, rows[i].data, rows[i].parts);
		expect(&c, rows[i].private, rows[i].intact);
	}
}

static void
tls_record(struct cap *c, enum capture_way way, uint8_t type, size_t len)
{
	FP_AUTO(fp_buf_free) struct fp_buf r = { .data = NULL };

	fp_buf_u8(&r, type);
	fp_buf_be16(&r, 0x0303);
	fp_buf_be16(&r, (uint16_t)len);
	put_zeros(&r, len);
	cap_send(c, way, &r, 7);
}

static void
test_tls(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf m = { .data = NULL };
	struct fp_err err;
	struct capture *k;
	struct cap c;

	(void)state;
	nfs_open(&c);
	put_call(&m, 4, 0, 0);
	m.len = 24;
	fp_buf_be32(&m, TLS);
	put_zeros(&m, 12);
	cap_rpc(&c, UP, &m, 1);
	cap_reply(&c, 4, "STARTTLS");
	tls_record(&c, UP, 0x16, 500);
	tls_record(&c, DOWN, 0x16, 1500);
	for (int i = 0; i < 5; i++)
		tls_record(&c, UP, 0x17, 16000);
	k = cap_read_bytes(c.file.data, c.file.len, NULL, &err);
	assert_int_equal(k->convs[0].nfs.tls_asked, 1);
	assert_int_equal(k->convs[0].nfs.tls_granted, 1);
	assert_int_equal(k->convs[0].nfs.tls_bytes[UP], 80000);
	capture_free(k);
	tls_record(&c, DOWN, 0x17, 100);
	expect(&c, "tls-in-use", "tls-in-use");
}

/* Offered and not taken: the calls go on in clear. */
static void
test_tls_not_taken(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf m = { .data = NULL };
	struct cap c;

	(void)state;
	nfs_open(&c);
	cap_reply(&c, 4, "STARTTLS");
	put_call(&m, 3, 7, 0);
	put_zeros(&m, 100);
	cap_rpc(&c, UP, &m, 1);
	expect(&c, "clear-transfer", "unsigned-transfer");
}

static void
test_udp(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf m = { .data = NULL };
	struct cap c;

	(void)state;
	cap_open(&c, 1);
	c.port = 2049;
	put_call(&m, 3, 7, 0);
	put_zeros(&m, 1000);
	cap_datagram(&c, UP, &m);
	expect(&c, "clear-transfer", "unsigned-transfer");
	m.data[7] = 9;
	cap_open(&c, 1);
	c.port = 2049;
	cap_datagram(&c, UP, &m);
	expect(&c, "not-understood", "not-understood");
}

static void
test_found_again(void **state)
{
	FP_AUTO(fp_buf_free) struct fp_buf m = { .data = NULL };
	struct cap c;
	struct capture *k;
	struct fp_err err;

	(void)state;
	nfs_open(&c);
	c.seq[UP] += 4000; /* lost */
	put_call(&m, 3, 7, 0);
	put_zeros(&m, 3000);
	for (int i = 0; i < 3; i++)
		cap_rpc(&c, UP, &m, 1);
	k = cap_read_bytes(c.file.data, c.file.len, NULL, &err);
	assert_int_equal(k->convs[0].gaps.count, 1);
	assert_int_equal(k->convs[0].nfs.transfers[CAPTURE_RPC_CLEAR].count, 2);
	capture_free(k);
	expect(&c, "clear-transfer", "unsigned-transfer");
}

static void
test_hostile(void **state)
{
	static const uint32_t lengths[] = { 401, 0x7FFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(lengths); i++) {
		FP_AUTO(fp_buf_free) struct fp_buf m = { .data = NULL };
		struct cap c;
		put_call(&m, 3, 7, 0);
		for (int k = 0; k < 4; k++)
			m.data[28 + k] = (char)(lengths[i] >> (24 - 8 * k));
		nfs_open(&c);
		cap_rpc(&c, UP, &m, 1);
		expect(&c, "not-understood", "not-understood");
		m.data[28] = 0;
		fp_buf_clear(&m); /* a record that says 2 GB */
		fp_buf_be32(&m, 0xFFFFFFFFu);
		nfs_open(&c);
		cap_send(&c, UP, &m, 4);
		expect(&c, "not-understood", "not-understood");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_flavors), cmocka_unit_test(test_tls),
		cmocka_unit_test(test_tls_not_taken), cmocka_unit_test(test_udp), cmocka_unit_test(test_found_again),
		cmocka_unit_test(test_hostile) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
