/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The annotation that asks for a recording, "if:/abs/in.json;of:/abs/out.json": parts with ';'
 * between them, in any order, white space around parts and paths ignored. It is written by whoever
 * starts the container: the paths are plain text still, to be opened through base/guarded_path.h.
 */
#ifndef ASG_MODEL_ANNOTATION_H
#define ASG_MODEL_ANNOTATION_H

#include "base/error.h"
#include "base/macro.h"

#define ANNOTATION_NAME "io.containers.trace-syscall"
#define ANNOTATION_MAX	8448 /* two paths of PATH_MAX and their prefixes, in bytes */

struct annotation {
	char *input;  /* if: the profile to add to; NULL: none */
	char *output; /* of: where the profile goes; never NULL */
};

/*
 * 0, -E2BIG for a text longer than ANNOTATION_MAX, -EINVAL for one with more than 16 parts, an
 * unknown or repeated prefix, a path that is empty, relative or has control characters in it, or no
 * output. The message says which part and how it should look. To be deinited by the caller on
 * success.
 */
int annotation_parse(struct annotation *ret, const char *text, struct error *err) _must_check_;

/* The same checks for a path that has an annotation of its own. -E2BIG, -EINVAL. */
int annotation_check_path(const char *path, struct error *err) _must_check_;

void annotation_deinit(struct annotation *annotation);
#define _cleanup_annotation_ _cleanup_(annotation_deinit)

#endif
