/* SPDX-License-Identifier: Apache-2.0 */
#include "model/policy.h"
#include "base/cleanup.h"
#include "model/policy_build.h"
#include "model/policy_portable.h"
#include "model/policy_sets.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void build_deinit(struct policy_build *build)
{
	for (size_t i = 0; i < STANDING_COUNT; i++)
		name_set_deinit(&build->standing[i]);
	for (size_t i = 0; i < POLICY_SET_COUNT; i++)
		name_set_deinit(&build->inferred[i]);
	argument_plan_deinit(&build->arguments);
	for (uint32_t i = 0; build->by_arch && i < build->group->n_arches; i++)
		name_set_deinit(&build->by_arch[i]);
	free(build->by_arch);
	name_set_deinit(&build->refused);
	profile_free(build->profile);
}

const char *policy_set_name(enum policy_set set)
{
	return policy_set_fact(set)->name;
}

const char *policy_set_reason(enum policy_set set)
{
	return policy_set_fact(set)->reason;
}

const char *policy_reason(enum policy_set set, const char *name)
{
	const struct policy_set_fact *fact = policy_set_fact(set);

	if (set == POLICY_PORTABLE)
		return portable_reason(name);
	for (size_t i = 0; i < fact->n; i++)
		if (strcmp(fact->entries[i].name, name) == 0)
			return fact->entries[i].reason;
	return NULL;
}

static void take_arch(struct policy_build *build, const struct arch *arch)
{
	for (size_t i = 0; i < build->n_arches; i++)
		if (build->arches[i] == arch)
			return;
	if (arch && build->n_arches < ARRAY_SIZE(build->arches))
		build->arches[build->n_arches++] = arch;
}

static void collect_arches(struct policy_build *build)
{
	for (uint32_t i = 0; i < build->group->n_arches; i++)
		take_arch(build, build->group->arches[i].arch);
	build->n_recorded = build->n_arches;
	for (size_t i = 0; i < build->options->n_arches; i++)
		take_arch(build, build->options->arches[i]);
}

static int start_profile(struct policy_build *build)
{
	const struct policy_options *options = build->options;

	build->profile = options->base ? profile_copy(options->base) : profile_new();
	if (!build->profile)
		return -ENOMEM;
	build->n_base_rules = build->profile->n_rules;
	if (options->base)
		return 0;
	build->profile->default_action = options->default_action;
	build->profile->has_default_errno = options->default_action == ACTION_ERRNO;
	build->profile->default_errno = options->default_errno;
	return 0;
}

/* A base that names no architecture means the native one, and stays so while nothing else was seen.
 */
static bool base_means_native(const struct policy_build *build)
{
	if (!build->options->base || name_list_count(build->profile->architectures) > 0 ||
	    build->profile->n_arch_map > 0)
		return false;
	for (size_t i = 0; i < build->n_recorded; i++)
		if (build->arches[i]->native != build->arches[i]->token)
			return false;
	for (size_t i = build->n_recorded; i < build->n_arches; i++)
		if (build->arches[i] != arch_native())
			return false;
	return true;
}

static int add_architectures(struct policy_build *build)
{
	int r = 0;

	if (base_means_native(build))
		return 0;
	for (size_t i = 0; r == 0 && i < build->n_arches; i++) {
		const struct arch *arch = build->arches[i];

		if (build->options->base && profile_covers(build->profile, arch) &&
		    (build->profile->architectures || build->profile->arch_map))
			continue;
		r = build->options->exact && build->profile->n_arch_map == 0
			    ? profile_add_architecture(build->profile, arch->oci)
			    : profile_add_arch(build->profile, arch);
	}
	return r;
}

/* Asked while the profile is still the base alone, with the recorded architectures added. */
static enum standing standing_of(const struct policy_build *build, const struct arch *arch,
				 const char *name)
{
	bool denies = false, allows = false, by_args = false, logs = false;

	if (profile_allows(build->profile, arch, name))
		return STANDING_ALLOWED;
	for (size_t i = 0; i < build->n_base_rules; i++) {
		const struct rule *rule = &build->profile->rules[i];

		if (!rule_names(rule, name) || !rule_possible(rule, arch))
			continue;
		if (action_denies(rule->action)) {
			denies = true;
			continue;
		}
		allows = true;
		by_args = by_args || rule->n_args > 0;
		logs = logs || (rule->action == ACTION_LOG && rule->n_args == 0);
	}
	if (profile_denies(build->profile, arch, name) || (denies && !allows))
		return STANDING_DENIED;
	if (denies || by_args)
		return STANDING_CONDITIONAL;
	return logs ? STANDING_ALLOWED : STANDING_FRESH;
}

static int prepare_names(const struct policy_build *build)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < build->n_arches; i++)
		r = syscall_prepare(build->names, build->arches[i]);
	return r;
}

static int take_observations(struct policy_build *build, uint32_t index)
{
	const struct group_arch *calls = &build->group->arches[index];

	for (uint32_t i = 0; calls->arch && i < calls->n; i++) {
		const struct observation *seen = &calls->observations[i];
		const char *name = syscall_name(build->names, calls->arch, seen->nr);
		enum standing standing;

		if (!name)
			continue;
		if (action_denies((enum action)seen->action) && !build->options->include_denied) {
			if (name_set_add(&build->refused, name) < 0)
				return -ENOMEM;
			continue;
		}
		standing = standing_of(build, calls->arch, name);
		if (name_set_add(&build->by_arch[index], name) < 0 ||
		    name_set_add(&build->standing[standing], name) < 0)
			return -ENOMEM;
	}
	return 0;
}

static bool observed(const struct policy_build *build, const char *name)
{
	for (size_t i = 0; i < STANDING_COUNT; i++)
		if (name_set_has(&build->standing[i], name))
			return true;
	return false;
}

/* A rule holds on every architecture: what the base restricts on one is not opened by another. */
static int settle_fresh(struct policy_build *build)
{
	_cleanup_name_set_ struct name_set kept = { 0 };
	const struct name_set *fresh = &build->standing[STANDING_FRESH];
	struct name_set swap;

	for (size_t i = 0; i < fresh->n; i++) {
		if (name_set_has(&build->standing[STANDING_CONDITIONAL], fresh->names[i]) ||
		    name_set_has(&build->standing[STANDING_DENIED], fresh->names[i]))
			continue;
		if (name_set_add(&kept, fresh->names[i]) < 0)
			return -ENOMEM;
	}
	swap = kept;
	kept = *fresh;
	build->standing[STANDING_FRESH] = swap;
	return 0;
}

/* Arguments that were seen and that the base's conditions do not have. */
static int extend_conditional(struct policy_build *build)
{
	struct name_set *conditional = &build->standing[STANDING_CONDITIONAL];
	struct name_set *fresh = &build->standing[STANDING_FRESH];
	_cleanup_name_set_ struct name_set before = { 0 };
	int r = 0;

	for (size_t i = 0; r >= 0 && i < conditional->n; i++)
		r = name_set_add(&before, conditional->names[i]);
	if (r >= 0)
		r = argument_plan_extend(&build->arguments, build->group, build->names,
					 build->options, build->profile, conditional, fresh);
	/* What the base had accepted already was seen all the same. */
	for (size_t i = 0; r >= 0 && i < before.n; i++)
		if (!name_set_has(conditional, before.names[i]))
			r = name_set_add(&build->standing[STANDING_ALLOWED], before.names[i]);
	return r < 0 ? r : 0;
}

static int add_observed(struct policy_build *build)
{
	struct argument_plan *plan = &build->arguments;
	int r = 0;

	build->by_arch = calloc(build->group->n_arches + 1, sizeof(*build->by_arch));
	if (!build->by_arch)
		return -ENOMEM;
	for (uint32_t i = 0; r == 0 && i < build->group->n_arches; i++)
		r = take_observations(build, i);
	if (r == 0)
		r = settle_fresh(build);
	if (r == 0)
		r = argument_plan_make(plan, build->group, build->names, build->options,
				       &build->standing[STANDING_FRESH]);
	if (r == 0 && build->options->base)
		r = extend_conditional(build);
	if (r == 0 && plan->plain.n > 0)
		r = profile_add_rule(build->profile, ORIGIN_SEEN, ACTION_ALLOW,
				     (const char *const *)plan->plain.names, plan->plain.n, NULL,
				     NULL);
	return r < 0 ? r : argument_plan_rules(plan, build->profile);
}

/* Whether one of the architectures that make calls of the set has this one. */
static int set_exists(const struct policy_build *build, enum policy_set set, const char *name)
{
	int32_t nr;

	for (size_t i = 0; i < build->n_arches; i++) {
		const struct arch *arch = build->arches[i];
		int r;

		if (set == POLICY_RUNTIME)
			arch = arch_by_token(arch->native);
		if (!arch || (set == POLICY_MULTIPLEXED && !arch->multiplexed))
			continue;
		r = syscall_number(build->names, arch, name, &nr);
		if (r != -ENOENT)
			return r < 0 ? r : 1;
	}
	return 0;
}

static bool base_speaks_of(const struct policy_build *build, const char *name)
{
	if (build->n_base_rules > 0 || build->options->base) {
		for (size_t i = 0; i < build->n_base_rules; i++)
			if (rule_names(&build->profile->rules[i], name))
				return true;
	}
	return build->profile->default_action == ACTION_ALLOW;
}

static bool is_wanted(const struct policy_build *build, enum policy_set set,
		      const struct policy_entry *entry)
{
	if (set == POLICY_RUNTIME && !(entry->runtime & build->options->runtime))
		return false;
	if (entry->after && !observed(build, entry->after))
		return false;
	if (observed(build, entry->name) || base_speaks_of(build, entry->name))
		return false;
	for (size_t earlier = 0; earlier < (size_t)set; earlier++)
		if (name_set_has(&build->inferred[earlier], entry->name))
			return false;
	return set != POLICY_MULTIPLEXED || argument_plan_has_form(&build->arguments, entry->name);
}

static int choose(struct policy_build *build, enum policy_set set)
{
	const struct policy_set_fact *fact = policy_set_fact(set);

	for (size_t i = 0; i < fact->n; i++) {
		int r;

		if (!is_wanted(build, set, &fact->entries[i]))
			continue;
		r = set_exists(build, set, fact->entries[i].name);
		if (r > 0)
			r = name_set_add(&build->inferred[set], fact->entries[i].name);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Recorded on s390 and elsewhere: what s390 has counts, as it always did. */
static int clone_flags(const struct policy_build *build)
{
	int flags = portable_clone_flags(build->arches, build->n_arches);

	return flags < 0 ? 1 : flags;
}

/* Threads yes, namespaces no: clone stands in a rule of its own with a condition on its flags. */
static int add_set_rule(struct policy_build *build, enum policy_set set, const char *comment)
{
	const struct name_set *chosen = &build->inferred[set];
	_cleanup_free_ const char **names = calloc(chosen->n + 1, sizeof(*names));
	bool fallback = set == POLICY_FALLBACK, clone_apart = false;
	struct rule *rule;
	size_t n = 0;
	int r;

	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < chosen->n; i++) {
		if (set == POLICY_RUNTIME && strcmp(chosen->names[i], "clone") == 0)
			clone_apart = true;
		else
			names[n++] = chosen->names[i];
	}
	if (n > 0) {
		r = profile_add_rule(build->profile, ORIGIN_POLICY,
				     fallback ? ACTION_ERRNO : ACTION_ALLOW, names, n, comment,
				     &rule);
		if (r < 0)
			return r;
		rule->has_errno = fallback;
		rule->errno_ret = fallback ? ENOSYS : 0;
	}
	if (!clone_apart)
		return 0;
	return portable_add_clone(build->profile, (unsigned int)clone_flags(build), comment);
}

/* Where the default lets calls through, or answers ENOSYS itself, fallbacks need no rule. */
static bool fallback_needed(const struct profile *profile)
{
	if (!action_denies(profile->default_action))
		return false;
	return !(profile->default_action == ACTION_ERRNO && profile->has_default_errno &&
		 profile->default_errno == ENOSYS);
}

static int add_portable(struct policy_build *build)
{
	if (!build->options->portable)
		return 0;
	return portable_extend(build->profile, build->names, &build->refused,
			       portable_clone_flags(build->arches, build->n_arches),
			       &build->inferred[POLICY_PORTABLE]);
}

static int choose_assumed(struct policy_build *build)
{
	char *const *names = build->options->assumed;
	int r = 0;

	for (size_t i = 0; r >= 0 && names && names[i]; i++) {
		const struct policy_entry entry = { .name = names[i] };

		if (!is_wanted(build, POLICY_ASSUMED, &entry))
			continue;
		r = set_exists(build, POLICY_ASSUMED, names[i]);
		if (r > 0)
			r = name_set_add(&build->inferred[POLICY_ASSUMED], names[i]);
	}
	return r < 0 ? r : 0;
}

static int add_set(struct policy_build *build, enum policy_set set)
{
	_cleanup_strbuf_ struct strbuf comment = { 0 };
	int r;

	if (set == POLICY_PORTABLE)
		return add_portable(build);
	if (set == POLICY_FALLBACK && !fallback_needed(build->profile))
		return 0;
	r = set == POLICY_ASSUMED ? choose_assumed(build) : choose(build, set);
	if (r < 0 || build->inferred[set].n == 0)
		return r;
	strbuf_printf(&comment, "inferred, %s: %s", policy_set_name(set), policy_set_reason(set));
	if (!strbuf_text(&comment))
		return -ENOMEM;
	return add_set_rule(build, set, strbuf_text(&comment));
}

/* What clone's condition has to look at differs, and one list holds for all. */
static int check_arches(const struct policy_build *build, struct error *err)
{
	if (build->n_arches == build->n_recorded ||
	    portable_clone_flags(build->arches, build->n_arches) >= 0)
		return 0;
	return error_set(err, -EINVAL,
			 "s390 has the arguments of clone the other way round: it cannot be in one "
			 "profile with other architectures; make one for each");
}

int policy_profile(const struct recording *recording _unused_, const struct group *group,
		   struct syscall_table *names, const struct policy_options *options,
		   struct profile **ret, struct policy_report *report, struct error *err)
{
	_cleanup_(build_deinit) struct policy_build build = {
		.group = group,
		.names = names,
		.options = options,
	};
	int r;

	collect_arches(&build);
	if (check_arches(&build, err) < 0)
		return -EINVAL;
	r = prepare_names(&build);
	if (r == 0)
		r = start_profile(&build);
	if (r == 0)
		r = add_architectures(&build);
	if (r == 0)
		r = add_observed(&build);
	for (size_t set = 0; r == 0 && !options->exact && set < POLICY_SET_COUNT; set++)
		r = add_set(&build, (enum policy_set)set);
	if (r == 0 && report)
		r = policy_fill_report(&build, report);
	if (r < 0)
		return r == -ENOMEM
			       ? error_memory(err)
			       : error_set(err, r, "cannot make the profile: %s", strerror(-r));
	*ret = build.profile;
	build.profile = NULL;
	return 0;
}
