/* SPDX-License-Identifier: Apache-2.0 */
#include "target/container.h"
#include "base/cleanup.h"
#include "base/slice.h"
#include "base/strbuf.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/nsfs.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static int open_namespace(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", (int)pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* Collects the inode numbers from `fd`'s namespace up to the host's. Takes a copy of `fd`. */
static int read_ancestors(struct container *container)
{
	int fd = fcntl(container->namespace_fd, F_DUPFD_CLOEXEC, 0);

	while (fd >= 0 && container->n_namespaces < CONTAINER_NESTING_MAX) {
		struct stat status;
		int parent;

		if (fstat(fd, &status) < 0) {
			close(fd);
			return -errno;
		}
		container->device = status.st_dev;
		container->namespaces[container->n_namespaces++] = status.st_ino;
		parent = ioctl(fd, NS_GET_PARENT);
		close(fd);
		fd = parent;
	}
	if (fd >= 0)
		close(fd);
	return container->n_namespaces > 0 ? 0 : -errno;
}

/* The cgroup of a process on the unified hierarchy, else on the first one. NULL: not to be had. */
static char *read_cgroup(pid_t pid)
{
	_cleanup_fclose_ FILE *stream = NULL;
	_cleanup_free_ char *found = NULL, *line = NULL;
	char *ret;
	size_t allocated = 0;
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid);
	stream = fopen(path, "re");
	while (stream && (n = getline(&line, &allocated, stream)) > 0) {
		const char *first = strchr(line, ':'),
			   *second = first ? strchr(first + 1, ':') : NULL;
		bool unified = strncmp(line, "0::", 3) == 0;

		line[n - 1] = line[n - 1] == '\n' ? '\0' : line[n - 1];
		if (!second || (found && !unified))
			continue;
		free(found);
		found = strdup(second + 1);
		if (unified)
			break;
	}
	ret = found;
	found = NULL;
	return ret;
}

static bool is_in_cgroup(const char *cgroup, const char *of)
{
	const size_t len = strlen(of);

	return strncmp(cgroup, of, len) == 0 && (cgroup[len] == '\0' || cgroup[len] == '/');
}

/* Who forked `pid`, or who has taken it over; 0: it cannot be seen. */
static pid_t parent_of(pid_t pid)
{
	_cleanup_fclose_ FILE *stream = NULL;
	_cleanup_free_ char *line = NULL;
	size_t allocated = 0;
	char path[64];
	int parent = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	stream = fopen(path, "re");
	while (stream && getline(&line, &allocated, stream) > 0)
		if (sscanf(line, "PPid: %d", &parent) == 1)
			return parent;
	return 0;
}

/*
 * A cgroup tells a container only when nobody else is in it: neither we nor the runtime that starts
 * the container, whose own one the container has where it gets none.
 */
static void take_cgroup(struct container *container)
{
	_cleanup_free_ char *own = read_cgroup(getpid()), *cgroup = read_cgroup(container->init),
			    *parents = read_cgroup(parent_of(container->init));

	if (!cgroup || !own || !parents || strcmp(cgroup, "/") == 0 || is_in_cgroup(own, cgroup) ||
	    is_in_cgroup(parents, cgroup))
		return;
	container->cgroup = cgroup;
	cgroup = NULL;
}

/* Whether the last of the pids that a process has, one in each namespace, is 1 and not the first.
 */
static bool is_namespace_init(pid_t pid)
{
	_cleanup_fclose_ FILE *stream = NULL;
	_cleanup_free_ char *line = NULL;
	size_t allocated = 0;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	stream = fopen(path, "re");
	while (stream && getline(&line, &allocated, stream) > 0) {
		const char *last = strrchr(line, '\t');

		if (strncmp(line, "NSpid:", 6) == 0)
			return last && last > line + 6 && strcmp(last, "\t1\n") == 0;
	}
	return false;
}

int container_open(struct container *container, pid_t init, struct error *err)
{
	struct stat own, status;
	int r;

	*container = (struct container){ .init = init, .pidfd = -1, .namespace_fd = -1 };
	container->pidfd = (int)syscall(SYS_pidfd_open, init, 0);
	if (container->pidfd < 0)
		return error_set(err, -errno, "cannot take hold of the container's process %d: %m",
				 (int)init);
	take_cgroup(container);
	container->namespace_fd = open_namespace(init);
	if (container->namespace_fd < 0 || fstat(container->namespace_fd, &status) < 0 ||
	    stat("/proc/self/ns/pid", &own) < 0)
		return error_set(err, -ESRCH,
				 "cannot look at the pid namespace of the container's process %d: "
				 "%m",
				 (int)init);
	if (status.st_ino == own.st_ino)
		return 0;
	container->leads = is_namespace_init(init);
	container->shared = !container->leads;
	r = read_ancestors(container);
	return r < 0 ? error_set(err, r, "cannot look at the container's pid namespace: %s",
				 strerror(-r))
		     : 0;
}

void container_deinit(struct container *container)
{
	if (container->pidfd >= 0)
		close(container->pidfd);
	if (container->namespace_fd >= 0)
		close(container->namespace_fd);
	free(container->cgroup);
	*container = (struct container){ .pidfd = -1, .namespace_fd = -1 };
}

/* Whether a namespace that is none of the container's ancestors is nested in the container. */
static enum kin nested_kin(const struct container *container, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return KIN_GONE;
	for (;;) {
		struct stat status;
		int parent;

		if (fstat(fd, &status) == 0 && status.st_ino == container->namespaces[0]) {
			close(fd);
			return KIN_OURS;
		}
		parent = ioctl(fd, NS_GET_PARENT);
		close(fd);
		if (parent < 0)
			return KIN_SEALED;
		fd = parent;
	}
}

/* What a process in the namespace behind /proc/PID/ns/`link` is. */
static enum kin namespace_kin(const struct container *container, pid_t pid, const char *link)
{
	struct stat status;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, link);
	if (stat(path, &status) < 0)
		return KIN_GONE;
	if (status.st_ino == container->namespaces[0])
		return KIN_OURS;
	/* setns(2): only into a namespace that is nested in one's own. */
	for (size_t i = 1; i < container->n_namespaces; i++)
		if (status.st_ino == container->namespaces[i])
			return KIN_STRANGER;
	return nested_kin(container, path);
}

static bool init_is_gone(const struct container *container)
{
	struct pollfd ended = { .fd = container->pidfd, .events = POLLIN };

	return poll(&ended, 1, 0) > 0;
}

/* The number of a process's mount namespace, 0 when it has gone. */
static ino_t mounts_of(pid_t pid)
{
	struct stat status;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", (int)pid);
	return stat(path, &status) < 0 ? 0 : status.st_ino;
}

/*
 * Whether a process that may be in the container, as far as pid namespaces can tell, is in it. Who
 * joins enters cgroup and mounts after the pid namespace.
 */
static enum kin inner_kin(const struct container *container, pid_t pid)
{
	const ino_t own = mounts_of(getpid()), ours = mounts_of(container->init),
		    its = mounts_of(pid);

	if (container->cgroup) {
		_cleanup_free_ char *cgroup = read_cgroup(pid);

		if (cgroup && is_in_cgroup(cgroup, container->cgroup))
			return KIN_OURS;
	}
	if (its == 0)
		return KIN_GONE;
	/* Without init nobody knows its mounts; nobody joins any more, either. */
	if (init_is_gone(container))
		return container->shared || container->n_namespaces == 0 ? KIN_ENTERING : KIN_OURS;
	if (its == ours)
		return ours == own && container->n_namespaces == 0 ? KIN_ELSEWHERE : KIN_OURS;
	/* Without mounts of its own, a pid namespace is all that the container is. */
	return ours == own && container->n_namespaces > 0 ? KIN_OURS : KIN_ENTERING;
}

/* A process in a pid namespace below the host's can never come back to the host's. */
static enum kin kin_without_namespace(const struct container *container, pid_t pid)
{
	struct stat own, its;
	enum kin kin;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", (int)pid);
	if (stat("/proc/self/ns/pid", &own) < 0 || stat(path, &its) < 0)
		return KIN_GONE;
	if (own.st_ino != its.st_ino)
		return KIN_SEALED;
	kin = inner_kin(container, pid);
	return kin == KIN_ENTERING ? KIN_ELSEWHERE : kin;
}

enum kin container_kin(const struct container *container, pid_t pid)
{
	enum kin kin;

	if (container->n_namespaces == 0)
		return kin_without_namespace(container, pid);
	kin = namespace_kin(container, pid, "pid");
	return kin == KIN_OURS ? inner_kin(container, pid) : kin;
}

/*
 * Who has gone before anybody could look was born where its parent's children are. That they are
 * not born in the container is certain; that they are, is not: the parent may have joined since.
 */
static enum kin judge(const void *context, pid_t pid, pid_t parent)
{
	const struct container *container = context;
	enum kin kin = container_kin(container, pid);

	if (kin != KIN_GONE || container->n_namespaces == 0)
		return kin;
	kin = namespace_kin(container, parent, "pid_for_children");
	return kin == KIN_OURS ? KIN_GONE : kin;
}

int container_follow(const struct container *container, struct lineage *lineage, struct error *err)
{
	_cleanup_closedir_ DIR *proc = opendir("/proc");
	const struct dirent *entry;
	int r;

	if (!proc)
		return error_set(err, -errno, "cannot read /proc: %m");
	lineage_set_judge(lineage, judge, container);
	r = lineage_follow(lineage, container->init);
	if (r < 0)
		return error_set(err, r, "cannot follow process %d: %s", (int)container->init,
				 strerror(-r));
	while ((entry = readdir(proc))) {
		uint64_t pid;

		if (slice_to_u64(slice_from(entry->d_name), 10, &pid) < 0 || pid > INT_MAX ||
		    lineage_has(lineage, (pid_t)pid))
			continue;
		lineage_mark(lineage, (pid_t)pid, container_kin(container, (pid_t)pid));
	}
	return 0;
}

pid_t container_find(const struct lineage *lineage)
{
	pid_t pid = 0;

	while ((pid = lineage_next_alive(lineage, pid + 1)) != 0)
		if (is_namespace_init(pid))
			return pid;
	return 0;
}

bool container_gone(const struct container *container, const struct lineage *lineage)
{
	if (!init_is_gone(container))
		return false;
	/* The kernel ends a pid namespace with its init, which it lets go last (pid_namespaces(7)).
	 */
	return (container->n_namespaces > 0 && container->leads) ||
	       lineage_next_alive(lineage, 1) == 0;
}
