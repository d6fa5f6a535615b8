/* SPDX-License-Identifier: Apache-2.0 */
/* What the two halves of base/guarded_path.h share. */
#ifndef ASG_BASE_GUARDED_PRIVATE_H
#define ASG_BASE_GUARDED_PRIVATE_H

#include "base/error.h"
#include "base/slice.h"
#include <stdbool.h>
#include <sys/stat.h>

/* "'/the/path' WHY", with the end of a path that is long. Returns `code`. */
int guarded_refuse(struct error *err, int code, struct slice path, const char *why);

/* The same for a system call that went wrong: "'/the/path' cannot be DOING: ...". */
int guarded_fail(struct error *err, int code, const char *path, const char *doing);

/* Whether it belongs to root or to us. */
bool guarded_is_ours(const struct stat *st);

#endif
