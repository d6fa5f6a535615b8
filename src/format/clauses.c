/* SPDX-License-Identifier: Apache-2.0 */
#include "format/clauses.h"
#include "base/array.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void clauses_deinit(struct clauses *clauses)
{
	free(clauses->items);
	*clauses = (struct clauses){ 0 };
}

static bool same_arg(const struct rule_arg *a, const struct rule_arg *b)
{
	return a->index == b->index && a->op == b->op && a->value == b->value &&
	       a->value_two == b->value_two;
}

static bool same_clause(const struct clause *a, const struct clause *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!same_arg(&a->args[i], &b->args[i]))
			return false;
	return true;
}

static int add_clause(struct clauses *clauses, const struct clause *clause, struct error *err)
{
	if (clauses->n >= CLAUSES_MAX)
		return error_set(err, -EBADMSG, "more than %d combinations of conditions",
				 CLAUSES_MAX);
	if (array_reserve(&clauses->items, &clauses->allocated, clauses->n + 1,
			  sizeof(*clauses->items)) < 0)
		return error_memory(err);
	clauses->items[clauses->n++] = *clause;
	return 0;
}

int clauses_begin(struct clauses *clauses, struct error *err)
{
	static const struct clause always = { 0 };

	clauses->n = 0;
	return add_clause(clauses, &always, err);
}

/* Two masked comparisons of one argument are one. False: they cannot both hold. */
static bool merge_masked(struct rule_arg *into, const struct rule_arg *arg)
{
	uint64_t shared = into->value & arg->value;

	if ((into->value_two & shared) != (arg->value_two & shared))
		return false;
	into->value |= arg->value;
	into->value_two |= arg->value_two;
	return true;
}

/* 1: the clause can never hold with it. */
static int add_arg(struct clause *clause, const struct rule_arg *arg, struct error *err)
{
	for (size_t i = 0; i < clause->n; i++) {
		struct rule_arg *there = &clause->args[i];

		if (there->index != arg->index)
			continue;
		if (there->op == COMPARE_MASKED_EQ && arg->op == COMPARE_MASKED_EQ)
			return merge_masked(there, arg) ? 0 : 1;
		return error_set(err, -EBADMSG,
				 "two conditions on arg%u at once cannot be kept in a profile",
				 arg->index);
	}
	clause->args[clause->n++] = *arg;
	return 0;
}

int clauses_and(struct clauses *clauses, const struct choices *choices, struct error *err)
{
	struct clauses product = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < clauses->n; i++) {
		for (size_t j = 0; r == 0 && j < choices->n; j++) {
			struct clause clause = clauses->items[i];

			r = add_arg(&clause, &choices->args[j], err);
			if (r == 0)
				r = add_clause(&product, &clause, err);
			else if (r > 0)
				r = 0;
		}
	}
	if (r < 0) {
		clauses_deinit(&product);
		return r;
	}
	clauses_deinit(clauses);
	*clauses = product;
	return 0;
}

int clauses_or(struct clauses *clauses, struct clauses *more, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < more->n; i++)
		r = add_clause(clauses, &more->items[i], err);
	clauses_deinit(more);
	return r;
}

void choices_single(struct choices *ret, unsigned int index, enum compare op, uint64_t value)
{
	ret->args[0] = (struct rule_arg){ .index = index, .op = op, .value = value };
	ret->n = 1;
}

void choices_masked(struct choices *ret, unsigned int index, uint64_t mask, uint64_t datum)
{
	ret->args[0] = (struct rule_arg){
		.index = index,
		.op = COMPARE_MASKED_EQ,
		.value = mask,
		.value_two = datum,
		.has_value_two = true,
	};
	ret->n = 1;
}

/* One choice a bit of `mask`: that it is as in `datum`. */
static void choices_bits(struct choices *ret, unsigned int index, uint64_t mask, uint64_t datum)
{
	size_t n = 0;

	for (unsigned int bit = 0; bit < 64; bit++) {
		struct choices one;

		if ((mask >> bit & 1) == 0)
			continue;
		choices_masked(&one, index, UINT64_C(1) << bit, datum & (UINT64_C(1) << bit));
		ret->args[n++] = one.args[0];
	}
	ret->n = n;
}

void choices_any_bit(struct choices *ret, unsigned int index, uint64_t mask)
{
	choices_bits(ret, index, mask, mask);
}

static void add_negation(struct choices *choices, const struct rule_arg *arg)
{
	static const enum compare contrary[] = {
		[COMPARE_NE] = COMPARE_EQ, [COMPARE_LT] = COMPARE_GE, [COMPARE_LE] = COMPARE_GT,
		[COMPARE_EQ] = COMPARE_NE, [COMPARE_GE] = COMPARE_LT, [COMPARE_GT] = COMPARE_LE,
	};

	if (arg->op == COMPARE_MASKED_EQ)
		choices_bits(choices, arg->index, arg->value, ~arg->value_two);
	else
		choices_single(choices, arg->index, contrary[arg->op], arg->value);
}

int clauses_add(struct clauses *clauses, const struct rule_arg *args, size_t n, struct error *err)
{
	struct clause clause = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct rule_arg arg = args[i];

		arg.extra = NULL; /* is the rule's */
		r = add_arg(&clause, &arg, err);
		if (arg.op == COMPARE_MASKED_EQ && (arg.value_two & ~arg.value) != 0)
			r = 1; /* never equal */
	}
	if (r == 0)
		r = add_clause(clauses, &clause, err);
	return r < 0 ? r : 0;
}

/* The least and the greatest value that can meet a comparison; false: it does not bound them. */
static bool bounds_of(const struct rule_arg *arg, uint64_t *least, uint64_t *greatest)
{
	*least = 0;
	*greatest = UINT64_MAX;
	switch (arg->op) {
	case COMPARE_EQ:
		*least = *greatest = arg->value;
		return true;
	case COMPARE_LT:
		*greatest = arg->value - 1;
		return arg->value > 0;
	case COMPARE_LE:
		*greatest = arg->value;
		return true;
	case COMPARE_GT:
		*least = arg->value + 1;
		return arg->value < UINT64_MAX;
	case COMPARE_GE:
		*least = arg->value;
		return true;
	default:
		return false;
	}
}

/* Whether no value of the argument meets both; "no" when that is not plain to see. */
static bool exclude_each_other(const struct rule_arg *a, const struct rule_arg *b)
{
	uint64_t least_a, greatest_a, least_b, greatest_b, shared = a->value & b->value;

	if (a->op == COMPARE_MASKED_EQ && b->op == COMPARE_MASKED_EQ)
		return (a->value_two & shared) != (b->value_two & shared);
	if (a->op == COMPARE_MASKED_EQ && b->op == COMPARE_EQ)
		return (b->value & a->value) != a->value_two;
	if (a->op == COMPARE_NE && b->op == COMPARE_EQ)
		return a->value == b->value;
	return bounds_of(a, &least_a, &greatest_a) && bounds_of(b, &least_b, &greatest_b) &&
	       (greatest_a < least_b || greatest_b < least_a);
}

static bool disjoint(const struct clause *a, const struct clause *b)
{
	for (size_t i = 0; i < a->n; i++)
		for (size_t j = 0; j < b->n; j++)
			if (a->args[i].index == b->args[j].index &&
			    (exclude_each_other(&a->args[i], &b->args[j]) ||
			     exclude_each_other(&b->args[j], &a->args[i])))
				return true;
	return false;
}

/* One clause without those of the others that share a case with it. */
static int without(const struct clause *clause, const struct clauses *others, struct clauses *ret,
		   struct error *err)
{
	struct clauses left = { 0 };
	int r = add_clause(&left, clause, err);

	for (size_t i = 0; r == 0 && i < others->n; i++) {
		struct clauses next = { 0 };

		if (disjoint(clause, &others->items[i]))
			continue;
		for (size_t j = 0; r == 0 && j < others->items[i].n; j++) {
			struct clauses with = { 0 };
			struct choices choices;

			add_negation(&choices, &others->items[i].args[j]);
			for (size_t k = 0; r == 0 && k < left.n; k++)
				r = add_clause(&with, &left.items[k], err);
			if (r == 0)
				r = clauses_and(&with, &choices, err);
			if (r == 0)
				r = clauses_or(&next, &with, err);
			clauses_deinit(&with);
		}
		clauses_deinit(&left);
		left = next;
	}
	if (r == 0)
		r = clauses_or(ret, &left, err);
	clauses_deinit(&left);
	return r;
}

int clauses_without(struct clauses *clauses, const struct clauses *others, struct error *err)
{
	struct clauses left = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < clauses->n; i++)
		r = without(&clauses->items[i], others, &left, err);
	if (r < 0) {
		clauses_deinit(&left);
		return r;
	}
	clauses_deinit(clauses);
	*clauses = left;
	return 0;
}

int clauses_negate(const struct clauses *clauses, struct clauses *ret, struct error *err)
{
	int r = clauses_begin(ret, err);

	return r < 0 ? r : clauses_without(ret, clauses, err);
}

void clauses_unique(struct clauses *clauses)
{
	size_t kept = 0;

	for (size_t i = 0; i < clauses->n; i++) {
		size_t j = 0;

		while (j < kept && !same_clause(&clauses->items[j], &clauses->items[i]))
			j++;
		if (j == kept)
			clauses->items[kept++] = clauses->items[i];
	}
	clauses->n = kept;
}

/* What a comparison is to 32 bits: -1 never, 1 always, 0 as it is. */
static int narrow_arg(struct rule_arg *arg)
{
	if (arg->op == COMPARE_MASKED_EQ) {
		if (arg->value_two > UINT32_MAX)
			return -1;
		arg->value &= UINT32_MAX;
		return 0;
	}
	if (arg->value <= UINT32_MAX)
		return 0;
	return arg->op == COMPARE_EQ || arg->op == COMPARE_GT || arg->op == COMPARE_GE ? -1 : 1;
}

void clauses_narrow(struct clauses *clauses)
{
	size_t kept = 0;

	for (size_t i = 0; i < clauses->n; i++) {
		struct clause clause = clauses->items[i];
		bool never = false;
		size_t n = 0;

		for (size_t j = 0; j < clause.n; j++) {
			int r = narrow_arg(&clause.args[j]);

			never = never || r < 0;
			if (r == 0)
				clause.args[n++] = clause.args[j];
		}
		clause.n = n;
		if (!never)
			clauses->items[kept++] = clause;
	}
	clauses->n = kept;
}

static int add_rule(const struct clause *clause, struct profile *profile, const char *name,
		    enum action action, uint32_t errno_ret)
{
	struct rule *rule;

	if (profile_add_rule(profile, ORIGIN_BASE, action, &name, 1, NULL, &rule) < 0)
		return -ENOMEM;
	rule->has_errno = action == ACTION_ERRNO;
	rule->errno_ret = rule->has_errno ? errno_ret : 0;
	if (clause->n == 0)
		return 0;
	rule->args = calloc(clause->n + 1, sizeof(*rule->args));
	if (!rule->args)
		return -ENOMEM;
	memcpy(rule->args, clause->args, clause->n * sizeof(*rule->args));
	rule->n_args = clause->n;
	return 0;
}

int clauses_add_rules(const struct clauses *clauses, struct profile *profile, const char *name,
		      enum action action, uint32_t errno_ret, struct error *err)
{
	for (size_t i = 0; i < clauses->n; i++)
		if (add_rule(&clauses->items[i], profile, name, action, errno_ret) < 0)
			return error_memory(err);
	return 0;
}
