/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML from outside, as a tree of nodes that know their lines. libyaml reads it; an alias is the
 * node that it stands for, so a text never grows, and how often a node is met is bounded by its
 * readers.
 */
#ifndef ASG_FORMAT_YAML_TREE_H
#define ASG_FORMAT_YAML_TREE_H

#include "base/error.h"
#include "base/macro.h"
#include "base/slice.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <yaml.h>

struct yaml_tree {
	yaml_parser_t parser;
	yaml_document_t document;
	bool has_parser, has_document;
};

/*
 * Borrows the text. -EBADMSG with the line: not YAML, nested too deeply, or with too many
 * anchors. -ENOMEM. The tree needs
 * yaml_tree_close() in any case.
 */
int yaml_tree_open(struct yaml_tree *tree, struct slice text, struct error *err) _must_check_;
void yaml_tree_close(struct yaml_tree *tree);
#define _cleanup_yaml_tree_ _cleanup_(yaml_tree_close)

/*
 * The next document's root in `*ret`, borrowed until the next call. 1: there is one. 0: no more.
 * -EBADMSG with the line: not YAML. -ENOMEM.
 */
int yaml_tree_next(struct yaml_tree *tree, const yaml_node_t **ret, struct error *err) _must_check_;

/* How one member of a mapping is read; without a function it is left alone. */
struct yaml_member {
	const char *key;
	int (*read)(struct yaml_tree *tree, const yaml_node_t *value, void *into,
		    struct error *err);
};

#define YAML_MEMBERS_MAX 32

/*
 * Reads the members of a mapping, in the text's order. Members that are null count as missing.
 * -EBADMSG when it is no mapping, or has a member that is unknown or repeated.
 */
int yaml_read_members(struct yaml_tree *tree, const yaml_node_t *node,
		      const struct yaml_member *members, size_t n, void *into, struct error *err)
	_must_check_;

/* The items of a sequence, of which there may be `max`. -EBADMSG: it is none, or has more. */
int yaml_read_items(struct yaml_tree *tree, const yaml_node_t *node, size_t max,
		    int (*read)(struct yaml_tree *tree, const yaml_node_t *item, void *into,
				struct error *err),
		    void *into, struct error *err) _must_check_;

/* The value of a member, borrowed; NULL: the mapping (if it is one) has none of that name. */
const yaml_node_t *yaml_find(struct yaml_tree *tree, const yaml_node_t *node, const char *key);

/* A scalar's text, borrowed. -EBADMSG: it is not a string, or has a control character in it. */
int yaml_text(const yaml_node_t *node, struct slice *ret, struct error *err) _must_check_;

/* A decimal number from 0 to `max`, not in quotes. */
int yaml_number(const yaml_node_t *node, uint64_t max, uint64_t *ret, struct error *err)
	_must_check_;

/* Puts the node's line in front of the message. Returns `code`. */
int yaml_at(const yaml_node_t *node, int code, struct error *err);

#endif
