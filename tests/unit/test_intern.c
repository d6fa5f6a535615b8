/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/intern.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define MANY 200000

/* A small generator of our own: the same keys in every run. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Key `n`: random bytes of 0 to 40 in length (NUL among them), made distinct by its number. */
static struct slice make_key(uint32_t n, char room[64])
{
	uint64_t random = (n + 1) * UINT64_C(0x9E3779B97F4A7C15);
	size_t len = next_random(&random) % 41;

	for (size_t i = 0; i < len; i++)
		room[i] = (char)next_random(&random);
	memcpy(room + len, &n, sizeof(n));
	return (struct slice){ room, len + sizeof(n) };
}

static void many_random_keys(void **state)
{
	struct intern intern = { 0 };
	char room[64];
	uint32_t number;
	const char *first;

	(void)state;
	for (uint32_t n = 0; n < MANY; n++) {
		assert_int_equal(intern_add(&intern, make_key(n, room), &number), 1);
		assert_int_equal(number, n);
		if (n == 0)
			first = intern.keys[0].data;
	}
	assert_int_equal(intern.n_keys, MANY);
	assert_ptr_equal(intern.keys[0].data, first);
	for (uint32_t n = 0; n < MANY; n++) {
		struct slice key = make_key(n, room);

		assert_int_equal(intern_add(&intern, key, &number), 0);
		assert_int_equal(number, n);
		assert_int_equal(intern_find(&intern, key, &number), 0);
		assert_int_equal(number, n);
		assert_true(slice_equal(intern.keys[n], key));
		assert_int_equal(intern.keys[n].data[key.len], 0);
	}
	for (uint32_t n = MANY; n < MANY + 1000; n++)
		assert_int_equal(intern_find(&intern, make_key(n, room), &number), -ENOENT);
	intern_deinit(&intern);
}

/* The sum of the ways from where each key should be to where it is. */
static void assert_short_probes(const struct intern *intern)
{
	size_t mask = intern->n_buckets - 1, steps = 0, longest = 0;

	for (size_t at = 0; at < intern->n_buckets; at++) {
		size_t way;

		if (intern->buckets[at] == 0)
			continue;
		way = (at - intern->hashes[intern->buckets[at] - 1]) & mask;
		steps += way;
		longest = way > longest ? way : longest;
	}
	if (steps > intern->n_keys * 2 || longest > 200)
		fail_msg("%zu keys: %zu steps, longest way %zu", intern->n_keys, steps, longest);
}

static void probes_stay_short(void **state)
{
	static const char *const patterns[] = { "%u", "pid=%08u", "aaaaaaaaaaaaaaaa%u",
						"%012u_bbbbbbbbbbbbbbb" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		struct intern intern = { 0 };

		for (uint32_t n = 0; n < 100000; n++) {
			char key[64];
			uint32_t number;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			snprintf(key, sizeof(key), patterns[i], n);
#pragma GCC diagnostic pop
			assert_int_equal(intern_add(&intern, slice_from(key), &number), 1);
		}
		assert_short_probes(&intern);
		intern_deinit(&intern);
	}
}

static void integers_as_keys(void **state)
{
	struct intern intern = { 0 };
	uint32_t number;

	(void)state;
	for (uint64_t n = 0; n < 100000; n++) {
		uint64_t key = n << 40;

		assert_int_equal(intern_add(&intern, (struct slice){ (char *)&key, 8 }, &number),
				 1);
	}
	assert_short_probes(&intern);
	intern_deinit(&intern);
}

static void odd_keys(void **state)
{
	struct intern intern = { 0 };
	size_t large = 300000;
	char *big = malloc(large);
	uint32_t number;

	(void)state;
	assert_non_null(big);
	memset(big, 'x', large);
	assert_int_equal(intern_find(&intern, SLICE("a"), &number), -ENOENT);
	assert_int_equal(intern_add(&intern, SLICE("a"), &number), 1);
	assert_int_equal(intern_add(&intern, (struct slice){ NULL, 0 }, &number), 1);
	assert_int_equal(number, 1);
	assert_string_equal(intern.keys[1].data, "");
	assert_int_equal(intern_add(&intern, (struct slice){ big, large }, &number), 1);
	assert_int_equal(intern_add(&intern, (struct slice){ big, large - 1 }, &number), 1);
	/* Zeros, which are also what the last word is padded with. */
	assert_int_equal(intern_add(&intern, (struct slice){ "a\0", 2 }, &number), 1);
	assert_int_equal(intern_add(&intern, (struct slice){ "a\0\0", 3 }, &number), 1);
	assert_int_equal(intern_add(&intern, SLICE("a"), &number), 0);
	assert_int_equal(number, 0);
	assert_int_equal(intern_add(&intern, (struct slice){ big, large }, &number), 0);
	assert_int_equal(number, 2);
	free(big);
	intern_deinit(&intern);
	assert_int_equal(intern.n_keys, 0);
}

static void hash_depends_on_seed_and_every_byte(void **state)
{
	const uint64_t seed[2] = { 1, 2 }, other[2] = { 1, 3 };
	char key[40] = { 0 };

	(void)state;
	for (size_t len = 0; len <= sizeof(key); len++) {
		struct slice slice = { key, len };
		uint64_t hash = intern_hash(slice, seed);

		assert_int_not_equal(hash, intern_hash(slice, other));
		for (size_t i = 0; i < len; i++) {
			key[i] = 1;
			assert_int_not_equal(hash, intern_hash(slice, seed));
			key[i] = 0;
		}
		for (size_t shorter = 0; shorter < len; shorter++)
			assert_int_not_equal(hash,
					     intern_hash((struct slice){ key, shorter }, seed));
	}
}

static void seeds_differ(void **state)
{
	struct intern a = { 0 }, b = { 0 };
	uint32_t number;

	(void)state;
	assert_int_equal(intern_add(&a, SLICE("k"), &number), 1);
	assert_int_equal(intern_add(&b, SLICE("k"), &number), 1);
	assert_memory_not_equal(a.seed, b.seed, sizeof(a.seed));
	intern_deinit(&a);
	intern_deinit(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_random_keys),
		cmocka_unit_test(probes_stay_short),
		cmocka_unit_test(integers_as_keys),
		cmocka_unit_test(odd_keys),
		cmocka_unit_test(hash_depends_on_seed_and_every_byte),
		cmocka_unit_test(seeds_differ),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
