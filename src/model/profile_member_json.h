/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of JSON objects as profiles have them. One that is missing or null leaves the result as
 * it was; one of the wrong type gives -EBADMSG with its name. Results are owned by the caller, on
 * failure too.
 */
#ifndef ASG_MODEL_PROFILE_MEMBER_JSON_H
#define ASG_MODEL_PROFILE_MEMBER_JSON_H

#include "base/error.h"
#include "base/macro.h"
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* A message about a word from the file, made safe to show. Returns -EBADMSG. */
int member_bad_word(struct error *err, const char *what, const char *word);

/* The member, borrowed, or NULL when it is missing or null. */
const json_t *member_get(const json_t *object, const char *key);

int member_text(const json_t *object, const char *key, char **ret, struct error *err) _must_check_;

/* A whole number from 0 to `max`. `*ret_present` (may be NULL) is set when there is one. */
int member_number(const json_t *object, const char *key, uint64_t max, bool *ret_present,
		  uint64_t *ret, struct error *err) _must_check_;

/* An array of strings, none of them empty, as a NULL-terminated list. */
int member_list(const json_t *object, const char *key, char ***ret, struct error *err) _must_check_;

/* The members that are not in `known` (NULL-terminated) as JSON text; NULL when there are none. */
int member_extra(const json_t *object, const char *const *known, char **ret, struct error *err)
	_must_check_;

#endif
