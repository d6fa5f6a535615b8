/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes the place of sandbox_enter() in the program of which the sandbox is made: where the real
 * one confines, this one has the kernel log every call, and denies none.
 */
#include "target/sandbox.h"
#include <errno.h>

int sandbox_enter(const struct sandbox_calls *calls _unused_,
		  const struct landlock *landlock _unused_, uint64_t capabilities _unused_,
		  struct error *err)
{
	struct filter filter = { 0 };
	int r = filter_compile(NULL, 0, &filter, err);

	if (r == 0 && filter_install(&filter) < 0)
		r = error_set(err, -EPERM, "only root can log");
	filter_deinit(&filter);
	return r;
}
