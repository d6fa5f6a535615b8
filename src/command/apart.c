/* SPDX-License-Identifier: Apache-2.0 */
#include "command/apart.h"
#include "base/child.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/slice.h"
#include "base/time_limit.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ERRNO_MAX   4095 /* MAX_ERRNO, include/linux/err.h */
#define MESSAGE_MAX 1024 /* as much as struct error holds */

/* In front of the answer, or of the message. */
struct head {
	int32_t result;
};

static _noreturn_ void do_apart(apart_work work, void *context, int fd)
{
	struct strbuf answer = { 0 };
	struct error err = { 0 };
	struct head head;
	const char *text;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	head.result = work(context, &answer, &err);
	if (head.result >= 0 && answer.failed)
		head.result = error_memory(&err);
	text = head.result < 0 ? error_message(&err, head.result) : answer.data;
	if (fd_write(fd, &head, sizeof(head)) < 0 ||
	    fd_write(fd, text, head.result < 0 ? strlen(text) : answer.len) < 0)
		_exit(EXIT_FAILURE);
	_exit(EXIT_SUCCESS);
}

/* 0 also where nobody can tell: SIGCHLD is ignored by whoever started us. */
static int wait_for(pid_t pid, struct error *err)
{
	int status = 0;

	if (child_wait(pid, &status) < 0)
		return 0;
	if (WIFSIGNALED(status))
		return error_set(err, -ECHILD, "the process that reads it was ended by signal %d",
				 WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return error_set(err,
				 WEXITSTATUS(status) == TIME_LIMIT_EXIT_STATUS ? -ETIME : -ECHILD,
				 "the process that reads it ended with status %d",
				 WEXITSTATUS(status));
	return 0;
}

static int take(struct slice answer, struct strbuf *ret, struct error *err)
{
	struct head head;

	if (answer.len < sizeof(head))
		return error_set(err, -ECHILD, "the process that reads it did not answer");
	memcpy(&head, answer.data, sizeof(head));
	answer = (struct slice){ answer.data + sizeof(head), answer.len - sizeof(head) };
	if (head.result < 0)
		return error_set(err, head.result < -ERRNO_MAX ? -EIO : head.result, "%.*s",
				 (int)(answer.len < MESSAGE_MAX ? answer.len : MESSAGE_MAX),
				 answer.data);
	strbuf_append(ret, answer.data, answer.len);
	return ret->failed ? error_memory(err) : 0;
}

/* Everything, and then the process's end: `fd` is closed, so that it does not wait to be read. */
static int receive(pid_t pid, int fd, size_t max, struct strbuf *answer, struct error *err)
{
	int r = strbuf_read(answer, fd, sizeof(struct head) + max), ended;

	close(fd);
	if (r == -EFBIG)
		r = error_set(err, -E2BIG, "more than %zu bytes come of it", max);
	else if (r < 0)
		r = error_set(err, r, "cannot read the answer: %s", strerror(-r));
	ended = wait_for(pid, err);
	return r < 0 ? r : ended;
}

int apart_run(apart_work work, void *context, size_t max, struct strbuf *ret, struct error *err)
{
	_cleanup_strbuf_ struct strbuf answer = { 0 };
	int fds[2], r;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_set(err, -errno, "cannot make a pipe: %m");
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		do_apart(work, context, fds[1]);
	}
	r = pid < 0 ? error_set(err, -errno, "cannot fork: %m") : 0;
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return r;
	}
	r = receive(pid, fds[0], max, &answer, err);
	return r < 0 ? r : take((struct slice){ answer.data, answer.len }, ret, err);
}
