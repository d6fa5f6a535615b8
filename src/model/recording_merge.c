/* SPDX-License-Identifier: Apache-2.0 */
/* Recordings as wholes: one added to another, and their groups in order. */
#include "base/cleanup.h"
#include "model/incidence_merge.h"
#include "model/recording.h"
#include "model/recording_actors.h"
#include "model/recording_arguments.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What the other recording's actors and handles are called here. */
struct translation {
	struct recording *to;
	const struct recording *from;
	uint32_t *actors;
	uint32_t last_from, last_to; /* neighbours tend to have the same actors */
};

static int translate_actors(struct translation *translation)
{
	size_t n = translation->from->actors.n_keys;

	translation->actors = calloc(n + 1, sizeof(*translation->actors));
	if (!translation->actors)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		struct actor actor = recording_actor(translation->from, i);
		int r = recording_actor_add(translation->to, &actor, &translation->actors[i]);

		if (r < 0)
			return r;
	}
	return 0;
}

static int ascending(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

static int translate_set(struct translation *translation, const struct observation *observation,
			 uint32_t *ret)
{
	uint32_t translated[RECORDING_ACTORS_MAX];
	const uint32_t *numbers;
	size_t n, kept = 0;
	bool more = recording_actors(translation->from, observation, &numbers, &n);

	for (size_t i = 0; i < n; i++) {
		uint32_t number = translation->actors[numbers[i]];

		if (number == RECORDING_ACTOR_OMITTED)
			more = true;
		else
			translated[kept++] = number;
	}
	qsort(translated, kept, sizeof(*translated), ascending);
	return actors_make(translation->to, translated, kept, more, ret);
}

/* With the arguments, which only calls that went through have. */
static int merge_call(struct translation *translation, uint32_t group,
		      const struct group_arch *calls, const struct observation *observation)
{
	const struct arguments *arguments = observation->action == ACTION_LOG
						    ? recording_arguments(calls, observation->nr)
						    : NULL;
	struct observation seen = *observation;

	if (observation->actors != translation->last_from) {
		int r = translate_set(translation, observation, &seen.actors);

		if (r < 0)
			return r;
		translation->last_from = observation->actors;
		translation->last_to = seen.actors;
	}
	seen.actors = translation->last_to;
	if (recording_observe(translation->to, group, calls->audit, &seen, NULL) < 0)
		return -ENOMEM;
	return arguments ? recording_merge_call_arguments(translation->to, group, calls->audit,
							  arguments)
			 : 0;
}

static int merge_arch(struct translation *translation, uint32_t group,
		      const struct group_arch *arch)
{
	int r = 0;

	if (arch->n > 0)
		r = recording_reserve(translation->to, group, arch->audit, arch->observations[0].nr,
				      arch->n);
	for (size_t i = 0; r == 0 && i < arch->n; i++)
		r = merge_call(translation, group, arch, &arch->observations[i]);
	return r;
}

static int merge_group(struct translation *translation, struct incidence_merge *incidence,
		       uint32_t number, const char *name)
{
	const struct recording *from = translation->from;
	const struct group *group = &from->groups[number];
	uint32_t index;
	int r = recording_group(translation->to, slice_from(name ? name : group->name),
				slice_from(recording_node(from, group->node)), group->pid,
				group->session, &index);

	if (r == 0)
		r = incidence_merge_group(incidence, index, number);
	for (size_t i = 0; r == 0 && i < group->n_arches; i++)
		r = merge_arch(translation, index, &group->arches[i]);
	return r;
}

int recording_merge_as(struct recording *recording, const struct recording *other, const char *name)
{
	struct translation translation = {
		.to = recording, .from = other, .last_from = ACTORS_NONE, .last_to = ACTORS_NONE
	};
	struct incidence_merge incidence;
	int r = incidence_merge_begin(&incidence, recording, other);

	if (r == 0)
		r = translate_actors(&translation);
	for (uint32_t i = 0; r == 0 && i < other->n_groups; i++)
		r = merge_group(&translation, &incidence, i, name);
	free(translation.actors);
	incidence_merge_deinit(&incidence);
	if (r == 0)
		evidence_merge(&recording->evidence, &other->evidence);
	return r;
}

int recording_merge(struct recording *recording, const struct recording *other)
{
	return recording_merge_as(recording, other, NULL);
}

/* The calls of the group of that name on this architecture; NULL: there are none. */
static const struct group_arch *find_arch(const struct recording *recording, const char *name,
					  const struct group_arch *wanted)
{
	const struct group *group;
	uint32_t index;

	if (intern_find(&recording->names, slice_from(name), &index) < 0)
		return NULL;
	group = &recording->groups[index];
	for (size_t i = 0; i < group->n_arches; i++)
		if (group->arches[i].audit == wanted->audit && group->arches[i].x32 == wanted->x32)
			return &group->arches[i];
	return NULL;
}

static bool has_call(const struct group_arch *calls, const struct observation *wanted)
{
	for (size_t low = 0, high = calls ? calls->n : 0; low < high;) {
		size_t middle = low + (high - low) / 2;
		const struct observation *call = &calls->observations[middle];

		if (call->nr == wanted->nr && call->action == wanted->action)
			return true;
		if (call->nr < wanted->nr ||
		    (call->nr == wanted->nr && call->action < wanted->action))
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* Those of the calls that the other has, too. */
static int merge_calls(struct translation *translation, uint32_t group,
		       const struct group_arch *calls, const struct group_arch *other)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < calls->n; i++)
		if (has_call(other, &calls->observations[i]))
			r = merge_call(translation, group, calls, &calls->observations[i]);
	return r;
}

/* Adds what both have, as one of the two knows it. */
static int add_common(struct recording *to, const struct recording *from,
		      const struct recording *peer)
{
	struct translation translation = {
		.to = to, .from = from, .last_from = ACTORS_NONE, .last_to = ACTORS_NONE
	};
	int r = translate_actors(&translation);

	for (size_t i = 0; r == 0 && i < from->n_groups; i++) {
		const struct group *group = &from->groups[i];
		uint32_t index;

		if (intern_find(&peer->names, slice_from(group->name), &index) < 0)
			continue;
		r = recording_group(to, slice_from(group->name),
				    slice_from(recording_node(from, group->node)), group->pid,
				    group->session, &index);
		for (size_t j = 0; r == 0 && j < group->n_arches; j++)
			r = merge_calls(&translation, index, &group->arches[j],
					find_arch(peer, group->name, &group->arches[j]));
	}
	free(translation.actors);
	return r;
}

int recording_intersect(const struct recording *a, const struct recording *b, struct recording *ret)
{
	struct recording common = { 0 };
	int r = add_common(&common, a, b);

	if (r == 0)
		r = add_common(&common, b, a);
	if (r < 0) {
		recording_deinit(&common);
		return r;
	}
	evidence_merge(&common.evidence, &a->evidence);
	evidence_merge(&common.evidence, &b->evidence);
	*ret = common;
	return 0;
}

/* Two runs of digits by their value, however long; moves both behind theirs. */
static int compare_digits(const unsigned char **a, const unsigned char **b)
{
	size_t left, right;
	int order;

	*a += strspn((const char *)*a, "0");
	*b += strspn((const char *)*b, "0");
	left = strspn((const char *)*a, "0123456789");
	right = strspn((const char *)*b, "0123456789");
	order = left != right ? (left > right) - (left < right) : memcmp(*a, *b, left);
	*a += left;
	*b += right;
	return order;
}

static int compare_names(const char *left, const char *right)
{
	const unsigned char *a = (const unsigned char *)left, *b = (const unsigned char *)right;

	while (*a != '\0' && *b != '\0') {
		if (isdigit(*a) && isdigit(*b)) {
			int order = compare_digits(&a, &b);

			if (order != 0)
				return order;
		} else if (*a != *b) {
			break;
		} else {
			a++;
			b++;
		}
	}
	if (*a != *b)
		return (*a > *b) - (*a < *b);
	return strcmp(left, right);
}

static int compare_groups(const void *a, const void *b, void *context)
{
	const struct recording *recording = context;
	const struct group *left = &recording->groups[*(const uint32_t *)a];
	const struct group *right = &recording->groups[*(const uint32_t *)b];
	int order = 0;

	if (left->node != right->node)
		order = compare_names(recording_node(recording, left->node),
				      recording_node(recording, right->node));
	return order != 0 ? order : compare_names(left->name, right->name);
}

int recording_order(const struct recording *recording, uint32_t **ret)
{
	uint32_t *order = calloc(recording->n_groups + 1, sizeof(*order));

	if (!order)
		return -ENOMEM;
	for (uint32_t i = 0; i < recording->n_groups; i++)
		order[i] = i;
	qsort_r(order, recording->n_groups, sizeof(*order), compare_groups, (void *)recording);
	*ret = order;
	return 0;
}
