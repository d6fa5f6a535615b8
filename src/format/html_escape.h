/* SPDX-License-Identifier: Apache-2.0 */
/* Text from outside in a page: as content of an element or value of an attribute in quotes. */
#ifndef ASG_FORMAT_HTML_ESCAPE_H
#define ASG_FORMAT_HTML_ESCAPE_H

#include "base/macro.h"
#include "base/slice.h"
#include "base/strbuf.h"

/*
 * Appends it so that it can be nothing but text: the five characters that mean something to a
 * browser become references, and what is not printable is shown as strbuf_put_shown() does.
 */
void html_put(struct strbuf *page, struct slice text);

/* Only the five characters: for text that was made safe to show before. */
void html_put_shown(struct strbuf *page, struct slice text);

/* The same for a text under construction: if that failed, so has the page. */
void html_put_made(struct strbuf *page, const struct strbuf *text);

/* html_put() for a NUL-terminated text, NULL being "". */
void html_puts(struct strbuf *page, const char *text);

#endif
