/* Challenges: every code that is made is read again, every slip of a finger is found. */
#include "unit.h"

#include <ctype.h>

#include "crypto/crypto.h"
#include "facts/facts.h"

static void
known_codes_stay_the_same(void **state)
{
	(void)state;
	char text[FACTS_CHALLENGE_TEXT];
	facts_challenge_make(text, (const uint8_t[10]){ 0 });
	assert_string_equal(text, "0000-0000-0000-0000-0");
	facts_challenge_make(text, (const uint8_t[10]){ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff });
	assert_memory_equal(text, "ZZZZ-ZZZZ-ZZZZ-ZZZZ-", 20);
	facts_challenge_make(text, (const uint8_t[10]){ 0x08, 0x86, 0x42, 0x98, 0xE8, 0x4A, 0x96, 0xC6, 0xB9, 0xF0 });
	assert_memory_equal(text, "1234-5678-9ABC-DEFG-", 20); /* the alphabet in order: 5 bits a letter, first bits first */
}

static void
every_slip_is_found(void **state)
{
	(void)state;
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	char text[FACTS_CHALLENGE_TEXT], typed[FACTS_CHALLENGE_TEXT], normal[FACTS_CHALLENGE_TEXT];
	struct fp_err err;
	for (int round = 0; round < 50; round++) {
		uint8_t random[10];
		crypto_random(random, sizeof(random));
		facts_challenge_make(text, random);
		assert_int_equal(strlen(text), 21);
		assert_int_equal(facts_challenge_normal(normal, text, &err), FP_OK);
		assert_string_equal(normal, text);
		for (size_t i = 0; i < 21; i++) {
			if (text[i] == '-') {
				continue;
			}
			for (const char *l = letters; *l != '\0'; l++) {
				memcpy(typed, text, sizeof(typed));
				typed[i] = *l;
				assert_int_equal(facts_challenge_normal(normal, typed, &err) == FP_OK, *l == text[i]);
			}
			for (size_t k = i + 1; k < 21; k++) {
				memcpy(typed, text, sizeof(typed));
				if (text[k] != '-' && text[k] != text[i]) {
					typed[i] = text[k];
					typed[k] = text[i];
					assert_int_equal(facts_challenge_normal(normal, typed, &err), FP_EINVAL);
				}
			}
		}
	}
	assert_non_null(strstr(err.msg, "mistyped"));
}

static void
sloppy_typing_is_forgiven(void **state)
{
	(void)state;
	char text[FACTS_CHALLENGE_TEXT], typed[64], normal[FACTS_CHALLENGE_TEXT];
	facts_challenge_make(text, (const uint8_t[10]){ 0x00, 0x42, 0x10, 0x84, 0x21, 0x08, 0x42, 0x10, 0x84, 0x21 });
	assert_memory_equal(text, "0111-1111", 9);
	size_t n = 0;
	for (size_t i = 0; text[i] != '\0'; i++) {
		char c = text[i];
		if (c != '-') {
			typed[n++] = (char)(c == '0' ? 'o' : c == '1' ? (i % 2 != 0 ? 'i' : 'L') : tolower((unsigned char)c));
		} else {
			typed[n++] = ' ';
		}
	}
	typed[n] = '\0';
	assert_int_equal(facts_challenge_normal(normal, typed, NULL), FP_OK);
	assert_string_equal(normal, text);
}

static void
other_texts_are_refused(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "-", "K7QF-2M9X-4RTB-0ZWD", "K7QF-2M9X-4RTB-0ZWD-5-5", "U000-0000-0000-0000-0",
		"K7QF 2M9X 4RTB 0ZWD \xc3\xa9", "00000000000000000000000000000000000000000000000000000000000000000" };
	char normal[FACTS_CHALLENGE_TEXT];
	struct fp_err err;
	for (size_t i = 0; i < FP_COUNT(texts); i++) {
		assert_int_equal(facts_challenge_normal(normal, texts[i], &err), FP_EINVAL);
		assert_non_null(strstr(err.msg, "challenge"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_codes_stay_the_same),
		cmocka_unit_test(every_slip_is_found),
		cmocka_unit_test(sloppy_typing_is_forgiven),
		cmocka_unit_test(other_texts_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
