/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions on arguments in disjunctive normal form: clauses of which one must hold, each with
 * comparisons that all must hold. A clause can become a rule of a profile.
 */
#ifndef ASG_FORMAT_CLAUSES_H
#define ASG_FORMAT_CLAUSES_H

#include "base/error.h"
#include "base/macro.h"
#include "model/profile.h"
#include <stddef.h>

#define CLAUSES_MAX	   1024 /* of one call */
#define CLAUSE_CHOICES_MAX 64	/* one for each bit */

struct clause {
	struct rule_arg args[6]; /* no index twice: runtimes would OR them */
	size_t n;
};

struct clauses {
	struct clause *items;
	size_t n, allocated;
};

/* Comparisons of which one must hold. */
struct choices {
	struct rule_arg args[CLAUSE_CHOICES_MAX];
	size_t n;
};

void clauses_deinit(struct clauses *clauses);
#define _cleanup_clauses_ _cleanup_(clauses_deinit)

/* Makes it the one clause that always holds. -ENOMEM. */
int clauses_begin(struct clauses *clauses, struct error *err) _must_check_;

/*
 * Demands one of the choices as well, of every clause. -EBADMSG: a clause would have two
 * comparisons of one argument, or there would be more than CLAUSES_MAX. -ENOMEM.
 */
int clauses_and(struct clauses *clauses, const struct choices *choices, struct error *err)
	_must_check_;

/* Takes the clauses of `more` along, which is empty then. Errors as above. */
int clauses_or(struct clauses *clauses, struct clauses *more, struct error *err) _must_check_;

/* What holds when none of the clauses does. Errors as above. `*ret` is zero-initialised. */
int clauses_negate(const struct clauses *clauses, struct clauses *ret, struct error *err)
	_must_check_;

/*
 * Takes away from the clauses what `others` cover: what is left holds when one of the clauses does
 * and none of the others. Errors as above.
 */
int clauses_without(struct clauses *clauses, const struct clauses *others, struct error *err)
	_must_check_;

/* Leaves each clause once. */
void clauses_unique(struct clauses *clauses);

/* For arguments of 32 bits: what can never hold, or always does, goes. */
void clauses_narrow(struct clauses *clauses);

/* Adds a clause with the rule's arguments. Errors as above. */
int clauses_add(struct clauses *clauses, const struct rule_arg *args, size_t n, struct error *err)
	_must_check_;

/* The comparison, as choices: (arg & mask) != 0 and what `mask`ed inequality needs take several. */
void choices_single(struct choices *ret, unsigned int index, enum compare op, uint64_t value);
void choices_masked(struct choices *ret, unsigned int index, uint64_t mask, uint64_t datum);
void choices_any_bit(struct choices *ret, unsigned int index, uint64_t mask);

/* Appends a rule for each clause, in order. */
int clauses_add_rules(const struct clauses *clauses, struct profile *profile, const char *name,
		      enum action action, uint32_t errno_ret, struct error *err) _must_check_;

#endif
