/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/selection.h"
#include <stdlib.h>

static int setup(void **state)
{
	struct selection *selection = calloc(1, sizeof(*selection));

	if (!selection)
		return -1;
	selection->since_ms = selection->until_ms = TIME_UNKNOWN;
	*state = selection;
	return 0;
}

static int teardown(void **state)
{
	selection_deinit(*state);
	free(*state);
	return 0;
}

static const struct actor ls = {
	.auid = 1000,
	.uid = 0,
	.gid = 5,
	.session = 3,
	.subject = SLICE(""),
	.comm = SLICE("ls"),
	.exe = SLICE("/usr/bin/ls"),
};

static void nothing_given_is_everything(void **state)
{
	const struct selection *selection = *state;

	assert_true(selection_has_time(selection, TIME_UNKNOWN));
	assert_true(selection_has_time(selection, 0));
	assert_true(selection_has_pid(selection, 1));
	assert_true(selection_has_node(selection, SLICE("")));
	assert_true(selection_has_node(selection, SLICE("h")));
	assert_true(selection_has_actor(selection, &ls));
}

static void times_have_both_bounds_within(void **state)
{
	struct selection *selection = *state;

	selection->since_ms = 100;
	assert_false(selection_has_time(selection, 99));
	assert_true(selection_has_time(selection, 100));
	assert_true(selection_has_time(selection, INT64_MAX));
	assert_false(selection_has_time(selection, TIME_UNKNOWN));
	selection->until_ms = 200;
	assert_true(selection_has_time(selection, 200));
	assert_false(selection_has_time(selection, 201));
	selection->since_ms = TIME_UNKNOWN;
	assert_true(selection_has_time(selection, 0));
	assert_false(selection_has_time(selection, 201));
	assert_false(selection_has_time(selection, TIME_UNKNOWN));
}

static void any_of_several_numbers(void **state)
{
	struct selection *selection = *state;

	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(number_list_add(&selection->pids, 2 * i), 0);
	assert_true(selection_has_pid(selection, 0));
	assert_true(selection_has_pid(selection, 1998));
	assert_false(selection_has_pid(selection, 1997));
	assert_false(selection_has_pid(selection, 2000));
}

static void nodes_are_exact(void **state)
{
	struct selection *selection = *state;

	assert_int_equal(text_list_add(&selection->nodes, "web*"), 0);
	assert_int_equal(text_list_add(&selection->nodes, "db1"), 0);
	assert_true(selection_has_node(selection, SLICE("db1")));
	assert_true(selection_has_node(selection, SLICE("web*")));
	assert_false(selection_has_node(selection, SLICE("web1")));
	assert_false(selection_has_node(selection, SLICE("db")));
	assert_false(selection_has_node(selection, SLICE("")));
}

static void all_kinds_must_hold(void **state)
{
	struct selection *selection = *state;
	struct actor other = ls;

	assert_int_equal(number_list_add(&selection->uids, 0), 0);
	assert_int_equal(number_list_add(&selection->uids, 7), 0);
	assert_int_equal(number_list_add(&selection->sessions, 3), 0);
	assert_int_equal(text_list_add(&selection->comms, "l?"), 0);
	assert_int_equal(text_list_add(&selection->exes, "/bin/*"), 0);
	assert_int_equal(text_list_add(&selection->exes, "/usr/*"), 0);
	assert_true(selection_has_actor(selection, &ls));
	other.uid = 7;
	assert_true(selection_has_actor(selection, &other));
	other.uid = 8;
	assert_false(selection_has_actor(selection, &other));
	other = ls;
	other.session = RECORD_UNSET;
	assert_false(selection_has_actor(selection, &other));
	other = ls;
	other.comm = SLICE("lsb");
	assert_false(selection_has_actor(selection, &other));
	other = ls;
	other.exe = SLICE("/sbin/ls");
	assert_false(selection_has_actor(selection, &other));
}

static const struct {
	const char *pattern, *text;
	bool has;
} globs[] = {
	{ "*", "", true },
	{ "*", "a/b", true },
	{ "/usr/*", "/usr/bin/ls", true }, /* a slash is like any other */
	{ "/usr/*", "/usr", false },
	{ "l[sp]", "lp", true },
	{ "l[!sp]", "lp", false },
	{ "\\*", "*", true },
	{ "\\*", "a", false },
	{ "ls", "ls ", false },
	{ "?s", "ls", true },
	{ ".*", ".a", true },
	{ "*", ".a", true },
	{ "a b", "a b", true },
	{ "[", "[", true },
};

static void globs_as_in_the_shell(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(globs); i++) {
		struct actor actor = ls;

		setup(state);
		assert_int_equal(
			text_list_add(&((struct selection *)*state)->exes, globs[i].pattern), 0);
		actor.exe = slice_from(globs[i].text);
		if (selection_has_actor(*state, &actor) != globs[i].has)
			fail_msg("'%s' %s '%s'", globs[i].pattern,
				 globs[i].has ? "does not match" : "matches", globs[i].text);
		teardown(state);
	}
}

/* Slices of decoded text need not end in a NUL byte. */
static void texts_end_where_they_end(void **state)
{
	struct selection *selection = *state;
	struct actor actor = ls;

	assert_int_equal(text_list_add(&selection->comms, "ls"), 0);
	actor.comm = (struct slice){ "lsblk", 2 };
	assert_true(selection_has_actor(selection, &actor));
	actor.comm = (struct slice){ "lsblk", 3 };
	assert_false(selection_has_actor(selection, &actor));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_given_is_everything, setup, teardown),
		cmocka_unit_test_setup_teardown(times_have_both_bounds_within, setup, teardown),
		cmocka_unit_test_setup_teardown(any_of_several_numbers, setup, teardown),
		cmocka_unit_test_setup_teardown(nodes_are_exact, setup, teardown),
		cmocka_unit_test_setup_teardown(all_kinds_must_hold, setup, teardown),
		cmocka_unit_test(globs_as_in_the_shell),
		cmocka_unit_test_setup_teardown(texts_end_where_they_end, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("selection", tests, NULL, NULL);
}
