/* SPDX-License-Identifier: Apache-2.0 */
/* What a profile says of a call on an architecture. */
#include "base/cleanup.h"
#include "model/profile.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

static const char *const compare_names[] = {
	[COMPARE_NE] = "SCMP_CMP_NE",
	[COMPARE_LT] = "SCMP_CMP_LT",
	[COMPARE_LE] = "SCMP_CMP_LE",
	[COMPARE_EQ] = "SCMP_CMP_EQ",
	[COMPARE_GE] = "SCMP_CMP_GE",
	[COMPARE_GT] = "SCMP_CMP_GT",
	[COMPARE_MASKED_EQ] = "SCMP_CMP_MASKED_EQ",
};

const char *compare_oci_name(enum compare compare)
{
	return compare_names[compare];
}

int compare_from_oci_name(const char *name, enum compare *ret)
{
	for (size_t i = COMPARE_NE; i < ARRAY_SIZE(compare_names); i++) {
		if (strcmp(compare_names[i], name) == 0) {
			*ret = (enum compare)i;
			return 0;
		}
	}
	return -EINVAL;
}

/* Conditions use libseccomp-golang's words where those differ from libseccomp's own. */
static const struct {
	const char *name, *condition;
} condition_names[] = {
	{ "x86_64", "amd64" },
	{ "aarch64", "arm64" },
};

static const char *arch_condition_name(const struct arch *arch)
{
	const struct arch *native = arch_by_token(arch->native);

	if (!native)
		native = arch;
	for (size_t i = 0; i < ARRAY_SIZE(condition_names); i++)
		if (strcmp(condition_names[i].name, native->name) == 0)
			return condition_names[i].condition;
	return native->name;
}

/* Whether this kernel is at least "MAJOR.MINOR"; what cannot be read counts as satisfied. */
static bool kernel_at_least(const char *wanted)
{
	struct utsname host;
	unsigned int have_major, have_minor, major, minor;

	if (uname(&host) < 0 || sscanf(host.release, "%u.%u", &have_major, &have_minor) != 2 ||
	    sscanf(wanted, "%u.%u", &major, &minor) != 2)
		return true;
	return have_major != major ? have_major > major : have_minor >= minor;
}

bool rule_holds(const struct rule *rule, const struct arch *arch)
{
	const struct condition *in = &rule->includes, *ex = &rule->excludes;
	const char *host = arch_condition_name(arch);

	if (name_list_count(in->caps) > 0)
		return false;
	if (name_list_count(in->arches) > 0 && !name_list_has(in->arches, host))
		return false;
	if (in->min_kernel && *in->min_kernel && !kernel_at_least(in->min_kernel))
		return false;
	if (name_list_has(ex->arches, host))
		return false;
	return !(ex->min_kernel && *ex->min_kernel && kernel_at_least(ex->min_kernel));
}

bool rule_possible(const struct rule *rule, const struct arch *arch)
{
	const struct condition *in = &rule->includes, *ex = &rule->excludes;
	const char *host = arch_condition_name(arch);

	if (name_list_count(in->arches) > 0 && !name_list_has(in->arches, host))
		return false;
	return !name_list_has(ex->arches, host);
}

bool rule_unconditional(const struct rule *rule, const struct arch *arch)
{
	const struct condition *in = &rule->includes, *ex = &rule->excludes;

	if (name_list_count(in->caps) > 0 || name_list_count(ex->caps) > 0)
		return false;
	if ((in->min_kernel && *in->min_kernel) || (ex->min_kernel && *ex->min_kernel))
		return false;
	if (in->extra || ex->extra)
		return false;
	return rule_possible(rule, arch);
}

static size_t count_names(const struct profile *profile)
{
	size_t n = 0;

	for (size_t i = 0; i < profile->n_rules; i++)
		n += name_list_count(profile->rules[i].names);
	return n;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* -ENOMEM. */
static int count_calls(const struct profile *profile, size_t n_names, size_t *ret)
{
	_cleanup_free_ const char **names = calloc(n_names + 1, sizeof(*names));
	size_t n = 0, different = 0;

	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < profile->n_rules; i++)
		for (char **name = profile->rules[i].names; name && *name; name++)
			names[n++] = *name;
	qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 0; i < n; i++)
		different += i == 0 || strcmp(names[i - 1], names[i]) != 0;
	*ret = different;
	return 0;
}

int profile_check_size(const struct profile *profile, struct error *err)
{
	size_t n_names = count_names(profile), n_calls = 0;

	if (profile->n_rules > PROFILE_RULES_MAX)
		return error_set(err, -EBADMSG, "more than %d rules", PROFILE_RULES_MAX);
	if (n_names > PROFILE_NAMES_MAX)
		return error_set(err, -EBADMSG, "more than %d names", PROFILE_NAMES_MAX);
	if (count_calls(profile, n_names, &n_calls) < 0)
		return error_memory(err);
	if (n_calls > PROFILE_CALLS_MAX)
		return error_set(err, -EBADMSG, "more than %d calls", PROFILE_CALLS_MAX);
	return 0;
}

bool profile_covers(const struct profile *profile, const struct arch *arch)
{
	if (name_list_count(profile->architectures) == 0 && profile->n_arch_map == 0)
		return true;
	if (name_list_has(profile->architectures, arch->oci))
		return true;
	for (size_t i = 0; i < profile->n_arch_map; i++)
		if (strcmp(profile->arch_map[i].architecture, arch->oci) == 0 ||
		    name_list_has(profile->arch_map[i].sub_architectures, arch->oci))
			return true;
	return false;
}

bool rule_names(const struct rule *rule, const char *name)
{
	return name_list_has(rule->names, name);
}

bool rule_inferred(const struct rule *rule)
{
	static const char mark[] = "inferred, "; /* as policy.c writes it */

	return rule->origin == ORIGIN_POLICY ||
	       (rule->comment && strncmp(rule->comment, mark, strlen(mark)) == 0);
}

bool action_denies(enum action action)
{
	return action != ACTION_ALLOW && action != ACTION_LOG;
}

bool profile_allows(const struct profile *profile, const struct arch *arch, const char *name)
{
	bool allowed = profile->default_action == ACTION_ALLOW;

	if (!profile_covers(profile, arch))
		return false;
	for (size_t i = 0; i < profile->n_rules; i++) {
		const struct rule *rule = &profile->rules[i];

		if (!rule_names(rule, name) || !rule_possible(rule, arch))
			continue;
		if (rule->action != ACTION_ALLOW)
			return false;
		if (rule->n_args == 0 && rule_unconditional(rule, arch))
			allowed = true;
	}
	return allowed;
}

bool profile_denies(const struct profile *profile, const struct arch *arch, const char *name)
{
	for (size_t i = 0; i < profile->n_rules; i++) {
		const struct rule *rule = &profile->rules[i];

		if (action_denies(rule->action) && rule->n_args == 0 && rule_names(rule, name) &&
		    rule_unconditional(rule, arch))
			return true;
	}
	return false;
}
