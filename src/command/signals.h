/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals around a command that is recorded. What the terminal sends reaches the command by itself,
 * as it is in our process group; what another process sends to us is passed on. We die of none of
 * them, so that the recording is written and the kernel's settings are put back.
 */
#ifndef ASG_COMMAND_SIGNALS_H
#define ASG_COMMAND_SIGNALS_H

#include "base/error.h"
#include "base/macro.h"
#include <signal.h>
#include <stdbool.h>
#include <sys/signalfd.h>

struct signals {
	int fd;		      /* signalfd: all signals that we take */
	sigset_t original;    /* the mask that we were started with, for the command */
	bool sigchld_ignored; /* we were started so; the command shall be, too */
};

int signals_open(struct signals *signals, struct error *err) _must_check_;

/* Back to the mask we were started with. */
void signals_close(struct signals *signals);

/* The next one: true, or false when none waits. */
bool signals_next(const struct signals *signals, struct signalfd_siginfo *ret);

/* Whether a process sent it, as opposed to the terminal or the kernel. */
bool signal_from_process(const struct signalfd_siginfo *info);

#endif
