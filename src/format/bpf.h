/* SPDX-License-Identifier: Apache-2.0 */
/* A profile as the filter that a runtime would load, made by libseccomp. */
#ifndef ASG_FORMAT_BPF_H
#define ASG_FORMAT_BPF_H

#include "arch/arch.h"
#include "base/error.h"
#include "base/macro.h"
#include "base/strbuf.h"
#include "format/targets.h"
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
 * extra capabilities. -EAFNOSUPPORT: this libseccomp does not know the architecture. -ELOOP: it
 * does not come to an end with these rules, see format/bpf_trial.h.
 */
int bpf_compile(const struct profile *profile, const struct arch *arch, struct bpf *ret,
		struct error *err) _must_check_;
void bpf_deinit(struct bpf *bpf);

/*
 * One filter for several architectures of one kind of host, the host's own or the first deciding
 * about conditions. All others are killed.
 */
int bpf_compile_host(const struct profile *profile, const struct targets *targets, struct bpf *ret,
		     struct error *err) _must_check_;

/* The same in libseccomp's pseudo filter code, for people. `*ret_skipped` as in struct bpf. */
int bpf_describe_host(const struct profile *profile, const struct targets *targets,
		      struct strbuf *ret, char ***ret_skipped, struct error *err) _must_check_;

/*
 * Says what it means that these names were skipped: wider where the answer to what is not listed is
 * softer than the profile's. `host` as for conditions.
 */
void bpf_say_skipped(const struct profile *profile, const struct arch *host, char *const *skipped,
		     struct emission *emission);

/* Appends the program as the kernel of `arch` takes it: in that machine's byte order. */
void bpf_put(const struct bpf *bpf, const struct arch *arch, struct strbuf *ret);

/*
 * A call as the filter of `arch` sees it, for simulate(): filters load arguments in halves, and
 * those lie in the architecture's own order.
 */
struct seccomp_data bpf_call(const struct arch *arch, int32_t nr, const uint64_t args[6]);

#endif
