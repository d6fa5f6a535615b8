/* SPDX-License-Identifier: Apache-2.0 */
#include "command/table.h"
#include "base/array.h"
#include "base/strbuf.h"
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 8
#define WIDTH_MAX   60 /* a longer cell pushes those behind it */

void table_init(struct table *table, const char *const *heads, size_t n_columns)
{
	*table = (struct table){ .heads = heads, .n_columns = n_columns };
	table->failed = n_columns > COLUMNS_MAX;
}

void table_deinit(struct table *table)
{
	for (size_t i = 0; i < table->n; i++)
		free(table->cells[i]);
	free(table->cells);
}

void table_add(struct table *table, const char *cell)
{
	_cleanup_strbuf_ struct strbuf shown = { 0 };
	char *text;

	strbuf_puts(&shown, "");
	strbuf_put_shown(&shown, slice_from(cell));
	text = strbuf_steal(&shown);
	if (!text || table->failed ||
	    array_reserve(&table->cells, &table->allocated, table->n + 1, sizeof(*table->cells)) <
		    0) {
		free(text);
		table->failed = true;
		return;
	}
	table->cells[table->n++] = text;
}

/* Columns of a terminal, as far as one can know: bytes that begin a character. */
static size_t width(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xC0) != 0x80;
	return n;
}

static void measure(const struct table *table, bool heads, size_t ret[COLUMNS_MAX])
{
	for (size_t c = 0; c < table->n_columns; c++)
		ret[c] = heads ? width(table->heads[c]) : 0;
	for (size_t i = 0; i < table->n; i++) {
		size_t wide = width(table->cells[i]);
		size_t *column = &ret[i % table->n_columns];

		if (wide > *column && wide <= WIDTH_MAX)
			*column = wide;
	}
}

static void put_cell(FILE *stream, const char *text, size_t wide, bool last)
{
	size_t have = width(text);

	fputs(text, stream);
	if (last)
		putc('\n', stream);
	else
		fprintf(stream, "%*s", (int)(have < wide ? wide - have + 2 : 2), "");
}

void table_write(const struct table *table, FILE *stream, const struct style *style, bool heads)
{
	size_t widths[COLUMNS_MAX];

	if (table->n == 0)
		return;
	measure(table, heads, widths);
	if (heads) {
		fprintf(stream, "  %s", style->dim);
		for (size_t c = 0; c < table->n_columns; c++)
			put_cell(stream, table->heads[c], widths[c], c + 1 == table->n_columns);
		fputs(style->off, stream);
	}
	for (size_t i = 0; i < table->n; i++) {
		size_t column = i % table->n_columns;

		fputs(column == 0 ? "  " : "", stream);
		put_cell(stream, table->cells[i], widths[column], column + 1 == table->n_columns);
	}
}

void markdown_put(FILE *stream, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\`*_{}[]<>#|~&", *text))
			putc('\\', stream);
		putc(*text, stream);
	}
}

void table_write_markdown(const struct table *table, FILE *stream)
{
	if (table->n == 0)
		return;
	for (size_t c = 0; c < table->n_columns; c++) {
		fputs("| ", stream);
		markdown_put(stream, table->heads[c]);
		putc(' ', stream);
	}
	fputs("|\n", stream);
	for (size_t c = 0; c < table->n_columns; c++)
		fputs("| --- ", stream);
	fputs("|\n", stream);
	for (size_t i = 0; i < table->n; i++) {
		fputs("| ", stream);
		markdown_put(stream, table->cells[i]);
		fputs((i + 1) % table->n_columns == 0 ? " |\n" : " ", stream);
	}
}
