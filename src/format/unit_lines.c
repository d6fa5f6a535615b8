/* SPDX-License-Identifier: Apache-2.0 */
#include "format/unit_lines.h"
#include <errno.h>

void unit_lines_deinit(struct unit_lines *unit)
{
	strbuf_deinit(&unit->joined);
	strbuf_deinit(&unit->section);
}

static bool is_comment(struct slice line)
{
	return line.len > 0 && (line.data[0] == '#' || line.data[0] == ';');
}

/* Whether the line goes on: it ends in a backslash that no other one takes the meaning of. */
static bool goes_on(struct slice line)
{
	size_t n = 0;

	while (n < line.len && line.data[line.len - 1 - n] == '\\')
		n++;
	return n % 2 == 1;
}

/*
 * Joins the next lines that belong together; comments between them are left out, and the backslash
 * is a blank. False: no more.
 */
static bool next_joined(struct unit_lines *unit, size_t *ret_number)
{
	bool any = false, more = true;
	struct slice line;

	strbuf_clear(&unit->joined);
	while (more && text_lines_next(&unit->lines, &line)) {
		if (is_comment(line) || (!any && line.len == 0))
			continue;
		if (!any)
			*ret_number = unit->lines.number;
		any = true;
		more = goes_on(line);
		strbuf_append(&unit->joined, line.data, more ? line.len - 1 : line.len);
		if (more)
			strbuf_putc(&unit->joined, ' ');
	}
	return any;
}

static int read_section(struct unit_lines *unit, struct slice line, size_t number,
			struct error *err)
{
	if (line.data[line.len - 1] != ']') {
		int r = text_bad_word(err, "not a section header:", line);

		return error_prefix(err, r, "line %zu", number);
	}
	strbuf_clear(&unit->section);
	strbuf_append(&unit->section, line.data + 1, line.len - 2);
	return unit->section.failed ? error_memory(err) : 0;
}

static int read_assignment(struct unit_lines *unit, struct slice line, size_t number,
			   struct unit_line *ret, struct error *err)
{
	struct slice value, key = slice_cut(line, '=', &value);

	if (key.len == line.len) {
		int r = text_bad_word(err, "neither a section nor an assignment:", line);

		return error_prefix(err, r, "line %zu", number);
	}
	*ret = (struct unit_line){
		.number = number,
		.section = { unit->section.data, unit->section.len },
		.key = slice_trim(key),
		.value = slice_trim(value),
	};
	return 1;
}

int unit_lines_next(struct unit_lines *unit, struct unit_line *ret, struct error *err)
{
	size_t number = 0;
	int r = 0;

	while (r == 0 && next_joined(unit, &number)) {
		struct slice line =
			slice_trim((struct slice){ unit->joined.data, unit->joined.len });

		if (unit->joined.failed)
			r = error_memory(err);
		else if (line.len > 0 && line.data[0] == '[')
			r = read_section(unit, line, number, err);
		else if (line.len > 0)
			r = read_assignment(unit, line, number, ret, err);
	}
	return r;
}
