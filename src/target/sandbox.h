/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this program may still do while it reads what others wrote: no new privileges, few
 * capabilities, the files that Landlock leaves it, and the system calls that it was recorded to
 * make (sandbox_calls.h, which this program made of itself).
 */
#ifndef ASG_TARGET_SANDBOX_H
#define ASG_TARGET_SANDBOX_H

#include "base/error.h"
#include "base/macro.h"
#include "target/filter.h"
#include "target/landlock.h"
#include <stddef.h>
#include <stdint.h>

/* The exit status of a process that made a call beyond its sandbox. */
#define SANDBOX_EXIT_STATUS 2

/* The filter: names that do not exist on the native architecture are left out. */
struct sandbox_calls {
	const char *const *allowed;
	size_t n_allowed;
	/*
	 * Answered ENOSYS, as are numbers beyond all that have names: libcs try them first and go
	 * on with something older. Every other call ends the process, with a message.
	 */
	const char *const *missing;
	size_t n_missing;
};

/* Calls of reading files and writing the product. */
extern const struct sandbox_calls sandbox_offline;

/* Makes the filter. 0, -E2BIG, -ENOMEM. */
int sandbox_filter(const struct sandbox_calls *calls, struct filter *ret) _must_check_;

/*
 * Confines the process, for good. `capabilities`: those kept (1 << CAP_*). 0, or a negative errno
 * with a message; it may be confined in part then. -ENOSYS: the kernel has no seccomp filters, or
 * this is a build with sanitizers, which need more.
 */
int sandbox_enter(const struct sandbox_calls *calls, const struct landlock *landlock,
		  uint64_t capabilities, struct error *err) _must_check_;

#endif
