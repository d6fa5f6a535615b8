/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a profile lets through, call by call, for formats that list what is allowed and deny the
 * rest: for one architecture, or several that share the list.
 */
#ifndef ASG_FORMAT_ALLOWANCE_H
#define ASG_FORMAT_ALLOWANCE_H

#include "format/clauses.h"
#include "format/emission.h"
#include "format/plain.h"
#include "format/targets.h"

enum allowance {
	ALLOWED_NEVER,
	ALLOWED_ALWAYS,
	ALLOWED_SOMETIMES, /* when one of the clauses holds */
};

/*
 * The calls that there is something to say of: those that the profile names, and, when its default
 * allows, every one that the targets have. Calls that are not known then are said to be denied.
 */
int allowance_calls(const struct plain *plain, const struct targets *targets,
		    struct syscall_table *names, struct emission *emission, struct name_set *ret,
		    struct error *err) _must_check_;

/*
 * What the profile lets through of a call. `clauses` is zero-initialised, and owned by the caller.
 * -EBADMSG: for some arguments it is allowed, but which ones cannot be said. -ENOMEM.
 */
int allowance_of(const struct plain *plain, const char *name, bool narrow, enum allowance *ret,
		 struct clauses *clauses, struct error *err) _must_check_;

/*
 * Leaves one architecture, the host's own or the first there is, for formats whose products look
 * at no other: `what` denies calls on others, which is said.
 */
void allowance_single(struct targets *targets, const char *what, struct emission *emission);

#endif
