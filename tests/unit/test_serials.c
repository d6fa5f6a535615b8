/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audit/serials.h"
#include <stdlib.h>

static void add(struct serials *serials, uint64_t serial, int64_t time_ms)
{
	assert_int_equal(serials_add(serials, serial, time_ms), 0);
}

static void nothing_seen(void **state)
{
	struct serials serials = { 0 };
	uint64_t first = 7;

	(void)state;
	assert_int_equal(serials_missing(&serials, &first), 0);
	assert_int_equal(first, 0);
	assert_int_equal(serials_missing_between(&serials, 5, 7), 3);
	assert_int_equal(serials_missing_between(&serials, 7, 5), 0);
}

static void in_order_there_is_no_hole(void **state)
{
	struct serials serials = { 0 };

	(void)state;
	for (uint64_t i = 1; i <= 1000000; i++)
		add(&serials, i, 1000 + (int64_t)i / 100);
	assert_int_equal(serials_missing(&serials, NULL), 0);
	assert_int_equal(serials.n, 1);
	serials_deinit(&serials);
}

static void holes_are_counted_and_filled_late(void **state)
{
	struct serials serials = { 0 };
	uint64_t first;

	(void)state;
	add(&serials, 10, 1000);
	add(&serials, 13, 1000);
	add(&serials, 20, 1000);
	assert_int_equal(serials_missing(&serials, &first), 2 + 6);
	assert_int_equal(first, 11);
	assert_int_equal(serials_missing_between(&serials, 12, 15), 3);
	assert_int_equal(serials_missing_between(&serials, 10, 13), 2);
	assert_int_equal(serials_missing_between(&serials, 19, 25), 6);
	add(&serials, 12, 1001);
	add(&serials, 11, 1001);
	add(&serials, 11, 1001);
	assert_int_equal(serials_missing(&serials, &first), 6);
	assert_int_equal(first, 14);
	serials_deinit(&serials);
}

/* Every number of a shuffled window but a few: the same as counting them in a table. */
static void disorder_within_a_window(void **state)
{
	enum { N = 20000, WINDOW = 40 };
	static uint64_t order[N];
	struct serials serials = { 0 };
	uint64_t missing = 0;
	unsigned int random = 1;

	(void)state;
	for (size_t i = 0; i < N; i++)
		order[i] = i + 1;
	for (size_t i = 0; i + WINDOW < N; i++) {
		size_t j = i + (random = random * 1103515245 + 12345) / 65536 % WINDOW;
		uint64_t swapped = order[i];

		order[i] = order[j];
		order[j] = swapped;
	}
	for (size_t i = 0; i < N; i++)
		if (order[i] % 97 == 5 && order[i] > 100 && order[i] < N - 100)
			missing++;
		else
			add(&serials, order[i], (int64_t)i / 10);
	assert_int_equal(serials_missing(&serials, NULL), missing);
	serials_deinit(&serials);
}

static void a_reboot_starts_again(void **state)
{
	struct serials serials = { 0 };
	uint64_t first;

	(void)state;
	add(&serials, 1000, 100000);
	add(&serials, 1002, 100000);
	add(&serials, 3, 160000);
	add(&serials, 4, 160000);
	add(&serials, 6, 160000);
	assert_int_equal(serials_missing(&serials, &first), 2);
	assert_int_equal(first, 1001);
	assert_int_equal(serials_missing_between(&serials, 3, 6), 1);
	serials_deinit(&serials);
}

/* Boots so short that their numbers are close to each other. */
static void short_boots(void **state)
{
	struct serials serials = { 0 };

	(void)state;
	for (uint64_t i = 2; i < 10; i++)
		add(&serials, i, 1000);
	add(&serials, 2, 90000);
	add(&serials, 5, 90000);
	assert_int_equal(serials_missing(&serials, NULL), 2);
	serials_deinit(&serials);
}

/* The record of a call that blocked for an hour has an old time and a new number. */
static void old_times_are_no_reboot(void **state)
{
	struct serials serials = { 0 };

	(void)state;
	add(&serials, 1, 4000000);
	add(&serials, 2, 400000);
	add(&serials, 3, TIME_UNKNOWN);
	add(&serials, 5, 4000001);
	add(&serials, 4, 4000001);
	assert_int_equal(serials_missing(&serials, NULL), 0);
	assert_int_equal(serials.n, 1);
	serials_deinit(&serials);
}

static void older_files_may_come_later(void **state)
{
	struct serials serials = { 0 };

	(void)state;
	for (uint64_t i = 5000; i < 6000; i++)
		add(&serials, i, 50000);
	for (uint64_t i = 4000; i < 5000; i++)
		add(&serials, i, 40000);
	assert_int_equal(serials_missing(&serials, NULL), 0);
	serials_deinit(&serials);
}

static void beyond_the_cap_holes_are_settled(void **state)
{
	struct serials serials = { 0 };
	uint64_t first, n = 3 * (uint64_t)SERIALS_RANGES_MAX;

	(void)state;
	for (uint64_t i = 0; i < n; i++)
		add(&serials, 10 + 2 * i, 1000);
	assert_true(serials.n <= SERIALS_RANGES_MAX);
	assert_int_equal(serials_missing(&serials, &first), n - 1);
	assert_int_equal(first, 11);
	assert_true(serials_missing_between(&serials, 10, 12) >= 1);
	/* The newest holes are exact still. */
	assert_int_equal(serials_missing_between(&serials, 2 * n, 2 * n + 2), 1);
	serials_deinit(&serials);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_seen),
		cmocka_unit_test(in_order_there_is_no_hole),
		cmocka_unit_test(holes_are_counted_and_filled_late),
		cmocka_unit_test(disorder_within_a_window),
		cmocka_unit_test(a_reboot_starts_again),
		cmocka_unit_test(short_boots),
		cmocka_unit_test(old_times_are_no_reboot),
		cmocka_unit_test(older_files_may_come_later),
		cmocka_unit_test(beyond_the_cap_holes_are_settled),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("serials", tests, NULL, NULL);
}
