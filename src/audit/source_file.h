/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of a log: a plain file, a compressed one (libarchive's raw reader: gzip, xz, zstd), a pipe.
 * Memory is bounded by SOURCE_LINE_MAX whatever comes.
 */
#ifndef ASG_AUDIT_SOURCE_FILE_H
#define ASG_AUDIT_SOURCE_FILE_H

#include "base/error.h"
#include "base/macro.h"
#include "base/slice.h"
#include <stdbool.h>
#include <stdint.h>

/* An audit message is at most 8970 bytes (MAX_AUDIT_MESSAGE_LENGTH, libaudit.h), JSON escapes grow
 * it sixfold. */
#define SOURCE_LINE_MAX (256 * 1024)

struct source_file;

struct source_line {
	struct slice text; /* without newline; the first SOURCE_LINE_MAX bytes of a longer one */
	uint64_t number;   /* from 1 */
	uint64_t offset;   /* of its first byte, in the uncompressed stream */
	bool too_long;	   /* the line went on, the rest was skipped */
	bool unterminated; /* the input ended without a newline */
};

/* `path` "-" is standard input. Errors name the file and say what to do. */
int source_file_open(struct source_file **ret, const char *path, struct error *err) _must_check_;
struct source_file *source_file_close(struct source_file *source);

/*
 * The next line: 1, 0 at the end, -EINTR when `*stop` (may be NULL) was set, or an error.
 * `ret->text` lives until the next call. A read that waits (a pipe) is broken off by a signal when
 * `stop` is given.
 */
int source_file_next(struct source_file *source, struct source_line *ret, struct error *err)
	_must_check_;

/* As poll(2) has it: readable without waiting? For a pipe whose other end is slow. */
int source_file_fd(const struct source_file *source);

/* How much of it has been read, and how much there is on disk (0: unknown), in bytes of the file
 * itself. */
void source_file_progress(const struct source_file *source, uint64_t *ret_read,
			  uint64_t *ret_total);

/*
 * The logs that `path` means, oldest first: itself, or, for a directory, its audit.log.N ...
 * audit.log.1, audit.log, compressed or not. -ENOENT with a message for a directory without logs.
 * Strings and array owned by the caller.
 */
int source_file_list(const char *path, char ***ret_paths, size_t *ret_n, struct error *err)
	_must_check_;

#endif
