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

int hook_lock_take(const char *id, struct error *err)
{
	char path[PATH_MAX];
	int fd;

	lock_path(id, path, sizeof(path));
	fd = run_directory_make(err);
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

void hook_lock_sign(int fd)
{
	if (ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0)
		(void)dprintf(fd, "%d\n", (int)getpid());
}

static pid_t read_holder(int fd)
{
	char text[32] = { 0 };
	int pid = 0;

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0 || sscanf(text, "%d", &pid) != 1)
		return 0;
	return pid;
}

pid_t hook_lock_holder(const char *id)
{
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX];

	lock_path(id, path, sizeof(path));
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
	/* A dead one's pid may be somebody else's by now. */
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return read_holder(fd);
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
	if (fstat(fd, &status) == 0 && status.st_nlink == 0)
		return 0;
	hook_lock_done(id);
	return error_set(err, -EOWNERDEAD,
			 "the collector of container %s was ended before it could write the "
			 "profile; record again",
			 id);
}
