/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "command/options_explain.h"
#include <errno.h>
#include <string.h>

static int parse(const char *line, struct explain_options *ret, struct error *err)
{
	static char copy[256];
	static char *argv[32];
	char *at = copy;
	int argc = 0;

	assert_true(strlen(line) < sizeof(copy));
	memcpy(copy, line, strlen(line) + 1);
	while ((argv[argc] = strsep(&at, " ")) != NULL)
		argc++;
	return explain_options_parse(ret, argc, argv, err);
}

static void refused(void **state _unused_)
{
	static const struct {
		const char *line, *says;
	} cases[] = {
		{ "explain", "nothing to explain" },
		{ "explain --denied x", "give --from-log" },
		{ "explain --denied --from-log", "needs a file" },
		{ "explain --from-log x", "--from-log means something only with --denied" },
		{ "explain -f oci x", "--format means something only with --denied" },
		{ "explain --exe /x x", "only with --denied" },
		{ "explain --group-by exe x", "only with --denied" },
		{ "explain --since today x", "only with --denied" },
		{ "explain --denied --from-log --html x", "exclude each other" },
		{ "explain --denied --from-log --json x", "exclude each other" },
		{ "explain --html --json x", "exclude each other" },
		{ "explain --denied --from-log -f recording x", "is a profile" },
		{ "explain --denied --from-log -f nonsense x", "nonsense" },
		{ "explain --denied --from-log --group-by y x", "--group-by" },
		{ "explain --denied --from-log --since @20 --until @10 x", "later than --until" },
		{ "explain -o  x", "empty" },
		{ "explain --frobnicate x", "unknown option" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct explain_options options;
		struct error err = { 0 };

		assert_int_equal(parse(cases[i].line, &options, &err), -EINVAL);
		if (!strstr(err.message, cases[i].says))
			fail_msg("%s: %s", cases[i].line, err.message);
		explain_options_deinit(&options);
	}
}

static void taken(void **state _unused_)
{
	struct explain_options options;

	assert_int_equal(parse("explain --html -o x.html a.json b.json", &options, NULL), 0);
	assert_true(options.html);
	assert_false(options.json);
	assert_string_equal(options.output, "x.html");
	assert_int_equal(options.words.n_operands, 2);
	explain_options_deinit(&options);
	assert_int_equal(parse("explain a.json prctl -v --json -- -odd", &options, NULL), 0);
	assert_true(options.json);
	assert_true(options.verbose);
	assert_int_equal(options.words.n_operands, 3);
	assert_string_equal(options.words.operands[2], "-odd");
	explain_options_deinit(&options);
	assert_int_equal(parse("explain --denied --from-log a --pid 1,2 --exe /x -f oci b",
			       &options, NULL),
			 0);
	assert_int_equal(options.group_by, GROUP_BY_EXE);
	assert_int_equal(options.selection.pids.n, 2);
	assert_string_equal(options.format->name, "oci");
	assert_int_equal(options.words.n_operands, 2);
	explain_options_deinit(&options);
	assert_int_equal(parse("explain --denied --from-log --group-by pid a", &options, NULL), 0);
	assert_int_equal(options.group_by, GROUP_BY_PID);
	explain_options_deinit(&options);
	assert_int_equal(parse("explain --help", &options, NULL), 0);
	assert_true(options.words.help);
	explain_options_deinit(&options);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused),
		cmocka_unit_test(taken),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("options_explain", tests, NULL, NULL);
}
