/* SPDX-License-Identifier: Apache-2.0 */
/* What snapd's own compiler makes of our templates, run call by call: the filter allows what the
 * profile allows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/simulate.h"
#include "base/cleanup.h"
#include "emit.h"
#include "format/bpf.h"
#include "format/verdict.h"
#include "random_profile.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS	   40
#define COMPILER   "/usr/lib/snapd/snap-seccomp"
#define FILTER_MAX (64 * 1024)

static const char *compiler(void)
{
	const char *chosen = getenv("SNAP_SECCOMP");

	return chosen ? chosen : COMPILER;
}

struct filter {
	char directory[64], source[96], binary[96];
	struct sock_filter program[FILTER_MAX / sizeof(struct sock_filter)];
	size_t n;
};

static void write_source(const struct filter *filter, const char *text)
{
	FILE *file = fopen(filter->source, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* False: it did not come to an end, as libseccomp does with some rules. */
static bool run_compiler(const struct filter *filter, const char *text)
{
	const struct rlimit seconds = { 2, 2 }, none = { 0, 0 };
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		setrlimit(RLIMIT_CPU, &seconds);
		setrlimit(RLIMIT_CORE, &none);
		execl(compiler(), "snap-seccomp", "compile", filter->source, filter->binary,
		      (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		fail_msg("snap-seccomp refuses:\n%s", text);
	return WIFEXITED(status);
}

/* Newer ones put a header in front: then there is nothing to be compared here. */
static bool compile(struct filter *filter, const char *text)
{
	_cleanup_fclose_ FILE *file = NULL;
	size_t size;

	write_source(filter, text);
	if (!run_compiler(filter, text))
		return false;
	file = fopen(filter->binary, "rb");
	assert_non_null(file);
	size = fread(filter->program, 1, sizeof(filter->program), file);
	assert_true(size > 0 && size < sizeof(filter->program));
	assert_int_equal(size % sizeof(struct sock_filter), 0);
	filter->n = size / sizeof(struct sock_filter);
	return true;
}

static bool code_allows(uint32_t code)
{
	return !action_denies(action_from_code(code));
}

struct check {
	struct emitted emitted;
	struct verdicts verdicts;
	const struct arch *arch;
	const struct filter *filter;
	size_t allowed;
};

static void ask(struct check *check, const char *name, int32_t number, const uint64_t args[6])
{
	struct seccomp_data data = bpf_call(check->arch, number, args);
	struct verdict verdict;
	bool expected;
	uint32_t code;

	assert_int_equal(simulate(check->filter->program, check->filter->n, &data, &code), 0);
	verdicts_find(&check->verdicts, number, args, &verdict);
	expected = code_allows(verdict.codes[0]);
	for (size_t i = 1; i < verdict.n; i++)
		if (code_allows(verdict.codes[i]) != expected)
			return; /* the profile contradicts itself */
	if (code_allows(code) && !expected)
		fail_msg("%s(%llu, %llu, …) is allowed by\n%s", name, (unsigned long long)args[0],
			 (unsigned long long)args[1], check->emitted.text);
	if (!code_allows(code) && expected &&
	    !emit_said(&check->emitted, LOSS_NARROWER, "cannot be written"))
		fail_msg("%s(%llu, %llu, …) is denied by\n%s", name, (unsigned long long)args[0],
			 (unsigned long long)args[1], check->emitted.text);
	if (!code_allows(code))
		assert_int_equal(code, SECCOMP_RET_ERRNO | EPERM);
	check->allowed += code_allows(code);
}

static void ask_all(struct check *check)
{
	static const uint64_t nothing[6] = { 0 };
	uint64_t vectors[VERDICT_VECTORS_MAX][6];
	int32_t number;

	for (size_t i = 0; i < RANDOM_POOL; i++) {
		if (!syscall_in_libseccomp(random_pool[i]))
			continue;
		assert_int_equal(syscall_number(&check->emitted.names, check->arch, random_pool[i],
						&number),
				 0);
		ask(check, random_pool[i], number, nothing);
		for (size_t j = 0; j < check->verdicts.n; j++) {
			size_t n = verdict_vectors(&check->verdicts.entries[j], false, vectors);

			for (size_t k = 0; k < n; k++)
				ask(check, random_pool[i], number, vectors[k]);
		}
	}
}

static void test_filters(void **state _unused_)
{
	uint32_t seed = RANDOM_SEED;
	struct filter filter = { .directory = "/tmp/asg-snapd-XXXXXX" };
	size_t allowed = 0;

	assert_non_null(mkdtemp(filter.directory));
	snprintf(filter.source, sizeof(filter.source), "%s/src", filter.directory);
	snprintf(filter.binary, sizeof(filter.binary), "%s/bin", filter.directory);
	for (int i = 0; i < ROUNDS; i++) {
		_cleanup_free_ char *json = random_profile(&seed);
		struct check check = { .filter = &filter };

		check.arch = arch_by_name(SLICE("x86_64"));
		emit(&check.emitted, "snapd", json, NULL);
		/* Where it hangs we said that it might. */
		if (!compile(&filter, check.emitted.text)) {
			assert_said(&check.emitted, LOSS_NARROWER, "may not come to an end");
			emit_forget(&check.emitted);
			continue;
		}
		assert_int_equal(verdicts_init(&check.verdicts, check.emitted.profile, check.arch,
					       &check.emitted.names),
				 0);
		ask_all(&check);
		allowed += check.allowed;
		verdicts_deinit(&check.verdicts);
		emit_forget(&check.emitted);
	}
	unlink(filter.source);
	unlink(filter.binary);
	rmdir(filter.directory);
	assert_true(allowed > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filters),
	};

	if (access(compiler(), X_OK) < 0) {
		printf("1..0 # SKIP there is no %s\n", compiler());
		return 0;
	}
	if (strcmp(arch_native()->name, "x86_64") != 0) {
		puts("1..0 # SKIP snap-seccomp makes filters for this machine, which is no x86_64");
		return 0;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("emit_snapd", tests, NULL, NULL);
}
