/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the stages of one container find each other: a file named after the container in
 * RUN_DIRECTORY, which its collector keeps locked (flock(2)) as long as it lives and removes when
 * all is written. Whoever gets the lock while the file is still there knows that the collector
 * died.
 */
#ifndef ASG_COMMAND_HOOK_LOCK_H
#define ASG_COMMAND_HOOK_LOCK_H

#include "base/error.h"
#include "base/macro.h"
#include "command/run_directory.h"
#include <stdint.h>
#include <sys/types.h>

/*
 * Takes the lock of a container (an id as oci_state_read() lets through), and waits for an earlier
 * collector of that id to end. The descriptor, to be closed by the caller (a child that inherits it
 * keeps the lock); -EBUSY with a message when there is still one after `wait_ms`.
 */
int hook_lock_take(const char *id, int64_t wait_ms, struct error *err) _must_check_;

/*
 * Whether a collector records a container now: 1 with the number of the lock's file, by which it
 * can be told from an earlier one of that id, or 0.
 */
int hook_lock_held(const char *id, ino_t *ret_number) _must_check_;

/* What a collector keeps beside its lock, named by the lock's number, as an id can be longer than a
 * socket's address. It goes with a lock whose collector died. */
#define HOOK_DOOR    "join"    /* the socket, see hook_join.h */
#define HOOK_UNHEARD "unheard" /* somebody could not be heard there */
void hook_lock_beside(const char *kind, ino_t number, char *path, size_t size);

/* Writes this process into the file as the holder. */
void hook_lock_sign(int fd);

/*
 * A directory for a bundle of our own, empty but for what an earlier container of that id left; to
 * be freed. It goes with hook_lock_done(). NULL with a message.
 */
char *hook_lock_scratch(const char *id, struct error *err) _must_check_;

/* Says that all is written: removes the file of a lock that is held. */
void hook_lock_done(const char *id);

/*
 * Waits until no collector of the container lives. 0: all was written, or there was none.
 * -EOWNERDEAD: it died before. -ETIMEDOUT.
 */
int hook_lock_wait(const char *id, int64_t wait_ms, struct error *err) _must_check_;

#endif
