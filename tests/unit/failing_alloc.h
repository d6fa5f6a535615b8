/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lets the n-th allocation fail, for n = 0, 1, 2 ... until all succeed. Programs that use it are
 * linked with --wrap for malloc, calloc, realloc and reallocarray; leaks are the sanitizer's to
 * find.
 */
#ifndef ASG_TESTS_FAILING_ALLOC_H
#define ASG_TESTS_FAILING_ALLOC_H

#include <stdbool.h>

/* Whether the linker has done so; if not, the program is to be skipped. */
bool alloc_can_fail(void);

/* Allocations until one fails; -1: none does. */
extern long alloc_countdown;

/*
 * Does `work` until no allocation of it fails. Each failure is to be answered with -ENOMEM, or with
 * 0 where the work does without.
 */
void until_nothing_fails(int (*work)(const void *data), const void *data);

#endif
