/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/actor_index.h"
#include <stdio.h>
#include <stdlib.h>

static const struct scan common = {
	.auid = SLICE("1000"),
	.uid = SLICE("0"),
	.gid = SLICE("5"),
	.session = SLICE("3"),
	.subject = SLICE("unconfined"),
	.comm = SLICE("\"ls\""),
	.exe = SLICE("\"/usr/bin/ls\""),
};

/* A key lives in `buffer`. */
static struct slice key_of(const struct scan *scan, char *buffer)
{
	struct slice key = actor_index_key(scan, buffer);

	assert_non_null(key.data);
	return key;
}

static bool same_key(const struct scan *a, const struct scan *b)
{
	static char first[ACTOR_KEY_MAX], second[ACTOR_KEY_MAX];

	return slice_equal(key_of(a, first), key_of(b, second));
}

static void every_field_of_an_actor_counts(void **state)
{
	struct scan others[15];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		others[i] = common;
	others[0].auid = SLICE("1001");
	others[1].uid = SLICE("1");
	others[2].gid = SLICE("6");
	others[3].session = SLICE("4");
	others[4].subject = SLICE("confined");
	others[5].comm = SLICE("\"la\"");
	others[6].exe = SLICE("\"/usr/bin/la\"");
	others[7].interpreted = true;
	/* Absent is not empty. */
	others[8].subject = (struct slice){ 0 };
	others[9].subject = SLICE("");
	others[10].exe = (struct slice){ 0 };
	others[11].exe = SLICE("");
	/* One text's end is not the next one's start. */
	others[12].auid = SLICE("100");
	others[12].uid = SLICE("00");
	others[13].comm = SLICE("\"l");
	others[13].exe = SLICE("s\"\"/usr/bin/ls\"");
	others[14].comm = SLICE("6C73");
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (same_key(&others[i], &common))
			fail_msg("actor %zu is taken for the common one", i);
		for (size_t j = 0; j < i; j++)
			if (same_key(&others[i], &others[j]))
				fail_msg("actors %zu and %zu are taken for one", i, j);
	}
}

static void what_is_no_actors_does_not_count(void **state)
{
	struct scan other = common;

	(void)state;
	other.pid = 99;
	other.node = SLICE("h");
	other.serial = 5;
	other.time_ms = 7;
	other.arch = 0xc000003e;
	other.nr = 1;
	other.code = 0x50000;
	assert_true(same_key(&other, &common));
}

static void texts_that_no_kernel_writes(void **state)
{
	static char text[ACTOR_KEY_MAX];
	char *buffer = malloc(ACTOR_KEY_MAX); /* so that a sanitizer sees what goes beyond */
	struct scan scan = common;

	(void)state;
	assert_non_null(buffer);
	memset(text, 'a', sizeof(text));
	for (size_t len = sizeof(text) - 64; len <= sizeof(text); len++) {
		size_t needed;

		scan.exe = (struct slice){ text, len };
		needed = 1 + 2 * 7 + scan.auid.len + scan.uid.len + scan.gid.len +
			 scan.session.len + scan.subject.len + scan.comm.len + scan.exe.len;
		assert_int_equal(actor_index_key(&scan, buffer).data != NULL,
				 needed <= ACTOR_KEY_MAX);
	}
	scan.exe = SLICE("/a");
	scan.auid = (struct slice){ text, sizeof(text) };
	assert_null(actor_index_key(&scan, buffer).data);
	free(buffer);
}

/* Many more than are remembered as met lately, asked for in two orders. */
static void what_was_added_is_found(void **state)
{
	static char buffer[ACTOR_KEY_MAX];
	struct actor_index index = { 0 };
	const uint32_t n = 5000;
	char comm[16];

	(void)state;
	for (uint32_t i = 0; i < 3 * n; i++) {
		uint32_t id = i < n ? i : i < 2 * n ? i - n : 3 * n - 1 - i;
		struct known_actor actor = { .number = id,
					     .group_value = id * 7,
					     .wanted = id % 2 };
		const struct known_actor *found;
		struct scan scan = common;
		struct slice key;

		scan.comm = (struct slice){ comm, (size_t)snprintf(comm, sizeof(comm), "%u", id) };
		key = key_of(&scan, buffer);
		found = actor_index_find(&index, key);
		if (i < n) {
			assert_null(found);
			assert_int_equal(actor_index_add(&index, key, &actor), 0);
			continue;
		}
		assert_non_null(found);
		if (found->number != id || found->group_value != id * 7 ||
		    found->wanted != actor.wanted)
			fail_msg("actor %u is found as %u", id, found->number);
	}
	actor_index_deinit(&index);
}

static void records_without_any_field(void **state)
{
	static char buffer[ACTOR_KEY_MAX];
	struct actor_index index = { 0 };
	const struct known_actor actor = { .number = 4 };
	const struct scan bare = { 0 };
	const struct known_actor *found;

	(void)state;
	assert_null(actor_index_find(&index, key_of(&bare, buffer)));
	assert_int_equal(actor_index_add(&index, key_of(&bare, buffer), &actor), 0);
	found = actor_index_find(&index, key_of(&bare, buffer));
	assert_non_null(found);
	assert_int_equal(found->number, 4);
	actor_index_deinit(&index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_of_an_actor_counts),
		cmocka_unit_test(what_is_no_actors_does_not_count),
		cmocka_unit_test(texts_that_no_kernel_writes),
		cmocka_unit_test(what_was_added_is_found),
		cmocka_unit_test(records_without_any_field),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("actor_index", tests, NULL, NULL);
}
