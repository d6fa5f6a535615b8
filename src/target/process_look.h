/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What /proc says of a process while it lives. Every answer may be of the moment before: the
 * process may have gone, or changed, since.
 */
#ifndef ASG_TARGET_PROCESS_LOOK_H
#define ASG_TARGET_PROCESS_LOOK_H

#include "base/macro.h"
#include "base/slice.h"
#include "base/time.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PROCESS_CGROUP_MAX                                                                         \
	16384		     /* bytes of /proc/PID/cgroup; more than PATH_MAX for one hierarchy */
#define PROCESS_COMM_SIZE 16 /* TASK_COMM_LEN, linux/sched.h */

struct process_look {
	pid_t parent;
	uint64_t ticks;	    /* when it started, since boot: tells it from the next with its pid */
	int64_t started_ms; /* by the wall clock, in steps of 10 ms (USER_HZ, proc(5)), which is
			       read anew each time: not to be compared for equality */
	int64_t started_steady_ms; /* the ticks, as time_steady_ms() has it */
	char comm[PROCESS_COMM_SIZE];
};

/* /proc/PID/stat. -ESRCH when it has gone. `proc` is a descriptor of /proc. */
int process_look(int proc, pid_t pid, struct process_look *ret) _must_check_;

/* The inode number of its pid namespace, or of another link in /proc/PID/ns; 0: gone, or not to be
 * seen. Needs CAP_SYS_PTRACE. */
uint64_t process_namespace(int proc, pid_t pid, const char *link);

/* /proc/PID/cgroup into `text`; the length, or negative errno. */
ssize_t process_cgroup(int proc, pid_t pid, char text[PROCESS_CGROUP_MAX]);

/* Its audit session; RECORD_UNSET when it has none or has gone. */
uint32_t process_session(int proc, pid_t pid);

/* Whether it is the first process of a pid namespace, of which the initial one is the parent. */
bool process_is_first(int proc, pid_t pid);

/* Whether it is there and under no seccomp filter, for certain. */
bool process_is_bare(int proc, pid_t pid);

/* When the system's manager has started a unit, Unix milliseconds: systemd keeps a link to the
 * invocation ID of each unit that runs. TIME_UNKNOWN: there is none. */
int64_t process_unit_began(int proc, struct slice unit);

/* How many seccomp filters it is under (since Linux 5.9); 0: none, or unknown. */
uint64_t process_filters(int proc, pid_t pid);

#endif
