/* SPDX-License-Identifier: Apache-2.0 */
#include "command/hook_lock.h"
#include "base/cleanup.h"
#include "base/time.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

#define LOOK_AGAIN_MS 2

static int make_run_dir(struct error *err)
{
	struct stat status;

	if (mkdir(HOOK_RUN_DIR, 0700) < 0 && errno != EEXIST)
		return error_set(err, -errno, "cannot make " HOOK_RUN_DIR ": %m");
	if (lstat(HOOK_RUN_DIR, &status) < 0 || !S_ISDIR(status.st_mode) ||
	    status.st_uid != geteuid() || (status.st_mode & 022))
		return error_set(err, -EPERM,
				 HOOK_RUN_DIR " is not a directory that only root can write to");
	return 0;
}

static void lock_path(const char *id, char *path, size_t size)
{
	snprintf(path, size, HOOK_RUN_DIR "/%s.lock", id);
}

int hook_lock_take(const char *id, struct error *err)
{
	char path[PATH_MAX];
	int fd;

	lock_path(id, path, sizeof(path));
	fd = make_run_dir(err);
	if (fd < 0)
		return fd;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
	if (fd < 0)
		return error_set(err, -errno, "cannot open '%s': %m", path);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		int r = error_set(err, -EBUSY, "container %s is being recorded already", id);

		close(fd);
		return r;
	}
	return fd;
}

void hook_lock_sign(int fd, const struct hook_owner *owner)
{
	if (ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0)
		(void)dprintf(fd, "%u\nbacklog_limit %u %u\n", owner->pid, owner->backlog_before,
			      owner->backlog_set);
}

static void read_owner(int fd, struct hook_owner *ret)
{
	char text[128] = { 0 };

	*ret = (struct hook_owner){ 0 };
	if (pread(fd, text, sizeof(text) - 1, 0) > 0 &&
	    sscanf(text, "%u backlog_limit %u %u", &ret->pid, &ret->backlog_before,
		   &ret->backlog_set) != 3)
		ret->backlog_set = 0;
}

pid_t hook_lock_holder(const char *id)
{
	struct hook_owner owner;
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX];

	lock_path(id, path, sizeof(path));
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
	/* A dead one's pid may be somebody else's by now. */
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	read_owner(fd, &owner);
	return (pid_t)owner.pid;
}

char *hook_lock_scratch(const char *id, struct error *err)
{
	char *path;

	if (make_run_dir(err) < 0)
		return NULL;
	if (asprintf(&path, HOOK_RUN_DIR "/%s.bundle", id) < 0) {
		error_memory(err);
		return NULL;
	}
	if (mkdir(path, 0700) < 0 && errno != EEXIST) {
		error_set(err, -errno, "cannot make '%s': %m", path);
		free(path);
		return NULL;
	}
	return path;
}

void hook_lock_done(const char *id)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), HOOK_RUN_DIR "/%s.bundle/config.json", id);
	unlink(path);
	snprintf(path, sizeof(path), HOOK_RUN_DIR "/%s.bundle", id);
	rmdir(path);
	lock_path(id, path, sizeof(path));
	unlink(path);
}

int hook_lock_wait(const char *id, int64_t wait_ms, struct hook_owner *ret_owner, struct error *err)
{
	const int64_t deadline = time_now_ms() + wait_ms;
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX];
	struct stat status;

	lock_path(id, path, sizeof(path));
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
	if (fd < 0)
		return errno == ENOENT ? 0 : error_set(err, -errno, "cannot open '%s': %m", path);
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (time_now_ms() >= deadline)
			return error_set(
				err, -ETIMEDOUT,
				"the profile of container %s is not written yet, after %lld "
				"seconds; it follows (see wait-timeout in hook.conf)",
				id, (long long)(wait_ms / 1000));
		poll(NULL, 0, LOOK_AGAIN_MS);
	}
	if (fstat(fd, &status) == 0 && status.st_nlink == 0)
		return 0;
	read_owner(fd, ret_owner);
	hook_lock_done(id);
	return error_set(err, -EOWNERDEAD,
			 "the collector of container %s was ended before it could write the "
			 "profile; record again",
			 id);
}
