/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of byte strings that gives each a number, counting from 0 in the order of arrival, and
 * keeps a copy. What it keeps never moves.
 */
#ifndef ASG_BASE_INTERN_H
#define ASG_BASE_INTERN_H

#include "base/macro.h"
#include "base/slice.h"
#include <stdint.h>

struct intern_page;

struct intern {
	struct intern_page *pages;
	struct slice *keys; /* by number; each is followed by a NUL byte */
	size_t n_keys, allocated;
	uint32_t *buckets; /* number + 1, 0 is free */
	uint32_t *hashes;  /* by number */
	size_t n_buckets;  /* a power of two, or 0 */
	size_t hashes_allocated;
	uint64_t seed[2]; /* random, drawn at the first key */
};

void intern_deinit(struct intern *intern);

/*
 * Finds or adds. 1 when it was new, 0 when it was there; -ENOMEM, -E2BIG beyond 2^31 keys: then the
 * set is as it was.
 */
int intern_add(struct intern *intern, struct slice key, uint32_t *ret) _must_check_;

/* Finds: 0 or -ENOENT. */
int intern_find(const struct intern *intern, struct slice key, uint32_t *ret) _must_check_;

/* The hash used: SipHash-1-3, so that keys cannot be chosen to collide without knowing the seed. */
uint64_t intern_hash(struct slice key, const uint64_t seed[2]);

#endif
