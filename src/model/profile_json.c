/* SPDX-License-Identifier: Apache-2.0 */
/* Reading profiles. Each reader gets one JSON value and fills one struct; members it does not know
 * are kept as text. */
#include "model/profile_json.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "model/big_integer_json.h"
#include "model/checked_json.h"
#include "model/errno_names.h"
#include "model/profile_member_json.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

#define ERRNO_RET_MAX                                                                              \
	4095		     /* MAX_ERRNO, include/linux/err.h: the kernel caps what a filter says \
			      */
#define TRACE_DATA_MAX 65535 /* SECCOMP_RET_DATA, linux/seccomp.h */

static int read_action(const json_t *object, const char *key, enum action *ret, struct error *err)
{
	const json_t *value = member_get(object, key);

	if (!value)
		return error_set(err, -EBADMSG, "no '%s'", key);
	if (!json_is_string(value))
		return error_set(err, -EBADMSG, "'%s' is not a string", key);
	if (action_from_oci_name(json_string_value(value), ret) < 0)
		return member_bad_word(err, "unknown action", json_string_value(value));
	return 0;
}

/* An errno as a number (OCI), as a name (containers/common), or both if they agree. */
static int read_errno(const json_t *object, const char *number_key, const char *name_key,
		      enum action action, bool *ret_has, uint32_t *ret, char **ret_name,
		      struct error *err)
{
	uint64_t number = 0;
	uint32_t named;
	int r;

	r = member_number(object, number_key,
			  action == ACTION_TRACE ? TRACE_DATA_MAX : ERRNO_RET_MAX, ret_has, &number,
			  err);
	if (r < 0)
		return r;
	r = member_text(object, name_key, ret_name, err);
	if (r < 0)
		return r;
	if (*ret_name && **ret_name) {
		if (errno_from_name(*ret_name, &named) < 0)
			return member_bad_word(err, "unknown error name", *ret_name);
		if (*ret_has && named != number)
			return error_set(err, -EBADMSG, "'%s' is %s (%u), but '%s' is %" PRIu64,
					 name_key, *ret_name, named, number_key, number);
		*ret_has = true;
		number = named;
	}
	*ret = (uint32_t)number;
	return 0;
}

static int read_arg(const json_t *object, struct rule_arg *arg, struct error *err)
{
	static const char *const known[] = { "index", "value", "valueTwo", "op", NULL };
	const json_t *op = member_get(object, "op");
	bool has_index = false;
	uint64_t index = 0;
	int r;

	if (!json_is_object(object))
		return error_set(err, -EBADMSG, "not an object");
	r = member_number(object, "index", 5, &has_index, &index, err);
	if (r < 0)
		return r;
	if (!has_index)
		return error_set(err, -EBADMSG, "no 'index'");
	arg->index = (unsigned int)index;
	r = member_number(object, "value", UINT64_MAX, NULL, &arg->value, err);
	if (r < 0)
		return r;
	r = member_number(object, "valueTwo", UINT64_MAX, &arg->has_value_two, &arg->value_two,
			  err);
	if (r < 0)
		return r;
	if (!json_is_string(op))
		return error_set(err, -EBADMSG, "no 'op', or it is not a string");
	if (compare_from_oci_name(json_string_value(op), &arg->op) < 0)
		return member_bad_word(err, "unknown comparison", json_string_value(op));
	return member_extra(object, known, &arg->extra, err);
}

static int read_args(const json_t *object, struct rule *rule, struct error *err)
{
	const json_t *list = member_get(object, "args");
	size_t n = json_array_size(list);
	int r;

	if (!list)
		return 0;
	if (!json_is_array(list))
		return error_set(err, -EBADMSG, "'args' is not an array");
	rule->args = calloc(n + 1, sizeof(*rule->args));
	if (!rule->args)
		return error_memory(err);
	for (size_t i = 0; i < n; i++) {
		rule->n_args = i + 1;
		r = read_arg(json_array_get(list, i), &rule->args[i], err);
		if (r < 0)
			return error_prefix(err, r, "args[%zu]", i);
	}
	return 0;
}

static int read_condition(const json_t *object, const char *key, struct condition *condition,
			  bool *ret_present, struct error *err)
{
	static const char *const known[] = { "caps", "arches", "minKernel", NULL };
	const json_t *value = member_get(object, key);
	int r;

	if (!value)
		return 0;
	if (!json_is_object(value))
		return error_set(err, -EBADMSG, "'%s' is not an object", key);
	*ret_present = true;
	r = member_list(value, "caps", &condition->caps, err);
	if (r == 0)
		r = member_list(value, "arches", &condition->arches, err);
	if (r == 0)
		r = member_text(value, "minKernel", &condition->min_kernel, err);
	if (r == 0)
		r = member_extra(value, known, &condition->extra, err);
	return r < 0 ? error_prefix(err, r, "%s", key) : 0;
}

static int read_names(const json_t *object, struct rule *rule, struct error *err)
{
	_cleanup_free_ char *name = NULL;
	int r;

	r = member_list(object, "names", &rule->names, err);
	if (r < 0)
		return r;
	r = member_text(object, "name", &name, err);
	if (r < 0)
		return r;
	if (name_list_count(rule->names) > 0) {
		if (name && *name)
			return error_set(err, -EBADMSG, "both 'name' and 'names'");
		return 0;
	}
	if (!name || !*name)
		return error_set(err, -EBADMSG, "no names");
	name_list_free(rule->names);
	rule->names = NULL;
	rule->singular = true;
	return name_list_append(&rule->names, name) < 0 ? error_memory(err) : 0;
}

static int read_rule(const json_t *object, struct rule *rule, struct error *err)
{
	static const char *const known[] = { "names", "name",	 "action",   "errnoRet", "errno",
					     "args",  "comment", "includes", "excludes", NULL };
	int r;

	if (!json_is_object(object))
		return error_set(err, -EBADMSG, "not an object");
	rule->origin = ORIGIN_BASE;
	r = read_names(object, rule, err);
	if (r == 0)
		r = read_action(object, "action", &rule->action, err);
	if (r == 0)
		r = read_errno(object, "errnoRet", "errno", rule->action, &rule->has_errno,
			       &rule->errno_ret, &rule->errno_name, err);
	if (r == 0)
		r = read_args(object, rule, err);
	if (r == 0)
		r = member_text(object, "comment", &rule->comment, err);
	if (r == 0)
		r = read_condition(object, "includes", &rule->includes, &rule->has_includes, err);
	if (r == 0)
		r = read_condition(object, "excludes", &rule->excludes, &rule->has_excludes, err);
	if (r == 0)
		r = member_extra(object, known, &rule->extra, err);
	return r;
}

static int read_rules(const json_t *object, struct profile *profile, struct error *err)
{
	const json_t *list = member_get(object, "syscalls");
	size_t n = json_array_size(list);
	int r;

	if (!list)
		return 0;
	if (!json_is_array(list))
		return error_set(err, -EBADMSG, "'syscalls' is not an array");
	if (array_reserve(&profile->rules, &profile->rules_allocated, n, sizeof(*profile->rules)) <
	    0)
		return error_memory(err);
	for (size_t i = 0; i < n; i++) {
		profile->rules[i] = (struct rule){ 0 };
		profile->n_rules = i + 1;
		r = read_rule(json_array_get(list, i), &profile->rules[i], err);
		if (r < 0)
			return error_prefix(err, r, "syscalls[%zu]", i);
	}
	return 0;
}

/* Architectures of the OCI runtime specification that not every libseccomp knows. */
static const char *const foreign_architectures[] = {
	"SCMP_ARCH_RISCV64", "SCMP_ARCH_LOONGARCH64", "SCMP_ARCH_PARISC", "SCMP_ARCH_PARISC64",
	"SCMP_ARCH_M68K",    "SCMP_ARCH_SH",	      "SCMP_ARCH_SHEB",
};

static int check_architectures(char *const *names, struct error *err)
{
	for (; names && *names; names++) {
		const struct arch *arch = arch_by_name(slice_from(*names));
		bool known = arch && strcmp(arch->oci, *names) == 0;

		for (size_t i = 0; i < ARRAY_SIZE(foreign_architectures); i++)
			known = known || strcmp(foreign_architectures[i], *names) == 0;
		if (!known)
			return member_bad_word(err, "unknown architecture", *names);
	}
	return 0;
}

static int read_arch_map_entry(const json_t *object, struct arch_map *entry, struct error *err)
{
	static const char *const known[] = { "architecture", "subArchitectures", NULL };
	char *single[2] = { NULL, NULL };
	int r;

	if (!json_is_object(object))
		return error_set(err, -EBADMSG, "not an object");
	r = member_text(object, "architecture", &entry->architecture, err);
	if (r < 0)
		return r;
	if (!entry->architecture)
		return error_set(err, -EBADMSG, "no 'architecture'");
	single[0] = entry->architecture;
	r = check_architectures(single, err);
	if (r == 0)
		r = member_list(object, "subArchitectures", &entry->sub_architectures, err);
	if (r == 0)
		r = check_architectures(entry->sub_architectures, err);
	if (r == 0)
		r = member_extra(object, known, &entry->extra, err);
	return r;
}

static int read_arch_map(const json_t *object, struct profile *profile, struct error *err)
{
	const json_t *list = member_get(object, "archMap");
	size_t n = json_array_size(list);
	int r;

	if (!list)
		return 0;
	if (!json_is_array(list))
		return error_set(err, -EBADMSG, "'archMap' is not an array");
	if (n > 0 && name_list_count(profile->architectures) > 0)
		return error_set(err, -EBADMSG, "'archMap' and 'architectures' exclude each other");
	profile->arch_map = calloc(n + 1, sizeof(*profile->arch_map));
	if (!profile->arch_map)
		return error_memory(err);
	for (size_t i = 0; i < n; i++) {
		profile->n_arch_map = i + 1;
		r = read_arch_map_entry(json_array_get(list, i), &profile->arch_map[i], err);
		if (r < 0)
			return error_prefix(err, r, "archMap[%zu]", i);
	}
	return 0;
}

static int read_profile(const json_t *object, struct profile *profile, struct error *err)
{
	static const char *const known[] = { "defaultAction", "defaultErrnoRet",
					     "defaultErrno",  "architectures",
					     "archMap",	      "flags",
					     "syscalls",      NULL };
	int r;

	r = read_action(object, "defaultAction", &profile->default_action, err);
	if (r == 0)
		r = read_errno(object, "defaultErrnoRet", "defaultErrno", profile->default_action,
			       &profile->has_default_errno, &profile->default_errno,
			       &profile->default_errno_name, err);
	if (r == 0)
		r = member_list(object, "architectures", &profile->architectures, err);
	if (r == 0)
		r = check_architectures(profile->architectures, err);
	if (r == 0)
		r = read_arch_map(object, profile, err);
	if (r == 0)
		r = member_list(object, "flags", &profile->flags, err);
	if (r == 0)
		r = read_rules(object, profile, err);
	if (r == 0)
		r = profile_check_size(profile, err);
	if (r == 0)
		r = member_extra(object, known, &profile->extra, err);
	return r;
}

/* The seccomp object in a file that may be a whole config.json. */
static int find_profile(const json_t *root, const json_t **ret, bool *ret_config, struct error *err)
{
	const json_t *linux_object = member_get(root, "linux");

	if (!json_is_object(root))
		return error_set(err, -EBADMSG, "not a profile: not a JSON object");
	*ret_config = !member_get(root, "defaultAction") &&
		      (linux_object || member_get(root, "ociVersion"));
	*ret = *ret_config ? member_get(linux_object, "seccomp") : root;
	if (!*ret)
		return error_set(err, -EBADMSG, "a container's config.json without linux.seccomp");
	if (!json_is_object(*ret))
		return error_set(err, -EBADMSG, "linux.seccomp is not an object");
	return 0;
}

static int parse(const char *text, size_t len, json_t **ret, struct error *err)
{
	_cleanup_strbuf_ struct strbuf marked = { 0 }, shown = { 0 };
	json_error_t problem;
	int r;

	if (len > PROFILE_SIZE_MAX)
		return error_set(err, -EBADMSG, "not a profile: larger than %d MB",
				 PROFILE_SIZE_MAX >> 20);
	r = big_integer_mark(text, len, &marked);
	if (r == -EINVAL)
		return error_set(err, -EBADMSG, "a string with a control character in it");
	if (r < 0)
		return error_memory(err);
	*ret = checked_json_read(strbuf_text(&marked), marked.len, JSON_REJECT_DUPLICATES,
				 &problem);
	if (*ret)
		return 0;
	if (json_error_code(&problem) == json_error_out_of_memory)
		return error_memory(err);
	strbuf_put_shown(&shown, slice_from(problem.text));
	return error_set(err, -EBADMSG, "line %d: not JSON: %s",
			 problem.line > 0 ? problem.line : 1,
			 strbuf_text(&shown) ? strbuf_text(&shown) : "not JSON");
}

int profile_read_json(struct profile **ret, const char *text, size_t len, const char *name,
		      struct error *err)
{
	_cleanup_profile_ struct profile *profile = profile_new();
	const json_t *object = NULL;
	bool config = false;
	json_t *root = NULL;
	int r;

	if (!profile)
		return error_memory(err);
	r = parse(text, len, &root, err);
	if (r == 0)
		r = find_profile(root, &object, &config, err);
	if (r == 0) {
		r = read_profile(object, profile, err);
		if (r < 0 && config)
			error_prefix(err, r, "linux.seccomp");
	}
	json_decref(root);
	if (r < 0)
		return error_prefix(err, r, "%s", name);
	*ret = profile;
	profile = NULL;
	return 0;
}
