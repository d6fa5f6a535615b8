/* SPDX-License-Identifier: Apache-2.0 */
#include "model/intake.h"
#include "audit/decode.h"
#include "audit/serials.h"
#include "base/array.h"
#include "base/cleanup.h"
#include <errno.h>
#include <inttypes.h>
#include <linux/audit.h>
#include <stdio.h>
#include <string.h>

#define ACTOR_KEY_MAX 16384 /* raw texts of one actor; a kernel message has at most 8970 bytes */

/* What is known of an actor once it was decoded, so that its next record costs one lookup. */
struct known_actor {
	uint32_t number;      /* in the recording */
	uint32_t group_value; /* what it is grouped by, when that is a property of the actor */
	bool wanted;
};

/* One machine's stream of serial numbers. */
struct node {
	struct serials serials;
	bool wanted;
	bool whole;	    /* holds records of other types: a missing serial is a lost record */
	unsigned int input; /* the input that its last serial came from */
	uint64_t last_serial;
	int64_t last_ms;
};

struct intake {
	struct intake_options options;
	struct recording *recording;
	struct syscall_table *names;
	struct scanner scanner;
	struct decoder *decoder;
	struct intern actor_keys; /* raw texts -> index in actors */
	struct known_actor *actors;
	size_t actors_allocated;
	struct intern node_names; /* -> index in nodes */
	struct node *nodes;
	size_t nodes_allocated;
	struct intern texts;	  /* exe, comm, label that are grouped by */
	struct intern pids;	  /* of the target */
	struct intern group_keys; /* struct group_key -> index in groups */
	uint32_t *groups;	  /* number in the recording */
	size_t groups_allocated;
	const char *input_name;
	unsigned int input;
	uint64_t line_number;
	struct intake_progress progress;
};

struct group_key {
	uint32_t node, value;
};

static const char *const group_by_names[GROUP_BY_COUNT] = {
	[GROUP_BY_PID] = "pid",		[GROUP_BY_EXE] = "exe",	    [GROUP_BY_COMM] = "comm",
	[GROUP_BY_SESSION] = "session", [GROUP_BY_LABEL] = "label", [GROUP_BY_NODE] = "node",
	[GROUP_BY_ALL] = "all",
};

const char *group_by_name(enum group_by group_by)
{
	return group_by_names[group_by];
}

int group_by_from_name(const char *name, enum group_by *ret)
{
	for (size_t i = 0; i < GROUP_BY_COUNT; i++)
		if (strcmp(group_by_names[i], name) == 0) {
			*ret = (enum group_by)i;
			return 0;
		}
	return -EINVAL;
}

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
	r = decoder_new(&intake->decoder, err);
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
	for (size_t i = 0; i < intake->node_names.n_keys; i++)
		serials_deinit(&intake->nodes[i].serials);
	scanner_deinit(&intake->scanner);
	decoder_free(intake->decoder);
	intern_deinit(&intake->actor_keys);
	intern_deinit(&intake->node_names);
	intern_deinit(&intake->texts);
	intern_deinit(&intake->pids);
	intern_deinit(&intake->group_keys);
	free(intake->actors);
	free(intake->nodes);
	free(intake->groups);
	free(intake);
	return NULL;
}

static void note(struct intake *intake, enum finding finding, uint64_t count, const char *problem)
{
	char where[512];

	if (intake->input_name)
		snprintf(where, sizeof(where), "%s:%" PRIu64 "%s%s", intake->input_name,
			 intake->line_number, problem ? ": " : "", problem ? problem : "");
	else
		snprintf(where, sizeof(where), "%s", problem ? problem : "kernel message");
	evidence_add(&intake->recording->evidence, finding, count, where);
}

/* Interns `key` and makes sure that the array beside the set has a zeroed item for it. 1 when new.
 */
static int intern_beside(struct intern *intern, struct slice key, void *items, size_t *allocated,
			 size_t size, uint32_t *ret)
{
	int r = array_reserve(items, allocated, intern->n_keys + 1, size);

	if (r < 0)
		return r;
	r = intern_add(intern, key, ret);
	if (r == 1)
		memset(*(char **)items + (size_t)*ret * size, 0, size);
	return r;
}

static int find_node(struct intake *intake, struct slice name, uint32_t *ret)
{
	int r = intern_beside(&intake->node_names, name, &intake->nodes, &intake->nodes_allocated,
			      sizeof(*intake->nodes), ret);

	if (r == 1) {
		struct node *node = &intake->nodes[*ret];

		node->wanted = !intake->options.selection ||
			       selection_has_node(intake->options.selection, name);
		node->input = intake->input;
		node->last_ms = TIME_UNKNOWN;
	}
	return r;
}

/* Between the files of a rotated log nothing may be missing: if it is, say how long the silence
 * was. */
static void check_rotation(struct intake *intake, struct node *node, const struct scan *scan)
{
	bool gap = node->input != intake->input && node->whole && node->last_serial != 0 &&
		   scan->serial > node->last_serial + 1 && node->last_ms != TIME_UNKNOWN &&
		   scan->time_ms >= node->last_ms + 1000;

	if (gap)
		note(intake, FINDING_TIME_GAP, (uint64_t)(scan->time_ms - node->last_ms) / 1000,
		     "begins later than the log before it ended");
	node->input = intake->input;
	node->last_serial = scan->serial;
	node->last_ms = scan->time_ms;
}

/* The audit daemon numbers its own records (DAEMON_*, 1200 to 1299, linux/audit.h) by itself. */
static bool has_kernel_serial(const struct scan *scan)
{
	return scan->serial != 0 && (scan->type < AUDIT_DAEMON_START || scan->type > 1299);
}

static int track_serial(struct intake *intake, struct node *node, const struct scan *scan)
{
	const struct selection *selection = intake->options.selection;

	if (!has_kernel_serial(scan) ||
	    (selection && !selection_has_time(selection, scan->time_ms)))
		return 0;
	if (scan->type != AUDIT_SECCOMP)
		node->whole = true;
	check_rotation(intake, node, scan);
	return serials_add(&node->serials, scan->serial, scan->time_ms);
}

/* Everything that makes an actor, as it stands in the line: equal bytes are the same actor. */
static struct slice actor_key(const struct scan *scan, char *key, size_t size)
{
	const struct slice parts[] = { scan->auid,    scan->uid,  scan->gid, scan->session,
				       scan->subject, scan->comm, scan->exe };
	size_t len = 0;

	key[len++] = scan->interpreted ? 'i' : 'r';
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (len + parts[i].len + 2 > size)
			return (struct slice){ NULL, 0 };
		key[len++] = parts[i].data ? '=' : '-';
		if (parts[i].len)
			memcpy(key + len, parts[i].data, parts[i].len);
		len += parts[i].len;
		key[len++] = '\0';
	}
	return (struct slice){ key, len };
}

static int group_value_of(struct intake *intake, const struct actor *actor, uint32_t *ret)
{
	int r = 0;

	switch (intake->options.group_by) {
	case GROUP_BY_EXE:
		r = intern_add(&intake->texts, actor->exe, ret);
		break;
	case GROUP_BY_COMM:
		r = intern_add(&intake->texts, actor->comm, ret);
		break;
	case GROUP_BY_LABEL:
		r = intern_add(&intake->texts, actor->subject, ret);
		break;
	case GROUP_BY_SESSION:
		*ret = actor->session;
		break;
	default:
		*ret = 0;
	}
	return r < 0 ? r : 0;
}

static int know_actor(struct intake *intake, const struct actor *actor, struct known_actor *known)
{
	int r = recording_actor_add(intake->recording, actor, &known->number);

	if (r < 0)
		return r;
	known->wanted =
		!intake->options.selection || selection_has_actor(intake->options.selection, actor);
	return group_value_of(intake, actor, &known->group_value);
}

/*
 * The actor of a scanned record, decoded when it is met for the first time. 1 when libauparse
 * cannot make sense of the record, which is counted.
 */
static int find_actor(struct intake *intake, const struct scan *scan, struct known_actor *ret)
{
	char buffer[ACTOR_KEY_MAX];
	struct slice key = actor_key(scan, buffer, sizeof(buffer));
	struct record record;
	uint32_t index;
	int r;

	if (!key.data) {
		note(intake, FINDING_UNPARSABLE, 1, "fields longer than the kernel writes them");
		return 1;
	}
	if (intern_find(&intake->actor_keys, key, &index) == 0) {
		*ret = intake->actors[index];
		return 0;
	}
	r = decode(intake->decoder, scan, &record, NULL);
	if (r == -EBADMSG) {
		note(intake, FINDING_UNPARSABLE, 1, "libauparse cannot read it");
		return 1;
	}
	if (r >= 0)
		r = know_actor(intake, &record.actor, ret);
	if (r >= 0)
		r = intern_beside(&intake->actor_keys, key, &intake->actors,
				  &intake->actors_allocated, sizeof(*intake->actors), &index);
	if (r < 0)
		return r;
	intake->actors[index] = *ret;
	return 0;
}

static void group_name(const struct intake *intake, struct slice node, uint32_t value,
		       struct strbuf *ret)
{
	const char *fixed = intake->options.group_name;

	if (node.len && intake->options.group_by != GROUP_BY_ALL) {
		strbuf_append(ret, node.data, node.len);
		if (intake->options.group_by == GROUP_BY_NODE)
			return;
		strbuf_putc(ret, ':');
	}
	switch (intake->options.group_by) {
	case GROUP_BY_PID:
		strbuf_printf(ret, "pid-%" PRIu32, value);
		break;
	case GROUP_BY_SESSION:
		if (value == RECORD_UNSET)
			strbuf_puts(ret, "session-unset");
		else
			strbuf_printf(ret, "session-%" PRIu32, value);
		break;
	case GROUP_BY_NODE:
		strbuf_puts(ret, "this-node");
		break;
	case GROUP_BY_ALL:
		strbuf_puts(ret, fixed ? fixed : "all");
		break;
	default:
		if (intake->texts.keys[value].len)
			strbuf_append(ret, intake->texts.keys[value].data,
				      intake->texts.keys[value].len);
		else
			strbuf_printf(ret, "no-%s", group_by_name(intake->options.group_by));
	}
}

static int make_group(struct intake *intake, struct slice node, uint32_t value, uint32_t *ret)
{
	enum group_by by = intake->options.group_by;
	_cleanup_strbuf_ struct strbuf name = { 0 };

	group_name(intake, node, value, &name);
	if (!strbuf_text(&name))
		return -ENOMEM;
	return recording_group(intake->recording, slice_from(strbuf_text(&name)),
			       by == GROUP_BY_ALL ? SLICE("") : node,
			       by == GROUP_BY_PID ? value : RECORD_UNSET,
			       by == GROUP_BY_SESSION ? value : RECORD_UNSET, ret);
}

static int find_group(struct intake *intake, uint32_t node, uint32_t value, uint32_t *ret)
{
	struct group_key key = { node, value };
	struct slice slice = { (const char *)&key, sizeof(key) };
	uint32_t index;
	int r;

	if (intake->options.group_by == GROUP_BY_ALL)
		key = (struct group_key){ 0, 0 };
	if (intern_find(&intake->group_keys, slice, &index) == 0) {
		*ret = intake->groups[index];
		return 0;
	}
	r = make_group(intake, intake->node_names.keys[node], value, ret);
	if (r < 0)
		return r;
	r = intern_beside(&intake->group_keys, slice, &intake->groups, &intake->groups_allocated,
			  sizeof(*intake->groups), &index);
	if (r < 0)
		return r;
	intake->groups[index] = *ret;
	return 0;
}

/* Counts one record whose actor is known. */
static int count_record(struct intake *intake, const struct scan *scan, uint32_t node,
			const struct known_actor *actor)
{
	uint32_t value = actor->group_value, group;
	bool fresh = false;
	int r;

	if (intake->options.group_by == GROUP_BY_PID)
		value = scan->pid;
	r = find_group(intake, node, value, &group);
	if (r < 0)
		return r;
	r = recording_add(intake->recording, group, scan->arch, scan->nr, scan->code, actor->number,
			  scan->time_ms, scan->time_ms, 1, &fresh);
	if (r < 0)
		return r;
	if (intake->options.attribution) {
		struct slice pid = { (const char *)&scan->pid, sizeof(scan->pid) };

		r = intern_add(&intake->pids, pid, &value);
		if (r < 0)
			return r;
		intake->progress.processes = intake->pids.n_keys;
	}
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

/* Whether the record is the target's, where there is a target. */
static bool is_ours(struct intake *intake, const struct scan *scan)
{
	enum owner owner;

	if (!intake->options.attribution)
		return true;
	owner = attribution_of(intake->options.attribution, session_number(scan->session),
			       scan->pid);
	if (owner == OWNER_UNKNOWN)
		evidence_add(&intake->recording->evidence, FINDING_UNATTRIBUTED, 1, NULL);
	return owner == OWNER_TARGET;
}

static bool passes(const struct intake *intake, const struct scan *scan, const struct node *node)
{
	const struct selection *selection = intake->options.selection;

	return !selection || (node->wanted && selection_has_pid(selection, scan->pid) &&
			      selection_has_time(selection, scan->time_ms));
}

/* Every member from libauparse; for the test that holds this against the fast way. */
static int take_decoded(struct intake *intake, const struct scan *scan, uint32_t node)
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
	r = know_actor(intake, &record.actor, &actor);
	if (r < 0 || !actor.wanted)
		return r;
	decoded.time_ms = record.time_ms;
	decoded.pid = record.pid;
	decoded.arch = record.arch;
	decoded.nr = record.nr;
	decoded.code = record.code;
	return count_record(intake, &decoded, node, &actor);
}

static int take_record(struct intake *intake, const struct scan *scan, uint32_t node)
{
	struct known_actor actor;
	int r;

	intake->progress.records++;
	intake->recording->evidence.records++;
	if (!is_ours(intake, scan) || !passes(intake, scan, &intake->nodes[node]))
		return 0;
	if (intake->options.decode_all)
		return take_decoded(intake, scan, node);
	r = find_actor(intake, scan, &actor);
	if (r != 0)
		return r < 0 ? r : 0;
	return actor.wanted ? count_record(intake, scan, node, &actor) : 0;
}

static int take(struct intake *intake, enum scan_result result, const struct scan *scan)
{
	uint32_t node;
	int r;

	switch (result) {
	case SCAN_RECORD:
	case SCAN_OTHER:
		r = find_node(intake, scan->node, &node);
		if (r >= 0)
			r = track_serial(intake, &intake->nodes[node], scan);
		if (r >= 0 && result == SCAN_RECORD)
			r = take_record(intake, scan, node);
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

static void count_holes(struct intake *intake, const struct node *node, struct slice name)
{
	_cleanup_strbuf_ struct strbuf where = { 0 };
	uint64_t first, missing = serials_missing(&node->serials, &first);

	if (missing == 0)
		return;
	if (name.len) {
		strbuf_put_shown(&where, name);
		strbuf_puts(&where, ": ");
	}
	strbuf_printf(&where, "serial %" PRIu64, first);
	evidence_add(&intake->recording->evidence,
		     node->whole ? FINDING_MISSING_SERIALS : FINDING_FILTERED_GAPS, missing,
		     strbuf_text(&where));
}

static bool happened(const struct observation *observation)
{
	return observation->action == ACTION_LOG || observation->action == ACTION_ALLOW;
}

static void count_unnamed(struct intake *intake)
{
	struct recording *recording = intake->recording;

	for (size_t g = 0; g < recording->n_groups; g++)
		for (uint32_t a = 0; a < recording->groups[g].n_arches; a++) {
			const struct group_arch *table = &recording->groups[g].arches[a];

			for (uint32_t i = 0; i < table->n; i++) {
				const struct observation *seen = &table->observations[i];
				char where[64];

				/* -1 is what a tracer leaves of a call that it cancelled */
				if (!happened(seen) || seen->nr == -1 ||
				    (table->arch &&
				     syscall_name(intake->names, table->arch, seen->nr)))
					continue;
				snprintf(where, sizeof(where), "arch %" PRIx32 " number %" PRId32,
					 table->audit, seen->nr);
				evidence_add(&recording->evidence, FINDING_UNNAMED, 1, where);
			}
		}
}

void intake_finish(struct intake *intake)
{
	if (!intake->options.attribution)
		for (size_t i = 0; i < intake->node_names.n_keys; i++)
			if (intake->nodes[i].wanted)
				count_holes(intake, &intake->nodes[i], intake->node_names.keys[i]);
	count_unnamed(intake);
}

uint64_t intake_missing_between(const struct intake *intake, uint64_t first, uint64_t last)
{
	uint32_t node;

	if (intern_find(&intake->node_names, SLICE(""), &node) < 0)
		return last >= first ? last - first + 1 : 0;
	return serials_missing_between(&intake->nodes[node].serials, first, last);
}

const struct intake_progress *intake_progress(const struct intake *intake)
{
	return &intake->progress;
}
