/* SPDX-License-Identifier: Apache-2.0 */
#include "command/signals.h"
#include <errno.h>
#include <unistd.h>

static const int taken[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,  SIGUSR1, SIGUSR2,
			     SIGALRM, SIGTSTP, SIGCONT, SIGWINCH, SIGCHLD, SIGPIPE };

int signals_open(struct signals *signals, struct error *err)
{
	struct sigaction action;
	sigset_t set;

	signals->fd = -1;
	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		sigaddset(&set, taken[i]);
	if (sigaction(SIGCHLD, NULL, &action) < 0 ||
	    sigprocmask(SIG_BLOCK, &set, &signals->original) < 0)
		return error_set(err, -errno, "cannot take signals: %m");
	signals->sigchld_ignored = action.sa_handler == SIG_IGN;
	action.sa_handler = SIG_DFL;
	action.sa_flags = 0;
	signals->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals->fd < 0 || sigaction(SIGCHLD, &action, NULL) < 0)
		return error_set(err, -errno, "cannot take signals: %m");
	return 0;
}

void signals_close(struct signals *signals)
{
	struct signalfd_siginfo late;

	if (signals->fd < 0)
		return;
	/* Who asks us to end while we do must not keep us from writing what there is. */
	while (signals_next(signals, &late))
		;
	close(signals->fd);
	signals->fd = -1;
	sigprocmask(SIG_SETMASK, &signals->original, NULL);
}

bool signals_next(const struct signals *signals, struct signalfd_siginfo *ret)
{
	return read(signals->fd, ret, sizeof(*ret)) == (ssize_t)sizeof(*ret);
}

bool signal_from_process(const struct signalfd_siginfo *info)
{
	return info->ssi_code <= 0; /* SI_USER and below; SI_KERNEL is positive (sigaction(2)) */
}
