/* SPDX-License-Identifier: Apache-2.0 */
/* The architectures that a product is for. */
#ifndef ASG_FORMAT_TARGETS_H
#define ASG_FORMAT_TARGETS_H

#include "arch/arch.h"
#include "base/macro.h"
#include "format/emitter.h"
#include "model/profile.h"
#include <stdbool.h>

struct targets {
	const struct arch *arches[EMIT_ARCHES_MAX]; /* never none */
	size_t n;
};

/*
 * What --arch asks for, else what the profile names, else the native one. In the table's order.
 * Names that this program does not know are said to be left out.
 */
void targets_all(const struct profile *profile, const struct emit_request *request,
		 struct emission *emission, struct targets *ret);

/*
 * Those of them that the kernels of one kind of host run, for formats that are made for one, with
 * the host's own in front if it is among them. The host is that of the first --arch, else this
 * machine, if the profile is for it, else the one that the profile names first. When others are
 * left out, it is said.
 */
void targets_of_host(const struct profile *profile, const struct emit_request *request,
		     struct emission *emission, struct targets *ret);

/*
 * Says which calls of the profile do not exist on an architecture that it was not made for, when
 * --arch asks for one.
 */
void targets_say_new(const struct profile *profile, const struct emit_request *request,
		     struct emission *emission);

/*
 * Of a profile for the architectures of --arch: takes out the names of calls that none of them has,
 * not even within another call. Names that nobody here knows stay. Nothing without --arch. -ENOMEM.
 */
int targets_drop_absent(struct profile *profile, const struct emit_request *request) _must_check_;

/* The architecture whose 64-bit kernels run these: for conditions. */
const struct arch *targets_host(const struct targets *targets);

/* Whether the call exists on one of them, as far as anybody here knows; -ENOMEM. */
int targets_have(const struct targets *targets, struct syscall_table *names, const char *name)
	_must_check_;

/* Whether one of them has the call within socketcall(2) or ipc(2), as multiplexed.h has it. */
bool targets_multiplex(const struct targets *targets, const char *name);

/* Whether any architecture is known to have the call. */
bool targets_known(struct syscall_table *names, const char *name);

#endif
