/* SPDX-License-Identifier: Apache-2.0 */
/* Random SECCOMP records, written in each of the forms in which they travel. */
#ifndef ASG_TESTS_UNIT_WIRE_H
#define ASG_TESTS_UNIT_WIRE_H

#include "audit/record.h"
#include <stdint.h>
#include <stdio.h>

/* One record. Its texts are in the arrays, not in `record`. */
struct wire {
	struct record record;
	char node[16], subject[40], comm[16], exe[64];
	const char *arch, *call, *word; /* as ausearch has them */
};

/* A number below `limit`. `*seed` is not 0. */
uint32_t wire_draw(uint32_t *seed, uint32_t limit);

/* Another record: of anybody, making any call. */
void wire_make(uint32_t *seed, struct wire *ret);

/* Another call with another answer, by the same actor. */
void wire_make_call(uint32_t *seed, struct wire *wire);

/* Fields from auid= on, and what the kernel puts in front of them. */
void wire_put_fields(FILE *out, const struct wire *wire);
void wire_put_stamp(FILE *out, const struct wire *wire);

#define WIRE_FORMS 7

struct wire_form {
	const char *name;
	/* Writes a line without its newline. What the form has no place for is then unset in
	 * `wire`. */
	void (*put)(FILE *out, struct wire *wire);
};

extern const struct wire_form wire_forms[WIRE_FORMS];

#endif
