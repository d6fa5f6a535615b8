/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"
#include <errno.h>
#include <stdlib.h>

static void comparing(void **state)
{
	const struct slice none = { NULL, 0 };

	(void)state;
	assert_true(slice_is(SLICE("abc"), "abc"));
	assert_false(slice_is(SLICE("abc"), "ab"));
	assert_false(slice_is(SLICE("a\0c"), "a"));
	assert_true(slice_equal(none, SLICE("")));
	assert_true(slice_starts(SLICE("abc"), SLICE("ab")));
	assert_false(slice_starts(SLICE("ab"), SLICE("abc")));
	assert_true(slice_starts(none, none));
	assert_int_equal(slice_from(NULL).len, 0);
}

static void copy_is_terminated(void **state)
{
	char *copy = slice_copy((struct slice){ "abcdef", 3 });

	(void)state;
	assert_non_null(copy);
	assert_string_equal(copy, "abc");
	free(copy);
	copy = slice_copy((struct slice){ NULL, 0 });
	assert_non_null(copy);
	assert_string_equal(copy, "");
	free(copy);
}

static void unsigned_numbers(void **state)
{
	static const struct {
		const char *text;
		unsigned int base;
		int result;
		uint64_t value;
	} cases[] = {
		{ "0", 10, 0, 0 },
		{ "000000000000000000000000012", 10, 0, 12 },
		{ "18446744073709551615", 10, 0, UINT64_MAX },
		{ "18446744073709551616", 10, -ERANGE, 0 },
		{ "99999999999999999999999", 10, -ERANGE, 0 },
		{ "7ffc0000", 16, 0, 0x7ffc0000 },
		{ "C000003E", 16, 0, 0xc000003e },
		{ "ffffffffffffffff", 16, 0, UINT64_MAX },
		{ "10000000000000000", 16, -ERANGE, 0 },
		{ "", 10, -EINVAL, 0 },
		{ "-1", 10, -EINVAL, 0 },
		{ "+1", 10, -EINVAL, 0 },
		{ " 1", 10, -EINVAL, 0 },
		{ "1 ", 10, -EINVAL, 0 },
		{ "a", 10, -EINVAL, 0 },
		{ "g", 16, -EINVAL, 0 },
		{ "0x1", 16, -EINVAL, 0 },
		{ "99999999999999999999999x", 10, -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t value = 0;
		int r = slice_to_u64(slice_from(cases[i].text), cases[i].base, &value);

		if (r != cases[i].result || value != cases[i].value)
			fail_msg("'%s' gives %d and %ju", cases[i].text, r, (uintmax_t)value);
	}
}

static void signed_numbers(void **state)
{
	static const struct {
		const char *text;
		int result;
		int64_t value;
	} cases[] = {
		{ "-1", 0, -1 },
		{ "-0", 0, 0 },
		{ "9223372036854775807", 0, INT64_MAX },
		{ "9223372036854775808", -ERANGE, 0 },
		{ "-9223372036854775808", 0, INT64_MIN },
		{ "-9223372036854775809", -ERANGE, 0 },
		{ "-", -EINVAL, 0 },
		{ "--1", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ "1f", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t value = 0;
		int r = slice_to_i64(slice_from(cases[i].text), &value);

		if (r != cases[i].result || value != cases[i].value)
			fail_msg("'%s' gives %d and %jd", cases[i].text, r, (intmax_t)value);
	}
}

static void result_is_untouched_on_failure(void **state)
{
	uint64_t value = 42;
	int64_t signed_value = 42;

	(void)state;
	assert_int_equal(slice_to_u64(SLICE("12x"), 10, &value), -EINVAL);
	assert_int_equal(slice_to_i64(SLICE("12x"), &signed_value), -EINVAL);
	assert_int_equal(value, 42);
	assert_int_equal(signed_value, 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comparing),
		cmocka_unit_test(copy_is_terminated),
		cmocka_unit_test(unsigned_numbers),
		cmocka_unit_test(signed_numbers),
		cmocka_unit_test(result_is_untouched_on_failure),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
