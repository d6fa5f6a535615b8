/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who descends from whom, from the kernel's fork events (proc connector, linux/cn_proc.h): tells
 * whose a record is that is not of the target's session. Drain it after the audit socket was read
 * and before its records are interpreted: then every process that has logged is known, even one
 * that lived a millisecond.
 */
#ifndef ASG_TARGET_LINEAGE_H
#define ASG_TARGET_LINEAGE_H

#include "base/error.h"
#include "base/macro.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct lineage;

/* What can be known of a process that no followed one has forked. */
enum kin {
	KIN_OURS,      /* to be followed with all that it forks */
	KIN_STRANGER,  /* not ours, but a child of it may become ours */
	KIN_SEALED,    /* neither it nor anything that it forks can be ours */
	KIN_ELSEWHERE, /* not ours now, but it can be moved there (cgroups) */
	KIN_ENTERING,  /* on its way to us, or to a container that shares our pid namespace */
	KIN_GONE,      /* it ended before anybody could look */
};

/* Listens to the proc connector. -EPERM without CAP_NET_ADMIN in the init namespaces. */
int lineage_open(struct lineage **ret, struct error *err) _must_check_;

/* Sends the IGNORE without which the kernel keeps counting a listener. */
struct lineage *lineage_close(struct lineage *lineage);

/*
 * Follow `pid` and everything that it forks from now on. With CLONE_PARENT a process makes
 * siblings, and the kernel names their common parent as the one who forked: so when `pid` is a
 * child of this process, all its later children are followed. Siblings of a `pid` that is somebody
 * else's child are not. -EINVAL when it is no pid.
 */
int lineage_follow(struct lineage *lineage, pid_t pid) _must_check_;

/*
 * Asks `judge` about each process (and who forked it) whose parent is neither followed nor sealed,
 * as its fork becomes known: the earlier, the more of them still live. `context` is borrowed.
 */
void lineage_set_judge(struct lineage *lineage,
		       enum kin (*judge)(const void *context, pid_t pid, pid_t parent),
		       const void *context);

/* Takes in a verdict on a process, as if its fork had just been seen. */
void lineage_mark(struct lineage *lineage, pid_t pid, enum kin kin);

/* Whether the last verdict on `pid` was that it is not ours. */
bool lineage_excludes(const struct lineage *lineage, pid_t pid);

/* Whether the last verdict on `pid` was that it was on its way to us. */
bool lineage_enters(const struct lineage *lineage, pid_t pid);

/* The lowest followed pid from `from` on that is alive, 0 when there is none. */
pid_t lineage_next_alive(const struct lineage *lineage, pid_t from);

/* Takes in the events that wait. */
int lineage_drain(struct lineage *lineage, struct error *err) _must_check_;

/* Whether `pid` (thread group id) is or was one of those followed, and its last fork event was
 * theirs. */
bool lineage_has(const struct lineage *lineage, pid_t pid);

/* Events lost: attribution by lineage is not proven when this is not 0. */
uint64_t lineage_drops(const struct lineage *lineage);

int lineage_fd(const struct lineage *lineage);

#endif
