/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells the wire forms from each other. A line of auditd's own form is read straight through; in
 * any other line the record's head is searched, and the first one found counts: what stands behind
 * a head is the text of that record, which its maker may have chosen.
 */
#include "audit/scan.h"
#include "audit/scan_private.h"
#include "base/time.h"
#include <ctype.h>

void scanner_init(struct scanner *scanner, struct syscall_table *names)
{
	*scanner = (struct scanner){ .names = names };
}

void scanner_deinit(struct scanner *scanner)
{
	strbuf_deinit(&scanner->unescaped);
}

const char *scan_find(struct slice text, const char *from, const char *needle)
{
	return memmem(from, (size_t)(text.data + text.len - from), needle, strlen(needle));
}

static void blank(struct scan *ret)
{
	*ret = (struct scan){ .time_ms = TIME_UNKNOWN };
}

/* Behind "audit(": "1700000000.123:45): ". The space is missing where a line is cut off. */
static bool take_stamp(struct cursor *at, struct scan *ret)
{
	struct cursor ahead = *at;
	uint64_t seconds, serial, ms;
	const char *fraction;

	if (!cursor_take_number(&ahead, &seconds) || seconds > INT64_MAX / 1000 - 1 ||
	    !cursor_take(&ahead, "."))
		return false;
	fraction = ahead.at;
	if (!cursor_take_number(&ahead, &ms) || ahead.at - fraction != 3 ||
	    !cursor_take(&ahead, ":") || !cursor_take_number(&ahead, &serial) ||
	    !cursor_take(&ahead, "):"))
		return false;
	cursor_take(&ahead, " ");
	ret->time_ms = (int64_t)(seconds * 1000 + ms);
	ret->serial = serial;
	*at = ahead;
	return true;
}

/* Behind "audit(", with `ret->type` set. */
static enum scan_result scan_stamped(struct scanner *scanner, struct cursor at, struct scan *ret)
{
	bool seccomp = ret->type == TYPE_SECCOMP;
	const char *problem;

	if (take_stamp(&at, ret)) {
		if (seccomp)
			return scan_judge(ret, scan_fields(at, ret));
		ret->fields = (struct slice){ at.at, cursor_left(&at) };
		return SCAN_OTHER;
	}
	problem = scan_interpreted(scanner, at, ret);
	if (seccomp)
		return scan_judge(ret, problem);
	return problem ? SCAN_NOTHING : SCAN_OTHER;
}

/* ---- auditd's form --------------------------------------------------------------------------- */

/* Behind "type=": "SECCOMP msg=audit(". */
static bool take_type(struct cursor *at, struct scan *ret)
{
	const char *start = at->at;

	if (cursor_take(at, "SECCOMP msg=audit(")) {
		ret->type = TYPE_SECCOMP;
		return true;
	}
	while (at->at<at->end && * at->at> ' ')
		at->at++;
	ret->type = record_type((struct slice){ start, (size_t)(at->at - start) });
	return cursor_take(at, " msg=audit(");
}

static void take_node(struct cursor *at, struct scan *ret)
{
	struct cursor ahead = *at;
	const char *start;

	if (!cursor_take(&ahead, "node="))
		return;
	start = ahead.at;
	while (ahead.at < ahead.end && (unsigned char)*ahead.at > ' ')
		ahead.at++;
	ret->node = (struct slice){ start, (size_t)(ahead.at - start) };
	if (cursor_take(&ahead, " "))
		*at = ahead;
}

/* ---- anywhere in a line ---------------------------------------------------------------------- */

/* The start of the word that ends before `end`. */
static const char *word_start(const char *start, const char *end)
{
	while (end > start && (unsigned char)end[-1] > ' ')
		end--;
	return end;
}

static bool behind(const char *start, const char *at, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(at - start) >= len && memcmp(at - len, text, len) == 0;
}

/* The type of the record whose "audit(" is at `head`: "type=1326 audit(" or "type=NAME msg=audit(".
 */
static bool type_before(struct slice line, const char *head, struct scan *ret)
{
	const char *end = behind(line.data, head, " msg=") ? head - 4 : head, *word, *before;
	struct cursor at;

	if (!behind(line.data, end, " "))
		return false;
	word = word_start(line.data, end - 1);
	at = (struct cursor){ word, end - 1 };
	/* "audit.log:type=", as grep has it. */
	before = memmem(word, cursor_left(&at), "type=", 5);
	if (!before)
		return false;
	at.at = before + 5;
	ret->type = record_type((struct slice){ at.at, cursor_left(&at) });
	if (word > line.data && word[-1] == ' ') {
		struct cursor node = { word_start(line.data, word - 1), word };

		take_node(&node, ret);
	}
	return cursor_left(&at) > 0;
}

static enum scan_result scan_headed(struct scanner *scanner, struct slice line, struct scan *ret)
{
	const char *end = line.data + line.len;

	for (const char *head = line.data; (head = scan_find(line, head, "audit(")); head += 6) {
		enum scan_result result;

		if (!type_before(line, head, ret)) {
			blank(ret);
			continue;
		}
		result = scan_stamped(scanner, (struct cursor){ head + 6, end }, ret);
		if (result != SCAN_NOTHING)
			return result;
		blank(ret);
	}
	return SCAN_NOTHING;
}

/* ---- journald's text ------------------------------------------------------------------------- */

/* "audit[PID]: SECCOMP auid=..." behind time and host. */
static bool find_journal_message(struct slice line, struct cursor *ret)
{
	const char *tag = line.data;

	for (; (tag = scan_find(line, tag, "audit[")); tag++) {
		uint64_t pid;

		*ret = (struct cursor){ tag + 6, line.data + line.len };
		if ((tag == line.data || tag[-1] == ' ') && cursor_take_number(ret, &pid) &&
		    cursor_take(ret, "]: "))
			return true;
	}
	return false;
}

static enum scan_result scan_journal_text(struct slice line, struct scan *ret)
{
	struct cursor at = cursor_of(line);
	bool bare = cursor_take(&at, "SECCOMP auid="); /* as `journalctl -o cat` prints it */
	struct slice word;

	at = cursor_of(line);
	if (!bare && !find_journal_message(line, &at))
		return SCAN_NOTHING;
	word.data = at.at;
	while (at.at < at.end && (unsigned char)*at.at > ' ')
		at.at++;
	word.len = (size_t)(at.at - word.data);
	ret->type = record_type(word);
	if (ret->type == 0)
		return SCAN_NOTHING;
	cursor_take(&at, " ");
	if (ret->type == TYPE_SECCOMP)
		return scan_judge(ret, scan_fields(at, ret));
	ret->fields = (struct slice){ at.at, cursor_left(&at) };
	return SCAN_OTHER;
}

/* ---------------------------------------------------------------------------------------------- */

/* A record whose head did not get as far as its stamp. */
static bool head_is_cut(struct slice line)
{
	struct cursor at = cursor_of(line);
	struct scan ignored = { 0 };

	take_node(&at, &ignored);
	return cursor_take(&at, "type=SECCOMP") ||
	       scan_find(line, line.data, "audit: type=1326 ") != NULL;
}

enum scan_result scan_text(struct scanner *scanner, struct slice line, struct scan *ret)
{
	enum scan_result result = scan_headed(scanner, line, ret);

	if (result == SCAN_NOTHING)
		result = scan_journal_text(line, ret);
	if (result != SCAN_NOTHING)
		return result;
	blank(ret);
	if (head_is_cut(line))
		return scan_judge(ret, "no time and serial number");
	return scan_suppressed(line, &ret->count) ? SCAN_SUPPRESSED : SCAN_NOTHING;
}

static enum scan_result scan_slowly(struct scanner *scanner, struct slice line, struct scan *ret)
{
	while (line.len > 0 && isspace((unsigned char)line.data[line.len - 1]))
		line.len--;
	blank(ret);
	if (line.len > 0 && line.data[0] == '{')
		return scan_json(scanner, line, ret);
	return line.len > 0 ? scan_text(scanner, line, ret) : SCAN_NOTHING;
}

/* A crash leaves a hole of NUL bytes; a record may follow it, or what was written before. */
static enum scan_result scan_around_hole(struct scanner *scanner, struct slice line,
					 struct scan *ret)
{
	const char *end = line.data + line.len, *last = memrchr(line.data, 0, line.len);
	enum scan_result result = SCAN_NOTHING;

	if (last)
		result = scan_slowly(scanner, (struct slice){ last + 1, (size_t)(end - last - 1) },
				     ret);
	if (result == SCAN_NOTHING)
		result = scan_slowly(
			scanner, (struct slice){ line.data, strnlen(line.data, line.len) }, ret);
	return result;
}

enum scan_result scan_line(struct scanner *scanner, struct slice line, struct scan *ret)
{
	struct cursor at = cursor_of(line);
	enum scan_result result;

	blank(ret);
	if (!line.data || line.len == 0)
		return SCAN_NOTHING;
	take_node(&at, ret);
	if (cursor_take(&at, "type=") && take_type(&at, ret)) {
		result = scan_stamped(scanner, at, ret);
		if (result == SCAN_RECORD || result == SCAN_OTHER)
			return result;
	}
	return scan_around_hole(scanner, line, ret);
}

enum scan_result scan_payload(struct scanner *scanner, uint32_t type, struct slice payload,
			      struct scan *ret)
{
	struct cursor at = cursor_of(payload);

	blank(ret);
	ret->type = type;
	if (cursor_take(&at, "audit(") && (type != TYPE_SECCOMP || cursor_left(&at) > 0))
		return scan_stamped(scanner, at, ret);
	return type == TYPE_SECCOMP ? scan_judge(ret, "no time and serial number") : SCAN_NOTHING;
}
