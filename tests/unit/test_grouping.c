/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/grouping.h"
#include <errno.h>
#include <stdio.h>

static const struct actor ls = {
	.session = 3,
	.subject = SLICE("docker-default (enforce)"),
	.comm = SLICE("ls"),
	.exe = SLICE("/usr/bin/ls"),
};
static const struct actor nobody = {
	.session = RECORD_UNSET, .subject = SLICE(""), .comm = SLICE(""), .exe = SLICE("")
};

/* The group of a record by that actor. */
static const struct group *find(struct grouping *grouping, struct recording *recording,
				uint32_t node, const char *node_name, const struct actor *actor,
				uint32_t pid)
{
	uint32_t value, number;

	assert_int_equal(grouping_actor_value(grouping, actor, &value), 0);
	assert_int_equal(grouping_find(grouping, recording, node, slice_from(node_name), value, pid,
				       &number),
			 0);
	assert_in_range(number, 0, recording->n_groups - 1);
	return &recording->groups[number];
}

static const struct {
	enum group_by by;
	const char *word, *plain, *on_node, *of_nobody;
	uint32_t pid, session;
} names[] = {
	{ GROUP_BY_PID, "pid", "pid-7", "web1:pid-7", "pid-7", 7, RECORD_UNSET },
	{ GROUP_BY_EXE, "exe", "/usr/bin/ls", "web1:/usr/bin/ls", "no-exe", RECORD_UNSET,
	  RECORD_UNSET },
	{ GROUP_BY_COMM, "comm", "ls", "web1:ls", "no-comm", RECORD_UNSET, RECORD_UNSET },
	{ GROUP_BY_SESSION, "session", "session-3", "web1:session-3", "no-session", RECORD_UNSET,
	  3 },
	{ GROUP_BY_LABEL, "label", "docker-default (enforce)", "web1:docker-default (enforce)",
	  "no-label", RECORD_UNSET, RECORD_UNSET },
	{ GROUP_BY_NODE, "node", "no-node", "web1", "no-node", RECORD_UNSET, RECORD_UNSET },
	{ GROUP_BY_TARGET, "target", "all", "all", "all", RECORD_UNSET, RECORD_UNSET },
	{ GROUP_BY_ALL, "all", "all", "all", "all", RECORD_UNSET, RECORD_UNSET },
};

static void every_grouping_has_its_names(void **state)
{
	(void)state;
	assert_int_equal(ARRAY_SIZE(names), GROUP_BY_COUNT);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct recording recording = { 0 };
		struct grouping grouping;
		const struct group *group;

		grouping_init(&grouping, names[i].by, NULL);
		group = find(&grouping, &recording, 0, "", &ls, 7);
		assert_string_equal(group->name, names[i].plain);
		assert_string_equal(recording_node(&recording, group->node), "");
		assert_int_equal(group->pid, names[i].pid);
		assert_int_equal(group->session, names[i].session);
		group = find(&grouping, &recording, 1, "web1", &ls, 7);
		assert_string_equal(group->name, names[i].on_node);
		assert_string_equal(recording_node(&recording, group->node),
				    names[i].by >= GROUP_BY_TARGET ? "" : "web1");
		group = find(&grouping, &recording, 0, "", &nobody, 7);
		assert_string_equal(group->name, names[i].of_nobody);
		grouping_deinit(&grouping);
		recording_deinit(&recording);
	}
}

static void words_of_the_option(void **state)
{
	enum group_by by;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_string_equal(group_by_name(names[i].by), names[i].word);
		assert_int_equal(group_by_from_name(names[i].word, &by), 0);
		assert_int_equal(by, names[i].by);
	}
	by = GROUP_BY_NODE;
	assert_int_equal(group_by_from_name("", &by), -EINVAL);
	assert_int_equal(group_by_from_name("PID", &by), -EINVAL);
	assert_int_equal(group_by_from_name("pids", &by), -EINVAL);
	assert_int_equal(by, GROUP_BY_NODE);
}

static void all_can_have_a_name(void **state)
{
	struct recording recording = { 0 };
	struct grouping grouping;

	(void)state;
	grouping_init(&grouping, GROUP_BY_ALL, "ls");
	assert_string_equal(find(&grouping, &recording, 0, "", &nobody, 1)->name, "ls");
	assert_string_equal(find(&grouping, &recording, 5, "h", &ls, 2)->name, "ls");
	assert_int_equal(recording.n_groups, 1);
	grouping_deinit(&grouping);
	recording_deinit(&recording);
}

/* Many pids on several nodes, met again and again: more than are remembered as met lately. */
static void each_pid_on_each_node_is_a_group(void **state)
{
	static const char *const nodes[] = { "", "a", "b" };
	struct recording recording = { 0 };
	struct grouping grouping;

	(void)state;
	grouping_init(&grouping, GROUP_BY_PID, NULL);
	for (uint32_t i = 0; i < 9000; i++) {
		const char *name = nodes[i % 3];
		uint32_t node = i % 3 * GROUPING_RECENT, pid = 1 + i / 3 % 1000;
		const struct group *group = find(&grouping, &recording, node, name, &ls, pid);

		if (group->pid != pid || strcmp(recording_node(&recording, group->node), name) != 0)
			fail_msg("pid %u of node '%s' came to group %s", pid, name, group->name);
	}
	assert_int_equal(recording.n_groups, 3000);
	grouping_deinit(&grouping);
	recording_deinit(&recording);
}

/* A program may call itself as the group of those without a name, or as another node's: merged, as
 * names are what merging goes by. */
static void equal_names_are_one_group(void **state)
{
	struct recording recording = { 0 };
	struct actor liar = ls;
	struct grouping grouping;
	const struct group *group;

	(void)state;
	grouping_init(&grouping, GROUP_BY_COMM, NULL);
	liar.comm = SLICE("no-comm");
	find(&grouping, &recording, 0, "", &nobody, 7);
	find(&grouping, &recording, 0, "", &liar, 7);
	assert_int_equal(recording.n_groups, 1);
	liar.comm = SLICE("web1:ls");
	find(&grouping, &recording, 1, "web1", &ls, 7);
	group = find(&grouping, &recording, 0, "", &liar, 7);
	assert_int_equal(recording.n_groups, 2);
	assert_string_equal(recording_node(&recording, group->node), "");
	grouping_deinit(&grouping);
	recording_deinit(&recording);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_grouping_has_its_names),
		cmocka_unit_test(words_of_the_option),
		cmocka_unit_test(all_can_have_a_name),
		cmocka_unit_test(each_pid_on_each_node_is_a_group),
		cmocka_unit_test(equal_names_are_one_group),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("grouping", tests, NULL, NULL);
}
