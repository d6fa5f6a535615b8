/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that this one has forked. */
#ifndef ASG_BASE_CHILD_H
#define ASG_BASE_CHILD_H

#include "base/macro.h"
#include <sys/types.h>

/* Waits for the child's end, whatever interrupts. `*ret_status` (may be NULL) as of waitpid(2). 0
 * or -errno: -ECHILD where SIGCHLD is ignored, and nobody can tell. */
int child_wait(pid_t pid, int *ret_status);

#endif
