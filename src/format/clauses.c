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

static int add_arg(struct clause *clause, const struct rule_arg *arg, struct error *err)
{
	for (size_t i = 0; i < clause->n; i++)
		if (clause->args[i].index == arg->index)
			return error_set(err, -EBADMSG,
					 "two conditions on arg%u at once cannot be kept in a "
					 "profile",
					 arg->index);
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

/* None of the clauses holds: of each, one comparison does not. */
int clauses_negate(const struct clauses *clauses, struct clauses *ret, struct error *err)
{
	int r = clauses_begin(ret, err);

	for (size_t i = 0; r == 0 && i < clauses->n; i++) {
		const struct clause *clause = &clauses->items[i];
		struct clauses alternatives = { 0 };

		for (size_t j = 0; r == 0 && j < clause->n; j++) {
			struct clauses with = { 0 };
			struct choices choices;

			add_negation(&choices, &clause->args[j]);
			for (size_t k = 0; r == 0 && k < ret->n; k++)
				r = add_clause(&with, &ret->items[k], err);
			if (r == 0)
				r = clauses_and(&with, &choices, err);
			if (r == 0)
				r = clauses_or(&alternatives, &with, err);
			clauses_deinit(&with);
		}
		clauses_deinit(ret);
		*ret = alternatives;
	}
	return r;
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
