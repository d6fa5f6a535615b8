/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why each call is in a profile: what was recorded of it, which rules speak of it, and what it can
 * do. A profile held against a recording, call by call; either may be missing.
 */
#ifndef ASG_MODEL_EXPLANATION_H
#define ASG_MODEL_EXPLANATION_H

#include "arch/syscall.h"
#include "base/error.h"
#include "base/intern.h"
#include "base/macro.h"
#include "model/call_fact.h"
#include "model/policy.h"
#include "model/profile.h"
#include "model/recording.h"

/* On what ground a call stands where it stands. */
enum ground {
	GROUND_SEEN,	 /* allowed, and it was recorded that it happened */
	GROUND_INFERRED, /* allowed; its rule says that it was added, and why */
	GROUND_STATED,	 /* allowed, and nothing that was read says why */
	GROUND_LEFT_OUT, /* it happened, and the profile does not allow it */
	GROUND_ANSWERED, /* a rule of the profile denies it by name */
	GROUND_DENIED,	 /* recorded as denied, and the profile does not speak of it */
	GROUND_DEFAULT,	 /* nobody speaks of it: the default action decides */
	GROUND_COUNT,
};

/* "seen", "inferred" ... */
const char *ground_name(enum ground ground);

/* Whether the profile lets calls on that ground through. */
bool ground_allows(enum ground ground);

/* Who made calls: an executable under a command name. */
struct process {
	struct slice exe, comm; /* any bytes; borrowed from the recording */
	uint32_t calls;		/* different ones that happened */
};

struct explained {
	const char *name;	      /* "number 999 on x86_64" for one without a name */
	const struct call_fact *fact; /* NULL: not in the tables */
	enum area area;		      /* AREA_COUNT without a fact */
	enum ground ground;
	bool conditional;	   /* allowed only under arguments or conditions */
	int set;		   /* enum policy_set that its rule names, or -1 */
	uint64_t happened, denied; /* records, over all groups */
	int64_t first_ms, last_ms; /* of all of them; TIME_UNKNOWN */
	uint64_t arches;	   /* recorded on: bit of arch_at(index) */
	uint32_t n_groups;	   /* of the recording, that made it */
	const struct rule **rules; /* of the profile, in its order; owned array */
	size_t n_rules, rules_allocated;
	uint32_t *processes; /* indices into the explanation's, ascending; of what happened */
	size_t n_processes, processes_allocated;
	bool more_processes; /* there were others, of which the recording does not say which */
};

struct explanation {
	const struct recording *recording; /* borrowed; NULL: none was given */
	const struct profile *profile;	   /* borrowed; NULL: none was given */
	struct explained *calls;	   /* by name */
	size_t n_calls, calls_allocated;
	struct process *processes; /* by exe, then comm */
	size_t n_processes, processes_allocated;
	size_t n_programs;	   /* different executables among them */
	uint64_t happened, denied; /* records */
	int64_t first_ms, last_ms; /* of the recording */
	size_t by_ground[GROUND_COUNT];
	char *estimate; /* how likely there is more, see completeness.h; NULL: nothing can be said
			 */
	struct intern names; /* what `name` points to */
};

/*
 * Explains every call that the recording or the profile speaks of. `*ret` is zero-initialised by
 * the caller and needs explanation_deinit() in any case; it borrows what it is given. -ENOMEM.
 */
int explanation_make(struct explanation *ret, const struct recording *recording,
		     const struct profile *profile, struct syscall_table *names, struct error *err)
	_must_check_;
void explanation_deinit(struct explanation *explanation);

/* NULL: neither the recording nor the profile speaks of it. */
const struct explained *explanation_find(const struct explanation *explanation, const char *name);

/*
 * The profile that a recording stands for where none was given: of all its groups in one, with what
 * the policy's tables add. `*ret` is owned by the caller.
 */
int explanation_profile(const struct recording *recording, struct syscall_table *names,
			struct profile **ret, struct error *err) _must_check_;

/* The set that a rule's comment names as the reason for its calls ("inferred, survival: ..."), or
 * -1. */
int rule_policy_set(const struct rule *rule);

#endif
