/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include <errno.h>
#include <stdbool.h>

void *__real_malloc(size_t size) __attribute__((weak));
void *__real_calloc(size_t n, size_t size) __attribute__((weak));
void *__real_realloc(void *pointer, size_t size) __attribute__((weak));
void *__real_reallocarray(void *pointer, size_t n, size_t size) __attribute__((weak));
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *pointer, size_t size);
void *__wrap_reallocarray(void *pointer, size_t n, size_t size);

long alloc_countdown = -1;

static bool fails(void)
{
	return alloc_countdown >= 0 && alloc_countdown-- == 0;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *pointer, size_t size)
{
	return fails() ? NULL : __real_realloc(pointer, size);
}

void *__wrap_reallocarray(void *pointer, size_t n, size_t size)
{
	return fails() ? NULL : __real_reallocarray(pointer, n, size);
}

bool alloc_can_fail(void)
{
	return __real_malloc && __real_calloc && __real_realloc && __real_reallocarray;
}

void until_nothing_fails(int (*work)(const void *data), const void *data)
{
	long n = 0;
	int r;

	do {
		alloc_countdown = n++;
		r = work(data);
		if (alloc_countdown >= 0)
			assert_int_equal(r, 0);
		else
			assert_true(r == -ENOMEM || r == 0);
		assert_true(n < 100000);
	} while (alloc_countdown < 0);
	alloc_countdown = -1;
}
