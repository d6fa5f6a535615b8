/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is what happened within a profile? Asked of the very filter that libseccomp makes of it, for each
 * architecture and call that was recorded, and the other way round: what does it allow that nobody
 * used?
 */
#ifndef ASG_FORMAT_WITHIN_H
#define ASG_FORMAT_WITHIN_H

#include "arch/syscall.h"
#include "base/error.h"
#include "base/macro.h"
#include "model/profile.h"
#include "model/recording.h"

enum finding_kind {
	WITHIN_MISSING,	  /* it happened, and the profile denies it */
	WITHIN_UNDECIDED, /* arguments decide, and are not known; or no filter can be made here */
	WITHIN_UNUSED,	  /* allowed, for some arguments at least, and nobody used it */
};

struct within_finding {
	enum finding_kind kind;
	const char *arch; /* "x86_64", "0x..." for one that nobody knows; static or owned by it */
	int32_t nr;
	const char *name;		/* NULL: nobody can name the number */
	const struct observation *seen; /* of the group; NULL when unused */
	char *answer;			/* what the profile says, in words */
	const char *note;		/* static, or NULL: what there is to know */
};

struct within {
	struct within_finding *findings; /* in the order of architectures, then numbers */
	size_t n, allocated;
	size_t allowed;		/* calls that happened and are within */
	size_t denied;		/* calls that were denied when they were recorded: not looked at */
	size_t not_recorded_on; /* architectures that are covered, but nothing was recorded on */
	struct name_set arch_names; /* of architectures that nobody knows */
};

struct within_options {
	bool denied; /* what was denied when it was recorded is to be within, too */
	bool unused; /* look for what nobody used */
};

/*
 * Holds the calls of the group (of a recording) against the profile, whose conditions on
 * capabilities and kernels were worked out before (see model/profile_host.h). `*ret` needs
 * within_deinit() in any case; it borrows from group and names. -ENOMEM, or an error of
 * bpf_compile().
 */
int within_check(const struct profile *profile, const struct group *group,
		 const struct within_options *options, struct syscall_table *names,
		 struct within *ret, struct error *err) _must_check_;
void within_deinit(struct within *within);

size_t within_count(const struct within *within, enum finding_kind kind);

#endif
