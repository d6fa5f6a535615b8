/* SPDX-License-Identifier: Apache-2.0 */
/* A table for people: on a terminal with columns in line, or in Markdown for a pull request. */
#ifndef ASG_COMMAND_TABLE_H
#define ASG_COMMAND_TABLE_H

#include "base/macro.h"
#include "command/style.h"
#include <stdbool.h>
#include <stdio.h>

/* Cells are copied and made safe to show. Out of memory is remembered: ask at the end. */
struct table {
	const char *const *heads;
	size_t n_columns;
	char **cells; /* row by row */
	size_t n, allocated;
	bool failed;
};

void table_init(struct table *table, const char *const *heads, size_t n_columns);
void table_deinit(struct table *table);
#define _cleanup_table_ _cleanup_(table_deinit)

/* The next cell: rows fill from left to right. */
void table_add(struct table *table, const char *cell);

/* Lines with two spaces in front, without heads when `heads` is false. Nothing for no rows. */
void table_write(const struct table *table, FILE *stream, const struct style *style, bool heads);

/* A Markdown table (GitHub's). What Markdown would take for its own is escaped. Nothing for no
 * rows.
 */
void table_write_markdown(const struct table *table, FILE *stream);

/* Writes text as Markdown that shows just that. */
void markdown_put(FILE *stream, const char *text);

#endif
