/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What runs before this one have left in the directory: a recording is added to, and nothing is
 * replaced by what one run alone has heard.
 */
#include "base/cleanup.h"
#include "base/time.h"
#include "command/input.h"
#include "command/live.h"
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define SAME_SLACK_MS 100 /* between a start by /proc, in steps of 10 ms, and by a fork event */

bool live_adds(const struct options *options)
{
	return options->output_dir && !options->format->emit &&
	       options->group_by == GROUP_BY_TARGET;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len > end_len && strcmp(text + len - end_len, end) == 0;
}

int live_check_directory(const struct options *options, struct error *err)
{
	_cleanup_closedir_ DIR *directory = NULL;
	const struct dirent *entry;

	if (!options->output_dir || live_adds(options))
		return 0;
	directory = opendir(options->output_dir);
	if (!directory)
		return error_set(err, -errno, "cannot read '%s': %m", options->output_dir);
	while ((entry = readdir(directory)))
		if (entry->d_name[0] != '.' && ends_with(entry->d_name, options->format->extension))
			return error_set(err, -EEXIST,
					 "'%s' holds '%s', which would be replaced by what this "
					 "run alone hears: name another directory, move the files "
					 "away, or use --format recording, which adds to what is "
					 "there",
					 options->output_dir, entry->d_name);
	return 0;
}

static int64_t first_record(const struct recording *recording)
{
	int64_t first = INT64_MAX;

	for (size_t g = 0; g < recording->n_groups; g++)
		for (uint32_t a = 0; a < recording->groups[g].n_arches; a++)
			for (uint32_t i = 0; i < recording->groups[g].arches[a].n; i++) {
				const struct group_arch *table = &recording->groups[g].arches[a];

				if (table->observations[i].first_ms < first)
					first = table->observations[i].first_ms;
			}
	return first;
}

/* By the wall clock; TIME_UNKNOWN: not known. */
static int64_t began_at(const struct tenant *tenant)
{
	int64_t wall_ms, steady_ms;

	if (tenant->began_ms == TIME_UNKNOWN)
		return TIME_UNKNOWN;
	time_both_ms(&wall_ms, &steady_ms);
	return tenant->began_ms + wall_ms - steady_ms;
}

/*
 * Whether a recording of that name is of the same target. A container or a unit is its name; a pid
 * is given again, but only when who had it has gone: then the tenant began after that had logged.
 */
static bool is_same(const struct tenant *tenant, const struct recording *prior)
{
	const int64_t began = began_at(tenant);

	if (tenant->kind == TENANT_UNIT || tenant->kind == TENANT_CONTAINER)
		return true;
	return began != TIME_UNKNOWN && prior->n_groups > 0 &&
	       began <= first_record(prior) + SAME_SLACK_MS;
}

/* What is at `path`: 1, 0 for nothing, or why it cannot be added to. */
static int read_prior(const char *path, struct recording *ret, struct error *err)
{
	struct input input = { 0 };
	struct stat status;
	int r;

	if (lstat(path, &status) < 0)
		return errno == ENOENT ? 0 : error_set(err, -errno, "%m");
	if (!S_ISREG(status.st_mode))
		return error_set(err, -EINVAL, "not a regular file");
	r = input_read(&input, path, err);
	if (r < 0)
		return r;
	if (input.kind != INPUT_RECORDING) {
		input_deinit(&input);
		return error_set(err, -EBADMSG, "not a recording");
	}
	*ret = input.recording;
	return 1;
}

/* "nginx-1234@20261125T134201Z": when it began, or when it is first written. */
static int rename_apart(struct live *live, uint32_t number)
{
	struct tenant *tenant = tenants_at(live->tenants, number);
	const bool pid = tenant->kind == TENANT_PROCESS || tenant->kind == TENANT_NAMESPACE;
	int64_t ms = pid ? began_at(tenant) : TIME_UNKNOWN;
	_cleanup_strbuf_ struct strbuf name = { 0 };
	struct tm broken;
	char text[32];
	time_t when;

	when = (time_t)((ms == TIME_UNKNOWN ? time_now_ms() : ms) / 1000);
	if (!gmtime_r(&when, &broken) ||
	    strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &broken) == 0)
		return -EINVAL;
	strbuf_printf(&name, "%s@%s", tenant->name, text);
	return strbuf_text(&name) ? tenants_rename(live->tenants, number, slice_from(name.data))
				  : -ENOMEM;
}

static char *path_of(const struct live *live, const struct tenant *tenant)
{
	const struct options *options = live->run->options;
	_cleanup_strbuf_ struct strbuf path = { 0 };

	/* The name of a tenant has nothing in it that a file's has not. */
	strbuf_printf(&path, "%s/%s%s", options->output_dir, tenant->name,
		      options->format->extension);
	return strbuf_steal(&path);
}

/* 1: another name is to be tried. */
static int adopt_one(struct live *live, struct live_group *group, struct error *err)
{
	const struct tenant *tenant = tenants_at(live->tenants, group->tenant);
	_cleanup_free_ char *path = path_of(live, tenant);
	struct error why = { 0 };
	struct recording prior = { 0 };
	int r;

	if (!path)
		return error_memory(err);
	r = read_prior(path, &prior, &why);
	if (r == -ENOMEM)
		return error_memory(err);
	if (r > 0 && is_same(tenant, &prior)) {
		group->prior = malloc(sizeof(prior));
		if (group->prior) {
			*group->prior = prior;
			return 0;
		}
		recording_deinit(&prior);
		return error_memory(err);
	}
	if (r == 0)
		return 0;
	recording_deinit(&prior);
	if (rename_apart(live, group->tenant) < 0)
		return error_memory(err);
	if (r < 0)
		live_view_warn(live, "%s cannot be added to: %s; written beside it, as %s", path,
			       error_message(&why, r), tenant->name);
	return 1;
}

int live_adopt(struct live *live, struct error *err)
{
	for (size_t i = 0; i < live->run->recording.n_groups; i++) {
		struct live_group *group = &live->groups[i];
		int r = 1;

		if (group->released)
			continue;
		/* Its own name, that with its start, and that with a number. */
		for (int tries = 0; r > 0 && !group->adopted && tries < 8; tries++)
			r = adopt_one(live, group, err);
		if (r < 0)
			return r;
		if (!group->adopted)
			live_hold(live);
		group->adopted = true;
	}
	return 0;
}

void live_prior_free(struct live_group *group)
{
	if (!group->prior)
		return;
	recording_deinit(group->prior);
	free(group->prior);
	group->prior = NULL;
}

static void release(struct live *live, uint32_t number)
{
	struct live_group *group = &live->groups[number];
	struct evidence own = { 0 };

	live_evidence_own(live, group, &own);
	memcpy(group->own, own.count, sizeof(group->own));
	evidence_deinit(&own);
	recording_clear_group(&live->run->recording, number);
	live_prior_free(group);
	tenants_release(live->tenants, group->tenant);
	group->released = true;
	group->adopted = false;
	group->written = 0;
	/* What was lost up to the verdict is in the file; what is lost since then is not. */
	group->before = live->judged;
	group->unsure = tenants_at(live->tenants, group->tenant)->unsure;
	live->n_released++;
}

/* It does not come back as the same group: what it leaves is its file, and what was found. */
static void forget(struct live *live, uint32_t number)
{
	struct live_group *group = &live->groups[number];

	for (unsigned int f = 0; f < FINDING_COUNT; f++)
		if (group->own[f])
			evidence_add(&live->forgotten, f, group->own[f],
				     tenants_at(live->tenants, group->tenant)->name);
	tenants_forget(live->tenants, group->tenant);
	group->forgotten = true;
}

/* Whether somebody of a group that was released is there again, who has not logged yet. */
static bool is_back(const struct live *live, uint32_t number)
{
	const struct live_group *group = &live->groups[number];

	return group->released && !group->forgotten &&
	       tenants_at(live->tenants, group->tenant)->alive;
}

static bool can_be_forgotten(const struct live *live, uint32_t number)
{
	const struct live_group *group = &live->groups[number];

	return group->released && !group->forgotten &&
	       !tenants_at(live->tenants, group->tenant)->alive;
}

/* A container or a unit may come back. It is the same group then, unless very many others have gone
 * since: then it is added to its file as if that were of a run before. */
static void forget_later(struct live *live, uint32_t number)
{
	uint32_t *place = NULL;

	for (size_t i = 0; i < LIVE_KEPT; i++) {
		place = &live->kept[live->n_kept++ % LIVE_KEPT];
		if (*place == 0 || !is_back(live, *place - 1))
			break;
	}
	if (*place != 0 && *place - 1 != number && can_be_forgotten(live, *place - 1))
		forget(live, *place - 1);
	*place = number + 1;
}

void live_release(struct live *live)
{
	/* A file that says that the last record did not come is to be written again. */
	if (!live_adds(live->run->options) || live->heard->count[FINDING_NO_SENTINEL] > 0)
		return;
	for (uint32_t i = 0; i < live->run->recording.n_groups; i++) {
		const struct live_group *group = &live->groups[i];
		const struct tenant *tenant = tenants_at(live->tenants, group->tenant);

		if (group->released || tenant->alive ||
		    group->written != group_records(&live->run->recording.groups[i]))
			continue;
		release(live, i);
		if (tenant->kind == TENANT_CONTAINER || tenant->kind == TENANT_UNIT)
			forget_later(live, i);
		else
			forget(live, i);
	}
}
