/* The file: records by libpcap, each to its connection. */
#include <pcap/pcap.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "capture/capture_int.h"

#define FILE_BUFFER (256 << 10)
#define SECONDS_MAX INT64_C(253402300799) /* the year 9999 */

static const struct {
	int dlt;
	enum capture_link link;
} links[] = { { DLT_EN10MB, CAPTURE_LINK_ETHERNET }, { DLT_RAW, CAPTURE_LINK_RAW }, { DLT_IPV4, CAPTURE_LINK_RAW },
	{ DLT_IPV6, CAPTURE_LINK_RAW }, { DLT_LINUX_SLL, CAPTURE_LINK_SLL }, { DLT_LINUX_SLL2, CAPTURE_LINK_SLL2 },
	{ DLT_NULL, CAPTURE_LINK_NULL }, { DLT_LOOP, CAPTURE_LINK_NULL } };

static enum capture_link
link_of(int dlt)
{
	for (size_t i = 0; i < FP_COUNT(links); i++) {
		if (links[i].dlt == dlt)
			return links[i].link;
	}
	return CAPTURE_LINK_NONE;
}

static void
pcap_freep(pcap_t **p)
{
	if (*p != NULL)
		pcap_close(*p);
}

static void
file_closep(FILE **f)
{
	if (*f != NULL)
		(void)fclose(*f);
}

static void
reader_done(struct capture_reader *r)
{
	if (r->buckets != NULL)
		capture_flow_finish(r);
	capture_free(r->c);
	free(r->buckets);
	free(r->conv_slots);
	free(r->ports);
}

static void
listen_to(struct capture_reader *r, const uint16_t *ports, enum capture_protocol protocol)
{
	for (size_t i = 0; i < CAPTURE_PORTS_MAX; i++) {
		if (ports[i] != 0)
			r->ports[ports[i]] = (uint8_t)(protocol + 1);
	}
}

static enum fp_status
reader_init(struct capture_reader *r, const struct capture_options *o, struct fp_err *err)
{
	static const uint16_t smb[CAPTURE_PORTS_MAX] = { 445, 139 }, nfs[CAPTURE_PORTS_MAX] = { 2049 };

	r->c = fp_calloc(1, sizeof(*r->c));
	r->ports = fp_calloc(UINT16_MAX + 1, 1);
	r->buckets = fp_calloc(CAPTURE_BUCKETS, sizeof(*r->buckets));
	r->conv_slots = fp_calloc(CAPTURE_CONV_SLOTS, sizeof(*r->conv_slots));
	if (r->c == NULL || r->ports == NULL || r->buckets == NULL || r->conv_slots == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for the capture's connections");
	listen_to(r, smb, CAPTURE_SMB);
	listen_to(r, nfs, CAPTURE_NFS);
	if (o != NULL) {
		listen_to(r, o->smb_ports, CAPTURE_SMB);
		listen_to(r, o->nfs_ports, CAPTURE_NFS);
	}
	/* So that nobody can prepare a file whose connections all fall into one bucket; what is found does not depend on it. */
	if (getrandom(&r->seed, sizeof(r->seed), GRND_NONBLOCK) != (ssize_t)sizeof(r->seed))
		r->seed = (uint64_t)(uintptr_t)r->c;
	return FP_OK;
}

static fp_time
time_of(const struct pcap_pkthdr *h)
{
	int64_t seconds = (int64_t)h->ts.tv_sec, us = (int64_t)h->ts.tv_usec;

	if (seconds < 0 || seconds > SECONDS_MAX || us < 0 || us >= 1000000)
		return 0;
	return seconds * 1000 + us / 1000;
}

static void
one_frame(struct capture_reader *r, enum capture_link link, const struct pcap_pkthdr *h, const uint8_t *bytes)
{
	struct capture_packet p;
	struct capture *c = r->c;

	r->frame = ++c->frames;
	r->at = time_of(h);
	c->frame_bytes += h->caplen;
	if (c->frames == 1)
		c->first = r->at;
	c->last = r->at;
	switch (capture_decode(&p, link, bytes, h->caplen, h->len)) {
	case CAPTURE_DECODED:
		c->fragments += p.fragment && !p.udp;
		capture_flow_packet(r, &p);
		break;
	case CAPTURE_LATER_FRAGMENT:
		c->fragments++;
		break;
	case CAPTURE_NOT_OURS:
	default:
		c->other++;
	}
}

static enum fp_status
all_frames(struct capture_reader *r, pcap_t *p, enum capture_link link, const char *name, struct fp_err *err)
{
	struct pcap_pkthdr *h;
	const uint8_t *bytes;
	int got;

	while ((got = pcap_next_ex(p, &h, &bytes)) == 1) {
		one_frame(r, link, h, bytes);
		if (r->no_memory)
			return fp_fail(err, FP_ENOMEM, "out of memory at frame %" PRIu64 " of '%s'", r->frame, name);
	}
	if (got == PCAP_ERROR) {
		r->c->cut_off = true;
		fp_utf8_copy(r->c->cut_off_why, sizeof(r->c->cut_off_why), pcap_geterr(p));
	}
	capture_flow_finish(r);
	return r->no_memory ? fp_fail(err, FP_ENOMEM, "out of memory at the end of '%s'", name) : FP_OK;
}

enum fp_status
capture_read_file(struct capture **out, FILE *file, const char *name, const struct capture_options *o, struct fp_err *err)
{
	FP_AUTO(file_closep) FILE *own = file;
	FP_AUTO(reader_done) struct capture_reader r = { .c = NULL };
	FP_AUTO(pcap_freep) pcap_t *p = NULL;
	char why[PCAP_ERRBUF_SIZE] = "";
	enum capture_link link;
	enum fp_status status;

	*out = NULL;
	status = reader_init(&r, o, err);
	if (status != FP_OK)
		return status;
	p = pcap_fopen_offline(own, why);
	if (p == NULL)
		return fp_fail(
		    err, FP_EINVAL, "'%s' is no capture file that can be read (%s); save it as pcap or pcapng", name, why);
	own = NULL; /* pcap_close closes it */
	link = link_of(pcap_datalink(p));
	if (link == CAPTURE_LINK_NONE)
		return fp_fail(err, FP_EUNSUPPORTED,
		    "'%s' was captured on a link of type %d, which is not read; capture on Ethernet, or with 'any' as interface",
		    name, pcap_datalink(p));
	status = all_frames(&r, p, link, name, err);
	if (status != FP_OK)
		return status;
	*out = r.c;
	r.c = NULL;
	return FP_OK;
}

enum fp_status
capture_read(struct capture **out, const char *path, const struct capture_options *o, struct fp_err *err)
{
	FILE *f = fopen(path, "rbe");

	*out = NULL;
	if (f == NULL)
		return fp_fail_errno(err, errno, "cannot open the capture '%s'", path);
	(void)setvbuf(f, NULL, _IOFBF, FILE_BUFFER);
	return capture_read_file(out, f, path, o, err);
}
