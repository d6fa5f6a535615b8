/* SPDX-License-Identifier: Apache-2.0 */
/* What this process may do: capabilities and namespaces that recording needs. */
#ifndef ASG_TARGET_PRIVILEGE_H
#define ASG_TARGET_PRIVILEGE_H

#include "base/macro.h"
#include <stdbool.h>
#include <stdint.h>

/* Whether CAP_* number `capability` (linux/capability.h) is effective. */
bool privilege_has(int capability);

/*
 * Gives up every capability whose bit (1 << CAP_*) is not in `kept`, for good, and the right to
 * gain any by an exec.
 */
int privilege_keep(uint64_t kept) _must_check_;

/* Whether this is the init user namespace (/proc/self/uid_map maps everything to itself, and the
 * inode is the initial one). */
bool privilege_init_user_namespace(void);

/* Whether this is the init pid namespace: records and fork events carry the pids of that one. */
bool privilege_init_pid_namespace(void);

#endif
