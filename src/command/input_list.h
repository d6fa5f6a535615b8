/* SPDX-License-Identifier: Apache-2.0 */
/* Names of inputs from a file: more of them than a command line holds. */
#ifndef ASG_COMMAND_INPUT_LIST_H
#define ASG_COMMAND_INPUT_LIST_H

#include "base/error.h"
#include "base/macro.h"

/*
 * Calls `take` with each name in the file at `path` ("-": standard input): one a line, or, when the
 * first name ends in a NUL byte (find -print0), one up to each NUL. Empty names are passed over.
 * Ends at the first failure, which it returns.
 */
int input_list(const char *path, int (*take)(void *context, const char *name, struct error *err),
	       void *context, struct error *err) _must_check_;

#endif
