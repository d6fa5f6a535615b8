/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "command/options_verb.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_JSON = 256, OPTION_OUTPUT, OPTION_ARGS };

static const struct verb_option options[] = {
	{ OPTION_JSON, "json", 0, NULL, "as JSON" },
	{ OPTION_OUTPUT, "output", 'o', "FILE", "write here" },
	{ OPTION_ARGS, "args", 0, "[=CALL]", "with arguments" },
};

static const struct verb_syntax syntax = {
	.usage = (const char *const[]){ "try A", "try -- COMMAND", NULL },
	.summary = "Tries.",
	.status = "0 yes",
	.options = options,
	.n_options = ARRAY_SIZE(options),
};

static int take(void *context, int id, const char *value, struct error *err)
{
	struct strbuf *seen = context;

	strbuf_printf(seen, "%s=%s;",
		      id == OPTION_JSON	    ? "json"
		      : id == OPTION_OUTPUT ? "output"
					    : "args",
		      value ? value : "");
	if (value && strcmp(value, "bad") == 0)
		return error_set(err, -EINVAL, "no good");
	return 0;
}

/* Parses a line of words and says what came of it. */
static char *parsed(bool takes_command, const char *line)
{
	_cleanup_strbuf_ struct strbuf seen = { 0 };
	struct verb_syntax this = syntax;
	char *argv[16] = { 0 }, copy[256], *at = copy;
	struct verb_words words;
	struct error err = { 0 };
	int argc = 0, r;

	assert_true(strlen(line) < sizeof(copy));
	memcpy(copy, line, strlen(line) + 1);
	while ((argv[argc] = strsep(&at, " ")) != NULL)
		argc++;
	this.takes_command = takes_command;
	r = verb_options_parse(&this, argc, argv, take, &seen, &words, &err);
	if (r < 0) {
		strbuf_clear(&seen);
		strbuf_printf(&seen, "%d %s", r == -EINVAL, err.message);
	} else if (words.help) {
		strbuf_puts(&seen, "help");
	}
	for (size_t i = 0; r >= 0 && i < words.n_operands; i++)
		strbuf_printf(&seen, "%s;", words.operands[i]);
	for (size_t i = 0; r >= 0 && words.command && words.command[i]; i++)
		strbuf_printf(&seen, "%s!", words.command[i]);
	verb_words_deinit(&words);
	return strbuf_steal(&seen);
}

static void words_become_what_the_table_says(void **state)
{
	static const struct {
		bool takes_command;
		const char *line, *expected;
	} cases[] = {
		{ false, "try a --json b -o c d", "json=;output=c;a;b;d;" },
		{ false, "try --output=x -", "output=x;-;" },
		{ false, "try a -- --json -o", "a;--json;-o;" },
		{ true, "try a -- b --json", "a;b!--json!" },
		{ true, "try a b", "a;b;" },
		{ false, "try --help --nonsense", "help" },
		{ false, "try -h", "help" },
		{ false, "try --jason", "1 unknown option '--jason'; see `try --help`" },
		{ false, "try -x", "1 unknown option '-x'; see `try --help`" },
		{ false, "try --json=1", "1 option '--json' takes no argument; see `try --help`" },
		{ false, "try -o", "1 option '-o' needs an argument; see `try --help`" },
		{ false, "try -o bad", "1 --output 'bad': no good" },
		{ false, "try --args a --args=b", "args=;args=b;a;" },
		{ true, "try a --args -- b", "args=;a;b!" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *got = parsed(cases[i].takes_command, cases[i].line);

		if (strcmp(got, cases[i].expected) != 0)
			fail_msg("%s: '%s' and not '%s'", cases[i].line, got, cases[i].expected);
		free(got);
	}
}

static void help_lists_every_option(void **state)
{
	char *text = NULL;
	size_t len;
	FILE *stream = open_memstream(&text, &len);

	(void)state;
	verb_options_help(&syntax, stream);
	assert_int_equal(fclose(stream), 0);
	assert_string_equal(text, "Usage: audit-seccomp-gen try A\n"
				  "       audit-seccomp-gen try -- COMMAND\n"
				  "Tries.\n\nOptions:\n"
				  "      --json                    as JSON\n"
				  "  -o, --output=FILE             write here\n"
				  "      --args[=CALL]             with arguments\n"
				  "  -h, --help                    show this\n"
				  "\nExit status: 0 yes\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_become_what_the_table_says),
		cmocka_unit_test(help_lists_every_option),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("options_verb", tests, NULL, NULL);
}
