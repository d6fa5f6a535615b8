/* SPDX-License-Identifier: Apache-2.0 */
/* What --live writes, at the end and in between. */
#include "base/cleanup.h"
#include "command/live.h"
#include "command/product.h"
#include "model/recording_unnamed.h"
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
	if (losses.unsure)
		evidence_add(evidence, FINDING_UNATTRIBUTED, losses.unsure, LIVE_UNSURE);
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

/* What a group's file is written again for, when it is more. */
static uint64_t content_of(const struct live *live, uint32_t number)
{
	const struct group *group = &live->run->recording.groups[number];

	return live->run->options->format->emit ? count_calls(group) : group_records(group);
}

/* The recording under the names that its groups have now, and what was found about each. */
struct view {
	struct recording recording;	/* a view: its array of groups is a copy */
	struct evidence *evidence;	/* of each of them; NULL: that of all */
	const struct recording **prior; /* of each, or NULL */
	uint32_t *numbers;		/* which groups of the whole recording they are */
};

static void view_deinit(struct view *view)
{
	for (size_t i = 0; view->evidence && i < view->recording.n_groups; i++)
		evidence_deinit(&view->evidence[i]);
	free(view->evidence);
	free(view->prior);
	free(view->numbers);
	free(view->recording.groups);
}

static bool has_changed(const struct live *live, uint32_t number, const struct evidence *evidence)
{
	const struct live_group *group = &live->groups[number];

	return content_of(live, number) != group->written ||
	       memcmp(evidence->count, group->told, sizeof(group->told)) != 0;
}

static void add_group(const struct live *live, bool changed, uint32_t number, struct view *ret)
{
	struct recording *view = &ret->recording;
	struct evidence *evidence = &ret->evidence[view->n_groups];

	if (live->groups[number].released)
		return;
	*evidence = (struct evidence){ 0 };
	live_evidence_of(live, number, live->heard, evidence);
	if (changed && !has_changed(live, number, evidence)) {
		evidence_deinit(evidence);
		return;
	}
	ret->numbers[view->n_groups] = number;
	ret->prior[view->n_groups] = live->groups[number].prior;
	view->groups[view->n_groups] = live->run->recording.groups[number];
	view->groups[view->n_groups++].name =
		tenants_at(live->tenants, live->groups[number].tenant)->name;
}

/* `changed`: only those of which there is more to say than when they were last written. */
static int make_view(const struct live *live, bool changed, struct view *ret)
{
	const struct recording *recording = &live->run->recording;
	const size_t n = recording->n_groups;

	*ret = (struct view){ .recording = *recording };
	ret->recording.groups = calloc(n + 1, sizeof(*recording->groups));
	ret->recording.n_groups = 0;
	ret->numbers = calloc(n + 1, sizeof(*ret->numbers));
	ret->evidence = calloc(n + 1, sizeof(*ret->evidence));
	ret->prior = calloc(n + 1, sizeof(*ret->prior));
	if (!ret->recording.groups || !ret->numbers || !ret->evidence || !ret->prior)
		return -ENOMEM;
	if (live->run->options->group_by == GROUP_BY_TARGET) {
		for (uint32_t i = 0; i < n; i++)
			add_group(live, changed, i, ret);
		return 0;
	}
	free(ret->evidence);
	ret->evidence = NULL;
	memcpy(ret->recording.groups, recording->groups, n * sizeof(*recording->groups));
	ret->recording.n_groups = n;
	return 0;
}

/* A name that is out in the world stays. */
static void note_written(struct live *live, const struct view *view)
{
	for (size_t i = 0; view->evidence && i < view->recording.n_groups; i++) {
		struct live_group *group = &live->groups[view->numbers[i]];

		group->written = content_of(live, view->numbers[i]);
		memcpy(group->told, view->evidence[i].count, sizeof(group->told));
		tenants_at(live->tenants, group->tenant)->final = true;
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

static void hold(void *context)
{
	live_hold(context);
}

static int publish_view(struct live *live, enum live_writing writing, const struct view *view,
			struct error *err)
{
	struct run *run = live->run;
	const size_t gone = live->n_released + live->n_replaced;
	_cleanup_free_ uint32_t *order = NULL;
	struct product product = {
		.recording = &view->recording,
		.evidence = run->options->output_dir ? view->evidence : NULL,
		.prior = live_adds(run->options) ? view->prior : NULL,
		.names = &run->names,
		.options = run->options,
		.between = writing == LIVE_FINAL ? NULL : hold,
		.between_context = live,
		.policy = run->options->policy,
	};
	int r;

	if (writing == LIVE_FINAL && gone > 0)
		live_view_say(live, "%s: %zu group%s that had gone: written before",
			      place(run->options), gone, gone == 1 ? "" : "s");
	if (view->recording.n_groups == 0)
		return writing == LIVE_FINAL && gone == 0 ? nothing_came(live, err) : 0;
	if (recording_order(&view->recording, &order) < 0)
		return error_memory(err);
	product.policy.base = run->base;
	r = product_publish(&product, order, err);
	if (r >= 0 && writing == LIVE_FINAL)
		r = summary_write(stderr, &product, order, &run->facts, err);
	if (r >= 0 && writing != LIVE_FINAL)
		say_written(live, view->recording.n_groups);
	product_deinit(&product);
	return r == -ENODATA && writing != LIVE_FINAL ? 0 : r;
}

static int publish(struct live *live, enum live_writing writing, struct error *err)
{
	/* What is in one file is written as a whole. */
	bool changed = writing == LIVE_CHANGED && live->run->options->output_dir;
	struct view view;
	int r = make_view(live, changed, &view);

	r = r < 0 ? error_memory(err) : publish_view(live, writing, &view, err);
	if (r >= 0)
		note_written(live, &view);
	view_deinit(&view);
	if (r >= 0 && writing != LIVE_FINAL)
		live_release(live);
	return r;
}

/*
 * What there is to be said about everything up to now. The counters of the listener and of the
 * tenants are totals, so they are not added to the recording's own evidence, to which more will
 * come.
 */
static void take_verdict(struct live *live, struct evidence *ret)
{
	struct evidence *own = &live->run->recording.evidence;

	listener_look(&live->listener, own);
	listener_finish(&live->listener, ret);
	/* A change is seen once, and is to be in every verdict from now on. */
	evidence_add(own, FINDING_SETTINGS, ret->count[FINDING_SETTINGS],
		     ret->where[FINDING_SETTINGS]);
	ret->count[FINDING_SETTINGS] = 0;
	add_losses(live, ret);
	recording_note_unnamed(&live->run->recording, &live->run->names, ret);
	evidence_merge(ret, own);
	ret->live = true;
}

int live_write(struct live *live, enum live_writing writing, struct error *err)
{
	struct run *run = live->run;
	struct evidence heard = { 0 }, verdict = { 0 }, kept;
	int r = live_adds(run->options) ? live_adopt(live, err) : 0;

	if (r < 0)
		return r;
	live_evidence_now(live, &live->judged);
	/* What came while files were read is interpreted now, while its processes live. */
	take_verdict(live, &heard);
	/* Whoever came only then may have a file, too. */
	r = live_adds(run->options) ? live_adopt(live, err) : 0;
	if (r < 0) {
		evidence_deinit(&heard);
		return r;
	}
	run->facts.records = intake_progress(live->intake)->selected;
	evidence_merge(&verdict, &heard);
	if (run->options->group_by == GROUP_BY_TARGET)
		live_evidence_began(live, &verdict);
	kept = run->recording.evidence;
	run->recording.evidence = verdict;
	live->heard = &heard;
	r = publish(live, writing, err);
	live->heard = NULL;
	evidence_deinit(&heard);
	if (writing == LIVE_FINAL) {
		evidence_deinit(&kept);
		return r;
	}
	evidence_deinit(&run->recording.evidence);
	run->recording.evidence = kept;
	return r;
}
