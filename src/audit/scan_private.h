/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the scanner share: one file a wire form, and a cursor that walks a line. */
#ifndef ASG_AUDIT_SCAN_PRIVATE_H
#define ASG_AUDIT_SCAN_PRIVATE_H

#include "audit/scan.h"

#define TYPE_SECCOMP 1326 /* AUDIT_SECCOMP, linux/audit.h */

/* What is left to be read. */
struct cursor {
	const char *at, *end;
};

/* Moves past `literal` if it comes next. */
#define cursor_take(cursor, literal) cursor_take_bytes(cursor, literal, sizeof(literal) - 1)

static inline struct cursor cursor_of(struct slice text)
{
	return (struct cursor){ text.data, text.len > 0 ? text.data + text.len : text.data };
}

static inline size_t cursor_left(const struct cursor *cursor)
{
	return (size_t)(cursor->end - cursor->at);
}

/* Always inlined, so that the comparison is one of a known length. */
static inline __attribute__((always_inline)) bool cursor_take_bytes(struct cursor *cursor,
								    const char *literal, size_t len)
{
	if (cursor_left(cursor) < len || memcmp(cursor->at, literal, len) != 0)
		return false;
	cursor->at += len;
	return true;
}

/* Moves past a decimal number of at most 19 digits (more does not fit for certain). */
static inline bool cursor_take_number(struct cursor *cursor, uint64_t *ret)
{
	const char *p = cursor->at, *start = p;
	uint64_t value = 0;

	for (; p < cursor->end && (unsigned char)(*p - '0') <= 9; p++)
		value = value * 10 + (unsigned char)(*p - '0');
	if (p == start || p - start > 19)
		return false;
	cursor->at = p;
	*ret = value;
	return true;
}

/*
 * The value of a lower-case hexadecimal digit, as the kernel prints them; 16 or more for anything
 * else. A table: whether the next character is a digit or a letter cannot be predicted.
 */
extern const unsigned char scan_hex_values[256];

/* The first place of `needle` in `text` from `from` on, or NULL. */
const char *scan_find(struct slice text, const char *from, const char *needle);

/* A record's type from its word: "SECCOMP", "1326", "UNKNOWN[1326]", "AUDIT1326", "<audit-1326>"; 0
 * when unknown. Every DAEMON_* name gives a type of 1200-1299, also one that is not in the table.
 */
uint32_t record_type(struct slice word);

/* One record's "auid=..." in the kernel's form. NULL, or why it cannot be read. */
const char *scan_fields(struct cursor at, struct scan *ret);

/* One record of `ausearch -i` from its "DATE TIME.mmm:N) : " on. NULL, or why it cannot be read.
 * For a record of another type only its stamp is read. */
const char *scan_interpreted(struct scanner *scanner, struct cursor at, struct scan *ret);

/* One line of `journalctl -o json`. */
enum scan_result scan_json(struct scanner *scanner, struct slice line, struct scan *ret);

/* A line of text in any form but JSON. */
enum scan_result scan_text(struct scanner *scanner, struct slice line, struct scan *ret);

/* A message that says that messages were dropped. */
bool scan_suppressed(struct slice text, uint64_t *ret_count);

/* The result for a SECCOMP record with that problem (NULL: none). */
static inline enum scan_result scan_judge(struct scan *ret, const char *problem)
{
	ret->problem = problem;
	return problem ? SCAN_TORN : SCAN_RECORD;
}

#endif
