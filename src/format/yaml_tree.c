/* SPDX-License-Identifier: Apache-2.0 */
#include "format/yaml_tree.h"
#include "base/strbuf.h"
#include "format/text_lines.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define YAML_DEPTH_MAX	 32   /* sequences and mappings in one another: objects have about 6 */
#define YAML_ANCHORS_MAX 1000 /* in all documents of a text */

static int parser_error(const yaml_parser_t *parser, struct error *err)
{
	if (parser->error == YAML_MEMORY_ERROR)
		return error_memory(err);
	return error_set(err, -EBADMSG, "line %zu: not YAML: %s", parser->problem_mark.line + 1,
			 parser->problem ? parser->problem : "unreadable");
}

static int depth_change(yaml_event_type_t type)
{
	switch (type) {
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return 1;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return -1;
	default:
		return 0;
	}
}

/* What is counted while a text is looked through. */
struct shape {
	int depth;
	size_t anchors;
	bool end;
};

static bool has_anchor(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor != NULL;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor != NULL;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor != NULL;
	default:
		return false;
	}
}

/* Counts the next event in. -EBADMSG: too much of something, or not YAML. */
static int check_event(yaml_parser_t *parser, struct shape *shape, struct error *err)
{
	yaml_event_t event;
	size_t line;

	if (!yaml_parser_parse(parser, &event))
		return parser_error(parser, err);
	shape->depth += depth_change(event.type);
	shape->anchors += has_anchor(&event);
	shape->end = event.type == YAML_STREAM_END_EVENT;
	line = event.start_mark.line + 1;
	yaml_event_delete(&event);
	if (shape->depth > YAML_DEPTH_MAX)
		return error_set(err, -EBADMSG, "line %zu: nested too deeply", line);
	if (shape->anchors > YAML_ANCHORS_MAX)
		return error_set(err, -EBADMSG, "line %zu: more than %d anchors", line,
				 YAML_ANCHORS_MAX);
	return 0;
}

/*
 * What libyaml's scanner does for a token grows with the depth, and what its loader does for an
 * anchor or alias with the number of anchors: both are bounded before a tree is made.
 */
static int check_shape(struct slice text, struct error *err)
{
	struct shape shape = { 0 };
	yaml_parser_t parser;
	int r = 0;

	if (!yaml_parser_initialize(&parser))
		return error_memory(err);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text.data, text.len);
	while (r == 0 && !shape.end)
		r = check_event(&parser, &shape, err);
	yaml_parser_delete(&parser);
	return r;
}

int yaml_tree_open(struct yaml_tree *tree, struct slice text, struct error *err)
{
	int r = check_shape(text, err);

	*tree = (struct yaml_tree){ 0 };
	if (r < 0)
		return r;
	if (!yaml_parser_initialize(&tree->parser))
		return error_memory(err);
	tree->has_parser = true;
	yaml_parser_set_input_string(&tree->parser, (const unsigned char *)text.data, text.len);
	return 0;
}

static void close_document(struct yaml_tree *tree)
{
	if (tree->has_document)
		yaml_document_delete(&tree->document);
	tree->has_document = false;
}

void yaml_tree_close(struct yaml_tree *tree)
{
	close_document(tree);
	if (tree->has_parser)
		yaml_parser_delete(&tree->parser);
	tree->has_parser = false;
}

int yaml_tree_next(struct yaml_tree *tree, const yaml_node_t **ret, struct error *err)
{
	close_document(tree);
	if (!yaml_parser_load(&tree->parser, &tree->document))
		return parser_error(&tree->parser, err);
	tree->has_document = true;
	*ret = yaml_document_get_root_node(&tree->document);
	return *ret ? 1 : 0;
}

int yaml_at(const yaml_node_t *node, int code, struct error *err)
{
	return error_prefix(err, code, "line %zu", node->start_mark.line + 1);
}

static bool is_string(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE && strcmp((const char *)node->tag, YAML_STR_TAG) == 0;
}

static struct slice scalar(const yaml_node_t *node)
{
	return (struct slice){ (const char *)node->data.scalar.value, node->data.scalar.length };
}

/* The words for nothing, in the core schema of YAML 1.2, which Kubernetes follows. */
static bool is_null(const yaml_node_t *node)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };

	if (!is_string(node) || node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (slice_is(scalar(node), words[i]))
			return true;
	return false;
}

int yaml_text(const yaml_node_t *node, struct slice *ret, struct error *err)
{
	struct slice text;

	if (!is_string(node))
		return yaml_at(node, error_set(err, -EBADMSG, "not a string"), err);
	text = scalar(node);
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] < ' ' || text.data[i] == '\x7f')
			return yaml_at(node, text_bad_word(err, "a control character in", text),
				       err);
	*ret = text;
	return 0;
}

int yaml_number(const yaml_node_t *node, uint64_t max, uint64_t *ret, struct error *err)
{
	struct slice text;
	int r = yaml_text(node, &text, err);

	if (r < 0)
		return r;
	if (node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE || slice_to_u64(text, 10, ret) < 0)
		r = text_bad_word(err, "not a whole number from 0 on:", text);
	else if (*ret > max)
		r = error_set(err, -EBADMSG, "%" PRIu64 " is more than %" PRIu64, *ret, max);
	return r < 0 ? yaml_at(node, r, err) : 0;
}

static const yaml_node_t *node_at(struct yaml_tree *tree, int index)
{
	return yaml_document_get_node(&tree->document, index);
}

/* The member of the table that the key names; `n` for none. */
static size_t find_member(const yaml_node_t *key, const struct yaml_member *members, size_t n)
{
	size_t i = 0;

	while (i < n && !(is_string(key) && slice_is(scalar(key), members[i].key)))
		i++;
	return i;
}

static int unknown_member(const yaml_node_t *key, struct error *err)
{
	int r = is_string(key) ? text_bad_word(err, "unknown member", scalar(key))
			       : error_set(err, -EBADMSG, "the name of a member is not a string");

	return yaml_at(key, r, err);
}

int yaml_read_members(struct yaml_tree *tree, const yaml_node_t *node,
		      const struct yaml_member *members, size_t n, void *into, struct error *err)
{
	const yaml_node_pair_t *pair;
	bool met[YAML_MEMBERS_MAX] = { false };
	int r = 0;

	if (node->type != YAML_MAPPING_NODE)
		return yaml_at(node, error_set(err, -EBADMSG, "not a mapping"), err);
	for (pair = node->data.mapping.pairs.start; r == 0 && pair < node->data.mapping.pairs.top;
	     pair++) {
		const yaml_node_t *key = node_at(tree, pair->key);
		const yaml_node_t *value = node_at(tree, pair->value);
		size_t i = find_member(key, members, n);

		if (i == n)
			return unknown_member(key, err);
		if (met[i])
			return yaml_at(key, error_set(err, -EBADMSG, "'%s' again", members[i].key),
				       err);
		met[i] = true;
		if (members[i].read && !is_null(value))
			r = members[i].read(tree, value, into, err);
	}
	return r;
}

int yaml_read_items(struct yaml_tree *tree, const yaml_node_t *node, size_t max,
		    int (*read)(struct yaml_tree *tree, const yaml_node_t *item, void *into,
				struct error *err),
		    void *into, struct error *err)
{
	const yaml_node_item_t *item;
	int r = 0;

	if (node->type != YAML_SEQUENCE_NODE)
		return yaml_at(node, error_set(err, -EBADMSG, "not a sequence"), err);
	if ((size_t)(node->data.sequence.items.top - node->data.sequence.items.start) > max)
		return yaml_at(node, error_set(err, -EBADMSG, "more than %zu items", max), err);
	for (item = node->data.sequence.items.start; r == 0 && item < node->data.sequence.items.top;
	     item++)
		r = read(tree, node_at(tree, *item), into, err);
	return r;
}

const yaml_node_t *yaml_find(struct yaml_tree *tree, const yaml_node_t *node, const char *key)
{
	const yaml_node_pair_t *pair;

	if (node->type != YAML_MAPPING_NODE)
		return NULL;
	for (pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
		const yaml_node_t *name = node_at(tree, pair->key);

		if (is_string(name) && slice_is(scalar(name), key))
			return node_at(tree, pair->value);
	}
	return NULL;
}
