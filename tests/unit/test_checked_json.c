/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macro.h"
#include "failing_alloc.h"
#include "model/checked_json.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Long enough for every buffer to have to grow. */
#define LONG "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define TEXT "{\"" LONG "\":[1,\"" LONG LONG LONG LONG "\",null,{\"a\":\"\\u0001\"}]}"

/* Frees `json`. */
static void assert_whole(json_t *json)
{
	char *text = checked_json_write(json, JSON_COMPACT | JSON_SORT_KEYS);

	assert_string_equal(text, TEXT);
	free(text);
	json_decref(json);
}

/* What could be read is all of it; without memory there is nothing, and the reason. */
static void test_read(void **state _unused_)
{
	bool whole = false;
	long n;

	for (n = 0; !whole; n++) {
		json_error_t problem = { .text = "" };
		json_t *json;

		alloc_countdown = n;
		json = checked_json_read(TEXT, strlen(TEXT), 0, &problem);
		whole = alloc_countdown >= 0;
		alloc_countdown = -1;
		if (json)
			assert_whole(json);
		else
			assert_int_equal(json_error_code(&problem), json_error_out_of_memory);
		assert_true(json || !whole);
	}
	assert_true(n > 10);
}

static void test_write(void **state _unused_)
{
	json_t *json = checked_json_read(TEXT, strlen(TEXT), 0, NULL);
	bool whole = false;
	long n;

	assert_non_null(json);
	for (n = 0; !whole; n++) {
		char *text;

		alloc_countdown = n;
		text = checked_json_write(json, JSON_COMPACT | JSON_SORT_KEYS);
		whole = alloc_countdown >= 0;
		alloc_countdown = -1;
		assert_true(text || !whole);
		if (text)
			assert_string_equal(text, TEXT);
		free(text);
	}
	assert_true(n > 2);
	json_decref(json);
}

/* An error of the text is one. */
static void test_errors(void **state _unused_)
{
	json_error_t problem = { .text = "" };

	assert_null(checked_json_read("[", 1, 0, &problem));
	assert_int_equal(json_error_code(&problem), json_error_premature_end_of_input);
	assert_null(checked_json_read("[", 1, 0, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_errors),
	};

	if (!alloc_can_fail()) {
		printf("1..0 # SKIP the linker does not wrap allocations\n");
		return 0;
	}
	checked_json_seed();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("checked_json", tests, NULL, NULL);
}
