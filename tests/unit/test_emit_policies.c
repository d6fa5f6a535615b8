/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies that are written for other tools, read by grammars of their own and held call by call
 * against what the profile says. Profiles are made at random, always the same ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "emit.h"
#include "format/verdict.h"
#include "model/profile_json.h"
#include "policy.h"
#include "random_profile.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 400

struct check {
	struct emitted emitted;
	struct policy policy;
	struct verdicts verdicts;
	const struct arch *arch;
	char *json;
	size_t asked, allowed;
};

static bool code_allows(uint32_t code)
{
	return !action_denies(action_from_code(code));
}

/* 1: the profile allows, 0: it denies, -1: its rules contradict each other. */
static int profile_answer(const struct verdict *verdict)
{
	bool allows = code_allows(verdict->codes[0]);

	for (size_t i = 1; i < verdict->n; i++)
		if (code_allows(verdict->codes[i]) != allows)
			return -1;
	return allows;
}

static bool is_one_of(const struct verdict *verdict, enum action action, uint32_t data)
{
	for (size_t i = 0; i < verdict->n; i++)
		if (verdict->codes[i] == (action_to_code(action) | data))
			return true;
	return false;
}

static void fail_check(const struct check *check, const char *name, const uint64_t args[6],
		       enum action action, const char *what)
{
	fail_msg("%s: %s for %s(%llu, %llu, %llu, %llu, %llu, %llu)\n%s\n%s", what,
		 action_name(action), name, (unsigned long long)args[0],
		 (unsigned long long)args[1], (unsigned long long)args[2],
		 (unsigned long long)args[3], (unsigned long long)args[4],
		 (unsigned long long)args[5], check->json, check->emitted.text);
}

/* Everything that a profile can say, kafel can: the answer is the same. */
static void ask_kafel(struct check *check, const char *name, int32_t number, const uint64_t args[6])
{
	struct verdict verdict;
	uint32_t data;
	enum action action = policy_ask(&check->policy, name, number, args, &data);

	verdicts_find(&check->verdicts, number, args, &verdict);
	if (!is_one_of(&verdict, action, data))
		fail_check(check, name, args, action, "another answer");
}

/* Allowed is what the profile allows; what it allows is, unless something else was said. */
static void ask_list(struct check *check, const char *name, int32_t number, const uint64_t args[6])
{
	struct verdict verdict;
	uint32_t data;
	enum action action = policy_ask(&check->policy, name, number, args, &data);
	bool allows = !action_denies(action);
	int expected;

	verdicts_find(&check->verdicts, number, args, &verdict);
	expected = profile_answer(&verdict);
	if (allows && expected == 0)
		fail_check(check, name, args, action, "wider");
	if (!allows && expected == 1 &&
	    !emit_said(&check->emitted, LOSS_NARROWER, "cannot be written"))
		fail_check(check, name, args, action, "narrower");
	check->allowed += allows && expected == 1;
}

static void ask_all(struct check *check, void (*ask)(struct check *check, const char *name,
						     int32_t number, const uint64_t args[6]))
{
	static const uint64_t nothing[6] = { 0 };
	uint64_t vectors[VERDICT_VECTORS_MAX][6];
	int32_t number;

	for (size_t i = 0; i < RANDOM_POOL; i++) {
		assert_int_equal(syscall_number(&check->emitted.names, check->arch, random_pool[i],
						&number),
				 0);
		ask(check, random_pool[i], number, nothing);
		for (size_t j = 0; j < check->verdicts.n; j++) {
			size_t n = verdict_vectors(&check->verdicts.entries[j], false, vectors);

			for (size_t k = 0; k < n; k++)
				ask(check, random_pool[i], number, vectors[k]);
			check->asked += n;
		}
	}
}

static void check_format(const char *format, void (*read)(struct policy *policy, const char *text),
			 void (*ask)(struct check *check, const char *name, int32_t number,
				     const uint64_t args[6]),
			 size_t *ret_allowed)
{
	uint32_t state = RANDOM_SEED;
	size_t asked = 0;

	*ret_allowed = 0;
	for (int i = 0; i < ROUNDS; i++) {
		struct check check = { .json = random_profile(&state) };

		check.arch = arch_by_name(SLICE("x86_64"));
		emit(&check.emitted, format, check.json, NULL);
		read(&check.policy, check.emitted.text);
		assert_int_equal(verdicts_init(&check.verdicts, check.emitted.profile, check.arch,
					       &check.emitted.names),
				 0);
		ask_all(&check, ask);
		asked += check.asked;
		*ret_allowed += check.allowed;
		verdicts_deinit(&check.verdicts);
		policy_forget(&check.policy);
		emit_forget(&check.emitted);
		free(check.json);
	}
	assert_true(asked > 10000);
}

static void test_kafel(void **state _unused_)
{
	size_t allowed;

	check_format("kafel", policy_read_kafel, ask_kafel, &allowed);
}

static void test_minijail(void **state _unused_)
{
	size_t allowed;

	check_format("minijail", policy_read_minijail, ask_list, &allowed);
	assert_true(allowed > 1000);
}

static void test_snapd(void **state _unused_)
{
	size_t allowed;

	check_format("snapd", policy_read_snapd, ask_list, &allowed);
	assert_true(allowed > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kafel),
		cmocka_unit_test(test_minijail),
		cmocka_unit_test(test_snapd),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("emit_policies", tests, NULL, NULL);
}
