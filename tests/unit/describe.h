/* SPDX-License-Identifier: Apache-2.0 */
/* A profile in few words, to compare what readers make of a text. */
#ifndef ASG_TESTS_DESCRIBE_H
#define ASG_TESTS_DESCRIBE_H

#include "format/reader.h"

/*
 * "DEFAULT[ on ARCH...]; ACTION NAME...[ if arg0 == 1 && ...]; ...", an errno behind its action as
 * "errno:1". To be freed by the caller.
 */
char *describe(const struct profile *profile);

/* Reads `text`, which must be detected as `format`, and holds its description against `expected`.
 */
void assert_reads(const char *format, const char *text, const char *expected);

/* Each directory below tests/data/invalid-FORMAT has an input and the message that it must give. */
void assert_refuses(const char *format, size_t least);

#endif
