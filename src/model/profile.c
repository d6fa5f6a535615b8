/* SPDX-License-Identifier: Apache-2.0 */
/* Making, copying and freeing profiles. What a profile says is in profile_query.c. */
#include "model/profile.h"
#include "base/array.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void condition_deinit(struct condition *condition)
{
	name_list_free(condition->caps);
	name_list_free(condition->arches);
	free(condition->min_kernel);
	free(condition->extra);
}

static void rule_deinit(struct rule *rule)
{
	for (size_t i = 0; i < rule->n_args; i++)
		free(rule->args[i].extra);
	free(rule->args);
	name_list_free(rule->names);
	free(rule->errno_name);
	condition_deinit(&rule->includes);
	condition_deinit(&rule->excludes);
	free(rule->comment);
	free(rule->extra);
}

struct profile *profile_new(void)
{
	struct profile *profile = calloc(1, sizeof(*profile));

	if (profile)
		profile->default_action = ACTION_ERRNO;
	return profile;
}

static void arch_map_free(struct profile *profile)
{
	for (size_t i = 0; i < profile->n_arch_map; i++) {
		free(profile->arch_map[i].architecture);
		name_list_free(profile->arch_map[i].sub_architectures);
		free(profile->arch_map[i].extra);
	}
	free(profile->arch_map);
	profile->arch_map = NULL;
	profile->n_arch_map = 0;
}

struct profile *profile_free(struct profile *profile)
{
	if (!profile)
		return NULL;
	for (size_t i = 0; i < profile->n_rules; i++)
		rule_deinit(&profile->rules[i]);
	free(profile->rules);
	arch_map_free(profile);
	name_list_free(profile->architectures);
	name_list_free(profile->flags);
	name_list_free(profile->settings);
	free(profile->default_errno_name);
	free(profile->extra);
	free(profile);
	return NULL;
}

void profile_freep(struct profile **profile)
{
	*profile = profile_free(*profile);
}

static int copy_text(const char *text, char **ret)
{
	*ret = NULL;
	if (!text)
		return 0;
	*ret = strdup(text);
	return *ret ? 0 : -ENOMEM;
}

static int condition_copy(const struct condition *from, struct condition *to)
{
	if (name_list_copy(from->caps, &to->caps) < 0 ||
	    name_list_copy(from->arches, &to->arches) < 0 ||
	    copy_text(from->min_kernel, &to->min_kernel) < 0 ||
	    copy_text(from->extra, &to->extra) < 0)
		return -ENOMEM;
	return 0;
}

static int args_copy(const struct rule *from, struct rule *to)
{
	if (!from->args)
		return 0;
	to->args = calloc(from->n_args + 1, sizeof(*to->args));
	if (!to->args)
		return -ENOMEM;
	for (size_t i = 0; i < from->n_args; i++) {
		to->args[i] = from->args[i];
		to->n_args = i + 1;
		if (copy_text(from->args[i].extra, &to->args[i].extra) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* `to` is to be deinitialised even on failure. */
static int rule_copy(const struct rule *from, struct rule *to)
{
	*to = (struct rule){
		.singular = from->singular,
		.action = from->action,
		.has_errno = from->has_errno,
		.errno_ret = from->errno_ret,
		.has_includes = from->has_includes,
		.has_excludes = from->has_excludes,
		.origin = from->origin,
	};
	if (name_list_copy(from->names, &to->names) < 0 || args_copy(from, to) < 0 ||
	    copy_text(from->errno_name, &to->errno_name) < 0 ||
	    condition_copy(&from->includes, &to->includes) < 0 ||
	    condition_copy(&from->excludes, &to->excludes) < 0 ||
	    copy_text(from->comment, &to->comment) < 0 || copy_text(from->extra, &to->extra) < 0)
		return -ENOMEM;
	return 0;
}

static int arch_map_copy(const struct profile *from, struct profile *to)
{
	if (!from->arch_map)
		return 0;
	to->arch_map = calloc(from->n_arch_map + 1, sizeof(*to->arch_map));
	if (!to->arch_map)
		return -ENOMEM;
	for (size_t i = 0; i < from->n_arch_map; i++) {
		const struct arch_map *a = &from->arch_map[i];
		struct arch_map *b = &to->arch_map[i];

		to->n_arch_map = i + 1;
		if (copy_text(a->architecture, &b->architecture) < 0 ||
		    name_list_copy(a->sub_architectures, &b->sub_architectures) < 0 ||
		    copy_text(a->extra, &b->extra) < 0)
			return -ENOMEM;
	}
	return 0;
}

struct profile *profile_copy(const struct profile *profile)
{
	_cleanup_profile_ struct profile *copy = profile_new();
	struct profile *result;

	if (!copy)
		return NULL;
	copy->default_action = profile->default_action;
	copy->has_default_errno = profile->has_default_errno;
	copy->default_errno = profile->default_errno;
	if (copy_text(profile->default_errno_name, &copy->default_errno_name) < 0 ||
	    name_list_copy(profile->architectures, &copy->architectures) < 0 ||
	    arch_map_copy(profile, copy) < 0 || name_list_copy(profile->flags, &copy->flags) < 0 ||
	    name_list_copy(profile->settings, &copy->settings) < 0 ||
	    copy_text(profile->extra, &copy->extra) < 0 ||
	    array_reserve(&copy->rules, &copy->rules_allocated, profile->n_rules,
			  sizeof(*copy->rules)) < 0)
		return NULL;
	for (size_t i = 0; i < profile->n_rules; i++)
		if (rule_copy(&profile->rules[i], &copy->rules[copy->n_rules++]) < 0)
			return NULL;
	result = copy;
	copy = NULL;
	return result;
}

int profile_add_rule(struct profile *profile, enum origin origin, enum action action,
		     const char *const *names, size_t n, const char *comment, struct rule **ret)
{
	_cleanup_name_set_ struct name_set set = { 0 };
	struct rule rule = { .origin = origin, .action = action };

	for (size_t i = 0; i < n; i++)
		if (name_set_add(&set, names[i]) < 0)
			return -ENOMEM;
	if (array_reserve(&profile->rules, &profile->rules_allocated, profile->n_rules + 1,
			  sizeof(*profile->rules)) < 0 ||
	    copy_text(comment, &rule.comment) < 0)
		return -ENOMEM;
	rule.names = name_set_steal(&set);
	if (!rule.names) {
		free(rule.comment);
		return -ENOMEM;
	}
	profile->rules[profile->n_rules++] = rule;
	if (ret)
		*ret = &profile->rules[profile->n_rules - 1];
	return 0;
}

int profile_add_like(struct profile *profile, const struct rule *like, const char *const *names,
		     size_t n, const char *comment, struct rule **ret)
{
	struct rule *rule;
	int r = profile_add_rule(profile, like->origin, like->action, names, n, comment, &rule);

	if (r < 0)
		return r;
	rule->has_errno = like->has_errno;
	rule->errno_ret = like->errno_ret;
	rule->has_includes = like->has_includes;
	rule->has_excludes = like->has_excludes;
	if (args_copy(like, rule) < 0 || copy_text(like->errno_name, &rule->errno_name) < 0 ||
	    condition_copy(&like->includes, &rule->includes) < 0 ||
	    condition_copy(&like->excludes, &rule->excludes) < 0 ||
	    copy_text(like->extra, &rule->extra) < 0)
		return -ENOMEM;
	if (ret)
		*ret = rule;
	return 0;
}

int profile_add_architecture(struct profile *profile, const char *oci_name)
{
	if (name_list_has(profile->architectures, oci_name))
		return 0;
	return name_list_append(&profile->architectures, oci_name);
}

static int arch_map_add(struct profile *profile, const char *architecture,
			struct arch_map **ret_entry)
{
	struct arch_map *grown;

	for (size_t i = 0; i < profile->n_arch_map; i++) {
		*ret_entry = &profile->arch_map[i];
		if (strcmp(profile->arch_map[i].architecture, architecture) == 0)
			return 0;
	}
	grown = reallocarray(profile->arch_map, profile->n_arch_map + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	profile->arch_map = grown;
	*ret_entry = &grown[profile->n_arch_map];
	**ret_entry = (struct arch_map){ 0 };
	if (copy_text(architecture, &(*ret_entry)->architecture) < 0)
		return -ENOMEM;
	profile->n_arch_map++;
	return 0;
}

static const struct arch *host_of(const struct arch *arch)
{
	const struct arch *native = arch_by_token(arch->native);

	return native ? native : arch;
}

int profile_map_arch(struct profile *profile, const struct arch *arch)
{
	const struct arch *native = host_of(arch);
	struct arch_map *entry;
	int r = arch_map_add(profile, native->oci, &entry);

	if (r < 0 || native == arch || name_list_has(entry->sub_architectures, arch->oci))
		return r;
	return name_list_append(&entry->sub_architectures, arch->oci);
}

int profile_add_arch(struct profile *profile, const struct arch *arch)
{
	int r;

	if (profile->n_arch_map > 0)
		return profile_map_arch(profile, arch);
	r = profile_add_architecture(profile, host_of(arch)->oci);
	return r < 0 ? r : profile_add_architecture(profile, arch->oci);
}

void profile_forget_arches(struct profile *profile)
{
	arch_map_free(profile);
	name_list_free(profile->architectures);
	profile->architectures = NULL;
}

void rule_forget_conditions(struct rule *rule)
{
	condition_deinit(&rule->includes);
	condition_deinit(&rule->excludes);
	rule->includes = (struct condition){ 0 };
	rule->excludes = (struct condition){ 0 };
	rule->has_includes = rule->has_excludes = false;
}

void profile_filter_rules(struct profile *profile,
			  bool (*keep)(const struct rule *rule, const void *context),
			  const void *context)
{
	size_t n = 0;

	for (size_t i = 0; i < profile->n_rules; i++) {
		if (keep(&profile->rules[i], context))
			profile->rules[n++] = profile->rules[i];
		else
			rule_deinit(&profile->rules[i]);
	}
	profile->n_rules = n;
}
