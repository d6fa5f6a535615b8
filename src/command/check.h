/* SPDX-License-Identifier: Apache-2.0 */
/* `check` in parts: what was asked, and how the answer is told. */
#ifndef ASG_COMMAND_CHECK_H
#define ASG_COMMAND_CHECK_H

#include "base/error.h"
#include "base/macro.h"
#include "command/input.h"
#include "format/within.h"
#include <stdbool.h>
#include <stdio.h>

enum check_form {
	CHECK_TEXT,
	CHECK_JSON,
	CHECK_MARKDOWN,
};

/* What was held against what. */
struct check_result {
	const char *profile_path;
	const struct input *profile;
	struct strbuf held; /* what happened, in words: "two.rec: recording, 1 group ..." */
	const struct recording *recording; /* of one group */
	const struct within *within;
	int command_status; /* of the command; 0 for logs and recordings */
	bool unused;	    /* was asked for */
};

/* Writes the answer. -ENOMEM. Write errors are left to the stream's error indicator. */
int check_write(const struct check_result *result, enum check_form form, FILE *stream,
		struct error *err) _must_check_;

/*
 * `check --against KIND VERSION PROFILE`: the names that a libseccomp, or a kernel, of that version
 * does not know, and what happens then. `operands` are version and path, or the other way round.
 * Returns whether there are any, or a negative errno with a message.
 */
int check_against(const char *kind, char *const operands[2], enum check_form form, FILE *stream,
		  struct error *err) _must_check_;

#endif
