/* SPDX-License-Identifier: Apache-2.0 */
/* How the stages of a container find each other, with real locks in RUN_DIRECTORY. */
#include "base/cleanup.h"
#include "command/hook_join.h"
#include "command/hook_lock.h"
#include "command/signals.h"
#include "live.h"
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

static char id[64];

/* A collector that holds the lock until it is killed, or has answered `answers` requests. */
static pid_t start_holder(int answers)
{
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct signals signals;
		struct signalfd_siginfo info;
		struct lineage *lineage = NULL;
		struct pollfd poller;
		int lock = hook_lock_take(id, NULL);

		if (lock < 0 || signals_open(&signals, NULL) < 0 ||
		    lineage_open(&lineage, NULL) < 0)
			_exit(1);
		hook_lock_sign(lock);
		(void)!write(ready[1], "", 1);
		poller = (struct pollfd){ .fd = signals.fd, .events = POLLIN };
		while (answers > 0 && poll(&poller, 1, -1) > 0)
			while (signals_next(&signals, &info)) {
				hook_join_answer(&info, lineage);
				answers -= lineage_has(lineage, (pid_t)info.ssi_pid);
			}
		lineage_close(lineage);
		hook_lock_done(id);
		_exit(0);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void one_collector_at_a_time(void **state)
{
	_cleanup_close_ int first = hook_lock_take(id, NULL);
	struct error err = { 0 };

	(void)state;
	assert_true(first >= 0);
	assert_int_equal(hook_lock_take(id, &err), -EBUSY);
	assert_non_null(strstr(err.message, "is being recorded already"));
	hook_lock_done(id);
}

static void none_is_not_waited_for(void **state)
{
	(void)state;
	assert_int_equal(hook_lock_wait(id, 10000, NULL), 0);
	assert_int_equal(hook_lock_holder(id), 0);
	assert_int_equal(hook_join(id, NULL), 0);
}

static void a_dead_one_is_known_as_such(void **state)
{
	const pid_t pid = start_holder(1);
	struct error err = { 0 };

	(void)state;
	assert_int_equal(hook_lock_holder(id), pid);
	assert_int_equal(hook_lock_wait(id, 1, &err), -ETIMEDOUT);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(hook_lock_holder(id), 0);
	assert_int_equal(hook_lock_wait(id, 10000, &err), -EOWNERDEAD);
	/* And it is cleared away. */
	assert_int_equal(hook_lock_wait(id, 10000, NULL), 0);
}

static void who_joins_is_followed(void **state)
{
	const pid_t pid = start_holder(1);
	int status;

	(void)state;
	assert_int_equal(hook_join(id, NULL), 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(hook_lock_wait(id, 10000, NULL), 0);
}

static void who_does_not_answer_is_named(void **state)
{
	const pid_t pid = start_holder(1);
	struct error err = { 0 };
	sigset_t set;

	(void)state;
	kill(pid, SIGSTOP);
	assert_int_equal(hook_join(id, &err), -ETIMEDOUT);
	assert_non_null(strstr(err.message, "does not answer"));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(hook_lock_wait(id, 10000, NULL), -EOWNERDEAD);
	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_collector_at_a_time),
		cmocka_unit_test(none_is_not_waited_for),
		cmocka_unit_test(a_dead_one_is_known_as_such),
		cmocka_unit_test(who_joins_is_followed),
		cmocka_unit_test(who_does_not_answer_is_named),
	};
	struct lineage *lineage = NULL;
	struct error err = { 0 };
	int r = lineage_open(&lineage, &err);

	if (r < 0)
		return live_skip(error_message(&err, r));
	lineage_close(lineage);
	snprintf(id, sizeof(id), "asg-test-%d", (int)getpid());
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
