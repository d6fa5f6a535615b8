/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jansson's reader and writer, without what they pass over: when the buffer of a string cannot
 * grow, jansson (2.14, lex_save() and dump_string()) leaves bytes out and goes on as if nothing had
 * been; a string that has lost its end is then written beyond its memory. So its allocations are
 * watched.
 */
#ifndef ASG_MODEL_CHECKED_JSON_H
#define ASG_MODEL_CHECKED_JSON_H

#include "base/macro.h"
#include <jansson.h>
#include <stddef.h>

/*
 * Chooses the seed of jansson's hashes, which keys in an input could otherwise be made to collide
 * for, before the sandbox, where what it is taken from cannot be had. Once; later calls do nothing.
 */
void checked_json_seed(void);

/*
 * As json_loadb(). NULL: with a message in `*ret` (may be NULL), which for want of memory has the
 * code json_error_out_of_memory.
 */
json_t *checked_json_read(const char *text, size_t len, size_t flags, json_error_t *ret);

/* json_dumps(): to be freed. NULL: no memory. */
char *checked_json_write(const json_t *json, size_t flags);

#endif
