/* SPDX-License-Identifier: Apache-2.0 */
/* Lineage in logs, from lines of text to groups. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macro.h"
#include "base/strbuf.h"
#include "model/intake.h"
#include "model/state_file.h"
#include "target/log_lineage.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY " key=\"asg-lineage\""

/* x86_64 */
enum {
	NR_READ = 0,
	NR_WRITE = 1,
	NR_CLONE = 56,
	NR_EXECVE = 59,
	NR_EXIT = 60,
	NR_EXIT_GROUP = 231,
};

struct log {
	struct recording recording;
	struct syscall_table names;
	struct selection selection;
	struct state_entry entries[2];
	struct state state;
	struct intake *intake;
	const char *node; /* "" or "web1" */
	const char *subject;
	const char *key; /* of SYSCALL records */
	int64_t ms;	 /* each record is a millisecond later */
	uint64_t serial;
};

static int setup(void **state)
{
	struct log *log = calloc(1, sizeof(*log));
	const struct intake_options options = {
		.group_by = GROUP_BY_TARGET,
		.selection = log ? &log->selection : NULL,
		.state = log ? &log->state : NULL,
	};

	if (!log)
		return -1;
	log->selection.since_ms = log->selection.until_ms = TIME_UNKNOWN;
	log->node = log->subject = "";
	log->key = KEY;
	log->ms = INT64_C(1700000000000);
	log->serial = 5000;
	log->state.entries = log->entries;
	*state = log;
	return intake_new(&log->intake, &log->recording, &log->names, &options, NULL);
}

static int teardown(void **state)
{
	struct log *log = *state;

	intake_free(log->intake);
	recording_deinit(&log->recording);
	syscall_table_deinit(&log->names);
	selection_deinit(&log->selection);
	free(log);
	return 0;
}

static void line(struct log *log, const char *type, const char *fields)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct source_line source = { .number = log->serial };

	if (*log->node)
		strbuf_printf(&text, "node=%s ", log->node);
	strbuf_printf(&text, "type=%s msg=audit(%" PRId64 ".%03d:%" PRIu64 "): %s", type,
		      log->ms / 1000, (int)(log->ms % 1000), log->serial, fields);
	log->ms++;
	log->serial++;
	source.text = slice_from(strbuf_text(&text));
	assert_int_equal(intake_line(log->intake, &source, NULL), 0);
}

/* One call of a process under a filter that logs. */
static void call(struct log *log, uint32_t pid, const char *exe, uint32_t session, int nr)
{
	char fields[512];

	snprintf(fields, sizeof(fields),
		 "auid=0 uid=0 gid=0 ses=%" PRIu32 "%s%s pid=%" PRIu32
		 " comm=\"x\" exe=%s sig=0 arch=c000003e syscall=%d compat=0 ip=0x7f "
		 "code=0x7ffc0000",
		 session, *log->subject ? " subj=" : "", log->subject, pid, exe, nr);
	line(log, "SECCOMP", fields);
}

static void syscall_of(struct log *log, uint32_t pid, uint32_t parent, const char *comm,
		       const char *exe, uint32_t session, int nr, const char *result)
{
	char fields[512];

	snprintf(fields, sizeof(fields),
		 "arch=c000003e syscall=%d %sa0=0 a1=0 a2=0 a3=0 items=0 ppid=%" PRIu32
		 " pid=%" PRIu32 " auid=0 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 "
		 "tty=(none) ses=%" PRIu32 " comm=\"%s\" exe=%s%s%s%s",
		 nr, result, parent, pid, session, comm, exe, *log->subject ? " subj=" : "",
		 log->subject, log->key);
	line(log, "SYSCALL", fields);
}

static void exec_of(struct log *log, uint32_t pid, uint32_t parent, const char *comm,
		    const char *exe, uint32_t session)
{
	syscall_of(log, pid, parent, comm, exe, session, NR_EXECVE, "success=yes exit=0 ");
}

static void exit_of(struct log *log, uint32_t pid, uint32_t parent, const char *comm,
		    const char *exe, uint32_t session)
{
	syscall_of(log, pid, parent, comm, exe, session, NR_EXIT_GROUP, "");
}

/* The shorter forms: one executable, no session. */
#define EXE			     "\"/bin/x\""
#define NONE			     UINT32_MAX
#define CALL(log, pid, nr)	     call(log, pid, EXE, NONE, nr)
#define EXEC(log, pid, parent, comm) exec_of(log, pid, parent, comm, EXE, NONE)
#define EXIT(log, pid, parent)	     exit_of(log, pid, parent, "x", EXE, NONE)

static void put_group(struct strbuf *text, const struct group *group)
{
	strbuf_puts(text, group->name);
	for (uint32_t a = 0; a < group->n_arches; a++)
		for (uint32_t i = 0; i < group->arches[a].n; i++) {
			const struct observation *seen = &group->arches[a].observations[i];

			strbuf_printf(text, " %" PRId32 "x%u", seen->nr, (unsigned int)seen->count);
		}
	strbuf_putc(text, '\n');
}

/* What the log comes out as: "GROUP NUMBERxCOUNT ...", a line each, in order. */
static void groups_are(struct log *log, const char *expected)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	uint32_t *order;

	assert_int_equal(intake_attribute(log->intake, NULL), 0);
	assert_int_equal(recording_order(&log->recording, &order), 0);
	for (size_t i = 0; i < log->recording.n_groups; i++)
		put_group(&text, &log->recording.groups[order[i]]);
	free(order);
	assert_string_equal(strbuf_text(&text), expected);
}

static uint64_t found(const struct log *log, enum finding finding)
{
	return log->recording.evidence.count[finding];
}

/* ---------------------------------------------------------------------------------------------- */

static void without_lineage_each_pid_is_a_group(void **state)
{
	struct log *log = *state;

	CALL(log, 7, NR_READ);
	call(log, 7, "\"/bin/other\"", 3, NR_WRITE);
	CALL(log, 8, NR_READ);
	groups_are(log, "pid-7 0x1 1x1\npid-8 0x1\n");
	assert_int_equal(found(log, FINDING_ALONE), 0);
	assert_true(evidence_complete(&log->recording.evidence));
}

/* A container: its runtime is not logged, its first process is, and children that start something,
 * that do not, and that are threads. */
static void a_container_is_its_topmost_process(void **state)
{
	struct log *log = *state;

	EXEC(log, 100, 1, "conmon");
	CALL(log, 101, NR_EXECVE);
	EXEC(log, 101, 100, "nginx");
	CALL(log, 101, NR_CLONE);
	CALL(log, 102, NR_READ);
	CALL(log, 102, NR_CLONE);
	CALL(log, 103, NR_WRITE);
	CALL(log, 103, NR_EXIT_GROUP);
	EXIT(log, 103, 102);
	CALL(log, 102, NR_EXECVE);
	EXEC(log, 102, 101, "sh");
	CALL(log, 200, NR_READ);
	EXEC(log, 200, 100, "other");
	EXIT(log, 102, 101);
	EXIT(log, 101, 100);
	groups_are(log, "nginx-101 0x1 1x1 56x2 59x2 231x1\nother-200 0x1\n");
	assert_true(evidence_complete(&log->recording.evidence));
	assert_int_equal(found(log, FINDING_ALONE), 0);
}

/* An ancestor in between that made no call which was logged. */
static void silent_processes_are_links(void **state)
{
	struct log *log = *state;

	CALL(log, 10, NR_READ);
	EXEC(log, 10, 1, "top");
	EXEC(log, 11, 10, "silent");
	EXEC(log, 12, 11, "silent");
	CALL(log, 13, NR_WRITE);
	EXIT(log, 13, 12);
	groups_are(log, "top-10 0x1 1x1\n");
}

static void a_pid_that_is_given_again_is_another_process(void **state)
{
	struct log *log = *state;

	CALL(log, 10, NR_READ);
	EXEC(log, 10, 1, "one");
	CALL(log, 11, NR_READ);
	EXIT(log, 11, 10);
	EXIT(log, 10, 1);
	log->ms += 1000;
	/* a child of somebody else, and a first process of the same name */
	CALL(log, 20, NR_READ);
	EXEC(log, 20, 1, "two");
	CALL(log, 11, NR_WRITE);
	EXIT(log, 11, 20);
	CALL(log, 10, NR_WRITE);
	EXEC(log, 10, 1, "one");
	groups_are(log, "one-10 0x2\none-10+2 1x1\ntwo-20 0x1 1x1\n");
}

/* The parent's pid, too: children belong to whoever had it then. */
static void a_parent_is_who_had_the_pid_then(void **state)
{
	struct log *log = *state;

	CALL(log, 10, NR_READ);
	EXEC(log, 10, 1, "one");
	CALL(log, 11, NR_READ);
	EXIT(log, 11, 10);
	EXIT(log, 10, 1);
	log->ms += 1000;
	EXEC(log, 10, 1, "unlogged");
	CALL(log, 12, NR_WRITE);
	EXIT(log, 12, 10);
	groups_are(log, "one-10 0x2\nx-12 1x1\n");
}

/* Threads work on while one of them ends the process, for a moment. */
static void what_comes_at_once_behind_the_end_is_a_thread(void **state)
{
	struct log *log = *state;

	CALL(log, 10, NR_READ);
	EXEC(log, 10, 1, "one");
	EXIT(log, 10, 1);
	CALL(log, 10, NR_WRITE);
	CALL(log, 10, NR_WRITE);
	log->ms += 100;
	CALL(log, 10, NR_CLONE);
	groups_are(log, "one-10 0x1 1x2\npid-10 56x1\n");
	assert_int_equal(found(log, FINDING_UNLINKED), 1);
}

/* exit is the end of a thread. */
static void exit_ends_no_process(void **state)
{
	struct log *log = *state;

	CALL(log, 10, NR_READ);
	EXEC(log, 10, 1, "one");
	syscall_of(log, 10, 1, "x", EXE, NONE, NR_EXIT, "");
	log->ms += 1000;
	CALL(log, 10, NR_WRITE);
	groups_are(log, "one-10 0x1 1x1\n");
}

/* Killed without a record of it; the next one has another executable, session or parent. */
static void a_silent_end_shows_in_what_comes_behind(void **state)
{
	struct log *log = *state;

	exec_of(log, 10, 1, "a", "\"/bin/a\"", 5);
	call(log, 10, "\"/bin/a\"", 5, NR_READ);
	log->ms += 1000;
	call(log, 10, "\"/bin/systemd\"", 5, NR_EXECVE);
	exec_of(log, 10, 1, "b", "\"/bin/b\"", 5);
	call(log, 10, "\"/bin/b\"", 6, NR_WRITE);
	exec_of(log, 10, 1, "c", "\"/bin/c\"", 6);
	call(log, 10, "\"/bin/c\"", 6, NR_CLONE);
	exec_of(log, 30, 1, "parent", "\"/bin/p\"", 6);
	exec_of(log, 10, 30, "d", "\"/bin/d\"", 6);
	call(log, 10, "\"/bin/d\"", 6, NR_READ);
	groups_are(log, "a-10 0x1\nb-10 59x1\nc-10 1x1 56x1\nd-10 0x1\n");
}

/* Where execs are not logged, the executable may change without a record. */
static void foreign_rules_prove_less(void **state)
{
	struct log *log = *state;

	log->key = " key=\"exec-by-root\"";
	exec_of(log, 10, 1, "a", "\"/bin/a\"", 5);
	call(log, 10, "\"/bin/a\"", 5, NR_READ);
	call(log, 10, "\"/bin/b\"", 5, NR_WRITE);
	call(log, 11, "\"/bin/b\"", 5, NR_WRITE);
	groups_are(log, "a-10 0x1 1x1\npid-11 1x1\n");
	assert_int_equal(found(log, FINDING_ALONE), 1);
	assert_int_equal(found(log, FINDING_UNLINKED), 0);
	assert_true(evidence_complete(&log->recording.evidence));
}

/* Rules that were taken away and loaded again: what was started meanwhile is no other process. */
static void rules_may_come_and_go(void **state)
{
	struct log *log = *state;

	exec_of(log, 10, 1, "a", "\"/bin/a\"", 5);
	call(log, 10, "\"/bin/a\"", 5, NR_READ);
	line(log, "CONFIG_CHANGE", "auid=0 ses=1 op=remove_rule key=\"asg-lineage\" list=4 res=1");
	call(log, 10, "\"/bin/b\"", 5, NR_WRITE);
	exec_of(log, 11, 1, "z", "\"/bin/z\"", 5);
	call(log, 10, "\"/bin/c\"", 5, NR_WRITE);
	call(log, 10, "\"/bin/d\"", 5, NR_CLONE);
	groups_are(log, "a-10 0x1 1x2\npid-10 56x1\n");
}

/* Its executable was replaced on disk, or is seen from another root. */
static void one_executable_has_several_names(void **state)
{
	struct log *log = *state;

	exec_of(log, 10, 1, "a", "\"/srv/bin/a\"", 5);
	call(log, 10, "\"/srv/bin/a\"", 5, NR_READ);
	/* "/srv/bin/a (deleted)" */
	call(log, 10, "2F7372762F62696E2F61202864656C6574656429", 5, NR_READ);
	call(log, 10, "\"/bin/a\"", 5, NR_READ);
	call(log, 10, "\"/\"", 5, NR_READ);
	call(log, 10, "(null)", 5, NR_READ);
	groups_are(log, "a-10 0x5\n");
}

/* An orphan's parent is another one afterwards; who bore it does not change. */
static void orphans_belong_where_they_were_born(void **state)
{
	struct log *log = *state;

	CALL(log, 10, NR_READ);
	EXEC(log, 10, 1, "top");
	EXEC(log, 11, 10, "middle");
	CALL(log, 12, NR_READ);
	EXEC(log, 12, 11, "daemon");
	EXIT(log, 11, 10);
	CALL(log, 12, NR_WRITE);
	EXEC(log, 12, 1, "daemon");
	CALL(log, 12, NR_CLONE);
	EXIT(log, 12, 1);
	groups_are(log, "top-10 0x2 1x1 56x1\n");
}

/* A child that is logged between its parent's record of the end and the end itself. */
static void a_parent_lives_on_for_a_moment(void **state)
{
	struct log *log = *state;

	CALL(log, 10, NR_READ);
	EXEC(log, 10, 1, "top");
	EXIT(log, 10, 1);
	CALL(log, 11, NR_WRITE);
	EXIT(log, 11, 10);
	groups_are(log, "top-10 0x1 1x1\n");
}

/* Who left its parent in time has only its session to tell where it is from. */
static void a_session_leads_to_who_began_it(void **state)
{
	struct log *log = *state;

	line(log, "LOGIN",
	     "pid=10 uid=0 old-auid=4294967295 auid=0 tty=(none) old-ses=4294967295 ses=77 res=1");
	call(log, 10, EXE, 77, NR_READ);
	exec_of(log, 10, 1, "sh", EXE, 77);
	call(log, 12, EXE, 77, NR_WRITE);
	exec_of(log, 12, 1, "daemon", EXE, 77);
	call(log, 13, EXE, 77, NR_CLONE);
	call(log, 14, EXE, 78, NR_CLONE);
	exec_of(log, 14, 1, "other", EXE, 78);
	groups_are(log, "other-14 56x1\nsh-10 0x1 1x1 56x1\n");
	assert_true(evidence_complete(&log->recording.evidence));
}

static void a_refused_login_begins_nothing(void **state)
{
	struct log *log = *state;

	line(log, "LOGIN",
	     "pid=10 uid=0 old-auid=4294967295 auid=0 tty=(none) old-ses=4294967295 ses=77 res=0");
	call(log, 10, EXE, 77, NR_READ);
	call(log, 12, EXE, 77, NR_WRITE);
	exec_of(log, 12, 1, "daemon", EXE, 77);
	groups_are(log, "daemon-12 1x1\npid-10 0x1\n");
}

/* Nobody guesses that whoever has the parent's pid later is the parent. */
static void a_parent_that_was_never_met_stays_unknown(void **state)
{
	struct log *log = *state;

	CALL(log, 11, NR_READ);
	EXEC(log, 11, 10, "child");
	log->ms += 1000;
	CALL(log, 10, NR_WRITE);
	EXEC(log, 10, 1, "later");
	groups_are(log, "child-11 0x1\nlater-10 1x1\n");
}

/* But at once it is: it was there a moment ago. */
static void a_parent_may_show_up_at_once(void **state)
{
	struct log *log = *state;

	CALL(log, 11, NR_READ);
	EXIT(log, 11, 10);
	CALL(log, 10, NR_WRITE);
	groups_are(log, "pid-10 0x1 1x1\n");
}

static void missing_links_are_counted(void **state)
{
	struct log *log = *state;

	CALL(log, 9, NR_READ);
	CALL(log, 10, NR_READ);
	EXEC(log, 10, 1, "top");
	CALL(log, 11, NR_WRITE);
	CALL(log, 12, NR_WRITE);
	groups_are(log, "pid-9 0x1\npid-11 1x1\npid-12 1x1\ntop-10 0x1\n");
	assert_int_equal(found(log, FINDING_ALONE), 1);
	assert_int_equal(found(log, FINDING_UNLINKED), 2);
	assert_string_equal(log->recording.evidence.where[FINDING_UNLINKED], "pid 11");
	assert_false(evidence_complete(&log->recording.evidence));
}

/* A crash is an end, too. */
static void a_dumped_core_is_the_end(void **state)
{
	struct log *log = *state;

	CALL(log, 10, NR_READ);
	EXEC(log, 10, 1, "one");
	line(log, "ANOM_ABEND",
	     "auid=0 uid=0 gid=0 ses=4294967295 pid=10 comm=\"x\" exe=\"/bin/x\" sig=11 res=1");
	log->ms += 1000;
	CALL(log, 10, NR_WRITE);
	EXEC(log, 10, 1, "one");
	groups_are(log, "one-10 0x1\none-10+2 1x1\n");
}

static void a_reboot_ends_everybody(void **state)
{
	struct log *log = *state;

	log->serial = 100000;
	CALL(log, 10, NR_READ);
	EXEC(log, 10, 1, "one");
	CALL(log, 10, NR_READ);
	log->serial = 1;
	log->ms += 60000;
	CALL(log, 10, NR_WRITE);
	EXEC(log, 10, 1, "one");
	groups_are(log, "one-10 0x2\none-10+2 1x1\n");
	assert_int_equal(found(log, FINDING_DISORDERED), 0);
}

/* auditd numbers its own records by itself. */
static void a_record_of_the_daemon_is_no_reboot(void **state)
{
	struct log *log = *state;

	log->serial = 100000;
	CALL(log, 10, NR_READ);
	EXEC(log, 10, 1, "one");
	log->serial = 7;
	log->ms += 60000;
	line(log, "DAEMON_ROTATE", "op=rotate-logs auid=0 pid=5 res=success");
	log->serial = 100002;
	CALL(log, 10, NR_READ);
	groups_are(log, "one-10 0x2\n");
	assert_int_equal(found(log, FINDING_DISORDERED), 0);
}

static void newest_first_is_no_order(void **state)
{
	struct log *log = *state;

	log->serial = 100000;
	CALL(log, 10, NR_READ);
	EXEC(log, 10, 1, "one");
	log->serial = 1;
	log->ms -= 60000;
	CALL(log, 11, NR_WRITE);
	EXIT(log, 11, 10);
	assert_int_equal(intake_attribute(log->intake, NULL), 0);
	assert_int_equal(found(log, FINDING_DISORDERED), 1);
	assert_false(evidence_complete(&log->recording.evidence));
}

static void machines_are_kept_apart(void **state)
{
	struct log *log = *state;

	log->node = "web1";
	CALL(log, 10, NR_READ);
	EXEC(log, 10, 1, "top");
	log->node = "web2";
	CALL(log, 10, NR_WRITE);
	EXEC(log, 10, 1, "top");
	CALL(log, 11, NR_CLONE);
	EXIT(log, 11, 10);
	groups_are(log, "web1:top-10 0x1\nweb2:top-10 1x1 56x1\n");
}

static void mcs_pairs_name_containers(void **state)
{
	struct log *log = *state;

	log->subject = "system_u:system_r:container_t:s0:c12,c34";
	CALL(log, 10, NR_READ);
	CALL(log, 11, NR_WRITE);
	log->subject = "system_u:system_r:container_t:s0:c12,c35";
	CALL(log, 12, NR_READ);
	/* none of these is a pair */
	log->subject = "unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023";
	CALL(log, 13, NR_READ);
	log->subject = "system_u:system_r:container_t:s0:c1,c2,c3";
	CALL(log, 14, NR_READ);
	log->subject = "system_u:system_r:container_t:s0:c1,c1024";
	CALL(log, 15, NR_READ);
	log->subject = "docker-default (enforce)";
	CALL(log, 16, NR_READ);
	groups_are(log, "mcs-c12,c34 0x1 1x1\nmcs-c12,c35 0x1\npid-13 0x1\npid-14 0x1\npid-15 0x1\n"
			"pid-16 0x1\n");
	assert_int_equal(found(log, FINDING_ALONE), 0);
}

/* Descent goes before the label, and the first process may have had none before its exec. */
static void descent_goes_before_labels(void **state)
{
	struct log *log = *state;

	log->subject = "system_u:system_r:runtime_t:s0";
	CALL(log, 10, NR_EXECVE);
	log->subject = "system_u:system_r:container_t:s0:c1,c2";
	EXEC(log, 10, 5, "init");
	CALL(log, 10, NR_READ);
	log->subject = "system_u:system_r:container_t:s0:c3,c4";
	CALL(log, 11, NR_READ);
	EXIT(log, 11, 10);
	log->subject = "system_u:system_r:container_t:s0:c1,c2";
	CALL(log, 20, NR_WRITE);
	EXEC(log, 20, 6, "exec");
	groups_are(log, "mcs-c1,c2 0x2 1x1 59x1\n");
}

/* What is not selected tells all the same who was there. */
static void a_selection_does_not_cut_lineage(void **state)
{
	struct log *log = *state;

	log->selection.since_ms = log->ms + 1000;
	CALL(log, 10, NR_READ);
	EXEC(log, 10, 1, "top");
	log->ms += 1000;
	CALL(log, 11, NR_WRITE);
	EXIT(log, 11, 10);
	groups_are(log, "top-10 1x1\n");
}

/* A log that says that two are each other's parent. */
static void circles_come_to_an_end(void **state)
{
	struct log *log = *state;

	CALL(log, 10, NR_READ);
	CALL(log, 11, NR_WRITE);
	EXEC(log, 10, 11, "a");
	EXEC(log, 11, 10, "b");
	EXEC(log, 12, 12, "self");
	CALL(log, 12, NR_READ);
	assert_int_equal(intake_attribute(log->intake, NULL), 0);
	assert_int_equal(log->recording.n_groups, 2);
}

/* What collectors have written down: of a process, and of a session, between start and end. */
static void collectors_know_containers(void **state)
{
	struct log *log = *state;
	const int64_t start = log->ms;

	log->state.n = 2;
	log->entries[0] = (struct state_entry){
		.container = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		.pid = 10,
		.session = RECORD_UNSET,
		.started_ms = start,
		.ended_ms = start + 100,
	};
	log->entries[1] = (struct state_entry){
		.container = "web",
		.pid = 999,
		.session = 7,
		.started_ms = start + 1000,
		.ended_ms = start + 2000,
	};
	CALL(log, 10, NR_READ);
	EXEC(log, 10, 1, "init");
	CALL(log, 11, NR_WRITE);
	EXIT(log, 11, 10);
	EXIT(log, 10, 1);
	/* too early for the session */
	call(log, 20, EXE, 7, NR_READ);
	log->ms = start + 1500;
	call(log, 21, EXE, 7, NR_READ);
	exec_of(log, 21, 1, "x", EXE, 7);
	/* the pid is somebody else's by now */
	CALL(log, 10, NR_CLONE);
	EXEC(log, 10, 1, "other");
	groups_are(log, "container-0123456789ab 0x1 1x1\ncontainer-web 0x1\nother-10 56x1\n"
			"pid-20 0x1\n");
}

/* Without an end nobody knows how long a number meant it. */
static void an_entry_without_end_proves_nothing(void **state)
{
	struct log *log = *state;

	log->state.n = 1;
	log->entries[0] = (struct state_entry){
		.container = "web",
		.boot = "another",
		.pid = 10,
		.session = 7,
		.started_ms = log->ms,
		.ended_ms = TIME_UNKNOWN,
	};
	call(log, 10, EXE, 7, NR_READ);
	exec_of(log, 10, 1, "x", EXE, 7);
	groups_are(log, "x-10 0x1\n");
}

/* The state of one machine says nothing of another. */
static void state_is_of_its_host(void **state)
{
	struct log *log = *state;

	log->state.n = 1;
	log->entries[0] = (struct state_entry){
		.container = "web",
		.host = "web1",
		.pid = 10,
		.session = RECORD_UNSET,
		.started_ms = log->ms,
		.ended_ms = log->ms + 100,
	};
	log->node = "web2";
	CALL(log, 10, NR_READ);
	log->node = "web1";
	CALL(log, 10, NR_READ);
	groups_are(log, "web1:container-web 0x1\nweb2:pid-10 0x1\n");
}

/* ---- the lives themselves -------------------------------------------------------------------- */

static void event(struct log_lineage *lineage, uint32_t pid, uint32_t parent,
		  enum process_event what, int64_t ms)
{
	const struct scan scan = { .time_ms = ms, .type = 1300 };
	const struct scan_process process = {
		.event = what, .pid = pid, .parent = parent, .session = RECORD_UNSET
	};
	struct log_lineage_node *node;

	assert_int_equal(log_lineage_get_node(lineage, 0, &node), 0);
	node->newest_ms = ms;
	assert_int_equal(log_lineage_event(lineage, 0, &scan, &process), 0);
}

/* Programs of the host that come and go leave nothing behind. */
static void what_is_over_is_forgotten(void **state)
{
	struct log_lineage lineage = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 200000; i++) {
		uint32_t pid = 2 + i % 30000;

		event(&lineage, pid, 1, PROCESS_EXEC, 1000 + i);
		event(&lineage, pid, 1, PROCESS_END, 1000 + i);
	}
	assert_in_range(lineage.allocated, 1, 4096);
	assert_int_equal(lineage.refused, 0);
	log_lineage_deinit(&lineage);
}

/* Whoever never ends is remembered up to the cap, and no further. */
static void memory_has_a_cap(void **state)
{
	struct log_lineage lineage = { 0 };
	const uint32_t more = 1000;

	(void)state;
	for (uint32_t i = 0; i < LOG_LINEAGE_LIVES_MAX + more; i++)
		event(&lineage, 2 + i, 0, PROCESS_EXEC, 1000);
	assert_int_equal(lineage.n_lives, LOG_LINEAGE_LIVES_MAX);
	assert_int_equal(lineage.refused, more);
	log_lineage_deinit(&lineage);
}

/* A chain as long as it gets needs no stack. */
static void chains_may_be_long(void **state)
{
	struct log_lineage lineage = { 0 };
	const struct scan scan = { .time_ms = 1000, .pid = 2 };
	const uint32_t length = 300000;
	uint32_t *heads, top;

	(void)state;
	assert_int_equal(
		log_lineage_record(&lineage, 0, &scan, LOG_LINEAGE_NONE, RECORD_UNSET, &top), 0);
	for (uint32_t i = 3; i < length; i++)
		event(&lineage, i, i - 1, PROCESS_EXEC, 1000);
	heads = calloc(lineage.n_lives, sizeof(*heads));
	assert_non_null(heads);
	assert_int_equal(log_lineage_heads(&lineage, NULL, heads), 0);
	assert_int_equal(heads[log_lineage_current(&lineage, 0, length - 1)], top);
	free(heads);
	log_lineage_deinit(&lineage);
}

#define LOG_TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOG_TEST(without_lineage_each_pid_is_a_group),
		LOG_TEST(a_container_is_its_topmost_process),
		LOG_TEST(silent_processes_are_links),
		LOG_TEST(a_pid_that_is_given_again_is_another_process),
		LOG_TEST(a_parent_is_who_had_the_pid_then),
		LOG_TEST(what_comes_at_once_behind_the_end_is_a_thread),
		LOG_TEST(exit_ends_no_process),
		LOG_TEST(a_silent_end_shows_in_what_comes_behind),
		LOG_TEST(foreign_rules_prove_less),
		LOG_TEST(rules_may_come_and_go),
		LOG_TEST(one_executable_has_several_names),
		LOG_TEST(orphans_belong_where_they_were_born),
		LOG_TEST(a_parent_lives_on_for_a_moment),
		LOG_TEST(a_session_leads_to_who_began_it),
		LOG_TEST(a_refused_login_begins_nothing),
		LOG_TEST(a_parent_that_was_never_met_stays_unknown),
		LOG_TEST(a_parent_may_show_up_at_once),
		LOG_TEST(missing_links_are_counted),
		LOG_TEST(a_dumped_core_is_the_end),
		LOG_TEST(a_reboot_ends_everybody),
		LOG_TEST(a_record_of_the_daemon_is_no_reboot),
		LOG_TEST(newest_first_is_no_order),
		LOG_TEST(machines_are_kept_apart),
		LOG_TEST(mcs_pairs_name_containers),
		LOG_TEST(descent_goes_before_labels),
		LOG_TEST(a_selection_does_not_cut_lineage),
		LOG_TEST(circles_come_to_an_end),
		LOG_TEST(collectors_know_containers),
		LOG_TEST(an_entry_without_end_proves_nothing),
		LOG_TEST(state_is_of_its_host),
		cmocka_unit_test(what_is_over_is_forgotten),
		cmocka_unit_test(memory_has_a_cap),
		cmocka_unit_test(chains_may_be_long),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
