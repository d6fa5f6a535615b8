/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a profile's conditions in one container on one kernel. */
#ifndef ASG_MODEL_PROFILE_HOST_H
#define ASG_MODEL_PROFILE_HOST_H

#include "arch/call_version.h"
#include "base/error.h"
#include "base/macro.h"
#include "model/profile.h"

struct host_facts {
	char *const *caps;	      /* that the container has: "CAP_CHOWN"; NULL: none */
	struct kernel_version kernel; /* { 0, 0 }: this machine's */
	bool any_caps, any_kernel;    /* not known: such conditions stay */
};

/*
 * "CAP_CHOWN", "chown" -> "CAP_CHOWN", appended to the list at `*caps`; "all" adds each capability
 * that capabilities(7) has. -EINVAL: no such capability. -ENOMEM.
 */
int capability_add(char ***caps, const char *name) _must_check_;

/* Whether the rule's conditions on capabilities and the kernel hold there; the kernel counts as it
 * is given, and what is not known holds. */
bool rule_holds_on(const struct rule *rule, const struct host_facts *facts);

/*
 * A copy without the rules whose conditions on capabilities or the kernel do not hold there; those
 * that hold lose these conditions. What depends on the architecture stays. NULL: no memory.
 */
struct profile *profile_on_host(const struct profile *profile, const struct host_facts *facts)
	_must_check_;

#endif
