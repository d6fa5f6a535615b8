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

void html_put_shown(struct strbuf *page, struct slice text)
{
	size_t start = 0;

	for (size_t i = 0; i < text.len; i++) {
		const char *escaped = reference(text.data[i]);

		if (!escaped)
			continue;
		strbuf_append(page, text.data + start, i - start);
		strbuf_puts(page, escaped);
		start = i + 1;
	}
	strbuf_append(page, text.data + start, text.len - start);
}

void html_put_made(struct strbuf *page, const struct strbuf *text)
{
	if (text->failed)
		page->failed = true;
	else
		html_put_shown(page, (struct slice){ strbuf_text(text), text->len });
}

void html_put(struct strbuf *page, struct slice text)
{
	_cleanup_strbuf_ struct strbuf shown = { 0 };

	strbuf_put_shown(&shown, text);
	html_put_made(page, &shown);
}

void html_puts(struct strbuf *page, const char *text)
{
	html_put(page, slice_from(text));
}
