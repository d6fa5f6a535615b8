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

/* `path` "-" is standard input. Errors name the file and say what to do. Does not wait for a FIFO's
 * writer. */
int source_file_open(struct source_file **ret, const char *path, struct error *err) _must_check_;
struct source_file *source_file_close(struct source_file *source);

/*
 * The next line: 1, 0 at the end, or an error: -EBADMSG for damaged compressed data (the lines in
 * front of the damage come first), -EOPNOTSUPP for a compression that this build cannot read.
 * `ret->text` lives until the next call.
 *
 * A pipe, a terminal or a socket is read at most once a call. When what that gave is no whole line
 * the result is -EAGAIN: look after other business, then call again. So it is, from a file of any
 * kind, now and then within a line of hundreds of megabytes.
 */
int source_file_next(struct source_file *source, struct source_line *ret, struct error *err)
	_must_check_;

/*
 * Whether the next call of source_file_next() returns without waiting: always for a regular file;
 * for a pipe when a whole line, or the end, is there already. When false, poll source_file_fd()
 * first, together with whatever else shall be heard meanwhile (a signalfd). Always true for
 * compressed data, which cannot tell: from a slow pipe that may wait inside source_file_next().
 */
bool source_file_buffered(const struct source_file *source);

/* For poll(2). */
int source_file_fd(const struct source_file *source);

/* How much of it has been read, and how much there is on disk (0: unknown), in bytes of the file
 * itself. */
void source_file_progress(const struct source_file *source, uint64_t *ret_read,
			  uint64_t *ret_total);

/*
 * The logs that `path` means, oldest first: itself, or, for a directory, its audit.log-YYYYMMDD (as
 * logrotate names them), then audit.log.N ... audit.log.1, then audit.log, each compressed or not;
 * a compressed log whose original is still there is left out, lest its records count twice. -ENOENT
 * with a message for a directory without logs. Strings and array owned by the caller. (In
 * source_list.c.)
 */
int source_file_list(const char *path, char ***ret_paths, size_t *ret_n, struct error *err)
	_must_check_;

#endif
