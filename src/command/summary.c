/* SPDX-License-Identifier: Apache-2.0 */
#include "command/summary.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "command/losses.h"
#include "command/style.h"
#include <inttypes.h>
#include <string.h>

#define GROUPS_SHOWN  20 /* of many groups, in the table */
#define DETAILED_MAX  3	 /* groups whose calls are listed */
#define LOOK_AT_SHOWN 6

struct summary {
	FILE *stream;
	struct style style;
	struct product *product;
	const uint32_t *order;
	const struct summary_facts *facts;
	bool verbose;
};

static const struct evidence *evidence_of(const struct summary *summary)
{
	return &summary->product->recording->evidence;
}

static void label(const struct summary *summary, const char *text)
{
	fprintf(summary->stream, "  %s%-10s%s ", summary->style.dim, text, summary->style.off);
}

/* "1 process", "2 processes": English has two forms, and `many` is the second. */
static void amount(FILE *stream, uint64_t n, const char *one, const char *many)
{
	fprintf(stream, "%" PRIu64 " %s", n, n == 1 ? one : many);
}

/* An incomplete recording says so before anything else. */
static void write_warning(const struct summary *summary, const char *place,
			  const struct evidence *evidence)
{
	_cleanup_strbuf_ struct strbuf reasons = { 0 };
	const char *remedy = evidence_remedy(evidence);

	if (evidence_complete(evidence))
		return;
	evidence_reasons(evidence, &reasons);
	fprintf(summary->stream, "%s%s: INCOMPLETE%s: %s; do not enforce it", summary->style.bad,
		place, summary->style.off, strbuf_text(&reasons));
	if (remedy)
		fprintf(summary->stream, ". Remedy: %s", remedy);
	putc('\n', summary->stream);
}

static void put_arches(FILE *stream, const struct group *group)
{
	for (uint32_t i = 0; i < group->n_arches; i++) {
		fputs(i ? ", " : "", stream);
		if (group->arches[i].arch)
			fputs(group->arches[i].arch->name, stream);
		else
			fprintf(stream, "unknown arch %" PRIx32, group->arches[i].audit);
	}
}

static void write_head(const struct summary *summary, const char *place, const struct group *group,
		       const struct made *made)
{
	FILE *stream = summary->stream;

	fprintf(stream, "%s%s%s: ", summary->style.bold, place, summary->style.off);
	amount(stream, name_list_count(made->report.seen), "call", "calls");
	if (group->n_arches > 0)
		fputs(" on ", stream);
	put_arches(stream, group);
	fputs(", from ", stream);
	amount(stream, group_records(group), "record", "records");
	if (summary->facts->processes) {
		fputs(" of ", stream);
		amount(stream, summary->facts->processes, "process", "processes");
	}
	putc('\n', stream);
}

static void put_set(const struct summary *summary, enum policy_set set, size_t n)
{
	enum runtime_base runtime = summary->product->policy.runtime;

	switch (set) {
	case POLICY_RUNTIME:
		fprintf(summary->stream, "%zu runtime start (%s)", n,
			runtime == RUNTIME_ALL	  ? "crun, runc"
			: runtime == RUNTIME_CRUN ? "crun"
						  : "runc");
		break;
	case POLICY_FALLBACK:
		fprintf(summary->stream, "%zu answered ENOSYS", n);
		break;
	default:
		fprintf(summary->stream, "%zu %s", n, policy_set_name(set));
	}
}

static void write_inferred(const struct summary *summary, const struct policy_report *report)
{
	bool any = false;

	for (int i = 0; i < POLICY_SET_COUNT; i++) {
		size_t n = name_list_count(report->inferred[i]);

		if (n == 0)
			continue;
		if (!any)
			label(summary, "inferred");
		else if (summary->verbose)
			label(summary, "");
		else
			fputs(" · ", summary->stream);
		put_set(summary, (enum policy_set)i, n);
		any = true;
		if (summary->verbose) {
			putc('\n', summary->stream);
			style_words(summary->stream, &summary->style, "", report->inferred[i], 1);
		}
	}
	if (any && !summary->verbose)
		putc('\n', summary->stream);
}

/* Calls whose answer was a denial, with their number of records, and numbers without a name. */
static void write_denied(const struct summary *summary, const struct group *group)
{
	bool any = false;

	for (uint32_t a = 0; a < group->n_arches; a++) {
		const struct group_arch *table = &group->arches[a];

		for (uint32_t i = 0; i < table->n; i++) {
			const struct observation *seen = &table->observations[i];
			enum action action = (enum action)seen->action;
			const char *name = NULL;

			if (!action_denies(action) && action != ACTION_UNKNOWN)
				continue;
			if (table->arch)
				name = syscall_name(summary->product->names, table->arch, seen->nr);
			if (any)
				fputs(", ", summary->stream);
			else
				label(summary, "denied");
			if (name)
				fputs(name, summary->stream);
			else
				fprintf(summary->stream, "number %" PRId32, seen->nr);
			fprintf(summary->stream, " (%s, %" PRIu64 ")", action_name(action),
				(uint64_t)seen->count);
			any = true;
		}
	}
	if (any)
		putc('\n', summary->stream);
}

static void write_unnamed(const struct summary *summary, const struct group *group)
{
	for (uint32_t a = 0; a < group->n_arches; a++) {
		const struct group_arch *table = &group->arches[a];

		for (uint32_t i = 0; i < table->n; i++) {
			const struct observation *seen = &table->observations[i];

			if (table->arch &&
			    syscall_name(summary->product->names, table->arch, seen->nr))
				continue;
			label(summary, "no name");
			fprintf(summary->stream, "number %" PRId32 " on ", seen->nr);
			if (table->arch)
				fputs(table->arch->name, summary->stream);
			else
				fprintf(summary->stream, "arch %" PRIx32, table->audit);
			fprintf(summary->stream, " (%s, %" PRIu64 "): %s\n",
				action_name((enum action)seen->action), (uint64_t)seen->count,
				seen->nr == -1 ? "a call that a tracer cancelled"
					       : "not in the profile");
		}
	}
}

static void write_look_at(const struct summary *summary, char *const *seen)
{
	size_t shown = 0;

	for (size_t i = 0; seen && seen[i]; i++) {
		const char *reason = policy_look_at(seen[i]);

		if (!reason)
			continue;
		if (shown == LOOK_AT_SHOWN && !summary->verbose) {
			label(summary, "");
			fputs("and more, see --verbose\n", summary->stream);
			return;
		}
		label(summary, shown++ ? "" : "look at");
		fprintf(summary->stream, "%s: %s\n", seen[i], reason);
	}
}

static bool has_name(char *const *names, const char *name)
{
	for (; names && *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

/* A name that was added only to be answered ENOSYS is no loss where a runtime does not know it. */
static void write_too_new(const struct summary *summary, const struct made *made)
{
	bool any = false;

	for (size_t i = 0; made->skipped && made->skipped[i]; i++) {
		if (!has_name(made->report.seen, made->skipped[i]))
			continue;
		if (!any)
			label(summary, "too new");
		fprintf(summary->stream, "%s%s", any ? " " : "", made->skipped[i]);
		any = true;
	}
	if (any)
		fputs(": a runtime linked with the libseccomp here skips it, and denies it\n",
		      summary->stream);
}

/* Which calls are held to their arguments, and why others are not that could have been. */
static void write_arguments(const struct summary *summary, const struct policy_report *report)
{
	style_words(summary->stream, &summary->style, "arguments", report->by_args, 1);
	if (name_list_count(report->by_args)) {
		label(summary, "");
		fputs("with those that were seen, and no others\n", summary->stream);
	}
	for (size_t i = 0; report->any_args && report->any_args[i]; i++) {
		label(summary, i ? "" : "any args");
		fprintf(summary->stream, "%s\n", report->any_args[i]);
	}
}

static void write_calls(const struct summary *summary, const struct group *group,
			const struct made *made)
{
	const struct policy_report *report = &made->report;
	FILE *stream = summary->stream;
	const struct style *style = &summary->style;
	int whole = summary->verbose;

	style_words(stream, style, "seen", report->seen, whole);
	if (summary->product->policy.base && !name_list_count(report->fresh)) {
		label(summary, "new");
		fputs("nothing: the base allows all of it\n", stream);
	}
	style_words(stream, style, "new", report->fresh, 1);
	write_inferred(summary, report);
	style_words(stream, style, "the base", report->still_denied, 1);
	if (name_list_count(report->still_denied)) {
		label(summary, "");
		fputs("denies these by name, and so does the result\n", stream);
	}
	style_words(stream, style, "the base", report->conditional, 1);
	if (name_list_count(report->conditional)) {
		label(summary, "");
		fputs("decides these by argument or condition, and goes on to\n", stream);
	}
	write_arguments(summary, report);
	style_words(stream, style, "widened", report->widened, whole);
	if (name_list_count(report->widened)) {
		label(summary, "");
		fputs("seen on one architecture, allowed on all: the format has one list for all\n",
		      stream);
	}
	write_denied(summary, group);
	write_unnamed(summary, group);
	write_too_new(summary, made);
	write_look_at(summary, report->seen);
}

/* What the serial numbers of a log say about its completeness. */
static const char *serials_in_words(const struct summary *summary)
{
	if (!summary->facts->serials)
		return "but this form has no serial numbers that would show a loss";
	return evidence_of(summary)->count[FINDING_FILTERED_GAPS]
		       ? "but serial numbers tell nothing in an extract"
		       : "no serial number missing";
}

/* What was looked at and found, when nothing breaks completeness. */
static void write_verdict(const struct summary *summary)
{
	const struct evidence *evidence = evidence_of(summary);
	FILE *stream = summary->stream;
	bool complete = evidence_complete(evidence);

	label(summary, "evidence");
	fprintf(stream, "%s%s%s: ", complete ? summary->style.good : summary->style.bad,
		complete ? "complete" : "incomplete", summary->style.off);
	if (!complete) {
		_cleanup_strbuf_ struct strbuf reasons = { 0 };

		evidence_reasons(evidence, &reasons);
		fprintf(stream, "%s\n", strbuf_text(&reasons));
	} else if (evidence->live) {
		fputs("sentinel seen, no serial missing, nothing dropped, kernel lost +0\n",
		      stream);
	} else {
		fprintf(stream, "every SECCOMP line read, %s\n", serials_in_words(summary));
	}
}

/* What was found and breaks nothing, but should be known. */
static void write_remarks(const struct summary *summary)
{
	_cleanup_strbuf_ struct strbuf remarks = { 0 };

	evidence_remarks(evidence_of(summary), &remarks);
	if (!remarks.len)
		return;
	label(summary, "note");
	fprintf(summary->stream, "%s\n", strbuf_text(&remarks));
}

static void write_readers(const struct summary *summary)
{
	if (!summary->facts->readers)
		return;
	label(summary, "also read");
	fprintf(summary->stream,
		"by %s: about %" PRIu64 " kB went into its log, all records of the host counted\n",
		summary->facts->readers, (summary->facts->other_bytes + 1023) / 1024);
}

/* Who was in a group: its first executables. */
static void put_executables(const struct summary *summary, const struct group *group)
{
	const struct recording *recording = summary->product->recording;
	_cleanup_strbuf_ struct strbuf shown = { 0 };
	const uint32_t *actors;
	const struct observation *first;
	size_t n;

	if (group->n_arches == 0 || group->arches[0].n == 0)
		return;
	first = &group->arches[0].observations[0];
	recording_actors(recording, first, &actors, &n);
	if (n == 0)
		return;
	strbuf_put_shown(&shown, recording_actor(recording, actors[n - 1]).exe);
	fprintf(summary->stream, "  %s%s", strbuf_text(&shown), n > 1 ? " …" : "");
}

static void write_row(const struct summary *summary, const struct group *group, int width)
{
	_cleanup_strbuf_ struct strbuf name = { 0 };

	strbuf_put_shown(&name, slice_from(group->name));
	for (uint32_t i = 0; i < group->n_arches; i++) {
		const struct group_arch *table = &group->arches[i];
		uint64_t records = 0;
		char unknown[24];

		for (uint32_t o = 0; o < table->n; o++)
			records += table->observations[o].count;
		snprintf(unknown, sizeof(unknown), "%" PRIx32, table->audit);
		fprintf(summary->stream, "  %-*s  %-10s %9" PRIu64 " %6" PRIu32, width,
			i ? "" : strbuf_text(&name), table->arch ? table->arch->name : unknown,
			records, table->n);
		if (i == 0)
			put_executables(summary, group);
		putc('\n', summary->stream);
	}
}

static void write_table(const struct summary *summary)
{
	const struct recording *recording = summary->product->recording;
	size_t shown = recording->n_groups;
	int width = 5;

	if (shown > GROUPS_SHOWN && !summary->verbose)
		shown = GROUPS_SHOWN;
	for (size_t i = 0; i < shown; i++) {
		size_t len = strlen(recording->groups[summary->order[i]].name);

		if (len > (size_t)width)
			width = len < 40 ? (int)len : 40;
	}
	fprintf(summary->stream, "%s%zu groups%s from ", summary->style.bold, recording->n_groups,
		summary->style.off);
	amount(summary->stream, summary->facts->records, "record", "records");
	fprintf(summary->stream, "\n  %s%-*s  %-10s %9s %6s%s\n", summary->style.dim, width,
		"group", "arch", "records", "calls", summary->style.off);
	for (size_t i = 0; i < shown; i++)
		write_row(summary, &recording->groups[summary->order[i]], width);
	if (shown < recording->n_groups)
		fprintf(summary->stream, "  and %zu more (--verbose lists all)\n",
			recording->n_groups - shown);
}

static int write_group(const struct summary *summary, const struct group *group, struct error *err)
{
	_cleanup_free_ char *place = product_place(summary->product, group);
	const struct made *made;
	int r = product_make(summary->product, group, &made, err);

	if (r < 0)
		return r;
	if (!place)
		return error_memory(err);
	if (made->empty && summary->product->options->format->emit) {
		fprintf(summary->stream, "%s: no profile, as nothing was allowed\n", place);
		write_denied(summary, group);
		return 0;
	}
	write_head(summary, place, group, made);
	write_calls(summary, group, made);
	return 0;
}

static int write_groups(const struct summary *summary, struct error *err)
{
	const struct recording *recording = summary->product->recording;
	int r = 0;

	if (recording->n_groups > 1)
		write_table(summary);
	if (recording->n_groups > DETAILED_MAX && !summary->verbose)
		return 0;
	for (size_t i = 0; i < recording->n_groups && r >= 0; i++)
		r = write_group(summary, &recording->groups[summary->order[i]], err);
	return r;
}

/* What the format could not say, of all groups together. */
static void write_losses(const struct summary *summary, bool only_wider)
{
	const struct product *product = summary->product;

	losses_write(summary->stream, &summary->style, product->options->format, &product->lost,
		     only_wider);
	if (product->lost_more) {
		label(summary, "");
		fprintf(summary->stream, "and %zu more such, each in its product\n",
			product->lost_more);
	}
}

/* Groups that are held to different evidence: each that is incomplete. */
static void write_warnings(const struct summary *summary)
{
	const struct recording *recording = summary->product->recording;
	size_t shown = 0, incomplete = 0;

	for (size_t i = 0; i < recording->n_groups; i++) {
		const uint32_t number = summary->order[i];
		const struct evidence *evidence = &summary->product->evidence[number];
		_cleanup_free_ char *place = NULL;

		if (evidence_complete(evidence) || ++incomplete > GROUPS_SHOWN)
			continue;
		place = product_place(summary->product, &recording->groups[number]);
		write_warning(summary, place ? place : "profile", evidence);
		shown++;
	}
	if (shown < incomplete)
		fprintf(summary->stream, "%sand %zu more INCOMPLETE%s\n", summary->style.bad,
			incomplete - shown, summary->style.off);
}

static void write_opening(const struct summary *summary)
{
	const struct recording *recording = summary->product->recording;
	_cleanup_free_ char *place = NULL;

	if (recording->n_groups > 1 && summary->product->evidence) {
		write_warnings(summary);
		return;
	}
	if (recording->n_groups > 1) {
		write_warning(summary, "all groups", evidence_of(summary));
		return;
	}
	place = product_place(summary->product, &recording->groups[0]);
	write_warning(summary, place ? place : "profile", evidence_of(summary));
}

int summary_write(FILE *stream, struct product *product, const uint32_t *order,
		  const struct summary_facts *facts, struct error *err)
{
	struct summary summary = {
		.stream = stream,
		.style = style_for(stream),
		.product = product,
		.order = order,
		.facts = facts,
		.verbose = product->options->verbosity == VERBOSITY_VERBOSE,
	};
	int r;

	write_opening(&summary);
	if (product->options->verbosity == VERBOSITY_QUIET) {
		write_losses(&summary, true);
		return 0;
	}
	r = write_groups(&summary, err);
	if (r < 0)
		return r;
	if (facts->ended) {
		label(&summary, "ended");
		fprintf(stream, "%s\n", facts->ended);
	}
	write_losses(&summary, false);
	write_readers(&summary);
	write_remarks(&summary);
	write_verdict(&summary);
	return 0;
}
