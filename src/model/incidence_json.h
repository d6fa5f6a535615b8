/* SPDX-License-Identifier: Apache-2.0 */
/* What a recording file says of the runs that it was merged from. For the recording's own modules.
 */
#ifndef ASG_MODEL_INCIDENCE_JSON_H
#define ASG_MODEL_INCIDENCE_JSON_H

#include "base/error.h"
#include "base/macro.h"
#include "model/json_writer.h"
#include "model/recording.h"

struct json_t; /* jansson.h */

/* Writes runs by their rank: how they are called in the file, where they are sorted. */
struct incidence_writer {
	const struct recording *recording;
	uint32_t *ranks; /* by number; INCIDENCE_NONE when no group was in it */
	uint32_t *by_rank, n;
	const struct incidence_group *group; /* that is written, or NULL */
	uint32_t *group_ranks;		     /* room for those of a group */
};

/* Zero-initialise. -ENOMEM. Needs incidence_writer_deinit() in any case. */
int incidence_writer_init(struct incidence_writer *writer, const struct recording *recording)
	_must_check_;
void incidence_writer_deinit(struct incidence_writer *writer);

/* The member of the top level, with its comma; of a group; and of a call in it, each with its comma
 * in front. Nothing where nothing is known. */
void incidence_put_runs(const struct incidence_writer *writer, struct json_writer *json);
void incidence_put_group(struct incidence_writer *writer, struct json_writer *json,
			 const struct group *group);
void incidence_put_call(const struct incidence_writer *writer, struct json_writer *json,
			uint32_t audit, int32_t nr);

/* The name of a run; its number is its index in the file. -EBADMSG, -ENOMEM. */
int run_from_json(struct recording *recording, const struct json_t *json, struct error *err)
	_must_check_;

/*
 * The runs in the object of a group, or, with `nr`, in that of a call on `audit_arch`; there may be
 * none. -EBADMSG with the reason, -ENOMEM.
 */
int runs_from_json(struct recording *recording, uint32_t group, uint32_t audit_arch,
		   const int32_t *nr, const struct json_t *object, struct error *err) _must_check_;

#endif
