/* SPDX-License-Identifier: Apache-2.0 */
#include "target/filter.h"

#include "arch/simulate.h"
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define UNKNOWN_ARCH 0xdeadbeef

static uint32_t verdict(const struct filter *filter, uint32_t arch, int32_t nr)
{
	const struct seccomp_data data = { .nr = nr, .arch = arch };
	uint32_t ret = 0;
	int r = simulate(filter->program, filter->n, &data, &ret);

	if (r < 0)
		fail_msg("arch %x number %d: the program cannot be run: %d", arch, nr, r);
	return ret;
}

/* Every number from 0 to 1999, with `bit` set, gets LOG, but those listed get ALLOW. */
static void check_arch(const struct filter *filter, uint32_t arch, int32_t bit,
		       const int32_t *allowed, size_t n)
{
	for (int32_t nr = 0; nr < 2000; nr++) {
		uint32_t expected = SECCOMP_RET_LOG, found = verdict(filter, arch, nr | bit);

		for (size_t i = 0; i < n; i++)
			if (allowed[i] == (nr | bit))
				expected = SECCOMP_RET_ALLOW;
		if (found != expected)
			fail_msg("arch %x number %d: %x instead of %x", arch, nr | bit, found,
				 expected);
	}
}

static void compile(const struct filter_allow *allow, size_t n, struct filter *filter)
{
	struct error err = { 0 };
	int r = filter_compile(allow, n, filter, &err);

	if (r < 0)
		fail_msg("%s", error_message(&err, r));
}

static void test_everything_is_logged_by_one_instruction(void **state _unused_)
{
	const struct filter_allow empty = { .arch = arch_native() };
	struct filter filter = { 0 };

	compile(NULL, 0, &filter);
	assert_int_equal(filter.n, 1);
	check_arch(&filter, AUDIT_ARCH_X86_64, 0, NULL, 0);
	check_arch(&filter, UNKNOWN_ARCH, 0, NULL, 0);
	filter_deinit(&filter);
	compile(&empty, 1, &filter);
	assert_int_equal(filter.n, 1);
	filter_deinit(&filter);
	filter_deinit(&filter);
}

#if defined(__x86_64__) && !defined(__ILP32__)
/* Known to libseccomp, newer than it, far beyond. */
static const int32_t x86_64[] = { 0, 1, 39, 41, 59, 110, 231, 334, 451, 462, 1999 };
/* open, getpid, waitpid (only here), mmap2, exit_group */
static const int32_t x86[] = { 5, 7, 20, 192, 252 };
static const int32_t x32[] = { ARCH_X32_BIT | 39, ARCH_X32_BIT | 520 };

static struct filter_allow allow_on(const char *arch, const int32_t *numbers, size_t n)
{
	return (struct filter_allow){ arch_by_name(slice_from(arch)), numbers, n };
}

static void test_one_architecture(void **state _unused_)
{
	const struct filter_allow allow = allow_on("x86_64", x86_64, ARRAY_SIZE(x86_64));
	struct filter filter = { 0 };

	compile(&allow, 1, &filter);
	check_arch(&filter, AUDIT_ARCH_X86_64, 0, x86_64, ARRAY_SIZE(x86_64));
	check_arch(&filter, AUDIT_ARCH_X86_64, ARCH_X32_BIT, NULL, 0);
	check_arch(&filter, AUDIT_ARCH_I386, 0, NULL, 0);
	check_arch(&filter, UNKNOWN_ARCH, 0, NULL, 0);
	assert_int_equal(verdict(&filter, AUDIT_ARCH_X86_64, -1), SECCOMP_RET_LOG);
	filter_deinit(&filter);
}

static void test_all_architectures(void **state _unused_)
{
	const int32_t foreign[] = { 64 };
	const struct filter_allow allow[] = {
		allow_on("x86", x86, ARRAY_SIZE(x86)),
		allow_on("x86_64", x86_64, ARRAY_SIZE(x86_64)),
		allow_on("aarch64", foreign, ARRAY_SIZE(foreign)),
		allow_on("x32", x32, ARRAY_SIZE(x32)),
	};
	struct filter filter = { 0 };

	compile(allow, ARRAY_SIZE(allow), &filter);
	check_arch(&filter, AUDIT_ARCH_X86_64, 0, x86_64, ARRAY_SIZE(x86_64));
	check_arch(&filter, AUDIT_ARCH_X86_64, ARCH_X32_BIT, x32, ARRAY_SIZE(x32));
	check_arch(&filter, AUDIT_ARCH_I386, 0, x86, ARRAY_SIZE(x86));
	check_arch(&filter, AUDIT_ARCH_AARCH64, 0, NULL, 0);
	check_arch(&filter, UNKNOWN_ARCH, 0, NULL, 0);
	filter_deinit(&filter);
}

/* socket and shmat on i386: for them libseccomp would let through a part of socketcall and ipc. */
static void test_multiplexed_stays_logged(void **state _unused_)
{
	const int32_t numbers[] = { 359, 397, 20, 460, -1 }, taken[] = { 20 };
	const struct filter_allow allow = allow_on("x86", numbers, ARRAY_SIZE(numbers));
	struct filter filter = { 0 };

	compile(&allow, 1, &filter);
	check_arch(&filter, AUDIT_ARCH_I386, 0, taken, ARRAY_SIZE(taken));
	for (uint64_t sub = 0; sub < 32; sub++) {
		const struct seccomp_data data = { .nr = 102,
						   .arch = AUDIT_ARCH_I386,
						   .args = { sub } };
		uint32_t ret = 0;

		assert_int_equal(simulate(filter.program, filter.n, &data, &ret), 0);
		assert_int_equal(ret, SECCOMP_RET_LOG);
	}
	filter_deinit(&filter);
}
#endif

static double nanoseconds_per_call(const struct filter *filter)
{
	const int calls = 300000;
	struct timespec start, end;

	if (filter && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || filter_install(filter) < 0))
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (int i = 0; i < calls; i++)
		(void)syscall(SYS_getppid);
	clock_gettime(CLOCK_MONOTONIC, &end);
	return ((double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec)) /
	       calls;
}

/* The best of five children. */
static double measure(const struct filter *filter)
{
	double best = 1e9;

	for (int i = 0; i < 5; i++) {
		double took = -1;
		int ends[2];

		assert_int_equal(pipe(ends), 0);
		pid_t pid = fork();
		if (pid == 0) {
			took = nanoseconds_per_call(filter);
			_exit(write(ends[1], &took, sizeof(took)) != sizeof(took));
		}
		assert_int_equal(read(ends[0], &took, sizeof(took)), sizeof(took));
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		close(ends[0]);
		close(ends[1]);
		assert_true(took > 0);
		if (took < best)
			best = took;
	}
	return best;
}

/* Only the kernel's cache of allowed numbers gives this: a program of this size would not. */
static void test_allowed_calls_are_cached(void **state _unused_)
{
	int32_t numbers[400];
	const struct filter_allow allow = { arch_native(), numbers, ARRAY_SIZE(numbers) };
	struct filter filter = { 0 };

	for (int32_t i = 0; i < (int32_t)ARRAY_SIZE(numbers); i++)
		numbers[i] = i;
	compile(&allow, 1, &filter);
	double plain = measure(NULL), filtered = measure(&filter);
	print_message("# getppid: %.0f ns without, %.0f ns allowed: %.2f times\n", plain, filtered,
		      filtered / plain);
	filter_deinit(&filter);
	assert_true(filtered < plain * 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything_is_logged_by_one_instruction),
#if defined(__x86_64__) && !defined(__ILP32__)
		cmocka_unit_test(test_one_architecture),
		cmocka_unit_test(test_all_architectures),
		cmocka_unit_test(test_multiplexed_stays_logged),
#endif
		cmocka_unit_test(test_allowed_calls_are_cached),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
