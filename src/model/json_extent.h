/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the values in a large JSON text begin and end, so that they can be parsed one at a time and
 * the whole is never in memory as a tree. What is in a value is not looked at: the parser judges
 * it.
 */
#ifndef ASG_MODEL_JSON_EXTENT_H
#define ASG_MODEL_JSON_EXTENT_H

#include "base/macro.h"
#include "base/slice.h"

/* A walk over the members of an object or the items of an array. */
struct json_walk {
	const char *at, *end; /* `at` is where it went wrong after -EBADMSG */
	char close;	      /* what ends it: } or ] */
	bool started;
};

/* Begins with the text of an object ('{') or array ('['). 0, or -EBADMSG when it is something else.
 */
int json_walk_init(struct json_walk *walk, struct slice text, char open) _must_check_;

/*
 * The next member or item. `*ret_name` (of an object's member, may be NULL for an array) is the
 * string with its quotes and escapes, as it stands there. 1, 0 at the end, -EBADMSG.
 */
int json_walk_next(struct json_walk *walk, struct slice *ret_name, struct slice *ret_value)
	_must_check_;

/* Whether nothing but white space follows the end. */
bool json_walk_at_end(struct json_walk *walk) _must_check_;

#endif
