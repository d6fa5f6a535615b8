/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the report, each in a file of its own. All append to the page. */
#ifndef ASG_FORMAT_HTML_PRIVATE_H
#define ASG_FORMAT_HTML_PRIVATE_H

#include "base/macro.h"
#include "base/strbuf.h"
#include "format/html_report.h"

/* Verdict, figures, facts: what answers the question at a glance. */
void html_put_summary(struct strbuf *page, const struct html_report *report);

/* What is allowed, by area, and what deserves a second look. */
void html_put_areas(struct strbuf *page, const struct html_report *report);

/* Every call with its ground: the table that can be sorted and searched. */
void html_put_calls(struct strbuf *page, const struct html_report *report);

/* When calls were first seen. 0 or -ENOMEM. */
int html_put_timeline(struct strbuf *page, const struct html_report *report) _must_check_;

/* Which program made which call. 0 or -ENOMEM. */
int html_put_grid(struct strbuf *page, const struct html_report *report) _must_check_;

/* "seen", "inferred", "stated", "refused" (it happened, or was denied), "other": style and filter
 * of a call. */
const char *html_class(const struct explained *call);

/* A name of a call, with a star when it is allowed under conditions only. */
void html_put_name(struct strbuf *page, const struct explained *call);

/* Milliseconds as time_format() has them, in a <time> element that may break behind the date. */
void html_put_time(struct strbuf *page, int64_t ms);

#endif
