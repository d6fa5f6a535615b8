/* SPDX-License-Identifier: Apache-2.0 */
/* One profile that did not come from a recording, written in the format asked for. */
#ifndef ASG_COMMAND_PUBLISH_H
#define ASG_COMMAND_PUBLISH_H

#include "arch/syscall.h"
#include "base/error.h"
#include "base/macro.h"
#include "command/options.h"
#include "model/profile.h"

/* What it is to be written as, and where. */
struct publication {
	const struct emitter *format; /* one with emit() */
	const char *output;	      /* NULL or "-": standard output */
	const char *title;
	enum verbosity verbosity;
};

/*
 * Emits and writes the profile, whole or not at all, and tells on stderr what the format could not
 * say; with VERBOSITY_QUIET only what became wider.
 */
int publish_profile(const struct profile *profile, const struct publication *publication,
		    struct syscall_table *names, struct error *err) _must_check_;

#endif
