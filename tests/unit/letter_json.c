/* The model as JSON and back; what is not whole is refused. */
#include "letter_help.h"

#include "letter/build.h"

static void
check_same(const struct letter *l)
{
	FP_JSON json_t *first = letter_to_json(l);
	FP_JSON json_t *second = NULL;
	FP_AUTO(letter_freep) struct letter *back = NULL;
	FP_AUTO(fp_buf_free) struct fp_buf shown = { 0 };
	struct fp_err err = { 0 };

	assert_non_null(first);
	if (letter_from_json(&back, first, &err) != FP_OK)
		fail_msg("%s", err.msg);
	second = letter_to_json(back);
	assert_true(json_equal(first, second));
	letter_show(&shown, l);
	letter_expect(back, shown.data);
	assert_int_equal(back->format, l->format);
	assert_string_equal(back->file, l->file);
	for (uint32_t i = 0; i < l->n_blocks; i++) {
		assert_int_equal(back->blocks[i].n_marks, l->blocks[i].n_marks);
		for (uint32_t k = 0; k < l->blocks[i].n_marks; k++)
			assert_memory_equal(&back->blocks[i].marks[k], &l->blocks[i].marks[k], sizeof(struct letter_mark));
	}
}

static void
goes_round(void **state)
{
	FP_AUTO(letter_freep)
	struct letter *l = letter_of_text(
	    "# H\n\n1. [x](u)\n\n**B** text \xc3\xa9\n\nA\tB\n\ncut in the\n\nPage 1 of 2\n\nmiddle\n\nPage 2 of 2\n\nr\x01\n");

	(void)state;
	check_same(l);
}

static void
boxes_go_round(void **state)
{
	FP_AUTO(letter_build_freep) struct letter_build *b = letter_build_new("f.pdf", LETTER_PDF, NULL);
	FP_AUTO(letter_freep) struct letter *l = NULL;

	(void)state;
	letter_build_title(b, "T", 1);
	letter_build_lang(b, "da", 2);
	letter_build_page(b, 0, 0, (struct letter_place){ .page = 1 });
	letter_build_block(b, LETTER_PARAGRAPH, 0, 1);
	letter_build_text(
	    b, "one", 3, (struct letter_place){ .page = 1, .x0 = 56.693F, .y0 = 72.1F, .x1 = 123.456F, .y1 = 84.0F });
	letter_build_text(b, " two", 4, (struct letter_place){ .page = 1, .x0 = -3, .y0 = 72.1F, .x1 = 1e9F, .y1 = 84.0F });
	assert_int_equal(letter_build_end(&l, b, NULL), FP_OK);
	assert_int_equal(l->blocks[0].n_marks, 2);
	check_same(l);
}

#define HEAD "{\"format\":\"fieldproof-letter-1\",\"file\":\"a\",\"source\":\"text\",\"tables\":1,\"place\":3,"
#define TAIL ",\"pages\":[[1,2,0,[1,3,1]]],\"notes\":[[\"code\",\"text\",[0,1,1]]]}"
#define BLOCKS(b) HEAD "\"blocks\":[" b "]" TAIL

static void
refuses(void **state)
{
	static const struct {
		const char *json, *message;
	} cases[] = {
		{ "{}", "letter: head[0]: the format is not fieldproof-letter-1" },
		{ "[]", "letter: head[0]: the format is not fieldproof-letter-1" },
		{ BLOCKS("[1,0,0,0,0,1,\"ab\",[0,1,1,1],[]]"), NULL },
		{ BLOCKS("[4,0,0,0,0,1,\"ab\",[0,1,1,1],[]]"), "letter: blocks[0]: a number is missing or out of its range" },
		{ BLOCKS("[1,0,0,0,0,1,2,[0,1,1,1],[]]"), "letter: blocks[0]: a text is missing" },
		{ BLOCKS("[1,0,0,0,0,1,\"ab\",[],[]]"), "letter: blocks[0]: no places" },
		{ BLOCKS("[1,0,0,0,0,1,\"ab\",[0,1,1],[]]"), "letter: blocks[0]: no places" },
		{ BLOCKS("[1,0,0,0,0,1,\"ab\",[1,1,1,1],[]]"), "letter: blocks[0]: the places do not ascend from 0" },
		{ BLOCKS("[1,0,0,0,0,1,\"ab\",[0,1,1,1,0,1,1,1],[]]"), "letter: blocks[0]: the places do not ascend from 0" },
		{ BLOCKS("[1,0,0,0,0,1,\"ab\",[0,1,1,1,3,1,1,1],[]]"),
		    "letter: blocks[0]: a number is missing or out of its range" },
		{ BLOCKS("[1,0,0,0,0,1,\"\u00e9\",[0,1,1,1,1,1,1,1],[]]"), "letter: blocks[0]: an offset is inside a character" },
		{ BLOCKS("[1,0,0,0,0,1,\"ab\",[0,1,1,1],[0,3,\"u\"]]"),
		    "letter: blocks[0]: a number is missing or out of its range" },
		{ BLOCKS("[1,0,0,0,0,1,\"ab\",[0,1,1,1],[2,1,\"u\"]]"), "letter: blocks[0]: a link ends before it begins" },
		{ BLOCKS("[1,0,0,0,0,1,\"ab\",[0,1,1,1],[0,1]]"), "letter: blocks[0]: the links are not whole" },
		{ BLOCKS("[1,0,0,0,0,1,\"ab\",[0,1,1,1],[],0,0,0,1]"), "letter: blocks[0]: too few or too many members" },
		{ BLOCKS("[3,0,0,0,0,1,\"ab\",[0,1,1,1],[],1,0,0,1]"),
		    "letter: blocks[0]: a number is missing or out of its range" },
		{ BLOCKS("[3,0,0,0,0,1,\"ab\",[0,1,1,1],[],0,0,0,0]"),
		    "letter: blocks[0]: a number is missing or out of its range" },
		{ HEAD "\"blocks\":[],\"pages\":[[1,2,1,[1,3,1]]],\"notes\":[]}",
		    "letter: pages[0]: a number is missing or out of its range" },
		{ HEAD "\"blocks\":[],\"pages\":[[1,2,0,[1]]],\"notes\":[]}", "letter: pages[0]: no place" },
		{ HEAD "\"blocks\":[],\"pages\":[],\"notes\":[[1]]}", "letter: notes[0]: a text is missing" },
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(cases); i++) {
		FP_JSON json_t *j = NULL;
		FP_AUTO(letter_freep) struct letter *l = NULL;
		struct fp_err err = { 0 };
		enum fp_status status;

		assert_int_equal(fp_json_parse(&j, cases[i].json, strlen(cases[i].json), "test", &err), FP_OK);
		status = letter_from_json(&l, j, &err);
		assert_int_equal(status, cases[i].message == NULL ? FP_OK : FP_EINVAL);
		assert_string_equal(err.msg, cases[i].message == NULL ? "" : cases[i].message);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_round),
		cmocka_unit_test(boxes_go_round),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
