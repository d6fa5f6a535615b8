/* SPDX-License-Identifier: Apache-2.0 */
/* What /proc says of real processes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/time.h"
#include "target/process_look.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_stays_itself),
		cmocka_unit_test(the_next_is_another),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
