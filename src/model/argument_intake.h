/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joins SECCOMP records, which say who made a call, with the SYSCALL records of the same calls,
 * which say with what arguments. A thread logs both, in this order; between threads of one process,
 * of which records know only the process, it does not matter whose is whose.
 *
 * A SYSCALL record without a SECCOMP record before it is of somebody who is not recorded and counts
 * for nothing; a SECCOMP record without a SYSCALL record after it leaves the call with fewer known
 * arguments than records.
 */
#ifndef ASG_MODEL_ARGUMENT_INTAKE_H
#define ASG_MODEL_ARGUMENT_INTAKE_H

#include "arch/syscall.h"
#include "audit/scan.h"
#include "base/macro.h"
#include "model/name_list.h"
#include "model/recording.h"

#define ARGUMENT_PENDING_MAX 65536 /* calls that are waited for at one time */

struct argument_intake;

/*
 * `calls` (NULL: all of the table's) are those whose arguments are wanted. `recording`, `names` and
 * `calls` are borrowed. NULL: no memory.
 */
struct argument_intake *argument_intake_new(struct recording *recording,
					    struct syscall_table *names, char *const *calls);
struct argument_intake *argument_intake_free(struct argument_intake *intake);

/* One SECCOMP record of that group, on that machine, which was counted. -ENOMEM. */
int argument_intake_seccomp(struct argument_intake *intake, const struct scan *scan, uint32_t node,
			    uint32_t group) _must_check_;

/* One record of any other type. -ENOMEM. */
int argument_intake_other(struct argument_intake *intake, const struct scan *scan, uint32_t node)
	_must_check_;

#endif
