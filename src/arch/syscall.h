/* SPDX-License-Identifier: Apache-2.0 */
/* Names and numbers of syscalls: libseccomp's tables, and what newer kernels have added since. */
#ifndef ASG_ARCH_SYSCALL_H
#define ASG_ARCH_SYSCALL_H

#include "arch/arch.h"
#include "base/macro.h"
#include <stdbool.h>
#include <stdint.h>

/*
 * A lookup that answers at once after the first question for an architecture. Zero-initialise;
 * owned by the caller; not shared between threads.
 */
struct syscall_names;
struct syscall_table {
	struct syscall_names **by_arch;
};

void syscall_table_deinit(struct syscall_table *table);

/*
 * Collects the names of `arch` now. 0 or -ENOMEM; from then on nothing that is asked of it fails
 * for want of memory, so that NULL from syscall_name() means that there is no name.
 */
int syscall_prepare(struct syscall_table *table, const struct arch *arch) _must_check_;

/* The name, borrowed from the table until it is deinitialised; NULL: nobody can name it (or no
 * memory). */
const char *syscall_name(struct syscall_table *table, const struct arch *arch, int64_t nr);

/*
 * The kernel's number of `name` on `arch` (never one of libseccomp's negative pseudo-numbers:
 * `socket` on i386 is 359). -ENOENT: the architecture has no such call, or nobody knows it.
 * -ENOMEM.
 */
int syscall_number(struct syscall_table *table, const struct arch *arch, const char *name,
		   int32_t *ret) _must_check_;

/* Every number that has a name on `arch`, ascending, borrowed like names. 0 or -ENOMEM. */
int syscall_numbers(struct syscall_table *table, const struct arch *arch, const int32_t **ret,
		    size_t *ret_n) _must_check_;

/* Whether the libseccomp that this program runs with knows `name` on any architecture. */
bool syscall_in_libseccomp(const char *name);

#endif
