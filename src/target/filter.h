/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recording filter: LOG for everything on every architecture, or ALLOW for what a base profile
 * already allows and LOG for the rest. Denies nothing. Made by libseccomp in the parent, installed
 * by the child with one seccomp(2) call, so that nothing is allocated between fork and exec.
 */
#ifndef ASG_TARGET_FILTER_H
#define ASG_TARGET_FILTER_H

#include "arch/arch.h"
#include "base/error.h"
#include "base/macro.h"
#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Calls that are not to be logged on one architecture. Numbers as the kernel has them on it. */
struct filter_allow {
	const struct arch *arch;
	const int32_t *numbers;
	size_t n;
};

struct filter {
	struct sock_filter *program;
	unsigned short n;
};

/*
 * Compiles the filter for the architectures that this kernel runs. Architectures not listed in
 * `allow`, and those it does not know, are logged. Numbers libseccomp cannot express on a foreign
 * architecture are logged: never an error.
 */
int filter_compile(const struct filter_allow *allow, size_t n_allow, struct filter *ret,
		   struct error *err) _must_check_;
void filter_deinit(struct filter *filter);

/*
 * Lets libseccomp ask the kernel now what it can do, which it does once: a process that is confined
 * afterwards does not have to be able to ask.
 */
void filter_probe(void);

/*
 * Installs it on the calling thread (SECCOMP_FILTER_FLAG_LOG). Needs CAP_SYS_ADMIN or no_new_privs.
 * Async-signal-safe. 0 or negative errno.
 */
int filter_install(const struct filter *filter) _must_check_;

#endif
