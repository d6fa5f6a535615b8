/* SPDX-License-Identifier: Apache-2.0 */
#include "command/hook_join.h"
#include "base/cleanup.h"
#include "command/hook_lock.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define ANSWER_WAIT_MS 5000
#define QUEUE	       4096 /* as many as the kernel lets (net.core.somaxconn) */

static struct sockaddr_un address_of(ino_t number)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	hook_lock_beside(HOOK_DOOR, number, address.sun_path, sizeof(address.sun_path));
	return address;
}

static int await_answer(int fd)
{
	struct timeval wait = { .tv_sec = ANSWER_WAIT_MS / 1000 };
	char answer;
	ssize_t n;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) < 0)
		return -errno;
	do
		n = recv(fd, &answer, 1, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	return n == 1 ? 1 : -EPIPE;
}

static int knock(ino_t number)
{
	const struct sockaddr_un address = address_of(number);
	const struct timeval wait = { .tv_sec = ANSWER_WAIT_MS / 1000 };
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	/* Of connect(), which waits while the queue is full. */
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) < 0 ||
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	return await_answer(fd);
}

int hook_join(const char *id, struct error *err)
{
	_cleanup_close_ int mark = -1;
	char path[64];
	ino_t number = 0;
	int r = hook_lock_held(id, &number);

	if (r <= 0)
		return r;
	r = knock(number);
	if (r > 0)
		return r;
	hook_lock_beside(HOOK_UNHEARD, number, path, sizeof(path));
	mark = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	return error_set(err, r,
			 "the container's collector does not answer (%s): what is run in the "
			 "container now is missing in its profile, which will say so",
			 strerror(-r));
}

int hook_door_open(struct hook_door *ret, int lock, struct error *err)
{
	struct sockaddr_un address;
	struct stat status;
	char mark[64];
	int r, fd;

	if (fstat(lock, &status) < 0)
		return error_set(err, -errno, "cannot look at the container's lock: %m");
	address = address_of(status.st_ino);
	hook_lock_beside(HOOK_UNHEARD, status.st_ino, mark, sizeof(mark));
	unlink(mark);
	unlink(address.sun_path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, QUEUE) < 0) {
		r = error_set(err, -errno, "cannot listen on '%s': %m", address.sun_path);
		if (fd >= 0)
			close(fd);
		return r;
	}
	*ret = (struct hook_door){ .fd = fd, .number = status.st_ino };
	return 0;
}

/* Whether /proc/PID/`link` leads to where ours does. */
static bool is_same(pid_t pid, const char *link)
{
	struct stat ours, theirs;
	char own[64], path[64];

	snprintf(own, sizeof(own), "/proc/self/%s", link);
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, link);
	return stat(own, &ours) == 0 && stat(path, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
	       ours.st_ino == theirs.st_ino;
}

static bool is_trusted(const struct ucred *peer)
{
	return peer->uid == 0 && peer->pid > 0 && is_same(peer->pid, "exe") &&
	       is_same(peer->pid, "ns/mnt") && is_same(peer->pid, "ns/pid");
}

void hook_door_answer(const struct hook_door *door, struct lineage *lineage)
{
	int fd;

	while ((fd = accept4(door->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		struct ucred peer = { 0 };
		socklen_t size = sizeof(peer);

		if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
		    is_trusted(&peer) && lineage_follow(lineage, peer.pid) >= 0)
			(void)!send(fd, "+", 1, MSG_NOSIGNAL);
		close(fd);
	}
}

void hook_door_close(struct hook_door *door, struct evidence *evidence)
{
	const struct sockaddr_un address = address_of(door->number);
	char mark[64];

	if (door->fd < 0)
		return;
	close(door->fd);
	door->fd = -1;
	unlink(address.sun_path);
	hook_lock_beside(HOOK_UNHEARD, door->number, mark, sizeof(mark));
	if (unlink(mark) == 0)
		evidence_add(evidence, FINDING_UNATTRIBUTED, 1,
			     "an exec session began that the collector did not hear of");
}
