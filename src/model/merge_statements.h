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

/* Rules of a call that are looked at two by two; far more than any call has. */
#define STATEMENT_PAIRS_MAX 64

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
	bool any_args;	    /* see rule_takes_any_args() */
	bool all;	    /* see rule_takes_all() */
	bool fallback;	    /* ENOSYS because nobody was seen to make the call: see policy.h */
	bool behind;	    /* an allowance that some denial comes before */
	bool dropped;
};

struct statements {
	struct statement *items;
	size_t n, allocated;
	struct intern texts;
	unsigned char *met; /* by `where`; 0 between calls of the functions here */
	size_t n_met;
};

void statements_deinit(struct statements *all);
#define _cleanup_statements_ _cleanup_(statements_deinit)

/* A statement denies, allows, or is a fallback. */
bool statement_denies(const struct statement *item);
bool statement_allows(const struct statement *item);

/* Of statements of one kind: the strictest first, by action and then text. */
int statement_compare_strictness(const struct statement *a, const struct statement *b);

/* NULL sorts first. */
int compare_texts(const char *a, const char *b);

/* How many statements, from the first on, are of the same call. */
size_t statements_of_call(const struct statement *items, size_t n);

/*
 * Appends what the profile says, by name and then in its order. Left out is what has no effect,
 * because another rule is chosen wherever it holds; but
 *  - what repeats the default is kept, as it denies by name, unless another speaks of the same;
 *  - what is stricter than one of its kind that takes all is kept: where a merge makes that the
 *    default, this one counts.
 * What is left is marked `behind`. 0 or -ENOMEM.
 */
int statements_take(struct statements *all, const struct profile *profile, unsigned int side)
	_must_check_;

/*
 * Of n statements of one call, in the order in which they are to stand, leaves out those of the
 * same kind as a stricter one that holds whenever they do, whatever the default is. How many are
 * left, or -ENOMEM.
 */
ssize_t statements_keep_strictest(struct statements *all, struct statement *items, size_t n)
	_must_check_;

/* Marks the allowances that would repeat the default, and so give way to any denial that holds. */
void statements_mark_default(struct statement *items, size_t n, const struct profile *profile);

/* Puts those that are not dropped in front, in their order; how many. */
size_t statements_compact(struct statement *items, size_t n);

#endif
