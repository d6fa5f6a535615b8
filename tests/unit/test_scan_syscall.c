/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/syscall.h"
#include "audit/scan_syscall.h"
#include "base/array.h"
#include <stdio.h>
#include <string.h>

#define STAMP "type=SYSCALL msg=audit(1700000000.123:45): "
#define WHAT  "arch=c000003e syscall=41 success=yes exit=3 a0=2 a1=80001 a2=0 a3=564a0c06f3d0 "
#define WHO                                                                                        \
	"items=0 ppid=12627 pid=12634 auid=0 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 "     \
	"fsgid=0 tty=(none) ses=985 comm=\"x\" exe=\"/x\" key=\"k\""

static struct syscall_table names;

static bool read_line(const char *line, struct syscall_record *ret)
{
	struct scanner scanner;
	struct scan scan;
	bool read;

	scanner_init(&scanner, &names);
	read = scan_line(&scanner, slice_from(line), &scan) == SCAN_OTHER &&
	       scan_syscall(&scan, ret);
	scanner_deinit(&scanner);
	return read;
}

static void assert_read(const char *line)
{
	struct syscall_record record;

	if (!read_line(line, &record))
		fail_msg("not read: %s", line);
	assert_int_equal(record.arch, 0xc000003e);
	assert_int_equal(record.nr, 41);
	assert_true(record.arguments[0] == 2 && record.arguments[1] == 0x80001 &&
		    record.arguments[2] == 0 && record.arguments[3] == 0x564a0c06f3d0);
	assert_int_equal(record.ppid, 12627);
	assert_int_equal(record.pid, 12634);
	assert_true(record.session == 985 || record.session == RECORD_UNSET);
}

static void test_session(void **state _unused_)
{
	struct syscall_record record;

	assert_true(read_line(STAMP WHAT WHO, &record));
	assert_int_equal(record.session, 985);
	assert_true(read_line(STAMP WHAT "items=0 ppid=1 pid=2 auid=0 tty=(none) ses=4294967295 "
					 "comm=\"x\"",
			      &record));
	assert_int_equal(record.session, RECORD_UNSET);
	/* Nobody has one by his name. */
	assert_true(read_line(STAMP WHAT "items=0 ppid=1 pid=2 auid=0 comm=\"x\" key= ses=5 ",
			      &record));
	assert_int_equal(record.session, RECORD_UNSET);
	assert_true(read_line(STAMP WHAT "items=0 ppid=1 pid=2 auid=0 ses=98", &record));
	assert_int_equal(record.session, RECORD_UNSET);
}

static void test_every_stamped_form(void **state _unused_)
{
	assert_read(STAMP WHAT WHO);
	assert_read("node=web1 " STAMP WHAT WHO);
	assert_read(STAMP WHAT WHO "\x1d"
				   "ARCH=x86_64 SYSCALL=socket AUID=\"root\"");
	assert_read("Nov 23 10:00:00 web1 kernel: [ 1.5] audit: type=1300 "
		    "audit(1700000000.123:45): " WHAT WHO);
	assert_read("{\"_TRANSPORT\":\"kernel\",\"MESSAGE\":\"audit: type=1300 "
		    "audit(1700000000.123:45): arch=c000003e syscall=41 success=yes exit=3 a0=2 "
		    "a1=80001 a2=0 a3=564a0c06f3d0 items=0 ppid=12627 pid=12634 auid=0\"}");
	/* A call that did not come back, and one of another personality. */
	assert_read(STAMP "arch=c000003e syscall=41 a0=2 a1=80001 a2=0 a3=564a0c06f3d0 " WHO);
	assert_read(STAMP "arch=c000003e syscall=41 per=400000 success=no exit=-97 a0=2 a1=80001 "
			  "a2=0 a3=564a0c06f3d0 " WHO);
}

static void test_payload(void **state _unused_)
{
	struct slice payload = slice_from("audit(1700000000.123:45): " WHAT WHO);
	struct syscall_record record;
	struct scanner scanner;
	struct scan scan;

	scanner_init(&scanner, &names);
	assert_int_equal(scan_payload(&scanner, 1300, payload, &scan), SCAN_OTHER);
	assert_true(scan_syscall(&scan, &record));
	assert_int_equal(record.pid, 12634);
	/* The same text under another type is something else. */
	assert_int_equal(scan_payload(&scanner, 1302, payload, &scan), SCAN_OTHER);
	assert_false(scan_syscall(&scan, &record));
	scanner_deinit(&scanner);
}

static void test_the_largest_numbers(void **state _unused_)
{
	struct syscall_record record;

	assert_true(read_line(STAMP
			      "arch=40000003 syscall=1073741865 a0=ffffffffffffffff a1=0 a2=0 a3=0 "
			      "items=0 ppid=0 pid=2147483647 auid=0",
			      &record));
	assert_true(record.arguments[0] == UINT64_MAX);
	assert_int_equal(record.nr, 1073741865);
	assert_int_equal(record.pid, INT32_MAX);
}

static void test_nothing_else_is_read(void **state _unused_)
{
	static const char *const lines[] = {
		/* In words, as ausearch -i has it. */
		"type=SYSCALL msg=audit(11/23/2026 10:00:00.123:45) : arch=x86_64 syscall=socket "
		"success=yes exit=3 a0=inet a1=SOCK_STREAM a2=ip a3=0x0 items=0 ppid=1 pid=2 "
		"auid=0",
		STAMP "syscall=41 arch=c000003e a0=2 a1=1 a2=0 a3=0 " WHO,
		STAMP "arch=c000003e syscall=41 a0=2 a1=1 a2=0 " WHO,
		STAMP "arch=c000003e syscall=41 a0=2 a1=1 a2=0 a3=0 items=0 pid=5 auid=0",
		STAMP "arch=c000003e syscall=41 a0=2 a1=1 a2=0 a3=0 items=0 ppid=1 pid=-5 auid=0",
		STAMP "arch=c000003e syscall=-1 a0=2 a1=1 a2=0 a3=0 " WHO,
		STAMP "arch=1c000003e syscall=41 a0=2 a1=1 a2=0 a3=0 " WHO,
		STAMP "arch=c000003e syscall=41 a0=12345678901234567 a1=1 a2=0 a3=0 " WHO,
		STAMP "arch=c000003e syscall=41 a0=0x2 a1=1 a2=0 a3=0 " WHO,
		STAMP "arch=c000003e syscall=41 a0= a1=1 a2=0 a3=0 " WHO,
		/* Who chooses his name chooses no arguments. */
		STAMP "comm=\"arch=c000003e syscall=41 a0=1 a1=1 a2=0 a3=0 items=0 ppid=1 pid=1 \"",
		"type=PATH msg=audit(1700000000.123:45): " WHAT WHO,
	};
	struct syscall_record record;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (read_line(lines[i], &record))
			fail_msg("read: %s", lines[i]);
}

/* A record that is cut off anywhere is not taken for one with smaller numbers. */
static void test_cut_off_anywhere(void **state _unused_)
{
	static const char line[] = STAMP WHAT "items=0 ppid=12627 pid=12634";
	struct syscall_record record;
	char cut[sizeof(line)];

	for (size_t len = 0; len < sizeof(line); len++) {
		memcpy(cut, line, len);
		cut[len] = '\0';
		if (read_line(cut, &record))
			fail_msg("read: %s", cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_stamped_form),
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_payload),
		cmocka_unit_test(test_the_largest_numbers),
		cmocka_unit_test(test_nothing_else_is_read),
		cmocka_unit_test(test_cut_off_anywhere),
	};
	int failed;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("scan_syscall", tests, NULL, NULL);
	syscall_table_deinit(&names);
	return failed;
}
