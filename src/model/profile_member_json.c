/* SPDX-License-Identifier: Apache-2.0 */
#include "model/profile_member_json.h"
#include "base/strbuf.h"
#include "model/big_integer_json.h"
#include "model/checked_json.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int member_bad_word(struct error *err, const char *what, const char *word)
{
	_cleanup_strbuf_ struct strbuf shown = { 0 };
	struct slice text = slice_from(word);

	if (text.len > 80)
		text.len = 80;
	strbuf_put_shown(&shown, text);
	return error_set(err, -EBADMSG, "%s '%s'", what, strbuf_text(&shown));
}

const json_t *member_get(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return value && !json_is_null(value) ? value : NULL;
}

int member_text(const json_t *object, const char *key, char **ret, struct error *err)
{
	const json_t *value = member_get(object, key);

	if (!value)
		return 0;
	if (!json_is_string(value))
		return error_set(err, -EBADMSG, "'%s' is not a string", key);
	*ret = strdup(json_string_value(value));
	return *ret ? 0 : error_memory(err);
}

int member_number(const json_t *object, const char *key, uint64_t max, bool *ret_present,
		  uint64_t *ret, struct error *err)
{
	const json_t *value = member_get(object, key);
	uint64_t number;

	if (!value)
		return 0;
	if (big_integer_value(value, &number) < 0)
		return error_set(err, -EBADMSG, "'%s' is not a whole number from 0 on", key);
	if (number > max)
		return error_set(err, -EBADMSG, "'%s' is %" PRIu64 ", the highest is %" PRIu64, key,
				 number, max);
	if (ret_present)
		*ret_present = true;
	*ret = number;
	return 0;
}

int member_list(const json_t *object, const char *key, char ***ret, struct error *err)
{
	const json_t *list = member_get(object, key);
	size_t n = json_array_size(list);

	if (!list)
		return 0;
	if (!json_is_array(list))
		return error_set(err, -EBADMSG, "'%s' is not an array", key);
	*ret = calloc(n + 1, sizeof(**ret));
	if (!*ret)
		return error_memory(err);
	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_array_get(list, i);

		if (!json_is_string(item) || json_string_length(item) == 0)
			return error_set(err, -EBADMSG, "%s[%zu] is not a string or is empty", key,
					 i);
		(*ret)[i] = strdup(json_string_value(item));
		if (!(*ret)[i])
			return error_memory(err);
	}
	return 0;
}

int member_extra(const json_t *object, const char *const *known, char **ret, struct error *err)
{
	json_t *copy = json_copy((json_t *)object);

	if (!copy)
		return error_memory(err);
	for (; *known; known++)
		json_object_del(copy, *known);
	if (json_object_size(copy) > 0) {
		*ret = checked_json_write(copy, JSON_COMPACT);
		if (!*ret) {
			json_decref(copy);
			return error_memory(err);
		}
	}
	json_decref(copy);
	return 0;
}
