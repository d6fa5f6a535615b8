/* SPDX-License-Identifier: Apache-2.0 */
#include "target/sentinel.h"

#include "live.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/wait.h>

#include <cmocka.h>

static struct live_records records;

static size_t count(pid_t pid, int32_t nr)
{
	size_t n = 0;

	for (size_t i = 0; i < records.n; i++)
		n += records.items[i].pid == (uint32_t)pid &&
		     (nr < 0 || records.items[i].nr == (uint32_t)nr);
	return n;
}

static void test_one_record_each(void **state)
{
	struct source_netlink *source = *state;
	struct error err = { 0 };
	pid_t first, second;
	int32_t nr;

	records.n = 0;
	assert_int_equal(sentinel_send(&first, &nr, &err), 0);
	assert_int_equal(sentinel_send(&second, &nr, &err), 0);
	assert_int_equal(live_read(source, &records), 0);
	assert_int_equal(count(first, nr), 1);
	assert_int_equal(count(first, -1), 1);
	assert_int_equal(count(second, nr), 1);
	assert_int_equal(count(second, -1), 1);
}

static void test_other_children_are_left_alone(void **state _unused_)
{
	struct error err = { 0 };
	pid_t sentinel, other = fork();
	int32_t nr;
	int status;

	if (other == 0)
		_exit(7);
	assert_int_equal(sentinel_send(&sentinel, &nr, &err), 0);
	assert_int_equal(waitpid(other, &status, 0), other);
	assert_int_equal(WEXITSTATUS(status), 7);
	assert_int_equal(waitpid(-1, &status, 0), -1);
	assert_int_equal(errno, ECHILD);
}

static void test_known_in_a_log(void **state _unused_)
{
	static const char comm[] = "asg-sentinel";
	static const char quoted[] = "\"asg-sentinel\"";

	assert_true(sentinel_is(1511, SLICE(comm)));
	assert_true(sentinel_is(1511, SLICE(quoted)));
	assert_false(sentinel_is(1511, SLICE("\"ls\"")));
	assert_false(sentinel_is(1511, SLICE("\"")));
	assert_false(sentinel_is(1511, SLICE("")));
	assert_false(sentinel_is(1511, (struct slice){ NULL, 0 }));
	assert_false(sentinel_is(59, SLICE(quoted)));
}

int main(void)
{
	struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_record_each),
		cmocka_unit_test(test_other_children_are_left_alone),
		cmocka_unit_test(test_known_in_a_log),
	};
	struct source_netlink *source = NULL;
	struct error err = { 0 };
	int r = source_netlink_open(&source, NETLINK_RECEIVE_BUFFER, &err);

	live_lock(0);
	if (r < 0)
		return live_skip(error_message(&err, r));
	cmocka_set_message_output(CM_OUTPUT_TAP);
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
		tests[i].initial_state = source;
	r = cmocka_run_group_tests(tests, NULL, NULL);
	source_netlink_close(source);
	return r;
}
