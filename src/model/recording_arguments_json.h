/* SPDX-License-Identifier: Apache-2.0 */
/* What a recording file says of the arguments of a call. For the recording's own modules. */
#ifndef ASG_MODEL_RECORDING_ARGUMENTS_JSON_H
#define ASG_MODEL_RECORDING_ARGUMENTS_JSON_H

#include "base/error.h"
#include "base/macro.h"
#include "model/json_writer.h"
#include "model/recording_arguments.h"

struct json_t; /* jansson.h */

/* Writes the object. */
void arguments_put_json(struct json_writer *json, const struct arguments *arguments);

/*
 * Adds what the object says of a call of the group that has `count` records. An object that was
 * written with another table (other fields, masks or kind) leaves the call without known arguments.
 * -EBADMSG with the reason, -ENOMEM.
 */
int arguments_from_json(struct recording *recording, uint32_t group, uint32_t audit_arch,
			int32_t nr, uint64_t count, const struct json_t *json, struct error *err)
	_must_check_;

#endif
