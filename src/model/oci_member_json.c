/* SPDX-License-Identifier: Apache-2.0 */
#include "model/oci_member_json.h"
#include "base/strbuf.h"
#include "model/big_integer_json.h"
#include "model/checked_json.h"
#include "model/oci_config_json.h"
#include "model/profile_member_json.h"
#include <errno.h>
#include <string.h>

static int parse_error(const json_error_t *problem, struct error *err)
{
	_cleanup_strbuf_ struct strbuf shown = { 0 };

	if (json_error_code(problem) == json_error_out_of_memory)
		return error_memory(err);
	strbuf_put_shown(&shown, slice_from(problem->text));
	return error_set(err, -EBADMSG, "line %d: not JSON: %s",
			 problem->line > 0 ? problem->line : 1,
			 strbuf_text(&shown) ? strbuf_text(&shown) : "not JSON");
}

int oci_parse(const char *text, size_t len, json_t **ret, struct error *err)
{
	_cleanup_strbuf_ struct strbuf marked = { 0 };
	json_error_t problem;
	json_t *root;
	int r;

	if (len > OCI_CONFIG_SIZE_MAX)
		return error_set(err, -EBADMSG, "larger than %d MB", OCI_CONFIG_SIZE_MAX >> 20);
	if (len == 0)
		return error_set(err, -EBADMSG, "line 1: not JSON: empty");
	if (memchr(text, '\0', len))
		return error_set(err, -EBADMSG, "not JSON: a NUL byte in it");
	r = big_integer_mark(text, len, &marked);
	if (r == -EINVAL)
		return error_set(err, -EBADMSG, "a string with a control character in it");
	if (r < 0)
		return error_memory(err);
	root = checked_json_read(strbuf_text(&marked), marked.len, JSON_REJECT_DUPLICATES,
				 &problem);
	if (!root)
		return parse_error(&problem, err);
	if (!json_is_object(root)) {
		json_decref(root);
		return error_set(err, -EBADMSG, "not a JSON object");
	}
	*ret = root;
	return 0;
}

/* The next character in lower case. Two letters outside ASCII fold to one inside (Unicode's
 * CaseFolding.txt): the long s and the Kelvin sign. */
static int fold(const char **at)
{
	char c = **at;

	if (strncmp(*at, "\xc5\xbf", 2) == 0) {
		*at += 2;
		return 's';
	}
	if (strncmp(*at, "\xe2\x84\xaa", 3) == 0) {
		*at += 3;
		return 'k';
	}
	*at += c != '\0';
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static bool folds_equal(const char *a, const char *b)
{
	int x, y;

	do {
		x = fold(&a);
		y = fold(&b);
	} while (x == y && x != '\0');
	return x == y;
}

int oci_check_case(const json_t *object, const char *const *names, struct error *err)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		for (const char *const *name = names; *name; name++)
			if (strcmp(key, *name) != 0 && folds_equal(key, *name))
				return member_bad_word(err, "misspelled member", key);
	}
	return 0;
}

int oci_check_object(const json_t *object, const char *key, struct error *err)
{
	const json_t *value = member_get(object, key);

	if (value && !json_is_object(value))
		return error_set(err, -EBADMSG, "'%s' is not an object", key);
	return 0;
}

int oci_check_array(const json_t *object, const char *key, struct error *err)
{
	const json_t *value = member_get(object, key);

	if (value && !json_is_array(value))
		return error_set(err, -EBADMSG, "'%s' is not an array", key);
	return 0;
}

int oci_check_string(const json_t *object, const char *key, struct error *err)
{
	const json_t *value = member_get(object, key);

	if (value && !json_is_string(value))
		return error_set(err, -EBADMSG, "'%s' is not a string", key);
	return 0;
}

int oci_check_strings(const json_t *object, const char *key, struct error *err)
{
	const json_t *list = member_get(object, key);
	int r = oci_check_array(object, key, err);

	for (size_t i = 0; r == 0 && i < json_array_size(list); i++)
		if (!json_is_string(json_array_get(list, i)))
			r = error_set(err, -EBADMSG, "'%s' has an item that is not a string", key);
	return r;
}

int oci_check_map(const json_t *object, const char *key, struct error *err)
{
	json_t *map = (json_t *)member_get(object, key), *value;
	const char *name;

	if (map && !json_is_object(map))
		return error_set(err, -EBADMSG, "'%s' is not an object", key);
	json_object_foreach(map, name, value)
	{
		if (!json_is_string(value))
			return error_set(err, -EBADMSG, "'%s' has a value that is not a string",
					 key);
	}
	return 0;
}
