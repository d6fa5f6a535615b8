/* SPDX-License-Identifier: Apache-2.0 */
#include "model/oci_config_json.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "model/big_integer_json.h"
#include "model/checked_json.h"
#include "model/json_extent.h"
#include "model/oci_member_json.h"
#include "model/oci_seccomp_json.h"
#include "model/profile_member_json.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define REFUSAL "audit-seccomp-gen: "

struct oci_config {
	char *text;
	size_t len;
	json_t *root;		   /* big integers marked */
	struct slice linux_object; /* in text, the value; empty: no such member */
	struct slice seccomp;	   /* the same */
};

struct oci_config *oci_config_free(struct oci_config *config)
{
	if (config) {
		json_decref(config->root);
		free(config->text);
		free(config);
	}
	return NULL;
}

void oci_config_freep(struct oci_config **config)
{
	*config = oci_config_free(*config);
}

/* Whether the quoted, maybe escaped name is `key`. */
static bool name_is(struct slice quoted, const char *key)
{
	json_t *name;
	bool equal;

	if (!memchr(quoted.data, '\\', quoted.len))
		return quoted.len == strlen(key) + 2 &&
		       memcmp(quoted.data + 1, key, quoted.len - 2) == 0;
	name = checked_json_read(quoted.data, quoted.len, JSON_DECODE_ANY, NULL);
	equal = name && strcmp(json_string_value(name), key) == 0;
	json_decref(name);
	return equal;
}

/* An extent goes up to the comma or bracket. */
static struct slice trimmed(struct slice value)
{
	while (value.len > 0 && strchr(" \n\t\r", value.data[value.len - 1]))
		value.len--;
	return value;
}

/* The value of the member in the text of an object (which was parsed before); empty: none. */
static struct slice find_member(struct slice object, const char *key)
{
	struct slice name, value;
	struct json_walk walk;

	if (json_walk_init(&walk, object, '{') < 0)
		return (struct slice){ 0 };
	while (json_walk_next(&walk, &name, &value) > 0)
		if (name_is(name, key))
			return trimmed(value);
	return (struct slice){ 0 };
}

static int check_mounts(const json_t *root, struct error *err)
{
	static const char *const known[] = { "type", "source", "options", NULL };
	const json_t *mounts = member_get(root, "mounts");
	int r = oci_check_array(root, "mounts", err);

	for (size_t i = 0; r == 0 && i < json_array_size(mounts); i++) {
		const json_t *mount = json_array_get(mounts, i);

		if (!json_is_object(mount))
			r = error_set(err, -EBADMSG, "not an object");
		if (r == 0)
			r = oci_check_case(mount, known, err);
		if (r == 0)
			r = oci_check_string(mount, "type", err);
		if (r == 0)
			r = oci_check_string(mount, "source", err);
		if (r == 0)
			r = oci_check_strings(mount, "options", err);
		if (r < 0)
			return error_prefix(err, r, "mounts[%zu]", i);
	}
	return r;
}

static int check_process(const json_t *root, struct error *err)
{
	const json_t *process = member_get(root, "process");
	int r = oci_check_object(root, "process", err);

	if (r == 0)
		r = oci_check_strings(process, "env", err);
	if (r == 0)
		r = oci_check_object(process, "capabilities", err);
	if (r == 0)
		r = oci_check_strings(member_get(process, "capabilities"), "bounding", err);
	return r < 0 ? error_prefix(err, r, "process") : 0;
}

static int check_linux(const struct oci_config *config, struct error *err)
{
	static const char *const known[] = { "seccomp", NULL };
	const json_t *object = member_get(config->root, "linux");
	int r = oci_check_object(config->root, "linux", err);

	if (r < 0)
		return r;
	r = oci_check_case(object, known, err);
	if (r == 0)
		r = oci_check_object(object, "seccomp", err);
	if (r < 0)
		return error_prefix(err, r, "linux");
	/* In whatever way it is escaped, a string must not pass for a marked number. */
	if (config->seccomp.len > 0 &&
	    memmem(config->seccomp.data, config->seccomp.len, "\\u0001", 6))
		return error_set(err, -EBADMSG,
				 "linux.seccomp: a string with a control character in it");
	r = oci_seccomp_check(member_get(object, "seccomp"), err);
	return r < 0 ? error_prefix(err, r, "linux.seccomp") : 0;
}

static int check(const struct oci_config *config, struct error *err)
{
	static const char *const known[] = { "linux", "annotations", "process",
					     "root",  "mounts",	     NULL };
	static const char *const in_root[] = { "path", NULL };
	const json_t *root = config->root;
	int r = oci_check_case(root, known, err);

	if (r == 0)
		r = oci_check_map(root, "annotations", err);
	if (r == 0)
		r = oci_check_object(root, "root", err);
	if (r == 0)
		r = oci_check_case(member_get(root, "root"), in_root, err);
	if (r == 0)
		r = oci_check_string(member_get(root, "root"), "path", err);
	if (r == 0)
		r = check_mounts(root, err);
	if (r == 0)
		r = check_process(root, err);
	if (r == 0)
		r = check_linux(config, err);
	return r;
}

int oci_config_read(struct oci_config **ret, const char *text, size_t len, const char *name,
		    struct error *err)
{
	_cleanup_oci_config_ struct oci_config *config = calloc(1, sizeof(*config));
	int r;

	if (!config)
		return error_memory(err);
	r = oci_parse(text, len, &config->root, err);
	if (r < 0)
		return error_prefix(err, r, "%s", name);
	config->len = len;
	config->text = slice_copy((struct slice){ text, len });
	if (!config->text)
		return error_memory(err);
	config->linux_object = find_member((struct slice){ config->text, len }, "linux");
	config->seccomp = find_member(config->linux_object, "seccomp");
	r = check(config, err);
	if (r < 0)
		return error_prefix(err, r, "%s", name);
	*ret = config;
	config = NULL;
	return 0;
}

const char *oci_config_annotation(const struct oci_config *config, const char *key)
{
	return json_string_value(json_object_get(member_get(config->root, "annotations"), key));
}

bool oci_config_new_pid_namespace(const struct oci_config *config)
{
	const json_t *list = member_get(member_get(config->root, "linux"), "namespaces");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *namespace = json_array_get(list, i);
		const char *type = json_string_value(member_get(namespace, "type")),
			   *path = json_string_value(member_get(namespace, "path"));

		if (type && strcmp(type, "pid") == 0)
			return !path || !*path;
	}
	return false;
}

const char *oci_config_environment(const struct oci_config *config, const char *variable)
{
	const json_t *list = member_get(member_get(config->root, "process"), "env");
	size_t len = strlen(variable);

	for (size_t i = json_array_size(list); i > 0; i--) {
		const char *text = json_string_value(json_array_get(list, i - 1));

		if (text && strncmp(text, variable, len) == 0 && text[len] == '=')
			return text + len + 1;
	}
	return NULL;
}

static const json_t *seccomp_of(const struct oci_config *config)
{
	return member_get(member_get(config->root, "linux"), "seccomp");
}

enum oci_seccomp oci_config_seccomp(const struct oci_config *config)
{
	const json_t *seccomp = seccomp_of(config);

	if (!seccomp)
		return OCI_SECCOMP_NONE;
	return oci_seccomp_logs(seccomp) ? OCI_SECCOMP_LOGS : OCI_SECCOMP_NO_LOG;
}

static bool has_string(const json_t *list, const char *text)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(json_string_value(json_array_get(list, i)), text) == 0)
			return true;
	return false;
}

bool oci_config_privileged(const struct oci_config *config)
{
	const json_t *process = member_get(config->root, "process");
	const json_t *bounding = member_get(member_get(process, "capabilities"), "bounding");

	return !seccomp_of(config) && has_string(bounding, "CAP_SYS_ADMIN") &&
	       has_string(bounding, "CAP_SYS_MODULE") && has_string(bounding, "CAP_SYS_RAWIO");
}

/* A text that is copied with some extents replaced, which come in order. */
struct splice {
	struct strbuf out;
	const char *done;
};

static void splice_until(struct splice *splice, const char *at)
{
	strbuf_append(&splice->out, splice->done, (size_t)(at - splice->done));
	splice->done = at;
}

/* Puts a member in front of those that the object has. */
static void splice_insert(struct splice *splice, struct slice object, const char *member)
{
	const char *brace = memchr(object.data, '{', object.len);
	const char *end = object.data + object.len, *next = brace + 1;

	splice_until(splice, brace + 1);
	strbuf_puts(&splice->out, member);
	while (next < end && strchr(" \n\t\r", *next))
		next++;
	if (next < end && *next != '}')
		strbuf_putc(&splice->out, ',');
}

static int splice_finish(struct splice *splice, const struct oci_config *config, char **ret,
			 struct error *err)
{
	char *text;

	splice_until(splice, config->text + config->len);
	text = strbuf_steal(&splice->out);
	strbuf_deinit(&splice->out);
	if (!text)
		return error_memory(err);
	*ret = text;
	return 0;
}

/* Where the new value of linux.seccomp goes depends on what there is. */
static void splice_seccomp(struct splice *splice, const struct oci_config *config,
			   const char *value)
{
	bool has_linux = member_get(config->root, "linux") != NULL;
	_cleanup_strbuf_ struct strbuf member = { 0 };

	if (has_linux && config->seccomp.len > 0) {
		splice_until(splice, config->seccomp.data);
		strbuf_puts(&splice->out, value);
		splice->done = config->seccomp.data + config->seccomp.len;
		return;
	}
	strbuf_printf(&member, "\"seccomp\":%s", value);
	if (has_linux) {
		if (strbuf_text(&member))
			splice_insert(splice, config->linux_object, member.data);
	} else if (config->linux_object.len > 0) { /* null */
		splice_until(splice, config->linux_object.data);
		strbuf_printf(&splice->out, "{\"seccomp\":%s}", value);
		splice->done = config->linux_object.data + config->linux_object.len;
	} else {
		strbuf_clear(&member);
		strbuf_printf(&member, "\"linux\":{\"seccomp\":%s}", value);
		if (strbuf_text(&member))
			splice_insert(splice, (struct slice){ config->text, config->len },
				      member.data);
	}
	splice->out.failed = splice->out.failed || member.failed;
}

int oci_config_log(const struct oci_config *config, const struct profile *base,
		   struct syscall_table *names, bool denials, char **ret, struct error *err)
{
	_cleanup_strbuf_ struct strbuf value = { 0 };
	struct splice splice = { .done = config->text };
	_cleanup_free_ char *dumped = NULL;
	json_t *seccomp = NULL;
	int r = oci_seccomp_log(seccomp_of(config), base, names, denials, &seccomp, err);

	if (r < 0)
		return r;
	dumped = checked_json_write(seccomp, JSON_COMPACT);
	json_decref(seccomp);
	if (!dumped)
		return error_memory(err);
	big_integer_unmark(dumped, &value);
	if (!strbuf_text(&value))
		return error_memory(err);
	splice_seccomp(&splice, config, value.data);
	return splice_finish(&splice, config, ret, err);
}

bool oci_config_refused(const struct oci_config *config)
{
	const char *action =
		json_string_value(json_object_get(seccomp_of(config), "defaultAction"));

	return action && strncmp(action, REFUSAL, strlen(REFUSAL)) == 0;
}

int oci_config_refuse(const struct oci_config *config, const char *reason, char **ret,
		      struct error *err)
{
	json_t *seccomp = json_pack("{s:o}", "defaultAction", json_sprintf(REFUSAL "%s", reason));
	struct splice splice = { .done = config->text };
	_cleanup_free_ char *dumped = seccomp ? checked_json_write(seccomp, JSON_COMPACT) : NULL;

	json_decref(seccomp);
	if (!dumped)
		return error_memory(err);
	splice_seccomp(&splice, config, dumped);
	return splice_finish(&splice, config, ret, err);
}

/* Replaces the string member of the object by itself with the bundle in front, if it is relative.
 */
static int splice_path(struct splice *splice, struct slice object, const json_t *tree,
		       const char *key, const char *bundle, struct error *err)
{
	const char *path = json_string_value(json_object_get(tree, key));
	struct slice extent = find_member(object, key);
	_cleanup_free_ char *dumped = NULL;
	json_t *value;

	if (!path || path[0] == '/' || path[0] == '\0' || extent.len == 0)
		return 0;
	value = json_sprintf("%s/%s", bundle, path);
	dumped = checked_json_write(value, JSON_ENCODE_ANY);
	json_decref(value);
	if (!dumped)
		return error_memory(err);
	splice_until(splice, extent.data);
	strbuf_puts(&splice->out, dumped);
	splice->done = extent.data + extent.len;
	return 0;
}

/* As runtimes tell: by the type, or by an option whatever the type. */
static bool is_bind(const json_t *mount)
{
	const char *type = json_string_value(json_object_get(mount, "type"));
	const json_t *options = member_get(mount, "options");

	return (type && strcmp(type, "bind") == 0) || has_string(options, "bind") ||
	       has_string(options, "rbind");
}

static int splice_mounts(struct splice *splice, struct slice list, const json_t *tree,
			 const char *bundle, struct error *err)
{
	struct json_walk walk;
	struct slice item;
	int r = 0;

	if (!json_is_array(tree) || json_walk_init(&walk, list, '[') < 0)
		return 0;
	for (size_t i = 0; r == 0 && json_walk_next(&walk, NULL, &item) > 0; i++) {
		const json_t *mount = json_array_get(tree, i);

		if (is_bind(mount))
			r = splice_path(splice, item, mount, "source", bundle, err);
	}
	return r;
}

int oci_config_absolute(const struct oci_config *config, const char *bundle, char **ret,
			struct error *err)
{
	struct splice splice = { .done = config->text };
	struct slice name, value;
	struct json_walk walk;
	json_t *probe = json_string(bundle);
	int r = probe ? 0 : error_set(err, -EBADMSG, "the bundle's path is not UTF-8");

	json_decref(probe);
	if (r == 0)
		r = json_walk_init(&walk, (struct slice){ config->text, config->len }, '{');
	while (r == 0 && json_walk_next(&walk, &name, &value) > 0) {
		if (name_is(name, "root"))
			r = splice_path(&splice, value, member_get(config->root, "root"), "path",
					bundle, err);
		else if (name_is(name, "mounts"))
			r = splice_mounts(&splice, value, member_get(config->root, "mounts"),
					  bundle, err);
	}
	if (r == 0)
		return splice_finish(&splice, config, ret, err);
	strbuf_deinit(&splice.out);
	return r;
}
