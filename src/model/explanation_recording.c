/* SPDX-License-Identifier: Apache-2.0 */
/* What a recording says of each call: how often, when, on which architecture, who. */
#include "base/array.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/time.h"
#include "model/explanation_private.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NOBODY UINT32_MAX

/* The work on one recording. */
struct work {
	struct explanation *into;
	struct syscall_table *names;
	struct intern processes; /* exe, NUL, comm */
	uint32_t *by_actor;	 /* number of an actor -> index in processes, or NOBODY */
};

static void work_deinit(struct work *work)
{
	intern_deinit(&work->processes);
	free(work->by_actor);
}

static void widen_times(int64_t *first, int64_t *last, const struct observation *seen)
{
	if (seen->first_ms != TIME_UNKNOWN && (*first == TIME_UNKNOWN || seen->first_ms < *first))
		*first = seen->first_ms;
	if (seen->last_ms != TIME_UNKNOWN && (*last == TIME_UNKNOWN || seen->last_ms > *last))
		*last = seen->last_ms;
}

/* Sums stay at the top instead of going on: a recording's counts may be near it. */
static void add_count(uint64_t *sum, uint64_t count)
{
	if (__builtin_add_overflow(*sum, count, sum))
		*sum = UINT64_MAX;
}

/* Different actors (sessions, users) may be one executable under one name. */
static int find_process(struct work *work, uint32_t actor, uint32_t *ret)
{
	struct explanation *into = work->into;
	_cleanup_strbuf_ struct strbuf key = { 0 };
	struct actor who;
	int r;

	if (work->by_actor[actor] != NOBODY) {
		*ret = work->by_actor[actor];
		return 0;
	}
	who = recording_actor(into->recording, actor);
	strbuf_append(&key, who.exe.data, who.exe.len);
	strbuf_putc(&key, '\0');
	strbuf_append(&key, who.comm.data, who.comm.len);
	if (key.failed || array_reserve(&into->processes, &into->processes_allocated,
					into->n_processes + 1, sizeof(*into->processes)) < 0)
		return -ENOMEM;
	r = intern_add(&work->processes, (struct slice){ key.data, key.len }, ret);
	if (r > 0)
		into->processes[into->n_processes++] =
			(struct process){ .exe = who.exe, .comm = who.comm };
	work->by_actor[actor] = *ret;
	return r < 0 ? r : 0;
}

/* Keeps the array ascending; most calls are made by the same few again and again. */
static int add_process(struct explained *call, uint32_t process)
{
	size_t at = call->n_processes;

	while (at > 0 && call->processes[at - 1] > process)
		at--;
	if (at > 0 && call->processes[at - 1] == process)
		return 0;
	if (array_reserve(&call->processes, &call->processes_allocated, call->n_processes + 1,
			  sizeof(*call->processes)) < 0)
		return -ENOMEM;
	memmove(&call->processes[at + 1], &call->processes[at],
		(call->n_processes - at) * sizeof(*call->processes));
	call->processes[at] = process;
	call->n_processes++;
	return 0;
}

static int add_actors(struct work *work, struct explained *call, const struct observation *seen)
{
	const uint32_t *actors;
	size_t n;

	if (recording_actors(work->into->recording, seen, &actors, &n))
		call->more_processes = true;
	for (size_t i = 0; i < n; i++) {
		uint32_t process;
		int r = find_process(work, actors[i], &process);

		if (r == 0)
			r = add_process(call, process);
		if (r < 0)
			return r;
	}
	return 0;
}

/* A call that nobody can name is told by its number. */
static int observed_call(struct work *work, const struct group_arch *table, int32_t nr,
			 struct explained **ret)
{
	const char *name = table->arch ? syscall_name(work->names, table->arch, nr) : NULL;
	_cleanup_strbuf_ struct strbuf text = { 0 };

	if (name)
		return explanation_take(work->into, name, ret);
	strbuf_printf(&text, "number %" PRId32 " on ", nr);
	if (table->arch)
		strbuf_puts(&text, table->arch->name);
	else
		strbuf_printf(&text, "arch %" PRIx32, table->audit);
	return strbuf_text(&text) ? explanation_take(work->into, strbuf_text(&text), ret) : -ENOMEM;
}

static int add_observation(struct work *work, const struct group_arch *table,
			   const struct observation *seen)
{
	struct explanation *into = work->into;
	bool denied = action_denies((enum action)seen->action);
	struct explained *call;
	int r = observed_call(work, table, seen->nr, &call);

	if (r < 0)
		return r;
	add_count(denied ? &call->denied : &call->happened, seen->count);
	add_count(denied ? &into->denied : &into->happened, seen->count);
	widen_times(&call->first_ms, &call->last_ms, seen);
	widen_times(&into->first_ms, &into->last_ms, seen);
	if (table->arch)
		call->arches |= UINT64_C(1) << (size_t)(table->arch - arch_at(0));
	return denied ? 0 : add_actors(work, call, seen);
}

static int compare_text(struct slice a, struct slice b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n ? memcmp(a.data, b.data, n) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_process(const void *a, const void *b, void *context)
{
	const struct process *processes = context;
	const struct process *x = &processes[*(const uint32_t *)a];
	const struct process *y = &processes[*(const uint32_t *)b];
	int order = compare_text(x->exe, y->exe);

	return order ? order : compare_text(x->comm, y->comm);
}

static int compare_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Processes in an order that does not tell how the recording came about. */
static int sort_processes(struct explanation *into)
{
	size_t n = into->n_processes;
	_cleanup_free_ uint32_t *order = calloc(n + 1, sizeof(*order));
	_cleanup_free_ uint32_t *place = calloc(n + 1, sizeof(*place));
	struct process *sorted = calloc(n + 1, sizeof(*sorted));

	if (!order || !place || !sorted) {
		free(sorted);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	if (n > 0)
		qsort_r(order, n, sizeof(*order), compare_process, into->processes);
	for (uint32_t i = 0; i < n; i++) {
		place[order[i]] = i;
		sorted[i] = into->processes[order[i]];
		into->n_programs += i == 0 || !slice_equal(sorted[i].exe, sorted[i - 1].exe);
	}
	for (size_t c = 0; c < into->n_calls; c++) {
		struct explained *call = &into->calls[c];

		for (size_t i = 0; i < call->n_processes; i++) {
			call->processes[i] = place[call->processes[i]];
			sorted[call->processes[i]].calls++;
		}
		if (call->n_processes > 0)
			qsort(call->processes, call->n_processes, sizeof(*call->processes),
			      compare_number);
	}
	free(into->processes);
	into->processes = sorted;
	into->processes_allocated = n + 1;
	return 0;
}

/* How many groups made each call, whatever the answer and on however many architectures. */
static int count_groups(struct work *work, const struct group *group, uint32_t *last_group,
			uint32_t number)
{
	for (uint32_t a = 0; a < group->n_arches; a++) {
		const struct group_arch *table = &group->arches[a];

		for (uint32_t i = 0; i < table->n; i++) {
			struct explained *call;
			size_t index;
			int r = observed_call(work, table, table->observations[i].nr, &call);

			if (r < 0)
				return r;
			index = (size_t)(call - work->into->calls);
			if (last_group[index] != number)
				call->n_groups++;
			last_group[index] = number;
		}
	}
	return 0;
}

/* Makes sure of the names: later, one that cannot be had for want of memory would look like none.
 */
static int look_up_names(struct work *work, const struct group *group)
{
	int r = 0;

	for (uint32_t a = 0; r == 0 && a < group->n_arches; a++) {
		const int32_t *numbers;
		size_t n;

		if (group->arches[a].arch)
			r = syscall_numbers(work->names, group->arches[a].arch, &numbers, &n);
	}
	return r;
}

static int add_observations(struct work *work)
{
	const struct recording *recording = work->into->recording;
	int r = 0;

	for (size_t g = 0; r == 0 && g < recording->n_groups; g++) {
		const struct group *group = &recording->groups[g];

		r = look_up_names(work, group);
		for (uint32_t a = 0; a < group->n_arches; a++)
			for (uint32_t i = 0; r == 0 && i < group->arches[a].n; i++)
				r = add_observation(work, &group->arches[a],
						    &group->arches[a].observations[i]);
	}
	return r;
}

static int add_groups(struct work *work)
{
	const struct recording *recording = work->into->recording;
	_cleanup_free_ uint32_t *last_group = calloc(work->into->n_calls + 1, sizeof(*last_group));
	int r = last_group ? 0 : -ENOMEM;

	for (size_t g = 0; r == 0 && g < recording->n_groups; g++)
		r = count_groups(work, &recording->groups[g], last_group, (uint32_t)g + 1);
	return r;
}

int explanation_add_recording(struct explanation *into, struct syscall_table *names)
{
	_cleanup_(work_deinit) struct work work = { .into = into, .names = names };
	size_t n_actors = into->recording->actors.n_keys;
	int r;

	work.by_actor = calloc(n_actors + 1, sizeof(*work.by_actor));
	if (!work.by_actor)
		return -ENOMEM;
	for (size_t i = 0; i < n_actors; i++)
		work.by_actor[i] = NOBODY;
	r = recording_prepare_names(into->recording, names);
	if (r == 0)
		r = add_observations(&work);
	if (r == 0)
		r = add_groups(&work);
	return r < 0 ? r : sort_processes(into);
}
