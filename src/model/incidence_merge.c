/* SPDX-License-Identifier: Apache-2.0 */
#include "model/incidence_merge.h"
#include "model/profile.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The last step of splitmix64: one bit that differs changes half of them. */
static uint64_t mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) + 0x9e3779b97f4a7c15;
	hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
	hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
	return hash ^ (hash >> 31);
}

/* Byte by byte, so that it is the same on every machine. */
static uint64_t mix_text(uint64_t hash, const char *text)
{
	uint64_t word = 0;
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++) {
		word = word << 8 | (unsigned char)text[i];
		if (i % 8 == 7)
			hash = mix(hash, word);
	}
	return mix(mix(hash, word), len);
}

static uint64_t name_of_call(uint64_t hash, const struct group_arch *arch,
			     const struct observation *call)
{
	hash = mix(hash, (uint64_t)arch->audit << 32 | (uint32_t)call->nr);
	hash = mix(hash, (uint64_t)call->action << 56 | call->count);
	return mix(mix(hash, (uint64_t)call->first_ms), (uint64_t)call->last_ms);
}

static uint64_t name_of_group(const struct recording *recording, const struct group *group)
{
	uint64_t hash = mix_text(mix_text(0, group->name), recording_node(recording, group->node));
	uint64_t sum;

	hash = mix(hash, (uint64_t)group->pid << 32 | group->session);
	sum = hash;
	for (uint32_t i = 0; i < group->n_arches; i++)
		for (uint32_t j = 0; j < group->arches[i].n; j++)
			sum += name_of_call(hash, &group->arches[i],
					    &group->arches[i].observations[j]);
	return sum;
}

/* A sum, which has no order. */
uint64_t recording_run_name(const struct recording *recording)
{
	uint64_t name = 0;

	for (size_t i = 0; i < recording->n_groups; i++)
		name += mix(name_of_group(recording, &recording->groups[i]), 1);
	return name;
}

/* A recording with groups and without incidence becomes one run. */
static int begin_to(struct recording *to)
{
	uint32_t run;
	int r;

	if (to->n_groups == 0 || to->incidence.n > 0)
		return 0;
	r = incidence_run(&to->incidence, recording_run_name(to), &run);
	for (uint32_t i = 0; r == 0 && i < to->n_groups; i++)
		r = incidence_add(&to->incidence, i, run);
	return r;
}

int incidence_merge_begin(struct incidence_merge *merge, struct recording *to,
			  const struct recording *from)
{
	size_t n = from->incidence.runs.n_keys;
	bool says_all = true;
	int r = begin_to(to);

	*merge = (struct incidence_merge){ .to = to, .from = from, .own = INCIDENCE_NONE };
	for (uint32_t i = 0; i < from->n_groups; i++)
		says_all &= incidence_find(&from->incidence, i) != NULL;
	if (r == 0 && !says_all)
		r = incidence_run(&to->incidence, recording_run_name(from), &merge->own);
	if (r < 0 || n == 0)
		return r;
	merge->runs = calloc(n, sizeof(*merge->runs));
	if (!merge->runs)
		return -ENOMEM;
	for (uint32_t i = 0; r == 0 && i < n; i++)
		r = incidence_run(&to->incidence, incidence_run_name(&from->incidence, i),
				  &merge->runs[i]);
	return r;
}

void incidence_merge_deinit(struct incidence_merge *merge)
{
	free(merge->runs);
}

static bool happened(const struct observation *call)
{
	return !action_denies((enum action)call->action);
}

/* Every call of a group of one run was seen in that run. */
static int spread(struct incidence *incidence, uint32_t number, const struct group *calls,
		  uint32_t run)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < calls->n_arches; i++)
		for (uint32_t j = 0; r == 0 && j < calls->arches[i].n; j++)
			if (happened(&calls->arches[i].observations[j]))
				r = incidence_add_call(incidence, number, calls->arches[i].audit,
						       calls->arches[i].observations[j].nr, run);
	return r;
}

static int take_calls(struct incidence_merge *merge, uint32_t to_group,
		      const struct incidence_group *known)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < known->n_calls; i++) {
		const struct incidence_call *call = &known->calls[i];

		for (unsigned int j = 0; r == 0 && j < incidence_runs_of(call); j++)
			r = incidence_add_call(&merge->to->incidence, to_group, call->audit,
					       call->nr, merge->runs[call->runs[j]]);
	}
	return r;
}

int incidence_merge_group(struct incidence_merge *merge, uint32_t to_group, uint32_t from_group)
{
	struct incidence *incidence = &merge->to->incidence;
	const struct incidence_group *known = incidence_find(&merge->from->incidence, from_group);
	const struct incidence_group *before = incidence_find(incidence, to_group), *after;
	uint32_t first = before && before->n_runs == 1 ? before->runs[0] : INCIDENCE_NONE;
	bool spread_first = before && before->n_calls == 0;
	size_t n = known ? known->n_runs : 1;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = incidence_add(incidence, to_group,
				  known ? merge->runs[known->runs[i]] : merge->own);
	if (r < 0)
		return r;
	after = incidence_find(incidence, to_group);
	if (after->n_runs < 2)
		return 0;
	if (spread_first && first != INCIDENCE_NONE)
		r = spread(incidence, to_group, &merge->to->groups[to_group], first);
	if (r < 0)
		return r;
	if (known && known->n_calls > 0)
		return take_calls(merge, to_group, known);
	return spread(incidence, to_group, &merge->from->groups[from_group],
		      known ? merge->runs[known->runs[0]] : merge->own);
}
