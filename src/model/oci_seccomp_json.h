/* SPDX-License-Identifier: Apache-2.0 */
/* The linux.seccomp of an OCI config as a JSON tree, with big integers marked. */
#ifndef ASG_MODEL_OCI_SECCOMP_JSON_H
#define ASG_MODEL_OCI_SECCOMP_JSON_H

#include "arch/syscall.h"
#include "base/error.h"
#include "base/macro.h"
#include "model/profile.h"
#include <jansson.h>
#include <stdbool.h>

/* Whether it has the shape that the others rely on; NULL has. -EBADMSG. */
int oci_seccomp_check(const json_t *seccomp, struct error *err) _must_check_;

/* Whether the default or some rule is SCMP_ACT_LOG. */
bool oci_seccomp_logs(const json_t *seccomp);

/*
 * A new tree in which what was ALLOWed is LOGged, except, with `base` (may be NULL), the calls that
 * the base allows without condition on each architecture that it covers and this kernel runs.
 * `seccomp` NULL: there was none, all calls are logged.
 */
int oci_seccomp_log(const json_t *seccomp, const struct profile *base, struct syscall_table *names,
		    bool denials, json_t **ret, struct error *err) _must_check_;

#endif
