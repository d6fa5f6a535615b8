/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proof before publication: the profile is compiled with libseccomp for each of its architectures
 * and the BPF is interpreted. Every recorded call must be allowed, every inferred or denied one get
 * the verdict that the profile claims, and every other number that exists get the default.
 */
#ifndef ASG_FORMAT_PROOF_H
#define ASG_FORMAT_PROOF_H

#include "arch/syscall.h"
#include "base/error.h"
#include "base/macro.h"
#include "format/bpf.h"
#include "model/policy.h"
#include "model/profile.h"
#include "model/recording.h"

/*
 * Proves `profile` against the observations of `group` (may be NULL: the profile alone). Calls in
 * `report->still_denied` and `conditional` need not be allowed. -EPROTO with a message naming
 * architecture, call, expected and found verdict: a bug in us.
 * `*ret_skipped` (may be NULL) gets the names and SCMP_ARCH_* that this libseccomp cannot compile,
 * and which are not proven (sorted, owned by the caller). With a group only the architectures that
 * it was recorded on, and the native ones of these, are looked at.
 */
int proof_check(const struct profile *profile, const struct recording *recording,
		const struct group *group, const struct policy_options *options,
		const struct policy_report *report, struct syscall_table *names,
		char ***ret_skipped, struct error *err) _must_check_;

/*
 * Proves a filter that was made for several architectures, for one of them. What it answers for
 * others is not looked at.
 */
int proof_program(const struct profile *profile, const struct arch *arch, const struct bpf *bpf,
		  struct syscall_table *names, struct error *err) _must_check_;

#endif
