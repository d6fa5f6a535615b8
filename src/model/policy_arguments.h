/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of the arguments that were seen a profile can hold a call to, and why not where it cannot:
 * a condition is only made when it accepts every record that there was.
 */
#ifndef ASG_MODEL_POLICY_ARGUMENTS_H
#define ASG_MODEL_POLICY_ARGUMENTS_H

#include "arch/argument.h"
#include "arch/syscall.h"
#include "base/macro.h"
#include "base/strbuf.h"
#include "model/policy.h"
#include "model/recording_arguments.h"

/* What a call is held to. Zero-initialise. */
struct argument_choice {
	const struct arch *arch;  /* one that it was recorded on: where its arguments are */
	struct arguments seen;	  /* on all of them */
	struct arguments runtime; /* what else a container runtime needs; none: `call` is NULL */
};

/* All calls of a group. Zero-initialise. */
struct argument_plan {
	struct argument_choice *choices; /* of the names in `by_args` */
	size_t n, allocated;
	struct name_set plain;	  /* allowed whatever the arguments */
	struct name_set by_args;  /* held to those that were seen */
	struct name_set any_args; /* "NAME: why": of the plain ones, those that were asked about */
};

void argument_plan_deinit(struct argument_plan *plan);

/* Decides for each of the `calls` that the group has made. -ENOMEM. */
int argument_plan_make(struct argument_plan *plan, const struct group *group,
		       struct syscall_table *names, const struct policy_options *options,
		       const struct name_set *calls) _must_check_;

/*
 * Decides for calls that the profile, a base so far, allows with conditions: one that only
 * unconditional ALLOW rules on arguments speak of is extended by what was seen and they do not
 * accept. It is taken out of `conditional` and put into `by_args`, and into `extended` when there
 * is something to add. -ENOMEM.
 */
int argument_plan_extend(struct argument_plan *plan, const struct group *group,
			 struct syscall_table *names, const struct policy_options *options,
			 const struct profile *base, struct name_set *conditional,
			 struct name_set *extended) _must_check_;

/* Appends the rules for `by_args`, one for each combination of arguments, to the profile. -ENOMEM.
 */
int argument_plan_rules(const struct argument_plan *plan, struct profile *profile) _must_check_;

/*
 * Whether the direct form of a sub-call of socketcall or ipc is one of those that were seen. True
 * where nothing is known of the sub-calls.
 */
bool argument_plan_has_form(const struct argument_plan *plan, const char *name);

#endif
