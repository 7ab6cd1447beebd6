/* Bundles: the same bytes from the same evidence; every part that does not hold is found and named; archives that no bundle is are refused. */
#include "unit.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>

#include "base/mem.h"
#include "evidence/bundle.h"

#define OK(call)                                                                                                                 \
	do {                                                                                                                     \
		if ((call) != FP_OK)                                                                                             \
			fail_msg("%s: %s", #call, err.msg);                                                                      \
	} while (0)

static struct fp_err err;

static struct minisign_secret
key_of(uint8_t seed)
{
	struct minisign_secret k = { .id = { seed, 2, 3, 4, 5, 6, 7, 8 } };
	uint8_t pub[CRYPTO_ED25519_PUBLIC], bytes[32] = { seed };

	crypto_ed25519_keys(pub, k.key, bytes);
	return k;
}

/* Four members beside what sealing adds, and two verdicts. */
static struct evidence_bundle *
sample(void)
{
	static const char *const names[] = { "notice.json", "observations/b.json", "observations/a.json", "README.txt" };
	struct evidence_bundle *b = evidence_bundle_new();
	FP_AUTO(fp_buf_free) struct fp_buf verdicts = { .max = 0 };
	struct minisign_secret key = key_of(7);

	assert_non_null(b);
	b->head =
	    (struct evidence_bundle_head){ .tool = "fieldproof test", .made = 1700000009000, .reference = "FSN1", .revision = 1 };
	for (size_t i = 0; i < FP_COUNT(names); i++)
		OK(evidence_archive_add(b->archive, names[i], names[i], strlen(names[i]), &err));
	for (int i = 0; i < 2; i++) {
		struct evidence_bundle_verdict v = { .cell = i + 1,
			.device = (char *)"SN1",
			.mode = "Dx",
			.action = "patch",
			.at = 1700000001000,
			.v = { .result = i ? EVIDENCE_FAIL : EVIDENCE_PASS,
			    .level = EVIDENCE_L2,
			    .check = "SMB-2",
			    .reason = "x" } };

		OK(evidence_bundle_verdict(b, &v, &err));
	}
	OK(evidence_bundle_verdicts_write(&verdicts, b, &err));
	OK(evidence_archive_add(b->archive, EVIDENCE_VERDICTS, verdicts.data, verdicts.len, &err));
	OK(evidence_bundle_seal(b, &key, &err));
	return b;
}

static struct evidence_archive *
unpacked(const struct fp_buf *file)
{
	FP_AUTO(fp_buf_free) struct fp_buf plain = { .max = 0 };
	struct evidence_archive *a = NULL;

	OK(evidence_archive_unpack(&plain, file->data, file->len, &err));
	OK(evidence_archive_load(&a, plain.data, plain.len, &err));
	return a;
}

static struct evidence_bundle *
opened(struct evidence_archive *a)
{
	struct evidence_bundle *b = NULL;

	OK(evidence_bundle_open(&b, &a, &err));
	assert_null(a);
	return b;
}

static void
round_trip(void **state)
{
	FP_AUTO(evidence_bundle_freep) struct evidence_bundle *one = sample(), *two = sample(), *again = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf x = { .max = 0 }, y = { .max = 0 };

	(void)state;
	OK(evidence_archive_write(&x, one->archive, one->head.made, &err));
	OK(evidence_archive_write(&y, two->archive, two->head.made, &err));
	assert_int_equal(x.len, y.len);
	assert_memory_equal(x.data, y.data, x.len);
	again = opened(unpacked(&x));
	assert_int_equal(again->n_damage, 0);
	assert_int_equal(again->archive->n, 8);
	assert_string_equal(again->archive->items[0].name, EVIDENCE_MANIFEST);
	assert_string_equal(again->archive->items[2].name, "README.txt");
	assert_string_equal(again->head.tool, "fieldproof test");
	assert_string_equal(again->head.key, one->head.key);
	assert_int_equal(again->n_verdicts, 2);
	assert_int_equal(again->verdicts[1].v.result, EVIDENCE_FAIL);
	assert_string_equal(again->verdicts[0].mode, "Dx");
	OK(evidence_bundle_signed(again, NULL, &err));
}

static void
signatures(void **state)
{
	FP_AUTO(evidence_bundle_freep) struct evidence_bundle *b = sample();
	struct minisign_secret mine = key_of(7), other = key_of(9), same_id = key_of(7);
	struct minisign_public pub;
	uint8_t bytes[32] = { 99 };

	(void)state;
	minisign_public_of(&pub, &mine);
	OK(evidence_bundle_signed(b, &pub, &err));
	minisign_public_of(&pub, &other);
	assert_int_equal(evidence_bundle_signed(b, &pub, &err), FP_EINTEGRITY);
	assert_non_null(strstr(err.msg, "another key"));
	crypto_ed25519_keys(pub.key, same_id.key, bytes);
	minisign_public_of(&pub, &same_id);
	assert_int_equal(evidence_bundle_signed(b, &pub, &err), FP_EINTEGRITY);
}

/* ---- what somebody did to the members ---- */

static size_t
place_of(const struct evidence_archive *a, const char *name)
{
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->items[i].name, name) == 0)
			return i;
	fail_msg("no %s", name);
	return 0;
}

static void
set_text(char **to, const char *text)
{
	free(*to);
	*to = fp_strdup(text);
}

static void
replace_in(struct evidence_member *m, const char *was, const char *is)
{
	char *at = strstr(m->data, was);

	assert_non_null(at);
	assert_int_equal(strlen(was), strlen(is));
	memcpy(at, is, strlen(is));
}

static void
do_change(struct evidence_archive *a)
{
	a->items[place_of(a, "observations/a.json")].data[3] ^= 1;
}
static void
do_remove(struct evidence_archive *a)
{
	size_t at = place_of(a, "observations/a.json");

	free(a->items[at].name);
	free(a->items[at].data);
	memmove(&a->items[at], &a->items[at + 1], (a->n - at - 1) * sizeof(a->items[0]));
	a->n--;
}
static void
do_add(struct evidence_archive *a)
{
	OK(evidence_archive_add(a, "observations/c.json", "{}", 2, &err));
}
static void
do_reorder(struct evidence_archive *a)
{
	struct evidence_member m = a->items[3];

	a->items[3] = a->items[4];
	a->items[4] = m;
}
static void
do_rename(struct evidence_archive *a)
{
	set_text(&a->items[place_of(a, "observations/a.json")].name, "observations/z.json");
}
static void
do_swap(struct evidence_archive *a)
{
	struct evidence_member *x = &a->items[place_of(a, "observations/a.json")],
			       *y = &a->items[place_of(a, "observations/b.json")];
	char *data = x->data;

	x->data = y->data;
	y->data = data;
}
static void
do_verdict(struct evidence_archive *a)
{
	replace_in(&a->items[place_of(a, EVIDENCE_VERDICTS)], "\"fail\"", "\"pass\"");
}
static void
do_manifest_hash(struct evidence_archive *a)
{
	struct evidence_member *m = &a->items[0];
	char *at = strstr(m->data, "\"sha256\"");

	at = strstr(at + 1, "\"sha256\"");
	at[20] = at[20] == 'a' ? 'b' : 'a';
}
static void
do_manifest_link(struct evidence_archive *a)
{
	char *at = strstr(a->items[0].data, "\"link\"");

	at[20] = at[20] == 'a' ? 'b' : 'a';
}
static void
do_manifest_time(struct evidence_archive *a)
{
	replace_in(&a->items[0], "2023-11-14", "2024-11-14");
}
static void
do_cut_signature(struct evidence_archive *a)
{
	a->items[1].len /= 2;
}
static void
do_no_signature(struct evidence_archive *a)
{
	set_text(&a->items[1].name, "manifest.minisig2");
}
static void
do_other_key(struct evidence_archive *a)
{
	struct minisign_secret other = key_of(9);
	struct minisign_public pub;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
	struct evidence_member *m = &a->items[place_of(a, EVIDENCE_KEY)];

	minisign_public_of(&pub, &other);
	minisign_public_write(&b, &pub, NULL);
	m->len = b.len;
	set_text(&m->data, b.data);
}

static const struct {
	const char *name;
	void (*what)(struct evidence_archive *a);
	const char *where, *why; /* of the first damage; NULL: only the signature tells */
	const char *signature;   /* what its check says; NULL: that holds */
} deeds[] = {
	{ "changed", do_change, "observations/a.json", "it was changed", NULL },
	{ "removed", do_remove, "observations/a.json", "it is missing", NULL },
	{ "added", do_add, "observations/c.json", "it was added", NULL },
	{ "reordered", do_reorder, "observations/a.json", "it stands in another place", NULL },
	{ "renamed", do_rename, "observations/a.json", "it was renamed to 'observations/z.json'", NULL },
	{ "two swapped", do_swap, "observations/a.json", "it was changed", NULL },
	{ "verdict", do_verdict, EVIDENCE_VERDICTS, "it was changed", NULL },
	{ "hash in the manifest", do_manifest_hash, "README.txt", "it was changed", "changed" },
	{ "link in the manifest", do_manifest_link, EVIDENCE_MANIFEST, "its chain breaks at 'README.txt'", "changed" },
	{ "time in the manifest", do_manifest_time, NULL, NULL, "changed" },
	{ "signature cut", do_cut_signature, NULL, NULL, "" },
	{ "signature away", do_no_signature, "manifest.minisig2", "it was added", "not signed" },
	{ "another key enclosed", do_other_key, EVIDENCE_KEY, "it was changed", "encloses key" },
};

static void
every_deed_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < FP_COUNT(deeds); i++) {
		FP_AUTO(evidence_bundle_freep) struct evidence_bundle *b = sample(), *again = NULL;
		FP_AUTO(fp_buf_free) struct fp_buf file = { .max = 0 };
		bool told;

		deeds[i].what(b->archive);
		b->archive->n_index = 0;
		OK(evidence_archive_write(&file, b->archive, b->head.made, &err));
		again = opened(unpacked(&file));
		told = again->n_damage > 0;
		if (deeds[i].why != NULL && deeds[i].where != NULL &&
		    (!told || strcmp(again->damage[0].where, deeds[i].where) != 0 ||
			strstr(again->damage[0].why, deeds[i].why) == NULL))
			fail_msg("%s: %s: %s", deeds[i].name, told ? again->damage[0].where : "",
			    told ? again->damage[0].why : "nothing");
		if (evidence_bundle_signed(again, NULL, &err) != FP_OK) {
			told = true;
			if (deeds[i].signature == NULL || strstr(err.msg, deeds[i].signature) == NULL)
				fail_msg("%s: %s", deeds[i].name, err.msg);
		} else if (deeds[i].signature != NULL) {
			fail_msg("%s: the signature holds", deeds[i].name);
		}
		if (!told)
			fail_msg("%s: not found", deeds[i].name);
	}
}

/* ---- archives that no bundle is ---- */

struct foreign {
	const char *name;
	unsigned type;
	const char *link;
	size_t size;
};

static void
make_foreign(struct fp_buf *out, const struct foreign *e, size_t n, bool pax)
{
	static char bytes[8192];
	struct archive *w = archive_write_new();
	struct archive_entry *h = archive_entry_new();
	static char file[1 << 20];
	size_t used = 0;

	assert_int_equal(archive_write_add_filter_zstd(w), ARCHIVE_OK);
	assert_int_equal(pax ? archive_write_set_format_pax(w) : archive_write_set_format_gnutar(w), ARCHIVE_OK);
	assert_int_equal(archive_write_open_memory(w, file, sizeof(file), &used), ARCHIVE_OK);
	for (size_t i = 0; i < n; i++) {
		(void)archive_entry_clear(h);
		archive_entry_set_pathname(h, e[i].name);
		archive_entry_set_filetype(h, e[i].type);
		archive_entry_set_perm(h, 0644);
		archive_entry_set_size(h, (la_int64_t)e[i].size);
		if (e[i].type == AE_IFLNK)
			archive_entry_set_symlink(h, e[i].link);
		else if (e[i].link != NULL)
			archive_entry_set_hardlink(h, e[i].link);
		assert_int_equal(archive_write_header(w, h), ARCHIVE_OK);
		for (size_t left = e[i].type == AE_IFREG && e[i].link == NULL ? e[i].size : 0; left > 0;) {
			size_t part = left < sizeof(bytes) ? left : sizeof(bytes);

			assert_int_equal(archive_write_data(w, bytes, part), part);
			left -= part;
		}
	}
	assert_int_equal(archive_write_close(w), ARCHIVE_OK);
	(void)archive_write_free(w);
	archive_entry_free(h);
	fp_buf_add(out, file, used);
}

static enum fp_status
take(const struct fp_buf *file)
{
	FP_AUTO(fp_buf_free) struct fp_buf plain = { .max = 0 };
	FP_AUTO(evidence_archive_freep) struct evidence_archive *a = NULL;
	enum fp_status s = evidence_archive_unpack(&plain, file->data, file->len, &err);

	return s == FP_OK ? evidence_archive_load(&a, plain.data, plain.len, &err) : s;
}

static void
foreign_archives_are_refused(void **state)
{
	static const struct {
		struct foreign e[2];
		size_t n;
		enum fp_status status;
		const char *why;
	} cases[] = {
		{ { { "../evil.json", AE_IFREG, NULL, 3 } }, 1, FP_EINTEGRITY, "'../evil.json'" },
		{ { { "/etc/passwd", AE_IFREG, NULL, 3 } }, 1, FP_EINTEGRITY, "'/etc/passwd'" },
		{ { { "a/../../b", AE_IFREG, NULL, 3 } }, 1, FP_EINTEGRITY, "no bundle has such a name" },
		{ { { "a/b/c", AE_IFREG, NULL, 3 } }, 1, FP_EINTEGRITY, "no bundle has such a name" },
		{ { { "./notice.json", AE_IFREG, NULL, 3 } }, 1, FP_EINTEGRITY, "no bundle has such a name" },
		{ { { "-rf", AE_IFREG, NULL, 3 } }, 1, FP_EINTEGRITY, "no bundle has such a name" },
		{ { { "a b", AE_IFREG, NULL, 3 } }, 1, FP_EINTEGRITY, "no bundle has such a name" },
		{ { { "evil\x1b[2J", AE_IFREG, NULL, 3 } }, 1, FP_EINTEGRITY, "no bundle has such a name" },
		{ { { "link.json", AE_IFLNK, "/etc/passwd", 0 } }, 1, FP_EINTEGRITY, "no plain file" },
		{ { { "a.json", AE_IFREG, NULL, 3 }, { "b.json", AE_IFREG, "a.json", 0 } }, 2, FP_EINTEGRITY, "no plain file" },
		{ { { "folder", AE_IFDIR, NULL, 0 } }, 1, FP_EINTEGRITY, "no " },
		{ { { "device", AE_IFCHR, NULL, 0 } }, 1, FP_EINTEGRITY, "no plain file" },
		{ { { "pipe", AE_IFIFO, NULL, 0 } }, 1, FP_EINTEGRITY, "no plain file" },
		{ { { "a.json", AE_IFREG, NULL, 3 }, { "a.json", AE_IFREG, NULL, 3 } }, 2, FP_EINTEGRITY, "twice" },
		{ { { "bomb.json", AE_IFREG, NULL, EVIDENCE_MEMBER_MAX + 1 } }, 1, FP_ELIMIT, "larger than" },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(cases); i++) {
		FP_AUTO(fp_buf_free) struct fp_buf file = { .max = 0 };
		enum fp_status s;

		make_foreign(&file, cases[i].e, cases[i].n, i % 2 == 1);
		s = take(&file);
		if (s != cases[i].status || strstr(err.msg, cases[i].why) == NULL)
			fail_msg("%s: %d %s", cases[i].e[0].name, s, err.msg);
		for (const char *p = err.msg; *p != '\0'; p++)
			assert_true((unsigned char)*p >= 0x20);
	}
}

/* Many members, each within its limit: together they are too much. */
static void
a_bomb_of_many_members_is_refused(void **state)
{
	static struct foreign e[8];
	static char names[8][16];
	FP_AUTO(fp_buf_free) struct fp_buf file = { .max = 0 };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(e); i++) {
		(void)snprintf(names[i], sizeof(names[i]), "m%zu.json", i);
		e[i] = (struct foreign){ names[i], AE_IFREG, NULL, EVIDENCE_MEMBER_MAX };
	}
	make_foreign(&file, e, FP_COUNT(e), false);
	assert_true(file.len < 200000);
	assert_int_equal(take(&file), FP_ELIMIT);
	assert_non_null(strstr(err.msg, "larger than 256 MiB"));
}

/* A reader of tar stops at the archive's end; what stands behind it must not be passed over. */
static void
what_is_beside_the_members_is_found(void **state)
{
	static const struct foreign e = { "plain.json", AE_IFREG, NULL, 3 };
	FP_AUTO(fp_buf_free) struct fp_buf one = { .max = 0 }, two = { .max = 0 };

	(void)state;
	make_foreign(&one, &e, 1, false);
	assert_int_equal(take(&one), FP_OK);
	make_foreign(&two, &e, 1, false);
	fp_buf_add(&two, one.data, one.len); /* a second archive behind the first: its members would not be seen */
	assert_int_equal(take(&two), FP_EINTEGRITY);
	assert_non_null(strstr(err.msg, "behind the last member"));
}

static void
cut_short_is_never_whole(void **state)
{
	FP_AUTO(evidence_bundle_freep) struct evidence_bundle *b = sample();
	FP_AUTO(fp_buf_free) struct fp_buf file = { .max = 0 };

	(void)state;
	OK(evidence_archive_write(&file, b->archive, b->head.made, &err));
	for (size_t len = 0; len < file.len; len++) {
		struct fp_buf part = { .data = file.data, .len = len };

		if (take(&part) == FP_OK)
			fail_msg("%zu of %zu bytes pass for a whole archive", len, file.len);
		assert_true(err.msg[0] != '\0');
	}
}

static void
memory_that_fails_is_told(void **state)
{
	FP_AUTO(evidence_bundle_freep) struct evidence_bundle *b = sample();
	FP_AUTO(fp_buf_free) struct fp_buf file = { .max = 0 }, plain = { .max = 0 };
	bool done = false;

	(void)state;
	OK(evidence_archive_write(&file, b->archive, b->head.made, &err));
	OK(evidence_archive_unpack(&plain, file.data, file.len, &err));
	for (int n = 0; !done; n++) {
		struct evidence_archive *a = NULL;
		struct evidence_bundle *again = NULL;
		enum fp_status s;

		(void)fp_mem_fail_after(n);
		s = evidence_archive_load(&a, plain.data, plain.len, &err);
		if (s == FP_OK)
			s = evidence_bundle_open(&again, &a, &err);
		(void)fp_mem_fail_after(-1);
		/* jansson's own memory is not counted: what lacks a part must at least not be whole. */
		assert_true(s == FP_OK || err.msg[0] != '\0');
		done = s == FP_OK && again->n_damage == 0;
		evidence_archive_free(a);
		evidence_bundle_free(again);
		assert_true(n < 10000);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(signatures),
		cmocka_unit_test(every_deed_is_found),
		cmocka_unit_test(foreign_archives_are_refused),
		cmocka_unit_test(a_bomb_of_many_members_is_refused),
		cmocka_unit_test(what_is_beside_the_members_is_found),
		cmocka_unit_test(cut_short_is_never_whole),
		cmocka_unit_test(memory_that_fails_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
