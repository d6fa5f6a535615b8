/* SPDX-License-Identifier: Apache-2.0 */
/* Architectures by the names of SystemCallArchitectures= (systemd.exec(5), systemd.unit(5)). */
#ifndef ASG_FORMAT_SYSTEMD_ARCH_H
#define ASG_FORMAT_SYSTEMD_ARCH_H

#include "arch/arch.h"

/* "x86-64"; NULL: systemd has no name for it. */
const char *systemd_arch_name(const struct arch *arch);

/* Not "native", which is another one on each machine. NULL: unknown. */
const struct arch *systemd_arch_by_name(struct slice name);

#endif
