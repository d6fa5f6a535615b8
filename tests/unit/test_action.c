/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/action.h"
#include <errno.h>
#include <stdio.h>

static const struct {
	enum action action;
	uint32_t code;
	const char *name, *oci;
} cases[] = {
	{ ACTION_KILL_PROCESS, 0x80000000, "kill_process", "SCMP_ACT_KILL_PROCESS" },
	{ ACTION_KILL_THREAD, 0, "kill_thread", "SCMP_ACT_KILL_THREAD" },
	{ ACTION_TRAP, 0x30000, "trap", "SCMP_ACT_TRAP" },
	{ ACTION_ERRNO, 0x50000, "errno", "SCMP_ACT_ERRNO" },
	{ ACTION_NOTIFY, 0x7fc00000, "user_notif", "SCMP_ACT_NOTIFY" },
	{ ACTION_TRACE, 0x7ff00000, "trace", "SCMP_ACT_TRACE" },
	{ ACTION_LOG, 0x7ffc0000, "log", "SCMP_ACT_LOG" },
	{ ACTION_ALLOW, 0x7fff0000, "allow", "SCMP_ACT_ALLOW" },
};

static void every_action_goes_both_ways(void **state)
{
	(void)state;
	assert_int_equal(ARRAY_SIZE(cases), ACTION_UNKNOWN);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		enum action action = ACTION_UNKNOWN;

		assert_int_equal(action_from_code(cases[i].code), cases[i].action);
		assert_int_equal(action_from_code(cases[i].code | 0xFFFF), cases[i].action);
		assert_int_equal(action_to_code(cases[i].action), cases[i].code);
		assert_string_equal(action_name(cases[i].action), cases[i].name);
		assert_string_equal(action_oci_name(cases[i].action), cases[i].oci);
		assert_int_equal(action_from_name(slice_from(cases[i].name), &action), 0);
		assert_int_equal(action, cases[i].action);
		action = ACTION_UNKNOWN;
		assert_int_equal(action_from_oci_name(cases[i].oci, &action), 0);
		assert_int_equal(action, cases[i].action);
	}
}

static void unknown_is_a_denial(void **state)
{
	enum action action = ACTION_LOG;

	(void)state;
	assert_int_equal(action_from_code(0x12340000), ACTION_UNKNOWN);
	assert_int_equal(action_from_code(0x7ffd0000), ACTION_UNKNOWN);
	assert_int_equal(action_to_code(ACTION_UNKNOWN), 0x80000000);
	assert_int_equal(action_to_code((enum action)77), 0x80000000);
	assert_string_equal(action_name(ACTION_UNKNOWN), "unknown");
	assert_int_equal(action_from_name(SLICE("unknown"), &action), -EINVAL);
	assert_int_equal(action_from_name(SLICE("LOG"), &action), -EINVAL);
	assert_int_equal(action_from_name(SLICE(""), &action), -EINVAL);
	assert_int_equal(action_from_oci_name("SCMP_ACT_WHATEVER", &action), -EINVAL);
	assert_int_equal(action_from_oci_name("", &action), -EINVAL);
	assert_int_equal(action, ACTION_LOG);
}

static void plain_kill_is_the_thread(void **state)
{
	enum action action;

	(void)state;
	assert_int_equal(action_from_oci_name("SCMP_ACT_KILL", &action), 0);
	assert_int_equal(action, ACTION_KILL_THREAD);
}

/* The kernel lists its words from what denies most to what denies least, as the enum does. */
static void words_and_order_are_the_kernels(void **state)
{
	FILE *stream = fopen("/proc/sys/kernel/seccomp/actions_avail", "r");
	int before = -1;
	char word[32];

	(void)state;
	if (!stream) {
		print_message("# this kernel does not list its actions\n");
		return;
	}
	while (fscanf(stream, "%31s", word) == 1) {
		enum action action;

		if (action_from_name(slice_from(word), &action) < 0)
			fail_msg("the kernel's '%s' is not known", word);
		assert_true((int)action > before);
		before = (int)action;
	}
	fclose(stream);
	assert_int_equal(before, ACTION_ALLOW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_action_goes_both_ways),
		cmocka_unit_test(unknown_is_a_denial),
		cmocka_unit_test(plain_kill_is_the_thread),
		cmocka_unit_test(words_and_order_are_the_kernels),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
