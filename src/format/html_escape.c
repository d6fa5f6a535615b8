/* SPDX-License-Identifier: Apache-2.0 */
#include "format/html_escape.h"

static const char *reference(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void html_put(struct strbuf *page, struct slice text)
{
	_cleanup_strbuf_ struct strbuf shown = { 0 };
	size_t start = 0;

	strbuf_put_shown(&shown, text);
	if (shown.failed) {
		page->failed = true;
		return;
	}
	for (size_t i = 0; i < shown.len; i++) {
		const char *escaped = reference(shown.data[i]);

		if (!escaped)
			continue;
		strbuf_append(page, shown.data + start, i - start);
		strbuf_puts(page, escaped);
		start = i + 1;
	}
	strbuf_append(page, shown.data + start, shown.len - start);
}

void html_puts(struct strbuf *page, const char *text)
{
	html_put(page, slice_from(text));
}
