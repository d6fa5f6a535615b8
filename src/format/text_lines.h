/* SPDX-License-Identifier: Apache-2.0 */
/* Line by line through a text from outside, and what the line formats have in common. */
#ifndef ASG_FORMAT_TEXT_LINES_H
#define ASG_FORMAT_TEXT_LINES_H

#include "base/error.h"
#include "base/macro.h"
#include "base/slice.h"
#include <stdbool.h>
#include <stddef.h>

#define TEXT_SIZE_MAX  (16 * 1024 * 1024) /* bytes of a file that a line format is read from */
#define TEXT_NAMES_MAX 16384		  /* different calls in one profile: no kernel has 1,000 */
#define TEXT_NAME_MAX  64		  /* bytes of a call's name: the longest has 23 */

/* The API group of the Security Profiles Operator: a text that holds it is meant for nobody else.
 */
#define TEXT_SPO_GROUP "security-profiles-operator.x-k8s.io"

struct text_lines {
	struct slice rest;
	size_t number; /* of the line that was given last, from 1 */
};

/* The next line without its end ("\n" or "\r\n") and without blanks around it. False: no more. */
bool text_lines_next(struct text_lines *lines, struct slice *ret);

/* Without blanks (space, tab, carriage return, newline, form feed) at both ends. */
struct slice slice_trim(struct slice slice);

/* Up to `stop`, which is left out; `*rest` is what stands behind it. Whole and empty without one.
 */
struct slice slice_cut(struct slice slice, char stop, struct slice *rest);

/* The next word between blanks; `*rest` moves on. Empty: no more. */
struct slice slice_word(struct slice *rest);

bool text_holds(struct slice text, const char *needle);

/* Whether the word can be a call's name: letters, digits, '_', not too long, no digit in front. */
bool text_is_name(struct slice word);

/* A message about a piece of the text, made safe to show: "WHAT 'WORD'". Returns -EBADMSG. */
int text_bad_word(struct error *err, const char *what, struct slice word);

/* -EBADMSG for a text that is too large for a line format. */
int text_check_size(struct slice text, struct error *err) _must_check_;

#endif
