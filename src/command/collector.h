/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that records one container: detached from whoever started it, in no namespace or
 * cgroup of the container, until the container and all that belongs to it have gone. Then it writes
 * what the job asks for and says to syslog what it was.
 */
#ifndef ASG_COMMAND_COLLECTOR_H
#define ASG_COMMAND_COLLECTOR_H

#include "base/error.h"
#include "base/macro.h"
#include "command/hook_conf.h"
#include "command/hook_job.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct collection {
	const char *id; /* of the container */
	const struct hook_conf *conf;
	const struct hook_job *job;
	pid_t init; /* the container's first process; 0: it will be a descendant of `ancestor` */
	pid_t ancestor;	    /* who starts the container; not used when init is known */
	bool new_namespace; /* the same: it will have a pid namespace of its own */
	int lock; /* hook_lock_take()'s; the collector keeps it, and ends with hook_lock_done() */
	uint32_t session; /* audit session of the container, or RECORD_UNSET */
};

/*
 * Whether the container's arguments are recorded: asked for, and in an audit session of its own, to
 * which alone rules can be held. A hook comes when the container's first process is there, in the
 * session of whoever has started it, and nobody can put another process into a session.
 */
bool collection_has_arguments(const struct collection *collection);

/*
 * Starts the collector and returns when it is ready: everything from then on is recorded. At most
 * conf->ready_ms; when it is not ready by then, it is ended.
 */
int collector_start(const struct collection *collection, struct error *err) _must_check_;

/*
 * What the collector's process does from beginning to end. A byte is written to `*ready`, which is
 * then closed and -1, once nothing can be missed any more. On failure no profile was written.
 */
int collector_run(const struct collection *collection, int *ready, struct error *err) _must_check_;

#endif
