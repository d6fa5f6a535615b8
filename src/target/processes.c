/* SPDX-License-Identifier: Apache-2.0 */
#include "target/processes.h"
#include "base/array.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int processes_init(struct processes *processes, size_t max)
{
	*processes = (struct processes){ .free = PROCESS_NONE, .max = max };
	/* Pages of pids that are never given stay untouched. */
	processes->by_pid = calloc(PROCESSES_PID_END, sizeof(*processes->by_pid));
	return processes->by_pid ? 0 : -ENOMEM;
}

void processes_deinit(struct processes *processes)
{
	free(processes->items);
	free(processes->by_pid);
	*processes = (struct processes){ .free = PROCESS_NONE };
}

struct process *processes_get(const struct processes *processes, uint32_t number)
{
	return &processes->items[number];
}

uint32_t processes_now(const struct processes *processes, pid_t pid)
{
	if (pid <= 0 || pid >= PROCESSES_PID_END || processes->by_pid[pid] == 0)
		return PROCESS_NONE;
	return processes->by_pid[pid] - 1;
}

static int take_item(struct processes *processes, uint32_t *ret)
{
	int r;

	if (processes->n >= processes->max)
		return -E2BIG;
	if (processes->free != PROCESS_NONE) {
		*ret = processes->free;
		processes->free = processes->items[*ret].older;
	} else {
		r = array_reserve(&processes->items, &processes->allocated, processes->n_items + 1,
				  sizeof(*processes->items));
		if (r < 0)
			return r;
		*ret = (uint32_t)processes->n_items++;
	}
	processes->n++;
	return 0;
}

int processes_add(struct processes *processes, pid_t pid, pid_t parent, int64_t started_ms,
		  uint32_t *ret)
{
	const uint32_t forker = processes_now(processes, parent);
	uint32_t older = processes_now(processes, pid), number;
	int r;

	if (pid <= 0 || pid >= PROCESSES_PID_END)
		return -EINVAL;
	if (older != PROCESS_NONE && processes->items[older].gone_ms == TIME_UNKNOWN)
		processes->items[older].gone_ms = started_ms;
	r = take_item(processes, &number);
	if (r < 0) {
		/* Who has it now is nobody that is known: neither the one before, nor of its kin.
		 */
		if (r == -E2BIG)
			processes->by_pid[pid] = 0;
		return r;
	}
	processes->items[number] = (struct process){
		.pid = pid,
		.parent = forker == older ? PROCESS_NONE : forker,
		.older = older,
		.target = PROCESS_NO_TARGET,
		.place = PROCESS_NO_TARGET,
		.looked_ms = TIME_UNKNOWN,
		.started_ms = started_ms,
		.line_ms = started_ms,
		.gone_ms = TIME_UNKNOWN,
		.ended_ms = TIME_UNKNOWN,
		.selected = forker != PROCESS_NONE && processes->items[forker].selected,
		.used = true,
	};
	if (older != PROCESS_NONE && processes->items[older].looked_ms >= started_ms)
		processes->items[older].born_in = 0;
	processes->by_pid[pid] = number + 1;
	*ret = number;
	return 0;
}

void processes_born(struct processes *processes, uint32_t number, uint64_t inode, int64_t time_ms)
{
	processes->items[number].born_in = inode;
	processes->items[number].looked_ms = time_ms;
}

void processes_end(struct processes *processes, pid_t pid, int64_t time_ms)
{
	uint32_t number = processes_now(processes, pid);

	if (number != PROCESS_NONE && processes->items[number].ended_ms < time_ms)
		processes->items[number].ended_ms = time_ms;
}

/* Whether a record of that time can be of its first moments, with the time of the tick before. */
static bool is_early(const struct process *process, int64_t time_ms)
{
	return time_ms > process->started_ms - PROCESSES_TICK_MS;
}

static bool has_ended(const struct processes *processes, uint32_t number, int64_t time_ms)
{
	const struct process *process = &processes->items[number];

	return process->ended_ms != TIME_UNKNOWN && process->ended_ms < time_ms;
}

uint32_t processes_at(const struct processes *processes, pid_t pid, int64_t time_ms,
		      uint32_t *ret_other)
{
	uint32_t number = processes_now(processes, pid);

	*ret_other = PROCESS_NONE;
	while (number != PROCESS_NONE) {
		const struct process *process = &processes->items[number];

		if (process->started_ms == TIME_UNKNOWN || time_ms == TIME_UNKNOWN ||
		    time_ms >= process->started_ms || process->older == PROCESS_NONE)
			return number;
		if (is_early(process, time_ms)) {
			/* Nobody logs after the end. */
			if (has_ended(processes, process->older, time_ms))
				return number;
			*ret_other = number;
		}
		number = process->older;
	}
	return PROCESS_NONE;
}

uint32_t processes_inherited(struct processes *processes, uint32_t number)
{
	uint32_t at = number, target = PROCESS_NO_TARGET;

	while (at != PROCESS_NONE && target == PROCESS_NO_TARGET) {
		target = processes->items[at].target;
		at = processes->items[at].parent;
	}
	/* So that the way up is short the next time, also for the children of those on it. */
	while (target != PROCESS_NO_TARGET && number != at &&
	       processes->items[number].target == PROCESS_NO_TARGET) {
		processes->items[number].target = target;
		number = processes->items[number].parent;
	}
	return target;
}

static bool forgotten(const struct process *process, int64_t before_ms)
{
	return process->gone_ms != TIME_UNKNOWN && process->gone_ms <= before_ms;
}

/* What was known through those who are forgotten goes to their children. */
static void adopt(struct processes *processes, struct process *process, int64_t before_ms)
{
	while (process->parent != PROCESS_NONE) {
		const struct process *parent = &processes->items[process->parent];

		if (!forgotten(parent, before_ms))
			return;
		if (process->target == PROCESS_NO_TARGET)
			process->target = parent->target;
		if (parent->line_ms < process->line_ms)
			process->line_ms = parent->line_ms;
		process->parent = parent->parent;
	}
}

static void release(struct processes *processes, uint32_t number)
{
	struct process *process = &processes->items[number];

	if (processes_now(processes, process->pid) == number)
		processes->by_pid[process->pid] = 0;
	*process = (struct process){ .older = processes->free };
	processes->free = number;
	processes->n--;
}

void processes_sweep(struct processes *processes, int64_t now_ms, int64_t grace_ms,
		     bool (*alive)(void *context, pid_t pid), void *context)
{
	const int64_t before_ms = now_ms - grace_ms;

	for (size_t i = 0; i < processes->n_items; i++) {
		struct process *process = &processes->items[i];

		if (process->used && process->gone_ms == TIME_UNKNOWN &&
		    !alive(context, process->pid))
			process->gone_ms = now_ms;
	}
	for (size_t i = 0; i < processes->n_items; i++) {
		struct process *process = &processes->items[i];

		if (!process->used || forgotten(process, before_ms))
			continue;
		adopt(processes, process, before_ms);
		while (process->older != PROCESS_NONE &&
		       forgotten(&processes->items[process->older], before_ms))
			process->older = processes->items[process->older].older;
	}
	for (size_t i = 0; i < processes->n_items; i++)
		if (processes->items[i].used && forgotten(&processes->items[i], before_ms))
			release(processes, (uint32_t)i);
}
