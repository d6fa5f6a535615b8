/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets of actors, each kept once and named by a 32-bit handle: what `actors` of an observation is.
 * A set of one actor is its number; others have the top bit set. For the recording's own modules.
 */
#ifndef ASG_MODEL_RECORDING_ACTORS_H
#define ASG_MODEL_RECORDING_ACTORS_H

#include "base/macro.h"
#include "model/recording.h"

#define ACTORS_NONE    UINT32_MAX	/* the empty set */
#define ACTORS_OMITTED (UINT32_MAX - 1) /* nobody in particular, and more */

struct actor_set {
	uint32_t *numbers; /* ascending */
	uint32_t n;	   /* never 1, unless `more` */
	uint32_t outmost;  /* of the numbers, the actor that sorts last by its content */
	bool more;	   /* there were others */
};

void actor_sets_deinit(struct recording *recording);

/* The set of `n` ascending numbers. -ENOMEM. A set for which there is no more room becomes
 * ACTORS_OMITTED. */
int actors_make(struct recording *recording, const uint32_t *numbers, size_t n, bool more,
		uint32_t *ret) _must_check_;

/* The union of two sets. -ENOMEM. Takes no memory when one holds the other. */
int actors_join(struct recording *recording, uint32_t a, uint32_t b, uint32_t *ret) _must_check_;

/* How two actors sort by their content: by exe, comm, subject, auid, uid, gid, session. */
int actor_compare(const struct recording *recording, uint32_t a, uint32_t b);

#endif
