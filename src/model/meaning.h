/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a profile, or a recording, means: for each architecture and call, in words, whatever the
 * rules are that say so, their names, order, and repetitions. Two that mean the same have the same
 * words.
 */
#ifndef ASG_MODEL_MEANING_H
#define ASG_MODEL_MEANING_H

#include "arch/action.h"
#include "arch/arch.h"
#include "arch/syscall.h"
#include "base/error.h"
#include "base/intern.h"
#include "base/macro.h"
#include "model/profile.h"
#include "model/recording.h"

/* What happens to one call on one architecture. Texts are of the meaning. */
struct meaning_call {
	const char *name;
	const char *text;      /* "allow", "allow if arg0 == 1, else errno EPERM" */
	enum action low, high; /* between these, whatever the arguments and conditions are */
	const char *rules;     /* the text without the default at its end; NULL: it ends without */
	enum action rest;      /* the default, where it counts */
};

struct meaning_arch {
	const struct arch *arch;
	struct meaning_call *calls; /* by name; those that get the default are not there */
	size_t n, allocated;
};

struct meaning {
	struct meaning_arch *arches; /* that are covered, in the table's order */
	size_t n_arches;
	struct meaning_call other; /* every other call; its name is NULL */
	struct intern texts;
};

void meaning_deinit(struct meaning *meaning);
#define _cleanup_meaning_ _cleanup_(meaning_deinit)

/*
 * Of a profile. A rule that holds on some architectures only counts on those; a name that an
 * architecture does not have does not count there, and one that nobody knows does. A profile that
 * names no architecture is for this machine's. Rules that repeat the default say nothing. 0 or
 * -ENOMEM.
 */
int meaning_of_profile(struct meaning *ret, const struct profile *profile,
		       struct syscall_table *names) _must_check_;

/*
 * Of a recording, all groups together: a call that happened reads `seen`, one that was denied by
 * its answer, and others `unseen`. Numbers without a name are called "number N". 0 or -ENOMEM.
 */
int meaning_of_recording(struct meaning *ret, const struct recording *recording,
			 struct syscall_table *names, const struct meaning_call *seen,
			 const struct meaning_call *unseen) _must_check_;

/* What the meaning says of a call; `other` when it is not there. */
const struct meaning_call *meaning_find(const struct meaning *meaning,
					const struct meaning_arch *arch, const char *name);

/* One difference: of a call, on these architectures. */
enum meaning_change {
	CHANGE_WIDER,	 /* the second allows more, or denies in a softer way */
	CHANGE_NARROWER, /* the other way round */
	CHANGE_OTHER,	 /* both, or it cannot be said */
};

struct meaning_difference {
	const char *name; /* NULL: every call that is named nowhere */
	const char *a, *b;
	enum meaning_change change;
	const struct arch **arches; /* owned; none for `name` NULL */
	size_t n_arches;
};

struct meaning_diff {
	struct meaning_difference *items; /* by name, then texts; texts are of the meanings */
	size_t n, allocated;
	const struct arch **only_a, **only_b; /* covered by one of them */
	size_t n_only_a, n_only_b;
};

/* Compares. 0 or -ENOMEM. */
int meaning_compare(struct meaning_diff *ret, const struct meaning *a, const struct meaning *b)
	_must_check_;
void meaning_diff_deinit(struct meaning_diff *diff);

/* Whether it has nothing. */
bool meaning_diff_empty(const struct meaning_diff *diff);

#endif
