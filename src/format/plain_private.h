/* SPDX-License-Identifier: Apache-2.0 */
/* What plain.c and plain_conditions.c share. */
#ifndef ASG_FORMAT_PLAIN_PRIVATE_H
#define ASG_FORMAT_PLAIN_PRIVATE_H

#include "format/plain.h"

/*
 * All rules that count on the host of `targets`, call by call, but for those that say what the
 * default says: nothing is reduced to what has an effect. Names that nobody here knows, or that
 * stand for a part of another call, go to `left_out`, sorted, too; with NULL they are among the
 * others. 0 or -ENOMEM; both need plain_deinit() in any case.
 */
int plain_collect(struct plain *plain, const struct profile *profile, const struct targets *targets,
		  struct syscall_table *names,
		  bool (*counts)(const struct rule *rule, const struct arch *host),
		  struct plain *left_out) _must_check_;

#endif
