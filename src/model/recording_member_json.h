/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a recording file: texts, numbers, actors, groups. For recording_json only. */
#ifndef ASG_MODEL_RECORDING_MEMBER_JSON_H
#define ASG_MODEL_RECORDING_MEMBER_JSON_H

#include "base/error.h"
#include "base/macro.h"
#include "base/strbuf.h"
#include "model/recording.h"

struct json_t; /* jansson.h */

/* A text: a JSON string, borrowed from it, or the bytes of {"hex": "..."}. NUL-terminated. */
struct text {
	struct slice slice;
	struct strbuf bytes;
};

void text_deinit(struct text *text);
#define _cleanup_text_ _cleanup_(text_deinit)

/* All of these: -EBADMSG with the reason, -ENOMEM. */
int text_from_json(const struct json_t *json, struct text *ret, struct error *err) _must_check_;

/* `name` is for the message. */
int number_from_json(const struct json_t *json, const char *name, uint64_t least, uint64_t most,
		     uint64_t *ret, struct error *err) _must_check_;

int actor_from_json(struct recording *recording, const struct json_t *json, uint32_t *ret,
		    struct error *err) _must_check_;

/* Adds a group on one architecture. The numbers of actors are those of the recording. */
int group_from_json(struct recording *recording, const struct json_t *json, struct error *err)
	_must_check_;

/* The error for a member that nobody knows. Returns -EBADMSG. */
int unknown_member(const char *name, struct error *err);

#endif
