/* SPDX-License-Identifier: Apache-2.0 */
/* One SECCOMP record (type 1326), decoded: what the kernel's audit_seccomp() (kernel/auditsc.c)
 * said. */
#ifndef ASG_AUDIT_RECORD_H
#define ASG_AUDIT_RECORD_H

#include "base/slice.h"
#include "base/time.h"
#include <stdbool.h>
#include <stdint.h>

#define RECORD_UNSET                                                                               \
	((uint32_t)-1) /* an auid, session, uid or pid that is not set or not in the record */

/* Who made the call. Texts are decoded (no hex, no quotes), may hold any byte but NUL, "" when
 * absent. */
struct actor {
	uint32_t auid, uid, gid, session;
	struct slice subject, comm, exe;
};

struct record {
	struct slice node; /* of `node=`, or "" */
	int64_t time_ms;   /* TIME_UNKNOWN for forms without one */
	uint64_t serial;   /* 0 for forms without one */
	uint32_t pid;	   /* thread group id, init pid namespace */
	uint32_t arch;	   /* AUDIT_ARCH_* */
	int32_t nr;	   /* x32 with its bit 30; -1 is possible */
	uint32_t code;	   /* SECCOMP_RET_* without data */
	struct actor actor;
};

#endif
