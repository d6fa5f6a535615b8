/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/profile_host.h"
#include "model/profile_json.h"
#include "model/rule_text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char text[] =
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": ["
	"{\"names\": [\"a\"], \"action\": \"SCMP_ACT_ALLOW\"},"
	"{\"names\": [\"b\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": {\"caps\": "
	"[\"CAP_SYS_ADMIN\", \"CAP_BPF\"]}},"
	"{\"names\": [\"c\"], \"action\": \"SCMP_ACT_ALLOW\", \"excludes\": {\"caps\": "
	"[\"CAP_SYS_ADMIN\", \"CAP_CHOWN\"]}},"
	"{\"names\": [\"d\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": {\"minKernel\": "
	"\"5.10\", \"arches\": [\"amd64\"]}},"
	"{\"names\": [\"e\"], \"action\": \"SCMP_ACT_ALLOW\", \"excludes\": {\"minKernel\": "
	"\"5.10\"}}]}";

static char *left_on(const char *caps, struct kernel_version kernel)
{
	struct host_facts facts = { .kernel = kernel };
	char **list = NULL, *copy = strdup(caps), *rest = copy;
	struct profile *profile = NULL, *resolved;
	struct strbuf left = { 0 };

	for (char *cap; (cap = strsep(&rest, ",")) != NULL;)
		if (*cap)
			assert_int_equal(capability_add(&list, cap), 0);
	facts.caps = list;
	assert_int_equal(profile_read_json(&profile, text, strlen(text), "text", NULL), 0);
	resolved = profile_on_host(profile, &facts);
	assert_non_null(resolved);
	strbuf_puts(&left, "");
	for (size_t i = 0; i < resolved->n_rules; i++) {
		strbuf_puts(&left, resolved->rules[i].names[0]);
		if (!rule_is_plain(&resolved->rules[i]))
			strbuf_puts(&left, "?");
	}
	profile_free(profile);
	profile_free(resolved);
	name_list_free(list);
	free(copy);
	return strbuf_steal(&left);
}

static void conditions_are_worked_out(void **state)
{
	static const struct {
		const char *caps;
		struct kernel_version kernel;
		const char *left; /* "?": still has a condition, that of the architecture */
	} cases[] = {
		{ "", { 4, 19 }, "ace" },
		{ "", { 5, 10 }, "acd?" },
		{ "", { 6, 1 }, "acd?" },
		{ "sys_admin", { 4, 19 }, "ae" },
		{ "CAP_SYS_ADMIN,bpf", { 4, 19 }, "abe" },
		{ "CAP_NET_RAW", { 4, 19 }, "ace" },
		{ "all", { 5, 11 }, "abd?" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *left = left_on(cases[i].caps, cases[i].kernel);

		if (strcmp(left, cases[i].left) != 0)
			fail_msg("'%s' on %u.%u: %s", cases[i].caps, cases[i].kernel.major,
				 cases[i].kernel.minor, left);
		free(left);
	}
}

static void capabilities_have_names(void **state)
{
	char **list = NULL;

	(void)state;
	assert_int_equal(capability_add(&list, "CAP_CHOWN"), 0);
	assert_int_equal(capability_add(&list, "chown"), 0);
	assert_int_equal(name_list_count(list), 1);
	assert_int_equal(capability_add(&list, "CAP_FLY"), -EINVAL);
	assert_int_equal(capability_add(&list, ""), -EINVAL);
	assert_int_equal(capability_add(&list, "ALL"), 0);
	assert_int_equal(name_list_count(list), 41);
	name_list_free(list);
}

/* What is not known of a host stays a condition. */
static void half_a_host_leaves_half_the_conditions(void **state)
{
	const struct host_facts kernel = { .kernel = { 5, 10 }, .any_caps = true };
	const struct host_facts caps = { .any_kernel = true };
	struct profile *profile = NULL, *resolved;

	(void)state;
	assert_int_equal(profile_read_json(&profile, text, strlen(text), "text", NULL), 0);
	resolved = profile_on_host(profile, &kernel);
	assert_non_null(resolved);
	assert_int_equal(resolved->n_rules, 4);
	assert_int_equal(name_list_count(resolved->rules[1].includes.caps), 2);
	assert_true(resolved->rules[1].has_includes);
	assert_null(resolved->rules[3].includes.min_kernel);
	assert_true(resolved->rules[3].has_includes);
	profile_free(resolved);
	resolved = profile_on_host(profile, &caps);
	assert_non_null(resolved);
	assert_int_equal(resolved->n_rules, 4);
	assert_string_equal(resolved->rules[1].names[0], "c");
	assert_false(resolved->rules[1].has_excludes);
	assert_string_equal(resolved->rules[2].includes.min_kernel, "5.10");
	assert_string_equal(resolved->rules[3].excludes.min_kernel, "5.10");
	assert_true(resolved->rules[3].has_excludes);
	profile_free(resolved);
	profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions_are_worked_out),
		cmocka_unit_test(capabilities_have_names),
		cmocka_unit_test(half_a_host_leaves_half_the_conditions),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("profile_host", tests, NULL, NULL);
}
