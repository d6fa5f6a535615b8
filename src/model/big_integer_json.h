/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole numbers above INT64_MAX, which arguments of rules can be (they are uint64) and jansson
 * cannot hold: they go through it as marked strings, in both directions.
 */
#ifndef ASG_MODEL_BIG_INTEGER_JSON_H
#define ASG_MODEL_BIG_INTEGER_JSON_H

#include "base/macro.h"
#include "base/strbuf.h"
#include <jansson.h>
#include <stdint.h>

/*
 * Appends JSON text with each such number made a marked string. Lines stay where they were. -EINVAL
 * when the text has such a mark already, -ENOMEM.
 */
int big_integer_mark(const char *text, size_t len, struct strbuf *ret) _must_check_;

/* Appends JSON text with the marked strings made numbers again. */
void big_integer_unmark(const char *text, struct strbuf *ret);

/* A new JSON value for the number; NULL: no memory. */
json_t *big_integer_new(uint64_t number) _must_check_;

/* The number behind an integer or a marked string. -EINVAL for anything else. */
int big_integer_value(const json_t *value, uint64_t *ret) _must_check_;

#endif
