/* SPDX-License-Identifier: Apache-2.0 */
/* `diff`: what two profiles, or recordings, mean differently, by architecture and call. */
#include "base/cleanup.h"
#include "command/confine.h"
#include "command/input.h"
#include "command/losses.h"
#include "command/options_verb.h"
#include "command/report.h"
#include "command/table.h"
#include "model/json_writer.h"
#include "model/meaning.h"
#include <errno.h>
#include <string.h>

enum {
	OPTION_JSON = 256,
	OPTION_MARKDOWN,
	OPTION_QUIET,
};

static const struct verb_option option_table[] = {
	{ OPTION_JSON, "json", 0, NULL, "as one JSON object" },
	{ OPTION_MARKDOWN, "markdown", 0, NULL, "as a table for a pull request" },
	{ OPTION_QUIET, "quiet", 'q', NULL, "say nothing, only exit with the status" },
};

static const struct verb_syntax syntax = {
	.usage = (const char *const[]){ "diff [OPTION]... A B", NULL },
	.summary = "Compares two profiles of any readable format, or recordings, by what they mean "
		   "for each\narchitecture and call: answers, arguments, conditions.",
	.status = "0 they mean the same, 1 they differ, 2 usage or input that cannot be read.",
	.options = option_table,
	.n_options = ARRAY_SIZE(option_table),
	.confined = true,
};

enum form {
	FORM_TEXT,
	FORM_JSON,
	FORM_MARKDOWN,
};

struct diff {
	enum form form;
	bool quiet;
	const char *paths[2];
	struct input inputs[2];
	struct meaning meanings[2];
	struct meaning_diff result;
	struct syscall_table names;
};

static void diff_deinit(struct diff *diff)
{
	for (int i = 0; i < 2; i++) {
		input_deinit(&diff->inputs[i]);
		meaning_deinit(&diff->meanings[i]);
	}
	meaning_diff_deinit(&diff->result);
	syscall_table_deinit(&diff->names);
}

static int take_option(void *context, int id, const char *value _unused_, struct error *err)
{
	struct diff *diff = context;
	enum form form = id == OPTION_JSON ? FORM_JSON : FORM_MARKDOWN;

	if (id == OPTION_QUIET) {
		diff->quiet = true;
		return 0;
	}
	if (diff->form != FORM_TEXT && diff->form != form)
		return error_set(err, -EINVAL, "--json and --markdown exclude each other");
	diff->form = form;
	return 0;
}

/* Beside a profile a recording reads as the profile that allows what was seen and nothing else. */
static int understand(struct diff *diff, int side)
{
	static const struct meaning_call seen = { .text = "seen",
						  .low = ACTION_ALLOW,
						  .high = ACTION_ALLOW };
	static const struct meaning_call unseen = { .text = "not seen",
						    .low = ACTION_ERRNO,
						    .high = ACTION_ERRNO };
	static const struct meaning_call allowed = { .text = "allow",
						     .low = ACTION_ALLOW,
						     .high = ACTION_ALLOW };
	const struct input *input = &diff->inputs[side], *other = &diff->inputs[1 - side];

	if (input->kind == INPUT_PROFILE)
		return meaning_of_profile(&diff->meanings[side], input->profile, &diff->names);
	if (other->kind == INPUT_RECORDING)
		return meaning_of_recording(&diff->meanings[side], &input->recording, &diff->names,
					    &seen, &unseen);
	return meaning_of_recording(&diff->meanings[side], &input->recording, &diff->names,
				    &allowed, &diff->meanings[1 - side].other);
}

static int compare(struct diff *diff, struct error *err)
{
	/* The profile first, as a recording beside it takes over its default. */
	int first = diff->inputs[0].kind == INPUT_PROFILE ? 0 : 1;
	int r = understand(diff, first);

	if (r >= 0)
		r = understand(diff, 1 - first);
	if (r >= 0)
		r = meaning_compare(&diff->result, &diff->meanings[0], &diff->meanings[1]);
	return r < 0 ? error_memory(err) : 0;
}

static const char *change_word(enum meaning_change change)
{
	static const char *const words[] = {
		[CHANGE_WIDER] = "wider",
		[CHANGE_NARROWER] = "narrower",
		[CHANGE_OTHER] = "changed",
	};

	return words[change];
}

static const char *change_sign(enum meaning_change change)
{
	static const char *const signs[] = {
		[CHANGE_WIDER] = "+",
		[CHANGE_NARROWER] = "-",
		[CHANGE_OTHER] = "~",
	};

	return signs[change];
}

static void put_arches(struct strbuf *text, const struct arch **arches, size_t n)
{
	for (size_t i = 0; i < n; i++)
		strbuf_printf(text, "%s%s", i ? ", " : "", arches[i]->name);
}

static void add_row(struct table *table, const char *const cells[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		table_add(table, cells[i]);
}

static void add_coverage(struct table *table, const struct arch **arches, size_t n, bool in_a)
{
	for (size_t i = 0; i < n; i++) {
		const char *const cells[] = { in_a ? "-" : "+", "every call",
					      in_a ? "covered" : "not covered",
					      in_a ? "not covered" : "covered", arches[i]->name };

		add_row(table, cells, ARRAY_SIZE(cells));
	}
}

static void fill(const struct diff *diff, struct table *table)
{
	const struct meaning_diff *result = &diff->result;

	add_coverage(table, result->only_a, result->n_only_a, true);
	add_coverage(table, result->only_b, result->n_only_b, false);
	for (size_t i = 0; i < result->n; i++) {
		const struct meaning_difference *item = &result->items[i];
		_cleanup_strbuf_ struct strbuf arches = { 0 };

		put_arches(&arches, item->arches, item->n_arches);
		const char *const cells[] = { change_sign(item->change),
					      item->name ? item->name : "calls not named", item->a,
					      item->b, item->name ? strbuf_text(&arches) : "" };

		if (item->name && !strbuf_text(&arches))
			table->failed = true;
		add_row(table, cells, ARRAY_SIZE(cells));
	}
}

/* What is seen is not allowed by that, so that recordings are not wider or narrower. */
static const char *count_word(const struct diff *diff, enum meaning_change change)
{
	bool recordings =
		diff->inputs[0].kind == INPUT_RECORDING && diff->inputs[1].kind == INPUT_RECORDING;

	if (!recordings || change == CHANGE_OTHER)
		return change_word(change);
	return change == CHANGE_WIDER ? "only in the second" : "only in the first";
}

static void count(const struct diff *diff, struct strbuf *text)
{
	size_t counts[CHANGE_OTHER + 1] = { 0 };

	for (size_t i = 0; i < diff->result.n; i++)
		counts[diff->result.items[i].change]++;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		if (counts[i] > 0)
			strbuf_printf(text, "%s%zu %s", text->len ? ", " : "", counts[i],
				      count_word(diff, (enum meaning_change)i));
	if (diff->result.n_only_a + diff->result.n_only_b > 0)
		strbuf_printf(text, "%s%zu of the architectures in one only", text->len ? ", " : "",
			      diff->result.n_only_a + diff->result.n_only_b);
}

static void describe(const struct diff *diff, int side, struct strbuf *text)
{
	input_put_name(text, diff->paths[side]);
	strbuf_puts(text, ": ");
	input_describe(&diff->inputs[side], text);
}

static void write_head(const struct diff *diff, const struct style *style)
{
	static const char *const marks[] = { "-", "+" };

	for (int i = 0; i < 2; i++) {
		_cleanup_strbuf_ struct strbuf text = { 0 };

		describe(diff, i, &text);
		fprintf(stdout, "%s%s %s%s\n", style->bold, marks[i], strbuf_text(&text),
			style->off);
	}
}

static int write_text(const struct diff *diff)
{
	static const char *const heads[] = { "", "call", "in the first", "in the second", "on" };
	const struct style style = style_for(stdout);
	_cleanup_strbuf_ struct strbuf counts = { 0 };
	_cleanup_table_ struct table table;

	table_init(&table, heads, ARRAY_SIZE(heads));
	fill(diff, &table);
	count(diff, &counts);
	if (table.failed)
		return -ENOMEM;
	write_head(diff, &style);
	table_write(&table, stdout, &style, true);
	puts(counts.len ? strbuf_text(&counts) : "They mean the same.");
	return 0;
}

static int write_markdown(const struct diff *diff)
{
	_cleanup_strbuf_ struct strbuf counts = { 0 }, a = { 0 }, b = { 0 };
	_cleanup_table_ struct table table = { 0 };

	input_put_name(&a, diff->paths[0]);
	input_put_name(&b, diff->paths[1]);
	if (!strbuf_text(&a) || !strbuf_text(&b))
		return -ENOMEM;
	const char *const heads[] = { "", "call", strbuf_text(&a), strbuf_text(&b), "on" };

	table_init(&table, heads, ARRAY_SIZE(heads));
	fill(diff, &table);
	count(diff, &counts);
	if (table.failed)
		return -ENOMEM;
	table_write_markdown(&table, stdout);
	printf("%s%s\n", table.n ? "\n" : "",
	       counts.len ? strbuf_text(&counts) : "They mean the same.");
	return 0;
}

static void put_member(struct json_writer *json, const char *name, const char *text)
{
	json_put_text(json, slice_from(name));
	json_put_literal(json, ": ");
	json_put_text(json, slice_from(text));
}

static void put_list(struct json_writer *json, const char *name, const struct arch **arches,
		     size_t n)
{
	json_put_text(json, slice_from(name));
	json_put_literal(json, ": [");
	for (size_t i = 0; i < n; i++) {
		json_put(json, i ? SLICE(", ") : SLICE(""));
		json_put_text(json, slice_from(arches[i]->name));
	}
	json_put_literal(json, "]");
}

static void put_side(struct json_writer *json, const struct diff *diff, int side)
{
	const struct input *input = &diff->inputs[side];

	json_put(json, side ? SLICE("  \"b\": {") : SLICE("  \"a\": {"));
	put_member(json, "file", diff->paths[side]);
	json_put_literal(json, ", ");
	put_member(json, "kind", input->kind == INPUT_PROFILE ? "profile" : "recording");
	json_put_literal(json, ", ");
	put_member(json, "format", input->format);
	json_put_literal(json, ", ");
	put_member(json, "default", diff->meanings[side].other.text);
	json_put_literal(json, "},\n");
}

static void put_difference(struct json_writer *json, const struct meaning_difference *item)
{
	json_put_literal(json, "    {");
	if (item->name)
		put_member(json, "call", item->name);
	else
		json_put_literal(json, "\"call\": null");
	json_put_literal(json, ", ");
	put_list(json, "architectures", item->arches, item->n_arches);
	json_put_literal(json, ", ");
	put_member(json, "a", item->a);
	json_put_literal(json, ", ");
	put_member(json, "b", item->b);
	json_put_literal(json, ", ");
	put_member(json, "change", change_word(item->change));
	json_put_literal(json, "}");
}

static int write_json(const struct diff *diff)
{
	const struct meaning_diff *result = &diff->result;
	struct json_writer json;

	json_writer_init(&json, stdout);
	json_put_literal(&json, "{\n");
	put_side(&json, diff, 0);
	put_side(&json, diff, 1);
	json_put(&json, meaning_diff_empty(result) ? SLICE("  \"same\": true,\n  ")
						   : SLICE("  \"same\": false,\n  "));
	put_list(&json, "only_a", result->only_a, result->n_only_a);
	json_put_literal(&json, ",\n  ");
	put_list(&json, "only_b", result->only_b, result->n_only_b);
	json_put_literal(&json, ",\n  \"differences\": [");
	for (size_t i = 0; i < result->n; i++) {
		json_put(&json, i ? SLICE(",\n") : SLICE("\n"));
		put_difference(&json, &result->items[i]);
	}
	json_put(&json, result->n ? SLICE("\n  ]\n}\n") : SLICE("]\n}\n"));
	json_writer_flush(&json);
	return 0;
}

static int execute(void *context, const struct verb_words *words)
{
	struct diff *diff = context;
	static int (*const writers[])(const struct diff *) = {
		[FORM_TEXT] = write_text,
		[FORM_JSON] = write_json,
		[FORM_MARKDOWN] = write_markdown,
	};
	struct error err = { 0 };
	int r = 0;

	if (words->n_operands != 2)
		r = error_set(&err, -EINVAL, "expected two files; see `diff --help`");
	else if (strcmp(words->operands[0], "-") == 0 && strcmp(words->operands[1], "-") == 0)
		r = error_set(&err, -EINVAL, "standard input can be read only once");
	else
		r = confine_verb(words, NULL, &err);
	for (int i = 0; r >= 0 && i < 2; i++) {
		diff->paths[i] = words->operands[i];
		r = input_read(&diff->inputs[i], diff->paths[i], &err);
		if (r >= 0 && !diff->quiet)
			losses_note_settings(diff->paths[i], diff->inputs[i].profile);
	}
	if (r >= 0)
		r = compare(diff, &err);
	if (r >= 0 && !diff->quiet && writers[diff->form](diff) < 0)
		r = error_memory(&err);
	if (r < 0)
		return report_failure(&err, r, EXIT_USAGE);
	return meaning_diff_empty(&diff->result) ? EXIT_COMPLETE : EXIT_DIFFERENT;
}

int verb_diff(int argc, char **argv)
{
	struct diff diff = { 0 };
	int status = verb_run(&syntax, argc, argv, take_option, execute, &diff);

	diff_deinit(&diff);
	return status;
}
