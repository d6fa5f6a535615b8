/* SPDX-License-Identifier: Apache-2.0 */
#include "command/target.h"
#include "base/time.h"
#include "target/descendants.h"
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE_MS      5000 /* between SIGTERM and SIGKILL */
#define KILL_AGAIN_MS 100  /* who forks while the list of them is read may escape one SIGKILL */
#define GIVE_UP_MS    5000 /* between the first SIGKILL and leaving behind who does not end */

bool target_done(const struct target *target)
{
	if (target->all_gone || target->given_up)
		return true;
	return target->options->until == UNTIL_MAIN && target->main_gone && !target->ending;
}

void target_begin(struct target *target, const struct options *options)
{
	target->options = options;
	if (options->timeout_ms)
		target->timeout_at_ms = time_now_ms() + options->timeout_ms;
}

/* SIGTERM to all that remain, SIGKILL after a while. */
static void end_all(struct target *target, const char *why)
{
	if (target->ending)
		return;
	target->ending = true;
	if (!target->ended)
		target->ended = why;
	target->kill_at_ms = time_now_ms() + GRACE_MS;
	descendants_signal(SIGTERM);
	descendants_signal(SIGCONT);
}

/*
 * We stop as the command did, so that the shell sees it; the SIGCONT that continues us is passed on
 * like any signal. Not by SIGSTOP: the kernel spares an orphaned process group the SIGTSTP, where
 * nobody would ever continue us, and the command may be continued by one of its own.
 */
static void stop_with_it(void)
{
	sigset_t stop, before;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static void take_main(struct target *target, int status)
{
	if (WIFSTOPPED(status)) {
		stop_with_it();
		return;
	}
	target->main_gone = true;
	target->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void target_reap(struct target *target)
{
	pid_t pid;
	int status;

	do {
		pid = waitpid(-1, &status, WNOHANG | WUNTRACED);
		if (pid > 0 && pid == target->launch.pid)
			take_main(target, status);
	} while (pid > 0 || (pid < 0 && errno == EINTR));
	if (pid < 0 && errno == ECHILD)
		target->all_gone = true;
	if (target->main_gone && !target->all_gone && target->interrupted)
		end_all(target, "by a signal; what was left of it was terminated");
}

static void pass_on(struct target *target, const struct signalfd_siginfo *info)
{
	int signal = (int)info->ssi_signo;

	if (signal_from_process(info) && !target->main_gone)
		syscall(SYS_pidfd_send_signal, target->launch.pidfd, signal, NULL, 0);
}

/* The first request to end goes to the command alone; a second one, or one after it, ends all. */
static void end_by_signal(struct target *target, const struct signalfd_siginfo *info)
{
	bool again = target->interrupted && signal_from_process(info);

	target->interrupted = true;
	pass_on(target, info);
	if (target->main_gone || again)
		end_all(target, "by a signal; what was left of it was terminated");
}

void target_signal(struct target *target, const struct signalfd_siginfo *info)
{
	switch (info->ssi_signo) {
	case SIGCHLD:
		target_reap(target);
		break;
	case SIGHUP:
	case SIGINT:
	case SIGQUIT:
	case SIGTERM:
		end_by_signal(target, info);
		break;
	case SIGPIPE:
		break;
	default:
		pass_on(target, info);
	}
}

static int64_t next_tick(const struct target *target)
{
	return target->kill_at_ms ? target->kill_at_ms : target->timeout_at_ms;
}

int target_wait_ms(const struct target *target)
{
	int64_t next = next_tick(target), left;

	if (!next)
		return -1;
	left = next - time_now_ms();
	if (left < 0)
		return 0;
	return left > 3600 * 1000 ? 3600 * 1000 : (int)left;
}

void target_tick(struct target *target)
{
	int64_t now = time_now_ms();

	if (target->kill_at_ms && now >= target->kill_at_ms) {
		if (!target->give_up_at_ms)
			target->give_up_at_ms = now + GIVE_UP_MS;
		target->given_up = now >= target->give_up_at_ms;
		target->kill_at_ms = now + KILL_AGAIN_MS;
		descendants_signal(SIGKILL);
	}
	if (target->timeout_at_ms && !target->ending && now >= target->timeout_at_ms)
		end_all(target, "by --timeout; it was terminated");
}
