/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose a process is by where it is: in the control group of a container or of a unit, or in a pid
 * namespace of its own.
 */
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

void tenants_look_at_place(const struct tenants *tenants, pid_t pid, struct tenant_place *ret)
{
	ssize_t len = process_cgroup(tenants->options.proc, pid, ret->cgroup_text);

	cgroup_name_choose((struct slice){ ret->cgroup_text, len > 0 ? (size_t)len : 0 },
			   &ret->cgroup);
	/* What holds everybody tells nobody apart. */
	if (tenants->own_cgroup && slice_is(ret->cgroup.path, tenants->own_cgroup))
		ret->cgroup.kind = CGROUP_PLAIN;
	ret->namespace = process_namespace(tenants->options.proc, pid, "pid");
}

bool tenants_is_elsewhere(const struct tenants *tenants, uint64_t namespace)
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
uint32_t tenants_in_namespace(const struct tenants *tenants, uint64_t inode)
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

int tenants_settle_container(struct tenants *tenants, pid_t pid, const struct tenant_place *place,
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
	facts.start = tenants_is_elsewhere(tenants, place->namespace)
			      ? tenants_start_of_namespace(tenants, first)
			      : tenants_start(tenants, pid);
	if (find_supervisor(tenants, above, arguments, &supervisor) &&
	    slice_equal(supervisor.id, place->cgroup.id))
		facts.title = supervisor.name;
	facts.key = (struct slice){ key.data, key.len };
	facts.name = (struct slice){ name.data, name.len };
	facts.id = (struct slice){ id.data, id.len };
	r = tenants_get(tenants, &facts, ret);
	if (r >= 0 && tenants_is_elsewhere(tenants, place->namespace))
		claim_namespace(tenants, pid, *ret);
	return r;
}

int tenants_settle_unit(struct tenants *tenants, pid_t pid, const struct tenant_place *place,
			uint32_t *ret)
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

int tenants_settle_elsewhere(struct tenants *tenants, pid_t pid, uint64_t inode, uint32_t *ret)
{
	uint64_t outermost = 0;
	pid_t above, first = climb_out(tenants, pid, &above);
	int fd, r = settle_supervised(tenants, above, first, ret);

	if (r == -ENOENT) {
		fd = open_outermost(tenants, pid, &outermost);
		if (fd >= 0)
			close(fd);
		*ret = tenants_in_namespace(tenants, inode);
		if (*ret == TENANT_NONE)
			*ret = tenants_in_namespace(tenants, outermost);
		r = *ret == TENANT_NONE ? settle_first(tenants, first, ret) : 0;
	}
	if (r >= 0)
		claim_namespace(tenants, pid, *ret);
	return r;
}

int tenants_settle_place(struct tenants *tenants, uint32_t number, uint32_t *ret)
{
	const struct process *process = processes_get(&tenants->processes, number);
	struct process_look look;
	struct tenant_place place;

	if (process->pid == 1 || !tenants_is_there(tenants, process, &look))
		return -ESRCH;
	tenants_look_at_place(tenants, process->pid, &place);
	if (place.cgroup.kind == CGROUP_CONTAINER)
		return tenants_settle_container(tenants, process->pid, &place, ret);
	if (place.cgroup.kind == CGROUP_UNIT)
		return tenants_settle_unit(tenants, process->pid, &place, ret);
	if (tenants_is_elsewhere(tenants, place.namespace))
		return tenants_settle_elsewhere(tenants, process->pid, place.namespace, ret);
	return -ESRCH;
}
