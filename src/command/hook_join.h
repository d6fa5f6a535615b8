/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How `exec` of a recorded container makes its collector follow it, whatever namespaces the
 * container has: by a socket in RUN_DIRECTORY, which queues what comes at the same time. The
 * collector follows whoever the kernel says has connected, and nobody but this very program in its
 * own namespaces: a root in a container can neither reach the socket nor pass for it.
 */
#ifndef ASG_COMMAND_HOOK_JOIN_H
#define ASG_COMMAND_HOOK_JOIN_H

#include "base/error.h"
#include "base/macro.h"
#include "model/evidence.h"
#include "target/lineage.h"
#include <sys/types.h>

/*
 * Makes the collector of a container (an id as oci_id_is_valid() lets through), if it has one,
 * follow this process and all that it forks. 1: it does; 0: the container is not recorded. A
 * negative errno when the collector does not answer: it is left to know that it has missed
 * somebody.
 */
int hook_join(const char *id, struct error *err) _must_check_;

/* The collector's side. */
struct hook_door {
	int fd;	      /* the socket that listens; poll for reading */
	ino_t number; /* of the lock */
};

/* `lock` is hook_lock_take()'s. */
int hook_door_open(struct hook_door *ret, int lock, struct error *err) _must_check_;

/* Follows everybody who waits. */
void hook_door_answer(const struct hook_door *door, struct lineage *lineage);

/* Closes it, and says as evidence if somebody was not heard. */
void hook_door_close(struct hook_door *door, struct evidence *evidence);

#endif
