/* SPDX-License-Identifier: Apache-2.0 */
/* target/container on real pid namespaces. */
#include "live.h"
#include "target/container.h"
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>

#include <cmocka.h>

#define require(condition)                                                                         \
	do {                                                                                       \
		if (!(condition))                                                                  \
			_exit(__LINE__ % 200 + 1);                                                 \
	} while (0)

/* A process that sleeps as number 1 of a pid namespace of its own. Killed by end(). */
static pid_t start_init(void)
{
	int ready[2];
	pid_t pid;
	char byte;

	require(pipe(ready) == 0);
	require(unshare(CLONE_NEWPID) == 0);
	pid = fork();
	require(pid >= 0);
	if (pid == 0) {
		(void)!write(ready[1], "", 1);
		for (;;)
			pause();
	}
	require(read(ready[0], &byte, 1) == 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* unshare(CLONE_NEWPID) works once a process, so that each init is made by a child: this one. */
static void in_child(void (*body)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		body();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void check_members(void)
{
	struct container container;
	pid_t init = start_init(), joined;

	require(container_open(&container, init, NULL) == 0);
	require(container.n_namespaces == 2);
	require(container_kin(&container, init) == KIN_OURS);
	/* The next child is born in the namespace as well: like an exec session. */
	joined = fork();
	if (joined == 0)
		for (;;)
			pause();
	require(container_kin(&container, joined) == KIN_OURS);
	require(container_kin(&container, getpid()) == KIN_STRANGER);
	require(container_kin(&container, 4194304) == KIN_GONE);
	end(joined);
	end(init);
	require(container_kin(&container, init) == KIN_GONE);
	container_deinit(&container);
}

static void members_are_told_by_namespace(_unused_ void **state)
{
	in_child(check_members);
}

/* A process in the pid namespace of this one's children, with mounts of its own if `apart`. */
static pid_t start_member(bool apart)
{
	int ready[2];
	pid_t pid;
	char byte;

	require(pipe(ready) == 0);
	pid = fork();
	require(pid >= 0);
	if (pid == 0) {
		close(ready[0]);
		if (apart && unshare(CLONE_NEWNS) < 0)
			_exit(1);
		(void)!write(ready[1], "", 1);
		close(ready[1]);
		for (;;)
			pause();
	}
	close(ready[1]);
	require(read(ready[0], &byte, 1) == 1);
	close(ready[0]);
	return pid;
}

/* Two containers in one pid namespace: the first of them leads it, mounts tell them apart. */
static void check_shared(void)
{
	struct container first, second;
	pid_t init, neighbour;

	require(unshare(CLONE_NEWPID) == 0);
	init = start_member(true);
	neighbour = start_member(true);
	require(container_open(&first, init, NULL) == 0);
	require(container_open(&second, neighbour, NULL) == 0);
	require(first.leads && !first.shared);
	require(!second.leads && second.shared);
	require(container_kin(&first, init) == KIN_OURS);
	require(container_kin(&first, neighbour) == KIN_ENTERING);
	require(container_kin(&second, neighbour) == KIN_OURS);
	require(container_kin(&second, init) == KIN_ENTERING);
	end(neighbour);
	end(init);
	container_deinit(&first);
	container_deinit(&second);
}

static void mounts_tell_who_shares_a_namespace(_unused_ void **state)
{
	in_child(check_shared);
}

/* A namespace beside the container's: nobody in it can ever enter the container. */
static void check_sibling(void)
{
	struct container container;
	pid_t helper, init, other;
	int fds[2];

	require(pipe(fds) == 0);
	helper = fork();
	require(helper >= 0);
	if (helper == 0) {
		other = start_init();
		(void)!write(fds[1], &other, sizeof(other));
		for (;;)
			pause();
	}
	init = start_init();
	require(container_open(&container, init, NULL) == 0);
	require(read(fds[0], &other, sizeof(other)) == sizeof(other));
	require(container_kin(&container, other) == KIN_SEALED);
	kill(other, SIGKILL);
	end(helper);
	end(init);
	container_deinit(&container);
}

static void a_namespace_beside_it_is_sealed(_unused_ void **state)
{
	in_child(check_sibling);
}

static void check_followed(void)
{
	struct container container;
	struct lineage *lineage = NULL;
	pid_t init = start_init();

	require(lineage_open(&lineage, NULL) == 0);
	require(container_open(&container, init, NULL) == 0);
	require(container_follow(&container, lineage, NULL) == 0);
	require(lineage_has(lineage, init));
	require(lineage_excludes(lineage, getppid()));
	require(container_find(lineage) == init);
	require(!container_gone(&container, lineage));
	end(init);
	require(container_gone(&container, lineage));
	container_deinit(&container);
	lineage_close(lineage);
}

static void a_container_is_followed_to_its_end(_unused_ void **state)
{
	in_child(check_followed);
}

static void what_has_gone_is_refused(_unused_ void **state)
{
	struct container container;
	struct error err = { 0 };
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	assert_int_equal(container_open(&container, pid, &err), -ESRCH);
	assert_non_null(strstr(err.message, "cannot take hold"));
	container_deinit(&container);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_told_by_namespace),
		cmocka_unit_test(mounts_tell_who_shares_a_namespace),
		cmocka_unit_test(a_namespace_beside_it_is_sealed),
		cmocka_unit_test(a_container_is_followed_to_its_end),
		cmocka_unit_test(what_has_gone_is_refused),
	};

	struct lineage *lineage = NULL;
	struct error err = { 0 };
	int r = lineage_open(&lineage, &err);

	if (r < 0)
		return live_skip(error_message(&err, r));
	lineage_close(lineage);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
