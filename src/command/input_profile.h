/* SPDX-License-Identifier: Apache-2.0 */
/* An input as a profile, whichever of the two it is. */
#ifndef ASG_COMMAND_INPUT_PROFILE_H
#define ASG_COMMAND_INPUT_PROFILE_H

#include "arch/syscall.h"
#include "base/error.h"
#include "base/macro.h"
#include "command/input.h"
#include "model/policy.h"
#include "model/profile.h"
#include <stdbool.h>

/* What recording it with the defaults would have asked for, for a container or for what is started
 * without a container runtime. */
struct policy_options input_policy(const struct input *input, bool container);

/*
 * The profile of the input: itself, borrowed, or what a recording of one group makes with that
 * policy, proven; that is in `*made`, too, which is to be freed in any case. -EINVAL: a recording
 * of several groups.
 */
int input_profile(const struct input *input, const struct policy_options *policy,
		  struct syscall_table *names, struct profile **made, const struct profile **ret,
		  struct error *err) _must_check_;

/* Appends why the recording is incomplete, or what the profile says of itself, as it is; nothing
 * when it is not. */
void input_incomplete(const struct input *input, struct strbuf *ret);

#endif
