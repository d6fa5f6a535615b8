/* SPDX-License-Identifier: Apache-2.0 */
#include "command/hook_join.h"
#include "command/hook_lock.h"
#include <errno.h>
#include <signal.h>
#include <time.h>

#define JOIN_SIGNAL   SIGUSR2
#define ANSWER_WAIT_S 1

/* A late answer to who has given up must not end it: the signal stays blocked then. */
static int ask(pid_t collector, const sigset_t *set, struct error *err)
{
	const struct timespec wait = { .tv_sec = ANSWER_WAIT_S };
	siginfo_t info;

	if (kill(collector, JOIN_SIGNAL) < 0)
		return errno == ESRCH ? 0
				      : error_set(err, -errno, "cannot signal the collector: %m");
	do {
		if (sigtimedwait(set, &info, &wait) < 0 && errno != EINTR)
			return error_set(err, -ETIMEDOUT,
					 "the container's collector, process %d, does not answer; "
					 "what is run in it now may be missing in its profile",
					 (int)collector);
	} while (info.si_pid != collector);
	return 1;
}

int hook_join(const char *id, struct error *err)
{
	const pid_t collector = hook_lock_holder(id);
	sigset_t set, original;
	int r;

	if (collector <= 0)
		return 0;
	sigemptyset(&set);
	sigaddset(&set, JOIN_SIGNAL);
	if (sigprocmask(SIG_BLOCK, &set, &original) < 0)
		return error_set(err, -errno, "cannot block a signal: %m");
	r = ask(collector, &set, err);
	if (r >= 0)
		(void)sigprocmask(SIG_SETMASK, &original, NULL);
	return r;
}

void hook_join_answer(const struct signalfd_siginfo *info, struct lineage *lineage)
{
	const pid_t pid = (pid_t)info->ssi_pid;

	if (info->ssi_signo != JOIN_SIGNAL || info->ssi_uid != 0 || pid <= 0)
		return;
	if (lineage_follow(lineage, pid) >= 0)
		(void)kill(pid, JOIN_SIGNAL);
}
