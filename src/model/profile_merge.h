/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two profiles as one: what either allows (union) or what both do (intersection). Either way what
 * one of them denies by name stays denied, and is reported. Union and intersection are associative,
 * commutative and idempotent: the result comes in one normal form.
 */
#ifndef ASG_MODEL_PROFILE_MERGE_H
#define ASG_MODEL_PROFILE_MERGE_H

#include "base/error.h"
#include "base/macro.h"
#include "model/name_list.h"
#include "model/profile.h"
#include <stdbool.h>

/* What a person has to know of a merge. Accumulates over several. */
struct merge_report {
	struct name_set denied;	 /* allowed in one, denied by name in another: denied */
	struct name_set yielded; /* allowed, where another answered ENOSYS because it was not
				    recorded there */
	struct name_set dropped; /* of an intersection: allowed under conditions that differ; what
				    they have in common is not worked out */
	struct name_set turned;	 /* rules of one profile that hold at once, and answer differently:
				    the strictest counts, not the first */
	bool arches_differ;	 /* each rule now holds on the other's architectures, too */
	bool defaults_differ;	 /* the one that denies more was taken */
	bool members_differ;	 /* members that nobody knows: of two values one was kept */
};

void merge_report_deinit(struct merge_report *report);

/* The comment of a profile made from incomplete evidence ("INCOMPLETE: ..."), borrowed, or NULL. */
const char *profile_incomplete(const struct profile *profile);

/*
 * The union, or with `intersect` the intersection, into a new profile. With `b` NULL the normal
 * form of `a`. A part made from incomplete evidence makes the whole so (a profile
 * without any rule has no place to say it). -EINVAL: a profile that
 * allows by default and one that denies by default have no union that either would recognise.
 */
int profile_merge(const struct profile *a, const struct profile *b, bool intersect,
		  struct profile **ret, struct merge_report *report, struct error *err)
	_must_check_;

#endif
