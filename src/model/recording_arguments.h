/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of the arguments of a call: which combinations were seen, and for how many of its
 * records. Where that is fewer than there are, a record was lost or came without its arguments, and
 * whoever makes a profile of it must not rely on them.
 *
 * Merging is a union (of flags: or, of a range: maximum), and counts add up, so that it does not
 * matter who merges with whom first.
 */
#ifndef ASG_MODEL_RECORDING_ARGUMENTS_H
#define ASG_MODEL_RECORDING_ARGUMENTS_H

#include "arch/argument.h"
#include "base/macro.h"
#include "model/recording.h"

struct argument_values {
	uint64_t fields[ARGUMENT_FIELDS_MAX]; /* those that the call does not have are 0 */
};

struct arguments {
	const struct argument_call *call;
	int32_t nr;
	bool too_many;	  /* more than call->limit were seen; none is kept then */
	uint64_t covered; /* records whose arguments are known */
	uint32_t n, allocated;
	struct argument_values *values; /* ascending */
};

struct argument_list {
	uint32_t n;
	struct arguments items[]; /* ascending by number */
};

/* What is known of a call; NULL: nobody asked for its arguments. Borrowed until the next change. */
const struct arguments *recording_arguments(const struct group_arch *arch, int32_t nr);

/* Says that arguments of this call are asked for, which the group has made. -ENOMEM. */
int recording_expect_arguments(struct recording *recording, uint32_t group, uint32_t audit_arch,
			       int32_t nr, const struct argument_call *call) _must_check_;

/* Adds the arguments of `count` of its records. -ENOMEM: nothing was added. */
int recording_add_arguments(struct recording *recording, uint32_t group, uint32_t audit_arch,
			    int32_t nr, const struct argument_call *call,
			    const struct argument_values *values, uint64_t count) _must_check_;

/* Adds what another recording knows of a call that the group has made here, too. -ENOMEM. */
int recording_merge_call_arguments(struct recording *recording, uint32_t group, uint32_t audit_arch,
				   const struct arguments *other) _must_check_;

/* Adds what `other` knows of the same call. -ENOMEM. */
int arguments_merge(struct arguments *arguments, const struct arguments *other) _must_check_;
void arguments_deinit(struct arguments *arguments);

/* NULL-safe. */
void argument_list_free(struct argument_list *list);

#endif
