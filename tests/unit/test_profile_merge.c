/* SPDX-License-Identifier: Apache-2.0 */
/* Union and intersection of profiles: their algebra, on profiles made at random, and their meaning.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/profile_json.h"
#include "model/profile_merge.h"
#include "model/rule_text.h"
#include "profile_text.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FALLBACK "inferred, answered ENOSYS: tried first"

static char *to_text(const struct profile *profile)
{
	char *text = NULL;

	assert_int_equal(profile_to_json(profile, &text, NULL), 0);
	return text;
}

static struct profile *merged(const struct profile *a, const struct profile *b, bool intersect)
{
	struct merge_report report = { 0 };
	struct profile *profile = NULL;
	struct error err = { 0 };

	if (profile_merge(a, b, intersect, &profile, &report, &err) < 0)
		fail_msg("%s", err.message);
	merge_report_deinit(&report);
	return profile;
}

static char *bodies(const struct profile *profile)
{
	struct strbuf text = { 0 };

	for (size_t i = 0; i < profile->n_rules; i++) {
		const struct rule *rule = &profile->rules[i];

		for (char **name = rule->names; *name; name++)
			strbuf_printf(&text, "%s%s", name == rule->names ? "" : " ", *name);
		strbuf_puts(&text, ": ");
		rule_put_body(&text, rule);
		if (rule->comment)
			strbuf_printf(&text, " [%.10s]", rule->comment);
		strbuf_puts(&text, "; ");
	}
	strbuf_puts(&text, "");
	return strbuf_steal(&text);
}

/* Frees both. */
static void assert_same(struct profile *a, struct profile *b, const char *law, unsigned int seed)
{
	char *left = to_text(a), *right = to_text(b);

	if (strcmp(left, right) != 0)
		fail_msg("%s does not hold for seed %u: %s and %s", law, seed, bodies(a),
			 bodies(b));
	free(left);
	free(right);
	profile_free(a);
	profile_free(b);
}

static unsigned int draw(unsigned int *seed, unsigned int n)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % n;
}

/* One rule out of few that there can be, so that they meet often. */
static void draw_rule(unsigned int *seed, struct strbuf *text)
{
	static const char *const names[] = { "read", "clone", "socket", "clone3" };
	static const char *const answers[] = {
		"\"SCMP_ACT_ALLOW\"",
		"\"SCMP_ACT_ALLOW\"",
		"\"SCMP_ACT_ALLOW\"",
		"\"SCMP_ACT_LOG\"",
		"\"SCMP_ACT_ERRNO\"",
		"\"SCMP_ACT_ERRNO\", \"errnoRet\": 38",
		"\"SCMP_ACT_KILL_PROCESS\"",
		"\"SCMP_ACT_ERRNO\", \"errnoRet\": 38, \"comment\": \"" FALLBACK "\"",
	};
	static const char *const more[] = {
		"",
		"",
		"",
		", \"args\": [{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]",
		(", \"args\": [{\"index\": 1, \"value\": 7, \"valueTwo\": 2, \"op\": "
		 "\"SCMP_CMP_MASKED_EQ\"}, {\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_GT\"}]"),
		", \"includes\": {\"caps\": [\"CAP_B\", \"CAP_A\"]}",
		", \"excludes\": {\"minKernel\": \"4.8\"}",
	};
	const char *answer = answers[draw(seed, ARRAY_SIZE(answers))];

	strbuf_puts(text, "{\"names\": [");
	for (unsigned int i = 0, n = 1 + draw(seed, 3); i < n; i++)
		strbuf_printf(text, "%s\"%s\"", i ? ", " : "",
			      names[draw(seed, ARRAY_SIZE(names))]);
	strbuf_printf(text, "], \"action\": %s%s%s}", answer,
		      strstr(answer, "comment") ? "" : more[draw(seed, ARRAY_SIZE(more))],
		      strstr(answer, "comment") || draw(seed, 4) ? ""
		      : draw(seed, 2)				 ? ", \"comment\": \"one\""
				      : ", \"comment\": \"INCOMPLETE: torn\"");
}

static struct profile *draw_profile(unsigned int seed)
{
	static const char *const defaults[] = { "\"SCMP_ACT_ERRNO\"",
						"\"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 38",
						"\"SCMP_ACT_KILL_PROCESS\"" };
	static const char *const arches[] = {
		"",
		", \"architectures\": [\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_AARCH64\"]",
		", \"architectures\": [\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\"]",
		(", \"archMap\": [{\"architecture\": \"SCMP_ARCH_X86_64\", \"subArchitectures\": "
		 "[\"SCMP_ARCH_X32\"]}]"),
	};
	struct strbuf text = { 0 };
	struct profile *profile;

	strbuf_printf(&text, "{\"defaultAction\": %s%s, \"flags\": [\"F%u\"], \"syscalls\": [",
		      defaults[draw(&seed, ARRAY_SIZE(defaults))],
		      arches[draw(&seed, ARRAY_SIZE(arches))], draw(&seed, 3));
	/* One rule that all have: a profile of no rules has no place to say that it is incomplete.
	 */
	strbuf_puts(&text, "{\"names\": [\"exit\"], \"action\": \"SCMP_ACT_ALLOW\"}");
	for (unsigned int i = 0, n = draw(&seed, 7); i < n; i++) {
		strbuf_puts(&text, ", ");
		draw_rule(&seed, &text);
	}
	strbuf_puts(&text, "]}");
	profile = from_text(strbuf_text(&text));
	strbuf_deinit(&text);
	return profile;
}

static void merging_is_an_algebra(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed < 2000; seed++) {
		struct profile *a = draw_profile(seed), *b = draw_profile(seed * 7919);
		struct profile *c = draw_profile(seed * 104729);

		for (int i = 0; i < 2; i++) {
			bool intersect = i == 1;
			struct profile *ab = merged(a, b, intersect), *bc = merged(b, c, intersect);

			assert_same(merged(a, a, intersect), merged(a, NULL, intersect),
				    "a with a is a", seed);
			assert_same(merged(ab, ab, intersect), merged(ab, NULL, intersect),
				    "a normal form stays", seed);
			assert_same(merged(b, a, intersect), merged(a, b, intersect),
				    "a with b is b with a", seed);
			assert_same(merged(ab, b, intersect), merged(ab, NULL, intersect),
				    "what is in it adds nothing", seed);
			assert_same(merged(ab, c, intersect), merged(a, bc, intersect),
				    "the order does not matter", seed);
			profile_free(ab);
			profile_free(bc);
		}
		profile_free(a);
		profile_free(b);
		profile_free(c);
	}
}

static bool is_default(const struct profile *profile, const struct rule *rule)
{
	uint32_t usual = profile->has_default_errno ? profile->default_errno : EPERM;

	return rule->action == profile->default_action &&
	       (rule->action != ACTION_ERRNO ||
		(rule->has_errno ? rule->errno_ret : EPERM) == usual);
}

/* Whether it holds just when the other does. */
static bool same_conditions(const struct rule *a, const struct rule *b)
{
	_cleanup_strbuf_ struct strbuf left = { 0 }, right = { 0 };

	rule_put_args(&left, a);
	strbuf_puts(&left, " ");
	rule_put_conditions(&left, a);
	rule_put_args(&right, b);
	strbuf_puts(&right, " ");
	rule_put_conditions(&right, b);
	return strcmp(strbuf_text(&left), strbuf_text(&right)) == 0;
}

/* Whether another rule takes its place: then it has no effect, see model/rule_order.h. */
static bool is_beaten(const struct profile *profile, size_t at, const char *name)
{
	const struct rule *rule = &profile->rules[at];

	for (size_t i = 0; i < profile->n_rules; i++) {
		const struct rule *other = &profile->rules[i];

		if (i == at || !rule_names(other, name) || is_default(profile, other))
			continue;
		if (rule_is_plain(other) &&
		    (i < at || rule->n_args > 0 || is_default(profile, rule)))
			return true;
		if (same_conditions(rule, other) && (i < at || is_default(profile, rule)))
			return true;
	}
	return false;
}

/* Whether a rule that counts says so: allows in any case, or denies in some. */
static bool says(const struct profile *profile, const char *name, bool allows)
{
	for (size_t i = 0; i < profile->n_rules; i++) {
		const struct rule *rule = &profile->rules[i];

		if (!rule_names(rule, name) || is_beaten(profile, i, name))
			continue;
		if (allows ? rule->action == ACTION_ALLOW && rule_is_plain(rule)
			   : action_denies(rule->action) &&
				     !(rule->comment && strstr(rule->comment, FALLBACK)))
			return true;
	}
	return false;
}

/* Never more than either allows, and never what one of them denies. */
static void a_merge_widens_nothing(void **state)
{
	static const char *const names[] = { "read", "clone", "socket", "clone3", "write" };
	const struct arch *arch = arch_by_name(SLICE("x86_64"));

	(void)state;
	for (unsigned int seed = 1; seed < 2000; seed++) {
		struct profile *a = draw_profile(seed), *b = draw_profile(seed * 31337);
		struct profile *both = merged(a, b, false), *common = merged(a, b, true);

		for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
			bool in_a = says(a, names[i], true), in_b = says(b, names[i], true);
			bool denied = says(a, names[i], false) || says(b, names[i], false);

			if (profile_allows(both, arch, names[i]) && ((!in_a && !in_b) || denied))
				fail_msg("union, seed %u: %s: %s\n%s\n%s", seed, names[i],
					 bodies(a), bodies(b), bodies(both));
			if (profile_allows(common, arch, names[i]) && (!in_a || !in_b || denied))
				fail_msg("intersection, seed %u: %s", seed, names[i]);
		}
		profile_free(a);
		profile_free(b);
		profile_free(both);
		profile_free(common);
	}
}

#define HEAD		  "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": ["
#define RULE(names, rest) "{\"names\": [" names "], \"action\": " rest "}"

static void each_case_is_settled(void **state)
{
	static const struct {
		const char *a, *b;
		bool intersect;
		const char *expected, *denied, *yielded, *dropped;
	} cases[] = {
		{ RULE("\"read\", \"mount\"", "\"SCMP_ACT_ALLOW\""),
		  RULE("\"mount\"", "\"SCMP_ACT_ERRNO\""), false,
		  "read: allow; mount: errno EPERM; ", "mount", NULL, NULL },
		{ RULE("\"clone3\"", "\"SCMP_ACT_ALLOW\""),
		  RULE("\"clone3\", \"statx\"",
		       "\"SCMP_ACT_ERRNO\", \"errnoRet\": 38, \"comment\": \"" FALLBACK "\""),
		  false, "clone3: allow; statx: errno ENOSYS [inferred, ]; ", NULL, "clone3",
		  NULL },
		{ RULE("\"clone\"", "\"SCMP_ACT_ALLOW\""),
		  RULE("\"clone\"", "\"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, \"value\": 16, "
				    "\"op\": \"SCMP_CMP_MASKED_EQ\"}]"),
		  false, "clone: allow; ", NULL, NULL, NULL },
		{ RULE("\"clone\"", "\"SCMP_ACT_ALLOW\""),
		  RULE("\"clone\"", "\"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, \"value\": 16, "
				    "\"op\": \"SCMP_CMP_MASKED_EQ\"}]"),
		  true, "clone: allow if arg0 & 0x10 == 0; ", NULL, NULL, NULL },
		{ RULE("\"clone\"", "\"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, \"value\": 1, "
				    "\"op\": \"SCMP_CMP_EQ\"}]"),
		  RULE("\"clone\"", "\"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, \"value\": 2, "
				    "\"op\": \"SCMP_CMP_EQ\"}]"),
		  true, "", NULL, NULL, "clone" },
		{ RULE("\"read\"", "\"SCMP_ACT_ALLOW\", \"comment\": \"INCOMPLETE: torn\""),
		  RULE("\"write\"", "\"SCMP_ACT_ALLOW\""), false,
		  "read write: allow [INCOMPLETE]; ", NULL, NULL, NULL },
		{ RULE("\"open\"", "\"SCMP_ACT_ALLOW\", \"comment\": \"inferred, x\""),
		  RULE("\"open\"", "\"SCMP_ACT_ALLOW\""), false, "open: allow; ", NULL, NULL,
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct merge_report report = { 0 };
		struct profile *a, *b, *whole = NULL;
		char text[2][512], *got;

		snprintf(text[0], sizeof(text[0]), "%s%s]}", HEAD, cases[i].a);
		snprintf(text[1], sizeof(text[1]), "%s%s]}", HEAD, cases[i].b);
		a = from_text(text[0]);
		b = from_text(text[1]);
		assert_int_equal(profile_merge(a, b, cases[i].intersect, &whole, &report, NULL), 0);
		got = bodies(whole);
		if (strcmp(got, cases[i].expected) != 0)
			fail_msg("case %zu: '%s' and not '%s'", i, got, cases[i].expected);
		assert_int_equal(report.denied.n, cases[i].denied != NULL);
		assert_int_equal(report.yielded.n, cases[i].yielded != NULL);
		assert_int_equal(report.dropped.n, cases[i].dropped != NULL);
		if (cases[i].denied)
			assert_string_equal(report.denied.names[0], cases[i].denied);
		merge_report_deinit(&report);
		free(got);
		profile_free(a);
		profile_free(b);
		profile_free(whole);
	}
}

static void an_allow_list_and_a_deny_list_do_not_mix(void **state)
{
	struct profile *a = from_text("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": []}");
	struct profile *b = from_text("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": []}");
	struct merge_report report = { 0 };
	struct profile *whole = NULL;
	struct error err = { 0 };

	(void)state;
	assert_int_equal(profile_merge(a, b, false, &whole, &report, &err), -EINVAL);
	assert_non_null(strstr(err.message, "SCMP_ACT_ALLOW and SCMP_ACT_ERRNO"));
	assert_null(whole);
	profile_free(a);
	profile_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merging_is_an_algebra),
		cmocka_unit_test(a_merge_widens_nothing),
		cmocka_unit_test(each_case_is_settled),
		cmocka_unit_test(an_allow_list_and_a_deny_list_do_not_mix),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("profile_merge", tests, NULL, NULL);
}
