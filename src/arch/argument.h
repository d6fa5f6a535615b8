/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which argument decides what a call is: one const table. socket(AF_UNIX) and socket(AF_PACKET) are
 * two different things under one number, read() is the same thing for every descriptor.
 *
 * Arguments are compared as the kernel reads them: an int is the low half of its register, whatever
 * is in the other half, so that the mask of an int is 0xffffffff and -1 is 0xffffffff on every
 * architecture. But for ranges, no mask has more than 32 bits: what is compared means the same on
 * 32 and on 64.
 */
#ifndef ASG_ARCH_ARGUMENT_H
#define ASG_ARCH_ARGUMENT_H

#include "arch/arch.h"
#include "base/macro.h"
#include <stddef.h>
#include <stdint.h>

#define ARGUMENT_FIELDS_MAX 3  /* arguments of one call that are looked at together */
#define ARGUMENT_RECORDED   4  /* a0 to a3: what SYSCALL records have */
#define ARGUMENT_VALUES_MAX 64 /* the highest `limit` */

/* What is kept of the arguments that were seen, and what is accepted later. */
enum argument_kind {
	ARGUMENT_VALUES, /* each combination that was seen, and no other */
	ARGUMENT_FLAGS,	 /* any selection of the flags that were seen; one field */
	ARGUMENT_RANGE,	 /* from 0 to the highest that was seen; one field, compared whole */
};

struct argument_field {
	const char *name;    /* as the manual page of the call has it */
	unsigned char index; /* 0 to ARGUMENT_RECORDED - 1 */
	uint64_t mask;	     /* the bits that count */
};

struct argument_call {
	const char *name;
	enum argument_kind kind;
	uint32_t limit; /* combinations beyond which the call is allowed whatever its arguments */
	uint32_t n;
	struct argument_field fields[ARGUMENT_FIELDS_MAX];
};

/* In the order of the table, which is that of the names; `index` < argument_call_count(). */
size_t argument_call_count(void);
const struct argument_call *argument_call_at(size_t index);

/* NULL: no argument decides about this call. */
const struct argument_call *argument_call_by_name(const char *name);

/*
 * Whether the arguments can be told from the registers on `arch`: the oldest architectures pass
 * those of mmap(2) behind a pointer.
 */
bool argument_call_plain(const struct argument_call *call, const struct arch *arch);

/* The register of a field on `arch`: s390 has the first two arguments of clone(2) exchanged. */
unsigned int argument_index(const struct argument_call *call, size_t field,
			    const struct arch *arch);

/* What counts of the registers `a0` to `a3`, for each field of the call. */
void argument_read(const struct argument_call *call, const struct arch *arch,
		   const uint64_t registers[ARGUMENT_RECORDED], uint64_t ret[ARGUMENT_FIELDS_MAX]);

#endif
