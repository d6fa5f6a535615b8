/* SPDX-License-Identifier: Apache-2.0 */
/* What an engine hands over: JSON from a descriptor. */
#ifndef ASG_COMMAND_HOOK_READ_H
#define ASG_COMMAND_HOOK_READ_H

#include "base/error.h"
#include "base/macro.h"
#include <stddef.h>

/* Reads `fd` to its end, at most OCI_CONFIG_SIZE_MAX bytes. Text is the caller's, NUL-terminated.
 */
int hook_read(int fd, char **ret, size_t *ret_len, struct error *err) _must_check_;

#endif
