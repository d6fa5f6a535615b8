/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "model/profile.h"
#include "model/profile_json.h"
#include "profile_text.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_PROFILE "/usr/share/containers/seccomp.json"

static const struct arch *arch_named(const char *name)
{
	const struct arch *arch = arch_by_name(slice_from(name));

	assert_non_null(arch);
	return arch;
}

static struct profile *parse(const char *text)
{
	struct profile *profile = NULL;
	struct error err = { 0 };

	if (profile_read_json(&profile, text, strlen(text), "text", &err) < 0)
		fail_msg("%s", err.message);
	return profile;
}

#define RULES(rules) "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [" rules "]}"
#define ALLOW(more)  "{\"names\": [\"clone\"], \"action\": \"SCMP_ACT_ALLOW\"" more "}"
#define DENY(more)   "{\"names\": [\"clone\"], \"action\": \"SCMP_ACT_ERRNO\"" more "}"
#define ARGS	     ", \"args\": [{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]"

/* What is said of clone on x86_64. */
static const struct {
	const char *what, *text;
	bool allows, denies;
} claims[] = {
	{ "nothing", RULES(""), false, false },
	{ "allowed", RULES(ALLOW("")), true, false },
	{ "allowed by arguments", RULES(ALLOW(ARGS)), false, false },
	{ "allowed, and denied by arguments", RULES(ALLOW("") "," DENY(ARGS)), false, false },
	{ "denied", RULES(DENY("")), false, true },
	{ "allowed with a capability", RULES(ALLOW(",\"includes\":{\"caps\":[\"CAP_X\"]}")), false,
	  false },
	{ "allowed without a capability", RULES(ALLOW(",\"excludes\":{\"caps\":[\"CAP_X\"]}")),
	  false, false },
	{ "allowed from a kernel on", RULES(ALLOW(",\"includes\":{\"minKernel\":\"4.8\"}")), false,
	  false },
	{ "allowed here", RULES(ALLOW(",\"includes\":{\"arches\":[\"amd64\"]}")), true, false },
	{ "allowed elsewhere", RULES(ALLOW(",\"includes\":{\"arches\":[\"arm64\"]}")), false,
	  false },
	{ "not excluded here", RULES(ALLOW(",\"excludes\":{\"arches\":[\"s390x\"]}")), true,
	  false },
	{ "excluded here", RULES(ALLOW(",\"excludes\":{\"arches\":[\"amd64\"]}")), false, false },
	{ "allowed, and denied elsewhere",
	  RULES(ALLOW("") "," DENY(",\"includes\":{\"arches\":[\"arm64\"]}")), true, false },
	{ "allowed, and denied with a capability",
	  RULES(ALLOW("") "," DENY(",\"includes\":{\"caps\":[\"CAP_X\"]}")), false, false },
	{ "allowed under a condition of tomorrow", RULES(ALLOW(",\"includes\":{\"moon\":1}")),
	  false, false },
	{ "allowed by empty conditions",
	  RULES(ALLOW(",\"includes\":{\"caps\":[]},\"excludes\":{},\"args\":[]")), true, false },
	{ "allowed by default", "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}", true, false },
	{ "logged by default", "{\"defaultAction\": \"SCMP_ACT_LOG\"}", false, false },
	{ "denied from an open default",
	  "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [" DENY("") "]}", false, true },
	{ "another architecture",
	  "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": [\"SCMP_ARCH_AARCH64\"], "
	  "\"syscalls\": [" ALLOW("") "]}",
	  false, false },
};

static void test_claims(void **state _unused_)
{
	size_t failed = 0;

	for (size_t i = 0; i < ARRAY_SIZE(claims); i++) {
		_cleanup_profile_ struct profile *profile = parse(claims[i].text);
		bool allows = profile_allows(profile, arch_named("x86_64"), "clone");
		bool denies = profile_denies(profile, arch_named("x86_64"), "clone");

		if (allows != claims[i].allows || denies != claims[i].denies) {
			print_message("# %s: allows %d, denies %d\n", claims[i].what, allows,
				      denies);
			failed++;
		}
	}
	assert_int_equal(failed, 0);
}

static void test_condition_is_of_the_host(void **state _unused_)
{
	_cleanup_profile_ struct profile *profile =
		parse(RULES(ALLOW(",\"includes\":{\"arches\":[\"amd64\"]}")));

	/* 32-bit calls on an x86_64 host: the host decides. */
	assert_true(rule_unconditional(&profile->rules[0], arch_named("x86")));
	assert_false(rule_unconditional(&profile->rules[0], arch_named("arm")));
}

static const char held[] = RULES(ALLOW(",\"includes\":{\"minKernel\":\"3.0\"}") "," ALLOW(
	",\"includes\":{\"minKernel\":"
	"\"99.0\"}") "," ALLOW(",\"includes\":{\"caps\":[\"CAP_X\"]"
			       "}") "," ALLOW(",\"excludes\":{"
					      "\"caps\":[\"CAP_"
					      "X\"]}") "," ALLOW(","
								 "\"excludes\""
								 ":"
								 "{"
								 "\"minKernel\""
								 ":"
								 "\"3.0\"}"));

static void test_holds(void **state _unused_)
{
	_cleanup_profile_ struct profile *profile = parse(held);
	static const bool expected[] = { true, false, false, true, false };

	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		if (rule_holds(&profile->rules[i], arch_named("x86_64")) != expected[i])
			fail_msg("rule %zu", i);
}

static void test_covers(void **state _unused_)
{
	_cleanup_profile_ struct profile *none = parse(RULES("")),
					 *map = parse(
						 "{\"defaultAction\": \"SCMP_ACT_ERRNO\", "
						 "\"archMap\": [{\"architecture\": "
						 "\"SCMP_ARCH_X86_64\", "
						 "\"subArchitectures\": [\"SCMP_ARCH_X86\"]}]}");

	assert_true(profile_covers(none, arch_named("s390x")));
	assert_true(profile_covers(map, arch_named("x86_64")));
	assert_true(profile_covers(map, arch_named("x86")));
	assert_false(profile_covers(map, arch_named("x32")));
	assert_int_equal(profile_add_arch(map, arch_named("x32")), 0);
	assert_int_equal(profile_add_arch(map, arch_named("arm")), 0);
	assert_int_equal(profile_add_arch(map, arch_named("arm")), 0);
	assert_int_equal(map->n_arch_map, 2);
	assert_int_equal(name_list_count(map->arch_map[0].sub_architectures), 2);
	assert_string_equal(map->arch_map[1].architecture, "SCMP_ARCH_AARCH64");
	assert_int_equal(name_list_count(map->arch_map[1].sub_architectures), 1);
	assert_null(map->architectures);
	assert_int_equal(profile_add_arch(none, arch_named("x86")), 0);
	assert_string_equal(none->architectures[0], "SCMP_ARCH_X86_64");
	assert_string_equal(none->architectures[1], "SCMP_ARCH_X86");
}

static void test_add_rule(void **state _unused_)
{
	static const char *const names[] = { "write", "close", "write", "brk" };
	_cleanup_profile_ struct profile *profile = profile_new();
	struct rule *rule;

	assert_int_equal(profile_add_rule(profile, ORIGIN_SEEN, ACTION_ALLOW, names,
					  ARRAY_SIZE(names), "why", &rule),
			 0);
	assert_int_equal(name_list_count(rule->names), 3);
	assert_string_equal(rule->names[0], "brk");
	assert_string_equal(rule->names[2], "write");
	assert_string_equal(rule->comment, "why");
}

static void test_name_list_sort(void **state _unused_)
{
	char **names = NULL;

	for (const char *const *name = (const char *const[]){ "b", "a", "b", "c", "a", NULL };
	     *name; name++)
		assert_int_equal(name_list_append(&names, *name), 0);
	name_list_sort(names);
	assert_int_equal(name_list_count(names), 3);
	assert_string_equal(names[0], "a");
	assert_string_equal(names[1], "b");
	assert_string_equal(names[2], "c");
	name_list_free(names);
}

static void test_default_profile(void **state _unused_)
{
	_cleanup_profile_ struct profile *profile = NULL;
	const struct arch *arch = arch_named("x86_64");

	if (access(DEFAULT_PROFILE, R_OK) < 0) {
		print_message("# there is no %s here\n", DEFAULT_PROFILE);
		return;
	}
	profile = from_file(DEFAULT_PROFILE);
	assert_true(profile_allows(profile, arch, "read"));
	assert_true(profile_allows(profile, arch, "arch_prctl"));
	assert_false(profile_allows(profile, arch_named("aarch64"), "arch_prctl"));
	assert_false(profile_allows(profile, arch, "personality"));
	assert_false(profile_allows(profile, arch, "open_by_handle_at"));
	assert_false(profile_denies(profile, arch, "open_by_handle_at"));
	assert_false(profile_allows(profile, arch, "socket"));
	assert_true(profile_denies(profile, arch, "kexec_load"));
	assert_false(profile_allows(profile, arch, "kexec_load"));
	assert_false(profile_allows(profile, arch, "no_such_call"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_condition_is_of_the_host),
		cmocka_unit_test(test_holds),
		cmocka_unit_test(test_covers),
		cmocka_unit_test(test_add_rule),
		cmocka_unit_test(test_name_list_sort),
		cmocka_unit_test(test_default_profile),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
