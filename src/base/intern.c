/* SPDX-License-Identifier: Apache-2.0 */
#include "base/intern.h"
#include "base/array.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#define PAGE_BYTES    (64 * 1024)
#define FIRST_BUCKETS 64
#define MOST_KEYS     ((size_t)1 << 31)

struct intern_page {
	struct intern_page *next;
	size_t used, size;
	char bytes[];
};

void intern_deinit(struct intern *intern)
{
	struct intern_page *page = intern->pages;

	while (page) {
		struct intern_page *next = page->next;

		free(page);
		page = next;
	}
	free(intern->keys);
	free(intern->buckets);
	free(intern->hashes);
	*intern = (struct intern){ 0 };
}

static inline uint64_t rotate(uint64_t x, unsigned int bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32) + v[3];
	v[2] += v[1];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

/* Words are read in the byte order of the machine: no hash ever leaves the process. */
uint64_t intern_hash(struct slice key, const uint64_t seed[2])
{
	/* The length goes in first: padding the last word with zeros then makes no two keys alike.
	 */
	uint64_t v[4] = { seed[0] ^ 0x736f6d6570736575, seed[1] ^ 0x646f72616e646f6d ^ key.len,
			  seed[0] ^ 0x6c7967656e657261, seed[1] ^ 0x7465646279746573 };
	uint64_t word = 0;
	size_t i = 0;

	for (; key.len - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, key.data + i, sizeof(word));
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	word = 0;
	if (key.len > i)
		memcpy(&word, key.data + i, key.len - i);
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
	v[2] ^= 0xFF;
	for (unsigned int round = 0; round < 3; round++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* The bucket that has the key, or the free one where it belongs. */
static size_t probe(const struct intern *intern, struct slice key, uint32_t hash)
{
	size_t mask = intern->n_buckets - 1;
	size_t at = hash & mask;

	for (; intern->buckets[at] != 0; at = (at + 1) & mask) {
		uint32_t number = intern->buckets[at] - 1;

		if (intern->hashes[number] == hash && slice_equal(intern->keys[number], key))
			break;
	}
	return at;
}

/* Keeps at least a third of the buckets free, so that probes stay short. */
static int grow_buckets(struct intern *intern)
{
	size_t n = intern->n_buckets ? intern->n_buckets * 2 : FIRST_BUCKETS;
	uint32_t *buckets;

	if (intern->n_keys < intern->n_buckets / 3 * 2)
		return 0;
	buckets = calloc(n, sizeof(*buckets));
	if (!buckets)
		return -ENOMEM;
	for (size_t number = 0; number < intern->n_keys; number++) {
		size_t at = intern->hashes[number] & (n - 1);

		while (buckets[at] != 0)
			at = (at + 1) & (n - 1);
		buckets[at] = (uint32_t)number + 1;
	}
	free(intern->buckets);
	intern->buckets = buckets;
	intern->n_buckets = n;
	return 0;
}

static struct intern_page *add_page(struct intern *intern, size_t need)
{
	size_t size = need > PAGE_BYTES ? need : PAGE_BYTES, bytes;
	struct intern_page *page;

	if (__builtin_add_overflow(size, sizeof(*page), &bytes))
		return NULL;
	page = malloc(bytes);
	if (!page)
		return NULL;
	page->used = 0;
	page->size = size;
	/* A page for one large key goes behind the first, which may have room for many small ones.
	 */
	if (need > PAGE_BYTES && intern->pages) {
		page->next = intern->pages->next;
		intern->pages->next = page;
	} else {
		page->next = intern->pages;
		intern->pages = page;
	}
	return page;
}

/* A copy in the pages, followed by a NUL byte; NULL when out of memory. */
static const char *keep(struct intern *intern, struct slice key)
{
	struct intern_page *page = intern->pages;
	char *copy;

	if (key.len == SIZE_MAX)
		return NULL;
	if (!page || page->size - page->used < key.len + 1)
		page = add_page(intern, key.len + 1);
	if (!page)
		return NULL;
	copy = page->bytes + page->used;
	if (key.len > 0)
		memcpy(copy, key.data, key.len);
	copy[key.len] = '\0';
	page->used += key.len + 1;
	return copy;
}

/* Without entropy at boot the seed is weak, which costs speed under attack and nothing else. */
static void draw_seed(struct intern *intern)
{
	if (getrandom(intern->seed, sizeof(intern->seed), GRND_NONBLOCK) < 0)
		intern->seed[0] = (uintptr_t)intern;
}

static int make_room(struct intern *intern)
{
	int r;

	if (intern->n_keys >= MOST_KEYS)
		return -E2BIG;
	r = array_reserve(&intern->keys, &intern->allocated, intern->n_keys + 1,
			  sizeof(*intern->keys));
	if (r < 0)
		return r;
	r = array_reserve(&intern->hashes, &intern->hashes_allocated, intern->n_keys + 1,
			  sizeof(*intern->hashes));
	if (r < 0)
		return r;
	return grow_buckets(intern);
}

int intern_add(struct intern *intern, struct slice key, uint32_t *ret)
{
	const char *copy;
	uint32_t hash;
	size_t at;
	int r;

	if (intern->n_buckets == 0)
		draw_seed(intern);
	r = make_room(intern);
	if (r < 0)
		return r;
	hash = (uint32_t)intern_hash(key, intern->seed);
	at = probe(intern, key, hash);
	if (intern->buckets[at] != 0) {
		*ret = intern->buckets[at] - 1;
		return 0;
	}
	copy = keep(intern, key);
	if (!copy)
		return -ENOMEM;
	*ret = (uint32_t)intern->n_keys++;
	intern->keys[*ret] = (struct slice){ copy, key.len };
	intern->hashes[*ret] = hash;
	intern->buckets[at] = *ret + 1;
	return 1;
}

int intern_find(const struct intern *intern, struct slice key, uint32_t *ret)
{
	size_t at;

	if (intern->n_keys == 0)
		return -ENOENT;
	at = probe(intern, key, (uint32_t)intern_hash(key, intern->seed));
	if (intern->buckets[at] == 0)
		return -ENOENT;
	*ret = intern->buckets[at] - 1;
	return 0;
}
