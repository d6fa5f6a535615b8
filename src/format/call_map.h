/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to each call, by name: for formats whose later lines change what earlier ones said.
 */
#ifndef ASG_FORMAT_CALL_MAP_H
#define ASG_FORMAT_CALL_MAP_H

#include "base/error.h"
#include "base/macro.h"
#include "base/slice.h"
#include "model/profile.h"
#include <stdbool.h>
#include <stddef.h>

/* An action and, for ERRNO, its number. */
struct outcome {
	enum action action;
	uint32_t errno_ret;
};

struct call_entry {
	char *name;
	struct outcome outcome;
};

struct call_map {
	struct call_entry *entries; /* sorted by name */
	size_t n, allocated;
};

void call_map_deinit(struct call_map *map);
#define _cleanup_call_map_ _cleanup_(call_map_deinit)

/* Adds the call (copied), or changes what it has. -EBADMSG: more than TEXT_NAMES_MAX. -ENOMEM. */
int call_map_set(struct call_map *map, struct slice name, struct outcome outcome, struct error *err)
	_must_check_;

/* Nothing happens to it any more. */
void call_map_remove(struct call_map *map, struct slice name);

/* NULL: nothing is known of it. */
const struct call_entry *call_map_find(const struct call_map *map, struct slice name);

/* Appends one rule for each outcome there is, in the order of enum action, names sorted. */
int call_map_add_rules(const struct call_map *map, struct profile *profile, struct error *err)
	_must_check_;

#endif
