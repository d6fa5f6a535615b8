/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's backlog_limit while recordings run. With 64 messages, the default, every recorded
 * process waits for its readers. All recordings of a host share one raised limit: the first notes
 * in RUN_DIRECTORY what it was, the last puts it back, and what a killed one left is put back by
 * the next to end.
 */
#ifndef ASG_COMMAND_BACKLOG_H
#define ASG_COMMAND_BACKLOG_H

#include "base/error.h"
#include "base/macro.h"
#include <stdint.h>

struct backlog {
	int fd;		 /* of the note, with our lock; -1: it cannot be had, and we are alone */
	uint32_t before; /* messages */
	uint32_t set;	 /* 0: it was high enough */
};

/* Raises the limit to `wanted` messages at least. An instance needs backlog_restore() if it is 0.
 */
int backlog_raise(struct backlog *ret, uint32_t wanted, struct error *err) _must_check_;

/*
 * Puts the limit back if no other recording needs it and nobody else has changed it. Does nothing
 * to one that was not raised ({ .fd = -1 }).
 */
void backlog_restore(struct backlog *backlog);

/* Puts back what a recording that was killed has left, if none runs any more. */
void backlog_heal(void);

#endif
