/* SPDX-License-Identifier: Apache-2.0 */
/* A profile in the making: what policy.c and policy_report.c share. */
#ifndef ASG_MODEL_POLICY_BUILD_H
#define ASG_MODEL_POLICY_BUILD_H

#include "arch/arch.h"
#include "arch/syscall.h"
#include "base/macro.h"
#include "model/name_list.h"
#include "model/policy.h"
#include "model/policy_arguments.h"

/* What the base says of an observed call, from what decides least to what decides most. */
enum standing {
	STANDING_FRESH,	      /* nothing, or an allowance under capabilities or kernel versions */
	STANDING_ALLOWED,     /* always allowed */
	STANDING_CONDITIONAL, /* decided by arguments, or both allowed and denied */
	STANDING_DENIED,
	STANDING_COUNT,
};

#define POLICY_ARCHES_MAX 32 /* more than the table has */

struct policy_build {
	const struct group *group;
	const struct arch
		*arches[POLICY_ARCHES_MAX]; /* recorded ones that we know, then asked for */
	size_t n_arches, n_recorded;
	struct syscall_table *names;
	const struct policy_options *options;
	struct profile *profile;
	struct name_set standing[STANDING_COUNT];
	struct name_set *by_arch; /* observed names, for each of group->arches */
	struct name_set inferred[POLICY_SET_COUNT];
	struct argument_plan arguments; /* of the fresh */
	size_t n_base_rules;
	struct name_set refused; /* recorded as denied, and not to be allowed for that */
};

/* What has become of it, for the person. Takes the sets of the build apart. -ENOMEM. */
int policy_fill_report(struct policy_build *build, struct policy_report *ret) _must_check_;

#endif
