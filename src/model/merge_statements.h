/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A profile taken apart into statements, one for each name of each rule, without those that have no
 * effect. For merge_rules only.
 */
#ifndef ASG_MODEL_MERGE_STATEMENTS_H
#define ASG_MODEL_MERGE_STATEMENTS_H

#include "base/intern.h"
#include "base/macro.h"
#include "model/profile.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { SIDE_A = 1, SIDE_B = 2, SIDE_BOTH = 3 };

/* What a rule says of one call. Borrows from the profiles. */
struct statement {
	const char *name;
	const char *body; /* canonical, see rule_text.h; the same pointer for the same text */
	uint32_t where;	  /* when it holds: a number for each set of arguments and conditions */
	const char *comments[2]; /* of either side, where it says so */
	const char *comment;	 /* of those, at the end: the one that sorts first */
	const struct rule *rule;
	unsigned int sides; /* which profiles say so */
	size_t order[2];    /* of either side: which of its statements it is */
	unsigned int late;  /* sides that deny the call in front of it */
	bool after_denials; /* at the end: where it stands */
	bool fallback;	    /* ENOSYS because nobody was seen to make the call: see policy.h */
	bool dropped;
};

struct statements {
	struct statement *items;
	size_t n, allocated;
	struct intern texts;
	unsigned char *met; /* of statements_reduce(), by `where`; 0 between calls of it */
	size_t n_met;
};

void statements_deinit(struct statements *all);
#define _cleanup_statements_ _cleanup_(statements_deinit)

bool statement_denies(const struct statement *item);
bool statement_allows(const struct statement *item);

/* NULL sorts first. */
int compare_texts(const char *a, const char *b);

/* How many statements, from the first on, are of the same call. */
size_t statements_of_call(const struct statement *items, size_t n);

/*
 * Appends what the profile says, by name and then in its order. What has no effect is left out: a
 * rule that holds when one in front of it does, or that is for some arguments where another is for
 * any. A rule that repeats the default has none either; it is kept, as it denies by name, unless
 * another speaks of the same. 0 or -ENOMEM.
 */
int statements_take(struct statements *all, const struct profile *profile, unsigned int side)
	_must_check_;

/* Leaves out likewise, of the n statements of one call that would stand in `profile` in this order.
 * How many are left, or -ENOMEM. */
ssize_t statements_reduce(struct statements *all, struct statement *items, size_t n,
			  const struct profile *profile) _must_check_;

#endif
