/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is merged answers as before: the filters that libseccomp makes of a profile and of its merge
 * with itself, and with one that says nothing of the call, are run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/simulate.h"
#include "format/bpf.h"
#include "format/verdict.h"
#include "model/profile_json.h"
#include "model/profile_merge.h"
#include "model/rule_text.h"
#include "profile_text.h"
#include "random_profile.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 400

static struct syscall_table names;

struct comparison {
	const struct arch *arch;
	struct profile *before, *after;
	struct bpf filter_before, filter_after;
	struct merge_report report;
	size_t compared, turned;
};

/* False: libseccomp refuses the profile, or what it was said that the order was not kept of: it
 * takes no rules that contradict each other. */
static bool compare_setup(struct comparison *ret, const char *text, const char *other,
			  bool intersect)
{
	struct profile *beside = other ? from_text(other) : NULL;
	struct error err = { 0 };

	*ret = (struct comparison){ .arch = arch_by_name(SLICE("x86_64")) };
	ret->before = from_text(text);
	assert_int_equal(profile_merge(ret->before, beside ? beside : ret->before, intersect,
				       &ret->after, &ret->report, NULL),
			 0);
	profile_free(beside);
	if (bpf_compile(ret->before, ret->arch, &ret->filter_before, &err) < 0)
		return false;
	if (bpf_compile(ret->after, ret->arch, &ret->filter_after, &err) == 0)
		return true;
	if (ret->report.turned.n == 0)
		fail_msg("%s: %s", err.message, text);
	return false;
}

static void compare_teardown(struct comparison *comparison)
{
	profile_free(comparison->before);
	profile_free(comparison->after);
	bpf_deinit(&comparison->filter_before);
	bpf_deinit(&comparison->filter_after);
	merge_report_deinit(&comparison->report);
}

static uint32_t run(const struct bpf *filter, const struct seccomp_data *data)
{
	uint32_t code = 0;

	assert_int_equal(simulate(filter->program, filter->n, data, &code), 0);
	return code;
}

static void put_bodies(struct strbuf *ret, const struct profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->n_rules; i++) {
		if (!rule_names(&profile->rules[i], name))
			continue;
		rule_put_body(ret, &profile->rules[i]);
		strbuf_puts(ret, "; ");
	}
}

/*
 * Whether the filter's answer is not that of the first rule that has an effect. libseccomp 2.5.4
 * makes a tree of comparisons: of "arg1 > 5" and "arg1 >= 0 and arg3 < 2", added in this order, it
 * loses the second for arg1 == 0; of "arg0 == 1", "arg0 & 1 == 1" and "arg0 != 1" the third comes
 * before the second.
 */
static bool libseccomp_errs(const struct profile *profile, const struct arch *arch, int32_t number,
			    const uint64_t args[6], uint32_t code)
{
	struct verdicts verdicts;
	struct verdict verdict;
	size_t first;

	assert_int_equal(verdicts_init(&verdicts, profile, arch, &names), 0);
	verdicts_find(&verdicts, number, args, &verdict);
	first = verdict.n > 1 && verdict.codes[0] == verdicts.default_code ? 1 : 0;
	verdicts_deinit(&verdicts);
	return verdict.codes[first] != code;
}

/* The same answer. Where it was said that the order of rules was not kept: none that denies less.
 */
static void compare_call(struct comparison *comparison, const char *name, const uint64_t args[6])
{
	struct seccomp_data data;
	uint32_t before, after;
	int32_t number;

	assert_int_equal(syscall_number(&names, comparison->arch, name, &number), 0);
	data = bpf_call(comparison->arch, number, args);
	before = run(&comparison->filter_before, &data);
	after = run(&comparison->filter_after, &data);
	comparison->compared++;
	if (before == after)
		return;
	comparison->turned++;
	if (libseccomp_errs(comparison->before, comparison->arch, number, args, before) ||
	    libseccomp_errs(comparison->after, comparison->arch, number, args, after))
		return;
	if (!name_set_has(&comparison->report.turned, name) ||
	    action_from_code(after) > action_from_code(before)) {
		_cleanup_strbuf_ struct strbuf text = { 0 };

		put_bodies(&text, comparison->before, name);
		strbuf_puts(&text, "merged ");
		put_bodies(&text, comparison->after, name);
		fail_msg("%s(%ju, %ju, %ju): %08x, and merged %08x: %s", name, (uintmax_t)args[0],
			 (uintmax_t)args[1], (uintmax_t)args[2], before, after, strbuf_text(&text));
	}
}

static void compare_name(struct comparison *comparison, const char *name)
{
	static const uint64_t nothing[6] = { 0 };
	uint64_t vectors[VERDICT_VECTORS_MAX][6];
	struct verdicts verdicts;

	assert_int_equal(verdicts_init(&verdicts, comparison->before, comparison->arch, &names), 0);
	compare_call(comparison, name, nothing);
	for (size_t i = 0; i < verdicts.n; i++) {
		size_t n = verdict_vectors(&verdicts.entries[i], false, vectors);

		for (size_t j = 0; j < n; j++)
			compare_call(comparison, name, vectors[j]);
	}
	verdicts_deinit(&verdicts);
}

static void the_merge_with_itself_answers_the_same(void **state _unused_)
{
	uint32_t seed = RANDOM_SEED;
	size_t compared = 0, turned = 0;

	for (int i = 0; i < ROUNDS; i++) {
		char *text = random_profile(&seed);
		struct comparison comparison;

		bool taken = compare_setup(&comparison, text, NULL, i % 2 == 1);

		for (size_t j = 0; taken && j < RANDOM_POOL; j++)
			compare_name(&comparison, random_pool[j]);
		compared += comparison.compared;
		turned += comparison.turned;
		compare_teardown(&comparison);
		free(text);
	}
	assert_true(compared > 100000 && turned < compared / 100);
}

static unsigned int draw(unsigned int *seed, unsigned int n)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % n;
}

/* Up to `most` rules of one call, so that they meet. */
static void put_rules(char *ret, size_t size, unsigned int seed, const char *default_action,
		      unsigned int most)
{
	static const char *const answers[] = { "ALLOW", "ERRNO", "KILL_PROCESS", "LOG", "TRAP" };
	static const char *const conditions[] = {
		"",
		"",
		", \"args\": [{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]",
		", \"args\": [{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_NE\"}]",
		", \"args\": [{\"index\": 0, \"value\": 2, \"op\": \"SCMP_CMP_GT\"}]",
		(", \"args\": [{\"index\": 0, \"value\": 1, \"valueTwo\": 1, \"op\": "
		 "\"SCMP_CMP_MASKED_EQ\"}]"),
		(", \"args\": [{\"index\": 0, \"value\": 0, \"valueTwo\": 0, \"op\": "
		 "\"SCMP_CMP_MASKED_EQ\"}]"),
		", \"includes\": {\"minKernel\": \"3.1\"}",
		", \"excludes\": {\"minKernel\": \"3.1\"}",
	};
	int len = snprintf(ret, size,
			   "{\"defaultAction\": \"SCMP_ACT_%s\", \"architectures\": "
			   "[\"SCMP_ARCH_X86_64\"], \"syscalls\": [{\"names\": [\"read\"], "
			   "\"action\": \"SCMP_ACT_ALLOW\"}",
			   default_action);

	for (unsigned int i = 0, n = 1 + draw(&seed, most); i < n; i++)
		len += snprintf(ret + len, size - (size_t)len,
				", {\"names\": [\"mount\"], \"action\": \"SCMP_ACT_%s\"%s}",
				answers[draw(&seed, ARRAY_SIZE(answers))],
				conditions[draw(&seed, ARRAY_SIZE(conditions))]);
	snprintf(ret + len, size - (size_t)len, "]}");
}

#define OTHER                                                                                      \
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": [\"SCMP_ARCH_X86_64\"], "      \
	"\"syscalls\": [{\"names\": [\"write\"], \"action\": \"SCMP_ACT_ALLOW\"}]}"

static void rules_of_one_call_answer_the_same(void **state _unused_)
{
	size_t compared = 0, turned = 0;

	for (unsigned int seed = 1; seed < 1500; seed++) {
		struct comparison comparison;
		char text[2048];
		bool taken;

		put_rules(text, sizeof(text), seed, "ERRNO", 4);
		taken = compare_setup(&comparison, text, seed % 2 ? OTHER : NULL, false);
		for (uint64_t value = 0; taken && value < 5; value++)
			compare_call(&comparison, "mount", (const uint64_t[6]){ value });
		compared += comparison.compared;
		turned += comparison.turned;
		compare_teardown(&comparison);
	}
	assert_true(compared > 7000 && turned < compared / 5);
}

#define MOST	 5
#define VALUES	 5
#define PROFILES 3

static struct profile *merged(const struct profile *a, const struct profile *b, bool intersect)
{
	struct merge_report report = { 0 };
	struct profile *whole = NULL;

	assert_int_equal(profile_merge(a, b, intersect, &whole, &report, NULL), 0);
	merge_report_deinit(&report);
	return whole;
}

/* Takes both. */
static void assert_same(struct profile *a, struct profile *b, const char *law, unsigned int seed)
{
	char *left = NULL, *right = NULL;

	assert_int_equal(profile_to_json(a, &left, NULL), 0);
	assert_int_equal(profile_to_json(b, &right, NULL), 0);
	if (strcmp(left, right) != 0) {
		_cleanup_strbuf_ struct strbuf left_text = { 0 };
		_cleanup_strbuf_ struct strbuf right_text = { 0 };

		put_bodies(&left_text, a, "mount");
		put_bodies(&right_text, b, "mount");
		fail_msg("%s, seed %u: %s and %s", law, seed, strbuf_text(&left_text),
			 strbuf_text(&right_text));
	}
	free(left);
	free(right);
	profile_free(a);
	profile_free(b);
}

static void draw_profiles(struct profile *ret[PROFILES], unsigned int seed)
{
	static const char *const denying[] = { "ERRNO", "ERRNO", "TRAP", "KILL_PROCESS" };
	static const char *const allowing[] = { "ALLOW", "LOG" };
	bool denies = seed % 4 != 0;
	char text[4096];

	for (unsigned int i = 0; i < PROFILES; i++) {
		const char *action = denies ? denying[draw(&seed, ARRAY_SIZE(denying))]
					    : allowing[draw(&seed, ARRAY_SIZE(allowing))];

		put_rules(text, sizeof(text), seed + i * 7919, action, MOST);
		ret[i] = from_text(text);
	}
}

static void an_order_of_merging_does_not_show(void **state _unused_)
{
	for (unsigned int seed = 1; seed < 4000; seed++) {
		struct profile *of[PROFILES];

		draw_profiles(of, seed);
		for (int i = 0; i < 2; i++) {
			struct profile *ab = merged(of[0], of[1], i), *bc = merged(of[1], of[2], i);

			assert_same(merged(ab, of[2], i), merged(of[0], bc, i), "which first",
				    seed);
			assert_same(merged(ab, ab, i), merged(ab, NULL, i), "with itself", seed);
			assert_same(merged(ab, of[1], i), profile_copy(ab), "nothing new", seed);
			assert_same(merged(of[1], of[0], i), ab, "the other way", seed);
			profile_free(bc);
		}
		for (size_t i = 0; i < PROFILES; i++)
			profile_free(of[i]);
	}
}

/* What a profile answers to mount(value, 0, ...), and whether its default does so, too. */
struct answer {
	bool denied, usual;
};

/* False: libseccomp refuses the profile, or errs. */
static bool ask(const struct profile *profile, uint64_t value, struct answer *ret)
{
	const struct arch *arch = arch_by_name(SLICE("x86_64"));
	const uint64_t args[6] = { value };
	struct bpf filter = { 0 };
	uint32_t code, usual;
	int32_t number;
	struct seccomp_data data, other;
	bool errs;

	assert_int_equal(syscall_number(&names, arch, "mount", &number), 0);
	if (bpf_compile(profile, arch, &filter, NULL) < 0) {
		bpf_deinit(&filter);
		return false;
	}
	data = bpf_call(arch, number, args);
	other = bpf_call(arch, 1, args); /* write, which no rule names */
	code = run(&filter, &data);
	usual = run(&filter, &other);
	errs = libseccomp_errs(profile, arch, number, args, code);
	bpf_deinit(&filter);
	*ret = (struct answer){ action_denies(action_from_code(code)), code == usual };
	return !errs;
}

/* Whether both are content with the answer of what they became. */
static bool content(const struct answer sides[2], const struct answer *whole, bool intersect)
{
	bool some = !sides[0].denied || !sides[1].denied;
	bool all = !sides[0].denied && !sides[1].denied;

	for (int i = 0; i < 2; i++)
		if (sides[i].denied && !sides[i].usual && !whole->denied)
			return false;
	return whole->denied || (intersect ? all : some);
}

static void nobody_is_allowed_what_somebody_denies(void **state _unused_)
{
	size_t compared = 0, allowed = 0;

	for (unsigned int seed = 1; seed < 3000; seed++) {
		bool intersect = seed % 3 == 0;
		struct profile *of[PROFILES], *whole;

		draw_profiles(of, seed);
		whole = merged(of[0], of[1], intersect);
		for (uint64_t value = 0; value < VALUES; value++) {
			struct answer sides[2], answer;

			if (!ask(of[0], value, &sides[0]) || !ask(of[1], value, &sides[1]) ||
			    !ask(whole, value, &answer))
				continue;
			compared++;
			allowed += !answer.denied;
			if (!content(sides, &answer, intersect)) {
				_cleanup_strbuf_ struct strbuf text = { 0 };

				put_bodies(&text, of[0], "mount");
				strbuf_puts(&text, "with ");
				put_bodies(&text, of[1], "mount");
				strbuf_puts(&text, "becomes ");
				put_bodies(&text, whole, "mount");
				fail_msg("seed %u, value %ju: %s", seed, (uintmax_t)value,
					 strbuf_text(&text));
			}
		}
		profile_free(whole);
		for (size_t i = 0; i < PROFILES; i++)
			profile_free(of[i]);
	}
	assert_true(compared > 5000 && allowed > 500);
}

#define RULE(rest) "{\"names\": [\"mount\"], \"action\": \"SCMP_ACT_" rest "}"
#define PROFILE(rules)                                                                             \
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": [\"SCMP_ARCH_X86_64\"], "      \
	"\"syscalls\": [" rules "]}"
/* The first of two rules counts, and merging must not turn them. */
static void the_first_rule_counts(void **state _unused_)
{
	static const struct {
		const char *text;
		enum action expected;
	} cases[] = {
		{ PROFILE(RULE("KILL_PROCESS\"") ", " RULE("ALLOW\"")), ACTION_KILL_PROCESS },
		{ PROFILE(RULE("ALLOW\"") ", " RULE("KILL_PROCESS\"")), ACTION_ALLOW },
		{ PROFILE(RULE("ERRNO\"") ", " RULE("ALLOW\"")), ACTION_ALLOW },
		{ PROFILE(RULE("KILL_PROCESS\", \"includes\": {\"minKernel\": \"3.1\"}") ", " RULE(
			  "ALLOW\"")),
		  ACTION_KILL_PROCESS },
		{ PROFILE(RULE("ALLOW\", \"includes\": {\"minKernel\": \"3.1\"}") ", " RULE(
			  "KILL_PROCESS\"")),
		  ACTION_ALLOW },
	};

	for (size_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		struct comparison comparison;
		struct seccomp_data data = { .nr = 165, .arch = 0xC000003E };
		uint32_t code;

		assert_true(
			compare_setup(&comparison, cases[i / 2].text, i % 2 ? OTHER : NULL, false));
		compare_name(&comparison, "mount");
		code = run(&comparison.filter_after, &data);
		if (action_from_code(code) != cases[i / 2].expected)
			fail_msg("case %zu: %08x", i / 2, code);
		assert_int_equal(comparison.report.turned.n, 0);
		compare_teardown(&comparison);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_rule_counts),
		cmocka_unit_test(rules_of_one_call_answer_the_same),
		cmocka_unit_test(an_order_of_merging_does_not_show),
		cmocka_unit_test(nobody_is_allowed_what_somebody_denies),
		cmocka_unit_test(the_merge_with_itself_answers_the_same),
	};
	int failed;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("merge_verdicts", tests, NULL, NULL);
	syscall_table_deinit(&names);
	return failed;
}
