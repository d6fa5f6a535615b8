/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log_groups_use_state(): what the collectors have written down. A process or a session of that
 * number is meant only between the start and the end that the entry has: without an end the number
 * may be somebody else's by now.
 */
#include "base/cleanup.h"
#include "model/log_groups.h"
#include "model/state_file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct by_session {
	uint32_t session;
	const struct state_entry *entry;
};

struct using
{
	struct log_groups *groups;
	const struct slice *node_names;
	const struct state *state;
	struct state_entry here; /* its `boot` and `host` */
	struct by_session *sessions;
	size_t n_sessions;
};

/* A log without node= is taken for one of the host that wrote the state. */
static bool is_of_node(const struct using *using, const struct life *life,
		       const struct state_entry *entry)
{
	struct slice node = using->node_names[life->node];

	return node.len == 0 || slice_is(node, entry->host);
}

/* Sessions are not given again before the next boot; process ids are. */
static bool may_go_on(const struct using *using, const struct state_entry *entry, bool session)
{
	return session && strcmp(entry->boot, using->here.boot) == 0 &&
	       strcmp(entry->host, using->here.host) == 0;
}

static bool covers(const struct using *using, const struct life *life,
		   const struct state_entry *entry, bool session)
{
	if (!is_of_node(using, life, entry) || life->first_ms == TIME_UNKNOWN ||
	    life->first_ms < entry->started_ms - LOG_LINEAGE_SOON_MS)
		return false;
	if (entry->ended_ms == TIME_UNKNOWN)
		return may_go_on(using, entry, session);
	return life->first_ms <= entry->ended_ms + LOG_LINEAGE_SOON_MS;
}

static const struct state_entry *find_by_pid(const struct using *using, const struct life *life)
{
	const struct state_entry *entries = using->state->entries;
	size_t low = 0, high = using->state->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (entries[middle].pid < life->pid)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < using->state->n && entries[low].pid == life->pid; low++)
		if (covers(using, life, &entries[low], false))
			return &entries[low];
	return NULL;
}

static const struct state_entry *find_by_session(const struct using *using, const struct life *life)
{
	size_t low = 0, high = using->n_sessions;

	if (life->session == RECORD_UNSET)
		return NULL;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (using->sessions[middle].session < life->session)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < using->n_sessions && using->sessions[low].session == life->session; low++)
		if (covers(using, life, using->sessions[low].entry, true))
			return using->sessions[low].entry;
	return NULL;
}

static int compare_sessions(const void *left, const void *right)
{
	const struct by_session *a = left, *b = right;
	int order = (a->session > b->session) - (a->session < b->session);

	return order != 0 ? order : (a->entry > b->entry) - (a->entry < b->entry);
}

static int index_sessions(struct using *using)
{
	using->sessions = calloc(using->state->n + 1, sizeof(*using->sessions));
	if (!using->sessions)
		return -ENOMEM;
	for (size_t i = 0; i < using->state->n; i++) {
		const struct state_entry *entry = &using->state->entries[i];

		if (entry->session != RECORD_UNSET)
			using->sessions[using->n_sessions++] =
				(struct by_session){ entry->session, entry };
	}
	qsort(using->sessions, using->n_sessions, sizeof(*using->sessions), compare_sessions);
	return 0;
}

/* "container-0123456789ab": the first digits are what engines show. */
static int name_life(const struct using *using, uint32_t number, const struct state_entry *entry)
{
	static const char digits[] = "0123456789abcdef";
	_cleanup_strbuf_ struct strbuf name = { 0 };
	bool is_long = strlen(entry->container) == 64 && strspn(entry->container, digits) == 64;

	strbuf_printf(&name, "container-%.*s", is_long ? 12 : OCI_ID_LENGTH_MAX, entry->container);
	if (name.failed)
		return -ENOMEM;
	return log_groups_name(using->groups, number, (struct slice){ name.data, name.len });
}

int log_groups_use_state(struct log_groups *groups, const struct slice *node_names,
			 const struct state *state)
{
	struct using using = { .groups = groups, .node_names = node_names, .state = state };
	int r = index_sessions(&using);

	state_entry_here(&using.here);
	for (uint32_t i = 0; r >= 0 && i < groups->lineage.n_lives; i++) {
		const struct life *life = &groups->lineage.lives[i];
		const struct state_entry *entry;

		if (!life->used || !life->met)
			continue;
		entry = find_by_session(&using, life);
		if (!entry)
			entry = find_by_pid(&using, life);
		if (entry)
			r = name_life(&using, i, entry);
	}
	free(using.sessions);
	return r;
}
