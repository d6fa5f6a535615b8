/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The @groups of SystemCallFilter=, as systemd 252 lists them (`systemd-analyze syscall-filter`).
 * Newer ones add calls to them: a drop-in with a group means what the systemd that reads it says.
 */
#ifndef ASG_FORMAT_SYSTEMD_GROUPS_H
#define ASG_FORMAT_SYSTEMD_GROUPS_H

#include "base/macro.h"
#include "model/name_list.h"
#include <stddef.h>

struct systemd_group {
	const char *name;    /* with the '@' */
	const char *members; /* calls and other groups, with blanks between them */
};

/* Sorted by name. */
size_t systemd_group_count(void);
const struct systemd_group *systemd_group_at(size_t index);

/* With the '@'. NULL: no such group. */
const struct systemd_group *systemd_group_by_name(const char *name);

/* Adds the calls of the group, and of groups in it, to the set. 0 or -ENOMEM. */
int systemd_group_expand(const struct systemd_group *group, struct name_set *ret) _must_check_;

#endif
