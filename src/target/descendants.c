/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both lists are snapshots of something that moves: a process that forks or exits while they are
 * taken may be missed. Whoever must reach all asks again until nothing is left.
 */
#include "target/descendants.h"

#include "base/array.h"
#include "base/cleanup.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define PARENT_TRIES 16 /* walks up to an ancestor that are broken off by an exit on the way */

struct pids {
	pid_t *items;
	size_t n, allocated;
};

static void pids_deinit(struct pids *pids)
{
	free(pids->items);
}
#define _cleanup_pids_ _cleanup_(pids_deinit)

/* Adds it once: who moves to another parent meanwhile is seen twice. */
static int pids_add(struct pids *pids, pid_t pid)
{
	for (size_t i = 0; i < pids->n; i++)
		if (pids->items[i] == pid)
			return 0;
	int r = array_reserve(&pids->items, &pids->allocated, pids->n + 1, sizeof(*pids->items));

	if (r < 0)
		return r;
	pids->items[pids->n++] = pid;
	return 0;
}

static bool is_number(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0';
}

int descendants_adopt(void)
{
	return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0 ? -errno : 0;
}

/* Appends the pids in one /proc/PID/task/TID/children. */
static int add_from_file(struct pids *pids, int task_dir, const char *tid)
{
	char path[sizeof("/children") + NAME_MAX];
	pid_t child;
	int r = 0;

	snprintf(path, sizeof(path), "%s/children", tid);
	int fd = openat(task_dir, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	_cleanup_fclose_ FILE *children = fdopen(fd, "r");
	if (!children) {
		close(fd);
		return -ENOMEM;
	}
	while (r == 0 && fscanf(children, "%d", &child) == 1)
		r = pids_add(pids, child);
	return r;
}

/* Appends the children of `pid`. A process that has gone meanwhile has none. */
static int add_children(struct pids *pids, pid_t pid)
{
	_cleanup_closedir_ DIR *tasks = NULL;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = opendir(path);
	if (!tasks)
		return errno == ENOMEM || errno == EMFILE || errno == ENFILE ? -errno : 0;
	for (struct dirent *entry; (entry = readdir(tasks));) {
		if (!is_number(entry->d_name))
			continue;
		int r = add_from_file(pids, dirfd(tasks), entry->d_name);
		if (r < 0 && r != -ENOENT && r != -ESRCH)
			return r;
	}
	return 0;
}

/* The parent of `pid`: 0 when it has none or it is out of sight. -ESRCH when `pid` has gone. */
static int read_parent(pid_t pid, pid_t *ret)
{
	char path[64], text[512];

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -ESRCH;
	ssize_t n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return -ESRCH;
	text[n] = '\0';
	/* The name in parentheses may hold any byte, parentheses and spaces too. */
	const char *end = strrchr(text, ')');
	return end && sscanf(end, ") %*c %d", ret) == 1 ? 0 : -EBADMSG;
}

struct kin {
	pid_t pid, parent;
	bool taken;
};

struct kins {
	struct kin *items;
	size_t n, allocated;
};

static void kins_deinit(struct kins *kins)
{
	free(kins->items);
}
#define _cleanup_kins_ _cleanup_(kins_deinit)

static int kins_read(struct kins *kins)
{
	_cleanup_closedir_ DIR *proc = opendir("/proc");

	if (!proc)
		return -errno;
	for (struct dirent *entry; (entry = readdir(proc));) {
		struct kin kin = { 0 };
		if (!is_number(entry->d_name))
			continue;
		kin.pid = (pid_t)strtol(entry->d_name, NULL, 10);
		if (read_parent(kin.pid, &kin.parent) < 0)
			continue;
		int r = array_reserve(&kins->items, &kins->allocated, kins->n + 1,
				      sizeof(*kins->items));
		if (r < 0)
			return r;
		kins->items[kins->n++] = kin;
	}
	return 0;
}

static int take_children(struct kins *kins, struct pids *pids, pid_t parent)
{
	for (size_t i = 0; i < kins->n; i++) {
		if (kins->items[i].taken || kins->items[i].parent != parent)
			continue;
		kins->items[i].taken = true;
		int r = pids_add(pids, kins->items[i].pid);
		if (r < 0)
			return r;
	}
	return 0;
}

/* For kernels without CONFIG_PROC_CHILDREN: everybody's parent. */
static int list_by_parent(struct pids *pids)
{
	_cleanup_kins_ struct kins kins = { 0 };
	int r = kins_read(&kins);

	if (r == 0)
		r = take_children(&kins, pids, getpid());
	for (size_t i = 0; r == 0 && i < pids->n; i++)
		r = take_children(&kins, pids, pids->items[i]);
	return r;
}

static int list_by_children(struct pids *pids)
{
	int r = add_children(pids, getpid());

	for (size_t i = 0; r == 0 && i < pids->n; i++)
		r = add_children(pids, pids->items[i]);
	return r;
}

int descendants_list(pid_t **ret, size_t *ret_n)
{
	_cleanup_pids_ struct pids pids = { 0 };
	bool have_children = access("/proc/thread-self/children", R_OK) == 0;
	int r = have_children ? list_by_children(&pids) : list_by_parent(&pids);

	if (r < 0)
		return r;
	*ret = pids.items;
	*ret_n = pids.n;
	pids.items = NULL;
	return 0;
}

static bool descends_from(pid_t pid, pid_t ancestor)
{
	for (int tries = 0; tries < PARENT_TRIES; tries++) {
		pid_t at = pid;

		while (read_parent(at, &at) == 0)
			if (at == ancestor)
				return true;
			else if (at <= 1)
				return false;
		/* Somebody on the way has gone, its children are a reaper's now: look again. */
	}
	return false;
}

/* 1 when it was signalled, 0 when it is gone or another's. */
static int signal_one(pid_t pid, int signal)
{
	_cleanup_close_ int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (pidfd < 0)
		return errno == ESRCH ? 0 : -errno;
	/* The descriptor holds whoever has the pid now: is it still one of ours? */
	if (!descends_from(pid, getpid()))
		return 0;
	if (syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0)
		return errno == ESRCH ? 0 : -errno;
	return 1;
}

int descendants_signal(int signal)
{
	_cleanup_free_ pid_t *pids = NULL;
	size_t n;
	int signalled = 0, failure = 0, r = descendants_list(&pids, &n);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		r = signal_one(pids[i], signal);
		if (r < 0)
			failure = r;
		else
			signalled += r;
	}
	return signalled == 0 && failure < 0 ? failure : signalled;
}
