/* SPDX-License-Identifier: Apache-2.0 */
#include "format/proof_grounds.h"
#include "model/policy_portable.h"
#include "model/policy_sets.h"
#include "model/recording_arguments.h"
#include <errno.h>
#include <string.h>

static int no_ground(struct error *err, const char *name, const char *why)
{
	return error_set(err, -EPROTO,
			 "the profile failed its proof (a bug in this program): %s %s", name, why);
}

static int collect_observed(const struct group *group, const struct policy_options *options,
			    struct syscall_table *names, struct name_set *observed)
{
	for (uint32_t i = 0; i < group->n_arches; i++) {
		const struct group_arch *calls = &group->arches[i];

		for (uint32_t j = 0; calls->arch && j < calls->n; j++) {
			enum action action = (enum action)calls->observations[j].action;
			const char *name =
				syscall_name(names, calls->arch, calls->observations[j].nr);

			if (name && (!action_denies(action) || options->include_denied) &&
			    name_set_add(observed, name) < 0)
				return -ENOMEM;
		}
	}
	return 0;
}

struct grounds {
	const struct policy_options *options;
	const struct name_set *observed;
};

static bool is_observed_or_of_base(const void *context, const char *name)
{
	const struct grounds *grounds = context;
	const struct profile *base = grounds->options->base;

	if (name_set_has(grounds->observed, name))
		return true;
	for (size_t i = 0; base && i < base->n_rules; i++)
		if (rule_names(&base->rules[i], name) && !action_denies(base->rules[i].action))
			return true;
	return false;
}

/* Whether a family has the call, and something else of it was seen. */
static bool is_portable(const struct grounds *grounds, const char *name)
{
	for (size_t i = 0; grounds->options->portable && i < portable_family_count(); i++)
		if (portable_family_adds(portable_family_at(i), name, is_observed_or_of_base,
					 grounds))
			return true;
	return false;
}

/* The answer that policy gives for a name: ALLOW, ERRNO for fallbacks, UNKNOWN when it has none. */
static enum action policy_answer(const char *name, const struct rule *rule,
				 const struct grounds *grounds)
{
	const struct policy_options *options = grounds->options;

	if (options->exact)
		return ACTION_UNKNOWN;
	for (size_t set = 0; set < POLICY_SET_COUNT; set++) {
		if (set == POLICY_RUNTIME && options->runtime == RUNTIME_NONE)
			continue;
		if (set == POLICY_ASSUMED    ? !name_list_has(options->assumed, name)
		    : set == POLICY_PORTABLE ? !is_portable(grounds, name)
					     : !policy_reason((enum policy_set)set, name))
			continue;
		if (set == POLICY_FALLBACK)
			return rule->has_errno && rule->errno_ret == ENOSYS ? ACTION_ERRNO
									    : ACTION_UNKNOWN;
		/* A call can be in two sets; the rule says which one it came from. */
		if (rule->action == ACTION_ALLOW)
			return ACTION_ALLOW;
	}
	return ACTION_UNKNOWN;
}

/* A runtime's threads are no ground for a clone that makes namespaces. */
static bool is_too_wide(const struct rule *rule)
{
	return rule->origin == ORIGIN_POLICY && rule_names(rule, "clone") &&
	       !(rule->n_args == 1 && rule->args[0].op == COMPARE_MASKED_EQ &&
		 rule->args[0].value == POLICY_CLONE_NAMESPACES && rule->args[0].value_two == 0);
}

/* Whether a rule is what policy makes of these arguments. */
static bool says(const struct rule *rule, const struct arguments *seen, const struct arch *arch,
		 const struct argument_values *values)
{
	if (rule->n_args != seen->call->n)
		return false;
	for (uint32_t i = 0; i < seen->call->n; i++) {
		const struct rule_arg *arg = &rule->args[i];
		uint64_t mask = seen->call->fields[i].mask, value = values->fields[i];
		bool same = arg->op == COMPARE_MASKED_EQ && arg->value == mask &&
			    arg->value_two == value;

		/* Another architecture of the group may have added to it. */
		if (seen->call->kind == ARGUMENT_FLAGS)
			same = arg->op == COMPARE_MASKED_EQ && (arg->value & ~mask) == 0 &&
			       (arg->value & value) == 0 && arg->value_two == 0;
		else if (seen->call->kind == ARGUMENT_RANGE)
			same = arg->op == COMPARE_LE && arg->value >= value;
		if (!same || arg->index != argument_index(seen->call, i, arch))
			return false;
	}
	return true;
}

/* Arguments of a rule that is said to be as observed were observed. */
static bool has_arguments(const struct rule *rule, const struct group *group,
			  struct syscall_table *names)
{
	for (uint32_t i = 0; i < group->n_arches; i++) {
		const struct group_arch *calls = &group->arches[i];
		const struct arguments *seen;
		int32_t nr;

		if (!calls->arch || syscall_number(names, calls->arch, rule->names[0], &nr) < 0)
			continue;
		seen = recording_arguments(calls, nr);
		for (uint32_t j = 0; seen && j < seen->n; j++)
			if (says(rule, seen, calls->arch, &seen->values[j]))
				return true;
	}
	return false;
}

static int check_rule(const struct rule *rule, const struct grounds *grounds, struct error *err)
{
	const struct name_set *observed = grounds->observed;

	for (char **name = rule->names; *name; name++) {
		if (rule->origin == ORIGIN_SEEN && !name_set_has(observed, *name))
			return no_ground(err, *name, "is allowed as observed, but was not");
		if (rule->origin == ORIGIN_POLICY &&
		    policy_answer(*name, rule, grounds) != rule->action)
			return no_ground(err, *name, "has an answer that no policy set gives");
		if (rule->origin == ORIGIN_POLICY && rule->n_args == 0 &&
		    name_set_has(observed, *name))
			return no_ground(err, *name, "is called inferred, but was observed");
	}
	if (is_too_wide(rule))
		return no_ground(err, "clone", "is allowed with every flag");
	if (rule->origin == ORIGIN_SEEN && rule->action != ACTION_ALLOW)
		return no_ground(err, rule->names[0], "was observed and is not allowed");
	return 0;
}

static int check_default(const struct profile *profile, const struct policy_options *options,
			 struct error *err)
{
	const struct profile *base = options->base;
	enum action wanted = base ? base->default_action : options->default_action;

	if (profile->default_action != wanted)
		return error_set(err, -EPROTO,
				 "the profile failed its proof (a bug in this program): the "
				 "default is %s and should be %s",
				 action_name(profile->default_action), action_name(wanted));
	return 0;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_list(char *const *a, char *const *b)
{
	size_t n = name_list_count(a);

	if (n != name_list_count(b))
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(a[i], b[i]) != 0)
			return false;
	return true;
}

static bool same_condition(const struct condition *a, const struct condition *b)
{
	return same_list(a->caps, b->caps) && same_list(a->arches, b->arches) &&
	       same_text(a->min_kernel, b->min_kernel) && same_text(a->extra, b->extra);
}

static bool same_rule(const struct rule *a, const struct rule *b)
{
	if (a->action != b->action || a->has_errno != b->has_errno ||
	    a->errno_ret != b->errno_ret || a->n_args != b->n_args)
		return false;
	for (size_t i = 0; i < a->n_args; i++)
		if (a->args[i].index != b->args[i].index || a->args[i].op != b->args[i].op ||
		    a->args[i].value != b->args[i].value ||
		    a->args[i].value_two != b->args[i].value_two)
			return false;
	return same_list(a->names, b->names) && same_condition(&a->includes, &b->includes) &&
	       same_condition(&a->excludes, &b->excludes);
}

/* The base comes first and as it was; behind it nothing says that it is of the base. */
static int check_base(const struct profile *profile, const struct profile *base, struct error *err)
{
	size_t n = base ? base->n_rules : 0;
	bool same = profile->n_rules >= n;

	for (size_t i = 0; same && i < profile->n_rules; i++)
		same = i < n ? same_rule(&profile->rules[i], &base->rules[i])
			     : profile->rules[i].origin != ORIGIN_BASE;
	return same ? 0
		    : error_set(err, -EPROTO,
				"the profile failed its proof (a bug in this program): it does "
				"not have the rules of its base");
}

static int check_arches(const struct profile *profile, const struct group *group,
			const struct policy_options *options, struct error *err)
{
	for (uint32_t i = 0; i < group->n_arches; i++) {
		const struct arch *arch = group->arches[i].arch;

		if (arch && !profile_covers(profile, arch))
			return no_ground(err, arch->name, "was recorded and is not covered");
	}
	for (size_t i = 0; i < options->n_arches; i++)
		if (!profile_covers(profile, options->arches[i]))
			return no_ground(err, options->arches[i]->name,
					 "was asked for and is not covered");
	return 0;
}

int proof_grounds(const struct profile *profile, const struct group *group,
		  const struct policy_options *options, struct syscall_table *names,
		  struct error *err)
{
	_cleanup_name_set_ struct name_set observed = { 0 };
	const struct grounds grounds = { options, &observed };
	int r = check_default(profile, options, err);

	if (r == 0)
		r = check_base(profile, options->base, err);
	if (r == 0)
		r = check_arches(profile, group, options, err);
	if (r == 0 && collect_observed(group, options, names, &observed) < 0)
		r = error_memory(err);
	for (size_t i = 0; r == 0 && i < profile->n_rules; i++) {
		const struct rule *rule = &profile->rules[i];

		r = check_rule(rule, &grounds, err);
		if (r == 0 && rule->origin == ORIGIN_SEEN && rule->n_args > 0 &&
		    !has_arguments(rule, group, names))
			r = no_ground(err, rule->names[0],
				      "is held to arguments that were not observed");
	}
	return r;
}
