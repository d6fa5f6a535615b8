/* SPDX-License-Identifier: Apache-2.0 */
#include "model/incidence_json.h"
#include "model/member_json.h"
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A group is known by its name: the writer may be given a part of the groups only. */
static const struct incidence_group *incidence_of(const struct recording *recording,
						  const struct group *group)
{
	uint32_t number;

	if (intern_find(&recording->names, slice_from(group->name), &number) < 0)
		return NULL;
	return incidence_find(&recording->incidence, number);
}

static int by_name(const void *a, const void *b, void *incidence)
{
	uint64_t left = incidence_run_name(incidence, *(const uint32_t *)a);
	uint64_t right = incidence_run_name(incidence, *(const uint32_t *)b);

	return (left > right) - (left < right);
}

static void rank(struct incidence_writer *writer)
{
	const struct recording *recording = writer->recording;
	uint32_t n = (uint32_t)recording->incidence.runs.n_keys;

	for (uint32_t i = 0; i < n; i++)
		writer->ranks[i] = INCIDENCE_NONE;
	for (size_t i = 0; i < recording->n_groups; i++) {
		const struct incidence_group *group =
			incidence_of(recording, &recording->groups[i]);

		for (uint32_t j = 0; group && j < group->n_runs; j++)
			writer->ranks[group->runs[j]] = 0;
	}
	for (uint32_t i = 0; i < n; i++)
		if (writer->ranks[i] != INCIDENCE_NONE)
			writer->by_rank[writer->n++] = i;
	qsort_r(writer->by_rank, writer->n, sizeof(*writer->by_rank), by_name,
		(void *)&recording->incidence);
	for (uint32_t i = 0; i < writer->n; i++)
		writer->ranks[writer->by_rank[i]] = i;
}

int incidence_writer_init(struct incidence_writer *writer, const struct recording *recording)
{
	size_t n = recording->incidence.runs.n_keys;

	writer->recording = recording;
	writer->ranks = calloc(n + 1, sizeof(*writer->ranks));
	writer->by_rank = calloc(n + 1, sizeof(*writer->by_rank));
	writer->group_ranks = calloc(n + 1, sizeof(*writer->group_ranks));
	if (!writer->ranks || !writer->by_rank || !writer->group_ranks)
		return -ENOMEM;
	rank(writer);
	return 0;
}

void incidence_writer_deinit(struct incidence_writer *writer)
{
	free(writer->ranks);
	free(writer->by_rank);
	free(writer->group_ranks);
}

void incidence_put_runs(const struct incidence_writer *writer, struct json_writer *json)
{
	if (writer->n == 0)
		return;
	json_put_literal(json, "  \"runs\": [");
	for (uint32_t i = 0; i < writer->n; i++) {
		char text[20];

		snprintf(text, sizeof(text), "%016" PRIx64,
			 incidence_run_name(&writer->recording->incidence, writer->by_rank[i]));
		json_put(json, i > 0 ? SLICE(",\n    ") : SLICE("\n    "));
		json_put_text(json, slice_from(text));
	}
	json_put_literal(json, "\n  ],\n");
}

static void put_ranks(struct json_writer *json, const uint32_t *ranks, size_t n)
{
	json_put_literal(json, ", \"runs\": [");
	for (size_t i = 0; i < n; i++) {
		json_put(json, i > 0 ? SLICE(", ") : SLICE(""));
		json_put_number(json, ranks[i]);
	}
	json_put_literal(json, "]");
}

static int compare_ranks(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

void incidence_put_group(struct incidence_writer *writer, struct json_writer *json,
			 const struct group *group)
{
	writer->group = incidence_of(writer->recording, group);
	if (!writer->group)
		return;
	for (uint32_t i = 0; i < writer->group->n_runs; i++)
		writer->group_ranks[i] = writer->ranks[writer->group->runs[i]];
	qsort(writer->group_ranks, writer->group->n_runs, sizeof(*writer->group_ranks),
	      compare_ranks);
	put_ranks(json, writer->group_ranks, writer->group->n_runs);
}

/* Of a group that was in several runs; a call that was only denied is in none. */
void incidence_put_call(const struct incidence_writer *writer, struct json_writer *json,
			uint32_t audit, int32_t nr)
{
	const struct incidence_call *call =
		writer->group ? incidence_find_call(writer->group, audit, nr) : NULL;
	uint32_t ranks[INCIDENCE_KEPT];
	unsigned int n, known = 0;

	if (!call)
		return;
	/* Of more than INCIDENCE_RUNS_MAX not every run is there. */
	n = incidence_runs_of(call);
	for (unsigned int i = 0; i < n; i++)
		if (incidence_has(writer->group, call->runs[i]))
			ranks[known++] = writer->ranks[call->runs[i]];
	if (known > 0)
		put_ranks(json, ranks, known);
}

int run_from_json(struct recording *recording, const json_t *json, struct error *err)
{
	struct slice text = { json_string_value(json), json_string_length(json) };
	size_t before = recording->incidence.runs.n_keys;
	uint32_t number;
	uint64_t name;

	if (!json_is_string(json) || text.len != 16 || slice_to_u64(text, 16, &name) < 0)
		return error_set(err, -EBADMSG, "not 16 hexadecimal digits");
	if (incidence_run(&recording->incidence, name, &number) < 0)
		return error_memory(err);
	return number == before ? 0 : error_set(err, -EBADMSG, "the same run for the second time");
}

int runs_from_json(struct recording *recording, uint32_t group, uint32_t audit_arch,
		   const int32_t *nr, const json_t *object, struct error *err)
{
	const json_t *list = json_object_get(object, "runs");
	struct incidence *incidence = &recording->incidence;
	uint64_t run;
	json_t *item;
	size_t i;

	if (list && (!json_is_array(list) || (nr && json_array_size(list) > INCIDENCE_KEPT)))
		return error_set(err, -EBADMSG, "'runs' is not an array, or has too many");
	json_array_foreach(list, i, item)
	{
		int r = number_from_json(item, "runs", 0, UINT32_MAX, &run, err);

		if (r < 0)
			return r;
		if (run >= incidence->runs.n_keys)
			return error_set(err, -EBADMSG,
					 "'runs' are not indices into the runs of the recording");
		if (nr && !incidence_has(incidence_find(incidence, group), (uint32_t)run))
			return error_set(err, -EBADMSG, "'runs' are not among those of the group");
		r = nr ? incidence_add_call(incidence, group, audit_arch, *nr, (uint32_t)run)
		       : incidence_add(incidence, group, (uint32_t)run);
		if (r < 0)
			return error_memory(err);
	}
	return 0;
}
