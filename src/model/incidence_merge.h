/* SPDX-License-Identifier: Apache-2.0 */
/* Incidence when recordings are merged. For recording_merge only. */
#ifndef ASG_MODEL_INCIDENCE_MERGE_H
#define ASG_MODEL_INCIDENCE_MERGE_H

#include "base/macro.h"
#include "model/recording.h"

/* The name of the run that a recording is, made of everything in its groups. */
uint64_t recording_run_name(const struct recording *recording);

struct incidence_merge {
	struct recording *to;
	const struct recording *from;
	uint32_t own;	/* the run that `from` is, where it does not say more */
	uint32_t *runs; /* what the runs of `from` are called in `to` */
};

/*
 * Before the first group: `to`, if it has groups of which nothing is known, is one run from here
 * on. -ENOMEM. Needs incidence_merge_deinit() in any case.
 */
int incidence_merge_begin(struct incidence_merge *merge, struct recording *to,
			  const struct recording *from) _must_check_;
void incidence_merge_deinit(struct incidence_merge *merge);

/* Before the calls of group `from_group` are added to those of `to_group`. -ENOMEM. */
int incidence_merge_group(struct incidence_merge *merge, uint32_t to_group, uint32_t from_group)
	_must_check_;

#endif
