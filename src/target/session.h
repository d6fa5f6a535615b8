/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Audit sessions: the exact, race-free and free attribution. A process that writes
 * /proc/self/loginuid gets a new session id, inherited by every descendant and printed in every
 * record as ses=.
 */
#ifndef ASG_TARGET_SESSION_H
#define ASG_TARGET_SESSION_H

#include "base/macro.h"
#include <stdint.h>

/*
 * Starts a session for the calling process, keeping its auid (or taking its uid when it has none),
 * and says its id. -EPERM where loginuid is immutable or CAP_AUDIT_CONTROL is missing
 * (an auid that is not set yet needs none), -EINVAL where a user namespace has no such user, -EROFS
 * where /proc is read-only, -ENOENT without /proc or CONFIG_AUDIT, -EOPNOTSUPP where it had no
 * effect.
 * Async-signal-safe (fork ... exec).
 */
int session_start(uint32_t *ret_session) _must_check_;

/* Whether session_start() would succeed in a child of this process: tried in one that ends at once.
 */
int session_available(void);

#endif
