/* SPDX-License-Identifier: Apache-2.0 */
/* Residual recording: what a base profile allows already need not be logged. */
#ifndef ASG_COMMAND_RESIDUAL_H
#define ASG_COMMAND_RESIDUAL_H

#include "arch/syscall.h"
#include "base/error.h"
#include "base/macro.h"
#include "model/profile.h"
#include "target/filter.h"

/*
 * The recording filter for a base: ALLOW for the calls that it allows whatever their arguments and
 * the container, and for those in `hot` (NULL-terminated, or NULL), for each architecture this
 * kernel runs; LOG for the rest. With neither: LOG for everything.
 */
int residual_filter(const struct profile *base, char *const *hot, struct syscall_table *names,
		    struct filter *ret, struct error *err) _must_check_;

#endif
