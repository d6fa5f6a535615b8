/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the proof that asks what each line of a profile rests on. */
#ifndef ASG_FORMAT_PROOF_GROUNDS_H
#define ASG_FORMAT_PROOF_GROUNDS_H

#include "arch/syscall.h"
#include "base/error.h"
#include "base/macro.h"
#include "model/policy.h"
#include "model/profile.h"
#include "model/recording.h"

/*
 * Every name in a rule marked as observed was observed, every one in a rule of policy stands in a
 * set and gets that set's answer, a base stands as it was, every recorded architecture is covered,
 * and the default is the one asked for. -EPROTO otherwise.
 */
int proof_grounds(const struct profile *profile, const struct group *group,
		  const struct policy_options *options, struct syscall_table *names,
		  struct error *err) _must_check_;

#endif
