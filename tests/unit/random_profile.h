/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles for x86_64 made at random, always the same ones from the same seed. */
#ifndef ASG_TESTS_RANDOM_PROFILE_H
#define ASG_TESTS_RANDOM_PROFILE_H

#include <stdint.h>

#define RANDOM_SEED 2463534242u
#define RANDOM_POOL 22

/* The calls that they speak of: some have other names elsewhere, some are new. */
extern const char *const random_pool[RANDOM_POOL];

/* The next profile, as JSON, to be freed. Rules may contradict each other. */
char *random_profile(uint32_t *state);

#endif
