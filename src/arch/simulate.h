/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a seccomp filter the way the kernel does, without a kernel: classic BPF over struct
 * seccomp_data. */
#ifndef ASG_ARCH_SIMULATE_H
#define ASG_ARCH_SIMULATE_H

#include "base/macro.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The filter's return value for `data`, in `*ret` (action and data bits). -EINVAL when the program
 * has an instruction that seccomp does not allow (seccomp_check_filter, kernel/seccomp.c), jumps
 * out of itself, or ends without a return.
 */
int simulate(const struct sock_filter *program, size_t n, const struct seccomp_data *data,
	     uint32_t *ret) _must_check_;

/* What a filter may answer. */
struct outcomes {
	uint32_t codes[8];
	size_t n;
	bool more; /* there are more than fit, or one that cannot be told */
};

/*
 * Every answer that the filter can have for a call of which only some arguments are known: bit i of
 * `known_args` for args[i]. Never too few; an answer may be among them that no arguments reach.
 * -EINVAL as above, -ENOMEM.
 */
int simulate_any(const struct sock_filter *program, size_t n, const struct seccomp_data *data,
		 unsigned int known_args, struct outcomes *ret) _must_check_;

#endif
