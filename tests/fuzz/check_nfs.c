/*
 * Replies of RPC, the answers to COMPOUND and MNT in them, and paths. First byte: which reader and with how many names; the rest is the input. A whole
 * reply has no whole beginning, and what an answer says lies within its bounds.
 */
#include <string.h>

#include "fuzz.h"

#include "check/nfs_proto.h"

enum { XID = 0x66700002 };

static void
answer(const uint8_t *body, size_t len, size_t n)
{
	struct nfs_answer a, b;
	struct mount_answer m, k;
	nfs_answer_read(&a, body, len, n);
	mount_answer_read(&m, body, len);
	FUZZ_CHECK(a.said == NFS_GARBAGE || a.names < n || a.said == NFS_LISTED);
	FUZZ_CHECK(a.said == NFS_LISTED || (a.flavours.n == 0 && !a.entered && !a.turned_away));
	FUZZ_CHECK(!a.elsewhere || a.entered);
	FUZZ_CHECK(!(a.entered && a.turned_away));
	FUZZ_CHECK((a.flavours.set != 0) == (a.flavours.n > 0));
	FUZZ_CHECK(nfs_status_name(a.status) != NULL);
	/* Never half an answer. */
	for (size_t i = 0; i < len && len < 1024; i++) {
		nfs_answer_read(&b, body, i, n);
		FUZZ_CHECK(a.said == NFS_GARBAGE || b.said == NFS_GARBAGE);
		mount_answer_read(&k, body, i);
		FUZZ_CHECK(!m.ok || !k.ok);
	}
}

static void
reply(const uint8_t *p, size_t len, size_t n)
{
	static struct rpc_reply r, part;
	enum check_frame last = CHECK_FRAME_MORE;
	for (size_t i = 0; i <= len && len < 4096; i++) {
		enum check_frame now = rpc_frame(p, i);
		/* What is broken stays so; behind a whole reply anything more breaks it. */
		FUZZ_CHECK(last != CHECK_FRAME_BROKEN || now == CHECK_FRAME_BROKEN);
		FUZZ_CHECK(last != CHECK_FRAME_WHOLE || now == CHECK_FRAME_BROKEN);
		last = now;
	}
	rpc_reply_read(&r, XID, p, len);
	if (r.said == RPC_GARBAGE) {
		return;
	}
	FUZZ_CHECK(rpc_frame(p, len) == CHECK_FRAME_WHOLE);
	FUZZ_CHECK(r.len < len);
	FUZZ_CHECK(r.said == RPC_DONE || r.len == 0);
	rpc_reply_read(&part, XID, p, len - 1);
	FUZZ_CHECK(part.said == RPC_GARBAGE);
	if (r.said == RPC_DONE) {
		answer(r.body, r.len, n);
	}
}

static void
path(const uint8_t *p, size_t len)
{
	char text[512];
	struct nfs_path names;
	len = len < sizeof(text) - 1 ? len : sizeof(text) - 1;
	memcpy(text, p, len);
	text[len] = '\0';
	if (!nfs_path_split(&names, text)) {
		FUZZ_CHECK(names.n == 0);
		return;
	}
	for (size_t n = 1; n <= names.n; n++) {
		FP_AUTO(fp_buf_free) struct fp_buf b = { .max = CHECK_REQUEST_MAX };
		nfs_secinfo_call(&b, XID, RPC_CRED_SYS, &names, n);
		rpc_end(&b);
		FUZZ_CHECK(b.failed == FP_OK && b.len % 4 == 0);
		FUZZ_CHECK(rpc_frame((const uint8_t *)b.data, b.len) == CHECK_FRAME_WHOLE);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0) {
		return 0;
	}
	size_t n = 1 + (data[0] & 0x0F);
	if (data[0] < 0x80) {
		reply(data + 1, size - 1, n);
	} else if (data[0] < 0xC0) {
		answer(data + 1, size - 1, n);
	} else {
		path(data + 1, size - 1);
	}
	return 0;
}
