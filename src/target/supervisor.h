/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that an engine puts above each container (conmon, containerd's shim): its arguments
 * name the container, where its control group does not.
 */
#ifndef ASG_TARGET_SUPERVISOR_H
#define ASG_TARGET_SUPERVISOR_H

#include "base/macro.h"
#include "base/slice.h"
#include <stdbool.h>
#include <sys/types.h>

struct supervisor_name {
	const char *engine; /* static */
	struct slice id;    /* 64 hex digits */
	struct slice name;  /* "" where the arguments have none */
};

/* From the file name of its executable and /proc/PID/cmdline, slices of which are returned. False:
 * it is none. */
bool supervisor_parse(struct slice executable, struct slice arguments, struct supervisor_name *ret);

/*
 * Reads both for a process of root's; what another user runs may say anything. `text` keeps what
 * `*ret` points to.
 */
#define SUPERVISOR_ARGUMENTS_MAX 16384
bool supervisor_read(int proc, pid_t pid, char text[SUPERVISOR_ARGUMENTS_MAX],
		     struct supervisor_name *ret);

#endif
