/* SPDX-License-Identifier: Apache-2.0 */
/* The overview by area, and the words that it shares with the explanation of one call. */
#include "base/cleanup.h"
#include "base/time.h"
#include "command/explain.h"
#include "model/profile_merge.h"
#include "model/rule_text.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define INDENT	     13 /* where the text behind a label begins */
#define ACTORS_SHOWN 4	/* who made one call, without --verbose */
#define NAMES_SHOWN  40 /* of one ground, without --verbose */

/* Counts of one area. */
struct tally {
	size_t by_ground[GROUND_COUNT], allowed, all;
	enum risk highest; /* of those that are allowed */
};

void explain_put(FILE *stream, const struct style *style, const char *label, const char *text)
{
	size_t column = INDENT;

	fprintf(stream, "  %s%-10s%s", style->dim, label, style->off);
	while (*text) {
		size_t len = strcspn(text, " ");

		if (column + len + 1 > style->width && column > INDENT) {
			fprintf(stream, "\n%*s", INDENT - 1, "");
			column = INDENT;
		}
		fprintf(stream, " %.*s", (int)len, text);
		column += len + 1;
		text += len;
		text += strspn(text, " ");
	}
	putc('\n', stream);
}

void explain_put_who(struct strbuf *line, const struct recording *recording,
		     const struct observation *seen, bool all)
{
	const uint32_t *actors;
	size_t n, max = all ? SIZE_MAX : ACTORS_SHOWN;
	bool more = recording_actors(recording, seen, &actors, &n);

	for (size_t i = 0; i < n && i < max; i++) {
		struct actor actor = recording_actor(recording, actors[i]);

		strbuf_puts(line, i ? ", " : "");
		strbuf_put_shown(line, actor.exe);
		strbuf_puts(line, " (");
		strbuf_put_shown(line, actor.comm);
		strbuf_puts(line, ")");
	}
	if (n > max)
		strbuf_printf(line, " and %zu more", n - max);
	if (more || n == 0)
		strbuf_puts(line, n ? " and others" : "somebody who is not remembered");
}

static struct tally tally_area(const struct explanation *explanation, enum area area)
{
	struct tally tally = { .highest = RISK_LOW };

	for (size_t i = 0; i < explanation->n_calls; i++) {
		const struct explained *call = &explanation->calls[i];

		if (call->area != area)
			continue;
		tally.all++;
		tally.by_ground[call->ground]++;
		if (!ground_allows(call->ground))
			continue;
		tally.allowed++;
		if (call->fact && call->fact->risk > tally.highest)
			tally.highest = call->fact->risk;
	}
	return tally;
}

static void write_row(FILE *stream, const char *name, const struct tally *tally)
{
	fprintf(stream, "  %-14s %7zu %7zu %9zu %7zu   %s\n", name, tally->allowed,
		tally->by_ground[GROUND_SEEN], tally->by_ground[GROUND_INFERRED],
		tally->by_ground[GROUND_STATED], tally->allowed ? risk_name(tally->highest) : "-");
}

/* The calls of an area or of a ground as words; `text` is put behind them. */
static void write_names(FILE *stream, const struct style *style, const char *label,
			const struct explanation *explanation, enum area area, int ground,
			size_t max, const char *text)
{
	_cleanup_strbuf_ struct strbuf names = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < explanation->n_calls; i++) {
		const struct explained *call = &explanation->calls[i];

		if ((ground >= 0 && call->ground != (enum ground)ground) ||
		    (area != AREA_COUNT && call->area != area))
			continue;
		if (ground < 0 && !ground_allows(call->ground))
			continue;
		if (n++ >= max)
			continue;
		strbuf_puts(&names, names.len ? " " : "");
		strbuf_put_shown(&names, slice_from(call->name));
		strbuf_puts(&names, call->conditional ? "*" : "");
	}
	if (!names.len)
		return;
	if (n > max)
		strbuf_printf(&names, " and %zu more (--verbose lists all)", n - max);
	strbuf_puts(&names, text);
	explain_put(stream, style, label, strbuf_text(&names) ? strbuf_text(&names) : "...");
}

static void write_areas(FILE *stream, const struct style *style,
			const struct explanation *explanation, bool verbose)
{
	struct tally total = { .highest = RISK_LOW };

	fprintf(stream, "\n  %s%-14s %7s %7s %9s %7s   %s%s\n", style->dim, "area", "allowed",
		"seen", "inferred", "stated", "highest risk", style->off);
	for (int area = 0; area <= AREA_COUNT; area++) {
		struct tally tally = tally_area(explanation, (enum area)area);

		for (int ground = 0; ground < GROUND_COUNT; ground++)
			total.by_ground[ground] += tally.by_ground[ground];
		total.allowed += tally.allowed;
		if (tally.allowed && tally.highest > total.highest)
			total.highest = tally.highest;
		if (!tally.allowed)
			continue;
		write_row(stream, area < AREA_COUNT ? area_fact((enum area)area)->name : "unknown",
			  &tally);
		if (verbose)
			write_names(stream, style, "", explanation, (enum area)area, -1, SIZE_MAX,
				    "");
	}
	write_row(stream, "all", &total);
	putc('\n', stream);
}

/* Rank by rank, the highest first. */
static void write_look_at(FILE *stream, const struct style *style,
			  const struct explanation *explanation)
{
	const char *label = "look at";

	for (int risk = RISK_COUNT - 1; risk >= RISK_LOW; risk--)
		for (size_t i = 0; i < explanation->n_calls; i++) {
			const struct explained *call = &explanation->calls[i];
			const char *reason = policy_look_at(call->name);
			_cleanup_strbuf_ struct strbuf line = { 0 };

			if (!reason || !ground_allows(call->ground) ||
			    call->fact->risk != (enum risk)risk)
				continue;
			strbuf_printf(&line, "%s (%s, %s): %s", call->name, risk_name(risk),
				      ground_name(call->ground), reason);
			explain_put(stream, style, label,
				    strbuf_text(&line) ? strbuf_text(&line) : call->name);
			label = "";
		}
}

static void write_default(FILE *stream, const struct style *style, const struct profile *profile)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	answer_put(&text, profile->default_action, profile->has_default_errno,
		   profile->default_errno);
	strbuf_puts(&text, action_denies(profile->default_action)
				   ? " for everything that is not allowed"
				   : ": everything that is not denied is allowed");
	explain_put(stream, style, "default", strbuf_text(&text) ? strbuf_text(&text) : "");
}

static void write_evidence(FILE *stream, const struct style *style,
			   const struct explain_subject *subject)
{
	_cleanup_strbuf_ struct strbuf text = { 0 }, remarks = { 0 };
	const struct evidence *evidence = &subject->recording.evidence;

	if (!subject->recorded && profile_incomplete(subject->profile)) {
		strbuf_puts(&text, "the profile says of itself: ");
		strbuf_put_shown(&text, slice_from(profile_incomplete(subject->profile)));
		explain_put(stream, style, "evidence",
			    strbuf_text(&text) ? strbuf_text(&text) : "");
		return;
	}
	if (!subject->recorded) {
		explain_put(stream, style, "evidence",
			    "none: no recording was given, so nothing here says whether a call was "
			    "ever made");
		return;
	}
	if (evidence_complete(evidence)) {
		strbuf_printf(&text, "complete: %s",
			      evidence->live ? "recorded live, nothing lost"
					     : "from logs, nothing found missing");
	} else {
		strbuf_puts(&text, "INCOMPLETE: ");
		evidence_reasons(evidence, &text);
		strbuf_puts(&text, "; do not enforce it");
	}
	explain_put(stream, style, "evidence", strbuf_text(&text) ? strbuf_text(&text) : "");
	evidence_remarks(evidence, &remarks);
	if (remarks.len && strbuf_text(&remarks))
		explain_put(stream, style, "note", strbuf_text(&remarks));
}

static void write_span(FILE *stream, const struct style *style,
		       const struct explanation *explanation)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	char first[32], last[32];

	if (!explanation->recording)
		return;
	strbuf_printf(&text, "%" PRIu64 " records of %zu %s", explanation->happened,
		      explanation->n_programs,
		      explanation->n_programs == 1 ? "program" : "programs");
	if (explanation->denied)
		strbuf_printf(&text, ", %" PRIu64 " denied", explanation->denied);
	if (explanation->first_ms != TIME_UNKNOWN) {
		time_format(explanation->first_ms, first, sizeof(first));
		time_format(explanation->last_ms, last, sizeof(last));
		strbuf_printf(&text, ", %s to %s", first, last);
	}
	explain_put(stream, style, "recorded", strbuf_text(&text) ? strbuf_text(&text) : "");
	explain_put(
		stream, style, "estimate",
		explanation->estimate
			? explanation->estimate
			: "none: one run does not say what the next would show; record more and "
			  "merge them");
}

static bool any_conditional(const struct explanation *explanation)
{
	for (size_t i = 0; i < explanation->n_calls; i++)
		if (explanation->calls[i].conditional &&
		    ground_allows(explanation->calls[i].ground))
			return true;
	return false;
}

void explain_overview(FILE *stream, const struct style *style,
		      const struct explain_subject *subject, bool verbose)
{
	const struct explanation *explanation = &subject->explanation;
	size_t stated = explanation->by_ground[GROUND_STATED];
	size_t max = verbose ? SIZE_MAX : NAMES_SHOWN;

	for (size_t i = 0; subject->sources && subject->sources[i]; i++)
		fprintf(stream, "%s%s%s\n", style->bold, subject->sources[i], style->off);
	if (subject->derived)
		explain_put(stream, style, "profile",
			    "none was given: what follows is the one that the recording makes");
	write_evidence(stream, style, subject);
	write_span(stream, style, explanation);
	write_default(stream, style, subject->profile);
	write_areas(stream, style, explanation, verbose);
	if (verbose && any_conditional(explanation))
		explain_put(stream, style, "*", "under arguments or conditions only");
	if (stated > 0 && subject->recorded)
		write_names(stream, style, "stated", explanation, AREA_COUNT, GROUND_STATED, max,
			    ": allowed, but neither recorded nor marked as added");
	write_names(stream, style, "left out", explanation, AREA_COUNT, GROUND_LEFT_OUT, max,
		    ": recorded, but the profile does not allow it");
	write_names(stream, style, "denied", explanation, AREA_COUNT, GROUND_DENIED, max,
		    ": recorded as denied, and the profile does not speak of it");
	if (verbose)
		write_names(stream, style, "answered", explanation, AREA_COUNT, GROUND_ANSWERED,
			    max, ": denied by name");
	write_look_at(stream, style, explanation);
}
