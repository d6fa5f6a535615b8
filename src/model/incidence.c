/* SPDX-License-Identifier: Apache-2.0 */
#include "model/incidence.h"
#include "base/array.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void incidence_deinit(struct incidence *incidence)
{
	for (size_t i = 0; i < incidence->n; i++) {
		free(incidence->groups[i].runs);
		free(incidence->groups[i].calls);
	}
	free(incidence->groups);
	intern_deinit(&incidence->runs);
	*incidence = (struct incidence){ 0 };
}

int incidence_run(struct incidence *incidence, uint64_t name, uint32_t *ret)
{
	char bytes[8];
	int r;

	for (int i = 0; i < 8; i++)
		bytes[i] = (char)(name >> (56 - 8 * i));
	r = intern_add(&incidence->runs, (struct slice){ bytes, sizeof(bytes) }, ret);
	return r < 0 ? -ENOMEM : 0;
}

uint64_t incidence_run_name(const struct incidence *incidence, uint32_t run)
{
	const unsigned char *bytes = (const unsigned char *)incidence->runs.keys[run].data;
	uint64_t name = 0;

	for (int i = 0; i < 8; i++)
		name = name << 8 | bytes[i];
	return name;
}

const struct incidence_group *incidence_find(const struct incidence *incidence, uint32_t group)
{
	return group < incidence->n && incidence->groups[group].n_runs > 0
		       ? &incidence->groups[group]
		       : NULL;
}

static int get_group(struct incidence *incidence, uint32_t group, struct incidence_group **ret)
{
	if (array_reserve(&incidence->groups, &incidence->allocated, (size_t)group + 1,
			  sizeof(*incidence->groups)) < 0)
		return -ENOMEM;
	while (incidence->n <= group)
		incidence->groups[incidence->n++] = (struct incidence_group){ 0 };
	*ret = &incidence->groups[group];
	return 0;
}

/* Room for one more; the first time for one only, as most groups are in one run. */
static int grow(void *items, uint32_t *allocated, uint32_t n, size_t size)
{
	void *pointer, *grown;
	uint32_t wanted = n + (n > 0) * (n / 2 + 7) + 1;

	if (n < *allocated)
		return 0;
	memcpy(&pointer, items, sizeof(pointer));
	grown = reallocarray(pointer, wanted, size);
	if (!grown)
		return -ENOMEM;
	memcpy(items, &grown, sizeof(grown));
	*allocated = wanted;
	return 0;
}

/* Where the run is, or where it belongs. Runs mostly come in their order. */
static size_t find_run(const struct incidence_group *group, uint32_t run)
{
	size_t low = 0, high = group->n_runs;

	if (high > 0 && group->runs[high - 1] < run)
		return high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (group->runs[middle] < run)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool incidence_has(const struct incidence_group *group, uint32_t run)
{
	size_t at = group ? find_run(group, run) : 0;

	return group && at < group->n_runs && group->runs[at] == run;
}

int incidence_add(struct incidence *incidence, uint32_t number, uint32_t run)
{
	struct incidence_group *group;
	size_t at;

	if (get_group(incidence, number, &group) < 0)
		return -ENOMEM;
	at = find_run(group, run);
	if ((at < group->n_runs && group->runs[at] == run) || group->n_runs >= INCIDENCE_RUNS_MAX)
		return 0;
	if (grow(&group->runs, &group->runs_allocated, group->n_runs, sizeof(*group->runs)) < 0)
		return -ENOMEM;
	memmove(group->runs + at + 1, group->runs + at,
		(group->n_runs - at) * sizeof(*group->runs));
	group->runs[at] = run;
	group->n_runs++;
	return 0;
}

static int compare_call(const struct incidence_call *call, uint32_t audit, int32_t nr)
{
	if (call->audit != audit)
		return call->audit < audit ? -1 : 1;
	return (call->nr > nr) - (call->nr < nr);
}

static size_t find_call(const struct incidence_group *group, uint32_t audit, int32_t nr)
{
	size_t low = 0, high = group->n_calls;

	if (high > 0 && compare_call(&group->calls[high - 1], audit, nr) < 0)
		return high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_call(&group->calls[middle], audit, nr) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct incidence_call *incidence_find_call(const struct incidence_group *group,
						 uint32_t audit, int32_t nr)
{
	size_t at = find_call(group, audit, nr);

	return at < group->n_calls && compare_call(&group->calls[at], audit, nr) == 0
		       ? &group->calls[at]
		       : NULL;
}

static int insert_call(struct incidence_group *group, size_t at, uint32_t audit, int32_t nr)
{
	const struct incidence_call call = {
		.audit = audit,
		.nr = nr,
		.runs = { INCIDENCE_NONE, INCIDENCE_NONE, INCIDENCE_NONE },
	};

	if (grow(&group->calls, &group->calls_allocated, group->n_calls, sizeof(call)) < 0)
		return -ENOMEM;
	memmove(group->calls + at + 1, group->calls + at,
		(group->n_calls - at) * sizeof(*group->calls));
	group->calls[at] = call;
	group->n_calls++;
	return 0;
}

/* Keeps those that sort first by name, in that order: who came first must not show. */
static void keep_run(const struct incidence *incidence, struct incidence_call *call, uint32_t run)
{
	uint64_t name = incidence_run_name(incidence, run);
	unsigned int at = 0;

	for (; at < INCIDENCE_KEPT && call->runs[at] != INCIDENCE_NONE; at++) {
		if (call->runs[at] == run)
			return;
		if (incidence_run_name(incidence, call->runs[at]) > name)
			break;
	}
	for (unsigned int i = at; i < INCIDENCE_KEPT; i++)
		if (call->runs[i] == run)
			return;
	if (at == INCIDENCE_KEPT)
		return;
	memmove(call->runs + at + 1, call->runs + at,
		(INCIDENCE_KEPT - 1 - at) * sizeof(*call->runs));
	call->runs[at] = run;
}

int incidence_add_call(struct incidence *incidence, uint32_t number, uint32_t audit, int32_t nr,
		       uint32_t run)
{
	struct incidence_group *group;
	size_t at;

	if (get_group(incidence, number, &group) < 0)
		return -ENOMEM;
	at = find_call(group, audit, nr);
	if ((at == group->n_calls || compare_call(&group->calls[at], audit, nr) != 0) &&
	    insert_call(group, at, audit, nr) < 0)
		return -ENOMEM;
	keep_run(incidence, &group->calls[at], run);
	return 0;
}

unsigned int incidence_runs_of(const struct incidence_call *call)
{
	unsigned int n = 0;

	while (n < INCIDENCE_KEPT && call->runs[n] != INCIDENCE_NONE)
		n++;
	return n;
}
