/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compressed bytes in, plain bytes out, as a stream: libarchive's raw reader behind one call, the
 * only place that knows it. Without libarchive at configure time it still recognises what it cannot
 * read.
 */
#ifndef ASG_AUDIT_UNPACK_H
#define ASG_AUDIT_UNPACK_H

#include "base/error.h"
#include "base/macro.h"
#include "base/slice.h"
#include <stdint.h>
#include <sys/types.h>

struct unpack;
struct unpack_format;

/*
 * What the first bytes of a stream say: 1 and the format, 0 for none of ours, -EAGAIN when there
 * are too few of them to tell.
 */
int unpack_recognise(struct slice start, const struct unpack_format **ret) _must_check_;

/*
 * Reads `fd` (borrowed), of which `start` (copied) has been read already. `name` (borrowed for its
 * life) is what messages call it. -EOPNOTSUPP with a remedy when this build cannot read the format.
 */
int unpack_open(struct unpack **ret, const struct unpack_format *format, int fd, struct slice start,
		const char *name, struct error *err) _must_check_;
struct unpack *unpack_close(struct unpack *unpack);

/* Up to `size` plain bytes: how many, 0 at the end, -EBADMSG for damage, -errno of a failed read.
 */
ssize_t unpack_read(struct unpack *unpack, char *data, size_t size, struct error *err) _must_check_;

/* Compressed bytes read from `fd`, `start` included. */
uint64_t unpack_consumed(const struct unpack *unpack);

#endif
