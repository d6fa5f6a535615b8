/* SPDX-License-Identifier: Apache-2.0 */
#include "model/oci_seccomp_json.h"
#include "model/name_list.h"
#include "model/oci_member_json.h"
#include "model/profile_member_json.h"
#include <errno.h>
#include <string.h>

#define ALLOW	 "SCMP_ACT_ALLOW"
#define LOG	 "SCMP_ACT_LOG"
#define FLAG_LOG "SECCOMP_FILTER_FLAG_LOG"

/*
 * A rule for one of these becomes, on architectures with socketcall(2) or ipc(2), one about the
 * latter's first argument, and an unconditional rule for the latter displaces it (libseccomp,
 * syscalls.c and db.c): for what a filter denies they are one call.
 */
static const struct multiplexed {
	const char *by, *name;
} multiplexed[] = {
	{ "socketcall", "accept" },
	{ "socketcall", "accept4" },
	{ "socketcall", "bind" },
	{ "socketcall", "connect" },
	{ "socketcall", "getpeername" },
	{ "socketcall", "getsockname" },
	{ "socketcall", "getsockopt" },
	{ "socketcall", "listen" },
	{ "socketcall", "recv" },
	{ "socketcall", "recvfrom" },
	{ "socketcall", "recvmmsg" },
	{ "socketcall", "recvmsg" },
	{ "socketcall", "send" },
	{ "socketcall", "sendmmsg" },
	{ "socketcall", "sendmsg" },
	{ "socketcall", "sendto" },
	{ "socketcall", "setsockopt" },
	{ "socketcall", "shutdown" },
	{ "socketcall", "socket" },
	{ "socketcall", "socketpair" },
	{ "ipc", "msgctl" },
	{ "ipc", "msgget" },
	{ "ipc", "msgrcv" },
	{ "ipc", "msgsnd" },
	{ "ipc", "semctl" },
	{ "ipc", "semget" },
	{ "ipc", "semop" },
	{ "ipc", "semtimedop" },
	{ "ipc", "shmat" },
	{ "ipc", "shmctl" },
	{ "ipc", "shmdt" },
	{ "ipc", "shmget" },
};

static const char *action_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static bool has_action(const json_t *object, const char *key, const char *action)
{
	const char *text = action_of(object, key);

	return text && strcmp(text, action) == 0;
}

static int check_rule(const json_t *rule, struct error *err)
{
	static const char *const known[] = { "action", "names", "name", "args", NULL };
	int r;

	if (!json_is_object(rule))
		return error_set(err, -EBADMSG, "not an object");
	r = oci_check_case(rule, known, err);
	if (r == 0 && !action_of(rule, "action"))
		r = error_set(err, -EBADMSG, "no 'action', or it is not a string");
	if (r == 0)
		r = oci_check_strings(rule, "names", err);
	if (r == 0)
		r = oci_check_string(rule, "name", err);
	if (r == 0)
		r = oci_check_array(rule, "args", err);
	return r;
}

int oci_seccomp_check(const json_t *seccomp, struct error *err)
{
	static const char *const known[] = { "defaultAction", "architectures", "flags", "syscalls",
					     NULL };
	const json_t *rules = member_get(seccomp, "syscalls");
	int r;

	if (!seccomp)
		return 0;
	r = oci_check_case(seccomp, known, err);
	if (r == 0 && !action_of(seccomp, "defaultAction"))
		r = error_set(err, -EBADMSG, "no 'defaultAction', or it is not a string");
	if (r == 0)
		r = oci_check_strings(seccomp, "flags", err);
	if (r == 0)
		r = oci_check_array(seccomp, "syscalls", err);
	for (size_t i = 0; r == 0 && i < json_array_size(rules); i++) {
		r = check_rule(json_array_get(rules, i), err);
		if (r < 0)
			return error_prefix(err, r, "syscalls[%zu]", i);
	}
	return r;
}

bool oci_seccomp_logs(const json_t *seccomp)
{
	const json_t *rules = member_get(seccomp, "syscalls");

	if (has_action(seccomp, "defaultAction", LOG))
		return true;
	for (size_t i = 0; i < json_array_size(rules); i++)
		if (has_action(json_array_get(rules, i), "action", LOG))
			return true;
	return false;
}

static bool runs_here(const struct arch *arch)
{
	return arch == arch_native() || arch->native == arch_native()->token;
}

/* 1: allowed wherever it exists; 0; -ENOMEM. */
static int base_allows(const struct profile *base, struct syscall_table *names, const char *name)
{
	bool allowed = false;

	for (size_t i = 0; i < arch_count(); i++) {
		const struct arch *arch = arch_at(i);
		int32_t number;
		int r;

		if (!runs_here(arch) || !profile_covers(base, arch))
			continue;
		r = syscall_number(names, arch, name, &number);
		if (r == -ENOENT)
			continue;
		if (r < 0)
			return r;
		if (!profile_allows(base, arch, name))
			return 0;
		allowed = true;
	}
	return allowed;
}

static int collect_arch(const struct profile *base, struct syscall_table *names,
			const struct arch *arch, struct name_set *ret)
{
	const int32_t *numbers;
	size_t n;
	int r = syscall_numbers(names, arch, &numbers, &n);

	for (size_t i = 0; r >= 0 && i < n; i++) {
		const char *name = syscall_name(names, arch, numbers[i]);

		if (!name)
			continue;
		r = base_allows(base, names, name);
		if (r > 0)
			r = name_set_add(ret, name);
	}
	return r < 0 ? r : 0;
}

/* The names that need not be logged. None without a base. */
static int collect_allowed(const struct profile *base, struct syscall_table *names,
			   struct name_set *ret)
{
	int r = 0;

	for (size_t i = 0; base && r == 0 && i < arch_count(); i++)
		if (runs_here(arch_at(i)) && profile_covers(base, arch_at(i)))
			r = collect_arch(base, names, arch_at(i), ret);
	return r;
}

static bool plain_allow(const json_t *rule)
{
	return has_action(rule, "action", ALLOW) &&
	       json_array_size(json_object_get(rule, "args")) == 0;
}

static int set_add(json_t *set, const char *name)
{
	return json_object_set_new(set, name, json_true()) < 0 ? -ENOMEM : 0;
}

/* Adds a name, and for one of a family what stands for all of it and is touched by each. */
static int touch(json_t *set, const char *name)
{
	int r = set_add(set, name);

	for (size_t i = 0; r == 0 && i < sizeof(multiplexed) / sizeof(*multiplexed); i++) {
		if (strcmp(multiplexed[i].name, name) == 0)
			r = set_add(set, multiplexed[i].by);
		else if (strcmp(multiplexed[i].by, name) == 0)
			r = set_add(set, multiplexed[i].name);
	}
	return r;
}

static int touch_rule(json_t *set, const json_t *rule)
{
	const json_t *list = json_object_get(rule, "names");
	const char *single = json_string_value(json_object_get(rule, "name"));
	int r = single ? touch(set, single) : 0;

	for (size_t i = 0; r == 0 && i < json_array_size(list); i++)
		r = touch(set, json_string_value(json_array_get(list, i)));
	return r;
}

/* The names of all rules, or of those only that say something else than a plain ALLOW. */
static int collect_touched(const json_t *rules, bool all, json_t *set)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < json_array_size(rules); i++) {
		const json_t *rule = json_array_get(rules, i);

		if (all || !plain_allow(rule))
			r = touch_rule(set, rule);
	}
	return r;
}

static int set_text(json_t *object, const char *key, const char *text)
{
	return json_object_set_new(object, key, json_string(text)) < 0 ? -ENOMEM : 0;
}

struct split {
	struct name_set allowed;
	json_t *touched; /* set of names: the keys of an object */
	json_t *rules;	 /* the new array */
};

static bool stays(const struct split *split, const char *name)
{
	return name_set_has(&split->allowed, name) && !json_object_get(split->touched, name);
}

/* The names that stay allowed (or not) of a list, as a new list. */
static json_t *filter_names(const struct split *split, const json_t *list, bool staying)
{
	json_t *names = json_array();

	for (size_t i = 0; names && i < json_array_size(list); i++) {
		json_t *name = json_array_get(list, i);

		if (stays(split, json_string_value(name)) == staying &&
		    json_array_append(names, name) < 0) {
			json_decref(names);
			return NULL;
		}
	}
	return names;
}

/* Appends a copy of the rule for these names (stolen), unless there are none. */
static int append_part(struct split *split, const json_t *rule, json_t *names, const char *action)
{
	json_t *copy;

	if (!names)
		return -ENOMEM;
	if (json_array_size(names) == 0) {
		json_decref(names);
		return 0;
	}
	copy = json_deep_copy(rule);
	if (json_object_set_new(copy, "names", names) < 0 || set_text(copy, "action", action) < 0) {
		json_decref(copy);
		return -ENOMEM;
	}
	return json_array_append_new(split->rules, copy) < 0 ? -ENOMEM : 0;
}

static int split_rule(struct split *split, const json_t *rule)
{
	int r = append_part(split, rule, filter_names(split, json_object_get(rule, "names"), true),
			    ALLOW);

	if (r == 0)
		r = append_part(split, rule,
				filter_names(split, json_object_get(rule, "names"), false), LOG);
	return r;
}

static int change_rule(struct split *split, json_t *rule)
{
	const json_t *names = json_object_get(rule, "names");
	const char *single = json_string_value(json_object_get(rule, "name"));

	if (has_action(rule, "action", ALLOW)) {
		/* With both, runtimes differ in which they take. */
		if (plain_allow(rule) && !single && json_array_size(names) > 0)
			return split_rule(split, rule);
		if (!(plain_allow(rule) && single && json_array_size(names) == 0 &&
		      stays(split, single)) &&
		    set_text(rule, "action", LOG) < 0)
			return -ENOMEM;
	}
	return json_array_append(split->rules, rule) < 0 ? -ENOMEM : 0;
}

/* For a default that logs: the base's calls of which no rule speaks. */
static int append_rest(struct split *split, const json_t *old)
{
	json_t *names = json_array(), *rule;
	int r = collect_touched(old, true, split->touched);

	for (size_t i = 0; names && r == 0 && i < split->allowed.n; i++)
		if (stays(split, split->allowed.names[i]) &&
		    json_array_append_new(names, json_string(split->allowed.names[i])) < 0)
			r = -ENOMEM;
	if (r < 0 || !names || json_array_size(names) == 0) {
		json_decref(names);
		return names ? r : -ENOMEM;
	}
	rule = json_pack("{s:o,s:s}", "names", names, "action", ALLOW);
	return json_array_append_new(split->rules, rule) < 0 ? -ENOMEM : 0;
}

static int change_rules(struct split *split, json_t *seccomp, bool rest)
{
	const json_t *old = member_get(seccomp, "syscalls");
	int r = collect_touched(old, false, split->touched);

	for (size_t i = 0; r == 0 && i < json_array_size(old); i++)
		r = change_rule(split, json_array_get(old, i));
	if (r == 0 && rest)
		r = append_rest(split, old);
	if (r == 0 && (old || json_array_size(split->rules) > 0))
		r = json_object_set(seccomp, "syscalls", split->rules) < 0 ? -ENOMEM : 0;
	return r;
}

static int add_flag(json_t *seccomp)
{
	json_t *flags = json_object_get(seccomp, "flags");

	if (!json_is_array(flags)) {
		flags = json_array();
		if (json_object_set_new(seccomp, "flags", flags) < 0)
			return -ENOMEM;
	}
	for (size_t i = 0; i < json_array_size(flags); i++)
		if (strcmp(json_string_value(json_array_get(flags, i)), FLAG_LOG) == 0)
			return 0;
	return json_array_append_new(flags, json_string(FLAG_LOG)) < 0 ? -ENOMEM : 0;
}

/* A filter that allows everything on every architecture that this kernel runs. */
static json_t *allow_all(void)
{
	json_t *arches = json_pack("[s]", arch_native()->oci);

	for (size_t i = 0; arches && i < arch_count(); i++) {
		const struct arch *arch = arch_at(i);

		if (arch != arch_native() && runs_here(arch) &&
		    json_array_append_new(arches, json_string(arch->oci)) < 0) {
			json_decref(arches);
			return NULL;
		}
	}
	return arches ? json_pack("{s:s,s:o,s:[],s:[]}", "defaultAction", ALLOW, "architectures",
				  arches, "flags", "syscalls")
		      : NULL;
}

static int change(struct split *split, json_t *seccomp, bool denials)
{
	bool rest = has_action(seccomp, "defaultAction", ALLOW);
	int r = rest ? set_text(seccomp, "defaultAction", LOG) : 0;

	if (r == 0 && denials)
		r = add_flag(seccomp);
	if (r == 0)
		r = change_rules(split, seccomp, rest);
	return r;
}

int oci_seccomp_log(const json_t *seccomp, const struct profile *base, struct syscall_table *names,
		    bool denials, json_t **ret, struct error *err)
{
	struct split split = { .touched = json_object(), .rules = json_array() };
	json_t *copy = seccomp ? json_deep_copy(seccomp) : allow_all();
	int r = copy && split.touched && split.rules ? 0 : -ENOMEM;

	if (r == 0)
		r = collect_allowed(base, names, &split.allowed);
	if (r == 0)
		r = change(&split, copy, denials);
	json_decref(split.touched);
	json_decref(split.rules);
	name_set_deinit(&split.allowed);
	if (r < 0) {
		json_decref(copy);
		return error_memory(err);
	}
	*ret = copy;
	return 0;
}
