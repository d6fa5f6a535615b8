/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journald's JSON: one object a line, its members in any order. A walker that knows just enough of
 * JSON to find members at the top and to unescape one of them; what it cannot follow is torn.
 */
#include "audit/scan_private.h"

/* ---- walking --------------------------------------------------------------------------------- */

static void skip_space(struct cursor *at)
{
	while (at->at < at->end && (*at->at == ' ' || *at->at == '\t'))
		at->at++;
}

/* A string with its quotes; what is between them, still escaped, in `*ret`. */
static bool take_string(struct cursor *at, struct slice *ret)
{
	const char *start = at->at + 1, *p = start;

	if (!cursor_take(at, "\""))
		return false;
	for (; p < at->end && *p != '"'; p++)
		if (*p == '\\' && ++p == at->end)
			return false;
	if (p >= at->end)
		return false;
	*ret = (struct slice){ start, (size_t)(p - start) };
	at->at = p + 1;
	return true;
}

/* An array or an object, by counting its brackets. */
static bool skip_nested(struct cursor *at)
{
	struct slice ignored;
	size_t depth = 0;

	while (at->at < at->end) {
		char c = *at->at;

		if (c == '"') {
			if (!take_string(at, &ignored))
				return false;
			continue;
		}
		at->at++;
		if (c == '[' || c == '{')
			depth++;
		else if ((c == ']' || c == '}') && --depth == 0)
			return true;
	}
	return false;
}

/* Any value, as it stands in the line. */
static bool take_value(struct cursor *at, struct slice *ret)
{
	const char *start = at->at;
	struct slice ignored;
	bool whole = true;

	if (start == at->end)
		return false;
	if (*start == '"')
		whole = take_string(at, &ignored);
	else if (*start == '[' || *start == '{')
		whole = skip_nested(at);
	else
		while (at->at < at->end && !strchr(",]} \t", *at->at))
			at->at++;
	*ret = (struct slice){ start, (size_t)(at->at - start) };
	return whole && ret->len > 0;
}

/* ---- members --------------------------------------------------------------------------------- */

enum member {
	MEMBER_MESSAGE,
	MEMBER_TYPE,
	MEMBER_ID,
	MEMBER_SOURCE_TIME,
	MEMBER_TIME,
	MEMBER_TRANSPORT,
	MEMBER_COUNT,
};

/* systemd.journal-fields(7) */
static const char *const member_names[MEMBER_COUNT] = {
	"MESSAGE",
	"_AUDIT_TYPE",
	"_AUDIT_ID",
	"_SOURCE_REALTIME_TIMESTAMP",
	"__REALTIME_TIMESTAMP",
	"_TRANSPORT",
};

static void keep_member(struct slice name, struct slice value, struct slice *members)
{
	for (size_t i = 0; i < MEMBER_COUNT; i++)
		if (slice_is(name, member_names[i]) && !members[i].data)
			members[i] = value;
}

static bool walk_members(struct cursor at, struct slice *members)
{
	struct slice name, value;

	if (!cursor_take(&at, "{"))
		return false;
	do {
		skip_space(&at);
		if (!take_string(&at, &name))
			return false;
		skip_space(&at);
		if (!cursor_take(&at, ":"))
			return false;
		skip_space(&at);
		if (!take_value(&at, &value))
			return false;
		keep_member(name, value, members);
		skip_space(&at);
	} while (cursor_take(&at, ","));
	return cursor_take(&at, "}");
}

/* A number in quotes or without; 0 when it is not there or is none. */
static uint64_t member_number(struct slice member)
{
	struct cursor at = cursor_of(member);
	uint64_t value = 0;

	if (!member.data)
		return 0;
	cursor_take(&at, "\"");
	return cursor_take_number(&at, &value) ? value : 0;
}

/* ---- the message ----------------------------------------------------------------------------- */

static bool take_code_unit(struct cursor *at, uint32_t *ret)
{
	uint32_t unit = 0;

	if (cursor_left(at) < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char c = at->at[i];
		unsigned char digit;

		if (c >= 'A' && c <= 'F')
			c |= 0x20;
		digit = scan_hex_values[(unsigned char)c];
		if (digit >= 16)
			return false;
		unit = unit << 4 | digit;
	}
	at->at += 4;
	*ret = unit;
	return true;
}

static void put_utf8(struct strbuf *buf, uint32_t c)
{
	if (c < 0x80) {
		strbuf_putc(buf, (char)c);
		return;
	}
	if (c < 0x800) {
		strbuf_putc(buf, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			strbuf_putc(buf, (char)(0xe0 | c >> 12));
		} else {
			strbuf_putc(buf, (char)(0xf0 | c >> 18));
			strbuf_putc(buf, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		strbuf_putc(buf, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	strbuf_putc(buf, (char)(0x80 | (c & 0x3f)));
}

/* Behind "\u"; a character beyond 16 bits comes in two units. */
static bool take_unicode(struct cursor *at, struct strbuf *buf)
{
	uint32_t unit, low;

	if (!take_code_unit(at, &unit))
		return false;
	if (unit >= 0xd800 && unit < 0xdc00) {
		if (!cursor_take(at, "\\u") || !take_code_unit(at, &low) || low < 0xdc00 ||
		    low > 0xdfff)
			return false;
		unit = 0x10000 + ((unit & 0x3ff) << 10 | (low & 0x3ff));
	}
	put_utf8(buf, unit);
	return true;
}

static bool take_escape(struct cursor *at, struct strbuf *buf)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *letter;
	char c;

	if (at->at == at->end)
		return false;
	c = *at->at++;
	if (c == 'u')
		return take_unicode(at, buf);
	letter = c ? strchr(letters, c) : NULL;
	if (!letter)
		return false;
	strbuf_putc(buf, meant[letter - letters]);
	return true;
}

static bool unescape(struct slice text, struct strbuf *buf)
{
	struct cursor at = cursor_of(text);

	while (at.at < at.end) {
		const char *escape = memchr(at.at, '\\', cursor_left(&at));

		strbuf_append(buf, at.at, escape ? (size_t)(escape - at.at) : cursor_left(&at));
		if (!escape)
			break;
		at.at = escape + 1;
		if (!take_escape(&at, buf))
			return false;
	}
	return true;
}

/* A message that is not UTF-8 comes as an array of its bytes. */
static bool join_bytes(struct slice array, struct strbuf *buf)
{
	struct cursor at = cursor_of(array);
	uint64_t byte;

	if (!cursor_take(&at, "["))
		return false;
	do {
		skip_space(&at);
		if (!cursor_take_number(&at, &byte) || byte > 255)
			return false;
		strbuf_putc(buf, (char)byte);
		skip_space(&at);
	} while (cursor_take(&at, ","));
	return cursor_take(&at, "]");
}

static bool read_message(struct scanner *scanner, struct slice value, struct slice *ret)
{
	struct strbuf *buf = &scanner->unescaped;
	struct cursor at = cursor_of(value);
	struct slice text;
	bool read;

	strbuf_clear(buf);
	read = take_string(&at, &text) ? unescape(text, buf) : join_bytes(value, buf);
	if (!read || buf->failed || buf->len == 0)
		return false;
	*ret = (struct slice){ buf->data, buf->len };
	return true;
}

/* ---------------------------------------------------------------------------------------------- */

static void read_stamp(const struct slice *members, struct scan *ret)
{
	uint64_t us = member_number(members[MEMBER_SOURCE_TIME]);

	if (us == 0)
		us = member_number(members[MEMBER_TIME]);
	if (us > 0)
		ret->time_ms = (int64_t)(us / 1000);
	ret->serial = member_number(members[MEMBER_ID]);
}

/* From the audit socket: "SECCOMP auid=...", its stamp in members beside it. */
static enum scan_result scan_audit_entry(struct slice message, const struct slice *members,
					 struct scan *ret)
{
	struct cursor at = cursor_of(message);

	read_stamp(members, ret);
	while (at.at < at.end && *at.at != ' ')
		at.at++;
	cursor_take(&at, " ");
	if (ret->type == TYPE_SECCOMP)
		return scan_judge(ret, scan_fields(at, ret));
	ret->fields = (struct slice){ at.at, cursor_left(&at) };
	return SCAN_OTHER;
}

/* Only journald writes members with an underscore: unlike in text we know where it is from. */
static bool from_kernel(const struct slice *members)
{
	struct slice transport = members[MEMBER_TRANSPORT];

	return !transport.data || slice_is(transport, "\"kernel\"");
}

static enum scan_result cut_off(struct slice line, struct scan *ret)
{
	if (scan_find(line, line.data, "SECCOMP auid=") ||
	    scan_find(line, line.data, "type=1326 audit("))
		return scan_judge(ret, "its JSON object is cut off or broken");
	return SCAN_NOTHING;
}

enum scan_result scan_json(struct scanner *scanner, struct slice line, struct scan *ret)
{
	struct slice members[MEMBER_COUNT] = { 0 }, message;
	enum scan_result result = SCAN_NOTHING;

	if (!walk_members(cursor_of(line), members))
		return cut_off(line, ret);
	ret->type = (uint32_t)member_number(members[MEMBER_TYPE]);
	if (!members[MEMBER_MESSAGE].data ||
	    !read_message(scanner, members[MEMBER_MESSAGE], &message))
		return ret->type == TYPE_SECCOMP ? scan_judge(ret, "its MESSAGE cannot be read")
						 : SCAN_NOTHING;
	if (ret->type != 0)
		return scan_audit_entry(message, members, ret);
	if (from_kernel(members))
		result = scan_text(scanner, message, ret);
	else if (scan_suppressed(message, &ret->count))
		result = SCAN_SUPPRESSED;
	return result;
}
