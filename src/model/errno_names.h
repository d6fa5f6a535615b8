/* SPDX-License-Identifier: Apache-2.0 */
/* Error numbers by name, as containers/common writes them in profiles ("errno": "EPERM"). */
#ifndef ASG_MODEL_ERRNO_NAMES_H
#define ASG_MODEL_ERRNO_NAMES_H

#include "base/macro.h"
#include <stdint.h>

/* The number of "EPERM" … on the machine that this program was built for. -ENOENT: no such name. */
int errno_from_name(const char *name, uint32_t *ret) _must_check_;

#endif
