/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Confines this process before it reads what others wrote: it can then read its inputs, write its
 * product, and do nothing else. See target/sandbox.h for how.
 */
#ifndef ASG_COMMAND_CONFINE_H
#define ASG_COMMAND_CONFINE_H

#include "base/error.h"
#include "base/macro.h"
#include "command/options_verb.h"
#include "target/landlock.h"
#include <stdbool.h>
#include <stddef.h>

/* What is to stay possible; failures show in confine(). */
struct confinement {
	struct landlock landlock;
	bool writes; /* files, not just standard output */
	int failed;
};

void confinement_init(struct confinement *confinement);

/* A file or directory that is to be read; "-" and NULL are none. */
void confinement_input(struct confinement *confinement, const char *path);

/* A file that is to be written as base/output.h does it; "-" and NULL are none. */
void confinement_output(struct confinement *confinement, const char *path);

/* A directory that is to have files written in it; NULL is none. */
void confinement_directory(struct confinement *confinement, const char *path);

/*
 * Confines the process and ends the confinement's life. 0 also where the kernel cannot, or this is
 * a build with sanitizers: then it goes on as it is.
 */
int confine(struct confinement *confinement, struct error *err) _must_check_;

/* The same for a verb that reads its operands and writes `output`. Nothing with --no-sandbox. */
int confine_verb(const struct verb_words *words, const char *output, struct error *err)
	_must_check_;

#endif
