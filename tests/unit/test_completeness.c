/* SPDX-License-Identifier: Apache-2.0 */
/* Incidence: the same whatever the order of merging; and what is estimated from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "recording_text.h"

#include "model/completeness.h"
#include <errno.h>
#include <linux/audit.h>
#include <math.h>
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

/* `exe` may be NULL: not known. */
static void add_by(struct recording *recording, const char *group, uint32_t pid, int32_t nr,
		   uint32_t code, int64_t ms, const char *exe)
{
	uint32_t number, actor = RECORDING_ACTOR_OMITTED;

	assert_int_equal(recording_group(recording, slice_from(group), SLICE(""), pid, RECORD_UNSET,
					 &number),
			 0);
	if (exe) {
		const struct actor who = { .exe = slice_from(exe), .session = pid };

		assert_int_equal(recording_actor_add(recording, &who, &actor), 0);
	}
	assert_int_equal(recording_add(recording, number, AUDIT_ARCH_X86_64, nr, code, actor, ms,
				       ms, 1, NULL),
			 0);
}

static void add(struct recording *recording, const char *group, uint32_t pid, int32_t nr,
		uint32_t code, int64_t ms)
{
	add_by(recording, group, pid, nr, code, ms, NULL);
}

/* A run: some calls out of twelve, the first ones more likely. */
static void draw_run(struct recording *ret, unsigned int seed)
{
	static const char *const names[] = { "a", "b" };

	for (int32_t nr = 0; nr < 12; nr++)
		if (draw(&seed, (unsigned int)nr + 1) == 0)
			add(ret, names[draw(&seed, 2)], RECORD_UNSET, nr,
			    draw(&seed, 5) ? LOG : ERRNO, 1000 * draw(&seed, 1000));
}

static void merge_all(struct recording *ret, const struct recording *parts, const size_t *order,
		      size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(recording_merge(ret, &parts[order[i]]), 0);
}

static void runs_have_no_order(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed < 300; seed++) {
		static const size_t orders[][5] = { { 0, 1, 2, 3, 4 }, { 4, 3, 2, 1, 0 } };
		struct recording parts[5] = { 0 }, ab = { 0 }, cde = { 0 }, sums[3] = { 0 };

		for (unsigned int i = 0; i < 5; i++)
			draw_run(&parts[i], seed * 31 + i);
		merge_all(&sums[0], parts, orders[0], 5);
		merge_all(&sums[1], parts, orders[1], 5);
		merge_all(&ab, parts, orders[0], 2);
		merge_all(&cde, parts, orders[0] + 2, 3);
		assert_int_equal(recording_merge(&sums[2], &cde), 0);
		assert_int_equal(recording_merge(&sums[2], &ab), 0);
		assert_same_recording(&sums[0], &sums[1], "the other way round it is the same",
				      seed);
		assert_same_recording(&sums[0], &sums[2], "in parts it is the same", seed);
		for (size_t i = 0; i < 5; i++)
			recording_deinit(&parts[i]);
		for (size_t i = 0; i < 3; i++)
			recording_deinit(&sums[i]);
		recording_deinit(&ab);
		recording_deinit(&cde);
	}
}

static uint32_t runs_of(const struct recording *recording, uint32_t group)
{
	const struct incidence_group *known = incidence_find(&recording->incidence, group);

	return known ? known->n_runs : 0;
}

static void a_run_counts_once(void **state)
{
	struct recording a = { 0 }, b = { 0 }, ab = { 0 }, again = { 0 };
	struct completeness before, after;

	(void)state;
	add(&a, "g", 1, 0, LOG, 1);
	add(&a, "g", 1, 1, LOG, 1);
	add(&b, "g", 1, 0, LOG, 2);
	assert_int_equal(recording_merge(&ab, &a), 0);
	assert_int_equal(runs_of(&ab, 0), 1);
	assert_int_equal(recording_merge(&ab, &a), 0);
	assert_int_equal(runs_of(&ab, 0), 1);
	assert_int_equal(recording_merge(&ab, &b), 0);
	assert_int_equal(runs_of(&ab, 0), 2);
	assert_int_equal(completeness_of_runs(&ab, 0, &before), 0);
	assert_int_equal(recording_merge(&again, &ab), 0);
	assert_int_equal(recording_merge(&again, &ab), 0);
	assert_int_equal(recording_merge(&again, &b), 0);
	assert_int_equal(completeness_of_runs(&again, 0, &after), 0);
	assert_int_equal(after.n, before.n);
	assert_int_equal(after.once, before.once);
	assert_int_equal(after.own, before.own);
	recording_deinit(&a);
	recording_deinit(&b);
	recording_deinit(&ab);
	recording_deinit(&again);
}

/* All that merging knows comes back from a file; a recording of one run has nothing of it. */
static void runs_survive_the_file(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed < 100; seed++) {
		struct recording parts[4] = { 0 }, sum = { 0 }, back = { 0 };
		static const size_t order[] = { 0, 1, 2, 3 };
		struct error err = { 0 };
		char *text;

		for (unsigned int i = 0; i < 4; i++)
			draw_run(&parts[i], seed * 77 + i);
		text = to_text(&parts[0]);
		assert_null(strstr(text, "\"runs\""));
		free(text);
		merge_all(&sum, parts, order, 4);
		text = to_text(&sum);
		if (recording_read_json(&back, text, strlen(text), "sum", &err) < 0)
			fail_msg("%s", err.message);
		free(text);
		assert_same_recording(&sum, &back, "a file is what was written", seed);
		assert_int_equal(recording_merge(&back, &parts[2]), 0);
		for (uint32_t i = 0; i < sum.n_groups; i++)
			assert_true(runs_of(&back, i) <= 4);
		for (size_t i = 0; i < 4; i++)
			recording_deinit(&parts[i]);
		recording_deinit(&sum);
		recording_deinit(&back);
	}
}

static void odd_runs_are_refused(void **state)
{
	static const char *const replacements[][2] = {
		{ "\"runs\": [\n", "\"runs\": [\n    \"00000000000000zz\",\n" },
		{ "\"runs\": [\n", "\"runs\": [\n    \"0000\",\n" },
		{ "\"runs\": [\n", "\"runs\": [\n    7,\n" },
		{ "\"runs\": [0, 1]", "\"runs\": [0, 2]" },
		{ "\"runs\": [0, 1]", "\"runs\": [-1]" },
		{ "\"runs\": [0, 1]", "\"runs\": [0]" }, /* and a call in run 1 */
		{ "\"runs\": [0, 1]", "\"runs\": {}" },
		{ "\"runs\": [0, 1]}", "\"runs\": [0, 1, 1, 1]}" },
	};
	struct recording a = { 0 }, b = { 0 }, sum = { 0 };
	char *text;

	(void)state;
	add(&a, "g", 1, 0, LOG, 1);
	add(&b, "g", 1, 0, LOG, 2);
	assert_int_equal(recording_merge(&sum, &a), 0);
	assert_int_equal(recording_merge(&sum, &b), 0);
	text = to_text(&sum);
	for (size_t i = 0; i < ARRAY_SIZE(replacements); i++) {
		const char *from = replacements[i][0], *at = strstr(text, from);
		_cleanup_strbuf_ struct strbuf odd = { 0 };
		struct recording back = { 0 };

		assert_non_null(at);
		strbuf_append(&odd, text, (size_t)(at - text));
		strbuf_puts(&odd, replacements[i][1]);
		strbuf_puts(&odd, at + strlen(from));
		if (recording_read_json(&back, strbuf_text(&odd), odd.len, "odd", NULL) != -EBADMSG)
			fail_msg("%s was taken", replacements[i][1]);
	}
	free(text);
	recording_deinit(&a);
	recording_deinit(&b);
	recording_deinit(&sum);
}

/* Counted the long way. */
static void incidence_is_what_was_seen(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed < 300; seed++) {
		unsigned int times[12] = { 0 }, once = 0, twice = 0, calls = 0, own = 0, n = 0;
		struct recording sum = { 0 };
		struct completeness got;
		bool has[7][12] = { 0 };

		for (unsigned int i = 0; i < 7; i++) {
			struct recording run = { 0 };
			unsigned int drawn = seed * 131 + i;

			for (int32_t nr = 0; nr < 12; nr++) {
				if (draw(&drawn, (unsigned int)nr + 1) != 0)
					continue;
				add(&run, "g", 1, nr, LOG, 1000 * i + 1);
				has[i][nr] = true;
				times[nr]++;
			}
			n++;
			assert_int_equal(recording_merge(&sum, &run), 0);
			recording_deinit(&run);
		}
		for (unsigned int nr = 0; nr < 12; nr++) {
			calls += times[nr] > 0;
			once += times[nr] == 1;
			twice += times[nr] == 2;
		}
		for (unsigned int i = 0; i < 7; i++) {
			bool any = false;

			for (unsigned int nr = 0; nr < 12; nr++)
				any |= has[i][nr] && times[nr] == 1;
			own += any;
		}
		assert_int_equal(completeness_of_runs(&sum, 0, &got), 0);
		assert_int_equal(got.n, n);
		assert_int_equal(got.calls, calls);
		assert_int_equal(got.once, once);
		assert_int_equal(got.twice, twice);
		assert_int_equal(got.own, own);
		recording_deinit(&sum);
	}
}

static bool near(double a, double b)
{
	return fabs(a - b) < 0.0005;
}

/* 95 % bounds as statistical tables have them: 1 - 0.05^(1/n) for none of n. */
static void estimates_are_those_of_the_books(void **state)
{
	static const struct {
		unsigned int n, own;
		double most;
	} cases[] = {
		{ 2, 0, 0.7764 },  { 10, 0, 0.2589 }, { 10, 1, 0.3942 },
		{ 20, 3, 0.3437 }, { 5, 5, 1.0 },     { 100, 0, 0.0295 },
	};

	(void)state;
	for (size_t c = 0; c < ARRAY_SIZE(cases); c++) {
		struct recording sum = { 0 };
		struct completeness got;
		double n = cases[c].n, own = cases[c].own;

		for (unsigned int i = 0; i < cases[c].n; i++) {
			struct recording run = { 0 };

			add(&run, "g", 1, 0, LOG, 1000 * i + 1);
			if (i < cases[c].own)
				add(&run, "g", 1, (int32_t)i + 1, LOG, 1);
			assert_int_equal(recording_merge(&sum, &run), 0);
			recording_deinit(&run);
		}
		assert_int_equal(completeness_of_runs(&sum, 0, &got), 0);
		if (!near(got.chance, own / n) || !near(got.chance_most, cases[c].most) ||
		    !near(got.expected, own / n) ||
		    !near(got.unseen, (n - 1) / n * own * (own - 1) / 2))
			fail_msg("%u of %u: %f, at most %f, %f expected, %f unseen", cases[c].own,
				 cases[c].n, got.chance, got.chance_most, got.expected, got.unseen);
		recording_deinit(&sum);
	}
}

/* Three processes of one program, and a command of several whose group has the pid of the first. */
static void add_processes(struct recording *recording)
{
	static const struct {
		const char *group;
		uint32_t pid;
		int32_t nr;
		uint32_t code;
	} records[] = {
		{ "pid-1", 1, 0, LOG },	    { "pid-1", 1, 1, LOG },
		{ "pid-2", 2, 0, LOG },	    { "pid-2", 2, 0, ERRNO },
		{ "pid-2", 2, 2, LOG },	    { "pid-2", 2, 3, LOG },
		{ "pid-2", 2, 4, ERRNO },   { "web:pid-3", 3, 0, LOG },
		{ "web:pid-3", 3, 1, LOG }, { "all", RECORD_UNSET, 9, LOG },
		{ "sh", 4, 9, LOG },	    { "pid-5", 6, 9, LOG },
		{ "my-pid-7", 7, 9, LOG },
	};

	for (size_t i = 0; i < ARRAY_SIZE(records); i++)
		add_by(recording, records[i].group, records[i].pid, records[i].nr, records[i].code,
		       1, "/bin/ls");
}

static void processes_are_units_too(void **state)
{
	struct recording recording = { 0 };
	struct completeness got;

	(void)state;
	add_processes(&recording);
	assert_int_equal(completeness_of_processes(&recording, &got), 0);
	assert_int_equal(got.unit, UNIT_PROCESS);
	assert_int_equal(got.n, 3);
	assert_int_equal(got.calls, 4);
	assert_int_equal(got.once, 2);
	assert_int_equal(got.twice, 1);
	assert_int_equal(got.own, 1);
	assert_true(near(got.unseen, 2.0 / 3 * 4 / 2));
	recording_deinit(&recording);
}

/* What date does is nothing that the next ls would do. */
static void processes_of_different_programs_are_none(void **state)
{
	static const char *const others[] = { "/bin/date", "", NULL };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct recording recording = { 0 };
		struct completeness got;

		add_processes(&recording);
		add_by(&recording, "pid-3000000000", 3000000000, 0, LOG, 1, "/bin/ls");
		assert_int_equal(completeness_of_processes(&recording, &got), 0);
		assert_int_equal(got.n, 4);
		add_by(&recording, "pid-3000000000", 3000000000, 1, LOG, 1, others[i]);
		assert_int_equal(completeness_of_processes(&recording, &got), 0);
		assert_int_equal(got.n, 0);
		recording_deinit(&recording);
	}
}

static void it_is_said_in_words(void **state)
{
	static const struct {
		struct completeness is;
		const char *expected;
	} cases[] = {
		{ { .n = 1 }, "" },
		{ { .n = 12, .chance_most = 0.2209 },
		  "none of 12 runs had a call of its own: the next shows a new one with a chance "
		  "of at most 23 % at 95 % confidence" },
		{ { .n = 3,
		    .own = 2,
		    .once = 2,
		    .chance = 0.667,
		    .chance_most = 0.983,
		    .unseen = 1.3 },
		  "2 of 3 runs had a call of their own: the next shows a new one with a chance of "
		  "about 67 %, of at most 99 % at 95 % confidence; about 1 call, or more, is still "
		  "unseen" },
		{ { .unit = UNIT_PROCESS,
		    .n = 400,
		    .own = 1,
		    .once = 1,
		    .chance = 0.0025,
		    .chance_most = 0.0118 },
		  "1 of 400 processes had a call of its own: the next shows a new one with a "
		  "chance below 1 %, of at most 2 % at 95 % confidence" },
		{ { .n = 3, .own = 3, .once = 6, .chance = 1, .chance_most = 1, .unseen = 9.6 },
		  "3 of 3 runs had a call of their own: the next shows a new one with a chance of "
		  "99 % and more, of at most 100 % at 95 % confidence; about 10 calls, or more, "
		  "are "
		  "still unseen" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct strbuf text = { 0 };

		completeness_put(&cases[i].is, &text);
		strbuf_puts(&text, "");
		if (strcmp(strbuf_text(&text), cases[i].expected) != 0)
			fail_msg("case %zu: '%s'", i, strbuf_text(&text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_have_no_order),
		cmocka_unit_test(a_run_counts_once),
		cmocka_unit_test(runs_survive_the_file),
		cmocka_unit_test(odd_runs_are_refused),
		cmocka_unit_test(incidence_is_what_was_seen),
		cmocka_unit_test(estimates_are_those_of_the_books),
		cmocka_unit_test(processes_are_units_too),
		cmocka_unit_test(processes_of_different_programs_are_none),
		cmocka_unit_test(it_is_said_in_words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("completeness", tests, NULL, NULL);
}
