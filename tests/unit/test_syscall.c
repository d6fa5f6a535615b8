/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/syscall.h"
#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

static int make_table(void **state)
{
	*state = calloc(1, sizeof(struct syscall_table));
	return *state ? 0 : -1;
}

static int free_table(void **state)
{
	syscall_table_deinit(*state);
	syscall_table_deinit(*state);
	free(*state);
	return 0;
}

static void known_calls(void **state)
{
	static const struct {
		const char *arch;
		int32_t nr;
		const char *name;
	} cases[] = {
		{ "x86", 1, "exit" },
		{ "x86_64", 1, "write" },
		{ "x86", 102, "socketcall" },
		{ "x86", 117, "ipc" },
		{ "x86", 359, "socket" },
		{ "x86", 395, "shmget" },
		{ "x86", 403, "clock_gettime64" },
		{ "x86_64", 0, "read" },
		{ "x86_64", 59, "execve" },
		{ "x86_64", 335, "uretprobe" },
		{ "x86_64", 336, "uprobe" },
		{ "x86_64", 439, "faccessat2" },
		{ "x86_64", 449, "futex_waitv" },
		{ "x86_64", 452, "fchmodat2" },
		{ "x86_64", 462, "mseal" },
		{ "x86_64", 469, "file_setattr" },
		{ "x86_64", 470, "listns" },
		{ "x86_64", 471, "rseq_slice_yield" },
		{ "x32", 0x40000000, "read" },
		{ "x32", 0x40000000 + 462, "mseal" },
		{ "x32", 0x40000000 + 520, "execve" },
		{ "arm", 281, "socket" },
		{ "arm", 983041, "breakpoint" },
		{ "arm", 983042, "cacheflush" },
		{ "arm", 983045, "set_tls" },
		{ "aarch64", 56, "openat" },
		{ "aarch64", 462, "mseal" },
		{ "riscv64", 258, "riscv_hwprobe" },
		{ "riscv64", 259, "riscv_flush_icache" },
		{ "mips", 4001, "exit" },
		{ "mips", 4462, "mseal" },
		{ "mips64", 5001, "write" },
		{ "mips64", 5457, "statmount" },
		{ "mips64n32", 6001, "write" },
		{ "mipsel64n32", 6470, "listns" },
		{ "ppc64le", 102, "socketcall" },
		{ "ppc64le", 326, "socket" },
		{ "s390x", 1, "exit" },
		{ "s390x", 359, "socket" },
		{ "s390x", 462, "mseal" },
		{ "loongarch64", 63, "read" },
		{ "loongarch64", 220, "clone" },
		{ "loongarch64", 435, "clone3" },
		{ "loongarch64", 462, "mseal" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct arch *arch = arch_by_name(slice_from(cases[i].arch));
		const char *name = syscall_name(*state, arch, cases[i].nr);
		int32_t nr = -1;

		if (!name || strcmp(name, cases[i].name) != 0)
			fail_msg("%s: number %d is %s, not %s", cases[i].arch, cases[i].nr,
				 name ? name : "unknown", cases[i].name);
		if (syscall_number(*state, arch, name, &nr) < 0 || nr != cases[i].nr)
			fail_msg("%s: %s has %d, not %d", cases[i].arch, name, nr, cases[i].nr);
	}
}

static void unknown_numbers_have_no_name(void **state)
{
	static const struct {
		const char *arch;
		int64_t nr;
	} cases[] = {
		{ "x86_64", -1 },	 { "x86_64", -10024 },
		{ "x86", -101 },	 { "x86_64", 350 },
		{ "x86_64", 999 },	 { "x86_64", 0x40000000 },
		{ "x86_64", 1LL << 32 }, { "x86_64", INT64_MAX },
		{ "x86_64", INT64_MIN }, { "x32", 1 },
		{ "mips", 1 },		 { "mips64", 4001 },
		{ "loongarch64", 163 },	 { "loongarch64", 259 },
		{ "arm", 983040 + 15 },	 { "aarch64", 983042 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *name =
			syscall_name(*state, arch_by_name(slice_from(cases[i].arch)), cases[i].nr);

		if (name)
			fail_msg("%s: number %jd is %s", cases[i].arch, (intmax_t)cases[i].nr,
				 name);
	}
}

static void calls_that_an_architecture_lacks(void **state)
{
	static const struct {
		const char *arch, *name;
	} cases[] = {
		{ "x86_64", "socketcall" }, { "aarch64", "open" },   { "x86_64", "no_such_call" },
		{ "x86_64", "" },	    { "aarch64", "uprobe" }, { "loongarch64", "getrlimit" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int32_t nr = 42;
		int r = syscall_number(*state, arch_by_name(slice_from(cases[i].arch)),
				       cases[i].name, &nr);

		if (r != -ENOENT || nr != 42)
			fail_msg("%s: %s gives %d, %d", cases[i].arch, cases[i].name, r, nr);
	}
}

static void numbers_and_names_are_one_to_one(void **state)
{
	for (size_t i = 0; i < arch_count(); i++) {
		const struct arch *arch = arch_at(i);
		const int32_t *numbers;
		size_t n;

		assert_int_equal(syscall_numbers(*state, arch, &numbers, &n), 0);
		assert_true(n > 300);
		for (size_t k = 0; k < n; k++) {
			const char *name = syscall_name(*state, arch, numbers[k]);
			int32_t nr = -1;

			assert_true(numbers[k] >= 0 && (k == 0 || numbers[k - 1] < numbers[k]));
			assert_non_null(name);
			if (syscall_number(*state, arch, name, &nr) < 0 || nr != numbers[k])
				fail_msg("%s: %s is both %d and %d", arch->name, name, numbers[k],
					 nr);
		}
	}
}

/* Whatever libseccomp has a real number for, we have with the same number. */
static void agrees_with_libseccomp(void **state)
{
	for (size_t i = 0; i < arch_count(); i++) {
		const struct arch *arch = arch_at(i);
		const int32_t *numbers;
		size_t n;

		assert_int_equal(syscall_numbers(*state, arch, &numbers, &n), 0);
		for (size_t k = 0; k < n; k++) {
			const char *name = syscall_name(*state, arch, numbers[k]);
			int theirs = seccomp_syscall_resolve_name_arch(arch->token, name);

			if (theirs >= 0 && theirs != numbers[k])
				fail_msg("%s: %s is %d for libseccomp, %d for us", arch->name, name,
					 theirs, numbers[k]);
		}
	}
}

static void what_libseccomp_has_heard_of(void **state)
{
	(void)state;
	assert_true(syscall_in_libseccomp("read"));
	assert_true(syscall_in_libseccomp("socketcall"));
	assert_true(syscall_in_libseccomp("set_tls"));
	assert_false(syscall_in_libseccomp("no_such_call"));
	assert_false(syscall_in_libseccomp(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_calls),
		cmocka_unit_test(unknown_numbers_have_no_name),
		cmocka_unit_test(calls_that_an_architecture_lacks),
		cmocka_unit_test(numbers_and_names_are_one_to_one),
		cmocka_unit_test(agrees_with_libseccomp),
		cmocka_unit_test(what_libseccomp_has_heard_of),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_table, free_table);
}
