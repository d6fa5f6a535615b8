/* SPDX-License-Identifier: Apache-2.0 */
/* Records through the scanner and libauparse: samples of every form, and random ones in each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/arch.h"
#include "arch/syscall.h"
#include "audit/decode.h"
#include "audit/scan.h"
#include "wire.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct fixture {
	struct syscall_table names;
	struct scanner scanner;
	struct decoder *decoder;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct error err = { 0 };

	if (!fixture)
		return -1;
	scanner_init(&fixture->scanner, &fixture->names);
	if (decoder_new(&fixture->decoder, &err) < 0)
		return -1;
	*state = fixture;
	return setenv("TZ", "UTC", 1);
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	decoder_free(fixture->decoder);
	scanner_deinit(&fixture->scanner);
	syscall_table_deinit(&fixture->names);
	free(fixture);
	return 0;
}

static void decode_line_of(struct fixture *fixture, struct slice line, struct record *ret)
{
	struct error err = { 0 };
	struct scan scan;

	if (scan_line(&fixture->scanner, line, &scan) != SCAN_RECORD)
		fail_msg("not a record (%s): %.*s", scan.problem ? scan.problem : "no problem",
			 (int)line.len, line.data);
	if (decode(fixture->decoder, &scan, ret, &err) < 0)
		fail_msg("%s: %.*s", err.message, (int)line.len, line.data);
}

/* ---- a file of each form --------------------------------------------------------------------- */

/* The same three records are in every file. */
static const struct {
	uint32_t pid;
	int32_t nr;
	uint32_t code;
	const char *comm, *exe;
} sampled[] = {
	{ 18791, 110, 0x7ffc0000, "gen", "/usr/bin/probe" },
	{ 18792, 110, 0x7ffc0000, "a \"b", "/usr/bin/probe" },
	{ 18793, 102, 0x50000, "pid=1", "/usr/bin/pro be" },
};

static const struct {
	const char *name, *node;
	bool stamped;
} samples[] = {
	{ "auditd.log", "", true },
	{ "auditd-node.log", "host1", true },
	{ "auditd-enriched.log", "host1", true },
	{ "auditd-enriched-unseparated.log", "host1", true },
	{ "ausearch-i.log", "", true },
	{ "journal-json-audit.log", "", true },
	{ "journal-json-kernel.log", "", true },
	{ "journal-short.log", "", false },
	{ "kernel-dmesg.log", "", true },
	{ "kernel-syslog.log", "", true },
};

static void check_sample(const struct record *record, size_t n, size_t file)
{
	const char *name = samples[file].name;

	if (n >= ARRAY_SIZE(sampled))
		fail_msg("%s has more records than expected", name);
	if (record->pid != sampled[n].pid || record->nr != sampled[n].nr ||
	    record->code != sampled[n].code || record->arch != 0xc000003e ||
	    !slice_is(record->actor.comm, sampled[n].comm) ||
	    !slice_is(record->actor.exe, sampled[n].exe) || record->actor.auid != RECORD_UNSET ||
	    record->actor.session != RECORD_UNSET || record->actor.uid != 0 ||
	    !slice_is(record->node, samples[file].node))
		fail_msg("record %zu of %s is not as expected", n + 1, name);
	if (record->serial != (samples[file].stamped ? 269150 + n : 0))
		fail_msg("record %zu of %s has serial %" PRIu64, n + 1, name, record->serial);
	if (record->time_ms !=
	    (samples[file].stamped ? 1795474504769 + (n == 2 ? 4 : 0) : TIME_UNKNOWN))
		fail_msg("record %zu of %s has time %" PRId64, n + 1, name, record->time_ms);
}

static void check_file(struct fixture *fixture, size_t file)
{
	const char *top = getenv("top_srcdir");
	char path[4096], *line = NULL;
	size_t size = 0, n = 0;
	ssize_t len;
	FILE *stream;

	snprintf(path, sizeof(path), "%s/tests/data/wire/%s", top ? top : ".", samples[file].name);
	stream = fopen(path, "re");
	if (!stream)
		fail_msg("%s: %s", path, strerror(errno));
	while ((len = getline(&line, &size, stream)) > 0) {
		struct record record;
		struct scan scan;
		struct slice text = { line, (size_t)len - 1 };

		if (scan_line(&fixture->scanner, text, &scan) != SCAN_RECORD)
			continue;
		decode_line_of(fixture, text, &record);
		check_sample(&record, n++, file);
	}
	free(line);
	fclose(stream);
	if (n != ARRAY_SIZE(sampled))
		fail_msg("%s has %zu records", path, n);
}

static void a_file_of_each_form(void **state)
{
	for (size_t file = 0; file < ARRAY_SIZE(samples); file++)
		check_file(*state, file);
}

/* ---- random records -------------------------------------------------------------------------- */

static bool same(const struct record *a, const struct wire *made)
{
	const struct record *b = &made->record;

	return a->time_ms == b->time_ms && a->serial == b->serial && a->pid == b->pid &&
	       a->arch == b->arch && a->nr == b->nr && a->code == b->code &&
	       a->actor.auid == b->actor.auid && a->actor.uid == b->actor.uid &&
	       a->actor.gid == b->actor.gid && a->actor.session == b->actor.session &&
	       slice_is(a->node, made->node) && slice_is(a->actor.subject, made->subject) &&
	       slice_is(a->actor.comm, made->comm) && slice_is(a->actor.exe, made->exe);
}

static void what_was_written_comes_back(void **state)
{
	uint32_t seed = 20240229;

	for (size_t i = 0; i < 7000; i++) {
		const struct wire_form *form = &wire_forms[i % WIRE_FORMS];
		struct record record;
		struct wire made;
		char *line = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&line, &size);

		assert_non_null(out);
		wire_make(&seed, &made);
		form->put(out, &made);
		fclose(out);
		decode_line_of(*state, (struct slice){ line, size }, &record);
		if (!same(&record, &made))
			fail_msg("%s: <%.*s> <%.*s> <%.*s> pid %u came back from: %s", form->name,
				 (int)record.actor.comm.len, record.actor.comm.data,
				 (int)record.actor.exe.len, record.actor.exe.data,
				 (int)record.actor.subject.len, record.actor.subject.data,
				 record.pid, line);
		free(line);
	}
}

/* ---- corners --------------------------------------------------------------------------------- */

#define HEAD "type=SECCOMP msg=audit(1700000000.123:45): "

static void absent_is_absent(void **state)
{
	struct record record;

	decode_line_of(*state,
		       SLICE(HEAD "pid=7 exe=(null) arch=c000003e syscall=3 code=0x7ffc0000"),
		       &record);
	assert_int_equal(record.actor.auid, RECORD_UNSET);
	assert_int_equal(record.actor.session, RECORD_UNSET);
	assert_int_equal(record.actor.exe.len, 0);
	assert_int_equal(record.actor.comm.len, 0);
	assert_non_null(record.actor.exe.data);
	decode_line_of(*state,
		       SLICE(HEAD "pid=7 exe=\"<too_long>\" arch=c000003e syscall=3 code=0x0"),
		       &record);
	assert_true(slice_is(record.actor.exe, "<too_long>"));
}

static void names_have_no_number(void **state)
{
	struct record record;

	decode_line_of(
		*state,
		SLICE("type=SECCOMP msg=audit(11/14/23 22:13:20.123:45) : auid=alice uid=root "
		      "gid=unknown(77) ses=unset pid=7 comm=a exe=(null) sig=SIG0 arch=x86_64 "
		      "syscall=close compat=0 ip=0x7f code=log "),
		&record);
	assert_int_equal(record.actor.auid, RECORD_UNSET);
	assert_int_equal(record.actor.uid, 0);
	assert_int_equal(record.actor.gid, 77);
	assert_int_equal(record.actor.session, RECORD_UNSET);
	assert_int_equal(record.actor.exe.len, 0);
}

static void the_epoch_is_a_time(void **state)
{
	struct record record;

	decode_line_of(
		*state,
		SLICE("type=SECCOMP msg=audit(0.500:0): pid=7 arch=c000003e syscall=3 code=0x0"),
		&record);
	assert_int_equal(record.time_ms, 500);
	assert_int_equal(record.serial, 0);
}

/* The longest path that a record can hold, in hex. */
static void long_paths(void **state)
{
	struct record record;
	char *line = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&line, &size);

	assert_non_null(out);
	fprintf(out, HEAD "auid=0 uid=0 gid=0 ses=1 pid=7 comm=\"x\" exe=2F");
	for (int i = 1; i < 4095; i++)
		fprintf(out, "20");
	fprintf(out, " sig=0 arch=c000003e syscall=3 compat=0 ip=0x1 code=0x7ffc0000");
	fclose(out);
	decode_line_of(*state, (struct slice){ line, size }, &record);
	assert_int_equal(record.actor.exe.len, 4095);
	free(line);
}

/* libauparse is not shown a scan that has no fields. */
static void what_libauparse_cannot_find(void **state)
{
	struct fixture *fixture = *state;
	struct scan scan = { .time_ms = 1700000000123, .serial = 1, .fields = SLICE("auid=0") };
	struct error err = { 0 };
	struct record record = { .pid = 5 };

	assert_int_equal(decode(fixture->decoder, &scan, &record, &err), -EBADMSG);
	assert_int_equal(record.pid, 5);
	assert_true(err.message[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_of_each_form, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_written_comes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(absent_is_absent, setup, teardown),
		cmocka_unit_test_setup_teardown(names_have_no_number, setup, teardown),
		cmocka_unit_test_setup_teardown(the_epoch_is_a_time, setup, teardown),
		cmocka_unit_test_setup_teardown(long_paths, setup, teardown),
		cmocka_unit_test_setup_teardown(what_libauparse_cannot_find, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
