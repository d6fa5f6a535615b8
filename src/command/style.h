/* SPDX-License-Identifier: Apache-2.0 */
/* Colour and width of what a person reads. */
#ifndef ASG_COMMAND_STYLE_H
#define ASG_COMMAND_STYLE_H

#include <stddef.h>
#include <stdio.h>

struct style {
	const char *bold, *good, *bad, *dim, *off; /* "" where there is no colour */
	size_t width; /* columns of the terminal; 100 where there is none */
};

/* Colour only on a terminal that is not dumb, and never when NO_COLOR is set (no-color.org). */
struct style style_for(FILE *stream);

/*
 * Writes words behind a label, with spaces between: in one line that ends in "…" when they do not
 * fit, or, with `whole`, in as many lines as they need. `words` is NULL-terminated; nothing is
 * written when it is empty.
 */
void style_words(FILE *stream, const struct style *style, const char *label, char *const *words,
		 int whole);

#endif
