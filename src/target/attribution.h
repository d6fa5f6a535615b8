/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose record is it? The rungs that can answer are tried in order, the first answer counts, and
 * what cannot be known is left unknown, never guessed: audit session, then lineage. (Further rungs
 * belong here, behind the same question.)
 */
#ifndef ASG_TARGET_ATTRIBUTION_H
#define ASG_TARGET_ATTRIBUTION_H

#include "base/macro.h"
#include "target/lineage.h"
#include <stdbool.h>
#include <stdint.h>

enum owner {
	OWNER_OTHER,   /* not the target's */
	OWNER_TARGET,  /* the target's */
	OWNER_UNKNOWN, /* no rung can tell */
};

struct attribution {
	bool started;	   /* before that, nothing is the target's */
	uint32_t sentinel; /* pid of our own sentinel, or 0: never the target's */
	uint32_t session;  /* the target's own, or RECORD_UNSET when none could be started */
	const struct lineage *lineage; /* borrowed, or NULL */
};

enum owner attribution_of(const struct attribution *attribution, uint32_t session, uint32_t pid);

#endif
