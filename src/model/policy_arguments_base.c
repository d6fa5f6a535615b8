/* SPDX-License-Identifier: Apache-2.0 */
/* A base that has conditions on arguments already, extended by those that were seen. */
#include "base/cleanup.h"
#include "model/policy_arguments.h"
#include "model/policy_arguments_private.h"

#include <errno.h>

/* On each architecture that was recorded. */
static bool is_unconditional(const struct rule *rule, const struct group *group)
{
	for (uint32_t i = 0; i < group->n_arches; i++)
		if (group->arches[i].arch && !rule_unconditional(rule, group->arches[i].arch))
			return false;
	return true;
}

/* Whether what the base says of the call is a list of arguments, to which others can be added. */
static bool is_extendable(const struct profile *base, const struct group *group, const char *name)
{
	bool found = false;

	for (size_t i = 0; i < base->n_rules; i++) {
		const struct rule *rule = &base->rules[i];

		if (!rule_names(rule, name))
			continue;
		if (rule->action != ACTION_ALLOW || rule->n_args == 0 ||
		    !is_unconditional(rule, group))
			return false;
		found = true;
	}
	return found;
}

/* The value that a rule compares; false where it is of an argument that was not looked at. */
static bool value_of(const struct argument_choice *choice, const struct argument_values *values,
		     const struct rule_arg *arg, uint64_t *ret)
{
	const struct argument_call *call = choice->seen.call;

	for (uint32_t i = 0; i < call->n; i++) {
		bool within = arg->op == COMPARE_MASKED_EQ
				      ? (arg->value & ~call->fields[i].mask) == 0
				      : call->fields[i].mask == UINT64_MAX;

		if (argument_index(call, i, choice->arch) != arg->index || !within)
			continue;
		*ret = values->fields[i];
		return true;
	}
	return false;
}

/* Says no when in doubt: then a rule is added that may not have been needed. */
static bool rule_accepts(const struct rule *rule, const struct argument_choice *choice,
			 const struct argument_values *values)
{
	for (size_t i = 0; i < rule->n_args; i++) {
		const struct rule_arg *arg = &rule->args[i];
		uint64_t value;

		if (!value_of(choice, values, arg, &value))
			return false;
		if (arg->op == COMPARE_MASKED_EQ ? (value & arg->value) != arg->value_two
						 : arg->op != COMPARE_LE || value > arg->value)
			return false;
	}
	return true;
}

static bool base_accepts(const struct profile *base, const struct argument_choice *choice,
			 const struct argument_values *values)
{
	for (size_t i = 0; i < base->n_rules; i++)
		if (rule_names(&base->rules[i], choice->seen.call->name) &&
		    rule_accepts(&base->rules[i], choice, values))
			return true;
	return false;
}

static void keep_new(const struct profile *base, struct argument_choice *choice)
{
	struct arguments *seen = &choice->seen;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < seen->n; i++)
		if (!base_accepts(base, choice, &seen->values[i]))
			seen->values[kept++] = seen->values[i];
	seen->n = kept;
}

/* 1: the call is held to what the base and these say. */
static int extend_call(struct argument_plan *plan, const struct group *group,
		       struct syscall_table *names, const struct policy_options *options,
		       const struct profile *base, const char *name)
{
	_cleanup_(argument_choice_deinit) struct argument_choice choice = {
		.seen.call = argument_call_by_name(name),
	};
	/* What a runtime needs is the base's business. */
	struct policy_options of_base = *options;
	_cleanup_strbuf_ struct strbuf why = { 0 };
	int r;

	of_base.runtime = RUNTIME_NONE;
	if (!choice.seen.call || !is_extendable(base, group, name))
		return 0;
	r = argument_choose(&choice, group, names, &of_base, &why);
	if (r <= 0 || why.failed)
		return why.failed ? -ENOMEM : r;
	keep_new(base, &choice);
	return argument_plan_keep(plan, &choice) < 0 ? -ENOMEM : 1;
}

int argument_plan_extend(struct argument_plan *plan, const struct group *group,
			 struct syscall_table *names, const struct policy_options *options,
			 const struct profile *base, struct name_set *conditional,
			 struct name_set *extended)
{
	_cleanup_name_set_ struct name_set left = { 0 };
	struct name_set swap = *conditional;

	for (size_t i = 0; i < conditional->n; i++) {
		const char *name = conditional->names[i];
		int r = extend_call(plan, group, names, options, base, name);

		if (r == 0)
			r = name_set_add(&left, name);
		else if (r > 0)
			r = plan->choices[plan->n - 1].seen.n > 0 ? name_set_add(extended, name)
								  : 0;
		if (r < 0)
			return r;
	}
	*conditional = left;
	left = swap;
	return 0;
}
