/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "command/table.h"
#include <stdlib.h>
#include <string.h>

static const char *const heads[] = { "call", "what" };

static char *written(const char *const *cells, size_t n, bool markdown)
{
	const struct style style = { "", "", "", "", "", 100 };
	struct table table;
	char *text = NULL;
	size_t len;
	FILE *stream = open_memstream(&text, &len);

	table_init(&table, heads, 2);
	for (size_t i = 0; i < n; i++)
		table_add(&table, cells[i]);
	assert_false(table.failed);
	if (markdown)
		table_write_markdown(&table, stream);
	else
		table_write(&table, stream, &style, true);
	table_deinit(&table);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static void columns_stand_in_line(void **state)
{
	static const char *const cells[] = { "read", "a", "mö", "b", "\033[2J", "c" };
	char *text = written(cells, ARRAY_SIZE(cells), false);

	(void)state;
	assert_string_equal(text, "  call     what\n"
				  "  read     a\n"
				  "  mö       b\n"
				  "  \\x1b[2J  c\n");
	free(text);
}

static void markdown_shows_what_was_said(void **state)
{
	static const char *const cells[] = { "a|b", "`x` *y* <z>", "arg0 & 1", "[link](u)" };
	char *text = written(cells, ARRAY_SIZE(cells), true);

	(void)state;
	assert_string_equal(text, "| call | what |\n| --- | --- |\n"
				  "| a\\|b | \\`x\\` \\*y\\* \\<z\\> |\n"
				  "| arg0 \\& 1 | \\[link\\](u) |\n");
	free(text);
}

static void a_table_without_rows_is_not_there(void **state)
{
	char *text = written(NULL, 0, false), *markdown = written(NULL, 0, true);

	(void)state;
	assert_string_equal(text, "");
	assert_string_equal(markdown, "");
	free(text);
	free(markdown);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_stand_in_line),
		cmocka_unit_test(markdown_shows_what_was_said),
		cmocka_unit_test(a_table_without_rows_is_not_there),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
