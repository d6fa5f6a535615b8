/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "model/explanation.h"
#include "model/profile_json.h"
#include "model/proposal.h"
#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

#define LOG   0x7ffc0000
#define ERRNO 0x00050000
#define KILL  0x80000000
#define X86   AUDIT_ARCH_X86_64
#define I386  AUDIT_ARCH_I386

static const char *const profile_text =
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": ["
	"{\"names\": [\"read\", \"openat\"], \"action\": \"SCMP_ACT_ALLOW\"},"
	"{\"names\": [\"exit\"], \"action\": \"SCMP_ACT_ALLOW\","
	" \"comment\": \"inferred, survival: whatever\"},"
	"{\"names\": [\"prctl\"], \"action\": \"SCMP_ACT_ALLOW\","
	" \"comment\": \"inferred, runtime start: whatever\"},"
	"{\"names\": [\"clone3\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 38,"
	" \"comment\": \"inferred, answered ENOSYS: whatever\"},"
	"{\"names\": [\"mount\"], \"action\": \"SCMP_ACT_ALLOW\","
	" \"includes\": {\"caps\": [\"CAP_SYS_ADMIN\"]}},"
	"{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\","
	" \"args\": [{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]},"
	"{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\","
	" \"args\": [{\"index\": 0, \"value\": 2, \"op\": \"SCMP_CMP_EQ\"}]},"
	"{\"names\": [\"no_such_call\"], \"action\": \"SCMP_ACT_ALLOW\"},"
	"{\"names\": [\"ptrace\"], \"action\": \"SCMP_ACT_KILL_PROCESS\"}]}";

struct held {
	struct recording recording;
	struct profile *profile;
	struct syscall_table names;
	struct explanation explanation;
};

static void add(struct recording *recording, const char *group, uint32_t arch, int32_t nr,
		uint32_t code, const char *exe, const char *comm, int64_t ms, uint64_t count)
{
	const struct actor actor = { .exe = slice_from(exe),
				     .comm = slice_from(comm),
				     .subject = SLICE("") };
	uint32_t index, number;

	assert_int_equal(recording_group(recording, slice_from(group), SLICE(""), RECORD_UNSET,
					 RECORD_UNSET, &index),
			 0);
	assert_int_equal(recording_actor_add(recording, &actor, &number), 0);
	assert_int_equal(
		recording_add(recording, index, arch, nr, code, number, ms, ms, count, NULL), 0);
}

/* Numbers: x86_64 read 0, write 1, openat 257, ptrace 101, clone3 435; i386 read 3, bpf 357. */
static void fill(struct recording *recording)
{
	add(recording, "b", X86, 0, LOG, "/bin/z", "z", 300, 5);
	add(recording, "b", X86, 0, LOG, "/bin/a", "worker", 100, 1);
	add(recording, "a", X86, 0, LOG, "/bin/a", "a", 200, 2);
	add(recording, "a", I386, 3, LOG, "/bin/a", "a", 250, 1);
	add(recording, "a", X86, 1, LOG, "/bin/a", "a", 50, 7);
	add(recording, "a", X86, 435, LOG, "/bin/a", "a", 60, 1);
	add(recording, "a", X86, 101, KILL, "/bin/a", "a", 900, 3);
	add(recording, "a", I386, 357, ERRNO, "/bin/b", "b", 800, 4);
	add(recording, "a", X86, 999, LOG, "/bin/a", "a", 70, 1);
}

static void hold(struct held *held, bool recorded, bool profiled)
{
	struct error err = { 0 };

	*held = (struct held){ 0 };
	if (recorded)
		fill(&held->recording);
	if (profiled &&
	    profile_read_json(&held->profile, profile_text, strlen(profile_text), "p", &err) < 0)
		fail_msg("%s", err.message);
	if (explanation_make(&held->explanation, recorded ? &held->recording : NULL, held->profile,
			     &held->names, &err) < 0)
		fail_msg("%s", err.message);
}

static void release(struct held *held)
{
	explanation_deinit(&held->explanation);
	profile_free(held->profile);
	recording_deinit(&held->recording);
	syscall_table_deinit(&held->names);
}

static const struct explained *find(const struct held *held, const char *name)
{
	const struct explained *call = explanation_find(&held->explanation, name);

	if (!call)
		fail_msg("%s is not explained", name);
	return call;
}

static void assert_ground(const struct held *held, const char *name, enum ground ground,
			  bool conditional)
{
	const struct explained *call = find(held, name);

	if (call->ground != ground || call->conditional != conditional)
		fail_msg("%s: %s%s", name, ground_name(call->ground),
			 call->conditional ? ", conditional" : "");
}

static void grounds(void **state _unused_)
{
	struct held held;

	hold(&held, true, true);
	assert_ground(&held, "read", GROUND_SEEN, false);
	assert_ground(&held, "openat", GROUND_STATED, false);
	assert_ground(&held, "exit", GROUND_INFERRED, false);
	assert_ground(&held, "prctl", GROUND_INFERRED, false);
	assert_ground(&held, "write", GROUND_LEFT_OUT, false);
	assert_ground(&held, "clone3", GROUND_LEFT_OUT, false);
	assert_ground(&held, "mount", GROUND_STATED, true);
	assert_ground(&held, "socket", GROUND_STATED, true);
	assert_ground(&held, "ptrace", GROUND_ANSWERED, false);
	assert_ground(&held, "bpf", GROUND_DENIED, false);
	assert_ground(&held, "number 999 on x86_64", GROUND_LEFT_OUT, false);
	assert_ground(&held, "no_such_call", GROUND_STATED, false);
	assert_int_equal(find(&held, "exit")->set, POLICY_SURVIVAL);
	assert_int_equal(find(&held, "prctl")->set, POLICY_RUNTIME);
	assert_int_equal(find(&held, "clone3")->set, POLICY_FALLBACK);
	assert_int_equal(find(&held, "read")->set, -1);
	assert_int_equal(find(&held, "socket")->n_rules, 2);
	assert_null(find(&held, "no_such_call")->fact);
	assert_int_equal(find(&held, "no_such_call")->area, AREA_COUNT);
	assert_null(explanation_find(&held.explanation, "close"));
	assert_int_equal(held.explanation.by_ground[GROUND_STATED], 4);
	assert_int_equal(held.explanation.by_ground[GROUND_LEFT_OUT], 3);
	for (size_t i = 1; i < held.explanation.n_calls; i++)
		assert_true(strcmp(held.explanation.calls[i - 1].name,
				   held.explanation.calls[i].name) < 0);
	release(&held);
}

static void sums(void **state _unused_)
{
	const struct explained *call;
	struct held held;

	hold(&held, true, true);
	call = find(&held, "read");
	assert_int_equal(call->happened, 9);
	assert_int_equal(call->denied, 0);
	assert_int_equal(call->first_ms, 100);
	assert_int_equal(call->last_ms, 300);
	assert_int_equal(call->n_groups, 2);
	assert_int_equal(__builtin_popcountll(call->arches), 2);
	assert_int_equal(call->n_processes, 3);
	assert_int_equal(find(&held, "bpf")->denied, 4);
	assert_int_equal(find(&held, "bpf")->n_processes, 0);
	assert_int_equal(held.explanation.happened, 18);
	assert_int_equal(held.explanation.denied, 7);
	assert_int_equal(held.explanation.first_ms, 50);
	assert_int_equal(held.explanation.last_ms, 900);
	release(&held);
}

/* Sorted, each once, with the number of different calls that each of them made. */
static void processes(void **state _unused_)
{
	static const struct {
		const char *exe, *comm;
		uint32_t calls;
	} expected[] = { { "/bin/a", "a", 4 }, { "/bin/a", "worker", 1 }, { "/bin/z", "z", 1 } };
	struct held held;

	hold(&held, true, false);
	assert_int_equal(held.explanation.n_processes, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		const struct process *process = &held.explanation.processes[i];

		assert_true(slice_is(process->exe, expected[i].exe));
		assert_true(slice_is(process->comm, expected[i].comm));
		assert_int_equal(process->calls, expected[i].calls);
		assert_int_equal(find(&held, "read")->processes[i], i);
	}
	release(&held);
}

static void without_a_recording(void **state _unused_)
{
	struct held held;

	hold(&held, false, true);
	assert_ground(&held, "read", GROUND_STATED, false);
	assert_ground(&held, "exit", GROUND_INFERRED, false);
	assert_ground(&held, "clone3", GROUND_ANSWERED, false);
	assert_int_equal(held.explanation.first_ms, TIME_UNKNOWN);
	assert_null(explanation_find(&held.explanation, "write"));
	release(&held);
}

static void without_a_profile(void **state _unused_)
{
	struct held held;

	hold(&held, true, false);
	assert_ground(&held, "read", GROUND_SEEN, false);
	assert_ground(&held, "ptrace", GROUND_DENIED, false);
	release(&held);
}

/* A profile that lets everything through but what it denies. */
static void open_default(void **state _unused_)
{
	static const char text[] =
		"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": ["
		"{\"names\": [\"write\"], \"action\": \"SCMP_ACT_ERRNO\"},"
		"{\"names\": [\"clone3\"], \"action\": \"SCMP_ACT_ERRNO\","
		" \"args\": [{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]}]}";
	struct held held = { 0 };

	fill(&held.recording);
	assert_int_equal(profile_read_json(&held.profile, text, strlen(text), "p", NULL), 0);
	assert_int_equal(explanation_make(&held.explanation, &held.recording, held.profile,
					  &held.names, NULL),
			 0);
	assert_ground(&held, "read", GROUND_SEEN, false);
	assert_ground(&held, "write", GROUND_LEFT_OUT, false);
	assert_ground(&held, "clone3", GROUND_SEEN, true);
	release(&held);
}

/* What a recording stands for when no profile is given. */
static void derived_profile(void **state _unused_)
{
	struct held held = { 0 };

	fill(&held.recording);
	held.recording.evidence.live = true;
	assert_int_equal(explanation_profile(&held.recording, &held.names, &held.profile, NULL), 0);
	assert_int_equal(explanation_make(&held.explanation, &held.recording, held.profile,
					  &held.names, NULL),
			 0);
	assert_ground(&held, "read", GROUND_SEEN, false);
	assert_ground(&held, "write", GROUND_SEEN, false);
	assert_ground(&held, "exit_group", GROUND_INFERRED, false);
	assert_ground(&held, "capset", GROUND_INFERRED, false);
	assert_ground(&held, "openat2", GROUND_INFERRED, false);
	assert_ground(&held, "statx", GROUND_INFERRED, false);
	assert_ground(&held, "rseq", GROUND_ANSWERED, false);
	assert_int_equal(held.explanation.by_ground[GROUND_STATED], 0);
	release(&held);
}

static void comments_of_rules(void **state _unused_)
{
	static const struct {
		const char *comment;
		int set;
	} cases[] = {
		{ NULL, -1 },
		{ "", -1 },
		{ "inferred, ", -1 },
		{ "inferred, survival", -1 },
		{ "inferred, survival: x", POLICY_SURVIVAL },
		{ "inferred, survivals: x", -1 },
		{ "inferred, runtime start: x", POLICY_RUNTIME },
		{ "inferred, vDSO: x", POLICY_VDSO },
		{ "inferred, multiplexed: x", POLICY_MULTIPLEXED },
		{ "inferred, answered ENOSYS: x", POLICY_FALLBACK },
		{ "x inferred, survival: x", -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rule rule = { .comment = (char *)cases[i].comment };

		assert_int_equal(rule_policy_set(&rule), cases[i].set);
	}
}

static void proposals(void **state _unused_)
{
	struct proposal proposal = { 0 };
	struct recording recording = { 0 };
	struct syscall_table names = { 0 };
	const struct rule *rule;

	fill(&recording);
	add(&recording, "c", X86, 999, ERRNO, "/bin/a", "a", 70, 1);
	add(&recording, "c", X86, 101, ERRNO, "/bin/<b>\n", "a", 70, 1);
	assert_int_equal(proposal_make(&proposal, &recording, &names, NULL), 0);
	assert_int_equal(proposal.n_calls, 3);
	assert_int_equal(proposal.records, 9);
	assert_int_equal(proposal.n_groups, 2);
	assert_true(proposal.happened);
	assert_int_equal(name_list_count(proposal.names), 2);
	assert_string_equal(proposal.names[0], "bpf");
	assert_string_equal(proposal.names[1], "ptrace");
	assert_int_equal(proposal.profile->n_rules, 2);
	rule = &proposal.profile->rules[1];
	assert_int_equal(rule->action, ACTION_ALLOW);
	assert_non_null(strstr(rule->comment,
			       "denied 4 times to /bin/<b>\\x0a, /bin/a; denied is not needed"));
	assert_non_null(strstr(rule->comment, "Risk high: ptrace controls"));
	assert_true(profile_covers(proposal.profile, arch_by_name(SLICE("x86"))));
	assert_int_equal(proposal.profile->default_action, ACTION_ERRNO);
	proposal_deinit(&proposal);
	recording_deinit(&recording);
	recording = (struct recording){ 0 };
	add(&recording, "c", X86, 0, LOG, "/bin/a", "a", 70, 1);
	assert_int_equal(proposal_make(&proposal, &recording, &names, NULL), 0);
	assert_int_equal(proposal.records, 0);
	assert_int_equal(proposal.profile->n_rules, 0);
	assert_non_null(proposal.names);
	proposal_deinit(&proposal);
	recording_deinit(&recording);
	syscall_table_deinit(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grounds),	     cmocka_unit_test(sums),
		cmocka_unit_test(processes),	     cmocka_unit_test(without_a_recording),
		cmocka_unit_test(without_a_profile), cmocka_unit_test(open_default),
		cmocka_unit_test(derived_profile),   cmocka_unit_test(comments_of_rules),
		cmocka_unit_test(proposals),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("explanation", tests, NULL, NULL);
}
