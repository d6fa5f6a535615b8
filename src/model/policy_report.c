/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "model/policy_build.h"
#include <errno.h>

void policy_report_deinit(struct policy_report *report)
{
	name_list_free(report->seen);
	for (size_t i = 0; i < POLICY_SET_COUNT; i++)
		name_list_free(report->inferred[i]);
	name_list_free(report->fresh);
	name_list_free(report->still_denied);
	name_list_free(report->conditional);
	name_list_free(report->widened);
	name_list_free(report->by_args);
	name_list_free(report->any_args);
	*report = (struct policy_report){ 0 };
}

/* Asked for, not recorded: that all is new there goes without saying. */
static bool is_asked_for(const struct policy_build *build, const struct arch *arch)
{
	for (size_t i = build->n_recorded; i < build->n_arches; i++)
		if (build->arches[i] == arch)
			return true;
	return false;
}

/* What was observed on an architecture; NULL: nothing was recorded on it. */
static const struct name_set *observed_on(const struct policy_build *build, const struct arch *arch)
{
	for (uint32_t i = 0; i < build->group->n_arches; i++)
		if (build->group->arches[i].arch == arch)
			return &build->by_arch[i];
	return NULL;
}

/* Those of `names` that the architecture has and was not seen to call. */
static int widen_on(const struct policy_build *build, const struct arch *arch,
		    const struct name_set *names, struct name_set *widened)
{
	const struct name_set *observed = observed_on(build, arch);

	for (size_t i = 0; i < names->n; i++) {
		int32_t nr;
		int r;

		if (observed && name_set_has(observed, names->names[i]))
			continue;
		r = syscall_number(build->names, arch, names->names[i], &nr);
		if (r == 0)
			r = name_set_add(widened, names->names[i]);
		if (r < 0 && r != -ENOENT)
			return r;
	}
	return 0;
}

/*
 * Needed on one architecture, and allowed on another that the profile covers and that has it, too:
 * the one that the runtime runs on counts, even when nothing was recorded on it.
 */
static int find_widened(const struct policy_build *build, struct name_set *widened)
{
	bool named = build->profile->architectures || build->profile->n_arch_map;

	for (size_t i = 0; i < arch_count(); i++) {
		const struct arch *arch = arch_at(i);
		int r;

		if (is_asked_for(build, arch) || !(named ? profile_covers(build->profile, arch)
							 : observed_on(build, arch) != NULL))
			continue;
		r = widen_on(build, arch, &build->standing[STANDING_FRESH], widened);
		if (r == 0 && !arch->multiplexed)
			r = widen_on(build, arch, &build->inferred[POLICY_MULTIPLEXED], widened);
		if (r < 0)
			return r;
	}
	return 0;
}

int policy_fill_report(struct policy_build *build, struct policy_report *ret)
{
	_cleanup_(policy_report_deinit) struct policy_report report = { 0 };
	_cleanup_name_set_ struct name_set widened = { 0 };
	struct name_set *allowed = &build->standing[STANDING_ALLOWED];
	const struct name_set *fresh = &build->standing[STANDING_FRESH];
	bool complete = true;

	if (find_widened(build, &widened) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < fresh->n; i++)
		if (name_set_add(allowed, fresh->names[i]) < 0)
			return -ENOMEM;
	report.seen = name_set_steal(allowed);
	report.still_denied = name_set_steal(&build->standing[STANDING_DENIED]);
	report.conditional = name_set_steal(&build->standing[STANDING_CONDITIONAL]);
	report.widened = name_set_steal(&widened);
	report.by_args = name_set_steal(&build->arguments.by_args);
	report.any_args = name_set_steal(&build->arguments.any_args);
	for (size_t i = 0; i < POLICY_SET_COUNT; i++) {
		report.inferred[i] = name_set_steal(&build->inferred[i]);
		complete = complete && report.inferred[i];
	}
	if (!build->options->base)
		name_set_deinit(&build->standing[STANDING_FRESH]);
	report.fresh = name_set_steal(&build->standing[STANDING_FRESH]);
	if (!complete || !report.seen || !report.still_denied || !report.conditional ||
	    !report.widened || !report.fresh || !report.by_args || !report.any_args)
		return -ENOMEM;
	policy_report_deinit(ret);
	*ret = report;
	report = (struct policy_report){ 0 };
	return 0;
}
