/* SPDX-License-Identifier: Apache-2.0 */
/* log_groups_finish(): which lives are one group, and what it is called. */
#include "base/cleanup.h"
#include "base/unique_names.h"
#include "model/log_groups.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct finish {
	struct log_groups *groups;
	struct recording *recording;
	const struct slice *node_names;
	bool *is_head; /* by life: it has a name of its own */
	uint32_t *heads;
	struct unique_names names; /* of the groups to be */
	uint32_t *name_of_head;	   /* by life: number in names + 1 */
	struct slice *names_of_groups;
};

static const struct life *life_at(const struct finish *finish, uint32_t number)
{
	return &finish->groups->lineage.lives[number];
}

/* Nothing but its pid says whose it is. */
static bool is_alone(const struct finish *finish, uint32_t number)
{
	return !life_at(finish, number)->linked && finish->heads[number] == number &&
	       !log_groups_name_of(finish->groups, number).len &&
	       !log_groups_label_of(finish->groups, number).len;
}

/* ---- names ----------------------------------------------------------------------------------- */

/* What a container is called: all of that name are one group. 1: this life is in none. */
static int name_container(struct finish *finish, uint32_t number)
{
	struct slice name = log_groups_name_of(finish->groups, number),
		     label = log_groups_label_of(finish->groups, number);
	_cleanup_strbuf_ struct strbuf text = { 0 };
	uint32_t index;
	int r;

	if (!name.len && !label.len)
		return 1;
	log_groups_put_node(&text, finish->node_names[life_at(finish, number)->node]);
	if (name.len)
		strbuf_append(&text, name.data, name.len);
	else
		strbuf_printf(&text, "mcs-%s", label.data);
	if (text.failed)
		return -ENOMEM;
	r = unique_names_share(&finish->names, (struct slice){ text.data, text.len }, &index);
	if (r < 0)
		return r;
	finish->name_of_head[number] = index + 1;
	return 0;
}

/* "nginx-1234", or "nginx-1234+2" for the second that would be called so. */
static int name_process(struct finish *finish, uint32_t number)
{
	const struct life *life = life_at(finish, number);
	struct slice comm = log_lineage_text_of(&finish->groups->lineage, life->comm);
	_cleanup_strbuf_ struct strbuf text = { 0 };
	uint32_t index;
	int r;

	log_groups_put_node(&text, finish->node_names[life->node]);
	if (comm.len && !is_alone(finish, number))
		strbuf_append(&text, comm.data, comm.len);
	else
		strbuf_puts(&text, "pid");
	strbuf_printf(&text, "-%" PRIu32, life->pid);
	if (text.failed)
		return -ENOMEM;
	r = unique_names_take(&finish->names, (struct slice){ text.data, text.len }, "+", "",
			      &index);
	if (r < 0)
		return r;
	finish->name_of_head[number] = index + 1;
	return 0;
}

/*
 * The names of containers go first: nobody's own name can be taken for one. Within either, the
 * order is that of the first records.
 */
static int name_heads(struct finish *finish, int (*name)(struct finish *finish, uint32_t number))
{
	const struct log_lineage *lineage = &finish->groups->lineage;

	for (uint32_t i = 0; i < lineage->n_lives; i++) {
		uint32_t head = finish->heads[i];
		int r;

		if (lineage->lives[i].value == LOG_LINEAGE_NONE || !lineage->lives[i].used ||
		    finish->name_of_head[head])
			continue;
		r = name(finish, head);
		if (r < 0)
			return r;
	}
	return 0;
}

/* What stays as it is: groups without a life. */
static int keep_names(struct finish *finish)
{
	const struct recording *recording = finish->recording;

	for (size_t i = 0; i < recording->n_groups; i++) {
		struct slice name = slice_from(recording->groups[i].name);
		uint32_t index;
		int r = 0;

		finish->names_of_groups[i] = name;
		if (recording->groups[i].pid == RECORD_UNSET)
			r = unique_names_share(&finish->names, name, &index);
		if (r < 0)
			return r;
	}
	return 0;
}

static int name_groups(struct finish *finish)
{
	const struct log_lineage *lineage = &finish->groups->lineage;
	int r = keep_names(finish);

	if (r >= 0)
		r = name_heads(finish, name_container);
	if (r >= 0)
		r = name_heads(finish, name_process);
	for (uint32_t i = 0; r >= 0 && i < lineage->n_lives; i++) {
		const struct life *life = &lineage->lives[i];

		if (life->used && life->value != LOG_LINEAGE_NONE)
			finish->names_of_groups[life->value] =
				finish->names.names
					.keys[finish->name_of_head[finish->heads[i]] - 1];
	}
	return r;
}

/* ---- what is not known ----------------------------------------------------------------------- */

static void count_alone(const struct finish *finish)
{
	const struct log_lineage *lineage = &finish->groups->lineage;
	struct evidence *evidence = &finish->recording->evidence;

	for (uint32_t i = 0; i < lineage->n_lives; i++) {
		const struct life *life = &lineage->lives[i];
		char where[32];

		if (!life->used || life->value == LOG_LINEAGE_NONE ||
		    !lineage->nodes[life->node].tells || !is_alone(finish, i))
			continue;
		snprintf(where, sizeof(where), "pid %" PRIu32, life->pid);
		evidence_add(evidence, life->whole ? FINDING_UNLINKED : FINDING_ALONE, 1, where);
	}
}

static void judge(const struct finish *finish)
{
	const struct log_lineage *lineage = &finish->groups->lineage;
	struct evidence *evidence = &finish->recording->evidence;
	bool tells = false;

	for (uint32_t i = 0; i < lineage->n_nodes; i++) {
		tells |= lineage->nodes[i].tells;
		if (lineage->nodes[i].tells && lineage->nodes[i].disordered)
			evidence_add(evidence, FINDING_DISORDERED, 1, NULL);
	}
	if (tells && lineage->refused)
		evidence_add(evidence, FINDING_FORGOTTEN, lineage->refused, NULL);
	count_alone(finish);
}

/* ---------------------------------------------------------------------------------------------- */

static int prepare(struct finish *finish)
{
	const struct log_lineage *lineage = &finish->groups->lineage;
	size_t n = lineage->n_lives + 1;

	finish->is_head = calloc(n, sizeof(*finish->is_head));
	finish->heads = calloc(n, sizeof(*finish->heads));
	finish->name_of_head = calloc(n, sizeof(*finish->name_of_head));
	finish->names_of_groups =
		calloc(finish->recording->n_groups + 1, sizeof(*finish->names_of_groups));
	if (!finish->is_head || !finish->heads || !finish->name_of_head || !finish->names_of_groups)
		return -ENOMEM;
	for (uint32_t i = 0; i < lineage->n_lives; i++)
		finish->is_head[i] = log_groups_name_of(finish->groups, i).len > 0;
	return log_lineage_heads(lineage, finish->is_head, finish->heads);
}

int log_groups_finish(struct log_groups *groups, struct recording *recording,
		      const struct slice *node_names)
{
	struct finish finish = {
		.groups = groups,
		.recording = recording,
		.node_names = node_names,
	};
	int r;

	if (!groups->renames)
		return 0;
	r = prepare(&finish);
	if (r >= 0)
		r = name_groups(&finish);
	if (r >= 0) {
		judge(&finish);
		r = recording_rename(recording, finish.names_of_groups);
	}
	free(finish.is_head);
	free(finish.heads);
	free(finish.name_of_head);
	free(finish.names_of_groups);
	unique_names_deinit(&finish.names);
	return r;
}
