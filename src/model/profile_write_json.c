/* SPDX-License-Identifier: Apache-2.0 */
/* Writing profiles. Members come in one fixed order; what nobody knows comes last. */
#include "base/cleanup.h"
#include "model/big_integer_json.h"
#include "model/checked_json.h"
#include "model/profile_json.h"
#include <errno.h>
#include <jansson.h>

/* jansson's setters take the value even when they fail, and refuse NULL: one check a struct. */
static int set_text(json_t *object, const char *key, const char *text)
{
	return text ? json_object_set_new(object, key, json_string(text)) : 0;
}

static int set_number(json_t *object, const char *key, bool present, uint64_t number)
{
	return present ? json_object_set_new(object, key, big_integer_new(number)) : 0;
}

static int set_list(json_t *object, const char *key, char *const *names)
{
	json_t *list;

	if (!names)
		return 0;
	list = json_array();
	for (; *names; names++) {
		if (json_array_append_new(list, json_string(*names)) < 0) {
			json_decref(list);
			return -1;
		}
	}
	return json_object_set_new(object, key, list);
}

static int set_extra(json_t *object, const char *extra)
{
	json_t *members;
	int r;

	if (!extra)
		return 0;
	members = checked_json_read(extra, strlen(extra), 0, NULL);
	r = members ? json_object_update(object, members) : -1;
	json_decref(members);
	return r;
}

/* The object when all its members could be set, else NULL. */
static json_t *finished(json_t *object, bool failed)
{
	if (!failed)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *arg_object(const struct rule_arg *arg)
{
	json_t *object = json_object();
	bool failed = set_number(object, "index", true, arg->index) ||
		      set_number(object, "value", true, arg->value) ||
		      set_number(object, "valueTwo", arg->has_value_two, arg->value_two) ||
		      set_text(object, "op", compare_oci_name(arg->op)) ||
		      set_extra(object, arg->extra);

	return finished(object, failed);
}

static int set_args(json_t *object, const struct rule *rule)
{
	json_t *list;

	if (!rule->args)
		return 0;
	list = json_array();
	for (size_t i = 0; i < rule->n_args; i++) {
		if (json_array_append_new(list, arg_object(&rule->args[i])) < 0) {
			json_decref(list);
			return -1;
		}
	}
	return json_object_set_new(object, "args", list);
}

static int set_condition(json_t *object, const char *key, bool present,
			 const struct condition *condition)
{
	json_t *member;
	bool failed;

	if (!present)
		return 0;
	member = json_object();
	failed = set_list(member, "caps", condition->caps) ||
		 set_list(member, "arches", condition->arches) ||
		 set_text(member, "minKernel", condition->min_kernel) ||
		 set_extra(member, condition->extra);
	return json_object_set_new(object, key, finished(member, failed));
}

static json_t *rule_object(const struct rule *rule)
{
	json_t *object = json_object();
	bool failed = (rule->singular ? set_text(object, "name", rule->names[0])
				      : set_list(object, "names", rule->names)) ||
		      set_text(object, "action", action_oci_name(rule->action)) ||
		      set_number(object, "errnoRet", rule->has_errno, rule->errno_ret) ||
		      set_text(object, "errno", rule->errno_name) || set_args(object, rule) ||
		      set_text(object, "comment", rule->comment) ||
		      set_condition(object, "includes", rule->has_includes, &rule->includes) ||
		      set_condition(object, "excludes", rule->has_excludes, &rule->excludes) ||
		      set_extra(object, rule->extra);

	return finished(object, failed);
}

static int set_rules(json_t *object, const struct profile *profile)
{
	json_t *list = json_array();

	for (size_t i = 0; i < profile->n_rules; i++) {
		if (json_array_append_new(list, rule_object(&profile->rules[i])) < 0) {
			json_decref(list);
			return -1;
		}
	}
	return json_object_set_new(object, "syscalls", list);
}

static json_t *arch_map_object(const struct arch_map *entry)
{
	json_t *object = json_object();
	bool failed = set_text(object, "architecture", entry->architecture) ||
		      set_list(object, "subArchitectures", entry->sub_architectures) ||
		      set_extra(object, entry->extra);

	return finished(object, failed);
}

static int set_arch_map(json_t *object, const struct profile *profile)
{
	json_t *list;

	if (!profile->arch_map)
		return 0;
	list = json_array();
	for (size_t i = 0; i < profile->n_arch_map; i++) {
		if (json_array_append_new(list, arch_map_object(&profile->arch_map[i])) < 0) {
			json_decref(list);
			return -1;
		}
	}
	return json_object_set_new(object, "archMap", list);
}

static json_t *profile_object(const struct profile *profile)
{
	json_t *object = json_object();
	bool failed = set_text(object, "defaultAction", action_oci_name(profile->default_action)) ||
		      set_number(object, "defaultErrnoRet", profile->has_default_errno,
				 profile->default_errno) ||
		      set_text(object, "defaultErrno", profile->default_errno_name) ||
		      set_list(object, "architectures", profile->architectures) ||
		      set_arch_map(object, profile) || set_list(object, "flags", profile->flags) ||
		      set_rules(object, profile) || set_extra(object, profile->extra);

	return finished(object, failed);
}

int profile_to_json(const struct profile *profile, char **ret, struct error *err)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	json_t *object = profile_object(profile);
	_cleanup_free_ char *marked = object ? checked_json_write(object, JSON_INDENT(2)) : NULL;

	json_decref(object);
	if (!marked)
		return error_memory(err);
	big_integer_unmark(marked, &text);
	strbuf_putc(&text, '\n');
	*ret = strbuf_steal(&text);
	return *ret ? 0 : error_memory(err);
}
