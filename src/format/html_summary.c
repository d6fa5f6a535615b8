/* SPDX-License-Identifier: Apache-2.0 */
/* The top of the report: verdict, figures, facts. */
#include "base/time.h"
#include "format/html_escape.h"
#include "format/html_private.h"
#include "model/profile_merge.h"
#include "model/rule_text.h"
#include <inttypes.h>

#define NAMES_SHOWN 12

static size_t count(const struct html_report *report, enum ground ground)
{
	return report->explanation->by_ground[ground];
}

static size_t count_allowed(const struct html_report *report)
{
	return count(report, GROUND_SEEN) + count(report, GROUND_INFERRED) +
	       count(report, GROUND_STATED);
}

static size_t count_risky(const struct html_report *report)
{
	const struct explanation *explanation = report->explanation;
	size_t n = 0;

	for (size_t i = 0; i < explanation->n_calls; i++) {
		const struct explained *call = &explanation->calls[i];

		n += ground_allows(call->ground) && call->fact && call->fact->risk >= RISK_HIGH;
	}
	return n;
}

static bool is_open(const struct html_report *report)
{
	return !action_denies(report->explanation->profile->default_action);
}

static const char *plural(size_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

/* Which calls a verdict is about, the riskiest first; the table has them all. */
static void put_names(struct strbuf *page, const struct html_report *report, enum ground ground)
{
	const struct explanation *explanation = report->explanation;
	size_t met = 0;

	for (int risk = RISK_COUNT; risk >= 0; risk--)
		for (size_t i = 0; i < explanation->n_calls; i++) {
			const struct explained *call = &explanation->calls[i];
			int rank = call->fact ? (int)call->fact->risk : RISK_COUNT;

			if (call->ground != ground || rank != risk || ++met > NAMES_SHOWN)
				continue;
			strbuf_puts(page, met > 1 ? ", <code>" : " <code>");
			html_puts(page, call->name);
			strbuf_puts(page, "</code>");
		}
	if (met > NAMES_SHOWN)
		strbuf_printf(page, " and %zu more", met - NAMES_SHOWN);
	strbuf_puts(page, ".");
}

/* Whether what was seen and is not allowed are new calls that have an older way. */
static bool only_fallbacks(const struct explanation *explanation)
{
	for (size_t i = 0; i < explanation->n_calls; i++)
		if (explanation->calls[i].ground == GROUND_LEFT_OUT &&
		    explanation->calls[i].set != POLICY_FALLBACK)
			return false;
	return true;
}

/* What the evidence is worth for a run that is still to come: part of the verdict. */
static void put_estimate(struct strbuf *page, const struct explanation *explanation)
{
	strbuf_puts(page, "<p>Estimate: ");
	html_put_shown(page,
		       explanation->estimate
			       ? slice_from(explanation->estimate)
			       : SLICE("none, as one run does not say what the next would show"));
	strbuf_puts(page, ".</p>\n");
}

/* The worst that can be said comes first. */
static void put_verdict(struct strbuf *page, const struct html_report *report)
{
	const struct explanation *explanation = report->explanation;
	const struct recording *recording = explanation->recording;
	size_t stated = count(report, GROUND_STATED), left_out = count(report, GROUND_LEFT_OUT);
	_cleanup_strbuf_ struct strbuf reasons = { 0 };

	if (recording)
		evidence_reasons(&recording->evidence, &reasons);
	strbuf_puts(page, "<div class=\"verdict ");
	if (recording && !evidence_complete(&recording->evidence)) {
		strbuf_puts(page, "bad\"><strong>Evidence incomplete: do not enforce this profile"
				  "</strong>");
		html_put_made(page, &reasons);
		strbuf_puts(page, ".");
	} else if (is_open(report)) {
		strbuf_puts(page, "bad\"><strong>Everything is allowed that is not denied by name"
				  "</strong>The default action lets calls through, so this is not "
				  "an allow-list.");
	} else if (!recording && profile_incomplete(explanation->profile)) {
		strbuf_puts(page, "bad\"><strong>The profile says that its evidence was incomplete"
				  "</strong>");
		html_puts(page, profile_incomplete(explanation->profile));
	} else if (!recording) {
		strbuf_puts(page, "warn\"><strong>No evidence: only a profile was given</strong>"
				  "Nothing here says whether the program ever makes these calls; "
				  "give a recording, too.");
	} else if (left_out > 0) {
		strbuf_printf(page,
			      "warn\"><strong>%zu recorded %s not allowed</strong>The program "
			      "will be denied what it was seen to do:",
			      left_out, plural(left_out, "call is", "calls are"));
		put_names(page, report, GROUND_LEFT_OUT);
		if (only_fallbacks(explanation))
			strbuf_puts(page, " The answer is ENOSYS, at which libraries go on with an "
					  "older call.");
	} else if (stated > 0) {
		strbuf_printf(page,
			      "warn\"><strong>%zu allowed %s on nothing that was read</strong>"
			      "Neither recorded nor marked as added, to be justified or removed:",
			      stated, plural(stated, "call rests", "calls rest"));
		put_names(page, report, GROUND_STATED);
	} else {
		strbuf_puts(page, "good\"><strong>Evidence complete</strong>Every allowed call was "
				  "recorded, or was added for a reason that is given. Nothing "
				  "that was looked at shows a loss. What the program was not made "
				  "to do while it was recorded is not in it.");
	}
	if (recording)
		put_estimate(page, explanation);
	strbuf_puts(page, "</div>\n");
}

/* The one that the profile itself names first; the host's where it names none. */
static const struct arch *first_arch(const struct profile *profile)
{
	if (profile->architectures && *profile->architectures)
		return arch_by_name(slice_from(*profile->architectures));
	if (profile->n_arch_map > 0)
		return arch_by_name(slice_from(profile->arch_map[0].architecture));
	return arch_native();
}

/* The architecture that the figures are about: where most was seen, else the profile's first. */
static const struct arch *main_arch(const struct html_report *report)
{
	const struct explanation *explanation = report->explanation;
	const struct arch *best = NULL;
	size_t most = 0;

	for (size_t a = 0; a < arch_count(); a++) {
		size_t n = 0;

		for (size_t i = 0; i < explanation->n_calls; i++)
			n += (explanation->calls[i].arches >> a) & 1;
		if (n > most) {
			most = n;
			best = arch_at(a);
		}
	}
	return best ? best : first_arch(explanation->profile);
}

/* Names that are allowed and exist there: a profile may list those of other architectures. Those
 * under arguments or conditions are among them, and counted in `*ret_conditional`. */
static size_t count_on(const struct html_report *report, const struct arch *arch,
		       size_t *ret_conditional)
{
	const struct explanation *explanation = report->explanation;
	size_t n = 0, conditional = 0;

	for (size_t i = 0; i < explanation->n_calls; i++) {
		const struct explained *call = &explanation->calls[i];
		int32_t nr;

		if (!ground_allows(call->ground) ||
		    (arch && syscall_number(report->names, arch, call->name, &nr) < 0))
			continue;
		n++;
		conditional += call->conditional;
	}
	*ret_conditional = conditional;
	return n;
}

/* One sentence that a reviewer can quote. */
static void put_sentence(struct strbuf *page, const struct html_report *report)
{
	const struct profile *profile = report->explanation->profile;
	const struct arch *arch = main_arch(report);
	size_t n = 0, conditional, allowed = count_on(report, arch, &conditional);
	_cleanup_strbuf_ struct strbuf answer = { 0 };
	const int32_t *numbers;

	if (is_open(report))
		return;
	strbuf_puts(page, "<p>");
	if (arch && syscall_numbers(report->names, arch, &numbers, &n) == 0 && n > 0)
		strbuf_printf(page,
			      "On %s it may make <b>%zu</b> of the %zu system calls that there are",
			      arch->name, allowed, n);
	else
		strbuf_printf(page, "It may make <b>%zu</b> different system calls", allowed);
	if (conditional > 0)
		strbuf_printf(page, ", %zu of them under arguments or conditions only",
			      conditional);
	answer_put(&answer, profile->default_action, profile->has_default_errno,
		   profile->default_errno);
	strbuf_puts(page, ". Everything else is answered by <code>");
	html_put_made(page, &answer);
	strbuf_puts(page, "</code>.</p>\n");
}

static void put_tile(struct strbuf *page, size_t n, const char *class, const char *text)
{
	strbuf_printf(page, "<li><b%s%s%s>%zu</b>%s</li>\n", *class ? " class=\"" : "", class,
		      *class ? "\"" : "", n, text);
}

static void put_tiles(struct strbuf *page, const struct html_report *report)
{
	size_t risky = count_risky(report), stated = count(report, GROUND_STATED);
	size_t left_out = count(report, GROUND_LEFT_OUT), denied = count(report, GROUND_DENIED);

	strbuf_puts(page, "<ul class=\"tiles\">\n");
	put_tile(page, count_allowed(report), "", "calls allowed");
	if (report->explanation->recording)
		put_tile(page, count(report, GROUND_SEEN), "seen", "of them recorded");
	put_tile(page, count(report, GROUND_INFERRED), "inferred", "added, with a reason");
	put_tile(page, stated, stated ? "stated" : "",
		 report->explanation->recording ? "with neither" : "without a reason");
	put_tile(page, risky, risky ? "high" : "", "of high or critical risk");
	if (left_out)
		put_tile(page, left_out, "refused", "recorded, not allowed");
	if (denied)
		put_tile(page, denied, "refused", "recorded as denied");
	strbuf_puts(page, "</ul>\n");
}

static void put_arches(struct strbuf *page, const struct html_report *report)
{
	bool any = false;

	strbuf_puts(page, "<dt>Architectures</dt><dd>");
	for (size_t a = 0; a < arch_count(); a++) {
		const struct profile *profile = report->explanation->profile;

		if ((!profile->architectures && !profile->n_arch_map) ||
		    !profile_covers(profile, arch_at(a)))
			continue;
		strbuf_printf(page, "%s%s", any ? ", " : "", arch_at(a)->name);
		any = true;
	}
	strbuf_puts(page, any ? "</dd>\n" : "the host's own</dd>\n");
}

static void put_recorded(struct strbuf *page, const struct html_report *report)
{
	const struct explanation *explanation = report->explanation;
	const struct evidence *evidence = &explanation->recording->evidence;
	_cleanup_strbuf_ struct strbuf remarks = { 0 };

	strbuf_printf(page, "<dt>Recorded</dt><dd>%" PRIu64 " records of %zu %s",
		      explanation->happened, explanation->n_programs,
		      plural(explanation->n_programs, "program", "programs"));
	if (explanation->denied)
		strbuf_printf(page, ", and %" PRIu64 " denials", explanation->denied);
	strbuf_puts(page, evidence->live ? ", live" : ", from logs");
	if (explanation->first_ms != TIME_UNKNOWN) {
		strbuf_puts(page, "; ");
		html_put_time(page, explanation->first_ms);
		strbuf_puts(page, " to ");
		html_put_time(page, explanation->last_ms);
	}
	strbuf_puts(page, "</dd>\n");
	evidence_remarks(evidence, &remarks);
	if (!remarks.len && !remarks.failed)
		return;
	strbuf_puts(page, "<dt>Note</dt><dd>");
	html_put_made(page, &remarks);
	strbuf_puts(page, "</dd>\n");
}

static void put_facts(struct strbuf *page, const struct html_report *report)
{
	strbuf_puts(page, "<dl>\n<dt>Read</dt>");
	for (size_t i = 0; report->sources && report->sources[i]; i++) {
		strbuf_puts(page, "<dd>");
		html_put_shown(page, slice_from(report->sources[i]));
		strbuf_puts(page, "</dd>\n");
	}
	if (report->derived)
		strbuf_puts(page, "<dd>No profile was given: this is the one that the recording "
				  "makes.</dd>\n");
	put_arches(page, report);
	if (report->explanation->recording)
		put_recorded(page, report);
	strbuf_puts(page, "</dl>\n");
}

static void put_navigation(struct strbuf *page, const struct html_report *report)
{
	strbuf_puts(page, "<nav><a href=\"#areas\">By area</a> <a href=\"#every\">Every call</a>");
	if (report->explanation->recording)
		strbuf_puts(page, " <a href=\"#first\">First seen</a>");
	if (report->explanation->n_processes > 0)
		strbuf_puts(page, " <a href=\"#programs\">By program</a>");
	strbuf_puts(page, "</nav>\n");
}

void html_put_summary(struct strbuf *page, const struct html_report *report)
{
	put_verdict(page, report);
	put_sentence(page, report);
	put_tiles(page, report);
	put_facts(page, report);
	put_navigation(page, report);
}
