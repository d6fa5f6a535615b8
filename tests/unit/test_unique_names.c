/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/unique_names.h"
#include <string.h>

static void assert_taken(struct unique_names *names, const char *base, const char *end,
			 const char *expected)
{
	uint32_t number;

	assert_int_equal(unique_names_take(names, slice_from(base), "+", end, &number), 0);
	assert_string_equal(names->names.keys[number].data, expected);
}

static void each_gets_its_own(void **state)
{
	_cleanup_unique_names_ struct unique_names names = { 0 };

	(void)state;
	assert_taken(&names, "a", "", "a");
	assert_taken(&names, "b", "", "b");
	assert_taken(&names, "a", "", "a+2");
	assert_taken(&names, "a+3", "", "a+3");
	assert_taken(&names, "a", "", "a+4");
	assert_taken(&names, "a+2", "", "a+2+2");
	assert_taken(&names, "a", ".json", "a.json");
	assert_taken(&names, "a", ".json", "a+2.json");
	assert_taken(&names, "", "", "");
	assert_taken(&names, "", "", "+2");
}

static void shared_ones_are_the_same(void **state)
{
	_cleanup_unique_names_ struct unique_names names = { 0 };
	uint32_t first, second;

	(void)state;
	assert_int_equal(unique_names_share(&names, SLICE("c"), &first), 1);
	assert_int_equal(unique_names_share(&names, SLICE("c"), &second), 0);
	assert_int_equal(first, second);
	assert_taken(&names, "c", "", "c+2");
}

/* As for a log with as many lives of one pid: each name after the first costs two looks. */
static void many_of_one_name(void **state)
{
	_cleanup_unique_names_ struct unique_names names = { 0 };
	uint32_t number = 0;

	(void)state;
	for (uint32_t i = 0; i < 100000; i++)
		assert_int_equal(unique_names_take(&names, SLICE("x-500"), "+", "", &number), 0);
	assert_string_equal(names.names.keys[number].data, "x-500+100000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_gets_its_own),
		cmocka_unit_test(shared_ones_are_the_same),
		cmocka_unit_test(many_of_one_name),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
