/* SPDX-License-Identifier: Apache-2.0 */
#include "target/descendants.h"

#include "base/cleanup.h"
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cmocka.h>

#define GRANDCHILDREN 5

static bool lists(const pid_t *pids, size_t n, pid_t pid, size_t *ret)
{
	for (size_t i = 0; i < n; i++)
		if (pids[i] == pid) {
			*ret = i;
			return true;
		}
	return false;
}

static _noreturn_ void sleep_for_ever(void)
{
	prctl(PR_SET_NAME, "a) 1 (b c");
	for (;;)
		pause();
}

/* A child with GRANDCHILDREN children, whose pids it tells; it lives on or not. */
static pid_t start_family(bool parent_lives, pid_t *ret)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		for (int i = 0; i < GRANDCHILDREN; i++) {
			pid_t child = fork();
			if (child == 0)
				sleep_for_ever();
			if (write(ends[1], &child, sizeof(child)) < 0)
				_exit(1);
		}
		if (!parent_lives)
			_exit(0);
		sleep_for_ever();
	}
	close(ends[1]);
	for (int i = 0; i < GRANDCHILDREN; i++)
		assert_int_equal(read(ends[0], &ret[i], sizeof(*ret)), sizeof(*ret));
	close(ends[0]);
	return pid;
}

static void reap_all(size_t expected)
{
	size_t n = 0;

	while (waitpid(-1, NULL, 0) > 0)
		n++;
	assert_int_equal(errno, ECHILD);
	assert_int_equal(n, expected);
}

static void test_none(void **state _unused_)
{
	_cleanup_free_ pid_t *pids = NULL;
	size_t n = 99;

	assert_int_equal(descendants_list(&pids, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(descendants_signal(SIGTERM), 0);
}

static void test_parents_come_first(void **state _unused_)
{
	_cleanup_free_ pid_t *pids = NULL;
	pid_t grandchildren[GRANDCHILDREN];
	size_t n, parent_at, at;
	pid_t parent = start_family(true, grandchildren);

	assert_int_equal(descendants_list(&pids, &n), 0);
	assert_int_equal(n, GRANDCHILDREN + 1);
	assert_true(lists(pids, n, parent, &parent_at));
	for (size_t i = 0; i < GRANDCHILDREN; i++) {
		assert_true(lists(pids, n, grandchildren[i], &at));
		assert_true(at > parent_at);
	}
	assert_int_equal(descendants_signal(SIGKILL), GRANDCHILDREN + 1);
	reap_all(GRANDCHILDREN + 1);
}

static void test_orphans_are_adopted(void **state _unused_)
{
	_cleanup_free_ pid_t *pids = NULL;
	pid_t grandchildren[GRANDCHILDREN];
	size_t n, at;
	pid_t parent = start_family(false, grandchildren);

	assert_int_equal(waitpid(parent, NULL, 0), parent);
	assert_int_equal(descendants_list(&pids, &n), 0);
	assert_int_equal(n, GRANDCHILDREN);
	for (size_t i = 0; i < GRANDCHILDREN; i++)
		assert_true(lists(pids, n, grandchildren[i], &at));
	assert_int_equal(descendants_signal(SIGTERM), GRANDCHILDREN);
	reap_all(GRANDCHILDREN);
}

static void test_zombies_are_listed(void **state _unused_)
{
	_cleanup_free_ pid_t *pids = NULL;
	siginfo_t info;
	size_t n, at;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(descendants_list(&pids, &n), 0);
	assert_true(lists(pids, n, pid, &at));
	reap_all(1);
}

static void test_others_are_not_touched(void **state _unused_)
{
	_cleanup_free_ pid_t *pids = NULL;
	size_t n, at;

	assert_int_equal(descendants_list(&pids, &n), 0);
	assert_false(lists(pids, n, getpid(), &at));
	assert_false(lists(pids, n, getppid(), &at));
	assert_false(lists(pids, n, 1, &at));
	assert_true(descendants_signal(NSIG + 1) <= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_parents_come_first),
		cmocka_unit_test(test_orphans_are_adopted),
		cmocka_unit_test(test_zombies_are_listed),
		cmocka_unit_test(test_others_are_not_touched),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (descendants_adopt() < 0) {
		printf("1..1\nnot ok 1 - this kernel has no subreapers\n");
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
