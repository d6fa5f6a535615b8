/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A SYSCALL record (type 1300), as audit rules make the kernel write them: audit_log_exit() of
 * kernel/auditsc.c. The only records that have arguments.
 */
#ifndef ASG_AUDIT_SCAN_SYSCALL_H
#define ASG_AUDIT_SCAN_SYSCALL_H

#include "audit/record.h"
#include "audit/scan.h"
#include "base/macro.h"

#define TYPE_SYSCALL 1300 /* AUDIT_SYSCALL, linux/audit.h */

struct syscall_record {
	uint32_t arch; /* AUDIT_ARCH_* */
	int32_t nr;
	uint64_t arguments[4]; /* a0 to a3: there are no more */
	uint32_t ppid, pid;    /* thread group ids, init pid namespace */
	uint32_t session;      /* RECORD_UNSET when it is not there */
};

/*
 * Reads the fields in front of comm=, all of which are the kernel's own words, in the kernel's
 * order. False when the record is another one, was cut off, or is in words (`ausearch -i`).
 */
bool scan_syscall(const struct scan *scan, struct syscall_record *ret);

#endif
