/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/call_version.h"
#include "arch/syscall.h"
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>

static void versions_are_read(void **state)
{
	static const struct {
		const char *text;
		int r;
		struct kernel_version version;
	} cases[] = {
		{ "5.10", 0, { 5, 10 } },	   { "6.18.5-fc-v10", 0, { 6, 18 } },
		{ "4.19.0", 0, { 4, 19 } },	   { "5", -EINVAL, { 0, 0 } },
		{ "five.six", -EINVAL, { 0, 0 } }, { "-5.1", -EINVAL, { 0, 0 } },
		{ "5.12345", -EINVAL, { 0, 0 } },  { "", -EINVAL, { 0, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kernel_version version = { 0, 0 };

		if (kernel_version_parse(cases[i].text, &version) != cases[i].r ||
		    kernel_version_compare(version, cases[i].version) != 0)
			fail_msg("'%s': %u.%u", cases[i].text, version.major, version.minor);
	}
	assert_true(kernel_version_compare((struct kernel_version){ 5, 10 },
					   (struct kernel_version){ 5, 9 }) > 0);
	assert_true(kernel_version_compare((struct kernel_version){ 4, 20 },
					   (struct kernel_version){ 5, 0 }) < 0);
}

static void libseccomp_versions_have_a_kernel(void **state)
{
	static const struct {
		const char *text;
		unsigned int major, minor; /* 0: refused */
	} cases[] = {
		{ "2.2.0", 3, 19 }, { "2.2.3", 3, 19 }, { "2.3.1", 4, 5 },  { "2.5.1", 5, 8 },
		{ "2.5.4", 5, 17 }, { "2.5.5", 6, 7 },	{ "2.6.0", 6, 13 }, { "2.6", 6, 13 },
		{ "3.0.1", 6, 13 }, { "2.1.1", 0, 0 },	{ "2", 0, 0 },	    { "x", 0, 0 },
		{ "2.5.4x", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kernel_version kernel = { 0, 0 };
		int r = libseccomp_kernel(cases[i].text, &kernel);

		if ((r < 0) != (cases[i].major == 0) || kernel.major != cases[i].major ||
		    kernel.minor != cases[i].minor)
			fail_msg("'%s': %d, %u.%u", cases[i].text, r, kernel.major, kernel.minor);
	}
}

/*
 * The table against the libseccomp that is here: it knows what is not newer. Distributions add
 * calls to older releases (Debian 12's 2.5.4 has those of Linux 6.7): up to some kernel it knows
 * all, and none behind it.
 */
static void the_table_agrees_with_libseccomp(void **state)
{
	const struct scmp_version *version = seccomp_version();
	struct kernel_version kernel;
	char text[48];

	(void)state;
	snprintf(text, sizeof(text), "%u.%u.%u", version->major, version->minor, version->micro);
	assert_int_equal(libseccomp_kernel(text, &kernel), 0);
	for (size_t i = 0; i < call_version_count(); i++) {
		const struct call_version *call = call_version_at(i);

		if (syscall_in_libseccomp(call->name) &&
		    kernel_version_compare(call->since, kernel) > 0)
			kernel = call->since;
	}
	for (size_t i = 0; i < call_version_count(); i++) {
		const struct call_version *call = call_version_at(i);

		if (kernel_version_compare(call->since, kernel) <= 0 &&
		    !syscall_in_libseccomp(call->name) && strcmp(call->name, "riscv_hwprobe") != 0)
			fail_msg("%s, since Linux %u.%u: libseccomp %s, which has calls of Linux "
				 "%u.%u, does not know it",
				 call->name, call->since.major, call->since.minor, text,
				 kernel.major, kernel.minor);
	}
}

static void calls_stand_once_and_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < call_version_count(); i++) {
		const struct call_version *call = call_version_at(i);

		assert_ptr_equal(call_version_by_name(call->name), call);
		if (i > 0)
			assert_true(kernel_version_compare(call_version_at(i - 1)->since,
							   call->since) <= 0);
	}
	assert_null(call_version_by_name("read"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_read),
		cmocka_unit_test(libseccomp_versions_have_a_kernel),
		cmocka_unit_test(the_table_agrees_with_libseccomp),
		cmocka_unit_test(calls_stand_once_and_in_order),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("call_version", tests, NULL, NULL);
}
