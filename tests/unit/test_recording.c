/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "recording_text.h"

#include "base/cleanup.h"
#include "model/recording.h"
#include <linux/audit.h>
#include <stdio.h>
#include <string.h>

#define LOG   0x7ffc0000
#define ERRNO 0x00050000

static uint32_t add_group(struct recording *recording, const char *name, const char *node,
			  uint32_t pid, uint32_t session)
{
	uint32_t index;

	assert_int_equal(recording_group(recording, slice_from(name), slice_from(node), pid,
					 session, &index),
			 0);
	return index;
}

static uint32_t add_actor(struct recording *recording, const char *exe, const char *comm,
			  uint32_t session)
{
	const struct actor actor = { .auid = 1000,
				     .uid = 0,
				     .gid = 0,
				     .session = session,
				     .subject = SLICE(""),
				     .comm = slice_from(comm),
				     .exe = slice_from(exe) };
	uint32_t number;

	assert_int_equal(recording_actor_add(recording, &actor, &number), 0);
	return number;
}

static void add(struct recording *recording, uint32_t group, uint32_t audit, int32_t nr,
		uint32_t code, uint32_t actor, int64_t ms, uint64_t count)
{
	assert_int_equal(
		recording_add(recording, group, audit, nr, code, actor, ms, ms, count, NULL), 0);
}

static void an_observation_is_lean(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct observation), 32);
	assert_int_equal(sizeof(struct group_arch), 40);
	assert_int_equal(sizeof(struct group), 32);
}

static void calls_are_counted_in_order(void **state)
{
	struct recording recording = { 0 };
	uint32_t group = add_group(&recording, "g", "", 1, 2);
	uint32_t actor = add_actor(&recording, "/bin/a", "a", 2);
	const struct group_arch *arch;

	(void)state;
	for (int round = 0; round < 3; round++)
		for (int32_t i = 0; i < 400; i++)
			add(&recording, group, AUDIT_ARCH_X86_64, i * 7 % 400 - 1, LOG, actor,
			    round * 1000 + i, 2);
	arch = &recording.groups[group].arches[0];
	assert_int_equal(recording.groups[group].n_arches, 1);
	assert_int_equal(arch->n, 400);
	for (int32_t i = 0; i < 400; i++) {
		assert_int_equal(arch->observations[i].nr, i - 1);
		assert_int_equal(arch->observations[i].count, 6);
		assert_int_equal(arch->observations[i].last_ms - arch->observations[i].first_ms,
				 2000);
	}
	assert_int_equal(group_records(&recording.groups[group]), 2400);
	recording_deinit(&recording);
}

static void new_is_told_from_seen(void **state)
{
	struct recording recording = { 0 };
	uint32_t group = add_group(&recording, "g", "", 1, 2);
	static const struct {
		int32_t nr;
		uint32_t code;
		bool is_new;
	} calls[] = {
		{ 1, LOG, true },    { 1, LOG, false },	      { 1, ERRNO, true },
		{ 1, ERRNO, false }, { 0, LOG, true },	      { 1, LOG, false },
		{ -1, LOG, true },   { 1, 0x12345678, true }, { 0, LOG, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		bool is_new = !calls[i].is_new;

		assert_int_equal(recording_add(&recording, group, AUDIT_ARCH_I386, calls[i].nr,
					       calls[i].code, RECORDING_ACTOR_OMITTED, 5, 5, 1,
					       &is_new),
				 0);
		assert_int_equal(is_new, calls[i].is_new);
	}
	assert_int_equal(recording.groups[group].arches[0].n, 5);
	recording_deinit(&recording);
}

static void architectures_are_kept_apart(void **state)
{
	struct recording recording = { 0 };
	uint32_t group = add_group(&recording, "g", "", 1, 2);
	const struct group *got = &recording.groups[group];

	(void)state;
	add(&recording, group, 0xdeadbeef, 1, LOG, 0x7fffffff, 1, 1);
	add(&recording, group, AUDIT_ARCH_X86_64, 1, LOG, 0x7fffffff, 1, 1);
	add(&recording, group, AUDIT_ARCH_X86_64, -1, LOG, 0x7fffffff, 1, 1);
	add(&recording, group, AUDIT_ARCH_X86_64, ARCH_X32_BIT | 1, LOG, 0x7fffffff, 1, 1);
	add(&recording, group, AUDIT_ARCH_I386, 1, LOG, 0x7fffffff, 1, 1);
	assert_int_equal(got->n_arches, 4);
	assert_string_equal(got->arches[0].arch->name, "x86");
	assert_string_equal(got->arches[1].arch->name, "x32");
	assert_string_equal(got->arches[2].arch->name, "x86_64");
	assert_int_equal(got->arches[2].n, 2);
	assert_null(got->arches[3].arch);
	assert_int_equal(got->arches[3].audit, 0xdeadbeef);
	recording_deinit(&recording);
}

static void times_and_counts_have_limits(void **state)
{
	struct recording recording = { 0 };
	uint32_t group = add_group(&recording, "g", "", 1, 2);
	const struct observation *call;

	(void)state;
	add(&recording, group, AUDIT_ARCH_I386, 1, LOG, 0, TIME_UNKNOWN, UINT64_MAX);
	call = recording.groups[group].arches[0].observations;
	assert_true(call->count == RECORDING_COUNT_MAX);
	assert_true(call->first_ms == TIME_UNKNOWN && call->last_ms == TIME_UNKNOWN);
	add(&recording, group, AUDIT_ARCH_I386, 1, LOG, 0, 70, 1);
	assert_true(call->count == RECORDING_COUNT_MAX);
	add(&recording, group, AUDIT_ARCH_I386, 1, LOG, 0, TIME_UNKNOWN, 1);
	add(&recording, group, AUDIT_ARCH_I386, 1, LOG, 0, -5, 1);
	add(&recording, group, AUDIT_ARCH_I386, 1, LOG, 0, INT64_MAX, 1);
	assert_int_equal(call->first_ms, 70);
	assert_int_equal(call->last_ms, 70);
	recording_deinit(&recording);
}

static void what_exceeds_a_cap_is_evidence(void **state)
{
	struct recording recording = { 0 };
	uint32_t group = add_group(&recording, "g", "", 1, 2);

	(void)state;
	for (uint32_t i = 0; i < RECORDING_CALLS_MAX + 5; i++)
		add(&recording, group, AUDIT_ARCH_I386, (int32_t)i, LOG, 0, 1, 1);
	assert_int_equal(recording.groups[group].arches[0].n, RECORDING_CALLS_MAX);
	assert_int_equal(recording.evidence.count[FINDING_CAPPED], 5);
	for (uint32_t i = 0; i < RECORDING_ARCHES_MAX; i++)
		add(&recording, group, 0xdead0000 + i, 1, LOG, 0, 1, 2);
	assert_int_equal(recording.groups[group].n_arches, RECORDING_ARCHES_MAX);
	assert_int_equal(recording.evidence.count[FINDING_CAPPED], 7);
	assert_false(evidence_complete(&recording.evidence));
	recording_deinit(&recording);
}

static void a_group_of_several_pids_has_none(void **state)
{
	struct recording recording = { 0 };
	uint32_t first = add_group(&recording, "g", "host", 1, 2), index;

	(void)state;
	assert_int_equal(add_group(&recording, "g", "host", 1, 2), first);
	assert_int_equal(recording.groups[first].pid, 1);
	assert_string_equal(recording_node(&recording, recording.groups[first].node), "host");
	add_group(&recording, "g", "other", 9, 2);
	assert_int_equal(recording.groups[first].pid, RECORD_UNSET);
	assert_int_equal(recording.groups[first].session, 2);
	assert_string_equal(recording_node(&recording, recording.groups[first].node), "");
	assert_int_equal(recording_group(&recording, (struct slice){ "a\0b", 3 }, SLICE(""), 1, 1,
					 &index),
			 -22);
	recording_deinit(&recording);
}

static void actors_come_back_whole(void **state)
{
	struct recording recording = { 0 };
	const struct actor given = { .auid = 1,
				     .uid = 0x01020304,
				     .gid = RECORD_UNSET,
				     .session = 7,
				     .subject = SLICE("docker-default (enforce)"),
				     .comm = SLICE("a\xff b"),
				     .exe = SLICE("/x y") };
	struct actor got;
	uint32_t a, b, c;

	(void)state;
	assert_int_equal(recording_actor_add(&recording, &given, &a), 0);
	b = add_actor(&recording, "", "", 1);
	assert_int_equal(recording_actor_add(&recording, &given, &c), 0);
	assert_int_equal(a, c);
	assert_int_not_equal(a, b);
	got = recording_actor(&recording, a);
	assert_true(slice_equal(got.subject, given.subject));
	assert_true(slice_equal(got.comm, given.comm));
	assert_true(slice_equal(got.exe, given.exe));
	assert_int_equal(got.auid, given.auid);
	assert_int_equal(got.uid, given.uid);
	assert_int_equal(got.gid, given.gid);
	assert_int_equal(got.session, given.session);
	recording_deinit(&recording);
}

/* Whichever order they come in, the same 64 are remembered. */
static void actors_are_capped_without_an_order(void **state)
{
	char *texts[2];

	(void)state;
	for (int backwards = 0; backwards < 2; backwards++) {
		struct recording recording = { 0 };
		uint32_t group = add_group(&recording, "g", "", 1, 2);
		const uint32_t *numbers;
		size_t n;
		bool more;

		for (int i = 0; i < 200; i++) {
			char exe[16];

			snprintf(exe, sizeof(exe), "/%03d", backwards ? 199 - i : i);
			add(&recording, group, AUDIT_ARCH_I386, 1, LOG,
			    add_actor(&recording, exe, "c", 1), 1, 1);
			more = recording_actors(&recording,
						recording.groups[group].arches[0].observations,
						&numbers, &n);
			assert_int_equal(n,
					 i < RECORDING_ACTORS_MAX ? i + 1 : RECORDING_ACTORS_MAX);
			assert_int_equal(more, i >= RECORDING_ACTORS_MAX);
			for (size_t j = 1; j < n; j++)
				assert_true(numbers[j - 1] < numbers[j]);
		}
		texts[backwards] = to_text(&recording);
		recording_deinit(&recording);
	}
	assert_string_equal(texts[0], texts[1]);
	assert_non_null(strstr(texts[0], "\"/063\""));
	assert_null(strstr(texts[0], "\"/064\""));
	assert_non_null(strstr(texts[0], "\"more_actors\": true"));
	free(texts[0]);
	free(texts[1]);
}

static void sets_are_shared(void **state)
{
	struct recording recording = { 0 };
	uint32_t a = add_actor(&recording, "/a", "", 1), b = add_actor(&recording, "/b", "", 1);

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		char name[16];
		uint32_t group;

		snprintf(name, sizeof(name), "pid-%u", i);
		group = add_group(&recording, name, "", i, 1);
		add(&recording, group, AUDIT_ARCH_I386, 1, LOG, i % 2 ? a : b, 1, 1);
		add(&recording, group, AUDIT_ARCH_I386, 1, LOG, i % 2 ? b : a, 1, 1);
	}
	assert_int_equal(recording.n_sets, 1);
	recording_deinit(&recording);
}

static void groups_are_ordered_for_people(void **state)
{
	static const char *const sorted[] = { "",
					      "a1b",
					      "a01c",
					      "pid-1",
					      "pid-01",
					      "pid-9",
					      "pid-10",
					      "pid-10x",
					      "pid-99999999999999999999",
					      "pid-100000000000000000000",
					      "pod" };
	struct recording recording = { 0 };
	_cleanup_free_ uint32_t *order = NULL;
	size_t n = ARRAY_SIZE(sorted);

	(void)state;
	add_group(&recording, "0 of a node", "b", 1, 1);
	for (size_t i = 0; i < n; i++)
		add_group(&recording, sorted[(i * 7 + 3) % n], "", 1, 1);
	add_group(&recording, "1 of a node", "a", 1, 1);
	assert_int_equal(recording_order(&recording, &order), 0);
	/* Of two spellings of a number, the bytes decide. */
	assert_string_equal(recording.groups[order[3]].name, "pid-01");
	assert_string_equal(recording.groups[order[4]].name, "pid-1");
	for (size_t i = 0; i < n; i++)
		if (i != 3 && i != 4)
			assert_string_equal(recording.groups[order[i]].name, sorted[i]);
	assert_string_equal(recording.groups[order[n]].name, "1 of a node");
	assert_string_equal(recording.groups[order[n + 1]].name, "0 of a node");
	recording_deinit(&recording);
}

static uint32_t next_random(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % below;
}

static void fill_at_random(struct recording *recording, uint64_t *seed)
{
	static const uint32_t audits[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, 0xdeadbeef };
	static const uint32_t codes[] = { LOG, LOG, LOG, ERRNO, 0, 0x11110000 };
	uint32_t n = next_random(seed, 400), actors = 1 + next_random(seed, 120);

	for (uint32_t i = 0; i < n; i++) {
		char name[16], exe[16];
		uint32_t group, pid = next_random(seed, 4);
		int32_t nr = (int32_t)next_random(seed, 4) - 1;

		snprintf(name, sizeof(name), "pid-%u", next_random(seed, 4) ? pid : 7);
		snprintf(exe, sizeof(exe), "/%u", next_random(seed, actors));
		group = add_group(recording, name, pid == 3 ? "host" : "", pid,
				  next_random(seed, 9) ? 5 : 6);
		add(recording, group, audits[next_random(seed, 3)],
		    next_random(seed, 5) ? nr : ARCH_X32_BIT | 3, codes[next_random(seed, 6)],
		    next_random(seed, 20) ? add_actor(recording, exe, "c", pid)
					  : RECORDING_ACTOR_OMITTED,
		    next_random(seed, 4) ? next_random(seed, 1 << 30) : TIME_UNKNOWN,
		    1 + next_random(seed, 9));
	}
	recording->evidence.records = n;
	recording->evidence.live = next_random(seed, 2);
	if (next_random(seed, 2))
		evidence_add(&recording->evidence, next_random(seed, FINDING_COUNT),
			     next_random(seed, 5), next_random(seed, 2) ? "a:1" : "b:2");
}

static void merge_in_order(const struct recording *parts, const unsigned int order[3], char **ret)
{
	struct recording sum = { 0 };

	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(recording_merge(&sum, &parts[order[i]]), 0);
	*ret = to_text(&sum);
	recording_deinit(&sum);
}

/* a + (b + c), where merge_in_order() makes (a + b) + c. */
static char *merge_right_first(const struct recording *parts)
{
	struct recording right = { 0 }, sum = { 0 };
	char *text;

	assert_int_equal(recording_merge(&right, &parts[1]), 0);
	assert_int_equal(recording_merge(&right, &parts[2]), 0);
	assert_int_equal(recording_merge(&sum, &parts[0]), 0);
	assert_int_equal(recording_merge(&sum, &right), 0);
	text = to_text(&sum);
	recording_deinit(&right);
	recording_deinit(&sum);
	return text;
}

static void merging_has_no_order(void **state)
{
	static const unsigned int orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
						  { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	uint64_t seed = 20261123;

	(void)state;
	for (int round = 0; round < 60; round++) {
		struct recording parts[3] = { 0 };
		_cleanup_free_ char *first = NULL, *right = NULL;

		for (unsigned int i = 0; i < 3; i++)
			fill_at_random(&parts[i], &seed);
		merge_in_order(parts, orders[0], &first);
		for (size_t i = 1; i < ARRAY_SIZE(orders); i++) {
			_cleanup_free_ char *text = NULL;

			merge_in_order(parts, orders[i], &text);
			assert_string_equal(text, first);
		}
		right = merge_right_first(parts);
		assert_string_equal(right, first);
		for (unsigned int i = 0; i < 3; i++)
			recording_deinit(&parts[i]);
	}
}

static void merging_with_itself_only_counts(void **state)
{
	struct recording once = { 0 }, twice = { 0 };
	uint64_t seed = 4;

	(void)state;
	fill_at_random(&once, &seed);
	assert_int_equal(recording_merge(&twice, &once), 0);
	assert_int_equal(recording_merge(&twice, &once), 0);
	assert_int_equal(twice.n_groups, once.n_groups);
	for (size_t i = 0; i < once.n_groups; i++)
		for (size_t j = 0; j < once.groups[i].n_arches; j++) {
			const struct group_arch *a = &once.groups[i].arches[j];
			const struct group_arch *b = &twice.groups[i].arches[j];

			assert_int_equal(a->n, b->n);
			for (size_t k = 0; k < a->n; k++) {
				assert_int_equal(a->observations[k].nr, b->observations[k].nr);
				assert_int_equal(a->observations[k].count * 2,
						 b->observations[k].count);
				assert_true(a->observations[k].first_ms ==
					    b->observations[k].first_ms);
			}
		}
	recording_deinit(&once);
	recording_deinit(&twice);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_observation_is_lean),
		cmocka_unit_test(calls_are_counted_in_order),
		cmocka_unit_test(new_is_told_from_seen),
		cmocka_unit_test(architectures_are_kept_apart),
		cmocka_unit_test(times_and_counts_have_limits),
		cmocka_unit_test(what_exceeds_a_cap_is_evidence),
		cmocka_unit_test(a_group_of_several_pids_has_none),
		cmocka_unit_test(actors_come_back_whole),
		cmocka_unit_test(actors_are_capped_without_an_order),
		cmocka_unit_test(sets_are_shared),
		cmocka_unit_test(groups_are_ordered_for_people),
		cmocka_unit_test(merging_has_no_order),
		cmocka_unit_test(merging_with_itself_only_counts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("recording", tests, NULL, NULL);
}
