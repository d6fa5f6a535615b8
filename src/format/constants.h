/* SPDX-License-Identifier: Apache-2.0 */
/* Constants of the kernel's and C's headers by name, as policies use them for arguments. */
#ifndef ASG_FORMAT_CONSTANTS_H
#define ASG_FORMAT_CONSTANTS_H

#include "base/macro.h"
#include "base/slice.h"
#include <stdint.h>

/*
 * The value on the machine that this program was built for; a few of them (O_*, MAP_*) have others
 * elsewhere. -ENOENT: no such name here.
 */
int constant_by_name(struct slice name, uint64_t *ret) _must_check_;

#endif
