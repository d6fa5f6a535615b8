/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the stages of one container find each other: a file named after the container in
 * HOOK_RUN_DIR, which its collector keeps locked (flock(2)) as long as it lives and removes when
 * all is written. Whoever gets the lock while the file is still there knows that the collector
 * died.
 */
#ifndef ASG_COMMAND_HOOK_LOCK_H
#define ASG_COMMAND_HOOK_LOCK_H

#include "base/error.h"
#include "base/macro.h"
#include <stdint.h>
#include <sys/types.h>

#define HOOK_RUN_DIR "/run/audit-seccomp-gen"

/*
 * Takes the lock of a container (an id as oci_state_read() lets through). The descriptor, to be
 * closed by the caller; -EBUSY with a message when a collector has it.
 */
int hook_lock_take(const char *id, struct error *err) _must_check_;

/* Who holds a lock, and what it has changed in the kernel: also for who finds it dead. */
struct hook_owner {
	uint32_t pid;
	uint32_t backlog_before, backlog_set; /* backlog_limit; set is 0 when it was let be */
};

/* The collector that records a container now; 0 when none does. */
pid_t hook_lock_holder(const char *id);

/* Writes the holder into the file. */
void hook_lock_sign(int fd, const struct hook_owner *owner);

/*
 * A directory for a bundle of our own, empty but for what an earlier container of that id left; to
 * be freed. It goes with hook_lock_done(). NULL with a message.
 */
char *hook_lock_scratch(const char *id, struct error *err) _must_check_;

/* Says that all is written: removes the file of a lock that is held. */
void hook_lock_done(const char *id);

/*
 * Waits until no collector of the container lives. 0: all was written, or there was none.
 * -EOWNERDEAD: it died before, `*ret_owner` says who it was. -ETIMEDOUT.
 */
int hook_lock_wait(const char *id, int64_t wait_ms, struct hook_owner *ret_owner, struct error *err)
	_must_check_;

#endif
