/* SPDX-License-Identifier: Apache-2.0 */
#include "format/text_lines.h"
#include "base/strbuf.h"
#include <ctype.h>
#include <errno.h>

#define SHOWN_MAX 80 /* bytes of the text that a message shows */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

struct slice slice_trim(struct slice slice)
{
	while (slice.len > 0 && is_blank(slice.data[0])) {
		slice.data++;
		slice.len--;
	}
	while (slice.len > 0 && is_blank(slice.data[slice.len - 1]))
		slice.len--;
	return slice;
}

struct slice slice_cut(struct slice slice, char stop, struct slice *rest)
{
	const char *found = slice.len > 0 ? memchr(slice.data, stop, slice.len) : NULL;
	size_t len = found ? (size_t)(found - slice.data) : slice.len;
	size_t behind = found ? len + 1 : len;

	*rest = (struct slice){ slice.data + behind, slice.len - behind };
	return (struct slice){ slice.data, len };
}

struct slice slice_word(struct slice *rest)
{
	struct slice word = slice_trim(*rest);
	size_t len = 0;

	while (len < word.len && !is_blank(word.data[len]))
		len++;
	*rest = (struct slice){ word.data + len, word.len - len };
	word.len = len;
	return word;
}

bool text_lines_next(struct text_lines *lines, struct slice *ret)
{
	if (lines->rest.len == 0)
		return false;
	*ret = slice_trim(slice_cut(lines->rest, '\n', &lines->rest));
	lines->number++;
	return true;
}

bool text_holds(struct slice text, const char *needle)
{
	return text.len > 0 && memmem(text.data, text.len, needle, strlen(needle));
}

bool text_is_name(struct slice word)
{
	if (word.len == 0 || word.len > TEXT_NAME_MAX || isdigit((unsigned char)word.data[0]))
		return false;
	for (size_t i = 0; i < word.len; i++) {
		unsigned char c = (unsigned char)word.data[i];

		if (c > 0x7F || (!isalnum(c) && c != '_'))
			return false;
	}
	return true;
}

int text_bad_word(struct error *err, const char *what, struct slice word)
{
	_cleanup_strbuf_ struct strbuf shown = { 0 };
	bool cut = word.len > SHOWN_MAX;

	if (cut)
		word.len = SHOWN_MAX;
	strbuf_put_shown(&shown, word);
	if (!strbuf_text(&shown))
		return error_memory(err);
	return error_set(err, -EBADMSG, "%s '%s%s'", what, strbuf_text(&shown), cut ? "…" : "");
}

int text_check_size(struct slice text, struct error *err)
{
	if (text.len <= TEXT_SIZE_MAX)
		return 0;
	return error_set(err, -EBADMSG, "not a profile: larger than 16 MB");
}
