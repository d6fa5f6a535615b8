/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads recordings back. Members of the top level may come in any order, and are found first; then
 * actors and groups are parsed one at a time.
 */
#include "model/recording_json.h"
#include "model/checked_json.h"
#include "model/incidence_json.h"
#include "model/json_extent.h"
#include "model/member_json.h"
#include "model/recording_member_json.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define ITEM_SIZE_MAX ((size_t)64 * 1024 * 1024) /* bytes of one group; 16,384 calls need 8 MB */

enum top {
	TOP_VERSION,
	TOP_TOOL,
	TOP_COMPLETE,
	TOP_EVIDENCE,
	TOP_ACTORS,
	TOP_GROUPS,
	TOP_RUNS, /* may be missing */
	TOP_COUNT,
};

static const char *const top_names[TOP_COUNT] = { "version", "tool",   "complete", "evidence",
						  "actors",  "groups", "runs" };

struct reader {
	struct recording *recording;
	struct slice text;
	struct slice top[TOP_COUNT]; /* extents of the values; data is NULL for what is not there */
};

static size_t line_of(const struct reader *reader, const char *at)
{
	size_t line = 1;
	const char *start = reader->text.data;

	while ((start = memchr(start, '\n', (size_t)(at - start))) != NULL) {
		line++;
		start++;
	}
	return line;
}

static int broken(const struct reader *reader, const char *at, struct error *err)
{
	return error_set(err, -EBADMSG, "line %zu: this is not JSON, or it ends too early",
			 line_of(reader, at));
}

static int parse_failed(const struct reader *reader, struct slice value, const json_error_t *error,
			struct error *err)
{
	_cleanup_strbuf_ struct strbuf shown = { 0 };
	size_t below = error->line > 0 ? (size_t)error->line - 1 : 0;

	/* jansson says nothing at all about most of the allocations that fail. */
	if (json_error_code(error) == json_error_out_of_memory || error->text[0] == '\0')
		return error_memory(err);
	strbuf_put_shown(&shown, slice_from(error->text));
	return error_set(err, -EBADMSG, "line %zu: %s", line_of(reader, value.data) + below,
			 shown.failed ? "not JSON" : strbuf_text(&shown));
}

/* The value, to be released by the caller. */
static int parse(const struct reader *reader, struct slice value, json_t **ret, struct error *err)
{
	json_error_t error;

	if (value.len > ITEM_SIZE_MAX)
		return error_set(err, -EBADMSG, "line %zu: more than %zu bytes for one item",
				 line_of(reader, value.data), ITEM_SIZE_MAX);
	*ret = checked_json_read(value.data, value.len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES,
				 &error);
	return *ret ? 0 : parse_failed(reader, value, &error, err);
}

static int find_top(struct slice name, enum top *ret)
{
	for (unsigned int i = 0; i < TOP_COUNT; i++) {
		size_t len = strlen(top_names[i]);

		if (name.len != len + 2 || memcmp(name.data + 1, top_names[i], len) != 0)
			continue;
		*ret = (enum top)i;
		return 0;
	}
	return -ENOENT;
}

static int find_members(struct reader *reader, struct error *err)
{
	struct slice name, value;
	struct json_walk walk;
	enum top top;
	int r;

	if (json_walk_init(&walk, reader->text, '{') < 0)
		return error_set(err, -EBADMSG, "line 1: not a recording: no JSON object");
	while ((r = json_walk_next(&walk, &name, &value)) > 0) {
		if (find_top(name, &top) < 0)
			return error_set(err, -EBADMSG, "line %zu: not a member of a recording",
					 line_of(reader, name.data));
		if (reader->top[top].data)
			return error_set(err, -EBADMSG, "line %zu: '%s' is there twice",
					 line_of(reader, name.data), top_names[top]);
		reader->top[top] = value;
	}
	if (r < 0 || !json_walk_at_end(&walk))
		return broken(reader, walk.at, err);
	for (unsigned int i = 0; i < TOP_RUNS; i++)
		if (!reader->top[i].data)
			return error_set(err, -EBADMSG, "not a recording: '%s' is missing",
					 top_names[i]);
	return 0;
}

static int read_version(struct reader *reader, const json_t *json, struct error *err)
{
	json_int_t version = json_integer_value(json);

	(void)reader;
	if (!json_is_integer(json))
		return error_set(err, -EBADMSG, "not an integer");
	if (version < RECORDING_VERSION_FIRST || version > RECORDING_VERSION)
		return error_set(err, -EBADMSG,
				 "recording version %" JSON_INTEGER_FORMAT
				 " is not one that this program reads (%d to %d)",
				 version, RECORDING_VERSION_FIRST, RECORDING_VERSION);
	return 0;
}

static int read_tool(struct reader *reader, const json_t *json, struct error *err)
{
	(void)reader;
	return json_is_string(json) ? 0 : error_set(err, -EBADMSG, "not a string");
}

static int read_complete(struct reader *reader, const json_t *json, struct error *err)
{
	if (!json_is_boolean(json))
		return error_set(err, -EBADMSG, "neither true nor false");
	if (json_is_true(json) != evidence_complete(&reader->recording->evidence))
		return error_set(err, -EBADMSG, "does not agree with the evidence");
	return 0;
}

static int find_finding(const char *name, enum finding *ret)
{
	for (unsigned int i = 0; i < FINDING_COUNT; i++) {
		if (strcmp(finding_fact(i)->name, name) != 0)
			continue;
		*ret = (enum finding)i;
		return 0;
	}
	return -ENOENT;
}

static int read_places(struct evidence *evidence, const json_t *json, struct error *err)
{
	const char *name;
	json_t *value;
	enum finding finding;

	if (!json_is_object(json))
		return error_set(err, -EBADMSG, "'first' is not an object");
	json_object_foreach((json_t *)json, name, value)
	{
		_cleanup_text_ struct text text = { 0 };
		int r;

		if (find_finding(name, &finding) < 0)
			return unknown_member(name, err);
		r = text_from_json(value, &text, err);
		if (r < 0)
			return error_prefix(err, r, "first place of '%s'", name);
		evidence_add(evidence, finding, 0, text.slice.data);
	}
	return 0;
}

static int read_evidence_member(struct evidence *evidence, const char *name, const json_t *value,
				struct error *err)
{
	enum finding finding;
	uint64_t count;
	int r;

	if (strcmp(name, "first") == 0)
		return read_places(evidence, value, err);
	if (strcmp(name, "live") == 0) {
		evidence->live = json_is_true(value);
		return json_is_boolean(value)
			       ? 0
			       : error_set(err, -EBADMSG, "'live' is neither true nor false");
	}
	if (strcmp(name, "records") == 0)
		return number_from_json(value, name, 0, EVIDENCE_COUNT_MAX, &evidence->records,
					err);
	if (find_finding(name, &finding) < 0)
		return unknown_member(name, err);
	r = number_from_json(value, name, 0, EVIDENCE_COUNT_MAX, &count, err);
	if (r == 0)
		evidence_add(evidence, finding, count, NULL);
	return r;
}

static int read_evidence(struct reader *reader, const json_t *json, struct error *err)
{
	const char *name;
	json_t *value;

	if (!json_is_object(json))
		return error_set(err, -EBADMSG, "not an object");
	json_object_foreach((json_t *)json, name, value)
	{
		int r = read_evidence_member(&reader->recording->evidence, name, value, err);

		if (r < 0)
			return r;
	}
	return 0;
}

/* An actor's number in the recording is its index in the file, so none may be there twice. */
static int read_actor(struct reader *reader, const json_t *json, struct error *err)
{
	size_t before = reader->recording->actors.n_keys;
	uint32_t number;
	int r = actor_from_json(reader->recording, json, &number, err);

	if (r < 0)
		return r;
	if (number == RECORDING_ACTOR_OMITTED)
		return error_set(err, -EBADMSG, "more than %u actors", RECORDING_ACTORS_ALL);
	if (number != before)
		return error_set(err, -EBADMSG, "the same actor for the second time");
	return 0;
}

static int read_run(struct reader *reader, const json_t *json, struct error *err)
{
	return run_from_json(reader->recording, json, err);
}

static int read_group(struct reader *reader, const json_t *json, struct error *err)
{
	return group_from_json(reader->recording, json, err);
}

typedef int (*read_value)(struct reader *reader, const json_t *json, struct error *err);

static int read_one(struct reader *reader, struct slice value, const char *label, read_value read,
		    struct error *err)
{
	json_t *json = NULL;
	int r = parse(reader, value, &json, err);

	if (r < 0)
		return r;
	r = read(reader, json, err);
	json_decref(json);
	return r < 0 ? error_prefix(err, r, "line %zu: %s", line_of(reader, value.data), label) : 0;
}

static int read_top(struct reader *reader, enum top top, read_value read, struct error *err)
{
	return read_one(reader, reader->top[top], top_names[top], read, err);
}

/* Each item of an array of the top level. */
static int read_items(struct reader *reader, enum top top, read_value read, struct error *err)
{
	struct slice value;
	struct json_walk walk;
	int r;

	if (json_walk_init(&walk, reader->top[top], '[') < 0)
		return error_set(err, -EBADMSG, "line %zu: %s: not an array",
				 line_of(reader, reader->top[top].data), top_names[top]);
	for (size_t i = 0; (r = json_walk_next(&walk, NULL, &value)) > 0; i++) {
		char label[48];

		snprintf(label, sizeof(label), "%s[%zu]", top_names[top], i);
		r = read_one(reader, value, label, read, err);
		if (r < 0)
			return r;
	}
	if (r < 0 || !json_walk_at_end(&walk))
		return broken(reader, walk.at, err);
	return 0;
}

static int read_recording(struct reader *reader, struct error *err)
{
	static const struct {
		enum top top;
		read_value read;
		bool items;
	} steps[] = {
		{ TOP_VERSION, read_version, false },	{ TOP_TOOL, read_tool, false },
		{ TOP_EVIDENCE, read_evidence, false }, { TOP_COMPLETE, read_complete, false },
		{ TOP_ACTORS, read_actor, true },	{ TOP_RUNS, read_run, true },
		{ TOP_GROUPS, read_group, true },
	};
	int r = find_members(reader, err);

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(steps); i++)
		if (reader->top[steps[i].top].data)
			r = (steps[i].items ? read_items : read_top)(reader, steps[i].top,
								     steps[i].read, err);
	return r;
}

int recording_read_json(struct recording *ret, const char *text, size_t len, const char *name,
			struct error *err)
{
	struct recording recording = { 0 };
	struct reader reader = { .recording = &recording, .text = { text, len } };
	int r = read_recording(&reader, err);

	if (r < 0) {
		recording_deinit(&recording);
		return error_prefix(err, r, "%s", name);
	}
	*ret = recording;
	return 0;
}
