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
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

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

struct made {
	struct record record; /* what has to come back */
	char node[16], subject[40], comm[16], exe[64];
	const char *arch, *call, *word; /* as ausearch has them */
};

static uint32_t draw(uint32_t *seed, uint32_t limit)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed % limit;
}

/* Like names of programs, or like what somebody with ideas calls one. */
static void draw_text(uint32_t *seed, const char *start, char *ret, size_t size)
{
	static const char *const pieces[] = { "a",  "ls",   "-",    " ",     "\"", "\x01",
					      "\n", "\x7f", "=",    " pid=", "\\", "'",
					      "ü",  "\x1d", "\xff", "41",    "(",  "%s" };
	size_t len = (size_t)snprintf(ret, size, "%s", start);

	for (uint32_t n = draw(seed, 8); n > 0; n--) {
		const char *piece = pieces[draw(seed, ARRAY_SIZE(pieces))];

		if (len + strlen(piece) < size)
			len += (size_t)snprintf(ret + len, size - len, "%s", piece);
	}
}

static const struct {
	uint32_t arch;
	const char *word;
	int32_t nr;
	const char *call;
} calls[] = {
	{ 0xc000003e, "x86_64", 0, "read" },
	{ 0xc000003e, "x86_64", 59, "execve" },
	{ 0xc000003e, "x86_64", 1073741828, "unknown-syscall(1073741828)" },
	{ 0xc000003e, "x86_64", -1, "unknown-syscall(-1)" },
	{ 0x40000003, "i386", 102, "socketcall" },
	{ 0xc00000b7, "aarch64", 64, "write" },
	{ 0x40000028, "armeb", 983045, "unknown-syscall(983045)" },
	{ 0x80000016, "s390x", 3, "read" },
	{ 0xc0000015, "ppc64le", 3, "read" },
	{ 0xc00000f3, "unknown-elf-type(c00000f3)", 451, "unknown-syscall(451)" },
};

static const struct {
	uint32_t code;
	const char *word;
} codes[] = {
	{ 0x7ffc0000, "log" },	       { 0x50000, "errno" },
	{ 0x30000, "trap" },	       { 0x7ff00000, "trace" },
	{ 0x0, "kill-thread" },	       { 0x80000000, "kill-process" },
	{ 0x7fc00000, "user-notify" }, { 0x12340000, "unknown-seccomp-code(0x12340000)" },
};

static void make(uint32_t *seed, struct made *made)
{
	static const char *const subjects[] = { "", "?", "=unconfined", "docker-default (enforce)",
						"system_u:system_r:container_t:s0:c1,c2" };
	static const uint32_t ids[] = { 0, 5, 1000, RECORD_UNSET };
	size_t call = draw(seed, ARRAY_SIZE(calls)), code = draw(seed, ARRAY_SIZE(codes));

	*made = (struct made){ .arch = calls[call].word,
			       .call = calls[call].call,
			       .word = codes[code].word };
	made->record = (struct record){
		.time_ms = 1700000000000 + (int64_t)draw(seed, 100000),
		.serial = 1 + draw(seed, 1000000),
		.pid = 1 + draw(seed, 4194304),
		.arch = calls[call].arch,
		.nr = calls[call].nr,
		.code = codes[code].code,
		.actor = { .auid = ids[draw(seed, 4)],
			   .uid = ids[draw(seed, 3)],
			   .gid = ids[draw(seed, 3)],
			   .session = ids[draw(seed, 4)] },
	};
	snprintf(made->node, sizeof(made->node), "%s", draw(seed, 2) ? "n1.example" : "");
	snprintf(made->subject, sizeof(made->subject), "%s",
		 subjects[draw(seed, ARRAY_SIZE(subjects))]);
	draw_text(seed, "", made->comm, sizeof(made->comm));
	draw_text(seed, "/", made->exe, sizeof(made->exe));
}

/* As audit_log_untrustedstring() does. */
static void put_untrusted(FILE *out, const char *text)
{
	bool hex = false;

	for (const char *p = text; *p; p++)
		hex |= *p == '"' || *p < 0x21 || *p > 0x7e;
	if (!hex) {
		fprintf(out, "\"%s\"", text);
		return;
	}
	for (const char *p = text; *p; p++)
		fprintf(out, "%02X", (unsigned char)*p);
}

static void put_fields(FILE *out, const struct made *made)
{
	const struct record *record = &made->record;

	fprintf(out, "auid=%u uid=%u gid=%u ses=%u ", record->actor.auid, record->actor.uid,
		record->actor.gid, record->actor.session);
	if (*made->subject)
		fprintf(out, "subj=%s ", made->subject);
	fprintf(out, "pid=%u comm=", record->pid);
	put_untrusted(out, made->comm);
	fprintf(out, " exe=");
	put_untrusted(out, made->exe);
	fprintf(out, " sig=0 arch=%x syscall=%d compat=0 ip=0x7f12 code=0x%x", record->arch,
		record->nr, record->code);
}

static void put_stamp(FILE *out, const struct made *made)
{
	fprintf(out, "audit(%" PRId64 ".%03d:%" PRIu64 "): ", made->record.time_ms / 1000,
		(int)(made->record.time_ms % 1000), made->record.serial);
}

static void put_auditd(FILE *out, struct made *made)
{
	if (*made->node)
		fprintf(out, "node=%s ", made->node);
	fprintf(out, "type=SECCOMP msg=");
	put_stamp(out, made);
	put_fields(out, made);
}

static void put_enriched(FILE *out, struct made *made)
{
	put_auditd(out, made);
	fprintf(out, "\x1d"
		     "AUID=\"x\" UID=\"y\" SYSCALL=read pid=7");
}

static void put_unseparated(FILE *out, struct made *made)
{
	put_auditd(out, made);
	fprintf(out, "AUID=\"x\" UID=\"y\" SYSCALL=read pid=7");
}

static void put_kernel(FILE *out, struct made *made)
{
	made->node[0] = '\0';
	fprintf(out, "<5>[   12.345678] audit: type=1326 ");
	put_stamp(out, made);
	put_fields(out, made);
}

static void put_journal_text(FILE *out, struct made *made)
{
	made->node[0] = '\0';
	made->record.time_ms = TIME_UNKNOWN;
	made->record.serial = 0;
	fprintf(out, "Nov 23 10:00:00 h audit[%u]: SECCOMP ", made->record.pid);
	put_fields(out, made);
}

static void put_message(FILE *out, const struct made *made, bool bytes)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	fprintf(stream, "SECCOMP ");
	put_fields(stream, made);
	fclose(stream);
	fputc(bytes ? '[' : '"', out);
	for (size_t i = 0; i < size; i++)
		if (bytes)
			fprintf(out, "%s%u", i ? "," : "", (unsigned char)text[i]);
		else if (text[i] == '"' || text[i] == '\\')
			fprintf(out, "\\%c", text[i]);
		else if (text[i] == 'e')
			fputs("\\u0065", out);
		else
			fputc(text[i], out);
	fputc(bytes ? ']' : '"', out);
	free(text);
}

static void put_journal_json(FILE *out, struct made *made)
{
	made->node[0] = '\0';
	fprintf(out, "{\"_AUDIT_ID\":\"%" PRIu64 "\",\"x\":[\"]\",{\"y\":null}], \"MESSAGE\" : ",
		made->record.serial);
	put_message(out, made, made->record.serial % 2);
	fprintf(out, ",\"_SOURCE_REALTIME_TIMESTAMP\":\"%" PRId64 "123\",\"_AUDIT_TYPE\":\"1326\"}",
		made->record.time_ms);
}

/* Controls come in octal, as ausearch shows them. */
static void put_shown(FILE *out, const char *text)
{
	for (const char *p = text; *p; p++)
		if ((*p > 0 && *p < 0x20) || *p == 0x7f)
			fprintf(out, "\\%03o", *p);
		else
			fputc(*p, out);
}

static void put_id(FILE *out, const char *name, uint32_t *id)
{
	static const char *const words[] = { "1000", "unknown(5)" };

	if (*id == 0)
		fprintf(out, "%s=root ", name);
	else if (*id == RECORD_UNSET)
		fprintf(out, "%s=unset ", name);
	else
		fprintf(out, "%s=%s ", name, words[*id == 5]);
}

static void put_interpreted(FILE *out, struct made *made)
{
	struct actor *actor = &made->record.actor;
	time_t seconds = (time_t)(made->record.time_ms / 1000);
	struct tm tm;
	char date[64];

	assert_non_null(gmtime_r(&seconds, &tm));
	strftime(date, sizeof(date), "%m/%d/%Y %T", &tm);
	if (*made->node)
		fprintf(out, "node=%s ", made->node);
	fprintf(out, "type=SECCOMP msg=audit(%s.%03d:%" PRIu64 ") : ", date,
		(int)(made->record.time_ms % 1000), made->record.serial);
	put_id(out, "auid", &actor->auid);
	put_id(out, "uid", &actor->uid);
	put_id(out, "gid", &actor->gid);
	put_id(out, "ses", &actor->session);
	if (*made->subject)
		fprintf(out, "subj=%s ", made->subject);
	fprintf(out, "pid=%u comm=", made->record.pid);
	put_shown(out, made->comm);
	fprintf(out, " exe=");
	put_shown(out, made->exe);
	fprintf(out, " sig=SIG0 arch=%s syscall=%s compat=0 ip=0x7f12 code=%s ", made->arch,
		made->call, made->word);
}

static const struct form {
	const char *name;
	void (*put)(FILE *out, struct made *made);
} forms[] = {
	{ "auditd", put_auditd },
	{ "enriched", put_enriched },
	{ "enriched without separator", put_unseparated },
	{ "kernel log", put_kernel },
	{ "journald text", put_journal_text },
	{ "journald JSON", put_journal_json },
	{ "ausearch -i", put_interpreted },
};

static bool same(const struct record *a, const struct made *made)
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
		const struct form *form = &forms[i % ARRAY_SIZE(forms)];
		struct record record;
		struct made made;
		char *line = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&line, &size);

		assert_non_null(out);
		make(&seed, &made);
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
