/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/record.h"
#include "base/array.h"
#include "target/log_lineage_private.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SESSIONS_MAX  (1u << 18)
#define SERIALS_APART 1000 /* records of one machine come in order, nearly */

/* How far up it is looked for an ancestor who has adopted somebody. */
#define ANCESTORS_SEARCHED 64

/* What a record says of the process that made it. */
struct traits {
	uint32_t exe, session;
	uint32_t parent; /* pid; 0: not said */
	enum process_event event;
	int64_t time_ms;
};

/* ---- nodes ----------------------------------------------------------------------------------- */

int log_lineage_get_node(struct log_lineage *lineage, uint32_t node, struct log_lineage_node **ret)
{
	int r = array_reserve(&lineage->nodes, &lineage->nodes_allocated, (size_t)node + 1,
			      sizeof(*lineage->nodes));

	if (r < 0)
		return r;
	while (lineage->n_nodes <= node)
		lineage->nodes[lineage->n_nodes++] =
			(struct log_lineage_node){ .newest_ms = TIME_UNKNOWN };
	*ret = &lineage->nodes[node];
	return 0;
}

void log_lineage_changed(struct log_lineage *lineage, uint32_t node)
{
	if (node < lineage->n_nodes)
		lineage->nodes[node].whole = false;
}

bool log_lineage_order(struct log_lineage_node *node, const struct scan *scan)
{
	bool older, boots;

	if (scan->serial == 0 || scan->time_ms == TIME_UNKNOWN)
		return false;
	older = node->newest_serial > SERIALS_APART &&
		scan->serial < node->newest_serial - SERIALS_APART;
	boots = older && scan->time_ms - 1000 > node->newest_ms;
	if (boots) {
		node->boot++;
		node->whole = false;
		node->newest_serial = 0;
	} else if (older && scan->time_ms < node->newest_ms - 1000) {
		node->disordered = true;
	}
	if (scan->serial > node->newest_serial)
		node->newest_serial = scan->serial;
	if (scan->time_ms > node->newest_ms)
		node->newest_ms = scan->time_ms;
	return boots;
}

static void notice_key(struct log_lineage_node *node, struct slice key)
{
	if (node->whole || !slice_is(key, "\"" LOG_LINEAGE_KEY "\""))
		return;
	node->whole = true;
	node->epoch++;
}

/* ---- the same life or the next? -------------------------------------------------------------- */

static bool ends_with(struct slice text, struct slice end)
{
	return text.len >= end.len &&
	       memcmp(text.data + text.len - end.len, end.data, end.len) == 0;
}

/* Unknown ones may be the same; so may a path and what chroot(2) has left of it. */
static bool may_be_same_exe(const struct log_lineage *lineage, uint32_t a, uint32_t b)
{
	struct slice left, right;

	if (a == b || a == LOG_LINEAGE_NONE || b == LOG_LINEAGE_NONE)
		return true;
	left = log_lineage_text_of(lineage, a);
	right = log_lineage_text_of(lineage, b);
	if (slice_is(left, "/") || slice_is(right, "/"))
		return true;
	return (right.len > 0 && right.data[0] == '/' && ends_with(left, right)) ||
	       (left.len > 0 && left.data[0] == '/' && ends_with(right, left));
}

static bool soon(int64_t before_ms, int64_t now_ms)
{
	return before_ms != TIME_UNKNOWN && now_ms != TIME_UNKNOWN &&
	       now_ms <= before_ms + LOG_LINEAGE_SOON_MS &&
	       now_ms >= before_ms - LOG_LINEAGE_SOON_MS;
}

/* Whether orphans of `life` may have come to that pid: its ancestor, or the first process. */
static bool may_adopt(const struct log_lineage *lineage, const struct life *life, uint32_t pid)
{
	const struct life *ancestor = life;

	if (pid == 1)
		return true;
	for (unsigned int i = 0; i < ANCESTORS_SEARCHED && ancestor->parent != LOG_LINEAGE_NONE;
	     i++) {
		ancestor = &lineage->lives[ancestor->parent];
		if (ancestor->pid == pid && !ancestor->replaced)
			return true;
	}
	return false;
}

/* Somebody who is named as parent and has ended lives on until his children have another. */
static bool is_parent_still(const struct log_lineage *lineage, const struct life *life, int64_t now)
{
	if (life->boot != lineage->nodes[life->node].boot || life->replaced)
		return false;
	return !life->ended || soon(life->last_known_ms, now);
}

static bool parent_fits(const struct log_lineage *lineage, const struct life *life,
			const struct traits *traits)
{
	const struct life *parent;

	if (traits->parent == 0 || !life->linked || traits->parent == life->parent_pid)
		return true;
	if (life->parent == LOG_LINEAGE_NONE)
		return may_adopt(lineage, life, traits->parent);
	parent = &lineage->lives[life->parent];
	if (parent->pid == life->parent_pid && !parent->ended && !parent->replaced)
		return false;
	return may_adopt(lineage, life, traits->parent);
}

static bool looks_the_same(const struct log_lineage *lineage, const struct life *life,
			   const struct traits *traits)
{
	if (!life->moves && traits->event != PROCESS_LOGIN && life->session != traits->session)
		return false;
	return traits->event == PROCESS_EXEC || may_be_same_exe(lineage, life->exe, traits->exe);
}

static bool goes_on(const struct log_lineage *lineage, const struct life *life,
		    const struct traits *traits)
{
	const struct log_lineage_node *node = &lineage->nodes[life->node];

	if (life->boot != node->boot)
		return false;
	if (!life->met)
		return soon(life->last_known_ms, traits->time_ms);
	/* Threads are still at work while one of them ends the process. */
	if (life->ended)
		return soon(life->last_known_ms, traits->time_ms) &&
		       looks_the_same(lineage, life, traits) && parent_fits(lineage, life, traits);
	/* What was not logged explains any change of program. */
	if (node->whole && life->epoch == node->epoch && !looks_the_same(lineage, life, traits))
		return false;
	return parent_fits(lineage, life, traits);
}

/* ---- sessions -------------------------------------------------------------------------------- */

/* Whoever is in a session descends from the process that began it. */
static void find_founder(struct log_lineage *lineage, uint32_t number)
{
	struct life *life = &lineage->lives[number];
	const uint32_t key[] = { life->node, life->boot, life->session };
	const struct life *founder;
	uint32_t index;

	if (life->session == RECORD_UNSET ||
	    intern_find(&lineage->sessions, (struct slice){ (const char *)key, sizeof(key) },
			&index) < 0)
		return;
	founder = &lineage->lives[lineage->founders[index]];
	/* It may have been forgotten, and another one taken its place. */
	if (founder == life || founder->node != life->node || founder->boot != life->boot ||
	    founder->founds != life->session)
		return;
	life->founder = lineage->founders[index];
	lineage->lives[life->founder].children++;
}

static int begin_session(struct log_lineage *lineage, uint32_t number, uint32_t session)
{
	struct life *life = &lineage->lives[number];
	const uint32_t key[] = { life->node, life->boot, session };
	uint32_t index;
	int r;

	life->moves = true;
	life->session = session;
	if (session == RECORD_UNSET || lineage->sessions.n_keys >= SESSIONS_MAX)
		return 0;
	life->founds = session;
	r = array_reserve(&lineage->founders, &lineage->founders_allocated,
			  lineage->sessions.n_keys + 1, sizeof(*lineage->founders));
	if (r >= 0)
		r = intern_add(&lineage->sessions, (struct slice){ (const char *)key, sizeof(key) },
			       &index);
	if (r < 0)
		return r;
	lineage->founders[index] = number;
	return 0;
}

/* ---- records --------------------------------------------------------------------------------- */

static void meet(struct log_lineage *lineage, uint32_t number, const struct traits *traits)
{
	struct life *life = &lineage->lives[number];

	life->epoch = lineage->nodes[life->node].epoch;
	if (traits->exe != LOG_LINEAGE_NONE)
		life->exe = traits->exe;
	if (life->moves)
		life->session = traits->session;
	if (life->met)
		return;
	life->met = true;
	life->first_ms = traits->time_ms;
	life->session = traits->session;
	if (traits->event != PROCESS_LOGIN)
		find_founder(lineage, number);
}

static int find_life(struct log_lineage *lineage, uint32_t node, uint32_t pid,
		     const struct traits *traits, uint32_t *ret)
{
	int r = 0;

	*ret = log_lineage_current(lineage, node, pid);
	if (*ret == LOG_LINEAGE_NONE || !goes_on(lineage, &lineage->lives[*ret], traits))
		r = log_lineage_begin(lineage, node, pid, ret);
	if (r < 0 || *ret == LOG_LINEAGE_NONE)
		return r;
	meet(lineage, *ret, traits);
	return 0;
}

int log_lineage_record(struct log_lineage *lineage, uint32_t node, const struct scan *scan,
		       uint32_t exe, uint32_t session, uint32_t *ret)
{
	const struct traits traits = {
		.exe = exe,
		.session = session,
		.event = PROCESS_OTHER,
		.time_ms = scan->time_ms,
	};
	struct log_lineage_node *where;
	int r = log_lineage_get_node(lineage, node, &where);

	if (r >= 0)
		r = find_life(lineage, node, scan->pid, &traits, ret);
	if (r < 0 || *ret == LOG_LINEAGE_NONE)
		return r;
	lineage->lives[*ret].logged = true;
	return 0;
}

/* The life that the parent's pid has, or one of which no more is known than that. */
static int find_parent(struct log_lineage *lineage, uint32_t node, uint32_t pid, int64_t time_ms,
		       uint32_t *ret)
{
	int r = 0;

	*ret = log_lineage_current(lineage, node, pid);
	if (*ret == LOG_LINEAGE_NONE || !is_parent_still(lineage, &lineage->lives[*ret], time_ms))
		r = log_lineage_begin(lineage, node, pid, ret);
	if (r >= 0 && *ret != LOG_LINEAGE_NONE && !lineage->lives[*ret].met)
		lineage->lives[*ret].last_known_ms = time_ms;
	return r;
}

static int link_parent(struct log_lineage *lineage, uint32_t number, uint32_t pid, int64_t time_ms)
{
	struct life *life = &lineage->lives[number];
	uint32_t parent;
	int r;

	if (pid == 0 || pid == life->pid || pid > INT32_MAX)
		return 0;
	life->parent_pid = pid;
	r = find_parent(lineage, life->node, pid, time_ms, &parent);
	/* That may have moved it. */
	life = &lineage->lives[number];
	if (r < 0 || life->linked)
		return r;
	life->linked = true;
	life->parent = parent;
	if (parent != LOG_LINEAGE_NONE)
		lineage->lives[parent].children++;
	return 0;
}

static int take_event(struct log_lineage *lineage, uint32_t number, const struct scan *scan,
		      const struct scan_process *process)
{
	struct life *life = &lineage->lives[number];

	if (life->comm == LOG_LINEAGE_NONE || process->event == PROCESS_EXEC) {
		int r = log_lineage_text(lineage, process->comm, &life->comm);

		if (r < 0)
			return r;
	}
	if (process->event == PROCESS_LOGIN)
		return begin_session(lineage, number, process->session);
	if (process->event == PROCESS_END) {
		life->ended = true;
		life->last_known_ms = scan->time_ms;
	}
	return 0;
}

int log_lineage_event(struct log_lineage *lineage, uint32_t node, const struct scan *scan,
		      const struct scan_process *process)
{
	struct traits traits = {
		.session = process->session,
		.parent = process->parent,
		.event = process->event,
		.time_ms = scan->time_ms,
	};
	struct log_lineage_node *where;
	uint32_t number = LOG_LINEAGE_NONE;
	int r = log_lineage_get_node(lineage, node, &where);

	if (r < 0)
		return r;
	where->tells |= process->parent != 0;
	notice_key(where, process->key);
	r = log_lineage_text(lineage, process->exe, &traits.exe);
	if (r >= 0)
		r = find_life(lineage, node, process->pid, &traits, &number);
	if (r < 0 || number == LOG_LINEAGE_NONE)
		return r;
	r = link_parent(lineage, number, process->parent, scan->time_ms);
	return r < 0 ? r : take_event(lineage, number, scan, process);
}
