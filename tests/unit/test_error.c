/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"
#include <errno.h>
#include <string.h>

static void first_message_is_kept(void **state)
{
	struct error err = { 0 };

	(void)state;
	assert_int_equal(error_set(&err, -EINVAL, "line %d", 3), -EINVAL);
	assert_int_equal(error_set(&err, -EIO, "later"), -EIO);
	assert_string_equal(error_message(&err, -EIO), "line 3");
}

static void context_goes_in_front(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_set(&err, -EINVAL, "line %d", 3);
	assert_int_equal(error_prefix(&err, -EINVAL, "cannot read '%s'", "x.json"), -EINVAL);
	assert_string_equal(err.message, "cannot read 'x.json': line 3");
	error_prefix(&err, -EINVAL, "merge");
	assert_string_equal(err.message, "merge: cannot read 'x.json': line 3");
}

static void context_without_message_gets_the_generic_one(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_prefix(&err, -ENOENT, "log");
	assert_string_equal(err.message, "log: No such file or directory");
}

static void nobody_need_listen(void **state)
{
	(void)state;
	assert_int_equal(error_set(NULL, -EIO, "x"), -EIO);
	assert_int_equal(error_prefix(NULL, -EIO, "x"), -EIO);
	assert_int_equal(error_memory(NULL), -ENOMEM);
	assert_string_equal(error_message(NULL, -ENOENT), "No such file or directory");
	assert_string_equal(error_message(NULL, -99999), "unknown error");
}

static void long_context_leaves_room_for_the_cause(void **state)
{
	struct error err = { 0 };
	char path[5000];

	(void)state;
	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	error_set(&err, -EINVAL, "the cause");
	error_prefix(&err, -EINVAL, "%s", path);
	assert_non_null(strstr(err.message, "pp: the cause"));

	for (int i = 0; i < 10; i++)
		error_prefix(&err, -EINVAL, "%s", path);
	assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
}

static void cut_falls_between_characters(void **state)
{
	(void)state;
	/* 0 to 3 bytes in front move the cut through every place of a 2- and a 3-byte character. */
	for (int shift = 0; shift < 4; shift++) {
		struct error err = { 0 };
		char text[3000];
		size_t len = (size_t)shift;

		memset(text, 'x', sizeof(text));
		while (len + 5 < sizeof(text)) {
			memcpy(text + len, "\xC3\xA4\xE2\x82\xAC", 5);
			len += 5;
		}
		text[len] = '\0';
		error_set(&err, -EINVAL, "%s", text);
		len = strlen(err.message);
		assert_true(len > sizeof(err.message) - 4);
		if (len > 0 && err.message[len - 1] != 'x')
			assert_true(
				(err.message[len - 1] == '\xA4' &&
				 err.message[len - 2] == '\xC3') ||
				(err.message[len - 1] == '\xAC' && err.message[len - 3] == '\xE2'));
	}
}

static void quoted_names_cannot_speak_to_the_terminal(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_set(&err, -EINVAL, "cannot read '%s'", "a\n\x1b[31mb\x7F");
	assert_string_equal(err.message, "cannot read 'a??[31mb?'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_message_is_kept),
		cmocka_unit_test(context_goes_in_front),
		cmocka_unit_test(context_without_message_gets_the_generic_one),
		cmocka_unit_test(nobody_need_listen),
		cmocka_unit_test(long_context_leaves_room_for_the_cause),
		cmocka_unit_test(cut_falls_between_characters),
		cmocka_unit_test(quoted_names_cannot_speak_to_the_terminal),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
