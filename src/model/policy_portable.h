/* SPDX-License-Identifier: Apache-2.0 */
/* What stands for a call elsewhere, see portable_family.h, is added to a profile. */
#ifndef ASG_MODEL_POLICY_PORTABLE_H
#define ASG_MODEL_POLICY_PORTABLE_H

#include "arch/syscall.h"
#include "base/macro.h"
#include "model/name_list.h"
#include "model/portable_family.h"
#include "model/profile.h"
#include <stddef.h>

/*
 * Adds one rule a family for the members that the profile does not speak of, that exist on an
 * architecture which it covers, and that stand for a call which it allows whatever the arguments.
 * What is inferred itself is no ground. Their names land in `added`. `refused` (may be NULL): names
 * not to be added. `clone_flags`: see portable_clone_flags(). 0 or -ENOMEM.
 */
int portable_extend(struct profile *profile, struct syscall_table *names,
		    const struct name_set *refused, int clone_flags, struct name_set *added)
	_must_check_;

/*
 * Which argument of clone(2) holds its flags on these architectures: on s390 it is the second. -1:
 * some have it here and some there, so that no rule on it holds on all.
 */
int portable_clone_flags(const struct arch *const *arches, size_t n);

/* clone, on the condition that it makes no namespaces: threads yes. `flags` is 0 or 1. */
int portable_add_clone(struct profile *profile, unsigned int flags, const char *comment)
	_must_check_;

#endif
