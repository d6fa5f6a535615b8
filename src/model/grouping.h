/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which group of the recording a record belongs to: by a property of the record, on one node.
 * Groups are made when they are met for the first time.
 */
#ifndef ASG_MODEL_GROUPING_H
#define ASG_MODEL_GROUPING_H

#include "audit/record.h"
#include "base/intern.h"
#include "base/macro.h"
#include "model/recording.h"

enum group_by {
	GROUP_BY_PID,
	GROUP_BY_EXE,
	GROUP_BY_COMM,
	GROUP_BY_SESSION,
	GROUP_BY_LABEL,
	GROUP_BY_NODE,
	GROUP_BY_TARGET, /* whose it is, as the router of the intake says, or else a log itself (see
			    log_groups.h); for one target like ALL */
	GROUP_BY_ALL,
	GROUP_BY_COUNT,
};

/* "pid", "exe" ... */
const char *group_by_name(enum group_by group_by);
int group_by_from_name(const char *name, enum group_by *ret) _must_check_;

struct group_key {
	uint32_t node, value;
};

/* A group that was asked for lately: records of one process come in runs. */
struct recent_group {
	struct group_key key;
	uint32_t group;
	bool valid;
};

#define GROUPING_RECENT 256 /* a power of two */

struct grouping {
	enum group_by by;
	const char *all_name; /* GROUP_BY_ALL: the name of the one group; borrowed */
	struct intern texts;  /* exe, comm, label that are grouped by */
	struct intern keys;   /* struct group_key -> index in groups */
	uint32_t *groups;     /* number in the recording */
	size_t groups_allocated;
	struct recent_group recent[GROUPING_RECENT];
};

/* `all_name` is borrowed; NULL: "all". */
void grouping_init(struct grouping *grouping, enum group_by by, const char *all_name);
void grouping_deinit(struct grouping *grouping);

/* What an actor is grouped by: to be handed to grouping_find(), where it is a property of actors.
 */
int grouping_actor_value(struct grouping *grouping, const struct actor *actor, uint32_t *ret)
	_must_check_;

/*
 * The group of a record of `pid` by an actor of `value` on the node of that number and name. 0,
 * -ENOMEM, or -E2BIG as recording_group() has it.
 */
int grouping_find(struct grouping *grouping, struct recording *recording, uint32_t node,
		  struct slice node_name, uint32_t value, uint32_t pid, uint32_t *ret) _must_check_;

#endif
