/* SPDX-License-Identifier: Apache-2.0 */
/* From recorded arguments to rules, and what a filter made of these answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/simulate.h"
#include "base/cleanup.h"
#include "format/bpf.h"
#include "format/proof.h"
#include "model/policy.h"
#include "model/recording_arguments.h"
#include <errno.h>
#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define X86_64	AUDIT_ARCH_X86_64
#define I386	AUDIT_ARCH_I386
#define LOG	0x7ffc0000
#define ERRNO	0x00050000
#define ALLOW	0x7fff0000
#define DENY	(ERRNO | EPERM)
#define GARBAGE 0xdeadbeef00000000

struct stage {
	struct recording recording;
	struct syscall_table names;
	struct policy_options options;
	struct policy_report report;
	struct profile *profile;
};

static void start(struct stage *stage)
{
	*stage = (struct stage){
		.options = { .default_action = ACTION_ERRNO, .default_errno = EPERM },
	};
}

/* One record of a call; with its arguments, when these are known. */
static void record(struct stage *stage, uint32_t arch, const char *name, const uint64_t *registers)
{
	const struct argument_call *call = argument_call_by_name(name);
	const struct arch *of = arch_by_audit(arch, 0);
	struct argument_values values = { 0 };
	uint32_t group;
	int32_t nr;

	assert_int_equal(syscall_number(&stage->names, of, name, &nr), 0);
	assert_int_equal(recording_group(&stage->recording, SLICE("g"), SLICE(""), 1, 1, &group),
			 0);
	assert_int_equal(recording_add(&stage->recording, group, arch, nr, LOG,
				       RECORDING_ACTOR_OMITTED, 1, 1, 1, NULL),
			 0);
	if (!call)
		return;
	assert_int_equal(recording_expect_arguments(&stage->recording, group, arch, nr, call), 0);
	if (!registers)
		return;
	argument_read(call, of, registers, values.fields);
	assert_int_equal(
		recording_add_arguments(&stage->recording, group, arch, nr, call, &values, 1), 0);
}

#define RECORD(stage, arch, name, ...)                                                             \
	record(stage, arch, name, (const uint64_t[ARGUMENT_RECORDED]){ __VA_ARGS__ })

/* Makes the profile, which is then proven, too. */
static void make(struct stage *stage)
{
	struct error err = { 0 };

	if (policy_profile(&stage->recording, stage->recording.groups, &stage->names,
			   &stage->options, &stage->profile, &stage->report, &err) < 0)
		fail_msg("%s", err.message);
	if (proof_check(stage->profile, &stage->recording, stage->recording.groups, &stage->options,
			&stage->report, &stage->names, NULL, &err) < 0)
		fail_msg("%s", err.message);
}

static void done(struct stage *stage)
{
	recording_deinit(&stage->recording);
	syscall_table_deinit(&stage->names);
	policy_report_deinit(&stage->report);
	profile_free(stage->profile);
}

static void assert_answer(struct stage *stage, uint32_t audit, const char *name, uint32_t expected,
			  uint64_t a0, uint64_t a1, uint64_t a2)
{
	const uint64_t args[6] = { a0, a1, a2, 0, 0, 0 };
	const struct arch *arch = arch_by_audit(audit, 0);
	struct seccomp_data data;
	struct bpf bpf = { 0 };
	struct error err = { 0 };
	uint32_t found;
	int32_t nr;

	assert_int_equal(syscall_number(&stage->names, arch, name, &nr), 0);
	if (bpf_compile(stage->profile, arch, &bpf, &err) < 0)
		fail_msg("%s", err.message);
	data = bpf_call(arch, nr, args);
	assert_int_equal(simulate(bpf.program, bpf.n, &data, &found), 0);
	bpf_deinit(&bpf);
	if (found != expected)
		fail_msg("%s %s(%jx, %jx, %jx): %x, not %x", arch->name, name, (uintmax_t)a0,
			 (uintmax_t)a1, (uintmax_t)a2, found, expected);
}

static void assert_list(char *const *names, const char *expected)
{
	char joined[1024] = "";
	size_t used = 0;

	for (; names && *names; names++)
		used += (size_t)snprintf(joined + used, sizeof(joined) - used, "%s%s",
					 used ? "; " : "", *names);
	assert_string_equal(joined, expected);
}

static size_t count_rules(const struct profile *profile, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < profile->n_rules; i++)
		n += rule_names(&profile->rules[i], name);
	return n;
}

static void test_each_combination(void **state _unused_)
{
	struct stage stage;

	start(&stage);
	RECORD(&stage, X86_64, "socket", 1, 0x80001, 0);
	RECORD(&stage, X86_64, "socket", 2, 2, 17);
	record(&stage, X86_64, "read", NULL);
	make(&stage);
	assert_list(stage.report.by_args, "socket");
	assert_list(stage.report.any_args, "");
	assert_list(stage.report.seen, "read; socket");
	assert_int_equal(count_rules(stage.profile, "socket"), 2);
	assert_string_equal(stage.profile->rules[1].comment,
			    "seen: domain 0x1, type 0x1, protocol 0x0");
	assert_answer(&stage, X86_64, "socket", ALLOW, 1, 1, 0);
	assert_answer(&stage, X86_64, "socket", ALLOW, 1, 0x800 | 1, 0);
	assert_answer(&stage, X86_64, "socket", ALLOW, GARBAGE | 1, GARBAGE | 1, GARBAGE);
	assert_answer(&stage, X86_64, "socket", ALLOW, 2, 2, 17);
	/* Parts of two combinations are none. */
	assert_answer(&stage, X86_64, "socket", DENY, 1, 2, 17);
	assert_answer(&stage, X86_64, "socket", DENY, 2, 2, 0);
	assert_answer(&stage, X86_64, "socket", DENY, 2, 3, 17);
	assert_answer(&stage, X86_64, "socket", DENY, 3, 1, 0);
	assert_answer(&stage, X86_64, "socket", DENY, 0, 0, 0);
	done(&stage);
}

static void test_negative_ints(void **state _unused_)
{
	struct stage stage;

	start(&stage);
	RECORD(&stage, X86_64, "personality", UINT64_MAX);
	RECORD(&stage, I386, "personality", UINT32_MAX);
	make(&stage);
	assert_int_equal(count_rules(stage.profile, "personality"), 1);
	for (size_t i = 0; i < 2; i++) {
		uint32_t arch = i ? I386 : X86_64;

		assert_answer(&stage, arch, "personality", ALLOW, UINT32_MAX, 0, 0);
		assert_answer(&stage, arch, "personality", DENY, 0, 0, 0);
		assert_answer(&stage, arch, "personality", DENY, UINT32_MAX - 1, 0, 0);
	}
	assert_answer(&stage, X86_64, "personality", ALLOW, UINT64_MAX, 0, 0);
	assert_answer(&stage, X86_64, "personality", ALLOW, GARBAGE | UINT32_MAX, 0, 0);
	assert_answer(&stage, X86_64, "personality", DENY, UINT64_MAX << 32, 0, 0);
	done(&stage);
}

static void test_flags_and_ranges(void **state _unused_)
{
	struct stage stage;

	start(&stage);
	RECORD(&stage, X86_64, "clone", 0x3d0f00);
	RECORD(&stage, X86_64, "clone", 0x10000011);
	RECORD(&stage, X86_64, "clone", 0x20000011);
	RECORD(&stage, X86_64, "iopl", 1);
	RECORD(&stage, X86_64, "iopl", 2);
	make(&stage);
	assert_list(stage.report.by_args, "clone; iopl");
	assert_int_equal(count_rules(stage.profile, "clone"), 1);
	assert_answer(&stage, X86_64, "clone", ALLOW, 0x3d0f00, 0, 0);
	assert_answer(&stage, X86_64, "clone", ALLOW, 0x30000011, 0, 0);
	assert_answer(&stage, X86_64, "clone", DENY, 0x40000011, 0, 0);
	assert_answer(&stage, X86_64, "clone", DENY, 0x10020000, 0, 0);
	assert_answer(&stage, X86_64, "iopl", ALLOW, 0, 0, 0);
	assert_answer(&stage, X86_64, "iopl", ALLOW, 2, 0, 0);
	assert_answer(&stage, X86_64, "iopl", DENY, 3, 0, 0);
	done(&stage);
}

/* The sub-call of socketcall is its first argument, and only its direct form comes with it. */
static void test_socketcall(void **state _unused_)
{
	struct stage stage;

	start(&stage);
	RECORD(&stage, I386, "socketcall", 1, 0xffffd000);
	RECORD(&stage, I386, "socketcall", 3, 0xffffd010);
	make(&stage);
	assert_list(stage.report.by_args, "socketcall");
	assert_list(stage.report.inferred[POLICY_MULTIPLEXED], "connect; socket");
	assert_answer(&stage, I386, "socketcall", ALLOW, 1, 0xffffd0ff, 0);
	assert_answer(&stage, I386, "socketcall", ALLOW, 3, 0, 0);
	assert_answer(&stage, I386, "socketcall", DENY, 2, 0, 0);
	assert_answer(&stage, I386, "socketcall", DENY, 4, 0, 0);
	assert_answer(&stage, I386, "socketcall", DENY, 0, 0, 0);
	assert_answer(&stage, I386, "connect", ALLOW, 0, 0, 0);
	assert_answer(&stage, I386, "bind", DENY, 0, 0, 0);
	done(&stage);
}

/* Without known sub-calls, all of them as before. */
static void test_socketcall_unknown(void **state _unused_)
{
	struct stage stage;

	start(&stage);
	RECORD(&stage, I386, "socketcall", 1, 0xffffd000);
	record(&stage, I386, "socketcall", NULL);
	make(&stage);
	assert_list(stage.report.by_args, "");
	assert_list(stage.report.any_args, "socketcall: 1 of 2 records came without arguments");
	assert_answer(&stage, I386, "socketcall", ALLOW, 9, 0, 0);
	assert_answer(&stage, I386, "bind", ALLOW, 0, 0, 0);
	done(&stage);
}

/* Conditions on a direct form, on an architecture that has both: never wider for the direct one. */
static void test_direct_form_on_i386(void **state _unused_)
{
	struct stage stage;

	start(&stage);
	RECORD(&stage, I386, "socket", 1, 1, 0);
	RECORD(&stage, X86_64, "socket", 2, 1, 0);
	make(&stage);
	assert_answer(&stage, I386, "socket", ALLOW, 1, 1, 0);
	assert_answer(&stage, I386, "socket", DENY, 17, 3, 0);
	assert_answer(&stage, I386, "socketcall", DENY, 1, 0xffffd000, 0);
	done(&stage);
}

static void test_why_not(void **state _unused_)
{
	struct stage stage;

	start(&stage);
	record(&stage, X86_64, "keyctl", NULL);
	for (uint64_t i = 0; i < 60; i++)
		RECORD(&stage, X86_64, "ioctl", 3, 0x5400 + i);
	for (uint64_t i = 0; i < 4; i++)
		RECORD(&stage, X86_64, "mprotect", 0, 4096, 2 * i);
	RECORD(&stage, X86_64, "iopl", UINT64_C(1) << 32);
	RECORD(&stage, X86_64, "mmap", 0, 0, 2);
	record(&stage, I386, "mmap", NULL);
	make(&stage);
	assert_list(stage.report.by_args, "");
	assert_list(stage.report.any_args, "ioctl: more than 32 different arguments; "
					   "iopl: a value of more than 32 bits; "
					   "keyctl: 1 of 1 records came without arguments; "
					   "mmap: on x86 its arguments are behind a pointer; "
					   "mprotect: every value was seen");
	assert_answer(&stage, X86_64, "keyctl", ALLOW, 7, 0, 0);
	assert_answer(&stage, X86_64, "ioctl", ALLOW, 7, 0, 0);
	assert_answer(&stage, X86_64, "mprotect", ALLOW, 7, 0, 7);
	assert_answer(&stage, X86_64, "mmap", ALLOW, 7, 0, 7);
	assert_int_equal(stage.profile->rules[0].n_args, 0);
	assert_null(stage.profile->rules[0].comment);
	done(&stage);
}

/* What is for other architectures and libcs, too, has conditions only where these hold there. */
static void test_elsewhere(void **state _unused_)
{
	const struct arch *const arches[] = { arch_by_audit(I386, 0) };
	struct stage stage;

	start(&stage);
	stage.options.arches = arches;
	stage.options.n_arches = 1;
	RECORD(&stage, X86_64, "mmap", 0, 0, 2);
	RECORD(&stage, X86_64, "prctl", 15);
	make(&stage);
	assert_list(stage.report.by_args, "prctl");
	assert_list(stage.report.any_args, "mmap: on x86 its arguments are behind a pointer");
	assert_answer(&stage, I386, "mmap", ALLOW, 0xffffd000, 0, 4);
	assert_answer(&stage, I386, "prctl", DENY, 16, 0, 0);
	done(&stage);
	start(&stage);
	stage.options.portable = true;
	RECORD(&stage, X86_64, "fcntl", 3, 1);
	RECORD(&stage, X86_64, "prctl", 15);
	make(&stage);
	assert_list(stage.report.by_args, "prctl");
	assert_list(stage.report.any_args,
		    "fcntl: with --portable others stand for it, of which nothing is known");
	done(&stage);
}

/* Nobody asked, so that there is nothing to explain. */
static void test_not_asked_for(void **state _unused_)
{
	struct stage stage;
	uint32_t group;

	start(&stage);
	assert_int_equal(recording_group(&stage.recording, SLICE("g"), SLICE(""), 1, 1, &group), 0);
	assert_int_equal(recording_add(&stage.recording, group, X86_64, 41, LOG,
				       RECORDING_ACTOR_OMITTED, 1, 1, 1, NULL),
			 0);
	make(&stage);
	assert_list(stage.report.any_args, "");
	assert_answer(&stage, X86_64, "socket", ALLOW, 17, 3, 0);
	done(&stage);
}

/* Denied calls have no arguments: whoever lets them in lets them in whole. */
static void test_denied_and_included(void **state _unused_)
{
	struct stage stage;

	for (size_t i = 0; i < 2; i++) {
		start(&stage);
		stage.options.include_denied = i == 1;
		RECORD(&stage, X86_64, "socket", 1, 1, 0);
		assert_int_equal(recording_add(&stage.recording, 0, X86_64, 41, ERRNO,
					       RECORDING_ACTOR_OMITTED, 1, 1, 3, NULL),
				 0);
		make(&stage);
		assert_answer(&stage, X86_64, "socket", i ? ALLOW : DENY, 17, 3, 0);
		assert_list(stage.report.any_args,
			    i ? "socket: 3 of 4 records came without arguments" : "");
		done(&stage);
	}
}

/* What a container runtime asks for comes in addition, and is marked as inferred. */
static void test_runtime(void **state _unused_)
{
	struct stage stage;

	start(&stage);
	stage.options.runtime = RUNTIME_ALL;
	RECORD(&stage, X86_64, "prctl", 16, 0);
	RECORD(&stage, X86_64, "mmap", 0, 0, 4);
	RECORD(&stage, X86_64, "clone", 0x20000011);
	make(&stage);
	assert_list(stage.report.by_args, "clone; mmap; prctl");
	assert_answer(&stage, X86_64, "prctl", ALLOW, 16, 0, 0);
	assert_answer(&stage, X86_64, "prctl", ALLOW, 38, 0, 0); /* PR_SET_NO_NEW_PRIVS */
	assert_answer(&stage, X86_64, "prctl", DENY, 22, 0, 0);	 /* PR_SET_SECCOMP */
	assert_answer(&stage, X86_64, "mmap", ALLOW, 0, 0, 3);
	assert_answer(&stage, X86_64, "mmap", ALLOW, 0, 0, 5);
	assert_answer(&stage, X86_64, "mmap", DENY, 0, 0, 7);
	assert_answer(&stage, X86_64, "clone", ALLOW, 0x3d0f00, 0, 0);
	for (size_t i = 0; i < stage.profile->n_rules; i++) {
		const struct rule *rule = &stage.profile->rules[i];

		if (!rule_names(rule, "prctl"))
			continue;
		assert_int_equal(rule->n_args, 1);
		assert_int_equal(rule->origin,
				 rule->args[0].value_two == 16 ? ORIGIN_SEEN : ORIGIN_POLICY);
	}
	done(&stage);
	/* --exact: nothing but what was seen. */
	start(&stage);
	stage.options.runtime = RUNTIME_ALL;
	stage.options.exact = true;
	RECORD(&stage, X86_64, "prctl", 16, 0);
	make(&stage);
	assert_answer(&stage, X86_64, "prctl", DENY, 38, 0, 0);
	done(&stage);
}

/* As if the profile had been written and read. */
static void become_base(struct stage *stage)
{
	for (size_t i = 0; i < stage->profile->n_rules; i++)
		stage->profile->rules[i].origin = ORIGIN_BASE;
}

/* A base that was made with arguments is extended by those that are new, and only by these. */
static void test_base_with_conditions(void **state _unused_)
{
	struct stage base, stage;

	start(&base);
	RECORD(&base, X86_64, "socket", 1, 1, 0);
	RECORD(&base, X86_64, "clone", 0x10000011);
	RECORD(&base, X86_64, "personality", 8);
	RECORD(&base, X86_64, "madvise", 0, 0, 4);
	make(&base);
	become_base(&base);
	start(&stage);
	stage.options.base = base.profile;
	stage.options.runtime = RUNTIME_ALL;
	RECORD(&stage, X86_64, "socket", 1, 1, 0);
	RECORD(&stage, X86_64, "socket", 2, 2, 17);
	RECORD(&stage, X86_64, "clone", 0x20000011);
	RECORD(&stage, X86_64, "personality", 8);
	record(&stage, X86_64, "madvise", NULL);
	make(&stage);
	assert_list(stage.report.by_args, "clone; personality; socket");
	assert_list(stage.report.fresh, "clone; socket");
	assert_list(stage.report.conditional, "madvise");
	assert_list(stage.report.seen, "clone; personality; socket");
	assert_int_equal(count_rules(stage.profile, "socket"), 2);
	assert_int_equal(count_rules(stage.profile, "personality"), 1);
	assert_answer(&stage, X86_64, "socket", ALLOW, 1, 1, 0);
	assert_answer(&stage, X86_64, "socket", ALLOW, 2, 2, 17);
	assert_answer(&stage, X86_64, "socket", DENY, 2, 1, 0);
	assert_answer(&stage, X86_64, "clone", ALLOW, 0x10000011, 0, 0);
	assert_answer(&stage, X86_64, "clone", ALLOW, 0x20000011, 0, 0);
	assert_answer(&stage, X86_64, "clone", DENY, 0x40000011, 0, 0);
	assert_answer(&stage, X86_64, "madvise", DENY, 0, 0, 8);
	done(&stage);
	done(&base);
}

/* What a base denies, or allows under conditions of the host, is its own to decide. */
static void test_base_that_decides(void **state _unused_)
{
	static const char *const names[] = { "socket" };
	struct stage base, stage;
	struct rule *rule;

	for (size_t i = 0; i < 2; i++) {
		start(&base);
		RECORD(&base, X86_64, "socket", 1, 1, 0);
		make(&base);
		become_base(&base);
		if (i == 0) {
			assert_int_equal(profile_add_rule(base.profile, ORIGIN_BASE, ACTION_ERRNO,
							  names, 1, NULL, &rule),
					 0);
			rule->args = calloc(1, sizeof(*rule->args));
			assert_non_null(rule->args);
			rule->n_args = 1;
			rule->args[0] = (struct rule_arg){ .op = COMPARE_EQ, .value = 16 };
		} else {
			rule = &base.profile->rules[0];
			rule->has_includes = true;
			assert_int_equal(name_list_append(&rule->includes.caps, "CAP_NET_ADMIN"),
					 0);
		}
		start(&stage);
		stage.options.base = base.profile;
		RECORD(&stage, X86_64, "socket", 16, 3, 0);
		make(&stage);
		assert_list(stage.report.by_args, "");
		assert_list(stage.report.conditional, "socket");
		assert_answer(&stage, X86_64, "socket", DENY, 16, 3, 0);
		done(&stage);
		done(&base);
	}
}

/* A profile whose conditions are not those that were recorded does not pass its proof. */
static void test_the_proof_finds_it(void **state _unused_)
{
	struct stage stage;
	struct error err = { 0 };
	struct rule *rule;

	start(&stage);
	RECORD(&stage, X86_64, "socket", 1, 1, 0);
	make(&stage);
	rule = &stage.profile->rules[0];
	assert_int_equal(rule->n_args, 3);
	rule->args[0].value_two = 2;
	assert_int_equal(proof_check(stage.profile, &stage.recording, stage.recording.groups,
				     &stage.options, &stage.report, &stage.names, NULL, &err),
			 -EPROTO);
	assert_non_null(strstr(err.message, "arguments that were not observed"));
	rule->args[0].value_two = 1;
	/* One more record, of which nothing is known: no condition may stand. */
	record(&stage, X86_64, "socket", NULL);
	err = (struct error){ 0 };
	assert_int_equal(proof_check(stage.profile, &stage.recording, stage.recording.groups,
				     &stage.options, &stage.report, &stage.names, NULL, &err),
			 -EPROTO);
	assert_non_null(strstr(err.message, "arguments that are not known"));
	done(&stage);
}

/* On s390 the flags of clone are the second argument. */
static void test_s390(void **state _unused_)
{
	struct stage stage;

	start(&stage);
	RECORD(&stage, AUDIT_ARCH_S390X, "clone", 0x1000, 0x11);
	RECORD(&stage, AUDIT_ARCH_S390X, "personality", UINT64_MAX);
	make(&stage);
	assert_answer(&stage, AUDIT_ARCH_S390X, "clone", ALLOW, 0x20000000, 0x11, 0);
	assert_answer(&stage, AUDIT_ARCH_S390X, "clone", DENY, 0, 0x20000011, 0);
	assert_answer(&stage, AUDIT_ARCH_S390X, "personality", ALLOW, UINT32_MAX, 0, 0);
	assert_answer(&stage, AUDIT_ARCH_S390X, "personality", DENY, 8, 0, 0);
	done(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_combination),
		cmocka_unit_test(test_negative_ints),
		cmocka_unit_test(test_flags_and_ranges),
		cmocka_unit_test(test_socketcall),
		cmocka_unit_test(test_socketcall_unknown),
		cmocka_unit_test(test_direct_form_on_i386),
		cmocka_unit_test(test_why_not),
		cmocka_unit_test(test_elsewhere),
		cmocka_unit_test(test_not_asked_for),
		cmocka_unit_test(test_denied_and_included),
		cmocka_unit_test(test_runtime),
		cmocka_unit_test(test_base_with_conditions),
		cmocka_unit_test(test_base_that_decides),
		cmocka_unit_test(test_the_proof_finds_it),
		cmocka_unit_test(test_s390),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("policy_arguments", tests, NULL, NULL);
}
