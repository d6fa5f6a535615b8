/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two JSON forms. model/profile_json.h reads both; they are told apart by what only the
 * containers/Docker form can say.
 */
#include "format/readers.h"
#include "format/text_lines.h"
#include "model/profile_json.h"

static bool is_object(struct slice text)
{
	text = slice_trim(text);
	return text.len > 0 && text.data[0] == '{' && !text_holds(text, TEXT_SPO_GROUP);
}

/* Comments are its own, too, but we write them in both. */
static bool rule_is_docker(const struct rule *rule)
{
	return rule->singular || rule->errno_name || rule->has_includes || rule->has_excludes;
}

static bool profile_is_docker(const struct profile *profile)
{
	if (profile->default_errno_name || profile->arch_map)
		return true;
	for (size_t i = 0; i < profile->n_rules; i++)
		if (rule_is_docker(&profile->rules[i]))
			return true;
	return false;
}

static int read_json(struct slice text, const char *name, struct profile **ret, struct error *err)
{
	return profile_read_json(ret, text.data, text.len, name, err);
}

/* What is none of its words is not parsed to see that it is not. */
static bool may_be_docker(struct slice text)
{
	static const char *const words[] = { "\"archMap\"",	 "\"includes\"", "\"excludes\"",
					     "\"defaultErrno\"", "\"errno\"",	 "\"name\"" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (text_holds(text, words[i]))
			return true;
	return false;
}

static bool detect_docker(struct slice text)
{
	_cleanup_profile_ struct profile *profile = NULL;

	return is_object(text) && may_be_docker(text) && read_json(text, "", &profile, NULL) == 0 &&
	       profile_is_docker(profile);
}

/* What cannot be read, too: the reader says what is wrong with it. */
static bool detect_oci(struct slice text)
{
	return is_object(text) && !detect_docker(text);
}

const struct reader reader_oci = {
	.name = "oci",
	.summary = "OCI runtime-spec seccomp object, or a whole config.json",
	.detect = detect_oci,
	.read = read_json,
};

const struct reader reader_docker = {
	.name = "docker",
	.summary = "containers/Docker profile with archMap, includes, excludes",
	.detect = detect_docker,
	.read = read_json,
};
