/* SPDX-License-Identifier: Apache-2.0 */
/* What two profiles say of one call as one. For merge_rules only. */
#ifndef ASG_MODEL_MERGE_CALL_H
#define ASG_MODEL_MERGE_CALL_H

#include "base/macro.h"
#include "model/merge_statements.h"
#include "model/profile.h"
#include "model/profile_merge.h"
#include <stdbool.h>
#include <sys/types.h>

/* What is merged, into what, and who hears of it. */
struct merging {
	const struct profile *sides[2]; /* the second may be NULL */
	bool intersect;
	bool new_default;   /* what is made will get another default than `to` has */
	struct profile *to; /* its default is there already */
	struct merge_report *report;
};

/*
 * Of the n statements of one call, what both sides say standing there once. Puts what is left in
 * front, in its order and with its comments; how many, or -ENOMEM. `all` is where they are from.
 */
ssize_t merge_call(const struct merging *merging, struct statements *all, struct statement *items,
		   size_t n) _must_check_;

/* For qsort: the order in which statements stand in a profile. In front, denials, behind; each with
 * the strictest first. */
int statement_compare_place(const void *a, const void *b);

#endif
