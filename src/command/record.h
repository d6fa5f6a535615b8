/* SPDX-License-Identifier: Apache-2.0 */
/* The default verb's parts: one file for each source, and what they share. */
#ifndef ASG_COMMAND_RECORD_H
#define ASG_COMMAND_RECORD_H

#include "arch/syscall.h"
#include "base/error.h"
#include "base/macro.h"
#include "command/options.h"
#include "command/summary.h"
#include "model/recording.h"

/* What a source fills and what is made of it. */
struct run {
	const struct options *options;
	struct profile *base; /* --base, or NULL */
	struct recording recording;
	struct syscall_table names;
	struct summary_facts facts;
	int status; /* of the command that was recorded; 0 for logs */
	/* Of record_log(): read `first_path` with it once confined, before the logs. May be NULL.
	 */
	int (*first)(void *context, const char *path, struct error *err);
	void *first_context;
	const char *first_path;
};

/* What --base names, if anything; record_log() does it itself, once it is confined. */
int run_read_base(struct run *run, struct error *err) _must_check_;

/*
 * Fill run->recording. 0, or a negative errno with a message; then nothing is written and the
 * status is run->status if the command could not be run (126, 127), else 2.
 */
int record_log(struct run *run, struct error *err) _must_check_;
int record_command(struct run *run, struct error *err) _must_check_;

/* --live: writes the product itself, as often as it is asked to. */
int record_live(struct run *run, struct error *err) _must_check_;

#endif
