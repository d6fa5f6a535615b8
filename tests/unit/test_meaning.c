/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles are compared by what they mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "model/meaning.h"
#include "model/profile_json.h"
#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define X86_64 "\"architectures\": [\"SCMP_ARCH_X86_64\"], "
#define HEAD   "{\"defaultAction\": \"SCMP_ACT_ERRNO\", "

static struct syscall_table names;

static struct profile *profile_from(const char *text)
{
	struct profile *profile = NULL;
	struct error err = { 0 };

	if (profile_read_json(&profile, text, strlen(text), "text", &err) < 0)
		fail_msg("%s: %s", err.message, text);
	return profile;
}

static void put_difference(struct strbuf *text, const struct meaning_difference *item)
{
	static const char signs[] = { '+', '-', '~' };

	strbuf_printf(text, "%c%s: %s -> %s", signs[item->change], item->name ? item->name : "*",
		      item->a, item->b);
	for (size_t i = 0; i < item->n_arches; i++)
		strbuf_printf(text, " %s", item->arches[i]->name);
	strbuf_puts(text, "\n");
}

static char *difference(const char *a, const char *b)
{
	struct profile *left = profile_from(a), *right = profile_from(b);
	struct meaning in_a = { 0 }, in_b = { 0 };
	struct meaning_diff diff;
	struct strbuf text = { 0 };

	assert_int_equal(meaning_of_profile(&in_a, left, &names), 0);
	assert_int_equal(meaning_of_profile(&in_b, right, &names), 0);
	assert_int_equal(meaning_compare(&diff, &in_a, &in_b), 0);
	strbuf_puts(&text, "");
	for (size_t i = 0; i < diff.n_only_a; i++)
		strbuf_printf(&text, "only a: %s\n", diff.only_a[i]->name);
	for (size_t i = 0; i < diff.n_only_b; i++)
		strbuf_printf(&text, "only b: %s\n", diff.only_b[i]->name);
	for (size_t i = 0; i < diff.n; i++)
		put_difference(&text, &diff.items[i]);
	assert_int_equal(meaning_diff_empty(&diff), text.len == 0);
	meaning_diff_deinit(&diff);
	meaning_deinit(&in_a);
	meaning_deinit(&in_b);
	profile_free(left);
	profile_free(right);
	return strbuf_steal(&text);
}

static void compare_all(const char *const (*cases)[3], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char *got = difference(cases[i][0], cases[i][1]);

		if (strcmp(got, cases[i][2]) != 0)
			fail_msg("case %zu: '%s' and not '%s'", i, got, cases[i][2]);
		free(got);
	}
}

#define ALLOW(list)	 "{\"names\": [" list "], \"action\": \"SCMP_ACT_ALLOW\"}"
#define RULE(list, rest) "{\"names\": [" list "], \"action\": " rest "}"
#define PROFILE(rules)	 HEAD X86_64 "\"syscalls\": [" rules "]}"
#define GE(index, value) "{\"index\": " #index ", \"value\": " #value ", \"op\": \"SCMP_CMP_GE\"}"
#define IF(index, value) "{\"index\": " #index ", \"value\": " #value ", \"op\": \"SCMP_CMP_EQ\"}"

static void what_means_the_same_does_not_differ(void **state)
{
	static const char *const cases[][3] = {
		/* order, repetition, one rule or several */
		{ PROFILE(ALLOW("\"read\", \"write\"")),
		  PROFILE(ALLOW("\"write\"") ", " ALLOW("\"read\", \"write\"")), "" },
		/* an errno that is the default's is no news, nor is a comment */
		{ PROFILE(ALLOW("\"read\"")),
		  PROFILE(ALLOW("\"read\"") ", " RULE(
			  "\"mount\"", "\"SCMP_ACT_ERRNO\", \"errnoRet\": 1, \"comment\": \"x\"")),
		  "" },
		/* a call that the architecture does not have */
		{ PROFILE(ALLOW("\"read\"")), PROFILE(ALLOW("\"read\", \"socketcall\"")), "" },
		/* a rule for another architecture only */
		{ PROFILE(ALLOW("\"read\"")),
		  PROFILE(ALLOW("\"read\"") ", " RULE(
			  "\"mount\"",
			  "\"SCMP_ACT_ALLOW\", \"includes\": {\"arches\": [\"s390x\"]}")),
		  "" },
		{ PROFILE(ALLOW("\"read\"")),
		  PROFILE(RULE("\"read\"",
			       "\"SCMP_ACT_ALLOW\", \"includes\": {\"arches\": [\"amd64\"]}")),
		  "" },
		/* arguments in another order; a plain rule beside */
		{ PROFILE(RULE("\"clone\"",
			       "\"SCMP_ACT_ALLOW\", \"args\": [" IF(0, 1) ", " IF(1, 2) "]")),
		  PROFILE(RULE("\"clone\"",
			       "\"SCMP_ACT_ALLOW\", \"args\": [" IF(1, 2) ", " IF(0, 1) "]")),
		  "" },
		{ PROFILE(ALLOW("\"clone\"")),
		  PROFILE(ALLOW("\"clone\"") ", " RULE(
			  "\"clone\"", "\"SCMP_ACT_ALLOW\", \"args\": [" IF(0, 1) "]")),
		  "" },
		/* an index that repeats means either of the two */
		{ PROFILE(RULE("\"clone\"",
			       "\"SCMP_ACT_ALLOW\", \"args\": [" IF(0, 1) ", " IF(0, 2) "]")),
		  PROFILE(RULE("\"clone\"",
			       "\"SCMP_ACT_ALLOW\", \"args\": [" IF(
				       0, 2) "]") ", " RULE("\"clone\"",
							    "\"SCMP_ACT_ALLOW\", \"args\": [" IF(
								    0, 1) "]")),
		  "" },
		/* what stands behind a rule that holds with it */
		{ PROFILE(RULE("\"mount\"", "\"SCMP_ACT_KILL_PROCESS\"")),
		  PROFILE(RULE("\"mount\"", "\"SCMP_ACT_KILL_PROCESS\"") ", " ALLOW("\"mount\"")),
		  "" },
		{ PROFILE(ALLOW("\"mount\"")),
		  PROFILE(RULE("\"mount\"", "\"SCMP_ACT_ERRNO\"") ", " ALLOW(
			  "\"mount\"") ", " RULE("\"mount\"", "\"SCMP_ACT_KILL_PROCESS\"")),
		  "" },
		/* two that never hold at once, in either order */
		{ PROFILE(RULE("\"mount\"",
			       "\"SCMP_ACT_KILL_PROCESS\", \"args\": [" IF(
				       0, 1) "]") ", " RULE("\"mount\"",
							    "\"SCMP_ACT_ALLOW\", \"args\": [" IF(
								    0, 2) "]")),
		  PROFILE(RULE(
			  "\"mount\"",
			  "\"SCMP_ACT_ALLOW\", \"args\": [" IF(
				  0, 2) "]") ", " RULE("\"mount\"",
						       "\"SCMP_ACT_KILL_PROCESS\", \"args\": [" IF(
							       0, 1) "]")),
		  "" },
	};

	(void)state;
	compare_all(cases, ARRAY_SIZE(cases));
}

static void what_differs_is_said(void **state)
{
	static const char *const cases[][3] = {
		{ PROFILE(ALLOW("\"read\"")), PROFILE(ALLOW("\"read\", \"mount\"")),
		  "+mount: errno EPERM -> allow x86_64\n" },
		{ PROFILE(ALLOW("\"read\"")), PROFILE(RULE("\"read\"", "\"SCMP_ACT_LOG\"")),
		  "~read: allow -> log x86_64\n" },
		{ PROFILE(ALLOW("\"clone\"")),
		  PROFILE(RULE("\"clone\"", "\"SCMP_ACT_ALLOW\", \"args\": [" IF(0, 1) "]")),
		  "-clone: allow -> allow if arg0 == 1; else errno EPERM x86_64\n" },
		{ PROFILE(RULE("\"mount\"", "\"SCMP_ACT_ERRNO\", \"errnoRet\": 38")),
		  PROFILE(RULE("\"mount\"", "\"SCMP_ACT_ERRNO\", \"errnoRet\": 13")),
		  "~mount: errno ENOSYS -> errno EACCES x86_64\n" },
		{ PROFILE(ALLOW("\"mount\"")),
		  PROFILE(RULE(
			  "\"mount\"",
			  "\"SCMP_ACT_ALLOW\", \"includes\": {\"caps\": [\"CAP_SYS_ADMIN\"]}")),
		  "-mount: allow -> allow (with CAP_SYS_ADMIN); else errno EPERM x86_64\n" },
		{ HEAD X86_64 "\"syscalls\": []}",
		  HEAD "\"architectures\": [\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\"], "
		       "\"syscalls\": []}",
		  "only b: x86\n" },
		{ HEAD "\"architectures\": [\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\"], "
		       "\"syscalls\": []}",
		  HEAD "\"architectures\": [\"SCMP_ARCH_X86\", \"SCMP_ARCH_X86_64\"], "
		       "\"syscalls\": [" ALLOW("\"read\", \"socketcall\"") "]}",
		  "+read: errno EPERM -> allow x86 x86_64\n+socketcall: errno EPERM -> allow "
		  "x86\n" },
		{ "{\"defaultAction\": \"SCMP_ACT_ERRNO\", " X86_64 "\"syscalls\": []}",
		  "{\"defaultAction\": \"SCMP_ACT_KILL_PROCESS\", " X86_64 "\"syscalls\": []}",
		  "-*: errno EPERM -> kill_process\n" },
		/* a denial that a capability may lift is not the same as one that stays */
		{ PROFILE(RULE("\"mount\"", "\"SCMP_ACT_ERRNO\", \"errnoRet\": 38")),
		  PROFILE(RULE("\"mount\"",
			       "\"SCMP_ACT_ALLOW\", \"includes\": {\"caps\": "
			       "[\"CAP_SYS_ADMIN\"]}") ", " RULE("\"mount\"", "\"SCMP_ACT_ERRNO\", "
									      "\"errnoRet\": 38")),
		  "+mount: errno ENOSYS -> allow (with CAP_SYS_ADMIN); errno ENOSYS x86_64\n" },
		/* of two rules that hold at once the first counts */
		{ PROFILE(RULE("\"mount\"", "\"SCMP_ACT_KILL_PROCESS\"") ", " ALLOW("\"mount\"")),
		  PROFILE(ALLOW("\"mount\"") ", " RULE("\"mount\"", "\"SCMP_ACT_KILL_PROCESS\"")),
		  "+mount: kill_process -> allow x86_64\n" },
		{ PROFILE(RULE("\"mount\"",
			       "\"SCMP_ACT_KILL_PROCESS\", \"args\": [" IF(
				       0, 1) "]") ", " RULE("\"mount\"",
							    "\"SCMP_ACT_ALLOW\", \"args\": [" GE(
								    0, 1) "]")),
		  PROFILE(RULE(
			  "\"mount\"",
			  "\"SCMP_ACT_ALLOW\", \"args\": [" GE(
				  0, 1) "]") ", " RULE("\"mount\"",
						       "\"SCMP_ACT_KILL_PROCESS\", \"args\": [" IF(
							       0, 1) "]")),
		  "~mount: kill_process if arg0 == 1; allow if arg0 >= 1; else errno EPERM -> "
		  "allow if arg0 >= 1; kill_process if arg0 == 1; else errno EPERM x86_64\n" },
		/* softer for some arguments and harder for others is neither */
		{ PROFILE(RULE("\"mount\"",
			       "\"SCMP_ACT_KILL_PROCESS\", \"args\": [" IF(
				       0, 1) "]") ", " RULE("\"mount\"",
							    "\"SCMP_ACT_ALLOW\", \"args\": [" IF(
								    0, 2) "]")),
		  PROFILE(RULE("\"mount\"", "\"SCMP_ACT_ALLOW\", \"args\": [" IF(0, 1) "]")),
		  "~mount: allow if arg0 == 2; kill_process if arg0 == 1; else errno EPERM -> "
		  "allow if arg0 == 1; else errno EPERM x86_64\n" },
		/* nothing but the default */
		{ PROFILE(RULE("\"mount\"", "\"SCMP_ACT_ALLOW\", \"args\": [" IF(0, 1) "]")),
		  "{\"defaultAction\": \"SCMP_ACT_KILL_PROCESS\", " X86_64 "\"syscalls\": [" RULE(
			  "\"mount\"", "\"SCMP_ACT_ALLOW\", \"args\": [" IF(0, 1) "]") "]}",
		  "-*: errno EPERM -> kill_process\n-mount: allow if arg0 == 1; else errno EPERM "
		  "-> "
		  "allow if arg0 == 1; else kill_process x86_64\n" },
		/* which 32 bits cannot tell apart */
		{ HEAD "\"architectures\": [\"SCMP_ARCH_X86\"], \"syscalls\": [" RULE(
			  "\"mount\"",
			  "\"SCMP_ACT_ALLOW\", \"args\": [" IF(
				  0, 1) "]") ", " RULE("\"mount\"",
						       "\"SCMP_ACT_TRAP\", \"args\": [" IF(
							       0, 4294967297) "]") "]}",
		  HEAD "\"architectures\": [\"SCMP_ARCH_X86\"], \"syscalls\": [" RULE(
			  "\"mount\"",
			  "\"SCMP_ACT_TRAP\", \"args\": [" IF(
				  0,
				  4294967297) "]") ", " RULE("\"mount\"",
							     "\"SCMP_ACT_ALLOW\", \"args\": [" IF(
								     0, 1) "]") "]}",
		  "-mount: allow if arg0 == 1; else errno EPERM -> "
		  "trap if arg0 == 1; else errno EPERM x86\n" },
		/* A mask of which nothing is left is no condition. */
		{ HEAD "\"architectures\": [\"SCMP_ARCH_X86\"], \"syscalls\": [" RULE(
			  "\"mount\"",
			  "\"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, \"value\": 4294967296, "
			  "\"valueTwo\": 0, \"op\": \"SCMP_CMP_MASKED_EQ\"}]") "]}",
		  HEAD "\"architectures\": [\"SCMP_ARCH_X86\"], \"syscalls\": [" RULE(
			  "\"mount\"", "\"SCMP_ACT_KILL\"") "]}",
		  "-mount: allow -> kill_thread x86\n" },
		{ PROFILE(""), PROFILE(ALLOW("\"not_yet_born\"")),
		  "+not_yet_born: errno EPERM -> allow x86_64\n" },
	};

	(void)state;
	compare_all(cases, ARRAY_SIZE(cases));
}

static void recordings_say_what_was_seen(void **state)
{
	const struct meaning_call seen = { .text = "seen",
					   .low = ACTION_ALLOW,
					   .high = ACTION_ALLOW };
	const struct meaning_call unseen = { .text = "not seen",
					     .low = ACTION_ERRNO,
					     .high = ACTION_ERRNO };
	struct recording recording = { 0 };
	struct meaning meaning = { 0 };
	uint32_t group;

	(void)state;
	assert_int_equal(recording_group(&recording, SLICE("a"), SLICE(""), 1, 2, &group), 0);
	assert_int_equal(recording_add(&recording, group, AUDIT_ARCH_X86_64, 0, 0x7ffc0000,
				       RECORDING_ACTOR_OMITTED, 1, 1, 1, NULL),
			 0);
	assert_int_equal(recording_add(&recording, group, AUDIT_ARCH_X86_64, 165, 0x50000,
				       RECORDING_ACTOR_OMITTED, 1, 1, 1, NULL),
			 0);
	assert_int_equal(recording_add(&recording, group, AUDIT_ARCH_X86_64, 9999, 0x7ffc0000,
				       RECORDING_ACTOR_OMITTED, 1, 1, 1, NULL),
			 0);
	assert_int_equal(meaning_of_recording(&meaning, &recording, &names, &seen, &unseen), 0);
	assert_int_equal(meaning.n_arches, 1);
	assert_string_equal(meaning_find(&meaning, meaning.arches, "read")->text, "seen");
	assert_string_equal(meaning_find(&meaning, meaning.arches, "mount")->text, "errno");
	assert_string_equal(meaning_find(&meaning, meaning.arches, "number 9999")->text, "seen");
	assert_string_equal(meaning_find(&meaning, meaning.arches, "write")->text, "not seen");
	meaning_deinit(&meaning);
	recording_deinit(&recording);
}

static int forget_names(void **state)
{
	(void)state;
	syscall_table_deinit(&names);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_means_the_same_does_not_differ),
		cmocka_unit_test(what_differs_is_said),
		cmocka_unit_test(recordings_say_what_was_seen),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("meaning", tests, NULL, forget_names);
}
