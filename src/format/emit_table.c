/* SPDX-License-Identifier: Apache-2.0 */
/* A table for people: every call of every rule, aligned, with what it rests on. Nothing is lost. */
#include "base/array.h"
#include "format/emitters.h"
#include "format/targets.h"
#include "model/rule_text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum column {
	COLUMN_CALL,
	COLUMN_ARCH, /* empty throughout when there is one architecture only */
	COLUMN_ACTION,
	COLUMN_ORIGIN,
	COLUMN_WHEN,
	COLUMN_COMMENT,
	COLUMN_COUNT,
};

static const char *const titles[] = {
	[COLUMN_CALL] = "CALL",	    [COLUMN_ARCH] = "ARCHITECTURE", [COLUMN_ACTION] = "ACTION",
	[COLUMN_ORIGIN] = "ORIGIN", [COLUMN_WHEN] = "WHEN",	    [COLUMN_COMMENT] = "COMMENT",
};

struct row {
	char *cells[COLUMN_COUNT]; /* safe to show */
	size_t order;		   /* of the rule */
};

struct table {
	struct row *rows;
	size_t n, allocated;
	size_t widths[COLUMN_COUNT];
	struct targets targets;
	struct syscall_table *names;
};

static void table_deinit(struct table *table)
{
	for (size_t i = 0; i < table->n; i++)
		for (size_t j = 0; j < COLUMN_COUNT; j++)
			free(table->rows[i].cells[j]);
	free(table->rows);
}
#define _cleanup_table_ _cleanup_(table_deinit)

/* Columns that a text takes: one for each UTF-8 character. */
static size_t width_of(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xC0) != 0x80;
	return width;
}

static void put_words(struct strbuf *text, const char *before, char *const *words)
{
	if (name_list_count(words) == 0)
		return;
	strbuf_puts(text, text->len > 0 ? ", " : "");
	strbuf_puts(text, before);
	for (; *words; words++) {
		strbuf_putc(text, ' ');
		strbuf_put_shown(text, slice_from(*words));
	}
}

static char *shown(const char *text)
{
	_cleanup_strbuf_ struct strbuf buf = { 0 };

	strbuf_put_shown(&buf, slice_from(text ? text : ""));
	return strbuf_steal(&buf);
}

/* Arguments, then the conditions of the containers form. */
static char *when_of(const struct rule *rule)
{
	_cleanup_strbuf_ struct strbuf text = { 0 }, conditions = { 0 };

	rule_put_args(&text, rule);
	rule_put_conditions(&conditions, rule);
	if (text.len > 0 && conditions.len > 0)
		strbuf_puts(&text, ", ");
	strbuf_append(&text, conditions.data, conditions.len);
	return conditions.failed || text.failed ? NULL : shown(strbuf_text(&text));
}

static char *action_of(const struct rule *rule)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	answer_put(&text, rule->action, rule->has_errno, rule->errno_ret);
	return strbuf_steal(&text);
}

/* Those of the profile's architectures that have the call. */
static char *arches_of(const struct table *table, const char *name)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	size_t n = 0;
	int32_t number;

	for (size_t i = 0; i < table->targets.n; i++) {
		int r = syscall_number(table->names, table->targets.arches[i], name, &number);

		if (r < 0 && r != -ENOENT)
			return NULL;
		if (r == 0)
			strbuf_printf(&text, "%s%s", n++ > 0 ? " " : "",
				      table->targets.arches[i]->name);
	}
	if (table->targets.n == 1)
		strbuf_clear(&text);
	else if (n == table->targets.n || n == 0) {
		strbuf_clear(&text);
		strbuf_puts(&text, n == 0 ? "none" : "all");
	}
	return strbuf_steal(&text);
}

/* As explain calls it: of a profile that was read, only the comments tell. */
static const char *origin_of(const struct rule *rule)
{
	if (rule_inferred(rule))
		return "inferred";
	return rule->origin == ORIGIN_SEEN ? "seen" : "stated";
}

static int add_row(struct table *table, const struct rule *rule, const char *name, size_t order)
{
	struct row *row;

	if (array_reserve(&table->rows, &table->allocated, table->n + 1, sizeof(*table->rows)) < 0)
		return -ENOMEM;
	row = &table->rows[table->n++];
	*row = (struct row){
		.cells = {
			[COLUMN_CALL] = shown(name),
			[COLUMN_ARCH] = arches_of(table, name),
			[COLUMN_ACTION] = action_of(rule),
			[COLUMN_ORIGIN] = shown(origin_of(rule)),
			[COLUMN_WHEN] = when_of(rule),
			[COLUMN_COMMENT] = shown(rule->comment),
		},
		.order = order,
	};
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		size_t width = row->cells[i] ? width_of(row->cells[i]) : 0;

		if (!row->cells[i])
			return -ENOMEM;
		if (width > table->widths[i])
			table->widths[i] = width;
	}
	return 0;
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int by_name = strcmp(x->cells[COLUMN_CALL], y->cells[COLUMN_CALL]);

	return by_name ? by_name : (x->order > y->order) - (x->order < y->order);
}

static int fill(struct table *table, const struct profile *profile)
{
	for (size_t i = 0; i < profile->n_rules; i++)
		for (char **name = profile->rules[i].names; *name; name++)
			if (add_row(table, &profile->rules[i], *name, i) < 0)
				return -ENOMEM;
	if (table->n > 0)
		qsort(table->rows, table->n, sizeof(*table->rows), compare_rows);
	return 0;
}

/* Columns that are empty in every row are left out; none has blanks at its end. */
static void put_row(const struct table *table, char *const *cells, struct strbuf *text)
{
	size_t pending = 0;

	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		if (table->widths[i] == 0)
			continue;
		if (*cells[i]) {
			for (; pending > 0; pending--)
				strbuf_putc(text, ' ');
			strbuf_puts(text, cells[i]);
		}
		pending += table->widths[i] + 2 - width_of(cells[i]);
	}
	strbuf_putc(text, '\n');
}

static void put_rows(struct table *table, struct strbuf *text)
{
	char *head[COLUMN_COUNT];

	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		head[i] = (char *)(uintptr_t)titles[i];
		if (table->widths[i] > 0 && table->widths[i] < strlen(titles[i]))
			table->widths[i] = strlen(titles[i]);
	}
	if (table->n > 0)
		put_row(table, head, text);
	for (size_t i = 0; i < table->n; i++)
		put_row(table, table->rows[i].cells, text);
}

static void put_arches(const struct profile *profile, const struct emit_request *request,
		       struct strbuf *arches)
{
	for (size_t i = 0; i < request->n_arches; i++)
		strbuf_printf(arches, " %s", request->arches[i]->oci);
	if (request->n_arches > 0)
		return;
	put_words(arches, "", profile->architectures);
	for (size_t i = 0; i < profile->n_arch_map; i++) {
		char *host[] = { profile->arch_map[i].architecture, NULL };

		put_words(arches, arches->len > 0 ? "or" : "", host);
		put_words(arches, "with", profile->arch_map[i].sub_architectures);
	}
}

static void put_summary(const struct profile *profile, const struct emit_request *request,
			struct strbuf *text)
{
	_cleanup_strbuf_ struct strbuf arches = { 0 };

	strbuf_puts(text, "default        ");
	answer_put(text, profile->default_action, profile->has_default_errno,
		   profile->default_errno);
	strbuf_putc(text, '\n');
	put_arches(profile, request, &arches);
	if (arches.len > 0)
		strbuf_printf(text, "architectures %s\n", strbuf_text(&arches));
	if (arches.failed)
		text->failed = true;
	if (name_list_count(profile->flags) > 0) {
		strbuf_puts(text, "flags         ");
		for (char **flag = profile->flags; *flag; flag++) {
			strbuf_putc(text, ' ');
			strbuf_put_shown(text, slice_from(*flag));
		}
		strbuf_putc(text, '\n');
	}
	strbuf_putc(text, '\n');
}

static int emit(const struct profile *profile, const struct emit_request *request,
		struct emission *emission, struct error *err)
{
	_cleanup_table_ struct table table = { .names = request->names };

	targets_all(profile, request, emission, &table.targets);
	if (fill(&table, profile) < 0)
		return error_memory(err);
	put_summary(profile, request, &emission->body);
	put_rows(&table, &emission->body);
	return 0;
}

const struct emitter emitter_table = {
	.name = "table",
	.summary = "table for people: calls, actions, conditions, what they rest on",
	.extension = ".txt",
	.shape = PRODUCT_TEXT,
	.emit = emit,
};
