/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "format/proof.h"
#include "format/verdict.h"
#include "model/profile_json.h"
#include "profile_text.h"
#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG		0x7ffc0000
#define DEFAULT_PROFILE "/usr/share/containers/seccomp.json"

struct stage {
	struct recording recording;
	struct syscall_table names;
	struct policy_options options;
	struct policy_report report;
	struct profile *profile;
};

static void record(struct stage *stage, uint32_t arch, int32_t nr)
{
	const struct actor actor = { .comm = SLICE("x"), .exe = SLICE("/x"), .subject = SLICE("") };
	uint32_t group, number;

	assert_int_equal(recording_group(&stage->recording, SLICE("g"), SLICE(""), 1, 1, &group),
			 0);
	assert_int_equal(recording_actor_add(&stage->recording, &actor, &number), 0);
	assert_int_equal(
		recording_add(&stage->recording, group, arch, nr, LOG, number, 1, 1, 1, NULL), 0);
}

static void make(struct stage *stage)
{
	struct error err = { 0 };

	if (policy_profile(&stage->recording, stage->recording.groups, &stage->names,
			   &stage->options, &stage->profile, &stage->report, &err) < 0)
		fail_msg("%s", err.message);
}

/* read, write, close, mount on x86_64; read, exit and socketcall on i386. */
static void start(struct stage *stage)
{
	*stage = (struct stage){
		.options = { .default_action = ACTION_ERRNO,
			     .default_errno = EPERM,
			     .runtime = RUNTIME_ALL },
	};
	record(stage, AUDIT_ARCH_X86_64, 0);
	record(stage, AUDIT_ARCH_X86_64, 1);
	record(stage, AUDIT_ARCH_X86_64, 3);
	record(stage, AUDIT_ARCH_X86_64, 165);
	record(stage, AUDIT_ARCH_I386, 3);
	record(stage, AUDIT_ARCH_I386, 1);
	record(stage, AUDIT_ARCH_I386, 102);
}

static void done(struct stage *stage)
{
	recording_deinit(&stage->recording);
	syscall_table_deinit(&stage->names);
	policy_report_deinit(&stage->report);
	profile_free(stage->profile);
}

static int prove(struct stage *stage, struct error *err)
{
	*err = (struct error){ 0 };
	return proof_check(stage->profile, &stage->recording, stage->recording.groups,
			   &stage->options, &stage->report, &stage->names, NULL, err);
}

static void assert_proven(struct stage *stage)
{
	struct error err;

	if (prove(stage, &err) < 0)
		fail_msg("%s", err.message);
}

static void test_good_profiles(void **state _unused_)
{
	struct stage stage;

	start(&stage);
	make(&stage);
	assert_proven(&stage);
	profile_free(stage.profile);
	stage.options.exact = true;
	make(&stage);
	assert_proven(&stage);
	profile_free(stage.profile);
	stage.options.default_action = ACTION_KILL_PROCESS;
	make(&stage);
	assert_proven(&stage);
	done(&stage);
}

/* Every architecture, with its own idea of numbers, and calls newer than libseccomp. */
static void test_every_arch(void **state _unused_)
{
	for (size_t i = 0; i < arch_count(); i++) {
		const struct arch *arch = arch_at(i);
		struct stage stage = { .options = { .default_action = ACTION_ERRNO,
						    .default_errno = EPERM,
						    .runtime = RUNTIME_ALL } };
		static const char *const calls[] = { "read",   "write", "socket",
						     "semget", "mseal", "exit_group" };
		char **skipped = NULL;
		struct error err = { 0 };

		for (size_t j = 0; j < ARRAY_SIZE(calls); j++) {
			int32_t nr;

			if (syscall_number(&stage.names, arch, calls[j], &nr) == 0)
				record(&stage, arch->audit, nr);
		}
		make(&stage);
		if (proof_check(stage.profile, &stage.recording, stage.recording.groups,
				&stage.options, &stage.report, &stage.names, &skipped, &err) < 0)
			fail_msg("%s", err.message);
		name_list_free(skipped);
		done(&stage);
	}
}

static struct rule *rule_of(struct profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->n_rules; i++)
		if (rule_names(&profile->rules[i], name))
			return &profile->rules[i];
	fail_msg("no rule for %s", name);
	return NULL;
}

static void remove_name(struct rule *rule, const char *name)
{
	char **to = rule->names;

	for (char **from = rule->names; *from; from++) {
		if (strcmp(*from, name) == 0)
			free(*from);
		else
			*to++ = *from;
	}
	*to = NULL;
}

static void drop_call(struct profile *profile)
{
	remove_name(rule_of(profile, "mount"), "mount");
}

static void add_to_observed(struct profile *profile)
{
	assert_int_equal(name_list_append(&rule_of(profile, "mount")->names, "ptrace"), 0);
}

static void add_to_policy(struct profile *profile)
{
	assert_int_equal(name_list_append(&rule_of(profile, "rt_sigreturn")->names, "ptrace"), 0);
}

static void deny_observed(struct profile *profile)
{
	rule_of(profile, "mount")->action = ACTION_ERRNO;
}

static void deny_inferred(struct profile *profile)
{
	rule_of(profile, "rt_sigreturn")->action = ACTION_ERRNO;
}

static void allow_fallback(struct profile *profile)
{
	rule_of(profile, "clone3")->action = ACTION_ALLOW;
}

static void change_errno(struct profile *profile)
{
	rule_of(profile, "clone3")->errno_ret = EPERM;
}

static void open_default(struct profile *profile)
{
	profile->default_action = ACTION_ALLOW;
}

static void add_rule(struct profile *profile)
{
	static const char *const names[] = { "ptrace" };

	assert_int_equal(profile_add_rule(profile, ORIGIN_BASE, ACTION_ALLOW, names, 1, NULL, NULL),
			 0);
}

static void add_condition(struct profile *profile)
{
	struct rule *rule = rule_of(profile, "mount");

	assert_int_equal(name_list_append(&rule->includes.caps, "CAP_SYS_ADMIN"), 0);
}

static void add_argument(struct profile *profile)
{
	struct rule *rule = rule_of(profile, "mount");

	rule->args = calloc(1, sizeof(*rule->args));
	assert_non_null(rule->args);
	rule->n_args = 1;
	rule->args[0] = (struct rule_arg){ .index = 0, .op = COMPARE_EQ, .value = 1 };
}

static void loosen_clone(struct profile *profile)
{
	rule_of(profile, "clone")->n_args = 0;
}

static void misspell(struct profile *profile)
{
	struct rule *rule = rule_of(profile, "mount");

	remove_name(rule, "mount");
	assert_int_equal(name_list_append(&rule->names, "mouth"), 0);
}

static void drop_arch(struct profile *profile)
{
	free(profile->architectures[1]);
	profile->architectures[1] = NULL;
}

static const struct {
	const char *what;
	void (*mutate)(struct profile *profile);
} mutations[] = {
	{ "a recorded call dropped", drop_call },
	{ "a call added to the observed", add_to_observed },
	{ "a call added to a policy set", add_to_policy },
	{ "observed calls denied", deny_observed },
	{ "inferred calls denied", deny_inferred },
	{ "fallbacks allowed", allow_fallback },
	{ "fallbacks with another errno", change_errno },
	{ "the default open", open_default },
	{ "a rule of a base that is none", add_rule },
	{ "a condition on observed calls", add_condition },
	{ "an argument on observed calls", add_argument },
	{ "the runtime's clone without its condition", loosen_clone },
	{ "a misspelled call", misspell },
	{ "a recorded architecture dropped", drop_arch },
};

static void test_wrong_profiles_are_caught(void **state _unused_)
{
	size_t failed = 0;

	for (size_t i = 0; i < ARRAY_SIZE(mutations); i++) {
		struct stage stage;
		struct error err;

		start(&stage);
		make(&stage);
		mutations[i].mutate(stage.profile);
		if (prove(&stage, &err) != -EPROTO || err.message[0] == '\0') {
			print_message("# not caught: %s\n", mutations[i].what);
			failed++;
		}
		done(&stage);
	}
	assert_int_equal(failed, 0);
}

static void test_base(void **state _unused_)
{
	struct stage stage;
	struct profile *base = NULL;
	struct error err;
	struct rule *rule;

	if (access(DEFAULT_PROFILE, R_OK) < 0) {
		print_message("# there is no %s here\n", DEFAULT_PROFILE);
		return;
	}
	base = from_file(DEFAULT_PROFILE);
	start(&stage);
	record(&stage, AUDIT_ARCH_X86_64, 41);	/* socket: decided by arguments */
	record(&stage, AUDIT_ARCH_X86_64, 135); /* personality: too */
	record(&stage, AUDIT_ARCH_X86_64, 246); /* kexec_load: denied */
	stage.options.base = base;
	make(&stage);
	assert_true(name_list_has(stage.report.conditional, "socket"));
	assert_true(name_list_has(stage.report.still_denied, "kexec_load"));
	assert_proven(&stage);
	/* A base rule changed on the way is caught, too. */
	rule = rule_of(stage.profile, "kexec_load");
	rule->action = ACTION_ALLOW;
	assert_int_equal(prove(&stage, &err), -EPROTO);
	done(&stage);
	profile_free(base);
}

static void test_without_group(void **state _unused_)
{
	static const char text[] =
		"{\"defaultAction\": \"SCMP_ACT_KILL_PROCESS\", \"architectures\": "
		"[\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\", \"SCMP_ARCH_X32\", "
		"\"SCMP_ARCH_AARCH64\"], \"syscalls\": [{\"names\": [\"read\", \"socket\"], "
		"\"action\": \"SCMP_ACT_ALLOW\"}, {\"names\": [\"mseal\"], \"action\": "
		"\"SCMP_ACT_ALLOW\"}, {\"names\": [\"personality\"], \"action\": "
		"\"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, \"value\": 8, \"op\": "
		"\"SCMP_CMP_EQ\"}, {\"index\": 0, \"value\": 131072, \"op\": "
		"\"SCMP_CMP_GT\"}]}, {\"names\": [\"prctl\"], \"action\": \"SCMP_ACT_ALLOW\", "
		"\"args\": [{\"index\": 0, \"value\": 8, \"op\": \"SCMP_CMP_NE\"}, {\"index\": 1, "
		"\"value\": 131072, \"op\": \"SCMP_CMP_LT\"}, {\"index\": 2, \"value\": 3, "
		"\"op\": \"SCMP_CMP_LE\"}, {\"index\": 3, \"value\": 3, \"op\": "
		"\"SCMP_CMP_GE\"}, {\"index\": 4, \"value\": 240, \"valueTwo\": 16, \"op\": "
		"\"SCMP_CMP_MASKED_EQ\"}]}]}";
	struct syscall_table names = { 0 };
	struct profile *profile = NULL;
	struct error err = { 0 };
	char **skipped = NULL;

	assert_int_equal(profile_read_json(&profile, text, strlen(text), "text", NULL), 0);
	if (proof_check(profile, NULL, NULL, NULL, NULL, &names, &skipped, &err) < 0)
		fail_msg("%s", err.message);
	assert_true(name_list_count(skipped) <= 1);
	name_list_free(skipped);
	syscall_table_deinit(&names);
	profile_free(profile);
}

static void test_verdicts(void **state _unused_)
{
	static const char text[] =
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 7, \"syscalls\": "
		"[{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": "
		"[{\"index\": 1, \"value\": 5, \"op\": \"SCMP_CMP_LE\"}]}, {\"names\": "
		"[\"write\"], \"action\": \"SCMP_ACT_ERRNO\"}]}";
	static const uint64_t low[6] = { 0, 5 }, high[6] = { 0, 6 };
	struct syscall_table names = { 0 };
	struct profile *profile = NULL;
	struct verdicts verdicts;
	struct verdict verdict;

	assert_int_equal(profile_read_json(&profile, text, strlen(text), "text", NULL), 0);
	assert_int_equal(verdicts_init(&verdicts, profile, arch_by_name(SLICE("x86_64")), &names),
			 0);
	verdicts_find(&verdicts, 0, low, &verdict);
	assert_int_equal(verdict.codes[0], 0x7fff0000);
	verdicts_find(&verdicts, 0, high, &verdict);
	assert_int_equal(verdict.codes[0], 0x00050007);
	verdicts_find(&verdicts, 1, low, &verdict);
	assert_int_equal(verdict.codes[0], 0x00050001);
	verdicts_find(&verdicts, 2, low, &verdict);
	assert_int_equal(verdict.codes[0], 0x00050007);
	verdicts_deinit(&verdicts);
	syscall_table_deinit(&names);
	profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),   cmocka_unit_test(test_good_profiles),
		cmocka_unit_test(test_every_arch), cmocka_unit_test(test_wrong_profiles_are_caught),
		cmocka_unit_test(test_base),	   cmocka_unit_test(test_without_group),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
