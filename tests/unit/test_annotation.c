/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "model/annotation.h"
#include <errno.h>
#include <string.h>

static void taken(void **state)
{
	static const struct {
		const char *text, *input, *output;
	} cases[] = {
		{ "of:/o", NULL, "/o" },
		{ "if:/i;of:/o", "/i", "/o" },
		{ "of:/o;if:/i", "/i", "/o" },
		{ " \tif: /i in ;\n of:\t/o \r", "/i in", "/o" },
		{ "of:/o:if:/i", NULL, "/o:if:/i" },
		{ "of:/../o", NULL, "/../o" }, /* for guarded_parent() to refuse */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_annotation_ struct annotation annotation = { 0 };
		struct error err = { 0 };

		if (annotation_parse(&annotation, cases[i].text, &err) < 0)
			fail_msg("'%s': %s", cases[i].text, err.message);
		assert_string_equal(annotation.output, cases[i].output);
		if (cases[i].input)
			assert_string_equal(annotation.input, cases[i].input);
		else
			assert_null(annotation.input);
	}
}

static void refused(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "empty part" },
		{ ";", "empty part" },
		{ "of:/o;", "empty part" },
		{ "of:/o; ;if:/i", "empty part" },
		{ "/o", "'/o' starts with neither" },
		{ "OF:/o", "'OF:/o' starts with neither" },
		{ "of :/o", "'of :/o' starts with neither" },
		{ "\033[2Jof:/o", "'\\x1B[2Jof:/o'" },
		{ "of:o", "'of:o' does not have an absolute path" },
		{ "of:./o", "absolute path" },
		{ "of:", "has no path" },
		{ "of:  ", "has no path" },
		{ "if:;of:/o", "'if:' has no path" },
		{ "if:/i", "without an of:" },
		{ "of:/o;of:/p", "'of:/p' gives a path for the second time" },
		{ "if:/i;of:/o;if:/i", "'if:/i' gives a path for the second time" },
		{ "of:/o\np", "control character" },
		{ "of:/o\x7fp", "control character" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct annotation annotation = { 0 };
		struct error err = { 0 };
		int r = annotation_parse(&annotation, cases[i].text, &err);

		if (r != -EINVAL || !strcasestr(err.message, cases[i].says) ||
		    !strstr(err.message, "of:/absolute/output.json"))
			fail_msg("'%s' gives %d: %s", cases[i].text, r, err.message);
		assert_null(annotation.input);
		assert_null(annotation.output);
	}
}

/* `n` times `c` behind `start`. */
static int parse_long(const char *start, char c, size_t n, struct error *err)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	_cleanup_annotation_ struct annotation annotation = { 0 };

	strbuf_puts(&text, start);
	for (size_t i = 0; i < n; i++)
		strbuf_putc(&text, c);
	return annotation_parse(&annotation, strbuf_text(&text), err);
}

static void bounds(void **state)
{
	struct error err = { 0 };

	(void)state;
	assert_int_equal(parse_long("of:/", 'x', ANNOTATION_MAX - 4, NULL), 0);
	assert_int_equal(parse_long("of:/", 'x', ANNOTATION_MAX - 3, NULL), -E2BIG);
	assert_int_equal(parse_long("", ';', (size_t)1 << 20, NULL), -E2BIG);
	assert_int_equal(parse_long("of:/o", ';', 40, NULL), -EINVAL);
	assert_int_equal(parse_long("", 'x', 8000, &err), -EINVAL);
	assert_non_null(strstr(err.message, "of:/absolute/output.json"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(taken),
		cmocka_unit_test(refused),
		cmocka_unit_test(bounds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
