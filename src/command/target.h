/* SPDX-License-Identifier: Apache-2.0 */
/* The command that is recorded, from its start until the last of its processes has gone. */
#ifndef ASG_COMMAND_TARGET_H
#define ASG_COMMAND_TARGET_H

#include "base/error.h"
#include "base/macro.h"
#include "command/options.h"
#include "command/signals.h"
#include "target/launch.h"
#include <stdbool.h>

struct target {
	const struct options *options;
	struct launch launch;
	bool main_gone, all_gone;
	int status;	       /* as the shell has it: 128+N for signal N */
	bool interrupted;      /* ^C or a signal to us: do not wait for who stays behind */
	bool ending;	       /* SIGTERM was sent to all that remain */
	bool given_up;	       /* some remain even after SIGKILL, which is not ours to wait for */
	int64_t timeout_at_ms; /* 0: none */
	int64_t kill_at_ms;    /* the next SIGKILL; 0: not ending */
	int64_t give_up_at_ms; /* 0: no SIGKILL yet */
	const char *ended;     /* why it was ended, for the summary; NULL: by itself */
};

/* Whether recording is over. */
bool target_done(const struct target *target);

/* Starts the clock of --timeout. */
void target_begin(struct target *target, const struct options *options);

/* Takes the exits and stops of children. A stopped command stops us, too, so that the shell sees
 * it. */
void target_reap(struct target *target);

/* Deals with one signal. */
void target_signal(struct target *target, const struct signalfd_siginfo *info);

/* Milliseconds until target_tick() has something to do, -1: never. */
int target_wait_ms(const struct target *target);

/* Ends what has to be ended by now. */
void target_tick(struct target *target);

#endif
