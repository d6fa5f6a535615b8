/* SPDX-License-Identifier: Apache-2.0 */
#include "model/recording_member_json.h"
#include "model/incidence_json.h"
#include "model/member_json.h"
#include "model/recording_actors.h"
#include "model/recording_arguments_json.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

int actor_from_json(struct recording *recording, const json_t *json, uint32_t *ret,
		    struct error *err)
{
	static const char *const known[] = { "exe", "comm", "subject", "auid",
					     "uid", "gid",  "session", NULL };
	_cleanup_text_ struct text exe = { 0 };
	_cleanup_text_ struct text comm = { 0 };
	_cleanup_text_ struct text subject = { 0 };
	struct actor actor;
	int r = members_known(json, known, err);

	if (r < 0 || (r = text_member(json, "exe", &exe, err)) < 0 ||
	    (r = text_member(json, "comm", &comm, err)) < 0 ||
	    (r = text_member(json, "subject", &subject, err)) < 0 ||
	    (r = id_member(json, "auid", &actor.auid, err)) < 0 ||
	    (r = id_member(json, "uid", &actor.uid, err)) < 0 ||
	    (r = id_member(json, "gid", &actor.gid, err)) < 0 ||
	    (r = id_member(json, "session", &actor.session, err)) < 0)
		return r;
	actor.exe = exe.slice;
	actor.comm = comm.slice;
	actor.subject = subject.slice;
	r = recording_actor_add(recording, &actor, ret);
	return r < 0 ? error_memory(err) : 0;
}

static int times_members(const json_t *object, struct observation *ret, struct error *err)
{
	int r = time_member(object, "first", &ret->first_ms, err);

	if (r == 0)
		r = time_member(object, "last", &ret->last_ms, err);
	if (r == 0 && ret->first_ms > ret->last_ms)
		r = error_set(err, -EBADMSG, "'first' is later than 'last'");
	return r;
}

static int actors_members(struct recording *recording, const json_t *object, uint32_t *ret,
			  struct error *err)
{
	const json_t *list = json_object_get(object, "actors");
	const json_t *more = json_object_get(object, "more_actors");
	uint32_t numbers[RECORDING_ACTORS_MAX];
	uint64_t least = 0, number;
	size_t n = json_array_size(list);
	int r;

	if (!json_is_array(list) || n > RECORDING_ACTORS_MAX)
		return error_set(err, -EBADMSG, "'actors' is not an array of at most %d",
				 RECORDING_ACTORS_MAX);
	if (more && !json_is_boolean(more))
		return error_set(err, -EBADMSG, "'more_actors' is neither true nor false");
	for (size_t i = 0; i < n; i++) {
		json_t *item = json_array_get(list, i);

		r = number_from_json(item, "actors", 0, UINT32_MAX, &number, err);
		if (r < 0)
			return r;
		if (number < least || number >= recording->actors.n_keys)
			return error_set(err, -EBADMSG,
					 "'actors' are not ascending indices into the actors of "
					 "the recording");
		least = number + 1;
		numbers[i] = (uint32_t)number;
	}
	r = actors_make(recording, numbers, n, json_is_true(more), ret);
	return r < 0 ? error_memory(err) : 0;
}

static int check_text_array(const json_t *object, const char *name, struct error *err)
{
	const json_t *list = json_object_get(object, name);
	json_t *item;
	size_t i;

	if (!json_is_array(list))
		return error_set(err, -EBADMSG, "'%s' is not an array", name);
	json_array_foreach(list, i, item)
	{
		_cleanup_text_ struct text text = { 0 };
		int r = text_from_json(item, &text, err);

		if (r < 0)
			return error_prefix(err, r, "%s[%zu]", name, i);
	}
	return 0;
}

static int action_from_word(const char *name, enum action *ret, struct error *err)
{
	_cleanup_strbuf_ struct strbuf shown = { 0 };

	if (strcmp(name, action_name(ACTION_UNKNOWN)) == 0) {
		*ret = ACTION_UNKNOWN;
		return 0;
	}
	if (action_from_name(slice_from(name), ret) == 0)
		return 0;
	strbuf_put_shown(&shown, slice_from(name));
	return error_set(err, -EBADMSG, "'%.60s' is not an action",
			 shown.failed ? "?" : strbuf_text(&shown));
}

/* Where the calls of a group go. */
struct target {
	struct recording *recording;
	uint32_t group;
	const struct arch *arch;
	uint32_t audit;
};

static int add_call(const struct target *target, const struct observation *seen, struct error *err)
{
	bool is_new;

	if (recording_observe(target->recording, target->group, target->audit, seen, &is_new) < 0)
		return error_memory(err);
	if (!is_new)
		return error_set(err, -EBADMSG, "a call for the second time, or one too many");
	return 0;
}

/* What the members of an entry say of one of several answers. */
static int read_detail(const struct target *target, const json_t *json, struct observation *seen,
		       struct error *err)
{
	static const char *const known[] = {
		"count", "first", "last", "actors", "more_actors", NULL
	};
	uint64_t count;
	uint32_t actors;
	int r = members_known(json, known, err);

	if (r < 0 || (r = times_members(json, seen, err)) < 0 ||
	    (r = number_from_json(json_object_get(json, "count"), "count", seen->count, seen->count,
				  &count, err)) < 0 ||
	    (r = actors_members(target->recording, json, &actors, err)) < 0)
		return r;
	seen->actors = actors;
	return add_call(target, seen, err);
}

/* The members that sum up several answers repeat what these say. */
static bool sums_up(const struct observation *all, const struct observation *sum)
{
	return all->first_ms == sum->first_ms && all->last_ms == sum->last_ms;
}

static int read_answers(const struct target *target, const json_t *entry, const json_t *actions,
			const struct observation *all, struct error *err)
{
	const json_t *detail = json_object_get(entry, "detail");
	struct observation sum = { .first_ms = TIME_UNKNOWN, .last_ms = TIME_UNKNOWN };
	const char *name;
	json_t *value;

	if (json_object_size(detail) != json_object_size(actions))
		return error_set(err, -EBADMSG, "'detail' is not an object with all the 'actions'");
	json_object_foreach((json_t *)actions, name, value)
	{
		struct observation seen = { .nr = all->nr };
		enum action action;
		int r = action_from_word(name, &action, err);

		if (r < 0)
			return r;
		seen.action = action;
		seen.count = (uint64_t)json_integer_value(value);
		r = read_detail(target, json_object_get(detail, name), &seen, err);
		if (r < 0)
			return error_prefix(err, r, "detail.%s", name);
		if (sum.first_ms == TIME_UNKNOWN ||
		    (seen.first_ms != TIME_UNKNOWN && seen.first_ms < sum.first_ms))
			sum.first_ms = seen.first_ms;
		if (seen.last_ms > sum.last_ms)
			sum.last_ms = seen.last_ms;
	}
	return sums_up(all, &sum)
		       ? 0
		       : error_set(err, -EBADMSG, "'first' and 'last' do not agree with 'detail'");
}

static int read_answer(const struct target *target, const json_t *entry, const json_t *actions,
		       struct observation *seen, struct error *err)
{
	void *only = json_object_iter((json_t *)actions);
	enum action action;
	uint32_t actors;
	int r = action_from_word(json_object_iter_key(only), &action, err);

	if (r < 0 || (r = actors_members(target->recording, entry, &actors, err)) < 0)
		return r;
	seen->actors = actors;
	seen->action = action;
	seen->count = (uint64_t)json_integer_value(json_object_iter_value(only));
	return add_call(target, seen, err);
}

/* Counts by action, and their sum. */
static int check_counts(const json_t *entry, const json_t *actions, struct error *err)
{
	uint64_t sum = 0, count;
	const char *name;
	json_t *value;
	int r;

	if (!json_is_object(actions) || json_object_size(actions) == 0 ||
	    json_object_size(actions) > ACTION_COUNT)
		return error_set(err, -EBADMSG,
				 "'actions' is not an object with a count an action");
	json_object_foreach((json_t *)actions, name, value)
	{
		r = number_from_json(value, "actions", 0, RECORDING_COUNT_MAX, &count, err);
		if (r < 0)
			return r;
		sum += count;
	}
	r = number_from_json(json_object_get(entry, "count"), "count", 0, EVIDENCE_COUNT_MAX,
			     &count, err);
	if (r == 0 && count != sum)
		r = error_set(err, -EBADMSG, "'count' is not the sum of 'actions'");
	return r;
}

static int read_nr(const struct target *target, const json_t *json, int32_t *ret, struct error *err)
{
	json_int_t nr = json_integer_value(json);

	if (!json_is_integer(json) || nr < INT32_MIN || nr > INT32_MAX)
		return error_set(err, -EBADMSG, "'nr' is not a number of 32 bits");
	if (arch_by_audit(target->audit, nr) != target->arch)
		return error_set(err, -EBADMSG, "'nr' %d is not one of %s", (int)nr,
				 target->arch->name);
	*ret = (int32_t)nr;
	return 0;
}

static int read_call(const struct target *target, const json_t *entry, struct error *err)
{
	static const char *const known[] = { "name",   "nr",	      "count",	"first",
					     "last",   "actions",     "exe",	"comm",
					     "actors", "more_actors", "detail", "arguments",
					     "runs",   NULL };
	const json_t *actions = json_object_get(entry, "actions");
	const json_t *name = json_object_get(entry, "name");
	struct observation seen = { 0 };
	int r = members_known(entry, known, err);

	if (r < 0 || (r = read_nr(target, json_object_get(entry, "nr"), &seen.nr, err)) < 0 ||
	    (r = check_counts(entry, actions, err)) < 0 ||
	    (r = times_members(entry, &seen, err)) < 0 ||
	    (r = check_text_array(entry, "exe", err)) < 0 ||
	    (r = check_text_array(entry, "comm", err)) < 0)
		return r;
	if (name && !json_is_string(name))
		return error_set(err, -EBADMSG, "'name' is not a string");
	if (json_object_size(actions) == 1 && !json_object_get(entry, "detail"))
		return read_answer(target, entry, actions, &seen, err);
	if (json_object_get(entry, "actors") || json_object_get(entry, "more_actors"))
		return error_set(err, -EBADMSG, "'actors' beside 'detail'");
	return read_answers(target, entry, actions, &seen, err);
}

static int read_arguments(const struct target *target, const json_t *entry, struct error *err)
{
	const json_t *arguments = json_object_get(entry, "arguments");

	if (!arguments)
		return 0;
	return arguments_from_json(target->recording, target->group, target->audit,
				   (int32_t)json_integer_value(json_object_get(entry, "nr")),
				   (uint64_t)json_integer_value(json_object_get(entry, "count")),
				   arguments, err);
}

static int read_runs(const struct target *target, const json_t *entry, struct error *err)
{
	int32_t nr = (int32_t)json_integer_value(json_object_get(entry, "nr"));

	return runs_from_json(target->recording, target->group, target->audit, &nr, entry, err);
}

static int read_calls(const struct target *target, const json_t *calls, struct error *err)
{
	json_t *entry;
	size_t i;

	json_array_foreach(calls, i, entry)
	{
		int r = read_call(target, entry, err);

		if (r == 0)
			r = read_arguments(target, entry, err);
		if (r == 0)
			r = read_runs(target, entry, err);
		if (r < 0)
			return error_prefix(err, r, "syscalls[%zu]", i);
	}
	return 0;
}

/* Its name, or the 0x and eight digits of one that nobody knows. */
static int read_arch(const json_t *json, struct target *target, struct error *err)
{
	struct slice name = { json_string_value(json), json_string_length(json) };
	uint64_t audit;

	if (json_is_string(json))
		target->arch = arch_by_name(name);
	if (target->arch) {
		target->audit = target->arch->audit;
		return 0;
	}
	if (!json_is_string(json) || name.len != 10 || !slice_starts(name, SLICE("0x")) ||
	    slice_to_u64((struct slice){ name.data + 2, 8 }, 16, &audit) < 0)
		return error_set(err, -EBADMSG,
				 "'arch' is neither a known name nor 0x and 8 digits");
	target->audit = (uint32_t)audit;
	target->arch = arch_by_audit(target->audit, 0);
	return 0;
}

static int get_group(const json_t *json, struct target *target, struct error *err)
{
	_cleanup_text_ struct text name = { 0 };
	_cleanup_text_ struct text node = { 0 };
	uint32_t pid, session;
	int r = text_member(json, "name", &name, err);

	if (r < 0 || (r = text_member(json, "node", &node, err)) < 0 ||
	    (r = id_member(json, "pid", &pid, err)) < 0 ||
	    (r = id_member(json, "session", &session, err)) < 0)
		return r;
	if (name.slice.len == 0)
		return error_set(err, -EBADMSG, "'name' is missing or empty");
	r = recording_group(target->recording, name.slice, node.slice, pid, session,
			    &target->group);
	if (r == -E2BIG)
		return error_set(err, -EBADMSG, "more than %u groups", RECORDING_GROUPS_MAX);
	return r < 0 ? error_memory(err) : 0;
}

static int check_first_time(const struct target *target, struct error *err)
{
	const struct group *group = &target->recording->groups[target->group];

	if (group->n_arches >= RECORDING_ARCHES_MAX)
		return error_set(err, -EBADMSG, "more than %d architectures", RECORDING_ARCHES_MAX);
	for (size_t i = 0; i < group->n_arches; i++)
		if (group->arches[i].audit == target->audit &&
		    group->arches[i].arch == target->arch)
			return error_set(err, -EBADMSG,
					 "the same group and architecture for the second time");
	return 0;
}

int group_from_json(struct recording *recording, const json_t *json, struct error *err)
{
	static const char *const known[] = { "name", "node",	 "pid",	 "session",
					     "arch", "syscalls", "runs", NULL };
	const json_t *arch = json_object_get(json, "arch");
	const json_t *calls = json_object_get(json, "syscalls");
	struct target target = { .recording = recording };
	int r = members_known(json, known, err);

	if (r < 0 || (r = get_group(json, &target, err)) < 0)
		return r;
	if (!json_is_array(calls))
		return error_set(err, -EBADMSG, "'syscalls' is not an array");
	r = runs_from_json(recording, target.group, 0, NULL, json, err);
	if (r < 0)
		return r;
	if (json_is_null(arch))
		return json_array_size(calls) == 0
			       ? 0
			       : error_set(err, -EBADMSG, "'syscalls' without an 'arch'");
	r = read_arch(arch, &target, err);
	if (r == 0)
		r = check_first_time(&target, err);
	return r < 0 ? r : read_calls(&target, calls, err);
}
