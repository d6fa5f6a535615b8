/* SPDX-License-Identifier: Apache-2.0 */
#include "model/proposal.h"
#include "base/strbuf.h"
#include "model/explanation.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define EXES_SHOWN 3 /* executables that a comment names */

void proposal_deinit(struct proposal *proposal)
{
	profile_free(proposal->profile);
	name_list_free(proposal->names);
	*proposal = (struct proposal){ 0 };
}

bool proposal_group_denied(const struct group *group)
{
	for (uint32_t a = 0; a < group->n_arches; a++)
		for (uint32_t i = 0; i < group->arches[a].n; i++)
			if (action_denies((enum action)group->arches[a].observations[i].action))
				return true;
	return false;
}

/* The work on one proposal. */
struct work {
	struct proposal *into;
	const struct recording *recording;
	struct syscall_table *names;
	struct recording denials; /* all of them in one group, without who */
	uint32_t joined;	  /* that group */
	struct explanation calls; /* of `denials` */
	struct name_set *exes;	  /* for each of its calls: to whom it was denied */
};

static void work_deinit(struct work *work)
{
	for (size_t i = 0; work->exes && i < work->calls.n_calls; i++)
		name_set_deinit(&work->exes[i]);
	free(work->exes);
	explanation_deinit(&work->calls);
	recording_deinit(&work->denials);
}

typedef int (*visit_denial)(struct work *work, const struct group_arch *table,
			    const struct observation *seen);

static int each_denial(struct work *work, visit_denial visit)
{
	int r = 0;

	for (size_t g = 0; g < work->recording->n_groups; g++)
		for (uint32_t a = 0; a < work->recording->groups[g].n_arches; a++) {
			const struct group_arch *table = &work->recording->groups[g].arches[a];

			for (uint32_t i = 0; r >= 0 && i < table->n; i++)
				if (action_denies((enum action)table->observations[i].action))
					r = visit(work, table, &table->observations[i]);
		}
	return r;
}

static int take_denial(struct work *work, const struct group_arch *table,
		       const struct observation *seen)
{
	return recording_add(&work->denials, work->joined, table->audit, seen->nr,
			     action_to_code((enum action)seen->action), RECORDING_ACTOR_OMITTED,
			     seen->first_ms, seen->last_ms, seen->count, NULL);
}

static int take_exes(struct work *work, const struct group_arch *table,
		     const struct observation *seen)
{
	const char *name = table->arch ? syscall_name(work->names, table->arch, seen->nr) : NULL;
	const struct explained *call = name ? explanation_find(&work->calls, name) : NULL;
	const uint32_t *actors;
	size_t n;
	int r = 0;

	if (!call)
		return 0;
	recording_actors(work->recording, seen, &actors, &n);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		struct slice exe = recording_actor(work->recording, actors[i]).exe;

		if (exe.len > 0)
			r = name_set_add(&work->exes[call - work->calls.calls], exe.data);
	}
	return r < 0 ? r : 0;
}

static int put_comment(const struct explained *call, const struct name_set *exes,
		       struct strbuf *comment)
{
	strbuf_printf(comment, "proposed, denied %" PRIu64 " %s", call->denied,
		      call->denied == 1 ? "time" : "times");
	for (size_t i = 0; i < exes->n && i < EXES_SHOWN; i++) {
		strbuf_puts(comment, i ? ", " : " to ");
		strbuf_put_shown(comment, slice_from(exes->names[i]));
	}
	if (exes->n > EXES_SHOWN)
		strbuf_printf(comment, " and %zu more", exes->n - EXES_SHOWN);
	strbuf_puts(comment, "; denied is not needed");
	if (call->fact)
		strbuf_printf(comment, ". Risk %s: %s %s", risk_name(call->fact->risk), call->name,
			      call->fact->does);
	return strbuf_text(comment) ? 0 : -ENOMEM;
}

static int add_call(struct proposal *into, const struct explained *call,
		    const struct name_set *exes)
{
	_cleanup_strbuf_ struct strbuf comment = { 0 };
	int r = put_comment(call, exes, &comment);

	if (r >= 0)
		r = profile_add_rule(into->profile, ORIGIN_POLICY, ACTION_ALLOW, &call->name, 1,
				     strbuf_text(&comment), NULL);
	if (r >= 0)
		r = name_list_append(&into->names, call->name);
	return r;
}

static int start_profile(struct proposal *into, const struct recording *denials)
{
	int r = 0;

	into->profile = profile_new();
	if (!into->profile)
		return -ENOMEM;
	into->profile->default_action = ACTION_ERRNO;
	into->profile->has_default_errno = true;
	into->profile->default_errno = EPERM;
	for (uint32_t a = 0; r == 0 && a < denials->groups[0].n_arches; a++)
		if (denials->groups[0].arches[a].arch)
			r = profile_add_arch(into->profile, denials->groups[0].arches[a].arch);
	return r;
}

/* A call that nobody can name cannot be put into a profile. */
static int fill(struct work *work)
{
	struct proposal *into = work->into;
	int r = start_profile(into, &work->denials);

	for (size_t i = 0; r == 0 && i < work->calls.n_calls; i++)
		if (work->calls.calls[i].fact)
			r = add_call(into, &work->calls.calls[i], &work->exes[i]);
	if (r == 0 && !into->names) {
		into->names = calloc(1, sizeof(*into->names));
		r = into->names ? 0 : -ENOMEM;
	}
	into->n_calls = work->calls.n_calls;
	into->records = work->calls.denied;
	for (size_t g = 0; g < work->recording->n_groups; g++)
		into->n_groups += proposal_group_denied(&work->recording->groups[g]);
	return r;
}

static bool any_happened(const struct recording *recording)
{
	for (size_t g = 0; g < recording->n_groups; g++)
		for (uint32_t a = 0; a < recording->groups[g].n_arches; a++) {
			const struct group_arch *table = &recording->groups[g].arches[a];

			for (uint32_t i = 0; i < table->n; i++)
				if (!action_denies((enum action)table->observations[i].action))
					return true;
		}
	return false;
}

static int collect(struct work *work, struct error *err)
{
	int r = recording_group(&work->denials, SLICE("denied"), SLICE(""), RECORD_UNSET,
				RECORD_UNSET, &work->joined);

	if (r >= 0)
		r = each_denial(work, take_denial);
	if (r >= 0)
		r = explanation_make(&work->calls, &work->denials, NULL, work->names, err);
	if (r < 0)
		return r;
	work->exes = calloc(work->calls.n_calls + 1, sizeof(*work->exes));
	return work->exes ? each_denial(work, take_exes) : -ENOMEM;
}

int proposal_make(struct proposal *ret, const struct recording *recording,
		  struct syscall_table *names, struct error *err)
{
	_cleanup_(work_deinit) struct work work = {
		.into = ret,
		.recording = recording,
		.names = names,
	};
	int r = recording_prepare_names(recording, names);

	if (r == 0)
		r = collect(&work, err);
	if (r >= 0)
		r = fill(&work);
	if (r < 0)
		return r == -ENOMEM ? error_memory(err)
				    : error_set(err, r, "cannot make a proposal: %s", strerror(-r));
	ret->happened = any_happened(recording);
	return 0;
}
