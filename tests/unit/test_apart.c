/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "command/apart.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct task {
	size_t size;	     /* of the answer */
	const char *message; /* fails with it */
	int signal, status;  /* ends so, if not 0 */
	int changed;
};

static int work(void *context, struct strbuf *answer, struct error *err)
{
	struct task *task = context;

	task->changed = 1;
	if (task->signal)
		raise(task->signal);
	if (task->status)
		_exit(task->status);
	if (task->message)
		return error_set(err, -EBADMSG, "%s", task->message);
	for (size_t i = 0; i < task->size; i++)
		strbuf_append(answer, &"\0x"[i % 2], 1);
	return 0;
}

static void expect_failure(struct task task, int code, const char *message)
{
	_cleanup_strbuf_ struct strbuf answer = { 0 };
	struct error err = { 0 };

	assert_int_equal(apart_run(work, &task, 1000, &answer, &err), code);
	assert_string_equal(err.message, message);
	assert_int_equal(answer.len, 0);
	/* Nobody is left behind. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void an_answer_is_bytes(void **state _unused_)
{
	static const size_t sizes[] = { 0, 1, 1000, 200000 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		_cleanup_strbuf_ struct strbuf answer = { 0 };
		struct task task = { .size = sizes[i] };
		struct error err = { 0 };

		if (apart_run(work, &task, sizes[i], &answer, &err) < 0)
			fail_msg("%s", err.message);
		assert_int_equal(answer.len, sizes[i]);
		for (size_t j = 0; j < sizes[i]; j++)
			assert_int_equal(answer.data[j], j % 2 ? 'x' : '\0');
		assert_int_equal(task.changed, 0);
	}
}

static void a_failure_is_passed_on(void **state _unused_)
{
	expect_failure((struct task){ .message = "line 3: no" }, -EBADMSG, "line 3: no");
	expect_failure((struct task){ .size = 1001 }, -E2BIG, "more than 1000 bytes come of it");
	expect_failure((struct task){ .size = 9000000 }, -E2BIG, "more than 1000 bytes come of it");
}

static void an_end_without_an_answer_is_one(void **state _unused_)
{
	expect_failure((struct task){ .signal = SIGKILL }, -ECHILD,
		       "the process that reads it was ended by signal 9");
	expect_failure((struct task){ .status = 3 }, -ECHILD,
		       "the process that reads it ended with status 3");
	expect_failure((struct task){ .status = 2 }, -ETIME,
		       "the process that reads it ended with status 2");
}

/* By whoever started us: children then vanish unheard. */
static void where_nobody_waits(void **state _unused_)
{
	_cleanup_strbuf_ struct strbuf answer = { 0 };
	struct task task = { .size = 3 };
	struct error err = { 0 };

	signal(SIGCHLD, SIG_IGN);
	assert_int_equal(apart_run(work, &task, 3, &answer, NULL), 0);
	assert_int_equal(answer.len, 3);
	task.status = 3;
	assert_int_equal(apart_run(work, &task, 3, &answer, &err), -ECHILD);
	assert_string_equal(err.message, "the process that reads it did not answer");
	signal(SIGCHLD, SIG_DFL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_bytes),
		cmocka_unit_test(a_failure_is_passed_on),
		cmocka_unit_test(an_end_without_an_answer_is_one),
		cmocka_unit_test(where_nobody_waits),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("apart", tests, NULL, NULL);
}
