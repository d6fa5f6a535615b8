/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counting repeats from the scan alone against decoding every record: on random logs, both give the
 * same recording, byte by byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/macro.h"
#include "model/intake.h"
#include "model/recording_json.h"
#include "wire.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOGS	    420
#define LINES_MAX   240
#define ACTORS_MAX  12
#define AUDIT_EVENT 1326

/* ---- a log ----------------------------------------------------------------------------------- */

struct line {
	char *text;
	size_t len;
	uint32_t type; /* a message of the kernel of that type, or 0: a line */
	bool unterminated;
};

struct log {
	uint32_t seed;
	struct wire actors[ACTORS_MAX];
	size_t n_actors;
	int64_t start_ms, now_ms;
	uint64_t serial;
	struct line lines[LINES_MAX];
	size_t n;
	uint64_t whole, cut; /* SECCOMP records that were put in whole, or not */
};

static void log_free(struct log *log)
{
	for (size_t i = 0; i < log->n; i++)
		free(log->lines[i].text);
}

/* Lines that are no SECCOMP record: with a time and serial number between, or with neither. */
static const struct {
	const char *head, *tail;
} others[] = {
	{ "type=SYSCALL msg=", "arch=c000003e syscall=59 pid=7" },
	{ "node=n2 type=USER_CMD msg=", "pid=1 msg='type=SECCOMP'" },
	{ "type=DAEMON_ROTATE msg=", "op=rotate-logs" },
	{ "[    1.0] audit: type=1300 ", "arch=c000003e" },
	{ "----", NULL },
	{ "", NULL },
	{ "Nov 23 10:00:00 h kernel: audit: kauditd_printk_skb: 12 callbacks suppressed", NULL },
	{ "type=SECCOMP msg=audit(1700000000.000:", NULL },
	{ "{\"_TRANSPORT\":\"syslog\",\"MESSAGE\":\"audit: type=1326 audit(1.000:2): x\"}", NULL },
};

static void put_other(struct log *log, FILE *out)
{
	size_t i = wire_draw(&log->seed, ARRAY_SIZE(others));
	const struct wire wire = { .record = { .time_ms = log->now_ms, .serial = log->serial } };

	fputs(others[i].head, out);
	if (others[i].tail) {
		wire_put_stamp(out, &wire);
		fputs(others[i].tail, out);
	}
}

/* Times and serial numbers that go on, mostly. */
static void go_on(struct log *log, struct record *record)
{
	log->now_ms += wire_draw(&log->seed, 300);
	log->serial += wire_draw(&log->seed, 10) ? 1 : wire_draw(&log->seed, 20);
	record->time_ms = log->now_ms - (wire_draw(&log->seed, 9) ? 0 : 200);
	record->serial = log->serial - (wire_draw(&log->seed, 9) ? 0 : 3);
}

/* One field of an actor changes: two that differ in nothing else are two. */
static void become_another(uint32_t *seed, struct wire *wire)
{
	struct actor *actor = &wire->record.actor;
	struct wire donor;

	wire_make(seed, &donor);
	switch (wire_draw(seed, 8)) {
	case 0:
		actor->auid = donor.record.actor.auid;
		break;
	case 1:
		actor->uid = donor.record.actor.uid;
		break;
	case 2:
		actor->gid = donor.record.actor.gid;
		break;
	case 3:
		actor->session = donor.record.actor.session;
		break;
	case 4:
		memcpy(wire->subject, donor.subject, sizeof(wire->subject));
		break;
	case 5:
		memcpy(wire->comm, donor.comm, sizeof(wire->comm));
		break;
	case 6:
		memcpy(wire->exe, donor.exe, sizeof(wire->exe));
		break;
	default:
		memcpy(wire->node, donor.node, sizeof(wire->node));
	}
}

static void make_actors(struct log *log)
{
	log->n_actors = 1 + wire_draw(&log->seed, ACTORS_MAX);
	for (size_t i = 0; i < log->n_actors; i++) {
		if (i == 0 || wire_draw(&log->seed, 3) == 0) {
			wire_make(&log->seed, &log->actors[i]);
			continue;
		}
		log->actors[i] = log->actors[wire_draw(&log->seed, (uint32_t)i)];
		become_another(&log->seed, &log->actors[i]);
		if (wire_draw(&log->seed, 2))
			log->actors[i].record.pid++;
	}
}

static void put_record(struct log *log, struct line *line, FILE *out)
{
	struct wire wire = log->actors[wire_draw(&log->seed, (uint32_t)log->n_actors)];
	uint32_t form = wire_draw(&log->seed, WIRE_FORMS + 1);

	wire_make_call(&log->seed, &wire);
	go_on(log, &wire.record);
	if (form < WIRE_FORMS) {
		wire_forms[form].put(out, &wire);
		return;
	}
	wire_put_stamp(out, &wire);
	wire_put_fields(out, &wire);
	line->type = AUDIT_EVENT;
}

static void damage(struct log *log, struct line *line)
{
	static const char bytes[] = { '\0', '\n', 0x1d, ' ', '"', '=', '(', 'A', '1', '\xff' };
	uint32_t at;

	if (line->len == 0)
		return;
	at = wire_draw(&log->seed, (uint32_t)line->len);
	if (wire_draw(&log->seed, 2))
		line->len = at;
	else
		line->text[at] = bytes[wire_draw(&log->seed, ARRAY_SIZE(bytes))];
	line->unterminated = wire_draw(&log->seed, 2);
}

static void make_line(struct log *log, struct line *line)
{
	FILE *out = open_memstream(&line->text, &line->len);
	bool other = wire_draw(&log->seed, 12) == 0;

	assert_non_null(out);
	if (other)
		put_other(log, out);
	else
		put_record(log, line, out);
	assert_int_equal(fclose(out), 0);
	if (wire_draw(&log->seed, 25) == 0) {
		damage(log, line);
		log->cut += !other;
	} else {
		log->whole += !other;
	}
}

static void make_log(struct log *log, uint32_t seed)
{
	*log = (struct log){ .seed = seed * 2654435769u | 1, .serial = 1000 };
	log->start_ms = log->now_ms = 1700000000000;
	make_actors(log);
	log->n = LINES_MAX / 4 + wire_draw(&log->seed, LINES_MAX * 3 / 4);
	for (size_t i = 0; i < log->n; i++)
		make_line(log, &log->lines[i]);
}

/* ---- what is asked of it --------------------------------------------------------------------- */

struct question {
	struct selection selection;
	struct attribution attribution;
	struct intake_options options;
};

static void question_free(struct question *question)
{
	selection_deinit(&question->selection);
}

static const struct wire *some_actor(struct log *log)
{
	return &log->actors[wire_draw(&log->seed, (uint32_t)log->n_actors)];
}

static int select_some(struct log *log, struct selection *selection)
{
	static const char *const globs[] = { "*", "/*a*", "*ls*", "/", "?", "*[!a-z]*", "" };
	const struct actor *actor = &some_actor(log)->record.actor;

	switch (wire_draw(&log->seed, 7)) {
	case 0:
		return number_list_add(&selection->pids, some_actor(log)->record.pid);
	case 1:
		return number_list_add(&selection->uids, actor->uid);
	case 2:
		return number_list_add(&selection->sessions, actor->session);
	case 3:
		return text_list_add(&selection->exes,
				     globs[wire_draw(&log->seed, ARRAY_SIZE(globs))]);
	case 4:
		return text_list_add(&selection->comms,
				     globs[wire_draw(&log->seed, ARRAY_SIZE(globs))]);
	case 5:
		return text_list_add(&selection->nodes, some_actor(log)->node);
	default:
		selection->since_ms = log->start_ms + wire_draw(&log->seed, 20000);
		selection->until_ms = selection->since_ms + wire_draw(&log->seed, 20000);
		return 0;
	}
}

static void ask(struct log *log, enum group_by group_by, bool selected, struct question *question)
{
	*question = (struct question){
		.selection = { .since_ms = TIME_UNKNOWN, .until_ms = TIME_UNKNOWN },
		.options = { .group_by = group_by },
	};
	if (!selected)
		return;
	for (uint32_t n = wire_draw(&log->seed, 3); n > 0; n--)
		assert_int_equal(select_some(log, &question->selection), 0);
	question->options.selection = &question->selection;
	if (wire_draw(&log->seed, 4))
		return;
	question->attribution = (struct attribution){
		.started = true,
		.session = some_actor(log)->record.actor.session,
	};
	question->options.attribution = &question->attribution;
}

/* ---- the answer ------------------------------------------------------------------------------ */

struct answer {
	char *text;
	struct intake_progress progress;
};

static void feed(struct intake *intake, const struct log *log)
{
	struct error err = { 0 };
	int r = 0;

	intake_begin(intake, "first.log");
	for (size_t i = 0; i < log->n && r >= 0; i++) {
		const struct line *line = &log->lines[i];
		struct source_line source = { .text = { line->text, line->len },
					      .number = i + 1,
					      .unterminated = line->unterminated };

		if (i == log->n / 2)
			intake_begin(intake, "second.log");
		r = line->type ? intake_payload(intake, line->type, source.text, NULL, &err)
			       : intake_line(intake, &source, &err);
	}
	if (r < 0)
		fail_msg("line refused: %s", err.message);
	intake_finish(intake);
}

static void answer(const struct log *log, const struct question *question, bool decode_all,
		   struct answer *ret)
{
	struct recording recording = { 0 };
	struct syscall_table names = { 0 };
	struct intake_options options = question->options;
	struct intake *intake;
	size_t size;
	FILE *stream = open_memstream(&ret->text, &size);

	assert_non_null(stream);
	options.decode_all = decode_all;
	assert_int_equal(intake_new(&intake, &recording, &names, &options, NULL), 0);
	feed(intake, log);
	assert_int_equal(recording_write_json(&recording, &names, stream, NULL), 0);
	assert_int_equal(fclose(stream), 0);
	ret->progress = *intake_progress(intake);
	assert_int_equal(recording.evidence.records, ret->progress.records);
	intake_free(intake);
	recording_deinit(&recording);
	syscall_table_deinit(&names);
}

static void show_log(const struct log *log)
{
	for (size_t i = 0; i < log->n; i++) {
		const struct line *line = &log->lines[i];

		fprintf(stderr, "# %s", line->type ? "(kernel message) " : "");
		for (size_t at = 0; at < line->len; at++)
			if (line->text[at] >= ' ' || line->text[at] < 0)
				putc(line->text[at], stderr);
			else
				fprintf(stderr, "\\x%02x", line->text[at]);
		fprintf(stderr, "%s\n", line->unterminated ? " (no newline)" : "");
	}
}

/* The first lines that differ. */
static void show_difference(const char *once, const char *all)
{
	size_t at = 0, start = 0;

	for (; once[at] && once[at] == all[at]; at++)
		if (once[at] == '\n')
			start = at + 1;
	fprintf(stderr, "# decoded once: %.*s\n", (int)strcspn(once + start, "\n"), once + start);
	fprintf(stderr, "# decoded all:  %.*s\n", (int)strcspn(all + start, "\n"), all + start);
}

static bool same_progress(const struct intake_progress *a, const struct intake_progress *b)
{
	return a->lines == b->lines && a->records == b->records && a->selected == b->selected &&
	       a->calls == b->calls && a->bytes == b->bytes && a->processes == b->processes;
}

/* What has to hold whatever was asked. */
static const char *complain(const struct log *log, const struct question *question,
			    const struct answer *once, const struct answer *all)
{
	if (strcmp(once->text, all->text) != 0)
		return "decoded once and decoded all are two recordings";
	if (!same_progress(&once->progress, &all->progress))
		return "decoded once and decoded all count differently";
	if (once->progress.records < log->whole || once->progress.records > log->whole + log->cut)
		return "records were overlooked or invented";
	if (!question->options.selection && once->progress.selected != once->progress.records)
		return "not all was selected";
	return NULL;
}

static void compare(uint32_t seed, enum group_by group_by, bool selected, uint64_t *selected_sum)
{
	_cleanup_(log_free) struct log log;
	_cleanup_(question_free) struct question question;
	struct answer once, all;
	const char *complaint;

	make_log(&log, seed);
	ask(&log, group_by, selected, &question);
	answer(&log, &question, false, &once);
	answer(&log, &question, true, &all);
	complaint = complain(&log, &question, &once, &all);
	if (complaint) {
		show_log(&log);
		show_difference(once.text, all.text);
		fail_msg("seed %" PRIu32 ", by %s, %s: %s", seed, group_by_name(group_by),
			 selected ? "with a selection" : "no selection", complaint);
	}
	*selected_sum += once.progress.selected;
	free(once.text);
	free(all.text);
}

static void every_log_every_grouping(void **state)
{
	uint64_t selected = 0;

	(void)state;
	for (uint32_t seed = 1; seed <= LOGS; seed++)
		compare(seed, (enum group_by)(seed % GROUP_BY_COUNT), false, &selected);
	assert_true(selected > (uint64_t)LOGS * 50);
}

/* Selections that let nothing through would prove nothing. */
static void every_log_with_selections(void **state)
{
	uint64_t selected = 0;

	(void)state;
	for (uint32_t seed = 1; seed <= LOGS; seed++)
		compare(seed, (enum group_by)(seed % GROUP_BY_COUNT), true, &selected);
	assert_true(selected > (uint64_t)LOGS * 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_log_every_grouping),
		cmocka_unit_test(every_log_with_selections),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (setenv("TZ", "UTC", 1) < 0)
		return 1;
	return cmocka_run_group_tests_name("intake_logs", tests, NULL, NULL);
}
