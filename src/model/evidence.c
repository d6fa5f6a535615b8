/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evidence.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct finding_fact facts[FINDING_COUNT] = {
	[FINDING_DROPPED] = {
		.name = "dropped",
		.one = "1 record lost (socket overflow)",
		.sentence = "%s records lost (socket overflow)",
		.remedy = "record again with --receive-buffer 128M, or with --base PROFILE so that "
			  "fewer calls are logged",
		.breaks = true,
	},
	[FINDING_KERNEL_LOST] = {
		.name = "kernel_lost",
		.one = "the kernel lost 1 audit record",
		.sentence = "the kernel lost %s audit records",
		.remedy = "raise the backlog (auditctl -b 8192), lift any rate limit (auditctl -r 0) "
			  "and record again",
		.breaks = true,
	},
	[FINDING_MISSING_SERIALS] = {
		.name = "missing_serials",
		.one = "1 serial number missing",
		.sentence = "%s serial numbers missing",
		.remedy = "record again, or read every file of the log in one run",
		.breaks = true,
	},
	[FINDING_NO_SENTINEL] = {
		.name = "no_sentinel",
		.one = "the closing record of our own did not arrive",
		.sentence = "%s closing records of our own did not arrive",
		.remedy = "run `audit-seccomp-gen doctor`, then record again",
		.breaks = true,
	},
	[FINDING_SETTINGS] = {
		.name = "settings",
		.one = "1 audit setting changed during the recording",
		.sentence = "%s audit settings changed during the recording",
		.remedy = "record again while nothing else changes audit rules, rate limits or "
			  "kernel.seccomp.actions_logged",
		.breaks = true,
	},
	[FINDING_UNATTRIBUTED] = {
		.name = "unattributed",
		.one = "1 record could not be attributed",
		.sentence = "%s records could not be attributed",
		.remedy = "record again as root, so that the command's audit session and the "
			  "kernel's fork events (CAP_NET_ADMIN) tell whose a record is",
		.breaks = true,
	},
	[FINDING_UNTIMED] = {
		.name = "untimed",
		.one = "1 record without a time was left out",
		.sentence = "%s records without a time were left out",
		.remedy = "leave out --since and --until, or read a form that has times, such as "
			  "`journalctl -o json`",
		.breaks = true,
	},
	[FINDING_UNPARSABLE] = {
		.name = "unparsable",
		.one = "1 torn or odd record",
		.sentence = "%s torn or odd records",
		.remedy = "look at that line of the log; read the files of the audit daemon where "
			  "there are any, rather than the kernel log",
		.breaks = true,
	},
	[FINDING_UNNAMED] = {
		.name = "unnamed",
		.one = "1 call that nobody can name",
		.sentence = "%s calls that nobody can name",
		.remedy = "install a libseccomp that is as new as the kernel that made the log",
		.breaks = true,
	},
	[FINDING_SUPPRESSED] = {
		.name = "suppressed",
		.one = "the log says once that messages were suppressed",
		.sentence = "the log says %s times that messages were suppressed",
		.remedy = "lift the rate limit of the log (kernel.printk_ratelimit=0, "
			  "RateLimitBurst=0) or read the files of the audit daemon",
		.breaks = true,
	},
	[FINDING_INTERRUPTED] = {
		.name = "interrupted",
		.one = "ended before the input was",
		.sentence = "ended before the input was, %s times",
		.remedy = "let it run to the end",
		.breaks = true,
	},
	[FINDING_CAPPED] = {
		.name = "capped",
		.one = "1 record beyond what a recording holds",
		.sentence = "%s records beyond what a recording holds",
		.remedy = "select less with --pid, --exe, --comm or --since, or group by something "
			  "coarser",
		.breaks = true,
	},
	[FINDING_UNLINKED] = {
		.name = "unlinked",
		.one = "1 process that nothing says the parent of stands on its own",
		.sentence = "%s processes that nothing says the parents of stand on their own",
		.remedy = "read the log again when they have ended, or with --resolve-proc while "
			  "they live; what was killed says nothing any more",
		.breaks = true,
	},
	[FINDING_DISORDERED] = {
		.name = "disordered",
		.one = "the log of 1 machine was not read in its order, so that it does not tell "
		       "processes apart",
		.sentence = "the logs of %s machines were not read in their order, so that they do "
			    "not tell processes apart",
		.remedy = "name the files oldest first, or their directory",
		.breaks = true,
	},
	[FINDING_FORGOTTEN] = {
		.name = "forgotten",
		.one = "1 process beyond what is remembered of who started whom",
		.sentence = "%s processes beyond what is remembered of who started whom",
		.remedy = "read fewer files at a time",
		.breaks = true,
	},
	[FINDING_BEGAN_BEFORE] = {
		.name = "began_before",
		.one = "1 target began before the recording: its start is not in it",
		.sentence = "%s targets began before the recording: their starts are not in it",
		.remedy = "start it again while this listens: what it does only when it starts is "
			  "missing",
		.breaks = true,
		.rare = true,
	},
	[FINDING_UNHEARD] = {
		.name = "unheard",
		.one = "nobody listened for a while to what went on running",
		.sentence = "%s times nobody listened for a while to what went on running",
		.remedy = "move the recording away, and start the target again while this listens",
		.breaks = true,
		.rare = true,
	},
	[FINDING_FILTERED_GAPS] = {
		.name = "filtered_gaps",
		.one = "1 serial number is not in the log, which holds only SECCOMP records",
		.sentence = "%s serial numbers are not in the log, which holds only SECCOMP records",
		.remedy = "read the whole log instead of an extract to know whether records are "
			  "missing",
	},
	[FINDING_ODD_LINES] = {
		.name = "odd_lines",
		.one = "1 odd line without a SECCOMP record",
		.sentence = "%s odd lines without a SECCOMP record",
	},
	[FINDING_TIME_GAP] = {
		.name = "time_gap",
		.one = "1 second without any record between two files of the log",
		.sentence = "%s seconds without any record between two files of the log",
		.remedy = "see whether a file of the log is missing between them",
	},
	[FINDING_ALONE] = {
		.name = "alone",
		.one = "1 process stands on its own, as the log does not tell whose it is",
		.sentence = "%s processes stand on their own, as the log does not tell whose they "
			    "are",
		.remedy = "load the rules for lineage before they start",
	},
};

const struct finding_fact *finding_fact(enum finding finding)
{
	return &facts[finding];
}

void evidence_deinit(struct evidence *evidence)
{
	for (size_t i = 0; i < FINDING_COUNT; i++)
		free(evidence->where[i]);
	*evidence = (struct evidence){ 0 };
}

static uint64_t add_saturated(uint64_t a, uint64_t b)
{
	if (a > EVIDENCE_COUNT_MAX || b > EVIDENCE_COUNT_MAX - a)
		return EVIDENCE_COUNT_MAX;
	return a + b;
}

void evidence_add(struct evidence *evidence, enum finding finding, uint64_t count,
		  const char *where)
{
	evidence->count[finding] = add_saturated(evidence->count[finding], count);
	if (where && !evidence->where[finding])
		evidence->where[finding] = strdup(where);
}

static bool says_nothing(const struct evidence *evidence)
{
	for (size_t i = 0; i < FINDING_COUNT; i++)
		if (evidence->count[i] > 0)
			return false;
	return evidence->records == 0;
}

static bool merged_live(const struct evidence *a, const struct evidence *b)
{
	bool a_empty = says_nothing(a), b_empty = says_nothing(b);

	if (a_empty && b_empty)
		return a->live || b->live;
	if (a_empty)
		return b->live;
	if (b_empty)
		return a->live;
	return a->live && b->live;
}

static void merge_where(char **where, const char *other)
{
	char *copy;

	if (!other || (*where && strcmp(*where, other) <= 0))
		return;
	copy = strdup(other);
	if (!copy)
		return;
	free(*where);
	*where = copy;
}

void evidence_merge(struct evidence *evidence, const struct evidence *other)
{
	evidence->live = merged_live(evidence, other);
	evidence->records = add_saturated(evidence->records, other->records);
	for (size_t i = 0; i < FINDING_COUNT; i++) {
		evidence->count[i] = add_saturated(evidence->count[i], other->count[i]);
		merge_where(&evidence->where[i], other->where[i]);
	}
}

bool evidence_complete(const struct evidence *evidence)
{
	for (size_t i = 0; i < FINDING_COUNT; i++)
		if (facts[i].breaks && evidence->count[i] > 0)
			return false;
	return true;
}

static void append_sentence(struct strbuf *ret, const struct finding_fact *fact, uint64_t count)
{
	const char *text = count == 1 ? fact->one : fact->sentence;
	const char *place = strstr(text, "%s");

	if (!place) {
		strbuf_puts(ret, text);
		return;
	}
	strbuf_append(ret, text, (size_t)(place - text));
	strbuf_printf(ret, "%" PRIu64, count);
	strbuf_puts(ret, place + strlen("%s"));
}

static void append_findings(const struct evidence *evidence, bool breaks, struct strbuf *ret)
{
	const char *separator = "";

	for (size_t i = 0; i < FINDING_COUNT; i++) {
		if (evidence->count[i] == 0 || facts[i].breaks != breaks)
			continue;
		strbuf_puts(ret, separator);
		append_sentence(ret, &facts[i], evidence->count[i]);
		if (evidence->where[i]) {
			strbuf_puts(ret, evidence->count[i] == 1 ? " (" : " (first at ");
			strbuf_put_shown(ret, slice_from(evidence->where[i]));
			strbuf_putc(ret, ')');
		}
		separator = ", ";
	}
}

void evidence_reasons(const struct evidence *evidence, struct strbuf *ret)
{
	append_findings(evidence, true, ret);
}

void evidence_remarks(const struct evidence *evidence, struct strbuf *ret)
{
	append_findings(evidence, false, ret);
}

const char *evidence_remedy(const struct evidence *evidence)
{
	for (size_t i = 0; i < FINDING_COUNT; i++)
		if (facts[i].breaks && evidence->count[i] > 0 && facts[i].remedy)
			return facts[i].remedy;
	return NULL;
}
