/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of two profiles as one list, call by call. For profile_merge only. */
#ifndef ASG_MODEL_MERGE_RULES_H
#define ASG_MODEL_MERGE_RULES_H

#include "base/macro.h"
#include "model/profile.h"
#include "model/profile_merge.h"
#include <stdbool.h>

/* Between what is said of an incomplete whole and the comment of the rule that it is written at. */
#define MERGE_MARK_END " | "

/* How much of a comment, from its start, says that the whole is incomplete; 0: nothing. */
size_t merge_mark_length(const char *comment);

/* Appends to the rules of `to`, which has none. `b` may be NULL. 0 or -ENOMEM. */
int merge_rules(const struct profile *a, const struct profile *b, bool intersect,
		struct profile *to, struct merge_report *report) _must_check_;

#endif
