/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time_limit.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/*
 * What the signal's handler has to know; nothing else reaches it. `left`: seconds that are left,
 * 0 when nothing is limited.
 */
static struct {
	bool kept;
	volatile sig_atomic_t left;
	const char *volatile message;
	struct sigaction action; /* of before, while something is limited */
	sigset_t signals;
} limit;

static void say(const char *text)
{
	(void)!write(STDERR_FILENO, text, strlen(text));
}

/* SIGVTALRM, each second: a library can be left by no other way than the process's end. */
static void count_down(int signal _unused_)
{
	if (limit.left == 0)
		return;
	limit.left = limit.left - 1;
	if (limit.left > 0)
		return;
	say("audit-seccomp-gen: ");
	say(limit.message);
	say("\n");
	_exit(TIME_LIMIT_EXIT_STATUS);
}

static int set_timer(time_t seconds)
{
	const struct itimerval value = { .it_value.tv_sec = seconds,
					 .it_interval.tv_sec = seconds };

	return setitimer(ITIMER_VIRTUAL, &value, NULL) < 0 ? -errno : 0;
}

static int start(void)
{
	struct sigaction action = { .sa_handler = count_down, .sa_flags = SA_RESTART };
	sigset_t set;

	sigemptyset(&action.sa_mask);
	sigemptyset(&set);
	sigaddset(&set, SIGVTALRM);
	if (sigaction(SIGVTALRM, &action, &limit.action) < 0 ||
	    sigprocmask(SIG_UNBLOCK, &set, &limit.signals) < 0)
		return -errno;
	return set_timer(1);
}

/* As it was: programs that are run inherit it. */
static void stop(void)
{
	(void)set_timer(0);
	(void)sigaction(SIGVTALRM, &limit.action, NULL);
	(void)sigprocmask(SIG_SETMASK, &limit.signals, NULL);
}

int time_limit_keep(void)
{
	int r = start();

	limit.kept = r == 0;
	return r;
}

bool time_limit_kept(void)
{
	return limit.kept;
}

void time_limit_begin(unsigned int seconds, const char *message)
{
	static const char no_memory[] =
		"libseccomp does not come to an end, as happens when it gets no memory. The "
		"product was not completed";

	limit.message = message ? message : no_memory;
	/* The second that has begun does not count. */
	limit.left = (sig_atomic_t)seconds + (limit.kept ? 1 : 0);
	if (!limit.kept && start() < 0)
		limit.left = 0;
}

void time_limit_end(void)
{
	limit.left = 0;
	if (!limit.kept)
		stop();
}
