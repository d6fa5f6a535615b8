/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers that libseccomp cuts: to the 32 bits of an argument, where the architecture's have no
 * more, and to the bits of the mask that an argument is compared under. Nothing is refused, so that
 * a comparison that could never hold does, and one that always would does not.
 */
#ifndef ASG_FORMAT_BPF_NUMBERS_H
#define ASG_FORMAT_BPF_NUMBERS_H

#include "base/error.h"
#include "base/macro.h"
#include "format/emission.h"
#include "format/targets.h"
#include "model/profile.h"

/* Says for which calls the filter that libseccomp makes is wider, or narrower, by that. */
int bpf_say_numbers(const struct profile *profile, const struct targets *targets,
		    struct syscall_table *names, struct emission *emission, struct error *err)
	_must_check_;

#endif
