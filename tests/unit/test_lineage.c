/* SPDX-License-Identifier: Apache-2.0 */
#include "target/lineage.h"

#include "live.h"
#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cmocka.h>

static void open_lineage(struct lineage **lineage)
{
	struct error err = { 0 };
	int r = lineage_open(lineage, &err);

	if (r < 0)
		fail_msg("%s", error_message(&err, r));
}

static void drain(struct lineage *lineage)
{
	struct error err = { 0 };

	if (lineage_drain(lineage, &err) < 0)
		fail_msg("%s", err.message);
}

/*
 * A child that waits until `lineage` follows it (if there is one to), then makes a child of its own
 * by `fork_it`, whose pid is told.
 */
static pid_t start_parent(struct lineage *lineage, pid_t (*fork_it)(void), pid_t *ret)
{
	int go[2], told[2];
	char word = 0;

	assert_int_equal(pipe(go), 0);
	assert_int_equal(pipe(told), 0);
	pid_t pid = fork();
	if (pid == 0) {
		if (read(go[0], &word, 1) != 1)
			_exit(1);
		pid_t child = fork_it();
		if (child == 0)
			_exit(0);
		_exit(write(told[1], &child, sizeof(child)) != sizeof(child));
	}
	if (lineage)
		assert_int_equal(lineage_follow(lineage, pid), 0);
	assert_int_equal(write(go[1], &word, 1), 1);
	assert_int_equal(read(told[0], ret, sizeof(*ret)), sizeof(*ret));
	for (int i = 0; i < 2; i++) {
		close(go[i]);
		close(told[i]);
	}
	return pid;
}

static void reap_all(void)
{
	while (waitpid(-1, NULL, __WALL) > 0)
		;
	assert_int_equal(errno, ECHILD);
}

static pid_t clone_sibling(void)
{
	return (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
}

static pid_t fork_in_thread_result;

static void *fork_body(void *context _unused_)
{
	fork_in_thread_result = fork();
	if (fork_in_thread_result == 0)
		_exit(0);
	return NULL;
}

static pid_t fork_in_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, fork_body, NULL) != 0)
		return -1;
	pthread_join(thread, NULL);
	return fork_in_thread_result;
}

/* All are dead long before their fork events are read. */
static void test_short_lives(void **state _unused_)
{
	static pid_t (*const ways[])(void) = { fork, fork_in_thread, clone_sibling };
	struct lineage *lineage = NULL;

	open_lineage(&lineage);
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		pid_t grandchild = 0, child = start_parent(lineage, ways[i], &grandchild);

		assert_true(grandchild > 0);
		reap_all();
		drain(lineage);
		if (!lineage_has(lineage, child) || !lineage_has(lineage, grandchild))
			fail_msg("way %zu: %d or its child %d is not known", i, child, grandchild);
	}
	assert_false(lineage_has(lineage, getpid()));
	assert_false(lineage_has(lineage, getppid()));
	assert_int_equal(lineage_drops(lineage), 0);
	assert_null(lineage_close(lineage));
	assert_null(lineage_close(NULL));
}

static void test_strangers_are_not_followed(void **state _unused_)
{
	struct lineage *lineage = NULL;
	pid_t grandchild;

	open_lineage(&lineage);
	pid_t child = start_parent(NULL, fork, &grandchild);
	reap_all();
	drain(lineage);
	assert_false(lineage_has(lineage, child));
	assert_false(lineage_has(lineage, grandchild));
	assert_false(lineage_has(lineage, 0));
	assert_false(lineage_has(lineage, -1));
	assert_false(lineage_has(lineage, INT32_MAX));
	assert_int_equal(lineage_follow(lineage, 0), -EINVAL);
	lineage_close(lineage);
}

/* Lets a stranger (the child of a child that nobody follows) have the pid of one who has gone. */
static pid_t fork_with_pid_of_one_gone;

static pid_t fork_with_that_pid(void)
{
	pid_t wanted[1] = { fork_with_pid_of_one_gone };
	struct clone_args args = { .exit_signal = SIGCHLD,
				   .set_tid = (uintptr_t)wanted,
				   .set_tid_size = 1 };

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static void test_reused_pid_is_the_strangers(void **state _unused_)
{
	struct lineage *lineage = NULL;
	pid_t grandchild, reused;

	open_lineage(&lineage);
	/* Followed by hand: a child of ours would make all our children followed. */
	pid_t child = start_parent(NULL, fork, &grandchild);
	reap_all();
	drain(lineage);
	assert_int_equal(lineage_follow(lineage, grandchild), 0);
	assert_true(lineage_has(lineage, grandchild));
	fork_with_pid_of_one_gone = grandchild;
	start_parent(NULL, fork_with_that_pid, &reused);
	reap_all();
	assert_int_equal(reused, grandchild);
	drain(lineage);
	assert_false(lineage_has(lineage, grandchild));
	assert_false(lineage_has(lineage, child));
	lineage_close(lineage);
}

static pid_t fork_many(void)
{
	for (int i = 0; i < 2000; i++) {
		pid_t pid = fork();
		if (pid == 0)
			_exit(0);
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
	return fork();
}

static void test_many(void **state _unused_)
{
	struct lineage *lineage = NULL;
	pid_t last;

	open_lineage(&lineage);
	start_parent(lineage, fork_many, &last);
	reap_all();
	drain(lineage);
	assert_true(lineage_has(lineage, last));
	assert_int_equal(lineage_drops(lineage), 0);
	lineage_close(lineage);
}

static void test_drops_are_counted(void **state _unused_)
{
	struct lineage *lineage = NULL;
	const int least = 1;
	pid_t last, another;

	open_lineage(&lineage);
	assert_int_equal(
		setsockopt(lineage_fd(lineage), SOL_SOCKET, SO_RCVBUF, &least, sizeof(least)), 0);
	start_parent(lineage, fork_many, &last);
	reap_all();
	drain(lineage);
	uint64_t drops = lineage_drops(lineage);
	print_message("# %llu of 2001 events dropped\n", (unsigned long long)drops);
	assert_in_range(drops, 1, 10000);
	/* It goes on after that. */
	start_parent(lineage, fork, &another);
	reap_all();
	drain(lineage);
	assert_true(lineage_has(lineage, another));
	lineage_close(lineage);
}

static void test_needs_privilege(void **state _unused_)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct lineage *lineage = NULL;
		struct error err = { 0 };
		if (setuid(65534) < 0)
			_exit(1);
		_exit(lineage_open(&lineage, &err) == -EPERM && err.message[0] ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static int open_in_other_namespace(void)
{
	struct lineage *lineage = NULL;
	struct error err = { 0 };

	return lineage_open(&lineage, &err) == -EPERM && err.message[0] ? 0 : 2;
}

/* The kernel would be silent or not there at all: both must be said, not waited for. */
static void test_other_namespaces(void **state _unused_)
{
	static const int kinds[] = { CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWUSER };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			if (unshare(kinds[i]) < 0)
				_exit(0);
			pid_t inner = fork();
			if (inner == 0)
				_exit(open_in_other_namespace());
			waitpid(inner, &status, 0);
			_exit(WEXITSTATUS(status));
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short_lives),
		cmocka_unit_test(test_strangers_are_not_followed),
		cmocka_unit_test(test_reused_pid_is_the_strangers),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_drops_are_counted),
		cmocka_unit_test(test_needs_privilege),
		cmocka_unit_test(test_other_namespaces),
	};
	struct lineage *lineage = NULL;
	struct error err = { 0 };
	int r = lineage_open(&lineage, &err);

	live_lock(0);
	if (r < 0)
		return live_skip(error_message(&err, r));
	lineage_close(lineage);
	/* So that orphans can be waited for, and their pids are free then. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
