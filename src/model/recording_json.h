/* SPDX-License-Identifier: Apache-2.0 */
/* The recording's own file form, "version": 1, described in audit-seccomp-gen(5). Written group by
 * group, in bounded memory. */
#ifndef ASG_MODEL_RECORDING_JSON_H
#define ASG_MODEL_RECORDING_JSON_H

#include "arch/syscall.h"
#include "base/error.h"
#include "base/macro.h"
#include "model/recording.h"
#include <stdio.h>

/* Write errors are left to the stream's error indicator. */
int recording_write_json(const struct recording *recording, struct syscall_table *names,
			 FILE *stream, struct error *err) _must_check_;

/*
 * Reads one back into `*ret` (zero-initialised by the caller). `name` is for messages. -EBADMSG
 * with line and reason for what is not JSON, not a recording, or of a version that we do not read.
 */
int recording_read_json(struct recording *ret, const char *text, size_t len, const char *name,
			struct error *err) _must_check_;

#endif
