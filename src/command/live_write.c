/* SPDX-License-Identifier: Apache-2.0 */
/* What --live writes, at the end and in between. */
#include "base/cleanup.h"
#include "command/live.h"
#include "command/product.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

static size_t count_calls(const struct group *group)
{
	size_t n = 0;

	for (uint32_t i = 0; i < group->n_arches; i++)
		n += group->arches[i].n;
	return n;
}

/* What the tenants had to give up, as findings. */
static void add_losses(const struct live *live, struct evidence *evidence)
{
	struct tenants_losses losses;

	tenants_losses(live->tenants, &losses);
	if (losses.doubtful)
		evidence_add(evidence, FINDING_UNATTRIBUTED, losses.doubtful,
			     "the process had gone before anybody could look");
	if (losses.fork_events)
		evidence_add(evidence, FINDING_UNATTRIBUTED, losses.fork_events,
			     "fork events were lost");
	if (losses.tenants)
		evidence_add(evidence, FINDING_CAPPED, losses.tenants,
			     "more groups than --max-groups");
	if (losses.processes)
		evidence_add(evidence, FINDING_UNATTRIBUTED, losses.processes,
			     "more processes than --max-processes");
}

/*
 * The recording under the names that its groups have now: a view whose array of groups is a copy.
 * `changed`: only those that have more calls than when they were last written.
 */
static int make_view(const struct live *live, bool changed, struct recording *ret)
{
	const struct recording *recording = &live->run->recording;
	struct group *groups = calloc(recording->n_groups + 1, sizeof(*groups));

	if (!groups)
		return -ENOMEM;
	*ret = *recording;
	ret->groups = groups;
	ret->n_groups = 0;
	for (size_t i = 0; i < recording->n_groups; i++) {
		struct group *group = &groups[ret->n_groups];

		if (live->run->options->group_by != GROUP_BY_TARGET) {
			groups[ret->n_groups++] = recording->groups[i];
			continue;
		}
		if (changed && count_calls(&recording->groups[i]) == live->groups[i].written)
			continue;
		*group = recording->groups[i];
		group->name = tenants_at(live->tenants, live->groups[i].tenant)->name;
		ret->n_groups++;
	}
	return 0;
}

/* A name that is out in the world stays. */
static void note_written(struct live *live)
{
	const struct recording *recording = &live->run->recording;

	if (live->run->options->group_by != GROUP_BY_TARGET)
		return;
	for (size_t i = 0; i < recording->n_groups; i++) {
		live->groups[i].written = count_calls(&recording->groups[i]);
		tenants_at(live->tenants, live->groups[i].tenant)->final = true;
	}
}

static const char *place(const struct options *options)
{
	return options->output_dir ? options->output_dir : options->output;
}

static void say_written(struct live *live, size_t groups)
{
	const struct evidence *evidence = &live->run->recording.evidence;
	_cleanup_strbuf_ struct strbuf reasons = { 0 };

	evidence_reasons(evidence, &reasons);
	live_view_say(live, "%s: %zu group%s written, %s%s", place(live->run->options), groups,
		      groups == 1 ? "" : "s",
		      evidence_complete(evidence) ? "complete so far" : "INCOMPLETE: ",
		      evidence_complete(evidence) ? "" : strbuf_text(&reasons));
}

static int nothing_came(const struct live *live, struct error *err)
{
	_cleanup_strbuf_ struct strbuf reasons = { 0 };

	evidence_reasons(&live->run->recording.evidence, &reasons);
	/* The canary and the sentinel are records as well. */
	if (intake_progress(live->intake)->records > 2)
		return error_set(
			err, -ENODATA,
			"records came, but none that belongs to what was selected%s%s; that "
			"has to run under a filter that logs: see audit-seccomp-gen(8)",
			reasons.len ? ": " : "",
			strbuf_text(&reasons) ? strbuf_text(&reasons) : "");
	return error_set(err, -ENODATA,
			 "not one record came. A program leaves them when it runs under a filter "
			 "that logs: `audit-seccomp-gen -- COMMAND`, SCMP_ACT_LOG in a "
			 "container's profile, or `audit-seccomp-gen unit NAME.service`");
}

static int publish(struct live *live, enum live_writing writing, struct error *err)
{
	struct run *run = live->run;
	/* A recording is one file of all groups, unless there is a directory. */
	bool changed = writing == LIVE_CHANGED && run->options->format->emit;
	_cleanup_free_ uint32_t *order = NULL;
	_cleanup_free_ struct group *groups = NULL;
	struct recording view;
	struct product product = {
		.recording = &view,
		.names = &run->names,
		.options = run->options,
		.policy = run->options->policy,
	};
	int r = make_view(live, changed, &view);

	if (r < 0)
		return error_memory(err);
	groups = view.groups;
	if (view.n_groups == 0)
		return writing == LIVE_FINAL ? nothing_came(live, err) : 0;
	if (recording_order(&view, &order) < 0)
		return error_memory(err);
	product.policy.base = run->base;
	r = product_publish(&product, order, err);
	if (r >= 0 && writing == LIVE_FINAL)
		r = summary_write(stderr, &product, order, &run->facts, err);
	if (r >= 0 && writing != LIVE_FINAL)
		say_written(live, view.n_groups);
	product_deinit(&product);
	if (r >= 0)
		note_written(live);
	return r == -ENODATA && writing != LIVE_FINAL ? 0 : r;
}

/*
 * What there is to be said about everything up to now. The counters of the listener and of the
 * tenants are totals, so they are not added to the recording's own evidence, to which more will
 * come.
 */
static void take_verdict(struct live *live, struct evidence *ret)
{
	listener_look(&live->listener, &live->run->recording.evidence);
	listener_finish(&live->listener, ret);
	add_losses(live, ret);
	intake_unnamed(live->intake, ret);
	evidence_merge(ret, &live->run->recording.evidence);
	ret->live = true;
}

int live_write(struct live *live, enum live_writing writing, struct error *err)
{
	struct run *run = live->run;
	struct evidence verdict = { 0 }, kept;
	int r;

	take_verdict(live, &verdict);
	run->facts.records = intake_progress(live->intake)->selected;
	kept = run->recording.evidence;
	run->recording.evidence = verdict;
	r = publish(live, writing, err);
	if (writing == LIVE_FINAL) {
		evidence_deinit(&kept);
		return r;
	}
	evidence_deinit(&run->recording.evidence);
	run->recording.evidence = kept;
	return r;
}
