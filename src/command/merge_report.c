/* SPDX-License-Identifier: Apache-2.0 */
#include "command/merge.h"
#include "command/style.h"
#include "model/completeness.h"
#include <errno.h>
#include <stdio.h>

#define ESTIMATES_MAX 3 /* groups that an estimate is given for; as many as the summary details */

static void tell_inputs(const struct merge *merge)
{
	const struct style style = style_for(stderr);
	size_t listed = merge->n_recordings + merge->n_profiles;

	if (merge->options.verbosity == VERBOSITY_QUIET)
		return;
	fprintf(stderr, "%s%s%s of ", style.bold, merge->intersect ? "intersection" : "union",
		style.off);
	if (merge->n_recordings > 0)
		fprintf(stderr, "%zu recording%s%s", merge->n_recordings,
			merge->n_recordings == 1 ? "" : "s",
			merge->n_profiles ? ", put on top of " : "\n");
	if (merge->n_profiles > 0)
		fprintf(stderr, "%s%zu profile%s\n",
			merge->n_recordings && merge->n_profiles > 1 ? "the union of " : "",
			merge->n_profiles, merge->n_profiles == 1 ? "" : "s");
	if (strbuf_text(&merge->listed))
		fputs(strbuf_text(&merge->listed), stderr);
	if (listed > MERGE_LISTED_MAX && merge->options.verbosity != VERBOSITY_VERBOSE)
		fprintf(stderr, "  and %zu more (--verbose lists all)\n",
			listed - MERGE_LISTED_MAX);
}

/* An incomplete part makes the whole so, and this is the one to record again. */
static void tell_incomplete(const struct merge *merge)
{
	const struct style style = style_for(stderr);

	if (merge->n_incomplete == 0)
		return;
	fprintf(stderr,
		"%sINCOMPLETE%s: %zu of %zu inputs %s, the first is %s; do not enforce it\n",
		style.bad, style.off, merge->n_incomplete, merge->n_recordings + merge->n_profiles,
		merge->n_incomplete == 1 ? "is" : "are", strbuf_text(&merge->first_incomplete));
}

static void tell_names(const struct style *style, const char *label, const struct name_set *names,
		       const char *meaning)
{
	if (names->n == 0)
		return;
	style_words(stderr, style, label, names->names, 1);
	fprintf(stderr, "  %-10s %s\n", "", meaning);
}

static void tell_note(const struct style *style, bool holds, const char *text)
{
	if (holds)
		fprintf(stderr, "  %s%-10s%s %s\n", style->dim, "note", style->off, text);
}

static void tell_report(const struct merge *merge)
{
	const struct style style = style_for(stderr);
	const struct merge_report *report = &merge->report;

	if (merge->options.verbosity == VERBOSITY_QUIET)
		return;
	tell_names(&style, "denied", &report->denied,
		   "denied by name in one profile, allowed in another: denied in the result");
	tell_names(&style, "allowed", &report->yielded,
		   "answered ENOSYS in one profile, because not recorded there, and allowed in "
		   "another");
	tell_names(
		&style, "left out", &report->dropped,
		"allowed under different conditions: what they have in common is not worked out, "
		"and nothing of it is allowed");
	tell_names(&style, "stricter", &report->turned,
		   "rules of one profile contradict each other here: where several hold, the "
		   "strictest is the answer now, and not the first");
	tell_note(&style, report->arches_differ,
		  merge->intersect ? "the profiles cover different architectures: only common ones "
				     "are left"
				   : "the profiles cover different architectures: a call of one is "
				     "now allowed on those of the other, too");
	tell_note(&style, report->defaults_differ,
		  "the default answers differ: the one that denies more was taken");
	tell_note(&style, report->members_differ,
		  "members that are not known here differ: of two values the first by its text was "
		  "kept");
}

void merge_tell(const struct merge *merge)
{
	tell_incomplete(merge);
	tell_inputs(merge);
	tell_report(merge);
}

static int put_estimate(const struct completeness *estimate, const char *group)
{
	const struct style style = style_for(stderr);
	_cleanup_strbuf_ struct strbuf text = { 0 };

	if (estimate->n < 2)
		return 0;
	if (group) {
		strbuf_put_shown(&text, slice_from(group));
		strbuf_puts(&text, ": ");
	}
	completeness_put(estimate, &text);
	if (!strbuf_text(&text))
		return -ENOMEM;
	fprintf(stderr, "  %s%-10s%s %s\n", style.dim, "estimate", style.off, strbuf_text(&text));
	return 0;
}

int merge_tell_estimate(const struct merge *merge, struct error *err)
{
	const struct recording *recording = &merge->recording;
	size_t shown = recording->n_groups <= ESTIMATES_MAX ? recording->n_groups : 0;
	struct completeness estimate;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < shown; i++) {
		r = completeness_of_runs(recording, i, &estimate);
		if (r == 0)
			r = put_estimate(&estimate, recording->n_groups > 1
							    ? recording->groups[i].name
							    : NULL);
	}
	if (r == 0)
		r = completeness_of_processes(recording, &estimate);
	if (r == 0)
		r = put_estimate(&estimate, NULL);
	return r < 0 ? error_memory(err) : 0;
}
