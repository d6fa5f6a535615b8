/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two texts or three with a byte 0x1E between them, profiles of any format or recordings: merging
 * has no order, ends in one normal form, answers as before, and allows nothing that one of two
 * denies; and what does not differ answers the same.
 */
#include "arch/simulate.h"
#include "base/cleanup.h"
#include "command/input.h"
#include "format/bpf.h"
#include "format/verdict.h"
#include "model/completeness.h"
#include "model/meaning.h"
#include "model/profile_json.h"
#include "model/profile_merge.h"
#include "model/recording_json.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATOR      0x1E
#define RULES_MAX      64 /* of profiles that filters are made of; libseccomp takes its time */
#define ENTRIES_MAX    256
#define NUMBER_OF_NONE 4095

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Frees the profile, which may be NULL: they do not mix. */
static char *profile_text(struct profile *profile)
{
	char *text = NULL;

	if (profile && profile_to_json(profile, &text, NULL) < 0)
		abort();
	profile_free(profile);
	return text;
}

static struct profile *merged(const struct profile *a, const struct profile *b, bool intersect)
{
	struct merge_report report = { 0 };
	struct profile *whole = NULL;
	struct error err = { 0 };

	if (profile_merge(a, b, intersect, &whole, &report, &err) < 0 && !err.message[0])
		abort();
	merge_report_deinit(&report);
	return whole;
}

/* Takes both. */
static void expect_same(char *a, char *b, const char *law)
{
	if (!a != !b || (a && strcmp(a, b) != 0)) {
		fprintf(stderr, "%s:\n%s\n%s\n", law, a ? a : "-", b ? b : "-");
		abort();
	}
	free(a);
	free(b);
}

static bool differ(const struct profile *a, const struct profile *b, struct syscall_table *names)
{
	_cleanup_meaning_ struct meaning left = { 0 };
	_cleanup_meaning_ struct meaning right = { 0 };
	struct meaning_diff diff;
	bool result;

	if (meaning_of_profile(&left, a, names) < 0 || meaning_of_profile(&right, b, names) < 0 ||
	    meaning_compare(&diff, &left, &right) < 0)
		abort();
	result = !meaning_diff_empty(&diff);
	meaning_diff_deinit(&diff);
	return result;
}

/* A profile as a filter, and what its rules can answer. */
struct judge {
	const struct arch *arch;
	struct bpf filter;
	struct verdicts claims;
	uint32_t usual; /* what it answers to what it does not name */
};

static uint32_t run(const struct judge *judge, int32_t number, const uint64_t args[6])
{
	const struct seccomp_data data = bpf_call(judge->arch, number, args);
	uint32_t code;

	if (simulate(judge->filter.program, judge->filter.n, &data, &code) < 0)
		abort();
	return code;
}

static void judge_deinit(struct judge *judge)
{
	bpf_deinit(&judge->filter);
	verdicts_deinit(&judge->claims);
}

/* False: too large, or libseccomp refuses it. To be deinitialised in any case. */
static bool judge_init(struct judge *ret, const struct profile *profile,
		       struct syscall_table *names)
{
	static const uint64_t nothing[6] = { 0 };

	*ret = (struct judge){ .arch = arch_by_name(SLICE("x86_64")) };
	if (profile->n_rules > RULES_MAX ||
	    bpf_compile(profile, ret->arch, &ret->filter, NULL) < 0 ||
	    verdicts_init(&ret->claims, profile, ret->arch, names) < 0)
		return false;
	ret->usual = run(ret, NUMBER_OF_NONE, nothing);
	return true;
}

/* Of arguments that several rules look at libseccomp makes a tree, in which now and then a later
 * rule comes first, or none: false, the answer is not that of the first rule that has an effect. */
static bool judge_call(const struct judge *judge, int32_t number, const uint64_t args[6],
		       uint32_t *ret)
{
	struct verdict verdict;
	size_t first = 0;

	*ret = run(judge, number, args);
	verdicts_find(&judge->claims, number, args, &verdict);
	if (verdict.n > 1 && verdict.codes[0] == judge->claims.default_code)
		first = 1;
	return verdict.codes[first] == *ret;
}

static bool denies(uint32_t code)
{
	return action_denies(action_from_code(code));
}

static void expect_same_answer(const struct judge judges[], int32_t number, const uint64_t args[6])
{
	uint32_t before, after;

	if (!judge_call(&judges[0], number, args, &before) ||
	    !judge_call(&judges[1], number, args, &after) || before == after)
		return;
	fprintf(stderr, "number %d: %08x and %08x\n", number, before, after);
	abort();
}

/* Of the third, which the others became: it denies what one of them denies by a rule, and allows
 * nothing that neither does. */
static void expect_nothing_wider(const struct judge judges[], int32_t number,
				 const uint64_t args[6])
{
	uint32_t codes[3];

	for (int i = 0; i < 3; i++)
		if (!judge_call(&judges[i], number, args, &codes[i]))
			return;
	if (denies(codes[2]) ||
	    (!denies(codes[0]) && (!denies(codes[1]) || codes[1] == judges[1].usual)) ||
	    (!denies(codes[1]) && (!denies(codes[0]) || codes[0] == judges[0].usual)))
		return;
	fprintf(stderr, "number %d: %08x with %08x becomes %08x\n", number, codes[0], codes[1],
		codes[2]);
	abort();
}

static void judge_calls(const struct verdicts *claims, const struct judge judges[],
			void (*expect)(const struct judge judges[], int32_t number,
				       const uint64_t args[6]))
{
	uint64_t vectors[VERDICT_VECTORS_MAX][6];

	for (size_t i = 0; i < claims->n && i < ENTRIES_MAX; i++) {
		size_t n = verdict_vectors(&claims->entries[i], claims->narrow, vectors);

		for (size_t j = 0; j < n; j++)
			expect(judges, claims->entries[i].nr, vectors[j]);
	}
}

static void expect_same_answers(const struct profile *a, const struct profile *b,
				struct syscall_table *names)
{
	struct judge judges[2] = { 0 };

	if (judge_init(&judges[0], a, names) && judge_init(&judges[1], b, names)) {
		judge_calls(&judges[0].claims, judges, expect_same_answer);
		judge_calls(&judges[1].claims, judges, expect_same_answer);
	}
	judge_deinit(&judges[0]);
	judge_deinit(&judges[1]);
}

/* The merge with itself answers the same, unless it was said to be stricter. */
static void try_verdicts(const struct profile *profile, struct syscall_table *names)
{
	struct merge_report report = { 0 };
	_cleanup_profile_ struct profile *whole = NULL;

	if (profile_merge(profile, profile, false, &whole, &report, NULL) < 0)
		abort();
	if (report.turned.n == 0 && report.yielded.n == 0)
		expect_same_answers(profile, whole, names);
	merge_report_deinit(&report);
}

/* What is merged allows nothing that was denied; what was inferred does not count. */
static void try_union(const struct profile *a, const struct profile *b, struct syscall_table *names)
{
	struct merge_report report = { 0 };
	_cleanup_profile_ struct profile *whole = NULL;
	struct judge judges[3] = { 0 };

	if (profile_merge(a, b, false, &whole, &report, NULL) == 0 && report.yielded.n == 0 &&
	    judge_init(&judges[0], a, names) && judge_init(&judges[1], b, names) &&
	    judge_init(&judges[2], whole, names))
		for (int i = 0; i < 3; i++)
			judge_calls(&judges[i].claims, judges, expect_nothing_wider);
	merge_report_deinit(&report);
	for (int i = 0; i < 3; i++)
		judge_deinit(&judges[i]);
}

static void try_order(const struct profile *a, const struct profile *b, const struct profile *c,
		      bool intersect)
{
	_cleanup_profile_ struct profile *ab = merged(a, b, intersect);
	_cleanup_profile_ struct profile *bc = merged(b, c, intersect);

	expect_same(profile_text(merged(a, b, intersect)), profile_text(merged(b, a, intersect)),
		    "an order shows");
	if (!ab)
		return;
	expect_same(profile_text(merged(ab, ab, intersect)), profile_text(profile_copy(ab)),
		    "the form is not normal");
	expect_same(profile_text(merged(ab, NULL, intersect)), profile_text(profile_copy(ab)),
		    "alone the form is another");
	/* What has no rule left has no place to say that it is incomplete. */
	if (bc && !profile_incomplete(a) && !profile_incomplete(b) && !profile_incomplete(c))
		expect_same(profile_text(merged(ab, c, intersect)),
			    profile_text(merged(a, bc, intersect)), "it shows which was first");
}

static void try_profiles(const struct profile *a, const struct profile *b, const struct profile *c)
{
	struct syscall_table names = { 0 };

	try_order(a, b, c, false);
	try_order(a, b, c, true);
	try_verdicts(a, &names);
	try_verdicts(b, &names);
	try_union(a, b, &names);
	if (differ(a, a, &names) || differ(a, b, &names) != differ(b, a, &names))
		abort();
	if (!differ(a, b, &names) && profile_covers(a, arch_by_name(SLICE("x86_64"))))
		expect_same_answers(a, b, &names);
	syscall_table_deinit(&names);
}

static char *recording_text(const struct recording *first, const struct recording *second)
{
	struct recording sum = { 0 };
	struct syscall_table names = { 0 };
	struct completeness estimate;
	char *text = NULL;
	size_t len;
	FILE *stream = open_memstream(&text, &len);

	if (!stream || recording_merge(&sum, first) < 0 || recording_merge(&sum, second) < 0 ||
	    completeness_of_processes(&sum, &estimate) < 0 ||
	    recording_write_json(&sum, &names, stream, NULL) < 0 || fclose(stream) != 0)
		abort();
	for (uint32_t i = 0; i < sum.n_groups; i++)
		if (completeness_of_runs(&sum, i, &estimate) < 0 || estimate.own > estimate.n)
			abort();
	recording_deinit(&sum);
	syscall_table_deinit(&names);
	return text;
}

static void try_recordings(const struct recording *a, const struct recording *b)
{
	struct recording common = { 0 };

	expect_same(recording_text(a, b), recording_text(b, a), "an order shows");
	if (recording_intersect(a, b, &common) < 0)
		abort();
	recording_deinit(&common);
}

/* What stands before the next separator. */
static struct slice next_text(struct slice *rest)
{
	const char *separator = rest->len ? memchr(rest->data, SEPARATOR, rest->len) : NULL;
	size_t len = separator ? (size_t)(separator - rest->data) : rest->len;
	struct slice text = { rest->data, len };

	rest->data += separator ? len + 1 : len;
	rest->len -= separator ? len + 1 : len;
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = { (const char *)data, size };
	struct slice texts[3];
	_cleanup_input_ struct input a = { 0 };
	_cleanup_input_ struct input b = { 0 };
	_cleanup_input_ struct input c = { 0 };

	for (int i = 0; i < 3; i++)
		texts[i] = next_text(&rest);
	if (texts[1].len == 0) /* alone, it meets itself */
		texts[1] = texts[0];
	if (input_parse(&a, texts[0], "a", NULL) < 0 || input_parse(&b, texts[1], "b", NULL) < 0 ||
	    a.kind != b.kind)
		return 0;
	if (a.kind != INPUT_PROFILE)
		try_recordings(&a.recording, &b.recording);
	else if (input_parse(&c, texts[2], "c", NULL) == 0 && c.kind == INPUT_PROFILE)
		try_profiles(a.profile, b.profile, c.profile);
	else
		try_profiles(a.profile, b.profile, b.profile);
	return 0;
}
