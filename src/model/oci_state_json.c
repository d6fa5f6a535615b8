/* SPDX-License-Identifier: Apache-2.0 */
#include "model/oci_config_json.h"
#include "model/oci_member_json.h"
#include "model/profile_member_json.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ID_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+-"

bool oci_id_is_valid(const char *id)
{
	return *id != '\0' && *id != '.' && *id != '-' && strlen(id) <= OCI_ID_LENGTH_MAX &&
	       id[strspn(id, ID_CHARACTERS)] == '\0';
}

static int read_id(const json_t *root, char **ret, struct error *err)
{
	int r = member_text(root, "id", ret, err);

	if (r < 0)
		return r;
	if (!*ret)
		return error_set(err, -EBADMSG, "no 'id'");
	if (!oci_id_is_valid(*ret))
		return member_bad_word(err, "unusable container id", *ret);
	return 0;
}

static int read_bundle(const json_t *root, char **ret, struct error *err)
{
	/* runc wrote "bundlePath" before OCI runtime-spec 1.0. */
	int r = member_text(root, member_get(root, "bundle") ? "bundle" : "bundlePath", ret, err);

	if (r < 0)
		return r;
	if (*ret && **ret != '/')
		return member_bad_word(err, "bundle is not an absolute path:", *ret);
	return 0;
}

static int read_annotations(const json_t *root, char ***ret, struct error *err)
{
	json_t *map = (json_t *)member_get(root, "annotations"), *value;
	const char *key;
	size_t n = 0;
	int r = oci_check_map(root, "annotations", err);

	if (r < 0 || !map)
		return r;
	*ret = calloc(2 * json_object_size(map) + 1, sizeof(**ret));
	if (!*ret)
		return error_memory(err);
	json_object_foreach(map, key, value)
	{
		(*ret)[n] = strdup(key);
		if (!(*ret)[n++])
			return error_memory(err);
		(*ret)[n] = strdup(json_string_value(value));
		if (!(*ret)[n++])
			return error_memory(err);
	}
	return 0;
}

int oci_state_read(struct oci_state *ret, const char *text, size_t len, struct error *err)
{
	struct oci_state state = { 0 };
	json_t *root = NULL;
	uint64_t pid = 0;
	int r = oci_parse(text, len, &root, err);

	if (r == 0)
		r = read_id(root, &state.id, err);
	if (r == 0)
		r = read_bundle(root, &state.bundle, err);
	if (r == 0)
		r = member_number(root, "pid", INT32_MAX, NULL, &pid, err);
	if (r == 0)
		r = read_annotations(root, &state.annotations, err);
	json_decref(root);
	if (r < 0) {
		oci_state_deinit(&state);
		return error_prefix(err, r, "container state");
	}
	state.pid = (int32_t)pid;
	*ret = state;
	return 0;
}

const char *oci_state_annotation(const struct oci_state *state, const char *key)
{
	for (char **at = state->annotations; at && *at; at += 2)
		if (strcmp(*at, key) == 0)
			return at[1];
	return NULL;
}

void oci_state_deinit(struct oci_state *state)
{
	for (char **at = state->annotations; at && *at; at++)
		free(*at);
	free(state->annotations);
	free(state->bundle);
	free(state->id);
	*state = (struct oci_state){ 0 };
}
