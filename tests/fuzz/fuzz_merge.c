/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two texts with a byte 0x1E between them, profiles of any format or recordings: merging has no
 * order, ends in one normal form, and answers as before, and what is compared with itself does not
 * differ.
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

#define SEPARATOR   0x1E
#define RULES_MAX   64 /* of profiles that filters are made of; libseccomp takes its time */
#define ENTRIES_MAX 256

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

struct filters {
	const struct arch *arch;
	struct bpf before, after;
	struct verdicts claims_before, claims_after;
};

static uint32_t run(const struct bpf *filter, const struct seccomp_data *data)
{
	uint32_t code;

	if (simulate(filter->program, filter->n, data, &code) < 0)
		abort();
	return code;
}

/* Some rules libseccomp gets wrong: then the answer is none that the profile has for the call. */
static bool claims(const struct verdicts *verdicts, int32_t number, const uint64_t args[6],
		   uint32_t code)
{
	struct verdict verdict;

	verdicts_find(verdicts, number, args, &verdict);
	for (size_t i = 0; i < verdict.n; i++)
		if (verdict.codes[i] == code)
			return true;
	return false;
}

static void expect_same_answer(const struct filters *filters, int32_t number,
			       const uint64_t args[6])
{
	struct seccomp_data data = bpf_call(filters->arch, number, args);
	uint32_t before = run(&filters->before, &data), after = run(&filters->after, &data);

	if (before == after || !claims(&filters->claims_before, number, args, before) ||
	    !claims(&filters->claims_after, number, args, after))
		return;
	fprintf(stderr, "number %d: %08x, and merged %08x\n", number, before, after);
	abort();
}

static void compare_filters(const struct filters *filters)
{
	const struct verdicts *claims = &filters->claims_before;
	uint64_t vectors[VERDICT_VECTORS_MAX][6];

	for (size_t i = 0; i < claims->n && i < ENTRIES_MAX; i++) {
		size_t n = verdict_vectors(&claims->entries[i], claims->narrow, vectors);

		for (size_t j = 0; j < n; j++)
			expect_same_answer(filters, claims->entries[i].nr, vectors[j]);
	}
}

/* The merge with itself answers the same, unless it was said to be stricter. */
static void try_verdicts(const struct profile *profile, struct syscall_table *names)
{
	struct filters filters = { .arch = arch_by_name(SLICE("x86_64")) };
	struct merge_report report = { 0 };
	_cleanup_profile_ struct profile *whole = NULL;
	bool comparable;

	if (profile->n_rules > RULES_MAX)
		return;
	if (profile_merge(profile, profile, false, &whole, &report, NULL) < 0)
		abort();
	comparable = report.turned.n == 0 && report.yielded.n == 0;
	merge_report_deinit(&report);
	if (comparable && bpf_compile(profile, filters.arch, &filters.before, NULL) == 0 &&
	    bpf_compile(whole, filters.arch, &filters.after, NULL) == 0 &&
	    verdicts_init(&filters.claims_before, profile, filters.arch, names) == 0 &&
	    verdicts_init(&filters.claims_after, whole, filters.arch, names) == 0)
		compare_filters(&filters);
	bpf_deinit(&filters.before);
	bpf_deinit(&filters.after);
	verdicts_deinit(&filters.claims_before);
	verdicts_deinit(&filters.claims_after);
}

static void try_profiles(const struct profile *a, const struct profile *b)
{
	struct syscall_table names = { 0 };

	for (int i = 0; i < 2; i++) {
		bool intersect = i == 1;
		_cleanup_profile_ struct profile *ab = merged(a, b, intersect);

		expect_same(profile_text(merged(a, b, intersect)),
			    profile_text(merged(b, a, intersect)), "an order shows");
		if (!ab)
			continue;
		expect_same(profile_text(merged(ab, ab, intersect)), profile_text(profile_copy(ab)),
			    "the form is not normal");
		expect_same(profile_text(merged(ab, NULL, intersect)),
			    profile_text(profile_copy(ab)), "alone the form is another");
	}
	try_verdicts(a, &names);
	try_verdicts(b, &names);
	if (differ(a, a, &names) || differ(a, b, &names) != differ(b, a, &names))
		abort();
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *separator = size > 0 ? memchr(data, SEPARATOR, size) : NULL;
	size_t first = separator ? (size_t)(separator - data) : size;
	struct slice texts[2] = {
		{ (const char *)data, first },
		{ (const char *)(separator ? separator + 1 : data),
		  separator ? size - first - 1 : size },
	};
	_cleanup_input_ struct input a = { 0 };
	_cleanup_input_ struct input b = { 0 };

	if (input_parse(&a, texts[0], "a", NULL) < 0 || input_parse(&b, texts[1], "b", NULL) < 0 ||
	    a.kind != b.kind)
		return 0;
	if (a.kind == INPUT_PROFILE)
		try_profiles(a.profile, b.profile);
	else
		try_recordings(&a.recording, &b.recording);
	return 0;
}
