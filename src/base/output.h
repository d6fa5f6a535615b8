/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is there whole or not at all: written beside its target, flushed to disk and renamed.
 * Whatever goes wrong, what stood at the target before is untouched and nothing half-written stays.
 */
#ifndef ASG_BASE_OUTPUT_H
#define ASG_BASE_OUTPUT_H

#include "base/error.h"
#include "base/macro.h"
#include <stdio.h>

struct writer;

struct output {
	FILE *stream;
	char *path;	       /* NULL: standard output */
	char *temporary;       /* name of the file beside it; NULL when written in place (a pipe, a
				  device) */
	struct writer *writer; /* behind the stream, which owns it; NULL: a terminal */
};

/*
 * Opens `path` ("-" or NULL: standard output). An existing regular file is replaced at commit with
 * its mode kept (a new one gets 0666 less the umask); a symbolic link is followed to its file; a
 * FIFO or a character device (/dev/null, /dev/stdout) is written in place.
 */
int output_open(struct output *output, const char *path, struct error *err) _must_check_;

/*
 * The directory in which output_open() will make and rename files for `path`, to be freed. 1: none,
 * as it is written in place. -ELOOP, -ENOMEM.
 */
int output_directory(const char *path, char **ret) _must_check_;

/* Flushes, checks for write errors, renames. On failure the output is discarded. */
int output_commit(struct output *output, struct error *err) _must_check_;

/* Removes what was written so far. Does nothing after a commit. */
void output_discard(struct output *output);
#define _cleanup_output_ _cleanup_(output_discard)

#endif
