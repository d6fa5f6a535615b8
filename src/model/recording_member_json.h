/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a recording file: actors and groups. For recording_json only. */
#ifndef ASG_MODEL_RECORDING_MEMBER_JSON_H
#define ASG_MODEL_RECORDING_MEMBER_JSON_H

#include "base/error.h"
#include "base/macro.h"
#include "model/recording.h"

struct json_t; /* jansson.h */

/* All of these: -EBADMSG with the reason, -ENOMEM. */
int actor_from_json(struct recording *recording, const struct json_t *json, uint32_t *ret,
		    struct error *err) _must_check_;

/* Adds a group on one architecture. The numbers of actors are those of the recording. */
int group_from_json(struct recording *recording, const struct json_t *json, struct error *err)
	_must_check_;

#endif
