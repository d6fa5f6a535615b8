/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slice.h"
#include <errno.h>
#include <stdlib.h>

char *slice_copy(struct slice slice)
{
	char *copy;

	if (slice.len == SIZE_MAX)
		return NULL;
	copy = malloc(slice.len + 1);
	if (!copy)
		return NULL;
	if (slice.len > 0)
		memcpy(copy, slice.data, slice.len);
	copy[slice.len] = '\0';
	return copy;
}

static unsigned int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned int)(c - 'A') + 10;
	return UINT32_MAX;
}

int slice_to_u64(struct slice slice, unsigned int base, uint64_t *ret)
{
	uint64_t value = 0;
	bool overflow = false;

	if (slice.len == 0)
		return -EINVAL;
	for (size_t i = 0; i < slice.len; i++) {
		unsigned int digit = digit_value(slice.data[i]);

		if (digit >= base)
			return -EINVAL;
		overflow = overflow || __builtin_mul_overflow(value, base, &value) ||
			   __builtin_add_overflow(value, digit, &value);
	}
	if (overflow)
		return -ERANGE;
	*ret = value;
	return 0;
}

int slice_to_i64(struct slice slice, int64_t *ret)
{
	bool negative = slice.len > 0 && slice.data[0] == '-';
	uint64_t value, limit = (uint64_t)INT64_MAX + negative;
	int r;

	if (negative)
		slice = (struct slice){ slice.data + 1, slice.len - 1 };
	r = slice_to_u64(slice, 10, &value);
	if (r < 0)
		return r;
	if (value > limit)
		return -ERANGE;
	if (!negative)
		*ret = (int64_t)value;
	else
		*ret = value == limit ? INT64_MIN : -(int64_t)value;
	return 0;
}
