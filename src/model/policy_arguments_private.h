/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of policy_arguments share. */
#ifndef ASG_MODEL_POLICY_ARGUMENTS_PRIVATE_H
#define ASG_MODEL_POLICY_ARGUMENTS_PRIVATE_H

#include "base/macro.h"
#include "base/strbuf.h"
#include "model/policy_arguments.h"

void argument_choice_deinit(struct argument_choice *choice);

/*
 * Fills `*choice`, whose call is set. 1: the call is held to it; 0: it is not, and `why` says why,
 * or nothing when nobody asked. -ENOMEM.
 */
int argument_choose(struct argument_choice *choice, const struct group *group,
		    struct syscall_table *names, const struct policy_options *options,
		    struct strbuf *why) _must_check_;

/* Takes what is in `*choice`, for `by_args`. -ENOMEM. */
int argument_plan_keep(struct argument_plan *plan, struct argument_choice *choice) _must_check_;

#endif
