/* SPDX-License-Identifier: Apache-2.0 */
/* How the collector gets away from the engine that starts it. */
#include "base/child.h"
#include "base/cleanup.h"
#include "base/time.h"
#include "command/collector.h"
#include "command/hook_lock.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <syslog.h>

/* What the collector says to who waits for it: ready, or why not. */
#define READY '+'

/* A container's or its monitor's cgroup may be killed as a whole, or be limited. Where the
 * hierarchy cannot be written to there is no such cgroup either. */
static void leave_cgroup(void)
{
	_cleanup_close_ int fd = open("/sys/fs/cgroup/cgroup.procs", O_WRONLY | O_CLOEXEC);

	if (fd >= 0)
		(void)dprintf(fd, "0\n");
}

/* The engine waits for the end of what it gave us as standard streams. */
static void leave_streams(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int i = 0; fd >= 0 && i <= 2; i++)
		(void)dup2(fd, i);
	if (fd > 2)
		close(fd);
}

static bool is_kept(const struct collection *collection, int fd, int ready)
{
	return fd <= 2 || fd == ready || fd == collection->lock ||
	       fd == collection->job->profile.directory ||
	       fd == collection->job->recording.directory;
}

/* Whatever else the engine has left open: a pipe that somebody reads to its end, a lock. */
static void close_others(const struct collection *collection, int ready)
{
	_cleanup_closedir_ DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		int fd = (int)strtol(entry->d_name, NULL, 10);

		if (entry->d_name[0] != '.' && fd != dirfd(dir) && !is_kept(collection, fd, ready))
			close(fd);
	}
}

static void protect_from_oom_killer(void)
{
	_cleanup_close_ int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0)
		(void)dprintf(fd, "-500\n");
}

static _noreturn_ void become_collector(const struct collection *collection, int ready)
{
	struct error err = { 0 };
	int r;

	(void)!chdir("/");
	umask(077);
	/* Its socket is among what is closed. */
	closelog();
	close_others(collection, ready);
	leave_streams();
	leave_cgroup();
	protect_from_oom_killer();
	openlog("audit-seccomp-gen", LOG_PID, LOG_DAEMON);
	r = collector_run(collection, &ready, &err);
	hook_lock_done(collection->id);
	if (r < 0) {
		const char *message = error_message(&err, r);

		syslog(LOG_ERR, "container %s: %s", collection->id, message);
		if (ready >= 0)
			(void)!write(ready, message, strlen(message));
	}
	_exit(r < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
}

/* A child that has gone at once, so that the collector is nobody's in particular. */
static int start_detached(const struct collection *collection, int ready, struct error *err)
{
	pid_t pid = fork();

	if (pid < 0)
		return error_set(err, -errno, "cannot fork: %m");
	if (pid == 0) {
		setsid();
		pid = fork();
		if (pid == 0)
			become_collector(collection, ready);
		_exit(pid < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
	}
	(void)child_wait(pid, NULL);
	return 0;
}

static int await_ready(const struct collection *collection, int fd, struct error *err)
{
	const int64_t deadline = time_now_ms() + collection->conf->ready_ms;
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	char said[1024];
	int64_t left;
	ssize_t n;

	while ((left = deadline - time_now_ms()) > 0) {
		int r = poll(&poller, 1, (int)left);

		if (r < 0 && errno != EINTR)
			return error_set(err, -errno, "cannot wait for the collector: %m");
		if (r <= 0)
			continue;
		n = read(fd, said, sizeof(said) - 1);
		if (n > 0 && said[0] == READY)
			return 0;
		said[n > 0 ? n : 0] = '\0';
		return error_set(err, -EIO, "%s", n > 0 ? said : "the collector ended at once");
	}
	return error_set(err, -ETIMEDOUT,
			 "the collector was not ready within %lld seconds (ready-timeout in "
			 "hook.conf)",
			 (long long)(collection->conf->ready_ms / 1000));
}

int collector_start(const struct collection *collection, struct error *err)
{
	int pipe_fds[2], r;

	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return error_set(err, -errno, "cannot make a pipe: %m");
	fflush(NULL);
	r = start_detached(collection, pipe_fds[1], err);
	close(pipe_fds[1]);
	/* A collector that becomes ready too late finds nobody at the other end, and ends. */
	if (r >= 0)
		r = await_ready(collection, pipe_fds[0], err);
	close(pipe_fds[0]);
	return r;
}
