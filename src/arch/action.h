/* SPDX-License-Identifier: Apache-2.0 */
/* What a seccomp filter answers, and how the kernel, libseccomp and profiles call it. */
#ifndef ASG_ARCH_ACTION_H
#define ASG_ARCH_ACTION_H

#include "base/macro.h"
#include "base/slice.h"
#include <stdint.h>

/* Ordered from what denies most to what denies least, as the kernel ranks them (seccomp(2)). */
enum action {
	ACTION_KILL_PROCESS,
	ACTION_KILL_THREAD,
	ACTION_TRAP,
	ACTION_ERRNO,
	ACTION_NOTIFY,
	ACTION_TRACE,
	ACTION_LOG,
	ACTION_ALLOW,
	ACTION_UNKNOWN, /* a code that this table does not have: counts as a denial */
	ACTION_COUNT,
};

/* The action behind the `code=` of a record or a filter's return value (its data is masked off). */
enum action action_from_code(uint32_t code);

/* The kernel's SECCOMP_RET_* value without data (linux/seccomp.h). ACTION_UNKNOWN gives
 * KILL_PROCESS. */
uint32_t action_to_code(enum action action);

/* "log", "errno", "kill_process" ...: the word of /proc/sys/kernel/seccomp/actions_logged. */
const char *action_name(enum action action);
int action_from_name(struct slice name, enum action *ret) _must_check_;

/* "SCMP_ACT_LOG" ...: the word of OCI and Docker profiles. "SCMP_ACT_KILL" is KILL_THREAD. */
const char *action_oci_name(enum action action);
int action_from_oci_name(const char *name, enum action *ret) _must_check_;

#endif
