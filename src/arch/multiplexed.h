/* SPDX-License-Identifier: Apache-2.0 */
/*
 * socketcall(2) and ipc(2): one number for many calls, told apart by the first argument; the
 * arguments of the call itself are behind a pointer. Older architectures have them beside, or
 * instead of, the direct forms.
 */
#ifndef ASG_ARCH_MULTIPLEXED_H
#define ASG_ARCH_MULTIPLEXED_H

#include "base/macro.h"
#include <stdint.h>

struct multiplexed {
	const char *name; /* of the direct form: "connect" */
	const char *call; /* "socketcall" or "ipc" */
	uint32_t number;  /* its first argument (linux/net.h, linux/ipc.h) */
};

/* By the name of the direct form; NULL: it has no other. */
const struct multiplexed *multiplexed_by_name(const char *name);

#endif
