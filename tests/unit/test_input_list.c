/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "command/input_list.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int take(void *context, const char *name, struct error *err)
{
	struct strbuf *seen = context;

	strbuf_printf(seen, "[%s]", name);
	return strcmp(name, "bad") == 0 ? error_set(err, -EBADMSG, "bad is bad") : 0;
}

static int list(const char *bytes, size_t len, struct strbuf *seen, struct error *err)
{
	char path[] = "/tmp/asg-list.XXXXXX";
	int fd = mkstemp(path), r;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
	r = input_list(path, take, seen, err);
	unlink(path);
	return r;
}

static void names_come_one_by_one(void **state)
{
	static const struct {
		struct slice bytes;
		const char *expected;
	} cases[] = {
		{ SLICE("a\nb c\n\nd"), "[a][b c][d]" },
		{ SLICE("c\0a\nb\0"), "[c][a\nb]" },
		{ SLICE(""), "" },
		{ SLICE("\n\n"), "" },
		{ SLICE("-\n"), "[-]" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct strbuf seen = { 0 };

		assert_int_equal(list(cases[i].bytes.data, cases[i].bytes.len, &seen, NULL), 0);
		assert_string_equal(strbuf_text(&seen), cases[i].expected);
	}
}

static void the_first_failure_ends_it(void **state)
{
	_cleanup_strbuf_ struct strbuf seen = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(list("a\nbad\nc\n", 8, &seen, &err), -EBADMSG);
	assert_string_equal(strbuf_text(&seen), "[a][bad]");
	assert_string_equal(err.message, "bad is bad");
	assert_int_equal(input_list("/nonexistent", take, &seen, &(struct error){ 0 }), -ENOENT);
}

static void a_name_without_end_is_refused(void **state)
{
	_cleanup_strbuf_ struct strbuf seen = { 0 };
	size_t len = 200000;
	char *bytes = calloc(1, len);

	(void)state;
	memset(bytes, 'x', len);
	assert_int_equal(list(bytes, len, &seen, NULL), -ENAMETOOLONG);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_come_one_by_one),
		cmocka_unit_test(the_first_failure_ends_it),
		cmocka_unit_test(a_name_without_end_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("input_list", tests, NULL, NULL);
}
