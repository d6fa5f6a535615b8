/* SPDX-License-Identifier: Apache-2.0 */
#include "target/sentinel.h"

#include "base/child.h"
#include "base/macro.h"
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * A number that no architecture has given to a call: the kernel shows it to seccomp like any other
 * and then answers ENOSYS, so the call does nothing but leave its record.
 */
#define SENTINEL_NR   1511
#define SENTINEL_COMM "asg-sentinel" /* so that whoever reads a log knows it, we among them */

static _noreturn_ void sentinel_run(void)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SENTINEL_NR, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_LOG),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog filter = { .len = ARRAY_SIZE(program), .filter = program };

	(void)prctl(PR_SET_NAME, SENTINEL_COMM, 0, 0, 0);
	/* It never execs, so it loses nothing by this, and the filter needs no capability. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		_exit(errno);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_LOG, &filter) < 0)
		_exit(errno);
	(void)syscall(SENTINEL_NR);
	_exit(0);
}

int sentinel_send(pid_t *ret_pid, int32_t *ret_nr, struct error *err)
{
	int status, r;
	pid_t pid = fork();

	if (pid < 0)
		return error_set(err, -errno, "cannot fork: %s", strerror(errno));
	if (pid == 0)
		sentinel_run();
	r = child_wait(pid, &status);
	if (r < 0)
		return error_set(err, r, "cannot wait for the sentinel: %s", strerror(-r));
	if (!WIFEXITED(status))
		return error_set(err, -ECHILD, "the sentinel was killed by signal %d",
				 WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return error_set(err, -WEXITSTATUS(status),
				 "the sentinel cannot load its filter: %s",
				 strerror(WEXITSTATUS(status)));
	*ret_pid = pid;
	*ret_nr = SENTINEL_NR;
	return 0;
}

bool sentinel_is(int32_t nr, struct slice comm)
{
	if (nr != SENTINEL_NR)
		return false;
	if (comm.len >= 2 && comm.data[0] == '"') {
		comm.data++;
		comm.len -= 2;
	}
	return slice_is(comm, SENTINEL_COMM);
}
