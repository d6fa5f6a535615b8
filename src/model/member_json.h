/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of the JSON objects in our own files, read strictly: texts that may hold any bytes,
 * numbers, ids, times.
 */
#ifndef ASG_MODEL_MEMBER_JSON_H
#define ASG_MODEL_MEMBER_JSON_H

#include "base/error.h"
#include "base/macro.h"
#include "base/slice.h"
#include "base/strbuf.h"
#include <stdint.h>

struct json_t; /* jansson.h */

/* A text: a JSON string, borrowed from it, or the bytes of {"hex": "..."}. NUL-terminated. */
struct text {
	struct slice slice;
	struct strbuf bytes;
};

void text_deinit(struct text *text);
#define _cleanup_text_ _cleanup_(text_deinit)

/* The error for a member that nobody knows. Returns -EBADMSG. */
int unknown_member(const char *name, struct error *err);

/* All of these: -EBADMSG with the reason, -ENOMEM. `name` is the member's, also for the message. */

/* Whether it is an object with no member but those in `known`, which is NULL-terminated. */
int members_known(const struct json_t *json, const char *const *known, struct error *err)
	_must_check_;

int text_from_json(const struct json_t *json, struct text *ret, struct error *err) _must_check_;

/* Empty when the member is missing. */
int text_member(const struct json_t *object, const char *name, struct text *ret, struct error *err)
	_must_check_;

int number_from_json(const struct json_t *json, const char *name, uint64_t least, uint64_t most,
		     uint64_t *ret, struct error *err) _must_check_;

/* A pid, session or user id; RECORD_UNSET when the member is missing. */
int id_member(const struct json_t *object, const char *name, uint32_t *ret, struct error *err)
	_must_check_;

/* Milliseconds since 1970; TIME_UNKNOWN when the member is missing. */
int time_member(const struct json_t *object, const char *name, int64_t *ret, struct error *err)
	_must_check_;

#endif
