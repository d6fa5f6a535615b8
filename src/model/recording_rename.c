/* SPDX-License-Identifier: Apache-2.0 */
/* recording_rename(): groups that turn out to be one. */
#include "model/recording.h"
#include "model/recording_arguments.h"
#include <stdlib.h>

static void free_group(struct group *group)
{
	for (uint32_t i = 0; i < group->n_arches; i++) {
		free(group->arches[i].observations);
		argument_list_free(group->arches[i].arguments);
	}
	free(group->arches);
}

static int join_call(struct recording *recording, uint32_t index, const struct group_arch *calls,
		     const struct observation *seen)
{
	/* Only calls that went through have any. */
	const struct arguments *arguments =
		seen->action == ACTION_LOG ? recording_arguments(calls, seen->nr) : NULL;
	int r = recording_observe(recording, index, calls->audit, seen, NULL);

	if (r < 0 || !arguments)
		return r;
	return recording_merge_call_arguments(recording, index, calls->audit, arguments);
}

static int join(struct recording *recording, uint32_t index, const struct group *from)
{
	int r = 0;

	for (uint32_t i = 0; i < from->n_arches; i++)
		for (uint32_t j = 0; r >= 0 && j < from->arches[i].n; j++)
			r = join_call(recording, index, &from->arches[i],
				      &from->arches[i].observations[j]);
	return r;
}

/* What `from` holds goes over to the group of that name; `from` is empty then. */
static int move(struct recording *recording, struct group *from, struct slice name)
{
	/* The node is interned in the recording already: its text stays where it is. */
	struct slice node = slice_from(recording_node(recording, from->node));
	struct group *to;
	uint32_t index;
	int r = recording_group(recording, name, node, from->pid, from->session, &index);

	if (r < 0)
		return r;
	to = &recording->groups[index];
	if (to->n_arches == 0) {
		to->arches = from->arches;
		to->n_arches = from->n_arches;
	} else {
		r = join(recording, index, from);
		free_group(from);
	}
	from->arches = NULL;
	from->n_arches = 0;
	return r;
}

int recording_rename(struct recording *recording, const struct slice *names)
{
	struct group *groups = recording->groups;
	struct intern old_names = recording->names;
	size_t n = recording->n_groups;
	int r = 0;

	recording->groups = NULL;
	recording->n_groups = recording->groups_allocated = 0;
	recording->names = (struct intern){ 0 };
	for (size_t i = 0; i < n; i++) {
		if (r >= 0)
			r = move(recording, &groups[i], names[i]);
		free_group(&groups[i]);
	}
	intern_deinit(&old_names);
	free(groups);
	return r;
}
