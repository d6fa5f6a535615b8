/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SeccompProfile objects of the Security Profiles Operator, v1alpha1 to v1, as YAML or JSON. The
 * members are those of its CustomResourceDefinition
 * (https://github.com/kubernetes-sigs/security-profiles-operator, api/seccompprofile).
 */
#include "base/cleanup.h"
#include "format/readers.h"
#include "format/spo_rule.h"
#include "format/text_lines.h"
#include "model/checked_json.h"
#include <errno.h>
#include <jansson.h>
#include <string.h>

#define SPO_SIZE_MAX (3 * 512 * 1024) /* bytes: what etcd takes as one object by default */
#define SPO_LIST_MAX 64		      /* architectures, flags: there are fewer */

/* One object under construction. */
struct spo {
	struct spo_rules rules;
	bool has_default_action;
	json_t *listener; /* listenerPath and listenerMetadata, as OCI profiles have them */
};

static int read_default_action(struct yaml_tree *tree _unused_, const yaml_node_t *node, void *into,
			       struct error *err)
{
	struct spo *spo = into;

	spo->has_default_action = true;
	return spo_read_action(node, &spo->rules.profile->default_action, err);
}

/* SCMP_ARCH_NATIVE is the machine's own, here as there. */
static int read_architecture(struct yaml_tree *tree _unused_, const yaml_node_t *node, void *into,
			     struct error *err)
{
	_cleanup_free_ char *word = NULL;
	struct spo *spo = into;
	const struct arch *arch;
	int r = spo_read_word(node, &word, err);

	if (r < 0)
		return r;
	arch = strcmp(word, "SCMP_ARCH_NATIVE") == 0 ? arch_native()
						     : arch_by_name(slice_from(word));
	if (!arch || (strcmp(arch->oci, word) != 0 && strcmp(word, "SCMP_ARCH_NATIVE") != 0))
		return spo_bad_word(node, "unknown architecture", word, err);
	return profile_add_architecture(spo->rules.profile, arch->oci) < 0 ? error_memory(err) : 0;
}

static int read_architectures(struct yaml_tree *tree, const yaml_node_t *node, void *into,
			      struct error *err)
{
	return yaml_read_items(tree, node, SPO_LIST_MAX, read_architecture, into, err);
}

static int read_flag(struct yaml_tree *tree _unused_, const yaml_node_t *node, void *into,
		     struct error *err)
{
	_cleanup_free_ char *word = NULL;
	struct spo *spo = into;
	int r = spo_read_word(node, &word, err);

	if (r < 0)
		return r;
	if (strncmp(word, "SECCOMP_FILTER_FLAG_", strlen("SECCOMP_FILTER_FLAG_")) != 0)
		return spo_bad_word(node, "unknown flag", word, err);
	return name_list_append(&spo->rules.profile->flags, word) < 0 ? error_memory(err) : 0;
}

static int read_flags(struct yaml_tree *tree, const yaml_node_t *node, void *into,
		      struct error *err)
{
	return yaml_read_items(tree, node, SPO_LIST_MAX, read_flag, into, err);
}

static int read_listener(const yaml_node_t *node, struct spo *spo, const char *key,
			 struct error *err)
{
	struct slice text;
	int r = yaml_text(node, &text, err);

	if (r < 0 || text.len == 0)
		return r;
	if (!spo->listener)
		spo->listener = json_object();
	if (json_object_set_new(spo->listener, key, json_stringn(text.data, text.len)) < 0)
		return error_memory(err);
	return 0;
}

static int read_listener_path(struct yaml_tree *tree _unused_, const yaml_node_t *node, void *into,
			      struct error *err)
{
	return read_listener(node, into, "listenerPath", err);
}

static int read_listener_metadata(struct yaml_tree *tree _unused_, const yaml_node_t *node,
				  void *into, struct error *err)
{
	return read_listener(node, into, "listenerMetadata", err);
}

/* The operator adds another object's rules to this one's: what would come out is not in the file.
 */
static int read_base(struct yaml_tree *tree _unused_, const yaml_node_t *node, void *into _unused_,
		     struct error *err)
{
	_cleanup_free_ char *word = NULL;
	int r = spo_read_word(node, &word, err);

	if (r == 0 && *word)
		r = spo_bad_word(node, "the rules of another profile belong to it:", word, err);
	return r;
}

/* v1beta1 has `disabled`, v1 `state`: such a profile is installed nowhere. */
static int read_disabled(struct yaml_tree *tree _unused_, const yaml_node_t *node,
			 void *into _unused_, struct error *err)
{
	_cleanup_free_ char *word = NULL;
	int r = spo_read_word(node, &word, err);

	if (r == 0 && strcmp(word, "false") != 0)
		r = yaml_at(node, error_set(err, -EBADMSG, "the profile is disabled"), err);
	return r;
}

static int read_state(struct yaml_tree *tree _unused_, const yaml_node_t *node, void *into _unused_,
		      struct error *err)
{
	_cleanup_free_ char *word = NULL;
	int r = spo_read_word(node, &word, err);

	if (r == 0 && strcmp(word, "Enabled") != 0)
		r = yaml_at(node, error_set(err, -EBADMSG, "the profile is disabled"), err);
	return r;
}

static int read_syscalls(struct yaml_tree *tree, const yaml_node_t *node, void *into,
			 struct error *err)
{
	struct spo *spo = into;

	return spo_read_rules(tree, node, &spo->rules, err);
}

static int read_spec(struct yaml_tree *tree, const yaml_node_t *node, void *into, struct error *err)
{
	static const struct yaml_member members[] = {
		{ "architectures", read_architectures },
		{ "baseProfileName", read_base },
		{ "defaultAction", read_default_action },
		{ "disabled", read_disabled },
		{ "flags", read_flags },
		{ "listenerMetadata", read_listener_metadata },
		{ "listenerPath", read_listener_path },
		{ "state", read_state },
		{ "syscalls", read_syscalls },
		{ "targetWorkload", NULL },
	};
	struct spo *spo = into;
	int r = yaml_read_members(tree, node, members, ARRAY_SIZE(members), spo, err);

	if (r == 0 && !spo->has_default_action)
		r = yaml_at(node, error_set(err, -EBADMSG, "no 'defaultAction'"), err);
	return r;
}

static int read_api_version(struct yaml_tree *tree _unused_, const yaml_node_t *node,
			    void *into _unused_, struct error *err)
{
	static const char *const versions[] = {
		TEXT_SPO_GROUP "/v1alpha1",
		TEXT_SPO_GROUP "/v1beta1",
		TEXT_SPO_GROUP "/v1",
	};
	_cleanup_free_ char *word = NULL;
	int r = spo_read_word(node, &word, err);

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(versions); i++)
		if (strcmp(word, versions[i]) == 0)
			return 0;
	return r < 0 ? r : spo_bad_word(node, "unknown apiVersion", word, err);
}

static int read_object(struct yaml_tree *tree, const yaml_node_t *root, struct spo *spo,
		       struct error *err)
{
	static const struct yaml_member members[] = {
		{ "apiVersion", read_api_version },
		{ "kind", NULL },
		{ "metadata", NULL },
		{ "spec", read_spec },
		{ "status", NULL },
	};
	int r = yaml_read_members(tree, root, members, ARRAY_SIZE(members), spo, err);

	if (r == 0 && !yaml_find(tree, root, "apiVersion"))
		r = yaml_at(root, error_set(err, -EBADMSG, "no 'apiVersion'"), err);
	if (r == 0 && !spo->has_default_action)
		r = yaml_at(root, error_set(err, -EBADMSG, "no 'spec'"), err);
	return r;
}

static bool is_profile(struct yaml_tree *tree, const yaml_node_t *root)
{
	const yaml_node_t *kind = yaml_find(tree, root, "kind");
	struct slice word;

	return kind && yaml_text(kind, &word, NULL) == 0 && slice_is(word, "SeccompProfile");
}

/* Exactly one of the documents is to be a SeccompProfile; other objects are passed over. */
static int read_documents(struct slice text, struct spo *spo, struct error *err)
{
	_cleanup_yaml_tree_ struct yaml_tree tree = { 0 };
	const yaml_node_t *root;
	bool found = false;
	int r = yaml_tree_open(&tree, text, err);

	while (r == 0 && (r = yaml_tree_next(&tree, &root, err)) > 0) {
		r = 0;
		if (!is_profile(&tree, root))
			continue;
		if (found)
			return yaml_at(root, error_set(err, -EBADMSG, "another SeccompProfile"),
				       err);
		found = true;
		r = read_object(&tree, root, spo, err);
	}
	if (r == 0 && !found)
		r = error_set(err, -EBADMSG, "no object of kind SeccompProfile");
	return r;
}

static int keep_listener(struct spo *spo, struct error *err)
{
	if (!spo->listener)
		return 0;
	spo->rules.profile->extra = checked_json_write(spo->listener, JSON_COMPACT);
	return spo->rules.profile->extra ? 0 : error_memory(err);
}

static int read_spo(struct slice text, const char *name, struct profile **ret, struct error *err)
{
	struct spo spo = { .rules.profile = profile_new() };
	int r = spo.rules.profile ? 0 : error_memory(err);

	if (r == 0 && text.len > SPO_SIZE_MAX)
		r = error_set(err, -EBADMSG, "larger than an object can be (1.5 MB)");
	if (r == 0)
		r = read_documents(text, &spo, err);
	if (r == 0)
		r = keep_listener(&spo, err);
	json_decref(spo.listener);
	if (r < 0) {
		profile_free(spo.rules.profile);
		return error_prefix(err, r, "%s", name);
	}
	*ret = spo.rules.profile;
	return 0;
}

static bool detect_spo(struct slice text)
{
	return text_holds(text, TEXT_SPO_GROUP);
}

const struct reader reader_spo = {
	.name = "spo",
	.summary = "SeccompProfile of the Security Profiles Operator, YAML or JSON",
	.detect = detect_spo,
	.read = read_spo,
};
