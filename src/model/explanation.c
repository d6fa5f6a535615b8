/* SPDX-License-Identifier: Apache-2.0 */
#include "model/explanation.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/time.h"
#include "model/completeness.h"
#include "model/explanation_private.h"
#include "model/merge_rules.h"
#include "model/rule_text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ESTIMATES_MAX 3 /* groups that an estimate is given for */

static const struct {
	const char *name;
	bool allows;
} grounds[GROUND_COUNT] = {
	[GROUND_SEEN] = { "seen", true },	   [GROUND_INFERRED] = { "inferred", true },
	[GROUND_STATED] = { "stated", true },	   [GROUND_LEFT_OUT] = { "left out", false },
	[GROUND_ANSWERED] = { "answered", false }, [GROUND_DENIED] = { "denied", false },
	[GROUND_DEFAULT] = { "default", false },
};

const char *ground_name(enum ground ground)
{
	return grounds[ground].name;
}

bool ground_allows(enum ground ground)
{
	return grounds[ground].allows;
}

void explanation_deinit(struct explanation *explanation)
{
	for (size_t i = 0; i < explanation->n_calls; i++) {
		free(explanation->calls[i].rules);
		free(explanation->calls[i].processes);
	}
	free(explanation->calls);
	free(explanation->processes);
	free(explanation->estimate);
	intern_deinit(&explanation->names);
	*explanation = (struct explanation){ 0 };
}

int explanation_take(struct explanation *into, const char *name, struct explained **ret)
{
	uint32_t number;
	int r = array_reserve(&into->calls, &into->calls_allocated, into->n_calls + 1,
			      sizeof(*into->calls));

	if (r == 0)
		r = intern_add(&into->names, slice_from(name), &number);
	if (r < 0)
		return r;
	if (r > 0) {
		struct explained *call = &into->calls[into->n_calls++];

		*call = (struct explained){
			.name = into->names.keys[number].data,
			.area = AREA_COUNT,
			.set = -1,
			.first_ms = TIME_UNKNOWN,
			.last_ms = TIME_UNKNOWN,
		};
		call->fact = call_fact(call->name, &call->area);
	}
	*ret = &into->calls[number];
	return 0;
}

static int add_rule(struct explanation *into, const struct rule *rule)
{
	for (size_t i = 0; rule->names && rule->names[i]; i++) {
		struct explained *call;
		int r = explanation_take(into, rule->names[i], &call);

		if (r == 0)
			r = array_reserve(&call->rules, &call->rules_allocated, call->n_rules + 1,
					  sizeof(*call->rules));
		if (r < 0)
			return r;
		if (call->n_rules == 0 || call->rules[call->n_rules - 1] != rule)
			call->rules[call->n_rules++] = rule;
	}
	return 0;
}

static int add_profile(struct explanation *into)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < into->profile->n_rules; i++)
		r = add_rule(into, &into->profile->rules[i]);
	return r;
}

/* What stands behind a remark that the whole is incomplete. */
static const char *own_comment(const struct rule *rule)
{
	size_t mark = merge_mark_length(rule->comment);

	if (!rule->comment || (mark > 0 && !rule->comment[mark]))
		return "";
	return rule->comment + mark + (mark > 0 ? strlen(MERGE_MARK_END) : 0);
}

int rule_policy_set(const struct rule *rule)
{
	static const char start[] = "inferred, ";
	const char *comment = own_comment(rule);

	if (strncmp(comment, start, strlen(start)) != 0)
		return -1;
	comment += strlen(start);
	for (int set = 0; set < POLICY_SET_COUNT; set++) {
		const char *name = policy_set_name((enum policy_set)set);
		size_t len = strlen(name);

		if (strncmp(comment, name, len) == 0 && comment[len] == ':')
			return set;
	}
	return -1;
}

/* What the profile's rules come to for one call. */
struct sum_of_rules {
	bool allowed, freely, denied, denied_always, inferred;
};

static struct sum_of_rules sum_rules(struct explained *call)
{
	struct sum_of_rules sum = { .inferred = true };

	for (size_t i = 0; i < call->n_rules; i++) {
		const struct rule *rule = call->rules[i];
		int set = rule_policy_set(rule);

		if (call->set < 0)
			call->set = set;
		if (action_denies(rule->action)) {
			sum.denied = true;
			sum.denied_always = sum.denied_always || rule_is_plain(rule);
			continue;
		}
		sum.allowed = true;
		sum.freely = sum.freely || rule_is_plain(rule);
		sum.inferred = sum.inferred && set >= 0;
	}
	sum.inferred = sum.inferred && sum.allowed;
	return sum;
}

static enum ground find_ground(const struct explanation *into, struct explained *call)
{
	struct sum_of_rules sum = sum_rules(call);
	bool open = into->profile && !action_denies(into->profile->default_action);

	if (!into->profile)
		return call->happened ? GROUND_SEEN : GROUND_DENIED;
	if (!sum.allowed && open && !sum.denied_always)
		sum.allowed = sum.freely = true;
	call->conditional = sum.allowed && (!sum.freely || sum.denied);
	if (sum.allowed && call->happened)
		return GROUND_SEEN;
	if (sum.allowed)
		return sum.inferred ? GROUND_INFERRED : GROUND_STATED;
	if (call->happened)
		return GROUND_LEFT_OUT;
	return sum.denied ? GROUND_ANSWERED : GROUND_DENIED;
}

/* One more estimate, unless nothing can be said. */
static void add_estimate(struct strbuf *text, const struct completeness *estimate,
			 const char *group)
{
	if (estimate->n < 2)
		return;
	strbuf_puts(text, text->len ? ". " : "");
	if (group) {
		strbuf_put_shown(text, slice_from(group));
		strbuf_puts(text, ": ");
	}
	completeness_put(estimate, text);
}

/* Of the runs of the first groups, and of the processes. */
static int make_estimate(struct explanation *into)
{
	const struct recording *recording = into->recording;
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct completeness estimate;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < recording->n_groups && i < ESTIMATES_MAX; i++) {
		r = completeness_of_runs(recording, i, &estimate);
		if (r == 0)
			add_estimate(&text, &estimate,
				     recording->n_groups > 1 ? recording->groups[i].name : NULL);
	}
	if (r == 0)
		r = completeness_of_processes(recording, &estimate);
	if (r == 0)
		add_estimate(&text, &estimate, NULL);
	if (r == 0 && text.failed)
		r = -ENOMEM;
	if (r == 0 && text.len > 0) {
		into->estimate = strbuf_steal(&text);
		r = into->estimate ? 0 : -ENOMEM;
	}
	return r;
}

static int compare_calls(const void *a, const void *b)
{
	const struct explained *x = a, *y = b;

	return strcmp(x->name, y->name);
}

int explanation_make(struct explanation *ret, const struct recording *recording,
		     const struct profile *profile, struct syscall_table *names, struct error *err)
{
	int r = 0;

	*ret = (struct explanation){
		.recording = recording,
		.profile = profile,
		.first_ms = TIME_UNKNOWN,
		.last_ms = TIME_UNKNOWN,
	};
	if (recording)
		r = explanation_add_recording(ret, names);
	if (r == 0 && recording)
		r = make_estimate(ret);
	if (r == 0 && profile)
		r = add_profile(ret);
	if (r < 0)
		return r == -ENOMEM ? error_memory(err)
				    : error_set(err, r, "cannot explain: %s", strerror(-r));
	for (size_t i = 0; i < ret->n_calls; i++) {
		struct explained *call = &ret->calls[i];

		call->ground = find_ground(ret, call);
		ret->by_ground[call->ground]++;
	}
	if (ret->n_calls > 0)
		qsort(ret->calls, ret->n_calls, sizeof(*ret->calls), compare_calls);
	return 0;
}

const struct explained *explanation_find(const struct explanation *explanation, const char *name)
{
	struct explained key = { .name = name };

	if (explanation->n_calls == 0)
		return NULL;
	return bsearch(&key, explanation->calls, explanation->n_calls, sizeof(key), compare_calls);
}

/* All groups in one, with the arguments that are known. */
static int join_groups(const struct recording *recording, struct recording *into)
{
	uint32_t joined;
	int r = recording_group(into, SLICE("all"), SLICE(""), RECORD_UNSET, RECORD_UNSET, &joined);

	return r < 0 ? r : recording_merge_as(into, recording, "all");
}

int explanation_profile(const struct recording *recording, struct syscall_table *names,
			struct profile **ret, struct error *err)
{
	const struct policy_options options = {
		.default_action = ACTION_ERRNO,
		.default_errno = EPERM,
		.runtime = recording->evidence.live ? RUNTIME_ALL : RUNTIME_NONE,
	};
	_cleanup_(recording_deinit) struct recording joined = { 0 };
	int r = join_groups(recording, &joined);

	if (r < 0)
		return r == -ENOMEM ? error_memory(err)
				    : error_set(err, r, "cannot join the groups: %s", strerror(-r));
	return policy_profile(&joined, &joined.groups[0], names, &options, ret, NULL, err);
}
