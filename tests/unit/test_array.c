/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/array.h"
#include <errno.h>
#include <stdlib.h>

static void grows_and_keeps_its_items(void **state)
{
	uint64_t *items = NULL;
	size_t allocated = 0, moves = 0;

	(void)state;
	for (size_t n = 0; n < 100000; n++) {
		size_t before = allocated;

		assert_int_equal(array_reserve(&items, &allocated, n + 1, sizeof(*items)), 0);
		assert_true(allocated > n);
		moves += allocated != before;
		items[n] = n * 3;
	}
	for (size_t n = 0; n < 100000; n++)
		assert_int_equal(items[n], n * 3);
	/* Half as many again each time: 8 * 1.5^24 is more than 100,000. */
	assert_in_range(moves, 1, 25);
	free(items);
}

static void takes_as_much_as_is_asked_for(void **state)
{
	char *items = NULL;
	size_t allocated = 0;

	(void)state;
	assert_int_equal(array_reserve(&items, &allocated, 0, 1), 0);
	assert_null(items);
	assert_int_equal(array_reserve(&items, &allocated, 1000, 1), 0);
	assert_int_equal(allocated, 1000);
	assert_int_equal(array_reserve(&items, &allocated, 10, 1), 0);
	assert_int_equal(allocated, 1000);
	free(items);
}

static void overflow_leaves_it_as_it_was(void **state)
{
	uint64_t *items = NULL, *before;
	size_t allocated = 0;

	(void)state;
	assert_int_equal(array_reserve(&items, &allocated, 10, sizeof(*items)), 0);
	before = items;
	items[9] = 9;
	assert_int_equal(array_reserve(&items, &allocated, SIZE_MAX / 4, sizeof(*items)), -ENOMEM);
	assert_int_equal(array_reserve(&items, &allocated, SIZE_MAX, 1), -ENOMEM);
	assert_ptr_equal(items, before);
	assert_int_equal(allocated, 10);
	assert_int_equal(items[9], 9);
	free(items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_and_keeps_its_items),
		cmocka_unit_test(takes_as_much_as_is_asked_for),
		cmocka_unit_test(overflow_leaves_it_as_it_was),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
