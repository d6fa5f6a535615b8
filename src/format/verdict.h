/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a profile claims for a call on one architecture, worked out from its rules without
 * libseccomp: the yardstick of the proof.
 */
#ifndef ASG_FORMAT_VERDICT_H
#define ASG_FORMAT_VERDICT_H

#include "arch/arch.h"
#include "arch/multiplexed.h"
#include "arch/syscall.h"
#include "base/macro.h"
#include "model/profile.h"

#define VERDICT_VECTORS_MAX 64

/* One name of one rule that holds, by its number on the architecture. */
struct verdict_entry {
	int32_t nr;
	uint32_t order; /* of the rule in the profile */
	const struct rule *rule;
	/* NULL, or: the number is socketcall's or ipc's, and the name the sub-call's, for which
	 * libseccomp has the first argument decide in the place of the rule's own condition on it
	 */
	const struct multiplexed *form;
};

struct verdicts {
	struct verdict_entry *entries; /* by number, then order */
	size_t n, allocated;
	uint32_t default_code;
	int32_t first; /* the lowest number of the architecture */
	bool narrow;   /* arguments have 32 bits */
};

/* Return values of a filter that all agree with the profile; one, unless rules contradict each
 * other.
 */
struct verdict {
	uint32_t codes[8];
	size_t n;
};

/* Rules that hold on `arch`, with names this libseccomp knows. Borrows the profile. */
int verdicts_init(struct verdicts *verdicts, const struct profile *profile, const struct arch *arch,
		  struct syscall_table *names) _must_check_;
void verdicts_deinit(struct verdicts *verdicts);

void verdicts_find(const struct verdicts *verdicts, int32_t nr, const uint64_t args[6],
		   struct verdict *ret);

/* Arguments that satisfy the entry, and such as lie just beside; how many. */
size_t verdict_vectors(const struct verdict_entry *entry, bool narrow,
		       uint64_t ret[VERDICT_VECTORS_MAX][6]);

#endif
