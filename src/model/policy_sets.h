/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that are added without having been observed: const tables with the reason for every entry.
 */
#ifndef ASG_MODEL_POLICY_SETS_H
#define ASG_MODEL_POLICY_SETS_H

#include "base/macro.h"
#include "model/policy.h"
#include <stddef.h>

struct policy_entry {
	const char *name;
	const char *reason;
	enum runtime_base runtime; /* POLICY_RUNTIME: who makes the call; else RUNTIME_NONE */
	const char *after;	   /* only when this call was observed, or NULL: always */
};

struct policy_set_fact {
	const char *name;   /* "survival" */
	const char *reason; /* one sentence, without a full stop */
	const struct policy_entry *entries;
	size_t n;
};

const struct policy_set_fact *policy_set_fact(enum policy_set set);

/* clone(2) flags that make namespaces: CLONE_NEWCGROUP, NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID and
 * NEWNET (linux/sched.h). A runtime's threads need none of them. */
#define POLICY_CLONE_NAMESPACES 0x7e020000

#endif
