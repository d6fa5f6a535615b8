/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of a log by container: each life of a pid is a group of its own while the log is read,
 * and at its end those that belong together become one. By the first of these that can answer:
 *
 *     the container's name, where somebody who knows has said so (see log_groups_name())
 *     descent: the topmost ancestor that made SECCOMP records, "nginx-1234"
 *     the MCS pair of an SELinux label, which one container has: "mcs-c12,c34"
 *     the pid itself: "pid-1234"
 *
 * Where a log tells nothing of descent and labels, that is one group for each pid.
 */
#ifndef ASG_MODEL_LOG_GROUPS_H
#define ASG_MODEL_LOG_GROUPS_H

#include "audit/record.h"
#include "audit/scan.h"
#include "base/macro.h"
#include "base/strbuf.h"
#include "model/actor_index.h"
#include "model/recording.h"
#include "target/log_lineage.h"

#define LOG_GROUPS_RECENT 256 /* a power of two */

/* Records of one process come in runs. */
struct recent_life {
	uint32_t node, pid, actor, group;
	bool valid;
};

struct log_groups {
	struct log_lineage lineage;
	struct intern labels; /* MCS pairs */
	struct intern names;  /* given to lives by somebody who knows */
	uint32_t *label_of; /* by life: number in labels + 1; 0: none; UINT32_MAX: more than one */
	uint32_t *name_of;  /* by life: number in names + 1; 0: none */
	size_t labels_allocated, names_allocated;
	bool renames; /* groups cannot stay as they are */
	struct recent_life recent[LOG_GROUPS_RECENT];
};

/* Zero-initialise. */
void log_groups_deinit(struct log_groups *groups);

/* What has to be known of an actor, from the first of its records. */
int log_groups_actor(struct log_groups *groups, const struct scan *scan, const struct actor *actor,
		     struct known_actor *known) _must_check_;

/* Has to be told of each record of a node that has a serial number, before anything else. */
int log_groups_order(struct log_groups *groups, uint32_t node, const struct scan *scan)
	_must_check_;

/* Takes in a SECCOMP record, and says whose it is: a life of its pid, or LOG_LINEAGE_NONE. */
int log_groups_see(struct log_groups *groups, uint32_t node, const struct scan *scan,
		   const struct known_actor *actor, uint32_t *ret) _must_check_;

/* The same for a record that is to be counted, with its group. 0, -ENOMEM, or -E2BIG as
 * recording_group() has it. */
int log_groups_find(struct log_groups *groups, struct recording *recording, uint32_t node,
		    struct slice node_name, const struct scan *scan,
		    const struct known_actor *actor, uint32_t *ret) _must_check_;

/* Takes in a record of another type. */
int log_groups_event(struct log_groups *groups, uint32_t node, const struct scanner *scanner,
		     const struct scan *scan) _must_check_;

/* Says what container a life is in, with all that descend from it and have no name of their own.
 * The text is copied. */
int log_groups_name(struct log_groups *groups, uint32_t life, struct slice name) _must_check_;

/* What was said with log_groups_name(), and the one MCS pair that a life had; "" for none. */
struct slice log_groups_name_of(const struct log_groups *groups, uint32_t life);
struct slice log_groups_label_of(const struct log_groups *groups, uint32_t life);

/* "NODE:", or nothing for records without node=. */
void log_groups_put_node(struct strbuf *name, struct slice node);

/*
 * Names those that the collectors have written down. Goes before what /proc says: to be asked after
 * that. 0 or -ENOMEM. (In log_groups_state.c.)
 */
struct state;
int log_groups_use_state(struct log_groups *groups, const struct slice *node_names,
			 const struct state *state) _must_check_;

/*
 * Asks /proc about those who still live: whoever began before his first record is the one that made
 * it, as a pid that was given again began later. This has to be the init pid namespace; machines of
 * another name are left out. 0 or negative errno. (In log_groups_proc.c.)
 */
int log_groups_ask_proc(struct log_groups *groups, const struct slice *node_names) _must_check_;

/* Makes the groups of a log that has been read, and says in the evidence what is not known.
 * `node_names` by node. Once. 0 or -ENOMEM. (In log_groups_finish.c.) */
int log_groups_finish(struct log_groups *groups, struct recording *recording,
		      const struct slice *node_names) _must_check_;

#endif
