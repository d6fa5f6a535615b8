/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went wrong, in words for the person at the terminal.
 *
 * Functions return 0 or a negative errno and take a caller-owned `struct error *` as last
 * parameter, which may be NULL. The first message, from the deepest place, is kept; callers on the
 * way up put their context in front of it: "cannot read base profile 'x.json': line 3: ...".
 */
#ifndef ASG_BASE_ERROR_H
#define ASG_BASE_ERROR_H

#include "base/macro.h"

struct error {
	char message[1024];
};

/* Sets the message unless there is one already. Returns `code` (a negative errno), to be returned
 * on. */
int error_set(struct error *err, int code, const char *format, ...) _printf_(3, 4);

/* Puts "CONTEXT: " in front of the message. Returns `code`. */
int error_prefix(struct error *err, int code, const char *format, ...) _printf_(3, 4);

/* The message for running out of memory. Returns -ENOMEM. */
int error_memory(struct error *err);

/* The message, or a generic one for `code` when no place has set any. Never NULL. */
const char *error_message(const struct error *err, int code);

#endif
