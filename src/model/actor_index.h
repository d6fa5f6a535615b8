/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Actors by the raw text of their fields, so that each is decoded once: equal bytes are the same
 * actor.
 */
#ifndef ASG_MODEL_ACTOR_INDEX_H
#define ASG_MODEL_ACTOR_INDEX_H

#include "audit/scan.h"
#include "base/intern.h"
#include "base/macro.h"
#include <stdbool.h>

/* Raw texts of one actor, in bytes; a kernel message has at most 8970 (MAX_AUDIT_MESSAGE_LENGTH).
 */
#define ACTOR_KEY_MAX 16384

/* What is known of an actor once it was decoded. */
struct known_actor {
	uint32_t number;      /* in the recording */
	uint32_t group_value; /* see grouping_actor_value() */
	uint32_t exe, label;  /* see log_groups_actor() */
	uint32_t session;
	bool wanted; /* passes the selection */
};

#define ACTOR_INDEX_RECENT 64 /* a power of two */

struct actor_index {
	struct intern keys; /* -> index in actors */
	struct known_actor *actors;
	size_t allocated;
	uint32_t recent[ACTOR_INDEX_RECENT]; /* index + 1 of actors met lately, 0: none */
};

void actor_index_deinit(struct actor_index *index);

/*
 * Writes the key of a scanned record's actor into `buffer` (ACTOR_KEY_MAX bytes). A slice without
 * data when it does not fit: no record of a kernel.
 */
struct slice actor_index_key(const struct scan *scan, char *buffer);

/* NULL: not met before. Borrowed until the next actor_index_add(). */
const struct known_actor *actor_index_find(struct actor_index *index, struct slice key);

int actor_index_add(struct actor_index *index, struct slice key, const struct known_actor *actor)
	_must_check_;

#endif
