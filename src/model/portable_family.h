/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Families of calls that stand for each other: which of them a program makes depends on its libc,
 * on the kernel and on the architecture. One const table with the reason for each family.
 */
#ifndef ASG_MODEL_PORTABLE_FAMILY_H
#define ASG_MODEL_PORTABLE_FAMILY_H

#include <stdbool.h>
#include <stddef.h>

#define PORTABLE_MEMBERS_MAX 12

/*
 * When one of `members` is allowed, so are `added`; without `added`, the members themselves. None
 * of those added can do what those seen could not: what is weaker goes in front, in a family of its
 * own.
 */
struct portable_family {
	const char *reason; /* one sentence, without a full stop */
	const char *members[PORTABLE_MEMBERS_MAX];
	const char *added[PORTABLE_MEMBERS_MAX];
};

size_t portable_family_count(void);
const struct portable_family *portable_family_at(size_t index);

/* What the family adds: NULL-terminated or PORTABLE_MEMBERS_MAX long. */
const char *const *portable_family_added(const struct portable_family *family);

/* Whether the family is the ground for `name`, given what was seen. */
bool portable_family_adds(const struct portable_family *family, const char *name,
			  bool (*seen)(const void *context, const char *name), const void *context);

/* The reason of the first family that adds `name`; NULL: none does. */
const char *portable_reason(const char *name);

#endif
