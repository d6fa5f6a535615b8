/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's fork events (proc connector, linux/cn_proc.h): which process made which, and, for
 * whoever wants to know, which has ended.
 */
#ifndef ASG_TARGET_FORK_EVENTS_H
#define ASG_TARGET_FORK_EVENTS_H

#include "base/error.h"
#include "base/macro.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct fork_events {
	int fd;
	uint32_t request;   /* by which the kernel's answer to ours is known */
	uint64_t overflows; /* for where the socket's own counter cannot be had */
};

/* With CLONE_PARENT the parent is the one who forked the one who called. */
struct fork_event {
	bool ended;	   /* a thread of `pid` has, maybe its last; `parent` means nothing */
	pid_t pid, parent; /* thread group ids, in the init pid namespace */
	uint64_t time_ns;  /* CLOCK_MONOTONIC */
};

/* Starts to listen, with `ends` to ends as well. -EPERM without CAP_NET_ADMIN in the init
 * namespaces. `*events` needs fork_events_close() in any case. */
int fork_events_open(struct fork_events *events, bool ends, struct error *err) _must_check_;

/* Sends the IGNORE without which the kernel keeps counting a listener. */
void fork_events_close(struct fork_events *events);

/* Takes the next event that waits: 1, 0 when there is none, or negative errno. */
int fork_events_next(struct fork_events *events, struct fork_event *ret) _must_check_;

/*
 * Until when a drain that begins now has to go on: who forks without end must not keep us there,
 * and what is younger than the call can wait.
 */
uint64_t fork_events_until(void);

/* Events lost: lineage is not proven when this is not 0. */
uint64_t fork_events_drops(const struct fork_events *events);

#endif
