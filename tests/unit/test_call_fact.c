/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/syscall.h"
#include "base/slice.h"
#include "model/call_fact.h"
#include "model/policy.h"
#include "model/policy_sets.h"
#include <ctype.h>
#include <string.h>

/* Whatever can be named on any architecture can be explained. */
static void every_name_has_a_fact(void **state _unused_)
{
	struct syscall_table names = { 0 };
	size_t missing = 0, asked = 0;

	for (size_t a = 0; a < arch_count(); a++) {
		const int32_t *numbers;
		size_t n;

		assert_int_equal(syscall_numbers(&names, arch_at(a), &numbers, &n), 0);
		assert_true(n > 300);
		for (size_t i = 0; i < n; i++, asked++) {
			const char *name = syscall_name(&names, arch_at(a), numbers[i]);

			if (call_fact(name, NULL))
				continue;
			print_error("%s: %s (%d)\n", arch_at(a)->name, name, numbers[i]);
			missing++;
		}
	}
	syscall_table_deinit(&names);
	assert_true(asked > 5000);
	assert_int_equal(missing, 0);
}

/* No entry is of a call that does not exist anywhere. */
static bool exists(struct syscall_table *names, const char *name)
{
	for (size_t a = 0; a < arch_count(); a++) {
		int32_t nr;

		if (syscall_number(names, arch_at(a), name, &nr) == 0)
			return true;
	}
	return false;
}

static void every_fact_has_a_call(void **state _unused_)
{
	struct syscall_table names = { 0 };

	for (int area = 0; area < AREA_COUNT; area++) {
		const struct call_table *table = area_fact((enum area)area)->table;

		for (size_t i = 0; i < table->n; i++)
			if (!exists(&names, table->calls[i].name))
				fail_msg("%s is no call", table->calls[i].name);
	}
	syscall_table_deinit(&names);
}

/* Goes on after a name: a small letter first, no full stop, one line that a person reads. */
static void assert_sentence(const char *what, const char *text)
{
	size_t len = strlen(text);

	if (len < 8 || len > 260 || !islower((unsigned char)text[0]) || text[len - 1] == '.' ||
	    strstr(text, "  ") || strchr(text, '\n'))
		fail_msg("%s: '%s'", what, text);
}

/* Sorted within an area, nowhere twice, and found where it stands. */
static void tables_are_in_order(void **state _unused_)
{
	size_t total = 0;

	for (int area = 0; area < AREA_COUNT; area++) {
		const struct area_fact *fact = area_fact((enum area)area);

		assert_true(fact->table->n > 0);
		assert_sentence(fact->name, fact->surface);
		total += fact->table->n;
		for (size_t i = 0; i < fact->table->n; i++) {
			const struct call_fact *call = &fact->table->calls[i];
			enum area found = AREA_COUNT;

			if (i > 0 && strcmp(fact->table->calls[i - 1].name, call->name) >= 0)
				fail_msg("%s stands before %s", fact->table->calls[i - 1].name,
					 call->name);
			assert_true(call->risk < RISK_COUNT);
			assert_sentence(call->name, call->does);
			assert_ptr_equal(call_fact(call->name, &found), call);
			assert_int_equal(found, area);
		}
	}
	assert_true(total >= 500);
}

/* The summary's short reasons and the ranks agree. */
static void ranks_and_looks_agree(void **state _unused_)
{
	for (int area = 0; area < AREA_COUNT; area++) {
		const struct call_table *table = area_fact((enum area)area)->table;

		for (size_t i = 0; i < table->n; i++) {
			const struct call_fact *call = &table->calls[i];
			bool look = policy_look_at(call->name) != NULL;

			if (call->risk >= RISK_HIGH && !look)
				fail_msg("%s is %s but deserves no look", call->name,
					 risk_name(call->risk));
			if (look && call->risk == RISK_LOW)
				fail_msg("%s deserves a look but is low", call->name);
		}
	}
}

/* Nothing that is critical is ever added without having been seen. */
static void nothing_critical_is_inferred(void **state _unused_)
{
	for (int set = 0; set < POLICY_SET_COUNT; set++) {
		const struct policy_set_fact *fact = policy_set_fact((enum policy_set)set);

		for (size_t i = 0; i < fact->n; i++) {
			const struct call_fact *call = call_fact(fact->entries[i].name, NULL);

			assert_non_null(call);
			if (set != POLICY_FALLBACK && call->risk >= RISK_HIGH)
				fail_msg("%s is %s and inferred", call->name,
					 risk_name(call->risk));
		}
	}
}

static void known_facts(void **state _unused_)
{
	static const struct {
		const char *name;
		enum area area;
		enum risk risk;
		const char *says;
	} cases[] = {
		{ "add_key", AREA_KEYS, RISK_HIGH, "keyring" },
		{ "bpf", AREA_BPF, RISK_CRITICAL, "verifier" },
		{ "clone3", AREA_PROCESSES, RISK_MODERATE, "no seccomp filter can see" },
		{ "futex_waitv", AREA_IPC, RISK_LOW, "several words" },
		{ "init_module", AREA_MODULES, RISK_CRITICAL, "CAP_SYS_MODULE" },
		{ "io_uring_setup", AREA_ASYNC, RISK_HIGH, "seccomp does not see" },
		{ "ioctl", AREA_DEVICES, RISK_MODERATE, "thousands of commands" },
		{ "kexec_load", AREA_MODULES, RISK_CRITICAL, "CAP_SYS_BOOT" },
		{ "mount", AREA_MOUNTS, RISK_CRITICAL, "CAP_SYS_ADMIN" },
		{ "open_by_handle_at", AREA_FILES, RISK_CRITICAL, "CAP_DAC_READ_SEARCH" },
		{ "perf_event_open", AREA_TRACING, RISK_HIGH, "side channels" },
		{ "personality", AREA_PROCESSES, RISK_HIGH, "address randomisation" },
		{ "process_vm_writev", AREA_TRACING, RISK_HIGH, "writes the memory of another" },
		{ "ptrace", AREA_TRACING, RISK_HIGH, "Linux 4.8" },
		{ "read", AREA_FILES, RISK_LOW, "reads" },
		{ "setns", AREA_NAMESPACES, RISK_CRITICAL, "into the host" },
		{ "socket", AREA_NETWORK, RISK_MODERATE, "address family" },
		{ "unshare", AREA_NAMESPACES, RISK_CRITICAL, "user namespace" },
		{ "userfaultfd", AREA_MEMORY, RISK_HIGH, "page faults" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		enum area area = AREA_COUNT;
		const struct call_fact *fact = call_fact(cases[i].name, &area);

		assert_non_null(fact);
		assert_int_equal(area, cases[i].area);
		assert_int_equal(fact->risk, cases[i].risk);
		if (!strstr(fact->does, cases[i].says))
			fail_msg("%s: %s", fact->name, fact->does);
	}
	assert_null(call_fact("", NULL));
	assert_null(call_fact("no_such_call", NULL));
	assert_null(call_fact("zzz", NULL));
}

static void ranks_have_words(void **state _unused_)
{
	assert_string_equal(risk_name(RISK_LOW), "low");
	assert_string_equal(risk_name(RISK_CRITICAL), "critical");
	for (int risk = 0; risk < RISK_COUNT; risk++)
		assert_sentence(risk_name((enum risk)risk), risk_meaning((enum risk)risk));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_has_a_fact),
		cmocka_unit_test(every_fact_has_a_call),
		cmocka_unit_test(tables_are_in_order),
		cmocka_unit_test(ranks_and_looks_agree),
		cmocka_unit_test(nothing_critical_is_inferred),
		cmocka_unit_test(known_facts),
		cmocka_unit_test(ranks_have_words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("call_fact", tests, NULL, NULL);
}
