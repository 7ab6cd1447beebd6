/*
 * A capture of 1 GB: capture_read [MB [signed|encrypted|lossy]] makes one in TMPDIR (four interleaved conversations, WRITEs of 64 kB in
 * segments of 1460), reads it ROUNDS (3) times, and takes it away. capture_read --file FILE reads that, --make FILE MB makes one to keep, --memory PROGRAM... tells on standard
 * error the greatest memory of a program. Prints MB, seconds, MB/s, the greatest memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "capture/capture.h"

#define CLIENTS 4
#define SEGMENT 1460
#define WRITE_SIZE 65536
#define ROUNDS 3

enum how { HOW_SIGNED, HOW_ENCRYPTED, HOW_LOSSY };

struct maker {
	FILE *f;
	enum how how;
	uint64_t written, segments;
	uint32_t seq[CLIENTS][CAPTURE_WAYS];
};

static void
segment(struct maker *m, unsigned who, enum capture_way way, unsigned flags, const uint8_t *p, size_t len)
{
	FP_AUTO(fp_buf_free) struct fp_buf b = { .data = NULL };
	uint16_t port = (uint16_t)(50000 + who);
	uint32_t total = (uint32_t)(14 + 20 + 20 + len), seq = m->seq[who][way];

	m->seq[who][way] += (uint32_t)len + ((flags & 2u) != 0);
	if (m->how == HOW_LOSSY && ++m->segments % 997 == 0)
		return; /* never captured */
	fp_buf_le32(&b, 1700000000);
	fp_buf_le32(&b, 0);
	fp_buf_le32(&b, total);
	fp_buf_le32(&b, total);
	fp_buf_add(&b, "\1\2\3\4\5\6\1\2\3\4\5\7\x08\0", 14);
	fp_buf_be16(&b, 0x4500);
	fp_buf_be16(&b, (uint16_t)(40 + len));
	fp_buf_be32(&b, 0);
	fp_buf_be32(&b, 0x40060000);
	fp_buf_be32(&b, way == CAPTURE_TO_SERVER ? 0x0A000001u + who : 0x0A0000FFu);
	fp_buf_be32(&b, way == CAPTURE_TO_SERVER ? 0x0A0000FFu : 0x0A000001u + who);
	fp_buf_be16(&b, way == CAPTURE_TO_SERVER ? port : 445);
	fp_buf_be16(&b, way == CAPTURE_TO_SERVER ? 445 : port);
	fp_buf_be32(&b, seq);
	fp_buf_be32(&b, 0);
	fp_buf_be16(&b, (uint16_t)(0x5000 | flags));
	fp_buf_be16(&b, 8192);
	fp_buf_be32(&b, 0);
	fp_buf_add(&b, p, len);
	m->written += fwrite(b.data, 1, b.len, m->f);
}

/* A frame of SMB with a body of that length. */
static void
frame(struct maker *m, unsigned who, enum capture_way way, size_t body)
{
	static uint8_t bytes[WRITE_SIZE + 256];
	size_t len = 64 + body;
	bool down = way == CAPTURE_TO_CLIENT;

	memset(bytes, 0x5C, 4 + 64 + 48);
	bytes[0] = 0;
	bytes[1] = (uint8_t)(len >> 16);
	bytes[2] = (uint8_t)(len >> 8);
	bytes[3] = (uint8_t)len;
	memcpy(bytes + 4, m->how == HOW_ENCRYPTED ? "\xFDSMB" : "\xFESMB", 4);
	if (m->how != HOW_ENCRYPTED) {
		memcpy(bytes + 8, "\x40\0\1\0\0\0\0\0\x09\0\1\0", 12);
		memcpy(bytes + 20, down ? "\x09\0\0\0\0\0\0\0" : "\x08\0\0\0\0\0\0\0", 8);
	}
	for (size_t at = 0; at < 4 + len; at += SEGMENT)
		segment(m, who, way, 16, bytes + at, 4 + len - at < SEGMENT ? 4 + len - at : SEGMENT);
}

static bool
make(const char *path, size_t mb, enum how how)
{
	static const uint32_t head[] = { 0xA1B2C3D4u, 4u << 16 | 2u, 0, 0, 262144, 1 };
	struct maker m = { .f = fopen(path, "wbe"), .how = how };

	if (m.f == NULL)
		return false;
	m.written += fwrite(head, 1, sizeof(head), m.f);
	for (unsigned who = 0; who < CLIENTS; who++) {
		segment(&m, who, CAPTURE_TO_SERVER, 2, NULL, 0);
		segment(&m, who, CAPTURE_TO_CLIENT, 18, NULL, 0);
	}
	for (unsigned who = 0; m.written < (uint64_t)mb * 1000000; who = (who + 1) % CLIENTS) {
		frame(&m, who, CAPTURE_TO_SERVER, 48 + WRITE_SIZE);
		frame(&m, who, CAPTURE_TO_CLIENT, 17);
	}
	return fclose(m.f) == 0;
}

static int
measure(const char *path)
{
	double best = 0;

	for (int i = 0; i < ROUNDS; i++) {
		FP_AUTO(capture_freep) struct capture *c = NULL;
		struct fp_err err = { .status = FP_OK };
		struct evidence_verdict v;
		struct rusage use;
		int64_t start = fp_monotonic_us();
		double took;

		if (capture_read(&c, path, NULL, &err) != FP_OK) {
			(void)fprintf(stderr, "capture_read: %s\n", err.msg);
			return 1;
		}
		took = (double)(fp_monotonic_us() - start) / 1e6;
		best = i == 0 || took < best ? took : best;
		if (i + 1 < ROUNDS)
			continue;
		(void)getrusage(RUSAGE_SELF, &use);
		capture_judge(&v, c, CAPTURE_SMB_SIGNED, NULL);
		(void)printf("capture-read   %llu frames  %.0f MB  %.3f s  %.0f MB/s  %ld kB  %s %s\n",
		    (unsigned long long)c->frames, (double)c->frame_bytes / 1e6, best, (double)c->frame_bytes / 1e6 / best,
		    use.ru_maxrss, v.check, v.reason);
	}
	return 0;
}

/* The greatest memory of a program and of the processes that it starts. */
static int
memory_of(char **argv)
{
	struct rusage use;
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		(void)execv(argv[0], argv);
		_exit(127); /* lint-ok: a child of fork must not run what its parent wants done at its end */
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) == 127)
		return 1;
	(void)getrusage(RUSAGE_CHILDREN, &use);
	(void)fprintf(stderr, "memory %ld kB\n", use.ru_maxrss);
	return WEXITSTATUS(status);
}

int
main(int argc, char **argv)
{
	const char *tmp = getenv("TMPDIR");
	const char *word = argc > 2 ? argv[2] : "signed";
	size_t mb = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
	char path[512];
	int fd, status;

	if (argc == 3 && strcmp(argv[1], "--file") == 0)
		return measure(argv[2]);
	if (argc > 2 && strcmp(argv[1], "--memory") == 0)
		return memory_of(argv + 2);
	if (argc == 4 && strcmp(argv[1], "--make") == 0)
		return make(argv[2], strtoul(argv[3], NULL, 10), HOW_SIGNED) ? 0 : 1;
	if (mb == 0) {
		(void)fprintf(stderr,
		    "usage: capture_read [MB [signed|encrypted|lossy]] | --file FILE | --make FILE MB | --memory PROGRAM...\n");
		return 2;
	}
	(void)snprintf(path, sizeof(path), "%s/capture-read.XXXXXX", tmp != NULL ? tmp : "/tmp");
	fd = mkstemp(path);
	if (fd < 0 || close(fd) != 0) {
		perror(path);
		return 1;
	}
	status = make(path, mb, word[0] == 'e' ? HOW_ENCRYPTED : word[0] == 'l' ? HOW_LOSSY : HOW_SIGNED) ? measure(path) : 1;
	(void)unlink(path);
	return status;
}
