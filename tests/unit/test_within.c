/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "format/within.h"
#include "model/profile_json.h"
#include "model/recording_arguments.h"
#include <errno.h>
#include <inttypes.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

#define LOG   0x7ffc0000
#define ERRNO 0x00050000

static const char profile_text[] =
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": [\"SCMP_ARCH_X86_64\", "
	"\"SCMP_ARCH_AARCH64\"], \"syscalls\": ["
	"{\"names\": [\"read\", \"close\", \"mseal\"], \"action\": \"SCMP_ACT_ALLOW\"},"
	"{\"names\": [\"write\"], \"action\": \"SCMP_ACT_LOG\"},"
	"{\"names\": [\"mount\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 38},"
	"{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, "
	"\"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]},"
	"{\"names\": [\"clone\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, "
	"\"value\": 268435456, \"valueTwo\": 268435456, \"op\": \"SCMP_CMP_MASKED_EQ\"}]}]}";

#define CLONE "allow if arg0 & 0x10000000 == 0x10000000; else errno EPERM"

static void add(struct recording *recording, uint32_t audit, int32_t nr, uint32_t code)
{
	uint32_t group;

	assert_int_equal(recording_group(recording, SLICE("all"), SLICE(""), RECORD_UNSET,
					 RECORD_UNSET, &group),
			 0);
	assert_int_equal(recording_add(recording, group, audit, nr, code, RECORDING_ACTOR_OMITTED,
				       1, 1, 1, NULL),
			 0);
}

static char *found(struct recording *recording, struct within_options options)
{
	static const char signs[] = { '!', '?', '-' };
	struct syscall_table names = { 0 };
	struct profile *profile = NULL;
	struct within within;
	struct strbuf text = { 0 };

	assert_int_equal(profile_read_json(&profile, profile_text, strlen(profile_text), "p", NULL),
			 0);
	assert_int_equal(
		within_check(profile, &recording->groups[0], &options, &names, &within, NULL), 0);
	strbuf_printf(&text, "%zu", within.allowed);
	for (size_t i = 0; i < within.n; i++) {
		const struct within_finding *finding = &within.findings[i];

		strbuf_printf(&text, " %c%s/", signs[finding->kind], finding->arch);
		if (finding->name)
			strbuf_puts(&text, finding->name);
		else
			strbuf_printf(&text, "%" PRId32, finding->nr);
		strbuf_printf(&text, "=%s", finding->answer);
	}
	if (within.denied)
		strbuf_printf(&text, " denied %zu", within.denied);
	within_deinit(&within);
	profile_free(profile);
	syscall_table_deinit(&names);
	recording_deinit(recording);
	return strbuf_steal(&text);
}

static void assert_found(struct recording *recording, struct within_options options,
			 const char *expected)
{
	char *text = found(recording, options);

	assert_string_equal(text, expected);
	free(text);
}

static void what_is_allowed_is_within(void **state)
{
	struct recording recording = { 0 };

	(void)state;
	add(&recording, AUDIT_ARCH_X86_64, 0, LOG);
	add(&recording, AUDIT_ARCH_X86_64, 1, LOG);
	add(&recording, AUDIT_ARCH_AARCH64, 63, LOG);
	assert_found(&recording, (struct within_options){ 0 }, "3");
}

static void what_is_denied_is_missing(void **state)
{
	struct recording recording = { 0 };

	(void)state;
	add(&recording, AUDIT_ARCH_X86_64, 2, LOG);
	add(&recording, AUDIT_ARCH_X86_64, 165, LOG);
	add(&recording, AUDIT_ARCH_X86_64, 9999, LOG);
	add(&recording, AUDIT_ARCH_X86_64, 3, ERRNO);
	assert_found(&recording, (struct within_options){ 0 },
		     "0 !x86_64/open=errno EPERM !x86_64/mount=errno ENOSYS "
		     "!x86_64/9999=errno EPERM denied 1");
}

static void what_was_denied_counts_when_asked(void **state)
{
	struct recording recording = { 0 };

	(void)state;
	add(&recording, AUDIT_ARCH_X86_64, 2, ERRNO);
	add(&recording, AUDIT_ARCH_X86_64, 3, ERRNO);
	assert_found(&recording, (struct within_options){ .denied = true },
		     "1 !x86_64/open=errno EPERM");
}

/* An i386 program under a filter that does not list x86 is killed, whatever it calls. */
static void other_architectures_are_killed(void **state)
{
	struct recording recording = { 0 };

	(void)state;
	add(&recording, AUDIT_ARCH_I386, 3, LOG);
	add(&recording, 0x12345678, 3, LOG);
	assert_found(&recording, (struct within_options){ 0 },
		     "0 !0x12345678/3=kill_thread !x86/read=kill_thread");
}

static void expect_socket(struct recording *recording, uint64_t domain, uint64_t count)
{
	const struct argument_call *call = argument_call_by_name("socket");
	const struct argument_values values = { .fields = { domain } };

	assert_non_null(call);
	assert_int_equal(recording_add_arguments(recording, 0, AUDIT_ARCH_X86_64, 41, call, &values,
						 count),
			 0);
}

static void arguments_decide_where_they_are_known(void **state)
{
	struct recording recording = { 0 };

	(void)state;
	add(&recording, AUDIT_ARCH_X86_64, 41, LOG);
	assert_found(&recording, (struct within_options){ 0 },
		     "0 ?x86_64/socket=allow if arg0 == 1; else errno EPERM");
	add(&recording, AUDIT_ARCH_X86_64, 41, LOG);
	expect_socket(&recording, 1, 1);
	assert_found(&recording, (struct within_options){ 0 }, "1");
	add(&recording, AUDIT_ARCH_X86_64, 41, LOG);
	add(&recording, AUDIT_ARCH_X86_64, 41, LOG);
	expect_socket(&recording, 1, 1);
	expect_socket(&recording, 17, 1);
	assert_found(&recording, (struct within_options){ 0 },
		     "0 !x86_64/socket=allow if arg0 == 1; else errno EPERM");
	/* one of two records came without its arguments */
	add(&recording, AUDIT_ARCH_X86_64, 41, LOG);
	add(&recording, AUDIT_ARCH_X86_64, 41, LOG);
	expect_socket(&recording, 1, 1);
	assert_found(&recording, (struct within_options){ 0 },
		     "0 ?x86_64/socket=allow if arg0 == 1; else errno EPERM");
}

static void expect_clone(struct recording *recording, uint64_t flags)
{
	const struct argument_values values = { .fields = { flags } };

	add(recording, AUDIT_ARCH_X86_64, 56, LOG);
	assert_int_equal(recording_add_arguments(recording, 0, AUDIT_ARCH_X86_64, 56,
						 argument_call_by_name("clone"), &values, 1),
			 0);
}

/* Of flags only the union is known, but for those of a single record. The profile wants
 * CLONE_NEWUSER, and denies CLONE_NEWNET without it. */
static void each_selection_of_flags_is_asked(void **state)
{
	struct recording recording = { 0 };

	(void)state;
	expect_clone(&recording, 0x10000000);
	assert_found(&recording, (struct within_options){ 0 }, "1");
	expect_clone(&recording, 0x40000000);
	assert_found(&recording, (struct within_options){ 0 }, "0 !x86_64/clone=" CLONE);
	expect_clone(&recording, 0x10000000);
	expect_clone(&recording, 0x40000000);
	assert_found(&recording, (struct within_options){ 0 }, "0 ?x86_64/clone=" CLONE);
}

static void what_nobody_used_is_found(void **state)
{
	struct recording recording = { 0 };

	(void)state;
	add(&recording, AUDIT_ARCH_X86_64, 0, LOG);
	assert_found(&recording, (struct within_options){ .unused = true },
		     syscall_in_libseccomp("mseal")
			     ? "1 -x86_64/write=log -x86_64/close=allow -x86_64/socket=allow if "
			       "arg0 == 1; else errno EPERM -x86_64/clone=" CLONE
			       " -x86_64/mseal=allow"
			     : "1 -x86_64/write=log -x86_64/close=allow -x86_64/socket=allow if "
			       "arg0 == 1; else errno EPERM -x86_64/clone=" CLONE "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_allowed_is_within),
		cmocka_unit_test(what_is_denied_is_missing),
		cmocka_unit_test(what_was_denied_counts_when_asked),
		cmocka_unit_test(other_architectures_are_killed),
		cmocka_unit_test(arguments_decide_where_they_are_known),
		cmocka_unit_test(each_selection_of_flags_is_asked),
		cmocka_unit_test(what_nobody_used_is_found),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("within", tests, NULL, NULL);
}
