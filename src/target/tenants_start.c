/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a tenant began. What was lost before is no loss of his; so it is never later than the first
 * thing that he could have logged, and not known (TIME_UNKNOWN) where somebody may have been of him
 * of whom nobody has heard.
 */
#include "target/process_look.h"
#include "target/tenants_private.h"

#include <errno.h>
#include <signal.h>

struct tenant_start tenants_start_of(const struct tenants *tenants, const struct process *process)
{
	return (struct tenant_start){
		.ms = process->started_ms,
		.since_ms = TIME_UNKNOWN,
		.before = !process->bare &&
			  (!tenants->listening_ms || process->started_ms < tenants->listening_ms),
	};
}

struct tenant_start tenants_start(const struct tenants *tenants, pid_t pid)
{
	const uint32_t number = processes_now(&tenants->processes, pid);
	struct process fresh = { .started_ms = TIME_UNKNOWN };
	struct process_look look;

	if (process_look(tenants->options.proc, pid, &look) == 0) {
		/* A fork event tells it to the millisecond. */
		if (number != PROCESS_NONE && tenants_is_same(tenants, number, &look))
			return tenants_start_of(tenants,
						processes_get(&tenants->processes, number));
		fresh.started_ms = look.started_steady_ms;
	} else if (number != PROCESS_NONE) {
		fresh = *processes_get(&tenants->processes, number);
	}
	return tenants_start_of(tenants, &fresh);
}

/* Nobody was in a pid namespace before its first process. Who has come by setns() is not that. */
struct tenant_start tenants_start_of_namespace(const struct tenants *tenants, pid_t first)
{
	struct tenant_start start = tenants_start(tenants, first);

	if (process_is_first(tenants->options.proc, first))
		start.since_ms = start.ms;
	return start;
}

/* Whether an ancestor of it was there without a filter: what it has now came later. */
static bool is_below_bare(const struct tenants *tenants, uint32_t number)
{
	for (int i = 0; i < TENANTS_CLIMB_MAX && number != PROCESS_NONE; i++) {
		const struct process *process = processes_get(&tenants->processes, number);

		if (process->pid == 1)
			return false;
		if (process->bare)
			return true;
		number = process->parent;
	}
	return false;
}

/*
 * The processes of a unit come from systemd one by one (ExecStartPre, ExecStart, ExecReload), so
 * that of the one that is met first nothing follows; but systemd writes down when it began.
 */
struct tenant_start tenants_start_of_unit(struct tenants *tenants, pid_t pid,
					  const struct cgroup_name *unit)
{
	const uint32_t number = processes_now(&tenants->processes, pid);
	struct tenant_start start = tenants_start(tenants, pid);
	int64_t wall_ms, steady_ms;

	/* What a user's manager runs is written down elsewhere. */
	if (unit->user != CGROUP_NO_USER)
		return start;
	time_both_ms(&wall_ms, &steady_ms);
	start.since_ms =
		time_steady_of(&tenants->wall, process_unit_began(tenants->options.proc, unit->id),
			       wall_ms, steady_ms);
	if (start.since_ms == TIME_UNKNOWN)
		return start;
	if (start.since_ms > start.ms)
		start.since_ms = start.ms;
	if (start.since_ms < tenants->listening_ms && !is_below_bare(tenants, number))
		start.before = true;
	return start;
}

/* Those above who have gone may have been under the same filter, and its beginning. */
struct tenant_start tenants_start_of_line(const struct tenants *tenants, uint32_t number)
{
	const struct process *process = processes_get(&tenants->processes, number);
	struct tenant_start start = tenants_start_of(tenants, process);
	struct process_look look;

	start.since_ms = process->line_ms;
	for (int i = 0; i < TENANTS_CLIMB_MAX && process->parent != PROCESS_NONE; i++) {
		process = processes_get(&tenants->processes, process->parent);
		if (process->pid == 1 || tenants_is_there(tenants, process, &look))
			return start;
		if (process->line_ms < start.since_ms)
			start.since_ms = process->line_ms;
	}
	/* The first process has no parent. */
	if (process->pid != 1)
		start.since_ms = TIME_UNKNOWN;
	return start;
}

/* Whether one of those lives who were there before. */
static bool has_survivors(struct tenants *tenants, uint32_t number)
{
	for (size_t i = 0; i < tenants->processes.n_items; i++) {
		const struct process *process = &tenants->processes.items[i];

		if (!process->used || process->gone_ms != TIME_UNKNOWN ||
		    !tenants_start_of(tenants, process).before)
			continue;
		/* Whoever has not been asked about himself descends from who has, maybe. */
		if (process->place != number &&
		    processes_inherited(&tenants->processes, (uint32_t)i) != number)
			continue;
		if (kill(process->pid, 0) == 0 || errno == EPERM)
			return true;
	}
	return false;
}

void tenants_note_start(struct tenants *tenants, uint32_t number, const struct tenant_start *start)
{
	struct tenant *tenant = &tenants->items[number];

	if (!tenant->before || start->before || has_survivors(tenants, number))
		return;
	tenant->before = false;
	tenant->began_ms = start->ms;
	tenant->since_ms = start->since_ms;
}
