/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "recording_text.h"

#include "base/cleanup.h"
#include "model/recording_arguments.h"
#include <errno.h>
#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define X86_64 AUDIT_ARCH_X86_64
#define LOG    0x7ffc0000
#define SOCKET 41
#define CLONE  56
#define IOPL   172
#define MMAP   9

struct call {
	const char *name;
	int32_t nr;
};

static const struct call calls[] = {
	{ "socket", SOCKET },
	{ "clone", CLONE },
	{ "iopl", IOPL },
	{ "mmap", MMAP },
};

static uint32_t group_of(struct recording *recording)
{
	uint32_t group;

	assert_int_equal(recording_group(recording, SLICE("g"), SLICE(""), 1, 1, &group), 0);
	return group;
}

/* `n` records of a call, of which `known` had these values. */
static void record(struct recording *recording, const struct call *call, uint64_t n, uint64_t known,
		   uint64_t first, uint64_t second)
{
	const struct argument_call *fact = argument_call_by_name(call->name);
	struct argument_values values = { { first & fact->fields[0].mask } };
	uint32_t group = group_of(recording);

	if (fact->n > 1)
		values.fields[1] = second & fact->fields[1].mask;

	assert_int_equal(recording_add(recording, group, X86_64, call->nr, LOG,
				       RECORDING_ACTOR_OMITTED, 1, 1, n, NULL),
			 0);
	assert_int_equal(recording_expect_arguments(recording, group, X86_64, call->nr, fact), 0);
	if (known)
		assert_int_equal(recording_add_arguments(recording, group, X86_64, call->nr, fact,
							 &values, known),
				 0);
}

static const struct arguments *known(struct recording *recording, int32_t nr)
{
	return recording_arguments(recording_group_arch(recording, 0, X86_64, nr), nr);
}

static void test_values_are_a_set(void **state _unused_)
{
	struct recording recording = { 0 };
	const struct arguments *arguments;

	record(&recording, &calls[0], 3, 3, 10, 1);
	record(&recording, &calls[0], 1, 0, 0, 0);
	record(&recording, &calls[0], 2, 2, 1, 2);
	record(&recording, &calls[0], 1, 1, 10, 1);
	arguments = known(&recording, SOCKET);
	assert_int_equal(arguments->n, 2);
	assert_int_equal(arguments->covered, 6);
	assert_true(arguments->values[0].fields[0] == 1 && arguments->values[0].fields[1] == 2);
	assert_true(arguments->values[1].fields[0] == 10);
	assert_null(known(&recording, MMAP));
	recording_deinit(&recording);
}

static void test_flags_and_ranges_are_folded(void **state _unused_)
{
	struct recording recording = { 0 };

	record(&recording, &calls[1], 1, 1, 0x10000000, 0);
	record(&recording, &calls[1], 1, 1, 0x20000, 0);
	record(&recording, &calls[1], 1, 1, 0, 0);
	assert_int_equal(known(&recording, CLONE)->n, 1);
	assert_true(known(&recording, CLONE)->values[0].fields[0] == 0x10020000);
	record(&recording, &calls[2], 1, 1, 3, 0);
	record(&recording, &calls[2], 1, 1, 1, 0);
	assert_int_equal(known(&recording, IOPL)->n, 1);
	assert_true(known(&recording, IOPL)->values[0].fields[0] == 3);
	recording_deinit(&recording);
}

static void test_too_many_is_for_good(void **state _unused_)
{
	const struct argument_call *call = argument_call_by_name("socket");
	struct recording recording = { 0 };

	for (uint64_t i = 0; i < call->limit; i++)
		record(&recording, &calls[0], 1, 1, i, 0);
	assert_false(known(&recording, SOCKET)->too_many);
	assert_int_equal(known(&recording, SOCKET)->n, call->limit);
	record(&recording, &calls[0], 1, 1, call->limit, 0);
	assert_true(known(&recording, SOCKET)->too_many);
	assert_int_equal(known(&recording, SOCKET)->n, 0);
	record(&recording, &calls[0], 1, 1, 0, 0);
	assert_true(known(&recording, SOCKET)->too_many);
	assert_int_equal(known(&recording, SOCKET)->covered, call->limit + 2);
	recording_deinit(&recording);
}

static void fill(struct recording *recording, uint32_t *seed, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t draw = (uint32_t)rand_r(seed);

		record(recording, &calls[draw % 4], 2, draw / 4 % 3, draw / 16 % 9, draw / 256 % 4);
	}
}

static void merge(struct recording *to, const struct recording *other)
{
	assert_int_equal(recording_merge(to, other), 0);
}

/* Who merges with whom first does not show, not even where a limit is reached on the way. */
static void test_merging_has_no_order(void **state _unused_)
{
	for (uint32_t seed = 1, draw = 0; seed <= 60; seed++, draw = seed) {
		struct recording a = { 0 }, b = { 0 }, c = { 0 }, left = { 0 }, right = { 0 };
		struct recording bc = { 0 };
		_cleanup_free_ char *one = NULL, *two = NULL;

		fill(&a, &draw, seed);
		fill(&b, &draw, seed / 2);
		fill(&c, &draw, 40);
		merge(&left, &a);
		merge(&left, &b);
		merge(&left, &c);
		merge(&bc, &c);
		merge(&bc, &b);
		merge(&right, &bc);
		merge(&right, &a);
		one = to_text(&left);
		two = to_text(&right);
		assert_string_equal(one, two);
		recording_deinit(&a);
		recording_deinit(&b);
		recording_deinit(&c);
		recording_deinit(&bc);
		recording_deinit(&left);
		recording_deinit(&right);
	}
}

/* The sets stay as they are; only counts double. */
static void test_merging_twice_adds_nothing(void **state _unused_)
{
	struct recording recording = { 0 }, again = { 0 };
	uint32_t seed = 5;

	fill(&recording, &seed, 30);
	merge(&again, &recording);
	merge(&again, &recording);
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		const struct arguments *a = known(&recording, calls[i].nr);
		const struct arguments *b = known(&again, calls[i].nr);

		assert_int_equal(a->n, b->n);
		assert_int_equal(a->too_many, b->too_many);
		if (a->n > 0)
			assert_memory_equal(a->values, b->values, a->n * sizeof(*a->values));
		assert_int_equal(2 * a->covered, b->covered);
	}
	recording_deinit(&recording);
	recording_deinit(&again);
}

/* One that was made without --args knows no arguments: then they are not known of all. */
static void test_a_recording_without_counts(void **state _unused_)
{
	struct recording with = { 0 }, without = { 0 };

	record(&with, &calls[0], 2, 2, 1, 1);
	assert_int_equal(recording_add(&without, group_of(&without), X86_64, SOCKET, LOG,
				       RECORDING_ACTOR_OMITTED, 1, 1, 5, NULL),
			 0);
	merge(&without, &with);
	assert_int_equal(known(&without, SOCKET)->covered, 2);
	assert_int_equal(without.groups[0].arches[0].observations[0].count, 7);
	recording_deinit(&with);
	recording_deinit(&without);
}

static void test_written_and_read_back(void **state _unused_)
{
	struct recording recording = { 0 }, back = { 0 };
	_cleanup_free_ char *text = NULL, *again = NULL;
	struct error err = { 0 };
	uint32_t seed = 9;

	fill(&recording, &seed, 60);
	text = to_text(&recording);
	assert_non_null(strstr(text, "\"version\": 2"));
	if (recording_read_json(&back, text, strlen(text), "test", &err) < 0)
		fail_msg("%s", err.message);
	again = to_text(&back);
	assert_string_equal(text, again);
	recording_deinit(&recording);
	recording_deinit(&back);
}

/* Whoever knows only the first version reads what needs no more. */
static void test_version_is_the_lowest_that_will_do(void **state _unused_)
{
	struct recording recording = { 0 };
	_cleanup_free_ char *text = NULL;

	assert_int_equal(recording_add(&recording, group_of(&recording), X86_64, SOCKET, LOG,
				       RECORDING_ACTOR_OMITTED, 1, 1, 5, NULL),
			 0);
	text = to_text(&recording);
	assert_non_null(strstr(text, "\"version\": 1"));
	assert_null(strstr(text, "arguments"));
	recording_deinit(&recording);
}

#define FILE_OF(arguments)                                                                         \
	"{\"version\": 2, \"tool\": \"x\", \"complete\": true, \"evidence\": {\"live\": true, "    \
	"\"records\": 3, \"first\": {}}, \"actors\": [], \"groups\": [{\"name\": \"g\", "          \
	"\"arch\": \"x86_64\", \"syscalls\": [{\"name\": \"socket\", \"nr\": 41, \"count\": 3, "   \
	"\"actions\": {\"log\": 3}, \"exe\": [], \"comm\": [], \"actors\": [], "                   \
	"\"arguments\": " arguments "}]}]}"
#define HEAD "{\"call\": \"socket\", \"kind\": \"values\", "
#define MASKS                                                                                      \
	"\"masks\": {\"domain\": \"0xffffffff\", \"type\": \"0xf\", \"protocol\": "                \
	"\"0xffffffff\"}, "

static const struct arguments *read_back(struct recording *recording, const char *text)
{
	struct error err = { 0 };

	if (recording_read_json(recording, text, strlen(text), "test", &err) < 0)
		fail_msg("%s", err.message);
	return known(recording, SOCKET);
}

/* Made by a program whose table is not ours: nothing is known, but somebody has asked. */
static void test_another_table(void **state _unused_)
{
	static const char *const others[] = {
		FILE_OF("{\"call\": \"socket\", \"kind\": \"flags\", " MASKS
			"\"known\": 3, \"seen\": [[\"0x1\", \"0x1\", \"0x0\"]]}"),
		FILE_OF(HEAD "\"masks\": {\"domain\": \"0xffffffff\"}, \"known\": 3, \"seen\": "
			     "[[\"0x1\"]]}"),
		FILE_OF(HEAD "\"masks\": {\"domain\": \"0xffffffff\", \"type\": \"0xff\", "
			     "\"protocol\": \"0xffffffff\"}, \"known\": 3, \"seen\": []}"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct recording recording = { 0 };
		const struct arguments *arguments = read_back(&recording, others[i]);

		assert_int_equal(arguments->covered, 0);
		assert_int_equal(arguments->n, 0);
		recording_deinit(&recording);
	}
}

static void test_what_is_wrong_is_refused(void **state _unused_)
{
	static const struct {
		const char *text, *says;
	} refused[] = {
		{ FILE_OF("[]"), "arguments: not an object" },
		{ FILE_OF("{\"kind\": \"values\"}"), "'call' is not a string" },
		{ FILE_OF(HEAD "\"more\": 1}"), "'more' is not a member" },
		{ FILE_OF(HEAD "\"masks\": {}, \"known\": 1, \"seen\": []}"), "'masks'" },
		{ FILE_OF(HEAD "\"masks\": {\"domain\": 5}, \"known\": 1, \"seen\": []}"),
		  "masks.domain: not a number such as" },
		{ FILE_OF(HEAD MASKS "\"known\": 4, \"seen\": []}"), "'known' is not from 0 to 3" },
		{ FILE_OF(HEAD MASKS "\"known\": -1, \"seen\": []}"),
		  "'known' is not from 0 to 3" },
		{ FILE_OF(HEAD MASKS "\"known\": 3}"), "'seen' is not an array" },
		{ FILE_OF(HEAD MASKS "\"known\": 3, \"seen\": []}"), "'known' without anything" },
		{ FILE_OF(HEAD MASKS "\"known\": 3, \"seen\": [[\"0x1\"]]}"),
		  "seen[0]: not an array with a value for each mask" },
		{ FILE_OF(HEAD MASKS "\"known\": 3, \"seen\": [[\"0x1\", \"0x10\", \"0x0\"]]}"),
		  "seen[0]: a value with bits outside" },
		{ FILE_OF(HEAD MASKS "\"known\": 3, \"seen\": [[\"0x1\", \"1\", \"0x0\"]]}"),
		  "seen[0]: not a number such as" },
		{ FILE_OF(HEAD MASKS "\"known\": 3, \"too_many\": 1, \"seen\": []}"), "'seen'" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct recording recording = { 0 };
		struct error err = { 0 };
		int r = recording_read_json(&recording, refused[i].text, strlen(refused[i].text),
					    "test", &err);

		if (r != -EBADMSG || !strstr(err.message, refused[i].says))
			fail_msg("%d: '%s' for %s", r, err.message, refused[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_are_a_set),
		cmocka_unit_test(test_flags_and_ranges_are_folded),
		cmocka_unit_test(test_too_many_is_for_good),
		cmocka_unit_test(test_merging_has_no_order),
		cmocka_unit_test(test_merging_twice_adds_nothing),
		cmocka_unit_test(test_a_recording_without_counts),
		cmocka_unit_test(test_written_and_read_back),
		cmocka_unit_test(test_version_is_the_lowest_that_will_do),
		cmocka_unit_test(test_another_table),
		cmocka_unit_test(test_what_is_wrong_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("recording_arguments", tests, NULL, NULL);
}
