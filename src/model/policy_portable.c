/* SPDX-License-Identifier: Apache-2.0 */
#include "model/policy_portable.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "model/policy_sets.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What an extension reads while it adds to the profile. */
struct extension {
	struct profile *profile;
	struct syscall_table *names;
	const struct name_set *refused;
	int clone_flags;
	size_t n_grounds; /* rules that were there before */
};

static bool is_concerned(const struct profile *profile, const struct arch *arch)
{
	if (name_list_count(profile->architectures) == 0 && profile->n_arch_map == 0)
		return arch == arch_native();
	return profile_covers(profile, arch);
}

/* Whether some rule that was observed, or is the base's, names the call. */
static bool is_grounded(const struct extension *extension, const char *name)
{
	for (size_t i = 0; i < extension->n_grounds; i++)
		if (extension->profile->rules[i].origin != ORIGIN_POLICY &&
		    rule_names(&extension->profile->rules[i], name))
			return true;
	return false;
}

static bool is_allowed(const void *context, const char *name)
{
	const struct extension *extension = context;

	if (!is_grounded(extension, name))
		return false;
	for (size_t i = 0; i < arch_count(); i++)
		if (is_concerned(extension->profile, arch_at(i)) &&
		    profile_allows(extension->profile, arch_at(i), name))
			return true;
	return false;
}

static bool is_spoken_of(const struct profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->n_rules; i++)
		if (rule_names(&profile->rules[i], name))
			return true;
	return false;
}

/* 1: on an architecture that the profile covers. */
static int exists(const struct extension *extension, const char *name)
{
	for (size_t i = 0; i < arch_count(); i++) {
		int32_t nr;
		int r;

		if (!is_concerned(extension->profile, arch_at(i)))
			continue;
		r = syscall_number(extension->names, arch_at(i), name, &nr);
		if (r != -ENOENT)
			return r < 0 ? r : 1;
	}
	return 0;
}

/* 1: the family adds it. */
static int wants(const struct extension *extension, const struct portable_family *family,
		 const char *name)
{
	if (is_spoken_of(extension->profile, name) ||
	    (extension->refused && name_set_has(extension->refused, name)) ||
	    (extension->clone_flags < 0 && strcmp(name, "clone") == 0))
		return 0;
	return portable_family_adds(family, name, is_allowed, extension) ? exists(extension, name)
									 : 0;
}

static int add_rules(const struct extension *extension, const struct portable_family *family,
		     const char *const *names, size_t n)
{
	_cleanup_strbuf_ struct strbuf comment = { 0 };
	const char *plain[PORTABLE_MEMBERS_MAX];
	size_t n_plain = 0;
	int r = 0;

	strbuf_printf(&comment, "inferred, portable: %s", family->reason);
	if (!strbuf_text(&comment))
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (strcmp(names[i], "clone") != 0)
			plain[n_plain++] = names[i];
		else
			r = portable_add_clone(extension->profile,
					       (unsigned int)extension->clone_flags,
					       strbuf_text(&comment));
	}
	if (r == 0 && n_plain > 0)
		r = profile_add_rule(extension->profile, ORIGIN_POLICY, ACTION_ALLOW, plain,
				     n_plain, strbuf_text(&comment), NULL);
	return r;
}

static int extend_by(const struct extension *extension, const struct portable_family *family,
		     struct name_set *added)
{
	const char *const *candidates = portable_family_added(family);
	const char *names[PORTABLE_MEMBERS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < PORTABLE_MEMBERS_MAX && candidates[i]; i++) {
		int r = wants(extension, family, candidates[i]);

		if (r > 0) {
			names[n++] = candidates[i];
			r = name_set_add(added, candidates[i]);
		}
		if (r < 0)
			return r;
	}
	return n > 0 ? add_rules(extension, family, names, n) : 0;
}

int portable_extend(struct profile *profile, struct syscall_table *names,
		    const struct name_set *refused, int clone_flags, struct name_set *added)
{
	const struct extension extension = { profile, names, refused, clone_flags,
					     profile->n_rules };
	int r = 0;

	if (profile->default_action == ACTION_ALLOW)
		return 0;
	for (size_t i = 0; r == 0 && i < portable_family_count(); i++)
		r = extend_by(&extension, portable_family_at(i), added);
	return r;
}

int portable_clone_flags(const struct arch *const *arches, size_t n)
{
	bool first = false, second = false;

	for (size_t i = 0; i < n; i++) {
		if (strncmp(arches[i]->name, "s390", 4) == 0)
			second = true;
		else
			first = true;
	}
	return first && second ? -1 : second;
}

int portable_add_clone(struct profile *profile, unsigned int flags, const char *comment)
{
	static const char *const names[] = { "clone" };
	struct rule *rule;
	int r = profile_add_rule(profile, ORIGIN_POLICY, ACTION_ALLOW, names, 1, comment, &rule);

	if (r < 0)
		return r;
	rule->args = calloc(1, sizeof(*rule->args));
	if (!rule->args)
		return -ENOMEM;
	rule->n_args = 1;
	rule->args[0] = (struct rule_arg){
		.index = flags,
		.op = COMPARE_MASKED_EQ,
		.value = POLICY_CLONE_NAMESPACES,
		.value_two = 0,
		.has_value_two = true,
	};
	return 0;
}
