/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How `exec` of a recorded container makes its collector follow it, whatever namespaces the
 * container has: one signal to the collector, and one back when it does. Signals cannot be sent to
 * root's processes by others, and the kernel itself names the sender.
 */
#ifndef ASG_COMMAND_HOOK_JOIN_H
#define ASG_COMMAND_HOOK_JOIN_H

#include "base/error.h"
#include "base/macro.h"
#include "target/lineage.h"
#include <sys/signalfd.h>

/*
 * Makes the collector of a container (an id as oci_id_is_valid() lets through), if it has one,
 * follow this process and all that it forks. 1: it does; 0: the container is not recorded.
 * -ETIMEDOUT when the collector does not answer within a second.
 */
int hook_join(const char *id, struct error *err) _must_check_;

/* The collector's part: answers a signal, if it is such a request. */
void hook_join_answer(const struct signalfd_siginfo *info, struct lineage *lineage);

#endif
