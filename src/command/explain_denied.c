/* SPDX-License-Identifier: Apache-2.0 */
/* `explain --denied`: the denials of a log, what allowing them would open, and a profile of just
 * that. */
#include "base/cleanup.h"
#include "base/output.h"
#include "base/time.h"
#include "command/explain.h"
#include "command/losses.h"
#include "command/record.h"
#include "command/report.h"
#include "model/proposal.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS_SHOWN 20 /* without --verbose */

struct denied_text {
	FILE *stream;
	struct style style;
	struct run *run;
	const struct proposal *proposal;
	bool verbose;
};

static const char warning[] =
	"Denied is not needed: programs often go on well without a call that they were refused, "
	"and "
	"an attack is refused, too. Allow a call when you know what the program needs it for.";

static void put(const struct denied_text *text, const char *label, const struct strbuf *line)
{
	explain_put(text->stream, &text->style, label,
		    strbuf_text(line) ? strbuf_text(line) : "(out of memory)");
}

static void put_count(struct strbuf *line, uint64_t n, const char *one, const char *many)
{
	strbuf_printf(line, "%" PRIu64 " %s", n, n == 1 ? one : many);
}

static void write_head(const struct denied_text *text)
{
	const struct proposal *proposal = text->proposal;
	_cleanup_strbuf_ struct strbuf line = { 0 };

	put_count(&line, proposal->n_calls, "call was denied", "calls were denied");
	strbuf_puts(&line, ", in ");
	put_count(&line, proposal->records, "record", "records");
	strbuf_puts(&line, " of ");
	put_count(&line, proposal->n_groups, "group", "groups");
	fprintf(text->stream, "%s%s%s\n", text->style.bold,
		strbuf_text(&line) ? strbuf_text(&line) : "", text->style.off);
	explain_put(text->stream, &text->style, "caution", warning);
}

/* What the answer was, and what is not known of it. */
static void put_answer(struct strbuf *line, const struct observation *seen)
{
	enum action action = (enum action)seen->action;

	put_count(line, seen->count, "time", "times");
	strbuf_printf(line, ", %s", action_name(action));
	if (action == ACTION_TRACE || action == ACTION_NOTIFY)
		strbuf_printf(line, " (a %s decided; what it decided is not in the record)",
			      action == ACTION_TRACE ? "tracer" : "supervisor");
}

static void put_times(struct strbuf *line, const struct observation *seen)
{
	char first[32], last[32];

	if (seen->first_ms == TIME_UNKNOWN)
		return;
	time_format(seen->first_ms, first, sizeof(first));
	time_format(seen->last_ms, last, sizeof(last));
	strbuf_printf(line, seen->count == 1 ? "; %s" : "; %s to %s", first, last);
}

static void write_denial(const struct denied_text *text, const struct group_arch *table,
			 const struct observation *seen)
{
	_cleanup_strbuf_ struct strbuf line = { 0 }, opens = { 0 };
	const char *name =
		table->arch ? syscall_name(&text->run->names, table->arch, seen->nr) : NULL;
	const struct call_fact *fact = name ? call_fact(name, NULL) : NULL;
	char number[32];

	snprintf(number, sizeof(number), "number %" PRId32, seen->nr);
	put_answer(&line, seen);
	put_times(&line, seen);
	strbuf_puts(&line, "; ");
	explain_put_who(&line, &text->run->recording, seen, text->verbose);
	fprintf(text->stream, "  %s%s%s\n", text->style.bold, name ? name : number,
		text->style.off);
	put(text, "", &line);
	if (fact)
		strbuf_printf(&opens, "(risk %s) %s", risk_name(fact->risk), fact->does);
	else
		strbuf_puts(&opens, "nobody here can say: the number has no name");
	put(text, "would open", &opens);
}

static bool is_denial(const struct observation *seen)
{
	return action_denies((enum action)seen->action);
}

static void write_group(const struct denied_text *text, const struct group *group)
{
	_cleanup_strbuf_ struct strbuf name = { 0 };
	const char *node = recording_node(&text->run->recording, group->node);

	strbuf_put_shown(&name, slice_from(group->name));
	if (*node) {
		strbuf_puts(&name, " on ");
		strbuf_put_shown(&name, slice_from(node));
	}
	for (uint32_t a = 0; a < group->n_arches; a++) {
		const struct group_arch *table = &group->arches[a];
		bool any = false;

		for (uint32_t i = 0; i < table->n; i++) {
			if (!is_denial(&table->observations[i]))
				continue;
			if (!any)
				fprintf(text->stream, "\n%s%s%s, %s\n", text->style.bold,
					strbuf_text(&name) ? strbuf_text(&name) : "",
					text->style.off,
					table->arch ? table->arch->name : "unknown architecture");
			any = true;
			write_denial(text, table, &table->observations[i]);
		}
	}
}

static void write_groups(const struct denied_text *text, const uint32_t *order)
{
	const struct recording *recording = &text->run->recording;
	size_t shown = 0;

	for (size_t g = 0; g < recording->n_groups; g++) {
		const struct group *group = &recording->groups[order[g]];

		if (!proposal_group_denied(group))
			continue;
		if (shown++ == GROUPS_SHOWN && !text->verbose) {
			fprintf(text->stream, "\nand %zu groups more, see --verbose\n",
				text->proposal->n_groups - GROUPS_SHOWN);
			break;
		}
		write_group(text, group);
	}
}

/* What the proposal is, and how to have it. */
static void write_end(const struct denied_text *text, const struct explain_options *options)
{
	const struct proposal *proposal = text->proposal;
	_cleanup_strbuf_ struct strbuf names = { 0 }, reasons = { 0 };

	for (size_t i = 0; proposal->names[i]; i++)
		strbuf_printf(&names, "%s%s", i ? " " : "", proposal->names[i]);
	putc('\n', text->stream);
	if (names.len)
		put(text, options->format ? "proposed" : "could add", &names);
	if (proposal->happened)
		explain_put(text->stream, &text->style, "note",
			    "the log also has calls that were let through; record those with "
			    "--from-log without explain");
	if (names.len)
		explain_put(text->stream, &text->style, "next",
			    options->format ? "the proposal holds these calls and no others: cut "
					      "it down to what "
					      "the program needs, then `audit-seccomp-gen merge "
					      "PROFILE PROPOSAL` "
					      "adds it to the profile in force"
					    : "-f oci -o FILE writes them as a profile, a rule "
					      "with its reason for "
					      "each");
	evidence_reasons(&text->run->recording.evidence, &reasons);
	if (reasons.len)
		strbuf_puts(&reasons, ": there may have been more denials");
	if (reasons.len)
		put(text, "incomplete", &reasons);
}

static int write_report(FILE *stream, struct run *run, const struct proposal *proposal,
			const struct explain_options *options, struct error *err)
{
	const struct denied_text text = {
		.stream = stream,
		.style = style_for(stream),
		.run = run,
		.proposal = proposal,
		.verbose = options->verbose,
	};
	_cleanup_free_ uint32_t *order = NULL;

	if (recording_order(&run->recording, &order) < 0)
		return error_memory(err);
	write_head(&text);
	write_groups(&text, order);
	write_end(&text, options);
	return 0;
}

static int write_profile(struct run *run, const struct proposal *proposal,
			 const struct explain_options *options, struct error *err)
{
	const struct emit_request request = { .title = "denied", .names = &run->names };
	const struct style style = style_for(stderr);
	_cleanup_emission_ struct emission emission = { 0 };
	_cleanup_output_ struct output output = { 0 };
	int r = emitter_run(options->format, proposal->profile, &request, &emission, err);

	if (r >= 0)
		r = output_open(&output, options->output, err);
	if (r < 0)
		return r;
	fwrite(strbuf_text(&emission.body), 1, emission.body.len, output.stream);
	r = output_commit(&output, err);
	if (r >= 0)
		losses_write(stderr, &style, options->format, &emission, false);
	return r;
}

/* Without a format the report is the product, with one it is told to the person beside it. */
static int write_all(struct run *run, const struct explain_options *options, struct error *err)
{
	_cleanup_(proposal_deinit) struct proposal proposal = { 0 };
	_cleanup_output_ struct output output = { 0 };
	int r = proposal_make(&proposal, &run->recording, &run->names, err);

	if (r < 0)
		return r;
	if (proposal.records == 0)
		return error_set(err, -ENODATA,
				 "no call was denied in the %" PRIu64
				 " SECCOMP records that were selected",
				 run->facts.records);
	if (options->format) {
		r = write_profile(run, &proposal, options, err);
		return r < 0 ? r : write_report(stderr, run, &proposal, options, err);
	}
	r = output_open(&output, options->output, err);
	if (r >= 0)
		r = write_report(output.stream, run, &proposal, options, err);
	return r < 0 ? r : output_commit(&output, err);
}

int explain_denied(const struct explain_options *options)
{
	const struct options log = {
		.source = SOURCE_LOG,
		.operands = options->words.operands,
		.n_operands = options->words.n_operands,
		.output = options->output,
		.no_sandbox = options->words.no_sandbox,
		.group_by = options->group_by,
		.selection = options->selection,
	};
	struct run run = { .options = &log };
	struct error err = { 0 };
	int r = record_log(&run, &err), status;

	if (r >= 0)
		r = write_all(&run, options, &err);
	if (r < 0)
		status = report_failure(&err, r, EXIT_USAGE);
	else
		status = evidence_complete(&run.recording.evidence) ? EXIT_COMPLETE
								    : EXIT_INCOMPLETE;
	recording_deinit(&run.recording);
	syscall_table_deinit(&run.names);
	return status;
}
