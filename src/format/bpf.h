/* SPDX-License-Identifier: Apache-2.0 */
/* A profile as the filter that a runtime would load, made by libseccomp. */
#ifndef ASG_FORMAT_BPF_H
#define ASG_FORMAT_BPF_H

#include "arch/arch.h"
#include "base/error.h"
#include "base/macro.h"
#include "model/profile.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

struct bpf {
	struct sock_filter *program; /* in this machine's byte order, whatever the architecture's */
	size_t n;
	char **skipped; /* names that this libseccomp does not know, as runtimes skip them; sorted,
			   NULL-terminated */
};

/*
 * Compiles the profile for one architecture the way crun and runc do: rules whose action is the
 * default are left out, unknown names are skipped, conditions are taken as on a container without
 * extra capabilities. -EAFNOSUPPORT: this libseccomp does not know the architecture.
 */
int bpf_compile(const struct profile *profile, const struct arch *arch, struct bpf *ret,
		struct error *err) _must_check_;
void bpf_deinit(struct bpf *bpf);

/*
 * A call as the filter of `arch` sees it, for simulate(): filters load arguments in halves, and
 * those lie in the architecture's own order.
 */
struct seccomp_data bpf_call(const struct arch *arch, int32_t nr, const uint64_t args[6]);

#endif
