/* SPDX-License-Identifier: Apache-2.0 */
/* Through intake, as logs and the kernel's messages come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/array.h"
#include "model/argument_intake.h"
#include "model/intake.h"
#include "model/recording_arguments.h"
#include <linux/audit.h>
#include <stdio.h>
#include <string.h>

#define X86_64 AUDIT_ARCH_X86_64
#define SOCKET 41

struct stage {
	struct recording recording;
	struct syscall_table names;
	struct intake *intake;
	unsigned int serial;
};

static void start(struct stage *stage, const struct intake_options *options)
{
	struct error err = { 0 };

	*stage = (struct stage){ .serial = 1 };
	if (intake_new(&stage->intake, &stage->recording, &stage->names, options, &err) < 0)
		fail_msg("%s", err.message);
}

static void done(struct stage *stage)
{
	intake_free(stage->intake);
	recording_deinit(&stage->recording);
	syscall_table_deinit(&stage->names);
}

static void line(struct stage *stage, const char *text)
{
	const struct source_line source = { .text = slice_from(text), .number = stage->serial };

	assert_int_equal(intake_line(stage->intake, &source, NULL), 0);
}

static void seccomp_of(struct stage *stage, const char *node, unsigned int pid, const char *comm,
		       unsigned int arch, int nr, unsigned int code)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "%stype=SECCOMP msg=audit(1700000000.000:%u): auid=0 uid=0 gid=0 ses=1 pid=%u "
		 "comm=\"%s\" exe=\"/x\" sig=0 arch=%x syscall=%d compat=0 ip=0x1 code=0x%x",
		 node, stage->serial++, pid, comm, arch, nr, code);
	line(stage, text);
}

static void seccomp(struct stage *stage, unsigned int pid, int nr)
{
	seccomp_of(stage, "", pid, "x", X86_64, nr, 0x7ffc0000);
}

static void syscall_of(struct stage *stage, const char *node, unsigned int pid, unsigned int arch,
		       int nr, unsigned int a0, unsigned int a1)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "%stype=SYSCALL msg=audit(1700000000.000:%u): arch=%x syscall=%d success=yes "
		 "exit=3 "
		 "a0=%x a1=%x a2=0 a3=0 items=0 ppid=1 pid=%u auid=0 ses=1 comm=\"x\" exe=\"/x\"",
		 node, stage->serial++, arch, nr, a0, a1, pid);
	line(stage, text);
}

static void call(struct stage *stage, unsigned int pid, int nr, unsigned int a0, unsigned int a1)
{
	syscall_of(stage, "", pid, X86_64, nr, a0, a1);
}

static const struct arguments *known(struct stage *stage, uint32_t group, uint32_t arch, int32_t nr)
{
	return recording_arguments(recording_group_arch(&stage->recording, group, arch, nr), nr);
}

static const struct intake_options all = { .group_by = GROUP_BY_ALL, .arguments = true };

static void test_pairs(void **state _unused_)
{
	const struct arguments *arguments;
	struct stage stage;

	start(&stage, &all);
	seccomp(&stage, 5, SOCKET);
	call(&stage, 5, SOCKET, 1, 1);
	/* Two processes, one in the other. */
	seccomp(&stage, 5, SOCKET);
	seccomp(&stage, 6, SOCKET);
	call(&stage, 5, SOCKET, 2, 2);
	call(&stage, 6, SOCKET, 1, 1);
	/* Two threads of one, the first to call being the last to return. */
	seccomp(&stage, 5, SOCKET);
	seccomp(&stage, 5, SOCKET);
	call(&stage, 5, SOCKET, 10, 3);
	call(&stage, 5, SOCKET, 16, 3);
	arguments = known(&stage, 0, X86_64, SOCKET);
	assert_int_equal(arguments->covered, 5);
	assert_int_equal(arguments->n, 4);
	assert_true(arguments->values[3].fields[0] == 16);
	/* A call that the table does not have leaves nothing. */
	seccomp(&stage, 5, 0);
	call(&stage, 5, 0, 1, 1);
	assert_null(known(&stage, 0, X86_64, 0));
	done(&stage);
}

/* Who is not recorded, or was not yet, teaches nothing about who is. */
static void test_strangers_do_not_count(void **state _unused_)
{
	struct stage stage;

	start(&stage, &all);
	call(&stage, 5, SOCKET, 17, 3);
	seccomp(&stage, 5, SOCKET);
	call(&stage, 6, SOCKET, 17, 3);
	call(&stage, 5, SOCKET + 1, 17, 3);
	syscall_of(&stage, "", 5, AUDIT_ARCH_I386, SOCKET, 17, 3);
	syscall_of(&stage, "node=b ", 5, X86_64, SOCKET, 17, 3);
	/* The same pid in another session: somebody else's by now. */
	line(&stage,
	     "type=SYSCALL msg=audit(1700000000.000:99): arch=c000003e syscall=41 success=yes "
	     "exit=3 a0=11 a1=3 a2=0 a3=0 items=0 ppid=1 pid=5 auid=0 ses=2 comm=\"x\"");
	call(&stage, 5, SOCKET, 1, 1);
	call(&stage, 5, SOCKET, 17, 3);
	assert_int_equal(known(&stage, 0, X86_64, SOCKET)->covered, 1);
	assert_int_equal(known(&stage, 0, X86_64, SOCKET)->n, 1);
	assert_true(known(&stage, 0, X86_64, SOCKET)->values[0].fields[0] == 1);
	done(&stage);
}

static void test_a_lost_record_is_missed(void **state _unused_)
{
	struct stage stage;

	start(&stage, &all);
	seccomp(&stage, 5, SOCKET);
	seccomp(&stage, 5, SOCKET);
	call(&stage, 5, SOCKET, 1, 1);
	assert_int_equal(known(&stage, 0, X86_64, SOCKET)->covered, 1);
	/* The next ones are known again, but two of three are not three. */
	seccomp(&stage, 5, SOCKET);
	call(&stage, 5, SOCKET, 1, 1);
	assert_int_equal(known(&stage, 0, X86_64, SOCKET)->covered, 2);
	assert_int_equal(stage.recording.groups[0].arches[0].observations[0].count, 3);
	done(&stage);
}

/* What the filter denied did not get as far as the audit of calls. */
static void test_denied_calls_are_not_waited_for(void **state _unused_)
{
	struct stage stage;

	start(&stage, &all);
	seccomp_of(&stage, "", 5, "x", X86_64, SOCKET, 0x50000);
	call(&stage, 5, SOCKET, 1, 1);
	assert_null(known(&stage, 0, X86_64, SOCKET));
	done(&stage);
}

/* Threads with names of their own, which are groups of their own: nobody can tell whose is whose.
 */
static void test_groups_that_share_a_process(void **state _unused_)
{
	const struct intake_options options = { .group_by = GROUP_BY_COMM, .arguments = true };
	struct stage stage;

	start(&stage, &options);
	seccomp_of(&stage, "", 5, "a", X86_64, SOCKET, 0x7ffc0000);
	seccomp_of(&stage, "", 5, "b", X86_64, SOCKET, 0x7ffc0000);
	call(&stage, 5, SOCKET, 1, 1);
	call(&stage, 5, SOCKET, 2, 2);
	assert_int_equal(known(&stage, 0, X86_64, SOCKET)->covered, 0);
	assert_int_equal(known(&stage, 1, X86_64, SOCKET)->covered, 0);
	/* One after the other they can be told. */
	seccomp_of(&stage, "", 5, "a", X86_64, SOCKET, 0x7ffc0000);
	call(&stage, 5, SOCKET, 1, 1);
	seccomp_of(&stage, "", 5, "b", X86_64, SOCKET, 0x7ffc0000);
	call(&stage, 5, SOCKET, 2, 2);
	assert_int_equal(known(&stage, 0, X86_64, SOCKET)->covered, 1);
	assert_int_equal(known(&stage, 1, X86_64, SOCKET)->covered, 1);
	assert_true(known(&stage, 1, X86_64, SOCKET)->values[0].fields[0] == 2);
	done(&stage);
}

static void test_i386(void **state _unused_)
{
	const struct arguments *arguments;
	struct stage stage;

	start(&stage, &all);
	/* socketcall: its first argument is the sub-call */
	seccomp_of(&stage, "", 5, "x", AUDIT_ARCH_I386, 102, 0x7ffc0000);
	syscall_of(&stage, "", 5, AUDIT_ARCH_I386, 102, 3, 0xffffd000);
	arguments = known(&stage, 0, AUDIT_ARCH_I386, 102);
	assert_string_equal(arguments->call->name, "socketcall");
	assert_true(arguments->values[0].fields[0] == 3 && arguments->values[0].fields[1] == 0);
	/* mmap: a pointer, so that it was asked for and cannot be known */
	seccomp_of(&stage, "", 5, "x", AUDIT_ARCH_I386, 90, 0x7ffc0000);
	syscall_of(&stage, "", 5, AUDIT_ARCH_I386, 90, 0xffffd000, 0);
	arguments = known(&stage, 0, AUDIT_ARCH_I386, 90);
	assert_int_equal(arguments->covered, 0);
	done(&stage);
}

static void test_only_what_was_asked_for(void **state _unused_)
{
	static char prctl[] = "prctl";
	static char *calls[] = { prctl, NULL };
	const struct intake_options some = { .group_by = GROUP_BY_ALL,
					     .arguments = true,
					     .argument_calls = calls };
	const struct intake_options none = { .group_by = GROUP_BY_ALL };
	struct stage stage;

	start(&stage, &some);
	seccomp(&stage, 5, SOCKET);
	call(&stage, 5, SOCKET, 1, 1);
	seccomp(&stage, 5, 157);
	call(&stage, 5, 157, 15, 0);
	assert_null(known(&stage, 0, X86_64, SOCKET));
	assert_int_equal(known(&stage, 0, X86_64, 157)->covered, 1);
	done(&stage);
	start(&stage, &none);
	seccomp(&stage, 5, SOCKET);
	call(&stage, 5, SOCKET, 1, 1);
	assert_null(known(&stage, 0, X86_64, SOCKET));
	done(&stage);
}

/* What is waited for is bounded; what does not fit is not known, and what comes later is. */
static void test_waiting_is_bounded(void **state _unused_)
{
	const unsigned int too_many = ARGUMENT_PENDING_MAX + 100;
	const struct arguments *arguments;
	struct stage stage;

	start(&stage, &all);
	for (unsigned int pid = 1; pid <= too_many; pid++)
		seccomp(&stage, pid, SOCKET);
	for (unsigned int pid = too_many; pid > 0; pid--)
		call(&stage, pid, SOCKET, 1, 1);
	arguments = known(&stage, 0, X86_64, SOCKET);
	assert_int_equal(arguments->covered, ARGUMENT_PENDING_MAX);
	seccomp(&stage, too_many, SOCKET);
	call(&stage, too_many, SOCKET, 2, 1);
	assert_int_equal(arguments->covered, ARGUMENT_PENDING_MAX + 1);
	done(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_strangers_do_not_count),
		cmocka_unit_test(test_a_lost_record_is_missed),
		cmocka_unit_test(test_denied_calls_are_not_waited_for),
		cmocka_unit_test(test_groups_that_share_a_process),
		cmocka_unit_test(test_i386),
		cmocka_unit_test(test_only_what_was_asked_for),
		cmocka_unit_test(test_waiting_is_bounded),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("argument_intake", tests, NULL, NULL);
}
