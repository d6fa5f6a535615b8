/* SPDX-License-Identifier: Apache-2.0 */
/* Whose a process is that none of its ancestors answers for: by where it is, while it lives. */
#include "base/array.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "target/cgroup_name.h"
#include "target/process_look.h"
#include "target/supervisor.h"
#include "target/tenants_private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/nsfs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#define CLIMB_MAX      TENANTS_CLIMB_MAX
#define SUPERVISED_MAX 3 /* steps from there to the supervisor: the runtime may be between them */

/* Where a process is: enough to say whose it is. Slices are of `cgroup_text`. */
struct place {
	char cgroup_text[PROCESS_CGROUP_MAX];
	struct cgroup_name cgroup;
	uint64_t namespace; /* inode number; 0: not to be seen */
};

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

static void look_at_place(const struct tenants *tenants, pid_t pid, struct place *ret)
{
	ssize_t len = process_cgroup(tenants->options.proc, pid, ret->cgroup_text);

	cgroup_name_choose((struct slice){ ret->cgroup_text, len > 0 ? (size_t)len : 0 },
			   &ret->cgroup);
	/* What holds everybody tells nobody apart. */
	if (tenants->own_cgroup && slice_is(ret->cgroup.path, tenants->own_cgroup))
		ret->cgroup.kind = CGROUP_PLAIN;
	ret->namespace = process_namespace(tenants->options.proc, pid, "pid");
}

static bool is_elsewhere(const struct tenants *tenants, uint64_t namespace)
{
	return namespace != 0 && namespace != tenants->host_namespace;
}

static struct tenant_namespace *get_namespace(const struct tenants *tenants, uint64_t inode)
{
	for (size_t i = 0; i < tenants->n_namespaces; i++)
		if (tenants->namespaces[i].inode == inode)
			return &tenants->namespaces[i];
	return NULL;
}

/* The one tenant in the namespace. */
static uint32_t find_namespace(const struct tenants *tenants, uint64_t inode)
{
	const struct tenant_namespace *namespace = get_namespace(tenants, inode);

	return namespace && !namespace->shared ? namespace->tenant : TENANT_NONE;
}

/* Takes `fd`. Without room it is looked up again each time, which is only slower. */
static void keep_namespace(struct tenants *tenants, int fd, uint32_t tenant)
{
	struct tenant_namespace *known = NULL;
	struct stat status;

	if (fstat(fd, &status) == 0)
		known = get_namespace(tenants, status.st_ino);
	if (known && known->tenant != tenant)
		known->shared = true;
	if (known || fstat(fd, &status) < 0 || tenants->n_namespaces >= TENANTS_NAMESPACES_MAX ||
	    array_reserve(&tenants->namespaces, &tenants->namespaces_allocated,
			  tenants->n_namespaces + 1, sizeof(*tenants->namespaces)) < 0) {
		close(fd);
		return;
	}
	tenants->namespaces[tenants->n_namespaces++] =
		(struct tenant_namespace){ .inode = status.st_ino, .fd = fd, .tenant = tenant };
}

/* The namespace below the host's in which the one of `pid` is nested, or is. -1: gone. */
static int open_outermost(const struct tenants *tenants, pid_t pid, uint64_t *ret_inode)
{
	char path[64];
	int fd, outermost = -1;

	snprintf(path, sizeof(path), "%d/ns/pid", (int)pid);
	fd = openat(tenants->options.proc, path, O_RDONLY | O_CLOEXEC);
	for (int i = 0; fd >= 0 && i < CLIMB_MAX; i++) {
		struct stat status;
		int parent;

		if (fstat(fd, &status) < 0 || status.st_ino == tenants->host_namespace)
			break;
		*ret_inode = status.st_ino;
		parent = ioctl(fd, NS_GET_PARENT);
		if (outermost >= 0)
			close(outermost);
		outermost = fd;
		fd = parent;
	}
	if (fd >= 0)
		close(fd);
	return outermost;
}

/* Notes for all whom it holds that the namespace of `pid` is the tenant's. */
static void claim_namespace(struct tenants *tenants, pid_t pid, uint32_t tenant)
{
	uint64_t inode;
	char path[64];
	int fd = open_outermost(tenants, pid, &inode);

	if (fd < 0)
		return;
	keep_namespace(tenants, fd, tenant);
	snprintf(path, sizeof(path), "%d/ns/pid", (int)pid);
	fd = openat(tenants->options.proc, path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		keep_namespace(tenants, fd, tenant);
}

/*
 * From a process in a namespace up to the first one of it, whose parent (0: not to be seen) is
 * outside.
 */
static pid_t climb_out(const struct tenants *tenants, pid_t pid, pid_t *ret_parent)
{
	const int proc = tenants->options.proc;

	*ret_parent = 0;
	for (int i = 0; i < CLIMB_MAX; i++) {
		struct process_look look;
		uint64_t inode;

		if (process_look(proc, pid, &look) < 0 || look.parent <= 0)
			return pid;
		inode = process_namespace(proc, look.parent, "pid");
		if (inode == 0)
			return pid;
		if (inode == tenants->host_namespace) {
			*ret_parent = look.parent;
			return pid;
		}
		pid = look.parent;
	}
	return pid;
}

/* While the runtime starts it, a container hangs on that, and only then on the engine's process. */
static bool find_supervisor(const struct tenants *tenants, pid_t above,
			    char text[SUPERVISOR_ARGUMENTS_MAX], struct supervisor_name *ret)
{
	struct process_look look;

	for (int i = 0; i < SUPERVISED_MAX && above > 1; i++) {
		if (supervisor_read(tenants->options.proc, above, text, ret))
			return true;
		if (process_look(tenants->options.proc, above, &look) < 0)
			break;
		above = look.parent;
	}
	return false;
}

static int settle_container(struct tenants *tenants, pid_t pid, const struct place *place,
			    uint32_t *ret)
{
	_cleanup_strbuf_ struct strbuf key = { 0 }, name = { 0 }, id = { 0 };
	char arguments[SUPERVISOR_ARGUMENTS_MAX];
	struct supervisor_name supervisor = { 0 };
	struct tenant_facts facts = { .kind = TENANT_CONTAINER, .pid = pid };
	pid_t above, first;
	int r;

	strbuf_putc(&key, 'c');
	strbuf_append(&key, place->cgroup.path.data, place->cgroup.path.len);
	cgroup_name_put(&place->cgroup, &name);
	cgroup_name_put_id(&place->cgroup, &id);
	if (key.failed || name.failed || id.failed)
		return -ENOMEM;
	first = climb_out(tenants, pid, &above);
	facts.start = is_elsewhere(tenants, place->namespace)
			      ? tenants_start_of_namespace(tenants, first)
			      : tenants_start(tenants, pid);
	if (find_supervisor(tenants, above, arguments, &supervisor) &&
	    slice_equal(supervisor.id, place->cgroup.id))
		facts.title = supervisor.name;
	facts.key = (struct slice){ key.data, key.len };
	facts.name = (struct slice){ name.data, name.len };
	facts.id = (struct slice){ id.data, id.len };
	r = tenants_get(tenants, &facts, ret);
	if (r >= 0 && is_elsewhere(tenants, place->namespace))
		claim_namespace(tenants, pid, *ret);
	return r;
}

static int settle_unit(struct tenants *tenants, pid_t pid, const struct place *place, uint32_t *ret)
{
	_cleanup_strbuf_ struct strbuf key = { 0 }, name = { 0 };
	struct tenant_facts facts = { .kind = TENANT_UNIT, .id = place->cgroup.id, .pid = pid };

	strbuf_putc(&key, 'u');
	strbuf_append(&key, place->cgroup.path.data, place->cgroup.path.len);
	cgroup_name_put(&place->cgroup, &name);
	if (key.failed || name.failed)
		return -ENOMEM;
	facts.key = (struct slice){ key.data, key.len };
	facts.name = (struct slice){ name.data, name.len };
	facts.start = tenants_start_of_unit(tenants, pid, &place->cgroup);
	return tenants_get(tenants, &facts, ret);
}

/* A container that no control group names, by what its engine has put above it. -ENOENT: nothing.
 */
static int settle_supervised(struct tenants *tenants, pid_t above, pid_t pid, uint32_t *ret)
{
	char arguments[SUPERVISOR_ARGUMENTS_MAX];
	_cleanup_strbuf_ struct strbuf key = { 0 }, name = { 0 };
	struct supervisor_name supervisor;
	struct tenant_facts facts = { .kind = TENANT_CONTAINER, .pid = pid };

	if (!find_supervisor(tenants, above, arguments, &supervisor))
		return -ENOENT;
	strbuf_putc(&key, 's');
	strbuf_append(&key, supervisor.id.data, supervisor.id.len);
	strbuf_printf(&name, "%s-%.12s", supervisor.engine, supervisor.id.data);
	if (key.failed || name.failed)
		return -ENOMEM;
	facts.start = tenants_start_of_namespace(tenants, pid);
	facts.id = supervisor.id;
	facts.title = supervisor.name;
	facts.key = (struct slice){ key.data, key.len };
	facts.name = (struct slice){ name.data, name.len };
	return tenants_get(tenants, &facts, ret);
}

/* A pid namespace that nobody names: its first process. */
static int settle_first(struct tenants *tenants, pid_t first, uint32_t *ret)
{
	_cleanup_strbuf_ struct strbuf name = { 0 };
	struct tenant_facts facts = { .kind = TENANT_NAMESPACE, .pid = first };
	struct process_look look;

	if (process_look(tenants->options.proc, first, &look) < 0)
		return -ESRCH;
	facts.start = tenants_start_of_namespace(tenants, first);
	strbuf_printf(&name, "%s-%d", look.comm, (int)first);
	if (!strbuf_text(&name))
		return -ENOMEM;
	facts.name = (struct slice){ name.data, name.len };
	return tenants_get(tenants, &facts, ret);
}

static int settle_elsewhere(struct tenants *tenants, pid_t pid, uint64_t inode, uint32_t *ret)
{
	uint64_t outermost = 0;
	pid_t above, first = climb_out(tenants, pid, &above);
	int fd, r = settle_supervised(tenants, above, first, ret);

	if (r == -ENOENT) {
		fd = open_outermost(tenants, pid, &outermost);
		if (fd >= 0)
			close(fd);
		*ret = find_namespace(tenants, inode);
		if (*ret == TENANT_NONE)
			*ret = find_namespace(tenants, outermost);
		r = *ret == TENANT_NONE ? settle_first(tenants, first, ret) : 0;
	}
	if (r >= 0)
		claim_namespace(tenants, pid, *ret);
	return r;
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
	struct place place;
	uint32_t topmost, session;
	int r;

	look_at_place(tenants, pid, &place);
	if (place.cgroup.kind == CGROUP_CONTAINER)
		return settle_container(tenants, pid, &place, ret);
	topmost = find_topmost(tenants, number);
	if (!is_elsewhere(tenants, place.namespace) && began_session(tenants, topmost, &session)) {
		r = settle_topmost(tenants, number, topmost, comm, ret);
		if (r >= 0)
			keep_session(tenants, session, *ret);
		return r;
	}
	if (place.cgroup.kind == CGROUP_UNIT)
		return settle_unit(tenants, pid, &place, ret);
	if (is_elsewhere(tenants, place.namespace))
		return settle_elsewhere(tenants, pid, place.namespace, ret);
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
		       uint32_t number, const struct place *place, uint32_t *ret)
{
	const pid_t pid = processes_get(&tenants->processes, ancestor)->pid;
	int r;

	if (place->cgroup.kind == CGROUP_CONTAINER)
		r = settle_container(tenants, pid, place, ret);
	else if (pid == 1)
		return -ESRCH;
	else if (place->cgroup.kind == CGROUP_UNIT)
		r = settle_unit(tenants, pid, place, ret);
	else if (is_elsewhere(tenants, place->namespace))
		r = settle_elsewhere(tenants, pid, place->namespace, ret);
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
	struct place place;

	if (ancestor != PROCESS_NONE) {
		look_at_place(tenants, processes_get(&tenants->processes, ancestor)->pid, &place);
		if (born != 0 && place.namespace == born)
			return settle_like(tenants, ancestor, comm, number, &place, ret);
	}
	*ret = is_elsewhere(tenants, born) ? find_namespace(tenants, born) : TENANT_NONE;
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

int tenants_settle_place(struct tenants *tenants, uint32_t number, uint32_t *ret)
{
	const struct process *process = processes_get(&tenants->processes, number);
	struct process_look look;
	struct place place;

	if (process->pid == 1 || !tenants_is_there(tenants, process, &look))
		return -ESRCH;
	look_at_place(tenants, process->pid, &place);
	if (place.cgroup.kind == CGROUP_CONTAINER)
		return settle_container(tenants, process->pid, &place, ret);
	if (place.cgroup.kind == CGROUP_UNIT)
		return settle_unit(tenants, process->pid, &place, ret);
	if (is_elsewhere(tenants, place.namespace))
		return settle_elsewhere(tenants, process->pid, place.namespace, ret);
	return -ESRCH;
}
