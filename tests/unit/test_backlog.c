/* SPDX-License-Identifier: Apache-2.0 */
/* command/backlog on the real kernel: the limit is back when the last recording has ended. */
#include "audit/kernel.h"
#include "command/backlog.h"
#include "live.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>

#include <cmocka.h>

static uint32_t original;

static uint32_t limit(void)
{
	struct audit_state now;

	assert_int_equal(audit_state_read(&now, NULL), 0);
	return now.backlog_limit;
}

static void the_last_puts_it_back(void **state)
{
	struct backlog first, second, third;

	(void)state;
	assert_int_equal(backlog_raise(&first, original + 100, NULL), 0);
	assert_int_equal(limit(), original + 100);
	assert_int_equal(backlog_raise(&second, original + 200, NULL), 0);
	assert_int_equal(backlog_raise(&third, original + 50, NULL), 0);
	assert_int_equal(limit(), original + 200);
	backlog_restore(&second);
	assert_int_equal(limit(), original + 200);
	backlog_heal();
	backlog_restore(&first);
	assert_int_equal(limit(), original + 200);
	backlog_restore(&third);
	assert_int_equal(limit(), original);
}

static void what_others_set_is_let_be(void **state)
{
	struct backlog backlog;

	(void)state;
	assert_int_equal(backlog_raise(&backlog, original + 100, NULL), 0);
	assert_int_equal(audit_set_backlog(original + 300, NULL), 0);
	backlog_restore(&backlog);
	assert_int_equal(limit(), original + 300);
	/* What is high enough is not ours to put back either. */
	assert_int_equal(backlog_raise(&backlog, original + 200, NULL), 0);
	backlog_restore(&backlog);
	assert_int_equal(limit(), original + 300);
	assert_int_equal(audit_set_backlog(original, NULL), 0);
}

/* A recording that raises the limit and is killed. */
static void leave_raised(uint32_t wanted)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		struct backlog backlog;

		if (backlog_raise(&backlog, wanted, NULL) == 0)
			raise(SIGKILL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(limit(), wanted);
}

static void a_killed_one_is_healed(void **state)
{
	struct backlog backlog;

	(void)state;
	leave_raised(original + 100);
	backlog_heal();
	assert_int_equal(limit(), original);
	leave_raised(original + 100);
	assert_int_equal(backlog_raise(&backlog, original + 50, NULL), 0);
	backlog_restore(&backlog);
	assert_int_equal(limit(), original);
}

static int restore(void **state)
{
	(void)state;
	return audit_set_backlog(original, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_puts_it_back),
		cmocka_unit_test(what_others_set_is_let_be),
		cmocka_unit_test(a_killed_one_is_healed),
	};
	struct audit_state now;
	struct error err = { 0 };
	int r;

	live_lock(1);
	r = audit_state_read(&now, &err);
	if (r < 0 || geteuid() != 0)
		return live_skip(r < 0 ? error_message(&err, r) : "not root");
	original = now.backlog_limit;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, restore);
}
