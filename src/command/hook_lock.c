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

static void lock_path(const char *id, char *path, size_t size)
{
	snprintf(path, size, RUN_DIRECTORY "/%s.lock", id);
}

void hook_lock_beside(const char *kind, ino_t number, char *path, size_t size)
{
	snprintf(path, size, RUN_DIRECTORY "/%s.%llu", kind, (unsigned long long)number);
}

static void remove_beside(ino_t number)
{
	static const char *const kinds[] = { HOOK_DOOR, HOOK_UNHEARD };
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		hook_lock_beside(kinds[i], number, path, sizeof(path));
		unlink(path);
	}
}

/* 1: the lock is ours; 0: somebody has it; -EAGAIN: it was removed while we got it. */
static int try_lock(int fd)
{
	struct stat status;

	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? 0 : -errno;
	return fstat(fd, &status) == 0 && status.st_nlink == 0 ? -EAGAIN : 1;
}

static int open_lock(const char *path, struct error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);

	return fd < 0 ? error_set(err, -errno, "cannot open '%s': %m", path) : fd;
}

int hook_lock_take(const char *id, int64_t wait_ms, struct error *err)
{
	const int64_t deadline = time_now_ms() + wait_ms;
	char path[PATH_MAX];
	int r = run_directory_make(err), fd = -1;

	lock_path(id, path, sizeof(path));
	while (r >= 0) {
		if (fd < 0)
			fd = open_lock(path, err);
		if (fd < 0)
			return fd;
		r = try_lock(fd);
		if (r > 0)
			return fd;
		if (r == 0 && time_now_ms() >= deadline)
			r = error_set(err, -EBUSY, "container %s is being recorded already", id);
		if (r == -EAGAIN) {
			close(fd);
			fd = -1;
			r = 0;
		} else if (r == 0) {
			poll(NULL, 0, LOOK_AGAIN_MS);
		}
	}
	if (fd >= 0)
		close(fd);
	return r;
}

void hook_lock_sign(int fd)
{
	if (ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0)
		(void)dprintf(fd, "%d\n", (int)getpid());
}

int hook_lock_held(const char *id, ino_t *ret_number)
{
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX];
	struct stat status;

	lock_path(id, path, sizeof(path));
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
	if (fd < 0 || fstat(fd, &status) < 0 || flock(fd, LOCK_SH | LOCK_NB) == 0)
		return 0;
	*ret_number = status.st_ino;
	return 1;
}

char *hook_lock_scratch(const char *id, struct error *err)
{
	char *path;

	if (run_directory_make(err) < 0)
		return NULL;
	if (asprintf(&path, RUN_DIRECTORY "/%s.bundle", id) < 0) {
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

	snprintf(path, sizeof(path), RUN_DIRECTORY "/%s.bundle/config.json", id);
	unlink(path);
	snprintf(path, sizeof(path), RUN_DIRECTORY "/%s.bundle", id);
	rmdir(path);
	lock_path(id, path, sizeof(path));
	unlink(path);
}

int hook_lock_wait(const char *id, int64_t wait_ms, struct error *err)
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
	if (fstat(fd, &status) == 0) {
		if (status.st_nlink == 0)
			return 0;
		remove_beside(status.st_ino);
	}
	hook_lock_done(id);
	return error_set(err, -EOWNERDEAD,
			 "the collector of container %s was ended before it could write the "
			 "profile; record again",
			 id);
}
