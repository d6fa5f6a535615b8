/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two texts with a byte 0x1E between them, profiles of any format or recordings: merging has no
 * order and ends in one normal form, and what is compared with itself does not differ.
 */
#include "base/cleanup.h"
#include "command/input.h"
#include "model/completeness.h"
#include "model/meaning.h"
#include "model/profile_json.h"
#include "model/profile_merge.h"
#include "model/recording_json.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATOR 0x1E

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
