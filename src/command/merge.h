/* SPDX-License-Identifier: Apache-2.0 */
/* `merge` in parts: what was put together, and how it is told. */
#ifndef ASG_COMMAND_MERGE_H
#define ASG_COMMAND_MERGE_H

#include "arch/syscall.h"
#include "base/error.h"
#include "base/macro.h"
#include "base/strbuf.h"
#include "command/options.h"
#include "model/profile_merge.h"
#include "model/recording.h"

#define MERGE_LISTED_MAX 8 /* inputs that are named one by one */

struct merge {
	struct options options; /* what the product's modules look at */
	enum runtime_base runtime;
	const char *as, *files_from;
	bool intersect;
	struct recording recording;
	struct profile *profile;
	struct merge_report report;
	struct syscall_table names;
	size_t n_recordings, n_profiles, n_incomplete;
	struct strbuf first_incomplete;
	struct strbuf listed; /* lines about the first inputs, or all */
};

/*
 * Tells on stderr which inputs there were and which are incomplete, and what a person has to know
 * of the profiles' union; with VERBOSITY_QUIET only what is incomplete.
 */
void merge_tell(const struct merge *merge);

/* How likely the next run, or process, shows a new call. Said, and nothing else is done about it.
 */
int merge_tell_estimate(const struct merge *merge, struct error *err) _must_check_;

#endif
