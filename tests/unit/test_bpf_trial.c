/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time_limit.h"
#include "format/bpf.h"
#include "format/bpf_trial.h"
#include "model/profile_json.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARG(index, op, value)                                                                      \
	"{\"index\":" #index ",\"op\":\"SCMP_CMP_" op "\",\"value\":" #value "}"
#define RULE(name, args)                                                                           \
	"{\"names\":[\"" name "\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[" args "]}"

/* The smallest that hangs libseccomp 2.5.4. */
#define HANGS                                                                                      \
	RULE("read", ARG(0, "GE", 2) "," ARG(1, "EQ", 4))                                          \
	"," RULE("read", ARG(2, "EQ", 1) "," ARG(0, "GE", 2))

static struct profile *profile_of(const char *rules)
{
	struct profile *profile = NULL;
	struct error err = { 0 };
	char json[4096];

	snprintf(json, sizeof(json),
		 "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86_64\"],"
		 "\"syscalls\":[%s]}",
		 rules);
	if (profile_read_json(&profile, json, strlen(json), "test", &err) < 0)
		fail_msg("%s", err.message);
	return profile;
}

static void test_suspects(void **state _unused_)
{
	static const struct {
		const char *rules, *suspect;
	} tests[] = {
		{ HANGS, "read" },
		{ RULE("read", ARG(0, "NE", 2) "," ARG(1, "NE", 4)) "," RULE(
			  "read", ARG(0, "NE", 2) "," ARG(1, "NE", 5)),
		  "read" },
		{ RULE("read", ARG(0, "EQ", 1) "," ARG(1, "LT", 4) "," ARG(2, "EQ", 1)) "," RULE(
			  "read", ARG(0, "EQ", 1) "," ARG(1, "LT", 4) "," ARG(3, "EQ", 1)),
		  "read" },
		/* Equality is no range, another call is another call, one that ends is no pair. */
		{ RULE("read", ARG(0, "EQ", 2) "," ARG(1, "GE", 4)) "," RULE(
			  "read", ARG(0, "EQ", 2) "," ARG(2, "EQ", 1)),
		  NULL },
		{ RULE("read", ARG(0, "GE", 2) "," ARG(1, "EQ", 4)) "," RULE(
			  "write", ARG(0, "GE", 2) "," ARG(2, "EQ", 1)),
		  NULL },
		{ RULE("read", ARG(0, "GE", 2) "," ARG(1, "EQ", 4)) "," RULE("read",
									     ARG(0, "GE", 2)),
		  NULL },
		{ RULE("read", ARG(0, "GE", 2) "," ARG(1, "EQ", 4)) "," RULE(
			  "read", ARG(0, "GE", 3) "," ARG(2, "EQ", 1)),
		  NULL },
		{ RULE("read", ARG(0, "GE", 2) "," ARG(0, "GE", 4)) "," RULE(
			  "read", ARG(0, "GE", 2) "," ARG(0, "GE", 5)),
		  NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		_cleanup_profile_ struct profile *profile = profile_of(tests[i].rules);
		const char *suspect = bpf_trial_suspect(profile);

		if (!tests[i].suspect && suspect)
			fail_msg("%s is suspect: %s", suspect, tests[i].rules);
		if (tests[i].suspect)
			assert_string_equal(suspect, tests[i].suspect);
	}
}

/* With a libseccomp that comes to an end there is a filter, and it says what the profile says. */
static void test_it_ends(void **state _unused_)
{
	_cleanup_profile_ struct profile *profile = profile_of(HANGS);
	struct error err = { 0 };
	struct bpf bpf = { 0 };
	int r = bpf_compile(profile, arch_by_name(SLICE("x86_64")), &bpf, &err);

	assert_true(r == 0 || r == -ELOOP);
	if (r == -ELOOP)
		assert_non_null(strstr(err.message, "those for 'read'"));
	bpf_deinit(&bpf);
}

/* A suspect that is none. */
static void test_harmless(void **state _unused_)
{
	_cleanup_profile_ struct profile *profile =
		profile_of(RULE("read", ARG(0, "GE", 2) "," ARG(1, "EQ", 4)) "," RULE(
			"read", ARG(0, "GE", 2) "," ARG(1, "EQ", 5)));
	struct error err = { 0 };
	struct bpf bpf = { 0 };

	assert_non_null(bpf_trial_suspect(profile));
	if (bpf_compile(profile, arch_by_name(SLICE("x86_64")), &bpf, &err) < 0)
		fail_msg("%s", err.message);
	assert_true(bpf.n > 0);
	bpf_deinit(&bpf);
}

static void do_nothing(const void *data _unused_)
{
}

static void do_everything(const void *data)
{
	for (volatile const char *at = data;; at = data)
		(void)*at;
}

static void test_time(void **state _unused_)
{
	sigset_t set, old;

	assert_int_equal(bpf_trial_run(do_nothing, "", 1, ""), 0);
	/* Also where all signals are blocked, as in our own loops. */
	sigfillset(&set);
	assert_int_equal(sigprocmask(SIG_BLOCK, &set, &old), 0);
	assert_int_equal(bpf_trial_run(do_everything, "", 1, ""), -ELOOP);
	assert_int_equal(sigprocmask(SIG_SETMASK, &old, NULL), 0);
}

static void do_for_a_while(const void *data _unused_)
{
	const clock_t end = clock() + CLOCKS_PER_SEC / 2;

	while (clock() < end)
		;
}

/* In a process that can make no other: `work`, and then what becomes of it. */
static int status_alone(void (*work)(const void *data), int *ret_said)
{
	struct rlimit none = { 0 };
	int pipes[2], status;
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(pipes[1], STDERR_FILENO);
		if (time_limit_keep() < 0 || setrlimit(RLIMIT_NPROC, &none) < 0 ||
		    bpf_trial_run(work, "", 1, "it goes on") < 0)
			_exit(100);
		/* More than was left: what is not tried has no bound. */
		for (int i = 0; i < 5; i++)
			do_for_a_while("");
		_exit(0);
	}
	close(pipes[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	*ret_said = pipes[0];
	return status;
}

static void test_alone(void **state _unused_)
{
	char said[64] = { 0 };
	int fd, status;

	status = status_alone(do_for_a_while, &fd);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(read(fd, said, sizeof(said)), 0);
	close(fd);
	status = status_alone(do_everything, &fd);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), TIME_LIMIT_EXIT_STATUS);
	assert_true(read(fd, said, sizeof(said) - 1) > 0);
	assert_string_equal(said, "audit-seccomp-gen: it goes on\n");
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suspects), cmocka_unit_test(test_it_ends),
		cmocka_unit_test(test_harmless), cmocka_unit_test(test_time),
		cmocka_unit_test(test_alone),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("bpf_trial", tests, NULL, NULL);
}
