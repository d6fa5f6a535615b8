/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fact base: which group made which call on which architecture, how often, when first and last,
 * who, with which answer. Groups -> architectures -> observations, plus the evidence for
 * completeness. Merging is associative, commutative and, but for counts, idempotent.
 */
#ifndef ASG_MODEL_RECORDING_H
#define ASG_MODEL_RECORDING_H

#include "arch/action.h"
#include "arch/arch.h"
#include "arch/syscall.h"
#include "audit/record.h"
#include "base/error.h"
#include "base/intern.h"
#include "base/macro.h"
#include "model/evidence.h"
#include "model/incidence.h"

#define RECORDING_VERSION	2 /* has arguments of calls, and runs */
#define RECORDING_VERSION_FIRST 1
#define RECORDING_GROUPS_MAX	(1u << 22) /* groups in one recording */
#define RECORDING_ARCHES_MAX	64	   /* architectures in one group; there are some 30 */
#define RECORDING_CALLS_MAX	(1u << 14) /* calls x answers in one group on one architecture */
#define RECORDING_ACTORS_MAX	64	   /* actors remembered for one observation */
#define RECORDING_ACTORS_ALL	(1u << 20) /* actors in one recording */
#define RECORDING_SETS_MAX	(1u << 20) /* different sets of actors in one recording */
#define RECORDING_COUNT_MAX	((UINT64_C(1) << 56) - 1) /* counts stay there */
#define RECORDING_TIME_MAX	INT64_C(253402300799999)  /* 9999-12-31T23:59:59.999Z */

/* In place of an actor's number: there is one, but nobody remembers which. */
#define RECORDING_ACTOR_OMITTED UINT32_MAX

/* One call with one answer in one group. 32 bytes: a busy log has millions. */
struct observation {
	int32_t nr;
	uint32_t actors; /* opaque, see recording_actors() */
	uint64_t count : 56;
	uint64_t action : 8;	   /* enum action */
	int64_t first_ms, last_ms; /* TIME_UNKNOWN: the log had no times */
};

struct argument_list; /* model/recording_arguments.h */

/* The calls of a group on one architecture, ordered by number, then action. */
struct group_arch {
	const struct arch *arch; /* NULL: an architecture nobody knows, see `audit` */
	uint32_t audit;		 /* AUDIT_ARCH_* of the records */
	uint32_t n, allocated;
	bool x32; /* shares `audit` with x86_64 and stands before it */
	struct observation *observations;
	struct argument_list *arguments; /* of calls; NULL: nobody asked for any */
};

struct group {
	const char *name;      /* unique in the recording, borrowed from it */
	uint32_t node;	       /* number of the node's name, see recording_node() */
	uint32_t pid, session; /* RECORD_UNSET when the group is not of one pid or session */
	uint32_t n_arches;
	struct group_arch *arches; /* ordered by AUDIT_ARCH_*, then token */
};

struct actor_set;

struct recording {
	struct group *groups; /* in order of creation */
	size_t n_groups, groups_allocated;
	struct intern names; /* group names, numbered as `groups` */
	struct intern nodes;
	struct intern actors; /* serialised; see recording_actor() */
	struct actor_set *sets;
	size_t n_sets, sets_allocated;
	struct intern set_index;
	struct incidence incidence; /* of what it was merged from; empty when it was not */
	struct evidence evidence;
};

void recording_deinit(struct recording *recording);

/*
 * The group of that name, made when new. One that is there and has another node, pid or session is
 * then of none in particular ("", RECORD_UNSET). -E2BIG beyond RECORDING_GROUPS_MAX, -EINVAL for a
 * name or node with a NUL byte in it, -ENOMEM; on failure nothing has changed.
 */
int recording_group(struct recording *recording, struct slice name, struct slice node, uint32_t pid,
		    uint32_t session, uint32_t *ret_index) _must_check_;

/*
 * Remembers an actor (its texts are copied) and gives it a number, which is RECORDING_ACTOR_OMITTED
 * beyond RECORDING_ACTORS_ALL. -EINVAL for a text with a NUL byte in it, -ENOMEM.
 */
int recording_actor_add(struct recording *recording, const struct actor *actor,
			uint32_t *ret_number) _must_check_;

/* The actor of that number; its texts are NUL-terminated and live as long as the recording. */
struct actor recording_actor(const struct recording *recording, uint32_t number);

/*
 * Counts `count` records of one call. `*ret_new` (may be NULL) says whether the group had not made
 * the call, with that answer, before. Times that RFC 3339 has no form for (before 1970, after
 * RECORDING_TIME_MAX) count as unknown. What goes beyond a cap (RECORDING_ARCHES_MAX,
 * RECORDING_CALLS_MAX) is not kept but added to the evidence (FINDING_CAPPED), with success.
 * -ENOMEM: nothing was counted.
 */
int recording_add(struct recording *recording, uint32_t group, uint32_t audit_arch, int32_t nr,
		  uint32_t code, uint32_t actor, int64_t first_ms, int64_t last_ms, uint64_t count,
		  bool *ret_new) _must_check_;

/* The same from an observation whose `actors` is of this recording. */
int recording_observe(struct recording *recording, uint32_t group, uint32_t audit_arch,
		      const struct observation *seen, bool *ret_new) _must_check_;

/* The group's calls on the architecture in whose table `nr` is read, or NULL: it has made none. */
struct group_arch *recording_group_arch(struct recording *recording, uint32_t group,
					uint32_t audit_arch, int32_t nr);

/*
 * The numbers of the actors of an observation, ascending. Borrowed until the next change, and no
 * longer than the observation. Returns whether there were more, of which the numbers are not known:
 * of more than RECORDING_ACTORS_MAX those are kept that sort first by exe, comm and the rest.
 */
bool recording_actors(const struct recording *recording, const struct observation *observation,
		      const uint32_t **ret, size_t *ret_n);

/* The node's name, "" for none. */
const char *recording_node(const struct recording *recording, uint32_t number);

/*
 * Makes room for exactly `n` calls of a group, on the architecture of (audit_arch, nr), if it has
 * none there yet: for who knows how many will come. Takes none beyond RECORDING_CALLS_MAX.
 */
int recording_reserve(struct recording *recording, uint32_t group, uint32_t audit_arch, int32_t nr,
		      size_t n) _must_check_;

/* Adds another's groups and evidence. On failure `recording` is left with a part of it. */
int recording_merge(struct recording *recording, const struct recording *other) _must_check_;

/* The same, with all groups of the other put into the one of that name; NULL: as they are. */
int recording_merge_as(struct recording *recording, const struct recording *other, const char *name)
	_must_check_;

/*
 * The calls, with their answers, that both have in groups of the same name, and what either knows
 * of them. The evidence is that of both: what one does not have may have been lost there. `*ret` is
 * the caller's, untouched on failure.
 */
int recording_intersect(const struct recording *a, const struct recording *b, struct recording *ret)
	_must_check_;

/*
 * Gives each group another name (one for each, in the order of `groups`); those that get the same
 * become one, which is of no pid or node in particular where these differ. On failure `recording`
 * is left with a part of its groups. (In recording_rename.c.)
 */
int recording_rename(struct recording *recording, const struct slice *names) _must_check_;

/* syscall_prepare() for every architecture in it. */
int recording_prepare_names(const struct recording *recording, struct syscall_table *names)
	_must_check_;

/* Groups in a stable order: by node, then name (numbers within names in numeric order). The array
 * is the caller's. */
int recording_order(const struct recording *recording, uint32_t **ret) _must_check_;

/* Forgets what a group has done: it is as if it had just been made. */
void recording_clear_group(struct recording *recording, uint32_t group);

/* Records of a group, over all architectures and answers. */
uint64_t group_records(const struct group *group);

#endif
