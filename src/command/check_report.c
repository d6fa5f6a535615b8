/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "command/check.h"
#include "command/table.h"
#include "model/json_writer.h"
#include "model/policy.h"
#include "model/recording_actors.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define SHOWN_MAX 3 /* executables of one call */

static const char *const kind_words[] = {
	[WITHIN_MISSING] = "missing",
	[WITHIN_UNDECIDED] = "undecided",
	[WITHIN_UNUSED] = "unused",
};

/* The executables that made the call, each once. */
static int executables(const struct check_result *result, const struct observation *seen,
		       struct name_set *ret)
{
	const uint32_t *actors;
	size_t n;

	if (!seen)
		return 0;
	recording_actors(result->recording, seen, &actors, &n);
	for (size_t i = 0; i < n; i++) {
		struct actor actor = recording_actor(result->recording, actors[i]);

		if (actor.exe.len > 0 && name_set_add(ret, actor.exe.data) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* Why a call that nobody used may be there all the same. */
static void put_reason(const struct within_finding *finding, struct strbuf *text)
{
	for (int set = 0; finding->name && set < POLICY_SET_COUNT; set++) {
		if (set == POLICY_FALLBACK || !policy_reason((enum policy_set)set, finding->name))
			continue;
		strbuf_printf(text, "%s: %s", policy_set_name((enum policy_set)set),
			      policy_reason((enum policy_set)set, finding->name));
		return;
	}
}

static int put_remark(const struct check_result *result, const struct within_finding *finding,
		      struct strbuf *text)
{
	_cleanup_name_set_ struct name_set exes = { 0 };

	if (executables(result, finding->seen, &exes) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < exes.n && i < SHOWN_MAX; i++)
		strbuf_printf(text, "%s%s", i ? ", " : "", exes.names[i]);
	if (exes.n > SHOWN_MAX)
		strbuf_puts(text, " …");
	if (finding->note)
		strbuf_printf(text, "%s%s", text->len ? "; " : "", finding->note);
	if (finding->kind == WITHIN_UNUSED)
		put_reason(finding, text);
	strbuf_puts(text, "");
	return 0;
}

static int add_finding(const struct check_result *result, const struct within_finding *finding,
		       struct table *table)
{
	_cleanup_strbuf_ struct strbuf remark = { 0 }, name = { 0 }, times = { 0 };

	if (finding->name)
		strbuf_puts(&name, finding->name);
	else
		strbuf_printf(&name, "number %" PRId32, finding->nr);
	strbuf_puts(&times, "");
	if (finding->seen)
		strbuf_printf(&times, "%" PRIu64, (uint64_t)finding->seen->count);
	if (put_remark(result, finding, &remark) < 0 || !strbuf_text(&remark) ||
	    !strbuf_text(&name) || !strbuf_text(&times))
		return -ENOMEM;
	table_add(table, kind_words[finding->kind]);
	table_add(table, strbuf_text(&name));
	table_add(table, finding->arch);
	table_add(table, strbuf_text(&times));
	table_add(table, finding->answer);
	table_add(table, strbuf_text(&remark));
	return 0;
}

static int fill(const struct check_result *result, struct table *table)
{
	static const char *const heads[] = { "", "call", "on", "times", "profile says", "by" };

	table_init(table, heads, ARRAY_SIZE(heads));
	for (int kind = 0; kind <= WITHIN_UNUSED; kind++)
		for (size_t i = 0; i < result->within->n; i++)
			if (result->within->findings[i].kind == (enum finding_kind)kind &&
			    add_finding(result, &result->within->findings[i], table) < 0)
				return -ENOMEM;
	return table->failed ? -ENOMEM : 0;
}

static const char *plural(size_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

/* The verdict in a sentence, and what qualifies it. */
static void put_verdict(const struct check_result *result, struct strbuf *text)
{
	const struct within *within = result->within;
	size_t missing = within_count(within, WITHIN_MISSING);
	size_t undecided = within_count(within, WITHIN_UNDECIDED);
	const struct evidence *evidence = &result->recording->evidence;

	if (missing > 0)
		strbuf_printf(text, "NOT within: %zu %s that happened %s missing", missing,
			      plural(missing, "call", "calls"), plural(missing, "is", "are"));
	else if (undecided > 0)
		strbuf_printf(text, "cannot be said: of %zu %s the arguments decide", undecided,
			      plural(undecided, "call", "calls"));
	else
		strbuf_puts(text, "within: everything that happened is allowed");
	if (within->denied > 0)
		strbuf_printf(text, "; %zu that %s denied when recorded %s not looked at",
			      within->denied, plural(within->denied, "was", "were"),
			      plural(within->denied, "is", "are"));
	if (result->unused && within->not_recorded_on > 0)
		strbuf_printf(text, "; nothing was recorded on %zu more %s that the profile covers",
			      within->not_recorded_on,
			      plural(within->not_recorded_on, "architecture", "architectures"));
	if (!evidence_complete(evidence)) {
		strbuf_puts(text, "\nINCOMPLETE: ");
		evidence_reasons(evidence, text);
	}
	if (result->command_status != 0)
		strbuf_printf(text, "\nthe command ended with status %d", result->command_status);
}

static void put_head(const struct check_result *result, struct strbuf *head)
{
	input_put_name(head, result->profile_path);
	strbuf_puts(head, ": ");
	input_describe(result->profile, head);
}

static int write_text(const struct check_result *result, FILE *stream)
{
	const struct style style = style_for(stream);
	_cleanup_strbuf_ struct strbuf head = { 0 }, verdict = { 0 };
	_cleanup_table_ struct table table = { 0 };
	bool good = within_count(result->within, WITHIN_MISSING) == 0;

	put_head(result, &head);
	put_verdict(result, &verdict);
	if (fill(result, &table) < 0 || !strbuf_text(&head) || !strbuf_text(&verdict))
		return -ENOMEM;
	fprintf(stream, "%s\n%s\n", strbuf_text(&head), strbuf_text(&result->held));
	table_write(&table, stream, &style, true);
	fprintf(stream, "%s%s%s\n", good ? style.good : style.bad, strbuf_text(&verdict),
		style.off);
	return 0;
}

/* Lines in Markdown flow into one another: what was read is a list. */
static void write_items(const char *lines, FILE *stream)
{
	fputs("- ", stream);
	for (; *lines; lines++) {
		const char letter[] = { *lines, '\0' };

		if (*lines == '\n')
			fputs("\n- ", stream);
		else
			markdown_put(stream, letter);
	}
	putc('\n', stream);
}

static int write_markdown(const struct check_result *result, FILE *stream)
{
	_cleanup_strbuf_ struct strbuf head = { 0 }, verdict = { 0 };
	_cleanup_table_ struct table table = { 0 };

	put_head(result, &head);
	put_verdict(result, &verdict);
	if (fill(result, &table) < 0 || !strbuf_text(&head) || !strbuf_text(&verdict))
		return -ENOMEM;
	write_items(strbuf_text(&head), stream);
	write_items(strbuf_text(&result->held), stream);
	putc('\n', stream);
	table_write_markdown(&table, stream);
	fputs(table.n ? "\n" : "", stream);
	markdown_put(stream, strbuf_text(&verdict));
	putc('\n', stream);
	return 0;
}

static void put_text(struct json_writer *json, const char *name, const char *text)
{
	json_put_text(json, slice_from(name));
	json_put_literal(json, ": ");
	json_put_text(json, slice_from(text));
}

static int put_finding(struct json_writer *json, const struct check_result *result,
		       const struct within_finding *finding)
{
	_cleanup_name_set_ struct name_set exes = { 0 };

	if (executables(result, finding->seen, &exes) < 0)
		return -ENOMEM;
	json_put_literal(json, "{");
	if (finding->name) {
		put_text(json, "call", finding->name);
		json_put_literal(json, ", ");
	}
	json_put_literal(json, "\"nr\": ");
	json_put_number(json, finding->nr);
	json_put_literal(json, ", ");
	put_text(json, "arch", finding->arch);
	json_put_literal(json, ", ");
	put_text(json, "profile", finding->answer);
	if (finding->seen) {
		json_put_literal(json, ", \"count\": ");
		json_put_number(json, (int64_t)finding->seen->count);
		json_put_literal(json, ", \"exe\": [");
		for (size_t i = 0; i < exes.n; i++) {
			json_put(json, i ? SLICE(", ") : SLICE(""));
			json_put_text(json, slice_from(exes.names[i]));
		}
		json_put_literal(json, "]");
	}
	if (finding->note) {
		json_put_literal(json, ", ");
		put_text(json, "note", finding->note);
	}
	json_put_literal(json, "}");
	return 0;
}

static int put_findings(struct json_writer *json, const struct check_result *result,
			enum finding_kind kind)
{
	bool any = false;

	json_put_literal(json, ",\n  ");
	json_put_text(json, slice_from(kind_words[kind]));
	json_put_literal(json, ": [");
	for (size_t i = 0; i < result->within->n; i++) {
		if (result->within->findings[i].kind != kind)
			continue;
		json_put(json, any ? SLICE(",\n    ") : SLICE("\n    "));
		any = true;
		if (put_finding(json, result, &result->within->findings[i]) < 0)
			return -ENOMEM;
	}
	json_put(json, any ? SLICE("\n  ]") : SLICE("]"));
	return 0;
}

static int write_json(const struct check_result *result, FILE *stream)
{
	const struct evidence *evidence = &result->recording->evidence;
	bool undecided = within_count(result->within, WITHIN_UNDECIDED) > 0;
	_cleanup_strbuf_ struct strbuf reasons = { 0 };
	struct json_writer json;
	int r = 0;

	strbuf_puts(&reasons, "");
	evidence_reasons(evidence, &reasons);
	if (!strbuf_text(&reasons))
		return -ENOMEM;
	json_writer_init(&json, stream);
	json_put_literal(&json, "{\n  ");
	put_text(&json, "profile", result->profile_path);
	json_put_literal(&json, ",\n  \"within\": ");
	json_put(&json, within_count(result->within, WITHIN_MISSING) > 0 ? SLICE("false")
			: undecided					 ? SLICE("null")
									 : SLICE("true"));
	json_put_literal(&json, ",\n  \"complete\": ");
	json_put(&json, evidence_complete(evidence) ? SLICE("true") : SLICE("false"));
	json_put_literal(&json, ",\n  ");
	put_text(&json, "reasons", strbuf_text(&reasons));
	json_put_literal(&json, ",\n  \"allowed\": ");
	json_put_number(&json, (int64_t)result->within->allowed);
	for (int kind = 0; r == 0 && kind <= WITHIN_UNUSED; kind++)
		if (kind != WITHIN_UNUSED || result->unused)
			r = put_findings(&json, result, (enum finding_kind)kind);
	json_put_literal(&json, "\n}\n");
	json_writer_flush(&json);
	return r;
}

int check_write(const struct check_result *result, enum check_form form, FILE *stream,
		struct error *err)
{
	static int (*const writers[])(const struct check_result *, FILE *) = {
		[CHECK_TEXT] = write_text,
		[CHECK_JSON] = write_json,
		[CHECK_MARKDOWN] = write_markdown,
	};

	return writers[form](result, stream) < 0 ? error_memory(err) : 0;
}
