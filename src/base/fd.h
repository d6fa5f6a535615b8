/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors. */
#ifndef ASG_BASE_FD_H
#define ASG_BASE_FD_H

#include "base/macro.h"
#include <stddef.h>

/* Writes all of it, whatever interrupts. 0, or -errno: some of it may have been written. */
int fd_write(int fd, const void *data, size_t len) _must_check_;

#endif
