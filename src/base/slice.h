/* SPDX-License-Identifier: Apache-2.0 */
/* A piece of somebody else's bytes: borrowed, not NUL-terminated, possibly with any byte in it. */
#ifndef ASG_BASE_SLICE_H
#define ASG_BASE_SLICE_H

#include "base/macro.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const char *data;
	size_t len;
};

#define SLICE(literal) ((struct slice){ (literal), sizeof(literal) - 1 })

static inline struct slice slice_from(const char *text)
{
	return (struct slice){ text, text ? strlen(text) : 0 };
}

static inline bool slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool slice_is(struct slice slice, const char *text)
{
	return slice_equal(slice, slice_from(text));
}

static inline bool slice_starts(struct slice slice, struct slice start)
{
	return slice.len >= start.len &&
	       (start.len == 0 || memcmp(slice.data, start.data, start.len) == 0);
}

/* A NUL-terminated copy, to be freed by the caller; NULL when out of memory. */
char *slice_copy(struct slice slice) _must_check_;

/*
 * The whole slice as a number in `base` (10 or 16, upper or lower case, no sign, no 0x).
 * 0, -EINVAL when anything else is in it, -ERANGE when it does not fit.
 */
int slice_to_u64(struct slice slice, unsigned int base, uint64_t *ret) _must_check_;

/* The same in decimal, with an optional minus in front. */
int slice_to_i64(struct slice slice, int64_t *ret) _must_check_;

#endif
