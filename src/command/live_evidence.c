/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom a loss concerns: counters rise for the whole host, but who began after a loss has lost
 * nothing by it. They are sampled as time goes by; a group is held to what came after the last
 * sample from before its start.
 */
#include "base/array.h"
#include "base/time.h"
#include "command/live.h"
#include "model/recording_unnamed.h"
#include <string.h>

/* As often as the settings are looked at. */
#define SAMPLE_MS LISTENER_LOOK_MS

static void put_counters(const struct live *live, uint64_t count[FINDING_COUNT])
{
	const struct listener *listener = &live->listener;
	struct tenants_losses losses;

	memcpy(count, live->run->recording.evidence.count, FINDING_COUNT * sizeof(*count));
	tenants_losses(live->tenants, &losses);
	count[FINDING_DROPPED] += source_netlink_drops(listener->source);
	count[FINDING_KERNEL_LOST] += listener->lost;
	count[FINDING_UNATTRIBUTED] +=
		losses.doubtful + losses.fork_events_mended + losses.processes;
	count[FINDING_CAPPED] += losses.tenants;
}

void live_evidence_now(const struct live *live, struct live_sample *ret)
{
	put_counters(live, ret->count);
	ret->serial = live->listener.newest_serial;
	/* What rises while it is looked at is not from before. */
	ret->time_ms = time_steady_ms();
}

/*
 * Whoever has gone does not come back, unless it is a container or a unit. Everybody who was of it
 * has to be known: it is not alive when all of them have gone, and what they logged was read.
 */
static void end_groups(struct live *live, const struct live_sample *now)
{
	struct tenants_losses losses;

	if (live->run->options->group_by != GROUP_BY_TARGET)
		return;
	tenants_losses(live->tenants, &losses);
	if (losses.processes > 0 || losses.fork_events != losses.fork_events_mended)
		return;
	for (size_t i = 0; i < live->run->recording.n_groups; i++) {
		struct live_group *group = &live->groups[i];
		const struct tenant *tenant = tenants_at(live->tenants, group->tenant);

		if (group->released || group->ended || tenant->alive ||
		    tenant->kind == TENANT_CONTAINER || tenant->kind == TENANT_UNIT)
			continue;
		/* A hole behind its last record shows when another one has come. */
		if (!group->gone_serial)
			group->gone_serial = live->listener.newest_serial;
		if (group->gone_serial == live->listener.newest_serial)
			continue;
		group->after = *now;
		group->ended = true;
	}
}

void live_evidence_look(struct live *live)
{
	const struct live_samples *samples = &live->samples;
	const struct live_sample *newest =
		samples->n ? &samples->items[(samples->n - 1) % LIVE_SAMPLES] : NULL;
	struct live_sample sample = { 0 };

	if (newest && time_steady_ms() - newest->time_ms < SAMPLE_MS)
		return;
	live_evidence_now(live, &sample);
	live_samples_add(&live->samples, &sample);
	end_groups(live, &sample);
}

void live_samples_add(struct live_samples *samples, const struct live_sample *sample)
{
	samples->items[samples->n++ % LIVE_SAMPLES] = *sample;
}

void live_samples_before(const struct live_samples *samples, int64_t time_ms,
			 struct live_sample *ret)
{
	const size_t kept = samples->n < LIVE_SAMPLES ? samples->n : LIVE_SAMPLES;

	*ret = (struct live_sample){ .time_ms = TIME_UNKNOWN };
	for (size_t i = 1; i <= kept; i++) {
		const struct live_sample *sample = &samples->items[(samples->n - i) % LIVE_SAMPLES];

		if (sample->time_ms <= time_ms) {
			*ret = *sample;
			return;
		}
	}
}

/*
 * Serial numbers that are missing since the sample, and up to `last`. A hole shows only when the
 * next record comes: what was known to be lost by then, and was no hole yet, is the first of it.
 */
static uint64_t missing_later(const struct live *live, const struct live_sample *before,
			      uint64_t last)
{
	const uint64_t first = live->listener.first_serial,
		       lost = before->count[FINDING_DROPPED] + before->count[FINDING_KERNEL_LOST];
	uint64_t seen, all = intake_missing_between(live->intake, first, last);

	if (!before->serial)
		return all;
	seen = intake_missing_between(live->intake, first, before->serial);
	all -= seen < all ? seen : all;
	return lost > seen ? all - (lost - seen < all ? lost - seen : all) : all;
}

/*
 * Of what is counted for all together, what concerns this group. Who was refused for want of room
 * is another one, except before the group had any; and a record that is of one of two groups is no
 * other's.
 */
static uint64_t count_for(const struct live *live, const struct live_group *group, unsigned int i,
			  uint64_t count)
{
	struct tenants_losses losses;

	tenants_losses(live->tenants, &losses);
	if (i == FINDING_UNATTRIBUTED)
		count -= losses.unsure;
	if (i == FINDING_CAPPED)
		return count - losses.tenants + group->refused;
	if (i == FINDING_MISSING_SERIALS && group->ended)
		return missing_later(live, &group->before, group->after.serial);
	if (i == FINDING_MISSING_SERIALS && count > 0)
		return missing_later(live, &group->before, live->listener.newest_serial);
	return group->ended && count > group->after.count[i] ? group->after.count[i] : count;
}

/* What is not of a group in particular, and came after it had begun. */
static void add_later(const struct live *live, const struct live_group *group,
		      const struct evidence *all, struct evidence *ret)
{
	for (unsigned int i = 0; i < FINDING_COUNT; i++) {
		uint64_t before = group->before.count[i],
			 now = count_for(live, group, i, all->count[i]);

		if (i == FINDING_BEGAN_BEFORE || i == FINDING_UNHEARD || i == FINDING_UNNAMED)
			continue;
		if (now > before)
			evidence_add(ret, i, now - before, all->where[i]);
	}
	if (tenants_at(live->tenants, group->tenant)->unsure > group->unsure)
		evidence_add(ret, FINDING_UNATTRIBUTED,
			     tenants_at(live->tenants, group->tenant)->unsure - group->unsure,
			     LIVE_UNSURE);
}

/*
 * What is of this group alone. A start that was not heard is in the recording of a run before, if
 * there is one; but nobody listened in between. One that is heard from its start is whole, whatever
 * was not heard of it before.
 */
void live_evidence_own(const struct live *live, const struct live_group *group,
		       struct evidence *ret)
{
	const struct evidence *prior = group->prior ? &group->prior->evidence : NULL;
	const bool before = tenants_began_before(live->tenants, group->tenant);

	if (before)
		evidence_add(ret, prior ? FINDING_UNHEARD : FINDING_BEGAN_BEFORE, 1,
			     tenants_at(live->tenants, group->tenant)->name);
	for (unsigned int i = 0; prior && i < FINDING_COUNT; i++)
		if (before || (i != FINDING_BEGAN_BEFORE && i != FINDING_UNHEARD))
			evidence_add(ret, i, prior->count[i], prior->where[i]);
}

void live_evidence_of(const struct live *live, uint32_t number, const struct evidence *all,
		      struct evidence *ret)
{
	const struct live_group *group = &live->groups[number];

	ret->live = all->live && (!group->prior || group->prior->evidence.live);
	ret->records = all->records + (group->prior ? group->prior->evidence.records : 0);
	add_later(live, group, all, ret);
	group_note_unnamed(&live->run->recording.groups[number], &live->run->names, ret);
	live_evidence_own(live, group, ret);
}

void live_evidence_began(const struct live *live, struct evidence *ret)
{
	for (size_t i = 0; i < live->run->recording.n_groups; i++) {
		const struct live_group *group = &live->groups[i];

		if (!group->released)
			live_evidence_own(live, group, ret);
		for (unsigned int f = 0; group->released && !group->forgotten && f < FINDING_COUNT;
		     f++)
			if (group->own[f])
				evidence_add(ret, f, group->own[f],
					     tenants_at(live->tenants, group->tenant)->name);
	}
	for (unsigned int f = 0; f < FINDING_COUNT; f++)
		if (live->forgotten.count[f])
			evidence_add(ret, f, live->forgotten.count[f], live->forgotten.where[f]);
}
