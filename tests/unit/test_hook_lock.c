/* SPDX-License-Identifier: Apache-2.0 */
/* How the stages of a container find each other, with real locks in RUN_DIRECTORY. */
#include "base/cleanup.h"
#include "command/hook_join.h"
#include "command/hook_lock.h"
#include "live.h"
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

static char id[64];

static int count_alive(const struct lineage *lineage)
{
	int n = 0;

	for (pid_t pid = 0; (pid = lineage_next_alive(lineage, pid + 1)) != 0;)
		n++;
	return n;
}

/* A collector until `members` processes that live have joined. What it has missed is its status. */
static _noreturn_ void collect(int ready, int members)
{
	struct evidence evidence = { 0 };
	struct lineage *lineage = NULL;
	struct hook_door door;
	int lock = hook_lock_take(id, 0, NULL);

	if (lock < 0 || hook_door_open(&door, lock, NULL) < 0 || lineage_open(&lineage, NULL) < 0)
		_exit(100);
	hook_lock_sign(lock);
	(void)!write(ready, "", 1);
	while (count_alive(lineage) < members) {
		struct pollfd poller = { .fd = door.fd, .events = POLLIN };

		if (poll(&poller, 1, -1) > 0)
			hook_door_answer(&door, lineage);
	}
	hook_door_close(&door, &evidence);
	lineage_close(lineage);
	hook_lock_done(id);
	_exit((int)evidence.count[FINDING_UNATTRIBUTED]);
}

static pid_t start_collector(int members)
{
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		collect(ready[1], members);
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void assert_ends_with(pid_t pid, int expected)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), expected);
}

static void one_collector_at_a_time(void **state)
{
	_cleanup_close_ int first = hook_lock_take(id, 0, NULL);
	struct error err = { 0 };

	(void)state;
	assert_true(first >= 0);
	assert_int_equal(hook_lock_take(id, 20, &err), -EBUSY);
	assert_non_null(strstr(err.message, "is being recorded already"));
	hook_lock_done(id);
}

/* As when a container is restarted: the lock of the one before goes while the next waits. */
static void the_next_gets_a_lock_of_its_own(void **state)
{
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	for (int i = 0; i < 200; i++) {
		int lock = hook_lock_take(id, 10000, NULL);
		ino_t number;

		if (pid == 0 && (lock < 0 || hook_lock_held(id, &number) != 1))
			_exit(1);
		assert_true(lock >= 0);
		assert_int_equal(hook_lock_held(id, &number), 1);
		hook_lock_done(id);
		close(lock);
	}
	if (pid == 0)
		_exit(0);
	assert_ends_with(pid, 0);
}

static void none_is_not_waited_for(void **state)
{
	ino_t number;

	(void)state;
	assert_int_equal(hook_lock_wait(id, 10000, NULL), 0);
	assert_int_equal(hook_lock_held(id, &number), 0);
	assert_int_equal(hook_join(id, NULL), 0);
}

static void a_dead_one_is_known_as_such(void **state)
{
	const pid_t pid = start_collector(1);
	struct error err = { 0 };
	ino_t number;

	(void)state;
	assert_int_equal(hook_lock_held(id, &number), 1);
	assert_int_equal(hook_lock_wait(id, 1, &err), -ETIMEDOUT);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(hook_lock_held(id, &number), 0);
	assert_int_equal(hook_lock_wait(id, 10000, &err), -EOWNERDEAD);
	/* And it is cleared away. */
	assert_int_equal(hook_lock_wait(id, 10000, NULL), 0);
}

/* Each of them is heard, however many come at once. */
static void who_joins_is_followed(void **state)
{
	enum { MEMBERS = 40 };
	const pid_t pid = start_collector(MEMBERS);
	pid_t members[MEMBERS];

	(void)state;
	for (int i = 0; i < MEMBERS; i++) {
		members[i] = fork();
		assert_true(members[i] >= 0);
		if (members[i] == 0) {
			if (hook_join(id, NULL) != 1)
				_exit(1);
			for (;;)
				pause();
		}
	}
	assert_ends_with(pid, 0);
	for (int i = 0; i < MEMBERS; i++) {
		kill(members[i], SIGKILL);
		waitpid(members[i], NULL, 0);
	}
}

/* Somebody in another pid namespace, as the root of a container is. */
static void a_stranger_is_not(void **state)
{
	const pid_t pid = start_collector(1);
	pid_t stranger = fork();

	(void)state;
	assert_true(stranger >= 0);
	if (stranger == 0) {
		pid_t inner;

		if (unshare(CLONE_NEWPID) < 0)
			_exit(2);
		inner = fork();
		if (inner == 0)
			_exit(hook_join(id, NULL) == -EPIPE ? 0 : 3);
		_exit(waitpid(inner, &(int){ 0 }, 0) == inner ? 0 : 4);
	}
	assert_ends_with(stranger, 0);
	assert_int_equal(hook_join(id, NULL), 1);
	/* It was not heard, and the profile says so. */
	assert_ends_with(pid, 1);
}

static void who_is_not_heard_is_evidence(void **state)
{
	const pid_t pid = start_collector(1);
	struct error err = { 0 };

	(void)state;
	kill(pid, SIGSTOP);
	assert_int_equal(hook_join(id, &err), -ETIMEDOUT);
	assert_non_null(strstr(err.message, "does not answer"));
	/* It hears of this process now, but somebody was told that it had not. */
	kill(pid, SIGCONT);
	assert_ends_with(pid, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_collector_at_a_time),
		cmocka_unit_test(the_next_gets_a_lock_of_its_own),
		cmocka_unit_test(none_is_not_waited_for),
		cmocka_unit_test(a_dead_one_is_known_as_such),
		cmocka_unit_test(who_joins_is_followed),
		cmocka_unit_test(a_stranger_is_not),
		cmocka_unit_test(who_is_not_heard_is_evidence),
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
