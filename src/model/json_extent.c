/* SPDX-License-Identifier: Apache-2.0 */
#include "model/json_extent.h"

#include <errno.h>

static void skip_space(struct json_walk *walk)
{
	while (walk->at < walk->end &&
	       (*walk->at == ' ' || *walk->at == '\n' || *walk->at == '\t' || *walk->at == '\r'))
		walk->at++;
}

static bool take(struct json_walk *walk, char c)
{
	skip_space(walk);
	if (walk->at == walk->end || *walk->at != c)
		return false;
	walk->at++;
	return true;
}

/* `at` is on the opening quote. */
static int skip_string(struct json_walk *walk)
{
	const char *at = walk->at + 1;

	for (; at < walk->end && *at != '"'; at++) {
		if (*at == '\\')
			at++;
	}
	if (at >= walk->end)
		return -EBADMSG;
	walk->at = at + 1;
	return 0;
}

/* A string, or everything up to the comma or bracket that ends the value. */
static int skip_value(struct json_walk *walk)
{
	const char *start = walk->at;
	size_t depth = 0;

	while (walk->at < walk->end) {
		char c = *walk->at;

		if (c == '"') {
			if (skip_string(walk) < 0)
				return -EBADMSG;
			continue;
		}
		if (depth == 0 && (c == ',' || c == '}' || c == ']'))
			break;
		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		walk->at++;
	}
	return depth == 0 && walk->at > start ? 0 : -EBADMSG;
}

int json_walk_init(struct json_walk *walk, struct slice text, char open)
{
	/* What is no text at all has no place to begin at either. */
	if (!text.data)
		text = SLICE("");
	*walk = (struct json_walk){ .at = text.data,
				    .end = text.data + text.len,
				    .close = open == '{' ? '}' : ']' };
	return take(walk, open) ? 0 : -EBADMSG;
}

static int take_name(struct json_walk *walk, struct slice *ret_name)
{
	const char *start;

	skip_space(walk);
	start = walk->at;
	if (start == walk->end || *start != '"' || skip_string(walk) < 0)
		return -EBADMSG;
	*ret_name = (struct slice){ start, (size_t)(walk->at - start) };
	return take(walk, ':') ? 0 : -EBADMSG;
}

int json_walk_next(struct json_walk *walk, struct slice *ret_name, struct slice *ret_value)
{
	const char *start;

	if (take(walk, walk->close))
		return 0;
	if (walk->started && !take(walk, ','))
		return -EBADMSG;
	walk->started = true;
	if (walk->close == '}' && take_name(walk, ret_name) < 0)
		return -EBADMSG;
	skip_space(walk);
	start = walk->at;
	if (skip_value(walk) < 0)
		return -EBADMSG;
	*ret_value = (struct slice){ start, (size_t)(walk->at - start) };
	return 1;
}

bool json_walk_at_end(struct json_walk *walk)
{
	skip_space(walk);
	return walk->at == walk->end;
}
