/* SPDX-License-Identifier: Apache-2.0 */
/* Whose a process is that none of its ancestors answers for: by where it is, while it lives. */
#include "base/array.h"
#include "target/cgroup_name.h"
#include "target/process_look.h"
#include "target/tenants_private.h"

#include <errno.h>

#define CLIMB_MAX TENANTS_CLIMB_MAX

static bool is_same(const struct process *process, const struct process_look *look)
{
	return process->gone_ms == TIME_UNKNOWN &&
	       (process->started_ms == TIME_UNKNOWN ||
		look->started_steady_ms <= process->started_ms + TENANTS_SLACK_MS);
}

bool tenants_is_same(const struct tenants *tenants, uint32_t number,
		     const struct process_look *look)
{
	return is_same(processes_get(&tenants->processes, number), look);
}

bool tenants_is_there(const struct tenants *tenants, const struct process *process,
		      struct process_look *ret)
{
	return process->gone_ms == TIME_UNKNOWN &&
	       process_look(tenants->options.proc, process->pid, ret) == 0 && is_same(process, ret);
}

/*
 * The topmost ancestor under the very same filters: a filter is inherited and never taken off, so
 * both have it from the same hand.
 */
static uint32_t find_topmost(const struct tenants *tenants, uint32_t number)
{
	const int proc = tenants->options.proc;
	uint64_t filters = process_filters(proc, processes_get(&tenants->processes, number)->pid);

	for (int i = 0; filters > 0 && i < CLIMB_MAX; i++) {
		uint32_t above = processes_get(&tenants->processes, number)->parent;
		struct process_look look;

		/* Everybody descends from the first. */
		if (above == PROCESS_NONE || processes_get(&tenants->processes, above)->pid == 1 ||
		    !tenants_is_there(tenants, processes_get(&tenants->processes, above), &look) ||
		    process_filters(proc, processes_get(&tenants->processes, above)->pid) !=
			    filters)
			break;
		number = above;
	}
	return number;
}

/*
 * Whether the process began its audit session: then all in it descend from it. Sessions are
 * numbered as they begin, so a parent of a lower one, or of none, was not in it. Whom systemd
 * starts for a user it puts into a session itself.
 */
static bool began_session(const struct tenants *tenants, uint32_t number, uint32_t *ret)
{
	const struct process *process = processes_get(&tenants->processes, number);
	const struct process *parent;
	struct process_look look;
	uint32_t above;

	if (process->parent == PROCESS_NONE)
		return false;
	parent = processes_get(&tenants->processes, process->parent);
	*ret = process_session(tenants->options.proc, process->pid);
	if (*ret == RECORD_UNSET || parent->pid == 1 || !tenants_is_there(tenants, parent, &look) ||
	    !tenants_is_there(tenants, process, &look) || look.parent != parent->pid)
		return false;
	above = process_session(tenants->options.proc, parent->pid);
	return above == RECORD_UNSET || above < *ret;
}

static void keep_session(struct tenants *tenants, uint32_t session, uint32_t tenant)
{
	if (tenants->n_sessions >= TENANTS_SESSIONS_MAX ||
	    array_reserve(&tenants->sessions, &tenants->sessions_allocated, tenants->n_sessions + 1,
			  sizeof(*tenants->sessions)) < 0)
		return;
	tenants->sessions[tenants->n_sessions++] = (struct tenant_session){ session, tenant };
}

/* The topmost process and all that descend from it. */
static int settle_topmost(struct tenants *tenants, uint32_t number, uint32_t topmost,
			  struct slice comm, uint32_t *ret)
{
	struct process_look look;
	int r;

	if (topmost != number) {
		if (!tenants_is_there(tenants, processes_get(&tenants->processes, topmost), &look))
			topmost = number;
		else
			comm = slice_from(look.comm);
	}
	r = tenants_own(tenants, topmost, comm, ret);
	if (r >= 0)
		tenants_assign(tenants, topmost, *ret);
	return r;
}

static int settle_living(struct tenants *tenants, uint32_t number, struct slice comm, uint32_t *ret)
{
	const pid_t pid = processes_get(&tenants->processes, number)->pid;
	struct tenant_place place;
	uint32_t topmost, session;
	int r;

	tenants_look_at_place(tenants, pid, &place);
	if (place.cgroup.kind == CGROUP_CONTAINER)
		return tenants_settle_container(tenants, pid, &place, ret);
	topmost = find_topmost(tenants, number);
	if (!tenants_is_elsewhere(tenants, place.namespace) &&
	    began_session(tenants, topmost, &session)) {
		r = settle_topmost(tenants, number, topmost, comm, ret);
		if (r >= 0)
			keep_session(tenants, session, *ret);
		return r;
	}
	if (place.cgroup.kind == CGROUP_UNIT)
		return tenants_settle_unit(tenants, pid, &place, ret);
	if (tenants_is_elsewhere(tenants, place.namespace))
		return tenants_settle_elsewhere(tenants, pid, place.namespace, ret);
	/* It may have ended while it was looked at. */
	if (place.namespace == 0)
		return -ESRCH;
	return settle_topmost(tenants, number, topmost, comm, ret);
}

/*
 * The nearest ancestor that lives, and in which pid namespace all between the two were born.
 * PROCESS_NONE: there is none, or somebody has changed over on the way.
 */
static uint32_t find_living_ancestor(const struct tenants *tenants, uint32_t number,
				     uint64_t *ret_born)
{
	uint64_t born = processes_get(&tenants->processes, number)->born_in;

	for (int i = 0; i < CLIMB_MAX; i++) {
		const struct process *process = processes_get(&tenants->processes, number);
		struct process_look look;

		if (process->parent == PROCESS_NONE || process->born_in != born)
			break;
		number = process->parent;
		process = processes_get(&tenants->processes, number);
		if (tenants_is_there(tenants, process, &look)) {
			*ret_born = born ? born
					 : process_namespace(tenants->options.proc, process->pid,
							     "pid_for_children");
			return number;
		}
	}
	return PROCESS_NONE;
}

/* By where an ancestor is: only what systemd starts itself is moved to its unit afterwards. */
static int settle_like(struct tenants *tenants, uint32_t ancestor, struct slice comm,
		       uint32_t number, const struct tenant_place *place, uint32_t *ret)
{
	const pid_t pid = processes_get(&tenants->processes, ancestor)->pid;
	int r;

	if (place->cgroup.kind == CGROUP_CONTAINER)
		r = tenants_settle_container(tenants, pid, place, ret);
	else if (pid == 1)
		return -ESRCH;
	else if (place->cgroup.kind == CGROUP_UNIT)
		r = tenants_settle_unit(tenants, pid, place, ret);
	else if (tenants_is_elsewhere(tenants, place->namespace))
		r = tenants_settle_elsewhere(tenants, pid, place->namespace, ret);
	else
		return tenants_own(tenants, number, comm, ret);
	if (r >= 0)
		tenants_assign(tenants, ancestor, *ret);
	return r;
}

/* Who died unseen was born where its parent's children are. */
static int settle_dead(struct tenants *tenants, uint32_t number, struct slice comm, uint32_t *ret)
{
	uint64_t born = processes_get(&tenants->processes, number)->born_in;
	uint32_t ancestor = find_living_ancestor(tenants, number, &born);
	struct tenant_place place;

	if (ancestor != PROCESS_NONE) {
		tenants_look_at_place(tenants, processes_get(&tenants->processes, ancestor)->pid,
				      &place);
		if (born != 0 && place.namespace == born)
			return settle_like(tenants, ancestor, comm, number, &place, ret);
	}
	*ret = tenants_is_elsewhere(tenants, born) ? tenants_in_namespace(tenants, born)
						   : TENANT_NONE;
	return *ret == TENANT_NONE ? -ESRCH : 0;
}

/*
 * The place of the nearest ancestor that had one. Who was born in another pid namespace than the
 * host's has left the unit of its ancestors, maybe: a service that starts containers is one.
 */
static uint32_t place_above(const struct tenants *tenants, uint32_t number)
{
	const uint64_t born = processes_get(&tenants->processes, number)->born_in;

	for (int i = 0; i < CLIMB_MAX && number != PROCESS_NONE; i++) {
		const struct process *process = processes_get(&tenants->processes, number);

		if (process->place != PROCESS_NO_TARGET)
			return tenants->items[process->place].kind == TENANT_UNIT &&
					       born != tenants->host_namespace
				       ? TENANT_NONE
				       : process->place;
		number = process->parent;
	}
	return TENANT_NONE;
}

int tenants_settle(struct tenants *tenants, uint32_t number, struct slice comm, uint32_t *ret)
{
	struct process_look look;
	int r = -ESRCH;

	if (tenants_is_there(tenants, processes_get(&tenants->processes, number), &look))
		r = settle_living(tenants, number, comm, ret);
	if (r == -ESRCH) {
		*ret = processes_get(&tenants->processes, number)->place;
		r = *ret == TENANT_NONE ? settle_dead(tenants, number, comm, ret) : 0;
	}
	if (r == -ESRCH) {
		*ret = place_above(tenants, number);
		r = *ret == TENANT_NONE ? -ESRCH : 0;
	}
	return r;
}
