/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a collector writes down of its container beside the product, for whoever reads the audit log
 * later: see model/state_file.h. That it cannot is said in syslog, and no reason not to record.
 */
#ifndef ASG_COMMAND_COLLECTOR_STATE_H
#define ASG_COMMAND_COLLECTOR_STATE_H

#include "command/hook_job.h"
#include "model/state_file.h"
#include <sys/types.h>

#define COLLECTOR_STATE_FILE HOOK_STATE_DIR "/containers"

/* The container `id` has begun, with that process and that audit session (or RECORD_UNSET). */
void collector_state_begin(struct state_entry *entry, const char *id, pid_t init, uint32_t session);

/* It has ended, if it had begun. */
void collector_state_end(struct state_entry *entry);

#endif
