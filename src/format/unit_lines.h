/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a systemd unit file (systemd.syntax(7)): sections, assignments, continuations. */
#ifndef ASG_FORMAT_UNIT_LINES_H
#define ASG_FORMAT_UNIT_LINES_H

#include "base/error.h"
#include "base/macro.h"
#include "base/strbuf.h"
#include "format/text_lines.h"
#include <stdbool.h>

/* Initialise with `.lines.rest` set to the text; unit_lines_deinit() in the end. */
struct unit_lines {
	struct text_lines lines;
	struct strbuf joined;  /* the line that was given last */
	struct strbuf section; /* that it stands in; empty: in none */
};

/* An assignment; the section is empty in front of the first one. Slices live until the next line.
 */
struct unit_line {
	size_t number; /* of its first line */
	struct slice section, key, value;
};

void unit_lines_deinit(struct unit_lines *unit);
#define _cleanup_unit_lines_ _cleanup_(unit_lines_deinit)

/* 1: the next assignment is in `*ret`. 0: no more. -EBADMSG: a line that is none. -ENOMEM. */
int unit_lines_next(struct unit_lines *unit, struct unit_line *ret, struct error *err) _must_check_;

#endif
