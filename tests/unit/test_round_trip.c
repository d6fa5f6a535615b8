/* SPDX-License-Identifier: Apache-2.0 */
/* What is written in a format that can be read says the same when it is read, or the loss was said.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "emit.h"
#include "format/reader.h"
#include "format/verdict.h"
#include "random_profile.h"
#include <stdlib.h>
#include <string.h>

#define ROUNDS 300

struct trip {
	struct emitted emitted;
	struct profile *back;
	struct verdicts before, after;
	const struct arch *arch;
	char *json;
	bool exact; /* not only whether calls are allowed, but every answer */
	size_t same;
};

static void fail_trip(const struct trip *trip, const char *name, const char *what)
{
	fail_msg("%s: %s\n%s\n%s", name, what, trip->json, trip->emitted.text);
}

static bool allows(uint32_t code)
{
	return !action_denies(action_from_code(code));
}

/* 1, 0, or -1: rules contradict each other. */
static int answer(const struct verdict *verdict)
{
	for (size_t i = 1; i < verdict->n; i++)
		if (allows(verdict->codes[i]) != allows(verdict->codes[0]))
			return -1;
	return allows(verdict->codes[0]);
}

static bool share_code(const struct verdict *a, const struct verdict *b)
{
	for (size_t i = 0; i < a->n; i++)
		for (size_t j = 0; j < b->n; j++)
			if (a->codes[i] == b->codes[j])
				return true;
	return false;
}

static void compare(struct trip *trip, const char *name, int32_t number, const uint64_t args[6])
{
	const struct emission *emission = &trip->emitted.emission;
	struct verdict before, after;
	int was, is;

	verdicts_find(&trip->before, number, args, &before);
	verdicts_find(&trip->after, number, args, &after);
	was = answer(&before);
	is = answer(&after);
	if (trip->exact && !share_code(&before, &after))
		fail_trip(trip, name, "another answer");
	if (was == 0 && is == 1 && !emission_lost(emission, LOSS_WIDER))
		fail_trip(trip, name, "wider, and not said");
	if (was == 1 && is == 0 && !emission_lost(emission, LOSS_NARROWER))
		fail_trip(trip, name, "narrower, and not said");
	trip->same += was == is;
}

static void compare_vectors(struct trip *trip, const struct verdicts *verdicts, const char *name,
			    int32_t number)
{
	uint64_t vectors[VERDICT_VECTORS_MAX][6];

	for (size_t i = 0; i < verdicts->n; i++) {
		size_t n = verdict_vectors(&verdicts->entries[i], false, vectors);

		for (size_t j = 0; j < n; j++)
			compare(trip, name, number, vectors[j]);
	}
}

static void compare_all(struct trip *trip)
{
	static const uint64_t nothing[6] = { 0 };
	int32_t number;

	for (size_t i = 0; i < RANDOM_POOL; i++) {
		assert_int_equal(syscall_number(&trip->emitted.names, trip->arch, random_pool[i],
						&number),
				 0);
		compare(trip, random_pool[i], number, nothing);
		compare_vectors(trip, &trip->before, random_pool[i], number);
		compare_vectors(trip, &trip->after, random_pool[i], number);
	}
}

/* A policy or list without a line would allow nothing at all: readers take none. */
static bool is_empty(const char *text)
{
	while (*text == '#' || *text == '\n')
		text += strcspn(text, "\n") + 1;
	return *text == '\0';
}

static void make_trip(struct trip *trip, const char *format)
{
	const struct reader *reader = NULL;
	struct error err = { 0 };

	trip->arch = arch_by_name(SLICE("x86_64"));
	emit(&trip->emitted, format, trip->json, NULL);
	if (is_empty(trip->emitted.text))
		return;
	if (reader_read(slice_from(trip->emitted.text), "product", &trip->back, &reader, &err) < 0)
		fail_msg("%s\n%s", err.message, trip->emitted.text);
	/* Without a thing that only Docker's form has, it is the OCI's. */
	if (strcmp(format, "docker") != 0)
		assert_string_equal(reader->name, format);
	assert_int_equal(verdicts_init(&trip->before, trip->emitted.profile, trip->arch,
				       &trip->emitted.names),
			 0);
	assert_int_equal(verdicts_init(&trip->after, trip->back, trip->arch, &trip->emitted.names),
			 0);
	compare_all(trip);
}

static void check_format(const char *format, bool exact)
{
	uint32_t state = RANDOM_SEED;
	size_t same = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct trip trip = { .json = random_profile(&state), .exact = exact };

		make_trip(&trip, format);
		same += trip.same;
		verdicts_deinit(&trip.before);
		verdicts_deinit(&trip.after);
		profile_free(trip.back);
		emit_forget(&trip.emitted);
		free(trip.json);
	}
	assert_true(same > 10000);
}

static void test_oci(void **state _unused_)
{
	check_format("oci", true);
}

static void test_docker(void **state _unused_)
{
	check_format("docker", true);
}

static void test_spo(void **state _unused_)
{
	check_format("spo", true);
}

static void test_systemd(void **state _unused_)
{
	check_format("systemd", false);
}

static void test_minijail(void **state _unused_)
{
	check_format("minijail", false);
}

static void test_names(void **state _unused_)
{
	check_format("names", false);
}

/* The one condition that a drop-in can hold: clone without new namespaces. */
static void test_systemd_namespaces(void **state _unused_)
{
	struct trip trip = { .json = strdup(emit_usual) };

	if (strcmp(arch_native()->name, "x86_64") == 0) {
		make_trip(&trip, "systemd");
		assert_has(&trip.emitted, "RestrictNamespaces=yes");
		assert_false(emission_lost(&trip.emitted.emission, LOSS_WIDER));
		verdicts_deinit(&trip.before);
		verdicts_deinit(&trip.after);
		profile_free(trip.back);
		emit_forget(&trip.emitted);
	}
	free(trip.json);
}

/* No reader without a writer. */
static void test_all_are_here(void **state _unused_)
{
	static const char *const tried[] = {
		"oci", "docker", "spo", "systemd", "minijail", "names"
	};

	for (size_t i = 0; i < reader_count(); i++) {
		bool found = false;

		for (size_t j = 0; j < ARRAY_SIZE(tried); j++)
			found = found || strcmp(tried[j], reader_at(i)->name) == 0;
		assert_true(found);
		assert_non_null(emitter_by_name(reader_at(i)->name));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_oci),
		cmocka_unit_test(test_docker),
		cmocka_unit_test(test_spo),
		cmocka_unit_test(test_systemd),
		cmocka_unit_test(test_systemd_namespaces),
		cmocka_unit_test(test_minijail),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_all_are_here),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("round_trip", tests, NULL, NULL);
}
