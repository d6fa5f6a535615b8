/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In which runs a call was seen: what tells how likely the next run shows a new one (see
 * completeness.h). A run is one recording as it was made. Its name is made of what is in it, so
 * that the same recording counts once however often, and in whatever order, it is merged.
 *
 * Nothing is kept for a recording that was never merged, and for a group that was in one run only
 * its run. Of each call the few runs that sort first are kept: whether one, two or more have seen
 * it is all that is asked.
 */
#ifndef ASG_MODEL_INCIDENCE_H
#define ASG_MODEL_INCIDENCE_H

#include "base/intern.h"
#include "base/macro.h"
#include <stdbool.h>
#include <stdint.h>

#define INCIDENCE_KEPT	   3	      /* runs of a call */
#define INCIDENCE_RUNS_MAX (1u << 16) /* runs of a group; of more, those that came first */
#define INCIDENCE_NONE	   UINT32_MAX

struct incidence_call {
	uint32_t audit; /* AUDIT_ARCH_* */
	int32_t nr;
	uint32_t runs[INCIDENCE_KEPT]; /* those that sort first; INCIDENCE_NONE behind the last */
};

struct incidence_group {
	uint32_t *runs;		      /* ascending numbers */
	struct incidence_call *calls; /* by audit, then nr; none while there is one run */
	uint32_t n_runs, runs_allocated, n_calls, calls_allocated;
};

struct incidence {
	struct intern runs;		/* eight bytes each, big-endian: they sort like the name */
	struct incidence_group *groups; /* by the group's number; there may be fewer */
	size_t n, allocated;
};

void incidence_deinit(struct incidence *incidence);

/* The number of the run of that name, made when new. -ENOMEM. */
int incidence_run(struct incidence *incidence, uint64_t name, uint32_t *ret) _must_check_;
uint64_t incidence_run_name(const struct incidence *incidence, uint32_t run);

/* What is known of a group; NULL: nothing. */
const struct incidence_group *incidence_find(const struct incidence *incidence, uint32_t group);

/* Whether the group, which may be NULL, was in the run. */
bool incidence_has(const struct incidence_group *group, uint32_t run);

/* The call in the group, or NULL. */
const struct incidence_call *incidence_find_call(const struct incidence_group *group,
						 uint32_t audit, int32_t nr);

/* The group, or a call of it, was seen in that run. -ENOMEM. */
int incidence_add(struct incidence *incidence, uint32_t group, uint32_t run) _must_check_;
int incidence_add_call(struct incidence *incidence, uint32_t group, uint32_t audit, int32_t nr,
		       uint32_t run) _must_check_;

/* How many runs are kept of the call: 0 to INCIDENCE_KEPT, which says that many or more. */
unsigned int incidence_runs_of(const struct incidence_call *call);

#endif
