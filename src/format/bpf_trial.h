/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libseccomp (seen in 2.5.4) does not come to an end with some pairs of rules: two of one call that
 * begin with the same comparison, that being != < <= > >=, and then look at different arguments.
 * crun and runc hang with them, too. Such profiles are tried under a bound of time.
 */
#ifndef ASG_FORMAT_BPF_TRIAL_H
#define ASG_FORMAT_BPF_TRIAL_H

#include "base/error.h"
#include "base/macro.h"
#include "format/emission.h"
#include "model/profile.h"
#include <stdbool.h>

/* A call whose rules are such a pair, borrowed; NULL: there is none. Not every one it finds hangs.
 */
const char *bpf_trial_suspect(const struct profile *profile);

/* Says so of a product that is made for programs with libseccomp. */
void bpf_trial_say(const struct profile *profile, struct emission *emission);

/*
 * Does `work` in a process of its own with `seconds` of processor time. 0 when it came to an end,
 * whatever with; -ELOOP when it did not. -errno when it cannot be tried. After time_limit_keep()
 * there is no such process, and this one ends with `message` in place of -ELOOP.
 */
int bpf_trial_run(void (*work)(const void *data), const void *data, unsigned int seconds,
		  const char *message) _must_check_;

#endif
