/* SPDX-License-Identifier: Apache-2.0 */
#include "model/rule_order.h"
#include "model/rule_text.h"
#include <errno.h>
#include <string.h>

bool rule_takes_any_args(const struct rule *rule)
{
	bool any = false, all = true;

	for (size_t i = 0; i < rule->n_args; i++) {
		const struct rule_arg *arg = &rule->args[i];
		bool always = arg->op == COMPARE_MASKED_EQ && arg->value == 0;

		any |= always;
		all &= always;
	}
	return all || (any && rule_repeats_index(rule));
}

bool rule_takes_all(const struct rule *rule)
{
	struct rule without = *rule;

	without.n_args = 0;
	return rule_takes_any_args(rule) && rule_is_plain(&without);
}

static uint32_t data_of(enum action action, bool has_errno, uint32_t errno_ret)
{
	if (action != ACTION_ERRNO && action != ACTION_TRACE)
		return 0;
	return has_errno ? errno_ret : EPERM;
}

bool rules_answer_same(const struct rule *a, const struct rule *b)
{
	return a->action == b->action && data_of(a->action, a->has_errno, a->errno_ret) ==
						 data_of(b->action, b->has_errno, b->errno_ret);
}

bool rule_says_default(const struct rule *rule, const struct profile *profile)
{
	return rule->action == profile->default_action &&
	       data_of(rule->action, rule->has_errno, rule->errno_ret) ==
		       data_of(rule->action, profile->has_default_errno, profile->default_errno);
}

/* Two comparisons of one argument that never hold at once, nor do their halves that are left where
 * arguments have 32 bits. */
static bool args_exclude(const struct rule_arg *a, const struct rule_arg *b)
{
	if (a->index != b->index)
		return false;
	if (a->op == COMPARE_EQ && b->op == COMPARE_EQ)
		return (uint32_t)a->value != (uint32_t)b->value;
	if (a->op == COMPARE_MASKED_EQ && b->op == COMPARE_MASKED_EQ)
		return a->value == b->value &&
		       (uint32_t)((a->value_two ^ b->value_two) & a->value) != 0;
	return ((a->op == COMPARE_EQ && b->op == COMPARE_NE) ||
		(a->op == COMPARE_NE && b->op == COMPARE_EQ)) &&
	       a->value == b->value;
}

static bool share(char *const *a, char *const *b)
{
	for (; a && *a; a++)
		if (name_list_has(b, *a))
			return true;
	return false;
}

/* One asks for what the other excludes. An architecture is asked for when it is the only one. */
static bool conditions_exclude(const struct rule *a, const struct rule *b)
{
	const char *from = a->includes.min_kernel, *before = b->excludes.min_kernel;

	return share(a->includes.caps, b->excludes.caps) ||
	       (name_list_count(a->includes.arches) == 1 &&
		share(a->includes.arches, b->excludes.arches)) ||
	       (from && *from && before && strcmp(from, before) == 0);
}

bool rules_meet(const struct rule *a, const struct rule *b)
{
	if (conditions_exclude(a, b) || conditions_exclude(b, a))
		return false;
	if (rule_repeats_index(a) || rule_repeats_index(b))
		return true;
	for (size_t i = 0; i < a->n_args; i++)
		for (size_t j = 0; j < b->n_args; j++)
			if (args_exclude(&a->args[i], &b->args[j]))
				return false;
	return true;
}

bool rules_commute(const struct rule *a, const struct rule *b)
{
	return rules_answer_same(a, b) || rule_takes_any_args(a) != rule_takes_any_args(b) ||
	       !rules_meet(a, b);
}
