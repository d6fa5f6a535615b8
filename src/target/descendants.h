/* SPDX-License-Identifier: Apache-2.0 */
/* The processes that descend from this one. It is their subreaper: orphans become its children. */
#ifndef ASG_TARGET_DESCENDANTS_H
#define ASG_TARGET_DESCENDANTS_H

#include "base/macro.h"
#include <stddef.h>
#include <sys/types.h>

/* Makes this process the subreaper (prctl(PR_SET_CHILD_SUBREAPER)). */
int descendants_adopt(void) _must_check_;

/* Their pids now (/proc/PID/task/TID/children), parents first; zombies too. The array is the
 * caller's. */
int descendants_list(pid_t **ret, size_t *ret_n) _must_check_;

/* Sends `signal` to all of them, by pidfd, so that a reused pid is never hit. The number signalled,
 * or negative errno. */
int descendants_signal(int signal);

#endif
