/* SPDX-License-Identifier: Apache-2.0 */
/* Names of which no two are the same: the second to want one gets it with a number behind it. */
#ifndef ASG_BASE_UNIQUE_NAMES_H
#define ASG_BASE_UNIQUE_NAMES_H

#include "base/intern.h"
#include "base/macro.h"
#include "base/slice.h"
#include <stddef.h>
#include <stdint.h>

struct unique_names {
	struct intern names; /* those that are taken */
	uint32_t *next;	     /* by name: the first number that was not tried behind it, or 0 */
	size_t allocated;
};

void unique_names_deinit(struct unique_names *names);
#define _cleanup_unique_names_ _cleanup_(unique_names_deinit)

/*
 * Takes `base` and `end` together, or, if that is taken, `base`, `separator`, the first free number
 * from 2 on, and `end`. Its number; the text is names.keys[it]. However often the same is wanted,
 * each costs the same. -ENOMEM, -E2BIG.
 */
int unique_names_take(struct unique_names *names, struct slice base, const char *separator,
		      const char *end, uint32_t *ret) _must_check_;

/* Takes a name that may be taken already: then it is the same. */
int unique_names_share(struct unique_names *names, struct slice name, uint32_t *ret) _must_check_;

#endif
