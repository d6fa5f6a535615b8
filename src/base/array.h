/* SPDX-License-Identifier: Apache-2.0 */
/* Growing arrays: room is checked for overflow, and a failed growth leaves the array as it was. */
#ifndef ASG_BASE_ARRAY_H
#define ASG_BASE_ARRAY_H

#include "base/macro.h"

/*
 * Makes room for at least `wanted` items of `size` bytes in the array that `items` (the address of
 * the array pointer) points to, at least half as many again as there was, and updates `*allocated`
 * (in items). 0 or -ENOMEM.
 */
int array_reserve(void *items, size_t *allocated, size_t wanted, size_t size) _must_check_;

#endif
