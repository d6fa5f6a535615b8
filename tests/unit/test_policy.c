/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "model/policy.h"
#include "model/policy_sets.h"
#include "model/profile_json.h"
#include <errno.h>
#include <linux/audit.h>
#include <stdio.h>
#include <string.h>

#define LOG   0x7ffc0000
#define ERRNO 0x00050000

struct outcome {
	struct recording recording;
	struct syscall_table names;
	struct profile *profile;
	struct policy_report report;
	char *text;
};

struct seen {
	uint32_t arch;
	int32_t nr;
	uint32_t code;
};

/* x86_64: read, clone, mount, kexec_load, socket; i386: its exit, socketcall and statx. */
#define X86_64 AUDIT_ARCH_X86_64
#define I386   AUDIT_ARCH_I386

static const struct policy_options defaults = {
	.default_action = ACTION_ERRNO,
	.default_errno = EPERM,
	.runtime = RUNTIME_ALL,
};

static void make(struct outcome *outcome, const struct policy_options *options,
		 const struct seen *seen, size_t n)
{
	const struct actor actor = { .comm = SLICE("x"), .exe = SLICE("/x"), .subject = SLICE("") };
	struct error err = { 0 };
	uint32_t group, number;

	*outcome = (struct outcome){ 0 };
	assert_int_equal(recording_group(&outcome->recording, SLICE("g"), SLICE(""), 1, 1, &group),
			 0);
	assert_int_equal(recording_actor_add(&outcome->recording, &actor, &number), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(recording_add(&outcome->recording, group, seen[i].arch, seen[i].nr,
					       seen[i].code, number, 1, 1, 1, NULL),
				 0);
	if (policy_profile(&outcome->recording, &outcome->recording.groups[group], &outcome->names,
			   options, &outcome->profile, &outcome->report, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(profile_to_json(outcome->profile, &outcome->text, NULL), 0);
}

static void done(struct outcome *outcome)
{
	recording_deinit(&outcome->recording);
	syscall_table_deinit(&outcome->names);
	profile_free(outcome->profile);
	policy_report_deinit(&outcome->report);
	free(outcome->text);
}

static void assert_list(char *const *names, const char *expected)
{
	char joined[4096] = "";
	size_t used = 0;

	for (; names && *names; names++)
		used += (size_t)snprintf(joined + used, sizeof(joined) - used, "%s%s",
					 used ? " " : "", *names);
	assert_string_equal(joined, expected);
}

static const struct rule *rule_with(const struct profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->n_rules; i++)
		if (rule_names(&profile->rules[i], name))
			return &profile->rules[i];
	return NULL;
}

static void test_seen_and_inferred(void **state _unused_)
{
	static const struct seen seen[] = { { X86_64, 1, LOG },	   { X86_64, 0, LOG },
					    { X86_64, 231, LOG },  { X86_64, 165, ERRNO },
					    { X86_64, 9999, LOG }, { X86_64, 437, LOG } };
	struct outcome outcome;
	const struct rule *rule;

	make(&outcome, &defaults, seen, ARRAY_SIZE(seen));
	assert_list(outcome.profile->rules[0].names, "exit_group openat2 read write");
	assert_int_equal(outcome.profile->rules[0].origin, ORIGIN_SEEN);
	assert_null(outcome.profile->rules[0].comment);
	assert_list(outcome.profile->architectures, "SCMP_ARCH_X86_64");
	assert_list(outcome.report.seen, "exit_group openat2 read write");
	assert_list(outcome.report.fresh, "");
	assert_list(outcome.report.widened, "");
	/* Not on x86_64: sigreturn, the time64 forms. Not again: exit_group. */
	assert_list(outcome.report.inferred[POLICY_SURVIVAL], "exit restart_syscall rt_sigreturn");
	assert_list(outcome.report.inferred[POLICY_VDSO],
		    "clock_getres clock_gettime getcpu getrandom gettimeofday time");
	assert_list(outcome.report.inferred[POLICY_MULTIPLEXED], "");
	assert_null(rule_with(outcome.profile, "mount"));
	rule = rule_with(outcome.profile, "clone3");
	assert_int_equal(rule->action, ACTION_ERRNO);
	assert_int_equal(rule->errno_ret, ENOSYS);
	assert_string_equal(rule->comment,
			    "inferred, answered ENOSYS: tried first by libraries that go on with "
			    "an older call, which they do only on ENOSYS");
	assert_null(rule_with(outcome.profile, "futex_time64"));
	done(&outcome);
}

static void test_no_name_twice(void **state _unused_)
{
	static const struct seen seen[] = { { X86_64, 1, LOG },
					    { I386, 102, LOG },
					    { I386, 117, LOG } };
	struct outcome outcome;

	make(&outcome, &defaults, seen, ARRAY_SIZE(seen));
	for (size_t i = 0; i < outcome.profile->n_rules; i++)
		for (char **name = outcome.profile->rules[i].names; *name; name++)
			for (size_t j = i + 1; j < outcome.profile->n_rules; j++)
				if (rule_names(&outcome.profile->rules[j], *name))
					fail_msg("%s is in rules %zu and %zu", *name, i, j);
	done(&outcome);
}

static void test_clone_of_the_runtime(void **state _unused_)
{
	static const struct seen one[] = { { X86_64, 1, LOG } },
				 s390[] = { { AUDIT_ARCH_S390X, 4, LOG } };
	struct outcome outcome;
	const struct rule *rule;

	make(&outcome, &defaults, one, 1);
	rule = rule_with(outcome.profile, "clone");
	assert_int_equal(rule->n_args, 1);
	assert_int_equal(rule->args[0].index, 0);
	assert_int_equal(rule->args[0].value, 0x7e020000);
	done(&outcome);
	make(&outcome, &defaults, s390, 1);
	assert_int_equal(rule_with(outcome.profile, "clone")->args[0].index, 1);
	done(&outcome);
}

static void test_compat(void **state _unused_)
{
	static const struct seen seen[] = { { I386, 1, LOG }, { I386, 102, LOG } };
	struct outcome outcome;

	make(&outcome, &defaults, seen, ARRAY_SIZE(seen));
	assert_list(outcome.profile->architectures, "SCMP_ARCH_X86_64 SCMP_ARCH_X86");
	assert_list(outcome.profile->rules[0].names, "exit socketcall");
	assert_true(name_list_has(outcome.report.inferred[POLICY_MULTIPLEXED], "socket"));
	assert_true(name_list_has(outcome.report.inferred[POLICY_MULTIPLEXED], "recvmmsg"));
	assert_false(name_list_has(outcome.report.inferred[POLICY_MULTIPLEXED], "semop"));
	assert_true(name_list_has(outcome.report.inferred[POLICY_SURVIVAL], "sigreturn"));
	assert_true(name_list_has(outcome.report.inferred[POLICY_VDSO], "clock_gettime64"));
	assert_true(name_list_has(outcome.report.inferred[POLICY_FALLBACK], "futex_time64"));
	/* The runtime is not a 32-bit program. */
	assert_false(name_list_has(outcome.report.inferred[POLICY_RUNTIME], "setgid32"));
	assert_true(name_list_has(outcome.report.inferred[POLICY_RUNTIME], "newfstatat"));
	done(&outcome);
}

static void test_widened(void **state _unused_)
{
	/* read on both; fork on one; sigreturn, which the other does not have. */
	static const struct seen seen[] = {
		{ X86_64, 0, LOG }, { I386, 3, LOG }, { I386, 2, LOG }, { I386, 119, LOG }
	};
	struct outcome outcome;

	make(&outcome, &defaults, seen, ARRAY_SIZE(seen));
	assert_list(outcome.report.widened, "fork");
	done(&outcome);
}

static void test_exact(void **state _unused_)
{
	static const struct seen seen[] = { { I386, 1, LOG }, { I386, 102, LOG } };
	struct policy_options options = defaults;
	struct outcome outcome;

	options.exact = true;
	make(&outcome, &options, seen, ARRAY_SIZE(seen));
	assert_list(outcome.profile->architectures, "SCMP_ARCH_X86");
	assert_int_equal(outcome.profile->n_rules, 1);
	for (size_t i = 0; i < POLICY_SET_COUNT; i++)
		assert_list(outcome.report.inferred[i], "");
	done(&outcome);
}

/* What was not logged is allowed, in a rule that says so; what was seen all the same is seen. */
static void test_assumed(void **state _unused_)
{
	static const struct seen seen[] = { { I386, 3, LOG } };
	char futex[] = "futex", unknown[] = "no_such_call", read[] = "read", write[] = "write";
	char *hot[] = { futex, unknown, read, write, NULL };
	struct policy_options options = defaults;
	struct outcome outcome;
	const struct rule *rule;

	options.assumed = hot;
	options.runtime = RUNTIME_NONE;
	make(&outcome, &options, seen, ARRAY_SIZE(seen));
	assert_list(outcome.report.seen, "read");
	assert_list(outcome.report.inferred[POLICY_ASSUMED], "futex write");
	rule = rule_with(outcome.profile, "futex");
	assert_non_null(rule);
	assert_int_equal(rule->action, ACTION_ALLOW);
	assert_non_null(strstr(rule->comment, "assumed"));
	done(&outcome);
}

static void test_portable(void **state _unused_)
{
	/* open and poll; openat2 was denied, and umount2 is not asked for. */
	static const struct seen seen[] = { { X86_64, 2, LOG },
					    { X86_64, 7, LOG },
					    { X86_64, 437, ERRNO } };
	static const struct arch *arches[1];
	struct policy_options options = defaults;
	struct outcome outcome;

	make(&outcome, &options, seen, ARRAY_SIZE(seen));
	assert_list(outcome.report.inferred[POLICY_PORTABLE], "");
	done(&outcome);
	options.runtime = RUNTIME_NONE;
	options.portable = true;
	make(&outcome, &options, seen, ARRAY_SIZE(seen));
	assert_list(outcome.report.inferred[POLICY_PORTABLE], "openat ppoll");
	assert_int_equal(rule_with(outcome.profile, "openat2")->action, ACTION_ERRNO);
	done(&outcome);
	arches[0] = arch_by_name(SLICE("arm"));
	options.arches = arches;
	options.n_arches = 1;
	make(&outcome, &options, seen, ARRAY_SIZE(seen));
	assert_list(outcome.profile->architectures,
		    "SCMP_ARCH_X86_64 SCMP_ARCH_AARCH64 SCMP_ARCH_ARM");
	assert_list(outcome.report.inferred[POLICY_PORTABLE], "openat ppoll ppoll_time64");
	assert_true(name_list_has(outcome.report.inferred[POLICY_SURVIVAL], "sigreturn"));
	assert_list(outcome.report.widened, "");
	done(&outcome);
}

static void test_s390_stands_alone(void **state _unused_)
{
	const struct arch *const arches[] = { arch_by_name(SLICE("s390x")) };
	struct policy_options options = defaults;
	struct outcome outcome = { 0 };
	struct error err = { 0 };
	uint32_t group;

	assert_int_equal(recording_group(&outcome.recording, SLICE("g"), SLICE(""), 1, 1, &group),
			 0);
	assert_int_equal(recording_add(&outcome.recording, group, X86_64, 0, LOG, 0, 1, 1, 1, NULL),
			 0);
	options.arches = arches;
	options.n_arches = 1;
	assert_int_equal(policy_profile(&outcome.recording, &outcome.recording.groups[group],
					&outcome.names, &options, &outcome.profile, NULL, &err),
			 -EINVAL);
	assert_non_null(strstr(err.message, "s390"));
	done(&outcome);
}

static void test_include_denied(void **state _unused_)
{
	static const struct seen seen[] = { { X86_64, 0, LOG }, { X86_64, 165, ERRNO } };
	struct policy_options options = defaults;
	struct outcome outcome;

	options.include_denied = true;
	make(&outcome, &options, seen, ARRAY_SIZE(seen));
	assert_list(outcome.profile->rules[0].names, "mount read");
	done(&outcome);
}

static void test_runtime_sets(void **state _unused_)
{
	static const struct seen seen[] = { { X86_64, 0, LOG } };
	struct policy_options options = defaults;
	struct outcome outcome;

	options.runtime = RUNTIME_NONE;
	make(&outcome, &options, seen, 1);
	assert_list(outcome.report.inferred[POLICY_RUNTIME], "");
	done(&outcome);
	options.runtime = RUNTIME_CRUN;
	make(&outcome, &options, seen, 1);
	assert_true(name_list_has(outcome.report.inferred[POLICY_RUNTIME], "setresuid"));
	assert_false(name_list_has(outcome.report.inferred[POLICY_RUNTIME], "setuid"));
	done(&outcome);
	options.runtime = RUNTIME_RUNC;
	make(&outcome, &options, seen, 1);
	assert_true(name_list_has(outcome.report.inferred[POLICY_RUNTIME], "setuid"));
	assert_false(name_list_has(outcome.report.inferred[POLICY_RUNTIME], "setresuid"));
	done(&outcome);
}

static void test_default_decides_about_fallbacks(void **state _unused_)
{
	static const struct seen seen[] = { { X86_64, 0, LOG } };
	struct policy_options options = defaults;
	struct outcome outcome;

	options.default_errno = ENOSYS;
	make(&outcome, &options, seen, 1);
	assert_int_equal(outcome.profile->default_errno, ENOSYS);
	assert_null(rule_with(outcome.profile, "clone3"));
	done(&outcome);
	options.default_action = ACTION_KILL_PROCESS;
	make(&outcome, &options, seen, 1);
	assert_false(outcome.profile->has_default_errno);
	assert_int_equal(rule_with(outcome.profile, "clone3")->errno_ret, ENOSYS);
	done(&outcome);
}

static struct profile *parse(const char *text)
{
	struct profile *profile = NULL;
	struct error err = { 0 };

	if (profile_read_json(&profile, text, strlen(text), "base", &err) < 0)
		fail_msg("%s", err.message);
	return profile;
}

static void test_base(void **state _unused_)
{
	static const char text[] =
		"{\"defaultAction\": \"SCMP_ACT_KILL\", \"architectures\": "
		"[\"SCMP_ARCH_X86_64\"], \"syscalls\": ["
		"{\"names\": [\"read\", \"exit\", \"rt_sigreturn\"], \"action\": "
		"\"SCMP_ACT_ALLOW\"},"
		"{\"names\": [\"clone\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": "
		"[{\"index\": 0, \"value\": 2114060288, \"valueTwo\": 0, \"op\": "
		"\"SCMP_CMP_MASKED_EQ\"}]},"
		"{\"names\": [\"mount\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": "
		"{\"caps\": [\"CAP_SYS_ADMIN\"]}},"
		"{\"names\": [\"bpf\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": "
		"{\"caps\": [\"CAP_BPF\"]}},"
		"{\"names\": [\"bpf\"], \"action\": \"SCMP_ACT_ERRNO\", \"excludes\": "
		"{\"caps\": [\"CAP_BPF\"]}},"
		"{\"names\": [\"kexec_load\", \"clone3\"], \"action\": \"SCMP_ACT_ERRNO\"}],"
		"\"x\": 1}";
	/* read, clone, mount, bpf, kexec_load, getpid */
	static const struct seen seen[] = { { X86_64, 0, LOG },	  { X86_64, 56, LOG },
					    { X86_64, 165, LOG }, { X86_64, 321, LOG },
					    { X86_64, 246, LOG }, { X86_64, 39, LOG } };
	_cleanup_profile_ struct profile *base = parse(text);
	struct policy_options options = defaults;
	struct outcome outcome;

	options.base = base;
	make(&outcome, &options, seen, ARRAY_SIZE(seen));
	assert_int_equal(outcome.profile->default_action, ACTION_KILL_THREAD);
	assert_list(outcome.report.fresh, "getpid mount");
	assert_list(outcome.report.seen, "getpid mount read");
	assert_list(outcome.report.conditional, "bpf clone");
	assert_list(outcome.report.still_denied, "kexec_load");
	assert_list(outcome.profile->rules[6].names, "getpid mount");
	assert_list(outcome.report.inferred[POLICY_SURVIVAL], "exit_group restart_syscall");
	/* Neither the base's own conditions nor its denials are overruled by policy. */
	assert_false(name_list_has(outcome.report.inferred[POLICY_RUNTIME], "clone"));
	assert_false(name_list_has(outcome.report.inferred[POLICY_FALLBACK], "clone3"));
	assert_true(name_list_has(outcome.report.inferred[POLICY_FALLBACK], "openat2") ||
		    name_list_has(outcome.report.inferred[POLICY_RUNTIME], "openat2"));
	assert_non_null(strstr(outcome.text, "\"x\": 1"));
	assert_list(outcome.profile->architectures, "SCMP_ARCH_X86_64");
	done(&outcome);
}

static void test_base_gets_the_recorded_architecture(void **state _unused_)
{
	static const struct seen i386[] = { { I386, 3, LOG }, { I386, 20, LOG } },
				 native[] = { { X86_64, 0, LOG } };
	_cleanup_profile_ struct profile
		*base = parse("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": "
			      "[{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\"}]}"),
		*map = parse("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"archMap\": "
			     "[{\"architecture\": \"SCMP_ARCH_X86_64\"}], \"syscalls\": "
			     "[{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\"}]}");
	struct policy_options options = defaults;
	struct outcome outcome;

	options.base = base;
	make(&outcome, &options, native, 1);
	assert_null(outcome.profile->architectures);
	done(&outcome);
	make(&outcome, &options, i386, ARRAY_SIZE(i386));
	assert_list(outcome.profile->architectures, "SCMP_ARCH_X86_64 SCMP_ARCH_X86");
	assert_list(outcome.report.fresh, "getpid");
	done(&outcome);
	options.base = map;
	make(&outcome, &options, i386, ARRAY_SIZE(i386));
	assert_null(outcome.profile->architectures);
	assert_list(outcome.profile->arch_map[0].sub_architectures, "SCMP_ARCH_X86");
	assert_list(outcome.report.fresh, "getpid");
	done(&outcome);
}

static void test_open_base(void **state _unused_)
{
	static const struct seen seen[] = { { X86_64, 0, LOG }, { X86_64, 169, LOG } };
	_cleanup_profile_ struct profile *base =
		parse("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": "
		      "[\"reboot\"], \"action\": \"SCMP_ACT_ERRNO\"}]}");
	struct policy_options options = defaults;
	struct outcome outcome;

	options.base = base;
	make(&outcome, &options, seen, ARRAY_SIZE(seen));
	assert_int_equal(outcome.profile->n_rules, 1);
	assert_list(outcome.report.still_denied, "reboot");
	assert_list(outcome.report.fresh, "");
	done(&outcome);
}

/* A name that no architecture has would be a typing error in a table. */
static void test_tables(void **state _unused_)
{
	struct syscall_table names = { 0 };

	for (size_t set = 0; set < POLICY_SET_COUNT; set++) {
		const struct policy_set_fact *fact = policy_set_fact((enum policy_set)set);

		assert_non_null(policy_set_name((enum policy_set)set));
		assert_non_null(policy_set_reason((enum policy_set)set));
		for (size_t i = 0; i < fact->n; i++) {
			const char *name = fact->entries[i].name;
			bool found = false;
			int32_t nr;

			for (size_t j = 0; !found && j < arch_count(); j++)
				found = syscall_number(&names, arch_at(j), name, &nr) == 0;
			if (!found)
				fail_msg("%s: %s is no call", fact->name, name);
			assert_non_null(policy_reason((enum policy_set)set, name));
			assert_true((set == POLICY_RUNTIME) == (fact->entries[i].runtime != 0));
			for (size_t j = 0; j < i; j++)
				assert_string_not_equal(fact->entries[j].name, name);
		}
	}
	assert_null(policy_reason(POLICY_SURVIVAL, "mount"));
	syscall_table_deinit(&names);
}

static void test_look_at(void **state _unused_)
{
	static const char *const names[] = { "acct",   "bpf",	  "io_uring_setup", "mount",
					     "ptrace", "setns",	  "userfaultfd",    "vmsplice",
					     "prctl",  "umount2", "keyctl",	    "kexec_load" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!policy_look_at(names[i]))
			fail_msg("%s", names[i]);
	assert_null(policy_look_at("read"));
	assert_null(policy_look_at(""));
	assert_null(policy_look_at("zzz"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seen_and_inferred),
		cmocka_unit_test(test_no_name_twice),
		cmocka_unit_test(test_clone_of_the_runtime),
		cmocka_unit_test(test_compat),
		cmocka_unit_test(test_widened),
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_assumed),
		cmocka_unit_test(test_portable),
		cmocka_unit_test(test_s390_stands_alone),
		cmocka_unit_test(test_include_denied),
		cmocka_unit_test(test_runtime_sets),
		cmocka_unit_test(test_default_decides_about_fallbacks),
		cmocka_unit_test(test_base),
		cmocka_unit_test(test_base_gets_the_recorded_architecture),
		cmocka_unit_test(test_open_base),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_look_at),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
