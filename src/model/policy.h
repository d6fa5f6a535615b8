/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what was observed to what is to be allowed. Every call that is added without having been
 * observed comes from a const table that gives the reason, lands in a rule of its own, and is told
 * to the person.
 */
#ifndef ASG_MODEL_POLICY_H
#define ASG_MODEL_POLICY_H

#include "arch/syscall.h"
#include "base/error.h"
#include "base/macro.h"
#include "model/profile.h"
#include "model/recording.h"

enum policy_set {
	POLICY_ASSUMED,	    /* let through unrecorded, see `assumed` below */
	POLICY_SURVIVAL,    /* ending and resuming: exit, rt_sigreturn ... */
	POLICY_VDSO,	    /* normally answered without entering the kernel */
	POLICY_MULTIPLEXED, /* socketcall/ipc and their direct forms */
	POLICY_RUNTIME,	    /* what crun and runc call after they have loaded the filter */
	POLICY_PORTABLE,    /* what stands for a recorded call elsewhere, see policy_portable.h */
	POLICY_FALLBACK,    /* new calls that libc probes: answered ENOSYS, never EPERM */
	POLICY_SET_COUNT,
};

enum runtime_base {
	RUNTIME_NONE = 0,
	RUNTIME_CRUN = 1 << 0,
	RUNTIME_RUNC = 1 << 1,
	RUNTIME_ALL = RUNTIME_CRUN | RUNTIME_RUNC,
};

struct policy_options {
	enum action default_action; /* ACTION_ERRNO */
	uint32_t default_errno;	    /* EPERM */
	enum runtime_base runtime;
	bool exact;	      /* no set at all */
	bool include_denied;  /* calls with other answers than LOG and ALLOW, too */
	bool portable;	      /* the set POLICY_PORTABLE, which is left out else */
	char *const *assumed; /* calls that were not logged, for --hot; borrowed, or NULL */
	/* Beside those recorded, the profile is to cover these; borrowed. */
	const struct arch *const *arches;
	size_t n_arches;
	const struct profile *base; /* borrowed, or NULL */
};

/* What happened, for the summary. Name lists are sorted, NULL-terminated, owned. */
struct policy_report {
	char **seen;			   /* observed and allowed by the result */
	char **inferred[POLICY_SET_COUNT]; /* added, by set */
	char **fresh;			   /* with a base: observed and not allowed by it */
	char **still_denied;		   /* observed, but the base denies them by name */
	char **conditional; /* observed; the base decides by arguments or conditions, and goes on to
			     */
	char **widened;	 /* seen on one architecture only, allowed on others too: the format cannot
			    say it */
	char **by_args;	 /* held to the arguments that were seen */
	char **any_args; /* "NAME: why": not held to them, though they were asked for */
};

void policy_report_deinit(struct policy_report *report);

/* "survival", "vDSO" ... and why calls of that set are added, in one sentence. */
const char *policy_set_name(enum policy_set set);
const char *policy_set_reason(enum policy_set set);

/* Why this call is in the set ("ends a thread: without it a denied exit is a hang"); NULL when it
 * is not. */
const char *policy_reason(enum policy_set set, const char *name);

/* Calls that deserve a second look, and why ("loads code into the kernel"); NULL for others. */
const char *policy_look_at(const char *name);

/*
 * The profile for one group. `*report` (zero-initialised by the caller) may be NULL. -EINVAL: the
 * architectures asked for cannot be in one profile with those recorded.
 */
int policy_profile(const struct recording *recording, const struct group *group,
		   struct syscall_table *names, const struct policy_options *options,
		   struct profile **ret, struct policy_report *report, struct error *err)
	_must_check_;

#endif
