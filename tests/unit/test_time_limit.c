/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macro.h"
#include "base/time_limit.h"
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static _noreturn_ void go_round(void)
{
	for (volatile int i = 0;; i = !i)
		;
}

/* The wait status of a process that does `work`; what it says on standard error. */
static int status_of(void (*work)(void), char *said, size_t size)
{
	int ends[2], status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		work();
		_exit(0);
	}
	close(ends[1]);
	*said = '\0';
	for (size_t have = 0; (n = read(ends[0], said + have, size - 1 - have)) > 0;)
		said[have += (size_t)n] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void beyond(void)
{
	time_limit_begin(1, NULL);
	go_round();
}

static void beyond_with_message(void)
{
	if (time_limit_keep() < 0 || !time_limit_kept())
		_exit(1);
	time_limit_begin(1, "it goes on");
	go_round();
}

static void use_time(void)
{
	for (clock_t start = clock(); clock() - start < CLOCKS_PER_SEC * 5 / 4;)
		;
}

/* What is used up afterwards does not count, and all is as it was. */
static void within(void)
{
	struct sigaction action;
	sigset_t set;

	signal(SIGVTALRM, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGVTALRM);
	if (time_limit_kept() || sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		_exit(1);
	time_limit_begin(1, NULL);
	time_limit_end();
	use_time();
	if (sigaction(SIGVTALRM, NULL, &action) < 0 || action.sa_handler != SIG_IGN ||
	    sigprocmask(SIG_BLOCK, NULL, &set) < 0 || !sigismember(&set, SIGVTALRM))
		_exit(1);
}

static void within_kept(void)
{
	if (time_limit_keep() < 0)
		_exit(1);
	time_limit_begin(1, "it goes on");
	time_limit_end();
	use_time();
}

static void test_beyond(void **state _unused_)
{
	char said[1024];
	int status = status_of(beyond, said, sizeof(said));

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), TIME_LIMIT_EXIT_STATUS);
	assert_non_null(strstr(said, "audit-seccomp-gen: libseccomp does not come to an end"));
	assert_int_equal(said[strlen(said) - 1], '\n');
	status = status_of(beyond_with_message, said, sizeof(said));
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), TIME_LIMIT_EXIT_STATUS);
	assert_string_equal(said, "audit-seccomp-gen: it goes on\n");
}

static void test_within(void **state _unused_)
{
	char said[1024];

	assert_int_equal(status_of(within, said, sizeof(said)), 0);
	assert_string_equal(said, "");
	assert_int_equal(status_of(within_kept, said, sizeof(said)), 0);
	assert_string_equal(said, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_beyond),
		cmocka_unit_test(test_within),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("time_limit", tests, NULL, NULL);
}
