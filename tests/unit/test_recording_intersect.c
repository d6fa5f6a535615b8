/* SPDX-License-Identifier: Apache-2.0 */
/* Union under one name, and intersection: their algebra, on recordings made at random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "recording_text.h"

#include "model/recording.h"
#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG   0x7ffc0000
#define ERRNO 0x00050000

static unsigned int draw(unsigned int *seed, unsigned int n)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % n;
}

static void draw_recording(struct recording *ret, unsigned int seed)
{
	static const uint32_t arches[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386 };
	static const char *const names[] = { "a", "b", "c" };

	for (unsigned int i = 0, n = draw(&seed, 30); i < n; i++) {
		const char *comm = names[draw(&seed, 3)];
		const struct actor actor = { .exe = SLICE("/bin/x"),
					     .comm = slice_from(comm),
					     .subject = SLICE(""),
					     .auid = RECORD_UNSET,
					     .uid = draw(&seed, 2),
					     .gid = 0,
					     .session = RECORD_UNSET };
		int64_t first = 1000 * draw(&seed, 50);
		uint32_t group, number;

		assert_int_equal(recording_group(ret, slice_from(names[draw(&seed, 3)]), SLICE(""),
						 RECORD_UNSET, RECORD_UNSET, &group),
				 0);
		assert_int_equal(recording_actor_add(ret, &actor, &number), 0);
		assert_int_equal(recording_add(ret, group, arches[draw(&seed, 2)],
					       (int32_t)draw(&seed, 6),
					       draw(&seed, 4) ? LOG : ERRNO, number, first,
					       first + draw(&seed, 900), 1 + draw(&seed, 3), NULL),
				 0);
	}
	if (draw(&seed, 5) == 0)
		evidence_add(&ret->evidence, FINDING_DROPPED, 1, "x");
}

static void intersecting_is_an_algebra(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed < 500; seed++) {
		struct recording a = { 0 }, b = { 0 }, c = { 0 }, ab = { 0 }, ba = { 0 };
		struct recording bc = { 0 }, left = { 0 }, right = { 0 };

		draw_recording(&a, seed);
		draw_recording(&b, seed * 7919);
		draw_recording(&c, seed * 104729);
		assert_int_equal(recording_intersect(&a, &b, &ab), 0);
		assert_int_equal(recording_intersect(&b, &a, &ba), 0);
		assert_same_recording(&ab, &ba, "a with b is b with a", seed);
		assert_int_equal(recording_intersect(&b, &c, &bc), 0);
		assert_int_equal(recording_intersect(&ab, &c, &left), 0);
		assert_int_equal(recording_intersect(&a, &bc, &right), 0);
		assert_same_recording(&left, &right, "the order does not matter", seed);
		assert_int_equal(evidence_complete(&ab.evidence),
				 evidence_complete(&a.evidence) && evidence_complete(&b.evidence));
		recording_deinit(&a);
		recording_deinit(&b);
		recording_deinit(&c);
		recording_deinit(&ab);
		recording_deinit(&ba);
		recording_deinit(&bc);
		recording_deinit(&left);
		recording_deinit(&right);
	}
}

/* Everything of a recording that is in the other's group of the same name, and nothing else. */
static bool made(const struct recording *recording, const char *group, uint32_t audit,
		 const struct observation *call)
{
	for (size_t i = 0; i < recording->n_groups; i++)
		for (size_t j = 0; j < recording->groups[i].n_arches; j++) {
			const struct group_arch *arch = &recording->groups[i].arches[j];

			for (size_t k = 0; k < arch->n; k++)
				if (strcmp(recording->groups[i].name, group) == 0 &&
				    arch->audit == audit && arch->observations[k].nr == call->nr &&
				    arch->observations[k].action == call->action)
					return true;
		}
	return false;
}

static void assert_made(const struct recording *recording, const struct recording *in,
			const struct recording *and_in)
{
	for (size_t i = 0; i < recording->n_groups; i++)
		for (size_t j = 0; j < recording->groups[i].n_arches; j++) {
			const struct group_arch *arch = &recording->groups[i].arches[j];
			const char *name = recording->groups[i].name;

			for (size_t k = 0; k < arch->n; k++) {
				const struct observation *call = &arch->observations[k];

				if (!and_in || made(and_in, name, arch->audit, call))
					assert_true(made(in, name, arch->audit, call));
			}
		}
}

static void an_intersection_holds_what_both_have(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed < 300; seed++) {
		struct recording a = { 0 }, b = { 0 }, ab = { 0 };

		draw_recording(&a, seed);
		draw_recording(&b, seed * 31);
		assert_int_equal(recording_intersect(&a, &b, &ab), 0);
		assert_made(&ab, &a, NULL);
		assert_made(&ab, &b, NULL);
		assert_made(&a, &ab, &b);
		recording_deinit(&a);
		recording_deinit(&b);
		recording_deinit(&ab);
	}
}

static void one_name_takes_all_groups(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed < 100; seed++) {
		struct recording a = { 0 }, b = { 0 }, one = { 0 }, both = { 0 }, other = { 0 };

		draw_recording(&a, seed);
		draw_recording(&b, seed * 31);
		assert_int_equal(recording_merge_as(&one, &a, "all"), 0);
		assert_int_equal(recording_merge_as(&one, &b, "all"), 0);
		assert_true(one.n_groups <= 1);
		assert_int_equal(recording_merge(&both, &a), 0);
		assert_int_equal(recording_merge(&both, &b), 0);
		assert_int_equal(recording_merge_as(&other, &both, "all"), 0);
		assert_same_recording(&one, &other, "renaming before and after", seed);
		recording_deinit(&a);
		recording_deinit(&b);
		recording_deinit(&one);
		recording_deinit(&both);
		recording_deinit(&other);
	}
}

/* What was merged has the room that it needs and no more: there may be 10,000 of them. */
static void a_merged_group_takes_its_size(void **state)
{
	struct recording a = { 0 }, whole = { 0 };
	uint32_t group;

	(void)state;
	assert_int_equal(recording_group(&a, SLICE("g"), SLICE(""), 1, 2, &group), 0);
	for (int32_t nr = 0; nr < 300; nr++)
		assert_int_equal(recording_add(&a, group, AUDIT_ARCH_X86_64, nr, LOG,
					       RECORDING_ACTOR_OMITTED, 1, 1, 1, NULL),
				 0);
	assert_int_equal(recording_merge(&whole, &a), 0);
	assert_int_equal(whole.groups[0].arches[0].n, 300);
	assert_int_equal(whole.groups[0].arches[0].allocated, 300);
	assert_int_equal(recording_add(&whole, 0, AUDIT_ARCH_X86_64, 301, LOG,
				       RECORDING_ACTOR_OMITTED, 1, 1, 1, NULL),
			 0);
	assert_int_equal(recording_merge(&whole, &a), 0);
	assert_int_equal(whole.groups[0].arches[0].n, 301);
	recording_deinit(&a);
	recording_deinit(&whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intersecting_is_an_algebra),
		cmocka_unit_test(an_intersection_holds_what_both_have),
		cmocka_unit_test(one_name_takes_all_groups),
		cmocka_unit_test(a_merged_group_takes_its_size),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("recording_intersect", tests, NULL, NULL);
}
