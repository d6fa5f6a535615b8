/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/intake.h"
#include "model/recording_json.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fixture {
	struct recording recording;
	struct syscall_table names;
	struct selection selection;
	struct attribution attribution;
	struct intake_options options;
	struct intake *intake; /* made with the first line */
	uint64_t lines;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	if (!fixture)
		return -1;
	fixture->selection.since_ms = fixture->selection.until_ms = TIME_UNKNOWN;
	fixture->options.group_by = GROUP_BY_ALL;
	*state = fixture;
	return setenv("TZ", "UTC", 1);
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	intake_free(fixture->intake);
	recording_deinit(&fixture->recording);
	syscall_table_deinit(&fixture->names);
	selection_deinit(&fixture->selection);
	free(fixture);
	return 0;
}

static void begin(struct fixture *fixture, const char *name)
{
	if (!fixture->intake)
		assert_int_equal(intake_new(&fixture->intake, &fixture->recording, &fixture->names,
					    &fixture->options, NULL),
				 0);
	fixture->lines = 0;
	if (name)
		intake_begin(fixture->intake, name);
}

static void take(struct fixture *fixture, struct source_line line)
{
	struct error err = { 0 };

	if (!fixture->intake)
		begin(fixture, "a.log");
	line.number = ++fixture->lines;
	if (intake_line(fixture->intake, &line, &err) < 0)
		fail_msg("%s: %.*s", err.message, (int)line.text.len, line.text.data);
}

static void take_text(struct fixture *fixture, const char *text)
{
	take(fixture, (struct source_line){ .text = slice_from(text) });
}

static void take_unterminated(struct fixture *fixture, const char *text)
{
	take(fixture, (struct source_line){ .text = slice_from(text), .unterminated = true });
}

/* "node=h " or "", a type, milliseconds and a serial number: a record of that type. */
static void take_stamped(struct fixture *fixture, const char *node, const char *type, int64_t ms,
			 uint64_t serial)
{
	char line[512];

	snprintf(line, sizeof(line),
		 "%stype=%s msg=audit(%" PRId64 ".%03d:%" PRIu64
		 "): auid=0 uid=0 gid=0 ses=3 pid=7 comm=\"a\" exe=\"/a\" sig=0 arch=c000003e "
		 "syscall=0 compat=0 ip=0x1 code=0x7ffc0000",
		 node, type, ms / 1000, (int)(ms % 1000), serial);
	take_text(fixture, line);
}

static void take_serial(struct fixture *fixture, const char *type, uint64_t serial)
{
	take_stamped(fixture, "", type, 1700000000000, serial);
}

static void take_call(struct fixture *fixture, uint32_t session, uint32_t pid, uint32_t arch,
		      int32_t nr, uint32_t code)
{
	char line[512];

	snprintf(line, sizeof(line),
		 "audit(1700000000.000:%" PRIu64
		 "): auid=0 uid=0 gid=0 ses=%u pid=%u comm=\"a\" exe=\"/a\" sig=0 arch=%x "
		 "syscall=%d compat=0 ip=0x1 code=0x%x",
		 ++fixture->lines, session, pid, arch, nr, code);
	if (!fixture->intake)
		begin(fixture, NULL);
	assert_int_equal(intake_payload(fixture->intake, 1326, slice_from(line), NULL, NULL), 0);
}

static void expect(const struct fixture *fixture, enum finding finding, uint64_t count,
		   const char *where)
{
	const struct evidence *evidence = &fixture->recording.evidence;
	const char *found = evidence->where[finding];

	if (evidence->count[finding] != count)
		fail_msg("%s is %" PRIu64 ", not %" PRIu64, finding_fact(finding)->name,
			 evidence->count[finding], count);
	if ((where || found) && (!where || !found || strcmp(where, found) != 0))
		fail_msg("%s is at '%s', not at '%s'", finding_fact(finding)->name,
			 found ? found : "", where ? where : "");
}

/* Nothing was found but `finding`. */
static void expect_only(const struct fixture *fixture, enum finding finding, uint64_t count,
			const char *where)
{
	for (size_t i = 0; i < FINDING_COUNT; i++)
		if (i != finding)
			expect(fixture, (enum finding)i, 0, NULL);
	expect(fixture, finding, count, where);
}

static void expect_nothing(const struct fixture *fixture)
{
	expect_only(fixture, FINDING_DROPPED, 0, NULL);
}

/* ---- serial numbers -------------------------------------------------------------------------- */

static void a_hole_in_a_whole_log(void **state)
{
	struct fixture *fixture = *state;

	take_serial(fixture, "SYSCALL", 10);
	take_serial(fixture, "SECCOMP", 11);
	take_serial(fixture, "SECCOMP", 15);
	take_serial(fixture, "SECCOMP", 13);
	intake_finish(fixture->intake);
	expect_only(fixture, FINDING_MISSING_SERIALS, 2, "serial 12");
	assert_false(evidence_complete(&fixture->recording.evidence));
}

/* What grep or ausearch -m SECCOMP leaves of a log has holes that mean nothing. */
static void a_hole_in_an_extract(void **state)
{
	struct fixture *fixture = *state;

	take_serial(fixture, "SECCOMP", 11);
	take_serial(fixture, "SECCOMP", 15);
	intake_finish(fixture->intake);
	expect_only(fixture, FINDING_FILTERED_GAPS, 3, "serial 12");
	assert_true(evidence_complete(&fixture->recording.evidence));
}

static void each_node_has_its_own_numbers(void **state)
{
	struct fixture *fixture = *state;

	take_stamped(fixture, "node=a ", "SECCOMP", 1700000000000, 5);
	take_stamped(fixture, "node=b ", "SECCOMP", 1700000000000, 900);
	take_stamped(fixture, "node=b ", "CWD", 1700000000000, 902);
	take_stamped(fixture, "node=a ", "CWD", 1700000000000, 6);
	intake_finish(fixture->intake);
	expect_only(fixture, FINDING_MISSING_SERIALS, 1, "b: serial 901");
}

static void a_node_that_is_not_wanted_may_have_holes(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(text_list_add(&fixture->selection.nodes, "a"), 0);
	fixture->options.selection = &fixture->selection;
	take_stamped(fixture, "node=a ", "SECCOMP", 1700000000000, 5);
	take_stamped(fixture, "node=b ", "CWD", 1700000000000, 900);
	take_stamped(fixture, "node=b ", "SECCOMP", 1700000000000, 902);
	intake_finish(fixture->intake);
	expect_nothing(fixture);
	assert_int_equal(intake_progress(fixture->intake)->selected, 1);
	assert_int_equal(fixture->recording.evidence.records, 2);
}

static void the_audit_daemon_counts_by_itself(void **state)
{
	struct fixture *fixture = *state;

	take_serial(fixture, "DAEMON_START", 8480);
	take_serial(fixture, "SECCOMP", 10);
	take_serial(fixture, "DAEMON_ROTATE", 8482);
	take_serial(fixture, "SECCOMP", 12);
	intake_finish(fixture->intake);
	expect_only(fixture, FINDING_FILTERED_GAPS, 1, "serial 11");
}

/* What was not asked for cannot be missing. */
static void numbers_outside_of_the_time(void **state)
{
	struct fixture *fixture = *state;

	fixture->selection.since_ms = 1700000001000;
	fixture->selection.until_ms = 1700000002000;
	fixture->options.selection = &fixture->selection;
	take_stamped(fixture, "", "CWD", 1700000000000, 1);
	take_stamped(fixture, "", "CWD", 1700000001000, 5);
	take_stamped(fixture, "", "SECCOMP", 1700000002000, 7);
	take_stamped(fixture, "", "SECCOMP", 1700000002001, 9);
	intake_finish(fixture->intake);
	expect_only(fixture, FINDING_MISSING_SERIALS, 1, "serial 6");
	assert_int_equal(intake_progress(fixture->intake)->selected, 1);
}

static void missing_between_two(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, NULL);
	assert_int_equal(intake_missing_between(fixture->intake, 5, 8), 4);
	assert_int_equal(intake_missing_between(fixture->intake, 8, 5), 0);
	for (uint64_t serial = 5; serial < 20; serial += 3)
		take_serial(fixture, "CWD", serial);
	assert_int_equal(intake_missing_between(fixture->intake, 5, 8), 2);
	assert_int_equal(intake_missing_between(fixture->intake, 8, 17), 6);
}

static void reading_a_target_counts_no_holes_of_others(void **state)
{
	struct fixture *fixture = *state;

	fixture->attribution = (struct attribution){ .started = true, .session = 3 };
	fixture->options.attribution = &fixture->attribution;
	take_serial(fixture, "CWD", 1);
	take_serial(fixture, "SECCOMP", 9);
	intake_finish(fixture->intake);
	expect_nothing(fixture);
}

/* ---- rotated logs ---------------------------------------------------------------------------- */

static void silence_between_two_files(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, "audit.log.1");
	take_stamped(fixture, "", "CWD", 1700000000000, 5);
	begin(fixture, "audit.log");
	take_stamped(fixture, "", "CWD", 1700000090500, 8);
	take_stamped(fixture, "", "SECCOMP", 1700000200000, 9);
	intake_finish(fixture->intake);
	expect(fixture, FINDING_TIME_GAP, 90,
	       "audit.log:1: begins later than the log before it ended");
	expect(fixture, FINDING_MISSING_SERIALS, 2, "serial 6");
}

static void files_that_join(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, "audit.log.1");
	take_stamped(fixture, "", "CWD", 1700000000000, 5);
	begin(fixture, "audit.log");
	take_stamped(fixture, "", "CWD", 1700000090000, 6);
	intake_finish(fixture->intake);
	expect_nothing(fixture);
}

/* ---- lines ----------------------------------------------------------------------------------- */

#define HEAD "type=SECCOMP msg=audit(1700000000.123:45): "
#define WHO  "auid=1000 uid=0 gid=0 ses=3 pid=7 comm=\"a\" exe=\"/a\" "
#define WHAT "sig=0 arch=c000003e syscall=3 compat=0 ip=0x7f code=0x7ffc0000"

static void torn_lines_are_counted_with_the_first_place(void **state)
{
	struct fixture *fixture = *state;

	take_text(fixture, HEAD WHO WHAT);
	take_text(fixture, HEAD WHO "sig=0");
	take_text(fixture, HEAD "auid=1000 u");
	intake_finish(fixture->intake);
	expect_only(fixture, FINDING_UNPARSABLE, 2, "a.log:2: no arch= field");
	assert_int_equal(fixture->recording.evidence.records, 1);
}

static void the_last_line_is_whole(void **state)
{
	struct fixture *fixture = *state;

	take_unterminated(fixture, HEAD WHO WHAT);
	intake_finish(fixture->intake);
	expect_nothing(fixture);
	assert_int_equal(intake_progress(fixture->intake)->selected, 1);
}

static void the_last_line_is_not_whole(void **state)
{
	static const char whole[] = HEAD WHO WHAT;
	char cut[sizeof(whole)];

	for (size_t len = 1; len < sizeof(whole) - 1; len++) {
		struct fixture *fixture;

		assert_int_equal(setup(state), 0);
		fixture = *state;
		snprintf(cut, sizeof(cut), "%.*s", (int)len, whole);
		take_unterminated(fixture, cut);
		if (fixture->recording.evidence.count[FINDING_UNPARSABLE] != 1 ||
		    intake_progress(fixture->intake)->records != 0)
			fail_msg("not torn: %s", cut);
		teardown(state);
	}
}

static void other_ends_are_not_torn(void **state)
{
	struct fixture *fixture = *state;

	take_unterminated(fixture, "");
	take_unterminated(fixture, "type=SYS");
	take_unterminated(fixture, "hello");
	take_text(fixture, "type=S");
	expect_nothing(fixture);
}

static void odd_lines(void **state)
{
	struct fixture *fixture = *state;

	take(fixture, (struct source_line){ .text = SLICE("a\0b") });
	take(fixture, (struct source_line){ .text = SLICE("xxxx"), .too_long = true });
	intake_finish(fixture->intake);
	expect_only(fixture, FINDING_ODD_LINES, 2, "a.log:1: NUL bytes");
	assert_true(evidence_complete(&fixture->recording.evidence));
	take(fixture, (struct source_line){ .text = SLICE(HEAD WHO WHAT), .too_long = true });
	expect(fixture, FINDING_UNPARSABLE, 1, "a.log:3: line longer than any audit record");
	assert_int_equal(intake_progress(fixture->intake)->records, 0);
}

/* No text of an actor can be longer than a message of the kernel. */
static void endless_fields(void **state)
{
	struct fixture *fixture = *state;
	char *line = NULL;
	size_t size;
	FILE *out = open_memstream(&line, &size);

	assert_non_null(out);
	fprintf(out, HEAD "auid=0 uid=0 gid=0 ses=1 pid=7 comm=\"");
	for (int i = 0; i < 20000; i++)
		putc('a', out);
	fprintf(out, "\" exe=\"/a\" " WHAT);
	assert_int_equal(fclose(out), 0);
	take_text(fixture, line);
	free(line);
	expect_only(fixture, FINDING_UNPARSABLE, 1,
		    "a.log:1: fields longer than the kernel writes them");
	assert_int_equal(fixture->recording.n_groups, 0);
}

static void suppressed_messages(void **state)
{
	struct fixture *fixture = *state;

	take_text(fixture, "audit: kauditd_printk_skb: 12 callbacks suppressed");
	take_text(fixture, "audit: rate limit exceeded");
	expect_only(fixture, FINDING_SUPPRESSED, 13, "a.log:1");
}

/* ---- calls ----------------------------------------------------------------------------------- */

static void calls_that_nobody_can_name(void **state)
{
	struct fixture *fixture = *state;

	take_call(fixture, 1, 7, 0xc000003e, 0, 0x7ffc0000);
	take_call(fixture, 1, 7, 0xc000003e, -1, 0x7ffc0000);
	take_call(fixture, 1, 7, 0xc000003e, 9999, 0x50000); /* did not happen */
	take_call(fixture, 1, 7, 0xdeadbeef, -1, 0x7ffc0000);
	take_call(fixture, 1, 7, 0xc000003e, 9998, 0x7ffc0000);
	take_call(fixture, 1, 7, 0xc000003e, 9998, 0x7ffc0000);
	take_call(fixture, 1, 7, 0xdeadbeef, 3, 0x7ffc0000);
	intake_finish(fixture->intake);
	expect_only(fixture, FINDING_UNNAMED, 2, "arch c000003e number 9998");
	assert_int_equal(intake_progress(fixture->intake)->selected, 7);
	assert_int_equal(intake_progress(fixture->intake)->calls, 6);
}

/* ---- whose ----------------------------------------------------------------------------------- */

static void of_a_session(void **state)
{
	struct fixture *fixture = *state;

	fixture->attribution = (struct attribution){ .started = true, .session = 3 };
	fixture->options.attribution = &fixture->attribution;
	take_call(fixture, 3, 7, 0xc000003e, 0, 0x7ffc0000);
	take_call(fixture, 3, 8, 0xc000003e, 0, 0x7ffc0000);
	take_call(fixture, 3, 7, 0xc000003e, 1, 0x7ffc0000);
	/* Sessions that began before the target's. */
	take_call(fixture, 2, 9, 0xc000003e, 2, 0x7ffc0000);
	take_call(fixture, 1, 10, 0xc000003e, 2, 0x7ffc0000);
	intake_finish(fixture->intake);
	expect_nothing(fixture);
	assert_int_equal(intake_progress(fixture->intake)->processes, 2);
	assert_int_equal(intake_progress(fixture->intake)->selected, 3);
	assert_int_equal(fixture->recording.evidence.records, 5);
}

static void before_it_started(void **state)
{
	struct fixture *fixture = *state;

	fixture->attribution = (struct attribution){ .session = 3 };
	fixture->options.attribution = &fixture->attribution;
	take_call(fixture, 3, 7, 0xc000003e, 0, 0x7ffc0000);
	assert_int_equal(intake_progress(fixture->intake)->selected, 0);
	fixture->attribution.started = true;
	take_call(fixture, 3, 7, 0xc000003e, 0, 0x7ffc0000);
	assert_int_equal(intake_progress(fixture->intake)->selected, 1);
}

static void nobody_knows_whose(void **state)
{
	struct fixture *fixture = *state;

	fixture->attribution = (struct attribution){ .started = true, .session = RECORD_UNSET };
	fixture->options.attribution = &fixture->attribution;
	take_call(fixture, 3, 7, 0xc000003e, 0, 0x7ffc0000);
	take_call(fixture, RECORD_UNSET, 8, 0xc000003e, 0, 0x7ffc0000);
	intake_finish(fixture->intake);
	expect_only(fixture, FINDING_UNATTRIBUTED, 2, NULL);
	assert_int_equal(fixture->recording.n_groups, 0);
	assert_int_equal(intake_progress(fixture->intake)->processes, 0);
}

static void processes_are_counted_for_a_target_only(void **state)
{
	struct fixture *fixture = *state;

	take_call(fixture, 3, 7, 0xc000003e, 0, 0x7ffc0000);
	assert_int_equal(intake_progress(fixture->intake)->processes, 0);
}

/* ---- messages -------------------------------------------------------------------------------- */

static void payloads_are_told_to_the_caller(void **state)
{
	struct fixture *fixture = *state;
	struct scan scan = { .pid = 99 };

	begin(fixture, NULL);
	assert_int_equal(intake_payload(fixture->intake, 1326,
					SLICE("audit(1700000000.123:45): " WHO WHAT), &scan, NULL),
			 0);
	assert_int_equal(scan.pid, 7);
	assert_int_equal(scan.serial, 45);
	assert_int_equal(intake_payload(fixture->intake, 1305,
					SLICE("audit(1700000000.123:46): op=set"), &scan, NULL),
			 0);
	assert_int_equal(scan.type, 1305);
	assert_int_equal(intake_payload(fixture->intake, 1326, SLICE("audit(1700000000.123:47): "),
					&scan, NULL),
			 0);
	assert_int_equal(scan.type, 0);
	expect_only(fixture, FINDING_UNPARSABLE, 1, "no pid= field");
}

/* ---- decoding once --------------------------------------------------------------------------- */

/* Repeats, and actors that differ in a single field. */
static const char *const few[] = {
	HEAD WHO WHAT,
	HEAD WHO WHAT,
	HEAD "auid=1000 uid=1 gid=0 ses=3 pid=7 comm=\"a\" exe=\"/a\" " WHAT,
	HEAD "auid=1000 uid=0 gid=0 ses=3 pid=7 comm=\"b\" exe=\"/a\" " WHAT,
	HEAD "auid=1000 uid=0 gid=0 ses=3 pid=7 comm=6220 exe=\"/a\" " WHAT,
	HEAD "auid=1000 uid=0 gid=0 ses=3 subj=docker-default (enforce) pid=7 comm=\"a\" "
	     "exe=\"/a\" " WHAT,
	HEAD "auid=1000 uid=0 gid=0 ses=3 pid=8 comm=\"a\" exe=(null) " WHAT,
	HEAD WHO "sig=0 arch=40000003 syscall=3 compat=1 ip=0x7f code=0x50000",
	"Nov 23 10:00:00 h audit[7]: SECCOMP " WHO WHAT,
	"type=SECCOMP msg=audit(11/14/23 22:13:20.123:45) : auid=unknown(1000) uid=root gid=root "
	"ses=3 pid=7 comm=a exe=/a sig=SIG0 arch=x86_64 syscall=close compat=0 ip=0x7f code=log",
	HEAD WHO WHAT,
};

static char *recorded(void **state, bool decode_all)
{
	struct fixture *fixture;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(setup(state), 0);
	fixture = *state;
	fixture->options.decode_all = decode_all;
	for (size_t i = 0; i < ARRAY_SIZE(few); i++)
		take_text(fixture, few[i]);
	intake_finish(fixture->intake);
	assert_int_equal(intake_progress(fixture->intake)->selected, ARRAY_SIZE(few));
	assert_int_equal(recording_write_json(&fixture->recording, &fixture->names, out, NULL), 0);
	assert_int_equal(fclose(out), 0);
	teardown(state);
	return text;
}

static void decoded_once_is_decoded_all(void **state)
{
	char *once = recorded(state, false), *all = recorded(state, true);

	assert_string_equal(once, all);
	assert_non_null(strstr(once, "\"b \""));
	assert_non_null(strstr(once, "docker-default (enforce)"));
	free(once);
	free(all);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_hole_in_a_whole_log),
		TEST(a_hole_in_an_extract),
		TEST(each_node_has_its_own_numbers),
		TEST(a_node_that_is_not_wanted_may_have_holes),
		TEST(the_audit_daemon_counts_by_itself),
		TEST(numbers_outside_of_the_time),
		TEST(missing_between_two),
		TEST(reading_a_target_counts_no_holes_of_others),
		TEST(silence_between_two_files),
		TEST(files_that_join),
		TEST(torn_lines_are_counted_with_the_first_place),
		TEST(the_last_line_is_whole),
		cmocka_unit_test(the_last_line_is_not_whole),
		TEST(other_ends_are_not_torn),
		TEST(odd_lines),
		TEST(endless_fields),
		TEST(suppressed_messages),
		TEST(calls_that_nobody_can_name),
		TEST(of_a_session),
		TEST(before_it_started),
		TEST(nobody_knows_whose),
		TEST(processes_are_counted_for_a_target_only),
		TEST(payloads_are_told_to_the_caller),
		cmocka_unit_test(decoded_once_is_decoded_all),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("intake", tests, NULL, NULL);
}
