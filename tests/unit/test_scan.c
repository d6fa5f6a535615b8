/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/syscall.h"
#include "audit/scan.h"
#include "base/time.h"
#include <stdio.h>
#include <stdlib.h>

#define STAMP  "type=SECCOMP msg=audit(1700000000.123:45): "
#define WHO    "auid=1000 uid=0 gid=5 ses=3 "
#define ACTOR  "pid=1234 comm=\"ls\" exe=\"/usr/bin/ls\" "
#define WHAT   "sig=0 arch=c000003e syscall=3 compat=0 ip=0x7f6d5c0ed4c7 code="
#define FIELDS WHO ACTOR WHAT "0x7ffc0000"
#define WORDS  "auid=root uid=root gid=root ses=3 pid=1234 comm=ls exe=/usr/bin/ls sig=SIG0 "

struct fixture {
	struct syscall_table names;
	struct scanner scanner;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	if (!fixture)
		return -1;
	scanner_init(&fixture->scanner, &fixture->names);
	*state = fixture;
	return setenv("TZ", "UTC", 1);
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	scanner_deinit(&fixture->scanner);
	syscall_table_deinit(&fixture->names);
	free(fixture);
	return 0;
}

/* Scans a line that ends where its memory ends, so that a sanitizer sees a read behind it. */
static enum scan_result scan_copy(void **state, struct slice line, struct scan *ret, char **copy)
{
	struct fixture *fixture = *state;

	*copy = malloc(line.len ? line.len : 1);
	assert_non_null(*copy);
	memcpy(*copy, line.data, line.len);
	return scan_line(&fixture->scanner, (struct slice){ *copy, line.len }, ret);
}

static void expect(enum scan_result got, enum scan_result wanted, const char *line,
		   const struct scan *scan)
{
	if (got != wanted)
		fail_msg("result %d instead of %d (%s) for: %s", (int)got, (int)wanted,
			 scan->problem ? scan->problem : "no problem", line);
}

/* ---- records --------------------------------------------------------------------------------- */

static const struct {
	const char *line;
	uint64_t serial;
	uint32_t arch;
	int32_t nr;
	uint32_t code;
} records[] = {
	{ STAMP FIELDS, 45, 0xc000003e, 3, 0x7ffc0000 },
	{ "node=h " STAMP FIELDS, 45, 0xc000003e, 3, 0x7ffc0000 },
	{ "audit.log:" STAMP FIELDS, 45, 0xc000003e, 3, 0x7ffc0000 },
	{ "Nov 1 h audispd: node=h " STAMP FIELDS, 45, 0xc000003e, 3, 0x7ffc0000 },
	{ STAMP FIELDS "\x1d"
		       "AUID=\"root\" pid=99",
	  45, 0xc000003e, 3, 0x7ffc0000 },
	{ STAMP FIELDS "AUID=\"root\" pid=99", 45, 0xc000003e, 3, 0x7ffc0000 },
	{ STAMP FIELDS " AUID=\"root\" pid=99", 45, 0xc000003e, 3, 0x7ffc0000 },
	{ STAMP WHO ACTOR WHAT "0x0AUID=\"root\"", 45, 0xc000003e, 3, 0 },
	{ STAMP FIELDS "\r", 45, 0xc000003e, 3, 0x7ffc0000 },
	{ STAMP FIELDS " pid=99", 45, 0xc000003e, 3, 0x7ffc0000 },
	{ STAMP WHO "subj=docker-default (enforce) " ACTOR WHAT "0x50000", 45, 0xc000003e, 3,
	  0x50000 },
	{ STAMP WHO "subj==unconfined " ACTOR WHAT "0x80000000", 45, 0xc000003e, 3, 0x80000000 },
	{ STAMP WHO "subj=? " ACTOR WHAT "0x12340000", 45, 0xc000003e, 3, 0x12340000 },
	/* Another order, and fields that older kernels lack. */
	{ STAMP "pid=1234 subj=a (b) arch=28 code=0x30000 syscall=-1", 45, 0x28, -1, 0x30000 },
	{ STAMP ACTOR "arch=40000003 syscall=1 code=0x0", 45, 0x40000003, 1, 0 },
	{ "<5>[  270.85] audit: type=1326 audit(1700000000.123:45): " FIELDS, 45, 0xc000003e, 3,
	  0x7ffc0000 },
	{ "[270.85][  T55] type=1326 audit(1700000000.123:45): " FIELDS, 45, 0xc000003e, 3,
	  0x7ffc0000 },
	{ "Nov 1 10:00:00 h audit[1234]: SECCOMP " FIELDS, 0, 0xc000003e, 3, 0x7ffc0000 },
	{ "Nov 1 10:00:00 h audit[1234]: <audit-1326> " FIELDS, 0, 0xc000003e, 3, 0x7ffc0000 },
	{ "type=UNKNOWN[1326] msg=audit(1700000000.123:45): " FIELDS, 45, 0xc000003e, 3,
	  0x7ffc0000 },
	{ "type=1326 msg=audit(1700000000.123:45): " FIELDS, 45, 0xc000003e, 3, 0x7ffc0000 },
	{ "type=SECCOMP msg=audit(11/14/23 22:13:20.123:45) : " WORDS
	  "arch=x86_64 syscall=close compat=0 ip=0x7f code=log ",
	  45, 0xc000003e, 3, 0x7ffc0000 },
	{ "type=SECCOMP msg=audit(11/14/23 22:13:20.123:45) : " WORDS
	  "arch=i386 syscall=write compat=1 ip=0x7f code=kill-process",
	  45, 0x40000003, 4, 0x80000000 },
	{ "type=SECCOMP msg=audit(11/14/23 22:13:20.123:45) : " WORDS
	  "arch=armeb syscall=unknown-syscall(983045) compat=1 ip=0x7f code=user-notify",
	  45, 0x40000028, 983045, 0x7fc00000 },
	{ "type=SECCOMP msg=audit(11/14/23 22:13:20.123:45) : " WORDS
	  "arch=unknown-elf-type(c00000f3) syscall=unknown-syscall(451) compat=1 ip=0x7f "
	  "code=unknown-seccomp-code(0x12340000)",
	  45, 0xc00000f3, 451, 0x12340000 },
};

static void every_form_is_a_record(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(records); i++) {
		const char *line = records[i].line;
		struct scan scan;
		char *copy;

		expect(scan_copy(state, slice_from(line), &scan, &copy), SCAN_RECORD, line, &scan);
		if (scan.serial != records[i].serial || scan.arch != records[i].arch ||
		    scan.nr != records[i].nr || scan.code != records[i].code || scan.pid != 1234)
			fail_msg("serial %lu arch %x nr %d code %x pid %u for: %s",
				 (unsigned long)scan.serial, scan.arch, scan.nr, scan.code,
				 scan.pid, line);
		if (scan.serial == 45)
			assert_int_equal(scan.time_ms, 1700000000123);
		else
			assert_true(scan.time_ms == TIME_UNKNOWN);
		free(copy);
	}
}

static void fields_are_slices_of_the_line(void **state)
{
	const char *line =
		"node=web " STAMP WHO "subj=docker-default (enforce) " ACTOR WHAT "0x7ffc0000\x1d"
		"AUID=\"x\"";
	struct scan scan;
	char *copy;

	assert_int_equal(scan_copy(state, slice_from(line), &scan, &copy), SCAN_RECORD);
	assert_true(slice_is(scan.node, "web"));
	assert_true(slice_is(scan.auid, "1000"));
	assert_true(slice_is(scan.gid, "5"));
	assert_true(slice_is(scan.session, "3"));
	assert_true(slice_is(scan.subject, "docker-default (enforce)"));
	assert_true(slice_is(scan.comm, "\"ls\""));
	assert_true(slice_is(scan.exe, "\"/usr/bin/ls\""));
	assert_true(slice_starts(scan.fields, SLICE("auid=1000 ")));
	assert_memory_equal(scan.fields.data + scan.fields.len - 15, "code=0x7ffc0000", 15);
	assert_false(scan.interpreted);
	free(copy);
}

/* ---- what is not whole, or not the kernel's -------------------------------------------------- */

static const char *const torn[] = {
	"type=SECCOMP msg=aud",
	"type=SECCOMP msg=audit(1700000000.1",
	"node=h type=SECCOMP",
	"audit: type=1326 au",
	STAMP WHO,
	STAMP WHO "subj=system_u:sys" STAMP WHO "subj=x " ACTOR WHAT "0x7ffc0000",
	STAMP WHO "sub" STAMP WHO "subj=x " ACTOR WHAT "0x7ffc0000",
	STAMP "auid=1000 u" STAMP FIELDS,
	/* The first head counts: what follows is its text. */
	"audit: type=1326 audit(1.000:2): nonsense audit: type=1326 audit(1.000:3): " FIELDS,
	STAMP WHO ACTOR "sig=0 arch=c000003e",
	STAMP WHO ACTOR "sig=0 arch=c000003e syscall=",
	STAMP WHO ACTOR WHAT,
	STAMP WHO ACTOR WHAT "0x7ffc",
	STAMP WHO ACTOR WHAT "0x7ffc000",
	STAMP WHO ACTOR WHAT "0x8000000",
	STAMP WHO ACTOR WHAT "0x7fc0000",
	STAMP WHO ACTOR WHAT "0x5000",
	STAMP WHO ACTOR WHAT "0x50001",
	STAMP WHO ACTOR WHAT "0x",
	STAMP WHO ACTOR WHAT "0x7ffc0000z",
	STAMP WHO ACTOR WHAT "0x17ffc0000",
	STAMP WHO "pid=0 comm=\"ls\" exe=\"/a\" " WHAT "0x7ffc0000",
	STAMP WHO "pid=4294967296 comm=\"ls\" exe=\"/a\" " WHAT "0x7ffc0000",
	STAMP WHO "comm=\"ls\" exe=\"/a\" " WHAT "0x7ffc0000",
	STAMP WHO ACTOR "syscall=3 code=0x0",
	STAMP WHO ACTOR "arch=c000003e code=0x0",
	STAMP WHO ACTOR "arch=c000003e syscall=99999999999 code=0x0",
	STAMP WHO ACTOR "arch=1c000003e syscall=9 code=0x0",
	STAMP WHO ACTOR "arch=x86_64 syscall=9 code=0x0",
	STAMP "auid=99999999999 uid=0 gid=0 ses=1 " ACTOR WHAT "0x0",
	STAMP WHO "pid=1 comm=\"x pid=2\" exe=\"/a\" " WHAT "0x7ffc0000",
	STAMP WHO "pid=1 comm=\"x\x7f\" exe=\"/a\" " WHAT "0x7ffc0000",
	STAMP WHO "pid=1 comm=\"x exe=/a " WHAT "0x7ffc0000",
	STAMP "(pid=4 pid=1 arch=c000003e syscall=1 code=0x7ffc0000",
	"type=SECCOMP msg=audit(11/14/23 22:13:20.123:45) : " WORDS
	"arch=x86_64 syscall=nosuch code=log",
	"type=SECCOMP msg=audit(11/14/23 22:13:20.123:45) : " WORDS
	"arch=vax syscall=close code=log",
	"type=SECCOMP msg=audit(11/14/23 22:13:20.123:45) : " WORDS
	"arch=unknown-elf-type(c00000f3) syscall=close code=log",
	"type=SECCOMP msg=audit(11/14/23 22:13:20.123:45) : " WORDS
	"arch=x86_64 syscall=close code=lo",
	"type=SECCOMP msg=audit(11/14/23 22:13:20.123:45) : " WORDS
	"arch=x86_64 syscall=close code=user-notify UID=\"root\"",
	"{\"_AUDIT_TYPE\":\"1326\",\"MESSAGE\":null}",
	"{\"MESSAGE\":\"SECCOMP auid=0 uid=",
};

static void torn_lines_say_why(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(torn); i++) {
		struct scan scan;
		char *copy;

		expect(scan_copy(state, slice_from(torn[i]), &scan, &copy), SCAN_TORN, torn[i],
		       &scan);
		assert_non_null(scan.problem);
		free(copy);
	}
}

/* Cut anywhere, a record is torn, is nothing, or is whole: never another record. */
static void cut_anywhere(void **state)
{
	static const char *const lines[] = {
		STAMP WHO ACTOR WHAT "0x7ffc0000",
		STAMP WHO ACTOR WHAT "0x80000000\x1d"
				     "AUID=\"root\" UID=\"root\"",
		"[1.0] audit: type=1326 audit(1700000000.123:45): " WHO ACTOR WHAT "0x50000",
		"Nov 1 10:00:00 h audit[1]: SECCOMP " WHO ACTOR WHAT "0x7fc00000",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct scan whole, scan;
		char *copy, *whole_copy;

		assert_int_equal(scan_copy(state, slice_from(lines[i]), &whole, &whole_copy),
				 SCAN_RECORD);
		for (size_t len = 0; len < strlen(lines[i]); len++) {
			struct slice cut = { lines[i], len };

			if (scan_copy(state, cut, &scan, &copy) == SCAN_RECORD)
				assert_true(scan.code == whole.code && scan.nr == whole.nr &&
					    scan.pid == whole.pid && scan.arch == whole.arch);
			free(copy);
		}
		free(whole_copy);
	}
}

static void records_behind_a_hole(void **state)
{
	struct scan scan;
	char *copy;

	assert_int_equal(scan_copy(state, SLICE("\0\0\0\0" STAMP FIELDS), &scan, &copy),
			 SCAN_RECORD);
	free(copy);
	assert_int_equal(scan_copy(state, SLICE(STAMP "auid=0 ui\0\0" STAMP FIELDS), &scan, &copy),
			 SCAN_RECORD);
	free(copy);
	assert_int_equal(scan_copy(state, SLICE(STAMP FIELDS "\0\0\0"), &scan, &copy), SCAN_RECORD);
	free(copy);
	assert_int_equal(scan_copy(state, SLICE(STAMP "auid=0\0\0 uid=0"), &scan, &copy),
			 SCAN_TORN);
	free(copy);
	assert_int_equal(scan_copy(state, SLICE(STAMP WHO "subj=a\0b " ACTOR WHAT "0x7ffc0000"),
				   &scan, &copy),
			 SCAN_TORN);
	free(copy);
	assert_int_equal(scan_copy(state,
				   SLICE(STAMP WHO ACTOR "si\0=0 arch=c000003e syscall=3 code=0x0"),
				   &scan, &copy),
			 SCAN_TORN);
	free(copy);
	assert_int_equal(
		scan_copy(state,
			  SLICE("type=SECCOMP msg=audit(11/14/23 22:13:20.123:45) : auid=x "
				"pid=1 comm=a\0b exe=/c sig=0 arch=x86_64 syscall=read "
				"code=log"),
			  &scan, &copy),
		SCAN_TORN);
	free(copy);
	assert_int_equal(scan_copy(state, SLICE("\0\0"), &scan, &copy), SCAN_NOTHING);
	free(copy);
}

/* ---- other lines ----------------------------------------------------------------------------- */

static const struct {
	const char *line;
	enum scan_result result;
	uint32_t type;
	uint64_t number; /* serial of SCAN_OTHER, count of SCAN_SUPPRESSED */
} others[] = {
	{ "type=SYSCALL msg=audit(1700000000.123:46): arch=c000003e syscall=59", SCAN_OTHER, 1300,
	  46 },
	{ "node=h type=DAEMON_START msg=audit(1700000000.123:9): op=start", SCAN_OTHER, 1200, 9 },
	{ "type=DAEMON_SOMETHING msg=audit(1700000000.123:9): x", SCAN_OTHER, 1200, 9 },
	{ "type=DAEMON_END msg=audit(11/14/23 22:13:20.123:9) : op=end", SCAN_OTHER, 1201, 9 },
	{ "type=ZEBRA msg=audit(1700000000.123:9): x", SCAN_OTHER, 0, 9 },
	{ "type=AVC msg=audit(1700000000.123:9): x", SCAN_OTHER, 1400, 9 },
	{ "type=XFRM_AUDIT msg=audit(1700000000.123:9): x", SCAN_OTHER, 0, 9 },
	{ "type=URINGOP msg=audit(1700000000.123:9): x", SCAN_OTHER, 1336, 9 },
	{ "audit: type=1300 audit(1700000000.123:46): arch=c000003e", SCAN_OTHER, 1300, 46 },
	{ "type=USER_CMD msg=audit(1700000000.123:47): msg='" STAMP FIELDS "'", SCAN_OTHER, 1123,
	  47 },
	{ "{\"_AUDIT_TYPE\":\"1107\",\"_AUDIT_ID\":\"5\",\"MESSAGE\":\"USER_AVC x\"}", SCAN_OTHER,
	  1107, 5 },
	{ "Nov 1 10:00:00 h audit[1]: SERVICE_START pid=1", SCAN_OTHER, 1130, 0 },
	{ "audit: kauditd_printk_skb: 12 callbacks suppressed", SCAN_SUPPRESSED, 0, 12 },
	{ "[ 1.0] audit_printk_skb: 3 callbacks suppressed", SCAN_SUPPRESSED, 0, 3 },
	{ "audit: callbacks suppressed", SCAN_SUPPRESSED, 0, 0 },
	{ "audit: audit_lost=5 audit_rate_limit=0 audit_backlog_limit=64", SCAN_SUPPRESSED, 0, 0 },
	{ "audit: backlog limit exceeded", SCAN_SUPPRESSED, 0, 0 },
	{ "audit: rate limit exceeded", SCAN_SUPPRESSED, 0, 0 },
	{ "Nov 1 h systemd-journald[1]: Missed 7 kernel messages", SCAN_SUPPRESSED, 0, 7 },
	{ "Nov 1 h systemd-journald[1]: Suppressed 8 messages from a.service", SCAN_SUPPRESSED, 0,
	  8 },
	{ "imjournal: 9 messages lost due to rate-limiting (20000 allowed)", SCAN_SUPPRESSED, 0,
	  9 },
	{ "{\"_TRANSPORT\":\"driver\",\"MESSAGE\":\"Missed 7 kernel messages\"}", SCAN_SUPPRESSED,
	  0, 7 },
	{ "net_ratelimit: 12 callbacks suppressed", SCAN_NOTHING, 0, 0 },
	{ "sudo: root : COMMAND=/bin/grep -c type=SECCOMP a.log", SCAN_NOTHING, 0, 0 },
	{ "----", SCAN_NOTHING, 0, 0 },
	{ "time->Tue Nov 14 22:13:20 2023", SCAN_NOTHING, 0, 0 },
	{ "", SCAN_NOTHING, 0, 0 },
	{ "{", SCAN_NOTHING, 0, 0 },
	{ "{}", SCAN_NOTHING, 0, 0 },
	/* Only what journald had from the kernel: users cannot write these members. */
	{ "{\"_TRANSPORT\":\"syslog\",\"MESSAGE\":\"audit: type=1326 audit(1700000000.123:45): " WHO
	  "pid=1 arch=c000003e syscall=3 code=0x7ffc0000\"}",
	  SCAN_NOTHING, 0, 0 },
};

static void other_lines(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct scan scan;
		char *copy;
		enum scan_result result =
			scan_copy(state, slice_from(others[i].line), &scan, &copy);

		expect(result, others[i].result, others[i].line, &scan);
		if (result == SCAN_OTHER &&
		    (scan.type != others[i].type || scan.serial != others[i].number))
			fail_msg("type %u serial %lu for: %s", scan.type,
				 (unsigned long)scan.serial, others[i].line);
		if (result == SCAN_SUPPRESSED && scan.count != others[i].number)
			fail_msg("count %lu for: %s", (unsigned long)scan.count, others[i].line);
		free(copy);
	}
}

static void payloads(void **state)
{
	struct fixture *fixture = *state;
	struct scan scan;

	assert_int_equal(scan_payload(&fixture->scanner, 1326,
				      SLICE("audit(1700000000.123:45): " FIELDS), &scan),
			 SCAN_RECORD);
	assert_int_equal(scan.serial, 45);
	assert_int_equal(scan_payload(&fixture->scanner, 1300, SLICE("audit(1700000000.123:46): x"),
				      &scan),
			 SCAN_OTHER);
	assert_int_equal(scan.type, 1300);
	assert_int_equal(scan_payload(&fixture->scanner, 1326, SLICE(""), &scan), SCAN_TORN);
	assert_int_equal(scan_payload(&fixture->scanner, 1326, SLICE("audit("), &scan), SCAN_TORN);
	assert_int_equal(scan_payload(&fixture->scanner, 1305, SLICE("x"), &scan), SCAN_NOTHING);
}

/* ---- dates ----------------------------------------------------------------------------------- */

static const struct {
	const char *date;
	int64_t time_ms;
} dates[] = {
	{ "11/14/23 22:13:20.123", 1700000000123 },   { "11/14/2023 22:13:20.123", 1700000000123 },
	{ "14/11/2023 22:13:20.123", 1700000000123 }, { "14.11.2023 22:13:20.123", 1700000000123 },
	{ "14-11-23 22:13:20.123", 1700000000123 },   { "2023-11-14 22:13:20.123", 1700000000123 },
	{ "2023/11/14 22:13:20.123", 1700000000123 }, { "05.06.2023 00:00:00.000", 1685923200000 },
	{ "06/05/2023 00:00:00.000", 1685923200000 }, { "14 nov 2023 22:13:20.123", TIME_UNKNOWN },
	{ "13/13/23 22:13:20.123", TIME_UNKNOWN },    { "11/14/23 25:13:20.123", TIME_UNKNOWN },
};

static void dates_of_several_locales(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(dates); i++) {
		struct scan scan;
		char line[512];

		snprintf(line, sizeof(line),
			 "type=SECCOMP msg=audit(%s:45) : " WORDS
			 "arch=x86_64 syscall=close compat=0 ip=0x7f code=log",
			 dates[i].date);
		expect(scan_line(&fixture->scanner, slice_from(line), &scan), SCAN_RECORD, line,
		       &scan);
		assert_int_equal(scan.serial, 45);
		if (scan.time_ms != dates[i].time_ms)
			fail_msg("%s is %lld", dates[i].date, (long long)scan.time_ms);
	}
}

/* ---- names of calls -------------------------------------------------------------------------- */

/* libaudit has its own words for some. */
static const struct {
	const char *arch, *call;
	int32_t nr;
} words[] = {
	{ "x86_64", "pread", 17 },	   { "x86_64", "pwrite", 18 },
	{ "i386", "getdents", 141 },	   { "aarch64", "getdents", 61 },
	{ "aarch64", "newfstat", 80 },	   { "s390x", "pread", 180 },
	{ "i386", "sys_kexec_load", 283 }, { "ppc64le", "timerfd", 306 },
};

static void words_of_ausearch(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct scan scan;
		char line[512];

		snprintf(line, sizeof(line),
			 "type=SECCOMP msg=audit(11/14/23 22:13:20.123:45) : " WORDS
			 "arch=%s syscall=%s compat=0 ip=0x7f code=log",
			 words[i].arch, words[i].call);
		expect(scan_line(&fixture->scanner, slice_from(line), &scan), SCAN_RECORD, line,
		       &scan);
		if (scan.nr != words[i].nr)
			fail_msg("%s on %s is %d", words[i].call, words[i].arch, scan.nr);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_form_is_a_record, setup, teardown),
		cmocka_unit_test_setup_teardown(fields_are_slices_of_the_line, setup, teardown),
		cmocka_unit_test_setup_teardown(torn_lines_say_why, setup, teardown),
		cmocka_unit_test_setup_teardown(cut_anywhere, setup, teardown),
		cmocka_unit_test_setup_teardown(records_behind_a_hole, setup, teardown),
		cmocka_unit_test_setup_teardown(other_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(payloads, setup, teardown),
		cmocka_unit_test_setup_teardown(dates_of_several_locales, setup, teardown),
		cmocka_unit_test_setup_teardown(words_of_ausearch, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
