/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a container's recording: files where the job wants them, a summary in syslog. */
#ifndef ASG_COMMAND_COLLECTOR_PRODUCT_H
#define ASG_COMMAND_COLLECTOR_PRODUCT_H

#include "arch/syscall.h"
#include "base/error.h"
#include "base/macro.h"
#include "command/collector.h"
#include "model/intake.h"
#include "model/recording.h"

/* Writes all, or nothing and says why. */
int collector_write(const struct collection *collection, struct recording *recording,
		    struct syscall_table *names, const struct intake_progress *progress,
		    struct error *err) _must_check_;

#endif
