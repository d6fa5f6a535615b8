/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit-seccomp-gen-runtime: an OCI runtime in front of crun or runc, for engines that have no
 * hooks. It makes the filter of a container that asks for it log, starts an audit session and a
 * collector, and becomes the real runtime.
 */
#ifndef ASG_COMMAND_RUNTIME_H
#define ASG_COMMAND_RUNTIME_H

#include "base/macro.h"

#define RUNTIME_PROGRAM "audit-seccomp-gen-runtime"

/* Does not return when all goes well; else the exit status, with the reason on stderr, in syslog
 * and in the file of --log. */
int runtime_main(int argc, char **argv);

#endif
