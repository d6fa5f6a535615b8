/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether gzip data came out as it went in (RFC 1952). libarchive's gzip filter looks at neither
 * the checksum nor the length behind the data, so a flipped bit would go unnoticed.
 */
#ifndef ASG_AUDIT_GZIP_CHECK_H
#define ASG_AUDIT_GZIP_CHECK_H

#include "base/macro.h"
#include "base/slice.h"
#include <stdbool.h>
#include <stdint.h>

#define GZIP_HEADER_SIZE  10
#define GZIP_TRAILER_SIZE 8

struct gzip_check {
	uint32_t table[256];
	uint32_t checksum, length;	      /* of the plain bytes */
	unsigned char last[GZIP_HEADER_SIZE]; /* of the packed bytes */
	uint64_t packed;
	bool several; /* a second member's header was met: what is behind one is unknown then */
};

void gzip_check_init(struct gzip_check *check);

/* Every packed byte, in order, and every plain byte. */
void gzip_check_packed(struct gzip_check *check, struct slice data);
void gzip_check_plain(struct gzip_check *check, struct slice data);

/* At the end: false when the trailer says otherwise. Files of several members pass unchecked. */
bool gzip_check_passes(const struct gzip_check *check);

#endif
