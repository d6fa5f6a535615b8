/* SPDX-License-Identifier: Apache-2.0 */
/* A recording as text, which says all that there is to it: to compare by. Include behind cmocka.h.
 */
#ifndef ASG_TESTS_UNIT_RECORDING_TEXT_H
#define ASG_TESTS_UNIT_RECORDING_TEXT_H

#include "model/recording_json.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* To be freed by the caller. */
/* Inlined, gcc 12 takes its result for a pointer to its local variable (-Wdangling-pointer). */
__attribute__((noinline, unused)) static char *to_text(const struct recording *recording)
{
	struct syscall_table names = { 0 };
	char *text = NULL;
	size_t len;
	FILE *stream = open_memstream(&text, &len);

	assert_non_null(stream);
	assert_int_equal(recording_write_json(recording, &names, stream, NULL), 0);
	assert_int_equal(fclose(stream), 0);
	syscall_table_deinit(&names);
	return text;
}

/* A law of merging, for the recordings made from `seed`. */
static inline void assert_same_recording(const struct recording *a, const struct recording *b,
					 const char *law, unsigned int seed)
{
	char *left = to_text(a), *right = to_text(b);

	if (strcmp(left, right) != 0)
		fail_msg("%s does not hold for seed %u:\n%.400s\nand\n%.400s", law, seed, left,
			 right);
	free(left);
	free(right);
}

#endif
