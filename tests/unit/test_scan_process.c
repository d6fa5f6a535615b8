/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/syscall.h"
#include "audit/record.h"
#include "audit/scan.h"
#include "base/macro.h"
#include <stdlib.h>

#define STAMP "msg=audit(1700000000.123:46): "
#define IDS   "auid=0 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none) "

static const struct {
	const char *line;
	enum process_event event;
	uint32_t pid, parent, session;
	const char *comm, *exe, *key;
} records[] = {
	/* auditd, plain, enriched, and enriched where the separator was lost */
	{ "type=SYSCALL " STAMP "arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 "
	  "items=2 ppid=100 pid=101 " IDS "ses=7 comm=\"nginx\" exe=\"/usr/sbin/nginx\" "
	  "key=\"asg-lineage\"",
	  PROCESS_EXEC, 101, 100, 7, "\"nginx\"", "\"/usr/sbin/nginx\"", "\"asg-lineage\"" },
	{ "node=h type=SYSCALL " STAMP
	  "arch=c000003e syscall=322 success=yes exit=0 ppid=100 pid=101 " IDS
	  "ses=4294967295 comm=\"x\" exe=\"/x\" subj=docker-default (enforce) key=(null)\x1d"
	  "ARCH=x86_64 SYSCALL=execveat pid=5",
	  PROCESS_EXEC, 101, 100, RECORD_UNSET, "\"x\"", "\"/x\"", "(null)" },
	{ "type=SYSCALL " STAMP "arch=c000003e syscall=231 a0=0 ppid=100 pid=101 " IDS
	  "ses=7 comm=6C2073 exe=\"/x\" key=\"k\"ARCH=x86_64 SYSCALL=exit_group",
	  PROCESS_END, 101, 100, 7, "6C2073", "\"/x\"", "\"k\"" },
	/* the number is that of its own architecture: 231 is fgetxattr, 252 exit_group */
	{ "type=SYSCALL " STAMP "arch=40000003 syscall=231 ppid=100 pid=101 ses=7", PROCESS_OTHER,
	  101, 100, 7, NULL, NULL, NULL },
	{ "type=SYSCALL " STAMP "arch=40000003 syscall=252 ppid=100 pid=101 ses=7", PROCESS_END,
	  101, 100, 7, NULL, NULL, NULL },
	/* a failed execve, the end of a thread, any other call, an unknown architecture */
	{ "type=SYSCALL " STAMP "arch=c000003e syscall=59 success=no exit=-2 ppid=1 pid=2 ses=7",
	  PROCESS_OTHER, 2, 1, 7, NULL, NULL, NULL },
	{ "type=SYSCALL " STAMP "arch=c000003e syscall=60 ppid=1 pid=2 ses=7", PROCESS_OTHER, 2, 1,
	  7, NULL, NULL, NULL },
	{ "type=SYSCALL " STAMP "arch=c000003e syscall=257 success=yes exit=3 ppid=1 pid=2 ses=7",
	  PROCESS_OTHER, 2, 1, 7, NULL, NULL, NULL },
	{ "type=SYSCALL " STAMP "arch=1234 syscall=59 success=yes exit=0 ppid=1 pid=2 ses=7",
	  PROCESS_OTHER, 2, 1, 7, NULL, NULL, NULL },
	/* ausearch -i: names may hold spaces, and what looks like fields */
	{ "type=SYSCALL msg=audit(11/14/23 22:13:20.123:46) : arch=x86_64 syscall=execve "
	  "success=yes exit=0 a0=0x1 items=2 ppid=100 pid=101 auid=root uid=root ses=unset "
	  "comm=l s pid=5 exe=/tmp/l s subj=unconfined key=asg-lineage",
	  PROCESS_EXEC, 101, 100, RECORD_UNSET, "l s pid=5", "/tmp/l s", "asg-lineage" },
	{ "type=LOGIN msg=audit(11/14/23 22:13:20.123:46) : pid=10 uid=root old-auid=unset "
	  "auid=root "
	  "tty=(none) old-ses=unset ses=77 res=yes",
	  PROCESS_LOGIN, 10, 0, 77, NULL, NULL, NULL },
	/* LOGIN: its session is the new one */
	{ "type=LOGIN " STAMP "pid=10 uid=0 subj=system_u:system_r:sshd_t:s0-s0:c0.c1023 "
	  "old-auid=4294967295 auid=0 tty=(none) old-ses=3 ses=77 res=1",
	  PROCESS_LOGIN, 10, 0, 77, NULL, NULL, NULL },
	{ "type=LOGIN " STAMP
	  "pid=10 uid=0 old-auid=4294967295 auid=0 tty=(none) old-ses=3 ses=77 res=0",
	  PROCESS_OTHER, 10, 0, 77, NULL, NULL, NULL },
	{ "type=ANOM_ABEND " STAMP "auid=0 uid=0 gid=0 ses=1 subj=unconfined pid=10 comm=\"x\" "
	  "exe=\"/bin/x\" sig=11 res=1",
	  PROCESS_END, 10, 0, 1, "\"x\"", "\"/bin/x\"", NULL },
	/* the kernel's log, and journald's two forms */
	{ "[  1.0] audit: type=1300 audit(1700000000.123:46): arch=c000003e syscall=231 ppid=1 "
	  "pid=2 "
	  "ses=3 comm=\"x\" exe=\"/bin/x\"",
	  PROCESS_END, 2, 1, 3, "\"x\"", "\"/bin/x\"", NULL },
	{ "Nov 14 22:13:20 host audit[2]: SYSCALL arch=c000003e syscall=231 ppid=1 pid=2 ses=3",
	  PROCESS_END, 2, 1, 3, NULL, NULL, NULL },
	{ "{\"MESSAGE\":\"SYSCALL arch=c000003e syscall=231 ppid=1 pid=2 ses=3\","
	  "\"_AUDIT_TYPE\":\"1300\",\"_AUDIT_ID\":\"5\","
	  "\"__REALTIME_TIMESTAMP\":\"1700000000123456\",\"_TRANSPORT\":\"audit\"}",
	  PROCESS_END, 2, 1, 3, NULL, NULL, NULL },
};

static const char *const others[] = {
	("type=EXECVE " STAMP "argc=1 a0=\"pid=5\""),
	("type=PROCTITLE " STAMP "proctitle=\"pid=5\""),
	"type=SYSCALL " STAMP "arch=c000003e syscall=59 success=yes exit=0",
	"type=SYSCALL " STAMP "arch=c000003e syscall=59 ppid=1 pid=0 ses=3",
	"type=SYSCALL " STAMP "arch=c000003e syscall=59 ppid=1 pid=99999999999 ses=3",
	"type=SYSCALL " STAMP "arch=c000003e syscall=59 ppid=1 pid=abc ses=3",
	"type=SYSCALL " STAMP,
};

static void is_text(struct slice text, const char *expected)
{
	if (!expected) {
		assert_null(text.data);
		return;
	}
	assert_int_equal(text.len, strlen(expected));
	assert_memory_equal(text.data, expected, text.len);
}

/* A copy of its own, so that a sanitizer sees a read beyond the line. */
static bool read_line(const char *line, struct scan_process *ret, char **ret_copy)
{
	struct syscall_table names = { 0 };
	struct scanner scanner;
	size_t len = strlen(line);
	char *copy = malloc(len);
	struct scan scan;
	bool told;

	assert_non_null(copy);
	memcpy(copy, line, len);
	scanner_init(&scanner, &names);
	assert_int_equal(scan_line(&scanner, (struct slice){ copy, len }, &scan), SCAN_OTHER);
	told = scan_process(&scanner, &scan, ret);
	scanner_deinit(&scanner);
	syscall_table_deinit(&names);
	*ret_copy = copy;
	return told;
}

static void what_records_say_of_processes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(records); i++) {
		struct scan_process process;
		char *copy;

		if (!read_line(records[i].line, &process, &copy))
			fail_msg("nothing was read from: %s", records[i].line);
		assert_int_equal(process.event, records[i].event);
		assert_int_equal(process.pid, records[i].pid);
		assert_int_equal(process.parent, records[i].parent);
		assert_int_equal(process.session, records[i].session);
		is_text(process.comm, records[i].comm);
		is_text(process.exe, records[i].exe);
		is_text(process.key, records[i].key);
		free(copy);
	}
}

static void what_says_nothing_of_any(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct scan_process process;
		char *copy;

		if (read_line(others[i], &process, &copy))
			fail_msg("pid %u was read from: %s", process.pid, others[i]);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_records_say_of_processes),
		cmocka_unit_test(what_says_nothing_of_any),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
