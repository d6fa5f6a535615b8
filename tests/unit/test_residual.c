/* SPDX-License-Identifier: Apache-2.0 */
/* The recording filter for a base, asked about every call of every architecture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/simulate.h"
#include "command/residual.h"
#include "model/profile_json.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fixture {
	struct syscall_table names;
	struct profile *base;
	struct filter filter;
};

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct fixture));
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	filter_deinit(&fixture->filter);
	profile_free(fixture->base);
	syscall_table_deinit(&fixture->names);
	free(fixture);
	return 0;
}

static void compile_hot(struct fixture *fixture, const char *base, char *const *hot)
{
	struct error err = { 0 };
	int r = base ? profile_read_json(&fixture->base, base, strlen(base), "base", &err) : 0;

	if (r >= 0)
		r = residual_filter(fixture->base, hot, &fixture->names, &fixture->filter, &err);
	if (r < 0)
		fail_msg("%s", err.message);
}

static void compile(struct fixture *fixture, const char *base)
{
	compile_hot(fixture, base, NULL);
}

static uint32_t answer(const struct fixture *fixture, const struct arch *arch, int32_t nr,
		       uint64_t argument)
{
	const struct seccomp_data data = { .nr = nr,
					   .arch = arch->audit,
					   .args = { argument, argument, argument, argument,
						     argument, argument } };
	uint32_t code;

	assert_int_equal(simulate(fixture->filter.program, fixture->filter.n, &data, &code), 0);
	return code;
}

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

/* Whether this kernel runs programs of that architecture. */
static bool runs_here(const struct arch *arch)
{
	return arch == arch_native() || arch->native == arch_native()->token;
}

/*
 * Holds the filter against what it shall be: ALLOW for the names given on architectures that
 * `covered` says yes to, LOG for the rest, whatever the arguments.
 */
static void expect(struct fixture *fixture, const char *const *allowed,
		   bool (*covered)(const struct arch *arch))
{
	static const uint64_t arguments[] = { 0, 1, UINT64_MAX };

	for (size_t a = 0; a < arch_count(); a++) {
		const struct arch *arch = arch_at(a);
		const int32_t *numbers;
		size_t n;

		assert_int_equal(syscall_numbers(&fixture->names, arch, &numbers, &n), 0);
		for (size_t i = 0; i < n * 3; i++) {
			const char *name = syscall_name(&fixture->names, arch, numbers[i / 3]);
			bool allow = covered(arch) && is_one_of(name, allowed);
			uint32_t code = answer(fixture, arch, numbers[i / 3], arguments[i % 3]);

			if (code != (allow ? SECCOMP_RET_ALLOW : SECCOMP_RET_LOG))
				fail_msg("%s on %s is answered 0x%x", name, arch->name, code);
		}
		assert_int_equal(answer(fixture, arch, -1, 0), SECCOMP_RET_LOG);
		assert_int_equal(answer(fixture, arch, 0x3fffffff, 0), SECCOMP_RET_LOG);
	}
}

static bool is_native(const struct arch *arch)
{
	return arch == arch_native();
}

static bool is_none(const struct arch *arch)
{
	(void)arch;
	return false;
}

static void without_a_base_all_is_logged(void **state)
{
	static const char *const none[] = { NULL };

	compile(*state, NULL);
	expect(*state, none, is_none);
}

/* Also where a base says nothing, or covers another architecture. */
static void hot_calls_are_not_logged(void **state)
{
	static const char *const named[] = { "read", "futex", NULL };
	char *hot[] = { (char *)named[0], (char *)named[1], NULL };

	compile_hot(*state, NULL, hot);
	expect(*state, named, runs_here);
}

/* Conditions, arguments and denials: all of these have to be seen. */
#define RULES                                                                                      \
	"\"syscalls\":["                                                                           \
	"{\"names\":[\"read\",\"close\",\"fstat\",\"mount\",\"kill\"],"                            \
	"\"action\":\"SCMP_ACT_ALLOW\"},"                                                          \
	"{\"names\":[\"write\"],\"action\":\"SCMP_ACT_ALLOW\","                                    \
	"\"args\":[{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}]},"                            \
	"{\"names\":[\"dup\"],\"action\":\"SCMP_ACT_ALLOW\","                                      \
	"\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}},"                                            \
	"{\"names\":[\"dup3\"],\"action\":\"SCMP_ACT_LOG\"},"                                      \
	"{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_ERRNO\"},"                                   \
	"{\"names\":[\"kill\"],\"action\":\"SCMP_ACT_ERRNO\","                                     \
	"\"args\":[{\"index\":1,\"value\":9,\"op\":\"SCMP_CMP_EQ\"}]}]"

static const char *const sure[] = { "read", "close", "fstat", NULL };

static void only_what_is_allowed_for_sure(void **state)
{
	compile(*state, "{\"defaultAction\":\"SCMP_ACT_ERRNO\"," RULES "}");
	expect(*state, sure, runs_here);
}

static void only_on_the_architectures_named(void **state)
{
	char text[2048];

	snprintf(text, sizeof(text),
		 "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"%s\"]," RULES "}",
		 arch_native()->oci);
	compile(*state, text);
	expect(*state, sure, is_native);
}

static void a_base_that_allows_nothing(void **state)
{
	static const char *const none[] = { NULL };

	compile(*state, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[]}");
	expect(*state, none, is_none);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(without_a_base_all_is_logged),  TEST(hot_calls_are_not_logged),
		TEST(only_what_is_allowed_for_sure), TEST(only_on_the_architectures_named),
		TEST(a_base_that_allows_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("residual", tests, NULL, NULL);
}
