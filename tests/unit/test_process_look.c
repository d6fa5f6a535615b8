/* SPDX-License-Identifier: Apache-2.0 */
/* What /proc says of real processes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/time.h"
#include "confine.h"
#include "target/process_look.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static int open_proc(void)
{
	return open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* However often one looks, and however the clocks are rounded. */
static void a_process_stays_itself(void **state)
{
	_cleanup_close_ int proc = open_proc();
	struct process_look first, look;

	(void)state;
	assert_int_equal(process_look(proc, getpid(), &first), 0);
	assert_int_equal(first.parent, getppid());
	assert_true(first.started_ms <= time_now_ms() + 10);
	for (int i = 0; i < 5000; i++) {
		assert_int_equal(process_look(proc, getpid(), &look), 0);
		assert_true(look.ticks == first.ticks);
	}
}

static void the_next_is_another(void **state)
{
	_cleanup_close_ int proc = open_proc();
	struct process_look own, child;
	pid_t pid;

	(void)state;
	/* Longer than a tick. */
	usleep(30000);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_NAME, ") 1 (\n 2");
		for (;;)
			pause();
	}
	usleep(30000);
	assert_int_equal(process_look(proc, getpid(), &own), 0);
	assert_int_equal(process_look(proc, pid, &child), 0);
	assert_true(child.ticks > own.ticks);
	assert_int_equal(child.parent, getpid());
	assert_string_equal(child.comm, ") 1 (\n 2");
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(process_look(proc, pid, &child), -ESRCH);
}

/* Whoever cannot be looked at is not bare for certain. */
static void who_is_under_a_filter(void **state)
{
	_cleanup_close_ int proc = open_proc();
	int told[2];
	pid_t pid;
	char word;

	(void)state;
	assert_int_equal(pipe(told), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		confine();
		prctl(PR_SET_NAME, "Seccomp:\t0");
		if (write(told[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(told[0], &word, 1), 1);
	assert_true(process_filters(proc, pid) >= 1);
	assert_false(process_is_bare(proc, pid));
	assert_int_equal(process_is_bare(proc, getpid()), process_filters(proc, getpid()) == 0);
	assert_false(process_is_first(proc, pid));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_false(process_is_bare(proc, pid));
	assert_false(process_is_first(proc, pid));
	close(told[0]);
	close(told[1]);
}

/* In a directory that looks like /proc and a host's /run below it. */
static void when_a_unit_began(void **state)
{
	char root[] = "/tmp/asg-test.XXXXXX", path[256];
	const struct timespec times[] = { { 1700000000, 0 }, { 1700000000, 250000000 } };
	static const char *const directories[] = { "/1", "/1/root", "/1/root/run",
						   "/1/root/run/systemd",
						   "/1/root/run/systemd/units" };
	_cleanup_close_ int proc = -1;

	(void)state;
	assert_non_null(mkdtemp(root));
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		snprintf(path, sizeof(path), "%s%s", root, directories[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	snprintf(path, sizeof(path), "%s/1/root/run/systemd/units/invocation:a@b.service", root);
	assert_int_equal(symlink("0123456789abcdef0123456789abcdef", path), 0);
	assert_int_equal(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), 0);
	proc = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(process_unit_began(proc, SLICE("a@b.service")) == 1700000000250);
	assert_true(process_unit_began(proc, SLICE("b.service")) == TIME_UNKNOWN);
	assert_true(process_unit_began(proc, SLICE("")) == TIME_UNKNOWN);
	assert_true(process_unit_began(proc, SLICE("../../invocation:a@b.service")) ==
		    TIME_UNKNOWN);
	assert_int_equal(unlink(path), 0);
	for (size_t i = ARRAY_SIZE(directories); i-- > 0;) {
		snprintf(path, sizeof(path), "%s%s", root, directories[i]);
		assert_int_equal(rmdir(path), 0);
	}
	assert_int_equal(rmdir(root), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_stays_itself),
		cmocka_unit_test(the_next_is_another),
		cmocka_unit_test(who_is_under_a_filter),
		cmocka_unit_test(when_a_unit_began),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
