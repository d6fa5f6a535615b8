/* SPDX-License-Identifier: Apache-2.0 */
#include "format/conditions.h"
#include "format/plain.h"
#include <errno.h>
#include <stdlib.h>

bool conditions_any(const struct profile *profile)
{
	for (size_t i = 0; i < profile->n_rules; i++)
		if (profile->rules[i].has_includes || profile->rules[i].has_excludes)
			return true;
	return profile->n_arch_map > 0;
}

static bool holds(const struct rule *rule, const void *arch)
{
	return rule_holds(rule, arch);
}

int conditions_resolve(const struct profile *profile, const struct targets *targets,
		       struct syscall_table *names, struct emission *emission, struct profile **ret,
		       struct error *err)
{
	_cleanup_profile_ struct profile *copy = profile_copy(profile);
	int r = copy ? plain_say_conditions(profile, targets, names, emission, err)
		     : error_memory(err);

	if (r < 0)
		return r;
	profile_filter_rules(copy, holds, targets_host(targets));
	for (size_t i = 0; i < copy->n_rules; i++)
		rule_forget_conditions(&copy->rules[i]);
	profile_forget_arches(copy);
	for (size_t i = 0; i < targets->n; i++)
		if (profile_add_architecture(copy, targets->arches[i]->oci) < 0)
			return error_memory(err);
	*ret = copy;
	copy = NULL;
	return 0;
}

static void forget_errno_name(char **name)
{
	free(*name);
	*name = NULL;
}

void conditions_forget_errnos(struct profile *profile)
{
	for (size_t i = 0; i < profile->n_rules; i++) {
		struct rule *rule = &profile->rules[i];

		forget_errno_name(&rule->errno_name);
		rule->singular = false;
		if (rule->action != ACTION_ERRNO && rule->action != ACTION_TRACE)
			rule->has_errno = false;
	}
	forget_errno_name(&profile->default_errno_name);
	if (profile->default_action != ACTION_ERRNO && profile->default_action != ACTION_TRACE)
		profile->has_default_errno = false;
}

static int name_arches(struct profile *profile, const struct emit_request *request,
		       struct error *err)
{
	if (request->n_arches == 0)
		return 0;
	profile_forget_arches(profile);
	for (size_t i = 0; i < request->n_arches; i++)
		if (profile_add_architecture(profile, request->arches[i]->oci) < 0)
			return error_memory(err);
	return 0;
}

int conditions_for_oci(const struct profile *profile, const struct emit_request *request,
		       struct emission *emission, struct profile **ret, struct error *err)
{
	_cleanup_profile_ struct profile *copy = NULL;
	struct targets targets;
	int r;

	if (conditions_any(profile) && !request->keep_form) {
		targets_of_host(profile, request, emission, &targets);
		r = conditions_resolve(profile, &targets, request->names, emission, &copy, err);
	} else {
		copy = profile_copy(profile);
		r = copy ? name_arches(copy, request, err) : error_memory(err);
	}
	if (r < 0)
		return r;
	if (!request->keep_form)
		conditions_forget_errnos(copy);
	*ret = copy;
	copy = NULL;
	return 0;
}
