/* SPDX-License-Identifier: Apache-2.0 */
/* For processes that are to be under a filter. */
#ifndef ASG_TESTS_UNIT_CONFINE_H
#define ASG_TESTS_UNIT_CONFINE_H

#include "base/macro.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Puts this process under one that lets everything through, as a hardened service has. */
static inline void confine(void)
{
	struct sock_filter program[] = { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
	const struct sock_fprog filter = { .len = ARRAY_SIZE(program), .filter = program };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) < 0)
		_exit(1);
}

#endif
