/* SPDX-License-Identifier: Apache-2.0 */
/* How a command speaks to a person: one line on stderr, with the program's name in front. */
#ifndef ASG_COMMAND_REPORT_H
#define ASG_COMMAND_REPORT_H

#include "base/error.h"
#include "base/macro.h"
#include "command/verbs.h"

/* "audit-seccomp-gen: MESSAGE"; control characters in it are shown, not sent. Returns `status`. */
int report_failure(const struct error *err, int code, int status);

/* The same for something that is no failure. */
void report_note(const char *format, ...) _printf_(1, 2);

#endif
