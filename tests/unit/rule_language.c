/* The language of rules: what it refuses and where, what it makes of null, and a check that a maker wrote. */
#include "rule_help.h"

#include "base/file.h"

static struct fp_err err;

/* A rule file around let and rules; what it reads is what stands in needs. */
#define HEAD                                                                                                                     \
	"{\"format\":\"fieldproof-check-1\",\"id\":\"T-1\",\"title\":\"T\",\"question\":\"Q?\",\"proves\":\"P.\",\"kind\":"      \
	"\"configuration\",\"level\":\"H\","
#define REASONS                                                                                                                  \
	"\"reasons\":{\"yes\":{\"result\":\"pass\",\"text\":\"Yes.\",\"settle\":\"\"},\"no\":{\"result\":\"fail\",\"text\":"     \
	"\"No.\",\"settle\":\"\"},"                                                                                              \
	"\"open\":{\"result\":\"unknown\",\"text\":\"Open.\",\"settle\":\"host-facts\"}}"
#define ALL_REASONS "{\"when\":false,\"then\":\"yes\"},{\"when\":false,\"then\":\"no\"},{\"when\":false,\"then\":\"open\"}"

static enum fp_status
parse(struct rule **out, const char *json)
{
	err = (struct fp_err){ .msg = "" };
	enum fp_status st = rule_parse(out, json, strlen(json), "checks/T-1.json", &err);
	assert_true((st == FP_OK) == (*out != NULL));
	assert_true(st == FP_OK || strncmp(err.msg, "checks/T-1.json", 15) == 0);
	return st;
}

static void
refused(const char *json, enum fp_status want, const char *words)
{
	FP_AUTO(rule_freep) struct rule *r = NULL;
	enum fp_status st = parse(&r, json);
	if (st != want || strstr(err.msg, words) == NULL) {
		fail_msg("%s\nexpected %s with '%s', got %s: %s", json, fp_status_name(want), words, fp_status_name(st), err.msg);
	}
}

/* needs, then the members between needs and reasons. */
static char *
file_of(const char *needs, const char *middle)
{
	return fp_asprintf(HEAD "\"needs\":[%s],%s," REASONS "}", needs, middle);
}

static void
refused_when(const char *needs, const char *when, const char *words)
{
	FP_AUTO(fp_freep)
	char *middle = fp_asprintf(
	    "\"params\":[{\"name\":\"p\",\"text\":\"x\"}],\"rules\":[{\"when\":%s,\"then\":\"no\"}," ALL_REASONS "]", when);
	FP_AUTO(fp_freep) char *json = file_of(needs, middle);
	refused(json, FP_EINVAL, words);
}

static void
wrong_expressions_are_named_with_their_place(void **state)
{
	(void)state;
	refused_when("", "[\"conains\",1,2]", "rules[0].when: unknown operator 'conains'; known: and, or, not");
	refused_when("", "[\"and\",true,[\"xor\",true]]", "rules[0].when[2]: unknown operator 'xor'");
	refused_when("", "[]", "unknown operator");
	refused_when("", "{}", "must be a text");
	refused_when("", "null", "must be a text");
	refused_when("", "1.5", "must be a text");
	refused_when("", "3", "must be a condition, but is a whole number");
	refused_when("", "\"host.name\"", "must be a condition, but is a text");
	refused_when("", "\"hots.name\"", "there is no fact 'hots'");
	refused_when("", "\"host.nam\"", "there is no fact 'nam' in");
	refused_when("", "[\"eq\",\"services.sid\",\"x\"]", "is a list: look into it with any");
	refused_when("", "[\"eq\",\"host.\",\"x\"]", "dot");
	refused_when("", "[\"eq\",\"\",\"x\"]", "empty");
	refused_when("", "[\"eq\",\".name\",\"x\"]", "does not stand in that many lists");
	refused_when("", "[\"any\",\"services\",[\"eq\",\"..name\",\"x\"]]", "does not stand in that many lists");
	refused_when("", "[\"eq\",\"$x\",\"x\"]", "'$x' is not among the names of 'let'");
	refused_when("", "[\"eq\",\"host.name\",1]", "'eq' compares a text with a whole number");
	refused_when("", "[\"eq\",\"elevated\",\"yes\"]", "'eq' compares a condition with a text");
	refused_when("", "[\"eq\",\"services\",\"yes\"]", "the left side of 'eq' is a list");
	refused_when("", "[\"eq\",\"smb_server.smb1\",true]", "the left side of 'eq' is an object");
	refused_when("", "[\"eq\",\"platform\",\"Windows NT\"]", "'Windows NT' is never a value of 'platform'");
	refused_when("", "[\"lt\",\"host.name\",1]", "the left side of 'lt' is a text");
	refused_when("", "[\"version-lt\",\"host.build\",1]", "'version-lt' compares");
	refused_when("", "[\"in\",\"host.name\",[\"a\",1]]", "'in' compares a text with a whole number");
	refused_when("", "[\"in\",\"host.name\",\"a\"]", "must be a list of values");
	refused_when("", "[\"in\",\"host.name\",[\"list\",\"q\"]]", "'q' is not among the names of 'params'");
	refused_when("", "[\"eq\",[\"param\",\"q\"],\"a\"]", "'q' is not among the names of 'params'");
	refused_when("", "[\"not\",true,true]", "'not' takes 1 arguments, not 2");
	refused_when("", "[\"and\"]", "'and' takes 1 argument or more");
	refused_when("", "[\"any\",\"host\",true]", "must be a list, but is an object");
	refused_when("", "[\"any\",\"services\",\".name\"]", "must be a condition");
	refused_when("", "[\"absent\",[\"param\",\"p\"]]", "'absent' takes a name of 'let' or a path");
	refused_when("", "[\"known\",[\"other\",\"host.name\"]]", "across_modes");
	refused_when("", "[\"eq\",[\"text\",1],\"x\"]", "takes one text");
	refused_when("", "[\"eq\",\"host.name\",\"x\"]", "'host' is read by the rule, but does not stand here");
	refused_when("\"host\",\"mounts\"", "[\"eq\",\"host.name\",\"x\"]", "'mounts' is read nowhere");
}

/* Otherwise a fact that is missing could open the way to a verdict. */
static void
known_stands_only_where_it_cannot_help(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"{\"when\":[\"not\",[\"known\",\"host.name\"]],\"then\":\"yes\"}",
		"{\"when\":[\"known\",\"host.name\"],\"then\":\"yes\"}",
		"{\"when\":[\"and\",[\"known\",\"host.name\"],[\"eq\",\"host.name\",\"x\"]],\"then\":\"no\"}",
		"{\"when\":[\"not\",[\"known\",\"host.name\"]],\"then\":\"no\"}",
		"{\"when\":[\"known\",\"host.name\"],\"then\":\"open\"}",
		"{\"when\":[\"not\",[\"not\",[\"known\",\"host.name\"]]],\"then\":\"open\"}",
		"{\"when\":[\"eq\",[\"known\",\"host.name\"],false],\"then\":\"open\"}",
	};
	static const char *const good[] = {
		"{\"when\":[\"not\",[\"known\",\"host.name\"]],\"then\":\"open\"}",
		"{\"when\":[\"and\",true,[\"not\",[\"known\",\"host.name\"]]],\"then\":\"open\"}",
		"{\"when\":[\"and\",[\"eq\",\"host.name\",\"x\"],[\"known\",[\"param\",\"p\"]]],\"then\":\"yes\"}",
	};
	for (size_t i = 0; i < FP_COUNT(bad) + FP_COUNT(good); i++) {
		bool is_good = i >= FP_COUNT(bad);
		FP_AUTO(rule_freep) struct rule *r = NULL;
		FP_AUTO(fp_freep)
		char *middle = fp_asprintf("\"params\":[{\"name\":\"p\",\"text\":\"x\"}],\"rules\":[%s," ALL_REASONS "]",
		    is_good ? good[i - FP_COUNT(bad)] : bad[i]);
		FP_AUTO(fp_freep) char *json = file_of("\"host\"", middle);
		if ((parse(&r, json) == FP_OK) != is_good ||
		    (!is_good && strstr(err.msg, "must never lead to a verdict") == NULL)) {
			fail_msg("%s: %s", json, err.msg);
		}
	}
	/* nor may it hide behind a name */
	FP_AUTO(fp_freep)
	char *json = file_of("\"host\"",
	    "\"let\":{\"k\":[\"known\",\"host.name\"]},\"rules\":[{\"when\":[\"not\",\"$k\"],\"then\":\"open\"}," ALL_REASONS
	    "]");
	refused(json, FP_EINVAL, "let.k");
}

static void
wrong_files_are_refused(void **state)
{
	(void)state;
#define OK_RULES "\"rules\":[" ALL_REASONS "]"
	static const struct {
		const char *json;
		enum fp_status st;
		const char *words;
	} rows[] = {
		{ "", FP_EINVAL, "empty" },
		{ "[]", FP_EINVAL, "no object" },
		{ "{}", FP_EINVAL, "'format' is missing" },
		{ "{\"format\":\"fieldproof-check-2\"}", FP_EINVAL, "fieldproof-check-1" },
		{ "{\"format\":\"fieldproof-check-1\",\"format\":\"x\"}", FP_EINVAL, "duplicate" },
		{ HEAD "\"needs\":[]," OK_RULES "," REASONS ",\"colour\":1}", FP_EINVAL, "unknown key 'colour'" },
		{ HEAD "\"needs\":[],\"rules\":[]," REASONS "}", FP_EINVAL, "rules: there must be at least one" },
		{ HEAD "\"needs\":[],\"rules\":[{\"when\":true,\"then\":\"maybe\"}]," REASONS "}", FP_EINVAL,
		    "rules[0]: 'then' says 'maybe'" },
		{ HEAD "\"needs\":[],\"rules\":[{\"then\":\"yes\"}]," REASONS "}", FP_EINVAL, "rules[0]: 'when' is missing" },
		{ HEAD "\"needs\":[],\"rules\":[{\"when\":true,\"then\":\"yes\"}]," REASONS "}", FP_EINVAL,
		    "no rule gives 'no'" },
		{ HEAD "\"needs\":[]," OK_RULES ",\"reasons\":{\"facts-missing\":{\"result\":\"pass\",\"text\":\"x\"}}}",
		    FP_EINVAL, "every rule shares" },
		{ HEAD "\"needs\":[]," OK_RULES ",\"reasons\":{\"yes\":{\"result\":\"fixed\",\"text\":\"x\"}}}", FP_EINVAL,
		    "'fixed' is no result" },
		{ HEAD "\"needs\":[],\"ends_with\":[\"rain\"]," OK_RULES "," REASONS "}", FP_EINVAL, "'rain' is not known" },
		{ HEAD "\"needs\":[],\"fresh_days\":-1," OK_RULES "," REASONS "}", FP_EINVAL, "fresh_days" },
		{ HEAD "\"needs\":[],\"params\":[{\"name\":\"a b\",\"text\":\"x\"}]," OK_RULES "," REASONS "}", FP_EINVAL,
		    "params[0]" },
		{ HEAD "\"needs\":[],\"params\":[{\"name\":\"a\",\"text\":\"x\"},{\"name\":\"a\",\"text\":\"x\"}]," OK_RULES
		       "," REASONS "}",
		    FP_EINVAL, "stands twice" },
		{ HEAD "\"needs\":[],\"let\":{\"a\":\"$b\",\"b\":\"$a\"}," OK_RULES "," REASONS "}", FP_EINVAL,
		    "rests on itself" },
		{ HEAD "\"needs\":[],\"let\":{\"a\":\"$a\"}," OK_RULES "," REASONS "}", FP_EINVAL, "'$a' rests on itself" },
		{ HEAD "\"needs\":[],\"rules\":[{\"when\":true,\"then\":\"yes\",\"detail\":\"{x\"}]," REASONS "}", FP_EINVAL,
		    "'{' without '}'" },
		{ HEAD "\"needs\":[\"services\"],\"rules\":[{\"when\":true,\"then\":\"yes\",\"detail\":\"{services}\"}]," REASONS
		       "}",
		    FP_EINVAL, "'{services}' is a list" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		refused(rows[i].json, rows[i].st, rows[i].words);
	}
}

static void
limits_hold(void **state)
{
	(void)state;
	FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 1 << 20 };
	fp_buf_puts(&b, HEAD "\"needs\":[],\"rules\":[{\"then\":\"yes\",\"when\":");
	for (int i = 0; i < 20; i++) {
		fp_buf_puts(&b, "[\"not\",");
	}
	fp_buf_puts(&b, "true");
	for (int i = 0; i < 20; i++) {
		fp_buf_putc(&b, ']');
	}
	fp_buf_puts(&b, "}]," REASONS "}");
	refused(b.data, FP_ELIMIT, "nested too deep; the limit is 16");

	fp_buf_clear(&b);
	fp_buf_puts(&b, HEAD "\"needs\":[],\"rules\":[{\"then\":\"yes\",\"when\":[\"and\"");
	for (int i = 0; i < 700; i++) {
		fp_buf_puts(&b, ",true");
	}
	fp_buf_puts(&b, "]}]," REASONS "}");
	refused(b.data, FP_ELIMIT, "the limit is 600");

	fp_buf_clear(&b);
	for (int i = 0; i <= RULE_FILE_MAX; i++) {
		fp_buf_putc(&b, ' ');
	}
	refused(b.data, FP_ELIMIT, "the limit is 65536");
}

/* ---- three values ---- */

/* The reason of one condition over the recorded facts with something set: yes, no (it is false), or the trouble. */
static const char *
reason_of(const char *needs, const char *when, const char *sets, const char *param)
{
	static struct evidence_verdict v;
	FP_AUTO(rule_freep) struct rule *r = NULL;
	FP_AUTO(fp_freep)
	char *middle = fp_asprintf("\"params\":[{\"name\":\"p\",\"text\":\"x\"}],\"rules\":[{\"when\":%s,\"then\":\"yes\"},{"
				   "\"when\":true,\"then\":\"no\"},"
				   "{\"when\":false,\"then\":\"open\"}]",
	    when);
	FP_AUTO(fp_freep) char *json = file_of(needs, middle);
	FP_JSON json_t *facts = rule_help_facts("windows-nextseq550dx-dx-good");
	struct rule_help_site s = rule_help_good;
	if (param != NULL) {
		s.params[0] = "p";
		s.params[1] = param;
	}
	if (parse(&r, json) != FP_OK) {
		fail_msg("%s: %s", when, err.msg);
	}
	rule_help_set(facts, sets);
	(void)rule_help_judge(&v, r, facts, &s);
	return v.reason;
}

static void
null_makes_unknown_unless_decided(void **state)
{
	(void)state;
#define U "[\"eq\",\"host.name\",\"x\"]"
	static const struct {
		const char *when, *reason;
	} rows[] = {
		{ U, "facts-missing" },
		{ "[\"not\"," U "]", "facts-missing" },
		{ "[\"and\"," U ",false]", "no" },
		{ "[\"and\",false," U "]", "no" },
		{ "[\"and\"," U ",true]", "facts-missing" },
		{ "[\"or\"," U ",true]", "yes" },
		{ "[\"or\"," U ",false]", "facts-missing" },
		{ "[\"ne\",\"host.name\",\"x\"]", "facts-missing" },
		{ "[\"in\",\"host.name\",[\"x\"]]", "facts-missing" },
		{ "[\"matches\",\"host.name\",\"*\"]", "facts-missing" },
		{ "[\"version-ge\",\"host.name\",\"1\"]", "facts-missing" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		const char *got = reason_of("\"host\"", rows[i].when, "host.name=null", NULL);
		if (strcmp(got, rows[i].reason) != 0) {
			fail_msg("%s: %s, expected %s", rows[i].when, got, rows[i].reason);
		}
	}
}

static void
operators_do_what_they_say(void **state)
{
	(void)state;
#define TWO                                                                                                                      \
	"services=[{\"name\":\"a\",\"state\":\"running\",\"start\":null,\"account\":null,\"pid\":5},{\"name\":\"B\",\"state\":"  \
	"null,\"start\":null,\"account\":\"x\",\"pid\":null}]"
#define EMPTY "services=[]"
#define MOUNTS "mounts=[{\"type\":\"nfs4\",\"source\":\"a:/b\",\"options\":{\"sec\":\"KRB5P\",\"vers\":\"4.2\"}}]"
	static const struct {
		const char *needs, *when, *sets, *param, *reason;
	} rows[] = {
		{ "\"host\"", "[\"eq\",\"host.name\",\"ABC\"]", "host.name=\"abc\"", NULL, "yes" },
		{ "\"host\"", "[\"eq\",\"host.name\",\"\xc3\x84\"]", "host.name=\"\xc3\xa4\"", NULL, "no" },
		{ "\"host\"", "[\"ne\",\"host.name\",\"ab\"]", "host.name=\"abc\"", NULL, "yes" },
		{ "\"host\"", "[\"eq\",\"host.name\",[\"path\",\"host.os\"]]", "host.name=\"abc\";host.os=\"ABC\"", NULL, "yes" },
		{ "\"host\"", "[\"eq\",[\"text\",\"abc\"],[\"path\",\"host.name\"]]", "host.name=\"abc\"", NULL, "yes" },
		{ "\"host\"", "[\"matches\",\"host.name\",\"a*C\"]", "host.name=\"aXbXc\"", NULL, "yes" },
		{ "\"host\"", "[\"matches\",\"host.name\",\"a*b*b\"]", "host.name=\"aXbXc\"", NULL, "no" },
		{ "\"host\"", "[\"matches\",\"host.name\",\"?X\"]", "host.name=\"aX\"", NULL, "no" },
		{ "\"host\"", "[\"matches\",\"host.name\",\"*\"]", "host.name=\"\"", NULL, "yes" },
		{ "\"host\"", "[\"matches\",\"host.name\",[\"join\",\"a\",[\"param\",\"p\"],[\"text\",\".*\"]]]",
		    "host.name=\"abc.d\"", "bc", "yes" },
		{ "\"host\"", "[\"in\",\"host.name\",[\"list\",\"p\"]]", "host.name=\"abc\"", " x ,ABC ", "yes" },
		{ "\"host\"", "[\"in\",\"host.name\",[\"list\",\"p\"]]", "host.name=\"abc\"", "x,ab", "no" },
		{ "\"host\"", "[\"in\",\"host.name\",[\"list\",\"p\"]]", "", NULL, "parameter-missing" },
		{ "\"host\"", "[\"in\",\"host.name\",[\"list\",\"p\"]]", "", "", "parameter-missing" },
		{ "\"host\"", "[\"version-lt\",\"host.build\",\"10.0\"]", "host.build=\"9.9.9\"", NULL, "yes" },
		{ "\"host\"", "[\"version-ge\",\"host.build\",\"10.0\"]", "host.build=\"10\"", NULL, "yes" },
		{ "\"host\"", "[\"version-ge\",\"host.build\",\"10.0\"]", "host.build=\"Windows\"", NULL, "facts-missing" },
		{ "\"host\"", "[\"version-in\",\"host.build\",[\"list\",\"p\"]]", "host.build=\"2.1\"", "1.9, >=2|<3", "yes" },
		{ "\"host\"", "[\"version-in\",\"host.build\",[\"list\",\"p\"]]", "host.build=\"3.1\"", "1.9, >=2|<3", "no" },
		{ "\"host\"", "[\"version-in\",\"host.build\",[\"list\",\"p\"]]", "host.build=\"3.1\"", "1.9, >>2",
		    "parameter-unreadable" },
		{ "\"host\"", "[\"version-in\",\"host.build\",[\"list\",\"p\"]]", "host.build=\"B.3\"", "1.9, >=2",
		    "facts-missing" },
		{ "\"host\"", "[\"version-in\",\"host.build\",[\"1.0\",\">=2\"]]", "host.build=\"2.2\"", NULL, "yes" },
		{ "\"services\"", "[\"any\",\"services\",[\"eq\",\".state\",\"running\"]]", TWO, NULL, "yes" },
		{ "\"services\"", "[\"any\",\"services\",[\"eq\",\".state\",\"stopped\"]]", TWO, NULL, "facts-missing" },
		{ "\"services\"", "[\"all\",\"services\",[\"eq\",\".state\",\"running\"]]", TWO, NULL, "facts-missing" },
		{ "\"services\"", "[\"all\",\"services\",[\"eq\",\".state\",\"stopped\"]]", TWO, NULL, "no" },
		{ "\"services\"", "[\"none\",\"services\",[\"eq\",\".state\",\"running\"]]", TWO, NULL, "no" },
		{ "\"services\"", "[\"none\",\"services\",[\"eq\",\".state\",\"stopped\"]]", TWO, NULL, "facts-missing" },
		{ "\"services\"", "[\"eq\",[\"count\",\"services\",[\"in\",\".name\",[\"A\",\"b\"]]],2]", TWO, NULL, "yes" },
		{ "\"services\"", "[\"ge\",[\"count\",\"services\",[\"eq\",\".state\",\"running\"]],1]", TWO, NULL,
		    "facts-missing" },
		{ "\"services\"", "[\"any\",\"services\",true]", EMPTY, NULL, "no" },
		{ "\"services\"", "[\"all\",\"services\",false]", EMPTY, NULL, "yes" },
		{ "\"services\"", "[\"all\",\"services\",true]", "services=null", NULL, "facts-missing" },
		{ "\"services\"",
		    "[\"any\",\"services\",[\"any\",\"services\",[\"and\",[\"eq\",\".name\",\"b\"],[\"eq\",\"..name\",\"a\"]]]]",
		    TWO, NULL, "yes" },
		{ "\"services\"",
		    "[\"any\",\"services\",[\"any\",\"services\",[\"and\",[\"eq\",\".name\",\"..name\"],[\"eq\",\"..name\",\"c\"]"
		    "]]]",
		    TWO, NULL, "no" },
		{ "\"services\"", "[\"any\",\"services\",[\"in\",\".pid\",[\"list\",\"p\"]]]", TWO, "4, 5", "yes" },
		{ "\"services\"", "[\"any\",\"services\",[\"bit\",\".pid\",2]]", TWO, NULL, "yes" },
		{ "\"mounts\"", "[\"any\",\"mounts\",[\"eq\",\".options.sec\",\"krb5p\"]]", MOUNTS, NULL, "yes" },
		{ "\"mounts\"", "[\"any\",\"mounts\",[\"eq\",\".options.seal\",\"\"]]", MOUNTS, NULL, "no" },
		{ "\"mounts\"", "[\"any\",\"mounts\",[\"ne\",\".options.seal\",\"\"]]", MOUNTS, NULL, "yes" },
		{ "\"mounts\"", "[\"any\",\"mounts\",[\"absent\",\".options.seal\"]]", MOUNTS, NULL, "yes" },
		{ "\"mounts\"", "[\"any\",\"mounts\",[\"absent\",\".options.sec\"]]", MOUNTS, NULL, "no" },
		{ "\"elevated\"", "\"elevated\"", "", NULL, "yes" },
		{ "", "[\"eq\",[\"mode\"],\"DX\"]", "", NULL, "yes" },
		{ "", "[\"eq\",[\"other-mode\"],\"ruo\"]", "", NULL, "facts-missing" },
	};
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		const char *got = reason_of(rows[i].needs, rows[i].when, rows[i].sets, rows[i].param);
		if (strcmp(got, rows[i].reason) != 0) {
			fail_msg("%s with %s (%s): %s, expected %s", rows[i].when, rows[i].sets,
			    rows[i].param != NULL ? rows[i].param : "", got, rows[i].reason);
		}
	}
}

/* Which one is the first is not known while an earlier one may be it: the finding must not depend on what could not be read. */
static void
first_does_not_jump_over_the_unknown(void **state)
{
	(void)state;
	FP_AUTO(rule_freep) struct rule *r = NULL;
	FP_AUTO(fp_freep)
	char *json =
	    file_of("\"services\"", "\"let\":{\"who\":\"$s.name\",\"s\":[\"first\",\"services\",[\"eq\",\".display\",\"X\"]]},"
				    "\"rules\":[{\"when\":[\"absent\",\"$s\"],\"then\":\"open\"},{\"when\":[\"eq\",\"$who\","
				    "\"b\"],\"then\":\"yes\",\"detail\":\"{who} {s.state}\"},{\"when\":true,\"then\":\"no\"}]");
	static const struct {
		const char *sets, *reason, *detail;
	} rows[] = {
#define S(name, display) "{\"name\":\"" name "\",\"display\":" display ",\"state\":null,\"start\":null,\"account\":null}"
		{ "services=[" S("a", "\"Y\"") "," S("b", "\"x\"") "]", "yes", "b ?" },
		{ "services=[" S("a", "null") "," S("b", "\"x\"") "]", "facts-missing", "services.display" },
		{ "services=[" S("a", "\"X\"") "," S("b", "null") "]", "no", "" },
		{ "services=[" S("a", "\"Y\"") "," S("b", "\"Y\"") "]", "open", "" },
		{ "services=[" S("a", "\"Y\"") "," S("b", "null") "]", "facts-missing", "services.display" },
		{ "services=null", "facts-missing", "services" },
	};
	if (parse(&r, json) != FP_OK) {
		fail_msg("%s", err.msg);
	}
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		FP_JSON json_t *facts = rule_help_facts("windows-nextseq550dx-dx-good");
		struct evidence_verdict v;
		rule_help_set(facts, rows[i].sets);
		(void)rule_help_judge(&v, r, facts, &rule_help_good);
		assert_string_equal(v.reason, rows[i].reason);
		assert_non_null(strstr(v.detail, rows[i].detail));
	}
}

static void
hostile_lists_end(void **state)
{
	(void)state;
	FP_AUTO(rule_freep) struct rule *r = NULL;
	FP_AUTO(fp_freep)
	char *json = file_of("\"listeners\"",
	    "\"rules\":[{\"when\":[\"any\",\"listeners\",[\"any\",\"listeners\",[\"any\",\"listeners\",[\"eq\",\".port\",0]]]],"
	    "\"then\":\"no\"},{\"when\":true,\"then\":\"yes\"},{\"when\":true,\"then\":\"open\"}]");
	FP_JSON json_t *facts = rule_help_facts("windows-nextseq550dx-dx-good");
	json_t *l = json_array_get(json_object_get(facts, "listeners"), 0);
	for (int i = 0; i < 4000; i++) {
		(void)json_array_append(json_object_get(facts, "listeners"), l);
	}
	assert_int_equal(parse(&r, json), FP_OK);
	struct evidence_verdict v;
	assert_int_equal(rule_help_judge(&v, r, facts, &rule_help_good), EVIDENCE_UNKNOWN);
	assert_string_equal(v.reason, "facts-too-large");
}

/* ---- a maker's check ---- */

static void
a_maker_writes_a_check_without_code(void **state)
{
	(void)state;
	FP_AUTO(fp_buf_free) struct fp_buf file = { .max = RULE_FILE_MAX }, canonical = { .max = RULE_FILE_MAX };
	FP_AUTO(rule_freep) struct rule *r = NULL, *again = NULL;
	assert_int_equal(fp_file_read(&file, "tests/unit/data/maker/checks/ACME-1.json", &err), FP_OK);
	if (rule_parse(&r, file.data, file.len, "ACME-1.json", &err) != FP_OK) {
		fail_msg("%s", err.msg);
	}
	assert_int_equal(r->kind, EVIDENCE_CONFIGURATION);
	assert_int_equal(r->ends_with, 1u << EVIDENCE_END_REIMAGE | 1u << EVIDENCE_END_SERVICE);
	assert_string_equal(rule_text(r, "de", r->title), "Fernzugriff abgeschaltet");
	assert_string_equal(rule_text(r, "de", "Remote Desktop is switched off."), "Der Fernzugriff ist abgeschaltet.");
	assert_null(rule_text(r, "de", "Nothing of it."));
	assert_null(rule_text(r, "fr", r->title));

	static const struct {
		const char *sets, *params[3], *reason;
	} rows[] = {
		{ "", { "acme-version", "1.3" }, "remote-off" },
		{ "services.4.start=\"manual\"", { "acme-version", "1.3" }, "remote-on" },
		{ "services.4.start=null", { "acme-version", "1.3" }, "facts-missing" },
		{ "", { "acme-version", "99999" }, "too-old" },
		{ "", { NULL }, "parameter-missing" },
		{ "platform=\"linux\"", { "acme-version", "1.3" }, "not-windows" },
		{ "services=[]", { "acme-version", "1.3" }, "not-covered" },
	};
	/* a notice keeps its checks in canonical form: sorted names must mean the same */
	assert_int_equal(fp_json_canonical(&canonical, r->json, &err), FP_OK);
	assert_int_equal(rule_parse(&again, canonical.data, canonical.len, "ACME-1", &err), FP_OK);
	assert_string_equal(r->hash, again->hash);
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		FP_JSON json_t *facts = rule_help_facts("windows-nextseq550dx-dx-good");
		struct rule_help_site s = rule_help_good;
		struct evidence_verdict v;
		memcpy(s.params, rows[i].params, sizeof(rows[i].params));
		rule_help_set(facts, rows[i].sets);
		(void)rule_help_judge(&v, r, facts, &s);
		assert_string_equal(v.reason, rows[i].reason);
		(void)rule_help_judge(&v, again, facts, &s);
		assert_string_equal(v.reason, rows[i].reason);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_expressions_are_named_with_their_place),
		cmocka_unit_test(known_stands_only_where_it_cannot_help),
		cmocka_unit_test(wrong_files_are_refused),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(null_makes_unknown_unless_decided),
		cmocka_unit_test(operators_do_what_they_say),
		cmocka_unit_test(first_does_not_jump_over_the_unknown),
		cmocka_unit_test(hostile_lists_end),
		cmocka_unit_test(a_maker_writes_a_check_without_code),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
