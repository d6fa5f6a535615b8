/* SPDX-License-Identifier: Apache-2.0 */
/* Since when a kernel, or a libseccomp, knows a call. */
#ifndef ASG_ARCH_CALL_VERSION_H
#define ASG_ARCH_CALL_VERSION_H

#include "base/macro.h"
#include <stddef.h>

/* A kernel's version: 5.10 is { 5, 10 }. */
struct kernel_version {
	unsigned int major, minor;
};

/* "5.10", "5.10.3-amd64": the first two numbers. -EINVAL: there are none. */
int kernel_version_parse(const char *text, struct kernel_version *ret) _must_check_;

/* Negative, 0, positive: older, the same, newer. */
int kernel_version_compare(struct kernel_version a, struct kernel_version b);

struct call_version {
	const char *name;
	struct kernel_version since; /* the first Linux with it, on any architecture */
};

/* In order of appearance; `index` < call_version_count(). Calls that Linux 3.0 has are not there.
 */
size_t call_version_count(void);
const struct call_version *call_version_at(size_t index);

/* NULL: not newer than Linux 3.0, or not known here. */
const struct call_version *call_version_by_name(const char *name);

/*
 * The newest kernel whose calls a libseccomp of that version ("2.5.4") knows. What comes between
 * two versions of the table counts as the older one; what comes behind the last, as the last.
 * -EINVAL: not a version, or before 2.2.0.
 */
int libseccomp_kernel(const char *version, struct kernel_version *ret) _must_check_;

#endif
