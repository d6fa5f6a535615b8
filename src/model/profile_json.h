/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles as JSON: the OCI runtime-spec object, or the containers/Docker form, told apart by what
 * they hold. */
#ifndef ASG_MODEL_PROFILE_JSON_H
#define ASG_MODEL_PROFILE_JSON_H

#include "base/error.h"
#include "base/macro.h"
#include "model/profile.h"
#include <stdio.h>

#define PROFILE_SIZE_MAX (16 * 1024 * 1024) /* bytes of a profile file that we read */

/*
 * Reads a profile, or a whole OCI config.json (its linux.seccomp). `name` is for messages. -EBADMSG
 * with line and reason when it is not JSON, not a profile, has unknown actions, comparisons or
 * architectures, empty names.
 */
int profile_read_json(struct profile **ret, const char *text, size_t len, const char *name,
		      struct error *err) _must_check_;

/* The profile as JSON text (two-space indent, newline at the end), to be freed by the caller. */
int profile_to_json(const struct profile *profile, char **ret, struct error *err) _must_check_;

#endif
