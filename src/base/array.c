/* SPDX-License-Identifier: Apache-2.0 */
#include "base/array.h"
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST_ARRAY 8

int array_reserve(void *items, size_t *allocated, size_t wanted, size_t size)
{
	void *old, *grown;
	size_t n, bytes;

	if (wanted <= *allocated)
		return 0;
	if (__builtin_add_overflow(*allocated, *allocated / 2, &n) || n < wanted)
		n = wanted;
	if (n < SMALLEST_ARRAY)
		n = SMALLEST_ARRAY;
	if (__builtin_mul_overflow(n, size, &bytes) || bytes > PTRDIFF_MAX)
		return -ENOMEM;

	/* The pointer has some other type than void *: only its bytes may be looked at. */
	memcpy(&old, items, sizeof(old));
	grown = realloc(old, bytes);
	if (!grown)
		return -ENOMEM;
	memcpy(items, &grown, sizeof(grown));
	*allocated = n;
	/* cppcheck-suppress memleak ; it is the caller's pointer that has it now */
	return 0;
}
