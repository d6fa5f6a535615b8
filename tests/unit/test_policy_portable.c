/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "model/policy.h"
#include "model/policy_portable.h"
#include "model/profile_json.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct profile *parse(const char *text)
{
	struct profile *profile = NULL;
	struct error err = { 0 };

	if (profile_read_json(&profile, text, strlen(text), "profile", &err) < 0)
		fail_msg("%s", err.message);
	return profile;
}

/* A profile for x86_64 and aarch64 that allows these, with what more is given. */
static struct profile *allow(const char *names, const char *more)
{
	_cleanup_free_ char *text = NULL;

	if (asprintf(&text,
		     "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": "
		     "[\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_AARCH64\"], \"syscalls\": "
		     "[{\"names\": [%s], \"action\": \"SCMP_ACT_ALLOW\"}%s]}",
		     names, more) < 0)
		fail();
	return parse(text);
}

static void extend(struct profile *profile, const char *expected)
{
	_cleanup_name_set_ struct name_set added = { 0 };
	struct syscall_table names = { 0 };
	char joined[1024] = "";
	size_t used = 0;

	assert_int_equal(portable_extend(profile, &names, NULL, 0, &added), 0);
	for (size_t i = 0; i < added.n; i++)
		used += (size_t)snprintf(joined + used, sizeof(joined) - used, "%s%s",
					 used ? " " : "", added.names[i]);
	assert_string_equal(joined, expected);
	syscall_table_deinit(&names);
}

static void test_members(void **state _unused_)
{
	_cleanup_profile_ struct profile *profile = allow("\"openat\", \"poll\"", "");
	const struct rule *rule = NULL;

	extend(profile, "open openat2 ppoll");
	for (size_t i = 0; i < profile->n_rules; i++)
		if (rule_names(&profile->rules[i], "ppoll"))
			rule = &profile->rules[i];
	assert_non_null(rule);
	assert_int_equal(rule->origin, ORIGIN_POLICY);
	assert_int_equal(rule->action, ACTION_ALLOW);
	assert_string_equal(rule->comment,
			    "inferred, portable: poll where the architecture has it, "
			    "ppoll elsewhere, ppoll_time64 on 32-bit ones");
	/* Not again, and nothing on top of what was inferred. */
	extend(profile, "");
}

/* What an architecture of the profile does not have is not there: no 32-bit form. */
static void test_existence(void **state _unused_)
{
	_cleanup_profile_ struct profile
		*two = allow("\"select\"", ""),
		*arm = parse("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": "
			     "[\"SCMP_ARCH_ARM\"], \"syscalls\": [{\"names\": "
			     "[\"_newselect\"], \"action\": \"SCMP_ACT_ALLOW\"}]}");

	extend(two, "pselect6");
	extend(arm, "pselect6 pselect6_time64");
}

/* fork makes no namespaces, and neither does the clone that stands for it; clone3 cannot be held
 * to that. */
static void test_processes(void **state _unused_)
{
	_cleanup_profile_ struct profile *fork = allow("\"fork\"", ""),
					 *clone = allow("\"clone\"", "");
	const struct rule *rule = NULL;

	extend(fork, "clone vfork");
	for (size_t i = 0; i < fork->n_rules; i++)
		if (rule_names(&fork->rules[i], "clone"))
			rule = &fork->rules[i];
	assert_non_null(rule);
	assert_int_equal(rule->n_args, 1);
	assert_int_equal(rule->args[0].op, COMPARE_MASKED_EQ);
	assert_int_equal(rule->args[0].value, 0x7e020000);
	extend(clone, "clone3 fork vfork");
}

/* Neither a denial nor a condition is got around. */
static void test_profile_decides(void **state _unused_)
{
	_cleanup_profile_ struct profile *denied =
		allow("\"openat\"", ", {\"names\": [\"openat2\"], \"action\": \"SCMP_ACT_ERRNO\"}");
	_cleanup_profile_ struct profile *conditional = allow(
		"\"read\"",
		", {\"names\": [\"clone\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": "
		"0, \"value\": 2114060288, \"valueTwo\": 0, \"op\": \"SCMP_CMP_MASKED_EQ\"}]}");
	_cleanup_profile_ struct profile *open =
		parse("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": "
		      "[\"open\"], \"action\": \"SCMP_ACT_ALLOW\"}]}");

	extend(denied, "open");
	extend(conditional, "readv");
	extend(open, "");
}

static void test_refused(void **state _unused_)
{
	_cleanup_profile_ struct profile *profile = allow("\"openat\"", "");
	_cleanup_name_set_ struct name_set refused = { 0 }, added = { 0 };
	struct syscall_table names = { 0 };

	assert_int_equal(name_set_add(&refused, "openat2"), 1);
	assert_int_equal(portable_extend(profile, &names, &refused, 0, &added), 0);
	assert_int_equal(added.n, 1);
	assert_string_equal(added.names[0], "open");
	syscall_table_deinit(&names);
}

static void test_clone_flags(void **state _unused_)
{
	const struct arch *s390x = arch_by_name(SLICE("s390x")),
			  *s390 = arch_by_name(SLICE("s390")), *arm = arch_by_name(SLICE("arm"));
	const struct arch *const big[] = { s390x, s390 }, *const mixed[] = { s390x, arm },
				 *const small[] = { arm };

	assert_int_equal(portable_clone_flags(big, 2), 1);
	assert_int_equal(portable_clone_flags(mixed, 2), -1);
	assert_int_equal(portable_clone_flags(small, 1), 0);
	assert_int_equal(portable_clone_flags(NULL, 0), 0);
}

static void check_name(struct syscall_table *names, const char *name)
{
	int32_t nr;

	for (size_t i = 0; i < arch_count(); i++)
		if (syscall_number(names, arch_at(i), name, &nr) == 0)
			return;
	fail_msg("%s is no call", name);
}

/* A name that no architecture has would be a typing error in the table. */
static void test_table(void **state _unused_)
{
	struct syscall_table names = { 0 };

	assert_true(portable_family_count() > 60);
	for (size_t i = 0; i < portable_family_count(); i++) {
		const struct portable_family *family = portable_family_at(i);

		assert_true(strlen(family->reason) > 10);
		assert_int_not_equal(family->reason[strlen(family->reason) - 1], '.');
		assert_non_null(family->members[0]);
		for (size_t j = 0; j < PORTABLE_MEMBERS_MAX && family->members[j]; j++)
			check_name(&names, family->members[j]);
		for (size_t j = 0; j < PORTABLE_MEMBERS_MAX && family->added[j]; j++)
			check_name(&names, family->added[j]);
		if (!family->added[0])
			assert_non_null(family->members[1]);
	}
	assert_non_null(portable_reason("ppoll"));
	assert_null(portable_reason("mount"));
	assert_string_equal(policy_reason(POLICY_PORTABLE, "ppoll"), portable_reason("ppoll"));
	syscall_table_deinit(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),	  cmocka_unit_test(test_existence),
		cmocka_unit_test(test_processes), cmocka_unit_test(test_profile_decides),
		cmocka_unit_test(test_refused),	  cmocka_unit_test(test_clone_flags),
		cmocka_unit_test(test_table),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
