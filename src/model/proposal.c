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

/* The denials alone, of all groups in one. */
static int take_denials(const struct recording *recording, struct recording *into)
{
	uint32_t joined;
	int r = recording_group(into, SLICE("denied"), SLICE(""), RECORD_UNSET, RECORD_UNSET,
				&joined);

	for (size_t g = 0; r >= 0 && g < recording->n_groups; g++)
		for (uint32_t a = 0; a < recording->groups[g].n_arches; a++) {
			const struct group_arch *table = &recording->groups[g].arches[a];

			for (uint32_t i = 0; r >= 0 && i < table->n; i++) {
				const struct observation *seen = &table->observations[i];
				enum action action = (enum action)seen->action;

				if (action_denies(action))
					r = recording_add(into, joined, table->audit, seen->nr,
							  action_to_code(action),
							  RECORDING_ACTOR_OMITTED, seen->first_ms,
							  seen->last_ms, seen->count, NULL);
			}
		}
	return r;
}

/* Executables to which the call was denied, first ones by name. */
static int denied_to(const struct recording *recording, struct syscall_table *names,
		     const char *name, struct name_set *ret)
{
	for (size_t g = 0; g < recording->n_groups; g++)
		for (uint32_t a = 0; a < recording->groups[g].n_arches; a++) {
			const struct group_arch *table = &recording->groups[g].arches[a];
			int32_t nr;

			if (!table->arch || syscall_number(names, table->arch, name, &nr) < 0)
				continue;
			for (uint32_t i = 0; i < table->n; i++) {
				const struct observation *seen = &table->observations[i];
				const uint32_t *actors;
				size_t n;

				if (seen->nr != nr || !action_denies((enum action)seen->action))
					continue;
				recording_actors(recording, seen, &actors, &n);
				for (size_t k = 0; k < n; k++) {
					struct slice exe =
						recording_actor(recording, actors[k]).exe;

					if (exe.len && name_set_add(ret, exe.data) < 0)
						return -ENOMEM;
				}
			}
		}
	return 0;
}

static int put_comment(const struct recording *recording, struct syscall_table *names,
		       const struct explained *call, struct strbuf *comment)
{
	_cleanup_name_set_ struct name_set exes = { 0 };

	if (denied_to(recording, names, call->name, &exes) < 0)
		return -ENOMEM;
	strbuf_printf(comment, "proposed, denied %" PRIu64 " %s", call->denied,
		      call->denied == 1 ? "time" : "times");
	for (size_t i = 0; i < exes.n && i < EXES_SHOWN; i++) {
		strbuf_puts(comment, i ? ", " : " to ");
		strbuf_put_shown(comment, slice_from(exes.names[i]));
	}
	if (exes.n > EXES_SHOWN)
		strbuf_printf(comment, " and %zu more", exes.n - EXES_SHOWN);
	strbuf_puts(comment, "; denied is not needed");
	if (call->fact)
		strbuf_printf(comment, ". Risk %s: %s %s", risk_name(call->fact->risk), call->name,
			      call->fact->does);
	return strbuf_text(comment) ? 0 : -ENOMEM;
}

static int add_call(struct proposal *into, const struct recording *recording,
		    struct syscall_table *names, const struct explained *call)
{
	_cleanup_strbuf_ struct strbuf comment = { 0 };
	int r = put_comment(recording, names, call, &comment);

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

static int fill(struct proposal *into, const struct recording *recording,
		struct syscall_table *names, const struct explanation *denials)
{
	int r = start_profile(into, denials->recording);

	for (size_t i = 0; r == 0 && i < denials->n_calls; i++)
		if (denials->calls[i].fact)
			r = add_call(into, recording, names, &denials->calls[i]);
	if (r == 0 && !into->names) {
		into->names = calloc(1, sizeof(*into->names));
		r = into->names ? 0 : -ENOMEM;
	}
	into->n_calls = denials->n_calls;
	into->records = denials->denied;
	for (size_t g = 0; g < recording->n_groups; g++)
		into->n_groups += proposal_group_denied(&recording->groups[g]);
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

int proposal_make(struct proposal *ret, const struct recording *recording,
		  struct syscall_table *names, struct error *err)
{
	_cleanup_(recording_deinit) struct recording denials = { 0 };
	_cleanup_(explanation_deinit) struct explanation explanation = { 0 };
	int r = take_denials(recording, &denials);

	if (r >= 0)
		r = explanation_make(&explanation, &denials, NULL, names, err);
	if (r >= 0)
		r = fill(ret, recording, names, &explanation);
	if (r < 0)
		return r == -ENOMEM ? error_memory(err)
				    : error_set(err, r, "cannot make a proposal: %s", strerror(-r));
	ret->happened = any_happened(recording);
	return 0;
}
