/* SPDX-License-Identifier: Apache-2.0 */
#include "model/big_integer_json.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Text that has this before it was marked is refused, so that no string can pass for a number. */
#define MARK	     "\x01u64:"
#define MARK_ESCAPED "\\u0001u64:"
#define MARK_IN_JSON "\"" MARK_ESCAPED

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The length of the string that starts with the quote at `text`. */
static size_t string_length(const char *text, size_t len)
{
	for (size_t i = 1; i < len; i++) {
		if (text[i] == '\\')
			i++;
		else if (text[i] == '"')
			return i + 1;
	}
	return len;
}

/* The length of the run of characters that numbers and words are made of. */
static size_t word_length(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && (is_digit(text[n]) || strchr("+-.eE", text[n]) != NULL) && text[n])
		n++;
	return n;
}

static bool needs_mark(struct slice word)
{
	uint64_t number;

	return word.len >= 19 && word.data[0] != '0' && slice_to_u64(word, 10, &number) == 0 &&
	       number > INT64_MAX;
}

/* Whether a mark stands in the text; behind an escaped backslash the same letters are none. */
static bool is_marked(const char *text, size_t len)
{
	const char *rest = text, *end = text + len, *mark;

	while ((mark = memmem(rest, (size_t)(end - rest), MARK_ESCAPED,
			      sizeof(MARK_ESCAPED) - 1))) {
		size_t before = 0;

		while (mark - before > text && mark[-1 - (ptrdiff_t)before] == '\\')
			before++;
		if (before % 2 == 0)
			return true;
		rest = mark + 1;
	}
	return false;
}

int big_integer_mark(const char *text, size_t len, struct strbuf *ret)
{
	size_t done = 0, i = 0;

	if (is_marked(text, len))
		return -EINVAL;
	while (i < len) {
		struct slice word = { text + i, 1 };

		if (text[i] == '"')
			word.len = string_length(text + i, len - i);
		else if (is_digit(text[i]) || text[i] == '-')
			word.len = word_length(text + i, len - i);
		i += word.len;
		if (!needs_mark(word))
			continue;
		strbuf_append(ret, text + done, (size_t)(word.data - text) - done);
		strbuf_printf(ret, MARK_IN_JSON "%.*s\"", (int)word.len, word.data);
		done = i;
	}
	strbuf_append(ret, text + done, len - done);
	return ret->failed ? -ENOMEM : 0;
}

void big_integer_unmark(const char *text, struct strbuf *ret)
{
	for (;;) {
		const char *mark = strstr(text, MARK_IN_JSON);
		const char *number = mark ? mark + sizeof(MARK_IN_JSON) - 1 : NULL;
		size_t digits = number ? strspn(number, "0123456789") : 0;

		if (!mark)
			break;
		strbuf_append(ret, text, (size_t)(mark - text));
		strbuf_append(ret, number, digits);
		text = number + digits + 1;
	}
	strbuf_puts(ret, text);
}

json_t *big_integer_new(uint64_t number)
{
	if (number <= INT64_MAX)
		return json_integer((json_int_t)number);
	return json_sprintf(MARK "%" PRIu64, number);
}

int big_integer_value(const json_t *value, uint64_t *ret)
{
	struct slice text;

	if (json_is_integer(value)) {
		if (json_integer_value(value) < 0)
			return -EINVAL;
		*ret = (uint64_t)json_integer_value(value);
		return 0;
	}
	text = slice_from(json_is_string(value) ? json_string_value(value) : "");
	if (!slice_starts(text, SLICE(MARK)))
		return -EINVAL;
	text.data += sizeof(MARK) - 1;
	text.len -= sizeof(MARK) - 1;
	return slice_to_u64(text, 10, ret) < 0 ? -EINVAL : 0;
}
