/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of emitters share: a profile from JSON, its product, and what was said to be lost. */
#ifndef ASG_TESTS_EMIT_H
#define ASG_TESTS_EMIT_H

#include "arch/syscall.h"
#include "format/emission.h"
#include "format/emitter.h"
#include "model/profile.h"
#include <stdbool.h>

struct emitted {
	struct profile *profile;
	struct syscall_table names;
	struct emission emission;
	const char *text; /* of the product */
	struct error err;
	int r; /* what the emitter answered */
};

/*
 * Emits the profile in `json`; `arches` is what --arch would have, or NULL. Fails the test when the
 * emitter does. Everything is to be forgotten with emit_forget().
 */
void emit(struct emitted *emitted, const char *format, const char *json, const char *arches);

/* The same without failing: see `r` and `err`. `origin` is that of all rules. */
void emit_try(struct emitted *emitted, const char *format, const char *json, const char *arches,
	      enum origin origin);
void emit_forget(struct emitted *emitted);

/* Whether a loss of that kind has the words. */
bool emit_said(const struct emitted *emitted, enum loss_kind kind, const char *part);

/* Fails, showing the product, unless it has the words. */
void assert_has(const struct emitted *emitted, const char *part);
void assert_lacks(const struct emitted *emitted, const char *part);

/* Fails, showing the losses, unless something was said of that kind with the words. */
void assert_said(const struct emitted *emitted, enum loss_kind kind, const char *part);

/* Allows read and write; clone for some flags; openat2 is answered ENOSYS. For x86_64 only. */
extern const char emit_usual[];

#endif
