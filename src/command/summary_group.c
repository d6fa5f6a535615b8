/* SPDX-License-Identifier: Apache-2.0 */
/* What a person is told of one group: what was seen, what is allowed besides, and what to look at.
 */
#include "base/cleanup.h"
#include "command/style.h"
#include "command/summary_private.h"
#include <inttypes.h>

#define LOOK_AT_SHOWN 6

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
	summary_amount(stream, name_list_count(made->report.seen), "call", "calls");
	if (group->n_arches > 0)
		fputs(" on ", stream);
	put_arches(stream, group);
	fputs(", from ", stream);
	summary_amount(stream, group_records(group), "record", "records");
	if (summary->facts->processes) {
		fputs(" of ", stream);
		summary_amount(stream, summary->facts->processes, "process", "processes");
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
			summary_label(summary, "inferred");
		else if (summary->verbose)
			summary_label(summary, "");
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
				summary_label(summary, "denied");
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
			summary_label(summary, "no name");
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
			summary_label(summary, "");
			fputs("and more, see --verbose\n", summary->stream);
			return;
		}
		summary_label(summary, shown++ ? "" : "look at");
		fprintf(summary->stream, "%s: %s\n", seen[i], reason);
	}
}

/* A name that was added only to be answered ENOSYS is no loss where a runtime does not know it. */
static void write_too_new(const struct summary *summary, const struct made *made)
{
	bool any = false;

	for (size_t i = 0; made->skipped && made->skipped[i]; i++) {
		if (!name_list_has(made->report.seen, made->skipped[i]))
			continue;
		if (!any)
			summary_label(summary, "too new");
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
		summary_label(summary, "");
		fputs("with those that were seen, and no others\n", summary->stream);
	}
	for (size_t i = 0; report->any_args && report->any_args[i]; i++) {
		summary_label(summary, i ? "" : "any args");
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
		summary_label(summary, "new");
		fputs("nothing: the base allows all of it\n", stream);
	}
	style_words(stream, style, "new", report->fresh, 1);
	/* In a recording there is nothing of that. */
	if (summary->product->options->format->emit)
		write_inferred(summary, report);
	style_words(stream, style, "the base", report->still_denied, 1);
	if (name_list_count(report->still_denied)) {
		summary_label(summary, "");
		fputs("denies these by name, and so does the result\n", stream);
	}
	style_words(stream, style, "the base", report->conditional, 1);
	if (name_list_count(report->conditional)) {
		summary_label(summary, "");
		fputs("decides these by argument or condition, and goes on to\n", stream);
	}
	write_arguments(summary, report);
	style_words(stream, style, "widened", report->widened, whole);
	if (name_list_count(report->widened)) {
		summary_label(summary, "");
		fputs("seen on one architecture, allowed on all: the format has one list for all\n",
		      stream);
	}
	write_denied(summary, group);
	write_unnamed(summary, group);
	if (summary->product->options->format->emit)
		write_too_new(summary, made);
	write_look_at(summary, report->seen);
}

int summary_group(const struct summary *summary, const struct group *group, struct error *err)
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
