/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose record is it? The rungs that can answer are tried in order, the first answer counts, and
 * what cannot be known is left unknown, never guessed: audit session, then lineage, then, where the
 * target is a container, its namespace or cgroup. (Further rungs belong here, behind the same
 * question.)
 *
 * A descendant with CAP_AUDIT_CONTROL may leave the target's session for one of its own, or for
 * none: sshd, cron, login and su do. Only lineage follows it there.
 */
#ifndef ASG_TARGET_ATTRIBUTION_H
#define ASG_TARGET_ATTRIBUTION_H

#include "base/macro.h"
#include "target/container.h"
#include "target/lineage.h"
#include <stdbool.h>
#include <stdint.h>

enum owner {
	OWNER_OTHER,   /* not the target's */
	OWNER_TARGET,  /* the target's */
	OWNER_UNKNOWN, /* no rung can tell */
};

struct attribution {
	bool started;		 /* before that, nothing is the target's */
	uint32_t session;	 /* the target's own, or RECORD_UNSET when none could be started */
	struct lineage *lineage; /* borrowed, or NULL */
	struct container *container; /* borrowed, or NULL: the target is none */
	uint64_t by_lineage; /* answers that are as good as the fork events that they rest on */
};

enum owner attribution_of(struct attribution *attribution, uint32_t session, uint32_t pid);

#endif
