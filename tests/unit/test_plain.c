/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "format/plain.h"
#include "format/verdict.h"
#include "model/profile_host.h"
#include "model/profile_json.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A profile worked out for x86_64, and what was said about it. */
struct worked {
	struct profile *profile;
	struct syscall_table names;
	struct targets targets;
	struct plain plain;
	struct emission emission;
};

static void work_out(struct worked *worked, const char *text, const char *arch)
{
	struct emit_request request = { .n_arches = 1 };
	struct error err = { 0 };

	*worked = (struct worked){ 0 };
	request.names = &worked->names;
	request.arches[0] = arch_by_name(slice_from(arch));
	if (profile_read_json(&worked->profile, text, strlen(text), "text", &err) < 0)
		fail_msg("%s", err.message);
	targets_of_host(worked->profile, &request, &worked->emission, &worked->targets);
	if (plain_init(&worked->plain, worked->profile, &worked->targets, &worked->names,
		       &worked->emission, &err) < 0)
		fail_msg("%s", err.message);
}

static void forget(struct worked *worked)
{
	plain_deinit(&worked->plain);
	emission_deinit(&worked->emission);
	syscall_table_deinit(&worked->names);
	profile_free(worked->profile);
}

static bool said(const struct worked *worked, enum loss_kind kind, const char *part)
{
	for (size_t i = 0; i < worked->emission.n_losses; i++)
		if (worked->emission.losses[i].kind == kind &&
		    strstr(worked->emission.losses[i].text, part))
			return true;
	return false;
}

static void assert_rule(const struct worked *worked, const char *name, size_t n, enum action action,
			uint32_t data, size_t n_args)
{
	struct plain_call call;

	assert_true(plain_find(&worked->plain, name, &call));
	assert_int_equal(call.n, n);
	assert_int_equal(call.rules[0].action, action);
	assert_int_equal(call.rules[0].data, data);
	assert_int_equal(call.rules[0].n_args, n_args);
}

static void the_rule_that_counts_is_kept(void **state)
{
	struct worked worked;
	struct plain_call call;

	(void)state;
	work_out(&worked,
		 "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
		 "{\"names\":[\"write\",\"mkdir\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":1},"
		 "{\"names\":[\"read\",\"write\",\"read\"],\"action\":\"SCMP_ACT_ALLOW\"},"
		 "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":38},"
		 "{\"names\":[\"socket\",\"socket\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["
		 "{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"},"
		 "{\"index\":0,\"value\":2,\"op\":\"SCMP_CMP_EQ\"},"
		 "{\"index\":1,\"value\":3,\"op\":\"SCMP_CMP_EQ\"}]},"
		 "{\"names\":[\"close\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["
		 "{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}]},"
		 "{\"names\":[\"close\"],\"action\":\"SCMP_ACT_TRACE\",\"errnoRet\":7}]}",
		 "x86_64");
	assert_rule(&worked, "read", 1, ACTION_ALLOW, 0, 0);
	assert_rule(&worked, "write", 1, ACTION_ALLOW, 0, 0);
	assert_rule(&worked, "socket", 3, ACTION_ALLOW, 0, 1);
	assert_rule(&worked, "close", 1, ACTION_TRACE, 7, 0);
	assert_false(plain_find(&worked.plain, "mkdir", &call));
	assert_false(plain_find(&worked.plain, "zzz", &call));
	assert_int_equal(worked.emission.n_losses, 0);
	forget(&worked);
}

static void conditions_are_worked_out_and_told(void **state)
{
	static const char text[] =
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
		"{\"names\":[\"mount\",\"read\"],\"action\":\"SCMP_ACT_ALLOW\","
		"\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}},"
		"{\"names\":[\"clone3\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":38,"
		"\"excludes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}},"
		"{\"names\":[\"bpf\"],\"action\":\"SCMP_ACT_KILL\","
		"\"includes\":{\"minKernel\":\"99.0\"}},"
		"{\"names\":[\"read\",\"bpf\"],\"action\":\"SCMP_ACT_ALLOW\"},"
		"{\"names\":[\"modify_ldt\",\"no_such_call\",\"sigreturn\"],\"action\":"
		"\"SCMP_ACT_ALLOW\",\"includes\":{\"arches\":[\"amd64\"]}}]}";
	struct worked worked;
	struct plain_call call;

	(void)state;
	work_out(&worked, text, "x86_64");
	assert_false(plain_find(&worked.plain, "mount", &call));
	assert_rule(&worked, "clone3", 1, ACTION_ERRNO, ENOSYS, 0);
	assert_rule(&worked, "modify_ldt", 1, ACTION_ALLOW, 0, 0);
	assert_true(said(&worked, LOSS_NARROWER, "allows more to others: mount"));
	assert_false(said(&worked, LOSS_NARROWER, "read"));
	assert_true(said(&worked, LOSS_WIDER, "denies more to others: bpf"));
	assert_true(said(&worked, LOSS_NOTE, "another answer for others: clone3"));
	assert_true(said(&worked, LOSS_NARROWER, "what is not listed: no_such_call"));
	assert_false(plain_find(&worked.plain, "sigreturn", &call));
	forget(&worked);
	work_out(&worked, text, "aarch64");
	assert_false(plain_find(&worked.plain, "modify_ldt", &call));
	forget(&worked);
}

/* With one rule of each kind: what becomes of its call is said by what others get. */
static void lost_conditions_are_judged_by_all_hosts(void **state)
{
	static const struct {
		const char *rest, *rules;
		bool wider, narrower, other;
	} cases[] = {
		/* Allowed here, and not on older kernels, or with a capability. */
		{ "ERRNO",
		  "{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_ALLOW\","
		  "\"includes\":{\"minKernel\":\"4.8\"}}",
		  true, false, false },
		{ "ERRNO",
		  "{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_ALLOW\","
		  "\"excludes\":{\"minKernel\":\"99.0\"}}",
		  true, false, false },
		{ "ERRNO",
		  "{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_ALLOW\","
		  "\"excludes\":{\"caps\":[\"CAP_KILL\"]}}",
		  true, false, false },
		/* Denied here. */
		{ "ALLOW",
		  "{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_ERRNO\","
		  "\"includes\":{\"minKernel\":\"4.8\"}}",
		  false, true, false },
		{ "ERRNO",
		  "{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_KILL\","
		  "\"includes\":{\"minKernel\":\"4.8\"}}",
		  false, true, false },
		{ "ERRNO",
		  "{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_ERRNO\","
		  "\"errnoRet\":38,\"includes\":{\"minKernel\":\"4.8\"}}",
		  false, false, true },
		/* Another rule says the same to everybody. */
		{ "ERRNO",
		  "{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_ALLOW\","
		  "\"includes\":{\"minKernel\":\"4.8\"}},"
		  "{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_ALLOW\"}",
		  false, false, false },
		{ "ERRNO",
		  "{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_ALLOW\","
		  "\"includes\":{\"caps\":[\"CAP_KILL\"]}},"
		  "{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_ALLOW\","
		  "\"excludes\":{\"caps\":[\"CAP_KILL\"]}}",
		  false, false, false },
		/* As containers have it of clone(2): all of it, or some arguments. */
		{ "ERRNO",
		  "{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ALLOW\","
		  "\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}},"
		  "{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["
		  "{\"index\":0,\"value\":8,\"op\":\"SCMP_CMP_MASKED_EQ\"}],"
		  "\"excludes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}}",
		  false, true, false },
		/* Some arguments here, others there. */
		{ "ERRNO",
		  "{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["
		  "{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}],"
		  "\"includes\":{\"caps\":[\"CAP_KILL\"]}},"
		  "{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["
		  "{\"index\":0,\"value\":2,\"op\":\"SCMP_CMP_EQ\"}],"
		  "\"excludes\":{\"caps\":[\"CAP_KILL\"]}}",
		  true, true, false },
		/* Denied with a capability that comes with another. */
		{ "ALLOW",
		  "{\"names\":[\"bpf\"],\"action\":\"SCMP_ACT_ERRNO\","
		  "\"includes\":{\"caps\":[\"CAP_KILL\",\"CAP_BPF\"]}}",
		  true, false, false },
		/* More capabilities than anybody looks at. */
		{ "ERRNO",
		  "{\"names\":[\"bpf\"],\"action\":\"SCMP_ACT_ALLOW\",\"includes\":"
		  "{\"caps\":[\"A\",\"B\",\"C\",\"D\",\"E\",\"F\"]}}",
		  true, true, false },
		/* Not of this machine. */
		{ "ALLOW",
		  "{\"names\":[\"bpf\"],\"action\":\"SCMP_ACT_ERRNO\",\"includes\":"
		  "{\"arches\":[\"s390x\"],\"caps\":[\"CAP_BPF\"]}}",
		  false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct worked worked;
		char text[1024];

		snprintf(text, sizeof(text),
			 "{\"defaultAction\":\"SCMP_ACT_%s\",\"syscalls\":[%s]}", cases[i].rest,
			 cases[i].rules);
		work_out(&worked, text, "x86_64");
		if (emission_lost(&worked.emission, LOSS_WIDER) != cases[i].wider ||
		    emission_lost(&worked.emission, LOSS_NARROWER) != cases[i].narrower ||
		    emission_lost(&worked.emission, LOSS_NOTE) != cases[i].other)
			fail_msg("case %zu", i);
		forget(&worked);
	}
}

static uint32_t next(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % n;
}

/* A rule of ptrace(2), with or without an argument and conditions. */
static void put_random_rule(struct strbuf *text, uint32_t *seed)
{
	static const char *const actions[] = { "ALLOW", "ALLOW", "LOG", "ERRNO", "KILL_PROCESS" };
	static const char *const conditions[] = {
		"\"caps\":[\"CAP_KILL\"]",
		"\"caps\":[\"CAP_BPF\",\"CAP_KILL\"]",
		"\"minKernel\":\"4.8\"",
		"\"minKernel\":\"99.0\"",
		"\"caps\":[\"CAP_BPF\"],\"minKernel\":\"99.0\"",
	};

	strbuf_printf(text, "{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_%s\"",
		      actions[next(seed, ARRAY_SIZE(actions))]);
	if (next(seed, 2))
		strbuf_printf(text, ",\"args\":[{\"index\":0,\"value\":%u,\"op\":\"SCMP_CMP_%s\"}]",
			      (unsigned int)next(seed, 3), next(seed, 3) ? "EQ" : "NE");
	for (unsigned int i = 0; i < 2; i++)
		if (next(seed, 2))
			strbuf_printf(text, ",\"%s\":{%s}", i ? "excludes" : "includes",
				      conditions[next(seed, ARRAY_SIZE(conditions))]);
	strbuf_putc(text, '}');
}

/* The answers for each argument that the rules compare with, and one besides. */
static void answers_of(const struct profile *profile, struct worked *worked, struct verdict ret[4])
{
	const struct arch *arch = worked->targets.arches[0];
	struct verdicts verdicts;
	int32_t nr;

	assert_int_equal(syscall_number(&worked->names, arch, "ptrace", &nr), 0);
	assert_int_equal(verdicts_init(&verdicts, profile, arch, &worked->names), 0);
	for (uint64_t i = 0; i < 4; i++)
		verdicts_find(&verdicts, nr, (const uint64_t[6]){ i }, &ret[i]);
	verdicts_deinit(&verdicts);
}

/* Whether each answer that `a` may be is softer than each that `b` may be. */
static bool surely_softer(const struct verdict *a, const struct verdict *b)
{
	for (size_t i = 0; i < a->n; i++)
		for (size_t j = 0; j < b->n; j++) {
			enum action x = action_from_code(a->codes[i]);
			enum action y = action_from_code(b->codes[j]);

			if (x <= y || !action_denies(y))
				return false;
		}
	return true;
}

/* Whatever the conditions: what differs for anybody is said. */
static void no_host_is_forgotten(void **state)
{
	static const struct host_facts hosts[] = {
		{ .kernel = { 4, 0 } },
		{ .kernel = { 5, 0 } },
		{ .kernel = { 99, 1 } },
	};
	static char bpf[] = "CAP_BPF", kill[] = "CAP_KILL";
	static char *const caps[][3] = { { NULL }, { kill }, { bpf }, { bpf, kill } };
	uint32_t seed = 1;
	size_t wider = 0, narrower = 0, quiet = 0;

	(void)state;
	for (size_t round = 0; round < 3000; round++) {
		_cleanup_strbuf_ struct strbuf text = { 0 };
		struct worked worked;
		struct verdict here[4], there[4];
		bool softer = false, harder = false;

		strbuf_printf(&text, "{\"defaultAction\":\"SCMP_ACT_%s\",\"syscalls\":[",
			      next(&seed, 2) ? "ALLOW" : "ERRNO");
		for (uint32_t n = 1 + next(&seed, 3); n > 0; n--) {
			put_random_rule(&text, &seed);
			strbuf_puts(&text, n > 1 ? "," : "]}");
		}
		work_out(&worked, strbuf_text(&text), "x86_64");
		answers_of(worked.profile, &worked, here);
		for (size_t i = 0; i < ARRAY_SIZE(hosts) * ARRAY_SIZE(caps); i++) {
			struct host_facts host = hosts[i % ARRAY_SIZE(hosts)];
			struct profile *resolved;

			host.caps = caps[i / ARRAY_SIZE(hosts)];
			resolved = profile_on_host(worked.profile, &host);
			assert_non_null(resolved);
			answers_of(resolved, &worked, there);
			for (size_t j = 0; j < ARRAY_SIZE(here); j++) {
				softer = softer || surely_softer(&here[j], &there[j]);
				harder = harder || surely_softer(&there[j], &here[j]);
			}
			profile_free(resolved);
		}
		if ((softer && !emission_lost(&worked.emission, LOSS_WIDER)) ||
		    (harder && !emission_lost(&worked.emission, LOSS_NARROWER)))
			fail_msg("%s", strbuf_text(&text));
		wider += softer;
		narrower += harder;
		quiet += worked.emission.n_losses == 0;
		forget(&worked);
	}
	assert_true(wider > 300 && narrower > 300 && quiet > 300);
}

/* However many names there are in front of it that lose nothing. */
static void no_loss_is_one_too_many(void **state)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct worked worked;

	(void)state;
	strbuf_puts(&text, "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":["
			   "{\"names\":[\"zz_denied\"],\"action\":\"SCMP_ACT_ERRNO\"},"
			   "{\"names\":[\"setns\"");
	for (size_t i = 0; i < 1500; i++)
		strbuf_printf(&text, ",\"aa_%zu\"", i);
	strbuf_puts(&text, "],\"action\":\"SCMP_ACT_LOG\"},"
			   "{\"names\":[\"setns\"],\"action\":\"SCMP_ACT_KILL\",\"includes\":"
			   "{\"caps\":[\"CAP_KILL\"]}},{\"names\":[\"mount\"");
	for (size_t i = 0; i < 1500; i++)
		strbuf_printf(&text, ",\"aa_%zu\"", i);
	strbuf_puts(&text, "],\"action\":\"SCMP_ACT_ERRNO\",\"includes\":{\"caps\":"
			   "[\"CAP_KILL\"]}}]}");
	work_out(&worked, strbuf_text(&text), "x86_64");
	assert_true(said(&worked, LOSS_WIDER, "denies more to others: mount"));
	assert_true(said(&worked, LOSS_WIDER, "what is not listed: zz_denied"));
	assert_true(said(&worked, LOSS_NOTE, "and more"));
	forget(&worked);
}

static void lists_hold_what_has_no_arguments(void **state)
{
	_cleanup_name_set_ struct name_set allowed = { 0 }, denied = { 0 };
	struct worked worked;
	struct error err = { 0 };

	(void)state;
	work_out(&worked,
		 "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
		 "{\"names\":[\"write\",\"read\"],\"action\":\"SCMP_ACT_ALLOW\"},"
		 "{\"names\":[\"close\"],\"action\":\"SCMP_ACT_LOG\"},"
		 "{\"names\":[\"openat2\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":38},"
		 "{\"names\":[\"bpf\"],\"action\":\"SCMP_ACT_KILL\"},"
		 "{\"names\":[\"clone\",\"socket\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["
		 "{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}]}]}",
		 "x86_64");
	worked.profile->rules[4].origin = ORIGIN_BASE;
	assert_int_equal(plain_list(&worked.plain, true, false, &worked.emission, &allowed, &err),
			 0);
	assert_int_equal(allowed.n, 5);
	assert_string_equal(allowed.names[0], "clone");
	assert_true(said(&worked, LOSS_WIDER, "only some: clone socket"));
	assert_true(said(&worked, LOSS_NOTE, "logged: close"));
	assert_true(said(&worked, LOSS_NARROWER, "answered errno EPERM"));
	assert_true(said(&worked, LOSS_NARROWER, ": openat2"));
	assert_true(said(&worked, LOSS_WIDER, "of its own: bpf"));
	assert_int_equal(plain_list(&worked.plain, false, true, &worked.emission, &denied, &err),
			 0);
	assert_int_equal(denied.n, 2);
	forget(&worked);
}

/* Inferred calls are no reason to allow more than was seen. */
static void inferred_arguments_are_denied(void **state)
{
	_cleanup_name_set_ struct name_set allowed = { 0 };
	struct worked worked;
	struct error err = { 0 };

	(void)state;
	/* A profile that was written and read has it in the comment. */
	work_out(&worked,
		 "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
		 "{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["
		 "{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}],"
		 "\"comment\":\"inferred, runtime start: why\"}]}",
		 "x86_64");
	assert_int_equal(worked.profile->rules[0].origin, ORIGIN_BASE);
	assert_int_equal(plain_list(&worked.plain, true, false, &worked.emission, &allowed, &err),
			 0);
	assert_int_equal(allowed.n, 0);
	assert_true(said(&worked, LOSS_NARROWER, "inferred and not seen: clone"));
	assert_false(emission_lost(&worked.emission, LOSS_WIDER));
	forget(&worked);
}

static void a_deny_list_says_what_it_lets_through(void **state)
{
	_cleanup_name_set_ struct name_set denied = { 0 };
	struct worked worked;
	struct error err = { 0 };

	(void)state;
	work_out(&worked,
		 "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":["
		 "{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_ERRNO\"},"
		 "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"},"
		 "{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_ERRNO\",\"args\":["
		 "{\"index\":0,\"value\":38,\"op\":\"SCMP_CMP_EQ\"}]}]}",
		 "x86_64");
	assert_int_equal(plain_list(&worked.plain, false, true, &worked.emission, &denied, &err),
			 0);
	assert_int_equal(denied.n, 1);
	assert_string_equal(denied.names[0], "mount");
	assert_true(said(&worked, LOSS_WIDER, "only some: socket"));
	forget(&worked);
}

static bool verdict_holds(const struct plain_rule *rule, const uint64_t args[6])
{
	for (size_t i = 0; i < rule->n_args; i++) {
		assert_int_equal(rule->args[i].op, COMPARE_EQ);
		if (args[rule->args[i].index] != rule->args[i].value)
			return false;
	}
	return true;
}

/* What it says of a call, and what verdict.c works out on its own, agree. */
static void the_yardstick_agrees(void **state)
{
	static const uint64_t vectors[][6] = { { 0 }, { 1, 3 }, { 2, 3 }, { 5 }, { 40, 1 } };
	struct worked worked;
	struct verdicts verdicts;
	const int32_t *numbers;
	size_t n, compared = 0;

	(void)state;
	work_out(&worked,
		 "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,\"syscalls\":["
		 "{\"names\":[\"mkdir\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":38},"
		 "{\"names\":[\"mkdir\",\"read\",\"personality\"],\"action\":\"SCMP_ACT_ALLOW\"},"
		 "{\"names\":[\"personality\"],\"action\":\"SCMP_ACT_LOG\",\"args\":["
		 "{\"index\":0,\"value\":5,\"op\":\"SCMP_CMP_EQ\"}]},"
		 "{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_TRAP\",\"args\":["
		 "{\"index\":0,\"value\":0,\"valueTwo\":0,\"op\":\"SCMP_CMP_MASKED_EQ\"}]},"
		 "{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["
		 "{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}]},"
		 "{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["
		 "{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"},"
		 "{\"index\":0,\"value\":2,\"op\":\"SCMP_CMP_EQ\"}]},"
		 "{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":97,\"args\":["
		 "{\"index\":0,\"value\":40,\"op\":\"SCMP_CMP_EQ\"},"
		 "{\"index\":1,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}]}]}",
		 "x86_64");
	/* A mask of no bits is no condition, and a rule without one beats all others. */
	assert_rule(&worked, "ptrace", 1, ACTION_TRAP, 0, 0);
	assert_int_equal(verdicts_init(&verdicts, worked.profile, worked.targets.arches[0],
				       &worked.names),
			 0);
	assert_int_equal(syscall_numbers(&worked.names, worked.targets.arches[0], &numbers, &n), 0);
	for (size_t i = 0; i < n; i++) {
		const char *name =
			syscall_name(&worked.names, worked.targets.arches[0], numbers[i]);
		struct plain_call call;

		for (size_t v = 0; v < ARRAY_SIZE(vectors); v++) {
			uint32_t code = action_to_code(worked.plain.default_action) |
					worked.plain.default_data;
			struct verdict expected;

			verdicts_find(&verdicts, numbers[i], vectors[v], &expected);
			if (plain_find(&worked.plain, name, &call))
				for (size_t r = call.n; r-- > 0;)
					if (verdict_holds(&call.rules[r], vectors[v]))
						code = action_to_code(call.rules[r].action) |
						       call.rules[r].data;
			assert_int_equal(expected.n, 1);
			if (code != expected.codes[0])
				fail_msg("%s: %#x, expected %#x", name, code, expected.codes[0]);
			compared++;
		}
	}
	assert_in_range(compared, 1000, 10000);
	verdicts_deinit(&verdicts);
	forget(&worked);
}

static void targets_follow_the_host(void **state)
{
	_cleanup_emission_ struct emission emission = { 0 };
	_cleanup_profile_ struct profile *profile = profile_new();
	struct emit_request request = { 0 };
	struct targets targets;

	(void)state;
	assert_non_null(profile);
	targets_all(profile, &request, &emission, &targets);
	assert_int_equal(targets.n, 1);
	assert_ptr_equal(targets.arches[0], arch_native());
	assert_int_equal(profile_add_architecture(profile, "SCMP_ARCH_ARM"), 0);
	assert_int_equal(profile_add_architecture(profile, "SCMP_ARCH_AARCH64"), 0);
	assert_int_equal(profile_add_architecture(profile, "SCMP_ARCH_S390X"), 0);
	targets_all(profile, &request, &emission, &targets);
	assert_int_equal(targets.n, 3);
	request.n_arches = 1;
	request.arches[0] = arch_by_name(SLICE("s390x"));
	targets_of_host(profile, &request, &emission, &targets);
	assert_int_equal(targets.n, 1);
	assert_int_equal(emission.n_losses, 0);
	request.arches[0] = arch_by_name(SLICE("riscv64"));
	targets_of_host(profile, &request, &emission, &targets);
	assert_string_equal(targets_host(&targets)->name, "riscv64");
	request.n_arches = 0;
	if (arch_native() != arch_by_name(SLICE("x86_64")))
		return;
	targets_of_host(profile, &request, &emission, &targets);
	assert_int_equal(targets.n, 2);
	assert_string_equal(targets.arches[0]->name, "aarch64");
	assert_string_equal(targets.arches[1]->name, "arm");
	assert_int_equal(emission.n_losses, 1);
	assert_non_null(strstr(emission.losses[0].text, "--arch: s390x"));
	assert_int_equal(profile_add_architecture(profile, "SCMP_ARCH_X86"), 0);
	targets_of_host(profile, &request, &emission, &targets);
	assert_int_equal(targets.n, 1);
	assert_string_equal(targets.arches[0]->name, "x86");
	assert_string_equal(targets_host(&targets)->name, "x86_64");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rule_that_counts_is_kept),
		cmocka_unit_test(conditions_are_worked_out_and_told),
		cmocka_unit_test(lost_conditions_are_judged_by_all_hosts),
		cmocka_unit_test(no_host_is_forgotten),
		cmocka_unit_test(no_loss_is_one_too_many),
		cmocka_unit_test(lists_hold_what_has_no_arguments),
		cmocka_unit_test(inferred_arguments_are_denied),
		cmocka_unit_test(a_deny_list_says_what_it_lets_through),
		cmocka_unit_test(the_yardstick_agrees),
		cmocka_unit_test(targets_follow_the_host),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("plain", tests, NULL, NULL);
}
