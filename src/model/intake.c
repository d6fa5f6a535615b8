/* SPDX-License-Identifier: Apache-2.0 */
#include "model/intake.h"
#include "audit/decode.h"
#include "base/cleanup.h"
#include "model/actor_index.h"
#include "model/argument_intake.h"
#include "model/log_groups.h"
#include "model/nodes.h"
#include "model/recording_unnamed.h"
#include "target/sentinel.h"
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/audit.h>
#include <stdio.h>
#include <string.h>

#define ACTORS_REMEMBERED 262144 /* distinct ones that are not decoded again: some 60 MB */

struct intake {
	struct intake_options options;
	struct recording *recording;
	struct syscall_table *names;
	struct scanner scanner;
	struct decoder *decoder;
	struct actor_index actors;
	struct nodes nodes;
	struct grouping grouping;
	struct log_groups *containers;	   /* GROUP_BY_TARGET of a log; else NULL */
	struct intern pids;		   /* of the target */
	struct argument_intake *arguments; /* or NULL */
	const char *input_name;
	unsigned int input;
	uint64_t line_number;
	struct intake_progress progress;
};

int intake_new(struct intake **ret, struct recording *recording, struct syscall_table *names,
	       const struct intake_options *options, struct error *err)
{
	struct intake *intake = calloc(1, sizeof(*intake));
	int r;

	if (!intake)
		return error_memory(err);
	intake->options = *options;
	intake->recording = recording;
	intake->names = names;
	scanner_init(&intake->scanner, names);
	grouping_init(&intake->grouping, options->group_by, options->group_name);
	r = decoder_new(&intake->decoder, err);
	if (r >= 0 && options->arguments) {
		intake->arguments = argument_intake_new(recording, names, options->argument_calls);
		r = intake->arguments ? 0 : error_memory(err);
	}
	if (r >= 0 && options->group_by == GROUP_BY_TARGET && !options->router &&
	    !options->attribution) {
		intake->containers = calloc(1, sizeof(*intake->containers));
		r = intake->containers ? 0 : error_memory(err);
	}
	if (r < 0) {
		intake_free(intake);
		return r;
	}
	*ret = intake;
	return 0;
}

struct intake *intake_free(struct intake *intake)
{
	if (!intake)
		return NULL;
	nodes_deinit(&intake->nodes);
	scanner_deinit(&intake->scanner);
	decoder_free(intake->decoder);
	actor_index_deinit(&intake->actors);
	grouping_deinit(&intake->grouping);
	if (intake->containers)
		log_groups_deinit(intake->containers);
	free(intake->containers);
	intern_deinit(&intake->pids);
	argument_intake_free(intake->arguments);
	free(intake);
	return NULL;
}

static void note(struct intake *intake, enum finding finding, uint64_t count, const char *problem)
{
	char where[PATH_MAX + 128];

	if (intake->input_name)
		snprintf(where, sizeof(where), "%s:%" PRIu64 "%s%s", intake->input_name,
			 intake->line_number, problem ? ": " : "", problem ? problem : "");
	else
		snprintf(where, sizeof(where), "%s", problem ? problem : "kernel message");
	evidence_add(&intake->recording->evidence, finding, count, where);
}

static int find_node(struct intake *intake, struct slice name, uint32_t *ret)
{
	const struct selection *selection = intake->options.selection;
	int r = nodes_find(&intake->nodes, name, intake->input, ret);

	if (r == 1)
		intake->nodes.items[*ret].wanted =
			!selection || selection_has_node(selection, name);
	return r;
}

static int track_serial(struct intake *intake, struct node *node, const struct scan *scan)
{
	const struct selection *selection = intake->options.selection;
	int64_t gap_ms;
	int r;

	if (selection && !selection_has_time(selection, scan->time_ms))
		return 0;
	r = nodes_track(node, scan, intake->input, &gap_ms);
	if (gap_ms)
		note(intake, FINDING_TIME_GAP, (uint64_t)gap_ms / 1000,
		     "begins later than the log before it ended");
	return r;
}

static int know_actor(struct intake *intake, const struct scan *scan, const struct actor *actor,
		      struct known_actor *known)
{
	int r = recording_actor_add(intake->recording, actor, &known->number);

	if (r >= 0 && intake->containers)
		r = log_groups_actor(intake->containers, scan, actor, known);

	if (r < 0)
		return r;
	known->wanted =
		!intake->options.selection || selection_has_actor(intake->options.selection, actor);
	return grouping_actor_value(&intake->grouping, actor, &known->group_value);
}

/*
 * The actor of a scanned record, decoded when it is met for the first time. 1 when libauparse
 * cannot make sense of the record, which is counted.
 */
static int find_actor(struct intake *intake, const struct scan *scan, struct known_actor *ret)
{
	char buffer[ACTOR_KEY_MAX];
	struct slice key = actor_index_key(scan, buffer);
	const struct known_actor *known;
	struct record record;
	int r;

	if (!key.data) {
		note(intake, FINDING_UNPARSABLE, 1, "fields longer than the kernel writes them");
		return 1;
	}
	known = actor_index_find(&intake->actors, key);
	if (known) {
		*ret = *known;
		return 0;
	}
	r = decode(intake->decoder, scan, &record, NULL);
	if (r == -EBADMSG) {
		note(intake, FINDING_UNPARSABLE, 1, "libauparse cannot read it");
		return 1;
	}
	if (r >= 0)
		r = know_actor(intake, scan, &record.actor, ret);
	/* Whoever changes its name for ever costs time from then on, but no more memory. */
	if (r >= 0 && intake->actors.keys.n_keys < ACTORS_REMEMBERED)
		r = actor_index_add(&intake->actors, key, ret);
	return r;
}

/* Only where there is a target do distinct pids mean something. */
static int count_process(struct intake *intake, uint32_t number)
{
	const struct intake_options *options = &intake->options;
	struct slice pid = { (const char *)&number, sizeof(number) };
	uint32_t index;
	int r;

	if (!options->attribution ||
	    (options->processes_max && intake->pids.n_keys >= options->processes_max))
		return 0;
	r = intern_add(&intake->pids, pid, &index);
	if (r < 0)
		return r;
	intake->progress.processes = intake->pids.n_keys;
	return 0;
}

/* Counts one record whose actor is known. `group` is where it was routed to. */
static int count_record(struct intake *intake, const struct scan *scan, uint32_t node,
			const struct known_actor *actor, uint32_t group)
{
	struct slice name = intake->nodes.names.keys[node];
	bool fresh = false;
	int r = 0;

	if (intake->containers)
		r = log_groups_find(intake->containers, intake->recording, node, name, scan, actor,
				    &group);
	else if (!intake->options.router || intake->options.group_by != GROUP_BY_TARGET)
		r = grouping_find(&intake->grouping, intake->recording, node, name,
				  actor->group_value, scan->pid, &group);
	if (r < 0)
		return r;
	r = recording_add(intake->recording, group, scan->arch, scan->nr, scan->code, actor->number,
			  scan->time_ms, scan->time_ms, 1, &fresh);
	if (r < 0)
		return r;
	r = count_process(intake, scan->pid);
	if (r >= 0 && intake->arguments)
		r = argument_intake_seccomp(intake->arguments, scan, node, group);
	if (r < 0)
		return r;
	intake->progress.selected++;
	intake->progress.calls += fresh;
	return 0;
}

static uint32_t session_number(struct slice text)
{
	uint64_t value;

	if (slice_to_u64(text, 10, &value) < 0 || value > UINT32_MAX)
		return RECORD_UNSET;
	return (uint32_t)value;
}

/* Whether the record is the target's, where there is a target; else anybody's but our own. 1, 0 or
 * -ENOMEM. */
static int is_ours(struct intake *intake, const struct scan *scan, uint32_t *ret_group)
{
	const struct intake_router *router = intake->options.router;
	enum owner owner = OWNER_TARGET;
	int r;

	/* By its call, never by its pid, which the kernel soon gives to somebody else. */
	if (sentinel_is(scan->nr, scan->comm))
		return 0;
	if (router) {
		r = router->route(router->context, scan, &owner, ret_group);
		if (r < 0)
			return r;
	} else if (intake->options.attribution) {
		owner = attribution_of(intake->options.attribution, session_number(scan->session),
				       scan->pid);
	}
	if (owner == OWNER_UNKNOWN)
		evidence_add(&intake->recording->evidence, FINDING_UNATTRIBUTED, 1, NULL);
	return owner == OWNER_TARGET;
}

static bool passes(struct intake *intake, const struct scan *scan, const struct node *node)
{
	const struct selection *selection = intake->options.selection;

	if (!selection)
		return true;
	if (!node->wanted || !selection_has_pid(selection, scan->pid))
		return false;
	if (selection_has_time(selection, scan->time_ms))
		return true;
	if (scan->time_ms == TIME_UNKNOWN)
		note(intake, FINDING_UNTIMED, 1, NULL);
	return false;
}

/* What is not to be counted still tells who was there. */
static int take_wanted(struct intake *intake, const struct scan *scan, uint32_t node,
		       const struct known_actor *actor, bool wanted, uint32_t group)
{
	uint32_t life;

	if (wanted && actor->wanted)
		return count_record(intake, scan, node, actor, group);
	return intake->containers ? log_groups_see(intake->containers, node, scan, actor, &life)
				  : 0;
}

/* Every member from libauparse; for the test that holds this against the fast way. */
static int take_decoded(struct intake *intake, const struct scan *scan, uint32_t node, bool wanted)
{
	struct known_actor actor;
	struct record record;
	struct scan decoded = *scan;
	int r = decode(intake->decoder, scan, &record, NULL);

	if (r == -EBADMSG) {
		note(intake, FINDING_UNPARSABLE, 1, "libauparse cannot read it");
		return 0;
	}
	if (r < 0)
		return r;
	r = know_actor(intake, scan, &record.actor, &actor);
	if (r < 0)
		return r;
	decoded.time_ms = record.time_ms;
	decoded.pid = record.pid;
	decoded.arch = record.arch;
	decoded.nr = record.nr;
	decoded.code = record.code;
	return take_wanted(intake, &decoded, node, &actor, wanted, 0);
}

static int take_record(struct intake *intake, const struct scan *scan, uint32_t node)
{
	struct known_actor actor;
	uint32_t group = 0;
	bool wanted;
	int r;

	intake->progress.records++;
	intake->recording->evidence.records++;
	r = is_ours(intake, scan, &group);
	if (r <= 0)
		return r;
	wanted = passes(intake, scan, &intake->nodes.items[node]);
	if (!wanted && !intake->containers)
		return 0;
	if (intake->options.decode_all)
		return take_decoded(intake, scan, node, wanted);
	r = find_actor(intake, scan, &actor);
	if (r != 0)
		return r < 0 ? r : 0;
	return take_wanted(intake, scan, node, &actor, wanted, group);
}

static int take_read(struct intake *intake, enum scan_result result, const struct scan *scan)
{
	uint32_t node;
	int r = find_node(intake, scan->node, &node);

	if (r >= 0)
		r = track_serial(intake, &intake->nodes.items[node], scan);
	if (r >= 0 && intake->containers && nodes_serial_is_kernels(scan))
		r = log_groups_order(intake->containers, node, scan);
	if (r < 0)
		return r;
	if (result == SCAN_RECORD)
		return take_record(intake, scan, node);
	if (intake->arguments)
		r = argument_intake_other(intake->arguments, scan, node);
	if (r >= 0 && intake->containers)
		r = log_groups_event(intake->containers, node, &intake->scanner, scan);
	return r;
}

static int take(struct intake *intake, enum scan_result result, const struct scan *scan)
{
	int r;

	switch (result) {
	case SCAN_RECORD:
	case SCAN_OTHER:
		r = take_read(intake, result, scan);
		return r < 0 ? r : 0;
	case SCAN_TORN:
		note(intake, FINDING_UNPARSABLE, 1, scan->problem);
		return 0;
	case SCAN_SUPPRESSED:
		note(intake, FINDING_SUPPRESSED, scan->count ? scan->count : 1, NULL);
		return 0;
	case SCAN_NOTHING:
		return 0;
	}
	return 0;
}

static int take_failed(int r, struct error *err)
{
	if (r == -E2BIG)
		return error_set(err, r,
				 "more groups than %u: narrow the selection, or use "
				 "--group-by with something coarser",
				 RECORDING_GROUPS_MAX);
	return error_memory(err);
}

void intake_begin(struct intake *intake, const char *name)
{
	intake->input_name = name;
	intake->input++;
	intake->line_number = 0;
}

/* A line that ends before it says what it is may have been a SECCOMP record. */
static bool may_be_torn(const struct source_line *line)
{
	static const struct slice start = { "type=SECCOMP", 12 };

	return line->unterminated && line->text.len > 0 && line->text.len < start.len &&
	       slice_starts(start, line->text);
}

static enum scan_result judge_odd_line(struct intake *intake, const struct source_line *line,
				       enum scan_result result, struct scan *scan)
{
	if (line->too_long && result != SCAN_NOTHING) {
		scan->problem = "line longer than any audit record";
		return SCAN_TORN;
	}
	if (may_be_torn(line)) {
		scan->problem = "the log ends within a line";
		return SCAN_TORN;
	}
	if (result == SCAN_NOTHING &&
	    (line->too_long || memchr(line->text.data, '\0', line->text.len)))
		note(intake, FINDING_ODD_LINES, 1,
		     line->too_long ? "line longer than any audit record" : "NUL bytes");
	return result;
}

int intake_line(struct intake *intake, const struct source_line *line, struct error *err)
{
	struct scan scan;
	enum scan_result result;
	int r;

	intake->progress.lines++;
	intake->progress.bytes += line->text.len;
	intake->line_number = line->number;
	result = scan_line(&intake->scanner, line->text, &scan);
	if (result == SCAN_NOTHING || line->too_long)
		result = judge_odd_line(intake, line, result, &scan);
	r = take(intake, result, &scan);
	return r < 0 ? take_failed(r, err) : 0;
}

int intake_payload(struct intake *intake, uint32_t type, struct slice payload, struct scan *ret,
		   struct error *err)
{
	struct scan scan = { 0 };
	enum scan_result result = scan_payload(&intake->scanner, type, payload, &scan);
	int r;

	intake->progress.lines++;
	intake->progress.bytes += payload.len;
	if (ret)
		*ret = result == SCAN_RECORD || result == SCAN_OTHER ? scan : (struct scan){ 0 };
	r = take(intake, result, &scan);
	return r < 0 ? take_failed(r, err) : 0;
}

int intake_attribute(struct intake *intake, struct error *err)
{
	int r = 0;

	if (!intake->containers)
		return 0;
	if (intake->options.ask_proc)
		r = log_groups_ask_proc(intake->containers, intake->nodes.names.keys);
	if (r < 0)
		return error_set(err, r, "cannot ask /proc: %s", strerror(-r));
	if (intake->options.state)
		r = log_groups_use_state(intake->containers, intake->nodes.names.keys,
					 intake->options.state);
	if (r >= 0)
		r = log_groups_finish(intake->containers, intake->recording,
				      intake->nodes.names.keys);
	return r < 0 ? take_failed(r, err) : 0;
}

void intake_finish(struct intake *intake)
{
	if (!intake->options.attribution && !intake->options.router)
		nodes_count_holes(&intake->nodes, &intake->recording->evidence);
	recording_note_unnamed(intake->recording, intake->names, &intake->recording->evidence);
}

bool intake_has_serials(const struct intake *intake)
{
	return nodes_have_serials(&intake->nodes);
}

uint64_t intake_missing_between(const struct intake *intake, uint64_t first, uint64_t last)
{
	return nodes_missing_between(&intake->nodes, first, last);
}

const struct intake_progress *intake_progress(const struct intake *intake)
{
	return &intake->progress;
}
