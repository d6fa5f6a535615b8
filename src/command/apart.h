/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work on what others wrote, for a process that cannot confine itself, because it goes on to do
 * what no sandbox allows: it is done in another process, which can, and which answers with bytes.
 */
#ifndef ASG_COMMAND_APART_H
#define ASG_COMMAND_APART_H

#include "base/error.h"
#include "base/macro.h"
#include "base/strbuf.h"
#include <stddef.h>

/* Done apart: confines the process, reads, and appends the answer. 0 or -errno with a message. */
typedef int (*apart_work)(void *context, struct strbuf *answer, struct error *err);

/*
 * Has the work done and appends the answer to `ret`: bytes of somebody who may have been taken over
 * by what he read. What the work fails with is passed on. -E2BIG: it answers more than `max` bytes.
 * -ECHILD: the process ended without an answer. -ETIME: it did, and has told the person that it
 * took too long (base/time_limit.h). Other changes that the work makes to memory are lost.
 */
int apart_run(apart_work work, void *context, size_t max, struct strbuf *ret, struct error *err)
	_must_check_;

#endif
