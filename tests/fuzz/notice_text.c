/* A language file: refused with file and line, or sections whose placeholders can all be replaced. */
#include <string.h>

#include "fuzz.h"

#include "notice/text.h"

static const char facts[] =
    "{\"facts\":{\"actions\":[{\"checks\":[],\"id\":\"patch\",\"links\":[{\"access\":\"public\",\"id\":\"web\",\"url\":\"https://"
    "example.org/"
    "\"}],\"modes\":\"each\",\"not_done\":[],\"number\":1,\"requires\":[\"backup\"],\"verbs\":[\"install\"]}],\"adverse_"
    "events\":[{\"to\":\"FDA\",\"url\":\"https://example.org/"
    "fda\",\"where\":\"US\"}],\"document_number\":\"D-1\",\"emergency\":[],"
    "\"format\":\"fieldproof-notice-1\",\"issue_date\":\"2023-04-05\",\"kinds\":[\"recall\"],\"manufacturer\":{\"actions\":[],"
    "\"contacts\":[{\"email\":\"a@example.org\",\"id\":\"technical\"}],\"name\":\"Maker\",\"signatories\":[{\"name\":\"A\","
    "\"title\":"
    "\"B\"}]},\"products\":[{\"catalog_numbers\":[\"1\"],\"id\":\"p\",\"modes\":[\"Dx\",\"RUO\"],\"names\":[\"P|*\"],\"udi_di\":"
    "null}]"
    ",\"reason_class\":\"cybersecurity\",\"reference\":\"FSN2023-1\",\"reply\":{\"distributor\":[],\"fields\":[],\"routes\":["
    "\"free-"
    "email\"],\"statements\":[\"received\"],\"to\":\"technical\"},\"revision\":1},\"format\":\"fieldproof-notice-1\",\"texts\":{}"
    "}";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FP_AUTO(notice_freep) struct notice *n = NULL;
	struct fp_arena *a = fp_arena_new();
	struct notice_text t = { .lang = "da" };
	struct fp_err err = { .msg = "" };

	FUZZ_CHECK(notice_parse(&n, facts, sizeof(facts) - 1, &err) == FP_OK);
	if (notice_text_read(&t, n, a, (const char *)data, size, "da.md", &err) != FP_OK) {
		FUZZ_CHECK(strncmp(err.msg, "da.md ", 6) == 0 || err.status == FP_ENOMEM);
	} else {
		FUZZ_CHECK(t.n_sections > 0);
		for (size_t i = 0; i < t.n_sections; i++) {
			FP_AUTO(fp_buf_free) struct fp_buf b = { .max = (size_t)1 << 20 };
			enum fp_status s =
			    notice_fill(&b, n, "da", t.sections[i].markdown, NOTICE_FILL_MARKDOWN, "da.md", 1, &err);

			FUZZ_CHECK(s == FP_OK || s == FP_ELIMIT);
			FUZZ_CHECK(t.sections[i].line >= 1 && t.sections[i].body_line > t.sections[i].line);
		}
	}
	fp_arena_free(a);
	return 0;
}
