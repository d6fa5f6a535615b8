/* SPDX-License-Identifier: Apache-2.0 */
#include "model/recording_arguments_json.h"
#include "model/member_json.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define PUT(json, literal) json_put_literal(json, literal)

static const char *const kinds[] = {
	[ARGUMENT_VALUES] = "values",
	[ARGUMENT_FLAGS] = "flags",
	[ARGUMENT_RANGE] = "range",
};

/* As text: neither JSON nor jansson has integers of 64 bits without a sign. */
static void put_hex(struct json_writer *json, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "\"0x%" PRIx64 "\"", value);
	json_put(json, slice_from(text));
}

static void put_values(struct json_writer *json, const struct arguments *arguments)
{
	for (uint32_t i = 0; i < arguments->n; i++) {
		json_put(json, i ? SLICE(", [") : SLICE("["));
		for (uint32_t j = 0; j < arguments->call->n; j++) {
			if (j)
				PUT(json, ", ");
			put_hex(json, arguments->values[i].fields[j]);
		}
		PUT(json, "]");
	}
}

void arguments_put_json(struct json_writer *json, const struct arguments *arguments)
{
	const struct argument_call *call = arguments->call;

	PUT(json, "{\"call\": ");
	json_put_text(json, slice_from(call->name));
	PUT(json, ", \"kind\": ");
	json_put_text(json, slice_from(kinds[call->kind]));
	PUT(json, ", \"masks\": {");
	for (uint32_t i = 0; i < call->n; i++) {
		if (i)
			PUT(json, ", ");
		json_put_text(json, slice_from(call->fields[i].name));
		PUT(json, ": ");
		put_hex(json, call->fields[i].mask);
	}
	PUT(json, "}, \"known\": ");
	json_put_number(json, (int64_t)arguments->covered);
	if (arguments->too_many)
		PUT(json, ", \"too_many\": true");
	PUT(json, ", \"seen\": [");
	put_values(json, arguments);
	PUT(json, "]}");
}

/* ---- reading --------------------------------------------------------------------------------- */

static int hex_from_json(const json_t *json, uint64_t *ret, struct error *err)
{
	const char *text = json_string_value(json);

	if (!text || strncmp(text, "0x", 2) != 0 || slice_to_u64(slice_from(text + 2), 16, ret) < 0)
		return error_set(err, -EBADMSG, "not a number such as \"0x2\"");
	return 0;
}

/* 1: the table here has the call with this kind and these masks. */
static int same_table(const struct argument_call *call, const json_t *json, struct error *err)
{
	const json_t *kind = json_object_get(json, "kind"), *masks = json_object_get(json, "masks");
	bool same = call != NULL;
	const char *name;
	json_t *value;
	size_t i = 0;

	if (!json_is_string(kind) || !json_is_object(masks) || json_object_size(masks) == 0 ||
	    json_object_size(masks) > ARGUMENT_FIELDS_MAX)
		return error_set(err, -EBADMSG, "'kind' and 'masks' do not say what was looked at");
	json_object_foreach((json_t *)masks, name, value)
	{
		uint64_t mask;
		int r = hex_from_json(value, &mask, err);

		if (r < 0)
			return error_prefix(err, r, "masks.%s", name);
		same = same && i < call->n && call->fields[i].mask == mask &&
		       strcmp(call->fields[i].name, name) == 0;
		i++;
	}
	return same && i == call->n && strcmp(kinds[call->kind], json_string_value(kind)) == 0;
}

static int values_from_json(const struct argument_call *call, const json_t *json,
			    struct argument_values *ret, struct error *err)
{
	*ret = (struct argument_values){ 0 };
	if (!json_is_array(json) || json_array_size(json) != call->n)
		return error_set(err, -EBADMSG, "not an array with a value for each mask");
	for (size_t i = 0; i < call->n; i++) {
		int r = hex_from_json(json_array_get(json, i), &ret->fields[i], err);

		if (r < 0)
			return r;
		if (ret->fields[i] & ~call->fields[i].mask)
			return error_set(err, -EBADMSG, "a value with bits outside of its mask");
	}
	return 0;
}

static int seen_from_json(struct arguments *ret, const json_t *json, struct error *err)
{
	const json_t *seen = json_object_get(json, "seen"),
		     *many = json_object_get(json, "too_many");
	json_t *item;
	size_t i;

	if (!json_is_array(seen) || (many && !json_is_boolean(many)))
		return error_set(err, -EBADMSG, "'seen' is not an array");
	ret->too_many = json_is_true(many);
	json_array_foreach(seen, i, item)
	{
		struct argument_values values;
		const struct arguments one = { .call = ret->call, .n = 1, .values = &values };
		int r = values_from_json(ret->call, item, &values, err);

		if (r < 0)
			return error_prefix(err, r, "seen[%zu]", i);
		if (arguments_merge(ret, &one) < 0)
			return error_memory(err);
	}
	if (ret->n == 0 && !ret->too_many && ret->covered > 0)
		return error_set(err, -EBADMSG, "'known' without anything 'seen'");
	return 0;
}

static int known_members(const json_t *json, struct error *err)
{
	static const char *const known[] = { "call",	 "kind", "masks", "known",
					     "too_many", "seen", NULL };
	int r = members_known(json, known, err);

	if (r == 0 && !json_is_string(json_object_get(json, "call")))
		r = error_set(err, -EBADMSG, "'call' is not a string");
	return r;
}

static int read_arguments(struct arguments *ret, uint64_t count, const json_t *json,
			  struct error *err)
{
	uint64_t covered;
	int r = known_members(json, err);

	if (r < 0)
		return r;
	ret->call = argument_call_by_name(json_string_value(json_object_get(json, "call")));
	r = same_table(ret->call, json, err);
	if (r <= 0)
		return r;
	r = number_from_json(json_object_get(json, "known"), "known", 0, count, &covered, err);
	ret->covered = covered;
	return r < 0 ? r : seen_from_json(ret, json, err);
}

int arguments_from_json(struct recording *recording, uint32_t group, uint32_t audit_arch,
			int32_t nr, uint64_t count, const json_t *json, struct error *err)
{
	struct arguments arguments = { .nr = nr };
	int r = read_arguments(&arguments, count, json, err);

	/* A call that is not in the table any more has no arguments that anybody asks for. */
	if (r >= 0 && arguments.call &&
	    recording_merge_call_arguments(recording, group, audit_arch, &arguments) < 0)
		r = error_memory(err);
	arguments_deinit(&arguments);
	return r < 0 ? error_prefix(err, r, "arguments") : 0;
}
