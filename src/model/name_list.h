/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of names: NULL-terminated arrays of owned strings, as profiles and reports hold them. */
#ifndef ASG_MODEL_NAME_LIST_H
#define ASG_MODEL_NAME_LIST_H

#include "base/macro.h"
#include <stdbool.h>
#include <stddef.h>

/* Makes the strings of a NULL-terminated list sorted and unique, in place. */
void name_list_sort(char **names);

/* NULL-safe; frees the strings, too. */
void name_list_free(char **names);

/* The number of names; 0 for NULL. */
size_t name_list_count(char *const *names);

/* A deep copy of the list, in `*ret`; NULL stays NULL. 0 or -ENOMEM. */
int name_list_copy(char *const *names, char ***ret) _must_check_;

/* Whether the list, in any order, holds the name. */
bool name_list_has(char *const *names, const char *name);

/* Appends a copy of `name` to the list at `*names` (which may be NULL). 0 or -ENOMEM. */
int name_list_append(char ***names, const char *name) _must_check_;

/* A list under construction, always sorted and unique. Zero-initialise. */
struct name_set {
	char **names; /* NULL-terminated once there is a name */
	size_t n, allocated;
};

void name_set_deinit(struct name_set *set);
#define _cleanup_name_set_ _cleanup_(name_set_deinit)

/* Adds a copy. 1 when it was new, 0 when it was there, -ENOMEM. */
int name_set_add(struct name_set *set, const char *name) _must_check_;

bool name_set_has(const struct name_set *set, const char *name);

/* The list, to be freed with name_list_free(); an empty list is a list, not NULL. NULL: no memory.
 */
char **name_set_steal(struct name_set *set) _must_check_;

#endif
