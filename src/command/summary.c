/* SPDX-License-Identifier: Apache-2.0 */
#include "command/summary.h"
#include "base/cleanup.h"
#include "command/losses.h"
#include "command/summary_private.h"
#include <inttypes.h>
#include <string.h>

#define GROUPS_SHOWN 20 /* of many groups, in the table */
#define DETAILED_MAX 3	/* groups whose calls are listed */

void summary_label(const struct summary *summary, const char *text)
{
	fprintf(summary->stream, "  %s%-10s%s ", summary->style.dim, text, summary->style.off);
}

void summary_amount(FILE *stream, uint64_t n, const char *one, const char *many)
{
	fprintf(stream, "%" PRIu64 " %s", n, n == 1 ? one : many);
}

static const struct evidence *evidence_of(const struct summary *summary)
{
	return &summary->product->recording->evidence;
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

	summary_label(summary, "evidence");
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
	summary_label(summary, "note");
	fprintf(summary->stream, "%s\n", strbuf_text(&remarks));
}

static void write_readers(const struct summary *summary)
{
	if (!summary->facts->readers)
		return;
	summary_label(summary, "also read");
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
	summary_amount(summary->stream, summary->facts->records, "record", "records");
	fprintf(summary->stream, "\n  %s%-*s  %-10s %9s %6s%s\n", summary->style.dim, width,
		"group", "arch", "records", "calls", summary->style.off);
	for (size_t i = 0; i < shown; i++)
		write_row(summary, &recording->groups[summary->order[i]], width);
	if (shown < recording->n_groups)
		fprintf(summary->stream, "  and %zu more (--verbose lists all)\n",
			recording->n_groups - shown);
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
		r = summary_group(summary, &recording->groups[summary->order[i]], err);
	return r;
}

/* What the format could not say, of all groups together. */
static void write_losses(const struct summary *summary, bool only_wider)
{
	const struct product *product = summary->product;

	losses_write(summary->stream, &summary->style, product->options->format, &product->lost,
		     only_wider);
	if (product->lost_more) {
		summary_label(summary, "");
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
		summary_label(&summary, "ended");
		fprintf(stream, "%s\n", facts->ended);
	}
	write_losses(&summary, false);
	write_readers(&summary);
	write_remarks(&summary);
	write_verdict(&summary);
	return 0;
}
