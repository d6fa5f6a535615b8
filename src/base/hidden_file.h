/* SPDX-License-Identifier: Apache-2.0 */
/* New files that nobody is meant to see until they are renamed. */
#ifndef ASG_BASE_HIDDEN_FILE_H
#define ASG_BASE_HIDDEN_FILE_H

#include "base/macro.h"
#include <sys/types.h>

/*
 * Makes a file in the directory of `path`, which is taken from `dirfd` when it is relative, with a
 * name that begins with a dot and ends in random letters. The descriptor, open for writing, and the
 * file's path, to be freed by the caller; -ENOMEM, or the errno of open(2) or getrandom(2).
 */
int hidden_file_create(int dirfd, const char *path, mode_t mode, char **ret_path) _must_check_;

#endif
