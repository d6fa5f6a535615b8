/* SPDX-License-Identifier: Apache-2.0 */
/* The architectures that audit records and seccomp profiles speak of: one const record of facts
 * each. */
#ifndef ASG_ARCH_ARCH_H
#define ASG_ARCH_ARCH_H

#include "base/macro.h"
#include "base/slice.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arch {
	const char *name; /* ours and libseccomp's: "x86_64" */
	const char *oci;  /* "SCMP_ARCH_X86_64" */
	const char
		*machine; /* what `ausearch -i` and uname -m print: "x86_64", "i386", "aarch64" */
	uint32_t audit;	  /* AUDIT_ARCH_*, the value of `arch=` (linux/audit.h) */
	uint32_t token;	  /* SCMP_ARCH_*, libseccomp's name for it */
	uint32_t native;  /* token of the architecture whose 64-bit kernels also run this one; else
			     its own */
	bool multiplexed; /* has socketcall(2) and ipc(2) */
};

#define ARCH_X32_BIT 0x40000000 /* __X32_SYSCALL_BIT, asm/unistd.h */

/* Younger than some headers (Linux 5.19, libseccomp 2.6); libseccomp's token is the same value. */
#define ARCH_LOONGARCH64 0xC0000102

/* In the order of the table; `index` < arch_count(). */
size_t arch_count(void);
const struct arch *arch_at(size_t index);

/*
 * The table in which a record's number is to be read: x32 is told from x86_64 by bit 30 of the
 * number (numbers are then taken with the bit, as libseccomp does). NULL: no architecture that we
 * know.
 */
const struct arch *arch_by_audit(uint32_t audit, int64_t nr);

/* By libseccomp token, by any of the names (exact), by what this program runs on. NULL: unknown. */
const struct arch *arch_by_token(uint32_t token);
const struct arch *arch_by_name(struct slice name);
const struct arch *arch_native(void);

/* Whether arguments have 32 bits: libseccomp looks at no more of them. */
bool arch_is_narrow(const struct arch *arch);

#endif
