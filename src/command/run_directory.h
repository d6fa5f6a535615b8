/* SPDX-License-Identifier: Apache-2.0 */
/* Where recordings on this host find each other. */
#ifndef ASG_COMMAND_RUN_DIRECTORY_H
#define ASG_COMMAND_RUN_DIRECTORY_H

#include "base/error.h"
#include "base/macro.h"

#define RUN_DIRECTORY "/run/audit-seccomp-gen"

/* Makes it if need be. -EPERM when others than root may write to what is there. */
int run_directory_make(struct error *err) _must_check_;

#endif
