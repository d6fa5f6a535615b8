/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts the command that is recorded: own audit session, other user if asked, filter, exec, in
 * this order. The child is in our process group and terminal, with the signal mask and dispositions
 * that we were started with.
 */
#ifndef ASG_TARGET_LAUNCH_H
#define ASG_TARGET_LAUNCH_H

#include "base/error.h"
#include "base/macro.h"
#include "target/filter.h"
#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct launch_options {
	char *const *argv; /* argv[0] is looked up in PATH as execvp(3) does */
	const char *user;  /* --user NAME or NULL, see identity_find(); no capabilities kept */
	const struct filter *filter;
	const sigset_t *signal_mask; /* to be restored in the child; NULL: as it is now */
	bool sigchld_ignored; /* SIGCHLD was SIG_IGN when we were started: so for the child */
	bool new_session;     /* start an audit session */
	bool no_new_privs;    /* set because CAP_SYS_ADMIN is missing */
};

struct launch {
	pid_t pid;
	int pidfd;
	int status_pipe;  /* read end: an errno when the exec failed, end of file when it worked */
	int release_pipe; /* our end: held until launch_release() */
	uint32_t session; /* RECORD_UNSET without */
	const char *program; /* borrowed from argv */
};

/*
 * Forks. When it returns the child has its session and waits for launch_release(). Errors found
 * before the start (no such program: -ENOENT, not executable: -EACCES, no such user: -EINVAL) leave
 * no child behind. SIGCHLD must not be ignored by the caller.
 */
int launch_start(struct launch *launch, const struct launch_options *options, struct error *err)
	_must_check_;

/*
 * Lets the child load its filter and exec. 0 when it runs the command; a negative errno with a
 * message when it could not (it has been reaped then). -ENOENT (127 to a shell) and -EACCES (126)
 * come from the exec only.
 */
int launch_release(struct launch *launch, struct error *err) _must_check_;

/* Closes descriptors. The process is left alone. */
void launch_deinit(struct launch *launch);

#endif
