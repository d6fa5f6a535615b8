/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing but open, read, write and close here: session_start() runs between fork and exec. */
#include "target/session.h"

#include "audit/record.h"
#include "base/child.h"
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define DIGITS 10 /* of the largest uint32_t */

static int read_number(const char *path, uint32_t *ret)
{
	char text[DIGITS + 1];
	uint64_t number = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	ssize_t n = read(fd, text, sizeof(text));
	int r = n < 0 ? -errno : 0;
	close(fd);
	if (r < 0)
		return r;
	for (ssize_t i = 0; i < n && text[i] >= '0' && text[i] <= '9'; i++)
		number = number * 10 + (uint64_t)(text[i] - '0');
	if (n == 0 || number > UINT32_MAX)
		return -EBADMSG;
	*ret = (uint32_t)number;
	return 0;
}

static int write_number(const char *path, uint32_t number)
{
	char text[DIGITS];
	size_t start = sizeof(text);
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	/* A process that has changed its user without an exec does not own its files in /proc. */
	if (fd < 0)
		return errno == EACCES ? -EPERM : -errno;
	do {
		text[--start] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	ssize_t n = write(fd, text + start, sizeof(text) - start);
	int r = n < 0 ? -errno : 0;
	close(fd);
	return r;
}

int session_start(uint32_t *ret_session)
{
	uint32_t before, after, auid;
	int r = read_number("/proc/self/loginuid", &auid);

	if (r < 0)
		return r;
	if (auid == RECORD_UNSET)
		auid = getuid();
	r = read_number("/proc/self/sessionid", &before);
	if (r < 0)
		return r;
	r = write_number("/proc/self/loginuid", auid);
	if (r < 0)
		return r;
	r = read_number("/proc/self/sessionid", &after);
	if (r < 0)
		return r;
	/* A /proc that is not the kernel's (a sandbox) may take the write and do nothing. */
	if (after == before || after == RECORD_UNSET)
		return -EOPNOTSUPP;
	*ret_session = after;
	return 0;
}

int session_available(void)
{
	uint32_t session;
	int status, r;
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0)
		_exit(-session_start(&session));
	r = child_wait(pid, &status);
	if (r < 0)
		return r;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECHILD;
}
