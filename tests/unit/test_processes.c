/* SPDX-License-Identifier: Apache-2.0 */
#include "target/processes.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint32_t add(struct processes *processes, pid_t pid, pid_t parent, int64_t started_ms)
{
	uint32_t number = PROCESS_NONE;

	assert_int_equal(processes_add(processes, pid, parent, started_ms, &number), 0);
	return number;
}

static uint32_t at(const struct processes *processes, pid_t pid, int64_t time_ms)
{
	uint32_t other, number = processes_at(processes, pid, time_ms, &other);

	assert_int_equal(other, PROCESS_NONE);
	return number;
}

/* Who lives in a test. */
struct living {
	pid_t pids[8];
};

static bool lives(void *context, pid_t pid)
{
	const struct living *living = context;

	for (size_t i = 0; i < ARRAY_SIZE(living->pids); i++)
		if (living->pids[i] == pid)
			return true;
	return false;
}

static void a_target_is_inherited(void **state _unused_)
{
	struct processes processes;
	uint32_t top, middle, leaf, stranger;

	assert_int_equal(processes_init(&processes, 100), 0);
	stranger = add(&processes, 1, 0, TIME_UNKNOWN);
	top = add(&processes, 10, 1, 1000);
	middle = add(&processes, 11, 10, 1001);
	leaf = add(&processes, 12, 11, 1002);
	assert_int_equal(processes_inherited(&processes, leaf), PROCESS_NO_TARGET);
	processes_get(&processes, top)->target = 7;
	assert_int_equal(processes_inherited(&processes, leaf), 7);
	assert_int_equal(processes_get(&processes, middle)->target, 7);
	assert_int_equal(processes_inherited(&processes, stranger), PROCESS_NO_TARGET);
	processes_deinit(&processes);
}

/* The one that a record is of had the pid when it was made. */
static void a_pid_that_is_given_again(void **state _unused_)
{
	struct processes processes;
	uint32_t first, second, other;

	assert_int_equal(processes_init(&processes, 100), 0);
	first = add(&processes, 10, 0, 1000);
	processes_get(&processes, first)->target = 1;
	processes_end(&processes, 10, 1500);
	second = add(&processes, 10, 0, 2000);
	assert_int_not_equal(first, second);
	assert_int_equal(processes_now(&processes, 10), second);
	assert_int_equal(processes_get(&processes, second)->target, PROCESS_NO_TARGET);
	assert_int_equal(at(&processes, 10, 1200), first);
	assert_int_equal(at(&processes, 10, 2000), second);
	assert_int_equal(at(&processes, 10, 9000), second);
	assert_int_equal(at(&processes, 10, TIME_UNKNOWN), second);
	/* The clock of records lags by up to a tick: but nobody logs after the end. */
	assert_int_equal(at(&processes, 10, 1995), second);
	assert_int_equal(at(&processes, 10, 1500), first);
	/* At once: either. */
	processes_end(&processes, 10, 2999);
	add(&processes, 10, 0, 3000);
	assert_int_equal(processes_at(&processes, 10, 2995, &other), second);
	assert_int_equal(other, processes_now(&processes, 10));
	/* Of the very first nothing is older. */
	assert_int_equal(at(&processes, 10, 500), first);
	processes_deinit(&processes);
}

/* A target reaches those below, though everybody between has been forgotten. */
static void the_forgotten_leave_what_they_had(void **state _unused_)
{
	struct living living = { { 1, 13 } };
	struct processes processes;
	uint32_t top, leaf;

	assert_int_equal(processes_init(&processes, 100), 0);
	add(&processes, 1, 0, TIME_UNKNOWN);
	top = add(&processes, 10, 1, 1000);
	processes_get(&processes, top)->target = 3;
	add(&processes, 11, 10, 1000);
	add(&processes, 12, 11, 1000);
	leaf = add(&processes, 13, 12, 1000);
	processes_sweep(&processes, 5000, 100, lives, &living);
	assert_int_equal(processes.n, 5);
	processes_sweep(&processes, 5101, 100, lives, &living);
	assert_int_equal(processes.n, 2);
	assert_int_equal(processes_now(&processes, 12), PROCESS_NONE);
	assert_int_equal(processes_inherited(&processes, leaf), 3);
	assert_int_equal(processes_get(&processes, processes_get(&processes, leaf)->parent)->pid,
			 1);
	/* Their places are taken again, and are nobody's ancestors. */
	for (pid_t pid = 20; pid < 23; pid++)
		assert_int_equal(processes_inherited(&processes, add(&processes, pid, 1, 6000)),
				 PROCESS_NO_TARGET);
	assert_int_equal(processes.n_items, 5);
	processes_deinit(&processes);
}

/* When those began who are forgotten, and may have begun what goes on. */
static void the_forgotten_leave_their_start(void **state _unused_)
{
	struct living living = { { 1, 13 } };
	struct processes processes;
	uint32_t leaf;

	assert_int_equal(processes_init(&processes, 100), 0);
	add(&processes, 1, 0, 5);
	add(&processes, 10, 1, 1000);
	add(&processes, 12, 10, 1100);
	leaf = add(&processes, 13, 12, 1200);
	assert_int_equal(processes_get(&processes, leaf)->line_ms, 1200);
	processes_sweep(&processes, 5000, 100, lives, &living);
	processes_sweep(&processes, 5101, 100, lives, &living);
	assert_int_equal(processes.n, 2);
	assert_int_equal(processes_get(&processes, leaf)->line_ms, 1000);
	processes_deinit(&processes);
}

/* The first thread may end before others, which go on logging. */
static void the_last_thread_is_the_end(void **state _unused_)
{
	struct processes processes;
	uint32_t first, second, other;

	assert_int_equal(processes_init(&processes, 100), 0);
	first = add(&processes, 10, 0, 1000);
	processes_end(&processes, 10, 1500);
	processes_end(&processes, 10, 1998);
	processes_end(&processes, 10, 1997);
	second = add(&processes, 10, 0, 2000);
	assert_int_equal(processes_at(&processes, 10, 1995, &other), first);
	assert_int_equal(other, second);
	assert_int_equal(at(&processes, 10, 1999), second);
	processes_deinit(&processes);
}

static void who_had_the_pid_before_is_forgotten(void **state _unused_)
{
	struct living living = { { 10 } };
	struct processes processes;
	uint32_t now;

	assert_int_equal(processes_init(&processes, 100), 0);
	add(&processes, 10, 0, 1000);
	add(&processes, 10, 0, 2000);
	now = add(&processes, 10, 0, 3000);
	processes_sweep(&processes, 9000, 100, lives, &living);
	assert_int_equal(processes.n, 1);
	assert_int_equal(processes_now(&processes, 10), now);
	assert_int_equal(at(&processes, 10, 1), now);
	processes_deinit(&processes);
}

static void there_is_a_cap(void **state _unused_)
{
	struct processes processes;
	struct living living = { { 11, 12 } };
	uint32_t number, first, child, other;

	assert_int_equal(processes_init(&processes, 3), 0);
	first = add(&processes, 10, 0, 1000);
	processes_get(&processes, first)->target = 1;
	add(&processes, 11, 0, 1000);
	child = add(&processes, 12, 10, 1000);
	assert_int_equal(processes_add(&processes, 14, 0, 1000, &number), -E2BIG);
	/* A new one that cannot be remembered is not taken for the old one, nor for one of its kin.
	 */
	assert_int_equal(processes_add(&processes, 10, 11, 2000, &number), -E2BIG);
	assert_int_equal(processes_now(&processes, 10), PROCESS_NONE);
	assert_int_equal(processes_at(&processes, 10, 2500, &other), PROCESS_NONE);
	/* What the old one had, its children keep. */
	assert_int_equal(processes_inherited(&processes, child), 1);
	/* Who it forks is nobody's that is known; a place has become free. */
	processes_sweep(&processes, 3000, 0, lives, &living);
	number = add(&processes, 13, 10, 3001);
	assert_int_equal(processes_get(&processes, number)->parent, PROCESS_NONE);
	assert_int_equal(processes_inherited(&processes, number), PROCESS_NO_TARGET);
	assert_int_equal(processes_now(&processes, 10), PROCESS_NONE);
	assert_int_equal(processes_add(&processes, 0, 0, 1, &number), -EINVAL);
	assert_int_equal(processes_add(&processes, PROCESSES_PID_END, 0, 1, &number), -EINVAL);
	assert_int_equal(processes_now(&processes, -1), PROCESS_NONE);
	processes_deinit(&processes);
}

static void selection_is_inherited(void **state _unused_)
{
	struct processes processes;
	uint32_t asked;

	assert_int_equal(processes_init(&processes, 10), 0);
	asked = add(&processes, 10, 0, 1000);
	processes_get(&processes, asked)->selected = true;
	assert_true(processes_get(&processes, add(&processes, 11, 10, 1000))->selected);
	assert_false(processes_get(&processes, add(&processes, 10, 0, 2000))->selected);
	processes_deinit(&processes);
}

/* Whoever asks where a pid was born hears of the one who has it then. */
static void born_where_the_next_one_is(void **state _unused_)
{
	struct processes processes;
	uint32_t first, second;

	assert_int_equal(processes_init(&processes, 100), 0);
	first = add(&processes, 10, 0, 1000);
	processes_born(&processes, first, 4026, 1500);
	assert_int_equal(processes_get(&processes, first)->born_in, 4026);
	second = add(&processes, 10, 0, 2000);
	assert_int_equal(processes_get(&processes, first)->born_in, 4026);
	processes_born(&processes, second, 4027, 2900);
	/* It had begun by then, only nobody had heard of it. */
	add(&processes, 10, 0, 2800);
	assert_int_equal(processes_get(&processes, second)->born_in, 0);
	assert_int_equal(processes_get(&processes, first)->born_in, 4026);
	processes_deinit(&processes);
}

/* Against a plain model: forks, ends, pids that are given again, sweeps, in any order. */
static void a_random_history(void **state _unused_)
{
	enum { PIDS = 40, STEPS = 20000 };
	uint32_t model[PIDS] = { 0 }, next_target = 1;
	struct processes processes;

	srand(1);
	assert_int_equal(processes_init(&processes, STEPS), 0);
	for (int64_t step = 1; step <= STEPS; step++) {
		pid_t pid = 1 + rand() % (PIDS - 1), parent = 1 + rand() % (PIDS - 1);
		struct living living = { { 0 } };
		uint32_t number;

		if (parent == pid)
			continue;
		number = add(&processes, pid, parent, step * 100);
		model[pid] = model[parent];
		if (rand() % 5 == 0) {
			model[pid] = next_target++;
			processes_get(&processes, number)->target = model[pid];
		}
		if (step % 50 == 0)
			processes_sweep(&processes, step * 100, 0, lives, &living);
		if (step % 50 == 0)
			memset(model, 0, sizeof(model));
		number = processes_now(&processes, pid);
		if (number != PROCESS_NONE) {
			uint32_t target = processes_inherited(&processes, number);

			assert_int_equal(target == PROCESS_NO_TARGET ? 0 : target, model[pid]);
		}
	}
	processes_deinit(&processes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_target_is_inherited),
		cmocka_unit_test(a_pid_that_is_given_again),
		cmocka_unit_test(the_forgotten_leave_what_they_had),
		cmocka_unit_test(the_forgotten_leave_their_start),
		cmocka_unit_test(the_last_thread_is_the_end),
		cmocka_unit_test(who_had_the_pid_before_is_forgotten),
		cmocka_unit_test(there_is_a_cap),
		cmocka_unit_test(selection_is_inherited),
		cmocka_unit_test(born_where_the_next_one_is),
		cmocka_unit_test(a_random_history),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("processes", tests, NULL, NULL);
}
