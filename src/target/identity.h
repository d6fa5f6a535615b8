/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who the recorded command is to run as: looked up before the fork, assumed after it, without
 * losing what loading the filter needs.
 */
#ifndef ASG_TARGET_IDENTITY_H
#define ASG_TARGET_IDENTITY_H

#include "base/error.h"
#include "base/macro.h"
#include <stddef.h>
#include <sys/types.h>

struct identity {
	uid_t uid;
	gid_t gid;
	gid_t *groups;
	size_t n_groups;
};

/*
 * Looks `name` up: a user name, or a uid, which need not have an entry. Without one the group is
 * the one of the same number and there are no others, so that nothing of ours is left. -EINVAL with
 * a message when there is no such user.
 */
int identity_find(const char *name, struct identity *ret, struct error *err) _must_check_;
void identity_deinit(struct identity *identity);

/*
 * Becomes that user: groups, gid, uid. Of the capabilities only CAP_SYS_ADMIN is left, until the
 * exec; the user 0 keeps what it has. Needs CAP_SETUID and CAP_SETGID. Async-signal-safe. 0 or
 * negative errno.
 */
int identity_assume(const struct identity *identity) _must_check_;

#endif
