/* SPDX-License-Identifier: Apache-2.0 */
/* A line on a terminal that says how far the reading of long input has come. Nothing elsewhere. */
#ifndef ASG_COMMAND_PROGRESS_H
#define ASG_COMMAND_PROGRESS_H

#include "audit/source_file.h"
#include "command/options.h"
#include "model/intake.h"
#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool wanted, shown;
	int64_t started_ms, last_ms;
};

void progress_init(struct progress *progress, enum verbosity verbosity);

/* Shows it, at most five times a second and not within the first half second. */
void progress_show(struct progress *progress, const struct source_file *source,
		   const struct intake_progress *intake, size_t groups);

/* Clears the line. */
void progress_end(struct progress *progress);

#endif
