/* minisign's files, checked against the minisign program itself: what we sign it accepts, what it signs we accept. */

#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "crypto/minisign.h"

#define CONTENT "FSN2023-1338\nthe canonical bytes of a notice\n"

static char dir[] = "/tmp/fp-minisign-XXXXXX";

/* Run minisign inside the folder with typed as its standard input; its exit code. */
static int
minisign(const char *typed, const char *const *args)
{
	int to[2], status = -1;
	pid_t pid;

	assert_int_equal(pipe(to), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		if (chdir(dir) != 0 || dup2(to[0], 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0)
			_exit(126);
		(void)close(to[1]);
		(void)execvp("minisign", (char *const *)(uintptr_t)args);
		_exit(127);
	}
	(void)close(to[0]);
	(void)!write(to[1], typed, strlen(typed));
	(void)close(to[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 200;
}

#define MINISIGN(typed, ...) minisign(typed, (const char *const[]){ "minisign", __VA_ARGS__, NULL })

static char *
in_dir(const char *name)
{
	static char path[4][128];
	static unsigned next;
	char *p = path[next++ % 4];

	(void)snprintf(p, 128, "%s/%s", dir, name);
	return p;
}

static void
put(const char *name, const char *data, size_t len)
{
	assert_int_equal(fp_file_publish(in_dir(name), data, len, 0600, NULL), FP_OK);
}

static void
get(struct fp_buf *b, const char *name)
{
	fp_buf_clear(b);
	assert_int_equal(fp_file_read(b, in_dir(name), NULL), FP_OK);
}

static int
make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL;
}

static int
remove_dir(void **state)
{
	static const char *const names[] = { "content", "content.minisig", "ours.pub", "ours.key", "again.pub", "its.pub",
		"its.key", "its.sig", "legacy.sig", "sealed.key" };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(names); i++)
		(void)unlink(in_dir(names[i]));
	return rmdir(dir);
}

static void
minisign_accepts_ours(void **state)
{
	struct minisign_public pub;
	struct minisign_secret sec;
	struct fp_buf b = { .max = 0 };

	(void)state;
	minisign_keygen(&pub, &sec);
	minisign_public_write(&b, &pub, NULL);
	put("ours.pub", b.data, b.len);
	fp_buf_clear(&b);
	assert_int_equal(minisign_sign(&b, &sec, CONTENT, strlen(CONTENT), "timestamp:1\tfile:content", NULL, NULL), FP_OK);
	put("content", CONTENT, strlen(CONTENT));
	put("content.minisig", b.data, b.len);
	assert_int_equal(MINISIGN("", "-V", "-H", "-p", "ours.pub", "-m", "content"), 0);
	put("content", "x" CONTENT, strlen(CONTENT) + 1);
	assert_int_not_equal(MINISIGN("", "-V", "-p", "ours.pub", "-m", "content"), 0);
	fp_buf_free(&b);
}

/* minisign makes the public key again from the secret key file that we wrote, and signs with it. */
static void
minisign_uses_our_secret_keys(void **state)
{
	static const char *const passwords[] = { NULL, "correct horse" };
	struct minisign_public pub;
	struct minisign_secret sec;
	struct fp_buf b = { .max = 0 }, want = { .max = 0 };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(passwords); i++) {
		const char *typed = passwords[i] ? "correct horse\n" : "";

		minisign_keygen(&pub, &sec);
		fp_buf_clear(&b);
		assert_int_equal(minisign_secret_write(&b, &sec, passwords[i], MINISIGN_QUICK, NULL), FP_OK);
		put("ours.key", b.data, b.len);
		fp_buf_clear(&want);
		minisign_public_write(&want, &pub, NULL);
		assert_int_equal(MINISIGN(typed, "-R", "-f", "-s", "ours.key", "-p", "again.pub"), 0);
		get(&b, "again.pub");
		/* In its comment minisign leaves the id's leading zeros away: the key is the line behind. */
		assert_string_equal(strchr(b.data, '\n'), strchr(want.data, '\n'));
		put("content", CONTENT, strlen(CONTENT));
		assert_int_equal(MINISIGN(typed, "-S", "-s", "ours.key", "-m", "content"), 0);
		assert_int_equal(MINISIGN("", "-V", "-p", "again.pub", "-m", "content"), 0);
	}
	fp_buf_free(&b);
	fp_buf_free(&want);
}

static void
verify_file(const char *signature_file, bool prehashed)
{
	struct minisign_signature sig;
	struct minisign_public pub;
	struct fp_buf b = { .max = 0 };

	get(&b, "its.pub");
	assert_int_equal(minisign_public_parse(&pub, b.data, b.len, "its.pub", NULL), FP_OK);
	get(&b, signature_file);
	assert_int_equal(minisign_signature_parse(&sig, b.data, b.len, signature_file, NULL), FP_OK);
	assert_int_equal(sig.prehashed, prehashed);
	assert_int_equal(minisign_verify(&pub, &sig, CONTENT, strlen(CONTENT), "content", NULL), FP_OK);
	assert_string_equal(sig.trusted, "of the test");
	fp_buf_free(&b);
}

static void
we_accept_its(void **state)
{
	struct minisign_secret sec;
	struct fp_buf b = { .max = 0 };

	(void)state;
	put("content", CONTENT, strlen(CONTENT));
	assert_int_equal(MINISIGN("", "-G", "-f", "-W", "-p", "its.pub", "-s", "its.key"), 0);
	assert_int_equal(MINISIGN("", "-S", "-s", "its.key", "-m", "content", "-x", "its.sig", "-t", "of the test"), 0);
	assert_int_equal(MINISIGN("", "-S", "-l", "-s", "its.key", "-m", "content", "-x", "legacy.sig", "-t", "of the test"), 0);
	verify_file("its.sig", true);
	verify_file("legacy.sig", false);
	get(&b, "its.key");
	assert_false(minisign_secret_encrypted(b.data, b.len));
	assert_int_equal(minisign_secret_parse(&sec, b.data, b.len, NULL, "its.key", NULL), FP_OK);
	fp_buf_free(&b);
}

/* minisign's own password keys ask scrypt for 1 GiB. */
static void
we_read_its_password_keys(void **state)
{
	struct minisign_public pub, made;
	struct minisign_secret sec;
	struct fp_buf b = { .max = 0 };
	struct fp_err err = { .status = FP_OK };
	enum fp_status st;

	(void)state;
	assert_int_equal(MINISIGN("pass word\npass word\n", "-G", "-f", "-p", "its.pub", "-s", "sealed.key"), 0);
	get(&b, "its.pub");
	assert_int_equal(minisign_public_parse(&pub, b.data, b.len, "its.pub", NULL), FP_OK);
	get(&b, "sealed.key");
	assert_true(minisign_secret_encrypted(b.data, b.len));
	assert_int_equal(minisign_secret_parse(&sec, b.data, b.len, NULL, "sealed.key", &err), FP_EUSAGE);
	st = minisign_secret_parse(&sec, b.data, b.len, "pass word", "sealed.key", &err);
	fp_buf_free(&b);
	if (st == FP_ENOMEM)
		skip();
	assert_int_equal(st, FP_OK);
	minisign_public_of(&made, &sec);
	assert_memory_equal(&made, &pub, sizeof(pub));
}

static const struct {
	const char *content;
	size_t flip; /* this byte of the signature file (0 none) becomes another base64 digit or letter */
	bool other_key;
	const char *says;
} refused[] = {
	{ CONTENT "x", 0, false,
	    "content does not match its signature: it was changed after it was signed, or the key is false" },
	{ CONTENT, 100, false, "content does not match its signature: it was changed after it was signed, or the key is false" },
	{ CONTENT, 142, false, "content: the trusted comment of its signature was changed" },
	{ CONTENT, 200, false, "content: the trusted comment of its signature was changed" },
	{ CONTENT, 0, true, "content was signed with another key: " },
};

static void
changed_things_have_their_own_message(void **state)
{
	struct minisign_public pub, other;
	struct minisign_secret sec, other_sec;
	struct minisign_signature sig;
	struct fp_buf b = { .max = 0 };
	struct fp_err err;

	(void)state;
	minisign_keygen(&pub, &sec);
	minisign_keygen(&other, &other_sec);
	for (size_t i = 0; i < FP_COUNT(refused); i++) {
		fp_buf_clear(&b);
		assert_int_equal(minisign_sign(&b, &sec, CONTENT, strlen(CONTENT), "trusted words", "c", NULL), FP_OK);
		if (refused[i].flip != 0)
			b.data[refused[i].flip] = b.data[refused[i].flip] == 'B' ? 'C' : 'B';
		assert_int_equal(minisign_signature_parse(&sig, b.data, b.len, "f.minisig", &err), FP_OK);
		assert_int_equal(minisign_verify(refused[i].other_key ? &other : &pub, &sig, refused[i].content,
				     strlen(refused[i].content), "content", &err),
		    FP_EINTEGRITY);
		assert_memory_equal(err.msg, refused[i].says, strlen(refused[i].says));
	}
	/* The same key id on another key: the id says nothing. */
	memcpy(other.id, pub.id, sizeof(other.id));
	fp_buf_clear(&b);
	assert_int_equal(minisign_sign(&b, &sec, CONTENT, strlen(CONTENT), "trusted words", "c", NULL), FP_OK);
	assert_int_equal(minisign_signature_parse(&sig, b.data, b.len, "f.minisig", &err), FP_OK);
	assert_int_equal(minisign_verify(&pub, &sig, CONTENT, strlen(CONTENT), "content", &err), FP_OK);
	assert_int_equal(minisign_verify(&other, &sig, CONTENT, strlen(CONTENT), "content", &err), FP_EINTEGRITY);
	fp_buf_free(&b);
}

/* Every prefix of a signature file but the one without its last line end is malformed, and says so. */
static void
cut_files_are_refused(void **state)
{
	struct minisign_public pub;
	struct minisign_secret sec;
	struct minisign_signature sig;
	struct fp_buf b = { .max = 0 };
	struct fp_err err;

	(void)state;
	minisign_keygen(&pub, &sec);
	assert_int_equal(minisign_sign(&b, &sec, CONTENT, strlen(CONTENT), "t", "c", NULL), FP_OK);
	for (size_t n = 0; n + 1 < b.len; n++) {
		assert_int_equal(minisign_signature_parse(&sig, b.data, n, "f.minisig", &err), FP_EINVAL);
		assert_memory_equal(err.msg, "f.minisig", 9);
	}
	assert_int_equal(minisign_signature_parse(&sig, b.data, b.len - 1, "f.minisig", &err), FP_OK);
	fp_buf_puts(&b, "more\n");
	assert_int_equal(minisign_signature_parse(&sig, b.data, b.len, "f.minisig", &err), FP_EINVAL);
	assert_string_equal(err.msg, "f.minisig is too long: a minisign signature has 4 lines");
	fp_buf_clear(&b);
	assert_int_equal(minisign_secret_write(&b, &sec, NULL, MINISIGN_QUICK, NULL), FP_OK);
	for (size_t n = 0; n + 1 < b.len; n++)
		assert_int_equal(minisign_secret_parse(&sec, b.data, n, NULL, "f.key", &err), FP_EINVAL);
	fp_buf_clear(&b);
	minisign_public_write(&b, &pub, "a comment");
	for (size_t n = 0; n + 1 < b.len; n++)
		assert_int_equal(minisign_public_parse(&pub, b.data, n, "f.pub", &err), FP_EINVAL);
	fp_buf_free(&b);
}

static void
bare_public_key_and_crlf(void **state)
{
	static const char line[] = "RWTrn8NU/4NBwhaHeTNdC3Os5ISqzpVH0l4J3kwYf+xLqFi5Pbbzbfc1";
	static const char file[] = "untrusted comment: x\r\nRWTrn8NU/4NBwhaHeTNdC3Os5ISqzpVH0l4J3kwYf+xLqFi5Pbbzbfc1\r\n";
	struct minisign_public a, b;
	char id[MINISIGN_ID_TEXT];

	(void)state;
	assert_int_equal(minisign_public_parse(&a, line, strlen(line), "-P", NULL), FP_OK);
	assert_string_equal(minisign_id_text(id, a.id), "C24183FF54C39FEB");
	assert_int_equal(minisign_public_parse(&b, file, strlen(file), "file", NULL), FP_OK);
	assert_memory_equal(&a, &b, sizeof(a));
}

static void
secret_keys_with_password(void **state)
{
	struct minisign_public pub;
	struct minisign_secret sec, back;
	struct fp_buf b = { .max = 0 };
	struct fp_err err;

	(void)state;
	minisign_keygen(&pub, &sec);
	assert_int_equal(minisign_secret_write(&b, &sec, "p", MINISIGN_QUICK, NULL), FP_OK);
	assert_int_equal(minisign_secret_parse(&back, b.data, b.len, "q", "f.key", &err), FP_EDENIED);
	assert_string_equal(err.msg, "f.key: wrong password, or the file is damaged");
	assert_int_equal(minisign_secret_parse(&back, b.data, b.len, "p", "f.key", &err), FP_OK);
	assert_memory_equal(&back, &sec, sizeof(sec));
	fp_buf_clear(&b);
	assert_int_equal(minisign_secret_write(&b, &sec, NULL, MINISIGN_QUICK, NULL), FP_OK);
	b.data[140] = b.data[140] == 'A' ? 'B' : 'A';
	assert_int_equal(minisign_secret_parse(&back, b.data, b.len, NULL, "f.key", &err), FP_EINTEGRITY);
	/* A file that asks for 2^56 bytes of memory is refused before any is taken. */
	fp_buf_clear(&b);
	assert_int_equal(minisign_secret_write(&b, &sec, "p", MINISIGN_QUICK, NULL), FP_OK);
	b.data[49 + 70] = 'B';
	assert_int_equal(minisign_secret_parse(&back, b.data, b.len, "p", "f.key", &err), FP_ELIMIT);
	fp_buf_free(&b);
}

static void
comments_are_one_line(void **state)
{
	struct minisign_public pub;
	struct minisign_secret sec;
	struct fp_buf b = { .max = 0 };

	(void)state;
	minisign_keygen(&pub, &sec);
	assert_int_equal(minisign_sign(&b, &sec, "", 0, "a\nb", NULL, NULL), FP_EUSAGE);
	assert_int_equal(minisign_sign(&b, &sec, "", 0, "a", "b\r", NULL), FP_EUSAGE);
	assert_int_equal(b.len, 0);
}

static void
no_memory_is_said(void **state)
{
	struct minisign_public pub;
	struct minisign_secret sec;
	int64_t n = 0;
	enum fp_status st;

	(void)state;
	minisign_keygen(&pub, &sec);
	do {
		struct fp_buf b = { .max = 0 };

		(void)fp_mem_fail_after(n++);
		st = minisign_sign(&b, &sec, CONTENT, strlen(CONTENT), "t", NULL, NULL);
		(void)fp_mem_fail_after(-1);
		assert_true(st == FP_OK || st == FP_ENOMEM);
		fp_buf_free(&b);
	} while (st != FP_OK);
	assert_true(n > 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(minisign_accepts_ours),
		cmocka_unit_test(minisign_uses_our_secret_keys), cmocka_unit_test(we_accept_its),
		cmocka_unit_test(we_read_its_password_keys), cmocka_unit_test(changed_things_have_their_own_message),
		cmocka_unit_test(cut_files_are_refused), cmocka_unit_test(bare_public_key_and_crlf),
		cmocka_unit_test(secret_keys_with_password), cmocka_unit_test(comments_are_one_line),
		cmocka_unit_test(no_memory_is_said) };

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
