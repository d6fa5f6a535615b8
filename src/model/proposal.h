/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would have to be added to a profile so that the calls which a recording has as denied were
 * allowed. A proposal for a person, never a profile to be used as it is: denied is not needed.
 */
#ifndef ASG_MODEL_PROPOSAL_H
#define ASG_MODEL_PROPOSAL_H

#include "arch/syscall.h"
#include "base/error.h"
#include "base/macro.h"
#include "model/profile.h"
#include "model/recording.h"
#include <stdbool.h>

struct proposal {
	/* A rule for each call, by name, whose comment says how often it was denied, to whom, and
	 * what it can do; for the architectures on which something was denied. */
	struct profile *profile;
	char **names;	  /* the calls, sorted */
	uint64_t records; /* of denials */
	size_t n_calls;	  /* denied, those without a name included */
	size_t n_groups;  /* in which something was denied */
	bool happened;	  /* there are records of calls that were let through */
};

/* `*ret` is zero-initialised by the caller and needs proposal_deinit() in any case. */
int proposal_make(struct proposal *ret, const struct recording *recording,
		  struct syscall_table *names, struct error *err) _must_check_;
void proposal_deinit(struct proposal *proposal);

/* Whether something was denied in the group. */
bool proposal_group_denied(const struct group *group);

#endif
