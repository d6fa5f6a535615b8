/* SPDX-License-Identifier: Apache-2.0 */
/* Who is there: fork events, /proc, and who has gone. */
#include "base/cleanup.h"
#include "target/process_look.h"
#include "target/tenants_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>

#define SWEEP_MS      3000  /* between two looks at who has gone */
#define GRACE_MS      6000  /* who has gone is remembered: records may wait in the kernel */
#define HURRY_MS      200   /* the same when there is no room for more */
#define SWEEP_GROWTH  16384 /* processes more than twice those of the last sweep */
#define LOOK_AGAIN_MS 1000  /* between two looks at who is there, while fork events are lost */

static bool is_alive(void *context, pid_t pid)
{
	(void)context;
	return kill(pid, 0) == 0 || errno == EPERM;
}

static void drop_namespaces(struct tenants *tenants)
{
	size_t kept = 0;

	for (size_t i = 0; i < tenants->n_namespaces; i++) {
		if (tenants->items[tenants->namespaces[i].tenant].alive)
			tenants->namespaces[kept++] = tenants->namespaces[i];
		else
			close(tenants->namespaces[i].fd);
	}
	tenants->n_namespaces = kept;
}

static void drop_sessions(struct tenants *tenants)
{
	size_t kept = 0;

	for (size_t i = 0; i < tenants->n_sessions; i++)
		if (tenants->items[tenants->sessions[i].tenant].alive)
			tenants->sessions[kept++] = tenants->sessions[i];
	tenants->n_sessions = kept;
}

static void sweep(struct tenants *tenants, int64_t grace_ms)
{
	struct processes *processes = &tenants->processes;

	tenants->swept_ms = time_steady_ms();
	/* What was logged by who has gone may still wait to be read. */
	grace_ms += tenants->swept_ms - tenants->heard_ms;
	processes_sweep(processes, tenants->swept_ms, grace_ms, is_alive, NULL);
	tenants->swept_n = processes->n;
	for (size_t i = 0; i < tenants->n; i++)
		tenants->items[i].alive = false;
	/* Who is remembered counts: its last records may still come. */
	for (size_t i = 0; i < processes->n_items; i++) {
		const struct process *process = &processes->items[i];
		uint32_t target = process->used ? processes_inherited(processes, (uint32_t)i)
						: PROCESS_NO_TARGET;

		if (target != PROCESS_NO_TARGET)
			tenants->items[target].alive = true;
		if (process->used && process->place != PROCESS_NO_TARGET)
			tenants->items[process->place].alive = true;
	}
	drop_namespaces(tenants);
	drop_sessions(tenants);
	/* Of whom nothing is recorded, nobody asks any more. */
	for (size_t i = 0; i < tenants->n; i++)
		if (!tenants->items[i].alive &&
		    (!tenants->items[i].recorded || tenants->options.forget))
			tenants_forget(tenants, (uint32_t)i);
	tenants_tidy(tenants);
}

void tenants_heard(struct tenants *tenants, int64_t time_ms)
{
	const int64_t now = time_steady_ms();

	if (time_ms > now)
		time_ms = now;
	if (time_ms > tenants->heard_ms)
		tenants->heard_ms = time_ms;
}

void tenants_sweep(struct tenants *tenants)
{
	if (time_steady_ms() - tenants->swept_ms >= SWEEP_MS ||
	    tenants->processes.n > 2 * tenants->swept_n + SWEEP_GROWTH)
		sweep(tenants, GRACE_MS);
}

static bool is_asked_for(const struct tenants *tenants, pid_t pid)
{
	for (size_t i = 0; i < tenants->options.n_pids; i++)
		if (tenants->options.pids[i] == (uint32_t)pid)
			return true;
	return false;
}

static int add_process(struct tenants *tenants, pid_t pid, pid_t parent, int64_t started_ms,
		       uint32_t *ret)
{
	const struct processes *processes = &tenants->processes;
	int r;

	/* Who has gone makes room, rather early than never; but not for every one that comes. */
	if (processes->n >= processes->max && time_steady_ms() - tenants->swept_ms > HURRY_MS)
		sweep(tenants, HURRY_MS);
	r = processes_add(&tenants->processes, pid, parent, started_ms, ret);
	if (r == -E2BIG)
		tenants->losses.processes++;
	return r;
}

static int take_fork(struct tenants *tenants, const struct fork_event *event)
{
	struct processes *processes = &tenants->processes;
	uint32_t number;
	int r = add_process(tenants, event->pid, event->parent,
			    time_steady_of_monotonic(event->time_ns), &number);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (processes_inherited(processes, number) == PROCESS_NO_TARGET) {
		uint64_t inode = process_namespace(tenants->options.proc, event->pid, "pid");

		processes_born(processes, number, inode, time_steady_ms());
	}
	return 0;
}

/*
 * Fork events were lost: a pid may have been given again without our hearing of it, and is then
 * nobody's rather than somebody else's. While they are still being lost, once in a while.
 */
static int look_again(struct tenants *tenants, struct error *err)
{
	int r;

	if (tenants->events.overflows == tenants->overflows_seen ||
	    time_steady_ms() - tenants->looked_again_ms < LOOK_AGAIN_MS)
		return 0;
	tenants->overflows_seen = tenants->events.overflows;
	tenants->drops_mended = fork_events_drops(&tenants->events);
	r = tenants_scan(tenants, err);
	/* On a host with very many processes that itself takes a while. */
	tenants->looked_again_ms = time_steady_ms();
	return r;
}

int tenants_drain(struct tenants *tenants, struct error *err)
{
	const uint64_t until = fork_events_until();
	struct fork_event event;
	int r;

	while ((r = fork_events_next(&tenants->events, &event)) > 0) {
		if (event.ended)
			processes_end(&tenants->processes, event.pid,
				      time_steady_of_monotonic(event.time_ns));
		else if (take_fork(tenants, &event) < 0)
			return error_memory(err);
		if (event.time_ns > until)
			break;
	}
	if (r < 0)
		return error_set(err, r, "cannot read fork events: %s", strerror(-r));
	return look_again(tenants, err);
}

int tenants_discover(struct tenants *tenants, pid_t pid, uint32_t *ret)
{
	struct process_look look;
	uint32_t known = processes_now(&tenants->processes, pid);
	int r;

	if (process_look(tenants->options.proc, pid, &look) < 0)
		return -ESRCH;
	if (known != PROCESS_NONE && tenants_is_same(tenants, known, &look)) {
		*ret = known;
		return 0;
	}
	r = add_process(tenants, pid, look.parent, look.started_steady_ms, ret);
	if (r >= 0 && is_asked_for(tenants, pid))
		processes_get(&tenants->processes, *ret)->selected = true;
	return r;
}

/* Whose parents were taken in after them have none yet. */
static void find_parents(struct tenants *tenants)
{
	struct processes *processes = &tenants->processes;

	for (size_t i = 0; i < processes->n_items; i++) {
		struct process *process = &processes->items[i];
		struct process_look look;
		uint32_t parent;

		if (!process->used || process->parent != PROCESS_NONE ||
		    process->gone_ms != TIME_UNKNOWN ||
		    process_look(tenants->options.proc, process->pid, &look) < 0)
			continue;
		parent = processes_now(processes, look.parent);
		if (parent != i)
			process->parent = parent;
	}
}

static void select_descendants(struct tenants *tenants)
{
	struct processes *processes = &tenants->processes;

	for (size_t i = 0; i < processes->n_items; i++) {
		uint32_t above = (uint32_t)i;

		for (int depth = 0; depth < 1024 && above != PROCESS_NONE; depth++) {
			if (processes->items[above].selected)
				processes->items[i].selected = true;
			above = processes->items[above].parent;
		}
	}
}

/*
 * Who is under a filter already may log: where it is, is looked at while it lives, in case that it
 * logs and is gone at once. Whether its filter logs at all nobody knows before: its children are
 * looked at themselves.
 */
static int settle_confined(struct tenants *tenants)
{
	struct processes *processes = &tenants->processes;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < processes->n_items; i++) {
		struct process *process = &processes->items[i];
		const size_t had = tenants->n - tenants->n_released;
		uint32_t tenant;

		if (tenants->n_early >= TENANTS_MAX)
			return 0;
		if (!process->used || process->gone_ms != TIME_UNKNOWN ||
		    process->place != PROCESS_NO_TARGET ||
		    processes_inherited(processes, (uint32_t)i) != PROCESS_NO_TARGET)
			continue;
		if (process_filters(tenants->options.proc, process->pid) == 0)
			continue;
		r = tenants_settle_place(tenants, (uint32_t)i, &tenant);
		if (r < 0) {
			r = r == -ENOMEM ? r : 0;
			continue;
		}
		process->place = tenant;
		if (tenants->n - tenants->n_released > had)
			tenants_set_early(tenants, tenant);
	}
	return r;
}

/* Who is under no filter now has not logged before, whatever it does from now on. */
void tenants_listening(struct tenants *tenants)
{
	struct processes *processes = &tenants->processes;

	tenants->listening_ms = time_steady_ms();
	for (size_t i = 0; i < processes->n_items; i++) {
		struct process *process = &processes->items[i];

		process->bare = process->used && process->gone_ms == TIME_UNKNOWN &&
				process_is_bare(tenants->options.proc, process->pid);
	}
}

int tenants_scan(struct tenants *tenants, struct error *err)
{
	int fd = openat(tenants->options.proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *proc = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	if (!proc) {
		int r = error_set(err, -errno, "cannot read /proc: %m");

		if (fd >= 0)
			close(fd);
		return r;
	}
	while ((entry = readdir(proc))) {
		uint32_t number;
		uint64_t pid;

		if (slice_to_u64(slice_from(entry->d_name), 10, &pid) < 0 || pid > INT_MAX)
			continue;
		if (tenants_discover(tenants, (pid_t)pid, &number) == -ENOMEM)
			return error_memory(err);
	}
	find_parents(tenants);
	if (tenants->options.n_pids > 0)
		select_descendants(tenants);
	return settle_confined(tenants) < 0 ? error_memory(err) : 0;
}

/* Whether it is of a tenant of whom something was recorded. */
static bool was_recorded(const struct tenants *tenants, const struct process *process)
{
	uint32_t tenant = process->target == PROCESS_NO_TARGET ? process->place : process->target;

	return tenant != PROCESS_NO_TARGET && tenants->items[tenant].recorded;
}

static bool asked_for_lives(const struct tenants *tenants, const struct process *process)
{
	if (!process->used || process->gone_ms != TIME_UNKNOWN)
		return false;
	if (tenants->options.n_pids > 0 ? !process->selected : !was_recorded(tenants, process))
		return false;
	return is_alive(NULL, process->pid);
}

bool tenants_wanted_alive(struct tenants *tenants)
{
	const struct processes *processes = &tenants->processes;
	uint32_t known = processes_now(processes, tenants->witness);

	if (known != PROCESS_NONE && asked_for_lives(tenants, processes_get(processes, known)))
		return true;
	for (size_t i = 0; i < processes->n_items; i++)
		if (asked_for_lives(tenants, &processes->items[i])) {
			tenants->witness = processes->items[i].pid;
			return true;
		}
	return false;
}
