/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind the colon of a minijail policy's line, see minijail0(5). */
#ifndef ASG_FORMAT_MINIJAIL_EXPR_H
#define ASG_FORMAT_MINIJAIL_EXPR_H

#include "base/slice.h"
#include "format/clauses.h"

struct minijail_filter {
	bool has_clauses; /* conditions; else `action` is for every call */
	struct clauses clauses;
	enum action action;
	uint32_t errno_ret;
	bool has_else; /* "; return N": what calls get that do not meet the conditions */
	uint32_t else_errno;
	bool compiled; /* says something that only compile_seccomp_policy understands */
};

void minijail_filter_deinit(struct minijail_filter *filter);

/* Reads a whole filter. -EBADMSG with the reason; the caller knows the line. -ENOMEM. */
int minijail_filter_read(struct slice text, struct minijail_filter *ret, struct error *err)
	_must_check_;

/* "kill", "kill-process", "trap" ...; -ENOENT for other words. */
int minijail_action(struct slice word, enum action *ret) _must_check_;

#endif
