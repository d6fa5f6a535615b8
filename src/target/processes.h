/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processes of a host, each with who forked it: a pid that is given again is a new process. Who
 * has gone is remembered for a while, because what it has logged may still be on its way, and then
 * forgotten; its children keep what was known through it. Knows no kernel: whoever has fork events,
 * /proc or a test tells.
 */
#ifndef ASG_TARGET_PROCESSES_H
#define ASG_TARGET_PROCESSES_H

#include "base/macro.h"
#include "base/time.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PROCESSES_PID_END (4 * 1024 * 1024) /* PID_MAX_LIMIT, include/linux/threads.h */
#define PROCESS_NONE	  UINT32_MAX	    /* in place of a number */
#define PROCESS_NO_TARGET UINT32_MAX

/*
 * Times are of one clock, which nobody may set while they are compared: milliseconds since boot.
 * Records carry the time of the last tick (ktime_get_coarse_real_ts64(),
 * kernel/audit.c).
 */
#define PROCESSES_TICK_MS 12

struct process {
	pid_t pid;
	uint32_t parent;    /* number of who forked it, or PROCESS_NONE */
	uint32_t older;	    /* who had the pid before it and is still remembered, or PROCESS_NONE */
	uint32_t target;    /* whose it is, or PROCESS_NO_TARGET: not known (yet) */
	uint32_t place;	    /* whose it is if nobody else can tell, or PROCESS_NO_TARGET: its
			     * children do not inherit that */
	int64_t started_ms; /* TIME_UNKNOWN: not known */
	int64_t line_ms;   /* of itself and of those above it who were forgotten: the first start */
	int64_t gone_ms;   /* when it was found to have gone; TIME_UNKNOWN: it has not */
	int64_t ended_ms;  /* when a thread of it ended last; TIME_UNKNOWN: not heard of */
	uint64_t born_in;  /* inode number of its pid namespace at birth; 0: nobody could look */
	int64_t looked_ms; /* when that was looked at */
	bool bare;	   /* it was there, and under no filter, when listening began */
	bool selected;	   /* it or an ancestor was asked for; children inherit it */
	bool used;
};

struct processes {
	struct process *items;
	size_t n_items, allocated;
	uint32_t *by_pid; /* number + 1 */
	uint32_t free;	  /* first of the chain of free items (by `older`), or PROCESS_NONE */
	size_t n, max;
};

int processes_init(struct processes *processes, size_t max) _must_check_;
void processes_deinit(struct processes *processes);

/*
 * A process begins: forked by the present owner of the pid `parent` (0: not known). The owner of
 * `pid` so far has gone. -E2BIG when `max` are remembered (then the owner of `pid` so far has gone,
 * too, and nobody is known to have it), -EINVAL for what is no pid, -ENOMEM.
 */
int processes_add(struct processes *processes, pid_t pid, pid_t parent, int64_t started_ms,
		  uint32_t *ret) _must_check_;

/* In which pid namespace it was born, as somebody has seen who asked about its pid at that time:
 * nobody has, if the pid turns out to have been another one's by then. */
void processes_born(struct processes *processes, uint32_t number, uint64_t inode, int64_t time_ms);

/* A thread of the present owner of the pid, maybe the last one, has ended at that time. */
void processes_end(struct processes *processes, pid_t pid, int64_t time_ms);

/* Who has the pid now, or PROCESS_NONE. */
uint32_t processes_now(const struct processes *processes, pid_t pid);

/*
 * Who had the pid at that time, the time of a record. `*ret_other` is another one of whom it could
 * be as well, because the pid changed hands within a tick of the clock, or PROCESS_NONE.
 */
uint32_t processes_at(const struct processes *processes, pid_t pid, int64_t time_ms,
		      uint32_t *ret_other);

struct process *processes_get(const struct processes *processes, uint32_t number);

/* The target of the nearest ancestor (or itself) that has one, or PROCESS_NO_TARGET. Remembers it.
 */
uint32_t processes_inherited(struct processes *processes, uint32_t number);

/*
 * Asks `alive` for each process whether it is still there, and forgets those that have been gone
 * for `grace_ms`.
 */
void processes_sweep(struct processes *processes, int64_t now_ms, int64_t grace_ms,
		     bool (*alive)(void *context, pid_t pid), void *context);

#endif
